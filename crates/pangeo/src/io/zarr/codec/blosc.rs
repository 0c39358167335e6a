//! Blosc chunks, decoded straight into typed values.

use super::values::{Collector, Layout};
use crate::io::codec::blosc::Header;

/// The decoded length that a chunk declares.
pub(super) fn declared_length(chunk: &[u8]) -> Option<usize> {
    Header::read(chunk).map(|h| h.length())
}

/// Decode a chunk into numbers, each block unshuffled from the cache into its place; `None` if that
/// takes the way through bytes ([`crate::io::codec::blosc::decode`]).
pub(super) fn decode_into(
    chunk: &[u8],
    size: usize,
    expected: usize,
    out: &mut Collector,
) -> Option<Result<(), String>> {
    let header = Header::read(chunk)?;
    let whole = header.block().is_multiple_of(size);
    let aligned = if header.in_planes() { header.type_size() == size && whole } else { whole || header.is_copied() };
    if !header.is_native() || !aligned || header.length() != expected || !expected.is_multiple_of(size) {
        return None;
    }
    let layout = if header.in_planes() { Layout::Planes } else { Layout::Plain };
    Some(header.each_block(chunk, |block| out.push(block, layout)).map_err(String::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::codec::blosc::decode as decode_bytes;
    use crate::io::codec::{Length, Outcome};
    use crate::io::zarr::dtype::StoredType;
    use crate::model::{Buffer, ByteOrder, DataType};
    use zarrs::array::codec::{BloscCompressor, BloscShuffleMode, blosc_compress_bytes};

    fn decode(chunk: &[u8], length: Length) -> Outcome<Vec<u8>> {
        let mut out = Vec::new();
        decode_bytes(chunk, length, &mut out).map(|()| out)
    }

    fn field() -> Vec<u8> {
        (0..50_001u32).flat_map(|i| (280.0 + f64::from(i % 977) * 0.01).to_le_bytes()).collect()
    }

    fn typed(chunk: &[u8], plain: &[u8], t: DataType) -> Option<Buffer> {
        let (size, count) = (t.size(), plain.len() / t.size());
        let mut out = Collector::new(&StoredType::Number(t), ByteOrder::Little, count)?;
        decode_into(chunk, size, plain.len(), &mut out)?.unwrap();
        Some(out.finish(count).unwrap())
    }

    #[test]
    fn decodes_what_the_c_library_encodes() {
        use BloscCompressor::{BloscLZ, LZ4, LZ4HC, Snappy, Zlib, Zstd};
        let plain = field();
        let doubles = plain.as_chunks::<8>().0.iter().map(|w| f64::from_le_bytes(*w)).collect();
        let expected = Buffer::F64(doubles);
        for codec in [BloscLZ, LZ4, LZ4HC, Snappy, Zlib, Zstd] {
            for shuffle in [BloscShuffleMode::NoShuffle, BloscShuffleMode::Shuffle, BloscShuffleMode::BitShuffle] {
                for level in [0u8, 1, 5, 9] {
                    let level = level.try_into().unwrap();
                    let chunk = blosc_compress_bytes(&plain, level, shuffle, 8, codec, 0, 1).unwrap();
                    let got = decode(&chunk, Length::Exactly(plain.len())).unwrap();
                    assert!(got == plain, "{codec:?} {shuffle:?}");
                    if let Some(values) = typed(&chunk, &plain, DataType::F64) {
                        assert!(values == expected, "{codec:?} {shuffle:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn common_chunks_do_not_need_the_library() {
        let plain = field();
        for (codec, size) in [(BloscCompressor::Zstd, 8), (BloscCompressor::LZ4, 8), (BloscCompressor::Zlib, 8)] {
            let level = 5.try_into().unwrap();
            let chunk = blosc_compress_bytes(&plain, level, BloscShuffleMode::Shuffle, size, codec, 0, 1).unwrap();
            assert!(typed(&chunk, &plain, DataType::F64).is_some());
        }
    }

    #[test]
    fn broken_chunks_are_errors() {
        let plain = field();
        let level = 3.try_into().unwrap();
        let chunk =
            blosc_compress_bytes(&plain, level, BloscShuffleMode::Shuffle, 8, BloscCompressor::Zstd, 0, 1).unwrap();
        assert!(decode(&chunk, Length::Exactly(7)).is_err());
        assert!(decode(&chunk[..chunk.len() - 1], Length::AtMost(usize::MAX)).is_err());
        assert!(decode(&chunk, Length::AtMost(1000)).is_err());
    }

    #[test]
    fn flipped_bytes_never_panic_here_nor_in_the_library() {
        use BloscCompressor::{BloscLZ, LZ4, Snappy, Zlib, Zstd};
        let plain = field();
        let level = 3.try_into().unwrap();
        for codec in [BloscLZ, LZ4, Snappy, Zlib, Zstd] {
            for shuffle in [BloscShuffleMode::Shuffle, BloscShuffleMode::BitShuffle] {
                let chunk = blosc_compress_bytes(&plain, level, shuffle, 8, codec, 0, 1).unwrap();
                for at in (0..chunk.len().min(200)).chain((200..chunk.len()).step_by(997)) {
                    let mut bad = chunk.clone();
                    bad[at] ^= 0x81;
                    let _ = decode(&bad, Length::Exactly(plain.len()));
                    let _ = typed_or_error(&bad, plain.len());
                }
            }
        }
    }

    fn typed_or_error(chunk: &[u8], length: usize) -> Option<Result<(), String>> {
        let stored = StoredType::Number(DataType::F64);
        let mut out = Collector::new(&stored, ByteOrder::Little, length / 8)?;
        decode_into(chunk, 8, length, &mut out)
    }
}
