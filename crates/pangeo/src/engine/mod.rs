//! Runs blocks of work in parallel: threads, a memory budget, progress, cancellation.
//!
//! Knows nothing of what a block means. Results reach their consumer in the order of the blocks,
//! so output is the same whatever the number of threads.

mod ordered;
mod plan;
pub mod progress;
mod stream;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use progress::{Progress, Silent};
pub use stream::Request;

use crate::model::Array;
use crate::model::array::Room;
use crate::{Error, Result};

/// How work is run: how many threads, how much memory, who watches, and whether to stop.
#[derive(Clone, Debug)]
pub struct Engine {
    threads: usize,
    memory: usize,
    progress: Arc<dyn Progress>,
    cancelled: Arc<AtomicBool>,
    scratch: Option<PathBuf>,
}

impl Engine {
    /// An engine of `threads` (at least one) that keeps blocks in flight below `memory` bytes.
    pub fn new(threads: usize, memory: usize) -> Self {
        let (progress, cancelled) = (Arc::new(Silent), Arc::default());
        Self { threads: threads.max(1), memory, progress, cancelled, scratch: None }
    }

    /// The same engine with so many threads (at least one).
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// The same engine, telling `progress` how far it is.
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// The same engine, stopping with [`Error::Cancelled`] soon after `flag` is set.
    #[must_use]
    pub fn with_cancel(mut self, flag: Arc<AtomicBool>) -> Self {
        self.cancelled = flag;
        self
    }

    /// The same engine, with a folder for values that do not fit in memory at once; without one they lie beside the
    /// output, or in `$TMPDIR`.
    #[must_use]
    pub fn with_scratch(mut self, folder: PathBuf) -> Self {
        self.scratch = Some(folder);
        self
    }

    /// The folder for values that do not fit in memory at once, if one was named.
    pub fn scratch(&self) -> Option<&Path> {
        self.scratch.as_deref()
    }

    /// The folder for values that do not fit in memory at once: the one that was named, else `$TMPDIR`.
    pub fn scratch_folder(&self) -> PathBuf {
        self.scratch.clone().unwrap_or_else(std::env::temp_dir)
    }

    /// Have `array` read within the budget, a chunk of it that is larger in parts; what a user should know of that.
    pub fn confine(&self, array: &Array) -> Vec<String> {
        let room = Room::new(self.memory, self.scratch_folder());
        array.confine(&room);
        room.said()
    }

    /// What is set once the work shall stop.
    pub fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancelled)
    }

    /// The number of threads.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The budget in bytes for blocks in flight.
    pub fn memory(&self) -> usize {
        self.memory
    }

    /// Who is told about progress.
    pub fn progress(&self) -> &dyn Progress {
        self.progress.as_ref()
    }

    /// How many blocks of `bytes` may be in flight at once: at least one, no more than useful.
    pub fn window(&self, bytes: usize) -> usize {
        self.window_beside(0, bytes)
    }

    /// As [`Engine::window`], while `held` bytes are taken already.
    pub fn window_beside(&self, held: usize, bytes: usize) -> usize {
        let fit = self.memory.saturating_sub(held).checked_div(bytes).unwrap_or(usize::MAX);
        fit.clamp(1, self.threads.saturating_mul(4))
    }

    /// Fail with [`Error::Cancelled`] once a stop was asked for.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub fn check(&self) -> Result<()> {
        if self.cancelled.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Run `produce` for each of `count` blocks on all threads and hand the results to `consume`
    /// one at a time, in order. At most `window` blocks are begun and not yet consumed.
    ///
    /// The first error (of the lowest block, where several fail) stops everything and is returned.
    ///
    /// # Errors
    /// What `produce` or `consume` answer with, or [`Error::Cancelled`]; [`Error::Data`] for more blocks
    /// than anybody can wait for.
    pub fn ordered<T: Send>(
        &self,
        count: usize,
        window: usize,
        produce: impl Fn(usize) -> Result<T> + Sync,
        consume: impl FnMut(usize, T) -> Result<()> + Send,
    ) -> Result<()> {
        refuse_endless(count)?;
        ordered::run(self, count, window, &produce, consume)
    }
}

/// Refuse to walk through more blocks than any real array has: a few bytes of metadata can claim
/// chunks without end, of which none is stored.
fn refuse_endless(blocks: usize) -> Result<()> {
    /// A hundred times the chunks of the largest archives, and hours of work.
    const MOST_BLOCKS: usize = 1 << 28;
    if blocks <= MOST_BLOCKS {
        return Ok(());
    }
    let what = format!("{blocks} chunks are claimed, too many to go through");
    Err(Error::data(what, "array").with_hint("choose a part of it, for instance with --isel or --bbox"))
}
