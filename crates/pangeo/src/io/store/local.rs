//! Local files, read by `pread`, with few descriptors open however many inputs there are.
//!
//! Ten thousand inputs are usual, and so is a limit of 256 or 1024 descriptors a process. A [`LocalFile`]
//! therefore owns no descriptor: it borrows one from a process-wide pool that closes the one not used for
//! longest. A file is recognised when it is opened again (device, inode, length, time of change), so that a
//! file that another program rewrites meanwhile ends in an error and never in a mixture of two files.

use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use bytes::Bytes;

use super::ByteSource;
use crate::{Error, Result};

/// A local file; cheap to keep by the thousand.
#[derive(Debug)]
pub struct LocalFile {
    path: PathBuf,
    name: String,
    identity: Identity,
    key: u64,
}

/// What stays the same as long as nobody rewrites a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    len: u64,
    modified: (i64, i64),
}

impl From<&Metadata> for Identity {
    fn from(m: &Metadata) -> Self {
        Self { device: m.dev(), inode: m.ino(), len: m.len(), modified: (m.mtime(), m.mtime_nsec()) }
    }
}

impl LocalFile {
    /// The regular file at `path` (symbolic links are followed); it is opened now and then as needed.
    ///
    /// # Errors
    /// When it can't be opened, or is something that can't be read at any offset (a pipe, a device).
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        // Opening a pipe without a writer would wait for ever, so its kind is looked at first.
        let metadata = path.metadata().map_err(|e| Error::io("open", path, e))?;
        if !metadata.is_file() {
            return Err(not_seekable(&name));
        }
        let file = open_file(path).map_err(|e| Error::io("open", path, e))?;
        let identity = Identity::from(&file.metadata().map_err(|e| Error::io("read", path, e))?);
        let key = NEXT_KEY.fetch_add(1, Ordering::Relaxed);
        POOL.insert(key, Arc::new(file));
        Ok(Self { path: path.to_owned(), name, identity, key })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// An open descriptor of the very file that was opened first.
    fn file(&self) -> Result<Arc<File>> {
        let file = if let Some(file) = POOL.get(self.key) {
            file
        } else {
            let file = match open_file(&self.path) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(self.changed("removed")),
                other => Arc::new(other.map_err(|e| Error::io("open", &self.path, e))?),
            };
            POOL.insert(self.key, Arc::clone(&file));
            file
        };
        let now = file.metadata().map_err(|e| Error::io("read", &self.path, e))?;
        if Identity::from(&now) == self.identity { Ok(file) } else { Err(self.changed("changed")) }
    }

    fn changed(&self, how: &str) -> Error {
        Error::data(format!("the file was {how} while being read"), self.name.clone())
            .with_hint("run again when nothing writes to it any more")
    }
}

impl Drop for LocalFile {
    fn drop(&mut self) {
        POOL.remove(self.key);
    }
}

impl ByteSource for LocalFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> u64 {
        self.identity.len
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        let length = checked_length(&range, self.len(), &self.name)?;
        let file = self.file()?;
        let mut buffer = zeroed(length, &self.name)?;
        match file.read_exact_at(&mut buffer, range.start) {
            Ok(()) => Ok(buffer.into()),
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Err(self.changed("changed")),
            Err(e) => Err(Error::io("read", &self.path, e)),
        }
    }
}

/// The number of bytes of `range`, when it lies within an object of `len` bytes.
pub(super) fn checked_length(range: &Range<u64>, len: u64, name: &str) -> Result<usize> {
    if range.start > range.end || range.end > len {
        let (first, end) = (range.start, range.end);
        return Err(Error::malformed(
            name,
            format!("bytes {first} to {end} are wanted of only {len}: it is cut short"),
        ));
    }
    usize::try_from(range.end.saturating_sub(range.start))
        .map_err(|_| Error::malformed(name, "a piece is larger than the address space"))
}

/// A zeroed buffer of `length` bytes, or an error where an allocation would end the process.
pub(super) fn zeroed(length: usize, name: &str) -> Result<Vec<u8>> {
    /// Below this, `vec!` gets pages that the kernel zeroes as they are touched, which is faster.
    const SURE: usize = 1 << 28;
    if length <= SURE {
        return Ok(vec![0; length]);
    }
    let mut buffer = Vec::new();
    buffer.try_reserve_exact(length).map_err(|_| too_large(length, name))?;
    buffer.resize(length, 0);
    Ok(buffer)
}

/// The error for a piece that does not fit into memory.
pub(super) fn too_large(length: usize, name: &str) -> Error {
    Error::data(format!("a piece of {length} bytes does not fit into memory"), name)
}

/// The error for what is no regular file.
pub(super) fn not_seekable(name: &str) -> Error {
    Error::unsupported("pipes and devices can't be read, since data are read in pieces at any offset", name)
        .with_hint("write it to a file first")
}

/// Opens for reading; when descriptors have run out, those of the pool are given back first.
pub(super) fn open_file(path: &Path) -> io::Result<File> {
    match File::open(path) {
        // EMFILE and ENFILE have no portable kind.
        Err(e) if matches!(e.raw_os_error(), Some(23 | 24)) => {
            POOL.clear();
            File::open(path)
        }
        other => other,
    }
}

static NEXT_KEY: AtomicU64 = AtomicU64::new(0);
static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(capacity(soft_limit())));

/// Half of what the process may open, between 16 and 200: the rest is for outputs, sockets and libraries.
fn capacity(soft_limit: Option<usize>) -> usize {
    soft_limit.map_or(100, |limit| limit / 2).clamp(16, 200)
}

/// The limit on open files (`ulimit -n`), where the kernel tells it.
fn soft_limit() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|l| l.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Open descriptors by key, the least recently used closed first.
struct Pool {
    capacity: usize,
    open: Mutex<Descriptors>,
}

#[derive(Default)]
struct Descriptors {
    /// With the time of last use, by `clock`.
    files: HashMap<u64, (Arc<File>, u64)>,
    clock: u64,
}

impl Pool {
    fn new(capacity: usize) -> Self {
        Self { capacity, open: Mutex::default() }
    }

    fn get(&self, key: u64) -> Option<Arc<File>> {
        let mut guard = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Descriptors { files, clock } = &mut *guard;
        *clock += 1;
        let (file, used) = files.get_mut(&key)?;
        *used = *clock;
        Some(Arc::clone(file))
    }

    fn insert(&self, key: u64, file: Arc<File>) {
        let mut guard = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Descriptors { files, clock } = &mut *guard;
        *clock += 1;
        files.insert(key, (file, *clock));
        while files.len() > self.capacity {
            let Some(oldest) = files.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| *key) else { break };
            files.remove(&oldest);
        }
    }

    fn remove(&self, key: u64) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).files.remove(&key);
    }

    fn clear(&self) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).files.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(directory: &Path, name: &str, bytes: &[u8]) -> PathBuf {
        let path = directory.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn reads_any_range_and_refuses_what_lies_beyond() {
        let folder = tempfile::tempdir().unwrap();
        let source = LocalFile::open(&file(folder.path(), "a", b"0123456789")).unwrap();
        assert_eq!(source.len(), 10);
        assert_eq!(&source.read(3..7).unwrap()[..], b"3456");
        assert_eq!(&source.read(10..10).unwrap()[..], b"");
        let error = source.read(8..11).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{error}");
        assert!(error.to_string().contains("cut short"), "{error}");
        #[expect(clippy::reversed_empty_ranges)]
        let backwards = source.read(7..3);
        assert!(backwards.is_err());
        let many = source.read_many(&[0..2, 8..10]).unwrap();
        assert_eq!(many, [&b"01"[..], b"89"]);
    }

    #[test]
    fn more_files_than_descriptors() {
        let folder = tempfile::tempdir().unwrap();
        let sources: Vec<_> = (0..600u32)
            .map(|i| LocalFile::open(&file(folder.path(), &format!("{i}"), &i.to_le_bytes())).unwrap())
            .collect();
        assert!(POOL.open.lock().unwrap().files.len() <= 200);
        for (i, source) in sources.iter().enumerate() {
            assert_eq!(source.read(0..4).unwrap()[..], (i as u32).to_le_bytes());
        }
    }

    #[test]
    fn a_file_that_changes_is_an_error_whether_its_descriptor_is_open_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "a", b"0123456789");
        let source = LocalFile::open(&path).unwrap();
        let mut writer = File::options().append(true).open(&path).unwrap();
        writer.write_all(b"more").unwrap();
        assert!(source.read(0..2).unwrap_err().to_string().contains("changed while being read"));

        let source = LocalFile::open(&path).unwrap();
        POOL.remove(source.key);
        let other = file(folder.path(), "b", b"0123456789more");
        std::fs::rename(other, &path).unwrap();
        assert!(source.read(0..2).unwrap_err().to_string().contains("changed while being read"));
        POOL.remove(source.key);
        std::fs::remove_file(&path).unwrap();
        assert!(source.read(0..2).unwrap_err().to_string().contains("removed while being read"));
    }

    #[test]
    fn the_pool_leaves_room_for_others() {
        assert_eq!(capacity(Some(256)), 128);
        assert_eq!(capacity(Some(1024)), 200);
        assert_eq!(capacity(Some(20)), 16);
        assert_eq!(capacity(None), 100);
        assert!(soft_limit().is_some() || !Path::new("/proc").exists());
    }

    #[test]
    fn devices_and_pipes_are_refused() {
        let error = LocalFile::open(Path::new("/dev/null")).unwrap_err();
        assert!(error.to_string().contains("pipes and devices"), "{error}");
    }
}
