//! The filters of HDF5, by their registered numbers.

use super::{
    Failure, Length, Outcome, bitshuffle, blosc, bzip2, deflate, lz4, lzf, nbit, scaleoffset, shuffle, szip, zstd,
};

/// One filter of a variable's chain with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Deflate in a zlib wrapper (1).
    Deflate {
        /// 0–9; only of use when writing.
        level: u8,
    },
    /// Bytes regrouped by significance (2).
    Shuffle {
        /// Bytes of a value.
        size: usize,
    },
    /// Checksum behind the bytes (3).
    Fletcher32,
    /// Szip (4).
    Szip(Vec<u32>),
    /// N-bit packing (5).
    Nbit(Vec<u32>),
    /// Scale and offset packing (6).
    ScaleOffset(Vec<u32>),
    /// bzip2 (307).
    Bzip2,
    /// LZF (32000).
    Lzf,
    /// Blosc 1 (32001).
    Blosc {
        /// The compressor inside.
        codec: &'static str,
        /// 0–9; only of use when writing.
        level: u8,
    },
    /// LZ4 (32004).
    Lz4,
    /// Bitshuffle with or without a compressor (32008).
    Bitshuffle(Vec<u32>),
    /// Zstandard (32015).
    Zstd {
        /// Only of use when writing.
        level: i32,
    },
    /// A filter that changes values only when they are written (`BitGroom` 32022, `Granular
    /// BitRound` 32023): nothing is to be undone.
    Quantize {
        /// The registered number.
        id: u16,
    },
    /// One that is not handled.
    Unknown {
        /// The registered number.
        id: u16,
        /// The name in the file, or of the registry.
        name: String,
    },
}

impl Filter {
    /// The filter numbered `id`, with the name and parameters that the file gives it, for values
    /// of `value_size` bytes.
    pub fn new(id: u16, name: Option<&str>, parameters: &[u32], value_size: usize) -> Self {
        let first = parameters.first().copied();
        match id {
            1 => Self::Deflate { level: first.map_or(6, |l| l.min(9) as u8) },
            2 => Self::Shuffle { size: first.map_or(value_size, |s| s as usize) },
            3 => Self::Fletcher32,
            4 => Self::Szip(parameters.to_vec()),
            5 => Self::Nbit(parameters.to_vec()),
            6 => Self::ScaleOffset(parameters.to_vec()),
            307 => Self::Bzip2,
            32000 => Self::Lzf,
            32001 => Self::Blosc {
                codec: blosc::compressor(parameters),
                level: parameters.get(4).map_or(5, |&l| l.min(9) as u8),
            },
            32004 => Self::Lz4,
            32008 => Self::Bitshuffle(parameters.to_vec()),
            32015 => Self::Zstd { level: first.map_or(3, u32::cast_signed) },
            32022 | 32023 => Self::Quantize { id },
            _ => {
                let name = name.filter(|n| !n.is_empty()).map_or_else(|| registered_name(id).to_owned(), str::to_owned);
                Self::Unknown { id, name }
            }
        }
    }

    /// The name in lower case, as chunk formats and listings spell it.
    pub fn name(&self) -> &str {
        match self {
            Self::Deflate { .. } => "deflate",
            Self::Shuffle { .. } => "shuffle",
            Self::Fletcher32 => "fletcher32",
            Self::Szip(_) => "szip",
            Self::Nbit(_) => "nbit",
            Self::ScaleOffset(_) => "scaleoffset",
            Self::Bzip2 => "bzip2",
            Self::Lzf => "lzf",
            Self::Blosc { .. } => "blosc",
            Self::Lz4 => "lz4",
            Self::Bitshuffle(_) => "bitshuffle",
            Self::Zstd { .. } => "zstd",
            Self::Quantize { id: 32022 } => "bitgroom",
            Self::Quantize { .. } => "granular bitround",
            Self::Unknown { name, .. } => name,
        }
    }

    /// The name, with the level of compression behind a colon where the file tells it.
    pub fn name_and_level(&self) -> String {
        match self {
            Self::Deflate { level } => format!("deflate:{level}"),
            Self::Zstd { level } => format!("zstd:{level}"),
            other => other.name().to_owned(),
        }
    }

    /// The most bytes that this filter can make of `n`, and whether it always makes just as many.
    pub(super) fn encoded_length(&self, length: Length) -> Length {
        let n = length.limit();
        match (self, length) {
            (Self::Shuffle { .. } | Self::Quantize { .. }, _) => length,
            (Self::Fletcher32, Length::Exactly(_)) => Length::Exactly(n.saturating_add(4)),
            // No compressor here lets incompressible bytes grow by more than this.
            _ => Length::AtMost(n.saturating_add(n / 8).saturating_add(1 << 16)),
        }
    }

    /// The most bytes that one stored byte can become, where the format bounds it.
    pub(super) fn most_per_byte(&self) -> Option<usize> {
        match self {
            Self::Deflate { .. } => Some(1032),
            Self::Lz4 => Some(255),
            Self::Lzf => Some(132),
            _ => None,
        }
    }

    /// Undo the filter. (Checksums are stripped by [`super::fletcher32::verify`] without a copy.)
    ///
    /// # Errors
    /// [`Failure`] when the bytes are damaged or the filter is not handled.
    pub(super) fn decode(&self, input: &[u8], length: Length, out: &mut Vec<u8>) -> Outcome {
        match self {
            Self::Deflate { .. } => deflate::decode(input, length, out),
            Self::Szip(parameters) => szip::decode(input, parameters, length, out),
            Self::Nbit(parameters) => nbit::decode(input, parameters, length, out),
            Self::ScaleOffset(parameters) => scaleoffset::decode(input, parameters, length, out),
            Self::Bzip2 => bzip2::decode(input, length, out),
            Self::Lzf => lzf::decode(input, length, out),
            Self::Blosc { .. } => blosc::decode(input, length, out),
            Self::Lz4 => lz4::decode(input, length, out),
            Self::Bitshuffle(parameters) => bitshuffle::decode(input, parameters, length, out),
            Self::Zstd { .. } => zstd::decode(input, length, out),
            Self::Shuffle { size } => {
                shuffle::decode(input, *size, out);
                length.check(out.len())
            }
            Self::Fletcher32 | Self::Quantize { .. } => {
                out.clear();
                out.extend_from_slice(input);
                length.check(out.len())
            }
            Self::Unknown { id, name } => Err(Failure::Unsupported(format!("HDF5 filter {id} ({name})"))),
        }
    }
}

/// Names from the HDF Group's registry, for filters that a file does not name.
fn registered_name(id: u16) -> &'static str {
    match id {
        257 => "hzip",
        305 => "lzo",
        32005 => "appax",
        32006 => "cbf",
        32007 => "jpeg-xr",
        32009 => "spdp",
        32010 => "lpc-rice",
        32011 => "ccsds-123",
        32012 => "jpeg-ls",
        32013 => "zfp",
        32014 => "fpzip",
        32016 => "b3d",
        32017 => "sz",
        32018 => "fcidecomp",
        32019 => "jpeg",
        32024 => "sz3",
        32026 => "blosc2",
        32028 => "sperr",
        _ => "no registered name",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_filters_are_named_when_they_are_needed() {
        let zfp = Filter::new(32013, None, &[], 4);
        let failure = zfp.decode(&[], Length::Exactly(4), &mut Vec::new()).unwrap_err();
        assert_eq!(failure, Failure::Unsupported("HDF5 filter 32013 (zfp)".into()));
        assert_eq!(Filter::new(40000, Some("mine"), &[], 4).name(), "mine");
    }

    #[test]
    fn shuffle_takes_its_size_from_the_file_else_from_the_type() {
        assert_eq!(Filter::new(2, None, &[2], 4), Filter::Shuffle { size: 2 });
        assert_eq!(Filter::new(2, None, &[], 4), Filter::Shuffle { size: 4 });
    }
}
