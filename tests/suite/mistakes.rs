//! Mistakes in the data: all of them in one run, each at its place, and no paper is made wrong for them.

use std::collections::BTreeMap;

use crate::project::{Project, Run, assert_snapshot, case, without_times};

/// Builds `plain` once, then breaks three files of one quarter in six ways and builds again.
fn broken() -> (BTreeMap<String, Vec<u8>>, Project, Run) {
    let project = Project::of_case("plain");
    project.build(&[]).exits(0);
    let before = project.files("out");
    project.put_case("six-mistakes");
    project.edit("data/2019-20-q4/narrative.yaml", "Few children", "Very few children");
    let run = project.run(&["build"]).exits(1);
    (before, project, run)
}

#[test]
fn six_in_three_files_are_told_in_one_run() {
    let (_, project, run) = broken();
    assert_snapshot(&case("six-mistakes").join("expected/messages.txt"), &without_times(&run.stderr));
    assert_eq!(run.stdout, "");

    let short = project.build(&[]).exits(1);
    let places: Vec<&str> =
        short.problems().into_iter().filter_map(|line| line.split_once(": error").map(|(at, _)| at)).collect();
    assert_eq!(
        places,
        [
            "data/2019-20-q3/answers.csv:5:16",
            "data/2019-20-q3/answers.csv:8:16",
            "data/2019-20-q3/audit.yaml:4:35",
            "data/2019-20-q3/audit.yaml:6:1",
            "data/2019-20-q3/narrative.yaml:6:49",
            "data/2019-20-q3/narrative.yaml:13:15",
        ]
    );
}

#[test]
fn an_older_paper_is_left_alone_and_said_to_be_old() {
    let (before, project, run) = broken();
    let after = project.files("out");
    let of_quarter = |files: &BTreeMap<String, Vec<u8>>, quarter: &str| -> BTreeMap<String, Vec<u8>> {
        files.clone().into_iter().filter(|(path, _)| path.starts_with(quarter)).collect()
    };
    assert_eq!(of_quarter(&before, "2019-20-q3"), of_quarter(&after, "2019-20-q3"), "the blocked quarter was touched");
    let told = run.stderr.lines().filter(|line| line.contains("of an earlier run")).collect::<String>();
    for file in ["out/2019-20-q3/board-paper.md", "out/2019-20-q3/board-paper.pdf"] {
        assert!(told.contains(file), "{}", run.stderr);
    }
    let listed = String::from_utf8(after["manifest.json"].clone()).expect("UTF-8");
    assert!(listed.contains("2019-20-q3/board-paper.pdf"), "the manifest forgets a file that is still there");
}

#[test]
fn another_quarter_is_made_all_the_same() {
    let (_, project, run) = broken();
    assert!(project.read("out/2019-20-q4/board-paper.md").contains("Very few children"));
    assert_eq!(run.last_line().split(" (").next(), Some("made 1 of 2 papers in `out`"));
}

#[test]
fn nothing_of_a_paper_is_written_where_nothing_was() {
    let project = Project::of_case("plain");
    project.put_case("six-mistakes");
    let run = project.build(&[]).exits(1);
    let made = project.files("out");
    assert!(made.keys().all(|path| !path.starts_with("2019-20-q3/")), "{:?}", made.keys());
    assert!(made.contains_key("2019-20-q4/board-paper.pdf"));
    assert!(!run.stderr.contains("earlier run"), "{}", run.stderr);
}

#[test]
fn a_mistake_in_a_shared_file_blocks_every_paper() {
    let project = Project::of_case("plain");
    project.edit("data/service.yaml", "marking:", "markings:");
    let run = project.build(&[]).exits(1);
    assert_eq!(run.problems().len(), 1, "{}", run.stderr);
    assert!(run.last_line().starts_with("made 0 of 2 papers"), "{}", run.stderr);
    let made: Vec<String> = project.files("out").into_keys().collect();
    assert_eq!(made, ["manifest.json"]);
}

#[test]
fn a_quarter_that_was_not_asked_for_is_not_complained_of() {
    let project = Project::of_case("plain");
    project.put_case("six-mistakes");
    let run = project.build(&["2019-20-q4"]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
}

#[test]
fn fail_fast_stops_at_the_first_paper() {
    let project = Project::of_case("plain");
    project.put_case("six-mistakes");
    let run = project.build(&["--fail-fast", "-j", "1"]).exits(1);
    assert!(run.last_line().starts_with("made 0 of 2 papers"), "{}", run.stderr);
    assert!(!project.exists("out/2019-20-q4/board-paper.pdf"));
}

const NARRATIVE: &str = "data/2019-20-q3/narrative.yaml";
const AUDIT: &str = "data/2019-20-q3/audit.yaml";
const ACTIONS: &str = "data/actions.yaml";
const FRAMEWORK: &str = "data/frameworks/short.yaml";
const SERVICE: &str = "data/service.yaml";

/// File, what stands there, the slip, its place and its code.
type Slip = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Whatever else can no longer be known for a mistake is not complained of.
#[test]
fn one_mistake_is_told_once() {
    let slips: &[Slip] = &[
        (ACTIONS, "due: 2020-03-31", "due: 2020-03-32", "actions.yaml:6:8", "bad-date"),
        (ACTIONS, "opened: 2020-01-13", "opened: 2020-01-33", "actions.yaml:2:11", "bad-date"),
        (ACTIONS, "id: A-2020-001", "id: A 2020 001", "actions.yaml:1:7", "bad-id"),
        (ACTIONS, "owners: [Out-of-court team manager]", "owners: {a: b}", "actions.yaml:5:11", "wrong-type"),
        (ACTIONS, "measure: Four", "measre: Four", "actions.yaml:7:3", "unknown-key"),
        (ACTIONS, "measure: Four", "measure: Four\u{85}", "actions.yaml:7:16", "forbidden-character"),
        (NARRATIVE, "[Quality assurance manager]", "[Quality\u{85}]", "narrative.yaml:6:22", "forbidden-character"),
        (NARRATIVE, "prompts: [3.1.1.b]", "cases: [C1, C2, C1]", "narrative.yaml:21:21", "duplicate-id"),
        (AUDIT, "selection: random", "selection: all", "audit.yaml:6:49", "sample-disagrees"),
        (
            ACTIONS,
            "measure: Four families of five were heard",
            "measure: [a, {b: c}]",
            "actions.yaml:7:12",
            "wrong-type",
        ),
        (ACTIONS, "source: F-2019-001", "source: F-2019-002", "actions.yaml:3:11", "unknown-id"),
        (NARRATIVE, "  The board asked", "\tThe board asked", "narrative.yaml:10:1", "yaml-syntax"),
        (ACTIONS, "- id", "- - id", "actions.yaml:2:3", "yaml-syntax"),
        (ACTIONS, "what: [Hear", "what: [[Hear]", "actions.yaml:4:17", "yaml-syntax"),
        (NARRATIVE, "id: board-paper", "id: board paper", "narrative.yaml:2:9", "bad-id"),
        (NARRATIVE, "template: board-paper", "template: [board-paper]", "narrative.yaml:3:15", "wrong-type"),
        (NARRATIVE, "meeting: 2020-01-13", "meeting: 13 January 2020", "narrative.yaml:5:14", "bad-date"),
        (NARRATIVE, "title: Audit of out-of-court disposals", "titel: Audit", "narrative.yaml:4:5", "unknown-key"),
        (NARRATIVE, "kind: improvement", "kind: weakness", "narrative.yaml:18:11", "bad-value"),
        (NARRATIVE, "id: F-2019-001", "id: F 2019", "narrative.yaml:16:9", "bad-id"),
        (NARRATIVE, "prompts: [3.1.1.b]", "prompts: [3.1.1.z]", "narrative.yaml:21:15", "unknown-id"),
        (NARRATIVE, "prompts: [3.1.1.b]", "prompts: 3.1.1.b", "narrative.yaml:21:14", "wrong-type"),
        (NARRATIVE, "prompts: [3.1.1.b]", "evidence: {n: two, of: 3}", "narrative.yaml:21:19", "wrong-type"),
        (NARRATIVE, "standard: \"3.1\"", "standard: \"3.9\"", "narrative.yaml:17:15", "unknown-id"),
        (NARRATIVE, "standard: \"3.1\"", "standard: [3.1]", "narrative.yaml:17:15", "wrong-type"),
        (NARRATIVE, "next_steps: [A-2020-001]", "next_steps: [A-2020-009]", "narrative.yaml:25:14", "unknown-id"),
        (NARRATIVE, "text: Note the findings of this report}", "text: {a: b}}", "narrative.yaml:33:29", "wrong-type"),
        (NARRATIVE, "{id: Q-2020-01, text: Note", "{id: Q 2020 01, text: Note", "narrative.yaml:33:12", "bad-id"),
        (NARRATIVE, "partners: none", "partners: nobody", "narrative.yaml:34:13", "wrong-type"),
        (NARRATIVE, "date: 2018-08-23", "date: 23/08/2018", "narrative.yaml:36:42", "bad-date"),
        (NARRATIVE, "value: [\"5\"]", "value: {a: b}", "narrative.yaml:8:37", "wrong-type"),
        (NARRATIVE, "context: |", "context:\n  - ", "narrative.yaml:13:3", "yaml-syntax"),
        (AUDIT, "theme: out-of-court", "theme: out of court", "audit.yaml:1:8", "bad-id"),
        (AUDIT, "theme: out-of-court", "theme: out-of-curt", "audit.yaml:1:8", "unknown-id"),
        (AUDIT, "framework: short", "framework: shrt", "audit.yaml:2:12", "unknown-id"),
        (AUDIT, "domain: \"3\"", "domain: \"9\"", "audit.yaml:3:9", "unknown-id"),
        (AUDIT, "domain: \"3\"", "domain: [3]", "audit.yaml:3:9", "wrong-type"),
        (AUDIT, "completed: 3", "completed: three", "audit.yaml:6:66", "wrong-type"),
        (AUDIT, "completed: 3", "completed: 4", "audit.yaml:6:66", "sample-disagrees"),
        (AUDIT, "selection: random", "selection: chance", "audit.yaml:6:34", "bad-value"),
        (AUDIT, "case: C2", "case: C1", "audit.yaml:9:12", "duplicate-id"),
        (AUDIT, "case: C2", "cse: C2", "audit.yaml:9:6", "unknown-key"),
        (AUDIT, "3.1.1.a: Partly", "3.1.1.a: Maybe", "audit.yaml:10:66", "unknown-answer"),
        (AUDIT, "3.1.1.a: Partly, ", "", "audit.yaml:10:12", "missing-answer"),
        (AUDIT, "3.1.1.a: Partly", "3.1.1.x: Partly", "audit.yaml:10:57", "unknown-id"),
        (AUDIT, "from: 2019-05-01", "from: 2019-05-41", "audit.yaml:4:19", "bad-date"),
        (AUDIT, "audited: {from: 2019-12-02, to: 2019-12-06}", "audited: 2019", "audit.yaml:5:10", "wrong-type"),
        (
            FRAMEWORK,
            "- {id: 3.1.1.b, text: Is the family heard?}",
            "- {id: 3.1.1.b}",
            "short.yaml:26:17",
            "missing-key",
        ),
        (
            FRAMEWORK,
            "- {id: 3.1.1.b, text: Is the family heard?}",
            "- {id: 3 1 1 b, text: Is the family heard?}",
            "short.yaml:26:22",
            "bad-id",
        ),
        (FRAMEWORK, "title: A short framework", "titl: A short framework", "short.yaml:2:1", "unknown-key"),
        (
            FRAMEWORK,
            "scale: {Yes: 1, Partly: 0.5, No: 0}",
            "scale: {Yes: 1, Partly: half, No: 0}",
            "short.yaml:3:25",
            "bad-value",
        ),
        (FRAMEWORK, "- {rating: Good, from: 65}", "- {rating: Good, from: many}", "short.yaml:8:26", "wrong-type"),
        (FRAMEWORK, "- {rating: Good, from: 65}", "- {rating: Good}", "short.yaml:8:5", "missing-key"),
        (FRAMEWORK, "- id: \"3.2\"\n        title: Planning", "- id: \"3.2\"", "short.yaml:31:9", "missing-key"),
        (
            FRAMEWORK,
            "  - id: \"3\"\n    title: Out-of-court disposals",
            "  - id: \"3\"",
            "short.yaml:16:5",
            "missing-key",
        ),
        (SERVICE, "name: Northby Youth Justice Service", "nam: Northby", "service.yaml:1:1", "unknown-key"),
        (SERVICE, "rotation: [out-of-court, custody]", "rotation: out-of-court", "service.yaml:4:11", "wrong-type"),
        (
            SERVICE,
            "rotation: [out-of-court, custody]",
            "rotation: [out of court, custody]",
            "service.yaml:4:12",
            "bad-id",
        ),
        (SERVICE, "themes: {", "themes: {out of: x, ", "service.yaml:5:10", "bad-id"),
    ];
    let mut wrong = Vec::new();
    for (file, from, to, place, code) in slips {
        let project = Project::of_case("plain");
        project.edit(file, from, to);
        let run = project.run(&["check", "2019-20-q3", "--message-format", "short"]);
        let folder = file.rsplit_once('/').expect("below `data`").0;
        let expected = format!("{folder}/{place}: error[{code}]");
        if run.code != 1 || run.problems().len() != 1 || !run.problems()[0].starts_with(&expected) {
            wrong.push(format!("{to:?}: not {expected} alone:\n{}", run.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mistakes_in_every_file_are_told_together() {
    let project = Project::of_case("plain");
    project.edit(SERVICE, "marking:", "markings:");
    project.edit(FRAMEWORK, "title: A short framework", "title: [A, short framework]");
    project.edit(ACTIONS, "due: 2020-03-31", "due: soon");
    project.edit(AUDIT, "completed: 3", "completed: three");
    project.edit(NARRATIVE, "kind: improvement", "kind: weakness");
    project.edit("data/2019-20-q4/audit.yaml", "points: 73", "points: 73.25");
    project.edit("data/2019-20-q4/narrative.yaml", "meeting: 2020-04-20", "meeting: 2020-04-31");
    let run = project.check().exits(1);
    let mut files: Vec<&str> = run.problems().iter().map(|line| line.split(':').next().expect("a place")).collect();
    files.sort_unstable();
    let expected = [
        "data/2019-20-q3/audit.yaml",
        "data/2019-20-q3/narrative.yaml",
        "data/2019-20-q4/audit.yaml",
        "data/2019-20-q4/narrative.yaml",
        "data/actions.yaml",
        "data/frameworks/short.yaml",
        "data/service.yaml",
    ];
    assert_eq!(files, expected, "{}", run.stderr);
}

/// A paper that cannot be rendered yet has its figures looked at all the same, as far as they can be told to be wrong.
#[test]
fn a_figure_that_does_not_exist_is_told_beside_other_mistakes() {
    let narrative = "data/2019-20-q3/narrative.yaml";
    let project = Project::of_case("plain");
    project.edit(narrative, "Two managers", "(=3.9.percent), (=2019-20-q4/overall.percent): two managers");
    project.edit(narrative, "learning:", "learnt:");
    let run = project.check().exits(1);
    let problems = run.problems();
    let told: Vec<&str> =
        problems.iter().filter_map(|problem| problem.split("error[").nth(1)?.split(']').next()).collect();
    assert_eq!(told, ["unknown-figure", "unknown-key"], "{problems:?}");
    // Where the scores themselves have mistakes, their figures are not spoken of.
    project.edit("data/2019-20-q3/audit.yaml", "3.1.1.b: Partly", "3.1.1.b: Mostly");
    let run = project.check().exits(1);
    let problems = run.problems();
    assert!(problems.iter().all(|problem| !problem.contains("unknown-figure")), "{problems:?}");
}

/// What a link leads to would be lost with everything that was made of it.
#[test]
#[cfg(unix)]
fn a_link_stops_the_run_and_takes_nothing_away() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let project = Project::of_case("plain");
    project.build(&[]).exits(0);
    let before = project.files("out");
    let (quarter, elsewhere) = (project.path("data/2019-20-q3"), project.path("elsewhere"));
    std::fs::rename(&quarter, &elsewhere).expect("moved");
    std::os::unix::fs::symlink(&elsewhere, &quarter).expect("linked");
    let run = project.build(&["--force"]).exits(1);
    let told = "error[missing-file]: `data/2019-20-q3` is a link, and links are not followed (put the file or the folder itself in its place)";
    assert!(run.problems().contains(&told), "{}", run.stderr);
    let after = project.files("out");
    for (path, bytes) in before.iter().filter(|(path, _)| !path.ends_with("manifest.json")) {
        assert!(after.get(path) == Some(bytes), "{path}");
    }
    std::fs::remove_file(&quarter).expect("taken away");
    std::fs::rename(&elsewhere, &quarter).expect("moved back");
    project.build(&["--force"]).exits(0);
    // A name that is no text is named, and ends nothing with a word of the machine.
    let name = project.path("data").join(OsStr::from_bytes(b"caf\xe9.yaml"));
    std::fs::write(name, "a: 1\n").expect("written");
    let run = project.build(&["--force"]).exits(1);
    assert!(run.problems().iter().any(|problem| problem.contains("is not in UTF-8")), "{}", run.stderr);
}
