//! The name of a chunk's encoding: two chunks of equal name decode alike, so that one may be
//! copied for the other without decoding.

use std::fmt::Write;
use std::sync::Arc;

use crate::model::{ByteOrder, DataType};

/// The name of an encoding, for instance `hdf5 <f4 (1,721,1440) shuffle deflate`.
///
/// `chunk_shape` is the full extent of a chunk (chunks at the edge are stored whole), `filters` the
/// names of [`crate::io::codec::Filter::name`] in the order in which they are applied, with the level of
/// compression behind a colon where that matters ([`crate::model::StoredChunk::fits`]): any level decodes
/// alike. `None` for texts of any length and opaque values, whose bytes do not stand for themselves.
pub fn chunk_format(
    data_type: &DataType,
    byte_order: ByteOrder,
    chunk_shape: &[usize],
    filters: &[impl AsRef<str>],
) -> Option<Arc<str>> {
    let kind = match data_type {
        DataType::I8 | DataType::I16 | DataType::I32 | DataType::I64 => 'i',
        DataType::U8 | DataType::U16 | DataType::U32 | DataType::U64 => 'u',
        DataType::F32 | DataType::F64 => 'f',
        DataType::Char => 'S',
        DataType::String | DataType::Opaque(_) => return None,
    };
    let order = match (data_type.size(), byte_order) {
        (1, _) => '|',
        (_, ByteOrder::Little) => '<',
        (_, ByteOrder::Big) => '>',
    };
    let shape: Vec<String> = chunk_shape.iter().map(usize::to_string).collect();
    let mut name = format!("hdf5 {order}{kind}{} ({})", data_type.size(), shape.join(","));
    for filter in filters {
        // Writing to a text cannot fail.
        let _ = write!(name, " {}", filter.as_ref());
    }
    Some(name.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::StoredChunk;

    #[test]
    fn spells_type_order_shape_and_filters() {
        let name = |t: &DataType, order, shape: &[usize], filters: &[&str]| {
            chunk_format(t, order, shape, filters).map(|n| n.to_string())
        };
        let t2m = name(&DataType::F32, ByteOrder::Little, &[1, 721, 1440], &["shuffle", "deflate"]);
        assert_eq!(t2m.as_deref(), Some("hdf5 <f4 (1,721,1440) shuffle deflate"));
        let deep = name(&DataType::F32, ByteOrder::Little, &[2], &["shuffle", "deflate:9"]).unwrap();
        let fits = |wanted: &str| StoredChunk::fits(&deep, &format!("hdf5 <f4 (2) {wanted}"));
        assert!(fits("shuffle deflate") && fits("shuffle deflate:9"));
        assert!(!fits("shuffle deflate:1") && !fits("deflate") && !fits("shuffle deflate fletcher32"));
        assert_eq!(name(&DataType::Char, ByteOrder::Big, &[8], &[]).as_deref(), Some("hdf5 |S1 (8)"));
        assert_eq!(name(&DataType::String, ByteOrder::Little, &[8], &[]), None);
    }
}
