//! Dates that cannot stand in the order in which they do.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::ServiceData;
use crate::model::audit::{Audit, Period};
use crate::model::date::Date;
use crate::model::framework::Framework;
use crate::source::Spanned;

const WRONG_ONE: &str = "correct the date that is wrong: is it the year?";

pub(super) fn check(service: &ServiceData, found: &mut Vec<Diagnostic>) {
    for framework in &service.frameworks {
        framework.in_force.iter().for_each(|period| in_order(period, found));
    }
    for inspection in &service.inspections {
        inspection.fieldwork.iter().for_each(|period| in_order(period, found));
        let framework = inspection.framework.as_ref().and_then(|id| service.framework(&id.value));
        if let (Some(fieldwork), Some(framework)) = (inspection.fieldwork, framework) {
            in_force("the inspection", fieldwork, framework, found);
        }
        let end = inspection.fieldwork.and_then(|period| period.to);
        if let (Some(end), Some(published)) = (end, inspection.published) {
            not_before(published, "published", end, "the fieldwork ended", found);
        }
    }
    for quarter in &service.quarters {
        let audit = quarter.audit.as_ref();
        let periods = audit.iter().flat_map(|audit| audit.commenced.iter().chain(&audit.audited));
        periods.for_each(|period| in_order(period, found));
        if let (Some(audit), Some(framework)) = (audit, service.framework_of(quarter)) {
            of_audit(audit, framework, found);
        }
        let audited = audit.and_then(|audit| audit.audited).and_then(|period| period.to);
        let Some(narrative) = &quarter.narrative else { continue };
        for paper in &narrative.papers {
            if let Some(audited) = audited {
                not_before(paper.meeting, "the meeting", audited, "the audit ended", found);
            }
            let own = paper.text.as_ref().and_then(|text| text.narrative.as_deref()).unwrap_or(narrative);
            for background in own.background_papers.iter().filter_map(|paper| paper.date) {
                not_before(paper.meeting, "the meeting", background, "the date of a background paper", found);
            }
            let versions = paper.version.iter().flat_map(|version| &version.history).filter_map(|step| step.date);
            let cleared = paper.cleared.iter().filter_map(|one| one.on);
            versions.for_each(|date| not_before(paper.meeting, "the meeting", date, "the date of a version", found));
            cleared.for_each(|date| not_before(paper.meeting, "the meeting", date, "the day of a sign-off", found));
        }
        let texts = narrative.texts().filter_map(|(_, text)| Some((text.source?, text.narrative.as_deref()?)));
        let own =
            texts.flat_map(|(source, text)| text.next_steps.iter().filter(move |step| step.span.source == source));
        for step in narrative.next_steps.iter().chain(own) {
            let action = service.action(&step.value);
            if let (Some(action), Some(day)) = (action, narrative.as_of())
                && action.opened.value > day
            {
                found.push(
                    Diagnostic::new(
                        codes::DATE_ORDER,
                        format!("`{}` was opened on {}, after the day of this paper", step.value, action.opened.value),
                    )
                    .at(step.span, format!("the paper is of {day}"))
                    .at(action.opened.span, "opened")
                    .hint("take it out of `next_steps`, or correct the date that is wrong"),
                );
            }
        }
    }
    decisions(service, found);
    for action in &service.actions {
        for update in &action.updates {
            not_before(update.on, "an update", action.opened, "the action was opened", found);
        }
        if let Some(due) = action.due
            && due.value.last_day() < action.opened.value
        {
            found.push(
                Diagnostic::new(codes::DATE_ORDER, "the action was due before it was opened")
                    .at(due.span, "due")
                    .at(action.opened.span, "opened")
                    .hint(WRONG_ONE),
            );
        }
    }
}

/// An audit goes by the framework of the days on which the cases were looked at, as an inspection goes by its fieldwork:
/// at least one of them lies within the framework's dates. When the cases began counts only where those days are not
/// given, and only where it leaves no doubt: no case is looked at before it begins.
fn of_audit(audit: &Audit, framework: &Framework, found: &mut Vec<Diagnostic>) {
    match (audit.audited, audit.commenced) {
        (Some(audited), _) => in_force("the audit", audited, framework, found),
        (None, Some(commenced)) => in_force("the cases", Period { to: None, ..commenced }, framework, found),
        (None, None) => {}
    }
}

fn in_force(what: &str, period: Period, framework: &Framework, found: &mut Vec<Diagnostic>) {
    let Some(force) = framework.in_force else { return };
    let id = &framework.id.value;
    let (day, limit, message) = match (period.from, force.to, period.to, force.from) {
        (Some(day), Some(limit), _, _) if day.value > limit.value => {
            (day, limit, format!("{what} began on {}, and `{id}` was in force until {}", day.value, limit.value))
        }
        (_, _, Some(day), Some(limit)) if day.value < limit.value => {
            (day, limit, format!("{what} ended on {}, and `{id}` came into force on {}", day.value, limit.value))
        }
        _ => return,
    };
    found.push(
        Diagnostic::new(codes::NOT_IN_FORCE, message)
            .at(day.span, "")
            .at(limit.span, "`in_force`")
            .hint("name the `framework` that was in force then, or correct the date that is wrong"),
    );
}

/// Nothing is decided before it was asked.
fn decisions(service: &ServiceData, found: &mut Vec<Diagnostic>) {
    let narratives = || service.quarters.iter().filter_map(|quarter| quarter.narrative.as_ref());
    for decision in narratives().flat_map(|narrative| &narrative.decisions) {
        let asked =
            narratives().find(|narrative| narrative.asks.board.iter().any(|ask| ask.id.value == decision.ask.value));
        let meeting = asked
            .and_then(|narrative| narrative.papers_of_all().map(|paper| paper.meeting).min_by_key(|day| day.value));
        if let (Some(date), Some(meeting)) = (decision.date, meeting) {
            not_before(date, "the decision", meeting, "the meeting that was asked", found);
        }
    }
    for narrative in narratives() {
        let meeting = narrative.papers_of_all().map(|paper| paper.meeting).max_by_key(|day| day.value);
        for date in narrative.decisions.iter().filter_map(|decision| decision.date) {
            if let Some(meeting) = meeting {
                not_before(meeting, "the meeting", date, "the date of a decision that it is told of", found);
            }
        }
    }
}

fn in_order(period: &Period, found: &mut Vec<Diagnostic>) {
    if let (Some(from), Some(to)) = (period.from, period.to)
        && to.value < from.value
    {
        found.push(
            Diagnostic::new(codes::DATE_ORDER, format!("the period ends on {}, before it begins", to.value))
                .at(to.span, "the end")
                .at(from.span, "the beginning")
                .hint(WRONG_ONE),
        );
    }
}

fn not_before(later: Spanned<Date>, what: &str, earlier: Spanned<Date>, event: &str, found: &mut Vec<Diagnostic>) {
    if later.value < earlier.value {
        found.push(
            Diagnostic::new(
                codes::DATE_ORDER,
                format!("{what} ({}) lies before {event} ({})", later.value, earlier.value),
            )
            .at(later.span, "either this is too early")
            .at(earlier.span, "or this is too late")
            .hint(WRONG_ONE),
        );
    }
}
