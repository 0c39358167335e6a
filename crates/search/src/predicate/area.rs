//! Whether an item lies in a place.

use geo::{BoundingRect, Coord, Geometry, Intersects, Line, MapCoords, Point, Polygon, Rect, Translate};
use pangeo::{Error, Result};
use serde_json::Value;

use super::geometry::geometry;
use crate::{Item, Place};

/// Geometries that an item's is compared with.
#[derive(Debug, Clone)]
pub(crate) struct Area {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    shape: Geometry,
    around: Rect,
}

/// Turns by which a longitude may be written off another of the same meridian.
const TURNS: [f64; 5] = [0.0, -360.0, 360.0, -720.0, 720.0];

impl Area {
    /// # Errors
    /// A usage error when the geometry breaks the rules of GeoJSON.
    pub(crate) fn of(place: &Place) -> Result<Self> {
        match place {
            Place::Box(edges) => Ok(Self::of_box(*edges)),
            Place::Geometry(shape) => {
                let value = serde_json::to_value(shape).map_err(|error| Error::usage(error.to_string()))?;
                Ok(Self::of_shape(geometry(&value).map_err(Error::usage)?))
            }
        }
    }

    pub(crate) fn of_box([west, south, east, north]: [f64; 4]) -> Self {
        let boxes = if west > east { vec![(west, 180.0), (-180.0, east)] } else { vec![(west, east)] };
        let shapes = boxes.into_iter().map(|(west, east)| rectangle(west, south, east, north));
        Self { parts: shapes.filter_map(Part::of).collect() }
    }

    pub(crate) fn of_shape(shape: Geometry) -> Self {
        Self { parts: Part::of(shape).into_iter().collect() }
    }

    /// Whether both share a point, on the plane of longitude (modulo 360) and latitude.
    pub(crate) fn meets(&self, shape: &Geometry) -> bool {
        let Some(around) = shape.bounding_rect() else { return false };
        TURNS.iter().any(|&turn| {
            let mut near = self.parts.iter().filter(|part| part.is_near(around, turn)).peekable();
            if near.peek().is_none() {
                return false;
            }
            if turn == 0.0 {
                return near.any(|part| part.shape.intersects(shape));
            }
            let turned = shape.translate(turn, 0.0);
            near.any(|part| part.shape.intersects(&turned))
        })
    }

    /// Whether it shares a point with a box, which may cross the dateline.
    pub(crate) fn meets_box(&self, edges: [f64; 4]) -> bool {
        Self::of_box(edges).parts.iter().any(|part| self.meets(&part.shape))
    }

    /// Whether an item shares a point with it; one without a geometry does not.
    ///
    /// # Errors
    /// When the item's geometry is none.
    pub(crate) fn holds(&self, item: &Item) -> Result<bool> {
        let shape = shape_of(item)?;
        Ok(shape.is_some_and(|shape| self.meets(&shape)))
    }
}

impl Part {
    fn of(shape: Geometry) -> Option<Self> {
        let around = shape.bounding_rect()?;
        Some(Self { shape, around })
    }

    fn is_near(&self, other: Rect, turn: f64) -> bool {
        let (low, high) = (self.around.min(), self.around.max());
        other.min().x + turn <= high.x
            && other.max().x + turn >= low.x
            && other.min().y <= high.y
            && other.max().y >= low.y
    }
}

/// A box as a geometry, also where it has no width or no height.
pub(super) fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Geometry {
    let (low, high) = (Coord { x: west, y: south }, Coord { x: east, y: north });
    if west == east && south == north {
        Geometry::Point(Point(low))
    } else if west == east || south == north {
        Geometry::Line(Line::new(low, high))
    } else {
        Geometry::Polygon(Polygon::from(Rect::new(low, high)))
    }
}

/// The geometry of an item, none where it is null. Longitudes of one that crosses the dateline run on beyond 180 degrees
/// where its `bbox` says that it crosses (RFC 7946, section 5.2), whether it is cut there or not.
pub(crate) fn shape_of(item: &Item) -> Result<Option<Geometry>> {
    let Some(value) = item.get("geometry").filter(|value| !value.is_null()) else { return Ok(None) };
    let shape = geometry(value).map_err(|what| Error::data(what, super::place(item)))?;
    if !crosses(item) {
        return Ok(Some(shape));
    }
    let eastern = |at: Coord| Coord { x: if at.x < 0.0 { at.x + 360.0 } else { at.x }, y: at.y };
    Ok(Some(shape.map_coords(eastern)))
}

/// Whether the box of an item begins east of its end.
fn crosses(item: &Item) -> bool {
    let Some(edges) = item.get("bbox").and_then(Value::as_array) else { return false };
    let edge = |at: usize| edges.get(at).and_then(Value::as_f64);
    matches!((edge(0), edge(edges.len() / 2)), (Some(west), Some(east)) if west > east)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn meets(place: &Place, geometry: &Value, bbox: &Value) -> bool {
        let item = json!({"id": "a", "geometry": geometry, "bbox": bbox});
        Area::of(place).unwrap().holds(item.as_object().unwrap()).unwrap()
    }

    fn square(west: f64, south: f64, east: f64, north: f64) -> Value {
        json!({"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]})
    }

    #[test]
    fn boxes_meet_items() {
        let triangle = json!({"type": "Polygon", "coordinates": [[[0, 0], [10, 0], [0, 10], [0, 0]]]});
        let pacific = [170.0, -10.0, -170.0, 10.0];
        let cases = [
            ([0.0, 0.0, 10.0, 10.0], square(5.0, 5.0, 20.0, 20.0), true),
            ([0.0, 0.0, 10.0, 10.0], square(10.0, 10.0, 20.0, 20.0), true),
            ([0.0, 0.0, 10.0, 10.0], square(10.5, 0.0, 20.0, 20.0), false),
            ([6.0, 6.0, 10.0, 10.0], triangle.clone(), false),
            ([5.0, 5.0, 10.0, 10.0], triangle, true),
            ([2.0, 2.0, 3.0, 3.0], square(0.0, 0.0, 10.0, 10.0), true),
            ([2.0, 2.0, 2.0, 2.0], square(0.0, 0.0, 10.0, 10.0), true),
            ([2.0, 2.0, 2.0, 5.0], square(0.0, 0.0, 10.0, 3.0), true),
            ([-180.0, -90.0, 180.0, 90.0], square(0.0, 0.0, 10.0, 10.0), true),
            (pacific, json!({"type": "Point", "coordinates": [179, 0]}), true),
            (pacific, json!({"type": "Point", "coordinates": [-171, 0]}), true),
            (pacific, json!({"type": "Point", "coordinates": [189, 0]}), true),
            (pacific, json!({"type": "Point", "coordinates": [0, 0]}), false),
            ([-20.0, -10.0, -10.0, 10.0], json!({"type": "Point", "coordinates": [345, 0]}), true),
            ([-180.0, 0.0, -170.0, 1.0], json!({"type": "Point", "coordinates": [180, 0]}), true),
        ];
        for (place, geometry, expected) in cases {
            assert_eq!(meets(&Place::Box(place), &geometry, &json!(null)), expected, "{place:?} {geometry}");
        }
        assert!(!meets(&Place::Box([-180.0, -90.0, 180.0, 90.0]), &json!(null), &json!([0, 0, 1, 1])));
    }

    #[test]
    fn items_across_the_dateline_are_met() {
        let uncut = json!({"type": "Polygon", "coordinates": [[[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]]});
        let cut = json!({"type": "MultiPolygon", "coordinates": [
            [[[179, 0], [180, 0], [180, 1], [179, 1], [179, 0]]],
            [[[-180, 0], [-179, 0], [-179, 1], [-180, 1], [-180, 0]]]
        ]});
        let bbox = json!([179, 0, -179, 1]);
        for (geometry, bbox) in
            [(&uncut, &bbox), (&cut, &bbox), (&cut, &json!([-180, 0, 180, 1])), (&cut, &json!(null))]
        {
            for (place, expected) in [
                ([0.0, 0.0, 10.0, 1.0], false),
                ([179.5, 0.0, 179.6, 1.0], true),
                ([-179.5, 0.0, -179.4, 1.0], true),
                ([-178.5, 0.0, 178.5, 1.0], false),
                ([175.0, 0.0, -175.0, 1.0], true),
            ] {
                assert_eq!(meets(&Place::Box(place), geometry, bbox), expected, "{place:?} {geometry} {bbox}");
            }
        }
    }
}
