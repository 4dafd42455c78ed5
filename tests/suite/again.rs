//! Made again: only what changed, and what `build --check` says of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::{Project, Run, assert_same, assert_snapshot, case, repository, without_times};
use crate::words::pages_of_pdf;

/// The stages that a run took part in.
fn stages(run: &Run) -> BTreeSet<String> {
    let names = run.stderr.lines().filter_map(|line| line.strip_prefix("time: ")?.split(' ').next().map(str::to_owned));
    names.collect()
}

fn built() -> Project {
    let project = Project::of_example();
    project.build(&[]).exits(0);
    project
}

#[test]
fn what_is_as_before_is_not_typeset() {
    let project = built();
    let before = project.files("out");
    let run = project.run(&["build", "-v"]).exits(0);
    assert!(!stages(&run).contains("layout") && !stages(&run).contains("fonts"), "{}", run.stderr);
    assert!(run.last_line().contains("files as before"), "{}", run.stderr);
    assert_eq!(before, project.files("out"));
    // It can be asked for, and makes the same.
    let run = project.run(&["build", "-v", "--force"]).exits(0);
    assert!(stages(&run).contains("layout"), "{}", run.stderr);
    assert_eq!(before, project.files("out"));
}

#[test]
fn where_nothing_has_changed_the_remarks_are_made_again() {
    let project = Project::of_case("eight-quarters");
    let first = project.run(&["build"]).exits(0);
    assert!(first.stderr.contains("warning[still-answered]"), "{}", first.stderr);
    let before = project.files("out");
    let again = project.run(&["build", "-v"]).exits(0);
    assert!(!stages(&again).contains("load"), "{}", again.stderr);
    let told = |run: &Run| run.stderr.split("\n\n").next().map(str::to_owned);
    assert_eq!(told(&first), told(&again));
    assert_eq!(before, project.files("out"));
    // What was a warning can be denied or allowed without a change in any file.
    let denied = project.run(&["build", "--deny", "warnings"]).exits(1);
    assert!(denied.stderr.contains("error[still-answered]"), "{}", denied.stderr);
    let allowed = project.run(&["build", "--allow", "still-answered"]).exits(0);
    assert!(!allowed.stderr.contains("still-answered"), "{}", allowed.stderr);
    assert_eq!(before, project.files("out"));
}

#[test]
fn everything_is_read_where_a_file_is_new_gone_or_touched() {
    let read = |edit: &dyn Fn(&Project)| {
        let project = built();
        edit(&project);
        let run = project.run(&["build", "-v"]);
        stages(&run).contains("load")
    };
    assert!(!read(&|_| {}));
    assert!(!read(&|project| _ = project.put("data/notes.txt", "for myself")));
    assert!(read(&|project| _ = project.put("data/2020-21-q3/narrative.yaml", "papers: []\n")));
    assert!(read(&|project| _ = project.put("report-templates/styles/other.typ", "#let paper(content) = []\n")));
    assert!(read(&|project| std::fs::remove_file(project.path("data/logo.svg")).expect("removed")));
    assert!(read(&|project| _ = project.put("out/2018-19-q3/board-paper.md", "edited")));
    assert!(read(&|project| std::fs::remove_file(project.path("out/2018-19-q3/board-paper.pdf")).expect("removed")));
    assert!(read(&|project| _ = project.edit("data/service.yaml", "name:", "# a remark\nname:")));
}

#[test]
fn a_run_for_a_part_leaves_the_manifest_as_it_was() {
    let project = built();
    let before = project.files("out");
    project.build(&["2020-21-q2"]).exits(0);
    project.build(&["-f", "md"]).exits(0);
    assert_eq!(before, project.files("out"));
}

/// What a part leaves as it was may be older than the data: the next whole build makes what one from nothing makes.
#[test]
fn after_a_run_for_a_part_a_whole_one_finds_what_is_still_old() {
    let parts: [&[&str]; 4] =
        [&["2020-21-q2"], &["2020-21-q2/board-paper"], &["-f", "md"], &["-f", "pdf", "2019-20-q3"]];
    for part in parts {
        let project = built();
        project.edit("data/2020-21-q2/narrative.yaml", "Our audit", "This audit");
        project.edit("data/2019-20-q3/narrative.yaml", "a plan cannot deal with", "no plan can deal with");
        project.build(part).exits(0);
        // Until then nobody is told that an old paper is of these data.
        let old = project.run(&["build", "--check"]).exits(3);
        assert!(old.stderr.contains("what the others were made of is not known"), "{part:?}: {}", old.stderr);
        project.build(&[]).exits(0);
        let after = project.files("out");
        project.run(&["build", "--check"]).exits(0);
        std::fs::remove_dir_all(project.path("out")).expect("removed");
        project.build(&[]).exits(0);
        assert_same(&format!("{part:?}, then all"), &after, &project.files("out"));
    }
}

/// Parts that together are all of it need no whole run behind them.
#[test]
fn parts_add_up() {
    let project = built();
    project.edit("data/2020-21-q2/narrative.yaml", "Our audit", "This audit");
    project.build(&["-f", "md"]).exits(0);
    project.build(&[]).exits(0);
    let whole = project.files("out");
    assert!(!stages(&project.run(&["build", "-v"])).contains("load"));
    std::fs::remove_dir_all(project.path("out")).expect("removed");
    let quarters =
        project.files("data").into_keys().filter_map(|path| Some(path.strip_suffix("/narrative.yaml")?.to_owned()));
    for quarter in quarters.collect::<Vec<_>>() {
        let quarter = quarter.as_str();
        project.build(&["-f", "md", quarter]).exits(0);
        project.build(&["-f", "pdf", quarter]).exits(0);
    }
    assert_same("part by part", &whole, &project.files("out"));
    assert!(!stages(&project.run(&["build", "-v"])).contains("load"));
}

/// Between two versions the program changes as well: what another one made is made again, whatever it is called.
#[test]
fn what_another_program_made_is_made_again() {
    let project = built();
    let before = project.files("out");
    let made = project.read("out/.private/made");
    let other = "0.1.0 0123456789abcdef\n".to_owned() + made.split_once('\n').expect("two lines").1;
    project.put("out/.private/made", &other);
    let stale = project.run(&["build", "--check"]).exits(3);
    assert!(stale.stderr.contains("or has other sources"), "{}", stale.stderr);
    // A part of it does not make the rest one's own.
    let run = project.run(&["build", "-v", "2020-21-q2"]).exits(0);
    assert!(stages(&run).contains("layout"), "{}", run.stderr);
    let run = project.run(&["build", "-v"]).exits(0);
    assert!(stages(&run).contains("layout") && run.last_line().starts_with("made 17 papers"), "{}", run.stderr);
    assert_eq!(before, project.files("out"));
    assert!(!stages(&project.run(&["build", "-v"])).contains("load"));
}

/// What a draft left, or a run that was not let pass, is no paper that stands.
#[test]
fn after_a_draft_and_after_an_error_a_whole_run_makes_all() {
    let project = Project::of_case("eight-quarters");
    project.build(&["--draft"]).exits(0);
    project.build(&["-f", "md"]).exits(0);
    project.build(&[]).exits(0);
    let after = project.files("out");
    std::fs::remove_dir_all(project.path("out")).expect("removed");
    project.build(&[]).exits(0);
    assert_same("a draft, a part, all", &after, &project.files("out"));
    // Nor is what was said lost on the way.
    let project = Project::of_case("plain");
    let narrative = project.read("data/2019-20-q3/narrative.yaml");
    project.put("data/2019-20-q3/narrative.yaml", format!("{narrative}summary: |\n  Nothing prints this.\n"));
    project.build(&["--deny", "unused-text"]).exits(1);
    project.build(&["-f", "md", "2019-20-q3/board-paper"]).exits(0);
    for _ in 0..2 {
        let run = project.build(&[]).exits(0);
        assert!(run.stderr.contains("warning[unused-text]"), "{}", run.stderr);
    }
}

/// A link is told of each time, and not only by the run that reads everything.
#[cfg(unix)]
#[test]
fn a_link_that_is_new_is_told_of() {
    let project = built();
    std::os::unix::fs::symlink("narrative.yaml", project.path("data/2020-21-q2/x.yaml")).expect("a link");
    project.build(&[]).exits(1);
}

/// What of the outputs is written anew by a build, by the papers that it belongs to.
fn papers_of(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let changed = after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)).map(|(path, _)| path);
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    let quarters = changed.chain(gone).filter(|path| path.ends_with(".md") || path.ends_with(".pdf"));
    quarters.filter_map(|path| Some(path.split_once('/')?.0.to_owned())).collect()
}

/// Changes one input and demands which quarters' papers come out otherwise, that `--check` has said so before, and that
/// a build from nothing makes the same.
#[track_caller]
fn changes(path: &str, from: &str, to: &str, expected: &[&str]) {
    let project = built();
    let before = project.files("out");
    project.edit(path, from, to);
    let checked = project.run(&["build", "--check", "-v"]);
    let told: BTreeSet<String> = checked
        .stderr
        .lines()
        .filter(|line| line.starts_with("out/") && (line.contains(".md ") || line.contains(".pdf ")))
        .filter_map(|line| Some(line.strip_prefix("out/")?.split_once('/')?.0.to_owned()))
        .collect();
    assert_eq!(before, project.files("out"), "`--check` wrote something");
    project.build(&[]).exits(0);
    let after = project.files("out");
    let expected: BTreeSet<String> = expected.iter().map(|&quarter| quarter.to_owned()).collect();
    assert_eq!(papers_of(&before, &after), expected);
    assert_eq!(told, expected, "{}", checked.stderr);
    checked.exits(if before == after { 0 } else { 3 });
    project.run(&["build", "--check"]).exits(0);
    std::fs::remove_dir_all(project.path("out")).expect("removed");
    project.build(&[]).exits(0);
    assert_eq!(after, project.files("out"), "from nothing it comes out otherwise");
}

/// The quarters with a board paper.
const BOARD: [&str; 8] =
    ["2018-19-q3", "2018-19-q4", "2019-20-q1", "2019-20-q2", "2019-20-q3", "2019-20-q4", "2020-21-q1", "2020-21-q2"];

/// And the one with a report by themes alone.
fn all() -> Vec<&'static str> {
    [&["2018-19-q1"], &BOARD[..]].concat()
}

#[test]
fn an_answer_changes_its_paper_and_the_later_ones_of_its_theme() {
    let answers = "data/2019-20-q3/answers.csv";
    changes(answers, "K3104,3.1.1.a,Partly", "K3104,3.1.1.a,Yes", &["2019-20-q3", "2020-21-q2"]);
}

#[test]
fn a_text_changes_its_own_paper() {
    changes("data/2020-21-q1/narrative.yaml", "in a hard year", "in a very hard year", &["2020-21-q1"]);
}

#[test]
fn an_action_changes_the_papers_that_print_it() {
    changes("data/actions.yaml", "Make out-of-court plans say", "Let out-of-court plans say", &["2020-21-q2"]);
}

#[test]
fn a_framework_changes_the_papers_that_use_what_changed() {
    let framework = "data/frameworks/hmip-2018.yaml";
    let of_the_domain = ["2018-19-q4", "2019-20-q3", "2020-21-q2"];
    changes(framework, "title: Joint working", "title: Working together", &of_the_domain);
}

#[test]
fn a_remark_in_an_input_changes_the_manifest_alone() {
    changes("data/service.yaml", "name:", "# a remark\nname:", &[]);
}

#[test]
fn a_section_changes_every_paper_that_has_it() {
    changes("report-templates/board-paper/asks.md.j2", "say(\"asks.board\")", "say(\"asks.board\") | upper", &BOARD);
}

#[test]
fn a_partial_changes_every_paper_that_includes_it() {
    let partial = "report-templates/partials/score-table.md.j2";
    changes(partial, "say(\"scores.points\")", "say(\"scores.points\") | upper", &BOARD);
}

#[test]
fn a_string_changes_every_paper_that_prints_it() {
    let later = ["2019-20-q2", "2019-20-q3", "2019-20-q4", "2020-21-q1", "2020-21-q2"];
    let strings = "report-templates/strings/en-GB.yaml";
    changes(strings, "  title: Since the last audit", "  title: Since the audit before", &later);
}

#[test]
fn a_style_changes_every_paper() {
    changes("report-templates/styles/scale.typ", "body: 12pt", "body: 11.5pt", &all());
}

#[test]
fn a_picture_changes_every_paper_that_shows_it() {
    changes("data/logo.svg", "#2f6690", "#2f9066", &all());
}

#[test]
fn a_new_override_of_a_built_in_template_counts() {
    let project = Project::of_case("plain");
    project.build(&[]).exits(0);
    let own =
        std::fs::read_to_string(repository().join("report-templates/board-paper/why.md.j2")).expect("the template");
    project.put("report-templates/board-paper/why.md.j2", format!("{own}\nIt is short.\n"));
    let run = project.run(&["build", "--check"]).exits(3);
    assert!(run.stderr.contains("`report-templates/board-paper/why.md.j2`"), "{}", run.stderr);
    project.build(&[]).exits(0);
    assert!(project.read("out/2019-20-q3/board-paper.md").contains("It is short."));
}

mod watched {
    use std::process::{Child, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    /// A running `watch`, ended when it goes out of scope.
    struct Watching(Child);

    impl Drop for Watching {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[track_caller]
    fn until(what: &str, is: impl Fn() -> bool) {
        let started = Instant::now();
        while !is() {
            assert!(started.elapsed() < Duration::from_secs(60), "{what}: not within a minute");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn a_change_is_made_a_mistake_is_shown_and_mended() {
        let project = Project::of_case("plain");
        let said = project.path("said.txt");
        let log = std::fs::File::create(&said).expect("a file");
        let child = project.command(["watch"]).stdout(Stdio::null()).stderr(log).spawn().expect("started");
        let _watching = Watching(child);
        let said = || std::fs::read_to_string(&said).unwrap_or_default();
        let waits = |times: usize| said().matches("waiting for changes").count() >= times;
        let paper = "out/2019-20-q4/board-paper.md";
        until("the first build", || waits(1) && project.exists(paper));
        project.edit("data/2019-20-q4/narrative.yaml", "Few children", "Very few children");
        until("the change", || waits(2) && project.read(paper).contains("Very few children"));
        project.edit("data/2019-20-q4/narrative.yaml", "why:", "whyy:");
        until("the mistake", || waits(3) && said().contains("unknown key `whyy`"));
        assert!(project.read(paper).contains("Very few children"), "the paper of before is lost");
        project.edit("data/2019-20-q4/narrative.yaml", "whyy:", "why:");
        until("the mending", || {
            waits(4) && said().trim_end().rsplit("waiting").nth(1).is_some_and(|last| last.contains("no problems"))
        });
    }
}

mod interrupted {
    use std::process::{Command, Stdio};
    use std::time::Instant;

    use super::*;

    /// Another wording in every quarter, so that every paper comes out otherwise.
    fn reworded(project: &Project) {
        project.edit("report-templates/strings/en-GB.yaml", "  axis: Score, as a", "  axis: The score, as a");
    }

    /// The files under their final names; a temporary one, of a process that was killed, begins with a dot.
    fn finished(project: &Project) -> BTreeMap<String, Vec<u8>> {
        let is_final = |path: &String| !path.rsplit('/').next().unwrap_or_default().starts_with('.');
        project.files("out").into_iter().filter(|(path, _)| is_final(path)).collect()
    }

    #[test]
    fn a_build_that_is_killed_leaves_each_file_old_or_new() {
        let project = built();
        let before = finished(&project);
        reworded(&project);
        let started = Instant::now();
        project.build(&["-j", "2"]).exits(0);
        let took = started.elapsed();
        let after = finished(&project);
        let changed = after.iter().filter(|(path, bytes)| before[*path] != **bytes).count();
        assert!(changed > 16, "only {changed} files changed, so little could be caught half-way");
        let mut caught = BTreeSet::new();
        for moment in 0..50 {
            for (path, bytes) in &before {
                project.put(&format!("out/{path}"), bytes);
            }
            let mut command = project.command(["build", "-j", "2"]);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
            std::thread::sleep(took.mul_f64(f64::from(moment) / 45.0));
            let _ = child.kill();
            child.wait().expect("waited for");
            let left = finished(&project);
            assert_eq!(left.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>(), "a file is lost or new");
            for (path, bytes) in &left {
                assert!(*bytes == before[path] || *bytes == after[path], "{path} is half-written");
            }
            caught.insert(left.iter().filter(|(path, bytes)| before[*path] != **bytes).count());
        }
        assert!(caught.len() > 2, "no build was caught half-way: {caught:?}");
        project.build(&[]).exits(0);
        assert_eq!(finished(&project), after, "the next build is not right");
    }

    #[test]
    fn what_a_killed_build_left_is_gone_with_the_next() {
        let project = built();
        let left = project.path("out/2020-21-q2/charts/.boardpaper-left");
        let file = std::fs::File::create(&left).expect("a file of ours");
        let hours_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(2 * 60 * 60);
        file.set_modified(hours_ago).expect("a file of ours");
        project.build(&["--force", "2020-21-q2"]).exits(0);
        assert!(!left.exists());
    }

    #[test]
    fn two_builds_at_once_leave_what_one_leaves() {
        let project = built();
        reworded(&project);
        let start = || project.command(["build", "-q"]).stderr(Stdio::piped()).spawn().expect("started");
        let children = [start(), start()];
        for child in children {
            let run = child.wait_with_output().expect("ended");
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        }
        let left = project.files("out");
        project.build(&["--force"]).exits(0);
        assert_eq!(left, project.files("out"));
        project.run(&["build", "--check"]).exits(0);
    }

    #[test]
    fn a_full_disk_is_said_and_loses_nothing() {
        let project = built();
        let small = project.path("small");
        std::fs::create_dir(&small).expect("made");
        let mount = |arguments: &[&str]| {
            let run = Command::new("mount").args(arguments).arg(&small).stderr(Stdio::null()).status();
            run.is_ok_and(|status| status.success())
        };
        if !mount(&["-t", "tmpfs", "-o", "size=400k", "none"]) {
            eprintln!("skipped: no small disk can be mounted here");
            return;
        }
        let run = project.build(&["-o", "small"]);
        let files = project.files("small");
        let _ = Command::new("umount").arg(&small).status();
        let run = run.exits(74);
        assert!(run.stderr.contains("the disk is full"), "{}", run.stderr);
        let whole = project.files("out");
        for (path, bytes) in &files {
            assert!(path.ends_with("manifest.json") || whole.get(path) == Some(bytes), "{path} is not whole");
        }
        assert!(!files.is_empty());
    }

    #[test]
    fn what_cannot_be_written_leaves_the_paper_of_before() {
        let project = built();
        let before = project.files("out");
        project.edit("data/2020-21-q2/narrative.yaml", "Our audit of", "This audit of");
        // As on a full disk: no file may be longer than some thousand bytes.
        let limited =
            format!("trap '' XFSZ; ulimit -f 8; exec {} build 2020-21-q2/board-paper", crate::project::PROGRAM);
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &limited]).current_dir(project.root());
        let run = Run::of(&mut shell);
        if run.code == 0 {
            eprintln!("skipped: the length of files cannot be limited here");
            return;
        }
        let run = run.exits(74);
        assert!(run.stderr.contains("not made: 2020-21-q2/board-paper"), "{}", run.stderr);
        assert!(!run.last_line().contains("no problems"), "{}", run.stderr);
        let after = project.files("out");
        for path in ["2020-21-q2/board-paper.md", "2020-21-q2/board-paper.pdf", "2020-21-q2/results.json"] {
            assert!(after.get(path) == before.get(path), "{path}");
        }
        project.build(&[]).exits(0);
        project.run(&["build", "--check"]).exits(0);
    }

    #[test]
    fn figures_on_an_audit_with_errors_are_not_published() {
        let project = built();
        let (results, path) = ("out/2020-21-q2/results.json", "data/2019-20-q3/answers.csv");
        let before = project.read(results);
        let table = project.read(path);
        project.put(path, table.replacen(",No,", ",Nein,", 1));
        project.build(&["-f", "md"]).exits(1);
        assert_eq!(project.read(results), before);
        project.put(path, table);
        // Nor with findings or actions that could not be read, and a slip in a framework takes none away.
        for (path, from, to) in [
            ("data/2020-21-q2/narrative.yaml", "kind: strength", "kind: strenght"),
            ("data/actions.yaml", "- id: A-2018-001", "- id: A-2018-001: x"),
            ("data/frameworks/hmip-2018.yaml", "Partly: 0.5", "Partly: 0.3"),
        ] {
            let sound = project.read(path);
            project.edit(path, from, to);
            project.build(&["-f", "md"]).exits(1);
            assert_eq!(project.read(results), before, "{path}");
            project.put(path, sound);
        }
    }

    /// What cannot be read may be the audit before, or the paper that made the last promises.
    #[test]
    fn a_paper_is_not_compared_past_a_quarter_that_cannot_be_read() {
        let project = Project::of_example();
        project.build(&["-f", "md"]).exits(0);
        let paths = ["out/2020-21-q2/board-paper.md", "out/2020-21-q2/results.json"];
        let before = paths.map(|path| project.read(path));
        for path in ["data/2020-21-q1/narrative.yaml", "data/2019-20-q3/audit.yaml"] {
            let sound = project.read(path);
            project.put(path, format!("x: [\n{sound}"));
            let run = project.build(&["-f", "md"]).exits(1);
            assert!(!run.last_line().starts_with("made 17 of"), "{path}: {}", run.stderr);
            assert_eq!(paths.map(|path| project.read(path)), before, "{path}");
            project.put(path, sound);
        }
        std::fs::rename(project.path("data/2019-20-q3"), project.path("data/2019-20 q3")).expect("renamed");
        project.build(&["-f", "md"]).exits(1);
        assert_eq!(paths.map(|path| project.read(path)), before);
    }

    #[test]
    fn a_folder_that_takes_nothing_is_said() {
        let project = built();
        // Nobody, not even the superuser, can make a file there.
        if !std::path::Path::new("/proc/self").exists() {
            eprintln!("skipped: there is no /proc");
            return;
        }
        let run = project.build(&["-o", "/proc/papers"]).exits(74);
        assert!(run.stderr.contains("`/proc/papers"), "{}", run.stderr);
    }
}

mod verified {
    use super::*;

    fn verify(project: &Project, file: &str) -> Run {
        project.run(&["verify", file])
    }

    #[test]
    fn every_paper_of_the_example_comes_out_the_same() {
        let project = built();
        let pdfs: Vec<String> = project.files("out").into_keys().filter(|path| path.ends_with(".pdf")).collect();
        // A paper a quarter, the four other papers of the last one, and feedback to four practitioners.
        assert_eq!(pdfs.len(), all().len() + 4 + 4);
        for pdf in pdfs {
            let run = verify(&project, &format!("out/{pdf}")).exits(0);
            assert!(run.stdout.contains(&format!("is the paper {}\n", pdf.trim_end_matches(".pdf"))), "{}", run.stdout);
            assert!(run.stdout.ends_with("made again it has the same bytes\n"), "{}", run.stdout);
        }
    }

    #[test]
    fn the_id_stands_at_the_foot_where_it_is_wanted() {
        let project = built();
        let id = |project: &Project| {
            let run = verify(project, "out/2020-21-q2/board-paper.pdf").exits(0);
            let id = run.stdout.lines().find_map(|line| line.trim().strip_prefix("id:"));
            id.unwrap_or_else(|| panic!("no id: {}", run.stdout)).trim().to_owned()
        };
        let pages = |project: &Project| pages_of_pdf(&project.bytes("out/2020-21-q2/board-paper.pdf"));
        let Some(before) = pages(&project) else { return };
        let own = id(&project);
        assert!(before.iter().all(|page| !page.contains(&own)));
        project.edit("data/service.yaml", "look:\n", "look:\n  footer_id: true\n");
        project.build(&[]).exits(0);
        let own = id(&project);
        for page in pages(&project).expect("it was there before") {
            assert_eq!(page.matches(&own).count(), 1, "{page}");
        }
    }

    #[test]
    fn a_paper_is_known_by_its_id_whatever_it_is_called() {
        let project = built();
        let mut pdf = project.bytes("out/2020-21-q2/board-paper.pdf");
        project.put("item 5.pdf", &pdf);
        assert!(verify(&project, "item 5.pdf").exits(0).stdout.contains("is the paper 2020-21-q2/board-paper"));
        // One byte in a picture or a page is enough.
        let at = pdf.len() / 2;
        pdf[at] ^= 1;
        project.put("item 5.pdf", &pdf);
        let run = verify(&project, "item 5.pdf").exits(1);
        assert!(
            run.stdout.contains(&format!("from byte {at} on: it was made of these data, and has been changed")),
            "{}",
            run.stdout
        );
    }

    #[test]
    fn what_has_changed_since_is_named() {
        let project = built();
        project.edit("data/2019-20-q3/answers.csv", "K3104,3.1.1.a,Partly", "K3104,3.1.1.a,Yes");
        let run = verify(&project, "out/2020-21-q2/board-paper.pdf").exits(1);
        assert!(run.stdout.contains("since then changed: `data/2019-20-q3/answers.csv`"), "{}", run.stdout);
        verify(&project, "out/2020-21-q1/board-paper.pdf").exits(0);
    }

    #[test]
    fn what_is_no_paper_is_said_to_be_none() {
        let project = built();
        project.put("other.pdf", "%PDF-1.7 of somebody else");
        let run = verify(&project, "other.pdf").exits(1);
        assert!(run.stdout.contains("is no paper of this project"), "{}", run.stdout);
        verify(&project, "absent.pdf").exits(74);
        project.put("out/2020-21-q2/board-paper.pdf", "saved by something else");
        let run = verify(&project, "out/2020-21-q2/board-paper.pdf").exits(74);
        assert!(run.stderr.contains("`out/2020-21-q2/board-paper.pdf` is no PDF"), "{}", run.stderr);
    }
}

mod shares {
    use super::*;

    /// Eleven services with one to three quarters each.
    fn services() -> Project {
        let (project, plain) = (Project::empty(), Project::of_case("plain"));
        let files = plain.files("data");
        for n in 0..11 {
            for (path, bytes) in &files {
                // One of the two quarters is left out here and there, and a copy is added.
                if !(n % 3 == 0 && path.starts_with("2019-20-q4/")) {
                    project.put(&format!("data/service-{n:02}/{path}"), bytes);
                }
            }
        }
        project
    }

    #[test]
    fn together_are_the_whole() {
        let project = services();
        project.build(&["-o", "whole"]).exits(0);
        let mut most = 0;
        for part in 1..=7 {
            let run = project.run(&["build", "--shard", &format!("{part}/7"), "-o", "parts", "-q"]).exits(0);
            assert_eq!(run.stderr, "");
            let own = project.run(&["build", "--shard", &format!("{part}/7"), "-o", &format!("part-{part}")]).exits(0);
            let made: usize = own.stderr.split(' ').nth(1).and_then(|count| count.parse().ok()).expect("a count");
            most = most.max(made);
        }
        assert_eq!(project.files("whole"), project.files("parts"));
        assert!(most <= 4, "one part has {most} of 18 papers");
    }

    #[test]
    fn follow_the_variables_of_each_engine() {
        let project = services();
        let with = |variables: &[(&str, &str)], shard: &str, out: &str| {
            let mut command = project.command(["build", "--shard", shard, "-o", out, "-f", "md"]);
            Run::of(command.envs(variables.iter().copied())).exits(0);
            project.files(out)
        };
        let second = with(&[], "2/7", "named");
        assert_eq!(second, with(&[("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "7")], "auto", "gitlab"));
        assert_eq!(second, with(&[("JOB_COMPLETION_INDEX", "1")], "auto/7", "kubernetes"));
        let run = project.run(&["build", "--shard", "auto"]).exits(2);
        assert!(run.stderr.contains("--shard 2/8"), "{}", run.stderr);
        project.run(&["build", "--shard", "8/7"]).exits(2);
    }

    #[test]
    fn without_a_service_are_no_failure() {
        let project = Project::of_case("plain");
        let parts = ["1/2", "2/2"].map(|part| project.run(&["build", "--shard", part]).exits(0).stderr);
        let empty =
            |part: &str| format!("there is no paper to make in part {part}: other parts have all the services\n");
        assert!(parts[0].starts_with("made ") && parts[1].starts_with(&empty("2/2")), "{parts:?}");
        assert_eq!(project.run(&["build", "--shard", "2/2", "-q"]).exits(0).stderr, "");
    }

    #[test]
    fn are_planned_with_their_papers() {
        let project = services();
        let plan: serde_json::Value = serde_json::from_str(&project.run(&["plan"]).exits(0).stdout).expect("JSON");
        let services = plan["services"].as_array().expect("a list");
        assert_eq!((services.len(), plan["papers"].as_u64()), (11, Some(18)));
        assert_eq!(services[0]["papers"], serde_json::json!(["2019-20-q3/board-paper"]));
        let matrix = project.run(&["plan", "-f", "github-matrix"]).exits(0).stdout;
        assert_eq!(matrix.lines().count(), 1);
        let matrix: serde_json::Value = serde_json::from_str(&matrix).expect("JSON");
        assert_eq!(matrix["include"][1], serde_json::json!({"service": "service-01", "weight": 3}));
    }
}

mod check {
    use super::*;

    #[test]
    fn says_which_files_and_why() {
        let project = built();
        project.edit("data/2019-20-q3/answers.csv", "K3104,3.1.1.a,Partly", "K3104,3.1.1.a,Yes");
        let run = project.run(&["build", "--check"]).exits(3);
        assert_snapshot(&case("again").join("expected/stale.txt"), &without_times(&run.stderr));
    }

    #[test]
    fn tells_apart_what_was_edited_what_is_missing_and_what_nobody_makes() {
        let project = built();
        let markdown = project.read("out/2018-19-q3/board-paper.md");
        project.put("out/2018-19-q3/board-paper.md", format!("{markdown}A line more.\n"));
        std::fs::remove_file(project.path("out/2018-19-q4/charts/board-paper-standards.svg")).expect("removed");
        project.put("out/2019-20-q1/board-paper.pdf", "%PDF-no");
        project.edit("data/2019-20-q4/narrative.yaml", "  - id: board-paper", "  - id: paper");
        let run = project.run(&["build", "--check", "-v"]).exits(3);
        for line in [
            "out/2018-19-q3/board-paper.md was edited by hand, or is damaged",
            "    - A line more.",
            "out/2018-19-q4/charts/board-paper-standards.svg is missing",
            "out/2019-20-q1/board-paper.pdf was edited by hand, or is damaged",
            "out/2019-20-q4/board-paper.md is made by no paper any more",
            "out/2019-20-q4/paper.md is missing",
        ] {
            assert!(run.stderr.lines().any(|told| told == line), "{line}\n{}", run.stderr);
        }
        project.build(&[]).exits(0);
        assert_eq!(project.read("out/2018-19-q3/board-paper.md"), markdown);
        project.run(&["build", "--check"]).exits(0);
    }

    #[test]
    fn does_not_ask_for_a_pdf_that_is_kept_elsewhere() {
        let project = built();
        for quarter in BOARD {
            std::fs::remove_file(project.path(&format!("out/{quarter}/board-paper.pdf"))).expect("removed");
        }
        project.run(&["build", "--check"]).exits(0);
    }

    #[test]
    fn says_it_to_each_engine_in_its_own_way() {
        let project = built();
        project.edit("data/2020-21-q1/narrative.yaml", "in a hard year", "in a very hard year");
        let of = |format: &str| project.run(&["build", "--check", "--message-format", format]).exits(3);
        let expected = |name: &str| case("again").join("expected").join(name);
        assert_snapshot(&expected("comment.md"), &of("markdown").stdout);
        assert_snapshot(&expected("annotations.txt"), &of("github").stdout);
        assert_snapshot(&expected("quality.json"), &of("gitlab").stdout);
        let json: Vec<serde_json::Value> =
            of("json").stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert!(json.iter().all(|line| line["code"] == "stale"), "{json:?}");
        assert!(of("short").stderr.contains("out/2020-21-q1/board-paper.md: error[stale]: the file is stale"));
    }

    #[test]
    fn lets_problems_win() {
        let project = built();
        project.edit("data/2020-21-q2/narrative.yaml", "standard: \"3.2\"", "standard: \"3.9\"");
        project.run(&["build", "--check"]).exits(1);
    }

    #[test]
    fn says_that_only_the_program_is_another() {
        let project = built();
        project.edit("out/manifest.json", "\"boardpaper 0.1.0\"", "\"boardpaper 0.0.9\"");
        let run = project.run(&["build", "--check"]).exits(3);
        assert!(run.stderr.contains("made by boardpaper 0.0.9"), "{}", run.stderr);
        assert!(!run.stderr.contains("changed since"), "{}", run.stderr);
    }
}
