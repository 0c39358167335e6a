//! Bytes set aside on disk for a while, in a file without a name: whatever ends the run, nothing of it stays.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Where bytes lie in a [`Spool`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) struct Kept {
    offset: u64,
    length: usize,
}

/// A scratch file that grows at its end and gives back what was taken out of it.
#[derive(Debug)]
pub(in crate::io) struct Spool {
    folder: PathBuf,
    /// Made when it is wanted first.
    file: Option<File>,
    end: u64,
    /// Pieces that nobody has taken out yet.
    held: usize,
}

impl Spool {
    /// A file in `folder`, made with the first bytes that go there.
    pub(in crate::io) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), file: None, end: 0, held: 0 }
    }

    /// Set `bytes` aside.
    ///
    /// # Errors
    /// When there is no room, or the folder can't be written.
    pub(in crate::io) fn put(&mut self, bytes: &[u8]) -> Result<Kept> {
        let failed = |e| no_room(e, &self.folder);
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder).map_err(failed)?),
        };
        file.write_all_at(bytes, self.end).map_err(failed)?;
        let kept = Kept { offset: self.end, length: bytes.len() };
        self.end = self.end.saturating_add(bytes.len() as u64);
        self.held += 1;
        Ok(kept)
    }

    /// Bytes that were set aside, whose room is given back.
    ///
    /// # Errors
    /// When they can't be read.
    pub(in crate::io) fn take(&mut self, kept: Kept) -> Result<Vec<u8>> {
        let failed = |e| Error::io("read scratch files in", &self.folder, e);
        let Some(file) = &self.file else { return Err(failed(io::ErrorKind::NotFound.into())) };
        let mut bytes = vec![0; kept.length];
        file.read_exact_at(&mut bytes, kept.offset).map_err(failed)?;
        self.held = self.held.saturating_sub(1);
        if self.held == 0 {
            file.set_len(0).map_err(failed)?;
            self.end = 0;
        } else {
            give_back(file, kept);
        }
        Ok(bytes)
    }
}

/// Give the room of bytes that nobody wants any more back to the file system, where it knows how.
#[cfg(target_os = "linux")]
fn give_back(file: &File, kept: Kept) {
    use rustix::fs::{FallocateFlags, fallocate};
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    let _ = fallocate(file, flags, kept.offset, kept.length as u64);
}

#[cfg(not(target_os = "linux"))]
fn give_back(_: &File, _: Kept) {}

/// The error for scratch files in `folder`, with the way out where the disk is full.
pub(in crate::io) fn no_room(error: io::Error, folder: &Path) -> Error {
    if is_full(&error) {
        return Error::data("no room for scratch files", folder.display().to_string()).with_hint(MORE_ROOM);
    }
    Error::io("write scratch files in", folder, error)
}

/// Whether there is no room on a disk.
pub(in crate::io) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// What to do about that.
pub(in crate::io) const MORE_ROOM: &str =
    "scratch files lie beside the output: write it where there is more room, or give more --memory";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_aside_comes_back_in_any_order_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(folder.path());
        for _ in 0..2 {
            let kept: Vec<Kept> = (0..5_u8).map(|i| spool.put(&vec![i; 5000 * usize::from(i)]).unwrap()).collect();
            for i in [3_u8, 0, 4, 1, 2] {
                assert_eq!(spool.take(kept[usize::from(i)]).unwrap(), vec![i; 5000 * usize::from(i)]);
            }
            assert_eq!((spool.end, spool.held), (0, 0));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = Spool::new(Path::new("/nowhere/at/all")).put(b"x").unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
        let full = no_room(io::ErrorKind::StorageFull.into(), Path::new("/here"));
        assert!(full.hint().is_some_and(|hint| hint.contains("more room")), "{full}");
    }
}
