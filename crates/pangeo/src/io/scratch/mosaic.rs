//! An array whose boxes are arrays of their own.

use std::sync::Arc;

use crate::model::array::{misfit, no_memory};
use crate::model::{Array, Block, DataType, LazyArray, Region, RegionTiles, Starts};
use crate::{Error, Result};

/// One box.
#[derive(Debug)]
pub(super) struct Tile {
    /// Its values, and maybe others before them.
    pub array: Array,
    /// Where the array begins.
    pub origin: Vec<usize>,
}

/// Boxes on a grid, each an array of its own.
#[derive(Debug)]
pub(super) struct Mosaic {
    data_type: DataType,
    shape: Vec<usize>,
    boxes: Vec<Starts>,
    /// Where the chunks of all boxes begin.
    chunks: Vec<Starts>,
    /// In C order.
    tiles: Vec<Tile>,
}

impl Mosaic {
    /// An array of `shape` whose `tiles`, in C order, begin at `boxes`; chunks of `chunk` begin at multiples of that
    /// and with each box.
    pub(super) fn array(
        data_type: &DataType,
        shape: &[usize],
        boxes: &[Starts],
        chunk: &[usize],
        tiles: Vec<Tile>,
    ) -> Array {
        let chunks = boxes.iter().zip(shape.iter().zip(chunk)).map(|(boxes, (&n, &c))| {
            if c < boxes.longest() { boxes.merged(&Starts::regular(n, c)) } else { boxes.clone() }
        });
        let chunks = chunks.collect();
        Arc::new(Self { data_type: data_type.clone(), shape: shape.to_vec(), boxes: boxes.to_vec(), chunks, tiles })
    }

    /// The values of a region inside one box.
    fn within(&self, part: &Region) -> Result<Block> {
        let number = part.start().iter().zip(&self.boxes).fold(0_usize, |n, (&at, boxes)| {
            n.saturating_mul(boxes.len()).saturating_add(boxes.piece_of(at).saturating_sub(1))
        });
        let tile = self.tiles.get(number).ok_or_else(|| Error::data("internal: a box is lost", "scratch"))?;
        tile.array.read(&part.relative_to(&tile.origin))
    }
}

impl LazyArray for Mosaic {
    fn data_type(&self) -> &DataType {
        &self.data_type
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        self.chunks.get(axis).cloned().unwrap_or_else(|| Starts::whole(0))
    }

    fn read_bytes(&self, region: &Region) -> usize {
        let chunk: Vec<usize> = self.chunks.iter().map(Starts::longest).collect();
        let chunk = Region::whole(&chunk).bytes(&self.data_type);
        // The values, their chunks as stored; a chunk on its way through the codecs, and decoded.
        region.bytes(&self.data_type).saturating_add(chunk).saturating_mul(2)
    }

    fn unwritten(&self, _: &Region) -> Result<Option<String>> {
        Ok(None)
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        let parts = RegionTiles::new(region, &self.boxes);
        if parts.len() == 1 {
            return self.within(region);
        }
        let lost = || no_memory(region, "scratch");
        let mut block = Block::zeros(&self.data_type, region.shape()).ok_or_else(lost)?;
        let origin = region.start();
        for part in parts.iter() {
            let values = self.within(&part)?;
            block
                .paste(&part.relative_to(&origin).start(), &values, &Region::whole(values.shape()))
                .ok_or_else(lost)?;
        }
        Ok(block)
    }
}
