//! The recipes of `report-templates/README.md`, carried out to the letter: its own steps, its own files, and what it says
//! that comes of them.

use std::fs;

use crate::project::{Project, repository};
use crate::words::pages_of_pdf;

/// A paragraph of a recipe, and the fence below it where there is one.
struct Step {
    words: String,
    fence: Option<String>,
}

impl Step {
    /// What stands between backticks, in its order.
    fn code(&self) -> Vec<&str> {
        self.words.split('`').skip(1).step_by(2).collect()
    }

    fn says(&self, words: &str) -> bool {
        self.words.contains(words)
    }

    #[track_caller]
    fn fence(&self) -> &str {
        self.fence.as_deref().unwrap_or_else(|| panic!("nothing in a fence below {:?}", self.words))
    }
}

/// Reads a recipe: the paragraphs below its heading.
fn steps(recipe: &str) -> Vec<Step> {
    let readme = fs::read_to_string(repository().join("report-templates/README.md")).expect("the README");
    let (_, text) = readme.split_once(&format!("\n## Recipe: {recipe}\n")).unwrap_or_else(|| panic!("no {recipe}"));
    let text = text.split("\n## ").next().unwrap_or_default();
    let mut steps: Vec<Step> = Vec::new();
    let mut fence: Option<(usize, String)> = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        match &mut fence {
            Some(_) if line.trim() == "```" => {
                steps.last_mut().expect("words above a fence").fence = fence.take().map(|(_, text)| text);
            }
            Some((indent, text)) => text.push_str(&format!("{}\n", line.get(*indent..).unwrap_or_default())),
            None if line.trim_start().starts_with("```") => fence = Some((indent, String::new())),
            None if !line.trim().is_empty() => steps.push(Step { words: line.trim().to_owned(), fence: None }),
            None => {}
        }
    }
    steps
}

/// Does what each step says, in its order; a sentence that this cannot do stops the test.
fn follow(project: &Project, recipe: &str) {
    let mut copy = String::new();
    let numbered = |step: &Step| step.words.starts_with(|c: char| c.is_ascii_digit());
    let steps = steps(recipe);
    assert!(steps.iter().filter(|step| numbered(step)).count() >= 3, "{recipe}: are there steps?");
    for step in &steps {
        let code = step.code();
        match step {
            step if !numbered(step) => assert!(step.fence.is_none(), "a fence that belongs to no step: {}", step.words),
            step if step.says("Write at the end of") => {
                project.put(code[0], format!("{}\n{}", project.read(code[0]), step.fence()));
            }
            step if step.says("Copy ") => {
                let own = fs::read(repository().join("report-templates").join(code[0])).expect("a file of the program");
                copy = code[1].to_owned();
                project.put(&copy, own);
            }
            step if step.says("write one line above") => {
                let line = format!("  - {{id: {},", code[0]);
                project.edit(&copy, &line, &format!("{}{line}", step.fence()));
            }
            step if step.says("the first three") => {
                let whole = project.read(&copy);
                let lines: Vec<&str> = whole.lines().filter(|line| !line.starts_with('#')).collect();
                let kept: Vec<&str> = step.fence().lines().collect();
                assert_eq!(kept, lines[..kept.len()], "{copy}");
                project.put(&copy, step.fence());
            }
            step if step.says("write below") => {
                let line = format!("\n{}\n", code[1]);
                project.edit(code[0], &line, &format!("{line}{}", step.fence()));
            }
            step if step.says("Make a mistake") => {
                project.edit(code[0], code[2], code[1]);
                let run = project.run(&code[3].split(' ').skip(1).collect::<Vec<_>>()).exits(1);
                assert!(run.stderr.contains(step.fence()), "{}\nis not in\n{}", step.fence(), run.stderr);
            }
            step if step.says("Put the logo") => {
                project.put(code[1], fs::read(repository().join("data/logo.svg")).expect("a logo"));
            }
            step if step.says(". Write ") => _ = project.put(code[0], step.fence()),
            step if step.says("Run ") => {
                let run = project.run(&code[0].split(' ').skip(1).collect::<Vec<_>>()).exits(0);
                assert!(!run.stderr.contains("error"), "{}", run.stderr);
                if step.says("has one page") {
                    let Some(pages) = pages_of_pdf(&project.bytes(code[1])) else { continue };
                    assert_eq!(pages.len(), 1, "{}", code[1]);
                } else if let Some(expected) = &step.fence {
                    let markdown = project.read(code[1]);
                    let is_whole = step.says(" reads");
                    let is_there = if is_whole { markdown == *expected } else { markdown.contains(expected.as_str()) };
                    assert!(is_there, "{}\n{expected}\nis not\n{markdown}", code[1]);
                }
            }
            step => panic!("{recipe}: what is to be done? {}", step.words),
        }
    }
}

fn started() -> Project {
    let project = Project::empty();
    project.run(&["init", "."]).exits(0);
    project
}

#[test]
fn add_a_section() {
    follow(&started(), "add a section");
}

#[test]
fn change_the_colours_and_the_logo() {
    let project = started();
    project.run(&["build"]).exits(0);
    let chart = "out/2024-25-q1/charts/board-paper-standards.svg";
    assert!(!project.read(chart).contains("#0b5d4b"));
    follow(&project, "change the colours and the logo");
    // Dark enough to be taken as it is.
    assert!(project.read(chart).contains("#0b5d4b"), "the chart's dots are not green");
    project.run(&["eject", "2024-25-q1", "ejected"]).exits(0);
    let content = project.json("ejected/content.json");
    assert_eq!(content["logo"], serde_json::json!({"file": "look/logo.svg", "alt": "Ourtown Council"}));
}

#[test]
fn a_new_kind_of_paper() {
    let project = started();
    follow(&project, "a new kind of paper");
    assert!(project.bytes("out/2024-25-q1/briefing.pdf").starts_with(b"%PDF-"));
    assert!(project.exists("out/2024-25-q1/board-paper.pdf"), "the first paper is made as before");
}

#[test]
fn what_diff_makes() {
    follow(&Project::of_example(), "what `diff` makes");
}
