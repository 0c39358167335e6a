//! Whole stores: those in the shared data, and small ones made here.

mod broken;
mod shared;
pub(super) mod stores;
