//! Results → charts as plain numbers, with alternative text made from them.

use crate::document::{
    Block, BlockKind, Chart, ChartBand, ChartData, ChartKind, ChartLegend, ChartRow, Inline, InlineKind,
};
use crate::model::catalogue::{Catalogue, MissingString};
use crate::model::framework::Framework;
use crate::model::results::{Assessment, Results};
use crate::source::Span;

use super::Inputs;

/// An audit of the theme as a chart and a table show it.
pub(super) struct AuditOfTheme<'a> {
    pub title: String,
    pub results: &'a Results,
    pub overall: &'a Assessment,
    pub current: bool,
}

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
    let rows: Vec<ChartRow> =
        results.standards.iter().filter_map(|assessment| row(assessment, label(assessment), None, false)).collect();
    let caption = words.say("chart.standards.caption", &[])?;
    let alt = |rows: &str| words.say("chart.standards.alt", &[("rows", rows)]);
    chart(inputs, framework, ChartKind::Standards, "standards", rows, caption, alt)
}

/// The overall score of the last audits of one theme, oldest first; `None` where there is only one.
pub(super) fn audits(
    inputs: Inputs<'_>,
    framework: &Framework,
    audits: &[AuditOfTheme<'_>],
    theme: &str,
) -> Result<Option<Block>, MissingString> {
    if audits.len() < 2 {
        return Ok(None);
    }
    let words = inputs.catalogue;
    let mut rows = Vec::new();
    for audit in audits {
        let note = audit.results.cases.map(|cases| cases_note(words, cases)).transpose()?;
        rows.extend(row(audit.overall, audit.title.clone(), note, audit.current));
    }
    let caption = words.say("chart.audits.caption", &[("theme", theme)])?;
    let alt = |rows: &str| words.say("chart.audits.alt", &[("theme", &theme.to_lowercase()), ("rows", rows)]);
    chart(inputs, framework, ChartKind::Audits, "audits", rows, caption, alt)
}

/// `5 cases`
fn cases_note(words: &Catalogue, cases: u32) -> Result<String, MissingString> {
    words.say(if cases == 1 { "chart.cases_one" } else { "chart.cases" }, &[("n", &cases.to_string())])
}

fn row(assessment: &Assessment, label: String, note: Option<String>, current: bool) -> Option<ChartRow> {
    let share = assessment.score.share()?;
    let rating = assessment.rating.as_ref()?;
    let interval = assessment.interval();
    Some(ChartRow {
        label,
        note,
        percent: hundredths(share * 100.0),
        printed: format!("{}%", assessment.score.percent()?),
        rating: rating.word.clone(),
        tone: rating.tone,
        low: interval.map(|interval| hundredths(interval.low * 100.0)),
        high: interval.map(|interval| hundredths(interval.high * 100.0)),
        current,
    })
}

/// Two decimals are finer than any dot that is drawn, and keep the last bits of a float out of the content.
fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn chart(
    inputs: Inputs<'_>,
    framework: &Framework,
    kind: ChartKind,
    name: &str,
    rows: Vec<ChartRow>,
    caption: String,
    alt: impl Fn(&str) -> Result<String, MissingString>,
) -> Result<Option<Block>, MissingString> {
    if rows.is_empty() {
        return Ok(None);
    }
    let words = inputs.catalogue;
    let mut sentences = Vec::new();
    for row in &rows {
        let label = match &row.note {
            Some(note) => format!("{} ({note})", row.label),
            None => row.label.clone(),
        };
        let percent = row.printed.trim_end_matches('%').to_owned();
        let mut values = vec![("label", label), ("percent", percent), ("rating", row.rating.clone())];
        let key = match (row.low, row.high) {
            (Some(low), Some(high)) => {
                let whole = |value: f64| super::figures::percent(value / 100.0).to_string();
                values.extend([("low", whole(low)), ("high", whole(high))]);
                "chart.row"
            }
            _ => "chart.row_plain",
        };
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sentences.push(words.say(key, &values)?);
    }
    let span: Span = inputs.paper.span;
    let next = |place: usize| framework.bands.get(place + 1).map_or(100, |band| band.from);
    let bands = framework.bands.iter().enumerate();
    let percent = |value: u32| u8::try_from(value).expect("checked by load to be 100 at most");
    let chart = Chart {
        name: name.to_owned(),
        kind,
        alt: alt(&sentences.join(" "))?,
        caption: Some(vec![Inline { span, kind: InlineKind::Text(caption) }]),
        file: format!("charts/{}-{name}.svg", inputs.paper.id.value),
        data: ChartData {
            bands: bands
                .map(|(place, band)| ChartBand {
                    rating: band.rating.clone(),
                    from: percent(band.from),
                    to: percent(next(place)),
                    tone: band.tone,
                })
                .collect(),
            axis: words.say("chart.axis", &[])?,
            legend: ChartLegend { dot: words.say("chart.dot", &[])?, line: words.say("chart.line", &[])? },
            rows,
        },
    };
    Ok(Some(Block { span, kind: BlockKind::Chart(chart) }))
}
