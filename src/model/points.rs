//! Scores as whole half-points: no float decides a percent or a rating.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::statistics::CasePoints;

/// A number of points counted in halves: 44 points are 88 half-points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HalfPoints(pub u64);

impl HalfPoints {
    /// The points as a number, exact.
    pub fn points(self) -> f64 {
        self.0 as f64 / 2.0
    }
}

impl Add for HalfPoints {
    type Output = HalfPoints;

    fn add(self, other: HalfPoints) -> HalfPoints {
        HalfPoints(self.0 + other.0)
    }
}

impl AddAssign for HalfPoints {
    fn add_assign(&mut self, other: HalfPoints) {
        self.0 += other.0;
    }
}

impl Sum for HalfPoints {
    fn sum<I: Iterator<Item = HalfPoints>>(points: I) -> HalfPoints {
        points.fold(HalfPoints::default(), Add::add)
    }
}

impl fmt::Display for HalfPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0 / 2, if self.0 % 2 == 1 { ".5" } else { "" })
    }
}

impl FromStr for HalfPoints {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<HalfPoints, &'static str> {
        const FORM: &str = "points are a whole number or end in .5";
        let (whole, half) = match text.split_once('.') {
            None => (text, 0),
            Some((whole, "5" | "50")) => (whole, 1),
            Some((whole, "0" | "00")) => (whole, 0),
            Some(_) => return Err(FORM),
        };
        if whole.is_empty() || whole.len() > 9 || !whole.bytes().all(|b| b.is_ascii_digit()) {
            return Err(FORM);
        }
        Ok(HalfPoints(whole.parse::<u64>().map_err(|_| FORM)? * 2 + half))
    }
}

/// As printed: 44, 102.5.
impl Serialize for HalfPoints {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(2) {
            serializer.serialize_u64(self.0 / 2)
        } else {
            serializer.serialize_f64(self.points())
        }
    }
}

/// Points and the maximum that was available, N/A already left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Score {
    pub points: HalfPoints,
    pub of: HalfPoints,
}

impl Score {
    pub fn new(points: HalfPoints, of: HalfPoints) -> Score {
        Score { points, of }
    }

    /// The percentage, rounded half up to a whole one: 33 of 40 is 82.5 % and becomes 83. `None` where nothing was available.
    ///
    /// More points than there could be are a mistake, of which the checks tell: the percentage is any, up to [`u32::MAX`].
    pub fn percent(self) -> Option<u32> {
        let (points, of) = (self.points.0, self.of.0);
        if of == 0 {
            return None;
        }
        let percent = (200 * u128::from(points) + u128::from(of)) / (2 * u128::from(of));
        Some(u32::try_from(percent).unwrap_or(u32::MAX))
    }

    /// The share of the points, from 0.0 to 1.0: for charts and statistics, never for a rating.
    pub fn share(self) -> Option<f64> {
        (self.of.0 > 0).then(|| self.points.0 as f64 / self.of.0 as f64)
    }

    /// The points of a case and their maximum counted in best answers, each worth `best`: what a scale calls a point
    /// decides no figure of chance. 5 of 8 where the best answer earns 2 are 2.5 of 4.
    pub fn in_answers(self, best: HalfPoints) -> CasePoints {
        CasePoints { points: self.points.0 as f64 / best.0 as f64, of: self.of.0 as f64 / best.0 as f64 }
    }
}

/// A share, from 0.0 to 1.0, in whole percent, rounded half up: as the ends of intervals are printed.
pub fn whole_percent(share: f64) -> u32 {
    round_half_up(share * 100.0)
}

/// Rounds a number that is not negative, a half up.
pub fn round_half_up(number: f64) -> u32 {
    (number + 0.5).floor() as u32
}

impl Add for Score {
    type Output = Score;

    fn add(self, other: Score) -> Score {
        Score { points: self.points + other.points, of: self.of + other.of }
    }
}

impl Sum for Score {
    fn sum<I: Iterator<Item = Score>>(scores: I) -> Score {
        scores.fold(Score::default(), Add::add)
    }
}

/// `44/95`
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.points, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_read_and_print_as_written() {
        for text in ["0", "44", "102.5"] {
            assert_eq!(text.parse::<HalfPoints>().unwrap().to_string(), text);
        }
        assert!("0.25".parse::<HalfPoints>().is_err());
        assert!("-1".parse::<HalfPoints>().is_err());
        assert!("1e3".parse::<HalfPoints>().is_err());
    }

    #[test]
    fn a_percent_is_rounded_half_up() {
        let percent = |points: &str, of: &str| Score::new(points.parse().unwrap(), of.parse().unwrap()).percent();
        assert_eq!(percent("33", "40"), Some(83));
        assert_eq!(percent("68.5", "86"), Some(80));
        assert_eq!(percent("0", "3"), Some(0));
        assert_eq!(percent("3", "3"), Some(100));
        assert_eq!(percent("0", "0"), None);
    }
}
