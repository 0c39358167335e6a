//! Telling how far the work is.

use std::fmt;

/// Someone who wants to know how far the work is. Called from many threads.
pub trait Progress: Send + Sync + fmt::Debug {
    /// `bytes` more of work lie ahead.
    fn expect(&self, bytes: u64);
    /// `bytes` more of it are done.
    fn advance(&self, bytes: u64);
    /// Something to be known while the work goes on, in a line.
    fn tell(&self, text: &str) {
        let _ = text;
    }
    /// All is done, or given up.
    fn finish(&self);
}

/// Nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn expect(&self, _bytes: u64) {}
    fn advance(&self, _bytes: u64) {}
    fn finish(&self) {}
}
