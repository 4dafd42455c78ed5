//! Feedback to practitioners: one document each, with everything on the own cases and nothing of anybody else's.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use boardpaper::diagnostic::Severity;
use boardpaper::pipeline::{self, Effect, Formats, Request};
use proptest::prelude::*;

use crate::example;
use crate::project::{Project, Run, assert_snapshot, case, repository};
use crate::words::{bookmarks_of_pdf, of_markdown, of_pdf, run_together};

const QUARTER: &str = "2020-21-q2";
const AUDIT: &str = "data/2020-21-q2/audit.yaml";
const NARRATIVE: &str = "data/2020-21-q2/narrative.yaml";

/// The case, with its papers.
fn built() -> Project {
    let project = Project::of_case("practitioner-feedback");
    let run = project.build(&[]).exits(0);
    assert_eq!(run.problems(), [""; 0]);
    project
}

/// The Markdown of each document of a quarter, by its path below `out` without the ending.
fn documents(project: &Project, quarter: &str) -> BTreeMap<String, String> {
    let files = project.files("out").into_iter();
    let folder = format!("{quarter}/practitioner-feedback/");
    let markdown = files.filter_map(|(path, bytes)| {
        let name = path.strip_suffix(".md").filter(|name| name.starts_with(&folder))?.to_owned();
        Some((name, String::from_utf8(bytes).expect("UTF-8")))
    });
    markdown.collect()
}

/// The name of the document that is a practitioner's.
fn of(project: &Project, practitioner: &str) -> String {
    let line = format!("**To:** Practitioner {practitioner}\\");
    let all = documents(project, QUARTER);
    let own: Vec<&String> = all.iter().filter(|(_, text)| text.contains(&line)).map(|(name, _)| name).collect();
    assert_eq!(own.len(), 1, "{practitioner}: {own:?}");
    own[0].clone()
}

#[test]
fn each_practitioner_gets_the_own_cases() {
    let project = built();
    let all = documents(&project, QUARTER);
    assert_eq!(all.len(), 3);
    for practitioner in ["PW04", "PW06", "PW08"] {
        let text = &all[&of(&project, practitioner)];
        assert_snapshot(&case("practitioner-feedback").join(format!("expected/{practitioner}.md")), text);
    }
    // What is typed in a comment is text, in the PDF too.
    let pdf = project.bytes(&format!("out/{}.pdf", of(&project, "PW04")));
    if let Some(text) = of_pdf(&pdf, &["OFFICIAL-SENSITIVE"]) {
        let typed = "*Nearly* #there: `what if` is asked, and [not](http://example.org) answered | see (=3.1.percent)";
        assert!(run_together(&text).contains(&run_together(typed)), "{text}");
    }
}

/// Counted once more from the table: every answer and every comment of the example is in its owner's document.
#[test]
fn nothing_of_the_own_cases_is_missing() {
    let path = repository().join("data/2019-20-q3/answers.csv");
    let mut table = csv::Reader::from_path(path).expect("a table");
    let rows: Vec<[String; 6]> = table
        .records()
        .map(|row| {
            let row = row.expect("a row");
            std::array::from_fn(|n| row[n].to_owned())
        })
        .collect();
    let framework = std::fs::read_to_string(repository().join("data/frameworks/hmip-2018.yaml")).expect("ours");
    let asked = |prompt: &str| {
        let (_, rest) = framework.split_once(&format!("{{id: {prompt}, text: \"")).expect("a prompt");
        rest.split_once('"').expect("in quotes").0.to_owned()
    };
    let names: BTreeSet<&str> = rows.iter().map(|row| row[4].as_str()).collect();
    assert_eq!(names.len(), 4);
    let (mut comments, mut answers) = (0, 0);
    for name in names {
        let own = example::out().keys().filter(|path| path.contains("practitioner-feedback") && path.ends_with(".md"));
        let own = own.map(|path| example::text(path)).find(|text| text.contains(&format!("Practitioner {name}\\")));
        let text = of_markdown(&own.unwrap_or_else(|| panic!("a document for {name}")));
        let (strengths, rest) = text.split_once("Areas to develop\n").expect("strengths come first");
        let (to_develop, _) = rest.split_once("What happens next\n").expect("and what happens next comes last");
        let [strengths, to_develop] = [strengths, to_develop].map(run_together);
        for [case, prompt, answer, _, whose, comment] in &rows {
            let answer = answer.to_lowercase().replace(['.', '/'], "");
            let is_other = whose != name;
            let part = match answer.as_bytes() {
                [b'y', ..] => &strengths,
                b"na" => continue,
                _ => &to_develop,
            };
            let is_there = |wanted: &str| part.contains(&run_together(wanted));
            if is_other {
                assert!(!text.contains(case.as_str()) && !text.contains(whose.as_str()), "{name}: {case} {whose}");
                assert!(
                    comment.is_empty() || !run_together(&text).contains(&run_together(comment)),
                    "{name}: {comment}"
                );
                continue;
            }
            answers += 1;
            assert!(is_there(&asked(prompt)), "{name}: {prompt}");
            if !comment.is_empty() {
                comments += 1;
                assert!(is_there(comment), "{name}: {comment}");
            }
        }
    }
    assert!(comments > 30 && answers > 200, "{comments} comments and {answers} answers only");
}

/// What was written for others stands in no practitioner's document.
#[test]
fn the_words_of_the_quarter_are_for_its_other_readers() {
    let project = built();
    for text in documents(&project, QUARTER).into_values() {
        for word in
            ["Nobody reads this", "For the board", "Four cases", "Plans stop", "AU1", "AU2", "Partnership Board"]
        {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
    // What its own file says does.
    project.put(
        "data/2020-21-q2/feedback.yaml",
        "summary: |\n  Thank you.\nconclusion: |\n  Your manager will call.\nsections: [{id: more, title: More, text: Read this.}]\n",
    );
    project.edit(NARRATIVE, "authors: Quality assurance manager", "authors: QA manager, text: feedback.yaml");
    project.build(&[]).exits(0);
    for text in documents(&project, QUARTER).into_values() {
        for words in ["\nThank you.\n", "## What happens next\n\nYour manager will call.\n", "## More\n\nRead this.\n"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains("For the board"));
    }
}

#[test]
fn what_one_reads_in_anothers_document_is_an_error_that_stops_that_document_alone() {
    let project = built();
    let before = documents(&project, QUARTER);
    for (words, told) in [
        ("as PW06 does", "the code of another practitioner, `PW06`"),
        ("as in k6102.", "the code of another's case, `k6102`"),
        ("AU2 will say more", "the code of an auditor, `AU2`"),
    ] {
        project.put_case("practitioner-feedback");
        project.edit(AUDIT, "The best that we read", words);
        let run = project.run(&["build", "--message-format", "short"]).exits(1);
        assert_eq!(run.problems().len(), 1, "{:?}", run.problems());
        assert!(run.problems()[0].starts_with(AUDIT) && run.problems()[0].contains(told), "{:?}", run.problems());
        assert!(run.last_line().starts_with("made 2 of 3 papers"), "{}", run.stderr);
        assert_eq!(documents(&project, QUARTER), before, "the older document is left alone");
    }
    // The own codes are not withheld, nor is what only looks like another's.
    project.put_case("practitioner-feedback");
    project.edit(AUDIT, "The best that we read", "Like K6103, PW04, and PW060");
    assert_eq!(project.build(&[]).exits(0).problems(), [""; 0]);
    // A text that all of them read is wrong in each, and told once.
    project.put("data/2020-21-q2/feedback.yaml", "summary: |\n  Ask PW99 or AU1.\n");
    project.edit(NARRATIVE, "authors: Quality assurance manager", "authors: QA manager, text: feedback.yaml");
    assert_eq!(project.build(&[]).exits(1).problems().len(), 1);
}

#[test]
fn only_what_has_changed_is_made_again_and_what_is_nobodys_any_more_goes() {
    let project = built();
    let changed = |before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>| -> BTreeSet<String> {
        let all = before.keys().chain(after.keys());
        let is_new = |path: &&String| before.get(*path) != after.get(*path) && path.contains("practitioner-feedback");
        all.filter(is_new).cloned().collect()
    };
    let files = |names: &[&str]| -> BTreeSet<String> {
        names.iter().flat_map(|name| [format!("{name}.md"), format!("{name}.pdf")]).collect()
    };
    let names = ["PW04", "PW06", "PW08"].map(|code| of(&project, code));
    let before = project.files("out");
    project.edit(AUDIT, "The best that we read", "The best of all");
    let run = project.run(&["build", "--check"]).exits(3);
    for ending in ["md", "pdf"] {
        assert!(run.stderr.contains(&format!("out/{}.{ending} is stale", names[0])), "{}", run.stderr);
    }
    assert!(!run.stderr.contains("The best") && !run.stderr.contains(&names[1]), "{}", run.stderr);
    project.build(&[]).exits(0);
    assert_eq!(changed(&before, &project.files("out")), files(&[&names[0]]));
    project.run(&["build", "--check"]).exits(0);
    // A copy from git does not have them, and what would be other than the manifest says is stale all the same.
    let copy = Project::empty();
    for (path, bytes) in project.files("data") {
        copy.put(&format!("data/{path}"), bytes);
    }
    for path in ["out/manifest.json", "out/2020-21-q2/results.json"] {
        copy.put(path, project.bytes(path));
    }
    copy.run(&["build", "--check"]).exits(0);
    copy.edit(AUDIT, "The best of all", "The best of both");
    let run = copy.run(&["build", "--check"]).exits(3);
    assert!(run.stderr.contains(&format!("out/{}.md is missing", names[0])), "{}", run.stderr);
    assert!(!run.stderr.contains(&names[1]), "{}", run.stderr);
    // One more, before all others: nobody's number is another's now.
    let before = project.files("out");
    let more = "cases:\n  - case: K6100\n    practitioner: PW01\n    answers: {3.1.1.a: Yes, 3.1.1.b: Yes, 3.2.1.a: Yes, 3.2.1.b: Yes}\n";
    project.edit(AUDIT, "cases:\n", more).edit(AUDIT, "selected: 4, completed: 4", "selected: 5, completed: 5");
    project.build(&[]).exits(0);
    assert_eq!(changed(&before, &project.files("out")), files(&[&of(&project, "PW01")]));
    // Gone again, and the others stay.
    let own = of(&project, "PW01");
    project.put_case("practitioner-feedback");
    project.build(&["2020-21-q2"]).exits(0);
    assert!(project.exists(&format!("out/{own}.md")), "a part of the papers removes nothing");
    project.build(&[]).exits(0);
    assert!(!project.exists(&format!("out/{own}.md")) && !project.exists(&format!("out/{own}.pdf")));
    assert_eq!(documents(&project, QUARTER).len(), 3);
    // What cannot be made leaves all of them alone, and they are said to be old.
    let before = documents(&project, QUARTER);
    let audit = project.read(AUDIT);
    let nobody: Vec<&str> = audit.lines().filter(|line| !line.contains("practitioner:")).collect();
    project.put(AUDIT, nobody.join("\n") + "\n");
    let run = project.run(&["build"]).exits(1);
    assert_eq!(documents(&project, QUARTER), before);
    assert!(run.stderr.contains(&format!("{}.md", names[0])) && run.stderr.contains("earlier run"), "{}", run.stderr);
    project.put_case("practitioner-feedback");
    project.build(&[]).exits(0);
    assert_eq!(documents(&project, QUARTER), before);
}

#[test]
fn every_command_knows_each_document() {
    let project = built();
    let (own, other) = (of(&project, "PW06"), of(&project, "PW08"));
    let run = project.run(&["verify", &format!("out/{own}.pdf")]).exits(0);
    assert!(run.stdout.contains(&format!("is the paper {own}\n")), "{}", run.stdout);
    let plan = project.run(&["plan", "-f", "json"]).exits(0).stdout;
    assert!(plan.contains("\"papers\": 3,") && plan.contains(&own) && plan.contains(&other), "{plan}");
    let matrix = project.run(&["plan", "-f", "github-matrix"]).exits(0).stdout;
    assert!(matrix.contains("\"weight\":4"), "{matrix}");
    project.run(&["eject", &own, "ejected"]).exits(0);
    assert!(project.read("ejected/content.json").contains("PW06"));
    let run = project.run(&["eject", "2020-21-q2/practitioner-feedback", "all"]).exits(2);
    assert!(run.stderr.contains("names 3 papers"), "{}", run.stderr);
    for (arguments, count) in [
        (vec!["build", &own, "-o", "one"], 1),
        (vec!["build", "2020-21-q2/practitioner-feedback", "-o", "two"], 3),
        (vec!["build", "--shard", "1/2", "-o", "three"], 3),
        (vec!["build", "-j", "1", "-f", "md", "-o", "four"], 3),
    ] {
        let run = project.run(&arguments).exits(0);
        assert!(run.last_line().starts_with(&format!("made {count} paper")), "{arguments:?}: {}", run.stderr);
        let folder = arguments[arguments.len() - 1];
        assert_eq!(project.bytes(&format!("{folder}/{own}.md")), project.bytes(&format!("out/{own}.md")));
    }
    // There is no board to tell what changed, and nothing of a practitioner's is told.
    project.put("data/2020-21-q3/narrative.yaml", project.read(NARRATIVE).replace("2020-10-05", "2021-01-04"));
    for format in ["text", "md", "json"] {
        let Run { stdout, stderr, .. } = project.run(&["diff", QUARTER, "2020-21-q3", "-f", format]);
        let told = stdout + &stderr;
        assert!(!["PW0", "K61", "The best that"].iter().any(|word| told.contains(word)), "{told}");
    }
}

/// Neither what practitioners read nor the words that they share are told of, whichever paper stands first.
#[test]
fn what_changed_between_two_quarters_is_nothing_of_a_practitioners() {
    let project = Project::of_example();
    let narrative = "data/2019-20-q3/narrative.yaml";
    let text = project.read(narrative);
    let (_, entry) = text.split_once("  - id: practitioner-feedback").expect("the example has feedback");
    let entry = format!("  - id: practitioner-feedback{}", entry.split_once("why: |").expect("why follows").0);
    project.put(narrative, text.replace(&entry, "").replacen("papers:\n", &format!("papers:\n{entry}"), 1));
    for arguments in [["-v", "-f", "text"], ["-q", "-f", "md"], ["-q", "-f", "json"]] {
        let told = project.run(&[&["diff", "2018-19-q4", "2019-20-q3"], arguments.as_slice()].concat()).exits(0).stdout;
        assert!(told.contains("Assessment"), "the test looks at something: {told}");
        for word in ["PW0", "K31", "AU2", "supervision", "opening your cases", "boxing", "January 13", "13 January"] {
            assert!(!told.contains(word), "{word}: {told}");
        }
    }
}

/// Where ratings go by key questions these are answered themselves, and stand among their prompts.
#[test]
fn a_key_question_is_a_question_like_its_prompts() {
    let project = Project::of_case("key-questions");
    let audit = project.read("data/2019-20-q3/audit.yaml").replace("{case: C2,", "{case: C2, practitioner: P1,");
    project.put("data/2019-20-q3/audit.yaml", audit);
    let papers = "papers: [{template: practitioner-feedback, title: Your feedback, meeting: 2020-01-13}]\n";
    project.put("data/2019-20-q3/narrative.yaml", papers);
    let run = project.build(&["2019-20-q3"]).exits(0);
    assert!(run.problems().len() == 1 && run.problems()[0].contains("4 cases do not say whose"), "{}", run.stderr);
    let text = documents(&project, "2019-20-q3").into_values().next().expect("one document");
    let (strengths, to_develop) = text.split_once("## Areas to develop").expect("two parts");
    let whole = "Was the work on this good enough as a whole?";
    assert!(strengths.contains(&format!("### Assessment\n\n#### Desistance\n\n- {whole}\n")), "{text}");
    assert!(to_develop.contains(&format!("### Assessment\n\n#### Safety of the child\n\n- {whole} (No)\n")), "{text}");
}

#[test]
fn a_file_says_whose_it_is_only_where_that_is_asked() {
    let project = built();
    let named = |project: &Project| {
        let files = project.files("out");
        let manifest = project.read("out/manifest.json");
        let codes = ["pw0", "k610"];
        let is_told = |text: &str| codes.iter().any(|code| text.to_lowercase().contains(code));
        (files.keys().any(|path| is_told(path)), is_told(&manifest))
    };
    assert_eq!(named(&project), (false, false));
    let run = project.run(&["build", "--force", "-v"]).exits(0);
    assert!(!run.stderr.contains("PW0"), "{}", run.stderr);
    project.edit(NARRATIVE, "authors: Quality", "codes_in_filenames: true, filename: Feedback (Q2), authors: Quality");
    project.build(&[]).exits(0);
    let markdown: Vec<String> = project.files("out").into_keys().filter(|path| path.ends_with(".md")).collect();
    assert_eq!(markdown, ["PW04", "PW06", "PW08"].map(|code| format!("2020-21-q2/Feedback (Q2)/{code}.md")));
    // What can be no file's name, and what is no paper for practitioners.
    project.edit(AUDIT, "practitioner: PW06", "practitioner: PW/06");
    let run = project.check().exits(1);
    assert!(run.problems()[0].contains("the code `PW/06` can be no file's name"), "{:?}", run.problems());
    project.edit(NARRATIVE, "{template: practitioner-feedback,", "{template: board-paper,");
    let run = project.check().exits(1);
    assert!(run.problems().iter().any(|one| one.contains("this paper is one document")), "{:?}", run.problems());
}

/// The feedback may be given before the board meets: what is overdue is decided on the board's day all the same.
#[test]
fn the_day_of_a_quarter_is_the_boards() {
    let text = example::text("2019-20-q3/board-paper.md");
    assert!(text.contains("27 January 2020"));
    let day = |path: &str| Project::of_example().run(&["status", "--as-of", path]).exits(0).stdout;
    assert!(day("2019-20-q3").contains("as of 2020-01-27 (2019-20-q3)"));
}

/// Looked for in every stream of the file, as one byte a character and as two.
#[test]
fn no_byte_of_a_pdf_holds_what_is_anothers() {
    let project = built();
    for (own, others) in [
        ("PW04", ["PW06", "PW08", "K6102", "K6104", "Nothing could go wrong"].as_slice()),
        ("PW06", &["PW04", "PW08", "pw04", "K6101", "K6103", "K6104", "The best that we read", "sixteen", "Nearly"]),
        ("PW08", &["PW04", "PW06", "pw04", "K6101", "K6102", "K6103", "The best that we read", "sixteen"]),
    ] {
        let pdf = project.bytes(&format!("out/{}.pdf", of(&project, own)));
        let mut texts = vec![String::from_utf8_lossy(&inflated(&pdf)).into_owned()];
        texts.extend(of_pdf(&pdf, &[]));
        texts.extend(bookmarks_of_pdf(&pdf).map(|bookmarks| bookmarks.join("\n")));
        assert!(texts.len() == 1 || texts[1].contains(own), "the test looks at the text");
        let all = texts.concat();
        assert!(all.contains("Your feedback from the audit"), "the test looks at the metadata");
        for other in others.iter().chain(&["Partnership Board", "AU1", "AU2"]) {
            let wide: String = other.chars().flat_map(|c| ['\0', c]).collect();
            assert!(!all.contains(other) && !all.contains(&wide), "{own}: {other}");
        }
    }
}

/// The bytes of a PDF, and behind them those of each of its streams, unpacked.
fn inflated(pdf: &[u8]) -> Vec<u8> {
    let mut all = pdf.to_vec();
    let mut streams = 0;
    let find = |from: usize, word: &[u8]| pdf[from..].windows(word.len()).position(|at| at == word).map(|at| from + at);
    let mut at = 0;
    while let Some(start) = find(at, b"stream\n").map(|start| start + b"stream\n".len()) {
        let end = find(start, b"endstream").expect("a stream ends");
        let mut stream = Vec::new();
        if flate2::read::ZlibDecoder::new(&pdf[start..end]).read_to_end(&mut stream).is_ok() {
            streams += 1;
            all.extend(stream);
        }
        at = end + b"endstream".len();
    }
    assert!(streams > 3, "{streams} streams only: does this test still look?");
    all
}

/// A case made up: whose it is, and of each prompt the answer and whether there is a comment.
#[derive(Clone, Debug)]
struct MadeCase {
    practitioner: Option<usize>,
    in_capitals: bool,
    answers: [(usize, bool); 4],
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Inline,
    Long,
    Wide,
}

const PROMPTS: [(&str, &str); 4] = [
    ("3.1.1.a", "Were the risks to the child thought through?"),
    ("3.1.1.b", "Was the child heard?"),
    ("3.2.1.a", "Did the plan say what happens if things go wrong?"),
    ("3.2.1.b", "Did the plan fit the child?"),
];

const ANSWERS: [&str; 4] = ["Yes", "Partly", "No", "N/A"];

/// Words that stand nowhere by chance, none of them a part of another.
fn practitioner(n: usize) -> String {
    format!("pw{n:02}kestrel")
}

fn case_code(n: usize) -> String {
    format!("k{n:03}heron")
}

fn comment(case: usize, prompt: usize) -> String {
    format!("c{case:03}{prompt}osprey")
}

/// The comment as it is typed: with everything that would be something else in Markdown, Typst or a template.
fn typed(case: usize, prompt: usize) -> String {
    let word = comment(case, prompt);
    format!("{word} *b* `c` #eval(1) $x$ <br> | [l](u) \\ (=3.1.percent) {{{{ why }}}}, \"said\"")
}

fn made_case() -> impl Strategy<Value = MadeCase> {
    let answers = prop::array::uniform4((0usize..4, any::<bool>()));
    (prop::option::weighted(0.9, 0usize..6), any::<bool>(), answers)
        .prop_map(|(practitioner, in_capitals, answers)| MadeCase { practitioner, in_capitals, answers })
}

/// Writes an audit in one of its three forms.
fn put(project: &Project, cases: &[MadeCase], form: Form) {
    let head = "theme: out-of-court\nframework: tiny\ndomain: \"3\"\n";
    let whose = |case: &MadeCase| {
        let code = case.practitioner.map(practitioner).unwrap_or_default();
        if case.in_capitals { code.to_uppercase() } else { code }
    };
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut audit = head.to_owned();
    match form {
        Form::Inline => {
            audit += "cases:\n";
            for (n, case) in cases.iter().enumerate() {
                audit += &format!("  - case: {}\n", case_code(n));
                if case.practitioner.is_some() {
                    audit += &format!("    practitioner: {}\n", whose(case));
                }
                audit += "    answers:\n";
                for (p, (answer, _)) in case.answers.iter().enumerate() {
                    audit += &format!("      {}: {}\n", PROMPTS[p].0, ANSWERS[*answer]);
                }
                audit += "    comments:\n";
                for p in (0..4).filter(|&p| case.answers[p].1) {
                    audit += &format!("      {}: |\n        {}\n", PROMPTS[p].0, typed(n, p));
                }
            }
        }
        Form::Long => {
            rows.push(["case", "prompt", "answer", "practitioner", "comment"].map(str::to_owned).to_vec());
            for (n, case) in cases.iter().enumerate() {
                for (p, (answer, has_comment)) in case.answers.iter().enumerate() {
                    let comment = if *has_comment { quoted(&typed(n, p)) } else { String::new() };
                    let [prompt, answer] = [PROMPTS[p].0, ANSWERS[*answer]].map(str::to_owned);
                    rows.push(vec![case_code(n), prompt, answer, whose(case), comment]);
                }
            }
        }
        Form::Wide => {
            let codes = (0..cases.len()).flat_map(|n| [case_code(n), format!("{} comment", case_code(n))]);
            rows.push(["prompt".to_owned()].into_iter().chain(codes).collect());
            let names = cases.iter().flat_map(|case| [whose(case), String::new()]);
            rows.push(["practitioner".to_owned()].into_iter().chain(names).collect());
            for (p, (prompt, _)) in PROMPTS.iter().enumerate() {
                let cells = cases.iter().enumerate().flat_map(|(n, case)| {
                    let (answer, has_comment) = case.answers[p];
                    [ANSWERS[answer].to_owned(), if has_comment { quoted(&typed(n, p)) } else { String::new() }]
                });
                rows.push([(*prompt).to_owned()].into_iter().chain(cells).collect());
            }
        }
    }
    if !rows.is_empty() {
        audit += "answers: answers.csv\n";
        let table: String = rows.iter().map(|row| row.join(",") + "\n").collect();
        project.put("data/2020-21-q2/answers.csv", table);
    }
    project.put(AUDIT, audit);
}

/// Builds the Markdown of an audit made up, and holds each document against what its owner did.
fn holds_the_own_cases_alone(cases: &[MadeCase], form: Form) -> usize {
    let project = Project::of_case("practitioner-feedback");
    put(&project, cases, form);
    let request = Request {
        effect: Effect::Write,
        formats: Formats { markdown: true, pdf: false },
        threads: Some(1),
        ..Request::of(project.root())
    };
    let report = pipeline::run(&request, &|_| {}).expect("a project that can be read");
    assert_eq!(report.count(Severity::Error), 0, "{:?}", report.diagnostics);
    let practitioners: BTreeSet<usize> = cases.iter().filter_map(|case| case.practitioner).collect();
    let documents = documents(&project, QUARTER);
    assert_eq!(documents.len(), practitioners.len());
    let mut owners = BTreeSet::new();
    for (name, markdown) in documents {
        let request = Request { selection: vec![name.clone()], ..Request::of(project.root()) };
        let files = pipeline::ejected(&request).expect("a project that can be read").files.expect("no errors");
        let content = String::from_utf8(files["content.json"].clone()).expect("UTF-8");
        let [low, low_content] = [&markdown, &content].map(|text| text.to_lowercase());
        let found: Vec<usize> = practitioners.iter().copied().filter(|&n| low.contains(&practitioner(n))).collect();
        let [owner] = found.as_slice() else { panic!("{name} holds {found:?}") };
        assert!(owners.insert(*owner), "two documents for one");
        let (strengths, to_develop) = low.split_once("## areas to develop").expect("two parts, strengths first");
        let mut expected = [BTreeSet::new(), BTreeSet::new()];
        for (n, case) in cases.iter().enumerate() {
            let is_own = case.practitioner == Some(*owner);
            for text in [&low, &low_content] {
                assert_eq!(text.contains(&case_code(n)), is_own, "{name}: {}", case_code(n));
                for (p, (answer, has_comment)) in case.answers.iter().enumerate() {
                    let is_printed = is_own && *has_comment && ANSWERS[*answer] != "N/A";
                    assert_eq!(text.contains(&comment(n, p)), is_printed, "{name}: {}", comment(n, p));
                }
                let others = practitioners.iter().filter(|other| *other != owner);
                assert!(!others.into_iter().any(|&other| text.contains(&practitioner(other))), "{name}");
            }
            for (p, (answer, _)) in case.answers.iter().enumerate().filter(|_| is_own) {
                match ANSWERS[*answer] {
                    "N/A" => {}
                    "Yes" => _ = expected[0].insert(p),
                    _ => _ = expected[1].insert(p),
                }
            }
        }
        // Answers of others would put a prompt where no own answer does.
        for (part, expected) in [strengths, to_develop].into_iter().zip(expected) {
            let printed = (0..4).filter(|&p| part.contains(&PROMPTS[p].1.to_lowercase())).collect::<BTreeSet<usize>>();
            assert_eq!(printed, expected, "{name}: {part}");
        }
    }
    assert_eq!(owners, practitioners);
    owners.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_document_holds_nothing_of_anybody_else(
        cases in prop::collection::vec(made_case(), 1..12)
            .prop_filter("somebody's", |cases| cases.iter().any(|case| case.practitioner.is_some())),
        form in prop_oneof![Just(Form::Inline), Just(Form::Long), Just(Form::Wide)],
    ) {
        holds_the_own_cases_alone(&cases, form);
    }
}

#[test]
fn thirty_practitioners_of_four_cases_get_thirty_documents() {
    let case = |n: usize| MadeCase {
        practitioner: Some(n % 30),
        in_capitals: n.is_multiple_of(3),
        answers: std::array::from_fn(|p| ((n + p * p) % 4, (n + p).is_multiple_of(2))),
    };
    let cases: Vec<MadeCase> = (0..120).map(case).collect();
    assert_eq!(holds_the_own_cases_alone(&cases, Form::Wide), 30);
}
