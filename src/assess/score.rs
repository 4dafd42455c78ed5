//! Scores, ratings, and how near the next rating is.

use std::collections::BTreeSet;

use crate::model::audit::{Answer, Audit, Case, Selection, Total};
use crate::model::framework::{Band, BandOn, Framework, KeyQuestion, Prompt, Scale, Standard};
use crate::model::points::{HalfPoints, Score, whole_percent};
use crate::model::results::{AnswerCount, Assessment, Certainty, Fragile, PromptResult, QuestionResult, Rating};
use crate::statistics::{self, CasePoints};

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
    let selection = audit.sample.as_ref().and_then(|sample| sample.selection);
    let assessments = standards
        .iter()
        .map(|(standard, tallies)| Assessment {
            questions: questions(framework, standard, cases),
            ..assessment(framework, Some(standard), tallies, selection)
        })
        .collect();
    let together: Vec<Tally> = (0..cases.len())
        .map(|case| standards.iter().map(|(_, tallies)| &tallies[case]).fold(Tally::default(), Tally::add))
        .collect();
    let overall = (!standards.is_empty()).then(|| assessment(framework, None, &together, selection));
    (assessments, overall)
}

/// Counts the answers to each key question of a standard and to each of its prompts; what nobody was asked is left out.
fn questions(framework: &Framework, standard: &Standard, cases: &[Case]) -> Vec<QuestionResult> {
    let of_question = |question: &KeyQuestion| {
        let prompts: Vec<PromptResult> =
            question.prompts.iter().filter_map(|prompt| prompt_result(framework, prompt, cases)).collect();
        let mut answers = AnswerCount { given: vec![0; framework.scale.answers.len()], ..AnswerCount::default() };
        for prompt in &prompts {
            answers.score = answers.score + prompt.answers.score;
            answers.not_applicable += prompt.answers.not_applicable;
            answers.given.iter_mut().zip(&prompt.answers.given).for_each(|(sum, n)| *sum += n);
        }
        (!prompts.is_empty()).then(|| QuestionResult {
            id: question.id.value.clone(),
            title: question.title.clone(),
            answers,
            prompts,
        })
    };
    standard.key_questions.iter().filter_map(of_question).collect()
}

fn prompt_result(framework: &Framework, prompt: &Prompt, cases: &[Case]) -> Option<PromptResult> {
    let scale = &framework.scale;
    let given: Vec<Answer> =
        cases.iter().filter_map(|case| case.answers.get(&prompt.id.value)).map(|answer| answer.value).collect();
    if given.is_empty() {
        return None;
    }
    let mut answers = AnswerCount { given: vec![0; scale.answers.len()], ..AnswerCount::default() };
    for answer in given {
        match answer {
            Answer::NotApplicable => answers.not_applicable += 1,
            Answer::Scored(points) => {
                answers.score = answers.score + Score::new(points, scale.maximum());
                // Of two words that earn the same the first stands for both: the points are all that is kept.
                let word = scale.answers.iter().position(|word| word.points == points);
                answers.given[word.expect("an answer is one of the scale's")] += 1;
            }
        }
    }
    Some(PromptResult { id: prompt.id.value.clone(), text: prompt.text.clone(), answers })
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
#[derive(Clone, Default)]
struct Tally {
    score: Score,
    answers: u32,
    not_applicable: u32,
    /// What single answers earned: which change of one answer is possible.
    given: BTreeSet<HalfPoints>,
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
                    tally.given.insert(points);
                }
            }
        }
        tally
    }

    fn add(mut self, other: &Tally) -> Tally {
        self.score = self.score + other.score;
        self.answers += other.answers;
        self.not_applicable += other.not_applicable;
        self.given.extend(&other.given);
        self
    }
}

fn assessment(
    framework: &Framework,
    standard: Option<&Standard>,
    tallies: &[Tally],
    selection: Option<Selection>,
) -> Assessment {
    let whole = tallies.iter().fold(Tally::default(), Tally::add);
    let best = framework.scale.maximum();
    let points = |tally: &Tally| tally.score.in_answers(best);
    let cases: Vec<CasePoints> = tallies.iter().filter(|tally| tally.score.of.0 > 0).map(points).collect();
    let certainty = match (selection, statistics::interval(&cases)) {
        _ if cases.is_empty() => Certainty::NotScored,
        // An interval allows for which cases happened to be picked; here nothing was left to chance.
        (Some(selection @ (Selection::Chosen | Selection::All)), _) => Certainty::NotASample(selection),
        (_, Some(interval)) => Certainty::Interval(interval),
        (_, None) => Certainty::TooFewCases(cases.len()),
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
                let next = framework.bands.get(index + 1).map_or(u32::MAX, |next| next.from);
                // The interval is printed in whole percent: the ratings named are those of the printed numbers.
                whole_percent(interval.high) >= band.from && whole_percent(interval.low) < next
            })
            .map(|(_, band)| band.rating.clone())
            .collect(),
        _ => Vec::new(),
    };
    Assessment {
        standard: standard.map(|standard| standard.id.value.clone()),
        title: standard.map_or_else(String::new, |standard| standard.title.clone()),
        score,
        key_questions: None,
        rating: band.map(|(_, band)| Rating { word: band.rating.clone(), tone: band.tone }),
        not_applicable,
        half_points_to_lower: lower,
        half_points_to_higher: higher,
        fragile: fragile(framework, score, lower, higher, tally),
        certainty,
        ratings_within,
        questions: Vec::new(),
    }
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

/// Says which one answer would move the rating, if any.
fn fragile(
    framework: &Framework,
    score: Score,
    lower: Option<u64>,
    higher: Option<u64>,
    tally: Option<&Tally>,
) -> Option<Fragile> {
    let ways = [(lower, Direction::Lower), (higher, Direction::Higher)];
    let mut ways: Vec<(u64, Direction)> =
        ways.into_iter().filter_map(|(distance, direction)| Some((distance?, direction))).collect();
    // The nearer rating first; of two that are as near, the lower.
    ways.sort_by_key(|&(distance, _)| distance);
    let (direction, (worth, from, to)) = ways.into_iter().find_map(|(distance, direction)| {
        Some((direction, one_answer(&framework.scale, score, (direction, distance), tally)?))
    })?;
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
    score: Score,
    (direction, distance): (Direction, u64),
    tally: Option<&Tally>,
) -> Option<(u64, String, String)> {
    // Of totals it is known only that no answer earned more than all together, or lacked more than they do.
    let missing = score.of.0.saturating_sub(score.points.0);
    let could_be = |points: HalfPoints| points <= score.points && scale.maximum().0 - points.0 <= missing;
    let given = |points: HalfPoints| tally.map_or_else(|| could_be(points), |tally| tally.given.contains(&points));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::Tone;
    use crate::model::framework::{RatingMethod, ScaleAnswer};
    use crate::source::{Sources, Span, Spanned};

    fn framework(band_on: BandOn) -> Framework {
        let source = Sources::default().add("frameworks/test.yaml", "");
        let span = Span::new(source, 0..0);
        let answer = |word: &str, points| ScaleAnswer { word: word.to_owned(), points: HalfPoints(points) };
        let band = |rating: &str, from| Band { rating: rating.to_owned(), from, tone: Tone::Grey, span };
        Framework {
            id: Spanned::new("test".parse().unwrap(), span),
            source,
            title: "Test".to_owned(),
            in_force: None,
            scale: Scale { answers: vec![answer("Yes", 2), answer("Partly", 1), answer("No", 0)] },
            rating_method: RatingMethod::Points,
            band_on,
            bands: vec![
                band("Inadequate", 0),
                band("Requires improvement", 50),
                band("Good", 65),
                band("Outstanding", 80),
            ],
            composite: None,
            domains: Vec::new(),
            maps: Vec::new(),
        }
    }

    fn score(text: &str) -> Score {
        let (points, of) = text.split_once('/').unwrap();
        Score::new(points.parse().unwrap(), of.parse().unwrap())
    }

    fn assessed(framework: &Framework, score: Score) -> Assessment {
        rated(framework, None, score, Certainty::TotalsOnly, None, None)
    }

    /// The three tables of a city's audits of 2018 to 2020, as they were printed.
    const PUBLISHED: [(&str, u32, &str); 12] = [
        ("44/95", 46, "Inadequate"),
        ("28/70", 40, "Inadequate"),
        ("30/55", 55, "Requires improvement"),
        ("33/40", 83, "Outstanding"),
        ("102.5/152", 67, "Good"),
        ("74/112", 66, "Good"),
        ("68/88", 77, "Good"),
        ("52/64", 81, "Outstanding"),
        ("73/84", 87, "Outstanding"),
        ("68.5/86", 80, "Outstanding"),
        ("36.5/44", 83, "Outstanding"),
        ("29.5/39", 76, "Good"),
    ];

    #[test]
    fn published_tables_come_out_as_printed() {
        let framework = framework(BandOn::Rounded);
        for (text, percent, rating) in PUBLISHED {
            let score = score(text);
            assert_eq!(score.percent(), Some(percent), "{text}");
            assert_eq!(band(&framework, score).unwrap().1.rating, rating, "{text}");
        }
        let overall = |rows: std::ops::Range<usize>| -> Score { PUBLISHED[rows].iter().map(|row| score(row.0)).sum() };
        for (rows, total, percent, rating) in [
            (0..4, "135/260", 52, "Requires improvement"),
            (4..8, "296.5/416", 71, "Good"),
            // A public paper printed 296.5/416 here: the other audit's total.
            (8..12, "207.5/253", 82, "Outstanding"),
        ] {
            assert_eq!(overall(rows.clone()), score(total));
            assert_eq!(score(total).percent(), Some(percent));
            assert_eq!(band(&framework, overall(rows)).unwrap().1.rating, rating);
        }
    }

    #[test]
    fn of_the_published_standards_one_is_fragile() {
        let framework = framework(BandOn::Rounded);
        let fragile: Vec<&str> = PUBLISHED
            .iter()
            .filter(|(text, _, _)| assessed(&framework, score(text)).fragile.is_some())
            .map(|(text, _, _)| *text)
            .collect();
        assert_eq!(fragile, ["68.5/86"]);
        let fragile = assessed(&framework, score("68.5/86")).fragile.unwrap();
        assert_eq!((fragile.from.as_str(), fragile.to.as_str(), fragile.rating.as_str()), ("Yes", "Partly", "Good"));
    }

    #[test]
    fn banded_exactly_a_rounded_edge_falls_below() {
        assert_eq!(band(&framework(BandOn::Rounded), score("68.5/86")).unwrap().1.rating, "Outstanding");
        assert_eq!(band(&framework(BandOn::Exact), score("68.5/86")).unwrap().1.rating, "Good");
    }

    #[test]
    fn half_points_to_the_next_rating_are_those_of_the_design() {
        let assessment = assessed(&framework(BandOn::Rounded), score("102.5/149"));
        assert_eq!((assessment.half_points_to_lower, assessment.half_points_to_higher), (Some(13), Some(32)));
        let all = assessed(&framework(BandOn::Rounded), score("10/10"));
        assert_eq!((all.half_points_to_lower, all.half_points_to_higher), (Some(5), None));
        let none = assessed(&framework(BandOn::Rounded), score("0/10"));
        assert_eq!((none.half_points_to_lower, none.half_points_to_higher), (None, Some(10)));
    }

    #[test]
    fn nothing_available_is_not_rated() {
        let assessment = assessed(&framework(BandOn::Rounded), score("0/0"));
        assert_eq!((assessment.rating, assessment.half_points_to_lower), (None, None));
    }

    #[test]
    fn the_answer_that_would_move_a_rating_is_one_that_was_given() {
        let scale = framework(BandOn::Rounded).scale;
        let only_partly = Tally { given: [HalfPoints(1)].into(), ..Tally::default() };
        let (_, from, to) = one_answer(&scale, score("5/10"), (Direction::Lower, 1), Some(&only_partly)).unwrap();
        assert_eq!((from.as_str(), to.as_str()), ("Partly", "No"));
        assert_eq!(one_answer(&scale, score("5/10"), (Direction::Lower, 2), Some(&only_partly)), None);
        let (_, from, to) = one_answer(&scale, score("5/10"), (Direction::Higher, 2), None).unwrap();
        assert_eq!((from.as_str(), to.as_str()), ("No", "Yes"));
        // Of totals it is known that nothing earned more than all: half a point is no Yes.
        let (_, from, to) = one_answer(&scale, score("0.5/10"), (Direction::Lower, 1), None).unwrap();
        assert_eq!((from.as_str(), to.as_str()), ("Partly", "No"));
        assert_eq!(one_answer(&scale, score("9.5/10"), (Direction::Higher, 2), None), None);
        // Of several answers in the middle only those that stand there.
        let answer = |word: &str, points| ScaleAnswer { word: word.to_owned(), points: HalfPoints(points) };
        let answers = [("Fully", 4), ("Mostly", 3), ("Some", 2), ("Hardly", 1), ("Never", 0)];
        let fine = Scale { answers: answers.map(|(word, points)| answer(word, points)).into() };
        let tally = Tally { given: [4, 1, 0].map(HalfPoints).into(), ..Tally::default() };
        let (_, from, to) = one_answer(&fine, score("5/10"), (Direction::Higher, 1), Some(&tally)).unwrap();
        assert_eq!((from.as_str(), to.as_str()), ("Hardly", "Some"));
    }

    #[test]
    fn where_no_answer_could_go_down_one_that_could_go_up_is_named() {
        // Two ratings are as near, and the lower is looked at first.
        let framework = framework(BandOn::Rounded);
        let worst = Tally { given: [HalfPoints(0)].into(), ..Tally::default() };
        let found = fragile(&framework, score("5/10"), Some(1), Some(1), Some(&worst)).expect("a No can be better");
        assert_eq!((found.from.as_str(), found.to.as_str()), ("No", "Partly"));
    }

    proptest! {
        #[test]
        fn the_distance_to_a_rating_is_the_shortest(of in 1u64..400, share in 0.0f64..=1.0, exact: bool) {
            let framework = framework(if exact { BandOn::Exact } else { BandOn::Rounded });
            let points = ((of as f64 * share) as u64).min(of);
            let at = |points: u64| band(&framework, Score::new(HalfPoints(points), HalfPoints(of))).unwrap().0;
            let own = at(points);
            let assessment = assessed(&framework, Score::new(HalfPoints(points), HalfPoints(of)));
            let lower = (1..=points).find(|distance| at(points - distance) != own);
            let higher = (1..=of - points).find(|distance| at(points + distance) != own);
            prop_assert_eq!(assessment.half_points_to_lower, lower);
            prop_assert_eq!(assessment.half_points_to_higher, higher);
        }

        #[test]
        fn a_percent_is_the_nearest_whole_one(of in 1u64..2000, share in 0.0f64..=1.0) {
            let points = ((of as f64 * share) as u64).min(of);
            let percent = u64::from(Score::new(HalfPoints(points), HalfPoints(of)).percent().unwrap());
            // |100·points/of − percent| ≤ ½, and a half goes up.
            prop_assert!(2 * 100 * points < (2 * percent + 1) * of);
            prop_assert!(2 * 100 * points + of >= 2 * percent * of);
        }
    }
}
