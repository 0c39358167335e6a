//! Minimum, maximum, exact sum and missing count of stored numbers, as fast as memory.
//!
//! Adding doubles is exact as long as no bit falls off the 53 that they have. A thousand integers of
//! 32 bits never fill them; nor do a thousand `float`s (24 bits each) whose sizes differ by less than
//! 2^19. Such runs are added plainly, in any order, and only their sums go through [`ExactSum`];
//! other runs value by value.

use super::ExactSum;
use crate::model::Element;

/// Values added plainly at a time: 2^10.
const RUN: usize = 1024;
/// Accumulators side by side, so that the compiler can use vector registers.
const LANES: usize = 8;
/// The largest ratio of two sizes in a run of `float`s that is added plainly: 53 − 24 − 10 bits.
const SPREAD: f64 = (1u64 << 19) as f64;

/// Statistics of stored numbers.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub(super) values: u64,
    pub(super) missing: u64,
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) sum: ExactSum,
}

impl Default for Raw {
    fn default() -> Self {
        Self { values: 0, missing: 0, min: f64::INFINITY, max: f64::NEG_INFINITY, sum: ExactSum::default() }
    }
}

/// What a run of values came to.
struct Run {
    sum: f64,
    present: usize,
    min: f64,
    max: f64,
    /// Smallest size above 0 and largest.
    sizes: (f64, f64),
}

impl Raw {
    /// Count `values`; NaN and what equals one of `gaps` is missing. `number` reads a stored value
    /// (with the sign convention that `_Unsigned` asks for).
    pub(super) fn add<T: Element>(&mut self, values: &[T], gaps: &[T], number: impl Fn(T) -> f64 + Copy) {
        self.values += values.len() as u64;
        for run in values.chunks(RUN) {
            let got = match gaps {
                [] => summarise(run, is_number, number),
                [gap] => summarise(run, |v| is_number(v) && v != *gap, number),
                gaps => summarise(run, |v| is_number(v) && !gaps.contains(&v), number),
            };
            self.missing += (run.len() - got.present) as u64;
            self.min = self.min.min(got.min);
            self.max = self.max.max(got.max);
            let narrow = T::DATA_TYPE.is_integer() && T::DATA_TYPE.size() <= 4;
            let single = T::DATA_TYPE.size() == 4 && got.sizes.1 <= SPREAD * got.sizes.0 && got.sizes.1.is_finite();
            if narrow || single || got.sizes.1 == 0.0 {
                self.sum.add(got.sum);
            } else {
                run.iter().filter(|v| is_number(**v) && !gaps.contains(v)).for_each(|v| self.sum.add(number(*v)));
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.values += other.values;
        self.missing += other.missing;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum.merge(&other.sum);
    }
}

/// Whether a value is not NaN, for any type.
#[allow(clippy::eq_op, reason = "NaN alone differs from itself")]
fn is_number<T: PartialEq + Copy>(value: T) -> bool {
    value == value
}

fn summarise<T: Element>(run: &[T], is_present: impl Fn(T) -> bool, number: impl Fn(T) -> f64) -> Run {
    let (mut sums, mut counts) = ([0.0; LANES], [0usize; LANES]);
    let (mut lows, mut highs) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let (mut small, mut large) = ([f64::INFINITY; LANES], [0.0f64; LANES]);
    let mut lane = |l: usize, value: T| {
        let present = is_present(value);
        let x = if present { number(value) } else { 0.0 };
        let size = x.abs();
        sums[l] += x;
        counts[l] += usize::from(present);
        // Plain comparisons become one instruction each; NaN never gets here.
        let low = if present { x } else { f64::INFINITY };
        let high = if present { x } else { f64::NEG_INFINITY };
        lows[l] = if low < lows[l] { low } else { lows[l] };
        highs[l] = if high > highs[l] { high } else { highs[l] };
        let above = if size > 0.0 { size } else { f64::INFINITY };
        small[l] = if above < small[l] { above } else { small[l] };
        large[l] = if size > large[l] { size } else { large[l] };
    };
    let whole = run.chunks_exact(LANES);
    let rest = whole.remainder();
    for chunk in whole {
        for (l, &value) in chunk.iter().enumerate() {
            lane(l, value);
        }
    }
    for (l, &value) in rest.iter().enumerate() {
        lane(l, value);
    }
    let least = |v: [f64; LANES]| v.into_iter().fold(f64::INFINITY, f64::min);
    let most = |v: [f64; LANES]| v.into_iter().fold(f64::NEG_INFINITY, f64::max);
    Run {
        sum: sums.into_iter().sum(),
        present: counts.into_iter().sum(),
        min: least(lows),
        max: most(highs),
        sizes: (least(small), most(large)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fast way and the slow way, to the last bit, on data that need either.
    #[test]
    fn plain_and_exact_sums_agree() {
        let smooth: Vec<f32> = (0..5000).map(|i| 280.0 + (i as f32 * 0.37).sin() * 20.0).collect();
        let wild: Vec<f32> = (0..5000).map(|i| (i as f32 * 0.37).sin() * 10f32.powi(i % 50 - 25)).collect();
        for values in [smooth, wild] {
            let mut fast = Raw::default();
            fast.add(&values, &[], f64::from);
            let mut slow = ExactSum::default();
            values.iter().for_each(|v| slow.add(f64::from(*v)));
            assert_eq!(fast.sum.value().to_bits(), slow.value().to_bits());
        }
    }

    #[test]
    fn gaps_and_nan_are_counted_as_missing() {
        let mut raw = Raw::default();
        raw.add(&[1.0f32, f32::NAN, -999.0, 3.0, -998.0], &[-999.0, -998.0], f64::from);
        assert_eq!((raw.values, raw.missing, raw.min, raw.max, raw.sum.value()), (5, 3, 1.0, 3.0, 4.0));
    }

    #[test]
    fn infinities_are_values() {
        let mut raw = Raw::default();
        raw.add(&[1.0f32, f32::INFINITY], &[], f64::from);
        assert_eq!((raw.max, raw.sum.value()), (f64::INFINITY, f64::INFINITY));
    }
}
