//! What several files hold once each must be the same in all of them.

use std::sync::Arc;

use super::in_file;
use super::units::conversion_in;
use crate::cf::packing::Packing;
use crate::cf::units::Converter;
use crate::model::array::StoredChunk;
use crate::model::{Array, Block, DataType, LazyArray, Region, Starts, Variable};
use crate::{Error, Result};

/// How far numbers of two files may differ and still be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nearness {
    /// Places: also a few digits that programs compute differently, and around 0.
    Place,
    /// Values: by the rounding of their type.
    Value,
}

/// An array that several files hold. It reads as the first one's; reading compares every block with the
/// others', one file after the other, and fails where they differ. So nothing is read that nobody asks
/// for, and large arrays need no more memory than their blocks.
#[derive(Debug)]
struct Agreed {
    name: String,
    file: String,
    first: Array,
    /// `None` for texts.
    packing: Option<Packing>,
    copies: Vec<Copy>,
    nearness: Nearness,
}

/// The array of another file.
#[derive(Debug)]
struct Copy {
    file: String,
    array: Array,
    packing: Option<Packing>,
    /// To the first one's units.
    converter: Option<Converter>,
    /// Whether equal stored numbers mean equal values.
    alike: bool,
}

/// The array of `first` (of `file`), which must be the same in `others` (each with its file).
///
/// # Errors
/// Where shapes or types can't be the same, or units do not convert; values are compared when they are
/// read.
pub(super) fn agreed(first: &Variable, file: &str, others: &[(Variable, String)], nearness: Nearness) -> Result<Array> {
    if others.is_empty() || matches!(first.data_type(), DataType::Opaque(_)) {
        return Ok(Arc::clone(&first.array));
    }
    let packing_of = |v: &Variable| v.data_type().is_numeric().then(|| Packing::of(v)).transpose();
    let mut copies = Vec::with_capacity(others.len());
    for (other, source) in others {
        let numeric = other.data_type().is_numeric();
        let fits = other.shape() == first.shape()
            && (other.data_type() == first.data_type() || numeric && first.data_type().is_numeric());
        if !fits {
            return Err(Error::data(
                format!("variable '{}' has another shape or type than in {file}", first.name),
                source.clone(),
            ));
        }
        copies.push(Copy {
            file: source.clone(),
            array: Arc::clone(&other.array),
            packing: packing_of(other).map_err(|e| in_file(&e, source))?,
            converter: if numeric { conversion_in(other, first, source)? } else { None },
            alike: super::harmonise::is_stored_alike(other, first),
        });
    }
    Ok(Arc::new(Agreed {
        name: first.name.clone(),
        file: file.to_owned(),
        first: Arc::clone(&first.array),
        packing: packing_of(first)?,
        copies,
        nearness,
    }))
}

impl Agreed {
    fn compare(&self, block: &Block, copy: &Copy, region: &Region) -> Result<()> {
        let other = copy.array.read(region)?;
        if copy.alike && block.data() == other.data() {
            return Ok(());
        }
        let same = match (&self.packing, &copy.packing) {
            (Some(here), Some(there)) => {
                let mut others = there.decode_f64(&other);
                if let Some(converter) = &copy.converter {
                    converter.apply_in_place(&mut others);
                }
                let single = [here, there].iter().any(|p| *p.unpacked_type() == DataType::F32);
                // Equal doubles may be different 64-bit integers.
                let exact = copy.alike && self.first.data_type().is_integer() && !here.is_packed();
                !exact && here.decode_f64(block).iter().zip(&others).all(|(a, b)| self.nearness.same(*a, *b, single))
            }
            _ => block.data() == other.data(),
        };
        if same {
            return Ok(());
        }
        Err(Error::data(format!("variable '{}' has other values than in {}", self.name, self.file), copy.file.clone())
            .with_hint("what is not joined must be the same in all inputs; choose other variables with -v"))
    }
}

impl Nearness {
    fn same(self, a: f64, b: f64, single: bool) -> bool {
        let (rounding, least) = match (self, single) {
            (Self::Place, true) => (1e-6, 1e-3),
            (Self::Place, false) => (1e-9, 1e-3),
            (Self::Value, true) => (2f64.powi(-22), 0.0),
            (Self::Value, false) => (2f64.powi(-48), 0.0),
        };
        a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= rounding * a.abs().max(b.abs()).max(least)
    }
}

impl LazyArray for Agreed {
    fn data_type(&self) -> &DataType {
        self.first.data_type()
    }

    fn shape(&self) -> &[usize] {
        self.first.shape()
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        self.first.chunk_starts(axis)
    }

    fn divisible(&self) -> bool {
        self.first.divisible()
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        let copies = self.copies.iter().map(|copy| &copy.array);
        std::iter::once(&self.first).chain(copies).map(|array| (array, region.clone())).collect()
    }

    fn read(&self, region: &Region) -> Result<Block> {
        let block = self.first.read(region)?;
        self.copies.iter().try_for_each(|copy| self.compare(&block, copy, region))?;
        Ok(block)
    }

    fn stored_chunk(&self, region: &Region, wanted: Option<&str>) -> Result<Option<StoredChunk>> {
        let Some(chunk) = self.first.stored_chunk(region, wanted)? else { return Ok(None) };
        for copy in &self.copies {
            // What differs as stored may still be the same: reading will tell.
            let other = if copy.alike { copy.array.stored_chunk(region, Some(&*chunk.format))? } else { None };
            let equal = other.is_some_and(|o| {
                o.bytes == chunk.bytes && o.format == chunk.format && o.filter_mask == chunk.filter_mask
            });
            if !equal {
                return Ok(None);
            }
        }
        Ok(Some(chunk))
    }
}
