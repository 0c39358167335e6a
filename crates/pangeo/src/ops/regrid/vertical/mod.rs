//! To other levels: pressures, heights, depths, numbers of model levels.
//!
//! Values are interpolated between the two levels around each one asked for, linearly in the vertical
//! coordinate or in its logarithm; a level that is there already keeps its values. Missing is what lies
//! outside, and what lies between two levels of which one is missing.
//!
//! A unit decides what is meant where there is a choice: `850hPa` of data on hybrid levels is a pressure,
//! which the coordinate's formula (CF appendix D) gives for each column from the surface pressure.

mod along;
mod axis;
mod choose;
mod columns;
mod describe;
mod field;
mod formula;
mod pieces;
mod places;
mod result;
mod targets;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use crate::cf::units::{Quantity, Unit};
use crate::model::Dataset;
use crate::{Error, Result};

/// A level asked for: `850`, `850hPa`, `2 km`.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The number, in its unit; without one in that of the vertical coordinate.
    pub value: f64,
    /// Its unit.
    pub unit: Option<Unit>,
}

impl FromStr for Level {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for what is no number, or no unit behind it.
    fn from_str(text: &str) -> Result<Self> {
        let hint = "write --levels 1000,850,500 or --levels 850hPa, 100m, 2km";
        let Quantity { value, unit, .. } =
            text.parse().map_err(|error: Error| Error::usage(error.to_string()).with_hint(hint))?;
        Ok(Self { value, unit })
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value)?;
        self.unit.as_ref().map_or(Ok(()), |unit| write!(f, "{unit}"))
    }
}

/// In what values are interpolated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// In the vertical coordinate.
    #[default]
    Linear,
    /// In its logarithm.
    Log,
}

impl FromStr for Scale {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for other words.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "linear" => Ok(Self::Linear),
            "log" => Ok(Self::Log),
            _ => Err(Error::usage(format!("'{text}' is neither linear nor log"))),
        }
    }
}

/// A request for other levels.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Levels {
    /// The levels, in the order of the result. The unit of the last counts for all that have none.
    pub levels: Vec<Level>,
    /// In what is interpolated.
    pub scale: Scale,
    /// Whether the nearest level counts for those outside, instead of nothing.
    pub extrapolate: bool,
}

impl Levels {
    /// The unit of the levels, if they have one, and their numbers in it.
    ///
    /// # Errors
    /// [`Error::Usage`] for no level at all, levels without a unit behind others, units of different
    /// quantities.
    fn settled(&self) -> Result<(Option<Unit>, Vec<f64>)> {
        let Some(last) = self.levels.last() else {
            return Err(Error::usage("no level is asked for").with_hint("--levels 1000,850,500, for instance"));
        };
        let Some(unit) = &last.unit else {
            if let Some(other) = self.levels.iter().find_map(|l| l.unit.as_ref()) {
                let what = format!("--levels {self}: the last level has no unit, another one has");
                return Err(Error::usage(what).with_hint(format!("write {last}{other}, or a unit behind each")));
            }
            return Ok((None, self.levels.iter().map(|l| l.value).collect()));
        };
        let in_unit = |level: &Level| match &level.unit {
            Some(own) => match own.converter_to(unit) {
                Ok(converter) => Ok(converter.apply(level.value)),
                Err(error) => Err(Error::usage(format!("--levels {self}: {error}"))),
            },
            None => Ok(level.value),
        };
        Ok((Some(unit.clone()), self.levels.iter().map(in_unit).collect::<Result<_>>()?))
    }
}

impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.levels.iter().map(Level::to_string).collect();
        f.write_str(&texts.join(","))
    }
}

/// Every data variable with a vertical dimension at other levels, lazily; all else passes through.
///
/// Levels without a unit are in that of the vertical coordinate, as its numbers are; where levels lie
/// elsewhere in each column, in that of the computed pressure, height or depth. The vertical coordinate is
/// replaced, without bounds; where it was one of model levels and pressures or heights are asked for, its
/// dimension becomes `plev` (Pa), `altitude`, `height` or `depth` (m), and it goes together with the terms
/// of its formula. Values are unpacked: `float` where they were that or packed in 16 bits, else `double`.
/// The answer's second part is what to tell the user.
///
/// # Errors
/// [`Error::Usage`] for levels that contradict each other; [`Error::Data`] where no vertical coordinate has
/// such levels, one neither ascends nor descends, a term of its formula is not there, and for variables of
/// whole numbers, which have nothing between two of them.
pub fn interpolate(dataset: Dataset, levels: &Levels) -> Result<(Dataset, Vec<String>)> {
    let source = dataset.source.clone();
    result::interpolate(dataset, levels).map_err(|error| error.in_file(&source))
}
