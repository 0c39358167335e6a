//! One plane of a field on the target grid.

use std::ops::Range;

use super::build::{Maker, Plane};
use super::operator::{Field, Filler, NONE, Rules};
use super::weights::Mask;

/// What is done with every plane of the variables of one grid.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) maker: Maker,
    pub(super) source: Plane,
    pub(super) target: Plane,
    pub(super) rules: Rules,
    /// For targets without values, if they are wanted.
    pub(super) filler: Option<Filler>,
    /// The cells that must have values, and no others, where weights are for just these.
    pub(super) mask: Option<Mask>,
}

/// A plane of the result.
#[derive(Debug)]
pub(super) enum Made {
    /// Values, NaN where missing.
    Values(Vec<f64>),
    /// Of each value the cell of the source that it is taken from, or [`NONE`].
    Cells(Vec<u32>),
}

impl Work {
    /// The rows of the source that some rows of the target need.
    pub(super) fn reach(&self, targets: Range<usize>) -> Range<usize> {
        if self.filler.is_some() || self.mask.is_some() {
            return 0..self.source.rows;
        }
        self.maker.reach(targets, self.source, self.target)
    }

    /// Rows of the target from those of the source.
    pub(super) fn make(&self, field: &Field, targets: &Range<usize>) -> Made {
        let mut made = match &self.maker {
            Maker::Computes(operator) => Made::Values(operator.compute(field, targets.clone(), self.rules)),
            Maker::Chooses(mode) => Made::Cells(mode.picks(field, targets.clone(), self.rules)),
            Maker::Picks(picks) => {
                let cells = targets.start * self.target.columns..targets.end * self.target.columns;
                Made::Cells(picks.get(cells).unwrap_or(&[]).to_vec())
            }
        };
        if let Some(filler) = &self.filler {
            fill(filler, field.whole(), &mut made, targets.start * self.target.columns);
        }
        made
    }
}

/// Give targets, of which the first is number `first`, that have no value that of the nearest cell of the whole
/// field that has one.
fn fill(filler: &Filler, values: &[f64], made: &mut Made, first: usize) {
    let value = |cell: u32| values.get(cell as usize).copied().unwrap_or(f64::NAN);
    let has = |cell: usize| values.get(cell).is_some_and(|v| !v.is_nan());
    let lacks = |cell: u32| cell == NONE || value(cell).is_nan();
    let complete = match made {
        Made::Values(made) => !made.iter().any(|v| v.is_nan()),
        Made::Cells(cells) => !cells.iter().any(|cell| lacks(*cell)),
    };
    if complete {
        return;
    }
    let nearest = filler.nearest(has);
    let nearest = nearest.iter().skip(first);
    match made {
        Made::Values(made) => {
            made.iter_mut().zip(nearest).filter(|(v, _)| v.is_nan()).for_each(|(v, cell)| *v = value(*cell));
        }
        Made::Cells(cells) => {
            cells.iter_mut().zip(nearest).filter(|(cell, _)| lacks(**cell)).for_each(|(cell, other)| *cell = *other);
        }
    }
}
