//! The values of each cell, kept: percentiles need them all.

use crate::ops::aggregate::statistic::Statistic;

/// Room for so many values in each of some cells, one cell after the other.
#[derive(Debug)]
pub(super) struct Values {
    kept: Kept,
    /// Room of a cell.
    most: usize,
    /// How many values a cell has.
    filled: Vec<u32>,
}

/// Values in the precision that they have.
#[derive(Debug)]
enum Kept {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

impl Values {
    pub(super) fn new(cells: usize, most: usize, single: bool) -> Self {
        let room = cells.saturating_mul(most);
        let kept = if single { Kept::Single(vec![0.0; room]) } else { Kept::Double(vec![0.0; room]) };
        Self { kept, most, filled: vec![0; cells] }
    }

    /// Bytes of a value.
    pub(super) fn size(single: bool) -> usize {
        if single { 4 } else { 8 }
    }

    /// Keep a value unless it is missing.
    pub(super) fn push(&mut self, cell: usize, value: f64) {
        let Some(filled) = self.filled.get_mut(cell).filter(|_| !value.is_nan()) else { return };
        let at = cell * self.most + *filled as usize;
        match &mut self.kept {
            Kept::Single(kept) => kept.get_mut(at).into_iter().for_each(|k| *k = value as f32),
            Kept::Double(kept) => kept.get_mut(at).into_iter().for_each(|k| *k = value),
        }
        *filled += 1;
    }

    /// The percentiles among `statistics`, one list of cells each.
    pub(super) fn finalise(self, statistics: &[Statistic]) -> Vec<Vec<f64>> {
        let wanted: Vec<_> = statistics
            .iter()
            .filter_map(|s| if let Statistic::Percentile(p) = s { Some(*p) } else { None })
            .collect();
        let mut results = vec![vec![f64::NAN; self.filled.len()]; wanted.len()];
        let mut scratch = Vec::with_capacity(self.most);
        for (cell, &filled) in self.filled.iter().enumerate() {
            let list = cell * self.most..cell * self.most + filled as usize;
            for (result, percentile) in results.iter_mut().zip(&wanted) {
                scratch.clear();
                match &self.kept {
                    Kept::Single(kept) => scratch.extend(kept.get(list.clone()).unwrap_or(&[]).iter().map(|&v| f64::from(v))),
                    Kept::Double(kept) => scratch.extend_from_slice(kept.get(list.clone()).unwrap_or(&[])),
                }
                if let Some(place) = result.get_mut(cell) {
                    *place = percentile.of(&mut scratch);
                }
            }
        }
        results
    }
}
