//! Deflate in a zlib wrapper: HDF5 filter 1, by libdeflate.

use std::cell::RefCell;

use libdeflater::Decompressor;

use super::{Failure, Length, Outcome};

thread_local! {
    static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
}

/// Inflate one zlib stream; its Adler-32 checksum is verified.
///
/// # Errors
/// [`Failure::Broken`] when the stream is damaged or longer than `length` allows.
pub fn decode(input: &[u8], length: Length, out: &mut Vec<u8>) -> Outcome {
    out.resize(length.limit(), 0);
    let written = DECOMPRESSOR
        .with_borrow_mut(|d| d.zlib_decompress(input, out))
        .map_err(|e| Failure::broken(format!("deflate: {e}")))?;
    out.truncate(written);
    length.check(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `zlib.compress(b"pangeo pangeo pangeo")` of Python.
    const STREAM: [u8; 17] =
        [0x78, 0x9c, 0x2b, 0x48, 0xcc, 0x4b, 0x4f, 0xcd, 0x57, 0x28, 0x40, 0xa6, 0x00, 0x50, 0xb7, 0x07, 0xaf];

    #[test]
    fn inflates_what_python_deflated() {
        let mut out = Vec::new();
        decode(&STREAM, Length::Exactly(20), &mut out).unwrap();
        assert_eq!(out, b"pangeo pangeo pangeo");
    }

    #[test]
    fn refuses_streams_that_are_longer_shorter_or_damaged() {
        let mut out = Vec::new();
        assert!(decode(&STREAM, Length::Exactly(19), &mut out).is_err());
        assert!(decode(&STREAM, Length::Exactly(21), &mut out).is_err());
        assert!(decode(&STREAM[..12], Length::Exactly(20), &mut out).is_err());
        assert!(decode(&[], Length::AtMost(20), &mut out).is_err());
    }
}
