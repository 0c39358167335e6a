//! Where the objects of a store go: a directory, a zip archive, a bucket.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;

use super::{Atomic, DirectoryPlace, open_place_until, split_scheme};
use crate::Result;

/// Objects under slash-separated keys, to be written. Any thread may put any key.
pub trait ObjectPlace: Send + Sync + fmt::Debug {
    /// The path or URL for messages, free of secrets.
    fn name(&self) -> &str;

    /// Put an object under `key`, in place of one that is there. A reader sees the old one or the new one, whole.
    ///
    /// It may still be on its way when this returns; [`ObjectPlace::flush`] waits for it and tells what went wrong.
    ///
    /// # Errors
    /// When it, or one that was on its way, can't be written.
    fn put(&self, key: &str, bytes: Bytes) -> Result<()>;

    /// Begin an object under `key` whose bytes come one after the other, at most `limit` of them. It takes its place,
    /// and that of an object that is there, when it is committed; one that is dropped before that leaves no trace.
    ///
    /// # Errors
    /// When it can't be written.
    fn begin(&self, key: &str, limit: u64) -> Result<Box<dyn ObjectDraft + '_>>;

    /// Put an object under `key` unless there is one already; whether it was put. Done when this returns.
    ///
    /// Of several processes that do so at the same time one alone is told `true`, where the place can promise that:
    /// here it looks first, which does for a place that a single process writes.
    ///
    /// # Errors
    /// When it can't be written, or it can't be told whether there is one.
    fn put_if_absent(&self, key: &str, bytes: Bytes) -> Result<bool> {
        if self.get(key)?.is_some() {
            return Ok(false);
        }
        self.put(key, bytes)?;
        self.flush().map(|()| true)
    }

    /// Wait until all that was put is there.
    ///
    /// # Errors
    /// When something that was on its way can't be written, however often that was told before: what the place holds
    /// is not what was put.
    fn flush(&self) -> Result<()>;

    /// The bytes of an object, `None` if there is none.
    ///
    /// # Errors
    /// When it can't be read.
    fn get(&self, key: &str) -> Result<Option<Bytes>>;

    /// Remove an object; that there is none is well.
    ///
    /// # Errors
    /// When it can't be removed.
    fn remove(&self, key: &str) -> Result<()>;

    /// Every key that begins with `prefix` and a slash (`""`: every key) and how many bytes it has, sorted by key.
    ///
    /// # Errors
    /// When listing fails.
    fn list(&self, prefix: &str) -> Result<Vec<(String, u64)>>;

    /// Remove what writers that were killed left unfinished; when nobody else writes here.
    ///
    /// # Errors
    /// When it can't be removed.
    fn tidy(&self) -> Result<()> {
        Ok(())
    }
}

/// An object in the making.
pub trait ObjectDraft: Send {
    /// Put `bytes` behind those that came before.
    ///
    /// # Errors
    /// When they can't be written.
    fn append(&mut self, bytes: &[u8]) -> Result<()>;

    /// Give it its place. It may still be on its way when this returns, as with [`ObjectPlace::put`].
    ///
    /// # Errors
    /// When it can't be written.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// The place at `path`: a folder whose objects appear whole one by one, or a prefix of a bucket (`s3://BUCKET/PREFIX`),
/// where whatever waits returns once `stop` is set.
///
/// # Errors
/// [`crate::Error::Usage`] for other URLs, and settings that describe no service.
pub fn place_at(path: &str, stop: Arc<AtomicBool>) -> Result<Arc<dyn ObjectPlace>> {
    match split_scheme(path) {
        Some(_) => open_place_until(path, stop),
        None => Ok(Arc::new(DirectoryPlace::new(path, Atomic::Yes))),
    }
}
