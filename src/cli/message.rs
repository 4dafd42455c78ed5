//! Diagnostics → text: for people, a line each, or JSON.

use std::io::Write;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity, field_in_words};
use crate::source::{SourceId, Sources};

use super::arguments::MessageFormat;

/// Prints diagnostics in their order: for people to stderr, for programs to stdout.
pub(super) fn print<'a>(diagnostics: impl Iterator<Item = &'a Diagnostic>, sources: &Sources, format: MessageFormat) {
    // A reader that has gone away is no reason to fail.
    let _ = match format {
        MessageFormat::Human => {
            let renderer = Renderer::styled();
            let mut out = anstream::stderr().lock();
            diagnostics.map(|one| human(one, sources, &renderer)).try_for_each(|text| writeln!(out, "{text}\n"))
        }
        MessageFormat::Short => {
            let mut out = anstream::stderr().lock();
            diagnostics.map(|one| short(one, sources)).try_for_each(|text| writeln!(out, "{text}"))
        }
        MessageFormat::Json => {
            let mut out = std::io::stdout().lock();
            diagnostics.map(|one| json(one, sources)).try_for_each(|text| writeln!(out, "{text}"))
        }
    };
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
        let annotations = diagnostic.labels.iter().enumerate().filter(|(_, label)| label.span.source == file);
        let annotations = annotations.map(|(n, label)| {
            let kind = if n == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let annotation = kind.span(label.span.start..label.span.end);
            if label.text.is_empty() { annotation } else { annotation.label(label.text.as_str()) }
        });
        group =
            group.element(Snippet::source(source.text.as_str()).path(source.path.as_str()).annotations(annotations));
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
    let hint = diagnostic.hints.first().map_or_else(String::new, |hint| format!(" ({hint})"));
    format!("{place}{}[{}]: {}{hint}", diagnostic.severity.word(), diagnostic.code.name(), diagnostic.message)
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
