//! The room that there is to read in.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Memory and a folder that arrays may use while they are read.
#[derive(Debug)]
pub struct Room {
    memory: usize,
    folder: PathBuf,
    said: Mutex<Vec<String>>,
}

impl Room {
    /// So many bytes of memory, and a folder for files.
    pub fn new(memory: usize, folder: PathBuf) -> Self {
        Self { memory, folder, said: Mutex::default() }
    }

    /// Bytes that reading may take.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Where files may be made.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Tell whoever reads what to know of an array.
    pub fn say(&self, what: String) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if !said.contains(&what) {
            said.push(what);
        }
    }

    /// What was told.
    pub fn said(self) -> Vec<String> {
        self.said.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
