//! Marks of logarithmic axes.

use super::ticks::ticks;

/// Marks of a logarithmic axis.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogTicks {
    /// With labels.
    pub major: Vec<f64>,
    /// Without.
    pub minor: Vec<f64>,
}

/// About `about` marks from `min` to `max`, both above zero: powers of ten; 1, 2 and 5 or 1 and 3 times them where there is room;
/// every second, third, … power where there is not; round numbers in less than a decade. Nothing when an end is not
/// finite or not above zero.
pub fn log_ticks(min: f64, max: f64, about: usize) -> LogTicks {
    if !usable(min) || !usable(max) {
        return LogTicks::default();
    }
    let (min, max) = (min.min(max), max.max(min));
    let about = about.clamp(2, 100);
    let (first, last) = (min.log10().floor() as i32, max.log10().ceil() as i32);
    let inside = |factors: &[u8]| -> Vec<f64> {
        let all = (first..=last).flat_map(|exponent| factors.iter().map(move |factor| (*factor, exponent)));
        let mut found: Vec<f64> = all.filter_map(|(factor, exponent)| power(factor, exponent, min, max)).collect();
        // The smallest numbers are too few for all factors.
        found.dedup();
        found
    };
    let thirds = inside(&[1, 2, 5]);
    let decades = inside(&[1]);
    if thirds.len() < 3 {
        return LogTicks { major: ticks(min, max, about), minor: Vec::new() };
    }
    if thirds.len() <= about + 1 {
        return LogTicks { major: thirds, minor: inside(&[3, 4, 6, 7, 8, 9]) };
    }
    let halves = inside(&[1, 3]);
    if decades.len() < 4 && halves.len() <= about + 1 {
        return LogTicks { major: halves, minor: inside(&[2, 4, 5, 6, 7, 8, 9]) };
    }
    if decades.len() <= about + 1 {
        return LogTicks { major: decades, minor: inside(&[2, 3, 4, 5, 6, 7, 8, 9]) };
    }
    let every = decades.len().div_ceil(about).max(1) as i32;
    let (mut major, mut minor) = (Vec::new(), Vec::new());
    for exponent in first..=last {
        let Some(value) = power(1, exponent, min, max) else { continue };
        if exponent % every == 0 { major.push(value) } else { minor.push(value) }
    }
    LogTicks { major, minor }
}

fn usable(value: f64) -> bool {
    value.is_finite() && value > 0.0
}

/// `factor` × 10^`exponent` if it is in the range; a rounding error outside is on the end.
fn power(factor: u8, exponent: i32, min: f64, max: f64) -> Option<f64> {
    let exact: f64 = format!("{factor}e{exponent}").parse().ok().filter(|v: &f64| v.is_finite())?;
    let value = exact.clamp(min, max);
    ((value - exact).abs() <= exact * 1e-9).then_some(value)
}

/// About `about` pressures for a vertical axis from `min` to `max`, lowest first: 1000, 850, 700, 500, 300, … or,
/// over many decades, fewer of each. `per_hpa` is how many of the axis's units are one hPa: 100 for Pa. Nothing when
/// a number is not finite or not above zero.
pub fn pressure_ticks(min: f64, max: f64, about: usize, per_hpa: f64) -> Vec<f64> {
    /// The mandatory levels of soundings, then what is left of them when there are too many.
    const SETS: [&[f64]; 5] = [
        &[1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 8.5, 9.25],
        &[1.0, 2.0, 3.0, 5.0, 7.0, 8.5],
        &[1.0, 2.0, 3.0, 5.0, 7.0],
        &[1.0, 2.0, 5.0],
        &[1.0],
    ];
    if !usable(min) || !usable(max) || !usable(per_hpa) {
        return Vec::new();
    }
    let (min, max) = (min.min(max), max.max(min));
    let (low, high) = (min / per_hpa, max / per_hpa);
    if !usable(low) || !usable(high) {
        return Vec::new();
    }
    let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
    for set in SETS {
        let at = |exponent: i32| {
            // 850 and 925 hPa are levels; 8.5 and 92.5 hPa are not.
            let usual = set.iter().filter(move |factor| exponent == 2 || factor.fract() == 0.0);
            usual.map(move |factor| format!("{factor}e{exponent}").parse::<f64>().unwrap_or(f64::NAN))
        };
        let slack = 1e-9;
        let found: Vec<f64> = decades
            .clone()
            .flat_map(at)
            .filter(|p| *p >= low * (1.0 - slack) && *p <= high * (1.0 + slack))
            .map(|p| (p * per_hpa).clamp(min, max))
            .collect();
        if found.len() <= about.max(2) + 1 && found.len() >= 2 {
            return found;
        }
    }
    log_ticks(min, max, about).major
}
