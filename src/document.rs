//! Our Markdown AST: what a paper says, before anyone decides how it looks.
//!
//! Made by [`parse`] from narrative and from rendered templates, numbered by [`number`],
//! compared with an earlier one by [`changes`], written as canonical Markdown by [`mod@write`], and set in type elsewhere.
//! **Invariant:** knows nothing of audits, templates or files.

pub mod changes;
pub mod number;
pub mod parse;
pub mod write;

use serde::Serialize;

use crate::source::Span;

/// One paper, or one appendix with a file of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub title: String,
    /// `Label: value` lines under the title, in the order of the template.
    pub header: Vec<HeaderLine>,
    pub sections: Vec<Section>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HeaderLine {
    pub label: String,
    pub value: Vec<Inline>,
}

/// A part of a paper under one heading. Sections stand in a flat list; [`Section::level`] says how they nest.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub id: String,
    /// `1`, `2.1`, or `Di` for an appendix; set by [`number::number`] where [`Section::numbering`] asks for it.
    pub number: Option<String>,
    pub numbering: Numbering,
    /// Empty where the section prints no heading.
    pub title: Vec<Inline>,
    /// The heading's level in Markdown, 2 to 6: the paper's title is the only 1.
    pub level: u8,
    pub page: Page,
    pub new_page: bool,
    pub blocks: Vec<Block>,
    /// What the speaker says: a quote at the end of the section in Markdown, and nowhere on a page.
    pub notes: Vec<Block>,
}

/// What gets a number, printed as real text: minutes cite it, and it does not depend on pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// Nothing: background papers, appendices with a name of their own.
    None,
    /// The section's heading: 1, 2, 2.1, …
    Heading,
    /// The section's heading, and each paragraph at the top of it: 1.1, 1.2, …
    Paragraphs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Page {
    Portrait,
    Landscape,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub span: Span,
    pub kind: BlockKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum BlockKind {
    Paragraph {
        number: Option<String>,
        text: Vec<Inline>,
    },
    /// A heading inside a section; its level in Markdown, 1 to 6.
    Heading {
        number: Option<String>,
        level: u8,
        text: Vec<Inline>,
    },
    List(List),
    Quote(Vec<Block>),
    Code {
        language: Option<String>,
        text: String,
    },
    Table(Table),
    /// A picture of the author's. `file` is as written; whether it exists is checked elsewhere.
    Image {
        file: String,
        alt: String,
        caption: Option<Vec<Inline>>,
    },
    Chart(Box<Chart>),
    Rule,
    /// The place of a value that a template printed; replaced before the document leaves `render`.
    Slot(u32),
}

#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// The first number of an ordered list; `None` for bullets.
    pub start: Option<u64>,
    /// Labels that are printed as they are, (i) or (a), one an item; `None` for the list's own bullets or numbers.
    pub labels: Option<Vec<String>>,
    pub tight: bool,
    pub items: Vec<Vec<Block>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub caption: Option<Vec<Inline>>,
    pub columns: Vec<Column>,
    /// One cell a column.
    pub head: Vec<Vec<Inline>>,
    /// Whether the first cell of each row names the row.
    pub row_header: bool,
    /// Each row has one cell a column.
    pub rows: Vec<Vec<Vec<Inline>>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    pub align: Align,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    Left,
    Centre,
    Right,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Inline {
    pub span: Span,
    pub kind: InlineKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum InlineKind {
    Text(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strikethrough(Vec<Inline>),
    Code(String),
    Link {
        url: String,
        body: Vec<Inline>,
    },
    /// A picture inside a line of text. Papers allow pictures only as a paragraph of their own.
    Image {
        file: String,
        alt: String,
    },
    /// The line ended here in the source: a space on paper.
    SoftBreak,
    /// A new line on paper.
    Break,
    /// A rating or a status: a word on a coloured ground.
    Badge(Badge),
    /// The note's text stands where it is referred to.
    Footnote(Vec<Block>),
    /// What differs from an earlier text, as [`changes`] marks it; no white space at the body's edges.
    Changed {
        change: Change,
        body: Vec<Inline>,
    },
    /// The place of a value that a template printed; replaced before the document leaves `render`.
    Slot(u32),
}

/// How a text differs from an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    Inserted,
    /// Stood in the earlier text, and is printed only to show that it went.
    Deleted,
    /// The same as in the earlier text, at another place.
    Moved,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Badge {
    pub text: String,
    pub tone: Tone,
}

/// What a badge's colour means. A style decides the colours; the word always stands beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    Red,
    Amber,
    Green,
    Blue,
    Grey,
}

/// Plain numbers to be drawn, and the same in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Unique in the paper; part of the picture's file name.
    pub name: String,
    /// What the chart shows, for those who do not see it; made from the data.
    pub alt: String,
    pub caption: Option<Vec<Inline>>,
    /// Where the Markdown finds the picture, relative to itself: `charts/board-paper-standards.svg`.
    pub file: String,
    pub data: ChartData,
}

/// What a chart is drawn from, one variant a kind; [`ChartData::kind`] is its name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ChartData {
    /// Each standard's score with its interval against the bands.
    Standards(ScoreChart),
    /// The overall score of the last audits of one theme, oldest first; never joined by a line.
    Audits(ScoreChart),
    /// The scores of all audits of one theme, a group a standard, oldest first; never joined by a line.
    History(HistoryChart),
    /// What became of each finding, audit by audit.
    Timeline(TimelineChart),
}

/// The name of a kind of chart: also a style's function that draws it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChartKind {
    Standards,
    Audits,
    History,
    Timeline,
}

/// Scores against the bands, a row each.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScoreChart {
    #[serde(flatten)]
    pub scale: ChartScale,
    pub legend: ChartLegend,
    pub rows: Vec<ChartRow>,
}

/// What scores are held against.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChartScale {
    pub bands: Vec<ChartBand>,
    pub axis: String,
}

/// A rating's band, in percent: from `from` up to below `to`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChartBand {
    pub rating: String,
    pub from: u8,
    pub to: u8,
    pub tone: Tone,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChartLegend {
    pub dot: String,
    pub line: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChartRow {
    pub label: String,
    pub note: Option<String>,
    #[serde(flatten)]
    pub score: ChartScore,
    /// Whether this is the audit that the paper is about.
    pub current: bool,
}

/// One score, in percent from 0.0 to 100.0; `low` and `high` are `None` where there is no interval.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChartScore {
    pub percent: f64,
    pub printed: String,
    pub rating: String,
    pub tone: Tone,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

/// A panel a group, each with the same audits in the same order.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HistoryChart {
    #[serde(flatten)]
    pub scale: ChartScale,
    pub legend: HistoryLegend,
    pub groups: Vec<HistoryGroup>,
}

/// `line`, `no_line` and `no_score` are `None` where nothing of the kind is drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HistoryLegend {
    pub current: String,
    pub earlier: String,
    pub line: Option<String>,
    pub no_line: Option<String>,
    pub no_score: Option<String>,
    /// What each band is, in their order: `Good from 65%`.
    pub bands: Vec<String>,
}

/// A standard, or all of them together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HistoryGroup {
    pub label: String,
    /// An audit each, oldest first.
    pub rows: Vec<HistoryPoint>,
}

/// What an audit gave a standard; `score` is `None` where it gave none, and `printed` then says so.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HistoryPoint {
    pub label: String,
    pub note: Option<String>,
    pub current: bool,
    pub printed: String,
    pub score: Option<ChartScore>,
}

/// A row a finding, a column an audit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimelineChart {
    pub columns: Vec<String>,
    pub rows: Vec<TimelineRow>,
    /// What the cells' signs and words mean: those that occur.
    pub key: Vec<TimelineKey>,
}

/// A finding: one cell a column, `None` where it was not raised yet or was closed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimelineRow {
    pub id: String,
    pub label: String,
    pub cells: Vec<Option<TimelineCell>>,
}

/// How a finding stood: a sign, a short word and a tone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimelineCell {
    pub sign: String,
    pub word: String,
    pub tone: Tone,
}

/// The meaning of a cell's word; `tone` is `None` where cells of this word have several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimelineKey {
    pub sign: String,
    pub word: String,
    pub tone: Option<Tone>,
    pub means: String,
}

impl ChartData {
    pub fn kind(&self) -> ChartKind {
        match self {
            ChartData::Standards(_) => ChartKind::Standards,
            ChartData::Audits(_) => ChartKind::Audits,
            ChartData::History(_) => ChartKind::History,
            ChartData::Timeline(_) => ChartKind::Timeline,
        }
    }

    /// The texts that a style prints in the chart's rows and columns.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&String> = Vec::new();
        match self {
            ChartData::Standards(chart) | ChartData::Audits(chart) => {
                texts.extend(chart.rows.iter().map(|row| &row.label));
            }
            ChartData::History(chart) => {
                for group in &chart.groups {
                    texts.push(&group.label);
                    texts.extend(group.rows.iter().map(|row| &row.label));
                }
            }
            ChartData::Timeline(chart) => {
                texts.extend(&chart.columns);
                texts.extend(chart.rows.iter().flat_map(|row| [&row.id, &row.label]));
                texts.extend(chart.key.iter().flat_map(|key| [&key.sign, &key.word, &key.means]));
            }
        }
        texts.into_iter().map(String::as_str).collect()
    }
}

/// Returns the text of inlines as it reads now, without any markup; footnotes and deleted words are left out.
pub fn plain(inlines: &[Inline]) -> String {
    let mut text = String::new();
    gather(inlines, &mut text);
    text
}

/// Returns the words of blocks in one line, without any markup; what stands in code blocks, too.
pub fn words(blocks: &[Block]) -> String {
    let mut words = Vec::new();
    walk_blocks(blocks, &mut |block| {
        if let BlockKind::Code { text, .. } = &block.kind {
            words.push(text.clone());
        }
        words.extend(block.inlines().into_iter().map(plain));
    });
    words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn gather(inlines: &[Inline], text: &mut String) {
    for (n, inline) in inlines.iter().enumerate() {
        // The white space on both sides of a deletion is that of one gap.
        let is_behind_deletion = n > 0
            && matches!(inlines[n - 1].kind, InlineKind::Changed { change: Change::Deleted, .. })
            && (text.is_empty() || text.ends_with(char::is_whitespace));
        match &inline.kind {
            InlineKind::Text(value) if is_behind_deletion => text.push_str(value.trim_start()),
            InlineKind::SoftBreak if is_behind_deletion => {}
            InlineKind::Text(value) | InlineKind::Code(value) => text.push_str(value),
            InlineKind::Emphasis(body)
            | InlineKind::Strong(body)
            | InlineKind::Strikethrough(body)
            | InlineKind::Link { body, .. }
            | InlineKind::Changed { change: Change::Inserted | Change::Moved, body } => gather(body, text),
            InlineKind::Image { alt, .. } => text.push_str(alt),
            InlineKind::SoftBreak | InlineKind::Break => text.push(' '),
            InlineKind::Badge(badge) => text.push_str(&badge.text),
            InlineKind::Footnote(_) | InlineKind::Slot(_) | InlineKind::Changed { change: Change::Deleted, .. } => {}
        }
    }
}

/// Visits every block, those inside lists, quotes and footnotes too, in the order of the text.
pub fn walk_blocks<'a>(blocks: &'a [Block], visit: &mut impl FnMut(&'a Block)) {
    for block in blocks {
        visit(block);
        match &block.kind {
            BlockKind::List(list) => list.items.iter().for_each(|item| walk_blocks(item, visit)),
            BlockKind::Quote(body) => walk_blocks(body, visit),
            _ => {}
        }
        for inlines in block.inlines() {
            walk_inlines(inlines, &mut |inline| {
                if let InlineKind::Footnote(body) = &inline.kind {
                    walk_blocks(body, visit);
                }
            });
        }
    }
}

/// Visits every inline, those inside others too; a footnote's blocks are left to [`walk_blocks`].
pub fn walk_inlines<'a>(inlines: &'a [Inline], visit: &mut impl FnMut(&'a Inline)) {
    for inline in inlines {
        visit(inline);
        match &inline.kind {
            InlineKind::Emphasis(body)
            | InlineKind::Strong(body)
            | InlineKind::Strikethrough(body)
            | InlineKind::Link { body, .. }
            | InlineKind::Changed { body, .. } => walk_inlines(body, visit),
            _ => {}
        }
    }
}

impl Block {
    /// The runs of text that the block holds itself: its line, its caption, its cells.
    pub fn inlines(&self) -> Vec<&[Inline]> {
        match &self.kind {
            BlockKind::Paragraph { text, .. } | BlockKind::Heading { text, .. } => vec![text],
            BlockKind::Table(table) => {
                let cells = table.head.iter().chain(table.rows.iter().flatten());
                table.caption.iter().chain(cells).map(Vec::as_slice).collect()
            }
            BlockKind::Image { caption, .. } => caption.iter().map(Vec::as_slice).collect(),
            BlockKind::Chart(chart) => chart.caption.iter().map(Vec::as_slice).collect(),
            BlockKind::List(_)
            | BlockKind::Quote(_)
            | BlockKind::Code { .. }
            | BlockKind::Rule
            | BlockKind::Slot(_) => Vec::new(),
        }
    }
}

/// A slot's token in a template's output: `U+E000`, the slot's number, `U+E001`. Both characters are refused in data.
pub const SLOT_OPEN: char = '\u{e000}';
/// Ends a slot's token; see [`SLOT_OPEN`].
pub const SLOT_CLOSE: char = '\u{e001}';
