//! Reference systems in the words of STAC: codes, PROJJSON and WKT2 of CF grid mappings.

use pangeo::cf::units::converter;
use pangeo::grid::RotatedPole;
use pangeo::grid::projected::definition;
use pangeo::model::{Attributes, Variable};
use projection::{Centre, Projection};
use serde_json::{Map, Value, json};

/// The reference system of horizontal coordinates.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceSystem {
    /// `EPSG:3035`, where it has one.
    pub code: Option<String>,
    /// As PROJJSON 0.7.
    pub projjson: Option<Value>,
    /// As well-known text (ISO 19162).
    pub wkt2: Option<String>,
}

/// The lattice of a grid on its plane (projection extension 2).
#[derive(Debug, Clone, PartialEq)]
pub struct Raster {
    /// Of x and y.
    pub system: ReferenceSystem,
    /// Rows and columns.
    pub shape: [usize; 2],
    /// Column and row to x and y of the corner of a cell, in the order of the store; where steps are equal.
    pub transform: Option<[f64; 6]>,
    /// The least x and y and the greatest of the edges of cells.
    pub bbox: Option<[f64; 4]>,
}

impl ReferenceSystem {
    /// Longitudes and latitudes of GPS, which are meant where a file says nothing else.
    pub fn wgs84() -> Self {
        Self { code: Some("EPSG:4326".to_owned()), projjson: None, wkt2: None }
    }

    /// As the datacube extension has it: the number of an EPSG code, else PROJJSON, else WKT2.
    pub fn to_json(&self) -> Value {
        let number = self.code.as_deref().and_then(|code| code.strip_prefix("EPSG:")?.parse::<u32>().ok());
        match (number, &self.projjson, &self.wkt2) {
            (Some(number), ..) => json!(number),
            (None, Some(projjson), _) => projjson.clone(),
            (None, None, wkt2) => json!(wkt2),
        }
    }

    /// Of latitudes and longitudes with the grid mapping that a variable names, if it names one.
    pub(crate) fn geographic(mapping: Option<&Attributes>) -> Self {
        let Some(mapping) = mapping else { return Self::wgs84() };
        let own = mapping.text("grid_mapping_name").is_none_or(|name| name.trim() == "latitude_longitude");
        if !own || is_wgs84(mapping) {
            return Self::wgs84();
        }
        parse(mapping).and_then(|(map, _)| Self::of(&map)).unwrap_or_else(Self::wgs84)
    }

    /// Of the coordinates of a rotated grid: PROJ's `ob_tran`.
    pub(crate) fn rotated(mapping: &Attributes) -> Option<Self> {
        let pole = RotatedPole::of(mapping)?;
        let mut figure = without_texts(mapping);
        figure.set("grid_mapping_name", "latitude_longitude");
        let sphere = definition(&figure)?;
        let figure = sphere.strip_prefix("+proj=longlat ")?;
        let text = format!(
            "+proj=ob_tran +o_proj=longlat +o_lon_p={} +o_lat_p={} +lon_0={} {figure}",
            pole.north_pole_longitude,
            pole.latitude,
            180.0 + pole.longitude
        );
        Self::of(&Projection::parse(&text, Centre::default()).ok()?)
    }

    pub(crate) fn of(map: &Projection) -> Option<Self> {
        let said = map.description()?;
        let projjson: Value = serde_json::from_str(&said.projjson).ok()?;
        let id = |member: &str| projjson.get("id").and_then(|id| id.get(member));
        let number =
            id("code").and_then(|code| code.as_u64().map(|n| n.to_string()).or(code.as_str().map(str::to_owned)));
        let code = id("authority").and_then(Value::as_str).zip(number).map(|(who, number)| format!("{who}:{number}"));
        Some(Self { code, projjson: Some(projjson), wkt2: Some(said.wkt) })
    }

    /// The same system with x and y counted in another unit, `metres` long.
    fn counted_in(mut self, unit: &str, metres: f64) -> Self {
        let axes = self.projjson.as_mut().and_then(|json| json.pointer_mut("/coordinate_system/axis"));
        for axis in axes.and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(axis) = axis.as_object_mut() {
                let unit = json!({"type": "LinearUnit", "name": unit, "conversion_factor": metres});
                axis.insert("unit".to_owned(), unit);
            }
        }
        if let Some(json) = self.projjson.as_mut().and_then(Value::as_object_mut) {
            json.remove("id");
        }
        Self { code: None, projjson: self.projjson, wkt2: None }
    }
}

/// The plane of a projected grid with x and y in a file's unit.
pub(crate) struct Plane {
    pub(crate) system: ReferenceSystem,
    map: Projection,
    /// How many of the map's units one of the coordinate's is.
    factor: f64,
}

impl Plane {
    /// `None` where the mapping is not known or the unit of `x` does not belong to it.
    pub(crate) fn of(mapping: &Attributes, x: &Variable) -> Option<Self> {
        let unit = x.attributes.text("units").map(str::trim).filter(|unit| !unit.is_empty());
        let to = |unit: &str, other: &str| {
            let (factor, offset) = converter(unit, other).ok()?.affine()?;
            (offset == 0.0 && factor.is_finite() && factor > 0.0).then_some(factor)
        };
        let metres = unit.and_then(|unit| to(unit, "m"));
        // False origins count in the unit of the coordinates (CF appendix F).
        let mut scaled = mapping.clone();
        for name in ["false_easting", "false_northing"] {
            if let Some((value, metres)) = mapping.number(name).zip(metres) {
                scaled.set(name, value * metres);
            }
        }
        let (map, _) = parse(&scaled)?;
        let system = ReferenceSystem::of(&map)?;
        let height = || mapping.number("perspective_point_height").filter(|h| *h > 0.0);
        let length = match unit {
            None => map.metres_per_unit(),
            // The angle at which a satellite sees the point, times its height.
            Some(unit) => metres.or_else(|| Some(to(unit, "radian")? * height()?))?,
        };
        let factor = length / map.metres_per_unit();
        let same = (factor - 1.0).abs() < 1e-9;
        let system = if same { system } else { system.counted_in(unit.unwrap_or("unit"), length) };
        Some(Self { system, map, factor: if same { 1.0 } else { factor } })
    }

    /// Longitudes and latitudes of places x, y; NaN where there is none.
    pub(crate) fn to_earth(&self, mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
        for (x, y) in &mut points {
            (*x, *y) = (*x * self.factor, *y * self.factor);
        }
        self.map.inverse_all(&mut points);
        points
    }

    /// x and y of a place.
    pub(crate) fn place_of(&self, longitude: f64, latitude: f64) -> Option<(f64, f64)> {
        self.map.forward(longitude, latitude).map(|(x, y)| (x / self.factor, y / self.factor))
    }
}

/// Attributes that hold a whole definition, in the order in which pangeo asks them.
const TEXTS: [&str; 9] =
    ["crs_wkt", "spatial_ref", "proj4", "proj4_params", "proj4text", "proj4_string", "epsg_code", "EPSG_code", "epsg"];

/// The first definition of a mapping that PROJ accepts, and its text.
fn parse(mapping: &Attributes) -> Option<(Projection, String)> {
    let mut left = mapping.clone();
    loop {
        let text = definition(&left)?;
        if let Ok(map) = Projection::parse(&text, Centre::default()) {
            return Some((map, text));
        }
        let next = TEXTS.iter().find(|name| left.get(name).is_some())?;
        left.remove(next);
    }
}

fn without_texts(mapping: &Attributes) -> Attributes {
    let mut left = mapping.clone();
    for name in TEXTS {
        left.remove(name);
    }
    left
}

/// Whether a mapping of latitudes and longitudes says no more than the ellipsoid of WGS 84, or nothing at all.
fn is_wgs84(mapping: &Attributes) -> bool {
    if TEXTS.iter().any(|name| mapping.get(name).is_some())
        || mapping.number("longitude_of_prime_meridian").is_some_and(|m| m != 0.0)
    {
        return false;
    }
    let near = |name: &str, value: f64, slack: f64| mapping.number(name).is_none_or(|x| (x - value).abs() < slack);
    let said = |name: &str| {
        mapping.text(name).is_none_or(|text| text.to_ascii_lowercase().replace([' ', '_'], "").contains("wgs84"))
    };
    near("semi_major_axis", 6_378_137.0, 1e-3)
        && near("semi_minor_axis", 6_356_752.314_245, 1e-3)
        && near("inverse_flattening", 298.257_223_563, 1e-6)
        && mapping.number("earth_radius").is_none()
        && ["horizontal_datum_name", "reference_ellipsoid_name", "geographic_crs_name"].into_iter().all(said)
}

impl Raster {
    /// The members of an asset that the projection extension has.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut out = Map::new();
        out.insert("proj:code".to_owned(), json!(self.system.code));
        if self.system.code.is_none() {
            if let Some(projjson) = &self.system.projjson {
                out.insert("proj:projjson".to_owned(), projjson.clone());
            }
            if let Some(wkt2) = &self.system.wkt2 {
                out.insert("proj:wkt2".to_owned(), json!(wkt2));
            }
        }
        out.insert("proj:shape".to_owned(), json!(self.shape));
        if let Some(transform) = self.transform {
            out.insert("proj:transform".to_owned(), json!(transform));
        }
        if let Some(bbox) = self.bbox {
            out.insert("proj:bbox".to_owned(), json!(bbox));
        }
        out
    }
}
