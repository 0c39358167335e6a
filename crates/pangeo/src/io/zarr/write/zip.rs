//! A store in a zip file of stored members.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::io::store::{ObjectDraft, ObjectPlace};
use crate::{Error, Result};

/// Bytes beyond which a zip member needs 64-bit lengths.
const LARGE_MEMBER: u64 = u32::MAX as u64;

/// A zip file in the making; one that exists is replaced, one that is not finished is removed. Members are stored, not
/// deflated, in the order of writing, all with the same date, so that equal content gives equal bytes. What was put
/// stays: nothing is read back, replaced or removed.
pub struct ZipPlace {
    name: String,
    path: PathBuf,
    writer: Mutex<Option<ZipWriter<UntilFailure>>>,
    over: Arc<AtomicBool>,
    /// Whether a member is being written piece by piece, or was given up.
    begun: AtomicBool,
}

impl fmt::Debug for ZipPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ZipPlace({})", self.name)
    }
}

impl ZipPlace {
    /// Begin a zip file.
    ///
    /// # Errors
    /// When it can't be created.
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).map_err(|e| Error::io("create", path, e))?;
        let over = Arc::new(AtomicBool::new(false));
        let file = UntilFailure { file: BufWriter::with_capacity(1 << 20, file), position: 0, over: over.clone() };
        let writer = Mutex::new(Some(ZipWriter::new(file)));
        Ok(Self {
            name: path.display().to_string(),
            path: path.to_owned(),
            writer,
            over,
            begun: AtomicBool::new(false),
        })
    }

    /// Complete the file.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn finish(&self) -> Result<()> {
        let Some(writer) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
        let done = writer.finish().map_err(io::Error::from).and_then(|mut file| file.flush());
        done.map_err(|error| {
            let _ = fs::remove_file(&self.path);
            Error::io("write", &self.path, error)
        })
    }

    /// Begin a member of at most `limit` bytes.
    fn start(&self, key: &str, limit: u64) -> Result<()> {
        if self.begun.load(Ordering::Relaxed) {
            return Err(Error::data("internal: two members of a zip file at once", self.name.clone()));
        }
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = writer.as_mut() else { return self.only_written() };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(limit >= LARGE_MEMBER);
        writer.start_file(key, options).map_err(|e| Error::io("write", &self.path, e.into()))
    }

    /// Put bytes behind those of the member.
    fn write(&self, bytes: &[u8]) -> Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = writer.as_mut() else { return self.only_written() };
        writer.write_all(bytes).map_err(|e| Error::io("write", &self.path, e))
    }

    fn only_written<T>(&self) -> Result<T> {
        Err(Error::unsupported("changing a zip file in place", self.name.clone())
            .with_hint("write a store in a folder"))
    }
}

impl ObjectPlace for ZipPlace {
    fn name(&self) -> &str {
        &self.name
    }

    fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        self.start(key, bytes.len() as u64)?;
        self.write(&bytes)
    }

    fn begin(&self, key: &str, limit: u64) -> Result<Box<dyn ObjectDraft + '_>> {
        self.start(key, limit)?;
        self.begun.store(true, Ordering::Relaxed);
        Ok(Box::new(Draft(self)))
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn get(&self, _: &str) -> Result<Option<Bytes>> {
        self.only_written()
    }

    fn remove(&self, _: &str) -> Result<()> {
        self.only_written()
    }

    fn list(&self, _: &str) -> Result<Vec<(String, u64)>> {
        self.only_written()
    }
}

/// The member that is being written. One that is dropped before it is committed is the end of the archive: nothing
/// more can be put there, since nothing of a zip file is taken back.
struct Draft<'a>(&'a ZipPlace);

impl ObjectDraft for Draft<'_> {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write(bytes)
    }

    fn commit(self: Box<Self>) -> Result<()> {
        self.0.begun.store(false, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for ZipPlace {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            self.over.store(true, Ordering::Relaxed);
            drop(writer);
            // Nobody is left to tell if this fails too.
            let _ = fs::remove_file(&self.path);
        }
    }
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
