//! Boxes and outlines as GeoJSON (RFC 7946): against the clock, cut at the dateline.

use serde_json::{Value, json};

/// A box west, south, east, north in degrees: two polygons where west > east, a point or a line where it has no area.
pub(crate) fn of_box([west, south, east, north]: [f64; 4]) -> Value {
    let ring =
        |west: f64, east: f64| json!([[[west, south], [east, south], [east, north], [west, north], [west, south]]]);
    if west > east {
        return json!({"type": "MultiPolygon", "coordinates": [ring(west, 180.0), ring(-180.0, east)]});
    }
    match (west == east, south == north) {
        (true, true) => json!({"type": "Point", "coordinates": [west, south]}),
        (true, false) | (false, true) => {
            json!({"type": "LineString", "coordinates": [[west, south], [east, north]]})
        }
        (false, false) => json!({"type": "Polygon", "coordinates": ring(west, east)}),
    }
}

/// A ring of longitudes and latitudes without its first place at the end. Longitudes go on without leaps, wherever they
/// begin, and span less than 360 degrees.
pub(crate) fn of_ring(ring: &[(f64, f64)]) -> Value {
    let (west, east) = ring.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), (x, _)| (a.min(*x), b.max(*x)));
    let turns = ((west + 180.0) / 360.0).floor() * 360.0;
    let ring: Vec<(f64, f64)> = ring.iter().map(|(x, y)| (x - turns, *y)).collect();
    let slack = 1e-4 * (east - west).min(height(&ring));
    let ring = thinned(ring, slack);
    if east - turns <= 180.0 + 1e-9 {
        return json!({"type": "Polygon", "coordinates": [closed(&ring, 0.0)]});
    }
    let parts = [(cut(&ring, |x| x <= 180.0), 0.0), (cut(&ring, |x| x >= 180.0), -360.0)];
    let polygons: Vec<Value> = parts.iter().map(|(part, by)| json!([closed(part, *by)])).collect();
    json!({"type": "MultiPolygon", "coordinates": polygons})
}

fn height(ring: &[(f64, f64)]) -> f64 {
    let (south, north) = ring.iter().fold((90.0_f64, -90.0_f64), |(a, b), (_, y)| (a.min(*y), b.max(*y)));
    north - south
}

/// The ring without places that lie within `slack` of the line between those that stay.
fn thinned(ring: Vec<(f64, f64)>, slack: f64) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    let mut between: Vec<(f64, f64)> = Vec::new();
    for place in ring.iter().chain(ring.first()).copied() {
        let Some(last) = kept.last().copied() else {
            kept.push(place);
            continue;
        };
        if between.iter().any(|other| distance(*other, last, place) > slack) {
            kept.extend(between.last().copied());
            between.clear();
        }
        between.push(place);
    }
    if kept.len() < 3 { ring } else { kept }
}

/// How far a place is from the line between two others.
fn distance((x, y): (f64, f64), (x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> f64 {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let length = dx.hypot(dy);
    if length == 0.0 { (x - x0).hypot(y - y0) } else { (dx * (y - y0) - dy * (x - x0)).abs() / length }
}

/// The part of a ring on one side of the dateline (Sutherland and Hodgman 1974).
fn cut(ring: &[(f64, f64)], inside: impl Fn(f64) -> bool) -> Vec<(f64, f64)> {
    let mut part = Vec::new();
    for (&(x0, y0), &(x1, y1)) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        if inside(x0) {
            part.push((x0, y0));
        }
        if inside(x0) != inside(x1) && x0 != 180.0 && x1 != 180.0 {
            part.push((180.0, y0 + (y1 - y0) * (180.0 - x0) / (x1 - x0)));
        }
    }
    part
}

/// A ring of GeoJSON: against the clock, closed, to a centimetre.
fn closed(ring: &[(f64, f64)], by: f64) -> Value {
    let turned: f64 = ring.iter().zip(ring.iter().cycle().skip(1)).map(|((x0, y0), (x1, y1))| x0 * y1 - x1 * y0).sum();
    let tidy = |x: f64| (x * 1e7).round() / 1e7 + 0.0;
    let mut places: Vec<[f64; 2]> = ring.iter().map(|(x, y)| [tidy(x + by), tidy(*y)]).collect();
    if turned < 0.0 {
        places.reverse();
    }
    places.dedup();
    places.extend(places.first().copied().filter(|first| places.last() != Some(first)));
    json!(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes() {
        for (bbox, kind, first) in [
            (
                [0.0, 40.0, 30.0, 60.0],
                "Polygon",
                json!([[[0.0, 40.0], [30.0, 40.0], [30.0, 60.0], [0.0, 60.0], [0.0, 40.0]]]),
            ),
            ([5.0, 40.0, 5.0, 40.0], "Point", json!([5.0, 40.0])),
            ([5.0, 40.0, 5.0, 60.0], "LineString", json!([[5.0, 40.0], [5.0, 60.0]])),
        ] {
            let geometry = of_box(bbox);
            assert_eq!((geometry["type"].as_str(), &geometry["coordinates"]), (Some(kind), &first));
        }
        let split = of_box([170.0, -10.0, -160.0, 10.0]);
        assert_eq!(split["type"], "MultiPolygon");
        assert_eq!(split["coordinates"][1][0][1], json!([-160.0, -10.0]));
    }

    #[test]
    fn rings_run_against_the_clock_and_are_cut_at_the_dateline() {
        let clockwise = [(0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (2.0, 2.0), (2.0, 0.0)];
        let expected = json!([[[2.0, 0.0], [2.0, 2.0], [0.0, 2.0], [0.0, 0.0], [2.0, 0.0]]]);
        assert_eq!(of_ring(&clockwise), json!({"type": "Polygon", "coordinates": expected}));
        for by in [0.0, 360.0, -360.0] {
            let across = [(170.0 + by, 0.0), (190.0 + by, 0.0), (190.0 + by, 10.0), (170.0 + by, 10.0)];
            let split = of_ring(&across);
            assert_eq!(
                split["coordinates"][0],
                json!([[[170.0, 0.0], [180.0, 0.0], [180.0, 10.0], [170.0, 10.0], [170.0, 0.0]]])
            );
            assert_eq!(
                split["coordinates"][1],
                json!([[[-180.0, 0.0], [-170.0, 0.0], [-170.0, 10.0], [-180.0, 10.0], [-180.0, 0.0]]])
            );
        }
    }
}
