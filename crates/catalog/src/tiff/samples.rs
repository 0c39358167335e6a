//! The bands of an image.

use pangeo::{Error, Result};
use serde_json::{Map, Number, Value, json};

use super::tags::{Image, Tiff};

/// No image has more bands.
const MOST: u64 = 1 << 16;

/// Rows and columns.
pub(super) fn shape(tiff: &Tiff, image: &Image, name: &str) -> Result<[usize; 2]> {
    let side = |tag: u16| {
        let length = tiff.one(image, tag)?.unwrap_or(0);
        let known = usize::try_from(length).ok().filter(|n| (1..=1 << 31).contains(n));
        known.ok_or_else(|| Error::malformed(name, format!("an image with a side of {length} cells")))
    };
    Ok([side(257)?, side(256)?])
}

/// One object for each sample: name, type, missing value, unit, scale.
pub(super) fn bands(tiff: &Tiff, image: &Image, name: &str) -> Result<Vec<Value>> {
    let count = tiff.one(image, 277)?.unwrap_or(1);
    if !(1..=MOST).contains(&count) {
        return Err(Error::malformed(name, format!("an image with {count} bands")));
    }
    let (bits, formats) = (tiff.whole(image, 258, count)?, tiff.whole(image, 339, count)?);
    let nodata = tiff.text(image, 42113)?;
    let said = said(&tiff.text(image, 42112)?.unwrap_or_default());
    let bands = (0..count as usize).map(|at| {
        let of = |list: &[u64], else_: u64| list.get(at).or(list.first()).copied().unwrap_or(else_);
        let kind = data_type(of(&bits, 1), of(&formats, 1));
        let mut band = Map::new();
        band.insert("name".to_owned(), json!(format!("b{}", at + 1)));
        band.insert("data_type".to_owned(), json!(kind));
        if let Some(nodata) = nodata.as_deref().and_then(|text| missing(text, kind)) {
            band.insert("nodata".to_owned(), nodata);
        }
        for (_, key, value) in said.iter().filter(|(sample, ..)| *sample == at) {
            band.insert((*key).to_owned(), value.clone());
        }
        Value::Object(band)
    });
    Ok(bands.collect())
}

/// The name of a type in STAC's common metadata; samples of odd numbers of bits are read as the next wider type.
fn data_type(bits: u64, format: u64) -> &'static str {
    match (format, bits) {
        (1 | 4, 0..=8) => "uint8",
        (1 | 4, 9..=16) => "uint16",
        (1 | 4, 17..=32) => "uint32",
        (1 | 4, 33..=64) => "uint64",
        (2, 0..=8) => "int8",
        (2, 9..=16) => "int16",
        (2, 17..=32) => "int32",
        (2, 33..=64) => "int64",
        (3, 16) => "float16",
        (3, 24 | 32) => "float32",
        (3, 64) => "float64",
        (5, 32) => "cint16",
        (5, 64) => "cint32",
        (6, 64) => "cfloat32",
        (6, 128) => "cfloat64",
        _ => "other",
    }
}

/// The missing value as STAC writes it.
fn missing(text: &str, kind: &str) -> Option<Value> {
    let number: f64 = text.trim().parse().ok()?;
    Some(match number {
        x if x.is_nan() => json!("nan"),
        x if x.is_infinite() => json!(if x > 0.0 { "inf" } else { "-inf" }),
        x if x.fract() == 0.0 && x.abs() < 9e15 && kind.contains("int") => json!(x as i64),
        x => Number::from_f64(x).map(Value::Number)?,
    })
}

/// What the XML of GDAL's metadata says of samples: which, the member of a band, its value.
fn said(xml: &str) -> Vec<(usize, &'static str, Value)> {
    let Ok(document) = roxmltree::Document::parse(xml) else { return Vec::new() };
    let found = document.descendants().filter(|node| node.has_tag_name("Item")).filter_map(|item| {
        let sample = item.attribute("sample")?.parse().ok()?;
        let text = item.text().map(str::trim).filter(|text| !text.is_empty())?;
        let number = |but: f64| text.parse().ok().filter(|x: &f64| x.is_finite() && *x != but).map(|x| json!(x));
        Some(match item.attribute("role")? {
            "description" => (sample, "description", json!(text)),
            "unittype" => (sample, "unit", json!(text)),
            "scale" => (sample, "raster:scale", number(1.0)?),
            "offset" => (sample, "raster:offset", number(0.0)?),
            _ => return None,
        })
    });
    found.collect()
}
