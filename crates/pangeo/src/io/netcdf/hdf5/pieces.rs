//! The pieces in which a dataset is read: its chunks, or strips of one that is stored in one piece.

use super::place::strides;
use crate::model::{Region, Starts};

/// A regular grid of pieces over a dataset's extent.
#[derive(Debug)]
pub(super) struct Grid {
    /// The extent of a piece.
    pub(super) shape: Vec<usize>,
    counts: Vec<usize>,
}

/// The part of one piece that a read needs.
#[derive(Debug)]
pub(super) struct Piece {
    /// The piece's number in C order.
    pub(super) number: u64,
    /// Where the piece begins.
    pub(super) origin: Vec<usize>,
    /// The part that is needed, in indices of the dataset.
    pub(super) part: Region,
}

impl Grid {
    /// Pieces of `shape` over `extent`.
    pub(super) fn new(shape: Vec<usize>, extent: &[usize]) -> Self {
        let counts = extent.iter().zip(&shape).map(|(&n, &c)| n.div_ceil(c.max(1))).collect();
        Self { shape, counts }
    }

    /// The starts of pieces along a dimension of length `length`.
    pub(super) fn starts(&self, axis: usize, length: usize) -> Starts {
        Starts::regular(length, self.shape.get(axis).copied().unwrap_or(0))
    }

    /// How many pieces a box within the extent touches.
    pub(super) fn count(&self, region: &Region) -> usize {
        let each = region.ranges().iter().zip(&self.shape).map(|(r, &c)| {
            let (first, end) = (r.start / c.max(1), r.end.div_ceil(c.max(1)));
            if r.is_empty() { 0 } else { end.saturating_sub(first) }
        });
        each.fold(1, usize::saturating_mul)
    }

    /// The box of a piece, cut to `extent`, that `region` equals; its number with it.
    pub(super) fn piece_of(&self, region: &Region, extent: &[usize]) -> Option<u64> {
        let mut number = 0u64;
        let mut index = Vec::with_capacity(extent.len());
        for ((range, &chunk), &count) in region.ranges().iter().zip(&self.shape).zip(&self.counts) {
            let i = range.start.checked_div(chunk)?;
            index.push(i);
            number = number.checked_mul(count as u64)?.checked_add(i as u64)?;
        }
        (Region::of_chunk(&index, &self.shape, extent) == *region).then_some(number)
    }

    /// The pieces that a box within the extent touches, in C order.
    pub(super) fn touching(&self, region: &Region) -> Pieces<'_> {
        let first: Vec<usize> = region.ranges().iter().zip(&self.shape).map(|(r, &c)| r.start / c.max(1)).collect();
        let last: Vec<usize> =
            region.ranges().iter().zip(&self.shape).map(|(r, &c)| r.end.saturating_sub(1) / c.max(1)).collect();
        let next = (!region.is_empty()).then(|| first.clone());
        Pieces { grid: self, region: region.clone(), first, last, next }
    }
}

/// Iterator over [`Piece`]s.
pub(super) struct Pieces<'a> {
    grid: &'a Grid,
    region: Region,
    first: Vec<usize>,
    last: Vec<usize>,
    next: Option<Vec<usize>>,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let index = self.next.take()?;
        let steps = strides(&self.grid.counts);
        let number = index.iter().zip(&steps).map(|(&i, &s)| i as u64 * s as u64).sum();
        let origin: Vec<usize> = index.iter().zip(&self.grid.shape).map(|(&i, &c)| i * c).collect();
        let whole = Region::new(origin.iter().zip(&self.grid.shape).map(|(&o, &c)| o..o.saturating_add(c)).collect());
        let part = whole.intersection(&self.region);
        let mut following = index;
        for ((i, &first), &last) in following.iter_mut().zip(&self.first).zip(&self.last).rev() {
            if *i < last {
                *i += 1;
                self.next = Some(following);
                break;
            }
            *i = first;
        }
        Some(Piece { number, origin, part })
    }
}

/// The first and the last value that a box needs of an array stored in C order, as a range of
/// offsets in values.
pub(super) fn envelope(part: &Region, extent: &[usize]) -> Option<std::ops::Range<usize>> {
    let steps = strides(extent);
    let offset = |at: &dyn Fn(&std::ops::Range<usize>) -> usize| {
        part.ranges().iter().zip(&steps).try_fold(0usize, |n, (r, &s)| n.checked_add(at(r).checked_mul(s)?))
    };
    let first = offset(&|r| r.start)?;
    let last = offset(&|r| r.end.saturating_sub(1))?;
    Some(first..last.checked_add(1)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touches_the_chunks_that_hold_the_box() {
        let grid = Grid::new(vec![5, 4], &[12, 10]);
        let region = Region::new(vec![4..6, 8..10]);
        let pieces: Vec<_> = grid.touching(&region).map(|p| (p.number, p.part.ranges().to_vec())).collect();
        assert_eq!(pieces, [(2, vec![4..5, 8..10]), (5, vec![5..6, 8..10])]);
        assert_eq!(grid.touching(&Region::new(vec![4..4, 0..1])).count(), 0);
        assert_eq!(Grid::new(vec![], &[]).touching(&Region::whole(&[])).count(), 1);
    }

    #[test]
    fn a_region_is_a_chunk_only_if_it_is_all_of_it() {
        let grid = Grid::new(vec![5, 4], &[12, 10]);
        assert_eq!(grid.piece_of(&Region::new(vec![10..12, 8..10]), &[12, 10]), Some(8));
        assert_eq!(grid.piece_of(&Region::new(vec![10..12, 8..9]), &[12, 10]), None);
    }

    #[test]
    fn only_the_needed_stretch_of_a_strip_is_read() {
        assert_eq!(envelope(&Region::new(vec![1..3, 2..4]), &[4, 10]), Some(12..24));
        assert_eq!(envelope(&Region::whole(&[]), &[]), Some(0..1));
    }
}
