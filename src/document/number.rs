//! Turns a document's sections and paragraphs into numbered ones: 1, 2, 2.1.
//!
//! A number is text like any other, since minutes cite it: it does not depend on pages, fonts or the reader's program.
//! **Invariant:** no two sections or paragraphs share a number, and numbering twice changes nothing.

use super::{Block, BlockKind, Change, Document, Inline, InlineKind, Numbering, Section};

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

    #[test]
    fn a_level_without_one_above_counts_alone() {
        assert_eq!(numbers(vec![section(3, Numbering::Heading, ""), section(3, Numbering::Heading, "")]), ["1", "2"]);
    }
}
