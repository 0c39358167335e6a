//! Polygons on longitude and latitude: read from `GeoJSON` or a zipped shapefile, asked for cells.
//!
//! ```
//! use pangeo::grid::polygon::parse;
//!
//! let text = br#"{"type": "Polygon", "coordinates": [[[170, -20], [190, -20], [190, 0], [170, 0]]]}"#;
//! let features = parse(text, "fiji.geojson")?;
//! assert!(features[0].contains(-175.0, -10.0), "185 E, written as 175 W");
//! assert!(!features[0].contains(0.0, -10.0));
//! # Ok::<(), pangeo::Error>(())
//! ```
//!
//! Edges are straight lines in longitude and latitude, drawn as written: from 170 to −170 an edge
//! goes through Greenwich, from 170 to 190 through the dateline. A polygon across the dateline is
//! therefore written with longitudes beyond 180 or split in two, as RFC 7946 (section 3.1.9) asks.
//! Cells may use any longitudes; they are compared modulo 360.
//!
//! A point on an edge belongs to the polygon to the east or north of it, so that of two polygons
//! with a common border only one has it, and a box of whole cells has none too many.

mod coverage;
mod dbf;
mod geojson;
mod geometry;
mod pick;
mod shapefile;
mod touch;

pub use coverage::coverage;
pub use geometry::{Extent, Polygon};
pub use pick::{FeaturePick, pick};

use crate::{Error, Result};

/// The attributes of a feature by name, as in a `GeoJSON` `properties` member.
pub type Properties = serde_json::Map<String, serde_json::Value>;

/// One region with what is said about it; it has at least one polygon.
#[derive(Clone, Debug)]
pub struct Feature {
    /// Names, codes and numbers of the region.
    pub properties: Properties,
    /// Its parts; a point is in the region if it is in any of them.
    pub polygons: Vec<Polygon>,
}

impl Feature {
    /// Whether the point lies in the region; longitude in degrees east in any convention, latitude
    /// in degrees north. A missing (NaN) coordinate lies nowhere.
    pub fn contains(&self, longitude: f64, latitude: f64) -> bool {
        self.polygons.iter().any(|polygon| polygon.contains(longitude, latitude))
    }

    /// Whether the cell with these corners (longitude, latitude) and the region have an area in
    /// common; a common border alone is not enough. See [`Polygon::touches_cell`].
    pub fn touches_cell(&self, corners: &[(f64, f64)]) -> bool {
        self.polygons.iter().any(|polygon| polygon.touches_cell(corners))
    }

    /// The smallest box around the region; of two parts left and right of the dateline, the box
    /// across it.
    pub fn extent(&self) -> Extent {
        Extent::around(self.polygons.iter().map(Polygon::extent))
    }

    /// The text of a property, as `--zone-name` shows it; `None` if it is absent or null.
    pub fn name(&self, property: &str) -> Option<String> {
        match self.properties.get(property)? {
            serde_json::Value::Null => None,
            serde_json::Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}

/// Reads the regions of a `GeoJSON` text, a zipped shapefile or a bare `.shp`, told apart by content.
///
/// Features without polygons (points, lines) are left out. `file` is for the errors only.
///
/// # Errors
/// [`Error::Malformed`] for bytes that break the format's rules, [`Error::Unsupported`] for other
/// formats and projected coordinates, [`Error::Data`] if there is no polygon.
pub fn parse(bytes: &[u8], file: &str) -> Result<Vec<Feature>> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let features = match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        _ if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") => shapefile::read_zip(bytes, file)?,
        _ if bytes.starts_with(shapefile::MAGIC) => shapefile::read(bytes, None, None, file)?,
        Some(b'{') => geojson::read(text, file)?,
        _ => {
            return Err(Error::unsupported("this is neither GeoJSON nor a zipped shapefile", file)
                .with_hint("give a .geojson file or a .zip with .shp, .dbf and .prj"));
        }
    };
    if features.is_empty() {
        return Err(Error::data("there is no polygon", file).with_hint("points and lines enclose no cells"));
    }
    Ok(features)
}

/// A polygon from its rings, if it encloses anything.
fn polygon(rings: Vec<Vec<(f64, f64)>>, file: &str) -> Result<Option<Polygon>> {
    for (longitude, latitude) in rings.iter().flatten() {
        if !(longitude.is_finite() && latitude.is_finite()) {
            return Err(Error::malformed(file, "a coordinate of a polygon is not a number"));
        }
        if latitude.abs() > 90.000_001 || longitude.abs() > 720.0 {
            let what = format!("the point {longitude}, {latitude} is no longitude and latitude");
            return Err(Error::unsupported(what, file).with_hint("give the polygon in degrees (EPSG:4326)"));
        }
    }
    Ok(Polygon::new(rings))
}

#[cfg(test)]
mod tests;
