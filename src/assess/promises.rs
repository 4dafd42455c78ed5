//! Promises through time: what became of each action, and of each ask to the board, since the last quarter.

use std::collections::BTreeSet;

use crate::document;
use crate::model::date::{Date, Due};
use crate::model::ids::AskId;
use crate::model::narrative::Decision;
use crate::model::register::{Action, ActionStatus};
use crate::model::results::{ActionChange, ActionResult, AskResult, Decided};
use crate::model::{Quarter, ServiceData};

/// How every action stood on a day, those opened by then or by the earlier day, in the order of the register.
///
/// `before` is the day of the quarter that it is compared with. It may be the later of the two.
pub fn actions(service: &ServiceData, before: Option<Date>, day: Date) -> Vec<ActionResult> {
    let is_there = |action: &&Action| {
        let opened = action.opened.value;
        opened <= day || before.is_some_and(|before| opened <= before)
    };
    service.actions.iter().filter(is_there).map(|action| standing(action, before, day)).collect()
}

fn standing(action: &Action, before: Option<Date>, day: Date) -> ActionResult {
    let opened = action.opened.value;
    let was = before.filter(|&before| opened <= before).map(|before| action.status_on(before));
    let is = (opened <= day).then(|| action.status_on(day));
    let mut dues = action.dues_until(day);
    let due = dues.pop().map(|due| due.value);
    let overdue = is.and_then(|_| action.overdue_on(day));
    let overdue_before = was.is_some() && before.is_some_and(|before| action.overdue_on(before).is_some());
    let due_of_before = before.filter(|&before| opened <= before).map(|before| action.due_on(before));
    ActionResult {
        id: action.id.value.clone(),
        opened,
        status_before: was,
        status: is.unwrap_or(ActionStatus::NotStarted),
        due,
        overdue,
        overdue_changed: before.is_some() && overdue.is_some() != overdue_before,
        due_before: dues.into_iter().map(|due| due.value).collect(),
        // Without an earlier quarter there is nothing that anything could have changed since.
        change: before.and_then(|_| change(was, is)),
        moved: is.is_some_and(ActionStatus::is_open)
            && due_of_before.is_some_and(|before| before.map(Due::last_day) != due.map(Due::last_day)),
        carried_forward: was.is_some_and(ActionStatus::is_open) && is.is_some_and(ActionStatus::is_open),
    }
}

/// What became of an action between two days; `None` on one of them: it was not opened yet.
fn change(was: Option<ActionStatus>, is: Option<ActionStatus>) -> Option<ActionChange> {
    let Some(is) = is else { return Some(ActionChange::NotYetOpened) };
    match is {
        _ if was == Some(is) => None,
        ActionStatus::Complete => Some(ActionChange::Completed),
        ActionStatus::Verified => Some(ActionChange::Verified),
        ActionStatus::Superseded => Some(ActionChange::Superseded),
        ActionStatus::RiskAccepted => Some(ActionChange::RiskAccepted),
        ActionStatus::NotStarted | ActionStatus::OnTrack | ActionStatus::AtRisk => match was {
            None => Some(ActionChange::Opened),
            Some(was) => (!was.is_open()).then_some(ActionChange::Reopened),
        },
    }
}

/// What earlier asks came to: those that a narrative since the last quarter records a decision on, those asked since
/// that quarter, it included, and those that have waited for longer.
///
/// A service that has never recorded a decision does not follow its asks: of it only those since the last quarter count.
pub fn asks(service: &ServiceData, last: Option<&Quarter>, now: &Quarter) -> Vec<AskResult> {
    let recorded = |quarter: &Quarter| -> Vec<(AskId, Decided)> {
        let decisions = quarter.narrative.iter().flat_map(|narrative| &narrative.decisions);
        let decided = |decision: &Decision| Decided {
            text: document::plain(&decision.decided.inlines),
            on: decision.date.map(|date| date.value),
        };
        decisions.map(|decision| (decision.ask.value.clone(), decided(decision))).collect()
    };
    let until_now = || service.quarters.iter().filter(|quarter| quarter.id <= now.id);
    let is_since = |quarter: &Quarter| last.map_or(quarter.id == now.id, |last| quarter.id > last.id);
    let (since, before): (Vec<&Quarter>, Vec<&Quarter>) = until_now().partition(|quarter| is_since(quarter));
    let since: Vec<(AskId, Decided)> = since.into_iter().flat_map(recorded).collect();
    let before: BTreeSet<AskId> = before.into_iter().flat_map(recorded).map(|(id, _)| id).collect();
    let follows = !before.is_empty() || !since.is_empty();
    let mut results = Vec::new();
    for quarter in until_now().filter(|quarter| quarter.id < now.id) {
        let is_recent = last.is_some_and(|last| quarter.id >= last.id);
        for ask in quarter.narrative.iter().flat_map(|narrative| &narrative.asks.board) {
            let id = &ask.id.value;
            let decision = since.iter().rev().find(|(decided, _)| decided == id).map(|(_, decision)| decision.clone());
            let waits = decision.is_none() && !before.contains(id) && (follows || is_recent);
            if decision.is_some() || waits {
                results.push(AskResult { id: id.clone(), asked: quarter.id.clone(), decision });
            }
        }
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_what_became_of_an_action_and_not_every_word() {
        use ActionStatus::{AtRisk, Complete, NotStarted, OnTrack, Verified};

        assert_eq!(change(None, Some(OnTrack)), Some(ActionChange::Opened));
        assert_eq!(change(None, Some(Complete)), Some(ActionChange::Completed));
        assert_eq!(change(Some(NotStarted), Some(AtRisk)), None);
        assert_eq!(change(Some(Complete), Some(Verified)), Some(ActionChange::Verified));
        assert_eq!(change(Some(Verified), Some(OnTrack)), Some(ActionChange::Reopened));
        assert_eq!(change(Some(OnTrack), None), Some(ActionChange::NotYetOpened));
    }
}
