//! Shards: many chunks in one object, found through an index (v3 codec `sharding_indexed`).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde_json::Value;

use super::codec::{Codec, Spec};
use super::dtype::StoredType;
use super::json;
use crate::io::store::ByteRange;
use crate::model::{Buffer, ByteOrder, DataType, count};

/// More chunks than this in one shard are refused.
const MOST_CHUNKS: usize = 1 << 24;

/// Entries that the cache of indexes may hold, 16 bytes each.
const CACHED_ENTRIES: usize = 1 << 21;

/// Chunks nearer to each other than this are fetched together, up to a run of `LONGEST_RUN`.
const GAP: u64 = 64 << 10;
pub(super) const LONGEST_RUN: u64 = 32 << 20;

/// Where each chunk of a shard lies: offset and length, `None` where nothing is stored.
type Index = Arc<Vec<Option<(u64, u64)>>>;

/// How the objects of an array are cut into chunks.
#[derive(Debug)]
pub(super) struct Sharding {
    /// Chunks along each dimension of a shard.
    pub per_shard: Vec<usize>,
    index: Codec,
    index_length: usize,
    at_end: bool,
    cache: Mutex<VecDeque<(String, Index)>>,
}

impl Sharding {
    /// From the codec's settings: the chunk shape, the chunks' codecs and the sharding itself.
    ///
    /// # Errors
    /// The setting that is missing or wrong.
    pub(super) fn parse(spec: &Spec, shard: &[usize]) -> Result<(Vec<usize>, Vec<Spec>, Self), String> {
        let list = |key: &str| {
            let codecs = spec.settings.get(key).and_then(Value::as_array);
            codecs.ok_or_else(|| format!("sharding: {key} is missing"))?.iter().map(Spec::v3).collect::<Result<_, _>>()
        };
        let chunk = json::sizes(spec.settings.get("chunk_shape")).ok_or("sharding: chunk_shape is missing")?;
        let fits =
            chunk.len() == shard.len() && chunk.iter().zip(shard).all(|(&c, &s)| c > 0 && s > 0 && s.is_multiple_of(c));
        if !fits {
            return Err(format!("sharding: chunks of {chunk:?} do not divide shards of {shard:?}"));
        }
        let per_shard: Vec<usize> = shard.iter().zip(&chunk).map(|(s, c)| s / c.max(&1)).collect();
        let at_end = match spec.settings.get("index_location").and_then(Value::as_str) {
            None | Some("end") => true,
            Some("start") => false,
            Some(other) => return Err(format!("sharding: index_location '{other}' is unknown")),
        };
        let index_codecs: Vec<Spec> = list("index_codecs")?;
        let sharding = Self::new(per_shard, &index_codecs, at_end)?;
        Ok((chunk, list("codecs")?, sharding))
    }

    fn new(per_shard: Vec<usize>, index_codecs: &[Spec], at_end: bool) -> Result<Self, String> {
        let chunks = count(&per_shard).filter(|&n| n <= MOST_CHUNKS);
        let values = chunks.ok_or("sharding: too many chunks in a shard")?.saturating_mul(2);
        let entries = StoredType::Number(DataType::U64);
        let index = Codec::new(index_codecs, &entries, ByteOrder::Little, &[values], &Buffer::U64(vec![u64::MAX]))?;
        let plain = values.checked_mul(8);
        let stored = index.stages().iter().try_fold(plain.unwrap_or(usize::MAX), |n, stage| stage.encoded_length(n));
        let index_length = stored.ok_or("sharding: an index of varying length is not supported")?;
        Ok(Self { per_shard, index, index_length, at_end, cache: Mutex::default() })
    }

    /// The number of chunk `index` of the array among those of `shard`.
    pub(super) fn number(&self, index: &[usize], shard: &[usize]) -> usize {
        let inside = index.iter().zip(&self.per_shard).zip(shard);
        inside.fold(0, |n, ((&i, &per), &s)| n * per + i.saturating_sub(s.saturating_mul(per)))
    }

    /// The number of chunks in a shard.
    pub(super) fn chunks(&self) -> usize {
        count(&self.per_shard).unwrap_or(usize::MAX)
    }

    /// The index of the shard under `key`, fetched once; `None` if there is no such shard.
    ///
    /// # Errors
    /// What `get` says, or a broken index.
    pub(super) fn index<E>(
        &self,
        key: &str,
        get: impl FnOnce(ByteRange) -> Result<Option<Bytes>, E>,
        broken: impl FnOnce(String) -> E,
    ) -> Result<Option<Index>, E> {
        if let Ok(cache) = self.cache.lock()
            && let Some((_, index)) = cache.iter().find(|(k, _)| k == key)
        {
            return Ok(Some(Arc::clone(index)));
        }
        let length = self.index_length as u64;
        let range = if self.at_end { ByteRange::Last(length) } else { ByteRange::From { offset: 0, length } };
        let Some(bytes) = get(range)? else { return Ok(None) };
        let index = Arc::new(self.decode(&bytes).map_err(broken)?);
        if let Ok(mut cache) = self.cache.lock() {
            let kept = (CACHED_ENTRIES / self.chunks().max(1)).clamp(1, 1024);
            while cache.len() >= kept {
                cache.pop_front();
            }
            cache.push_back((key.to_owned(), Arc::clone(&index)));
        }
        Ok(Some(index))
    }

    fn decode(&self, bytes: &[u8]) -> Result<Vec<Option<(u64, u64)>>, String> {
        let values =
            self.index.decode(bytes, self.chunks().saturating_mul(2)).map_err(|e| format!("shard index: {e}"))?;
        let Buffer::U64(values) = values else { return Err("shard index is broken".to_owned()) };
        let (pairs, _) = values.as_chunks::<2>();
        let entry = |&[offset, length]: &[u64; 2]| match (offset, length) {
            (u64::MAX, u64::MAX) => Ok(None),
            _ if offset.checked_add(length).is_some() => Ok(Some((offset, length))),
            _ => Err("shard index points outside of the shard".to_owned()),
        };
        pairs.iter().map(entry).collect()
    }

    /// Whether the index stands behind the chunks, so that these can be written as they come.
    pub(super) fn is_at_end(&self) -> bool {
        self.at_end
    }

    /// The bytes of an index: the offset and length of each chunk, `u64::MAX` twice for one that is not stored.
    ///
    /// # Errors
    /// When it can't be encoded.
    pub(super) fn encode_index(&self, entries: Vec<u64>) -> Result<Bytes, String> {
        self.index.encode(Buffer::U64(entries))
    }

    /// The bytes of a shard from its encoded chunks in C order (`None`: nothing stored).
    ///
    /// # Errors
    /// When the index can't be encoded.
    pub(super) fn assemble(&self, chunks: Vec<Option<Bytes>>) -> Result<Vec<u8>, String> {
        let total = chunks.iter().flatten().map(Bytes::len).sum::<usize>();
        let mut out = Vec::with_capacity(total.saturating_add(self.index_length));
        if !self.at_end {
            out.resize(self.index_length, 0);
        }
        let mut index = Vec::with_capacity(chunks.len() * 2);
        // Each is given up as soon as it is copied: a shard may be large.
        for chunk in chunks {
            match chunk {
                Some(bytes) => {
                    index.extend([out.len() as u64, bytes.len() as u64]);
                    out.extend_from_slice(&bytes);
                }
                None => index.extend([u64::MAX, u64::MAX]),
            }
        }
        let index = self.encode_index(index)?;
        match out.get_mut(..index.len()).filter(|_| !self.at_end) {
            Some(front) => front.copy_from_slice(&index),
            None => out.extend(index),
        }
        Ok(out)
    }
}

/// Runs of near parts: for each run its range, and the parts (numbers into `parts`) inside it.
pub(super) fn runs(parts: &[(u64, u64)]) -> Vec<(u64, u64, Vec<usize>)> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let part = |i: &usize| parts.get(*i).copied().unwrap_or_default();
    order.sort_by_key(|i| part(i));
    let mut runs: Vec<(u64, u64, Vec<usize>)> = Vec::new();
    for i in order {
        let (offset, length) = part(&i);
        let end = offset.saturating_add(length);
        match runs.last_mut() {
            Some((start, until, members))
                if offset <= until.saturating_add(GAP) && end.saturating_sub(*start) <= LONGEST_RUN =>
            {
                *until = end.max(*until);
                members.push(i);
            }
            _ => runs.push((offset, end, vec![i])),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sharding(settings: &Value) -> Result<Sharding, String> {
        let spec = Spec::v3(&json!({"name": "sharding_indexed", "configuration": settings})).unwrap();
        Sharding::parse(&spec, &[4, 4]).map(|(_, _, s)| s)
    }

    #[test]
    fn what_is_assembled_is_found_again() {
        let s = sharding(&json!({"chunk_shape": [2, 4], "codecs": ["bytes"], "index_codecs": ["bytes", "crc32c"]}));
        let s = s.unwrap();
        let bytes = s.assemble(vec![None, Some(vec![7; 5].into())]).unwrap();
        assert_eq!(bytes.len(), 5 + 2 * 16 + 4);
        assert_eq!(s.decode(&bytes[5..]).unwrap(), [None, Some((0, 5))]);
        let mut bad = bytes.clone();
        bad[9] ^= 1;
        assert!(s.decode(&bad[5..]).is_err());
    }

    #[test]
    fn an_index_that_belongs_in_front_stands_there() {
        let settings = json!({"chunk_shape": [2, 4], "codecs": ["bytes"], "index_codecs": ["bytes", "crc32c"],
            "index_location": "start"});
        let s = sharding(&settings).unwrap();
        let bytes = s.assemble(vec![None, Some(vec![7; 5].into())]).unwrap();
        assert_eq!(s.decode(&bytes[..36]).unwrap(), [None, Some((36, 5))]);
        assert_eq!(bytes[36..], [7; 5]);
    }

    #[test]
    fn shards_that_make_no_sense_are_refused() {
        let good = json!(["bytes"]);
        for (chunk, index) in [
            (json!([3, 4]), good.clone()),
            (json!([0, 4]), good.clone()),
            (json!([4]), good.clone()),
            (json!(null), good),
            (json!([2, 2]), json!(["bytes", "zstd"])),
            (json!([2, 2]), json!(7)),
        ] {
            let settings = json!({"chunk_shape": chunk, "codecs": ["bytes"], "index_codecs": index});
            assert!(sharding(&settings).is_err(), "{settings}");
        }
    }

    #[test]
    fn near_parts_are_fetched_together() {
        let far = 10 << 20;
        let got = runs(&[(far, 10), (0, 100), (200, 50)]);
        assert_eq!(got, [(0, 250, vec![1, 2]), (far, far + 10, vec![0])]);
        assert!(runs(&[]).is_empty());
    }
}
