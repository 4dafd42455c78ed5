//! What became of scores, findings and promises since the audits before, as a template sees it.

use serde::Serialize;

use crate::document::{Tone, changes, plain, walk_blocks};
use crate::model::Quarter;
use crate::model::audit::Selection;
use crate::model::catalogue::Catalogue;
use crate::model::comparison::{Change, Comparison, NoVerdict, Verdict};
use crate::model::difference::Difference;
use crate::model::framework::RatingMethod;
use crate::model::ids::FindingId;
use crate::model::narrative::FindingKind;
use crate::model::results::{ActionChange, ActionResult, AskResult, Assessment, FindingResult, FindingState};

use super::super::Inputs;
use super::super::charts::{AuditOfTheme, TimelineFinding};
use super::super::slots::{BadgeSlot, LineSlot, TextSlot};
use super::{ActionView, FindingView, Made, Making};

/// The comparison.
///
/// With the last audit of this theme; in the template `changes`, with the old quarter.
#[derive(Serialize)]
pub(super) struct SinceView {
    /// Which audit that was: `October to December 2019`.
    audit: String,
    /// How many cases it looked at.
    cases: Option<u32>,
    /// The one sentence that a board reads on the overall score; `none` where there are no scores to compare.
    verdict: Option<String>,
    /// How many questions counted at one of the two audits only, and are left out of the comparison.
    left_out: u32,
    /// A change for each standard, in the order of the framework; empty where nothing was compared.
    standards: Vec<ChangeView>,
    /// That of the overall score; always `none` where standards are rated by their lowest key question.
    overall: Option<ChangeView>,
    /// The states that findings are in; those that none is in are left out.
    states: Vec<StateView>,
    /// The same in words: `one is new and two were seen again`; `none` where there are no findings.
    findings: Option<String>,
}

/// A change of a score.
#[derive(Serialize)]
pub(super) struct ChangeView {
    /// `3.1`; empty for the overall score.
    id: String,
    /// `Assessment`; empty for the overall score.
    title: String,
    /// In percent, on the questions that counted at both audits; print it with the filter `percent`.
    earlier: Option<u32>,
    /// The same of this audit.
    later: Option<u32>,
    /// `higher`, `lower`, `no clear change` or `too few cases`; `none` where nothing can be concluded.
    verdict: Option<&'static str>,
    /// The verdict on its colour, "Cannot be said" where there is none.
    badge: BadgeSlot,
    /// The later score less the earlier one in points of percent: `+16`; `none` where nothing can be computed.
    difference: Option<String>,
    /// The least that the difference could reasonably be: `−6`.
    low: Option<String>,
    /// The most that it could be: `+38`.
    high: Option<String>,
    /// How often luck alone would do as much: `0.051`.
    p: Option<String>,
    /// The same corrected for several standards; always `none` for the overall score.
    p_holm: Option<String>,
    /// How large a rise, in points of percent, would about have stood out from chance.
    rise: Option<u32>,
    /// The same of a fall.
    fall: Option<u32>,
}

/// A state.
#[derive(Serialize)]
struct StateView {
    /// `new`, `repeat` …, as in the history of a finding.
    state: &'static str,
    /// How many findings are in it.
    n: u32,
}

/// A promise.
///
/// An action of the register with what became of it since the last quarter.
#[derive(Serialize)]
pub(super) struct PromiseView {
    #[serde(flatten)]
    action: ActionView,
    /// `opened`, `completed`, `verified`, `superseded`, `risk accepted` or `reopened`; in the template `changes` also
    /// `not yet opened`; `none` where it stands as it stood.
    change: Option<&'static str>,
    /// `new, due 30 November 2020`, or `due 30 November 2020, moved twice, from 30 September 2019`; may be empty.
    story: String,
}

/// A decision.
///
/// What an ask to the board came to.
#[derive(Serialize)]
pub(super) struct DecisionView {
    /// That of the ask.
    id: String,
    /// What was asked.
    text: LineSlot,
    /// When it was asked: `3 August 2020`.
    asked: Option<String>,
    /// What was decided; `none` where nothing is recorded yet.
    decided: Option<String>,
    /// When it was decided.
    date: Option<String>,
}

/// The changes.
///
/// Since another quarter, in a paper that `diff` makes.
#[derive(Serialize)]
pub(super) struct ChangesView {
    /// The older quarter: `October to December 2019`.
    old: String,
    /// The newer one.
    new: String,
    /// The older one's theme in print; `none` without an audit.
    old_theme: Option<String>,
    /// Whether both are audits of one theme; if not, print no scores and no states of findings.
    comparable: bool,
    /// Why they are not: another `theme`, another `edition` of the standards, or no `audit`; `none` where they are.
    why_not: Option<&'static str>,
    /// How many items of each list the first page has room for.
    shown: ShownView,
    /// The promises in words: `one is overdue, four are done and two are new`; `none` where nothing happened.
    promised: Option<String>,
    /// Each text that is not the same.
    words: Vec<WordsView>,
}

/// The room on the first page.
#[derive(Serialize)]
struct ShownView {
    /// For findings.
    findings: usize,
    /// For overdue actions.
    overdue: usize,
    /// For asks without a decision.
    open: usize,
}

/// A changed text.
#[derive(Serialize)]
struct WordsView {
    /// Its name in print.
    title: String,
    /// The text with its changes marked.
    text: TextSlot,
}

/// The history of a finding.
#[derive(Serialize, Default)]
pub(super) struct HistoryView {
    /// `new`, `repeat`, `recurring`, `resolved`, `still there`, `not seen`, `not tested` or `withdrawn`; `none` without an audit.
    state: Option<&'static str>,
    /// The state in the board's words: `Back again, last seen April 2019`; `none` without an audit.
    story: Option<String>,
    /// The count when it was last seen: `before: 4 of 5`, or `last seen: 3 of 8` of one that is back again.
    seen_before: Option<String>,
    /// The month in which it was first raised: `April 2019`.
    first_raised: Option<String>,
    /// How many audits of the theme there have been after the one that raised it.
    age_audits: u32,
    /// How many whole months have passed since then.
    age_months: Option<u32>,
    /// Whether its words are others than when it was last seen.
    reworded: bool,
}

/// A table.
///
/// With a column an audit, oldest first.
#[derive(Serialize)]
pub(super) struct TableView {
    /// What stands above them.
    columns: Vec<String>,
    /// The lines below.
    rows: Vec<RowView>,
}

/// A row of a table.
#[derive(Serialize)]
struct RowView {
    /// `3.1 Assessment`, `F-2019-001`
    label: String,
    /// One a column.
    cells: Vec<String>,
}

/// What stands in a cell where there is nothing to say.
const NOTHING: &str = "–";

/// How many lines the first page of `changes` has for its lists: with the longest sentences above and below them they
/// fit an A4 page of 12 points.
const FIRST_PAGE: usize = 14;
/// How many of them asks and overdue actions may take at most.
const ASKS_MAX: usize = 3;
const OVERDUE_MAX: usize = 4;
/// Characters in a line of each list.
const FINDING_WIDTH: usize = 50;
const ACTION_WIDTH: usize = 36;
const ASK_WIDTH: usize = 75;

/// A difference of two shares in points of percent: `+16`, `−3`, `0`.
fn signed_points(difference: f64, words: &Catalogue) -> Made<String> {
    let points = (difference * 100.0).round() as i64;
    let sign = if points > 0 { words.say("number.plus", &[])? } else { String::new() };
    Ok(sign + &words.digits(points)?)
}

/// How much of a finding names it in a chart, in characters.
const LABEL_MAX: usize = 48;

impl<'a> Making<'a, '_> {
    pub(super) fn history_table(&self, audits: &[AuditOfTheme<'_>]) -> Made<Option<TableView>> {
        let Some(results) = self.inputs.audit_results().filter(|_| audits.len() > 1) else { return Ok(None) };
        let percent = |assessment: Option<&Assessment>| {
            let percent = assessment.and_then(|assessment| assessment.score.percent());
            percent.map_or_else(|| Ok(NOTHING.to_owned()), |percent| self.inputs.catalogue.percent(percent))
        };
        let standards = results.standards.iter().filter_map(|standard| Some((standard.standard.as_ref()?, standard)));
        let mut rows: Vec<RowView> = standards
            .map(|(id, standard)| {
                let cells = audits.iter().map(|audit| percent(self.standard_at(id, audit.results)));
                Ok(RowView { label: format!("{id} {}", standard.title), cells: cells.collect::<Made<_>>()? })
            })
            .collect::<Made<_>>()?;
        if results.overall.is_some() {
            rows.push(RowView {
                label: self.say("scores.overall", &[])?,
                cells: audits.iter().map(|audit| percent(audit.overall)).collect::<Made<_>>()?,
            });
        }
        Ok(Some(TableView { columns: audits.iter().map(|audit| audit.title.clone()).collect(), rows }))
    }

    pub(super) fn timeline_table(&self, audits: &[AuditOfTheme<'_>]) -> Made<Option<TableView>> {
        if audits.len() < 2 {
            return Ok(None);
        }
        let mut rows = Vec::new();
        for (id, states) in states_of(audits) {
            let word = |state: &Option<&FindingResult>| match state {
                Some(finding) => self.say(&format!("state.{}", finding.state.word()), &[]),
                None => Ok(NOTHING.to_owned()),
            };
            rows.push(RowView { label: id.to_string(), cells: states.iter().map(word).collect::<Made<_>>()? });
        }
        let columns = audits.iter().map(|audit| audit.title.clone()).collect();
        Ok((!rows.is_empty()).then_some(TableView { columns, rows }))
    }

    /// What became of each finding of the theme, for the chart: the names of the audits, and a row a finding.
    pub(super) fn timeline(&self, audits: &[AuditOfTheme<'_>]) -> Made<(Vec<String>, Vec<TimelineFinding>)> {
        let mut findings = Vec::new();
        for (id, states) in states_of(audits) {
            let cell = |state: &Option<&FindingResult>| {
                state.map(|finding| (finding.state.word(), tone(finding.state, finding.kind)))
            };
            findings.push(TimelineFinding {
                id: id.to_string(),
                label: self.label(id),
                states: states.iter().map(cell).collect(),
            });
        }
        Ok((audits.iter().map(|audit| audit.title.clone()).collect(), findings))
    }

    /// `3.1 Risks to the child, such as …`: a finding as it was written last.
    fn label(&self, id: &FindingId) -> String {
        let quarters = self.inputs.service.quarters.iter().rev().filter(|quarter| quarter.id <= self.inputs.quarter.id);
        let Some(finding) = quarters.into_iter().find_map(|quarter| quarter.finding(id)) else { return String::new() };
        let mut words: Vec<String> = finding.standard.iter().map(|standard| standard.value.to_string()).collect();
        let mut text = Vec::new();
        walk_blocks(&finding.text.blocks, &mut |block| text.extend(block.inlines().into_iter().map(plain)));
        let text = text.join(" ");
        let mut length = 0;
        for word in text.split_whitespace() {
            length += word.chars().count() + 1;
            if length > LABEL_MAX && !words.is_empty() {
                words.push("…".to_owned());
                break;
            }
            words.push(word.to_owned());
        }
        words.join(" ")
    }

    pub(super) fn since(&mut self) -> Made<Option<SinceView>> {
        let inputs = self.inputs;
        let Some(results) = inputs.own_results() else { return Ok(None) };
        let Some(earlier) = results
            .comparison
            .as_ref()
            .map(|comparison| &comparison.with)
            .or_else(|| results.findings.iter().filter_map(|finding| finding.last_seen.as_ref()).max())
        else {
            return Ok(None);
        };
        let Some(earlier) = inputs.service.quarter(earlier) else { return Ok(None) };
        let count = |state: FindingState| results.findings.iter().filter(|finding| finding.state == state).count();
        let states = FindingState::ALL.iter().map(|&(word, state)| StateView { state: word, n: count(state) as u32 });
        let states: Vec<StateView> = states.filter(|state| state.n > 0).collect();
        let in_words = states.iter().map(|state| {
            let n = inputs.catalogue.number(state.n)?;
            self.inputs.catalogue.say_of(&format!("since.count.{}", state.state), state.n, &[("n", &n)])
        });
        let in_words = in_words.collect::<Made<Vec<String>>>()?;
        let findings = (!in_words.is_empty()).then(|| inputs.catalogue.list(&in_words)).transpose()?;
        let comparison = results.comparison.as_ref();
        Ok(Some(SinceView {
            audit: self.audit_title(earlier)?,
            cases: inputs.results.get(&earlier.id).and_then(|results| results.cases),
            verdict: comparison.map(|comparison| self.verdict(comparison)).transpose()?.flatten(),
            left_out: comparison.map_or(0, |comparison| comparison.prompts_left_out),
            standards: comparison
                .iter()
                .flat_map(|comparison| &comparison.standards)
                .map(|change| self.change(change))
                .collect::<Made<_>>()?,
            overall: comparison
                .and_then(|comparison| comparison.overall.as_ref())
                .map(|change| self.change(change))
                .transpose()?,
            states,
            findings,
        }))
    }

    /// The sentence that a board reads on the overall score.
    fn verdict(&self, comparison: &Comparison) -> Made<Option<String>> {
        let Some(overall) = &comparison.overall else {
            let method = self.inputs.audit_results().and_then(|results| results.rating_method);
            let by_key_questions = method == Some(RatingMethod::LowestKeyQuestion);
            let key = if by_key_questions { "verdict.lowest" } else { "verdict.other questions" };
            return self.say(key, &[]).map(Some);
        };
        let percent = |percent: Option<u32>| percent.unwrap_or_default().to_string();
        let (earlier, later) = (percent(overall.earlier.percent()), percent(overall.later.percent()));
        let (before, now) = overall.cases.unwrap_or_default();
        let (before, now) = (before.to_string(), now.to_string());
        let scores = [("earlier", earlier.as_str()), ("later", later.as_str())];
        let both = || self.say("verdict.both", &scores);
        let sentence = match overall.verdict {
            Verdict::Higher => self.say("verdict.higher", &scores)?,
            Verdict::Lower => self.say("verdict.lower", &scores)?,
            Verdict::NoClearChange if earlier == later => self.say("verdict.same", &scores)?,
            Verdict::NoClearChange => {
                let [earlier, later] = scores;
                self.say("verdict.no clear change", &[earlier, later, ("before", &before), ("now", &now)])?
            }
            Verdict::TooFewCases => self.say("verdict.too few cases", &[])?,
            Verdict::None(reason) => {
                let caution = match reason {
                    NoVerdict::TotalsOnly => "verdict.totals",
                    NoVerdict::NotASample(Selection::All) => "verdict.all",
                    NoVerdict::NotASample(_) => "verdict.chosen",
                    NoVerdict::LowestOfSeveral => "verdict.lowest",
                    NoVerdict::OtherQuestions | NoVerdict::NotScored => "verdict.other questions",
                };
                format!("{} {}", both()?, self.say(caution, &[])?)
            }
        };
        Ok(Some(sentence))
    }

    pub(super) fn change(&mut self, change: &Change) -> Made<ChangeView> {
        let (verdict, tone) = match change.verdict {
            Verdict::Higher => (Some("higher"), Tone::Green),
            Verdict::Lower => (Some("lower"), Tone::Red),
            Verdict::NoClearChange => (Some("no clear change"), Tone::Grey),
            Verdict::TooFewCases => (Some("too few cases"), Tone::Grey),
            Verdict::None(_) => (None, Tone::Grey),
        };
        let word = self.say(&format!("verdict.word.{}", verdict.unwrap_or("none")), &[])?;
        let words = self.inputs.catalogue;
        let signed = |points: Option<f64>| points.map(|points| signed_points(points, words)).transpose();
        let (low, high) = change.interval.unzip();
        // A difference stands out where its interval leaves out no difference at all (MOVER, Zou & Donner 2008): where it
        // is larger than its own distance to the interval's end. That is how far these cases reach, then and now.
        let reach = |end: Option<f64>| {
            let distance = (change.difference? - end?).abs();
            Some((distance * 100.0).ceil() as u32)
        };
        Ok(ChangeView {
            id: change.standard.as_ref().map_or_else(String::new, ToString::to_string),
            title: change.title.clone(),
            earlier: change.earlier.percent(),
            later: change.later.percent(),
            verdict,
            badge: self.badge(&word, tone),
            difference: signed(change.difference)?,
            low: signed(low)?,
            high: signed(high)?,
            p: change.p.map(|p| self.probability(p)).transpose()?,
            p_holm: change.p_holm.map(|p| self.probability(p)).transpose()?,
            rise: reach(low),
            fall: reach(high),
        })
    }

    /// `0.051`, or that it is below the smallest that three decimals can say.
    fn probability(&self, p: f64) -> Made<String> {
        if p < 0.0005 { self.say("statistics.p_below", &[]) } else { self.inputs.catalogue.decimal(&format!("{p:.3}")) }
    }

    /// `October to December 2019`, or the folder's name where it is no quarter of a year.
    pub(super) fn audit_title(&self, quarter: &Quarter) -> Made<String> {
        match quarter.id.as_str().parse() {
            Ok(financial) => self.inputs.catalogue.quarter(financial),
            Err(_) => Ok(quarter.id.to_string()),
        }
    }

    /// `April 2019`
    fn month_of(&self, quarter: Option<&Quarter>) -> Made<Option<String>> {
        quarter.and_then(Quarter::day).map(|day| self.inputs.catalogue.month_of(day)).transpose()
    }

    /// `4 of 5 cases`
    pub(super) fn seen(&self, count: Option<(u32, u32)>) -> Made<Option<String>> {
        // Where no prompt applied there was nothing to see.
        let Some((n, of)) = count.filter(|(_, of)| *of > 0) else { return Ok(None) };
        let words = self.inputs.catalogue;
        let (seen, all) = (words.digits(n.into())?, words.digits(of.into())?);
        words.say_of("findings.seen", of, &[("n", &seen), ("of", &all)]).map(Some)
    }

    pub(super) fn history(&self, finding: Option<&FindingResult>) -> Made<HistoryView> {
        let Some(finding) = finding else { return Ok(HistoryView::default()) };
        let quarter = |id| self.inputs.service.quarter(id);
        let last = self.month_of(finding.last_seen.as_ref().and_then(quarter))?;
        let word = finding.state.word();
        let story = match (finding.state, &last) {
            (FindingState::Recurring, Some(month)) => self.say("since.recurring", &[("month", month)])?,
            _ => self.say(&format!("state.{word}"), &[])?,
        };
        Ok(HistoryView {
            state: Some(word),
            story: Some(story),
            seen_before: finding
                .count_before
                .filter(|(_, of)| *of > 0)
                .map(|(n, of)| {
                    let key = if finding.state == FindingState::Recurring { "since.last_seen" } else { "since.before" };
                    self.say(key, &[("n", &n.to_string()), ("of", &of.to_string())])
                })
                .transpose()?,
            first_raised: self.month_of(quarter(&finding.first_raised))?,
            age_audits: finding.age_audits,
            age_months: finding.age_months,
            reworded: finding.reworded,
        })
    }

    /// The findings that stood before and are silent now, with the words of the quarter that saw them last.
    pub(super) fn silent(&mut self) -> Made<Vec<FindingView>> {
        let inputs = self.inputs;
        let mut views = Vec::new();
        for result in inputs.own_results().iter().flat_map(|results| &results.findings) {
            if inputs.quarter.finding(&result.id).is_some() {
                continue;
            }
            let Some(last) = result.last_seen.as_ref().and_then(|id| inputs.service.quarter(id)) else { continue };
            let (Some(narrative), Some(finding)) = (&last.narrative, last.finding(&result.id)) else { continue };
            // Its figures are those of the quarter that wrote it.
            let inputs = Inputs { quarter: last, narrative, ..inputs };
            let mut making = Making { inputs, slots: &mut *self.slots };
            let text = making.prose(Some(&finding.text));
            views.push(self.finding(finding, text, Some(result))?);
        }
        Ok(views)
    }

    /// The actions that were open in the last quarter or that something happened to since, in the order of the register.
    pub(super) fn promises(&mut self) -> Made<Vec<PromiseView>> {
        let inputs = self.inputs;
        let results: Vec<&ActionResult> = inputs.own_results().iter().flat_map(|results| &results.actions).collect();
        let mut views = Vec::new();
        for result in results {
            let Some(action) = inputs.service.action(&result.id) else { continue };
            if !(result.carried_forward || result.change.is_some() || result.overdue.is_some()) {
                continue;
            }
            let action = self.action(action)?;
            let story = self.story(result)?;
            views.push(PromiseView { action, change: result.change.map(ActionChange::word), story });
        }
        Ok(views)
    }

    /// What became of an action, in a clause or several.
    fn story(&self, action: &ActionResult) -> Made<String> {
        let mut clauses = Vec::new();
        if let Some(change) = action.change {
            clauses.push(self.say(&format!("promise.{}", change.word()), &[])?);
        }
        // When it would have been due is of no interest once it is done.
        if !action.status.is_open() {
            return self.inputs.catalogue.joined("list.comma", &clauses);
        }
        clauses.push(match action.due {
            Some(due) => self.say("promise.due", &[("due", &self.inputs.catalogue.due(due)?)])?,
            None => {
                let opened = self.inputs.catalogue.month_of(action.opened)?;
                self.say("promise.no_due", &[("month", &opened)])?
            }
        });
        if let Some(first) = action.due_before.first() {
            let from = self.inputs.catalogue.due(*first)?;
            let times = u32::try_from(action.due_before.len()).unwrap_or(u32::MAX);
            let words = self.inputs.catalogue;
            clauses.push(words.say_of("promise.moved", times, &[("n", &words.number(times)?), ("from", &from)])?);
        }
        self.inputs.catalogue.joined("list.comma", &clauses)
    }

    pub(super) fn changes(&mut self) -> Made<Option<ChangesView>> {
        let Some(difference) = self.inputs.difference else { return Ok(None) };
        let mut words = Vec::new();
        for field in &difference.words {
            let marked = changes::blocks(&field.old, &field.new);
            // Pictures are shown by their words: those of the older quarter stand in another folder.
            words.push(WordsView { title: field.title.clone(), text: self.slots.blocks(marked, "") });
        }
        let results: Vec<&ActionResult> =
            self.inputs.own_results().iter().flat_map(|results| &results.actions).collect();
        let is_done = |action: &ActionResult| {
            let is_other = matches!(action.change, None | Some(ActionChange::NotYetOpened));
            !is_other && !action.status.is_open()
        };
        let count = |is: &dyn Fn(&ActionResult) -> bool| results.iter().filter(|action| is(action)).count() as u32;
        let counts = [
            ("overdue", count(&|action| action.overdue.is_some())),
            ("done", count(&is_done)),
            ("opened", count(&|action| action.change == Some(ActionChange::Opened))),
            ("moved", count(&|action| action.moved && action.status.is_open())),
        ];
        let mut promised = Vec::new();
        for (key, n) in counts.into_iter().filter(|(_, n)| *n > 0) {
            let words = self.inputs.catalogue;
            promised.push(words.say_of(&format!("promise.count.{key}"), n, &[("n", &words.number(n)?)])?);
        }
        let promised = (!promised.is_empty()).then(|| self.inputs.catalogue.list(&promised)).transpose()?;
        Ok(Some(ChangesView {
            promised,
            old: difference.old.title.clone(),
            new: difference.new.title.clone(),
            old_theme: difference.old.theme_title.clone(),
            comparable: difference.is_comparable,
            why_not: match (&difference.old.theme, &difference.new.theme) {
                _ if difference.is_comparable => None,
                (Some(old), Some(new)) if old == new => Some("edition"),
                (Some(_), Some(_)) => Some("theme"),
                _ => Some("audit"),
            },
            shown: self.room(difference),
            words,
        }))
    }

    /// Reckons how much fits the first page: asks and what is overdue before findings.
    fn room(&self, difference: &Difference) -> ShownView {
        let mut room = FIRST_PAGE;
        let mut fit = |texts: &mut dyn Iterator<Item = usize>, width: usize, most: usize| {
            let (mut lines, most) = (0, most.min(room));
            let count = texts
                .take_while(|length| {
                    let fits = lines + length.div_ceil(width).max(1) <= most;
                    lines += if fits { length.div_ceil(width).max(1) } else { 0 };
                    fits
                })
                .count();
            room -= lines;
            count
        };
        let length = |text: &str| text.chars().count();
        let open = difference.asks.iter().filter(|ask| ask.result.decision.is_none());
        let open = fit(&mut open.map(|ask| length(&ask.text)), ASK_WIDTH, ASKS_MAX);
        let overdue = difference.actions.iter().filter(|action| action.result.overdue.is_some());
        let overdue = fit(&mut overdue.map(|action| length(&action.text)), ACTION_WIDTH, OVERDUE_MAX);
        let changed = difference.findings.iter().filter(|finding| finding.result.state != FindingState::Repeat);
        // Those that stand now come first, as in the template's list; a state may take two lines.
        let (seen, silent): (Vec<_>, Vec<_>) =
            changed.partition(|finding| self.inputs.quarter.finding(&finding.result.id).is_some());
        let lengths = seen.into_iter().chain(silent).map(|one| length(&one.text).max(FINDING_WIDTH + 1));
        ShownView { findings: fit(&mut lengths.into_iter(), FINDING_WIDTH, FIRST_PAGE), overdue, open }
    }

    pub(super) fn decisions(&mut self) -> Made<Vec<DecisionView>> {
        let inputs = self.inputs;
        let asks: Vec<&AskResult> = inputs.own_results().iter().flat_map(|results| &results.asks).collect();
        let mut views = Vec::new();
        for ask in asks {
            let Some(quarter) = inputs.service.quarter(&ask.asked) else { continue };
            let Some(narrative) = &quarter.narrative else { continue };
            let Some(asked) = narrative.asks.board.iter().find(|asked| asked.id.value == ask.id) else { continue };
            let text =
                Making { inputs: Inputs { quarter, narrative, ..inputs }, slots: &mut *self.slots }.line(&asked.text);
            let date = |date| inputs.catalogue.date(date);
            views.push(DecisionView {
                id: ask.id.to_string(),
                text,
                asked: quarter.as_of().map(date).transpose()?,
                decided: ask.decision.as_ref().map(|decision| decision.text.clone()),
                date: ask.decision.as_ref().and_then(|decision| decision.on).map(date).transpose()?,
            });
        }
        Ok(views)
    }
}

/// The findings of a theme, those raised first on top, with what each audit said of them.
fn states_of<'r>(audits: &[AuditOfTheme<'r>]) -> Vec<(&'r FindingId, Vec<Option<&'r FindingResult>>)> {
    let mut ids: Vec<(&FindingId, usize)> = Vec::new();
    for (at, audit) in audits.iter().enumerate() {
        for finding in &audit.results.findings {
            if ids.iter().all(|(id, _)| *id != &finding.id) {
                ids.push((&finding.id, at));
            }
        }
    }
    ids.sort_by_key(|(id, at)| (*at, id.as_str()));
    let state = |id: &FindingId, audit: &AuditOfTheme<'r>| audit.results.findings.iter().find(|other| other.id == *id);
    ids.into_iter().map(|(id, _)| (id, audits.iter().map(|audit| state(id, audit)).collect())).collect()
}

/// The colour of a state: what a strength means is the opposite of what an improvement means.
fn tone(state: FindingState, kind: FindingKind) -> Tone {
    match (state, kind) {
        (FindingState::New | FindingState::Repeat | FindingState::Recurring, FindingKind::Strength) => Tone::Green,
        (FindingState::Recurring, FindingKind::Improvement) => Tone::Red,
        (FindingState::New | FindingState::Repeat, FindingKind::Improvement) => Tone::Amber,
        (FindingState::StillThere, _) => Tone::Amber,
        (FindingState::Resolved, _) => Tone::Green,
        (FindingState::NotSeen | FindingState::NotTested | FindingState::Withdrawn, _) => Tone::Grey,
    }
}
