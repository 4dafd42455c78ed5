//! Text → a tree of [`Node`]s that keep their place and are kept as written.
//!
//! `3.10` stays `3.10`, a repeated key is delivered twice, and a scalar remembers how it was quoted.
//! **Invariant:** knows YAML and nothing of what the keys mean.

use std::collections::HashMap;

use serde_yaml::granit_parser::{self, Event, Options, Parser, Tag};

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

    /// How many values it holds, itself included.
    fn count(&self) -> usize {
        1 + match &self.kind {
            NodeKind::Sequence(items) => items.iter().map(Node::count).sum(),
            NodeKind::Mapping(entries) => entries.iter().map(|(_, value)| value.count()).sum(),
            NodeKind::Scalar(_) | NodeKind::Null => 0,
        }
    }

    /// The name that it is as a key; a list as a key is called as it is written.
    fn into_key_name(self, text: &str) -> String {
        match self.kind {
            NodeKind::Scalar(scalar) => scalar.text.value,
            _ => text[self.span.start..self.span.end].to_owned(),
        }
    }

    /// The first line of a text that says that it is still to be written: it starts with the word `TODO`.
    pub fn to_write(&self) -> Option<Span> {
        let NodeKind::Scalar(scalar) = &self.kind else { return None };
        let text = &scalar.text.value;
        let start = text.len() - text.trim_start().len();
        let rest = text[start..].strip_prefix("TODO")?;
        if rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return None;
        }
        let length = text[start..].lines().next().map_or(0, |line| line.trim_end().len());
        Some(scalar.text.span_of(start..start + length))
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

/// How many values a file may hold, those that an alias repeats included: 2,000 cases of forty answers come to a tenth.
const NODES_MAX: usize = 2_000_000;
const TOO_MANY: &str = "more than two million values in one file";

/// Reads one YAML file; an empty one is a null node.
///
/// # Errors
/// A syntax error is one diagnostic: YAML has no way to go on after it.
pub(super) fn read(sources: &Sources, id: SourceId) -> Result<Node, Box<Diagnostic>> {
    let text = &sources.source(id).text;
    // Older YAML ends a line with this character, and the library loses its place behind it.
    if let Some(at) = text.find('\u{85}') {
        return Err(Box::new(
            forbidden(id, at, '\u{85}').hint("it may stand for `…`, in a file that was converted wrongly"),
        ));
    }
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut building = Building { text, id, open: Vec::new(), anchors: HashMap::new(), nodes: 0, document: None };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| {
            let (line, column) = (error.marker().line(), error.marker().col());
            Box::new(syntax_error(sources, id, &error.info(), line, column))
        })?;
        let place = building.place(&span);
        if let Err(message) = building.take(event, place) {
            let start = sources.source(id).line_column(place.start);
            return Err(Box::new(syntax_error(sources, id, message, start.line, start.column - 1)));
        }
    }
    Ok(building.document.unwrap_or(Node { span: Span::new(id, 0..0), kind: NodeKind::Null }))
}

fn forbidden(id: SourceId, at: usize, c: char) -> Diagnostic {
    Diagnostic::new(codes::FORBIDDEN_CHARACTER, format!("the file holds the character U+{:04X}", c as u32))
        .at(Span::new(id, at..at + c.len_utf8()), "it cannot be printed")
        .hint("delete it; it often comes along when text is pasted")
}

/// Puts a syntax error in words; `line` counts from 1, `column` from 0, in characters.
fn syntax_error(sources: &Sources, id: SourceId, message: &str, line: usize, column: usize) -> Diagnostic {
    let source = sources.source(id);
    let start = source.line_start(line);
    let line_end = source.text[start..].find('\n').map_or(source.text.len(), |at| start + at);
    let offset = source.text[start..line_end].char_indices().nth(column).map_or(line_end, |(at, _)| start + at);
    let width = source.text[offset..].chars().next().filter(|&c| c != '\n').map_or(0, char::len_utf8);
    let span = Span::new(id, offset..offset + width);
    // The library names the start of the text that holds it.
    let control = |&(_, c): &(usize, char)| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if message.contains("unexpected character")
        && let Some((at, c)) = source.text.char_indices().find(control)
    {
        return forbidden(id, at, c);
    }
    // A tab is noticed at the start of the text that it stands in.
    let tab = tab_that_indents(&source.text[start..]).filter(|_| message.contains("tab"));
    let span = tab.map_or(span, |at| Span::new(id, start + at..start + at + 1));
    // A no-break space looks like one, and is a letter to YAML; one that indents is noticed on the line that follows.
    let no_break = no_break_space(&source.text[..line_end]).filter(|_| tab.is_none());
    let line = &source.text[source.line_start(source.line_column(span.start).line)..span.end];
    let indentation = &line[..line.len() - line.trim_start().len()];
    // Brackets that a comment left open are noticed on the next line only.
    let earlier = source.text[..span.start].lines().rev().take(2).collect::<Vec<_>>().concat();
    let before = source.text[start..span.start].trim_end();
    let opened = |open: char, close: char| before.matches(open).count() > before.matches(close).count();
    let in_brackets = opened('{', '}') || opened('[', ']');
    let in_flow = message.contains("flow") || message.contains("only valid inside a block");
    let (words, hint) = if no_break.is_some() {
        ("a no-break space stands where a space belongs", "type the space anew: it came along when text was pasted")
    } else if tab.is_none() && in_flow && earlier.contains(" #") {
        ("a comment cuts off what closes this", "put quotes around a text that holds ` #`, as in \"#1d3d5c\"")
    } else if in_brackets && message.contains("trailing content after") {
        (
            "something follows the closing quotation mark",
            "put the whole text in single quotation marks (`'`), and write an apostrophe in it twice",
        )
    } else if in_brackets && message.contains("unexpected character: `|'") {
        ("`|` stands inside brackets", "give each key a line of its own, without `{` and `}`: then `|` may follow it")
    } else if before.ends_with([']', '}']) && message.contains("did not find expected key") {
        ("something follows the closing bracket", "a text that begins with `[` or `{` needs quotes around it")
    } else if indentation.contains('\t') {
        TABS
    } else {
        match IN_WORDS.iter().find(|(piece, ..)| message.contains(piece)) {
            Some(&(_, words, hint)) => (words, hint),
            None => return Diagnostic::new(codes::YAML_SYNTAX, format!("this is not YAML: {message}")).at(span, ""),
        }
    };
    let place = no_break.map_or(span, |at| Span::new(id, at..at + '\u{a0}'.len_utf8()));
    Diagnostic::new(codes::YAML_SYNTAX, format!("this is not YAML: {words}"))
        .at(place, "")
        .note(format!("in the words of YAML: {message}"))
        .hint(hint)
}

/// Finds the first tab before the words of a line.
fn tab_that_indents(text: &str) -> Option<usize> {
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let indentation = &line[..line.len() - line.trim_start().len()];
        if let Some(at) = indentation.find('\t').filter(|_| !line.trim().is_empty()) {
            return Some(from + at);
        }
        from += line.len();
    }
    None
}

/// Finds a no-break space that indents one of the last two lines of a text, or stands behind its key.
fn no_break_space(text: &str) -> Option<usize> {
    let line_of = |end: usize| text[..end].rfind('\n').map_or(0, |at| at + 1)..end;
    let last = line_of(text.len());
    let lines = [Some(last.clone()), last.start.checked_sub(1).map(line_of)];
    lines.into_iter().flatten().find_map(|line| {
        let at = line.start + text[line.clone()].find('\u{a0}')?;
        let before = text[line.start..at].trim_start_matches([' ', '-']);
        let is_key = before.strip_suffix(':').is_some_and(|key| !key.contains(' '));
        (before.is_empty() || is_key).then_some(at)
    })
}

/// A tag that YAML itself knows says nothing here, since a scalar is kept as written.
fn known(tag: Option<&Tag>) -> Result<(), &'static str> {
    if tag.is_none_or(Tag::is_yaml_core_schema) { Ok(()) } else { Err("an unknown tag") }
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
    ("an unknown tag", "a text begins with `!`", NEEDS_BLOCK),
    ("scanning an anchor or alias", "a text begins with `*` or `&`", NEEDS_BLOCK),
    ("only valid inside a block", "a bracket above is never closed", "close each `[` with `]` and each `{` with `}`"),
    (
        "expected '-' indicator",
        "this line is indented in a way that fits nothing above",
        "each item of a list begins with `- `, and its keys stand exactly below each other",
    ),
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
    ("recursion limit", "lists stand in each other more than 255 deep", "a bracket may be typed many times over"),
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

/// The tree so far: what is open, from the outside in, and what an alias may repeat.
struct Building<'a> {
    text: &'a str,
    id: SourceId,
    open: Vec<Open>,
    /// By the parser's number; an anchor that is still open is not there.
    anchors: HashMap<usize, Node>,
    nodes: usize,
    document: Option<Node>,
}

/// A list or a mapping whose end has not come yet.
struct Open {
    span: Span,
    anchor: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Node>),
    /// The entries, and the key that waits for its value.
    Mapping(Vec<(Key, Node)>, Option<Key>),
}

impl Building<'_> {
    fn place(&self, span: &granit_parser::Span) -> Span {
        Span::new(self.id, span.byte_range().unwrap_or_default())
    }

    /// Takes the next event of the parser; an error is what is wrong with it, in the words of YAML.
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), &'static str> {
        match event {
            Event::DocumentStart(..) if self.document.is_some() => return Err("multiple YAML documents"),
            Event::Scalar(text, style, anchor, tag) => {
                known(tag.as_deref())?;
                let style = match style {
                    granit_parser::ScalarStyle::Plain => ScalarStyle::Plain,
                    granit_parser::ScalarStyle::SingleQuoted | granit_parser::ScalarStyle::DoubleQuoted => {
                        ScalarStyle::Quoted
                    }
                    granit_parser::ScalarStyle::Literal | granit_parser::ScalarStyle::Folded => ScalarStyle::Block,
                };
                let node = self.scalar(text.into_owned(), style, span);
                self.done(node, anchor)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                known(tag.as_deref())?;
                self.open.push(Open { span, anchor, content: Content::Sequence(Vec::new()) });
            }
            Event::MappingStart(_, anchor, tag) => {
                known(tag.as_deref())?;
                self.open.push(Open { span, anchor, content: Content::Mapping(Vec::new(), None) });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { span, anchor, content }) = self.open.pop() else { return Ok(()) };
                let node = match content {
                    Content::Sequence(items) => {
                        let span = items.last().map_or(span, |last| span.to(last.span));
                        Node { span, kind: NodeKind::Sequence(items) }
                    }
                    Content::Mapping(entries, _) => {
                        let span = entries.last().map_or(span, |(key, value)| span.to(key.span).to(value.span));
                        Node { span, kind: NodeKind::Mapping(entries) }
                    }
                };
                self.done(node, anchor)?;
            }
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).ok_or("an alias that stands inside what it repeats")?;
                self.nodes += node.count();
                if self.nodes > NODES_MAX {
                    return Err(TOO_MANY);
                }
                let node = node.clone();
                self.done(node, 0)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn done(&mut self, node: Node, anchor: usize) -> Result<(), &'static str> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(TOO_MANY);
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.document = Some(node),
            Some(Content::Sequence(items)) => items.push(node),
            Some(Content::Mapping(entries, key)) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => *key = Some(Key { span: node.span, name: node.into_key_name(self.text) }),
            },
        }
        Ok(())
    }

    fn scalar(&self, value: String, style: ScalarStyle, span: Span) -> Node {
        if style == ScalarStyle::Plain && matches!(value.as_str(), "" | "~" | "null" | "Null" | "NULL") {
            return Node { span, kind: NodeKind::Null };
        }
        // The span of a block runs up to the next content: what is blank there belongs to nobody.
        let trimmed = self.text[span.start..span.end].trim_end();
        let span = Span { end: span.start + trimmed.len(), ..span };
        let text = match self.lines(&value, span, style) {
            Some(lines) => Text::mapped(value, span, lines),
            None => Text::opaque(value, span),
        };
        Node { span, kind: NodeKind::Scalar(Scalar { text, style }) }
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
        // Most are one line.
        if !value.is_empty() && !value.contains('\n') && self.text[source_at..].starts_with(value) {
            return Some(vec![(0, source_at)]);
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

    fn message(text: &str) -> String {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", text);
        read(&sources, id).unwrap_err().message
    }

    #[test]
    fn what_an_alias_repeats_is_bounded() {
        assert!(message("a: &a [*a]\n").contains("inside what it repeats"));
        let mut text = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let below = format!("*l{}", level - 1);
            text.push_str(&format!("l{level}: &l{level} [{}]\n", vec![below; 10].join(", ")));
        }
        assert!(message(&text).contains("two million"));
        assert!(message(&"[".repeat(3000)).contains("255 deep"));
    }

    #[test]
    fn a_tag_and_a_second_document_are_refused() {
        assert!(message("a: !Important\n").contains("`!`"));
        assert!(message("a: 1\n---\nb: 2\n").contains("two documents"));
        let (_, node) = parse("a: !!str 3\n");
        assert_eq!(scalar(field(&node, "a")).text.value, "3");
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
