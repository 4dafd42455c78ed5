//! Rules over a rendered paper, before it is printed.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::{Block, BlockKind, Document, Inline, InlineKind, walk_blocks, walk_inlines};
use crate::model::fonts::Fonts;
use crate::source::{Sources, Span};

/// Finds every character of a paper that no font can show, each told once at its first place, and words without end.
///
/// `beside`: what stands on the pages and not in the document, such as the marking.
pub fn paper(document: &Document, beside: &[&str], fonts: &Fonts, sources: &Sources, title: Span) -> Vec<Diagnostic> {
    let mut found: BTreeMap<char, Span> = BTreeMap::new();
    let mut long_words: Vec<Span> = Vec::new();
    let mut look = |text: &str, span: Span| {
        if text.len() > WORD_MAX && text.split_whitespace().any(|word| word.chars().count() > WORD_MAX) {
            long_words.push(span);
        }
        for c in text.chars().filter(|&c| !c.is_ascii() && !fonts.covers(c)) {
            found.entry(c).or_insert(span);
        }
    };
    look(&document.title, title);
    for line in &document.header {
        look(&line.label, title);
        inlines(&line.value, &mut look);
    }
    for section in &document.sections {
        inlines(&section.title, &mut look);
        blocks(&section.blocks, &mut look);
        blocks(&section.notes, &mut look);
    }
    beside.iter().for_each(|text| look(text, title));
    let long_words = long_words.into_iter().map(|span| {
        Diagnostic::new(codes::LONG_WORD, format!("a word of more than {WORD_MAX} characters cannot be set in lines"))
            .at(Span { end: span.start, ..span }, "in the text that starts here")
            .hint("was a file pasted here by mistake?")
    });
    found
        .into_iter()
        .map(|(c, span)| {
            let shown = if c.is_control() { String::new() } else { format!(" `{c}`") };
            let place = place(c, span, sources, title);
            Diagnostic::new(
                codes::MISSING_GLYPH,
                format!("no font of the paper has the character U+{:04X}{shown}", c as u32),
            )
            .at(place, "")
            .hint("write it in words, or add a font that has it to `report-templates/styles/fonts`")
        })
        .chain(long_words)
        .collect()
}

/// The most characters that a text may have without a space: breaking a longer word into lines takes longer than anyone
/// waits, and nobody reads it.
const WORD_MAX: usize = 1000;

/// Where a character was written. What a template printed of a name leads back to the template only: then the character
/// is looked for in the paper's own file and in the others of the project.
fn place(c: char, span: Span, sources: &Sources, title: Span) -> Span {
    let below = |folder: &'static str| {
        let of_folder = sources.iter().filter(move |(_, source)| source.path.starts_with(folder));
        of_folder.map(|(id, _)| sources.whole(id))
    };
    let others = below("data/").chain(below("report-templates/"));
    let mut places = [span, sources.whole(title.source)].into_iter().chain(others);
    let found = places.find_map(|place| {
        let at = place.start + sources.slice(place).find(c)?;
        Some(Span { start: at, end: at + c.len_utf8(), ..place })
    });
    found.unwrap_or(title)
}

fn blocks(all: &[Block], look: &mut impl FnMut(&str, Span)) {
    walk_blocks(all, &mut |block| {
        match &block.kind {
            BlockKind::Code { text, .. } => look(text, block.span),
            BlockKind::Image { alt, .. } => look(alt, block.span),
            BlockKind::Chart(chart) => {
                look(&chart.alt, block.span);
                chart.data.texts().into_iter().for_each(|text| look(text, block.span));
            }
            BlockKind::List(list) => {
                list.labels.iter().flatten().for_each(|label| look(label, block.span));
            }
            _ => {}
        }
        block.inlines().into_iter().for_each(|text| inlines(text, look));
    });
}

fn inlines(all: &[Inline], look: &mut impl FnMut(&str, Span)) {
    walk_inlines(all, &mut |inline| match &inline.kind {
        InlineKind::Text(text) | InlineKind::Code(text) => look(text, inline.span),
        InlineKind::Badge(badge) => look(&badge.text, inline.span),
        _ => {}
    });
}
