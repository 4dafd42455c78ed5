//! What is wrong, where, and what to do about it: as data.
//!
//! A [`Diagnostic`] is made where a rule is broken and printed at the very end, by the shell.
//! Every kind of diagnostic is a [`Code`] of the one register in [`codes`].
//! **Invariant:** knows nothing of terminals, audits or files.

pub mod codes;

use crate::source::{Sources, Span};

pub use codes::Code;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; never stops anything.
    Note,
    /// Probably a mistake; the paper is made.
    Warning,
    /// The paper would be wrong or cannot be made; it is not written.
    Error,
}

impl Severity {
    pub fn word(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place in a source with a few words on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// One thing that is wrong with what the user wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Code,
    pub severity: Severity,
    /// What is wrong: lower case, no full stop, names in backticks.
    pub message: String,
    /// The first is the place of the mistake, the others help to understand it.
    pub labels: Vec<Label>,
    /// The field's path in its file: `findings[2].standard`.
    pub field: Option<String>,
    /// Facts that the reader needs to judge.
    pub notes: Vec<String>,
    /// What to do.
    pub hints: Vec<String>,
}

impl Diagnostic {
    pub fn new(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity(),
            message: message.into(),
            labels: Vec::new(),
            field: None,
            notes: Vec::new(),
            hints: Vec::new(),
        }
    }

    pub fn at(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    pub fn field(mut self, path: impl Into<String>) -> Diagnostic {
        self.field = Some(path.into()).filter(|path: &String| !path.is_empty());
        self
    }

    pub fn note(mut self, text: impl Into<String>) -> Diagnostic {
        self.notes.push(text.into());
        self
    }

    pub fn hint(mut self, text: impl Into<String>) -> Diagnostic {
        self.hints.push(text.into());
        self
    }

    /// Adds "did you mean `x`?" where one of the known names is close to what was written.
    pub fn did_you_mean<'a>(self, written: &str, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
        match closest(written, known) {
            Some(name) => self.hint(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// A reference to something that is not there, with the name that may have been meant, or with those that there are.
    pub fn unknown_id<'a>(
        what: &str,
        written: &str,
        span: Span,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Diagnostic {
        let known: Vec<&str> = known.into_iter().collect();
        let diagnostic = Diagnostic::new(codes::UNKNOWN_ID, format!("there is no {what} `{written}`")).at(span, "");
        match closest(written, known.iter().copied()) {
            Some(name) => diagnostic.hint(format!("did you mean `{name}`?")),
            None if (1..=8).contains(&known.len()) => diagnostic.hint(format!("known here: {}", listed(known))),
            None => diagnostic,
        }
    }

    /// The key of the file that the field lies in: `sample` of `sample.eligible`; empty where there is no field.
    pub fn field_root(&self) -> &str {
        self.field.as_deref().and_then(|field| field.split(['.', '[']).next()).unwrap_or_default()
    }

    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Returns the known name most like what was written; `None` where none is near.
pub fn closest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    // An id that begins with a letter of its own, `F-2020-001`, is of that kind: no other was meant.
    let kind = |text: &str| fold(text).split_once('_').map(|(kind, _)| kind.to_owned()).filter(|kind| kind.len() == 1);
    let own_kind = kind(written);
    known
        .into_iter()
        .filter(|name| own_kind.is_none() || kind(name).is_none_or(|kind| own_kind.as_ref() == Some(&kind)))
        .map(|name| (strsim::damerau_levenshtein(&fold(written), &fold(name)), name))
        .filter(|&(distance, name)| distance <= name.chars().count().max(written.chars().count()).div_ceil(3).min(4))
        .min_by_key(|&(distance, name)| (distance, name))
        .map(|(_, name)| name)
}

/// Sorts diagnostics by place, those without a place last, and drops repeats: the same mistake at the same places, which
/// several papers may have met.
pub fn sort(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
    diagnostics.sort_by(|a, b| {
        let place = |d: &Diagnostic| {
            d.span().map_or((true, "", 0, 0), |span| (false, sources.path(span.source), span.start, span.end))
        };
        (place(a), a.code.name(), &a.message).cmp(&(place(b), b.code.name(), &b.message))
    });
    diagnostics.dedup_by(|a, b| (a.code, &a.message, &a.labels) == (b.code, &b.message, &b.labels));
}

/// A field's path as a person would say it, outermost first: `findings[0].kind` is "item 1 of `findings`" and "`kind`".
pub fn field_in_words(path: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in path.split_inclusive(']').map(|part| part.trim_start_matches('.')) {
        match part.strip_suffix(']').and_then(|part| part.rsplit_once('[')) {
            Some((name, index)) => {
                let item = index.parse().map_or_else(|_| index.to_owned(), |index: usize| (index + 1).to_string());
                words.push(if name.is_empty() { format!("item {item}") } else { format!("item {item} of `{name}`") });
            }
            None => words.push(format!("`{part}`")),
        }
    }
    words
}

/// Joins names for a sentence: `` `a`, `b` and `c` ``.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// Names to choose from: `` `a`, `b` or `c` ``.
pub fn either<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let listed = listed(names);
    match listed.rsplit_once(" and ") {
        Some((init, last)) => format!("{init} or {last}"),
        None => listed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_is_recognised() {
        assert_eq!(closest("theem", ["theme", "totals"]), Some("theme"));
        assert_eq!(closest("nextsteps", ["next_steps", "context"]), Some("next_steps"));
        assert_eq!(closest("banana", ["theme", "totals"]), None);
        assert_eq!(closest("f-2020-01", ["F-2020-001", "Q-2020-01"]), Some("F-2020-001"));
        assert_eq!(closest("F-2020-01", ["Q-2020-01"]), None);
    }

    #[test]
    fn a_field_is_said_in_words() {
        assert_eq!(field_in_words("asks.board[0].text"), ["item 1 of `asks.board`", "`text`"]);
        assert_eq!(field_in_words("[2].updates[0]"), ["item 3", "item 1 of `updates`"]);
        assert_eq!(field_in_words("cases[0].answers.3.1.1.a"), ["item 1 of `cases`", "`answers.3.1.1.a`"]);
        assert!(field_in_words("").is_empty());
    }
}
