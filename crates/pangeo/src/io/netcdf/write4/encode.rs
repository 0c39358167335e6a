//! Encoding chunks: bytes in stored order, shuffled, compressed, checksummed, as HDF5's own filters
//! would have done it (HDF5 file format specification, "filter pipeline"), but without its lock.

use crate::io::codec::{deflate, fletcher32, shuffle, zstd};
use crate::model::Buffer;
use crate::with_buffer;

/// How chunks are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compressing {
    /// Not at all.
    No,
    /// zlib streams of this level.
    Deflate(u8),
    /// Zstandard frames of this level.
    Zstd(i32),
}

/// The way of a chunk from values to stored bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Codec {
    /// Most significant byte first.
    pub(super) big_endian: bool,
    /// Bytes regrouped by significance.
    pub(super) shuffle: bool,
    /// The compressor.
    pub(super) compressing: Compressing,
    /// A Fletcher-32 checksum at the end.
    pub(super) checksum: bool,
}

impl Codec {
    /// The names of the filters in the order of the pipeline, which netCDF-C begins with the checksum;
    /// with the level of compression behind a colon where it is wanted.
    pub(super) fn filters(&self, with_level: bool) -> Vec<String> {
        let named = |codec: &str, level: i32| if with_level { format!("{codec}:{level}") } else { codec.to_owned() };
        let compressing = match self.compressing {
            Compressing::No => None,
            Compressing::Deflate(level) => Some(named("deflate", i32::from(level))),
            Compressing::Zstd(level) => Some(named("zstd", level)),
        };
        let shuffle = self.shuffle.then(|| "shuffle".to_owned());
        let checksum = self.checksum.then(|| "fletcher32".to_owned());
        [checksum, shuffle, compressing].into_iter().flatten().collect()
    }

    /// Encode the values of a whole chunk.
    ///
    /// # Errors
    /// The compressor's words when it refuses; for texts, which have no stored bytes of their own.
    pub(super) fn encode(&self, values: &Buffer) -> Result<Vec<u8>, String> {
        let (big, fused) = (self.big_endian, self.shuffle && !self.checksum);
        let bytes = with_buffer!(values, v => Words::bytes(v.as_slice(), big, fused));
        let mut bytes = bytes.ok_or("texts of any length can't be encoded as bytes")?;
        if self.checksum {
            let sum = fletcher32::checksum(&bytes);
            bytes.extend_from_slice(&sum.to_le_bytes());
            if self.shuffle {
                let plain = std::mem::take(&mut bytes);
                shuffle::encode(&plain, values.data_type().size(), &mut bytes);
            }
        }
        let mut bytes = match self.compressing {
            Compressing::No => bytes,
            Compressing::Deflate(level) => deflate::compress(&bytes, level, deflate::Frame::Zlib)?,
            Compressing::Zstd(level) => zstd::compress(&bytes, level, false)?,
        };
        // The buffers were made for the worst case; what waits to be written should hold no more
        // memory than it needs.
        bytes.shrink_to_fit();
        Ok(bytes)
    }
}

/// Values that have bytes.
trait Words {
    /// The bytes in the order of the file; `None` for texts.
    fn bytes(values: &Self, big_endian: bool, shuffle: bool) -> Option<Vec<u8>>;
}

impl Words for [String] {
    fn bytes(_: &Self, _: bool, _: bool) -> Option<Vec<u8>> {
        None
    }
}

macro_rules! words {
    ($($t:ty => $bits:ty, $to_bits:expr;)*) => {$(
        impl Words for [$t] {
            fn bytes(values: &Self, big_endian: bool, shuffle: bool) -> Option<Vec<u8>> {
                const SIZE: usize = size_of::<$t>();
                let to_bits: fn($t) -> $bits = $to_bits;
                let mut out = vec![0_u8; values.len() * SIZE];
                if SIZE > 1 && shuffle {
                    // So many values stay in the nearest cache while their bytes are picked in turn.
                    const RUN: usize = 1024;
                    let count = values.len();
                    for (run, values) in values.chunks(RUN).enumerate() {
                        for k in 0..SIZE {
                            // Of a number's bits, byte `k` in the file's order.
                            let shift = 8 * if big_endian { SIZE - 1 - k } else { k };
                            let start = k * count + run * RUN;
                            for (byte, value) in out[start..start + values.len()].iter_mut().zip(values) {
                                *byte = (to_bits(*value) >> shift) as u8;
                            }
                        }
                    }
                } else if big_endian {
                    for (bytes, value) in out.chunks_exact_mut(SIZE).zip(values) {
                        bytes.copy_from_slice(&value.to_be_bytes());
                    }
                } else {
                    for (bytes, value) in out.chunks_exact_mut(SIZE).zip(values) {
                        bytes.copy_from_slice(&value.to_le_bytes());
                    }
                }
                Some(out)
            }
        }
    )*};
}

words! {
    i8 => u8, |v| v as u8;
    u8 => u8, |v| v;
    i16 => u16, |v| v as u16;
    u16 => u16, |v| v;
    i32 => u32, |v| v as u32;
    u32 => u32, |v| v;
    i64 => u64, |v| v as u64;
    u64 => u64, |v| v;
    f32 => u32, f32::to_bits;
    f64 => u64, f64::to_bits;
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Codec = Codec { big_endian: false, shuffle: false, compressing: Compressing::No, checksum: false };

    fn hex(bytes: &[u8]) -> String {
        use std::fmt::Write;
        bytes.iter().fold(String::new(), |mut text, b| {
            let _ = write!(text, "{b:02x}");
            text
        })
    }

    /// Chunks of `[1, 2.5, -3]` that HDF5 wrote through h5py with the filters fletcher32 and shuffle
    /// in this order, as netCDF-C names them.
    #[test]
    fn chunks_are_those_that_hdf5_writes() {
        let both = Codec { shuffle: true, checksum: true, ..PLAIN };
        let doubles = Codec { big_endian: true, ..both }.encode(&Buffer::F64(vec![1.0, 2.5, -3.0])).unwrap();
        assert_eq!(hex(&doubles), "3f40c0f00408000000000000000000000000000000000000fd3f87ff");
        let shorts = both.encode(&Buffer::I16(vec![1, 2, -3])).unwrap();
        assert_eq!(hex(&shorts), "0102fd00000000ff0105");
    }

    #[test]
    fn shuffling_groups_bytes_by_significance() {
        let shuffle = Codec { shuffle: true, ..PLAIN };
        let words = Buffer::U32(vec![0x0102_0304, 0x1112_1314]);
        assert_eq!(hex(&shuffle.encode(&words).unwrap()), "0414031302120111");
        assert_eq!(hex(&Codec { big_endian: true, ..shuffle }.encode(&words).unwrap()), "0111021203130414");
        assert_eq!(hex(&Codec { big_endian: true, ..PLAIN }.encode(&words).unwrap()), "0102030411121314");
        assert_eq!(hex(&shuffle.encode(&Buffer::I8(vec![-1, 2])).unwrap()), "ff02");
    }

    #[test]
    fn compressed_chunks_come_back() {
        let field = Buffer::F32((0..10_000).map(|i| (i % 97) as f32 * 0.5).collect());
        let raw = PLAIN.encode(&field).unwrap();
        for level in [0, 1, 6, 9, 1] {
            let packed = Codec { compressing: Compressing::Deflate(level), ..PLAIN }.encode(&field).unwrap();
            let mut back = vec![0; raw.len()];
            libdeflater::Decompressor::new().zlib_decompress(&packed, &mut back).unwrap();
            assert_eq!(back, raw, "level {level}");
        }
        for level in [-5, 3, 19] {
            let packed = Codec { compressing: Compressing::Zstd(level), ..PLAIN }.encode(&field).unwrap();
            assert_eq!(::zstd::bulk::decompress(&packed, raw.len()).unwrap(), raw, "level {level}");
        }
    }

    #[test]
    fn texts_of_any_length_are_not_encoded() {
        assert!(PLAIN.encode(&Buffer::String(vec!["a".into()])).is_err());
    }
}
