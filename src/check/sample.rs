//! Numbers that must agree with each other: the sample, totals, counts of evidence.

use crate::diagnostic::{Diagnostic, codes};
use crate::model::audit::{Audit, Scoring, Selection};
use crate::model::ids::PromptId;
use crate::model::narrative::{Evidence, FindingKind, Narrative};
use crate::model::results::Results;

pub(super) fn check(audit: &Audit, found: &mut Vec<Diagnostic>) {
    if let Scoring::Totals(totals) = &audit.scoring {
        for total in totals.iter().filter(|total| total.points.value > total.of.value) {
            found.push(
                Diagnostic::new(
                    codes::IMPOSSIBLE_POINTS,
                    format!("{} points of {} cannot be", total.points.value, total.of.value),
                )
                .at(total.points.span, "more than the maximum")
                .at(total.of.span, "the maximum")
                .hint("hold both against the table they come from: `points` were earned, `of` could be"),
            );
        }
    }
    let Some(sample) = &audit.sample else { return };
    let cases = u32::try_from(audit.cases().len()).unwrap_or(u32::MAX);
    if let Some(completed) = sample.completed
        && matches!(audit.scoring, Scoring::Cases(_))
        && completed.value != cases
    {
        found.push(
            Diagnostic::new(
                codes::SAMPLE_DISAGREES,
                format!("`completed` says {}, and the number of cases with answers is {cases}", completed.value),
            )
            .at(completed.span, "completed")
            .field("sample.completed")
            .hint("is a case missing from the answers, or is the number of an earlier audit?"),
        );
        return;
    }
    if let (Some(eligible), Some(selected)) = (sample.eligible, sample.selected)
        && selected.value > eligible.value
    {
        found.push(
            Diagnostic::new(
                codes::SAMPLE_DISAGREES,
                format!("{} cases were selected of {} that were eligible", selected.value, eligible.value),
            )
            .at(selected.span, "more than were eligible")
            .field("sample.selected")
            .hint("`eligible` counts every case that could have been picked"),
        );
    }
    let selected = sample.selected.map(|count| (count, "selected", "sample.selected"));
    let looked_at = selected.or(sample.completed.map(|count| (count, "looked at", "sample.completed")));
    if let (Some(Selection::All), Some(eligible), Some((count, verb, field))) =
        (sample.selection, sample.eligible, looked_at)
        && count.value < eligible.value
    {
        found.push(
            Diagnostic::new(
                codes::SAMPLE_DISAGREES,
                format!("`selection` says `all`, and {} of {} eligible cases were {verb}", count.value, eligible.value),
            )
            .at(count.span, "fewer than were eligible")
            .field(field)
            .hint("write `random` or `chosen`, or correct the number; `all` means that nobody picked"),
        );
    }
    if let (Some(Selection::Random), Some(eligible), Some(selected)) =
        (sample.selection, sample.eligible, sample.selected)
        && selected.value == eligible.value
    {
        found.push(
            Diagnostic::new(
                codes::SAMPLE_DISAGREES,
                format!("`selection` says `random`, and all {} eligible cases were selected", eligible.value),
            )
            .at(selected.span, "as many as were eligible")
            .field("sample.selected")
            .hint("write `selection: all`: nothing was left to chance, so no figure of chance is given"),
        );
    }
    let (Some(selected), Some(completed)) = (sample.selected, sample.completed) else { return };
    let explained = sample.shortfall.iter().fold(0_u32, |sum, shortfall| sum.saturating_add(shortfall.cases.value));
    let Some(missing) = selected.value.checked_sub(completed.value) else {
        found.push(
            Diagnostic::new(
                codes::SAMPLE_DISAGREES,
                format!("{} cases were completed and only {} selected", completed.value, selected.value),
            )
            .at(completed.span, "more than were selected")
            .field("sample.completed")
            .hint("cases that took the place of others count as selected, too"),
        );
        return;
    };
    let were = if missing == 1 { "was" } else { "were" };
    if missing != explained && explained > 0 {
        found.push(
            Diagnostic::new(
                codes::SAMPLE_DISAGREES,
                format!("{missing} of the cases selected {were} not completed, and reasons are given for {explained}"),
            )
            .at(sample.shortfall[0].cases.span, "these reasons")
            .field("sample.shortfall")
            .hint("the `cases` of all reasons together are those selected less those completed"),
        );
    } else if missing > 0 && explained == 0 {
        found.push(
            Diagnostic::new(
                codes::SHORTFALL_UNEXPLAINED,
                format!("{missing} of the cases selected {were} not completed, and no reason is given"),
            )
            .at(completed.span, "")
            .field("sample.completed")
            .hint("add `shortfall: [{cases: …, reason: …}]`: a board will ask"),
        );
    }
}

pub(super) fn evidence(narrative: &Narrative, results: &Results, audit: Option<&Audit>, found: &mut Vec<Diagnostic>) {
    let has_answers = audit.is_some_and(|audit| audit.cases().iter().any(|case| !case.answers.is_empty()));
    let looked_at = audit.and_then(Audit::cases_completed).unwrap_or(u32::MAX);
    let not_asked =
        |prompt: &PromptId| audit.iter().flat_map(|audit| &audit.not_asked).any(|not_asked| not_asked.value == *prompt);
    for (finding, result) in narrative.findings.iter().zip(&results.findings) {
        if finding.withdrawn.is_some() {
            continue;
        }
        match (&finding.evidence, result.count) {
            (Evidence::Counts { n, of, .. }, _) if n.value > of.value => found.push(
                Diagnostic::new(codes::BAD_VALUE, format!("{} of {} cases cannot be", n.value, of.value))
                    .at(n.span, "more than there are")
                    .hint("`n` cases show the finding, `of` cases could have shown it"),
            ),
            (Evidence::Counts { n, .. }, _) if has_answers => found.push(
                Diagnostic::new(codes::BAD_VALUE, "evidence is counted from the answers, not typed")
                    .at(n.span, "typed here")
                    .hint("list the finding's `prompts:` instead; counts are typed only where no answers were kept"),
            ),
            (Evidence::Counts { of, .. }, _) if of.value > looked_at => found.push(
                Diagnostic::new(
                    codes::SAMPLE_DISAGREES,
                    format!(
                        "the finding `{}` speaks of {} cases, and {looked_at} were looked at",
                        finding.id.value, of.value
                    ),
                )
                .at(of.span, "more than were looked at")
                .hint("`n` cases show the finding, `of` cases could have shown it; `completed` of the sample are all"),
            ),
            // Not asked, N/A throughout, or not there at all, which is told where it is referred to.
            (Evidence::Prompts(prompts), Some((_, 0))) => {
                let known = |prompt: &PromptId| {
                    not_asked(prompt)
                        || audit.iter().flat_map(|audit| audit.cases()).any(|case| case.answers.contains_key(prompt))
                };
                if prompts.iter().all(|prompt| known(&prompt.value)) {
                    found.push(
                        Diagnostic::new(
                            codes::NO_EVIDENCE,
                            format!("the prompts of the finding `{}` applied in no case", finding.id.value),
                        )
                        .at(finding.id.span, "each of them was not asked, or N/A")
                        .hint("list a prompt that was answered, or take the finding out: it was not tested"),
                    );
                }
            }
            (Evidence::Prompts(_), Some((0, of))) => {
                let what = match finding.kind {
                    FindingKind::Improvement => "was answered No or Partly",
                    FindingKind::Strength => "was answered with the best answer",
                };
                found.push(
                    Diagnostic::new(
                        codes::NO_EVIDENCE,
                        match of {
                            1 => format!("the answers on its only case do not show the finding `{}`", finding.id.value),
                            of => {
                                format!("in none of {of} cases did the answers show the finding `{}`", finding.id.value)
                            }
                        },
                    )
                    .at(finding.id.span, format!("none of its prompts {what}"))
                    .hint("is it the right prompt, and the right kind of finding?"),
                );
            }
            (Evidence::Prompts(_), None) if results.framework.is_some() => found.push(
                Diagnostic::new(
                    codes::NO_EVIDENCE,
                    format!("the evidence of the finding `{}` cannot be counted", finding.id.value),
                )
                .at(finding.id.span, "the answers were not kept")
                .hint("where only totals were kept, type it: `evidence: {n: 4, of: 5}`"),
            ),
            (Evidence::None, _) if has_answers => found.push(
                Diagnostic::new(codes::NO_EVIDENCE, format!("the finding `{}` names no evidence", finding.id.value))
                    .at(finding.id.span, "")
                    .hint("list the `prompts:` whose answers show it, or the `cases:`"),
            ),
            _ => {}
        }
    }
}
