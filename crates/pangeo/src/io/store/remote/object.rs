//! A remote object as a source of bytes.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::block_on;
use super::cache::{BLOCK, Blocks};
use super::coalesce::spans;
use super::fetch::Remote;
use crate::Result;
use crate::io::store::ByteSource;
use crate::io::store::local::checked_length;

/// Smaller reads go through the cache of blocks: they are metadata, and the next one lies near.
const SMALL: usize = 256 << 10;
/// The most that is fetched ahead when blocks are read one after the other.
const AHEAD: u64 = 1 << 20;

/// An object behind HTTP or S3.
///
/// [`ByteSource::read`] of less than 256 KiB fetches whole blocks of 64 KiB and keeps them (16 MiB at most), for
/// parsing metadata, more of them at a time the longer it reads on without a gap; larger ones, and [`ByteSource::read_many`], which is meant for data, fetch just what is wanted
/// (near ranges together), over several connections.
#[derive(Debug)]
pub(super) struct RemoteObject {
    name: String,
    len: u64,
    remote: Remote,
    blocks: Blocks,
    /// Where the blocks fetched last end, and how many bytes they were.
    last: Mutex<(u64, u64)>,
}

impl RemoteObject {
    /// The object `remote` of `len` bytes, of which `head` are the first.
    pub(super) fn new(remote: Remote, len: u64, head: &Bytes) -> Self {
        let blocks = Blocks::default();
        blocks.insert(0, head, len);
        let last = Mutex::new((head.len() as u64, BLOCK));
        Self { name: remote.name(), len, remote, blocks, last }
    }

    /// `missing`, longer if it follows what was fetched last: twice as much each time, so that a long header takes
    /// few requests and a short one few bytes.
    fn ahead(&self, missing: &Range<u64>) -> Range<u64> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (end, length) = *last;
        let more = if end == missing.start { length.saturating_mul(2).min(AHEAD) } else { 0 };
        let end = missing.end.max(missing.start.saturating_add(more)).min(self.len);
        *last = (end, end.saturating_sub(missing.start));
        missing.start..end
    }

    fn fetch(&self, spans: Vec<Range<u64>>) -> Result<Vec<Bytes>> {
        block_on(self.remote.fetch_spans(spans))?
    }

    fn fetch_one(&self, range: Range<u64>) -> Result<Bytes> {
        Ok(self.fetch(vec![range])?.pop().unwrap_or_default())
    }
}

impl ByteSource for RemoteObject {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> u64 {
        self.len
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let length = checked_length(&range, self.len, &self.name)?;
        if length == 0 {
            return Ok(Bytes::new());
        }
        if let Some(bytes) = self.blocks.get(&range) {
            return Ok(bytes);
        }
        let missing = self.blocks.missing(&range, self.len).filter(|_| length < SMALL);
        if let Some(missing) = missing {
            let missing = self.ahead(&missing);
            let bytes = self.fetch_one(missing.clone())?;
            self.blocks.insert(missing.start, &bytes, self.len);
            if let Some(bytes) = self.blocks.get(&range) {
                return Ok(bytes);
            }
        }
        self.fetch_one(range)
    }

    fn read_many(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let mut found = Vec::with_capacity(ranges.len());
        let mut absent = Vec::new();
        for range in ranges {
            checked_length(range, self.len, &self.name)?;
            let bytes = if range.is_empty() { Some(Bytes::new()) } else { self.blocks.get(range) };
            absent.push(if bytes.is_some() { 0..0 } else { range.clone() });
            found.push(bytes.unwrap_or_default());
        }
        let spans = spans(&absent);
        if spans.is_empty() {
            return Ok(found);
        }
        let fetched = self.fetch(spans.iter().map(|span| span.range.clone()).collect())?;
        for (span, bytes) in spans.iter().zip(fetched) {
            for &i in &span.wanted {
                if let (Some(range), Some(slot)) = (ranges.get(i), found.get_mut(i)) {
                    *slot =
                        bytes.slice((range.start - span.range.start) as usize..(range.end - span.range.start) as usize);
                }
            }
        }
        Ok(found)
    }
}
