//! What no paper prints: that nothing of it is found by mistake, and that nothing of the private list leaks elsewhere.

use crate::project::{Project, repository};
use crate::words::pages_of_pdf;

const LIST: &str = "data/privacy.txt";

/// The example with a private list, and its papers.
fn built() -> Project {
    let project = Project::of_example();
    project.edit("data/service.yaml", "privacy: {threshold: 5}", "privacy: {threshold: 5, never_print: privacy.txt}");
    project.put(LIST, "Rowan Ashby\nRA\n4417203\n");
    project.build(&["--deny", "warnings"]).exits(0);
    project
}

/// Whether a build read more than hashes.
fn reads(project: &Project) -> bool {
    project.run(&["build", "-v"]).stderr.lines().any(|line| line.starts_with("time: load"))
}

#[test]
fn another_private_list_is_noticed_and_leaves_no_trace_in_the_manifest() {
    let project = built();
    let manifest = project.read("out/manifest.json");
    assert!(!reads(&project));
    project.put(LIST, "Rowan Ashby\n");
    assert!(reads(&project));
    assert!(!reads(&project));
    assert_eq!(project.read("out/manifest.json"), manifest);
    // What a part of the papers was held against is not what all were.
    project.put(LIST, "Rowan Ashby\nQuay Street\n");
    project.build(&["2020-21-q2"]).exits(0);
    assert!(reads(&project));
    // A fresh copy of the project has what is in git, and not the list.
    std::fs::remove_file(project.path(LIST)).expect("removed");
    std::fs::remove_dir_all(project.path("out/.private")).expect("removed");
    for _ in 0..2 {
        let run = project.build(&[]).exits(0);
        assert!(run.stderr.contains("warning[no-private-list]"), "{}", run.stderr);
        assert_eq!(project.read("out/manifest.json"), manifest);
    }
    project.run(&["build", "--check"]).exits(0);
    project.build(&["--deny", "warnings"]).exits(1);
    project.build(&["--deny", "warnings", "--allow", "no-private-list"]).exits(0);
    assert!(!project.exists("out/.private/list.sha256"));
}

#[test]
fn git_is_told_to_leave_the_hash_of_the_list_alone() {
    let project = built();
    assert_eq!(project.read("out/.private/.gitignore"), "*\n");
    let hash = project.read("out/.private/list.sha256");
    assert!(hash.ends_with("  data/privacy.txt\n"), "{hash}");
    let (hash, _) = hash.split_once(' ').expect("a hash and a name");
    for (path, bytes) in project.files("out") {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(hash) && !text.contains("Ashby") && !text.contains("privacy.txt"), "{path}");
    }
    // A service that keeps no list any more keeps no hash of one.
    project.edit("data/service.yaml", ", never_print: privacy.txt", "");
    project.build(&[]).exits(0);
    assert!(!project.exists("out/.private/list.sha256"));
}

#[test]
fn a_name_is_found_where_it_stands_and_said_nowhere_else() {
    let project = built();
    let narrative = "data/2020-21-q2/narrative.yaml";
    project.edit(narrative, "\ncontext: |\n", "\ncontext: |\n  Rowan Ashby was seen.\n\n");
    let before = project.bytes("out/2020-21-q2/board-paper.pdf");
    for format in ["json", "github", "gitlab", "markdown"] {
        let run = project.run(&["build", "--message-format", format]).exits(1);
        assert!(run.stdout.contains("private-word"), "{}", run.stdout);
        assert!(!run.stdout.contains("Ashby"), "{format}: {}", run.stdout);
    }
    assert_eq!(project.bytes("out/2020-21-q2/board-paper.pdf"), before, "the older paper is left alone");
    assert!(!project.exists("out/.private/list.sha256"));
    project.run(&["diff", "2019-20-q3", "2020-21-q2", "-f", "md"]).exits(65);
}

/// Every case of the example has a number for its code, as small as the counts that papers are full of, and every auditor
/// and practitioner a letter.
#[test]
fn counts_are_no_codes() {
    let project = Project::of_example();
    for quarter in ["2019-20-q3", "2019-20-q4", "2020-21-q2"] {
        let path = format!("data/{quarter}/answers.csv");
        let mut text = project.read(&path);
        let mut codes: Vec<String> = Vec::new();
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned) {
            let is_case = word.len() == 5 && word.starts_with('K') && word[1..].bytes().all(|b| b.is_ascii_digit());
            if is_case && !codes.contains(&word) {
                codes.push(word);
            }
        }
        assert!(codes.len() >= 5, "{path}: {codes:?}");
        for (n, code) in codes.iter().enumerate() {
            text = text.replace(code, &(n + 1).to_string());
        }
        for (from, to) in [("AU", "ABCDEFGHIJ"), ("PW0", "KLMNOPQRST")] {
            for (n, letter) in to.chars().enumerate() {
                text = text.replace(&format!("{from}{n}"), &letter.to_string());
            }
        }
        project.put(&path, text);
    }
    let run = project.build(&["-f", "md"]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
    // And yet they are codes.
    project.edit("data/2020-21-q2/narrative.yaml", "\ncontext: |\n", "\ncontext: |\n  See cases: 3 and 5.\n\n");
    let run = project.check().exits(1);
    assert_eq!(run.problems().len(), 2, "{}", run.stderr);
}

#[test]
fn a_number_behind_the_welsh_word_is_a_code() {
    let project = Project::of_case("cymraeg");
    for quarter in ["2019-20-q3", "2020-21-q2"] {
        let path = format!("data/{quarter}/audit.yaml");
        let text = project.read(&path).replace("case: A", "case: ");
        project.put(&path, text);
    }
    project.check().exits(0);
    project.edit(
        "data/2020-21-q2/narrative.yaml",
        "\ncontext: |\n",
        "\ncontext: |\n  Yn achosion 2 a 3 roedd oedi.\n\n",
    );
    let run = project.check().exits(1);
    assert_eq!(run.problems().iter().filter(|line| line.contains("[private-word]")).count(), 2, "{}", run.stderr);
}

/// The committed papers for boards hold no code of the committed audits, looked for without the rule's help.
#[test]
fn the_example_prints_no_code() {
    let project = Project::of_example();
    project.build(&["2020-21-q2"]).exits(0);
    let answers = std::fs::read_to_string(repository().join("data/2020-21-q2/answers.csv")).expect("ours");
    let codes: Vec<&str> = answers.lines().take(3).flat_map(|line| line.split(',').skip(1)).collect();
    assert!(codes.contains(&"K6102") && codes.contains(&"AU2") && codes.contains(&"PW04"), "{codes:?}");
    let mut texts =
        vec![project.read("out/2020-21-q2/board-paper.md"), project.read("out/2020-21-q2/scrutiny-paper.md")];
    texts.extend(pages_of_pdf(&project.bytes("out/2020-21-q2/board-paper.pdf")).into_iter().flatten());
    for text in texts {
        assert!(!codes.iter().any(|code| text.contains(code)), "{text}");
    }
}

/// A name of the private list is found however its words are parted, accented and capitalised.
#[test]
fn a_private_name_is_found_in_every_way_of_writing_it() {
    let project = Project::of_case("plain");
    let service = project.read("data/service.yaml");
    project.put("data/service.yaml", format!("{service}privacy: {{never_print: privacy.txt}}\n"));
    project
        .put(LIST, "Rowan Ashby\nJosé\nStrauß\nŁukasz Nowak\nBjorn\nGriffin Doyle\nO'Neill\nDr. Smith\nMrs Jones\nA. B.\nMay Day\nWill Long\nAnn-Marie\n");
    let narrative = "data/2019-20-q3/narrative.yaml";
    let sound = project.read(narrative);
    for name in [
        "Rowan-Ashby",
        "Rowan–Ashby",
        "rowan_ashby",
        "Rowan, Ashby",
        "Rowan/Ashby",
        "rowan.ashby",
        "[the worker](mailto:rowan.ashby@service.example)",
        "[a page](https://service.example/?q=Rowan+Ashby)",
        "[a page](https://service.example/%52owan%20Ashby)",
        "Jose\u{301}",
        "JOSÉ",
        "Jo\u{34f}s\u{200e}é",
        "STRAUSS",
        "Ｓtrauß",
        "Lukasz Nowak",
        "Bjørn",
        "Gri\u{fb03}n Doyle",
        "Row\u{2061}an Ashby",
        "Rowan\u{2064} Ashby",
        "Rowan Ashby²",
        "Rowan³ Ashby",
        "O`Neill",
        "O´Neill",
        "O’Neill",
        "Dr. Smith",
        "Dr Smith",
        "Mrs. Jones",
        "A. B.",
        "May Day",
        "Ann Marie",
    ] {
        project.put(narrative, sound.replace("Two managers", &format!("{name}: two managers")));
        let run = project.run(&["check", "2019-20-q3"]).exits(1);
        assert!(run.problems().iter().any(|problem| problem.contains("[private-word]")), "{name}: {}", run.stderr);
    }
    for sentence in [
        "They asked Rowan. Ashby is a place",
        "In May, day by day",
        "In May – day 3",
        "They will (long term) do it",
        "Ann: Marie said so",
    ] {
        project.put(narrative, sound.replace("Two managers", &format!("{sentence}. Two managers")));
        project.run(&["check", "2019-20-q3"]).exits(0);
    }
    project.put(narrative, sound.replace("  Two managers", "  ```Rowan-Ashby\n  x\n  ```\n\n  Two managers"));
    project.run(&["check", "2019-20-q3"]).exits(1);
    // What is told of a text that no paper prints does not name it, since a manifest keeps it.
    project.put(narrative, sound.replace("Two managers", "[Two](https://service.example \"Rowan Ashby\") managers"));
    project.build(&["2019-20-q3"]).exits(0);
    assert!(!project.read("out/manifest.json").contains("Ashby"));
}

/// A code may look like a quarter; a name has no place in a folder that goes with the papers.
#[test]
fn the_name_of_a_quarter_s_folder_is_no_code_and_may_hold_no_name() {
    let project = Project::of_case("plain");
    let service = project.read("data/service.yaml");
    project.put("data/service.yaml", format!("{service}privacy: {{never_print: privacy.txt}}\n"));
    project.put(LIST, "Rowan Ashby\n");
    let audit = project.read("data/2019-20-q3/audit.yaml");
    project.put("data/2019-20-q3/audit.yaml", audit.replace("auditor: A1", "auditor: Q3"));
    project.check().exits(0);
    std::fs::rename(project.path("data/2019-20-q3"), project.path("data/2019-20-q3-rowan-ashby")).expect("renamed");
    let run = project.check().exits(1);
    assert!(run.stderr.contains("[private-word]: this is on the private list"), "{}", run.stderr);
}
