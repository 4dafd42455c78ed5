//! What changed between the scores of two audits of one theme.

use super::audit::Selection;
use super::ids::{QuarterId, StandardId};
use super::points::Score;

/// An audit's scores against those of an earlier one, on the prompts that applied in both; by key questions as each has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The quarter of the earlier audit.
    pub with: QuarterId,
    /// How many prompts counted at one of the two only, not asked or N/A throughout at the other: they are left out on both sides.
    pub prompts_left_out: u32,
    /// In the order of the later audit's framework.
    pub standards: Vec<Change>,
    /// `None` where nothing can be compared, or where each standard is rated by its lowest key question.
    pub overall: Option<Change>,
}

/// How one score changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// In the later framework; `None` for the overall score.
    pub standard: Option<StandardId>,
    pub title: String,
    pub earlier: Score,
    pub later: Score,
    /// How many cases were looked at, then and now; `None` where it is not known.
    pub cases: Option<(u32, u32)>,
    /// The later share less the earlier one, from −1.0 to 1.0; `None` where one of them has no points.
    pub difference: Option<f64>,
    /// Where the difference could reasonably be, at 95 %; `None` where either score has no interval.
    pub interval: Option<(f64, f64)>,
    /// How often chance alone would give a difference as large; `None` where no cases were kept.
    pub p: Option<f64>,
    /// Corrected for the number of standards (Holm, *Scandinavian Journal of Statistics*, 1979); `None` for the overall
    /// score, which stands alone, and for a standard that was not tested.
    pub p_holm: Option<f64>,
    pub verdict: Verdict,
}

/// What a board may conclude of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Higher,
    Lower,
    NoClearChange,
    TooFewCases,
    None(NoVerdict),
}

/// Why nothing can be concluded, though both scores are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoVerdict {
    /// The cases of one of the two were not kept.
    TotalsOnly,
    /// The cases of one of the two were not picked at random.
    NotASample(Selection),
    /// No prompt was asked both times.
    OtherQuestions,
    /// One of the two has no points: every answer was N/A.
    NotScored,
    /// The ratings go by the lowest key question, which can be another one each time.
    LowestOfSeveral,
}
