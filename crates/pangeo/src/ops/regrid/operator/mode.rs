//! The value that fills most of a cell.

use std::ops::Range;

use super::{Field, NONE, NOTHING, Rules, Sparse};

/// Picks for each target a source cell of the value that fills the greatest part of it.
#[derive(Debug)]
pub(in crate::ops::regrid) struct Mode(Sparse);

impl Mode {
    /// By the areas that source cells have in target cells.
    pub(in crate::ops::regrid) fn new(areas: Sparse) -> Self {
        Self(areas)
    }

    /// The rows of the source that the rows `targets` need.
    pub(in crate::ops::regrid) fn reach(&self, targets: Range<usize>) -> Range<usize> {
        self.0.reach(targets)
    }

    /// For each cell of the rows `targets` the source to take, or [`NONE`]. Of values that fill equal parts that
    /// of the first source cell.
    pub(in crate::ops::regrid) fn picks(&self, field: &Field, targets: Range<usize>, rules: Rules) -> Vec<u32> {
        let mut shares = Vec::new();
        self.0.cells(targets).map(|target| self.pick(field, target, rules, &mut shares)).collect()
    }

    fn pick(&self, field: &Field, target: usize, rules: Rules, shares: &mut Vec<(f64, f64, u32)>) -> u32 {
        shares.clear();
        let mut covered = 0.0;
        for (source, area) in self.0.matrix().entries_of(target) {
            let value = field.get(source);
            if value.is_nan() {
                continue;
            }
            covered += area;
            match shares.iter_mut().find(|(known, ..)| *known == value) {
                Some((_, total, _)) => *total += area,
                None => shares.push((value, area, source as u32)),
            }
        }
        let full = self.0.full().get(target).copied().unwrap_or(1.0);
        if rules.value(0.0, covered, full).is_nan() {
            return NONE;
        }
        // Areas that differ by rounding are equal.
        let better = |best: (f64, u32), (_, area, source): &(f64, f64, u32)| {
            if *area > best.0 + NOTHING * full { (*area, *source) } else { best }
        };
        shares.iter().fold((0.0, NONE), better).1
    }
}
