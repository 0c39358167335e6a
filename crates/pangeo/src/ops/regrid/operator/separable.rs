//! Weights between grids of rows and columns: one matrix for each direction, so that a field costs little more
//! than reading it.

use std::ops::Range;

use super::{Field, Rules, union};
use crate::ops::regrid::matrix::Matrix;

/// Weights of rows and weights of columns. The weight of a source cell is their product.
#[derive(Debug)]
pub(in crate::ops::regrid) struct Separable {
    /// Target rows of source rows; source row `source_rows` is the south pole, the next one the north pole.
    rows: Matrix,
    columns: Matrix,
    /// What each row and each column weighs that is covered all over; empty where that is 1.
    full: (Vec<f64>, Vec<f64>),
    source_rows: usize,
    /// The rows around the south and the north pole, whose means are the values there.
    around: [usize; 2],
    /// Columns without those at the end that repeat the first: so many make those means.
    own_columns: usize,
}

impl Separable {
    /// Weights for `source_rows` rows.
    ///
    /// `rows` may name the row `source_rows`, which is the south pole, and `source_rows + 1`, the north pole: every
    /// value there is the mean of the first `own_columns` of the rows `around` them.
    pub(in crate::ops::regrid) fn new(
        rows: Matrix,
        columns: Matrix,
        full: (Vec<f64>, Vec<f64>),
        source_rows: usize,
        around: [usize; 2],
        own_columns: usize,
    ) -> Self {
        Self { rows, columns, full, source_rows, around, own_columns }
    }

    /// The same weights by cells: the matrix over `source_columns` columns and what each target weighs.
    ///
    /// # Errors
    /// As [`Matrix::outer`].
    pub(in crate::ops::regrid) fn by_cell(&self, source_columns: usize) -> crate::Result<(Matrix, Vec<f64>)> {
        let ring = self.own_columns.clamp(1, source_columns.max(1));
        let share = 1.0 / ring as f64;
        let mut by_cell = Matrix::new();
        let mut full = Vec::new();
        let plain = Matrix::outer(&self.real_rows(), &self.columns, source_columns)?;
        for row in 0..self.rows.len() {
            let poles: Vec<(usize, f64)> = self.rows.entries_of(row).filter(|(j, _)| *j >= self.source_rows).collect();
            for column in 0..self.columns.len() {
                let around = poles.iter().flat_map(|(pole, weight)| {
                    let first = self.row_of(*pole) * source_columns;
                    let total = weight * self.columns.total(column) * share;
                    (first..first + ring).map(move |cell| (cell as u32, total))
                });
                let own = plain.entries_of(row * self.columns.len() + column).map(|(cell, w)| (cell as u32, w));
                by_cell.push(own.chain(around));
                if !self.full.0.is_empty() {
                    full.push(self.full_of(row, column));
                }
            }
        }
        Ok((by_cell, full))
    }

    /// The rows without the poles.
    fn real_rows(&self) -> Matrix {
        let row = |target| self.rows.entries_of(target).filter(|(j, _)| *j < self.source_rows);
        Matrix::from_rows(
            (0..self.rows.len()).map(|target| row(target).map(|(j, w)| (j as u32, w)).collect::<Vec<_>>()),
        )
    }

    /// The row of the source that stands behind a row of the matrix.
    fn row_of(&self, row: usize) -> usize {
        match row.checked_sub(self.source_rows) {
            Some(pole) => self.around.get(pole).copied().unwrap_or(0),
            None => row,
        }
    }

    fn full_of(&self, row: usize, column: usize) -> f64 {
        let of = |all: &[f64], at: usize| all.get(at).copied().unwrap_or(1.0);
        of(&self.full.0, row) * of(&self.full.1, column)
    }

    pub(super) fn reach(&self, targets: Range<usize>) -> Range<usize> {
        targets.fold(0..0, |all, target| {
            let rows = self.rows.entries_of(target).map(|(row, _)| self.row_of(row));
            rows.fold(all, |all, row| union(&all, &(row..row + 1)))
        })
    }

    pub(super) fn compute(&self, field: &Field, targets: Range<usize>, rules: Rules) -> Vec<f64> {
        let across = self.columns.len();
        let column_weights: Vec<f64> = (0..across).map(|column| self.columns.total(column)).collect();
        let mut values = Vec::with_capacity(targets.len().saturating_mul(across));
        let mut lines = Lines::new(self, field, self.is_down_first(field.columns));
        let mut down = Vec::new();
        for target in targets {
            let entries: Vec<(usize, f64)> = self.rows.entries_of(target).collect();
            lines.bring(&entries);
            let first = values.len();
            values.resize(first.saturating_add(across), 0.0);
            let here = values.get_mut(first..).unwrap_or(&mut []);
            let mut row_weight = 0.0;
            for (row, weight) in &entries {
                row_weight += weight;
                let sums = lines.of(*row).map_or(&[][..], |line| line.sums.as_slice());
                here.iter_mut().zip(sums).for_each(|(value, sum)| *value += weight * sum);
            }
            if lines.down_first {
                self.down(&lines, &entries, &mut down);
                here.iter_mut().zip(self.along(&down)).for_each(|(value, sum)| *value = sum);
            }
            for ((column, column_weight), value) in column_weights.iter().enumerate().zip(here) {
                *value = if value.is_nan() && rules.complete {
                    f64::NAN
                } else if value.is_nan() {
                    self.beside_missing(&lines, &entries, (target, column), rules)
                } else {
                    rules.value(*value, row_weight * column_weight, self.full_of(target, column))
                };
            }
        }
        values
    }

    /// The values of a row around a pole, each place once.
    fn ring<'a>(&self, values: &'a [f64]) -> &'a [f64] {
        values.get(..self.own_columns).unwrap_or(values)
    }

    /// Whether it is less work to sum the rows of a target first and then along what comes out, as it is on the way to a
    /// coarser grid. Sums of rows are done for many columns at once.
    fn is_down_first(&self, source_columns: usize) -> bool {
        let (down, along) = (self.rows.entries(), self.columns.entries());
        let rows = down.min(self.source_rows);
        let along_first = rows.saturating_mul(along).saturating_add(down.saturating_mul(self.columns.len()) / 2);
        let down_first = down.saturating_mul(source_columns) / 2;
        down_first.saturating_add(self.rows.len().saturating_mul(along)) < along_first
    }

    /// The weighted sum of the rows of a target, one a source column; NaN where a value is missing.
    fn down(&self, lines: &Lines, entries: &[(usize, f64)], sums: &mut Vec<f64>) {
        sums.clear();
        sums.resize(lines.field.columns, 0.0);
        for (row, weight) in entries {
            let values = lines.of(*row).map_or(&[][..], |line| line.values.as_slice());
            if *row >= self.source_rows {
                let mean = self.mean(values);
                sums.iter_mut().for_each(|sum| *sum += weight * mean);
            } else {
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
            }
        }
    }

    /// The mean of a row around a pole.
    fn mean(&self, values: &[f64]) -> f64 {
        let ring = self.ring(values);
        ring.iter().sum::<f64>() / ring.len().max(1) as f64
    }

    /// The weighted sums along a row, one a target column; NaN where a value is missing.
    fn along<'a>(&'a self, values: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        (0..self.columns.len()).map(|column| {
            let (sources, weights) = self.columns.row(column);
            sources.iter().zip(weights).fold(0.0, |sum, (source, weight)| {
                sum + weight * values.get(*source as usize).copied().unwrap_or(f64::NAN)
            })
        })
    }

    /// The same along a row of the source, which may be a pole.
    fn along_row(&self, row: usize, values: &[f64], sums: &mut Vec<f64>) {
        sums.clear();
        if row >= self.source_rows {
            let mean = self.mean(values);
            sums.extend((0..self.columns.len()).map(|column| mean * self.columns.total(column)));
        } else {
            sums.extend(self.along(values));
        }
    }

    /// The value of a target some of whose sources are missing.
    fn beside_missing(
        &self,
        lines: &Lines,
        entries: &[(usize, f64)],
        (target, column): (usize, usize),
        rules: Rules,
    ) -> f64 {
        let (mut sum, mut weight) = (0.0, 0.0);
        for (row, row_weight) in entries {
            let values = lines.of(*row).map_or(&[][..], |line| line.values.as_slice());
            let mut add = |value: f64, share: f64| {
                if !value.is_nan() {
                    sum += row_weight * share * value;
                    weight += row_weight * share;
                }
            };
            if *row >= self.source_rows {
                let ring = self.ring(values);
                let share = self.columns.total(column) / ring.len().max(1) as f64;
                ring.iter().for_each(|value| add(*value, share));
            } else {
                let value = |source: usize| values.get(source).copied().unwrap_or(f64::NAN);
                self.columns.entries_of(column).for_each(|(source, share)| add(value(source), share));
            }
        }
        rules.value(sum, weight, self.full_of(target, column))
    }
}

/// A row of the source.
#[derive(Debug, Default)]
struct Line {
    row: usize,
    values: Vec<f64>,
    /// Along it, one a target column; nothing where rows are summed first.
    sums: Vec<f64>,
}

/// The rows of the source that a target row needs, kept for the next one, which needs most of them too.
struct Lines<'a> {
    separable: &'a Separable,
    field: &'a Field<'a>,
    kept: Vec<Line>,
    down_first: bool,
}

impl<'a> Lines<'a> {
    fn new(separable: &'a Separable, field: &'a Field<'a>, down_first: bool) -> Self {
        Self { separable, field, kept: Vec::new(), down_first }
    }

    /// Have the rows of these entries; others give way.
    fn bring(&mut self, entries: &[(usize, f64)]) {
        let wanted = |row: usize| entries.iter().any(|(other, _)| *other == row);
        for (row, _) in entries {
            if self.of(*row).is_some() {
                continue;
            }
            let free = self.kept.iter().position(|line| !wanted(line.row));
            let mut line = free.map(|at| self.kept.swap_remove(at)).unwrap_or_default();
            line.row = *row;
            self.field.row(self.separable.row_of(*row), &mut line.values);
            if !self.down_first {
                self.separable.along_row(*row, &line.values, &mut line.sums);
            }
            self.kept.push(line);
        }
    }

    fn of(&self, row: usize) -> Option<&Line> {
        self.kept.iter().find(|line| line.row == row)
    }
}
