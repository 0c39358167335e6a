//! Geometries of GeoJSON as well-known binary (OGC 06-103r4, section 8.2; heights as ISO SQL/MM has them), in hexadecimal
//! digits: that is how bytes travel in JSON to Arrow.

use serde_json::Value;

/// The name and number of each kind of geometry.
const KINDS: [(&str, u32); 7] = [
    ("Point", 1),
    ("LineString", 2),
    ("Polygon", 3),
    ("MultiPoint", 4),
    ("MultiLineString", 5),
    ("MultiPolygon", 6),
    ("GeometryCollection", 7),
];

/// As deep as collections may lie in each other.
const DEEPEST: usize = 16;

/// A geometry in hexadecimal digits and its kind as `GeoParquet` names it (`Polygon`, `Polygon Z`); `None` when it is no
/// geometry of GeoJSON.
pub(super) fn hexadecimal(geometry: &Value) -> Option<(String, String)> {
    let has_height = first_position(geometry, DEEPEST).is_some_and(|position| position.len() > 2);
    let mut bytes = Vec::new();
    let kind = write(&mut bytes, geometry, has_height, DEEPEST)?;
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let text = digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect();
    Some((text, if has_height { format!("{kind} Z") } else { kind.to_owned() }))
}

fn first_position(geometry: &Value, depth: usize) -> Option<&[Value]> {
    let depth = depth.checked_sub(1)?;
    if let Some(parts) = geometry.get("geometries").and_then(Value::as_array) {
        return parts.iter().find_map(|part| first_position(part, depth));
    }
    let mut list = geometry.get("coordinates")?.as_array()?;
    while let Some(inner) = list.first()?.as_array() {
        list = inner;
    }
    Some(list)
}

fn write(out: &mut Vec<u8>, geometry: &Value, has_height: bool, depth: usize) -> Option<&'static str> {
    let depth = depth.checked_sub(1)?;
    let wanted = geometry.get("type")?.as_str()?;
    let (name, number) = KINDS.into_iter().find(|(name, _)| *name == wanted)?;
    head(out, number, has_height);
    if name == "GeometryCollection" {
        let parts = geometry.get("geometries")?.as_array()?;
        count(out, parts)?;
        for part in parts {
            write(out, part, has_height, depth)?;
        }
        return Some(name);
    }
    let coordinates = geometry.get("coordinates")?;
    match name {
        "Point" => position(out, coordinates, has_height)?,
        "LineString" => positions(out, coordinates, has_height)?,
        "Polygon" => rings(out, coordinates, has_height)?,
        _ => {
            let parts = coordinates.as_array()?;
            count(out, parts)?;
            for part in parts {
                head(out, number - 3, has_height);
                match name {
                    "MultiPoint" => position(out, part, has_height)?,
                    "MultiLineString" => positions(out, part, has_height)?,
                    _ => rings(out, part, has_height)?,
                }
            }
        }
    }
    Some(name)
}

/// Little-endian, and the kind.
fn head(out: &mut Vec<u8>, number: u32, has_height: bool) {
    out.push(1);
    out.extend((number + if has_height { 1000 } else { 0 }).to_le_bytes());
}

fn count(out: &mut Vec<u8>, list: &[Value]) -> Option<()> {
    out.extend(u32::try_from(list.len()).ok()?.to_le_bytes());
    Some(())
}

fn rings(out: &mut Vec<u8>, list: &Value, has_height: bool) -> Option<()> {
    let list = list.as_array()?;
    count(out, list)?;
    list.iter().try_for_each(|ring| positions(out, ring, has_height))
}

fn positions(out: &mut Vec<u8>, list: &Value, has_height: bool) -> Option<()> {
    let list = list.as_array()?;
    count(out, list)?;
    list.iter().try_for_each(|one| position(out, one, has_height))
}

fn position(out: &mut Vec<u8>, place: &Value, has_height: bool) -> Option<()> {
    let place = place.as_array()?;
    for at in 0..2 {
        out.extend(place.get(at)?.as_f64()?.to_le_bytes());
    }
    if has_height {
        // A place without a height among others that have one.
        out.extend(place.get(2).and_then(Value::as_f64).unwrap_or(0.0).to_le_bytes());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Expected digits by shapely 2: `shapely.wkb.dumps(shape(g), hex=True, flavor="iso")`.
    #[test]
    fn geometries_as_shapely_writes_them() {
        for (geometry, digits, kind) in [
            (json!({"type": "Point", "coordinates": [1, 2]}), "0101000000000000000000f03f0000000000000040", "Point"),
            (
                json!({"type": "Point", "coordinates": [1, 2, 3]}),
                "01e9030000000000000000f03f00000000000000400000000000000840",
                "Point Z",
            ),
            (
                json!({"type": "MultiPoint", "coordinates": [[1, 2]]}),
                "0104000000010000000101000000000000000000f03f0000000000000040",
                "MultiPoint",
            ),
            (
                json!({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 1], [0, 0]]]}),
                "01030000000100000004000000000000000000000000000000000000000000\
                 00000000f03f00000000000000000000000000000000000000000000f03f00000000000000000000000000000000",
                "Polygon",
            ),
        ] {
            assert_eq!(hexadecimal(&geometry).unwrap(), (digits.to_owned(), kind.to_owned()));
        }
    }

    #[test]
    fn what_is_no_geometry_is_none() {
        for wrong in [
            json!(null),
            json!({"type": "Circle", "coordinates": [0, 0]}),
            json!({"type": "Point", "coordinates": ["0", 0]}),
            json!({"type": "Point", "coordinates": []}),
            json!({"type": "Polygon", "coordinates": [[0, 0]]}),
            json!({"type": "Polygon"}),
        ] {
            assert_eq!(hexadecimal(&wrong), None, "{wrong}");
        }
        let mut deep = json!({"type": "Point", "coordinates": [0, 0]});
        for _ in 0..100 {
            deep = json!({"type": "GeometryCollection", "geometries": [deep]});
        }
        assert_eq!(hexadecimal(&deep), None);
    }
}
