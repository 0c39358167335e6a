//! A dense piece of an array in memory.

use super::{Buffer, DataType, Region, count, text_of};
use crate::with_buffer;

/// Values with a shape, in C order; `data.len()` is the product of `shape`.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    shape: Vec<usize>,
    data: Buffer,
}

impl Block {
    /// The texts of a block: whole ones, or those that characters spell along the last dimension, without
    /// the NULs and blanks at their ends; nothing for numbers.
    pub fn texts(&self) -> Vec<String> {
        match self.data() {
            Buffer::String(texts) => texts.clone(),
            Buffer::Char(bytes) => {
                let length = self.shape().last().copied().unwrap_or(1).max(1);
                let text = |b: &[u8]| text_of(b).trim_end_matches(['\0', ' ']).to_owned();
                bytes.chunks(length).map(text).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A block from its parts; `None` if the number of values is not the product of the shape.
    pub fn new(shape: Vec<usize>, data: Buffer) -> Option<Self> {
        (count(&shape)? == data.len()).then_some(Self { shape, data })
    }

    /// A block of zeros; `None` for opaque types or a shape beyond any memory.
    pub fn zeros(data_type: &DataType, shape: Vec<usize>) -> Option<Self> {
        Some(Self { data: Buffer::zeros(data_type, count(&shape)?)?, shape })
    }

    /// A block in which every value is the first of `value`; `None` for a shape beyond any memory.
    pub fn filled(value: &Buffer, shape: Vec<usize>) -> Option<Self> {
        Some(Self { data: value.repeat_first(count(&shape)?)?, shape })
    }

    /// One value without dimensions.
    pub fn scalar(data: Buffer) -> Option<Self> {
        Self::new(Vec::new(), data)
    }

    /// A one-dimensional block.
    pub fn vector(data: Buffer) -> Self {
        Self { shape: vec![data.len()], data }
    }

    /// The extent along each dimension.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The values in C order.
    pub fn data(&self) -> &Buffer {
        &self.data
    }

    /// The values in C order, to change in place.
    pub fn data_mut(&mut self) -> &mut Buffer {
        &mut self.data
    }

    /// The values alone.
    pub fn into_data(self) -> Buffer {
        self.data
    }

    /// The same values under another shape of the same size; `None` if the sizes differ.
    #[must_use]
    pub fn reshape(self, shape: Vec<usize>) -> Option<Self> {
        Self::new(shape, self.data)
    }

    /// The values inside `region`, which must fit the block; `None` if it does not.
    #[must_use]
    pub fn slice(&self, region: &Region) -> Option<Self> {
        if !region.fits(&self.shape) {
            return None;
        }
        let mut out = Self::zeros(&self.data.data_type(), region.shape())?;
        out.paste(&vec![0; self.shape.len()], self, region)?;
        Some(out)
    }

    /// Copy the values of `source` inside `from` to this block, `from`'s first value landing at `at`.
    ///
    /// `None`, with nothing copied, unless both lie inside their blocks, ranks and types agree.
    #[must_use]
    pub fn paste(&mut self, at: &[usize], source: &Self, from: &Region) -> Option<()> {
        let extent = from.shape();
        let target = Region::new(at.iter().zip(&extent).map(|(&a, &n)| a..a.saturating_add(n)).collect());
        if !from.fits(&source.shape) || !target.fits(&self.shape) || at.len() != extent.len() {
            return None;
        }
        let copy =
            Copy { extent: &extent, from: &from.start(), from_shape: &source.shape, to: at, to_shape: &self.shape };
        macro_rules! same_type {
            ($($variant:ident)*) => {
                match (&mut self.data, &source.data) {
                    $((Buffer::$variant(to), Buffer::$variant(from)) => copy.run(from, to),)*
                    _ => return None,
                }
            };
        }
        same_type!(I8 U8 I16 U16 I32 U32 I64 U64 F32 F64 Char String);
        Some(())
    }

    /// The values at the positions `indices[d]` along each dimension `d` (an outer product, in
    /// order, repeats allowed); `None` if an index lies outside.
    #[must_use]
    pub fn take(&self, indices: &[Vec<usize>]) -> Option<Self> {
        let inside = indices.iter().zip(&self.shape).all(|(list, &n)| list.iter().all(|&i| i < n));
        if indices.len() != self.shape.len() || !inside {
            return None;
        }
        let shape: Vec<usize> = indices.iter().map(Vec::len).collect();
        let offsets = outer_offsets(indices, &self.shape);
        macro_rules! gather {
            ($($variant:ident)*) => {
                match &self.data {
                    $(Buffer::$variant(v) => {
                        Buffer::$variant(offsets.iter().filter_map(|&i| v.get(i).cloned()).collect())
                    })*
                }
            };
        }
        Self::new(shape, gather!(I8 U8 I16 U16 I32 U32 I64 U64 F32 F64 Char String))
    }

    /// Bytes that the values take, texts as planned.
    pub fn bytes(&self) -> usize {
        with_buffer!(&self.data, v => v.len()) * self.data.data_type().planning_size()
    }
}

/// The C-order offset of each combination of indices in an array of `shape`.
fn outer_offsets(indices: &[Vec<usize>], shape: &[usize]) -> Vec<usize> {
    let mut offsets = vec![0];
    for (list, &n) in indices.iter().zip(shape) {
        offsets = offsets.iter().flat_map(|&o| list.iter().map(move |&i| o * n + i)).collect();
    }
    offsets
}

/// A checked copy of one box between two arrays.
struct Copy<'a> {
    extent: &'a [usize],
    from: &'a [usize],
    from_shape: &'a [usize],
    to: &'a [usize],
    to_shape: &'a [usize],
}

impl Copy<'_> {
    fn run<T: Clone>(&self, from: &[T], to: &mut [T]) {
        if self.extent.contains(&0) {
            return;
        }
        // Trailing dimensions that are whole in both arrays are one contiguous run.
        let rank = self.extent.len();
        let mut inner = rank;
        while inner > 0
            && self.extent[inner - 1] == self.from_shape[inner - 1]
            && self.extent[inner - 1] == self.to_shape[inner - 1]
        {
            inner -= 1;
        }
        let outer = inner.saturating_sub(1);
        let run: usize = self.extent[outer..].iter().product();
        let (from_strides, to_strides) = (strides(self.from_shape), strides(self.to_shape));
        let mut source = dot(self.from, &from_strides);
        let mut target = dot(self.to, &to_strides);
        let mut index = vec![0usize; outer];
        loop {
            to[target..target + run].clone_from_slice(&from[source..source + run]);
            let mut d = outer;
            loop {
                if d == 0 {
                    return;
                }
                d -= 1;
                index[d] += 1;
                source += from_strides[d];
                target += to_strides[d];
                if index[d] < self.extent[d] {
                    break;
                }
                source -= from_strides[d] * self.extent[d];
                target -= to_strides[d] * self.extent[d];
                index[d] = 0;
            }
        }
    }
}

/// The C-order strides of `shape`, in values.
pub(crate) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for d in (0..shape.len().saturating_sub(1)).rev() {
        strides[d] = strides[d + 1] * shape[d + 1];
    }
    strides
}

fn dot(index: &[usize], strides: &[usize]) -> usize {
    index.iter().zip(strides).map(|(i, s)| i * s).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Block {
        Block::new(vec![3, 4], Buffer::I32((0..12).collect())).unwrap()
    }

    #[test]
    fn slices_rows_columns_and_boxes() {
        let whole_rows = grid().slice(&Region::new(vec![1..3, 0..4])).unwrap();
        assert_eq!(whole_rows.data(), &Buffer::I32((4..12).collect()));
        let inner = grid().slice(&Region::new(vec![0..2, 1..3])).unwrap();
        assert_eq!(inner.data(), &Buffer::I32(vec![1, 2, 5, 6]));
    }

    #[test]
    fn pastes_a_box_where_it_belongs() {
        let mut target = Block::zeros(&DataType::I32, vec![2, 2]).unwrap();
        target.paste(&[1, 0], &grid(), &Region::new(vec![2..3, 2..4])).unwrap();
        assert_eq!(target.data(), &Buffer::I32(vec![0, 0, 10, 11]));
    }

    #[test]
    fn refuses_boxes_that_do_not_fit() {
        assert!(grid().slice(&Region::new(vec![0..4, 0..1])).is_none());
        let mut target = Block::zeros(&DataType::I32, vec![2, 2]).unwrap();
        assert!(target.paste(&[1, 1], &grid(), &Region::new(vec![0..1, 0..2])).is_none());
    }

    #[test]
    fn takes_an_outer_product_with_repeats() {
        let taken = grid().take(&[vec![2, 0], vec![3, 3]]).unwrap();
        assert_eq!(taken.data(), &Buffer::I32(vec![11, 11, 3, 3]));
    }

    #[test]
    fn scalars_copy_too() {
        let one = Block::scalar(Buffer::F64(vec![2.5])).unwrap();
        assert_eq!(one.slice(&Region::whole(&[])).unwrap(), one);
    }
}
