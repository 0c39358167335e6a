//! Units of measure, as UDUNITS-2 reads them: CF names that library as the judge of `units`
//! (CF conventions, section 3.1).
//!
//! ```
//! use pangeo::cf::units::Unit;
//!
//! let kelvin = Unit::parse("K")?;
//! let celsius = Unit::parse("degC")?;
//! assert_eq!(kelvin.converter_to(&celsius)?.affine(), Some((1.0, -273.15)));
//! assert!(!kelvin.is_convertible(&Unit::parse("hPa")?));
//! # Ok::<(), pangeo::Error>(())
//! ```
//!
//! A unit is the affine (or logarithmic) map from a value to SI base units; factors are carried with
//! twice the digits of `f64`, so that a conversion's factor and offset are the nearest `f64`s to the
//! true ones. What UDUNITS-2 does and surprises is kept: `Sv` is a sievert (a sverdrup is
//! `sverdrup`), a year has 365.2422 days, a period converts to a frequency by its reciprocal, and
//! products drop a temperature's offset (`2 degC` is two kelvins).
//!
//! Reference times (`days since 2000-01-01`) belong to [`crate::cf::time`] and its calendars.

mod converter;
mod dimensions;
mod parse;
mod precise;
mod quantity;
mod request;
mod scale;
mod table;
mod water;

use std::fmt;
use std::str::FromStr;

pub use converter::Converter;
pub use quantity::Quantity;
pub use request::UnitRequest;
pub use water::{is_rate_name, is_water_amount, water_name};

use crate::{Error, Result};
use parse::Problem;
use scale::Scale;

/// A parsed unit string.
///
/// Two units are equal when they mean the same, whatever the spelling (`hPa` and `mbar`).
#[derive(Clone, Debug)]
pub struct Unit {
    text: String,
    scale: Scale,
}

impl Unit {
    /// Reads a unit string. The empty string is the dimensionless `1`.
    ///
    /// # Errors
    /// [`Error::Data`] naming the word or place that cannot be read; never panics, whatever the text.
    pub fn parse(text: &str) -> Result<Self> {
        match parse::parse(text, table::table()) {
            Ok(scale) => Ok(Self { text: text.trim().to_owned(), scale }),
            Err(problem) => Err(explain(text, &problem)),
        }
    }

    /// The unit as it was written, without blanks around it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether values in this unit have a meaning in `other`: same dimensions, or inverse ones.
    pub fn is_convertible(&self, other: &Self) -> bool {
        Converter::between(&self.scale, &other.scale).is_some()
    }

    /// Whether this is a plain number or an angle.
    pub fn is_dimensionless(&self) -> bool {
        matches!(self.scale, Scale::Linear(_)) && self.scale.dimensions().same_as(dimensions::Dimensions::default())
    }

    /// The conversion of values from this unit to `other`.
    ///
    /// # Errors
    /// [`Error::Data`] naming both units and their dimensions.
    pub fn converter_to(&self, other: &Self) -> Result<Converter> {
        Converter::between(&self.scale, &other.scale).ok_or_else(|| refuse(self, other))
    }
}

/// The conversion between two unit strings; equal ones need not be known to UDUNITS (`psu`, `dB`).
///
/// # Errors
/// [`Error::Data`] for a string that cannot be read or a pair that cannot be converted.
pub fn converter(from: &str, to: &str) -> Result<Converter> {
    if from.trim() == to.trim() {
        return Ok(Converter::identity());
    }
    Unit::parse(from)?.converter_to(&Unit::parse(to)?)
}

impl PartialEq for Unit {
    fn eq(&self, other: &Self) -> bool {
        let same_kind = self.scale.dimensions() == other.scale.dimensions();
        same_kind && Converter::between(&self.scale, &other.scale).is_some_and(|converter| converter.is_identity())
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl FromStr for Unit {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// The error of an impossible conversion.
fn refuse(from: &Unit, to: &Unit) -> Error {
    let (a, b) = (from.scale.dimensions(), to.scale.dimensions());
    Error::data(format!("cannot convert '{from}' to '{to}'"), format!("'{from}' is {a}, '{to}' is {b}"))
}

/// The error of a string that cannot be read, cut to a readable length.
fn explain(text: &str, problem: &Problem) -> Error {
    const SHOWN: usize = 60;
    let clean =
        |text: &str| -> String { text.chars().take(SHOWN).map(|c| if c.is_control() { '?' } else { c }).collect() };
    let place = format!("units '{}'", clean(text.trim()));
    match problem {
        Problem::Unknown(word) => {
            let error = Error::data(format!("'{}' is not a unit known to UDUNITS", clean(word)), place);
            match hint(word) {
                Some(hint) => error.with_hint(hint),
                None => error,
            }
        }
        Problem::ReferenceTime => Error::data("a time since a date is not a plain unit", place)
            .with_hint("times are converted by their calendar, not by a factor"),
        Problem::Wrong { what, at } if at.is_empty() => Error::data(format!("{what} at the end"), place),
        Problem::Wrong { what, at } => Error::data(format!("{what} at '{}'", clean(at)), place),
    }
}

/// What people mean by words that UDUNITS does not know.
fn hint(word: &str) -> Option<&'static str> {
    Some(match word.to_lowercase().as_str() {
        "psu" | "pss" | "pss-78" => "practical salinity is a plain number: write 1 (or 1e-3, as CF does)",
        "deg" => "write 'degree' for an angle, 'degC' for a temperature",
        "gpm" | "mgp" | "gpdm" => "geopotential height is in m; geopotential in m2 s-2",
        "unitless" | "dimensionless" | "none" | "fraction" | "no" => "write 1 for a plain number",
        "hrs" => "write h or hours",
        "mins" => "write min or minutes",
        "yrs" => "write years",
        "db" | "bel" | "decibel" => "write a logarithm with its reference, as 0.1 lg(re 1 mW), or dBZ",
        "c" => "write degC for degrees Celsius, C for coulomb",
        "f" => "write degF for degrees Fahrenheit, F for farad",
        "kph" | "kmh" => "write km h-1",
        "mph" => "write mile h-1",
        "mps" => "write m s-1",
        "cfs" => "write ft3 s-1",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
