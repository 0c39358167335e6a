//! From values to places: which part of a colour map a value gets.

use crate::{Error, Result};

/// How values become colours.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    pub(super) form: Form,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Form {
    Linear {
        min: f64,
        max: f64,
    },
    /// With the logarithms of both ends.
    Log {
        min: f64,
        max: f64,
        from: f64,
        to: f64,
    },
    Diverging {
        min: f64,
        centre: f64,
        max: f64,
    },
    /// At least two, rising.
    Levels(Vec<f64>),
    /// Rising values, the place of each in what was given, and the names as given.
    Categories {
        sorted: Vec<(f64, usize)>,
        values: Vec<f64>,
        names: Vec<String>,
    },
}

/// Where a value is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// NaN, or no category has this value.
    Missing,
    /// Below the lowest.
    Under,
    /// Above the highest.
    Over,
    /// On the way from the lowest, 0, to the highest, 1.
    At(f64),
    /// In this bin or category.
    Bin(usize),
}

impl Scale {
    /// In equal steps from `min` to `max`, both drawn. Equal ends become a small range around them.
    ///
    /// # Errors
    /// An end is not finite, or `min` is above `max`.
    pub fn linear(min: f64, max: f64) -> Result<Self> {
        let (min, max) = ends(min, max)?;
        Ok(Self { form: Form::Linear { min, max } })
    }

    /// In equal ratios from `min` to `max`, both above zero; zero and negative values count as below `min`. Equal
    /// ends become a small range around them.
    ///
    /// # Errors
    /// An end is not finite or not above zero, or `min` is above `max`.
    pub fn log(min: f64, max: f64) -> Result<Self> {
        if min <= 0.0 || max <= 0.0 {
            let (end, value) = if min <= 0.0 { ("begin", min) } else { ("end", max) };
            let what = format!("a logarithmic scale cannot {end} at {value}");
            return Err(Error::request(what).hint("give a range of positive values, or leave out the logarithm"));
        }
        let (min, max) = ends(min, max)?;
        // Widening keeps the sign, but the smallest numbers widen about zero.
        let min = if min > 0.0 { min } else { f64::MIN_POSITIVE };
        Ok(Self { form: Form::Log { min, max, from: min.log10(), to: max.log10() } })
    }

    /// The lower half of the colours from `min` to `centre`, the upper from `centre` to `max`, each in steps of its
    /// own (matplotlib's `TwoSlopeNorm`). When `centre` is not between them the nearer end moves to the other side,
    /// as far from `centre` as the farther one.
    ///
    /// # Errors
    /// A number is not finite, or `min` is above `max`.
    pub fn diverging(centre: f64, min: f64, max: f64) -> Result<Self> {
        let (min, max) = ends(min, max)?;
        finite(centre)?;
        let (low, high) = mirrored(centre, min, max);
        let form = if min < centre && centre < max {
            Form::Diverging { min, centre, max }
        } else {
            Form::Diverging { min: low, centre, max: high }
        };
        Ok(Self { form })
    }

    /// In equal steps as far below `centre` as above it, far enough for `min` and `max` (`CenteredNorm`).
    ///
    /// # Errors
    /// A number is not finite, or `min` is above `max`.
    pub fn symmetric(centre: f64, min: f64, max: f64) -> Result<Self> {
        finite(centre)?;
        let (min, max) = if min == centre && max == centre { ends(min, max)? } else { ordered(min, max)? };
        let (min, max) = mirrored(centre, min, max);
        Ok(Self { form: Form::Linear { min, max } })
    }

    /// One colour between each two levels. A value equal to a level belongs to the bin above it, the highest level's
    /// own value to the last bin.
    ///
    /// # Errors
    /// Fewer than two levels, one that is not finite, or levels that do not rise.
    pub fn levels(levels: Vec<f64>) -> Result<Self> {
        if levels.len() < 2 {
            let what = format!("{} are too few levels", levels.len());
            return Err(Error::request(what).hint("give at least two: each pair holds one colour between them"));
        }
        levels.iter().try_for_each(|&level| finite(level))?;
        for (a, b) in levels.iter().zip(levels.iter().skip(1)) {
            if a >= b {
                let what = format!("level {b} comes after {a}");
                return Err(Error::request(what).hint("give the levels from the lowest to the highest, each once"));
            }
        }
        Ok(Self { form: Form::Levels(levels) })
    }

    /// One colour for each of `values`, called by `names`; where names are fewer, the value is its name. Other values
    /// are missing. Of a value given twice the first counts.
    ///
    /// # Errors
    /// No value, or one that is NaN.
    pub fn categories(values: Vec<f64>, names: &[String]) -> Result<Self> {
        if values.is_empty() {
            return Err(Error::request("there are no categories"));
        }
        if values.iter().any(|v| v.is_nan()) {
            return Err(Error::request("a category cannot have the value NaN"));
        }
        // -0 and 0 are one value.
        let mut sorted: Vec<(f64, usize)> = values.iter().enumerate().map(|(i, &v)| (v + 0.0, i)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        sorted.dedup_by(|later, first| later.0 == first.0);
        let names = values
            .iter()
            .enumerate()
            .map(|(i, &v)| names.get(i).cloned().unwrap_or_else(|| crate::axis::number(v)))
            .collect();
        Ok(Self { form: Form::Categories { sorted, values, names } })
    }

    /// The lowest and the highest value that get a colour of their own.
    pub fn limits(&self) -> (f64, f64) {
        match &self.form {
            Form::Linear { min, max } | Form::Log { min, max, .. } | Form::Diverging { min, max, .. } => (*min, *max),
            Form::Levels(levels) => both(levels.first().copied(), levels.last().copied()),
            Form::Categories { sorted, .. } => both(sorted.first().map(|c| c.0), sorted.last().map(|c| c.0)),
        }
    }

    /// The limits of the bins, if there are bins.
    pub fn level_values(&self) -> Option<&[f64]> {
        match &self.form {
            Form::Levels(levels) => Some(levels),
            _ => None,
        }
    }

    /// How many bins or categories there are; None for colours that change gradually.
    pub fn bins(&self) -> Option<usize> {
        match &self.form {
            Form::Levels(levels) => Some(levels.len().saturating_sub(1)),
            Form::Categories { values, .. } => Some(values.len()),
            _ => None,
        }
    }

    /// Whether data from `data_min` to `data_max` go below and above what the scale shows: on which sides a colour
    /// bar needs an arrow. Categories never do.
    pub fn extends(&self, data_min: f64, data_max: f64) -> (bool, bool) {
        let (min, max) = self.limits();
        let gradual = !matches!(self.form, Form::Categories { .. });
        (gradual && data_min < min, gradual && data_max > max)
    }

    /// Where `value` is along a colour bar, from 0 to 1; each bin and each category takes the same length of it, and
    /// a category is in the middle of its own. None outside and for NaN.
    pub fn position(&self, value: f64) -> Option<f64> {
        match (self.place(value), &self.form) {
            (Place::At(at), _) => Some(at),
            (Place::Bin(bin), Form::Levels(levels)) => {
                let (low, high) = (*levels.get(bin)?, *levels.get(bin + 1)?);
                Some((bin as f64 + part(value, low, high)) / levels.len().saturating_sub(1) as f64)
            }
            (Place::Bin(bin), Form::Categories { values, .. }) => Some((bin as f64 + 0.5) / values.len() as f64),
            _ => None,
        }
    }

    pub(super) fn place(&self, value: f64) -> Place {
        match &self.form {
            Form::Linear { min, max } => within(value, *min, *max, |v| part(v, *min, *max)),
            Form::Log { min, max, from, to } => {
                within(value, *min, *max, |v| ((v.log10() - from) / (to - from)).clamp(0.0, 1.0))
            }
            Form::Diverging { min, centre, max } => within(value, *min, *max, |v| halves(v, *min, *centre, *max)),
            Form::Levels(levels) => bin(value, levels),
            Form::Categories { sorted, .. } => {
                let value = value + 0.0;
                sorted
                    .binary_search_by(|(own, _)| own.total_cmp(&value))
                    .ok()
                    .and_then(|found| sorted.get(found))
                    .map_or(Place::Missing, |&(_, given)| Place::Bin(given))
            }
        }
    }
}

/// Infinities are outside, both ends inside.
#[inline]
fn within(value: f64, min: f64, max: f64, position: impl Fn(f64) -> f64) -> Place {
    if value < min {
        Place::Under
    } else if value > max {
        Place::Over
    } else if value.is_nan() {
        Place::Missing
    } else {
        Place::At(position(value))
    }
}

fn bin(value: f64, levels: &[f64]) -> Place {
    if value.is_nan() {
        return Place::Missing;
    }
    let last = levels.len().saturating_sub(1);
    match levels.partition_point(|&level| level <= value) {
        0 => Place::Under,
        above if above <= last => Place::Bin(above - 1),
        _ if levels.last() == Some(&value) => Place::Bin(last.saturating_sub(1)),
        _ => Place::Over,
    }
}

/// The part of the way from `min` to `max`; halves where the whole is too far for a number.
#[inline]
pub(super) fn part(value: f64, min: f64, max: f64) -> f64 {
    let whole = max - min;
    if whole.is_finite() { (value - min) / whole } else { (value / 2.0 - min / 2.0) / (max / 2.0 - min / 2.0) }
}

/// Two straight lines that meet at `centre`, as numpy's `interp` calculates them.
fn halves(value: f64, min: f64, centre: f64, max: f64) -> f64 {
    let slope = |low: f64, high: f64| 0.5 / (high - low);
    let at = if value < centre {
        slope(min, centre) * (value - min)
    } else if value < max {
        slope(centre, max) * (value - centre) + 0.5
    } else {
        1.0
    };
    // Too far for a number: infinity by nothing.
    if at.is_nan() { 0.5 } else { at.clamp(0.0, 1.0) }
}

fn both(low: Option<f64>, high: Option<f64>) -> (f64, f64) {
    (low.unwrap_or(f64::NAN), high.unwrap_or(f64::NAN))
}

fn finite(value: f64) -> Result<()> {
    if value.is_finite() {
        return Ok(());
    }
    Err(Error::request(format!("colours cannot be scaled by {value}")).hint("give finite numbers"))
}

fn ordered(min: f64, max: f64) -> Result<(f64, f64)> {
    finite(min)?;
    finite(max)?;
    if min > max {
        let hint = "give the lower one first; '_r' after the name of a colour map turns its colours around";
        return Err(Error::request(format!("the range begins at {min}, above its end {max}")).hint(hint));
    }
    Ok((min, max))
}

fn ends(min: f64, max: f64) -> Result<(f64, f64)> {
    ordered(min, max).map(|(min, max)| widened(min, max))
}

/// Equal ends become a range of a hundredth of their value to both sides, of one around zero.
pub(super) fn widened(min: f64, max: f64) -> (f64, f64) {
    if min < max {
        return (min, max);
    }
    let reach = if min.abs() < f64::MIN_POSITIVE { 1.0 } else { (min.abs() / 100.0).max(f64::MIN_POSITIVE) };
    ((min - reach).max(f64::MIN), (max + reach).min(f64::MAX))
}

/// As far to both sides of `centre` as the farther of both.
fn mirrored(centre: f64, min: f64, max: f64) -> (f64, f64) {
    let reach = (max - centre).abs().max((centre - min).abs());
    let (low, high) = ((centre - reach).max(f64::MIN), (centre + reach).min(f64::MAX));
    // A reach too small to change a large centre.
    if low < centre && centre < high { (low, high) } else { widened(centre, centre) }
}
