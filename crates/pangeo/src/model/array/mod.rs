//! Lazy arrays: shape and type now, values on demand, block by block.
//!
//! A file's variable is a source; operations wrap sources in views that map a block of their
//! result to the blocks of their input. Views and sources are read from many threads at once.

mod broadcast;
mod concatenated;
mod gathered;
mod mapped;
mod memory;
mod room;
mod scattered;
mod selected;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

pub use broadcast::Broadcast;
pub use concatenated::Concatenated;
pub use gathered::Gathered;
pub use mapped::Mapped;
pub use memory::{Constant, Memory};
pub use room::Room;
pub use scattered::Scattered;
pub use selected::{AxisSelection, Selected};

use super::{Block, DataType, Region, RegionTiles, Starts, count};
use crate::{Error, Result};

/// Arrays up to so many bytes are read in one go, whatever they hold.
const LARGE: usize = 64 << 20;

/// Arrays beyond this many bytes are walked through only if most of them is there (64 GiB: minutes).
const ENDLESS: usize = 64 << 30;

/// A shared lazy array.
pub type Array = Arc<dyn LazyArray>;

/// One stored, still encoded chunk, for copying without decoding.
#[derive(Debug, Clone)]
pub struct StoredChunk {
    /// The encoded bytes, exactly as stored.
    pub bytes: Bytes,
    /// The codec chain, type, byte order and full chunk shape in one comparable text: two chunks
    /// with equal `format` decode alike. Levels of compression stand behind a colon.
    pub format: Arc<str>,
    /// HDF5: bit *i* set when filter *i* was skipped for this chunk; 0 elsewhere.
    pub filter_mask: u32,
}

impl StoredChunk {
    /// Whether a chunk of `format` may stand where `wanted` is: word by word the same, but that any
    /// level of compression will do where `wanted` names none.
    pub fn fits(format: &str, wanted: &str) -> bool {
        let (mut here, mut there) = (format.split(' '), wanted.split(' '));
        let same = |(a, b): (&str, &str)| a == b || a.split_once(':').is_some_and(|(codec, _)| codec == b);
        loop {
            match (here.next(), there.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if same((a, b)) => {}
                _ => return false,
            }
        }
    }
}

/// An array whose values are read on demand.
pub trait LazyArray: Send + Sync + fmt::Debug {
    /// The type of the values.
    fn data_type(&self) -> &DataType;

    /// The extent along each dimension; empty for a scalar.
    fn shape(&self) -> &[usize];

    /// Where the pieces begin in which dimension `axis` is cheapest to read (its chunks). Reading a
    /// box that lies on these starts decodes no chunk that another such box needs too.
    fn chunk_starts(&self, axis: usize) -> Starts;

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

    /// What reading `region` reads in turn: for a view the arrays beneath it, each with the box that is
    /// wanted of it; nothing for an array that stands on its own.
    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        let _ = region;
        Vec::new()
    }

    /// About the most bytes that reading `region` holds at a time: the values, and whatever has to be
    /// decoded beside them. A box that lies across chunks costs those chunks.
    fn read_bytes(&self, region: &Region) -> usize {
        let own = region.bytes(self.data_type());
        match self.beneath(region).as_slice() {
            [(array, part)] if part.len() == region.len() => array.read_bytes(part),
            // They are read one after the other.
            parts => parts.iter().map(|(a, part)| a.read_bytes(part)).max().unwrap_or(0).saturating_add(own),
        }
    }

    /// Be read within `room` from now on: an array one of whose chunks does not fit the memory there may decode it to
    /// files, and tell of smaller pieces in [`LazyArray::chunk_starts`] then. Its values stay the same.
    fn confine(&self, room: &Room) {
        for (array, _) in self.beneath(&Region::whole(self.shape())) {
            array.confine(room);
        }
    }

    /// Bytes to go through until all of it is read, as progress counts them.
    fn work(&self) -> usize {
        count(self.shape()).unwrap_or(usize::MAX).saturating_mul(self.data_type().planning_size())
    }

    /// Whether it tells of its progress itself while it is read, for want of which its reader does.
    fn tells_progress(&self) -> bool {
        false
    }

    /// The file and variable, if nothing that `region` touches was ever written to it, so that all of
    /// its values are made up; `None` if something was.
    ///
    /// # Errors
    /// When that can't be found out.
    fn unwritten(&self, region: &Region) -> Result<Option<String>> {
        let mut place = None;
        for (array, part) in self.beneath(region) {
            match array.unwritten(&part)? {
                None => return Ok(None),
                some => place = some,
            }
        }
        Ok(place)
    }

    /// The stored chunk whose (cut) extent is exactly `region`, if there is one and its bytes may
    /// stand for the values as they are; `None` whenever in doubt, and without fetching anything where
    /// its format is not the one that is `wanted`.
    ///
    /// # Errors
    /// When the bytes can't be fetched.
    fn stored_chunk(&self, region: &Region, wanted: Option<&str>) -> Result<Option<StoredChunk>> {
        let _ = (region, wanted);
        Ok(None)
    }
}

impl dyn LazyArray {
    /// All values. For small arrays (coordinates); large ones belong in the engine.
    ///
    /// # Errors
    /// As [`LazyArray::read`]; for a large array most of which was never written: a few bytes of
    /// metadata can claim any extent.
    pub fn read_all(&self) -> Result<Block> {
        let whole = Region::whole(self.shape());
        if whole.bytes(self.data_type()) > LARGE {
            self.refuse_unwritten()?;
        }
        self.read(&whole)
    }

    /// Refuse to walk through so many values that this takes hours, if most of them were never written.
    ///
    /// # Errors
    /// [`Error::Data`] that says so.
    pub fn refuse_endless(&self) -> Result<()> {
        if self.bytes() > ENDLESS { self.refuse_unwritten() } else { Ok(()) }
    }

    /// Look at a few values, evenly spread, and refuse if most of them were never written.
    fn refuse_unwritten(&self) -> Result<()> {
        const LOOKED_AT: usize = 16;
        let (mut absent, mut place) = (0, String::new());
        for sample in 0..LOOKED_AT {
            let mut at = self.len() / LOOKED_AT * sample;
            let mut ranges: Vec<_> = self.shape().iter().map(|_| 0..0).collect();
            for (range, &n) in ranges.iter_mut().zip(self.shape()).rev() {
                let i = at % n.max(1);
                *range = i..i.saturating_add(1);
                at /= n.max(1);
            }
            if let Some(named) = self.unwritten(&Region::new(ranges))? {
                (absent, place) = (absent + 1, named);
            }
        }
        if absent * 2 <= LOOKED_AT {
            return Ok(());
        }
        let what = format!("{} values are claimed, most of which were never written", self.len());
        Err(Error::data(what, place).with_hint("the file is damaged, or leave this variable out with -v"))
    }

    /// The number of values; `usize::MAX` for more than can be counted.
    pub fn len(&self) -> usize {
        count(self.shape()).unwrap_or(usize::MAX)
    }

    /// Bytes that all values take, texts as planned.
    pub fn bytes(&self) -> usize {
        self.len().saturating_mul(self.data_type().planning_size())
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

/// The error for values that no memory can hold.
pub(crate) fn no_memory(region: &Region, place: impl Into<String>) -> Error {
    Error::data(format!("{:?} values do not fit in memory at once", region.shape()), place)
}

/// The error for a region that a caller asked for in vain: a mistake in this crate, not in a file.
pub(crate) fn misfit(region: &Region, shape: &[usize]) -> Error {
    Error::data(format!("internal: region {:?} outside shape {shape:?}", region.ranges()), "array")
}
