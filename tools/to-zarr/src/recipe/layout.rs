//! The keys of the recipe that say how the store is laid out.

use std::collections::BTreeMap;

use super::error::Result;
use super::read::Place;
use super::yaml::{Plain, Value};
use super::{Attribute, Encoding, FloatType};

/// The keys of one variable's encoding.
pub(super) const ENCODING: [&str; 5] = ["chunks", "shards", "compression", "bitround", "dtype"];

const EXTENTS: &str = "a mapping of dimensions to whole numbers, such as {time: 24, lat: 180}";
const BITS: &str = "a whole number of bits from 1 to 52";

/// `{time: 24, lat: 180}`.
pub(super) fn extents(place: &Place<'_>) -> Result<Vec<(String, usize)>> {
    let extent = |(name, at): (String, Place<'_>)| {
        // The largest extent that survives in every format and on every machine.
        let count = at.whole(1..=i64::from(i32::MAX), "a whole number above 0")?;
        Ok((name, count as usize))
    };
    place.map(EXTENTS)?.into_iter().map(extent).collect()
}

/// One number of bits for all, or a number by variable.
pub(super) fn bitround(place: &Place<'_>) -> Result<BTreeMap<String, u32>> {
    if place.scalar().is_some() {
        return Ok(BTreeMap::from([("*".to_owned(), bits(place)?)]));
    }
    let pairs = place.map(&format!("{BITS}, or a mapping of variables to such"))?;
    pairs.into_iter().map(|(name, at)| Ok((name, bits(&at)?))).collect()
}

fn bits(place: &Place<'_>) -> Result<u32> {
    place.whole(1..=52, BITS).map(|bits| bits as u32)
}

/// `{t2m: {bitround: 9}}`.
pub(super) fn encodings(place: &Place<'_>) -> Result<BTreeMap<String, Encoding>> {
    let pairs = place.map("a mapping of variables to their encodings, such as {t2m: {bitround: 9}}")?;
    pairs.into_iter().map(|(name, at)| Ok((name, encoding(&at)?))).collect()
}

fn encoding(place: &Place<'_>) -> Result<Encoding> {
    let fields = place.fields(&ENCODING, "a mapping such as {bitround: 9}")?;
    let mut encoding = Encoding::default();
    for (name, at) in &fields {
        match name.as_str() {
            "chunks" => encoding.chunks = extents(at)?,
            "shards" => encoding.shards = extents(at)?,
            "compression" => encoding.compression = Some(at.text("a compressor such as zstd:3")?),
            "bitround" => encoding.bitround = Some(bits(at)?),
            _ => {
                let types = [FloatType::Float32, FloatType::Float64];
                encoding.dtype = types.get(at.word(&["float32", "float64"])?).copied();
            }
        }
    }
    Ok(encoding)
}

/// `{institution: Name, history: null}`.
pub(super) fn attributes(place: &Place<'_>) -> Result<Vec<(String, Attribute)>> {
    let pairs = place.map("a mapping of attributes to values, such as {institution: Name}")?;
    pairs.into_iter().map(|(name, at)| Ok((name, attribute(&at)?))).collect()
}

fn attribute(place: &Place<'_>) -> Result<Attribute> {
    const EXPECTED: &str = "a text, a number, a list of numbers, or null to remove it";
    let numbers = match &place.node.value {
        Value::Map(_) => return Err(place.expected(EXPECTED)),
        Value::List(_) => place.items(EXPECTED)?,
        Value::Scalar { .. } => match place.scalar() {
            Some((_, Plain::Null)) => return Ok(Attribute::Remove),
            Some((text, Plain::Text)) => return Ok(Attribute::Text(text.to_owned())),
            Some((text, Plain::Boolean)) => {
                let hint = format!("netCDF attributes know no true and false: write 1 or 0, or \"{text}\" in quotes");
                return Err(place.expected(EXPECTED).with_hint(hint));
            }
            _ => vec![place.clone()],
        },
    };
    if numbers.is_empty() {
        return Err(place.error(format!("{EXPECTED}, not an empty list")));
    }
    let kinds = numbers.iter().map(|at| match at.scalar() {
        Some((_, kind @ (Plain::Integer(_) | Plain::Number(_)))) => Ok(kind),
        _ => Err(at.expected("a number")),
    });
    let kinds = kinds.collect::<Result<Vec<_>>>()?;
    let whole: Option<Vec<i64>> =
        kinds.iter().map(|k| if let Plain::Integer(n) = k { Some(*n) } else { None }).collect();
    let real = |kind: &Plain| match kind {
        Plain::Integer(number) => *number as f64,
        Plain::Number(number) => *number,
        Plain::Null | Plain::Boolean | Plain::Text => f64::NAN,
    };
    Ok(whole.map_or_else(|| Attribute::Numbers(kinds.iter().map(real).collect()), Attribute::Integers))
}
