//! Packed and missing values (CF §2.5.1, §8.1; netCDF User Guide, "Attribute Conventions").
//!
//! A [`Packing`] is read from a variable's attributes once and turns stored values into physical
//! ones and back: `encode(decode(x)) == x` for every stored value that is not missing, and
//! `decode(encode(y)) == y` for every physical value that the packing can hold. In memory NaN is
//! the only missing value.
//!
//! What is missing: `_FillValue`, each of `missing_value`, and what lies outside `valid_min`,
//! `valid_max` or `valid_range` ([`Packing::without_valid_range`] leaves the latter in). Where a
//! file declares neither of the first two, netCDF's own fill value is what was never written, so
//! it is missing in `float`, `double`, `int` and `int64` variables. In the small types it may as
//! well be meant, and stays.

mod attributes;
mod kernel;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use attributes::Declared;
use kernel::Rules;

use crate::model::array::Mapped;
use crate::model::{AttributeValue, Block, Buffer, DataType, Variable};
use crate::{Error, Result};

/// netCDF's fill value of a type, which fills what was never written (`NC_FILL_*` in netcdf.h);
/// `None` for opaque types.
pub fn default_fill(data_type: &DataType) -> Option<Buffer> {
    Some(match data_type {
        DataType::I8 => Buffer::I8(vec![-127]),
        DataType::U8 => Buffer::U8(vec![255]),
        DataType::I16 => Buffer::I16(vec![-32767]),
        DataType::U16 => Buffer::U16(vec![65535]),
        DataType::I32 => Buffer::I32(vec![-2_147_483_647]),
        DataType::U32 => Buffer::U32(vec![4_294_967_295]),
        DataType::I64 => Buffer::I64(vec![-9_223_372_036_854_775_806]),
        DataType::U64 => Buffer::U64(vec![18_446_744_073_709_551_614]),
        DataType::F32 => Buffer::F32(vec![9.969_21e36]),
        DataType::F64 => Buffer::F64(vec![9.969_209_968_386_869e36]),
        DataType::Char => Buffer::Char(vec![0]),
        DataType::String => Buffer::String(vec![String::new()]),
        DataType::Opaque(_) => return None,
    })
}

/// How a variable's stored values stand for physical ones.
#[derive(Debug, Clone)]
pub struct Packing {
    /// The variable, for error messages.
    name: String,
    /// The type in the file.
    stored: DataType,
    /// The type that the stored bits are read as: `stored`, unless `_Unsigned` says otherwise.
    seen: DataType,
    /// The type of physical values.
    unpacked: DataType,
    /// Multiply by the first, then add the second; `None` where that would change nothing.
    linear: Option<(f64, f64)>,
    /// Missing values, of type `seen`, the one to write first.
    fills: Buffer,
    /// Whether the attributes name a missing value.
    declared: bool,
    /// The least and greatest valid value, of type `seen`.
    valid: Option<Buffer>,
    /// The packing attributes and the names of all attributes, to put back when encoding.
    attributes: Vec<(String, AttributeValue)>,
    order: Vec<String>,
}

/// The attributes that packing consumes.
const ATTRIBUTES: [&str; 8] =
    ["scale_factor", "add_offset", "_FillValue", "missing_value", "valid_min", "valid_max", "valid_range", "_Unsigned"];

impl Packing {
    /// The packing of a variable. Texts and opaque values have one that does nothing.
    ///
    /// Numbers written as text are read as numbers. A missing value or valid limit that the stored
    /// type cannot hold matches nothing; a `double` one on `float` data is rounded before it is
    /// compared.
    ///
    /// # Errors
    /// [`Error::Data`] naming the variable when `scale_factor` or `add_offset` is no finite number
    /// or the scale is 0: such values have no meaning.
    pub fn of(variable: &Variable) -> Result<Self> {
        let stored = variable.data_type().clone();
        let declared = Declared::of(variable)?;
        let seen = declared.seen.clone();
        let unpacked = declared.unpacked_type(&seen);
        let kept = variable.attributes.iter().filter(|(name, _)| ATTRIBUTES.contains(name));
        Ok(Self {
            name: variable.name.clone(),
            stored,
            unpacked,
            linear: declared.linear,
            fills: declared.fills(&seen),
            declared: declared.names_missing(),
            valid: declared.valid(&seen),
            seen,
            attributes: kept.map(|(name, value)| (name.to_owned(), value.clone())).collect(),
            order: variable.attributes.iter().map(|(name, _)| name.to_owned()).collect(),
        })
    }

    /// The same without masking what lies outside the valid range.
    #[must_use]
    pub fn without_valid_range(mut self) -> Self {
        self.valid = None;
        self
    }

    /// Whether stored values differ from physical ones (a scale other than 1 or an offset other
    /// than 0).
    pub fn is_packed(&self) -> bool {
        self.linear.is_some()
    }

    /// The scale and offset, 1 and 0 if not packed.
    pub fn scale_and_offset(&self) -> (f64, f64) {
        self.linear.unwrap_or((1.0, 0.0))
    }

    /// The type of physical values: `float` or `double` (CF §8.1). That of `scale_factor` and
    /// `add_offset`; `double` for packed or unpacked `int` and wider, and where `float` cannot tell
    /// all packed values apart; `float` for unpacked 8- and 16-bit integers, exactly. Texts keep theirs.
    pub fn unpacked_type(&self) -> &DataType {
        &self.unpacked
    }

    /// The stored value that stands for a missing one on writing, as a double; `None` where there
    /// is none (NaN is written to `float` and `double`, other types cannot miss a value).
    pub fn fill(&self) -> Option<f64> {
        self.fills.get_f64(0).filter(|_| self.declared || self.seen.is_integer())
    }

    /// Which of the stored values are missing, NaN included.
    ///
    /// # Errors
    /// When the values are not of the variable's type.
    pub fn missing(&self, stored: &Buffer) -> Result<Vec<bool>> {
        self.require_stored(stored)?;
        kernel::missing(stored, &self.rules()).ok_or_else(|| self.misfit(stored))
    }

    /// Physical values as doubles, NaN where missing: the fast way for statistics and expressions.
    /// 64-bit integers beyond 2^53 are rounded.
    ///
    /// # Errors
    /// When the values are not of the variable's type, or are texts.
    pub fn decode_f64(&self, stored: &Block) -> Result<Vec<f64>> {
        let mut out = Vec::new();
        self.decode_f64_into(stored, &mut out)?;
        Ok(out)
    }

    /// As [`Packing::decode_f64`] into memory that is used again: `out` is emptied first.
    ///
    /// # Errors
    /// As [`Packing::decode_f64`].
    pub fn decode_f64_into(&self, stored: &Block, out: &mut Vec<f64>) -> Result<()> {
        self.require_stored(stored.data())?;
        kernel::decode_into(stored.data(), &self.rules(), out).ok_or_else(|| self.misfit(stored.data()))
    }

    /// Physical values in [`Packing::unpacked_type`], NaN where missing; texts as they are.
    ///
    /// # Errors
    /// When the values are not of the variable's type.
    pub fn decode_block(&self, stored: &Block) -> Result<Block> {
        self.require_stored(stored.data())?;
        let rules = self.rules();
        let data = match self.unpacked {
            DataType::F32 => kernel::decode(stored.data(), &rules).map(Buffer::F32),
            DataType::F64 => kernel::decode(stored.data(), &rules).map(Buffer::F64),
            _ => return Ok(stored.clone()),
        };
        data.and_then(|data| Block::new(stored.shape().to_vec(), data)).ok_or_else(|| self.misfit(stored.data()))
    }

    /// Stored values from physical ones: `(x − offset) / scale`, rounded half to even for integers,
    /// NaN as the fill value (as NaN where a `float` or `double` variable declares none).
    ///
    /// # Errors
    /// [`Error::Data`] when a value does not fit the stored type or would be read back as missing,
    /// and when one is missing but the variable declares no fill value: nothing is clipped in silence.
    pub fn encode_block(&self, physical: &Block) -> Result<Block> {
        if !self.stored.is_numeric() {
            return Ok(physical.clone());
        }
        let encoded = match physical.data() {
            Buffer::F32(values) => kernel::encode(values, &self.rules()),
            other => {
                let values = other.to_f64().ok_or_else(|| self.misfit(other))?;
                kernel::encode(&values, &self.rules())
            }
        };
        let data = encoded.map_err(|value| self.does_not_fit(value))?;
        let data = kernel::reinterpret(data, &self.stored).ok_or_else(|| self.misfit(physical.data()))?;
        Block::new(physical.shape().to_vec(), data).ok_or_else(|| self.misfit(physical.data()))
    }

    /// The variable in physical values, read lazily. The packing attributes go; where values can
    /// be missing `_FillValue` is NaN, and valid limits are in physical units.
    pub fn decode(&self, variable: &Variable) -> Variable {
        let mut decoded = variable.clone();
        if !self.stored.is_numeric() {
            return decoded;
        }
        self.clean(&mut decoded);
        let packing = self.clone();
        decoded.array = Mapped::array(vec![Arc::clone(&variable.array)], self.unpacked.clone(), move |blocks, _| {
            blocks.first().map_or_else(|| Err(packing.internal()), |block| packing.decode_block(block))
        });
        decoded
    }

    /// The variable in stored values, computed lazily, with the packing attributes where they were.
    pub fn encode(&self, variable: &Variable) -> Variable {
        let mut encoded = variable.clone();
        if !self.stored.is_numeric() {
            return encoded;
        }
        encoded.attributes = self.restored(variable);
        let packing = self.clone();
        encoded.array = Mapped::array(vec![Arc::clone(&variable.array)], self.stored.clone(), move |blocks, _| {
            blocks.first().map_or_else(|| Err(packing.internal()), |block| packing.encode_block(block))
        });
        encoded
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            seen: &self.seen,
            fills: &self.fills,
            valid: self.valid.as_ref(),
            linear: self.linear,
            declared: self.declared,
        }
    }

    fn require_stored(&self, values: &Buffer) -> Result<()> {
        if values.data_type() == self.stored { Ok(()) } else { Err(self.misfit(values)) }
    }

    fn internal(&self) -> Error {
        Error::data("internal: no block to decode", format!("variable '{}'", self.name))
    }

    fn misfit(&self, found: &Buffer) -> Error {
        let what = format!("internal: {} values where {} was expected", found.data_type(), self.stored);
        Error::data(what, format!("variable '{}'", self.name))
    }

    fn does_not_fit(&self, value: f64) -> Error {
        let place = format!("variable '{}'", self.name);
        if value.is_nan() {
            return Error::data(format!("a value is missing but {} has no fill value", self.stored), place)
                .with_hint("give the variable a _FillValue, or write it as float");
        }
        let packed = if self.is_packed() { "packed " } else { "" };
        Error::data(format!("value {value} does not fit {packed}{}", self.stored), place)
            .with_hint("write the variable unpacked, as float")
    }
}
