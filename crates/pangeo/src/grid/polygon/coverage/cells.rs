//! Cells with corners of their own.

use super::integral::beside;
use crate::grid::corners::{Outlines, Surrounding};
use crate::grid::polygon::Polygon;
use crate::grid::polygon::geometry::{Edge, FARTHEST};
use crate::grid::polygon::touch::unwrapped;

/// Adds the fraction of each cell that the polygon covers.
pub(super) fn cover_all(polygon: &Polygon, outlines: &Outlines, found: &mut Vec<(usize, f64)>) {
    for (run, around) in outlines.boxes().iter().enumerate() {
        if !may_touch(polygon, around) {
            continue;
        }
        let first = run.saturating_mul(Outlines::RUN);
        let end = outlines.len().min(first.saturating_add(Outlines::RUN));
        (first..end).for_each(|i| found.extend(cover(polygon, i, &outlines.outline(i))));
    }
}

fn may_touch(polygon: &Polygon, around: &Surrounding) -> bool {
    let beside = around.north <= polygon.south || around.south >= polygon.north;
    let east = polygon.first_image(around.west + around.width);
    !beside && east - around.width < polygon.east
}

/// The fraction of one cell that the polygon covers, if any; negative parts are for the caller to see.
pub(super) fn cover(polygon: &Polygon, index: usize, outline: &[(f64, f64)]) -> Option<(usize, f64)> {
    let cell = Cell::of(outline)?;
    if cell.north <= polygon.south || cell.south >= polygon.north {
        return None;
    }
    let mut covered = 0.0;
    let mut shift = polygon.first_image(cell.east) - cell.east;
    while cell.west + shift < polygon.east {
        covered += cell.inside(polygon, shift);
        shift += 360.0;
    }
    let fraction = covered / cell.area;
    (fraction != 0.0).then_some((index, fraction))
}

/// A side of a cell from south to north.
struct Side {
    x1: f64,
    y1: f64,
    x2: f64,
    y2: f64,
    /// 1 where the cell lies west of it, −1 where it lies east.
    sign: f64,
}

struct Cell {
    sides: Vec<Side>,
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    area: f64,
}

impl Cell {
    /// `None` without corners, with one beyond all maps, or without area.
    fn of(outline: &[(f64, f64)]) -> Option<Self> {
        if outline.len() < 3 || !outline.iter().all(|(x, y)| x.abs() <= FARTHEST && y.abs() <= 90.1) {
            return None;
        }
        let ring = unwrapped(&at_poles(outline));
        let fold = |pick: fn(f64, f64) -> f64, start, of: fn(&(f64, f64)) -> f64| ring.iter().map(of).fold(start, pick);
        let mut cell = Self {
            sides: Vec::with_capacity(ring.len()),
            west: fold(f64::min, f64::INFINITY, |p| p.0),
            south: fold(f64::min, f64::INFINITY, |p| p.1),
            east: fold(f64::max, f64::NEG_INFINITY, |p| p.0),
            north: fold(f64::max, f64::NEG_INFINITY, |p| p.1),
            area: 0.0,
        };
        for (&(ax, ay), &(bx, by)) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            if ay < by {
                cell.sides.push(Side { x1: ax, y1: ay, x2: bx, y2: by, sign: 1.0 });
            } else if by < ay {
                cell.sides.push(Side { x1: bx, y1: by, x2: ax, y2: ay, sign: -1.0 });
            }
        }
        let west = cell.west;
        cell.area = cell.sides.iter().map(|s| s.sign * beside(s.x1 - west, s.x2 - west, s.y1, s.y2)).sum();
        if cell.area < 0.0 {
            cell.area = -cell.area;
            cell.sides.iter_mut().for_each(|side| side.sign = -side.sign);
        }
        // Less than this is the rounding of corners on one line.
        let least = 1e-13 * (cell.east - cell.west).max(cell.north - cell.south);
        (cell.area > least).then_some(cell)
    }

    /// The area that the cell, moved by `shift`, shares with the polygon: over all latitudes the sum
    /// of `s t min(x, x′)` over the longitudes x of the polygon's edges and x′ of the cell's, s and t
    /// being the sides on which their insides lie.
    fn inside(&self, polygon: &Polygon, shift: f64) -> f64 {
        // Edges along a parallel have no part in the sum, but the cell lies on both sides of them.
        let near = |edge: &&Edge| edge.y2 > self.south && edge.y1 < self.north;
        let (west, east) = (self.west + shift, self.east + shift);
        let mut passes = polygon.edges_between(self.south, self.north).iter().filter(near);
        if !passes.any(|edge| edge.x1.min(edge.x2) < east && edge.x1.max(edge.x2) > west) {
            let inside = polygon.encloses(0.5 * (west + east), 0.5 * (self.south + self.north));
            return if inside { self.area } else { 0.0 };
        }
        let mut sum = 0.0;
        for edge in polygon.edges_once(self.south, self.north).filter(near) {
            if edge.x1.max(edge.x2) <= west {
                continue;
            }
            let moved = (edge.x1 - west, edge.x2 - west);
            let shared: f64 = self.sides.iter().map(|side| side.sign * self.lesser(edge, moved, side)).sum();
            sum += f64::from(edge.side) * shared;
        }
        sum
    }

    /// ∫ min(x, x′) d(sin φ) over the latitudes that an edge (of longitudes `moved`) and a side share,
    /// counted from the cell's west.
    fn lesser(&self, edge: &Edge, moved: (f64, f64), side: &Side) -> f64 {
        let (low, high) = (edge.y1.max(side.y1), edge.y2.min(side.y2));
        if low >= high {
            return 0.0;
        }
        let of_edge = |y: f64| moved.0 + (y - edge.y1) * (moved.1 - moved.0) / (edge.y2 - edge.y1);
        let (start, end) = (side.x1 - self.west, side.x2 - self.west);
        let of_side = |y: f64| start + (y - side.y1) * (end - start) / (side.y2 - side.y1);
        let ((a, b), (c, d)) = ((of_edge(low), of_edge(high)), (of_side(low), of_side(high)));
        let (at_low, at_high) = (a - c, b - d);
        if at_low >= 0.0 && at_high >= 0.0 {
            return beside(c, d, low, high);
        }
        if at_low <= 0.0 && at_high <= 0.0 {
            return beside(a, b, low, high);
        }
        let t = at_low / (at_low - at_high);
        let (x, y) = (c + t * (d - c), low + t * (high - low));
        let below = if at_low < 0.0 { a } else { c };
        let above = if at_high < 0.0 { b } else { d };
        beside(below, x, low, y) + beside(x, above, y, high)
    }
}

/// A corner at a pole lies on the meridians of both its neighbours.
fn at_poles(outline: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let is_pole = |y: f64| y.abs() > 90.0 - 1e-9;
    if !outline.iter().any(|corner| is_pole(corner.1)) {
        return outline.to_vec();
    }
    let before = outline.iter().cycle().skip(outline.len() - 1);
    let after = outline.iter().cycle().skip(1);
    let mut ring = Vec::with_capacity(outline.len() + 2);
    for ((corner, before), after) in outline.iter().zip(before).zip(after) {
        if !is_pole(corner.1) {
            ring.push(*corner);
            continue;
        }
        let meridians = [before, after].into_iter().filter(|neighbour| !is_pole(neighbour.1));
        ring.extend(meridians.map(|neighbour| (neighbour.0, corner.1)));
    }
    ring
}
