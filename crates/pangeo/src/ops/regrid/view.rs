//! A variable on another grid, computed when it is read.

use std::ops::Range;
use std::sync::Arc;

use super::layout::{Layout, Parts, offsets};
use super::operator::NONE;
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
}

impl Regridded {
    /// `source` on another grid. `fill`, one value of the result's type, stands where there is none.
    pub(super) fn array(
        source: Array,
        packing: Option<Packing>,
        layout: Layout,
        work: Arc<Work>,
        fill: Buffer,
        tally: Arc<Tally>,
    ) -> Array {
        let shape = layout.arrange(source.shape(), work.target.rows, work.target.columns);
        Arc::new(Self { source, packing, layout, work, data_type: fill.data_type(), shape, fill, tally })
    }

    /// The box of the source that a box of the result needs, and its rows.
    fn needs(&self, parts: &Parts) -> (Region, Range<usize>) {
        let all = 0..self.work.source.rows;
        let rows = if self.layout.rows.is_some() { self.work.reach(parts.rows.clone()) } else { all };
        (self.layout.source_region(self.source.shape(), parts, rows.clone()), rows)
    }

    /// Every plane of a box: values, or where in the source block each is taken from.
    fn planes(&self, block: &Block, parts: &Parts, rows: &Range<usize>, region: &Region) -> Result<Buffer> {
        let decoded = match &self.packing {
            Some(packing) if self.work.looks() => packing.decode_f64(block),
            _ => Vec::new(),
        };
        let (from, to) = (self.layout.source_steps(block.shape()), self.layout.target_steps(&region.shape()));
        let extents: Vec<usize> = parts.others.iter().map(Range::len).collect();
        let (source, target) = (self.work.source, self.work.target);
        // A cell of the source in a plane of the block.
        let at = |cell: usize| (cell / source.columns) * from.rows + (cell % source.columns) * from.columns;
        let direct = from.columns == 1 && from.rows == source.columns;
        let cells = rows.len().saturating_mul(source.columns);
        let mut out = Out::new(&self.work, region.len());
        for (start, offset) in offsets(&extents, &from.others, &to.others) {
            let moved: Vec<f64>;
            let plane = if !self.work.looks() {
                &[]
            } else if direct {
                decoded.get(start..start.saturating_add(cells)).unwrap_or(&[])
            } else {
                moved = (0..cells).map(|c| decoded.get(start + at(c)).copied().unwrap_or(f64::NAN)).collect();
                moved.as_slice()
            };
            out.present += plane.iter().filter(|v| !v.is_nan()).count() as u64;
            let made = self.work.make(plane, rows.start, &parts.rows);
            let first = rows.start * source.columns;
            for (row, _) in parts.rows.clone().enumerate() {
                for (column, across) in parts.columns.clone().enumerate() {
                    let number = row * target.columns + across;
                    let place = offset + row * to.rows + column * to.columns;
                    match &made {
                        Made::Values(values) => out.value(place, values.get(number)),
                        Made::Cells(picks) => {
                            let cell = picks.get(number).filter(|cell| **cell != NONE).map(|cell| *cell as usize);
                            out.source(place, cell.and_then(|cell| cell.checked_sub(first)).map(|c| start + at(c)));
                        }
                    }
                }
            }
        }
        self.tally.count(out.present, out.kept);
        out.finish(block, &self.fill).ok_or_else(|| Error::data("internal: a plane outside its block", "regrid"))
    }
}

/// The values of a box as they come.
struct Out {
    values: Vec<f64>,
    /// Offsets in the source block, `usize::MAX` for none.
    sources: Vec<usize>,
    present: u64,
    kept: u64,
}

impl Out {
    fn new(work: &Work, count: usize) -> Self {
        let computes = matches!(work.maker, super::build::Maker::Computes(_));
        let (values, sources) =
            if computes { (vec![f64::NAN; count], Vec::new()) } else { (Vec::new(), vec![usize::MAX; count]) };
        Self { values, sources, present: 0, kept: 0 }
    }

    fn value(&mut self, place: usize, value: Option<&f64>) {
        if let (Some(slot), Some(value)) = (self.values.get_mut(place), value) {
            *slot = *value;
            self.kept += u64::from(!value.is_nan());
        }
    }

    fn source(&mut self, place: usize, from: Option<usize>) {
        if let (Some(slot), Some(from)) = (self.sources.get_mut(place), from) {
            *slot = from;
            self.kept += 1;
        }
    }

    /// The values in the type of `fill`.
    fn finish(mut self, block: &Block, fill: &Buffer) -> Option<Buffer> {
        if self.sources.is_empty() {
            let missing = fill.get_f64(0)?;
            if !missing.is_nan() {
                self.values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = missing);
            }
            return Buffer::from_f64(&fill.data_type(), &self.values);
        }
        macro_rules! take {
            ($($variant:ident)*) => {
                match (block.data(), fill) {
                    $((Buffer::$variant(values), Buffer::$variant(fill)) => {
                        let fill = fill.first()?;
                        Buffer::$variant(self.sources.iter().map(|at| values.get(*at).unwrap_or(fill).clone()).collect())
                    })*
                    _ => return None,
                }
            };
        }
        Some(take!(I8 U8 I16 U16 I32 U32 I64 U64 F32 F64 Char String))
    }
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
        // The values as they are, as doubles, and what is made of them.
        let doubles = needed.len().saturating_add(region.len()).saturating_mul(size_of::<f64>());
        self.source.read_bytes(&needed).saturating_add(doubles).saturating_add(region.bytes(&self.data_type))
    }

    fn work(&self) -> usize {
        self.source.work()
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        let parts = self.layout.parts(region);
        let (needed, rows) = self.needs(&parts);
        let block = self.source.read(&needed)?;
        let values = self.planes(&block, &parts, &rows, region)?;
        Block::new(region.shape(), values).ok_or_else(|| misfit(region, &self.shape))
    }
}
