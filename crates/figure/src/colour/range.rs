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

/// `count` bins between round limits that hold all from `min` to `max`, or one more or fewer where those are rounder;
/// equal bins from end to end where no round ones are: their limits, one more than bins. Both ends are put in order;
/// equal ones get a range around them. Empty when one is not finite.
pub fn nice_levels(min: f64, max: f64, count: usize) -> Vec<f64> {
    if !min.is_finite() || !max.is_finite() {
        return Vec::new();
    }
    let (min, max) = super::scale::widened(min.min(max), min.max(max));
    let count = count.clamp(1, 1000);
    let usual = axis::covering(min, max, count);
    if usual.len() == count + 1 {
        usual
    } else {
        round_levels(min, max, count).unwrap_or_else(|| equal_levels(min, max, count))
    }
}

/// `count` equal bins.
pub fn equal_levels(min: f64, max: f64, count: usize) -> Vec<f64> {
    let part = |i: usize| i as f64 / count.max(1) as f64;
    (0..=count.max(1)).map(|i| min * (1.0 - part(i)) + max * part(i)).collect()
}

/// Limits at multiples of a step of two digits at most: of those that give as many bins as wanted but for one, the
/// roundest and nearest.
fn round_levels(min: f64, max: f64, count: usize) -> Option<Vec<f64>> {
    let decade = (max / count as f64 - min / count as f64).log10().floor() as i32;
    let mut best: Option<(f64, Vec<f64>)> = None;
    for exponent in decade - 2..=decade {
        for digits in 10..100_u8 {
            let step: f64 = format!("{digits}e{exponent}").parse().ok().filter(|step| *step > 0.0)?;
            let (first, last) = ((min / step + 1e-6).floor(), (max / step - 1e-6).ceil());
            let off = (last - first - count as f64).abs();
            let rough = match digits {
                10 | 20 | 25 | 50 => 0.0,
                15 | 30 | 40 | 60 | 80 => 0.5,
                70 | 90 => 1.2,
                _ => 3.0,
            };
            let better = best.as_ref().is_none_or(|(cost, _)| off + rough < *cost);
            if off > 1.0 || last - first < 1.0 || first.abs().max(last.abs()) > 1e15 || !better {
                continue;
            }
            let multiple = |i: i64| format!("{}e{exponent}", i * i64::from(digits)).parse::<f64>().ok();
            let mut limits: Vec<f64> = (first as i64..=last as i64).filter_map(multiple).collect();
            if let [low, .., high] = limits.as_mut_slice() {
                (*low, *high) = (low.min(min), high.max(max));
            }
            let ascending = limits.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
            if ascending {
                best = Some((off + rough, limits));
            }
        }
    }
    best.map(|found| found.1)
}
