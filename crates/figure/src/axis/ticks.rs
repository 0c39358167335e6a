//! Round numbers in a range.

/// More marks than anyone can read.
const MOST: usize = 1000;

/// A round step: `digits` × 10^`exponent`, digits of 1, 2, 25 or 5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    pub(super) digits: i64,
    pub(super) exponent: i32,
}

impl Step {
    /// `index` steps, the nearest number to the decimal one; None beyond the range of numbers.
    pub(super) fn times(self, index: i64) -> Option<f64> {
        let digits = i128::from(index) * i128::from(self.digits);
        format!("{digits}e{}", self.exponent).parse().ok().filter(|v: &f64| v.is_finite())
    }

    fn size(self) -> Option<f64> {
        self.times(1).filter(|size| *size > 0.0)
    }

    /// Steps of about `raw`, smaller ones first: all from a tenth of it to ten times it.
    fn around(raw: f64) -> Vec<Self> {
        let decade = raw.log10().floor();
        if !decade.is_finite() {
            return Vec::new();
        }
        let decade = decade as i32;
        let step = |exponent: i32, (digits, shift): (i64, i32)| Self { digits, exponent: exponent + shift };
        (decade - 1..=decade + 1)
            .flat_map(|exponent| [(1, 0), (2, 0), (25, -1), (5, 0)].map(|kind| step(exponent, kind)))
            .collect()
    }

    /// The first and the last multiple in a range that is this much of a step wider at both ends.
    pub(super) fn inside(self, min: f64, max: f64, slack: f64) -> Option<(i64, i64)> {
        let size = self.size()?;
        let (first, last) = ((min / size - slack).ceil(), (max / size + slack).floor());
        // Casts saturate: what cannot be counted is not a step for this range.
        (first.abs() < 9e18 && last.abs() < 9e18).then_some((first as i64, last as i64))
    }
}

/// About `about` round numbers from `min` to `max`, ends included: multiples of 1, 2, 2.5 or 5 times a power of ten,
/// each the nearest number to its decimal text. Ends are put in order; equal ends give one number, an end that is not
/// finite none. At most twice `about` and two more.
///
/// ```
/// assert_eq!(figure::axis::ticks(-0.37, 0.42, 5), [-0.2, 0.0, 0.2, 0.4]);
/// ```
pub fn ticks(min: f64, max: f64, about: usize) -> Vec<f64> {
    if !min.is_finite() || !max.is_finite() {
        return Vec::new();
    }
    let (min, max) = (min.min(max), max.max(min));
    let about = about.clamp(1, MOST);
    if min == max {
        return vec![min];
    }
    let count = about as f64;
    let mut best: Option<(f64, Step, (i64, i64))> = None;
    for step in Step::around(max / count - min / count) {
        // A number that arithmetic left a little short of an end still marks it.
        let Some((first, last)) = step.inside(min, max, 1e-6) else { continue };
        let found = last.saturating_sub(first).saturating_add(1);
        if found < 1 || found > about as i64 * 2 + 2 {
            continue;
        }
        // Halves and fifths read more easily than quarters.
        let ease = if step.digits == 25 { 1.5 } else { 0.0 };
        let score = (found as f64 - count).abs() + ease;
        if best.is_none_or(|(least, ..)| score < least) {
            best = Some((score, step, (first, last)));
        }
    }
    let Some((_, step, (first, last))) = best else { return vec![min, max] };
    let mut values: Vec<f64> = (first..=last).filter_map(|i| step.times(i)).map(|v| v.clamp(min, max)).collect();
    // Steps below the precision of large numbers fall together.
    values.dedup();
    values
}

/// At most `count` bins between round numbers that hold all from `min` to `max`: their limits. The outermost is moved
/// out to an end that is a rounding error farther. Empty when an end is not finite; equal ends give one number.
pub fn covering(min: f64, max: f64, count: usize) -> Vec<f64> {
    if !min.is_finite() || !max.is_finite() {
        return Vec::new();
    }
    let (min, max) = (min.min(max), max.max(min));
    if min == max {
        return vec![min];
    }
    let count = count.clamp(1, MOST);
    let raw = max / count as f64 - min / count as f64;
    for step in Step::around(raw) {
        let Some((first, last)) = outside(step, min, max) else { continue };
        if last.saturating_sub(first) > count as i64 {
            continue;
        }
        let mut limits: Vec<f64> = (first..=last).filter_map(|i| step.times(i)).collect();
        match limits.as_mut_slice() {
            [] | [_] => continue,
            [low, .., high] => (*low, *high) = (low.min(min), high.max(max)),
        }
        limits.dedup();
        return limits;
    }
    vec![min, max]
}

/// The last multiple at or below `min` and the first at or above `max`, but for rounding errors.
fn outside(step: Step, min: f64, max: f64) -> Option<(i64, i64)> {
    let size = step.size()?;
    let (first, last) = ((min / size + 1e-6).floor(), (max / size - 1e-6).ceil());
    (first.abs() < 9e18 && last.abs() < 9e18).then_some((first as i64, last as i64))
}
