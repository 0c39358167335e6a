//! Zarr v2 and v3, read and written.
//!
//! Metadata are read here (JSON as Python writes it, consolidated or listed) and brought to one
//! form for both versions; chunks are fetched object by object, or part by part from shards, and
//! decoded by `codec`, which leaves what is rare to the crate `zarrs`. Values, types, attributes
//! and fill values follow what xarray and zarr-python read and write, so that a store means the
//! same to all three.

mod array;
mod attributes;
mod codec;
mod dtype;
mod hierarchy;
mod json;
mod large;
mod metadata;
mod numbers;
mod open;
mod shard;
#[cfg(test)]
mod tests;
mod write;

pub use codec::{crc32c, crc32c_of};
pub use hierarchy::sniff;
pub use open::open;
pub use write::{Blueprint, Extension, Ground, Receipt, ZarrSink, ZipPlace};
