//! Element-wise functions of one or more arrays.

use std::fmt;
use std::sync::Arc;

use super::{Array, LazyArray, StoredChunk, misfit};
use crate::Result;
use crate::model::{Block, DataType, Region, Starts};

type Function = dyn Fn(Vec<Block>, &Region) -> Result<Block> + Send + Sync;

/// An array computed block by block from the same block of its inputs.
pub struct Mapped {
    inputs: Vec<Array>,
    data_type: DataType,
    shape: Vec<usize>,
    function: Box<Function>,
}

impl Mapped {
    /// `function` of `inputs`, which all have the same shape (that of the first).
    ///
    /// The function gets one block a input and the region that they cover; it must answer with a
    /// block of `data_type` and of the region's shape, and depend on nothing else.
    pub fn array(
        inputs: Vec<Array>,
        data_type: DataType,
        function: impl Fn(Vec<Block>, &Region) -> Result<Block> + Send + Sync + 'static,
    ) -> Array {
        let shape = inputs.first().map(|a| a.shape().to_vec()).unwrap_or_default();
        Arc::new(Self { inputs, data_type, shape, function: Box::new(function) })
    }
}

impl fmt::Debug for Mapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapped").field("inputs", &self.inputs).finish_non_exhaustive()
    }
}

impl LazyArray for Mapped {
    fn data_type(&self) -> &DataType {
        &self.data_type
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        let inputs = self.inputs.iter().map(|a| a.chunk_starts(axis));
        let merged = inputs.reduce(|merged, starts| merged.merged(&starts));
        merged.unwrap_or_else(|| Starts::whole(self.shape.get(axis).copied().unwrap_or(0)))
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        self.inputs.iter().map(|array| (array, region.clone())).collect()
    }

    fn read_bytes(&self, region: &Region) -> usize {
        // All blocks at once; functions compute in doubles.
        let own = region.bytes(&self.data_type).max(region.len().saturating_mul(size_of::<f64>()));
        self.inputs.iter().fold(own, |n, array| n.saturating_add(array.read_bytes(region)))
    }

    fn divisible(&self) -> bool {
        self.inputs.iter().all(|a| a.divisible())
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        let blocks = self.inputs.iter().map(|a| a.read(region)).collect::<Result<Vec<_>>>()?;
        (self.function)(blocks, region)
    }

    fn stored_chunk(&self, _: &Region, _: Option<&str>) -> Result<Option<StoredChunk>> {
        Ok(None)
    }
}
