//! A shard that is written chunk by chunk.

use super::plan::Plan;
use super::{Ground, Receipt, ZarrSink};
use crate::io::Assembly;
use crate::io::store::ObjectDraft;
use crate::io::zarr::codec::crc32c_of;
use crate::io::zarr::shard::Sharding;
use crate::model::count;
use crate::{Error, Result};

/// A shard in the making: its chunks as they come, then the index.
pub(super) struct ShardDraft<'a> {
    sink: &'a ZarrSink,
    sharding: &'a Sharding,
    key: String,
    /// The most bytes that it may have.
    limit: u64,
    /// Offset and length of each chunk.
    entries: Vec<u64>,
    written: u64,
    crc32c: u32,
    /// Begun with the first chunk that holds anything.
    draft: Option<Box<dyn ObjectDraft + 'a>>,
}

impl<'a> ShardDraft<'a> {
    /// To write the shard under `key`.
    ///
    /// # Errors
    /// For arrays without shards.
    pub(super) fn new(sink: &'a ZarrSink, plan: &'a Plan, key: String) -> Result<Self> {
        let lost = || Error::data("internal: no shards", key.clone());
        let sharding = plan.sharding.as_ref().ok_or_else(lost)?;
        let chunks = sharding.chunks();
        // Compressors add less than an eighth and 4 KiB to what they can't compress.
        let plain = count(plan.object()).and_then(|n| n.checked_mul(plan.stored.size().unwrap_or(64)));
        let plain = plain.unwrap_or(usize::MAX) as u64;
        let limit = plain.saturating_add(plain / 8).saturating_add(chunks as u64 * 4096);
        let entries = vec![u64::MAX; chunks.saturating_mul(2)];
        Ok(Self { sink, sharding, key, limit, entries, written: 0, crc32c: 0, draft: None })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let draft = match &mut self.draft {
            Some(draft) => draft,
            none => none.insert(self.sink.place.begin(&self.key, self.limit)?),
        };
        draft.append(bytes)?;
        self.written = self.written.saturating_add(bytes.len() as u64);
        if self.sink.receipts.is_some() {
            self.crc32c = crc32c_of(self.crc32c, bytes);
        }
        Ok(())
    }
}

impl Assembly for ShardDraft<'_> {
    fn append(&mut self, number: usize, bytes: &[u8]) -> Result<()> {
        let entry = number.checked_mul(2).and_then(|at| self.entries.get_mut(at..)?.first_chunk_mut::<2>());
        *entry.ok_or_else(|| Error::data("internal: a chunk lies outside of its shard", self.key.clone()))? =
            [self.written, bytes.len() as u64];
        self.write(bytes)
    }

    fn commit(mut self: Box<Self>) -> Result<()> {
        if self.draft.is_none() {
            // Nothing but fill values.
            return if self.sink.ground == Ground::Used { self.sink.place.remove(&self.key) } else { Ok(()) };
        }
        let index = self.sharding.encode_index(std::mem::take(&mut self.entries));
        self.write(&index.map_err(|what| Error::data(what, self.key.clone()))?)?;
        let Self { sink, key, written, crc32c, draft, .. } = *self;
        sink.note(|| Receipt { key, bytes: written, crc32c });
        draft.map_or(Ok(()), ObjectDraft::commit)
    }
}
