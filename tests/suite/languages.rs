//! A paper in another language than English: its strings, dates and numbers come from its catalogue, all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::project::{Project, assert_snapshot, case, files, repository};
use crate::words::{of_markdown, pages_of_pdf, yaml};

const WELSH: &str = "report-templates/strings/cy.yaml";
const QUARTERS: [&str; 2] = ["2019-20-q3", "2020-21-q2"];

/// The strings of a catalogue by key: `section.why`.
fn strings(language: &str) -> BTreeMap<String, String> {
    fn flatten(value: &Value, path: &str, strings: &mut BTreeMap<String, String>) {
        match value {
            Value::Object(entries) => {
                for (key, value) in entries {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    flatten(value, &path, strings);
                }
            }
            Value::String(text) => {
                strings.insert(path.to_owned(), text.clone());
            }
            other => {
                strings.insert(path.to_owned(), other.to_string());
            }
        }
    }
    let path = repository().join(format!("report-templates/strings/{language}.yaml"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found = BTreeMap::new();
    flatten(&yaml(&text), "", &mut found);
    found
}

/// A key without the ending that makes it the form for one number.
fn plain_key(key: &str) -> &str {
    let forms = boardpaper::model::catalogue::NUMBER_FORMS;
    let form = key.rsplit_once('_').filter(|(_, form)| forms.contains(form));
    form.map_or(key, |(key, _)| key)
}

/// The names of the values in a string.
fn values(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0)).collect()
}

/// The words between the values of a string.
fn pieces(text: &str) -> Vec<String> {
    let text = text.replace('\u{ad}', "");
    let pieces = text.split('{').map(|part| part.split_once('}').map_or(part, |(_, after)| after));
    let is_signs = |c: char| !c.is_alphabetic();
    pieces.map(|piece| piece.trim_matches(is_signs).to_owned()).filter(|piece| !piece.is_empty()).collect()
}

/// The English pieces that a Welsh paper cannot hold: those that no Welsh string holds.
fn english() -> BTreeSet<String> {
    let welsh = strings("cy").into_values().map(|text| text.to_lowercase()).collect::<Vec<_>>().join("\n");
    let all = strings("en-GB").into_values().flat_map(|text| pieces(&text)).collect::<BTreeSet<String>>();
    all.into_iter().filter(|piece| !has_words(&welsh, piece)).collect()
}

/// Whether a text has these words, whole.
fn has_words(text: &str, words: &str) -> bool {
    let (text, words) = (text.to_lowercase(), words.to_lowercase());
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(&words).any(|(at, _)| {
        !is_letter(text[..at].chars().next_back()) && !is_letter(text[at + words.len()..].chars().next())
    })
}

fn found_in(text: &str) -> Vec<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{ad}', "");
    english().into_iter().filter(|piece| has_words(&text, piece)).collect()
}

#[track_caller]
fn assert_no_english(what: &str, text: &str) {
    let found = found_in(text);
    assert!(found.is_empty(), "{what} holds English: {found:?}");
}

#[test]
fn both_catalogues_have_the_same_keys_and_values() {
    let (english, welsh) = (strings("en-GB"), strings("cy"));
    let keys = |strings: &BTreeMap<String, String>| -> BTreeSet<String> {
        strings.keys().map(|key| plain_key(key).to_owned()).collect()
    };
    let (own, other) = (keys(&english), keys(&welsh));
    let only_in = |one: &BTreeSet<String>, two: &BTreeSet<String>| one.difference(two).cloned().collect::<Vec<_>>();
    assert_eq!((only_in(&own, &other), only_in(&other, &own)), (Vec::new(), Vec::new()), "only in en-GB, only in cy");
    for (language, strings) in [("en-GB", &english), ("cy", &welsh)] {
        for (key, text) in strings {
            assert!(strings.contains_key(plain_key(key)), "{language}: `{key}` has no form for all other numbers");
            // What no form of it names in English is not given to it.
            let forms = english.iter().filter(|(other, _)| plain_key(other) == plain_key(key));
            let given: BTreeSet<&str> = forms.flat_map(|(_, text)| values(text)).collect();
            let unknown: Vec<&str> = values(text).difference(&given).copied().collect();
            assert!(unknown.is_empty(), "{language}: `{key}` names {unknown:?}, which `en-GB` does not");
        }
    }
}

#[test]
fn the_welsh_words_are_said_to_be_unreviewed() {
    let text = fs::read_to_string(repository().join(WELSH)).expect("a file of the repository");
    assert!(text.starts_with("# UNREVIEWED."), "who has read them, and where is that written down?");
    let readme = fs::read_to_string(repository().join("README.md")).expect("a file of the repository");
    assert!(readme.contains("no Welsh speaker has read them"));
}

/// What a template prints stands in the catalogue: its own files hold markup and no words.
#[test]
fn templates_hold_no_words() {
    for (path, bytes) in files(&repository().join("report-templates")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if path.ends_with(".j2") {
            let mut rest = text.as_str();
            let mut printed = String::new();
            while let Some(open) = rest.find('{') {
                printed.push_str(&rest[..open]);
                let close = match rest[open..].chars().nth(1) {
                    Some('{') => "}}",
                    Some('%') => "%}",
                    Some('#') => "#}",
                    other => panic!("{path}: a `{{` before {other:?}"),
                };
                rest = rest[open..].split_once(close).unwrap_or_else(|| panic!("{path}: no `{close}`")).1;
            }
            printed.push_str(rest);
            let words = printed.replace("<br>", "").replace("[^since]", "");
            assert!(!words.contains(char::is_alphabetic), "report-templates/{path} prints {:?}", words.trim());
        }
        if path.ends_with("/template.yaml") {
            let mut open = vec![yaml(&text)];
            while let Some(value) = open.pop() {
                assert!(!value["title"].is_string(), "report-templates/{path} has the words {}", value["title"]);
                open.extend(value.as_array().cloned().unwrap_or_default());
                open.extend(value.as_object().into_iter().flat_map(|entries| entries.values().cloned()));
            }
        }
    }
}

#[test]
fn a_paper_in_welsh() {
    let project = Project::of_case("cymraeg");
    project.build(&[]).exits(0);
    for quarter in QUARTERS {
        let markdown = project.read(&format!("out/{quarter}/board-paper.md"));
        assert_snapshot(&case("cymraeg").join(format!("expected/{quarter}.md")), &markdown);
        assert_no_english(quarter, &of_markdown(&markdown));
        let pdf = project.bytes(&format!("out/{quarter}/board-paper.pdf"));
        let says = |language: &str| pdf.windows(language.len()).any(|bytes| bytes == language.as_bytes());
        assert!(says("/Lang(cy)") && !says("/Lang(en"), "{quarter}: the PDF is not in Welsh");
        if let Some(pages) = pages_of_pdf(&pdf) {
            assert!(pages[0].contains("Tudalen 1 o "), "{}", pages[0]);
            assert_no_english(quarter, &pages.join("\n"));
        }
        // Everything that the PDF is made of: descriptions, alternative texts, the words of charts.
        project.run(&["eject", &format!("{quarter}/board-paper"), quarter]).exits(0);
        let mut content = project.json(&format!("{quarter}/content.json"));
        assert_eq!((&content["language"], &content["region"]), (&Value::from("cy"), &Value::Null));
        content["keywords"] = Value::Null;
        assert_no_english(quarter, &printed(&content).join("\n"));
    }
    project.run(&["diff", QUARTERS[0], QUARTERS[1], "-f", "pdf"]).exits(0);
    if let Some(pages) = pages_of_pdf(&project.bytes("out/2020-21-q2/changes-since-2019-20-q3.pdf")) {
        assert_no_english("diff", &pages.join("\n"));
    }
}

/// The texts of `content.json` that a reader may see or hear.
fn printed(value: &Value) -> Vec<String> {
    const NAMES: [&str; 13] = [
        "kind", "style", "tone", "page", "chart", "align", "change", "id", "url", "file", "name", "language", "colours",
    ];
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(printed).collect(),
        Value::Object(entries) => {
            // `words.page` is a word, a section's `page` is not.
            let is_text = |key: &str, value: &Value| {
                !NAMES.contains(&key) || (key == "page" && !["portrait", "landscape"].map(Value::from).contains(value))
            };
            entries.iter().filter(|(key, value)| is_text(key, value)).flat_map(|(_, value)| printed(value)).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn a_draft_in_welsh_marks_its_gaps_in_welsh() {
    let project = Project::of_case("cymraeg");
    project.edit("data/2020-21-q2/narrative.yaml", "  Darllenodd un archwilydd bob ffeil, fel y tro diwethaf.\n", "");
    project.edit("data/2020-21-q2/narrative.yaml", "method: |\n", "");
    project.edit("data/2020-21-q2/narrative.yaml", "why: |\n  Gofynnodd y bwrdd am gael dilyn y cynnydd. Y sgôr oedd (=previous.overall.percent) y tro diwethaf.\n", "");
    project.build(&["--draft", "2020-21-q2"]);
    let markdown = project.read("out/2020-21-q2/board-paper.md");
    assert!(markdown.contains("**Eto i’w ysgrifennu.**"), "{markdown}");
    assert_no_english("draft", &of_markdown(&markdown));
}

/// Otherwise the test above could not fail.
#[test]
fn english_is_found_where_it_is() {
    let markdown = fs::read_to_string(repository().join("out/2020-21-q2/board-paper.md")).expect("a paper of ours");
    let found = found_in(&of_markdown(&markdown));
    assert!(found.len() > 60, "{found:?}");
    for piece in ["Why is this report here", "November", "not yet set", "and"] {
        assert!(english().contains(piece), "{piece}");
    }
}

#[test]
fn a_string_that_is_missing_is_an_error_and_never_english() {
    let whole = fs::read_to_string(repository().join(WELSH)).expect("a file of the repository");
    for (line, key) in [
        ("  why: Pam mae’r adroddiad hwn yma?\n", "section.why"),
        ("  11: Tachwedd\n", "month.11"),
        ("  page: Tudalen\n", "page.page"),
        ("  comma: \"{first}, {next}\"\n", "list.comma"),
        ("  percent: \"{n}%\"\n", "number.percent"),
        ("  overdue: Hwyr\n", "status.overdue"),
        ("  dot: Sgôr\n", "chart.dot"),
    ] {
        assert_eq!(whole.matches(line).count(), 1, "{line}");
        let project = Project::of_case("cymraeg");
        project.put(WELSH, whole.replace(line, ""));
        let run = project.build(&["2020-21-q2"]).exits(1);
        let message = format!("the catalogue of strings has no `{key}`");
        assert!(run.problems().iter().any(|line| line.starts_with(WELSH) || line.contains(&message)), "{}", run.stderr);
        assert!(run.stderr.contains(&message), "{key}: {}", run.stderr);
        assert!(!project.exists("out/2020-21-q2/board-paper.md"), "{key}");
    }
}

#[test]
fn a_heading_of_ones_own_is_printed_as_it_stands_or_said_by_the_catalogue() {
    let own = fs::read_to_string(repository().join("report-templates/board-paper/template.yaml")).expect("ours");
    let project = Project::of_case("cymraeg");
    let put = |title: &str| {
        project.put("report-templates/board-paper/template.yaml", own.replacen("{say: section.why}", title, 1));
    };
    put("Y rheswm");
    project.build(&["2020-21-q2", "-f", "md"]).exits(0);
    assert!(project.read("out/2020-21-q2/board-paper.md").contains("\n## 1 Y rheswm\n"));
    put("{say: section.whi}");
    let run = project.build(&["2020-21-q2", "-f", "md"]).exits(1);
    assert!(run.stderr.contains("the catalogue of strings has no `section.whi`"), "{}", run.stderr);
    put("{sai: section.why}");
    let run = project.build(&["2020-21-q2", "-f", "md"]).exits(1);
    assert!(run.stderr.contains("unknown key `sai`"), "{}", run.stderr);
}
