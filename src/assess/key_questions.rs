//! Ratings as the inspectorate gives them: by the sufficiency of each case's key questions.
//!
//! Of a key question counts the share of the cases where the work was sufficient, of those that it applied to. A standard
//! takes the rating of its lowest key question. There is no overall score: the ratings of standards are not averaged.

use crate::model::audit::{Answer, Audit, Case, Selection};
use crate::model::framework::{Framework, KeyQuestion, Standard};
use crate::model::points::{HalfPoints, Score};
use crate::model::results::{Assessment, Certainty, Fragile, KeyQuestionResult, KeyQuestions, Rating};

use super::score::band;

/// Rates every standard of the audit's domain of which a key question was asked.
pub(super) fn from_cases(framework: &Framework, audit: &Audit, cases: &[Case]) -> Vec<Assessment> {
    let selection = audit.sample.as_ref().and_then(|sample| sample.selection);
    let domain = audit.domain.as_ref().and_then(|id| framework.domain(&id.value));
    let standards = domain.iter().flat_map(|domain| &domain.standards);
    let counted = standards.map(|standard| {
        let all = standard.key_questions.iter().map(|question| count(framework, question, cases)).collect();
        (standard, all)
    });
    counted
        .filter(|(_, all): &(_, Vec<KeyQuestionResult>)| all.iter().any(|question| question.asked))
        .map(|(standard, all)| assessment(framework, standard, all, selection))
        .collect()
}

fn count(framework: &Framework, question: &KeyQuestion, cases: &[Case]) -> KeyQuestionResult {
    let id = question.as_prompt();
    let answers: Vec<Answer> =
        cases.iter().filter_map(|case| case.answers.get(&id)).map(|answer| answer.value).collect();
    let number = |is: &dyn Fn(&&Answer) -> bool| {
        u32::try_from(answers.iter().filter(is).count()).expect("fewer than four billion cases")
    };
    let sufficient = Answer::Scored(framework.scale.maximum());
    let not_applicable = number(&|answer| **answer == Answer::NotApplicable);
    let counted = KeyQuestionResult {
        id: question.id.value.clone(),
        title: question.title.clone(),
        asked: !answers.is_empty(),
        sufficient: number(&|answer| **answer == sufficient),
        of: number(&|_| true) - not_applicable,
        not_applicable,
        rating: None,
    };
    KeyQuestionResult { rating: rating(framework, counted.score()), ..counted }
}

fn assessment(
    framework: &Framework,
    standard: &Standard,
    all: Vec<KeyQuestionResult>,
    selection: Option<Selection>,
) -> Assessment {
    let all_asked = all.iter().all(|question| question.asked);
    let lowest = lowest(&all).filter(|_| all_asked);
    let score = lowest.map_or_else(Score::default, KeyQuestionResult::score);
    Assessment {
        standard: Some(standard.id.value.clone()),
        title: standard.title.clone(),
        score,
        rating: rating(framework, score),
        not_applicable: Some(all.iter().map(|question| question.not_applicable).sum()),
        // Points between two ratings are no measure of what single judgements would change.
        half_points_to_lower: None,
        half_points_to_higher: None,
        fragile: lowest.and_then(|_| fragile(framework, &all)),
        certainty: match (lowest, selection) {
            (None, _) if all_asked => Certainty::NotScored,
            (None, _) => Certainty::NotAllAsked,
            (Some(_), Some(selection @ (Selection::Chosen | Selection::All))) => Certainty::NotASample(selection),
            (Some(_), _) => Certainty::LowestOfSeveral,
        },
        ratings_within: Vec::new(),
        key_questions: Some(KeyQuestions { lowest: lowest.map(|question| question.id.clone()), all }),
        // Answers to prompts earn no points by this method.
        questions: Vec::new(),
    }
}

/// The key question with the lowest share, the first of those that are equal; one that applied to no case has none.
fn lowest(all: &[KeyQuestionResult]) -> Option<&KeyQuestionResult> {
    let share = |question: &&KeyQuestionResult| (u64::from(question.sufficient), u64::from(question.of));
    let applied = all.iter().filter(|question| question.of > 0);
    applied.min_by(|a, b| {
        let ((own, of), (other, of_other)) = (share(a), share(b));
        (own * of_other).cmp(&(other * of))
    })
}

fn rating(framework: &Framework, score: Score) -> Option<Rating> {
    band(framework, score).map(|(_, band)| Rating { word: band.rating.clone(), tone: band.tone })
}

/// Says which one judgement would move the standard's rating, if any: first one that would lower it.
fn fragile(framework: &Framework, all: &[KeyQuestionResult]) -> Option<Fragile> {
    let of = |all: &[KeyQuestionResult]| lowest(all).and_then(|question| band(framework, question.score()));
    let (own, _) = of(all)?;
    let word = |points: HalfPoints| {
        framework.scale.answers.iter().find(|answer| answer.points == points).map(|answer| answer.word.clone())
    };
    let (yes, no) = (word(framework.scale.maximum())?, word(HalfPoints(0))?);
    let changed = |up: bool| {
        all.iter().enumerate().filter_map(move |(at, question)| {
            let mut all = all.to_vec();
            all[at].sufficient = if up { question.sufficient + 1 } else { question.sufficient.checked_sub(1)? };
            (all[at].sufficient <= question.of).then_some(all)
        })
    };
    let moved = |up: bool| {
        let bands = changed(up).filter_map(|all| of(&all)).filter(|(index, _)| *index != own);
        // The mildest of those that would move it, so that what is said is no more than is needed.
        bands.min_by_key(|(index, _)| index.abs_diff(own)).map(|(_, band)| band.rating.clone())
    };
    moved(false)
        .map(|rating| Fragile { from: yes.clone(), to: no.clone(), rating })
        .or_else(|| moved(true).map(|rating| Fragile { from: no, to: yes, rating }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Tone;
    use crate::model::framework::{Band, BandOn, Domain, RatingMethod, Scale, ScaleAnswer};
    use crate::model::ids::KeyQuestionId;
    use crate::source::{Sources, Span, Spanned};

    fn span() -> Span {
        Span::new(Sources::default().add("test.yaml", ""), 0..0)
    }

    /// One standard with as many key questions as are given.
    fn framework(questions: usize, band_on: BandOn) -> Framework {
        let answer = |word: &str, points| ScaleAnswer { word: word.to_owned(), points: HalfPoints(points) };
        let band =
            |(rating, from): (&str, u32)| Band { rating: rating.to_owned(), from, tone: Tone::Grey, span: span() };
        let bands = [("Inadequate", 0), ("Requires improvement", 50), ("Good", 65), ("Outstanding", 80)];
        let question = |n| KeyQuestion {
            id: Spanned::new(format!("3.1.{n}").parse().unwrap(), span()),
            title: String::new(),
            prompts: Vec::new(),
        };
        let standard = Standard {
            id: Spanned::new("3.1".parse().unwrap(), span()),
            title: "Assessment".to_owned(),
            key_questions: (1..=questions).map(question).collect(),
        };
        Framework {
            id: Spanned::new("test".parse().unwrap(), span()),
            source: span().source,
            title: String::new(),
            in_force: None,
            scale: Scale { answers: vec![answer("Yes", 2), answer("Partly", 1), answer("No", 0)] },
            rating_method: RatingMethod::LowestKeyQuestion,
            band_on,
            bands: bands.into_iter().map(band).collect(),
            composite: None,
            domains: vec![Domain {
                id: Spanned::new("3".parse().unwrap(), span()),
                title: String::new(),
                standards: vec![standard],
            }],
            maps: Vec::new(),
        }
    }

    /// A row a key question, a letter a case: `Y` sufficient, `N` not, `-` N/A, `.` not asked.
    fn rated_on(rows: &[&str], band_on: BandOn) -> Assessment {
        let framework = framework(rows.len(), band_on);
        let answer = |letter| match letter {
            'Y' => Some(Answer::Scored(HalfPoints(2))),
            'N' => Some(Answer::Scored(HalfPoints(0))),
            '-' => Some(Answer::NotApplicable),
            _ => None,
        };
        let case = |at: usize| Case {
            code: Spanned::new(format!("C{at}").parse().unwrap(), span()),
            auditor: None,
            practitioner: None,
            comments: std::collections::BTreeMap::new(),
            answers: (1..)
                .zip(rows)
                .filter_map(|(n, row)| {
                    let answer = answer(row.chars().nth(at)?)?;
                    Some((format!("3.1.{n}").parse().unwrap(), Spanned::new(answer, span())))
                })
                .collect(),
        };
        let cases: Vec<Case> = (0..rows.iter().map(|row| row.len()).max().unwrap_or_default()).map(case).collect();
        let standard = &framework.domains[0].standards[0];
        let all = standard.key_questions.iter().map(|question| count(&framework, question, &cases)).collect();
        assessment(&framework, standard, all, None)
    }

    fn rated(rows: &[&str]) -> Assessment {
        rated_on(rows, BandOn::Rounded)
    }

    fn lowest_of(assessment: &Assessment) -> Option<&str> {
        assessment.key_questions.as_ref()?.lowest.as_ref().map(KeyQuestionId::as_str)
    }

    fn word(assessment: &Assessment) -> Option<&str> {
        assessment.rating.as_ref().map(|rating| rating.word.as_str())
    }

    #[test]
    fn a_standard_takes_its_lowest_key_question() {
        // 6 of 8 are 75 %, 5 of 8 are 62.5 %, 5 of 6 are 83.3 %: two N/A leave the third at six cases.
        let assessment = rated(&["YYYYNYYN", "YNYNYYNY", "YY-NY-YY"]);
        let shares: Vec<(u32, u32, Option<u32>)> = assessment
            .key_questions
            .as_ref()
            .unwrap()
            .all
            .iter()
            .map(|question| (question.sufficient, question.of, question.score().percent()))
            .collect();
        assert_eq!(shares, [(6, 8, Some(75)), (5, 8, Some(63)), (5, 6, Some(83))]);
        assert_eq!(lowest_of(&assessment), Some("3.1.2"));
        assert_eq!((assessment.score.percent(), word(&assessment)), (Some(63), Some("Requires improvement")));
        assert_eq!(assessment.not_applicable, Some(2));
        assert_eq!(assessment.certainty, Certainty::LowestOfSeveral);
        assert_eq!((assessment.half_points_to_lower, assessment.half_points_to_higher), (None, None));
        // All together 16 of 22 are 73 %, which would have been Good.
        assert_eq!(Score::new(HalfPoints(32), HalfPoints(44)).percent(), Some(73));
    }

    #[test]
    fn each_rating_begins_at_its_share() {
        for (row, percent, rating) in [
            ("NNNNNNNNNN", 0, "Inadequate"),
            ("YYYYNNNNNN", 40, "Inadequate"),
            ("YYYYYNNNNN", 50, "Requires improvement"),
            ("YYYYYYNNNN", 60, "Requires improvement"),
            ("YYYYYYYNNN", 70, "Good"),
            ("YYYYYYYYNN", 80, "Outstanding"),
            ("YYYYYYYYYY", 100, "Outstanding"),
        ] {
            // The second key question is no help, and no harm.
            let assessment = rated(&[row, "YYYYYYYYYY"]);
            assert_eq!((assessment.score.percent(), word(&assessment)), (Some(percent), Some(rating)), "{row}");
        }
    }

    #[test]
    fn a_share_is_banded_as_the_framework_says() {
        // 20 of 31 are 64.5 %, printed as 65 %.
        let row = format!("{}{}", "Y".repeat(20), "N".repeat(11));
        let rounded = rated_on(&[&row], BandOn::Rounded);
        assert_eq!((rounded.score.percent(), word(&rounded)), (Some(65), Some("Good")));
        assert_eq!(word(&rated_on(&[&row], BandOn::Exact)), Some("Requires improvement"));
    }

    #[test]
    fn shares_are_compared_exactly() {
        // 2 of 3 are 66.7 %, 65 of 98 are 66.3 %: both would be printed as 66 or 67 %.
        let many = format!("{}{}", "Y".repeat(65), "N".repeat(33));
        let few = format!("YYN{}", "-".repeat(95));
        assert_eq!(lowest_of(&rated(&[&few, &many])), Some("3.1.2"));
        // 4 of 8 and 3 of 6 are the same: the first of them is named.
        assert_eq!(lowest_of(&rated(&["YYYYYYYY", "YYYYNNNN", "YYYNNN--"])), Some("3.1.2"));
    }

    #[test]
    fn what_applied_to_no_case_is_left_out() {
        let assessment = rated(&["---", "YYN"]);
        assert_eq!((lowest_of(&assessment), word(&assessment)), (Some("3.1.2"), Some("Good")));
        let none = rated(&["---", "---"]);
        assert_eq!((lowest_of(&none), word(&none), none.score.percent()), (None, None, None));
        assert_eq!(none.certainty, Certainty::NotScored);
    }

    #[test]
    fn what_was_not_asked_may_be_the_lowest() {
        let assessment = rated(&["YYY", "..."]);
        assert_eq!((lowest_of(&assessment), word(&assessment)), (None, None));
        assert_eq!(assessment.certainty, Certainty::NotAllAsked);
    }

    #[test]
    fn a_rating_that_one_judgement_would_move_says_so() {
        let fragile = |rows: &[&str]| rated(rows).fragile.map(|fragile| (fragile.from, fragile.to, fragile.rating));
        let change = |from: &str, to: &str, rating: &str| Some((from.to_owned(), to.to_owned(), rating.to_owned()));
        // 80 % of ten: one fewer is 70 %.
        assert_eq!(fragile(&["YYYYYYYYNN", "YYYYYYYYYY"]), change("Yes", "No", "Good"));
        // 40 % of ten: one fewer changes nothing, one more is 50 %.
        assert_eq!(fragile(&["YYYYNNNNNN", "YYYYYYYYYY"]), change("No", "Yes", "Requires improvement"));
        // Two are lowest: one more on either leaves the other.
        assert_eq!(fragile(&["YYYYNNNNNN", "YYYYNNNNNN"]), None);
        // 75 % and 70 % of twenty: one fewer on the lowest is 65 %, still Good; on the other it is 70 %.
        assert_eq!(fragile(&["YYYYYYYYYYYYYYYNNNNN", "YYYYYYYYYYYYYYNNNNNN"]), None);
        // Three of five are 60 %: one fewer is 40 %.
        assert_eq!(fragile(&["YYYNN"]), change("Yes", "No", "Inadequate"));
    }
}
