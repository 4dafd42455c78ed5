//! Kinds of paper: what all of them share, those that come with the program, and one that a user makes.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::example;
use crate::project::{Project, assert_snapshot, case, repository};
use crate::words::{
    bookmarks_of_pdf, headings_of_markdown, of_markdown, of_pdf, pages_of_pdf, run_together, sentences,
    text_sizes_of_pdf,
};

/// The parts of a board's paper, as published ones have them.
const BOARD_PAPER: [&str; 12] = [
    "1 Why is this report here?",
    "2 Summary",
    "2.1 Context",
    "2.2 Method and sample",
    "2.3 Key findings",
    "2.4 Key learning",
    "2.5 Next steps",
    "3 What are the expected outcomes for children, and how will they be monitored?",
    "4 What is being asked?",
    "4.1 Of this board as a group",
    "4.2 Of individual partner agencies",
    "Background papers",
];

const SCRUTINY_PAPER: [&str; 10] = [
    "Summary",
    "1 Introduction",
    "2 Context",
    "3 Improvement plan",
    "4 Methods",
    "5 Main findings",
    "6 Actions taken",
    "7 Conclusions",
    "8 Recommendations",
    "Contact officers",
];

/// The sections on the domains are the author's; what is asked stands first, the improvement plan in an appendix.
const CABINET_PAPER: [&str; 19] = [
    "1 Recommendations",
    "2 Background",
    "3 The inspection process",
    "4 How the service is run",
    "5 Work with children who go to court",
    "6 Work with children outside court",
    "7 Overall rating and improvement plan",
    "8 Implications",
    "Financial implications",
    "9 Conclusion",
    "10 Background papers",
    "11 Appendices",
    "Contacts",
    "Circulated to before publication",
    "Appendix A: The improvement plan",
    "All recommendations: HMIP inspection of Eastmere Youth Justice Service",
    "Recommendation R1",
    "Recommendation R2",
    "Recommendation R5",
];

/// The ratings and how they are made, then domain by domain the areas for improvement and the scores; the titles of areas
/// and domains are the author's.
const PROGRESS_SLIDES: [&str; 17] = [
    "Introduction",
    "How ratings are made",
    "What the inspectors found",
    "The board hears more, the north still waits",
    "Children who go to court",
    "Reviews are on time, plans do not always follow",
    "Our own audit of custody cases",
    "Custody, April to June 2020",
    "Children outside court",
    "Every child is assessed, safety needs more thought",
    "Victims are not yet asked as a matter of course",
    "Our own audits of work outside court",
    "Out-of-court disposals: audit by audit",
    "Out-of-court disposals, January to March 2019",
    "Out-of-court disposals, July to September 2020",
    "Out-of-court disposals: what changed",
    "Conclusion",
];

/// Strengths stand before improvements.
const AUDIT_SCORED: [&str; 15] = [
    "Summary",
    "1 Background",
    "2 Audited cases",
    "3 Conclusion",
    "5 Scores",
    "5.1 By standard",
    "5.2 By key question and prompt",
    "Standard 3.1: Assessment",
    "Standard 3.4: Joint working",
    "6 Findings",
    "6.1 What is done well",
    "6.2 What needs to improve",
    "7 Key learning",
    "8 Recommendations",
    "10 Note on the statistics",
];

/// The conclusion stands before the themes, and each theme has what could be better behind what was done well.
const AUDIT_BY_THEMES: [&str; 16] = [
    "1 Background",
    "2 Audited cases",
    "3 Conclusion",
    "4 Good practice",
    "5 Assessments",
    "Further improvements",
    "6 Reports",
    "Further improvements",
    "7 Planning",
    "Further improvements",
    "8 Risk and vulnerability",
    "Further improvements",
    "9 Management oversight",
    "Further improvements",
    "10 Work with partners",
    "11 Recommendations",
];

/// Strengths stand before what could be better.
const PRACTITIONER_FEEDBACK: [&str; 8] = [
    "Your cases",
    "What went well",
    "Assessment",
    "Joint working",
    "Areas to develop",
    "Assessment",
    "Planning",
    "What happens next",
];

#[test]
fn the_outline_of_each_kind_is_in_its_headings_and_in_its_bookmarks() {
    for (paper, outline) in [
        ("board-paper", BOARD_PAPER.as_slice()),
        ("audit-report", AUDIT_SCORED.as_slice()),
        ("scrutiny-paper", SCRUTINY_PAPER.as_slice()),
        ("cabinet-paper", CABINET_PAPER.as_slice()),
        ("progress-slides", PROGRESS_SLIDES.as_slice()),
    ] {
        let markdown = example::text(&format!("2020-21-q2/{paper}.md"));
        has_outline(paper, outline, &markdown, &example::out()[&format!("2020-21-q2/{paper}.pdf")]);
    }
    let feedback = example::out().keys().filter_map(|path| path.strip_suffix(".md"));
    for paper in feedback.filter(|path| path.starts_with("2019-20-q3/practitioner-feedback/")) {
        let pdf = &example::out()[&format!("{paper}.pdf")];
        has_outline(paper, &PRACTITIONER_FEEDBACK, &example::text(&format!("{paper}.md")), pdf);
    }
    let project = Project::of_case("audit-by-themes");
    project.build(&[]).exits(0);
    let [markdown, pdf] = ["md", "pdf"].map(|ending| project.bytes(&format!("out/2018-19-q1/audit-report.{ending}")));
    let markdown = String::from_utf8(markdown).expect("UTF-8");
    has_outline("by themes", &AUDIT_BY_THEMES, &markdown, &pdf);
}

/// Demands that headings stand in a paper in this order; others may stand between them.
#[track_caller]
fn has_outline(paper: &str, outline: &[&str], markdown: &str, pdf: &[u8]) {
    let headings = headings_of_markdown(markdown);
    let is_in_order = |found: &[String]| {
        let mut found = found.iter().map(|heading| run_together(heading));
        outline.iter().all(|wanted| found.any(|heading| heading == run_together(wanted)))
    };
    assert!(is_in_order(&headings), "{paper}: the headings are {headings:#?}");
    if let Some(bookmarks) = bookmarks_of_pdf(pdf) {
        assert!(is_in_order(&bookmarks), "{paper}: the bookmarks are {bookmarks:#?}");
        let [headings, bookmarks] =
            [&headings, &bookmarks].map(|all| all.iter().map(|one| run_together(one)).collect::<Vec<_>>());
        assert_eq!(headings, bookmarks, "{paper}");
    }
}

#[test]
fn the_header_lines_of_a_scrutiny_paper_are_those_of_a_council() {
    let markdown = example::text("2020-21-q2/scrutiny-paper.md");
    let labels: Vec<&str> = markdown
        .lines()
        .filter_map(|line| line.strip_prefix("**")?.split_once(":**"))
        .map(|(label, _)| label)
        .collect();
    assert_eq!(labels, ["To", "From", "Date", "Subject", "Classification", "Cleared by"]);
}

/// A label is text in Markdown, where no list could have it, and the label of an item in the PDF.
#[test]
fn lists_of_a_scrutiny_paper_nest_roman_then_letters() {
    let markdown = example::text("2020-21-q2/scrutiny-paper.md");
    let labels = ["- (i) a full assessment", "  - (a) at safety, and", "  - (b) at what leads", "- (ii) that victims"];
    let mut rest = markdown.as_str();
    for label in labels {
        rest = rest.split_once(label).unwrap_or_else(|| panic!("{label} in its order")).1;
    }
    let pdf = &example::out()["2020-21-q2/scrutiny-paper.pdf"];
    if let Some(text) = of_pdf(pdf, &[]) {
        let text = run_together(&text);
        assert!(text.contains("(i)afullassessment") && text.contains("(a)atsafety,and(b)atwhatleads"), "{text}");
        assert!(!text.contains("•(i)"), "a bullet before the label");
    }
}

#[test]
fn every_sentence_of_a_papers_own_text_is_in_it() {
    let mut missing = Vec::new();
    let mut count = 0;
    for (file, paper) in [
        ("audit-report.yaml", "audit-report"),
        ("scrutiny.yaml", "scrutiny-paper"),
        ("cabinet.yaml", "cabinet-paper"),
        ("slides.yaml", "progress-slides"),
    ] {
        let markdown = run_together(&of_markdown(&example::text(&format!("2020-21-q2/{paper}.md"))));
        let marking = example::data("service.yaml")["marking"].clone();
        let pdf = of_pdf(
            &example::out()[&format!("2020-21-q2/{paper}.pdf")],
            &[marking.as_str().expect("the example has a marking")],
        );
        let pdf = pdf.map(|pdf| run_together(&pdf));
        let mut texts = Vec::new();
        let mut data = example::data(&format!("2020-21-q2/{file}"));
        // What the speaker says is in the Markdown alone.
        let notes = data.as_object_mut().and_then(|data| data.remove("notes"));
        gather(&data, "", &mut texts);
        let mut spoken = Vec::new();
        notes.iter().for_each(|notes| gather(notes, "", &mut spoken));
        for sentence in spoken.iter().flat_map(|text| sentences(&of_markdown(text))) {
            let sentence = run_together(&sentence);
            assert!(markdown.contains(&sentence), "{paper}: {sentence}");
            assert!(pdf.as_ref().is_none_or(|pdf| !pdf.contains(&sentence)), "{paper}: {sentence}");
        }
        for text in texts {
            for sentence in sentences(&example::with_figures(&of_markdown(&text), "2020-21-q2")) {
                count += 1;
                let sentence = run_together(&sentence);
                if !markdown.contains(&sentence) || pdf.as_ref().is_some_and(|pdf| !pdf.contains(&sentence)) {
                    missing.push(format!("{paper}: {sentence}"));
                }
            }
        }
    }
    assert!(count > 60, "{count} sentences only: does this test still look?");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Every text below a value but ids, dates and the names of sections.
fn gather(value: &Value, key: &str, texts: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| gather(value, key, texts)),
        Value::Array(items) => items.iter().for_each(|item| gather(item, key, texts)),
        Value::String(text) if !matches!(key, "id" | "date" | "after" | "section" | "quotes") => {
            texts.push(text.clone());
        }
        _ => {}
    }
}

/// How many of each answer, and what they came to, counted here once more from the table as it stands in the data.
#[test]
fn every_prompt_and_key_question_stands_in_the_report_with_its_answers() {
    let path = repository().join("data/2020-21-q2/answers.csv");
    let mut table = csv::ReaderBuilder::new().has_headers(false).from_path(path).expect("a table");
    let rows: Vec<Vec<String>> =
        table.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
    let first_case = if rows[0][1] == "question" { 2 } else { 1 };
    let mut counts: BTreeMap<String, [u64; 4]> = BTreeMap::new();
    for row in rows.iter().filter(|row| row[0].contains('.')) {
        for answer in &row[first_case..] {
            let answer = answer.trim().to_lowercase().replace(['.', '/'], "");
            let kind = match answer.as_str() {
                "" => continue,
                "na" => 3,
                answer if answer.starts_with('y') => 0,
                answer if answer.starts_with('p') => 1,
                answer if answer.starts_with('n') => 2,
                answer => panic!("{answer}"),
            };
            let question = row[0].rsplit_once('.').expect("a prompt belongs to a key question").0;
            for id in [row[0].as_str(), question] {
                counts.entry(id.to_owned()).or_default()[kind] += 1;
            }
        }
    }
    assert!(counts.len() > 40, "{} prompts and key questions only", counts.len());
    let markdown = example::text("2020-21-q2/audit-report.md");
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('*').to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = markdown.lines().filter(|line| line.starts_with('|')).map(cells).collect();
    let pdf = of_pdf(&example::out()["2020-21-q2/audit-report.pdf"], &[]).map(|pdf| run_together(&pdf));
    for (id, [yes, partly, no, not_applicable]) in counts {
        let (points, of) = (2 * yes + partly, 2 * (yes + partly + no));
        let share = format!("{}/{}", points as f64 / 2.0, of as f64 / 2.0);
        let percent = format!("{}%", (200 * points + of) / (2 * of));
        let numbers = [yes, partly, no, not_applicable].map(|n| n.to_string()).to_vec();
        let numbers = [numbers, vec![share, percent]].concat();
        let row = rows.iter().find(|row| row[0].split(' ').next() == Some(id.as_str()) && row.len() == 7);
        let row = row.unwrap_or_else(|| panic!("no row for {id}"));
        assert_eq!(row[1..], numbers, "{id}");
        if let Some(pdf) = &pdf {
            let row = run_together(&row.concat());
            assert!(pdf.contains(&row), "{id} in the PDF: {row}");
        }
    }
}

#[test]
fn an_audit_by_themes_has_no_scores() {
    let project = Project::of_case("audit-by-themes");
    let run = project.build(&[]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
    let markdown = project.read("out/2018-19-q1/audit-report.md");
    assert_snapshot(&case("audit-by-themes").join("expected/audit-report.md"), &markdown);
    assert!(!markdown.contains('%'));
}

#[test]
fn a_report_of_few_cases_says_what_it_could_not_see() {
    let project = Project::of_case("scored-report");
    let run = project.build(&[]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
    let markdown = project.read("out/2020-21-q2/audit-report.md");
    assert_snapshot(&case("scored-report").join("expected/audit-report.md"), &markdown);
}

#[test]
fn a_scrutiny_paper_needs_its_parts() {
    let project = Project::of_case("scrutiny-paper");
    let run = project.build(&[]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
    let markdown = project.read("out/2020-21-q2/scrutiny-paper.md");
    assert_snapshot(&case("scrutiny-paper").join("expected/scrutiny-paper.md"), &markdown);
    let narrative = "data/2020-21-q2/narrative.yaml";
    for (key, title) in [
        ("summary", "Summary"),
        ("why", "Introduction"),
        ("context", "Context"),
        ("method", "Methods"),
        ("findings", "Main findings"),
        ("conclusion", "Conclusions"),
        ("asks", "Recommendations"),
    ] {
        let project = Project::of_case("scrutiny-paper");
        project.put(narrative, without(key, &project.read(narrative)));
        let run = project.build(&[]).exits(1);
        let wanted = format!("the section \"{title}\" has no text (write it under the key `{key}:` of this file)");
        assert!(run.problems().iter().any(|problem| problem.contains(&wanted)), "{key}: {:?}", run.problems());
    }
}

#[test]
fn a_cabinet_paper_says_what_is_missing_and_never_that_there_is_nothing() {
    let project = Project::of_case("cabinet-paper");
    let run = project.build(&[]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
    let markdown = project.read("out/2020-21-q2/cabinet-paper.md");
    assert_snapshot(&case("cabinet-paper").join("expected/cabinet-paper.md"), &markdown);
    let narrative = "data/2020-21-q2/narrative.yaml";
    for (key, title) in [("asks", "Recommendations"), ("context", "Background"), ("conclusion", "Conclusion")] {
        let project = Project::of_case("cabinet-paper");
        project.put(narrative, without(key, &project.read(narrative)));
        let run = project.build(&[]).exits(1);
        let wanted = format!("the section \"{title}\" has no text (write it under the key `{key}:` of this file)");
        assert!(run.problems().iter().any(|problem| problem.contains(&wanted)), "{key}: {:?}", run.problems());
    }
}

#[test]
fn slides_show_other_audits_beside_the_inspection() {
    let project = Project::of_case("progress-slides");
    let run = project.build(&[]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
    let markdown = project.read("out/2020-21-q2/progress-slides.md");
    assert_snapshot(&case("progress-slides").join("expected/progress-slides.md"), &markdown);
    // The inspection of the year after is not known yet, and what was not rated is not a 0.
    assert!(!markdown.contains("2021") && markdown.contains("**Not rated**"));
    let narrative = "data/2020-21-q2/narrative.yaml";
    project.put(narrative, without("why", &project.read(narrative)));
    let run = project.build(&[]).exits(1);
    assert!(run.problems()[0].contains("the section \"Introduction\" has no text"), "{:?}", run.problems());
}

/// A style of a user's own with the same name is the look of slides, and the service's look is that of other papers.
#[test]
fn slides_have_a_style_of_their_own() {
    let project = Project::of_case("progress-slides");
    project.put(
        "report-templates/styles/slides.typ",
        "#let paper(content) = { set document(title: content.title); title(); heading[Set otherwise] }\n",
    );
    project.edit("data/service.yaml", "marking: OFFICIAL\n", "marking: OFFICIAL\nlook: {style: board}\n");
    let args = ["-f", "pdf"];
    project.build(&args).exits(0);
    let pdf = project.bytes("out/2020-21-q2/progress-slides.pdf");
    if let Some(text) = of_pdf(&pdf, &[]) {
        assert!(text.contains("Set otherwise") && !text.contains("OFFICIAL"), "{text}");
    }
    // One that is not there is told where the template names it.
    let template = repository().join("report-templates/progress-slides/template.yaml");
    let template = std::fs::read_to_string(template).expect("a file of the repository");
    project.put("report-templates/progress-slides/template.yaml", template.replace("style: slides", "style: slide"));
    let run = project.build(&args).exits(1);
    let wanted = "report-templates/progress-slides/template.yaml:6:8: error[unknown-id]: there is no style `slide`";
    assert!(run.problems()[0].starts_with(wanted), "{:?}", run.problems());
}

#[test]
fn the_next_quarters_slides_show_its_own_audit_too() {
    let project = Project::of_case("progress-slides");
    project.edit("data/service.yaml", "marking: OFFICIAL\n", "rotation: [out-of-court]\n");
    project.run(&["new", "2020-21-q3"]).exits(0);
    let narrative = project.read("data/2020-21-q3/narrative.yaml");
    let quarters = ["2019-20-q4", "2020-21-q1", "2020-21-q2", "2020-21-q3"];
    let show = format!("    show: {{scores: {quarters:?}, inspection: \"2019-06\"}}\n");
    assert!(narrative.contains(&show), "{narrative}");
}

/// A shown audit that cannot be read stops the slides, whatever its theme.
#[test]
fn slides_rest_on_what_they_show() {
    let project = Project::of_case("progress-slides");
    project.edit("data/2020-21-q1/audit.yaml", "points: 8", "points: eight");
    let run = project.build(&["2020-21-q2"]).exits(1);
    assert!(run.problems().iter().any(|problem| problem.contains("2020-21-q1/audit.yaml")), "{:?}", run.problems());
    assert!(run.last_line().starts_with("made 0 of 1 paper"), "{}", run.stderr);
}

/// The text of a slide that is far too long is all there, on slides of the same title, and none of it is set small.
#[test]
fn slides_that_are_too_long_go_on_and_are_never_set_smaller() {
    let project = Project::of_case("progress-slides");
    let narrative = "data/2020-21-q2/narrative.yaml";
    let mut evidence = String::new();
    let mut words = Vec::new();
    for n in 1..=24 {
        let word = format!("item{n:02}");
        evidence.push_str(&format!(
            "          - The {word} of the evidence was read in full by two people who had not written it, and they agreed.\n"
        ));
        words.push(word);
    }
    let paragraph: Vec<String> = (1..=300).map(|n| format!("word{n:03}")).collect();
    words.extend(paragraph.clone());
    evidence.push_str(&format!("\n          {}\n", paragraph.join(" ")));
    evidence.push_str("\n          | Row | What |\n          |---|---|\n");
    for n in 1..=30 {
        evidence.push_str(&format!("          | row{n:02} | A line of a table that is far too long |\n"));
        words.push(format!("row{n:02}"));
    }
    project.edit(narrative, "          - Every worker was trained.\n", &evidence);
    project.build(&[]).exits(0);
    let pdf = project.bytes("out/2020-21-q2/progress-slides.pdf");
    let Some(pages) = pages_of_pdf(&pdf) else { return };
    let text = run_together(&pages.join(" "));
    let missing: Vec<&String> = words.iter().filter(|word| text.matches(word.as_str()).count() != 1).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let slides: Vec<&String> = pages.iter().filter(|page| page.contains("Risks and plans")).collect();
    let on = slides.iter().filter(|page| page.contains("Risks and plans (continued)")).count();
    assert!(slides.len() >= 5 && on == slides.len() - 1, "{on} of {}", slides.len());
    // Each is a slide worth showing: no single line is left over for the last. The first has what is quoted, too.
    for slide in &slides[1..] {
        let own = words.iter().filter(|word| slide.contains(word.as_str())).count();
        assert!(own >= 3, "{slide}");
    }
    for pdf in [&pdf, &example::out()["2020-21-q2/progress-slides.pdf"]] {
        let sizes = text_sizes_of_pdf(pdf).expect("it comes with pdftotext");
        assert!(sizes.len() > 5 && sizes.iter().all(|size| *size >= 18.0), "{sizes:?}");
    }
}

/// Where standards go by their lowest key question, slides have no points, no overall score and no verdict.
#[test]
fn slides_of_ratings_by_key_questions_claim_nothing_else() {
    let project = Project::of_case("key-questions");
    let narrative = "data/2020-21-q2/narrative.yaml";
    let slides = "template: progress-slides, show: {scores: [2019-20-q3, 2020-21-q2]}";
    project.edit(narrative, "template: board-paper", slides);
    project.put(narrative, without("appendices", &project.read(narrative)));
    let run = project.build(&["2020-21-q2"]).exits(0);
    // What was written for the board paper has no place on slides, and that is all that there is to say.
    assert!(run.problems().iter().all(|problem| problem.contains("[unused-text]")), "{:?}", run.problems());
    let markdown = project.read("out/2020-21-q2/progress-slides.md");
    assert!(markdown.contains("| 3.1 Assessment                  | 5 of 8 cases  |   63% |"), "{markdown}");
    assert!(
        markdown.contains("| **Cannot be said** |") && markdown.contains("There is no overall score."),
        "{markdown}"
    );
    for claim in ["Points", "Overall", "could reasonably", "Higher", "Lower"] {
        assert!(!markdown.contains(claim), "{claim}: {markdown}");
    }
}

/// A code is found in what the speaker says and in an area's evidence, as in any paper for a board.
#[test]
fn slides_and_what_the_speaker_says_hold_no_codes() {
    for (old, new) in [
        ("Show the form:", "Show the form of K7:"),
        ("Every worker was trained.", "Every worker was trained, as K7 shows."),
        ("title: Our own audits", "title: Our own audits by Q7"),
    ] {
        let project = Project::of_case("progress-slides");
        project.edit("data/2020-21-q2/narrative.yaml", old, new);
        let run = project.build(&[]).exits(1);
        assert!(run.problems().iter().all(|problem| problem.contains("error[private-word]")), "{:?}", run.problems());
        assert_eq!(run.problems().len(), 1, "{new}");
    }
}

/// A file of YAML without one of its keys at the margin.
fn without(key: &str, text: &str) -> String {
    let mut is_out = false;
    let stays = |line: &&str| {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            is_out = line.starts_with(&format!("{key}:"));
        }
        !is_out
    };
    let lines: Vec<&str> = text.lines().filter(stays).collect();
    lines.join("\n") + "\n"
}

/// Each paragraph at the top of a section has its number in the Markdown and in the PDF.
#[test]
fn minutes_can_cite_every_paragraph_of_a_cabinet_paper() {
    let markdown = example::text("2020-21-q2/cabinet-paper.md");
    let numbers: Vec<&str> = markdown
        .lines()
        .filter_map(|line| line.split_once(' ').map(|(number, _)| number))
        .filter(|number| number.contains('.') && number.chars().all(|c| c.is_ascii_digit() || c == '.'))
        .collect();
    assert!(numbers.starts_with(&["1.1", "2.1", "2.2", "2.3", "3.1"]) && numbers.contains(&"8.7"), "{numbers:?}");
    if let Some(text) = of_pdf(&example::out()["2020-21-q2/cabinet-paper.pdf"], &[]) {
        let mut rest = text.as_str();
        for number in numbers {
            let found = rest.split_once(&format!("\n{number} "));
            rest = found.unwrap_or_else(|| panic!("{number} in its order")).1;
        }
    }
}

/// Nothing of a long improvement plan is lost, and each of its pages has the names of the columns.
#[test]
fn an_improvement_plan_of_forty_actions_is_whole() {
    let project = Project::of_case("cabinet-paper");
    let mut register = String::new();
    // A row may go on to the next page, so that only what is one word is sure to stand together.
    let mut words = Vec::new();
    for n in 1..=40 {
        let source = match n {
            1 => "[2018-06/R1, F-2020-001]",
            2..=30 => "2018-06/R1",
            _ => "2018-06/R2",
        };
        register += &format!(
            "- id: A-2019-{n:03}\n  opened: 2019-02-04\n  source: {source}\n  \
             what: Do what{n}of40 in a way that everybody understands\n  \
             how: [Start with first{n}of40, Then take second{n}of40]\n  \
             owners: [Leader{n}of40, Practice lead]\n  due: 2021-03-31\n  measure: It can be counted\n  updates:\n"
        );
        words.extend(["what", "first", "second", "Leader"].map(|word| format!("{word}{n}of40")));
        for m in 1..=6 {
            register += &format!(
                "    - {{on: 2020-{m:02}-{:02}, status: on track, progress: Said{m}of{n} at some length what was done in \
                 that month and what was left until later end{m}of{n}.}}\n",
                n % 28 + 1
            );
            words.extend([format!("Said{m}of{n} "), format!("end{m}of{n}.")]);
        }
    }
    project.put("data/actions.yaml", register);
    let run = project.build(&[]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
    let markdown = of_markdown(&project.read("out/2020-21-q2/cabinet-paper.md"));
    let missing = |text: &str| words.iter().filter(|word| !text.contains(word.as_str())).cloned().collect::<Vec<_>>();
    assert_eq!(missing(&markdown), [""; 0]);
    let Some(pages) = pages_of_pdf(&project.bytes("out/2020-21-q2/cabinet-paper.pdf")) else { return };
    let text = pages.concat().replace('\n', " ");
    assert_eq!(missing(&text), [""; 0]);
    // What stands between the first and the last word of an update: its date, and each word as often as in the Markdown.
    for word in ["2020 (On track) Said", "length", "month", "until later"] {
        let counts = [&markdown, &text].map(|text| run_together(text).matches(&run_together(word)).count());
        assert_eq!(counts, [240; 2], "{word}");
    }
    let table = pages.iter().skip_while(|page| !page.contains("Recommendation R1\n"));
    let heads = table.map(|page| run_together(page).contains("AreaforimprovementWhatHowWhoBywhenRAGProgress"));
    let heads: Vec<bool> = heads.collect();
    assert!(heads.len() > 20 && heads.iter().all(|has_head| *has_head), "{heads:?}");
}

/// A kind of the user's own, in template files alone, with everything that any paper may have.
#[test]
fn a_kind_of_the_users_own_has_all_that_kinds_share() {
    let project = Project::of_case("own-kind");
    let run = project.build(&[]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
    let quarter = "out/2020-21-q2";
    for (written, expected) in
        [("Item 5 (a), note", "named-by-the-clerk"), ("note-for-the-committee", "with-a-text-of-its-own")]
    {
        let markdown = project.read(&format!("{quarter}/{written}.md"));
        assert_snapshot(&case("own-kind").join(format!("expected/{expected}.md")), &markdown);
        assert!(project.exists(&format!("{quarter}/{written}.pdf")));
    }
    assert!(!project.exists(&format!("{quarter}/note.md")));
    let manifest = project.json("out/manifest.json");
    assert!(manifest["outputs"].get("2020-21-q2/Item 5 (a), note.pdf").is_some());
    // The name of a file is no name of a paper.
    project.build(&["2020-21-q2/note"]).exits(0);
    // The clerk changes his mind: what has the old name goes.
    project.edit("data/2020-21-q2/narrative.yaml", "    filename: Item 5 (a), note\n", "");
    project.build(&[]).exits(0);
    assert!(
        project.exists(&format!("{quarter}/note.pdf")) && !project.exists(&format!("{quarter}/Item 5 (a), note.md"))
    );
}

/// Titles and names are plain text, and have the quotation marks of sentences all the same.
#[test]
fn a_title_has_the_quotation_marks_of_a_sentence() {
    let project = Project::of_case("plain");
    project.edit("data/2019-20-q3/narrative.yaml", "title: Audit of", "title: The board's \"first\" *audit* of");
    project.build(&["2019-20-q3", "-f", "md"]).exits(0);
    let markdown = project.read("out/2019-20-q3/board-paper.md");
    assert!(markdown.starts_with("# The board’s “first” \\*audit\\* of out-of-court disposals\n"), "{markdown}");
    project.run(&["eject", "2019-20-q3/board-paper", "ejected"]).exits(0);
    let content = project.json("ejected/content.json");
    assert_eq!(content["title"], "The board’s “first” *audit* of out-of-court disposals");
}

/// The papers of a quarter share a folder: each has its own picture there, though two have one name.
#[test]
fn pictures_of_one_name_are_two_files() {
    let project = Project::of_case("plain");
    let narrative = "data/2019-20-q3/narrative.yaml";
    let picture = |colour: &str| {
        let size = "xmlns='http://www.w3.org/2000/svg' width='9' height='9'";
        format!("<svg {size}><rect width='9' height='9' fill='{colour}'/></svg>")
    };
    project.put("data/2019-20-q3/a/x.svg", picture("red"));
    project.put("data/2019-20-q3/b/x.svg", picture("green"));
    project.edit(
        narrative,
        "papers:\n  - id: board-paper",
        "papers:\n  - {template: board-paper, id: two, title: Two, meeting: 2020-01-13, text: two.yaml}\n  - id: board-paper",
    );
    project.put("data/2019-20-q3/two.yaml", "context: |\n  Here it is.\n\n  ![green](b/x.svg)\n");
    project.edit(
        narrative,
        "Out-of-court disposals deal with",
        "![red](a/x.svg)\n\n  Out-of-court disposals deal with",
    );
    project.build(&["2019-20-q3"]).exits(0);
    for (paper, name, colour) in [("board-paper", "a--x.svg", "red"), ("two", "b--x.svg", "green")] {
        let markdown = project.read(&format!("out/2019-20-q3/{paper}.md"));
        assert!(markdown.contains(&format!("![{colour}](images/{name})")), "{markdown}");
        assert_eq!(project.read(&format!("out/2019-20-q3/images/{name}")), picture(colour));
    }
    // Not even where the name has what stands for a slash.
    project.put("data/2019-20-q3/a--x.svg", picture("blue"));
    project.edit(narrative, "![red](a/x.svg)", "![red](a/x.svg)\n\n  ![blue](a--x.svg)");
    project.build(&[]).exits(0);
    assert_eq!(project.read("out/2019-20-q3/images/--data--2019-_20-_q3--a-_-_x.svg"), picture("blue"));
    assert_eq!(project.read("out/2019-20-q3/images/a--x.svg"), picture("red"));
    project.run(&["build", "--check"]).exits(0);
}

/// A tab, as pasted from a spreadsheet, parts words on paper as it does in the file.
#[test]
fn a_tab_is_a_space() {
    let project = Project::of_case("plain");
    let context = "Score\t46\tof 95.\n\n  | a\tb | c |\n  |---|---|\n  | 1\t2 | 3\t4 |\n\n  Out-of-court";
    project.edit("data/2019-20-q3/narrative.yaml", "Out-of-court disposals deal", &format!("{context} disposals deal"));
    project.edit("data/2019-20-q3/narrative.yaml", "title: Audit of", "title: \"Audit\\tof\"");
    project.edit(
        "data/2019-20-q3/narrative.yaml",
        "\"Audit\\tof\" out-of-court disposals",
        "\"Audit\\tof out-of-court disposals\"",
    );
    project.build(&["2019-20-q3"]).exits(0);
    let markdown = project.read("out/2019-20-q3/board-paper.md");
    assert!(markdown.contains("Score 46 of 95.") && markdown.contains("| 1 2  | 3 4  |"), "{markdown}");
    assert!(markdown.starts_with("# Audit of out-of-court disposals\n") && !markdown.contains('\t'), "{markdown}");
    if let Some(pages) = pages_of_pdf(&project.bytes("out/2019-20-q3/board-paper.pdf")) {
        let text = pages.concat();
        assert!(text.contains("Score 46 of 95.") && text.contains("1 2") && text.contains("3 4"), "{text}");
    }
}

#[test]
fn page_numbers_can_be_left_to_the_clerk() {
    let project = Project::of_case("own-kind");
    project.build(&[]).exits(0);
    let words = |paper: &str| {
        let pages = pages_of_pdf(&project.bytes(&format!("out/2020-21-q2/{paper}.pdf")));
        pages.map(|pages| pages.concat())
    };
    if let (Some(without), Some(with)) = (words("Item 5 (a), note"), words("note-for-the-committee")) {
        assert!(!without.contains("Page 1"), "{without}");
        assert!(with.contains("Page 1 of"), "{with}");
        // The label of a list is no bullet with a text behind it.
        assert!(run_together(&without).contains("(i)thefirst(a)apartofit(b)another"), "{without}");
    }
}

/// A restricted appendix is a file of its own, with its marking and its reason, and a PDF comes along byte by byte.
#[test]
fn an_appendix_of_its_own_leaves_nothing_in_the_paper() {
    let project = Project::of_case("own-appendices");
    // Only the appendix says this.
    let secret = "zymurgy";
    project.put("report-templates/board-paper/findings.md.j2", format!("The word is {secret}.\n"));
    project.edit("data/2020-21-q2/narrative.yaml", "  - {id: A, title: All findings, section: findings}\n", "");
    let run = project.build(&[]).exits(0);
    assert!(matches!(run.problems().as_slice(), [one] if one.contains("no paper of this quarter prints `findings`")));
    let out = |name: &str| project.bytes(&format!("out/2020-21-q2/{name}"));
    assert_eq!(out("Item 5-C.pdf"), project.bytes("data/2020-21-q2/letter.pdf"));
    for (name, has_it) in [("Item 5", false), ("Item 5-B", true)] {
        let markdown = String::from_utf8(out(&format!("{name}.md"))).expect("UTF-8");
        assert_eq!(markdown.contains(secret), has_it, "{markdown}");
        if let Some(pages) = pages_of_pdf(&out(&format!("{name}.pdf"))) {
            assert_eq!(pages.concat().contains(secret), has_it, "{name}");
            assert_eq!(pages.concat().contains("OFFICIAL-SENSITIVE\n"), has_it, "{name}: the marking of each page");
        }
    }
    let manifest = project.json("out/manifest.json");
    for name in ["Item 5.md", "Item 5.pdf", "Item 5-B.md", "Item 5-B.pdf", "Item 5-C.pdf"] {
        assert!(manifest["outputs"].get(format!("2020-21-q2/{name}")).is_some(), "{name}");
    }
    // Nothing changed, so nothing is made again, and nothing is stale.
    project.run(&["build", "--check"]).exits(0);
    let again = project.build(&[]).exits(0);
    assert!(again.stderr.contains("as before") || again.last_line().contains("unchanged"), "{}", again.stderr);
    // A PDF that is an appendix is known like any other.
    let verified = project.run(&["verify", "out/2020-21-q2/Item 5-B.pdf"]).exits(0);
    assert!(verified.stdout.contains("is the paper 2020-21-q2/board-paper-B"), "{}", verified.stdout);
    // It goes when it is asked for no more.
    let narrative = project.read("data/2020-21-q2/narrative.yaml");
    let (before, _) = narrative.split_once("appendices:").expect("there are some");
    project.put("data/2020-21-q2/narrative.yaml", before);
    project.build(&[]).exits(0);
    assert!(!project.exists("out/2020-21-q2/Item 5-B.pdf") && !project.exists("out/2020-21-q2/Item 5-C.pdf"));
}

#[test]
fn the_paper_names_its_appendices_and_they_name_the_paper() {
    let project = Project::of_case("own-appendices");
    project.build(&[]).exits(0);
    for name in ["Item 5", "Item 5-B"] {
        let markdown = project.read(&format!("out/2020-21-q2/{name}.md"));
        assert_snapshot(&case("own-appendices").join(format!("expected/{name}.md")), &markdown);
    }
    // What is wrong in the data is told once, though two papers are filled with it.
    project.edit("data/2020-21-q2/narrative.yaml", "(=3.1.percent)", "(=3.9.percent)");
    let run = project.build(&[]).exits(1);
    assert_eq!(run.problems().len(), 1, "{:?}", run.problems());
}

#[test]
fn only_a_file_of_its_own_has_a_marking_of_its_own() {
    let project = Project::of_case("own-appendices");
    project.edit("data/2020-21-q2/narrative.yaml", "    own_file: true\n", "");
    let run = project.build(&[]).exits(1);
    assert!(run.problems().iter().all(|one| one.contains("of its own is a file of its own")), "{:?}", run.problems());
    assert_eq!(run.problems().len(), 2);
}

/// It is counted as no paper, and known for what it is.
#[test]
fn what_comes_along_is_no_paper_that_was_made() {
    let project = Project::of_case("own-appendices");
    let first = project.run(&["build"]).exits(0);
    let again = project.run(&["build"]).exits(0);
    let papers = |line: &str| line.split(" in `out`").next().map(str::to_owned);
    assert_eq!(papers(&first.last_line()), papers(&again.last_line()));
    let files = project.files("out");
    let attached =
        |path: &&String| path.ends_with(".pdf") && project.files("data").values().any(|bytes| *bytes == files[*path]);
    let attached = files.keys().find(attached).expect("a PDF that comes along");
    let run = project.run(&["verify", &format!("out/{attached}")]).exits(0);
    assert!(run.stdout.contains("it came along with a paper, and is the file `data/"), "{}", run.stdout);
}

#[test]
fn a_papers_own_text_is_that_papers_alone() {
    let project = Project::of_case("own-kind");
    project.build(&[]).exits(0);
    let before = project.files("out");
    project.edit("data/2020-21-q2/committee.yaml", "in other words", "in quite other words");
    project.build(&[]).exits(0);
    let after = project.files("out");
    let changed: Vec<&str> =
        after.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)).map(|(path, _)| path.as_str()).collect();
    let paper = "2020-21-q2/note-for-the-committee";
    assert_eq!(changed, [&format!("{paper}.md"), &format!("{paper}.pdf"), "manifest.json"]);
    // What is wrong in it stops that paper, and no other.
    project.edit("data/2020-21-q2/committee.yaml", "It asked.", "It asked (=nothing.at-all).");
    let run = project.build(&[]).exits(1);
    assert_eq!(run.problems().len(), 1, "{:?}", run.problems());
    project.put("data/2020-21-q2/committee.yaml", "contxt: None\n");
    let run = project.run(&["build"]).exits(1);
    assert!(run.stderr.contains("not made: 2020-21-q2/note-for-the-committee"), "{}", run.stderr);
    assert!(run.last_line().starts_with("made 1 of 2 papers"), "{}", run.stderr);
}

#[test]
fn a_draft_marks_a_section_that_is_still_to_be_written() {
    let project = Project::of_case("own-kind");
    let narrative = "data/2020-21-q2/narrative.yaml";
    project.edit(
        narrative,
        "    title: Between the two\n    after: pilot\n    text: |\n      Text.\n",
        "    title: Between the two\n",
    );
    let run = project.build(&["2020-21-q2/note"]).exits(1);
    assert!(run.problems()[0].contains("the section \"Between the two\" has no text"), "{:?}", run.problems());
    project.build(&["2020-21-q2/note", "--draft"]).exits(0);
    let markdown = project.read("out/2020-21-q2/Item 5 (a), note.md");
    let (_, section) = markdown.split_once("Between the two\n").expect("the section");
    assert!(section.starts_with("\n**Still to be written.**"), "{section}");
}
