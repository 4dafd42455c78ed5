//! An inspection by the inspectorate: its own ratings and recommendations, quoted by id and never typed again.

use std::collections::BTreeMap;

use crate::source::{Span, Spanned};

use super::audit::Period;
use super::date::Date;
use super::ids::{DomainId, FrameworkId, InspectionId, RecommendationId, StandardId};
use super::narrative::Prose;
use super::results::Rating;

/// `inspections/<id>.yaml`.
#[derive(Clone, Debug)]
pub struct Inspection {
    pub id: InspectionId,
    pub span: Span,
    pub title: String,
    /// What was inspected against; `None`: the ratings are only quoted.
    pub framework: Option<Spanned<FrameworkId>>,
    pub fieldwork: Option<Period>,
    pub published: Option<Spanned<Date>>,
    pub overall: Option<Spanned<String>>,
    pub ratings: BTreeMap<StandardId, StandardRating>,
    pub recommendations: Vec<Recommendation>,
}

/// What an inspection gave a standard.
#[derive(Clone, Debug)]
pub struct StandardRating {
    /// Where the standard is named.
    pub span: Span,
    /// `None`: it was not rated, which is not a rating of 0.
    pub rating: Option<Spanned<String>>,
}

impl Inspection {
    /// Whether its report was out on a day; of one that does not say when it was published, whether the fieldwork was
    /// over. One without any date is known.
    pub fn is_known_on(&self, day: Date) -> bool {
        let out = self.published.or_else(|| self.fieldwork.and_then(|period| period.to));
        out.is_none_or(|out| out.value <= day)
    }

    pub fn recommendation(&self, id: &str) -> Option<&Recommendation> {
        self.recommendations.iter().find(|one| one.id.value.as_str() == id)
    }

    /// The rating of a standard; `None` where it was not rated.
    pub fn rating(&self, standard: &StandardId) -> Option<&Spanned<String>> {
        self.ratings.get(standard)?.rating.as_ref()
    }
}

/// What an inspection's own ratings add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompositeRating {
    /// Whole points, of those that the standards could have earned together.
    Rated { points: u32, of: u32, rating: Rating },
    /// Nothing is added up, since these standards, which count, were not rated.
    NotRated(Vec<StandardId>),
}

/// An area for improvement.
#[derive(Clone, Debug)]
pub struct Recommendation {
    pub id: Spanned<RecommendationId>,
    pub domain: Option<Spanned<DomainId>>,
    pub text: Prose,
}
