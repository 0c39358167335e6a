//! Chunks that are larger than the memory there is.
//!
//! To decode a chunk takes its stored bytes, one or two copies on the way through its filters, and its values. Where
//! that is beyond the budget ([`LazyArray::confine`] tells it), a chunk is decoded once, window by window, to a file
//! without a name in the scratch folder, and read from there in strips that stand for chunks of their own. A shuffle is
//! not undone on the way: the planes lie one behind the other in the file, and a strip takes its part of each. Chunks
//! that are stored as they are need no file. Of the files, the last ones used are kept, up to a bound.

mod blosc;
mod checked;
mod kept;
mod steps;

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

use super::layout::strips;
use super::spool::no_room;
use super::store::ByteSource;
use crate::model::array::{Room, misfit, no_memory};
use crate::model::{Array, Block, Buffer, DataType, LazyArray, Region, RegionTiles, Starts, StoredChunk, count};
use crate::{Error, Result};
use kept::Unpacked;
pub(in crate::io) use steps::Step;

/// Chunks of fewer bytes are decoded as a whole in any budget.
const LARGE: usize = 8 << 20;

/// Bytes that are decoded at a time.
const WINDOW: usize = 1 << 20;

/// A chunk as it is stored, and the way to its values.
#[derive(Debug)]
pub(in crate::io) struct Packed {
    /// The stored bytes.
    pub bytes: Arc<dyn ByteSource>,
    /// What is to be undone, first things first.
    pub steps: Vec<Step>,
    /// Whether what comes of that stands in planes of equal significance.
    pub planes: bool,
}

/// An array that is stored in chunks.
pub(in crate::io) trait Chunked: LazyArray {
    /// The extent of a chunk.
    fn chunk(&self) -> &[usize];

    /// Bytes of a stored value; 0 where they vary.
    fn value_size(&self) -> usize;

    /// Why chunks can't be decoded window by window, if they can't.
    fn obstacle(&self) -> Option<String>;

    /// Chunk `index` as it is stored, `None` if it never was.
    ///
    /// # Errors
    /// When that can't be found out.
    fn packed(&self, index: &[usize]) -> Result<Option<Packed>>;

    /// The `count` values of decoded bytes.
    ///
    /// # Errors
    /// When the bytes are of another number of values.
    fn values(&self, bytes: &[u8], planes: bool, count: usize) -> Result<Buffer>;

    /// File and variable, for messages.
    fn place(&self) -> String;
}

/// An array whose chunks are decoded to disk where memory does not hold them.
struct Large<A> {
    inner: A,
    strip: Vec<usize>,
    /// By which its chunks are known among those that are kept.
    id: u64,
    /// The folder for files, once it is known that they are needed.
    folder: OnceLock<PathBuf>,
    /// Held while a chunk is decoded, so that only one thread does it.
    unpacking: Mutex<()>,
}

/// `array`, which from now on may be confined if its chunks are large.
pub(in crate::io) fn large(array: impl Chunked + 'static) -> Array {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let bytes = count(array.chunk()).and_then(|n| n.checked_mul(array.value_size())).unwrap_or(usize::MAX);
    if bytes < LARGE || array.chunk().is_empty() {
        return Arc::new(array);
    }
    let strip = strips(array.chunk(), array.value_size());
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    Arc::new(Large { inner: array, strip, id, folder: OnceLock::new(), unpacking: Mutex::default() })
}

impl<A> Drop for Large<A> {
    fn drop(&mut self) {
        kept::forget(self.id);
    }
}

impl<A: fmt::Debug> fmt::Debug for Large<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<A: Chunked> LazyArray for Large<A> {
    fn data_type(&self) -> &DataType {
        self.inner.data_type()
    }

    fn shape(&self) -> &[usize] {
        self.inner.shape()
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        let starts = self.inner.chunk_starts(axis);
        match self.strip.get(axis).filter(|_| self.folder.get().is_some()) {
            Some(&extent) => starts.cut(extent),
            None => starts,
        }
    }

    fn divisible(&self) -> bool {
        self.inner.divisible()
    }

    fn read(&self, region: &Region) -> Result<Block> {
        match self.folder.get() {
            Some(folder) if region.fits(self.shape()) && !region.is_empty() => self.read_strips(region, folder),
            _ => self.inner.read(region),
        }
    }

    fn read_bytes(&self, region: &Region) -> usize {
        if self.folder.get().is_none() {
            return self.inner.read_bytes(region);
        }
        // The values, and a strip of them as bytes and once more as values.
        let strip = count(&self.strip).unwrap_or(0).saturating_mul(self.inner.value_size());
        region.bytes(self.data_type()).saturating_add(strip.saturating_mul(2))
    }

    fn confine(&self, room: &Room) {
        let chunk = Region::of_chunk(&vec![0; self.shape().len()], self.inner.chunk(), self.shape());
        let needed = self.inner.read_bytes(&chunk);
        if needed <= room.memory() {
            return;
        }
        if let Some(why) = self.inner.obstacle() {
            let (place, mb) = (self.inner.place(), needed.div_ceil(1_000_000));
            room.say(format!("{place}: {why}: to decode one of its chunks takes {mb} MB of memory"));
        } else {
            self.folder.get_or_init(|| room.folder().to_owned());
        }
    }

    fn unwritten(&self, region: &Region) -> Result<Option<String>> {
        self.inner.unwritten(region)
    }

    fn stored_chunk(&self, region: &Region, wanted: Option<&str>) -> Result<Option<StoredChunk>> {
        self.inner.stored_chunk(region, wanted)
    }
}

/// Where the decoded bytes of a chunk can be read.
enum Bare {
    File(Arc<Unpacked>),
    /// As they are stored.
    Stored {
        bytes: Arc<dyn ByteSource>,
        planes: bool,
    },
}

impl Bare {
    fn planes(&self) -> bool {
        match self {
            Self::File(unpacked) => unpacked.planes,
            Self::Stored { planes, .. } => *planes,
        }
    }

    fn read(&self, offset: u64, length: usize, folder: &Path) -> Result<Bytes> {
        match self {
            Self::File(unpacked) => {
                let mut bytes = vec![0; length];
                let read = unpacked.file.read_exact_at(&mut bytes, offset);
                read.map_err(|e| Error::io("read scratch files in", folder, e))?;
                Ok(bytes.into())
            }
            Self::Stored { bytes, .. } => bytes.read(offset..offset.saturating_add(length as u64)),
        }
    }
}

impl<A: Chunked> Large<A> {
    fn read_strips(&self, region: &Region, folder: &Path) -> Result<Block> {
        let starts: Vec<Starts> = (0..self.shape().len()).map(|axis| self.chunk_starts(axis)).collect();
        let tiles = RegionTiles::new(region, &starts);
        if tiles.len() == 1 {
            return self.read_strip(region, folder);
        }
        let lost = || no_memory(region, self.inner.place());
        let mut block = Block::zeros(self.data_type(), region.shape()).ok_or_else(lost)?;
        let origin = region.start();
        for tile in tiles.iter() {
            let values = self.read_strip(&tile, folder)?;
            let at = tile.relative_to(&origin).start();
            block.paste(&at, &values, &Region::whole(values.shape())).ok_or_else(lost)?;
        }
        Ok(block)
    }

    /// The values of a region inside one strip.
    fn read_strip(&self, tile: &Region, folder: &Path) -> Result<Block> {
        let chunk = self.inner.chunk();
        let index: Vec<usize> = tile.start().iter().zip(chunk).map(|(&at, &c)| at / c.max(1)).collect();
        let Some(bare) = self.bare(&index, folder)? else { return self.inner.read(tile) };
        let origin: Vec<usize> = index.iter().zip(chunk).map(|(&i, &c)| i.saturating_mul(c)).collect();
        let wanted = tile.relative_to(&origin);
        let lost = || misfit(tile, self.shape());
        let hull = hull(&wanted, chunk);
        let first =
            hull.ranges().iter().zip(chunk).try_fold(0_usize, |n, (r, &c)| n.checked_mul(c)?.checked_add(r.start));
        let (first, values, all) = (first.ok_or_else(lost)?, hull.len(), count(chunk).ok_or_else(lost)?);
        let size = self.inner.value_size();
        let bytes = if bare.planes() {
            let mut planes = Vec::with_capacity(values.saturating_mul(size));
            for plane in 0..size {
                let offset = (plane as u64).saturating_mul(all as u64).saturating_add(first as u64);
                planes.extend_from_slice(&bare.read(offset, values, folder)?);
            }
            planes.into()
        } else {
            bare.read((first as u64).saturating_mul(size as u64), values.saturating_mul(size), folder)?
        };
        let values = self.inner.values(&bytes, bare.planes(), values)?;
        drop(bytes);
        let block = Block::new(hull.shape(), values).ok_or_else(lost)?;
        if hull == wanted { Ok(block) } else { block.slice(&wanted.relative_to(&hull.start())).ok_or_else(lost) }
    }

    /// The decoded bytes of a chunk, which is decoded now unless it was; `None` if it was never written.
    fn bare(&self, index: &[usize], folder: &Path) -> Result<Option<Bare>> {
        if let Some(unpacked) = kept::get(self.id, index) {
            return Ok(Some(Bare::File(unpacked)));
        }
        let _once = self.unpacking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(unpacked) = kept::get(self.id, index) {
            return Ok(Some(Bare::File(unpacked)));
        }
        let Some(packed) = self.inner.packed(index)? else { return Ok(None) };
        let length = count(self.inner.chunk()).and_then(|n| n.checked_mul(self.inner.value_size()));
        let length = length.map_or(u64::MAX, |n| n as u64);
        let broken = |what: String| Error::malformed(self.inner.place(), format!("{what}, chunk {index:?}"));
        if packed.steps.is_empty() {
            let stored = packed.bytes.len();
            return if stored == length {
                Ok(Some(Bare::Stored { bytes: packed.bytes, planes: packed.planes }))
            } else {
                Err(broken(format!("chunk has {stored} bytes, its shape needs {length}")))
            };
        }
        let file = unpack(&packed, length, folder, broken)?;
        let unpacked = Arc::new(Unpacked { file, length, planes: packed.planes });
        kept::put(self.id, index, Arc::clone(&unpacked));
        Ok(Some(Bare::File(unpacked)))
    }
}

/// The smallest box that holds `wanted` and whose values lie in one piece in a chunk.
fn hull(wanted: &Region, chunk: &[usize]) -> Region {
    let cut = wanted.ranges().iter().position(|range| range.len() > 1).unwrap_or(chunk.len());
    let axes = wanted.ranges().iter().zip(chunk).enumerate();
    Region::new(axes.map(|(axis, (range, &c))| if axis > cut { 0..c } else { range.clone() }).collect())
}

/// Decode a chunk of `length` bytes to a new file in `folder`.
fn unpack(packed: &Packed, length: u64, folder: &Path, broken: impl Fn(String) -> Error) -> Result<File> {
    steps::possible(packed, length).map_err(&broken)?;
    let mut file = tempfile::tempfile_in(folder).map_err(|e| no_room(e, folder))?;
    let mut reader = steps::reader(packed).map_err(|e| told(e, &broken))?;
    let (mut window, mut written) = (vec![0; WINDOW], 0_u64);
    loop {
        let read = match reader.read(&mut window) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(told(e, &broken)),
        };
        written = written.saturating_add(read as u64);
        if written > length {
            return Err(broken(format!("chunk decodes to more than {length} bytes, which its shape needs")));
        }
        file.write_all(window.get(..read).unwrap_or(&[])).map_err(|e| no_room(e, folder))?;
    }
    if written == length {
        Ok(file)
    } else {
        Err(broken(format!("chunk decodes to {written} bytes, its shape needs {length}")))
    }
}

/// What a reader failed with: what the source of bytes said, else that they are broken.
fn told(error: io::Error, broken: impl Fn(String) -> Error) -> Error {
    let what = error.to_string();
    match error.downcast::<Error>() {
        Ok(inner) => inner,
        Err(_) => broken(format!("it can't be decoded ({what})")),
    }
}

/// A part of something longer.
#[derive(Debug)]
pub(in crate::io) struct Stretch {
    source: Arc<dyn ByteSource>,
    from: u64,
    length: u64,
}

impl Stretch {
    /// `length` bytes of `source` from byte `from` on.
    pub(in crate::io) fn new(source: Arc<dyn ByteSource>, from: u64, length: u64) -> Self {
        Self { source, from, length }
    }
}

impl ByteSource for Stretch {
    fn name(&self) -> &str {
        self.source.name()
    }

    fn len(&self) -> u64 {
        self.length
    }

    fn read(&self, range: std::ops::Range<u64>) -> Result<Bytes> {
        let end = self.from.checked_add(range.end).filter(|_| range.end <= self.length);
        let end = end.ok_or_else(|| Error::malformed(self.name(), "bytes are wanted behind the end of a chunk"))?;
        self.source.read(self.from.saturating_add(range.start)..end)
    }
}

#[cfg(test)]
mod tests;
