//! Shapefiles: the polygons of a `.shp` with the `.dbf` table beside it, in a zip archive.
//!
//! Format: ESRI Shapefile Technical Description (1998). The few bytes of it that polygons need are
//! read here, every length checked against the bytes that are there.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::{Feature, Properties, dbf, polygon};
use crate::{Error, Result};

/// File code 9994, big-endian.
pub(super) const MAGIC: &[u8] = b"\x00\x00\x27\x0a";

/// The most bytes that a member of the archive may unpack to.
const LARGEST: u64 = 512 << 20;

/// Members beyond this size must not be packed more tightly than [`TIGHTEST`]: coordinates never are.
const SMALL: u64 = 16 << 20;
const TIGHTEST: u64 = 200;

/// Reads the shapefile, or else the `GeoJSON` file, of a zip archive.
pub(super) fn read_zip(bytes: &[u8], file: &str) -> Result<Vec<Feature>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(file, &error))?;
    let names: Vec<String> = archive.file_names().filter_map(|name| name.ok().map(|name| name.to_string())).collect();
    let of_kind = |kind: &str| -> Vec<&String> {
        let hidden =
            |name: &str| name.starts_with("__MACOSX") || name.rsplit('/').next().unwrap_or("").starts_with('.');
        names.iter().filter(|name| name.to_lowercase().ends_with(kind) && !hidden(name)).collect()
    };
    let shape = match of_kind(".shp")[..] {
        [shape] => shape,
        [] => {
            let texts: Vec<&String> = of_kind(".geojson").into_iter().chain(of_kind(".json")).collect();
            return match texts[..] {
                [text] => super::geojson::read(&unpack(&mut archive, text, file)?, file),
                _ => Err(Error::unsupported("the archive holds no shapefile", file)
                    .with_hint("zip the .shp, .dbf and .prj files together")),
            };
        }
        [first, second, ..] => {
            return Err(Error::unsupported(format!("the archive holds several shapefiles ({first}, {second})"), file)
                .with_hint("zip one of them alone"));
        }
    };
    let stem = shape.get(..shape.len().saturating_sub(4)).unwrap_or(shape).to_lowercase();
    let beside = |kind: &str| names.iter().find(|name| name.to_lowercase() == format!("{stem}{kind}"));
    if let Some(projection) = beside(".prj") {
        let text = unpack(&mut archive, projection, file)?;
        if String::from_utf8_lossy(&text).trim_start().to_uppercase().starts_with("PROJ") {
            return Err(Error::unsupported("the shapefile is in projected coordinates", file)
                .with_hint("convert it to longitude and latitude (EPSG:4326), as with ogr2ogr -t_srs EPSG:4326"));
        }
    }
    let table = beside(".dbf").map(|name| unpack(&mut archive, name, file)).transpose()?;
    let encoding = beside(".cpg").map(|name| unpack(&mut archive, name, file)).transpose()?;
    let shapes = unpack(&mut archive, shape, file)?;
    read(&shapes, table.as_deref(), encoding.as_deref(), file)
}

fn broken(file: &str, error: &zip::result::ZipError) -> Error {
    Error::malformed(file, format!("the zip archive is broken ({error})"))
}

/// A member's content, if it is of a size that a shapefile may have.
fn unpack(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, file: &str) -> Result<Vec<u8>> {
    let member = archive.by_name(name).map_err(|error| broken(file, &error))?;
    let packed = member.compressed_size();
    let limit = LARGEST.min(packed.saturating_mul(TIGHTEST).max(SMALL));
    let mut content = Vec::new();
    let read = member.take(limit + 1).read_to_end(&mut content);
    read.map_err(|error| Error::malformed(file, format!("'{name}' in the archive is broken ({error})")))?;
    if content.len() as u64 > limit {
        return Err(Error::unsupported(format!("'{name}' unpacks to more than {} MiB", limit >> 20), file)
            .with_hint("simplify the polygons"));
    }
    Ok(content)
}

/// Reads the polygons of a `.shp` and the properties of a `.dbf` (with the text of its `.cpg`).
pub(super) fn read(shapes: &[u8], table: Option<&[u8]>, encoding: Option<&[u8]>, file: &str) -> Result<Vec<Feature>> {
    const HEADER: usize = 100;
    if !shapes.starts_with(MAGIC) {
        return Err(Error::malformed(file, "the .shp does not begin as one"));
    }
    let mut rows = table.map(|table| dbf::read(table, encoding.unwrap_or(b""), file)).transpose()?;
    let mut rest = shapes.get(HEADER..).ok_or_else(|| Error::malformed(file, "the header of the .shp is cut off"))?;
    let mut features = Vec::new();
    while !rest.is_empty() {
        let words = rest.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
        let length = words.and_then(|words| usize::try_from(words).ok()?.checked_mul(2));
        let record = length.and_then(|length| rest.get(8..)?.split_at_checked(length));
        let (content, after) = record.ok_or_else(|| Error::malformed(file, "a record of the .shp is cut off"))?;
        rest = after;
        let properties = rows.as_mut().and_then(Iterator::next).unwrap_or_default();
        features.extend(feature(content, properties, file)?);
    }
    Ok(features)
}

/// The polygon of one record; `None` for a record without shape.
fn feature(content: &[u8], properties: Properties, file: &str) -> Result<Option<Feature>> {
    let cut = || Error::malformed(file, "a polygon of the .shp is cut off");
    match integer(content, 0).ok_or_else(cut)? {
        0 => return Ok(None),
        5 | 15 | 25 => {}
        other => {
            let what = match other {
                1 | 11 | 21 | 8 | 18 | 28 => "points",
                3 | 13 | 23 => "lines",
                31 => "multipatches",
                _ => return Err(Error::malformed(file, format!("the .shp holds shapes of unknown type {other}"))),
            };
            return Err(Error::unsupported(format!("the shapefile holds {what}, not polygons"), file));
        }
    }
    let count = |at| integer(content, at).and_then(|count| usize::try_from(count).ok());
    let (parts, points) = (count(36).ok_or_else(cut)?, count(40).ok_or_else(cut)?);
    let starts_end = parts.checked_mul(4).and_then(|bytes| bytes.checked_add(44)).ok_or_else(cut)?;
    let points_end = points.checked_mul(16).and_then(|bytes| bytes.checked_add(starts_end)).ok_or_else(cut)?;
    let starts = content.get(44..starts_end).ok_or_else(cut)?;
    let positions = content.get(starts_end..points_end).ok_or_else(cut)?;
    let starts: Option<Vec<usize>> =
        (0..parts).map(|part| integer(starts, part * 4).and_then(|start| usize::try_from(start).ok())).collect();
    let starts = starts.ok_or_else(cut)?;
    let mut rings = Vec::new();
    for (place, start) in starts.iter().enumerate() {
        let end = starts.get(place + 1).copied().unwrap_or(points);
        // Parts follow one another; the check also bounds what overlapping parts could add up to.
        let bytes = start.checked_mul(16).zip(end.checked_mul(16)).and_then(|(start, end)| positions.get(start..end));
        rings.push(bytes.ok_or_else(cut)?.chunks_exact(16).map(|pair| (real(pair, 0), real(pair, 8))).collect());
    }
    Ok(polygon(rings, file)?.map(|polygon| Feature { properties, polygons: vec![polygon] }))
}

fn integer(bytes: &[u8], at: usize) -> Option<i32> {
    let four = bytes.get(at..)?.first_chunk::<4>()?;
    Some(i32::from_le_bytes(*four))
}

fn real(bytes: &[u8], at: usize) -> f64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()).map_or(f64::NAN, |eight| f64::from_le_bytes(*eight))
}
