//! An audit → its [`Results`]: scores, ratings, how certain they are, evidence counted, and what
//! became of findings and promises since the audits before.
//!
//! Whole half-points decide every percent and every rating; floats only describe how certain a score is.
//! **Invariant:** pure: the same dataset gives the same results, and nothing is reported from here.

mod composite;
mod evidence;
mod history;
mod key_questions;
mod promises;
mod score;

use crate::model::audit::{Audit, Scoring};
use crate::model::framework::RatingMethod;
use crate::model::results::Results;
use crate::model::{Quarter, ServiceData};

pub use composite::composite;
pub use history::findings;
pub use promises::{actions, asks};

/// Computes all results of a quarter but the comparison of its scores; without an audit those are its promises alone.
pub fn assess(service: &ServiceData, quarter: &Quarter) -> Results {
    let audit = quarter.audit.as_ref();
    let (standards, overall) = match (service.framework_of(quarter), audit.map(|audit| (audit, &audit.scoring))) {
        (Some(framework), Some((audit, Scoring::Cases(cases)))) => match framework.rating_method {
            RatingMethod::Points => score::from_cases(framework, audit, cases),
            RatingMethod::LowestKeyQuestion => (key_questions::from_cases(framework, audit, cases), None),
        },
        (Some(framework), Some((_, Scoring::Totals(totals)))) => score::from_totals(framework, totals),
        _ => (Vec::new(), None),
    };
    let mut past: Vec<&Quarter> = service.earlier_of_theme(quarter).collect();
    past.reverse();
    let last = service.last_quarter(quarter);
    let as_of = quarter.as_of();
    Results {
        quarter: quarter.id.clone(),
        theme: audit.map(|audit| audit.theme.value.clone()),
        framework: service.framework_of(quarter).map(|framework| framework.id.value.clone()),
        rating_method: service.framework_of(quarter).map(|framework| framework.rating_method),
        cases: audit.and_then(Audit::cases_completed),
        standards,
        overall,
        findings: findings(service, &past, quarter),
        actions: as_of.map_or_else(Vec::new, |day| actions(service, last.and_then(Quarter::as_of), day)),
        last_quarter: last.map(|last| last.id.clone()),
        asks: asks(service, last, quarter),
        comparison: None,
    }
}
