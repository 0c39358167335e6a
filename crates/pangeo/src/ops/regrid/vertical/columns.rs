//! Values between levels that lie elsewhere in each column.

use std::ops::Range;
use std::sync::Arc;

use super::Scale;
use super::axis::same;
use super::field::Field;
use crate::Result;
use crate::cf::packing::Packing;
use crate::model::array::{LazyArray, misfit};
use crate::model::{Array, Block, DataType, Region, Starts};
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

/// The levels asked for.
#[derive(Debug, Clone)]
pub(super) struct Targets {
    /// In the units of the field, ascending, each with its place among those asked for.
    sorted: Vec<(f64, usize)>,
    scale: Scale,
    extrapolate: bool,
}

impl Targets {
    pub(super) fn new(levels: &[f64], scale: Scale, extrapolate: bool) -> Self {
        let mut sorted: Vec<(f64, usize)> = levels.iter().copied().zip(0..).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { sorted, scale, extrapolate }
    }

    /// Interpolate a column: `level` answers with the place and the value of a level, of which there are
    /// `count`; `put` gets each target's value. Levels whose place is missing are left out. All is missing
    /// where levels neither ascend nor descend.
    #[inline]
    fn column(&self, count: usize, level: impl Fn(usize) -> (f64, f64), mut put: impl FnMut(usize, f64)) {
        let known = |i: &usize| level(*i).0.is_finite();
        let (first, last) = ((0..count).find(known), (0..count).rev().find(known));
        let (Some(first), Some(last)) = (first, last) else { return };
        let descends = level(first).0 > level(last).0;
        // The levels from the least place on.
        let nth = |n: usize| if descends { last.saturating_sub(n) } else { first.saturating_add(n) };
        let length = (last - first).saturating_add(1);
        let mut before = f64::NEG_INFINITY;
        for n in 0..length {
            let place = level(nth(n)).0;
            if place < before {
                return;
            }
            before = if place.is_finite() { place } else { before };
        }
        let mut n = 0;
        for &(target, at) in &self.sorted {
            let next = |n: usize| (n.saturating_add(1)..length).find(|n| level(nth(*n)).0.is_finite());
            while let Some(higher) = next(n).filter(|n| level(nth(*n)).0 <= target) {
                n = higher;
            }
            put(at, self.value(target, n, length, |n| level(nth(n))));
        }
    }

    /// The value at `target`, of which level `n` is the last that is not greater, if any is not.
    #[inline]
    fn value(&self, target: f64, n: usize, length: usize, level: impl Fn(usize) -> (f64, f64)) -> f64 {
        let (below, value) = level(n);
        if same(below, target) {
            return value;
        }
        if n + 1 >= length || target < below {
            return if self.extrapolate { value } else { f64::NAN };
        }
        let (above, next) = level(n + 1);
        if same(above, target) {
            return next;
        }
        value + self.scale.share(below, above, target) * (next - value)
    }
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
            *length = targets.sorted.len();
        }
        let (source, dimensions) = (Arc::clone(source), dimensions.to_vec());
        Arc::new(Self { source, dimensions, axis, field, targets, packing, stored, shape })
    }

    /// The whole columns in which `region` lies.
    fn wanted(&self, region: &Region) -> Region {
        let mut ranges = region.ranges().to_vec();
        if let (Some(range), Some(&levels)) = (ranges.get_mut(self.axis), self.source.shape().get(self.axis)) {
            *range = 0..levels;
        }
        Region::new(ranges)
    }
}

impl LazyArray for Columns {
    fn data_type(&self) -> &DataType {
        &self.stored.data_type
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn chunk_starts(&self, axis: usize) -> Starts {
        if axis == self.axis { Starts::whole(self.targets.sorted.len()) } else { self.source.chunk_starts(axis) }
    }

    fn beneath(&self, region: &Region) -> Vec<(&Array, Region)> {
        let wanted = self.wanted(region);
        let mut all = self.field.beneath(&self.dimensions, &wanted);
        all.push((&self.source, wanted));
        all
    }

    fn read_bytes(&self, region: &Region) -> usize {
        // Everything at once: what is read, values and places as doubles, the results as doubles and as stored.
        let wanted = self.wanted(region);
        let doubles = |region: &Region| region.len().saturating_mul(size_of::<f64>());
        let below = self
            .beneath(region)
            .iter()
            .fold(0_usize, |n, (array, part)| n.saturating_add(array.read_bytes(part)).saturating_add(doubles(part)));
        let own = doubles(region).saturating_add(region.bytes(self.data_type()));
        below.saturating_add(doubles(&wanted)).saturating_add(own)
    }

    fn read(&self, region: &Region) -> Result<Block> {
        if !region.fits(&self.shape) {
            return Err(misfit(region, &self.shape));
        }
        let wanted = self.wanted(region);
        let length = region.len();
        let mut out = vec![f64::NAN; length];
        if length > 0 && !wanted.is_empty() {
            let places = self.field.places(&self.dimensions, &wanted)?;
            let values = self.packing.decode_f64(&self.source.read(&wanted)?);
            let levels = wanted.ranges().get(self.axis).map_or(0, ExactSizeIterator::len);
            let kept = region.ranges().get(self.axis).cloned().unwrap_or(0..0);
            let inner: usize = region.shape().iter().skip(self.axis.saturating_add(1)).product();
            let (stack, results) = (levels.saturating_mul(inner).max(1), kept.len().saturating_mul(inner).max(1));
            let stacks = places.chunks_exact(stack).zip(values.chunks_exact(stack));
            for ((places, values), out) in stacks.zip(out.chunks_exact_mut(results)) {
                self.stack(places, values, out, inner, &kept);
            }
        }
        self.stored.block(out, region)
    }
}

impl Columns {
    /// Columns side by side, `inner` of them; of the results those numbered `kept`.
    fn stack(&self, places: &[f64], values: &[f64], out: &mut [f64], inner: usize, kept: &Range<usize>) {
        let levels = places.len() / inner.max(1);
        for cell in 0..inner {
            let level = |i: usize| {
                let at = i.saturating_mul(inner).saturating_add(cell);
                let place = places.get(at).copied().unwrap_or(f64::NAN);
                (place, values.get(at).copied().unwrap_or(f64::NAN))
            };
            self.targets.column(levels, level, |target, value| {
                if let Some(row) = target.checked_sub(kept.start).filter(|_| kept.contains(&target))
                    && let Some(result) = out.get_mut(row.saturating_mul(inner).saturating_add(cell))
                {
                    *result = value;
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(places: &[f64], values: &[f64], targets: &[f64], scale: Scale, extrapolate: bool) -> Vec<f64> {
        let mut out = vec![f64::NAN; targets.len()];
        let targets = Targets::new(targets, scale, extrapolate);
        targets.column(places.len(), |i| (places[i], values[i]), |at, value| out[at] = value);
        out
    }

    const NAN: f64 = f64::NAN;

    #[test]
    fn a_column_up_or_down() {
        let targets = [25.0, 10.0, 5.0, 40.0, 45.0];
        let up = column(&[10.0, 20.0, 40.0], &[1.0, 2.0, 3.0], &targets, Scale::Linear, false);
        let down = column(&[40.0, 20.0, 10.0], &[3.0, 2.0, 1.0], &targets, Scale::Linear, false);
        assert_eq!(format!("{up:?}"), "[2.25, 1.0, NaN, 3.0, NaN]");
        assert_eq!(format!("{up:?}"), format!("{down:?}"));
        let beyond = column(&[40.0, 20.0, 10.0], &[3.0, 2.0, 1.0], &targets, Scale::Linear, true);
        assert_eq!(beyond, [2.25, 1.0, 1.0, 3.0, 3.0]);
        let log = column(&[1.0, 100.0], &[0.0, 2.0], &[10.0], Scale::Log, false);
        assert!((log[0] - 1.0).abs() < 1e-15);
    }

    #[test]
    fn missing_values_reach_no_further_than_their_layers() {
        let values = column(&[1.0, 2.0, 3.0], &[NAN, 5.0, 6.0], &[1.0, 1.5, 2.0, 2.5], Scale::Linear, false);
        assert_eq!(format!("{values:?}"), "[NaN, NaN, 5.0, 5.5]");
        let places = column(&[NAN, 2.0, 3.0, NAN], &[1.0, 5.0, 6.0, 7.0], &[1.0, 2.5, 4.0], Scale::Linear, true);
        assert_eq!(places, [5.0, 5.5, 6.0]);
        let gap = column(&[1.0, NAN, 3.0, 4.0], &[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 3.5], Scale::Linear, false);
        assert_eq!(format!("{gap:?}"), "[1.0, NaN, 3.0, 3.5]");
        let folded = column(&[1.0, 3.0, 2.0, 4.0], &[1.0; 4], &[1.5], Scale::Linear, false);
        assert!(folded[0].is_nan());
    }
}
