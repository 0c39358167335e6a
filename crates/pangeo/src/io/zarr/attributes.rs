//! Attributes between JSON and the model, with the special standing of `_FillValue`.
//!
//! JSON has one kind of number and no types, so integers come as `int64` and other numbers as
//! `double`, except where CF §2.5.1 and §3.5 tie an attribute to its variable's type.
//! `_FillValue` follows xarray: in v2 it is the array's `fill_value`, in v3 an attribute of its
//! own, floats as base64 of the eight little-endian bytes of a double.

use serde_json::{Map, Value};

use super::dtype::StoredType;
use super::json;
use super::numbers::{self, Number};
use crate::model::{AttributeValue, Attributes, Buffer, DataType, text_of};

/// The attribute under which v2 stores keep dimension names.
pub(super) const DIMENSIONS: &str = "_ARRAY_DIMENSIONS";

/// Attributes whose numbers are of the variable's type.
const TYPED: [&str; 7] =
    ["_FillValue", "missing_value", "valid_min", "valid_max", "valid_range", "flag_values", "flag_masks"];

/// Attributes of a group, or of an array of `stored` type; storage's own (`_ARRAY_DIMENSIONS`,
/// `NCZarr`'s `_nc…`) are left out.
pub(super) fn read(map: &Map<String, Value>, stored: Option<&StoredType>, format: u8) -> Attributes {
    let shown = map.iter().filter(|(name, _)| {
        name.as_str() != DIMENSIONS && !name.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("_nc"))
    });
    shown.map(|(name, value)| (name.clone(), one(name, value, stored, format))).collect()
}

fn one(name: &str, value: &Value, stored: Option<&StoredType>, format: u8) -> AttributeValue {
    if name == "_FillValue"
        && format == 3
        && let Some(stored) = stored
        && let Some(decoded) = decode_fill(value, stored)
    {
        return decoded;
    }
    let data_type = stored.map(StoredType::data_type).filter(|t| t.is_numeric() && TYPED.contains(&name));
    if let Some(t) = data_type {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let read = items.iter().map(|v| Number::from_json(v).or_else(|| named(v, &t))).collect::<Option<Vec<_>>>();
        if let Some(typed) = read.filter(|n| !n.is_empty()).and_then(|n| numbers::exactly(&n, &t)) {
            return AttributeValue::Numbers(typed);
        }
    }
    plain(value)
}

/// `"NaN"` for an attribute of a float variable.
fn named(value: &Value, data_type: &DataType) -> Option<Number> {
    let number = json::named_non_finite(value.as_str()?)?;
    data_type.is_float().then_some(Number::Float(number))
}

/// xarray's form of `_FillValue` in v3.
fn decode_fill(value: &Value, stored: &StoredType) -> Option<AttributeValue> {
    let text = value.as_str()?;
    match stored {
        StoredType::Number(t) if t.is_float() => {
            let bytes: [u8; 8] = numbers::from_base64(text)?.try_into().ok()?;
            let number = Number::Float(f64::from_le_bytes(bytes));
            numbers::nearly(&[number], t).map(AttributeValue::Numbers)
        }
        StoredType::Bytes(_) => {
            let bytes = numbers::from_base64(text)?;
            Some(match String::from_utf8(bytes) {
                Ok(text) => AttributeValue::Text(text),
                Err(e) => AttributeValue::Bytes(e.into_bytes()),
            })
        }
        _ => None,
    }
}

fn plain(value: &Value) -> AttributeValue {
    match value {
        Value::String(text) if json::non_finite(text).is_none() => AttributeValue::Text(text.clone()),
        Value::Number(_) | Value::String(_) => list(std::slice::from_ref(value)),
        Value::Array(items) => list(items),
        _ => AttributeValue::Json(json::print(value)),
    }
}

/// All numbers, all texts, or JSON.
fn list(items: &[Value]) -> AttributeValue {
    let read: Option<Vec<_>> = items.iter().map(Number::from_json).collect();
    if let Some(read) = read.filter(|n| !n.is_empty()) {
        let integers = read.iter().all(|n| matches!(n, Number::Integer(_)));
        let types: &[_] = if integers { &[DataType::I64, DataType::U64, DataType::F64] } else { &[DataType::F64] };
        if let Some(buffer) = types.iter().find_map(|t| numbers::exactly(&read, t)) {
            return AttributeValue::Numbers(buffer);
        }
    }
    let texts: Option<Vec<_>> = items.iter().map(|v| v.as_str().map(str::to_owned)).collect();
    match texts {
        Some(texts) if !texts.is_empty() => AttributeValue::Strings(texts),
        _ => AttributeValue::Json(json::print(&Value::Array(items.to_vec()))),
    }
}

/// An attribute as JSON: one number alone, several as a list; texts that are not UTF-8 as Latin-1.
/// The NULs that C programs leave behind a text stay out: units with one mean nothing to readers of JSON.
pub(super) fn to_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::Text(text) => text.trim_end_matches('\0').into(),
        AttributeValue::Json(text) => json::parse(text.as_bytes()).unwrap_or_else(|_| text.clone().into()),
        AttributeValue::Bytes(bytes) | AttributeValue::Numbers(Buffer::Char(bytes)) => {
            text_of(bytes).trim_end_matches('\0').into()
        }
        AttributeValue::Strings(texts) | AttributeValue::Numbers(Buffer::String(texts)) => texts.clone().into(),
        AttributeValue::Numbers(buffer) => {
            let all: Vec<Value> =
                numbers::numbers(buffer).unwrap_or_default().into_iter().map(Number::to_json).collect();
            match <[Value; 1]>::try_from(all) {
                Ok([single]) => single,
                Err(all) => Value::Array(all),
            }
        }
    }
}

/// The fill value that a `_FillValue` attribute declares for an array of `stored` type; `None` if
/// it is of another kind.
pub(super) fn fill_buffer(value: &AttributeValue, stored: &StoredType) -> Option<Buffer> {
    match (stored, value) {
        (StoredType::Number(t), AttributeValue::Numbers(buffer)) => {
            numbers::nearly(numbers::numbers(buffer)?.get(..1)?, t)
        }
        (StoredType::Bytes(1), AttributeValue::Numbers(Buffer::Char(b)) | AttributeValue::Bytes(b)) => {
            Some(Buffer::Char(vec![b.first().copied().unwrap_or(0)]))
        }
        (StoredType::Bytes(1), _) => {
            Some(Buffer::Char(vec![value.as_text()?.as_bytes().first().copied().unwrap_or(0)]))
        }
        (StoredType::Utf8, _) => Some(Buffer::String(vec![value.as_text()?.to_owned()])),
        _ => None,
    }
}

/// xarray's v3 form of a `_FillValue` attribute.
pub(super) fn encode_fill(fill: &Buffer, stored: &StoredType) -> Value {
    match (stored, fill) {
        (StoredType::Number(t), _) if t.is_float() => {
            numbers::to_base64(&fill.get_f64(0).unwrap_or(f64::NAN).to_le_bytes()).into()
        }
        _ => numbers::fill_json(fill, stored),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn case(value: &Value, name: &str, t: DataType, format: u8) -> AttributeValue {
        one(name, value, Some(&StoredType::Number(t)), format)
    }

    #[test]
    fn json_values_become_netcdf_values() {
        let row = |v: Value| plain(&v);
        assert_eq!(row(json!("K")), AttributeValue::Text("K".into()));
        assert_eq!(row(json!(["a", "b"])), AttributeValue::Strings(vec!["a".into(), "b".into()]));
        assert_eq!(row(json!(3)), AttributeValue::Numbers(Buffer::I64(vec![3])));
        assert_eq!(row(json!(u64::MAX)), AttributeValue::Numbers(Buffer::U64(vec![u64::MAX])));
        assert_eq!(row(json!([1, 2.5])), AttributeValue::Numbers(Buffer::F64(vec![1.0, 2.5])));
        assert_eq!(row(json!(true)), AttributeValue::Json("true".into()));
        assert_eq!(row(json!([])), AttributeValue::Json("[]".into()));
        assert_eq!(to_json(&AttributeValue::Text("days since 1859-12-01\0".into())), json!("days since 1859-12-01"));
        for v in [json!("K"), json!(["a"]), json!(3), json!([1, 2]), json!({"a": [null]}), json!(0.25)] {
            assert_eq!(to_json(&plain(&v)), v);
        }
    }

    #[test]
    fn typed_attributes_take_the_variables_type_when_exact() {
        let got = case(&json!([0, 3]), "flag_values", DataType::I8, 2);
        assert_eq!(got, AttributeValue::Numbers(Buffer::I8(vec![0, 3])));
        let got = case(&json!(300), "valid_max", DataType::I8, 2);
        assert_eq!(got, AttributeValue::Numbers(Buffer::I64(vec![300])));
        let got = case(&json!("NaN"), "missing_value", DataType::F32, 3);
        assert!(matches!(got, AttributeValue::Numbers(Buffer::F32(v)) if v[0].is_nan()));
        assert_eq!(case(&json!("NaN"), "note", DataType::F32, 3), AttributeValue::Text("NaN".into()));
    }

    #[test]
    fn fill_value_attributes_of_version_3_are_xarrays() {
        // xarray 2026.9: FillValueCoder.encode(-9.5, float64), .encode(nan, float32).
        assert_eq!(case(&json!("AAAAAAAAI8A="), "_FillValue", DataType::F64, 3).as_f64(), Some(-9.5));
        assert!(case(&json!("AAAAAAAA+H8="), "_FillValue", DataType::F32, 3).as_f64().unwrap().is_nan());
        assert_eq!(case(&json!(-9), "_FillValue", DataType::I16, 3), AttributeValue::Numbers(Buffer::I16(vec![-9])));
        let doubles = StoredType::Number(DataType::F64);
        assert_eq!(encode_fill(&Buffer::F64(vec![-9.5]), &doubles), json!("AAAAAAAAI8A="));
        assert_eq!(encode_fill(&Buffer::I16(vec![-9]), &StoredType::Number(DataType::I16)), json!(-9));
    }
}
