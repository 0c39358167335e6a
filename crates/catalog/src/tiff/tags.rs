//! The tags of a TIFF or BigTIFF file (TIFF 6.0, Adobe 1992; BigTIFF as libtiff 4 has it), by ranges.

use std::collections::BTreeMap;

use bytes::Bytes;
use pangeo::io::ByteSource;
use pangeo::{Error, Result};

/// So many bytes of the beginning are read at once: the tags of most files lie there.
const HEAD: u64 = 64 << 10;
/// No file has more images (overviews and masks) or tags in one than this.
const MOST_IMAGES: usize = 256;
const MOST_TAGS: u64 = 4096;
/// No value that is looked at is longer than this many bytes.
const LONGEST: u64 = 4 << 20;

/// Whether bytes begin as TIFF or BigTIFF does, in either order of bytes.
pub(crate) fn is_tiff(head: &[u8]) -> bool {
    [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| head.starts_with(magic))
}

/// A tag's type, count and where its values lie.
#[derive(Debug, Clone, Copy)]
struct Entry {
    kind: u16,
    count: u64,
    offset: u64,
}

/// One image of the file: the tags by their number.
#[derive(Debug)]
pub(super) struct Image {
    /// Where its directory begins.
    pub(super) offset: u64,
    entries: BTreeMap<u16, Entry>,
}

impl Image {
    /// Whether it has a tag.
    pub(super) fn has(&self, tag: u16) -> bool {
        self.entries.contains_key(&tag)
    }
}

/// A TIFF file.
#[derive(Debug)]
pub(super) struct Tiff<'a> {
    bytes: &'a dyn ByteSource,
    head: Bytes,
    little: bool,
    big: bool,
    pub(super) images: Vec<Image>,
}

impl<'a> Tiff<'a> {
    /// Reads the directories, not their values.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is no TIFF or ends too early.
    pub(super) fn open(bytes: &'a dyn ByteSource) -> Result<Self> {
        let head = bytes.read(0..bytes.len().min(HEAD))?;
        let magic = head.get(..4).filter(|head| is_tiff(head)).ok_or_else(|| broken(bytes, "it is no TIFF file"))?;
        let (little, big) = (magic.starts_with(b"II"), magic.contains(&b'+'));
        let mut tiff = Self { bytes, head, little, big, images: Vec::new() };
        let mut next = if big {
            if tiff.number(4, 2)? != 8 {
                return Err(broken(bytes, "its offsets are not those of BigTIFF"));
            }
            tiff.number(8, 8)?
        } else {
            tiff.number(4, 4)?
        };
        while next != 0 {
            if tiff.images.iter().any(|image| image.offset == next) || tiff.images.len() >= MOST_IMAGES {
                return Err(broken(bytes, "its directories never end"));
            }
            let (image, after) = tiff.image(next)?;
            tiff.images.push(image);
            next = after;
        }
        if tiff.images.is_empty() {
            return Err(broken(bytes, "it holds no image"));
        }
        Ok(tiff)
    }

    /// The first 64 KiB.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    fn image(&self, offset: u64) -> Result<(Image, u64)> {
        let (counted, wide) = if self.big { (8, 20) } else { (2, 12) };
        let count = self.number(offset, counted)?;
        if count > MOST_TAGS {
            return Err(broken(self.bytes, format!("{count} tags in one directory are too many")));
        }
        let first = self.past(offset, counted)?;
        let body = self.fetch(first, self.past(count * wide, counted.max(4))?)?;
        let mut entries = BTreeMap::new();
        for at in 0..count {
            let at = (at * wide) as usize;
            let part =
                |from: usize, len: usize| self.unsigned(body.get(at + from..at + from + len).unwrap_or_default());
            let (tag, kind) = (part(0, 2) as u16, part(2, 2) as u16);
            let (count, field, room) = if self.big { (part(4, 8), 12, 8) } else { (part(4, 4), 8, 4) };
            let inside = count.checked_mul(size_of(kind)).is_some_and(|bytes| bytes <= room);
            let place = if inside { self.past(first, (at + field) as u64)? } else { part(field, room as usize) };
            entries.entry(tag).or_insert(Entry { kind, count, offset: place });
        }
        let end = (count * wide) as usize;
        let last = if self.big { 8 } else { 4 };
        let after = self.unsigned(body.get(end..end + last).unwrap_or_default());
        Ok((Image { offset, entries }, after))
    }

    fn past(&self, offset: u64, more: u64) -> Result<u64> {
        offset.checked_add(more).ok_or_else(|| broken(self.bytes, "an offset lies beyond all files"))
    }

    fn fetch(&self, offset: u64, length: u64) -> Result<Bytes> {
        let end = self.past(offset, length)?;
        if end <= self.head.len() as u64 {
            return Ok(self.head.slice(offset as usize..end as usize));
        }
        if length > LONGEST || end > self.bytes.len() && offset >= self.bytes.len() {
            return Err(broken(self.bytes, "an offset lies beyond its end"));
        }
        // The last directory of some files ends without the offset of the next.
        let there = self.bytes.read(offset..end.min(self.bytes.len()))?;
        if (there.len() as u64) < length.saturating_sub(8) {
            return Err(broken(self.bytes, "it is cut short"));
        }
        Ok(there)
    }

    fn number(&self, offset: u64, length: u64) -> Result<u64> {
        let bytes = self.fetch(offset, length)?;
        if (bytes.len() as u64) < length {
            return Err(broken(self.bytes, "it is cut short"));
        }
        Ok(self.unsigned(&bytes))
    }

    /// Up to eight bytes as a number.
    fn unsigned(&self, bytes: &[u8]) -> u64 {
        let add = |all: u64, byte: &u8| all << 8 | u64::from(*byte);
        if self.little { bytes.iter().take(8).rev().fold(0, add) } else { bytes.iter().take(8).fold(0, add) }
    }

    /// The bytes of a tag's values, at most `most` of them, with the type.
    fn raw(&self, image: &Image, tag: u16, most: u64) -> Result<Option<(u16, Bytes)>> {
        let Some(entry) = image.entries.get(&tag) else { return Ok(None) };
        let size = size_of(entry.kind);
        let length = entry.count.min(most).checked_mul(size).filter(|length| *length <= LONGEST);
        let Some(length) = length else {
            return Err(broken(self.bytes, format!("tag {tag} claims {} values", entry.count)));
        };
        let bytes = self.fetch(entry.offset, length)?;
        if (bytes.len() as u64) < length {
            return Err(broken(self.bytes, "it is cut short"));
        }
        Ok(Some((entry.kind, bytes)))
    }

    /// The values of a tag as whole numbers, at most `most` of them; empty without the tag.
    pub(super) fn whole(&self, image: &Image, tag: u16, most: u64) -> Result<Vec<u64>> {
        let Some((kind, bytes)) = self.raw(image, tag, most)? else { return Ok(Vec::new()) };
        Ok(bytes.chunks_exact(size_of(kind) as usize).map(|value| self.unsigned(value)).collect())
    }

    /// The first value of a tag as a whole number.
    pub(super) fn one(&self, image: &Image, tag: u16) -> Result<Option<u64>> {
        Ok(self.whole(image, tag, 1)?.first().copied())
    }

    /// The values of a tag of type DOUBLE or FLOAT; empty without the tag.
    pub(super) fn reals(&self, image: &Image, tag: u16) -> Result<Vec<f64>> {
        let Some((kind, bytes)) = self.raw(image, tag, LONGEST / 8)? else { return Ok(Vec::new()) };
        let real = |value: &[u8]| match kind {
            11 => f64::from(f32::from_bits(self.unsigned(value) as u32)),
            12 => f64::from_bits(self.unsigned(value)),
            _ => self.unsigned(value) as f64,
        };
        Ok(bytes.chunks_exact(size_of(kind) as usize).map(real).collect())
    }

    /// A text up to its end mark.
    pub(super) fn text(&self, image: &Image, tag: u16) -> Result<Option<String>> {
        let Some((_, bytes)) = self.raw(image, tag, LONGEST)? else { return Ok(None) };
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        let text = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).trim().to_owned();
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

/// The bytes of one value of a type; 1 for types that nobody knows.
fn size_of(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}

fn broken(bytes: &dyn ByteSource, what: impl Into<String>) -> Error {
    Error::malformed(bytes.name(), what)
}
