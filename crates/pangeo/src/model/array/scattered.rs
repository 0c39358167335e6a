//! Lists of points put back where they come from.

use std::ops::Range;
use std::sync::Arc;

use super::{Array, LazyArray, misfit};
use crate::model::{Block, Buffer, DataType, Region, Starts};
use crate::{Error, Result};

/// An array with several dimensions in the place of one along which some of their points are listed.
#[derive(Debug)]
pub struct Scattered {
    source: Array,
    /// The dimension of the list.
    axis: usize,
    /// How many dimensions stand in its place.
    rank: usize,
    shape: Vec<usize>,
    /// C-order offsets among these, ascending, and the point of the list that each one is.
    points: Vec<(usize, usize)>,
    /// What points hold that are not listed.
    fill: Buffer,
}

impl Scattered {
    /// `source` with dimensions of these `lengths` in the place of `axis`, along which `offsets` lists points of theirs
    /// in C order, each once; `fill`, a value of the source's type, everywhere else.
    ///
    /// # Errors
    /// When there is no such dimension, or offsets are not as many as its points, reach beyond the lengths, or repeat.
    pub fn array(source: Array, axis: usize, lengths: &[usize], offsets: &[usize], fill: Buffer) -> Result<Array> {
        let all = lengths.iter().fold(1usize, |n, length| n.saturating_mul(*length));
        let mut points: Vec<(usize, usize)> = offsets.iter().copied().zip(0..).collect();
        points.sort_unstable();
        let once = points.windows(2).all(|w| w.first().map(|p| p.0) < w.last().map(|p| p.0));
        let inside = points.last().is_none_or(|(last, _)| *last < all);
        let fits = source.shape().get(axis) == Some(&offsets.len()) && fill.data_type() == *source.data_type();
        if !(once && inside && fits && fill.len() == 1) {
            return Err(Error::data("internal: a list of points that does not fit its values", "array"));
        }
        let mut shape = source.shape().to_vec();
        shape.splice(axis..axis.saturating_add(1), lengths.iter().copied());
        Ok(Arc::new(Self { source, axis, rank: lengths.len(), shape, points, fill }))
    }

    /// The points that a box holds, each with its cell's place in the dimensions of the list alone, in C order.
    fn held<'a>(&'a self, inner: &'a [Range<usize>]) -> impl Iterator<Item = (usize, usize)> + 'a {
        let lengths = self.shape.get(self.axis..).unwrap_or(&[]).get(..self.rank).unwrap_or(&[]);
        let offset = |end: fn(&Range<usize>) -> usize| {
            let indices = lengths.iter().zip(inner);
            indices.fold(0usize, |sum, (n, range)| sum.saturating_mul(*n).saturating_add(end(range)))
        };
        let (first, last) = (offset(|range| range.start), offset(|range| range.end.saturating_sub(1)));
        let from = self.points.partition_point(|(at, _)| *at < first);
        let near = self.points.iter().skip(from).take_while(move |(at, _)| *at <= last);
        near.filter_map(move |(at, point)| Some((within(*at, lengths, inner)?, *point)))
    }

    /// The ranges of a box along the dimensions that stand in the place of the list.
    fn inner<'a>(&self, region: &'a Region) -> &'a [Range<usize>] {
        region.ranges().get(self.axis..).and_then(|ranges| ranges.get(..self.rank)).unwrap_or(&[])
    }

    /// The source's box behind ours: from the first point wanted to the last; `None` for none.
    fn behind(&self, region: &Region) -> Option<Region> {
        let points = || self.held(self.inner(region)).map(|(_, point)| point);
        let (low, high) = (points().min()?, points().max()?);
        let mut ranges = region.ranges().to_vec();
        ranges.splice(self.axis..self.axis.checked_add(self.rank)?, std::iter::once(low..high.checked_add(1)?));
        Some(Region::new(ranges))
    }

    fn filled(&self, region: &Region) -> Result<Block> {
        Block::filled(&self.fill, region.shape()).ok_or_else(|| super::no_memory(region, "array"))
    }
}

/// Where in a box the cell at an offset lies, in C order; `None` outside.
fn within(mut offset: usize, lengths: &[usize], ranges: &[Range<usize>]) -> Option<usize> {
    let (mut place, mut stride) = (0usize, 1usize);
    for (length, range) in lengths.iter().zip(ranges).rev() {
        let index = offset.checked_rem(*length)?;
        offset = offset.checked_div(*length)?;
        if !range.contains(&index) {
            return None;
        }
        place = place.checked_add(index.checked_sub(range.start)?.checked_mul(stride)?)?;
        stride = stride.checked_mul(range.len())?;
    }
    Some(place)
}

impl LazyArray for Scattered {
    fn data_type(&self) -> &DataType {
        self.source.data_type()
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        let end = self.axis.saturating_add(self.rank);
        if axis < self.axis {
            self.source.chunk_starts(axis)
        } else if axis < end {
            Starts::whole(self.shape.get(axis).copied().unwrap_or(0))
        } else {
            self.source.chunk_starts(axis.saturating_sub(self.rank).saturating_add(1))
        }
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        self.behind(region).map(|behind| (&self.source, behind)).into_iter().collect()
    }

    fn read_bytes(&self, region: &Region) -> usize {
        // The source's values and a copy of them with one more; ours, each with the place that it comes from.
        let source = self.behind(region).map_or(0, |behind| {
            self.source.read_bytes(&behind).saturating_add(behind.bytes(self.data_type()).saturating_mul(2))
        });
        let places = region.len().saturating_mul(size_of::<usize>());
        region.bytes(self.data_type()).saturating_add(source).saturating_add(places)
    }

    fn read(&self, region: &Region) -> Result<Block> {
        let lost = || misfit(region, &self.shape);
        if !region.fits(&self.shape) {
            return Err(lost());
        }
        let Some(behind) = self.behind(region).filter(|_| !region.is_empty()) else { return self.filled(region) };
        let low = behind.ranges().get(self.axis).map_or(0, |r| r.start);
        let block = self.source.read(&behind)?;
        // One place more behind the last holds what cells have that are not listed.
        let mut wider: Vec<_> = behind.shape().iter().map(|n| 0..*n).collect();
        let beyond = wider.get(self.axis).map_or(0, |r| r.end);
        if let Some(range) = wider.get_mut(self.axis) {
            range.end = beyond.saturating_add(1);
        }
        let wider = Region::new(wider);
        let mut held = self.filled(&wider)?;
        held.paste(&vec![0; wider.ranges().len()], &block, &Region::whole(block.shape())).ok_or_else(lost)?;
        let mut indices: Vec<Vec<usize>> = wider.ranges().iter().map(|r| r.clone().collect()).collect();
        let inner = self.inner(region);
        let mut places = vec![beyond; Region::new(inner.to_vec()).len()];
        for (place, point) in self.held(inner) {
            *places.get_mut(place).ok_or_else(lost)? = point.saturating_sub(low);
        }
        *indices.get_mut(self.axis).ok_or_else(lost)? = places;
        held.take(&indices).and_then(|taken| taken.reshape(region.shape())).ok_or_else(lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::array::Memory;

    /// Two times of the points 5, 0, 4 of 2 × 3.
    fn spread() -> Array {
        let source = Memory::array(Block::new(vec![2, 3], Buffer::I32(vec![5, 0, 4, 15, 10, 14])).unwrap());
        Scattered::array(source, 1, &[2, 3], &[5, 0, 4], Buffer::I32(vec![-1])).unwrap()
    }

    #[test]
    fn points_stand_where_they_come_from() {
        let all = spread().read_all().unwrap();
        assert_eq!(all.shape(), [2, 2, 3]);
        assert_eq!(*all.data(), Buffer::I32(vec![0, -1, -1, -1, 4, 5, 10, -1, -1, -1, 14, 15]));
    }

    #[test]
    fn parts_are_those_of_the_whole() {
        let part =
            |ranges: [std::ops::Range<usize>; 3]| spread().read(&Region::new(ranges.to_vec())).unwrap().into_data();
        assert_eq!(part([1..2, 1..2, 1..3]), Buffer::I32(vec![14, 15]));
        assert_eq!(part([0..2, 0..1, 1..3]), Buffer::I32(vec![-1; 4]));
        assert_eq!(part([0..1, 0..2, 0..1]), Buffer::I32(vec![0, -1]));
        assert_eq!(part([0..0, 0..2, 0..1]), Buffer::I32(vec![]));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let source = || Memory::array(Block::new(vec![2], Buffer::I32(vec![1, 2])).unwrap());
        let array = |axis: usize, offsets: &[usize], fill| Scattered::array(source(), axis, &[4], offsets, fill);
        assert!(array(0, &[3, 1], Buffer::I32(vec![0])).is_ok());
        assert!(array(0, &[3, 4], Buffer::I32(vec![0])).is_err() && array(0, &[3, 3], Buffer::I32(vec![0])).is_err());
        assert!(array(1, &[3, 1], Buffer::I32(vec![0])).is_err() && array(0, &[3], Buffer::I32(vec![0])).is_err());
        assert!(array(0, &[3, 1], Buffer::F32(vec![0.0])).is_err());
    }
}
