//! The repository's own example: every paper is made, it is what is committed, and nothing of the data is missing in it.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use serde_json::Value;

use crate::project::{Project, assert_same, files, repository};
use crate::words::{has_pdftotext, of_markdown, of_pdf, run_together, sentences, yaml};

/// The folder `out` of the example, made once for all tests.
pub(crate) fn out() -> &'static BTreeMap<String, Vec<u8>> {
    static OUT: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
    OUT.get_or_init(|| {
        let project = Project::of_example();
        let run = project.run(&["build"]).exits(0);
        assert!(run.last_line().ends_with("no problems"), "{}", run.stderr);
        project.files("out")
    })
}

pub(crate) fn text(path: &str) -> String {
    String::from_utf8(out()[path].clone()).expect("UTF-8")
}

fn json(path: &str) -> Value {
    serde_json::from_str(&text(path)).expect("JSON")
}

pub(crate) fn data(path: &str) -> Value {
    let path = repository().join("data").join(path);
    yaml(&fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The quarters of the example, in their order.
fn quarters() -> Vec<String> {
    let folders = fs::read_dir(repository().join("data")).expect("the example");
    let mut quarters: Vec<String> = folders
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().join("narrative.yaml").exists())
        .map(|entry| entry.file_name().into_string().expect("UTF-8"))
        .collect();
    quarters.sort();
    assert_eq!(quarters.len(), 9, "the example has nine quarters");
    quarters
}

/// Those whose audit is scored: the first is by themes alone.
fn scored() -> Vec<String> {
    let mut quarters = quarters();
    quarters.retain(|quarter| !data(&format!("{quarter}/audit.yaml"))["framework"].is_null());
    assert_eq!(quarters.len(), 8, "eight of them have scores");
    quarters
}

/// The quarter's first paper, which prints all of its narrative.
fn main_paper(quarter: &str) -> String {
    let narrative = data(&format!("{quarter}/narrative.yaml"));
    let paper = &narrative["papers"][0];
    paper["id"].as_str().unwrap_or_else(|| string(&paper["template"])).to_owned()
}

#[test]
fn every_paper_of_the_data_is_made() {
    for quarter in quarters() {
        for paper in list(&data(&format!("{quarter}/narrative.yaml"))["papers"]) {
            let id = paper["id"].as_str().unwrap_or_else(|| string(&paper["template"]));
            if string(&paper["template"]) == "practitioner-feedback" {
                continue; // one document each: `feedback.rs` looks at them
            }
            for ending in ["md", "pdf"] {
                assert!(out().contains_key(&format!("{quarter}/{id}.{ending}")), "{quarter}/{id}.{ending}");
            }
            assert!(out()[&format!("{quarter}/{id}.pdf")].starts_with(b"%PDF-"));
        }
        assert!(out().contains_key(&format!("{quarter}/results.json")));
    }
    assert!(out().contains_key("manifest.json"));
}

/// PDFs are not in git: their hashes stand in the manifest, which is.
#[test]
fn it_is_what_is_committed() {
    let is_committed = |(path, _): &(String, Vec<u8>)| !path.ends_with(".pdf");
    let committed = files(&repository().join("out")).into_iter().filter(is_committed).collect();
    let made = out().clone().into_iter().filter(is_committed).collect();
    assert_same("out/ is not what `cargo run -- build` makes", &committed, &made);
}

#[test]
fn the_manifest_has_the_hash_of_every_file() {
    let manifest = json("manifest.json");
    let outputs = manifest["outputs"].as_object().expect("a map");
    let listed: Vec<&String> = outputs.keys().collect();
    let made: Vec<&String> = out().keys().filter(|path| *path != "manifest.json").collect();
    assert_eq!(listed, made);
    for (path, output) in outputs {
        assert_eq!(string(&output["sha256"]), sha256(&out()[path]), "{path}");
    }
    for (path, hash) in manifest["inputs"].as_object().expect("a map") {
        let bytes = fs::read(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(string(hash), sha256(&bytes), "{path}");
    }
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where a value of the data must be found: in the Markdown, and in the PDF where PDFs can be read.
struct Paper {
    quarter: String,
    markdown: String,
    pdf: Option<String>,
}

impl Paper {
    fn of(quarter: &str) -> Paper {
        let paper = format!("{quarter}/{}", main_paper(quarter));
        let markdown = run_together(&of_markdown(&text(&format!("{paper}.md"))));
        let furniture = [string(&data("service.yaml")["marking"]).to_owned()];
        let furniture: Vec<&str> = furniture.iter().map(String::as_str).collect();
        let pdf = of_pdf(&out()[&format!("{paper}.pdf")], &furniture);
        Paper { quarter: quarter.to_owned(), markdown, pdf: pdf.map(|text| run_together(&text)) }
    }

    /// Notes a value that is not there.
    fn look_for(&self, what: &str, value: &str, missing: &mut Vec<String>) {
        let value = run_together(value);
        if !self.markdown.contains(&value) {
            missing.push(format!("{} (Markdown): {what}: {value}", self.quarter));
        }
        if self.pdf.as_ref().is_some_and(|pdf| !pdf.contains(&value)) {
            missing.push(format!("{} (PDF): {what}: {value}", self.quarter));
        }
    }
}

#[test]
fn every_sentence_of_a_narrative_is_in_its_paper() {
    let mut missing = Vec::new();
    let mut count = 0;
    for quarter in quarters() {
        let paper = Paper::of(&quarter);
        for (field, prose) in prose(&quarter) {
            let filled = with_figures(&of_markdown(&prose), &quarter);
            for sentence in sentences(&filled) {
                count += 1;
                paper.look_for(&field, &sentence, &mut missing);
            }
        }
    }
    assert!(count > 250, "{count} sentences only: does this test still look?");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    has_pdftotext();
}

/// Every text of a quarter that a reader must find, by its field.
fn prose(quarter: &str) -> Vec<(String, String)> {
    let narrative = data(&format!("{quarter}/narrative.yaml"));
    let actions = data("actions.yaml");
    let mut texts = Vec::new();
    let mut add = |field: &str, value: &Value| match value {
        Value::Null => {}
        value => texts.push((field.to_owned(), string(value).to_owned())),
    };
    for field in ["why", "context", "method", "conclusion"] {
        add(field, &narrative[field]);
    }
    for finding in list(&narrative["findings"]) {
        add("findings", &finding["text"]);
        add("findings.withdrawn", &finding["withdrawn"]);
    }
    for section in list(&narrative["sections"]) {
        add("sections", &section["title"]);
        add("sections", &section["text"]);
    }
    list(&narrative["learning"]).iter().for_each(|text| add("learning", text));
    list(&narrative["recommendations"]).iter().for_each(|text| add("recommendations", text));
    add("outcomes.expected", &narrative["outcomes"]["expected"]);
    add("outcomes.monitoring", &narrative["outcomes"]["monitoring"]);
    list(&narrative["asks"]["board"]).iter().for_each(|ask| add("asks.board", &ask["text"]));
    for ask in narrative["asks"]["partners"].as_array().into_iter().flatten() {
        add("asks.partners", &ask["partner"]);
        add("asks.partners", &ask["text"]);
    }
    list(&narrative["background_papers"]).iter().for_each(|paper| add("background_papers", &paper["title"]));
    list(&narrative["appendices"]).iter().for_each(|appendix| add("appendices", &appendix["title"]));
    for paper in list(&narrative["papers"]).iter().take(1) {
        add("title", &paper["title"]);
        list(&paper["authors"]).iter().for_each(|author| add("authors", author));
        for line in list(&paper["header"]) {
            add("header", &line["label"]);
            list(&line["value"]).iter().for_each(|value| add("header", value));
        }
    }
    for id in list(&narrative["next_steps"]) {
        let action = list(&actions).iter().find(|action| action["id"] == *id).expect("in the register");
        list(&action["what"]).iter().for_each(|what| add("what", what));
        list(&action["owners"]).iter().for_each(|owner| add("owners", owner));
        add("measure", &action["measure"]);
    }
    let audit = data(&format!("{quarter}/audit.yaml"));
    list(&audit["sample"]["shortfall"]).iter().for_each(|shortfall| add("shortfall", &shortfall["reason"]));
    texts
}

/// Fills in the figures of a text, from the published results and the data.
pub(crate) fn with_figures(text: &str, quarter: &str) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("(=") {
        let (path, after) = behind.split_once(')').expect("a figure ends");
        filled.push_str(before);
        filled.push_str(&figure(path, quarter));
        rest = after;
    }
    filled + rest
}

fn figure(path: &str, quarter: &str) -> String {
    if let Some((other, path)) = path.split_once('/') {
        return figure(path, other);
    }
    if let Some(path) = path.strip_prefix("previous.") {
        let theme = data(&format!("{quarter}/audit.yaml"))["theme"].clone();
        let all = quarters();
        let earlier = all.iter().rev().filter(|other| other.as_str() < quarter);
        let mut of_theme = earlier.filter(|other| data(&format!("{other}/audit.yaml"))["theme"] == theme);
        return figure(path, of_theme.next().expect("an earlier audit of the theme"));
    }
    let (root, key) = path.rsplit_once('.').expect("a root and a key");
    let narrative = data(&format!("{quarter}/narrative.yaml"));
    if let Some(figure) = list(&narrative["figures"]).iter().find(|figure| figure["id"] == root) {
        let number = |key: &str| figure[key].as_f64().expect("a number");
        return match key {
            "change" => {
                let change = (number("to") - number("from")) / number("from") * 100.0;
                format!("{}{:.1}%", if change < 0.0 { '−' } else { '+' }, change.abs())
            }
            key => number(key).to_string(),
        };
    }
    if root == "sample" {
        return data(&format!("{quarter}/audit.yaml"))["sample"][key].to_string();
    }
    let results = json(&format!("{quarter}/results.json"));
    let standard = || list(&results["standards"]).iter().find(|one| one["id"] == root).expect("a standard");
    let score = if root == "overall" { &results["overall"] } else { standard() };
    match key {
        "percent" => format!("{}%", score["percent"]),
        "low" | "high" => format!("{}%", percent(&score["interval"][key])),
        "points" | "of" => score[key].to_string(),
        key => string(&score[key]).to_owned(),
    }
}

/// A share in whole percent, rounded half up.
fn percent(share: &Value) -> u64 {
    (share.as_f64().expect("a share") * 100.0 + 0.5).floor() as u64
}

/// Every score and rating is computed here once more, in another way, and must stand in its row of the paper.
#[test]
fn every_score_and_rating_is_in_its_paper() {
    let mut missing = Vec::new();
    for quarter in scored() {
        let paper = Paper::of(&quarter);
        let results = json(&format!("{quarter}/results.json"));
        let (mut all_points, mut all_of) = (0, 0);
        let scores = half_points(&quarter);
        assert_eq!(scores.len(), 4, "four standards in {quarter}");
        for (id, (points, of)) in scores {
            all_points += points;
            all_of += of;
            let result = list(&results["standards"]).iter().find(|one| one["id"] == id).expect("published");
            let name = format!("{id} {}", string(&result["title"]));
            let row = format!("{name} {} {}", row(points, of), range(result));
            paper.look_for("score", &row, &mut missing);
        }
        let row = format!("Overall {} {}", row(all_points, all_of), range(&results["overall"]));
        paper.look_for("score", &row, &mut missing);
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// `44/95 46% Inadequate`, computed in half-points.
fn row(points: u64, of: u64) -> String {
    let shown = |half_points: u64| (half_points as f64 / 2.0).to_string();
    let percent = (200 * points + of) / (2 * of);
    let framework = data("frameworks/hmip-2018.yaml");
    let reached =
        list(&framework["bands"]).iter().rev().find(|band| percent >= band["from"].as_u64().expect("a bound"));
    format!("{}/{} {percent}% {}", shown(points), shown(of), string(&reached.expect("a band")["rating"]))
}

fn range(result: &Value) -> String {
    match &result["interval"] {
        Value::Null => "not known".to_owned(),
        interval => format!("{}% to {}%", percent(&interval["low"]), percent(&interval["high"])),
    }
}

/// Half-points and their maximum by standard, added up from the answers as they stand in the data.
fn half_points(quarter: &str) -> BTreeMap<String, (u64, u64)> {
    let audit = data(&format!("{quarter}/audit.yaml"));
    let double = |value: &Value| (value.as_f64().expect("points") * 2.0) as u64;
    if let Some(totals) = audit["totals"].as_array() {
        let total =
            |total: &Value| (string(&total["standard"]).to_owned(), (double(&total["points"]), double(&total["of"])));
        return totals.iter().map(total).collect();
    }
    let mut answers: Vec<(String, String)> = Vec::new();
    for case in list(&audit["cases"]) {
        let pairs = case["answers"].as_object().expect("answers").iter();
        answers.extend(pairs.map(|(prompt, answer)| (prompt.clone(), string(answer).to_owned())));
    }
    if let Some(file) = audit["answers"].as_str() {
        let path = repository().join("data").join(quarter).join(file);
        let mut rows = csv::ReaderBuilder::new().has_headers(false).from_path(path).expect("a table");
        let rows: Vec<Vec<String>> =
            rows.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect();
        let is_long = rows[0][0] == "case";
        for row in &rows[1..] {
            if is_long {
                answers.push((row[1].clone(), row[2].clone()));
            } else if row[0].contains('.') {
                let first_case = if rows[0][1] == "question" { 2 } else { 1 };
                answers.extend(row[first_case..].iter().map(|answer| (row[0].clone(), answer.clone())));
            }
        }
    }
    let mut sums: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (prompt, answer) in answers {
        let standard: Vec<&str> = prompt.splitn(3, '.').take(2).collect();
        let (points, of) = sums.entry(standard.join(".")).or_default();
        let earned = match answer.trim().to_lowercase().chars().next() {
            Some('y') => 2,
            Some('p') => 1,
            Some('n') if answer.trim().to_lowercase().replace(['.', '/'], "") == "na" => continue,
            Some('n') => 0,
            // A prompt that was not asked is blank in a wide table.
            None => continue,
            Some(_) => panic!("{quarter}: {prompt}: {answer}"),
        };
        *points += earned;
        *of += 2;
    }
    sums
}

#[test]
fn every_count_of_evidence_and_every_status_is_in_its_paper() {
    let mut missing = Vec::new();
    for quarter in quarters() {
        let paper = Paper::of(&quarter);
        let results = json(&format!("{quarter}/results.json"));
        for finding in list(&results["findings"]) {
            // Where nothing that was asked could have shown it there is nothing to count.
            if finding["of"].as_u64().is_some_and(|of| of > 0) {
                let seen = format!("{} of {} case", finding["n"], finding["of"]);
                paper.look_for(string(&finding["id"]), &seen, &mut missing);
            }
            let state = match string(&finding["state"]) {
                // The first audit of a theme has nothing to be new against.
                "new" | "withdrawn" if results["compared_with"].is_null() => continue,
                "new" => "New",
                "repeat" => "Seen again",
                "recurring" => "Back again, last seen",
                "resolved" => "Looked for, not found",
                "still there" => "Not named this time, though cases still show it",
                "not seen" => "Not named this time",
                "not tested" => "Not looked at this time",
                "withdrawn" => "Withdrawn",
                state => panic!("{quarter}: {state}"),
            };
            paper.look_for(string(&finding["id"]), state, &mut missing);
        }
        for id in list(&data(&format!("{quarter}/narrative.yaml"))["next_steps"]) {
            let action = list(&results["actions"]).iter().find(|action| action["id"] == *id).expect("published");
            let status = string(&action["status"]);
            let (first, others) = status.split_at(1);
            paper.look_for(string(id), &format!("{}{others}", first.to_uppercase()), &mut missing);
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[track_caller]
fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text, not {value}"))
}

/// What the README shows of the example's `diff` and `status`; a line `…` stands for lines that are left out.
#[test]
fn the_readme_shows_what_is_printed() {
    let readme = fs::read_to_string(repository().join("README.md")).expect("a file of the repository");
    let project = Project::of_example();
    for arguments in [&["diff", "2019-20-q3", "2020-21-q2"][..], &["status"]] {
        let command = format!("```\ncargo run -q -- {}\n```\n\n```\n", arguments.join(" "));
        let (_, behind) = readme.split_once(&command).unwrap_or_else(|| panic!("the README lacks {command}"));
        let (shown, _) = behind.split_once("\n```").expect("a closed fence");
        let printed = project.run(arguments).exits(0).stdout;
        let mut lines = printed.lines();
        let mut leaves_out = false;
        for shown in shown.lines() {
            if shown.trim() == "…" {
                leaves_out = true;
                continue;
            }
            let found = if leaves_out { lines.find(|line| *line == shown) } else { lines.next() };
            assert_eq!(found, Some(shown), "of {arguments:?}");
            leaves_out = false;
        }
        assert!(leaves_out || lines.next().is_none(), "{arguments:?} prints more");
    }
}
