//! Percentiles of a list of numbers, by the methods that numpy names (Hyndman and Fan, "Sample
//! quantiles in statistical packages", The American Statistician 50, 1996).

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// How a percentile that falls between two values is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Hyndman and Fan's 1.
    InvertedCdf,
    /// 2: as 1, the mean of both at a step.
    AveragedInvertedCdf,
    /// 3
    ClosestObservation,
    /// 4
    InterpolatedInvertedCdf,
    /// 5
    Hazen,
    /// 6
    Weibull,
    /// 7
    #[default]
    Linear,
    /// 8
    MedianUnbiased,
    /// 9
    NormalUnbiased,
    /// The lower neighbour.
    Lower,
    /// The upper neighbour.
    Higher,
    /// Half-way between the neighbours.
    Midpoint,
    /// The nearer neighbour, of two equally near the one of even index.
    Nearest,
}

const METHODS: [(&str, Method); 13] = [
    ("inverted_cdf", Method::InvertedCdf),
    ("averaged_inverted_cdf", Method::AveragedInvertedCdf),
    ("closest_observation", Method::ClosestObservation),
    ("interpolated_inverted_cdf", Method::InterpolatedInvertedCdf),
    ("hazen", Method::Hazen),
    ("weibull", Method::Weibull),
    ("linear", Method::Linear),
    ("median_unbiased", Method::MedianUnbiased),
    ("normal_unbiased", Method::NormalUnbiased),
    ("lower", Method::Lower),
    ("higher", Method::Higher),
    ("midpoint", Method::Midpoint),
    ("nearest", Method::Nearest),
];

impl FromStr for Method {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for a name that numpy does not have.
    fn from_str(text: &str) -> Result<Self> {
        METHODS.iter().find(|(name, _)| *name == text).map(|(_, m)| *m).ok_or_else(|| {
            let names: Vec<&str> = METHODS.iter().map(|(name, _)| *name).collect();
            Error::usage(format!("'{text}' is no method of percentiles")).with_hint(names.join(" "))
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(METHODS.iter().find(|(_, m)| m == self).map_or("linear", |(name, _)| name))
    }
}

/// A percentile, from 0 to 100, and its method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    pub(super) percent: f64,
    pub(super) method: Method,
}

impl fmt::Display for Percentile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_median() { f.write_str("median") } else { write!(f, "p{}", self.percent) }
    }
}

impl Percentile {
    /// The median.
    pub const MEDIAN: Self = Self { percent: 50.0, method: Method::Linear };

    /// Whether it is the fiftieth, by whatever method.
    pub(super) fn is_median(self) -> bool {
        self.percent.to_bits() == 50f64.to_bits()
    }

    /// `None` unless `percent` lies between 0 and 100.
    pub fn new(percent: f64, method: Method) -> Option<Self> {
        (0.0..=100.0).contains(&percent).then_some(Self { percent, method })
    }

    /// The percentile of `values`, none of which is NaN; they are put in another order. NaN of none.
    pub fn of(self, values: &mut [f64]) -> f64 {
        self.of_kept(values, values.len(), 0)
    }

    /// The percentile of values that are in the order of [`f64::total_cmp`], none of them NaN. NaN of none.
    pub(super) fn of_sorted(self, values: &[f64]) -> f64 {
        let (below, fraction) = self.place(values.len());
        let last = values.len().saturating_sub(1);
        let Some(&low) = values.get(below.min(last)) else { return f64::NAN };
        match values.get(below.saturating_add(1)) {
            Some(&high) if fraction != 0.0 => between(low, high, fraction),
            _ => low,
        }
    }

    /// The percentile of `count` values of which the `skipped` smallest are not in `kept`, nor perhaps some of the
    /// largest; those that decide must be.
    pub(super) fn of_kept(self, kept: &mut [f64], count: usize, skipped: usize) -> f64 {
        let Some(last) = kept.len().checked_sub(1) else { return f64::NAN };
        let (below, fraction) = self.place(count);
        let below = below.saturating_sub(skipped).min(last);
        let (_, &mut low, above) = kept.select_nth_unstable_by(below, f64::total_cmp);
        if fraction == 0.0 || below == last {
            return low;
        }
        let high = above.iter().copied().fold(f64::INFINITY, f64::min);
        between(low, high, fraction)
    }

    /// How many of the smallest, and of the largest, of up to `most` values are enough to decide.
    pub(super) fn reach(self, most: usize) -> (usize, usize) {
        let below = self.place(most).0.min(most.saturating_sub(1));
        // With one value more the place goes up by one or stays; those of other ways may lag by one.
        let lag = usize::from(self.method != Method::Linear);
        ((below + 2 + lag).min(most), (most - below + lag).min(most))
    }

    /// The index of the value at or below, and how far to go to the next.
    fn place(self, count: usize) -> (usize, f64) {
        let n = count as f64;
        let q = self.percent / 100.0;
        // Virtual indices from 0, as numpy has them: α and β of Hyndman and Fan.
        let virtual_index = |alpha: f64, beta: f64| n * q + (alpha + q * (1.0 - alpha - beta)) - 1.0;
        let at = match self.method {
            Method::InterpolatedInvertedCdf => virtual_index(0.0, 1.0),
            Method::Hazen => virtual_index(0.5, 0.5),
            Method::Weibull => virtual_index(0.0, 0.0),
            Method::MedianUnbiased => virtual_index(1.0 / 3.0, 1.0 / 3.0),
            Method::NormalUnbiased => virtual_index(0.375, 0.375),
            Method::InvertedCdf | Method::AveragedInvertedCdf => n * q - 1.0,
            Method::ClosestObservation => n * q - 1.0 - 0.5,
            _ => (n - 1.0) * q,
        };
        let at = at.clamp(-1.0, n - 1.0);
        let (floor, fraction) = (at.floor(), at - at.floor());
        let step = |fraction: f64| (floor, fraction);
        let (floor, fraction) = match self.method {
            Method::InvertedCdf => step(if fraction > 0.0 { 1.0 } else { 0.0 }),
            Method::AveragedInvertedCdf => step(if fraction > 0.0 { 1.0 } else { 0.5 }),
            // At a tie the value of even order (counted from 1) is taken.
            Method::ClosestObservation => {
                let odd = (floor as i64).rem_euclid(2) == 0;
                step(if fraction == 0.0 && !odd { 0.0 } else { 1.0 })
            }
            Method::Lower => step(0.0),
            Method::Higher => step(fraction.ceil()),
            Method::Midpoint => step(if fraction == 0.0 { 0.0 } else { 0.5 }),
            Method::Nearest => (at.round_ties_even(), 0.0),
            _ => (floor, fraction),
        };
        if floor < 0.0 {
            return (0, 0.0);
        }
        if fraction >= 1.0 { (floor as usize + 1, 0.0) } else { (floor as usize, fraction) }
    }
}

/// As numpy interpolates: from the nearer end, so that equal neighbours give themselves.
fn between(low: f64, high: f64, fraction: f64) -> f64 {
    if low.total_cmp(&high).is_eq() {
        return low; // infinities have no difference
    }
    let step = high - low;
    if fraction >= 0.5 { high - step * (1.0 - fraction) } else { low + step * fraction }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 7] = [15.0, 20.5, 3.0, 40.0, 35.0, 50.25, -7.0];

    fn of(values: &[f64], percent: f64, method: Method) -> f64 {
        Percentile::new(percent, method).unwrap().of(&mut values.to_vec())
    }

    /// `numpy.percentile([15, 20.5, 3, 40, 35, 50.25, -7][:n], p, method=m)` of numpy 2.4.
    #[test]
    fn every_method_is_numpys() {
        for line in include_str!("quantile_oracle.csv").lines().skip(1) {
            let [method, count, percent, expected] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
            let expected: f64 = expected.parse().unwrap();
            let count: usize = count.parse().unwrap();
            let got = of(&VALUES[..count], percent.parse().unwrap(), method.parse().unwrap());
            assert!((got - expected).abs() <= 1e-12 * expected.abs().max(1.0), "{line}: {got}");
        }
    }

    #[test]
    fn the_values_that_decide_are_enough() {
        for (_, method) in METHODS {
            for percent in [0.0, 3.0, 10.0, 50.0, 90.0, 97.5, 100.0] {
                let percentile = Percentile::new(percent, method).unwrap();
                let (smallest, largest) = percentile.reach(VALUES.len());
                for count in 1..=VALUES.len() {
                    let mut sorted = VALUES[..count].to_vec();
                    sorted.sort_by(f64::total_cmp);
                    let whole = percentile.of(&mut sorted.clone());
                    assert_eq!(percentile.of_sorted(&sorted), whole, "{method} {percent} of {count}");
                    let low = percentile.of_kept(&mut sorted.clone()[..smallest.min(count)], count, 0);
                    let skipped = count.saturating_sub(largest);
                    let high = percentile.of_kept(&mut sorted.clone()[skipped..], count, skipped);
                    assert_eq!((low, high), (whole, whole), "{method} {percent} of {count}");
                }
            }
        }
    }

    #[test]
    fn between_equal_infinities_is_the_same() {
        let values = [f64::INFINITY, 1.0, 2.0, f64::NEG_INFINITY, 5.0, f64::INFINITY];
        for (percent, expected) in [(90.0, f64::INFINITY), (0.0, f64::NEG_INFINITY), (50.0, 3.5)] {
            assert_eq!(of(&values, percent, Method::Linear), expected, "{percent}");
        }
    }

    #[test]
    fn nothing_has_no_percentile_and_one_value_is_all_of_them() {
        assert!(of(&[], 50.0, Method::Linear).is_nan());
        for (_, method) in METHODS {
            assert_eq!((of(&[4.5], 0.0, method), of(&[4.5], 99.0, method)), (4.5, 4.5));
        }
    }
}
