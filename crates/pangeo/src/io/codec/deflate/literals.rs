//! Blocks of literals: deflate for bytes in which nothing repeats.
//!
//! After a shuffle, a field of floats begins with the low bytes of its mantissas. A compressor
//! that looks for repeats spends most of its time there and finds none; all that can be saved is
//! that some values are more frequent than others. Such bytes are written as blocks of Huffman
//! codes without any distance (RFC 1951, 3.2.7), or stored (3.2.4) where even that saves nothing.

use super::huffman::{Code, Writer};
use crate::io::codec::repeats::Seen;

/// Bytes that are looked at, and coded, together.
const PIECE: usize = 1 << 16;

/// Deflate as much of the front of `input` as hardly repeats itself, into `out` as blocks that are
/// not the last of their stream and end on a whole byte. How many bytes were taken: none where
/// looking for repeats is worth it from the start. The higher the `level`, the fewer repeats are
/// let go.
pub(super) fn deflate_front(input: &[u8], level: u8, out: &mut Vec<u8>) -> usize {
    // Measured on shuffled floats of models and reanalyses: one in 20 (level 1) makes chunks 0 to 2 %
    // larger, and a third to a half faster to write.
    let share = 12 + 8 * u32::from(level);
    let mut writer = Writer::new(out);
    let mut taken = 0;
    let mut seen = Seen::new();
    // What is left at the end is too short to be judged.
    for piece in input.chunks_exact(PIECE) {
        if !seen.is_new(piece, share) {
            break;
        }
        let counts = histogram(piece);
        let code = Code::new(&counts);
        // Stored bytes are copied by every reader; below this gain they are the better deal.
        if code.bits(&counts) / 8 > PIECE - PIECE / 64 {
            writer.stored(piece);
        } else {
            writer.coded(&code, piece);
        }
        taken += piece.len();
    }
    if taken > 0 {
        writer.align();
    }
    taken
}

/// How often each byte occurs.
fn histogram(bytes: &[u8]) -> [u32; 256] {
    // Four in turn, so that equal neighbours need not wait for each other's sum.
    let mut lanes = [[0_u32; 256]; 4];
    let (fours, rest) = bytes.as_chunks::<4>();
    for four in fours {
        for (lane, &byte) in lanes.iter_mut().zip(four) {
            lane[usize::from(byte)] += 1;
        }
    }
    for &byte in rest {
        lanes[0][usize::from(byte)] += 1;
    }
    std::array::from_fn(|i| lanes.iter().map(|lane| lane[i]).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::codec::deflate::{Frame, compress, inflate_into};

    /// Bytes without any pattern, of which each of the lower `values` is as likely as the other.
    fn noise(count: usize, values: u64) -> Vec<u8> {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) % values
        };
        (0..count).map(|_| next() as u8).collect()
    }

    fn front(bytes: &[u8]) -> (usize, usize) {
        let mut out = Vec::new();
        (deflate_front(bytes, 1, &mut out), out.len())
    }

    #[track_caller]
    fn comes_back(bytes: &[u8]) {
        for frame in [Frame::Zlib, Frame::Gzip] {
            let mut back = vec![0; bytes.len()];
            let stream = compress(bytes, 1, frame).unwrap();
            assert_eq!(inflate_into(&stream, frame, &mut back), Ok(bytes.len()));
            assert!(back == bytes);
        }
    }

    #[test]
    fn bytes_of_equal_frequency_are_stored() {
        let (taken, length) = front(&noise(3 * PIECE + 5, 256));
        assert_eq!(taken, 3 * PIECE);
        // Two stored blocks a piece and the empty one at the end.
        assert_eq!(length, taken + (3 * 2 + 1) * 5);
    }

    #[test]
    fn bytes_of_fewer_values_take_fewer_bits() {
        for (values, bits) in [(128, 7.0), (100, 6.72), (64, 6.0)] {
            let (taken, length) = front(&noise(PIECE, values));
            assert_eq!(taken, PIECE);
            let most = PIECE as f64 * bits / 8.0 + 300.0;
            assert!((length as f64) < most, "{values} values: {length} bytes");
        }
    }

    #[test]
    fn what_repeats_is_left_to_the_search_for_repeats() {
        let mut half = noise(PIECE / 2, 256);
        half.extend_from_within(..);
        let mut run = noise(PIECE, 256);
        run[..PIECE / 16].fill(7);
        for bytes in [half, run, noise(PIECE, 4), vec![0; PIECE], noise(PIECE - 1, 256)] {
            assert_eq!(front(&bytes), (0, 0));
        }
    }

    #[test]
    fn every_mixture_comes_back() {
        for values in [2, 5, 17, 100, 200, 255, 256] {
            let mut bytes = noise(2 * PIECE + 77, values);
            comes_back(&bytes);
            bytes.extend((0..PIECE).map(|i| (i / 100) as u8));
            comes_back(&bytes);
        }
        comes_back(&[]);
    }
}
