//! Text → a tree of [`Node`]s that keep their place and are kept as written.
//!
//! `3.10` stays `3.10`, a repeated key is delivered twice, and a scalar remembers how it was quoted.
//! **Invariant:** knows YAML and nothing of what the keys mean.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned as Located;

use crate::diagnostic::{Diagnostic, codes};
use crate::source::{SourceId, Sources, Span, Text};

/// A value of a YAML file and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub span: Span,
    pub kind: NodeKind,
}

#[derive(Clone, Debug)]
pub(super) enum NodeKind {
    /// Nothing, `~` or `null`.
    Null,
    Scalar(Scalar),
    Sequence(Vec<Node>),
    Mapping(Vec<(Key, Node)>),
}

/// A scalar: what it says, and how it was written.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    /// As written, whatever type YAML would give it; quotes and block indentation are resolved.
    pub text: Text,
    pub style: ScalarStyle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScalarStyle {
    Plain,
    Quoted,
    Block,
}

#[derive(Clone, Debug)]
pub(super) struct Key {
    pub name: String,
    pub span: Span,
}

impl Node {
    /// How many items a list has; 1 for any other value.
    pub fn len(&self) -> usize {
        match &self.kind {
            NodeKind::Sequence(items) => items.len(),
            _ => 1,
        }
    }

    /// What a person would call it, for "a text was expected, this is a list".
    pub fn noun(&self) -> &'static str {
        match &self.kind {
            NodeKind::Null => "empty",
            NodeKind::Scalar(_) => "a text",
            NodeKind::Sequence(_) => "a list",
            NodeKind::Mapping(_) => "a mapping",
        }
    }
}

/// Reads one YAML file; an empty one is a null node.
///
/// # Errors
/// A syntax error is one diagnostic: YAML has no way to go on after it.
pub(super) fn read(sources: &Sources, id: SourceId) -> Result<Node, Box<Diagnostic>> {
    let text = &sources.source(id).text;
    // A case of forty answers is about a hundred events: the budget lets 2,000 cases through and still bounds a bomb.
    let options = serde_yaml::options! {
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        with_snippet: false,
        budget: serde_yaml::budget! {
            max_events: 4_000_000,
            max_nodes: 2_000_000,
            max_aliases: 1_000,
        },
    };
    match serde_yaml::from_str_with_options::<Located<Raw>>(text, options) {
        Ok(raw) => Ok(Placing { text, id }.node(raw)),
        Err(error) => Err(Box::new(syntax_error(sources, id, &error))),
    }
}

fn syntax_error(sources: &Sources, id: SourceId, error: &serde_yaml::Error) -> Diagnostic {
    let source = sources.source(id);
    let message = error.without_snippet().to_string();
    // The message repeats the place, which is printed beside it.
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(head, _)| head).to_owned();
    let span = error.location().map_or(Span::new(id, 0..0), |location| {
        let start = source.line_start(location.line() as usize);
        let line_end = source.text[start..].find('\n').map_or(source.text.len(), |at| start + at);
        let offset = source.text[start..line_end]
            .char_indices()
            .nth((location.column() as usize).saturating_sub(1))
            .map_or(line_end, |(at, _)| start + at);
        let width = source.text[offset..].chars().next().filter(|&c| c != '\n').map_or(0, char::len_utf8);
        Span::new(id, offset..offset + width)
    });
    // The library names the start of the text that holds it.
    let control = |&(_, c): &(usize, char)| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if message.contains("unexpected character")
        && let Some((at, c)) = source.text.char_indices().find(control)
    {
        return Diagnostic::new(codes::FORBIDDEN_CHARACTER, format!("the file holds the character U+{:04X}", c as u32))
            .at(Span::new(id, at..at + c.len_utf8()), "it cannot be printed")
            .hint("delete it; it often comes along when text is pasted");
    }
    let line = &source.text[source.line_start(source.line_column(span.start).line)..span.end];
    let indentation = &line[..line.len() - line.trim_start().len()];
    // Brackets that a comment left open are noticed on the next line only.
    let earlier = source.text[..span.start].lines().rev().take(2).collect::<Vec<_>>().concat();
    let (words, hint) = if message.contains("flow") && earlier.contains(" #") {
        ("a comment cuts off what closes this", "put quotes around a text that holds ` #`, as in \"#1d3d5c\"")
    } else if indentation.contains('\t') {
        TABS
    } else {
        match IN_WORDS.iter().find(|(piece, ..)| message.contains(piece)) {
            Some(&(_, words, hint)) => (words, hint),
            None => return Diagnostic::new(codes::YAML_SYNTAX, format!("this is not YAML: {message}")).at(span, ""),
        }
    };
    Diagnostic::new(codes::YAML_SYNTAX, format!("this is not YAML: {words}"))
        .at(span, "")
        .note(format!("in the words of YAML: {message}"))
        .hint(hint)
}

const TABS: (&str, &str) = ("a tab indents this line", "YAML indents with spaces, never with tabs");

const NEEDS_BLOCK: &str = "such a text needs a block: put `|` after the key and the text on the next line, indented";

/// What the library's words mean to somebody who writes a text: a piece of them, what is wrong, what to do.
const IN_WORDS: &[(&str, &str, &str)] = &[
    ("mapping values", "a second `: ` in one line", NEEDS_BLOCK),
    ("block sequence entries", "a text begins with `- `", NEEDS_BLOCK),
    ("comment intercepting", "a ` #` in the middle of a text starts a comment", NEEDS_BLOCK),
    (
        "unclosed bracket",
        "this bracket is never closed",
        "close each `[` with `]` and each `{` with `}`; ` #` starts a comment, unless the text is in quotes",
    ),
    ("mapping keys", "a text begins with `? `", NEEDS_BLOCK),
    ("unknown anchor", "a text begins with `*`", NEEDS_BLOCK),
    ("unexpected character: `@'", "a text begins with `@`", NEEDS_BLOCK),
    ("unexpected character: `%'", "a text begins with `%`", NEEDS_BLOCK),
    ("unexpected character: ``'", "a text begins with a backtick", NEEDS_BLOCK),
    (
        "unexpected character",
        "a character that cannot be printed",
        "delete it; it often comes along when text is pasted",
    ),
    ("trailing content after", "something follows the closing quotation mark", NEEDS_BLOCK),
    ("multiline quoted", "a quotation mark above is never closed", "close it, or put `|` before the text instead"),
    ("scanning a block scalar", "something follows the `|`", "the text of a block starts on the next line, indented"),
    ("illegal placement of ':'", "a bracket above is never closed", "close each `[` with `]` and each `{` with `}`"),
    (
        "flow mapping",
        "a `,` or a `}` is missing here",
        "inside `{…}` a text that holds `: `, a comma or a bracket needs quotes",
    ),
    (
        "flow sequence",
        "a `,` or a `]` is missing here",
        "inside `[…]` a text that holds `: `, a comma or a bracket needs quotes",
    ),
    (
        "simple key expected",
        "this line is neither a key nor part of a text",
        "a key ends in `: `, with a space; the lines of a text are indented below their key",
    ),
    (
        "did not find expected key",
        "this line is indented in a way that fits nothing above",
        "the lines of a text start as far in as its first, and the keys of one mapping stand exactly below each other",
    ),
    ("tab", TABS.0, TABS.1),
    ("multiple YAML documents", "two documents in one file", "remove the line `---`"),
];

/// Finds the path of the field at a place: `findings[2].standard`; `None` outside every field.
pub(super) fn field_at(node: &Node, offset: usize) -> Option<String> {
    let mut path = String::new();
    let mut at = node;
    loop {
        let holds = |span: Span| span.start <= offset && offset <= span.end;
        let below = match &at.kind {
            NodeKind::Mapping(entries) => {
                entries.iter().find(|(key, value)| holds(key.span.to(value.span))).map(|(key, value)| {
                    let dot = if path.is_empty() { "" } else { "." };
                    (format!("{dot}{}", key.name), value)
                })
            }
            NodeKind::Sequence(items) => {
                let found = items.iter().enumerate().find(|(_, item)| holds(item.span));
                found.map(|(n, item)| (format!("[{n}]"), item))
            }
            NodeKind::Scalar(_) | NodeKind::Null => None,
        };
        let Some((step, next)) = below else { break };
        path.push_str(&step);
        at = next;
    }
    Some(path).filter(|path| !path.is_empty())
}

/// What the YAML library hands over, before it is placed in its source.
enum Raw {
    Null,
    /// A scalar that YAML would read as a truth value or a number: its text is taken from the source.
    Typed,
    Text(String),
    Sequence(Vec<Located<Raw>>),
    Mapping(Vec<(Located<Raw>, Located<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Typed)
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::Sequence(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Mapping(entries))
    }
}

struct Placing<'a> {
    text: &'a str,
    id: SourceId,
}

impl Placing<'_> {
    fn node(&self, raw: Located<Raw>) -> Node {
        let span = self.span(&raw);
        match raw.value {
            Raw::Null => Node { span, kind: NodeKind::Null },
            Raw::Typed => self.scalar(self.text[span.start..span.end].to_owned(), span),
            Raw::Text(text) => self.scalar(text, span),
            Raw::Sequence(items) => {
                let items: Vec<Node> = items.into_iter().map(|item| self.node(item)).collect();
                let span = items.last().map_or(span, |last| span.to(last.span));
                Node { span, kind: NodeKind::Sequence(items) }
            }
            Raw::Mapping(entries) => {
                let entries: Vec<(Key, Node)> =
                    entries.into_iter().map(|(key, value)| (self.key(key), self.node(value))).collect();
                let span = entries.last().map_or(span, |(key, value)| span.to(key.span).to(value.span));
                Node { span, kind: NodeKind::Mapping(entries) }
            }
        }
    }

    fn key(&self, raw: Located<Raw>) -> Key {
        let span = self.span(&raw);
        let name = match raw.value {
            Raw::Text(text) => text,
            _ => self.text[span.start..span.end].to_owned(),
        };
        Key { name, span }
    }

    fn span(&self, raw: &Located<Raw>) -> Span {
        let span = raw.referenced.span();
        let start = span.byte_offset().map_or(0, |offset| offset as usize).min(self.text.len());
        let end = (start + span.byte_len().map_or(0, |len| len as usize)).min(self.text.len());
        Span::new(self.id, start..end)
    }

    fn scalar(&self, value: String, span: Span) -> Node {
        let style = self.style(span);
        // The span of a block runs up to the next content: what is blank there belongs to nobody.
        let trimmed = self.text[span.start..span.end].trim_end();
        let span = Span { end: span.start + trimmed.len(), ..span };
        let text = match self.lines(&value, span, style) {
            Some(lines) => Text::mapped(value, span, lines),
            None => Text::opaque(value, span),
        };
        Node { span, kind: NodeKind::Scalar(Scalar { text, style }) }
    }

    fn style(&self, span: Span) -> ScalarStyle {
        let before = self.text[..span.start].trim_end_matches([' ', '\t']).trim_end_matches(['\n', '\r', ' ', '\t']);
        let on_an_earlier_line = self.text[before.len()..span.start].contains('\n');
        let line = before.rsplit('\n').next().unwrap_or_default();
        let line = line.split(" #").next().unwrap_or_default().trim_end();
        let head = line.trim_end_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
        if on_an_earlier_line && head.ends_with(['|', '>']) {
            ScalarStyle::Block
        } else if self.text[span.start..span.end].starts_with(['"', '\'']) {
            ScalarStyle::Quoted
        } else {
            ScalarStyle::Plain
        }
    }

    /// Finds each line of the value in the source; `None` where the value was folded or escaped.
    fn lines(&self, value: &str, span: Span, style: ScalarStyle) -> Option<Vec<(usize, usize)>> {
        let mut lines = Vec::new();
        let mut at = 0;
        // The span starts behind the first line's indentation, the next lines start at their own.
        let mut source_at = span.start;
        if style == ScalarStyle::Quoted {
            source_at += 1;
        }
        let blank_start = value.len() - value.trim_start_matches('\n').len();
        for line in value.split_inclusive('\n') {
            // The span of a block starts behind the blank lines that it starts with.
            if at < blank_start && style == ScalarStyle::Block {
                lines.push((at, span.start));
                at += line.len();
                continue;
            }
            let wanted = line.trim_end_matches('\n');
            let source_end = self.text[source_at..].find('\n').map_or(self.text.len(), |end| source_at + end);
            let source_line = self.text[source_at..source_end].trim_end_matches('\r');
            let start = if source_line.starts_with(wanted) {
                source_at
            } else if source_line.ends_with(wanted) {
                source_at + source_line.len() - wanted.len()
            } else {
                return None;
            };
            lines.push((at, start));
            at += line.len();
            source_at = (source_end + 1).min(self.text.len());
        }
        Some(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Sources, Node) {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", text);
        let node = read(&sources, id).expect("YAML");
        (sources, node)
    }

    fn field<'n>(node: &'n Node, name: &str) -> &'n Node {
        let NodeKind::Mapping(entries) = &node.kind else { panic!("a mapping") };
        &entries.iter().find(|(key, _)| key.name == name).expect("the key").1
    }

    fn scalar(node: &Node) -> &Scalar {
        let NodeKind::Scalar(scalar) = &node.kind else { panic!("a scalar") };
        scalar
    }

    #[test]
    fn scalars_stay_as_written() {
        let (_, node) = parse("a: 3.10\nb: No\nc: true\nd: 'it''s'\n");
        assert_eq!(scalar(field(&node, "a")).text.value, "3.10");
        assert_eq!(scalar(field(&node, "b")).text.value, "No");
        assert_eq!(scalar(field(&node, "c")).text.value, "true");
        assert_eq!(scalar(field(&node, "d")).text.value, "it's");
        assert_eq!(scalar(field(&node, "d")).style, ScalarStyle::Quoted);
    }

    #[test]
    fn a_repeated_key_is_delivered_twice() {
        let (_, node) = parse("a: 1\na: 2\n");
        let NodeKind::Mapping(entries) = &node.kind else { panic!("a mapping") };
        assert_eq!(entries.len(), 2);
    }

    #[test]
    fn a_block_leads_back_to_each_of_its_lines() {
        let (sources, node) = parse("a:\n  b: |\n    one\n      two\n\n    three\nc: 1\n");
        let block = scalar(field(field(&node, "a"), "b"));
        assert_eq!(block.style, ScalarStyle::Block);
        assert_eq!(block.text.value, "one\n  two\n\nthree\n");
        let at = block.text.value.find("three").unwrap();
        assert_eq!(sources.slice(block.text.span_of(at..at + 5)), "three");
        let at = block.text.value.find("two").unwrap();
        assert_eq!(sources.slice(block.text.span_of(at..at + 3)), "two");
    }

    #[test]
    fn a_block_may_start_with_a_blank_line() {
        let (sources, node) = parse("a: |\n\n  one\n  two\n");
        let block = scalar(field(&node, "a"));
        assert_eq!(block.style, ScalarStyle::Block);
        let at = block.text.value.find("two").unwrap();
        assert_eq!(sources.slice(block.text.span_of(at..at + 3)), "two");
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", "a: 1\nb: x: y\n");
        let diagnostic = read(&sources, id).unwrap_err();
        let place = sources.source(id).line_column(diagnostic.span().unwrap().start);
        assert_eq!((place.line, place.column), (2, 5));
        assert!(diagnostic.hints[0].contains('|'));
    }
}
