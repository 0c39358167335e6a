//! The argument `--units [NAME=]UNIT`.

use std::str::FromStr;

use super::Unit;
use crate::{Error, Result};

/// Output in this unit, for one variable or for every one that converts to it.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitRequest {
    /// The variable; `None` for all whose units convert.
    pub variable: Option<String>,
    /// The unit to write.
    pub unit: Unit,
}

impl FromStr for UnitRequest {
    type Err = Error;

    /// Reads `degC` or `t2m=degC`.
    fn from_str(text: &str) -> Result<Self> {
        let usage = |what: String| Error::usage(what).with_hint("write --units degC or --units t2m=degC");
        let (variable, unit) = match text.split_once('=') {
            Some((name, _)) if name.trim().is_empty() => {
                return Err(usage(format!("a variable name is missing before '=' in --units '{text}'")));
            }
            Some((name, unit)) => (Some(name.trim().to_owned()), unit),
            None => (None, text),
        };
        if unit.trim().is_empty() {
            return Err(usage(format!("a unit is missing in --units '{text}'")));
        }
        let unit = Unit::parse(unit).map_err(|error| {
            let wrong = Error::usage(error.to_string());
            match error.hint() {
                Some(hint) => wrong.with_hint(hint),
                None => wrong,
            }
        })?;
        Ok(Self { variable, unit })
    }
}

#[cfg(test)]
mod tests {
    use super::UnitRequest;

    #[test]
    fn a_name_is_optional() {
        let both: UnitRequest = "t2m = degC".parse().unwrap();
        assert_eq!((both.variable.as_deref(), both.unit.text()), (Some("t2m"), "degC"));
        let all: UnitRequest = "m s-1".parse().unwrap();
        assert_eq!((all.variable, all.unit.text()), (None, "m s-1"));
    }

    #[test]
    fn mistakes_are_usage_errors() {
        for text in ["", "=K", "t2m=", "t2m=furlongs per fortnite", "a=b=c"] {
            let error = text.parse::<UnitRequest>().unwrap_err();
            assert_eq!(error.exit_code(), 2, "{text}: {error}");
        }
    }
}
