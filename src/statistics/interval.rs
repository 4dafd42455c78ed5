//! Turns cases into a score and the interval within which the true one may lie.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{CASES_MIN, CasePoints, scored, square, total};

/// A score with its 95 % interval. Shares run from 0.0 to 1.0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
    /// How many independent answers the sample is worth; between the number of cases and the sum of the maxima.
    pub effective_sample: f64,
    /// Of `share`; 0.0 where every case scored the same.
    pub standard_error: f64,
    /// All points over all maxima.
    pub share: f64,
}

/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959964;

/// The correlation between answers on one case below which no sample is believed, however alike its cases look:
/// five cases that agree by chance would otherwise promise certainty.
const CORRELATION_MIN: f64 = 0.05;

/// Returns the 95 % interval of a score that is a ratio of points over cases; `None` for fewer than three cases.
///
/// Cases out of nothing are left out, and the order of the cases does not matter.
///
/// A clustered Wilson interval. The standard error is that of a ratio, linearised (Cochran, *Sampling Techniques*,
/// 1977, ch. 6); the effective sample size with its correction for few cases follows Korn & Graubard (*Survey
/// Methodology*, 1998); the interval is Wilson's score interval (*JASA*, 1927) on that sample.
pub fn interval(cases: &[CasePoints]) -> Option<Interval> {
    let cases = scored(cases);
    if cases.len() < CASES_MIN {
        return None;
    }

    let count = cases.len() as f64;
    let total = total(&cases);
    let (share, of) = (total.share(), total.of);
    let squares: f64 = cases.iter().map(|case| square(case.points - share * case.of)).sum();
    let variance = count / (count - 1.0) * squares / square(of);
    let standard_error = variance.sqrt();

    let cap = of / (1.0 + (of / count - 1.0) * CORRELATION_MIN);
    // Differences of equal shares leave a trace of rounding, which is no variation.
    let varies = standard_error > 1e-9 && share > 0.0 && share < 1.0;
    let raw = if varies { share * (1.0 - share) / variance } else { cap };
    // Where a maximum is below 1 the sum of the maxima can be below the number of cases; it then bounds the sample.
    let effective_sample = (square(Z / t_quantile(count - 1.0)) * raw.min(cap)).max(count).min(of);

    let spread = square(Z) / effective_sample;
    let centre = (share + spread / 2.0) / (1.0 + spread);
    let half = Z / (1.0 + spread)
        * (share * (1.0 - share) / effective_sample + spread / (4.0 * effective_sample)).max(0.0).sqrt();
    Some(Interval {
        // At a share of 0 or 1 the bound is the share itself; rounding must not carry it past.
        low: (centre - half).max(0.0).min(share),
        high: (centre + half).min(1.0).max(share),
        effective_sample,
        standard_error: if varies { standard_error } else { 0.0 },
        share,
    })
}

/// Returns the 97.5 % quantile of Student's t, to nine decimals.
fn t_quantile(degrees_of_freedom: f64) -> f64 {
    let t = StudentsT::new(0.0, 1.0, degrees_of_freedom).expect("at least two degrees of freedom").inverse_cdf(0.975);
    // It goes through logarithms and powers, whose last bits differ between platforms.
    (t * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cases(points_of: &[(f64, f64)]) -> Vec<CasePoints> {
        points_of.iter().map(|&(points, of)| CasePoints { points, of }).collect()
    }

    /// `expected` as the project's notes on the domain print it: share, standard error, effective sample, low, high.
    fn check(points_of: &[(f64, f64)], expected: [&str; 5]) {
        let interval = interval(&cases(points_of)).expect("three cases or more");
        let printed = [
            format!("{:.6}", interval.share),
            format!("{:.6}", interval.standard_error),
            format!("{:.4}", interval.effective_sample),
            format!("{:.4}", interval.low),
            format!("{:.4}", interval.high),
        ];
        assert_eq!(printed, expected);
    }

    #[test]
    fn five_cases() {
        check(
            &[(14.0, 19.0), (9.5, 19.0), (6.0, 17.0), (11.0, 19.0), (8.0, 18.0)],
            ["0.527174", "0.064414", "24.5168", "0.3397", "0.7073"],
        );
    }

    #[test]
    fn eight_cases() {
        check(
            &[
                (15.0, 19.0),
                (12.5, 19.0),
                (13.0, 18.0),
                (9.5, 19.0),
                (16.0, 19.0),
                (14.0, 19.0),
                (12.0, 17.0),
                (10.5, 19.0),
            ],
            ["0.687919", "0.041418", "54.4141", "0.5559", "0.7952"],
        );
    }

    #[test]
    fn cases_that_all_agree_are_capped() {
        check(&[(15.0, 19.0); 5], ["0.789474", "0.000000", "24.9166", "0.5969", "0.9047"]);
    }

    #[test]
    fn full_marks() {
        check(&[(19.0, 19.0); 3], ["1.000000", "0.000000", "6.2251", "0.6184", "1.0000"]);
    }

    #[test]
    fn cases_far_apart_are_worth_no_less_than_their_number() {
        check(&[(4.0, 19.0), (12.0, 19.0), (18.0, 19.0)], ["0.596491", "0.213430", "3.0000", "0.1707", "0.9139"]);
    }

    #[test]
    fn t_quantiles_are_those_of_printed_tables() {
        let printed = [(2.0, "4.3027"), (4.0, "2.7764"), (7.0, "2.3646"), (30.0, "2.0423"), (1000.0, "1.9623")];
        for (degrees_of_freedom, t) in printed {
            assert_eq!(format!("{:.4}", t_quantile(degrees_of_freedom)), t);
        }
    }

    #[test]
    fn two_cases_have_no_interval() {
        assert_eq!(interval(&cases(&[(1.0, 2.0), (2.0, 2.0), (0.0, 0.0)])), None);
        assert_eq!(interval(&[]), None);
    }

    fn any_cases() -> impl Strategy<Value = Vec<CasePoints>> {
        let case = (0u32..40).prop_flat_map(|of| (0..=2 * of, Just(of)));
        let case = case.prop_map(|(halves, of)| CasePoints { points: f64::from(halves) / 2.0, of: f64::from(of) });
        proptest::collection::vec(case, 0..30)
    }

    proptest! {
        #[test]
        fn bounds_hold_the_share(cases in any_cases()) {
            if let Some(i) = interval(&cases) {
                prop_assert!(0.0 <= i.low && i.low <= i.share && i.share <= i.high && i.high <= 1.0, "{i:?}");
                prop_assert!(i.low < i.high, "{i:?}");
                let scored = cases.iter().filter(|case| case.of > 0.0);
                let (count, of) = scored.fold((0.0, 0.0), |(count, of), case| (count + 1.0, of + case.of));
                prop_assert!(count <= i.effective_sample && i.effective_sample <= of, "{i:?}");
            }
        }

        #[test]
        fn order_changes_no_bit((cases, shuffled) in any_cases().prop_flat_map(|c| (Just(c.clone()), Just(c).prop_shuffle()))) {
            prop_assert_eq!(interval(&cases), interval(&shuffled));
        }

        #[test]
        fn cases_out_of_nothing_change_no_bit(cases in any_cases()) {
            let mut more = cases.clone();
            more.insert(cases.len() / 2, CasePoints { points: 0.0, of: 0.0 });
            prop_assert_eq!(interval(&cases), interval(&more));
        }

        #[test]
        fn scores_turned_round_mirror_the_interval(cases in any_cases()) {
            let mirrored: Vec<CasePoints> =
                cases.iter().map(|case| CasePoints { points: case.of - case.points, of: case.of }).collect();
            if let (Some(i), Some(m)) = (interval(&cases), interval(&mirrored)) {
                prop_assert!((i.low - (1.0 - m.high)).abs() < 1e-9 && (i.high - (1.0 - m.low)).abs() < 1e-9);
            }
        }
    }
}
