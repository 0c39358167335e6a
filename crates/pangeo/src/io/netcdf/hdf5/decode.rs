//! From decoded bytes to values in their place.

use super::array::Hdf5Array;
use super::heap::Heap;
use super::place::Copy;
use super::types::Text;
use crate::io::codec::{Decoded, shuffle, typed};
use crate::model::array::no_memory;
use crate::model::{Block, Buffer, Region, text_of};
use crate::{Error, Result};

/// Where values go: the block of a region of an array.
pub(super) struct Target<'a> {
    pub(super) array: &'a Hdf5Array,
    pub(super) region: &'a Region,
}

impl Target<'_> {
    /// Put the values of the box `part` in place. They come from `decoded`, which holds an array of
    /// `shape` that begins at `origin`, from its value number `first` on.
    pub(super) fn place(
        &self,
        part: &Region,
        origin: &[usize],
        shape: &[usize],
        first: usize,
        decoded: Decoded<'_>,
        block: &mut Block,
    ) -> Result<()> {
        let (extent, to_shape) = (part.shape(), block.shape().to_vec());
        let (from, to) = (part.relative_to(origin).start(), part.relative_to(&self.region.start()).start());
        let copy = Copy { extent: &extent, from: &from, from_shape: shape, to: &to, to_shape: &to_shape };
        let value = &self.array.object.value;
        let count = decoded.bytes.len().checked_div(value.size).unwrap_or(0);
        macro_rules! numbers {
            ($out:ident) => {
                copy.runs(|source, target, length| {
                    let out = $out.get_mut(target..target.checked_add(length)?)?;
                    typed::values(decoded, count, source.checked_sub(first)?, value.order, out)
                })
            };
        }
        let placed = match block.data_mut() {
            Buffer::String(out) => return self.place_texts(&copy, first, decoded, out),
            Buffer::Char(out) => numbers!(out),
            other => crate::with_numbers!(other, out => numbers!(out), None),
        };
        placed.ok_or_else(|| self.too_few())
    }

    fn place_texts(&self, copy: &Copy<'_>, first: usize, decoded: Decoded<'_>, out: &mut [String]) -> Result<()> {
        let size = self.array.object.value.size;
        let mut plain = Vec::new();
        let bytes = if decoded.shuffled {
            shuffle::decode(decoded.bytes, size, &mut plain);
            &plain
        } else {
            decoded.bytes
        };
        let mut heap = Heap::new(&self.array.file);
        let mut failure = None;
        let placed = copy.runs(|source, target, length| {
            let from = source.checked_sub(first)?.checked_mul(size)?;
            let stored = bytes.get(from..from.checked_add(length.checked_mul(size)?)?)?;
            let out = out.get_mut(target..target.checked_add(length)?)?;
            for (text, stored) in out.iter_mut().zip(stored.chunks_exact(size.max(1))) {
                *text = match self.array.object.value.text {
                    Some(Text::Variable) => match heap.text(stored) {
                        Ok(bytes) => text_of(&bytes),
                        Err(e) => {
                            failure = Some(e);
                            return None;
                        }
                    },
                    _ => text_of(stored.split(|&b| b == 0).next().unwrap_or(stored)),
                };
            }
            Some(())
        });
        match (placed, failure) {
            (Some(()), _) => Ok(()),
            (None, Some(e)) => Err(self.array.file.error(&e)),
            (None, None) => Err(self.too_few()),
        }
    }

    /// Set the box `part` to one value.
    pub(super) fn fill(&self, part: &Region, value: &Buffer, block: &mut Block) -> Result<()> {
        let to = part.relative_to(&self.region.start());
        let filled = Block::filled(value, part.shape()).ok_or_else(|| no_memory(part, &self.array.place))?;
        block.paste(&to.start(), &filled, &Region::whole(filled.shape())).ok_or_else(|| self.too_few())
    }

    fn too_few(&self) -> Error {
        Error::malformed(&self.array.place, "dataset has fewer values than its extent needs")
    }
}
