//! Markdown that a paper could not print as its author meant it.

use crate::diagnostic::{Code, Diagnostic, codes};
use crate::document::parse::{NESTING_MAX, Remark, RemarkKind};
use crate::document::{Block, BlockKind, Inline, InlineKind, plain, walk_blocks, walk_inlines};
use crate::model::narrative::{Line, Prose};
use crate::source::Spanned;

pub(super) fn prose(prose: &Prose, found: &mut Vec<Diagnostic>) {
    found.extend(prose.remarks.iter().map(|remark| of_remark(remark, &prose.field)));
    blocks(&prose.blocks, &prose.field, found);
}

pub(super) fn line(line: &Line, found: &mut Vec<Diagnostic>) {
    found.extend(line.remarks.iter().map(|remark| of_remark(remark, &line.field)));
    links(&line.inlines, &line.field, found);
}

/// The title of a paper: no figures are looked up there.
pub(super) fn title(title: &Spanned<String>, found: &mut Vec<Diagnostic>) {
    if title.value.contains("(=") {
        found.push(
            Diagnostic::new(codes::FIGURE_AS_TEXT, "a paper's title is printed as it is written, without figures")
                .at(title.span, "")
                .field("papers.title")
                .hint("take `(=…)` out, and say it in the text"),
        );
    }
}

fn of_remark(remark: &Remark, field: &str) -> Diagnostic {
    let told = |code: Code, message: String, hint: &str| {
        let diagnostic = Diagnostic::new(code, message).at(remark.span, "").field(field);
        if hint.is_empty() { diagnostic } else { diagnostic.hint(hint) }
    };
    match &remark.kind {
        RemarkKind::Html => told(
            codes::HTML_AS_TEXT,
            "this is HTML, and is printed as it is written".to_owned(),
            "write Markdown, such as `**bold**`; for the character itself write `\\<`",
        ),
        RemarkKind::UnclosedFence => told(
            codes::UNCLOSED_FENCE,
            "this code block is never closed".to_owned(),
            "close it with the characters that open it, on a line of their own",
        ),
        RemarkKind::UnknownFootnote(name) => told(
            codes::FOOTNOTE,
            format!("there is no footnote `[^{name}]`"),
            &format!("write it in the same field, on a line of its own: `[^{name}]: …`"),
        ),
        RemarkKind::UnusedFootnote(name) => told(
            codes::FOOTNOTE,
            format!("nothing refers to the footnote `[^{name}]`"),
            &format!("write `[^{name}]` where it belongs; of two footnotes with one name, rename one"),
        ),
        RemarkKind::RepeatedFootnote(name) => {
            let hint = "refer to it once, or write a second footnote with a name of its own";
            told(codes::FOOTNOTE, format!("the footnote `[^{name}]` is referred to twice"), hint)
        }
        RemarkKind::FootnoteInFootnote(name) => {
            told(codes::FOOTNOTE, format!("the footnote `[^{name}]` stands inside a footnote"), "write it in the text")
        }
        RemarkKind::UnusedDefinition => told(
            codes::UNUSED_DEFINITION,
            "no link uses this definition, so it is not printed".to_owned(),
            "delete it; if it is text, write `\\[` for its first character",
        ),
        RemarkKind::NestedTooDeep => told(
            codes::NESTED_TOO_DEEP,
            format!("lists and quotes are nested more than {NESTING_MAX} deep"),
            "say it in a flatter way",
        ),
        RemarkKind::ImageInText => told(
            codes::IMAGE_IN_TEXT,
            "a picture must stand alone".to_owned(),
            "put it in a paragraph of its own, with a blank line before and after",
        ),
        RemarkKind::BlockInInline => told(
            codes::ONE_LINE_ONLY,
            "this field takes one line of text".to_owned(),
            "write it as one paragraph, without lists, headings or tables",
        ),
        RemarkKind::LeadingHash => told(
            codes::NOTE_TO_SELF,
            "this line starts with `#`: is it a note to yourself?".to_owned(),
            "delete it; for a heading use `##`, for the character itself `\\#`",
        ),
        RemarkKind::PastedBullet => told(
            codes::PASTED_LIST,
            "this line starts with a bullet that makes no list: it runs on behind the line before it".to_owned(),
            "write `- ` in its place, and so before each item, with a blank line before the first",
        ),
        RemarkKind::ExtraCells(text) => told(
            codes::EXTRA_CELLS,
            format!("this row has more cells than the table has columns, and `{text}` would be lost"),
            "for a `|` inside a cell write `\\|`",
        ),
        // No message says what a paper does not: it may be a name.
        RemarkKind::NoPlace => told(
            codes::NOT_PRINTED,
            "a part of this link or picture has no place on paper and is not printed: the words in its quotation marks, or its address".to_owned(),
            "write it as text",
        ),
    }
}

fn blocks(all: &[Block], field: &str, found: &mut Vec<Diagnostic>) {
    // The highest heading of a text comes right below its section's, so a deeper one before it would skip a level.
    let mut highest = u8::MAX;
    walk_blocks(all, &mut |block| {
        if let BlockKind::Heading { level, .. } = block.kind {
            highest = highest.min(level);
        }
    });
    let mut above: Option<u8> = None;
    walk_blocks(all, &mut |block| {
        match &block.kind {
            BlockKind::Heading { level, .. } => {
                let deepest = above.map_or(highest, |above| above + 1);
                if *level > deepest {
                    let why = match above {
                        Some(above) => format!("level {level} under level {above}"),
                        None => format!("level {level}, and one of level {highest} follows"),
                    };
                    found.push(
                        Diagnostic::new(codes::HEADING_LEVEL, "this heading skips a level")
                            .at(block.span, why)
                            .field(field)
                            .hint(format!("write `{}`", "#".repeat(usize::from(deepest)))),
                    );
                }
                above = Some(*level);
            }
            BlockKind::Image { alt, .. } if alt.trim().is_empty() => found.push(
                Diagnostic::new(codes::MISSING_ALT, "this picture has no alternative text")
                    .at(block.span, "")
                    .field(field)
                    .hint("say what it shows, for those who do not see it: `![what it shows](file)`"),
            ),
            _ => {}
        }
        block.inlines().into_iter().for_each(|inlines| {
            links(inlines, field, found);
            footnotes(inlines, field, found);
        });
    });
}

/// A footnote stands at the foot of a page: it has no place for what others find their way by, or for a picture.
fn footnotes(inlines: &[Inline], field: &str, found: &mut Vec<Diagnostic>) {
    walk_inlines(inlines, &mut |inline| {
        let InlineKind::Footnote(body) = &inline.kind else { return };
        walk_blocks(body, &mut |block| {
            let what = match &block.kind {
                BlockKind::Heading { .. } => "a heading",
                BlockKind::Image { .. } => "a picture",
                _ => return,
            };
            found.push(
                Diagnostic::new(codes::FOOTNOTE, format!("{what} has no place in a footnote"))
                    .at(block.span, "")
                    .field(field)
                    .hint("put it in the text"),
            );
        });
    });
}

fn links(inlines: &[Inline], field: &str, found: &mut Vec<Diagnostic>) {
    walk_inlines(inlines, &mut |inline| {
        let InlineKind::Link { url, body } = &inline.kind else { return };
        if url.is_empty() {
            let diagnostic = Diagnostic::new(codes::LINK_SCHEME, "this link leads nowhere").at(inline.span, "");
            found.push(diagnostic.field(field).hint("write the address in the round brackets"));
            return;
        }
        let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_lowercase());
        if !matches!(scheme.as_deref(), Some("http" | "https" | "mailto")) {
            found.push(
                Diagnostic::new(
                    codes::LINK_SCHEME,
                    format!("`{url}` is no address that a reader of the paper can open"),
                )
                .at(inline.span, "")
                .field(field)
                .hint("a link starts with `https://`, `http://` or `mailto:`"),
            );
        } else if plain(body).trim().is_empty() {
            found.push(
                Diagnostic::new(codes::LINK_SCHEME, format!("the link to `{url}` has no text"))
                    .at(inline.span, "")
                    .field(field)
                    .hint("write `[what it leads to](address)`"),
            );
        }
    });
}
