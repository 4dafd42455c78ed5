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
    // What was computed from the audits is not wrong for it.
    let made: Vec<String> = project.files("out").into_keys().collect();
    assert_eq!(made, ["2019-20-q3/results.json", "2019-20-q4/results.json", "manifest.json"]);
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
