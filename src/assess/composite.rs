//! What an inspection's own ratings add up to.

use crate::model::framework::{Composite, Framework};
use crate::model::inspection::{CompositeRating, Inspection};
use crate::model::results::Rating;

/// Adds up an inspection's ratings of the standards; `None` where its framework does not say how.
///
/// All standards that count must have been rated: one that was not earns nothing that could be added, not even 0.
pub fn composite(inspection: &Inspection, framework: &Framework) -> Option<CompositeRating> {
    let composite = framework.composite.as_ref()?;
    let mut not_rated = Vec::new();
    let (mut points, mut of) = (0_u32, 0_u32);
    for standard in framework.standards_of(composite) {
        of = composite.maximum().saturating_add(of);
        match inspection.rating(&standard.id.value).and_then(|rating| composite.points_of(&rating.value)) {
            Some(own) => points = own.saturating_add(points),
            None => not_rated.push(standard.id.value.clone()),
        }
    }
    if !not_rated.is_empty() {
        return Some(CompositeRating::NotRated(not_rated));
    }
    let rating = rating(composite, points)?;
    Some(CompositeRating::Rated { points, of, rating })
}

fn rating(composite: &Composite, points: u32) -> Option<Rating> {
    let band = composite.bands.iter().rev().find(|band| points >= band.from)?;
    Some(Rating { word: band.rating.clone(), tone: band.tone })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Tone;
    use crate::model::framework::{Band, BandOn, Domain, RatingMethod, Scale, Standard};
    use crate::model::inspection::StandardRating;
    use crate::source::{Sources, Span, Spanned};

    fn span() -> Span {
        Span::new(Sources::default().add("test.yaml", ""), 0..0)
    }

    /// Twelve standards in three domains, as from 2018 to 2021, of which the composite takes all or some.
    fn framework(standards: &[&str]) -> Framework {
        let band =
            |(rating, from): (&str, u32)| Band { rating: rating.to_owned(), from, tone: Tone::Grey, span: span() };
        let standard = |id: String| Standard {
            id: Spanned::new(id.parse().unwrap(), span()),
            title: String::new(),
            key_questions: Vec::new(),
        };
        let domain = |domain: u32| Domain {
            id: Spanned::new(domain.to_string().parse().unwrap(), span()),
            title: String::new(),
            standards: (1..=4).map(|one| standard(format!("{domain}.{one}"))).collect(),
        };
        let ratings = [("Inadequate", 0), ("Requires improvement", 1), ("Good", 2), ("Outstanding", 3)];
        let bands = [("Inadequate", 0), ("Requires improvement", 7), ("Good", 19), ("Outstanding", 31)];
        Framework {
            id: Spanned::new("hmip-2018".parse().unwrap(), span()),
            source: span().source,
            title: String::new(),
            in_force: None,
            scale: Scale { answers: Vec::new() },
            rating_method: RatingMethod::Points,
            band_on: BandOn::Rounded,
            bands: Vec::new(),
            composite: Some(Composite {
                standards: standards.iter().map(|id| Spanned::new(id.parse().unwrap(), span())).collect(),
                points: ratings.iter().map(|(word, points)| ((*word).to_owned(), *points)).collect(),
                bands: bands.into_iter().map(band).collect(),
            }),
            domains: (1..=3).map(domain).collect(),
            maps: Vec::new(),
        }
    }

    /// `IRGO` are the four ratings, `-` is not rated; a standard without a letter is not named at all.
    fn rated(ratings: &str, framework: &Framework) -> Option<CompositeRating> {
        let word = |letter| match letter {
            'I' => Some("Inadequate"),
            'R' => Some("Requires improvement"),
            'G' => Some("Good"),
            'O' => Some("Outstanding"),
            _ => None,
        };
        let rating = |letter| StandardRating {
            span: span(),
            rating: word(letter).map(|word| Spanned::new(word.to_owned(), span())),
        };
        let ids = framework.standards().map(|standard| standard.id.value.clone());
        let inspection = Inspection {
            id: "2018-06".parse().unwrap(),
            span: span(),
            title: String::new(),
            framework: Some(framework.id.clone()),
            fieldwork: None,
            published: None,
            overall: None,
            ratings: ids.zip(ratings.chars().map(rating)).collect(),
            recommendations: Vec::new(),
        };
        composite(&inspection, framework)
    }

    fn points(ratings: &str) -> (u32, u32, String) {
        match rated(ratings, &framework(&[])) {
            Some(CompositeRating::Rated { points, of, rating }) => (points, of, rating.word),
            other => panic!("{ratings}: {other:?}"),
        }
    }

    #[test]
    fn twelve_ratings_add_up_to_those_of_the_table() {
        // 0 to 6, 7 to 18, 19 to 30, 31 to 36: both sides of each edge.
        for (ratings, expected, word) in [
            ("IIIIIIIIIIII", 0, "Inadequate"),
            ("OOIIIIIIIIII", 6, "Inadequate"),
            ("OORIIIIIIIII", 7, "Requires improvement"),
            ("OOOOOOIIIIII", 18, "Requires improvement"),
            ("OOOOOORIIIII", 19, "Good"),
            // Points as of the one published set that was recomputed: 27, and Good.
            ("GGOGOOGGOGIO", 27, "Good"),
            ("OOOOOOGGGGGG", 30, "Good"),
            ("OOOOOOOGGGGG", 31, "Outstanding"),
            ("OOOOOOOOOOOO", 36, "Outstanding"),
        ] {
            assert_eq!(points(ratings), (expected, 36, word.to_owned()), "{ratings}");
        }
    }

    #[test]
    fn what_is_not_rated_is_no_0() {
        let not_rated = |ratings| match rated(ratings, &framework(&[])) {
            Some(CompositeRating::NotRated(ids)) => ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
            other => panic!("{ratings}: {other:?}"),
        };
        assert_eq!(not_rated("GGGGGGGG-GGG"), ["3.1"]);
        // Not named at all is the same as not rated.
        assert_eq!(not_rated("GGGGGGGG--"), ["3.1", "3.2", "3.3", "3.4"]);
    }

    #[test]
    fn only_the_standards_that_count_are_added_up() {
        let framework = framework(&["1.1", "1.2"]);
        let Some(CompositeRating::Rated { points, of, .. }) = rated("GO-IIIIIIIII", &framework) else { panic!() };
        assert_eq!((points, of), (5, 6));
    }

    #[test]
    fn without_a_rule_nothing_is_added_up() {
        assert_eq!(rated("GGGGGGGGGGGG", &Framework { composite: None, ..framework(&[]) }), None);
    }
}
