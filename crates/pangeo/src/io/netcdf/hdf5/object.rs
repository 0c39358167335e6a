//! A dataset of HDF5: what its header says about type, extent, storage and filters.

use hdf5_reader::error::{Error as ParseError, Result as Parse};
use hdf5_reader::io::Cursor;
use hdf5_reader::messages::layout::{ChunkIndexing, DataLayout};
use hdf5_reader::messages::{
    MSG_DATA_LAYOUT, MSG_DATASPACE, MSG_DATATYPE, MSG_EXTERNAL_FILES, MSG_FILL_VALUE, MSG_FILL_VALUE_OLD,
    MSG_FILTER_PIPELINE, dataspace, filter_pipeline, layout,
};

use super::attribute::{self, RawAttribute};
use super::file::File;
use super::header::{self, Header};
use super::types::{self, ValueType};
use crate::io::codec::{Filter, Pipeline};
use crate::model::{Buffer, count};

/// The largest chunk that HDF5 allows.
const MAX_CHUNK: u64 = u32::MAX as u64;
/// The most dimensions that HDF5 allows.
const MAX_RANK: usize = 32;

/// Where the values of a dataset are.
#[derive(Debug)]
pub(super) enum Layout {
    /// In the header itself.
    Compact(Vec<u8>),
    /// In one piece; `None` while nothing has been written.
    Contiguous(Option<u64>),
    /// In chunks behind an index.
    Chunked(Chunked),
    /// In a way that is not handled, in words.
    Refused(String),
}

/// Storage in chunks.
#[derive(Debug)]
pub(super) struct Chunked {
    /// The extent of a chunk.
    pub(super) shape: Vec<usize>,
    /// Bytes of a whole decoded chunk.
    pub(super) bytes: usize,
    /// The address of the index (or of the only chunk); `None` while nothing has been written.
    pub(super) address: Option<u64>,
    /// The kind of index; `None` is the B-tree of HDF5 before 1.10.
    pub(super) index: Option<ChunkIndexing>,
    /// Whether chunks that reach beyond the extent are stored without filters.
    pub(super) plain_edges: bool,
}

/// What stands where nothing has been written.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fill {
    /// The value, when the file's author set one.
    pub(super) value: Option<Buffer>,
    /// Whether the file leaves open what it is (HDF5 then returns whatever was in memory).
    pub(super) undefined: bool,
}

/// A dataset.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) value: ValueType,
    /// Its present extent.
    pub(super) extent: Vec<usize>,
    /// For each dimension, whether it may grow without limit.
    pub(super) unlimited: Vec<bool>,
    /// The largest extents, as the file holds them.
    pub(super) max_dims: Option<Vec<u64>>,
    pub(super) layout: Layout,
    pub(super) pipeline: Pipeline,
    pub(super) fill: Fill,
    pub(super) attributes: Vec<RawAttribute>,
    /// Whether its type is one that the file names.
    pub(super) named_type: bool,
}

impl Object {
    /// Whether a header is that of a dataset.
    pub(super) fn is(header: &Header) -> bool {
        header.has(MSG_DATASPACE) && header.has(MSG_DATATYPE)
    }

    /// Whether a header is that of a named type.
    pub(super) fn is_type(header: &Header) -> bool {
        header.has(MSG_DATATYPE) && !header.has(MSG_DATASPACE)
    }

    /// Read a dataset from its header.
    pub(super) fn read(file: &File, header: &Header) -> Parse<Self> {
        let missing = || ParseError::InvalidData("dataset without type, extent or layout".into());
        let datatype = header.first(MSG_DATATYPE).ok_or_else(missing)?;
        let value = types::parse(&header::body(file, datatype)?)?;
        let space = header::body(file, header.first(MSG_DATASPACE).ok_or_else(missing)?)?;
        let space = dataspace::parse(&mut Cursor::new(&space), file.offset_size, file.length_size, space.len())?;
        let null = space.dataspace_type == dataspace::DataspaceType::Null;
        let dims = if null { vec![0] } else { space.dims };
        let extent: Option<Vec<usize>> = dims.iter().map(|&d| usize::try_from(d).ok()).collect();
        let extent = extent.filter(|e| e.len() <= MAX_RANK && bytes_of(e, value.size.max(1)).is_some());
        let extent = extent.ok_or_else(|| ParseError::InvalidData("dataset larger than memory can be".into()))?;
        let max_dims = space.max_dims.filter(|m| m.len() == extent.len());
        let unlimited =
            max_dims.as_ref().map_or(vec![false; extent.len()], |m| m.iter().map(|&d| file.is_unlimited(d)).collect());
        Ok(Self {
            layout: read_layout(file, header, &extent, value.size).unwrap_or_else(|e| Layout::Refused(e.to_string())),
            pipeline: read_filters(file, header, value.size)?,
            fill: read_fill(file, header, &value),
            attributes: attribute::read_all(file, header)?,
            named_type: datatype.shared,
            value,
            extent,
            unlimited,
            max_dims,
        })
    }

    /// The attribute called `name`.
    pub(super) fn attribute(&self, name: &str) -> Option<&RawAttribute> {
        self.attributes.iter().find(|a| a.name == name)
    }
}

/// Bytes of an array, if they can be counted.
pub(super) fn bytes_of(shape: &[usize], size: usize) -> Option<usize> {
    count(shape)?.checked_mul(size).filter(|&n| isize::try_from(n).is_ok())
}

fn read_layout(file: &File, header: &Header, extent: &[usize], size: usize) -> Parse<Layout> {
    if header.has(MSG_EXTERNAL_FILES) {
        return Ok(Layout::Refused("values are in external files".into()));
    }
    let Some(message) = header.first(MSG_DATA_LAYOUT) else {
        return Ok(Layout::Contiguous(None));
    };
    let body = header::body(file, message)?;
    let byte = |i: usize| body.get(i).copied().unwrap_or(0);
    if byte(0) >= 3 && byte(1) == 3 {
        return Ok(Layout::Refused("virtual dataset: values are in other datasets".into()));
    }
    let parsed = if byte(0) < 3 {
        old_layout(file, &body)?
    } else {
        layout::parse(&mut Cursor::new(&body), file.offset_size, file.length_size, body.len())?.layout
    };
    let defined = |address: u64| (!file.is_undefined(address)).then_some(address);
    Ok(match parsed {
        DataLayout::Compact { data } => Layout::Compact(data),
        DataLayout::Contiguous { address, .. } => Layout::Contiguous(defined(address)),
        DataLayout::Chunked { address, dims, chunk_indexing, .. } => {
            // The size of a value follows the chunk's extents in some versions of the message.
            let shape: Vec<usize> = dims.iter().take(extent.len()).map(|&d| d as usize).collect();
            let bytes = bytes_of(&shape, size).filter(|&n| n > 0 && n as u64 <= MAX_CHUNK);
            match bytes.filter(|_| shape.len() == extent.len()) {
                Some(bytes) => Layout::Chunked(Chunked {
                    shape,
                    bytes,
                    address: defined(address),
                    index: chunk_indexing,
                    plain_edges: byte(0) >= 4 && byte(2) & 1 != 0,
                }),
                None => Layout::Refused(format!("chunks of {dims:?} values of {size} bytes break HDF5's rules")),
            }
        }
    })
}

/// The layout message of HDF5 before 1.6.3 (versions 1 and 2, which do not differ).
fn old_layout(file: &File, body: &[u8]) -> Parse<DataLayout> {
    let mut cursor = Cursor::new(body);
    cursor.skip(1)?;
    let (rank, class) = (cursor.read_u8()?, cursor.read_u8()?);
    cursor.skip(5)?;
    let address = if class == 0 { 0 } else { cursor.read_offset(file.offset_size)? };
    let dims = (0..rank).map(|_| cursor.read_u32_le()).collect::<Parse<Vec<u32>>>()?;
    match class {
        0 => {
            let size = cursor.read_u32_le()? as usize;
            Ok(DataLayout::Compact { data: cursor.read_bytes(size)?.to_vec() })
        }
        1 => Ok(DataLayout::Contiguous { address, size: 0 }),
        2 => Ok(DataLayout::Chunked { address, dims, element_size: 0, chunk_indexing: None }),
        other => Err(ParseError::UnsupportedLayoutClass(other)),
    }
}

fn read_filters(file: &File, header: &Header, size: usize) -> Parse<Pipeline> {
    let Some(message) = header.first(MSG_FILTER_PIPELINE) else {
        return Ok(Pipeline::default());
    };
    let body = header::body(file, message)?;
    let parsed = filter_pipeline::parse(&mut Cursor::new(&body), file.offset_size, file.length_size, body.len())?;
    let filters = parsed.filters.iter().map(|f| {
        let name = f.name.as_deref().map(|n| n.trim_end_matches('\0'));
        Filter::new(f.id, name, &f.client_data, size)
    });
    Ok(Pipeline::new(filters.collect(), size))
}

/// The fill value message, new or old; a damaged one counts as undefined.
fn read_fill(file: &File, header: &Header, value: &ValueType) -> Fill {
    let read = |kind: u16| header.first(kind).and_then(|m| header::body(file, m).ok());
    let (new, old) = (read(MSG_FILL_VALUE), read(MSG_FILL_VALUE_OLD));
    let bytes = match (&new, &old) {
        (Some(new), _) => parse_fill(new),
        (None, Some(old)) => Some((false, sized(old))),
        (None, None) => None,
    };
    let Some((never, bytes)) = bytes else {
        return Fill { value: None, undefined: true };
    };
    match bytes {
        Some(bytes) if !bytes.is_empty() && bytes.len() == value.size && value.text.is_none() => {
            Fill { value: types::numbers(bytes, &value.data_type, value.order), undefined: false }
        }
        Some(&[byte]) if value.data_type == crate::model::DataType::Char => {
            Fill { value: Some(Buffer::Char(vec![byte])), undefined: false }
        }
        Some(_) => Fill { value: None, undefined: never },
        None => Fill { value: None, undefined: true },
    }
}

/// Whether the fill value is never written, and its bytes: empty for the default of zeros, `None`
/// when it is undefined.
fn parse_fill(body: &[u8]) -> Option<(bool, Option<&[u8]>)> {
    match *body {
        [3, flags, ref rest @ ..] => {
            let never = (flags >> 2) & 3 == 1;
            let value = if flags & 0x20 != 0 { sized(rest) } else { (flags & 0x10 == 0).then_some(&[][..]) };
            Some((never, value))
        }
        [1, _, time, _, ref rest @ ..] => Some((time == 1, sized(rest))),
        [2, _, time, defined, ref rest @ ..] => {
            Some((time == 1, if defined == 0 { None } else { sized(rest).or(Some(&[][..])) }))
        }
        _ => None,
    }
}

/// Bytes behind their length in four bytes.
fn sized(body: &[u8]) -> Option<&[u8]> {
    let (length, rest) = body.split_first_chunk::<4>()?;
    rest.get(..u32::from_le_bytes(*length) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fill_messages_of_all_versions() {
        assert_eq!(parse_fill(&[2, 2, 2, 1, 2, 0, 0, 0, 7, 8]), Some((false, Some(&[7, 8][..]))));
        assert_eq!(parse_fill(&[2, 2, 1, 1, 0, 0, 0, 0]), Some((true, Some(&[][..]))));
        assert_eq!(parse_fill(&[2, 2, 2, 0]), Some((false, None)));
        assert_eq!(parse_fill(&[3, 0x2a, 1, 0, 0, 0, 9]), Some((false, Some(&[9][..]))));
        assert_eq!(parse_fill(&[3, 0x0a]), Some((false, Some(&[][..]))));
        assert_eq!(parse_fill(&[3, 0x16]), Some((true, None)));
        assert_eq!(parse_fill(&[9]), None);
    }

    #[test]
    fn arrays_beyond_the_address_space_are_not_counted() {
        assert_eq!(bytes_of(&[1 << 40, 1 << 40], 1), None);
        assert_eq!(bytes_of(&[3, 0], 8), Some(0));
    }
}
