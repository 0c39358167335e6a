//! Datasets of named, typed, lazily read arrays. Knows no file format and no convention.

pub mod array;
mod attributes;
mod block;
mod buffer;
mod data_type;
mod dataset;
mod encoding;
mod origin;
mod region;
mod starts;

pub use array::{Array, LazyArray, StoredChunk};
pub use attributes::{AttributeValue, Attributes, text_of};
pub use block::Block;
pub(crate) use block::strides;
pub use buffer::{Buffer, Element};
pub use data_type::DataType;
pub use dataset::{Dataset, Dimension, Variable};
pub use encoding::{ByteOrder, Compression, Encoding, Enumeration};
pub use origin::Origin;
pub use region::{Region, RegionTiles, count};
pub use starts::Starts;
