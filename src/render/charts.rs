//! Results → charts as plain numbers, with alternative text made from them.

use crate::document::{
    Block, BlockKind, Chart, ChartBand, ChartData, ChartLegend, ChartRow, ChartScale, ChartScore, HistoryChart,
    HistoryGroup, HistoryLegend, HistoryPoint, Inline, InlineKind, ScoreChart, TimelineCell, TimelineChart,
    TimelineKey, TimelineRow, Tone,
};
use crate::model::catalogue::{Catalogue, MissingString};
use crate::model::framework::{Framework, RatingMethod};
use crate::model::points::round_half_up;
use crate::model::results::{Assessment, Results};
use crate::source::Span;

use super::Inputs;

/// An audit of the theme as a chart and a table show it.
#[derive(Clone)]
pub(super) struct AuditOfTheme<'a> {
    pub title: String,
    pub results: &'a Results,
    /// `None` where the audit has no overall score.
    pub overall: Option<&'a Assessment>,
    pub current: bool,
}

/// What an audit of the theme gave a standard, or all of them together.
pub(super) struct HistoryRow<'a> {
    /// The audit: `December 2019`
    pub audit: String,
    pub cases: Option<u32>,
    /// `None` where the audit did not look at the standard.
    pub assessment: Option<&'a Assessment>,
    pub current: bool,
}

/// A finding, and how it stood in each audit.
pub(super) struct TimelineFinding {
    pub id: String,
    /// Its standard and a few words: `3.2 Plans were late`
    pub label: String,
    /// One a column: the state's key in the catalogue, `new`, and its tone; `None` where the finding was not raised
    /// yet or was closed.
    pub states: Vec<Option<(&'static str, Tone)>>,
}

/// The states of findings in the order of a timeline's key; each has a string below `state`, `state_short` and
/// `state_sign`.
const STATES: [&str; 8] =
    ["new", "repeat", "recurring", "still there", "resolved", "not tested", "not seen", "withdrawn"];

/// Each standard's score with its interval against the bands; `None` where nothing was scored.
pub(super) fn standards(
    inputs: Inputs<'_>,
    framework: &Framework,
    results: &Results,
) -> Result<Option<Block>, MissingString> {
    let words = inputs.catalogue;
    let label = |assessment: &Assessment| {
        let id = assessment.standard.as_ref().map_or("", |id| id.as_str());
        format!("{id} {}", assessment.title)
    };
    let mut rows = Vec::new();
    for assessment in &results.standards {
        rows.extend(row(words, assessment, label(assessment), None, false)?);
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let caption = words.say("chart.standards.caption", &[])?;
    let alt = words.say("chart.standards.alt", &[("rows", &sentences(words, &rows)?)])?;
    let data = ChartData::Standards(score_chart(words, framework, rows)?);
    Ok(Some(block(inputs, data, "standards", Some(caption), alt)))
}

/// The standards of one audit, a note beside the name of each; `None` where nothing was scored.
pub(super) fn inspected(
    inputs: Inputs<'_>,
    framework: &Framework,
    results: &Results,
    notes: &[Option<String>],
    name: &str,
) -> Result<Option<Block>, MissingString> {
    let words = inputs.catalogue;
    let mut rows = Vec::new();
    for (assessment, note) in results.standards.iter().zip(notes) {
        let id = assessment.standard.as_ref().map_or("", |id| id.as_str());
        rows.extend(row(words, assessment, format!("{id} {}", assessment.title), note.clone(), false)?);
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let alt = words.say("chart.standards.alt", &[("rows", &sentences(words, &rows)?)])?;
    let data = ChartData::Standards(score_chart(words, framework, rows)?);
    Ok(Some(block(inputs, data, name, None, alt)))
}

/// The overall score of the last audits of one theme, oldest first; `None` where there is only one.
pub(super) fn audits(
    inputs: Inputs<'_>,
    framework: &Framework,
    audits: &[&AuditOfTheme<'_>],
    theme: &str,
) -> Result<Option<Block>, MissingString> {
    let Some((data, rows)) = audits_data(inputs, framework, audits)? else { return Ok(None) };
    let words = inputs.catalogue;
    let caption = words.say("chart.audits.caption", &[("theme", theme)])?;
    let alt = words.say("chart.audits.alt", &[("theme", &theme.to_lowercase()), ("rows", &rows)])?;
    Ok(Some(block(inputs, data, "audits", Some(caption), alt)))
}

/// The overall score of the audits of one theme that a paper shows, oldest first, below a heading that says so;
/// `None` where there is only one.
pub(super) fn shown(
    inputs: Inputs<'_>,
    framework: &Framework,
    audits: &[&AuditOfTheme<'_>],
    theme: &str,
    name: &str,
) -> Result<Option<Block>, MissingString> {
    let Some((data, rows)) = audits_data(inputs, framework, audits)? else { return Ok(None) };
    let alt = inputs.catalogue.say("chart.shown", &[("theme", &theme.to_lowercase()), ("rows", &rows)])?;
    Ok(Some(block(inputs, data, name, None, alt)))
}

/// The chart, and its rows as sentences.
fn audits_data(
    inputs: Inputs<'_>,
    framework: &Framework,
    audits: &[&AuditOfTheme<'_>],
) -> Result<Option<(ChartData, String)>, MissingString> {
    if audits.len() < 2 {
        return Ok(None);
    }
    let words = inputs.catalogue;
    let mut rows = Vec::new();
    for audit in audits {
        let note = cases_note(words, audit.results.cases)?;
        let Some(overall) = audit.overall else { continue };
        rows.extend(row(words, overall, audit.title.clone(), note, audit.current)?);
    }
    if rows.is_empty() {
        return Ok(None);
    }
    let said = sentences(words, &rows)?;
    Ok(Some((ChartData::Audits(score_chart(words, framework, rows)?), said)))
}

/// The scores of all audits of one theme, a group a standard; each group has the same audits, oldest first.
/// `None` where there is only one audit, or nothing was scored.
pub(super) fn history(
    inputs: Inputs<'_>,
    framework: &Framework,
    groups: &[(String, Vec<HistoryRow<'_>>)],
    theme: &str,
) -> Result<Option<Block>, MissingString> {
    let words = inputs.catalogue;
    let Some((data, groups_said)) = history_data(words, framework, groups)? else { return Ok(None) };
    let caption = words.say("chart.history.caption", &[("theme", theme)])?;
    let alt = words.say("chart.history.alt", &[("theme", &theme.to_lowercase()), ("groups", &groups_said)])?;
    Ok(Some(block(inputs, ChartData::History(data), "history", Some(caption), alt)))
}

/// How many findings a timeline shows at most; the table beside it shows all.
const TIMELINE_MAX: usize = 40;

/// What became of each finding of one theme, a column an audit, oldest first; `None` where there is no finding or only
/// one audit, or more findings than a chart can show.
pub(super) fn timeline(
    inputs: Inputs<'_>,
    columns: &[String],
    findings: &[TimelineFinding],
    theme: &str,
) -> Result<Option<Block>, MissingString> {
    let words = inputs.catalogue;
    // So long a chart would be read by nobody, and what is said of it for those who do not see it has a limit in PDF.
    if findings.len() > TIMELINE_MAX {
        return Ok(None);
    }
    let Some((data, rows_said)) = timeline_data(words, columns, findings)? else { return Ok(None) };
    let caption = words.say("chart.timeline.caption", &[("theme", theme)])?;
    let alt = words.say("chart.timeline.alt", &[("theme", &theme.to_lowercase()), ("rows", &rows_said)])?;
    Ok(Some(block(inputs, ChartData::Timeline(data), "timeline", Some(caption), alt)))
}

/// The chart, and its groups as sentences.
fn history_data(
    words: &Catalogue,
    framework: &Framework,
    groups: &[(String, Vec<HistoryRow<'_>>)],
) -> Result<Option<(HistoryChart, String)>, MissingString> {
    if groups.iter().all(|(_, rows)| rows.len() < 2) {
        return Ok(None);
    }
    let none = words.say("chart.none", &[])?;
    let mut drawn = Vec::new();
    let mut said = Vec::new();
    for (label, rows) in groups {
        let mut points = Vec::new();
        let mut sentences = Vec::new();
        for row in rows {
            let note = cases_note(words, row.cases)?;
            let score = row.assessment.map(|assessment| score(words, assessment)).transpose()?.flatten();
            sentences.push(sentence(words, &row.audit, note.as_deref(), score.as_ref())?);
            points.push(HistoryPoint {
                label: row.audit.clone(),
                note,
                current: row.current,
                printed: score.as_ref().map_or_else(|| none.clone(), |score| score.printed.clone()),
                score,
            });
        }
        said.push(words.say("chart.history.group", &[("group", label), ("rows", &sentences.join(" "))])?);
        drawn.push(HistoryGroup { label: label.clone(), rows: points });
    }
    let points = || drawn.iter().flat_map(|group| &group.rows);
    let scores = || points().filter_map(|point| point.score.as_ref());
    if scores().next().is_none() {
        return Ok(None);
    }
    let scale = scale(words, framework)?;
    let said_if = |drawn: bool, key: &str| drawn.then(|| words.say(key, &[])).transpose();
    let legend = HistoryLegend {
        current: words.say("chart.history.current", &[])?,
        earlier: words.say("chart.history.earlier", &[])?,
        line: said_if(scores().any(|score| score.low.is_some()), "chart.line")?,
        no_line: said_if(scores().any(|score| score.low.is_none()), "chart.history.no_line")?,
        no_score: said_if(points().any(|point| point.score.is_none()), "chart.history.no_score")?,
        bands: scale
            .bands
            .iter()
            .map(|band| {
                let values = [("rating", band.rating.as_str()), ("from", &band.from.to_string())];
                words.say("chart.history.band", &values)
            })
            .collect::<Result<_, _>>()?,
    };
    Ok(Some((HistoryChart { scale, legend, groups: drawn }, said.join(" "))))
}

/// The chart, and its rows as sentences.
fn timeline_data(
    words: &Catalogue,
    columns: &[String],
    findings: &[TimelineFinding],
) -> Result<Option<(TimelineChart, String)>, MissingString> {
    if columns.len() < 2 || findings.is_empty() {
        return Ok(None);
    }
    let say = |group: &str, state: &str| words.say(&format!("{group}.{state}"), &[]);
    let mut rows = Vec::new();
    let mut said = Vec::new();
    for finding in findings {
        let mut cells = Vec::new();
        let mut seen = Vec::new();
        for (column, state) in columns.iter().zip(&finding.states) {
            cells.push(match *state {
                Some((state, tone)) => {
                    let values = [("audit", column.as_str()), ("state", &say("state", state)?)];
                    seen.push(words.say("chart.timeline.cell", &values)?);
                    Some(TimelineCell { sign: say("state_sign", state)?, word: say("state_short", state)?, tone })
                }
                None => None,
            });
        }
        let states = if seen.is_empty() {
            words.say("chart.timeline.empty", &[])?
        } else {
            words.joined("list.semicolon", &seen)?
        };
        let label = format!("{} {}", finding.id, finding.label);
        said.push(words.say("chart.timeline.row", &[("label", &label), ("states", &states)])?);
        rows.push(TimelineRow { id: finding.id.clone(), label: finding.label.clone(), cells });
    }
    let mut key = Vec::new();
    for state in STATES {
        let cells = findings.iter().flat_map(|finding| finding.states.iter().flatten());
        let mut tones = cells.filter(|(own, _)| *own == state).map(|(_, tone)| *tone);
        let Some(first) = tones.next() else { continue };
        key.push(TimelineKey {
            sign: say("state_sign", state)?,
            word: say("state_short", state)?,
            tone: tones.all(|tone| tone == first).then_some(first),
            means: say("state", state)?,
        });
    }
    Ok(Some((TimelineChart { columns: columns.to_vec(), rows, key }, said.join(" "))))
}

/// `5 cases`
fn cases_note(words: &Catalogue, cases: Option<u32>) -> Result<Option<String>, MissingString> {
    cases.map(|cases| words.say_of("chart.cases", cases, &[("n", &words.digits(cases.into())?)])).transpose()
}

fn row(
    words: &Catalogue,
    assessment: &Assessment,
    label: String,
    note: Option<String>,
    current: bool,
) -> Result<Option<ChartRow>, MissingString> {
    Ok(score(words, assessment)?.map(|score| ChartRow { label, note, score, current }))
}

/// `None` where no point was available.
fn score(words: &Catalogue, assessment: &Assessment) -> Result<Option<ChartScore>, MissingString> {
    let score = &assessment.score;
    let (Some(share), Some(percent), Some(rating)) = (score.share(), score.percent(), &assessment.rating) else {
        return Ok(None);
    };
    let interval = assessment.interval();
    Ok(Some(ChartScore {
        percent: hundredths(share * 100.0),
        printed: words.percent(percent)?,
        rating: rating.word.clone(),
        tone: rating.tone,
        low: interval.map(|interval| hundredths(interval.low * 100.0)),
        high: interval.map(|interval| hundredths(interval.high * 100.0)),
    }))
}

/// Two decimals are finer than any dot that is drawn, and keep the last bits of a float out of the content. What rounds
/// down to a whole percent still does: 81.4957 is 81.49.
fn hundredths(value: f64) -> f64 {
    let rounded = (value * 100.0).round() / 100.0;
    if round_half_up(rounded) == round_half_up(value) { rounded } else { (value * 100.0).floor() / 100.0 }
}

fn sentences(words: &Catalogue, rows: &[ChartRow]) -> Result<String, MissingString> {
    let sentences = rows.iter().map(|row| sentence(words, &row.label, row.note.as_deref(), Some(&row.score)));
    Ok(sentences.collect::<Result<Vec<String>, _>>()?.join(" "))
}

/// `December 2019 (5 cases): 46%, Inadequate, could reasonably be 30% to 62%.`
fn sentence(
    words: &Catalogue,
    label: &str,
    note: Option<&str>,
    score: Option<&ChartScore>,
) -> Result<String, MissingString> {
    let label = note.map_or_else(|| label.to_owned(), |note| format!("{label} ({note})"));
    let Some(score) = score else { return words.say("chart.row_none", &[("label", &label)]) };
    let values = [("label", label.as_str()), ("percent", &score.printed), ("rating", &score.rating)];
    let (Some(low), Some(high)) = (score.low, score.high) else { return words.say("chart.row_plain", &values) };
    let interval = [("low", round_half_up(low).to_string()), ("high", round_half_up(high).to_string())];
    let interval = interval.iter().map(|(name, value)| (*name, value.as_str()));
    words.say("chart.row", &values.into_iter().chain(interval).collect::<Vec<_>>())
}

fn score_chart(words: &Catalogue, framework: &Framework, rows: Vec<ChartRow>) -> Result<ScoreChart, MissingString> {
    let legend = ChartLegend { dot: words.say("chart.dot", &[])?, line: words.say("chart.line", &[])? };
    Ok(ScoreChart { scale: scale(words, framework)?, legend, rows })
}

fn scale(words: &Catalogue, framework: &Framework) -> Result<ChartScale, MissingString> {
    let next = |place: usize| framework.bands.get(place + 1).map_or(100, |band| band.from);
    let percent = |value: u32| u8::try_from(value).expect("checked by load to be 100 at most");
    let bands = framework.bands.iter().enumerate();
    let bands = bands.map(|(place, band)| ChartBand {
        rating: band.rating.clone(),
        from: percent(band.from),
        to: percent(next(place)),
        tone: band.tone,
    });
    let axis = match framework.rating_method {
        RatingMethod::Points => "chart.axis",
        RatingMethod::LowestKeyQuestion => "chart.axis_lowest",
    };
    Ok(ChartScale { bands: bands.collect(), axis: words.say(axis, &[])? })
}

fn block(inputs: Inputs<'_>, data: ChartData, name: &str, caption: Option<String>, alt: String) -> Block {
    let span: Span = inputs.paper.span;
    let chart = Chart {
        name: name.to_owned(),
        alt,
        caption: caption.map(|caption| vec![Inline { span, kind: InlineKind::Text(caption) }]),
        file: format!("charts/{}-{name}.svg", inputs.stem()),
        data,
    };
    Block { span, kind: BlockKind::Chart(Box::new(chart)) }
}

#[cfg(test)]
pub(super) mod tests {
    use std::borrow::Cow;
    use std::collections::HashMap;

    use super::*;
    use crate::model::fonts::Fonts;
    use crate::model::framework::{Band, BandOn, Scale};
    use crate::model::points::{HalfPoints, Score};
    use crate::model::results::{Certainty, Rating};
    use crate::source::{Sources, Spanned};
    use crate::statistics::Interval;

    #[test]
    fn a_percentage_in_a_chart_rounds_as_it_does_in_a_table() {
        for (value, kept, printed) in
            [(81.4957, 81.49, 81), (81.5, 81.5, 82), (81.5004, 81.5, 82), (80.996, 81.0, 81), (0.0, 0.0, 0)]
        {
            assert_eq!((hundredths(value), round_half_up(hundredths(value))), (kept, printed), "{value}");
        }
    }

    /// The program's own strings, read from the few forms of YAML that they are written in.
    pub(in crate::render) fn words() -> Catalogue {
        let mut strings = HashMap::new();
        let mut above: Vec<&str> = Vec::new();
        for line in include_str!("../../report-templates/strings/en-GB.yaml").lines() {
            let Some((key, text)) = line.split_once(':').filter(|_| !line.starts_with('#')) else { continue };
            above.truncate((key.len() - key.trim_start().len()) / 2);
            above.push(key.trim_start());
            let text = text.split("    #").next().unwrap_or_default().trim().trim_matches('"');
            if !text.is_empty() {
                strings.insert(above.join("."), text.replace("\\xAD", "\u{ad}"));
            }
        }
        Catalogue::new(Sources::default().add("strings/en-GB.yaml", ""), Cow::Owned(strings))
    }

    fn framework() -> Framework {
        let source = Sources::default().add("frameworks/f.yaml", "");
        let span = Span::new(source, 0..0);
        let band = |rating: &str, from, tone| Band { rating: rating.to_owned(), from, tone, span };
        Framework {
            id: Spanned::new("f".parse().unwrap(), span),
            source,
            title: "A framework".to_owned(),
            in_force: None,
            scale: Scale { answers: Vec::new() },
            rating_method: RatingMethod::Points,
            band_on: BandOn::Rounded,
            bands: vec![band("Inadequate", 0, Tone::Red), band("Good", 65, Tone::Green)],
            composite: None,
            domains: Vec::new(),
            maps: Vec::new(),
        }
    }

    fn assessment(percent: u64, certainty: Certainty) -> Assessment {
        Assessment {
            key_questions: None,
            standard: None,
            title: String::new(),
            score: Score::new(HalfPoints(percent), HalfPoints(100)),
            rating: Some(Rating { word: "Good".to_owned(), tone: Tone::Green }),
            not_applicable: None,
            questions: Vec::new(),
            half_points_to_lower: None,
            half_points_to_higher: None,
            fragile: None,
            certainty,
            ratings_within: Vec::new(),
        }
    }

    fn row<'a>(audit: &str, assessment: Option<&'a Assessment>) -> HistoryRow<'a> {
        HistoryRow { audit: audit.to_owned(), cases: Some(5), assessment, current: audit == "June 2020" }
    }

    #[test]
    fn history_says_what_is_not_known() {
        let interval = Interval { low: 0.5, high: 0.804, effective_sample: 9.0, standard_error: 0.1, share: 0.67 };
        let (totals, sample) = (assessment(70, Certainty::TotalsOnly), assessment(67, Certainty::Interval(interval)));
        let unscored = Assessment { rating: None, ..assessment(0, Certainty::NotScored) };
        let groups = [
            ("3.1 Assessment".to_owned(), vec![row("March 2019", Some(&totals)), row("June 2020", Some(&sample))]),
            ("3.2 Planning".to_owned(), vec![row("March 2019", None), row("June 2020", Some(&unscored))]),
        ];
        let (chart, said) = history_data(&words(), &framework(), &groups).unwrap().unwrap();
        assert_eq!(
            said,
            "3.1 Assessment. March 2019 (5 cases): 70%, Good. \
             June 2020 (5 cases): 67%, Good, could reasonably be 50% to 80%. \
             3.2 Planning. March 2019 (5 cases): no score. June 2020 (5 cases): no score."
        );
        let json = serde_json::to_value(&chart.groups[0].rows).unwrap();
        assert_eq!(json[0]["score"]["low"], serde_json::Value::Null);
        assert_eq!((&json[1]["printed"], &json[1]["score"]["high"]), (&"67%".into(), &80.4.into()));
        assert_eq!((chart.groups[1].rows[0].printed.as_str(), &chart.groups[1].rows[0].score), ("–", &None));
        assert!(chart.legend.line.is_some() && chart.legend.no_line.is_some() && chart.legend.no_score.is_some());
        assert_eq!(chart.legend.bands, ["Inadequate from 0%", "Good from 65%"]);
        assert_eq!(ChartData::History(chart).texts()[..3], ["3.1 Assessment", "March 2019", "June 2020"]);
    }

    #[test]
    fn history_starts_with_the_second_audit() {
        let good = assessment(70, Certainty::TotalsOnly);
        let of = |rows| history_data(&words(), &framework(), &[("Overall".to_owned(), rows)]).unwrap();
        assert_eq!(of(vec![row("June 2020", Some(&good))]), None);
        assert_eq!(of(vec![row("March 2019", None), row("June 2020", None)]), None);
        let (chart, _) = of(vec![row("March 2019", Some(&good)), row("June 2020", Some(&good))]).unwrap();
        assert_eq!((chart.legend.line, chart.legend.no_score), (None, None));
    }

    fn finding(id: &str, states: &[Option<(&'static str, Tone)>]) -> TimelineFinding {
        TimelineFinding { id: id.to_owned(), label: "3.1 Plans were late".to_owned(), states: states.to_vec() }
    }

    #[test]
    fn timeline_has_a_key_of_what_occurs() {
        let columns = ["March 2019".to_owned(), "June 2020".to_owned()];
        let findings = [
            finding("F-1", &[Some(("new", Tone::Amber)), Some(("repeat", Tone::Red))]),
            finding("F-2", &[None, Some(("new", Tone::Green))]),
            finding("F-3", &[None, None]),
        ];
        let (chart, said) = timeline_data(&words(), &columns, &findings).unwrap().unwrap();
        assert_eq!(
            said,
            "F-1 3.1 Plans were late: March 2019 New; June 2020 Seen again. \
             F-2 3.1 Plans were late: June 2020 New. F-3 3.1 Plans were late: nothing."
        );
        let key = |sign: &str, word: &str, tone, means: &str| TimelineKey {
            sign: sign.to_owned(),
            word: word.to_owned(),
            tone,
            means: means.to_owned(),
        };
        // "New" stands in amber and in green, so in the key it has no colour.
        assert_eq!(chart.key, [key("●", "New", None, "New"), key("●", "Again", Some(Tone::Red), "Seen again")]);
        assert_eq!(
            serde_json::to_value(&chart.rows[1]).unwrap(),
            serde_json::json!({
                "id": "F-2",
                "label": "3.1 Plans were late",
                "cells": [null, {"sign": "●", "word": "New", "tone": "green"}],
            })
        );
        assert_eq!(timeline_data(&words(), &columns[..1], &findings).unwrap(), None);
        assert_eq!(timeline_data(&words(), &columns, &[]).unwrap(), None);
        let unknown = [finding("F-1", &[Some(("gone", Tone::Grey))])];
        assert!(timeline_data(&words(), &columns, &unknown).unwrap_err().0.contains("state.gone"));
    }

    #[test]
    fn every_state_has_words_and_a_sign_that_can_be_printed() {
        let (words, fonts) = (words(), Fonts::embedded());
        for state in STATES {
            for group in ["state", "state_short", "state_sign"] {
                let text = words.say(&format!("{group}.{state}"), &[]).unwrap();
                assert!(!text.is_empty() && text.chars().all(|c| fonts.covers(c)), "{group}.{state}: {text}");
            }
        }
        let own = words.keys().filter(|key| key.starts_with("state.")).count();
        assert_eq!(own, STATES.len());
    }
}
