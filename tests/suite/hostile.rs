//! Text that would be code, markup or a command to somebody: it arrives as text, or is refused with file and line.
//!
//! Every kind of field gets every text. A field that refuses it is told apart by the place of its error and mended, until
//! the paper comes out: then all other fields must have arrived, and nothing else may have changed.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::RangeInclusive;

use serde_json::Value;

use crate::project::{Project, Run};
use crate::words::{of_markdown, of_pdf, run_together};

/// How a field takes its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Markdown in any length, in a block scalar.
    Prose,
    /// The same, but printed inside a line.
    Sentence,
    /// Markdown of one line, in quotes.
    Line,
    /// Plain text, in quotes.
    Name,
}

/// A kind of field: where it stands in `plain`, and what its text replaces.
#[derive(Debug)]
struct Field {
    name: &'static str,
    form: Form,
    file: &'static str,
    before: &'static str,
    plain: &'static str,
}

const fn field(name: &'static str, form: Form, file: &'static str, before: &'static str, plain: &'static str) -> Field {
    Field { name, form, file, before, plain }
}

const FIELDS: [Field; 19] = [
    field("service", Form::Name, "data/service.yaml", "name: ", "Northby Youth Justice Service"),
    field("board", Form::Name, "data/service.yaml", "board: ", "Northby Partnership Board"),
    field("marking", Form::Name, "data/service.yaml", "marking: ", "OFFICIAL"),
    field("standard", Form::Name, "data/frameworks/short.yaml", "\"3.1\"\n        title: ", "Assessment"),
    field("title", Form::Name, NARRATIVE, "title: ", "Audit of out-of-court disposals"),
    field("author", Form::Name, NARRATIVE, "authors: [", "Quality assurance manager"),
    field("label", Form::Name, NARRATIVE, "- label: ", "Agenda item"),
    field("header", Form::Line, NARRATIVE, "value: [", "\"5\""),
    field(
        "why",
        Form::Prose,
        NARRATIVE,
        "why: ",
        "|\n  The board asked for a regular account of the quality of our casework.",
    ),
    field(
        "finding",
        Form::Sentence,
        NARRATIVE,
        "kind: improvement\n    text: ",
        "|\n      Families were not always heard.",
    ),
    field(
        "learning",
        Form::Prose,
        NARRATIVE,
        "learning:\n  - ",
        "|\n    A family that was heard keeps its appointments.",
    ),
    field("expected", Form::Prose, NARRATIVE, "expected: ", "|\n    Fewer children come back."),
    field("ask", Form::Line, NARRATIVE, "{id: Q-2020-01, text: ", "Note the findings of this report"),
    field("partner", Form::Name, NARRATIVE, "- partner: ", "Police"),
    field("partner-ask", Form::Line, NARRATIVE, "partner: Police\n      text: ", "Send the list"),
    field("background", Form::Line, NARRATIVE, "background_papers:\n  - {title: ", "Inspection of Northby"),
    field("what", Form::Line, "data/actions.yaml", "what: [", "Hear the family before the assessment is written"),
    field("owner", Form::Name, "data/actions.yaml", "owners: [", "Out-of-court team manager"),
    field("measure", Form::Line, "data/actions.yaml", "measure: ", "Four families of five were heard"),
];

const NARRATIVE: &str = "data/2019-20-q3/narrative.yaml";

/// Lines of the paper that no hostile field may touch: the section after each, and what stands between.
const WHOLE: [&str; 6] = [
    "## 2 Summary",
    "### 2.1 Context",
    "Out-of-court disposals deal with an offence without going to court.",
    "Two managers read each file.",
    "## 3 What are the expected outcomes for children, and how will they be monitored?",
    "The team manager reads two assessments a month.",
];

/// What a file beside the data holds: it must turn up nowhere.
const SECRET: &str = "canary-7f3a";

/// `plain`, with a partner who is asked for something, and a secret beside the data.
fn project() -> Project {
    let project = Project::of_case("plain");
    project.edit(NARRATIVE, "partners: none", "partners:\n    - partner: Police\n      text: Send the list");
    project.edit(NARRATIVE, "{label: Agenda item, value: [\"5\"]}", "label: Agenda item\n        value: [\"5\"]");
    for place in ["secret.txt", "data/secret.txt", "data/2019-20-q3/secret.txt", "report-templates/secret.txt", "x"] {
        project.put(place, SECRET);
    }
    project
}

/// The words around a field's text, by which it is found again.
fn marks(field: &Field) -> (String, String) {
    let name = field.name.replace('-', "");
    (format!("open{name}"), format!("close{name}"))
}

/// A field's text as YAML.
fn written(field: &Field, text: &str) -> String {
    let (open, close) = marks(field);
    // YAML's quoted strings take what JSON's do.
    let quoted = |text: String| Value::from(text).to_string();
    let is_printable = text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control() && c != '\u{feff}');
    match field.form {
        // At the start of a line, where Markdown is at its most eager.
        Form::Prose | Form::Sentence if is_printable => {
            let start = if field.plain.starts_with("|\n") { &field.plain[2..] } else { field.plain };
            let indent = " ".repeat(start.len() - start.trim_start().len());
            let lines = format!("{open}\n\n{text}\n\n{close}");
            let lines =
                lines.split('\n').map(|line| if line.is_empty() { String::new() } else { format!("{indent}{line}") });
            format!("|\n{}", lines.collect::<Vec<_>>().join("\n"))
        }
        Form::Prose | Form::Sentence => quoted(format!("{open}\n\n{text}\n\n{close}\n")),
        Form::Line | Form::Name => quoted(format!("{open} {text} {close}")),
    }
}

/// What came of a text in all fields.
struct Outcome {
    /// The fields that took it, by name.
    arrived: Vec<&'static str>,
    /// The fields that refused it: their codes.
    refused: BTreeMap<&'static str, Vec<String>>,
    /// Warnings of the last run.
    remarks: String,
    markdown: String,
    /// All strings of `content.json`, one after the other.
    content: String,
    pdf: Option<String>,
}

/// Puts a text into each of these fields and builds, taking back the fields that refuse it, until the paper comes out.
#[track_caller]
fn arrive(texts: &BTreeMap<&'static str, String>, formats: &str) -> Outcome {
    let project = project();
    let plain = project.files("data");
    let mut open: Vec<&Field> = FIELDS.iter().filter(|field| texts.contains_key(field.name)).collect();
    let mut refused: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    // A character that no font has is told once a run.
    for _ in 0..=FIELDS.len() {
        let places = fill(&project, &plain, &open, texts);
        let run = project.run(&["build", "2019-20-q3", "-f", formats, "--message-format", "json"]);
        assert!(!run.stdout.contains(SECRET) && !run.stderr.contains(SECRET), "the secret was read: {}", run.stdout);
        if run.code == 0 {
            return outcome(&project, &open, refused, &run);
        }
        assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
        assert!(!project.exists("out/2019-20-q3/board-paper.md"), "a paper with errors was written");
        let mut told = false;
        for (code, file, line) in errors(&run) {
            let name = places.iter().find(|(_, (place, lines))| *place == file && lines.contains(&line));
            let (name, _) =
                name.unwrap_or_else(|| panic!("{code} at {file}:{line}, where no field is: {}\n{texts:?}", run.stdout));
            open.retain(|field| field.name != *name);
            refused.entry(name).or_default().push(code);
            told = true;
        }
        assert!(told, "refused without an error: {}{}", run.stdout, run.stderr);
    }
    panic!("the paper does not come out: {refused:?}");
}

/// Where a field stands: its file and its lines.
type Place = (&'static str, RangeInclusive<u64>);

/// Writes the data with the text in these fields and says where each of them stands.
fn fill(
    project: &Project,
    plain: &BTreeMap<String, Vec<u8>>,
    open: &[&Field],
    texts: &BTreeMap<&'static str, String>,
) -> BTreeMap<&'static str, Place> {
    let mut files: BTreeMap<&'static str, String> = BTreeMap::new();
    for field in &FIELDS {
        let text = || String::from_utf8(plain[&field.file["data/".len()..]].clone()).expect("UTF-8");
        files.entry(field.file).or_insert_with(text);
    }
    for field in open {
        let text = files.get_mut(field.file).expect("read above");
        let whole = format!("{}{}", field.before, field.plain);
        // Another field may have replaced what stands before this one: the plain text itself is as good.
        let (from, kept) = if text.contains(&whole) { (whole.as_str(), field.before) } else { (field.plain, "") };
        assert_eq!(text.matches(from).count(), 1, "{} of `plain`", field.name);
        *text = text.replace(from, &format!("{kept}{}", written(field, &texts[field.name])));
    }
    let mut places = BTreeMap::new();
    for field in open {
        let text = &files[field.file];
        let (first, last) = marks(field);
        let line = |word: &str| text.split(word).next().expect("split gives one").matches('\n').count() as u64 + 1;
        places.insert(field.name, (field.file, line(&first)..=line(&last)));
    }
    for (path, text) in files {
        project.put(path, text);
    }
    places
}

/// The errors of a run: code, file and line.
fn errors(run: &Run) -> Vec<(String, String, u64)> {
    let messages = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    messages
        .filter(|message| message["severity"] == "error")
        .map(|message| {
            let label = &message["labels"][0];
            let file = label["file"].as_str().unwrap_or_else(|| panic!("an error without a place: {message}"));
            let code = message["code"].as_str().expect("a code").to_owned();
            (code, file.to_owned(), label["line"].as_u64().expect("a line"))
        })
        .collect()
}

#[track_caller]
fn outcome(project: &Project, open: &[&Field], refused: BTreeMap<&'static str, Vec<String>>, run: &Run) -> Outcome {
    project.run(&["eject", "2019-20-q3/board-paper", "ejected"]).exits(0);
    for (path, bytes) in project.files("out").into_iter().chain(project.files("ejected")) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(SECRET) && !text.contains("root:x:0"), "{path} holds what was to be read from a file");
    }
    let markdown = project.read("out/2019-20-q3/board-paper.md");
    for line in WHOLE {
        assert_eq!(markdown.lines().filter(|found| *found == line).count(), 1, "{line:?} is not whole in:\n{markdown}");
    }
    let mut content = String::new();
    strings(&project.json("ejected/content.json"), &mut content);
    let has_pdf = project.exists("out/2019-20-q3/board-paper.pdf");
    let pdf = has_pdf.then(|| of_pdf(&project.bytes("out/2019-20-q3/board-paper.pdf"), &[])).flatten();
    let outcome = Outcome {
        arrived: open.iter().map(|field| field.name).collect(),
        refused,
        remarks: run.stdout.clone(),
        markdown: run_together(&of_markdown(&markdown)),
        content: run_together(&content),
        pdf: pdf.map(|text| run_together(&text)),
    };
    for sentence in WHOLE.iter().map(|line| run_together(line.trim_start_matches(['#', '.', ' ', '1', '2', '3']))) {
        assert!(outcome.content.contains(&sentence), "{sentence:?} is not whole in content.json");
        assert!(outcome.pdf.as_ref().is_none_or(|pdf| pdf.contains(&sentence)), "{sentence:?} is not whole in the PDF");
    }
    for field in open {
        let (first, last) = marks(field);
        outcome.demand(field, &first);
        outcome.demand(field, &last);
    }
    outcome
}

/// Every text of a JSON value that a reader sees, in its order.
fn strings(value: &Value, text: &mut String) {
    match value {
        Value::String(value) => text.push_str(value),
        Value::Array(items) => items.iter().for_each(|item| strings(item, text)),
        Value::Object(fields) => {
            let said =
                fields.iter().filter(|(key, _)| !matches!(key.as_str(), "kind" | "id" | "page" | "number" | "tone"));
            said.for_each(|(_, field)| strings(field, text));
        }
        _ => {}
    }
}

impl Outcome {
    /// Demands that a text is there wherever its field is printed.
    #[track_caller]
    fn demand(&self, field: &Field, shown: &str) {
        let shown = run_together(shown);
        // The name of the service and the marking stand at the head of the PDF only, the marking in capitals.
        let is_beside = matches!(field.name, "service" | "marking");
        let in_pdf = if field.name == "marking" { shown.to_uppercase() } else { shown.clone() };
        let markdown = (!is_beside).then_some(&self.markdown);
        let places = [
            ("the Markdown", markdown, &shown),
            ("content.json", Some(&self.content), &shown),
            ("the PDF", self.pdf.as_ref(), &in_pdf),
        ];
        for (place, text, shown) in places {
            let Some(text) = text.filter(|text| !text.contains(shown.as_str())) else { continue };
            let excerpt = |text: &str| text.chars().take(300).collect::<String>();
            let at = text.find(&run_together(&marks(field).0)).unwrap_or(0);
            panic!("{:?} of `{}` is not in {place}: {}", excerpt(shown), field.name, excerpt(&text[at..]));
        }
    }
}

/// One text in every field at once.
fn everywhere(text: &str) -> BTreeMap<&'static str, String> {
    FIELDS.iter().map(|field| (field.name, text.to_owned())).collect()
}

/// Demands that a text arrives in every field, in Markdown as `shown` and in plain names as it is.
#[track_caller]
fn arrives_as(text: &str, shown: &str) {
    let outcome = arrive(&everywhere(text), "md,pdf");
    assert!(outcome.refused.is_empty(), "{text:?} is refused: {:?}", outcome.refused);
    demand_everywhere(&outcome, text, shown);
}

#[track_caller]
fn demand_everywhere(outcome: &Outcome, text: &str, shown: &str) {
    for field in FIELDS.iter().filter(|field| outcome.arrived.contains(&field.name)) {
        outcome.demand(field, if field.form == Form::Name { text } else { shown });
    }
}

/// Demands that a text arrives in every field as it was written.
#[track_caller]
fn arrives(text: &str) {
    arrives_as(text, text);
}

/// Demands that Markdown fields of these forms refuse a text with this code, and that it arrives in all others.
#[track_caller]
fn refused_in(forms: &[Form], code: &str, text: &str, shown: &str) {
    let outcome = arrive(&everywhere(text), "md,pdf");
    for field in &FIELDS {
        let codes = outcome.refused.get(field.name).map_or(&[] as &[String], Vec::as_slice);
        let expected: &[String] = if forms.contains(&field.form) { &[code.to_owned()] } else { &[] };
        assert!(
            codes.iter().eq(expected) || codes.len() > 1 && codes.iter().all(|found| expected.contains(found)),
            "{text:?} in `{}`: {codes:?}, not {expected:?}",
            field.name
        );
    }
    demand_everywhere(&outcome, text, shown);
}

const MARKDOWN: [Form; 3] = [Form::Prose, Form::Sentence, Form::Line];
const ALL: [Form; 4] = [Form::Prose, Form::Sentence, Form::Line, Form::Name];

#[test]
fn typst_code() {
    arrives("#read(\"/etc/passwd\")");
    arrives("#read(\"secret.txt\") #eval(\"1\") #panic(1)");
    arrives("]#[ #import \"@preview/x:0.1.0\" ~ -- /* open");
    arrives_as("$x^2$ and $ sum_1 $ and *b*", "$x^2$ and $ sum_1 $ and b");
    arrives("@label and @fig:x");
    arrives("\"}], \"kind\": \"rule\"");
}

#[test]
fn template_code() {
    arrives("{{ 7*7 }}");
    arrives("{% include \"x\" %} {% include \"secret.txt\" %}");
    arrives("{{ service.name }} {# comment #} {% raw %}");
    arrives("{% for i in range(9) %} }} %} #}");
}

#[test]
fn html() {
    arrives("<label>");
    arrives("<script>alert(1)</script>");
    arrives("<img src=x onerror=alert(1)> <!-- a comment -->");
    arrives("<!-- never closed");
    arrives("<details><summary>never closed");
    arrives("<?php echo 1; ?> <![CDATA[ x ]]>");
    arrives_as("&lt;b&gt; &amp; &#35;", "<b> & #");
}

#[test]
fn markup_that_is_never_closed() {
    refused_in(&MARKDOWN[..2], "unclosed-fence", "```\ncode", "");
    refused_in(&MARKDOWN[..2], "unclosed-fence", "~~~~ js\ncode", "");
    arrives("**bold and _italic");
    arrives("[a link](https://example.org");
    arrives("`code");
}

#[test]
fn backslashes() {
    arrives_as(r"C:\path\new \\ \# \* a\", r"C:\path\new \ # * a\");
    arrives_as(r"\{\{ 7 \}\} \<b\> \| \$", "{{ 7 }} <b> | $");
}

#[test]
fn pipes_where_tables_are() {
    arrives("a | b || c |");
    arrives_as(r"a \| b", "a | b");
    arrives("| a | b |");
}

#[test]
fn line_starts_that_mean_something_in_markdown() {
    arrives("#hashtag");
    arrives("-- dashes");
    arrives(": colon");
    // Blocks in Markdown, which a line has no place for, and words in a name.
    for (text, shown) in
        [("1) one", "one"), ("> quote", "quote"), ("+ plus", "plus"), ("## A heading", "A heading"), ("***", "")]
    {
        refused_in(&[Form::Sentence], "one-line-only", text, shown);
    }
}

#[test]
fn headings_that_would_skip_a_level() {
    for text in ["### deep\n\n## high", "## high\n\n#### deep", "- ### deep\n\n## high"] {
        for field in ["why", "learning", "expected"] {
            let outcome = arrive(&BTreeMap::from([(field, text.to_owned())]), "md,pdf");
            assert_eq!(outcome.refused[field], ["heading-level"], "{text:?} in `{field}`");
        }
    }
    let outcome = arrive(&BTreeMap::from([("why", "### first\n\n#### below\n\n### second".to_owned())]), "md,pdf");
    assert!(outcome.refused.is_empty(), "{:?}", outcome.refused);
}

#[test]
fn links_and_pictures_lead_nowhere_else() {
    refused_in(&MARKDOWN, "link-scheme", "[x](javascript:alert)", "");
    refused_in(&MARKDOWN, "link-scheme", "[x](file:///etc/passwd)", "");
    refused_in(&MARKDOWN, "link-scheme", "[x](secret.txt)", "");
    let picture = arrive(&everywhere("![x](/etc/passwd)"), "md");
    assert_eq!(picture.refused["why"], ["image-file"]);
    assert!(MARKDOWN.iter().all(|form| {
        FIELDS.iter().filter(|field| field.form == *form).all(|field| picture.refused.contains_key(field.name))
    }));
    let picture = arrive(&everywhere("![x](../../secret.svg)"), "md");
    assert_eq!(picture.refused["why"], ["image-file"]);
}

#[test]
fn figures_are_looked_up_in_text_only() {
    arrives_as("`(=3.1.percent)` in code", "(=3.1.percent) in code");
    arrives_as(r"\(=3.1.percent)", "(=3.1.percent)");
    refused_in(&MARKDOWN, "unknown-figure", "(=3.1.percentage)", "");
    refused_in(&MARKDOWN, "unknown-figure", "(=system('ls'))", "");
    let known = arrive(&everywhere("(=3.1.percent)"), "md,pdf");
    assert!(known.refused.is_empty(), "{:?}", known.refused);
    demand_everywhere(&known, "(=3.1.percent)", "75%");
}

#[test]
fn characters_that_no_font_has() {
    refused_in(&ALL, "missing-glyph", "\u{1f984} a unicorn", "");
    refused_in(&ALL, "missing-glyph", "\u{6f22}", "");
    arrives("\u{2714} \u{263a} \u{2192} \u{25b2} \u{bd} \u{175}");
}

#[test]
fn characters_that_hide_or_command() {
    for text in
        ["\u{e000}0\u{e001}", "a\u{e002}b", "\0", "\u{1b}[31m", "\u{7}", "\u{202e}evil", "a\u{2066}b", "\u{feff}"]
    {
        refused_in(&ALL, "forbidden-character", text, "");
    }
}

#[test]
fn a_raw_control_character_is_refused_as_well() {
    for character in ["\0", "\u{1b}", "\u{7}", "\u{85}"] {
        let project = Project::of_case("plain");
        project.edit(NARRATIVE, "The board asked", &format!("The board {character} asked"));
        let run = project.build(&["2019-20-q3"]).exits(1);
        let place = format!("{NARRATIVE}:10:13: error[forbidden-character]");
        assert!(run.stderr.starts_with(&place), "{character:?}: {}", run.stderr);
    }
}

#[test]
fn a_line_end_in_a_name_forges_nothing() {
    let outcome = arrive(&everywhere("first\nBoard: forged\n\n# forged\n\n| forged |"), "md,pdf");
    for field in FIELDS.iter().filter(|field| field.form == Form::Name && outcome.arrived.contains(&field.name)) {
        outcome.demand(field, "first Board: forged # forged | forged |");
    }
}

#[test]
fn footnotes_and_definitions_stay_in_their_field() {
    refused_in(&MARKDOWN, "footnote", "a[^1]", "");
    let outcome = arrive(&everywhere("[the link]: https://example.org"), "md");
    assert!(outcome.remarks.contains("unused-definition"), "{}", outcome.remarks);
    let mut texts = BTreeMap::from([("why", "a[^n]\n\n[^n]: the note of why".to_owned())]);
    texts.insert("expected", "b[^n]\n\n[^n]: the note of expected".to_owned());
    let outcome = arrive(&texts, "md,pdf");
    assert!(outcome.refused.is_empty(), "{:?}", outcome.refused);
    for text in ["the note of why", "the note of expected"] {
        assert!(
            outcome.markdown.contains(&run_together(text)) && outcome.content.contains(&run_together(text)),
            "{text}"
        );
    }
}

#[test]
fn quotes_nested_ten_thousand_deep() {
    for nested in ["> ".repeat(10_000), ">".repeat(900) + &" >".repeat(100)] {
        let outcome = arrive(&everywhere(&format!("{nested}deep")), "md,pdf");
        for field in &FIELDS {
            let codes = outcome.refused.get(field.name).map(Vec::as_slice);
            let code = match field.form {
                Form::Prose | Form::Sentence => Some("nested-too-deep"),
                Form::Line => None,
                // A name has an end.
                Form::Name => Some("bad-value"),
            };
            assert_eq!(codes.map(|codes| codes[0].as_str()), code, "{}", field.name);
        }
        demand_everywhere(&outcome, "", "deep");
    }
    let lists: String = (0..400).fold(String::new(), |mut text, n| {
        writeln!(text, "{}- deep{n}", "  ".repeat(n)).expect("a string takes all text");
        text
    });
    let outcome = arrive(&BTreeMap::from([("why", lists)]), "md");
    assert_eq!(outcome.refused["why"], ["nested-too-deep"]);
}

#[test]
fn a_word_of_200_000_characters() {
    for length in [200_000, 1_001] {
        let outcome = arrive(&everywhere(&"x".repeat(length)), "md,pdf");
        for field in &FIELDS {
            // Names have an end, whether there are spaces in them or not.
            let code = if field.form == Form::Name { "bad-value" } else { "long-word" };
            assert_eq!(outcome.refused.get(field.name).map(|codes| codes[0].as_str()), Some(code), "{}", field.name);
        }
    }
    // The longest that is let through gets places to break, and runs off no page.
    let longest = "y".repeat(900);
    let mut texts = everywhere(&longest);
    texts.insert("marking", "y".repeat(50));
    let outcome = arrive(&texts, "md,pdf");
    assert!(outcome.refused.is_empty(), "{:?}", outcome.refused);
    FIELDS.iter().for_each(|field| outcome.demand(field, &texts[field.name]));
}

mod any_text {
    //! Random text of hostile pieces: the run ends with 0 or 1, and no word gets lost in silence.

    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};

    use super::*;

    const PIECES: &[&str] = &[
        "#",
        "##",
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```",
        "~~~",
        "$",
        "@",
        "<",
        ">",
        "</",
        "<!--",
        "-->",
        "<a href=\"",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "(=",
        ")",
        "(",
        "[",
        "]",
        "](",
        "![",
        "[^",
        "]:",
        "|",
        "\\",
        "\\\\",
        "\n",
        "\n\n",
        "\n  ",
        "\n    ",
        "\n- ",
        "\n1. ",
        "\n> ",
        "\n# ",
        "\n| a | b |\n|--|--|\n| ",
        "\n---\n",
        "\n===\n",
        "&",
        "&amp;",
        "\"",
        "'",
        ":",
        ": ",
        "-",
        "--",
        "...",
        "%",
        "%}",
        "=",
        "+",
        "!",
        "https://",
        "mailto:",
        "\t",
        "\u{200b}",
        "\u{2028}",
        "é",
        "✔",
        "\u{301}",
        " ",
        " ",
        " ",
        " ",
    ];

    /// Pieces in a row; every second one is a word that stands nowhere else.
    fn text(pieces: &[usize], name: &str) -> (String, Vec<String>) {
        let mut text = String::new();
        let mut words = Vec::new();
        for (n, piece) in pieces.iter().enumerate() {
            let word = format!("w{}x{n}z", name.replace('-', ""));
            text.push_str(PIECES[*piece]);
            text.push_str(&word);
            words.push(word);
        }
        (text, words)
    }

    #[test]
    fn ends_well_and_loses_no_word_in_silence() {
        // The same texts every time: a test that fails once a month helps nobody.
        let config = Config { cases: 24, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(
            config,
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        );
        let pieces = prop::collection::vec(prop::collection::vec(0..PIECES.len(), 1..8), FIELDS.len());
        let result = runner.run(&pieces, |pieces| {
            let made: BTreeMap<&str, (String, Vec<String>)> =
                FIELDS.iter().zip(&pieces).map(|(field, pieces)| (field.name, text(pieces, field.name))).collect();
            let texts: BTreeMap<&str, String> = made.iter().map(|(name, (text, _))| (*name, text.clone())).collect();
            let outcome = arrive(&texts, "md");
            for field in FIELDS.iter().filter(|field| outcome.arrived.contains(&field.name)) {
                for word in &made[field.name].1 {
                    let is_there = outcome.content.contains(word.as_str());
                    // A text that paper has no place for is told.
                    let is_told = outcome.remarks.contains(word.as_str());
                    prop_assert!(is_there || is_told, "{word} of `{}` is lost: {:?}", field.name, texts[field.name]);
                    prop_assert!(
                        is_told
                            || outcome.markdown.contains(word.as_str())
                            || matches!(field.name, "service" | "marking"),
                        "{word} of `{}` is not in the Markdown: {:?}",
                        field.name,
                        texts[field.name]
                    );
                }
            }
            Ok(())
        });
        if let Err(error) = result {
            panic!("{error}");
        }
    }
}
