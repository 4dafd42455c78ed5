//! A table of 120 rows keeps all 120, wherever it comes from: a table in a figure once lost 80 of them at a page's end,
//! and every check of tags passed.

use std::fmt::Write;

use serde_json::Value;

use crate::project::Project;
use crate::words::pages_of_pdf;

const NARRATIVE: &str = "data/2019-20-q3/narrative.yaml";
const CONTEXT: &str = "  Out-of-court disposals deal with an offence without going to court.\n";

/// A word that stands in row `n` and nowhere else.
fn word(n: usize) -> String {
    format!("row{n:03}x")
}

/// Demands that each row is once in `content.json`, in the Markdown and on the pages of the PDF, in order, and that
/// each page with rows has the table's head.
fn keeps_all_rows(project: &Project, head: &str) {
    project.build(&["2019-20-q3"]).exits(0);
    project.run(&["eject", "2019-20-q3/board-paper", "ejected"]).exits(0);
    let content = project.json("ejected/content.json");
    let table = tables(&content).into_iter().find(|table| table["rows"].as_array().map(Vec::len) == Some(120));
    let rows = table.expect("a table of 120 rows in content.json")["rows"].as_array().expect("rows");
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row.to_string().matches(&word(n)).count(), 1, "row {n} in content.json: {row}");
    }
    let markdown = project.read("out/2019-20-q3/board-paper.md");
    let rows = markdown.lines().map(|line| line.trim_start_matches(['>', ' ']));
    let rows: Vec<&str> = rows.filter(|line| line.starts_with('|') && line.contains("row")).collect();
    let in_order = rows.len() == 120 && rows.iter().enumerate().all(|(n, row)| row.matches(&word(n)).count() == 1);
    assert!(in_order, "{rows:#?}");

    let Some(pages) = pages_of_pdf(&project.bytes("out/2019-20-q3/board-paper.pdf")) else { return };
    let text = pages.concat();
    let places: Vec<Option<usize>> = (0..120).map(|n| text.find(&word(n))).collect();
    let missing: Vec<usize> = (0..120).filter(|&n| places[n].is_none()).collect();
    assert!(missing.is_empty(), "these rows are not in the PDF: {missing:?}");
    assert!(places.is_sorted(), "the rows of the PDF are out of order");
    let with_rows: Vec<&String> = pages.iter().filter(|page| (0..120).any(|n| page.contains(&word(n)))).collect();
    assert!(with_rows.len() > 2, "on {} pages", with_rows.len());
    let without_head = with_rows.iter().filter(|page| !page.contains(head)).count();
    assert_eq!(without_head, 0, "pages without the table's head, of {}", with_rows.len());
}

/// Every table of a tree, those inside others too.
fn tables(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().flat_map(tables).collect(),
        Value::Object(fields) => {
            let own = fields.contains_key("rows") && fields.contains_key("head");
            own.then_some(value).into_iter().chain(fields.values().flat_map(tables)).collect()
        }
        _ => Vec::new(),
    }
}

/// The rows of a table as Markdown, each line behind an indent.
fn markdown_table(indent: &str) -> String {
    let mut table = format!("{indent}| Measure | Head of the value |\n{indent}|:--|--:|\n");
    for n in 0..120 {
        writeln!(table, "{indent}| A measure {} | {n} |", word(n)).expect("a string takes all text");
    }
    table
}

#[test]
fn in_narrative() {
    let project = Project::of_case("plain");
    project.edit(NARRATIVE, CONTEXT, &format!("{CONTEXT}\n{}", markdown_table("  ")));
    keeps_all_rows(&project, "Head of the value");
}

#[test]
fn in_a_list_item() {
    let project = Project::of_case("plain");
    project.edit(NARRATIVE, CONTEXT, &format!("{CONTEXT}\n  - An item\n\n{}", markdown_table("    ")));
    keeps_all_rows(&project, "Head of the value");
}

#[test]
fn in_a_quote() {
    let project = Project::of_case("plain");
    project.edit(NARRATIVE, CONTEXT, &format!("{CONTEXT}\n{}", markdown_table("  > ")));
    keeps_all_rows(&project, "Head of the value");
}

#[test]
fn of_the_next_steps() {
    let project = Project::of_case("plain");
    let (mut register, mut steps) = (String::new(), Vec::new());
    for n in 0..120 {
        writeln!(
            register,
            "- id: A-{n}\n  opened: 2020-01-13\n  what: [Do what {} says]\n  owners: [Team manager]\n  due: 2020-03-31\n  measure: It was done",
            word(n)
        )
        .expect("a string takes all text");
        steps.push(format!("A-{n}"));
    }
    project.put("data/actions.yaml", register);
    project.edit(NARRATIVE, "next_steps: [A-2020-001]", &format!("next_steps: [{}]", steps.join(", ")));
    keeps_all_rows(&project, "By when");
}

#[test]
fn of_the_findings() {
    let project = Project::of_case("plain");
    let mut findings = String::from("findings:\n");
    for n in 0..120 {
        let text = format!("Families of {} were not always heard.", word(n));
        writeln!(
            findings,
            "  - id: F-{n}\n    standard: \"3.1\"\n    kind: improvement\n    text: |\n      {text}\n    prompts: [3.1.1.b]"
        )
        .expect("a string takes all text");
    }
    project.put("data/actions.yaml", "[]\n");
    project.edit(NARRATIVE, "next_steps: [A-2020-001]\n", "");
    let narrative = project.read(NARRATIVE);
    let (before, behind) = narrative.split_once("findings:\n").expect("findings");
    let (_, behind) = behind.split_once("learning:").expect("learning");
    let appendix = "appendices:\n  - {id: Di, title: Key findings, section: findings}\n";
    project.put(NARRATIVE, format!("{before}{findings}learning:{behind}{appendix}"));
    keeps_all_rows(&project, "Seen in");
}
