//! How the store is to be: version, chunks, shards, codecs. What a user says of it on the command line.

use pangeo::cli::{ByteSize, Session, chunk_extent};
use pangeo::io::Format;
use pangeo::io::layout::{Access, Goal, Layout};
use pangeo::model::{Compression, Dataset};
use pangeo::ops::quantise::BitRound;
use pangeo::{Error, Result};

/// Bytes of a chunk where only its use was told.
const GOOD_CHUNK: usize = 64 << 20;

/// Chunks, shards and codecs.
#[derive(clap::Args, Debug, Clone)]
#[command(next_help_heading = "Layout of the store")]
pub(crate) struct StoreArgs {
    /// Version of Zarr: 3, or 2 for older readers [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=3))]
    pub(crate) zarr_version: Option<u8>,

    /// Chunk extents, such as time=24,lat=180,lon=360; along other dimensions as the input [default: as the input]
    #[arg(long, value_name = "DIM=N,...", value_delimiter = ',', value_parser = chunk_extent)]
    pub(crate) chunk: Vec<(String, usize)>,

    /// Make chunks of about this size before compression, such as 64MB; never larger
    #[arg(long, value_name = "SIZE")]
    pub(crate) chunk_size: Option<ByteSize>,

    /// What to read fast: time (series at a place), space (maps) or balanced; chunks of 64MB unless --chunk-size says
    /// otherwise
    #[arg(long, value_name = "ACCESS", visible_alias = "optimize-for")]
    pub(crate) optimise_for: Option<Access>,

    /// Put chunks together in shards of this extent, whole multiples of the chunk's, such as time=240 (Zarr 3)
    #[arg(long, value_name = "DIM=N,...", value_delimiter = ',', value_parser = chunk_extent)]
    pub(crate) shard: Vec<(String, usize)>,

    /// The compressor of every variable.
    #[arg(
        long,
        value_name = "C",
        help = "none, deflate[:1-9], zstd[:LEVEL] or blosc[:CODEC:LEVEL] [default: blosc:zstd:3; as the input where it is Zarr]"
    )]
    pub(crate) compression: Option<Compression>,

    /// Keep so many bits of the mantissa of floating-point data, such as 10 or t2m=12; the rest becomes 0 and takes no
    /// room. Coordinates and bounds keep all; repeat or separate by commas
    #[arg(long, value_name = "[NAME=]BITS", value_delimiter = ',')]
    pub(crate) bitround: Vec<String>,

    /// Rechunk: the same as --optimise-for balanced where no chunks are given
    #[arg(long)]
    pub(crate) rechunk: bool,

    /// Single variables of a recipe that are stored in another way.
    #[arg(skip)]
    pub(crate) only: Vec<(String, Layout)>,

    /// The dimension along which the store will be made longer.
    #[arg(skip)]
    pub(crate) grows: Option<String>,
}

impl StoreArgs {
    /// The version of Zarr.
    pub(crate) fn version(&self) -> u8 {
        self.zarr_version.unwrap_or(3)
    }

    /// The format of the store at `path`.
    ///
    /// # Errors
    /// [`Error::Usage`] for version 2 in a zip file.
    pub(crate) fn format(&self, path: &str) -> Result<Format> {
        match (self.version(), path.to_ascii_lowercase().ends_with(".zip")) {
            (3, true) => Ok(Format::ZarrZip),
            (_, true) => Err(Error::usage("a zip file holds Zarr 3").with_hint("leave out --zarr-version 2")),
            (2, false) => Ok(Format::Zarr2),
            _ => Ok(Format::Zarr3),
        }
    }

    /// Round floating-point data as asked for; the variables that are and their bits.
    ///
    /// # Errors
    /// As [`BitRound::apply`].
    pub(crate) fn round(&self, dataset: &mut Dataset, session: &Session) -> Result<Vec<(String, u32)>> {
        let rounded = BitRound::parse(&self.bitround)?.apply(dataset)?;
        for (name, bits) in &rounded {
            session.detail(&format!("{name}: {bits} bits of the mantissa are kept"));
        }
        Ok(rounded)
    }

    /// Whether anything is said of chunks, shards or codecs.
    pub(crate) fn is_laid_out(&self) -> bool {
        let chunks = self.rechunk || self.chunk_size.is_some() || self.optimise_for.is_some();
        chunks || !self.chunk.is_empty() || !self.shard.is_empty() || self.compression.is_some()
    }

    /// How variables are stored.
    pub(crate) fn layout(&self) -> Layout {
        let wanted = self.chunk_size.is_some() || self.optimise_for.is_some() || self.rechunk && self.chunk.is_empty();
        let goal = wanted.then(|| Goal {
            bytes: self.chunk_size.map_or(GOOD_CHUNK, |size| size.0),
            access: self.optimise_for.unwrap_or_default(),
        });
        Layout {
            compression: self.compression.clone(),
            chunks: self.chunk.clone(),
            goal,
            shards: self.shard.clone(),
            whole_coordinates: true,
            grows: self.grows.clone(),
            only: self.only.clone(),
        }
    }
}
