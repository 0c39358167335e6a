//! Parts of arrays: ranges, strides, lists of indices, single indices.

use std::ops::Range;
use std::sync::Arc;

use super::{Array, LazyArray, StoredChunk, misfit};
use crate::Result;
use crate::model::{Block, DataType, Region, Starts};

/// What to keep of one dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AxisSelection {
    /// A contiguous run.
    Range(Range<usize>),
    /// These indices in this order; repeats allowed. An empty list keeps nothing.
    Indices(Arc<[usize]>),
    /// One index; the dimension goes.
    Index(usize),
}

impl AxisSelection {
    /// A selection from indices: a [`AxisSelection::Range`] where they are consecutive.
    pub fn from_indices(indices: Vec<usize>) -> Self {
        match indices.first() {
            Some(&first) if indices.iter().enumerate().all(|(i, &x)| x == first + i) => {
                Self::Range(first..first + indices.len())
            }
            _ => Self::Indices(indices.into()),
        }
    }

    /// How many indices are kept.
    pub fn len(&self) -> usize {
        match self {
            Self::Range(range) => range.len(),
            Self::Indices(list) => list.len(),
            Self::Index(_) => 1,
        }
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The source index of kept position `at`.
    pub fn get(&self, at: usize) -> Option<usize> {
        match self {
            Self::Range(range) => range.clone().nth(at),
            Self::Indices(list) => list.get(at).copied(),
            Self::Index(index) => (at == 0).then_some(*index),
        }
    }

    fn fits(&self, len: usize) -> bool {
        match self {
            Self::Range(range) => range.start <= range.end && range.end <= len,
            Self::Indices(list) => list.iter().all(|&i| i < len),
            Self::Index(index) => *index < len,
        }
    }
}

/// A part of another array, one [`AxisSelection`] a dimension of the source.
#[derive(Debug)]
pub struct Selected {
    source: Array,
    axes: Vec<AxisSelection>,
    shape: Vec<usize>,
    /// Source dimension of each of our dimensions.
    kept: Vec<usize>,
}

impl Selected {
    /// Keep `axes` of `source`; the source itself when that is all of it.
    ///
    /// # Errors
    /// When the number of selections is not the rank or an index lies outside.
    pub fn array(source: Array, axes: Vec<AxisSelection>) -> Result<Array> {
        let fits = axes.len() == source.shape().len() && axes.iter().zip(source.shape()).all(|(a, &n)| a.fits(n));
        if !fits {
            return Err(misfit(&Region::new(Vec::new()), source.shape()));
        }
        if axes.iter().zip(source.shape()).all(|(a, &n)| *a == AxisSelection::Range(0..n)) {
            return Ok(source);
        }
        let kept: Vec<usize> = (0..axes.len()).filter(|&d| !matches!(axes[d], AxisSelection::Index(_))).collect();
        let shape = kept.iter().map(|&d| axes[d].len()).collect();
        Ok(Arc::new(Self { source, axes, shape, kept }))
    }

    /// The pieces to read for a box, along each dimension of the source.
    fn pieces_of(&self, region: &Region) -> Vec<Vec<Piece>> {
        let mut wanted = vec![0..1; self.axes.len()];
        for (&d, range) in self.kept.iter().zip(region.ranges()) {
            wanted[d] = range.clone();
        }
        wanted.iter().enumerate().map(|(d, w)| self.pieces(d, w)).collect()
    }

    /// The source ranges to read for `wanted` kept positions of source dimension `axis`, each with
    /// the indices wanted inside it: a list of indices is read a source chunk at a time.
    fn pieces(&self, axis: usize, wanted: &Range<usize>) -> Vec<Piece> {
        match &self.axes[axis] {
            AxisSelection::Range(range) => {
                vec![Piece::whole(range.start + wanted.start..range.start + wanted.end)]
            }
            AxisSelection::Index(index) => {
                vec![Piece::whole(*index..*index + 1)]
            }
            AxisSelection::Indices(list) => {
                let starts = self.source.chunk_starts(axis);
                let chunk = |i: usize| starts.piece_of(i);
                let list = list.get(wanted.clone()).unwrap_or(&[]);
                list.chunk_by(|&a, &b| chunk(a) == chunk(b)).map(Piece::of_indices).collect()
            }
        }
    }
}

/// A run of source indices to read and the positions wanted in it.
struct Piece {
    source: Range<usize>,
    /// How many are wanted.
    count: usize,
    /// Which, unless it is all of the run in order.
    inside: Option<Vec<usize>>,
}

impl Piece {
    fn whole(source: Range<usize>) -> Self {
        Self { count: source.len(), source, inside: None }
    }

    fn of_indices(list: &[usize]) -> Self {
        let first = list.iter().copied().min().unwrap_or(0);
        let last = list.iter().copied().max().unwrap_or(0);
        let inside: Vec<usize> = list.iter().map(|i| i - first).collect();
        let whole = inside.iter().enumerate().all(|(a, &b)| a == b);
        Self { source: first..last + 1, count: inside.len(), inside: (!whole).then_some(inside) }
    }
}

impl LazyArray for Selected {
    fn data_type(&self) -> &DataType {
        self.source.data_type()
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        let Some(&source_axis) = self.kept.get(axis) else { return Starts::whole(0) };
        let starts = self.source.chunk_starts(source_axis);
        match &self.axes[source_axis] {
            AxisSelection::Range(range) => starts.within(range),
            AxisSelection::Index(_) => Starts::whole(1),
            AxisSelection::Indices(list) => {
                let chunk = |i: usize| starts.piece_of(i);
                let changes = list.windows(2).enumerate().filter(|(_, pair)| chunk(pair[0]) != chunk(pair[1]));
                Starts::listed(list.len(), changes.map(|(at, _)| at + 1))
            }
        }
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        let pieces = self.pieces_of(region);
        let boxes = combinations(&pieces).into_iter();
        boxes.map(|b| (&self.source, Region::new(b.iter().map(|(_, p)| p.source.clone()).collect()))).collect()
    }

    fn divisible(&self) -> bool {
        self.source.divisible()
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        let pieces = self.pieces_of(region);
        let lost = || misfit(region, &self.shape);
        let full: Vec<usize> = pieces.iter().map(|list| list.iter().map(|p| p.count).sum()).collect();
        let mut out = None;
        for combination in combinations(&pieces) {
            let block = read_piece(&self.source, &combination).and_then(|b| b.ok_or_else(lost))?;
            if block.shape() == full {
                out = Some(block);
                break;
            }
            let target = match &mut out {
                Some(target) => target,
                none => none.insert(Block::zeros(self.data_type(), full.clone()).ok_or_else(lost)?),
            };
            let at: Vec<usize> = combination.iter().map(|(at, _)| *at).collect();
            target.paste(&at, &block, &Region::whole(block.shape())).ok_or_else(lost)?;
        }
        let out = out.or_else(|| Block::zeros(self.data_type(), full)).ok_or_else(lost)?;
        out.reshape(region.shape()).ok_or_else(lost)
    }

    fn stored_chunk(&self, region: &Region, wanted: Option<&str>) -> Result<Option<StoredChunk>> {
        // Only a plain box keeps chunks as they are: no index lists, no dropped dimensions.
        let mut ranges = Vec::with_capacity(self.axes.len());
        for (axis, range) in self.axes.iter().zip(region.ranges()) {
            let AxisSelection::Range(kept) = axis else { return Ok(None) };
            ranges.push(kept.start + range.start..kept.start + range.end);
        }
        if ranges.len() != self.axes.len() {
            return Ok(None);
        }
        self.source.stored_chunk(&Region::new(ranges), wanted)
    }
}

/// Read one combination of pieces and put its indices in order.
fn read_piece(source: &Array, pieces: &[(usize, &Piece)]) -> Result<Option<Block>> {
    let block = source.read(&Region::new(pieces.iter().map(|(_, p)| p.source.clone()).collect()))?;
    if pieces.iter().all(|(_, p)| p.inside.is_none()) {
        return Ok(Some(block));
    }
    let inside = |p: &Piece| p.inside.clone().unwrap_or_else(|| (0..p.count).collect());
    let indices: Vec<Vec<usize>> = pieces.iter().map(|(_, p)| inside(p)).collect();
    Ok(block.take(&indices))
}

/// Every choice of one piece a dimension, each with its offset in the output.
fn combinations(pieces: &[Vec<Piece>]) -> Vec<Vec<(usize, &Piece)>> {
    let mut all = vec![Vec::new()];
    for list in pieces {
        let mut at = 0;
        let placed: Vec<(usize, &Piece)> = list
            .iter()
            .map(|p| {
                let here = at;
                at += p.count;
                (here, p)
            })
            .collect();
        all = all
            .into_iter()
            .flat_map(|head: Vec<_>| {
                placed.iter().map(move |&p| {
                    let mut next = head.clone();
                    next.push(p);
                    next
                })
            })
            .collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Buffer;
    use crate::model::array::Memory;

    fn source() -> Array {
        Memory::array(Block::new(vec![3, 4], Buffer::I32((0..12).collect())).unwrap())
    }

    fn values(array: &Array) -> Buffer {
        array.read_all().unwrap().into_data()
    }

    #[test]
    fn strides_and_reversal_are_lists_of_indices() {
        let axes = vec![AxisSelection::from_indices(vec![2, 0]), AxisSelection::from_indices(vec![1, 3])];
        assert_eq!(values(&Selected::array(source(), axes).unwrap()), Buffer::I32(vec![9, 11, 1, 3]));
    }

    #[test]
    fn an_index_drops_its_dimension() {
        let picked = Selected::array(source(), vec![AxisSelection::Index(1), AxisSelection::Range(1..3)]).unwrap();
        assert_eq!(picked.shape(), [2]);
        assert_eq!(values(&picked), Buffer::I32(vec![5, 6]));
    }

    #[test]
    fn all_of_it_is_the_source_itself() {
        let same = source();
        let all = Selected::array(Arc::clone(&same), vec![AxisSelection::Range(0..3), AxisSelection::Range(0..4)]);
        assert!(Arc::ptr_eq(&all.unwrap(), &same));
    }
}
