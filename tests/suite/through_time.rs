//! Findings, scores and promises between quarters: the states of a history drawn up by hand, and what `diff` and
//! `status` say, on the example and on registers made up.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use crate::project::{Project, Run, assert_snapshot, case, without_times};
use crate::words::pages_of_pdf;

/// The quarters of a project, oldest first.
fn quarters(project: &Project) -> Vec<String> {
    let folders =
        project.files("data").into_keys().filter_map(|path| Some(path.strip_suffix("/audit.yaml")?.to_owned()));
    folders.collect::<BTreeSet<_>>().into_iter().collect()
}

fn diff(project: &Project, old: &str, new: &str, more: &[&str]) -> Run {
    project.run(&[&["diff", old, new], more].concat())
}

fn diff_json(project: &Project, old: &str, new: &str) -> Value {
    serde_json::from_str(&diff(project, old, new, &["-f", "json"]).exits(0).stdout).expect("JSON")
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("`{key}` is no list"))
}

fn string<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is no text: {value}"))
}

/// `id` → its state of every finding in a list, with a `*` where it was reworded.
fn states(findings: &[Value]) -> BTreeMap<String, String> {
    let state = |finding: &Value| {
        let reworded = if finding["reworded"] == true { "*" } else { "" };
        (string(finding, "id").to_owned(), format!("{}{reworded}", string(finding, "state")))
    };
    findings.iter().map(state).collect()
}

mod history {
    use super::*;

    #[test]
    fn eight_quarters_have_the_states_that_were_drawn_up_by_hand() {
        let project = Project::of_case("eight-quarters");
        let run = project.build(&["-f", "md"]).exits(0);
        let quarters = quarters(&project);
        let table = std::fs::read_to_string(case("eight-quarters").join("expected/states.txt")).expect("the table");
        let rows = table.lines().filter(|line| line.starts_with("F-")).map(|line| line.split_whitespace());
        let mut asked = Vec::new();
        for row in rows {
            let row: Vec<&str> = row.collect();
            assert_eq!(row.len(), 1 + quarters.len(), "{row:?}");
            for (quarter, cell) in quarters.iter().zip(&row[1..]) {
                let results = project.json(&format!("out/{quarter}/results.json"));
                let found = states(list(&results, "findings"));
                let found = found.get(row[0]).map_or_else(|| ".".to_owned(), |state| state.replace(' ', "-"));
                assert_eq!(found, cell.trim_end_matches('!'), "{} in {quarter}", row[0]);
                if cell.ends_with('!') {
                    let warning = format!(" warning[still-answered]: the finding `{}`", row[0]);
                    asked.push((format!("data/{quarter}/narrative.yaml:"), warning));
                }
            }
        }
        assert_eq!(run.problems().len(), asked.len(), "{}", run.stderr);
        assert!(
            run.problems()
                .iter()
                .zip(&asked)
                .all(|(told, (file, words))| told.starts_with(file) && told.contains(words)),
            "{}",
            run.stderr
        );
    }

    #[test]
    fn first_raised_and_age_are_counted() {
        let project = Project::of_case("eight-quarters");
        project.build(&["-f", "md"]).exits(0);
        let results = project.json("out/2019-20-q4/results.json");
        let finding = list(&results, "findings").iter().find(|finding| finding["id"] == "F-A").expect("F-A").clone();
        assert_eq!(string(&finding, "first_raised"), "2018-19-q1");
        assert_eq!(string(&finding, "last_seen"), "2019-20-q2");
        // From the meeting of 23 July 2018 to that of 27 April 2020.
        assert_eq!((finding["age_audits"].as_u64(), finding["age_months"].as_u64()), (Some(7), Some(21)));
        assert_eq!((finding["n"].as_u64(), finding["of"].as_u64()), (Some(2), Some(3)));
    }

    /// What a change to the files does to the states of the findings: nothing.
    #[track_caller]
    fn changes_no_state(edit: impl Fn(&Project)) -> BTreeMap<String, BTreeMap<String, String>> {
        let of = |project: &Project| -> BTreeMap<String, BTreeMap<String, String>> {
            project.build(&["-f", "md"]).exits(0);
            let results = |quarter: &String| project.json(&format!("out/{quarter}/results.json"));
            quarters(project).iter().map(|q| (q.clone(), states(list(&results(q), "findings")))).collect()
        };
        let (before, project) = (of(&Project::of_case("eight-quarters")), Project::of_case("eight-quarters"));
        edit(&project);
        let after = of(&project);
        let bare = |all: &BTreeMap<String, BTreeMap<String, String>>| -> Vec<String> {
            let states = all.iter().flat_map(|(q, states)| states.iter().map(move |(id, state)| (q, id, state)));
            states.map(|(q, id, state)| format!("{q} {id} {}", state.trim_end_matches('*'))).collect()
        };
        assert_eq!(bare(&before), bare(&after));
        after
    }

    #[test]
    fn other_words_change_only_that_it_was_reworded() {
        let after = changes_no_state(|project| {
            project.edit(
                "data/2018-19-q2/narrative.yaml",
                "Risks to the child were not",
                "Dangers to the child had not been",
            );
        });
        assert_eq!(after["2018-19-q2"]["F-A"], "repeat*");
    }

    #[test]
    fn other_codes_of_cases_change_nothing() {
        changes_no_state(|project| {
            for quarter in quarters(project) {
                for n in 1..=3 {
                    project.edit(
                        &format!("data/{quarter}/audit.yaml"),
                        &format!("case: C{n}"),
                        &format!("case: K-{}", 40 - n),
                    );
                }
            }
            // One finding names its case.
            for quarter in ["2018-19-q3", "2019-20-q2", "2019-20-q3", "2019-20-q4"] {
                project.edit(&format!("data/{quarter}/narrative.yaml"), "[C1]", "[K-39]");
            }
        });
    }

    #[test]
    fn another_order_of_findings_and_cases_changes_nothing() {
        changes_no_state(|project| {
            let path = "data/2018-19-q2/narrative.yaml";
            let text = project.read(path);
            let (head, rest) = text.split_once("findings:\n").expect("findings");
            let (findings, tail) = rest.split_once("learning:").expect("learning");
            let (first, second) = findings.split_at(findings.rfind("  - id:").expect("two findings"));
            project.put(path, format!("{head}findings:\n{second}{first}learning:{tail}"));
        });
    }

    #[test]
    fn another_name_of_the_answers_file_changes_nothing() {
        let project = Project::of_example();
        project.build(&["-f", "md"]).exits(0);
        let before = project.json("out/2019-20-q3/results.json");
        let answers = project.bytes("data/2019-20-q3/answers.csv");
        std::fs::remove_file(project.path("data/2019-20-q3/answers.csv")).expect("removed");
        project.put("data/2019-20-q3/all answers.csv", answers);
        project.edit("data/2019-20-q3/audit.yaml", "answers.csv", "\"all answers.csv\"");
        project.build(&["-f", "md"]).exits(0);
        assert_eq!(before, project.json("out/2019-20-q3/results.json"));
    }
}

mod differences {
    use super::*;

    #[test]
    fn of_a_quarter_with_itself_are_none() {
        let project = Project::of_example();
        for quarter in quarters(&project) {
            nothing(&project, &quarter);
        }
    }

    #[track_caller]
    pub(super) fn nothing(project: &Project, quarter: &str) {
        for format in ["text", "md"] {
            assert_eq!(diff(project, quarter, quarter, &["-f", format, "--exit-code"]).exits(0).stdout, "");
        }
        let json = diff_json(project, quarter, quarter);
        for key in ["findings", "actions", "asks", "words"] {
            assert_eq!(list(&json, key), [] as [Value; 0], "{quarter}: {key}");
        }
        assert!(json["scores"].is_null());
        diff(project, quarter, quarter, &["-f", "pdf", "-o", "out"]).exits(0);
        assert!(!project.exists("out"), "a PDF was made of nothing");
    }

    /// Demands that what appears one way disappears the other way, and that scores are turned round.
    #[track_caller]
    pub(super) fn mirrored(project: &Project, a: &str, b: &str) {
        let (there, back) = (diff_json(project, a, b), diff_json(project, b, a));
        let with = |json: &Value, wanted: &[&str]| -> BTreeSet<String> {
            let findings = list(json, "findings").iter().filter(|one| wanted.contains(&string(one, "state")));
            findings.map(|one| string(one, "id").to_owned()).collect()
        };
        let (appeared, vanished) = (["new", "recurring"], ["resolved", "still there", "not tested", "not seen"]);
        assert_eq!(with(&there, &["repeat"]), with(&back, &["repeat"]), "{a} {b}");
        // What was withdrawn in the one stands in the other, or nowhere.
        let withdrawn: BTreeSet<String> =
            with(&there, &["withdrawn"]).union(&with(&back, &["withdrawn"])).cloned().collect();
        let less = |ids: BTreeSet<String>| -> BTreeSet<String> { ids.difference(&withdrawn).cloned().collect() };
        assert_eq!(less(with(&there, &appeared)), less(with(&back, &vanished)), "{a} {b}");
        assert_eq!(less(with(&there, &vanished)), less(with(&back, &appeared)), "{a} {b}");

        let happened = |json: &Value| -> BTreeSet<String> {
            let changed = list(json, "actions").iter().filter(|one| !one["change"].is_null() || one["moved"] == true);
            changed.map(|one| string(one, "id").to_owned()).collect()
        };
        assert_eq!(happened(&there), happened(&back), "{a} {b}");

        let fields = |json: &Value, old: &str, new: &str| -> BTreeMap<String, (String, String)> {
            let sides = |one: &Value| (string(one, old).to_owned(), string(one, new).to_owned());
            list(json, "words").iter().map(|one| (string(one, "field").to_owned(), sides(one))).collect()
        };
        assert_eq!(fields(&there, "old", "new"), fields(&back, "new", "old"), "{a} {b}");

        let scores = |json: &Value, sign: f64| -> Vec<String> {
            let one = |change: &Value| {
                let number = |key: &str| change[key].as_f64().map(|value| value * sign);
                // The interval's ends change places, too.
                let (low, high) = if sign > 0.0 { ("low", "high") } else { ("high", "low") };
                let verdict = match change["verdict"].as_str() {
                    Some("higher") if sign < 0.0 => Some("lower"),
                    Some("lower") if sign < 0.0 => Some("higher"),
                    verdict => verdict,
                };
                let (earlier, later) = if sign > 0.0 { ("earlier", "later") } else { ("later", "earlier") };
                let plain = |number: Option<f64>| number.map(|number| format!("{:.6}", number + 0.0));
                format!(
                    "{} {} {} {:?} {:?} {:?} {} {} {verdict:?} {}",
                    change["id"],
                    change[earlier],
                    change[later],
                    plain(number("difference")),
                    plain(number(low)),
                    plain(number(high)),
                    change["p"],
                    change["p_holm"],
                    change["no_verdict"],
                )
            };
            let Some(standards) = json["scores"]["standards"].as_array() else { return Vec::new() };
            standards.iter().chain([&json["scores"]["overall"]]).map(one).collect()
        };
        assert_eq!(scores(&there, 1.0), scores(&back, -1.0), "{a} {b}");
    }

    #[test]
    fn one_way_mirror_the_other_way() {
        let project = Project::of_example();
        let quarters = quarters(&project);
        for (at, a) in quarters.iter().enumerate() {
            for b in &quarters[at + 1..] {
                mirrored(&project, a, b);
            }
        }
    }

    #[test]
    fn are_found_in_every_form() {
        let project = Project::of_example();
        let (old, new) = ("2019-20-q3", "2020-21-q2");
        let expected = |name: &str| case("differences").join("expected").join(name);
        let text = diff(&project, old, new, &[]).exits(0);
        assert_snapshot(&expected("summary.txt"), &text.stdout);
        assert!(text.stdout.lines().count() <= 45, "the summary does not fit a screen");
        assert_snapshot(&expected("comment.md"), &diff(&project, old, new, &["-f", "md"]).exits(0).stdout);
        assert_snapshot(&expected("difference.json"), &diff(&project, old, new, &["-f", "json"]).exits(0).stdout);
        assert_snapshot(&expected("other-theme.txt"), &diff(&project, "2020-21-q1", new, &[]).exits(0).stdout);
        diff(&project, old, new, &["--exit-code"]).exits(1);

        let run = diff(&project, old, new, &["-f", "pdf"]).exits(0);
        assert!(run.stderr.starts_with("made `out/2020-21-q2/changes-since-2019-20-q3.pdf`"), "{}", run.stderr);
        assert!(project.bytes("out/2020-21-q2/changes-since-2019-20-q3.pdf").starts_with(b"%PDF"));
        // It is nobody's paper: no run of `build` lists it or takes it away.
        project.build(&[]).exits(0);
        assert!(project.exists("out/2020-21-q2/changes-since-2019-20-q3.pdf"));
        assert!(!project.read("out/manifest.json").contains("changes-since"));
    }

    #[test]
    fn go_to_a_file_without_colours() {
        let project = Project::of_example();
        diff(&project, "2019-20-q3", "2020-21-q2", &["-o", "what changed.txt", "--color", "always"]).exits(0);
        assert_eq!(project.read("what changed.txt"), diff(&project, "2019-20-q3", "2020-21-q2", &[]).stdout);
    }

    #[test]
    fn have_a_colour_only_where_it_is_wanted() {
        let project = Project::of_example();
        let coloured = diff(&project, "2019-20-q3", "2020-21-q2", &["--color", "always"]).exits(0).stdout;
        assert!(coloured.contains("\u{1b}["));
        assert!(!diff(&project, "2019-20-q3", "2020-21-q2", &[]).stdout.contains('\u{1b}'));
    }

    #[test]
    fn need_two_quarters_that_are_there_and_sound() {
        let project = Project::of_example();
        let run = diff(&project, "2020-21-q1", "2020-21-q3", &[]).exits(2);
        assert!(run.stderr.contains("`2020-21-q3`; did you mean `2020-21-q"), "{}", run.stderr);
        project.edit("data/2020-21-q2/narrative.yaml", "standard: \"3.2\"", "standard: \"3.9\"");
        let run = diff(&project, "2019-20-q3", "2020-21-q2", &[]).exits(65);
        assert!(run.stderr.contains("unknown-id") && run.stdout.is_empty(), "{}", run.stderr);
        // Another quarter's mistake is none of these two.
        diff(&project, "2018-19-q3", "2019-20-q2", &[]).exits(0);
    }
}

mod slips {
    use super::*;

    /// Where nothing could be counted at the audit before, nothing stands beside the count of this one.
    #[test]
    fn an_earlier_count_of_no_cases_is_not_printed() {
        let project = Project::empty();
        project.run(&["init", "."]).exits(0);
        for file in ["audit.yaml", "narrative.yaml", "answers.csv"] {
            let text = project.read(&format!("data/2024-25-q1/{file}"));
            let text = text.replace("Q-2024-0", "Q-2024-1").replace("template: board-paper", "template: audit-report");
            project.put(&format!("data/2024-25-q2/{file}"), text + if file == "narrative.yaml" { REST } else { "" });
        }
        project.edit("data/2024-25-q1/answers.csv", "3.1.1.c,No,N/A,Partly,No,Yes", "3.1.1.c,N/A,N/A,N/A,N/A,N/A");
        project.build(&["2024-25-q2", "-f", "md"]).exits(0);
        let markdown = project.read("out/2024-25-q2/audit-report.md");
        assert!(markdown.contains("3 of 4 cases") && !markdown.contains("0 of 0"), "{markdown}");
        assert!(markdown.contains("before: 5 of 5"), "{markdown}");
    }

    /// What an audit report must have and the first paper has not.
    const REST: &str = "\nconclusion: |\n  It is done.\nrecommendations:\n  - |\n    Ask every victim.\n";

    #[test]
    fn a_due_date_in_another_form_is_not_moved() {
        let project = Project::empty();
        project.run(&["init", "."]).exits(0);
        let actions = "data/actions.yaml";
        let text = project.read(actions);
        let due = text.lines().find(|line| line.contains("due:")).expect("the action has a date").to_owned();
        project.edit(actions, &due, "  due: 2024-10");
        project.put(actions, project.read(actions) + "  updates:\n    - {on: 2024-07-22, due: 2024-10-31}\n");
        let run = project.run(&["status"]).exits(0);
        assert!(run.stdout.contains("due 2024-10-31") && !run.stdout.contains("moved"), "{}", run.stdout);
        project.edit(actions, "due: 2024-10-31", "due: 2024-11");
        let run = project.run(&["status"]).exits(0);
        assert!(run.stdout.contains("due 2024-11-30, moved"), "{}", run.stdout);
    }

    /// Three quarters of one theme, the same audit each time; `findings` and `asks` by quarter.
    fn project(findings: [&str; 3], more: [&str; 3]) -> Project {
        let project = Project::empty();
        let framework = std::fs::read(case("eight-quarters").join("data/frameworks/tiny.yaml")).expect("the framework");
        project.put("data/service.yaml", "name: Eastmere\n").put("data/frameworks/tiny.yaml", framework);
        let case = "3.1.1.a: Partly, 3.1.1.b: Yes, 3.2.1.a: Yes, 3.2.1.b: Yes";
        for (n, (findings, more)) in findings.iter().zip(more).enumerate() {
            let cases: String = (0..3).map(|at| format!("  - {{case: C{at}, answers: {{{case}}}}}\n")).collect();
            let audit = format!("theme: out-of-court\nframework: tiny\ndomain: \"3\"\ncases:\n{cases}");
            let narrative = format!(
                "papers:\n  - template: board-paper\n    title: Audit\n    meeting: 2019-0{}-15\nwhy: |\n  Why.\n{}{findings}{more}",
                3 * n + 2,
                "context: |\n  All.\nmethod: |\n  So.\nlearning: [Much.]\noutcomes:\n  expected: |\n    Good.\n"
            );
            let folder = format!("data/2019-20-q{}", n + 1);
            project.put(&format!("{folder}/audit.yaml"), audit).put(&format!("{folder}/narrative.yaml"), narrative);
        }
        project
    }

    const FINDING: &str =
        "findings:\n  - {id: F-9, standard: \"3.1\", kind: improvement, text: Late., prompts: [3.1.1.a]}\n";
    const WITHDRAWN: &str = "findings:\n  - {id: F-9, standard: \"3.1\", kind: improvement, text: Late., prompts: [3.1.1.a], withdrawn: Wrong.}\n";

    fn state_of(project: &Project, old: &str, new: &str) -> BTreeMap<String, String> {
        states(list(&diff_json(project, old, new), "findings"))
    }

    #[test]
    fn an_action_that_became_overdue_is_a_change() {
        let project = project(["", "", ""], ["", "", ""]);
        let action = "- {id: A-1, opened: 2019-01-02, what: [Do it], owners: [Lead], measure: Done, due: 2019-03-01}\n";
        project.put("data/actions.yaml", action);
        let run = diff(&project, "2019-20-q1", "2019-20-q2", &["--exit-code"]).exits(1);
        assert!(run.stdout.contains("1 overdue"), "{}", run.stdout);
        diff(&project, "2019-20-q2", "2019-20-q3", &["--exit-code"]).exits(0);
    }

    #[test]
    fn an_action_without_a_date_is_overdue_after_a_year() {
        let project = project(["", "", ""], ["", "", ""]);
        let action =
            |opened: &str| format!("- {{id: A-1, opened: {opened}, what: [Do it], owners: [Lead], measure: Done}}\n");
        project.put("data/actions.yaml", action("2018-08-16"));
        assert!(project.run(&["status"]).exits(0).stdout.contains("1 open, 0 overdue"));
        project.put("data/actions.yaml", action("2018-08-15"));
        let status = project.run(&["status"]).exits(0).stdout;
        assert!(status.contains("1 open, 1 overdue") && status.contains("no date, opened 2018-08-15"), "{status}");
    }

    #[test]
    fn the_order_of_updates_in_the_file_is_not_their_order_in_time() {
        let project = project(["", "", ""], ["", "", ""]);
        project.put(
            "data/actions.yaml",
            "- {id: A-1, opened: 2019-01-02, what: [Do it], owners: [Lead], measure: Done, due: 2019-03-01, \
             updates: [{on: 2019-04-20, status: verified, evidence: Seen}, {on: 2019-02-20, status: at risk}]}\n",
        );
        assert!(project.run(&["status"]).exits(0).stdout.contains("Actions: 0 open"));
    }

    #[test]
    fn what_came_in_between_is_new_since_then() {
        let project = project(["", FINDING, FINDING], ["", "", ""]);
        assert_eq!(state_of(&project, "2019-20-q1", "2019-20-q3")["F-9"], "new");
        assert_eq!(state_of(&project, "2019-20-q2", "2019-20-q3")["F-9"], "repeat");
    }

    #[test]
    fn what_was_withdrawn_in_between_was_not_looked_for() {
        let project = project([FINDING, WITHDRAWN, ""], ["", "", ""]);
        assert_eq!(state_of(&project, "2019-20-q1", "2019-20-q3")["F-9"], "withdrawn");
    }

    #[test]
    fn a_quarter_that_nobody_has_written_about_resolves_nothing() {
        let project = project([FINDING, FINDING, ""], ["", "", ""]);
        std::fs::remove_file(project.path("data/2019-20-q3/narrative.yaml")).expect("removed");
        assert_eq!(state_of(&project, "2019-20-q2", "2019-20-q3"), BTreeMap::new());
        assert!(project.run(&["status"]).exits(0).stdout.contains("F-9"));
        // There is no board to tell, which is no fault of the machine.
        let run = diff(&project, "2019-20-q1", "2019-20-q3", &["-f", "md"]).exits(2);
        assert!(run.stderr.contains("no paper"), "{}", run.stderr);
    }

    #[test]
    fn a_standard_that_was_asked_about_once_is_left_out_and_counted() {
        let project = project(["", "", ""], ["", "", ""]);
        let audit = project.read("data/2019-20-q2/audit.yaml");
        let audit_of_none = audit.replace(", 3.2.1.a: Yes, 3.2.1.b: Yes", ", 3.2.1.a: N/A, 3.2.1.b: N/A");
        let audit = audit.replace(", 3.2.1.a: Yes, 3.2.1.b: Yes", "");
        project.put("data/2019-20-q2/audit.yaml", audit.replace("cases:", "not_asked: [3.2.1.a, 3.2.1.b]\ncases:"));
        project.build(&["-f", "md"]).exits(0);
        let results = project.json("out/2019-20-q2/results.json");
        assert_eq!(results["compared_with"]["prompts_left_out"], 2);
        assert!(project.read("out/2019-20-q2/board-paper.md").contains("Two questions that counted only once"));
        diff(&project, "2019-20-q1", "2019-20-q2", &["--exit-code"]).exits(1);
        // A question that applied to nobody is no more in that audit than one that was not asked.
        project.put("data/2019-20-q2/audit.yaml", audit_of_none);
        project.build(&["-f", "md"]).exits(0);
        let again = project.json("out/2019-20-q2/results.json");
        for key in ["prompts_left_out", "overall"] {
            assert_eq!(again["compared_with"][key], results["compared_with"][key], "{key}");
        }
    }

    #[test]
    fn an_ask_in_between_stays_open_until_it_is_decided() {
        let ask = |id: &str| format!("asks:\n  board: [{{id: {id}, text: Agree}}]\n");
        let decided = "decisions: [{ask: Q-1, decided: noted}]\n".to_owned();
        let project = project(["", "", ""], [&ask("Q-1"), &ask("Q-2"), &decided]);
        let json = diff_json(&project, "2019-20-q1", "2019-20-q3");
        let asks = list(&json, "asks").iter().map(|ask| (string(ask, "id"), ask["decided"].as_str()));
        assert_eq!(asks.collect::<Vec<_>>(), [("Q-1", Some("noted")), ("Q-2", None)]);
        let paper = diff(&project, "2019-20-q1", "2019-20-q3", &["-f", "md"]).exits(0).stdout;
        assert!(!paper.contains("Everything that the board was asked"), "{paper}");
    }

    #[test]
    fn a_narrative_that_cannot_be_read_rewrites_no_later_history() {
        let project = project([FINDING, FINDING, FINDING], ["", "", ""]);
        project.build(&["-f", "md"]).exits(0);
        let before = project.bytes("out/2019-20-q3/results.json");
        project.put("data/2019-20-q2/narrative.yaml", "papers: [\n");
        project.build(&["-f", "md"]).exits(1);
        assert_eq!(before, project.bytes("out/2019-20-q3/results.json"));
        assert!(project.read("out/manifest.json").contains("2019-20-q3/results.json"));
    }

    #[test]
    fn struck_words_and_links_can_be_new() {
        let project = project(["", "", ""], ["", "", ""]);
        project.edit("data/2019-20-q2/narrative.yaml", "  Why.", "  We ~~never~~ [always](https://a.example) do.");
        diff(&project, "2019-20-q1", "2019-20-q2", &["-f", "pdf"]).exits(0);
        diff(&project, "2019-20-q2", "2019-20-q1", &["-f", "pdf"]).exits(0);
    }

    #[test]
    fn a_first_page_stands_alone_however_much_changed() {
        let long = "Nobody had written down what would be done, and by whom, if the child became less safe in the weeks after the panel met";
        let findings: String = (0..9)
            .map(|n| {
                format!(
                    "  - {{id: F-{n}, standard: \"3.1\", kind: improvement, text: \"{long}.\", prompts: [3.1.1.a]}}\n"
                )
            })
            .collect();
        let findings = format!("findings:\n{findings}");
        let asks: String = (0..9).map(|n| format!("    - {{id: Q-{n}, text: \"{long}\"}}\n")).collect();
        let project = project(["", &findings, ""], [&format!("asks:\n  board:\n{asks}"), "", ""]);
        let actions: String = (0..9)
            .map(|n| format!("- {{id: A-{n}, opened: 2019-01-02, what: [\"{long}\"], owners: [Lead], measure: Done, due: 2019-03-01}}\n"))
            .collect();
        project.put("data/actions.yaml", actions);
        diff(&project, "2019-20-q1", "2019-20-q2", &["-f", "pdf"]).exits(0);
        let pdf = project.bytes("out/2019-20-q2/changes-since-2019-20-q1.pdf");
        let Some(pages) = pages_of_pdf(&pdf) else { return };
        let page = &pages[1];
        assert!(page.trim_start().starts_with("In full"), "{page}");
    }

    #[test]
    fn another_edition_is_compared_where_it_says_what_is_the_same() {
        let project = project([FINDING, FINDING, ""], ["", "", ""]);
        let framework = project.read("data/frameworks/tiny.yaml");
        project.put("data/frameworks/newer.yaml", &framework);
        project.edit("data/2019-20-q2/audit.yaml", "framework: tiny", "framework: newer");
        let run = project.build(&["-f", "md"]).exits(0);
        assert!(run.stderr.contains("warning[not-compared]"), "{}", run.stderr);
        assert!(project.json("out/2019-20-q2/results.json")["compared_with"].is_null());
        project.put("data/frameworks/newer.yaml", format!("{framework}maps: {{tiny: {{\"3.1\": \"3.1\"}}}}\n"));
        project.build(&["-f", "md"]).exits(0);
        let results = project.json("out/2019-20-q2/results.json");
        assert_eq!(list(&results["compared_with"], "standards").len(), 1);
        assert_eq!(results["compared_with"]["prompts_left_out"], 4);
        assert_eq!(states(list(&results, "findings"))["F-9"], "repeat");
    }

    #[test]
    fn a_terminal_that_takes_nothing_is_said_to() {
        if !std::path::Path::new("/dev/full").exists() {
            eprintln!("skipped: there is no /dev/full");
            return;
        }
        let project = Project::of_example();
        let full = std::fs::File::options().write(true).open("/dev/full").expect("opened");
        let status = project.command(["status"]).stdout(full).stderr(std::process::Stdio::null()).status();
        assert_eq!(status.expect("run").code(), Some(74));
    }
}

mod promises {
    use super::*;

    #[test]
    fn that_are_open_are_listed_with_their_places() {
        let project = Project::of_example();
        let latest = project.run(&["status"]).exits(0);
        assert_snapshot(&case("differences").join("expected/status.txt"), &without_times(&latest.stdout));
        let actions = project.read("data/actions.yaml");
        for line in latest.stdout.lines().filter(|line| line.contains("data/actions.yaml:")) {
            let id = line.split_whitespace().find(|word| word.starts_with("A-")).expect("an id");
            let at: usize = line
                .split("actions.yaml:")
                .nth(1)
                .and_then(|rest| rest.split(' ').next()?.parse().ok())
                .expect("a line");
            assert!(actions.lines().nth(at - 1).is_some_and(|line| line.contains(id)), "{line}");
        }
        let earlier = project.run(&["status", "--as-of", "2019-20-q1"]).exits(0).stdout;
        assert!(earlier.contains("2019-20-q1") && !earlier.contains("A-2020-001"), "{earlier}");
    }
}

/// In which quarter an action was opened, completed, and its date moved.
type MadeAction = (usize, Option<usize>, Option<usize>);

/// A register made up: what each quarter's audit of one theme found, and promises.
#[derive(Clone, Debug)]
struct Made {
    /// By quarter: which of six findings stand, in which of two wordings, whether its prompt was asked, what cases said.
    quarters: Vec<Vec<(bool, bool)>>,
    asked: Vec<[bool; 2]>,
    answers: Vec<Vec<[u8; 2]>>,
    actions: Vec<MadeAction>,
}

fn made() -> impl Strategy<Value = Made> {
    (2usize..5).prop_flat_map(|n| {
        let findings = proptest::collection::vec(proptest::collection::vec(any::<(bool, bool)>(), 6), n);
        let asked = proptest::collection::vec(any::<[bool; 2]>(), n);
        let answers = proptest::collection::vec(proptest::collection::vec([0u8..4, 0u8..4], 1..7), n);
        let action = (0..n, proptest::option::of(0..n), proptest::option::of(0..n));
        let actions = proptest::collection::vec(action, 0..6);
        (findings, asked, answers, actions).prop_map(|(quarters, asked, answers, actions)| Made {
            quarters,
            asked,
            answers,
            actions,
        })
    })
}

const PROMPTS: [&str; 2] = ["3.1.1.a", "3.1.1.b"];

impl Made {
    fn names(&self) -> Vec<String> {
        (0..self.quarters.len()).map(|n| format!("2019-20-q{}", n + 1)).collect()
    }

    fn project(&self) -> Project {
        self.written(false)
    }

    /// The same register; `otherwise` with its findings in another order and other words, its cases in another order and
    /// under other codes, and its actions in another order.
    fn written(&self, otherwise: bool) -> Project {
        let project = Project::empty();
        let framework = std::fs::read(case("eight-quarters").join("data/frameworks/tiny.yaml")).expect("the framework");
        project.put("data/service.yaml", "name: Eastmere\n").put("data/frameworks/tiny.yaml", framework);
        for (n, name) in self.names().iter().enumerate() {
            let mut audit = "theme: out-of-court\nframework: tiny\ndomain: \"3\"\n".to_owned();
            let not_asked: Vec<&str> = (0..2).filter(|&at| !self.asked[n][at]).map(|at| PROMPTS[at]).collect();
            let not_asked = [not_asked, vec!["3.2.1.a", "3.2.1.b"]].concat();
            audit.push_str(&format!("not_asked: [{}]\ncases:\n", not_asked.join(", ")));
            let mut cases: Vec<(usize, &[u8; 2])> = self.answers[n].iter().enumerate().collect();
            if otherwise {
                cases.reverse();
            }
            let code = |at: usize| if otherwise { format!("K-{}", 90 - at) } else { format!("C{at}") };
            for (at, answers) in cases {
                let answer =
                    |at: usize| format!("{}: {}", PROMPTS[at], ["Yes", "Partly", "No", "N/A"][answers[at] as usize]);
                let answers: Vec<String> = (0..2).filter(|&at| self.asked[n][at]).map(answer).collect();
                audit.push_str(&format!("  - {{case: {}, answers: {{{}}}}}\n", code(at), answers.join(", ")));
            }
            project.put(&format!("data/{name}/audit.yaml"), audit);
            let mut narrative = format!(
                "papers:\n  - template: board-paper\n    title: Audit\n    meeting: 20{}-0{}-15\nwhy: |\n  Why {n}.\nfindings:\n",
                19 + n / 8,
                n + 1
            );
            let mut findings: Vec<(usize, &(bool, bool))> = self.quarters[n].iter().enumerate().collect();
            if otherwise {
                findings.reverse();
            }
            for (at, (stands, reworded)) in findings {
                if *stands {
                    let kind = if at % 3 == 0 { "strength" } else { "improvement" };
                    let words = if *reworded { "Said in other words" } else { "Said in these words" };
                    let words = if otherwise { format!("{words}, and more") } else { words.to_owned() };
                    let evidence = if at == 5 {
                        format!("cases: [{}]", code(0))
                    } else {
                        format!("prompts: [{}]", PROMPTS[at % 2])
                    };
                    narrative.push_str(&format!(
                        "  - id: F-{at}\n    standard: \"3.1\"\n    kind: {kind}\n    text: |\n      {words}: {at}.\n    {evidence}\n"
                    ));
                }
            }
            project.put(&format!("data/{name}/narrative.yaml"), narrative);
        }
        let mut actions = String::new();
        let mut all: Vec<(usize, &MadeAction)> = self.actions.iter().enumerate().collect();
        if otherwise {
            all.reverse();
        }
        for (at, (opened, done, moved)) in all {
            let day = |n: usize| format!("2019-0{}-10", n + 1);
            actions.push_str(&format!(
                "- id: A-{at}\n  opened: {}\n  what: [Do it]\n  owners: [Lead]\n  due: 2019-12-31\n  measure: Done\n  updates:\n",
                day(*opened)
            ));
            if let Some(moved) = moved.filter(|moved| moved >= opened) {
                actions.push_str(&format!("    - {{on: {}, due: 2020-06-30}}\n", day(moved)));
            }
            if let Some(done) = done.filter(|done| done >= opened) {
                actions.push_str(&format!("    - {{on: {}, status: complete, evidence: Seen}}\n", day(done)));
            }
            actions.push_str("    - {on: 2021-12-31, status: verified}\n");
        }
        project.put("data/actions.yaml", if actions.is_empty() { "[]\n".to_owned() } else { actions });
        project
    }
}

#[test]
fn registers_made_up_mirror_each_other_however_they_are_written() {
    let mut runner = TestRunner::new_with_rng(
        Config::with_cases(16),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    runner
        .run(&made(), |made| {
            let project = made.project();
            let names = made.names();
            differences::nothing(&project, &names[0]);
            let otherwise = made.written(true);
            for pair in names.windows(2) {
                differences::mirrored(&project, &pair[0], &pair[1]);
                let of = |project: &Project| {
                    let json = diff_json(project, &pair[0], &pair[1]);
                    let states = states(list(&json, "findings"));
                    let mut actions: Vec<String> = list(&json, "actions")
                        .iter()
                        .map(|one| format!("{} {} {}", one["id"], one["status"], one["change"]))
                        .collect();
                    actions.sort();
                    (states, actions, json["scores"].clone())
                };
                assert_eq!(of(&project), of(&otherwise), "{pair:?}: it matters in which order and words it is written");
            }
            Ok(())
        })
        .expect("a register that does not mirror itself");
}
