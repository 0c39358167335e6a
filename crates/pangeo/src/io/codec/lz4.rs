//! LZ4 in the container of the HDF5 plugin: filter 32004.
//!
//! Eight bytes of total length and four of block length (both big-endian), then each block as
//! four bytes of stored length and that many bytes; a block stored at its full length is not
//! compressed.

use super::{Failure, Length, Outcome};

/// Decode a chunk.
///
/// # Errors
/// [`Failure::Broken`] when the container or a block is damaged.
pub fn decode(input: &[u8], length: Length, out: &mut Vec<u8>) -> Outcome {
    let (total, block, mut rest) = container(input)?;
    length.check(total)?;
    out.resize(total, 0);
    let block = if block == 0 { total.max(1) } else { block };
    for piece in out.chunks_mut(block) {
        let (stored, after) = stored_block(rest)?;
        rest = after;
        if stored.len() == piece.len() {
            piece.copy_from_slice(stored);
        } else {
            decompress(stored, piece)?;
        }
    }
    Ok(())
}

/// Total length, block length and the blocks of the container.
pub(super) fn container(input: &[u8]) -> Outcome<(usize, usize, &[u8])> {
    let cut = || Failure::broken("lz4: chunk is shorter than its header");
    let (total, rest) = input.split_first_chunk::<8>().ok_or_else(cut)?;
    let (block, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    let total = usize::try_from(u64::from_be_bytes(*total)).unwrap_or(usize::MAX);
    Ok((total, u32::from_be_bytes(*block) as usize, rest))
}

/// The first block's stored bytes, and what follows.
pub(super) fn stored_block(rest: &[u8]) -> Outcome<(&[u8], &[u8])> {
    let cut = || Failure::broken("lz4: block is cut short");
    let (stored, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    rest.split_at_checked(u32::from_be_bytes(*stored) as usize).ok_or_else(cut)
}

/// Decompress one raw LZ4 block that fills `out`.
pub(in crate::io) fn decompress(stored: &[u8], out: &mut [u8]) -> Outcome {
    match lz4_flex::block::decompress_into(stored, out) {
        Ok(written) if written == out.len() => Ok(()),
        Ok(_) => Err(Failure::broken("lz4: block is too short")),
        Err(e) => Err(Failure::broken(format!("lz4: {e}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_stored_and_compressed_blocks() {
        // 20 bytes in blocks of 16: the first compressed, the last four as they are.
        let compressed = lz4_flex::block::compress(b"abababababababab");
        let mut chunk = 20u64.to_be_bytes().to_vec();
        chunk.extend(16u32.to_be_bytes());
        chunk.extend((compressed.len() as u32).to_be_bytes());
        chunk.extend(&compressed);
        chunk.extend(4u32.to_be_bytes());
        chunk.extend(b"wxyz");
        let mut out = Vec::new();
        decode(&chunk, Length::Exactly(20), &mut out).unwrap();
        assert_eq!(out, b"ababababababababwxyz");
        assert!(decode(&chunk[..chunk.len() - 1], Length::Exactly(20), &mut out).is_err());
        assert!(decode(&chunk, Length::Exactly(24), &mut out).is_err());
    }

    #[test]
    fn refuses_a_length_that_the_chunk_does_not_have_before_allocating() {
        let chunk = [0xff; 64];
        assert!(decode(&chunk, Length::AtMost(1024), &mut Vec::new()).is_err());
    }
}
