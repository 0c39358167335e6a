//! The text that says how a chunk's bytes are to be read.

use crate::model::{ByteOrder, DataType};

/// The canonical name of a chunk format: type with byte order, full chunk shape, filters in the
/// order of the pipeline. Levels do not matter for reading and are left out.
pub(super) fn chunk_format(data_type: &DataType, order: ByteOrder, chunk: &[usize], filters: &[&str]) -> String {
    let order = match order {
        _ if data_type.size() <= 1 => '|',
        ByteOrder::Little => '<',
        ByteOrder::Big => '>',
    };
    let kind = match data_type {
        DataType::Char => 'S',
        t if t.is_float() => 'f',
        DataType::U8 | DataType::U16 | DataType::U32 | DataType::U64 => 'u',
        _ => 'i',
    };
    let chunk = chunk.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let mut text = format!("hdf5 {order}{kind}{} ({chunk})", data_type.size());
    for filter in filters {
        text.push(' ');
        text.push_str(filter);
    }
    text
}
