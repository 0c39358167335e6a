//! The external types of the classic formats: their codes and their big-endian bytes.

use crate::model::{Buffer, DataType};

/// The code of a type in a header (NUG, "file format specification": `nc_type`); `None` for types
/// that no classic format has.
pub(super) fn code(data_type: &DataType) -> Option<u32> {
    Some(match data_type {
        DataType::I8 => 1,
        DataType::Char => 2,
        DataType::I16 => 3,
        DataType::I32 => 4,
        DataType::F32 => 5,
        DataType::F64 => 6,
        DataType::U8 => 7,
        DataType::U16 => 8,
        DataType::U32 => 9,
        DataType::I64 => 10,
        DataType::U64 => 11,
        DataType::String | DataType::Opaque(_) => return None,
    })
}

/// The type with `code`; those above 6 exist in CDF-5 (`extended`) only.
pub(super) fn data_type(code: u32, extended: bool) -> Option<DataType> {
    Some(match code {
        1 => DataType::I8,
        2 => DataType::Char,
        3 => DataType::I16,
        4 => DataType::I32,
        5 => DataType::F32,
        6 => DataType::F64,
        7 if extended => DataType::U8,
        8 if extended => DataType::U16,
        9 if extended => DataType::U32,
        10 if extended => DataType::I64,
        11 if extended => DataType::U64,
        _ => return None,
    })
}

/// An empty buffer of a type with room for `len` values; `None` for texts, or when memory is short.
pub(super) fn with_capacity(data_type: &DataType, len: usize) -> Option<Buffer> {
    let mut buffer = Buffer::zeros(data_type, 0)?;
    crate::with_buffer!(&mut buffer, values => values.try_reserve_exact(len).ok())?;
    Some(buffer)
}

/// Append the values whose big-endian bytes are `bytes` (whole values). Nothing for texts.
pub(super) fn append(buffer: &mut Buffer, bytes: &[u8]) {
    macro_rules! swap {
        ($values:ident, $t:ty, $n:literal) => {
            $values.extend(bytes.as_chunks::<$n>().0.iter().map(|b| <$t>::from_be_bytes(*b)))
        };
    }
    match buffer {
        Buffer::I8(v) => swap!(v, i8, 1),
        Buffer::U8(v) | Buffer::Char(v) => v.extend_from_slice(bytes),
        Buffer::I16(v) => swap!(v, i16, 2),
        Buffer::U16(v) => swap!(v, u16, 2),
        Buffer::I32(v) => swap!(v, i32, 4),
        Buffer::U32(v) => swap!(v, u32, 4),
        Buffer::I64(v) => swap!(v, i64, 8),
        Buffer::U64(v) => swap!(v, u64, 8),
        Buffer::F32(v) => swap!(v, f32, 4),
        Buffer::F64(v) => swap!(v, f64, 8),
        Buffer::String(_) => {}
    }
}

/// The values as big-endian bytes; `None` for texts of any length.
pub(super) fn to_bytes(buffer: &Buffer) -> Option<Vec<u8>> {
    macro_rules! swap {
        ($values:ident, $n:literal) => {{
            let mut bytes = vec![0u8; $values.len() * $n];
            for (to, value) in bytes.as_chunks_mut::<$n>().0.iter_mut().zip($values) {
                *to = value.to_be_bytes();
            }
            bytes
        }};
    }
    Some(match buffer {
        Buffer::I8(v) => swap!(v, 1),
        Buffer::U8(v) | Buffer::Char(v) => v.clone(),
        Buffer::I16(v) => swap!(v, 2),
        Buffer::U16(v) => swap!(v, 2),
        Buffer::I32(v) => swap!(v, 4),
        Buffer::U32(v) => swap!(v, 4),
        Buffer::I64(v) => swap!(v, 8),
        Buffer::U64(v) => swap!(v, 8),
        Buffer::F32(v) => swap!(v, 4),
        Buffer::F64(v) => swap!(v, 8),
        Buffer::String(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_survives_the_way_to_bytes_and_back() {
        let buffers = [
            Buffer::I8(vec![-127, 0, 1]),
            Buffer::U8(vec![0, 255]),
            Buffer::I16(vec![-2, 300]),
            Buffer::U16(vec![65_535, 1]),
            Buffer::I32(vec![i32::MIN, 7]),
            Buffer::U32(vec![u32::MAX]),
            Buffer::I64(vec![i64::MIN, 1]),
            Buffer::U64(vec![u64::MAX]),
            Buffer::F32(vec![-0.0, 1.5e-40, f32::INFINITY]),
            Buffer::F64(vec![std::f64::consts::PI]),
            Buffer::Char(b"ab".to_vec()),
        ];
        for buffer in buffers {
            let number = code(&buffer.data_type()).unwrap();
            assert_eq!(data_type(number, true), Some(buffer.data_type()));
            let mut back = with_capacity(&buffer.data_type(), buffer.len()).unwrap();
            append(&mut back, &to_bytes(&buffer).unwrap());
            assert_eq!(back, buffer);
        }
    }

    #[test]
    fn numbers_stand_with_their_highest_byte_first() {
        assert_eq!(to_bytes(&Buffer::I16(vec![258])).unwrap(), [1, 2]);
        assert_eq!(to_bytes(&Buffer::F32(vec![1.0])).unwrap(), [0x3F, 0x80, 0, 0]);
    }

    #[test]
    fn not_a_number_keeps_its_payload() {
        let bits = 0x7FC0_1234u32;
        let mut back = Buffer::F32(Vec::new());
        append(&mut back, &bits.to_be_bytes());
        let Buffer::F32(values) = &back else { panic!("type") };
        assert_eq!(values[0].to_bits(), bits);
        assert_eq!(to_bytes(&back).unwrap(), bits.to_be_bytes());
    }

    #[test]
    fn the_default_float_fill_is_the_c_librarys() {
        // netcdf.h: NC_FILL_FLOAT (9.9692099683868690e+36f) is 0x7CF00000.
        assert_eq!(to_bytes(&crate::cf::packing::default_fill(&DataType::F32).unwrap()).unwrap(), [0x7C, 0xF0, 0, 0]);
        let double = to_bytes(&crate::cf::packing::default_fill(&DataType::F64).unwrap()).unwrap();
        assert_eq!(double, [0x47, 0x9E, 0, 0, 0, 0, 0, 0]);
    }
}
