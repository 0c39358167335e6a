//! Files and stores: from bytes to lazily read datasets, and back.

pub mod codec;
mod format;
pub mod layout;
pub mod netcdf;
pub mod open;
mod scratch;
pub mod sink;
pub mod staging;
pub mod store;
pub mod table;
pub mod write;
pub mod zarr;

pub use format::Format;
pub use sink::{Encoded, Sink};
pub use store::{ByteSource, ObjectTree, Opened};
