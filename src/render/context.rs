//! What a template sees: plain values, and slots where text, charts and badges go.
//!
//! Every field is always there; what has no value is `none`. The reference in `report-templates/README.md` is made from
//! these types: from their names, and from doc comments that are written for the author of a template.

mod inspections;
mod practitioner;
mod shown;
mod since;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::document::{Badge, Block, Inline, InlineKind, Tone};
use crate::model::audit::{Audit, Period, Sample, Selection};
use crate::model::catalogue::{Catalogue, MissingString};
use crate::model::date::Date;
use crate::model::framework::{BandOn, Scale, ScaleAnswer};
use crate::model::ids::StandardId;
use crate::model::narrative::{
    Appendix, Audience, Clearance, Finding, FindingKind, FreeSection, Implication, Line, Prose, Version, VersionState,
};
use crate::model::points::{HalfPoints, whole_percent};
use crate::model::register::{Action, ActionStatus, Standing, Update};
use crate::model::results::{
    AnswerCount, Assessment, Certainty, FindingResult, KeyQuestionResult, KeyQuestions, Rating, Results,
};
use crate::model::service::{Contact, RagWord};
use crate::source::{Span, Spanned};

use super::charts::{self, AuditOfTheme, HistoryRow};
use super::slots::{BadgeSlot, ChartSlot, LineSlot, Slot, Slots, TextSlot};
use super::{Inputs, capitalised, figures};
use inspections::{InspectionView, RecommendationView};
use practitioner::PractitionerView;
use shown::ShownScoresView;
use since::{ChangesView, DecisionView, HistoryView, PromiseView, SinceView, TableView};

/// How many audits of a theme a chart shows.
const AUDITS_SHOWN: usize = 6;

/// More cases than this are not called a small number.
const SMALL_NUMBER: u32 = 20;

/// The names that a template may use at its root and below, for a did-you-mean.
pub(super) const NAMES: &[&str] = &[
    "service",
    "paper",
    "audit",
    "scores",
    "charts",
    "audits",
    "history",
    "why",
    "context",
    "method",
    "findings",
    "best",
    "strengths",
    "improvements",
    "learning",
    "actions",
    "outcomes",
    "asks",
    "background_papers",
    "appendix",
    "appendices",
    "own_file",
    "file",
    "name",
    "board",
    "title",
    "meeting",
    "authors",
    "version",
    "header",
    "standards",
    "overall",
    "sample",
    "text",
    "seen",
    "badge",
    "range",
    "percent",
    "points",
    "rating",
    "caution",
    "fragile",
    "expected",
    "monitoring",
    "partners",
    "owners",
    "due",
    "contacts",
    "role",
    "email",
    "telephone",
    "rag",
    "word",
    "means",
    "id",
    "number",
    "draft",
    "label",
    "value",
    "theme",
    "theme_title",
    "framework",
    "domain",
    "domain_title",
    "cases",
    "commenced",
    "audited",
    "eligible",
    "selected",
    "completed",
    "selection",
    "shortfall",
    "reason",
    "band_on",
    "of",
    "not_applicable",
    "current",
    "score",
    "standard",
    "standard_title",
    "kind",
    "n",
    "withdrawn",
    "what",
    "how",
    "measure",
    "status",
    "overdue",
    "partner",
    "date",
    "since",
    "changes",
    "old",
    "old_theme",
    "new",
    "comparable",
    "why_not",
    "shown",
    "open",
    "promised",
    "timeline",
    "columns",
    "rows",
    "cells",
    "words",
    "silent",
    "promises",
    "last_quarter",
    "decisions",
    "state",
    "states",
    "story",
    "seen_before",
    "first_raised",
    "age_audits",
    "age_months",
    "reworded",
    "verdict",
    "left_out",
    "earlier",
    "later",
    "change",
    "asked",
    "decided",
    "inspections",
    "fieldwork",
    "published",
    "ratings",
    "composite",
    "no_composite",
    "rating_method",
    "key_questions",
    "lowest",
    "sufficient",
    "summary",
    "conclusion",
    "recommendations",
    "implications",
    "sections",
    "section",
    "to",
    "from",
    "circulated_to",
    "scale",
    "questions",
    "prompts",
    "answers",
    "effective_sample",
    "difference",
    "low",
    "high",
    "p",
    "p_holm",
    "rise",
    "fall",
    "marking",
    "audience",
    "cleared",
    "late",
    "by",
    "on",
    "note",
    "opened",
    "as_of",
    "statuses",
    "updates",
    "progress",
    "evidence",
    "practitioner",
    "code",
    "to_develop",
    "case",
    "answer",
    "comment",
    "shown",
    "themes",
    "criteria",
    "bands",
    "inspection",
    "inspected",
    "by_rating",
    "earlier_cases",
    "later_cases",
    "audits_caution",
    "standards_caution",
    "quotes",
    "notes",
];

type Made<T> = Result<T, MissingString>;

/// What a template sees.
#[derive(Serialize)]
pub(super) struct Context {
    /// Whose paper it is.
    service: ServiceView,
    /// The paper itself.
    pub paper: PaperView,
    /// The audit of the quarter; `none` in a quarter without one.
    audit: Option<AuditView>,
    /// What the audit came to; `none` where nothing was scored.
    scores: Option<ScoresView>,
    /// Pictures of scores and findings.
    charts: ChartsView,
    /// The numbers of `charts.history` as a table: a row a standard, the overall score last.
    history: Option<TableView>,
    /// The states of `charts.timeline` as a table: a row a finding, labelled with its id.
    timeline: Option<TableView>,
    /// The last audits of this theme that have an overall score by the method of this one, six at most, oldest first;
    /// this one is the last.
    audits: Vec<ThemeAuditView>,
    /// Why this was audited.
    why: Option<TextSlot>,
    /// What a reader must know beforehand.
    context: Option<TextSlot>,
    /// How it was done.
    method: Option<TextSlot>,
    /// The paper in short.
    summary: Option<TextSlot>,
    /// What it comes to.
    conclusion: Option<TextSlot>,
    /// What should be done.
    recommendations: Vec<TextSlot>,
    /// What the audit found, in the author's order.
    findings: Vec<FindingView>,
    /// Findings that stood at the last audit of the theme and are left out of this narrative, with the text of the
    /// quarter that saw them last and the count of this audit.
    silent: Vec<FindingView>,
    /// What changed since the last audit of the theme; `none` where there is none.
    since: Option<SinceView>,
    /// How many findings are strengths, withdrawn ones left out.
    strengths: u32,
    /// How many findings are improvements, withdrawn ones left out.
    improvements: u32,
    /// What was learned.
    learning: Vec<TextSlot>,
    /// The next steps of this paper, in its order.
    actions: Vec<ActionView>,
    /// The actions that were open in the last quarter, that something happened to since, or that are overdue; in the
    /// order of the register.
    promises: Vec<PromiseView>,
    /// The quarter that promises are compared with, the last one with a paper: `April to June 2020`.
    last_quarter: Option<String>,
    /// Whose document it is, in a template with `each: practitioner`; `none` in every other paper.
    practitioner: Option<PractitionerView>,
    /// What changed since another quarter; `none` but in the template `changes`. There `since`, `findings`, `silent`,
    /// `promises`, `last_quarter` and `decisions` compare the two quarters that were named, and everything else is of
    /// the newer one.
    changes: Option<ChangesView>,
    /// What the last quarter's paper asked of the board, and what was decided since on earlier asks.
    decisions: Vec<DecisionView>,
    /// What should come of it all.
    outcomes: OutcomesView,
    /// All that there are, in the order of print.
    implications: Vec<ImplicationView>,
    /// What the paper asks others to do.
    asks: AsksView,
    /// What the paper rests on.
    background_papers: Vec<BackgroundPaperView>,
    /// All of the service, by their ids.
    inspections: Vec<InspectionView>,
    /// What the paper shows of other audits and of an inspection.
    shown: ShownScoresView,
    /// The author's own sections, wherever they stand. They are printed without a template's doing.
    sections: Vec<FreeView>,
    /// What the speaker says, by section.
    notes: BTreeMap<String, TextSlot>,
    /// Who the paper is to.
    to: Option<String>,
    /// Who it is from.
    from: Vec<String>,
    /// Who can be asked: of this paper, or else of the service.
    contacts: Vec<ContactView>,
    /// Who gets it beside the meeting.
    circulated_to: Vec<LineSlot>,
    /// In the order of the narrative.
    appendices: Vec<AppendixView>,
    /// The appendix of each section that stands in one: `appendix.findings` is `Di`. Ask first: `appendix.findings is
    /// defined`.
    appendix: BTreeMap<String, String>,
}

/// The service.
#[derive(Serialize)]
struct ServiceView {
    /// The service's name.
    name: String,
    /// The board that papers go to.
    board: Option<String>,
    /// `OFFICIAL`; a paper's pages carry it without a template's doing.
    marking: Option<String>,
    /// Who can be asked.
    contacts: Vec<ContactView>,
    /// The service's words for Red, Amber, Green, in its own order.
    rag: Vec<RagView>,
}

/// A contact.
#[derive(Serialize)]
struct ContactView {
    /// The role, never a name.
    role: String,
    /// The address to write to.
    email: Option<String>,
    /// The number as the author wrote it.
    telephone: Option<String>,
}

/// A RAG word.
#[derive(Serialize)]
struct RagView {
    /// `Amber`
    word: String,
    /// What the service means by it.
    means: String,
    /// The word on its colour.
    badge: BadgeSlot,
    /// The statuses of actions that have it; empty: none.
    statuses: Vec<&'static str>,
}

/// The paper.
#[derive(Serialize)]
pub(super) struct PaperView {
    /// The file's name without its ending, unless the paper has a `filename`.
    id: String,
    /// The title; it stands above the header lines without a template's doing.
    title: String,
    /// The date of the meeting: `2 November 2020`.
    pub meeting: String,
    /// The day on which the paper says how things stand, a date like `meeting`.
    as_of: String,
    /// Who wrote it, as roles.
    authors: Vec<String>,
    /// Who reads it: `board`, `management`, `practitioner` or `public`; `none` where neither it nor its template says.
    audience: Option<&'static str>,
    /// Its version; `none` where the author gave none.
    version: Option<VersionView>,
    /// Who signed it off.
    cleared: Vec<ClearanceView>,
    /// Why it comes late.
    late: Option<LineSlot>,
    /// What the author adds to the header lines.
    header: Vec<HeaderView>,
}

/// The version.
#[derive(Serialize)]
struct VersionView {
    /// `0.3`
    number: String,
    /// Whether it is a draft.
    draft: bool,
    /// What earlier versions were, in the author's order.
    history: Vec<VersionStepView>,
}

/// An earlier version.
#[derive(Serialize)]
struct VersionStepView {
    /// `0.2`
    number: String,
    /// When it was made.
    date: Option<String>,
    /// What was changed.
    note: LineSlot,
}

/// A sign-off.
#[derive(Serialize)]
struct ClearanceView {
    /// Who signed, as a role.
    by: String,
    /// The date.
    on: Option<String>,
}

/// An implication.
#[derive(Serialize)]
struct ImplicationView {
    /// `financial`, as in the narrative; its heading is a string.
    id: &'static str,
    /// `none` where the author gave none: then say so, and never "none".
    text: Option<TextSlot>,
}

/// An appendix.
#[derive(Serialize)]
struct AppendixView {
    /// What stands in its name: `Di`.
    id: String,
    /// Its title.
    title: LineSlot,
    /// Whether it is a file of its own.
    own_file: bool,
    /// The name of that file.
    file: Option<String>,
    /// A marking of its own.
    marking: Option<String>,
    /// Why it is restricted.
    reason: Option<LineSlot>,
}

/// A section of the author's own.
#[derive(Serialize)]
struct FreeView {
    /// As in the narrative.
    id: String,
    /// Its heading.
    title: LineSlot,
    /// The recommendations that it is about.
    quotes: Vec<RecommendationView>,
    /// What the author wrote there.
    text: Option<TextSlot>,
    /// Those that name it as theirs.
    findings: Vec<FindingView>,
    /// Those below it.
    sections: Vec<FreeView>,
}

/// A header line.
#[derive(Serialize)]
struct HeaderView {
    /// What stands before the colon.
    label: String,
    /// One line or several.
    value: Vec<LineSlot>,
}

/// The audit.
#[derive(Serialize)]
struct AuditView {
    /// `out-of-court`, as in the data.
    theme: String,
    /// The theme in print: `Out-of-court disposals`.
    theme_title: String,
    /// The framework's title.
    framework: Option<String>,
    /// The domain's title.
    domain: Option<String>,
    /// How many cases were looked at.
    cases: Option<u32>,
    /// When the cases began: `1 July 2019 and 31 December 2019`, to stand after "between".
    commenced: Option<String>,
    /// When they were audited, in the same form.
    audited: Option<String>,
    /// How the cases came about; `none` where the audit does not say.
    sample: Option<SampleView>,
}

/// The sample.
#[derive(Serialize)]
struct SampleView {
    /// How many cases could have been drawn.
    eligible: Option<u32>,
    /// How many were.
    selected: Option<u32>,
    /// How many were audited in full.
    completed: Option<u32>,
    /// `random`, `chosen` or `all`; `none` where the audit does not say.
    selection: Option<&'static str>,
    /// Why fewer were completed than selected.
    shortfall: Vec<ShortfallView>,
}

/// A shortfall.
#[derive(Serialize)]
struct ShortfallView {
    /// How many cases were not completed for this reason.
    cases: u32,
    /// Ends a sentence, and has no full stop.
    reason: LineSlot,
}

/// The scores.
#[derive(Serialize)]
struct ScoresView {
    /// A score for each standard, in the order of the framework.
    standards: Vec<ScoreView>,
    /// All points out of all maxima; `none` where each standard is rated by its lowest key question.
    overall: Option<ScoreView>,
    /// `points` or `lowest_key_question`
    rating_method: &'static str,
    /// The sentences that must stand beside the scores: the `caution` of the overall one, or why there is none.
    caution: String,
    /// Whether ratings go by the `rounded` or the `exact` percentage.
    band_on: &'static str,
    /// What each answer earns: `Yes 1, Partly ½, No 0`.
    scale: String,
    /// The answers that earn points: `Yes`, `Partly`, `No`.
    answers: Vec<String>,
}

/// A score.
#[derive(Serialize)]
struct ScoreView {
    /// `3.1`; empty for the overall score.
    id: String,
    /// `Assessment`; empty for the overall score.
    title: String,
    /// The points earned: `70.5`; `none` where ratings go by key questions.
    points: Option<String>,
    /// The most that could be earned: `102`; `none` as `points` is.
    of: Option<String>,
    /// Every key question, in the order of the framework; empty where points are counted.
    key_questions: Vec<KeyQuestionView>,
    /// The key question that gives the rating; `none` where points are counted, and where there is no rating.
    lowest: Option<KeyQuestionView>,
    /// 69; print it with the filter `percent`.
    percent: Option<u32>,
    /// The rating's word; `none` where nothing could be rated.
    rating: Option<String>,
    /// The rating on its colour; `–` where there is none.
    badge: BadgeSlot,
    /// Where the score could reasonably be: `54% to 81%`, or "not known".
    range: String,
    /// The sentences that must stand beside the score: small numbers, or why there is no range.
    caution: String,
    /// The sentence "Close to the line: …"; `none` where the rating is not, which is mostly so.
    fragile: Option<String>,
    /// How many answers were N/A; `none` where only totals were kept.
    not_applicable: Option<u32>,
    /// How many independent answers the cases are worth: `54.4`; `none` where there is no range.
    effective_sample: Option<String>,
    /// The key questions of a standard by their answers; empty where only totals were kept, and where answers earn no
    /// points.
    questions: Vec<QuestionView>,
}

/// A question.
///
/// A key question by its answers, or a prompt of one.
#[derive(Serialize)]
struct QuestionView {
    /// `3.1.1`
    id: String,
    /// The title of a key question, `Desistance`; the text of a prompt.
    title: String,
    /// As of a score.
    points: String,
    /// As of a score.
    of: String,
    /// As of a score; `none` where every answer was N/A.
    percent: Option<u32>,
    /// How many of each answer, in the order of `scores.answers`.
    answers: Vec<u32>,
    /// How many answers were N/A.
    not_applicable: u32,
    /// Those of a key question that were asked; a prompt has none.
    prompts: Vec<QuestionView>,
}

impl QuestionView {
    fn new(
        id: impl ToString,
        title: &str,
        answers: &AnswerCount,
        prompts: Vec<QuestionView>,
        words: &Catalogue,
    ) -> Made<QuestionView> {
        Ok(QuestionView {
            id: id.to_string(),
            title: title.to_owned(),
            points: words.points(answers.score.points)?,
            of: words.points(answers.score.of)?,
            percent: answers.score.percent(),
            answers: answers.given.clone(),
            not_applicable: answers.not_applicable,
            prompts,
        })
    }
}

/// A key question.
///
/// One by the cases in which the work was good enough.
#[derive(Serialize)]
struct KeyQuestionView {
    /// `3.1.2`
    id: String,
    /// `Safety and wellbeing of the child`
    title: String,
    /// In how many cases the work was sufficient.
    sufficient: u32,
    /// How many cases it applied to.
    of: u32,
    /// Both in words: `3 of 5 cases`; `none` where it applied to no case.
    seen: Option<String>,
    /// 60; print it with the filter `percent`. `none` where it applied to no case.
    percent: Option<u32>,
    /// What it alone would give; `none` where it applied to no case.
    rating: Option<String>,
    /// That rating on its colour; `–` where there is none.
    badge: BadgeSlot,
    /// In how many cases it did not apply.
    not_applicable: u32,
}

/// The charts.
#[derive(Serialize, Default)]
struct ChartsView {
    /// Each standard against the ratings.
    standards: Option<ChartSlot>,
    /// The overall score of `audits`; there only when they are two or more.
    audits: Option<ChartSlot>,
    /// Where each finding of this theme stood at all audits up to this one, a row a finding; there only when the audits
    /// are two or more and the findings 40 at most.
    timeline: Option<ChartSlot>,
    /// The scores of all audits of this theme up to this one, a panel a standard of this audit and one for the overall
    /// score; audits without scores, or rated by another method, are left out; there only when the audits are two or
    /// more.
    history: Option<ChartSlot>,
}

/// An audit of the theme.
#[derive(Serialize)]
struct ThemeAuditView {
    /// `October to December 2019`
    title: String,
    /// How many cases it looked at.
    cases: Option<u32>,
    /// Whether it is the audit of this paper.
    current: bool,
    /// Its overall score.
    score: ScoreView,
}

/// A finding.
#[derive(Serialize)]
struct FindingView {
    /// `F-2020-003`
    id: String,
    /// `3.1`; empty where the finding belongs to none.
    standard: String,
    /// `Assessment`; empty where the finding belongs to none.
    standard_title: String,
    /// `strength` or `improvement`
    kind: &'static str,
    /// The kind on its colour.
    badge: BadgeSlot,
    /// The id of the author's section that it belongs to.
    section: Option<String>,
    /// What was found.
    text: TextSlot,
    /// In how many cases it was seen; `none` where there is nothing to count.
    n: Option<u32>,
    /// In how many cases it could be seen; `none` as `n` is.
    of: Option<u32>,
    /// Both in words: `4 of 5 cases`; `none` as `n` is.
    seen: Option<String>,
    /// Why it no longer stands.
    withdrawn: Option<TextSlot>,
    /// What is known of it beside its text.
    history: HistoryView,
}

/// An action.
///
/// As it stood on the day of the paper.
#[derive(Serialize)]
struct ActionView {
    /// `A-2020-007`
    id: String,
    /// What is to be done, a line or several.
    what: Vec<LineSlot>,
    /// How, a line or several; may be empty.
    how: Vec<LineSlot>,
    /// Who does it, as roles, the first leads; may be empty: `say("not_set")`.
    owners: Vec<String>,
    /// `31 December 2020`, `December 2020` or `October to December 2020`.
    due: Option<String>,
    /// What will show that it worked.
    measure: Option<LineSlot>,
    /// `not started`, `on track`, `at risk`, `complete`, `verified`, `superseded`, `risk accepted` or `overdue`.
    status: &'static str,
    /// The status on its colour.
    badge: BadgeSlot,
    /// Whether it is open after its date.
    overdue: bool,
    /// The date.
    opened: String,
    /// The service's word for the status; `none` where no word of `service.rag` names it.
    rag: Option<RagView>,
    /// Up to the day of the paper, oldest first.
    updates: Vec<UpdateView>,
}

/// An update.
#[derive(Serialize)]
struct UpdateView {
    /// When it was written.
    date: String,
    /// As the status of an action, never `overdue`.
    status: Option<&'static str>,
    /// That status on its colour.
    badge: Option<BadgeSlot>,
    /// The due date from then on.
    due: Option<String>,
    /// What was done.
    progress: Option<LineSlot>,
    /// What shows it.
    evidence: Option<LineSlot>,
}

/// The outcomes.
#[derive(Serialize)]
struct OutcomesView {
    /// What should come of it.
    expected: Option<TextSlot>,
    /// How that will be watched.
    monitoring: Option<TextSlot>,
}

/// The asks.
#[derive(Serialize)]
struct AsksView {
    /// What the board is asked to do.
    board: Vec<AskView>,
    /// What partners are asked to do. Empty: it was said that nothing is required; `none`: nothing was said.
    partners: Option<Vec<PartnerAskView>>,
}

/// An ask.
#[derive(Serialize)]
struct AskView {
    /// `Q-2020-02`
    id: String,
    /// What is asked.
    text: LineSlot,
}

/// An ask to a partner.
#[derive(Serialize)]
struct PartnerAskView {
    /// Which partner.
    partner: String,
    /// What is asked.
    text: LineSlot,
}

/// A background paper.
#[derive(Serialize)]
struct BackgroundPaperView {
    /// Its title.
    title: LineSlot,
    /// Its date.
    date: Option<String>,
}

/// Makes the context of a paper; what is wrong with figures in its prose is left in `slots`.
pub(super) fn context(inputs: Inputs<'_>, slots: &mut Slots) -> Made<Context> {
    let mut making = Making { inputs, slots };
    let narrative = inputs.narrative;
    let service = &inputs.service.service;
    let audit = inputs.quarter.audit.as_ref();
    let history = making.audits()?;
    let scored = making.scored(&history);
    let with_overall: Vec<&AuditOfTheme<'_>> = scored.iter().filter(|audit| audit.overall.is_some()).collect();
    let audits = &with_overall[with_overall.len().saturating_sub(AUDITS_SHOWN)..];
    let findings: Vec<FindingView> =
        narrative.findings.iter().map(|finding| making.own_finding(finding)).collect::<Made<_>>()?;
    let standing = |kind: &str| {
        let findings = narrative.findings.iter().zip(&findings);
        findings.filter(|(finding, view)| view.kind == kind && finding.withdrawn.is_none()).count() as u32
    };
    let (strengths, improvements) = (standing("strength"), standing("improvement"));
    Ok(Context {
        service: making.service(),
        paper: making.paper()?,
        audit: audit.map(|audit| making.audit(audit)).transpose()?,
        scores: making.scores()?,
        charts: making.charts(audits, &scored, &history)?,
        audits: audits.iter().filter_map(|audit| making.theme_audit(audit).transpose()).collect::<Made<_>>()?,
        history: making.history_table(&scored)?,
        timeline: making.timeline_table(&history)?,
        why: making.prose(narrative.why.as_ref()),
        context: making.prose(narrative.context.as_ref()),
        method: making.prose(narrative.method.as_ref()),
        summary: making.prose(narrative.summary.as_ref()),
        conclusion: making.prose(narrative.conclusion.as_ref()),
        recommendations: narrative.recommendations.iter().filter_map(|prose| making.prose(Some(prose))).collect(),
        findings,
        silent: making.silent()?,
        since: making.since()?,
        strengths,
        improvements,
        learning: narrative.learning.iter().filter_map(|prose| making.prose(Some(prose))).collect(),
        actions: making.actions()?,
        promises: making.promises()?,
        last_quarter: making.last_quarter()?,
        practitioner: making.practitioner(),
        changes: making.changes()?,
        decisions: making.decisions()?,
        outcomes: OutcomesView {
            expected: making.prose(narrative.outcomes.expected.as_ref()),
            monitoring: making.prose(narrative.outcomes.monitoring.as_ref()),
        },
        implications: making.implications(),
        asks: making.asks(),
        background_papers: making.background_papers()?,
        inspections: making.inspections()?,
        shown: making.shown()?,
        sections: making.free(&narrative.sections)?,
        notes: narrative
            .notes
            .iter()
            .filter_map(|(id, text)| Some((id.value.to_string(), making.prose(Some(text))?)))
            .collect(),
        to: narrative.to.clone(),
        from: narrative.from.clone(),
        contacts: contacts(if narrative.contacts.is_empty() { &service.contacts } else { &narrative.contacts }),
        circulated_to: narrative.circulated_to.iter().map(|line| making.line(line)).collect(),
        appendices: narrative.appendices.iter().map(|appendix| making.appendix(appendix)).collect(),
        appendix: narrative
            .appendices
            .iter()
            // Of two that hold one section the first is named.
            .rev()
            .filter_map(|appendix| Some((appendix.section()?.value.to_string(), appendix.id.value.to_string())))
            .collect(),
    })
}

fn contacts(contacts: &[Contact]) -> Vec<ContactView> {
    let contacts = contacts.iter().cloned();
    contacts
        .map(|contact| ContactView { role: contact.role, email: contact.email, telephone: contact.telephone })
        .collect()
}

struct Making<'a, 's> {
    inputs: Inputs<'a>,
    slots: &'s mut Slots,
}

impl<'a> Making<'a, '_> {
    fn prose(&mut self, prose: Option<&Prose>) -> Option<Slot> {
        let prose = prose.filter(|prose| !prose.blocks.is_empty())?;
        let blocks = figures::fill_blocks(&prose.blocks, self.inputs, &mut self.slots.diagnostics);
        // Pictures are named from the folder of the file that names them.
        let file = self.inputs.sources.path(prose.span.source);
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(self.slots.blocks(blocks, folder))
    }

    fn line(&mut self, line: &Line) -> Slot {
        let inlines = figures::fill_inlines(&line.inlines, self.inputs, &mut self.slots.diagnostics);
        self.slots.inlines(inlines)
    }

    fn badge(&mut self, text: &str, tone: Tone) -> Slot {
        let badge = Badge { text: text.to_owned(), tone };
        let span: Span = self.inputs.paper.span;
        self.slots.inlines(vec![Inline { span, kind: InlineKind::Badge(badge) }])
    }

    fn say(&self, key: &str, values: &[(&str, &str)]) -> Made<String> {
        self.inputs.catalogue.say(key, values)
    }

    fn service(&mut self) -> ServiceView {
        let service = &self.inputs.service.service;
        ServiceView {
            name: service.name.value.clone(),
            board: service.board.clone(),
            marking: service.marking.clone(),
            contacts: contacts(&service.contacts),
            rag: service.rag.iter().map(|rag| self.rag(rag)).collect(),
        }
    }

    fn rag(&mut self, rag: &RagWord) -> RagView {
        RagView {
            word: rag.word.clone(),
            means: rag.means.clone(),
            badge: self.badge(&rag.word, rag.tone),
            statuses: rag.statuses.iter().map(|status| status.word()).collect(),
        }
    }

    fn paper(&mut self) -> Made<PaperView> {
        let paper = self.inputs.paper;
        let template = self.inputs.templates.templates.get(&paper.template.value);
        Ok(PaperView {
            id: paper.id.value.to_string(),
            title: paper.title.value.clone(),
            meeting: self.inputs.catalogue.date(paper.meeting.value)?,
            as_of: self.inputs.catalogue.date(self.day())?,
            authors: paper.authors.clone(),
            audience: paper.audience.or(template.and_then(|template| template.audience)).map(Audience::word),
            version: paper.version.as_ref().map(|version| self.version(version)).transpose()?,
            cleared: paper.cleared.iter().map(|one| self.clearance(one)).collect::<Made<_>>()?,
            late: paper.late.as_ref().map(|line| self.line(line)),
            header: paper
                .header
                .iter()
                .map(|header| HeaderView {
                    label: header.label.clone(),
                    value: header.value.iter().map(|line| self.line(line)).collect(),
                })
                .collect(),
        })
    }

    fn version(&mut self, version: &Version) -> Made<VersionView> {
        let mut history = Vec::new();
        for step in &version.history {
            let date = self.date(step.date)?;
            history.push(VersionStepView { number: step.number.clone(), date, note: self.line(&step.note) });
        }
        Ok(VersionView { number: version.number.clone(), draft: version.state == VersionState::Draft, history })
    }

    fn clearance(&self, clearance: &Clearance) -> Made<ClearanceView> {
        Ok(ClearanceView { by: clearance.by.clone(), on: self.date(clearance.on)? })
    }

    fn date(&self, date: Option<Spanned<Date>>) -> Made<Option<String>> {
        date.map(|date| self.inputs.catalogue.date(date.value)).transpose()
    }

    fn audit(&mut self, audit: &Audit) -> Made<AuditView> {
        let framework = self.inputs.service.framework_of(self.inputs.quarter);
        let domain = framework.zip(audit.domain.as_ref()).and_then(|(framework, id)| framework.domain(&id.value));
        Ok(AuditView {
            theme: audit.theme.value.to_string(),
            theme_title: self.inputs.service.service.theme_title(&audit.theme.value),
            framework: framework.map(|framework| framework.title.clone()),
            domain: domain.map(|domain| domain.title.clone()),
            cases: audit.cases_completed(),
            commenced: self.period(audit.commenced)?,
            audited: self.period(audit.audited)?,
            sample: audit.sample.as_ref().map(|sample| self.sample(sample, audit)),
        })
    }

    fn period(&self, period: Option<Period>) -> Made<Option<String>> {
        let Some(Period { from: Some(from), to: Some(to) }) = period else { return Ok(None) };
        let (from, to) = (self.inputs.catalogue.date(from.value)?, self.inputs.catalogue.date(to.value)?);
        let key = if from == to { "sample.period_day" } else { "sample.period" };
        self.say(key, &[("from", &from), ("to", &to)]).map(Some)
    }

    fn sample(&mut self, sample: &Sample, audit: &Audit) -> SampleView {
        SampleView {
            eligible: sample.eligible.map(|count| count.value),
            selected: sample.selected.map(|count| count.value),
            completed: sample.completed.map(|count| count.value).or(audit.cases_completed()),
            selection: sample.selection.map(|selection| match selection {
                Selection::Chosen => "chosen",
                Selection::All => "all",
                Selection::Random => "random",
            }),
            shortfall: sample
                .shortfall
                .iter()
                .map(|shortfall| ShortfallView { cases: shortfall.cases.value, reason: self.clause(&shortfall.reason) })
                .collect(),
        }
    }

    /// A line that ends a sentence of ours: its own full stop would be the second.
    fn clause(&mut self, line: &Line) -> Slot {
        let mut inlines = figures::fill_inlines(&line.inlines, self.inputs, &mut self.slots.diagnostics);
        if let Some(Inline { kind: InlineKind::Text(text), .. }) = inlines.last_mut() {
            *text = text.trim_end().trim_end_matches('.').to_owned();
        }
        self.slots.inlines(inlines)
    }

    fn scores(&mut self) -> Made<Option<ScoresView>> {
        let framework = self.inputs.service.framework_of(self.inputs.quarter);
        let (Some(framework), Some(results)) = (framework, self.inputs.audit_results()) else { return Ok(None) };
        if results.standards.is_empty() {
            return Ok(None);
        }
        let cases = results.cases;
        Ok(Some(ScoresView {
            standards: results.standards.iter().map(|one| self.score(one, cases)).collect::<Made<_>>()?,
            overall: results.overall.as_ref().map(|overall| self.score(overall, cases)).transpose()?,
            rating_method: framework.rating_method.word(),
            caution: match &results.overall {
                Some(overall) => self.caution_by_points(overall, results)?,
                None => self.caution_by_key_questions(results)?,
            },
            band_on: match framework.band_on {
                BandOn::Rounded => "rounded",
                BandOn::Exact => "exact",
            },
            scale: self.scale(&framework.scale)?,
            answers: framework.scale.answers.iter().map(|answer| answer.word.clone()).collect(),
        }))
    }

    /// What each answer earns: `Yes 1, Partly ½, No 0`.
    fn scale(&self, scale: &Scale) -> Made<String> {
        let answer = |answer: &ScaleAnswer| {
            let HalfPoints(halves) = answer.points;
            let whole = if halves == 1 { String::new() } else { (halves / 2).to_string() };
            let half = if halves % 2 == 1 { self.say("number.half", &[])? } else { String::new() };
            self.say("scores.answer", &[("answer", &answer.word), ("points", &format!("{whole}{half}"))])
        };
        let answers = scale.answers.iter().map(answer).collect::<Made<Vec<String>>>()?;
        self.inputs.catalogue.joined("list.comma", &answers)
    }

    fn score(&mut self, assessment: &Assessment, cases: Option<u32>) -> Made<ScoreView> {
        let range = match assessment.interval() {
            Some(interval) => {
                let (low, high) = (whole_percent(interval.low), whole_percent(interval.high));
                self.say("scores.range_of", &[("low", &low.to_string()), ("high", &high.to_string())])?
            }
            None => self.say("scores.range_none", &[])?,
        };
        let fragile = match (&assessment.fragile, &assessment.rating) {
            (Some(fragile), Some(rating)) => {
                let values = [
                    ("from", fragile.from.as_str()),
                    ("to", &fragile.to),
                    ("other", &fragile.rating),
                    ("rating", &rating.word),
                ];
                Some(self.say("fragile", &values)?)
            }
            _ => None,
        };
        let questions = assessment.key_questions.as_ref();
        let counts_points = questions.is_none();
        let key_questions = questions.iter().flat_map(|questions| &questions.all);
        let key_questions = key_questions.map(|question| self.key_question(question)).collect::<Made<_>>()?;
        let lowest =
            questions.and_then(KeyQuestions::lowest).map(|question| self.key_question(question)).transpose()?;
        let rating = assessment.rating.clone();
        let badge = self.rating_badge(rating.as_ref());
        let words = self.inputs.catalogue;
        Ok(ScoreView {
            id: assessment.standard.as_ref().map_or_else(String::new, ToString::to_string),
            title: assessment.title.clone(),
            points: counts_points.then(|| self.inputs.catalogue.points(assessment.score.points)).transpose()?,
            of: counts_points.then(|| self.inputs.catalogue.points(assessment.score.of)).transpose()?,
            key_questions,
            lowest,
            percent: assessment.score.percent(),
            rating: rating.map(|rating| rating.word),
            badge,
            range,
            caution: self.caution(assessment, cases)?,
            fragile,
            not_applicable: assessment.not_applicable,
            effective_sample: assessment
                .interval()
                .map(|interval| words.decimal(&format!("{:.1}", interval.effective_sample)))
                .transpose()?,
            questions: assessment
                .questions
                .iter()
                .map(|question| {
                    let prompts = question.prompts.iter();
                    let prompts = prompts
                        .map(|prompt| QuestionView::new(&prompt.id, &prompt.text, &prompt.answers, Vec::new(), words));
                    let prompts = prompts.collect::<Made<_>>()?;
                    QuestionView::new(&question.id, &question.title, &question.answers, prompts, words)
                })
                .collect::<Made<_>>()?,
        })
    }

    fn rating_badge(&mut self, rating: Option<&Rating>) -> Slot {
        match rating {
            Some(rating) => self.badge(&rating.word, rating.tone),
            None => self.badge("–", Tone::Grey),
        }
    }

    fn key_question(&mut self, question: &KeyQuestionResult) -> Made<KeyQuestionView> {
        Ok(KeyQuestionView {
            id: question.id.to_string(),
            title: question.title.clone(),
            sufficient: question.sufficient,
            of: question.of,
            seen: self.seen(Some((question.sufficient, question.of)))?,
            percent: question.score().percent(),
            rating: question.rating.as_ref().map(|rating| rating.word.clone()),
            badge: self.rating_badge(question.rating.as_ref()),
            not_applicable: question.not_applicable,
        })
    }

    /// Why no rating has a range, and which standards have no rating.
    fn caution_by_key_questions(&self, results: &Results) -> Made<String> {
        let mut sentences = Vec::new();
        let selection = results.standards.iter().find_map(|assessment| match assessment.certainty {
            Certainty::NotASample(selection) => Some(selection),
            _ => None,
        });
        match selection {
            Some(Selection::All) => sentences.push(self.say("caution.all", &[])?),
            Some(_) => sentences.push(self.say("caution.chosen", &[])?),
            None => {
                match results.cases {
                    Some(1) => sentences.push(self.say("caution.single", &[])?),
                    Some(2) => sentences.push(self.say("caution.two", &[])?),
                    Some(cases @ ..=SMALL_NUMBER) => {
                        let number = capitalised(&self.inputs.catalogue.number(cases)?);
                        sentences.push(self.say("caution.small", &[("cases", &number)])?);
                    }
                    _ => {}
                }
                sentences.push(self.say("caution.lowest", &[])?);
            }
        }
        sentences.push(self.say("caution.no_overall", &[])?);
        for assessment in &results.standards {
            let id = assessment.standard.as_ref().map_or_else(String::new, ToString::to_string);
            let key = match assessment.certainty {
                Certainty::NotAllAsked => "caution.not_all_asked",
                Certainty::NotScored => "caution.not_applicable",
                _ => continue,
            };
            sentences.push(self.say(key, &[("standard", &id)])?);
        }
        Ok(sentences.join(" "))
    }

    /// What must be known of the scores of an audit, and why a standard has none.
    fn caution_by_points(&self, overall: &Assessment, results: &Results) -> Made<String> {
        let mut sentences = vec![self.caution(overall, results.cases)?];
        if overall.score.percent().is_some() {
            for assessment in results.standards.iter().filter(|one| one.score.percent().is_none()) {
                sentences.push(self.unscored(assessment)?);
            }
        }
        Ok(sentences.join(" "))
    }

    fn unscored(&self, assessment: &Assessment) -> Made<String> {
        match &assessment.standard {
            Some(id) => self.say("caution.no_question", &[("standard", &id.to_string())]),
            None => self.say("caution.nothing", &[]),
        }
    }

    /// The words of caution that a board reads beside a score.
    fn caution(&self, assessment: &Assessment, cases: Option<u32>) -> Made<String> {
        match &assessment.certainty {
            Certainty::TotalsOnly => self.say("caution.totals", &[]),
            Certainty::NotASample(Selection::All) => self.say("caution.all", &[]),
            Certainty::NotASample(_) => self.say("caution.chosen", &[]),
            Certainty::TooFewCases(1) => self.say("caution.single", &[]),
            Certainty::TooFewCases(_) => self.say("caution.two", &[]),
            Certainty::NotScored => self.unscored(assessment),
            Certainty::LowestOfSeveral => self.say("caution.lowest", &[]),
            Certainty::NotAllAsked => {
                let id = assessment.standard.as_ref().map_or_else(String::new, ToString::to_string);
                self.say("caution.not_all_asked", &[("standard", &id)])
            }
            Certainty::Interval(interval) => {
                let mut sentences = Vec::new();
                if let Some(cases) = cases.filter(|&cases| cases <= SMALL_NUMBER) {
                    let number = capitalised(&self.inputs.catalogue.number(cases)?);
                    sentences.push(self.inputs.catalogue.say_of("caution.small", cases, &[("cases", &number)])?);
                }
                let (low, high) = (whole_percent(interval.low), whole_percent(interval.high));
                let range = [("low", low.to_string()), ("high", high.to_string())];
                let range: Vec<(&str, &str)> = range.iter().map(|(name, value)| (*name, value.as_str())).collect();
                sentences.push(self.say("caution.interval", &range)?);
                let key = if assessment.ratings_within.len() > 1 { "caution.several" } else { "caution.one" };
                let ratings = self.inputs.catalogue.list(&assessment.ratings_within)?;
                sentences.push(self.say(key, &[("ratings", &ratings)])?);
                Ok(sentences.join(" "))
            }
        }
    }

    /// All audits of the theme up to this one, oldest first.
    fn audits(&self) -> Made<Vec<AuditOfTheme<'a>>> {
        let inputs = self.inputs;
        let quarters = std::iter::once(inputs.quarter).chain(inputs.service.earlier_of_theme(inputs.quarter));
        let mut audits = Vec::new();
        for quarter in quarters {
            let is_current = quarter.id == inputs.quarter.id;
            // Beside the audits between the two that are compared, the states are those of the quarter's own paper.
            let published =
                inputs.difference.filter(|_| is_current).and_then(|difference| difference.published.as_ref());
            let Some(results) = published.or_else(|| inputs.results.get(&quarter.id)) else { continue };
            let title = self.audit_title(quarter)?;
            audits.push(AuditOfTheme { title, results, overall: results.overall.as_ref(), current: is_current });
        }
        audits.reverse();
        Ok(audits)
    }

    /// Those of the audits that have scores which can stand beside the scores of this one.
    fn scored(&self, audits: &[AuditOfTheme<'a>]) -> Vec<AuditOfTheme<'a>> {
        let method = self.inputs.audit_results().and_then(|results| results.rating_method);
        let is_like =
            |audit: &&AuditOfTheme<'_>| !audit.results.standards.is_empty() && audit.results.rating_method == method;
        audits.iter().filter(is_like).cloned().collect()
    }

    fn theme_audit(&mut self, audit: &AuditOfTheme<'_>) -> Made<Option<ThemeAuditView>> {
        let Some(overall) = audit.overall else { return Ok(None) };
        Ok(Some(ThemeAuditView {
            title: audit.title.clone(),
            cases: audit.results.cases,
            current: audit.current,
            score: self.score(overall, audit.results.cases)?,
        }))
    }

    /// The overall score of `audits`, the standards of `scored`, the findings of all of `history`.
    fn charts(
        &mut self,
        audits: &[&AuditOfTheme<'_>],
        scored: &[AuditOfTheme<'_>],
        history: &[AuditOfTheme<'_>],
    ) -> Made<ChartsView> {
        let inputs = self.inputs;
        let Some(results) = inputs.audit_results() else { return Ok(ChartsView::default()) };
        let Some(theme) = &results.theme else { return Ok(ChartsView::default()) };
        let theme = inputs.service.service.theme_title(theme);
        let (columns, findings) = self.timeline(history)?;
        let timeline = charts::timeline(inputs, &columns, &findings, &theme)?;
        let (standards, audits, history) = match inputs.service.framework_of(inputs.quarter) {
            Some(framework) => (
                charts::standards(inputs, framework, results)?,
                charts::audits(inputs, framework, audits, &theme)?,
                charts::history(inputs, framework, &self.history_groups(results, scored)?, &theme)?,
            ),
            None => (None, None, None),
        };
        let mut slot = |chart: Option<Block>| chart.map(|chart| self.slots.blocks(vec![chart], ""));
        Ok(ChartsView {
            standards: slot(standards),
            audits: slot(audits),
            history: slot(history),
            timeline: slot(timeline),
        })
    }

    /// What each audit gave the standards of this one and, last, all of its standards together, where there is such a score.
    fn history_groups<'r>(
        &self,
        results: &Results,
        audits: &[AuditOfTheme<'r>],
    ) -> Made<Vec<(String, Vec<HistoryRow<'r>>)>> {
        let rows = |assessment: &dyn Fn(&AuditOfTheme<'r>) -> Option<&'r Assessment>| {
            let row = |audit: &AuditOfTheme<'r>| HistoryRow {
                audit: audit.title.clone(),
                cases: audit.results.cases,
                assessment: assessment(audit),
                current: audit.current,
            };
            audits.iter().map(row).collect()
        };
        let ids = results.standards.iter().filter_map(|standard| Some((standard.standard.as_ref()?, &standard.title)));
        let mut groups: Vec<(String, Vec<HistoryRow<'r>>)> = ids
            .map(|(id, title)| (format!("{id} {title}"), rows(&|audit| self.standard_at(id, audit.results))))
            .collect();
        if results.overall.is_some() {
            groups.push((self.say("scores.overall", &[])?, rows(&|audit| audit.overall)));
        }
        Ok(groups)
    }

    /// A standard of this audit's framework as another audit scored it.
    fn standard_at<'r>(&self, id: &StandardId, results: &'r Results) -> Option<&'r Assessment> {
        let service = self.inputs.service;
        let other = service.quarter(&results.quarter)?;
        results.standard(service.standard_in(id, self.inputs.quarter, other)?.as_str())
    }

    fn own_finding(&mut self, finding: &Finding) -> Made<FindingView> {
        let results = self.inputs.own_results();
        let result = results.and_then(|results| results.findings.iter().find(|result| result.id == finding.id.value));
        let text = self.prose(Some(&finding.text));
        self.finding(finding, text, result)
    }

    fn finding(&mut self, finding: &Finding, text: Option<Slot>, result: Option<&FindingResult>) -> Made<FindingView> {
        let count = result.and_then(|result| result.count);
        let seen = self.seen(count)?;
        let (kind, tone) = match finding.kind {
            FindingKind::Strength => ("strength", Tone::Green),
            FindingKind::Improvement => ("improvement", Tone::Amber),
        };
        let word = self.say(&format!("findings.badge.{kind}"), &[])?;
        let standard = finding.standard.as_ref().map(|id| &id.value);
        let title = standard.and_then(|id| self.inputs.service.standard_title(self.inputs.quarter, id));
        Ok(FindingView {
            id: finding.id.value.to_string(),
            standard: standard.map_or_else(String::new, ToString::to_string),
            standard_title: title.unwrap_or_default().to_owned(),
            kind,
            badge: self.badge(&word, tone),
            section: finding.section.as_ref().map(|id| id.value.to_string()),
            text: text.unwrap_or_else(|| self.slots.inlines(Vec::new())),
            n: count.map(|(n, _)| n),
            of: count.map(|(_, of)| of),
            seen,
            withdrawn: self.prose(finding.withdrawn.as_ref()),
            history: self.history(result)?,
        })
    }

    fn last_quarter(&self) -> Made<Option<String>> {
        let last = self.inputs.own_results().and_then(|results| results.last_quarter.as_ref());
        last.and_then(|id| self.inputs.service.quarter(id)).map(|quarter| self.audit_title(quarter)).transpose()
    }

    fn actions(&mut self) -> Made<Vec<ActionView>> {
        let steps = &self.inputs.narrative.next_steps;
        let register = &self.inputs.service.actions;
        let found = steps.iter().filter_map(|id| register.iter().find(|action| action.id.value == id.value));
        found.map(|action| self.action(action)).collect()
    }

    fn action(&mut self, action: &Action) -> Made<ActionView> {
        let day = self.day();
        let standing = action.standing_on(day);
        let rag = self.inputs.service.service.rag.iter().find(|rag| rag.statuses.contains(&standing));
        Ok(ActionView {
            id: action.id.value.to_string(),
            what: action.what.iter().map(|line| self.line(line)).collect(),
            how: action.how.iter().map(|line| self.line(line)).collect(),
            owners: action.owners.clone(),
            due: action.due_on(day).map(|due| self.inputs.catalogue.due(due)).transpose()?,
            measure: action.measure.as_ref().map(|line| self.line(line)),
            status: standing.word(),
            badge: self.standing_badge(standing)?,
            overdue: standing == Standing::Overdue,
            opened: self.inputs.catalogue.date(action.opened.value)?,
            rag: rag.map(|rag| self.rag(rag)),
            updates: action.updates_until(day).map(|update| self.update(update)).collect::<Made<_>>()?,
        })
    }

    /// The day on which the paper says how things stand.
    fn day(&self) -> Date {
        // Every paper has a meeting, so a narrative with a paper has a day.
        self.inputs.narrative.as_of().unwrap_or(self.inputs.paper.meeting.value)
    }

    fn standing_badge(&mut self, standing: Standing) -> Made<Slot> {
        let tone = match standing {
            Standing::Overdue => Tone::Red,
            Standing::In(ActionStatus::NotStarted | ActionStatus::Superseded) => Tone::Grey,
            Standing::In(ActionStatus::OnTrack) => Tone::Green,
            Standing::In(ActionStatus::AtRisk | ActionStatus::RiskAccepted) => Tone::Amber,
            Standing::In(ActionStatus::Complete | ActionStatus::Verified) => Tone::Blue,
        };
        let printed = self.say(&format!("status.{}", standing.word()), &[])?;
        Ok(self.badge(&printed, tone))
    }

    fn update(&mut self, update: &Update) -> Made<UpdateView> {
        let catalogue = self.inputs.catalogue;
        Ok(UpdateView {
            date: catalogue.date(update.on.value)?,
            status: update.status.map(ActionStatus::word),
            badge: update.status.map(|status| self.standing_badge(Standing::In(status))).transpose()?,
            due: update.due.map(|due| catalogue.due(due.value)).transpose()?,
            progress: update.progress.as_ref().map(|line| self.line(line)),
            evidence: update.evidence.as_ref().map(|line| self.line(line)),
        })
    }

    fn asks(&mut self) -> AsksView {
        let asks = &self.inputs.narrative.asks;
        AsksView {
            board: asks
                .board
                .iter()
                .map(|ask| AskView { id: ask.id.value.to_string(), text: self.line(&ask.text) })
                .collect(),
            partners: asks.partners.as_ref().map(|partners| {
                let partners = partners.iter();
                partners
                    .map(|ask| PartnerAskView { partner: ask.partner.clone(), text: self.line(&ask.text) })
                    .collect()
            }),
        }
    }

    fn appendix(&mut self, appendix: &Appendix) -> AppendixView {
        AppendixView {
            id: appendix.id.value.to_string(),
            title: self.line(&appendix.title),
            own_file: appendix.own_file,
            file: appendix.own_file.then(|| format!("{}.pdf", self.inputs.paper.stem_of(appendix))),
            marking: appendix.marking.clone(),
            reason: appendix.reason.as_ref().map(|reason| self.line(reason)),
        }
    }

    fn implications(&mut self) -> Vec<ImplicationView> {
        let given = &self.inputs.narrative.implications;
        let text = |kind: Implication| given.iter().find(|(own, _)| *own == kind).map(|(_, text)| text);
        Implication::ALL
            .into_iter()
            .map(|(id, kind)| ImplicationView { id, text: text(kind).and_then(|text| self.prose(Some(text))) })
            .collect()
    }

    fn free(&mut self, sections: &[FreeSection]) -> Made<Vec<FreeView>> {
        let mut views = Vec::new();
        for section in sections {
            let narrative = self.inputs.narrative;
            let own = narrative
                .findings
                .iter()
                .filter(|finding| finding.section.as_ref().is_some_and(|own| own.value == section.id.value));
            views.push(FreeView {
                id: section.id.value.to_string(),
                title: self.line(&section.title),
                quotes: self.quotes(section)?,
                text: self.prose(section.text.as_ref()),
                findings: own.map(|finding| self.own_finding(finding)).collect::<Made<_>>()?,
                sections: self.free(&section.sections)?,
            });
        }
        Ok(views)
    }

    fn background_papers(&mut self) -> Made<Vec<BackgroundPaperView>> {
        let papers = self.inputs.narrative.background_papers.iter();
        papers
            .map(|paper| {
                let date = paper.date.map(|date| self.inputs.catalogue.date(date.value)).transpose()?;
                Ok(BackgroundPaperView { title: self.line(&paper.title), date })
            })
            .collect()
    }
}
