//! `status`: every open action and finding, overdue first, with the place to edit.

use crate::diagnostic::Severity;
use crate::document::Tone;
use crate::model::register::{ActionStatus, Overdue};
use crate::pipeline::{self, OpenAction, OpenFinding, Request, ServiceRegister};
use crate::source::{Sources, Span};

use super::arguments::{Global, Status};
use super::table::{self, Row};
use super::{Exit, message, print, refuse, tell};

pub(super) fn status(global: &Global, status: &Status) -> Exit {
    let request = Request::of(&global.directory);
    let register = match pipeline::register(&request, status.as_of.as_deref()) {
        Ok(register) => register,
        Err(error) => return refuse(&error),
    };
    let errors = register.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let has_errors = errors.clone().next().is_some();
    let incomplete = has_errors && !register.services.is_empty();
    if let Some(exit) = message::print(errors, &register.sources, global.message_format) {
        return exit;
    }
    if register.services.is_empty() && !has_errors {
        tell!("there is nothing to list: no quarter has an audit or a paper");
    }
    let mut lines = Vec::new();
    for service in &register.services {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        list(&mut lines, service, &register.sources);
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    if let Some(exit) = print(&lines.join("\n")) {
        return exit;
    }
    if incomplete {
        tell!("the list may not be whole, because of the errors above");
    }
    if has_errors { Exit::Problems } else { Exit::Done }
}

fn list(lines: &mut Vec<String>, service: &ServiceRegister, sources: &Sources) {
    lines.push(table::heading(&format!("{}, as of {} ({})", service.name, service.day, service.quarter)));
    let overdue = service.actions.iter().filter(|action| action.result.overdue.is_some()).count();
    let (actions, findings) = (service.actions.len(), service.findings.len());
    lines.extend([String::new(), table::heading(&format!("Actions: {actions} open, {overdue} overdue"))]);
    let rows: Vec<Row> = service.actions.iter().map(|action| action_row(action, sources)).collect();
    lines.extend(table::rows(&rows));
    lines.extend([String::new(), table::heading(&format!("Findings: {findings} to improve"))]);
    let rows: Vec<Row> = service.findings.iter().map(|finding| finding_row(finding, sources)).collect();
    lines.extend(table::rows(&rows));
}

fn place(sources: &Sources, span: Span) -> String {
    let source = sources.source(span.source);
    format!("{}:{}", source.path, source.line_column(span.start).line)
}

fn action_row(action: &OpenAction, sources: &Sources) -> Row {
    let result = &action.result;
    let (word, tone) = match (result.overdue, result.status) {
        (Some(_), _) => ("overdue", Tone::Red),
        (None, status @ ActionStatus::AtRisk) => (status.word(), Tone::Amber),
        (None, status @ ActionStatus::OnTrack) => (status.word(), Tone::Green),
        (None, status) => (status.word(), Tone::Grey),
    };
    let due = match (result.due, result.overdue) {
        (Some(due), _) => {
            let moved = result.due_before.len();
            let moved = if moved > 0 { format!(", moved {moved}×") } else { String::new() };
            format!("due {}{moved}", due.last_day())
        }
        (None, Some(Overdue::Age)) => format!("no date, opened {}", result.opened),
        (None, _) => "no date".to_owned(),
    };
    let owner = action.owner.as_deref().map(|owner| format!(" ({owner})")).unwrap_or_default();
    Row {
        word: word.to_owned(),
        tone,
        columns: vec![result.id.to_string(), due],
        text: format!("{}{owner}", action.text),
        tail: place(sources, action.place),
    }
}

fn finding_row(finding: &OpenFinding, sources: &Sources) -> Row {
    let result = &finding.result;
    let (word, tone) = super::diff::state(result.state);
    let since = match result.age_audits {
        0 => finding.theme.clone(),
        1 => format!("{}, for 2 audits", finding.theme),
        audits => format!("{}, for {} audits", finding.theme, audits + 1),
    };
    Row {
        word: word.to_owned(),
        tone,
        columns: vec![result.id.to_string(), since],
        text: finding.text.clone(),
        tail: place(sources, finding.place),
    }
}
