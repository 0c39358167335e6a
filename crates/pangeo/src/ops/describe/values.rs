//! Attribute values as JSON and as text.

use serde::{Serialize, Serializer};
use serde_json::{Map, Number, Value};

use crate::model::{AttributeValue, Buffer, Enumeration, text_of};
use crate::with_numbers;

/// An attribute as JSON: texts as strings, one number as a number, several as a list. What JSON
/// cannot say as a number (NaN, infinities) is a string.
pub fn attribute_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::Text(text) => Value::String(text.clone()),
        AttributeValue::Strings(list) if list.len() == 1 => list.first().cloned().map_or(Value::Null, Value::String),
        AttributeValue::Strings(list) => list.iter().cloned().map(Value::String).collect(),
        AttributeValue::Numbers(buffer) => {
            let mut list = numbers_json(buffer);
            if list.len() == 1 { list.remove(0) } else { Value::Array(list) }
        }
        AttributeValue::Bytes(bytes) => Value::String(text_of(bytes)),
        AttributeValue::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
    }
}

/// The type of an attribute as CDL names it: `char` for a text, `string` for a list of texts.
pub fn attribute_type(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Text(_) | AttributeValue::Bytes(_) => "char".to_owned(),
        AttributeValue::Strings(_) => "string".to_owned(),
        AttributeValue::Numbers(buffer) => buffer.data_type().to_string(),
        AttributeValue::Json(_) => "json".to_owned(),
    }
}

/// The values of an enumeration by name.
pub(super) fn members(enumeration: &Enumeration) -> Map<String, Value> {
    enumeration.names.iter().cloned().zip(numbers_json(&enumeration.values)).collect()
}

/// A statistic as JSON: what JSON cannot say as a number (infinities) is a string.
#[allow(clippy::ref_option)] // as serde calls it
pub(super) fn number<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(x) if !x.is_finite() => serializer.serialize_str(&x.to_string()),
        other => other.serialize(serializer),
    }
}

fn numbers_json(buffer: &Buffer) -> Vec<Value> {
    let float = |x: f64, text: String| Number::from_f64(x).map_or_else(|| Value::String(text), Value::Number);
    match buffer {
        // The shortest decimal that names the float, not the double it widens to.
        Buffer::F32(v) => {
            v.iter().map(|x| float(x.to_string().parse().unwrap_or(f64::from(*x)), x.to_string())).collect()
        }
        Buffer::F64(v) => v.iter().map(|x| float(*x, x.to_string())).collect(),
        Buffer::U64(v) => v.iter().map(|x| Value::from(*x)).collect(),
        Buffer::I64(v) => v.iter().map(|x| Value::from(*x)).collect(),
        other => {
            let integers = with_numbers!(other, v => v.iter().map(|&x| crate::model::Element::to_f64(x) as i64).collect(), Vec::new());
            integers.into_iter().map(Value::from).collect()
        }
    }
}

/// An attribute as CDL has it: texts in quotes, numbers with their type's suffix.
pub fn attribute_text(value: &AttributeValue) -> String {
    let quote = |text: &str| {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
        let shown: String = escaped.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        format!("\"{shown}\"")
    };
    match value {
        AttributeValue::Text(text) => quote(text.trim_end_matches('\0')),
        AttributeValue::Strings(list) => list.iter().map(|t| quote(t)).collect::<Vec<_>>().join(", "),
        AttributeValue::Numbers(buffer) => {
            (0..buffer.len()).map(|i| number_text(buffer, i)).collect::<Vec<_>>().join(", ")
        }
        AttributeValue::Bytes(bytes) => quote(text_of(bytes).trim_end_matches('\0')),
        AttributeValue::Json(text) => text.clone(),
    }
}

/// One number as CDL has it (`1.5f`, `2b`, `7L`).
pub fn number_text(buffer: &Buffer, at: usize) -> String {
    macro_rules! show {
        ($v:expr, $suffix:expr) => {
            $v.get(at).map(|x| format!("{x}{}", $suffix)).unwrap_or_default()
        };
    }
    let point = |text: String| if text.contains(['.', 'e', 'N', 'i']) { text } else { format!("{text}.") };
    match buffer {
        Buffer::I8(v) => show!(v, "b"),
        Buffer::U8(v) => show!(v, "ub"),
        Buffer::I16(v) => show!(v, "s"),
        Buffer::U16(v) => show!(v, "us"),
        Buffer::I32(v) => show!(v, ""),
        Buffer::U32(v) => show!(v, "u"),
        Buffer::I64(v) => show!(v, "L"),
        Buffer::U64(v) => show!(v, "uL"),
        Buffer::F32(v) => v.get(at).map(|x| point(short(f64::from(*x), x.to_string())) + "f").unwrap_or_default(),
        Buffer::F64(v) => v.get(at).map(|x| point(short(*x, x.to_string()))).unwrap_or_default(),
        Buffer::Char(v) => v.get(at).map(|c| char::from(*c).to_string()).unwrap_or_default(),
        Buffer::String(v) => v.get(at).cloned().unwrap_or_default(),
    }
}

/// All digits of a number, with an exponent where zeros would hide them.
pub fn readable(x: f64) -> String {
    if x == 0.0 || !x.is_finite() || (1e-5..1e16).contains(&x.abs()) { x.to_string() } else { format!("{x:e}") }
}

/// Very large and very small numbers with an exponent (`1e20`), which needs no more digits.
fn short(value: f64, plain: String) -> String {
    let size = value.abs();
    if value.is_finite() && size != 0.0 && !(1e-5..1e16).contains(&size) {
        // `{:e}` of the plain text's value keeps the shortest digits of the narrower type.
        let digits: f64 = plain.parse().unwrap_or(value);
        return format!("{digits:e}");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf_8_are_latin_1() {
        let units = AttributeValue::Bytes(b"\xb0C".to_vec());
        assert_eq!((attribute_json(&units), attribute_text(&units)), ("°C".into(), "\"°C\"".to_owned()));
    }

    #[test]
    fn numbers_as_cdl_has_them() {
        let cases = [
            (Buffer::F32(vec![1e20]), "1e20f"),
            (Buffer::F32(vec![0.1]), "0.1f"),
            (Buffer::F64(vec![280.0]), "280."),
            (Buffer::I16(vec![-32767]), "-32767s"),
            (Buffer::F32(vec![f32::NAN]), "NaNf"),
            (Buffer::U64(vec![u64::MAX]), "18446744073709551615uL"),
        ];
        for (buffer, text) in cases {
            assert_eq!(number_text(&buffer, 0), text);
        }
    }

    #[test]
    fn json_keeps_what_it_can_and_spells_the_rest() {
        let json = |b| attribute_json(&AttributeValue::Numbers(b)).to_string();
        assert_eq!(json(Buffer::F32(vec![0.1])), "0.1");
        assert_eq!(json(Buffer::I64(vec![i64::MIN, i64::MAX])), "[-9223372036854775808,9223372036854775807]");
        assert_eq!(json(Buffer::F64(vec![f64::NAN])), "\"NaN\"");
    }
}
