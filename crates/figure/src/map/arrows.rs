//! Arrows of vector fields.

use crate::draw::{Colour, Item, Path, Point};

use super::Frame;

/// An arrow at a place: its length is `1` for the longest to be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrow {
    /// Longitude in degrees.
    pub longitude: f64,
    /// Latitude in degrees.
    pub latitude: f64,
    /// Towards the east, in the units of `reference`.
    pub east: f64,
    /// Towards the north.
    pub north: f64,
}

/// The arrows as filled shapes with their middle at their places, `length` picture units long where the vector is
/// `reference` long. The direction on the map is that of a short step over the ground, so that arrows follow
/// meridians and parallels of any projection.
pub fn arrows(frame: &Frame, field: &[Arrow], reference: f64, length: f64, colour: Colour) -> Vec<Item> {
    let mut segments = Vec::new();
    for arrow in field {
        if let Some((at, direction)) = direction(frame, arrow) {
            let size = arrow.east.hypot(arrow.north) / reference * length;
            if size.is_finite() && size > 0.0 {
                segments.extend(shape(at, direction, size.min(4.0 * length)).segments);
            }
        }
    }
    vec![Item::Fill(Path { segments }, colour)]
}

/// An arrow to the right from `tail`, `length` picture units long, shaped as those on the map: for a key.
pub fn level_arrow(tail: Point, length: f64, colour: Colour) -> Item {
    Item::Fill(shape(Point { x: tail.x + length / 2.0, ..tail }, (1.0, 0.0), length), colour)
}

/// Where an arrow is and which way it points in the picture, as a unit vector.
fn direction(frame: &Frame, arrow: &Arrow) -> Option<(Point, (f64, f64))> {
    let size = arrow.east.hypot(arrow.north);
    if !(size > 0.0 && size.is_finite()) {
        return None;
    }
    let step = 0.01;
    let stretch = arrow.latitude.to_radians().cos().max(1e-3);
    let (dx, dy) = (step * arrow.east / size / stretch, step * arrow.north / size);
    let at = frame.place(arrow.longitude, arrow.latitude)?;
    // At the edge of the map there may be nothing ahead, but there is something behind.
    let ahead = frame.place(arrow.longitude + dx, (arrow.latitude + dy).min(90.0));
    let behind = || frame.place(arrow.longitude - dx, (arrow.latitude - dy).max(-90.0));
    let (x, y) = match ahead {
        Some(p) => (p.x - at.x, p.y - at.y),
        None => behind().map(|p| (at.x - p.x, at.y - p.y))?,
    };
    let far = x.hypot(y);
    // A step over the seam of the map is no direction.
    (far > 0.0 && far < frame.rect.width / 20.0).then_some((at, (x / far, y / far)))
}

/// A shaft with a head, as one outline.
fn shape(at: Point, (x, y): (f64, f64), length: f64) -> Path {
    let width = (length * 0.05).clamp(0.35, 0.9);
    let head = (length * 0.4).clamp(1.5, 5.0).min(length);
    let wing = head * 0.42;
    let outline = [
        (-length / 2.0, width),
        (length / 2.0 - head, width),
        (length / 2.0 - head * 1.1, wing),
        (length / 2.0, 0.0),
        (length / 2.0 - head * 1.1, -wing),
        (length / 2.0 - head, -width),
        (-length / 2.0, -width),
    ];
    Path::polygon(outline.map(|(a, b)| Point { x: at.x + a * x - b * y, y: at.y + a * y + b * x }))
}
