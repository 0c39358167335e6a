//! Statistics of windows that move along a dimension.

use std::ops::Range;

use super::accumulate::{Accumulators, Wanted, Weights};
use super::plan::RUN;
use super::together::{Maker, paste_all, together};
use super::walk::unpacking;
use super::{Rules, SLAB, Stored, finalised};
use crate::Result;
use crate::cf::packing::{Packing, Visitor};
use crate::engine::Engine;
use crate::model::{Array, Block, DataType, Element, Region, Starts};

#[derive(Debug)]
struct Rolling {
    input: Array,
    packing: Packing,
    axis: usize,
    /// The steps of each window, one window a step.
    windows: Vec<Range<usize>>,
    wanted: Wanted,
    stored: Vec<Stored>,
    engine: Engine,
}

/// One array for each of `stored`, of the shape of `input`: each step along `axis` from the steps of its
/// window.
pub(in crate::ops::aggregate) fn rolled(
    input: Array,
    packing: Packing,
    axis: usize,
    windows: Vec<Range<usize>>,
    stored: Vec<Stored>,
    rules: &Rules,
    engine: &Engine,
) -> Vec<Array> {
    let wanted = rules.wanted(&stored, false);
    let memory = engine.memory();
    // The engine reads several stretches side by side; nothing is left to do inside one.
    let alone = engine.clone().with_threads(1);
    together(Rolling { input, packing, axis, windows, wanted, stored: stored.clone(), engine: alone }, stored, memory)
}

impl Rolling {
    fn size(&self) -> usize {
        self.windows.iter().map(Range::len).max().unwrap_or(1)
    }

    /// The steps that the windows of `steps` hold.
    fn reach(&self, steps: &Range<usize>) -> Range<usize> {
        let windows = self.windows.get(steps.clone()).unwrap_or(&[]);
        let low = windows.iter().map(|w| w.start).min().unwrap_or(0);
        low..windows.iter().map(|w| w.end).max().unwrap_or(low)
    }

    fn slab(&self, part: &Region) -> Region {
        let along = |(d, range): (usize, &Range<usize>)| if d == self.axis { self.reach(range) } else { range.clone() };
        Region::new(part.ranges().iter().enumerate().map(along).collect())
    }

    /// Parts of the region whose input and results fit the memory, cut across the other dimensions first.
    fn parts(&self, region: &Region) -> Vec<Region> {
        let each = self.part_bytes(region) / region.len().max(1);
        let room = (self.engine.memory() / 8).max(SLAB);
        let most = (room / each.max(1)).max(1);
        if region.len() <= most {
            return vec![region.clone()];
        }
        let starts: Vec<Starts> = (0..region.ranges().len()).map(|d| self.input.chunk_starts(d)).collect();
        super::plan::parts(region, &starts, most, most)
    }

    fn part_bytes(&self, part: &Region) -> usize {
        let results = self.stored.iter().map(|s| part.bytes(&s.data_type)).fold(0, usize::saturating_add);
        self.input.read_bytes(&self.slab(part)).saturating_add(results)
    }

    fn one_part(&self, part: &Region) -> Result<Vec<Block>> {
        let slab = self.slab(part);
        let block = self.input.read(&slab)?;
        let along = |r: &Region| r.ranges().get(self.axis).cloned().unwrap_or(0..0);
        let steps: Vec<Region> = along(part).map(|step| with_step(part, self.axis, step..step + 1)).collect();
        let types: Vec<&DataType> = self.stored.iter().map(|s| &s.data_type).collect();
        let blocks = paste_all(part, &steps, &types, |place| {
            for (number, step) in steps.iter().enumerate() {
                self.engine.check()?; // many long windows take their time
                let window = self.windows.get(along(step).start).cloned().unwrap_or(0..0);
                let mut state = Accumulators::new(&self.wanted, step.len(), self.size(), self.single());
                let mut feed = Feed { rolling: self, slab: &slab, window, to: &mut state };
                self.packing.visit(&block, &mut feed);
                place(number, finalised(state, &self.stored, step)?)?;
            }
            Ok(())
        });
        self.engine.progress().advance(part.bytes(self.input.data_type()) as u64);
        blocks
    }

    fn single(&self) -> bool {
        *self.input.data_type() == DataType::F32 && !self.packing.is_packed()
    }
}

fn with_step(part: &Region, axis: usize, step: Range<usize>) -> Region {
    let own = |(d, range): (usize, &Range<usize>)| if d == axis { step.clone() } else { range.clone() };
    Region::new(part.ranges().iter().enumerate().map(own).collect())
}

/// Takes the steps of one window from a slab to the cells of one step.
struct Feed<'a> {
    rolling: &'a Rolling,
    slab: &'a Region,
    window: Range<usize>,
    to: &'a mut Accumulators,
}

impl Visitor for Feed<'_> {
    fn visit<T: Element>(&mut self, values: &[T], gaps: &[T], number: impl Fn(T) -> f64 + Copy) {
        let (shape, axis) = (self.slab.shape(), self.rolling.axis);
        let inner: usize = shape.iter().skip(axis + 1).product();
        let outer: usize = shape.iter().take(axis).product();
        let read = shape.get(axis).copied().unwrap_or(0);
        let first = self.slab.start().get(axis).copied().unwrap_or(0);
        let decode = unpacking(&self.rolling.packing, gaps, number);
        let mut scratch = Vec::with_capacity(RUN);
        for block in 0..outer {
            for start in (0..inner).step_by(RUN) {
                let end = (start + RUN).min(inner);
                for step in self.window.clone() {
                    let row = (block * read + step.saturating_sub(first)) * inner;
                    decode(values.get(row + start..row + end).unwrap_or(&[]), &mut scratch);
                    let place = (step - self.window.start) as u64;
                    self.to.spread(block * inner + start, &scratch, Weights::One, place);
                }
            }
        }
    }
}

impl Maker for Rolling {
    fn shape(&self) -> &[usize] {
        self.input.shape()
    }

    /// Stretches of several windows, so that little is read twice.
    fn starts(&self, axis: usize) -> Starts {
        let own = self.input.chunk_starts(axis);
        if axis != self.axis {
            return own;
        }
        let extent = self.input.shape().get(axis).copied().unwrap_or(0);
        let longest = own.longest().max(1);
        Starts::regular(extent, (2 * self.size()).next_multiple_of(longest))
    }

    fn compute(&self, region: &Region) -> Result<Vec<Block>> {
        let parts = self.parts(region);
        let types: Vec<&DataType> = self.stored.iter().map(|s| &s.data_type).collect();
        paste_all(region, &parts, &types, |place| {
            parts.iter().enumerate().try_for_each(|(i, part)| place(i, self.one_part(part)?))
        })
    }

    fn work(&self) -> usize {
        self.input.work()
    }

    fn bytes(&self, region: &Region) -> usize {
        let part = self.parts(region).into_iter().next().unwrap_or_else(|| region.clone());
        let states = Accumulators::bytes_per_cell(&self.wanted, self.size(), self.single());
        self.part_bytes(&part).saturating_add(states.saturating_mul(part.len() / self.size().max(1)))
    }
}
