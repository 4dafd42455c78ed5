//! Turns cases, each with points out of a maximum, into what they can show: the interval within which the true score may
//! lie, and whether two audits' scores differ by more than the luck of which cases were picked.
//!
//! Answers cluster in cases, so a case counts as one draw and its answers do not.
//! **Invariant:** numbers only; knows nothing of audits, standards or ratings. A result has the same bits on every
//! platform: apart from the t quantile, which is rounded, nothing is used but `+`, `−`, `×`, `÷` and the square root,
//! which IEEE 754 defines to the last bit. What is drawn is drawn by integers from a fixed seed.

pub mod change;
mod interval;

pub use change::{Change, Tested, Verdict};
pub use interval::{Interval, interval};

/// The fewest cases from which an interval or a verdict follows.
const CASES_MIN: usize = 3;

/// What one case scored, from 0 to `of`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CasePoints {
    pub points: f64,
    pub of: f64,
}

impl CasePoints {
    /// The score of several cases: all points over all maxima, never a mean of shares.
    fn share(self) -> f64 {
        self.points / self.of
    }

    fn and(self, other: CasePoints) -> CasePoints {
        CasePoints { points: self.points + other.points, of: self.of + other.of }
    }
}

/// Returns the cases that have a maximum, in an order that does not depend on the one they came in: sums of floats
/// depend on theirs, down to the last bit.
fn scored(cases: &[CasePoints]) -> Vec<CasePoints> {
    let mut cases: Vec<CasePoints> = cases.iter().copied().filter(|case| case.of > 0.0).collect();
    cases.sort_by(|a, b| a.of.total_cmp(&b.of).then(a.points.total_cmp(&b.points)));
    cases
}

fn total(cases: &[CasePoints]) -> CasePoints {
    cases.iter().fold(CasePoints { points: 0.0, of: 0.0 }, |sum, &case| sum.and(case))
}

fn square(x: f64) -> f64 {
    x * x
}
