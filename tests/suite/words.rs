//! What a reader reads: the words of Markdown, of a PDF and of a YAML text, in a form that can be compared.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use pulldown_cmark::{Event, Options, Parser, TagEnd};
use serde_json::Value;

/// Reads YAML into a generic tree; `Yes` and `No` stay words.
pub(crate) fn yaml(text: &str) -> Value {
    let options = serde_yaml::options! { strict_booleans: true };
    serde_yaml::from_str_with_options(text, options).expect("the example is YAML")
}

/// The text of Markdown without its markup; each block and each cell is a line, code and pictures' alternative
/// texts are text.
pub(crate) fn of_markdown(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut text = String::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(piece) | Event::Code(piece) | Event::Html(piece) | Event::InlineHtml(piece) => {
                text.push_str(&piece);
            }
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::FootnoteReference(_) => {}
            Event::End(
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::FootnoteDefinition,
            ) => {}
            Event::End(_) => text.push('\n'),
            _ => {}
        }
    }
    text
}

/// The text of a PDF in the order in which it was written, without what stands at the head and foot of each page;
/// `None` where this machine has no `pdftotext`, which is said.
pub(crate) fn of_pdf(pdf: &[u8], furniture: &[&str]) -> Option<String> {
    let is_page_number = |line: &str| line.contains("Page ") && line.contains(" of ");
    let is_furniture = |line: &str| furniture.contains(&line) || is_page_number(line);
    let pages = pages_of_pdf(pdf)?;
    let lines = pages.iter().flat_map(|page| page.lines()).filter(|line| !is_furniture(line));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// The text of each page of a PDF; `None` where this machine has no `pdftotext`, which is said.
pub(crate) fn pages_of_pdf(pdf: &[u8]) -> Option<Vec<String>> {
    if !has_pdftotext() {
        return None;
    }
    let mut reader = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext was there a moment ago");
    let mut stdin = reader.stdin.take().expect("piped");
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(pdf));
        reader.wait_with_output().expect("pdftotext ends")
    });
    assert!(output.status.success(), "pdftotext refuses the PDF");
    let text = String::from_utf8(output.stdout).expect("asked for UTF-8");
    // Each page ends with a form feed.
    let pages = text.strip_suffix('\u{c}').unwrap_or(&text).split('\u{c}');
    Some(pages.map(str::to_owned).collect())
}

/// The bookmarks of a PDF in their order, without their depth; `None` where this machine has no `pdftohtml`, which comes
/// with `pdftotext`.
pub(crate) fn bookmarks_of_pdf(pdf: &[u8]) -> Option<Vec<String>> {
    let text = xml_of_pdf(pdf)?;
    let items = text.lines().filter_map(|line| line.strip_prefix("<item page=\"")?.strip_suffix("</item>"));
    let title = |item: &str| item.split_once("\">").expect("a page and a title").1.replace("&amp;", "&");
    Some(items.map(title).collect())
}

/// The sizes of all text of a PDF in points, to a third of a point; `None` as of [`bookmarks_of_pdf`].
pub(crate) fn text_sizes_of_pdf(pdf: &[u8]) -> Option<Vec<f64>> {
    let text = xml_of_pdf(pdf)?;
    let sizes = text.lines().filter_map(|line| line.trim().strip_prefix("<fontspec ")?.split_once("size=\""));
    let size = |rest: &str| rest.split('"').next().and_then(|size| size.parse::<f64>().ok()).expect("a size");
    Some(sizes.map(|(_, rest)| size(rest) / ZOOM).collect())
}

/// How much larger than it is `pdftohtml` makes a page: the most that it can, since it rounds sizes.
const ZOOM: f64 = 3.0;

/// A PDF as XML, with its fonts, its texts and its bookmarks.
fn xml_of_pdf(pdf: &[u8]) -> Option<String> {
    if !has_pdftotext() {
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("paper.pdf");
    std::fs::write(&path, pdf).expect("a file of ours");
    let zoom = ZOOM.to_string();
    let output = Command::new("pdftohtml").args(["-xml", "-i", "-stdout", "-zoom", &zoom]).arg(&path).output().ok()?;
    assert!(output.status.success(), "pdftohtml refuses the PDF");
    Some(String::from_utf8(output.stdout).expect("XML in UTF-8"))
}

/// The headings of Markdown in their order, without their depth and their title, which is the first.
pub(crate) fn headings_of_markdown(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut headings = Vec::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(markdown, options) {
        match (event, &mut heading) {
            (Event::Start(pulldown_cmark::Tag::Heading { .. }), _) => heading = Some(String::new()),
            (Event::End(TagEnd::Heading(_)), _) => headings.extend(heading.take()),
            (Event::Text(piece) | Event::Code(piece), Some(heading)) => heading.push_str(&piece),
            _ => {}
        }
    }
    assert!(!headings.is_empty(), "a paper has its title");
    headings.split_off(1)
}

/// Whether PDFs can be read back here.
pub(crate) fn has_pdftotext() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| {
        let found = Command::new("pdftotext").arg("-v").stderr(Stdio::null()).stdout(Stdio::null()).status().is_ok();
        if !found {
            let note = "skipped: there is no `pdftotext` on this machine, so no PDF was read back";
            // Not `println!`, which a passing test keeps to itself.
            let _ = writeln!(std::io::stderr(), "{note}");
        }
        found
    })
}

/// A text as one run of characters: no white space, since lines end elsewhere on every page, and one form for each
/// quote and dash, since typing is not typesetting.
pub(crate) fn run_together(text: &str) -> String {
    let mut run = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '‘' | '’' => run.push('\''),
            '“' | '”' => run.push('"'),
            '–' => run.push_str("--"),
            '—' => run.push_str("---"),
            '…' => run.push_str("..."),
            '\u{ad}' => {}
            c if c.is_whitespace() => {}
            c => run.push(c),
        }
    }
    run
}

/// Cuts a text where a line or a sentence ends: each piece can be found, or missed, on its own.
pub(crate) fn sentences(text: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let of_line = words.split_inclusive(|word| word.ends_with(['.', '?', '!', ':']));
        sentences.extend(of_line.map(|words| words.join(" ")));
    }
    sentences
}
