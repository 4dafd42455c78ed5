//! An audit → its [`Results`]: scores, ratings, how certain they are, and evidence counted.
//!
//! Whole half-points decide every percent and every rating; floats only describe how certain a score is.
//! **Invariant:** pure: the same dataset gives the same results, and nothing is reported from here.

mod evidence;
mod score;

use crate::model::audit::Scoring;
use crate::model::results::{ActionResult, Results};
use crate::model::{Quarter, ServiceData};

/// Computes all results of a quarter; `None` where it has no audit.
pub fn assess(service: &ServiceData, quarter: &Quarter) -> Option<Results> {
    let audit = quarter.audit.as_ref()?;
    let (standards, overall) = match (service.framework_of(quarter), &audit.scoring) {
        (Some(framework), Scoring::Cases(cases)) => score::from_cases(framework, audit, cases),
        (Some(framework), Scoring::Totals(totals)) => score::from_totals(framework, totals),
        (Some(_), Scoring::None) | (None, _) => (Vec::new(), None),
    };
    let findings = quarter.narrative.iter().flat_map(|narrative| &narrative.findings);
    let as_of = quarter.narrative.as_ref().and_then(super::model::narrative::Narrative::as_of);
    let actions = as_of.map_or_else(Vec::new, |day| {
        let opened = service.actions.iter().filter(|action| action.opened.value <= day);
        opened
            .map(|action| ActionResult {
                id: action.id.value.clone(),
                status: action.status_on(day),
                due: action.due_on(day),
                overdue: action.is_overdue_on(day),
            })
            .collect()
    });
    Some(Results {
        quarter: quarter.id.clone(),
        theme: audit.theme.value.clone(),
        framework: service.framework_of(quarter).map(|framework| framework.id.value.clone()),
        cases: audit.cases_completed(),
        standards,
        overall,
        findings: findings.map(|finding| evidence::count(finding, service.framework_of(quarter), audit)).collect(),
        actions,
    })
}
