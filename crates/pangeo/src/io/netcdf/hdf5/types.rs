//! The types of HDF5 as those of the model.
//!
//! Whole-width integers and IEEE floats become numbers, enumerations the integers beneath them,
//! one-byte texts characters, other texts strings. Everything else (compound, lists of any length,
//! references, half floats, …) is described, not read.

use hdf5_reader::error::Result as Parse;
use hdf5_reader::io::Cursor;
use hdf5_reader::messages::datatype;
use hdf5_reader::{ByteOrder as Order, Datatype, EnumMember, StringSize, VarLenKind};

use crate::io::codec::{Decoded, typed};
use crate::model::{Buffer, ByteOrder, DataType, Enumeration};

/// The last class of types that is known (array).
const NEWEST_CLASS: u8 = 10;

/// How texts are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// So many bytes each.
    Fixed(usize),
    /// References into a global heap.
    Variable,
}

/// A type of values in a file.
#[derive(Debug, Clone)]
pub(super) struct ValueType {
    /// What the model makes of it.
    pub(super) data_type: DataType,
    /// Bytes of a value in the file.
    pub(super) size: usize,
    pub(super) order: ByteOrder,
    /// Set for texts (and for characters).
    pub(super) text: Option<Text>,
    /// Set for enumerations; the name is filled in by whoever knows the named types.
    pub(super) enumeration: Option<Enumeration>,
}

/// Parse the bytes of a datatype message.
pub(super) fn parse(bytes: &[u8]) -> Parse<ValueType> {
    if bytes.first().is_some_and(|b| b & 0x0f > NEWEST_CLASS) {
        return Ok(unknown(bytes));
    }
    let message = datatype::parse(&mut Cursor::new(bytes), bytes.len())?;
    let plain = is_plain(bytes);
    let mut parsed = ValueType {
        data_type: DataType::Opaque(describe(&message.datatype)),
        size: message.size as usize,
        order: ByteOrder::Little,
        text: None,
        enumeration: None,
    };
    match &message.datatype {
        Datatype::String { size: StringSize::Fixed(1), .. } => {
            parsed.data_type = DataType::Char;
            parsed.text = Some(Text::Fixed(1));
        }
        Datatype::String { size: StringSize::Fixed(n), .. } => {
            parsed.data_type = DataType::String;
            parsed.text = Some(Text::Fixed(*n as usize));
        }
        Datatype::String { .. } | Datatype::VarLen { kind: VarLenKind::String, .. } => {
            parsed.data_type = DataType::String;
            parsed.text = Some(Text::Variable);
        }
        Datatype::Enum { base, members } => {
            let beneath = bytes.get(8..).is_some_and(is_plain);
            if let Some((data_type, order)) = number(base).filter(|(t, _)| beneath && t.is_integer()) {
                parsed.enumeration = enumeration(members, &data_type, order);
                (parsed.data_type, parsed.order) = (data_type, order);
            }
        }
        simple => {
            if let Some((data_type, order)) = number(simple).filter(|_| plain) {
                (parsed.data_type, parsed.order) = (data_type, order);
            }
        }
    }
    Ok(parsed)
}

/// A type of a class that came after this was written.
fn unknown(bytes: &[u8]) -> ValueType {
    let size = bytes.get(4..).and_then(|b| b.first_chunk::<4>()).map_or(1, |b| u32::from_le_bytes(*b));
    let class = bytes.first().map_or(0, |b| b & 0x0f);
    ValueType {
        data_type: DataType::Opaque(format!("type of unknown class {class}")),
        size: size as usize,
        order: ByteOrder::Little,
        text: None,
        enumeration: None,
    }
}

/// The number type and byte order of an integer or float of a size that the model has.
fn number(datatype: &Datatype) -> Option<(DataType, ByteOrder)> {
    let (data_type, order) = match datatype {
        Datatype::FixedPoint { size, signed, byte_order } => {
            let data_type = match (size, signed) {
                (1, true) => DataType::I8,
                (1, false) => DataType::U8,
                (2, true) => DataType::I16,
                (2, false) => DataType::U16,
                (4, true) => DataType::I32,
                (4, false) => DataType::U32,
                (8, true) => DataType::I64,
                (8, false) => DataType::U64,
                _ => return None,
            };
            (data_type, byte_order)
        }
        Datatype::FloatingPoint { size: 4, byte_order } => (DataType::F32, byte_order),
        Datatype::FloatingPoint { size: 8, byte_order } => (DataType::F64, byte_order),
        _ => return None,
    };
    Some((data_type, if *order == Order::BigEndian { ByteOrder::Big } else { ByteOrder::Little }))
}

/// Whether an integer uses all its bits, or a float is that of IEEE 754: the only ones whose bytes
/// may be taken for the value. (Version, class and flags; size; then the layout of bits.)
fn is_plain(bytes: &[u8]) -> bool {
    let word =
        |at: usize| bytes.get(at..at + 2).map_or(0, |b| b.iter().rev().fold(0usize, |n, &b| n << 8 | b as usize));
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    let (size, offset, precision) = (word(4), word(8), word(10));
    let whole = offset == 0 && precision == 8 * size;
    match byte(0) & 0x0f {
        0 => whole,
        1 => {
            let layout = (byte(12), byte(13), byte(14), byte(15), word(16), word(18));
            let vax = byte(1) & 0x40 != 0;
            let ieee = match size {
                4 => layout == (23, 8, 0, 23, 127, 0),
                8 => layout == (52, 11, 0, 52, 1023, 0),
                _ => false,
            };
            whole && ieee && !vax
        }
        _ => false,
    }
}

fn enumeration(members: &[EnumMember], data_type: &DataType, order: ByteOrder) -> Option<Enumeration> {
    let bytes: Vec<u8> = members.iter().flat_map(|m| m.value.iter().copied()).collect();
    let values = numbers(&bytes, data_type, order)?;
    let names: Vec<String> = members.iter().map(|m| m.name.clone()).collect();
    let boolean = names == ["FALSE", "TRUE"];
    let name = if boolean { "bool" } else { "enum" }.to_owned();
    (values.len() == names.len()).then_some(Enumeration { name, names, values })
}

/// Numbers of a type from bytes that stand one after the other; `None` for other types.
pub(super) fn numbers(bytes: &[u8], data_type: &DataType, order: ByteOrder) -> Option<Buffer> {
    let count = bytes.len().checked_div(data_type.size())?;
    let mut buffer = Buffer::zeros(data_type, count)?;
    let decoded = Decoded { bytes, shuffled: false };
    if let Buffer::Char(out) = &mut buffer {
        typed::values(decoded, count, 0, order, out)?;
    } else {
        crate::with_numbers!(&mut buffer, out => typed::values(decoded, count, 0, order, out)?, return None);
    }
    Some(buffer)
}

/// A type in words.
pub(super) fn describe(datatype: &Datatype) -> String {
    match datatype {
        Datatype::FixedPoint { size, signed, .. } => number(datatype).map_or_else(
            || format!("{} of {size} bytes", if *signed { "integer" } else { "unsigned integer" }),
            |(t, _)| t.name().to_owned(),
        ),
        Datatype::FloatingPoint { size, .. } => {
            number(datatype).map_or_else(|| format!("float of {size} bytes"), |(t, _)| t.name().to_owned())
        }
        Datatype::String { size: StringSize::Fixed(n), .. } => format!("text of {n} bytes"),
        Datatype::String { .. } | Datatype::VarLen { kind: VarLenKind::String, .. } => "string".to_owned(),
        Datatype::Compound { fields, .. } => {
            let fields: Vec<String> = fields.iter().map(|f| format!("{}: {}", f.name, describe(&f.datatype))).collect();
            format!("compound {{{}}}", fields.join(", "))
        }
        Datatype::Array { base, dims } => format!("array {dims:?} of {}", describe(base)),
        Datatype::Enum { base, .. } => format!("enum of {}", describe(base)),
        Datatype::VarLen { base, .. } => format!("vlen of {}", describe(base)),
        Datatype::Opaque { size, tag } if tag.is_empty() => format!("opaque of {size} bytes"),
        Datatype::Opaque { size, tag } => format!("opaque of {size} bytes ({tag})"),
        Datatype::Reference { .. } => "reference".to_owned(),
        Datatype::Bitfield { size, .. } => format!("bitfield of {size} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A datatype message of the class, flags, size and properties given.
    fn message(class: u8, flags: u8, size: u32, properties: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x10 | class, flags, 0, 0];
        bytes.extend(size.to_le_bytes());
        bytes.extend(properties);
        bytes
    }

    #[test]
    fn integers_of_all_bits_are_numbers_others_are_not() {
        let int16 = parse(&message(0, 0x09, 2, &[0, 0, 16, 0])).unwrap();
        assert_eq!((int16.data_type, int16.order), (DataType::I16, ByteOrder::Big));
        let int12 = parse(&message(0, 0x08, 2, &[0, 0, 12, 0])).unwrap();
        assert!(matches!(int12.data_type, DataType::Opaque(_)));
    }

    #[test]
    fn half_floats_are_described_not_read() {
        let half = [0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0];
        assert_eq!(parse(&message(1, 0x20, 2, &half)).unwrap().data_type, DataType::Opaque("float of 2 bytes".into()));
        let single = [0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];
        assert_eq!(parse(&message(1, 0x20, 4, &single)).unwrap().data_type, DataType::F32);
    }

    #[test]
    fn texts_of_one_byte_are_characters() {
        assert_eq!(parse(&message(3, 0, 1, &[])).unwrap().data_type, DataType::Char);
        assert_eq!(parse(&message(3, 0, 9, &[])).unwrap().text, Some(Text::Fixed(9)));
    }
}
