//! Objects as files in a folder.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::ObjectPlace;
use crate::{Error, Result};

/// Whether an object takes its place in one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Atomic {
    /// By a temporary sibling that is renamed.
    Yes,
    /// Written as it stands: for folders that nobody reads before they are complete.
    No,
}

/// A folder whose files are the objects.
#[derive(Debug)]
pub struct DirectoryPlace {
    name: String,
    root: PathBuf,
    atomic: Atomic,
    made: Mutex<HashSet<PathBuf>>,
}

impl DirectoryPlace {
    /// The folder `root`, made with the first object.
    pub fn new(root: &Path, atomic: Atomic) -> Self {
        Self { name: root.display().to_string(), root: root.to_owned(), atomic, made: Mutex::default() }
    }
}

impl ObjectPlace for DirectoryPlace {
    fn name(&self) -> &str {
        &self.name
    }

    fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        let path = self.root.join(key);
        if let Some(parent) = path.parent() {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            if !made.contains(parent) {
                fs::create_dir_all(parent).map_err(|e| Error::io("create", parent, e))?;
                made.insert(parent.to_owned());
            }
        }
        if self.atomic == Atomic::No {
            return fs::write(&path, bytes).map_err(|e| Error::io("write", &path, e));
        }
        let temporary = path.with_file_name(format!(".{}.tmp", path.file_name().unwrap_or_default().display()));
        fs::write(&temporary, bytes)
            .and_then(|()| fs::rename(&temporary, &path))
            .map_err(|e| Error::io("write", &path, e))
    }

    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn get(&self, key: &str) -> Result<Option<Bytes>> {
        match fs::read(self.root.join(key)) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::io("read", self.root.join(key), e)),
        }
    }

    fn remove(&self, key: &str) -> Result<()> {
        match fs::remove_file(self.root.join(key)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", self.root.join(key), e)),
            _ => Ok(()),
        }
    }

    fn list(&self, prefix: &str) -> Result<Vec<(String, u64)>> {
        let mut found = Vec::new();
        let mut pending = vec![self.root.join(prefix)];
        while let Some(folder) = pending.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries.flatten() {
                let Ok(meta) = entry.metadata() else { continue };
                if meta.is_dir() {
                    pending.push(entry.path());
                } else if let Ok(key) = entry.path().strip_prefix(&self.root) {
                    found.push((key.display().to_string(), meta.len()));
                }
            }
        }
        found.sort();
        Ok(found)
    }
}
