//! Blosc 1 chunks, decoded straight into typed values.
//!
//! Going through the C library costs two more passes over memory: one to undo the shuffle into a
//! byte array, one to copy that into values. Here each block is decompressed into a buffer that
//! stays in the cache and unshuffled from there into place. What is rare (bit shuffle, `BloscLZ`,
//! Snappy) goes through the library. Format: c-blosc `README_CHUNK_FORMAT.rst`.

use std::borrow::Cow;

use zarrs::array::codec::{blosc_decompress_bytes, blosc_validate};

use super::stages;
use super::values::{Collector, Layout};

/// The fixed part in front of a chunk's blocks.
#[derive(Debug, Clone, Copy)]
struct Header {
    flags: u8,
    type_size: usize,
    length: usize,
    block: usize,
    stored: usize,
}

const SHUFFLED: u8 = 0x1;
const COPIED: u8 = 0x2;
const BIT_SHUFFLED: u8 = 0x4;
const UNSPLIT: u8 = 0x10;
const HEADER: usize = 16;

/// Blocks are split into streams only up to this many bytes a value, and not below this stream length.
const MOST_STREAMS: usize = 16;
const SHORTEST_STREAM: usize = 128;

impl Header {
    fn read(chunk: &[u8]) -> Option<Self> {
        let head = chunk.first_chunk::<HEADER>()?;
        let [_, _, flags, type_size, ..] = *head;
        let word = |at: usize| {
            let bytes = head.get(at..at + 4)?.try_into().ok()?;
            usize::try_from(u32::from_le_bytes(bytes)).ok()
        };
        let header =
            Self { flags, type_size: usize::from(type_size), length: word(4)?, block: word(8)?, stored: word(12)? };
        let sane = header.stored == chunk.len() && header.type_size > 0 && (header.block > 0 || header.length == 0);
        sane.then_some(header)
    }

    fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether bytes stand in planes.
    fn in_planes(&self) -> bool {
        self.is(SHUFFLED) && self.type_size > 1 && !self.is(COPIED)
    }

    /// How many streams a block of `length` bytes was cut into.
    fn streams(&self, length: usize) -> usize {
        let split = !self.is(UNSPLIT)
            && length == self.block
            && self.type_size <= MOST_STREAMS
            && length / self.type_size >= SHORTEST_STREAM
            && length.is_multiple_of(self.type_size);
        if split { self.type_size } else { 1 }
    }
}

/// The decoded length that a chunk declares.
pub(super) fn declared_length(chunk: &[u8]) -> Option<usize> {
    Header::read(chunk).map(|h| h.length)
}

/// Whether the blocks of this chunk can be decoded here.
fn native(header: Header) -> bool {
    let codec = header.flags >> 5;
    header.is(COPIED) || (!header.is(BIT_SHUFFLED) && matches!(codec, 1 | 3 | 4))
}

/// Decode a chunk into numbers; `None` if that takes the library ([`decode`]).
pub(super) fn decode_into(
    chunk: &[u8],
    size: usize,
    expected: usize,
    out: &mut Collector,
) -> Option<Result<(), String>> {
    let header = Header::read(chunk)?;
    let aligned = !header.in_planes() || (header.type_size == size && header.block.is_multiple_of(size));
    if !native(header) || !aligned || header.length != expected || !expected.is_multiple_of(size) {
        return None;
    }
    let layout = if header.in_planes() { Layout::Planes } else { Layout::Plain };
    if layout == Layout::Plain && !header.block.is_multiple_of(size) && !header.is(COPIED) {
        return None;
    }
    Some(each_block(chunk, header, |block| {
        out.push(block, layout);
        Ok(())
    }))
}

/// Decode a chunk of `expected` bytes (if that is known), at most `limit`.
///
/// # Errors
/// When the chunk is broken or of another length.
pub(super) fn decode(chunk: &[u8], expected: Option<usize>, limit: usize) -> Result<Vec<u8>, String> {
    let header = Header::read(chunk).ok_or("blosc header is broken")?;
    if expected.is_some_and(|n| n != header.length) || header.length > limit {
        return Err(format!("blosc chunk declares {} bytes, {} expected", header.length, expected.unwrap_or(limit)));
    }
    if native(header) && !header.in_planes() {
        let mut out = Vec::new();
        out.try_reserve_exact(header.length).map_err(|_| "not enough memory for a chunk".to_owned())?;
        each_block(chunk, header, |block| {
            out.extend_from_slice(block);
            Ok(())
        })?;
        return Ok(out);
    }
    let length = blosc_validate(chunk).filter(|&n| n == header.length).ok_or("blosc chunk is broken")?;
    if length == 0 {
        return Ok(Vec::new());
    }
    let out = blosc_decompress_bytes(chunk, length, 1).map_err(|e| e.to_string())?;
    if out.len() == length { Ok(out) } else { Err("blosc chunk ends early".to_owned()) }
}

/// Hand over each decompressed block (still in planes) in order.
fn each_block(chunk: &[u8], header: Header, mut take: impl FnMut(&[u8]) -> Result<(), String>) -> Result<(), String> {
    let broken = || "blosc chunk is broken".to_owned();
    if header.is(COPIED) {
        let body = chunk.get(HEADER..).filter(|b| b.len() == header.length).ok_or_else(broken)?;
        return take(body);
    }
    let blocks = header.length.div_ceil(header.block.max(1));
    let starts = blocks.checked_mul(4).and_then(|n| chunk.get(HEADER..HEADER.checked_add(n)?)).ok_or_else(broken)?;
    let mut scratch = vec![0; header.block.min(header.length)];
    let mut left = header.length;
    for start in starts.as_chunks::<4>().0 {
        let length = left.min(header.block);
        let start = usize::try_from(u32::from_le_bytes(*start)).map_err(|_| broken())?;
        let body = chunk.get(start..).ok_or_else(broken)?;
        let block = scratch.get_mut(..length).ok_or_else(broken)?;
        if let Cow::Borrowed(stored) = one_block(body, header, block)? {
            take(stored)?;
        } else {
            take(block)?;
        }
        left -= length;
    }
    Ok(())
}

/// Decompress a block into `out`; a block that is stored as it is comes back borrowed instead.
fn one_block<'a>(body: &'a [u8], header: Header, out: &mut [u8]) -> Result<Cow<'a, [u8]>, String> {
    let broken = || "blosc block is broken".to_owned();
    let streams = header.streams(out.len());
    let length = out.len() / streams;
    let mut rest = body;
    for stream in out.chunks_exact_mut(length.max(1)) {
        let (size, tail) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
        let size = usize::try_from(u32::from_le_bytes(*size)).map_err(|_| broken())?;
        let (stored, tail) = tail.split_at_checked(size).ok_or_else(broken)?;
        rest = tail;
        if size != length {
            decompress(header.flags >> 5, stored, stream)?;
        } else if streams == 1 {
            return Ok(Cow::Borrowed(stored));
        } else {
            stream.copy_from_slice(stored);
        }
    }
    Ok(Cow::Owned(Vec::new()))
}

/// Fill `out` exactly.
fn decompress(codec: u8, stored: &[u8], out: &mut [u8]) -> Result<(), String> {
    let length = match codec {
        1 => lz4_flex::block::decompress_into(stored, out).map_err(|e| format!("blosc lz4: {e}"))?,
        3 => stages::inflate_zlib(stored, out)?,
        4 => stages::zstd_into(stored, out)?,
        _ => return Err("blosc codec is unknown".to_owned()),
    };
    if length == out.len() { Ok(()) } else { Err("blosc block ends early".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::zarr::dtype::StoredType;
    use crate::model::{Buffer, ByteOrder, DataType};
    use zarrs::array::codec::{BloscCompressor, BloscShuffleMode, blosc_compress_bytes};

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
                    let got = decode(&chunk, Some(plain.len()), usize::MAX).unwrap();
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
        assert!(decode(&chunk, Some(7), usize::MAX).is_err());
        assert!(decode(&chunk[..chunk.len() - 1], None, usize::MAX).is_err());
        assert!(decode(&chunk, None, 1000).is_err());
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
                    let _ = decode(&bad, Some(plain.len()), 1 << 30);
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
