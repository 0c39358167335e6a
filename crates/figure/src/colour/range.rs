//! Ranges and levels taken from values.

use crate::axis;

/// The range between two percentiles, `low` and `high` of 0 to 100, of the finite values; between two values in
/// proportion, as numpy's `linear`. None without a finite value or when the percentiles are not 0 ≤ low ≤ high ≤ 100.
pub fn robust(values: &[f64], low: f64, high: f64) -> Option<(f64, f64)> {
    if !(0.0 <= low && low <= high && high <= 100.0) {
        return None;
    }
    let mut finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    Some((percentile(&mut finite, low)?, percentile(&mut finite, high)?))
}

/// Percentiles of the finite values, each of 0 to 100 and as in [`robust`]; NaN without a finite value.
pub fn percentiles(values: &[f64], wanted: &[f64]) -> Vec<f64> {
    let mut finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    wanted.iter().map(|&p| percentile(&mut finite, p).unwrap_or(f64::NAN)).collect()
}

fn percentile(values: &mut [f64], percent: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let place = last as f64 * (percent / 100.0).clamp(0.0, 1.0);
    let index = (place.floor() as usize).min(last);
    let (_, &mut below, above) = values.select_nth_unstable_by(index, f64::total_cmp);
    let above = above.iter().copied().min_by(f64::total_cmp).unwrap_or(below);
    let part = place - index as f64;
    // From the nearer side, as numpy does, so that bits agree.
    Some(if below == above {
        below
    } else if part < 0.5 {
        below + (above - below) * part
    } else {
        above - (above - below) * (1.0 - part)
    })
}

/// About `count` bins with round limits that hold all from `min` to `max`: their limits, one more than bins. Both are
/// put in order; equal ones get a range around them. Empty when one is not finite.
pub fn nice_levels(min: f64, max: f64, count: usize) -> Vec<f64> {
    if !min.is_finite() || !max.is_finite() {
        return Vec::new();
    }
    let (min, max) = super::scale::widened(min.min(max), min.max(max));
    axis::covering(min, max, count)
}
