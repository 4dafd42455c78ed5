//! Every text that was read, by id, and places in it.
//!
//! A [`Span`] is a range of bytes of one source; it becomes a line and a column only when it is printed.
//! **Invariant:** knows nothing of YAML, Markdown or audits, and reads no file itself.

use std::ops::Range;
use std::sync::Arc;

/// Names one [`Source`] of a [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A range of bytes, `start..end`, of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub source: SourceId,
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub fn new(source: SourceId, range: Range<usize>) -> Span {
        Span { source, start: range.start, end: range.end }
    }

    /// Returns the place just before the span, of no width.
    pub fn before(self) -> Span {
        Span { end: self.start, ..self }
    }

    /// Returns the smallest span that holds both; `self` where they lie in different sources.
    pub fn to(self, other: Span) -> Span {
        if self.source != other.source {
            return self;
        }
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A value and the place where it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spanned<T> {
    pub value: T,
    pub span: Span,
}

impl<T> Spanned<T> {
    pub fn new(value: T, span: Span) -> Spanned<T> {
        Spanned { value, span }
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }
}

/// One file as text, UTF-8 whatever it was on disk.
#[derive(Debug)]
pub struct Source {
    /// Relative to the project, with `/`: what diagnostics and the manifest print.
    pub path: String,
    pub text: String,
    line_starts: Vec<usize>,
}

/// A place as a person counts it: line and column from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    pub line: usize,
    pub column: usize,
}

impl Source {
    fn new(path: String, text: String) -> Source {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Source { path, text, line_starts }
    }

    pub fn line_column(&self, offset: usize) -> LineColumn {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let column = self.text[self.line_starts[line - 1]..offset].chars().count() + 1;
        LineColumn { line, column }
    }

    /// Returns the byte offset where line `line` (from 1) starts; the end of the text for a line past it.
    pub fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }
}

/// All sources of a run, in the order in which they were read. A copy shares the texts.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    sources: Vec<Arc<Source>>,
}

impl Sources {
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.push(Arc::new(Source::new(path.into(), text.into())))
    }

    /// Adds a source of other sources.
    pub fn add_of(&mut self, others: &Sources, id: SourceId) -> SourceId {
        self.push(others.sources[id.0 as usize].clone())
    }

    fn push(&mut self, source: Arc<Source>) -> SourceId {
        self.sources.push(source);
        SourceId(u32::try_from(self.sources.len() - 1).expect("fewer than four billion files"))
    }

    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.0 as usize]
    }

    pub fn slice(&self, span: Span) -> &str {
        &self.source(span.source).text[span.start..span.end]
    }

    pub fn path(&self, id: SourceId) -> &str {
        &self.source(id).path
    }

    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources.iter().enumerate().map(|(n, source)| (SourceId(n as u32), source.as_ref()))
    }

    pub fn whole(&self, id: SourceId) -> Span {
        Span { source: id, start: 0, end: self.source(id).text.len() }
    }
}

/// A text taken out of a source, with the way back: which byte of the text stands where in the source.
///
/// A YAML block scalar loses its indentation, so each of its lines has its own offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub value: String,
    pub span: Span,
    /// For each line of `value`: the byte where it starts in `value`, and in the source. Empty where no exact way back exists.
    lines: Vec<(usize, usize)>,
}

impl Text {
    /// A text with no exact way back: every place in it is the whole of `span`.
    pub fn opaque(value: impl Into<String>, span: Span) -> Text {
        Text { value: value.into(), span, lines: Vec::new() }
    }

    /// `lines`: for each line of `value`, the byte where it starts in `value` and in the source.
    pub fn mapped(value: impl Into<String>, span: Span, lines: Vec<(usize, usize)>) -> Text {
        Text { value: value.into(), span, lines }
    }

    /// Returns where a range of the text stands in its source.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let place = |offset: usize| {
            let line = self.lines.partition_point(|&(start, _)| start <= offset).checked_sub(1)?;
            let (start, source) = self.lines[line];
            Some((source + offset - start).min(self.span.end))
        };
        match (place(range.start), place(range.end.max(range.start + 1) - 1)) {
            (Some(start), Some(last)) if last >= start => {
                Span { source: self.span.source, start, end: if range.end > range.start { last + 1 } else { start } }
            }
            _ => self.span,
        }
    }
}

/// Joins a folder and a file named from it, both with `/`, resolving `.` and `..`.
///
/// `None` where the name is not relative, or leads above the first folder.
pub fn resolved(folder: &str, file: &str) -> Option<String> {
    if file.starts_with('/') || file.contains(['\\', ':']) {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_count_characters_from_one() {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", "é: 1\nb: 2\n");
        let source = sources.source(id);
        assert_eq!(source.line_column(2), LineColumn { line: 1, column: 2 });
        assert_eq!(source.line_column(source.text.find('b').unwrap()), LineColumn { line: 2, column: 1 });
        assert_eq!(source.line_column(999), LineColumn { line: 3, column: 1 });
    }

    #[test]
    fn text_leads_back_through_the_indentation() {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", "a: |\n  one\n  two\n");
        let text = Text::mapped("one\ntwo\n", Span::new(id, 3..17), vec![(0, 7), (4, 13)]);
        assert_eq!(sources.slice(text.span_of(4..7)), "two");
        assert_eq!(sources.slice(text.span_of(0..7)), "one\n  two");
        assert_eq!(text.span_of(4..4).start, 13);
    }
}
