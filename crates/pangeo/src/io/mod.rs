//! Files and stores: from bytes to lazily read datasets, and back.

pub mod codec;
pub mod netcdf;
pub mod sink;
pub mod staging;
pub mod store;
pub mod zarr;

pub use sink::{Encoded, Sink};
pub use store::{ByteSource, ObjectTree, Opened};
