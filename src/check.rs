//! The rules: over the data before a paper is made, and over the paper before it is printed.
//!
//! One file a family. What a rule finds, why it matters and how to mend it stands in its code's page
//! ([`crate::diagnostic::codes`]).
//! **Invariant:** rules only look; they compute no figure that is printed and change nothing.

mod actions;
mod dates;
mod feedback;
mod history;
mod inspections;
mod narrative;
mod paper;
mod privacy;
mod references;
mod sample;
mod stated;
mod unused;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostic;
use crate::model::ids::{InspectionId, QuarterId};
use crate::model::inspection::CompositeRating;
use crate::model::narrative::Narrative;
use crate::model::results::Results;
use crate::model::template::TemplateSet;
use crate::model::{Quarter, ServiceData};
use crate::source::{SourceId, Span};

pub use paper::paper;
pub use privacy::{Beside, CodeWords, Reader, Withheld, privacy};
pub use unused::{Printed, unused};

/// Holds a service's data against every rule.
///
/// `broken` are the sources that could not be read whole: what refers to something in them is not complained of.
pub fn data(
    service: &ServiceData,
    results: &BTreeMap<QuarterId, Results>,
    composites: &BTreeMap<InspectionId, CompositeRating>,
    templates: &TemplateSet,
    broken: &BTreeSet<Option<SourceId>>,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let found = &mut diagnostics;
    references::check(service, templates, broken, found);
    dates::check(service, found);
    actions::check(service, broken, found);
    history::check(service, results, broken, found);
    let all_shared_are_whole = !service.shared.iter().any(|&source| broken.contains(&Some(source)));
    inspections::check(service, composites, all_shared_are_whole, found);
    for inspection in &service.inspections {
        for recommendation in &inspection.recommendations {
            narrative::prose(&recommendation.text, found);
        }
    }
    for action in &service.actions {
        let lines = action.what.iter().chain(&action.how).chain(&action.measure);
        let updates = action.updates.iter().flat_map(|update| update.progress.iter().chain(&update.evidence));
        lines.chain(updates).for_each(|line| narrative::line(line, found));
    }
    for quarter in &service.quarters {
        if let Some(audit) = &quarter.audit {
            sample::check(audit, found);
            let reasons = audit.sample.iter().flat_map(|sample| &sample.shortfall).map(|shortfall| &shortfall.reason);
            reasons.for_each(|reason| narrative::line(reason, found));
        }
        if let Some(narrative) = &quarter.narrative {
            narrative.papers.iter().for_each(|paper| narrative::title(&paper.title, found));
            words(narrative, None, found);
            let texts = narrative.texts().filter_map(|(_, text)| Some((text.source?, text.narrative.as_deref()?)));
            let texts: BTreeMap<SourceId, &Narrative> = texts.collect();
            texts.into_iter().for_each(|(source, text)| words(text, Some(source), found));
        }
        stated::check(service, quarter, results, found);
        feedback::check(quarter, found);
        // A list that could not be read is no list that is missing.
        if !broken.contains(&quarter.narrative_source) {
            evidence(quarter, results, found);
        }
    }
    diagnostics
}

/// Looks at the Markdown of a narrative; of a paper's own text, at what that file says.
fn words(narrative: &Narrative, source: Option<SourceId>, found: &mut Vec<Diagnostic>) {
    let is_own = |span: Span| source.is_none_or(|source| span.source == source);
    let prose = narrative.prose().into_iter().filter(|prose| is_own(prose.span));
    prose.for_each(|prose| narrative::prose(prose, found));
    let lines = narrative.lines().into_iter().filter(|line| is_own(line.span));
    lines.for_each(|line| narrative::line(line, found));
}

fn evidence(quarter: &Quarter, results: &BTreeMap<QuarterId, Results>, found: &mut Vec<Diagnostic>) {
    let (Some(narrative), Some(results)) = (&quarter.narrative, results.get(&quarter.id)) else { return };
    let audit = quarter.audit.as_ref();
    sample::evidence(narrative, results, audit, found);
}
