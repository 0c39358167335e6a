//! Statistics of windows that move along a dimension.

use std::ops::Range;

use super::accumulate::{Accumulators, Wanted, Weights};
use super::plan::RUN;
use super::ranked::Ranked;
use super::recent::Recent;
use super::together::{Maker, paste_all, together};
use super::walk::unpacking;
use super::{Rules, SLAB, Stored, finalised};
use crate::Result;
use crate::cf::packing::{Packing, Visitor};
use crate::engine::Engine;
use crate::model::{Array, Block, DataType, Element, Region, Starts};
use crate::ops::aggregate::quantile::Percentile;
use crate::ops::aggregate::statistic::Statistic;

#[derive(Debug)]
struct Rolling {
    input: Array,
    /// The input, and what of it the next windows will want again.
    recent: Recent,
    packing: Packing,
    axis: usize,
    /// The steps of each window, one window a step.
    windows: Vec<Range<usize>>,
    /// Results that are made of one piece of input after the other, step by step.
    plain: Vec<Stored>,
    plain_wanted: Wanted,
    /// Percentiles, and how they are stored.
    percentiles: Vec<Percentile>,
    ranked: Vec<Stored>,
    ranked_wanted: Wanted,
    stored: Vec<Stored>,
    /// How many steps are made at a time.
    stretch: usize,
    /// Bytes that a part's input and results may take.
    room: usize,
    /// Cells that are enough for a part.
    enough: usize,
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
    let (ranked, plain): (Vec<Stored>, Vec<Stored>) =
        stored.iter().cloned().partition(|s| matches!(s.statistic, Statistic::Percentile(_)));
    let percentile = |s: &Stored| if let Statistic::Percentile(p) = s.statistic { Some(p) } else { None };
    let size = windows.iter().map(Range::len).max().unwrap_or(1);
    let pace = Pace::of(&input, axis, size, &stored, engine);
    let memory = engine.memory();
    let rolling = Rolling {
        recent: Recent::new(input.clone(), pace.kept),
        input,
        packing,
        axis,
        windows,
        plain_wanted: rules.wanted(&plain, false),
        plain,
        percentiles: ranked.iter().filter_map(percentile).collect(),
        ranked_wanted: rules.wanted(&ranked, false),
        ranked,
        stored: stored.clone(),
        stretch: pace.stretch,
        room: pace.room,
        enough: pace.enough,
        // The engine reads several stretches side by side; nothing is left to do inside one.
        engine: engine.clone().with_threads(1),
    };
    together(rolling, stored, memory)
}

/// In which steps windows are gone through.
struct Pace {
    /// Steps whose results are made at a time.
    stretch: usize,
    /// Bytes of decoded input that are kept for the next stretch; 0 where none is.
    kept: usize,
    /// Bytes that the input and the results of a part of a stretch may take.
    room: usize,
    /// Cells that are enough for a part, if [`SLAB`] holds no more of them.
    enough: usize,
}

impl Pace {
    /// Few steps at a time where what the windows of the next ones share with theirs fits the memory, or costs
    /// nothing to read again; else stretches of several windows, so that little is read twice.
    fn of(input: &Array, axis: usize, size: usize, stored: &[Stored], engine: &Engine) -> Self {
        let extent = input.shape().get(axis).copied().unwrap_or(0);
        let memory = engine.memory();
        let piece = input.chunk_starts(axis).longest().max(1);
        let step = Region::whole(input.shape()).bytes(input.data_type()) / extent.max(1);
        // What one step of a piece makes: all of a map, or of one of its chunks.
        let others = (0..input.shape().len()).filter(|d| *d != axis);
        let cells = others.fold(1, |n: usize, d| n.saturating_mul(input.chunk_starts(d).longest().max(1)));
        let each = stored.iter().map(|s| s.data_type.planning_size()).sum::<usize>().saturating_mul(cells);
        let percentiles = stored.iter().any(|s| matches!(s.statistic, Statistic::Percentile(_)));
        let several = size.saturating_mul(2).clamp(1, extent.max(1));
        let within = |bytes: usize| (bytes / each.max(1)).max(1);
        // The first window of a stretch is sorted anew: longer ones pay.
        let worth = if percentiles { (size / 4).min(within(memory / 32)) } else { 1 };
        let few = within(memory / 128).max(worth).min(several).next_multiple_of(piece);
        let steps = few.saturating_mul(engine.threads()).saturating_add(size).div_ceil(piece).saturating_add(1);
        let kept = steps.saturating_mul(piece).min(extent).saturating_mul(step);
        if input.divisible() || kept <= memory / 4 {
            return Self { stretch: few, kept, room: (memory / 64).max(SLAB), enough: 4096 };
        }
        // Every part decodes all the pieces that it lies in.
        let stretch = several.next_multiple_of(piece);
        Self { stretch, kept: 0, room: (memory / 8).max(SLAB), enough: usize::MAX }
    }
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

    fn along(&self, region: &Region) -> Range<usize> {
        region.ranges().get(self.axis).cloned().unwrap_or(0..0)
    }

    fn slab(&self, part: &Region) -> Region {
        with_steps(part, self.axis, self.reach(&self.along(part)))
    }

    /// Parts of the region whose input and results fit the room, cut across the other dimensions: a cut along the
    /// windows would read most of their steps again.
    fn parts(&self, region: &Region) -> Vec<Region> {
        let along = self.along(region);
        let others = |d: &usize| *d != self.axis;
        let dimensions: Vec<usize> = (0..region.ranges().len()).filter(others).collect();
        let across = Region::new(dimensions.iter().filter_map(|&d| region.ranges().get(d).cloned()).collect());
        let starts: Vec<Starts> = dimensions.iter().map(|&d| self.input.chunk_starts(d)).collect();
        let read = self.reach(&along).len().saturating_mul(self.input.data_type().planning_size());
        let made = self.stored.iter().map(|s| s.data_type.planning_size()).sum::<usize>().saturating_mul(along.len());
        let each = read.saturating_add(made).max(1);
        let most = (self.room / each).min(self.enough.max(SLAB / each)).max(1);
        let whole = |part: Region| {
            let mut ranges = part.ranges().to_vec();
            ranges.insert(self.axis.min(ranges.len()), along.clone());
            Region::new(ranges)
        };
        super::plan::parts(&across, &starts, most, most).into_iter().map(whole).collect()
    }

    fn part_bytes(&self, part: &Region) -> usize {
        let results = self.stored.iter().map(|s| part.bytes(&s.data_type)).fold(0, usize::saturating_add);
        self.input.read_bytes(&self.slab(part)).saturating_add(results)
    }

    /// One block for each of `stored`.
    fn one_part(&self, part: &Region) -> Result<Vec<Block>> {
        let slab = self.slab(part);
        let block = self.recent.read(&slab)?;
        let mut plain = self.step_by_step(part, &slab, &block)?.into_iter();
        let mut ranked = self.in_order(part, &slab, &block)?.into_iter();
        self.engine.progress().advance(part.bytes(self.input.data_type()) as u64);
        let is_ranked = |s: &Stored| matches!(s.statistic, Statistic::Percentile(_));
        Ok(self.stored.iter().filter_map(|s| if is_ranked(s) { ranked.next() } else { plain.next() }).collect())
    }

    /// Each window's values added up anew, so that a result has the same bits wherever it stands.
    fn step_by_step(&self, part: &Region, slab: &Region, block: &Block) -> Result<Vec<Block>> {
        if self.plain.is_empty() {
            return Ok(Vec::new());
        }
        let steps: Vec<Region> = self.along(part).map(|step| with_steps(part, self.axis, step..step + 1)).collect();
        let types: Vec<&DataType> = self.plain.iter().map(|s| &s.data_type).collect();
        paste_all(part, &steps, &types, |place| {
            for (number, step) in steps.iter().enumerate() {
                self.engine.check()?; // many long windows take their time
                let window = self.windows.get(self.along(step).start).cloned().unwrap_or(0..0);
                let mut state = Accumulators::new(&self.plain_wanted, step.len(), self.size(), false);
                let mut feed = Feed { rolling: self, slab, window, to: &mut state };
                self.packing.visit(block, &mut feed);
                place(number, finalised(state, &self.plain, step)?)?;
            }
            Ok(())
        })
    }

    /// Percentiles of windows of which each is made from the one before.
    fn in_order(&self, part: &Region, slab: &Region, block: &Block) -> Result<Vec<Block>> {
        if self.ranked.is_empty() {
            return Ok(Vec::new());
        }
        self.engine.check()?;
        let ranked = Ranked {
            packing: &self.packing,
            slab,
            axis: self.axis,
            windows: self.windows.get(self.along(part)).unwrap_or(&[]),
            percentiles: &self.percentiles,
            wanted: &self.ranked_wanted,
        };
        ranked.blocks(part, block, &self.ranked)
    }
}

fn with_steps(part: &Region, axis: usize, steps: Range<usize>) -> Region {
    let own = |(d, range): (usize, &Range<usize>)| if d == axis { steps.clone() } else { range.clone() };
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

    fn starts(&self, axis: usize) -> Starts {
        if axis != self.axis {
            return self.input.chunk_starts(axis);
        }
        Starts::regular(self.input.shape().get(axis).copied().unwrap_or(0), self.stretch)
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
        let states = Accumulators::bytes_per_cell(&self.plain_wanted, 1, false);
        let cells = part.len() / self.along(&part).len().max(1);
        self.part_bytes(&part).saturating_add(states.saturating_mul(cells))
    }
}
