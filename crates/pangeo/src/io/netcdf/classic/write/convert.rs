//! Types and attributes that the classic formats lack, brought into ones that they have — only where
//! every value survives.

use super::super::external;
use crate::model::{AttributeValue, Attributes, Buffer, DataType, Variable};
use crate::{Error, Result};

/// The way out when something needs more than netCDF classic.
pub(super) const WAY_OUT: &str = "write --format netcdf4 or --format cdf5 instead";

/// An attribute as it stands in the header.
#[derive(Debug, Clone)]
pub(super) struct ExternalAttribute {
    pub(super) name: String,
    pub(super) data_type: DataType,
    pub(super) count: u64,
    pub(super) bytes: Vec<u8>,
}

/// The type in which values of `data_type` are stored; `extended` (CDF-5) has all number types,
/// the others the next wider signed type, `int` at most. Texts become `char`. `None` if there is none.
pub(super) fn stored_type(data_type: &DataType, extended: bool) -> Option<DataType> {
    Some(match data_type {
        DataType::Opaque(_) => return None,
        DataType::String => DataType::Char,
        DataType::U8 if !extended => DataType::I16,
        DataType::U16 | DataType::U32 | DataType::I64 | DataType::U64 if !extended => DataType::I32,
        other => other.clone(),
    })
}

/// The same values as `to`, a type that [`stored_type`] gave; the first value that does not fit otherwise.
pub(super) fn narrow(buffer: &Buffer, to: &DataType) -> Result<Buffer, String> {
    fn exact<T: Copy + ToString, U: TryFrom<T>>(values: &[T]) -> Result<Vec<U>, String> {
        values.iter().map(|&v| U::try_from(v).map_err(|_| v.to_string())).collect()
    }
    Ok(match (buffer, to) {
        (Buffer::U8(v), DataType::I16) => Buffer::I16(exact(v)?),
        (Buffer::U16(v), DataType::I32) => Buffer::I32(exact(v)?),
        (Buffer::U32(v), DataType::I32) => Buffer::I32(exact(v)?),
        (Buffer::I64(v), DataType::I32) => Buffer::I32(exact(v)?),
        (Buffer::U64(v), DataType::I32) => Buffer::I32(exact(v)?),
        (same, to) if same.data_type() == *to => same.clone(),
        (other, _) => return Err(format!("a value of type {}", other.data_type())),
    })
}

/// The error for values that the stored type cannot hold.
pub(super) fn does_not_fit(value: &str, data_type: &DataType, place: String) -> Error {
    Error::data(format!("netCDF classic has no {data_type}, and {value} does not fit its int"), place)
        .with_hint(WAY_OUT)
}

/// The attributes of `variable` (of the file where there is none) for the header. Lists of texts are
/// joined by line ends, as `ncdump` shows them; numbers keep their values. What changed is noted.
pub(super) fn attributes(
    attributes: &Attributes,
    variable: Option<&Variable>,
    extended: bool,
    notes: &mut Vec<String>,
) -> Result<Vec<ExternalAttribute>> {
    let mut external = Vec::with_capacity(attributes.len());
    for (name, value) in attributes.iter() {
        let place = || match variable {
            Some(variable) => format!("attribute '{name}' of variable '{}'", variable.name),
            None => format!("global attribute '{name}'"),
        };
        super::names::check(name, &place())?;
        let numbers = match value {
            AttributeValue::Text(text) | AttributeValue::Json(text) => Buffer::Char(text.clone().into_bytes()),
            AttributeValue::Bytes(bytes) => Buffer::Char(bytes.clone()),
            AttributeValue::Strings(list) | AttributeValue::Numbers(Buffer::String(list)) => {
                joined(list, &place, notes)
            }
            AttributeValue::Numbers(buffer) if extended => buffer.clone(),
            AttributeValue::Numbers(buffer) => fitting(name, buffer, &place, notes)?,
        };
        let numbers = match variable {
            Some(variable) if name == "_FillValue" => of_variables_type(numbers, variable, extended),
            _ => numbers,
        };
        let is_text = variable.is_some_and(|v| *v.data_type() == DataType::String);
        if is_text && name == "_FillValue" && numbers.len() != 1 {
            notes.push(format!("{} is left out: the fill value of char is one character", place()));
            continue;
        }
        let data_type = numbers.data_type();
        let bytes = external::to_bytes(&numbers).unwrap_or_default();
        external.push(ExternalAttribute { name: name.to_owned(), data_type, count: numbers.len() as u64, bytes });
    }
    Ok(external)
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

fn joined(list: &[String], place: &dyn Fn() -> String, notes: &mut Vec<String>) -> Buffer {
    if list.len() > 1 {
        notes.push(format!("{}: {} texts are written as the lines of one text", place(), list.len()));
    }
    Buffer::Char(list.join("\n").into_bytes())
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
    fn integers_are_narrowed_only_when_every_value_fits() {
        let days = Buffer::I64(vec![0, 31, -2_147_483_648]);
        assert_eq!(narrow(&days, &DataType::I32).unwrap(), Buffer::I32(vec![0, 31, i32::MIN]));
        assert_eq!(narrow(&Buffer::I64(vec![0, 2_147_483_648]), &DataType::I32).unwrap_err(), "2147483648");
        assert_eq!(narrow(&Buffer::U8(vec![255]), &DataType::I16).unwrap(), Buffer::I16(vec![255]));
        assert_eq!(narrow(&Buffer::U16(vec![65_535]), &DataType::I32).unwrap(), Buffer::I32(vec![65_535]));
    }

    #[test]
    fn attributes_beyond_int_become_double_when_that_is_exact() {
        let mut given = Attributes::new();
        given.set("stamp", AttributeValue::Numbers(Buffer::I64(vec![1_700_000_000_000])));
        given.set("names", AttributeValue::Strings(vec!["a".into(), "b".into()]));
        let mut notes = Vec::new();
        let got = attributes(&given, None, false, &mut notes).unwrap();
        assert_eq!(got[0].data_type, DataType::F64);
        assert_eq!(got[0].bytes, 1.7e12f64.to_be_bytes());
        assert_eq!((got[1].data_type.clone(), got[1].bytes.as_slice()), (DataType::Char, b"a\nb".as_slice()));
        assert_eq!(notes.len(), 2);
        let mut odd = Attributes::new();
        odd.set("id", AttributeValue::Numbers(Buffer::I64(vec![i64::MAX])));
        let error = attributes(&odd, None, false, &mut notes).unwrap_err();
        assert!(error.to_string().contains("9223372036854775807"), "{error}");
        assert!(error.hint().unwrap().contains("--format cdf5"));
        assert_eq!(attributes(&odd, None, true, &mut notes).unwrap()[0].data_type, DataType::I64);
    }
}
