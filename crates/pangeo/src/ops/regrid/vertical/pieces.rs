//! A box of columns, read a few levels at a time.

use std::ops::Range;

use super::places::ROW;
use crate::cf::packing::Packing;
use crate::model::{Array, Block, Region, Starts};

/// Where any box may be read at no cost, so many bytes at a time.
const PIECE: usize = 4 << 20;

/// Values of one level that lie so close together are not worth going for one by one.
const CLOSE: usize = 64;

/// How columns lie in a box: so many stacks one after the other, each of columns side by side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    stacks: usize,
    inner: usize,
}

impl Shape {
    /// That of the columns in `region`, whose dimension `axis` is the vertical one.
    pub(super) fn of(region: &Region, axis: usize) -> Self {
        let shape = region.shape();
        let count = |part: &[usize]| part.iter().fold(1_usize, |n, extent| n.saturating_mul(*extent));
        let inner = count(shape.get(axis.saturating_add(1)..).unwrap_or(&[]));
        Self { stacks: count(shape.get(..axis).unwrap_or(&[])), inner }
    }

    pub(super) fn columns(&self) -> usize {
        self.stacks.saturating_mul(self.inner)
    }

    /// The columns, as many at a time as are computed together, none across stacks that are longer than that.
    pub(super) fn batches(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let line = if self.inner < ROW { self.columns() } else { self.inner }.max(1);
        let starts = (0..self.columns()).step_by(line);
        let columns = self.columns();
        starts.flat_map(move |start| {
            let end = start.saturating_add(line).min(columns);
            (start..end).step_by(ROW).map(move |first| (first, (end - first).min(ROW)))
        })
    }

    /// Where the value of level `level` of a column lies among those of `levels` levels.
    pub(super) fn value(&self, column: usize, level: usize, levels: usize) -> usize {
        let (stack, within) = if column < self.inner { (0, column) } else { self.split(column) };
        stack.saturating_mul(levels).saturating_add(level).saturating_mul(self.inner).saturating_add(within)
    }

    fn split(&self, column: usize) -> (usize, usize) {
        let inner = self.inner.max(1);
        (column / inner, column % inner)
    }
}

/// The levels that are read together: those in one chunk, or a handful where these need not be heeded.
pub(super) fn pieces(source: &Array, axis: usize, wanted: &Region) -> Vec<Range<usize>> {
    let levels = wanted.ranges().get(axis).map_or(0, ExactSizeIterator::len);
    let starts = if source.divisible() {
        let level = wanted.bytes(source.data_type()) / levels.max(1);
        let side_by_side = Shape::of(wanted, axis).inner;
        let whole = side_by_side.saturating_mul(source.data_type().planning_size()) < PIECE / CLOSE;
        Starts::regular(levels, if whole { levels } else { (PIECE / level.max(1)).max(1) })
    } else {
        source.chunk_starts(axis)
    };
    let begins: Vec<usize> = starts.iter().take_while(|start| *start < levels).collect();
    let ends = begins.iter().skip(1).copied().chain([levels]);
    begins.iter().zip(ends).map(|(begin, end)| *begin..end).collect()
}

/// Some levels of the columns, decoded as they are needed.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    block: &'a Block,
    packing: &'a Packing,
    levels: Range<usize>,
    shape: Shape,
    /// The values of the stacks at hand, where these are narrow, and the first of the stacks.
    stretch: Vec<f64>,
    stack: usize,
    /// The column for which that is so.
    first: Option<usize>,
    part: Vec<f64>,
}

impl<'a> Piece<'a> {
    pub(super) fn new(block: &'a Block, packing: &'a Packing, levels: Range<usize>, shape: &Shape) -> Self {
        let (stretch, part) = (Vec::new(), Vec::new());
        Self { block, packing, levels, shape: *shape, stretch, stack: 0, first: None, part }
    }

    /// The values of a level in columns from number `first` on; missing where the piece does not have it.
    pub(super) fn fill(&mut self, level: usize, first: usize, row: &mut [f64]) {
        if !self.levels.contains(&level) {
            row.fill(f64::NAN);
        } else if self.shape.inner < CLOSE {
            self.gather(level - self.levels.start, first, row);
        } else {
            self.copy(level - self.levels.start, first, row);
        }
    }

    fn copy(&mut self, level: usize, first: usize, mut row: &mut [f64]) {
        let mut column = first;
        while !row.is_empty() {
            let within = self.shape.split(column).1;
            let (part, rest) = row.split_at_mut((self.shape.inner - within).min(row.len()));
            let at = self.shape.value(column, level, self.levels.len());
            self.packing.decode_range(self.block, at..at.saturating_add(part.len()), &mut self.part);
            match self.part.get(..part.len()) {
                Some(values) => part.copy_from_slice(values),
                None => part.fill(f64::NAN),
            }
            column = column.saturating_add(part.len());
            row = rest;
        }
    }

    fn gather(&mut self, level: usize, first: usize, row: &mut [f64]) {
        let levels = self.levels.len();
        if self.first != Some(first) {
            self.first = Some(first);
            self.stack = self.shape.split(first).0;
            let end = self.shape.split(first.saturating_add(row.len())).0.saturating_add(1).min(self.shape.stacks);
            let stack = levels.saturating_mul(self.shape.inner);
            let range = self.stack.saturating_mul(stack)..end.saturating_mul(stack);
            self.packing.decode_range(self.block, range, &mut self.stretch);
        }
        let begin = self.shape.value(self.stack.saturating_mul(self.shape.inner), 0, levels);
        for (i, value) in row.iter_mut().enumerate() {
            let at = self.shape.value(first.saturating_add(i), level, levels).saturating_sub(begin);
            *value = self.stretch.get(at).copied().unwrap_or(f64::NAN);
        }
    }

    /// What is decoded at a time, at the most.
    pub(super) fn bytes(levels: usize) -> usize {
        levels.saturating_mul(ROW + 2 * CLOSE).saturating_mul(size_of::<f64>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::array::Memory;
    use crate::model::{Buffer, DataType};

    #[test]
    fn every_column_is_in_one_batch() {
        for shape in [[3, 2, 1, 700], [700, 2, 1, 1], [5, 2, 1, 60], [2, 2, 2, 128], [0, 2, 2, 2]] {
            let shape = Shape::of(&Region::whole(&shape), 1);
            let mut next = 0;
            for (first, count) in shape.batches() {
                assert!(first == next && count > 0 && count <= ROW);
                next += count;
            }
            assert_eq!(next, shape.columns());
        }
    }

    #[test]
    fn values_are_those_of_their_columns() {
        for (extents, axis) in [([3, 4, 70], 1), ([3, 4, 5], 1), ([70, 2, 4], 2), ([4, 300, 1], 0), ([1, 4, 600], 1)] {
            let count: usize = extents.iter().product();
            let levels = extents[axis];
            let block = Block::new(extents.to_vec(), Buffer::F32((0..count).map(|i| i as f32).collect())).unwrap();
            let shape = Shape::of(&Region::whole(&extents), axis);
            let packing = Packing::of(&crate::model::Variable {
                name: "t".into(),
                dimensions: vec![],
                attributes: crate::model::Attributes::new(),
                encoding: crate::model::Encoding::default(),
                array: Memory::array(block.clone()),
            })
            .unwrap();
            let mut piece = Piece::new(&block, &packing, 0..levels, &shape);
            for (first, count) in shape.batches() {
                for level in 0..levels {
                    let mut row = [f64::NAN; ROW];
                    piece.fill(level, first, &mut row[..count]);
                    for (i, value) in row[..count].iter().enumerate() {
                        assert_eq!(*value, shape.value(first + i, level, levels) as f64);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_compressed_is_read_a_few_levels_at_a_time() {
        let array = |shape: &[usize]| Memory::array(Block::zeros(&DataType::F32, shape.to_vec()).unwrap());
        let cut = |shape: &[usize], axis| pieces(&array(shape), axis, &Region::whole(shape));
        assert_eq!(cut(&[5, 1 << 19], 0), [0..2, 2..4, 4..5]);
        assert_eq!(cut(&[100_000, 5], 1).as_slice(), std::slice::from_ref(&(0..5)));
    }
}
