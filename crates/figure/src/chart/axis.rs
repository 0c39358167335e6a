//! Axes: limits, direction, marks.

use crate::axis::{self, Tick};

/// How numbers lie along an axis. A horizontal one begins at the left, a vertical one at the bottom.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What it measures with its units, in the markup of texts; may be empty.
    pub label: String,
    /// The lower limit.
    pub min: f64,
    /// The upper limit.
    pub max: f64,
    /// Whether equal ratios are equally long.
    pub log: bool,
    /// Whether the upper limit is at the beginning.
    pub reversed: bool,
    /// Marks with what is written there; those outside of the limits are left out. A `\n` in a label of a horizontal
    /// axis begins a second line.
    pub ticks: Vec<Tick>,
    /// Short marks without a label.
    pub minor: Vec<f64>,
}

/// About so many marks, as many as fit beside each other in a usual figure.
const ABOUT: usize = 6;

impl Axis {
    /// Round limits that hold `min` to `max`, with round marks. Where these need a power of ten in common, the label
    /// says it: `Rain (×10^{−5} mm s^{−1})`. Equal ends get a range around them, ends that are not finite 0 to 1.
    pub fn linear(label: &str, min: f64, max: f64) -> Self {
        let (min, max) = usable(min, max);
        let values = limits(min, max);
        let (Some(&low), Some(&high)) = (values.first(), values.last()) else { return Self::plain(label, min, max) };
        Self::marked(label, low, high, &values)
    }

    /// Limits as they are given, with round marks within; else as [`Axis::linear`].
    pub fn exact(label: &str, min: f64, max: f64) -> Self {
        let (min, max) = usable(min, max);
        Self::marked(label, min, max, &axis::ticks(min, max, ABOUT))
    }

    fn marked(label: &str, min: f64, max: f64, values: &[f64]) -> Self {
        let labels = axis::labels(values);
        let label = with_power(label, labels.power_text());
        Self { minor: between(values, min, max), ticks: ticks(values, labels.texts), ..Self::plain(&label, min, max) }
    }

    /// Logarithmic between round limits that hold `min` to `max`. What is not above zero has no place on it: such a
    /// lower end becomes a thousandth of the upper one, and such an upper one makes the axis reach from 0.1 to 1.
    pub fn log(label: &str, min: f64, max: f64) -> Self {
        let (low, high) = positive(min, max);
        let (low, high) = (round_power(low, false), round_power(high, true));
        let marks = axis::log_ticks(low, high, ABOUT);
        let texts = axis::log_labels(&marks.major);
        Self { log: true, ticks: ticks(&marks.major, texts), minor: marks.minor, ..Self::plain(label, low, high) }
    }

    /// Pressure: it decreases upwards between the limits as given. `per_hpa` is how many of its units are one hPa:
    /// 100 for Pa. With `log` lower limits that are not above zero are as in [`Axis::log`].
    pub fn pressure(label: &str, min: f64, max: f64, per_hpa: f64, log: bool) -> Self {
        let (low, high) = if log { positive(min, max) } else { usable(min, max) };
        // Low pressures are close together unless the axis is logarithmic.
        let marked = if log { low } else { low.max(high / 12.0) };
        let usual = axis::pressure_ticks(marked, high, 10, per_hpa);
        if usual.len() < 2 || (!log && high < 3.0 * low) {
            let axis = if log { Self::log_exact(label, low, high) } else { Self::exact(label, low, high) };
            return Self { reversed: true, ..axis };
        }
        let labels = axis::labels(&usual);
        let label = with_power(label, labels.power_text());
        Self { log, reversed: true, ticks: ticks(&usual, labels.texts), ..Self::plain(&label, low, high) }
    }

    /// Depth or another height that increases downwards, between the limits as given.
    pub fn depth(label: &str, min: f64, max: f64) -> Self {
        Self { reversed: true, ..Self::exact(label, min, max) }
    }

    /// Latitudes in degrees, between the limits as given; the marks say what they are.
    pub fn latitude(min: f64, max: f64) -> Self {
        let (min, max) = usable(min, max);
        Self::with_ticks("", min, max, axis::latitude_ticks(min, max, 7))
    }

    /// Longitudes in degrees, between the limits as given: with 190 as 170°W; the marks say what they are.
    pub fn longitude(min: f64, max: f64) -> Self {
        let (min, max) = usable(min, max);
        Self::with_ticks("", min, max, axis::longitude_ticks(min, max, 7))
    }

    /// Limits as they are given with these marks, for dates and other things with names.
    pub fn with_ticks(label: &str, min: f64, max: f64, ticks: Vec<Tick>) -> Self {
        let (min, max) = usable(min, max);
        Self { ticks, ..Self::plain(label, min, max) }
    }

    /// The same from the other side.
    #[must_use]
    pub fn flipped(self) -> Self {
        Self { reversed: !self.reversed, ..self }
    }

    /// The same marks without anything written, for panels inside of a grid.
    #[must_use]
    pub fn unlabelled(mut self) -> Self {
        self.label.clear();
        self.ticks.iter_mut().for_each(|tick| tick.label.clear());
        self
    }

    /// Logarithmic between limits as they are given; those that are not above zero are as in [`Axis::log`].
    pub fn log_exact(label: &str, min: f64, max: f64) -> Self {
        let (low, high) = positive(min, max);
        let marks = axis::log_ticks(low, high, ABOUT);
        let texts = axis::log_labels(&marks.major);
        Self { log: true, ticks: ticks(&marks.major, texts), minor: marks.minor, ..Self::plain(label, low, high) }
    }

    fn plain(label: &str, min: f64, max: f64) -> Self {
        let (ticks, minor) = (Vec::new(), Vec::new());
        Self { label: label.to_owned(), min, max, log: false, reversed: false, ticks, minor }
    }

    /// Where `value` is: 0 at the beginning of the axis, 1 at its end, other numbers outside of its limits, cut at a
    /// million. None for what has no place: a value that is not finite, or not above zero on a logarithmic axis.
    pub fn position(&self, value: f64) -> Option<f64> {
        /// No picture is as many times as large as its plotting area.
        const FARTHEST: f64 = 1e6;
        if !value.is_finite() || (self.log && value <= 0.0) {
            return None;
        }
        let (low, high, at) = if self.log {
            (self.min.ln(), self.max.ln(), value.ln())
        } else {
            // Halves: the difference of the largest numbers is not infinite.
            (self.min / 2.0, self.max / 2.0, value / 2.0)
        };
        let part = if low == high { 0.5 + (at - low) } else { (at - low) / (high - low) };
        let part = if self.reversed { 1.0 - part } else { part };
        (!part.is_nan()).then_some(part.clamp(-FARTHEST, FARTHEST))
    }

    /// The value at a position: the inverse of [`Axis::position`].
    pub fn value_at(&self, position: f64) -> f64 {
        let part = if self.reversed { 1.0 - position } else { position };
        if self.log {
            let (low, high) = (self.min.ln(), self.max.ln());
            return (low + (high - low) * part).exp();
        }
        self.min * (1.0 - part) + self.max * part
    }

    /// Where columns begin: zero, or the limit that is nearest to it.
    pub(super) fn base(&self) -> f64 {
        let (low, high) = (self.min.min(self.max), self.max.max(self.min));
        if low.is_nan() || high.is_nan() { 0.0 } else { 0.0_f64.clamp(low, high) }
    }

    pub(super) fn holds(&self, value: f64) -> bool {
        self.position(value).is_some_and(|part| (-1e-9..=1.0 + 1e-9).contains(&part))
    }
}

/// Round marks from the limit at or below `min` to that at or above `max`: of steps that give about as many as are
/// wanted, the one that leaves little room and has the shortest numbers.
fn limits(min: f64, max: f64) -> Vec<f64> {
    let mut best: Option<(f64, Vec<f64>)> = None;
    for count in 4..=8 {
        let marks = axis::covering(min, max, count);
        let (Some(&low), Some(&second), Some(&high)) = (marks.first(), marks.get(1), marks.last()) else { continue };
        let step = second / 2.0 - low / 2.0;
        let digits = step * 2.0 / 10f64.powf((step * 2.0).log10().floor());
        let quarters = if (digits - 2.5).abs() < 0.1 { 1.5 } else { 0.0 };
        let room = ((high / 2.0 - low / 2.0) / (max / 2.0 - min / 2.0) - 1.0) * 3.0;
        let cost = (marks.len() as f64 - 1.0 - ABOUT as f64 + 0.5).abs() + quarters + room;
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, marks));
        }
    }
    best.map_or_else(|| axis::covering(min, max, ABOUT), |found| found.1)
}

/// Limits in order, apart and finite.
fn usable(min: f64, max: f64) -> (f64, f64) {
    match (min.is_finite(), max.is_finite()) {
        (true, true) if min == max => around(min),
        (true, true) => (min.min(max), max.max(min)),
        (true, false) => around(min),
        (false, true) => around(max),
        (false, false) => (0.0, 1.0),
    }
}

/// A range for one value: a twentieth of it to both sides.
fn around(value: f64) -> (f64, f64) {
    let room = if value.abs() < f64::MIN_POSITIVE * 1e3 { 1.0 } else { value.abs() * 0.05 };
    ((value - room).max(f64::MIN), (value + room).min(f64::MAX))
}

/// Limits in order, apart, finite and above zero.
fn positive(min: f64, max: f64) -> (f64, f64) {
    let above = |value: f64| value.is_finite() && value > 0.0;
    let (low, high) = (min.min(max), max.max(min));
    match (above(low), above(high)) {
        (true, true) if low < high => (low, high),
        (true, _) => (low / 2.0, (low * 2.0).min(f64::MAX)),
        (false, true) => (high / 1e3, high),
        (false, false) => (0.1, 1.0),
    }
}

/// The next 1, 2 or 5 times a power of ten below or above; only the power where that is a whole number of decades.
fn round_power(value: f64, up: bool) -> f64 {
    let exponent = value.log10().floor();
    let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| (exponent, digit));
    let numbers =
        steps.map(|(exponent, digit): (f64, f64)| format!("{digit}e{exponent}").parse::<f64>().unwrap_or(f64::NAN));
    let mut fitting = numbers.into_iter().filter(|number| {
        let slack = value * 1e-9;
        number.is_finite() && *number > 0.0 && if up { *number >= value - slack } else { *number <= value + slack }
    });
    let found = if up { fitting.next() } else { fitting.next_back() };
    found.unwrap_or(value)
}

fn ticks(values: &[f64], texts: Vec<String>) -> Vec<Tick> {
    values.iter().zip(texts).map(|(&value, label)| Tick { value, label }).collect()
}

/// Short marks between those at equal steps: fifths, or quarters of steps of two.
fn between(values: &[f64], min: f64, max: f64) -> Vec<f64> {
    let (Some(&first), Some(&second)) = (values.first(), values.get(1)) else { return Vec::new() };
    let step = second - first;
    if !(step.is_finite() && step > 0.0) {
        return Vec::new();
    }
    let digit = step / 10f64.powf(step.log10().floor());
    let parts = if (digit - 2.0).abs() < 0.1 { 4 } else { 5 };
    let small = step / f64::from(parts);
    let count = i64::from(parts) * (values.len() as i64 + 1);
    let places = (-i64::from(parts)..=count).filter(|index| index % i64::from(parts) != 0);
    places.map(|index| first + small * index as f64).filter(|value| *value >= min && *value <= max).collect()
}

/// A label with a power of ten before its units.
fn with_power(label: &str, power: Option<String>) -> String {
    let Some(power) = power else { return label.to_owned() };
    if label.trim().is_empty() {
        return power;
    }
    match label.strip_suffix(')').and_then(|text| text.rsplit_once(" (")) {
        Some((what, units)) => format!("{what} ({power} {units})"),
        None => format!("{label} ({power})"),
    }
}
