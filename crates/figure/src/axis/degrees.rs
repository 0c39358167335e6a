//! Marks of longitude and latitude.

use super::labels::fixed;
use super::ticks::Step;

/// A mark of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where it is, as the axis counts.
    pub value: f64,
    /// What to write.
    pub label: String,
}

/// Turns of the globe after which nobody counts degrees.
const FARTHEST: f64 = 100.0 * 360.0;

/// About `about` round longitudes from `west` to `east` in degrees. `east` below `west` lies across the antimeridian,
/// and values go on beyond 180 as the axis does: 190 is written 170°W. Nothing when an end is not finite or more than
/// a hundred turns away.
pub fn longitude_ticks(west: f64, east: f64, about: usize) -> Vec<Tick> {
    if !(west.abs() <= FARTHEST && east.abs() <= FARTHEST) {
        return Vec::new();
    }
    let turns = if east < west { ((west - east) / 360.0).ceil().max(1.0) } else { 0.0 };
    marks(west, (east + 360.0 * turns).clamp(west, west + 360.0), about, longitude_text)
}

/// About `about` round latitudes from `south` to `north` in degrees, none beyond the poles. Ends are put in order.
/// Nothing when one is NaN.
pub fn latitude_ticks(south: f64, north: f64, about: usize) -> Vec<Tick> {
    if south.is_nan() || north.is_nan() {
        return Vec::new();
    }
    let (south, north) = (south.clamp(-90.0, 90.0), north.clamp(-90.0, 90.0));
    marks(south.min(north), north.max(south), about, latitude_text)
}

/// A longitude in degrees of any turn: `30°W`, `12.5°E`, `0°`, `180°`; as short as tells it from all others to a
/// millionth of a degree.
pub fn longitude_label(degrees: f64) -> String {
    longitude_text(degrees, places(degrees))
}

/// A latitude in degrees: `45°N`, `0°`, `89.75°S`.
pub fn latitude_label(degrees: f64) -> String {
    latitude_text(degrees, places(degrees))
}

fn marks(low: f64, high: f64, about: usize, text: fn(f64, usize) -> String) -> Vec<Tick> {
    let about = about.clamp(1, 360);
    let Some((step, first, last)) = best(low, high, about) else { return Vec::new() };
    let values = (first..=last).filter_map(|index| step.times(index)).map(|value| value.clamp(low, high));
    let places = usize::try_from(-step.exponent).unwrap_or(0);
    values.map(|value| Tick { value, label: text(value, places) }).collect()
}

/// The step of parts of a circle, below one degree of tenths, that gives nearest to `about` marks, and which multiples.
fn best(low: f64, high: f64, about: usize) -> Option<(Step, i64, i64)> {
    let whole = [180, 90, 60, 45, 30, 20, 15, 10, 5, 2, 1].map(|digits| Step { digits, exponent: 0 });
    let tenths = (1..=6).flat_map(|power| [5, 2, 1].map(|digits| Step { digits, exponent: -power }));
    let counted = whole.into_iter().chain(tenths).filter_map(|step| {
        let (first, last) = step.inside(low, high, 1e-6)?;
        let found = last.saturating_sub(first).saturating_add(1);
        (1..=2 * about as i64 + 2).contains(&found).then_some((step, first, last, found.abs_diff(about as i64)))
    });
    // Of two as near, the first has the larger step.
    counted.min_by_key(|found| found.3).map(|(step, first, last, _)| (step, first, last))
}

fn longitude_text(degrees: f64, places: usize) -> String {
    let turned = (degrees + 180.0).rem_euclid(360.0) - 180.0;
    hemisphere(turned, places, ["°W", "°", "°E"])
}

fn latitude_text(degrees: f64, places: usize) -> String {
    hemisphere(degrees, places, ["°S", "°", "°N"])
}

fn hemisphere(degrees: f64, places: usize, signs: [&str; 3]) -> String {
    let [negative, neither, positive] = signs;
    let text = fixed(degrees.abs(), places);
    // The text decides: what is written as 0 or 180 has no side.
    let number: f64 = text.parse().unwrap_or(f64::NAN);
    if number == 0.0 || (number == 180.0 && positive == "°E") {
        let whole = if number == 0.0 { "0" } else { "180" };
        return format!("{whole}{neither}");
    }
    format!("{text}{}", if degrees < 0.0 { negative } else { positive })
}

/// The fewest decimals that tell degrees to a millionth.
fn places(degrees: f64) -> usize {
    let near = |&places: &usize| {
        let scale = 10f64.powi(places as i32);
        ((degrees * scale).round() / scale - degrees).abs() < 5e-7
    };
    (0..6).find(near).unwrap_or(6)
}
