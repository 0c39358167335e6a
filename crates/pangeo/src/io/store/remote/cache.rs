//! The blocks of a remote object that were read last: parsing metadata reads a few bytes here and there.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

/// Bytes in a block.
pub(super) const BLOCK: u64 = 64 << 10;
/// Blocks that are kept: 16 MiB an object.
const MOST: usize = 256;

/// Blocks by their number, the least recently used dropped first.
#[derive(Debug, Default)]
pub(super) struct Blocks(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// With the time of last use, by `clock`.
    blocks: HashMap<u64, (Bytes, u64)>,
    clock: u64,
}

impl Blocks {
    /// Keep `bytes`, which start at byte `at` of an object of `len` bytes: its whole blocks and the last one.
    pub(super) fn insert(&self, at: u64, bytes: &Bytes, len: u64) {
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { blocks, clock } = &mut *guard;
        let end = at.saturating_add(bytes.len() as u64);
        for number in at.div_ceil(BLOCK)..end.div_ceil(BLOCK) {
            let range = number * BLOCK..((number + 1) * BLOCK).min(len);
            if range.end > end || range.is_empty() {
                continue;
            }
            *clock += 1;
            let block = bytes.slice((range.start - at) as usize..(range.end - at) as usize);
            // A slice would keep all of a larger read in memory.
            let block = if bytes.len() as u64 > 4 * BLOCK { Bytes::copy_from_slice(&block) } else { block };
            blocks.insert(number, (block, *clock));
        }
        while blocks.len() > MOST {
            let Some(oldest) = blocks.iter().min_by_key(|(_, (_, used))| *used).map(|(number, _)| *number) else {
                break;
            };
            blocks.remove(&oldest);
        }
    }

    /// The bytes of `range`, if all of its blocks are here.
    pub(super) fn get(&self, range: &Range<u64>) -> Option<Bytes> {
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { blocks, clock } = &mut *guard;
        let mut joined = BytesMut::new();
        for number in range.start / BLOCK..range.end.div_ceil(BLOCK) {
            let (block, used) = blocks.get_mut(&number)?;
            *clock += 1;
            *used = *clock;
            let first = number * BLOCK;
            let within = range.start.max(first) - first..range.end.min(first + BLOCK) - first;
            if within.end > block.len() as u64 {
                return None;
            }
            let part = within.start as usize..within.end as usize;
            if range.start >= first && range.end <= first + BLOCK {
                return Some(block.slice(part));
            }
            joined.extend_from_slice(&block[part]);
        }
        Some(joined.freeze())
    }

    /// The blocks around `range` that are missing, from the first to the last, as a range of bytes.
    pub(super) fn missing(&self, range: &Range<u64>, len: u64) -> Option<Range<u64>> {
        let guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut missing =
            (range.start / BLOCK..range.end.div_ceil(BLOCK)).filter(|number| !guard.blocks.contains_key(number));
        let first = missing.next()?;
        let last = missing.next_back().unwrap_or(first);
        Some(first * BLOCK..((last + 1) * BLOCK).min(len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(len: u64) -> Bytes {
        (0..len).map(|i| (i / 1000) as u8).collect::<Vec<_>>().into()
    }

    #[test]
    fn what_was_read_is_had_again() {
        let (blocks, len) = (Blocks::default(), 2 * BLOCK + 100);
        let bytes = object(len);
        blocks.insert(0, &bytes.slice(..BLOCK as usize), len);
        assert_eq!(blocks.get(&(10..20)).unwrap(), bytes.slice(10..20));
        assert_eq!(blocks.get(&(BLOCK - 1..BLOCK + 1)), None);
        assert_eq!(blocks.missing(&(BLOCK - 1..BLOCK + 1), len), Some(BLOCK..2 * BLOCK));
        blocks.insert(BLOCK, &bytes.slice(BLOCK as usize..), len);
        let across = BLOCK - 5..2 * BLOCK + 100;
        assert_eq!(blocks.get(&across).unwrap(), bytes.slice(across.start as usize..across.end as usize));
        assert_eq!(blocks.missing(&across, len), None);
    }

    #[test]
    fn parts_of_blocks_are_not_kept() {
        let (blocks, len) = (Blocks::default(), 3 * BLOCK);
        let bytes = object(len);
        blocks.insert(10, &bytes.slice(10..(2 * BLOCK + 10) as usize), len);
        assert_eq!(blocks.missing(&(0..len), len), Some(0..len));
        assert!(blocks.get(&(BLOCK..2 * BLOCK)).is_some());
    }

    #[test]
    fn it_stays_bounded() {
        let blocks = Blocks::default();
        let len = 400 * BLOCK;
        let block = Bytes::from(vec![0; BLOCK as usize]);
        for number in 0..400 {
            blocks.insert(number * BLOCK, &block, len);
        }
        assert_eq!(blocks.0.lock().unwrap().blocks.len(), MOST);
        assert!(blocks.get(&(0..1)).is_none() && blocks.get(&(399 * BLOCK..400 * BLOCK)).is_some());
    }
}
