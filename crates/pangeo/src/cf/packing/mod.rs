//! Packed and missing values (CF §2.5.1, §8.1): stored numbers ⇄ values with NaN for missing.
//!
//! A value is `stored · scale_factor + add_offset`. Missing is what equals `_FillValue` or one of
//! `missing_value`, in the stored type, and NaN; without either also netCDF's default fill value, which
//! stands where nothing was ever written: in floating variables, and in integer ones that [`Encoding`] says
//! to be filled so (as ncdump and netCDF4-python have it). `_Unsigned` says that integers
//! are to be read with the other sign convention (NUG, appendix A). `valid_min`, `valid_max` and
//! `valid_range` describe, they do not mask: [`Packing::valid_range`] offers them.

mod code;
mod declared;
mod missing;

pub use code::Visitor;
pub use declared::declared_fill;
use missing::Missing;
pub use missing::{default_fill, may_be_unwritten, missing_value};

use std::ops::Range;

use crate::model::array::Mapped;
use crate::model::{AttributeValue, Attributes, Block, Buffer, DataType, Encoding, Variable};
use crate::{Error, Result};

/// How a variable's stored numbers mean values.
#[derive(Debug, Clone)]
pub struct Packing {
    name: String,
    stored: DataType,
    /// The integer type that the bits are to be read as, where `_Unsigned` says another.
    reread: Option<DataType>,
    scale: f64,
    offset: f64,
    packed: bool,
    unpacked: DataType,
    missing: Missing,
    valid: (Option<f64>, Option<f64>),
}

impl Packing {
    /// The packing that a numeric variable's attributes describe.
    ///
    /// # Errors
    /// [`Error::Data`] for a scale or offset that is no number, not finite, or a scale of 0, and for
    /// variables of text.
    pub fn of(variable: &Variable) -> Result<Self> {
        let stored = variable.data_type().clone();
        if !stored.is_numeric() {
            return Err(Error::data(format!("values of type {stored} are not numbers"), variable.name.clone()));
        }
        let attributes = &variable.attributes;
        let scale = factor(variable, "scale_factor")?;
        let offset = factor(variable, "add_offset")?;
        if scale == Some(0.0) {
            return Err(Error::data("attribute 'scale_factor' is 0", variable.name.clone()));
        }
        let reread = reread(attributes, &stored);
        let read_as = reread.clone().unwrap_or_else(|| stored.clone());
        let valid = valid_range(attributes, &stored, reread.as_ref());
        Ok(Self {
            name: variable.name.clone(),
            packed: scale.is_some() || offset.is_some(),
            scale: scale.unwrap_or(1.0),
            offset: offset.unwrap_or(0.0),
            unpacked: unpacked_type(attributes, &read_as),
            missing: Missing::of(variable),
            reread,
            stored,
            valid,
        })
    }

    /// Whether stored numbers differ from values.
    pub fn is_packed(&self) -> bool {
        self.packed
    }

    /// The type of unpacked values: `float` or `double`, wide enough for every stored number. That of
    /// the attributes where these are floating (CF §8.1), but never too narrow.
    pub fn unpacked_type(&self) -> &DataType {
        &self.unpacked
    }

    /// Factor and offset from stored numbers to values.
    pub fn scale_offset(&self) -> (f64, f64) {
        (self.scale, self.offset)
    }

    /// The smallest and the largest valid value, unpacked.
    pub fn valid_range(&self) -> (Option<f64>, Option<f64>) {
        let value = |v: Option<f64>| v.map(|v| v * self.scale + self.offset);
        let (a, b) = (value(self.valid.0), value(self.valid.1));
        if self.scale < 0.0 { (b, a) } else { (a, b) }
    }

    /// Which stored values are missing.
    pub fn missing_mask(&self, block: &Block) -> Vec<bool> {
        self.missing.mask(block.data())
    }

    /// Show a block's stored numbers to `visitor`.
    pub fn visit(&self, block: &Block, visitor: &mut impl Visitor) {
        code::visit(block.data(), &self.missing, self.reread.as_ref(), visitor);
    }

    /// Values in double precision, NaN for missing ones.
    pub fn decode_f64(&self, block: &Block) -> Vec<f64> {
        let mut doubles = code::Doubles(Vec::new());
        self.visit(block, &mut doubles);
        let mut values = doubles.0;
        if self.packed {
            for value in &mut values {
                *value = *value * self.scale + self.offset;
            }
        }
        values
    }

    /// As [`Packing::decode_f64`], of some of the values of a block, in the place of what `out` holds: for those who
    /// need a part at a time. Nothing for a range beyond the block.
    pub fn decode_range(&self, block: &Block, range: Range<usize>, out: &mut Vec<f64>) {
        let mut part = code::Part { range, doubles: std::mem::take(out) };
        self.visit(block, &mut part);
        *out = part.doubles;
        if self.packed {
            for value in out {
                *value = *value * self.scale + self.offset;
            }
        }
    }

    /// Integers with all their digits, `None` for missing ones; nothing where values are packed or
    /// floating.
    pub fn decode_integers(&self, block: &Block) -> Option<Vec<Option<i128>>> {
        if self.packed || !self.stored.is_integer() {
            return None;
        }
        let mut integers = code::Integers { values: Vec::new(), reread: self.reread.clone() };
        self.visit(block, &mut integers);
        Some(integers.values)
    }

    /// Values in the unpacked type, NaN for missing ones; same shape.
    ///
    /// # Errors
    /// [`Error::Data`] for a block of texts.
    pub fn decode_block(&self, block: &Block) -> Result<Block> {
        let lost = || Error::data("internal: block of another type", self.name.clone());
        let unchanged = self.stored == self.unpacked && !self.packed;
        if unchanged && self.missing.is_nan_only() {
            return Ok(block.clone());
        }
        let values = self.decode_f64(block);
        let buffer = Buffer::from_f64(&self.unpacked, &values).ok_or_else(lost)?;
        Block::new(block.shape().to_vec(), buffer).ok_or_else(lost)
    }

    /// Values packed again: the nearest stored number, halves to even; NaN becomes the fill value.
    ///
    /// # Errors
    /// [`Error::Data`] for a value beyond the stored type, for NaN where no fill value is declared
    /// and for values that would be taken as missing.
    pub fn encode_block(&self, block: &Block) -> Result<Block> {
        let lost = || Error::data("internal: block of another type", self.name.clone());
        let values = block.data().to_f64().ok_or_else(lost)?;
        let buffer = code::stored(&values, self)?;
        Block::new(block.shape().to_vec(), buffer).ok_or_else(lost)
    }
}

/// All values of a variable in double precision: unpacked, NaN where missing, in C order. For
/// coordinates and other small variables; large ones belong in the engine.
///
/// # Errors
/// As [`Packing::of`], and when the values can't be read.
pub fn numbers(variable: &Variable) -> Result<Vec<f64>> {
    Ok(Packing::of(variable)?.decode_f64(&variable.array.read_all()?))
}

/// A variable with its values unpacked, lazily: `float` or `double`, NaN for missing, the
/// attributes of packing gone, `_FillValue` NaN, valid range in the new values. Chunks stay.
///
/// # Errors
/// As [`Packing::of`].
pub fn decode(variable: &Variable) -> Result<Variable> {
    let packing = Packing::of(variable)?;
    let to = packing.unpacked_type().clone();
    let mut attributes = Attributes::new();
    let range = packing.valid_range();
    let number = |x: f64| AttributeValue::Numbers(Buffer::from_f64(&to, &[x]).unwrap_or(Buffer::F64(vec![x])));
    for (name, value) in variable.attributes.iter() {
        match (name, range) {
            ("scale_factor" | "add_offset" | "missing_value" | "_Unsigned", _) => {}
            ("_FillValue", _) => attributes.set(name, number(f64::NAN)),
            ("valid_min", (Some(low), _)) => attributes.set(name, number(low)),
            ("valid_max", (_, Some(high))) => attributes.set(name, number(high)),
            ("valid_range", (Some(low), Some(high))) => {
                let buffer = Buffer::from_f64(&to, &[low, high]).unwrap_or(Buffer::F64(vec![low, high]));
                attributes.set(name, AttributeValue::Numbers(buffer));
            }
            _ => attributes.set(name, value.clone()),
        }
    }
    let encoding = Encoding {
        fill_value: None,
        default_fill: false,
        enumeration: None,
        boolean: false,
        ..variable.encoding.clone()
    };
    let array = Mapped::array(vec![variable.array.clone()], to.clone(), move |blocks, _| {
        let block = blocks.first().ok_or_else(|| Error::data("internal: no input", "array"))?;
        packing.decode_block(block)
    });
    Ok(Variable { name: variable.name.clone(), dimensions: variable.dimensions.clone(), attributes, encoding, array })
}

/// A scale or offset; text that spells a number is taken as one.
fn factor(variable: &Variable, name: &str) -> Result<Option<f64>> {
    let Some(value) = variable.attributes.get(name) else { return Ok(None) };
    let number = value.as_f64().or_else(|| value.as_text().and_then(|t| t.trim().parse().ok()));
    match number.filter(|n: &f64| n.is_finite()) {
        Some(number) => Ok(Some(number)),
        None => Err(Error::data(format!("attribute '{name}' is not a finite number"), variable.name.clone())),
    }
}

/// The integer type of the other sign convention, where `_Unsigned` asks for it.
fn reread(attributes: &Attributes, stored: &DataType) -> Option<DataType> {
    let wish = attributes.text("_Unsigned")?.trim().to_ascii_lowercase();
    match (wish.as_str(), stored) {
        ("true", DataType::I8) => Some(DataType::U8),
        ("true", DataType::I16) => Some(DataType::U16),
        ("true", DataType::I32) => Some(DataType::U32),
        ("true", DataType::I64) => Some(DataType::U64),
        ("false", DataType::U8) => Some(DataType::I8),
        ("false", DataType::U16) => Some(DataType::I16),
        ("false", DataType::U32) => Some(DataType::I32),
        ("false", DataType::U64) => Some(DataType::I64),
        _ => None,
    }
}

fn unpacked_type(attributes: &Attributes, stored: &DataType) -> DataType {
    if stored.is_float() {
        let doubled = ["scale_factor", "add_offset"].iter().any(|n| type_of(attributes, n) == Some(DataType::F64));
        return if doubled { DataType::F64 } else { stored.clone() };
    }
    let types: Vec<DataType> = ["scale_factor", "add_offset"].iter().filter_map(|n| type_of(attributes, n)).collect();
    let narrow = stored.size() <= 2 && types.iter().all(|t| *t == DataType::F32);
    if narrow { DataType::F32 } else { DataType::F64 }
}

fn type_of(attributes: &Attributes, name: &str) -> Option<DataType> {
    attributes.get(name)?.as_numbers().map(Buffer::data_type)
}

/// Valid stored numbers, from `valid_range` or `valid_min` and `valid_max`.
fn valid_range(attributes: &Attributes, stored: &DataType, reread: Option<&DataType>) -> (Option<f64>, Option<f64>) {
    let number = |name: &str, at: usize| {
        let buffer = attributes.get(name)?.as_numbers()?;
        let value = buffer.get_f64(at)?;
        // With `_Unsigned`, limits of the stored type are meant with the other sign as well.
        match reread {
            Some(to) if buffer.data_type() == *stored => code::reread(value, to),
            _ => Some(value),
        }
    };
    (
        number("valid_range", 0).or_else(|| number("valid_min", 0)),
        number("valid_range", 1).or_else(|| number("valid_max", 0)),
    )
}

#[cfg(test)]
mod tests;
