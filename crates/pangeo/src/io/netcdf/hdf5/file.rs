//! The bytes of an HDF5 file as its parsers see them: addresses count from the superblock, small
//! reads go through a cache of blocks so that opening a remote file takes few requests.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use hdf5_reader::error::{Error as ParseError, Result as Parse};
use hdf5_reader::superblock::Superblock;
use hdf5_reader::{Storage, StorageBuffer};

use crate::io::ByteSource;
use crate::io::large::Stretch;
use crate::{Error, Result};

/// Bytes fetched at a time while metadata are read: as little as remote objects keep themselves, so that none of them
/// is fetched again when the values of one more variable are wanted.
const BLOCK: u64 = 64 << 10;
/// Blocks kept while metadata are read.
const BLOCKS: usize = 128;
/// The eight bytes that an HDF5 file begins with, or continues with after a user block.
const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// Whether `head`, the first bytes of a file, are those of HDF5.
pub(super) fn is_signature(head: &[u8]) -> bool {
    head.starts_with(&SIGNATURE)
}

/// Where the superblock begins: at 0, 512, 1024, 2048 and so on; `None` if it is nowhere there.
pub(super) fn find_superblock(bytes: &dyn ByteSource) -> Result<Option<u64>> {
    let mut at = 0u64;
    while at.saturating_add(SIGNATURE.len() as u64) <= bytes.len() {
        if is_signature(&bytes.read(at..at + SIGNATURE.len() as u64)?) {
            return Ok(Some(at));
        }
        at = if at == 0 { 512 } else { at.saturating_mul(2) };
    }
    Ok(None)
}

/// Run what calls parsers and codecs that are not ours: a panic of theirs is a broken file, and must
/// not end the program. Nothing that they work on is used again.
pub(super) fn guarded<T>(place: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Error::malformed(place, "HDF5 structures are broken: their parser gave up")))
}

/// An open HDF5 file.
pub(super) struct File {
    bytes: Arc<dyn ByteSource>,
    base: u64,
    /// Bytes of an address in the file.
    pub(super) offset_size: u8,
    /// Bytes of a length in the file.
    pub(super) length_size: u8,
    /// The address of the root group.
    pub(super) root: u64,
    /// The address of the superblock's extension, if there is one.
    pub(super) extension: Option<u64>,
    blocks: Mutex<BTreeMap<u64, Bytes>>,
    /// What the source of bytes reported while a parser could only say that it failed.
    failure: Mutex<Option<Error>>,
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File").field("bytes", &self.bytes).field("base", &self.base).finish_non_exhaustive()
    }
}

impl File {
    /// Read the superblock.
    pub(super) fn open(bytes: Arc<dyn ByteSource>) -> Result<Self> {
        let name = bytes.name().to_owned();
        let base = find_superblock(bytes.as_ref())?
            .ok_or_else(|| Error::malformed(&name, "not an HDF5 file: no signature found"))?;
        let mut file = Self {
            bytes,
            base,
            offset_size: 8,
            length_size: 8,
            root: 0,
            extension: None,
            blocks: Mutex::default(),
            failure: Mutex::default(),
        };
        let superblock = Superblock::parse_from_storage(&file).map_err(|e| file.error(&e))?;
        let sizes = [superblock.offset_size, superblock.length_size];
        if !sizes.iter().all(|s| matches!(s, 2 | 4 | 8)) {
            return Err(Error::malformed(name, format!("superblock has addresses and lengths of {sizes:?} bytes")));
        }
        if base == 0 && superblock.eof_address > file.bytes.len() && !file.is_undefined(superblock.eof_address) {
            let (has, needs) = (file.bytes.len(), superblock.eof_address);
            return Err(Error::malformed(name, format!("file is cut short: it has {has} of {needs} bytes")));
        }
        file.root = superblock.root_object_header_address().map_err(|e| file.error(&e))?;
        file.offset_size = superblock.offset_size;
        file.length_size = superblock.length_size;
        file.extension = superblock.extension_address;
        Ok(file)
    }

    /// The path or URL for messages.
    pub(super) fn name(&self) -> &str {
        self.bytes.name()
    }

    /// What the source of bytes reported, if it was the source that failed.
    pub(super) fn kept_failure(&self) -> Option<Error> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A parser's failure as the user is told it.
    pub(super) fn error(&self, error: &ParseError) -> Error {
        self.kept_failure().unwrap_or_else(|| match error {
            ParseError::UnexpectedEof { offset, .. } => {
                Error::malformed(self.name(), format!("file is cut short: bytes missing at {offset}"))
            }
            other => Error::malformed(self.name(), format!("broken HDF5 structure: {other}")),
        })
    }

    /// Whether an address says that nothing is stored.
    pub(super) fn is_undefined(&self, address: u64) -> bool {
        hdf5_reader::io::Cursor::is_undefined_offset(address, self.offset_size)
    }

    /// Whether a largest extent says that there is no limit.
    pub(super) fn is_unlimited(&self, extent: u64) -> bool {
        hdf5_reader::io::Cursor::is_undefined_offset(extent, self.length_size)
    }

    /// The bytes of chunks at `places` (address and length), fetched together and not kept.
    pub(super) fn fetch(&self, places: &[(u64, u64)]) -> Result<Vec<Bytes>> {
        let mut ranges = Vec::with_capacity(places.len());
        for &(address, length) in places {
            let range = address.checked_add(self.base).and_then(|from| Some(from..from.checked_add(length)?));
            let range = range.filter(|r| r.end <= self.bytes.len()).ok_or_else(|| {
                let what = format!("file is cut short: {length} bytes of data missing at {address}");
                Error::malformed(self.name(), what)
            })?;
            ranges.push(range);
        }
        self.bytes.read_many(&ranges)
    }

    /// The bytes of a chunk, to be read in parts.
    pub(super) fn stretch(&self, address: u64, length: u64) -> Result<Stretch> {
        let from = address.checked_add(self.base);
        let from = from.filter(|from| from.checked_add(length).is_some_and(|end| end <= self.bytes.len()));
        let from = from.ok_or_else(|| {
            let what = format!("file is cut short: {length} bytes of data missing at {address}");
            Error::malformed(self.name(), what)
        })?;
        Ok(Stretch::new(Arc::clone(&self.bytes), from, length))
    }

    /// Give back the memory that reading metadata took.
    pub(super) fn forget_blocks(&self) {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The block that begins at `start`, from the cache or fetched.
    fn block(&self, start: u64) -> Result<Bytes> {
        if let Some(block) = self.blocks.lock().unwrap_or_else(PoisonError::into_inner).get(&start) {
            return Ok(block.clone());
        }
        let block = self.bytes.read(start..start.saturating_add(BLOCK).min(self.bytes.len()))?;
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        if blocks.len() >= BLOCKS {
            blocks.clear();
        }
        blocks.insert(start, block.clone());
        Ok(block)
    }

    /// Bytes of metadata; the range lies within the file.
    fn read_checked(&self, from: u64, to: u64) -> Result<Bytes> {
        if to - from > BLOCK {
            return self.bytes.read(from..to);
        }
        let cut = |block: &Bytes, start: u64| {
            let a = from.saturating_sub(start) as usize;
            let b = (to.saturating_sub(start) as usize).min(block.len());
            block.slice(a.min(b)..b)
        };
        let first = from - from % BLOCK;
        let head = cut(&self.block(first)?, first);
        let next = first.saturating_add(BLOCK);
        if to <= next {
            return Ok(head);
        }
        let mut both = BytesMut::from(head.as_ref());
        both.extend_from_slice(&cut(&self.block(next)?, next));
        Ok(both.freeze())
    }
}

impl Storage for File {
    fn len(&self) -> u64 {
        self.bytes.len().saturating_sub(self.base)
    }

    fn read_range(&self, offset: u64, len: usize) -> Parse<StorageBuffer> {
        let eof = || ParseError::UnexpectedEof {
            offset,
            needed: len as u64,
            available: Storage::len(self).saturating_sub(offset),
        };
        let from = offset.checked_add(self.base).ok_or_else(eof)?;
        let to = from.checked_add(len as u64).filter(|&to| to <= self.bytes.len()).ok_or_else(eof)?;
        let read = self.read_checked(from, to);
        let bytes = read.map_err(|e| {
            let text = e.to_string();
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(e);
            ParseError::Other(text)
        })?;
        if bytes.len() != len {
            return Err(eof());
        }
        StorageBuffer::from_shared_owner(Arc::new(bytes), 0, len)
    }
}
