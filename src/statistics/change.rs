//! Turns the cases of two audits into what may be said of the change between their scores.
//!
//! Were nothing changed, each case could as well have been picked for the other audit. So the test puts the cases into
//! two groups of the audits' sizes in every possible way and counts how often the scores are as far apart as they were
//! found to be. That holds for any number of cases, however their points are spread. A group's score is its points over
//! its maxima, like an audit's.

use super::{CASES_MIN, CasePoints, interval, scored, square, total};

/// How two audits' scores compare. Shares run from 0.0 to 1.0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    pub earlier: f64,
    pub later: f64,
    /// `later` less `earlier`.
    pub difference: f64,
    /// The 95 % interval of `difference`; `None` for fewer than three cases either time.
    pub interval: Option<(f64, f64)>,
    /// How often luck alone would put the scores at least this far apart, as a share; not adjusted for other tests.
    pub p: f64,
    /// The lowest that `p` can be with so many cases, whatever they score.
    pub smallest_p: f64,
    /// How many cases had a maximum, earlier and later.
    pub cases: (usize, usize),
}

/// What a change shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Higher,
    Lower,
    /// Luck could account for it, which does not show that nothing changed.
    NoClearChange,
    /// Under three cases either time, or no scores whatever could have shown a change.
    TooFewCases,
}

/// A change with its verdict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tested {
    pub change: Change,
    /// `p` adjusted for the tests made together; `None` for a change that stands alone or that had too few cases to be
    /// among those tested.
    pub p_holm: Option<f64>,
    pub verdict: Verdict,
}

/// The chance of a false alarm that is accepted: of one test, or of all together.
const FALSE_ALARMS_MAX: f64 = 0.05;

/// What rounding can add to or take from a share or a p; less than any difference that means something.
const ROUNDING: f64 = 1e-12;

/// The most ways of putting cases into two groups that are all looked at: 10 cases against 10 have 184,756.
const GROUPINGS_MAX: u64 = 200_000;

/// How many groupings are drawn where there are more.
const DRAWS: u64 = 20_000;

/// The number that all draws follow from; any would do, so long as it stays.
const SEED: u64 = 2_018;

/// Returns the change of one score that is not among several; `None` where no case of an audit had a maximum.
///
/// Cases out of nothing are left out, and the order of the cases does not matter. Points and maxima are in whole
/// halves, so that their sums are exact.
pub fn alone(earlier: &[CasePoints], later: &[CasePoints]) -> Option<Tested> {
    let change = change(earlier, later)?;
    Some(Tested { change, p_holm: None, verdict: verdict(&change, change.p, 1) })
}

/// Returns the changes of several scores, each from earlier to later, so that the chance of any false alarm among them
/// is that of one; otherwise as [`alone`].
///
/// Tested are those with three cases or more both times (Holm, *Scandinavian Journal of Statistics*, 1979). Whether a
/// change had too few cases follows from how many were tested and not from what the others scored.
pub fn together(pairs: &[(Vec<CasePoints>, Vec<CasePoints>)]) -> Vec<Option<Tested>> {
    let changes: Vec<Option<Change>> = pairs.iter().map(|(earlier, later)| change(earlier, later)).collect();
    let all: Vec<f64> = changes.iter().flatten().filter(|change| has_enough(change)).map(|change| change.p).collect();
    let tested = |change: Change| {
        let p_holm = has_enough(&change).then(|| holm(change.p, &all));
        Tested { change, p_holm, verdict: verdict(&change, p_holm.unwrap_or(change.p), all.len()) }
    };
    changes.into_iter().map(|change| change.map(tested)).collect()
}

fn has_enough(change: &Change) -> bool {
    change.cases.0.min(change.cases.1) >= CASES_MIN
}

/// Returns `p`, which is one of `all`, as it counts beside the others.
fn holm(p: f64, all: &[f64]) -> f64 {
    let not_below = |bound: f64| all.iter().filter(|&&other| other >= bound).count() as f64;
    all.iter().filter(|&&other| other <= p).map(|&other| other * not_below(other)).fold(0.0, f64::max).min(1.0)
}

/// Returns what a change shows whose p, adjusted, is `p`, of so many tested together.
fn verdict(change: &Change, p: f64, tested: usize) -> Verdict {
    let is_unlikely = |p: f64| p <= FALSE_ALARMS_MAX + ROUNDING;
    if !has_enough(change) || !is_unlikely(change.smallest_p * tested as f64) {
        Verdict::TooFewCases
    } else if !is_unlikely(p) {
        Verdict::NoClearChange
    } else if change.difference > 0.0 {
        Verdict::Higher
    } else {
        Verdict::Lower
    }
}

fn change(earlier: &[CasePoints], later: &[CasePoints]) -> Option<Change> {
    let (earlier, later) = (scored(earlier), scored(later));
    if earlier.is_empty() || later.is_empty() {
        return None;
    }
    let shares = (total(&earlier).share(), total(&later).share());
    let difference = shares.1 - shares.0;
    // Both groups of a grouping are looked at, so it is enough to pick the smaller one.
    let size = earlier.len().min(later.len());
    let pool = scored(&[earlier.as_slice(), later.as_slice()].concat());
    let test = Test { total: total(&pool), distance: difference.abs() - ROUNDING, pool };
    let (p, smallest_p) = match groupings(test.pool.len(), size) {
        // Groups of one size can change places: each distance is seen twice.
        Some(all) => {
            let smallest = if earlier.len() == later.len() { 2 } else { 1 };
            (test.enumerated(size) as f64 / all as f64, smallest as f64 / all as f64)
        }
        // The grouping that was found counts as one more draw, or p could be 0 (Phipson & Smyth, *Statistical
        // Applications in Genetics and Molecular Biology*, 2010).
        None => ((1 + test.drawn(size)) as f64 / (1 + DRAWS) as f64, 1.0 / (1 + DRAWS) as f64),
    };
    Some(Change {
        earlier: shares.0,
        later: shares.1,
        difference,
        interval: mover(&earlier, &later),
        p,
        smallest_p,
        cases: (earlier.len(), later.len()),
    })
}

/// Returns the interval of a difference from the intervals of both scores: the method of variance estimates recovery
/// (Zou & Donner, *Statistics in Medicine*, 2008).
fn mover(earlier: &[CasePoints], later: &[CasePoints]) -> Option<(f64, f64)> {
    let (earlier, later) = (interval(earlier)?, interval(later)?);
    let difference = later.share - earlier.share;
    let below = square(later.share - later.low) + square(earlier.high - earlier.share);
    let above = square(later.high - later.share) + square(earlier.share - earlier.low);
    Some((difference - below.sqrt(), difference + above.sqrt()))
}

/// Returns in how many ways `size` of `count` cases can be picked, at most half of them; `None` if in too many.
fn groupings(count: usize, size: usize) -> Option<u64> {
    let mut ways: u64 = 1;
    // Each step is itself a number of ways, so nothing is lost by the division and no later step is smaller.
    for picked in 1..=size {
        ways = ways * (count - size + picked) as u64 / picked as u64;
        if ways > GROUPINGS_MAX {
            return None;
        }
    }
    Some(ways)
}

/// The cases of both audits, and how far apart the scores of two groups must be to count.
struct Test {
    pool: Vec<CasePoints>,
    total: CasePoints,
    distance: f64,
}

impl Test {
    /// Returns 1 for a group that is far enough from all the others, else 0.
    fn counts(&self, group: CasePoints) -> u64 {
        let others = CasePoints { points: self.total.points - group.points, of: self.total.of - group.of };
        u64::from((group.share() - others.share()).abs() >= self.distance)
    }

    /// Returns how many of all groups of a size count.
    fn enumerated(&self, size: usize) -> u64 {
        self.enumerated_from(&self.pool, size, total(&[]))
    }

    /// Returns how many of the groups count that have the cases of `group` and `missing` of `rest`.
    fn enumerated_from(&self, rest: &[CasePoints], missing: usize, group: CasePoints) -> u64 {
        if missing == 0 {
            return self.counts(group);
        }
        let mut count = 0;
        for first in 0..=rest.len() - missing {
            count += self.enumerated_from(&rest[first + 1..], missing - 1, group.and(rest[first]));
        }
        count
    }

    /// Returns how many of the groups drawn count.
    fn drawn(&self, size: usize) -> u64 {
        let mut pool = self.pool.clone();
        let mut random = Random(SEED);
        let mut count = 0;
        for _ in 0..DRAWS {
            // The first steps of a shuffle (Fisher & Yates). What the last draw left is as good an order as any.
            for place in 0..size {
                let picked = place + random.below(pool.len() - place);
                pool.swap(place, picked);
            }
            count += self.counts(total(&pool[..size]));
        }
        count
    }
}

/// SplitMix64 (Steele, Lea & Flood, *OOPSLA*, 2014), written out so that no library's next version draws otherwise.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `bound`, each as often as any other (Lemire, *ACM Transactions on Modeling and Computer
    /// Simulation*, 2019).
    fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        // 2⁶⁴ modulo `bound`: so many results would be one too many for some number.
        let surplus = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.next()) * u128::from(bound);
            if product as u64 >= surplus {
                return (product >> 64) as usize;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIVE: [(f64, f64); 5] = [(14.0, 19.0), (9.5, 19.0), (6.0, 17.0), (11.0, 19.0), (8.0, 18.0)];

    const EIGHT: [(f64, f64); 8] =
        [(15.0, 19.0), (12.5, 19.0), (13.0, 18.0), (9.5, 19.0), (16.0, 19.0), (14.0, 19.0), (12.0, 17.0), (10.5, 19.0)];

    fn cases(points_of: &[(f64, f64)]) -> Vec<CasePoints> {
        points_of.iter().map(|&(points, of)| CasePoints { points, of }).collect()
    }

    /// Cases of 19 that scored `points` each.
    fn of_19(points: &[f64]) -> Vec<CasePoints> {
        points.iter().map(|&points| CasePoints { points, of: 19.0 }).collect()
    }

    fn same(a: f64, b: f64) -> bool {
        a.to_bits() == b.to_bits()
    }

    #[test]
    fn five_cases_and_eight() {
        let tested = alone(&cases(&FIVE), &cases(&EIGHT)).expect("both have points");
        let change = tested.change;
        let (low, high) = change.interval.expect("three cases or more");
        let printed = [change.earlier, change.later, change.difference, low, high, change.p, change.smallest_p]
            .map(|figure| format!("{figure:.6}"));
        assert_eq!(printed, ["0.527174", "0.687919", "0.160746", "-0.062566", "0.376719", "0.051282", "0.000777"]);
        assert!(same(change.p, 66.0 / 1287.0) && same(change.smallest_p, 1.0 / 1287.0));
        assert_eq!((change.cases, tested.p_holm, tested.verdict), ((5, 8), None, Verdict::NoClearChange));
    }

    #[test]
    fn four_at_once_are_adjusted() {
        let all = together(&vec![(cases(&FIVE), cases(&EIGHT)); 4]);
        for tested in all.into_iter().map(|tested| tested.expect("both have points")) {
            assert!(same(tested.p_holm.expect("tested"), 4.0 * 66.0 / 1287.0), "{tested:?}");
            assert_eq!(tested.verdict, Verdict::NoClearChange);
        }
    }

    #[test]
    fn holm_steps_down_and_never_back() {
        let all = [0.04, 0.01, 0.03, 0.5];
        let adjusted = all.map(|p| format!("{:.2}", holm(p, &all)));
        assert_eq!(adjusted, ["0.09", "0.04", "0.09", "0.50"]);
        assert!(same(holm(0.5, &[0.5, 0.5]), 1.0) && same(holm(0.9, &[0.9, 0.8]), 1.0));
    }

    #[test]
    fn a_large_change_is_told_with_its_direction() {
        let (low, high) = (of_19(&[3.0, 4.0, 5.0, 4.5, 3.5]), of_19(&[15.0, 16.0, 14.0, 15.5, 17.0]));
        let verdict = |earlier, later| alone(earlier, later).expect("both have points").verdict;
        assert_eq!((verdict(&low, &high), verdict(&high, &low)), (Verdict::Higher, Verdict::Lower));
        let change = alone(&low, &high).expect("both have points").change;
        assert!(same(change.p, 2.0 / 252.0) && same(change.smallest_p, 2.0 / 252.0));
    }

    #[test]
    fn exactly_one_in_twenty_is_enough() {
        // 6 of the 120 groupings of 3 and 7 cases.
        let (earlier, later) = (of_19(&[0.0, 0.0, 4.0]), of_19(&[4.0, 4.0, 5.0, 5.0, 10.0, 13.0, 14.0]));
        let tested = alone(&earlier, &later).expect("both have points");
        assert_eq!((format!("{:.4}", tested.change.p), tested.verdict), ("0.0500".to_owned(), Verdict::Higher));
    }

    #[test]
    fn too_few_cases_keep_their_figures() {
        let two = alone(&of_19(&[1.0, 2.0]), &cases(&EIGHT)).expect("both have points");
        assert_eq!((two.verdict, two.change.interval), (Verdict::TooFewCases, None));
        assert!(same(two.change.p, 1.0 / 45.0) && same(two.change.smallest_p, 1.0 / 45.0), "{two:?}");
        assert_eq!(alone(&cases(&[(0.0, 0.0); 5]), &cases(&EIGHT)), None);
        assert_eq!(alone(&cases(&EIGHT), &[]), None);
    }

    #[test]
    fn too_few_depends_on_how_many_are_tested() {
        // 4 against 4 can reach 2/70 = 0.029, which is enough for one test and not for two.
        let four = || (of_19(&[1.0, 2.0, 3.0, 4.0]), of_19(&[11.0, 12.0, 13.0, 14.0]));
        let eight = || (of_19(&[1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0]), of_19(&[17.0; 8]));
        let two = || (of_19(&[1.0, 2.0]), of_19(&[17.0; 8]));
        let nothing = || (Vec::new(), of_19(&[17.0; 8]));
        let verdicts = |pairs: &[(Vec<CasePoints>, Vec<CasePoints>)]| -> Vec<Option<(bool, Verdict)>> {
            let all = together(pairs).into_iter();
            all.map(|tested| tested.map(|tested| (tested.p_holm.is_some(), tested.verdict))).collect()
        };
        assert_eq!(verdicts(&[four()]), [Some((true, Verdict::Higher))]);
        assert_eq!(
            verdicts(&[four(), two(), nothing()]),
            [Some((true, Verdict::Higher)), Some((false, Verdict::TooFewCases)), None]
        );
        assert_eq!(verdicts(&[four(), eight()]), [Some((true, Verdict::TooFewCases)), Some((true, Verdict::Higher))]);
        assert_eq!(verdicts(&[]), []);
    }

    #[test]
    fn random_numbers_are_those_of_the_published_generator() {
        // What the authors' reference code gives for this seed.
        let mut random = Random(1_234_567);
        assert_eq!(
            [random.next(), random.next(), random.next()],
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
        let mut seen = [0; 6];
        for _ in 0..6_000 {
            seen[random.below(6)] += 1;
        }
        assert!(seen.iter().all(|times| (900..1_100).contains(times)), "{seen:?}");
    }

    #[test]
    fn groupings_are_counted_to_the_limit() {
        let pairs = [(13, 5), (16, 8), (20, 10), (21, 10), (200_000, 1), (200_001, 1), (usize::MAX / 2, 5)];
        let expected = [Some(1_287), Some(12_870), Some(184_756), None, Some(200_000), None, None];
        assert_eq!(pairs.map(|(count, size)| groupings(count, size)), expected);
    }

    /// So many random cases: up to 20 questions, each Yes, Partly or No.
    fn random_cases(random: &mut Random, count: usize) -> Vec<CasePoints> {
        let case = |_| {
            let of = 1 + random.below(20);
            CasePoints { points: random.below(2 * of + 1) as f64 / 2.0, of: of as f64 }
        };
        (0..count).map(case).collect()
    }

    /// The p of all groupings in whole numbers: every set of cases is looked at, and fractions are compared exactly.
    fn p_by_brute_force(earlier: &[CasePoints], later: &[CasePoints]) -> f64 {
        let halves: Vec<(i64, i64)> =
            earlier.iter().chain(later).map(|case| ((2.0 * case.points) as i64, (2.0 * case.of) as i64)).collect();
        // The distance of two scores as a fraction.
        let distance = |set: u32| {
            let (mut inside, mut outside) = ((0, 0), (0, 0));
            for (at, case) in halves.iter().enumerate() {
                let group = if set >> at & 1 == 1 { &mut inside } else { &mut outside };
                *group = (group.0 + case.0, group.1 + case.1);
            }
            ((inside.0 * outside.1 - outside.0 * inside.1).abs(), inside.1 * outside.1)
        };
        let found = distance((1 << earlier.len()) - 1);
        let sets = (0..1u32 << halves.len()).filter(|set| set.count_ones() as usize == earlier.len());
        let (mut count, mut all) = (0, 0);
        for set in sets {
            let other = distance(set);
            count += i64::from(other.0 * found.1 >= found.0 * other.1);
            all += 1;
        }
        count as f64 / f64::from(all)
    }

    #[test]
    fn p_is_that_of_brute_force() {
        let mut random = Random(1);
        for (earlier, later, times) in [(5, 5, 40), (5, 8, 20), (8, 5, 10), (8, 8, 5), (3, 4, 40), (1, 6, 10)] {
            for _ in 0..times {
                let earlier = random_cases(&mut random, earlier);
                let later = random_cases(&mut random, later);
                let p = alone(&earlier, &later).expect("both have points").change.p;
                assert!(same(p, p_by_brute_force(&earlier, &later)), "{earlier:?} {later:?}");
            }
        }
    }

    #[test]
    fn ten_against_ten_are_all_looked_at() {
        let mut random = Random(10);
        let (earlier, later) = (random_cases(&mut random, 10), random_cases(&mut random, 10));
        let change = alone(&earlier, &later).expect("both have points").change;
        assert!(same(change.smallest_p, 2.0 / 184_756.0));
        assert!(same(change.p * 184_756.0, (change.p * 184_756.0).round()), "{change:?}");
    }

    #[test]
    fn draws_come_close_to_looking_at_all() {
        let mut random = Random(2);
        for _ in 0..10 {
            let pool = scored(&random_cases(&mut random, 16));
            let distance = 0.05 + random.below(20) as f64 / 100.0;
            let test = Test { total: total(&pool), distance, pool };
            let (all, drawn) = (test.enumerated(8) as f64 / 12_870.0, test.drawn(8) as f64 / DRAWS as f64);
            // Four standard deviations of so many draws are at most 0.0142.
            assert!((all - drawn).abs() < 0.0142, "{all} {drawn}");
        }
    }

    #[test]
    fn many_cases_are_drawn() {
        let (low, high) = (of_19(&[5.0; 30]), of_19(&[15.0; 30]));
        let tested = alone(&low, &high).expect("both have points");
        assert!(same(tested.change.p, 1.0 / 20_001.0) && same(tested.change.smallest_p, 1.0 / 20_001.0));
        assert_eq!(tested.verdict, Verdict::Higher);
        let none = alone(&low, &low).expect("both have points");
        assert!(same(none.change.p, 1.0) && none.verdict == Verdict::NoClearChange);
    }

    fn any_cases(count: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<CasePoints>> {
        let case = (0u32..21).prop_flat_map(|of| (0..=2 * of, Just(of)));
        let case = case.prop_map(|(halves, of)| CasePoints { points: f64::from(halves) / 2.0, of: f64::from(of) });
        proptest::collection::vec(case, count)
    }

    /// Demands that neither the order of the cases nor which audit came first matters.
    fn check_symmetry(
        cases: &[CasePoints],
        shuffled: &[CasePoints],
        others: &[CasePoints],
    ) -> Result<(), TestCaseError> {
        let forth = alone(cases, others);
        prop_assert_eq!(forth, alone(shuffled, others));
        let back = alone(others, cases);
        prop_assert_eq!(forth.is_some(), back.is_some());
        if let (Some(forth), Some(back)) = (forth, back) {
            let mirrored = match back.verdict {
                Verdict::Higher => Verdict::Lower,
                Verdict::Lower => Verdict::Higher,
                same => same,
            };
            prop_assert_eq!(forth.verdict, mirrored);
            let (forth, back) = (forth.change, back.change);
            prop_assert!(same(forth.p, back.p) && same(forth.smallest_p, back.smallest_p));
            prop_assert!(same(forth.difference, 0.0 - back.difference));
            prop_assert_eq!(forth.interval, back.interval.map(|(low, high)| (-high, -low)));
        }
        Ok(())
    }

    /// Cases and the same in another order.
    fn any_order(count: std::ops::Range<usize>) -> impl Strategy<Value = (Vec<CasePoints>, Vec<CasePoints>)> {
        any_cases(count).prop_flat_map(|cases| (Just(cases.clone()), Just(cases).prop_shuffle()))
    }

    proptest! {
        #[test]
        fn order_and_direction_change_no_bit((cases, shuffled) in any_order(0..8), others in any_cases(0..8)) {
            check_symmetry(&cases, &shuffled, &others)?;
        }

        #[test]
        fn what_is_found_can_be_found(earlier in any_cases(0..8), later in any_cases(0..8)) {
            if let Some(Tested { change, .. }) = alone(&earlier, &later) {
                prop_assert!(0.0 < change.smallest_p && change.smallest_p <= change.p && change.p <= 1.0, "{change:?}");
                if let Some((low, high)) = change.interval {
                    prop_assert!(low <= change.difference && change.difference <= high, "{change:?}");
                    prop_assert!(-1.0 - 1e-9 <= low && low < high && high <= 1.0 + 1e-9, "{change:?}");
                }
            }
        }

        #[test]
        fn three_against_three_show_nothing(earlier in any_cases(3), later in any_cases(3)) {
            if let Some(tested) = alone(&earlier, &later) {
                prop_assert_eq!(tested.verdict, Verdict::TooFewCases);
            }
            for tested in together(&[(earlier, later)]).into_iter().flatten() {
                prop_assert_eq!(tested.verdict, Verdict::TooFewCases);
            }
        }

        #[test]
        fn together_is_never_surer_than_alone(pairs in proptest::collection::vec((any_cases(0..7), any_cases(0..7)), 0..5)) {
            for (tested, (earlier, later)) in together(&pairs).into_iter().zip(&pairs) {
                let single = alone(earlier, later);
                prop_assert_eq!(tested.map(|tested| tested.change), single.map(|tested| tested.change));
                if let (Some(tested), Some(single)) = (tested, single) {
                    prop_assert!(tested.p_holm.is_none_or(|p| tested.change.p <= p && p <= 1.0), "{tested:?}");
                    let shows = |verdict| matches!(verdict, Verdict::Higher | Verdict::Lower);
                    prop_assert!(!shows(tested.verdict) || tested.verdict == single.verdict, "{tested:?} {single:?}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn order_and_direction_change_no_bit_of_draws((cases, shuffled) in any_order(13..16), others in any_cases(13..16)) {
            check_symmetry(&cases, &shuffled, &others)?;
        }
    }
}
