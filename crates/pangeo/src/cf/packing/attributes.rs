//! What a variable's attributes declare about packing, in whatever type they were written.

use super::{ATTRIBUTES, Packing, default_fill};
use crate::model::{AttributeValue, Attributes, Buffer, DataType, Element, Variable};
use crate::{Error, Result, with_numbers};

/// A number from an attribute, integers exactly.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Integer(i128),
    Real(f64),
}

impl Number {
    fn to_f64(self) -> f64 {
        match self {
            Self::Integer(i) => i as f64,
            Self::Real(x) => x,
        }
    }
}

/// The declarations, before they are brought into the variable's type.
pub(super) struct Declared {
    /// The type that the stored bits are read as.
    pub(super) seen: DataType,
    /// Scale and offset, `None` for 1 and 0.
    pub(super) linear: Option<(f64, f64)>,
    /// Whether scale and offset are both no wider than `float`.
    single: bool,
    missing: Vec<Number>,
    limits: [Option<Number>; 2],
    /// Whether the limits are physical rather than packed values.
    limits_are_physical: bool,
    /// Whether `_Unsigned` changes how the bits are read.
    reread: bool,
}

impl Declared {
    pub(super) fn of(variable: &Variable) -> Result<Self> {
        let attributes = &variable.attributes;
        let (scale, scale_type) = factor(variable, "scale_factor", 1.0)?;
        let (offset, offset_type) = factor(variable, "add_offset", 0.0)?;
        if scale == 0.0 {
            return Err(nonsense(variable, "scale_factor", "is 0"));
        }
        let linear = (scale != 1.0 || offset != 0.0).then_some((scale, offset));
        let types = [scale_type, offset_type];
        let single = types.iter().flatten().all(|t| *t == DataType::F32) && types.iter().any(Option::is_some);
        let seen = seen_type(variable.data_type(), attributes.text("_Unsigned"));
        let mut missing = numbers(attributes, "_FillValue");
        missing.extend(numbers(attributes, "missing_value"));
        let (limits, limits_type) = limits(attributes);
        // NUG: limits of the (wider) unpacked type are in unpacked units, else in packed ones.
        let limits_are_physical = linear.is_some() && seen.is_integer() && limits_type.is_some_and(|t| t.is_float());
        let reread = seen != *variable.data_type();
        Ok(Self { seen, linear, single, missing, limits, limits_are_physical, reread })
    }

    /// CF §8.1, widened where `float` would lose packed steps.
    pub(super) fn unpacked_type(&self, seen: &DataType) -> DataType {
        match (seen, self.linear) {
            (DataType::F32 | DataType::I8 | DataType::U8 | DataType::I16 | DataType::U16, None) => DataType::F32,
            (DataType::F32, Some(_)) if self.single => DataType::F32,
            (DataType::I8 | DataType::U8 | DataType::I16 | DataType::U16, Some((scale, offset)))
                if self.single && separable(scale, offset) =>
            {
                DataType::F32
            }
            (numeric, _) if numeric.is_numeric() => DataType::F64,
            (other, _) => other.clone(),
        }
    }

    /// Whether the attributes name a missing value.
    pub(super) fn names_missing(&self) -> bool {
        !self.missing.is_empty()
    }

    /// The missing values that the type can hold, the first one declared first; netCDF's own where
    /// none is declared and the type is wide enough for it to mean nothing else.
    pub(super) fn fills(&self, seen: &DataType) -> Buffer {
        let empty = Buffer::zeros(seen, 0).unwrap_or(Buffer::F64(Vec::new()));
        let fills = with_numbers!(&empty, v => brought_into(v, &self.missing, self.reread), empty.clone());
        let wide = matches!(seen, DataType::F32 | DataType::F64 | DataType::I32 | DataType::I64);
        if self.missing.is_empty() && wide { default_fill(seen).unwrap_or(fills) } else { fills }
    }

    /// Least and greatest valid stored value.
    pub(super) fn valid(&self, seen: &DataType) -> Option<Buffer> {
        let [low, high] = self.limits;
        if low.is_none() && high.is_none() {
            return None;
        }
        let bound = |limit: Option<Number>, other: f64| limit.map_or(other, |n| self.stored_units(n, seen));
        let (mut low, mut high) = (bound(low, f64::NEG_INFINITY), bound(high, f64::INFINITY));
        if self.limits_are_physical && self.linear.is_some_and(|(scale, _)| scale < 0.0) {
            (low, high) = (if high.is_infinite() { -high } else { high }, if low.is_infinite() { -low } else { low });
        }
        if low.is_nan() || high.is_nan() || low > high {
            return None; // no value would be valid: the attribute is wrong, not all data
        }
        if seen.is_integer() {
            // The edge itself is valid: 100.0 packed by 0.01 may come out as 10000.000000000002.
            (low, high) = ((low - 1e-6).ceil(), (high + 1e-6).floor());
        }
        self.exact_limits(seen).or_else(|| Buffer::from_f64(seen, &[low, high]))
    }

    /// 64-bit limits beyond 2^53, which doubles would round.
    fn exact_limits(&self, seen: &DataType) -> Option<Buffer> {
        let [Some(Number::Integer(low)), Some(Number::Integer(high))] = self.limits else { return None };
        match seen {
            DataType::I64 => Some(Buffer::I64(vec![i64::try_from(low).ok()?, i64::try_from(high).ok()?])),
            DataType::U64 => Some(Buffer::U64(vec![u64::try_from(low).ok()?, u64::try_from(high).ok()?])),
            _ => None,
        }
    }

    fn stored_units(&self, limit: Number, seen: &DataType) -> f64 {
        match self.linear {
            Some((scale, offset)) if self.limits_are_physical => (limit.to_f64() - offset) / scale,
            _ if self.reread => held(limit, seen, true).and_then(|b| b.get_f64(0)).unwrap_or(limit.to_f64()),
            _ => limit.to_f64(),
        }
    }
}

/// Whether `float` tells all 16-bit packed values apart: its rounding stays below a quarter step.
fn separable(scale: f64, offset: f64) -> bool {
    let largest = offset.abs() + 65536.0 * scale.abs();
    largest * f64::from(f32::EPSILON) * 0.5 < 0.25 * scale.abs() && largest < f64::from(f32::MAX)
}

/// A scale or offset and the type it is written in.
fn factor(variable: &Variable, name: &str, otherwise: f64) -> Result<(f64, Option<DataType>)> {
    let Some(value) = variable.attributes.get(name) else { return Ok((otherwise, None)) };
    let found = parse(value);
    let number = match found.as_slice() {
        [one] => one.to_f64(),
        [] => return Err(nonsense(variable, name, "is not a number")),
        _ => return Err(nonsense(variable, name, "has several values")),
    };
    if !number.is_finite() {
        return Err(nonsense(variable, name, "is not finite"));
    }
    let written = value.as_numbers().map_or(DataType::F64, Buffer::data_type);
    Ok((number, Some(written)))
}

fn nonsense(variable: &Variable, attribute: &str, what: &str) -> Error {
    Error::data(format!("attribute {attribute} {what}"), format!("variable '{}'", variable.name))
        .with_hint(format!("correct or remove {attribute}; without it the values cannot be understood"))
}

/// `_Unsigned` (NUG) makes signed integers unsigned; "false" makes unsigned ones signed (DAP2 bytes).
fn seen_type(stored: &DataType, unsigned: Option<&str>) -> DataType {
    let flag = unsigned.map(|text| text.trim().to_ascii_lowercase());
    match (flag.as_deref(), stored) {
        (Some("true"), DataType::I8) => DataType::U8,
        (Some("true"), DataType::I16) => DataType::U16,
        (Some("true"), DataType::I32) => DataType::U32,
        (Some("true"), DataType::I64) => DataType::U64,
        (Some("false"), DataType::U8) => DataType::I8,
        (Some("false"), DataType::U16) => DataType::I16,
        (Some("false"), DataType::U32) => DataType::I32,
        (Some("false"), DataType::U64) => DataType::I64,
        _ => stored.clone(),
    }
}

fn limits(attributes: &Attributes) -> ([Option<Number>; 2], Option<DataType>) {
    let written = |name: &str| attributes.get(name).and_then(AttributeValue::as_numbers).map(Buffer::data_type);
    if let [low, high] = numbers(attributes, "valid_range").as_slice() {
        return ([Some(*low), Some(*high)], written("valid_range"));
    }
    let one = |name: &str| numbers(attributes, name).first().copied();
    ([one("valid_min"), one("valid_max")], written("valid_min").or_else(|| written("valid_max")))
}

fn numbers(attributes: &Attributes, name: &str) -> Vec<Number> {
    attributes.get(name).map(parse).unwrap_or_default()
}

/// The numbers in an attribute; text is read as numbers where it is made of them.
fn parse(value: &AttributeValue) -> Vec<Number> {
    match value {
        AttributeValue::Numbers(Buffer::I64(v)) => v.iter().map(|&x| Number::Integer(i128::from(x))).collect(),
        AttributeValue::Numbers(Buffer::U64(v)) => v.iter().map(|&x| Number::Integer(i128::from(x))).collect(),
        AttributeValue::Numbers(buffer) if buffer.data_type().is_integer() => {
            buffer.to_f64().unwrap_or_default().into_iter().map(|x| Number::Integer(x as i128)).collect()
        }
        AttributeValue::Numbers(buffer) => buffer.to_f64().unwrap_or_default().into_iter().map(Number::Real).collect(),
        AttributeValue::Text(text) => parse_text(text),
        AttributeValue::Strings(list) => list.iter().flat_map(|text| parse_text(text)).collect(),
        AttributeValue::Json(text) => parse_text(text.trim_matches(['[', ']'])),
        AttributeValue::Bytes(_) => Vec::new(),
    }
}

/// All words must be numbers, C suffixes allowed (`-999s`, `1.e20f`); else the text may be the
/// base-64 form of a double that xarray writes to Zarr v3.
fn parse_text(text: &str) -> Vec<Number> {
    let words = text.split([' ', ',', '\0', '\t', '\n']).filter(|w| !w.is_empty());
    let parsed: Option<Vec<Number>> = words.map(parse_word).collect();
    parsed.unwrap_or_else(|| double_from_base64(text.trim()).map(Number::Real).into_iter().collect())
}

fn parse_word(word: &str) -> Option<Number> {
    let bare = word.strip_suffix(['b', 'B', 's', 'S', 'L', 'l']).unwrap_or(word);
    if let Ok(integer) = bare.parse::<i128>() {
        return Some(Number::Integer(integer));
    }
    word.parse().ok().or_else(|| word.strip_suffix(['f', 'F', 'd', 'D'])?.parse().ok()).map(Number::Real)
}

/// Eight little-endian bytes in twelve base-64 characters.
fn double_from_base64(text: &str) -> Option<f64> {
    let body = text.strip_suffix('=').filter(|b| b.len() == 11)?;
    let mut bits: u128 = 0;
    for c in body.bytes() {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u128::from(digit);
    }
    let bytes = ((bits >> 2) as u64).to_be_bytes(); // 66 bits hold 64
    Some(f64::from_le_bytes(bytes))
}

/// The numbers that a type can hold, as its values; `_like` only names the type. A number beyond
/// the signed range is meant bit by bit where `_Unsigned` is in play (255 for −1 and the reverse).
fn brought_into<T: Element>(_like: &[T], numbers: &[Number], reread: bool) -> Buffer {
    let mut found: Vec<T> = Vec::new();
    for number in numbers {
        let Some(value) =
            held(*number, &T::DATA_TYPE, reread).and_then(|b| T::slice(&b).and_then(|s| s.first().copied()))
        else {
            continue;
        };
        if !found.contains(&value) {
            found.push(value);
        }
    }
    T::wrap(found)
}

fn held(number: Number, data_type: &DataType, reread: bool) -> Option<Buffer> {
    let integer = match number {
        Number::Integer(i) => Some(i),
        Number::Real(x) if x.fract() == 0.0 && x.abs() < 1e19 => Some(x as i128),
        Number::Real(_) => None,
    };
    let real = number.to_f64();
    let fits = |least: i128, most: i128, bits: u32| {
        let other = if least < 0 { 0..=(1i128 << bits) - 1 } else { -(1i128 << (bits - 1))..=-1 };
        integer.filter(|i| (least..=most).contains(i) || (reread && other.contains(i)))
    };
    macro_rules! integers {
        ($($variant:ident $t:ty),*) => {
            match data_type {
                $(DataType::$variant => {
                    Buffer::$variant(vec![fits(<$t>::MIN.into(), <$t>::MAX.into(), <$t>::BITS)? as $t])
                })*
                _ => return None,
            }
        };
    }
    Some(match data_type {
        DataType::F64 => Buffer::F64(vec![real]),
        DataType::F32 => {
            let single = real as f32;
            (single.is_infinite() == real.is_infinite()).then_some(Buffer::F32(vec![single]))?
        }
        _ => integers!(I8 i8, U8 u8, I16 i16, U16 u16, I32 i32, U32 u32, I64 i64, U64 u64),
    })
}

impl Packing {
    /// Take the packing attributes off a decoded variable.
    pub(super) fn clean(&self, decoded: &mut Variable) {
        let could_miss = ["_FillValue", "missing_value"].iter().any(|n| decoded.attributes.get(n).is_some());
        let physical = self.physical_limits(&decoded.attributes);
        for name in ["scale_factor", "add_offset", "missing_value", "_Unsigned"] {
            decoded.attributes.remove(name);
        }
        let real = |x: f64| Buffer::from_f64(&self.unpacked, &[x]).map(AttributeValue::Numbers);
        if let Some(nan) = real(f64::NAN).filter(|_| could_miss) {
            decoded.attributes.set("_FillValue", nan);
        }
        for (name, values) in physical {
            if let Some(limits) = Buffer::from_f64(&self.unpacked, &values) {
                decoded.attributes.set(name, AttributeValue::Numbers(limits));
            }
        }
        decoded.encoding.fill_value = None;
        decoded.encoding.enumeration = None;
        decoded.encoding.boolean = false;
    }

    /// The valid limits in physical units, by attribute.
    fn physical_limits(&self, attributes: &Attributes) -> Vec<(&'static str, Vec<f64>)> {
        let (scale, offset) = self.scale_and_offset();
        let mut found = Vec::new();
        for name in ["valid_min", "valid_max", "valid_range"] {
            let Some(values) = attributes.get(name).and_then(AttributeValue::as_numbers) else { continue };
            let physical = self.linear.is_none() || (self.seen.is_integer() && values.data_type().is_float());
            let values = values.to_f64().unwrap_or_default();
            let unpack = |x: &f64| if physical { *x } else { x * scale + offset };
            found.push((name, values.iter().map(unpack).collect()));
        }
        found
    }

    /// The attributes of an encoded variable: its own, with the packing's where they stood.
    pub(super) fn restored(&self, variable: &Variable) -> Attributes {
        let mut list: Vec<(String, AttributeValue)> = variable
            .attributes
            .iter()
            .filter(|(name, _)| !ATTRIBUTES.contains(name))
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        for (name, value) in &self.attributes {
            let before = self.order.iter().take_while(|n| *n != name);
            let behind = before.filter_map(|n| list.iter().position(|(m, _)| m == n)).max();
            list.insert(behind.map_or(0, |at| at.saturating_add(1)), (name.clone(), value.clone()));
        }
        list.into_iter().collect()
    }
}
