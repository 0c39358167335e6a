//! Values between the levels of an axis that is the same everywhere.

use std::ops::Range;
use std::sync::Arc;

use super::axis::Pick;
use crate::Result;
use crate::cf::packing::Packing;
use crate::model::array::{AxisSelection, LazyArray, Selected, misfit};
use crate::model::{Array, Block, DataType, Region, Starts};
use crate::ops::regrid::stored::Stored;

/// An array seen at other levels.
#[derive(Debug)]
pub(super) struct Along {
    /// The levels that count, of the array.
    source: Array,
    axis: usize,
    /// One a level, in levels of `source`.
    picks: Vec<Pick>,
    packing: Packing,
    stored: Stored,
    shape: Vec<usize>,
    /// Where levels begin that need no piece of the source which those before them need.
    starts: Starts,
}

impl Along {
    /// `source` with the levels that `picks` make of its dimension `axis`.
    ///
    /// # Errors
    /// When the levels do not lie within the source.
    pub(super) fn array(
        source: &Array,
        axis: usize,
        picks: &[Pick],
        packing: Packing,
        stored: Stored,
    ) -> Result<Array> {
        let mut levels: Vec<usize> = picks.iter().flat_map(|p| p.levels()).collect();
        levels.sort_unstable();
        levels.dedup();
        let place = |i: usize| levels.partition_point(|level| *level < i);
        let compact = |pick: &Pick| match *pick {
            Pick::Missing => Pick::Missing,
            Pick::At(i) => Pick::At(place(i)),
            Pick::Between(i, j, share) => Pick::Between(place(i), place(j), share),
        };
        let picks: Vec<Pick> = picks.iter().map(compact).collect();
        let mut selection: Vec<AxisSelection> = source.shape().iter().map(|&n| AxisSelection::Range(0..n)).collect();
        let mut shape = source.shape().to_vec();
        if let (Some(selection), Some(length)) = (selection.get_mut(axis), shape.get_mut(axis)) {
            *selection = AxisSelection::from_indices(levels);
            *length = picks.len();
        }
        let source = Selected::array(Arc::clone(source), selection)?;
        let starts = starts(&picks, &source.chunk_starts(axis));
        Ok(Arc::new(Self { source, axis, picks, packing, stored, shape, starts }))
    }

    fn picks(&self, region: &Region) -> &[Pick] {
        region.ranges().get(self.axis).and_then(|range| self.picks.get(range.clone())).unwrap_or(&[])
    }

    /// The box of the source behind ours; `None` if all is outside.
    fn wanted(&self, region: &Region) -> Option<Region> {
        let levels = || self.picks(region).iter().flat_map(|p| p.levels());
        let range = levels().min()?..levels().max()?.saturating_add(1);
        let mut ranges = region.ranges().to_vec();
        *ranges.get_mut(self.axis)? = range;
        Some(Region::new(ranges))
    }
}

/// Where a reader may stop and go on later without decoding a piece of the source twice.
fn starts(picks: &[Pick], source: &Starts) -> Starts {
    let mut last: Vec<(usize, usize)> = Vec::new();
    for (at, level) in picks.iter().enumerate().flat_map(|(at, p)| p.levels().map(move |level| (at, level))) {
        let piece = source.piece_of(level);
        match last.iter_mut().find(|(known, _)| *known == piece) {
            Some((_, end)) => *end = at,
            None => last.push((piece, at)),
        }
    }
    let mut open_until = 0;
    let mut begins = Vec::new();
    for (at, pick) in picks.iter().enumerate() {
        if at > open_until {
            begins.push(at);
        }
        let ends = pick.levels().filter_map(|l| last.iter().find(|(p, _)| *p == source.piece_of(l)));
        open_until = ends.map(|(_, end)| *end).max().unwrap_or(at).max(open_until).max(at);
    }
    Starts::listed(picks.len(), begins)
}

impl LazyArray for Along {
    fn data_type(&self) -> &DataType {
        &self.stored.data_type
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        if axis == self.axis { self.starts.clone() } else { self.source.chunk_starts(axis) }
    }

    fn divisible(&self) -> bool {
        self.source.divisible()
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        self.wanted(region).map(|wanted| (&self.source, wanted)).into_iter().collect()
    }

    fn read_bytes(&self, region: &Region) -> usize {
        // The source's values, these as doubles, the results as doubles, and as they are stored.
        let doubles = |region: &Region| region.len().saturating_mul(size_of::<f64>());
        let below = self.wanted(region).map_or(0, |w| self.source.read_bytes(&w).saturating_add(doubles(&w)));
        below.saturating_add(doubles(region)).saturating_add(region.bytes(self.data_type()))
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        let length = region.len();
        let Some(wanted) = self.wanted(region).filter(|_| length > 0) else {
            return self.stored.block(vec![f64::NAN; length], region);
        };
        let values = self.packing.decode_f64(&self.source.read(&wanted)?);
        let first = wanted.ranges().get(self.axis).map_or(0..0, Range::clone);
        let inner: usize = region.shape().iter().skip(self.axis.saturating_add(1)).product();
        let mut out = Vec::with_capacity(length);
        for column in values.chunks_exact(first.len().saturating_mul(inner).max(1)) {
            let level = |i: usize| {
                let start = i.saturating_sub(first.start).saturating_mul(inner);
                column.get(start..start.saturating_add(inner)).unwrap_or(&[])
            };
            for pick in self.picks(region) {
                match *pick {
                    Pick::Missing => out.extend(std::iter::repeat_n(f64::NAN, inner)),
                    Pick::At(i) => out.extend_from_slice(level(i)),
                    Pick::Between(i, j, share) => {
                        out.extend(level(i).iter().zip(level(j)).map(|(a, b)| a + share * (b - a)));
                    }
                }
            }
        }
        self.stored.block(out, region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_cut_where_no_piece_of_the_source_is_needed_twice() {
        let between = |i| Pick::Between(i, i + 1, 0.5);
        let cut = |picks: &[Pick], chunk| starts(picks, &Starts::regular(10, chunk)).iter().collect::<Vec<_>>();
        assert_eq!(cut(&[between(0), between(2), between(3), between(6)], 1), [0, 1, 3]);
        assert_eq!(cut(&[between(0), between(2), between(6), Pick::Missing], 5), [0, 2, 3]);
        assert_eq!(cut(&[between(6), between(0), between(6)], 1), [0]);
        assert_eq!(cut(&[Pick::At(3), Pick::At(2), Pick::At(1)], 10), [0]);
    }
}
