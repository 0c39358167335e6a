//! A local folder as a place to write objects to.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::directory::{check_key, is_absent, read_file};
use super::{ByteRange, ObjectDraft, ObjectPlace};
use crate::io::staging::{Temporary, is_temporary};
use crate::{Error, Result};

/// Whether each object appears whole or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Atomic {
    /// Objects are written beside their places, brought to disk and renamed: for a store that others read, or that
    /// outlives a crash.
    Yes,
    /// Objects are written where they belong: for a folder that is put in its place as a whole when it is complete.
    No,
}

/// A folder: keys are paths below it, folders are made as they are wanted. Symbolic links inside it are followed.
#[derive(Debug)]
pub struct DirectoryPlace {
    root: PathBuf,
    name: String,
    atomic: Atomic,
    folders: Mutex<Folders>,
}

#[derive(Debug, Default)]
struct Folders {
    /// Those that exist.
    made: HashSet<PathBuf>,
    /// Those whose lists of names have changed since they were brought to disk.
    changed: HashSet<PathBuf>,
    /// New files whose bytes were not brought to disk yet.
    files: Vec<PathBuf>,
}

impl DirectoryPlace {
    /// The place below `root`, which is made with the first object if it does not exist.
    pub fn new(root: impl Into<PathBuf>, atomic: Atomic) -> Self {
        let root = root.into();
        Self { name: root.display().to_string(), root, atomic, folders: Mutex::default() }
    }

    fn folders(&self) -> MutexGuard<'_, Folders> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The file of `key`.
    fn path(&self, key: &str) -> Result<PathBuf> {
        check_key(key, &self.name)?;
        if key.contains('\\') {
            return Err(Error::malformed(&self.name, format!("the key {key:?} has a backslash")));
        }
        // A reader would take it for an object, a list for none.
        if key.split('/').any(is_temporary) {
            return Err(Error::malformed(&self.name, format!("the key {key:?} looks like a temporary file")));
        }
        Ok(self.root.join(key))
    }

    /// Does `act` in the folder of `path`, which is made if need be.
    fn in_folder<T>(&self, path: &Path, act: impl Fn(&Path) -> io::Result<T>) -> Result<T> {
        let folder = path.parent().unwrap_or(&self.root);
        let failed = |e| Error::io("write", path, e);
        let known = self.folders().made.contains(folder);
        if !known {
            self.make(folder).map_err(failed)?;
        }
        match act(path) {
            // Somebody removed it.
            Err(e) if known && e.kind() == io::ErrorKind::NotFound => {
                self.make(folder).map_err(failed)?;
                act(path).map_err(failed)
            }
            other => other.map_err(failed),
        }
    }

    fn make(&self, folder: &Path) -> io::Result<()> {
        let new: Vec<&Path> = folder.ancestors().take_while(|f| !f.as_os_str().is_empty() && !f.is_dir()).collect();
        fs::create_dir_all(folder)?;
        let mut folders = self.folders();
        folders.made.insert(folder.to_owned());
        if self.atomic == Atomic::Yes {
            folders.changed.extend(new.iter().filter_map(|f| f.parent()).map(Path::to_owned));
        }
        Ok(())
    }

    /// Removes the folder of `path` if it is a hidden one that has become empty: what nobody should see does not stay.
    fn prune(&self, path: &Path) {
        let hidden = |folder: &Path| folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if let Some(folder) = path.parent().filter(|f| *f != self.root && hidden(f))
            && fs::remove_dir(folder).is_ok()
        {
            self.folders().made.remove(folder);
        }
    }

    /// Marks the names in the folder of `path` as not on disk yet.
    fn mark(&self, path: &Path) {
        if let Some(folder) = path.parent().filter(|_| self.atomic == Atomic::Yes) {
            self.folders().changed.insert(folder.to_owned());
        }
    }
}

/// From so many files on, all of the file system is brought to disk at once.
const MANY: usize = 32;

/// Brings everything in the file system of `folder` to disk; whether that is known to be done.
#[cfg(target_os = "linux")]
fn bring_all(folder: &Path) -> bool {
    File::open(folder).is_ok_and(|folder| rustix::fs::syncfs(folder).is_ok())
}

#[cfg(not(target_os = "linux"))]
fn bring_all(_: &Path) -> bool {
    false
}

/// A temporary beside `path` with all of `bytes`, on disk if `sync` says so.
fn written(path: &Path, bytes: &[u8], sync: bool) -> io::Result<Temporary> {
    let (temporary, mut file) = Temporary::beside(path)?;
    file.write_all(bytes)?;
    if sync {
        file.sync_all()?;
    }
    Ok(temporary)
}

/// Writes a new file at its place; whether there was none.
fn create(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => {
            let done = file.write_all(bytes).and_then(|()| file.sync_all());
            // A part of it must not pass for the whole; if that fails, too, the first failure is the one to tell.
            done.inspect_err(|_| drop(fs::remove_file(path)))?;
            Ok(true)
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(e),
    }
}

/// Gives `temporary` the name `path` unless that exists; whether it did. A second name is given in one step on every
/// file system that knows second names; on others (FAT) the file is written at its place.
fn link(temporary: &Temporary, path: &Path, bytes: &[u8]) -> io::Result<bool> {
    match fs::hard_link(temporary.path(), path) {
        Ok(()) => Ok(true),
        // Over NFS a request that is repeated after a lost answer meets its own success.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(temporary.path().metadata()?.nlink() == 2),
        Err(_) => create(path, bytes),
    }
}

impl ObjectPlace for DirectoryPlace {
    fn name(&self) -> &str {
        &self.name
    }

    fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        let path = self.path(key)?;
        match self.atomic {
            Atomic::Yes => {
                // Of a new object nothing tells before the next flush; waiting for the disk each time takes milliseconds.
                let replaces = path.symlink_metadata().is_ok();
                self.in_folder(&path, |path| written(path, &bytes, replaces)?.rename(path))?;
                if !replaces {
                    self.folders().files.push(path.clone());
                }
            }
            Atomic::No => self.in_folder(&path, |path| fs::write(path, &bytes))?,
        }
        self.mark(&path);
        Ok(())
    }

    fn begin(&self, key: &str, _: u64) -> Result<Box<dyn ObjectDraft + '_>> {
        let path = self.path(key)?;
        let (temporary, file) = self.in_folder(&path, Temporary::beside)?;
        Ok(Box::new(Draft { place: self, path, temporary, file }))
    }

    /// One process alone is told `true`, whatever runs at the same time.
    fn put_if_absent(&self, key: &str, bytes: Bytes) -> Result<bool> {
        let path = self.path(key)?;
        let put = match self.atomic {
            Atomic::Yes => self.in_folder(&path, |path| {
                if path.symlink_metadata().is_ok() {
                    return Ok(false);
                }
                link(&written(path, &bytes, true)?, path, &bytes)
            })?,
            Atomic::No => self.in_folder(&path, |path| create(path, &bytes))?,
        };
        if put {
            self.mark(&path);
        }
        Ok(put)
    }

    /// Objects are there when they have been put; now they and their names are on disk, too, where each is
    /// [`Atomic`].
    fn flush(&self) -> Result<()> {
        let files = std::mem::take(&mut self.folders().files);
        if files.len() > MANY && bring_all(&self.root) {
            self.folders().changed.clear();
            return Ok(());
        }
        for path in files {
            match File::open(&path).and_then(|file| file.sync_all()) {
                Err(e) if !is_absent(&e) => return Err(Error::io("write", &path, e)),
                _ => {}
            }
        }
        let mut changed: Vec<_> = self.folders().changed.drain().collect();
        changed.sort_unstable();
        for folder in changed {
            // Not every file system can do that.
            let _ = File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { &folder })
                .and_then(|folder| folder.sync_all());
        }
        Ok(())
    }

    fn get(&self, key: &str) -> Result<Option<Bytes>> {
        read_file(&self.path(key)?, ByteRange::All)
    }

    fn remove(&self, key: &str) -> Result<()> {
        let path = self.path(key)?;
        match fs::remove_file(&path) {
            Ok(()) => {
                self.mark(&path);
                self.prune(&path);
            }
            Err(e) if is_absent(&e) => {}
            // A folder is no object.
            Err(_) if path.symlink_metadata().is_ok_and(|m| m.is_dir()) => {}
            Err(e) => return Err(Error::io("remove", &path, e)),
        }
        Ok(())
    }

    fn list(&self, prefix: &str) -> Result<Vec<(String, u64)>> {
        let folder = if prefix.is_empty() { self.root.clone() } else { self.path(prefix)? };
        let mut found = Vec::new();
        walk(&folder, prefix, &mut Vec::new(), &mut found)?;
        found.sort_unstable();
        Ok(found)
    }

    fn tidy(&self) -> Result<()> {
        let mut folders: Vec<PathBuf> =
            self.list("")?.iter().filter_map(|(key, _)| Some(self.root.join(key).parent()?.to_owned())).collect();
        folders.sort_unstable();
        folders.dedup();
        for folder in folders {
            for entry in fs::read_dir(&folder).map_err(|e| Error::io("list", &folder, e))?.flatten() {
                if entry.file_name().to_str().is_some_and(is_temporary) && entry.path().is_file() {
                    fs::remove_file(entry.path()).map_err(|e| Error::io("remove", entry.path(), e))?;
                }
            }
        }
        Ok(())
    }
}

/// A file beside the place of an object.
struct Draft<'a> {
    place: &'a DirectoryPlace,
    path: PathBuf,
    temporary: Temporary,
    file: File,
}

impl ObjectDraft for Draft<'_> {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|e| Error::io("write", &self.path, e))
    }

    fn commit(self: Box<Self>) -> Result<()> {
        let Self { place, path, temporary, file } = *self;
        let failed = |e| Error::io("write", &path, e);
        // As when it is put: of a new object nothing tells before the next flush.
        let replaces = path.symlink_metadata().is_ok();
        if place.atomic == Atomic::Yes && replaces {
            file.sync_all().map_err(failed)?;
        }
        drop(file);
        temporary.rename(&path).map_err(failed)?;
        if place.atomic == Atomic::Yes && !replaces {
            place.folders().files.push(path.clone());
        }
        place.mark(&path);
        Ok(())
    }
}

/// Adds the files below `folder`, whose key is `prefix`, to `found`. Folders that hold `folder`, by device and number,
/// are not entered again: a link may lead back.
fn walk(folder: &Path, prefix: &str, above: &mut Vec<(u64, u64)>, found: &mut Vec<(String, u64)>) -> Result<()> {
    let failed = |e| Error::io("list", folder, e);
    let metadata = match folder.metadata() {
        Err(e) if is_absent(&e) => return Ok(()),
        other => other.map_err(failed)?,
    };
    let identity = (metadata.dev(), metadata.ino());
    if !metadata.is_dir() || above.contains(&identity) {
        return Ok(());
    }
    above.push(identity);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // Names that are not Unicode can't be keys.
        let Some(name) = entry.file_name().to_str().map(str::to_owned).filter(|name| !is_temporary(name)) else {
            continue;
        };
        let key = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        match entry.path().metadata() {
            Ok(metadata) if metadata.is_dir() => walk(&entry.path(), &key, above, found)?,
            Ok(metadata) if metadata.is_file() => found.push((key, metadata.len())),
            // A pipe or a device is no object, nor is a file that is gone, nor a link to nothing.
            Ok(_) => {}
            Err(e) if is_absent(&e) => {}
            Err(e) => return Err(Error::io("list", entry.path(), e)),
        }
    }
    above.pop();
    Ok(())
}

#[cfg(test)]
#[path = "local_place_tests.rs"]
mod tests;
