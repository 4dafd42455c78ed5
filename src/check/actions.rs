//! Promises that nobody could be held to.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, codes, listed};
use crate::model::ServiceData;
use crate::source::SourceId;

pub(super) fn check(service: &ServiceData, broken: &BTreeSet<Option<SourceId>>, found: &mut Vec<Diagnostic>) {
    // What could not be read is not what was not set.
    let whole = service.actions.iter().filter(|action| !broken.contains(&Some(action.span.source)));
    for action in whole {
        let has_due = action.due.is_some() || action.updates.iter().any(|update| update.due.is_some());
        let missing = [("owners", action.owners.is_empty()), ("due", !has_due), ("measure", action.measure.is_none())];
        let missing: Vec<&str> = missing.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            found.push(
                Diagnostic::new(codes::NOT_SET, format!("the action `{}` has no {}", action.id.value, listed(missing)))
                    .at(action.id.span, "")
                    .hint(
                        "the paper prints \"not yet set\"; say who leads, by when, and how it will be known to be done",
                    ),
            );
        }
    }
}
