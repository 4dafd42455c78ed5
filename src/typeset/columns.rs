//! Turns a table's text into the widths of its columns, so that Typst need not lay it out to find them.
//!
//! A column is at least as wide as its longest word, or a day with its month, and no wider than its longest cell. Badges
//! stay on one line unless the table is much lower without. What is left of the page goes, bit by bit, to the column that
//! then shortens the table most.
//! Measured in Noto Sans and for the measures of the style `board`; a style with others gets shares that are still right,
//! as all columns grow or shrink alike.
//! **Invariant:** widths follow from the text alone, the same on every machine.

use std::sync::LazyLock;

use ttf_parser::Face;

use crate::document::{Align, Change, Inline, InlineKind, Page, Table};

/// A width in ems of the table's text.
type Ems = f64;

/// How much text a page is wide: A4 less the margins of 2 cm, text of 12 pt.
fn page_width(page: Page) -> Ems {
    match page {
        Page::Portrait => 40.2,
        Page::Landscape => 60.7,
    }
}

/// What a cell has beside its text on both sides together.
const CELL_PADDING: Ems = 1.1;
/// What a badge has beside its word on both sides together.
const BADGE_PADDING: Ems = 0.9;
/// The sign of a change on one side.
const SIGN: Ems = 1.0;
/// The word for what moved, as wide as most languages need.
const MOVED: Ems = 5.0;
/// A letter of code, whichever it is.
const CODE_LETTER: Ems = 0.56;
/// Right-aligned figures, `102.5 of 149`, stay on one line if they are at most so wide.
const ONE_LINE_MAX: Ems = 10.0;
/// Words wider than this may be broken.
const WORD_MAX: Ems = 12.0;

/// How many rows have a say in the widths: those of a longer table are much like its first.
const ROWS_MAX: usize = 200;
/// How much higher a table may be so that its badges stay on one line, which reads better.
const BADGE_COST_MAX: f64 = 1.15;
/// In how many bits the rest of the page is given away.
const BITS: u32 = 160;

/// How wide a column is, in whole thousandths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Width {
    /// Its share of the table's width; those of a table add up to about a thousand.
    pub(super) share: u32,
    /// Its widest piece that no line may end in, in thousandths of an em of its text.
    pub(super) word: u32,
}

/// Returns how wide each column is to be.
pub(super) fn widths(table: &Table, page: Page) -> Vec<Width> {
    let columns: Vec<Demand> = (0..table.columns.len()).map(|n| Demand::of(table, n)).collect();
    let widths = share(&columns, page_width(page));
    let whole: Ems = widths.iter().sum();
    let thousandths = |part: f64| (part * 1000.0).round() as u32;
    // At least one: a column of `0fr` is no column.
    let width = |(width, column): (Ems, &Demand)| Width {
        share: thousandths(width / whole).max(1),
        word: thousandths(column.word),
    };
    widths.into_iter().zip(&columns).map(width).collect()
}

/// The widest piece that is left of a long word where it may be broken between its syllables.
const SYLLABLES: Ems = 3.9;

/// Whether a page has no room for all columns of a table side by side, so that words would run into each other.
pub(super) fn is_too_wide(table: &Table, page: Page) -> bool {
    let count = table.columns.len();
    let whole = page_width(page);
    // Most tables have too few columns for that, whatever is in them.
    if count as Ems * (SYLLABLES + CELL_PADDING) <= whole {
        return false;
    }
    let needed = |n: usize| Demand::of(table, n).word.min(SYLLABLES) + CELL_PADDING;
    (0..count).map(needed).sum::<Ems>() > whole
}

/// What a column asks for; its widths are in order.
struct Demand {
    /// Its widest piece that no line may end in, without what a cell has beside its text.
    word: Ems,
    /// What that piece needs, unless it may be broken.
    least: Ems,
    /// What keeps its badges on one line.
    fair: Ems,
    /// What its longest cell needs on one line.
    most: Ems,
    /// How much text each of its cells holds, the head first.
    cells: Vec<Ems>,
}

impl Demand {
    fn of(table: &Table, column: usize) -> Demand {
        let weight = if table.row_header && column == 0 { Weight::Bold } else { Weight::Regular };
        let is_figures = table.columns[column].align == Align::Right;
        let head = table.head.get(column).map(|cell| Extent::of(cell, Weight::Bold)).unwrap_or_default();
        let piece = |extent: Extent| extent.whole.min(WORD_MAX);
        let (mut word, mut least, mut fair, mut most) = (head.piece, piece(head), piece(head), head.line);
        let mut cells = vec![head.total];
        for (n, row) in table.rows.iter().enumerate() {
            let extent = row.get(column).map(|cell| Extent::of(cell, weight)).unwrap_or_default();
            word = word.max(extent.piece);
            if n >= ROWS_MAX {
                continue;
            }
            let is_short = extent.line <= ONE_LINE_MAX;
            least = least.max(if is_figures && is_short { extent.line } else { piece(extent) });
            fair = fair.max(extent.badge);
            most = most.max(extent.line);
            cells.push(extent.total);
        }
        let fair = fair.max(least);
        Demand {
            word,
            least: least + CELL_PADDING,
            fair: fair + CELL_PADDING,
            most: most.max(fair) + CELL_PADDING,
            cells,
        }
    }

    /// The squares of how many lines each cell has in a column of that width.
    fn squares(&self, width: Ems) -> Vec<f64> {
        let text_width = (width - CELL_PADDING).max(0.5);
        self.cells.iter().map(|cell| (cell / text_width) * (cell / text_width)).collect()
    }
}

/// Shares a width out, with badges on one line unless that makes the table much higher.
///
/// What the columns need at least may be wider than the whole.
fn share(columns: &[Demand], whole: Ems) -> Vec<Ems> {
    let one_line = shared(columns, whole, true);
    if columns.iter().all(|column| column.fair <= column.least) {
        return one_line;
    }
    let broken = shared(columns, whole, false);
    if height(columns, &one_line) <= BADGE_COST_MAX * height(columns, &broken) { one_line } else { broken }
}

/// Gives each column what it needs at least, then badges their line if they are to have it, then the rest bit by bit.
fn shared(columns: &[Demand], whole: Ems, badges_on_one_line: bool) -> Vec<Ems> {
    let mut widths: Vec<Ems> = columns.iter().map(|column| column.least).collect();
    let mut most: Vec<Ems> = columns.iter().map(|column| column.most).collect();
    let mut rest = whole - widths.iter().sum::<Ems>();
    for (n, column) in columns.iter().enumerate() {
        let wanted = column.fair - column.least;
        if wanted <= 0.0 {
            continue;
        }
        if badges_on_one_line && wanted <= rest {
            widths[n] += wanted;
            rest -= wanted;
        } else {
            // A badge that breaks anyway has no use for more.
            most[n] = column.least;
        }
    }
    if rest <= 0.0 {
        return widths;
    }
    let bit = rest / f64::from(BITS);
    let grown = |n: usize, width: Ems| width + bit.min(most[n] - width);
    let mut squares = squares(columns, &widths);
    let mut grown_squares: Vec<Vec<f64>> =
        columns.iter().enumerate().map(|(n, column)| column.squares(grown(n, widths[n]))).collect();
    for _ in 0..BITS {
        let growing = (0..columns.len()).filter(|&n| grown(n, widths[n]) > widths[n]);
        let now = high(columns.len(), |column| &squares[column]);
        let saved = |n: usize| {
            now - high(columns.len(), |column| &(if column == n { &grown_squares } else { &squares })[column])
        };
        let best = growing.map(|n| (n, saved(n))).max_by(|(a, one), (b, other)| one.total_cmp(other).then(b.cmp(a)));
        let Some((n, _)) = best else { break };
        widths[n] = grown(n, widths[n]);
        let next = columns[n].squares(grown(n, widths[n]));
        squares[n] = std::mem::replace(&mut grown_squares[n], next);
    }
    widths
}

/// About how many lines a table is high.
fn height(columns: &[Demand], widths: &[Ems]) -> f64 {
    let squares = squares(columns, widths);
    high(squares.len(), |column| &squares[column])
}

/// The squares of how many lines the cells of each column have.
fn squares(columns: &[Demand], widths: &[Ems]) -> Vec<Vec<f64>> {
    columns.iter().zip(widths).map(|(column, &width)| column.squares(width)).collect()
}

/// About how many lines a table is high, from the squares of how many lines the cells of each column have.
///
/// A row is as high as its highest cell. A smooth maximum stands for it: where two cells are of a height, neither alone
/// would shorten the row, and both must grow.
fn high<'a>(columns_count: usize, squares_of: impl Fn(usize) -> &'a Vec<f64>) -> f64 {
    let rows = if columns_count > 0 { squares_of(0).len() } else { 0 };
    (0..rows).map(|row| (0..columns_count).map(|column| squares_of(column)[row]).sum::<f64>().sqrt()).sum()
}

/// How wide a cell's text is.
#[derive(Clone, Copy, Default)]
struct Extent {
    /// The widest piece that no line may end in.
    piece: Ems,
    /// The same, with a day before its month as one piece: a line may end between them, but `15 September` reads better.
    whole: Ems,
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
    /// The day that the piece is the month of, with the space between them.
    day: Ems,
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
                InlineKind::Changed { change, body } => {
                    let sign = if *change == Change::Moved { MOVED } else { SIGN };
                    self.piece += sign;
                    self.line += sign;
                    self.inlines(body, weight);
                    self.piece += SIGN;
                    self.line += SIGN;
                }
                InlineKind::Footnote(_) => self.text("1", |c| advance(c, weight)),
                InlineKind::Slot(_) => unreachable!("replaced by render"),
            }
        }
    }

    fn text(&mut self, text: &str, advance: impl Fn(char) -> Ems) {
        let mut characters = text.chars().peekable();
        let mut letters_count = 0;
        let mut is_number = true;
        while let Some(c) = characters.next() {
            let width = advance(c);
            self.line += width;
            // No-break spaces are whitespace to Rust, but no line ends at them.
            if c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}') {
                let is_name_next = characters.peek().is_some_and(|next| next.is_uppercase());
                let is_day = is_number && matches!(letters_count, 1 | 2) && is_name_next;
                let day = if is_day { self.piece + width } else { 0.0 };
                self.piece_end();
                self.day = day;
                (letters_count, is_number) = (0, true);
                continue;
            }
            self.piece += width;
            is_number &= c.is_ascii_digit();
            let before_digit = characters.peek().is_some_and(char::is_ascii_digit);
            // `A-2020-007`, `1/4` and `N/A` stay whole, `out-of-court` need not.
            let parts = matches!(c, '-' | '/') && !before_digit && letters_count > 1;
            if matches!(c, '\u{2013}' | '\u{2014}' | '\u{ad}' | '\u{200b}') || parts {
                self.piece_end();
                (letters_count, is_number) = (0, true);
            } else {
                letters_count += 1;
            }
        }
    }

    fn piece_end(&mut self) {
        self.extent.piece = self.extent.piece.max(self.piece);
        self.extent.whole = self.extent.whole.max(self.day + self.piece);
        (self.piece, self.day) = (0.0, 0.0);
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
    static REGULAR: LazyLock<Advances> = LazyLock::new(|| Advances::of(notosans::REGULAR_TTF));
    static BOLD: LazyLock<Advances> = LazyLock::new(|| Advances::of(notosans::BOLD_TTF));
    let advances = match weight {
        Weight::Regular => &*REGULAR,
        Weight::Bold => &*BOLD,
    };
    match c {
        '\u{ad}' | '\u{200b}'..='\u{200d}' => 0.0,
        _ => advances.ascii.get(c as usize).copied().unwrap_or_else(|| advances.look_up(c)),
    }
}

/// How wide the characters of a face are; nearly all text is ASCII, whose widths are looked up once.
struct Advances {
    face: Face<'static>,
    ascii: [Ems; 128],
}

impl Advances {
    fn of(bytes: &'static [u8]) -> Advances {
        let mut advances = Advances { face: Face::parse(bytes, 0).expect("an embedded font"), ascii: [0.0; 128] };
        advances.ascii = std::array::from_fn(|n| advances.look_up(char::from(n as u8)));
        advances
    }

    fn look_up(&self, c: char) -> Ems {
        let units = self.face.glyph_index(c).and_then(|glyph| self.face.glyph_hor_advance(glyph)).unwrap_or(650);
        f64::from(units) / f64::from(self.face.units_per_em())
    }
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
            widths.iter().map(|width| f64::from(width.share) / 1000.0 * page_width(Page::Portrait)).collect();
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
        let ems = f64::from(widths(&table, Page::Landscape)[2].share) / 1000.0 * page_width(Page::Landscape);
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
            widths.iter().map(|width| f64::from(width.share) / 1000.0 * page_width(Page::Landscape)).collect();
        assert!(ems[2] > 8.0 && ems[2] < 11.0, "{ems:?}");
        assert!(ems[4] > 6.7, "{ems:?}");
    }

    #[test]
    fn ids_stay_whole() {
        let id = Extent::of(&text("A-2020-007"), Weight::Regular);
        assert!((id.piece - id.line).abs() < 1e-9);
        let short = Extent::of(&text("N/A"), Weight::Bold);
        assert!((short.piece - short.line).abs() < 1e-9);
        let words = Extent::of(&text("out-of-court"), Weight::Regular);
        assert!(words.piece < words.line / 2.0);
    }

    #[test]
    fn a_day_stays_with_its_month() {
        let date = Extent::of(&text("15 September 2024"), Weight::Regular);
        let month = Extent::of(&text("September"), Weight::Regular);
        assert!((date.piece - month.piece).abs() < 1e-9);
        assert!(date.whole > month.whole + 1.0 && date.whole < date.line - 2.0);
        for other in ["of 15 cases", "2024 September", "4.1 Assessment"] {
            let extent = Extent::of(&text(other), Weight::Regular);
            assert!((extent.whole - extent.piece).abs() < 1e-9, "{other}");
        }
    }

    #[test]
    fn columns_of_equal_text_are_equal() {
        let rows = vec![vec![text(LONG), text(LONG)]];
        let widths = widths(&table(&[Align::Left; 2], &["What", "What"], rows), Page::Landscape);
        // The first column is bold, so a little wider.
        assert!((485..=500).contains(&widths[1].share), "{widths:?}");
    }

    #[test]
    fn a_much_longer_column_does_not_starve_the_others() {
        let rows = vec![vec![text("one two three four five six"), text(&LONG.repeat(20))]];
        let widths = widths(&table(&[Align::Left; 2], &["A", "B"], rows), Page::Portrait);
        assert!(widths[0].share > 90 && widths[1].share > 700, "{widths:?}");
    }

    #[test]
    fn empty_columns_and_tables_have_widths_too() {
        assert_eq!(widths(&table(&[], &[], vec![]), Page::Portrait), []);
        let empty = Width { share: 500, word: 0 };
        assert_eq!(widths(&table(&[Align::Left; 2], &["", ""], vec![]), Page::Portrait), [empty, empty]);
    }

    #[test]
    fn words_too_long_for_the_page_share_it() {
        let word = "x".repeat(100);
        let rows = vec![vec![text(&word), text(&word)]];
        let widths = widths(&table(&[Align::Left; 2], &["A", "B"], rows), Page::Portrait);
        assert!(widths.iter().map(|width| width.share).sum::<u32>().abs_diff(1000) <= 1, "{widths:?}");
    }

    #[test]
    fn the_widest_word_counts_wherever_it_stands() {
        let mut rows = vec![vec![text("a b c d")]; ROWS_MAX + 5];
        let short = widths(&table(&[Align::Left], &["A"], rows.clone()), Page::Portrait)[0].word;
        rows.push(vec![text("so Kraftfahrzeughaftpflichtversicherung goes")]);
        let long = widths(&table(&[Align::Left], &["A"], rows), Page::Portrait)[0].word;
        assert!(short < 1000 && (18_000..26_000).contains(&long), "{short} {long}");
    }
}
