//! Where a store is written: a directory, or a zip file of stored members.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::{Error, Result};

/// Where a store goes. The path is taken as it is: whoever calls writes beside the final place and
/// renames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZarrTarget {
    /// A directory that does not exist yet, or is empty.
    Directory(PathBuf),
    /// A zip file; one that exists is replaced. Members are stored, not deflated, in the order of
    /// writing, all with the same date, so that equal content gives equal bytes.
    Zip(PathBuf),
}

impl ZarrTarget {
    fn path(&self) -> &Path {
        match self {
            Self::Directory(path) | Self::Zip(path) => path,
        }
    }
}

/// Bytes beyond which a zip member needs 64-bit lengths.
const LARGE_MEMBER: usize = u32::MAX as usize;

enum Kind {
    Directory { made: HashSet<PathBuf> },
    Zip { writer: Box<ZipWriter<UntilFailure>>, over: Arc<AtomicBool> },
    Finished,
}

/// A file that fails once: what comes after a failure, or when it is over, goes nowhere and is well.
///
/// A [`ZipWriter`] completes its archive when it is dropped, and prints to stderr where that fails. An
/// archive that is given up needs no end, and its failure was told already.
struct UntilFailure {
    file: BufWriter<File>,
    /// Where the next byte goes, or would go.
    position: u64,
    over: Arc<AtomicBool>,
}

impl UntilFailure {
    fn act<T>(&mut self, nothing: T, act: impl FnOnce(&mut BufWriter<File>) -> io::Result<T>) -> io::Result<T> {
        if self.over.load(Ordering::Relaxed) {
            return Ok(nothing);
        }
        let done = act(&mut self.file);
        if done.as_ref().is_err_and(|e| e.kind() != io::ErrorKind::Interrupted) {
            self.over.store(true, Ordering::Relaxed);
        }
        done
    }
}

impl Write for UntilFailure {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.act(bytes.len(), |file| file.write(bytes))?;
        self.position = self.position.saturating_add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.act((), Write::flush)
    }
}

impl Seek for UntilFailure {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::Current(by) | SeekFrom::End(by) => self.position.saturating_add_signed(by),
        };
        self.position = self.act(position, |file| file.seek(to))?;
        Ok(self.position)
    }
}

/// A target in the making; what was written goes away again if it is dropped unfinished.
pub(super) struct Output {
    target: ZarrTarget,
    kind: Kind,
}

impl Output {
    /// Begin a store.
    pub(super) fn create(target: ZarrTarget) -> Result<Self> {
        let kind = match &target {
            ZarrTarget::Directory(path) => {
                fs::create_dir_all(path).map_err(|e| Error::io("create", path, e))?;
                let mut entries = fs::read_dir(path).map_err(|e| Error::io("read", path, e))?;
                if entries.next().is_some() {
                    let what = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
                    return Err(Error::io("create", path, what));
                }
                Kind::Directory { made: HashSet::new() }
            }
            ZarrTarget::Zip(path) => {
                let file = File::create(path).map_err(|e| Error::io("create", path, e))?;
                let over = Arc::new(AtomicBool::new(false));
                let file =
                    UntilFailure { file: BufWriter::with_capacity(1 << 20, file), position: 0, over: over.clone() };
                Kind::Zip { writer: Box::new(ZipWriter::new(file)), over }
            }
        };
        Ok(Self { target, kind })
    }

    /// Write one object.
    pub(super) fn put(&mut self, key: &str, bytes: &[u8]) -> Result<()> {
        let root = self.target.path();
        match &mut self.kind {
            Kind::Directory { made } => {
                let path = root.join(key);
                if let Some(parent) = path.parent()
                    && !made.contains(parent)
                {
                    fs::create_dir_all(parent).map_err(|e| Error::io("create", parent, e))?;
                    made.insert(parent.to_owned());
                }
                fs::write(&path, bytes).map_err(|e| Error::io("write", &path, e))
            }
            Kind::Zip { writer, .. } => {
                let options = SimpleFileOptions::default()
                    .compression_method(CompressionMethod::Stored)
                    .last_modified_time(DateTime::default())
                    .unix_permissions(0o644)
                    .large_file(bytes.len() >= LARGE_MEMBER);
                let failed = |e: std::io::Error| Error::io("write", root, e);
                writer.start_file(key, options).map_err(|e| failed(e.into()))?;
                writer.write_all(bytes).map_err(failed)
            }
            Kind::Finished => Ok(()),
        }
    }

    /// Complete the store.
    pub(super) fn finish(mut self) -> Result<()> {
        let path = self.target.path();
        if let Kind::Zip { writer, .. } = std::mem::replace(&mut self.kind, Kind::Finished) {
            let done = writer.finish().map_err(std::io::Error::from).and_then(|mut file| file.flush());
            if let Err(error) = done {
                let _ = fs::remove_file(path);
                return Err(Error::io("write", path, error));
            }
        }
        Ok(())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Nobody is left to tell if this fails too.
        match std::mem::replace(&mut self.kind, Kind::Finished) {
            Kind::Directory { .. } => drop(fs::remove_dir_all(self.target.path())),
            Kind::Zip { writer, over } => {
                over.store(true, Ordering::Relaxed);
                drop(writer);
                let _ = fs::remove_file(self.target.path());
            }
            Kind::Finished => {}
        }
    }
}
