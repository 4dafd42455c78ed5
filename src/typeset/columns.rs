//! Turns a table's text into the widths of its columns, so that Typst need not lay it out to find them.
//!
//! A column is at least as wide as its longest word and no wider than its longest cell. Of what is left of the page, up to
//! half keeps badges and short texts on one line, and the rest goes to the columns with the most text. Measured in Noto Sans and for the measures of the style `board`; a style with others
//! gets shares that are still right, as all columns grow or shrink alike.
//! **Invariant:** widths follow from the text alone, the same on every machine.

use std::sync::LazyLock;

use ttf_parser::Face;

use crate::document::{Align, Inline, InlineKind, Page, Table};

/// A width in ems of the table's text.
type Ems = f64;

/// How much text a page is wide: A4 less the margins of 2.2 cm, text of 12 pt.
fn page_width(page: Page) -> Ems {
    match page {
        Page::Portrait => 39.2,
        Page::Landscape => 59.8,
    }
}

/// What a cell has beside its text on both sides together.
const CELL_PADDING: Ems = 1.1;
/// What a badge has beside its word on both sides together.
const BADGE_PADDING: Ems = 0.9;
/// A letter of code, whichever it is.
const CODE_LETTER: Ems = 0.56;
/// Right-aligned figures, `102.5 of 149`, stay on one line if they are at most so wide, and other texts where there is room.
const ONE_LINE_MAX: Ems = 10.0;
/// Words wider than this may be broken.
const WORD_MAX: Ems = 12.0;

/// Returns each column's share of the table's width, in thousandths, adding up to about a thousand.
pub(super) fn widths(table: &Table, page: Page) -> Vec<u32> {
    let columns: Vec<Demand> = (0..table.columns.len()).map(|n| Demand::of(table, n)).collect();
    let widths = share(&columns, page_width(page));
    let whole: Ems = widths.iter().sum();
    // At least one: a column of `0fr` is no column.
    widths.into_iter().map(|width| ((width / whole * 1000.0).round() as u32).max(1)).collect()
}

/// What a column asks for; its widths are in order.
struct Demand {
    /// What its longest unbreakable piece needs.
    least: Ems,
    /// What keeps its badges and its short texts on one line.
    fair: Ems,
    /// What its longest cell needs on one line.
    most: Ems,
    /// Whether it is a badge that asks for the fair width.
    has_badge: bool,
    /// How much text it holds, damped: a column with four times the text gets twice the width.
    weight: f64,
}

impl Demand {
    fn of(table: &Table, column: usize) -> Demand {
        let weight = if table.row_header && column == 0 { Weight::Bold } else { Weight::Regular };
        let is_figures = table.columns[column].align == Align::Right;
        let head = table.head.get(column).map(|cell| Extent::of(cell, Weight::Bold)).unwrap_or_default();
        let (mut least, mut fair, mut most, mut total) = (head.piece, head.piece, head.line, head.total);
        let mut has_badge = false;
        for cell in table.rows.iter().filter_map(|row| row.get(column)) {
            let extent = Extent::of(cell, weight);
            let is_short = extent.line <= ONE_LINE_MAX;
            least = least.max(if is_figures && is_short { extent.line } else { extent.piece });
            fair = fair.max(extent.badge).max(if is_short { extent.line } else { 0.0 });
            most = most.max(extent.line);
            total += extent.total;
            has_badge |= extent.badge > 0.0;
        }
        let fair = fair.max(least);
        Demand {
            least: least + CELL_PADDING,
            fair: fair + CELL_PADDING,
            most: most.max(fair) + CELL_PADDING,
            has_badge,
            weight: total.max(1.0).sqrt(),
        }
    }
}

/// Shares a width out: to each column what it needs at least, then fair widths, then the rest by weight.
///
/// What the columns need at least may be wider than the whole.
fn share(columns: &[Demand], whole: Ems) -> Vec<Ems> {
    let mut widths: Vec<Ems> = columns.iter().map(|column| column.least).collect();
    let mut rest = whole - widths.iter().sum::<Ems>();
    rest -= grant_fair_widths(columns, &mut widths, rest / 2.0);
    let mut open: Vec<usize> = (0..columns.len()).collect();
    while rest > 0.0 && !open.is_empty() {
        let weights: f64 = open.iter().map(|&n| columns[n].weight).sum();
        let part = |n: usize| rest * columns[n].weight / weights;
        // No column grows beyond its most, so that the others share what it leaves.
        let (full, growing): (Vec<usize>, Vec<usize>) =
            open.iter().partition(|&&n| widths[n] + part(n) >= columns[n].most);
        if full.is_empty() {
            for &n in &growing {
                widths[n] += part(n);
            }
            break;
        }
        for &n in &full {
            rest -= columns[n].most - widths[n];
            widths[n] = columns[n].most;
        }
        open = growing;
    }
    widths
}

/// Widens columns to their fair width, wholly or not at all, and returns how much that took of `room`.
///
/// Badges first, then whatever takes least.
fn grant_fair_widths(columns: &[Demand], widths: &mut [Ems], room: Ems) -> Ems {
    let cost = |n: usize| columns[n].fair - columns[n].least;
    let mut order: Vec<usize> = (0..columns.len()).filter(|&n| cost(n) > 0.0).collect();
    order.sort_by(|&a, &b| columns[b].has_badge.cmp(&columns[a].has_badge).then(cost(a).total_cmp(&cost(b))));
    let mut spent = 0.0;
    for n in order {
        if spent + cost(n) <= room {
            widths[n] = columns[n].fair;
            spent += cost(n);
        }
    }
    spent
}

/// How wide a cell's text is.
#[derive(Clone, Copy, Default)]
struct Extent {
    /// The widest piece that no line may end in.
    piece: Ems,
    /// The widest badge; it may be broken between its words, but is better not.
    badge: Ems,
    /// The widest line, broken only where the cell says so.
    line: Ems,
    /// All lines together.
    total: Ems,
}

impl Extent {
    fn of(cell: &[Inline], weight: Weight) -> Extent {
        let mut pen = Pen::default();
        pen.inlines(cell, weight);
        pen.line_end();
        pen.extent
    }
}

#[derive(Clone, Copy)]
enum Weight {
    Regular,
    Bold,
}

/// Walks over a cell's text and notes how far it got.
#[derive(Default)]
struct Pen {
    extent: Extent,
    piece: Ems,
    line: Ems,
}

impl Pen {
    fn inlines(&mut self, inlines: &[Inline], weight: Weight) {
        for inline in inlines {
            match &inline.kind {
                InlineKind::Text(text) | InlineKind::Image { alt: text, .. } => {
                    self.text(text, |c| advance(c, weight));
                }
                InlineKind::Code(text) => self.text(text, |_| CODE_LETTER),
                InlineKind::Emphasis(body) | InlineKind::Strikethrough(body) => self.inlines(body, weight),
                // Links are set in bold.
                InlineKind::Strong(body) | InlineKind::Link { body, .. } => self.inlines(body, Weight::Bold),
                InlineKind::SoftBreak => self.text(" ", |c| advance(c, weight)),
                InlineKind::Break => self.line_end(),
                InlineKind::Badge(badge) => {
                    let start = self.line;
                    for word in badge.text.split_inclusive(' ') {
                        self.piece += BADGE_PADDING;
                        self.text(word, |c| advance(c, Weight::Bold));
                    }
                    self.line += BADGE_PADDING;
                    self.extent.badge = self.extent.badge.max(self.line - start);
                }
                InlineKind::Footnote(_) => self.text("1", |c| advance(c, weight)),
                InlineKind::Slot(_) => unreachable!("replaced by render"),
            }
        }
    }

    fn text(&mut self, text: &str, advance: impl Fn(char) -> Ems) {
        let mut characters = text.chars().peekable();
        while let Some(c) = characters.next() {
            let width = advance(c);
            self.line += width;
            // No-break spaces are whitespace to Rust, but no line ends at them.
            if c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}') {
                self.piece_end();
                continue;
            }
            self.piece += width;
            let before_digit = characters.peek().is_some_and(char::is_ascii_digit);
            // `A-2020-007` and `1/4` stay whole, `out-of-court` need not.
            if matches!(c, '\u{2013}' | '\u{2014}' | '\u{ad}' | '\u{200b}') || matches!(c, '-' | '/') && !before_digit {
                self.piece_end();
            }
        }
    }

    fn piece_end(&mut self) {
        self.extent.piece = self.extent.piece.max(self.piece.min(WORD_MAX));
        self.piece = 0.0;
    }

    fn line_end(&mut self) {
        self.piece_end();
        self.extent.line = self.extent.line.max(self.line);
        self.extent.total += self.line;
        self.line = 0.0;
    }
}

/// Returns how wide a character is in Noto Sans.
fn advance(c: char, weight: Weight) -> Ems {
    static REGULAR: LazyLock<Face> = LazyLock::new(|| face(notosans::REGULAR_TTF));
    static BOLD: LazyLock<Face> = LazyLock::new(|| face(notosans::BOLD_TTF));
    let face = match weight {
        Weight::Regular => &*REGULAR,
        Weight::Bold => &*BOLD,
    };
    match c {
        '\u{ad}' | '\u{200b}'..='\u{200d}' => 0.0,
        _ => {
            let units = face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph)).unwrap_or(650);
            f64::from(units) / f64::from(face.units_per_em())
        }
    }
}

fn face(bytes: &'static [u8]) -> Face<'static> {
    Face::parse(bytes, 0).expect("an embedded font")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Badge, Column, Tone};
    use crate::source::{Sources, Span};

    fn inline(kind: InlineKind) -> Vec<Inline> {
        vec![Inline { span: Span::new(Sources::default().add("a", ""), 0..0), kind }]
    }

    fn text(text: &str) -> Vec<Inline> {
        inline(InlineKind::Text(text.to_owned()))
    }

    fn table(align: &[Align], head: &[&str], rows: Vec<Vec<Vec<Inline>>>) -> Table {
        Table {
            caption: None,
            columns: align.iter().map(|&align| Column { align }).collect(),
            head: head.iter().map(|cell| text(cell)).collect(),
            row_header: true,
            rows,
        }
    }

    const LONG: &str = "Write down in each assessment why the child did what they did, and what the victim was told";

    #[test]
    fn figures_stay_on_one_line_and_prose_gets_the_rest() {
        let rows = vec![vec![text("3.1 Assessment"), text(LONG), text("44 of 95"), text("46%")]; 4];
        let align = [Align::Left, Align::Left, Align::Right, Align::Right];
        let widths = widths(&table(&align, &["Standard", "Finding", "Points", "Score"], rows), Page::Portrait);
        let ems: Vec<Ems> =
            widths.iter().map(|&width| f64::from(width) / 1000.0 * page_width(Page::Portrait)).collect();
        assert!(ems[2] > 4.5 && ems[2] < 6.0, "{ems:?}");
        assert!(ems[3] > 3.0 && ems[3] < 4.5, "{ems:?}");
        assert!(ems[1] > ems[0] + ems[2], "{ems:?}");
    }

    fn badges() -> Vec<Vec<Vec<Inline>>> {
        let badge = inline(InlineKind::Badge(Badge { text: "Requires improvement".to_owned(), tone: Tone::Amber }));
        vec![vec![text(LONG), text("31 July 2021"), badge, text(LONG)]; 10]
    }

    #[test]
    fn a_badge_stays_on_one_line_where_there_is_room() {
        let table = table(&[Align::Left; 4], &["What", "Due", "Rating", "Measure"], badges());
        let ems = f64::from(widths(&table, Page::Landscape)[2]) / 1000.0 * page_width(Page::Landscape);
        assert!(ems > 13.0 && ems < 15.0, "{ems:?}");
    }

    #[test]
    fn a_badge_wraps_before_a_figure_does() {
        let figures = vec![text("102.5 of 149"); 4];
        let rows = badges().into_iter().map(|row| [row, figures.clone()].concat()).collect();
        let table = table(
            &[[Align::Left; 4], [Align::Right; 4]].concat(),
            &["What", "Due", "Rating", "Measure", "1", "2", "3", "4"],
            rows,
        );
        let widths = widths(&table, Page::Landscape);
        let ems: Vec<Ems> =
            widths.iter().map(|&width| f64::from(width) / 1000.0 * page_width(Page::Landscape)).collect();
        assert!(ems[2] > 8.0 && ems[2] < 11.0, "{ems:?}");
        assert!(ems[4] > 6.7, "{ems:?}");
    }

    #[test]
    fn ids_stay_whole() {
        let id = Extent::of(&text("A-2020-007"), Weight::Regular);
        assert_eq!(id.piece, id.line);
        let words = Extent::of(&text("out-of-court"), Weight::Regular);
        assert!(words.piece < words.line / 2.0);
    }

    #[test]
    fn columns_of_equal_text_are_equal() {
        let rows = vec![vec![text(LONG), text(LONG)]];
        assert_eq!(widths(&table(&[Align::Left; 2], &["What", "What"], rows), Page::Landscape)[1], 491);
    }

    #[test]
    fn a_much_longer_column_does_not_starve_the_others() {
        let rows = vec![vec![text("one two three four five six"), text(&LONG.repeat(20))]];
        let widths = widths(&table(&[Align::Left; 2], &["A", "B"], rows), Page::Portrait);
        assert!(widths[0] > 120 && widths[1] > 700, "{widths:?}");
    }

    #[test]
    fn empty_columns_and_tables_have_widths_too() {
        assert_eq!(widths(&table(&[], &[], vec![]), Page::Portrait), Vec::<u32>::new());
        assert_eq!(widths(&table(&[Align::Left; 2], &["", ""], vec![]), Page::Portrait), [500, 500]);
    }

    #[test]
    fn words_too_long_for_the_page_share_it() {
        let word = "x".repeat(100);
        let rows = vec![vec![text(&word), text(&word)]];
        let widths = widths(&table(&[Align::Left; 2], &["A", "B"], rows), Page::Portrait);
        assert!(widths.iter().sum::<u32>().abs_diff(1000) <= 1, "{widths:?}");
    }
}
