//! Typed values between memory and their bytes in a chunk.

use std::borrow::Cow;

use crate::io::zarr::dtype::StoredType;
use crate::model::{Buffer, ByteOrder, Element};

/// Numbers as runs of bytes, plain or split into planes of equal significance (shuffled).
trait Bytes: Element {
    /// Append the values of whole words; a broken last word is left out.
    fn extend_plain(out: &mut Vec<Self>, bytes: &[u8], order: ByteOrder);
    /// Append the values whose first bytes stand first, then their second bytes, and so on.
    fn extend_planes(out: &mut Vec<Self>, bytes: &[u8], order: ByteOrder);
    /// The bytes in the other than the machine's order.
    fn swapped(values: &[Self]) -> Vec<u8>;
}

macro_rules! bytes {
    ($($t:ty, $n:literal, |$planes:ident| $zipped:expr, $word:pat => $array:expr;)*) => {$(
        impl Bytes for $t {
            fn extend_plain(out: &mut Vec<Self>, bytes: &[u8], order: ByteOrder) {
                let (words, _) = bytes.as_chunks::<$n>();
                match order {
                    ByteOrder::Little => out.extend(words.iter().map(|w| <$t>::from_le_bytes(*w))),
                    ByteOrder::Big => out.extend(words.iter().map(|w| <$t>::from_be_bytes(*w))),
                }
            }

            fn extend_planes(out: &mut Vec<Self>, bytes: &[u8], order: ByteOrder) {
                let length = bytes.len() / $n;
                let plane = |k: usize| bytes.get(k * length..(k + 1) * length).unwrap_or(&[]).iter();
                let $planes: [_; $n] = std::array::from_fn(plane);
                match order {
                    ByteOrder::Little => out.extend($zipped.map(|$word| <$t>::from_le_bytes($array))),
                    ByteOrder::Big => out.extend($zipped.map(|$word| <$t>::from_be_bytes($array))),
                }
            }

            fn swapped(values: &[Self]) -> Vec<u8> {
                let other = |v: &Self| if cfg!(target_endian = "little") { v.to_be_bytes() } else { v.to_le_bytes() };
                values.iter().flat_map(other).collect()
            }
        }
    )*};
    (one $($t:ty)*) => { bytes!($($t, 1, |p| { let [a] = p; a }, a => [*a];)*); };
    (two $($t:ty)*) => { bytes!($($t, 2, |p| { let [a, b] = p; a.zip(b) }, (a, b) => [*a, *b];)*); };
    (four $($t:ty)*) => {
        bytes!($($t, 4, |p| { let [a, b, c, d] = p; a.zip(b).zip(c.zip(d)) },
            ((a, b), (c, d)) => [*a, *b, *c, *d];)*);
    };
    (eight $($t:ty)*) => {
        bytes!($($t, 8, |p| {
                let [a, b, c, d, e, f, g, h] = p;
                a.zip(b).zip(c.zip(d)).zip(e.zip(f).zip(g.zip(h)))
            },
            (((a, b), (c, d)), ((e, f), (g, h))) => [*a, *b, *c, *d, *e, *f, *g, *h];)*);
    };
}

bytes!(one i8 u8);
bytes!(two i16 u16);
bytes!(four i32 u32 f32);
bytes!(eight i64 u64 f64);

/// Run `$body` with `$v` bound to the `Vec` of a numeric buffer and `$t` its element type.
macro_rules! typed {
    ($buffer:expr, $v:ident => $body:expr, $other:expr) => {
        crate::with_numbers!($buffer, $v => $body, $other)
    };
}

/// How the bytes of whole numbers are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Value after value.
    Plain,
    /// All first bytes, then all second bytes, and so on.
    Planes,
}

/// Grows a buffer of numbers from runs of bytes.
pub(super) struct Collector {
    buffer: Buffer,
    order: ByteOrder,
}

impl Collector {
    /// An empty buffer with room for `count` numbers; `None` for types that are not plain numbers
    /// and where memory is short.
    pub(super) fn new(stored: &StoredType, order: ByteOrder, count: usize) -> Option<Self> {
        let data_type = match stored {
            StoredType::Number(_) | StoredType::Datetime(_) | StoredType::Timedelta(_) => stored.data_type(),
            _ => return None,
        };
        let mut buffer = Buffer::zeros(&data_type, 0)?;
        typed!(&mut buffer, v => v.try_reserve_exact(count).ok()?, return None);
        Some(Self { buffer, order })
    }

    /// Append the numbers of a run; a broken last word is left out.
    pub(super) fn push(&mut self, bytes: &[u8], layout: Layout) {
        fn extend<T: Bytes>(out: &mut Vec<T>, bytes: &[u8], order: ByteOrder, layout: Layout) {
            match layout {
                Layout::Plain => T::extend_plain(out, bytes, order),
                Layout::Planes => T::extend_planes(out, bytes, order),
            }
        }
        typed!(&mut self.buffer, v => extend(v, bytes, self.order, layout), ());
    }

    /// The numbers, if there are `count` of them.
    pub(super) fn finish(self, count: usize) -> Result<Buffer, String> {
        if self.buffer.len() == count {
            Ok(self.buffer)
        } else {
            Err(format!("chunk holds {} values, not {count}", self.buffer.len()))
        }
    }
}

/// `count` values from their plain bytes.
///
/// # Errors
/// When the length is wrong, a text is not Unicode, or memory is short.
pub(super) fn from_bytes(bytes: &[u8], stored: &StoredType, order: ByteOrder, count: usize) -> Result<Buffer, String> {
    let size = stored.size().ok_or("values have no fixed size")?;
    if count.checked_mul(size) != Some(bytes.len()) {
        return Err(format!("chunk has {} bytes, not {count} values of {size} bytes", bytes.len()));
    }
    if let Some(mut collector) = Collector::new(stored, order, count) {
        collector.push(bytes, Layout::Plain);
        return collector.finish(count);
    }
    match stored {
        StoredType::Half => {
            let mut words: Vec<u16> = Vec::new();
            words.try_reserve_exact(count).map_err(|_| "not enough memory for a chunk".to_owned())?;
            u16::extend_plain(&mut words, bytes, order);
            Ok(Buffer::F32(words.into_iter().map(from_half).collect()))
        }
        StoredType::Bool => Ok(Buffer::I8(bytes.iter().map(|&b| i8::from(b != 0)).collect())),
        StoredType::Bytes(1) => Ok(Buffer::Char(bytes.to_vec())),
        StoredType::Bytes(_) => {
            bytes.chunks_exact(size.max(1)).map(padded_text).collect::<Result<_, _>>().map(Buffer::String)
        }
        StoredType::Utf32(_) => {
            bytes.chunks_exact(size.max(1)).map(|b| utf32(b, order)).collect::<Result<_, _>>().map(Buffer::String)
        }
        _ => Err("not enough memory for a chunk".to_owned()),
    }
}

/// IEEE 754 binary16 as binary32: sign, five bits of exponent (bias 15), ten of fraction. Exact.
pub(in crate::io::zarr) fn from_half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1f), u32::from(bits & 0x3ff));
    match exponent {
        // Subnormal: so many times 2^-24.
        0 => f32::from_bits(sign | (fraction as f32 * 2f32.powi(-24)).to_bits()),
        0x1f => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

fn padded_text(bytes: &[u8]) -> Result<String, String> {
    let end = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
    let text = std::str::from_utf8(bytes.get(..end).unwrap_or(&[]));
    text.map(str::to_owned).map_err(|_| "a text is not UTF-8".to_owned())
}

fn utf32(bytes: &[u8], order: ByteOrder) -> Result<String, String> {
    let mut points = Vec::with_capacity(bytes.len() / 4);
    u32::extend_plain(&mut points, bytes, order);
    let end = points.iter().rposition(|&p| p != 0).map_or(0, |last| last + 1);
    let letters = points.into_iter().take(end).map(char::from_u32).collect::<Option<String>>();
    letters.ok_or_else(|| "a text is not UTF-32".to_owned())
}

/// Each number plus all before it, in the type itself: integers wrap around as numpy's do.
pub(super) fn running_sum(mut values: Buffer) -> Buffer {
    macro_rules! sums {
        ($($integer:ident)* ; $($float:ident)*) => {
            match &mut values {
                $(Buffer::$integer(v) => drop(v.iter_mut().fold(0, |sum, x| { *x = x.wrapping_add(sum); *x })),)*
                $(Buffer::$float(v) => drop(v.iter_mut().reduce(|a, b| { *b += *a; b })),)*
                Buffer::Char(_) | Buffer::String(_) => {}
            }
        };
    }
    sums!(I8 U8 I16 U16 I32 U32 I64 U64; F32 F64);
    values
}

/// The bytes of numbers, booleans and characters in `order`; `None` for whole texts.
pub(super) fn to_bytes(values: &Buffer, order: ByteOrder) -> Option<Cow<'_, [u8]>> {
    let native = if cfg!(target_endian = "little") { ByteOrder::Little } else { ByteOrder::Big };
    if let Buffer::Char(bytes) = values {
        return Some(Cow::Borrowed(bytes));
    }
    if order == native {
        return typed!(values, v => Some(Cow::Borrowed(zarrs::array::transmute_to_bytes(v))), None);
    }
    typed!(values, v => Some(Cow::Owned(Bytes::swapped(v))), None)
}

/// `count` texts from numcodecs' `vlen-utf8`: a count, then each text's length and bytes, all
/// lengths `u32` little-endian.
///
/// # Errors
/// When the bytes end early or go on, or a text is not UTF-8.
pub(super) fn from_vlen_utf8(bytes: &[u8], count: usize) -> Result<Buffer, String> {
    let short = || "texts end early".to_owned();
    let (declared, mut rest) = split_u32(bytes).ok_or_else(short)?;
    // Every text takes four bytes at least, which bounds what is allocated by what is there.
    if declared != count || rest.len() / 4 < count {
        return Err(format!("chunk holds {declared} texts, not {count}"));
    }
    let mut texts = Vec::with_capacity(count);
    for _ in 0..count {
        let (length, tail) = split_u32(rest).ok_or_else(short)?;
        let (text, tail) = tail.split_at_checked(length).ok_or_else(short)?;
        texts.push(std::str::from_utf8(text).map_err(|_| "a text is not UTF-8".to_owned())?.to_owned());
        rest = tail;
    }
    Ok(Buffer::String(texts))
}

fn split_u32(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (head, tail) = bytes.split_first_chunk::<4>()?;
    Some((usize::try_from(u32::from_le_bytes(*head)).ok()?, tail))
}

/// Texts as numcodecs' `vlen-utf8`.
///
/// # Errors
/// When a text or their number is beyond 32 bits.
pub(super) fn to_vlen_utf8(texts: &[String]) -> Result<Vec<u8>, String> {
    let length = |n: usize| u32::try_from(n).map(u32::to_le_bytes).map_err(|_| "a text is beyond 4 GiB".to_owned());
    let mut out = length(texts.len())?.to_vec();
    for text in texts {
        out.extend(length(text.len())?);
        out.extend(text.as_bytes());
    }
    Ok(out)
}

/// The texts of one block that the general path decoded: offsets into UTF-8 bytes.
pub(super) fn from_offsets(bytes: &[u8], offsets: &[usize]) -> Result<Buffer, String> {
    let pieces = offsets.windows(2).map(|w| match w {
        [from, to] => bytes.get(*from..*to).and_then(|b| std::str::from_utf8(b).ok()).map(str::to_owned),
        _ => None,
    });
    let texts: Option<Vec<_>> = pieces.collect();
    texts.map(Buffer::String).ok_or_else(|| "a text is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DataType;

    #[test]
    fn numbers_survive_either_byte_order() {
        let values = Buffer::I32(vec![1, -2, i32::MAX]);
        for order in [ByteOrder::Little, ByteOrder::Big] {
            let bytes = to_bytes(&values, order).unwrap().into_owned();
            let back = from_bytes(&bytes, &StoredType::Number(DataType::I32), order, 3).unwrap();
            assert_eq!(back, values);
        }
        assert_eq!(to_bytes(&Buffer::U16(vec![1]), ByteOrder::Big).unwrap().as_ref(), [0, 1]);
    }

    #[test]
    fn planes_are_put_together_again() {
        // 0x0403_0201 and 0x0807_0605, first bytes first.
        let mut c = Collector::new(&StoredType::Number(DataType::U32), ByteOrder::Little, 2).unwrap();
        c.push(&[1, 5, 2, 6, 3, 7, 4, 8], Layout::Planes);
        assert_eq!(c.finish(2).unwrap(), Buffer::U32(vec![0x0403_0201, 0x0807_0605]));
    }

    #[test]
    fn texts_of_fixed_and_free_length() {
        let bytes = from_bytes(b"ab\0c\0\0", &StoredType::Bytes(3), ByteOrder::Little, 2).unwrap();
        assert_eq!(bytes, Buffer::String(vec!["ab".into(), "c".into()]));
        let wide = from_bytes(&[0, 0, 0, 0xe9, 0, 0, 0, 0], &StoredType::Utf32(2), ByteOrder::Big, 1).unwrap();
        assert_eq!(wide, Buffer::String(vec!["é".into()]));
        let texts = vec![String::new(), "Ωmega".to_owned()];
        let coded = to_vlen_utf8(&texts).unwrap();
        assert_eq!(from_vlen_utf8(&coded, 2).unwrap(), Buffer::String(texts));
        assert!(from_vlen_utf8(coded.get(..9).unwrap(), 2).is_err());
        assert!(from_vlen_utf8(&[255, 255, 255, 255], u32::MAX as usize).is_err());
        assert!(from_bytes(&[0xff, 0xff], &StoredType::Bytes(2), ByteOrder::Little, 1).is_err());
    }

    /// numpy: `np.array([…], dtype='<u2').view('f2').astype('f4')`
    #[test]
    fn half_floats_are_widened_exactly() {
        let cases =
            [(0x3c00, 1.0), (0xc000, -2.0), (0x0001, 5.960_464_5e-8), (0x03ff, 6.097_555e-5), (0x7bff, 65504.0)];
        for (bits, value) in cases {
            assert_eq!(from_half(bits), value, "{bits:#x}");
        }
        assert_eq!(from_half(0xfc00), f32::NEG_INFINITY);
        assert!(from_half(0x7e00).is_nan() && from_half(0x8000).is_sign_negative());
        let bytes = [0x3c, 0x00, 0x55, 0x55];
        let read = from_bytes(&bytes, &StoredType::Half, ByteOrder::Big, 2).unwrap();
        assert_eq!(read, Buffer::F32(vec![1.0, 85.3125]));
    }
}
