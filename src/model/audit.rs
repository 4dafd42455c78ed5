//! An audit: which cases were looked at, and what the auditors answered.

use std::collections::BTreeMap;

use crate::source::{Span, Spanned};

use super::date::Date;
use super::ids::{CaseCode, DomainId, FrameworkId, PromptId, StandardId, ThemeId};
use super::narrative::Line;
use super::points::HalfPoints;

/// `audit.yaml`, with its answers.
#[derive(Clone, Debug)]
pub struct Audit {
    pub theme: Spanned<ThemeId>,
    /// `None`: an audit by themes alone, with findings and no scores.
    pub framework: Option<Spanned<FrameworkId>>,
    pub domain: Option<Spanned<DomainId>>,
    /// When the cases began.
    pub commenced: Option<Period>,
    pub audited: Option<Period>,
    pub sample: Option<Sample>,
    /// Prompts and, where ratings go by them, key questions.
    pub not_asked: Vec<Spanned<PromptId>>,
    pub scoring: Scoring,
    pub stated: Option<Stated>,
}

/// What the scores are computed from.
#[derive(Clone, Debug)]
pub enum Scoring {
    Cases(Vec<Case>),
    /// Only totals were kept. `of` is taken as given.
    Totals(Vec<Total>),
    None,
}

impl Audit {
    pub fn cases(&self) -> &[Case] {
        match &self.scoring {
            Scoring::Cases(cases) => cases,
            Scoring::Totals(_) | Scoring::None => &[],
        }
    }

    /// How many cases were looked at, as far as the file tells.
    pub fn cases_completed(&self) -> Option<u32> {
        match &self.scoring {
            Scoring::Cases(cases) => u32::try_from(cases.len()).ok(),
            Scoring::Totals(_) | Scoring::None => self.sample.as_ref()?.completed.map(|count| count.value),
        }
    }

    /// The practitioners whose cases were looked at, as their codes were written first, in the order of the audit.
    pub fn practitioners(&self) -> Vec<&str> {
        let mut known: Vec<&str> = Vec::new();
        for code in self.cases().iter().filter_map(|case| case.practitioner.as_deref()) {
            if !known.iter().any(|other| is_same_person(other, code)) {
                known.push(code);
            }
        }
        known
    }

    /// The cases of one practitioner, in the order of the audit.
    pub fn cases_of<'a>(&'a self, practitioner: &'a str) -> impl Iterator<Item = &'a Case> {
        let is_own =
            move |case: &&Case| case.practitioner.as_deref().is_some_and(|code| is_same_person(code, practitioner));
        self.cases().iter().filter(is_own)
    }

    pub fn is_asked(&self, prompt: &PromptId) -> bool {
        !self.not_asked.iter().any(|id| id.value == *prompt)
    }
}

/// Whether two codes of practitioners are of one: capitals are typed as they come.
pub fn is_same_person(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Days from and to, both included.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    pub from: Option<Spanned<Date>>,
    pub to: Option<Spanned<Date>>,
}

/// How the cases were picked.
#[derive(Clone, Debug)]
pub struct Sample {
    pub span: Span,
    pub eligible: Option<Spanned<u32>>,
    pub selection: Option<Selection>,
    pub selected: Option<Spanned<u32>>,
    pub completed: Option<Spanned<u32>>,
    pub shortfall: Vec<Shortfall>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    Random,
    /// Somebody chose: the cases say nothing about the others.
    Chosen,
    /// Every eligible case was looked at.
    All,
}

/// Cases that were picked and not completed, and why.
#[derive(Clone, Debug)]
pub struct Shortfall {
    pub cases: Spanned<u32>,
    /// A clause that ends the sentence "two were not completed because …".
    pub reason: Line,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub code: Spanned<CaseCode>,
    pub auditor: Option<String>,
    pub practitioner: Option<String>,
    /// By prompt and, where ratings go by them, by key question: there the best answer says that the work was
    /// sufficient, and the one that earns nothing that it was not.
    pub answers: BTreeMap<PromptId, Spanned<Answer>>,
    /// What the auditor wrote beside an answer, as plain text.
    pub comments: BTreeMap<PromptId, Spanned<String>>,
}

/// What an auditor answered to a prompt on a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An answer of the framework's scale, with what it earns.
    Scored(HalfPoints),
    /// Not applicable: leaves the maximum.
    NotApplicable,
}

/// A standard's points where the cases were not kept.
#[derive(Clone, Debug)]
pub struct Total {
    pub standard: Spanned<StandardId>,
    pub points: Spanned<HalfPoints>,
    pub of: Spanned<HalfPoints>,
}

/// What an earlier paper printed, to be held against what is computed.
#[derive(Clone, Debug)]
pub struct Stated {
    pub span: Span,
    pub standards: Vec<(Spanned<StandardId>, StatedScore)>,
    pub overall: Option<StatedScore>,
}

#[derive(Clone, Debug)]
pub struct StatedScore {
    pub span: Span,
    pub points: Option<Spanned<HalfPoints>>,
    pub of: Option<Spanned<HalfPoints>>,
    pub percent: Option<Spanned<u32>>,
    pub rating: Option<Spanned<String>>,
}
