//! Findings through time: what cannot have happened, and what the author should be asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, codes, either};
use crate::document::{changes, words};
use crate::model::date::Date;
use crate::model::ids::{FindingId, QuarterId};
use crate::model::narrative::{Finding, FindingKind};
use crate::model::results::{FindingResult, FindingState, Results};
use crate::model::{Quarter, ServiceData};
use crate::source::{SourceId, Spanned};

/// Two findings whose words are as alike as this, in percent, may be one. Of the example's findings no two are above 40.
const TWINS_FROM: u32 = 60;

pub(super) fn check(
    service: &ServiceData,
    results: &BTreeMap<QuarterId, Results>,
    broken: &BTreeSet<Option<SourceId>>,
    found: &mut Vec<Diagnostic>,
) {
    impossible(service, found);
    order(service, found);
    for (id, results) in results {
        let Some(quarter) = service.quarter(id) else { continue };
        not_compared(service, quarter, found);
        // What could not be read is not what is not there.
        let narratives = service.earlier_of_theme(quarter).chain([quarter]).map(|quarter| quarter.narrative_source);
        if narratives.into_iter().any(|source| broken.contains(&source)) {
            continue;
        }
        for finding in &results.findings {
            if let (FindingState::StillThere, Some((n, of))) = (finding.state, finding.count) {
                found.extend(still_answered(service, quarter, finding, n, of));
            }
        }
        twins(service, quarter, results, found);
    }
}

/// The quarters' findings in the order of time, each with the last one of the same id.
fn impossible(service: &ServiceData, found: &mut Vec<Diagnostic>) {
    let mut last: BTreeMap<&FindingId, (&Quarter, &Finding)> = BTreeMap::new();
    for quarter in &service.quarters {
        for finding in quarter.narrative.iter().flat_map(|narrative| &narrative.findings) {
            let before = last.insert(&finding.id.value, (quarter, finding));
            found.extend(misfit(before, (quarter, finding)));
        }
    }
}

fn misfit(before: Option<(&Quarter, &Finding)>, (quarter, finding): (&Quarter, &Finding)) -> Option<Diagnostic> {
    let id = &finding.id.value;
    let wrong = |message: String| Diagnostic::new(codes::IMPOSSIBLE_HISTORY, message).at(finding.id.span, "");
    let Some((earlier, last)) = before else {
        return finding.withdrawn.as_ref().map(|withdrawn| {
            wrong(format!("the finding `{id}` is withdrawn, and no quarter before this one raised it"))
                .at(withdrawn.span, "withdrawn here")
                .hint("leave out a finding that was never in a paper; is the id right?")
        });
    };
    let theme = |quarter: &Quarter| quarter.audit.as_ref().map(|audit| audit.theme.value.clone());
    if last.withdrawn.is_some() {
        return Some(
            wrong(format!("the finding `{id}` was withdrawn in `{}` and stands here again", earlier.id))
                .at(last.id.span, "withdrawn")
                .hint("give what was found now an id of its own"),
        );
    }
    if last.kind != finding.kind {
        return Some(
            wrong(format!("the finding `{id}` was {} and is now {}", a_kind(last.kind), a_kind(finding.kind)))
                .at(last.id.span, format!("in `{}`", earlier.id))
                .hint("what turned into its opposite is another finding: give it an id of its own"),
        );
    }
    let themes = theme(earlier).zip(theme(quarter)).filter(|(earlier, own)| earlier != own)?;
    Some(
        wrong(format!(
            "the finding `{id}` was raised by an audit of `{}`, and this one is of `{}`",
            themes.0, themes.1
        ))
        .at(last.id.span, format!("in `{}`", earlier.id))
        .hint("findings are followed within a theme: give this one an id of its own"),
    )
}

/// Quarters sort by name: a day that goes back makes the wrong audit the last one.
fn order(service: &ServiceData, found: &mut Vec<Diagnostic>) {
    let dated = service.quarters.iter().filter(|quarter| quarter.audit.is_some());
    let dated: Vec<(&Quarter, Spanned<Date>)> = dated.filter_map(|quarter| Some((quarter, ended(quarter)?))).collect();
    for pair in dated.windows(2) {
        let [(before, earlier), (after, later)] = pair else { continue };
        if later.value < earlier.value {
            let message = format!(
                "`{}` comes after `{}` by its name, and its audit ended before that one ({} and {})",
                after.id, before.id, later.value, earlier.value
            );
            found.push(
                Diagnostic::new(codes::QUARTER_ORDER, message)
                    .at(later.span, "")
                    .at(earlier.span, format!("`{}`", before.id))
                    .hint("what is new and what came back goes by the order of the names: call the folders so that they sort"),
            );
        }
    }
}

fn ended(quarter: &Quarter) -> Option<Spanned<Date>> {
    quarter.audit.as_ref()?.audited?.to
}

/// An audit of a theme that was audited before, and of which nothing is compared.
fn not_compared(service: &ServiceData, quarter: &Quarter, found: &mut Vec<Diagnostic>) {
    let Some(audit) = &quarter.audit else { return };
    let is_of_theme = |other: &&Quarter| {
        other.id < quarter.id && other.audit.as_ref().is_some_and(|other| other.theme.value == audit.theme.value)
    };
    let Some(last) = service.quarters.iter().rev().find(is_of_theme) else { return };
    let place = audit.framework.as_ref().map_or(audit.theme.span, |framework| framework.span);
    if service.is_comparable(quarter, last) {
        let method = |quarter| service.framework_of(quarter).map(|framework| framework.rating_method);
        if method(quarter) != method(last) {
            let message = format!(
                "no score is compared with `{}`, the last audit of this theme: one is rated by points, the other by the \
                 lowest key question",
                last.id
            );
            found.push(
                Diagnostic::new(codes::NOT_COMPARED, message)
                    .at(place, "")
                    .hint("findings are followed; if scores are to be compared, both need one `rating_method`"),
            );
        }
        return;
    }
    let id = |quarter: &Quarter| {
        let framework = quarter.audit.as_ref().and_then(|audit| audit.framework.as_ref());
        framework.map(|id| format!("`{}`", id.value))
    };
    let (why, hint) = match (id(last), id(quarter)) {
        (Some(older), Some(newer)) => (
            format!("its framework was {older}, and this one's is {newer}"),
            "write `maps:` into the newer framework, with the standards that are the same in the older one",
        ),
        (None, newer) => (
            format!("it had no framework, and this one's is {}", newer.unwrap_or_default()),
            "an audit by themes alone has no standards to hold scores against; give an audit of another kind a `theme` of its own, or allow this",
        ),
        (Some(older), None) => (
            format!("its framework was {older}, and this one has none"),
            "if it was scored, name its `framework`; else give it a `theme` of its own, or allow this",
        ),
    };
    let message = format!("nothing is compared with `{}`, the last audit of this theme: {why}", last.id);
    found.push(Diagnostic::new(codes::NOT_COMPARED, message).at(place, "").hint(hint));
}

fn a_kind(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::Strength => "a strength",
        FindingKind::Improvement => "an improvement",
    }
}

fn still_answered(
    service: &ServiceData,
    quarter: &Quarter,
    finding: &FindingResult,
    n: u32,
    of: u32,
) -> Option<Diagnostic> {
    let narrative = quarter.narrative.as_ref()?;
    let last = service.quarter(finding.last_seen.as_ref()?)?;
    let scale = &service.framework_of(quarter)?.scale;
    let below = scale.answers.iter().filter(|answer| answer.points < scale.maximum());
    let message = format!(
        "the finding `{}` is not here, and in {n} of {of} cases its prompts are still answered {}",
        finding.id,
        either(below.map(|answer| answer.word.as_str()))
    );
    let place = narrative.findings.first().map_or(narrative.span.before(), |first| first.id.span);
    Some(
        Diagnostic::new(codes::STILL_ANSWERED, message)
            .at(place, "the paper says \"not named this time, though cases still show it\"")
            .at(last.finding(&finding.id)?.id.span, format!("as it stood in `{}`", last.id))
            .field("findings")
            .hint("was it seen again? then list it; if what is left is not worth a finding, leave it as it is"),
    )
}

/// New findings whose words are very like those of one that is silent now.
fn twins(service: &ServiceData, quarter: &Quarter, results: &Results, found: &mut Vec<Diagnostic>) {
    let vanished = results.findings.iter().filter(|finding| !finding.state.is_seen());
    let vanished: Vec<(&Quarter, &Finding)> = vanished
        .filter(|finding| finding.state != FindingState::Withdrawn)
        .filter_map(|finding| {
            let last = service.quarter(finding.last_seen.as_ref()?)?;
            Some((last, last.finding(&finding.id)?))
        })
        .collect();
    let new = results.findings.iter().filter(|finding| finding.state == FindingState::New);
    for finding in new.filter_map(|finding| quarter.finding(&finding.id)) {
        let likeness = |other: &Finding| changes::likeness(&words(&finding.text.blocks), &words(&other.text.blocks));
        let likest = vanished.iter().map(|&(last, other)| (likeness(other), last, other));
        let likest = likest.filter(|(likeness, _, other)| *likeness >= TWINS_FROM && other.kind == finding.kind);
        // The first of those that are equally alike, so that the order of the register decides.
        if let Some((likeness, last, other)) = likest.rev().max_by_key(|(likeness, ..)| *likeness) {
            let message = format!(
                "is the new finding `{}` the old `{}`? Their words are {likeness}% alike",
                finding.id.value, other.id.value
            );
            found.push(
                Diagnostic::new(codes::LIKELY_TWIN, message)
                    .at(finding.id.span, "new here")
                    .at(other.id.span, format!("last seen in `{}`", last.id))
                    .hint(format!("if they are the same, call it `{}` here, too", other.id.value)),
            );
        }
    }
}
