//! Zarr's data types (v2: numpy's type strings; v3: names and extensions) and what they are here.

use serde_json::{Map, Value};

use crate::model::{ByteOrder, DataType};

/// How the elements of an array are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StoredType {
    /// Numbers of a type that the model has.
    Number(DataType),
    /// IEEE 754 binary16, presented as `float`, which holds each of them exactly.
    Half,
    /// One byte, 0 or 1.
    Bool,
    /// So many bytes of text, NUL-padded.
    Bytes(usize),
    /// So many UTF-32 code points, NUL-padded.
    Utf32(usize),
    /// Texts of any length, UTF-8.
    Utf8,
    /// Time points since 1970 in a unit with an exact length, `i64::MIN` is missing.
    Datetime(&'static str),
    /// Time spans in a unit with an exact length, `i64::MIN` is missing.
    Timedelta(&'static str),
    /// Listed, never read.
    Opaque(String),
}

impl StoredType {
    /// The type under which the values are presented.
    pub(super) fn data_type(&self) -> DataType {
        match self {
            Self::Number(t) => t.clone(),
            Self::Half => DataType::F32,
            Self::Bool => DataType::I8,
            Self::Bytes(1) => DataType::Char,
            Self::Bytes(_) | Self::Utf32(_) | Self::Utf8 => DataType::String,
            Self::Datetime(_) | Self::Timedelta(_) => DataType::I64,
            Self::Opaque(what) => DataType::Opaque(what.clone()),
        }
    }

    /// Bytes of one stored element; `None` for texts of any length and opaque types.
    pub(super) fn size(&self) -> Option<usize> {
        match self {
            Self::Number(t) => Some(t.size()),
            Self::Half => Some(2),
            Self::Bool => Some(1),
            Self::Bytes(n) => Some(*n),
            Self::Utf32(n) => n.checked_mul(4),
            Self::Datetime(_) | Self::Timedelta(_) => Some(8),
            Self::Utf8 | Self::Opaque(_) => None,
        }
    }

    /// The short name that stands in a chunk's format.
    pub(super) fn format_name(&self) -> String {
        match self {
            Self::Number(t) => t.name().to_owned(),
            Self::Half => "float16".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Bytes(n) => format!("bytes{n}"),
            Self::Utf32(n) => format!("utf32x{n}"),
            Self::Utf8 => "utf8".to_owned(),
            Self::Datetime(_) | Self::Timedelta(_) => DataType::I64.name().to_owned(),
            Self::Opaque(what) => what.clone(),
        }
    }
}

/// The longest fixed-length text taken seriously, in bytes.
const LONGEST_TEXT: usize = 1 << 24;

/// A v2 `dtype`; `object_codec` is the id of the filter that stores objects, if there is one.
pub(super) fn parse_v2(dtype: &Value, object_codec: Option<&str>) -> (StoredType, ByteOrder) {
    let Some(text) = dtype.as_str() else {
        return (StoredType::Opaque(format!("structured {dtype}")), ByteOrder::Little);
    };
    let order = if text.starts_with('>') { ByteOrder::Big } else { ByteOrder::Little };
    let opaque = || StoredType::Opaque(text.to_owned());
    let body = text.trim_start_matches(['<', '>', '|', '=']);
    let kind = body.chars().next().unwrap_or('?');
    let rest = body.get(kind.len_utf8()..).unwrap_or("");
    let length = rest.parse::<usize>().ok().filter(|&n| n > 0 && n <= LONGEST_TEXT);
    let stored = match (kind, length) {
        ('f', Some(2)) => StoredType::Half,
        ('i' | 'u' | 'f', Some(n)) => number(kind, n).map_or_else(opaque, StoredType::Number),
        ('b', Some(1)) => StoredType::Bool,
        ('S' | 'a', Some(n)) => StoredType::Bytes(n),
        ('U', Some(n)) => StoredType::Utf32(n),
        ('M' | 'm', None) => time_v2(kind, rest).unwrap_or_else(opaque),
        ('O', None) if object_codec == Some("vlen-utf8") => StoredType::Utf8,
        ('O', None) => StoredType::Opaque(format!("object {}", object_codec.unwrap_or("of unknown codec"))),
        _ => opaque(),
    };
    (stored, order)
}

/// `8[ns]` behind numpy's `M` or `m`.
fn time_v2(kind: char, rest: &str) -> Option<StoredType> {
    let unit = time_unit(rest.strip_prefix("8[")?.strip_suffix(']')?)?;
    Some(if kind == 'M' { StoredType::Datetime(unit) } else { StoredType::Timedelta(unit) })
}

fn number(kind: char, size: usize) -> Option<DataType> {
    Some(match (kind, size) {
        ('i', 1) => DataType::I8,
        ('i', 2) => DataType::I16,
        ('i', 4) => DataType::I32,
        ('i', 8) => DataType::I64,
        ('u', 1) => DataType::U8,
        ('u', 2) => DataType::U16,
        ('u', 4) => DataType::U32,
        ('u', 8) => DataType::U64,
        ('f', 4) => DataType::F32,
        ('f', 8) => DataType::F64,
        _ => return None,
    })
}

/// CF's name of a numpy time unit of fixed length that needs no scaling.
fn time_unit(numpy: &str) -> Option<&'static str> {
    Some(match numpy {
        "D" => "days",
        "h" => "hours",
        "m" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" | "μs" => "microseconds",
        "ns" => "nanoseconds",
        _ => return None,
    })
}

/// A v3 `data_type`: a name, or an object with `name` and `configuration`.
///
/// # Errors
/// When it is neither.
pub(super) fn parse_v3(data_type: &Value) -> Result<StoredType, String> {
    let empty = Map::new();
    let (name, configuration) = match data_type {
        Value::String(name) => (name.as_str(), &empty),
        Value::Object(map) => (
            map.get("name").and_then(Value::as_str).ok_or("data_type has no name")?,
            map.get("configuration").and_then(Value::as_object).unwrap_or(&empty),
        ),
        _ => return Err("data_type is neither a name nor an object".to_owned()),
    };
    let opaque = || {
        if configuration.is_empty() {
            StoredType::Opaque(name.to_owned())
        } else {
            StoredType::Opaque(format!("{name} {}", Value::Object(configuration.clone())))
        }
    };
    let bytes = configuration.get("length_bytes").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let bytes = bytes.filter(|&n| n > 0 && n <= LONGEST_TEXT);
    let plain = |prefix: &str, kind| {
        let bits = name.strip_prefix(prefix)?.parse::<usize>().ok().filter(|b| b % 8 == 0)?;
        number(kind, bits / 8)
    };
    let stored = match (name, bytes) {
        ("bool", _) => StoredType::Bool,
        ("float16", _) => StoredType::Half,
        ("string", _) => StoredType::Utf8,
        ("null_terminated_bytes", Some(n)) => StoredType::Bytes(n),
        ("fixed_length_utf32", Some(n)) if n % 4 == 0 => StoredType::Utf32(n / 4),
        ("numpy.datetime64" | "numpy.timedelta64", _) => time_v3(name, configuration).unwrap_or_else(opaque),
        _ => plain("int", 'i')
            .or_else(|| plain("uint", 'u'))
            .or_else(|| plain("float", 'f'))
            .map_or_else(opaque, StoredType::Number),
    };
    Ok(stored)
}

fn time_v3(name: &str, configuration: &Map<String, Value>) -> Option<StoredType> {
    let unit = time_unit(configuration.get("unit")?.as_str()?)?;
    if configuration.get("scale_factor").is_some_and(|s| s.as_u64() != Some(1)) {
        return None;
    }
    Some(if name == "numpy.datetime64" { StoredType::Datetime(unit) } else { StoredType::Timedelta(unit) })
}

/// The v2 `dtype` of a stored type, for writing.
pub(super) fn name_v2(stored: &StoredType, order: ByteOrder) -> String {
    let body = match stored {
        StoredType::Number(t) => {
            let kind = match t {
                _ if t.is_float() => 'f',
                DataType::U8 | DataType::U16 | DataType::U32 | DataType::U64 => 'u',
                _ => 'i',
            };
            format!("{kind}{}", t.size())
        }
        StoredType::Bool => "b1".to_owned(),
        StoredType::Bytes(n) => format!("S{n}"),
        _ => "O".to_owned(),
    };
    let mark = match (stored.size(), stored, order) {
        (Some(2..), StoredType::Number(_), ByteOrder::Big) => '>',
        (Some(2..), StoredType::Number(_), ByteOrder::Little) => '<',
        _ => '|',
    };
    format!("{mark}{body}")
}

/// The v3 `data_type` of a stored type, for writing.
pub(super) fn name_v3(stored: &StoredType) -> Value {
    match stored {
        StoredType::Bool => "bool".into(),
        StoredType::Bytes(n) => {
            serde_json::json!({"name": "null_terminated_bytes", "configuration": {"length_bytes": n}})
        }
        StoredType::Number(t) => match name_v2(stored, ByteOrder::Little).get(1..2) {
            Some("f") => format!("float{}", t.size() * 8).into(),
            Some("u") => format!("uint{}", t.size() * 8).into(),
            _ => format!("int{}", t.size() * 8).into(),
        },
        _ => "string".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numpy_type_strings() {
        let case = |text: &str| parse_v2(&json!(text), None);
        assert_eq!(case("<f4"), (StoredType::Number(DataType::F32), ByteOrder::Little));
        assert_eq!(case(">i2"), (StoredType::Number(DataType::I16), ByteOrder::Big));
        assert_eq!(case("|b1").0, StoredType::Bool);
        assert_eq!(case("|S1").0.data_type(), DataType::Char);
        assert_eq!(case("<U10").0, StoredType::Utf32(10));
        assert_eq!(case("<M8[ns]").0, StoredType::Datetime("nanoseconds"));
        for odd in ["<f2", "<c8", "|V16", "<M8[10ms]", "<M8[Y]", "", "<U0", "<U99999999999", "é4", "|O"] {
            assert!(matches!(case(odd).0, StoredType::Opaque(_)), "{odd}");
        }
        assert_eq!(parse_v2(&json!("|O"), Some("vlen-utf8")).0, StoredType::Utf8);
        assert!(matches!(parse_v2(&json!([["a", "<f4"]]), None).0, StoredType::Opaque(_)));
    }

    #[test]
    fn names_written_are_read_back() {
        for t in [DataType::I8, DataType::U16, DataType::I64, DataType::F32, DataType::F64] {
            let stored = StoredType::Number(t);
            for order in [ByteOrder::Little, ByteOrder::Big] {
                assert_eq!(parse_v2(&json!(name_v2(&stored, order)), None).0, stored);
            }
            assert_eq!(parse_v3(&name_v3(&stored)).unwrap(), stored);
        }
        assert_eq!(name_v2(&StoredType::Number(DataType::U8), ByteOrder::Big), "|u1");
        for stored in [StoredType::Bool, StoredType::Bytes(1), StoredType::Utf8] {
            assert_eq!(parse_v3(&name_v3(&stored)).unwrap(), stored);
        }
        assert!(parse_v3(&json!(3)).is_err());
        assert_eq!(parse_v3(&json!("float16")).unwrap(), StoredType::Half);
        assert!(matches!(parse_v3(&json!("int-8")).unwrap(), StoredType::Opaque(_)));
    }
}
