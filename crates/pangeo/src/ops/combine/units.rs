//! Units of one thing in two files.

use super::in_file;
use crate::cf::units::{Converter, Unit};
use crate::model::Variable;
use crate::{Error, Result};

/// The conversion of `variable`'s values to the units of `first`; `None` where they are the same,
/// however spelled.
///
/// # Errors
/// Where they do not convert by a factor and an offset, or only one of them says what it is in.
pub(super) fn conversion(variable: &Variable, first: &Variable) -> Result<Option<Converter>> {
    between(&variable.name, variable.attributes.text("units"), first.attributes.text("units"))
}

/// As [`conversion`], of texts; `None` says nothing, which is no more than a plain number.
pub(super) fn between(name: &str, from: Option<&str>, to: Option<&str>) -> Result<Option<Converter>> {
    let (from, to) = (from.map(str::trim), to.map(str::trim));
    if from == to {
        return Ok(None);
    }
    let (Some(here), Some(there)) = (from, to) else {
        let known = from.or(to).unwrap_or_default();
        if known.is_empty() || known == "1" {
            return Ok(None);
        }
        let place =
            if from.is_some() { "here, but not in the first input" } else { "in the first input, but not here" };
        return Err(Error::data(format!("units are '{known}' {place}"), format!("variable '{name}'"))
            .with_hint("give both files the attribute 'units'"));
    };
    let pair = Unit::parse(here).and_then(|a| Ok((a, Unit::parse(there)?)));
    let converter =
        pair.and_then(|(a, b)| a.converter_to(&b)).map_err(|e| in_file(&e, &format!("variable '{name}'")))?;
    if converter.affine().is_none() {
        return Err(Error::data(
            format!("units of '{name}' do not convert by a factor"),
            format!("'{here}', '{there}'"),
        ));
    }
    Ok((!converter.is_identity()).then_some(converter))
}

/// As [`conversion`], with the file in the error.
pub(super) fn conversion_in(variable: &Variable, first: &Variable, file: &str) -> Result<Option<Converter>> {
    conversion(variable, first).map_err(|e| in_file(&e, file))
}
