//! What changed between any two quarters, as `diff` tells it.

use serde::Serialize;

use crate::document::Block;

use super::comparison::Comparison;
use super::ids::{QuarterId, ThemeId};
use super::results::{
    ActionResult, AskResult, FindingResult, FindingState, PublishedAction, PublishedAsk, PublishedComparison,
    PublishedFinding, Results,
};

/// What changed between two quarters. States are reckoned with the old one as the audit before the new one.
#[derive(Clone, Debug)]
pub struct Difference {
    pub old: Side,
    pub new: Side,
    /// Whether the two are audits of one theme; else only promises and words are compared.
    pub is_comparable: bool,
    pub comparison: Option<Comparison>,
    /// The results of the new quarter as its own paper has them: against the audit before it, whichever that is.
    pub published: Option<Results>,
    pub findings: Vec<FindingChange>,
    /// Those that something happened to, and those that are overdue now.
    pub actions: Vec<ActionChanges>,
    pub asks: Vec<AskChange>,
    /// The fields of the narratives that do not say the same.
    pub words: Vec<FieldChange>,
}

#[derive(Clone, Debug)]
pub struct Side {
    pub quarter: QuarterId,
    /// `October to December 2019`, or the folder's name.
    pub title: String,
    /// `None` without an audit.
    pub theme: Option<ThemeId>,
    /// The theme in print.
    pub theme_title: Option<String>,
}

#[derive(Clone, Debug)]
pub struct FindingChange {
    pub result: FindingResult,
    /// Without markup.
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct ActionChanges {
    pub result: ActionResult,
    pub text: String,
}

#[derive(Clone, Debug)]
pub struct AskChange {
    pub result: AskResult,
    pub text: String,
}

/// A field of the narrative, as it was and as it is; empty where it was not there.
#[derive(Clone, Debug)]
pub struct FieldChange {
    /// The path in the YAML: `context`, `findings.F-2020-003`.
    pub field: String,
    /// The field's name in print.
    pub title: String,
    pub old: Vec<Block>,
    pub new: Vec<Block>,
}

impl Difference {
    /// Whether nothing changed. A finding that was seen again, as often and in the same words, is no change.
    pub fn is_empty(&self) -> bool {
        let stands = |finding: &FindingResult| {
            finding.state == FindingState::Repeat && !finding.reworded && finding.count == finding.count_before
        };
        let moved = self.comparison.iter().any(|comparison| {
            comparison.prompts_left_out > 0
                || comparison.standards.iter().chain(&comparison.overall).any(|change| change.earlier != change.later)
        });
        self.findings.iter().all(|finding| stands(&finding.result))
            && !self.actions.iter().any(|action| action.result.has_happened())
            && self.asks.iter().all(|ask| ask.result.decision.is_none())
            && self.words.is_empty()
            && !moved
    }

    /// How many findings have a state.
    pub fn count(&self, state: FindingState) -> usize {
        self.findings.iter().filter(|finding| finding.result.state == state).count()
    }

    /// `diff -f json`: schema 1, as the README describes it. Empty lists where nothing changed.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(&Published::of(self)).expect("plain data has a JSON form");
        json.push('\n');
        json
    }
}

#[derive(Serialize)]
struct Published<'a> {
    schema: u32,
    old: PublishedSide<'a>,
    new: PublishedSide<'a>,
    comparable: bool,
    scores: Option<PublishedComparison<'a>>,
    findings: Vec<PublishedFindingChange<'a>>,
    actions: Vec<PublishedActionChange<'a>>,
    asks: Vec<PublishedAskChange<'a>>,
    words: Vec<PublishedField<'a>>,
}

#[derive(Serialize)]
struct PublishedSide<'a> {
    quarter: &'a QuarterId,
    theme: Option<&'a ThemeId>,
}

#[derive(Serialize)]
struct PublishedFindingChange<'a> {
    #[serde(flatten)]
    finding: PublishedFinding<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct PublishedActionChange<'a> {
    #[serde(flatten)]
    action: PublishedAction<'a>,
    moved: bool,
    text: &'a str,
}

#[derive(Serialize)]
struct PublishedAskChange<'a> {
    #[serde(flatten)]
    ask: PublishedAsk<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct PublishedField<'a> {
    field: &'a str,
    /// As Markdown.
    old: String,
    new: String,
}

impl<'a> Published<'a> {
    fn of(difference: &'a Difference) -> Published<'a> {
        let markdown = |blocks: &[Block]| crate::document::write::prose(blocks);
        let side = |side: &'a Side| PublishedSide { quarter: &side.quarter, theme: side.theme.as_ref() };
        Published {
            schema: 1,
            old: side(&difference.old),
            new: side(&difference.new),
            comparable: difference.is_comparable,
            scores: difference.comparison.as_ref().map(PublishedComparison::of),
            findings: difference
                .findings
                .iter()
                .map(|change| PublishedFindingChange {
                    finding: PublishedFinding::of(&change.result),
                    text: &change.text,
                })
                .collect(),
            actions: difference
                .actions
                .iter()
                .map(|change| PublishedActionChange {
                    action: PublishedAction::of(&change.result),
                    moved: change.result.moved,
                    text: &change.text,
                })
                .collect(),
            asks: difference
                .asks
                .iter()
                .map(|change| PublishedAskChange { ask: PublishedAsk::of(&change.result), text: &change.text })
                .collect(),
            words: difference
                .words
                .iter()
                .map(|field| PublishedField {
                    field: &field.field,
                    old: markdown(&field.old),
                    new: markdown(&field.new),
                })
                .collect(),
        }
    }
}
