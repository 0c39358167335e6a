//! The central directory of a zip archive: which members there are and where they lie.
//!
//! Source: PKWARE APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (ends
//! of the directory, with and without zip64) and 4.5.3 (zip64 extra field).

use std::collections::BTreeMap;

use super::super::ByteSource;
use crate::{Error, Result};

/// Signature and fixed part of a central directory entry.
const ENTRY: (u32, usize) = (0x0201_4b50, 46);
/// The end of the central directory.
const END: (u32, usize) = (0x0605_4b50, 22);
const ZIP64_LOCATOR: (u32, usize) = (0x0706_4b50, 20);
const ZIP64_END: (u32, usize) = (0x0606_4b50, 56);
/// The longest comment after the end of the directory.
const LONGEST_COMMENT: u64 = 0xffff;
/// A directory of more bytes is refused: some 10 million members.
const LARGEST_DIRECTORY: u64 = 1 << 30;

/// One member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    /// Where its local header starts.
    pub(super) header: u64,
    /// Number of bytes stored.
    pub(super) compressed: u64,
    /// Number of bytes when unpacked.
    pub(super) size: u64,
    /// CRC-32 of the unpacked bytes.
    pub(super) crc: u32,
    /// 0 is stored, 8 deflate.
    pub(super) method: u16,
    pub(super) encrypted: bool,
    /// Length of the name, to guess where the bytes start.
    pub(super) name_length: u16,
}

/// Bytes that know their place in little-endian records.
pub(super) struct Record<'a>(pub(super) &'a [u8]);

impl Record<'_> {
    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(self.0.get(at..)?.first_chunk::<2>().copied()?))
    }

    pub(super) fn u32(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(self.0.get(at..)?.first_chunk::<4>().copied()?))
    }

    pub(super) fn u64(&self, at: usize) -> Option<u64> {
        Some(u64::from_le_bytes(self.0.get(at..)?.first_chunk::<8>().copied()?))
    }
}

/// Where the central directory lies.
struct Directory {
    offset: u64,
    size: u64,
    /// Bytes in front of the archive (a self-extracting one), to add to every offset.
    shift: u64,
}

/// The members of the archive `source` by name; of several of one name the last counts, which is how stores
/// overwrite a chunk.
///
/// # Errors
/// When the archive is damaged, spans several files, or the bytes can't be had.
pub(super) fn members(source: &dyn ByteSource) -> Result<BTreeMap<String, Member>> {
    let damaged = |what: &str| Error::malformed(source.name(), format!("a damaged zip archive: {what}"));
    let directory = find_directory(source)?;
    if directory.size > LARGEST_DIRECTORY {
        return Err(damaged("its directory is too large"));
    }
    let start = directory.offset.checked_add(directory.shift).ok_or_else(|| damaged("its directory lies nowhere"))?;
    let end = start.checked_add(directory.size).filter(|end| *end <= source.len());
    let bytes = source.read(start..end.ok_or_else(|| damaged("its directory lies beyond its end"))?)?;
    let mut members = BTreeMap::new();
    let mut rest = &bytes[..];
    while !rest.is_empty() {
        let (name, mut member, length) =
            entry(rest).ok_or_else(|| damaged("an entry of its directory is cut short"))?;
        rest = rest.get(length..).unwrap_or_default();
        let within = member
            .header
            .checked_add(directory.shift)
            .filter(|header| header.checked_add(member.compressed).is_some_and(|end| end <= source.len()));
        member.header = within.ok_or_else(|| damaged(&format!("member {name:?} lies beyond its end")))?;
        if !name.ends_with('/') {
            members.insert(name, member);
        }
    }
    Ok(members)
}

/// One entry of the directory: name, member and the bytes it takes.
fn entry(bytes: &[u8]) -> Option<(String, Member, usize)> {
    let record = Record(bytes);
    if record.u32(0)? != ENTRY.0 {
        return None;
    }
    let name_length = record.u16(28)?;
    let (name_end, extra) = (ENTRY.1 + usize::from(name_length), usize::from(record.u16(30)?));
    let length = name_end + extra + usize::from(record.u16(32)?);
    // Windows tools write backslashes, against the specification.
    let name = String::from_utf8_lossy(bytes.get(ENTRY.1..name_end)?).replace('\\', "/");
    let mut sizes = [record.u32(24)?, record.u32(20)?, record.u32(42)?].map(u64::from);
    zip64(bytes.get(name_end..name_end + extra)?, &mut sizes);
    bytes.get(..length)?;
    let [size, compressed, header] = sizes;
    let (method, crc) = (record.u16(10)?, record.u32(16)?);
    let encrypted = record.u16(8)? & 1 == 1;
    Some((name, Member { header, compressed, size, crc, method, encrypted, name_length }, length))
}

/// Replaces the sizes that did not fit 32 bits by those of the zip64 extra field, which holds just these, in order.
fn zip64(mut extra: &[u8], sizes: &mut [u64; 3]) {
    loop {
        let record = Record(extra);
        let (Some(id), Some(length)) = (record.u16(0), record.u16(2)) else { return };
        let Some(field) = extra.get(4..4 + usize::from(length)) else { return };
        if id == 1 {
            let mut at = 0;
            for size in sizes.iter_mut().filter(|size| **size == u64::from(u32::MAX)) {
                let Some(value) = Record(field).u64(at) else { return };
                *size = value;
                at += 8;
            }
            return;
        }
        extra = extra.get(4 + usize::from(length)..).unwrap_or_default();
    }
}

fn find_directory(source: &dyn ByteSource) -> Result<Directory> {
    let absent = || Error::malformed(source.name(), "a damaged zip archive: its end is missing, the file is cut short");
    let tail_start = source.len().saturating_sub(LONGEST_COMMENT + END.1 as u64 + ZIP64_LOCATOR.1 as u64);
    let tail = source.read(tail_start..source.len())?;
    let at = (0..=tail.len().checked_sub(END.1).ok_or_else(absent)?)
        .rev()
        .find(|&at| {
            let record = Record(tail.get(at..).unwrap_or_default());
            // The comment must end with the file, else these four bytes are part of a comment.
            record.u32(0) == Some(END.0) && record.u16(20).map(|n| at + END.1 + usize::from(n)) == Some(tail.len())
        })
        .ok_or_else(absent)?;
    let end = Record(tail.get(at..).unwrap_or_default());
    let disks = (end.u16(4).unwrap_or(0), end.u16(6).unwrap_or(0));
    let position = tail_start + at as u64;
    let locator = at.checked_sub(ZIP64_LOCATOR.1).and_then(|at| tail.get(at..)).map(Record);
    if let Some(locator) = locator.filter(|l| l.u32(0) == Some(ZIP64_LOCATOR.0)) {
        return find_zip64(source, locator.u64(8).ok_or_else(absent)?);
    }
    if disks != (0, 0) {
        return Err(Error::unsupported("a zip archive in several parts", source.name()));
    }
    let (size, offset) = (end.u32(12).ok_or_else(absent)?, end.u32(16).ok_or_else(absent)?);
    let (size, offset) = (u64::from(size), u64::from(offset));
    let shift = position.checked_sub(size).and_then(|start| start.checked_sub(offset)).ok_or_else(absent)?;
    Ok(Directory { offset, size, shift })
}

fn find_zip64(source: &dyn ByteSource, at: u64) -> Result<Directory> {
    let damaged = || Error::malformed(source.name(), "a damaged zip archive: its zip64 end is missing");
    let end = at.checked_add(ZIP64_END.1 as u64).filter(|end| *end <= source.len()).ok_or_else(damaged)?;
    let bytes = source.read(at..end)?;
    let record = Record(&bytes);
    if record.u32(0) != Some(ZIP64_END.0) {
        return Err(damaged());
    }
    let (size, offset) = record.u64(40).zip(record.u64(48)).ok_or_else(damaged)?;
    Ok(Directory { offset, size, shift: 0 })
}
