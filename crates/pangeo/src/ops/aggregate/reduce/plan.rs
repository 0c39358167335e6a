//! Which values of the input make which cells of the output.

use std::ops::Range;
use std::sync::Arc;

use crate::model::{Array, Region, Starts};

/// Values of the fastest dimension are added up in runs that begin at multiples of this.
pub(super) const RUN: usize = 4096;
/// The fastest dimension is walked through only beyond this length.
const LONG: usize = 1 << 20;

/// What becomes of a dimension of the input.
#[derive(Debug, Clone)]
pub(in crate::ops::aggregate) enum Fate {
    /// It stays.
    Kept,
    /// It goes: all its values become one.
    Reduced,
    /// Its steps become groups; `group_of[step]`, `None` for steps of no group.
    Grouped(Arc<Groups>),
}

/// Steps in groups, none in two.
#[derive(Debug)]
pub(in crate::ops::aggregate) struct Groups {
    of_step: Vec<Option<u32>>,
    /// How many steps each group has.
    sizes: Vec<usize>,
    /// First and last step of each.
    ends: Vec<(usize, usize)>,
}

impl Groups {
    /// From the steps of each group; steps beyond `steps` are passed over.
    pub(in crate::ops::aggregate) fn new<'a>(steps: usize, groups: impl Iterator<Item = &'a [usize]>) -> Self {
        let mut of_step = vec![None; steps];
        let (mut sizes, mut ends) = (Vec::new(), Vec::new());
        for (number, members) in groups.enumerate() {
            for &step in members {
                if let Some(of) = of_step.get_mut(step) {
                    *of = Some(number as u32);
                }
            }
            sizes.push(members.len());
            let first = members.iter().copied().min().unwrap_or(0);
            ends.push((first, members.iter().copied().max().unwrap_or(first)));
        }
        Self { of_step, sizes, ends }
    }

    pub(in crate::ops::aggregate) fn len(&self) -> usize {
        self.sizes.len()
    }

    /// How many steps a group has.
    pub(in crate::ops::aggregate) fn size(&self, group: usize) -> usize {
        self.sizes.get(group).copied().unwrap_or(0)
    }

    /// The group of a step.
    pub(super) fn of(&self, step: usize) -> Option<usize> {
        self.of_step.get(step).copied().flatten().map(|g| g as usize)
    }

    fn most(&self) -> usize {
        self.sizes.iter().copied().max().unwrap_or(0)
    }

    /// The runs of steps that belong to the groups in `wanted`, cut at `starts`.
    fn runs(&self, wanted: &Range<usize>, starts: &Starts) -> Vec<Range<usize>> {
        let inside =
            |step: usize| self.of_step.get(step).copied().flatten().is_some_and(|g| wanted.contains(&(g as usize)));
        let ends = self.ends.get(wanted.clone()).unwrap_or(&[]);
        let first = ends.iter().map(|e| e.0).min().unwrap_or(0);
        let last = ends.iter().map(|e| e.1 + 1).max().unwrap_or(0).min(self.of_step.len());
        let mut runs: Vec<Range<usize>> = Vec::new();
        for step in (first..last).filter(|&s| inside(s)) {
            match runs.last_mut() {
                // Steps that are not wanted but lie in the same piece are decoded anyway.
                Some(run) if starts.piece_of(step) == starts.piece_of(run.start) => run.end = step + 1,
                _ => runs.push(step..step + 1),
            }
        }
        runs
    }

    /// Where groups begin between which no piece of the input lies across.
    fn starts(&self, input: &Starts) -> Starts {
        let mut found = Vec::new();
        let mut highest = 0;
        for (number, pair) in self.ends.windows(2).enumerate() {
            let [before, behind] = pair else { continue };
            highest = highest.max(before.1);
            let lowest = self.ends.get(number + 1..).unwrap_or(&[]).iter().map(|e| e.0).min().unwrap_or(0);
            if lowest > highest && lowest == behind.0 && input.piece_of(behind.0) > input.piece_of(highest) {
                found.push(number + 1);
            }
        }
        Starts::listed(self.len(), std::iter::once(0).chain(found))
    }
}

/// How an array is reduced.
#[derive(Debug, Clone)]
pub(in crate::ops::aggregate) struct Plan {
    pub(super) input: Array,
    pub(super) fates: Vec<Fate>,
    /// The extents of the output.
    pub(super) shape: Vec<usize>,
}

impl Plan {
    /// One fate a dimension of `input`.
    pub(in crate::ops::aggregate) fn new(input: Array, fates: Vec<Fate>) -> Self {
        let shape = fates.iter().zip(input.shape()).filter_map(|(fate, &n)| match fate {
            Fate::Kept => Some(n),
            Fate::Reduced => None,
            Fate::Grouped(groups) => Some(groups.len()),
        });
        Self { shape: shape.collect(), input, fates }
    }

    /// The most values that one cell sees.
    pub(super) fn most(&self) -> usize {
        let each = self.fates.iter().zip(self.input.shape()).map(|(fate, &n)| match fate {
            Fate::Kept => 1,
            Fate::Reduced => n,
            Fate::Grouped(groups) => groups.most(),
        });
        each.fold(1, usize::saturating_mul)
    }

    /// The output's dimension of each of the input's.
    pub(super) fn outputs(&self) -> Vec<Option<usize>> {
        let mut next = 0;
        let number = |fate: &Fate| {
            let own = (!matches!(fate, Fate::Reduced)).then_some(next);
            next += usize::from(own.is_some());
            own
        };
        self.fates.iter().map(number).collect()
    }

    /// Where output pieces begin that share no piece of the input.
    pub(super) fn starts(&self, axis: usize) -> Starts {
        let found = self.outputs().iter().position(|o| *o == Some(axis));
        let Some((input, fate)) = found.and_then(|i| Some((i, self.fates.get(i)?))) else { return Starts::whole(1) };
        let starts = self.input.chunk_starts(input);
        match fate {
            Fate::Grouped(groups) => groups.starts(&starts),
            _ => starts,
        }
    }

    /// The dimension along which the input is walked through slab by slab: the slowest that does not
    /// stay. The fastest is taken whole, so that its runs are added up in one way whatever the
    /// chunks, unless it is too long for that.
    fn walked(&self) -> Option<usize> {
        let found = self.fates.iter().position(|f| !matches!(f, Fate::Kept))?;
        let last = found + 1 == self.fates.len();
        (!last || self.input.shape().last().is_some_and(|&n| n > LONG)).then_some(found)
    }

    /// The pieces of the input to read, in order, for the output's `region`; each of about `bytes`.
    ///
    /// The walked dimension is cut at the input's pieces, as many at once as fit, and within a piece only if it has more
    /// than 64 times these bytes; others are whole, so that every cell sees its values in the order of the array.
    pub(super) fn slabs(&self, region: &Region, bytes: usize) -> Vec<Region> {
        let mut ranges = Vec::with_capacity(self.fates.len());
        for ((fate, output), &n) in self.fates.iter().zip(self.outputs()).zip(self.input.shape()) {
            let wanted = output.and_then(|o| region.ranges().get(o)).cloned();
            ranges.push(match (fate, wanted) {
                (Fate::Kept, Some(wanted)) => wanted,
                (Fate::Grouped(groups), Some(wanted)) => {
                    let runs = groups.runs(&wanted, &Starts::whole(n));
                    runs.first().map_or(0, |r| r.start)..runs.last().map_or(0, |r| r.end)
                }
                _ => 0..n,
            });
        }
        let Some(walked) = self.walked() else { return vec![Region::new(ranges)] };
        let Some(range) = ranges.get(walked).cloned() else { return Vec::new() };
        let starts = self.input.chunk_starts(walked);
        let runs = match (self.fates.get(walked), self.outputs().get(walked).copied().flatten()) {
            (Some(Fate::Grouped(groups)), Some(output)) => {
                let wanted = region.ranges().get(output).cloned().unwrap_or(0..0);
                groups.runs(&wanted, &starts)
            }
            _ => pieces(&range, &starts),
        };
        let one = Region::new(with(&ranges, walked, range.start..range.start + 1)).bytes(self.input.data_type()).max(1);
        let mut most = (bytes / one).max(1);
        let (mut runs, mut longest) = (runs, most.saturating_mul(64));
        if walked + 1 == self.fates.len() {
            // Runs of the fastest dimension are added up in pieces of fixed places.
            most = most.next_multiple_of(RUN);
            longest = most;
            let whole = range.start / RUN * RUN..range.end;
            runs = pieces(&whole, &Starts::regular(range.end, most));
            runs.iter_mut().for_each(|r| r.start = r.start.max(range.start));
        }
        merged(runs, most, longest).into_iter().map(|run| Region::new(with(&ranges, walked, run))).collect()
    }
}

fn with(ranges: &[Range<usize>], at: usize, range: Range<usize>) -> Vec<Range<usize>> {
    let mut all = ranges.to_vec();
    if let Some(place) = all.get_mut(at) {
        *place = range;
    }
    all
}

/// `range` cut at `starts`.
fn pieces(range: &Range<usize>, starts: &Starts) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let next = starts.get(starts.piece_of(at)).unwrap_or(range.end).clamp(at + 1, range.end);
        found.push(at..next);
        at = next;
    }
    found
}

/// Neighbouring runs made one while they have no more than `most` steps; those of more than `longest`
/// are cut.
fn merged(runs: Vec<Range<usize>>, most: usize, longest: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for run in runs {
        match found.last_mut() {
            Some(last) if last.end == run.start && run.end - last.start <= most => last.end = run.end,
            _ => {
                let mut start = run.start;
                while start < run.end {
                    let end = start.saturating_add(longest).min(run.end);
                    found.push(start..end);
                    start = end;
                }
            }
        }
    }
    found
}

/// `region` cut into parts of at most `most` cells: of whole pieces, as many as make `good` cells, or within
/// pieces, along the slowest dimensions, where even one has too many.
pub(super) fn parts(region: &Region, starts: &[Starts], good: usize, most: usize) -> Vec<Region> {
    let shape = region.shape();
    let whole = |(n, starts): (&usize, &Starts)| starts.longest().clamp(1, (*n).max(1));
    let pieces: Vec<usize> = shape.iter().zip(starts).map(whole).collect();
    let mut steps = pieces.clone();
    let cells = |steps: &[usize]| steps.iter().fold(1, |n: usize, &s| n.saturating_mul(s));
    if cells(&steps) > most {
        for d in 0..steps.len() {
            let others = cells(&steps) / steps[d].max(1);
            steps[d] = (most / others.max(1)).clamp(1, steps[d]);
        }
    } else {
        for d in (0..steps.len()).rev() {
            let others = cells(&steps) / steps[d].max(1);
            let fits = good.min(most) / others.max(1);
            if fits > steps[d] {
                steps[d] = if fits >= shape[d] { shape[d].max(1) } else { fits / pieces[d] * pieces[d] };
            }
        }
    }
    let cuts: Vec<(Range<usize>, usize)> = region.ranges().iter().cloned().zip(steps).collect();
    product(&cuts)
}

/// All boxes of steps along each dimension, in C order.
fn product(cuts: &[(Range<usize>, usize)]) -> Vec<Region> {
    let mut all = vec![Vec::new()];
    for (range, step) in cuts {
        let parts: Vec<Range<usize>> =
            range.clone().step_by(*step).map(|start| start..start.saturating_add(*step).min(range.end)).collect();
        all = all
            .iter()
            .flat_map(|head: &Vec<Range<usize>>| {
                parts.iter().map(move |part| {
                    let mut one = head.clone();
                    one.push(part.clone());
                    one
                })
            })
            .collect();
    }
    all.into_iter().map(Region::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Buffer;
    use crate::model::array::Constant;

    fn plan(shape: &[usize], fates: Vec<Fate>) -> Plan {
        Plan::new(Constant::array(Buffer::F32(vec![0.0]), shape.to_vec()), fates)
    }

    #[test]
    fn slabs_walk_the_slowest_dimension_that_goes() {
        let mean = plan(&[640, 4, 6], vec![Fate::Reduced, Fate::Kept, Fate::Reduced]);
        assert_eq!((mean.shape.as_slice(), mean.most()), ([4].as_slice(), 3840));
        let slabs = mean.slabs(&Region::of_chunk(&[1], &[2], &[3]), 2 * 6 * 4 * 4);
        let first: Vec<_> = slabs.iter().map(|s| s.ranges().to_vec()).collect();
        assert_eq!((first.len(), &first[0]), (2, &vec![0..512, 2..3, 0..6]));
        assert_eq!(first[1], [512..640, 2..3, 0..6]);
    }

    #[test]
    fn groups_that_share_no_piece_are_apart() {
        let days: Vec<Vec<usize>> = vec![(0..4).collect(), (4..8).collect(), (8..12).collect()];
        let groups = Groups::new(12, days.iter().map(Vec::as_slice));
        let starts = |step| groups.starts(&Starts::regular(12, step)).iter().collect::<Vec<_>>();
        assert_eq!((starts(4), starts(2), starts(8), starts(3)), (vec![0, 1, 2], vec![0, 1, 2], vec![0, 2], vec![0]));
        let winters: Vec<Vec<usize>> = vec![vec![0, 4], vec![1, 5]];
        let groups = Groups::new(6, winters.iter().map(Vec::as_slice));
        assert_eq!(groups.starts(&Starts::regular(6, 1)).len(), 1);
        assert_eq!(groups.runs(&(1..2), &Starts::regular(6, 1)), [1..2, 5..6]);
        assert_eq!(groups.runs(&(1..2), &Starts::regular(6, 6)), std::slice::from_ref(&(1..6)));
    }

    #[test]
    fn large_outputs_are_made_in_parts() {
        let region = Region::new(vec![0..2, 0..10, 0..10]);
        let starts = [Starts::regular(2, 1), Starts::regular(10, 4), Starts::regular(10, 10)];
        let count = |most| parts(&region, &starts, most, most).len();
        assert_eq!((count(200), count(100), count(50), count(30), count(10), count(5)), (1, 2, 6, 8, 20, 40));
        let all: usize = parts(&region, &starts, 7, 9).iter().map(Region::len).sum();
        assert_eq!(all, 200);
    }
}
