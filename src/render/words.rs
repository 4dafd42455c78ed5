//! The prose of a narrative, field by field, as it would be printed: what `diff` compares word by word.

use crate::diagnostic::Diagnostic;
use crate::document::{Block, BlockKind};
use crate::model::catalogue::MissingString;
use crate::model::narrative::{Implication, Line, Prose};

use super::{Inputs, figures};

/// A field of a narrative with its figures filled in.
pub struct Field {
    /// The path in the YAML, by id where there is one: `findings.F-2020-003`.
    pub path: String,
    /// Its name in print.
    pub title: String,
    pub blocks: Vec<Block>,
}

/// Returns every field of a quarter's narrative that holds prose, in the order of a paper.
///
/// # Errors
/// Figures that do not exist, or a string that the catalogue does not hold.
pub fn narrative(inputs: Inputs<'_>) -> Result<Vec<Field>, Vec<Diagnostic>> {
    let mut reading = Reading { inputs, fields: Vec::new(), diagnostics: Vec::new() };
    match reading.all() {
        Ok(()) if reading.diagnostics.is_empty() => Ok(reading.fields),
        Ok(()) => Err(reading.diagnostics),
        Err(missing) => Err(vec![super::missing_string(&missing, inputs.catalogue)]),
    }
}

struct Reading<'a> {
    inputs: Inputs<'a>,
    fields: Vec<Field>,
    diagnostics: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn all(&mut self) -> Result<(), MissingString> {
        let narrative = self.inputs.narrative;
        let simple = [
            ("why", &narrative.why),
            ("context", &narrative.context),
            ("method", &narrative.method),
            ("summary", &narrative.summary),
        ];
        for (path, prose) in simple {
            self.prose(path.to_owned(), &format!("section.{path}"), &[], prose.as_slice())?;
        }
        for finding in &narrative.findings {
            let prose: Vec<&Prose> = [&finding.text].into_iter().chain(&finding.withdrawn).collect();
            let id = finding.id.value.as_str();
            self.prose(format!("findings.{id}"), "words.finding", &[("id", id)], prose)?;
        }
        self.prose("learning".to_owned(), "section.learning", &[], &narrative.learning)?;
        self.prose("conclusion".to_owned(), "section.conclusion", &[], &narrative.conclusion)?;
        self.prose("recommendations".to_owned(), "section.recommendations", &[], &narrative.recommendations)?;
        for section in narrative.all_sections() {
            let (id, title) = (section.id.value.as_str(), crate::document::plain(&section.title.inlines));
            self.prose(format!("sections.{id}"), "words.section", &[("title", &title)], &section.text)?;
        }
        let outcomes = [("expected", &narrative.outcomes.expected), ("monitoring", &narrative.outcomes.monitoring)];
        for (path, prose) in outcomes {
            self.prose(format!("outcomes.{path}"), &format!("words.{path}"), &[], prose.as_slice())?;
        }
        for (name, kind) in Implication::ALL {
            let text = narrative.implications.iter().find(|(own, _)| *own == kind).map(|(_, text)| text);
            self.prose(format!("implications.{name}"), &format!("words.implications.{name}"), &[], text)?;
        }
        self.lines("asks.board", "words.asks", narrative.asks.board.iter().map(|ask| &ask.text))?;
        self.lines("asks.partners", "words.partners", narrative.asks.partners.iter().flatten().map(|ask| &ask.text))
    }

    fn prose<'p>(
        &mut self,
        path: String,
        key: &str,
        values: &[(&str, &str)],
        prose: impl IntoIterator<Item = &'p Prose>,
    ) -> Result<(), MissingString> {
        let mut blocks = Vec::new();
        for prose in prose {
            blocks.extend(figures::fill_blocks(&prose.blocks, self.inputs, &mut self.diagnostics));
        }
        self.add(path, key, values, blocks)
    }

    fn lines<'l>(&mut self, path: &str, key: &str, lines: impl Iterator<Item = &'l Line>) -> Result<(), MissingString> {
        let mut blocks = Vec::new();
        for line in lines {
            let text = figures::fill_inlines(&line.inlines, self.inputs, &mut self.diagnostics);
            blocks.push(Block { span: line.span, kind: BlockKind::Paragraph { number: None, text } });
        }
        self.add(path.to_owned(), key, &[], blocks)
    }

    fn add(
        &mut self,
        path: String,
        key: &str,
        values: &[(&str, &str)],
        blocks: Vec<Block>,
    ) -> Result<(), MissingString> {
        if !blocks.is_empty() {
            let title = self.inputs.catalogue.say(key, values)?;
            self.fields.push(Field { path, title, blocks });
        }
        Ok(())
    }
}
