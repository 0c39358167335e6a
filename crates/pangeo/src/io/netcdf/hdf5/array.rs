//! A variable's values, read on demand.
//!
//! The chunk index is read once, when the first values are wanted. From then on a read takes no
//! lock: it looks up the chunks that it touches, fetches their bytes together, undoes their filters
//! and puts the values in place.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

use super::chunk_index::{ChunkIndex, Place};
use super::decode::Target;
use super::file::{File, guarded};
use super::object::{Layout, Object};
use super::pieces::{Grid, Piece, envelope};
use crate::io::codec::{Decoded, Failure, Scratch};
use crate::model::array::{misfit, no_memory};
use crate::model::{Block, Buffer, DataType, LazyArray, Region, Starts, StoredChunk};
use crate::{Error, Result};

/// Stored bytes fetched at a time.
const BATCH_BYTES: u64 = 32 << 20;
/// Chunks fetched at a time.
const BATCH_CHUNKS: usize = 256;
/// Bytes of scratch memory that a thread keeps between reads, beside any budget.
const KEEP: usize = 4 << 20;

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// A variable of an HDF5 file.
#[derive(Debug)]
pub(super) struct Hdf5Array {
    pub(super) file: Arc<File>,
    /// File and variable, for messages.
    pub(super) place: String,
    pub(super) object: Object,
    /// The extent that the dimensions have; the dataset's own may be shorter where they grow.
    pub(super) shape: Vec<usize>,
    /// What stands where chunks were never written; one value.
    pub(super) unwritten: Buffer,
    /// What stands beyond the dataset's own extent; one value.
    pub(super) beyond: Buffer,
    pub(super) grid: Grid,
    /// The name of the chunks' encoding, if they may be copied as they are.
    pub(super) format: Option<Arc<str>>,
    pub(super) index: OnceLock<ChunkIndex>,
    /// Held while the index is read, so that only one thread does.
    pub(super) loading: Mutex<()>,
}

/// The bytes of a piece, and what of it they are.
struct Stored<'a> {
    piece: &'a Piece,
    place: Option<Place>,
}

impl LazyArray for Hdf5Array {
    fn data_type(&self) -> &DataType {
        &self.object.value.data_type
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        self.grid.starts(axis, self.shape.get(axis).copied().unwrap_or(0))
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        guarded(&self.place, || self.read_values(region))
    }

    fn read_bytes(&self, region: &Region) -> usize {
        let own = region.bytes(self.data_type());
        let Layout::Chunked(chunks) = &self.object.layout else { return own.saturating_mul(2) };
        let touched = self.grid.count(region).saturating_mul(chunks.bytes);
        // As fetched: a batch of them at a time, none larger than its values but by a little.
        let stored = touched.min(chunks.bytes.max(BATCH_BYTES as usize));
        let decoding = self.object.pipeline.scratch_buffers().saturating_mul(chunks.bytes);
        own.saturating_add(stored).saturating_add(decoding)
    }

    fn unwritten(&self, region: &Region) -> Result<Option<String>> {
        let stored = region.intersection(&Region::whole(&self.object.extent));
        let written = guarded(&self.place, || match &self.object.layout {
            Layout::Chunked(_) => {
                let index = self.index()?;
                Ok(!stored.is_empty() && self.grid.touching(&stored).any(|piece| index.get(piece.number).is_some()))
            }
            Layout::Contiguous(address) => Ok(!stored.is_empty() && address.is_some()),
            Layout::Compact(_) | Layout::Refused(_) => Ok(true),
        })?;
        Ok((!written).then(|| self.place.clone()))
    }

    fn stored_chunk(&self, region: &Region, wanted: Option<&str>) -> Result<Option<StoredChunk>> {
        guarded(&self.place, || self.stored(region, wanted))
    }
}

impl Hdf5Array {
    fn read_values(&self, region: &Region) -> Result<Block> {
        if let Layout::Refused(why) = &self.object.layout {
            return Err(Error::unsupported(why.clone(), &self.place));
        }
        let extent = &self.object.extent;
        let stored = region.intersection(&Region::whole(extent));
        if matches!(self.data_type(), DataType::Opaque(_)) {
            let what = format!("values of type {} are not read", self.data_type());
            return Err(Error::unsupported(what, &self.place));
        }
        let block = if stored == *region {
            Block::zeros(self.data_type(), region.shape())
        } else {
            Block::filled(&self.beyond, region.shape())
        };
        let mut block = block.ok_or_else(|| no_memory(region, &self.place))?;
        if !stored.is_empty() {
            self.read_into(&stored, region, &mut block)?;
        }
        Ok(block)
    }

    fn stored(&self, region: &Region, wanted: Option<&str>) -> Result<Option<StoredChunk>> {
        let (Some(format), Layout::Chunked(chunks)) = (&self.format, &self.object.layout) else {
            return Ok(None);
        };
        if wanted.is_some_and(|w| !StoredChunk::fits(format, w)) {
            return Ok(None);
        }
        let whole = self.grid.piece_of(region, &self.object.extent);
        // A chunk that the variable's shape would cut elsewhere holds other values there.
        let Some(number) = whole.filter(|_| self.grid.piece_of(region, &self.shape).is_some()) else {
            return Ok(None);
        };
        let edge = region.shape() != chunks.shape;
        let Some(place) = self.index()?.get(number).filter(|_| !(edge && chunks.plain_edges)) else {
            return Ok(None);
        };
        let bytes = self.file.fetch(&[(place.address, place.size)])?.pop();
        Ok(bytes.map(|bytes| StoredChunk { bytes, format: format.clone(), filter_mask: place.skipped }))
    }

    /// The chunk index, read on first use; a failure (a network's, perhaps) is not remembered.
    pub(super) fn index(&self) -> Result<&ChunkIndex> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let _once = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let Layout::Chunked(chunks) = &self.object.layout else {
            return Ok(self.index.get_or_init(ChunkIndex::default));
        };
        let read = ChunkIndex::read(&self.file, &self.object, chunks);
        self.file.forget_blocks();
        let broken = |what: String| Error::malformed(&self.place, what);
        let index =
            read.map_err(|e| self.file.kept_failure().unwrap_or_else(|| broken(format!("chunk index: {e}"))))?;
        Ok(self.index.get_or_init(|| index))
    }

    /// Read the box `stored`, which lies within `region` and the dataset's extent.
    fn read_into(&self, stored: &Region, region: &Region, block: &mut Block) -> Result<()> {
        let target = Target { array: self, region };
        if let Layout::Compact(bytes) = &self.object.layout {
            let decoded = Decoded { bytes, shuffled: false };
            return target.place(stored, &vec![0; stored.ranges().len()], &self.object.extent, 0, decoded, block);
        }
        let mut pieces = self.grid.touching(stored).peekable();
        while pieces.peek().is_some() {
            let mut batch = Vec::new();
            let mut bytes = 0u64;
            while let Some(piece) = pieces.next_if(|_| bytes < BATCH_BYTES && batch.len() < BATCH_CHUNKS) {
                let place = self.place_of(&piece)?;
                bytes = bytes.saturating_add(place.map_or(0, |p| p.size));
                batch.push((piece, place));
            }
            let batch: Vec<Stored<'_>> = batch.iter().map(|(piece, place)| Stored { piece, place: *place }).collect();
            self.read_batch(&batch, &target, block)?;
        }
        Ok(())
    }

    /// Where the bytes that a piece needs are; `None` if they were never written.
    fn place_of(&self, piece: &Piece) -> Result<Option<Place>> {
        let address = match &self.object.layout {
            Layout::Chunked(_) => return Ok(self.index()?.get(piece.number).copied()),
            Layout::Contiguous(Some(address)) => *address,
            _ => return Ok(None),
        };
        let size = self.object.value.size as u64;
        let place = envelope(&piece.part, &self.object.extent).and_then(|e| {
            let from = address.checked_add((e.start as u64).checked_mul(size)?)?;
            Some(Place { number: e.start as u64, address: from, size: (e.len() as u64).checked_mul(size)?, skipped: 0 })
        });
        place.map(Some).ok_or_else(|| Error::malformed(&self.place, "dataset ends beyond any file"))
    }

    fn read_batch(&self, batch: &[Stored<'_>], target: &Target<'_>, block: &mut Block) -> Result<()> {
        let ranges: Vec<(u64, u64)> = batch.iter().filter_map(|s| s.place.map(|p| (p.address, p.size))).collect();
        let mut fetched = self.file.fetch(&ranges)?.into_iter();
        for Stored { piece, place } in batch {
            match place.and_then(|p| Some((p, fetched.next()?))) {
                None => target.fill(&piece.part, &self.unwritten, block)?,
                Some((place, bytes)) => self.place_piece(piece, place, &bytes, target, block)?,
            }
        }
        Ok(())
    }

    fn place_piece(
        &self,
        piece: &Piece,
        place: Place,
        bytes: &Bytes,
        target: &Target<'_>,
        block: &mut Block,
    ) -> Result<()> {
        let Layout::Chunked(chunks) = &self.object.layout else {
            let decoded = Decoded { bytes, shuffled: false };
            let origin = vec![0; piece.origin.len()];
            let first = usize::try_from(place.number).unwrap_or(usize::MAX);
            return target.place(&piece.part, &origin, &self.object.extent, first, decoded, block);
        };
        let edge = piece.origin.iter().zip(&chunks.shape).zip(&self.object.extent).any(|((o, c), n)| o + c > *n);
        let skipped = if edge && chunks.plain_edges { u32::MAX } else { place.skipped };
        SCRATCH.with_borrow_mut(|scratch| {
            let decoded = self.object.pipeline.decode(bytes, skipped, chunks.bytes, scratch);
            let decoded = decoded.map_err(|failure| self.failure(failure, piece))?;
            let placed = target.place(&piece.part, &piece.origin, &chunks.shape, 0, decoded, block);
            scratch.trim(KEEP);
            placed
        })
    }

    fn failure(&self, failure: Failure, piece: &Piece) -> Error {
        match failure {
            Failure::Broken(what) => Error::malformed(&self.place, format!("{what}, chunk at {:?}", piece.origin)),
            Failure::Unsupported(what) => Error::unsupported(format!("{what} is not handled"), &self.place)
                .with_hint("rewrite the file with another compression, for instance nccopy -d 4 -s"),
        }
    }
}
