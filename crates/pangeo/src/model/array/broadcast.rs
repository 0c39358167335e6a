//! Arrays repeated along new dimensions, or with their dimensions in another order.

use std::sync::Arc;

use super::{Array, LazyArray, misfit};
use crate::model::{Block, DataType, Region, Starts, count};
use crate::{Error, Result};

/// An array seen with more dimensions, or with its dimensions in another order.
#[derive(Debug)]
pub struct Broadcast {
    source: Array,
    /// For each of our dimensions the source's, or `None` where the source is repeated.
    axes: Vec<Option<usize>>,
    shape: Vec<usize>,
}

impl Broadcast {
    /// See `source` with `shape`: our dimension `d` is the source's dimension `axes[d]`, or a new
    /// one along which the source repeats. Every source dimension appears exactly once.
    ///
    /// # Errors
    /// When a source dimension is missing, appears twice or differs in extent.
    pub fn array(source: Array, axes: Vec<Option<usize>>, shape: Vec<usize>) -> Result<Array> {
        let rank = source.shape().len();
        let mut used = vec![false; rank];
        let mut fits = axes.len() == shape.len();
        for (axis, &n) in axes.iter().zip(&shape) {
            if let Some(s) = *axis {
                fits &= source.shape().get(s) == Some(&n);
                fits &= used.get_mut(s).is_some_and(|u| !std::mem::replace(u, true));
            }
        }
        if !fits || used.contains(&false) {
            return Err(Error::data(format!("shape {:?} does not spread over {shape:?}", source.shape()), "array"));
        }
        if axes.len() == rank && axes.iter().enumerate().all(|(d, a)| *a == Some(d)) {
            return Ok(source);
        }
        Ok(Arc::new(Self { source, axes, shape }))
    }
}

impl Broadcast {
    /// The source's box behind ours.
    fn wanted(&self, region: &Region) -> Region {
        let mut wanted = vec![0..0; self.source.shape().len()];
        for (axis, range) in self.axes.iter().zip(region.ranges()) {
            if let Some(wanted) = axis.and_then(|s| wanted.get_mut(s)) {
                *wanted = range.clone();
            }
        }
        Region::new(wanted)
    }
}

impl LazyArray for Broadcast {
    fn data_type(&self) -> &DataType {
        self.source.data_type()
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        match self.axes.get(axis) {
            Some(Some(source)) => self.source.chunk_starts(*source),
            _ => Starts::whole(self.shape.get(axis).copied().unwrap_or(0)),
        }
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        vec![(&self.source, self.wanted(region))]
    }

    fn read_bytes(&self, region: &Region) -> usize {
        // The source's values and a copy of them; ours, each with the place that it comes from.
        let each = self.data_type().planning_size().saturating_add(size_of::<usize>());
        let wanted = self.wanted(region);
        let source = self.source.read_bytes(&wanted).saturating_add(wanted.bytes(self.data_type()));
        region.len().saturating_mul(each).saturating_add(source)
    }

    fn divisible(&self) -> bool {
        self.source.divisible()
    }

    fn read(&self, region: &Region) -> Result<Block> {
        let lost = || misfit(region, &self.shape);
        if !region.fits(&self.shape) {
            return Err(lost());
        }
        let block = self.source.read(&self.wanted(region))?;
        spread(&block, &self.axes, &region.shape()).ok_or_else(lost)
    }
}

/// Repeat and reorder a block into `shape`.
fn spread(block: &Block, axes: &[Option<usize>], shape: &[usize]) -> Option<Block> {
    let source_strides = crate::model::strides(block.shape());
    let strides: Vec<usize> = axes.iter().map(|a| a.map_or(0, |s| source_strides[s])).collect();
    let len = count(shape)?;
    let mut offsets = Vec::with_capacity(len);
    let mut index = vec![0usize; shape.len()];
    let mut at = 0usize;
    for _ in 0..len {
        offsets.push(at);
        for d in (0..shape.len()).rev() {
            index[d] += 1;
            at += strides[d];
            if index[d] < shape[d] {
                break;
            }
            at -= strides[d] * shape[d];
            index[d] = 0;
        }
    }
    let flat = block.clone().reshape(vec![block.data().len()])?;
    flat.take(&[offsets])?.reshape(shape.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Buffer;
    use crate::model::array::Memory;

    #[test]
    fn repeats_along_new_dimensions_and_transposes() {
        let source = Memory::array(Block::new(vec![2, 3], Buffer::I32((0..6).collect())).unwrap());
        let transposed = Broadcast::array(source, vec![Some(1), None, Some(0)], vec![3, 2, 2]).unwrap();
        let values = transposed.read_all().unwrap().into_data();
        assert_eq!(values, Buffer::I32(vec![0, 3, 0, 3, 1, 4, 1, 4, 2, 5, 2, 5]));
    }

    #[test]
    fn a_scalar_spreads_over_anything() {
        let scalar = Memory::array(Block::scalar(Buffer::F32(vec![7.0])).unwrap());
        let wide = Broadcast::array(scalar, vec![None, None], vec![1, 2]).unwrap();
        assert_eq!(wide.read_all().unwrap().into_data(), Buffer::F32(vec![7.0, 7.0]));
    }
}
