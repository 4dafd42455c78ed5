//! Diagnostics → text: for people, a line each, or JSON.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity, field_in_words};
use crate::source::{SourceId, Sources};

use super::arguments::MessageFormat;
use super::{Exit, tell};

/// An output that is not what a build would make: its path as printed, and what is wrong with it.
pub(super) struct StaleFile {
    pub path: String,
    pub what: &'static str,
    /// The lines that would change, each after its sign.
    pub lines: Vec<String>,
}

/// Prints diagnostics in their order: for people to stderr, for programs to stdout; returns what to end with where the
/// machine refuses it.
#[must_use]
pub(super) fn print<'a>(
    diagnostics: impl Iterator<Item = &'a Diagnostic>,
    sources: &Sources,
    format: MessageFormat,
) -> Option<Exit> {
    print_all(diagnostics, &[], sources, format)
}

/// Prints diagnostics, and for programs what is stale; people are told of that at the end of a run.
#[must_use]
pub(super) fn print_all<'a>(
    diagnostics: impl Iterator<Item = &'a Diagnostic>,
    stale: &[StaleFile],
    sources: &Sources,
    format: MessageFormat,
) -> Option<Exit> {
    match format {
        MessageFormat::Human => {
            let renderer = Renderer::styled();
            diagnostics.map(|one| human(one, sources, &renderer)).for_each(|text| tell!("{text}\n"));
            None
        }
        MessageFormat::Short => {
            let stale = stale.iter().map(|one| format!("{}: error[stale]: the file {}", one.path, one.what));
            diagnostics.map(|one| short(one, sources)).chain(stale).for_each(|text| tell!("{text}"));
            None
        }
        MessageFormat::Json => {
            print_lines(diagnostics.map(|one| json(one, sources)).chain(stale.iter().map(json_stale)))
        }
        MessageFormat::Github => {
            print_lines(diagnostics.map(|one| github(one, sources)).chain(stale.iter().map(github_stale)))
        }
        MessageFormat::Gitlab => {
            let entries = diagnostics.map(|one| gitlab(one, sources)).chain(stale.iter().map(gitlab_stale));
            let report: Vec<Quality> = entries.collect();
            let json = serde_json::to_string_pretty(&report).expect("plain data has a JSON form");
            super::print(&format!("{json}\n"))
        }
        MessageFormat::Markdown => super::print(&markdown(diagnostics, stale, sources)),
    }
}

fn print_lines(lines: impl Iterator<Item = String>) -> Option<Exit> {
    super::print(&lines.map(|line| line + "\n").collect::<String>())
}

fn human(diagnostic: &Diagnostic, sources: &Sources, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = level
        .primary_title(&diagnostic.message)
        .id(diagnostic.code.name())
        .elements(std::iter::empty::<annotate_snippets::Padding>());
    // One snippet a file, the one with the mistake first.
    let mut files: Vec<SourceId> = Vec::new();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.source) {
            files.push(label.span.source);
        }
    }
    for file in files {
        let source = sources.source(file);
        let labels = || diagnostic.labels.iter().enumerate().filter(|(_, label)| label.span.source == file);
        // The lines that are shown, and no others: of a long file the rest would be read for each message.
        let (start, end) = labels()
            .fold((usize::MAX, 0), |(start, end), (_, label)| (start.min(label.span.start), end.max(label.span.end)));
        let first = source.line_column(start).line;
        let start = source.line_start(first);
        let end = source.text[end..].find('\n').map_or(source.text.len(), |at| end + at + 1);
        let annotations = labels().map(|(n, label)| {
            let kind = if n == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let annotation = kind.span(label.span.start - start..label.span.end - start);
            if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
        });
        let lines = Snippet::source(&source.text[start..end]).line_start(first);
        group = group.element(lines.path(source.path.as_str()).annotations(annotations));
    }
    // A message that names the field itself need not be repeated.
    if let Some(field) = diagnostic.field.as_ref().filter(|field| !diagnostic.message.contains(&format!("`{field}`"))) {
        group = group.element(Level::NOTE.message(format!("in {}", field_in_words(field).join(", "))));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note));
    }
    for hint in &diagnostic.hints {
        group = group.element(Level::HELP.message(hint));
    }
    renderer.render(&[group])
}

fn short(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let place = diagnostic.span().map_or_else(String::new, |span| {
        let source = sources.source(span.source);
        let at = source.line_column(span.start);
        format!("{}:{}:{}: ", source.path, at.line, at.column)
    });
    format!("{place}{}[{}]: {}", diagnostic.severity.word(), diagnostic.code.name(), with_hint(diagnostic))
}

/// One diagnostic as a line of JSON: `schema` 1.
#[derive(Serialize)]
struct Message<'a> {
    schema: u32,
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    field: Option<&'a str>,
    labels: Vec<MessageLabel<'a>>,
    notes: &'a [String],
    hints: &'a [String],
}

/// Lines and columns from 1, columns in characters; `end_column` is the one behind the last character.
#[derive(Serialize)]
struct MessageLabel<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

fn json(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let label = |label: &'_ crate::diagnostic::Label| {
        let source = sources.source(label.span.source);
        let (start, end) = (source.line_column(label.span.start), source.line_column(label.span.end));
        (source.path.as_str(), start, end)
    };
    let labels = diagnostic.labels.iter().map(|one| {
        let (file, start, end) = label(one);
        MessageLabel {
            file,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            text: &one.text,
        }
    });
    let message = Message {
        schema: 1,
        code: diagnostic.code.name(),
        severity: diagnostic.severity.word(),
        message: &diagnostic.message,
        field: diagnostic.field.as_deref(),
        labels: labels.collect(),
        notes: &diagnostic.notes,
        hints: &diagnostic.hints,
    };
    serde_json::to_string(&message).expect("plain data has a JSON form")
}

fn json_stale(stale: &StaleFile) -> String {
    let message = Message {
        schema: 1,
        code: "stale",
        severity: "error",
        message: &format!("{} {}", stale.path, stale.what),
        field: None,
        labels: Vec::new(),
        notes: &stale.lines,
        hints: &[],
    };
    serde_json::to_string(&message).expect("plain data has a JSON form")
}

/// Where a diagnostic is: file, line and column from 1, and the same of its end.
fn place<'s>(diagnostic: &Diagnostic, sources: &'s Sources) -> Option<(&'s str, [usize; 4])> {
    let span = diagnostic.span()?;
    let source = sources.source(span.source);
    let (start, end) = (source.line_column(span.start), source.line_column(span.end));
    Some((source.path.as_str(), [start.line, start.column, end.line, end.column]))
}

/// The message with the first thing to do about it. What a file says may command a terminal: the sign for a control
/// character stands in its place.
fn with_hint(diagnostic: &Diagnostic) -> String {
    let text = match diagnostic.hints.first() {
        Some(hint) => format!("{} ({hint})", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let shown = |c: char| match c {
        '\n' => c,
        '\0'..='\u{1f}' => char::from_u32('␀' as u32 + c as u32).unwrap_or('\u{fffd}'),
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(shown).collect()
}

/// `::error file=…,line=…::message`, as GitHub's runner reads it
/// (*Workflow commands for GitHub Actions*, "Setting an error message").
fn github(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let place = place(diagnostic, sources).map_or_else(String::new, |(file, [line, column, end_line, end_column])| {
        format!("file={},line={line},endLine={end_line},col={column},endColumn={end_column},", property(file))
    });
    format!("::{level} {place}title={}::{}", diagnostic.code.name(), data(&with_hint(diagnostic)))
}

fn github_stale(stale: &StaleFile) -> String {
    let text = format!("{} {}\n{}", stale.path, stale.what, stale.lines.join("\n"));
    format!("::error file={},title=stale::{}", property(&stale.path), data(text.trim_end()))
}

/// A command's text: what would end it is written as a number.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// An entry of a code quality report (GitLab, *Code Quality*, "Implement a custom tool").
#[derive(Serialize)]
struct Quality {
    description: String,
    check_name: String,
    /// The same for the same problem in another run, wherever its line has moved to.
    fingerprint: String,
    severity: &'static str,
    location: QualityPlace,
}

#[derive(Serialize)]
struct QualityPlace {
    path: String,
    lines: QualityLines,
}

#[derive(Serialize)]
struct QualityLines {
    begin: usize,
}

fn gitlab(diagnostic: &Diagnostic, sources: &Sources) -> Quality {
    let (path, [begin, ..]) = place(diagnostic, sources).unwrap_or(("data", [1; 4]));
    let field = diagnostic.field.as_deref().unwrap_or_default();
    let severity = match diagnostic.severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    quality(with_hint(diagnostic), diagnostic.code.name(), field, severity, path, begin)
}

fn gitlab_stale(stale: &StaleFile) -> Quality {
    quality(format!("{} {}", stale.path, stale.what), "stale", "", "major", &stale.path, 1)
}

fn quality(description: String, code: &str, field: &str, severity: &'static str, path: &str, begin: usize) -> Quality {
    let fingerprint = crate::output::sha256(format!("{code}\n{path}\n{field}\n{description}").as_bytes());
    let location = QualityPlace { path: path.to_owned(), lines: QualityLines { begin } };
    Quality { description, check_name: code.to_owned(), fingerprint, severity, location }
}

/// A comment: a table of the problems, then what is stale with its lines; empty where there is neither.
fn markdown<'a>(diagnostics: impl Iterator<Item = &'a Diagnostic>, stale: &[StaleFile], sources: &Sources) -> String {
    let cell = |text: &str| text.replace('\n', " ").replace('|', "\\|");
    let rows: Vec<String> = diagnostics
        .map(|one| {
            let place = place(one, sources).map_or_else(String::new, |(file, [line, ..])| format!("`{file}:{line}`"));
            format!("| {} | {place} | {} | `{}` |", one.severity.word(), cell(&with_hint(one)), one.code.name())
        })
        .collect();
    let mut text = String::new();
    if !rows.is_empty() {
        text.push_str("| | where | what | code |\n| :--- | :--- | :--- | :--- |\n");
        rows.iter().for_each(|row| text.push_str(&format!("{row}\n")));
    }
    for one in stale.iter().filter(|one| !one.lines.is_empty()) {
        let blank = if text.is_empty() { "" } else { "\n" };
        // Longer than any fence in a paper's Markdown.
        let lines = format!("``````diff\n{}\n``````\n", one.lines.join("\n"));
        text.push_str(&format!("{blank}`{}` {}\n\n{lines}", one.path, one.what));
    }
    let others = stale.iter().filter(|one| one.lines.is_empty()).map(|one| format!("- `{}` {}\n", one.path, one.what));
    let others: String = others.collect();
    let blank = if text.is_empty() || others.is_empty() { "" } else { "\n" };
    format!("{text}{blank}{others}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::codes;
    use crate::source::Span;

    fn one(message: &str) -> (Diagnostic, Sources) {
        let mut sources = Sources::default();
        let id = sources.add("data/a, b.yaml", "x: 1\ny: 2\n");
        let diagnostic = Diagnostic::new(codes::UNKNOWN_KEY, message).at(Span::new(id, 5..6), "").hint("remove it");
        (diagnostic, sources)
    }

    #[test]
    fn an_annotation_cannot_be_broken_out_of() {
        let (diagnostic, sources) = one("50%\n::error::no");
        assert_eq!(
            github(&diagnostic, &sources),
            "::error file=data/a%2C b.yaml,line=2,endLine=2,col=1,endColumn=2,title=unknown-key::50%25%0A::error::no (remove it)"
        );
    }

    #[test]
    fn a_fingerprint_does_not_move_with_its_line() {
        let (diagnostic, sources) = one("unknown");
        let mut moved = Sources::default();
        let id = moved.add("data/a, b.yaml", "x: 1\n\n\ny: 2\n");
        let lower = Diagnostic::new(codes::UNKNOWN_KEY, "unknown").at(Span::new(id, 7..8), "").hint("remove it");
        let (here, there) = (gitlab(&diagnostic, &sources), gitlab(&lower, &moved));
        assert_eq!(here.fingerprint, there.fingerprint);
        assert_eq!((here.location.lines.begin, there.location.lines.begin), (2, 4));
    }

    #[test]
    fn a_pipe_breaks_no_table() {
        let (diagnostic, sources) = one("a | b");
        let text = markdown([&diagnostic].into_iter(), &[], &sources);
        assert!(text.contains(r"| error | `data/a, b.yaml:2` | a \| b (remove it) | `unknown-key` |"), "{text}");
    }
}
