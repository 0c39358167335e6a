//! The plane of a projection, as PROJ has it.

use projection::{Centre, Projection};
use serde_json::Value;

use super::describe;
use crate::model::Attributes;
use crate::{Error, Result};

/// A map projection by its definition.
#[derive(Debug, Clone)]
pub(in crate::grid) struct Plane {
    map: Projection,
    /// What PROJ says of it.
    json: Value,
    wkt: Option<String>,
}

impl Plane {
    /// A PROJ string, an authority's code (`EPSG:3035`) or well-known text.
    ///
    /// # Errors
    /// [`Error::Usage`] with PROJ's words.
    pub(in crate::grid) fn parse(text: &str) -> Result<Self> {
        let usage = |error: projection::Error| Error::usage(error.to_string()).with_hint(error.hint());
        let map = Projection::parse(text, Centre::default()).map_err(usage)?;
        let said = map.description();
        let json = said.as_ref().and_then(|d| serde_json::from_str(&d.projjson).ok()).unwrap_or(Value::Null);
        Ok(Self { map, json, wkt: said.map(|d| d.wkt) })
    }

    /// Whether its x and y are longitudes and latitudes.
    pub(in crate::grid) fn is_geographic(&self) -> bool {
        describe::innermost(&self.json).get("type").is_some_and(|kind| kind == "GeographicCRS")
    }

    /// The length of a unit of x and y in metres.
    pub(in crate::grid) fn metres_per_unit(&self) -> f64 {
        self.map.metres_per_unit()
    }

    /// The unit of x and y, as CF has it.
    pub(in crate::grid) fn units(&self) -> String {
        match self.metres_per_unit() {
            1.0 => "m".to_owned(),
            1000.0 => "km".to_owned(),
            metres => format!("{metres} m"),
        }
    }

    /// The rectangle west, south, east, north on the plane that holds a box in degrees; `None` where the map shows
    /// nothing of it.
    pub(in crate::grid) fn extent_of(&self, area: [f64; 4]) -> Option<[f64; 4]> {
        self.map.extent_of(area).filter(|extent| extent.iter().all(|v| v.is_finite()))
    }

    /// The grid mapping's attributes (CF appendix F, with `crs_wkt`).
    pub(in crate::grid) fn mapping(&self) -> Attributes {
        let mut attributes = describe::mapping(&self.json);
        if let Some(wkt) = &self.wkt {
            attributes.set("crs_wkt", wkt.as_str());
        }
        attributes
    }

    /// Longitude and latitude of each pair of `y` (slowest) and `x`; NaN where the plane has no place.
    pub(super) fn places(&self, y: &[f64], x: &[f64]) -> Vec<(f64, f64)> {
        let mut points: Vec<(f64, f64)> = y.iter().flat_map(|&y| x.iter().map(move |&x| (x, y))).collect();
        self.map.inverse_all(&mut points);
        points
    }
}
