//! Whether a polygon and a grid cell have an area in common, for `--all-touched`.
//!
//! If an edge of the polygon passes through the inside of the cell, they have. If none does, the
//! cell lies wholly inside or wholly outside, and one point of it tells which.

use super::geometry::{Edge, FARTHEST, Polygon};

/// Overlaps narrower than this, in degrees, are rounding of bounds kept in single precision.
const SLIVER: f64 = 1e-6;

impl Polygon {
    /// Whether the cell with these corners and the polygon have an area in common.
    ///
    /// `corners` are (longitude, latitude) in degrees, in order around the cell, in any longitude
    /// convention, also with a jump of 360 between two of them; a cell around a pole is one whose
    /// corners go once around the globe. Sides are straight in longitude and latitude; a concave
    /// cell is filled up to its convex hull. A common border, or an overlap narrower than 1e-6
    /// degrees, does not touch. A cell with a missing corner (NaN or beyond all maps) touches nothing; one without
    /// area is a point.
    pub fn touches_cell(&self, corners: &[(f64, f64)]) -> bool {
        let is_place = |&(x, y): &(f64, f64)| x.abs() <= FARTHEST && y.abs() <= 90.1;
        if corners.is_empty() || !corners.iter().all(is_place) {
            return false;
        }
        let corners = unwrapped(corners);
        let Some((west, east)) = range(corners.iter().map(|corner| corner.0)) else { return false };
        let Some((south, north)) = range(corners.iter().map(|corner| corner.1)) else { return false };
        let hull = hull(corners);
        if hull.len() < 3 {
            return self.contains(west, south);
        }
        if north <= self.south || south >= self.north {
            return false;
        }
        // The image of the cell that ends first east of the polygon's west, then those further on.
        let mut shift = self.first_image(east) - east;
        while west + shift < self.east {
            if self.passes_through(&hull, shift, [west, south, east, north]) {
                return true;
            }
            shift += 360.0;
        }
        let (x, y) = middle(&hull);
        self.contains(x, y)
    }

    /// Whether an edge has a part inside the cell `hull`, moved by `shift`, of bounds `around`.
    fn passes_through(&self, hull: &[(f64, f64)], shift: f64, [west, south, east, north]: [f64; 4]) -> bool {
        self.edges_between(south, north).iter().any(|edge| {
            let (x1, x2) = (edge.x1 - shift, edge.x2 - shift);
            let beside = edge.y2 <= south || edge.y1 >= north || x1.max(x2) <= west || x1.min(x2) >= east;
            !beside && crosses(&Edge { x1, x2, ..*edge }, hull)
        })
    }
}

/// Whether a part of the edge lies inside the convex `hull` (counter-clockwise), by cutting off what
/// lies outside of each of its sides (Cyrus and Beck 1978).
fn crosses(edge: &Edge, hull: &[(f64, f64)]) -> bool {
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for (&(ax, ay), &(bx, by)) in hull.iter().zip(hull.iter().cycle().skip(1)) {
        let (dx, dy) = (bx - ax, by - ay);
        let length = dx.hypot(dy);
        let inward = |x: f64, y: f64| (dx * (y - ay) - dy * (x - ax)) / length - SLIVER;
        let (start, end) = (inward(edge.x1, edge.y1), inward(edge.x2, edge.y2));
        if start <= 0.0 && end <= 0.0 {
            return false;
        }
        if start < 0.0 {
            from = from.max(start / (start - end));
        } else if end < 0.0 {
            to = to.min(start / (start - end));
        }
    }
    from < to
}

/// The corners with longitudes that follow one another without jumps; a cell that goes around the
/// globe is closed over the nearer pole.
pub(super) fn unwrapped(corners: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut result: Vec<(f64, f64)> = Vec::with_capacity(corners.len() + 3);
    for &(x, y) in corners {
        let near = result.last().map_or(x, |&(last, _)| nearest(x, last));
        result.push((near, y));
    }
    let (Some(&(first, start)), Some(&(last, _))) = (result.first(), result.last()) else { return result };
    let closing = nearest(first, last);
    if (closing - first).abs() > 180.0 {
        let pole = if result.iter().map(|corner| corner.1).sum::<f64>() < 0.0 { -90.0 } else { 90.0 };
        result.extend([(closing, start), (closing, pole), (first, pole)]);
    }
    result
}

/// The longitude `x + 360·k` that is nearest to `to`.
fn nearest(x: f64, to: f64) -> f64 {
    x + 360.0 * ((to - x) / 360.0).round()
}

/// The convex hull, counter-clockwise (Andrew's monotone chain); fewer than three points if the
/// corners lie on a line.
fn hull(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup();
    let half = |points: &mut dyn Iterator<Item = (f64, f64)>| {
        let mut chain: Vec<(f64, f64)> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..] {
                let turn = (b.0 - a.0) * (point.1 - a.1) - (b.1 - a.1) * (point.0 - a.0);
                if turn > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut lower = half(&mut points.iter().copied());
    lower.extend(half(&mut points.iter().rev().copied()));
    lower
}

fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.map(|value| (value, value)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// A point inside a convex ring.
fn middle(hull: &[(f64, f64)]) -> (f64, f64) {
    let count = hull.len().max(1) as f64;
    let (x, y) = hull.iter().fold((0.0, 0.0), |sum, corner| (sum.0 + corner.0, sum.1 + corner.1));
    (x / count, y / count)
}
