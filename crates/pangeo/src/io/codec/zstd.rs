//! Zstandard: HDF5 filter 32015, Zarr codec `zstd`.

use std::cell::RefCell;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::{WriteBuf, compress_bound, get_frame_content_size};

use super::{Failure, Length, Outcome};

/// A compressor with its level and whether it adds a checksum.
type Kept = (i32, bool, Compressor<'static>);

// Setting up either costs as much as a small chunk, so each thread keeps its own.
thread_local! {
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    static COMPRESSORS: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
    static COMPRESSED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::broken(format!("zstd: {error}"))
}

/// Decompress one Zstandard frame.
///
/// # Errors
/// [`Failure::Broken`] when a frame is damaged or longer than `length` allows.
pub fn decode(input: &[u8], length: Length, out: &mut Vec<u8>) -> Outcome {
    // What the frame says of its length is checked before memory is taken.
    if let (Length::Exactly(n), Ok(Some(says))) = (length, get_frame_content_size(input))
        && says != n as u64
    {
        return Err(broken(format!("frame holds {says} bytes, chunk has {n}")));
    }
    out.resize(length.limit(), 0);
    let written = decompress_into(input, out.as_mut_slice())?;
    out.truncate(written);
    length.check(written)
}

/// Decompress frames into a slice, or the spare room of a vector; how many bytes came out.
///
/// # Errors
/// [`Failure::Broken`] when a frame is damaged or there is not enough room.
pub fn decompress_into<B: WriteBuf + ?Sized>(input: &[u8], out: &mut B) -> Outcome<usize> {
    DECOMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = Some(Decompressor::new().map_err(broken)?);
        }
        let Some(decompressor) = slot else { return Ok(0) };
        decompressor.decompress_to_buffer(input, out).map_err(broken)
    })
}

/// Compress into one frame that tells its length.
///
/// # Errors
/// The library's words.
pub fn compress(input: &[u8], level: i32, checksum: bool) -> Outcome<Vec<u8>> {
    with_compressor(level, checksum, |compressor| compressor.compress(input).map_err(broken))
}

/// Put a frame without a checksum behind what is in `out`; its length.
///
/// # Errors
/// The library's words.
pub(super) fn compress_onto(input: &[u8], level: i32, out: &mut Vec<u8>) -> Outcome<usize> {
    COMPRESSED.with_borrow_mut(|frame| {
        frame.clear();
        frame.reserve(compress_bound(input.len()));
        let length = with_compressor(level, false, |c| c.compress_to_buffer(input, frame).map_err(broken))?;
        out.extend_from_slice(frame);
        Ok(length)
    })
}

/// This thread's compressor of a level.
fn with_compressor<T>(
    level: i32,
    checksum: bool,
    work: impl FnOnce(&mut Compressor<'static>) -> Outcome<T>,
) -> Outcome<T> {
    COMPRESSORS.with_borrow_mut(|kept| {
        let known = kept.iter().position(|(l, c, _)| (*l, *c) == (level, checksum));
        if known.is_none() {
            // One for bytes that repeat and one for those that do not.
            kept.truncate(1);
            let mut compressor = Compressor::new(level).map_err(broken)?;
            compressor.include_checksum(checksum).map_err(broken)?;
            kept.insert(0, (level, checksum, compressor));
        }
        let at = known.unwrap_or(0);
        match kept.get_mut(at) {
            Some((.., compressor)) => work(compressor),
            None => Err(broken("no compressor")),
        }
    })
}
