//! Writing a store: chunks in any form the pipeline hands over, then the metadata, the root's last, so that a store
//! is none before all of it is there.
//!
//! Stores are what xarray would have written: dimension names, `_FillValue`, consolidated metadata,
//! chunk keys. Texts of any length are `string` (v2: objects with `vlen-utf8`); arrays of
//! characters stay arrays of one-byte texts (`|S1`; v3 `null_terminated_bytes`, zarr-python's name
//! for it); enumerations become integers with `flag_values`.

mod assembly;
mod blueprint;
mod chunks;
mod documents;
mod extend;
mod plan;
mod zip;

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use crate::io::store::ObjectPlace;
use crate::io::zarr::codec::crc32c;
use crate::io::{Assembly, Encoded, Sink};
use crate::model::{Block, Region};
use crate::{Error, Result};
use assembly::ShardDraft;
pub use blueprint::Blueprint;
pub use extend::Extension;
use plan::Plan;
pub use zip::ZipPlace;

/// What an object holds, for those who want to check it later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The object's key in the store.
    pub key: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// The CRC-32C (Castagnoli) of its bytes.
    pub crc32c: u32,
}

/// Whether a place is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Nothing is there: what need not be stored is left out.
    New,
    /// Objects may be there: one that need not be stored is removed.
    Used,
}

/// A Zarr store being written.
#[derive(Debug)]
pub struct ZarrSink {
    blueprint: Arc<Blueprint>,
    place: Arc<dyn ObjectPlace>,
    ground: Ground,
    receipts: Option<Mutex<Vec<Receipt>>>,
    documents: Vec<(String, Vec<u8>)>,
}

impl ZarrSink {
    /// Begin to write the objects of `blueprint` in `place`; [`Sink::finish`] puts its metadata.
    pub fn new(blueprint: Arc<Blueprint>, place: Arc<dyn ObjectPlace>, ground: Ground) -> Self {
        let documents = blueprint.documents().to_vec();
        Self { blueprint, place, ground, receipts: None, documents }
    }

    /// The same without any metadata: for one of several who write the objects of a store.
    #[must_use]
    pub fn without_metadata(mut self) -> Self {
        self.documents.clear();
        self
    }

    /// The same, keeping a receipt of every object.
    #[must_use]
    pub fn with_receipts(mut self) -> Self {
        self.receipts = Some(Mutex::default());
        self
    }

    /// The receipts kept since they were taken last, in the order of writing.
    pub fn take_receipts(&self) -> Vec<Receipt> {
        let receipts = self.receipts.as_ref().map(|r| r.lock().unwrap_or_else(PoisonError::into_inner));
        receipts.map(|mut r| std::mem::take(&mut *r)).unwrap_or_default()
    }

    /// Keep a receipt, if they are wanted.
    fn note(&self, receipt: impl FnOnce() -> Receipt) {
        if let Some(receipts) = &self.receipts {
            receipts.lock().unwrap_or_else(PoisonError::into_inner).push(receipt());
        }
    }

    /// Encode a block of the grid of `extent` in the way of `encode`.
    fn encoded(
        &self,
        variable: usize,
        index: &[usize],
        block: Block,
        extent: impl Fn(&Plan) -> &[usize],
        encode: impl Fn(&Plan, Block) -> Result<Option<Bytes>, String>,
    ) -> Result<Encoded> {
        let plan = self.blueprint.plan(variable)?;
        let place = || format!("chunk {index:?} of variable '{}'", plan.name);
        let expected = Region::of_chunk(index, extent(plan), &plan.shape).shape();
        if block.shape() != expected || block.data().data_type() != plan.stored.data_type() {
            let what = format!(
                "internal: block of {:?} {} instead of {expected:?} {}",
                block.shape(),
                block.data().data_type(),
                plan.stored.data_type()
            );
            return Err(Error::data(what, place()));
        }
        let bytes = encode(plan, block).map_err(|what| Error::data(what, place()))?;
        Ok(match bytes {
            Some(bytes) => Encoded::Bytes { bytes, filter_mask: 0 },
            None => Encoded::Absent,
        })
    }
}

impl Sink for ZarrSink {
    fn chunk_shape(&self, variable: usize) -> Vec<usize> {
        self.blueprint.object_shape(variable).to_vec()
    }

    fn chunk_format(&self, variable: usize) -> Option<&str> {
        self.blueprint.plan(variable).ok()?.format.as_deref()
    }

    fn encode(&self, variable: usize, index: &[usize], block: Block) -> Result<Encoded> {
        self.encoded(variable, index, block, Plan::object, Plan::object_bytes)
    }

    fn piece_shape(&self, variable: usize) -> Option<Vec<usize>> {
        let plan = self.blueprint.plan(variable).ok()?;
        plan.sharding.as_ref().filter(|sharding| sharding.is_at_end()).map(|_| plan.chunk.clone())
    }

    fn encode_piece(&self, variable: usize, index: &[usize], piece: Block) -> Result<Encoded> {
        self.encoded(variable, index, piece, |plan| &plan.chunk, Plan::chunk_bytes)
    }

    fn assemble(&self, variable: usize, index: &[usize]) -> Result<Box<dyn Assembly + '_>> {
        Ok(Box::new(ShardDraft::new(self, self.blueprint.plan(variable)?, self.blueprint.key(variable, index)?)?))
    }

    fn store(&self, variable: usize, index: &[usize], chunk: Encoded) -> Result<()> {
        let key = self.blueprint.key(variable, index)?;
        match chunk {
            Encoded::Bytes { bytes, .. } => {
                self.note(|| Receipt { key: key.clone(), bytes: bytes.len() as u64, crc32c: crc32c(&bytes) });
                self.place.put(&key, bytes)
            }
            Encoded::Absent if self.ground == Ground::Used => self.place.remove(&key),
            Encoded::Absent => Ok(()),
            Encoded::Values(_) => Err(Error::data("internal: values where bytes are due", key)),
        }
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.place.flush()?;
        let Some(((root, last), others)) = self.documents.split_last() else { return Ok(()) };
        for (key, document) in others {
            self.place.put(key, Bytes::copy_from_slice(document))?;
        }
        self.place.flush()?;
        self.place.put(root, Bytes::copy_from_slice(last))?;
        self.place.flush()
    }
}
