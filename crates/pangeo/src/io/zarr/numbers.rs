//! Numbers between JSON and typed values: lossless casts, fill values, base64.

use serde_json::Value;

use super::codec::from_half;
use super::dtype::StoredType;
use super::json;
use crate::model::{Buffer, DataType, Element, text_of};
use crate::with_numbers;

/// One number of any type, exactly.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    /// Any integer of up to 64 bits.
    Integer(i128),
    /// Any float.
    Float(f64),
}

impl Number {
    /// A JSON number, or one of the markers of non-finite numbers.
    pub(super) fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::Number(n) if n.is_i64() || n.is_u64() => {
                Some(Self::Integer(n.as_i64().map_or_else(|| i128::from(n.as_u64().unwrap_or(0)), i128::from)))
            }
            Value::Number(n) => n.as_f64().map(Self::Float),
            Value::String(text) => json::non_finite(text).map(Self::Float),
            _ => None,
        }
    }

    /// The number as JSON.
    pub(super) fn to_json(self) -> Value {
        match self {
            Self::Integer(i) => i64::try_from(i)
                .map(Value::from)
                .or_else(|_| u64::try_from(i).map(Value::from))
                .unwrap_or_else(|_| json::number(i as f64)),
            Self::Float(f) => json::number(f),
        }
    }

    fn to_f64(self) -> f64 {
        match self {
            Self::Integer(i) => i as f64,
            Self::Float(f) => f,
        }
    }

    /// The same number as an integer, if it is one.
    fn to_integer(self) -> Option<i128> {
        match self {
            Self::Integer(i) => Some(i),
            // 2^64 bounds every integer type, so the cast below is exact.
            Self::Float(f) if f.fract() == 0.0 && f.abs() <= 18_446_744_073_709_551_616.0 => Some(f as i128),
            Self::Float(_) => None,
        }
    }
}

/// All numbers of a buffer; `None` for texts.
pub(super) fn numbers(buffer: &Buffer) -> Option<Vec<Number>> {
    fn all<T: Element + Into<Wide>>(values: &[T]) -> Vec<Number> {
        values.iter().map(|&v| v.into().0).collect()
    }
    with_numbers!(buffer, v => Some(all(v)), None)
}

/// Carrier of the conversions below.
struct Wide(Number);

macro_rules! wide {
    ($($t:ty => $variant:ident as $wide:ty;)*) => {$(
        impl From<$t> for Wide {
            fn from(value: $t) -> Self { Self(Number::$variant(<$wide>::from(value))) }
        }
    )*};
}

wide! {
    i8 => Integer as i128; u8 => Integer as i128; i16 => Integer as i128; u16 => Integer as i128;
    i32 => Integer as i128; u32 => Integer as i128; i64 => Integer as i128; u64 => Integer as i128;
    f32 => Float as f64; f64 => Float as f64;
}

/// The numbers in a numeric type, if every one of them fits exactly (NaN fits floats).
pub(super) fn exactly(numbers: &[Number], data_type: &DataType) -> Option<Buffer> {
    macro_rules! integers {
        ($t:ty, $variant:ident) => {
            Buffer::$variant(
                numbers.iter().map(|n| n.to_integer().and_then(|i| <$t>::try_from(i).ok())).collect::<Option<_>>()?,
            )
        };
    }
    Some(match data_type {
        DataType::I8 => integers!(i8, I8),
        DataType::U8 => integers!(u8, U8),
        DataType::I16 => integers!(i16, I16),
        DataType::U16 => integers!(u16, U16),
        DataType::I32 => integers!(i32, I32),
        DataType::U32 => integers!(u32, U32),
        DataType::I64 => integers!(i64, I64),
        DataType::U64 => integers!(u64, U64),
        DataType::F32 => Buffer::F32(numbers.iter().map(|n| exact_f32(n.to_f64())).collect::<Option<_>>()?),
        DataType::F64 => Buffer::F64(numbers.iter().map(|n| n.to_f64()).collect()),
        DataType::Char | DataType::String | DataType::Opaque(_) => return None,
    })
}

fn exact_f32(value: f64) -> Option<f32> {
    let narrow = value as f32;
    (value.is_nan() || f64::from(narrow) == value).then_some(narrow)
}

/// The numbers in a numeric type: integers exactly or not at all, floats rounded.
pub(super) fn nearly(numbers: &[Number], data_type: &DataType) -> Option<Buffer> {
    match data_type {
        DataType::F32 => Some(Buffer::F32(numbers.iter().map(|n| n.to_f64() as f32).collect())),
        _ => exactly(numbers, data_type),
    }
}

/// A `fill_value` as one value of the array's presented type; `None` for `null` and opaque types.
///
/// # Errors
/// When it is not a value of the type.
pub(super) fn parse_fill(value: &Value, stored: &StoredType) -> Result<Option<Buffer>, String> {
    let wrong = || format!("fill_value {value} is not a {}", stored.format_name());
    let filled = match (stored, value) {
        (_, Value::Null) | (StoredType::Opaque(_), _) => return Ok(None),
        (StoredType::Number(t), _) => fill_number(value, t).and_then(|n| nearly(&[n], t)),
        (StoredType::Half, Value::String(text)) if text.starts_with("0x") => {
            let bits = text.get(2..).and_then(|digits| u16::from_str_radix(digits, 16).ok());
            bits.map(|bits| Buffer::F32(vec![from_half(bits)]))
        }
        (StoredType::Half, _) => fill_number(value, &DataType::F32).and_then(|n| nearly(&[n], &DataType::F32)),
        (StoredType::Bool, Value::Bool(b)) => Some(Buffer::I8(vec![i8::from(*b)])),
        (StoredType::Bool, _) => value.as_i64().filter(|i| (0..=1).contains(i)).map(|i| Buffer::I8(vec![i as i8])),
        (StoredType::Datetime(_) | StoredType::Timedelta(_), Value::String(text)) if text == "NaT" => {
            Some(Buffer::I64(vec![i64::MIN]))
        }
        (StoredType::Datetime(_) | StoredType::Timedelta(_), _) => value.as_i64().map(|i| Buffer::I64(vec![i])),
        // Old writers put the number 0 where they mean an empty text.
        (StoredType::Bytes(1), Value::Number(_)) => Some(Buffer::Char(vec![0])),
        (StoredType::Bytes(_) | StoredType::Utf32(_) | StoredType::Utf8, Value::Number(_)) => {
            Some(Buffer::String(vec![String::new()]))
        }
        (StoredType::Bytes(n), Value::String(text)) => Some(fill_bytes(text, *n)),
        (StoredType::Utf32(_) | StoredType::Utf8, Value::String(text)) => Some(Buffer::String(vec![text.clone()])),
        _ => None,
    };
    filled.map(Some).ok_or_else(wrong)
}

/// Numbers, `NaN` and its kin, and v3's bit patterns (`0x7fc00000`).
fn fill_number(value: &Value, data_type: &DataType) -> Option<Number> {
    if let Some(number) = Number::from_json(value) {
        return Some(number);
    }
    let text = value.as_str()?;
    if let Some(special) = json::named_non_finite(text) {
        return data_type.is_float().then_some(Number::Float(special));
    }
    let bits = u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()?;
    match data_type {
        DataType::F32 => u32::try_from(bits).ok().map(|b| Number::Float(f64::from(f32::from_bits(b)))),
        DataType::F64 => Some(Number::Float(f64::from_bits(bits))),
        _ => None,
    }
}

/// Fixed-length bytes stand in base64; what is not base64 is taken as the text itself.
fn fill_bytes(text: &str, length: usize) -> Buffer {
    let bytes = from_base64(text).unwrap_or_else(|| text.as_bytes().to_vec());
    match length {
        1 => Buffer::Char(vec![bytes.first().copied().unwrap_or(0)]),
        _ => Buffer::String(vec![text_of(&bytes).trim_end_matches('\0').to_owned()]),
    }
}

/// One value as `fill_value` of metadata.
pub(super) fn fill_json(value: &Buffer, stored: &StoredType) -> Value {
    match (stored, value) {
        (StoredType::Bool, _) => Value::Bool(value.get_f64(0).is_some_and(|v| v != 0.0)),
        (StoredType::Bytes(_), Buffer::Char(v)) => to_base64(v).into(),
        (_, Buffer::String(v)) => v.first().cloned().unwrap_or_default().into(),
        _ => match numbers(value).and_then(|n| n.first().copied()) {
            Some(Number::Float(f)) if !f.is_finite() => json::non_finite_name(f).into(),
            Some(number) => number.to_json(),
            None => Value::Null,
        },
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648 base64 with padding.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    let letter = |six: u32| char::from(ALPHABET.get((six & 63) as usize).copied().unwrap_or(b'A'));
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for group in bytes.chunks(3) {
        let word = group.iter().fold(0u32, |w, &b| w << 8 | u32::from(b)) << (8 * (3 - group.len()));
        for place in 0..4 {
            out.push(if place <= group.len() { letter(word >> (18 - 6 * place)) } else { '=' });
        }
    }
    out
}

/// The bytes of padded base64; `None` for anything else.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let body: &[u8] = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let mut out = Vec::with_capacity(body.len());
    for group in body.chunks(4) {
        let mut word = 0u32;
        for &letter in group {
            word = word << 6 | u32::try_from(ALPHABET.iter().position(|&a| a == letter)?).ok()?;
        }
        word <<= 6 * (4 - group.len());
        out.extend(word.to_be_bytes().get(1..group.len())?);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn base64_as_in_rfc_4648() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(to_base64(plain.as_bytes()), coded);
            assert_eq!(from_base64(coded).unwrap(), plain.as_bytes());
        }
        assert!(from_base64("Zg").is_none() && from_base64("Z!==").is_none());
    }

    #[test]
    fn fill_values_of_every_kind() {
        let f32s = StoredType::Number(DataType::F32);
        let fill = |v: Value, s: &StoredType| parse_fill(&v, s);
        assert!(matches!(fill(json!("NaN"), &f32s), Ok(Some(Buffer::F32(v))) if v[0].is_nan()));
        assert_eq!(fill(json!("0x7f800000"), &f32s).unwrap(), Some(Buffer::F32(vec![f32::INFINITY])));
        assert_eq!(fill(json!(9.96921e36), &f32s).unwrap(), Some(Buffer::F32(vec![9.96921e36])));
        let i16s = StoredType::Number(DataType::I16);
        assert_eq!(fill(json!(-9.0), &i16s).unwrap(), Some(Buffer::I16(vec![-9])));
        assert!(fill(json!(70000), &i16s).is_err() && fill(json!("NaN"), &i16s).is_err());
        let u64s = StoredType::Number(DataType::U64);
        assert_eq!(fill(json!(u64::MAX), &u64s).unwrap(), Some(Buffer::U64(vec![u64::MAX])));
        assert_eq!(fill(json!(null), &u64s).unwrap(), None);
        assert_eq!(fill(json!("AA=="), &StoredType::Bytes(1)).unwrap(), Some(Buffer::Char(vec![0])));
        assert_eq!(fill(json!(0), &StoredType::Utf8).unwrap(), Some(Buffer::String(vec![String::new()])));
        assert_eq!(fill(json!(false), &StoredType::Bool).unwrap(), Some(Buffer::I8(vec![0])));
    }

    #[test]
    fn casts_are_exact_or_refused() {
        let cast = |n: &[Number], t: DataType| exactly(n, &t);
        assert_eq!(cast(&[Number::Integer(255)], DataType::U8), Some(Buffer::U8(vec![255])));
        assert_eq!(cast(&[Number::Integer(255)], DataType::I8), None);
        assert_eq!(cast(&[Number::Float(0.1)], DataType::F32), None);
        let tenth = f64::from(0.1f32);
        assert_eq!(cast(&[Number::Float(tenth)], DataType::F32), Some(Buffer::F32(vec![0.1])));
        assert_eq!(cast(&[Number::Float(1e300)], DataType::I64), None);
    }
}
