//! Bits regrouped by significance, then LZ4 or Zstandard: HDF5 filter 32008.
//!
//! Values are taken in blocks of a multiple of eight; in each block first the lowest bits of all
//! first bytes, then the next, and so on. With a compressor the blocks stand in the container of
//! [`super::lz4`]; without one they follow each other. Values that do not make a group of eight
//! stay as they are at the end.

use super::{Failure, Length, Outcome, lz4};

/// Bytes that a block is meant to have when the file does not say.
const TARGET_BLOCK: usize = 8192;
/// The fewest values in a block.
const MIN_BLOCK: usize = 128;

/// How blocks are compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inner {
    None,
    Lz4,
    Zstd,
}

/// Decode a chunk. `parameters` as the file holds them: the third is the size of a value in bytes,
/// the fourth the values in a block (0: the default), the fifth the compressor.
///
/// # Errors
/// [`Failure::Broken`] when the chunk is damaged, [`Failure::Unsupported`] for another compressor.
pub fn decode(input: &[u8], parameters: &[u32], length: Length, out: &mut Vec<u8>) -> Outcome {
    let parameter = |i: usize| parameters.get(i).map_or(0, |&p| p as usize);
    let size = parameter(2).max(1);
    let inner = match parameter(4) {
        0 => Inner::None,
        2 => Inner::Lz4,
        3 => Inner::Zstd,
        other => return Err(Failure::Unsupported(format!("bitshuffle with compressor {other}"))),
    };
    let default = (TARGET_BLOCK / size / 8 * 8).max(MIN_BLOCK);
    let (total, block, blocks) = if inner == Inner::None {
        (input.len(), if parameter(3) == 0 { default } else { parameter(3) }, input)
    } else {
        let (total, bytes, blocks) = lz4::container(input)?;
        (total, if bytes == 0 { default } else { bytes / size }, blocks)
    };
    length.check(total)?;
    if block == 0 || block % 8 != 0 {
        return Err(Failure::broken("bitshuffle: block is not a multiple of eight values"));
    }
    out.resize(total, 0);
    undo_blocks(blocks, inner, size, block, out)
}

/// Undo block after block until `out` is full.
fn undo_blocks(blocks: &[u8], inner: Inner, size: usize, block: usize, out: &mut [u8]) -> Outcome {
    let cut = || Failure::broken("bitshuffle: chunk is cut short");
    let grouped = out.len() / size / 8 * 8 * size;
    let (values, tail) = out.split_at_mut(grouped);
    let mut rest = blocks;
    let mut plain = Vec::new();
    for piece in values.chunks_mut(block.saturating_mul(size)) {
        let stored;
        (stored, rest) = match inner {
            Inner::None => rest.split_at_checked(piece.len()).ok_or_else(cut)?,
            _ => lz4::stored_block(rest)?,
        };
        match inner {
            Inner::None => transpose(stored, size, piece),
            Inner::Lz4 => {
                plain.resize(piece.len(), 0);
                lz4::decompress(stored, &mut plain)?;
                transpose(&plain, size, piece);
            }
            Inner::Zstd => {
                super::zstd::decode(stored, Length::Exactly(piece.len()), &mut plain)?;
                transpose(&plain, size, piece);
            }
        }
    }
    tail.copy_from_slice(rest.get(..tail.len()).ok_or_else(cut)?);
    Ok(())
}

/// Put the bits of one block back in place.
fn transpose(bits: &[u8], size: usize, out: &mut [u8]) {
    let row = out.len() / size / 8;
    if row == 0 {
        return;
    }
    let rows: Vec<&[u8]> = bits.chunks_exact(row).collect();
    for (byte, eight) in rows.chunks_exact(8).enumerate().take(size) {
        for (group, values) in out.chunks_exact_mut(8 * size).enumerate() {
            let mut word = 0u64;
            for (bit, row) in eight.iter().enumerate() {
                word |= u64::from(row.get(group).copied().unwrap_or(0)) << (8 * bit);
            }
            for (value, b) in values.chunks_exact_mut(size).zip(transpose8(word).to_le_bytes()) {
                if let Some(place) = value.get_mut(byte) {
                    *place = b;
                }
            }
        }
    }
}

/// Exchange rows and columns of the 8 × 8 bits of a word.
fn transpose8(mut x: u64) -> u64 {
    let mut swap = |mask: u64, shift: u32| {
        let t = (x ^ (x >> shift)) & mask;
        x ^= t ^ (t << shift);
    };
    swap(0x00aa_00aa_00aa_00aa, 7);
    swap(0x0000_cccc_0000_cccc, 14);
    swap(0x0000_0000_f0f0_f0f0, 28);
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_values_of_one_byte_by_hand() {
        // Values 1, 0, 0, 0, 0, 0, 0, 128: the lowest bits read 0b0000_0001, the highest 0b1000_0000;
        // ten values leave two at the end as they are.
        let chunk = [1, 0, 0, 0, 0, 0, 0, 128, 77, 78];
        let mut out = Vec::new();
        decode(&chunk, &[0, 2, 1, 0, 0], Length::Exactly(10), &mut out).unwrap();
        assert_eq!(out, [1, 0, 0, 0, 0, 0, 0, 128, 77, 78]);
        let chunk = [0xff, 0, 0, 0, 0, 0, 0, 0];
        decode(&chunk, &[0, 2, 1, 0, 0], Length::Exactly(8), &mut out).unwrap();
        assert_eq!(out, [1; 8]);
    }

    #[test]
    fn refuses_unknown_compressors_and_cut_chunks() {
        let mut out = Vec::new();
        assert!(matches!(
            decode(&[0; 16], &[0, 2, 4, 0, 9], Length::Exactly(16), &mut out),
            Err(Failure::Unsupported(_))
        ));
        assert!(decode(&[0; 10], &[0, 2, 4, 0, 2], Length::Exactly(16), &mut out).is_err());
    }
}
