//! Bytes regrouped by significance: HDF5 filter 2.
//!
//! The first bytes of all values, then all second bytes, and so on; bytes that do not make a whole
//! value stay at the end. Whole chunks of numbers are regrouped by [`super::typed`] while they are
//! placed; this is the plain form for the rest.

use super::typed;

/// Undo the shuffle of values of `size` bytes.
pub fn decode(input: &[u8], size: usize, out: &mut Vec<u8>) {
    out.clear();
    let count = input.len().checked_div(size).unwrap_or(0);
    if size <= 1 || count <= 1 {
        out.extend_from_slice(input);
        return;
    }
    out.resize(input.len(), 0);
    let (values, rest) = out.split_at_mut(count * size);
    rest.copy_from_slice(input.get(count * size..).unwrap_or(&[]));
    match size {
        2 => typed::gather2(planes(input, count), values.as_chunks_mut().0, u16::to_le_bytes),
        4 => typed::gather4(planes(input, count), values.as_chunks_mut().0, u32::to_le_bytes),
        8 => typed::gather8(planes(input, count), values.as_chunks_mut().0, u64::to_le_bytes),
        _ => {
            for (byte, plane) in input.chunks_exact(count).take(size).enumerate() {
                for (value, &b) in values.chunks_exact_mut(size).zip(plane) {
                    if let Some(place) = value.get_mut(byte) {
                        *place = b;
                    }
                }
            }
        }
    }
}

/// The first, second, … bytes of `count` values.
fn planes<const N: usize>(input: &[u8], count: usize) -> [&[u8]; N] {
    let mut planes: [&[u8]; N] = [&[]; N];
    for (place, plane) in planes.iter_mut().zip(input.chunks_exact(count)) {
        *place = plane;
    }
    planes
}

/// One byte of each value.
fn taken<const N: usize>(values: &[[u8; N]], plane: &mut [u8], byte: impl Fn(&[u8; N]) -> u8) {
    plane.iter_mut().zip(values).for_each(|(place, value)| *place = byte(value));
}

/// Shuffle values of `size` bytes, as it is done before compression.
pub fn encode(input: &[u8], size: usize, out: &mut Vec<u8>) {
    out.clear();
    let count = input.len().checked_div(size).unwrap_or(0);
    if size <= 1 || count <= 1 {
        out.extend_from_slice(input);
        return;
    }
    out.resize(input.len(), 0);
    let (planes, rest) = out.split_at_mut(count * size);
    let values = input.get(..count * size).unwrap_or(input);
    // Shifts of whole words are done for many values at once.
    for (byte, plane) in (0_u32..).zip(planes.chunks_exact_mut(count)) {
        match size {
            2 => taken(values.as_chunks().0, plane, |v| (u16::from_le_bytes(*v) >> (8 * byte)) as u8),
            4 => taken(values.as_chunks().0, plane, |v| (u32::from_le_bytes(*v) >> (8 * byte)) as u8),
            8 => taken(values.as_chunks().0, plane, |v| (u64::from_le_bytes(*v) >> (8 * byte)) as u8),
            _ => {
                for (place, value) in plane.iter_mut().zip(values.chunks_exact(size)) {
                    *place = value.get(byte as usize).copied().unwrap_or(0);
                }
            }
        }
    }
    rest.copy_from_slice(input.get(count * size..).unwrap_or(&[]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regroups_bytes_and_back() {
        let (mut shuffled, mut back) = (Vec::new(), Vec::new());
        encode(&[1, 2, 3, 4, 5, 6, 7], 2, &mut shuffled);
        assert_eq!(shuffled, [1, 3, 5, 2, 4, 6, 7]);
        decode(&shuffled, 2, &mut back);
        assert_eq!(back, [1, 2, 3, 4, 5, 6, 7]);
        // numcodecs.Shuffle(4).encode(bytes(range(1, 9)))
        encode(&[1, 2, 3, 4, 5, 6, 7, 8], 4, &mut shuffled);
        assert_eq!(shuffled, [1, 5, 2, 6, 3, 7, 4, 8]);
    }

    #[test]
    fn all_sizes_are_undone() {
        let bytes: Vec<u8> = (0..=250).collect();
        for size in 1..=9 {
            let (mut shuffled, mut back) = (Vec::new(), Vec::new());
            encode(&bytes, size, &mut shuffled);
            decode(&shuffled, size, &mut back);
            assert_eq!(back, bytes, "values of {size} bytes");
        }
    }

    #[test]
    fn leaves_bytes_and_lone_values_alone() {
        let mut out = Vec::new();
        decode(&[9, 8, 7], 1, &mut out);
        assert_eq!(out, [9, 8, 7]);
        decode(&[9, 8, 7], 2, &mut out);
        assert_eq!(out, [9, 8, 7]);
        decode(&[], 4, &mut out);
        assert!(out.is_empty());
    }
}
