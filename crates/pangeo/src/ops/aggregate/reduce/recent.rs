//! Pieces of an array that are kept for a while, for readers who come to them again.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::Result;
use crate::model::{Array, Block, Region, RegionTiles, Starts};

/// An array with the pieces of it that were read last.
#[derive(Debug)]
pub(super) struct Recent {
    array: Array,
    /// Bytes of pieces that are kept.
    room: usize,
    /// The last used one behind.
    pieces: Mutex<Vec<Piece>>,
}

/// A piece; who comes while it is read waits for it.
#[derive(Debug, Clone)]
struct Piece {
    region: Region,
    block: Arc<Mutex<Option<Arc<Block>>>>,
}

impl Recent {
    /// `array` with room for so many bytes; nothing is kept of one that costs nothing to read again.
    pub(super) fn new(array: Array, room: usize) -> Self {
        let room = if array.divisible() { 0 } else { room };
        Self { array, room, pieces: Mutex::default() }
    }

    /// The values of `region`.
    ///
    /// # Errors
    /// As [`crate::model::LazyArray::read`].
    pub(super) fn read(&self, region: &Region) -> Result<Block> {
        let Some(mut whole) = Block::zeros(self.array.data_type(), region.shape()).filter(|_| self.room > 0) else {
            return self.array.read(region);
        };
        let origin = region.start();
        let starts: Vec<Starts> = (0..region.ranges().len()).map(|axis| self.array.chunk_starts(axis)).collect();
        for tile in RegionTiles::new(&around(region, &starts, self.array.shape()), &starts).iter() {
            let wanted = tile.intersection(region);
            if wanted.is_empty() {
                continue;
            }
            let block = self.piece(&tile)?;
            let at = wanted.relative_to(&origin).start();
            if whole.paste(&at, &block, &wanted.relative_to(&tile.start())).is_none() {
                return self.array.read(region);
            }
        }
        Ok(whole)
    }

    /// A whole piece, read or kept.
    fn piece(&self, region: &Region) -> Result<Arc<Block>> {
        let slot = self.slot(region);
        let mut block = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*block {
            return Ok(Arc::clone(known));
        }
        let read = Arc::new(self.array.read(region)?);
        *block = Some(Arc::clone(&read));
        Ok(read)
    }

    /// The place of a piece, which becomes the last used; those used longest ago go where there is no room.
    fn slot(&self, region: &Region) -> Arc<Mutex<Option<Arc<Block>>>> {
        let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pieces.iter().position(|p| p.region == *region).map(|at| pieces.remove(at));
        let piece = known.unwrap_or_else(|| Piece { region: region.clone(), block: Arc::default() });
        pieces.push(piece.clone());
        let bytes = |piece: &Piece| piece.region.bytes(self.array.data_type());
        let mut held = pieces.iter().map(bytes).fold(0, usize::saturating_add);
        let mut go = 0;
        while held > self.room && go + 1 < pieces.len() {
            held -= pieces.get(go).map_or(0, bytes).min(held);
            go += 1;
        }
        pieces.drain(..go);
        piece.block
    }
}

/// `region` as far as the pieces reach that it touches.
fn around(region: &Region, starts: &[Starts], shape: &[usize]) -> Region {
    let whole = |((range, starts), &extent): ((&Range<usize>, &Starts), &usize)| {
        let last = range.end.saturating_sub(1).max(range.start);
        let begin = starts.get(starts.piece_of(range.start).saturating_sub(1)).unwrap_or(0);
        begin..starts.get(starts.piece_of(last)).unwrap_or(extent)
    };
    Region::new(region.ranges().iter().zip(starts).zip(shape).map(whole).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::array::Memory;
    use crate::model::{Buffer, DataType, LazyArray};

    /// Counts how often it is read.
    #[derive(Debug)]
    struct Counting(Array, Mutex<usize>);

    impl LazyArray for Counting {
        fn data_type(&self) -> &DataType {
            self.0.data_type()
        }
        fn shape(&self) -> &[usize] {
            self.0.shape()
        }
        fn chunk_starts(&self, axis: usize) -> Starts {
            Starts::regular(self.shape()[axis], [2, 3][axis])
        }
        fn read(&self, region: &Region) -> Result<Block> {
            *self.1.lock().unwrap() += 1;
            self.0.read(region)
        }
    }

    #[test]
    fn every_piece_is_read_once_while_there_is_room() {
        let block = Block::new(vec![7, 5], Buffer::I32((0..35).collect())).unwrap();
        for (room, reads) in [(1 << 20, 8), (48, 16), (0, 5)] {
            let counting = Arc::new(Counting(Memory::array(block.clone()), Mutex::default()));
            let recent = Recent::new(Arc::clone(&counting) as Array, room);
            for step in 0..5 {
                let region = Region::new(vec![step..step + 3, 0..5]);
                assert_eq!(recent.read(&region).unwrap(), block.slice(&region).unwrap(), "{room} {step}");
            }
            assert_eq!(*counting.1.lock().unwrap(), reads, "{room} bytes");
        }
    }
}
