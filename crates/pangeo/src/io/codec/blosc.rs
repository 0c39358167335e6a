//! Blosc 1 frames: HDF5 filter 32001, by the C library that the crate `zarrs` brings.

use zarrs::array::codec::{blosc_decompress_bytes, blosc_validate};

use super::{Failure, Length, Outcome};

/// Bytes of a frame's header.
const HEADER: usize = 16;

/// Decompress one frame; codec, shuffle and block size are in its header.
///
/// # Errors
/// [`Failure::Broken`] when the frame is damaged or its length does not fit `length`.
pub fn decode(input: &[u8], length: Length, out: &mut Vec<u8>) -> Outcome {
    let broken = || Failure::broken("blosc: frame is damaged");
    if input.len() < HEADER {
        return Err(broken());
    }
    let decoded = blosc_validate(input).ok_or_else(broken)?;
    length.check(decoded)?;
    *out = if decoded == 0 {
        Vec::new()
    } else {
        blosc_decompress_bytes(input, decoded, 1).map_err(|e| Failure::broken(format!("blosc: {e}")))?
    };
    length.check(out.len())
}

/// The name of the compressor that the filter's parameters ask for.
pub(super) fn compressor(parameters: &[u32]) -> &'static str {
    match parameters.get(6) {
        Some(1) => "lz4",
        Some(2) => "lz4hc",
        Some(3) => "snappy",
        Some(4) => "zlib",
        Some(5) => "zstd",
        _ => "blosclz",
    }
}
