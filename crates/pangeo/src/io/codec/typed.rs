//! From bytes to numbers: byte order and shuffle undone in one pass, straight into their place.

use super::Decoded;
use crate::model::ByteOrder;

/// A number as it stands in a file.
pub trait Stored: Copy + Default {
    /// Bytes of a value.
    const SIZE: usize;

    /// Numbers from bytes that stand one value after the other; as many as both hold.
    fn copy(bytes: &[u8], order: ByteOrder, out: &mut [Self]);

    /// Numbers `start..start + out.len()` of `count` from bytes regrouped by significance; `None`
    /// if the bytes do not hold them.
    fn gather(planes: &[u8], count: usize, start: usize, order: ByteOrder, out: &mut [Self]) -> Option<()>;
}

/// Values `start..start + out.len()` of a decoded chunk of `count` values; `None` if it has fewer.
pub fn values<T: Stored>(
    decoded: Decoded<'_>,
    count: usize,
    start: usize,
    order: ByteOrder,
    out: &mut [T],
) -> Option<()> {
    if decoded.shuffled {
        return T::gather(decoded.bytes, count, start, order, out);
    }
    let from = start.checked_mul(T::SIZE)?;
    let to = from.checked_add(out.len().checked_mul(T::SIZE)?)?;
    T::copy(decoded.bytes.get(from..to)?, order, out);
    Some(())
}

/// The part of one plane that belongs to `length` values from `start`.
fn plane(planes: &[u8], count: usize, number: usize, start: usize, length: usize) -> Option<&[u8]> {
    let from = number.checked_mul(count)?.checked_add(start)?;
    planes.get(from..from.checked_add(length)?)
}

macro_rules! stored {
    ($($t:ty, $size:literal, $gather:ident, $from:expr;)*) => {$(
        impl Stored for $t {
            const SIZE: usize = $size;

            fn copy(bytes: &[u8], order: ByteOrder, out: &mut [Self]) {
                let (chunks, _) = bytes.as_chunks::<$size>();
                match order {
                    ByteOrder::Little => {
                        for (o, c) in out.iter_mut().zip(chunks) { *o = <$t>::from_le_bytes(*c); }
                    }
                    ByteOrder::Big => {
                        for (o, c) in out.iter_mut().zip(chunks) { *o = <$t>::from_be_bytes(*c); }
                    }
                }
            }

            fn gather(
                bytes: &[u8], count: usize, start: usize, order: ByteOrder, out: &mut [Self],
            ) -> Option<()> {
                if start.checked_add(out.len())? > count {
                    return None;
                }
                let mut planes: [&[u8]; $size] = [&[]; $size];
                for (i, p) in planes.iter_mut().enumerate() {
                    let number = if order == ByteOrder::Little { i } else { $size - 1 - i };
                    *p = plane(bytes, count, number, start, out.len())?;
                }
                $gather(planes, out, $from);
                Some(())
            }
        }
    )*};
}

stored! {
    i8, 1, gather1, u8::cast_signed;
    u8, 1, gather1, |w| w;
    i16, 2, gather2, u16::cast_signed;
    u16, 2, gather2, |w| w;
    i32, 4, gather4, u32::cast_signed;
    u32, 4, gather4, |w| w;
    f32, 4, gather4, f32::from_bits;
    i64, 8, gather8, u64::cast_signed;
    u64, 8, gather8, |w| w;
    f64, 8, gather8, f64::from_bits;
}

/// Values joined at a time: enough for the compiler to fill vector registers.
const LANES: usize = 16;

/// The next bytes of a plane.
fn lanes(plane: &[u8], at: usize) -> Option<&[u8; LANES]> {
    plane.get(at..)?.first_chunk()
}

fn gather1<T>([a]: [&[u8]; 1], out: &mut [T], from: impl Fn(u8) -> T) {
    for (o, &a) in out.iter_mut().zip(a) {
        *o = from(a);
    }
}

/// Values of 2 bytes from their planes, least significant first.
pub(super) fn gather2<T>([a, b]: [&[u8]; 2], out: &mut [T], from: impl Fn(u16) -> T) {
    for ((o, &a), &b) in out.iter_mut().zip(a).zip(b) {
        *o = from(u16::from_le_bytes([a, b]));
    }
}

/// Values of 4 bytes from their planes, least significant first.
pub(super) fn gather4<T>([a, b, c, d]: [&[u8]; 4], out: &mut [T], from: impl Fn(u32) -> T) {
    let (blocks, rest) = out.as_chunks_mut::<LANES>();
    let tail = blocks.len() * LANES;
    for (k, block) in blocks.iter_mut().enumerate() {
        let at = k * LANES;
        if let (Some(a), Some(b), Some(c), Some(d)) = (lanes(a, at), lanes(b, at), lanes(c, at), lanes(d, at)) {
            for (o, w) in block.iter_mut().zip(join(a, b, c, d)) {
                *o = from(w);
            }
        }
    }
    let [a, b, c, d] = [a, b, c, d].map(|p| p.get(tail..).unwrap_or(&[]));
    for ((((o, &a), &b), &c), &d) in rest.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *o = from(u32::from_le_bytes([a, b, c, d]));
    }
}

/// Values of 8 bytes from their planes, least significant first.
pub(super) fn gather8<T>(planes: [&[u8]; 8], out: &mut [T], from: impl Fn(u64) -> T) {
    let [a, b, c, d, e, f, g, h] = planes;
    let (blocks, rest) = out.as_chunks_mut::<LANES>();
    let tail = blocks.len() * LANES;
    for (k, block) in blocks.iter_mut().enumerate() {
        let at = k * LANES;
        let low = (lanes(a, at), lanes(b, at), lanes(c, at), lanes(d, at));
        let high = (lanes(e, at), lanes(f, at), lanes(g, at), lanes(h, at));
        if let ((Some(a), Some(b), Some(c), Some(d)), (Some(e), Some(f), Some(g), Some(h))) = (low, high) {
            for ((o, low), high) in block.iter_mut().zip(join(a, b, c, d)).zip(join(e, f, g, h)) {
                *o = from(u64::from(low) | u64::from(high) << 32);
            }
        }
    }
    for (i, o) in rest.iter_mut().enumerate() {
        *o = from(u64::from_le_bytes(planes.map(|p| p.get(tail + i).copied().unwrap_or(0))));
    }
}

/// Four-byte words from their bytes, least significant first.
fn join(a: &[u8; LANES], b: &[u8; LANES], c: &[u8; LANES], d: &[u8; LANES]) -> [u32; LANES] {
    let mut words = [0; LANES];
    for ((((w, &a), &b), &c), &d) in words.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *w = u32::from_le_bytes([a, b, c, d]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::shuffle;
    use super::*;

    fn check<T: Stored + PartialEq + std::fmt::Debug>(expected: &[T], bytes: &[u8], order: ByteOrder) {
        let mut planes = Vec::new();
        shuffle::encode(bytes, T::SIZE, &mut planes);
        for (bytes, shuffled) in [(bytes, false), (&planes, true)] {
            let decoded = Decoded { bytes, shuffled };
            for start in 0..expected.len() {
                let mut out = vec![T::default(); expected.len() - start];
                values(decoded, expected.len(), start, order, &mut out).unwrap();
                assert_eq!(out, expected[start..]);
            }
            let mut more = vec![T::default(); expected.len() + 1];
            assert_eq!(values(decoded, expected.len(), 0, order, &mut more), None);
        }
    }

    #[test]
    fn plain_and_shuffled_values_in_both_orders() {
        let numbers: Vec<f32> = (0..37).map(|i| i as f32 * 1.25 - 7.0).collect();
        let le: Vec<u8> = numbers.iter().flat_map(|v| v.to_le_bytes()).collect();
        let be: Vec<u8> = numbers.iter().flat_map(|v| v.to_be_bytes()).collect();
        check(&numbers, &le, ByteOrder::Little);
        check(&numbers, &be, ByteOrder::Big);
        check(&[-2i16, 300], &[0xff, 0xfe, 0x01, 0x2c], ByteOrder::Big);
        check(&[1u64 << 40, 3], &[0, 0, 0, 0, 0, 1, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0], ByteOrder::Little);
        check(&[-1i8, 5], &[0xff, 5], ByteOrder::Big);
    }
}
