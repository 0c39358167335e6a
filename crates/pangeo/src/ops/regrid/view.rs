//! A variable on another grid, computed when it is read.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use super::build::Maker;
use super::layout::{Layout, Parts, offsets};
use super::operator::{Field, NONE};
use super::plane::{Made, Work};
use crate::cf::packing::Packing;
use crate::model::array::misfit;
use crate::model::{Array, Block, Buffer, DataType, LazyArray, Region, Starts};
use crate::ops::mask::Tally;
use crate::{Error, Result};

/// Source planes up to so many bytes (as doubles) are taken in one go, larger ones in bands of rows.
const BAND: usize = 128 << 20;

/// See the module.
#[derive(Debug)]
pub(super) struct Regridded {
    source: Array,
    /// None for texts.
    packing: Option<Packing>,
    layout: Layout,
    work: Arc<Work>,
    data_type: DataType,
    shape: Vec<usize>,
    /// One value that stands for missing, of `data_type`.
    fill: Buffer,
    tally: Arc<Tally>,
    /// Of the variable, for errors.
    name: String,
}

impl Regridded {
    /// `source`, the values of the variable `name`, on another grid. `fill`, one value of the result's type, stands
    /// where there is none.
    pub(super) fn array(
        source: Array,
        packing: Option<Packing>,
        layout: Layout,
        work: Arc<Work>,
        fill: Buffer,
        tally: Arc<Tally>,
        name: &str,
    ) -> Array {
        let shape = layout.arrange(source.shape(), work.target.rows, work.target.columns);
        Arc::new(Self {
            source,
            packing,
            layout,
            work,
            data_type: fill.data_type(),
            shape,
            fill,
            tally,
            name: name.to_owned(),
        })
    }

    /// The box of the source that a box of the result needs, and its rows.
    fn needs(&self, parts: &Parts) -> (Region, Range<usize>) {
        let all = 0..self.work.source.rows;
        let rows = if self.layout.rows.is_some() { self.work.reach(parts.rows.clone()) } else { all };
        (self.layout.source_region(self.source.shape(), parts, rows.clone()), rows)
    }

    /// Every plane of a box: values, or where in the source block each is taken from.
    fn planes(&self, block: &Block, parts: &Parts, rows: &Range<usize>, region: &Region) -> Result<Buffer> {
        let (from, to) = (self.layout.source_steps(block.shape()), self.layout.target_steps(&region.shape()));
        let extents: Vec<usize> = parts.others.iter().map(Range::len).collect();
        let across = self.work.target.columns;
        let misplaced = || Error::data("internal: a plane outside its block", "regrid");
        let mut out = Out::new(&self.work, &self.fill, region.len()).ok_or_else(misplaced)?;
        for (start, offset) in offsets(&extents, &from.others, &to.others) {
            let field = Field {
                block,
                packing: self.packing.as_ref(),
                start,
                steps: (from.rows, from.columns),
                first: rows.start,
                rows: rows.len(),
                columns: self.work.source.columns,
                whole: OnceCell::new(),
            };
            if let Some(mask) = self.work.mask.as_ref().filter(|_| self.packing.is_some()) {
                mask.check(&self.name, field.whole())?;
            }
            let made = self.work.make(&field, &parts.rows);
            let before = out.kept;
            let columns = || parts.columns.clone().enumerate();
            // Each cell's number in the plane and its place among the values.
            let cells = (0..parts.rows.len()).flat_map(|row| {
                columns().map(move |(column, at)| (row * across + at, offset + row * to.rows + column * to.columns))
            });
            match &made {
                Made::Values(values) => cells.for_each(|(number, place)| out.value(place, values.get(number))),
                Made::Cells(picks) => {
                    let picked = |number: usize| picks.get(number).filter(|cell| **cell != NONE);
                    let from = |number: usize| picked(number).and_then(|cell| field.place(*cell as usize));
                    let pairs = cells.filter_map(|(number, place)| Some((place, from(number)?)));
                    out.take(block.data(), pairs).ok_or_else(misplaced)?;
                }
            }
            let kept = out.kept - before;
            // Only where nothing came of a plane is it asked whether there was something.
            let none = || field.whole().iter().filter(|v| !v.is_nan()).count() as u64;
            out.present += if kept > 0 { kept } else { none() };
        }
        self.tally.count(out.present, out.kept);
        out.finish(&self.fill).ok_or_else(misplaced)
    }
}

/// The values of a box as they come.
struct Out {
    made: Kind,
    present: u64,
    kept: u64,
}

/// Values as they are stored: computed ones, NaN where missing, or those of source cells, of the source's type.
enum Kind {
    Single(Vec<f32>),
    Double(Vec<f64>),
    Taken(Buffer),
}

/// Calls `$take` with the values of two buffers of the same type; `None` of two types.
macro_rules! of_one_type {
    ($from:expr, $to:expr, $take:expr, $($variant:ident)*) => {
        match ($from, $to) {
            $((Buffer::$variant(from), Buffer::$variant(to)) => Some($take(from.as_slice(), to.as_mut_slice())),)*
            _ => None,
        }
    };
}

impl Out {
    /// Room for `count` values, `fill` for all; `None` of a type that has no room for them.
    fn new(work: &Work, fill: &Buffer, count: usize) -> Option<Self> {
        let made = match (&work.maker, fill.data_type()) {
            (Maker::Computes(_), DataType::F32) => Kind::Single(vec![f32::NAN; count]),
            (Maker::Computes(_), _) => Kind::Double(vec![f64::NAN; count]),
            _ => Kind::Taken(Block::filled(fill, vec![count])?.into_data()),
        };
        Some(Self { made, present: 0, kept: 0 })
    }

    fn value(&mut self, place: usize, value: Option<&f64>) {
        let Some(value) = value.filter(|v| !v.is_nan()) else { return };
        self.kept += 1;
        match &mut self.made {
            Kind::Single(all) => all.get_mut(place).into_iter().for_each(|slot| *slot = *value as f32),
            Kind::Double(all) => all.get_mut(place).into_iter().for_each(|slot| *slot = *value),
            Kind::Taken(_) => {}
        }
    }

    /// Put the value at the second number of each pair in the source at the first.
    fn take(&mut self, source: &Buffer, pairs: impl Iterator<Item = (usize, usize)>) -> Option<()> {
        fn copy<T: Clone>(from: &[T], to: &mut [T], pairs: impl Iterator<Item = (usize, usize)>) -> u64 {
            let mut copied = 0;
            for (place, at) in pairs {
                if let (Some(value), Some(slot)) = (from.get(at), to.get_mut(place)) {
                    slot.clone_from(value);
                    copied += 1;
                }
            }
            copied
        }
        let Kind::Taken(made) = &mut self.made else { return None };
        let copied = of_one_type!(source, made, |from, to| copy(from, to, pairs), I8 U8 I16 U16 I32 U32 I64 U64 F32 F64 Char String)?;
        self.kept += copied;
        Some(())
    }

    /// The values in the type of `fill`.
    fn finish(self, fill: &Buffer) -> Option<Buffer> {
        match (self.made, fill) {
            (Kind::Single(values), Buffer::F32(fill)) => Some(Buffer::F32(filled(values, *fill.first()?))),
            (Kind::Double(values), Buffer::F64(fill)) => Some(Buffer::F64(filled(values, *fill.first()?))),
            (Kind::Taken(values), _) => Some(values),
            _ => None,
        }
    }
}

/// With `fill` for what is not equal to itself.
fn filled<T: Copy + PartialEq>(mut values: Vec<T>, fill: T) -> Vec<T> {
    #[expect(clippy::eq_op, reason = "NaN alone differs from itself")]
    values.iter_mut().filter(|v| **v != **v).for_each(|v| *v = fill);
    values
}

impl LazyArray for Regridded {
    fn data_type(&self) -> &DataType {
        &self.data_type
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        let extent = self.shape.get(axis).copied().unwrap_or(0);
        if let Some(other) = self.layout.other(axis) {
            return self.source.chunk_starts(other);
        }
        let bytes = self.work.source.cells().saturating_mul(size_of::<f64>());
        if self.layout.is_rows(axis) && bytes > BAND {
            return Starts::regular(extent, (extent / bytes.div_ceil(BAND)).max(1));
        }
        Starts::whole(extent)
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        vec![(&self.source, self.needs(&self.layout.parts(region)).0)]
    }

    fn read_bytes(&self, region: &Region) -> usize {
        let (needed, _) = self.needs(&self.layout.parts(region));
        // The values as they are, a plane of them as doubles, and what is made of them.
        let planes = self.work.source.cells().saturating_add(self.work.target.cells());
        let doubles = planes.saturating_mul(size_of::<f64>());
        self.source.read_bytes(&needed).saturating_add(doubles).saturating_add(region.bytes(&self.data_type))
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        let parts = self.layout.parts(region);
        let (needed, rows) = self.needs(&parts);
        if needed.is_empty() {
            // What is not read may well have values.
            self.tally.count(1, 0);
            return Block::filled(&self.fill, region.shape()).ok_or_else(|| misfit(region, &self.shape));
        }
        let block = self.source.read(&needed)?;
        let values = self.planes(&block, &parts, &rows, region)?;
        Block::new(region.shape(), values).ok_or_else(|| misfit(region, &self.shape))
    }
}
