//! A plane of values on the source grid.

use std::cell::OnceCell;

use crate::cf::packing::Packing;
use crate::model::Block;

/// Some rows of a plane inside a block, as doubles, NaN where missing. The cells of a list are rows of one.
///
/// Rows are decoded when they are asked for, so that a field that is gone through row by row takes no memory.
#[derive(Debug)]
pub(in crate::ops::regrid) struct Field<'a> {
    pub(in crate::ops::regrid) block: &'a Block,
    /// None for texts, which have no values.
    pub(in crate::ops::regrid) packing: Option<&'a Packing>,
    /// Where in the block the plane begins, and how far apart its rows and columns are.
    pub(in crate::ops::regrid) start: usize,
    pub(in crate::ops::regrid) steps: (usize, usize),
    /// The number of the first row in the block, how many there are and their length.
    pub(in crate::ops::regrid) first: usize,
    pub(in crate::ops::regrid) rows: usize,
    pub(in crate::ops::regrid) columns: usize,
    /// All values, once somebody has asked for them.
    pub(in crate::ops::regrid) whole: OnceCell<Vec<f64>>,
}

impl Field<'_> {
    /// All values, row after row.
    pub(in crate::ops::regrid) fn whole(&self) -> &[f64] {
        self.whole.get_or_init(|| {
            let mut all = Vec::new();
            if self.steps == (self.columns, 1) {
                self.decode(self.start, self.rows.saturating_mul(self.columns), &mut all);
                return all;
            }
            let mut row = Vec::new();
            for number in self.first..self.first.saturating_add(self.rows) {
                self.row(number, &mut row);
                all.extend_from_slice(&row);
            }
            all
        })
    }

    /// The value of a cell; NaN for one that is not among these rows.
    pub(super) fn get(&self, cell: usize) -> f64 {
        let at = cell.checked_sub(self.first.saturating_mul(self.columns));
        at.and_then(|at| self.whole().get(at)).copied().unwrap_or(f64::NAN)
    }

    /// The values of a row, in the place of what `out` holds; nothing for one that is not there.
    pub(super) fn row(&self, row: usize, out: &mut Vec<f64>) {
        out.clear();
        let Some(number) = row.checked_sub(self.first).filter(|number| *number < self.rows) else { return };
        let start = self.start + number * self.steps.0;
        if self.steps.1 == 1 || self.columns == 1 {
            return self.decode(start, self.columns, out);
        }
        let mut one = Vec::new();
        for column in 0..self.columns {
            self.decode(start + column * self.steps.1, 1, &mut one);
            out.append(&mut one);
        }
    }

    /// Where in the block a cell is.
    pub(in crate::ops::regrid) fn place(&self, cell: usize) -> Option<usize> {
        let (row, column) = (cell.checked_div(self.columns)?, cell.checked_rem(self.columns)?);
        let number = row.checked_sub(self.first).filter(|number| *number < self.rows)?;
        Some(self.start + number * self.steps.0 + column * self.steps.1)
    }

    fn decode(&self, start: usize, count: usize, out: &mut Vec<f64>) {
        if let Some(packing) = self.packing {
            packing.decode_range(self.block, start..start.saturating_add(count), out);
        }
    }
}
