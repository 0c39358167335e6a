//! How a variable is stored, kept apart from what it means, so that round trips are faithful.

use super::Buffer;

/// The order of bytes in stored numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ByteOrder {
    /// Least significant byte first.
    #[default]
    Little,
    /// Most significant byte first.
    Big,
}

/// A lossless compressor with its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compression {
    /// Stored as it is.
    None,
    /// zlib's deflate, level 0–9 (HDF5 filter 1, Zarr `zlib` and `gzip`).
    Deflate {
        /// 0 (none) to 9 (smallest).
        level: u8,
    },
    /// Zstandard (HDF5 filter 32015, Zarr `zstd`).
    Zstd {
        /// −131072 to 22.
        level: i32,
    },
    /// Blosc (HDF5 filter 32001, Zarr `blosc`) around an inner codec.
    Blosc {
        /// `lz4`, `lz4hc`, `zstd`, `zlib`, `blosclz` or `snappy`.
        codec: String,
        /// 0–9.
        level: u8,
    },
    /// Something else that can be read but is not offered for writing, by name.
    Other(String),
}

/// The names of an enumerated type's integers (netCDF-4 `enum`).
#[derive(Debug, Clone, PartialEq)]
pub struct Enumeration {
    /// The type's name.
    pub name: String,
    /// Each member's name, in the order of `values`.
    pub names: Vec<String>,
    /// Each member's value, of the variable's integer type.
    pub values: Buffer,
}

/// How a variable was stored in its file and, as far as the output format can, will be again.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own, any may be set")]
pub struct Encoding {
    /// Chunk extent along each dimension; `None` when stored in one piece.
    pub chunk_shape: Option<Vec<usize>>,
    /// Shard extent along each dimension (Zarr v3 sharding).
    pub shard_shape: Option<Vec<usize>>,
    /// The compressor; `None` when the format has no notion of one (classic netCDF).
    pub compression: Option<Compression>,
    /// Whether the level of compression was asked for: then chunks of another level are not taken over.
    pub exact_level: bool,
    /// Bytes regrouped by significance before compression.
    pub shuffle: bool,
    /// A Fletcher-32 checksum behind each chunk.
    pub checksum: bool,
    /// How many of the lowest bits of doubles say nothing and are written as zeros, so that they take no room
    /// compressed. Files only: tables and small arrays keep every bit.
    pub spare_bits: u32,
    /// Order of bytes in the file.
    pub byte_order: ByteOrder,
    /// The value of places never written, when the format declares one beside `_FillValue`.
    pub fill_value: Option<Buffer>,
    /// Whether places never written hold netCDF's default fill value of the type, though no attribute
    /// says so, and that value is therefore missing: integers of data variables. (In floating variables it
    /// always is.)
    pub default_fill: bool,
    /// Whether `_FillValue` stands for nothing missing: coordinates and bounds of Zarr v2, which has a fill
    /// value in any case. It is kept for Zarr v2 alone.
    pub idle_fill: bool,
    /// Set for integers that are members of an enumeration.
    pub enumeration: Option<Enumeration>,
    /// Set for `byte` values that were booleans in the file (Zarr `bool`).
    pub boolean: bool,
    /// Length in bytes of fixed-length text, where the file declares one.
    pub text_length: Option<usize>,
}
