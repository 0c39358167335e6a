//! From the values of an object to its bytes.

use bytes::Bytes;

use super::plan::Plan;
use crate::io::zarr::codec::Codec;
use crate::io::zarr::dtype::StoredType;
use crate::model::{Block, Buffer, Region, count};

impl Plan {
    /// The bytes of one (cut) object, a chunk or a shard; `None` if every value is the fill value, to the bit.
    ///
    /// # Errors
    /// What does not fit.
    pub(super) fn object_bytes(&self, block: Block) -> Result<Option<Bytes>, String> {
        let Some(sharding) = &self.sharding else { return self.chunk_bytes(block) };
        let chunks = self.shard_chunks(&block, &sharding.per_shard)?;
        if chunks.iter().all(Option::is_none) {
            Ok(None)
        } else {
            sharding.assemble(chunks).map(|bytes| Some(bytes.into()))
        }
    }

    /// One chunk as stored; `None` if every value is the fill value, to the bit.
    pub(super) fn chunk_bytes(&self, cut: Block) -> Result<Option<Bytes>, String> {
        if self.fill.as_ref().is_some_and(|fill| all_equal(cut.data(), fill)) {
            return Ok(None);
        }
        self.check(cut.data())?;
        self.encode_whole(cut).map(Some)
    }

    /// Pad a cut chunk to its full extent and encode it.
    fn encode_whole(&self, cut: Block) -> Result<Bytes, String> {
        if cut.shape() == self.chunk {
            return Codec::encode(&self.codec, cut.into_data());
        }
        let internal = || "internal: a chunk does not fit its extent".to_owned();
        let blank = self.fill.clone().or_else(|| Buffer::zeros(&cut.data().data_type(), 1)).ok_or_else(internal)?;
        let mut whole = Block::filled(&blank, self.chunk.clone()).ok_or_else(internal)?;
        whole.paste(&vec![0; self.chunk.len()], &cut, &Region::whole(cut.shape())).ok_or_else(internal)?;
        drop(cut);
        self.codec.encode(whole.into_data())
    }

    /// The chunks of one (cut) shard in C order.
    fn shard_chunks(&self, shard: &Block, per_shard: &[usize]) -> Result<Vec<Option<Bytes>>, String> {
        let total = count(per_shard).unwrap_or(usize::MAX);
        let mut chunks = Vec::with_capacity(total);
        for number in 0..total {
            let mut index = vec![0; per_shard.len()];
            let mut rest = number;
            for (i, &n) in index.iter_mut().zip(per_shard).rev() {
                (*i, rest) = (rest % n.max(1), rest / n.max(1));
            }
            let region = Region::of_chunk(&index, &self.chunk, shard.shape());
            if region.is_empty() {
                chunks.push(None);
                continue;
            }
            let cut = shard.slice(&region).ok_or("internal: a chunk lies outside of its shard")?;
            chunks.push(self.chunk_bytes(cut)?);
        }
        Ok(chunks)
    }

    /// Booleans must be 0 or 1.
    fn check(&self, values: &Buffer) -> Result<(), String> {
        match values {
            Buffer::I8(v) if self.stored == StoredType::Bool => match v.iter().find(|b| !matches!(b, 0 | 1)) {
                Some(other) => Err(format!("a boolean is {other}, neither 0 nor 1")),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// Whether every value has the very bits of the first of `fill`.
fn all_equal(values: &Buffer, fill: &Buffer) -> bool {
    macro_rules! same {
        ($($variant:ident)* ; $($float:ident)*) => {
            match (values, fill) {
                $((Buffer::$variant(v), Buffer::$variant(f)) => f.first().is_some_and(|f| v.iter().all(|x| x == f)),)*
                $((Buffer::$float(v), Buffer::$float(f)) => {
                    f.first().is_some_and(|f| v.iter().all(|x| x.to_bits() == f.to_bits()))
                })*
                // Texts are always written: readers disagree on what stands where none is.
                _ => false,
            }
        };
    }
    same!(I8 U8 I16 U16 I32 U32 I64 U64 Char; F32 F64)
}
