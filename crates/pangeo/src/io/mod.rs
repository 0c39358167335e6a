//! Files and stores: from bytes to lazily read datasets, and back.

pub mod codec;
mod format;
mod large;
pub mod layout;
pub mod netcdf;
pub mod open;
mod scratch;
pub mod sink;
mod spool;
pub mod staging;
pub mod store;
pub mod table;
pub mod write;
pub mod zarr;

pub use format::Format;
pub use sink::{Assembly, Encoded, Sink};
pub use store::{ByteSource, ObjectTree, Opened};
