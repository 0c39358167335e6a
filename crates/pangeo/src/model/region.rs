//! Boxes of indices.

use std::ops::Range;

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

    /// The number of values inside; 1 for a scalar.
    pub fn len(&self) -> usize {
        self.0.iter().map(ExactSizeIterator::len).product()
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
/// Each dimension's splits are the sorted starts of its pieces (chunk starts); a start inside the
/// region begins a new piece, others have no effect.
#[derive(Debug)]
pub struct RegionTiles {
    pieces: Vec<Vec<Range<usize>>>,
    count: usize,
}

impl RegionTiles {
    /// Cut `region` at `starts` (one list a dimension, missing ones cut nothing).
    pub fn new(region: &Region, starts: &[Vec<usize>]) -> Self {
        let pieces: Vec<Vec<Range<usize>>> = region
            .ranges()
            .iter()
            .enumerate()
            .map(|(d, range)| cut(range, starts.get(d).map_or(&[], Vec::as_slice)))
            .collect();
        let count = pieces.iter().map(Vec::len).product();
        Self { pieces, count }
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
        let mut ranges = vec![0..0; self.pieces.len()];
        for (d, pieces) in self.pieces.iter().enumerate().rev() {
            let n = pieces.len().max(1);
            ranges[d] = pieces.get(index % n).cloned().unwrap_or(0..0);
            index /= n;
        }
        Region::new(ranges)
    }

    /// All boxes in C order.
    pub fn iter(&self) -> impl Iterator<Item = Region> + '_ {
        (0..self.count).map(|i| self.get(i))
    }
}

fn cut(range: &Range<usize>, starts: &[usize]) -> Vec<Range<usize>> {
    let from = starts.partition_point(|&s| s <= range.start);
    let to = starts.partition_point(|&s| s < range.end);
    let mut pieces = Vec::with_capacity(to.saturating_sub(from) + 1);
    let mut begin = range.start;
    for &s in starts.get(from..to.max(from)).unwrap_or(&[]) {
        pieces.push(begin..s);
        begin = s;
    }
    if begin < range.end {
        pieces.push(begin..range.end);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_follow_the_splits_and_cover_the_region() {
        let region = Region::new(vec![2..7, 0..3]);
        let tiles = RegionTiles::new(&region, &[vec![0, 4, 8], vec![0, 2]]);
        let got: Vec<_> = tiles.iter().map(|r| r.ranges().to_vec()).collect();
        assert_eq!(got, [[2..4, 0..2], [2..4, 2..3], [4..7, 0..2], [4..7, 2..3]]);
    }

    #[test]
    fn a_scalar_is_one_tile() {
        assert_eq!(RegionTiles::new(&Region::whole(&[]), &[]).len(), 1);
    }

    #[test]
    fn an_empty_dimension_has_no_tiles() {
        assert!(RegionTiles::new(&Region::whole(&[0, 3]), &[vec![0], vec![0]]).is_empty());
    }
}
