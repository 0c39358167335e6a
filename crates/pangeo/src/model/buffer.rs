//! A typed run of values.

use super::DataType;

/// Values of one type, in C order.
#[derive(Debug, Clone, PartialEq)]
pub enum Buffer {
    /// `byte`
    I8(Vec<i8>),
    /// `ubyte`
    U8(Vec<u8>),
    /// `short`
    I16(Vec<i16>),
    /// `ushort`
    U16(Vec<u16>),
    /// `int`
    I32(Vec<i32>),
    /// `uint`
    U32(Vec<u32>),
    /// `int64`
    I64(Vec<i64>),
    /// `uint64`
    U64(Vec<u64>),
    /// `float`
    F32(Vec<f32>),
    /// `double`
    F64(Vec<f64>),
    /// Bytes of text.
    Char(Vec<u8>),
    /// Whole texts.
    String(Vec<String>),
}

/// Run `$body` with `$v` bound to the `Vec` inside a [`Buffer`], whatever its type.
#[macro_export]
macro_rules! with_buffer {
    ($buffer:expr, $v:ident => $body:expr) => {
        match $buffer {
            $crate::model::Buffer::I8($v) => $body,
            $crate::model::Buffer::U8($v) | $crate::model::Buffer::Char($v) => $body,
            $crate::model::Buffer::I16($v) => $body,
            $crate::model::Buffer::U16($v) => $body,
            $crate::model::Buffer::I32($v) => $body,
            $crate::model::Buffer::U32($v) => $body,
            $crate::model::Buffer::I64($v) => $body,
            $crate::model::Buffer::U64($v) => $body,
            $crate::model::Buffer::F32($v) => $body,
            $crate::model::Buffer::F64($v) => $body,
            $crate::model::Buffer::String($v) => $body,
        }
    };
}

/// Run `$body` with `$v` bound to the `Vec` inside a numeric [`Buffer`]; `$other` for texts.
#[macro_export]
macro_rules! with_numbers {
    ($buffer:expr, $v:ident => $body:expr, $other:expr) => {
        match $buffer {
            $crate::model::Buffer::I8($v) => $body,
            $crate::model::Buffer::U8($v) => $body,
            $crate::model::Buffer::I16($v) => $body,
            $crate::model::Buffer::U16($v) => $body,
            $crate::model::Buffer::I32($v) => $body,
            $crate::model::Buffer::U32($v) => $body,
            $crate::model::Buffer::I64($v) => $body,
            $crate::model::Buffer::U64($v) => $body,
            $crate::model::Buffer::F32($v) => $body,
            $crate::model::Buffer::F64($v) => $body,
            $crate::model::Buffer::Char(_) | $crate::model::Buffer::String(_) => $other,
        }
    };
}

/// A number type that a [`Buffer`] can hold.
pub trait Element: Copy + PartialEq + PartialOrd + Default + Send + Sync + 'static {
    /// Its data type.
    const DATA_TYPE: DataType;
    /// The value as a double; 64-bit integers beyond 2^53 are rounded.
    fn to_f64(self) -> f64;
    /// All digits of an integer; floating values are cut to whole numbers.
    fn to_i128(self) -> i128;
    /// The nearest value of this type; integers round half to even and saturate, NaN becomes 0.
    fn from_f64(value: f64) -> Self;
    /// The values as a buffer.
    fn wrap(values: Vec<Self>) -> Buffer;
    /// The values, if the buffer is of this type.
    fn slice(buffer: &Buffer) -> Option<&[Self]>;
}

macro_rules! element {
    ($($t:ty => $variant:ident, $from:expr;)*) => {$(
        impl Element for $t {
            const DATA_TYPE: DataType = DataType::$variant;
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, trivial_numeric_casts)]
            fn to_f64(self) -> f64 { self as f64 }
            #[allow(clippy::cast_possible_truncation, clippy::cast_lossless)]
            fn to_i128(self) -> i128 { self as i128 }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, trivial_numeric_casts)]
            fn from_f64(value: f64) -> Self { let f: fn(f64) -> f64 = $from; f(value) as $t }
            fn wrap(values: Vec<Self>) -> Buffer { Buffer::$variant(values) }
            fn slice(buffer: &Buffer) -> Option<&[Self]> {
                if let Buffer::$variant(v) = buffer { Some(v) } else { None }
            }
        }
    )*};
}

element! {
    i8 => I8, f64::round_ties_even;
    u8 => U8, f64::round_ties_even;
    i16 => I16, f64::round_ties_even;
    u16 => U16, f64::round_ties_even;
    i32 => I32, f64::round_ties_even;
    u32 => U32, f64::round_ties_even;
    i64 => I64, f64::round_ties_even;
    u64 => U64, f64::round_ties_even;
    f32 => F32, |v| v;
    f64 => F64, |v| v;
}

/// Whether memory can be had for `len` values: asking for too much would end the program.
fn fits_memory(data_type: &DataType, len: usize) -> Option<()> {
    /// Less than this is not worth asking for.
    const SMALL: usize = 64 << 20;
    let bytes = len.checked_mul(data_type.planning_size())?;
    (bytes < SMALL || Vec::<u8>::new().try_reserve_exact(bytes).is_ok()).then_some(())
}

impl Buffer {
    /// `len` zeros (empty texts, NUL characters) of a type; `None` for opaque types and for more than
    /// memory can hold.
    pub fn zeros(data_type: &DataType, len: usize) -> Option<Self> {
        fits_memory(data_type, len)?;
        Some(match data_type {
            DataType::I8 => Self::I8(vec![0; len]),
            DataType::U8 => Self::U8(vec![0; len]),
            DataType::I16 => Self::I16(vec![0; len]),
            DataType::U16 => Self::U16(vec![0; len]),
            DataType::I32 => Self::I32(vec![0; len]),
            DataType::U32 => Self::U32(vec![0; len]),
            DataType::I64 => Self::I64(vec![0; len]),
            DataType::U64 => Self::U64(vec![0; len]),
            DataType::F32 => Self::F32(vec![0.0; len]),
            DataType::F64 => Self::F64(vec![0.0; len]),
            DataType::Char => Self::Char(vec![0; len]),
            DataType::String => Self::String(vec![String::new(); len]),
            DataType::Opaque(_) => return None,
        })
    }

    /// `len` copies of this buffer's first value, zeros if it is empty; `None` for more than memory
    /// can hold.
    #[must_use]
    pub fn repeat_first(&self, len: usize) -> Option<Self> {
        fits_memory(&self.data_type(), len)?;
        macro_rules! repeat {
            ($($variant:ident)*) => {
                match self {
                    $(Self::$variant(v) => Self::$variant(vec![v.first().cloned().unwrap_or_default(); len]),)*
                }
            };
        }
        Some(repeat!(I8 U8 I16 U16 I32 U32 I64 U64 F32 F64 Char String))
    }

    /// The type of the values.
    pub fn data_type(&self) -> DataType {
        match self {
            Self::I8(_) => DataType::I8,
            Self::U8(_) => DataType::U8,
            Self::I16(_) => DataType::I16,
            Self::U16(_) => DataType::U16,
            Self::I32(_) => DataType::I32,
            Self::U32(_) => DataType::U32,
            Self::I64(_) => DataType::I64,
            Self::U64(_) => DataType::U64,
            Self::F32(_) => DataType::F32,
            Self::F64(_) => DataType::F64,
            Self::Char(_) => DataType::Char,
            Self::String(_) => DataType::String,
        }
    }

    /// How many values.
    pub fn len(&self) -> usize {
        with_buffer!(self, v => v.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at `index` as a double; `None` for texts and beyond the end.
    pub fn get_f64(&self, index: usize) -> Option<f64> {
        with_numbers!(self, v => v.get(index).map(|x| x.to_f64()), None)
    }

    /// All values as doubles; `None` for texts. 64-bit integers beyond 2^53 are rounded.
    pub fn to_f64(&self) -> Option<Vec<f64>> {
        with_numbers!(self, v => Some(v.iter().map(|x| x.to_f64()).collect()), None)
    }

    /// All values with all their digits, where they are integers.
    pub fn to_i128(&self) -> Option<Vec<i128>> {
        if !self.data_type().is_integer() {
            return None;
        }
        with_numbers!(self, v => Some(v.iter().map(|x| x.to_i128()).collect()), None)
    }

    /// Doubles brought into a numeric type as [`Element::from_f64`] does; `None` for other types.
    pub fn from_f64(data_type: &DataType, values: &[f64]) -> Option<Self> {
        fn cast<T: Element>(values: &[f64]) -> Buffer {
            T::wrap(values.iter().map(|&x| T::from_f64(x)).collect())
        }
        Some(match data_type {
            DataType::I8 => cast::<i8>(values),
            DataType::U8 => cast::<u8>(values),
            DataType::I16 => cast::<i16>(values),
            DataType::U16 => cast::<u16>(values),
            DataType::I32 => cast::<i32>(values),
            DataType::U32 => cast::<u32>(values),
            DataType::I64 => cast::<i64>(values),
            DataType::U64 => cast::<u64>(values),
            DataType::F32 => cast::<f32>(values),
            DataType::F64 => cast::<f64>(values),
            DataType::Char | DataType::String | DataType::Opaque(_) => return None,
        })
    }
}
