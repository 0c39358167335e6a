//! Cells along one axis by their edges.

use crate::grid::longitude::{EDGE_TOLERANCE, wrap_360};

/// A cell between two edges, `low ≤ high`.
#[derive(Debug, Clone, Copy)]
struct Interval {
    low: f64,
    high: f64,
    cell: usize,
}

/// The cells of an axis in the order of their lower edges.
#[derive(Debug)]
pub(super) struct Intervals {
    sorted: Vec<Interval>,
}

impl Intervals {
    /// Rows between two latitudes each, in either order; NaN where unknown.
    pub(super) fn of_latitudes(rows: &[(f64, f64)]) -> Self {
        let known = rows.iter().enumerate().filter(|(_, (a, b))| a.is_finite() && b.is_finite());
        Self::new(known.map(|(cell, &(a, b))| Interval { low: a.min(b), high: a.max(b), cell }))
    }

    /// Columns between west and east, `west ≤ east ≤ west + 360`; NaN where unknown. Each is kept where its
    /// west is in 0..360 and, if it crosses 360, once more around the Earth.
    pub(super) fn of_longitudes(columns: &[(f64, f64)]) -> Self {
        let known = columns.iter().enumerate().filter(|(_, (a, b))| a.is_finite() && b.is_finite());
        let turned = known.flat_map(|(cell, &(west, east))| {
            let low = wrap_360(west);
            let high = low + (east - west);
            let again =
                (high >= 360.0 - EDGE_TOLERANCE).then_some(Interval { low: low - 360.0, high: high - 360.0, cell });
            [Some(Interval { low, high, cell }), again].into_iter().flatten()
        });
        Self::new(turned)
    }

    fn new(intervals: impl Iterator<Item = Interval>) -> Self {
        let mut sorted: Vec<Interval> = intervals.collect();
        sorted.sort_by(|a, b| a.low.total_cmp(&b.low).then(b.cell.cmp(&a.cell)));
        Self { sorted }
    }

    /// The cell that holds a longitude in degrees.
    pub(super) fn find_longitude(&self, longitude: f64) -> Option<usize> {
        self.find(wrap_360(longitude))
    }

    /// The cell that holds `value`; at an edge, or in a gap narrower than [`EDGE_TOLERANCE`], the one above it
    /// where there is one.
    pub(super) fn find(&self, value: f64) -> Option<usize> {
        let above = self.sorted.partition_point(|i| i.low <= value);
        // Cells that overlap hide their lower edges from one another: look a few back.
        let below = self.sorted.get(above.saturating_sub(4)..above)?.iter().rev();
        let near = |edge: f64| (edge - value).abs() <= EDGE_TOLERANCE;
        let holding = below.clone().find(|i| value <= i.high).map(|i| i.cell);
        let next = || self.sorted.get(above).filter(|i| near(i.low)).map(|i| i.cell);
        let touching = || below.clone().find(|i| near(i.high)).map(|i| i.cell);
        holding.or_else(next).or_else(touching)
    }
}
