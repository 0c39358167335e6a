//! The way of a slab's values to the cells.

use std::ops::Range;

use super::accumulate::{Accumulators, Weights};
use super::plan::{Fate, Plan, RUN};
use super::weighting::Weighting;
use crate::cf::packing::{Packing, Visitor};
use crate::model::{Element, Region};

/// A run of values that lie side by side in the slab.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The first value's place in the slab.
    from: usize,
    /// The cell (of the first value).
    cell: usize,
    /// The product of the weights of the slower dimensions.
    weight: f64,
    /// Where the weights of the run's own dimension begin.
    weights_from: usize,
    /// The place along what is reduced, of the first value.
    position: u64,
}

/// Where the values of one slab go.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    runs: Vec<Run>,
    /// Runs inside each of `runs`: offset, extent, cells further.
    inner: Vec<(Range<usize>, usize)>,
    /// Whether a run spreads over cells, one value each; else it goes to one.
    spreads: bool,
    weighting: Option<&'a Weighting>,
}

/// One dimension of the slab.
struct Axis<'a> {
    fate: &'a Fate,
    range: Range<usize>,
    /// Values of the slab from one index to the next.
    stride: usize,
    /// Cells from one index (of the output) to the next.
    cells: usize,
    /// The first group of the part.
    first_group: usize,
    groups: usize,
    /// Steps of the position from one index to the next.
    positions: u64,
}

impl Axis<'_> {
    /// How many cells further index `i` lies; `None` where it belongs to none.
    fn cell(&self, i: usize) -> Option<usize> {
        match self.fate {
            Fate::Kept => Some((i - self.range.start) * self.cells),
            Fate::Reduced => Some(0),
            Fate::Grouped(groups) => {
                let group = groups.of(i)?.checked_sub(self.first_group)?;
                (group < self.groups).then_some(group * self.cells)
            }
        }
    }
}

fn axes<'a>(plan: &'a Plan, part: &Region, slab: &Region) -> Vec<Axis<'a>> {
    let outputs = plan.outputs();
    let mut cells = 1;
    let mut stride = 1;
    let mut positions = 1_u64;
    let mut found = Vec::with_capacity(outputs.len());
    for (d, range) in slab.ranges().iter().enumerate().rev() {
        let Some(fate) = plan.fates.get(d) else { continue };
        let own = outputs.get(d).copied().flatten().and_then(|o| part.ranges().get(o)).cloned();
        let extent = own.as_ref().map_or(1, ExactSizeIterator::len);
        let first_group = own.map_or(0, |r| r.start);
        let goes = !matches!(fate, Fate::Kept);
        found.push(Axis {
            fate,
            range: range.clone(),
            stride,
            cells,
            first_group,
            groups: extent,
            positions: if goes { positions } else { 0 },
        });
        cells *= extent;
        stride *= range.len();
        if goes {
            positions = positions.saturating_mul(plan.input.shape().get(d).map_or(1, |&n| n as u64));
        }
    }
    found.reverse();
    found
}

impl<'a> Walk<'a> {
    /// How `slab` of the input feeds the cells of `part` of the output.
    pub(super) fn new(plan: &Plan, weighting: Option<&'a Weighting>, part: &Region, slab: &Region) -> Self {
        let axes = axes(plan, part, slab);
        // Trailing dimensions that stay are one run of cells, unless weights vary along them.
        let kept = axes.iter().rev().take_while(|a| matches!(a.fate, Fate::Kept)).count();
        let plain = weighting.is_none_or(|w| (axes.len() - kept..axes.len()).all(|d| !w.varies_along(d)));
        let merged = if plain { kept } else { kept.min(1) };
        let tail = if kept == 0 { usize::from(!axes.is_empty()) } else { merged };
        let (outer, last) = axes.split_at(axes.len() - tail);
        let inner = match last {
            [one] if kept == 0 => inner_runs(one),
            all => vec![(0..all.iter().map(|a| a.range.len()).product(), 0)],
        };
        let first = last.first().filter(|_| kept == 0);
        // The weights of a run's own dimension are listed, unless they are all the same.
        let own = weighting.filter(|_| tail == 1).zip(axes.len().checked_sub(1));
        let start = Run {
            from: 0,
            cell: 0,
            weight: own.map_or(1.0, |(w, d)| w.factor(d, 0)),
            weights_from: 0,
            position: first.map_or(0, |a| a.range.start as u64 * a.positions),
        };
        let mut runs = vec![start];
        for (d, axis) in outer.iter().enumerate() {
            runs = extended(&runs, axis, d, weighting);
        }
        if let (Some(w), Some(axis)) = (weighting, last.first().filter(|_| last.len() == 1)) {
            let d = axes.len() - 1;
            runs.iter_mut().for_each(|run| run.weights_from += w.offset(d, axis.range.start));
        }
        Self { runs, inner, spreads: kept > 0, weighting }
    }

    fn feed(&self, to: &mut Accumulators, scratch: &mut Vec<f64>, decode: impl Fn(Range<usize>, &mut Vec<f64>)) {
        if self.spreads {
            let length = self.inner.first().map_or(0, |(r, _)| r.len());
            // A few thousand cells stay in the nearest cache while all steps are added to them.
            for start in (0..length).step_by(RUN) {
                let end = (start + RUN).min(length);
                for run in &self.runs {
                    decode(run.from + start..run.from + end, scratch);
                    let weights = self.weights(run, start..end);
                    to.spread(run.cell + start, scratch, weights, run.position);
                }
            }
            return;
        }
        for run in &self.runs {
            for (part, cells) in &self.inner {
                decode(run.from + part.start..run.from + part.end, scratch);
                let weights = self.weights(run, part.clone());
                to.gather(run.cell + cells, scratch, weights, Weights::One, run.position + part.start as u64);
            }
        }
    }

    fn weights(&self, run: &Run, part: Range<usize>) -> Weights<'a> {
        let Some(weighting) = self.weighting else { return Weights::One };
        match weighting.along_last(run.weights_from + part.start..run.weights_from + part.end) {
            // What varies along a run is one list, with the factors of slower dimensions in it.
            Some(list) => Weights::Each(list),
            None => Weights::Same(run.weight * weighting.at(run.weights_from)),
        }
    }
}

/// The runs of the fastest dimension: of one group each, ending at multiples of [`RUN`].
fn inner_runs(axis: &Axis) -> Vec<(Range<usize>, usize)> {
    let mut found: Vec<(Range<usize>, usize)> = Vec::new();
    let start = axis.range.start;
    for i in axis.range.clone() {
        let Some(cell) = axis.cell(i) else { continue };
        let at = i - start;
        match found.last_mut() {
            Some((run, same)) if *same == cell && run.end == at && !i.is_multiple_of(RUN) => run.end = at + 1,
            _ => found.push((at..at + 1, cell)),
        }
    }
    found
}

/// Every run once for each index of a further (faster) dimension.
fn extended(runs: &[Run], axis: &Axis, dimension: usize, weighting: Option<&Weighting>) -> Vec<Run> {
    let mut found = Vec::with_capacity(runs.len() * axis.range.len());
    for run in runs {
        for i in axis.range.clone() {
            let Some(cell) = axis.cell(i) else { continue };
            found.push(Run {
                from: run.from + (i - axis.range.start) * axis.stride,
                cell: run.cell + cell,
                weight: run.weight * weighting.map_or(1.0, |w| w.factor(dimension, i)),
                weights_from: run.weights_from + weighting.map_or(0, |w| w.offset(dimension, i)),
                position: run.position + i as u64 * axis.positions,
            });
        }
    }
    found
}

/// Takes a slab's stored numbers to the accumulators.
pub(super) struct Feed<'a, 'b> {
    pub(super) walk: &'a Walk<'b>,
    pub(super) to: &'a mut Accumulators,
    pub(super) packing: &'a Packing,
}

impl Visitor for Feed<'_, '_> {
    fn visit<T: Element>(&mut self, values: &[T], gaps: &[T], number: impl Fn(T) -> f64 + Copy) {
        let decode = unpacking(self.packing, gaps, number);
        let mut scratch = Vec::with_capacity(RUN);
        self.walk.feed(self.to, &mut scratch, |part, out| decode(values.get(part).unwrap_or(&[]), out));
    }
}

/// How stored numbers become values, NaN for missing ones.
pub(super) fn unpacking<T: Element>(
    packing: &Packing,
    gaps: &[T],
    number: impl Fn(T) -> f64 + Copy,
) -> impl Fn(&[T], &mut Vec<f64>) {
    let (scale, offset) = packing.scale_offset();
    let packed = scale.to_bits() != 1f64.to_bits() || offset != 0.0;
    let value = move |x: T| if packed { number(x) * scale + offset } else { number(x) };
    move |stored, out| {
        out.clear();
        match gaps {
            [] => out.extend(stored.iter().map(|&x| value(x))),
            [gap] => out.extend(stored.iter().map(|&x| if x == *gap { f64::NAN } else { value(x) })),
            gaps => out.extend(stored.iter().map(|&x| if gaps.contains(&x) { f64::NAN } else { value(x) })),
        }
    }
}
