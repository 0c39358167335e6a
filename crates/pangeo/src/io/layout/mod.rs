//! How an output is stored: chunks and compression of each variable, settled before anything is
//! written, so that writers follow [`Encoding`] to the letter.
//!
//! The rule is to keep what the input had: its chunks, cut to the output's shape; its compression,
//! where the output's family of formats (netCDF or Zarr) is the input's. Otherwise: deflate level 1
//! with shuffle in netCDF-4, Blosc (Zstandard level 3) with shuffle in Zarr.

mod goal;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use super::Format;
use crate::cf::roles::{Role, Roles};
use crate::model::{Compression, DataType, Dataset, Encoding, Region, Variable};
use crate::{Error, Result};
pub use goal::{Access, Goal};

/// Chunks are made to be about this many bytes where the input gives no better advice.
const GOOD_CHUNK: usize = 4 << 20;
/// Chunks below this many bytes are merged.
const TINY_CHUNK: usize = 32 << 10;
/// Variables up to this many bytes are stored in one uncompressed piece in netCDF-4 unless the
/// input had chunks.
const SMALL_VARIABLE: usize = 16 << 10;

/// Coordinates and bounds up to so many bytes are put in one chunk where that is asked for.
const WHOLE_COORDINATE: usize = 64 << 20;

/// What the user asked for.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// A compressor for every variable.
    pub compression: Option<Compression>,
    /// Chunk extents by dimension name.
    pub chunks: Vec<(String, usize)>,
    /// How large chunks should be and for what, where their extents are not given.
    pub goal: Option<Goal>,
    /// Shard extents by dimension name (Zarr v3), whole multiples of the chunks'; along other dimensions a shard is as
    /// long as a chunk. Coordinates have no shards.
    pub shards: Vec<(String, usize)>,
    /// Whether coordinates and bounds lie in one chunk each (Zarr), up to 64 MiB.
    pub whole_coordinates: bool,
    /// The dimension along which the store will be made longer (Zarr): chunks and shards that are asked for keep their
    /// extent although there is less yet.
    pub grows: Option<String>,
    /// Single variables that are stored in another way, by name.
    pub only: Vec<(String, Layout)>,
}

impl FromStr for Compression {
    type Err = Error;

    /// `none`, `deflate[:LEVEL]`, `zstd[:LEVEL]`, `blosc[:CODEC[:LEVEL]]`.
    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let rest: Vec<&str> = parts.collect();
        let wrong = || {
            Error::usage(format!("unknown compression '{text}'"))
                .with_hint("none, deflate[:1-9], zstd[:1-22] or blosc[:lz4|lz4hc|zstd|zlib|blosclz[:0-9]]")
        };
        let level = |text: Option<&&str>, default: u8, most: u8| match text {
            None => Ok(default),
            Some(text) => text.parse().ok().filter(|l| *l <= most).ok_or_else(wrong),
        };
        match (name, rest.len()) {
            ("none", 0) => Ok(Self::None),
            ("deflate", 0 | 1) => match level(rest.first(), 1, 9)? {
                0 => Err(wrong()),
                level => Ok(Self::Deflate { level }),
            },
            ("zstd", 0 | 1) => match level(rest.first(), 3, 22)? {
                0 => Err(wrong()),
                level => Ok(Self::Zstd { level: i32::from(level) }),
            },
            ("blosc", 0..=2) => {
                let codec = rest.first().copied().unwrap_or("zstd");
                if !["lz4", "lz4hc", "zstd", "zlib", "blosclz"].contains(&codec) {
                    return Err(wrong());
                }
                Ok(Self::Blosc { codec: codec.to_owned(), level: level(rest.get(1), 3, 9)? })
            }
            _ => Err(wrong()),
        }
    }
}

impl Layout {
    /// Settle the encoding of every variable for `format`.
    ///
    /// # Errors
    /// [`Error::Usage`] for a compressor that the format lacks, chunks in a format without any, or
    /// a chunk dimension that no variable has.
    pub fn settle(&self, dataset: &mut Dataset, format: Format) -> Result<()> {
        self.check(dataset, format)?;
        for (name, layout) in &self.only {
            dataset.require(name)?;
            layout.check(dataset, format)?;
        }
        let same_family = dataset.origin.is_zarr() == format.is_zarr();
        let roles = Roles::of(dataset);
        let places: Vec<String> = [Role::Coordinate, Role::AuxiliaryCoordinate, Role::Bounds]
            .into_iter()
            .flat_map(|role| roles.with_role(role))
            .map(str::to_owned)
            .collect();
        let unlimited: Vec<String> =
            dataset.dimensions.iter().filter(|d| d.unlimited).map(|d| d.name.clone()).collect();
        for variable in &mut dataset.variables {
            let grows = variable.dimensions.iter().any(|d| unlimited.contains(d));
            let mut encoding = variable.encoding.clone();
            let layout = self.only.iter().find(|(name, _)| *name == variable.name).map_or(self, |(_, layout)| layout);
            if format.is_classic_file() {
                encoding = Encoding { chunk_shape: None, shard_shape: None, compression: None, ..encoding };
                (encoding.shuffle, encoding.checksum) = (false, false);
            } else {
                let compression = layout.compression_of(variable, format, same_family);
                let explicit = layout.compression.is_some();
                let coordinate = places.contains(&variable.name);
                let whole = layout.whole_coordinates && format.is_zarr() && coordinate;
                encoding.chunk_shape = if whole && variable.array.bytes() <= WHOLE_COORDINATE {
                    Some(variable.shape().iter().map(|&n| n.max(1)).collect()).filter(|c: &Vec<usize>| !c.is_empty())
                } else {
                    layout.chunks_of(variable, format, grows || compression != Compression::None, &roles)
                };
                if compression != variable.encoding.compression.clone().unwrap_or(Compression::None) || explicit {
                    encoding.shuffle = compression != Compression::None && variable.data_type().size() > 1;
                }
                encoding.shard_shape = match (&encoding.chunk_shape, coordinate || layout.shards.is_empty()) {
                    (Some(chunk), false) => layout.asked_shard(variable, chunk)?,
                    _ => shard_of(&encoding, format, same_family).filter(|_| !whole),
                };
                encoding.compression = Some(compression);
                encoding.exact_level = explicit;
            }
            if format.is_zarr() {
                encoding.checksum = false;
            }
            variable.encoding = encoding;
        }
        Ok(())
    }

    /// How long a chunk may be along a dimension of this length.
    fn longest(&self, dimension: &str, length: usize) -> usize {
        if self.grows.as_deref() == Some(dimension) { usize::MAX } else { length.max(1) }
    }

    fn check(&self, dataset: &Dataset, format: Format) -> Result<()> {
        let no = |what: String, hint: &str| Err(Error::usage(what).with_hint(hint));
        if format.is_classic_file() {
            if self.compression.as_ref().is_some_and(|c| *c != Compression::None) {
                return no(format!("format {} has no compression", format.name()), "use --format netcdf4 or zarr");
            }
            if !self.chunks.is_empty() {
                return no(format!("format {} has no chunks", format.name()), "use --format netcdf4 or zarr");
            }
        }
        if let (Some(Compression::Blosc { .. }), false) = (&self.compression, format.is_zarr()) {
            return no(format!("blosc is not offered in {}", format.name()), "deflate or zstd; blosc in zarr");
        }
        if !self.shards.is_empty() && !matches!(format, Format::Zarr3 | Format::ZarrZip) {
            return no(format!("format {} has no shards", format.name()), "use Zarr version 3");
        }
        for (name, extent) in self.chunks.iter().chain(&self.shards) {
            if *extent == 0 {
                return no(format!("chunk extent of {name} is 0"), "at least 1");
            }
            dataset.require_dimension(name)?;
        }
        Ok(())
    }

    fn compression_of(&self, variable: &Variable, format: Format, same_family: bool) -> Compression {
        // HDF5 would compress the references to texts of any length, not the texts.
        let loose = *variable.data_type() == DataType::String && !format.is_zarr();
        let worthwhile = !variable.dimensions.is_empty() && !loose;
        if !worthwhile {
            return Compression::None;
        }
        if let Some(compression) = &self.compression {
            return compression.clone();
        }
        let small = variable.array.bytes() <= SMALL_VARIABLE;
        let default = match format {
            f if f.is_zarr() => Compression::Blosc { codec: "zstd".to_owned(), level: 3 },
            _ if small => Compression::None,
            _ => Compression::Deflate { level: 1 },
        };
        match &variable.encoding.compression {
            Some(c @ (Compression::None | Compression::Deflate { .. } | Compression::Zstd { .. })) if same_family => {
                c.clone()
            }
            Some(c @ Compression::Blosc { .. }) if same_family && format.is_zarr() => c.clone(),
            _ => default,
        }
    }

    /// The shard that was asked for, if it was for a dimension of this variable.
    fn asked_shard(&self, variable: &Variable, chunk: &[usize]) -> Result<Option<Vec<usize>>> {
        let mut shard = chunk.to_vec();
        let mut found = false;
        for ((extent, dimension), &length) in shard.iter_mut().zip(&variable.dimensions).zip(variable.shape()) {
            let Some((_, asked)) = self.shards.iter().find(|(name, _)| name == dimension) else { continue };
            found = true;
            // A shard that holds all there is need not be a multiple.
            let most = self.longest(dimension, length).div_ceil(*extent).saturating_mul(*extent);
            if asked % *extent != 0 && *asked < most {
                let below = asked / *extent * *extent;
                let near = if below == 0 { *extent } else { below };
                return Err(Error::usage(format!(
                    "a shard of {dimension}={asked} is no multiple of the chunk's {extent} in variable '{}'",
                    variable.name
                ))
                .with_hint(format!("--shard {dimension}={near} or {}", near.saturating_add(*extent))));
            }
            *extent = (*asked).min(most);
        }
        Ok(Some(shard).filter(|_| found))
    }

    /// The chunk shape, or `None` for one contiguous piece. `must` says that there have to be chunks.
    fn chunks_of(&self, variable: &Variable, format: Format, must: bool, roles: &Roles) -> Option<Vec<usize>> {
        let shape = variable.shape();
        if shape.is_empty() {
            return None;
        }
        let size = variable.data_type().planning_size();
        let coordinate = shape.len() == 1 && variable.dimensions.first() == Some(&variable.name);
        let asked = |d: usize| {
            let name = variable.dimensions.get(d)?;
            self.chunks.iter().find(|(n, _)| n == name).map(|(_, extent)| *extent)
        };
        let own = variable.encoding.chunk_shape.as_ref().filter(|c| c.len() == shape.len());
        let aimed = self.goal.filter(|_| !coordinate).map(|goal| goal.chunk(variable, roles));
        let old = aimed.as_ref().or(own);
        if (0..shape.len()).any(|d| asked(d).is_some()) && !(coordinate && format.is_zarr()) {
            let extents = shape.iter().enumerate().map(|(d, &n)| {
                let most = asked(d).and(variable.dimensions.get(d)).map_or(n.max(1), |name| self.longest(name, n));
                let extent = asked(d).or_else(|| old.and_then(|c| c.get(d).copied())).unwrap_or(n);
                extent.clamp(1, most)
            });
            return Some(extents.collect());
        }
        if coordinate && format.is_zarr() && variable.array.bytes() <= GOOD_CHUNK {
            return Some(vec![shape.first().copied().unwrap_or(1).max(1)]);
        }
        match old {
            Some(chunk) if aimed.is_some() => Some(chunk.clone()),
            Some(chunk) => {
                let cut: Vec<usize> = chunk.iter().zip(shape).map(|(&c, &n)| c.clamp(1, n.max(1))).collect();
                Some(merge_tiny(cut, shape, size))
            }
            None if must || format.is_zarr() => Some(merge_tiny(vec![1; shape.len()], shape, size)),
            None => None,
        }
    }
}

/// Enlarge chunks below [`TINY_CHUNK`] by whole multiples, fastest dimension first, towards
/// [`GOOD_CHUNK`].
fn merge_tiny(mut chunk: Vec<usize>, shape: &[usize], size: usize) -> Vec<usize> {
    let mut bytes = Region::whole(&chunk).len().saturating_mul(size);
    if bytes >= TINY_CHUNK {
        return chunk;
    }
    for (extent, &n) in chunk.iter_mut().zip(shape).rev() {
        let room = (GOOD_CHUNK / bytes.max(1)).max(1);
        let times = n.max(1).div_ceil(*extent).min(room);
        bytes = bytes.saturating_mul(times);
        *extent = extent.saturating_mul(times).min(n.max(1));
        if room <= times {
            break;
        }
    }
    chunk
}

/// Strips of whole rows of about 2 MiB, of values of `size` bytes: how an array in one piece is read
/// and written. No extent is 0.
pub(crate) fn strips(shape: &[usize], size: usize) -> Vec<usize> {
    const STRIP: usize = 2 << 20;
    let mut room = (STRIP / size.max(1)).max(1);
    let mut strip = vec![1; shape.len()];
    for (extent, &n) in strip.iter_mut().zip(shape).rev() {
        *extent = room.min(n).max(1);
        room /= n.max(1);
        if room == 0 {
            break;
        }
    }
    strip
}

/// The input's shards, where the output can have them and whole chunks fill them.
fn shard_of(encoding: &Encoding, format: Format, same_family: bool) -> Option<Vec<usize>> {
    let shard =
        encoding.shard_shape.as_ref().filter(|_| same_family && matches!(format, Format::Zarr3 | Format::ZarrZip))?;
    let chunk = encoding.chunk_shape.as_ref()?;
    let fits = shard.len() == chunk.len() && shard.iter().zip(chunk).all(|(s, c)| *c > 0 && s % c == 0);
    fits.then(|| shard.clone())
}
