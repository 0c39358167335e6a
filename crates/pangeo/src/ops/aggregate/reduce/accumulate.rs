//! Running results of many cells, fed with values in a fixed order.
//!
//! Each cell sees its values in the order of the array (C order over what is reduced), whatever the
//! chunks and threads, so its result has the same bits. Sums carry their rounding errors along
//! (Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54,
//! 1974); deviations are West's ("Updating mean and variance estimates", CACM 22, 1979).

use std::sync::Arc;

use super::sums::{Deviations, Sums};
use super::values::Values;
use crate::ops::aggregate::statistic::Statistic;
use crate::ops::mask::Tally;

/// The weights of a run of values.
#[derive(Debug, Clone, Copy)]
pub(super) enum Weights<'a> {
    /// None: every value counts once.
    One,
    /// All the same.
    Same(f64),
    /// One a value.
    Each(&'a [f64]),
}

impl Weights<'_> {
    pub(super) fn at(&self, i: usize) -> f64 {
        match self {
            Self::One => 1.0,
            Self::Same(w) => *w,
            Self::Each(list) => list.get(i).copied().unwrap_or(0.0),
        }
    }
}

/// What is asked of the accumulators.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) statistics: Vec<Statistic>,
    /// Delta degrees of freedom of `std` and `var`.
    pub(super) ddof: f64,
    /// Cells with fewer values than this are missing.
    pub(super) min_count: u32,
    /// Cells with any missing value are missing.
    pub(super) propagate: bool,
    /// Whether values have weights.
    pub(super) weighted: bool,
    /// Whether `sum` counts every value once (or by the part of it that counts) although means have weights.
    pub(super) plain_sum: bool,
    /// Counts what was there and what came of it.
    pub(super) tally: Arc<Tally>,
}

/// Smallest and largest values with their places, first and last, whether any or all are not 0.
#[derive(Debug, Default)]
struct Picks {
    min: Vec<f64>,
    max: Vec<f64>,
    first: Vec<f64>,
    last: Vec<f64>,
    arg_min: Vec<(f64, u64)>,
    arg_max: Vec<(f64, u64)>,
    /// Bit 0: some value is not 0. Bit 1: some value is 0.
    truth: Vec<u8>,
}

/// The state of `cells` results.
#[derive(Debug)]
pub(super) struct Accumulators {
    wanted: Wanted,
    /// Values that were not missing.
    present: Vec<u64>,
    /// All values.
    seen: Vec<u64>,
    sums: Option<Sums>,
    /// Sums without the weights.
    plain: Option<Sums>,
    deviations: Option<Deviations>,
    values: Option<Values>,
    picks: Picks,
}

impl Accumulators {
    /// The identity: nothing seen yet. `most` is the greatest number of values that a cell will see.
    pub(super) fn new(wanted: &Wanted, cells: usize, most: usize, single: bool) -> Self {
        use Statistic as S;
        let asked = |test: fn(&S) -> bool| wanted.statistics.iter().any(test);
        let fill = |on: bool, value: f64| if on { vec![value; cells] } else { Vec::new() };
        let places = |on: bool| if on { vec![(f64::NAN, 0); cells] } else { Vec::new() };
        let plain = wanted.weighted && wanted.plain_sum && asked(|s| *s == S::Sum);
        let sums = asked(|s| *s == S::Mean) || !plain && asked(|s| *s == S::Sum);
        let values = asked(|s| matches!(s, S::Percentile(_)));
        Self {
            present: vec![0; cells],
            seen: if wanted.propagate { vec![0; cells] } else { Vec::new() },
            sums: sums.then(|| Sums::new(cells, wanted.weighted)),
            plain: plain.then(|| Sums::new(cells, false)),
            deviations: asked(|s| matches!(s, S::Std | S::Var)).then(|| Deviations::new(cells, wanted.weighted)),
            values: values.then(|| Values::new(&wanted.statistics, cells, most, single)),
            picks: Picks {
                min: fill(asked(|s| matches!(s, S::Min | S::Range)), f64::INFINITY),
                max: fill(asked(|s| matches!(s, S::Max | S::Range)), f64::NEG_INFINITY),
                first: fill(asked(|s| *s == S::First), f64::NAN),
                last: fill(asked(|s| *s == S::Last), f64::NAN),
                arg_min: places(asked(|s| *s == S::ArgMin)),
                arg_max: places(asked(|s| *s == S::ArgMax)),
                truth: if asked(|s| matches!(s, S::Any | S::All)) { vec![0; cells] } else { Vec::new() },
            },
            wanted: wanted.clone(),
        }
    }

    /// Bytes that a cell takes, its value list of up to `most` values included.
    pub(super) fn bytes_per_cell(wanted: &Wanted, most: usize, single: bool) -> usize {
        let one = Self::new(wanted, 1, 1, single);
        let picks = &one.picks;
        let doubles = picks.min.len() + picks.max.len() + picks.first.len() + picks.last.len();
        let places = picks.arg_min.len() + picks.arg_max.len();
        let list = one.values.as_ref().map_or(0, |_| Values::bytes_per_cell(&wanted.statistics, most, single));
        let sums: usize = one.sums.iter().chain(&one.plain).map(Sums::bytes_per_cell).sum();
        let deviations = one.deviations.as_ref().map_or(0, Deviations::bytes_per_cell);
        let own = 8 + 8 * one.seen.len() + 8 * doubles + 16 * places + picks.truth.len() + sums + deviations;
        own.saturating_add(list)
    }

    /// The next value of each of the cells from `at` on; NaN for a missing one. `position` is the
    /// place of the values along what is reduced.
    pub(super) fn spread(&mut self, at: usize, values: &[f64], weights: Weights, position: u64) {
        let cells = at..at + values.len();
        if let Some(seen) = self.seen.get_mut(cells.clone()) {
            seen.iter_mut().for_each(|n| *n += 1);
        }
        let Some(present) = self.present.get_mut(cells.clone()) else { return };
        for (n, v) in present.iter_mut().zip(values) {
            *n += u64::from(!v.is_nan());
        }
        if let Some(sums) = &mut self.sums {
            sums.spread(cells.clone(), values, weights);
        }
        if let Some(plain) = &mut self.plain {
            plain.spread(cells.clone(), values, Weights::One);
        }
        if let Some(deviations) = &mut self.deviations {
            deviations.spread(cells.clone(), values, weights, present);
        }
        if let Some(list) = &mut self.values {
            values.iter().enumerate().for_each(|(i, &v)| list.push(at + i, v));
        }
        self.picks.spread(cells, values, position);
    }

    /// The next values of one cell, the first of them at `position`; `parts` are how much of each counts
    /// where there are no weights.
    pub(super) fn gather(&mut self, cell: usize, values: &[f64], weights: Weights, parts: Weights, position: u64) {
        let there = values.iter().filter(|v| !v.is_nan()).count() as u64;
        if let Some(seen) = self.seen.get_mut(cell) {
            *seen += values.len() as u64;
        }
        let before = self.present.get(cell).copied().unwrap_or(0);
        if let Some(present) = self.present.get_mut(cell) {
            *present += there;
        }
        if there == 0 {
            return;
        }
        if let Some(sums) = &mut self.sums {
            sums.gather(cell, values, weights);
        }
        if let Some(plain) = &mut self.plain {
            plain.gather(cell, values, parts);
        }
        if let Some(deviations) = &mut self.deviations {
            deviations.gather(cell, values, weights, before);
        }
        if let Some(list) = &mut self.values {
            values.iter().for_each(|&v| list.push(cell, v));
        }
        self.picks.gather(cell, values, position);
    }

    /// The results of every statistic in turn, NaN for missing ones.
    pub(super) fn finalise<R>(mut self, mut take: impl FnMut(usize, Vec<f64>) -> R) -> Vec<R> {
        let statistics = self.wanted.statistics.clone();
        let mut quantiles = self.values.take().map(|v| v.finalise(&statistics)).unwrap_or_default().into_iter();
        let one = |(number, &statistic): (usize, &Statistic)| {
            let results = self.of(statistic, &mut quantiles);
            self.tally(statistic, &results);
            take(number, results)
        };
        statistics.iter().enumerate().map(one).collect()
    }

    /// Count the values that were there and the `results` that are.
    fn tally(&self, statistic: Statistic, results: &[f64]) {
        if statistic != Statistic::Count {
            let present = self.present.iter().sum();
            self.wanted.tally.count(present, results.iter().filter(|v| !v.is_nan()).count() as u64);
        }
    }

    fn of(&self, statistic: Statistic, quantiles: &mut impl Iterator<Item = Vec<f64>>) -> Vec<f64> {
        use Statistic as S;
        let listed =
            if matches!(statistic, S::Percentile(_)) { quantiles.next().unwrap_or_default() } else { Vec::new() };
        let get = |list: &[f64], i: usize| list.get(i).copied().unwrap_or(f64::NAN);
        let place = |list: &[(f64, u64)], i: usize| list.get(i).map_or(f64::NAN, |(_, at)| *at as f64);
        let truth = |i: usize, bit: u8| self.picks.truth.get(i).is_some_and(|t| t & bit != 0);
        let one = |i: usize, count: u64| match statistic {
            S::Mean => self.sums.as_ref().map_or(f64::NAN, |s| s.mean(i, count)),
            S::Sum => self.plain.as_ref().or(self.sums.as_ref()).map_or(f64::NAN, |s| s.sum(i)),
            S::Var => self.deviations.as_ref().map_or(f64::NAN, |d| d.variance(i, count, self.wanted.ddof)),
            S::Std => self.deviations.as_ref().map_or(f64::NAN, |d| d.variance(i, count, self.wanted.ddof).sqrt()),
            S::Min => get(&self.picks.min, i),
            S::Max => get(&self.picks.max, i),
            S::Range => get(&self.picks.max, i) - get(&self.picks.min, i),
            S::First => get(&self.picks.first, i),
            S::Last => get(&self.picks.last, i),
            S::ArgMin => place(&self.picks.arg_min, i),
            S::ArgMax => place(&self.picks.arg_max, i),
            S::Any => f64::from(u8::from(truth(i, 1))),
            S::All => f64::from(u8::from(!truth(i, 2))),
            S::Count => count as f64,
            S::Percentile(_) => get(&listed, i),
        };
        let cell = |(i, &count): (usize, &u64)| {
            let lost = self.seen.get(i).is_some_and(|&n| n != count);
            let few = count < u64::from(self.wanted.min_count.max(1));
            if statistic != S::Count && (few || lost) { f64::NAN } else { one(i, count) }
        };
        self.present.iter().enumerate().map(cell).collect()
    }
}

impl Picks {
    fn spread(&mut self, cells: std::ops::Range<usize>, values: &[f64], position: u64) {
        // NaN is neither smaller nor larger than anything.
        if let Some(min) = self.min.get_mut(cells.clone()) {
            min.iter_mut().zip(values).for_each(|(m, &v)| *m = if v < *m { v } else { *m });
        }
        if let Some(max) = self.max.get_mut(cells.clone()) {
            max.iter_mut().zip(values).for_each(|(m, &v)| *m = if v > *m { v } else { *m });
        }
        if let Some(first) = self.first.get_mut(cells.clone()) {
            first.iter_mut().zip(values).for_each(|(f, &v)| *f = if f.is_nan() { v } else { *f });
        }
        if let Some(last) = self.last.get_mut(cells.clone()) {
            last.iter_mut().zip(values).for_each(|(l, &v)| *l = if v.is_nan() { *l } else { v });
        }
        if let Some(places) = self.arg_min.get_mut(cells.clone()) {
            places.iter_mut().zip(values).for_each(|(p, &v)| least(p, v, position));
        }
        if let Some(places) = self.arg_max.get_mut(cells.clone()) {
            places.iter_mut().zip(values).for_each(|(p, &v)| most(p, v, position));
        }
        if let Some(truth) = self.truth.get_mut(cells) {
            truth.iter_mut().zip(values).for_each(|(t, &v)| *t |= bits(v));
        }
    }

    fn gather(&mut self, cell: usize, values: &[f64], position: u64) {
        let there = || values.iter().copied().filter(|v| !v.is_nan());
        if let Some(min) = self.min.get_mut(cell) {
            *min = there().fold(*min, f64::min);
        }
        if let Some(max) = self.max.get_mut(cell) {
            *max = there().fold(*max, f64::max);
        }
        if let Some(first) = self.first.get_mut(cell).filter(|f| f.is_nan()) {
            *first = there().next().unwrap_or(f64::NAN);
        }
        if let Some(last) = self.last.get_mut(cell) {
            *last = there().next_back().unwrap_or(*last);
        }
        if let Some(place) = self.arg_min.get_mut(cell) {
            (position..).zip(values).for_each(|(at, &v)| least(place, v, at));
        }
        if let Some(place) = self.arg_max.get_mut(cell) {
            (position..).zip(values).for_each(|(at, &v)| most(place, v, at));
        }
        if let Some(truth) = self.truth.get_mut(cell) {
            values.iter().for_each(|&v| *truth |= bits(v));
        }
    }
}

fn least(place: &mut (f64, u64), value: f64, position: u64) {
    if value < place.0 || place.0.is_nan() && !value.is_nan() {
        *place = (value, position);
    }
}

fn most(place: &mut (f64, u64), value: f64, position: u64) {
    if value > place.0 || place.0.is_nan() && !value.is_nan() {
        *place = (value, position);
    }
}

fn bits(value: f64) -> u8 {
    if value.is_nan() {
        0
    } else if value == 0.0 {
        2
    } else {
        1
    }
}
