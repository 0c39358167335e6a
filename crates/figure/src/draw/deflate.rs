//! Compression of what is embedded in files.

use libdeflater::{CompressionLvl, Compressor};

use crate::{Error, Result};

/// `data` as a zlib stream (RFC 1950), compressed at `level` 1 to 12; `format` names the file in errors.
pub(super) fn zlib(format: &'static str, data: &[u8], level: i32) -> Result<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::new(level).unwrap_or_default());
    let mut out = vec![0; compressor.zlib_compress_bound(data.len())];
    let length =
        compressor.zlib_compress(data, &mut out).map_err(|cause| Error::Encode { format, what: cause.to_string() })?;
    out.truncate(length);
    Ok(out)
}
