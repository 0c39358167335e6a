//! Global heaps: where texts and lists of any length are kept.

use std::collections::HashMap;

use hdf5_reader::error::{Error as ParseError, Result as Parse};
use hdf5_reader::global_heap::GlobalHeapCollection;
use hdf5_reader::io::Cursor;

use super::file::File;

/// Collections kept while one array is read.
const MAX_COLLECTIONS: usize = 64;

/// Looks up values of any length; keeps the collections it has read.
pub(super) struct Heap<'a> {
    file: &'a File,
    collections: HashMap<u64, GlobalHeapCollection>,
}

impl<'a> Heap<'a> {
    pub(super) fn new(file: &'a File) -> Self {
        Self { file, collections: HashMap::new() }
    }

    /// Bytes of one reference in the file.
    pub(super) fn reference_size(file: &File) -> usize {
        8 + usize::from(file.offset_size)
    }

    /// The number of elements and the bytes behind one reference; nothing for an empty one.
    pub(super) fn get(&mut self, reference: &[u8]) -> Parse<(usize, &[u8])> {
        let mut cursor = Cursor::new(reference);
        let count = cursor.read_u32_le()? as usize;
        let address = cursor.read_offset(self.file.offset_size)?;
        let index = cursor.read_u32_le()?;
        if address == 0 || index == 0 || count == 0 || self.file.is_undefined(address) {
            return Ok((0, &[]));
        }
        if !self.collections.contains_key(&address) {
            if self.collections.len() >= MAX_COLLECTIONS {
                self.collections.clear();
            }
            let (offsets, lengths) = (self.file.offset_size, self.file.length_size);
            let collection = GlobalHeapCollection::parse_at_storage(self.file, address, offsets, lengths)?;
            self.collections.insert(address, collection);
        }
        let index = u16::try_from(index).ok();
        let object = index.and_then(|i| self.collections.get(&address).and_then(|c| c.get_object(i)));
        let object =
            object.ok_or_else(|| ParseError::InvalidData(format!("global heap at {address} lacks an object")))?;
        Ok((count, &object.data))
    }

    /// The text behind one reference; bytes that are not UTF-8 are kept.
    pub(super) fn text(&mut self, reference: &[u8]) -> Parse<Vec<u8>> {
        let (count, bytes) = self.get(reference)?;
        Ok(trim_nul(bytes.get(..count).unwrap_or(bytes)).to_vec())
    }
}

/// Text without the NUL characters behind it.
pub(super) fn trim_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |i| i + 1);
    bytes.get(..end).unwrap_or(bytes)
}
