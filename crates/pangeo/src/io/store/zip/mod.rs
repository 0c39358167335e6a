//! A zip archive as a tree of objects, wherever its bytes lie: `name.zarr.zip` locally, over HTTP or in S3.
//!
//! The directory is read once. Members that are stored as they are (which is how Zarr stores are packed, since
//! their chunks are compressed already) are read by range; deflated ones are unpacked whole, and only when the
//! size they declare is possible and below 1 GiB.

mod central;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use self::central::{Member, Record};
use super::directory::{check_key, is_safe_key, resolve};
use super::local::zeroed;
use super::{ByteRange, ByteSource, ObjectTree};
use crate::{Error, Result};

/// The names of which a Zarr group or array has at least one.
pub(super) const ZARR_MARKERS: [&str; 4] = ["zarr.json", ".zmetadata", ".zgroup", ".zarray"];

/// A member that unpacks to more is refused.
const LARGEST_INFLATED: u64 = 1 << 30;
/// Deflate packs at most 1032 bytes into one.
const LARGEST_RATIO: u64 = 1032;
/// The fixed part of a local header, in front of name, extra field and bytes.
const LOCAL_HEADER: u64 = 30;
/// Read beyond the name on the first try: the extra fields that usual tools write.
const USUAL_EXTRA: u64 = 64;

/// The members of a zip archive.
#[derive(Debug)]
pub struct ZipTree {
    source: Arc<dyn ByteSource>,
    members: BTreeMap<String, Member>,
    /// The folder that all members lie in, with its slash, or nothing.
    root: String,
    /// Where the bytes of members start, by where their local header does.
    starts: Mutex<HashMap<u64, u64>>,
}

impl ZipTree {
    /// Reads the directory of the archive `source`. When all members lie in one folder (`name.zarr/…`), that is
    /// the root of the tree.
    ///
    /// # Errors
    /// [`Error::Malformed`] for damaged archives; when the bytes can't be had.
    pub fn open(source: Arc<dyn ByteSource>) -> Result<Self> {
        let members: BTreeMap<_, _> =
            central::members(&*source)?.into_iter().filter(|(name, _)| is_safe_key(name)).collect();
        let root = common_root(&members);
        Ok(Self { source, members, root, starts: Mutex::default() })
    }

    /// Whether the root is a Zarr group or array.
    pub fn is_zarr(&self) -> bool {
        ZARR_MARKERS.iter().any(|marker| self.members.contains_key(&format!("{}{marker}", self.root)))
    }

    /// The refusal of an archive that holds something else than a Zarr store.
    pub(super) fn refusal(&self) -> Error {
        let shown: Vec<_> = self.members.keys().take(3).cloned().collect();
        let more = if self.members.len() > shown.len() { ", …" } else { "" };
        let what = format!("a zip archive without a Zarr store in it (it holds {}{more})", shown.join(", "));
        Error::unsupported(what, self.name()).with_hint("unpack it and give the files that it holds")
    }

    /// Where the bytes of `member` start; of what was read to learn it, the part from there on.
    fn locate(&self, member: &Member, wanted: u64) -> Result<(u64, Bytes)> {
        let known = self.starts.lock().unwrap_or_else(PoisonError::into_inner).get(&member.header).copied();
        if let Some(start) = known {
            return Ok((start, Bytes::new()));
        }
        let guess = LOCAL_HEADER + u64::from(member.name_length) + USUAL_EXTRA + wanted;
        let end = member.header.saturating_add(guess).min(self.source.len());
        let bytes = self.source.read(member.header..end)?;
        let record = Record(&bytes);
        let (Some(0x0403_4b50), Some(name), Some(extra)) = (record.u32(0), record.u16(26), record.u16(28)) else {
            return Err(self.damaged("the header of a member is missing"));
        };
        let skip = LOCAL_HEADER + u64::from(name) + u64::from(extra);
        let start = member.header + skip;
        if start.checked_add(member.compressed).is_none_or(|end| end > self.source.len()) {
            return Err(self.damaged("a member lies beyond its end"));
        }
        self.starts.lock().unwrap_or_else(PoisonError::into_inner).insert(member.header, start);
        let after = usize::try_from(skip).ok().filter(|skip| *skip <= bytes.len());
        Ok((start, after.map_or_else(Bytes::new, |skip| bytes.slice(skip..))))
    }

    /// Bytes `from..from + length` of what is stored for `member`, in one read where possible.
    fn stored(&self, member: &Member, from: u64, length: u64) -> Result<Bytes> {
        // Reading the header together with the bytes pays unless it means reading much that nobody wants.
        let wanted = if from == 0 { length } else { 0 };
        let (start, read) = self.locate(member, wanted)?;
        if let (0, Ok(length)) = (from, usize::try_from(length))
            && read.len() >= length
        {
            return Ok(read.slice(..length));
        }
        let first = start.saturating_add(from);
        self.source.read(first..first.saturating_add(length))
    }

    fn inflated(&self, key: &str, member: &Member) -> Result<Bytes> {
        let possible = member.compressed.saturating_mul(LARGEST_RATIO).saturating_add(64);
        if member.size > LARGEST_INFLATED || member.size > possible {
            return Err(self.damaged(&format!("member {key:?} claims to unpack to {} bytes", member.size)));
        }
        let packed = self.stored(member, 0, member.compressed)?;
        let length = usize::try_from(member.size).map_err(|_| self.damaged("a member is too large"))?;
        let mut bytes = zeroed(length, self.name())?;
        match libdeflater::Decompressor::new().deflate_decompress(&packed, &mut bytes) {
            Ok(written) if written == length => Ok(bytes.into()),
            _ => Err(self.damaged(&format!("member {key:?} can't be unpacked"))),
        }
    }

    fn checked(&self, key: &str, member: &Member, bytes: Bytes) -> Result<Bytes> {
        if crc32fast::hash(&bytes) == member.crc {
            return Ok(bytes);
        }
        Err(self.damaged(&format!("the checksum of member {key:?} does not fit its bytes")))
    }

    fn damaged(&self, what: &str) -> Error {
        Error::malformed(self.name(), format!("a damaged zip archive: {what}"))
    }
}

impl ObjectTree for ZipTree {
    fn name(&self) -> &str {
        self.source.name()
    }

    fn get(&self, key: &str, range: ByteRange) -> Result<Option<Bytes>> {
        check_key(key, self.name())?;
        let Some(member) = self.members.get(&format!("{}{key}", self.root)) else { return Ok(None) };
        if member.encrypted {
            return Err(Error::unsupported(format!("member {key:?} is encrypted"), self.name()));
        }
        let range = resolve(range, member.size, &format!("{}/{key}", self.name()))?;
        let whole = range == (0..member.size);
        match member.method {
            0 if member.size != member.compressed => Err(self.damaged(&format!("two sizes for member {key:?}"))),
            0 if whole => self.stored(member, 0, member.size).and_then(|b| self.checked(key, member, b)).map(Some),
            0 => self.stored(member, range.start, range.end - range.start).map(Some),
            8 => {
                let bytes = self.inflated(key, member).and_then(|bytes| self.checked(key, member, bytes))?;
                // Within a buffer that exists, so the ends fit.
                Ok(Some(bytes.slice(range.start as usize..range.end as usize)))
            }
            method => Err(Error::unsupported(format!("member {key:?} is packed by method {method}"), self.name())
                .with_hint("pack the archive anew without compression (zip -0)")),
        }
    }

    fn length(&self, key: &str) -> Result<Option<u64>> {
        let member = self.members.get(&format!("{}{key}", self.root));
        // Only what is stored as it is can be read in parts.
        Ok(member.filter(|m| m.method == 0 && !m.encrypted && m.size == m.compressed).map(|m| m.size))
    }

    fn children(&self, prefix: &str) -> Result<Option<Vec<String>>> {
        let mut folder = self.root.clone();
        if !prefix.is_empty() {
            check_key(prefix, self.name())?;
            folder.push_str(prefix);
            folder.push('/');
        }
        let mut names: Vec<String> = Vec::new();
        let from = (Bound::Included(folder.as_str()), Bound::Unbounded);
        for name in self.members.range::<str, _>(from).map_while(|(name, _)| name.strip_prefix(&folder)) {
            let child = name.split('/').next().unwrap_or(name);
            if names.last().is_none_or(|last| last != child) {
                names.push(child.to_owned());
            }
        }
        // `a.b` sorts between `a` and the members of folder `a`.
        names.sort_unstable();
        names.dedup();
        Ok(Some(names))
    }
}

/// The folder, with its slash, that is the root: the only one there is, as long as it holds no marker beside it.
fn common_root(members: &BTreeMap<String, Member>) -> String {
    /// Deeper than anybody packs; a name can have 30,000 levels.
    const DEEPEST: usize = 8;
    let mut root = String::new();
    for _ in 0..DEEPEST {
        if ZARR_MARKERS.iter().any(|marker| members.contains_key(&format!("{root}{marker}"))) {
            return root;
        }
        let mut folders = members.keys().filter_map(|name| name.strip_prefix(&root)).filter(|name| !is_litter(name));
        let Some((folder, _)) = folders.next().and_then(|name| name.split_once('/')) else { return root };
        let prefix = format!("{folder}/");
        if !folders.all(|name| name.starts_with(&prefix)) {
            return root;
        }
        root.push_str(&prefix);
    }
    root
}

/// What a desktop adds to archives.
fn is_litter(name: &str) -> bool {
    name.starts_with("__MACOSX/") || name.ends_with(".DS_Store")
}
