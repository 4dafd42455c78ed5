//! A framework: standards, key questions and prompts, the scale of answers and the bands of ratings.
//!
//! Frameworks differ by year, so each is a versioned data file with its dates in force, and nothing of one stands in code.

use crate::document::Tone;
use crate::source::{SourceId, Span, Spanned};

use super::audit::Period;
use super::ids::{DomainId, FrameworkId, KeyQuestionId, PromptId, StandardId};
use super::points::HalfPoints;

/// `frameworks/<id>.yaml`.
#[derive(Clone, Debug)]
pub struct Framework {
    pub id: Spanned<FrameworkId>,
    pub source: SourceId,
    pub title: String,
    pub in_force: Option<Period>,
    pub scale: Scale,
    pub rating_method: RatingMethod,
    pub band_on: BandOn,
    /// From the lowest to the highest; the first starts at 0.
    pub bands: Vec<Band>,
    /// How an inspection's ratings add up; `None` where the framework does not say.
    pub composite: Option<Composite>,
    pub domains: Vec<Domain>,
    /// Older editions that scores are compared with.
    pub maps: Vec<EditionMap>,
}

/// Which standards of an older edition are the same as ours.
#[derive(Clone, Debug)]
pub struct EditionMap {
    pub framework: Spanned<FrameworkId>,
    /// Ours, and what the older edition calls it.
    pub standards: Vec<(Spanned<StandardId>, Spanned<StandardId>)>,
}

/// How a standard gets its rating.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatingMethod {
    /// By the share of the points that the prompts earned on all cases together.
    Points,
    /// As the inspectorate does it: of each key question the share of the cases where the work was sufficient, and of
    /// those shares the lowest.
    LowestKeyQuestion,
}

impl RatingMethod {
    pub const ALL: [(&'static str, RatingMethod); 2] =
        [("points", RatingMethod::Points), ("lowest_key_question", RatingMethod::LowestKeyQuestion)];

    /// As it is written in the framework's file and in `results.json`.
    pub fn word(self) -> &'static str {
        RatingMethod::ALL.iter().find(|(_, method)| *method == self).expect("every method has a word").0
    }
}

/// What a rating is decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandOn {
    /// The percentage rounded half up to a whole one, as the published tables do.
    Rounded,
    /// The exact share of the points.
    Exact,
}

/// The answers that earn points, best first. N/A is no part of it: it leaves the maximum.
#[derive(Clone, Debug)]
pub struct Scale {
    pub answers: Vec<ScaleAnswer>,
}

#[derive(Clone, Debug)]
pub struct ScaleAnswer {
    pub word: String,
    pub points: HalfPoints,
}

impl Scale {
    /// What one prompt can earn at most.
    pub fn maximum(&self) -> HalfPoints {
        self.answers.iter().map(|answer| answer.points).max().unwrap_or_default()
    }
}

/// A rating and the percentage from which it is given.
#[derive(Clone, Debug)]
pub struct Band {
    pub rating: String,
    /// In whole percent, 0 to 100; in points where ratings are added up.
    pub from: u32,
    pub tone: Tone,
    pub span: Span,
}

/// How an inspection's own ratings of the standards become one rating of the whole service.
#[derive(Clone, Debug)]
pub struct Composite {
    /// Those that count; empty: all of the framework.
    pub standards: Vec<Spanned<StandardId>>,
    /// What each rating earns.
    pub points: Vec<(String, u32)>,
    /// From the lowest to the highest; `from` is in points, and the first starts at 0.
    pub bands: Vec<Band>,
}

#[derive(Clone, Debug)]
pub struct Domain {
    pub id: Spanned<DomainId>,
    pub title: String,
    pub standards: Vec<Standard>,
}

#[derive(Clone, Debug)]
pub struct Standard {
    pub id: Spanned<StandardId>,
    pub title: String,
    pub key_questions: Vec<KeyQuestion>,
}

#[derive(Clone, Debug)]
pub struct KeyQuestion {
    pub id: Spanned<KeyQuestionId>,
    pub title: String,
    pub prompts: Vec<Prompt>,
}

#[derive(Clone, Debug)]
pub struct Prompt {
    pub id: Spanned<PromptId>,
    pub text: String,
}

impl Framework {
    /// The map to an older edition.
    pub fn map_to(&self, older: &FrameworkId) -> Option<&EditionMap> {
        self.maps.iter().find(|map| map.framework.value == *older)
    }

    pub fn domain(&self, id: &DomainId) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.id.value == *id)
    }

    pub fn standards(&self) -> impl Iterator<Item = &Standard> {
        self.domains.iter().flat_map(|domain| &domain.standards)
    }

    pub fn standard(&self, id: &StandardId) -> Option<&Standard> {
        self.standards().find(|standard| standard.id.value == *id)
    }

    /// The standards that count for a composite, in the order of the framework.
    pub fn standards_of<'a>(&'a self, composite: &'a Composite) -> impl Iterator<Item = &'a Standard> {
        let counts = |standard: &&Standard| {
            composite.standards.is_empty() || composite.standards.iter().any(|id| id.value == standard.id.value)
        };
        self.standards().filter(counts)
    }

    /// What can be answered on a case: the prompts and, where ratings go by them, the key questions.
    pub fn answerable(&self) -> Vec<PromptId> {
        self.standards().flat_map(|standard| self.answerable_of(standard)).collect()
    }

    /// What can be answered of one standard, each key question before its prompts.
    pub fn answerable_of(&self, standard: &Standard) -> Vec<PromptId> {
        let by_key_question = self.rating_method == RatingMethod::LowestKeyQuestion;
        let of_question = |question: &KeyQuestion| {
            let own = by_key_question.then(|| question.as_prompt());
            own.into_iter().chain(question.prompts.iter().map(|prompt| prompt.id.value.clone())).collect::<Vec<_>>()
        };
        standard.key_questions.iter().flat_map(of_question).collect()
    }
}

impl KeyQuestion {
    /// Its id as answers have it: domains, standards, key questions and prompts share one space of ids.
    pub fn as_prompt(&self) -> PromptId {
        self.id.value.as_str().parse().expect("all ids have one grammar")
    }
}

impl Composite {
    /// What a rating earns; `None` where it is no rating of the framework.
    pub fn points_of(&self, rating: &str) -> Option<u32> {
        self.points.iter().find(|(word, _)| word == rating).map(|(_, points)| *points)
    }

    /// The most that one standard can earn.
    pub fn maximum(&self) -> u32 {
        self.points.iter().map(|(_, points)| *points).max().unwrap_or_default()
    }
}

impl Standard {
    pub fn prompts(&self) -> impl Iterator<Item = &Prompt> {
        self.key_questions.iter().flat_map(|question| &question.prompts)
    }
}
