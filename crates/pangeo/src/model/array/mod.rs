//! Lazy arrays: shape and type now, values on demand, block by block.
//!
//! A file's variable is a source; operations wrap sources in views that map a block of their
//! result to the blocks of their input. Views and sources are read from many threads at once.

mod broadcast;
mod concatenated;
mod gathered;
mod mapped;
mod memory;
mod selected;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

pub use broadcast::Broadcast;
pub use concatenated::Concatenated;
pub use gathered::Gathered;
pub use mapped::Mapped;
pub use memory::{Constant, Memory};
pub use selected::{AxisSelection, Selected};

use super::{Block, DataType, Region, RegionTiles};
use crate::{Error, Result};

/// A shared lazy array.
pub type Array = Arc<dyn LazyArray>;

/// One stored, still encoded chunk, for copying without decoding.
#[derive(Debug, Clone)]
pub struct StoredChunk {
    /// The encoded bytes, exactly as stored.
    pub bytes: Bytes,
    /// The codec chain, type, byte order and full chunk shape in one comparable text: two chunks
    /// with equal `format` decode alike.
    pub format: Arc<str>,
    /// HDF5: bit *i* set when filter *i* was skipped for this chunk; 0 elsewhere.
    pub filter_mask: u32,
}

/// An array whose values are read on demand.
pub trait LazyArray: Send + Sync + fmt::Debug {
    /// The type of the values.
    fn data_type(&self) -> &DataType;

    /// The extent along each dimension; empty for a scalar.
    fn shape(&self) -> &[usize];

    /// The sorted first indices of the pieces in which dimension `axis` is cheapest to read
    /// (chunk starts, beginning with 0). Reading a box that lies on these starts decodes no chunk
    /// that another such box needs too.
    fn chunk_starts(&self, axis: usize) -> Vec<usize>;

    /// Whether any box costs no more to read than its own bytes (nothing is compressed): then
    /// [`LazyArray::chunk_starts`] is only a handy size, and reading across it repeats no work.
    fn divisible(&self) -> bool {
        false
    }

    /// The values inside `region`, which lies within the shape.
    ///
    /// # Errors
    /// When the bytes can't be fetched or decoded, or the region does not fit.
    fn read(&self, region: &Region) -> Result<Block>;

    /// The stored chunk whose (cut) extent is exactly `region`, if there is one and its bytes may
    /// stand for the values as they are; `None` whenever in doubt.
    ///
    /// # Errors
    /// When the bytes can't be fetched.
    fn stored_chunk(&self, region: &Region) -> Result<Option<StoredChunk>> {
        let _ = region;
        Ok(None)
    }
}

impl dyn LazyArray {
    /// All values. For small arrays (coordinates); large ones belong in the engine.
    ///
    /// # Errors
    /// As [`LazyArray::read`].
    pub fn read_all(&self) -> Result<Block> {
        self.read(&Region::whole(self.shape()))
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.shape().iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `region` cut into pieces along this array's chunks.
    pub fn tiles(&self, region: &Region) -> RegionTiles {
        let starts: Vec<_> = (0..self.shape().len()).map(|d| self.chunk_starts(d)).collect();
        RegionTiles::new(region, &starts)
    }
}

/// The starts of regular chunks of `chunk` along a dimension of `len`; `[0]` when in one piece.
pub fn regular_starts(len: usize, chunk: usize) -> Vec<usize> {
    if chunk == 0 || len == 0 { vec![0] } else { (0..len).step_by(chunk).collect() }
}

/// The error for a region that a caller asked for in vain: a mistake in this crate, not in a file.
pub(crate) fn misfit(region: &Region, shape: &[usize]) -> Error {
    Error::data(format!("internal: region {:?} outside shape {shape:?}", region.ranges()), "array")
}
