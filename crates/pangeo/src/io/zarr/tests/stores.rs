//! Stores for tests: in memory, and a directory as it stands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::io::store::{ByteRange, ObjectTree};
use crate::{Error, Result};

/// The part of an object that a range means.
fn part(key: &str, all: Vec<u8>, range: ByteRange) -> Result<Bytes> {
    let all = Bytes::from(all);
    let found = match range {
        ByteRange::All => Some(0..all.len()),
        ByteRange::From { offset, length } => {
            offset.checked_add(length).and_then(|end| Some(usize::try_from(offset).ok()?..usize::try_from(end).ok()?))
        }
        ByteRange::Last(n) => usize::try_from(n).ok().and_then(|n| all.len().checked_sub(n)).map(|s| s..all.len()),
    };
    match found.filter(|r| r.end <= all.len()) {
        Some(range) => Ok(all.slice(range)),
        None => Err(Error::malformed(key, "cut short")),
    }
}

/// Objects in memory; `listable` as a directory is, or not, as plain HTTP.
#[derive(Debug, Default)]
pub(super) struct InMemory {
    pub objects: BTreeMap<String, Vec<u8>>,
    pub listable: bool,
}

impl InMemory {
    /// A listable store of texts.
    pub(super) fn of(objects: &[(&str, &str)]) -> Self {
        let objects = objects.iter().map(|(k, v)| ((*k).to_owned(), v.as_bytes().to_vec())).collect();
        Self { objects, listable: true }
    }

    pub(super) fn shared(self) -> Arc<dyn ObjectTree> {
        Arc::new(self)
    }
}

impl ObjectTree for InMemory {
    fn name(&self) -> &'static str {
        "memory/tiny.zarr"
    }

    fn get(&self, key: &str, range: ByteRange) -> Result<Option<Bytes>> {
        self.objects.get(key).map(|all| part(key, all.clone(), range)).transpose()
    }

    fn children(&self, prefix: &str) -> Result<Option<Vec<String>>> {
        if !self.listable {
            return Ok(None);
        }
        let below = |key: &String| {
            let rest = if prefix.is_empty() { key.as_str() } else { key.strip_prefix(prefix)?.strip_prefix('/')? };
            rest.split('/').next().map(str::to_owned)
        };
        let mut names: Vec<_> = self.objects.keys().filter_map(below).collect();
        names.dedup();
        Ok(Some(names))
    }
}

/// A directory.
#[derive(Debug)]
pub(super) struct Directory {
    root: PathBuf,
    name: String,
}

impl Directory {
    pub(super) fn tree(root: &Path) -> Arc<dyn ObjectTree> {
        Arc::new(Self { root: root.to_owned(), name: root.display().to_string() })
    }
}

impl ObjectTree for Directory {
    fn name(&self) -> &str {
        &self.name
    }

    fn get(&self, key: &str, range: ByteRange) -> Result<Option<Bytes>> {
        let path = self.root.join(key);
        if !path.is_file() {
            return Ok(None);
        }
        let all = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
        part(key, all, range).map(Some)
    }

    fn children(&self, prefix: &str) -> Result<Option<Vec<String>>> {
        let Ok(entries) = std::fs::read_dir(self.root.join(prefix)) else { return Ok(Some(Vec::new())) };
        let mut names: Vec<_> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        Ok(Some(names))
    }
}
