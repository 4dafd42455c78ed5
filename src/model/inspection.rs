//! An inspection by the inspectorate: its own ratings and recommendations, quoted by id and never typed again.

use std::collections::BTreeMap;

use crate::source::{Span, Spanned};

use super::audit::Period;
use super::date::Date;
use super::ids::{DomainId, InspectionId, RecommendationId, StandardId};
use super::narrative::Prose;

/// `inspections/<id>.yaml`.
#[derive(Clone, Debug)]
pub struct Inspection {
    pub id: InspectionId,
    pub span: Span,
    pub title: String,
    pub fieldwork: Option<Period>,
    pub published: Option<Spanned<Date>>,
    pub overall: Option<String>,
    /// `None`: the standard was not rated, which is not a rating of 0.
    pub ratings: BTreeMap<StandardId, Option<String>>,
    pub recommendations: Vec<Recommendation>,
}

/// An area for improvement.
#[derive(Clone, Debug)]
pub struct Recommendation {
    pub id: Spanned<RecommendationId>,
    pub domain: Option<Spanned<DomainId>>,
    pub text: Prose,
}
