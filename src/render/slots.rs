//! Slots: places in a template's output that are filled with AST, never with text to be parsed.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::diagnostic::{Diagnostic, codes};
use crate::document::parse::ESCAPED_FIGURE;
use crate::document::{Block, BlockKind, Inline, InlineKind, List, SLOT_CLOSE, SLOT_OPEN};
use crate::source::{Span, resolved};

/// The values behind the tokens that templates print.
#[derive(Default)]
pub(super) struct Slots {
    values: Vec<Value>,
    /// What went wrong while values were made.
    pub diagnostics: Vec<Diagnostic>,
}

enum Value {
    Blocks { blocks: Vec<Block>, folder: String },
    Inlines(Vec<Inline>),
}

/// What a template sees of a slot: a text that prints its token, and is as true as any text.
#[derive(Clone, Debug)]
pub(super) struct Slot(u32);

/// A slot for narrative of any length, by the name that `report-templates/README.md` gives it; so are the others.
pub(super) type TextSlot = Slot;
/// A slot for narrative that takes one line.
pub(super) type LineSlot = Slot;
/// A slot for a picture of numbers.
pub(super) type ChartSlot = Slot;
/// A slot for a word on its colour.
pub(super) type BadgeSlot = Slot;

impl Serialize for Slot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{SLOT_OPEN}{}{SLOT_CLOSE}", self.0))
    }
}

impl Slots {
    /// `folder` is where the pictures of the blocks are named from.
    pub fn blocks(&mut self, blocks: Vec<Block>, folder: &str) -> Slot {
        self.add(Value::Blocks { blocks, folder: folder.to_owned() })
    }

    pub fn inlines(&mut self, inlines: Vec<Inline>) -> Slot {
        self.add(Value::Inlines(inlines))
    }

    fn add(&mut self, value: Value) -> Slot {
        self.values.push(value);
        Slot(u32::try_from(self.values.len() - 1).expect("fewer than four billion slots"))
    }
}

/// The pictures of a paper under the names that they get beside it.
///
/// The papers of a quarter stand in one folder, so a picture's name follows from its own path and from nothing else.
pub(super) struct Images {
    /// The folder of the quarter, below the project.
    quarter: String,
    /// File → name.
    names: BTreeMap<String, String>,
}

impl Images {
    pub fn new(quarter: String) -> Images {
        Images { quarter, names: BTreeMap::new() }
    }

    /// Returns the name of a picture beside the paper: `images/plan.svg`, `images/maps--plan.svg` where it stands in the
    /// folder `maps` of the quarter, and with its whole path where it stands elsewhere.
    fn name(&mut self, folder: &str, file: &str) -> String {
        let path = resolved(folder, file).expect("checked when the picture was read");
        let own = path.strip_prefix(&self.quarter).and_then(|path| path.strip_prefix('/'));
        let from = own.unwrap_or(&path);
        // Two dashes stand for a slash. A path that could be taken for another one's is written whole behind two of them,
        // and then every dash of its own is marked.
        let padded = format!("/{from}/");
        let is_like_another = ["--", "-/", "/-"].iter().any(|dashes| padded.contains(dashes));
        let name = if is_like_another || own.is_some_and(|own| own.starts_with("data/")) {
            format!("images/--{}", path.replace('-', "-_").replace('/', "--"))
        } else {
            format!("images/{}", from.replace('/', "--"))
        };
        self.names.insert(path, name.clone());
        name
    }

    /// Name → file.
    pub fn into_files(self) -> BTreeMap<String, String> {
        self.names.into_iter().map(|(file, name)| (name, file)).collect()
    }
}

/// Puts values in the places of their tokens.
pub(super) struct Place<'a> {
    pub slots: &'a Slots,
    /// The level of the section's heading: headings of prose come below it.
    pub level: u8,
    pub images: &'a mut Images,
    pub diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Place<'a> {
    /// The value behind a token; none where a template has written one of its own.
    fn value(&mut self, n: u32, span: Span) -> Option<&'a Value> {
        let value = self.slots.values.get(n as usize);
        if value.is_none() {
            self.diagnostics.push(
                Diagnostic::new(codes::TEMPLATE_ERROR, "a template cannot hold the characters U+E000 and U+E001")
                    .at(span, "")
                    .hint("delete them: the program marks with them where text goes"),
            );
        }
        value
    }

    pub fn blocks(&mut self, blocks: Vec<Block>) -> Vec<Block> {
        blocks.into_iter().flat_map(|block| self.block(block)).collect()
    }

    fn block(&mut self, block: Block) -> Vec<Block> {
        let span = block.span;
        let kind = match block.kind {
            BlockKind::Slot(n) => {
                return match self.value(n, span) {
                    Some(Value::Blocks { blocks, folder }) => self.prose(blocks, folder),
                    Some(Value::Inlines(inlines)) => {
                        vec![Block { span, kind: BlockKind::Paragraph { number: None, text: inlines.clone() } }]
                    }
                    None => Vec::new(),
                };
            }
            BlockKind::Paragraph { number, text } => BlockKind::Paragraph { number, text: self.inlines(text) },
            BlockKind::Heading { number, level, text } => {
                // A template's own headings start at `##`, the first below the section's.
                let level = (level.max(2) - 1 + self.level).min(6);
                BlockKind::Heading { number, level, text: self.inlines(text) }
            }
            BlockKind::List(list) => BlockKind::List(self.list(list)),
            BlockKind::Quote(body) => BlockKind::Quote(self.blocks(body)),
            BlockKind::Table(mut table) => {
                table.caption = table.caption.map(|caption| self.inlines(caption));
                table.head = table.head.into_iter().map(|cell| self.inlines(cell)).collect();
                let row =
                    |place: &mut Self, row: Vec<Vec<Inline>>| row.into_iter().map(|cell| place.inlines(cell)).collect();
                table.rows = table.rows.into_iter().map(|cells| row(self, cells)).collect();
                BlockKind::Table(table)
            }
            image @ BlockKind::Image { .. } => {
                self.diagnostics.push(
                    Diagnostic::new(codes::TEMPLATE_ERROR, "a template cannot hold a picture of its own")
                        .at(span, "")
                        .hint("name it in the narrative's text; a logo is set under `look:` in `service.yaml`"),
                );
                image
            }
            kind @ (BlockKind::Code { .. } | BlockKind::Chart(_) | BlockKind::Rule) => kind,
        };
        vec![Block { span, kind }]
    }

    fn list(&mut self, list: List) -> List {
        let items: Vec<Vec<Block>> = list.items.into_iter().map(|item| self.blocks(item)).collect();
        // A slot of one paragraph fills an item of a tight list as a line of text would.
        List { items, ..list }
    }

    /// Prose in the place of a paragraph: its headings come below the section's, its pictures get their names.
    fn prose(&mut self, blocks: &[Block], folder: &str) -> Vec<Block> {
        let mut top = u8::MAX;
        crate::document::walk_blocks(blocks, &mut |block| {
            if let BlockKind::Heading { level, .. } = block.kind {
                top = top.min(level);
            }
        });
        let mut blocks = blocks.to_vec();
        for block in &mut blocks {
            self.settle(block, top, folder);
        }
        blocks
    }

    fn settle(&mut self, block: &mut Block, top: u8, folder: &str) {
        match &mut block.kind {
            BlockKind::Heading { level, .. } => {
                let shifted = self.level + 1 + (*level - top);
                if shifted > 6 {
                    self.diagnostics.push(
                        Diagnostic::new(codes::HEADING_LEVEL, "this heading is too deep")
                            .at(block.span, format!("it would be of level {shifted}, and 6 is the deepest"))
                            .hint("use fewer levels in this text: its headings come below that of its section"),
                    );
                }
                *level = shifted.min(6);
            }
            BlockKind::Image { file, .. } => *file = self.images.name(folder, file),
            BlockKind::List(list) => {
                list.items.iter_mut().flatten().for_each(|block| self.settle(block, top, folder));
            }
            BlockKind::Quote(body) => body.iter_mut().for_each(|block| self.settle(block, top, folder)),
            _ => {}
        }
    }

    pub fn inlines(&mut self, inlines: Vec<Inline>) -> Vec<Inline> {
        inlines.into_iter().flat_map(|inline| self.inline(inline)).collect()
    }

    fn inline(&mut self, inline: Inline) -> Vec<Inline> {
        let span = inline.span;
        let kind = match inline.kind {
            InlineKind::Slot(n) => {
                return match self.value(n, span) {
                    Some(Value::Inlines(inlines)) => inlines.clone(),
                    Some(Value::Blocks { blocks, .. }) => self.in_line(blocks),
                    None => Vec::new(),
                };
            }
            InlineKind::Emphasis(body) => InlineKind::Emphasis(self.inlines(body)),
            InlineKind::Strong(body) => InlineKind::Strong(self.inlines(body)),
            InlineKind::Strikethrough(body) => InlineKind::Strikethrough(self.inlines(body)),
            InlineKind::Link { url, body } => InlineKind::Link { url, body: self.inlines(body) },
            InlineKind::Changed { change, body } => InlineKind::Changed { change, body: self.inlines(body) },
            InlineKind::Footnote(body) => InlineKind::Footnote(self.blocks(body)),
            // A template's text has no figures; the mark of an escaped one has done its work.
            InlineKind::Text(text) => InlineKind::Text(text.replace(ESCAPED_FIGURE, "")),
            kind => kind,
        };
        vec![Inline { span, kind }]
    }

    /// Prose in the place of a word: paragraphs are joined by a new line, and anything else has no place there.
    fn in_line(&mut self, blocks: &[Block]) -> Vec<Inline> {
        let mut inlines: Vec<Inline> = Vec::new();
        for block in blocks {
            match &block.kind {
                BlockKind::Paragraph { text, .. } => {
                    if !inlines.is_empty() {
                        inlines.push(Inline { span: block.span, kind: InlineKind::Break });
                    }
                    inlines.extend(text.iter().cloned());
                }
                _ => self.diagnostics.push(
                    Diagnostic::new(codes::ONE_LINE_ONLY, "this text is printed in a line or in a table's cell")
                        .at(block.span, "a list, a table, a heading or a picture has no place there")
                        .hint("write it as plain sentences"),
                ),
            }
        }
        inlines
    }
}
