//! Turns Markdown into blocks and inlines, each with the place where it was written.
//!
//! Never fails: what a paper has no place for is kept as text, and a [`Remark`] says so. The AST comes out in one
//! canonical form (see `canonical`), so that writing it and parsing it again changes nothing.
//! **Invariant:** no word of the input is lost without a remark; no input, however nested, exhausts the stack.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag};

use super::{Align, Block, BlockKind, Column, Inline, InlineKind, List, SLOT_CLOSE, SLOT_OPEN, Table, plain};
use crate::source::{Span, Text};

/// Something that an author should know about how a text was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub span: Span,
    pub kind: RemarkKind,
}

/// What a [`Remark`] is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemarkKind {
    /// Raw HTML; kept as plain text. A lone `<br>` is a new line and not remarked on.
    Html,
    /// A code fence that is never closed and so reaches to the end of the text.
    UnclosedFence,
    /// `[^name]` without a definition; kept as text.
    UnknownFootnote(String),
    /// A footnote that nothing refers to; its content stands at the end of the text.
    UnusedFootnote(String),
    /// A footnote that is referred to more than once; its content is repeated.
    RepeatedFootnote(String),
    /// A reference to this footnote inside another footnote; kept as text.
    FootnoteInFootnote(String),
    /// A link definition that no link uses; it is not printed.
    UnusedDefinition,
    /// Lists or quotes nested deeper than [`NESTING_MAX`]; kept as one paragraph of text.
    NestedTooDeep,
    /// A picture that is not a paragraph of its own.
    ImageInText,
    /// Anything but one paragraph in a field that takes inline text only; its text is kept.
    BlockInInline,
    /// A line that starts with `#`: a heading of level 1, or `#word`. Often a note to oneself.
    LeadingHash,
    /// A line that starts with a bullet, as pasted from a word processor; it is no list item, and runs on behind the line
    /// before it. Told once a text.
    PastedBullet,
    /// A table row has more cells than the table has columns; this text of theirs is not printed.
    ExtraCells(String),
    /// The title of a link or of a picture in text, or a link in a picture's alt text; it is not printed.
    NoPlace,
}

/// What word processors put before the items of a list.
const BULLETS: [char; 8] = ['•', '·', '‣', '◦', '▪', '●', '○', '\u{f0b7}'];

/// Stands after the `(` of a figure that its author escaped, `\(=`, so that the text is not taken for the figure `(=`.
///
/// Only this module, the writer and the stage that fills in figures know it; that stage removes it.
pub const ESCAPED_FIGURE: char = '\u{e002}';

/// How deep lists and quotes may be nested.
pub const NESTING_MAX: usize = 16;

/// How often footnotes may be repeated in one text; beyond it a reference is kept as text, or a long footnote with
/// many references would grow without bound.
const FOOTNOTE_REPEATS_MAX: usize = 64;

/// Returns the blocks of a text, and what its author should know about them, in order of place.
pub fn blocks(text: &Text) -> (Vec<Block>, Vec<Remark>) {
    let source = line_feeds(&text.value);
    let mut reader = Reader::new(text, &source);
    let mut blocks = reader.blocks(0..reader.events.len(), 0);
    blocks.extend(reader.unused_footnotes());
    reader.remarks.sort_by_key(|remark| remark.span.start);
    (blocks, reader.remarks)
}

/// Returns the inlines of a text that stands inside a line: a title or a table cell.
///
/// Of anything but one paragraph the text is kept, joined by [`InlineKind::Break`], with a remark.
pub fn inlines(text: &Text) -> (Vec<Inline>, Vec<Remark>) {
    let (blocks, mut remarks) = blocks(text);
    let mut inlines = Vec::new();
    for (n, block) in blocks.into_iter().enumerate() {
        let is_inline = matches!(block.kind, BlockKind::Paragraph { .. } | BlockKind::Slot(_));
        if n > 0 || !is_inline {
            remarks.push(Remark { span: block.span, kind: RemarkKind::BlockInInline });
        }
        join(&mut inlines, block);
    }
    remarks.sort_by_key(|remark| remark.span.start);
    (canonical(inlines), remarks)
}

/// Appends the text of a block, on lines of its own. Recursion is bounded by [`NESTING_MAX`].
fn join(inlines: &mut Vec<Inline>, block: Block) {
    let span = block.span;
    let mut line = |body: Vec<Inline>| {
        if !inlines.is_empty() {
            inlines.push(Inline { span: span.before(), kind: InlineKind::Break });
        }
        inlines.extend(body);
    };
    let one = |kind| vec![Inline { span, kind }];
    match block.kind {
        BlockKind::Paragraph { text, .. } | BlockKind::Heading { text, .. } => line(text),
        BlockKind::Code { language, text } => {
            language.into_iter().for_each(|language| line(one(InlineKind::Text(language))));
            text.lines().for_each(|code| line(one(InlineKind::Code(code.to_owned()))));
        }
        BlockKind::Image { file, alt, caption } => {
            line(one(InlineKind::Image { file, alt }));
            caption.into_iter().for_each(line);
        }
        BlockKind::Table(table) => {
            std::iter::once(table.head).chain(table.rows).flatten().for_each(line);
        }
        BlockKind::Slot(n) => line(one(InlineKind::Slot(n))),
        BlockKind::List(list) => {
            for (n, item) in list.items.into_iter().enumerate() {
                let number = list.start.map(|start| format!("{}. ", start + n as u64));
                let mut body = Vec::new();
                item.into_iter().for_each(|block| join(&mut body, block));
                body.splice(0..0, number.into_iter().flat_map(|number| one(InlineKind::Text(number))));
                line(body);
            }
        }
        BlockKind::Quote(blocks) => blocks.into_iter().for_each(|block| join(inlines, block)),
        BlockKind::Rule | BlockKind::Chart(_) => {}
    }
}

/// A footnote's definition: its events, and how often it was referred to.
struct Footnote {
    name: String,
    events: Range<usize>,
    span: Span,
    uses: usize,
}

/// What a run of inlines belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Paragraph,
    /// A heading or a table cell: one line, whatever the source looks like.
    Line,
}

/// The events of one text, and what is found out while reading them.
struct Reader<'t> {
    text: &'t Text,
    source: &'t str,
    events: Vec<(Event<'t>, Range<usize>)>,
    /// For each event that starts something, the index of the one that ends it.
    ends: Vec<usize>,
    footnotes: Vec<Footnote>,
    /// By lower-case name; the first definition of a name counts.
    footnotes_by_name: HashMap<String, usize>,
    footnote_repeats: usize,
    in_footnote: bool,
    remarks: Vec<Remark>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t Text, source: &'t str) -> Reader<'t> {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_SMART_PUNCTUATION;
        let mut parser = Parser::new_ext(source, options).into_offset_iter();
        let events: Vec<_> = parser.by_ref().collect();

        let mut ends = vec![0; events.len()];
        let mut open = Vec::new();
        let mut footnotes = Vec::new();
        let mut footnotes_by_name = HashMap::new();
        let mut definitions_used = Vec::new();
        for (n, (event, range)) in events.iter().enumerate() {
            match event {
                Event::Start(tag) => {
                    open.push(n);
                    if let Tag::Link { id, .. } | Tag::Image { id, .. } = tag
                        && let Some(definition) = parser.reference_definitions().get(id)
                    {
                        definitions_used.push(definition.span.start);
                    }
                }
                Event::End(_) => {
                    let start = open.pop().expect("pulldown-cmark ends only what it started");
                    ends[start] = n;
                    if let Event::Start(Tag::FootnoteDefinition(name)) = &events[start].0 {
                        footnotes.push(Footnote {
                            name: name.to_string(),
                            events: start + 1..n,
                            span: text.span_of(range.clone()),
                            uses: 0,
                        });
                    }
                }
                _ => {}
            }
        }
        for (n, footnote) in footnotes.iter().enumerate() {
            footnotes_by_name.entry(footnote.name.to_lowercase()).or_insert(n);
        }
        let mut remarks = Vec::new();
        definitions_used.sort_unstable();
        for (_, definition) in parser.reference_definitions().iter() {
            if definitions_used.binary_search(&definition.span.start).is_err() {
                let span = text.span_of(definition.span.clone());
                remarks.push(Remark { span, kind: RemarkKind::UnusedDefinition });
            }
        }
        Reader {
            text,
            source,
            events,
            ends,
            footnotes,
            footnotes_by_name,
            footnote_repeats: 0,
            in_footnote: false,
            remarks,
        }
    }

    fn remark(&mut self, range: Range<usize>, kind: RemarkKind) {
        self.remarks.push(Remark { span: self.text.span_of(range), kind });
    }

    /// Returns the blocks of a range of events, nested in `depth` lists and quotes.
    fn blocks(&mut self, events: Range<usize>, depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut at = events.start;
        while at < events.end {
            // The text of a tight list's item comes without a paragraph around it.
            let inlines_end = self.inlines_end(at..events.end);
            if inlines_end > at {
                blocks.extend(self.paragraph(at..inlines_end));
                at = inlines_end;
                continue;
            }
            blocks.extend(self.block(at, depth));
            at = self.next(at);
        }
        blocks
    }

    /// Returns the index after an event and all that it holds.
    fn next(&self, at: usize) -> usize {
        if matches!(self.events[at].0, Event::Start(_)) { self.ends[at] + 1 } else { at + 1 }
    }

    fn inlines_end(&self, events: Range<usize>) -> usize {
        let mut at = events.start;
        while at < events.end && is_inline(&self.events[at].0) {
            at = self.next(at);
        }
        at
    }

    fn block(&mut self, at: usize, depth: usize) -> Option<Block> {
        let (event, range) = self.events[at].clone();
        let body = at + 1..self.next(at).saturating_sub(1).max(at + 1);
        let span = self.text.span_of(trimmed(self.source, range.clone()));
        let Event::Start(tag) = event else {
            return matches!(event, Event::Rule).then_some(Block { span, kind: BlockKind::Rule });
        };
        let kind = match tag {
            Tag::Paragraph => return self.paragraph(body),
            Tag::Heading { level, .. } => {
                if level == HeadingLevel::H1 && self.source[range.clone()].starts_with('#') {
                    self.remark(trimmed(self.source, range), RemarkKind::LeadingHash);
                }
                let text = self.inlines(body, Place::Line);
                if text.is_empty() {
                    return None;
                }
                BlockKind::Heading { number: None, level: level as u8, text }
            }
            Tag::List(_) | Tag::BlockQuote(_) if depth == NESTING_MAX => {
                self.remark(trimmed(self.source, range), RemarkKind::NestedTooDeep);
                let text = self.flattened(body);
                if text.is_empty() {
                    return None;
                }
                BlockKind::Paragraph { number: None, text }
            }
            Tag::List(start) => BlockKind::List(self.list(start, body, depth + 1)),
            Tag::BlockQuote(_) => {
                let blocks = self.blocks(body, depth + 1);
                if blocks.is_empty() {
                    return None;
                }
                BlockKind::Quote(blocks)
            }
            Tag::CodeBlock(kind) => self.code(kind, body, range),
            Tag::HtmlBlock => return self.html(body, range),
            Tag::Table(alignments) => BlockKind::Table(self.table(&alignments, body)),
            // Read where it is referred to.
            Tag::FootnoteDefinition(_) => return None,
            tag => unreachable!("{tag:?} is inline, part of a block, or not enabled"),
        };
        Some(Block { span, kind })
    }

    fn paragraph(&mut self, events: Range<usize>) -> Option<Block> {
        let first = self.events.get(events.start).filter(|_| !events.is_empty())?;
        let range = trimmed(self.source, first.1.start..self.events[events.end - 1].1.end);
        let span = self.text.span_of(range);
        if self.next(events.start) == events.end
            && let Event::Start(Tag::Image { dest_url, title, .. }) = first.0.clone()
        {
            let body = self.inlines_of_image(events.start + 1..events.end - 1);
            let kind = BlockKind::Image {
                file: printable(&dest_url),
                alt: plain(&body),
                caption: (!title.is_empty()).then(|| {
                    let title = InlineKind::Text(printable(&title));
                    canonical(vec![Inline { span, kind: title }])
                }),
            };
            return Some(Block { span, kind });
        }
        let text = self.inlines(events, Place::Paragraph);
        match text.as_slice() {
            [] => None,
            [Inline { kind: InlineKind::Slot(n), .. }] => Some(Block { span, kind: BlockKind::Slot(*n) }),
            _ => Some(Block { span, kind: BlockKind::Paragraph { number: None, text } }),
        }
    }

    fn list(&mut self, start: Option<u64>, events: Range<usize>, depth: usize) -> List {
        let mut items = Vec::new();
        let mut has_paragraph = false;
        let mut at = events.start;
        while at < events.end {
            let end = self.ends[at];
            let mut child = at + 1;
            while child < end {
                has_paragraph |= matches!(self.events[child].0, Event::Start(Tag::Paragraph));
                child = self.next(child);
            }
            items.push(self.blocks(at + 1..end, depth));
            at = end + 1;
        }
        // Nothing in such a list could be set apart.
        let is_single = items.len() == 1 && items[0].len() <= 1;
        List { start, labels: None, tight: !has_paragraph || is_single, items }
    }

    fn code(&mut self, kind: CodeBlockKind<'_>, events: Range<usize>, range: Range<usize>) -> BlockKind {
        let mut text = String::new();
        let mut text_end = None;
        for (event, range) in &self.events[events] {
            if let Event::Text(piece) = event {
                text.push_str(piece);
                text_end = Some(range.end);
            }
        }
        let mut text = printable(&text.replace("\r\n", "\n").replace('\r', "\n"));
        if text.ends_with('\n') {
            text.pop();
        }
        let language = match kind {
            CodeBlockKind::Indented => None,
            CodeBlockKind::Fenced(info) => {
                let source = &self.source[range.clone()];
                let first_line_end = source.find(['\n', '\r']).unwrap_or(source.len());
                let is_closed = match text_end {
                    Some(end) => end < range.end,
                    None => !source[first_line_end..].trim().is_empty(),
                };
                if !is_closed {
                    self.remark(range.start..range.start + first_line_end, RemarkKind::UnclosedFence);
                }
                Some(printable(&info.split_whitespace().collect::<Vec<_>>().join(" ")))
            }
        };
        BlockKind::Code { language: language.filter(|language| !language.is_empty()), text }
    }

    fn html(&mut self, events: Range<usize>, range: Range<usize>) -> Option<Block> {
        let mut text = Vec::new();
        let mut is_remarkable = false;
        for n in events {
            let (Event::Html(piece) | Event::Text(piece), range) = &self.events[n] else { continue };
            let span = self.text.span_of(trimmed(self.source, range.clone()));
            if is_line_break(piece) {
                text.push(Inline { span, kind: InlineKind::Break });
            } else {
                is_remarkable |= !piece.trim().is_empty();
                slots(&printable(piece), |_| span, &mut text);
                text.push(Inline { span, kind: InlineKind::SoftBreak });
            }
        }
        let range = trimmed(self.source, range);
        let span = self.text.span_of(range.clone());
        if is_remarkable {
            self.remark(range, RemarkKind::Html);
        }
        let text = canonical(text);
        (!text.is_empty()).then_some(Block { span, kind: BlockKind::Paragraph { number: None, text } })
    }

    fn table(&mut self, alignments: &[Alignment], events: Range<usize>) -> Table {
        let columns = alignments.iter().map(|alignment| Column {
            align: match alignment {
                Alignment::None | Alignment::Left => Align::Left,
                Alignment::Center => Align::Centre,
                Alignment::Right => Align::Right,
            },
        });
        let mut rows = Vec::new();
        let mut at = events.start;
        while at < events.end {
            rows.push(self.row(at, alignments.len()));
            at = self.ends[at] + 1;
        }
        let head = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
        Table { caption: None, columns: columns.collect(), head, row_header: false, rows }
    }

    fn row(&mut self, at: usize, columns_count: usize) -> Vec<Vec<Inline>> {
        let row = self.events[at].1.clone();
        let mut cells = Vec::new();
        let mut cells_end = row.start;
        let mut cell = at + 1;
        while cell < self.ends[at] {
            cells_end = self.events[cell].1.end;
            cells.push(self.inlines(cell + 1..self.ends[cell], Place::Line));
            cell = self.ends[cell] + 1;
        }
        cells.resize(columns_count, Vec::new());
        let rest = &self.source[cells_end.min(row.end)..row.end];
        let extra = rest.trim_matches(|c: char| c == '|' || c.is_whitespace());
        if !extra.is_empty() {
            let start = cells_end + rest.find(extra).expect("cut out of it");
            self.remark(start..start + extra.len(), RemarkKind::ExtraCells(extra.to_owned()));
        }
        cells
    }

    /// Returns the text of events that are nested too deep, one paragraph for all.
    fn flattened(&mut self, events: Range<usize>) -> Vec<Inline> {
        let mut text = Vec::new();
        let mut at = events.start;
        while at < events.end {
            let (event, range) = &self.events[at];
            let span = self.text.span_of(trimmed(self.source, range.clone()));
            match event {
                Event::Start(Tag::FootnoteDefinition(_)) => {
                    at = self.ends[at] + 1;
                    continue;
                }
                Event::Text(piece) | Event::Code(piece) | Event::Html(piece) | Event::InlineHtml(piece) => {
                    slots(&printable(piece), |_| span, &mut text);
                }
                Event::FootnoteReference(name) => {
                    text.push(Inline { span, kind: InlineKind::Text(format!("[^{}]", printable(name))) });
                }
                Event::Start(Tag::Item | Tag::Paragraph | Tag::Heading { .. } | Tag::TableCell | Tag::CodeBlock(_)) => {
                    text.push(Inline { span: span.before(), kind: InlineKind::Break });
                }
                Event::SoftBreak | Event::HardBreak => {
                    text.push(Inline { span, kind: InlineKind::SoftBreak });
                }
                _ => {}
            }
            at += 1;
        }
        canonical(text)
    }

    fn unused_footnotes(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for n in 0..self.footnotes.len() {
            if self.footnotes[n].uses == 0 {
                let footnote = &self.footnotes[n];
                let kind = RemarkKind::UnusedFootnote(footnote.name.clone());
                self.remarks.push(Remark { span: footnote.span, kind });
                blocks.extend(self.blocks(footnote.events.clone(), 0));
            }
        }
        blocks
    }

    /// Returns what a reference to a footnote becomes: the footnote's content, or the reference as text.
    fn footnote(&mut self, name: &str, range: Range<usize>) -> InlineKind {
        let as_text = InlineKind::Text(format!("[^{}]", printable(name)));
        if self.in_footnote {
            self.remark(range, RemarkKind::FootnoteInFootnote(name.to_owned()));
            return as_text;
        }
        let Some(&n) = self.footnotes_by_name.get(&name.to_lowercase()) else {
            self.remark(range, RemarkKind::UnknownFootnote(name.to_owned()));
            return as_text;
        };
        if self.footnotes[n].uses > 0 {
            self.remark(range, RemarkKind::RepeatedFootnote(name.to_owned()));
            self.footnote_repeats += 1;
            if self.footnote_repeats > FOOTNOTE_REPEATS_MAX {
                return as_text;
            }
        }
        self.footnotes[n].uses += 1;
        self.in_footnote = true;
        let blocks = self.blocks(self.footnotes[n].events.clone(), 0);
        self.in_footnote = false;
        InlineKind::Footnote(blocks)
    }

    fn inlines(&mut self, events: Range<usize>, place: Place) -> Vec<Inline> {
        canonical(self.inlines_as_written(events, place, false))
    }

    fn inlines_of_image(&mut self, events: Range<usize>) -> Vec<Inline> {
        self.inlines_as_written(events, Place::Line, true)
    }

    /// Reads inlines without recursion: of each kind of markup only the outermost counts, so `frames` stays short
    /// however deep the source nests.
    fn inlines_as_written(&mut self, events: Range<usize>, place: Place, in_image: bool) -> Vec<Inline> {
        let mut frames = vec![Frame { markup: None, body: Vec::new() }];
        // For each tag that is open, whether it has a frame.
        let mut open = Vec::new();
        let mut run = TextRun::default();
        for at in events {
            let (event, range) = self.events[at].clone();
            let span = self.text.span_of(range.clone());
            if !matches!(event, Event::Text(_)) {
                run.end(self.text, &mut frames);
            }
            let in_image = in_image || frames.iter().any(|frame| matches!(frame.markup, Some(Markup::Image(_))));
            let kind = match event {
                Event::Text(piece) => {
                    self.remark_on_text(&piece, range.clone(), place);
                    run.push(&piece, range, self.source);
                    continue;
                }
                Event::Code(code) => InlineKind::Code(printable(&code)),
                Event::InlineHtml(html) if is_line_break(&html) => InlineKind::Break,
                Event::Html(html) | Event::InlineHtml(html) => {
                    self.remark(range, RemarkKind::Html);
                    InlineKind::Text(printable(&html))
                }
                Event::SoftBreak if place == Place::Line => InlineKind::Text(" ".to_owned()),
                Event::SoftBreak => InlineKind::SoftBreak,
                Event::HardBreak => InlineKind::Break,
                Event::FootnoteReference(name) if in_image => InlineKind::Text(format!("[^{}]", printable(&name))),
                Event::FootnoteReference(name) => self.footnote(&name, range),
                Event::Start(tag) => {
                    let markup = self.markup(tag, range, in_image);
                    let markup = markup.filter(|markup| frames.iter().all(|frame| !frame.is_like(markup)));
                    open.push(markup.is_some());
                    frames.extend(markup.map(|markup| Frame { markup: Some(markup), body: Vec::new() }));
                    continue;
                }
                Event::End(_) => {
                    if !open.pop().expect("started before") {
                        continue;
                    }
                    frames.pop().expect("opened with the tag").close()
                }
                Event::Rule | Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {
                    unreachable!("a block, or not enabled")
                }
            };
            frames.last_mut().expect("the first is never closed").body.push(Inline { span, kind });
        }
        run.end(self.text, &mut frames);
        frames.swap_remove(0).body
    }

    fn markup(&mut self, tag: Tag<'_>, range: Range<usize>, in_image: bool) -> Option<Markup> {
        match tag {
            Tag::Emphasis => Some(Markup::Emphasis),
            Tag::Strong => Some(Markup::Strong),
            Tag::Strikethrough => Some(Markup::Strikethrough),
            Tag::Link { link_type, dest_url, title, .. } => {
                let mut url = printable(&dest_url);
                if link_type == LinkType::Email {
                    url.insert_str(0, "mailto:");
                }
                if !title.is_empty() {
                    self.remark(range.clone(), RemarkKind::NoPlace);
                }
                if in_image {
                    self.remark(range, RemarkKind::NoPlace);
                    return None;
                }
                Some(Markup::Link(url))
            }
            Tag::Image { dest_url, title, .. } => {
                self.remark(range.clone(), RemarkKind::ImageInText);
                if !title.is_empty() {
                    self.remark(range.clone(), RemarkKind::NoPlace);
                }
                let file = printable(&dest_url);
                if in_image {
                    self.remark(range, RemarkKind::NoPlace);
                    return None;
                }
                Some(Markup::Image(file))
            }
            tag => unreachable!("{tag:?} is a block, or not enabled"),
        }
    }

    /// Remarks on a piece of text that may have been meant as something else.
    fn remark_on_text(&mut self, piece: &str, range: Range<usize>, place: Place) {
        let before = &self.source[..range.start];
        if place == Place::Paragraph && self.source[range.clone()] == *piece {
            let line_before = before.trim_end_matches([' ', '\t', '>']);
            let starts_line = line_before.is_empty() || line_before.ends_with(['\n', '\r']);
            if starts_line && piece.starts_with('#') {
                let end = range.start + piece.find(char::is_whitespace).unwrap_or(piece.len());
                self.remark(range.start..end, RemarkKind::LeadingHash);
            } else if starts_line
                && let Some(bullet) = piece.chars().next().filter(|c| BULLETS.contains(c))
                && !self.remarks.iter().any(|remark| remark.kind == RemarkKind::PastedBullet)
            {
                self.remark(range.start..range.start + bullet.len_utf8(), RemarkKind::PastedBullet);
            }
        }
        let after = &self.source[range.start..];
        if piece == "["
            && !before.ends_with('\\')
            && let Some(after) = after.strip_prefix("[^")
            && let Some(name) = after.split([']', '[', '\n', ' ']).next().filter(|name| !name.is_empty())
            && after[name.len()..].starts_with(']')
        {
            let name = name.to_owned();
            self.remark(range.start..range.start + name.len() + 3, RemarkKind::UnknownFootnote(name));
        }
    }
}

/// Markup around inlines.
enum Markup {
    Emphasis,
    Strong,
    Strikethrough,
    Link(String),
    Image(String),
}

/// Markup that is open, and what it holds so far; `None` for what holds all.
struct Frame {
    markup: Option<Markup>,
    body: Vec<Inline>,
}

impl Frame {
    fn is_like(&self, markup: &Markup) -> bool {
        self.markup.as_ref().is_some_and(|own| std::mem::discriminant(own) == std::mem::discriminant(markup))
    }

    fn close(self) -> InlineKind {
        match self.markup.expect("only what a tag opened is closed") {
            Markup::Emphasis => InlineKind::Emphasis(self.body),
            Markup::Strong => InlineKind::Strong(self.body),
            Markup::Strikethrough => InlineKind::Strikethrough(self.body),
            Markup::Link(url) => InlineKind::Link { url, body: self.body },
            Markup::Image(file) => InlineKind::Image { file, alt: plain(&self.body) },
        }
    }
}

/// Pieces of text that the parser split at entities, escapes and quotes, put together again.
#[derive(Default)]
struct TextRun {
    text: String,
    range: Range<usize>,
    /// Whether the last piece is what stands in the source.
    is_verbatim: bool,
    /// Whether all of the text is what stands in the source.
    is_exact: bool,
}

impl TextRun {
    fn push(&mut self, piece: &str, range: Range<usize>, source: &str) {
        let is_verbatim = source[range.clone()] == *piece;
        let is_first = self.text.is_empty();
        let is_next = is_first || self.range.end == range.start;
        let mut piece = printable(piece);
        let is_escaped = (is_first || !is_next) && source[..range.start].ends_with('\\');
        if is_escaped && piece.starts_with("(=") {
            piece.insert(1, ESCAPED_FIGURE);
        }
        if self.text.ends_with('(') && piece.starts_with('=') && !(is_next && self.is_verbatim && is_verbatim) {
            piece.insert(0, ESCAPED_FIGURE);
        }
        self.is_exact = is_verbatim && (is_first || self.is_exact && is_next);
        self.is_verbatim = is_verbatim;
        self.range = if is_first { range } else { self.range.start..range.end };
        self.text.push_str(&piece);
    }

    /// Hands the text over to the innermost frame.
    fn end(&mut self, text: &Text, frames: &mut [Frame]) {
        if self.text.is_empty() {
            return;
        }
        let run = std::mem::take(self);
        let span_of = |part: Range<usize>| {
            let is_exact = run.is_exact && run.text.len() == run.range.len();
            text.span_of(if is_exact {
                run.range.start + part.start..run.range.start + part.end
            } else {
                run.range.clone()
            })
        };
        slots(&run.text, span_of, &mut frames.last_mut().expect("the first is never closed").body);
    }
}

/// Appends text with its slots' tokens made into slots; `span_of` knows where a range of it stands.
fn slots(text: &str, span_of: impl Fn(Range<usize>) -> Span, inlines: &mut Vec<Inline>) {
    let mut done = 0;
    for (open, _) in text.match_indices(SLOT_OPEN) {
        let number = &text[open + SLOT_OPEN.len_utf8()..];
        let number = &number[..number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len())];
        let close = open + SLOT_OPEN.len_utf8() + number.len();
        if !text[close..].starts_with(SLOT_CLOSE) {
            continue;
        }
        let Ok(number) = number.parse() else { continue };
        let end = close + SLOT_CLOSE.len_utf8();
        if done < open {
            inlines.push(Inline { span: span_of(done..open), kind: InlineKind::Text(text[done..open].to_owned()) });
        }
        inlines.push(Inline { span: span_of(open..end), kind: InlineKind::Slot(number) });
        done = end;
    }
    if done < text.len() {
        inlines.push(Inline { span: span_of(done..text.len()), kind: InlineKind::Text(text[done..].to_owned()) });
    }
}

/// Returns inlines in the one form that means the same on paper and survives being written as Markdown:
///
/// - a tab in a text is a space;
/// - neighbours of one kind are merged, markup inside markup of its own kind and empty markup are dropped;
/// - white space at the edges of markup stands outside it, and none stands at the edges of a line;
/// - a line's end inside a text is a [`InlineKind::SoftBreak`]; none stands first or last;
/// - a space stands between a footnote and a link or a figure.
pub(super) fn canonical(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut line = Vec::new();
    flatten(inlines, &mut Vec::new(), &mut line);
    let start = line.iter().take_while(|inline| is_break(&inline.kind)).count();
    line.drain(..start);
    if let Some(Inline { kind: InlineKind::Text(text), .. }) = line.first_mut() {
        *text = text.trim_start_matches(is_line_edge).to_owned();
        if text.is_empty() {
            line.remove(0);
        }
    }
    trim_line_end(&mut line);
    while line.last().is_some_and(|inline| is_break(&inline.kind)) {
        line.pop();
        trim_line_end(&mut line);
    }
    line
}

/// Kinds of markup that mean nothing more inside themselves.
type Kind = std::mem::Discriminant<InlineKind>;

fn flatten(inlines: Vec<Inline>, around: &mut Vec<Kind>, out: &mut Vec<Inline>) {
    for Inline { span, kind } in inlines {
        let own = std::mem::discriminant(&kind);
        let is_inside_own = around.contains(&own);
        let mut inside = |body: Vec<Inline>| {
            let mut inner = Vec::new();
            around.push(own);
            flatten(body, around, &mut inner);
            around.pop();
            inner
        };
        match kind {
            // A tab parts words, and has no width of its own on paper.
            InlineKind::Text(text) if text.contains('\t') => {
                let text = Inline { span, kind: InlineKind::Text(text.replace('\t', " ")) };
                flatten(vec![text], around, out);
            }
            InlineKind::Text(text) if text.contains(['\n', '\r']) => {
                for (n, line) in text.split(['\n', '\r']).enumerate() {
                    if n > 0 {
                        push(Inline { span, kind: InlineKind::SoftBreak }, out);
                    }
                    push(Inline { span, kind: InlineKind::Text(line.to_owned()) }, out);
                }
            }
            InlineKind::Emphasis(body)
            | InlineKind::Strong(body)
            | InlineKind::Strikethrough(body)
            | InlineKind::Link { body, .. }
                if is_inside_own =>
            {
                flatten(body, around, out);
            }
            InlineKind::Emphasis(body) => markup(InlineKind::Emphasis, span, inside(body), out),
            InlineKind::Strong(body) => markup(InlineKind::Strong, span, inside(body), out),
            InlineKind::Strikethrough(body) => markup(InlineKind::Strikethrough, span, inside(body), out),
            InlineKind::Link { url, body } => {
                markup(|body| InlineKind::Link { url, body }, span, inside(body), out);
            }
            InlineKind::Code(code) => {
                let code = code.replace("\r\n", " ").replace(['\n', '\r'], " ");
                if !code.is_empty() {
                    push(Inline { span, kind: InlineKind::Code(code) }, out);
                }
            }
            kind => push(Inline { span, kind }, out),
        }
    }
}

/// Appends markup around a body, the white space at its edges outside it.
fn markup(kind: impl FnOnce(Vec<Inline>) -> InlineKind, span: Span, mut body: Vec<Inline>, out: &mut Vec<Inline>) {
    let mut after = Vec::new();
    while let Some(last) = body.last_mut() {
        match &mut last.kind {
            InlineKind::Text(text) => {
                let kept = text.trim_end().len();
                if kept < text.len() {
                    after.push(Inline { span: last.span, kind: InlineKind::Text(text.split_off(kept)) });
                }
                if kept > 0 {
                    break;
                }
                body.pop();
            }
            kind if is_break(kind) => after.extend(body.pop()),
            _ => break,
        }
    }
    let mut body = body.into_iter().peekable();
    while let Some(first) = body.peek_mut() {
        match &mut first.kind {
            InlineKind::Text(text) => {
                let space = text.len() - text.trim_start().len();
                let kept = text.split_off(space);
                let is_space = kept.is_empty();
                let space = std::mem::replace(text, kept);
                push(Inline { span: first.span, kind: InlineKind::Text(space) }, out);
                if !is_space {
                    break;
                }
                body.next();
            }
            kind if is_break(kind) => push(body.next().expect("peeked"), out),
            _ => break,
        }
    }
    let body: Vec<Inline> = body.collect();
    let is_empty = body.is_empty();
    let kind = kind(body);
    if !is_empty || matches!(kind, InlineKind::Link { .. }) {
        push(Inline { span, kind }, out);
    }
    after.into_iter().rev().for_each(|inline| push(inline, out));
}

/// Appends an inline, merged with the last one where both are of one kind.
fn push(inline: Inline, out: &mut Vec<Inline>) {
    let Inline { span, kind } = inline;
    if is_break(&kind) {
        trim_line_end(out);
        match out.last().map(|last| &last.kind) {
            Some(InlineKind::SoftBreak | InlineKind::Break) if kind == InlineKind::SoftBreak => return,
            Some(InlineKind::SoftBreak) => {
                out.pop();
            }
            _ => {}
        }
    }
    // Markdown takes `[^1][…](…)` and `[^1](=…)` for something else.
    let needs_space = match &kind {
        InlineKind::Link { .. } => true,
        InlineKind::Text(text) => text.starts_with("(="),
        _ => false,
    };
    if needs_space && matches!(out.last(), Some(Inline { kind: InlineKind::Footnote(_), .. })) {
        out.push(Inline { span: span.before(), kind: InlineKind::Text(" ".to_owned()) });
    }
    match (out.last_mut(), kind) {
        (_, InlineKind::Text(text)) if text.is_empty() => {}
        (Some(Inline { kind: last, .. }), InlineKind::Text(text)) if is_break(last) => {
            let text = text.trim_start_matches(is_line_edge);
            if !text.is_empty() {
                out.push(Inline { span, kind: InlineKind::Text(text.to_owned()) });
            }
        }
        (Some(Inline { span: place, kind: InlineKind::Text(last) }), InlineKind::Text(text))
        | (Some(Inline { span: place, kind: InlineKind::Code(last) }), InlineKind::Code(text)) => {
            last.push_str(&text);
            *place = place.to(span);
        }
        (Some(Inline { span: place, kind: InlineKind::Emphasis(last) }), InlineKind::Emphasis(body))
        | (Some(Inline { span: place, kind: InlineKind::Strong(last) }), InlineKind::Strong(body))
        | (Some(Inline { span: place, kind: InlineKind::Strikethrough(last) }), InlineKind::Strikethrough(body)) => {
            *place = place.to(span);
            body.into_iter().for_each(|inline| push(inline, last));
        }
        (_, kind) => out.push(Inline { span, kind }),
    }
}

fn trim_line_end(line: &mut Vec<Inline>) {
    if let Some(Inline { kind: InlineKind::Text(text), .. }) = line.last_mut() {
        text.truncate(text.trim_end_matches(is_line_edge).len());
        if text.is_empty() {
            line.pop();
        }
    }
}

/// White space that Markdown drops at the edges of a line.
fn is_line_edge(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{b}' | '\u{c}')
}

fn is_break(kind: &InlineKind) -> bool {
    matches!(kind, InlineKind::SoftBreak | InlineKind::Break)
}

fn is_line_break(html: &str) -> bool {
    matches!(html.trim().to_ascii_lowercase().as_str(), "<br>" | "<br/>" | "<br />")
}

fn is_inline(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => {
            matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
        }
        Event::Rule => false,
        _ => true,
    }
}

/// Returns the text with every line ending in a line feed, each byte where it was; pulldown-cmark loses words after a
/// carriage return that stands alone.
fn line_feeds(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let lines: Vec<String> = text.split("\r\n").map(|part| part.replace('\r', "\n")).collect();
    Cow::Owned(lines.join("\r\n"))
}

/// Returns the text with NUL made visible, as CommonMark asks.
fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Returns the range without the white space at its end.
fn trimmed(source: &str, range: Range<usize>) -> Range<usize> {
    range.start..range.start + source[range].trim_end().len()
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;
    use crate::source::Sources;

    fn parsed(markdown: &str) -> (Vec<Block>, Vec<Remark>) {
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", markdown);
        blocks(&Text::mapped(markdown, sources.whole(id), line_starts(markdown)))
    }

    fn line_starts(text: &str) -> Vec<(usize, usize)> {
        std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).map(|at| (at, at)).collect()
    }

    /// Returns each remark as its kind and the text that its span covers.
    fn remarks(markdown: &str) -> Vec<(RemarkKind, &str)> {
        let (_, remarks) = parsed(markdown);
        remarks.into_iter().map(|remark| (remark.kind, &markdown[remark.span.start..remark.span.end])).collect()
    }

    /// Returns all text of blocks: words, code, addresses, alternative texts and languages.
    fn all_text(blocks: &[Block]) -> String {
        let mut text = String::new();
        for block in blocks {
            match &block.kind {
                BlockKind::Paragraph { text: body, .. } | BlockKind::Heading { text: body, .. } => {
                    inline_text(body, &mut text);
                }
                BlockKind::List(list) => {
                    for (n, item) in list.items.iter().enumerate() {
                        if let Some(start) = list.start {
                            text.push_str(&format!("{} ", start + n as u64));
                        }
                        text.push_str(&all_text(item));
                    }
                }
                BlockKind::Quote(blocks) => text.push_str(&all_text(blocks)),
                BlockKind::Code { language, text: code } => {
                    text.push_str(language.as_deref().unwrap_or_default());
                    text.push(' ');
                    text.push_str(code);
                }
                BlockKind::Table(table) => {
                    for cell in table.head.iter().chain(table.rows.iter().flatten()) {
                        inline_text(cell, &mut text);
                        text.push(' ');
                    }
                }
                BlockKind::Image { file, alt, caption } => {
                    text.push_str(&format!("{file} {alt} "));
                    inline_text(caption.as_deref().unwrap_or_default(), &mut text);
                }
                BlockKind::Chart(_) | BlockKind::Rule | BlockKind::Slot(_) => {}
            }
            text.push('\n');
        }
        text
    }

    fn inline_text(inlines: &[Inline], text: &mut String) {
        for inline in inlines {
            match &inline.kind {
                InlineKind::Text(value) | InlineKind::Code(value) => text.push_str(value),
                InlineKind::Emphasis(body) | InlineKind::Strong(body) | InlineKind::Strikethrough(body) => {
                    inline_text(body, text);
                }
                InlineKind::Link { url, body } => {
                    inline_text(body, text);
                    text.push_str(&format!(" {url} "));
                }
                InlineKind::Image { file, alt } => text.push_str(&format!("{alt} {file} ")),
                InlineKind::SoftBreak | InlineKind::Break => text.push(' '),
                InlineKind::Footnote(blocks) => text.push_str(&all_text(blocks)),
                InlineKind::Badge(_) | InlineKind::Slot(_) | InlineKind::Changed { .. } => {}
            }
        }
    }

    #[test]
    fn what_is_kept_as_text_is_remarked_on() {
        use RemarkKind::*;
        let name = |name: &str| name.to_owned();
        assert_eq!(remarks("a <b>c</b>"), [(Html, "<b>"), (Html, "</b>")]);
        assert_eq!(remarks("<div>\na\n</div>\n"), [(Html, "<div>\na\n</div>")]);
        assert_eq!(remarks("a<br>b<BR />c\n\n<br>\n"), []);
        assert_eq!(remarks("| a |\n|---|\n| b<br/>c |\n"), []);
        assert_eq!(remarks("a\n\n```rust\nb\n"), [(UnclosedFence, "```rust")]);
        assert_eq!(remarks("- ~~~\n  b\n\nc"), [(UnclosedFence, "~~~")]);
        assert_eq!(remarks("```\n\n\n"), [(UnclosedFence, "```")]);
        assert_eq!(remarks("```\nb\n```\n\n    code\n"), []);
        assert_eq!(remarks("a[^x] \\[^y]"), [(UnknownFootnote(name("x")), "[^x]")]);
        assert_eq!(remarks("a\n\n[^x]: b\n"), [(UnusedFootnote(name("x")), "[^x]: b\n")]);
        assert_eq!(remarks("a[^x] b[^X]\n\n[^x]: c"), [(RepeatedFootnote(name("X")), "[^X]")]);
        assert_eq!(remarks("a[^x]\n\n[^x]: b[^x]"), [(FootnoteInFootnote(name("x")), "[^x]")]);
        assert_eq!(remarks("[a]\n\n[a]: /u\n[b]: /v\n"), [(UnusedDefinition, "[b]: /v")]);
        assert_eq!(remarks("a ![b](c)"), [(ImageInText, "![b](c)")]);
        assert_eq!(remarks("![b](c)"), []);
        assert_eq!(remarks("# a\n\n## b\n"), [(LeadingHash, "# a")]);
        assert_eq!(remarks("a:\n\n• b\n• c\n\nd • e\n"), [(PastedBullet, "•")]);
        assert_eq!(remarks("- • b\n\n| • |\n|---|\n"), []);
        assert_eq!(remarks("a\n#1 priority\n\\#b # c"), [(LeadingHash, "#1")]);
        assert_eq!(remarks("| a |\n|---|\n| b | c d | e |\n"), [(ExtraCells(name("c d | e")), "c d | e")]);
        assert_eq!(remarks("[a](b \"c\")"), [(NoPlace, "[a](b \"c\")")]);
    }

    #[test]
    fn inline_fields_keep_the_text_of_blocks() {
        let inline = |markdown: &str| {
            let mut sources = Sources::default();
            let id = sources.add("a.yaml", markdown);
            let (body, remarks) = inlines(&Text::mapped(markdown, sources.whole(id), line_starts(markdown)));
            let mut text = String::new();
            inline_text(&body, &mut text);
            (text, remarks.len())
        };
        assert_eq!(inline("a *b*"), ("a b".to_owned(), 0));
        assert_eq!(inline("a\n\nb"), ("a b".to_owned(), 1));
        assert_eq!(inline("3. c\n4. d"), ("3. c 4. d".to_owned(), 1));
        assert_eq!(inline("| a | b |\n|---|---|\n| c | d |"), ("a b c d".to_owned(), 1));
        assert_eq!(inline(""), (String::new(), 0));
    }

    #[test]
    fn escaped_figures_are_told_from_figures() {
        let text = |markdown: &str| {
            let (blocks, _) = parsed(markdown);
            all_text(&blocks).trim().to_owned()
        };
        assert_eq!(text("it's (=3.1.percent) & “so”"), "it’s (=3.1.percent) & “so”");
        for escaped in ["\\(=x)", "(\\=x)", "(&#61;x)", "&#40;=x)"] {
            assert_eq!(text(escaped), format!("({ESCAPED_FIGURE}=x)"));
        }
        assert_eq!(text("\\\\(=x)"), "\\(=x)");
        assert_eq!(text("*(=x)* `(=y)`"), "(=x) (=y)");
    }

    #[test]
    fn text_is_one_piece_whatever_it_holds() {
        let (blocks, _) = parsed("it's \"a\" &amp; b\\* [c] 1...2 (=3.1.percent)");
        let BlockKind::Paragraph { text, .. } = &blocks[0].kind else { panic!("{blocks:?}") };
        let [Inline { kind: InlineKind::Text(text), .. }] = text.as_slice() else { panic!("{text:?}") };
        assert_eq!(text, "it’s “a” & b* [c] 1…2 (=3.1.percent)");
    }

    #[test]
    fn tokens_become_slots() {
        let (blocks, remarks) =
            parsed("\u{e000}7\u{e001}\n\na \u{e000}8\u{e001}*\u{e000}9\u{e001}* \u{e000}x\u{e001}\n");
        assert_eq!(remarks, []);
        assert_eq!(blocks[0].kind, BlockKind::Slot(7));
        let BlockKind::Paragraph { text, .. } = &blocks[1].kind else { panic!("{blocks:?}") };
        assert_eq!(text[1].kind, InlineKind::Slot(8));
        assert!(matches!(&text[2].kind, InlineKind::Emphasis(body) if body[0].kind == InlineKind::Slot(9)));
        assert_eq!(text[3].kind, InlineKind::Text(" \u{e000}x\u{e001}".to_owned()));
    }

    #[test]
    fn spans_lead_back_to_the_source() {
        let source = "context: |\n  One\n  *two*.\n\n  - three\n";
        let mut sources = Sources::default();
        let id = sources.add("a.yaml", source);
        let text = Text::mapped(
            "One\n*two*.\n\n- three\n",
            Span::new(id, 11..source.len()),
            vec![(0, 13), (4, 19), (11, 26), (12, 29), (20, 37)],
        );
        let (blocks, _) = blocks(&text);
        assert_eq!(sources.slice(blocks[0].span), "One\n  *two*.");
        assert_eq!(sources.slice(blocks[1].span), "- three");
        let BlockKind::Paragraph { text, .. } = &blocks[0].kind else { panic!("{blocks:?}") };
        let slices: Vec<&str> = text.iter().map(|inline| sources.slice(inline.span)).collect();
        assert_eq!(slices, ["One", "\n", "*two*", "."]);
    }

    #[test]
    fn deep_nesting_is_flattened() {
        let depth = 10_000;
        let hostile = [
            ">".repeat(depth) + "word",
            "- ".repeat(depth) + "word",
            "1. ".repeat(depth) + "word",
            "*a ".repeat(depth) + "word",
            "**a *b ".repeat(depth) + "word" + &" a* b**".repeat(depth),
            "*a **b ".repeat(depth) + "word" + &"** *".repeat(depth),
            "[".repeat(depth) + "word" + &"](a)".repeat(depth),
            "![".repeat(depth) + "word" + &"](a)".repeat(depth),
            "~~a ".repeat(depth) + "word",
            "`".repeat(depth) + "word",
            "<".repeat(depth) + "word",
            "[^a]".repeat(depth) + "\n\n[^a]: word" + &" long".repeat(depth),
            "[^a]: word [^a]\n\n".repeat(depth / 10),
            "> [^a]: word\n".repeat(depth),
            "word|".repeat(depth) + "\n" + &"-|".repeat(depth),
            (0..300).map(|n| " ".repeat(2 * n) + "- word\n").collect(),
            "\\".repeat(depth) + "word",
            "&".repeat(depth) + "word",
            "\u{e000}".repeat(depth) + "word",
            "\u{e000}1".repeat(depth) + "word",
            "word\n\n".repeat(depth),
            "*word* ".repeat(depth),
            "word**a".repeat(depth),
            "word_a".repeat(depth),
            "[word](".repeat(depth),
            "[word][".repeat(depth),
            "<!-- word ".repeat(depth),
            "<?word ".repeat(depth),
            "word <a ".repeat(depth),
            "[word]: /u\n".repeat(depth),
            "[word".repeat(depth),
            "word'\"".repeat(depth),
            "- word\n\n".repeat(depth),
            "> - word\n".repeat(depth),
            "word#*#".repeat(depth),
            "| word |\n|---|\n".to_owned() + &"| a | b |\n".repeat(depth),
        ];
        for markdown in hostile {
            let started = Instant::now();
            let (blocks, remarks) = parsed(&markdown);
            let start: String = markdown.chars().take(20).collect();
            assert!(all_text(&blocks).contains("word") || !remarks.is_empty(), "{start}");
            assert!(remarks.iter().filter(|remark| remark.kind == RemarkKind::NestedTooDeep).count() <= 1, "{start}");
            assert!(started.elapsed() < Duration::from_secs(5), "{start}: {:?}", started.elapsed());
        }
    }

    /// Words, and everything that Markdown reads as something else.
    pub(in crate::document) fn hostile_markdown() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[a-z]{2,5}",
            2 => Just("\n".to_owned()),
            1 => Just("\n\n".to_owned()),
            2 => Just(" ".to_owned()),
            4 => "[!-/:-@\\[-`{-~]",
            1 => proptest::sample::select(vec![
                "\n- ", "\n  - ", "\n1. ", "\n> ", "\n```\n", "\n~~~ ", "\n| a | b |\n|---|---|\n| ", "\n    ", "\t",
                "[^a]", "\n[^a]: ", "\n[^b]: ", "\n[a]: ", "](", "![", "**", "***", "~~", "__", "<br>", "<b>", "<!--", "-->",
                "\n<div>\n", "&amp;", "&#35;", "\\\n", "  \n", "\n# ", "\n###### ", "\n===\n", "\n---\n", "\0", "\r", "\r\n",
                "\u{e000}1\u{e001}", "\u{e000}", "(=", "é", "🙂", "’", "\u{a0}", "http://", "<http://x.y>", "<a@b.c>",
            ]).prop_map(str::to_owned),
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn no_word_is_lost_in_silence(markdown in hostile_markdown()) {
            let (blocks, remarks) = parsed(&markdown);
            if remarks.is_empty() {
                let text = all_text(&blocks);
                let plain = markdown.replace("<br>", " ").replace("&amp;", " ").replace("&#35;", " ");
                for word in plain.split(|c: char| !c.is_alphanumeric()) {
                    // The names of footnotes and of links are not printed.
                    prop_assert!(word.len() < 2 || text.contains(word), "{word:?} is not in {text:?}");
                }
            }
        }

        #[test]
        fn spans_are_inside_the_source(markdown in hostile_markdown()) {
            let (blocks, remarks) = parsed(&markdown);
            let spans = blocks.iter().map(|block| block.span).chain(remarks.iter().map(|remark| remark.span));
            for span in spans {
                prop_assert!(markdown.get(span.start..span.end).is_some(), "{span:?}");
            }
        }

        #[test]
        fn any_text_is_read(markdown in any::<String>()) {
            parsed(&markdown);
        }
    }
}
