//! Findings through time: by id over the audits of a theme, never by wording.
//!
//! The states form a closed machine, written down in [`next`] and nowhere else. What cannot have happened, a finding that
//! comes back after it was withdrawn, still gets a state here; that it is impossible is told by `check`.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::write;
use crate::model::ids::FindingId;
use crate::model::narrative::{Finding, FindingKind};
use crate::model::results::{FindingResult, FindingState};
use crate::model::{Quarter, ServiceData};

use super::evidence;

/// What an audit has to say of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Observed {
    Seen,
    Withdrawn,
    /// Silent, though one of its prompts applied in a case; no case shows it any more.
    Tested,
    /// Silent, though cases still show it.
    StillThere,
    /// Silent, and none of its prompts applied: absence is not resolution.
    Untested,
}

/// Returns the state that an audit gives to a finding; `None`: it has said all that there is to say.
///
/// `before` is the last state that the theme's audits gave it, `raised` whether any quarter raised it before.
///
/// | before | seen | withdrawn | silent, tested | silent, still there | silent, not tested |
/// |---|---|---|---|---|---|
/// | nothing | new, or recurring if raised elsewhere | withdrawn | – | – | – |
/// | new, repeat, recurring | repeat | withdrawn | resolved | still there | not tested |
/// | not tested, still there | recurring | withdrawn | resolved | still there | not tested |
/// | resolved, not seen, withdrawn | recurring | withdrawn | – | – | – |
///
/// A strength that is silent and tested is not seen, whatever the cases show.
fn next(before: Option<FindingState>, raised: bool, observed: Observed, kind: FindingKind) -> Option<FindingState> {
    use FindingState::{New, NotSeen, NotTested, Recurring, Repeat, Resolved, StillThere, Withdrawn};

    match (observed, before) {
        (Observed::Withdrawn, _) => Some(Withdrawn),
        (Observed::Seen, None) if !raised => Some(New),
        (Observed::Seen, Some(New | Repeat | Recurring)) => Some(Repeat),
        (Observed::Seen, _) => Some(Recurring),
        (observed, Some(New | Repeat | Recurring | StillThere | NotTested)) => Some(match (observed, kind) {
            (Observed::Untested, _) => NotTested,
            (_, FindingKind::Strength) => NotSeen,
            (Observed::StillThere, FindingKind::Improvement) => StillThere,
            (_, FindingKind::Improvement) => Resolved,
        }),
        (Observed::Tested | Observed::StillThere | Observed::Untested, _) => None,
    }
}

/// What is known of a finding after some audits.
struct Known<'a> {
    /// As it was written last.
    finding: &'a Finding,
    seen_in: &'a Quarter,
    count: Option<(u32, u32)>,
    state: FindingState,
}

/// Follows every finding through audits of one theme, `past` with the oldest first, up to `now`.
///
/// First those of `now`, in the order of its narrative, then those that are silent and were not, by id.
pub fn findings(service: &ServiceData, past: &[&Quarter], now: &Quarter) -> Vec<FindingResult> {
    let mut first_raised: BTreeMap<&FindingId, &Quarter> = BTreeMap::new();
    for quarter in &service.quarters {
        for finding in quarter.narrative.iter().flat_map(|narrative| &narrative.findings) {
            first_raised.entry(&finding.id.value).or_insert(quarter);
        }
    }
    let mut known: BTreeMap<&FindingId, Known<'_>> = BTreeMap::new();
    let mut results = Vec::new();
    for &quarter in past.iter().chain([&now]) {
        // Where nothing has been written yet, silence says nothing.
        let (Some(audit), Some(narrative)) = (&quarter.audit, &quarter.narrative) else { continue };
        let framework = service.framework_of(quarter);
        let is_now = quarter.id == now.id;
        let written: BTreeSet<&FindingId> = narrative.findings.iter().map(|finding| &finding.id.value).collect();
        let silent: Vec<&FindingId> = known.keys().copied().filter(|id| !written.contains(id)).collect();
        let mut result = |finding: &Finding, before: Option<&Known<'_>>, state, count| {
            let first = first_raised[&finding.id.value];
            let since = |other: &&&Quarter| other.id > first.id && other.id <= now.id;
            let words =
                |finding: &Finding| write::prose(&finding.text.blocks).split_whitespace().collect::<Vec<_>>().join(" ");
            if is_now {
                results.push(FindingResult {
                    id: finding.id.value.clone(),
                    standard: finding.standard.as_ref().map(|standard| standard.value.clone()),
                    kind: finding.kind,
                    count,
                    state,
                    reworded: before.is_some_and(|before| words(before.finding) != words(finding)),
                    first_raised: first.id.clone(),
                    last_seen: before.map(|before| before.seen_in.id.clone()),
                    count_before: before.and_then(|before| before.count),
                    age_audits: past.iter().chain([&now]).filter(since).count() as u32,
                    age_months: first.day().zip(now.day()).and_then(|(first, now)| first.months_until(now)),
                });
            }
        };
        for finding in &narrative.findings {
            let before = known.get(&finding.id.value);
            let raised = first_raised[&finding.id.value].id < quarter.id;
            let observed = if finding.withdrawn.is_some() { Observed::Withdrawn } else { Observed::Seen };
            let Some(state) = next(before.map(|known| known.state), raised, observed, finding.kind) else { continue };
            let count = evidence::count(finding, framework, audit);
            result(finding, before, state, count);
            known.insert(&finding.id.value, Known { finding, seen_in: quarter, count, state });
        }
        for id in silent {
            let Some(before) = known.get_mut(id) else { continue };
            let count = evidence::count_again(before.finding, framework, audit);
            let observed = match count {
                Some((1.., 1..)) => Observed::StillThere,
                Some((0, 1..)) => Observed::Tested,
                _ => Observed::Untested,
            };
            let Some(state) = next(Some(before.state), true, observed, before.finding.kind) else { continue };
            before.state = state;
            result(before.finding, Some(&*before), state, count);
        }
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_tested_is_resolved() {
        use FindingKind::{Improvement, Strength};
        use FindingState::{NotSeen, NotTested, Recurring, Repeat, Resolved, StillThere};

        for seen in [FindingState::New, Repeat, Recurring, StillThere, NotTested] {
            assert_eq!(next(Some(seen), true, Observed::Tested, Improvement), Some(Resolved));
            assert_eq!(next(Some(seen), true, Observed::Tested, Strength), Some(NotSeen));
            assert_eq!(next(Some(seen), true, Observed::StillThere, Improvement), Some(StillThere));
            assert_eq!(next(Some(seen), true, Observed::StillThere, Strength), Some(NotSeen));
            for kind in [Improvement, Strength] {
                assert_eq!(next(Some(seen), true, Observed::Untested, kind), Some(NotTested));
            }
        }
    }

    #[test]
    fn what_was_closed_says_no_more_until_it_is_seen_again() {
        use FindingState::{NotSeen, Recurring, Resolved, Withdrawn};

        for closed in [Resolved, NotSeen, Withdrawn] {
            for silent in [Observed::Tested, Observed::StillThere, Observed::Untested] {
                assert_eq!(next(Some(closed), true, silent, FindingKind::Improvement), None);
            }
            assert_eq!(next(Some(closed), true, Observed::Seen, FindingKind::Improvement), Some(Recurring));
        }
    }

    #[test]
    fn what_another_theme_raised_is_not_new() {
        assert_eq!(next(None, false, Observed::Seen, FindingKind::Strength), Some(FindingState::New));
        assert_eq!(next(None, true, Observed::Seen, FindingKind::Strength), Some(FindingState::Recurring));
    }
}
