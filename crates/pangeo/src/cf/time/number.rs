//! Stored numbers ⇄ nanoseconds, exactly.

use super::instant::NANOSECONDS_PER_SECOND;
use crate::model::{Buffer, DataType};

/// A stored value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    /// A value of an integer type.
    Integer(i128),
    /// A value of a floating type, and the distance to the next greater one of that type.
    Float { value: f64, spacing: f64 },
}

impl Number {
    /// The value as a double.
    pub(super) fn to_f64(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Float { value, .. } => value,
        }
    }

    fn double(value: f64) -> Self {
        Self::Float { value, spacing: value.abs().next_up() - value.abs() }
    }

    fn single(value: f32) -> Self {
        Self::Float { value: f64::from(value), spacing: f64::from(value.abs().next_up()) - f64::from(value.abs()) }
    }
}

/// All values of a numeric buffer; `None` for texts.
pub(super) fn numbers(buffer: &Buffer) -> Option<Box<dyn Iterator<Item = Number> + '_>> {
    macro_rules! integers {
        ($v:expr) => {
            Box::new($v.iter().map(|&x| Number::Integer(i128::from(x))))
        };
    }
    Some(match buffer {
        Buffer::I8(v) => integers!(v),
        Buffer::U8(v) => integers!(v),
        Buffer::I16(v) => integers!(v),
        Buffer::U16(v) => integers!(v),
        Buffer::I32(v) => integers!(v),
        Buffer::U32(v) => integers!(v),
        Buffer::I64(v) => integers!(v),
        Buffer::U64(v) => integers!(v),
        Buffer::F32(v) => Box::new(v.iter().map(|&x| Number::single(x))),
        Buffer::F64(v) => Box::new(v.iter().map(|&x| Number::double(x))),
        Buffer::Char(_) | Buffer::String(_) => return None,
    })
}

/// `value` units in nanoseconds; `None` if it is not finite or beyond all range.
///
/// Integers are exact. Floating values are rounded to the microsecond, half to even, and to the
/// whole second if that is less than a microsecond away, as cftime does; and also if the second is
/// not farther than the spacing of the type there, provided that is below 0.1 s. A double of
/// `days since 0001-01-01` resolves 10 µs only, and 08:00 must not be read as 07:59:59.999995.
pub(super) fn nanoseconds(value: Number, unit: i128) -> Option<i128> {
    let (value, spacing) = match value {
        Number::Integer(value) => return value.checked_mul(unit),
        Number::Float { value, spacing } => (value, spacing),
    };
    let rounded = times(value, unit, unit.min(1000))?;
    if unit < NANOSECONDS_PER_SECOND {
        return Some(rounded);
    }
    let spacing = spacing * unit as f64;
    let near = if spacing < 1e8 { (spacing as i128).max(999) } else { 999 };
    let second = round_to(rounded, NANOSECONDS_PER_SECOND);
    let exact = times(value, unit, 1)?;
    Some(if (exact - second).abs() <= near { second } else { rounded })
}

/// `value · unit`, rounded to a multiple of `grain` (half to even), with no rounding before.
fn times(value: f64, unit: i128, grain: i128) -> Option<i128> {
    const FRACTION_BITS: u32 = 52;
    if !value.is_finite() {
        return None;
    }
    let bits = value.to_bits();
    let biased = (bits >> FRACTION_BITS & 0x7ff) as i32;
    let fraction = i128::from(bits & ((1 << FRACTION_BITS) - 1));
    let (mantissa, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | 1 << FRACTION_BITS, biased - 1075) };
    let product = (if value < 0.0 { -mantissa } else { mantissa }).checked_mul(unit)?;
    if exponent >= 0 {
        let scaled = 1_i128.checked_shl(exponent as u32).filter(|_| exponent < 100)?;
        return Some(round_to(product.checked_mul(scaled)?, grain));
    }
    // |product| < 2^113, so that a shift by more leaves less than half a grain.
    match exponent.unsigned_abs() {
        shift @ 0..=115 => Some(divide(product, grain.checked_mul(1_i128.checked_shl(shift)?)?)?.checked_mul(grain)?),
        _ => Some(0),
    }
}

/// The nearest multiple of `grain`, half to even.
fn round_to(value: i128, grain: i128) -> i128 {
    divide(value, grain).and_then(|q| q.checked_mul(grain)).unwrap_or(value)
}

/// The nearest whole quotient by a positive divisor, half to even.
fn divide(value: i128, by: i128) -> Option<i128> {
    let (below, rest) = (value.checked_div_euclid(by)?, value.checked_rem_euclid(by)?);
    let up = match rest.cmp(&(by - rest)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => below % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    below.checked_add(i128::from(up))
}

/// The double nearest to `nanoseconds / unit`.
pub(super) fn quotient(nanoseconds: i128, unit: i128) -> f64 {
    let first = nanoseconds as f64 / unit as f64;
    nearest([first, first.next_down(), first.next_up()], nanoseconds, unit)
}

/// The float nearest to `nanoseconds / unit`.
pub(super) fn quotient_f32(nanoseconds: i128, unit: i128) -> f32 {
    let first = (nanoseconds as f64 / unit as f64) as f32;
    nearest([first, first.next_down(), first.next_up()].map(f64::from), nanoseconds, unit) as f32
}

/// The candidate whose nanoseconds are nearest; the first of equals.
fn nearest(candidates: [f64; 3], nanoseconds: i128, unit: i128) -> f64 {
    let distance = |c: f64| times(c, unit, 1).map_or(u128::MAX, |n| n.abs_diff(nanoseconds));
    let [first, ..] = candidates;
    candidates.into_iter().fold(first, |best, c| if distance(c) < distance(best) { c } else { best })
}

/// Whole numbers in an integer type; `Err(index)` of the first that does not fit, or of none if the
/// type is no integer type.
pub(super) fn integers(data_type: &DataType, values: &[i128]) -> Result<Buffer, Option<usize>> {
    fn all<T: TryFrom<i128>>(values: &[i128]) -> Result<Vec<T>, Option<usize>> {
        values.iter().enumerate().map(|(i, &v)| T::try_from(v).map_err(|_| Some(i))).collect()
    }
    Ok(match data_type {
        DataType::I8 => Buffer::I8(all(values)?),
        DataType::U8 => Buffer::U8(all(values)?),
        DataType::I16 => Buffer::I16(all(values)?),
        DataType::U16 => Buffer::U16(all(values)?),
        DataType::I32 => Buffer::I32(all(values)?),
        DataType::U32 => Buffer::U32(all(values)?),
        DataType::I64 => Buffer::I64(all(values)?),
        DataType::U64 => Buffer::U64(all(values)?),
        _ => return Err(None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i128 = 86_400_000_000_000;

    fn decode(value: f64, unit: i128) -> Option<i128> {
        nanoseconds(Number::double(value), unit)
    }

    #[test]
    fn doubles_are_rounded_as_cftime_rounds() {
        // cftime.num2date(1/3, 'days since 2000-01-01') is 08:00:00; of 0.1234567891: 02:57:46.666578
        assert_eq!(decode(1.0 / 3.0, DAY), Some(28_800_000_000_000));
        assert_eq!(decode(0.123_456_789_1, DAY), Some(10_666_666_578_000));
        assert_eq!(decode(0.5e-6, 1_000_000_000), Some(0), "half a microsecond past a second is that second");
        assert_eq!(decode(1.5e-6, 1_000_000_000), Some(2_000), "half to even");
        assert_eq!(decode(2.5, 1_000), Some(2_000));
        assert_eq!(decode(-0.25, DAY), Some(-DAY / 4));
    }

    #[test]
    fn whole_seconds_survive_where_a_double_is_coarse() {
        let eight = 730_000 * DAY + DAY / 3;
        assert_eq!(decode(quotient(eight, DAY), DAY), Some(eight));
        assert_eq!(decode(730_000.0 + 1.0 / 3.0, DAY), Some(eight));
        assert_eq!(decode(quotient(eight, DAY) + 1e-9, DAY), Some(eight + 94_000), "cftime: 08:00:00.000094");
    }

    #[test]
    fn floats_that_are_no_time_are_none_or_zero() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 1e35] {
            assert_eq!(decode(value, DAY), None, "{value}");
        }
        for value in [0.0, -0.0, f64::MIN_POSITIVE, 5e-324, -1e-30] {
            assert_eq!(decode(value, DAY), Some(0), "{value}");
        }
        assert_eq!(nanoseconds(Number::Integer(i128::MAX), DAY), None);
    }

    #[test]
    fn quotients_are_the_nearest_floats() {
        assert_eq!(quotient(DAY / 2, DAY), 0.5);
        assert_eq!(quotient(1, 3), 1.0 / 3.0);
        assert_eq!(quotient_f32(3 * DAY / 10, DAY), 0.3_f32);
    }
}
