//! The command line: help, exit codes, what goes to which stream, and what each flag does.

use std::fs;

use serde_json::Value;

use crate::project::{Project, Run, assert_snapshot, case};
use crate::words::pages_of_pdf;

/// The codes of the register, as `explain` lists them.
fn codes() -> Vec<String> {
    let listed = Project::empty().run(&["explain"]).exits(0).stdout;
    listed.lines().map(|line| line.split(' ').next().expect("split gives one").to_owned()).collect()
}

/// `plain`, with an action that has no measure, which is a warning.
fn warned() -> Project {
    let project = Project::of_case("plain");
    project.edit("data/actions.yaml", "  measure: Four families of five were heard\n", "");
    project
}

/// `plain`, with one error in one quarter.
fn broken() -> Project {
    let project = Project::of_case("plain");
    project.edit("data/2019-20-q3/narrative.yaml", "standard: \"3.1\"", "standard: \"3.9\"");
    project
}

mod help {
    use super::*;

    #[track_caller]
    fn check(name: &str, arguments: &[&str]) {
        let run = Project::empty().run(arguments).exits(0);
        assert_eq!(run.stderr, "");
        assert!(run.stdout.contains("Example"), "{name} has no example");
        assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{name} has a line that is too long");
        assert_snapshot(&case("command-line").join(format!("expected/{name}.txt")), &run.stdout);
    }

    #[test]
    fn of_the_program() {
        check("help", &["--help"]);
        assert_eq!(Project::empty().run(&["help"]).stdout, Project::empty().run(&["--help"]).stdout);
    }

    #[test]
    fn of_each_command() {
        for command in
            ["init", "new", "build", "check", "diff", "status", "watch", "verify", "plan", "eject", "explain"]
        {
            check(&format!("help-{command}"), &[command, "--help"]);
        }
    }

    #[test]
    fn of_all_commands_and_no_more() {
        let help = Project::empty().run(&["--help"]).stdout;
        let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        let names: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(
            names,
            ["init", "new", "build", "check", "diff", "status", "watch", "verify", "plan", "eject", "explain", "help"],
            "add new commands to this test"
        );
    }

    #[test]
    fn says_the_version() {
        let run = Project::empty().run(&["--version"]).exits(0);
        assert_eq!(run.stdout, format!("boardpaper {}\n", env!("CARGO_PKG_VERSION")));
    }
}

mod usage_errors {
    use super::*;

    /// Demands exit code 2, nothing on stdout, nothing written, and this in the message.
    #[track_caller]
    fn check(arguments: &[&str], message: &str) {
        let project = Project::of_case("plain");
        let run = project.run(arguments).exits(2);
        assert!(run.stderr.contains(message), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout, "");
        assert!(!project.exists("out"), "{arguments:?} wrote something");
    }

    #[test]
    fn a_command_or_flag_that_there_is_not() {
        check(&["bild"], "similar subcommand exists: 'build'");
        check(&["build", "--daft"], "similar argument exists: '--draft'");
        check(&["build", "-f", "docx"], "[possible values: md, pdf]");
        check(&["build", "-j", "0"], "0 is not in 1..=256");
        check(&["build", "-j", "many"], "invalid");
        check(&["build", "-q", "-v"], "cannot be used with");
        check(&["build", "--deny", "no-such"], "there is no such code");
        check(&["build", "--message-format", "xml"], "[possible values: human, short, json, github, gitlab, markdown]");
        check(&["eject", "2019-20-q3/board-paper"], "<DIR>");
    }

    #[test]
    fn no_command_at_all_prints_the_help() {
        check(&[], "Usage: boardpaper");
    }

    #[test]
    fn a_quarter_that_there_is_not() {
        for command in ["build", "check"] {
            check(
                &[command, "2019-20-q5"],
                "there is no paper, quarter or service `2019-20-q5`; did you mean `2019-20-q",
            );
            check(&[command, "2019-20-q3/bord-paper"], "did you mean `2019-20-q3/board-paper`?");
            check(&[command, "banana"], "there is no paper, quarter or service `banana`");
            check(&[command, "2019-20-q3", "2019-20-q44"], "did you mean `2019-20-q4`?");
        }
        check(&["eject", "2019-20-q9/board-paper", "ejected"], "did you mean `2019-20-q");
    }

    #[test]
    fn a_folder_that_is_not_there_is_no_quiet_success() {
        let run = Project::empty().run(&["build"]).exits(1);
        assert!(run.stderr.contains("error[no-service]") && run.stderr.contains("-C"), "{}", run.stderr);
    }

    /// What was asked for is there, only not readable: the reason is told, not "there is no such quarter".
    #[test]
    fn a_quarter_whose_files_are_broken_is_not_unknown() {
        let narrative = "data/2019-20-q3/narrative.yaml";
        let breaks: [(&str, &str, &str, &str); 5] = [
            (narrative, "title: Audit of out-of-court disposals", "title:", "missing-key"),
            (narrative, "meeting: 2020-01-13", "meeting: 2020-13-01", "bad-date"),
            (narrative, "papers:\n  - id", "papers: [\n  - id", "yaml-syntax"),
            ("data/service.yaml", "name: Northby Youth Justice Service", "name:", "missing-key"),
            ("data/2019-20-q3/audit.yaml", "theme: out-of-court", "theme: [", "yaml-syntax"),
        ];
        for (file, from, to, code) in breaks {
            let project = Project::of_case("plain");
            project.edit(file, from, to);
            let whole = "2019-20-q3/board-paper";
            for arguments in
                [&["build"] as &[&str], &["build", "2019-20-q3"], &["check", "2019-20-q3"], &["build", whole]]
            {
                let run = project.run(arguments).exits(1);
                assert!(run.stderr.contains(&format!("error[{code}]")), "{arguments:?}, {to}: {}", run.stderr);
                assert!(run.stderr.contains("not made: 2019-20-q3"), "{arguments:?}, {to}: {}", run.stderr);
            }
            let run = project.run(&["eject", whole, "ejected"]).exits(1);
            assert!(run.stderr.contains(&format!("error[{code}]")), "eject, {to}: {}", run.stderr);
        }
        // Nothing of such a service is known, and that is why.
        let project = Project::of_case("plain");
        project.edit("data/service.yaml", "name: Northby", "name: [Northby");
        for arguments in [&["build"] as &[&str], &["build", "2019-20-q3"], &["check", "2019-20-q3/board-paper"]] {
            let run = project.run(arguments).exits(1);
            assert!(run.stderr.contains("error[yaml-syntax]"), "{arguments:?}: {}", run.stderr);
        }
    }
}

mod explain {
    use super::*;

    #[test]
    fn a_code() {
        let run = Project::empty().run(&["explain", "total-disagrees"]).exits(0);
        assert_eq!(run.stderr, "");
        for part in ["total-disagrees (error)", "Example:", "How to mend it:"] {
            assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
        }
    }

    #[test]
    fn every_code_that_is_listed() {
        let codes = codes();
        assert!(codes.len() > 40, "{codes:?}");
        for code in codes {
            let run = Project::empty().run(&["explain", &code]).exits(0);
            assert!(run.stdout.starts_with(&format!("{code} (")), "{}", run.stdout);
        }
    }

    #[test]
    fn a_code_that_there_is_not() {
        let run = Project::empty().run(&["explain", "totl-disagrees"]).exits(2);
        assert!(run.stderr.contains("did you mean `total-disagrees`?"), "{}", run.stderr);
        let run = Project::empty().run(&["explain", "banana"]).exits(2);
        assert!(run.stderr.contains("lists them"), "{}", run.stderr);
    }
}

mod check {
    use super::*;

    #[test]
    fn writes_nothing() {
        for project in [Project::of_case("plain"), broken()] {
            let before = project.files("");
            project.check();
            assert_eq!(before, project.files(""));
        }
    }

    #[test]
    fn touches_no_older_paper() {
        let project = Project::of_case("plain");
        project.build(&[]).exits(0);
        project.edit("data/2019-20-q3/narrative.yaml", "not always heard", "seldom heard");
        let before = project.files("out");
        project.check().exits(0);
        assert_eq!(before, project.files("out"));
    }

    #[test]
    fn finds_what_build_finds() {
        let project = broken();
        let (checked, built) = (project.check().exits(1), project.build(&[]).exits(1));
        assert_eq!(checked.problems(), built.problems());
        assert_eq!(checked.last_line(), "checked 1 of 2 papers in [TIME] s: 1 error");
        assert_eq!(built.last_line(), "made 1 of 2 papers in `out` (5 files written) in [TIME] s: 1 error");
    }
}

mod messages {
    use super::*;

    #[test]
    fn a_clean_run_says_what_was_written() {
        let project = Project::of_case("plain");
        let run = project.run(&["build"]).exits(0);
        assert_eq!(
            crate::project::without_times(&run.stderr),
            "made 2 papers in `out` (9 files written) in [TIME] s: no problems\n"
        );
        assert_eq!(run.stdout, "");
        let run = project.run(&["build"]).exits(0);
        assert_eq!(run.last_line(), "made 2 papers in `out` (9 files as before) in [TIME] s: no problems");
    }

    #[test]
    fn an_output_folder_is_printed_as_it_was_typed() {
        let project = Project::of_case("plain");
        let folder = project.path("elsewhere/papers");
        let folder = folder.to_str().expect("UTF-8");
        for typed in ["papers", "./papers", "some/papers", folder] {
            let run = project.run(&["build", "-f", "md", "-o", typed, "2019-20-q3"]).exits(0);
            assert!(run.stderr.starts_with(&format!("made 1 paper in `{typed}` ")), "{}", run.stderr);
        }
    }

    #[test]
    fn what_a_file_says_commands_no_terminal() {
        let project = Project::of_case("plain");
        let audit = project.read("data/2019-20-q3/audit.yaml");
        let (head, _) = audit.split_once("sample:").expect("its sample");
        project.put("data/2019-20-q3/audit.yaml", format!("{head}answers: answers.csv\n"));
        project.put("data/2019-20-q3/answers.csv", "case,prompt,answer\nC1,3.1.1.a,\u{1b}[31mPartly\n");
        for format in ["human", "short", "json", "github", "gitlab", "markdown"] {
            let run = project.run(&["check", "--message-format", format]).exits(1);
            assert!(run.stderr.contains("Partly") || run.stdout.contains("Partly"), "{format}: {}", run.stderr);
            assert!(!run.stderr.contains('\u{1b}') && !run.stdout.contains('\u{1b}'), "{format}: {}", run.stderr);
            // Where colours are wanted, no others than the program's own.
            let run = project.run(&["check", "--message-format", format, "--color", "always"]).exits(1);
            assert!(!run.stderr.contains("\u{1b}[31mPartly"), "{format}: {}", run.stderr);
        }
    }

    /// Half a report that looks whole is worse than none.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_report_that_is_not_taken_is_no_success() {
        let project = Project::of_case("plain");
        for arguments in [&["check", "--message-format", "gitlab"][..], &["explain"]] {
            let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device that is full");
            let output = project.command(arguments).stdout(full).output().expect("the program starts");
            assert_eq!(output.status.code(), Some(74), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }

    #[test]
    fn json_is_one_object_a_line_on_stdout() {
        let project = broken();
        project.edit("data/actions.yaml", "  measure: Four families of five were heard\n", "");
        let run = project.run(&["check", "--message-format", "json"]).exits(1);
        let messages: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let told: Vec<(&str, &str)> = messages
            .iter()
            .map(|message| (message["code"].as_str().expect("a code"), message["severity"].as_str().expect("a word")))
            .collect();
        assert_eq!(told, [("unknown-id", "error"), ("not-set", "warning")]);
        for message in &messages {
            assert_eq!(message["schema"], 1);
            for key in ["message", "field", "labels", "notes", "hints"] {
                assert!(!message[key].is_null(), "{key} of {message}");
            }
        }
        let label = &messages[0]["labels"][0];
        assert_eq!(label["file"], "data/2019-20-q3/narrative.yaml");
        let place = ["line", "column", "end_line", "end_column"].map(|key| label[key].as_u64().expect("a number"));
        assert_eq!(place, [17, 15, 17, 20]);
        // What is for people stays on the other stream.
        assert!(!run.stderr.contains("unknown-id"), "{}", run.stderr);
    }

    #[test]
    fn short_is_one_line_a_problem_with_its_place_first() {
        let run = broken().check().exits(1);
        assert_eq!(run.problems().len(), 1);
        assert!(run.stderr.starts_with("data/2019-20-q3/narrative.yaml:17:15: error[unknown-id]: "), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }

    #[test]
    fn quiet_prints_errors_only() {
        let run = warned().run(&["build", "-q"]).exits(0);
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
        let project = broken();
        project.edit("data/actions.yaml", "  measure: Four families of five were heard\n", "");
        let run = project.run(&["build", "-q"]).exits(1);
        assert!(run.stderr.contains("error[unknown-id]") && !run.stderr.contains("warning"), "{}", run.stderr);
        assert!(!run.stderr.contains("made 1 of 2"), "{}", run.stderr);
    }

    #[test]
    fn verbose_prints_each_paper_and_each_stage() {
        let run = Project::of_case("plain").run(&["build", "-v"]).exits(0);
        assert!(run.stderr.contains("made 2019-20-q3/board-paper (2 pages)\n"), "{}", run.stderr);
        let stages: Vec<&str> =
            run.stderr.lines().filter_map(|line| line.strip_prefix("time: ")?.split(' ').next()).collect();
        let expected = [
            "load", "assess", "check", "render", "write", "content", "fonts", "layout", "pdf", "charts", "output",
            "total",
        ];
        assert_eq!(stages, expected);
        let is_time = |line: &&str| {
            line.split(' ').nth(2).is_some_and(|took| took.parse::<f64>().is_ok()) && line.ends_with(" ms")
        };
        assert!(
            run.stderr.lines().filter(|line| line.starts_with("time: ")).all(|line| is_time(&line)),
            "{}",
            run.stderr
        );
    }

    #[test]
    fn colours_are_for_those_who_see_them() {
        let project = broken();
        let has_colours = |run: &Run| run.stderr.contains('\u{1b}') || run.stdout.contains('\u{1b}');
        // The tests read a pipe.
        assert!(!has_colours(&project.run(&["check"])));
        assert!(has_colours(&project.run(&["check", "--color", "always"])));
        assert!(!has_colours(&project.run(&["check", "--color", "never"])));
        let forced = |arguments: &[&str], variable: &str| Run::of(project.command(arguments).env(variable, "1"));
        assert!(has_colours(&forced(&["check"], "CLICOLOR_FORCE")));
        assert!(!has_colours(&forced(&["check", "--color", "never"], "CLICOLOR_FORCE")));
        assert!(!has_colours(&forced(&["check"], "NO_COLOR")));
        assert!(has_colours(&forced(&["check", "--color", "always"], "NO_COLOR")), "what was typed wins");
        // Colours change nothing else.
        let plain = project.run(&["check"]);
        let coloured = project.run(&["check", "--color", "always"]);
        let bare = anstream::adapter::strip_str(&coloured.stderr).to_string();
        assert_eq!(crate::project::without_times(&bare), crate::project::without_times(&plain.stderr));
    }
}

mod levels {
    use super::*;

    #[test]
    fn a_warning_stops_nothing_unless_it_is_denied() {
        let project = warned();
        let run = project.build(&[]).exits(0);
        assert_eq!(run.problems().len(), 1, "{}", run.stderr);
        assert!(run.last_line().ends_with(": 1 warning"), "{}", run.stderr);
        for deny in ["warnings", "not-set"] {
            let project = warned();
            let run = project.build(&["--deny", deny]).exits(1);
            assert!(run.problems()[0].contains("error[not-set]"), "{}", run.stderr);
            assert!(!project.exists("out/2019-20-q3/board-paper.md"), "--deny {deny}");
        }
        warned().build(&["--deny", "no-evidence"]).exits(0);
    }

    #[test]
    fn a_warning_can_be_allowed_and_an_error_cannot() {
        let run = warned().build(&["--allow", "not-set", "--deny", "warnings"]).exits(0);
        assert_eq!(run.problems(), [""; 0]);
        let run = broken().build(&["--allow", "unknown-id"]).exits(1);
        assert_eq!(run.problems().len(), 1);
        let run = broken().build(&["--warn", "unknown-id"]).exits(1);
        assert!(run.problems()[0].contains("error[unknown-id]"), "{}", run.stderr);
    }

    #[test]
    fn one_code_can_stay_a_warning() {
        let run = warned().build(&["--deny", "warnings", "--warn", "not-set"]).exits(0);
        assert!(run.problems()[0].contains("warning[not-set]"), "{}", run.stderr);
    }
}

mod formats {
    use super::*;

    fn endings(project: &Project) -> Vec<String> {
        let mut endings: Vec<String> =
            project.files("out").keys().filter_map(|path| Some(path.rsplit_once('.')?.1.to_owned())).collect();
        endings.sort();
        endings.dedup();
        endings
    }

    #[test]
    fn markdown_alone_has_its_charts() {
        let project = Project::of_case("plain");
        project.build(&["-f", "md"]).exits(0);
        assert_eq!(endings(&project), ["json", "md", "svg"]);
    }

    #[test]
    fn a_pdf_alone() {
        let project = Project::of_case("plain");
        project.build(&["-f", "pdf"]).exits(0);
        assert_eq!(endings(&project), ["json", "pdf"]);
    }

    #[test]
    fn one_after_the_other_is_as_both_at_once() {
        let (first, second) = (Project::of_case("plain"), Project::of_case("plain"));
        first.build(&["-f", "md"]).exits(0);
        first.build(&["-f", "pdf"]).exits(0);
        second.build(&["-f", "pdf,md"]).exits(0);
        crate::project::assert_same("md, then pdf", &second.files("out"), &first.files("out"));
    }

    #[test]
    fn what_no_paper_makes_any_more_is_removed() {
        let project = Project::of_case("plain");
        project.build(&[]).exits(0);
        project.put("out/2019-20-q3/minutes.pdf", "ours");
        project.edit("data/2019-20-q3/narrative.yaml", "id: board-paper", "id: renamed");
        project.build(&[]).exits(0);
        let papers: Vec<String> = project.files("out/2019-20-q3").into_keys().collect();
        assert_eq!(
            papers,
            ["charts/renamed-standards.svg", "minutes.pdf", "renamed.md", "renamed.pdf", "results.json"]
        );
    }
}

mod draft {
    use super::*;

    const NARRATIVE: &str = "data/2019-20-q3/narrative.yaml";
    const CONTEXT: &str = "context: |\n  Out-of-court disposals deal with an offence without going to court.\n";

    #[test]
    fn a_missing_part_is_an_error_and_in_a_draft_a_gap() {
        let project = Project::of_case("plain");
        project.edit(NARRATIVE, CONTEXT, "");
        let run = project.build(&["2019-20-q3"]).exits(1);
        assert_eq!(run.problems().len(), 1, "{}", run.stderr);
        assert!(run.problems()[0].starts_with(&format!("{NARRATIVE}:2:5: error[missing-section]")), "{}", run.stderr);
        project.build(&["2019-20-q3", "--draft"]).exits(0);
        let markdown = project.read("out/2019-20-q3/board-paper.md");
        assert!(markdown.contains("### 2.1 Context\n\n**Still to be written.**\n"), "{markdown}");
    }

    #[test]
    fn each_page_of_a_draft_says_so() {
        let project = Project::of_case("plain");
        let pages = |arguments: &[&str]| {
            project.build(arguments).exits(0);
            pages_of_pdf(&project.bytes("out/2019-20-q3/board-paper.pdf"))
        };
        let Some(finished) = pages(&["2019-20-q3"]) else { return };
        assert!(finished.iter().all(|page| !page.contains("DRAFT")), "{finished:?}");
        let draft = pages(&["2019-20-q3", "--draft"]).expect("read before");
        assert!(draft.len() > 1 && draft.iter().all(|page| page.contains("DRAFT")), "{draft:?}");
        assert!(finished.iter().chain(&draft).all(|page| page.matches("OFFICIAL").count() == 2), "top and foot");
    }
}

mod machine {
    use super::*;

    /// Demands exit code 74 and one plain line on what could not be written.
    #[track_caller]
    fn check(project: &Project, out: &str, message: &str) {
        let run = project.run(&["build", "-o", out]).exits(74);
        let told: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("error: ")).collect();
        assert!(!told.is_empty() && told.iter().all(|line| line.contains(message)), "{}", run.stderr);
        assert!(!run.stderr.contains("os error"), "{}", run.stderr);
    }

    #[test]
    fn a_file_in_the_output_folders_place() {
        let project = Project::of_case("plain");
        project.put("out", "a file");
        check(&project, "out", "a file stands in its place");
        check(&project, "out/deeper", "a file stands in its place");
        assert_eq!(project.read("out"), "a file");
    }

    #[test]
    fn a_folder_in_a_papers_place() {
        let project = Project::of_case("plain");
        project.put("out/2019-20-q3/board-paper.pdf/ours.txt", "ours");
        check(&project, "out", "`out/2019-20-q3/board-paper.pdf` could not be replaced: it is a folder");
        assert_eq!(project.read("out/2019-20-q3/board-paper.pdf/ours.txt"), "ours");
        // Whatever else could be written is there, and nothing half-written.
        assert!(project.exists("out/2019-20-q3/board-paper.md") && project.exists("out/2019-20-q4/board-paper.pdf"));
        assert!(project.files("out").keys().all(|path| !path.contains(".boardpaper-")));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_written_to() {
        use std::os::unix::fs::PermissionsExt;

        let project = Project::of_case("plain");
        let folder = project.path("closed");
        fs::create_dir(&folder).expect("a folder of ours");
        let close =
            |mode: u32| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).expect("a folder of ours");
        close(0o555);
        // An administrator may write anywhere but into what the system itself shows as files.
        let is_open = fs::write(folder.join("probe"), "").is_ok();
        let out = if is_open { "/sys/boardpaper" } else { "closed" };
        if !is_open || fs::metadata("/sys").is_ok() {
            check(&project, out, "cannot be written to");
        }
        close(0o755);
    }

    #[cfg(unix)]
    #[test]
    fn a_data_file_that_cannot_be_read() {
        let project = Project::of_case("plain");
        fs::remove_file(project.path("data/actions.yaml")).expect("a file of ours");
        std::os::unix::fs::symlink("nowhere", project.path("data/actions.yaml")).expect("a link of ours");
        // A link is left out, and the action that it held is missed.
        let run = project.check().exits(1);
        assert!(run.stderr.contains("error[unknown-id]: there is no action `A-2020-001`"), "{}", run.stderr);
    }
}

mod eject {
    use super::*;

    #[test]
    fn holds_what_typst_needs() {
        let project = Project::of_example();
        let run = project.run(&["eject", "2020-21-q2/board-paper", "ejected"]).exits(0);
        assert!(run.stderr.contains("typst compile"), "{}", run.stderr);
        assert_eq!(run.stdout, "");
        let files = project.files("ejected");
        for file in ["main.typ", "content.json", "styles/board.typ", "styles/charts.typ", "look/logo.svg"] {
            assert!(files.contains_key(file), "{file} is not in {:?}", files.keys());
        }
        let fonts: Vec<&String> = files.keys().filter(|path| path.starts_with("fonts/")).collect();
        assert!(fonts.len() >= 8 && fonts.iter().all(|path| path.ends_with(".ttf")), "{fonts:?}");
        let content = project.json("ejected/content.json");
        assert_eq!(content["title"], "Case audit of out-of-court disposals, September 2020");
        assert!(content["sections"].as_array().is_some_and(|sections| sections.len() > 5));
        // The text of the paper stands in the content alone: the main file is the same for every paper.
        let main = project.read("ejected/main.typ");
        project.run(&["eject", "2018-19-q3/board-paper", "other"]).exits(0);
        assert_eq!(main, project.read("other/main.typ"));
        assert!(!project.exists("out"), "eject makes no paper");
    }

    /// An appendix in a file of its own is a paper of its own, in a folder of its own; a PDF that comes along is left.
    #[test]
    fn appendices_come_along() {
        let project = Project::of_case("own-appendices");
        let run = project.run(&["eject", "2020-21-q2", "ejected"]).exits(0);
        assert!(run.stderr.contains("in ejected/appendix-B,"), "{}", run.stderr);
        let files = project.files("ejected");
        let (appendix, paper): (Vec<&String>, Vec<&String>) =
            files.keys().partition(|path| path.starts_with("appendix-B/"));
        let below: Vec<&str> = appendix.iter().map(|path| &path["appendix-B/".len()..]).collect();
        for file in ["main.typ", "content.json", "styles/board.typ", "fonts/NotoSans-Bold.ttf"] {
            assert!(below.contains(&file) && paper.iter().any(|path| *path == file), "{file}");
        }
        assert!(files.keys().all(|path| !path.starts_with("appendix-C")));
        let (whole, own) = (project.json("ejected/content.json"), project.json("ejected/appendix-B/content.json"));
        assert_ne!(whole["marking"], own["marking"]);
        assert_eq!(own["marking"], "OFFICIAL-SENSITIVE");
        // What is wrong in the data is told once.
        project.edit("data/2020-21-q2/narrative.yaml", "(=3.1.percent)", "(=3.9.percent)");
        let run = project.run(&["eject", "2020-21-q2", "again", "--message-format", "short"]).exits(1);
        assert_eq!(run.problems().len(), 1, "{}", run.stderr);
        assert!(!project.exists("again"));
    }

    #[test]
    fn one_paper_at_a_time() {
        let project = Project::of_case("plain");
        let run = project.run(&["eject", "2019-20-q3", "ejected"]);
        assert_eq!(run.code, 0, "a quarter with one paper names it: {}", run.stderr);
        let paper =
            "  - id: second\n    template: board-paper\n    title: A second paper\n    meeting: 2020-01-13\nwhy:";
        project.edit("data/2019-20-q3/narrative.yaml", "why:", paper);
        let run = project.run(&["eject", "2019-20-q3", "both"]).exits(2);
        assert!(
            run.stderr.contains("2019-20-q3/board-paper") && run.stderr.contains("2019-20-q3/second"),
            "{}",
            run.stderr
        );
        assert!(!project.exists("both"));
    }

    #[test]
    fn a_quarter_without_a_paper_has_nothing_to_eject() {
        let project = Project::of_case("total-pasted");
        project.edit("data/2018-19-q3/audit.yaml", "points: 296.5, of: 416", "points: 207.5, of: 253");
        let run = project.run(&["eject", "2018-19-q4", "ejected"]).exits(2);
        assert!(run.stderr.contains("`2018-19-q4` has no paper"), "{}", run.stderr);
    }

    #[test]
    fn a_paper_with_errors_is_not_ejected() {
        let project = broken();
        let run = project.run(&["eject", "2019-20-q3/board-paper", "ejected"]).exits(1);
        assert!(run.stderr.contains("error[unknown-id]"), "{}", run.stderr);
        assert!(!project.exists("ejected"));
    }
}
