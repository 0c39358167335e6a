//! Weights between any cells.

use std::ops::Range;

use super::{Field, Rules, rows_of};
use crate::ops::regrid::matrix::Matrix;

/// A matrix of weights with what a whole target cell weighs.
#[derive(Debug)]
pub(in crate::ops::regrid) struct Sparse {
    matrix: Matrix,
    /// The weight of each target that is covered all over; empty where that is 1 for all.
    full: Vec<f64>,
    source_columns: usize,
    target_columns: usize,
}

impl Sparse {
    /// Weights over source rows of `source_columns` cells for target rows of `target_columns`.
    pub(in crate::ops::regrid) fn new(
        matrix: Matrix,
        full: Vec<f64>,
        source_columns: usize,
        target_columns: usize,
    ) -> Self {
        Self { matrix, full, source_columns, target_columns }
    }

    /// The weights.
    pub(in crate::ops::regrid) fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// What each target weighs that is covered all over; empty where that is 1.
    pub(in crate::ops::regrid) fn full(&self) -> &[f64] {
        &self.full
    }

    pub(super) fn cells(&self, targets: Range<usize>) -> Range<usize> {
        targets.start.saturating_mul(self.target_columns)..targets.end.saturating_mul(self.target_columns)
    }

    pub(super) fn reach(&self, targets: Range<usize>) -> Range<usize> {
        let cells = self.cells(targets).flat_map(|cell| {
            let sources = self.matrix.row(cell).0;
            // They are in ascending order.
            sources.first().into_iter().chain(sources.last()).copied()
        });
        rows_of(cells, self.source_columns)
    }

    pub(super) fn compute(&self, field: &Field, targets: Range<usize>, rules: Rules) -> Vec<f64> {
        self.cells(targets).map(|target| self.value(field, target, rules)).collect()
    }

    fn value(&self, field: &Field, target: usize, rules: Rules) -> f64 {
        let full = self.full.get(target).copied().unwrap_or(1.0);
        let (mut sum, mut weight) = (0.0, 0.0);
        for (source, share) in self.matrix.entries_of(target) {
            sum += share * field.get(source);
            weight += share;
        }
        if sum.is_nan() && rules.complete {
            return f64::NAN;
        }
        if sum.is_nan() {
            (sum, weight) = (0.0, 0.0);
            for (source, share) in self.matrix.entries_of(target) {
                let value = field.get(source);
                if !value.is_nan() {
                    sum += share * value;
                    weight += share;
                }
            }
        }
        rules.value(sum, weight, full)
    }
}
