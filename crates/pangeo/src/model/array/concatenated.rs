//! Arrays joined end to end.

use std::sync::Arc;

use super::{Array, LazyArray, StoredChunk, misfit};
use crate::model::{Block, DataType, Region, Starts};
use crate::{Error, Result};

/// Arrays of one type, joined along one dimension.
#[derive(Debug)]
pub struct Concatenated {
    parts: Vec<Array>,
    /// First index of each part along the axis, then the total.
    starts: Vec<usize>,
    axis: usize,
    shape: Vec<usize>,
    data_type: DataType,
}

impl Concatenated {
    /// Join `parts` (at least one) along `axis`; one part is returned as it is.
    ///
    /// # Errors
    /// When ranks, types or the other extents differ.
    pub fn array(parts: Vec<Array>, axis: usize) -> Result<Array> {
        let Some(first) = parts.first() else {
            return Err(Error::data("internal: nothing to join", "array"));
        };
        if parts.len() == 1 {
            return Ok(Arc::clone(first));
        }
        let mut shape = first.shape().to_vec();
        let data_type = first.data_type().clone();
        let mut starts = vec![0];
        for part in &parts {
            let fits = part.shape().len() == shape.len()
                && part.data_type() == &data_type
                && part.shape().iter().zip(&shape).enumerate().all(|(d, (a, b))| d == axis || a == b);
            let (true, Some(&extent)) = (fits, part.shape().get(axis)) else {
                return Err(Error::data(
                    format!("arrays of shape {:?} and {shape:?} do not join along dimension {axis}", part.shape()),
                    "array",
                ));
            };
            let end = starts.last().copied().unwrap_or(0_usize).checked_add(extent);
            starts.push(end.ok_or_else(|| Error::data("joined dimension is beyond any memory", "array"))?);
        }
        if let (Some(extent), Some(&total)) = (shape.get_mut(axis), starts.last()) {
            *extent = total;
        }
        Ok(Arc::new(Self { parts, starts, axis, shape, data_type }))
    }

    /// The parts that `region` touches, each with the region inside it.
    fn touched(&self, region: &Region) -> Vec<(usize, Region)> {
        let Some(wanted) = region.ranges().get(self.axis).cloned() else { return Vec::new() };
        let first = self.starts.partition_point(|&s| s <= wanted.start).saturating_sub(1);
        (first..self.parts.len())
            .take_while(|&p| self.starts[p] < wanted.end)
            .filter_map(|p| {
                let begin = wanted.start.max(self.starts[p]);
                let end = wanted.end.min(self.starts[p + 1]);
                (begin < end).then(|| {
                    let mut ranges = region.ranges().to_vec();
                    ranges[self.axis] = begin - self.starts[p]..end - self.starts[p];
                    (p, Region::new(ranges))
                })
            })
            .collect()
    }
}

impl LazyArray for Concatenated {
    fn data_type(&self) -> &DataType {
        &self.data_type
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        let parts = self.parts.iter().map(|p| p.chunk_starts(axis));
        if axis == self.axis {
            return Starts::chained(&parts.collect::<Vec<_>>());
        }
        // A split helps only where every part splits.
        let common = parts.reduce(|common, starts| common.common(&starts));
        common.unwrap_or_else(|| Starts::whole(self.shape.get(axis).copied().unwrap_or(0)))
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        let touched = self.touched(region).into_iter();
        touched.filter_map(|(part, inside)| Some((self.parts.get(part)?, inside))).collect()
    }

    fn divisible(&self) -> bool {
        self.parts.iter().all(|p| p.divisible())
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        let touched = self.touched(region);
        if let [(part, inside)] = touched.as_slice() {
            return self.parts[*part].read(inside);
        }
        let mut out = Block::zeros(&self.data_type, region.shape())
            .ok_or_else(|| Error::unsupported(format!("values of type {}", self.data_type), "array"))?;
        let mut at = vec![0; self.shape.len()];
        for (part, inside) in touched {
            let block = self.parts[part].read(&inside)?;
            out.paste(&at, &block, &Region::whole(block.shape())).ok_or_else(|| misfit(region, &self.shape))?;
            at[self.axis] += block.shape()[self.axis];
        }
        Ok(out)
    }

    fn stored_chunk(&self, region: &Region, wanted: Option<&str>) -> Result<Option<StoredChunk>> {
        match self.touched(region).as_slice() {
            [(part, inside)] => self.parts[*part].stored_chunk(inside, wanted),
            _ => Ok(None),
        }
    }
}
