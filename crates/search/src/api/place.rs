//! Places as servers understand them.

use geojson::{Geometry, GeometryValue};

/// The boxes that a server is asked for one after the other: two where the box crosses the dateline, since servers differ in
/// what they make of west > east; longitudes between -180 and 180.
pub(super) fn boxes([west, south, east, north]: [f64; 4]) -> Vec<[f64; 4]> {
    let width = if west > east { east + 360.0 - west } else { east - west };
    if width >= 360.0 {
        return vec![[-180.0, south, 180.0, north]];
    }
    if west >= -180.0 && east <= 180.0 && west <= east {
        return vec![[west, south, east, north]];
    }
    // An edge at the dateline is the end of a box in the west and its beginning in the east.
    let west = wrapped(west, -180.0);
    let east = if wrapped(east, -180.0) == -180.0 { 180.0 } else { wrapped(east, -180.0) };
    if west <= east {
        vec![[west, south, east, north]]
    } else {
        let halves = [[west, south, 180.0, north], [-180.0, south, east, north]];
        halves.into_iter().filter(|[w, _, e, _]| w < e).collect()
    }
}

/// A longitude in the turn that begins at `start`.
fn wrapped(longitude: f64, start: f64) -> f64 {
    if (start..start + 360.0).contains(&longitude) { longitude } else { (longitude - start).rem_euclid(360.0) + start }
}

/// The box around a geometry; none for one without positions.
pub(super) fn around(geometry: &Geometry) -> Option<[f64; 4]> {
    let mut found: Option<[f64; 4]> = None;
    visit(&geometry.value, &mut |position| {
        if let [x, y, ..] = *position {
            let [west, south, east, north] = found.unwrap_or([x, y, x, y]);
            found = Some([west.min(x), south.min(y), east.max(x), north.max(y)]);
        }
    });
    found
}

fn visit(value: &GeometryValue, each: &mut dyn FnMut(&[f64])) {
    match value {
        GeometryValue::Point { coordinates } => each(coordinates.as_slice()),
        GeometryValue::MultiPoint { coordinates } | GeometryValue::LineString { coordinates } => {
            coordinates.iter().for_each(|p| each(p.as_slice()));
        }
        GeometryValue::MultiLineString { coordinates } | GeometryValue::Polygon { coordinates } => {
            coordinates.iter().flatten().for_each(|p| each(p.as_slice()));
        }
        GeometryValue::MultiPolygon { coordinates } => {
            coordinates.iter().flatten().flatten().for_each(|p| each(p.as_slice()));
        }
        GeometryValue::GeometryCollection { geometries } => geometries.iter().for_each(|g| visit(&g.value, each)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_cut_at_the_dateline() {
        let cases: [([f64; 4], &[[f64; 4]]); 8] = [
            ([10.0, 1.0, 20.0, 2.0], &[[10.0, 1.0, 20.0, 2.0]]),
            ([170.0, 1.0, -170.0, 2.0], &[[170.0, 1.0, 180.0, 2.0], [-180.0, 1.0, -170.0, 2.0]]),
            ([170.0, 1.0, 190.0, 2.0], &[[170.0, 1.0, 180.0, 2.0], [-180.0, 1.0, -170.0, 2.0]]),
            ([190.0, 1.0, 200.0, 2.0], &[[-170.0, 1.0, -160.0, 2.0]]),
            ([0.0, 1.0, 360.0, 2.0], &[[-180.0, 1.0, 180.0, 2.0]]),
            ([170.0, 1.0, -180.0, 2.0], &[[170.0, 1.0, 180.0, 2.0]]),
            ([180.0, 1.0, -170.0, 2.0], &[[-180.0, 1.0, -170.0, 2.0]]),
            ([-180.0, 1.0, 180.0, 2.0], &[[-180.0, 1.0, 180.0, 2.0]]),
        ];
        for (given, expected) in cases {
            assert_eq!(boxes(given), expected, "{given:?}");
        }
    }

    #[test]
    fn the_box_around_a_geometry() {
        let text = r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},
            {"type":"Polygon","coordinates":[[[3,-4],[5,0],[4,6],[3,-4]]]}]}"#;
        assert_eq!(around(&text.parse().unwrap()), Some([1.0, -4.0, 5.0, 6.0]));
    }
}
