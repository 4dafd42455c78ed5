//! The frameworks that come with the example, inspections against them, and what is wrong with either.

use crate::project::{Project, repository};

/// An empty service with one of the example's frameworks.
fn service(frameworks: &[&str]) -> Project {
    let project = Project::empty();
    project.put("data/service.yaml", "name: Northby Youth Justice Service\n");
    for framework in frameworks {
        let file = format!("data/frameworks/{framework}.yaml");
        project.put(&file, std::fs::read(repository().join(&file)).expect("a framework of the example"));
    }
    // A kind of paper that prints nothing but inspections.
    project.put("report-templates/note/header.md.j2", "{% include \"partials/header-lines.md.j2\" %}\n");
    project.put(
        "report-templates/note/template.yaml",
        "header: header.md.j2\nsections:\n  - {id: inspections, title: Inspections, file: inspections.md.j2}\n",
    );
    project.put("report-templates/note/inspections.md.j2", INSPECTIONS);
    project.put("data/note/narrative.yaml", "papers: [{template: note, title: A note, meeting: 2021-10-04}]\n");
    project
}

const INSPECTIONS: &str = "\
{% for inspection in inspections %}
{{ inspection.title }}, {{ inspection.published if inspection.published is not none else \"no date\" }}

{% if inspection.composite is not none %}
Adds up to {{ inspection.composite.points }} of {{ inspection.composite.of }}: {{ inspection.composite.badge }}

{% endif %}
{% if inspection.no_composite is not none %}
{{ inspection.no_composite }}

{% endif %}
{% for rating in inspection.ratings %}
- {{ rating.id }} {{ rating.title }}: {{ rating.badge }}
{% endfor %}
{% endfor %}
";

/// The lines of the note below its heading, without bold.
fn note(project: &Project) -> Vec<String> {
    project.build(&["note", "-f", "md"]).exits(0);
    let note = project.read("out/note/note.md");
    let (_, text) = note.split_once("## Inspections\n").expect("the section");
    text.lines().filter(|line| !line.is_empty()).map(|line| line.replace("**", "")).collect()
}

#[test]
fn the_example_adds_up_as_the_readme_says() {
    let project = service(&["hmip-2018"]);
    let file = "data/inspections/2018-06.yaml";
    project.put(file, std::fs::read(repository().join(file)).expect("the example's inspection"));
    let lines = note(&project);
    assert_eq!(lines[0], "HMIP inspection of Eastmere Youth Justice Service, 23 August 2018");
    assert_eq!(lines[1], "Adds up to 22 of 36: Good");
    assert_eq!((lines[2].as_str(), lines.len()), ("- 1.1 Governance and leadership: Good", 14));
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("the README");
    assert!(readme.contains("the twelve of the example earn 22 of 36 points, which is Good"));
}

#[test]
fn a_standard_that_was_not_rated_is_named() {
    let project = service(&["hmip-2018"]);
    let file = "data/inspections/2018-06.yaml";
    project.put(file, std::fs::read(repository().join(file)).expect("the example's inspection"));
    project.edit(file, "\"3.3\": Requires improvement", "\"3.3\": not rated");
    let lines = note(&project);
    assert_eq!(
        lines[1],
        "3.3 was not rated, so the ratings cannot be added up: what is not rated does not count as 0."
    );
    assert!(lines.contains(&"- 3.3 Implementation and delivery: Not rated".to_owned()), "{lines:?}");
    project.edit(file, "  \"3.4\": Outstanding\n", "");
    assert_eq!(
        note(&project)[1],
        "3.3 and 3.4 were not rated, so the ratings cannot be added up: what is not rated does not count as 0."
    );
}

#[test]
fn an_inspection_without_a_framework_is_only_quoted() {
    let project = service(&[]);
    project.put("data/inspections/2011-10.yaml", "title: Old\nratings: {\"S\": Moderate improvement required}\n");
    assert_eq!(note(&project), ["Old, no date", "- S : Moderate improvement required"]);
}

#[test]
fn what_an_inspection_names_is_in_its_framework() {
    let project = service(&["hmip-2018", "core-case-2009"]);
    let inspection = |framework: &str, ratings: &str| {
        format!("title: One\nframework: {framework}\noverall: Good\nratings: {{{ratings}}}\n")
    };
    let problems = |text: String| {
        project.put("data/inspections/one.yaml", text);
        project.check().exits(1).problems().join("\n")
    };
    let unknown = problems(inspection("hmip-2081", ""));
    assert!(unknown.contains("there is no framework `hmip-2081` (did you mean `hmip-2018`?)"), "{unknown}");
    let wrong = problems(inspection("hmip-2018", "\"3.5\": Good, \"3.4\": Godo"));
    assert!(wrong.contains("there is no standard `3.5`"), "{wrong}");
    assert!(wrong.contains("the framework has no rating `Godo` (did you mean `Good`?"), "{wrong}");
    // This one has no composite: an overall rating is one of its bands.
    let overall = problems(inspection("core-case-2009", "S: Moderate improvement required"));
    assert!(overall.contains("the framework has no rating `Good`"), "{overall}");
}

#[test]
fn a_composite_fits_its_framework() {
    let project = service(&["hmip-2018"]);
    let file = "data/frameworks/hmip-2018.yaml";
    let sound = project.read(file);
    let problems = |from: &str, to: &str| {
        assert_eq!(sound.matches(from).count(), 1, "{from}");
        project.put(file, sound.replace(from, to));
        project.check().exits(1).problems().join("\n")
    };
    let points = "points: {Inadequate: 0, Requires improvement: 1, Good: 2, Outstanding: 3}";
    let unknown = problems(points, "points: {Inadequate: 0, Requires improvement: 1, Good: 2, Outstandign: 3}");
    assert!(
        unknown.contains("`Outstandign` is no rating of this framework (did you mean `Outstanding`?)"),
        "{unknown}"
    );
    assert!(unknown.contains("what `Outstanding` earns is missing"), "{unknown}");
    let high = problems("{rating: Outstanding, from: 31}", "{rating: Outstanding, from: 37}");
    assert!(high.contains("the bands must start at 0 and rise, up to 36 at most"), "{high}");
    let standard = problems("composite:\n", "composite:\n  standards: [\"1.1\", \"1.5\"]\n");
    assert!(standard.contains("there is no standard `1.5`"), "{standard}");
    assert!(standard.contains("up to 3 at most"), "{standard}");
}

#[test]
fn the_standards_of_2021_are_thirteen_and_compare_with_those_of_2018() {
    let project = service(&["hmip-2018", "hmip-2021"]);
    let text = project.read("data/frameworks/hmip-2021.yaml");
    let ids = text.lines().filter_map(|line| {
        let id = line.strip_prefix("      - ")?.trim_start_matches('{').strip_prefix("id: \"")?;
        Some(id.split('"').next().expect("the id").to_owned())
    });
    assert_eq!(ids.count(), 13);
    let audit = |framework: &str, audited: &str, cases: &[&str]| {
        let prompts = project.read(&format!("data/frameworks/{framework}.yaml"));
        let prompts = prompts.lines().filter_map(|line| line.trim().strip_prefix("- {id: ")?.split(',').next());
        let prompts: Vec<&str> = prompts.filter(|id| id.starts_with("3.")).collect();
        let mut text =
            format!("theme: out-of-court\nframework: {framework}\ndomain: \"3\"\naudited: {audited}\ncases:\n");
        for (n, answer) in cases.iter().enumerate() {
            let answers: Vec<String> = prompts.iter().map(|id| format!("{id}: {answer}")).collect();
            text += &format!("  - {{case: C{n}, answers: {{{}}}}}\n", answers.join(", "));
        }
        text
    };
    let narrative = "papers: [{template: note, title: A note, meeting: 2021-12-06}]\n";
    project.put("data/2020-21-q4/audit.yaml", audit("hmip-2018", "{from: 2021-03-01}", &["Yes", "No", "No"]));
    project.put("data/2021-22-q3/audit.yaml", audit("hmip-2021", "{from: 2021-11-01}", &["Yes", "Yes", "No"]));
    project.put("data/2021-22-q3/narrative.yaml", narrative);
    project.build(&["-f", "md"]).exits(0);
    let results = project.json("out/2021-22-q3/results.json");
    assert_eq!(results["compared_with"]["quarter"], "2020-21-q4");
    let compared = results["compared_with"]["standards"].as_array().expect("standards");
    assert_eq!(compared.iter().map(|one| one["id"].as_str().unwrap()).collect::<Vec<_>>(), ["3.1", "3.2", "3.3"]);
    // Joint working was asked about in 2018 only.
    assert_eq!(results["compared_with"]["prompts_left_out"], 8);
    assert_eq!(compared[0]["earlier"], 33);
    assert_eq!(compared[0]["later"], 67);
}

#[test]
fn the_older_scale_has_four_grades() {
    let project = service(&["core-case-2009"]);
    project.put(
        "data/2011-12-q3/audit.yaml",
        "theme: community\nframework: core-case-2009\ndomain: casework\naudited: {from: 2011-11-07, to: 2011-11-18}\n\
         totals:\n  - {standard: S, points: 39, of: 100}\n  - {standard: H, points: 79, of: 100}\n  - {standard: R, points: 80, of: 100}\n",
    );
    project.build(&["-f", "md"]).exits(0);
    let results = project.json("out/2011-12-q3/results.json");
    let ratings: Vec<&str> =
        results["standards"].as_array().unwrap().iter().map(|one| one["rating"].as_str().unwrap()).collect();
    assert_eq!(
        ratings,
        ["Drastic improvement required", "Moderate improvement required", "Minimum improvement required"]
    );
}

#[test]
fn a_file_s_name_may_hold_full_stops() {
    let project = service(&["hmip-2018"]);
    std::fs::rename(project.path("data/frameworks/hmip-2018.yaml"), project.path("data/frameworks/hmip-2.1.yaml"))
        .expect("renamed");
    project.put("data/2019-20-q3/audit.yaml", "theme: out-of-court\nframework: hmip-2.1\ndomain: \"3\"\ntotals: []\n");
    let run = project.check();
    assert!(!run.stderr.contains("unknown-id"), "{}", run.stderr);
}

/// Whoever reads one service alone does not know whether another reads what both could.
#[test]
fn a_framework_of_one_s_own_leaves_that_of_all_to_the_others() {
    let framework = std::fs::read_to_string(repository().join("data/frameworks/hmip-2018.yaml")).expect("it is there");
    let project = Project::empty();
    project.put("data/frameworks/hmip-2018.yaml", &framework);
    project.put("data/north/frameworks/hmip-2018.yaml", &framework);
    for service in ["east", "north", "west"] {
        project.put(&format!("data/{service}/service.yaml"), format!("name: {service} Youth Justice Service\n"));
    }
    assert_eq!(project.run(&["check", "--deny", "warnings", "--message-format", "short"]).exits(0).problems(), [""; 0]);
}
