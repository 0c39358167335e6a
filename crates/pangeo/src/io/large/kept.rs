//! Decoded chunks on disk, those used last.

use std::collections::VecDeque;
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Bytes of all files together; the chunks in use are kept in any case.
const MOST: u64 = 16 << 30;

/// So many are kept whatever their size: a pass may go to and fro between two neighbours.
const FEWEST: usize = 2;

/// A decoded chunk in a file.
#[derive(Debug)]
pub(super) struct Unpacked {
    pub(super) file: File,
    pub(super) length: u64,
    /// Whether its bytes stand in planes of equal significance.
    pub(super) planes: bool,
}

/// An array's number, a chunk's index and the file.
type Entry = (u64, Vec<usize>, Arc<Unpacked>);

/// Of all arrays, the one used last at the end.
static KEPT: Mutex<VecDeque<Entry>> = Mutex::new(VecDeque::new());

fn kept() -> MutexGuard<'static, VecDeque<Entry>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A chunk that was decoded before.
pub(super) fn get(array: u64, index: &[usize]) -> Option<Arc<Unpacked>> {
    let mut kept = kept();
    let at = kept.iter().rposition(|(a, i, _)| *a == array && i == index)?;
    let entry = kept.remove(at)?;
    let unpacked = Arc::clone(&entry.2);
    kept.push_back(entry);
    Some(unpacked)
}

/// Keep a chunk; others that were not used for longest may have to go.
pub(super) fn put(array: u64, index: &[usize], unpacked: Arc<Unpacked>) {
    let mut kept = kept();
    kept.push_back((array, index.to_vec(), unpacked));
    while kept.len() > FEWEST && kept.iter().fold(0_u64, |n, (.., u)| n.saturating_add(u.length)) > MOST {
        kept.pop_front();
    }
}

/// Give up all chunks of an array.
pub(super) fn forget(array: u64) {
    kept().retain(|(a, ..)| *a != array);
}
