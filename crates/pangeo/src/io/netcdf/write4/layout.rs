//! How each variable is laid out in the file: chunked or in one piece, with which codec.

use super::encode::{Codec, Compressing};
use crate::io::netcdf::hdf5::chunk_format;
use crate::model::{ByteOrder, Compression, DataType, Dataset, Encoding, Variable};
use crate::{Error, Result};

/// Chunks and strips that we choose ourselves hold about so many bytes.
const HANDY: usize = 2 << 20;
/// A chunk along an unlimited dimension alone (a time axis) holds so many bytes.
const AXIS: usize = 64 << 10;
/// HDF5 can't address larger chunks.
const LARGEST: usize = u32::MAX as usize;

/// The layout of one variable.
#[derive(Debug)]
pub(super) struct Layout {
    /// The type of its values.
    pub(super) data_type: DataType,
    /// Its extent along each dimension.
    pub(super) shape: Vec<usize>,
    /// The pieces in which it is handed over: its chunks, or strips of whole rows.
    pub(super) piece: Vec<usize>,
    /// Whether it is stored in chunks.
    pub(super) chunked: bool,
    /// Whether one of its dimensions is unlimited.
    pub(super) grows: bool,
    /// How its chunks are encoded; `None` when the library places the values.
    pub(super) codec: Option<Codec>,
    /// The order of its bytes.
    pub(super) order: ByteOrder,
    /// The canonical name of its chunk format.
    pub(super) format: Option<std::sync::Arc<str>>,
}

impl Layout {
    /// Lay out a variable as its encoding demands, as far as netCDF-4 can.
    ///
    /// Texts of any length are not compressed (HDF5 would compress the references to them only).
    /// A compressed, checksummed or growing variable without a chunk shape gets one.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for types and compressors that netCDF-4 does not have, [`Error::Data`]
    /// when dimensions and shape contradict each other or a chunk is too large for HDF5.
    pub(super) fn of(variable: &Variable, dataset: &Dataset, path: &str) -> Result<Self> {
        let (data_type, shape) = (variable.data_type().clone(), variable.shape().to_vec());
        if let DataType::Opaque(what) = &data_type {
            return Err(Error::unsupported(format!("variable '{}' of type {what}", variable.name), path));
        }
        let unlimited = unlimited(variable, dataset, path)?;
        let grows = unlimited.contains(&true);
        let encoding = &variable.encoding;
        let codec = codec(encoding, &data_type, &variable.name, path)?;
        let filtered = !codec.filters().is_empty();
        let chunked = !shape.is_empty() && (grows || encoding.chunk_shape.is_some() || filtered);
        let size = data_type.planning_size();
        let piece = match &encoding.chunk_shape {
            _ if !chunked => strips(&shape, size),
            Some(chunk) if chunk.len() == shape.len() => cut(chunk, &shape, &unlimited),
            Some(_) => {
                let what = format!("the chunk shape of variable '{}' has another rank than it", variable.name);
                return Err(Error::data(what, path));
            }
            None => default_chunk(&shape, &unlimited, size),
        };
        if chunked && product(&piece).and_then(|n| n.checked_mul(size)).is_none_or(|n| n > LARGEST) {
            let what = format!("a chunk of variable '{}' has 4 GiB or more", variable.name);
            return Err(Error::data(what, path).with_hint("choose smaller chunks with --chunk"));
        }
        let order = if codec.big_endian { ByteOrder::Big } else { ByteOrder::Little };
        let codec = (chunked && data_type != DataType::String).then_some(codec);
        let format = codec.and_then(|c| chunk_format(&data_type, order, &piece, &c.filters()));
        Ok(Self { data_type, shape, piece, chunked, grows, codec, order, format })
    }

    /// The first index of piece `index`, and its extent once cut to the shape.
    pub(super) fn place(&self, index: &[usize]) -> Option<(Vec<usize>, Vec<usize>)> {
        if index.len() != self.shape.len() {
            return None;
        }
        let place = index.iter().zip(&self.piece).zip(&self.shape).map(|((&i, &piece), &length)| {
            let start = i.checked_mul(piece).filter(|&s| s < length)?;
            Some((start, piece.min(length - start)))
        });
        Some(place.collect::<Option<Vec<_>>>()?.into_iter().unzip())
    }
}

/// For each dimension of a variable whether it is unlimited. netCDF knows no fixed dimension of
/// length 0: such a one is unlimited as well.
fn unlimited(variable: &Variable, dataset: &Dataset, path: &str) -> Result<Vec<bool>> {
    let contradiction = || {
        let what = format!("the dimensions of variable '{}' do not fit its shape", variable.name);
        Error::data(what, path)
    };
    if variable.dimensions.len() != variable.shape().len() {
        return Err(contradiction());
    }
    let pairs = variable.dimensions.iter().zip(variable.shape());
    pairs
        .map(|(name, &length)| match dataset.dimension(name) {
            Some(d) if d.length == length => Ok(d.unlimited || length == 0),
            _ => Err(contradiction()),
        })
        .collect()
}

/// The codec that an encoding asks for. Single bytes have no order and are not shuffled.
fn codec(encoding: &Encoding, data_type: &DataType, name: &str, path: &str) -> Result<Codec> {
    let refused = |what: String| {
        Error::unsupported(format!("{what} of variable '{name}' in netCDF-4"), path)
            .with_hint("choose --compression deflate, zstd or none")
    };
    let compressing = match &encoding.compression {
        _ if *data_type == DataType::String => Compressing::No,
        None | Some(Compression::None) => Compressing::No,
        Some(Compression::Deflate { level }) if *level <= 9 => Compressing::Deflate(*level),
        Some(Compression::Deflate { level }) => return Err(refused(format!("deflate level {level}"))),
        Some(Compression::Zstd { level }) if zstd::compression_level_range().contains(level) => {
            Compressing::Zstd(*level)
        }
        Some(Compression::Zstd { level }) => return Err(refused(format!("zstd level {level}"))),
        Some(Compression::Blosc { codec, .. }) => return Err(refused(format!("compression blosc:{codec}"))),
        Some(Compression::Other(other)) => return Err(refused(format!("compression '{other}'"))),
    };
    let (text, enumerated) = (*data_type == DataType::String, encoding.enumeration.is_some());
    Ok(Codec {
        // The library stores enumerations in the order of the machine, taken as little-endian here.
        big_endian: encoding.byte_order == ByteOrder::Big && data_type.size() > 1 && !enumerated,
        shuffle: encoding.shuffle && !text,
        compressing,
        checksum: encoding.checksum && !text,
    })
}

fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |n, &s| n.checked_mul(s))
}

/// A chunk shape that HDF5 takes: no extent 0, none beyond a dimension that can't grow.
fn cut(chunk: &[usize], shape: &[usize], unlimited: &[bool]) -> Vec<usize> {
    let each = chunk.iter().zip(shape).zip(unlimited);
    each.map(|((&c, &n), &grows)| if grows { c.max(1) } else { c.clamp(1, n.max(1)) }).collect()
}

/// Strips of whole rows of about [`HANDY`] bytes, for variables stored in one piece.
fn strips(shape: &[usize], size: usize) -> Vec<usize> {
    let mut room = (HANDY / size.max(1)).max(1);
    let mut piece = vec![1; shape.len()];
    for (p, &n) in piece.iter_mut().zip(shape).rev() {
        *p = n.min(room);
        room = room.checked_div(n).unwrap_or(0);
        if room == 0 {
            break;
        }
    }
    piece
}

/// One step along unlimited dimensions with all of the others, halved until it is handy; axes of
/// their own in longer runs.
fn default_chunk(shape: &[usize], unlimited: &[bool], size: usize) -> Vec<usize> {
    let each = shape.iter().zip(unlimited);
    let mut chunk: Vec<usize> = each.map(|(&n, &grows)| if grows { 1 } else { n.max(1) }).collect();
    let bytes = |chunk: &[usize]| product(chunk).and_then(|n| n.checked_mul(size)).unwrap_or(usize::MAX);
    while bytes(&chunk) > HANDY {
        let Some(longest) = chunk.iter_mut().max_by_key(|n| **n).filter(|n| **n > 1) else { break };
        *longest = longest.div_ceil(2);
    }
    let room = AXIS / bytes(&chunk).max(1);
    if let Some((steps, length)) =
        chunk.iter_mut().zip(shape).zip(unlimited).find(|(_, grows)| **grows).map(|(pair, _)| pair)
    {
        // An axis that is still empty will be filled by others: leave it room.
        *steps = room.clamp(1, if *length == 0 { 512 } else { *length });
    }
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_are_whole_rows_of_a_handy_size() {
        assert_eq!(strips(&[10, 721, 1440], 4), [1, 364, 1440]);
        assert_eq!(strips(&[100, 20, 30], 8), [100, 20, 30]);
        assert_eq!(strips(&[3, 4_000_000], 8), [1, 262_144]);
        assert_eq!(strips(&[], 8), Vec::<usize>::new());
    }

    #[test]
    fn chosen_chunks_are_one_step_of_a_growing_field_or_a_run_of_an_axis() {
        assert_eq!(default_chunk(&[100, 721, 1440], &[true, false, false], 4), [1, 721, 720]);
        assert_eq!(default_chunk(&[100, 91, 180], &[true, false, false], 4), [1, 91, 180]);
        assert_eq!(default_chunk(&[100_000], &[true], 8), [8192]);
        assert_eq!(default_chunk(&[40, 3], &[true, false], 8), [40, 3]);
        assert_eq!(default_chunk(&[0], &[true], 8), [512]);
    }

    #[test]
    fn chunks_do_not_reach_beyond_dimensions_that_are_fixed() {
        assert_eq!(cut(&[12, 100, 0], &[5, 20, 30], &[true, false, false]), [12, 20, 1]);
    }
}
