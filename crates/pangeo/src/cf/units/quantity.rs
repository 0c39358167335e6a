//! A number as people write it: `850`, `850hPa`, `2 km`.

use std::str::FromStr;

use super::Unit;
use crate::{Error, Result};

/// A finite number with or without a unit, as typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// The number, in its unit.
    pub value: f64,
    /// All digits of a whole number.
    pub whole: Option<i128>,
    /// The unit behind the number.
    pub unit: Option<Unit>,
}

impl FromStr for Quantity {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for what is no number; [`Error::Data`] for what is no unit.
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let wrong = || Error::usage(format!("'{text}' is not a number with or without a unit"));
        if let Ok(value) = text.parse::<f64>() {
            let quantity = Self { value, whole: text.parse().ok(), unit: None };
            return if value.is_finite() { Ok(quantity) } else { Err(wrong()) };
        }
        // The longest head that is a number; an exponent needs digits, so that `5 eV` is not cut at `e`.
        let heads = (1..text.len()).rev().filter(|&n| text.is_char_boundary(n));
        for n in heads {
            let (head, unit) = text.split_at(n);
            let (head, unit) = (head.trim(), unit.trim());
            // `2000-01` is a date, not two thousand of the unit -1.
            let is_unit = unit.chars().next().is_some_and(|c| !c.is_ascii_digit() && !"+-.".contains(c));
            if let (Ok(value), true) = (head.parse::<f64>(), is_unit) {
                return Ok(Self { value, whole: head.parse().ok(), unit: Some(Unit::parse(unit)?) });
            }
        }
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::{Quantity, Unit};

    #[test]
    fn a_number_ends_where_its_unit_begins() {
        for (text, value, unit) in [
            ("850", 850.0, None),
            ("850hPa", 850.0, Some("hPa")),
            (" 2 km ", 2.0, Some("km")),
            ("1e3Pa", 1000.0, Some("Pa")),
            ("5 eV", 5.0, Some("eV")),
            ("-10.5m", -10.5, Some("m")),
        ] {
            let read: Quantity = text.parse().unwrap();
            assert_eq!((read.value, read.unit.as_ref().map(Unit::text)), (value, unit), "{text}");
        }
        for text in ["", "hPa", "nan", "2000-01", "1e400"] {
            assert_eq!(text.parse::<Quantity>().unwrap_err().exit_code(), 2, "{text}");
        }
    }
}
