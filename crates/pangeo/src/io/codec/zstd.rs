//! Zstandard: HDF5 filter 32015.

use std::cell::RefCell;

use zstd::bulk::Decompressor;

use super::{Failure, Length, Outcome};

thread_local! {
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Decompress one Zstandard frame.
///
/// # Errors
/// [`Failure::Broken`] when a frame is damaged or longer than `length` allows.
pub fn decode(input: &[u8], length: Length, out: &mut Vec<u8>) -> Outcome {
    // What the frame says of its length is checked before memory is taken.
    if let (Length::Exactly(n), Ok(Some(says))) = (length, zstd::zstd_safe::get_frame_content_size(input))
        && says != n as u64
    {
        return Err(Failure::broken(format!("zstd: frame holds {says} bytes, chunk has {n}")));
    }
    out.resize(length.limit(), 0);
    let broken = |e: std::io::Error| Failure::broken(format!("zstd: {e}"));
    let written = DECOMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = Some(Decompressor::new().map_err(broken)?);
        }
        let Some(decompressor) = slot else { return Ok(0) };
        decompressor.decompress_to_buffer(input, out.as_mut_slice()).map_err(broken)
    })?;
    out.truncate(written);
    length.check(written)
}
