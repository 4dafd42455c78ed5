//! Turns a [`Document`] into `content.json`: what the constant `main.typ` hands to a style.
//!
//! This is a published format: a style of a user's own reads it. Each node is a JSON object with all of its keys,
//! always; what is absent is `null` or `[]`. All text is a plain string, never markup.
//! **Invariant:** knows nothing of Typst and of audits.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::columns::{self, Width};
use crate::document::{
    self, Align, Block, BlockKind, Change, ChartData, ChartKind, Document, HeaderLine, Inline, InlineKind, Page,
    Section, Tone,
};

/// What a paper is set with, besides its text: the keys of `content.json` that come before `header`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The look: `styles/<style>.typ`.
    pub style: String,
    /// The paper's title, also the PDF's.
    pub title: String,
    /// Whose paper it is: the service.
    pub organisation: String,
    /// Who it is for: the board.
    pub board: Option<String>,
    /// The date as printed: `2 November 2020`.
    pub date: String,
    /// Who wrote it, also the PDF's authors.
    pub authors: Vec<String>,
    /// The PDF's description.
    pub description: String,
    /// The PDF's keywords.
    pub keywords: Vec<String>,
    /// A short name of what the paper is made of, where it is to be printed.
    pub id: Option<String>,
    /// `en`
    pub language: String,
    /// `GB`
    pub region: Option<String>,
    /// Stands at the top and the foot of every page: `OFFICIAL`.
    pub marking: Option<String>,
    /// Whether `words.draft` stands on every page.
    pub draft: bool,
    /// Whether every page says `Page 1 of 4`.
    pub page_numbers: bool,
    /// The words that a style prints; a style holds looks, never words.
    pub words: Words,
    /// Colours of the service's choice by name, `#1d3d5c` each; a style has its own for each name.
    pub colours: BTreeMap<String, String>,
    /// The picture beside the title.
    pub logo: Option<Logo>,
}

/// The words of a page's head and foot, and of marks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// `Page`, before a page's number.
    pub page: String,
    /// `of`, before the number of pages.
    pub of: String,
    /// `DRAFT`
    pub draft: String,
    /// Stands before what only changed its place.
    pub moved: String,
    /// Stands behind a title that is printed again, where its section goes on.
    pub continued: String,
}

/// A picture beside the title; `file` is a name in the paper's world: `images/0.svg`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Logo {
    /// Its name for Typst's `image`, behind a `/`.
    pub file: String,
    /// What a screen reader says.
    pub alt: String,
}

/// The version of the format; raised when a style that could read it no longer can.
const SCHEMA: u32 = 1;

/// A document's part of `content.json`: its header and sections, written already.
pub struct Content(String);

impl Content {
    /// `images` leads from a picture's file as written in the document to its name in the paper's world: `images/0.svg`.
    pub fn new<'a>(document: &'a Document, images: &'a BTreeMap<String, String>) -> Content {
        let nodes = Nodes { images };
        let header = |line: &'a HeaderLine| HeaderNode { label: &line.label, value: nodes.inlines(&line.value) };
        Content(json(&DocumentNode {
            header: document.header.iter().map(header).collect(),
            sections: document.sections.iter().map(|section| nodes.section(section)).collect(),
        }))
    }

    /// Returns the bytes of `content.json`: the keys of the setting, then those of the document.
    pub fn json(&self, setting: &Setting) -> Vec<u8> {
        let setting = json(&SettingNode { schema: SCHEMA, setting });
        let open = setting.strip_suffix('}').expect("an object ends so");
        let close = self.0.strip_prefix('{').expect("an object starts so");
        [open, ",", close, "\n"].concat().into_bytes()
    }
}

fn json(node: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    node.serialize(&mut Serializer::with_formatter(&mut bytes, Lines::default()))
        .expect("strings, numbers and lists are JSON");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// Writes JSON with a line for each block of a section and for what stands above it: a person can read it, and what is
/// hashed and parsed for each paper is half as long as with a line for each value.
#[derive(Default)]
struct Lines {
    /// How many lists and objects are open.
    depth: usize,
}

/// The root, `sections`, a section, its `blocks`.
const DEPTH_OF_LINES: usize = 4;

impl Lines {
    fn next<W: ?Sized + Write>(&self, writer: &mut W, first: bool) -> io::Result<()> {
        let comma: &[u8] = if first { b"" } else { b"," };
        let line: &[u8] = if self.depth <= DEPTH_OF_LINES { b"\n" } else { b"" };
        writer.write_all(comma)?;
        writer.write_all(line)
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first)
    }
}

/// How the paper is set: `schema` and the keys of [`Setting`].
#[derive(Serialize)]
struct SettingNode<'a> {
    /// The version of this format: 1.
    schema: u32,
    #[serde(flatten)]
    setting: &'a Setting,
}

/// What the paper says: `header` and `sections`.
#[derive(Serialize)]
struct DocumentNode<'a> {
    /// The lines under the title: `label`, a string, and `value`, inline nodes.
    header: Vec<HeaderNode<'a>>,
    /// The sections in their order, one behind the other whatever their level.
    sections: Vec<SectionNode<'a>>,
}

/// A `Label: value` line under the title: `label` and `value`, a list of inline nodes.
#[derive(Serialize)]
struct HeaderNode<'a> {
    label: &'a str,
    value: Vec<InlineNode<'a>>,
}

/// A part of a paper under one heading.
///
/// `id`; `number` (`2.1`) or `none`; `level`, 2 to 6 as in Markdown, so 2 is Typst's heading level 1; `title`, inline
/// nodes, empty where no heading is printed; `page`, `portrait` or `landscape`; `new_page`, whether it starts on one; `blocks`
#[derive(Serialize)]
struct SectionNode<'a> {
    id: &'a str,
    number: Option<&'a str>,
    level: u8,
    title: Vec<InlineNode<'a>>,
    page: Page,
    new_page: bool,
    blocks: Vec<BlockNode<'a>>,
}

/// A block node; its `kind` is the variant's name in lower case, its other keys are the variant's fields.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum BlockNode<'a> {
    /// A paragraph: `number` (`1.1`) or `none`; `text`, inline nodes.
    Paragraph { number: Option<&'a str>, text: Vec<InlineNode<'a>> },
    /// A heading inside a section: `level` as in Markdown, 3 and deeper; `number` or `none`; `text`, inline nodes.
    Heading { level: u8, number: Option<&'a str>, text: Vec<InlineNode<'a>> },
    /// `ordered`, whether it is numbered; `start`, the first number; `labels`, one an item to be printed as they are, or
    /// `none`; `tight`, whether its items stand close; `items`, each a list of block nodes.
    List { ordered: bool, start: u64, labels: Option<&'a [String]>, tight: bool, items: Vec<Vec<BlockNode<'a>>> },
    /// A call-out: `blocks`.
    Quote { blocks: Vec<BlockNode<'a>> },
    /// Lines to be set as they are: `language` or `none`; `text`, joined by line feeds.
    Code { language: Option<&'a str>, text: &'a str },
    /// `caption`, inline nodes or `none`; `columns`, each with `align` (`left`, `centre`, `right`), `width`, its share in
    /// thousandths, and `word`, how wide its widest word is, in thousandths of the text's size; `head`, a cell a column,
    /// each a list of inline nodes;
    /// `row_header`, whether the first cell of a row names the row; `rows` of cells like those of the head.
    Table {
        caption: Option<Vec<InlineNode<'a>>>,
        columns: Vec<ColumnNode>,
        head: Vec<Vec<InlineNode<'a>>>,
        row_header: bool,
        rows: Vec<Vec<Vec<InlineNode<'a>>>>,
    },
    /// A picture: `file`, its name for Typst's `image` behind a `/`; `alt`; `caption`, inline nodes or `none`.
    Image { file: &'a str, alt: &'a str, caption: Option<Vec<InlineNode<'a>>> },
    /// `name`, unique in the paper; `chart`, the entry that draws `data`; `alt`; `caption`, inline nodes or `none`;
    /// `data`, by the kind of chart.
    Chart { name: &'a str, chart: ChartKind, alt: &'a str, caption: Option<Vec<InlineNode<'a>>>, data: &'a ChartData },
    /// A line across; no other keys.
    Rule {},
}

/// A table's column: `align`, `left`, `centre` or `right`; `width`, its share in thousandths of the table's width; `word`,
/// how wide its widest word is that no line may end in, in thousandths of the text's size.
#[derive(Serialize)]
struct ColumnNode {
    align: Align,
    width: u32,
    word: u32,
}

/// An inline node; its `kind` is the variant's name in lower case, its other keys are the variant's fields.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum InlineNode<'a> {
    /// Plain words: `text`; no two text nodes follow each other.
    Text { text: Cow<'a, str> },
    /// `body`, inline nodes.
    Emphasis { body: Vec<InlineNode<'a>> },
    /// `body`, inline nodes.
    Strong { body: Vec<InlineNode<'a>> },
    /// `body`, inline nodes.
    Strikethrough { body: Vec<InlineNode<'a>> },
    /// Words to be set as they are: `text`.
    Code { text: &'a str },
    /// `url`, which starts with `https:`, `http:` or `mailto:`; `body`, inline nodes.
    Link { url: &'a str, body: Vec<InlineNode<'a>> },
    /// A new line; no other keys.
    Break {},
    /// A word on a coloured ground: `text`; `tone`, `red`, `amber`, `green`, `blue` or `grey`.
    Badge { text: &'a str, tone: Tone },
    /// What differs from an earlier text: `change`, `inserted`, `deleted` or `moved`; `body`, inline nodes.
    Changed { change: Change, body: Vec<InlineNode<'a>> },
    /// A note that is referred to from here: `blocks`.
    Footnote { blocks: Vec<BlockNode<'a>> },
}

/// Turns the nodes of a document into those of `content.json`, which borrow from it.
struct Nodes<'a> {
    images: &'a BTreeMap<String, String>,
}

impl<'a> Nodes<'a> {
    fn section(&self, section: &'a Section) -> SectionNode<'a> {
        SectionNode {
            id: &section.id,
            number: section.number.as_deref(),
            level: section.level,
            title: self.inlines(&section.title),
            page: section.page,
            new_page: section.new_page,
            blocks: self.blocks(&section.blocks, section.page),
        }
    }

    fn blocks(&self, blocks: &'a [Block], page: Page) -> Vec<BlockNode<'a>> {
        blocks.iter().map(|block| self.block(&block.kind, page)).collect()
    }

    fn block(&self, block: &'a BlockKind, page: Page) -> BlockNode<'a> {
        match block {
            BlockKind::Paragraph { number, text } => {
                BlockNode::Paragraph { number: number.as_deref(), text: self.inlines(text) }
            }
            BlockKind::Heading { number, level, text } => {
                BlockNode::Heading { level: *level, number: number.as_deref(), text: self.inlines(text) }
            }
            BlockKind::List(list) => BlockNode::List {
                ordered: list.start.is_some(),
                start: list.start.unwrap_or(1),
                labels: list.labels.as_deref(),
                tight: list.tight,
                items: list.items.iter().map(|item| self.blocks(item, page)).collect(),
            },
            BlockKind::Quote(blocks) => BlockNode::Quote { blocks: self.blocks(blocks, page) },
            BlockKind::Code { language, text } => BlockNode::Code { language: language.as_deref(), text },
            BlockKind::Table(table) => BlockNode::Table {
                caption: self.caption(&table.caption),
                columns: table
                    .columns
                    .iter()
                    .zip(columns::widths(table, page))
                    .map(|(column, Width { share, word })| ColumnNode { align: column.align, width: share, word })
                    .collect(),
                head: self.cells(&table.head),
                row_header: table.row_header,
                rows: table.rows.iter().map(|row| self.cells(row)).collect(),
            },
            BlockKind::Image { file, alt, caption } => BlockNode::Image {
                file: self.images.get(file).expect("checked: every picture was found and named"),
                alt,
                caption: self.caption(caption),
            },
            BlockKind::Chart(chart) => BlockNode::Chart {
                name: &chart.name,
                chart: chart.data.kind(),
                alt: &chart.alt,
                caption: self.caption(&chart.caption),
                data: &chart.data,
            },
            BlockKind::Rule => BlockNode::Rule {},
            BlockKind::Slot(_) => unreachable!("replaced by render"),
        }
    }

    fn caption(&self, caption: &'a Option<Vec<Inline>>) -> Option<Vec<InlineNode<'a>>> {
        caption.as_ref().map(|caption| self.inlines(caption))
    }

    fn cells(&self, cells: &'a [Vec<Inline>]) -> Vec<Vec<InlineNode<'a>>> {
        cells.iter().map(|cell| self.inlines(cell)).collect()
    }

    fn inlines(&self, inlines: &'a [Inline]) -> Vec<InlineNode<'a>> {
        let mut nodes: Vec<InlineNode<'_>> = Vec::with_capacity(inlines.len());
        for inline in inlines {
            match (self.inline(&inline.kind), nodes.last_mut()) {
                (InlineNode::Text { text }, Some(InlineNode::Text { text: before })) => before.to_mut().push_str(&text),
                (node, _) => nodes.push(node),
            }
        }
        nodes
    }

    fn inline(&self, inline: &'a InlineKind) -> InlineNode<'a> {
        match inline {
            // To Typst a tab has no width, and what it parts would run together.
            InlineKind::Text(text) if text.contains('\t') => InlineNode::Text { text: text.replace('\t', " ").into() },
            InlineKind::Text(text) => InlineNode::Text { text: text.as_str().into() },
            InlineKind::Emphasis(body) => InlineNode::Emphasis { body: self.inlines(body) },
            InlineKind::Strong(body) => InlineNode::Strong { body: self.inlines(body) },
            InlineKind::Strikethrough(body) => InlineNode::Strikethrough { body: self.inlines(body) },
            InlineKind::Code(text) => InlineNode::Code { text },
            InlineKind::Link { url, body } => InlineNode::Link { url, body: self.inlines(body) },
            // Refused by the checks: pictures are paragraphs of their own.
            InlineKind::Image { alt, .. } => InlineNode::Text { text: alt.as_str().into() },
            InlineKind::SoftBreak => InlineNode::Text { text: " ".into() },
            InlineKind::Break => InlineNode::Break {},
            InlineKind::Badge(document::Badge { text, tone }) => InlineNode::Badge { text, tone: *tone },
            InlineKind::Changed { change, body } => InlineNode::Changed { change: *change, body: self.inlines(body) },
            InlineKind::Footnote(blocks) => InlineNode::Footnote { blocks: self.blocks(blocks, Page::Portrait) },
            InlineKind::Slot(_) => unreachable!("replaced by render"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::document::{Column, Numbering, Table};
    use crate::source::{Sources, Span};

    fn inline(kind: InlineKind) -> Inline {
        Inline { span: Span::new(Sources::default().add("a", ""), 0..0), kind }
    }

    fn text(text: &str) -> Vec<Inline> {
        vec![inline(InlineKind::Text(text.to_owned()))]
    }

    fn setting() -> Setting {
        Setting {
            style: "board".to_owned(),
            title: "A title".to_owned(),
            organisation: "A service".to_owned(),
            board: None,
            date: "2 November 2020".to_owned(),
            authors: vec![],
            description: String::new(),
            keywords: vec![],
            id: None,
            language: "en".to_owned(),
            region: None,
            marking: None,
            draft: true,
            page_numbers: true,
            words: Words {
                page: "Page".to_owned(),
                of: "of".to_owned(),
                draft: "DRAFT".to_owned(),
                moved: "moved".to_owned(),
                continued: "(continued)".to_owned(),
            },
            colours: BTreeMap::new(),
            logo: None,
        }
    }

    fn section(kinds: Vec<BlockKind>) -> Section {
        let span = text("")[0].span;
        Section {
            id: "context".to_owned(),
            number: None,
            numbering: Numbering::None,
            title: vec![],
            level: 2,
            page: Page::Portrait,
            new_page: false,
            blocks: kinds.into_iter().map(|kind| Block { span, kind }).collect(),
            notes: Vec::new(),
        }
    }

    /// Returns the nodes of a section with these blocks.
    fn nodes(kinds: Vec<BlockKind>) -> Value {
        let sections = vec![section(kinds)];
        let document = Document { title: "A title".to_owned(), header: vec![], sections };
        let images = BTreeMap::from([("map.svg".to_owned(), "images/0.svg".to_owned())]);
        let content: Value = serde_json::from_slice(&Content::new(&document, &images).json(&setting())).unwrap();
        content["sections"][0]["blocks"].clone()
    }

    #[test]
    fn every_key_is_there_in_its_order() {
        let header = vec![HeaderLine { label: "Item".to_owned(), value: text("5.1") }];
        let document = Document { title: "A title".to_owned(), header, sections: vec![] };
        let json = String::from_utf8(Content::new(&document, &BTreeMap::new()).json(&setting())).unwrap();
        let keys = "schema style title organisation board date authors description keywords id language region marking \
             draft page_numbers words colours logo header sections";
        let place = |key: &str| json.find(&format!("\n\"{key}\":")).expect(key);
        assert!(keys.split(' ').map(place).is_sorted(), "{json}");
        let object: BTreeMap<String, Value> = serde_json::from_str(&json).unwrap();
        assert_eq!(object.len(), keys.split(' ').count());
        assert!(json.contains("\"board\":null") && json.ends_with("}\n"), "{json}");
    }

    #[test]
    fn a_block_has_a_line() {
        let quote = BlockKind::Quote(vec![]);
        let sections = vec![section(vec![quote.clone(), BlockKind::Rule]), section(vec![quote])];
        let document = Document { title: "A title".to_owned(), header: vec![], sections };
        let json = String::from_utf8(Content::new(&document, &BTreeMap::new()).json(&setting())).unwrap();
        let blocks: Vec<&str> = json.lines().filter(|line| line.contains("\"kind\"")).collect();
        let quote = r#"{"kind":"quote","blocks":[]}"#;
        assert_eq!(blocks, [&format!("{quote},"), r#"{"kind":"rule"}]},"#, &format!("{quote}]}}]}}")]);
    }

    #[test]
    fn adjacent_texts_become_one() {
        let words = vec![
            inline(InlineKind::Text("one".to_owned())),
            inline(InlineKind::SoftBreak),
            inline(InlineKind::Text("two ".to_owned())),
            inline(InlineKind::Image { file: "tick.svg".to_owned(), alt: "ticked".to_owned() }),
            inline(InlineKind::Break),
            inline(InlineKind::Text("three".to_owned())),
        ];
        assert_eq!(
            nodes(vec![BlockKind::Paragraph { number: None, text: words }]),
            json!([{"kind": "paragraph", "number": null, "text": [
                {"kind": "text", "text": "one two ticked"}, {"kind": "break"}, {"kind": "text", "text": "three"},
            ]}])
        );
    }

    #[test]
    fn a_change_says_its_kind() {
        let kinds = [Change::Inserted, Change::Deleted, Change::Moved];
        let words = kinds.map(|change| inline(InlineKind::Changed { change, body: text("one") })).into();
        let node =
            |change: &str| json!({"kind": "changed", "change": change, "body": [{"kind": "text", "text": "one"}]});
        assert_eq!(
            nodes(vec![BlockKind::Paragraph { number: None, text: words }])[0]["text"],
            json!([node("inserted"), node("deleted"), node("moved")])
        );
    }

    #[test]
    fn a_table_has_a_share_for_each_column() {
        let table = Table {
            caption: None,
            columns: [Align::Left, Align::Centre].map(|align| Column { align }).into(),
            head: vec![text("A"), text("A")],
            row_header: false,
            rows: vec![vec![text("same"), text("same")]],
        };
        let cell = |text: &str| json!([{"kind": "text", "text": text}]);
        assert_eq!(
            nodes(vec![BlockKind::Table(table)]),
            json!([{
                "kind": "table", "caption": null,
                "columns": [{"align": "left", "width": 500, "word": 2539}, {"align": "centre", "width": 500, "word": 2539}],
                "head": [cell("A"), cell("A")], "row_header": false, "rows": [[cell("same"), cell("same")]],
            }])
        );
    }

    #[test]
    fn a_picture_is_named_as_in_the_papers_world() {
        let image = BlockKind::Image { file: "map.svg".to_owned(), alt: "a map".to_owned(), caption: None };
        assert_eq!(
            nodes(vec![image, BlockKind::Rule]),
            json!([{"kind": "image", "file": "images/0.svg", "alt": "a map", "caption": null}, {"kind": "rule"}])
        );
    }
}
