//! Which stored values are missing.

use crate::model::{Buffer, DataType, Element, Variable};
use crate::with_numbers;

/// The stored values that mean "missing", in the stored type. NaN always does.
#[derive(Debug, Clone)]
pub(super) struct Missing {
    /// `_FillValue` first, then `missing_value`; a buffer of the stored type.
    pub(super) values: Buffer,
    /// Whether `values` begins with a declared value that may be written.
    pub(super) declared: bool,
}

impl Missing {
    pub(super) fn of(variable: &Variable) -> Self {
        let (attributes, stored) = (&variable.attributes, variable.data_type());
        let mut values = Buffer::zeros(stored, 0).unwrap_or(Buffer::F64(Vec::new()));
        let idle = |name: &&str| *name == "_FillValue" && variable.encoding.idle_fill;
        for name in ["_FillValue", "missing_value"].into_iter().filter(|n| !idle(n)) {
            if let Some(list) = attributes.get(name).and_then(|v| v.as_numbers()) {
                (0..list.len()).for_each(|i| push_same(&mut values, list, i));
            }
        }
        let declared = !values.is_empty();
        if !declared
            && (stored.is_float() || variable.encoding.default_fill)
            && let Some(fill) = default_fill(stored)
        {
            values = fill;
        }
        Self { values, declared }
    }

    /// Whether nothing but NaN is missing.
    pub(super) fn is_nan_only(&self) -> bool {
        match &self.values {
            Buffer::F32(v) => v.iter().all(|x| x.is_nan()),
            Buffer::F64(v) => v.iter().all(|x| x.is_nan()),
            other => other.is_empty(),
        }
    }

    /// Which values of `buffer` are missing.
    pub(super) fn mask(&self, buffer: &Buffer) -> Vec<bool> {
        fn mask<T: Element>(values: &[T], missing: &Buffer) -> Vec<bool> {
            let missing = T::slice(missing).unwrap_or(&[]);
            #[allow(clippy::eq_op)]
            values.iter().map(|v| v != v || missing.contains(v)).collect()
        }
        with_numbers!(buffer, v => mask(v, &self.values), vec![false; buffer.len()])
    }
}

/// Append `list[at]` to `values` if it exists in the type of `values`: a fill value that the stored
/// type cannot hold is never met.
fn push_same(values: &mut Buffer, list: &Buffer, at: usize) {
    macro_rules! integers {
        ($($variant:ident: $t:ty),*) => {
            match values {
                $(Buffer::$variant(out) => {
                    let exact = match list {
                        Buffer::I64(v) => v.get(at).and_then(|x| <$t>::try_from(*x).ok()),
                        Buffer::U64(v) => v.get(at).and_then(|x| <$t>::try_from(*x).ok()),
                        other => other.get_f64(at).and_then(|x| {
                            let cast = <$t as Element>::from_f64(x);
                            (cast.to_f64() == x).then_some(cast)
                        }),
                    };
                    out.extend(exact);
                })*
                Buffer::F32(out) => out.extend(list.get_f64(at).map(|x| x as f32)),
                Buffer::F64(out) => out.extend(list.get_f64(at)),
                Buffer::Char(_) | Buffer::String(_) => {}
            }
        };
    }
    integers!(I8: i8, U8: u8, I16: i16, U16: u16, I32: i32, U32: u32, I64: i64, U64: u64);
}

/// The value of places never written (NUG, "fill values"; `netcdf.h`), as a buffer of one value.
pub fn default_fill(data_type: &DataType) -> Option<Buffer> {
    Some(match data_type {
        DataType::I8 => Buffer::I8(vec![-127]),
        DataType::U8 => Buffer::U8(vec![255]),
        DataType::I16 => Buffer::I16(vec![-32_767]),
        DataType::U16 => Buffer::U16(vec![65_535]),
        DataType::I32 => Buffer::I32(vec![-2_147_483_647]),
        DataType::U32 => Buffer::U32(vec![4_294_967_295]),
        DataType::I64 => Buffer::I64(vec![-9_223_372_036_854_775_806]),
        DataType::U64 => Buffer::U64(vec![18_446_744_073_709_551_614]),
        DataType::F32 => Buffer::F32(vec![f32::from_bits(0x7cf0_0000)]),
        DataType::F64 => Buffer::F64(vec![f64::from_bits(0x479e_0000_0000_0000)]),
        DataType::Char => Buffer::Char(vec![0]),
        DataType::String => Buffer::String(vec![String::new()]),
        DataType::Opaque(_) => return None,
    })
}

/// Whether integers that are not declared missing may be so because nothing was written: where there are at
/// least two bytes (every byte is a value), and numbers are quantities, no flags (CF §3.5).
pub fn may_be_unwritten(variable: &Variable) -> bool {
    let says = |name: &str| variable.attributes.get(name).is_some();
    variable.data_type().is_integer()
        && variable.data_type().size() > 1
        && variable.encoding.enumeration.is_none()
        && !["_FillValue", "missing_value", "flag_values", "flag_masks", "flag_meanings"].into_iter().any(says)
}

/// The stored value to write for "missing": `_FillValue`, else the first `missing_value`, else NaN
/// in floating variables; `None` for integers that declare neither.
pub fn missing_value(variable: &Variable) -> Option<Buffer> {
    let missing = Missing::of(variable);
    if missing.declared {
        return missing.values.repeat_first(1);
    }
    match variable.data_type() {
        DataType::F32 => Some(Buffer::F32(vec![f32::NAN])),
        DataType::F64 => Some(Buffer::F64(vec![f64::NAN])),
        _ => None,
    }
}
