//! The values of each cell, kept as far as percentiles need them: of the ninetieth the largest tenth.

use crate::ops::aggregate::quantile::Percentile;
use crate::ops::aggregate::statistic::Statistic;

/// Which values are kept, and how many of a cell's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    All(usize),
    Smallest(usize),
    Largest(usize),
}

impl Side {
    /// What the percentiles among `statistics` of up to `most` values need.
    fn of(statistics: &[Statistic], most: usize) -> Self {
        let reach = percentiles(statistics).map(|p| p.reach(most));
        let (smallest, largest) = reach.fold((0, 0), |(a, b), (c, d)| (a.max(c), b.max(d)));
        // A heap is worth it from a third less on.
        match smallest.min(largest) {
            n if n.saturating_mul(3) > most.saturating_mul(2) => Self::All(most),
            _ if smallest < largest => Self::Smallest(smallest),
            _ => Self::Largest(largest),
        }
    }

    fn room(self) -> usize {
        match self {
            Self::All(n) | Self::Smallest(n) | Self::Largest(n) => n,
        }
    }
}

fn percentiles(statistics: &[Statistic]) -> impl Iterator<Item = Percentile> + '_ {
    statistics.iter().filter_map(|s| if let Statistic::Percentile(p) = s { Some(*p) } else { None })
}

/// Room for some values in each of some cells, one cell after the other.
#[derive(Debug)]
pub(super) struct Values {
    kept: Kept,
    side: Side,
    /// How many values a cell had.
    seen: Vec<u32>,
}

/// Values in the precision that they have; the smallest are kept as the largest of their negatives.
#[derive(Debug)]
enum Kept {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

impl Values {
    /// Nothing yet, for cells that will see up to `most` values.
    pub(super) fn new(statistics: &[Statistic], cells: usize, most: usize, single: bool) -> Self {
        let side = Side::of(statistics, most);
        let room = cells.saturating_mul(side.room());
        let kept = if single { Kept::Single(vec![0.0; room]) } else { Kept::Double(vec![0.0; room]) };
        Self { kept, side, seen: vec![0; cells] }
    }

    /// Bytes that a cell takes.
    pub(super) fn bytes_per_cell(statistics: &[Statistic], most: usize, single: bool) -> usize {
        let size = if single { 4 } else { 8 };
        Side::of(statistics, most).room().saturating_mul(size).saturating_add(4)
    }

    /// Take a value, unless it is missing.
    pub(super) fn push(&mut self, cell: usize, value: f64) {
        let Some(seen) = self.seen.get_mut(cell).filter(|_| !value.is_nan()) else { return };
        let room = self.side.room();
        let value = if matches!(self.side, Side::Smallest(_)) { -value } else { value };
        let place = cell * room..(cell + 1) * room;
        match &mut self.kept {
            Kept::Single(kept) => {
                kept.get_mut(place).into_iter().for_each(|list| keep(list, *seen as usize, value as f32));
            }
            Kept::Double(kept) => kept.get_mut(place).into_iter().for_each(|list| keep(list, *seen as usize, value)),
        }
        *seen += 1;
    }

    /// The percentiles among `statistics`, one list of cells each.
    pub(super) fn finalise(self, statistics: &[Statistic]) -> Vec<Vec<f64>> {
        let wanted: Vec<Percentile> = percentiles(statistics).collect();
        let mut results = vec![vec![f64::NAN; self.seen.len()]; wanted.len()];
        let room = self.side.room();
        let mut scratch = Vec::with_capacity(room);
        for (cell, &seen) in self.seen.iter().enumerate() {
            let (count, held) = (seen as usize, room.min(seen as usize));
            let place = cell * room..cell * room + held;
            for (result, percentile) in results.iter_mut().zip(&wanted) {
                scratch.clear();
                match &self.kept {
                    Kept::Single(kept) => {
                        scratch.extend(kept.get(place.clone()).unwrap_or(&[]).iter().map(|&v| f64::from(v)));
                    }
                    Kept::Double(kept) => scratch.extend_from_slice(kept.get(place.clone()).unwrap_or(&[])),
                }
                let skipped = if matches!(self.side, Side::Largest(_)) { count - held } else { 0 };
                if matches!(self.side, Side::Smallest(_)) {
                    scratch.iter_mut().for_each(|v| *v = -*v);
                }
                if let Some(result) = result.get_mut(cell) {
                    *result = percentile.of_kept(&mut scratch, count, skipped);
                }
            }
        }
        results
    }
}

/// Keep `value` in a list that holds `seen` values, or the largest of them: a heap once it is full, the
/// smallest in front.
fn keep<T: PartialOrd + Copy>(list: &mut [T], seen: usize, value: T) {
    if let Some(place) = list.get_mut(seen) {
        *place = value;
        if seen + 1 == list.len() {
            (0..list.len() / 2).rev().for_each(|at| sink(list, at));
        }
        return;
    }
    if let Some(smallest) = list.first_mut().filter(|s| **s < value) {
        *smallest = value;
        sink(list, 0);
    }
}

/// Move the value at `at` down to where both below it are no smaller.
fn sink<T: PartialOrd + Copy>(list: &mut [T], mut at: usize) {
    loop {
        let (left, right) = (2 * at + 1, 2 * at + 2);
        let smaller = |a: usize, b: usize| list.get(b).is_some_and(|y| list.get(a).is_some_and(|x| y < x));
        let least = if smaller(left, right) { right } else { left };
        if !smaller(at, least) {
            return;
        }
        list.swap(at, least);
        at = least;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_decides_as_all_values_do() {
        let values: Vec<f64> = (0..48).map(|i| f64::from(i * 37 % 48) * 0.25).collect();
        for (names, side) in [
            ("p90", Side::Largest(6)),
            ("p10", Side::Smallest(6)),
            ("p90,p99", Side::Largest(6)),
            ("p10,p90", Side::All(48)),
            ("median", Side::Largest(25)),
        ] {
            let statistics: Vec<Statistic> = names.split(',').map(|s| s.parse().unwrap()).collect();
            let mut kept = Values::new(&statistics, 2, 48, false);
            assert_eq!(kept.side, side, "{names}");
            values.iter().enumerate().for_each(|(i, &v)| kept.push(1, if i == 5 { f64::NAN } else { v }));
            let mut there = values.clone();
            there.remove(5);
            for (percentile, result) in percentiles(&statistics).zip(kept.finalise(&statistics)) {
                assert!(result[0].is_nan());
                assert_eq!(result[1], percentile.of(&mut there.clone()), "{names}");
            }
        }
    }
}
