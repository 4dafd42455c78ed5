//! Counts how many cases show a finding.

use crate::model::audit::{Answer, Audit, Case};
use crate::model::framework::Framework;
use crate::model::ids::PromptId;
use crate::model::narrative::{Evidence, Finding, FindingKind};
use crate::model::points::HalfPoints;
use crate::source::Spanned;

/// Counts the evidence of a finding: `n` cases that show it, of those where one of its prompts applied.
///
/// An improvement shows in a case by an answer below the best one, a strength by the best one.
pub(super) fn count(finding: &Finding, framework: Option<&Framework>, audit: &Audit) -> Option<(u32, u32)> {
    match &finding.evidence {
        Evidence::Prompts(prompts) => framework
            .filter(|_| !audit.cases().is_empty())
            .map(|framework| by_prompts(prompts, finding.kind, framework.scale.maximum(), audit.cases())),
        Evidence::Cases(cases) => Some((number(cases.len()), number(audit.cases().len()))),
        Evidence::Counts { n, of, .. } => Some((n.value, of.value)),
        Evidence::None => None,
    }
}

/// Counts in a later audit what showed a finding that is silent there; `None` where it has no prompts to look for.
pub(super) fn count_again(finding: &Finding, framework: Option<&Framework>, audit: &Audit) -> Option<(u32, u32)> {
    let prompts = finding.evidence.prompts();
    let framework = framework.filter(|_| !prompts.is_empty() && !audit.cases().is_empty())?;
    Some(by_prompts(prompts, finding.kind, framework.scale.maximum(), audit.cases()))
}

fn by_prompts(prompts: &[Spanned<PromptId>], kind: FindingKind, best: HalfPoints, cases: &[Case]) -> (u32, u32) {
    let earned = |case: &Case| -> Vec<HalfPoints> {
        let answers = prompts.iter().filter_map(|prompt| case.answers.get(&prompt.value));
        answers
            .filter_map(|answer| match answer.value {
                Answer::Scored(points) => Some(points),
                Answer::NotApplicable => None,
            })
            .collect()
    };
    let applied: Vec<Vec<HalfPoints>> = cases.iter().map(earned).filter(|points| !points.is_empty()).collect();
    let shows = |points: &&Vec<HalfPoints>| match kind {
        FindingKind::Improvement => points.iter().any(|&points| points < best),
        FindingKind::Strength => points.contains(&best),
    };
    (number(applied.iter().filter(shows).count()), number(applied.len()))
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("fewer than four billion cases")
}
