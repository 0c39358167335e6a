//! `--bbox` and `--intersects`.

use std::str::FromStr as _;

use geo::{BoundingRect, Geometry, GeometryCollection, MultiLineString, MultiPoint, MultiPolygon};
use pangeo::grid::Bbox;
use pangeo::{Error, Result};
use serde_json::Value;
use wkt::{TryFromWkt as _, Wkt};

use super::{read, wrong};
use crate::Place;
use crate::predicate::geometry;

/// What a right box looks like.
const BOX: &str = "write WEST,SOUTH,EAST,NORTH in degrees, or WEST,SOUTH,LOWEST,EAST,NORTH,HIGHEST";

/// What a right geometry looks like.
const GEOMETRY: &str = "write a file of GeoJSON or WKT, the GeoJSON itself, or WKT such as 'POINT (7.1 50.7)'";

/// Collections in each other at most, as parentheses that are open at once.
const DEEPEST: usize = 24;

/// A box: west, south, east, north in degrees, west > east across the dateline; with six numbers the third and sixth are heights,
/// which do not matter. Longitudes of any convention become those from -180 to 180.
///
/// ```
/// use search::Place;
/// assert_eq!(search::parse::bbox("350,-10,10,10")?, Place::Box([-10.0, -10.0, 10.0, 10.0]));
/// assert_eq!(search::parse::bbox("170,-10,190,10")?, Place::Box([170.0, -10.0, -170.0, 10.0]));
/// # Ok::<(), pangeo::Error>(())
/// ```
///
/// # Errors
/// A usage error when there are not four or six numbers, its south lies north of its north, or an edge is beyond the world.
pub fn bbox(text: &str) -> Result<Place> {
    let numbers: Vec<f64> = text
        .trim()
        .split(',')
        .map(|number| number.trim().parse().ok().filter(|number: &f64| number.is_finite()))
        .collect::<Option<_>>()
        .ok_or_else(|| wrong("the box", text, "not all of it are numbers", BOX))?;
    let (west, south, east, north) = match numbers.as_slice() {
        &[west, south, east, north] => (west, south, east, north),
        &[west, south, low, east, north, high] if low <= high => (west, south, east, north),
        [_, _, _, _, _, _] => return Err(wrong("the box", text, "its lowest is higher than its highest", BOX)),
        other => return Err(wrong("the box", text, format!("it has {} numbers", other.len()), BOX)),
    };
    if [west, east].iter().any(|edge| edge.abs() > 360.0) {
        return Err(wrong("the box", text, "longitudes go from -180 to 180, or from 0 to 360", BOX));
    }
    Ok(Place::Box(normal(Bbox::new(west, south, east, north)?)))
}

/// The box with longitudes from -180 to 180.
fn normal(edges: Bbox) -> [f64; 4] {
    let Bbox { west, south, east, north } = edges;
    if edges.is_all_around() {
        return [-180.0, south, 180.0, north];
    }
    if [west, east].iter().all(|edge| edge.abs() <= 180.0) {
        return [west, south, east, north];
    }
    let (from, to) = edges.longitudes();
    let turns = 360.0 * ((from + 180.0) / 360.0).floor();
    let (west, east) = (from - turns, to - turns);
    [west, south, if east > 180.0 { east - 360.0 } else { east }, north]
}

/// A geometry: a file of GeoJSON (a geometry, a feature or a collection of them, which become one geometry) or of WKT, or
/// either itself. Heights are left out.
///
/// # Errors
/// A usage error when it is neither, or positions are beyond the world.
pub fn intersects(text: &str) -> Result<Place> {
    let trimmed = text.trim();
    if let Some(shape) = written("the geometry", trimmed)? {
        return placed("the geometry", trimmed, &shape);
    }
    let path = trimmed.strip_prefix('@').unwrap_or(trimmed);
    if !std::path::Path::new(path).exists() {
        return Err(wrong("the geometry", text, "it is neither a file nor a geometry", GEOMETRY));
    }
    let content = read(path)?;
    let shape = written("the geometry of", content.trim()).map_err(|error| in_file(&error, path))?;
    let shape = shape.ok_or_else(|| wrong("the file", path, "it is neither GeoJSON nor WKT", GEOMETRY))?;
    placed("the geometry of", path, &shape)
}

/// The same error naming the file instead of quoting it.
fn in_file(error: &Error, path: &str) -> Error {
    let said = error.to_string();
    let why = said.rsplit_once("': ").map_or(said.as_str(), |(_, why)| why);
    wrong("the geometry of", path, why, GEOMETRY)
}

/// The geometry that a text is; none where it does not look like one.
fn written(what: &str, text: &str) -> Result<Option<Geometry>> {
    if text.starts_with('{') {
        let value: Value =
            serde_json::from_str(text).map_err(|error| wrong(what, text, error.to_string(), GEOMETRY))?;
        return united(&value).map(Some).map_err(|why| wrong(what, text, why, GEOMETRY));
    }
    let text = text.strip_prefix("SRID=4326;").unwrap_or(text);
    let name: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    let rest = text.get(name.len()..).unwrap_or_default().trim_start();
    let rest = rest.trim_start_matches(['Z', 'M', 'z', 'm']).trim_start();
    let kinds =
        ["POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"];
    let bare = name.to_ascii_uppercase();
    let known =
        kinds.iter().any(|kind| bare.strip_prefix(kind).is_some_and(|tail| matches!(tail, "" | "Z" | "M" | "ZM")));
    if !known || !rest.starts_with('(') {
        return Ok(None);
    }
    well_known(text).map(Some).map_err(|why| wrong(what, text, why, GEOMETRY))
}

fn well_known(text: &str) -> Result<Geometry, String> {
    let deepest = text.chars().scan(0_usize, |open, c| {
        *open = if c == '(' { *open + 1 } else { open.saturating_sub(usize::from(c == ')')) };
        Some(*open)
    });
    if deepest.max().unwrap_or_default() > DEEPEST {
        return Err(format!("more than {DEEPEST} parentheses are open at once"));
    }
    Wkt::<f64>::from_str(text).map_err(str::to_owned)?;
    Geometry::try_from_wkt_str(text).map_err(|error| error.to_string())
}

/// The geometry of GeoJSON of any kind.
fn united(value: &Value) -> Result<Geometry, String> {
    match value.get("type").and_then(Value::as_str) {
        Some("Feature") => {
            one(value.get("geometry").filter(|shape| !shape.is_null()).ok_or("the feature has no geometry")?)
        }
        Some("FeatureCollection") => {
            let features = value.get("features").and_then(Value::as_array).ok_or("the collection has no features")?;
            let shapes = features.iter().filter_map(|feature| feature.get("geometry")).filter(|shape| !shape.is_null());
            let shapes = shapes.map(one).collect::<Result<Vec<_>, _>>()?;
            if shapes.is_empty() { Err("no feature has a geometry".to_owned()) } else { Ok(joined(shapes)) }
        }
        _ => one(value),
    }
}

fn one(value: &Value) -> Result<Geometry, String> {
    geometry(value)
}

/// One geometry of several: of the plural type where all are of one kind, else a collection.
fn joined(mut shapes: Vec<Geometry>) -> Geometry {
    if shapes.len() == 1
        && let Some(only) = shapes.pop()
    {
        return only;
    }
    let mut polygons = Vec::new();
    let mut lines = Vec::new();
    let mut points = Vec::new();
    let mut others = Vec::new();
    for shape in &shapes {
        match shape {
            Geometry::Polygon(one) => polygons.push(one.clone()),
            Geometry::MultiPolygon(many) => polygons.extend(many.0.iter().cloned()),
            Geometry::LineString(one) => lines.push(one.clone()),
            Geometry::MultiLineString(many) => lines.extend(many.0.iter().cloned()),
            Geometry::Point(one) => points.push(*one),
            Geometry::MultiPoint(many) => points.extend(many.0.iter().copied()),
            other => others.push(other.clone()),
        }
    }
    match (polygons.is_empty(), lines.is_empty(), points.is_empty(), others.is_empty()) {
        (false, true, true, true) => Geometry::MultiPolygon(MultiPolygon(polygons)),
        (true, false, true, true) => Geometry::MultiLineString(MultiLineString(lines)),
        (true, true, false, true) => Geometry::MultiPoint(MultiPoint(points)),
        _ => Geometry::GeometryCollection(GeometryCollection(shapes)),
    }
}

/// The place, once the geometry is one that servers take.
fn placed(what: &str, text: &str, shape: &Geometry) -> Result<Place> {
    let around = shape.bounding_rect().ok_or_else(|| wrong(what, text, "it is empty", GEOMETRY))?;
    let (low, high) = (around.min(), around.max());
    let finite = [low.x, low.y, high.x, high.y].iter().all(|edge| edge.is_finite());
    if !finite || low.x < -360.0 || high.x > 360.0 || low.y < -90.0 || high.y > 90.0 {
        let why = format!("it reaches from {},{} to {},{}", low.x, low.y, high.x, high.y);
        return Err(wrong(what, text, why, "positions are longitude,latitude in degrees, to 180 and 90"));
    }
    sound(shape).map_err(|why| wrong(what, text, why, GEOMETRY))?;
    Ok(Place::Geometry(Box::new(geojson::Geometry::from(shape))))
}

/// Whether lines have two positions and rings four.
fn sound(shape: &Geometry) -> Result<(), &'static str> {
    let rings = |polygon: &geo::Polygon| {
        let short = std::iter::once(polygon.exterior()).chain(polygon.interiors()).any(|ring| ring.0.len() < 4);
        if short { Err("a ring of it has less than four positions") } else { Ok(()) }
    };
    let line = |line: &geo::LineString| {
        if line.0.len() < 2 { Err("a line of it has less than two positions") } else { Ok(()) }
    };
    match shape {
        Geometry::Polygon(polygon) => rings(polygon),
        Geometry::MultiPolygon(many) => many.iter().try_for_each(rings),
        Geometry::LineString(one) => line(one),
        Geometry::MultiLineString(many) => many.iter().try_for_each(line),
        Geometry::GeometryCollection(many) => many.iter().try_for_each(sound),
        _ => Ok(()),
    }
}
