//! How each variable is laid out in the file: chunked or in one piece, with which codec.

use super::encode::{Codec, Compressing};
use crate::io::layout::strips;
use crate::io::netcdf::hdf5::chunk_format;
use crate::model::{ByteOrder, Compression, DataType, Dataset, Encoding, Variable, count};
use crate::{Error, Result};

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
    /// What must have chunks and is told none ([`crate::io::layout`] always tells) has strips of rows.
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
        let filtered = !codec.filters(false).is_empty();
        let chunked = !shape.is_empty() && (grows || encoding.chunk_shape.is_some() || filtered);
        let size = data_type.planning_size();
        let piece = match &encoding.chunk_shape {
            _ if !chunked => strips(&shape, size),
            Some(chunk) if chunk.len() == shape.len() => cut(chunk, &shape, &unlimited),
            Some(_) => {
                let what = format!("the chunk shape of variable '{}' has another rank than it", variable.name);
                return Err(Error::data(what, path));
            }
            None => cut(&strips(&shape, size), &shape, &unlimited),
        };
        if chunked && count(&piece).and_then(|n| n.checked_mul(size)).is_none_or(|n| n > LARGEST) {
            let what = format!("a chunk of variable '{}' has 4 GiB or more", variable.name);
            return Err(Error::data(what, path).with_hint("choose smaller chunks with --chunk"));
        }
        let order = if codec.big_endian { ByteOrder::Big } else { ByteOrder::Little };
        let codec = (chunked && data_type != DataType::String).then_some(codec);
        let format = codec.and_then(|c| chunk_format(&data_type, order, &piece, &c.filters(encoding.exact_level)));
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

/// A chunk shape that HDF5 takes: no extent 0, none beyond a dimension that can't grow.
fn cut(chunk: &[usize], shape: &[usize], unlimited: &[bool]) -> Vec<usize> {
    let each = chunk.iter().zip(shape).zip(unlimited);
    each.map(|((&c, &n), &grows)| if grows { c.max(1) } else { c.clamp(1, n.max(1)) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_do_not_reach_beyond_dimensions_that_are_fixed() {
        assert_eq!(cut(&[12, 100, 0], &[5, 20, 30], &[true, false, false]), [12, 20, 1]);
    }
}
