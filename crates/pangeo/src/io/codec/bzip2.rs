//! bzip2: HDF5 filter 307.

use bzip2::{Decompress, Status};

use super::{Failure, Length, Outcome};

/// Decompress one bzip2 stream.
///
/// # Errors
/// [`Failure::Broken`] when the stream is damaged or longer than `length` allows.
pub fn decode(input: &[u8], length: Length, out: &mut Vec<u8>) -> Outcome {
    out.resize(length.limit(), 0);
    let mut decompress = Decompress::new(false);
    let status = decompress.decompress(input, out).map_err(|e| Failure::broken(format!("bzip2: {e}")))?;
    // A stream that fills the output exactly may still owe its end-of-stream mark.
    let written = usize::try_from(decompress.total_out()).unwrap_or(usize::MAX);
    if status != Status::StreamEnd && written < out.len() {
        return Err(Failure::broken("bzip2: stream is cut short"));
    }
    out.truncate(written);
    length.check(written)
}
