//! Values in the types that the classic model has, only where every one of them survives.

use std::sync::Arc;

use super::WAY_OUT;
use crate::model::array::{Array, LazyArray, Mapped, no_memory};
use crate::model::{Block, Buffer, DataType, Region, Starts};
use crate::{Error, Result};

/// The type in which values of `data_type` are stored; `extended` (CDF-5) has all number types,
/// the others the next wider signed type, `int` at most. Texts become `char`. `None` if there is none.
pub(super) fn stored_type(data_type: &DataType, extended: bool) -> Option<DataType> {
    Some(match data_type {
        DataType::Opaque(_) => return None,
        DataType::String => DataType::Char,
        DataType::U8 if !extended => DataType::I16,
        DataType::U16 | DataType::U32 | DataType::I64 | DataType::U64 if !extended => DataType::I32,
        other => other.clone(),
    })
}

/// The same values as `to`, a type that [`stored_type`] gave; the first value that does not fit otherwise.
pub(super) fn narrow(buffer: &Buffer, to: &DataType) -> Result<Buffer, String> {
    fn exact<T: Copy + ToString, U: TryFrom<T>>(values: &[T]) -> Result<Vec<U>, String> {
        values.iter().map(|&v| U::try_from(v).map_err(|_| v.to_string())).collect()
    }
    Ok(match (buffer, to) {
        (Buffer::U8(v), DataType::I16) => Buffer::I16(exact(v)?),
        (Buffer::U16(v), DataType::I32) => Buffer::I32(exact(v)?),
        (Buffer::U32(v), DataType::I32) => Buffer::I32(exact(v)?),
        (Buffer::I64(v), DataType::I32) => Buffer::I32(exact(v)?),
        (Buffer::U64(v), DataType::I32) => Buffer::I32(exact(v)?),
        (same, to) if same.data_type() == *to => same.clone(),
        (other, _) => return Err(format!("a value of type {}", other.data_type())),
    })
}

/// The error for values that the stored type cannot hold.
pub(super) fn does_not_fit(value: &str, data_type: &DataType, place: impl Into<String>) -> Error {
    Error::data(format!("netCDF classic has no {data_type}, and {value} does not fit its int"), place)
        .with_hint(WAY_OUT)
}

/// The values of `array` as `stored`; reading fails at one that does not fit.
pub(super) fn narrowed(array: &Array, stored: &DataType) -> Array {
    let (given, to) = (array.data_type().clone(), stored.clone());
    let function = move |blocks: Vec<Block>, region: &Region| {
        let lost = || no_memory(region, "array");
        let block = blocks.into_iter().next().ok_or_else(lost)?;
        let values = narrow(block.data(), &to).map_err(|value| does_not_fit(&value, &given, "array"))?;
        Block::new(block.shape().to_vec(), values).ok_or_else(lost)
    };
    Mapped::array(vec![array.clone()], stored.clone(), function)
}

/// Texts as characters along one more dimension, filled up with NULs.
#[derive(Debug)]
pub(super) struct Characters {
    texts: Array,
    shape: Vec<usize>,
}

impl Characters {
    /// `texts`, none of which has more than `length` bytes.
    pub(super) fn array(texts: &Array, length: usize) -> Array {
        let shape = [texts.shape(), &[length]].concat();
        Arc::new(Self { texts: texts.clone(), shape })
    }

    /// The box of texts of which `region` wants characters, and which characters.
    fn wanted(region: &Region) -> (Region, std::ops::Range<usize>) {
        let (last, others) = region.ranges().split_last().map_or((0..0, &[][..]), |(last, rest)| (last.clone(), rest));
        (Region::new(others.to_vec()), last)
    }
}

impl LazyArray for Characters {
    fn data_type(&self) -> &DataType {
        &DataType::Char
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        if axis < self.texts.shape().len() {
            self.texts.chunk_starts(axis)
        } else {
            Starts::whole(self.shape.get(axis).copied().unwrap_or(0))
        }
    }

    fn divisible(&self) -> bool {
        self.texts.divisible()
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        vec![(&self.texts, Self::wanted(region).0)]
    }

    fn read_bytes(&self, region: &Region) -> usize {
        let (texts, _) = Self::wanted(region);
        self.texts.read_bytes(&texts).saturating_add(region.len())
    }

    fn read(&self, region: &Region) -> Result<Block> {
        let lost = || no_memory(region, "array");
        let (part, characters) = Self::wanted(region);
        let block = self.texts.read(&part)?;
        let Buffer::String(texts) = block.data() else {
            return Err(Error::data("internal: characters of what are no texts", "array"));
        };
        let length = self.shape.last().copied().unwrap_or(0);
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(region.len()).map_err(|_| lost())?;
        for text in texts {
            if text.len() > length {
                let what = format!("a text of more than {length} bytes, though none was longer before");
                return Err(Error::data(what, "array"));
            }
            let text = text.as_bytes();
            bytes.extend(characters.clone().map(|at| text.get(at).copied().unwrap_or(0)));
        }
        Block::new(region.shape(), Buffer::Char(bytes)).ok_or_else(lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::array::Memory;

    #[test]
    fn integers_are_narrowed_only_when_every_value_fits() {
        let days = Buffer::I64(vec![0, 31, -2_147_483_648]);
        assert_eq!(narrow(&days, &DataType::I32).unwrap(), Buffer::I32(vec![0, 31, i32::MIN]));
        assert_eq!(narrow(&Buffer::I64(vec![0, 2_147_483_648]), &DataType::I32).unwrap_err(), "2147483648");
        assert_eq!(narrow(&Buffer::U8(vec![255]), &DataType::I16).unwrap(), Buffer::I16(vec![255]));
        assert_eq!(narrow(&Buffer::U16(vec![65_535]), &DataType::I32).unwrap(), Buffer::I32(vec![65_535]));
    }

    #[test]
    fn characters_are_had_in_any_box() {
        let texts = Buffer::String(vec!["Oslo".into(), String::new(), "Ås".into()]);
        let characters = Characters::array(&Memory::array(Block::new(vec![3], texts).unwrap()), 4);
        assert_eq!(characters.read_all().unwrap().data(), &Buffer::Char("Oslo\0\0\0\0Ås\0".as_bytes().to_vec()));
        let part = characters.read(&Region::new(vec![0..2, 1..3])).unwrap();
        assert_eq!(part.data(), &Buffer::Char(b"sl\0\0".to_vec()));
    }
}
