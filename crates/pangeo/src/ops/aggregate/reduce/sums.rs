//! Sums and deviations.

use std::ops::Range;

use super::accumulate::Weights;

/// Side by side, so that the compiler can use vector registers; by position in the run, so that the
/// result depends on nothing else.
const LANES: usize = 8;

/// A sum and the rounding errors it lost.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    high: f64,
    low: f64,
}

impl Pair {
    #[inline]
    fn add(&mut self, value: f64) {
        let sum = self.high + value;
        // Knuth's two-sum: what `sum` lacks, whichever of the two is the greater.
        let back = sum - self.high;
        let lost = (self.high - (sum - back)) + (value - back);
        self.high = sum;
        self.low += lost;
    }

    fn times(self, factor: f64) -> Self {
        Self { high: self.high * factor, low: self.low * factor }
    }

    fn value(self) -> f64 {
        let sum = self.high + self.low;
        // Infinities have no error to speak of, but NaN for one.
        if self.high.is_finite() { sum } else { self.high }
    }
}

/// Running sums, of weighted values where there are weights.
#[derive(Debug)]
pub(super) struct Sums {
    high: Vec<f64>,
    low: Vec<f64>,
    /// Sums of the weights of the values that are there.
    weights: Option<(Vec<f64>, Vec<f64>)>,
}

impl Sums {
    pub(super) fn new(cells: usize, weighted: bool) -> Self {
        let zeros = || vec![0.0; cells];
        Self { high: zeros(), low: zeros(), weights: weighted.then(|| (zeros(), zeros())) }
    }

    pub(super) fn bytes_per_cell(&self) -> usize {
        if self.weights.is_some() { 32 } else { 16 }
    }

    pub(super) fn sum(&self, cell: usize) -> f64 {
        pair(&self.high, &self.low, cell)
    }

    pub(super) fn mean(&self, cell: usize, count: u64) -> f64 {
        match &self.weights {
            None => self.sum(cell) / count as f64,
            Some((high, low)) => {
                let total = pair(high, low, cell);
                if total == 0.0 { f64::NAN } else { self.sum(cell) / total }
            }
        }
    }

    pub(super) fn spread(&mut self, cells: Range<usize>, values: &[f64], weights: Weights) {
        let Some((high, low)) = self.high.get_mut(cells.clone()).zip(self.low.get_mut(cells.clone())) else { return };
        match weights {
            Weights::One => add_all(high, low, values.iter().map(|&v| if v.is_nan() { 0.0 } else { v })),
            Weights::Same(w) => add_all(high, low, values.iter().map(|&v| if v.is_nan() { 0.0 } else { v * w })),
            Weights::Each(list) => {
                let products = values.iter().zip(list).map(|(&v, &w)| if v.is_nan() { 0.0 } else { v * w });
                add_all(high, low, products);
            }
        }
        let Some((high, low)) = &mut self.weights else { return };
        let Some((high, low)) = high.get_mut(cells.clone()).zip(low.get_mut(cells)) else { return };
        let counted = values.iter().enumerate().map(|(i, v)| if v.is_nan() { 0.0 } else { weights.at(i) });
        add_all(high, low, counted);
    }

    pub(super) fn gather(&mut self, cell: usize, values: &[f64], weights: Weights) {
        let (sum, total) = run(values, weights, |v| v);
        add_pair(&mut self.high, &mut self.low, cell, sum);
        if let Some((high, low)) = &mut self.weights {
            add_pair(high, low, cell, total);
        }
    }
}

fn pair(high: &[f64], low: &[f64], cell: usize) -> f64 {
    match (high.get(cell), low.get(cell)) {
        (Some(&high), Some(&low)) => Pair { high, low }.value(),
        _ => f64::NAN,
    }
}

fn add_pair(high: &mut [f64], low: &mut [f64], cell: usize, pair: Pair) {
    if let Some((high, low)) = high.get_mut(cell).zip(low.get_mut(cell)) {
        let mut sum = Pair { high: *high, low: *low };
        sum.add(pair.high);
        (*high, *low) = (sum.high, sum.low + pair.low);
    }
}

fn add_all(high: &mut [f64], low: &mut [f64], values: impl Iterator<Item = f64>) {
    for ((high, low), value) in high.iter_mut().zip(low).zip(values) {
        let mut sum = Pair { high: *high, low: *low };
        sum.add(value);
        (*high, *low) = (sum.high, sum.low);
    }
}

/// The sums of a run: of weighted values as `of` makes them, and of the weights of values that are there.
fn run(values: &[f64], weights: Weights, of: impl Fn(f64) -> f64 + Copy) -> (Pair, Pair) {
    let (mut sums, mut totals) = ([Pair::default(); LANES], [0.0; LANES]);
    let mut take = |lane: usize, value: f64, weight: f64| {
        let there = !value.is_nan();
        sums[lane].add(if there { of(value) * weight } else { 0.0 });
        totals[lane] += if there { weight } else { 0.0 };
    };
    let (whole, rest) = values.as_chunks::<LANES>();
    if let Weights::Each(list) = weights {
        let (weights, last) = list.as_chunks::<LANES>();
        for (values, weights) in whole.iter().zip(weights) {
            (0..LANES).for_each(|lane| take(lane, values[lane], weights[lane]));
        }
        rest.iter().zip(last).enumerate().for_each(|(lane, (&v, &w))| take(lane, v, w));
    } else {
        for values in whole {
            (0..LANES).for_each(|lane| take(lane, values[lane], 1.0));
        }
        rest.iter().enumerate().for_each(|(lane, &v)| take(lane, v, 1.0));
    }
    let (mut sum, mut total) = (Pair::default(), Pair::default());
    for (lane, weight) in sums.iter().zip(totals) {
        sum.add(lane.high);
        sum.low += lane.low;
        total.add(weight);
    }
    let factor = if let Weights::Same(w) = weights { w } else { 1.0 };
    (sum.times(factor), total.times(factor))
}

/// Running means and sums of squared deviations.
#[derive(Debug)]
pub(super) struct Deviations {
    mean: Vec<f64>,
    squares: Vec<f64>,
    weights: Option<Vec<f64>>,
}

impl Deviations {
    pub(super) fn new(cells: usize, weighted: bool) -> Self {
        let zeros = || vec![0.0; cells];
        Self { mean: zeros(), squares: zeros(), weights: weighted.then(zeros) }
    }

    pub(super) fn bytes_per_cell(&self) -> usize {
        if self.weights.is_some() { 24 } else { 16 }
    }

    /// The mean squared deviation; NaN where `ddof` leaves nothing to divide by.
    pub(super) fn variance(&self, cell: usize, count: u64, ddof: f64) -> f64 {
        let Some(&squares) = self.squares.get(cell) else { return f64::NAN };
        let divisor = match self.weights.as_ref().and_then(|w| w.get(cell)) {
            Some(&total) => total,
            None => count as f64 - ddof,
        };
        if divisor > 0.0 { squares / divisor } else { f64::NAN }
    }

    /// `present` counts the values of each cell, these included.
    pub(super) fn spread(&mut self, cells: Range<usize>, values: &[f64], weights: Weights, present: &[u64]) {
        let mut totals = self.weights.as_mut().and_then(|w| w.get_mut(cells.clone()));
        let Some((mean, squares)) = self.mean.get_mut(cells.clone()).zip(self.squares.get_mut(cells)) else { return };
        let cells = mean.iter_mut().zip(squares).zip(values.iter().zip(present));
        for (i, ((mean, squares), (&value, &count))) in cells.enumerate() {
            if value.is_nan() {
                continue;
            }
            let weight = weights.at(i);
            let total = match totals.as_mut().and_then(|t| t.get_mut(i)) {
                Some(total) => {
                    *total += weight;
                    *total
                }
                None => count as f64,
            };
            if total > 0.0 {
                let from = value - *mean;
                *mean += from * weight / total;
                *squares += weight * from * (value - *mean);
            }
        }
    }

    /// Two passes over the run, then both parts made one (Chan et al., "Updating formulae
    /// and a pairwise algorithm for computing sample variances", Stanford STAN-CS-79-773, 1979).
    /// `before` values were there before.
    pub(super) fn gather(&mut self, cell: usize, values: &[f64], weights: Weights, before: u64) {
        let (sum, total) = run(values, weights, |v| v);
        let (sum, total) = (sum.value(), total.value());
        if total <= 0.0 {
            return;
        }
        let own = sum / total;
        let (squares, _) = run(values, weights, |v| (v - own) * (v - own));
        let Some((mean, kept)) = self.mean.get_mut(cell).zip(self.squares.get_mut(cell)) else { return };
        let before = match self.weights.as_mut().and_then(|w| w.get_mut(cell)) {
            Some(known) => {
                let before = *known;
                *known += total;
                before
            }
            None => before as f64,
        };
        let from = own - *mean;
        *mean += from * total / (before + total);
        *kept += squares.value() + from * from * before * total / (before + total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wild(count: usize) -> Vec<f64> {
        (0..count).map(|i| (i as f64 * 0.7).sin() * 10f64.powi((i % 12) as i32 - 4)).collect()
    }

    fn exact(values: &[f64]) -> f64 {
        let mut sum = crate::ops::statistics::ExactSum::default();
        values.iter().for_each(|&v| sum.add(v));
        sum.value()
    }

    #[test]
    fn sums_lose_nothing_where_it_cancels() {
        let mut values = wild(10_000);
        values.extend(wild(10_000).iter().map(|v| -v));
        values.push(1e-3);
        let mut across = Sums::new(1, false);
        across.gather(0, &values, Weights::One);
        let mut along = Sums::new(1, false);
        values.iter().for_each(|v| along.spread(0..1, &[*v], Weights::One));
        for got in [across.sum(0), along.sum(0)] {
            assert!((got - exact(&values)).abs() < 1e-12 * 1e-3, "{got:e}");
        }
    }

    #[test]
    fn deviations_hold_far_from_zero() {
        // numpy.var([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]) = 22.5
        let values = [4.0, 7.0, 13.0, 16.0].map(|v| v + 1e9);
        let mut whole = Deviations::new(1, false);
        whole.gather(0, &values, Weights::One, 0);
        let mut parts = Deviations::new(1, false);
        parts.gather(0, &values[..1], Weights::One, 0);
        parts.gather(0, &values[1..], Weights::One, 1);
        let mut steps = Deviations::new(1, false);
        (1..).zip(&values).for_each(|(n, v)| steps.spread(0..1, &[*v], Weights::One, &[n]));
        for got in [whole, parts, steps] {
            assert!((got.variance(0, 4, 0.0) - 22.5).abs() < 1e-9 && (got.variance(0, 4, 1.0) - 30.0).abs() < 1e-9);
        }
    }

    #[test]
    fn weights_count_as_often_as_they_say() {
        let mut weighted = Sums::new(1, true);
        weighted.gather(0, &[1.0, f64::NAN, 4.0], Weights::Each(&[3.0, 9.0, 1.0]));
        assert_eq!(weighted.mean(0, 2), 7.0 / 4.0);
        let mut deviations = Deviations::new(1, true);
        deviations.gather(0, &[1.0, f64::NAN, 4.0], Weights::Each(&[3.0, 9.0, 1.0]), 0);
        assert!((deviations.variance(0, 2, 0.0) - 27.0 / 16.0).abs() < 1e-12);
        let mut steps = Deviations::new(1, true);
        [(1.0, 3.0), (4.0, 1.0)].iter().for_each(|(v, w)| steps.spread(0..1, &[*v], Weights::Same(*w), &[1]));
        assert!((steps.variance(0, 2, 0.0) - 27.0 / 16.0).abs() < 1e-12);
    }

    #[test]
    fn infinities_stay_what_they_are() {
        let mut sums = Sums::new(1, false);
        sums.gather(0, &[1.0, f64::INFINITY], Weights::One);
        assert_eq!(sums.sum(0), f64::INFINITY);
    }
}
