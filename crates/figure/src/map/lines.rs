//! Lines of longitudes and latitudes on a map.

use crate::draw::{Item, Path, Point, Rect, Segment, Stroke};

use super::Frame;

/// The lines as one stroke, smooth to a fifth of a picture unit; parts that lie far outside the frame are left
/// out.
pub fn lines<'a>(frame: &Frame, lines: impl Iterator<Item = &'a [(f64, f64)]>, stroke: Stroke) -> Item {
    let tolerance = 0.2 * frame.metres_per_unit();
    let mut segments = Vec::new();
    for line in lines {
        for piece in frame.projection.line(line, tolerance) {
            let points: Vec<Point> = piece.into_iter().map(|at| frame.point(at)).collect();
            append(&mut segments, &points, &frame.rect);
        }
    }
    Item::Stroke(Path { segments }, stroke)
}

/// The parts of a line that come near a rectangle.
fn append(segments: &mut Vec<Segment>, points: &[Point], rect: &Rect) {
    let mut last: Option<Point> = None;
    for pair in points.windows(2) {
        let &[from, to] = pair else { continue };
        if beside(from, to, rect) {
            last = None;
            continue;
        }
        if last != Some(from) {
            segments.push(Segment::Move(from));
        }
        segments.push(Segment::Line(to));
        last = Some(to);
    }
}

/// Whether both ends lie beyond the same edge.
fn beside(a: Point, b: Point, rect: &Rect) -> bool {
    let room = 10.0;
    let (right, bottom) = (rect.x + rect.width + room, rect.y + rect.height + room);
    let outside = |low: bool, x: f64, y: f64| if low { x.max(y) } else { x.min(y) };
    outside(true, a.x, b.x) < rect.x - room
        || outside(false, a.x, b.x) > right
        || outside(true, a.y, b.y) < rect.y - room
        || outside(false, a.y, b.y) > bottom
        || !(a.x.is_finite() && a.y.is_finite() && b.x.is_finite() && b.y.is_finite())
}
