//! Arrays reduced along some of their dimensions: lazily, in bounded memory, every piece of the
//! input decoded once where memory allows.
//!
//! A reduction is a record of four parts: the identity ([`accumulate::Accumulators::new`]), what a
//! run of values does to it (`spread` over cells, `gather` into one), how the partial result of a
//! run is combined with what a cell has (in `sums`), and `finalise`.

mod accumulate;
mod plan;
mod ranked;
mod recent;
mod rolling;
mod sums;
#[cfg(test)]
mod tests;
mod together;
mod values;
mod walk;
mod weighting;
mod zonal;

use std::sync::Arc;

use accumulate::{Accumulators, Wanted};
use together::{Maker, paste_all, together};
use walk::{Feed, Walk};

pub(super) use plan::{Fate, Groups, Plan};
pub(super) use rolling::rolled;
pub(super) use weighting::{Weighting, sound};
pub(super) use zonal::{Share, zonal};

use super::statistic::Statistic;
use crate::cf::packing::Packing;
use crate::engine::Engine;
use crate::model::{Array, Block, Buffer, DataType, Region, Starts};
use crate::ops::mask::Tally;
use crate::{Error, Result};

/// Bytes of input that are read at a time, if the input's own pieces are no larger.
const SLAB: usize = 2 << 20;
/// Bytes of the states of cells whose values are kept: they are done in a few rounds, in each of
/// which all the input that holds them is decoded, and more memory is taken only for more data.
const KEPT: usize = 48 << 20;

/// What is to be made of the values.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) ddof: f64,
    pub(super) min_count: u32,
    pub(super) propagate: bool,
    /// Whether `sum` counts every value once although means have weights.
    pub(super) plain_sum: bool,
    /// Counts what was there and what came of it.
    pub(super) tally: Arc<Tally>,
}

impl Rules {
    fn wanted(&self, stored: &[Stored], weighted: bool) -> Wanted {
        Wanted {
            statistics: stored.iter().map(|s| s.statistic).collect(),
            ddof: self.ddof,
            min_count: self.min_count,
            propagate: self.propagate,
            weighted,
            plain_sum: self.plain_sum,
            tally: Arc::clone(&self.tally),
        }
    }
}

/// A result: a statistic, how it is stored and what stands for a missing one.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) statistic: Statistic,
    pub(super) data_type: DataType,
    pub(super) fill: f64,
}

/// Several statistics of one array, computed together.
#[derive(Debug)]
pub(super) struct Reduction {
    plan: Plan,
    packing: Packing,
    weighting: Option<Weighting>,
    wanted: Wanted,
    stored: Vec<Stored>,
    engine: Engine,
}

impl Reduction {
    /// One array for each of `stored`, in their order.
    pub(super) fn arrays(
        plan: Plan,
        packing: Packing,
        weighting: Option<Weighting>,
        stored: Vec<Stored>,
        rules: &Rules,
        engine: &Engine,
    ) -> Vec<Array> {
        let wanted = rules.wanted(&stored, weighting.is_some());
        // Parts that share no input are computed side by side; what is left of the threads works
        // inside each.
        let apart = (0..plan.shape.len()).fold(1_usize, |n, axis| n.saturating_mul(plan.starts(axis).len()));
        let engine = engine.clone().with_threads(engine.threads() / apart.clamp(1, engine.threads()));
        let memory = engine.memory();
        together(Self { plan, packing, weighting, wanted, stored: stored.clone(), engine }, stored, memory)
    }

    fn single(&self) -> bool {
        // Packed values are doubles: single precision would round them.
        *self.plan.input.data_type() == DataType::F32 && !self.packing.is_packed()
    }

    /// Refuse what no count or memory can hold.
    fn refuse_too_many(&self) -> Result<()> {
        /// Values of one cell that may be kept whatever the budget.
        const SMALL: usize = 64 << 20;
        let most = self.plan.most();
        let counted = |s: &Statistic| matches!(s, Statistic::Count | Statistic::ArgMin | Statistic::ArgMax);
        if most > i32::MAX as usize && self.wanted.statistics.iter().any(counted) {
            return Err(Error::unsupported(format!("counts of up to {most}"), "array"));
        }
        let bytes = Accumulators::bytes_per_cell(&self.wanted, most, self.single());
        if bytes > SMALL.max(self.engine.memory() / 2) {
            let what = format!("a percentile of {most} values at a time, {} MB of them", bytes >> 20);
            let more = format!("--memory {}M, or a mean, or a part of the data", (bytes >> 19) + 64);
            return Err(Error::unsupported(what, "array").with_hint(more));
        }
        Ok(())
    }

    /// How many cells are worked on at a time, that their states and their input fit.
    fn cells_at_once(&self, walked: usize) -> usize {
        let most = self.plan.most();
        let state = Accumulators::bytes_per_cell(&self.wanted, most, self.single()).saturating_add(8);
        let size = self.plan.input.data_type().planning_size();
        let input = walked.saturating_mul(size);
        let memory = self.engine.memory();
        let room = if self.wanted.statistics.iter().any(|s| matches!(s, Statistic::Percentile(_))) {
            (self.plan.input.bytes() / 4).max(KEPT).min(memory / 2)
        } else {
            memory / 4
        };
        (room / state.max(1)).min((memory / 8).max(SLAB) / input.max(1)).max(1)
    }

    /// The parts of the output that are worked on one after the other.
    fn parts(&self, region: &Region) -> Vec<Region> {
        let starts: Vec<Starts> = (0..self.plan.shape.len()).map(|axis| self.plan.starts(axis)).collect();
        let slabs = self.plan.slabs(region, SLAB);
        // Values of one slab for each cell; where there is one slab, parts are kept small to be many.
        let longest = slabs.iter().map(Region::len).max().unwrap_or(1) / region.len().max(1);
        let most = self.cells_at_once(longest.max(1));
        let mut good = most;
        if slabs.len() == 1 {
            let size = self.plan.input.data_type().planning_size().saturating_mul(longest.max(1));
            good = good.min(SLAB / size.max(1)).max(1);
        }
        plan::parts(region, &starts, good, most)
    }

    /// A part whose input is read in one go.
    fn one_part(&self, parts: &[Region], number: usize) -> Result<Vec<Block>> {
        let Some(part) = parts.get(number) else { return Ok(Vec::new()) };
        let mut state = self.identity(part);
        for slab in self.plan.slabs(part, SLAB) {
            let block = self.plan.input.read(&slab)?;
            self.add(&mut state, part, &slab, &block);
        }
        self.finalise(state, part)
    }

    /// A part whose input is read slab by slab, ahead of being added in order.
    fn walk_through(&self, part: &Region) -> Result<Vec<Block>> {
        let slabs = self.plan.slabs(part, SLAB);
        let mut state = self.identity(part);
        let held =
            Accumulators::bytes_per_cell(&self.wanted, self.plan.most(), self.single()).saturating_mul(part.len());
        let bytes = slabs.iter().map(|s| self.plan.input.read_bytes(s)).max().unwrap_or(0);
        let window = self.engine.window_beside(held, bytes).min(self.engine.threads() + 1);
        let read = |i: usize| slabs.get(i).map(|slab| self.plan.input.read(slab)).transpose();
        self.engine.ordered(slabs.len(), window, read, |i, block: Option<Block>| {
            if let (Some(block), Some(slab)) = (block, slabs.get(i)) {
                self.add(&mut state, part, slab, &block);
            }
            Ok(())
        })?;
        self.finalise(state, part)
    }

    fn identity(&self, part: &Region) -> Accumulators {
        Accumulators::new(&self.wanted, part.len(), self.plan.most(), self.single())
    }

    fn add(&self, state: &mut Accumulators, part: &Region, slab: &Region, block: &Block) {
        let walk = Walk::new(&self.plan, self.weighting.as_ref(), part, slab);
        self.packing.visit(block, &mut Feed { walk: &walk, to: state, packing: &self.packing });
        self.engine.progress().advance(block.bytes() as u64);
    }

    fn finalise(&self, state: Accumulators, part: &Region) -> Result<Vec<Block>> {
        finalised(state, &self.stored, part)
    }

    /// About the most bytes that a part needs while it is computed.
    fn part_bytes(&self, part: &Region) -> usize {
        let state = Accumulators::bytes_per_cell(&self.wanted, self.plan.most(), self.single()).saturating_add(16);
        let slabs = self.plan.slabs(part, SLAB);
        let input = slabs.first().map_or(0, |slab| self.plan.input.read_bytes(slab));
        part.len().saturating_mul(state).saturating_add(input)
    }
}

impl Stored {
    /// Results for `part`, NaN where missing, as they are stored.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for integers that doubles do not tell apart.
    fn block(&self, part: &Region, mut values: Vec<f64>) -> Result<Block> {
        let lost = || Error::data("internal: statistics of another shape", "array");
        // 2⁵³: from here on neighbours become one.
        let blurred = |v: &f64| v.abs() >= 9_007_199_254_740_992.0;
        if matches!(self.data_type, DataType::I64 | DataType::U64) && values.iter().any(blurred) {
            let what = format!("the {} of integers of 2^53 and more, which doubles do not tell apart", self.statistic);
            return Err(Error::unsupported(what, "array").with_hint("leave the variable out with -v, or take the mean"));
        }
        if !self.fill.is_nan() {
            values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = self.fill);
        }
        let buffer = match self.data_type {
            DataType::F64 => Buffer::F64(values),
            _ => Buffer::from_f64(&self.data_type, &values).ok_or_else(lost)?,
        };
        Block::new(part.shape(), buffer).ok_or_else(lost)
    }
}

/// The statistics of the cells of `part` as they are stored.
fn finalised(state: Accumulators, stored: &[Stored], part: &Region) -> Result<Vec<Block>> {
    let lost = || Error::data("internal: no such statistic", "array");
    let block = |number: usize, values: Vec<f64>| stored.get(number).ok_or_else(lost)?.block(part, values);
    state.finalise(block).into_iter().collect()
}

impl Maker for Reduction {
    fn shape(&self) -> &[usize] {
        &self.plan.shape
    }

    fn starts(&self, axis: usize) -> Starts {
        self.plan.starts(axis)
    }

    fn compute(&self, region: &Region) -> Result<Vec<Block>> {
        self.refuse_too_many()?;
        let parts = self.parts(region);
        if let [whole] = parts.as_slice() {
            return if self.plan.slabs(whole, SLAB).len() > 1 {
                self.walk_through(whole)
            } else {
                self.one_part(&parts, 0)
            };
        }
        let types: Vec<&DataType> = self.stored.iter().map(|s| &s.data_type).collect();
        let alone = parts.first().is_none_or(|p| self.plan.slabs(p, SLAB).len() <= 1);
        if alone {
            let bytes = parts.first().map_or(0, |p| self.part_bytes(p));
            let window = self.engine.window(bytes).min(self.engine.threads() + 1);
            return paste_all(region, &parts, &types, |place| {
                self.engine.ordered(parts.len(), window, |i| self.one_part(&parts, i), place)
            });
        }
        paste_all(region, &parts, &types, |place| {
            parts.iter().enumerate().try_for_each(|(i, part)| place(i, self.walk_through(part)?))
        })
    }

    fn work(&self) -> usize {
        self.plan.input.work()
    }

    fn bytes(&self, region: &Region) -> usize {
        self.parts(region).first().map_or(0, |part| self.part_bytes(part))
    }
}
