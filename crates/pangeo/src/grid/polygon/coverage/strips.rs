//! Cells between parallels and meridians: edges are cut by rows, then by columns.

use super::integral::{beside, rise};
use crate::grid::polygon::Polygon;

/// The parallels and meridians of the cells that a polygon may touch, in order, and the rows and
/// columns between each two.
pub(super) struct Strips {
    rows: Between,
    columns: Between,
    /// Columns of the whole grid.
    width: usize,
}

/// Intervals of a line.
struct Between {
    /// Their ends, ascending.
    ends: Vec<f64>,
    /// Between each two ends the intervals that hold what is there, with one over their width.
    holders: Vec<Vec<(usize, f64)>>,
}

/// A part of an edge inside a row, from south to north.
struct Piece {
    strip: usize,
    x: (f64, f64),
    y: (f64, f64),
    side: f64,
}

impl Strips {
    /// `None` if rows or columns overlap each other so often that lists of them would not fit.
    pub(super) fn of(polygon: &Polygon, rows: &[(f64, f64)], columns: &[(f64, f64)]) -> Option<Self> {
        let mut near_rows = Vec::new();
        for (row, &(a, b)) in rows.iter().enumerate() {
            let (south, north) = (a.min(b), a.max(b));
            if south < north && south < polygon.north && north > polygon.south {
                near_rows.push((row, south, north, 1.0 / rise(south, north)));
            }
        }
        let mut near_columns = Vec::new();
        for (column, &(west, east)) in columns.iter().enumerate() {
            if !(west < east && east - west < 361.0 && east.abs() < 1e6) {
                continue;
            }
            // The image that ends first east of the polygon's west, then those further on.
            let mut shift = 360.0 * ((polygon.west - east) / 360.0).ceil();
            while west + shift < polygon.east {
                near_columns.push((column, west + shift, east + shift, 1.0 / (east - west)));
                shift += 360.0;
            }
        }
        Some(Self { rows: Between::of(&near_rows)?, columns: Between::of(&near_columns)?, width: columns.len() })
    }

    /// Adds the fraction of each cell that the polygon covers.
    pub(super) fn cover(&self, polygon: &Polygon, found: &mut Vec<(usize, f64)>) {
        let count = self.columns.holders.len();
        let (mut parts, mut rises) = (vec![0.0; count], vec![0.0; count.saturating_add(1)]);
        for strip in self.pieces(polygon).chunk_by(|a, b| a.strip == b.strip) {
            let Some(rows) = strip.first().and_then(|piece| self.rows.holders.get(piece.strip)) else { continue };
            parts.fill(0.0);
            rises.fill(0.0);
            strip.iter().for_each(|piece| self.across(piece, &mut parts, &mut rises));
            self.gather(rows, &parts, &rises, found);
        }
    }

    /// The parts of all edges inside each row, row after row.
    fn pieces(&self, polygon: &Polygon) -> Vec<Piece> {
        let ends = &self.rows.ends;
        let mut pieces = Vec::new();
        for edge in polygon.edges_once(polygon.south, polygon.north).filter(|edge| edge.y1 < edge.y2) {
            let (mut x, mut y) = (edge.x1, edge.y1);
            let mut next = ends.partition_point(|end| *end <= y);
            while y < edge.y2 {
                let end = ends.get(next).copied().filter(|end| *end < edge.y2);
                let (x_end, y_end) = end.map_or((edge.x2, edge.y2), |end| (edge.crossing(end), end));
                if let Some(strip) = next.checked_sub(1).filter(|strip| *strip < self.rows.holders.len()) {
                    pieces.push(Piece { strip, x: (x, x_end), y: (y, y_end), side: f64::from(edge.side) });
                }
                (x, y) = (x_end, y_end);
                next += 1;
            }
        }
        pieces.sort_by_key(|piece| piece.strip);
        pieces
    }

    /// Cuts a piece at the meridians. In the column where a part of it lies it adds what is west of it,
    /// in all columns further west their whole width, which `rises` notes for later.
    fn across(&self, piece: &Piece, parts: &mut [f64], rises: &mut [f64]) {
        let ends = &self.columns.ends;
        let (from, to) = (piece.x, piece.y);
        let eastward = from.0 <= from.1;
        let [(mut x, mut y), (last_x, last_y)] =
            if eastward { [(from.0, to.0), (from.1, to.1)] } else { [(from.1, to.1), (from.0, to.0)] };
        let slope = (to.1 - to.0) / (from.1 - from.0);
        let mut next = ends.partition_point(|end| *end <= x);
        loop {
            let end = ends.get(next).copied().filter(|end| *end < last_x);
            let (x_end, y_end) = end.map_or((last_x, last_y), |end| {
                let there = to.0 + (end - from.0) * slope;
                (end, if eastward { there.clamp(y, last_y) } else { there.clamp(last_y, y) })
            });
            let [(x1, y1), (x2, y2)] = if eastward { [(x, y), (x_end, y_end)] } else { [(x_end, y_end), (x, y)] };
            if let Some(column) = next.checked_sub(1) {
                if let (Some(part), Some(west)) = (parts.get_mut(column), ends.get(column)) {
                    *part += piece.side * beside(x1 - west, x2 - west, y1, y2);
                }
                if let Some(risen) = rises.get_mut(column) {
                    *risen += piece.side * rise(y1, y2);
                }
            }
            if end.is_none() {
                return;
            }
            (x, y) = (x_end, y_end);
            next += 1;
        }
    }

    /// Adds up from east to west and gives each cell its part.
    fn gather(&self, rows: &[(usize, f64)], parts: &[f64], rises: &[f64], found: &mut Vec<(usize, f64)>) {
        let mut risen = rises.last().copied().unwrap_or(0.0);
        let columns = self.columns.ends.windows(2).zip(&self.columns.holders).zip(parts.iter().zip(rises));
        let columns: Vec<_> = columns.collect();
        for ((ends, holders), (part, rise_here)) in columns.into_iter().rev() {
            let width = ends.last().zip(ends.first()).map_or(0.0, |(east, west)| east - west);
            let area = part + risen * width;
            risen += rise_here;
            for (row, per_height) in rows {
                for (column, per_width) in holders {
                    let fraction = area * per_height * per_width;
                    if fraction.abs() > 1e-14 {
                        found.push((row.saturating_mul(self.width).saturating_add(*column), fraction));
                    }
                }
            }
        }
    }
}

impl Between {
    /// Of intervals given by (number, low end, high end, one over their width).
    fn of(intervals: &[(usize, f64, f64, f64)]) -> Option<Self> {
        let mut ends: Vec<f64> = intervals.iter().flat_map(|(_, low, high, _)| [*low, *high]).collect();
        ends.sort_by(f64::total_cmp);
        ends.dedup();
        let mut holders = vec![Vec::new(); ends.len().saturating_sub(1)];
        let mut room = intervals.len().saturating_mul(16).saturating_add(4096);
        for (number, low, high, per) in intervals {
            let (from, to) = (ends.partition_point(|end| end < low), ends.partition_point(|end| end < high));
            room = room.checked_sub(to.saturating_sub(from))?;
            holders.get_mut(from..to)?.iter_mut().for_each(|list| list.push((*number, *per)));
        }
        Some(Self { ends, holders })
    }
}
