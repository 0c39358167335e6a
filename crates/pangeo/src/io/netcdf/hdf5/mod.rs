//! netCDF-4: HDF5 files read without the C library.
//!
//! Opening reads the headers of all objects and makes of them what netCDF-C would report; any
//! other HDF5 file opens too, its dimensions made up. Structures are parsed with the crate
//! `hdf5-reader`'s low-level modules, envelope by envelope, so that one exotic attribute does not
//! hide a file. Values are read by the chunk: the index of a variable's chunks is read once, then
//! each read fetches bytes, undoes filters ([`crate::io::codec`]) and places values, without a lock.
//!
//! | file | holds |
//! |---|---|
//! | `file`, `header`, `links`, `heap`, `shared_table` | the file's structures |
//! | `types`, `attribute`, `object` | types, attributes, datasets |
//! | `tree`, `dims`, `variable` | netCDF's groups, dimensions, variables |
//! | `chunk_index`, `pieces`, `place`, `decode`, `array` | values |
//! | [`mod@chunk_format`] | names of chunk encodings |

mod array;
mod attribute;
pub mod chunk_format;
mod chunk_index;
mod decode;
mod dims;
mod file;
mod header;
mod heap;
mod large;
mod links;
mod object;
mod pieces;
mod place;
mod shared_table;
#[cfg(test)]
mod tests;
mod tree;
mod types;
mod variable;

use std::sync::Arc;

pub use chunk_format::chunk_format;

use self::file::File;
use crate::Result;
use crate::io::ByteSource;
use crate::model::Dataset;

/// Whether a file that begins with `head` is HDF5. (Files with a user block in front are found by
/// [`sniff_source`] only.)
pub fn sniff(head: &[u8]) -> bool {
    file::is_signature(head)
}

/// Whether an object is HDF5, perhaps behind a user block: looks at bytes 0, 512, 1024, 2048, ….
pub fn sniff_source(bytes: &dyn ByteSource) -> bool {
    file::find_superblock(bytes).is_ok_and(|found| found.is_some())
}

/// Open a netCDF-4 (or other HDF5) file. Reads metadata only; values are read on demand.
///
/// # Errors
/// [`crate::Error::Malformed`] when the file is not HDF5, damaged or cut short; whatever `bytes` reports
/// when it can't be read.
pub fn open(bytes: Arc<dyn ByteSource>) -> Result<Dataset> {
    let name = bytes.name().to_owned();
    file::guarded(&name, || {
        let file = Arc::new(File::open(bytes)?);
        let tree = tree::read(&file).map_err(|e| file.error(&e))?;
        let dataset = variable::dataset(&file, tree);
        file.forget_blocks();
        Ok(dataset)
    })
}
