//! Where levels lie among those of a one-dimensional axis.

use super::Scale;
use crate::{Error, Result};

/// How far a number may be off a level that it equals, as a fraction of it: what a conversion of units
/// leaves of doubles, and half a unit in the last place of a float is 6e-8.
const DOUBLE: f64 = 1e-9;
const SINGLE: f64 = 1e-6;

/// Where the values of a level come from, as numbers of the axis' levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pick {
    /// Nowhere: outside the axis.
    Missing,
    /// From one level, as they are.
    At(usize),
    /// From two, the second counting for this share of one.
    Between(usize, usize, f64),
}

impl Pick {
    /// The levels that are read.
    pub(super) fn levels(self) -> impl Iterator<Item = usize> {
        let (first, second) = match self {
            Self::Missing => (None, None),
            Self::At(i) => (Some(i), None),
            Self::Between(i, j, _) => (Some(i), Some(j)),
        };
        first.into_iter().chain(second)
    }
}

/// The levels of an axis, which all ascend or all descend.
#[derive(Debug)]
pub(super) struct Axis<'a> {
    values: &'a [f64],
    ascends: bool,
    scale: Scale,
    /// The largest difference that means nothing, as a fraction.
    rounding: f64,
    /// The smallest distance between two levels.
    step: f64,
}

impl<'a> Axis<'a> {
    /// The axis `name` of `values`; `single` if these are stored as floats.
    ///
    /// # Errors
    /// [`Error::Data`] for values that are missing or do not all ascend or descend, and for values that
    /// have no logarithm where `scale` asks for it.
    pub(super) fn new(name: &str, values: &'a [f64], single: bool, scale: Scale) -> Result<Self> {
        let pairs = || values.windows(2).filter_map(|w| Some((*w.first()?, *w.last()?)));
        let (ascends, descends) = (pairs().all(|(a, b)| a < b), pairs().all(|(a, b)| a > b));
        if values.is_empty() || !values.iter().all(|v| v.is_finite()) || !(ascends || descends) {
            let what = "vertical coordinate neither ascends nor descends from level to level";
            return Err(Error::data(what, name.to_owned()).with_hint("choose levels that do first, with subset --isel"));
        }
        if scale == Scale::Log && !values.iter().all(|v| *v > 0.0) {
            let what = "vertical coordinate has values without a logarithm (0 or below)";
            return Err(Error::data(what, name.to_owned()).with_hint("--vertical linear"));
        }
        let step = pairs().map(|(a, b)| (b - a).abs()).fold(f64::INFINITY, f64::min);
        Ok(Self { values, ascends, scale, rounding: if single { SINGLE } else { DOUBLE }, step })
    }

    /// Where `target`, in the axis' units, lies; outside the nearest level if `extrapolate`.
    pub(super) fn pick(&self, target: f64, extrapolate: bool) -> Pick {
        let slack = (self.rounding * target.abs()).min(0.25 * self.step);
        let count = self.values.len();
        let behind = self.values.partition_point(|v| if self.ascends { *v < target } else { *v > target });
        let at = |i: usize| self.values.get(i).copied().unwrap_or(f64::NAN);
        let before = behind.checked_sub(1);
        if let Some(same) = before.into_iter().chain([behind]).find(|i| (at(*i) - target).abs() <= slack) {
            return Pick::At(same);
        }
        match before {
            Some(before) if behind < count => {
                Pick::Between(before, behind, self.scale.share(at(before), at(behind), target))
            }
            outside if extrapolate => Pick::At(outside.unwrap_or(0)),
            _ => Pick::Missing,
        }
    }

    /// The least and the greatest level.
    pub(super) fn extent(&self) -> (f64, f64) {
        let ends = (self.values.first().copied().unwrap_or(f64::NAN), self.values.last().copied().unwrap_or(f64::NAN));
        if self.ascends { ends } else { (ends.1, ends.0) }
    }
}

impl Scale {
    /// How far `target` is on the way from `a` to `b`: 0 at `a`, 1 at `b`.
    #[inline]
    pub(super) fn share(self, a: f64, b: f64, target: f64) -> f64 {
        match self {
            Self::Linear => (target - a) / (b - a),
            Self::Log => (target / a).ln() / (b / a).ln(),
        }
    }
}

/// Whether two numbers in one unit are the same level.
pub(super) fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= DOUBLE * a.abs().max(b.abs())
}
