//! A local folder as a tree of objects.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::local::{checked_length, not_seekable, open_file, zeroed};
use super::{ByteRange, ObjectTree};
use crate::{Error, Result};

/// Whether `key` names an object inside a store: neither absolute nor leading out of it.
pub(super) fn is_safe_key(key: &str) -> bool {
    !key.contains('\0') && key.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// Refuses a key that would lead out of its store.
pub(super) fn check_key(key: &str, store: &str) -> Result<()> {
    if is_safe_key(key) {
        return Ok(());
    }
    Err(Error::malformed(store, format!("the key {key:?} leads out of the store")))
}

/// The first byte and the number of bytes that `range` means in an object of `len` bytes.
pub(super) fn resolve(range: ByteRange, len: u64, name: &str) -> Result<std::ops::Range<u64>> {
    let (first, length) = match range {
        ByteRange::All => (Some(0), len),
        ByteRange::From { offset, length } => (Some(offset), length),
        ByteRange::Last(length) => (len.checked_sub(length), length),
    };
    match first.and_then(|first| Some(first..first.checked_add(length)?)) {
        Some(range) if range.end <= len => Ok(range),
        _ => Err(Error::malformed(name, format!("{length} bytes are wanted of {len}: the object is cut short"))),
    }
}

/// A folder: keys are paths below it. Symbolic links inside it are followed.
#[derive(Debug)]
pub struct DirectoryTree {
    root: PathBuf,
    name: String,
}

impl DirectoryTree {
    /// The tree of the files below `root`.
    ///
    /// # Errors
    /// When `root` is not a folder.
    pub fn open(root: &Path) -> Result<Self> {
        let metadata = root.metadata().map_err(|e| Error::io("open", root, e))?;
        if !metadata.is_dir() {
            return Err(Error::io("open", root, io::ErrorKind::NotADirectory.into()));
        }
        Ok(Self { root: root.to_owned(), name: root.display().to_string() })
    }
}

impl ObjectTree for DirectoryTree {
    fn name(&self) -> &str {
        &self.name
    }

    fn get(&self, key: &str, range: ByteRange) -> Result<Option<Bytes>> {
        check_key(key, &self.name)?;
        read_file(&self.root.join(key), range)
    }

    fn length(&self, key: &str) -> Result<Option<u64>> {
        check_key(key, &self.name)?;
        Ok(self.root.join(key).metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len()))
    }

    fn children(&self, prefix: &str) -> Result<Option<Vec<String>>> {
        let path = if prefix.is_empty() {
            self.root.clone()
        } else {
            check_key(prefix, &self.name)?;
            self.root.join(prefix)
        };
        let entries = match std::fs::read_dir(&path) {
            Err(e) if is_absent(&e) => return Ok(Some(Vec::new())),
            other => other.map_err(|e| Error::io("list", &path, e))?,
        };
        let mut names = entries
            // Names that are not Unicode can't be keys of a store.
            .filter_map(|entry| entry.map(|e| e.file_name().into_string().ok()).transpose())
            .collect::<io::Result<Vec<_>>>()
            .map_err(|e| Error::io("list", &path, e))?;
        names.sort_unstable();
        Ok(Some(names))
    }
}

/// The bytes of a file, `None` if there is none.
pub(super) fn read_file(path: &Path, range: ByteRange) -> Result<Option<Bytes>> {
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => return Ok(None),
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(not_seekable(&path.display().to_string())),
        Err(e) if is_absent(&e) => return Ok(None),
        Err(e) => return Err(Error::io("read", path, e)),
    }
    read_once(path, range).map(Some)
}

/// Reads and closes: the chunks of a store are read once each, so their descriptors are not worth keeping.
fn read_once(path: &Path, range: ByteRange) -> Result<Bytes> {
    let failed = |e| Error::io("read", path, e);
    let name = path.display().to_string();
    let file = open_file(path).map_err(failed)?;
    let len = file.metadata().map_err(failed)?.len();
    let range = resolve(range, len, &name)?;
    let mut buffer = zeroed(checked_length(&range, len, &name)?, &name)?;
    file.read_exact_at(&mut buffer, range.start).map_err(failed)?;
    Ok(buffer.into())
}

pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_a_tree() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("t2m/c")).unwrap();
        std::fs::write(folder.path().join("zarr.json"), b"{}").unwrap();
        std::fs::write(folder.path().join("t2m/c/0"), b"0123456789").unwrap();
        let tree = DirectoryTree::open(folder.path()).unwrap();
        assert_eq!(tree.get("zarr.json", ByteRange::All).unwrap().unwrap(), &b"{}"[..]);
        assert_eq!(tree.get("t2m/c/0", ByteRange::Last(3)).unwrap().unwrap(), &b"789"[..]);
        let from = ByteRange::From { offset: 2, length: 4 };
        assert_eq!(tree.get("t2m/c/0", from).unwrap().unwrap(), &b"2345"[..]);
        assert!(tree.get("t2m/c/1", ByteRange::All).unwrap().is_none());
        assert!(tree.get("t2m", ByteRange::All).unwrap().is_none(), "a folder is no object");
        assert!(tree.get("zarr.json/x", ByteRange::All).unwrap().is_none());
        assert_eq!(tree.children("").unwrap().unwrap(), ["t2m", "zarr.json"]);
        assert_eq!(tree.children("t2m").unwrap().unwrap(), ["c"]);
        assert!(tree.children("absent").unwrap().unwrap().is_empty());
    }

    #[test]
    fn ranges_beyond_the_end_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("c"), b"0123").unwrap();
        let tree = DirectoryTree::open(folder.path()).unwrap();
        for range in [
            ByteRange::Last(5),
            ByteRange::From { offset: 2, length: 3 },
            ByteRange::From { offset: u64::MAX, length: u64::MAX },
        ] {
            assert!(matches!(tree.get("c", range), Err(Error::Malformed { .. })), "{range:?}");
        }
    }

    #[test]
    fn keys_stay_inside() {
        let folder = tempfile::tempdir().unwrap();
        let tree = DirectoryTree::open(folder.path()).unwrap();
        for key in ["../x", "/etc/hostname", "a/../../x", "a//b", "", ".", "a/.", "a\0b"] {
            assert!(tree.get(key, ByteRange::All).is_err(), "{key:?}");
        }
        assert!(tree.children("..").is_err());
    }
}
