//! Sparse matrices of weights: which sources make a target, and how much each counts.

use crate::{Error, Result};

/// For each target the sources that it is made of, in ascending order, and the weight of each.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Matrix {
    /// The entries of target `i` are `starts[i]..starts[i + 1]`.
    starts: Vec<usize>,
    sources: Vec<u32>,
    weights: Vec<f64>,
}

impl Matrix {
    /// A matrix without targets, to which rows are added.
    pub(super) fn new() -> Self {
        Self { starts: vec![0], sources: Vec::new(), weights: Vec::new() }
    }

    /// A matrix of the rows that `row` answers with for each of `targets`.
    pub(super) fn from_rows<R: IntoIterator<Item = (u32, f64)>>(rows: impl IntoIterator<Item = R>) -> Self {
        let mut matrix = Self::new();
        rows.into_iter().for_each(|row| matrix.push(row));
        matrix
    }

    /// A matrix from its parts: `starts` one longer than there are targets, sources ascending in each row.
    ///
    /// # Errors
    /// [`Error::Data`] for parts that do not fit each other.
    pub(super) fn from_parts(starts: Vec<usize>, sources: Vec<u32>, weights: Vec<f64>) -> Result<Self> {
        let fits = starts.first() == Some(&0)
            && starts.last() == Some(&sources.len())
            && sources.len() == weights.len()
            && starts.is_sorted();
        if fits {
            Ok(Self { starts, sources, weights })
        } else {
            Err(Error::data("internal: rows of weights that do not fit", "regrid"))
        }
    }

    /// Add a target: its sources are sorted, those named twice become one, weights of 0 go.
    pub(super) fn push(&mut self, row: impl IntoIterator<Item = (u32, f64)>) {
        let mut row: Vec<(u32, f64)> = row.into_iter().filter(|(_, weight)| *weight != 0.0).collect();
        row.sort_by_key(|(source, _)| *source);
        let first = self.sources.len();
        for (source, weight) in row {
            match self.weights.last_mut() {
                Some(last) if self.sources.len() > first && self.sources.last() == Some(&source) => *last += weight,
                _ => {
                    self.sources.push(source);
                    self.weights.push(weight);
                }
            }
        }
        self.starts.push(self.sources.len());
    }

    /// The number of targets.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The number of entries.
    pub(super) fn entries(&self) -> usize {
        self.sources.len()
    }

    /// The sources of a target and their weights; nothing beyond the last one.
    pub(super) fn row(&self, target: usize) -> (&[u32], &[f64]) {
        let ends = self.starts.get(target).zip(self.starts.get(target.saturating_add(1)));
        let Some((&from, &to)) = ends else { return (&[], &[]) };
        (self.sources.get(from..to).unwrap_or(&[]), self.weights.get(from..to).unwrap_or(&[]))
    }

    /// The entries of a target.
    pub(super) fn entries_of(&self, target: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let (sources, weights) = self.row(target);
        sources.iter().zip(weights).map(|(source, weight)| (*source as usize, *weight))
    }

    /// The sum of a target's weights.
    pub(super) fn total(&self, target: usize) -> f64 {
        self.row(target).1.iter().sum()
    }

    /// One more than the greatest source that is named; 0 without entries.
    pub(super) fn reach(&self) -> usize {
        self.sources.iter().max().map_or(0, |last| *last as usize + 1)
    }

    /// The same entries by source: for each of `sources` the targets that it goes to.
    pub(super) fn transposed(&self, sources: usize) -> Self {
        let mut counts = vec![0_usize; sources.saturating_add(1)];
        for source in &self.sources {
            if let Some(count) = counts.get_mut(*source as usize + 1) {
                *count += 1;
            }
        }
        let mut total = 0;
        for count in &mut counts {
            total += *count;
            *count = total;
        }
        let (mut next, starts) = (counts.clone(), counts);
        let (mut targets, mut weights) = (vec![0_u32; total], vec![0.0; total]);
        for target in 0..self.len() {
            for (source, weight) in self.entries_of(target) {
                let Some(at) = next.get_mut(source) else { continue };
                if let (Some(slot), Some(value)) = (targets.get_mut(*at), weights.get_mut(*at)) {
                    (*slot, *value) = (target as u32, weight);
                }
                *at += 1;
            }
        }
        Self { starts, sources: targets, weights }
    }

    /// The product of one matrix for rows and one for columns, over cells with rows slowest: `columns` is how
    /// many source columns there are.
    ///
    /// # Errors
    /// [`Error::Data`] for more source cells than can be numbered.
    pub(super) fn outer(rows: &Self, across: &Self, columns: usize) -> Result<Self> {
        let cells = rows.reach().saturating_mul(columns);
        if u32::try_from(cells).is_err() {
            return Err(too_many(cells));
        }
        let mut product = Self::new();
        for row in 0..rows.len() {
            for column in 0..across.len() {
                let pairs = rows
                    .entries_of(row)
                    .flat_map(|(j, v)| across.entries_of(column).map(move |(i, w)| ((j * columns + i) as u32, v * w)));
                product.push(pairs);
            }
        }
        Ok(product)
    }
}

/// The error for grids of more cells than are numbered here.
pub(super) fn too_many(cells: usize) -> Error {
    Error::unsupported(format!("grids of {cells} cells, more than 4294967295"), "regrid")
        .with_hint("cut out a part first, with subset --bbox")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Matrix {
        Matrix::from_rows([vec![(2, 0.5), (0, 0.25), (2, 0.25)], vec![], vec![(1, 1.0), (3, 0.0)]])
    }

    #[test]
    fn rows_are_sorted_and_joined_and_nothing_is_left_out() {
        let matrix = sample();
        assert_eq!((matrix.len(), matrix.entries(), matrix.reach()), (3, 3, 3));
        assert_eq!(matrix.entries_of(0).collect::<Vec<_>>(), [(0, 0.25), (2, 0.75)]);
        assert_eq!([0, 1, 2, 9].map(|i| matrix.total(i)), [1.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn transposed_twice_is_the_same() {
        let turned = sample().transposed(4);
        assert_eq!(turned.entries_of(2).collect::<Vec<_>>(), [(0, 0.75)]);
        assert_eq!(turned.transposed(3), sample());
    }

    #[test]
    fn products_are_over_cells() {
        let rows = Matrix::from_rows([vec![(0, 0.5), (1, 0.5)]]);
        let across = Matrix::from_rows([vec![(2, 1.0)], vec![(0, 0.25), (2, 0.75)]]);
        let cells = Matrix::outer(&rows, &across, 3).unwrap();
        assert_eq!(cells.entries_of(0).collect::<Vec<_>>(), [(2, 0.5), (5, 0.5)]);
        assert_eq!(cells.entries_of(1).collect::<Vec<_>>(), [(0, 0.125), (2, 0.375), (3, 0.125), (5, 0.375)]);
        assert!(Matrix::outer(&Matrix::from_rows([[(u32::MAX, 1.0)]]), &across, 3).is_err());
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        assert!(Matrix::from_parts(vec![0, 1], vec![0], vec![1.0]).is_ok());
        for (starts, sources, weights) in
            [(vec![], vec![], vec![]), (vec![0, 2], vec![0], vec![1.0]), (vec![0, 1], vec![0], vec![])]
        {
            assert!(Matrix::from_parts(starts, sources, weights).is_err());
        }
    }
}
