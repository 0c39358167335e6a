//! The statistics: their names, what they make of units and types, the words of `cell_methods`.

use std::fmt;
use std::str::FromStr;

use super::quantile::{Method, Percentile};
use crate::model::DataType;
use crate::{Error, Result};

/// One statistic. Missing values are left out of all of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// The mean, weighted where weights are asked for.
    Mean,
    /// The sum.
    Sum,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// Largest less smallest.
    Range,
    /// The standard deviation, of `ddof` degrees of freedom less than values.
    Std,
    /// The variance, likewise.
    Var,
    /// How many values are not missing.
    Count,
    /// The first value, in the order of the file.
    First,
    /// The last value.
    Last,
    /// The index of the smallest value, from 0; the first of several.
    ArgMin,
    /// The index of the largest value.
    ArgMax,
    /// 1 if any value is other than 0, else 0.
    Any,
    /// 1 if no value is 0, else 0.
    All,
    /// A percentile; `median` is the fiftieth.
    Percentile(Percentile),
}

/// Names without a number, as users write them.
const NAMES: [(&str, Statistic); 15] = [
    ("mean", Statistic::Mean),
    ("sum", Statistic::Sum),
    ("min", Statistic::Min),
    ("max", Statistic::Max),
    ("range", Statistic::Range),
    ("std", Statistic::Std),
    ("var", Statistic::Var),
    ("median", Statistic::Percentile(Percentile::MEDIAN)),
    ("count", Statistic::Count),
    ("first", Statistic::First),
    ("last", Statistic::Last),
    ("argmin", Statistic::ArgMin),
    ("argmax", Statistic::ArgMax),
    ("any", Statistic::Any),
    ("all", Statistic::All),
];

/// What a statistic does to units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnitsOf {
    /// They stay.
    Values,
    /// They are squared.
    Squares,
    /// The result has none.
    Numbers,
    /// They stay, but stand for a difference: 1 K is no longer −272.15 °C.
    Differences,
}

impl Statistic {
    /// The word of `cell_methods` (CF, appendix E); `None` where CF has none.
    pub(super) fn cell_method(self) -> Option<&'static str> {
        Some(match self {
            Self::Mean => "mean",
            Self::Sum => "sum",
            Self::Min => "minimum",
            Self::Max => "maximum",
            Self::Range => "range",
            Self::Std => "standard_deviation",
            Self::Var => "variance",
            Self::Percentile(p) if p.is_median() => "median",
            Self::First | Self::Last => "point",
            Self::Percentile(_) | Self::Count | Self::ArgMin | Self::ArgMax | Self::Any | Self::All => return None,
        })
    }

    pub(super) fn units(self) -> UnitsOf {
        match self {
            Self::Var => UnitsOf::Squares,
            Self::Std | Self::Range => UnitsOf::Differences,
            Self::Count | Self::ArgMin | Self::ArgMax | Self::Any | Self::All => UnitsOf::Numbers,
            _ => UnitsOf::Values,
        }
    }

    /// The type of the result for values of the (unpacked) type `of`: what is computed is a double,
    /// what is picked from the values keeps their type, what is counted is an integer.
    pub(super) fn data_type(self, of: &DataType) -> DataType {
        match self {
            Self::Min | Self::Max | Self::First | Self::Last => of.clone(),
            Self::Count | Self::ArgMin | Self::ArgMax => DataType::I32,
            Self::Any | Self::All => DataType::I8,
            _ => DataType::F64,
        }
    }

    /// How many of the lowest bits of the double that comes of values stored as `of` say nothing.
    ///
    /// Values of 32 bits or fewer have at most 24 significant bits (32 in integers), a double 53. Eight fewer are
    /// still far more than the values bear (relative 3e-14), and zeros in their place make a compressed file an
    /// eighth to a fifth smaller. What is picked or counted, and sums of integers, stay exact.
    pub(super) fn spare_bits(self, of: &DataType) -> u32 {
        let narrow = of.is_numeric() && of.size() <= 4;
        let computed = matches!(self, Self::Mean | Self::Std | Self::Var) || (self == Self::Sum && of.is_float());
        if narrow && computed { 8 } else { 0 }
    }

    /// Whether the result is a value of the data, or between some, so that a valid range still holds.
    pub(super) fn is_within_range(self) -> bool {
        matches!(self, Self::Mean | Self::Min | Self::Max | Self::First | Self::Last | Self::Percentile(_))
    }

    /// A long name for results that are not what the variable's long name says.
    pub(super) fn described(self, of: &str) -> Option<String> {
        Some(match self {
            Self::Count => format!("number of values of {of}"),
            Self::ArgMin => format!("index of the smallest value of {of}"),
            Self::ArgMax => format!("index of the largest value of {of}"),
            Self::Any => format!("whether any value of {of} is not 0"),
            Self::All => format!("whether no value of {of} is 0"),
            _ => return None,
        })
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (NAMES.iter().find(|(_, s)| s == self), self) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Self::Percentile(p)) => write!(f, "{p}"),
            (None, _) => Ok(()),
        }
    }
}

impl FromStr for Statistic {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] for what is none.
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some((_, found)) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
            return Ok(*found);
        }
        let number = text.strip_prefix(['p', 'P']).and_then(|n| n.parse::<f64>().ok());
        match number.and_then(|percent| Percentile::new(percent, Method::default())) {
            Some(percentile) => Ok(Self::Percentile(percentile)),
            None => Err(Error::usage(format!("'{text}' is no statistic")).with_hint(
                "mean sum min max range std var median count first last argmin argmax any all, or a percentile such as p90",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_shown() {
        for text in ["mean", "std", "median", "argmax", "p90", "p99.9", "p0"] {
            assert_eq!(text.parse::<Statistic>().unwrap().to_string(), text);
        }
        assert_eq!("P50".parse::<Statistic>().unwrap().to_string(), "median");
        for text in ["", "avg", "p", "p101", "p-1", "pnan", "90"] {
            assert!(text.parse::<Statistic>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_computed_of_narrow_values_spares_a_byte_and_what_is_picked_or_counted_none() {
        let spare = |statistic: &str, of| statistic.parse::<Statistic>().unwrap().spare_bits(&of);
        assert_eq!([spare("mean", DataType::F32), spare("std", DataType::I16), spare("sum", DataType::F32)], [8; 3]);
        assert_eq!([spare("mean", DataType::F64), spare("mean", DataType::I64), spare("sum", DataType::I32)], [0; 3]);
        assert_eq!(["p90", "median", "max", "count"].map(|s| spare(s, DataType::F32)), [0; 4]);
    }

    #[test]
    fn what_is_picked_keeps_its_type_and_what_is_computed_is_a_double() {
        assert_eq!(Statistic::Max.data_type(&DataType::F32), DataType::F32);
        assert_eq!(Statistic::Mean.data_type(&DataType::F32), DataType::F64);
        assert_eq!(Statistic::Count.data_type(&DataType::F32), DataType::I32);
    }
}
