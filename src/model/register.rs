//! The register of actions: what was promised, by whom, by when, and how it stands.

use crate::document;
use crate::source::{Span, Spanned};

use super::date::{Date, Due};
use super::ids::ActionId;
use super::narrative::Line;

/// One entry of `actions.yaml`. How it stood on any day follows from the dates.
#[derive(Clone, Debug)]
pub struct Action {
    pub span: Span,
    pub id: Spanned<ActionId>,
    pub opened: Spanned<Date>,
    /// Findings, asks, or recommendations of inspections (`2018-06/R1`).
    pub source: Vec<Spanned<String>>,
    pub what: Vec<Line>,
    pub how: Vec<Line>,
    /// Roles; the first leads.
    pub owners: Vec<String>,
    pub due: Option<Spanned<Due>>,
    /// When it is looked at again: not a due date.
    pub review: Option<Spanned<Due>>,
    pub measure: Option<Line>,
    /// In the order of time; those of one day in the order of the file.
    pub updates: Vec<Update>,
}

impl Action {
    /// What is to be done, in words without markup.
    pub fn words(&self) -> String {
        self.what.iter().map(|line| document::plain(&line.inlines)).collect::<Vec<_>>().join("; ")
    }
}

#[derive(Clone, Debug)]
pub struct Update {
    pub on: Spanned<Date>,
    pub status: Option<ActionStatus>,
    /// The due date from now on.
    pub due: Option<Spanned<Due>>,
    pub progress: Option<Line>,
    pub evidence: Option<Line>,
}

/// How an action stands, as typed. Overdue is derived, never typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionStatus {
    NotStarted,
    OnTrack,
    AtRisk,
    /// Done, and awaiting evidence.
    Complete,
    Verified,
    Superseded,
    RiskAccepted,
}

impl ActionStatus {
    pub const ALL: [(&'static str, ActionStatus); 7] = [
        ("not started", ActionStatus::NotStarted),
        ("on track", ActionStatus::OnTrack),
        ("at risk", ActionStatus::AtRisk),
        ("complete", ActionStatus::Complete),
        ("verified", ActionStatus::Verified),
        ("superseded", ActionStatus::Superseded),
        ("risk accepted", ActionStatus::RiskAccepted),
    ];

    /// As it is typed in the register and written in `results.json`.
    pub fn word(self) -> &'static str {
        ActionStatus::ALL.iter().find(|(_, status)| *status == self).expect("every status has a word").0
    }

    /// Whether something is still to be done.
    pub fn is_open(self) -> bool {
        matches!(self, ActionStatus::NotStarted | ActionStatus::OnTrack | ActionStatus::AtRisk)
    }
}

/// How an action stands on a day: its status, or that it is overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Overdue,
    In(ActionStatus),
}

impl Standing {
    /// As it is typed in the scale of a service, and as a template sees it.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Overdue => "overdue",
            Standing::In(status) => status.word(),
        }
    }

    /// Every standing, overdue first.
    pub fn all() -> impl Iterator<Item = Standing> {
        std::iter::once(Standing::Overdue).chain(ActionStatus::ALL.map(|(_, status)| Standing::In(status)))
    }
}

/// An action without a due date is overdue when it has been open for a year: every theme has come round by then.
const OVERDUE_MONTHS: u32 = 12;

/// Why an open action is overdue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// Its due date has passed.
    Date,
    /// It has no due date, and has been open for a year or more.
    Age,
}

impl Action {
    /// How the action stood at the end of a day: its last update up to then.
    pub fn status_on(&self, day: Date) -> ActionStatus {
        self.updates_until(day).filter_map(|update| update.status).last().unwrap_or(ActionStatus::NotStarted)
    }

    /// Its status at the end of a day, or that it was overdue then.
    pub fn standing_on(&self, day: Date) -> Standing {
        match self.overdue_on(day) {
            Some(_) => Standing::Overdue,
            None => Standing::In(self.status_on(day)),
        }
    }

    /// When it was due, as known at the end of a day.
    pub fn due_on(&self, day: Date) -> Option<Due> {
        self.updates_until(day).filter_map(|update| update.due).last().or(self.due).map(|due| due.value)
    }

    /// Why it was overdue at the end of a day, if it was.
    pub fn overdue_on(&self, day: Date) -> Option<Overdue> {
        if !self.status_on(day).is_open() {
            return None;
        }
        match self.due_on(day) {
            Some(due) => (due.last_day() < day).then_some(Overdue::Date),
            None => (self.opened.value.months_until(day)? >= OVERDUE_MONTHS).then_some(Overdue::Age),
        }
    }

    /// The due dates that it had by the end of a day, the first one first, the one in force last.
    pub fn dues_until(&self, day: Date) -> Vec<Spanned<Due>> {
        let mut dues: Vec<Spanned<Due>> = self.due.into_iter().collect();
        for due in self.updates_until(day).filter_map(|update| update.due) {
            // `2024-06` and `2024-06-30` are one day in two forms.
            if dues.last().is_none_or(|last| last.value.last_day() != due.value.last_day()) {
                dues.push(due);
            }
        }
        dues
    }

    /// What was recorded by the end of a day, in the order of time.
    pub fn updates_until(&self, day: Date) -> impl Iterator<Item = &Update> {
        self.updates.iter().filter(move |update| update.on.value <= day)
    }
}
