//! What was computed from an audit: every figure that a paper may print.

use serde::{Serialize, Serializer};

use crate::document::Tone;
use crate::statistics::Interval;

use super::audit::Selection;
use super::comparison::{Change, Comparison, NoVerdict, Verdict};
use super::date::{Date, Due};
use super::framework::RatingMethod;
use super::ids::{ActionId, AskId, FindingId, FrameworkId, KeyQuestionId, PromptId, QuarterId, StandardId, ThemeId};
use super::narrative::FindingKind;
use super::points::{HalfPoints, Score};
use super::register::{ActionStatus, Overdue};

/// All results of one quarter.
#[derive(Clone, Debug)]
pub struct Results {
    pub quarter: QuarterId,
    /// `None` for a quarter with a narrative and no audit: it has promises, and nothing else.
    pub theme: Option<ThemeId>,
    pub framework: Option<FrameworkId>,
    /// Of the framework; `None` without one.
    pub rating_method: Option<RatingMethod>,
    pub cases: Option<u32>,
    /// In the order of the framework, or of the totals.
    pub standards: Vec<Assessment>,
    /// The ratio of the sums; `None` where nothing was scored, or where each standard is rated by its lowest key question.
    pub overall: Option<Assessment>,
    /// In the order of the narrative, then those that stood before and are silent now, by id.
    pub findings: Vec<FindingResult>,
    /// Those opened by then, in the order of the register.
    pub actions: Vec<ActionResult>,
    /// The last quarter with a paper, which actions are compared with.
    pub last_quarter: Option<QuarterId>,
    /// What earlier papers asked of the board: what was decided since, and what the last quarter left open.
    pub asks: Vec<AskResult>,
    /// With the last audit of the same theme; `None` where there is none.
    pub comparison: Option<Comparison>,
}

/// The score and rating of a standard, or of all of them together.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// `None` for the overall score.
    pub standard: Option<StandardId>,
    pub title: String,
    /// Points; by key questions, the cases that are sufficient on the lowest one, of those that it applied to.
    pub score: Score,
    /// What the rating rests on where it goes by key questions; `None` where points are counted.
    pub key_questions: Option<KeyQuestions>,
    /// `None` where no point was available.
    pub rating: Option<Rating>,
    /// How many answers were N/A; `None` where only totals were kept.
    pub not_applicable: Option<u32>,
    /// How many half-points fewer would give a lower rating; `None` where there is none.
    pub half_points_to_lower: Option<u64>,
    /// How many half-points more would give a higher rating; `None` where there is none.
    pub half_points_to_higher: Option<u64>,
    /// Set where one answer would move the rating.
    pub fragile: Option<Fragile>,
    pub certainty: Certainty,
    /// The ratings that the interval reaches, from the lowest; empty where there is no interval.
    pub ratings_within: Vec<String>,
    /// What its prompts came to, by key question in the order of the framework, those that were asked; empty for the
    /// overall score, where only totals were kept, and where answers earn no points.
    pub questions: Vec<QuestionResult>,
}

/// What the answers to the prompts of a key question came to, and to each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionResult {
    pub id: KeyQuestionId,
    pub title: String,
    pub answers: AnswerCount,
    /// In the order of the framework, those that were asked.
    pub prompts: Vec<PromptResult>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptResult {
    pub id: PromptId,
    pub text: String,
    pub answers: AnswerCount,
}

/// The answers to one prompt or to several, over all cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerCount {
    pub score: Score,
    /// How many of each answer of the framework's scale, in its order.
    pub given: Vec<u32>,
    pub not_applicable: u32,
}

/// The key questions of a standard, and which of them decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyQuestions {
    /// In the order of the framework.
    pub all: Vec<KeyQuestionResult>,
    /// The first of those with the lowest share; `None` where none applied, or not all of them were asked.
    pub lowest: Option<KeyQuestionId>,
}

impl KeyQuestions {
    pub fn lowest(&self) -> Option<&KeyQuestionResult> {
        self.all.iter().find(|question| Some(&question.id) == self.lowest.as_ref())
    }
}

/// In how many cases the work was sufficient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyQuestionResult {
    pub id: KeyQuestionId,
    pub title: String,
    /// Whether a case was asked it, N/A included.
    pub asked: bool,
    /// Of `of` cases that it applied to.
    pub sufficient: u32,
    pub of: u32,
    pub not_applicable: u32,
    /// What this key question alone would give; `None` where it applied to no case.
    pub rating: Option<Rating>,
}

impl KeyQuestionResult {
    /// The cases as a score: one point each, so that they are counted, rounded and banded in one way.
    pub fn score(&self) -> Score {
        let cases = |count: u32| HalfPoints(2 * u64::from(count));
        Score::new(cases(self.sufficient), cases(self.of))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    pub word: String,
    pub tone: Tone,
}

/// A rating that one answer would move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragile {
    /// The answer as it is, and as it would be: Yes to Partly.
    pub from: String,
    pub to: String,
    /// The rating that would come out.
    pub rating: String,
}

/// What can be said of how certain a score is.
#[derive(Clone, Debug, PartialEq)]
pub enum Certainty {
    Interval(Interval),
    /// One or two cases: too few to say how others would score.
    TooFewCases(usize),
    /// The cases were not kept.
    TotalsOnly,
    /// The cases were not picked at random: chosen by somebody, or every one that there was.
    NotASample(Selection),
    /// No point was available.
    NotScored,
    /// The rating goes by the lowest of several shares; how far a lowest one would differ with other cases is not known.
    LowestOfSeveral,
    /// Not every key question was asked, so nobody knows which is the lowest.
    NotAllAsked,
}

impl Assessment {
    pub fn interval(&self) -> Option<&Interval> {
        match &self.certainty {
            Certainty::Interval(interval) => Some(interval),
            _ => None,
        }
    }
}

/// A finding with its evidence counted, and where it stands since the last audit of its theme.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingResult {
    pub id: FindingId,
    pub standard: Option<StandardId>,
    pub kind: FindingKind,
    /// Of `of` cases where it could be seen, `n` showed it. `None` where there is no evidence to count.
    pub count: Option<(u32, u32)>,
    pub state: FindingState,
    /// Whether its words are others than when it was last seen.
    pub reworded: bool,
    /// The first quarter of the service that has its id.
    pub first_raised: QuarterId,
    /// Where it stood last before this audit; its text is there where it is silent now.
    pub last_seen: Option<QuarterId>,
    /// The count of that time.
    pub count_before: Option<(u32, u32)>,
    /// How many audits of the theme there have been after the one that raised it.
    pub age_audits: u32,
    /// Whole months since it was first raised; `None` where a day is not known.
    pub age_months: Option<u32>,
}

/// Where a finding stands after an audit, against the last audit of the same theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingState {
    /// Never raised before.
    New,
    /// Seen last time, too.
    Repeat,
    /// Seen before, and absent, resolved, still there or not tested last time.
    Recurring,
    /// An improvement that is silent, though its prompts applied in a case, and that no case shows any more; said at that
    /// audit only.
    Resolved,
    /// Silent, and nothing that was asked could have shown it.
    NotTested,
    /// Taken back, with a reason.
    Withdrawn,
    /// An improvement that is silent, though cases still show it.
    StillThere,
    /// A strength that is silent, though its prompts applied in a case; said at that audit only.
    NotSeen,
}

impl FindingState {
    pub const ALL: [(&'static str, FindingState); 8] = [
        ("new", FindingState::New),
        ("recurring", FindingState::Recurring),
        ("repeat", FindingState::Repeat),
        ("resolved", FindingState::Resolved),
        ("still there", FindingState::StillThere),
        ("not seen", FindingState::NotSeen),
        ("not tested", FindingState::NotTested),
        ("withdrawn", FindingState::Withdrawn),
    ];

    /// As it is written in `results.json` and named in the catalogue of strings.
    pub fn word(self) -> &'static str {
        FindingState::ALL.iter().find(|(_, state)| *state == self).expect("every state has a word").0
    }

    /// Whether the finding was seen at this audit.
    pub fn is_seen(self) -> bool {
        matches!(self, FindingState::New | FindingState::Repeat | FindingState::Recurring)
    }

    /// Whether there is still something to look for: seen, still shown by cases, or not looked at.
    pub fn is_open(self) -> bool {
        self.is_seen() || matches!(self, FindingState::StillThere | FindingState::NotTested)
    }
}

/// How an action stood on the day of the paper, and what became of it since the last quarter.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionResult {
    pub id: ActionId,
    pub opened: Date,
    pub status: ActionStatus,
    /// How it stood in the last quarter; `None` where it was not opened then.
    pub status_before: Option<ActionStatus>,
    pub due: Option<Due>,
    pub overdue: Option<Overdue>,
    /// The due dates that it had before, the first one first.
    pub due_before: Vec<Due>,
    /// What happened to it since the last quarter; `None`: it stands as it stood.
    pub change: Option<ActionChange>,
    /// Whether it became overdue since the last quarter, or is not overdue any more.
    pub overdue_changed: bool,
    /// Whether it is open and its due date moved since the last quarter.
    pub moved: bool,
    /// Whether it was open on the day of the last quarter and is open still.
    pub carried_forward: bool,
}

impl ActionResult {
    /// Whether anything is otherwise than in the last quarter.
    pub fn has_happened(&self) -> bool {
        self.change.is_some() || self.moved || self.overdue_changed || self.has_moved_on()
    }

    /// Whether an action that was open and is open goes better or worse than in the last quarter.
    pub fn has_moved_on(&self) -> bool {
        self.carried_forward && self.status_before != Some(self.status)
    }
}

/// What became of an action since the last quarter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionChange {
    Opened,
    Completed,
    Verified,
    Superseded,
    RiskAccepted,
    /// It was closed, and is open again.
    Reopened,
    /// It stands in the earlier of two quarters only, since they are compared backwards.
    NotYetOpened,
}

impl ActionChange {
    pub const ALL: [(&'static str, ActionChange); 7] = [
        ("opened", ActionChange::Opened),
        ("completed", ActionChange::Completed),
        ("verified", ActionChange::Verified),
        ("superseded", ActionChange::Superseded),
        ("risk accepted", ActionChange::RiskAccepted),
        ("reopened", ActionChange::Reopened),
        ("not yet opened", ActionChange::NotYetOpened),
    ];

    /// As it is written in `results.json` and named in the catalogue of strings.
    pub fn word(self) -> &'static str {
        ActionChange::ALL.iter().find(|(_, change)| *change == self).expect("every change has a word").0
    }
}

/// What an ask to the board came to.
#[derive(Clone, Debug, PartialEq)]
pub struct AskResult {
    pub id: AskId,
    /// The quarter whose paper asked.
    pub asked: QuarterId,
    /// `None`: nothing is recorded yet.
    pub decision: Option<Decided>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// What was decided, without markup.
    pub text: String,
    pub on: Option<Date>,
}

impl Results {
    pub fn standard(&self, id: &str) -> Option<&Assessment> {
        self.standards.iter().find(|assessment| assessment.standard.as_ref().is_some_and(|own| own.as_str() == id))
    }

    /// `results.json`: all figures for other programs. Points as printed, shares from 0 to 1 with six decimals.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(&Published::of(self)).expect("plain data has a JSON form");
        json.push('\n');
        json
    }
}

#[derive(Serialize)]
struct Published<'a> {
    schema: u32,
    quarter: &'a QuarterId,
    theme: Option<&'a ThemeId>,
    framework: Option<&'a FrameworkId>,
    rating_method: Option<&'static str>,
    cases: Option<u32>,
    standards: Vec<PublishedAssessment<'a>>,
    overall: Option<PublishedAssessment<'a>>,
    compared_with: Option<PublishedComparison<'a>>,
    findings: Vec<PublishedFinding<'a>>,
    last_quarter: Option<&'a QuarterId>,
    actions: Vec<PublishedAction<'a>>,
    asks: Vec<PublishedAsk<'a>>,
}

#[derive(Serialize)]
struct PublishedAssessment<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a StandardId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    /// `None`, as `of`, where the rating goes by key questions.
    points: Option<HalfPoints>,
    of: Option<HalfPoints>,
    percent: Option<u32>,
    rating: Option<&'a str>,
    not_applicable: Option<u32>,
    half_points_to_lower: Option<u64>,
    half_points_to_higher: Option<u64>,
    interval: Option<PublishedInterval>,
    /// Why there is no interval.
    no_interval: Option<&'static str>,
    #[serde(flatten)]
    key_questions: Option<PublishedKeyQuestions<'a>>,
    /// Of a standard; empty where only totals were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    questions: Option<Vec<PublishedQuestion<'a>>>,
}

#[derive(Serialize)]
struct PublishedQuestion<'a> {
    id: &'a KeyQuestionId,
    points: HalfPoints,
    of: HalfPoints,
    percent: Option<u32>,
    not_applicable: u32,
    prompts: Vec<PublishedPrompt<'a>>,
}

#[derive(Serialize)]
struct PublishedPrompt<'a> {
    id: &'a PromptId,
    points: HalfPoints,
    of: HalfPoints,
    percent: Option<u32>,
    not_applicable: u32,
}

#[derive(Serialize)]
struct PublishedKeyQuestions<'a> {
    lowest_key_question: Option<&'a KeyQuestionId>,
    key_questions: Vec<PublishedKeyQuestion<'a>>,
}

#[derive(Serialize)]
struct PublishedKeyQuestion<'a> {
    id: &'a KeyQuestionId,
    title: &'a str,
    sufficient: u32,
    of: u32,
    percent: Option<u32>,
    rating: Option<&'a str>,
    not_applicable: u32,
}

#[derive(Serialize)]
struct PublishedInterval {
    low: Share,
    high: Share,
    effective_sample: Share,
}

/// The comparison with the last audit of the theme, or of two quarters that somebody named.
#[derive(Serialize)]
pub struct PublishedComparison<'a> {
    quarter: &'a QuarterId,
    /// How many prompts counted at one of the two audits only, and are left out on both sides.
    prompts_left_out: u32,
    standards: Vec<PublishedChange<'a>>,
    overall: Option<PublishedChange<'a>>,
}

#[derive(Serialize)]
struct PublishedChange<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a StandardId>,
    /// In percent, on the prompts that applied at both audits.
    earlier: Option<u32>,
    later: Option<u32>,
    difference: Option<Share>,
    low: Option<Share>,
    high: Option<Share>,
    p: Option<Share>,
    p_holm: Option<Share>,
    verdict: Option<&'static str>,
    /// Why there is no verdict.
    no_verdict: Option<&'static str>,
}

/// A finding as `results.json` and `diff -f json` have it.
#[derive(Serialize)]
pub struct PublishedFinding<'a> {
    id: &'a FindingId,
    standard: Option<&'a StandardId>,
    kind: &'static str,
    state: &'static str,
    reworded: bool,
    first_raised: &'a QuarterId,
    last_seen: Option<&'a QuarterId>,
    age_audits: u32,
    age_months: Option<u32>,
    n: Option<u32>,
    of: Option<u32>,
    n_before: Option<u32>,
    of_before: Option<u32>,
}

/// An action as `results.json` and `diff -f json` have it.
#[derive(Serialize)]
pub struct PublishedAction<'a> {
    id: &'a ActionId,
    status: &'static str,
    status_before: Option<&'static str>,
    opened: String,
    /// The last day.
    due: Option<String>,
    /// The last days of the due dates before.
    due_before: Vec<String>,
    /// Why an overdue action is: its `date` has passed, or it has none and its `age` is more than a year.
    overdue_by: Option<&'static str>,
    /// Since the last quarter.
    change: Option<&'static str>,
    carried_forward: bool,
}

/// An ask as `results.json` and `diff -f json` have it.
#[derive(Serialize)]
pub struct PublishedAsk<'a> {
    id: &'a AskId,
    asked: &'a QuarterId,
    decided: Option<&'a str>,
    date: Option<String>,
}

/// A number with six decimals at most.
struct Share(f64);

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64((self.0 * 1e6).round() / 1e6)
    }
}

impl<'a> Published<'a> {
    fn of(results: &'a Results) -> Published<'a> {
        Published {
            schema: 1,
            quarter: &results.quarter,
            theme: results.theme.as_ref(),
            framework: results.framework.as_ref(),
            rating_method: results.rating_method.map(RatingMethod::word),
            cases: results.cases,
            standards: results.standards.iter().map(PublishedAssessment::of).collect(),
            overall: results.overall.as_ref().map(PublishedAssessment::of),
            compared_with: results.comparison.as_ref().map(PublishedComparison::of),
            findings: results.findings.iter().map(PublishedFinding::of).collect(),
            last_quarter: results.last_quarter.as_ref(),
            actions: results.actions.iter().map(PublishedAction::of).collect(),
            asks: results.asks.iter().map(PublishedAsk::of).collect(),
        }
    }
}

impl<'a> PublishedComparison<'a> {
    pub fn of(comparison: &'a Comparison) -> PublishedComparison<'a> {
        PublishedComparison {
            quarter: &comparison.with,
            prompts_left_out: comparison.prompts_left_out,
            standards: comparison.standards.iter().map(PublishedChange::of).collect(),
            overall: comparison.overall.as_ref().map(PublishedChange::of),
        }
    }
}

impl<'a> PublishedChange<'a> {
    fn of(change: &'a Change) -> PublishedChange<'a> {
        PublishedChange {
            id: change.standard.as_ref(),
            earlier: change.earlier.percent(),
            later: change.later.percent(),
            difference: change.difference.map(Share),
            low: change.interval.map(|(low, _)| Share(low)),
            high: change.interval.map(|(_, high)| Share(high)),
            p: change.p.map(Share),
            p_holm: change.p_holm.map(Share),
            verdict: match change.verdict {
                Verdict::Higher => Some("higher"),
                Verdict::Lower => Some("lower"),
                Verdict::NoClearChange => Some("no clear change"),
                Verdict::TooFewCases => Some("too few cases"),
                Verdict::None(_) => None,
            },
            no_verdict: match change.verdict {
                Verdict::None(NoVerdict::TotalsOnly) => Some("only totals were kept"),
                Verdict::None(NoVerdict::NotASample(Selection::All)) => Some("no sample was drawn"),
                Verdict::None(NoVerdict::NotASample(_)) => Some("the cases were not picked at random"),
                Verdict::None(NoVerdict::OtherQuestions) => Some("no question was asked both times"),
                Verdict::None(NoVerdict::NotScored) => Some("no points were available"),
                Verdict::None(NoVerdict::LowestOfSeveral) => Some("the ratings go by the lowest key question"),
                _ => None,
            },
        }
    }
}

impl<'a> PublishedFinding<'a> {
    pub fn of(finding: &'a FindingResult) -> PublishedFinding<'a> {
        PublishedFinding {
            id: &finding.id,
            standard: finding.standard.as_ref(),
            kind: finding.kind.word(),
            state: finding.state.word(),
            reworded: finding.reworded,
            first_raised: &finding.first_raised,
            last_seen: finding.last_seen.as_ref(),
            age_audits: finding.age_audits,
            age_months: finding.age_months,
            n: counted(finding.count).map(|(n, _)| n),
            of: counted(finding.count).map(|(_, of)| of),
            n_before: counted(finding.count_before).map(|(n, _)| n),
            of_before: counted(finding.count_before).map(|(_, of)| of),
        }
    }
}

/// Where no prompt applied in any case there is nothing to count.
fn counted(count: Option<(u32, u32)>) -> Option<(u32, u32)> {
    count.filter(|(_, of)| *of > 0)
}

impl<'a> PublishedAction<'a> {
    pub fn of(action: &'a ActionResult) -> PublishedAction<'a> {
        PublishedAction {
            id: &action.id,
            status: if action.overdue.is_some() { "overdue" } else { action.status.word() },
            status_before: action.status_before.map(ActionStatus::word),
            opened: action.opened.to_string(),
            due: action.due.map(|due| due.last_day().to_string()),
            due_before: action.due_before.iter().map(|due| due.last_day().to_string()).collect(),
            overdue_by: action.overdue.map(|overdue| match overdue {
                Overdue::Date => "date",
                Overdue::Age => "age",
            }),
            change: action.change.map(ActionChange::word),
            carried_forward: action.carried_forward,
        }
    }
}

impl<'a> PublishedAsk<'a> {
    pub fn of(ask: &'a AskResult) -> PublishedAsk<'a> {
        let decision = ask.decision.as_ref();
        PublishedAsk {
            id: &ask.id,
            asked: &ask.asked,
            decided: decision.map(|decision| decision.text.as_str()),
            date: decision.and_then(|decision| decision.on).map(|on| on.to_string()),
        }
    }
}

impl<'a> PublishedKeyQuestion<'a> {
    fn of(question: &'a KeyQuestionResult) -> PublishedKeyQuestion<'a> {
        PublishedKeyQuestion {
            id: &question.id,
            title: &question.title,
            sufficient: question.sufficient,
            of: question.of,
            percent: question.score().percent(),
            rating: question.rating.as_ref().map(|rating| rating.word.as_str()),
            not_applicable: question.not_applicable,
        }
    }
}

impl<'a> PublishedAssessment<'a> {
    fn of(assessment: &'a Assessment) -> PublishedAssessment<'a> {
        let counts_points = assessment.key_questions.is_none();
        PublishedAssessment {
            id: assessment.standard.as_ref(),
            title: assessment.standard.as_ref().map(|_| assessment.title.as_str()),
            points: counts_points.then_some(assessment.score.points),
            of: counts_points.then_some(assessment.score.of),
            percent: assessment.score.percent(),
            rating: assessment.rating.as_ref().map(|rating| rating.word.as_str()),
            not_applicable: assessment.not_applicable,
            half_points_to_lower: assessment.half_points_to_lower,
            half_points_to_higher: assessment.half_points_to_higher,
            interval: assessment.interval().map(|interval| PublishedInterval {
                low: Share(interval.low),
                high: Share(interval.high),
                effective_sample: Share(interval.effective_sample),
            }),
            no_interval: match assessment.certainty {
                Certainty::Interval(_) => None,
                Certainty::TooFewCases(_) => Some("too few cases"),
                Certainty::TotalsOnly => Some("only totals were kept"),
                Certainty::NotASample(Selection::All) => Some("no sample was drawn"),
                Certainty::NotASample(_) => Some("the cases were not picked at random"),
                Certainty::NotScored if !counts_points => Some("no key question applied to any case"),
                Certainty::NotScored => Some("no points were available"),
                Certainty::LowestOfSeveral => Some("the rating goes by the lowest key question"),
                Certainty::NotAllAsked => Some("not every key question was asked"),
            },
            key_questions: assessment.key_questions.as_ref().map(|questions| PublishedKeyQuestions {
                lowest_key_question: questions.lowest.as_ref(),
                key_questions: questions.all.iter().map(PublishedKeyQuestion::of).collect(),
            }),
            questions: assessment
                .standard
                .as_ref()
                .map(|_| assessment.questions.iter().map(PublishedQuestion::of).collect()),
        }
    }
}

impl<'a> PublishedQuestion<'a> {
    fn of(question: &'a QuestionResult) -> PublishedQuestion<'a> {
        let AnswerCount { score, not_applicable, .. } = &question.answers;
        PublishedQuestion {
            id: &question.id,
            points: score.points,
            of: score.of,
            percent: score.percent(),
            not_applicable: *not_applicable,
            prompts: question.prompts.iter().map(PublishedPrompt::of).collect(),
        }
    }
}

impl<'a> PublishedPrompt<'a> {
    fn of(prompt: &'a PromptResult) -> PublishedPrompt<'a> {
        let AnswerCount { score, not_applicable, .. } = &prompt.answers;
        PublishedPrompt {
            id: &prompt.id,
            points: score.points,
            of: score.of,
            percent: score.percent(),
            not_applicable: *not_applicable,
        }
    }
}
