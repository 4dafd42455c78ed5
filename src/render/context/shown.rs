//! What a paper shows of other audits and of an inspection: scores beside ratings, and what changed between the audits.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::document::Tone;
use crate::model::Quarter;
use crate::model::audit::Selection;
use crate::model::comparison::{Comparison, NoVerdict, Verdict};
use crate::model::framework::{BandOn, Framework};
use crate::model::ids::StandardId;
use crate::model::inspection::Inspection;
use crate::model::results::{Assessment, Certainty, Results};

use super::super::charts::{self, AuditOfTheme};
use super::super::slots::{BadgeSlot, ChartSlot, Slot};
use super::super::{Inputs, capitalised};
use super::inspections::InspectionView;
use super::since::ChangeView;
use super::{Made, Making, SMALL_NUMBER, ScoresView};

/// The shown scores.
///
/// What the paper shows of other audits and of an inspection, by its key `show`.
#[derive(Serialize)]
pub(super) struct ShownScoresView {
    /// The inspection whose ratings stand beside the scores; `none` where the paper shows none.
    inspection: Option<InspectionView>,
    /// The audits whose scores are shown, those that can be compared together.
    themes: Vec<ThemeView>,
    /// How ratings come about, of each framework that is shown.
    criteria: Vec<CriteriaView>,
}

/// A shown theme.
#[derive(Serialize)]
struct ThemeView {
    /// `out-of-court`
    theme: String,
    /// `Out-of-court disposals`
    theme_title: String,
    /// The id of the domain that was audited.
    domain: Option<String>,
    /// The domain's title.
    domain_title: Option<String>,
    /// Those that are shown, oldest first.
    audits: Vec<ShownAuditView>,
    /// The last of the audits against the one before it; `none` where there is nothing to compare.
    change: Option<ShownChangeView>,
    /// Pictures of these scores.
    charts: ThemeChartsView,
}

/// A shown audit.
#[derive(Serialize)]
struct ShownAuditView {
    /// `October to December 2019`
    title: String,
    /// How many cases were looked at.
    cases: Option<u32>,
    /// Whether it is the audit of the paper's own quarter.
    current: bool,
    /// What it came to.
    scores: ScoresView,
    /// What must stand beside the scores, with the number of cases.
    caution: String,
    /// What the inspection gave each standard, by its id; `none` where its framework does not have the standard.
    inspected: BTreeMap<String, Option<BadgeSlot>>,
}

/// A change between shown audits.
#[derive(Serialize)]
struct ShownChangeView {
    /// The audit before: `October to December 2019`.
    earlier: String,
    /// The last one.
    later: String,
    /// How many cases the one before looked at.
    earlier_cases: Option<u32>,
    /// How many the last one looked at.
    later_cases: Option<u32>,
    /// What may be said of the overall score.
    verdict: String,
    /// How many questions counted only once of the two.
    left_out: u32,
    /// Each standard that both have.
    standards: Vec<ChangeView>,
    /// The overall score.
    overall: Option<ChangeView>,
}

/// The charts of a theme.
#[derive(Serialize, Default)]
struct ThemeChartsView {
    /// The overall score of each audit; `none` of a single one.
    audits: Option<ChartSlot>,
    /// The standards of the last audit, each with the inspection's rating.
    standards: Option<ChartSlot>,
    /// What must stand beside `audits`; `none` where no score has a range, and the caution of the scores says why.
    audits_caution: Option<String>,
    /// The same beside `standards`.
    standards_caution: Option<String>,
}

/// A way of rating.
#[derive(Serialize)]
struct CriteriaView {
    /// The framework's title.
    framework: String,
    /// `points` or `lowest_key_question`.
    rating_method: &'static str,
    /// `rounded` or `exact`.
    band_on: &'static str,
    /// What each answer earns: `Yes 1, Partly ½, No 0`.
    scale: String,
    /// Its ratings, the lowest first.
    bands: Vec<BandView>,
}

/// A range of a rating.
#[derive(Serialize)]
struct BandView {
    /// `Good`
    rating: String,
    /// The rating on its colour.
    badge: BadgeSlot,
    /// `50% to 64%`
    range: String,
}

impl<'a> Making<'a, '_> {
    pub(super) fn shown(&mut self) -> Made<ShownScoresView> {
        let inputs = self.inputs;
        let id = inputs.paper.show.inspection.as_ref().map(|id| &id.value);
        let inspection = inputs.service.inspections.iter().find(|one| Some(&one.id) == id);
        let mut themes = Vec::new();
        let mut frameworks: Vec<&Framework> = Vec::new();
        let groups = inputs.service.shown(inputs.quarter, inputs.paper);
        for (group, change) in groups.into_iter().zip(inputs.changes) {
            frameworks.extend(group.iter().filter_map(|quarter| inputs.service.framework_of(quarter)));
            themes.extend(self.shown_theme(&group, change.as_ref(), inspection)?);
        }
        frameworks.sort_by_key(|framework| &framework.id.value);
        frameworks.dedup_by_key(|framework| &framework.id.value);
        Ok(ShownScoresView {
            inspection: inspection.map(|inspection| self.inspection(inspection)).transpose()?,
            themes,
            criteria: frameworks.into_iter().map(|framework| self.criteria(framework)).collect::<Made<_>>()?,
        })
    }

    /// Audits of one theme, oldest first.
    fn shown_theme(
        &mut self,
        group: &[&'a Quarter],
        change: Option<&Comparison>,
        inspection: Option<&'a Inspection>,
    ) -> Made<Option<ThemeView>> {
        let inputs = self.inputs;
        let mut audits = Vec::new();
        for quarter in group {
            // As if the paper were that quarter's.
            let mut making = Making { inputs: Inputs { quarter, ..inputs }, slots: &mut *self.slots };
            let Some(scores) = making.scores()? else { continue };
            audits.push(ShownAuditView {
                title: self.audit_title(quarter)?,
                cases: inputs.results.get(&quarter.id).and_then(|results| results.cases),
                current: quarter.id == inputs.quarter.id,
                caution: self.caution_with_cases(quarter, &scores.caution)?,
                scores,
                inspected: self.inspected(quarter, inspection)?,
            });
        }
        let Some(last) = group.last().filter(|_| !audits.is_empty()) else { return Ok(None) };
        let Some(audit) = &last.audit else { return Ok(None) };
        let framework = inputs.service.framework_of(last);
        let domain = framework.zip(audit.domain.as_ref()).and_then(|(framework, id)| framework.domain(&id.value));
        let theme_title = inputs.service.service.theme_title(&audit.theme.value);
        Ok(Some(ThemeView {
            theme: audit.theme.value.to_string(),
            domain: audit.domain.as_ref().map(|id| id.value.to_string()),
            domain_title: domain.map(|domain| domain.title.clone()),
            audits,
            change: change.map(|change| self.comparison(change, last)).transpose()?,
            charts: self.charts_shown(group, inspection, &theme_title)?,
            theme_title,
        }))
    }

    /// The caution of an audit's scores, behind the number of cases where it does not say that itself.
    fn caution_with_cases(&self, quarter: &Quarter, caution: &str) -> Made<String> {
        let results = self.inputs.results.get(&quarter.id);
        let Some(cases) = results.and_then(|results| results.cases) else { return Ok(caution.to_owned()) };
        let certainty = results.and_then(|results| results.overall.as_ref()).map(|overall| &overall.certainty);
        let is_said = !matches!(certainty, Some(Certainty::TotalsOnly | Certainty::NotASample(_)));
        if is_said && cases <= SMALL_NUMBER {
            return Ok(caution.to_owned());
        }
        let words = self.inputs.catalogue;
        let cases = words.say_of("shown.cases", cases, &[("n", &words.digits(cases.into())?)])?;
        Ok(format!("{cases} {caution}"))
    }

    /// What an inspection gave the standards of an audit.
    fn inspected(
        &mut self,
        quarter: &Quarter,
        inspection: Option<&'a Inspection>,
    ) -> Made<BTreeMap<String, Option<Slot>>> {
        let Some(results) = self.inputs.results.get(&quarter.id) else { return Ok(BTreeMap::new()) };
        let mut badges = BTreeMap::new();
        for id in results.standards.iter().filter_map(|one| one.standard.as_ref()) {
            let rated = self.rating_of(id, quarter, inspection)?;
            badges.insert(id.to_string(), rated.map(|(word, tone)| self.badge(&word, tone)));
        }
        Ok(badges)
    }

    /// The word that an inspection gave a standard of an audit, and its colour; `None` where no inspection is shown, or it
    /// went by standards that do not have it.
    fn rating_of(
        &self,
        id: &StandardId,
        quarter: &Quarter,
        inspection: Option<&Inspection>,
    ) -> Made<Option<(String, Tone)>> {
        let service = self.inputs.service;
        let counterpart = inspection.and_then(|inspection| {
            let own = service.framework_of(quarter)?;
            let theirs = service.framework(&inspection.framework.as_ref()?.value)?;
            let id = service.standard_between(id, own, theirs)?;
            theirs.standard(id).map(|_| (id, inspection, theirs))
        });
        let rated = counterpart.map(|(id, inspection, theirs)| self.rated(id, inspection, Some(theirs)));
        rated.transpose()
    }

    fn comparison(&mut self, comparison: &Comparison, later: &Quarter) -> Made<ShownChangeView> {
        let inputs = self.inputs;
        let cases = |quarter: &Quarter| inputs.results.get(&quarter.id).and_then(|results| results.cases);
        let earlier = inputs.service.quarter(&comparison.with).expect("compared with a quarter of the service");
        let (then, now) = (self.audit_title(earlier)?, self.audit_title(later)?);
        Ok(ShownChangeView {
            verdict: self.verdict_shown(comparison, &then, &now)?,
            earlier: then,
            later: now,
            earlier_cases: cases(earlier),
            later_cases: cases(later),
            left_out: comparison.prompts_left_out,
            standards: comparison.standards.iter().map(|change| self.change(change)).collect::<Made<_>>()?,
            overall: comparison.overall.as_ref().map(|change| self.change(change)).transpose()?,
        })
    }

    /// What may be said of the overall score, with both audits named: the earlier need not be the last one before.
    fn verdict_shown(&self, comparison: &Comparison, then: &str, now: &str) -> Made<String> {
        let Some(overall) = &comparison.overall else {
            let lowest = Verdict::None(NoVerdict::LowestOfSeveral);
            let by_key_questions = comparison.standards.iter().any(|standard| standard.verdict == lowest);
            return self.say(if by_key_questions { "shown.lowest" } else { "shown.other questions" }, &[]);
        };
        let (Some(before), Some(after)) = (overall.earlier.percent(), overall.later.percent()) else {
            return self.say("shown.other questions", &[]);
        };
        let scores = [before.to_string(), after.to_string()];
        let both = [("then", then), ("earlier", &scores[0]), ("now", now), ("later", &scores[1])];
        let both = capitalised(&self.say("shown.both", &both)?);
        let (of_earlier, of_later) = overall.cases.unwrap_or_default();
        let (of_earlier, of_later) = (of_earlier.to_string(), of_later.to_string());
        let cases = [("before", of_earlier.as_str()), ("after", of_later.as_str())];
        let said = match overall.verdict {
            Verdict::Higher => self.say("shown.higher", &[])?,
            Verdict::Lower => self.say("shown.lower", &[])?,
            Verdict::NoClearChange if before == after => self.say("shown.same", &[])?,
            Verdict::NoClearChange => self.say("shown.no clear change", &cases)?,
            Verdict::TooFewCases => self.say("shown.too few cases", &[])?,
            Verdict::None(NoVerdict::TotalsOnly) => self.say("verdict.totals", &[])?,
            Verdict::None(NoVerdict::NotASample(Selection::All)) => self.say("verdict.all", &[])?,
            Verdict::None(NoVerdict::NotASample(_)) => self.say("verdict.chosen", &[])?,
            Verdict::None(NoVerdict::LowestOfSeveral) => self.say("shown.lowest", &[])?,
            Verdict::None(NoVerdict::OtherQuestions | NoVerdict::NotScored) => {
                self.say("shown.other questions", &[])?
            }
        };
        Ok(format!("{both} {said}"))
    }

    fn charts_shown(
        &mut self,
        group: &[&'a Quarter],
        inspection: Option<&'a Inspection>,
        theme: &str,
    ) -> Made<ThemeChartsView> {
        let inputs = self.inputs;
        let results = |quarter: &Quarter| inputs.results.get(&quarter.id);
        let shown: Vec<(&Quarter, &Results)> =
            group.iter().filter_map(|quarter| Some((*quarter, results(quarter)?))).collect();
        let Some(&(last, of_last)) = shown.last() else { return Ok(ThemeChartsView::default()) };
        let Some(framework) = inputs.service.framework_of(last) else { return Ok(ThemeChartsView::default()) };
        let mut audits = Vec::new();
        for (quarter, results) in shown.iter().filter(|(_, results)| results.rating_method == of_last.rating_method) {
            audits.push(AuditOfTheme {
                title: self.audit_title(quarter)?,
                results,
                overall: results.overall.as_ref(),
                current: quarter.id == last.id,
            });
        }
        let audits: Vec<&AuditOfTheme<'_>> = audits.iter().collect();
        let name = of_last.theme.as_ref().map_or_else(String::new, ToString::to_string);
        let drawn = charts::shown(inputs, framework, &audits, theme, &format!("shown-{name}"))?;
        let mut notes = Vec::new();
        for assessment in &of_last.standards {
            let rated = assessment.standard.as_ref().map(|id| self.rating_of(id, last, inspection)).transpose()?;
            let note = rated.flatten().map(|(word, _)| self.say("shown.inspected", &[("rating", &word)]));
            notes.push(note.transpose()?);
        }
        let standards = charts::inspected(inputs, framework, of_last, &notes, &format!("inspected-{name}"))?;
        let overall: Vec<(&Assessment, Option<u32>)> =
            audits.iter().filter_map(|audit| Some((audit.overall?, audit.results.cases))).collect();
        let of_standards: Vec<_> = of_last.standards.iter().map(|one| (one, of_last.cases)).collect();
        let (audits_caution, standards_caution) =
            (self.caution_of_chart(&overall)?, self.caution_of_chart(&of_standards)?);
        let mut slot = |chart: Option<crate::document::Block>| chart.map(|chart| self.slots.blocks(vec![chart], ""));
        Ok(ThemeChartsView { audits: slot(drawn), standards: slot(standards), audits_caution, standards_caution })
    }

    /// What must be known beside a chart of scores, whose lines say where each could be; `none` where no score has a line.
    fn caution_of_chart(&self, scores: &[(&Assessment, Option<u32>)]) -> Made<Option<String>> {
        let scored = scores.iter().filter(|(assessment, _)| assessment.score.percent().is_some());
        let (with, without): (Vec<_>, Vec<_>) = scored.partition(|(assessment, _)| assessment.interval().is_some());
        if with.is_empty() {
            return Ok(None);
        }
        let few = with.iter().all(|(_, cases)| cases.is_some_and(|cases| cases <= SMALL_NUMBER));
        let mut sentences = vec![self.say(if few { "shown.few" } else { "shown.lines" }, &[])?];
        if !without.is_empty() {
            sentences.push(self.say("shown.no_line", &[])?);
        }
        Ok(Some(sentences.join(" ")))
    }

    fn criteria(&mut self, framework: &Framework) -> Made<CriteriaView> {
        let mut bands = Vec::new();
        for (n, band) in framework.bands.iter().enumerate() {
            let next = framework.bands.get(n + 1).map(|next| next.from);
            let range = match (next, framework.band_on) {
                (None, _) => self.say("bands.top", &[("from", &band.from.to_string())])?,
                (Some(next), _) if n == 0 => self.say("bands.bottom", &[("to", &next.to_string())])?,
                (Some(next), BandOn::Rounded) => {
                    let (from, to) = (band.from.to_string(), next.saturating_sub(1).to_string());
                    self.say("bands.rounded", &[("from", &from), ("to", &to)])?
                }
                (Some(next), BandOn::Exact) => {
                    self.say("bands.exact", &[("from", &band.from.to_string()), ("to", &next.to_string())])?
                }
            };
            bands.push(BandView { rating: band.rating.clone(), badge: self.badge(&band.rating, band.tone), range });
        }
        Ok(CriteriaView {
            framework: framework.title.clone(),
            rating_method: framework.rating_method.word(),
            band_on: match framework.band_on {
                BandOn::Rounded => "rounded",
                BandOn::Exact => "exact",
            },
            scale: self.scale(&framework.scale)?,
            bands,
        })
    }
}
