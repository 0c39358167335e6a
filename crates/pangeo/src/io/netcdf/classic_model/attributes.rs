//! Attributes in the types that the classic model has.

use super::names;
use super::types::{does_not_fit, narrow, stored_type};
use crate::Result;
use crate::model::{AttributeValue, Attributes, Buffer, DataType, Variable};

/// The attributes of `variable` (of the file where there is none): texts and numbers, each in a type
/// of the model. Lists of texts are joined by line ends, as `ncdump` shows them; numbers keep their
/// values. What changed is noted.
pub(super) fn converted(
    attributes: &Attributes,
    variable: Option<&Variable>,
    extended: bool,
    notes: &mut Vec<String>,
) -> Result<Attributes> {
    let mut converted = Attributes::new();
    for (name, value) in attributes.iter() {
        let place = || match variable {
            Some(variable) => format!("attribute '{name}' of variable '{}'", variable.name),
            None => format!("global attribute '{name}'"),
        };
        names::check(name, &place())?;
        let value = match value {
            AttributeValue::Text(text) | AttributeValue::Json(text) => AttributeValue::Text(text.clone()),
            AttributeValue::Bytes(bytes) => AttributeValue::Bytes(bytes.clone()),
            AttributeValue::Strings(list) | AttributeValue::Numbers(Buffer::String(list)) => {
                joined(list, &place, notes)
            }
            AttributeValue::Numbers(buffer) if extended => AttributeValue::Numbers(buffer.clone()),
            AttributeValue::Numbers(buffer) => AttributeValue::Numbers(fitting(name, buffer, &place, notes)?),
        };
        let value = match (variable, value) {
            (Some(variable), AttributeValue::Numbers(fill)) if name == "_FillValue" => {
                AttributeValue::Numbers(of_variables_type(fill, variable, extended))
            }
            (_, value) => value,
        };
        let is_text = variable.is_some_and(|v| *v.data_type() == DataType::String);
        if is_text && name == "_FillValue" && !is_one_character(&value) {
            notes.push(format!("{} is left out: the fill value of char is one character", place()));
            continue;
        }
        converted.set(name, value);
    }
    Ok(converted)
}

fn is_one_character(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::Text(text) => text.len() == 1,
        AttributeValue::Bytes(bytes) | AttributeValue::Numbers(Buffer::Char(bytes)) => bytes.len() == 1,
        _ => false,
    }
}

/// A fill value in its variable's type, as the C library demands it, where that changes no value.
fn of_variables_type(fill: Buffer, variable: &Variable, extended: bool) -> Buffer {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53: below, all types and doubles agree
    let Some(stored) = stored_type(variable.data_type(), extended) else { return fill };
    if fill.data_type() == stored {
        return fill;
    }
    let exact = fill.to_f64().filter(|values| values.iter().all(|v| v.is_nan() || v.abs() < EXACT));
    let converted = exact.and_then(|values| Buffer::from_f64(&stored, &values).zip(Some(values)));
    match converted {
        Some((converted, values)) if converted.to_f64().is_some_and(|back| same(&back, &values)) => converted,
        _ => fill,
    }
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
}

fn joined(list: &[String], place: &dyn Fn() -> String, notes: &mut Vec<String>) -> AttributeValue {
    if list.len() > 1 {
        notes.push(format!("{}: {} texts are written as the lines of one text", place(), list.len()));
    }
    AttributeValue::Text(list.join("\n"))
}

/// Numbers in one of the six types; those beyond `int` as exact `double`, save a fill value, which
/// must have its variable's type.
fn fitting(name: &str, buffer: &Buffer, place: &dyn Fn() -> String, notes: &mut Vec<String>) -> Result<Buffer> {
    let data_type = buffer.data_type();
    let stored = stored_type(&data_type, false).unwrap_or(DataType::Char);
    let value = match narrow(buffer, &stored) {
        Ok(same) => return Ok(same),
        Err(value) => value,
    };
    let doubles = match buffer {
        Buffer::U32(v) => Some(v.iter().map(|&n| f64::from(n)).collect()),
        Buffer::I64(v) => v.iter().map(|&n| exact_double(i128::from(n))).collect(),
        Buffer::U64(v) => v.iter().map(|&n| exact_double(i128::from(n))).collect(),
        _ => None,
    };
    match doubles {
        Some(doubles) if name != "_FillValue" => {
            notes.push(format!("{} is written as double: netCDF classic has no {data_type}", place()));
            Ok(Buffer::F64(doubles))
        }
        _ => Err(does_not_fit(&value, &data_type, place())),
    }
}

fn exact_double(n: i128) -> Option<f64> {
    let double = n as f64;
    (double as i128 == n).then_some(double)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_beyond_int_become_double_when_that_is_exact() {
        let mut given = Attributes::new();
        given.set("stamp", AttributeValue::Numbers(Buffer::I64(vec![1_700_000_000_000])));
        given.set("names", AttributeValue::Strings(vec!["a".into(), "b".into()]));
        let mut notes = Vec::new();
        let got = converted(&given, None, false, &mut notes).unwrap();
        assert_eq!(got.get("stamp"), Some(&AttributeValue::Numbers(Buffer::F64(vec![1.7e12]))));
        assert_eq!(got.get("names"), Some(&AttributeValue::Text("a\nb".into())));
        assert_eq!(notes.len(), 2);
        let mut odd = Attributes::new();
        odd.set("id", AttributeValue::Numbers(Buffer::I64(vec![i64::MAX])));
        let error = converted(&odd, None, false, &mut notes).unwrap_err();
        assert!(error.to_string().contains("9223372036854775807"), "{error}");
        assert!(error.hint().unwrap().contains("--format cdf5"));
        assert_eq!(converted(&odd, None, true, &mut notes).unwrap(), odd);
    }
}
