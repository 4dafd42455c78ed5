//! The register as it stands on a day: every open action and finding, with the place to edit.

use std::collections::BTreeMap;

use crate::assess;
use crate::diagnostic::Diagnostic;
use crate::load;
use crate::model::date::{Date, Due};
use crate::model::ids::{ActionId, QuarterId};
use crate::model::narrative::FindingKind;
use crate::model::register::Action;
use crate::model::results::{ActionResult, FindingResult};
use crate::model::{Quarter, ServiceData};
use crate::source::{Sources, Span};

use super::{Request, RunError, Timings, selection};

/// What is open in every service that has the quarter.
#[derive(Debug)]
pub struct Register {
    pub sources: Sources,
    pub diagnostics: Vec<Diagnostic>,
    pub services: Vec<ServiceRegister>,
}

#[derive(Debug)]
pub struct ServiceRegister {
    pub name: String,
    pub quarter: QuarterId,
    pub day: Date,
    /// Overdue first, then by due date; those without one last.
    pub actions: Vec<OpenAction>,
    /// Improvements that were seen at the last audit of their theme, or not looked at; by theme, the oldest first.
    pub findings: Vec<OpenFinding>,
}

#[derive(Debug)]
pub struct OpenAction {
    pub result: ActionResult,
    pub text: String,
    pub owner: Option<String>,
    pub place: Span,
}

#[derive(Debug)]
pub struct OpenFinding {
    pub result: FindingResult,
    pub text: String,
    pub theme: String,
    /// Where it was written last.
    pub place: Span,
}

/// Lists what is open at a quarter's paper; at the latest one where no quarter is named.
///
/// # Errors
/// A name that no quarter has, or a file that the machine refuses to read.
pub fn register(request: &Request, as_of: Option<&str>) -> Result<Register, RunError> {
    let loaded = load::load(&request.project)?;
    let named = as_of.map(|name| selection::quarters(&loaded.dataset, name)).transpose()?;
    let super::Prepared { diagnostics, .. } = super::prepare(request, &loaded, &mut Timings::default())?;
    let mut services = Vec::new();
    for service in &loaded.dataset.services {
        let quarter = match &named {
            Some(named) => named.iter().find(|(other, _)| std::ptr::eq(*other, service)).map(|(_, quarter)| *quarter),
            None => {
                let latest = |has: fn(&Quarter) -> Option<Date>| {
                    service.quarters.iter().rev().find(move |one| has(one).is_some())
                };
                latest(Quarter::as_of).or_else(|| latest(Quarter::day))
            }
        };
        if let Some((quarter, day)) = quarter.and_then(|quarter| Some((quarter, quarter.day()?))) {
            services.push(ServiceRegister {
                name: service.service.name.value.clone(),
                quarter: quarter.id.clone(),
                day,
                actions: actions(service, quarter, day),
                findings: findings(service, quarter),
            });
        }
    }
    Ok(Register { sources: loaded.sources, diagnostics, services })
}

fn actions(service: &ServiceData, quarter: &Quarter, day: Date) -> Vec<OpenAction> {
    let before = service.last_quarter(quarter).and_then(Quarter::as_of);
    let results = assess::actions(service, before, day).into_iter().filter(|result| result.status.is_open());
    let by_id: BTreeMap<&ActionId, &Action> = service.actions.iter().map(|action| (&action.id.value, action)).collect();
    let mut open: Vec<OpenAction> = results
        .filter_map(|result| {
            let action = by_id.get(&result.id)?;
            Some(OpenAction {
                text: action.words(),
                owner: action.owners.first().cloned(),
                place: action.id.span,
                result,
            })
        })
        .collect();
    open.sort_by_key(|action| {
        let due = action.result.due.map(Due::last_day);
        (action.result.overdue.is_none(), due.is_none(), due)
    });
    open
}

fn findings(service: &ServiceData, quarter: &Quarter) -> Vec<OpenFinding> {
    let audits = || service.quarters.iter().filter(|other| other.id <= quarter.id && other.audit.is_some());
    let theme = |quarter: &Quarter| quarter.audit.as_ref().map(|audit| audit.theme.value.clone());
    let last_of_theme =
        audits().filter(|audit| audits().all(|other| other.id <= audit.id || theme(other) != theme(audit)));
    let mut open = Vec::new();
    for audit in last_of_theme {
        let Some(theme) = theme(audit) else { continue };
        let mut past: Vec<&Quarter> = service.earlier_of_theme(audit).collect();
        past.reverse();
        for result in assess::findings(service, &past, audit) {
            if result.kind != FindingKind::Improvement || !result.state.is_open() {
                continue;
            }
            let last = result.last_seen.as_ref().and_then(|id| service.quarter(id));
            let Some(finding) = audit.finding(&result.id).or_else(|| last?.finding(&result.id)) else { continue };
            let text = crate::document::words(&finding.text.blocks);
            open.push(OpenFinding { text, theme: theme.to_string(), place: finding.id.span, result });
        }
    }
    open.sort_by(|a, b| (&a.theme, &a.result.first_raised).cmp(&(&b.theme, &b.result.first_raised)));
    open
}
