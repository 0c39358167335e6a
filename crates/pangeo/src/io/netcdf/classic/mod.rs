//! netCDF classic (CDF-1), 64-bit offset (CDF-2) and CDF-5, read and written without the C library.
//!
//! The C library crashes on some broken headers of these formats, and takes a lock for each read;
//! the formats are simple enough to be had safely and in parallel. [`open`] reads the header and
//! answers with lazy arrays that fetch just the bytes they need; [`ClassicSink`] writes.

mod array;
mod cursor;
mod external;
mod header;
mod layout;
#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;

pub use header::{ClassicKind, Header, HeaderVariable, parse_header};
pub use layout::Layout;
pub use write::ClassicSink;

use self::array::ClassicArray;
use self::cursor::Stop;
use crate::io::store::ByteSource;
use crate::model::{Dataset, Encoding, Variable};
use crate::{Error, Result};

/// Bytes fetched first; most headers are shorter.
const FIRST_READ: u64 = 64 << 10;
/// Headers beyond this (half a million variables) are not read.
const LONGEST_HEADER: u64 = 64 << 20;

/// Whether a file that begins with `head` (four bytes are enough) is in one of the classic formats.
pub fn sniff(head: &[u8]) -> bool {
    ClassicKind::of(head).is_some()
}

/// Open a classic file: its header is read now, in growing steps, its values when they are asked for.
///
/// Values are as stored: packed, with fill values, texts as `char` arrays. Text attributes keep NULs
/// at their end. A file cut short opens; reading values that are not there fails.
///
/// # Errors
/// [`Error::Malformed`] when the header breaks the format's rules, or the source's errors.
#[allow(clippy::needless_pass_by_value)] // the arrays keep it
pub fn open(source: Arc<dyn ByteSource>) -> Result<Dataset> {
    let header = read_header(&*source)?;
    let variables = header.variables.into_iter().map(|variable| {
        let names = variable.dimensions.iter().filter_map(|&d| header.dimensions.get(d));
        Variable {
            dimensions: names.map(|d| d.name.clone()).collect(),
            attributes: variable.attributes,
            // The order of bytes is the format's, not a choice: nothing to be kept elsewhere.
            encoding: Encoding::default(),
            array: Arc::new(ClassicArray {
                source: Arc::clone(&source),
                name: variable.name.clone(),
                data_type: variable.data_type,
                layout: variable.layout,
            }),
            name: variable.name,
        }
    });
    let variables = variables.collect();
    Ok(Dataset {
        source: source.name().to_owned(),
        origin: header.kind.origin(),
        variables,
        dimensions: header.dimensions,
        attributes: header.attributes,
        groups: Vec::new(),
    })
}

fn read_header(source: &dyn ByteSource) -> Result<Header> {
    let len = source.len();
    let mut bytes: Vec<u8> = Vec::new();
    let mut wanted = FIRST_READ.min(len);
    loop {
        let more = source.read(bytes.len() as u64..wanted)?;
        bytes.extend_from_slice(&more);
        match header::parse(&bytes, len) {
            Ok(header) => return Ok(header),
            Err(Stop::Broken(what)) => return Err(Error::malformed(source.name(), what)),
            Err(Stop::More(least)) if least <= LONGEST_HEADER && wanted < len => {
                wanted = least.max(wanted.saturating_mul(4)).min(len);
            }
            Err(Stop::More(_)) => {
                return Err(Error::unsupported("a header of more than 64 MiB", source.name()));
            }
        }
    }
}
