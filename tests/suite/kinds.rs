//! Kinds of paper: what all of them share, those that come with the program, and one that a user makes.

use crate::project::{Project, assert_snapshot, case};
use crate::words::{pages_of_pdf, run_together};

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
