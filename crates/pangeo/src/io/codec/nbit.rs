//! N-bit packing: HDF5 filter 5, decoded by the crate `hdf5-reader`.

use hdf5_reader::filters;

use super::{Failure, Length, Outcome};

/// Decode a chunk with the filter's parameters as the file holds them.
///
/// # Errors
/// [`Failure::Broken`] when the bytes or the parameters break the codec's rules;
/// [`Failure::Unsupported`] for modes that are not handled.
pub fn decode(input: &[u8], parameters: &[u32], length: Length, out: &mut Vec<u8>) -> Outcome {
    *out = filters::nbit::decompress_with_limit(input, parameters, length.limit()).map_err(|e| match e {
        hdf5_reader::error::Error::UnsupportedFilter(what) => Failure::Unsupported(what),
        other => Failure::broken(format!("nbit: {other}")),
    })?;
    length.check(out.len())
}
