//! Chunks that are decoded window by window.

use std::sync::Arc;

use super::array::Hdf5Array;
use super::file::guarded;
use super::object::Layout;
use crate::io::codec::deflate::Frame;
use crate::io::codec::{Decoded, Filter, typed};
use crate::io::large::{Chunked, Packed, Step};
use crate::model::{Buffer, DataType, Region};
use crate::{Error, Result};

/// The steps that undo the filters which were not skipped, and whether planes are left. Filters are numbered in the
/// order of writing.
fn steps(filters: &[Filter], skipped: u32, value_size: usize) -> Result<(Vec<Step>, bool), String> {
    let applied = |i: &usize| u32::try_from(*i).map_or(true, |i| skipped.checked_shr(i).unwrap_or(0) & 1 == 0);
    let mut left: Vec<&Filter> = filters.iter().enumerate().filter(|(i, _)| applied(i)).map(|(_, f)| f).collect();
    left.retain(|filter| !matches!(filter, Filter::Quantize { .. } | Filter::Shuffle { size: 1 }));
    let planes = matches!(left.first(), Some(Filter::Shuffle { size }) if *size == value_size);
    let last = left.len();
    let step = |(i, filter): (usize, &&Filter)| match filter {
        Filter::Deflate { .. } => Ok(Step::Inflate(Frame::Zlib)),
        Filter::Fletcher32 => Ok(Step::Fletcher32),
        Filter::Bzip2 => Ok(Step::Bzip2),
        Filter::Zstd { .. } => Ok(Step::Zstd),
        Filter::Blosc { .. } if i + 1 == last => Ok(Step::Blosc),
        other => Err(format!("filter {} is not undone in parts", other.name())),
    };
    let steps = left.iter().enumerate().skip(usize::from(planes)).rev().map(step).collect::<Result<_, _>>()?;
    Ok((steps, planes))
}

impl Chunked for Hdf5Array {
    fn chunk(&self) -> &[usize] {
        match &self.object.layout {
            Layout::Chunked(chunks) => &chunks.shape,
            _ => &[],
        }
    }

    fn value_size(&self) -> usize {
        self.object.value.size
    }

    fn obstacle(&self) -> Option<String> {
        let plain = !matches!(self.object.value.data_type, DataType::String | DataType::Opaque(_));
        if !plain || self.object.value.data_type.size() != self.object.value.size {
            return Some("values are not plain numbers".to_owned());
        }
        if self.object.extent != self.shape {
            return Some("the dataset is shorter than its dimensions".to_owned());
        }
        steps(self.object.pipeline.filters(), 0, self.object.value.size).err()
    }

    fn packed(&self, index: &[usize]) -> Result<Option<Packed>> {
        guarded(&self.place, || {
            let Layout::Chunked(chunks) = &self.object.layout else { return Ok(None) };
            let region = Region::of_chunk(index, &chunks.shape, &self.object.extent);
            let number = self.grid.piece_of(&region, &self.object.extent);
            let Some(place) = number.map(|n| self.index().map(|index| index.get(n).copied())).transpose()?.flatten()
            else {
                return Ok(None);
            };
            let edge = region.shape() != chunks.shape;
            let skipped = if edge && chunks.plain_edges { u32::MAX } else { place.skipped };
            let steps = steps(self.object.pipeline.filters(), skipped, self.object.value.size);
            let (steps, planes) = steps.map_err(|what| Error::unsupported(what, &self.place))?;
            let bytes = Arc::new(self.file.stretch(place.address, place.size)?);
            Ok(Some(Packed { bytes, steps, planes }))
        })
    }

    fn values(&self, bytes: &[u8], planes: bool, count: usize) -> Result<Buffer> {
        let value = &self.object.value;
        let lost = || Error::malformed(&self.place, "chunk has too few values");
        let mut buffer = Buffer::zeros(&value.data_type, count).ok_or_else(lost)?;
        let decoded = Decoded { bytes, shuffled: planes && value.size > 1 };
        let filled = match &mut buffer {
            Buffer::Char(out) => typed::values(decoded, count, 0, value.order, out),
            other => crate::with_numbers!(other, out => typed::values(decoded, count, 0, value.order, out), None),
        };
        filled.map(|()| buffer).ok_or_else(lost)
    }

    fn place(&self) -> String {
        self.place.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_undone_last_things_first_and_the_first_shuffle_is_left() {
        let chain = |ids: &[u16]| ids.iter().map(|&id| Filter::new(id, None, &[], 4)).collect::<Vec<_>>();
        let inflate = Step::Inflate(Frame::Zlib);
        assert_eq!(steps(&chain(&[2, 1, 3]), 0, 4), Ok((vec![Step::Fletcher32, inflate], true)));
        assert_eq!(steps(&chain(&[2, 1, 3]), 0b10, 4), Ok((vec![Step::Fletcher32], true)));
        assert_eq!(steps(&chain(&[3, 32015]), 0, 4), Ok((vec![Step::Zstd, Step::Fletcher32], false)));
        assert_eq!(steps(&chain(&[2, 1]), u32::MAX, 4), Ok((vec![], false)));
        assert_eq!(steps(&chain(&[32001]), 0, 4), Ok((vec![Step::Blosc], false)));
        for unsuitable in [&[1, 2][..], &[32000], &[32001, 1], &[4], &[40_000]] {
            assert!(steps(&chain(unsuitable), 0, 4).is_err(), "{unsuitable:?}");
        }
    }
}
