//! Bytes with a checksum of four bytes behind them.

use std::io::{self, Read};

use crate::io::codec::fletcher32::Fletcher32;
use crate::io::zarr::crc32c_of;

/// A checksum of the bytes so far.
pub(super) enum Sum {
    Fletcher32(Box<Fletcher32>),
    Crc32c(u32),
}

impl Sum {
    pub(super) fn fletcher32() -> Self {
        Self::Fletcher32(Box::default())
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Fletcher32(sum) => sum.update(bytes),
            Self::Crc32c(sum) => *sum = crc32c_of(*sum, bytes),
        }
    }

    fn agrees(&mut self, stored: &[u8]) -> bool {
        match self {
            Self::Fletcher32(sum) => sum.agrees(stored),
            Self::Crc32c(sum) => stored == sum.to_le_bytes(),
        }
    }
}

/// The length of a checksum.
const TAIL: usize = 4;

/// Bytes read at a time.
const WINDOW: usize = 256 << 10;

/// Hands on all bytes but the last four, which have to be the checksum of the others.
pub(super) struct Checked<R> {
    inner: R,
    sum: Sum,
    /// What was read and not handed on.
    held: Vec<u8>,
    /// Of that, how much was handed on after all.
    gone: usize,
    ended: bool,
}

impl<R: Read> Checked<R> {
    pub(super) fn new(inner: R, sum: Sum) -> Self {
        Self { inner, sum, held: Vec::new(), gone: 0, ended: false }
    }

    /// Read on, behind what is held.
    fn fill(&mut self) -> io::Result<()> {
        self.held.drain(..self.gone);
        self.gone = 0;
        let from = self.held.len();
        self.held.resize(from + WINDOW, 0);
        let read = self.inner.read(self.held.get_mut(from..).unwrap_or(&mut []));
        self.held.truncate(from + read.as_ref().map_or(0, |n| *n));
        self.ended = read? == 0;
        Ok(())
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self.held.get(self.gone..).unwrap_or(&[]);
            let ready = left.len().saturating_sub(TAIL).min(out.len());
            if ready > 0 || out.is_empty() {
                let bytes = left.get(..ready).unwrap_or(&[]);
                self.sum.update(bytes);
                if let Some(out) = out.get_mut(..ready) {
                    out.copy_from_slice(bytes);
                }
                self.gone += ready;
                return Ok(ready);
            }
            if self.ended {
                let agrees = self.sum.agrees(left);
                return if agrees { Ok(0) } else { Err(io::Error::other("checksum does not agree")) };
            }
            self.fill()?;
        }
    }
}
