//! Figures in prose: `(=3.1.percent)` becomes `46%`, looked up in the results and never evaluated.

use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::document::parse::ESCAPED_FIGURE;
use crate::document::{Block, BlockKind, Inline, InlineKind};
use crate::model::audit::Audit;
use crate::model::catalogue::{Catalogue, MissingString};
use crate::model::framework::RatingMethod;
use crate::model::narrative::{Figure, Narrative};
use crate::model::points::whole_percent;
use crate::model::results::{Assessment, Results};
use crate::source::Span;

use super::Inputs;

/// Replaces every figure in the text of blocks; code is left alone.
pub(super) fn fill_blocks(blocks: &[Block], inputs: Inputs<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Block> {
    let mut blocks = blocks.to_vec();
    blocks.iter_mut().for_each(|block| fill_block(block, inputs, diagnostics));
    blocks
}

/// Replaces every figure in a line of text.
pub(super) fn fill_inlines(inlines: &[Inline], inputs: Inputs<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Inline> {
    let mut inlines = inlines.to_vec();
    fill(&mut inlines, inputs, diagnostics);
    inlines
}

/// Finds the figures in a narrative that nothing has the name of. What has no value is left out: it may have one as soon as
/// something else is mended.
pub(super) fn unknown_in(narrative: &Narrative, inputs: Inputs<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for prose in narrative.prose() {
        fill_blocks(&prose.blocks, inputs, &mut found);
    }
    for line in narrative.lines() {
        fill_inlines(&line.inlines, inputs, &mut found);
    }
    found.retain(|one| one.code == codes::UNKNOWN_FIGURE && !one.message.contains(NO_VALUE));
    found
}

fn fill_block(block: &mut Block, inputs: Inputs<'_>, diagnostics: &mut Vec<Diagnostic>) {
    match &mut block.kind {
        BlockKind::Paragraph { text, .. } | BlockKind::Heading { text, .. } => fill(text, inputs, diagnostics),
        BlockKind::List(list) => {
            list.items.iter_mut().flatten().for_each(|block| fill_block(block, inputs, diagnostics));
        }
        BlockKind::Quote(body) => body.iter_mut().for_each(|block| fill_block(block, inputs, diagnostics)),
        BlockKind::Table(table) => {
            let cells = table.head.iter_mut().chain(table.rows.iter_mut().flatten()).chain(&mut table.caption);
            cells.for_each(|cell| fill(cell, inputs, diagnostics));
        }
        BlockKind::Image { alt, caption, .. } => {
            *alt = filled(alt, block.span, inputs, diagnostics);
            caption.iter_mut().for_each(|caption| fill(caption, inputs, diagnostics));
        }
        BlockKind::Code { .. } | BlockKind::Chart(_) | BlockKind::Rule | BlockKind::Slot(_) => {}
    }
}

fn fill(inlines: &mut [Inline], inputs: Inputs<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for inline in inlines {
        match &mut inline.kind {
            InlineKind::Text(text) => *text = filled(text, inline.span, inputs, diagnostics),
            InlineKind::Emphasis(body)
            | InlineKind::Strong(body)
            | InlineKind::Strikethrough(body)
            | InlineKind::Link { body, .. }
            | InlineKind::Changed { body, .. } => fill(body, inputs, diagnostics),
            InlineKind::Footnote(body) => body.iter_mut().for_each(|block| fill_block(block, inputs, diagnostics)),
            _ => {}
        }
    }
}

fn filled(text: &str, span: Span, inputs: Inputs<'_>, diagnostics: &mut Vec<Diagnostic>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("(=") {
        out.push_str(before);
        let Some((path, behind)) = after.split_once(')') else {
            diagnostics.push(unclosed(span, inputs));
            rest = after;
            continue;
        };
        match value(path.trim(), inputs) {
            Ok(value) => out.push_str(&value),
            Err(trouble) => {
                let is_open = inputs.draft && may_come(path.trim(), &trouble, inputs);
                let mut told = unknown(path, trouble, span, inputs);
                if is_open {
                    // It may have a value once everything is written; until then its name stands in its place.
                    told.severity = Severity::Warning;
                    told.hints.clear();
                    out.push_str(&format!("(={path})"));
                }
                diagnostics.push(told);
            }
        }
        rest = behind;
    }
    out.push_str(rest);
    if out.contains(ESCAPED_FIGURE) { out.replace(ESCAPED_FIGURE, "") } else { out }
}

const NO_VALUE: &str = "has no value";

/// Why a figure has no value.
enum Trouble {
    /// The catalogue of strings lacks the form of its number.
    Missing(MissingString),
    /// Nothing has this name; these have.
    Unknown(Vec<String>),
    /// It has a name and there is no number behind it.
    Empty(&'static str),
}

/// Whether a figure of a draft may have a value once everything is written: what is counted of the sample, and a figure of
/// the author's own while there is one still to be written.
fn may_come(path: &str, trouble: &Trouble, inputs: Inputs<'_>) -> bool {
    let own = inputs.to_write.iter().any(|field| field.starts_with("figures"));
    match trouble {
        Trouble::Empty(_) => true,
        Trouble::Unknown(_) => {
            own || ["eligible", "selected", "completed"].iter().any(|key| path == format!("sample.{key}"))
        }
        Trouble::Missing(_) => false,
    }
}

/// A figure that no `)` follows, or that emphasis or a line's end cuts in two.
fn unclosed(span: Span, inputs: Inputs<'_>) -> Diagnostic {
    let at = inputs.sources.slice(span).rfind("(=");
    let place = at.map_or(span, |at| Span { start: span.start + at, end: span.start + at + "(=".len(), ..span });
    Diagnostic::new(codes::UNKNOWN_FIGURE, "this figure is not closed")
        .at(place, "")
        .hint("write `)` behind its name, in the same line; for the characters themselves write `\\(=`")
}

fn unknown(path: &str, trouble: Trouble, span: Span, inputs: Inputs<'_>) -> Diagnostic {
    let written = format!("(={path})");
    let source = inputs.sources.slice(span);
    let place = source.find(&written).map_or(span, |at| Span {
        start: span.start + at,
        end: span.start + at + written.len(),
        ..span
    });
    let message = format!("there is no figure `{}`", path.trim());
    match trouble {
        Trouble::Unknown(known) => Diagnostic::new(codes::UNKNOWN_FIGURE, message)
            .at(place, "")
            .did_you_mean(path.trim(), known.iter().map(String::as_str))
            .note("a score has percent, rating, points, of, title, low and high; the sample has eligible, selected and completed")
            .hint("for the characters themselves write `\\(=`"),
        Trouble::Missing(missing) => super::missing_string(&missing, inputs.catalogue),
        Trouble::Empty(why) => {
            Diagnostic::new(codes::UNKNOWN_FIGURE, format!("the figure `{}` {NO_VALUE}: {why}", path.trim()))
                .at(place, "")
                .hint("write the sentence without it")
        }
    }
}

fn value(path: &str, inputs: Inputs<'_>) -> Result<String, Trouble> {
    if let Some((quarter, path)) = path.split_once('/') {
        let found = inputs.service.quarters.iter().find(|other| other.id.as_str() == quarter);
        let Some(quarter) = found else {
            let known = inputs.service.quarters.iter().map(|quarter| format!("{}/{path}", quarter.id));
            return Err(Trouble::Unknown(known.collect()));
        };
        let results = inputs.results.get(&quarter.id).filter(|results| results.theme.is_some());
        if results.is_none() && !quarter.audit_sources.is_empty() {
            return Err(Trouble::Empty("the audit of that quarter has errors"));
        }
        return of_quarter(path, results, quarter.audit.as_ref(), &format!("{}/", quarter.id), inputs.catalogue);
    }
    if let Some(path) = path.strip_prefix("previous.") {
        return match inputs.previous_results() {
            Some(results) => of_quarter(path, Some(results), None, "previous.", inputs.catalogue),
            None => Err(Trouble::Empty("there is no earlier audit of this theme")),
        };
    }
    if let Some((root, key)) = path.split_once('.')
        && let Some(figure) = inputs.narrative.figures.iter().find(|figure| figure.id.value.as_str() == root)
    {
        return of_figure(figure, key, inputs.catalogue);
    }
    let own = of_quarter(path, inputs.audit_results(), inputs.quarter.audit.as_ref(), "", inputs.catalogue);
    own.map_err(|trouble| match trouble {
        Trouble::Unknown(mut known) => {
            let figures = inputs.narrative.figures.iter();
            known.extend(
                figures.flat_map(|figure| ["from", "to", "change"].map(|key| format!("{}.{key}", figure.id.value))),
            );
            known.push("previous.overall.percent".to_owned());
            Trouble::Unknown(known)
        }
        other => other,
    })
}

impl From<MissingString> for Trouble {
    fn from(missing: MissingString) -> Trouble {
        Trouble::Missing(missing)
    }
}

const SCORE_KEYS: [&str; 7] = ["percent", "rating", "points", "of", "title", "low", "high"];

fn of_quarter(
    path: &str,
    results: Option<&Results>,
    audit: Option<&Audit>,
    prefix: &str,
    words: &Catalogue,
) -> Result<String, Trouble> {
    let (root, key) = path.rsplit_once('.').unwrap_or((path, ""));
    let sample = audit.and_then(|audit| audit.sample.as_ref());
    if root == "sample"
        && let Some(sample) = sample
    {
        let count = match key {
            "eligible" => sample.eligible.map(|count| count.value),
            "selected" => sample.selected.map(|count| count.value),
            "completed" => sample.completed.map(|count| count.value).or(audit.and_then(Audit::cases_completed)),
            _ => return Err(Trouble::Unknown(known(results, audit, prefix))),
        };
        return match count {
            Some(count) => Ok(words.digits(count.into())?),
            None => Err(Trouble::Empty("the audit does not say")),
        };
    }
    let assessment = results.and_then(|results| match root {
        "overall" => results.overall.as_ref(),
        id => results.standard(id),
    });
    if let Some(results) = results
        && root == "overall"
        && results.overall.is_none()
        && SCORE_KEYS.contains(&key)
    {
        return Err(Trouble::Empty(match results.rating_method {
            Some(RatingMethod::LowestKeyQuestion) => "each standard is rated by its lowest key question",
            _ => "this audit has no scores",
        }));
    }
    match assessment {
        Some(assessment) if SCORE_KEYS.contains(&key) => of_score(assessment, key, words),
        None if results.is_none() && SCORE_KEYS.contains(&key) => Err(Trouble::Empty("this quarter has no scores")),
        _ => Err(Trouble::Unknown(known(results, audit, prefix))),
    }
}

fn of_score(assessment: &Assessment, key: &str, words: &Catalogue) -> Result<String, Trouble> {
    let interval = || assessment.interval().ok_or(Trouble::Empty("there is no interval for this score"));
    let by_key_questions = assessment.key_questions.is_some();
    let nothing = if by_key_questions { "this standard has no rating" } else { NO_POINTS };
    match key {
        "points" | "of" if by_key_questions => Err(Trouble::Empty("a rating by the lowest key question has no points")),
        "points" => Ok(words.points(assessment.score.points)?),
        "of" => Ok(words.points(assessment.score.of)?),
        "title" => Ok(assessment.title.clone()),
        "low" => Ok(words.percent(whole_percent(interval()?.low))?),
        "high" => Ok(words.percent(whole_percent(interval()?.high))?),
        "percent" => Ok(words.percent(assessment.score.percent().ok_or(Trouble::Empty(nothing))?)?),
        _ => assessment.rating.as_ref().map(|rating| rating.word.clone()).ok_or(Trouble::Empty(nothing)),
    }
}

const NO_POINTS: &str = "no question applied in any case, so no points were available";

fn of_figure(figure: &Figure, key: &str, words: &Catalogue) -> Result<String, Trouble> {
    match key {
        "from" => Ok(words.digits(figure.from.value)?),
        "to" => Ok(words.digits(figure.to.value)?),
        "change" => {
            let tenths = change(figure.from.value, figure.to.value);
            let tenths = tenths.ok_or(Trouble::Empty("a change from nothing, or from less, has no percentage"))?;
            Ok(in_print(tenths, words)?)
        }
        _ => Err(Trouble::Unknown(["from", "to", "change"].map(|key| format!("{}.{key}", figure.id.value)).to_vec())),
    }
}

/// The change in tenths of a percent of the first number, rounded half away from zero: 146 to 170 is 164.
fn change(from: i64, to: i64) -> Option<i128> {
    let (from, to) = (i128::from(from), i128::from(to));
    // From nothing, or from less, no share of it says how much there is now.
    if from <= 0 {
        return None;
    }
    let difference = to - from;
    let tenths = (difference.abs() * 2000 + from) / (2 * from);
    Some(tenths * difference.signum())
}

/// A change with its sign: `+16.4%`.
fn in_print(tenths: i128, words: &Catalogue) -> Result<String, MissingString> {
    let sign = match tenths.signum() {
        -1 => words.say("number.minus", &[])?,
        1 => words.say("number.plus", &[])?,
        _ => String::new(),
    };
    let number = words.decimal(&format!("{}.{}", tenths.abs() / 10, tenths.abs() % 10))?;
    words.say("number.percent", &[("n", &format!("{sign}{number}"))])
}

/// Every name that could have been written.
fn known(results: Option<&Results>, audit: Option<&Audit>, prefix: &str) -> Vec<String> {
    let has_overall = results.is_none_or(|results| results.overall.is_some());
    let mut roots: Vec<String> = has_overall.then(|| "overall".to_owned()).into_iter().collect();
    roots.extend(
        results.iter().flat_map(|results| &results.standards).filter_map(|a| Some(a.standard.as_ref()?.to_string())),
    );
    let mut known: Vec<String> =
        roots.iter().flat_map(|root| SCORE_KEYS.map(|key| format!("{prefix}{root}.{key}"))).collect();
    if audit.is_some_and(|audit| audit.sample.is_some()) {
        known.extend(["eligible", "selected", "completed"].map(|key| format!("{prefix}sample.{key}")));
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_rounded_once_and_right() {
        // A published paper printed 16.0 % for this one.
        assert_eq!(change(146, 170), Some(164));
        assert_eq!(change(61, 52), Some(-148));
        assert_eq!(change(5, 5), Some(0));
        assert_eq!(change(2000, 2001), Some(1));
        assert_eq!((change(-10, -20), change(-5, 5)), (None, None));
        assert_eq!(change(0, 5), None);
    }

    #[test]
    fn a_change_has_its_sign() {
        let words = super::super::charts::tests::words();
        let printed = |tenths| in_print(tenths, &words).unwrap();
        assert_eq!([printed(164), printed(-148), printed(0)], ["+16.4%", "−14.8%", "0.0%"]);
    }
}
