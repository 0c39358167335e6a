//! Percentiles of windows that move along a dimension: each window is the one before it less what leaves it
//! and with what comes into it, kept in order.

use std::cmp::Ordering;
use std::ops::Range;

use super::accumulate::Wanted;
use super::walk::unpacking;
use super::{SLAB, Stored};
use crate::Result;
use crate::cf::packing::{Packing, Visitor};
use crate::model::{Block, Element, Region};
use crate::ops::aggregate::quantile::Percentile;

/// Cells that are gone through side by side: a line of the nearest cache, read once.
const SIDE_BY_SIDE: usize = 16;

/// The percentiles of the windows of one part.
pub(super) struct Ranked<'a> {
    pub(super) packing: &'a Packing,
    /// What was read, and the dimension along which the windows lie.
    pub(super) slab: &'a Region,
    pub(super) axis: usize,
    /// The windows of the part's steps.
    pub(super) windows: &'a [Range<usize>],
    pub(super) percentiles: &'a [Percentile],
    pub(super) wanted: &'a Wanted,
}

impl Ranked<'_> {
    /// One block for each of `stored`, from the values of the slab.
    ///
    /// # Errors
    /// Internal ones only.
    pub(super) fn blocks(&self, part: &Region, values: &Block, stored: &[Stored]) -> Result<Vec<Block>> {
        let results = vec![vec![f64::NAN; part.len()]; self.percentiles.len()];
        let mut found = Found { of: self, results, present: 0 };
        self.packing.visit(values, &mut found);
        for results in &found.results {
            let there = results.iter().filter(|v| !v.is_nan()).count();
            self.wanted.tally.count(found.present, there as u64);
        }
        stored.iter().zip(found.results).map(|(stored, results)| stored.block(part, results)).collect()
    }

    /// Go through the windows of one cell, all of whose values are `column`; `take` is handed a step's number, a
    /// percentile's and its value. How many values the windows had.
    fn column(&self, column: &[f64], window: &mut Window, mut take: impl FnMut(usize, usize, f64)) -> u64 {
        let first = self.slab.start().get(self.axis).copied().unwrap_or(0);
        let mut present = 0;
        let mut held = 0..0;
        window.0.clear();
        for (step, range) in self.windows.iter().enumerate() {
            let wanted = range.start.saturating_sub(first)..range.end.saturating_sub(first);
            window.move_to(column, &held, &wanted);
            held = wanted;
            let count = window.0.len();
            present += count as u64;
            let few = count < self.wanted.min_count.max(1) as usize;
            if few || self.wanted.propagate && count < held.len() {
                continue;
            }
            for (number, percentile) in self.percentiles.iter().enumerate() {
                take(step, number, percentile.of_sorted(&window.0));
            }
        }
        present
    }
}

/// The results of a part in the making.
struct Found<'a> {
    of: &'a Ranked<'a>,
    results: Vec<Vec<f64>>,
    present: u64,
}

impl Visitor for Found<'_> {
    fn visit<T: Element>(&mut self, values: &[T], gaps: &[T], number: impl Fn(T) -> f64 + Copy) {
        let (shape, axis) = (self.of.slab.shape(), self.of.axis);
        let inner: usize = shape.iter().skip(axis + 1).product();
        let outer: usize = shape.iter().take(axis).product();
        let read = shape.get(axis).copied().unwrap_or(0);
        let steps = self.of.windows.len();
        let width = (SLAB / 8 / read.max(1)).clamp(1, SIDE_BY_SIDE);
        let decode = unpacking(self.of.packing, gaps, number);
        let (mut scratch, mut columns) = (Vec::with_capacity(width), vec![0.0; width * read]);
        let mut window = Window::default();
        for block in 0..outer {
            for start in (0..inner).step_by(width) {
                let end = (start + width).min(inner);
                for row in 0..read {
                    let from = (block * read + row) * inner;
                    decode(values.get(from + start..from + end).unwrap_or(&[]), &mut scratch);
                    let places = columns.iter_mut().skip(row).step_by(read);
                    places.zip(&scratch).for_each(|(place, &value)| *place = value);
                }
                for (cell, column) in (start..end).zip(columns.chunks(read.max(1))) {
                    let results = &mut self.results;
                    self.present += self.of.column(column, &mut window, |step, number, value| {
                        let place =
                            results.get_mut(number).and_then(|r| r.get_mut((block * steps + step) * inner + cell));
                        place.into_iter().for_each(|p| *p = value);
                    });
                }
            }
        }
    }
}

/// The values of a window, the smallest first; those that are missing are left out.
#[derive(Debug, Default)]
struct Window(Vec<f64>);

impl Window {
    /// From the steps `held` of `column` to the steps `wanted`.
    fn move_to(&mut self, column: &[f64], held: &Range<usize>, wanted: &Range<usize>) {
        let there = |steps: Range<usize>| {
            let steps = column.get(steps).unwrap_or(&[]);
            steps.iter().copied().filter(|v| !v.is_nan())
        };
        if wanted.start >= held.end || wanted.start < held.start || wanted.end < held.end {
            self.0.clear();
            self.0.extend(there(wanted.clone()));
            self.0.sort_unstable_by(f64::total_cmp);
            return;
        }
        let (mut leaving, mut coming) = (there(held.start..wanted.start), there(held.end..wanted.end));
        loop {
            match (leaving.next(), coming.next()) {
                (Some(old), Some(new)) => self.replace(old, new),
                (Some(old), None) => self.remove(old),
                (None, Some(new)) => self.0.insert(self.place(new), new),
                (None, None) => return,
            }
        }
    }

    /// Where `value` is, or would be.
    fn place(&self, value: f64) -> usize {
        self.0.partition_point(|v| v.total_cmp(&value) == Ordering::Less)
    }

    fn remove(&mut self, value: f64) {
        let at = self.place(value);
        if at < self.0.len() {
            self.0.remove(at);
        }
    }

    /// Only what lies between the two moves.
    fn replace(&mut self, old: f64, new: f64) {
        let (from, to) = (self.place(old), self.place(new));
        let (low, high) = if from < to { (from, to) } else { (to, from + 1) };
        let Some(between) = self.0.get_mut(low..high) else { return };
        if from < to {
            between.rotate_left(1);
            between.last_mut().into_iter().for_each(|place| *place = new);
        } else {
            between.rotate_right(1);
            between.first_mut().into_iter().for_each(|place| *place = new);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever comes and goes, a window is what sorting its steps gives.
    #[test]
    fn windows_are_their_steps_in_order() {
        let value = |i: usize| match i % 7 {
            3 => f64::NAN,
            5 => [0.0, -0.0][i / 7 % 2],
            _ => (i * 37 % 23) as f64 * 0.5 - 4.0,
        };
        let column: Vec<f64> = (0..200).map(value).collect();
        for (size, centred) in [(1, false), (2, false), (9, false), (9, true), (150, true), (500, false)] {
            let (mut window, mut held) = (Window::default(), 0..0);
            for wanted in crate::cf::time::rolling(column.len(), size, centred) {
                window.move_to(&column, &held, &wanted);
                let mut sorted: Vec<f64> = column[wanted.clone()].iter().copied().filter(|v| !v.is_nan()).collect();
                sorted.sort_by(f64::total_cmp);
                let bits = |list: &[f64]| list.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&window.0), bits(&sorted), "{size} {centred} {wanted:?}");
                held = wanted;
            }
        }
    }
}
