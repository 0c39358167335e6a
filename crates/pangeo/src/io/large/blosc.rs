//! Blosc frames, block by block.

use std::io::{self, Read};
use std::sync::Arc;

use crate::io::codec::blosc::{HEADER, Header, decode};
use crate::io::codec::{Length, shuffle};
use crate::io::store::ByteSource;

/// The decoded bytes of a frame of which no more than a block is in memory.
pub(super) struct Blocks {
    bytes: Arc<dyn ByteSource>,
    header: Header,
    /// Where each block's stored bytes lie, in the order of blocks.
    places: std::vec::IntoIter<(u64, u64)>,
    /// Decoded bytes that no block was made for yet.
    left: usize,
    block: Vec<u8>,
    plain: Vec<u8>,
    /// Bytes of `plain` that were handed on.
    gone: usize,
}

fn broken(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

/// The decoded bytes of a frame; those that take the C library (bit shuffle, `BloscLZ`, Snappy) are decoded whole.
pub(super) fn reader(bytes: &Arc<dyn ByteSource>) -> io::Result<Box<dyn Read>> {
    let stored = bytes.len();
    let head = bytes.read(0..(HEADER as u64).min(stored)).map_err(io::Error::other)?;
    let header = Header::of(&head, stored).ok_or_else(|| broken("blosc: frame is damaged"))?;
    if header.is_native() {
        return Ok(Box::new(Blocks::new(Arc::clone(bytes), header)?));
    }
    let (whole, mut out) = (bytes.read(0..stored).map_err(io::Error::other)?, Vec::new());
    decode(&whole, Length::Exactly(header.length()), &mut out).map_err(|e| broken(String::from(e)))?;
    Ok(Box::new(io::Cursor::new(out)))
}

impl Blocks {
    fn new(bytes: Arc<dyn ByteSource>, header: Header) -> io::Result<Self> {
        let stored = bytes.len();
        let count = if header.is_copied() { 0 } else { header.length().div_ceil(header.block().max(1)) };
        let end = (count as u64).saturating_mul(4).saturating_add(HEADER as u64);
        if end > stored {
            return Err(broken("blosc: frame is damaged"));
        }
        let table = bytes.read(HEADER as u64..end).map_err(io::Error::other)?;
        let starts: Vec<u64> = table.as_chunks::<4>().0.iter().map(|b| u64::from(u32::from_le_bytes(*b))).collect();
        let mut sorted = starts.clone();
        sorted.sort_unstable();
        // Blocks need not lie in order; each ends where the next one begins.
        let place = |&start: &u64| {
            let next = sorted.get(sorted.partition_point(|&s| s <= start)).copied().unwrap_or(stored);
            (start, next)
        };
        let mut places: Vec<(u64, u64)> = starts.iter().map(place).collect();
        if header.is_copied() {
            let step = COPIED as u64;
            places = (HEADER as u64..stored).step_by(COPIED).map(|s| (s, s.saturating_add(step).min(stored))).collect();
        }
        let left = header.length();
        let (block, plain) = (Vec::new(), Vec::new());
        Ok(Self { bytes, header, places: places.into_iter(), left, block, plain, gone: 0 })
    }

    /// Decode the next block; whether there was one.
    fn next(&mut self) -> io::Result<bool> {
        let Some((start, end)) = self.places.next() else {
            return if self.left == 0 { Ok(false) } else { Err(broken("blosc: frame ends early")) };
        };
        let body = self.bytes.read(start..end.min(self.bytes.len()).max(start)).map_err(io::Error::other)?;
        self.gone = 0;
        if self.header.is_copied() {
            self.left = self.left.saturating_sub(body.len());
            self.plain.clear();
            self.plain.extend_from_slice(&body);
            return Ok(true);
        }
        let length = self.left.min(self.header.block());
        self.left -= length;
        self.block.resize(length, 0);
        let stored = self.header.one_block(&body, &mut self.block).map_err(|e| broken(String::from(e)))?;
        let block = stored.unwrap_or(&self.block);
        if self.header.in_planes() {
            shuffle::decode(block, self.header.type_size(), &mut self.plain);
        } else {
            self.plain.clear();
            self.plain.extend_from_slice(block);
        }
        Ok(true)
    }
}

/// Bytes read at a time of a frame that is not compressed.
const COPIED: usize = 1 << 20;

impl Read for Blocks {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.gone >= self.plain.len() {
            if !self.next()? {
                return Ok(0);
            }
        }
        let ready = self.plain.get(self.gone..).unwrap_or(&[]);
        let length = ready.len().min(out.len());
        if let (Some(out), Some(ready)) = (out.get_mut(..length), ready.get(..length)) {
            out.copy_from_slice(ready);
        }
        self.gone += length;
        Ok(length)
    }
}
