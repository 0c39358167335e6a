//! A store by many hands.
//!
//! `plan` reads headers and divides the objects of the store among tasks; `init` prepares the place; `work` does one
//! task, anywhere, as often as anybody likes; `finalise` checks the receipts and writes the document that makes a store
//! of it. Tasks own whole objects (shards, where there are shards), so none needs to know of another. A receipt names
//! every object of a task with its length and checksum.

mod finalise;
mod fragment;
mod init;
mod place;
mod plan;
mod receipt;
mod tasks;
mod work;

pub(crate) use finalise::finalise;
pub(crate) use init::init;
pub(crate) use plan::plan;
pub(crate) use work::work;
