//! Sparse matrices of weights: which sources make a target, and how much each counts.

use crate::engine::Engine;
use crate::{Error, Result};

/// So many targets make a band, unless a matrix comes in one piece.
const BAND: usize = 4096;

/// For each target the sources that it is made of, in ascending order, and the weight of each.
///
/// Targets stand in bands with memory of their own, so that a matrix grows without being copied and several threads
/// can make it.
#[derive(Debug, Clone)]
pub(super) struct Matrix {
    /// All but the last have `size` targets.
    bands: Vec<Band>,
    size: usize,
}

/// Some targets that follow one another.
#[derive(Debug, Clone)]
struct Band {
    /// The weights of target `i` are those from `starts[i]` to `starts[i + 1]`.
    starts: Offsets,
    weights: Vec<f64>,
    /// Where the sources of each target begin, if not where its weights do: targets that follow one another between the
    /// same cells of a coarse grid share them.
    shared: Option<Offsets>,
    sources: Vec<u32>,
}

/// Positions in a list, as narrow as they allow.
#[derive(Debug, Clone)]
enum Offsets {
    Narrow(Vec<u32>),
    Wide(Vec<usize>),
}

impl Offsets {
    fn push(&mut self, at: usize) {
        match (&mut *self, u32::try_from(at)) {
            (Self::Narrow(all), Ok(at)) => all.push(at),
            (Self::Narrow(all), Err(_)) => {
                let before = all.iter().map(|at| *at as usize);
                *self = Self::Wide(before.chain([at]).collect());
            }
            (Self::Wide(all), _) => all.push(at),
        }
    }

    fn get(&self, index: usize) -> Option<usize> {
        match self {
            Self::Narrow(all) => all.get(index).map(|at| *at as usize),
            Self::Wide(all) => all.get(index).copied(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Narrow(all) => all.len(),
            Self::Wide(all) => all.len(),
        }
    }

    fn shrink(&mut self) {
        match self {
            Self::Narrow(all) => all.shrink_to_fit(),
            Self::Wide(all) => all.shrink_to_fit(),
        }
    }
}

impl Band {
    fn new() -> Self {
        let shared = Some(Offsets::Narrow(Vec::new()));
        Self { starts: Offsets::Narrow(vec![0]), weights: Vec::new(), shared, sources: Vec::new() }
    }

    /// As [`Matrix::push`].
    fn push(&mut self, row: impl IntoIterator<Item = (u32, f64)>) {
        let mut row: Vec<(u32, f64)> = row.into_iter().filter(|(_, weight)| *weight != 0.0).collect();
        row.sort_by_key(|(source, _)| *source);
        row.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0.0 };
            same
        });
        let before = self.len().checked_sub(1).map_or((&[][..], &[][..]), |last| self.row(last)).0;
        let first = if before.len() == row.len() && before.iter().zip(&row).all(|(a, b)| *a == b.0) {
            self.sources.len().saturating_sub(row.len())
        } else {
            self.sources.extend(row.iter().map(|(source, _)| *source));
            self.sources.len().saturating_sub(row.len())
        };
        self.shared.iter_mut().for_each(|shared| shared.push(first));
        self.weights.extend(row.iter().map(|(_, weight)| *weight));
        self.starts.push(self.weights.len());
    }

    fn row(&self, target: usize) -> (&[u32], &[f64]) {
        let ends = self.starts.get(target).zip(self.starts.get(target.saturating_add(1)));
        let Some((from, to)) = ends else { return (&[], &[]) };
        let weights = self.weights.get(from..to).unwrap_or(&[]);
        let first = self.shared.as_ref().map_or(Some(from), |shared| shared.get(target)).unwrap_or(0);
        (self.sources.get(first..first.saturating_add(weights.len())).unwrap_or(&[]), weights)
    }

    fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Give back what nothing fills.
    fn close(&mut self) {
        self.starts.shrink();
        self.weights.shrink_to_fit();
        self.shared.iter_mut().for_each(Offsets::shrink);
        self.sources.shrink_to_fit();
    }
}

impl Matrix {
    /// A matrix without targets, to which rows are added.
    pub(super) fn new() -> Self {
        Self { bands: Vec::new(), size: BAND }
    }

    /// A matrix of the rows that `row` answers with for each of `targets`.
    pub(super) fn from_rows<R: IntoIterator<Item = (u32, f64)>>(rows: impl IntoIterator<Item = R>) -> Self {
        let mut matrix = Self::new();
        rows.into_iter().for_each(|row| matrix.push(row));
        matrix.bands.last_mut().into_iter().for_each(Band::close);
        matrix
    }

    /// A matrix of `targets` rows, of which `row` answers for each; by all threads of `engine`.
    ///
    /// # Errors
    /// As [`Engine::ordered`].
    pub(super) fn in_parallel<R: IntoIterator<Item = (u32, f64)>>(
        targets: usize,
        engine: &Engine,
        row: impl Fn(usize) -> R + Sync,
    ) -> Result<Self> {
        let mut matrix = Self::new();
        let band = |number: usize| {
            let first = number.saturating_mul(BAND);
            let mut band = Band::new();
            (first..targets.min(first.saturating_add(BAND))).for_each(|target| band.push(row(target)));
            band.close();
            Ok(band)
        };
        engine.ordered(targets.div_ceil(BAND), engine.threads().saturating_mul(4), band, |_, band| {
            matrix.bands.push(band);
            Ok(())
        })?;
        Ok(matrix)
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
            Ok(Self::whole(Band { starts: Offsets::Wide(starts), weights, shared: None, sources }))
        } else {
            Err(Error::data("internal: rows of weights that do not fit", "regrid"))
        }
    }

    /// In one piece.
    fn whole(band: Band) -> Self {
        Self { size: band.len().max(1), bands: vec![band] }
    }

    /// A matrix of `targets` rows from its entries in any order, (target, source, weight); those beyond the last row
    /// are left out.
    pub(super) fn from_entries(targets: usize, entries: impl Iterator<Item = (usize, u32, f64)> + Clone) -> Self {
        let mut starts = vec![0_usize; targets.saturating_add(1)];
        let counts = starts.get_mut(1..).unwrap_or(&mut []);
        for (target, ..) in entries.clone() {
            counts.get_mut(target).into_iter().for_each(|count| *count += 1);
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let (mut next, mut found) = (starts.clone(), vec![(0_u32, 0.0); total]);
        for (target, source, weight) in entries {
            let Some(at) = next.get_mut(target) else { continue };
            if let Some(slot) = found.get_mut(*at) {
                *slot = (source, weight);
            }
            *at += 1;
        }
        Self::from_rows(starts.windows(2).map(|ends| {
            let range = ends.first().zip(ends.last()).map_or(0..0, |(from, to)| *from..*to);
            found.get(range).unwrap_or(&[]).iter().copied()
        }))
    }

    /// Add a target: its sources are sorted, those named twice become one, weights of 0 go.
    pub(super) fn push(&mut self, row: impl IntoIterator<Item = (u32, f64)>) {
        if self.bands.last().is_none_or(|last| last.len() >= self.size) {
            self.bands.last_mut().into_iter().for_each(Band::close);
            self.bands.push(Band::new());
        }
        if let Some(last) = self.bands.last_mut() {
            last.push(row);
        }
    }

    /// The number of targets.
    pub(super) fn len(&self) -> usize {
        let before = self.bands.len().saturating_sub(1).saturating_mul(self.size);
        before + self.bands.last().map_or(0, Band::len)
    }

    /// The number of entries.
    pub(super) fn entries(&self) -> usize {
        self.bands.iter().map(|band| band.weights.len()).sum()
    }

    /// The sources of a target and their weights; nothing beyond the last one.
    pub(super) fn row(&self, target: usize) -> (&[u32], &[f64]) {
        let Some(band) = self.bands.get(target / self.size) else { return (&[], &[]) };
        band.row(target % self.size)
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

    /// Whether a weight is negative, as cubic ones are: what such weights make of some of their sources is no mean.
    pub(super) fn has_negative(&self) -> bool {
        self.bands.iter().any(|band| band.weights.iter().any(|weight| *weight < 0.0))
    }

    /// One more than the greatest source that is named; 0 without entries.
    pub(super) fn reach(&self) -> usize {
        let last = self.bands.iter().filter_map(|band| band.sources.iter().max()).max();
        last.map_or(0, |last| *last as usize + 1)
    }

    /// The same entries by source: for each of `sources` the targets that it goes to.
    pub(super) fn transposed(&self, sources: usize) -> Self {
        let mut counts = vec![0_usize; sources.saturating_add(1)];
        for source in (0..self.len()).flat_map(|target| self.row(target).0) {
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
        Self::whole(Band { starts: Offsets::Wide(starts), weights, shared: None, sources: targets })
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
        let again = turned.transposed(3);
        assert!((0..4).all(|target| again.row(target) == sample().row(target)));
    }

    #[test]
    fn entries_in_any_order_and_rows_in_bands_are_the_same() {
        let count = 2 * BAND + 7;
        let row = |target: usize| [(target as u32 % 5, 0.5), (9, 1.0 + target as f64)];
        let plain = Matrix::from_rows((0..count).map(row));
        let entries = (0..count).rev().flat_map(|t| row(t).map(|(source, weight)| (t, source, weight)));
        let engine = Engine::new(3, 1 << 20);
        for other in [Matrix::from_entries(count, entries), Matrix::in_parallel(count, &engine, row).unwrap()] {
            assert_eq!((other.len(), other.entries()), (count, 2 * count));
            assert!((0..=count).all(|target| other.row(target) == plain.row(target)));
        }
        assert!(!plain.has_negative() && Matrix::from_rows([[(0, -1.0)]]).has_negative());
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
