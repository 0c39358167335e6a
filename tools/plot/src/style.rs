//! From values and wishes to colours.

use figure::axis::readable_units;
use figure::colour::{
    ColourMap, Kind, Palette, Scale, categories_default, default_for, equal_levels, nice_levels, robust,
};
use figure::draw::plain;
use pangeo::model::Variable;
use pangeo::{Error, Result};

use crate::parse::Levels;
use crate::request::Values;

/// What is known of the values that are drawn.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// Values, evenly picked once there are many.
    sample: Vec<f64>,
    every: usize,
    count: usize,
    sum: f64,
    missing: usize,
}

/// Percentiles of more values than this are of a part of them.
const SAMPLE: usize = 1 << 21;

impl Default for Seen {
    fn default() -> Self {
        Self {
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            sample: Vec::new(),
            every: 1,
            count: 0,
            sum: 0.0,
            missing: 0,
        }
    }
}

impl Seen {
    /// Look at more values; missing and infinite ones say nothing.
    pub(crate) fn add(&mut self, values: &[f64], sampled: bool) {
        self.missing += values.iter().filter(|v| v.is_nan()).count();
        for &value in values.iter().filter(|v| v.is_finite()) {
            self.sum += value;
            self.min = self.min.min(value);
            self.max = self.max.max(value);
            self.count += 1;
            if sampled && self.count.is_multiple_of(self.every) {
                self.sample.push(value);
            }
        }
        while self.sample.len() > SAMPLE {
            let mut keep = false;
            self.sample.retain(|_| {
                keep = !keep;
                keep
            });
            self.every *= 2;
        }
    }

    /// The mean of the values, none weighs more than others.
    pub(crate) fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    /// The values in words: from where to where, their mean, how many are missing.
    pub(crate) fn in_words(&self, units: &str) -> String {
        if self.is_empty() {
            return "no values".to_owned();
        }
        let units = if units.is_empty() { String::new() } else { format!(" {}", readable_units(units)) };
        let [low, high, mean] = [self.min, self.max, self.mean()].map(sensible);
        let missing = match self.missing {
            0 => String::new(),
            missing => format!("; {missing} of {} missing", missing + self.count),
        };
        plain(&format!("values from {low} to {high}{units}, mean {mean}{missing}"))
    }

    /// The least value above zero.
    pub(crate) fn least_positive(&self) -> Option<f64> {
        self.sample.iter().copied().filter(|v| *v > 0.0).reduce(f64::min)
    }

    /// Whether there was no value.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// The colours of a variable's values.
///
/// # Errors
/// [`Error::Usage`] for wishes that cannot be had.
pub(crate) fn palette(wishes: &Values, variable: &Variable, seen: &Seen) -> Result<Palette> {
    let text = |name: &str| variable.attributes.text(name).unwrap_or("");
    if let Some(palette) = categories(wishes, variable)? {
        return Ok(palette);
    }
    let (low, high) = limits(wishes, seen);
    let named = wishes.map.as_deref();
    let difference = ["anomaly", "anomalies", "difference", "departure"];
    let described = format!("{} {} {}", variable.name, text("long_name"), text("standard_name")).to_lowercase();
    let departs = difference.iter().any(|word| described.contains(word));
    // A few values beyond zero do not make it a middle.
    let comparable = low.abs().min(high.abs()) >= 0.25 * low.abs().max(high.abs());
    let spans = low < 0.0 && high > 0.0 && (departs || comparable);
    let name = match named {
        Some(name) => name,
        None if wishes.diverging.is_some() => "RdBu_r",
        None => default_for(text("standard_name"), text("units"), spans, departs),
    };
    let map = ColourMap::named(name).map_err(usage)?;
    let scale = match (&wishes.levels, wishes.log, wishes.diverging) {
        (Some(levels), false, None) => Scale::levels(steps(levels, low, high, wishes.range.is_some())),
        (Some(levels), false, Some(centre)) => {
            let far = (high - centre).abs().max((centre - low).abs());
            let (low, high) = if wishes.range.is_some() { (low, high) } else { (centre - far, centre + far) };
            Scale::levels(steps(levels, low, high, wishes.range.is_some()))
        }
        (Some(Levels::Limits(limits)), true, _) => Scale::levels(limits.clone()),
        (_, true, _) => Scale::log(positive(wishes, seen, low), high),
        (None, false, Some(centre)) if wishes.range.is_some() => Scale::diverging(centre, low, high),
        (None, false, Some(centre)) => Scale::symmetric(centre, low, high),
        (None, false, None) if named.is_none() && map.kind == Kind::MultiSequential && spans => {
            Scale::diverging(0.0, low, high)
        }
        (None, false, None) if named.is_none() && map.kind == Kind::Diverging && wishes.range.is_none() && spans => {
            Scale::symmetric(0.0, low, high)
        }
        (None, false, None) => Scale::linear(low, high),
    };
    let palette = Palette::new(scale.map_err(usage)?, map);
    let (below, above) = if seen.is_empty() { (false, false) } else { palette.extends(seen.min, seen.max) };
    Ok(palette.extended(below, above))
}

/// A number to six figures, more of which say nothing of data.
fn sensible(value: f64) -> String {
    figure::axis::number(format!("{value:.5e}").parse().unwrap_or(value))
}

/// An error of the figure crate as one of wrong arguments.
pub(crate) fn usage(error: figure::Error) -> Error {
    let text = error.to_string();
    match error {
        figure::Error::Request { hint: Some(hint), .. } => Error::usage(text).with_hint(hint),
        _ => Error::usage(text),
    }
}

/// The values of the first and last colour.
pub(crate) fn limits(wishes: &Values, seen: &Seen) -> (f64, f64) {
    let whole = if seen.is_empty() { (0.0, 1.0) } else { (seen.min, seen.max) };
    match wishes.range {
        Some(range) => range,
        None if wishes.robust => robust(&seen.sample, 2.0, 98.0).unwrap_or(whole),
        // Nothing everywhere, of rain and the like: not as far below nothing as above.
        None if whole == (0.0, 0.0) => (0.0, 1.0),
        None => whole,
    }
}

/// The low end of logarithmic colours: the least positive value, unless given.
fn positive(wishes: &Values, seen: &Seen, low: f64) -> f64 {
    if wishes.range.is_some() || low > 0.0 {
        return low;
    }
    let least = seen.sample.iter().copied().filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
    // More than six decades tell nothing apart.
    if least.is_finite() { least.max(seen.max * 1e-6) } else { low }
}

fn steps(levels: &Levels, low: f64, high: f64, exact: bool) -> Vec<f64> {
    match levels {
        Levels::Limits(limits) => limits.clone(),
        Levels::Count(count) if exact => equal_levels(low, high, *count),
        Levels::Count(count) => nice_levels(low, high, *count),
    }
}

/// Flags (CF §3.5) as categories with their meanings.
fn categories(wishes: &Values, variable: &Variable) -> Result<Option<Palette>> {
    let (Some(values), Some(meanings)) =
        (variable.attributes.numbers("flag_values"), variable.attributes.text("flag_meanings"))
    else {
        return Ok(None);
    };
    let names: Vec<String> = meanings.split_whitespace().map(|name| name.replace('_', " ")).collect();
    let asked = wishes.range.is_some() || wishes.levels.is_some() || wishes.log || wishes.diverging.is_some();
    if asked || names.len() != values.len() || values.is_empty() {
        return Ok(None);
    }
    let map = wishes.map.as_deref().unwrap_or_else(|| categories_default(values.len()));
    let map = ColourMap::named(map).map_err(usage)?;
    Ok(Some(Palette::new(Scale::categories(values, &names).map_err(usage)?, map)))
}
