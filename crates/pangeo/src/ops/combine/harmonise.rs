//! One variable from several files, brought to one type, packing and unit.

use std::sync::Arc;

use super::keys::coding_of;
use crate::cf::packing;
use crate::cf::units::Unit;
use crate::model::array::{Mapped, Memory};
use crate::model::{Array, Block, Buffer, DataType, Variable};
use crate::{Error, Result};

/// Attributes that say how stored numbers mean values.
const CODING: [&str; 8] =
    ["scale_factor", "add_offset", "_FillValue", "missing_value", "_Unsigned", "valid_range", "valid_min", "valid_max"];

/// The arrays of a variable's parts, ready to be joined, and the variable that describes them all.
pub(super) struct Harmonised {
    pub(super) arrays: Vec<Array>,
    pub(super) variable: Variable,
    /// What was done, if anything.
    pub(super) note: Option<String>,
}

/// Times (and their bounds, described by `parents`): all in the coding of the first.
pub(super) fn times(parts: &[(&Variable, &str)], parents: &[&Variable]) -> Result<Harmonised> {
    let mut variable = parts.first().map(|(v, _)| (*v).clone()).ok_or_else(nothing)?;
    let target = parents.first().and_then(|p| coding_of(p));
    let same = parts.iter().zip(parents).all(|((v, _), p)| {
        v.data_type() == variable.data_type() && coding_of(p).zip(target.clone()).is_none_or(|(a, b)| a.is_same(&b))
    });
    let Some(target) = target.filter(|_| !same) else {
        return Ok(Harmonised {
            arrays: parts.iter().map(|(v, _)| Arc::clone(&v.array)).collect(),
            variable,
            note: None,
        });
    };
    let mut blocks = Vec::with_capacity(parts.len());
    for ((part, file), parent) in parts.iter().zip(parents) {
        let block = part.array.read_all()?;
        let shape = block.shape().to_vec();
        let coding =
            coding_of(parent).ok_or_else(|| Error::data("times without a reference date", (*file).to_owned()))?;
        let values = coding.recode(block.data(), &target).map_err(|e| in_file(&e, file))?;
        blocks.push((shape, values));
    }
    let first = blocks.first().map(|(_, b)| b.data_type());
    let common = if blocks.iter().all(|(_, b)| Some(b.data_type()) == first) { first } else { Some(DataType::F64) };
    let common = common.unwrap_or(DataType::F64);
    let mut arrays = Vec::with_capacity(blocks.len());
    for (shape, values) in blocks {
        let values = if values.data_type() == common { values } else { cast(&values, &common)? };
        arrays.push(Memory::array(Block::new(shape, values).ok_or_else(nothing)?));
    }
    if common != *variable.data_type() {
        variable.encoding.fill_value = None;
        variable.attributes.remove("_FillValue");
    }
    Ok(Harmonised { arrays, variable, note: None })
}

/// Anything else: as stored where all parts are stored alike, else unpacked to floating values in
/// the first part's units.
pub(super) fn values(parts: &[(&Variable, &str)]) -> Result<Harmonised> {
    let (first, _) = *parts.first().ok_or_else(nothing)?;
    let alike = |v: &Variable| {
        v.data_type() == first.data_type()
            && CODING.iter().all(|name| v.attributes.get(name) == first.attributes.get(name))
            && same_units(v, first)
    };
    if parts.iter().all(|(v, _)| alike(v)) {
        let arrays = parts.iter().map(|(v, _)| Arc::clone(&v.array)).collect();
        return Ok(Harmonised { arrays, variable: first.clone(), note: None });
    }
    if let Some((_, file)) = parts.iter().find(|(v, _)| !v.data_type().is_numeric()) {
        let what = format!("variable '{}' has type {}, elsewhere another", first.name, first.data_type());
        return Err(Error::data(what, (*file).to_owned()));
    }
    let decoded: Vec<Variable> = parts.iter().map(|(v, _)| packing::decode(v)).collect::<Result<_>>()?;
    let wide = decoded.iter().any(|v| *v.data_type() == DataType::F64);
    let common = if wide { DataType::F64 } else { DataType::F32 };
    let mut arrays = Vec::with_capacity(parts.len());
    for ((part, file), decoded) in parts.iter().zip(&decoded) {
        let (scale, offset) = conversion(part, first, file)?;
        arrays.push(linear(&decoded.array, common.clone(), scale, offset));
    }
    let mut variable = decoded.into_iter().next().ok_or_else(nothing)?;
    let missing = if wide { Buffer::F64(vec![f64::NAN]) } else { Buffer::F32(vec![f32::NAN]) };
    variable.attributes.set("_FillValue", crate::model::AttributeValue::Numbers(missing));
    variable.attributes.remove("missing_value");
    let other = parts.iter().find(|(v, _)| !alike(v)).map_or("", |(_, file)| file);
    let note = format!("{} is stored otherwise in {other}: unpacked to {common}", first.name);
    Ok(Harmonised { arrays, variable, note: Some(note) })
}

fn same_units(a: &Variable, b: &Variable) -> bool {
    a.attributes.text("units") == b.attributes.text("units")
}

/// Factor and offset from a part's units to the first's.
fn conversion(part: &Variable, first: &Variable, file: &str) -> Result<(f64, f64)> {
    if same_units(part, first) {
        return Ok((1.0, 0.0));
    }
    let unit = |v: &Variable| Unit::parse(v.attributes.text("units").unwrap_or("1"));
    let converter = unit(part)?.converter_to(&unit(first)?).map_err(|e| in_file(&e, file))?;
    converter
        .affine()
        .ok_or_else(|| Error::data(format!("units of '{}' do not convert by a factor", part.name), file.to_owned()))
}

/// `scale · x + offset` in a floating type; exact when there is nothing to do.
fn linear(array: &Array, to: DataType, scale: f64, offset: f64) -> Array {
    if *array.data_type() == to && scale == 1.0 && offset == 0.0 {
        return Arc::clone(array);
    }
    let target = to.clone();
    Mapped::array(vec![Arc::clone(array)], to, move |blocks, region| {
        let values = blocks.first().and_then(|b| b.data().to_f64()).ok_or_else(nothing)?;
        let values: Vec<f64> = if scale == 1.0 && offset == 0.0 {
            values
        } else {
            values.into_iter().map(|x| x * scale + offset).collect()
        };
        let buffer = Buffer::from_f64(&target, &values).ok_or_else(nothing)?;
        Block::new(region.shape(), buffer).ok_or_else(nothing)
    })
}

fn cast(values: &Buffer, to: &DataType) -> Result<Buffer> {
    let doubles = values.to_f64().ok_or_else(nothing)?;
    Buffer::from_f64(to, &doubles).ok_or_else(nothing)
}

fn in_file(error: &Error, file: &str) -> Error {
    let hint = error.hint();
    let error = Error::data(error.to_string(), file.to_owned());
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

fn nothing() -> Error {
    Error::data("internal: nothing to join", "combine")
}
