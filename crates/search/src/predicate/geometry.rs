//! Geometries of items, from JSON without a copy of it.

use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde_json::Value;

/// Collections of geometries in each other at most, far more than any writer makes.
const DEEPEST: usize = 16;

/// Degrees further off are none: an item in metres is told from one far away.
const FARTHEST: f64 = 1e4;

/// The geometry that GeoJSON says (RFC 7946, section 3.1), in the plane of longitude and latitude; heights are left out.
///
/// # Errors
/// What rule it breaks.
pub(crate) fn geometry(value: &Value) -> Result<Geometry, String> {
    nested(value, 0)
}

fn nested(value: &Value, depth: usize) -> Result<Geometry, String> {
    let kind = value.get("type").and_then(Value::as_str).ok_or("the geometry has no type")?;
    if kind == "GeometryCollection" {
        if depth == DEEPEST {
            return Err(format!("the geometry has more than {DEEPEST} collections in each other"));
        }
        let members = list(value.get("geometries").unwrap_or(&Value::Null), "geometries")?;
        let members = members.iter().map(|member| nested(member, depth + 1)).collect::<Result<Vec<_>, _>>()?;
        return Ok(Geometry::GeometryCollection(GeometryCollection(members)));
    }
    let coordinates = value.get("coordinates").unwrap_or(&Value::Null);
    Ok(match kind {
        "Point" if coordinates.as_array().is_some_and(Vec::is_empty) => Geometry::MultiPoint(MultiPoint(Vec::new())),
        "Point" => Geometry::Point(Point(position(coordinates)?)),
        "MultiPoint" => {
            Geometry::MultiPoint(MultiPoint(positions(coordinates)?.into_iter().map(Point).collect::<Vec<_>>()))
        }
        "LineString" => Geometry::LineString(line(coordinates)?),
        "MultiLineString" => Geometry::MultiLineString(MultiLineString(all(coordinates, line)?)),
        "Polygon" => Geometry::Polygon(polygon(coordinates)?),
        "MultiPolygon" => Geometry::MultiPolygon(MultiPolygon(all(coordinates, polygon)?)),
        other => return Err(format!("'{other}' is no type of geometry")),
    })
}

fn list<'a>(value: &'a Value, what: &str) -> Result<&'a Vec<Value>, String> {
    value.as_array().ok_or_else(|| format!("the geometry's {what} are no list"))
}

fn all<T>(value: &Value, one: impl Fn(&Value) -> Result<T, String>) -> Result<Vec<T>, String> {
    list(value, "coordinates")?.iter().map(one).collect()
}

fn positions(value: &Value) -> Result<Vec<Coord>, String> {
    all(value, position)
}

fn line(value: &Value) -> Result<LineString, String> {
    positions(value).map(LineString)
}

fn polygon(value: &Value) -> Result<Polygon, String> {
    let mut rings = all(value, line)?.into_iter();
    let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
    Ok(Polygon::new(exterior, rings.collect()))
}

fn position(value: &Value) -> Result<Coord, String> {
    let numbers = list(value, "coordinates")?;
    let number = |at: usize| numbers.get(at).and_then(Value::as_f64);
    match (number(0), number(1)) {
        (Some(x), Some(y)) if x.abs() <= FARTHEST && y.abs() <= FARTHEST => Ok(Coord { x, y }),
        _ => Err(format!("{} is no position in degrees", short(value))),
    }
}

/// A value as JSON, cut where it is long.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use geo::{Area, BoundingRect};
    use serde_json::json;

    use super::*;

    #[test]
    fn every_type_is_read() {
        let ring = json!([[0, 0], [2, 0], [2, 1, 99], [0, 1], [0, 0]]);
        let cases = [
            json!({"type": "Point", "coordinates": [2, 1]}),
            json!({"type": "MultiPoint", "coordinates": [[2, 1]]}),
            json!({"type": "LineString", "coordinates": ring}),
            json!({"type": "MultiLineString", "coordinates": [ring]}),
            json!({"type": "Polygon", "coordinates": [ring]}),
            json!({"type": "MultiPolygon", "coordinates": [[ring]]}),
            json!({"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [2, 1]}]}),
        ];
        for value in cases {
            let rect = geometry(&value).unwrap().bounding_rect().unwrap();
            assert_eq!((rect.max().x, rect.max().y), (2.0, 1.0), "{value}");
        }
        let holed = json!({"type": "Polygon", "coordinates": [ring, [[0.5, 0.5], [1, 0.5], [1, 0.75], [0.5, 0.5]]]});
        assert_eq!(geometry(&holed).unwrap().unsigned_area(), 2.0 - 0.0625);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let deep = (0..20).fold(
            json!({"type": "Point", "coordinates": [0, 0]}),
            |inner, _| json!({"type": "GeometryCollection", "geometries": [inner]}),
        );
        let cases = [
            (json!({}), "the geometry has no type"),
            (json!(7), "the geometry has no type"),
            (json!({"type": "Circle"}), "'Circle' is no type of geometry"),
            (json!({"type": "Point"}), "the geometry's coordinates are no list"),
            (json!({"type": "Point", "coordinates": [1]}), "[1] is no position in degrees"),
            (json!({"type": "Point", "coordinates": ["1", 2]}), "[\"1\",2] is no position in degrees"),
            (json!({"type": "Point", "coordinates": [1e300, 2]}), "[1e+300,2] is no position in degrees"),
            (json!({"type": "Polygon", "coordinates": [[1, 2]]}), "the geometry's coordinates are no list"),
            (json!({"type": "GeometryCollection"}), "the geometry's geometries are no list"),
            (deep, "the geometry has more than 16 collections in each other"),
        ];
        for (value, expected) in cases {
            assert_eq!(geometry(&value).unwrap_err(), expected, "{value}");
        }
    }
}
