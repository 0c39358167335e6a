//! The way from a chunk's values to its bytes.

use std::borrow::Cow;

use zarrs::array::codec::{BloscCompressor, BloscShuffleMode, blosc_compress_bytes};

use super::{Codec, Head, Stage, checksum, crc32c, values};
use crate::io::codec::shuffle;
use crate::model::Buffer;

impl Codec {
    /// The stored bytes of a whole chunk.
    ///
    /// # Errors
    /// When a codec fails, or the chain is one that is only read.
    pub(in crate::io::zarr) fn encode(&self, chunk: &Buffer) -> Result<Vec<u8>, String> {
        let mut data = match (&self.head, chunk) {
            (Head::Texts, Buffer::String(texts)) => Cow::Owned(values::to_vlen_utf8(texts)?),
            (Head::Bytes, _) => values::to_bytes(chunk, self.order).ok_or("texts have no fixed size")?,
            _ => return Err("codec is not offered for writing".to_owned()),
        };
        for stage in &self.stages {
            data = Cow::Owned(stage.encode(&data)?);
        }
        Ok(data.into_owned())
    }
}

impl Stage {
    /// Apply the codec.
    ///
    /// # Errors
    /// When the compressor fails, or the codec is one that is only read.
    pub(super) fn encode(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Self::Zstd { level, checksum } => {
                let failed = |e: std::io::Error| format!("zstd: {e}");
                let mut encoder = zstd::bulk::Compressor::new(*level).map_err(failed)?;
                encoder.include_checksum(*checksum).map_err(failed)?;
                encoder.compress(bytes).map_err(failed)
            }
            Self::Gzip { level } => deflate(bytes, *level, true),
            Self::Zlib { level } => deflate(bytes, *level, false),
            Self::Blosc { codec, level, shuffle, type_size } => blosc(bytes, codec, *level, *shuffle, *type_size),
            Self::Shuffle { size } => {
                let mut out = Vec::new();
                shuffle::encode(bytes, *size, &mut out);
                Ok(out)
            }
            Self::Checksum(checksum::Kind::Crc32c) => Ok([bytes, &crc32c(bytes).to_le_bytes()].concat()),
            Self::Bz2 | Self::Lz4 | Self::Checksum(_) => Err("codec is not offered for writing".to_owned()),
        }
    }
}

fn deflate(bytes: &[u8], level: u8, gzip: bool) -> Result<Vec<u8>, String> {
    let level = libdeflater::CompressionLvl::new(i32::from(level)).map_err(|_| "deflate level is 0 to 9".to_owned())?;
    let mut encoder = libdeflater::Compressor::new(level);
    let bound = if gzip { encoder.gzip_compress_bound(bytes.len()) } else { encoder.zlib_compress_bound(bytes.len()) };
    let mut out = vec![0; bound];
    let written = if gzip { encoder.gzip_compress(bytes, &mut out) } else { encoder.zlib_compress(bytes, &mut out) };
    out.truncate(written.map_err(|e| format!("deflate: {e}"))?);
    Ok(out)
}

fn blosc(bytes: &[u8], codec: &str, level: u8, shuffle: u8, type_size: usize) -> Result<Vec<u8>, String> {
    let codec = match codec {
        "lz4" => BloscCompressor::LZ4,
        "lz4hc" => BloscCompressor::LZ4HC,
        "zstd" => BloscCompressor::Zstd,
        "zlib" => BloscCompressor::Zlib,
        "blosclz" => BloscCompressor::BloscLZ,
        "snappy" => BloscCompressor::Snappy,
        other => return Err(format!("blosc codec '{other}' is unknown")),
    };
    let mode = match shuffle {
        0 => BloscShuffleMode::NoShuffle,
        1 => BloscShuffleMode::Shuffle,
        _ => BloscShuffleMode::BitShuffle,
    };
    // Blosc's own lengths are 31 bits with room for its header.
    if bytes.len() > (i32::MAX as usize) - 16 {
        return Err("blosc takes chunks of at most 2 GiB".to_owned());
    }
    let level = level.try_into().map_err(|_| "blosc level is 0 to 9".to_owned())?;
    blosc_compress_bytes(bytes, level, mode, type_size, codec, 0, 1).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::Spec;
    use super::*;
    use crate::io::zarr::dtype::StoredType;
    use crate::model::{ByteOrder, DataType};
    use serde_json::{Value, json};

    #[test]
    fn every_chain_that_is_written_is_read_back() {
        let values = Buffer::F32((0..5000u16).map(|i| 280.0 + f32::from(i % 97) * 0.1).collect());
        let chains: [&[Value]; 8] = [
            &[],
            &[json!({"name": "zstd", "configuration": {"level": 3, "checksum": true}})],
            &[json!({"name": "gzip", "configuration": {"level": 1}}), json!("crc32c")],
            &[json!({"name": "numcodecs.shuffle", "configuration": {"elementsize": 4}}), json!("numcodecs.zlib")],
            &[json!({"name": "numcodecs.shuffle", "configuration": {"elementsize": 3}}), json!("numcodecs.zlib")],
            &[json!({"name": "blosc", "configuration": {"cname": "zstd", "shuffle": "shuffle", "typesize": 4}})],
            &[json!({"name": "blosc", "configuration": {"cname": "lz4", "shuffle": "bitshuffle", "typesize": 4}})],
            &[json!({"name": "blosc", "configuration": {"cname": "zlib", "shuffle": "noshuffle"}}), json!("zstd")],
        ];
        for endian in ["little", "big"] {
            for chain in chains {
                let bytes = json!({"name": "bytes", "configuration": {"endian": endian}});
                let specs: Vec<_> = [&[bytes], chain].concat().iter().map(|s| Spec::v3(s).unwrap()).collect();
                let stored = StoredType::Number(DataType::F32);
                let fill = Buffer::F32(vec![0.0]);
                let codec = Codec::new(&specs, &stored, ByteOrder::Little, &[5000], &fill).unwrap();
                let stored = codec.encode(&values).unwrap();
                assert_eq!(codec.decode(&stored, 5000).unwrap(), values, "{endian} {chain:?}");
            }
        }
    }

    #[test]
    fn an_empty_blosc_chunk_is_fine() {
        assert!(blosc(&[], "lz4", 5, 1, 4).is_ok());
        assert!(blosc(&[0], "lzma", 5, 1, 4).is_err());
    }
}
