//! Values on their way between two chunkings that memory cannot join in one pass.
//!
//! Maps become series of a whole archive only through something in between: where [`Engine::stream`] would decode the
//! input over and over, the values are written once to a Zarr store in a scratch folder, cut both ways, and streamed
//! from there. The first pass walks boxes of whole input chunks, as large as the budget allows, and makes an array of
//! each; its chunks are no longer along any dimension than the box or than a few chunks of the output, so that the
//! second pass finds what it needs of every box in chunks of its own. (The idea is that of rechunker, Pangeo 2020,
//! whose boxes and chunks form one regular grid; an array for each box allows any chunks, those of files of unequal
//! length among them.) The folder is removed when it has been read, and whatever else ends the run.

mod mosaic;

use std::io;
use std::path::Path;
use std::sync::Arc;

use self::mosaic::{Mosaic, Tile};
use super::staging::Temporary;
use super::store::{Atomic, DirectoryPlace, DirectoryTree};
use super::zarr::{self, Blueprint, Ground, ZarrSink};
use super::{Encoded, Sink};
use crate::engine::Engine;
use crate::model::array::Constant;
use crate::model::{
    Array, Attributes, Block, Buffer, Compression, DataType, Dataset, Dimension, Encoding, Origin, Region, RegionTiles,
    Starts, Variable, count,
};
use crate::{Error, Result};

/// An input that is decoded more often than this on the average goes through a scratch folder.
const OFTEN: f64 = 2.0;

/// The bytes of a file in the folder, about, before compression; less where memory is short.
const OBJECT: usize = 4 << 20;

/// Chunks shorter than this are no gain: reading one costs more than its values.
const SMALLEST_CHUNK: usize = 512;

/// How an array will lie in the scratch folder.
#[derive(Debug)]
pub(super) struct Detour {
    data_type: DataType,
    shape: Vec<usize>,
    /// Where the boxes of whole input chunks begin, along each dimension.
    boxes: Vec<Starts>,
    /// The extent of a chunk; along dimensions where it is no less than a box, a box is not cut.
    chunk: Vec<usize>,
    /// The bytes of a file, about.
    object: usize,
}

/// An array in the scratch folder.
#[derive(Debug)]
pub(super) struct Scratch {
    /// Its values.
    pub array: Array,
    /// Removed when dropped.
    _folder: Temporary,
}

impl Detour {
    /// The way of `array` to chunks of `chunk` if it leads through a scratch folder, `None` if one pass will do.
    ///
    /// # Errors
    /// For an array of more chunks than anybody can wait for.
    pub(super) fn new(array: &Array, chunk: &[usize], engine: &Engine) -> Result<Option<Self>> {
        let size = array.data_type().size();
        if size == 0 || array.divisible() || array.is_empty() || engine.decodes(array, chunk)? <= OFTEN {
            return Ok(None);
        }
        let shape = array.shape();
        let pieces: Vec<Starts> = (0..shape.len()).map(|axis| array.chunk_starts(axis)).collect();
        let piece = RegionTiles::new(&Region::whole(shape), &pieces).largest();
        let memory = engine.memory();
        let budget = memory.saturating_sub(array.read_bytes(&piece)).clamp(memory / 4, memory / 2) / size;
        let boxes = boxes(&pieces, chunk, budget);
        let longest: Vec<usize> = boxes.iter().map(Starts::longest).collect();
        // The second pass may have to do with slabs of a quarter: chunks that reach beyond one are decoded again.
        let chunk = inner(&longest, chunk, shape, memory / 4 / size);
        let values = count(&chunk.iter().zip(&longest).map(|(&c, &b)| c.min(b)).collect::<Vec<_>>());
        let worthwhile = values.is_some_and(|n| n.saturating_mul(size) >= SMALLEST_CHUNK);
        let object = OBJECT.min(memory / 16);
        let detour = Self { data_type: array.data_type().clone(), shape: shape.to_vec(), boxes, chunk, object };
        Ok(Some(detour).filter(|_| worthwhile))
    }

    /// The room that it takes on disk if nothing can be compressed.
    pub(super) fn bytes(&self) -> usize {
        count(&self.shape).unwrap_or(usize::MAX).saturating_mul(self.data_type.size())
    }

    /// Write the values of `array` to a new folder in `parent`.
    ///
    /// # Errors
    /// When the values can't be read, or the folder can't be written.
    pub(super) fn take(&self, array: &Array, parent: &Path, engine: &Engine) -> Result<Scratch> {
        let folder = Temporary::folder(parent).map_err(|e| Error::io("write scratch files in", parent, e))?;
        let tiles = RegionTiles::new(&Region::whole(&self.shape), &self.boxes);
        let parts: Vec<Part> = tiles.iter().map(|region| self.part(region)).collect();
        let blueprint = Arc::new(Blueprint::new(&self.dataset(&parts), 3)?);
        let place = Arc::new(DirectoryPlace::new(folder.path(), Atomic::No));
        let sink = ZarrSink::new(Arc::clone(&blueprint), place, Ground::New);
        let beside = array.read_bytes(&tiles.largest()).saturating_sub(tiles.largest().bytes(&self.data_type));
        for (number, part) in parts.iter().enumerate() {
            part.write(number, array, &sink, &blueprint, beside, engine)?;
            if !array.tells_progress() {
                engine.progress().advance(part.region.bytes(&self.data_type) as u64);
            }
        }
        Box::new(sink).finish()?;
        let store = zarr::open(Arc::new(DirectoryTree::open(folder.path())?))?;
        let tile = |(number, part): (usize, &Part)| {
            let array = Arc::clone(&store.require(&number.to_string())?.array);
            Ok(Tile { array, origin: part.origin.clone() })
        };
        let found = parts.iter().enumerate().map(tile).collect::<Result<Vec<_>>>()?;
        let array = Mosaic::array(&self.data_type, &self.shape, &self.boxes, &self.chunk, found);
        Ok(Scratch { array, _folder: folder })
    }

    /// The array that holds a box. Its chunks lie where those of the output do, which may begin before the box.
    fn part(&self, region: Region) -> Part {
        let axes = || region.ranges().iter().zip(&self.boxes).zip(&self.chunk);
        let cut = |boxes: &Starts, chunk: usize| chunk < boxes.longest();
        let origin: Vec<usize> =
            axes().map(|((r, b), &c)| if cut(b, c) { r.start / c.max(1) * c } else { r.start }).collect();
        let shape: Vec<usize> = region.ranges().iter().zip(&origin).map(|(r, o)| r.end.saturating_sub(*o)).collect();
        let extents = axes().zip(&shape).map(|(((_, b), &c), &n)| if cut(b, c) { c } else { n });
        let chunk: Vec<usize> = extents.map(|n| n.max(1)).collect();
        Part { region, origin, object: object(&chunk, &shape, self.data_type.size(), self.object), chunk, shape }
    }

    fn dataset(&self, parts: &[Part]) -> Dataset {
        let mut dataset = Dataset { source: "scratch".to_owned(), origin: Origin::Zarr(3), ..Dataset::default() };
        for (number, part) in parts.iter().enumerate() {
            let name = number.to_string();
            let dimensions: Vec<String> = (0..part.shape.len()).map(|axis| format!("{name}.{axis}")).collect();
            let named = dimensions.iter().zip(&part.shape);
            dataset.dimensions.extend(named.map(|(name, &length)| Dimension {
                name: name.clone(),
                length,
                unlimited: false,
            }));
            let encoding = Encoding {
                chunk_shape: Some(part.chunk.clone()),
                shard_shape: Some(part.object.clone()).filter(|object| *object != part.chunk),
                compression: Some(Compression::Blosc { codec: "lz4".to_owned(), level: 1 }),
                shuffle: self.data_type.size() > 1,
                ..Encoding::default()
            };
            let value = Buffer::zeros(&self.data_type, 1).unwrap_or(Buffer::U8(vec![0]));
            let array = Constant::array(value, part.shape.clone());
            dataset.variables.push(Variable { name, dimensions, attributes: Attributes::new(), encoding, array });
        }
        dataset
    }
}

/// A box of the input and the array that will hold it.
#[derive(Debug)]
struct Part {
    region: Region,
    /// Where the array begins: at the box, or before it.
    origin: Vec<usize>,
    shape: Vec<usize>,
    chunk: Vec<usize>,
    object: Vec<usize>,
}

impl Part {
    /// Read the box, each chunk of the input once, and write it.
    fn write(
        &self,
        number: usize,
        array: &Array,
        sink: &ZarrSink,
        blueprint: &Blueprint,
        beside: usize,
        engine: &Engine,
    ) -> Result<()> {
        let block = engine.gather(array, &self.region)?;
        let starts: Vec<Starts> =
            self.shape.iter().zip(blueprint.object_shape(number)).map(|(&n, &c)| Starts::regular(n, c)).collect();
        let objects = RegionTiles::new(&Region::whole(&self.shape), &starts);
        let index = |region: &Region| -> Vec<usize> {
            region.start().iter().zip(&starts).map(|(&at, s)| s.piece_of(at).saturating_sub(1)).collect()
        };
        let encode = |i: usize| -> Result<Encoded> {
            let region = objects.get(i);
            let values =
                self.values(&block, &region).ok_or_else(|| Error::data("internal: a box misfits", "scratch"))?;
            sink.encode(number, &index(&region), values)
        };
        // The values, each chunk encoded, and all of them together.
        let each = objects.largest().bytes(array.data_type()).saturating_mul(3);
        let window = engine.window_beside(block.bytes().saturating_add(beside), each);
        engine.ordered(objects.len(), window, encode, |i, encoded| sink.store(number, &index(&objects.get(i)), encoded))
    }

    /// The values of an object; zeros before the box.
    fn values(&self, block: &Block, object: &Region) -> Option<Block> {
        let lead: Vec<usize> =
            self.region.start().iter().zip(&self.origin).map(|(r, o)| r.saturating_sub(*o)).collect();
        let held = Region::new(lead.iter().zip(&self.shape).map(|(&l, &n)| l..n).collect());
        let common = object.intersection(&held);
        let from = common.relative_to(&lead);
        if common == *object {
            return block.slice(&from);
        }
        let mut values = Block::zeros(&block.data().data_type(), object.shape())?;
        values.paste(&common.relative_to(&object.start()).start(), block, &from)?;
        Some(values)
    }
}

/// Boxes of whole `pieces` of at most `budget` values (or one piece): as long as an output chunk first, then as long as
/// they can be.
fn boxes(pieces: &[Starts], chunk: &[usize], budget: usize) -> Vec<Starts> {
    let mut boxes = pieces.to_vec();
    for bound in [true, false] {
        for axis in (0..boxes.len()).rev() {
            let held = boxes.iter().map(Starts::longest).fold(1_usize, usize::saturating_mul).max(1);
            let (Some(starts), Some(&wanted)) = (boxes.get(axis), chunk.get(axis)) else { continue };
            let own = starts.longest();
            let most = own.saturating_mul(budget / held);
            let limit = if bound { most.min(wanted) } else { most };
            if limit <= own {
                continue;
            }
            let joined = pieces.get(axis).map(|starts| starts.joined(limit));
            if let (Some(place), Some(joined)) = (boxes.get_mut(axis), joined) {
                *place = joined;
            }
        }
    }
    boxes
}

/// The extent of a chunk in the folder: whole output chunks, as many as memory holds at once, but no more than a box.
fn inner(boxes: &[usize], chunk: &[usize], shape: &[usize], budget: usize) -> Vec<usize> {
    let mut inner: Vec<usize> = chunk.iter().zip(shape).map(|(&c, &n)| c.clamp(1, n.max(1))).collect();
    for axis in (0..inner.len()).rev() {
        let held = inner.iter().fold(1_usize, |n, &c| n.saturating_mul(c)).max(1);
        let (Some(&longest), Some(extent)) = (boxes.get(axis), inner.get_mut(axis)) else { continue };
        *extent = extent.saturating_mul((budget / held).min(longest / (*extent).max(1)).max(1));
    }
    inner
}

/// The extent of a file: whole chunks, last dimension first, of at most `bytes`, or one chunk.
fn object(chunk: &[usize], shape: &[usize], size: usize, bytes: usize) -> Vec<usize> {
    let mut object = chunk.to_vec();
    for axis in (0..object.len()).rev() {
        let held = object.iter().fold(size, |n, &c| n.saturating_mul(c)).max(1);
        let (Some(extent), Some(&length)) = (object.get_mut(axis), shape.get(axis)) else { continue };
        let chunks = length.div_ceil((*extent).max(1)).min(bytes / held).max(1);
        *extent = extent.saturating_mul(chunks);
    }
    object
}

/// What to say of an `error` of the folder, if it is that there is no room for `bytes`.
pub(super) fn explained(error: Error, parent: &Path, bytes: usize) -> Error {
    let full = |kind| matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    match error {
        Error::Io { path, source, .. } if full(source.kind()) && Path::new(&path).starts_with(parent) => {
            let what = format!("no room for scratch files, up to {} MB", bytes.div_ceil(1_000_000));
            Error::data(what, parent.display().to_string()).with_hint(
                "scratch files lie beside the output: write it where there is more room, or give more --memory",
            )
        }
        other => other,
    }
}

#[cfg(test)]
#[path = "scratch/tests.rs"]
mod tests;
