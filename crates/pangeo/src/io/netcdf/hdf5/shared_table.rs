//! Messages shared by many objects in a table of the file (rare; netCDF-C never writes them).
//! Format: HDF5 File Format Specification, III.G "Shared Object Header Message Table".

use hdf5_reader::Storage;
use hdf5_reader::error::{Error as ParseError, Result as Parse};
use hdf5_reader::fractal_heap::FractalHeap;
use hdf5_reader::io::Cursor;
use hdf5_reader::messages::{MSG_SHARED_TABLE, shared_table};

use super::file::File;
use super::header;

/// The bytes of the shared message of type `kind` under `heap_id`.
pub(super) fn lookup(file: &File, kind: u16, heap_id: &[u8]) -> Parse<Vec<u8>> {
    let missing = || ParseError::InvalidData("table of shared messages is missing".into());
    let extension = header::read(file, file.extension.ok_or_else(missing)?)?;
    let message = extension.first(MSG_SHARED_TABLE).ok_or_else(missing)?;
    let (offsets, lengths) = (file.offset_size, file.length_size);
    let table = shared_table::parse(&mut Cursor::new(&message.body), offsets, lengths, message.body.len())?;
    let entry = 16 + 2 * usize::from(offsets);
    let bytes = file.read_range(table.table_address, 4 + usize::from(table.num_indices) * entry)?;
    let indexes = bytes.strip_prefix(b"SMTB").ok_or_else(missing)?;
    for index in indexes.chunks_exact(entry) {
        let mut cursor = Cursor::new(index);
        cursor.skip(2)?;
        let kinds = cursor.read_u16_le()?;
        cursor.skip(12 + usize::from(offsets))?;
        let heap = cursor.read_offset(offsets)?;
        if kinds & 1u16.checked_shl(u32::from(kind)).unwrap_or(0) != 0 && !file.is_undefined(heap) {
            let heap = FractalHeap::parse_at_storage(file, heap, offsets, lengths)?;
            return heap.get_object_storage(heap_id, file, offsets, lengths);
        }
    }
    Err(missing())
}
