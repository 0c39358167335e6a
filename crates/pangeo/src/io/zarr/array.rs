//! A Zarr array as a lazy array.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::codec::{Codec, LARGEST_CHUNK};
use super::hierarchy::join;
use super::metadata::{ArrayMetadata, ChunkKeys};
use super::shard::{LONGEST_RUN, Sharding, runs};
use crate::io::store::{ByteRange, ObjectTree};
use crate::model::array::{misfit, no_memory};
use crate::model::{Block, Buffer, DataType, LazyArray, Region, Starts, StoredChunk, count};
use crate::{Error, Result};

/// The most bytes that one read may ask for.
const LARGEST_READ: usize = 1 << 34;

/// The chunks of an array and the way to their values.
pub(super) struct ZarrArray {
    pub(super) tree: Arc<dyn ObjectTree>,
    pub(super) path: String,
    /// The variable's name, for messages.
    pub(super) name: String,
    data_type: DataType,
    pub(super) shape: Vec<usize>,
    /// The extent of one object.
    object: Vec<usize>,
    /// The extent of one chunk: the object's, or less inside a shard.
    chunk: Vec<usize>,
    pub(super) keys: ChunkKeys,
    fill: Buffer,
    pub(super) sharding: Option<Sharding>,
    /// The codec, or why there is none.
    codec: Result<Codec, String>,
    format: Option<Arc<str>>,
}

impl fmt::Debug for ZarrArray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ZarrArray({} {:?} in {})", self.path, self.shape, self.tree.name())
    }
}

impl ZarrArray {
    /// The array at `path`, the variable `name`. What can't be decoded is told when it is read.
    pub(super) fn new(tree: Arc<dyn ObjectTree>, path: String, name: String, metadata: &ArrayMetadata) -> Self {
        let data_type = metadata.stored.data_type();
        let fill = metadata.fill.clone().or_else(|| Buffer::zeros(&data_type, 1)).unwrap_or(Buffer::U8(vec![0]));
        let (chunk, sharding, codec) = layout(metadata, &fill);
        let format = match (&codec, &sharding) {
            (Ok(codec), None) => codec.format(&chunk).map(Arc::from),
            _ => None,
        };
        let object = metadata.chunk_shape.clone();
        let (shape, keys) = (metadata.shape.clone(), metadata.keys);
        Self { tree, path, name, data_type, shape, object, chunk, keys, fill, sharding, codec, format }
    }

    /// The extent of one chunk.
    pub(super) fn chunk_shape(&self) -> &[usize] {
        &self.chunk
    }

    /// The extent of one shard, if there are shards.
    pub(super) fn shard_shape(&self) -> Option<&[usize]> {
        self.sharding.as_ref().map(|_| self.object.as_slice())
    }

    /// The codec, if there is one.
    pub(super) fn codec(&self) -> Option<&Codec> {
        self.codec.as_ref().ok()
    }

    pub(super) fn get(&self, key: &str, range: ByteRange) -> Result<Option<Bytes>> {
        self.tree.get(&join(&self.path, key), range)
    }

    pub(super) fn broken(&self, key: &str, what: impl Into<String>) -> Error {
        Error::malformed(format!("{}/{}", self.tree.name(), join(&self.path, key)), what)
    }

    /// The codec, once it is sure that it exists.
    pub(super) fn usable(&self) -> Result<&Codec> {
        let place = || format!("variable '{}' in {}", self.name, self.tree.name());
        if let DataType::Opaque(what) = &self.data_type {
            return Err(Error::unsupported(format!("values of type '{what}' are not read"), place()));
        }
        self.codec.as_ref().map_err(|what| Error::unsupported(what.clone(), place()))
    }

    /// Decode the bytes of one chunk to a block of its full extent.
    fn decode(&self, codec: &Codec, key: &str, bytes: &[u8]) -> Result<Block> {
        let values =
            codec.decode(bytes, count(&self.chunk).unwrap_or(usize::MAX)).map_err(|what| self.broken(key, what))?;
        Block::new(self.chunk.clone(), values).ok_or_else(|| self.broken(key, "chunk has another size"))
    }

    /// A block of places never written.
    fn filled(&self, region: &Region) -> Result<Block> {
        Block::filled(&self.fill, region.shape()).ok_or_else(|| no_memory(region, self.tree.name()))
    }

    /// Put chunk `index` where it belongs in `out`, which stands for `region`.
    fn place(&self, out: &mut Block, region: &Region, index: &[usize], chunk: &Block) -> Result<()> {
        let extent = Region::of_chunk(index, &self.chunk, &self.shape);
        let common = extent.intersection(region);
        let at = common.relative_to(&region.start()).start();
        let from = common.relative_to(&extent.start());
        out.paste(&at, chunk, &from).ok_or_else(|| misfit(region, &self.shape))
    }

    /// Read objects that are chunks themselves.
    fn read_chunks(&self, codec: &Codec, region: &Region) -> Result<Block> {
        let chunks = Grid::over(region, &self.chunk);
        if let Some(only) = chunks.only()
            && let Some(block) = self.read_one(codec, region, &only)?
        {
            return Ok(block);
        }
        let mut out = self.filled(region)?;
        for index in chunks.iter() {
            let key = self.keys.key(&index);
            if let Some(bytes) = self.get(&key, ByteRange::All)? {
                self.place(&mut out, region, &index, &self.decode(codec, &key, &bytes)?)?;
            }
        }
        Ok(out)
    }

    /// A region inside one chunk, without a copy where it is the whole chunk.
    fn read_one(&self, codec: &Codec, region: &Region, index: &[usize]) -> Result<Option<Block>> {
        let key = self.keys.key(index);
        let Some(bytes) = self.get(&key, ByteRange::All)? else { return Ok(None) };
        let block = self.decode(codec, &key, &bytes)?;
        if region.shape() == self.chunk {
            return Ok(Some(block));
        }
        let start = Region::of_chunk(index, &self.chunk, &self.shape).start();
        let part = block.slice(&region.relative_to(&start)).ok_or_else(|| misfit(region, &self.shape))?;
        Ok(Some(part))
    }

    fn read_shards(&self, codec: &Codec, sharding: &Sharding, region: &Region) -> Result<Block> {
        let mut out = self.filled(region)?;
        for shard in Grid::over(region, &self.object).iter() {
            self.read_shard(codec, sharding, &shard, region, &mut out)?;
        }
        Ok(out)
    }

    /// Put all chunks of one shard that `region` touches into `out`.
    fn read_shard(
        &self,
        codec: &Codec,
        sharding: &Sharding,
        shard: &[usize],
        region: &Region,
        out: &mut Block,
    ) -> Result<()> {
        let key = self.keys.key(shard);
        let index = sharding.index(&key, |range| self.get(&key, range), |what| self.broken(&key, what))?;
        let Some(index) = index else { return Ok(()) };
        let mine = Region::of_chunk(shard, &self.object, &self.shape).intersection(region);
        let (mut chunks, mut parts) = (Vec::new(), Vec::new());
        for chunk in Grid::over(&mine, &self.chunk).iter() {
            if let Some(part) = index.get(sharding.number(&chunk, shard)).copied().flatten() {
                self.plausible(&key, part.1)?;
                chunks.push(chunk);
                parts.push(part);
            }
        }
        for (start, end, members) in runs(&parts) {
            let range = ByteRange::From { offset: start, length: end - start };
            let bytes = self.get(&key, range)?.ok_or_else(|| self.broken(&key, "shard vanished"))?;
            for member in members {
                let (Some(chunk), Some(&(offset, length))) = (chunks.get(member), parts.get(member)) else { continue };
                let from = usize::try_from(offset - start).ok();
                let slice = from.and_then(|f| bytes.get(f..f.checked_add(usize::try_from(length).ok()?)?));
                let slice = slice.ok_or_else(|| self.broken(&key, "shard ends early"))?;
                self.place(out, region, chunk, &self.decode(codec, &key, slice)?)?;
            }
        }
        Ok(())
    }

    /// Refuse an index entry that claims far more bytes than a chunk can take.
    pub(super) fn plausible(&self, key: &str, length: u64) -> Result<()> {
        let values = count(&self.chunk).unwrap_or(usize::MAX);
        let most = match self.data_type.size() {
            0 => LARGEST_CHUNK,
            size => values.saturating_mul(size).saturating_mul(2).saturating_add(1 << 20),
        };
        if length <= most as u64 {
            Ok(())
        } else {
            Err(self.broken(key, format!("shard index claims a chunk of {length} bytes")))
        }
    }
}

/// The chunk's extent, the sharding if the only codec is one, and the chunk's codec.
pub(super) fn layout(metadata: &ArrayMetadata, fill: &Buffer) -> (Vec<usize>, Option<Sharding>, Result<Codec, String>) {
    let whole = metadata.chunk_shape.clone();
    let (stored, order) = (&metadata.stored, metadata.order);
    if let Some(obstacle) = &metadata.obstacle {
        return (whole, None, Err(obstacle.clone()));
    }
    if let DataType::Opaque(what) = stored.data_type() {
        return (whole, None, Err(format!("values of type '{what}' are not read")));
    }
    match metadata.codecs.as_slice() {
        [only] if only.name == "sharding_indexed" => match Sharding::parse(only, &whole) {
            Ok((chunk, codecs, sharding)) => {
                let codec = Codec::new(&codecs, stored, order, &chunk, fill);
                (chunk, Some(sharding), codec)
            }
            Err(what) => (whole, None, Err(what)),
        },
        codecs => {
            let codec = Codec::new(codecs, stored, order, &whole, fill);
            (whole, None, codec)
        }
    }
}

impl LazyArray for ZarrArray {
    fn data_type(&self) -> &DataType {
        &self.data_type
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        let at = |extents: &[usize]| extents.get(axis).copied().unwrap_or(0);
        Starts::regular(at(&self.shape), at(&self.chunk))
    }

    fn read_bytes(&self, region: &Region) -> usize {
        // A chunk as stored, on its way through the codecs, and decoded.
        let chunk = Region::whole(&self.chunk).bytes(&self.data_type);
        let stored = if self.sharding.is_some() { chunk.max(LONGEST_RUN as usize) } else { chunk };
        let own = if region.shape() == self.chunk { 0 } else { region.bytes(&self.data_type) };
        own.saturating_add(stored).saturating_add(chunk.saturating_mul(2))
    }

    fn unwritten(&self, region: &Region) -> Result<Option<String>> {
        for object in Grid::over(region, &self.object).iter() {
            if self.get(&self.keys.key(&object), ByteRange::Last(1))?.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(format!("variable '{}' in {}", self.name, self.tree.name())))
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        let codec = self.usable()?;
        if region.bytes(&self.data_type) > LARGEST_READ {
            let what =
                format!("{:?} values of '{}' at once are more than memory is trusted with", region.shape(), self.path);
            return Err(Error::data(what, self.tree.name()));
        }
        if region.is_empty() {
            return self.filled(region);
        }
        match &self.sharding {
            Some(sharding) => self.read_shards(codec, sharding, region),
            None => self.read_chunks(codec, region),
        }
    }

    fn stored_chunk(&self, region: &Region, wanted: Option<&str>) -> Result<Option<StoredChunk>> {
        let Some(format) = self.format.as_ref().filter(|f| wanted.is_none_or(|w| w == &***f)) else { return Ok(None) };
        if !region.fits(&self.shape) || region.is_empty() {
            return Ok(None);
        }
        let Some(index) = Grid::over(region, &self.chunk).only() else { return Ok(None) };
        if Region::of_chunk(&index, &self.chunk, &self.shape) != *region {
            return Ok(None);
        }
        let bytes = self.get(&self.keys.key(&index), ByteRange::All)?;
        Ok(bytes.map(|bytes| StoredChunk { bytes, format: Arc::clone(format), filter_mask: 0 }))
    }
}

/// The chunks that a non-empty region touches.
struct Grid {
    first: Vec<usize>,
    counts: Vec<usize>,
}

impl Grid {
    fn over(region: &Region, chunk: &[usize]) -> Self {
        let ranges = || region.ranges().iter().zip(chunk);
        let first: Vec<usize> = ranges().map(|(r, &c)| r.start / c.max(1)).collect();
        let last = ranges().map(|(r, &c)| r.end.div_ceil(c.max(1)));
        let counts = last.zip(&first).map(|(l, &f)| l.saturating_sub(f)).collect();
        Self { first, counts }
    }

    /// The one chunk, if it is one.
    fn only(&self) -> Option<Vec<usize>> {
        self.counts.iter().all(|&n| n == 1).then(|| self.first.clone())
    }

    /// All of them in C order.
    fn iter(&self) -> impl Iterator<Item = Vec<usize>> + '_ {
        let total = count(&self.counts).unwrap_or(usize::MAX);
        (0..total).map(|mut number| {
            let mut index = self.first.clone();
            for (i, &n) in index.iter_mut().zip(&self.counts).rev() {
                *i += number % n.max(1);
                number /= n.max(1);
            }
            index
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_counts_in_c_order() {
        let grid = Grid::over(&Region::new(vec![3..7, 0..2]), &[3, 2]);
        assert_eq!(grid.iter().collect::<Vec<_>>(), [[1, 0], [2, 0]]);
        assert_eq!(grid.only(), None);
        assert_eq!(Grid::over(&Region::whole(&[]), &[]).only(), Some(vec![]));
    }
}
