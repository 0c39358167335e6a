//! The loops over values.

use std::ops::Range;

use super::Packing;
use super::missing::Missing;
use crate::model::{Buffer, DataType, Element};
use crate::with_numbers;
use crate::{Error, Result};

/// Someone who goes over the stored numbers of a block.
pub trait Visitor {
    /// `values` as stored, the stored values that mean "missing" (beside NaN), and how to read a number:
    /// with the sign that `_Unsigned` asks for, not yet scaled.
    fn visit<T: Element>(&mut self, values: &[T], gaps: &[T], number: impl Fn(T) -> f64 + Copy);
}

/// Show the numbers of a buffer to `visitor`; nothing happens for texts.
pub(super) fn visit(buffer: &Buffer, missing: &Missing, reread_as: Option<&DataType>, visitor: &mut impl Visitor) {
    fn show<T: Element>(values: &[T], gaps: &Buffer, number: impl Fn(T) -> f64 + Copy, visitor: &mut impl Visitor) {
        visitor.visit(values, T::slice(gaps).unwrap_or(&[]), number);
    }
    let gaps = &missing.values;
    match (buffer, reread_as) {
        (Buffer::I8(v), Some(_)) => show(v, gaps, |x| f64::from(x.cast_unsigned()), visitor),
        (Buffer::I16(v), Some(_)) => show(v, gaps, |x| f64::from(x.cast_unsigned()), visitor),
        (Buffer::I32(v), Some(_)) => show(v, gaps, |x| f64::from(x.cast_unsigned()), visitor),
        (Buffer::I64(v), Some(_)) => show(v, gaps, |x| x.cast_unsigned() as f64, visitor),
        (Buffer::U8(v), Some(_)) => show(v, gaps, |x| f64::from(x.cast_signed()), visitor),
        (Buffer::U16(v), Some(_)) => show(v, gaps, |x| f64::from(x.cast_signed()), visitor),
        (Buffer::U32(v), Some(_)) => show(v, gaps, |x| f64::from(x.cast_signed()), visitor),
        (Buffer::U64(v), Some(_)) => show(v, gaps, |x| x.cast_signed() as f64, visitor),
        (other, _) => with_numbers!(other, v => show(v, gaps, Element::to_f64, visitor), ()),
    }
}

/// Stored numbers as doubles, NaN for missing ones.
pub(super) struct Doubles(pub(super) Vec<f64>);

impl Visitor for Doubles {
    fn visit<T: Element>(&mut self, values: &[T], gaps: &[T], number: impl Fn(T) -> f64 + Copy) {
        extend(&mut self.0, values, gaps, number);
    }
}

/// Some of the stored numbers as doubles, NaN for missing ones.
pub(super) struct Part {
    pub(super) range: Range<usize>,
    /// Replaced by what is in the range.
    pub(super) doubles: Vec<f64>,
}

impl Visitor for Part {
    fn visit<T: Element>(&mut self, values: &[T], gaps: &[T], number: impl Fn(T) -> f64 + Copy) {
        self.doubles.clear();
        extend(&mut self.doubles, values.get(self.range.clone()).unwrap_or(&[]), gaps, number);
    }
}

fn extend<T: Element>(doubles: &mut Vec<f64>, values: &[T], gaps: &[T], number: impl Fn(T) -> f64) {
    match gaps {
        [] => doubles.extend(values.iter().map(|&x| number(x))),
        // One comparison vectorises; more are rare.
        [one] => doubles.extend(values.iter().map(|&x| if x == *one { f64::NAN } else { number(x) })),
        several => doubles.extend(values.iter().map(|&x| if several.contains(&x) { f64::NAN } else { number(x) })),
    }
}

/// Stored integers with all their digits, in the sign convention of `reread`; `None` for missing ones.
pub(super) struct Integers {
    pub(super) values: Vec<Option<i128>>,
    pub(super) reread: Option<DataType>,
}

impl Visitor for Integers {
    fn visit<T: Element>(&mut self, values: &[T], gaps: &[T], _: impl Fn(T) -> f64 + Copy) {
        let signed = |to: &DataType| matches!(to, DataType::I8 | DataType::I16 | DataType::I32 | DataType::I64);
        let turn = 1i128 << (8 * size_of::<T>().min(8));
        let reread = self.reread.as_ref().map(signed);
        let digits = |x: T| match (x.to_i128(), reread) {
            (v, Some(false)) if v < 0 => v + turn,
            (v, Some(true)) if v >= turn / 2 => v - turn,
            (v, _) => v,
        };
        self.values = values.iter().map(|&x| (!gaps.contains(&x)).then(|| digits(x))).collect();
    }
}

/// A whole number of one sign convention in the other.
pub(super) fn reread(value: f64, to: &DataType) -> Option<f64> {
    Some(match to {
        DataType::U8 => f64::from(i8::from_f64(value).cast_unsigned()),
        DataType::U16 => f64::from(i16::from_f64(value).cast_unsigned()),
        DataType::U32 => f64::from(i32::from_f64(value).cast_unsigned()),
        DataType::I8 => f64::from(u8::from_f64(value).cast_signed()),
        DataType::I16 => f64::from(u16::from_f64(value).cast_signed()),
        DataType::I32 => f64::from(u32::from_f64(value).cast_signed()),
        _ => return None,
    })
}

/// Values as stored numbers.
pub(super) fn stored(values: &[f64], packing: &Packing) -> Result<Buffer> {
    macro_rules! pack {
        ($($variant:ident: $t:ty, $bits:expr;)*) => {
            match &packing.stored {
                $(DataType::$variant => pack::<$t>(values, packing, $bits).map(Buffer::$variant),)*
                _ => Err(Error::data("internal: not a numeric type", packing.name.clone())),
            }
        };
    }
    pack! {
        I8: i8, 8; U8: u8, 8; I16: i16, 16; U16: u16, 16; I32: i32, 32; U32: u32, 32;
        I64: i64, 64; U64: u64, 64; F32: f32, 0; F64: f64, 0;
    }
}

fn pack<T: Element>(values: &[f64], packing: &Packing, bits: u32) -> Result<Vec<T>> {
    let missing = T::slice(&packing.missing.values).unwrap_or(&[]);
    let fill = missing.first().copied().filter(|_| packing.missing.declared);
    let refuse = |what: String| Err(Error::data(what, packing.name.clone()));
    // Numbers of the other sign convention wrap around at this width.
    let wrap = packing.reread.as_ref().map(|to| (2f64.powi(bits as i32), !to_is_signed(to)));
    let mut out = Vec::with_capacity(values.len());
    for &value in values {
        if value.is_nan() {
            match fill {
                Some(fill) => out.push(fill),
                None if bits == 0 => out.push(T::from_f64(value)),
                None => return refuse("a value is missing, but the type declares no fill value".into()),
            }
            continue;
        }
        let mut number = if packing.packed { (value - packing.offset) / packing.scale } else { value };
        if bits > 0 {
            number = number.round_ties_even();
        }
        let mut in_type = number;
        if let Some((modulus, read_unsigned)) = wrap {
            let limit = modulus / 2.0;
            if read_unsigned && number >= limit {
                in_type -= modulus;
            } else if !read_unsigned && number < 0.0 {
                in_type += modulus;
            }
        }
        let cast = T::from_f64(in_type);
        if bits > 0 && cast.to_f64() != in_type {
            return refuse(format!("value {value} does not fit type {} as packed", packing.stored));
        }
        if missing.contains(&cast) && packing.missing.declared {
            return refuse(format!("value {value} would be stored as the fill value"));
        }
        out.push(cast);
    }
    Ok(out)
}

fn to_is_signed(to: &DataType) -> bool {
    matches!(to, DataType::I8 | DataType::I16 | DataType::I32 | DataType::I64)
}
