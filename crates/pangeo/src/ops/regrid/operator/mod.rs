//! What makes the values of a target grid from those of a source grid: weights that know nothing of missing
//! values, so that one set serves every level and time, whatever is missing there.

mod field;
mod filler;
mod mode;
mod separable;
mod slopes;
mod sparse;

use std::ops::Range;

pub(in crate::ops::regrid) use field::Field;
pub(in crate::ops::regrid) use filler::Filler;
pub(in crate::ops::regrid) use mode::Mode;
pub(in crate::ops::regrid) use separable::Separable;
pub(in crate::ops::regrid) use slopes::{Pieces, Slopes};
pub(in crate::ops::regrid) use sparse::Sparse;

use super::method::Normalize;

/// No source.
pub(in crate::ops::regrid) const NONE: u32 = u32::MAX;

/// Weights up to this part of the whole come from rounding.
const NOTHING: f64 = 1e-10;

/// How cells that have values in part are treated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::ops::regrid) struct Rules {
    /// By what a mean is divided.
    pub(in crate::ops::regrid) normalize: Normalize,
    /// The least part of the weights that must have values.
    pub(in crate::ops::regrid) min_coverage: f64,
    /// Whether a single missing value makes the result missing, as where some weights are negative.
    pub(in crate::ops::regrid) complete: bool,
}

impl Rules {
    /// The value of a cell: `sum` of the weighted values, `weight` of those that are there, `full` weight of a
    /// cell that is covered all over. NaN where too little is covered.
    pub(in crate::ops::regrid) fn value(self, sum: f64, weight: f64, full: f64) -> f64 {
        let covered = weight / full;
        // Not `<`, so that a cell without area gets no value.
        if !(covered > NOTHING && covered >= self.min_coverage - 1e-9) {
            return f64::NAN;
        }
        match self.normalize {
            Normalize::FracArea => sum / weight,
            Normalize::DestArea => sum / full,
        }
    }
}

/// What computes values; see the module.
#[derive(Debug)]
pub(in crate::ops::regrid) enum Operator {
    /// Any cells to any cells.
    Sparse(Sparse),
    /// Rows and columns to rows and columns.
    Separable(Separable),
    /// Means of fields that slope within their cells.
    Slopes(Slopes),
    /// The first where all that it needs is there, else the second.
    Or(Box<(Operator, Operator)>),
}

impl Operator {
    /// The values of the rows `targets`, NaN where missing.
    pub(in crate::ops::regrid) fn compute(&self, field: &Field, targets: Range<usize>, rules: Rules) -> Vec<f64> {
        match self {
            Self::Sparse(sparse) => sparse.compute(field, targets, rules),
            Self::Separable(separable) => separable.compute(field, targets, rules),
            Self::Slopes(slopes) => slopes.compute(field, targets, rules),
            Self::Or(both) => {
                let mut values = both.0.compute(field, targets.clone(), Rules { complete: true, ..rules });
                if values.iter().any(|v| v.is_nan()) {
                    let others = both.1.compute(field, targets, rules);
                    values.iter_mut().zip(others).filter(|(v, _)| v.is_nan()).for_each(|(v, other)| *v = other);
                }
                values
            }
        }
    }

    /// The rows of the source that the rows `targets` need.
    pub(in crate::ops::regrid) fn reach(&self, targets: Range<usize>) -> Range<usize> {
        match self {
            Self::Sparse(sparse) => sparse.reach(targets),
            Self::Separable(separable) => separable.reach(targets),
            Self::Slopes(slopes) => slopes.reach(targets),
            Self::Or(both) => union(&both.0.reach(targets.clone()), &both.1.reach(targets)),
        }
    }
}

/// The range from the first to the last of two; an empty one counts for nothing.
fn union(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        _ => a.start.min(b.start)..a.end.max(b.end),
    }
}

/// The rows that hold the cells from the first to the last of some.
fn rows_of(cells: impl Iterator<Item = u32>, columns: usize) -> Range<usize> {
    let columns = columns.max(1);
    let ends = cells.fold(None, |ends: Option<(u32, u32)>, cell| {
        Some(ends.map_or((cell, cell), |(low, high)| (low.min(cell), high.max(cell))))
    });
    ends.map_or(0..0, |(low, high)| low as usize / columns..high as usize / columns + 1)
}

#[cfg(test)]
mod tests;
