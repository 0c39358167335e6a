//! Codecs undone window by window.

use std::io::{self, Read};
use std::sync::Arc;

use bytes::Bytes;
use flate2::read::{GzDecoder, ZlibDecoder};

use super::checked::{Checked, Sum};
use super::{Packed, WINDOW};
use crate::io::codec::deflate::Frame;
use crate::io::store::ByteSource;

/// A codec that can be undone without all of its bytes at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum Step {
    /// Deflate.
    Inflate(Frame),
    /// Zstandard.
    Zstd,
    /// bzip2.
    Bzip2,
    /// HDF5's checksum behind the bytes.
    Fletcher32,
    /// CRC-32C behind the bytes.
    Crc32c,
    /// Blosc 1, only as the first step: its blocks are looked up in the stored bytes.
    Blosc,
}

/// Deflate packs at most 1032 bytes into one.
const DEFLATE_RATIO: u64 = 1032;

/// Refuse a chunk of gigabytes that a few bytes claim to be.
///
/// # Errors
/// What is claimed.
pub(super) fn possible(packed: &Packed, length: u64) -> Result<(), String> {
    let stored = packed.bytes.len();
    let most = stored.saturating_add(1).saturating_mul(DEFLATE_RATIO);
    match packed.steps.as_slice() {
        [Step::Inflate(_) | Step::Fletcher32 | Step::Crc32c] if length > most => {
            Err(format!("{stored} deflated bytes cannot make {length}"))
        }
        _ => Ok(()),
    }
}

/// The decoded bytes of a chunk.
///
/// # Errors
/// When a decoder can't be set up, or the first bytes make no sense.
pub(super) fn reader(packed: &Packed) -> io::Result<Box<dyn Read>> {
    let (mut reader, steps): (Box<dyn Read>, &[Step]) = match packed.steps.split_first() {
        Some((Step::Blosc, others)) => (super::blosc::reader(&packed.bytes)?, others),
        _ => (Box::new(Windows { bytes: Arc::clone(&packed.bytes), at: 0, window: Bytes::new() }), &packed.steps),
    };
    let room = || vec![0; WINDOW / 4];
    for step in steps {
        reader = match step {
            Step::Inflate(Frame::Zlib) => Box::new(ZlibDecoder::new_with_buf(reader, room())),
            Step::Inflate(Frame::Gzip) => Box::new(GzDecoder::new(reader)),
            Step::Zstd => Box::new(zstd::stream::read::Decoder::new(reader)?),
            Step::Bzip2 => Box::new(::bzip2::read::BzDecoder::new(reader)),
            Step::Fletcher32 => Box::new(Checked::new(reader, Sum::fletcher32())),
            Step::Crc32c => Box::new(Checked::new(reader, Sum::Crc32c(0))),
            Step::Blosc => return Err(io::Error::other("blosc inside another codec")),
        };
    }
    Ok(reader)
}

/// Stored bytes, read a window at a time.
struct Windows {
    bytes: Arc<dyn ByteSource>,
    at: u64,
    window: Bytes,
}

impl Read for Windows {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.window.is_empty() {
            let end = self.at.saturating_add(4 * WINDOW as u64).min(self.bytes.len());
            self.window = self.bytes.read(self.at..end).map_err(io::Error::other)?;
            self.at = end;
        }
        let length = out.len().min(self.window.len());
        let taken = self.window.split_to(length);
        if let Some(out) = out.get_mut(..length) {
            out.copy_from_slice(&taken);
        }
        Ok(length)
    }
}
