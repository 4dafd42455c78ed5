//! What was computed from an audit: every figure that a paper may print.

use serde::{Serialize, Serializer};

use crate::document::Tone;
use crate::statistics::Interval;

use super::audit::Selection;
use super::date::Due;
use super::ids::{ActionId, FindingId, FrameworkId, QuarterId, StandardId, ThemeId};
use super::narrative::FindingKind;
use super::points::{HalfPoints, Score};
use super::register::ActionStatus;

/// All results of one quarter.
#[derive(Clone, Debug)]
pub struct Results {
    pub quarter: QuarterId,
    pub theme: ThemeId,
    pub framework: Option<FrameworkId>,
    pub cases: Option<u32>,
    /// In the order of the framework, or of the totals.
    pub standards: Vec<Assessment>,
    /// The ratio of the sums; `None` where nothing was scored.
    pub overall: Option<Assessment>,
    /// In the order of the narrative.
    pub findings: Vec<FindingResult>,
    /// Those opened by then, in the order of the register.
    pub actions: Vec<ActionResult>,
}

/// The score and rating of a standard, or of all of them together.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// `None` for the overall score.
    pub standard: Option<StandardId>,
    pub title: String,
    pub score: Score,
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
}

impl Assessment {
    pub fn interval(&self) -> Option<&Interval> {
        match &self.certainty {
            Certainty::Interval(interval) => Some(interval),
            _ => None,
        }
    }
}

/// A finding with its evidence counted.
#[derive(Clone, Debug)]
pub struct FindingResult {
    pub id: FindingId,
    pub standard: Option<StandardId>,
    pub kind: FindingKind,
    /// Of `of` cases where it could be seen, `n` showed it. `None` where there is no evidence to count.
    pub count: Option<(u32, u32)>,
    pub withdrawn: bool,
}

/// How an action stood on the day of the paper.
#[derive(Clone, Debug)]
pub struct ActionResult {
    pub id: ActionId,
    pub status: ActionStatus,
    pub due: Option<Due>,
    pub overdue: bool,
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
    theme: &'a ThemeId,
    framework: Option<&'a FrameworkId>,
    cases: Option<u32>,
    standards: Vec<PublishedAssessment<'a>>,
    overall: Option<PublishedAssessment<'a>>,
    findings: Vec<PublishedFinding<'a>>,
    actions: Vec<PublishedAction<'a>>,
}

#[derive(Serialize)]
struct PublishedAssessment<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a StandardId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    points: HalfPoints,
    of: HalfPoints,
    percent: Option<u32>,
    rating: Option<&'a str>,
    not_applicable: Option<u32>,
    half_points_to_lower: Option<u64>,
    half_points_to_higher: Option<u64>,
    interval: Option<PublishedInterval>,
    /// Why there is no interval.
    no_interval: Option<&'static str>,
}

#[derive(Serialize)]
struct PublishedInterval {
    low: Share,
    high: Share,
    effective_sample: Share,
}

#[derive(Serialize)]
struct PublishedFinding<'a> {
    id: &'a FindingId,
    standard: Option<&'a StandardId>,
    kind: &'static str,
    n: Option<u32>,
    of: Option<u32>,
    withdrawn: bool,
}

#[derive(Serialize)]
struct PublishedAction<'a> {
    id: &'a ActionId,
    status: &'static str,
    due: Option<String>,
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
            theme: &results.theme,
            framework: results.framework.as_ref(),
            cases: results.cases,
            standards: results.standards.iter().map(PublishedAssessment::of).collect(),
            overall: results.overall.as_ref().map(PublishedAssessment::of),
            findings: results
                .findings
                .iter()
                .map(|finding| PublishedFinding {
                    id: &finding.id,
                    standard: finding.standard.as_ref(),
                    kind: match finding.kind {
                        FindingKind::Strength => "strength",
                        FindingKind::Improvement => "improvement",
                    },
                    n: finding.count.map(|(n, _)| n),
                    of: finding.count.map(|(_, of)| of),
                    withdrawn: finding.withdrawn,
                })
                .collect(),
            actions: results
                .actions
                .iter()
                .map(|action| PublishedAction {
                    id: &action.id,
                    status: if action.overdue { "overdue" } else { action.status.word() },
                    due: action.due.map(|due| due.last_day().to_string()),
                })
                .collect(),
        }
    }
}

impl<'a> PublishedAssessment<'a> {
    fn of(assessment: &'a Assessment) -> PublishedAssessment<'a> {
        PublishedAssessment {
            id: assessment.standard.as_ref(),
            title: assessment.standard.as_ref().map(|_| assessment.title.as_str()),
            points: assessment.score.points,
            of: assessment.score.of,
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
                Certainty::NotASample(Selection::All) => Some("every eligible case was looked at"),
                Certainty::NotASample(_) => Some("the cases were not picked at random"),
                Certainty::NotScored => Some("no points were available"),
            },
        }
    }
}
