//! LZF, the fast compressor of h5py: HDF5 filter 32000.
//!
//! A control byte below 32 announces that many literals plus one; any other a match: three bits of
//! length (seven: one more byte follows) and thirteen of distance.

use super::{Failure, Length, Outcome};

/// Decompress a chunk.
///
/// # Errors
/// [`Failure::Broken`] when the stream is damaged or longer than `length` allows.
pub fn decode(input: &[u8], length: Length, out: &mut Vec<u8>) -> Outcome {
    let cut = || Failure::broken("lzf: stream is cut short");
    out.clear();
    let mut bytes = input;
    while let Some((&control, rest)) = bytes.split_first() {
        let control = usize::from(control);
        if control < 32 {
            let (literals, rest) = rest.split_at_checked(control + 1).ok_or_else(cut)?;
            out.extend_from_slice(literals);
            bytes = rest;
        } else {
            let (more, rest) = if control >> 5 == 7 {
                rest.split_first().map(|(&n, rest)| (usize::from(n), rest)).ok_or_else(cut)?
            } else {
                (0, rest)
            };
            let (&low, rest) = rest.split_first().ok_or_else(cut)?;
            let distance = ((control & 31) << 8 | usize::from(low)) + 1;
            repeat(out, distance, (control >> 5) + more + 2)?;
            bytes = rest;
        }
        if out.len() > length.limit() {
            break;
        }
    }
    length.check(out.len())
}

/// Append `count` bytes that begin `distance` before the end; the two may overlap.
fn repeat(out: &mut Vec<u8>, distance: usize, count: usize) -> Outcome {
    let from = out.len().checked_sub(distance).ok_or_else(|| Failure::broken("lzf: match begins before the data"))?;
    for at in from..from + count {
        let byte = out.get(at).copied().unwrap_or(0);
        out.push(byte);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_literals_and_overlapping_matches() {
        // Two literals, then a match of length 6 at distance 2.
        let mut out = Vec::new();
        decode(&[1, b'a', b'b', 4 << 5, 1], Length::Exactly(8), &mut out).unwrap();
        assert_eq!(out, b"abababab");
    }

    #[test]
    fn refuses_matches_before_the_data_and_cut_streams() {
        let mut out = Vec::new();
        assert!(decode(&[0, b'a', 1 << 5, 9], Length::AtMost(99), &mut out).is_err());
        assert!(decode(&[5, b'a'], Length::AtMost(99), &mut out).is_err());
    }
}
