//! Scores, ratings, and how near the next rating is.

use crate::model::audit::{Answer, Audit, Case, Total};
use crate::model::framework::{Band, BandOn, Framework, Scale, Standard};
use crate::model::points::{HalfPoints, Score};
use crate::model::results::{Assessment, Certainty, Fragile, Rating};
use crate::statistics::{self, CasePoints};

/// One answer moves a score by at most this many half-points on the scale Yes, Partly, No.
const FRAGILE_WITHIN: u64 = 2;

/// Scores every standard of the audit's domain, and all of them together.
pub(super) fn from_cases(
    framework: &Framework,
    audit: &Audit,
    cases: &[Case],
) -> (Vec<Assessment>, Option<Assessment>) {
    let Some(domain) = audit.domain.as_ref().and_then(|id| framework.domain(&id.value)) else {
        return (Vec::new(), None);
    };
    let standards: Vec<(&Standard, Vec<Tally>)> = domain
        .standards
        .iter()
        .map(|standard| (standard, cases.iter().map(|case| Tally::of(case, standard, framework)).collect()))
        .filter(|(_, tallies): &(_, Vec<Tally>)| tallies.iter().any(|tally| tally.answers > 0))
        .collect();
    let assessments =
        standards.iter().map(|(standard, tallies)| assessment(framework, Some(standard), tallies)).collect();
    let together: Vec<Tally> = (0..cases.len())
        .map(|case| standards.iter().map(|(_, tallies)| tallies[case]).fold(Tally::default(), Tally::add))
        .collect();
    let overall = (!standards.is_empty()).then(|| assessment(framework, None, &together));
    (assessments, overall)
}

/// Rates totals whose cases were not kept: scores and no interval.
pub(super) fn from_totals(framework: &Framework, totals: &[Total]) -> (Vec<Assessment>, Option<Assessment>) {
    let score = |total: &Total| Score::new(total.points.value, total.of.value);
    let assessments: Vec<Assessment> = totals
        .iter()
        .map(|total| {
            rated(framework, framework.standard(&total.standard.value), score(total), Certainty::TotalsOnly, None, None)
        })
        .collect();
    let overall = (!totals.is_empty())
        .then(|| rated(framework, None, totals.iter().map(score).sum(), Certainty::TotalsOnly, None, None));
    (assessments, overall)
}

/// What one case adds to a score.
#[derive(Clone, Copy, Default)]
struct Tally {
    score: Score,
    answers: u32,
    not_applicable: u32,
    /// Answers that earned everything, something, nothing: which change of one answer is possible.
    best: u32,
    middle: u32,
    worst: u32,
}

impl Tally {
    fn of(case: &Case, standard: &Standard, framework: &Framework) -> Tally {
        let maximum = framework.scale.maximum();
        let mut tally = Tally::default();
        for prompt in standard.prompts() {
            let Some(answer) = case.answers.get(&prompt.id.value) else { continue };
            tally.answers += 1;
            match answer.value {
                Answer::NotApplicable => tally.not_applicable += 1,
                Answer::Scored(points) => {
                    tally.score = tally.score + Score::new(points, maximum);
                    match points {
                        points if points == maximum => tally.best += 1,
                        HalfPoints(0) => tally.worst += 1,
                        _ => tally.middle += 1,
                    }
                }
            }
        }
        tally
    }

    fn add(self, other: Tally) -> Tally {
        Tally {
            score: self.score + other.score,
            answers: self.answers + other.answers,
            not_applicable: self.not_applicable + other.not_applicable,
            best: self.best + other.best,
            middle: self.middle + other.middle,
            worst: self.worst + other.worst,
        }
    }
}

fn assessment(framework: &Framework, standard: Option<&Standard>, tallies: &[Tally]) -> Assessment {
    let whole = tallies.iter().copied().fold(Tally::default(), Tally::add);
    let points = |tally: &Tally| CasePoints { points: tally.score.points.points(), of: tally.score.of.points() };
    let cases: Vec<CasePoints> = tallies.iter().filter(|tally| tally.score.of.0 > 0).map(points).collect();
    let certainty = match statistics::interval(&cases) {
        Some(interval) => Certainty::Interval(interval),
        None if cases.is_empty() => Certainty::NotScored,
        None => Certainty::TooFewCases(cases.len()),
    };
    rated(framework, standard, whole.score, certainty, Some(whole.not_applicable), Some(&whole))
}

fn rated(
    framework: &Framework,
    standard: Option<&Standard>,
    score: Score,
    certainty: Certainty,
    not_applicable: Option<u32>,
    tally: Option<&Tally>,
) -> Assessment {
    let band = band(framework, score);
    let lower = band.and_then(|(index, _)| half_points_to(framework, score, index, Direction::Lower));
    let higher = band.and_then(|(index, _)| half_points_to(framework, score, index, Direction::Higher));
    let ratings_within = match &certainty {
        Certainty::Interval(interval) => framework
            .bands
            .iter()
            .enumerate()
            .filter(|(index, band)| {
                let next = framework.bands.get(index + 1).map_or(f64::INFINITY, |next| f64::from(next.from));
                // The interval is printed in whole percent: the ratings named are those of the printed numbers.
                printed_percent(interval.high) >= f64::from(band.from) && printed_percent(interval.low) < next
            })
            .map(|(_, band)| band.rating.clone())
            .collect(),
        _ => Vec::new(),
    };
    Assessment {
        standard: standard.map(|standard| standard.id.value.clone()),
        title: standard.map_or_else(String::new, |standard| standard.title.clone()),
        score,
        rating: band.map(|(_, band)| Rating { word: band.rating.clone(), tone: band.tone }),
        not_applicable,
        half_points_to_lower: lower,
        half_points_to_higher: higher,
        fragile: fragile(framework, score, lower, higher, tally),
        certainty,
        ratings_within,
    }
}

/// A share in whole percent, rounded half up.
fn printed_percent(share: f64) -> f64 {
    (share * 100.0 + 0.5).floor()
}

/// The band of a score, with its place in the framework; `None` where no point was available.
pub(super) fn band(framework: &Framework, score: Score) -> Option<(usize, &Band)> {
    let percent = score.percent()?;
    let reaches = |band: &Band| match framework.band_on {
        BandOn::Rounded => percent >= band.from,
        BandOn::Exact => 100 * score.points.0 >= u64::from(band.from) * score.of.0,
    };
    framework.bands.iter().enumerate().rev().find(|(_, band)| reaches(band))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Lower,
    Higher,
}

/// Finds how many half-points away the next rating is; `None` where there is none that way.
fn half_points_to(framework: &Framework, score: Score, index: usize, direction: Direction) -> Option<u64> {
    let furthest = match direction {
        Direction::Lower => score.points.0,
        Direction::Higher => score.of.0.saturating_sub(score.points.0),
    };
    let differs = |distance: u64| {
        let points = match direction {
            Direction::Lower => HalfPoints(score.points.0 - distance),
            Direction::Higher => HalfPoints(score.points.0 + distance),
        };
        band(framework, Score::new(points, score.of)).is_some_and(|(other, _)| other != index)
    };
    if furthest == 0 || !differs(furthest) {
        return None;
    }
    // The rating never falls as points rise, so the first distance that differs is found by halving.
    let (mut same, mut other) = (0, furthest);
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        if differs(middle) { other = middle } else { same = middle }
    }
    Some(other)
}

/// Says which one answer would move the rating, if any: two half-points at most.
fn fragile(
    framework: &Framework,
    score: Score,
    lower: Option<u64>,
    higher: Option<u64>,
    tally: Option<&Tally>,
) -> Option<Fragile> {
    let near = |distance: Option<u64>| distance.filter(|&distance| distance <= FRAGILE_WITHIN);
    let (direction, distance) = match (near(lower), near(higher)) {
        (Some(lower), Some(higher)) if higher < lower => (Direction::Higher, higher),
        (Some(lower), _) => (Direction::Lower, lower),
        (None, Some(higher)) => (Direction::Higher, higher),
        (None, None) => return None,
    };
    let (worth, from, to) = one_answer(&framework.scale, direction, distance, tally)?;
    let points = match direction {
        Direction::Lower => HalfPoints(score.points.0.checked_sub(worth)?),
        Direction::Higher => HalfPoints(score.points.0 + worth),
    };
    let (_, band) = band(framework, Score::new(points, score.of))?;
    Some(Fragile { from, to, rating: band.rating.clone() })
}

/// Finds a change of one answer that is worth at least `distance` half-points and that the answers allow.
///
/// The smallest such change is taken, so that what is said is no more than is needed.
fn one_answer(
    scale: &Scale,
    direction: Direction,
    distance: u64,
    tally: Option<&Tally>,
) -> Option<(u64, String, String)> {
    let maximum = scale.maximum();
    let given = |points: HalfPoints| {
        tally.is_none_or(|tally| match points {
            points if points == maximum => tally.best > 0,
            HalfPoints(0) => tally.worst > 0,
            _ => tally.middle > 0,
        })
    };
    let changes = scale.answers.iter().flat_map(|from| scale.answers.iter().map(move |to| (from, to)));
    let worth = |from: HalfPoints, to: HalfPoints| match direction {
        Direction::Lower => from.0.checked_sub(to.0),
        Direction::Higher => to.0.checked_sub(from.0),
    };
    changes
        .filter(|(from, _)| given(from.points))
        .filter_map(|(from, to)| Some((worth(from.points, to.points).filter(|&worth| worth >= distance)?, from, to)))
        .min_by_key(|(worth, from, to)| {
            // Of two changes that are worth the same, the one at the better end comes first: Yes to Partly before Partly to No.
            (*worth, std::cmp::Reverse(from.points.max(to.points)))
        })
        .map(|(worth, from, to)| (worth, from.word.clone(), to.word.clone()))
}
