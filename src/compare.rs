//! The scores of two audits of one theme → [`Comparison`]: on the prompts that applied in both, case by case.
//!
//! What may be concluded, and when nothing may, is decided by [`crate::statistics`]; floats describe how sure a change is,
//! and the scores themselves are whole half-points.
//! **Invariant:** pure; the same two audits the other way round give the mirrored comparison.

use std::collections::BTreeSet;

use crate::model::audit::{Answer, Audit, Case, Scoring, Selection};
use crate::model::comparison::{Change, Comparison, NoVerdict, Verdict};
use crate::model::framework::{Framework, RatingMethod, Standard};
use crate::model::ids::{PromptId, StandardId};
use crate::model::points::{HalfPoints, Score};
use crate::model::results::{Assessment, Results};
use crate::model::{Quarter, ServiceData};
use crate::statistics::{self, CasePoints, Tested};

/// Compares an audit with an earlier one; `None` where the two cannot be compared or one of them was not scored.
pub fn audits(service: &ServiceData, earlier: (&Quarter, &Results), later: (&Quarter, &Results)) -> Option<Comparison> {
    if !service.is_comparable(later.0, earlier.0) {
        return None;
    }
    let earlier = Side::of(service, earlier)?;
    let later = Side::of(service, later)?;
    // A share of points and a share of cases are no two values of one thing.
    if earlier.framework.rating_method != later.framework.rating_method {
        return None;
    }
    let mut pairs: Vec<Pair<'_>> = Vec::new();
    for assessment in &later.results.standards {
        let Some(id) = &assessment.standard else { continue };
        let Some(theirs) = service.standard_in(id, later.quarter, earlier.quarter) else { continue };
        let Some(before) = earlier.results.standard(theirs.as_str()) else { continue };
        let (Some(own), Some(older)) = (later.framework.standard(id), earlier.framework.standard(theirs)) else {
            continue;
        };
        pairs.push(Pair::of(&earlier, &later, (older, before), (own, assessment)));
    }
    if pairs.is_empty() {
        return None;
    }
    if later.framework.rating_method == RatingMethod::LowestKeyQuestion {
        let standards = pairs.iter().map(|pair| pair.beside(&earlier, &later)).collect();
        return Some(Comparison { with: earlier.quarter.id.clone(), prompts_left_out: 0, standards, overall: None });
    }
    // Those of a standard that only one of the two looked at.
    let once = earlier.applied_beside(&pairs, |pair| pair.older) + later.applied_beside(&pairs, |pair| pair.own);
    let reason = no_verdict(&earlier, &later);
    let points: Vec<(Vec<CasePoints>, Vec<CasePoints>)> =
        pairs.iter().map(|pair| pair.points(&earlier, &later)).collect();
    let tested = statistics::change::together(&points);
    let standards: Vec<Change> =
        pairs.iter().zip(tested).map(|(pair, tested)| pair.change(&earlier, &later, reason, tested)).collect();
    let all = Pair::together(&pairs);
    let (before, now) = all.points(&earlier, &later);
    let overall = all.change(&earlier, &later, reason, statistics::change::alone(&before, &now));
    Some(Comparison {
        with: earlier.quarter.id.clone(),
        prompts_left_out: pairs.iter().map(|pair| pair.left_out).sum::<u32>() + once,
        standards,
        overall: all.has_points().then_some(overall),
    })
}

/// One of the two audits.
struct Side<'a> {
    quarter: &'a Quarter,
    results: &'a Results,
    audit: &'a Audit,
    framework: &'a Framework,
}

impl<'a> Side<'a> {
    fn of(service: &'a ServiceData, (quarter, results): (&'a Quarter, &'a Results)) -> Option<Side<'a>> {
        Some(Side { quarter, results, audit: quarter.audit.as_ref()?, framework: service.framework_of(quarter)? })
    }

    fn selection(&self) -> Option<Selection> {
        self.audit.sample.as_ref().and_then(|sample| sample.selection)
    }

    fn has_totals_only(&self) -> bool {
        matches!(self.audit.scoring, Scoring::Totals(_))
    }

    /// The prompts of a standard that applied to a case. One that was N/A in all of them was not tested: to keep it on the
    /// other side alone would compare two sets of questions.
    fn applied(&self, standard: &'a Standard) -> BTreeSet<&'a PromptId> {
        let counts = |case: &Case, id: &PromptId| {
            case.answers.get(id).is_some_and(|answer| matches!(answer.value, Answer::Scored(_)))
        };
        let applied = |id: &&PromptId| self.audit.cases().iter().any(|case| counts(case, id));
        standard.prompts().map(|prompt| &prompt.id.value).filter(applied).collect()
    }

    /// How many prompts applied of standards that no pair holds.
    fn applied_beside(&self, pairs: &[Pair<'a>], side: fn(&Pair<'a>) -> Option<&'a Standard>) -> u32 {
        let paired: Vec<&StandardId> = pairs.iter().filter_map(side).map(|one| &one.id.value).collect();
        let others = self.framework.standards().filter(|standard| !paired.contains(&&standard.id.value));
        others.map(|standard| self.applied(standard).len() as u32).sum()
    }

    /// What each case scored on some prompts.
    fn scores(&self, prompts: &BTreeSet<&PromptId>) -> Vec<Score> {
        let maximum = self.framework.scale.maximum();
        self.audit.cases().iter().map(|case| score(case, prompts, maximum)).collect()
    }
}

fn score(case: &Case, prompts: &BTreeSet<&PromptId>, maximum: HalfPoints) -> Score {
    let answers = prompts.iter().filter_map(|id| case.answers.get(*id));
    let scored = answers.filter_map(|answer| match answer.value {
        Answer::Scored(points) => Some(Score::new(points, maximum)),
        Answer::NotApplicable => None,
    });
    scored.sum()
}

/// Why no case can be tested, whatever the scores.
fn no_verdict(earlier: &Side<'_>, later: &Side<'_>) -> Option<NoVerdict> {
    if earlier.has_totals_only() || later.has_totals_only() {
        return Some(NoVerdict::TotalsOnly);
    }
    // A test allows for which cases happened to be picked; here nothing was left to chance.
    let selections = [Selection::Chosen, Selection::All];
    let is_of_one = |selection: &Selection| [earlier, later].iter().any(|side| side.selection() == Some(*selection));
    selections.into_iter().find(is_of_one).map(NoVerdict::NotASample)
}

/// A standard, or all of them together, at both audits.
struct Pair<'a> {
    /// `None` for all together.
    standard: Option<&'a Assessment>,
    /// The standard in the framework of each audit.
    older: Option<&'a Standard>,
    own: Option<&'a Standard>,
    earlier: Score,
    later: Score,
    /// Case by case, on the prompts that applied in both; empty where they were not kept.
    cases: (Vec<Score>, Vec<Score>),
    left_out: u32,
    /// Whether the cases were kept and yet no prompt is in both.
    asks_others: bool,
}

impl<'a> Pair<'a> {
    fn of(
        earlier: &Side<'a>,
        later: &Side<'a>,
        (older, before): (&'a Standard, &'a Assessment),
        (own, now): (&'a Standard, &'a Assessment),
    ) -> Pair<'a> {
        if earlier.has_totals_only() || later.has_totals_only() || now.key_questions.is_some() {
            return Pair {
                standard: Some(now),
                older: Some(older),
                own: Some(own),
                earlier: before.score,
                later: now.score,
                cases: (Vec::new(), Vec::new()),
                left_out: 0,
                asks_others: false,
            };
        }
        let (then, today) = (earlier.applied(older), later.applied(own));
        let shared: BTreeSet<&PromptId> = then.intersection(&today).copied().collect();
        let cases = (earlier.scores(&shared), later.scores(&shared));
        let asks_others = shared.is_empty();
        Pair {
            standard: Some(now),
            older: Some(older),
            own: Some(own),
            // Where no prompt is shared the scores stand beside each other as they are.
            earlier: if asks_others { before.score } else { cases.0.iter().copied().sum() },
            later: if asks_others { now.score } else { cases.1.iter().copied().sum() },
            left_out: (then.len() + today.len() - 2 * shared.len()) as u32,
            cases,
            asks_others,
        }
    }

    /// The two shares of a standard that goes by its lowest key question, beside each other and not compared: which one
    /// is lowest is itself a matter of which cases were picked.
    fn beside(&self, earlier: &Side<'_>, later: &Side<'_>) -> Change {
        let change = self.change(earlier, later, None, None);
        Change { difference: None, verdict: Verdict::None(NoVerdict::LowestOfSeveral), ..change }
    }

    /// All standards that can be compared as one score, each case the sum of its standards.
    fn together(pairs: &[Pair<'a>]) -> Pair<'a> {
        let comparable = || pairs.iter().filter(|pair| !pair.asks_others && pair.has_points());
        let add = |all: &mut Vec<Score>, own: &[Score]| {
            all.resize(own.len().max(all.len()), Score::default());
            all.iter_mut().zip(own).for_each(|(all, &one)| *all = *all + one);
        };
        let mut cases = (Vec::new(), Vec::new());
        for pair in comparable() {
            add(&mut cases.0, &pair.cases.0);
            add(&mut cases.1, &pair.cases.1);
        }
        Pair {
            standard: None,
            older: None,
            own: None,
            earlier: comparable().map(|pair| pair.earlier).sum(),
            later: comparable().map(|pair| pair.later).sum(),
            cases,
            left_out: 0,
            asks_others: false,
        }
    }

    /// Whether there was something to earn at both audits.
    fn has_points(&self) -> bool {
        self.earlier.of.0 > 0 && self.later.of.0 > 0
    }

    fn points(&self, earlier: &Side<'_>, later: &Side<'_>) -> (Vec<CasePoints>, Vec<CasePoints>) {
        let points = |cases: &[Score], side: &Side<'_>| {
            let best = side.framework.scale.maximum();
            cases.iter().map(|score| score.in_answers(best)).collect()
        };
        (points(&self.cases.0, earlier), points(&self.cases.1, later))
    }

    fn change(
        &self,
        earlier: &Side<'_>,
        later: &Side<'_>,
        reason: Option<NoVerdict>,
        tested: Option<Tested>,
    ) -> Change {
        let has_points = self.has_points();
        let reason = (!has_points).then_some(NoVerdict::NotScored).or(reason);
        let reason = reason.or(self.asks_others.then_some(NoVerdict::OtherQuestions));
        // Where nothing was left to chance, no figure of chance is given either.
        let tested = tested.filter(|_| reason.is_none());
        Change {
            standard: self.standard.and_then(|standard| standard.standard.clone()),
            title: self.standard.map_or_else(String::new, |standard| standard.title.clone()),
            earlier: self.earlier,
            later: self.later,
            cases: earlier.results.cases.zip(later.results.cases),
            difference: self.later.share().zip(self.earlier.share()).map(|(later, earlier)| later - earlier),
            interval: tested.as_ref().and_then(|tested| tested.change.interval),
            p: tested.as_ref().map(|tested| tested.change.p),
            p_holm: tested.as_ref().and_then(|tested| tested.p_holm),
            verdict: match (reason, tested.map(|tested| tested.verdict)) {
                (Some(reason), _) => Verdict::None(reason),
                (None, Some(statistics::Verdict::Higher)) => Verdict::Higher,
                (None, Some(statistics::Verdict::Lower)) => Verdict::Lower,
                (None, Some(statistics::Verdict::NoClearChange)) => Verdict::NoClearChange,
                (None, Some(statistics::Verdict::TooFewCases) | None) => Verdict::TooFewCases,
            },
        }
    }
}
