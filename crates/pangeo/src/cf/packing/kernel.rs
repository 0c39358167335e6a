//! The loops over values, one for each pair of types, written so that the compiler vectorises them.
#![allow(clippy::needless_bitwise_bool, reason = "`||` would put branches into the loops")]

use crate::model::{Buffer, DataType, Element};

/// What the loops need to know.
pub(super) struct Rules<'a> {
    /// The type that stored bits are read as.
    pub(super) seen: &'a DataType,
    /// Missing values of that type.
    pub(super) fills: &'a Buffer,
    /// Two values of that type.
    pub(super) valid: Option<&'a Buffer>,
    pub(super) linear: Option<(f64, f64)>,
    /// Whether `fills` stands in the file's attributes, not only in netCDF's manual.
    pub(super) declared: bool,
}

/// A type in the file.
trait Stored: Element {
    const LOW: Self;
    const HIGH: Self;
    const INTEGER: bool;
    /// Least and first too great value, as doubles.
    const SPAN: (f64, f64);
    /// A scaled value inside the span, brought into this type: integers round half to even.
    fn nearest(scaled: f64) -> Self;
}

macro_rules! stored {
    ($($t:ty: $beyond:expr, $round:expr;)*) => {$(
        impl Stored for $t {
            const LOW: Self = <$t>::MIN;
            const HIGH: Self = <$t>::MAX;
            const INTEGER: bool = true;
            const SPAN: (f64, f64) = (<$t>::MIN as f64, $beyond);
            #[inline]
            fn nearest(scaled: f64) -> Self {
                let round: fn(f64) -> f64 = $round;
                round(scaled) as $t
            }
        }
    )*};
}

/// Half to even for values below 2^51, in two additions: the sum has no bits left for a fraction.
/// (`round_ties_even` is a call where the processor is not known to have the instruction.)
#[inline]
fn round_small(x: f64) -> f64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0; // 1.5 × 2^52
    (x + SHIFT) - SHIFT
}

stored! {
    i8: 128.0, round_small;
    u8: 256.0, round_small;
    i16: 32768.0, round_small;
    u16: 65536.0, round_small;
    i32: 2_147_483_648.0, round_small;
    u32: 4_294_967_296.0, round_small;
    i64: 9_223_372_036_854_775_808.0, f64::round_ties_even;
    u64: 18_446_744_073_709_551_616.0, f64::round_ties_even;
}

impl Stored for f32 {
    const LOW: Self = f32::NEG_INFINITY;
    const HIGH: Self = f32::INFINITY;
    const INTEGER: bool = false;
    const SPAN: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
    #[inline]
    fn nearest(scaled: f64) -> Self {
        scaled as f32
    }
}

impl Stored for f64 {
    const LOW: Self = f64::NEG_INFINITY;
    const HIGH: Self = f64::INFINITY;
    const INTEGER: bool = false;
    const SPAN: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);
    #[inline]
    fn nearest(scaled: f64) -> Self {
        scaled
    }
}

/// A type in memory.
pub(super) trait Real: Copy {
    const MISSING: Self;
    fn of(value: f64) -> Self;
    fn wide(self) -> f64;
}

impl Real for f32 {
    const MISSING: Self = f32::NAN;
    #[inline]
    fn of(value: f64) -> Self {
        value as f32
    }
    #[inline]
    fn wide(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    const MISSING: Self = f64::NAN;
    #[inline]
    fn of(value: f64) -> Self {
        value
    }
    #[inline]
    fn wide(self) -> f64 {
        self
    }
}

/// Run `$body` on the values of a buffer with `$view`, which reads each as the type `$seen`;
/// `None` for other pairs of types.
macro_rules! with_view {
    ($buffer:expr, $seen:expr, |$v:ident, $view:ident| $body:expr) => {
        with_view!(@ $buffer, $seen, $v, $view, $body,
            I8 I8 i8 i8, I8 U8 i8 u8, U8 U8 u8 u8, U8 I8 u8 i8,
            I16 I16 i16 i16, I16 U16 i16 u16, U16 U16 u16 u16, U16 I16 u16 i16,
            I32 I32 i32 i32, I32 U32 i32 u32, U32 U32 u32 u32, U32 I32 u32 i32,
            I64 I64 i64 i64, I64 U64 i64 u64, U64 U64 u64 u64, U64 I64 u64 i64,
            F32 F32 f32 f32, F64 F64 f64 f64)
    };
    (@ $buffer:expr, $seen:expr, $v:ident, $view:ident, $body:expr,
        $($from:ident $to:ident $f:ident $t:ident),*) => {
        match ($buffer, $seen) {
            $((Buffer::$from($v), DataType::$to) => {
                #[allow(trivial_numeric_casts, clippy::unnecessary_cast)]
                let $view = |x: $f| x as $t;
                $body
            })*
            _ => None,
        }
    };
}

/// The typed test for missing values.
struct Test<'a, T> {
    fills: &'a [T],
    low: T,
    high: T,
}

impl<'a, T: Stored> Test<'a, T> {
    fn of(rules: &Rules<'a>) -> Self {
        let limits = rules.valid.and_then(T::slice);
        let (low, high) = match limits {
            Some([low, high]) => (*low, *high),
            _ => (T::LOW, T::HIGH),
        };
        Self { fills: T::slice(rules.fills).unwrap_or(&[]), low, high }
    }

    /// NaN fails both comparisons and so is missing.
    #[inline]
    fn outside(&self, x: T) -> bool {
        !(x >= self.low && x <= self.high)
    }

    fn any(&self, x: T) -> bool {
        self.outside(x) || self.fills.contains(&x)
    }
}

/// Which values are missing; `None` if the buffer is of another type.
pub(super) fn missing(stored: &Buffer, rules: &Rules) -> Option<Vec<bool>> {
    with_view!(stored, rules.seen, |values, view| {
        let test = Test::of(rules);
        Some(values.iter().map(|&x| test.any(view(x))).collect())
    })
}

/// Physical values; `None` if the buffer is of another type.
pub(super) fn decode<R: Real>(stored: &Buffer, rules: &Rules) -> Option<Vec<R>> {
    let mut out = Vec::new();
    decode_into(stored, rules, &mut out)?;
    Some(out)
}

/// As [`decode`], into memory that is there already.
pub(super) fn decode_into<R: Real>(stored: &Buffer, rules: &Rules, out: &mut Vec<R>) -> Option<()> {
    out.clear();
    with_view!(stored, rules.seen, |values, view| {
        decode_typed(values, view, rules, out);
        Some(())
    })
}

fn decode_typed<S: Copy, T: Stored, R: Real>(
    values: &[S],
    view: impl Fn(S) -> T + Copy,
    rules: &Rules,
    out: &mut Vec<R>,
) {
    let test = Test::of(rules);
    match rules.linear {
        Some((scale, offset)) => tested(values, view, &test, |x: T| R::of(x.to_f64() * scale + offset), out),
        None => tested(values, view, &test, |x: T| R::of(x.to_f64()), out),
    }
}

/// One loop for each usual number of missing values, so that none has an inner loop.
fn tested<S: Copy, T: Stored, R: Real>(
    values: &[S],
    view: impl Fn(S) -> T + Copy,
    test: &Test<T>,
    convert: impl Fn(T) -> R,
    out: &mut Vec<R>,
) {
    match *test.fills {
        [] => each(values, view, |x| test.outside(x), convert, out),
        [a] => each(values, view, |x| test.outside(x) | (x == a), convert, out),
        [a, b] => each(values, view, |x| test.outside(x) | (x == a) | (x == b), convert, out),
        _ => each(values, view, |x| test.any(x), convert, out),
    }
}

#[inline]
fn each<S: Copy, T: Copy, R: Real>(
    values: &[S],
    view: impl Fn(S) -> T,
    is_missing: impl Fn(T) -> bool,
    convert: impl Fn(T) -> R,
    out: &mut Vec<R>,
) {
    let one = |&stored: &S| {
        let x = view(stored);
        let physical = convert(x);
        if is_missing(x) { R::MISSING } else { physical }
    };
    out.extend(values.iter().map(one));
}

/// Stored values of type `seen`, or the first physical value that has none.
pub(super) fn encode<R: Real>(values: &[R], rules: &Rules) -> Result<Buffer, f64> {
    match rules.seen {
        DataType::I8 => encode_typed::<R, i8>(values, rules),
        DataType::U8 => encode_typed::<R, u8>(values, rules),
        DataType::I16 => encode_typed::<R, i16>(values, rules),
        DataType::U16 => encode_typed::<R, u16>(values, rules),
        DataType::I32 => encode_typed::<R, i32>(values, rules),
        DataType::U32 => encode_typed::<R, u32>(values, rules),
        DataType::I64 => encode_typed::<R, i64>(values, rules),
        DataType::U64 => encode_typed::<R, u64>(values, rules),
        DataType::F32 => encode_typed::<R, f32>(values, rules),
        _ => encode_typed::<R, f64>(values, rules),
    }
}

fn encode_typed<R: Real, T: Stored>(values: &[R], rules: &Rules) -> Result<Buffer, f64> {
    let test = Test::<T>::of(rules);
    let (scale, offset) = rules.linear.unwrap_or((1.0, 0.0));
    match (test.fills, rules.linear) {
        ([] | [_], Some(_)) => {
            let fill = test.fills.first().copied().unwrap_or(test.low);
            let check = test.fills.len() == 1;
            let is_missing = |x: T| test.outside(x) | (check & (x == fill));
            packed(values, |x| (x - offset) / scale, is_missing, rules, &test)
        }
        (_, Some(_)) => packed(values, |x| (x - offset) / scale, |x| test.any(x), rules, &test),
        _ => packed(values, |x| x, |x| test.any(x), rules, &test),
    }
}

/// The loop runs to the end without branches; only then is the first misfit looked for.
fn packed<R: Real, T: Stored>(
    values: &[R],
    scaled: impl Fn(f64) -> f64,
    is_missing: impl Fn(T) -> bool,
    rules: &Rules,
    test: &Test<T>,
) -> Result<Buffer, f64> {
    let fill = test.fills.first().copied().filter(|_| T::INTEGER || rules.declared);
    let fill = if T::INTEGER { fill } else { fill.or(Some(T::nearest(f64::NAN))) };
    let place = fill.unwrap_or_default();
    let one = |value: R| {
        let physical = value.wide();
        let absent = physical.is_nan();
        let scaled = scaled(physical);
        let inside = (scaled >= T::SPAN.0) & (scaled <= T::SPAN.1) & (!T::INTEGER | (scaled < T::SPAN.1));
        let stored = T::nearest(scaled);
        let overflow = !T::INTEGER & !stored.to_f64().is_finite() & physical.is_finite();
        (if absent { place } else { stored }, absent, !absent & (!inside | overflow | is_missing(stored)))
    };
    let (mut absent, mut misfit) = (false, false);
    let mut out = Vec::with_capacity(values.len());
    out.extend(values.iter().map(|&value| {
        let (stored, is_absent, is_misfit) = one(value);
        absent |= is_absent;
        misfit |= is_misfit;
        stored
    }));
    if absent && fill.is_none() {
        return Err(f64::NAN);
    }
    match values.iter().find(|&&value| misfit && one(value).2) {
        Some(value) => Err(value.wide()),
        None => Ok(T::wrap(out)),
    }
}

/// The same bits as another integer type of the same size.
pub(super) fn reinterpret(buffer: Buffer, stored: &DataType) -> Option<Buffer> {
    if buffer.data_type() == *stored {
        return Some(buffer);
    }
    Some(match (buffer, stored) {
        (Buffer::U8(v), DataType::I8) => Buffer::I8(v.into_iter().map(|x| x as i8).collect()),
        (Buffer::I8(v), DataType::U8) => Buffer::U8(v.into_iter().map(|x| x as u8).collect()),
        (Buffer::U16(v), DataType::I16) => Buffer::I16(v.into_iter().map(|x| x as i16).collect()),
        (Buffer::I16(v), DataType::U16) => Buffer::U16(v.into_iter().map(|x| x as u16).collect()),
        (Buffer::U32(v), DataType::I32) => Buffer::I32(v.into_iter().map(|x| x as i32).collect()),
        (Buffer::I32(v), DataType::U32) => Buffer::U32(v.into_iter().map(|x| x as u32).collect()),
        (Buffer::U64(v), DataType::I64) => Buffer::I64(v.into_iter().map(|x| x as i64).collect()),
        (Buffer::I64(v), DataType::U64) => Buffer::U64(v.into_iter().map(|x| x as u64).collect()),
        _ => return None,
    })
}
