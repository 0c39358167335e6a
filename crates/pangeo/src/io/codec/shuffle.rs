//! Bytes regrouped by significance: HDF5 filter 2.
//!
//! The first bytes of all values, then all second bytes, and so on; bytes that do not make a whole
//! value stay at the end. Whole chunks of numbers are regrouped by [`super::typed`] while they are
//! placed; this is the plain form for the rest.

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
    for (byte, plane) in input.chunks_exact(count).take(size).enumerate() {
        for (value, &b) in values.chunks_exact_mut(size).zip(plane) {
            if let Some(place) = value.get_mut(byte) {
                *place = b;
            }
        }
    }
    rest.copy_from_slice(input.get(count * size..).unwrap_or(&[]));
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
    for (byte, plane) in planes.chunks_exact_mut(count).enumerate() {
        for (place, value) in plane.iter_mut().zip(values.chunks_exact(size)) {
            *place = value.get(byte).copied().unwrap_or(0);
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
