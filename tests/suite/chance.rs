//! How often what is said of samples is wrong: pairs of audits between which nothing changed, made up from a fixed seed.
//!
//! A case is handled better or worse as a whole and in each standard, so its answers are alike. All cases are picked
//! from one population, whose true scores are known.

use boardpaper::statistics::{CasePoints, Tested, Verdict, change, interval};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// How many cases the earlier and the later audit have, and how many such pairs are made up of each population.
const SIZES: [(usize, usize, u32); 3] = [(5, 5, 400), (5, 8, 400), (8, 8, 200)];

/// How far from the true score the cases of a population are.
#[derive(Clone, Copy, Debug)]
enum Population {
    /// Anywhere up to the furthest.
    Spread,
    /// At the furthest, on one side or the other: the hardest to judge from a few.
    Split,
}

/// Each standard's true score, and how far from it a case's can be.
const STANDARDS: [(f64, f64); 4] = [(0.45, 0.40), (0.60, 0.40), (0.67, 0.33), (0.83, 0.17)];

/// How much of a case's distance from the true score is the same in all standards.
const IN_COMMON: f64 = 0.7;

/// How many questions a standard has, and the share of them that does not apply to a case.
const QUESTIONS: usize = 19;
const NOT_APPLICABLE: f64 = 0.05;

/// What was said of some pairs of audits, and how much of it was right; counted in scores unless it says otherwise.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    pairs: u32,
    /// Pairs whose overall score was called higher or lower.
    overall_alarms: u32,
    /// Pairs of which a standard was called higher or lower.
    standard_alarms: u32,
    scores: u32,
    /// Scores whose interval holds the true one.
    scores_held: u32,
    changes: u32,
    /// Changes whose interval holds 0.
    changes_held: u32,
}

#[test]
fn luck_is_seldom_called_a_change_and_intervals_hold_the_truth() {
    let spread = tally(Population::Spread);
    let split = tally(Population::Split);
    let told = format!("{spread:#?} {split:#?}");
    println!("{told}");
    let pairs = f64::from(spread.pairs + split.pairs);
    assert!(f64::from(spread.overall_alarms + split.overall_alarms) / pairs <= 0.06, "{told}");
    assert!(f64::from(spread.standard_alarms + split.standard_alarms) / pairs <= 0.05, "{told}");
    for (tally, held_min) in [(spread, 0.98), (split, 0.94)] {
        assert!(f64::from(tally.scores_held) / f64::from(tally.scores) >= held_min, "{told}");
        assert!(f64::from(tally.changes_held) / f64::from(tally.changes) >= held_min, "{told}");
    }
}

fn tally(population: Population) -> Tally {
    let mut luck = Luck(TestRng::from_seed(RngAlgorithm::ChaCha, &[18; 32]));
    let mut tally = Tally::default();
    for (earlier, later, pairs) in SIZES {
        for _ in 0..pairs {
            tally.add(&luck.audit(population, earlier), &luck.audit(population, later));
        }
    }
    tally
}

impl Tally {
    /// Adds a pair of audits, each as the cases of every standard.
    fn add(&mut self, earlier: &[Vec<CasePoints>], later: &[Vec<CasePoints>]) {
        let is_alarm = |tested: &Tested| matches!(tested.verdict, Verdict::Higher | Verdict::Lower);
        let alone = change::alone(&overall(earlier), &overall(later)).expect("some questions apply");
        let pairs: Vec<_> = earlier.iter().cloned().zip(later.iter().cloned()).collect();
        let standards: Vec<Tested> = change::together(&pairs).into_iter().flatten().collect();
        self.pairs += 1;
        self.overall_alarms += u32::from(is_alarm(&alone));
        self.standard_alarms += u32::from(standards.iter().any(is_alarm));
        for tested in standards.iter().chain([&alone]) {
            let (low, high) = tested.change.interval.expect("three cases or more");
            self.changes += 1;
            self.changes_held += u32::from(low <= 0.0 && 0.0 <= high);
        }
        for audit in [earlier, later] {
            let truth = STANDARDS.map(|(share, _)| share);
            let truth_overall = truth.iter().sum::<f64>() / truth.len() as f64;
            let standards = audit.iter().cloned().zip(truth);
            for (cases, truth) in standards.chain([(overall(audit), truth_overall)]) {
                let interval = interval(&cases).expect("three cases or more");
                self.scores += 1;
                self.scores_held += u32::from(interval.low <= truth && truth <= interval.high);
            }
        }
    }
}

/// The cases of an audit with the points of all standards.
fn overall(standards: &[Vec<CasePoints>]) -> Vec<CasePoints> {
    let case = |at: usize| CasePoints {
        points: standards.iter().map(|cases| cases[at].points).sum(),
        of: standards.iter().map(|cases| cases[at].of).sum(),
    };
    (0..standards[0].len()).map(case).collect()
}

/// What chance brings, always the same from the same seed.
struct Luck(TestRng);

impl Luck {
    /// From 0 up to 1.
    fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Makes up an audit of so many cases: the cases of each standard.
    fn audit(&mut self, population: Population, cases: usize) -> Vec<Vec<CasePoints>> {
        let mut audit = vec![Vec::new(); STANDARDS.len()];
        for _ in 0..cases {
            let common = self.distance(population);
            for (standard, (truth, furthest)) in audit.iter_mut().zip(STANDARDS) {
                let distance = IN_COMMON * common + (1.0 - IN_COMMON) * self.distance(population);
                standard.push(self.case(truth + furthest * distance));
            }
        }
        audit
    }

    /// From −1 to 1.
    fn distance(&mut self, population: Population) -> f64 {
        let distance = 2.0 * self.share() - 1.0;
        match population {
            Population::Spread => distance,
            Population::Split => distance.signum(),
        }
    }

    /// Makes up the answers to a standard on a case that is handled so well: Yes, Partly or No.
    fn case(&mut self, quality: f64) -> CasePoints {
        let mut case = CasePoints { points: 0.0, of: 0.0 };
        for _ in 0..QUESTIONS {
            if self.share() >= NOT_APPLICABLE {
                let mut half = || if self.share() < quality { 0.5 } else { 0.0 };
                case.points += half() + half();
                case.of += 1.0;
            }
        }
        case
    }
}
