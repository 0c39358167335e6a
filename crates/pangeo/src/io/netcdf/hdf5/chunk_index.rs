//! Where each chunk of a dataset lies, whatever the kind of index.

use hdf5_reader::Storage;
use hdf5_reader::btree_v1::{BTreeV1Key, collect_btree_v1_leaves_storage};
use hdf5_reader::chunk_index::{ChunkEntry, collect_implicit_chunk_entries, collect_v2_chunk_entries_storage};
use hdf5_reader::error::{Error as ParseError, Result as Parse};
use hdf5_reader::extensible_array::collect_extensible_array_chunk_entries_storage;
use hdf5_reader::fixed_array::collect_fixed_array_chunk_entries_storage;
use hdf5_reader::messages::layout::ChunkIndexing;

use super::file::File;
use super::object::{Chunked, Object};

/// Where one chunk lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The chunk's position in C order among all that the extent needs.
    pub(super) number: u64,
    pub(super) address: u64,
    /// Stored bytes.
    pub(super) size: u64,
    /// Bit *i* set when filter *i* was skipped.
    pub(super) skipped: u32,
}

/// All chunks that are stored, by number.
#[derive(Debug, Default)]
pub(super) struct ChunkIndex(Vec<Place>);

impl ChunkIndex {
    /// The chunk `number`; `None` if it was never written.
    pub(super) fn get(&self, number: u64) -> Option<&Place> {
        let at = self.0.binary_search_by_key(&number, |p| p.number).ok()?;
        self.0.get(at)
    }

    /// Read the whole index of a dataset stored in chunks.
    pub(super) fn read(file: &File, object: &Object, chunks: &Chunked) -> Parse<Self> {
        let Some(address) = chunks.address else {
            return Ok(Self::default());
        };
        let entries = entries(file, object, chunks, address)?;
        let counts: Vec<u64> =
            object.extent.iter().zip(&chunks.shape).map(|(&n, &c)| n.div_ceil(c.max(1)) as u64).collect();
        let mut places = Vec::with_capacity(entries.len());
        for entry in entries {
            if file.is_undefined(entry.address) {
                continue;
            }
            let Some(number) = number(&entry.offsets, &chunks.shape, &counts)? else { continue };
            let size = if entry.size == 0 { chunks.bytes as u64 } else { entry.size };
            places.push(Place { number, address: entry.address, size, skipped: entry.filter_mask });
        }
        places.sort_by_key(|p| p.number);
        places.dedup_by_key(|p| p.number);
        Ok(Self(places))
    }
}

/// A chunk's number; `None` when it lies beyond the extent, as after a dataset was made smaller.
fn number(offsets: &[u64], shape: &[usize], counts: &[u64]) -> Parse<Option<u64>> {
    let mut number = 0u64;
    for ((d, &chunk), &count) in shape.iter().enumerate().zip(counts) {
        let offset = offsets.get(d).copied().unwrap_or(0);
        if !offset.is_multiple_of(chunk.max(1) as u64) {
            return Err(ParseError::InvalidData(format!("chunk begins at {offset}, off the grid of {chunk}")));
        }
        let index = offset / chunk.max(1) as u64;
        if index >= count {
            return Ok(None);
        }
        number = number.saturating_mul(count).saturating_add(index);
    }
    Ok(Some(number))
}

fn entries(file: &File, object: &Object, chunks: &Chunked, address: u64) -> Parse<Vec<ChunkEntry>> {
    let (offsets, lengths) = (file.offset_size, file.length_size);
    let rank = object.extent.len();
    let extent: Vec<u64> = object.extent.iter().map(|&n| n as u64).collect();
    let shape: Vec<u32> = chunks.shape.iter().map(|&n| u32::try_from(n).unwrap_or(u32::MAX)).collect();
    let only = |size: u64, filter_mask: u32| vec![ChunkEntry { address, size, filter_mask, offsets: vec![0; rank] }];
    match &chunks.index {
        None => b_tree(file, address, rank, &shape),
        Some(ChunkIndexing::SingleChunk { filtered_size, filters }) => Ok(only(*filtered_size, *filters)),
        Some(ChunkIndexing::Implicit) => {
            let size = object.value.size;
            collect_implicit_chunk_entries(address, &extent, &shape, size, None, Storage::len(file))
        }
        Some(ChunkIndexing::FixedArray { .. }) => {
            collect_fixed_array_chunk_entries_storage(file, address, offsets, lengths, &extent, &shape, None)
        }
        Some(ChunkIndexing::ExtensibleArray { .. }) => {
            let max = object.max_dims.as_deref();
            collect_extensible_array_chunk_entries_storage(file, address, offsets, lengths, &extent, max, &shape, None)
        }
        Some(ChunkIndexing::BTreeV2) => {
            collect_v2_chunk_entries_storage(file, address, offsets, lengths, rank as u32, &shape, None)
        }
    }
}

/// The B-tree of HDF5 before 1.10, still what netCDF-C writes.
fn b_tree(file: &File, address: u64, rank: usize, shape: &[u32]) -> Parse<Vec<ChunkEntry>> {
    let (offsets, lengths) = (file.offset_size, file.length_size);
    let leaves = collect_btree_v1_leaves_storage(file, address, offsets, lengths, Some(rank as u32), shape, None)?;
    let entries = leaves.into_iter().filter_map(|(key, address)| match key {
        BTreeV1Key::RawData { chunk_size, filter_mask, offsets } => {
            Some(ChunkEntry { address, size: u64::from(chunk_size), filter_mask, offsets })
        }
        BTreeV1Key::Group { .. } => None,
    });
    Ok(entries.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_numbered_in_c_order() {
        assert_eq!(number(&[10, 6], &[5, 3], &[4, 3]).unwrap(), Some(8));
        assert_eq!(number(&[20, 0], &[5, 3], &[4, 3]).unwrap(), None);
        assert!(number(&[4, 0], &[5, 3], &[4, 3]).is_err());
    }

    #[test]
    fn finds_what_is_stored_only() {
        let place = |number| Place { number, address: 100 * number, size: 1, skipped: 0 };
        let index = ChunkIndex(vec![place(0), place(7)]);
        assert_eq!(index.get(7), Some(&place(7)));
        assert_eq!(index.get(3), None);
    }
}
