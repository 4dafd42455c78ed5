//! `diff`: what changed between two quarters.

use crate::diagnostic::Severity;
use crate::document::changes::{self, Piece};
use crate::document::{Block, Tone, write};
use crate::model::comparison::{Change, Verdict};
use crate::model::difference::{ActionChanges, Difference, FieldChange};
use crate::model::results::{ActionChange, FindingState};
use crate::output;
use crate::pipeline::{self, Effect, Form, Request};

use super::arguments::{Diff, DiffFormat, Global};
use super::table::{self, Row};
use super::{Exit, message, print, refuse, tell};

/// How many lines a list takes at most, so that the summary fits a screen.
const LIST_MAX: usize = 6;

/// How many fields are named with the number of their words that changed.
const WORDS_MAX: usize = 16;

pub(super) fn diff(global: &Global, diff: &Diff) -> Exit {
    let is_pdf = diff.format == DiffFormat::Pdf;
    if let Some(path) = diff.out.as_ref().filter(|path| is_pdf && path.extension().is_some_and(|it| it == "pdf")) {
        tell!("error: `{}` is a file, and -o names the folder for PDFs", path.display());
        return Exit::Usage;
    }
    let request = Request {
        out: diff.out.clone().filter(|_| is_pdf).unwrap_or_else(|| "out".into()),
        effect: Effect::Write,
        ..Request::of(&global.directory)
    };
    let form = match diff.format {
        DiffFormat::Text | DiffFormat::Json => Form::Data,
        DiffFormat::Md => Form::Markdown,
        DiffFormat::Pdf => Form::Pdf,
    };
    let compared = match pipeline::difference(&request, &diff.old, &diff.new, form) {
        Ok(compared) => compared,
        Err(error) => return refuse(&error),
    };
    let shown = compared.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    if let Some(exit) = message::print(shown, &compared.sources, global.message_format) {
        return exit;
    }
    let Some(difference) = compared.difference.as_ref().filter(|_| !compared.has_errors()) else {
        tell!("not compared, because of the errors above");
        return Exit::Unusable;
    };
    let text = match diff.format {
        DiffFormat::Text => summary(difference, global.verbose),
        DiffFormat::Md => compared.markdown.unwrap_or_default(),
        DiffFormat::Json => difference.to_json(),
        DiffFormat::Pdf => {
            match compared.pdf {
                Some((path, pages)) if !global.quiet => {
                    let path = request.out.join(path).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
                    tell!("made `{path}` ({pages} {})", if pages == 1 { "page" } else { "pages" });
                }
                None if !global.quiet => tell!("nothing changed, so no paper was made"),
                _ => {}
            }
            String::new()
        }
    };
    match diff.out.as_deref().filter(|_| !is_pdf) {
        Some(path) => {
            if let Err(error) = output::write(&global.directory.join(path), plain(&text).as_bytes()) {
                tell!("error: {error:#}");
                return Exit::Machine;
            }
        }
        None => {
            if let Some(exit) = print(&text) {
                return exit;
            }
        }
    }
    if diff.exit_code && !difference.is_empty() { Exit::Problems } else { Exit::Done }
}

/// A file gets no colours.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// What changed, on one screen: counts, then lists, then scores, then words. Empty where nothing changed.
fn summary(difference: &Difference, verbose: bool) -> String {
    if difference.is_empty() {
        return String::new();
    }
    let mut lines = vec![title(difference)];
    lines.extend(counts(difference));
    let limit = if verbose { usize::MAX } else { LIST_MAX };
    list(&mut lines, "Findings", findings(difference), limit);
    list(&mut lines, "Actions", actions(difference), limit);
    list(&mut lines, "Scores", scores(difference), usize::MAX);
    list(&mut lines, "What the board was asked", asks(difference), limit);
    if !difference.words.is_empty() {
        lines.extend([String::new(), table::heading("Words")]);
        let (shown, counted): (Vec<&FieldChange>, Vec<&FieldChange>) =
            difference.words.iter().partition(|field| verbose || is_short(field));
        shown.into_iter().for_each(|field| words(&mut lines, field));
        if !counted.is_empty() {
            let counts: Vec<String> = counted.into_iter().map(word_count).collect();
            let more = counts.len().saturating_sub(WORDS_MAX);
            let counts = counts.into_iter().take(WORDS_MAX).collect::<Vec<_>>().join(", ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            lines.extend(wrapped(&format!("{counts}{more}; -v prints them")));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn title(difference: &Difference) -> String {
    let (old, new) = (&difference.old, &difference.new);
    let names = table::heading(&format!("{} → {}", old.quarter, new.quarter));
    match (&old.theme_title, &new.theme_title) {
        (Some(_), Some(theme)) if difference.is_comparable && old.quarter > new.quarter => {
            format!("{names}  {theme}; backwards, the second is the earlier one")
        }
        (Some(_), Some(theme)) if difference.is_comparable => format!("{names}  {theme}"),
        (Some(then), Some(now)) if then != now => {
            format!("{names}  {then}, then {now}: different themes, so only promises and words are compared")
        }
        (Some(_), Some(_)) => format!("{names}  different frameworks, so only promises and words are compared"),
        (then, _) => {
            let quarter = if then.is_none() { &old.quarter } else { &new.quarter };
            format!("{names}  `{quarter}` has no audit, so only promises and words are compared")
        }
    }
}

/// `2 new, 1 back again, 3 not found again; 2 overdue`
fn counts(difference: &Difference) -> Vec<String> {
    let words = [
        (FindingState::New, "new"),
        (FindingState::Recurring, "back again"),
        (FindingState::Repeat, "seen again"),
        (FindingState::Resolved, "not found again"),
        (FindingState::StillThere, "not named though still there"),
        (FindingState::NotSeen, "not named"),
        (FindingState::NotTested, "not looked at"),
        (FindingState::Withdrawn, "withdrawn"),
    ];
    let findings = words.iter().map(|&(state, word)| (difference.count(state), word));
    let count = |is: &dyn Fn(&ActionChanges) -> bool| difference.actions.iter().filter(|action| is(action)).count();
    let change = |change: ActionChange| count(&|action| action.result.change == Some(change));
    let actions = [
        (count(&|action| action.result.overdue.is_some()), "overdue"),
        (change(ActionChange::Opened), "opened"),
        (change(ActionChange::Completed), "completed"),
        (change(ActionChange::Verified), "verified"),
        (change(ActionChange::Superseded), "superseded"),
        (change(ActionChange::RiskAccepted), "with the risk accepted"),
        (change(ActionChange::NotYetOpened), "not yet opened"),
        (change(ActionChange::Reopened), "reopened"),
        (count(&|action| action.result.moved), "with a new date"),
    ];
    let groups: [Vec<String>; 2] = [said(findings), said(actions.into_iter())];
    let names = ["findings", "actions"];
    let groups = groups.iter().zip(names).filter(|(group, _)| !group.is_empty());
    let parts: Vec<String> = groups.map(|(group, name)| format!("{name}: {}", group.join(", "))).collect();
    if parts.is_empty() { Vec::new() } else { wrapped(&parts.join("; ")) }
}

fn said<'a>(counts: impl Iterator<Item = (usize, &'a str)>) -> Vec<String> {
    counts.filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect()
}

fn list(lines: &mut Vec<String>, heading: &str, rows: Vec<Row>, limit: usize) {
    if rows.is_empty() {
        return;
    }
    lines.extend([String::new(), table::heading(heading)]);
    let (count, rows) = (rows.len(), table::rows(&rows));
    // A list is not cut for the sake of one line.
    let shown = if count <= limit.saturating_add(1) { count } else { limit };
    lines.extend(rows.into_iter().take(shown));
    if shown < count {
        lines.push(format!("  … and {} more; -v prints all", count - shown));
    }
}

fn findings(difference: &Difference) -> Vec<Row> {
    let mut findings: Vec<_> = difference.findings.iter().collect();
    findings.sort_by_key(|finding| FindingState::ALL.iter().position(|(_, state)| *state == finding.result.state));
    let row = |finding: &&crate::model::difference::FindingChange| {
        let result = &finding.result;
        let (word, tone) = state(result.state);
        let count = |count: Option<(u32, u32)>| count.filter(|(_, of)| *of > 0).map(|(n, of)| format!("{n} of {of}"));
        // What came back was not seen at the audit that this one is compared with.
        let seen = match (count(result.count), count(result.count_before)) {
            (Some(now), Some(_)) if result.state == FindingState::Recurring => now,
            (Some(now), Some(before)) => format!("{before} → {now}"),
            (Some(now), None) => now,
            (None, Some(before)) => format!("{before} →"),
            (None, None) => String::new(),
        };
        let text = if result.reworded { format!("(reworded) {}", finding.text) } else { finding.text.clone() };
        Row { word: word.to_owned(), tone, columns: vec![result.id.to_string(), seen], text, tail: String::new() }
    };
    findings.iter().map(row).collect()
}

/// A state as one or two words, and its colour.
pub(super) fn state(state: FindingState) -> (&'static str, Tone) {
    match state {
        FindingState::New => ("new", Tone::Amber),
        FindingState::Recurring => ("back again", Tone::Red),
        FindingState::Repeat => ("seen again", Tone::Amber),
        FindingState::Resolved => ("not found again", Tone::Green),
        FindingState::StillThere => ("still there", Tone::Amber),
        FindingState::NotSeen => ("not named", Tone::Grey),
        FindingState::NotTested => ("not looked at", Tone::Grey),
        FindingState::Withdrawn => ("withdrawn", Tone::Grey),
    }
}

fn actions(difference: &Difference) -> Vec<Row> {
    let mut actions: Vec<_> = difference.actions.iter().collect();
    actions.sort_by_key(|action| (action.result.overdue.is_none(), action.result.change.is_none()));
    let row = |action: &&ActionChanges| {
        let result = &action.result;
        let (word, tone) = match (result.overdue, result.change) {
            (Some(_), _) => ("overdue", Tone::Red),
            (None, Some(change)) => (change.word(), Tone::Blue),
            (None, None) if result.moved => ("new date", Tone::Amber),
            (None, None) => (result.status.word(), Tone::Grey),
        };
        let due = match (result.due, result.due_before.len()) {
            (Some(due), 0) => format!("due {}", due.last_day()),
            (Some(due), moved) => format!("due {}, moved {moved}×", due.last_day()),
            (None, _) => "no date".to_owned(),
        };
        let due = if result.status.is_open() { due } else { String::new() };
        Row {
            word: word.to_owned(),
            tone,
            columns: vec![result.id.to_string(), due],
            text: action.text.clone(),
            tail: String::new(),
        }
    };
    actions.iter().map(row).collect()
}

fn scores(difference: &Difference) -> Vec<Row> {
    let Some(comparison) = &difference.comparison else { return Vec::new() };
    let row = |change: &Change| {
        let percent = |percent: Option<u32>| percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent}%"));
        let (word, tone) = match change.verdict {
            Verdict::Higher => ("higher", Tone::Green),
            Verdict::Lower => ("lower", Tone::Red),
            Verdict::NoClearChange => ("no clear change", Tone::Grey),
            Verdict::TooFewCases => ("too few cases", Tone::Grey),
            Verdict::None(_) => ("cannot be said", Tone::Grey),
        };
        let scores = format!("{} → {}", percent(change.earlier.percent()), percent(change.later.percent()));
        let text = match &change.standard {
            Some(id) => format!("{id} {}", change.title),
            None => "Overall".to_owned(),
        };
        Row { word: word.to_owned(), tone, columns: vec![scores], text, tail: String::new() }
    };
    comparison.standards.iter().chain(&comparison.overall).map(row).collect()
}

fn asks(difference: &Difference) -> Vec<Row> {
    let row = |ask: &crate::model::difference::AskChange| {
        let (word, tone, text) = match &ask.result.decision {
            Some(decision) => ("decided", Tone::Blue, format!("{}: {}", ask.text, decision.text)),
            None => ("open", Tone::Grey, ask.text.clone()),
        };
        let columns = vec![ask.result.id.to_string()];
        Row { word: word.to_owned(), tone, columns, text, tail: String::new() }
    };
    difference.asks.iter().map(row).collect()
}

/// Whether the changed words of a field are few enough to be printed anyway.
fn is_short(field: &FieldChange) -> bool {
    let (inserted, deleted) = changed_words(field);
    inserted + deleted <= 12
}

/// How many words of a field were inserted, and how many deleted.
fn changed_words(field: &FieldChange) -> (usize, usize) {
    let (old, new) = (unbroken(&field.old), unbroken(&field.new));
    let count = |text: &str| text.split_whitespace().count();
    changes::words(&old, &new).iter().fold((0, 0), |(inserted, deleted), piece| match piece {
        Piece::Same(_) => (inserted, deleted),
        Piece::Inserted(text) => (inserted + count(text), deleted),
        Piece::Deleted(text) => (inserted, deleted + count(text)),
    })
}

/// `context +106 −69`: how many words came in and went out.
fn word_count(field: &FieldChange) -> String {
    let (inserted, deleted) = changed_words(field);
    let counts = [("+", inserted), ("−", deleted)].into_iter().filter(|(_, n)| *n > 0);
    let counts: Vec<String> = counts.map(|(sign, n)| format!("{sign}{n}")).collect();
    format!("{} {}", field.field, counts.join(" "))
}

/// Breaks a line of coloured text where it would run past the others.
fn broken(text: &str) -> Vec<String> {
    let seen = |text: &str| anstream::adapter::strip_str(text).to_string().chars().count();
    let mut lines = vec!["   ".to_owned()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("one at least");
        if seen(line) + 1 + seen(word) > table::WIDTH && seen(line) > 4 {
            lines.push(format!("    {word}"));
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Markdown with each paragraph on a line of its own.
fn unbroken(blocks: &[Block]) -> String {
    let mut text = String::new();
    let markdown = write::prose(blocks);
    let mut lines = markdown.trim_end().lines().peekable();
    while let Some(line) = lines.next() {
        text.push_str(line);
        let goes_on = |next: &&str| {
            let next = next.trim_start();
            let starts =
                next.starts_with(['|', '-', '#', '>', '`', '[']) || next.starts_with(|c: char| c.is_ascii_digit());
            !line.is_empty() && !next.is_empty() && !starts && !line.starts_with(['|', '#', '`'])
        };
        let joined = lines.peek().is_some_and(goes_on);
        if joined {
            text.push(' ');
            if let Some(next) = lines.peek_mut() {
                *next = next.trim_start();
            }
        } else {
            text.push('\n');
        }
    }
    text
}

/// Sets a text in lines of a list.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < table::WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("  {word}")),
        }
    }
    lines
}

fn words(lines: &mut Vec<String>, field: &FieldChange) {
    let (old, new) = (unbroken(&field.old), unbroken(&field.new));
    let pieces = changes::words(&old, &new);
    let (green, red) = (table::style(Tone::Green), table::style(Tone::Red));
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Same(same) => text.push_str(same),
            Piece::Inserted(new) => text.push_str(&marked("{+", new, "+}", green)),
            Piece::Deleted(old) => text.push_str(&marked("[-", old, "-]", red)),
        }
    }
    lines.push(format!("  {}:", field.field));
    for line in text.trim_end().lines() {
        lines.extend(broken(line));
    }
}

/// Puts signs around words, inside the blanks that they stand in.
fn marked(open: &str, text: &str, close: &str, style: clap::builder::styling::Style) -> String {
    let inner = text.trim();
    let Some(at) = text.find(inner).filter(|_| !inner.is_empty()) else { return text.to_owned() };
    let (before, after) = (&text[..at], &text[at + inner.len()..]);
    format!("{before}{style}{open}{inner}{close}{style:#}{after}")
}
