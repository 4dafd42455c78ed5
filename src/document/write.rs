//! Turns a document into canonical Markdown: what a person reads in an editor, in a diff and on a Git host.
//!
//! Text is escaped where it would otherwise become markup, and nowhere else.
//! **Invariant:** [`parse::blocks`](super::parse::blocks) of what is written gives the blocks again, apart from what
//! Markdown cannot hold (badges, changes, charts, captions, labels and numbers come back as text); knows no template
//! and no file.

use std::ops::Range;

use super::parse::{ESCAPED_FIGURE, canonical};
use super::{
    Align, Block, BlockKind, Change, Document, HeaderLine, Inline, InlineKind, List, SLOT_CLOSE, SLOT_OPEN, Section,
    Table,
};
use crate::source::Span;

/// Cells longer than this do not widen their column: one long cell would pad every row of it.
const COLUMN_WIDTH_MAX: usize = 40;

/// The largest number that Markdown takes for an item of a list.
const ITEM_NUMBER_MAX: u64 = 999_999_999;

/// Returns the document as Markdown, ending in one newline; `moved` is the word for what only changed its place.
///
/// Footnotes are numbered through the document and stand at the end of their section.
pub fn markdown(document: &Document, moved: &str) -> String {
    let mut writer = Writer { moved, ..Writer::default() };
    let mut parts = vec![format!("# {}", title(&document.title)), writer.header(&document.header)];
    parts.extend(document.sections.iter().map(|section| writer.section(section)));
    finished(parts)
}

/// Returns blocks as Markdown, ending in one newline; empty for none. `moved` as in [`markdown`].
pub fn blocks_markdown(blocks: &[Block], moved: &str) -> String {
    let mut writer = Writer { moved, ..Writer::default() };
    let text = writer.blocks(blocks, Spacing::Loose);
    finished(vec![text, writer.footnotes()])
}

/// Returns prose in which no change is marked as Markdown; see [`blocks_markdown`].
pub fn prose(blocks: &[Block]) -> String {
    blocks_markdown(blocks, "")
}

/// Returns the parts that are not empty, a blank line between them and a newline at the end.
fn finished(mut parts: Vec<String>) -> String {
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() {
        return String::new();
    }
    parts.join("\n\n") + "\n"
}

/// Returns a title, which is a plain string: nothing reads its quotes as anything else, so they are left as they are.
fn title(text: &str) -> String {
    let mut line = Line { place: Place::Heading, is_plain: true, ..Line::default() };
    line.text(&text.split_whitespace().collect::<Vec<_>>().join(" "), false);
    line.finish()
}

/// What stands between blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Tight,
    Loose,
}

/// The footnotes that were referred to so far.
#[derive(Default)]
struct Writer<'a> {
    moved: &'a str,
    footnotes_count: usize,
    footnotes: Vec<(usize, Vec<Block>)>,
}

impl Writer<'_> {
    fn header(&mut self, header: &[HeaderLine]) -> String {
        let mut line = Line { is_plain: true, ..Line::default() };
        for HeaderLine { label, value } in header {
            if !line.tokens.is_empty() {
                line.tokens.push(Token::Break);
            }
            let pair = line.open(Mark::Strong);
            line.text(&format!("{}:", label.trim()), false);
            line.close(pair);
            let value = canonical(spelled(value, self.moved));
            if !value.is_empty() {
                line.text(" ", false);
                self.tokens(&value, false, &mut line);
            }
        }
        line.finish()
    }

    fn section(&mut self, section: &Section) -> String {
        let mut parts = Vec::new();
        if !section.title.is_empty() {
            parts.push(self.heading(section.level, section.number.as_deref(), &section.title));
        }
        parts.push(self.blocks(&section.blocks, Spacing::Loose));
        let notes = self.blocks(&section.notes, Spacing::Loose);
        if !notes.is_empty() {
            parts.push(indented(&notes, "> ", "> "));
        }
        parts.push(self.footnotes());
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n")
    }

    /// Returns the definitions of the footnotes that were referred to since the last call.
    fn footnotes(&mut self) -> String {
        let mut text = String::new();
        let mut was_long = false;
        // A footnote may itself refer to more.
        while !self.footnotes.is_empty() {
            for (number, blocks) in std::mem::take(&mut self.footnotes) {
                let body = self.blocks(&blocks, Spacing::Loose);
                let is_long = body.contains('\n');
                if !text.is_empty() {
                    text.push_str(if is_long || was_long { "\n\n" } else { "\n" });
                }
                text.push_str(&indented(&body, &format!("[^{number}]: "), "    "));
                was_long = is_long;
            }
        }
        text
    }

    fn blocks(&mut self, blocks: &[Block], spacing: Spacing) -> String {
        self.blocks_after(blocks, spacing, false)
    }

    /// Returns blocks as Markdown; the first list has the other marker where `uses_other_marker` says so.
    fn blocks_after(&mut self, blocks: &[Block], spacing: Spacing, mut uses_other_marker: bool) -> String {
        let mut text = String::new();
        let mut last: Option<&BlockKind> = None;
        for block in blocks {
            if let Some(last) = last {
                uses_other_marker = !uses_other_marker && would_join(last, &block.kind);
            }
            let written = self.block(block, uses_other_marker);
            if written.is_empty() {
                continue;
            }
            if let Some(last) = last {
                let is_loose = spacing == Spacing::Loose || needs_blank_line(last, &block.kind);
                text.push_str(if is_loose { "\n\n" } else { "\n" });
            }
            text.push_str(&written);
            last = Some(&block.kind);
        }
        text
    }

    fn block(&mut self, block: &Block, uses_other_marker: bool) -> String {
        match &block.kind {
            BlockKind::Paragraph { number, text } => {
                let number = number.as_ref().map(|number| format!("{number} ")).unwrap_or_default();
                self.inlines(&number, text, Place::Paragraph)
            }
            BlockKind::Heading { number, level, text } => self.heading(*level, number.as_deref(), text),
            BlockKind::List(list) => self.list(list, uses_other_marker),
            BlockKind::Quote(blocks) => indented(&self.blocks(blocks, Spacing::Loose), "> ", "> "),
            BlockKind::Code { language, text } => code(language.as_deref(), text),
            BlockKind::Table(table) => self.table(table, block.span),
            BlockKind::Image { file, alt, caption } => self.picture(file, alt, caption.as_deref(), block.span),
            BlockKind::Chart(chart) => self.picture(&chart.file, &chart.alt, chart.caption.as_deref(), block.span),
            // Not `---`, which under a line of text makes it a heading.
            BlockKind::Rule => "***".to_owned(),
            BlockKind::Slot(n) => slot(*n),
        }
    }

    fn heading(&mut self, level: u8, number: Option<&str>, text: &[Inline]) -> String {
        let number = number.map(|number| format!("{number} ")).unwrap_or_default();
        let text = self.inlines(&number, text, Place::Heading);
        format!("{} {text}", "#".repeat(level.clamp(1, 6).into())).trim_end().to_owned()
    }

    fn picture(&mut self, file: &str, alt: &str, caption: Option<&[Inline]>, span: Span) -> String {
        let picture = Inline { span, kind: InlineKind::Image { file: file.to_owned(), alt: alt.to_owned() } };
        let picture = self.inlines("", &[picture], Place::Paragraph);
        match caption {
            Some(caption) if !caption.is_empty() => {
                let caption = Inline { span, kind: InlineKind::Emphasis(caption.to_vec()) };
                format!("{picture}\n\n{}", self.inlines("", &[caption], Place::Paragraph))
            }
            _ => picture,
        }
    }

    fn list(&mut self, list: &List, uses_other_marker: bool) -> String {
        let spacing = if is_loose(list) { Spacing::Loose } else { Spacing::Tight };
        let mut items = Vec::new();
        for (n, item) in list.items.iter().enumerate() {
            let label = list.labels.as_ref().and_then(|labels| labels.get(n));
            let marker = match list.start {
                Some(start) if label.is_none() => {
                    let number = start.saturating_add(n as u64).min(ITEM_NUMBER_MAX);
                    format!("{number}{} ", if uses_other_marker { ')' } else { '.' })
                }
                _ if uses_other_marker => "+ ".to_owned(),
                _ => "- ".to_owned(),
            };
            let noted = (self.footnotes_count, self.footnotes.len());
            let mut body = match label.filter(|label| !label.is_empty()) {
                Some(label) => self.blocks(&labelled(label, item), spacing),
                None => self.blocks(item, spacing),
            };
            // Empty lists in a list: `- - -` would be a rule.
            let first = body.lines().next().unwrap_or_default();
            if marker == "- " && first.matches('-').count() > 1 && first.trim_matches(['-', ' ']).is_empty() {
                self.footnotes_count = noted.0;
                self.footnotes.truncate(noted.1);
                body = self.blocks_after(item, spacing, true);
            }
            items.push(indented(&body, &marker, &" ".repeat(marker.len())));
        }
        items.join(if spacing == Spacing::Loose { "\n\n" } else { "\n" })
    }

    fn table(&mut self, table: &Table, span: Span) -> String {
        let mut parts = Vec::new();
        if let Some(caption) = table.caption.as_ref().filter(|caption| !caption.is_empty()) {
            let caption = Inline { span, kind: InlineKind::Strong(caption.clone()) };
            parts.push(self.inlines("", &[caption], Place::Paragraph));
        }
        let rows: Vec<Vec<String>> = std::iter::once(&table.head)
            .chain(&table.rows)
            .map(|row| {
                let cells = row.iter().map(Vec::as_slice).chain(std::iter::repeat(&[] as &[Inline]));
                cells.take(table.columns.len()).map(|cell| self.inlines("", cell, Place::Cell)).collect()
            })
            .collect();
        let width = |column: usize| {
            let widths = rows.iter().map(|row| row[column].chars().count());
            widths.filter(|&width| width <= COLUMN_WIDTH_MAX).max().unwrap_or(0).max(4)
        };
        let widths: Vec<usize> = (0..table.columns.len()).map(width).collect();
        let mut lines: Vec<String> = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let cells =
                row.iter().zip(&widths).zip(&table.columns).map(|((cell, &width), column)| match column.align {
                    Align::Left => format!("{cell:<width$}"),
                    Align::Centre => format!("{cell:^width$}"),
                    Align::Right => format!("{cell:>width$}"),
                });
            lines.push(format!("| {} |", cells.collect::<Vec<_>>().join(" | ")));
            if n == 0 {
                let rules = widths.iter().zip(&table.columns).map(|(&width, column)| match column.align {
                    Align::Left => format!(":{}", "-".repeat(width - 1)),
                    Align::Centre => format!(":{}:", "-".repeat(width - 2)),
                    Align::Right => format!("{}:", "-".repeat(width - 1)),
                });
                lines.push(format!("| {} |", rules.collect::<Vec<_>>().join(" | ")));
            }
        }
        if !table.columns.is_empty() {
            parts.push(lines.join("\n"));
        }
        parts.join("\n\n")
    }

    /// Returns inlines as Markdown, after a prefix that is plain text.
    fn inlines(&mut self, prefix: &str, inlines: &[Inline], place: Place) -> String {
        let mut line = Line { place, ..Line::default() };
        line.text(prefix, false);
        self.tokens(&canonical(spelled(inlines, self.moved)), false, &mut line);
        line.finish()
    }

    fn tokens(&mut self, inlines: &[Inline], in_brackets: bool, line: &mut Line) {
        for inline in inlines {
            match &inline.kind {
                InlineKind::Text(text) => line.text(text, in_brackets),
                InlineKind::Emphasis(body) => self.delimited(Mark::Emphasis, body, in_brackets, line),
                InlineKind::Strong(body) => self.delimited(Mark::Strong, body, in_brackets, line),
                InlineKind::Strikethrough(body) => self.delimited(Mark::Strikethrough, body, in_brackets, line),
                // At the start of a paragraph `[`]:`](…)` would define a link, whatever the backticks say.
                InlineKind::Code(code) if in_brackets && code.contains("]:") => line.text(code, true),
                InlineKind::Code(code) => line.raw(code_span(code, line.place)),
                InlineKind::Link { url, body } if is_autolink(url, body, line.place) => {
                    line.raw(format!("<{}>", url.strip_prefix("mailto:").unwrap_or(url)));
                }
                InlineKind::Link { url, body } => {
                    line.raw("[".to_owned());
                    self.tokens(body, true, line);
                    line.raw(format!("]({})", destination(url)));
                }
                InlineKind::Image { file, alt } => {
                    line.raw("![".to_owned());
                    line.text(&alt.replace(['\n', '\r'], " "), true);
                    line.raw(format!("]({})", destination(file)));
                }
                InlineKind::SoftBreak if line.place != Place::Paragraph => line.text(" ", in_brackets),
                InlineKind::SoftBreak => line.tokens.push(Token::SoftBreak),
                InlineKind::Break => line.tokens.push(Token::Break),
                InlineKind::Footnote(blocks) => {
                    self.footnotes_count += 1;
                    self.footnotes.push((self.footnotes_count, blocks.clone()));
                    line.tokens.push(Token::Footnote(self.footnotes_count));
                }
                InlineKind::Slot(n) => line.text(&slot(*n), in_brackets),
                InlineKind::Badge(_) | InlineKind::Changed { .. } => unreachable!("spelled out"),
            }
        }
    }

    fn delimited(&mut self, mark: Mark, body: &[Inline], in_brackets: bool, line: &mut Line) {
        let pair = line.open(mark);
        self.tokens(body, in_brackets, line);
        line.close(pair);
    }
}

/// Returns whether Markdown would read two neighbouring lists as one.
fn would_join(first: &BlockKind, second: &BlockKind) -> bool {
    let is_numbered = |list: &List| list.start.is_some() && list.labels.is_none();
    match (first, second) {
        (BlockKind::List(first), BlockKind::List(second)) => is_numbered(first) == is_numbered(second),
        _ => false,
    }
}

/// Returns whether the second block would become part of the first without a blank line between them.
fn needs_blank_line(first: &BlockKind, second: &BlockKind) -> bool {
    let takes_lines = match first {
        BlockKind::Heading { .. } | BlockKind::Rule | BlockKind::Code { .. } => return false,
        BlockKind::Table(_) | BlockKind::Quote(_) => return true,
        BlockKind::List(_) => !matches!(second, BlockKind::List(_)),
        BlockKind::Paragraph { .. } | BlockKind::Image { .. } | BlockKind::Chart(_) | BlockKind::Slot(_) => true,
    };
    takes_lines
        && match second {
            BlockKind::Heading { .. } | BlockKind::Rule | BlockKind::Code { .. } | BlockKind::Quote(_) => false,
            // A list interrupts a paragraph only if it starts with 1 and its first item is not empty.
            BlockKind::List(list) => {
                !matches!(list.start, None | Some(1)) || list.items.first().is_none_or(std::vec::Vec::is_empty)
            }
            _ => true,
        }
}

/// Returns whether a list's items stand apart by blank lines.
fn is_loose(list: &List) -> bool {
    let is_single = list.items.len() == 1 && list.items[0].len() <= 1;
    let is_paragraph = |block: &Block| {
        matches!(
            block.kind,
            BlockKind::Paragraph { .. } | BlockKind::Image { .. } | BlockKind::Chart(_) | BlockKind::Slot(_)
        )
    };
    let is_apart = !list.tight && !is_single && list.items.iter().flatten().any(is_paragraph);
    is_apart || list.items.iter().any(|item| item.windows(2).any(|pair| needs_blank_line(&pair[0].kind, &pair[1].kind)))
}

/// Returns an item's blocks with its label at the start of its text.
fn labelled(label: &str, item: &[Block]) -> Vec<Block> {
    let mut item = item.to_vec();
    match item.first_mut() {
        Some(Block { span, kind: BlockKind::Paragraph { text, .. } }) => {
            text.insert(0, Inline { span: *span, kind: InlineKind::Text(format!("{label} ")) });
        }
        Some(Block { span, .. }) => {
            let label = Inline { span: *span, kind: InlineKind::Text(label.to_owned()) };
            item.insert(0, Block { span: label.span, kind: BlockKind::Paragraph { number: None, text: vec![label] } });
        }
        None => {}
    }
    item
}

/// Returns text with `first` before its first line and `rest` before each other line that is not empty.
fn indented(text: &str, first: &str, rest: &str) -> String {
    let mut indented = String::new();
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            indented.push('\n');
        }
        let indent = if n == 0 { first } else { rest };
        indented.push_str(if line.is_empty() { indent.trim_end() } else { indent });
        indented.push_str(line);
    }
    indented
}

fn slot(n: u32) -> String {
    format!("{SLOT_OPEN}{n}{SLOT_CLOSE}")
}

fn code(language: Option<&str>, text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
    let language = language.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    // The info string of a fence of backticks may hold none.
    let mark = if language.contains('`') { '~' } else { '`' };
    let fence = mark.to_string().repeat((longest_run(&text, mark) + 1).max(3));
    let space = if language.starts_with(mark) { " " } else { "" };
    let language = escaped_plainly(&language);
    if text.is_empty() {
        format!("{fence}{space}{language}\n{fence}")
    } else {
        format!("{fence}{space}{language}\n{text}\n{fence}")
    }
}

fn code_span(code: &str, place: Place) -> String {
    let fence = "`".repeat(longest_run(code, '`') + 1);
    let is_padded = code.starts_with('`')
        || code.ends_with('`')
        || code.starts_with(' ') && code.ends_with(' ') && code.contains(|c| c != ' ');
    let space = if is_padded { " " } else { "" };
    let code = if place == Place::Cell { code.replace('|', "\\|") } else { code.to_owned() };
    format!("{fence}{space}{}{space}{fence}", code.replace('\0', "\u{fffd}"))
}

fn longest_run(text: &str, mark: char) -> usize {
    text.split(|c| c != mark).map(str::len).max().unwrap_or(0)
}

/// Returns where a link leads, as Markdown writes it between parentheses.
fn destination(url: &str) -> String {
    let mut depth = 0_i32;
    let is_balanced = url.chars().all(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        (0..=3).contains(&depth)
    }) && depth == 0;
    let is_bare = !url.is_empty() && is_balanced && !url.contains(|c: char| c.is_whitespace() || c.is_control());
    let escaped = escaped_plainly(url);
    if is_bare { escaped } else { format!("<{escaped}>") }
}

/// Escapes what is special wherever Markdown reads no markup: in destinations and after fences.
fn escaped_plainly(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut escaped = String::new();
    for (n, &c) in chars.iter().enumerate() {
        match c {
            '\\' if chars.get(n + 1).is_none_or(char::is_ascii_punctuation) => escaped.push_str("\\\\"),
            '<' | '>' | '|' => escaped.extend(['\\', c]),
            '&' if is_entity(&chars[n..]) => escaped.push_str("\\&"),
            '\n' | '\r' => escaped.push_str(&format!("&#{};", u32::from(c))),
            '\0' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Returns whether the text, which starts with `&`, would be read as an entity.
fn is_entity(text: &[char]) -> bool {
    let name = &text[1..];
    let name = if name.first() == Some(&'#') { &name[1..] } else { name };
    let length = name.iter().take_while(|c| c.is_ascii_alphanumeric()).count();
    length > 0 && name.get(length) == Some(&';')
}

/// Returns whether a link's text is its address, so that `<address>` says it all.
fn is_autolink(url: &str, body: &[Inline], place: Place) -> bool {
    let [Inline { kind: InlineKind::Text(text), .. }] = body else { return false };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$'()*+,;=%".contains(c);
    if place == Place::Cell && text.contains('|') || !text.chars().all(is_plain) {
        return false;
    }
    match url.strip_prefix("mailto:") {
        Some(address) => {
            let is_name = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '.');
            address == text && address.split_once('@').is_some_and(|(name, host)| is_name(name) && is_host(host))
        }
        None => url == text && (text.starts_with("https://") || text.starts_with("http://")),
    }
}

fn is_host(host: &str) -> bool {
    host.split('.').all(|part| !part.is_empty() && part.len() < 64 && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// Returns inlines with what Markdown has no markup for spelled out: badges are strong, for their colour is for the PDF;
/// changes stand in brackets with a sign, `[+ **new** +]`, `[− ~~old~~ −]` and `[moved: _words_]`.
///
/// The marks lie inside the brackets, so that they never touch the words around them.
fn spelled(inlines: &[Inline], moved: &str) -> Vec<Inline> {
    let mut all = Vec::with_capacity(inlines.len());
    for Inline { span, kind } in inlines {
        let inline = |kind| Inline { span: *span, kind };
        let text = |text: &str| inline(InlineKind::Text(text.to_owned()));
        let kind = match kind {
            InlineKind::Badge(badge) => InlineKind::Strong(vec![text(&badge.text)]),
            InlineKind::Changed { change, body } => {
                let body = spelled(body, moved);
                let (open, body, close) = match change {
                    Change::Inserted => ("[+ ".to_owned(), InlineKind::Strong(body), " +]"),
                    Change::Deleted => ("[− ".to_owned(), InlineKind::Strikethrough(body), " −]"),
                    Change::Moved => (format!("[{moved}: "), InlineKind::Emphasis(body), "]"),
                };
                all.extend([text(&open), inline(body), text(close)]);
                continue;
            }
            InlineKind::Emphasis(body) => InlineKind::Emphasis(spelled(body, moved)),
            InlineKind::Strong(body) => InlineKind::Strong(spelled(body, moved)),
            InlineKind::Strikethrough(body) => InlineKind::Strikethrough(spelled(body, moved)),
            InlineKind::Link { url, body } => InlineKind::Link { url: url.clone(), body: spelled(body, moved) },
            kind => kind.clone(),
        };
        all.push(inline(kind));
    }
    all
}

/// Where inlines stand, which decides how a line may end and what a line's start means.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Paragraph,
    Heading,
    Cell,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Emphasis,
    Strong,
    Strikethrough,
}

/// An opening mark and its closing one.
struct Pair {
    mark: Mark,
    open: usize,
    close: usize,
    /// Whether it is written with `*`; emphasis prefers `_`, which never runs together with the `**` of strong text.
    is_star: bool,
}

enum Token {
    Char {
        c: char,
        /// Whether it stands in the text of a link or a picture, where brackets count.
        in_brackets: bool,
        /// Whether it is written as an entity, `&#98;`, which a mark takes for punctuation.
        is_encoded: bool,
    },
    /// The opening or closing mark of a pair.
    Mark(usize),
    /// Markdown as it is.
    Raw(String),
    Footnote(usize),
    SoftBreak,
    Break,
}

/// What a mark sees beside itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Near {
    Space,
    Punctuation,
    Word,
    /// A symbol, an emoji: programs differ on what it is.
    Unsure,
}

/// Characters that Markdown takes together, and what stands around them.
struct Run {
    range: Range<usize>,
    before: Near,
    after: Near,
}

impl Default for Run {
    fn default() -> Run {
        Run { range: 0..0, before: Near::Space, after: Near::Space }
    }
}

fn near(token: Option<&Token>) -> Near {
    match token {
        None | Some(Token::SoftBreak) => Near::Space,
        Some(Token::Char { c, is_encoded: false, .. }) => match *c {
            c if c.is_whitespace() => Near::Space,
            c if c.is_alphanumeric() => Near::Word,
            // Dashes and quotes are punctuation to all.
            c if c.is_ascii_punctuation() || ('\u{2010}'..='\u{2027}').contains(&c) => Near::Punctuation,
            _ => Near::Unsure,
        },
        // A break starts with `\` or `<`.
        Some(_) => Near::Punctuation,
    }
}

/// A paragraph, heading or cell on its way to text.
#[derive(Default)]
struct Line {
    tokens: Vec<Token>,
    pairs: Vec<Pair>,
    place: Place,
    /// Whether quotes, dashes and dots mean themselves.
    is_plain: bool,
}

impl Line {
    fn text(&mut self, text: &str, in_brackets: bool) {
        self.tokens.reserve(text.len());
        self.tokens.extend(text.chars().map(|c| Token::Char { c, in_brackets, is_encoded: false }));
    }

    fn raw(&mut self, text: String) {
        self.tokens.push(Token::Raw(text));
    }

    /// Starts marked text and returns the number of its pair of marks.
    fn open(&mut self, mark: Mark) -> usize {
        let pair = self.pairs.len();
        self.pairs.push(Pair { mark, open: self.tokens.len(), close: 0, is_star: mark != Mark::Emphasis });
        self.tokens.push(Token::Mark(pair));
        pair
    }

    fn close(&mut self, pair: usize) {
        self.pairs[pair].close = self.tokens.len();
        self.tokens.push(Token::Mark(pair));
    }

    fn finish(mut self) -> String {
        if self.place != Place::Paragraph {
            self.keep_outer_space();
        }
        self.settle_marks();
        let mut text = String::with_capacity(self.tokens.len());
        let mut escaped_at = None;
        let mut run = Run::default();
        for (at, token) in self.tokens.iter().enumerate() {
            if self.is_line_start(at) {
                escaped_at = self.special_at_line_start(at);
            }
            match token {
                Token::Char { c, is_encoded: true, .. } => text.push_str(&format!("&#{};", u32::from(*c))),
                // Most of a text, and never markup.
                Token::Char { c, .. } if c.is_ascii_alphanumeric() || *c == ' ' => text.push(*c),
                // pulldown-cmark takes `[^1]\[x]` for a link's label, backslash or not.
                Token::Char { c: '[', .. } if self.is_after_footnote(at) => text.push_str("&#91;"),
                Token::Char { c: '\0', .. } => text.push('\u{fffd}'),
                Token::Char { c: ESCAPED_FIGURE, .. } if self.is_escaped_figure(at) => {}
                Token::Char { c, in_brackets, .. } => {
                    if matches!(c, '*' | '_' | '~') && !run.range.contains(&at) {
                        run = self.run(at);
                    }
                    // What is left of a run behind an escaped character could close a mark.
                    let is_in_escaped_run = !self.pairs.is_empty()
                        && run.range.contains(&at)
                        && escaped_at.is_some_and(|escaped| run.range.contains(&escaped));
                    if escaped_at == Some(at) || is_in_escaped_run || self.is_special(at, *c, *in_brackets, &run) {
                        text.push('\\');
                    }
                    text.push(*c);
                }
                Token::Mark(pair) => text.push_str(match &self.pairs[*pair] {
                    Pair { mark: Mark::Strong, .. } => "**",
                    Pair { mark: Mark::Strikethrough, .. } => "~~",
                    Pair { is_star: true, .. } => "*",
                    Pair { is_star: false, .. } => "_",
                }),
                Token::Raw(raw) => text.push_str(raw),
                Token::Footnote(number) => text.push_str(&format!("[^{number}]")),
                Token::SoftBreak => text.push('\n'),
                Token::Break => text.push_str(if self.place == Place::Paragraph { "\\\n" } else { "<br>" }),
            }
        }
        text
    }

    /// Markdown drops more kinds of space at the edges of headings and cells than at those of other lines.
    fn keep_outer_space(&mut self) {
        let last = self.tokens.len().saturating_sub(1);
        for at in [0, last] {
            if let Some(Token::Char { c, is_encoded, .. }) = self.tokens.get_mut(at) {
                *is_encoded |= c.is_whitespace();
            }
        }
    }

    /// Makes every mark one that CommonMark takes for a mark: chooses between `*` and `_`, and writes a character
    /// beside a mark as an entity where nothing else helps.
    fn settle_marks(&mut self) {
        loop {
            let mut has_changed = false;
            for n in 0..self.pairs.len() {
                let Pair { mark, open, close, .. } = self.pairs[n];
                let sides = [(open.checked_sub(1), open + 1), (Some(close + 1), close - 1)];
                let outer = [self.before(open), self.after(close)];
                let inner = [self.after(open), self.before(close)];
                let touches_star = sides
                    .iter()
                    .any(|&(outer, inner)| outer.is_some_and(|outer| self.is_star(outer)) || self.is_star(inner));
                let is_word = |near| matches!(near, Near::Word | Near::Unsure);
                let is_star = mark != Mark::Emphasis
                    || !touches_star && (0..2).any(|side| outer[side] == Near::Word && inner[side] == Near::Word);
                self.pairs[n].is_star = is_star;
                for side in 0..2 {
                    if is_word(outer[side])
                        && (!is_star || inner[side] != Near::Word)
                        && let Some(at) = sides[side].0
                        && let Some(Token::Char { is_encoded, .. }) = self.tokens.get_mut(at)
                    {
                        *is_encoded = true;
                        has_changed = true;
                    }
                }
            }
            if !has_changed {
                return;
            }
        }
    }

    fn is_star(&self, at: usize) -> bool {
        matches!(self.tokens.get(at), Some(Token::Mark(pair)) if self.pairs[*pair].mark != Mark::Strikethrough)
    }

    fn before(&self, at: usize) -> Near {
        match at.checked_sub(1).and_then(|before| self.tokens.get(before)) {
            Some(Token::Break) if self.place == Place::Paragraph => Near::Space,
            token => near(token),
        }
    }

    fn after(&self, at: usize) -> Near {
        near(self.tokens.get(at + 1))
    }

    fn is_line_start(&self, at: usize) -> bool {
        self.place == Place::Paragraph
            && at.checked_sub(1).is_none_or(|before| matches!(self.tokens[before], Token::SoftBreak | Token::Break))
    }

    /// Returns the character at `at` if it is written as itself, escaped or not.
    fn char(&self, at: usize) -> Option<char> {
        match self.tokens.get(at) {
            Some(Token::Char { c, is_encoded: false, .. }) => Some(*c),
            _ => None,
        }
    }

    fn is_line_end(&self, at: usize) -> bool {
        matches!(self.tokens.get(at), None | Some(Token::SoftBreak | Token::Break))
    }

    /// Returns which character of the line that starts at `start` must be escaped so that the line stays text.
    fn special_at_line_start(&self, start: usize) -> Option<usize> {
        // Looked at only as far as the first character asks for: most lines start with a letter.
        let line = || (start..).map_while(|at| self.char(at));
        let is_gap = |at: usize| self.char(at).map_or(self.is_line_end(at), char::is_whitespace);
        let consists_of = |chars: &str| {
            let end = start + line().take_while(|&c| chars.contains(c) || c.is_whitespace()).count();
            self.is_line_end(end)
        };
        match self.char(start)? {
            '#' | '>' => Some(start),
            '-' | '+' | '*' if is_gap(start + 1) => Some(start),
            '*' if consists_of("*") => Some(start),
            '-' | ':' | '|' if consists_of("-:|") && line().any(|c| c == '-') => Some(start),
            '=' if consists_of("=") => Some(start),
            '_' if consists_of("_") => Some(start),
            '0'..='9' => {
                let digits = line().take_while(char::is_ascii_digit).count();
                let mark = start + digits;
                (digits <= 9 && matches!(self.char(mark), Some('.' | ')')) && is_gap(mark + 1)).then_some(mark)
            }
            _ => None,
        }
    }

    /// Returns whether a character would be read as markup where it stands, wherever on its line that is.
    fn is_special(&self, at: usize, c: char, in_brackets: bool, run: &Run) -> bool {
        let next = self.char(at + 1);
        match c {
            '\\' => match self.tokens.get(at + 1) {
                Some(Token::Char { c, is_encoded: false, .. }) => c.is_ascii_punctuation(),
                _ => true,
            },
            '`' => true,
            // GitHub and pandoc take what stands between two of them for a formula.
            '$' => self.tokens.iter().filter(|token| matches!(token, Token::Char { c: '$', .. })).nth(1).is_some(),
            '*' => (run.before, run.after) != (Near::Space, Near::Space),
            '_' => !matches!((run.before, run.after), (Near::Space, Near::Space) | (Near::Word, Near::Word)),
            '~' => run.range.len() > 1 || run.before != Near::Space || !matches!(run.after, Near::Space | Near::Word),
            '[' => {
                let is_task = matches!(next, Some(' ' | 'x' | 'X')) && self.char(at + 2) == Some(']');
                in_brackets || is_task || matches!(next, Some('^' | '!')) || at == 0 && self.has_definition_in_code()
            }
            ']' => {
                in_brackets
                    || matches!(next, Some('(' | '['))
                    || next == Some(':') && self.char(0) == Some('[')
                    || matches!(self.tokens.get(at + 1), Some(Token::Raw(_) | Token::Footnote(_)))
            }
            '(' => self.is_after_footnote(at) || self.is_escaped_figure(at + 1),
            ':' => self.is_after_footnote(at),
            '!' => match self.tokens.get(at + 1) {
                Some(Token::Raw(raw)) => raw.starts_with('['),
                Some(Token::Footnote(_)) => true,
                _ => false,
            },
            '<' => match next {
                Some(c) if c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?') => true,
                // An address for e-mail may start with anything, and what looks like code may be a part of it.
                Some(_) => {
                    let mut rest = at + 1..;
                    let end = rest.find(|&at| self.char(at).is_none_or(|c| c.is_whitespace() || c == '<' || c == '@'));
                    end.is_some_and(|end| self.char(end).map_or(!self.is_line_end(end), |c| c == '@'))
                }
                None => !self.is_line_end(at + 1),
            },
            '&' => {
                let rest: Vec<char> = (at..at + 40).map_while(|at| self.char(at)).collect();
                is_entity(&rest)
            }
            '#' => self.place == Place::Heading && self.is_closing_run(at),
            '|' => self.place == Place::Cell,
            '\'' | '"' => !self.is_plain,
            '-' => !self.is_plain && next == Some('-'),
            '.' => !self.is_plain && next == Some('.') && self.char(at + 2) == Some('.'),
            _ => false,
        }
    }

    /// Returns the run of equal characters that starts at `at`.
    fn run(&self, at: usize) -> Run {
        let length = (at..).take_while(|&n| self.char(n) == self.char(at)).count();
        Run { range: at..at + length, before: self.before(at), after: self.after(at + length - 1) }
    }

    fn is_after_footnote(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| matches!(self.tokens[before], Token::Footnote(_)))
    }

    /// Returns whether some code holds `]:`, which after `[` at the start of a paragraph would define a link: there,
    /// backticks mean nothing.
    fn has_definition_in_code(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token, Token::Raw(raw) if raw.contains("]:")))
    }

    fn is_escaped_figure(&self, at: usize) -> bool {
        at > 0
            && self.char(at - 1) == Some('(')
            && self.char(at) == Some(ESCAPED_FIGURE)
            && self.char(at + 1) == Some('=')
    }

    /// Returns whether `at` starts a run of `#` at the end of a heading, which Markdown would drop.
    fn is_closing_run(&self, at: usize) -> bool {
        self.before(at) == Near::Space && (at..self.tokens.len()).all(|at| self.char(at) == Some('#'))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::{Duration, Instant};

    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::document::parse::tests::hostile_markdown;
    use crate::document::{
        Badge, Chart, ChartData, ChartLegend, ChartScale, Column, Numbering, Page, ScoreChart, Tone, parse,
    };
    use crate::source::{Sources, Text};

    fn parsed(markdown: &str) -> Vec<Block> {
        let mut sources = Sources::default();
        let id = sources.add("a.md", markdown);
        parse::blocks(&Text::opaque(markdown, sources.whole(id))).0
    }

    fn blocks_markdown(blocks: &[Block]) -> String {
        super::blocks_markdown(blocks, "moved")
    }

    fn span() -> Span {
        let mut sources = Sources::default();
        let id = sources.add("a.md", "");
        sources.whole(id)
    }

    /// Describes blocks without what Markdown cannot hold, one node a line.
    fn outline(blocks: &[Block]) -> String {
        let mut lines = Vec::new();
        for block in blocks {
            let nested = |name: String, body: String| format!("{name}\n{}", indented(&body, "  ", "  "));
            lines.push(match &block.kind {
                BlockKind::Paragraph { text, .. } => {
                    let text = canonical(spelled(text, "moved"));
                    match text.as_slice() {
                        [] => continue,
                        [Inline { kind: InlineKind::Image { file, alt }, .. }] => format!("image {file:?} {alt:?}"),
                        [Inline { kind: InlineKind::Slot(n), .. }] => format!("slot {n}"),
                        text => format!("paragraph {}", inline_outline(text)),
                    }
                }
                BlockKind::Heading { level, text, .. } => format!("heading {level} {}", line_outline(text)),
                BlockKind::Quote(blocks) => nested("quote".to_owned(), outline(blocks)),
                BlockKind::List(list) => {
                    let items: Vec<String> =
                        list.items.iter().map(|item| nested("item".to_owned(), outline(item))).collect();
                    nested(format!("list {:?} loose {}", list.start, is_loose(list)), items.join("\n"))
                }
                BlockKind::Code { language, text } => format!("code {language:?} {text:?}"),
                BlockKind::Table(table) => {
                    let rows = std::iter::once(&table.head).chain(&table.rows);
                    let rows =
                        rows.map(|row| row.iter().map(|cell| line_outline(cell)).collect::<Vec<_>>().join(" | "));
                    nested(format!("table {:?}", table.columns), rows.collect::<Vec<_>>().join("\n"))
                }
                BlockKind::Image { file, alt, .. } => format!("image {file:?} {alt:?}"),
                BlockKind::Rule => "rule".to_owned(),
                BlockKind::Slot(n) => format!("slot {n}"),
                BlockKind::Chart(_) => unreachable!("not generated"),
            });
        }
        lines.join("\n")
    }

    /// Describes what stands on one line: a line's end inside is a space.
    fn line_outline(inlines: &[Inline]) -> String {
        inline_outline(&canonical(spaced(canonical(spelled(inlines, "moved")))))
    }

    fn spaced(inlines: Vec<Inline>) -> Vec<Inline> {
        let one = |Inline { span, kind }| {
            let kind = match kind {
                InlineKind::SoftBreak => InlineKind::Text(" ".to_owned()),
                InlineKind::Emphasis(body) => InlineKind::Emphasis(spaced(body)),
                InlineKind::Strong(body) => InlineKind::Strong(spaced(body)),
                InlineKind::Strikethrough(body) => InlineKind::Strikethrough(spaced(body)),
                InlineKind::Link { url, body } => InlineKind::Link { url, body: spaced(body) },
                kind => kind,
            };
            Inline { span, kind }
        };
        inlines.into_iter().map(one).collect()
    }

    fn inline_outline(inlines: &[Inline]) -> String {
        let parts = inlines.iter().map(|inline| match &inline.kind {
            InlineKind::Text(text) => format!("{text:?}"),
            InlineKind::Emphasis(body) => format!("em({})", inline_outline(body)),
            InlineKind::Strong(body) => format!("strong({})", inline_outline(body)),
            InlineKind::Strikethrough(body) => format!("strike({})", inline_outline(body)),
            InlineKind::Code(code) => format!("code({code:?})"),
            InlineKind::Link { url, body } => format!("link({url:?}, {})", inline_outline(body)),
            InlineKind::Image { file, alt } => format!("image({file:?}, {alt:?})"),
            InlineKind::SoftBreak => "soft".to_owned(),
            InlineKind::Break => "break".to_owned(),
            InlineKind::Footnote(blocks) => format!("footnote({})", outline(blocks)),
            InlineKind::Slot(n) => format!("slot({n})"),
            InlineKind::Badge(_) | InlineKind::Changed { .. } => unreachable!("spelled out"),
        });
        parts.collect::<Vec<_>>().join(" ")
    }

    /// Each file of `tests/documents` is written as its `.expected.md` says, and that stays as it is.
    ///
    /// `SNAPSHOTS=overwrite` accepts what is written now.
    #[test]
    fn documents_are_written_as_expected() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents"));
        let mut cases_count = 0;
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let Some(case) = name.strip_suffix(".md").filter(|case| !case.ends_with(".expected")) else { continue };
            let expected = folder.join(format!("{case}.expected.md"));
            let written = blocks_markdown(&parsed(&fs::read_to_string(&path).unwrap()));
            if std::env::var("SNAPSHOTS").is_ok_and(|snapshots| snapshots == "overwrite") {
                fs::write(&expected, &written).unwrap();
            }
            assert_eq!(written, fs::read_to_string(&expected).unwrap_or_default(), "{case}");
            assert_eq!(blocks_markdown(&parsed(&written)), written, "{case}, written again");
            cases_count += 1;
        }
        assert!(cases_count > 0, "no cases in {}", folder.display());
    }

    fn section(number: Option<&str>, title: &str, level: u8, blocks: Vec<Block>) -> Section {
        Section {
            id: String::new(),
            number: number.map(str::to_owned),
            numbering: Numbering::Heading,
            title: vec![inline(InlineKind::Text(title.to_owned()))],
            level,
            page: Page::Portrait,
            new_page: false,
            blocks,
            notes: Vec::new(),
        }
    }

    fn block(kind: BlockKind) -> Block {
        Block { span: span(), kind }
    }

    fn text(text: &str) -> Vec<Inline> {
        vec![inline(InlineKind::Text(text.to_owned()))]
    }

    #[test]
    fn document_with_everything_that_markdown_has_no_word_for() {
        let paragraph = |body: &str| block(BlockKind::Paragraph { number: None, text: text(body) });
        let badge = inline(InlineKind::Badge(Badge { text: "Good".to_owned(), tone: Tone::Green }));
        let chart = Chart {
            name: "standards".to_owned(),
            alt: "Assessment 67%, from 56% to 80%".to_owned(),
            caption: Some(text("Scores by standard")),
            file: "charts/board-paper-standards.svg".to_owned(),
            data: ChartData::Standards(ScoreChart {
                scale: ChartScale { bands: Vec::new(), axis: String::new() },
                legend: ChartLegend { dot: String::new(), line: String::new() },
                rows: Vec::new(),
            }),
        };
        let table = Table {
            caption: Some(text("Table 1: scores")),
            columns: [Align::Left, Align::Right, Align::Centre].map(|align| Column { align }).into(),
            head: ["Standard", "Score", "Rating"].map(text).into(),
            row_header: true,
            rows: vec![vec![text("3.1 Assessment"), text("67%"), vec![badge.clone()]]],
        };
        let nested = List {
            start: Some(1),
            labels: Some(vec!["(a)".to_owned(), "(b)".to_owned()]),
            tight: true,
            items: vec![vec![paragraph("train")], vec![paragraph("audit again")]],
        };
        let list = List {
            start: Some(1),
            labels: Some(vec!["(i)".to_owned(), "(ii)".to_owned()]),
            tight: true,
            items: vec![
                vec![paragraph("note the findings;")],
                vec![paragraph("approve the plan to"), block(BlockKind::List(nested))],
            ],
        };
        let note = |body: &str| inline(InlineKind::Footnote(vec![paragraph(body)]));
        let noted = |body: &str, notes: &[&str]| {
            let mut text = text(body);
            text.extend(notes.iter().map(|body| note(body)));
            text
        };
        let mut figures = section(
            Some("2.1"),
            "What we found",
            3,
            vec![
                block(BlockKind::Table(table)),
                block(BlockKind::Chart(Box::new(chart))),
                block(BlockKind::Paragraph { number: None, text: noted("And more.", &["Third."]) }),
            ],
        );
        figures.title.push(badge);
        let document = Document {
            title: "Children's audit -- Q2 *draft*".to_owned(),
            header: vec![
                HeaderLine { label: "Date".to_owned(), value: text("2 November 2020") },
                HeaderLine { label: "Author's name".to_owned(), value: text("QA_lead") },
                HeaderLine { label: "Cleared".to_owned(), value: Vec::new() },
            ],
            sections: vec![
                section(
                    Some("1"),
                    "Why is this report here?",
                    2,
                    vec![
                        block(BlockKind::Paragraph {
                            number: Some("1.1".to_owned()),
                            text: noted("As asked in August.", &["First.", "Second."]),
                        }),
                        block(BlockKind::List(list)),
                    ],
                ),
                section(Some("2"), "Summary", 2, Vec::new()),
                figures,
                section(None, "1. Background papers", 2, vec![paragraph("None.")]),
            ],
        };
        assert_eq!(
            markdown(&document, "moved"),
            "\
# Children's audit -- Q2 \\*draft\\*

**Date:** 2 November 2020\\
**Author's name:** QA_lead\\
**Cleared:**

## 1 Why is this report here?

1.1 As asked in August.[^1][^2]

- (i) note the findings;
- (ii) approve the plan to
  - (a) train
  - (b) audit again

[^1]: First.
[^2]: Second.

## 2 Summary

### 2.1 What we found**Good**

**Table 1: scores**

| Standard       | Score |  Rating  |
| :------------- | ----: | :------: |
| 3.1 Assessment |   67% | **Good** |

![Assessment 67%, from 56% to 80%](charts/board-paper-standards.svg)

_Scores by standard_

And more.[^3]

[^3]: Third.

## 1. Background papers

None.
"
        );
        let no_sections = Document { sections: Vec::new(), header: Vec::new(), ..document };
        assert_eq!(markdown(&no_sections, "moved"), "# Children's audit -- Q2 \\*draft\\*\n");
        assert_eq!(blocks_markdown(&[]), "");
    }

    #[test]
    fn what_stands_between_dollars_is_no_formula() {
        let written = |text: &str| blocks_markdown(&parsed(text));
        assert_eq!(written("It cost $5 then and $6 now.").trim_end(), r"It cost \$5 then and \$6 now.");
        assert_eq!(written("It cost $5.").trim_end(), "It cost $5.");
    }

    #[test]
    fn long_runs_are_written_in_time() {
        for piece in ["*", "_ ", "~", "<", "<5", "&", "[", "\\", "`", "# ", "a_", "-", ".", "'", "**a", "\n"] {
            let body = text(&piece.repeat(10_000));
            let started = Instant::now();
            for kind in [
                BlockKind::Heading { number: None, level: 2, text: body.clone() },
                BlockKind::Paragraph { number: None, text: body.clone() },
            ] {
                blocks_markdown(&[block(kind)]);
            }
            let breaks = vec![inline(InlineKind::Break); 10_000];
            blocks_markdown(&[block(BlockKind::Paragraph { number: None, text: breaks })]);
            assert!(started.elapsed() < Duration::from_secs(5), "{piece:?}: {:?}", started.elapsed());
        }
    }

    /// Words among everything that could be taken for markup.
    fn hostile_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            6 => "[a-z0-9]{1,3}",
            3 => Just(" ".to_owned()),
            6 => "[!-/:-@\\[-`{-~]",
            1 => select(vec![
                "\n", "  ", "\t", "1.", "1)", "- ", "+ ", "* ", "# ", "> ", "---", "===", "***", "___", "~~~", "```", "|---|",
                ":--", "&amp;", "&#35;", "&lt", "(=x)", "(\u{e002}=x)", "](", "]:", "[^1]", "[^1]:", "![", "[x]", "<b>", "<!--",
                "<a@b.c>", "http://a.b", "www.a.b", "\\", "\\\\", "--", "...", "....", "\u{a0}", "é", "’", "“", "–", "…", "🙂",
                "€", "ß", "中", "\u{300}", "\u{200b}", "\u{2028}", "\u{85}", "{#a}", "$a$", "<br>", "Aa_bb", "a*b",
            ]).prop_map(str::to_owned),
        ];
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    fn inline(kind: InlineKind) -> Inline {
        Inline { span: span(), kind }
    }

    fn url() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("https://a.example/b?c=d&e=f#g".to_owned()),
            Just("mailto:a@b.example".to_owned()),
            hostile_text()
                .prop_map(|text| text.replace(|c: char| c.is_whitespace() || c.is_control(), " ").trim().to_owned()),
        ]
    }

    fn any_inlines() -> impl Strategy<Value = Vec<Inline>> {
        let text = hostile_text().prop_map(InlineKind::Text);
        let leaf = prop_oneof![
            8 => text,
            1 => hostile_text().prop_map(|code| InlineKind::Code(code.replace(':', ""))),
            1 => (url(), hostile_text()).prop_map(|(file, alt)| InlineKind::Image { file, alt: alt.replace('\n', " ") }),
            2 => Just(InlineKind::SoftBreak),
            2 => Just(InlineKind::Break),
            1 => (0u32..9).prop_map(InlineKind::Slot),
            1 => url().prop_map(|url| InlineKind::Link {
                body: vec![inline(InlineKind::Text(url.trim_start_matches("mailto:").to_owned()))],
                url,
            }),
            1 => Just(InlineKind::Badge(Badge { text: "Good".to_owned(), tone: Tone::Green })),
        ];
        let one = leaf.prop_map(inline).prop_recursive(3, 12, 4, |inner| {
            let body = proptest::collection::vec(inner, 0..4);
            prop_oneof![
                body.clone().prop_map(InlineKind::Emphasis),
                body.clone().prop_map(InlineKind::Strong),
                body.clone().prop_map(InlineKind::Strikethrough),
                (select(vec![Change::Inserted, Change::Deleted, Change::Moved]), body.clone())
                    .prop_map(|(change, body)| InlineKind::Changed { change, body }),
                (url(), body).prop_map(|(url, body)| InlineKind::Link { url, body }),
            ]
            .prop_map(inline)
        });
        // In a link, code that defines another becomes text: what may hold `]:` stands outside.
        let code = hostile_text().prop_map(|code| inline(InlineKind::Code(code)));
        proptest::collection::vec(prop_oneof![9 => one, 1 => code], 0..6)
    }

    fn any_blocks() -> impl Strategy<Value = Vec<Block>> {
        let block = |kind| Block { span: span(), kind };
        let paragraph = any_inlines().prop_map(|text| BlockKind::Paragraph { number: None, text });
        let noted = (any_inlines(), any_inlines(), any_inlines()).prop_map(move |(text, first, second)| {
            let note = [first, second].map(|text| block(BlockKind::Paragraph { number: None, text }));
            let mut text = text;
            text.insert(text.len() / 2, inline(InlineKind::Footnote(note.into())));
            BlockKind::Paragraph { number: None, text }
        });
        let table = (1usize..4).prop_flat_map(move |width| {
            let row = || proptest::collection::vec(any_inlines(), width);
            let align = select(vec![Align::Left, Align::Centre, Align::Right]);
            let columns = proptest::collection::vec(align.prop_map(|align| Column { align }), width);
            (columns, row(), proptest::collection::vec(row(), 0..3)).prop_map(|(columns, head, rows)| {
                BlockKind::Table(Table { caption: None, columns, head, row_header: false, rows })
            })
        });
        let leaf = prop_oneof![
            8 => paragraph,
            1 => noted,
            2 => (1u8..7, any_inlines()).prop_map(|(level, text)| BlockKind::Heading { number: None, level, text }),
            2 => (proptest::option::of("[a-z`~&;\\\\#]{1,5}"), hostile_text()).prop_map(|(language, text)| BlockKind::Code { language, text }),
            2 => table,
            1 => (url(), hostile_text()).prop_map(|(file, alt)| BlockKind::Image { file, alt: alt.replace('\n', " "), caption: None }),
            1 => Just(BlockKind::Rule),
            1 => (0u32..9).prop_map(BlockKind::Slot),
        ];
        let one = leaf.prop_map(block).prop_recursive(3, 12, 3, move |inner| {
            let body = proptest::collection::vec(inner, 0..4);
            let items = proptest::collection::vec(body.clone(), 1..4);
            let list = (proptest::option::of(0u64..12), any::<bool>(), items)
                .prop_map(|(start, tight, items)| BlockKind::List(List { start, labels: None, tight, items }));
            prop_oneof![list, body.prop_map(BlockKind::Quote)].prop_map(block)
        });
        proptest::collection::vec(one, 0..4).prop_map(pruned)
    }

    /// Drops what Markdown cannot write: blocks without text.
    fn pruned(blocks: Vec<Block>) -> Vec<Block> {
        let one = |mut block: Block| {
            match &mut block.kind {
                BlockKind::Paragraph { text, .. } | BlockKind::Heading { text, .. }
                    if canonical(spelled(text, "moved")).is_empty() =>
                {
                    return None;
                }
                BlockKind::List(list) => {
                    list.items.iter_mut().for_each(|item| *item = pruned(std::mem::take(item)));
                    // After an empty item at the end of a quote pulldown-cmark closes one list too many.
                    list.items.retain(|item| !item.is_empty());
                    if list.items.is_empty() {
                        return None;
                    }
                }
                BlockKind::Quote(blocks) => {
                    *blocks = pruned(std::mem::take(blocks));
                    if blocks.is_empty() {
                        return None;
                    }
                }
                _ => {}
            }
            Some(block)
        };
        blocks.into_iter().filter_map(one).collect()
    }

    fn comes_back(blocks: &[Block]) -> Result<(), TestCaseError> {
        let written = blocks_markdown(blocks);
        let again = parsed(&written);
        prop_assert_eq!(outline(&again), outline(blocks), "written as\n{}", written);
        prop_assert_eq!(blocks_markdown(&again), written);
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn text_comes_back(text in hostile_text()) {
            let text = vec![inline(InlineKind::Text(text))];
            comes_back(&pruned(vec![Block { span: span(), kind: BlockKind::Paragraph { number: None, text } }]))?;
        }

        #[test]
        fn what_was_read_comes_back(markdown in hostile_markdown()) {
            let written = blocks_markdown(&parsed(&markdown));
            prop_assert_eq!(blocks_markdown(&parsed(&written)), written);
        }

        #[test]
        fn inlines_come_back(text in any_inlines()) {
            comes_back(&pruned(vec![Block { span: span(), kind: BlockKind::Paragraph { number: None, text } }]))?;
        }

        #[test]
        fn blocks_come_back(blocks in any_blocks()) {
            comes_back(&blocks)?;
        }
    }
}
