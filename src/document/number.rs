//! Turns a document's sections, paragraphs and lists into numbered ones: 1, 2, 2.1, (i), (a).
//!
//! A number is text like any other, since minutes cite it: it does not depend on pages, fonts or the reader's program.
//! **Invariant:** no two sections or paragraphs share a number, and numbering twice changes nothing.

use super::{Block, BlockKind, Change, Document, Inline, InlineKind, List, Numbering, Section};

/// Numbers the sections that ask for it, and the paragraphs of those that ask for that.
///
/// Sections count within the last numbered section above them: 1, 2, 2.1. A section with [`Numbering::None`] keeps the
/// number that it has, such as an appendix's `Di`. Paragraphs at the top of a section count before the sections below
/// it: where paragraphs are 2.1 and 2.2, the first section below is 2.3. A paragraph that was deleted since an earlier
/// text has no number.
pub fn number(document: &mut Document) {
    // The numbered sections around the current one, outermost first.
    let mut around: Vec<Numbered> = Vec::new();
    let mut top = Numbered { level: 0, number: None, parts_count: 0 };
    for section in &mut document.sections {
        if section.numbering == Numbering::None && section.number.is_none() {
            continue;
        }
        around.retain(|above| above.level < section.level);
        if section.numbering != Numbering::None {
            section.number = Some(around.last_mut().unwrap_or(&mut top).next_number());
        }
        let mut own = Numbered { level: section.level, number: section.number.clone(), parts_count: 0 };
        if section.numbering == Numbering::Paragraphs {
            number_paragraphs(section, &mut own);
        }
        around.push(own);
    }
}

/// How the items of numbered lists are labelled at one depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelStyle {
    /// `1.`, the list's own number.
    Number,
    /// `(a)`
    Letter,
    /// `(i)`
    Roman,
}

/// Labels the items of numbered lists: each depth with its style, those below the last as the last.
/// Lists that have labels keep them, and bullets stay bullets.
pub fn label_lists(document: &mut Document, styles: &[LabelStyle]) {
    if styles.is_empty() {
        return;
    }
    document.sections.iter_mut().for_each(|section| label_blocks(&mut section.blocks, styles, 0));
}

fn label_blocks(blocks: &mut [Block], styles: &[LabelStyle], depth: usize) {
    for Block { kind, .. } in blocks {
        match kind {
            BlockKind::List(list) => label_list(list, styles, depth),
            BlockKind::Quote(body) => label_blocks(body, styles, depth),
            _ => {}
        }
    }
}

fn label_list(list: &mut List, styles: &[LabelStyle], depth: usize) {
    let style = styles[depth.min(styles.len() - 1)];
    if let (Some(start), None, LabelStyle::Letter | LabelStyle::Roman) = (list.start, &list.labels, style) {
        let label = |n: usize| {
            let number = start.max(1).saturating_add(n as u64);
            format!("({})", if style == LabelStyle::Letter { letters(number) } else { roman(number) })
        };
        list.labels = Some((0..list.items.len()).map(label).collect());
    }
    // Only numbered lists count: what is below a bullet is as deep as the bullet.
    let below = depth + usize::from(list.start.is_some());
    list.items.iter_mut().for_each(|item| label_blocks(item, styles, below));
}

/// 1 is a, 26 is z, 27 is aa.
fn letters(number: u64) -> String {
    let mut rest = number;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}

/// 4 is iv; from 4,000 on, which no list reaches, the number itself.
fn roman(number: u64) -> String {
    const NUMERALS: [(u64, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    if number >= 4000 {
        return number.to_string();
    }
    let mut rest = number;
    let mut numeral = String::new();
    for (value, letters) in NUMERALS {
        while rest >= value {
            numeral.push_str(letters);
            rest -= value;
        }
    }
    numeral
}

/// A section with a number, and how many numbers were given below it.
struct Numbered {
    level: u8,
    number: Option<String>,
    parts_count: usize,
}

impl Numbered {
    fn next_number(&mut self) -> String {
        self.parts_count += 1;
        match &self.number {
            Some(number) => format!("{number}.{}", self.parts_count),
            None => self.parts_count.to_string(),
        }
    }
}

fn number_paragraphs(section: &mut Section, own: &mut Numbered) {
    for Block { kind, .. } in &mut section.blocks {
        if let BlockKind::Paragraph { number, text } = kind {
            *number = (!is_deleted(text)).then(|| own.next_number());
        }
    }
}

/// Returns whether a paragraph only shows what stood in an earlier text: it is no part of this one.
fn is_deleted(text: &[Inline]) -> bool {
    let is_deletion = |inline: &Inline| matches!(inline.kind, InlineKind::Changed { change: Change::Deleted, .. });
    let is_space = |inline: &Inline| match &inline.kind {
        InlineKind::Text(text) => text.trim().is_empty(),
        kind => matches!(kind, InlineKind::SoftBreak | InlineKind::Break),
    };
    text.iter().any(is_deletion) && text.iter().all(|inline| is_deletion(inline) || is_space(inline))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Page;
    use crate::source::{Sources, Text};

    fn section(level: u8, numbering: Numbering, text: &str) -> Section {
        let mut sources = Sources::default();
        let id = sources.add("a.md", text);
        let blocks = crate::document::parse::blocks(&Text::opaque(text, sources.whole(id))).0;
        Section {
            id: String::new(),
            number: None,
            numbering,
            title: Vec::new(),
            level,
            page: Page::Portrait,
            new_page: false,
            blocks,
            notes: Vec::new(),
        }
    }

    /// Returns each section's number, followed by those of its paragraphs.
    fn numbers(sections: Vec<Section>) -> Vec<String> {
        let mut document = Document { title: String::new(), header: Vec::new(), sections };
        number(&mut document);
        let once = document.clone();
        number(&mut document);
        assert_eq!(document, once);
        let shown = |number: &Option<String>| number.clone().unwrap_or_else(|| "-".to_owned());
        let section = |section: &Section| {
            let mut numbers = vec![shown(&section.number)];
            for block in &section.blocks {
                if let BlockKind::Paragraph { number, .. } | BlockKind::Heading { number, .. } = &block.kind {
                    numbers.push(shown(number));
                }
            }
            numbers.join(" ")
        };
        document.sections.iter().map(section).collect()
    }

    #[test]
    fn headings_count_per_level() {
        let levels = [2, 2, 3, 3, 4, 3, 2, 3];
        let sections = levels.map(|level| section(level, Numbering::Heading, "text")).into();
        assert_eq!(numbers(sections), ["1 -", "2 -", "2.1 -", "2.2 -", "2.2.1 -", "2.3 -", "3 -", "3.1 -"]);
    }

    #[test]
    fn paragraphs_at_the_top_count_and_others_do_not() {
        let text = "one\n\n- item\n\n> quote\n\n#### heading\n\ntwo";
        let sections = vec![section(2, Numbering::Paragraphs, text), section(2, Numbering::Paragraphs, "three")];
        assert_eq!(numbers(sections), ["1 1.1 - 1.2", "2 2.1"]);
    }

    #[test]
    fn what_was_deleted_has_no_number() {
        let [old, mut new] = ["one\n\ntwo and more  \nlines\n\nthree", "one\n\nthree or four"]
            .map(|text| section(2, Numbering::Paragraphs, text));
        new.blocks = crate::document::changes::blocks(&old.blocks, &new.blocks);
        assert_eq!(numbers(vec![new]), ["1 1.1 - 1.2"]);
    }

    #[test]
    fn sections_below_count_on_from_the_paragraphs() {
        let sections = vec![
            section(2, Numbering::Paragraphs, "one\n\ntwo"),
            section(3, Numbering::Paragraphs, "three"),
            section(3, Numbering::Heading, ""),
        ];
        assert_eq!(numbers(sections), ["1 1.1 1.2", "1.3 1.3.1", "1.4"]);
    }

    #[test]
    fn unnumbered_sections_are_not_counted() {
        let sections = vec![
            section(2, Numbering::Heading, ""),
            section(2, Numbering::None, "text"),
            section(2, Numbering::Heading, ""),
        ];
        assert_eq!(numbers(sections), ["1", "- -", "2"]);
    }

    #[test]
    fn an_appendix_keeps_its_own_number() {
        let mut appendix = section(2, Numbering::None, "");
        appendix.number = Some("Di".to_owned());
        let sections = vec![
            section(2, Numbering::Heading, ""),
            appendix,
            section(3, Numbering::Heading, ""),
            section(2, Numbering::Heading, ""),
        ];
        assert_eq!(numbers(sections), ["1", "Di", "Di.1", "2"]);
    }

    /// Returns the labels of every list, outermost first; the list's own numbers are `-`.
    fn labels(text: &str, styles: &[LabelStyle]) -> Vec<String> {
        let sections = vec![section(2, Numbering::None, text)];
        let mut document = Document { title: String::new(), header: Vec::new(), sections };
        label_lists(&mut document, styles);
        let mut found = Vec::new();
        crate::document::walk_blocks(&document.sections[0].blocks, &mut |block| {
            if let BlockKind::List(list) = &block.kind {
                found.push(list.labels.as_ref().map_or_else(|| "-".to_owned(), |labels| labels.join(" ")));
            }
        });
        found
    }

    #[test]
    fn numbered_lists_nest_roman_then_letters() {
        let text = "1. one\n\n   1. a\n   2. b\n\n      1. deeper\n2. two\n\n- bullet\n\n  1. below\n";
        let styles = [LabelStyle::Roman, LabelStyle::Letter];
        assert_eq!(labels(text, &styles), ["(i) (ii)", "(a) (b)", "(a)", "-", "(i)"]);
        assert_eq!(labels("3. three\n4. four", &styles), ["(iii) (iv)"]);
        assert_eq!(labels(text, &[]), ["-"; 5]);
        assert_eq!(labels(text, &[LabelStyle::Number, LabelStyle::Letter])[..2], ["-", "(a) (b)"]);
    }

    #[test]
    fn labels_go_on_behind_z_and_ix() {
        assert_eq!([1, 26, 27, 52, 703].map(letters), ["a", "z", "aa", "az", "aaa"]);
        assert_eq!([1, 4, 9, 14, 40, 90, 400, 1999].map(roman), ["i", "iv", "ix", "xiv", "xl", "xc", "cd", "mcmxcix"]);
    }

    #[test]
    fn a_level_without_one_above_counts_alone() {
        assert_eq!(numbers(vec![section(3, Numbering::Heading, ""), section(3, Numbering::Heading, "")]), ["1", "2"]);
    }
}
