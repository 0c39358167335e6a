//! One variable from several files, brought to one type, packing and unit.

use std::sync::Arc;

use super::keys::coding_of;
use super::units::between;
use super::{in_file, meaning};
use crate::cf::packing::{self, Packing, default_fill};
use crate::cf::time::TimeCoding;
use crate::cf::units::Converter;
use crate::model::array::{Mapped, Memory};
use crate::model::{Array, AttributeValue, Attributes, Block, Buffer, DataType, Variable};
use crate::ops::coordinates::numbers;
use crate::{Error, Result};

/// Attributes that say how stored numbers mean values.
const CODING: [&str; 5] = ["scale_factor", "add_offset", "_FillValue", "missing_value", "_Unsigned"];
/// Attributes that describe the values of one file alone.
const EXTREMES: [&str; 4] = ["valid_range", "valid_min", "valid_max", "actual_range"];
/// Up to here times are recoded at once, so that integers can stay integers; larger ones block by block.
const EAGER: usize = 1 << 20;

/// What one file gives to a variable.
pub(super) struct Piece<'a> {
    /// Its variable, with its dimensions in the order of the first.
    pub(super) variable: Variable,
    /// The coordinate whose bounds it holds, or itself.
    pub(super) owner: &'a str,
    /// The `units` and `calendar` in which its numbers count: its own, or those of the coordinate whose
    /// bounds it holds.
    pub(super) measure: Attributes,
    /// Its file.
    pub(super) file: &'a str,
}

/// The arrays of a variable's parts, ready to be joined, and the variable that describes them all.
pub(super) struct Harmonised {
    pub(super) arrays: Vec<Array>,
    pub(super) variable: Variable,
    /// What was done, if anything.
    pub(super) note: Option<String>,
    /// What may not mean what the user thinks, if anything.
    pub(super) warning: Option<String>,
}

/// Bring pieces (at least one) together: times mean the times they meant, other numbers the values, in
/// the units of the first; what is stored alike in all files stays as stored.
///
/// # Errors
/// Naming the file whose piece means another thing, has units that do not convert, another calendar or
/// another kind of type.
pub(super) fn harmonise(pieces: &[Piece]) -> Result<Harmonised> {
    let first = pieces.first().ok_or_else(nothing)?;
    for piece in pieces {
        meaning::agree(&piece.variable, piece.file, &first.variable, first.file)?;
    }
    let codings: Vec<Option<TimeCoding>> = pieces.iter().map(|p| coding_of(&p.measure)).collect();
    let dated = codings.iter().flatten().any(|c| !c.is_duration());
    let mut harmonised = match codings.first() {
        Some(Some(target)) if dated && first.variable.data_type().is_numeric() => times(pieces, &codings, target)?,
        _ => values(pieces)?,
    };
    let attributes = &mut harmonised.variable.attributes;
    attributes.remove("actual_range");
    for name in EXTREMES {
        if pieces.iter().any(|p| !same(&p.variable, &first.variable, name)) {
            attributes.remove(name);
        }
    }
    Ok(harmonised)
}

/// Whether equal stored numbers of the two mean equal numbers.
pub(super) fn is_stored_alike(a: &Variable, b: &Variable) -> bool {
    a.data_type() == b.data_type() && CODING.iter().all(|name| same(a, b, name))
}

/// Whether an attribute is the same in both, or in neither.
fn same(a: &Variable, b: &Variable, name: &str) -> bool {
    match (a.attributes.get(name), b.attributes.get(name)) {
        (Some(a), Some(b)) => a.is_same(b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// All parts as they are.
fn as_stored(pieces: &[Piece]) -> Result<Harmonised> {
    let variable = pieces.first().ok_or_else(nothing)?.variable.clone();
    let arrays = pieces.iter().map(|p| Arc::clone(&p.variable.array)).collect();
    Ok(Harmonised { arrays, variable, note: None, warning: None })
}

/// Times and their bounds: all in the coding of the first.
fn times(pieces: &[Piece], codings: &[Option<TimeCoding>], target: &TimeCoding) -> Result<Harmonised> {
    let first = &pieces.first().ok_or_else(nothing)?.variable;
    let alike = |(p, c): (&Piece, &Option<TimeCoding>)| {
        is_stored_alike(&p.variable, first) && c.as_ref().is_some_and(|c| c.is_same(target))
    };
    if pieces.iter().zip(codings).all(alike) {
        return as_stored(pieces);
    }
    let undated = |p: &Piece| Error::data(format!("'{}' has no units of time", p.variable.name), p.file.to_owned());
    let large = pieces.iter().any(|p| p.variable.array.len() > EAGER);
    let mut arrays = Vec::with_capacity(pieces.len());
    for (piece, coding) in pieces.iter().zip(codings) {
        let coding = coding.as_ref().ok_or_else(|| undated(piece))?;
        arrays.push(if large { recoded_lazily(piece, coding, target)? } else { recoded(piece, coding, target)? });
    }
    let common = arrays.first().map_or(DataType::F64, |a| a.data_type().clone());
    let alike = arrays.iter().all(|a| *a.data_type() == common);
    let signed = |a: &Array| matches!(a.data_type(), DataType::I8 | DataType::I16 | DataType::I32 | DataType::I64);
    let arrays = if !alike && arrays.iter().all(signed) {
        arrays.iter().map(|a| widened_array(a, DataType::I64, None)).collect()
    } else {
        let common = if alike { common } else { DataType::F64 };
        arrays.iter().map(|a| converted(a, common.clone(), None)).collect()
    };
    let mut variable = packing::decode(first)?;
    for name in EXTREMES.iter().chain(&["_FillValue"]) {
        variable.attributes.remove(name);
    }
    let told = |(p, c): (&Piece, &Option<TimeCoding>)| {
        c.as_ref().and_then(TimeCoding::warning).map(|w| format!("{}: {w}, {}", p.owner, p.file))
    };
    let warning = pieces.iter().zip(codings).find_map(told);
    Ok(Harmonised { arrays, variable, note: None, warning })
}

/// A piece's times in the coding of another, at once; missing ones stay missing.
fn recoded(piece: &Piece, coding: &TimeCoding, target: &TimeCoding) -> Result<Array> {
    let values = coding.recode(&numbers(&piece.variable)?, target).map_err(|e| in_file(&e, piece.file))?;
    Ok(Memory::array(Block::new(piece.variable.shape().to_vec(), values).ok_or_else(nothing)?))
}

/// As [`recoded`], in double precision, when it is read.
fn recoded_lazily(piece: &Piece, coding: &TimeCoding, target: &TimeCoding) -> Result<Array> {
    let packing = Packing::of(&piece.variable)?;
    let (coding, target, file) = (coding.clone(), target.clone(), piece.file.to_owned());
    Ok(Mapped::array(vec![Arc::clone(&piece.variable.array)], DataType::F64, move |blocks, region| {
        let values = packing.decode_f64(blocks.first().ok_or_else(nothing)?);
        let values = coding.recode(&Buffer::F64(values), &target).map_err(|e| in_file(&e, &file))?;
        Block::new(region.shape(), values).ok_or_else(nothing)
    }))
}

/// Anything else: as stored where all parts are stored alike, integers as integers, else unpacked to
/// floating values in the first part's units.
fn values(pieces: &[Piece]) -> Result<Harmonised> {
    let first = pieces.first().ok_or_else(nothing)?;
    let converters: Vec<Option<Converter>> = pieces.iter().map(|p| to_units_of(p, first)).collect::<Result<_>>()?;
    let alike = |p: &Piece| is_stored_alike(&p.variable, &first.variable);
    let plain = converters.iter().all(Option::is_none);
    if plain && pieces.iter().all(alike) {
        return as_stored(pieces);
    }
    let other = pieces.iter().zip(&converters).find(|(p, c)| c.is_some() || !alike(p)).map_or(first, |(p, _)| p);
    let (name, kind) = (&first.variable.name, first.variable.data_type());
    let refuse = |what: String| Err(Error::data(what, other.file.to_owned()));
    if !pieces.iter().all(|p| p.variable.data_type().is_numeric()) {
        return refuse(format!("variable '{name}' has another type than {kind}, as in {}", first.file));
    }
    if let Some(common) = integers(pieces).filter(|_| plain) {
        let arrays = pieces.iter().map(|p| widened(&p.variable, common.clone())).collect();
        let mut variable = retyped(&first.variable, &common);
        variable.encoding.default_fill = pieces.iter().any(|p| p.variable.encoding.default_fill);
        return Ok(Harmonised { arrays, variable, note: None, warning: None });
    }
    if meaning::is_coded(&first.variable) {
        return refuse(format!("flags of '{name}' are stored otherwise than in {}", first.file));
    }
    let wide = |p: &Piece| matches!(p.variable.data_type(), DataType::I64 | DataType::U64);
    if pieces.iter().any(wide) {
        return refuse(format!("64-bit integers of '{name}' mean other values than in {}", first.file));
    }
    let decoded: Vec<Variable> = pieces.iter().map(|p| packing::decode(&p.variable)).collect::<Result<_>>()?;
    let wide = decoded.iter().any(|v| *v.data_type() == DataType::F64);
    let common = if wide { DataType::F64 } else { DataType::F32 };
    let each = decoded.iter().zip(converters);
    let arrays = each.map(|(v, converter)| converted(&v.array, common.clone(), converter)).collect();
    let mut variable = decoded.into_iter().next().ok_or_else(nothing)?;
    let declares = |p: &Piece| ["_FillValue", "missing_value"].iter().any(|n| p.variable.attributes.get(n).is_some());
    if pieces.iter().any(declares) {
        let missing = if wide { Buffer::F64(vec![f64::NAN]) } else { Buffer::F32(vec![f32::NAN]) };
        variable.attributes.set("_FillValue", AttributeValue::Numbers(missing));
    } else {
        variable.attributes.remove("_FillValue");
    }
    let note = format!("{name} is stored otherwise in {}: unpacked to {common}", other.file);
    Ok(Harmonised { arrays, variable, note: Some(note), warning: None })
}

fn to_units_of(piece: &Piece, first: &Piece) -> Result<Option<Converter>> {
    let units = |p: &Piece| p.measure.text("units").map(str::to_owned);
    let convert = between(&piece.variable.name, units(piece).as_deref(), units(first).as_deref());
    convert.map_err(|e| in_file(&e, piece.file))
}

/// The integer type that holds all pieces, if all are plain integers that agree in what is missing.
fn integers(pieces: &[Piece]) -> Option<DataType> {
    let first = &pieces.first()?.variable;
    let number = |v: &Variable, name: &str| v.attributes.get(name).map(|_| v.attributes.numbers(name));
    let fits = |p: &Piece| {
        let v = &p.variable;
        v.data_type().is_integer()
            && ["scale_factor", "add_offset", "_Unsigned"].iter().all(|name| v.attributes.get(name).is_none())
            && ["_FillValue", "missing_value"].iter().all(|name| number(v, name) == number(first, name))
    };
    if !pieces.iter().all(fits) {
        return None;
    }
    let rank = |t: &DataType| (t.size(), matches!(t, DataType::U8 | DataType::U16 | DataType::U32 | DataType::U64));
    let types: Vec<(usize, bool)> = pieces.iter().map(|p| rank(p.variable.data_type())).collect();
    let widest = |unsigned: bool| types.iter().filter(|t| t.1 == unsigned).map(|t| t.0).max().unwrap_or(0);
    let (signed, unsigned) = (widest(false), widest(true));
    let bytes = if signed == 0 { unsigned } else { signed.max(if unsigned == 0 { 0 } else { unsigned * 2 }) };
    Some(match (bytes, signed == 0) {
        (1, true) => DataType::U8,
        (2, true) => DataType::U16,
        (4, true) => DataType::U32,
        (8, true) => DataType::U64,
        (1, false) => DataType::I8,
        (2, false) => DataType::I16,
        (4, false) => DataType::I32,
        (8, false) => DataType::I64,
        _ => return None,
    })
}

/// A variable whose fill values have the type of its values.
fn retyped(variable: &Variable, to: &DataType) -> Variable {
    let mut variable = variable.clone();
    for name in ["_FillValue", "missing_value", "flag_values", "flag_masks"] {
        if let Some(buffer) = variable.attributes.numbers(name).and_then(|n| Buffer::from_f64(to, &n)) {
            variable.attributes.set(name, AttributeValue::Numbers(buffer));
        }
    }
    if variable.data_type() != to {
        variable.encoding.fill_value = None;
    }
    variable
}

/// Integers in a type that holds them all; what was never written stands there as the default of that type.
fn widened(variable: &Variable, to: DataType) -> Array {
    let default = |of: &DataType| default_fill(of).and_then(|fill| fill.get_f64(0));
    let unwritten = default(variable.data_type()).zip(default(&to)).filter(|_| variable.encoding.default_fill);
    widened_array(&variable.array, to, unwritten)
}

/// As [`widened`]; of `unwritten` the first value becomes the second.
fn widened_array(array: &Array, to: DataType, unwritten: Option<(f64, f64)>) -> Array {
    if *array.data_type() == to {
        return Arc::clone(array);
    }
    let target = to.clone();
    Mapped::array(vec![Arc::clone(array)], to, move |blocks, region| {
        // What is widened has at most 32 bits, which doubles hold exactly.
        let mut values = blocks.first().and_then(|block| block.data().to_f64()).ok_or_else(nothing)?;
        if let Some((old, new)) = unwritten {
            values.iter_mut().filter(|value| **value == old).for_each(|value| *value = new);
        }
        let buffer = Buffer::from_f64(&target, &values).ok_or_else(nothing)?;
        Block::new(region.shape(), buffer).ok_or_else(nothing)
    })
}

/// Numbers in a floating type and other units; as they are when there is nothing to do.
fn converted(array: &Array, to: DataType, converter: Option<Converter>) -> Array {
    if *array.data_type() == to && converter.is_none() {
        return Arc::clone(array);
    }
    let target = to.clone();
    Mapped::array(vec![Arc::clone(array)], to, move |blocks, region| {
        let mut values = blocks.first().and_then(|b| b.data().to_f64()).ok_or_else(nothing)?;
        if let Some(converter) = &converter {
            converter.apply_in_place(&mut values);
        }
        let buffer = Buffer::from_f64(&target, &values).ok_or_else(nothing)?;
        Block::new(region.shape(), buffer).ok_or_else(nothing)
    })
}

fn nothing() -> Error {
    Error::data("internal: nothing to join", "combine")
}
