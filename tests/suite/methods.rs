//! Audits that are not scored by points: rated by key questions, or told by themes alone.
//!
//! What comes out of each case stands in its `expected/`; the tables of `key-questions` were worked out by hand.

use serde_json::Value;

use crate::project::{Project, assert_snapshot, case};

/// Builds a case and compares what it writes, and what `diff` says of its two quarters.
fn comes_out_as_expected(name: &str, old: &str, new: &str) -> Project {
    let project = Project::of_case(name);
    let run = project.build(&[]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
    let expected = case(name).join("expected");
    for quarter in [old, new] {
        for file in ["board-paper.md", "results.json"] {
            let path = format!("{quarter}/{file}");
            assert_snapshot(&expected.join(&path), &project.read(&format!("out/{path}")));
        }
    }
    for (form, file) in [("text", "difference.txt"), ("json", "difference.json"), ("md", "difference.md")] {
        let run = project.run(&["diff", old, new, "-f", form]).exits(0);
        assert_snapshot(&expected.join(file), &run.stdout);
    }
    project.run(&["diff", old, new, "-f", "pdf"]).exits(0);
    assert!(project.exists(&format!("out/{new}/changes-since-{old}.pdf")));
    project
}

const THEN: &str = "2019-20-q3";
const NOW: &str = "2020-21-q2";
const AUDIT: &str = "data/2019-20-q3/audit.yaml";

#[test]
fn key_questions_come_out_as_expected() {
    comes_out_as_expected("key-questions", THEN, NOW);
}

#[test]
fn the_lowest_key_question_decides() {
    let project = Project::of_case("key-questions");
    project.build(&[]).exits(0);
    // By hand: of each standard the share of sufficient cases on its lowest key question; 3.2.2 was not asked now.
    let tables = [
        (THEN, "3.1", "3.1.2", 1, 5, 20, "Inadequate"),
        (THEN, "3.2", "3.2.1", 3, 5, 60, "Requires improvement"),
        (THEN, "3.3", "3.3.1", 4, 5, 80, "Outstanding"),
        (NOW, "3.1", "3.1.2", 5, 8, 63, "Requires improvement"),
        (NOW, "3.3", "3.3.2", 3, 6, 50, "Requires improvement"),
        (NOW, "3.4", "3.4.1", 8, 8, 100, "Outstanding"),
    ];
    let find = |list: &Value, id: &str| list.as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    for (quarter, standard, lowest, sufficient, of, percent, rating) in tables {
        let results = project.json(&format!("out/{quarter}/results.json"));
        let standard = find(&results["standards"], standard);
        assert_eq!(standard["lowest_key_question"], lowest);
        let question = find(&standard["key_questions"], lowest);
        assert_eq!((&question["sufficient"], &question["of"]), (&Value::from(sufficient), &Value::from(of)));
        assert_eq!((&standard["percent"], &standard["rating"]), (&Value::from(percent), &Value::from(rating)));
        // What this method does not have is not there.
        for none in ["points", "of", "interval", "half_points_to_lower", "half_points_to_higher"] {
            assert_eq!(standard[none], Value::Null, "{none}");
        }
    }
    let results = project.json(&format!("out/{NOW}/results.json"));
    assert_eq!((&results["overall"], &results["rating_method"]), (&Value::Null, &Value::from("lowest_key_question")));
    assert_eq!(find(&results["standards"], "3.2")["rating"], Value::Null);
    for change in results["compared_with"]["standards"].as_array().unwrap() {
        assert_eq!(
            (&change["verdict"], &change["p"], &change["difference"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
    }
    assert_eq!(results["compared_with"]["overall"], Value::Null);
}

/// What `check` says after an edit of a file of the case.
fn wrong(path: &str, from: &str, to: &str) -> String {
    let project = Project::of_case("key-questions");
    project.edit(path, from, to);
    project.check().exits(1).problems().join("\n")
}

#[test]
fn a_key_question_is_sufficient_or_not() {
    let problems = wrong(AUDIT, "{case: C1, answers: {3.1.1: Yes", "{case: C1, answers: {3.1.1: Partly");
    let message = "`Partly` is no answer to a key question: case `C1`, `3.1.1`";
    assert!(problems.contains(message), "{problems}");
    assert!(problems.contains("the answers are `Yes`, `No` and `N/A`"), "{problems}");
    let scale = wrong("data/frameworks/by-key-questions.yaml", "Partly: 0.5, No: 0", "Partly: 0.5");
    assert!(scale.contains("a key question is sufficient or not, and no answer of the scale earns 0"), "{scale}");
}

#[test]
fn every_case_answers_every_key_question() {
    let problems = wrong(AUDIT, "{case: C1, answers: {3.1.1: Yes, 3.1.2: No, ", "{case: C1, answers: {3.1.1: Yes, ");
    assert!(problems.contains("case `C1` has no answer to `3.1.2`"), "{problems}");
    let blank = wrong("data/2020-21-q2/answers.csv", "3.1.2,Yes,No", "3.1.2,Yes,");
    assert!(blank.contains("case `K2` has no answer to `3.1.2` (row 5, column 3)"), "{blank}");
}

#[test]
fn a_prompt_is_answered_on_every_case_or_on_none() {
    let problems = wrong("data/2020-21-q2/answers.csv", "3.1.1.a,Yes,Partly", "3.1.1.a,Yes,");
    assert!(problems.contains("case `K2` has no answer to `3.1.1.a` (row 3, column 3)"), "{problems}");
    assert_eq!(problems.lines().count(), 1, "{problems}");
}

#[test]
fn totals_and_points_have_no_lowest_key_question() {
    let project = Project::of_case("key-questions");
    project.put(
        AUDIT,
        "theme: out-of-court\nframework: by-key-questions\ndomain: \"3\"\ntotals:\n  - {standard: \"3.1\", points: 4, of: 5}\n",
    );
    let problems = project.check().exits(1).problems().join("\n");
    let message = "`by-key-questions` rates by the lowest key question, and totals do not say which that is";
    assert!(problems.contains(message), "{problems}");
    let stated = wrong(AUDIT, "{standard: \"3.1\", percent: 20,", "{standard: \"3.1\", points: 1, of: 5, percent: 20,");
    assert!(stated.contains("standard 3.1 is rated by its lowest key question, and has no points"), "{stated}");
    let overall = wrong(AUDIT, "stated:\n", "stated:\n  overall: {percent: 57}\n");
    assert!(overall.contains("there is no overall score"), "{overall}");
    let percent = wrong(AUDIT, "percent: 20, rating: Inadequate", "percent: 57, rating: Inadequate");
    assert!(percent.contains("standard 3.1 is stated as 57% and computed as 20%"), "{percent}");
}

#[test]
fn figures_that_the_method_does_not_have_are_errors() {
    let figure = |written: &str| wrong("data/2019-20-q3/narrative.yaml", "(=3.1.percent)", written);
    let points = figure("(=3.1.points)");
    assert!(points.contains("has no value: a rating by the lowest key question has no points"), "{points}");
    let overall = figure("(=overall.percent)");
    assert!(overall.contains("has no value: each standard is rated by its lowest key question"), "{overall}");
    let low = figure("(=3.1.low)");
    assert!(low.contains("has no value: there is no interval for this score"), "{low}");
}

#[test]
fn under_points_a_key_question_is_not_answered() {
    let problems =
        wrong("data/frameworks/by-key-questions.yaml", "rating_method: lowest_key_question", "rating_method: points");
    let message = "`3.1.1` is a key question, and `by-key-questions` rates by points";
    assert!(problems.contains(message), "{problems}");
}

#[test]
fn all_cases_and_chosen_ones_depend_on_nobody_s_picking() {
    for (selection, sentence) in [
        (
            "all",
            "> No sample was drawn, so this is the score of the cases that we looked at and does not stand for any others. There is no overall",
        ),
        (
            "chosen",
            "> The cases were chosen and not picked at random, so they cannot say how others would score. There",
        ),
    ] {
        let project = Project::of_case("key-questions");
        project.edit(AUDIT, "eligible: 9, selection: random", &format!("eligible: 5, selection: {selection}"));
        project.build(&["-f", "md"]).exits(0);
        let paper = project.read("out/2019-20-q3/board-paper.md");
        assert!(paper.contains(sentence), "{paper}");
        assert!(!paper.contains("depend on which cases were picked"), "{paper}");
    }
}

#[test]
fn one_case_says_nothing_of_others_and_what_did_not_apply_has_no_rating() {
    let project = Project::of_case("key-questions");
    project.put(
        AUDIT,
        "theme: out-of-court\nframework: by-key-questions\ndomain: \"3\"\nnot_asked: [3.3.1, 3.3.2, 3.4.1]\ncases:\n\
         \x20 - {case: C1, answers: {3.1.1: N/A, 3.1.2: N/A, 3.1.3: N/A, 3.2.1: Yes, 3.2.2: Yes}}\n",
    );
    let narrative = "data/2019-20-q3/narrative.yaml";
    project.edit(narrative, "prompts: [3.1.2]", "cases: [C1]");
    let problems = project.check().exits(1).problems().join("\n");
    assert!(problems.contains("the figure `3.1.rating` has no value: this standard has no rating"), "{problems}");
    project.edit(narrative, "(=3.1.rating), with (=3.1.percent)", "not rated");
    project.build(&["2019-20-q3", "-f", "md"]).exits(0);
    let paper = project.read("out/2019-20-q3/board-paper.md");
    assert!(
        paper.contains("> Only one case counts here: too few to say how others would score. Each rating"),
        "{paper}"
    );
    assert!(paper.contains("No key question of 3.1 applied to any case, so it has no rating."), "{paper}");
    // A standard of which nothing was asked was not audited.
    assert!(!paper.contains("3.3 Implementation"), "{paper}");
}

#[test]
fn two_methods_are_not_compared() {
    let project = Project::of_case("key-questions");
    let framework = project.read("data/frameworks/by-key-questions.yaml");
    let by_points = framework.replace("lowest_key_question", "points");
    let maps = "maps: {by-points: {\"3.1\": \"3.1\"}}\n";
    project.put("data/frameworks/by-points.yaml", by_points);
    project.put("data/frameworks/by-key-questions.yaml", format!("{framework}{maps}"));
    project.put(
        AUDIT,
        "theme: out-of-court\nframework: by-points\ndomain: \"3\"\naudited: {from: 2019-12-02, to: 2019-12-06}\n\
         totals:\n  - {standard: \"3.1\", points: 4, of: 5}\n",
    );
    project.edit("data/2019-20-q3/narrative.yaml", "    prompts: [3.1.2]\n", "    evidence: {n: 4, of: 5}\n");
    let run = project.build(&["-f", "md"]).exits(0);
    let problems = run.problems().join("\n");
    assert!(problems.contains("no score is compared with `2019-20-q3`"), "{problems}");
    assert_eq!(project.json("out/2020-21-q2/results.json")["compared_with"], Value::Null);
    let paper = project.read("out/2020-21-q2/board-paper.md");
    // The finding is followed, and no score of the one stands beside a score of the other.
    assert!(paper.contains("**Seen again.**"), "{paper}");
    assert!(!paper.contains("Each rating goes by its lowest key question, which can"), "{paper}");
    assert!(!paper.contains("board-paper-history.svg"), "{paper}");
    assert!(paper.contains("board-paper-timeline.svg"), "{paper}");
}

#[test]
fn themes_come_out_as_expected() {
    let project = comes_out_as_expected("by-themes", "2015-16-q3", "2016-17-q1");
    for quarter in ["2015-16-q3", "2016-17-q1"] {
        let results = project.json(&format!("out/{quarter}/results.json"));
        assert_eq!((&results["framework"], &results["overall"]), (&Value::Null, &Value::Null));
        assert_eq!(results["standards"], Value::Array(Vec::new()));
        let paper = project.read(&format!("out/{quarter}/board-paper.md"));
        for word in ["%", "Rating", "score", "-standards.svg"] {
            assert!(!paper.contains(word), "{word} in {quarter}");
        }
    }
    // The findings are followed through time, in words and as a chart.
    assert!(project.exists("out/2016-17-q1/charts/board-paper-timeline.svg"));
    project.run(&["build", "--check"]).exits(0);
    assert!(project.run(&["status"]).exits(0).stdout.contains("F-2015-003"));
}

#[test]
fn without_a_framework_nothing_that_needs_one_is_passed_over() {
    let audit = "data/2015-16-q3/audit.yaml";
    let wrong = |path: &str, from: &str, to: &str| {
        let project = Project::of_case("by-themes");
        project.edit(path, from, to);
        project.check().exits(1).problems().join("\n")
    };
    for (text, message) in [
        ("domain: \"3\"\n", "a `domain` needs the `framework` that it is of"),
        ("not_asked: [3.1.1.a]\n", "`not_asked` needs the `framework` that has these prompts"),
        ("stated: {overall: {percent: 50}}\n", "what was `stated` needs a `framework` that it is held against"),
    ] {
        let problems = wrong(audit, "theme: casework\n", &format!("theme: casework\n{text}"));
        assert!(problems.contains(message), "{problems}");
    }
    let answers = wrong(audit, "{case: C1,", "{case: C1, answers: {3.1.1.a: Yes},");
    assert!(answers.contains("answers need a `framework` that has their prompts"), "{answers}");
    let narrative = "data/2015-16-q3/narrative.yaml";
    let standard = wrong(narrative, "  - id: F-2015-001\n", "  - id: F-2015-001\n    standard: \"3.1\"\n");
    assert!(standard.contains("a standard needs a framework, and this audit has none"), "{standard}");
    let figure = wrong(narrative, "(=sample.completed)", "(=overall.percent)");
    assert!(figure.contains("has no value: this audit has no scores"), "{figure}");
    let project = Project::of_case("by-themes");
    project.put(audit, "theme: casework\ntotals: [{standard: \"3.1\", points: 4, of: 5}]\n");
    let totals = project.check().exits(1).problems().join("\n");
    assert!(totals.contains("totals need a `framework` that has their standards"), "{totals}");
}

/// What a framework calls a point decides no figure of chance, and nothing that one answer could change.
#[test]
fn a_scale_with_twice_the_points_says_the_same_of_chance() {
    let project = Project::of_example();
    project.build(&["-f", "md", "2020-21-q2"]).exits(0);
    let said = |project: &Project| {
        let results = project.json("out/2020-21-q2/results.json");
        let of = |pointer: &str| results.pointer(pointer).cloned().expect("it is there");
        let standards = of("/standards").as_array().expect("a list").clone();
        let intervals: Vec<_> = standards.iter().map(|standard| standard["interval"].clone()).collect();
        let paper = project.read("out/2020-21-q2/audit-report.md");
        let fragile: Vec<String> =
            paper.split("\n\n").filter(|text| text.contains("Close to the line")).map(str::to_owned).collect();
        (intervals, of("/overall/interval"), of("/compared_with"), fragile)
    };
    let before = said(&project);
    assert!(!before.1.is_null() && !before.2.is_null() && !before.3.is_empty(), "{before:?}");
    let framework = "data/frameworks/hmip-2018.yaml";
    project.edit(framework, "Yes: 1, Partly: 0.5, No: 0", "Yes: 2, Partly: 1, No: 0");
    project.build(&["-f", "md", "2020-21-q2", "--allow", "stated-disagrees"]);
    assert_eq!(said(&project), before);
}

/// Where ratings go by key questions the detailed report has each of them, and not the lowest alone.
#[test]
fn the_report_has_every_key_question() {
    let project = Project::of_case("key-questions");
    project.edit(
        "data/2019-20-q3/narrative.yaml",
        "papers:\n",
        "papers:\n  - {template: audit-report, title: The audit, meeting: 2020-01-13, audience: management}\n",
    );
    project.build(&["--draft", "-f", "md", "2019-20-q3/audit-report"]);
    let report = project.read("out/2019-20-q3/audit-report.md");
    let results = project.json("out/2019-20-q3/results.json");
    for standard in results["standards"].as_array().expect("a list") {
        for question in standard["key_questions"].as_array().expect("a list") {
            let id = question["id"].as_str().expect("an id");
            let seen = format!("{} of {} cases", question["sufficient"], question["of"]);
            let row = report.lines().find(|line| line.starts_with(&format!("| {id} ")) && !line.contains("prompt"));
            let row = row.unwrap_or_else(|| panic!("{id} is not in:\n{report}"));
            assert!(
                question["of"] == 0 || row.contains(&seen) && row.contains(&format!("{}%", question["percent"])),
                "{row}"
            );
        }
    }
}
