//! An inspection's own ratings, held against the framework that it names and against its overall rating.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::model::ServiceData;
use crate::model::framework::Framework;
use crate::model::ids::InspectionId;
use crate::model::inspection::{CompositeRating, Inspection};
use crate::source::Spanned;

pub(super) fn check(
    service: &ServiceData,
    composites: &BTreeMap<InspectionId, CompositeRating>,
    all_frameworks_are_whole: bool,
    found: &mut Vec<Diagnostic>,
) {
    for inspection in &service.inspections {
        let Some(id) = &inspection.framework else { continue };
        match service.framework(&id.value) {
            Some(framework) => ratings(inspection, framework, found),
            // One that could not be read has no id to be found by.
            None if !all_frameworks_are_whole => {}
            None => {
                let known = service.frameworks.iter().map(|framework| framework.id.value.as_str());
                found.push(Diagnostic::unknown_id("framework", id.value.as_str(), id.span, known));
            }
        }
        if let (Some(stated), Some(composite)) = (&inspection.overall, composites.get(&inspection.id)) {
            found.extend(disagreement(stated, composite));
        }
    }
}

fn ratings(inspection: &Inspection, framework: &Framework, found: &mut Vec<Diagnostic>) {
    let known = || framework.bands.iter().map(|band| band.rating.as_str());
    for (id, standard) in &inspection.ratings {
        if framework.standard(id).is_none() {
            let ids = framework.standards().map(|standard| standard.id.value.as_str());
            found.push(Diagnostic::unknown_id("standard", id.as_str(), standard.span, ids));
        }
        found.extend(standard.rating.as_ref().and_then(|rating| unknown(rating, known().chain(["not rated"]))));
    }
    let overall = framework.composite.iter().flat_map(|composite| &composite.bands).map(|band| band.rating.as_str());
    let overall: Vec<&str> = if framework.composite.is_some() { overall.collect() } else { known().collect() };
    found.extend(inspection.overall.as_ref().and_then(|rating| unknown(rating, overall)));
}

/// Complains of a rating that is none of those known: a misspelt one would count as not rated.
fn unknown<'a>(rating: &Spanned<String>, known: impl IntoIterator<Item = &'a str>) -> Option<Diagnostic> {
    let known: Vec<&str> = known.into_iter().collect();
    if known.contains(&rating.value.as_str()) {
        return None;
    }
    let diagnostic = Diagnostic::new(codes::BAD_VALUE, format!("the framework has no rating `{}`", rating.value));
    let diagnostic = diagnostic.at(rating.span, "").did_you_mean(&rating.value, known.iter().copied());
    Some(diagnostic.hint(format!("it has {}", crate::diagnostic::listed(known))))
}

fn disagreement(stated: &Spanned<String>, composite: &CompositeRating) -> Option<Diagnostic> {
    let CompositeRating::Rated { points, of, rating } = composite else { return None };
    (stated.value != rating.word).then(|| {
        let message = format!(
            "the overall rating is stated as {}, and the ratings of the standards add up to {points} of {of}: {}",
            stated.value, rating.word
        );
        Diagnostic::new(codes::COMPOSITE_DISAGREES, message)
            .at(stated.span, "")
            .hint("hold the ratings against the published report; if it says so itself, leave this as it is")
    })
}
