//! Statistics of windows that move along a dimension.

use std::ops::Range;

use super::accumulate::{Accumulators, Wanted, Weights};
use super::together::{Maker, paste_all, together};
use super::{Rules, SLAB, Stored, finalised};
use crate::Result;
use crate::cf::packing::Packing;
use crate::engine::Engine;
use crate::model::{Array, Block, DataType, Region, Starts};

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

    /// Parts of the region whose input is of a handy size, cut across the other dimensions.
    fn parts(&self, region: &Region) -> Vec<Region> {
        let bytes = self.slab(region).len().saturating_mul(16);
        let room = (self.engine.memory() / 8).max(SLAB);
        let starts: Vec<Starts> = (0..region.ranges().len()).map(|d| self.input.chunk_starts(d)).collect();
        if bytes <= room {
            return vec![region.clone()];
        }
        super::plan::parts(region, &starts, (region.len() / bytes.div_ceil(room)).max(1))
    }

    fn one_part(&self, part: &Region) -> Result<Vec<Block>> {
        let slab = self.slab(part);
        let values = self.packing.decode_f64(&self.input.read(&slab)?);
        let single = *self.input.data_type() == DataType::F32 && !self.packing.is_packed();
        let mut state = Accumulators::new(&self.wanted, part.len(), self.size(), single);
        let (shape, extent) = (part.shape(), slab.shape());
        let inner: usize = shape.iter().skip(self.axis + 1).product();
        let outer: usize = shape.iter().take(self.axis).product();
        let (steps, read) = (shape.get(self.axis).copied().unwrap_or(0), extent.get(self.axis).copied().unwrap_or(0));
        let first = slab.start().get(self.axis).copied().unwrap_or(0);
        let begin = part.start().get(self.axis).copied().unwrap_or(0);
        for block in 0..outer {
            for step in 0..steps {
                let Some(window) = self.windows.get(begin + step) else { continue };
                for from in window.clone() {
                    let at = (block * read + (from - first)) * inner;
                    let row = values.get(at..at + inner).unwrap_or(&[]);
                    let place = (from - window.start) as u64;
                    state.spread((block * steps + step) * inner, row, Weights::One, place);
                }
            }
        }
        self.engine.progress().advance(part.bytes(self.input.data_type()) as u64);
        finalised(state, &self.stored, part)
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
        Starts::regular(extent, (4 * self.size()).next_multiple_of(longest))
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
        let slab = self.slab(&part);
        self.input.read_bytes(&slab).saturating_add(slab.len().saturating_mul(24))
    }
}
