//! Where items lie: their geometries in degrees, with longitudes that run on across the dateline.

use search::Item;
use serde_json::Value;

use crate::facts;

/// Longitude and latitude in degrees.
pub(crate) type Place = (f64, f64);

/// As deep as collections may lie in each other.
const DEEPEST: usize = 16;

/// The parts of a geometry. Longitudes may be beyond 180: neighbours are never more than half the Earth apart.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Footprint {
    /// Polygons: the outer ring, then holes.
    pub(crate) polygons: Vec<Vec<Vec<Place>>>,
    /// Lines, and points as lines of one place.
    pub(crate) lines: Vec<Vec<Place>>,
}

impl Footprint {
    /// Where an item lies: its geometry, else its box.
    pub(crate) fn of(item: &Item) -> Self {
        let mut found = Self::default();
        match item.get("geometry").filter(|geometry| !geometry.is_null()) {
            Some(geometry) => found.add(geometry, DEEPEST),
            None => found.polygons.extend(facts::bbox(item).map(|bbox| vec![ring_of(bbox)])),
        }
        found
    }

    /// The parts of a geometry of GeoJSON; what is none is left out.
    pub(crate) fn of_geometry(geometry: &Value) -> Self {
        let mut found = Self::default();
        found.add(geometry, DEEPEST);
        found
    }

    /// A box: west, south, east, north in degrees, west > east across the dateline.
    pub(crate) fn of_box(bbox: [f64; 4]) -> Self {
        Self { polygons: vec![vec![ring_of(bbox)]], lines: Vec::new() }
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.polygons.is_empty() && self.lines.is_empty()
    }

    /// Every line and every outer ring.
    pub(crate) fn outlines(&self) -> impl Iterator<Item = &Vec<Place>> {
        self.polygons.iter().filter_map(|rings| rings.first()).chain(&self.lines)
    }

    fn add(&mut self, geometry: &Value, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let kind = geometry.get("type").and_then(Value::as_str).unwrap_or_default();
        let list = |name: &str| geometry.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let coordinates = geometry.get("coordinates").unwrap_or(&Value::Null);
        match kind {
            "Point" => self.lines.extend(place(coordinates).map(|place| vec![place])),
            "MultiPoint" => self.lines.extend(list("coordinates").iter().filter_map(place).map(|place| vec![place])),
            "LineString" => self.lines.extend(line(coordinates)),
            "MultiLineString" => self.lines.extend(list("coordinates").iter().filter_map(line)),
            "Polygon" => self.polygons.extend(polygon(coordinates)),
            "MultiPolygon" => self.polygons.extend(list("coordinates").iter().filter_map(polygon)),
            "GeometryCollection" => list("geometries").iter().for_each(|part| self.add(part, depth)),
            _ => {}
        }
    }
}

/// A longitude and a latitude of the Earth.
fn place(position: &Value) -> Option<Place> {
    let (x, y) = (position.get(0)?.as_f64()?, position.get(1)?.as_f64()?);
    (x.abs() <= 540.0 && y.abs() <= 90.0).then_some((x, y))
}

fn line(positions: &Value) -> Option<Vec<Place>> {
    let places: Vec<Place> = positions.as_array()?.iter().map(place).collect::<Option<_>>()?;
    (!places.is_empty()).then(|| running_on(places))
}

fn polygon(rings: &Value) -> Option<Vec<Vec<Place>>> {
    let rings: Vec<Vec<Place>> = rings.as_array()?.iter().map(line).collect::<Option<_>>()?;
    let middle = |ring: &[Place]| ring.iter().map(|place| place.0).sum::<f64>() / ring.len().max(1) as f64;
    let outer = middle(rings.first()?);
    // Holes lie where the outer ring does.
    let beside = |ring: Vec<Place>| {
        let turns = ((outer - middle(&ring)) / 360.0).round() * 360.0;
        ring.into_iter().map(|(x, y)| (x + turns, y)).collect()
    };
    Some(rings.into_iter().map(beside).collect())
}

/// Longitudes that jump from one side of the dateline to the other run on instead.
fn running_on(mut places: Vec<Place>) -> Vec<Place> {
    let mut last: Option<f64> = None;
    for (x, _) in &mut places {
        if let Some(last) = last {
            *x += ((last - *x) / 360.0).round() * 360.0;
        }
        last = Some(*x);
    }
    places
}

fn ring_of([west, south, east, north]: [f64; 4]) -> Vec<Place> {
    let east = if east < west { east + 360.0 } else { east };
    vec![(west, south), (east, south), (east, north), (west, north), (west, south)]
}

/// West, south, east, north of the smallest box that holds all of `outlines`; east is up to 360 more than west.
pub(crate) fn extent<'a>(outlines: impl Iterator<Item = &'a Vec<Place>>) -> Option<[f64; 4]> {
    let (mut arcs, mut south, mut north) = (Vec::new(), f64::INFINITY, f64::NEG_INFINITY);
    for outline in outlines {
        let (low, high) = range(outline.iter().map(|place| place.0))?;
        let west = low.rem_euclid(360.0);
        arcs.push((west, west + (high - low).min(360.0)));
        let (low, high) = range(outline.iter().map(|place| place.1))?;
        (south, north) = (south.min(low), north.max(high));
    }
    arcs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let &(first, reached) = arcs.first()?;
    let (mut end, mut widest) = (reached, (0.0, first, first));
    for &(west, east) in arcs.iter().skip(1) {
        if west - end > widest.0 {
            widest = (west - end, west, end);
        }
        end = end.max(east);
    }
    // The way on from the last to the first, around the Earth, may be the widest gap.
    let (west, east) = if first + 360.0 - end >= widest.0 { (first, end) } else { (widest.1, widest.2 + 360.0) };
    if east - west >= 360.0 {
        return Some([-180.0, south, 180.0, north]);
    }
    let turn = if west > 180.0 { 360.0 } else { 0.0 };
    Some([west - turn, south, east - turn, north])
}

fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |range, v| Some(range.map_or((v, v), |(low, high): (f64, f64)| (low.min(v), high.max(v)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rings_run_on_across_the_dateline() {
        let geometry =
            json!({"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]]});
        let print = Footprint::of_geometry(&geometry);
        assert_eq!(print.polygons[0][0], [(179.0, 0.0), (181.0, 0.0), (181.0, 1.0), (179.0, 1.0), (179.0, 0.0)]);
        let hole = json!({"type": "Polygon", "coordinates": [
            [[170, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]], [[-179, 1], [-178, 1], [-178, 2], [-179, 1]]]});
        assert_eq!(Footprint::of_geometry(&hole).polygons[0][1][0], (181.0, 1.0));
        assert!(Footprint::of_geometry(&json!({"type": "Polygon", "coordinates": [[[0, 1e9]]]})).is_empty());
        assert!(Footprint::of_geometry(&json!({"type": "Polygon"})).is_empty());
    }

    #[test]
    fn items_without_geometry_lie_in_their_box() {
        let item = json!({"geometry": null, "bbox": [179, -1, -179, 1]});
        let print = Footprint::of(item.as_object().unwrap());
        assert_eq!(print, Footprint::of_box([179.0, -1.0, -179.0, 1.0]));
        assert_eq!(print.polygons[0][0][1], (181.0, -1.0));
    }

    #[test]
    fn extents_take_the_short_way() {
        let line = |from: f64, to: f64| vec![(from, 0.0), (to, 1.0)];
        for (lines, expected) in [
            (vec![line(0.0, 1.0), line(5.0, 6.0)], [0.0, 6.0]),
            (vec![line(170.0, 180.0), line(-180.0, -170.0)], [170.0, 190.0]),
            (vec![line(-10.0, -5.0), line(3.0, 8.0)], [-10.0, 8.0]),
            (vec![line(179.0, 181.0)], [179.0, 181.0]),
            (vec![line(-170.0, -160.0), line(150.0, 160.0), line(175.0, 176.0)], [150.0, 200.0]),
            (vec![line(-180.0, 180.0)], [-180.0, 180.0]),
            (vec![line(-180.0, 0.0), line(0.0, 180.0)], [-180.0, 180.0]),
        ] {
            let [west, south, east, north] = extent(lines.iter()).unwrap();
            assert_eq!(([west, east], south, north), (expected, 0.0, 1.0), "{lines:?}");
        }
        assert_eq!(extent([].iter()), None);
    }
}
