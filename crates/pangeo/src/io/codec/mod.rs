//! Byte-level codecs, a file each. HDF5's pipelines and Zarr's chains of codecs arrange them.
//!
//! HDF5 stores a chunk after a chain of filters, each known by a registered number. A
//! [`Pipeline`] holds a variable's chain and undoes it for one chunk, in memory that a thread
//! reuses from chunk to chunk. Sizes are checked before anything is allocated: the output of
//! every step is bounded by what the chunk's shape allows.
//!
//! | id | filter | id | filter |
//! |---|---|---|---|
//! | 1 | [`deflate`] | 307 | [`bzip2`] |
//! | 2 | [`shuffle`] | 32000 | [`lzf`] |
//! | 3 | [`fletcher32`] | 32001 | [`blosc`] |
//! | 4 | [`szip`] | 32004 | [`lz4`] |
//! | 5 | [`nbit`] | 32008 | [`bitshuffle`] |
//! | 6 | [`scaleoffset`] | 32015 | [`zstd`] |
//!
//! The shuffle that most chains begin with is not undone here but while the values are placed
//! ([`typed`]): that saves a pass over memory.

pub mod bitshuffle;
pub mod blosc;
pub mod bzip2;
pub mod deflate;
pub mod filter;
pub mod fletcher32;
pub mod lz4;
pub mod lzf;
pub mod nbit;
pub mod pipeline;
mod repeats;
pub mod scaleoffset;
pub mod shuffle;
pub mod szip;
pub mod typed;
pub mod zstd;

pub use filter::Filter;
pub use pipeline::{Decoded, Pipeline, Scratch};

/// Why a chunk could not be decoded; the reader adds file and variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The bytes break the codec's rules.
    Broken(String),
    /// The codec, or a mode of it, is not handled.
    Unsupported(String),
}

impl Failure {
    /// Bytes that break a codec's rules.
    pub(crate) fn broken(what: impl Into<String>) -> Self {
        Self::Broken(what.into())
    }
}

impl From<Failure> for String {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Broken(what) => what,
            Failure::Unsupported(what) => format!("{what} is not supported"),
        }
    }
}

/// The result of undoing a filter.
pub type Outcome<T = ()> = std::result::Result<T, Failure>;

/// How long the output of a filter may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Exactly so many bytes.
    Exactly(usize),
    /// So many bytes or fewer, because an earlier filter's compressed output is of no fixed length.
    AtMost(usize),
}

impl Length {
    /// The largest length allowed.
    pub fn limit(self) -> usize {
        match self {
            Self::Exactly(n) | Self::AtMost(n) => n,
        }
    }

    /// Refuse a length that does not fit.
    ///
    /// # Errors
    /// [`Failure::Broken`] telling both lengths.
    pub fn check(self, length: usize) -> Outcome {
        match self {
            Self::Exactly(n) if length != n => {
                Err(Failure::broken(format!("chunk decodes to {length} bytes, its shape needs {n}")))
            }
            Self::AtMost(n) if length > n => {
                Err(Failure::broken(format!("chunk decodes to {length} bytes, at most {n} can be right")))
            }
            _ => Ok(()),
        }
    }
}
