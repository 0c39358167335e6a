//! Bytes, wherever they lie: local files, HTTP, S3, zip archives.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use crate::Result;

/// One object whose bytes can be read anywhere (a local file, an HTTP or S3 object, a zip member).
pub trait ByteSource: Send + Sync + fmt::Debug {
    /// The path or URL for messages, free of secrets.
    fn name(&self) -> &str;

    /// Its length in bytes.
    fn len(&self) -> u64;

    /// Whether it is empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Exactly the bytes of `range`.
    ///
    /// # Errors
    /// When the range goes beyond the end ([`crate::Error::Malformed`]: the file is cut short) or the
    /// bytes can't be had.
    fn read(&self, range: Range<u64>) -> Result<Bytes>;

    /// Several ranges; remote sources fetch near ones together.
    ///
    /// # Errors
    /// As [`ByteSource::read`].
    fn read_many(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        ranges.iter().map(|r| self.read(r.clone())).collect()
    }
}

/// Which bytes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// All of it.
    All,
    /// `length` bytes from `offset`.
    From {
        /// First byte.
        offset: u64,
        /// Number of bytes.
        length: u64,
    },
    /// The last so many bytes.
    Last(u64),
}

/// Objects under slash-separated keys (a directory, a zip archive, an HTTP or S3 prefix).
pub trait ObjectTree: Send + Sync + fmt::Debug {
    /// The path or URL for messages, free of secrets.
    fn name(&self) -> &str;

    /// The bytes of `key`, or `None` if there is no such object.
    ///
    /// # Errors
    /// When the object exists but can't be read, or the range does not fit it.
    fn get(&self, key: &str, range: ByteRange) -> Result<Option<Bytes>>;

    /// The length of `key`, where it is known without reading the object; `None` where it is not, or there is none.
    ///
    /// # Errors
    /// When that can't be found out.
    fn length(&self, key: &str) -> Result<Option<u64>> {
        let _ = key;
        Ok(None)
    }

    /// The names directly below `prefix` (no trailing slash, `""` is the root), sorted; `None` where
    /// the store can't list (plain HTTP).
    ///
    /// # Errors
    /// When listing fails.
    fn children(&self, prefix: &str) -> Result<Option<Vec<String>>>;
}

/// An input, opened far enough to tell what it is.
#[derive(Debug, Clone)]
pub enum Opened {
    /// A single object: netCDF, HDF5, a zip archive, ….
    Object(Arc<dyn ByteSource>),
    /// A tree of objects: a Zarr store.
    Tree(Arc<dyn ObjectTree>),
}

mod directory;
mod local;
mod local_place;
mod notes;
mod open;
mod place;
mod remote;
mod zip;

pub use directory::DirectoryTree;
pub use local::LocalFile;
pub use local_place::{Atomic, DirectoryPlace};
pub(in crate::io) use notes::note;
pub use notes::take_notes;
pub use open::open;
pub(in crate::io) use open::split_scheme;
pub use place::{ObjectDraft, ObjectPlace, place_at};
pub use remote::{open_place, open_place_until};
pub use zip::ZipTree;
