//! Where the dimensions of a variable stand before and after.

use std::ops::Range;

use crate::model::Region;

/// Where the horizontal dimensions stand, and the others.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// The positions of the source's rows (or cells of a list) and columns; a scalar has none.
    pub(super) rows: Option<usize>,
    pub(super) columns: Option<usize>,
    /// The positions of the source's other dimensions.
    pub(super) others: Vec<usize>,
    /// How many of these stand before the target's dimensions.
    pub(super) before: usize,
    /// Whether the target has dimensions of rows and of columns.
    pub(super) target: (bool, bool),
    /// Whether the target's columns stand before its rows, as the source's do.
    pub(super) turned: bool,
}

/// The parts of a box of the result.
#[derive(Debug)]
pub(super) struct Parts {
    /// Ranges of the other dimensions.
    pub(super) others: Vec<Range<usize>>,
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
}

/// How far apart values stand in a block.
#[derive(Debug)]
pub(super) struct Steps {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) others: Vec<usize>,
}

impl Layout {
    /// `others` of the source's extents (or names), and the target's in their place.
    pub(super) fn arrange<T: Clone>(&self, source: &[T], rows: T, columns: T) -> Vec<T> {
        let mut all: Vec<T> = self.others.iter().filter_map(|at| source.get(*at).cloned()).collect();
        let mut own = [self.target.0.then_some(rows), self.target.1.then_some(columns)];
        if self.turned {
            own.reverse();
        }
        all.splice(self.before..self.before, own.into_iter().flatten());
        all
    }

    /// The positions in the result of the target's dimensions.
    fn own(&self) -> Range<usize> {
        self.before..self.before + usize::from(self.target.0) + usize::from(self.target.1)
    }

    /// The position in the source of a dimension of the result that is none of the target's.
    pub(super) fn other(&self, axis: usize) -> Option<usize> {
        let own = self.own();
        if own.contains(&axis) {
            return None;
        }
        self.others.get(if axis < own.start { axis } else { axis.checked_sub(own.len())? }).copied()
    }

    /// Whether a dimension of the result is that of the target's rows.
    pub(super) fn is_rows(&self, axis: usize) -> bool {
        self.target.0 && axis == self.before + usize::from(self.turned)
    }

    pub(super) fn parts(&self, region: &Region) -> Parts {
        let own = self.own();
        let mut horizontal = region.ranges().get(own.clone()).unwrap_or(&[]).iter().cloned();
        let mut rows = if self.target.0 { horizontal.next() } else { None };
        let mut columns = if self.target.1 { horizontal.next() } else { None };
        if self.turned {
            std::mem::swap(&mut rows, &mut columns);
        }
        let others = region.ranges().iter().enumerate().filter(|(axis, _)| !own.contains(axis));
        Parts {
            others: others.map(|(_, range)| range.clone()).collect(),
            rows: rows.unwrap_or(0..1),
            columns: columns.unwrap_or(0..1),
        }
    }

    /// The box of a source of this shape that has the rows `rows` of these parts.
    pub(super) fn source_region(&self, shape: &[usize], parts: &Parts, rows: Range<usize>) -> Region {
        let mut ranges: Vec<Range<usize>> = shape.iter().map(|n| 0..*n).collect();
        for (position, range) in self.others.iter().zip(&parts.others) {
            if let Some(slot) = ranges.get_mut(*position) {
                *slot = range.clone();
            }
        }
        if let Some(slot) = self.rows.and_then(|position| ranges.get_mut(position)) {
            *slot = rows;
        }
        Region::new(ranges)
    }

    /// How far apart the values of a source block of this shape stand.
    pub(super) fn source_steps(&self, shape: &[usize]) -> Steps {
        let steps = steps(shape);
        let of = |at: Option<usize>| at.and_then(|at| steps.get(at)).copied().unwrap_or(0);
        Steps {
            rows: of(self.rows),
            columns: of(self.columns),
            others: self.others.iter().map(|at| of(Some(*at))).collect(),
        }
    }

    /// How far apart the values of a block of the result stand.
    pub(super) fn target_steps(&self, shape: &[usize]) -> Steps {
        let steps = steps(shape);
        let own = self.own();
        let of = |has: bool, at: usize| if has { steps.get(at).copied().unwrap_or(0) } else { 0 };
        let others = steps.iter().enumerate().filter(|(axis, _)| !own.contains(axis)).map(|(_, step)| *step);
        let (mut first, mut last) = (own.start, own.end.saturating_sub(1));
        if self.turned {
            std::mem::swap(&mut first, &mut last);
        }
        Steps { rows: of(self.target.0, first), columns: of(self.target.1, last), others: others.collect() }
    }
}

fn steps(shape: &[usize]) -> Vec<usize> {
    let mut step = 1_usize;
    let mut steps: Vec<usize> = shape
        .iter()
        .rev()
        .map(|n| {
            let here = step;
            step = step.saturating_mul(*n);
            here
        })
        .collect();
    steps.reverse();
    steps
}

/// Every combination of indices below these extents, in C order, as offsets by two sets of steps.
pub(super) fn offsets(extents: &[usize], from: &[usize], to: &[usize]) -> Vec<(usize, usize)> {
    let mut all = vec![(0, 0)];
    for ((&n, a), b) in extents.iter().zip(from).zip(to) {
        all = all.iter().flat_map(|(x, y)| (0..n).map(move |i| (x + i * a, y + i * b))).collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (lat, time, lon) to (cells, time) and (lat, lon, time).
    fn layout(target: (bool, bool)) -> Layout {
        Layout { rows: Some(0), columns: Some(2), others: vec![1], before: 0, target, turned: false }
    }

    #[test]
    fn the_target_stands_where_the_first_horizontal_dimension_stood() {
        assert_eq!(layout((true, true)).arrange(&["lat", "time", "lon"], "y", "x"), ["y", "x", "time"]);
        assert_eq!(layout((true, false)).arrange(&["lat", "time", "lon"], "cell", ""), ["cell", "time"]);
        assert_eq!([0, 1, 2].map(|axis| layout((true, true)).other(axis)), [None, None, Some(1)]);
    }

    #[test]
    fn boxes_of_the_result_are_boxes_of_the_source() {
        let layout = layout((true, true));
        let parts = layout.parts(&Region::new(vec![2..4, 0..5, 7..9]));
        assert_eq!((&parts.rows, &parts.columns, parts.others.first()), (&(2..4), &(0..5), Some(&(7..9))));
        assert_eq!(layout.source_region(&[3, 9, 4], &parts, 1..2), Region::new(vec![1..2, 7..9, 0..4]));
        let from = layout.source_steps(&[1, 2, 4]);
        assert_eq!((from.rows, from.columns, from.others), (8, 1, vec![4]));
        let to = layout.target_steps(&[2, 5, 2]);
        assert_eq!((to.rows, to.columns, to.others), (10, 2, vec![1]));
    }

    #[test]
    fn columns_that_stood_before_rows_still_do() {
        let layout =
            Layout { rows: Some(2), columns: Some(1), others: vec![0], before: 1, target: (true, true), turned: true };
        assert_eq!(layout.arrange(&["time", "lon", "lat"], "y", "x"), ["time", "x", "y"]);
        let parts = layout.parts(&Region::new(vec![0..5, 2..4, 7..9]));
        assert_eq!((&parts.rows, &parts.columns), (&(7..9), &(2..4)));
        let to = layout.target_steps(&[5, 2, 3]);
        assert_eq!((to.rows, to.columns, to.others), (1, 3, vec![6]));
        assert!(layout.is_rows(2) && !layout.is_rows(1));
    }

    #[test]
    fn offsets_go_in_order() {
        assert_eq!(offsets(&[2, 2], &[10, 1], &[2, 4]), [(0, 0), (1, 4), (10, 2), (11, 6)]);
        assert_eq!(offsets(&[], &[], &[]), [(0, 0)]);
    }
}
