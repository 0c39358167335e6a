//! Boxes of indices.

use std::ops::Range;

use super::{DataType, Starts};

/// The number of values in an array of `shape`; `None` if no address space holds so many.
pub fn count(shape: &[usize]) -> Option<usize> {
    if shape.contains(&0) {
        return Some(0);
    }
    shape.iter().try_fold(1_usize, |n, &s| n.checked_mul(s))
}

/// A box of indices: for each dimension the half-open range `start..end`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Region(Vec<Range<usize>>);

impl Region {
    /// A box from its ranges.
    pub fn new(ranges: Vec<Range<usize>>) -> Self {
        Self(ranges)
    }

    /// The whole of an array of `shape`.
    pub fn whole(shape: &[usize]) -> Self {
        Self(shape.iter().map(|&n| 0..n).collect())
    }

    /// The box of chunk `index` in a regular grid of `chunk` over `shape`, cut to the shape.
    pub fn of_chunk(index: &[usize], chunk: &[usize], shape: &[usize]) -> Self {
        let ranges = index.iter().zip(chunk).zip(shape);
        Self(
            ranges
                .map(|((&i, &c), &n)| {
                    let start = i.saturating_mul(c).min(n);
                    start..start.saturating_add(c).min(n)
                })
                .collect(),
        )
    }

    /// The ranges, one a dimension.
    pub fn ranges(&self) -> &[Range<usize>] {
        &self.0
    }

    /// The first index along each dimension.
    pub fn start(&self) -> Vec<usize> {
        self.0.iter().map(|r| r.start).collect()
    }

    /// The extent along each dimension.
    pub fn shape(&self) -> Vec<usize> {
        self.0.iter().map(|r| r.end.saturating_sub(r.start)).collect()
    }

    /// The number of values inside; 1 for a scalar, `usize::MAX` for more than can be counted.
    pub fn len(&self) -> usize {
        count(&self.shape()).unwrap_or(usize::MAX)
    }

    /// Bytes that the values inside take, texts as planned; `usize::MAX` for more than can be counted.
    pub fn bytes(&self, data_type: &DataType) -> usize {
        self.len().saturating_mul(data_type.planning_size())
    }

    /// Whether nothing is inside.
    pub fn is_empty(&self) -> bool {
        self.0.iter().any(Range::is_empty)
    }

    /// Whether every index lies within an array of `shape` of the same rank.
    pub fn fits(&self, shape: &[usize]) -> bool {
        self.0.len() == shape.len() && self.0.iter().zip(shape).all(|(r, &n)| r.start <= r.end && r.end <= n)
    }

    /// The common part of two boxes of the same rank; empty ranges where they miss each other.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let pairs = self.0.iter().zip(&other.0);
        Self(
            pairs
                .map(|(a, b)| {
                    let start = a.start.max(b.start);
                    start..a.end.min(b.end).max(start)
                })
                .collect(),
        )
    }

    /// The same box with its origin moved by −`origin`; the box must lie at or beyond it.
    #[must_use]
    pub fn relative_to(&self, origin: &[usize]) -> Self {
        let pairs = self.0.iter().zip(origin);
        Self(pairs.map(|(r, &o)| r.start.saturating_sub(o)..r.end.saturating_sub(o)).collect())
    }
}

/// The boxes into which per-dimension split points cut a region, in C order.
///
/// A start inside the region begins a new piece, others have no effect.
#[derive(Debug)]
pub struct RegionTiles {
    axes: Vec<Axis>,
    count: usize,
}

/// The pieces along one dimension of the region.
#[derive(Debug)]
struct Axis {
    range: Range<usize>,
    starts: Starts,
    /// The number of the first start behind the beginning of the range.
    skip: usize,
    /// How many pieces.
    count: usize,
}

impl Axis {
    fn new(range: &Range<usize>, starts: Option<&Starts>) -> Self {
        let starts = starts.cloned().unwrap_or_else(|| Starts::whole(range.end));
        let skip = starts.piece_of(range.start);
        let count = if range.is_empty() { 0 } else { starts.below(range.end).saturating_sub(skip).saturating_add(1) };
        Self { range: range.clone(), starts, skip, count }
    }

    fn get(&self, number: usize) -> Range<usize> {
        let start = |i: usize| self.starts.get(self.skip.saturating_add(i)).filter(|s| self.range.contains(s));
        let begin = number.checked_sub(1).map_or(Some(self.range.start), start).unwrap_or(self.range.end);
        begin..start(number).unwrap_or(self.range.end)
    }
}

impl RegionTiles {
    /// Cut `region` at `starts` (one a dimension, missing ones cut nothing).
    pub fn new(region: &Region, starts: &[Starts]) -> Self {
        let axes: Vec<Axis> = region.ranges().iter().enumerate().map(|(d, r)| Axis::new(r, starts.get(d))).collect();
        let count = axes.iter().fold(1, |n: usize, axis| n.saturating_mul(axis.count));
        Self { axes, count }
    }

    /// How many boxes.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The box number `index` in C order.
    pub fn get(&self, mut index: usize) -> Region {
        let mut ranges = vec![0..0; self.axes.len()];
        for (range, axis) in ranges.iter_mut().zip(&self.axes).rev() {
            let n = axis.count.max(1);
            *range = axis.get(index % n);
            index /= n;
        }
        Region::new(ranges)
    }

    /// A box as large as any that comes early: what to expect of one.
    pub fn largest(&self) -> Region {
        /// Pieces differ at the edges, or where files were joined.
        const LOOKED_AT: usize = 256;
        let longest =
            |axis: &Axis| (0..axis.count.min(LOOKED_AT)).map(|i| axis.get(i)).max_by_key(ExactSizeIterator::len);
        Region::new(self.axes.iter().map(|axis| longest(axis).unwrap_or(0..0)).collect())
    }

    /// All boxes in C order.
    pub fn iter(&self) -> impl Iterator<Item = Region> + '_ {
        (0..self.count).map(|i| self.get(i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_follow_the_splits_and_cover_the_region() {
        let region = Region::new(vec![2..7, 0..3]);
        let tiles = RegionTiles::new(&region, &[Starts::regular(10, 4), Starts::listed(4, [0, 2])]);
        let got: Vec<_> = tiles.iter().map(|r| r.ranges().to_vec()).collect();
        assert_eq!(got, [[2..4, 0..2], [2..4, 2..3], [4..7, 0..2], [4..7, 2..3]]);
    }

    #[test]
    fn a_scalar_is_one_tile() {
        assert_eq!(RegionTiles::new(&Region::whole(&[]), &[]).len(), 1);
    }

    #[test]
    fn an_empty_dimension_has_no_tiles() {
        assert!(RegionTiles::new(&Region::whole(&[0, 3]), &[Starts::whole(0), Starts::whole(3)]).is_empty());
    }

    #[test]
    fn the_largest_box_is_found_behind_a_short_first_piece() {
        let tiles = RegionTiles::new(&Region::whole(&[20]), &[Starts::regular(22, 6).within(&(2..22))]);
        assert_eq!((tiles.get(0).len(), tiles.largest().len()), (4, 6));
    }

    #[test]
    fn more_values_than_can_be_counted_are_no_overflow() {
        let huge = Region::whole(&[1 << 40, 1 << 40]);
        assert_eq!(
            (huge.len(), huge.bytes(&DataType::F64), count(huge.shape().as_slice())),
            (usize::MAX, usize::MAX, None)
        );
        assert_eq!(count(&[1 << 40, 1 << 40, 0]), Some(0));
    }
}
