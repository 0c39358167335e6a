//! The way from a chunk's values to its bytes.

use std::borrow::Cow;

use bytes::Bytes;

use super::{Codec, Head, Stage, checksum, crc32c, values};
use crate::io::codec::deflate::{self, Frame};
use crate::io::codec::{blosc, shuffle, zstd};
use crate::model::{Buffer, ByteOrder};

impl Codec {
    /// The stored bytes of a whole chunk.
    ///
    /// # Errors
    /// When a codec fails, or the chain is one that is only read.
    pub(in crate::io::zarr) fn encode(&self, chunk: Buffer) -> Result<Bytes, String> {
        let native = if cfg!(target_endian = "little") { ByteOrder::Little } else { ByteOrder::Big };
        let as_it_is = self.stages.is_empty() && matches!(self.head, Head::Bytes) && self.order == native;
        if as_it_is && !matches!(chunk, Buffer::String(_)) {
            return Ok(Bytes::from_owner(Values(chunk)));
        }
        let plain = match (&self.head, &chunk) {
            (Head::Texts, Buffer::String(texts)) => Cow::Owned(values::to_vlen_utf8(texts)?),
            (Head::Bytes, _) => values::to_bytes(&chunk, self.order).ok_or("texts have no fixed size")?,
            _ => return Err("codec is not offered for writing".to_owned()),
        };
        let Some((first, others)) = self.stages.split_first() else { return Ok(plain.into_owned().into()) };
        let mut data = first.encode(&plain)?;
        // A chunk may be large: of its forms no more than two are held at a time.
        drop(plain);
        drop(chunk);
        for stage in others {
            data = stage.encode(&data)?;
        }
        Ok(data.into())
    }
}

/// Numbers or characters that are their own bytes.
struct Values(Buffer);

impl AsRef<[u8]> for Values {
    fn as_ref(&self) -> &[u8] {
        let native = if cfg!(target_endian = "little") { ByteOrder::Little } else { ByteOrder::Big };
        match values::to_bytes(&self.0, native) {
            Some(Cow::Borrowed(bytes)) => bytes,
            _ => &[],
        }
    }
}

impl Stage {
    /// Apply the codec.
    ///
    /// # Errors
    /// When the compressor fails, or the codec is one that is only read.
    pub(super) fn encode(&self, bytes: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            Self::Zstd { level, checksum } => Ok(zstd::compress(bytes, *level, *checksum)?),
            Self::Gzip { level } => Ok(deflate::compress(bytes, *level, Frame::Gzip)?),
            Self::Zlib { level } => Ok(deflate::compress(bytes, *level, Frame::Zlib)?),
            Self::Blosc { codec, level, shuffle, type_size } => {
                Ok(blosc::compress(bytes, codec, *level, *shuffle, *type_size)?)
            }
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

#[cfg(test)]
mod tests {
    use super::super::Spec;
    use super::*;
    use crate::io::zarr::dtype::StoredType;
    use crate::model::DataType;
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
                let stored = codec.encode(values.clone()).unwrap();
                assert_eq!(codec.decode(&stored, 5000).unwrap(), values, "{endian} {chain:?}");
            }
        }
    }

    #[test]
    fn an_empty_blosc_chunk_is_fine() {
        assert!(blosc::compress(&[], "lz4", 5, 1, 4).is_ok());
        assert!(blosc::compress(&[0], "lzma", 5, 1, 4).is_err());
    }
}
