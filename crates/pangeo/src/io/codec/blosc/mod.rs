//! Blosc 1 frames: HDF5 filter 32001, Zarr codec `blosc`.
//!
//! The common frames are taken apart here, block by block in a buffer that stays in the cache, so that a
//! reader can put values in place without another pass over memory; frames of Zstandard over shuffled
//! values are made here. What is rare (bit shuffle, `BloscLZ`, Snappy), and other compression, goes
//! through the C library that the crate `zarrs` brings.
//! Format: c-blosc `README_CHUNK_FORMAT.rst`.

mod write;

use zarrs::array::codec::{blosc_decompress_bytes, blosc_validate};

pub use write::compress;

use super::{Failure, Length, Outcome, deflate, lz4, zstd};

/// The fixed part in front of a chunk's blocks.
#[derive(Debug, Clone, Copy)]
pub struct Header {
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
/// The length of a header.
pub(in crate::io) const HEADER: usize = 16;

/// Blocks are split into streams only up to this many bytes a value, and not below this stream length.
const MOST_STREAMS: usize = 16;
const SHORTEST_STREAM: usize = 128;

impl Header {
    /// The header of a chunk of just this length; `None` if it makes no sense.
    pub fn read(chunk: &[u8]) -> Option<Self> {
        Self::of(chunk, chunk.len() as u64)
    }

    /// The header that `head` begins with, of a chunk of just `stored` bytes; `None` if it makes no sense.
    pub fn of(head: &[u8], stored: u64) -> Option<Self> {
        let head = head.first_chunk::<HEADER>()?;
        let [_, _, flags, type_size, ..] = *head;
        let word = |at: usize| {
            let bytes = head.get(at..at + 4)?.try_into().ok()?;
            usize::try_from(u32::from_le_bytes(bytes)).ok()
        };
        let header =
            Self { flags, type_size: usize::from(type_size), length: word(4)?, block: word(8)?, stored: word(12)? };
        let sane = header.stored as u64 == stored && header.type_size > 0 && (header.block > 0 || header.length == 0);
        sane.then_some(header)
    }

    /// The decoded length in bytes.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The bytes of one value.
    pub fn type_size(&self) -> usize {
        self.type_size
    }

    /// The decoded bytes of one block; the last may be shorter.
    pub fn block(&self) -> usize {
        self.block
    }

    /// Whether the bytes are stored as they are, in one piece.
    pub fn is_copied(&self) -> bool {
        self.is(COPIED)
    }

    fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Whether the bytes of each block stand in planes of equal significance.
    pub fn in_planes(&self) -> bool {
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

    /// Whether [`Header::each_block`] can decode this chunk: bit shuffle, `BloscLZ` and Snappy, which are
    /// rare, take the C library.
    pub fn is_native(&self) -> bool {
        self.is(COPIED) || (!self.is(BIT_SHUFFLED) && matches!(self.flags >> 5, 1 | 3 | 4))
    }

    /// Hand over each decompressed block (still in planes) of a native chunk, in order.
    ///
    /// # Errors
    /// [`Failure::Broken`] when the chunk is damaged; what `take` answers with.
    pub fn each_block(&self, chunk: &[u8], mut take: impl FnMut(&[u8])) -> Outcome {
        let broken = || Failure::broken("blosc: frame is damaged");
        if self.is(COPIED) {
            take(chunk.get(HEADER..).filter(|b| b.len() == self.length).ok_or_else(broken)?);
            return Ok(());
        }
        let blocks = self.length.div_ceil(self.block.max(1));
        let starts =
            blocks.checked_mul(4).and_then(|n| chunk.get(HEADER..HEADER.checked_add(n)?)).ok_or_else(broken)?;
        let mut scratch = vec![0; self.block.min(self.length)];
        let mut left = self.length;
        for start in starts.as_chunks::<4>().0 {
            let length = left.min(self.block);
            let start = usize::try_from(u32::from_le_bytes(*start)).map_err(|_| broken())?;
            let body = chunk.get(start..).ok_or_else(broken)?;
            let block = scratch.get_mut(..length).ok_or_else(broken)?;
            match self.one_block(body, block)? {
                Some(stored) => take(stored),
                None => take(block),
            }
            left -= length;
        }
        Ok(())
    }

    /// Decompress a block into `out`; one that is stored as it is comes back borrowed instead.
    ///
    /// # Errors
    /// [`Failure::Broken`] when the block is damaged.
    pub fn one_block<'a>(&self, body: &'a [u8], out: &mut [u8]) -> Outcome<Option<&'a [u8]>> {
        let broken = || Failure::broken("blosc: block is damaged");
        let streams = self.streams(out.len());
        let length = out.len() / streams;
        let mut rest = body;
        for stream in out.chunks_exact_mut(length.max(1)) {
            let (size, tail) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
            let size = usize::try_from(u32::from_le_bytes(*size)).map_err(|_| broken())?;
            let (stored, tail) = tail.split_at_checked(size).ok_or_else(broken)?;
            rest = tail;
            if size != length {
                decompress(self.flags >> 5, stored, stream)?;
            } else if streams == 1 {
                return Ok(Some(stored));
            } else {
                stream.copy_from_slice(stored);
            }
        }
        Ok(None)
    }
}

/// Fill `out` exactly.
fn decompress(codec: u8, stored: &[u8], out: &mut [u8]) -> Outcome {
    let length = match codec {
        1 => return lz4::decompress(stored, out),
        3 => deflate::inflate_into(stored, deflate::Frame::Zlib, out)?,
        4 => zstd::decompress_into(stored, out)?,
        _ => return Err(Failure::Unsupported(format!("blosc codec {codec}"))),
    };
    if length == out.len() { Ok(()) } else { Err(Failure::broken("blosc: block ends early")) }
}

/// Decompress one frame; codec, shuffle and block size are in its header.
///
/// # Errors
/// [`Failure::Broken`] when the frame is damaged or its length does not fit `length`.
pub fn decode(input: &[u8], length: Length, out: &mut Vec<u8>) -> Outcome {
    let broken = || Failure::broken("blosc: frame is damaged");
    let header = Header::read(input).ok_or_else(broken)?;
    length.check(header.length)?;
    out.clear();
    if header.length == 0 {
        return Ok(());
    }
    if header.is_native() && !header.in_planes() {
        out.try_reserve_exact(header.length).map_err(|_| Failure::broken("blosc: not enough memory for a chunk"))?;
        header.each_block(input, |block| out.extend_from_slice(block))?;
    } else {
        let decoded = blosc_validate(input).filter(|&n| n == header.length).ok_or_else(broken)?;
        *out = blosc_decompress_bytes(input, decoded, 1).map_err(|e| Failure::broken(format!("blosc: {e}")))?;
    }
    if out.len() == header.length { Ok(()) } else { Err(Failure::broken("blosc: frame ends early")) }
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
