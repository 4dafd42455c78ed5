//! `init` and `new`: a project from nothing, and the quarter after the last one.

use serde_json::Value;

use crate::project::{Project, assert_snapshot, case, repository};
use crate::words::{of_markdown, run_together, yaml};

const NARRATIVE: &str = "data/2024-25-q3/narrative.yaml";
const AUDIT: &str = "data/2024-25-q3/audit.yaml";

/// What `init` writes.
fn scaffold() -> Project {
    let project = Project::empty();
    project.run(&["init"]).exits(0);
    project
}

/// What `init` writes, with two quarters started after it: of a theme without an audit, and of that of the first.
fn started() -> Project {
    let project = scaffold();
    project.run(&["new", "2024-25-q2"]).exits(0);
    project.run(&["new", "2024-25-q3"]).exits(0);
    project
}

/// Takes one `# ` away from each line from one that starts so, up to the first that is no comment.
fn uncomment(project: &Project, path: &str, first: &str) {
    let mut open = false;
    let mut text = String::new();
    for line in project.read(path).lines() {
        let start = line.trim_start();
        open = (open || start.starts_with(first)) && (start.is_empty() || start.starts_with('#'));
        text.push_str(&if open { line.replacen("# ", "", 1) } else { line.to_owned() });
        text.push('\n');
    }
    project.put(path, text);
}

mod init {
    use super::*;

    #[test]
    fn then_build_makes_a_paper_at_once() {
        let project = Project::empty();
        let run = project.run(&["init"]).exits(0);
        assert_eq!(
            run.stderr,
            "wrote 7 files to `data`, with notes on what each line is for\nnext: boardpaper build\n"
        );
        let run = project.build(&["--deny", "warnings"]).exits(0);
        assert!(run.last_line().ends_with("no problems"), "{}", run.stderr);
        let markdown = project.read("out/2024-25-q1/board-paper.md");
        assert!(markdown.contains("Assessment scored 71% and planning 70%."), "{markdown}");
        assert!(project.bytes("out/2024-25-q1/board-paper.pdf").starts_with(b"%PDF"));
    }

    #[test]
    fn makes_its_folder_and_says_how_to_go_on() {
        let project = Project::empty();
        let run = project.run(&["init", "our/town"]).exits(0);
        assert!(run.stderr.ends_with("next: boardpaper -C our/town build\n"), "{}", run.stderr);
        project.run(&["-C", "our/town", "check"]).exits(0);
        let run = project.run(&["-C", "our", "init", "village"]).exits(0);
        assert!(run.stderr.ends_with("next: boardpaper -C our/village build\n"), "{}", run.stderr);
        assert_eq!(project.files("our/village"), project.files("our/town"));
        assert_eq!(project.run(&["-q", "init", "quiet"]).exits(0).stderr, "");
    }

    #[test]
    fn overwrites_nothing() {
        let project = Project::empty();
        project.put("README.md", "ours").put("data/service.yaml", "name: Ours\n");
        let before = project.files("");
        let run = project.run(&["init"]).exits(2);
        assert!(run.stderr.starts_with("error: `data` is there already, and `init` overwrites nothing\n"));
        assert_eq!(project.files(""), before);
        // A repository's own files are no reason to refuse.
        project.put("other/.git/config", "").put("other/README.md", "ours");
        project.run(&["init", "other"]).exits(0);
        assert_eq!(project.read("other/README.md"), "ours");
        // A second time there is something.
        let before = project.files("");
        project.run(&["init", "other"]).exits(2);
        assert_eq!(project.files(""), before);
    }

    #[test]
    fn a_file_in_the_folders_place_is_told() {
        let project = Project::empty();
        project.put("town", "");
        let run = project.run(&["init", "town"]).exits(74);
        assert!(run.stderr.contains("a file stands in its place"), "{}", run.stderr);
    }

    /// What the README lets a reader do first, and what it says that they will see.
    #[test]
    fn the_readme_says_what_happens() {
        let readme = std::fs::read_to_string(repository().join("README.md")).expect("a file of the repository");
        let project = Project::empty();
        project.run(&["init", "ourtown"]).exits(0);
        let made = project.run(&["-C", "ourtown", "build"]).exits(0);
        project.edit("ourtown/data/2024-25-q1/answers.csv", "3.1.1.c,No,N/A,Partly", "3.1.1.c,No,N/A,Mostly");
        project.edit("ourtown/data/2024-25-q1/narrative.yaml", "\ncontext:", "\ncontxt:");
        let refused = project.run(&["-C", "ourtown", "build"]).exits(1);
        for run in [made, refused] {
            let (messages, last) = run.stderr.trim_end().rsplit_once('\n').unwrap_or(("", run.stderr.trim_end()));
            assert!(readme.contains(messages), "the README does not show this:\n{messages}");
            let before = last.split(" in 0").next().unwrap_or_default();
            assert!(readme.contains(before), "the README does not show this: {before}");
        }
        let markdown = project.read("ourtown/out/2024-25-q1/board-paper.md");
        assert!(markdown.contains("scored 71%") && markdown.contains("(3 of 4 cases)"), "{markdown}");
    }

    /// Somebody who has never seen YAML copies what stands there: prose goes behind `|`, notes on lines of their own.
    #[test]
    fn teaches_only_what_is_safe() {
        const PROSE: [&str; 9] =
            ["why", "context", "method", "text", "what", "measure", "reason", "expected", "monitoring"];
        for (path, bytes) in scaffold().files("data") {
            let text = String::from_utf8(bytes).expect("the scaffold is UTF-8");
            for line in text.lines().filter(|line| path.ends_with(".yaml") && !line.trim_start().starts_with('#')) {
                assert!(!line.contains(" #"), "{path}: a note behind a value: {line}");
                assert!(!line.contains('\t') && line.len() <= 120, "{path}: {line}");
                let key = line.trim_start().trim_start_matches("- ").split(':').next().unwrap_or_default();
                let is_prompt = path.starts_with("frameworks/");
                assert!(is_prompt || !PROSE.contains(&key) || line.ends_with(": |"), "{path}: no block: {line}");
            }
            assert!(!path.ends_with(".yaml") || text.starts_with("# "), "{path} does not say what it is");
        }
        let narrative = scaffold().read("data/2024-25-q1/narrative.yaml");
        assert!(narrative.contains("\nlearning:\n  - |\n"));
    }
}

mod new {
    use super::*;

    #[test]
    fn a_quarter_has_what_is_known_and_the_rest_marked() {
        let project = started();
        for quarter in ["2024-25-q2", "2024-25-q3"] {
            for file in ["audit.yaml", "narrative.yaml"] {
                let text = project.read(&format!("data/{quarter}/{file}"));
                assert_snapshot(&case("started").join(format!("expected/{quarter}/{file}")), &text);
            }
        }
    }

    #[test]
    fn check_lists_exactly_what_is_still_to_be_written() {
        let project = started();
        for quarter in ["2024-25-q2", "2024-25-q3"] {
            let mut marked = Vec::new();
            for file in ["audit.yaml", "narrative.yaml"] {
                let path = format!("data/{quarter}/{file}");
                let lines: Vec<String> = project.read(&path).lines().map(str::to_owned).collect();
                let is_marked =
                    |line: &&(usize, &String)| line.1.contains("TODO") && !line.1.trim_start().starts_with('#');
                let numbered: Vec<(usize, &String)> = lines.iter().enumerate().collect();
                marked.extend(numbered.iter().filter(is_marked).map(|(n, _)| format!("{path}:{}", n + 1)));
            }
            let run = project.run(&["check", quarter, "--message-format", "short"]).exits(1);
            let listed: Vec<String> =
                run.problems().iter().map(|line| line.split(':').take(2).collect::<Vec<_>>().join(":")).collect();
            assert_eq!(listed, marked, "{}", run.stderr);
            assert!(run.problems().iter().all(|line| line.contains("is still to be written")), "{}", run.stderr);
            assert!(marked.len() > 15, "{marked:?}");
        }
    }

    /// Every kind of paper comes along with what it needs: its own text, and the keys that only it has.
    #[test]
    fn check_lists_what_every_kind_of_paper_needs() {
        for (last, texts) in [("2020-21-q2", 4), ("2019-20-q3", 1)] {
            let project = Project::of_example();
            // Without a rotation the papers are those of the last quarter.
            let service = project.read("data/service.yaml");
            project.put("data/service.yaml", service.replace("rotation: [custody, out-of-court, community]\n", ""));
            for path in project.files("data").into_keys() {
                if path.split('/').next().is_some_and(|folder| folder.starts_with("20") && folder > last) {
                    std::fs::remove_file(project.path(&format!("data/{path}"))).expect("removed");
                }
            }
            if last == "2019-20-q3" {
                // Actions of later quarters refer to what is not there any more.
                project.put("data/actions.yaml", "[]\n");
                let path = "data/2019-20-q3/narrative.yaml";
                project.edit(path, "next_steps: [A-2019-003, A-2020-001, A-2020-002]", "next_steps: []");
            }
            let quarter = "2021-22-q1";
            let run = project.run(&["new", quarter]).exits(0);
            assert_eq!(run.stderr.matches("wrote `").count(), 2 + texts, "{}", run.stderr);
            lists_exactly_what_is_marked(&project, quarter);
            let narrative = project.read(&format!("data/{quarter}/narrative.yaml"));
            assert_eq!(narrative.contains("practitioner-feedback"), last == "2019-20-q3", "{narrative}");
            if last == "2020-21-q2" {
                let slides = project.read(&format!("data/{quarter}/slides.yaml"));
                assert!(slides.contains("    quotes: [\"2018-06/R4\", \"2018-06/R5\"]\n"), "{slides}");
            }
        }
    }

    /// The same where they stand in the narrative itself.
    #[test]
    fn check_lists_the_keys_that_only_some_kinds_have() {
        for (name, keys) in [
            ("scrutiny-paper", ["summary", "conclusion"].as_slice()),
            ("cabinet-paper", &["conclusion", "implications"]),
            ("audit-by-themes", &["conclusion", "recommendations", "sections"]),
            ("practitioner-feedback", &["sections"]),
        ] {
            let project = Project::of_case(name);
            project.run(&["new", "2021-22-q1"]).exits(0);
            lists_exactly_what_is_marked(&project, "2021-22-q1");
            let narrative = project.read("data/2021-22-q1/narrative.yaml");
            for key in keys {
                assert!(narrative.contains(&format!("\n{key}:")), "{name}: {key}: {narrative}");
            }
        }
    }

    /// Holds what `check` lists against the places with a `TODO`, of all files of a quarter.
    #[track_caller]
    fn lists_exactly_what_is_marked(project: &Project, quarter: &str) {
        let mut marked = Vec::new();
        for path in project.files(&format!("data/{quarter}")).into_keys() {
            let path = format!("data/{quarter}/{path}");
            let text = project.read(&path);
            let lines = text.lines().enumerate();
            let todo = lines.filter(|(_, line)| line.contains("TODO") && !line.trim_start().starts_with('#'));
            marked.extend(todo.map(|(n, _)| format!("{path}:{}", n + 1)));
        }
        let run = project.run(&["check", quarter, "--message-format", "short"]).exits(1);
        let listed: Vec<String> =
            run.problems().iter().map(|line| line.split(':').take(2).collect::<Vec<_>>().join(":")).collect();
        assert_eq!(listed, marked, "{}", run.stderr);
        assert!(run.problems().iter().all(|line| line.contains("is still to be written")), "{}", run.stderr);
    }

    #[test]
    fn a_draft_marks_the_gaps_once_a_paper_has_its_title_and_its_meeting() {
        let project = started();
        project.run(&["build", "--draft", "2024-25-q3"]).exits(1);
        project.edit(NARRATIVE, "title: TODO", "title: Third audit").edit(
            NARRATIVE,
            "meeting: TODO",
            "meeting: 2025-01-27",
        );
        project.build(&["--draft", "2024-25-q3"]).exits(0);
        let markdown = project.read("out/2024-25-q3/board-paper.md");
        assert!(markdown.contains("## 1 Why is this report here?\n\n**Still to be written.**"), "{markdown}");
        // So are those of a section that is there, and of one that need not be.
        let gap_of = |heading: &str| {
            let section = markdown.split(&format!("# {heading}\n")).nth(1).unwrap_or_default();
            section.split("\n#").next().unwrap_or_default().trim_end().ends_with("**Still to be written.**")
        };
        for heading in [
            "2.2 Method and sample",
            "2.5 Next steps",
            "4.1 Of this board as a group",
            "4.2 Of individual partner agencies",
        ] {
            assert!(gap_of(heading), "{heading}: {markdown}");
        }
        assert!(!markdown.contains("TODO"), "{markdown}");
        project.build(&["2024-25-q3"]).exits(1);
    }

    #[test]
    fn a_draft_has_every_figure_that_can_be_computed_and_names_the_others() {
        let project = Project::empty();
        project.run(&["init", "."]).exits(0);
        let (audit, narrative) = ("data/2024-25-q1/audit.yaml", "data/2024-25-q1/narrative.yaml");
        project.edit(audit, "eligible: 21", "eligible: TODO");
        // What of a list is still to be written is left out, and its section has the gap.
        project.edit(narrative, "The assessment did not always show", "TODO The assessment did not always show");
        project.edit(narrative, "Note the findings of this report", "TODO");
        project.build(&["--draft"]).exits(0);
        let markdown = project.read("out/2024-25-q1/board-paper.md");
        for text in [
            "**20.5/29**",
            "Assessment scored 71%",
            "(5 of 5 cases)",
            "- Agree the next steps\n\n**Still to be written.**",
        ] {
            assert!(markdown.contains(text), "{text}: {markdown}");
        }
        assert!(!markdown.contains("what the victim wanted") && !markdown.contains("TODO"), "{markdown}");
        project.edit(narrative, "The board asked for", "(=sample.eligible) cases. The board asked for");
        project.edit(audit, "the worker was on leave", "the worker was on leave\n    - {cases: TODO, reason: TODO}");
        project.build(&["--draft"]).exits(0);
        let cases: String = (1..=5).map(|n| format!("\n  - {{case: C{n}, answers: TODO}}")).collect();
        project.edit(audit, "answers: answers.csv", &format!("cases:{cases}"));
        project.build(&["--draft"]).exits(0);
        project.edit(audit, &format!("cases:{cases}"), "answers: TODO");
        project.build(&["--draft"]).exits(0);
        let markdown = project.read("out/2024-25-q1/board-paper.md");
        assert!(markdown.contains("Assessment scored (=3.1.percent)") && !markdown.contains("20.5"), "{markdown}");
        assert!(markdown.contains("(=sample.eligible) cases."), "{markdown}");
        project.build(&[]).exits(1);
    }

    #[test]
    fn a_quarter_that_is_written_makes_its_paper() {
        let project = started();
        for (from, to) in [
            ("commenced: TODO", "commenced: {from: 2024-07-01, to: 2024-09-30}"),
            ("audited: TODO", "audited: {from: 2024-12-02, to: 2024-12-06}"),
            ("eligible: TODO", "eligible: 18"),
            ("selection: TODO", "selection: random"),
            ("selected: TODO", "selected: 5"),
            ("completed: TODO", "completed: 5"),
            ("answers: TODO", "answers: answers.csv"),
        ] {
            project.edit(AUDIT, from, to);
        }
        project.put("data/2024-25-q3/answers.csv", project.read("data/2024-25-q1/answers.csv"));
        uncomment(&project, NARRATIVE, "# - id: F-2024-001");
        uncomment(&project, NARRATIVE, "# # Note the findings");
        for (from, to) in [
            ("title: TODO", "title: Third audit"),
            ("meeting: TODO", "meeting: 2025-01-27"),
            ("  - TODO\n\nlearning", "\nlearning"),
            ("TODO Who asked for this report, and why now.", "The board asked."),
            ("TODO What a reader must know of the cases, and what has changed since last time.", "Nothing changed."),
            (
                "TODO Who looked, at what, and what was done otherwise than last time. The sample is told by itself.",
                "As last time.",
            ),
            ("TODO What was learned; one item a hyphen.", "It takes time."),
            ("  - TODO\n\noutcomes", "\noutcomes"),
            ("TODO What will be better for children.", "Victims are heard."),
            ("TODO Who will see whether it is, how and how often.", "The team manager looks."),
            ("board: TODO", "board: [{id: Q-2025-01, text: Note the findings}]"),
            ("partners: TODO", "partners: none"),
            ("decided: TODO, date: TODO", "decided: noted, date: 2024-07-22"),
        ] {
            let text = project.read(NARRATIVE);
            assert!(text.contains(from), "{from}: {text}");
            project.put(NARRATIVE, text.replace(from, to));
        }
        project.build(&["2024-25-q3", "--allow", "still-answered"]).exits(0);
        let markdown = project.read("out/2024-25-q3/board-paper.md");
        assert!(markdown.contains("show what the victim wanted. (3 of 4 cases) **Seen again.**"), "{markdown}");
        assert!(markdown.contains("1. Ask every victim what would help"), "{markdown}");
        assert!(markdown.contains("- Case audit of out-of-court disposals, 22 July 2024"), "{markdown}");
    }

    /// What is carried forward is the same text, whatever stands in it, once its `# ` is taken away.
    #[test]
    fn every_paper_and_every_finding_comes_along_as_it_was() {
        const BEFORE: &str = "data/2024-25-q1/narrative.yaml";
        let project = scaffold();
        let text = "      # 1. “It's”: (=3.1.percent), \\(=x), a\\#b & {c}\n\n      - one: two #3\n      - TODO\n\n      | a | b |\n      | :-- | :-- |\n      | 1 | 2 |\n";
        let first = "      The assessment did not always show what the victim wanted.\n";
        project.edit(BEFORE, first, &text.replacen("# 1.", "Say “1.”", 1));
        project.edit(
            BEFORE,
            "papers:\n",
            "papers:\n  - {template: board-paper, id: second, title: \"Yes: #2\", meeting: 2024-07-22, audience: management, page_numbers: false, authors: [\"A: b\"], header: [{label: \"No. #\", value: x}]}\n",
        );
        project.run(&["new", "2024-25-q2"]).exits(0);
        project.run(&["new", "2024-25-q3"]).exits(0);
        uncomment(&project, NARRATIVE, "# - id: F-2024-001");
        let (before, after) = (yaml(&project.read(BEFORE)), yaml(&project.read(NARRATIVE)));
        assert_eq!(after["findings"].as_array().map(Vec::len), Some(4), "{}", project.read(NARRATIVE));
        for n in 0..3 {
            for key in ["id", "standard", "kind", "prompts"] {
                assert_eq!(after["findings"][n][key], before["findings"][n][key], "{key} of {n}");
            }
            let text = |value: &Value| value["findings"][n]["text"].as_str().unwrap_or_default().to_owned();
            let words = |value: &Value| run_together(&of_markdown(&text(value)));
            assert_eq!(words(&after), words(&before), "{}", project.read(NARRATIVE));
        }
        for key in ["id", "template", "audience", "page_numbers", "authors"] {
            assert_eq!(after["papers"][0][key], before["papers"][0][key], "{key}");
        }
        assert_eq!(after["papers"][0]["header"][0]["label"], "No. #");
        assert_eq!(after["papers"][1]["template"], "board-paper");
        assert_eq!(after["background_papers"][0]["title"], "Yes: #2");
    }

    #[test]
    fn says_what_it_wrote_and_what_is_next() {
        let project = scaffold();
        let run = project.run(&["new", "2024-25-q2"]).exits(0);
        assert_eq!(
            run.stderr,
            "wrote `data/2024-25-q2/audit.yaml`\nwrote `data/2024-25-q2/narrative.yaml`\n\
             next: boardpaper check 2024-25-q2 lists what is still to be written\n"
        );
        assert_eq!(run.stdout, "");
    }

    #[test]
    fn what_could_not_be_read_is_missed() {
        let project = scaffold();
        project.edit("data/actions.yaml", "opened: 2024-07-22", "opened: 22 July");
        let run = project.run(&["new", "2024-25-q2"]).exits(0);
        let warning = "warning: what could not be read was not carried forward: `boardpaper check` lists the errors\n";
        assert!(run.stderr.starts_with(warning), "{}", run.stderr);
        assert!(project.read("data/2024-25-q2/narrative.yaml").contains("\nnext_steps: TODO\n"));
    }

    /// An audit out of turn does not move the rotation on.
    #[test]
    fn the_rotation_goes_on_behind_the_last_audit_that_was_part_of_it() {
        let project = Project::of_example();
        let themed = project.read("data/2018-19-q1/audit.yaml");
        project.put("data/2020-21-q3/audit.yaml", themed.replace("2018", "2020").replace("2017", "2019"));
        project.run(&["new", "2020-21-q4"]).exits(0);
        // Behind out-of-court, in 2020-21-q2.
        assert!(project.read("data/2020-21-q4/audit.yaml").contains("\ntheme: community\n"));
    }

    #[test]
    fn what_cannot_be_started_is_a_wrong_usage_and_writes_nothing() {
        let project = scaffold();
        let refused = |project: &Project, name: &str, message: &str| {
            let before = project.files("");
            let run = project.run(&["new", name]).exits(2);
            assert_eq!(run.stderr, format!("error: {message}\n"));
            assert_eq!(project.files(""), before);
        };
        refused(&project, "2024-25-q1", "the quarter `2024-25-q1` is there already");
        refused(
            &project,
            "2023-24-q4",
            "`2023-24-q4` would come before `2024-25-q1`: quarters count as earlier or later by name",
        );
        refused(
            &project,
            "2024 q4",
            "`2024 q4` cannot be a quarter's name: an id holds only letters a to z, digits, `.`, `-` and `_`",
        );
        refused(&project, "north/2024-25-q2", "there is no service `north`");
        let several = Project::empty();
        several.put("data/north/service.yaml", "name: North\n").put("data/south/service.yaml", "name: South\n");
        refused(
            &several,
            "2024-25-q2",
            "`2024-25-q2` may be `north/2024-25-q2` and `south/2024-25-q2`: put the service before it",
        );
        refused(&several, "nort/2024-25-q2", "there is no service `nort`; did you mean `north`?");
        refused(
            &Project::empty(),
            "2024-25-q2",
            "there is no service in `data` that can be read: `boardpaper init` writes a project to start from",
        );
    }

    /// Nothing is known but the service's name: everything is asked for, and nothing made up.
    #[test]
    fn the_first_quarter_of_a_service_among_others() {
        let project = Project::empty();
        project.put("data/north/service.yaml", "name: North\n").put("data/south/service.yaml", "name: South\n");
        project.run(&["new", "south/2024-25-q2"]).exits(0);
        let audit = project.read("data/south/2024-25-q2/audit.yaml");
        for key in ["theme", "framework", "domain", "answers"] {
            assert!(audit.contains(&format!("\n{key}: TODO\n")), "{audit}");
        }
        let narrative = project.read("data/south/2024-25-q2/narrative.yaml");
        assert!(
            narrative.contains("\nfindings:\n  - TODO\n") && narrative.contains("\nnext_steps: TODO\n"),
            "{narrative}"
        );
        let run = project.check().exits(1);
        assert!(run.problems().iter().all(|line| line.contains("is still to be written")), "{}", run.stderr);
    }

    /// An audit by themes alone has no scores, and neither has the next one.
    #[test]
    fn an_audit_without_a_framework_stays_one() {
        let project = scaffold();
        project.put("data/2024-25-q1/audit.yaml", "theme: out-of-court\n");
        let service = project.read("data/service.yaml");
        project.put(
            "data/service.yaml",
            service.replace("rotation: [out-of-court, community]", "rotation: [out-of-court]"),
        );
        project.run(&["new", "2024-25-q2"]).exits(0);
        let audit = project.read("data/2024-25-q2/audit.yaml");
        assert!(audit.contains("\ntheme: out-of-court\n"), "{audit}");
        for key in ["framework:", "domain:", "answers:"] {
            assert!(!audit.contains(&format!("\n{key}")), "{audit}");
        }
    }
}
