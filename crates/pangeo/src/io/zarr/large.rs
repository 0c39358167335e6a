//! Chunks that are decoded window by window.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::array::ZarrArray;
use super::hierarchy::join;
use crate::io::large::{Chunked, Packed};
use crate::io::store::{ByteRange, ByteSource, ObjectTree};
use crate::model::{Buffer, DataType, LazyArray};
use crate::{Error, Result};

impl Chunked for ZarrArray {
    fn chunk(&self) -> &[usize] {
        self.chunk_shape()
    }

    fn value_size(&self) -> usize {
        self.codec().and_then(super::codec::Codec::value_size).unwrap_or(0)
    }

    fn obstacle(&self) -> Option<String> {
        if matches!(self.data_type(), DataType::String | DataType::Opaque(_)) {
            return Some("values are not plain numbers".to_owned());
        }
        self.codec().map(|codec| codec.steps().err()).unwrap_or_default()
    }

    fn packed(&self, index: &[usize]) -> Result<Option<Packed>> {
        let codec = self.usable()?;
        let Some(bytes) = self.stored(index)? else { return Ok(None) };
        let place = || format!("variable '{}' in {}", self.name, self.tree.name());
        let (steps, planes) = codec.steps().map_err(|what| Error::unsupported(what, place()))?;
        Ok(Some(Packed { bytes, steps, planes }))
    }

    fn values(&self, bytes: &[u8], planes: bool, count: usize) -> Result<Buffer> {
        let values = self.usable()?.values(bytes, planes, count);
        values.map_err(|what| Error::malformed(Chunked::place(self), what))
    }

    fn place(&self) -> String {
        format!("variable '{}' in {}", self.name, self.tree.name())
    }
}

impl ZarrArray {
    /// The stored bytes of a chunk, `None` if there are none.
    fn stored(&self, index: &[usize]) -> Result<Option<Arc<dyn ByteSource>>> {
        let object = |key: &str, from, length| -> Arc<dyn ByteSource> {
            let (tree, key) = (Arc::clone(&self.tree), join(&self.path, key));
            Arc::new(Object { tree, key, from, length })
        };
        if let Some(sharding) = &self.sharding {
            let shard: Vec<usize> = index.iter().zip(&sharding.per_shard).map(|(i, per)| i / per.max(&1)).collect();
            let key = self.keys.key(&shard);
            let entries = sharding.index(&key, |range| self.get(&key, range), |what| self.broken(&key, what))?;
            let number = sharding.number(index, &shard);
            let Some((offset, length)) = entries.and_then(|all| all.get(number).copied().flatten()) else {
                return Ok(None);
            };
            self.plausible(&key, length)?;
            return Ok(Some(object(&key, offset, length)));
        }
        let key = self.keys.key(index);
        if let Some(length) = self.tree.length(&join(&self.path, &key))? {
            return Ok(Some(object(&key, 0, length)));
        }
        // Where lengths are not known beforehand, the stored bytes are fetched as a whole.
        let bytes = self.get(&key, ByteRange::All)?;
        Ok(bytes.map(|bytes| -> Arc<dyn ByteSource> { Arc::new(Fetched { name: Chunked::place(self), bytes }) }))
    }
}

/// A part of an object of a store.
#[derive(Debug)]
struct Object {
    tree: Arc<dyn ObjectTree>,
    key: String,
    from: u64,
    length: u64,
}

impl ByteSource for Object {
    fn name(&self) -> &str {
        self.tree.name()
    }

    fn len(&self) -> u64 {
        self.length
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let broken = |what: &str| Error::malformed(format!("{}/{}", self.tree.name(), self.key), what);
        let length = range.end.checked_sub(range.start).filter(|_| range.end <= self.length);
        let offset = self.from.checked_add(range.start);
        let (Some(offset), Some(length)) = (offset, length) else { return Err(broken("chunk ends early")) };
        let bytes = self.tree.get(&self.key, ByteRange::From { offset, length })?;
        bytes.ok_or_else(|| broken("chunk vanished"))
    }
}

/// Bytes in memory.
#[derive(Debug)]
struct Fetched {
    name: String,
    bytes: Bytes,
}

impl ByteSource for Fetched {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let part = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let part = part.filter(|(from, to)| from <= to && *to <= self.bytes.len());
        part.map(|(from, to)| self.bytes.slice(from..to))
            .ok_or_else(|| Error::malformed(&self.name, "chunk ends early"))
    }
}
