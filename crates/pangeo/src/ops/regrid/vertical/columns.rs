//! Values between levels that lie elsewhere in each column.
//!
//! Two walks up the columns: the first, by places alone, finds out which levels any target lies next to; the second
//! reads these, a piece of the source at a time, and interpolates. No more is held than the results, a few numbers
//! a column and the piece at hand, however many levels there are.

use std::ops::Range;
use std::sync::Arc;

use super::field::Field;
use super::pieces::{Piece, Shape, pieces};
use super::places::{Places, ROW};
use super::targets::{Cells, Found, Targets};
use crate::Result;
use crate::cf::packing::Packing;
use crate::model::array::{LazyArray, misfit};
use crate::model::{Array, Block, Buffer, DataType, Element, Region, Starts};
use crate::ops::regrid::stored::Stored;

/// An array seen at other levels, column by column.
#[derive(Debug)]
pub(super) struct Columns {
    source: Array,
    dimensions: Vec<String>,
    axis: usize,
    field: Field,
    targets: Targets,
    packing: Packing,
    stored: Stored,
    shape: Vec<usize>,
}

/// Which levels of a box of columns matter.
#[derive(Debug)]
struct Needed {
    levels: usize,
    /// Whose values count in any column.
    values: Vec<bool>,
    /// What counts in each batch of columns, level by level.
    marks: Vec<Mark>,
}

/// What counts of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Nothing,
    /// Its places: a target is met or given up there.
    Places,
    /// These and its values.
    Values,
}

impl Columns {
    /// `source`, a variable with these dimensions of which `axis` is the vertical one, at the levels
    /// `targets` of `field`.
    pub(super) fn array(
        source: &Array,
        dimensions: &[String],
        axis: usize,
        field: Field,
        targets: Targets,
        packing: Packing,
        stored: Stored,
    ) -> Array {
        let mut shape = source.shape().to_vec();
        if let Some(length) = shape.get_mut(axis) {
            *length = targets.len();
        }
        let (source, dimensions) = (Arc::clone(source), dimensions.to_vec());
        Arc::new(Self { source, dimensions, axis, field, targets, packing, stored, shape })
    }

    /// The columns in which `region` lies, of their levels those in `levels`.
    fn with(&self, region: &Region, levels: Range<usize>) -> Region {
        let mut ranges = region.ranges().to_vec();
        if let Some(range) = ranges.get_mut(self.axis) {
            *range = levels;
        }
        Region::new(ranges)
    }

    /// The whole columns in which `region` lies.
    fn wanted(&self, region: &Region) -> Region {
        self.with(region, 0..self.source.shape().get(self.axis).copied().unwrap_or(0))
    }

    /// The results in `region`, as they are stored.
    fn results<T: Element>(&self, region: &Region) -> Result<Vec<T>> {
        let fill = self.stored.fill().get_f64(0).unwrap_or(f64::NAN);
        let mut out = vec![T::from_f64(fill); region.len()];
        let (wanted, shape) = (self.wanted(region), Shape::of(region, self.axis));
        if out.is_empty() || wanted.is_empty() {
            return Ok(out);
        }
        let kept = region.ranges().get(self.axis).cloned().unwrap_or(0..0);
        let targets = self.targets.within(&kept);
        let mut places = self.field.places(&self.dimensions, self.axis, &wanted)?;
        let levels = wanted.ranges().get(self.axis).map_or(0, ExactSizeIterator::len);
        let mut cells = Cells::new(shape.columns(), f64::NAN);
        let needed = needed(&targets, &mut places, levels, shape, &mut cells);
        let mut put = |column: usize, at: usize, found: Found<f64>| {
            let value = targets.value(found);
            if let Some(out) = out.get_mut(shape.value(column, at, kept.len())).filter(|_| !value.is_nan()) {
                *out = T::from_f64(value);
            }
        };
        let mut walk = Walk { targets: &targets, places, needed: &needed, shape, cells };
        for levels in pieces(&self.source, self.axis, &wanted) {
            let Some(read) = needed.span(&levels) else {
                walk.on(levels, None, &mut put);
                continue;
            };
            let block = self.source.read(&self.with(region, read.clone()))?;
            walk.on(levels, Some(&mut Piece::new(&block, &self.packing, read, &shape)), &mut put);
        }
        targets.finish(&walk.cells, put);
        Ok(out)
    }
}

/// The second walk.
struct Walk<'a> {
    targets: &'a Targets,
    places: Places,
    needed: &'a Needed,
    shape: Shape,
    cells: Cells<f64>,
}

impl Walk<'_> {
    /// Go on past `levels`, whose values are in `piece`; nothing is needed of them where there is none.
    fn on(&mut self, levels: Range<usize>, piece: Option<&mut Piece>, put: &mut impl FnMut(usize, usize, Found<f64>)) {
        let (mut row, mut piece) = ([f64::NAN; ROW], piece);
        for (batch, (first, count)) in self.shape.batches().enumerate() {
            let values = row.get_mut(..count).unwrap_or_default();
            for level in levels.clone() {
                match (self.needed.mark(batch, level), &mut piece) {
                    (Mark::Nothing, _) => continue,
                    (Mark::Values, Some(piece)) => piece.fill(level, first, values),
                    _ => {}
                }
                let places = self.places.row(level, first, count);
                self.targets.level(&mut self.cells, first, places, values, |i, at, found| {
                    put(first.saturating_add(i), at, found);
                });
            }
        }
    }
}

impl Needed {
    fn mark(&self, batch: usize, level: usize) -> Mark {
        self.marks.get(batch.saturating_mul(self.levels).saturating_add(level)).copied().unwrap_or(Mark::Nothing)
    }

    /// From the first to the last of `levels` whose values count.
    fn span(&self, levels: &Range<usize>) -> Option<Range<usize>> {
        let mut counts = levels.clone().filter(|level| self.values.get(*level) == Some(&true));
        let first = counts.next()?;
        Some(first..counts.next_back().unwrap_or(first).saturating_add(1))
    }
}

/// The first walk: which of the levels matter. `cells` learns which columns have values and which way these go.
fn needed(targets: &Targets, places: &mut Places, levels: usize, shape: Shape, cells: &mut Cells<f64>) -> Needed {
    let mut needed = Needed { levels, values: vec![false; levels], marks: Vec::new() };
    let mut marks = vec![Mark::Nothing; levels];
    for (first, count) in shape.batches() {
        let mut batch = Cells::new(count, 0);
        let firsts = ends(places, 0..levels, first, count);
        let lasts = ends(places, (0..levels).rev(), first, count);
        targets.begin(&mut batch, &firsts, &lasts);
        for level in 0..levels {
            let held = [level; ROW];
            targets.level(&mut batch, 0, places.row(level, first, count), &held, |_, _, found| {
                meets(&mut marks, found);
                raise(&mut marks, level, Mark::Places);
                // Whether there was a gap before.
                raise(&mut marks, level.saturating_sub(1), Mark::Places);
            });
        }
        targets.finish(&batch, |_, _, found| meets(&mut marks, found));
        cells.like(first, &batch, targets);
        needed.marks.extend_from_slice(&marks);
        for (values, mark) in needed.values.iter_mut().zip(&mut marks) {
            *values |= *mark == Mark::Values;
            *mark = Mark::Nothing;
        }
    }
    needed
}

/// That `found` makes a value of levels.
fn meets(marks: &mut [Mark], found: Found<usize>) {
    match found {
        Found::One(level) => raise(marks, level, Mark::Values),
        Found::Missing(level) => raise(marks, level, Mark::Places),
        Found::Two(below, above, _) => {
            raise(marks, below, Mark::Values);
            raise(marks, above, Mark::Values);
        }
    }
}

fn raise(marks: &mut [Mark], level: usize, to: Mark) {
    if let Some(mark) = marks.get_mut(level) {
        *mark = to.max(*mark);
    }
}

/// The first place that is known of each column on the way through `levels`, NaN where none is.
fn ends(places: &mut Places, levels: impl Iterator<Item = usize>, first: usize, count: usize) -> Vec<f64> {
    let mut ends = vec![f64::NAN; count];
    for level in levels {
        let unknown = ends.iter_mut().zip(places.row(level, first, count)).filter(|(end, _)| end.is_nan());
        unknown.for_each(|(end, place)| *end = if place.is_finite() { *place } else { f64::NAN });
        if !ends.iter().any(|end| end.is_nan()) {
            break;
        }
    }
    ends
}

impl LazyArray for Columns {
    fn data_type(&self) -> &DataType {
        &self.stored.data_type
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        if axis == self.axis { Starts::whole(self.targets.len()) } else { self.source.chunk_starts(axis) }
    }

    fn divisible(&self) -> bool {
        self.source.divisible() && self.field.divisible()
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        let wanted = self.wanted(region);
        let mut all = self.field.beneath(&self.dimensions, &wanted);
        all.push((&self.source, wanted));
        all
    }

    fn read_bytes(&self, region: &Region) -> usize {
        // The results, the state of the columns, the terms, and beside these the piece or the term that is read.
        let wanted = self.wanted(region);
        let own = region.bytes(self.data_type());
        let columns = Shape::of(region, self.axis).columns();
        // One mark a level in each batch of columns.
        let mut held =
            own.saturating_add(columns.saturating_mul(Cells::<f64>::BYTES)).saturating_add(wanted.len() / ROW);
        let mut read = 0;
        for (array, part) in self.field.beneath(&self.dimensions, &wanted) {
            held = held.saturating_add(part.len().saturating_mul(size_of::<f64>()));
            read = read.max(array.read_bytes(&part));
        }
        let pieces = pieces(&self.source, self.axis, &wanted);
        if let Some(levels) = pieces.into_iter().max_by_key(ExactSizeIterator::len) {
            let piece = Piece::bytes(levels.len());
            read = read.max(self.source.read_bytes(&self.with(region, levels)).saturating_add(piece));
        }
        held.saturating_add(read)
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        let buffer = match self.stored.data_type {
            DataType::F32 => Buffer::F32(self.results(region)?),
            _ => Buffer::F64(self.results(region)?),
        };
        Block::new(region.shape(), buffer).ok_or_else(|| misfit(region, &self.shape))
    }
}
