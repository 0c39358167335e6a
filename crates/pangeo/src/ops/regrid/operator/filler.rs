//! Values for targets that have none: those of the nearest source cell that has one.

use std::sync::{Arc, Mutex, PoisonError};

use super::NONE;
use crate::grid::KdTree;

/// Of so many targets together the nearest cells are remembered, as the levels of an ocean repeat their masks at
/// every step.
const REMEMBERED: usize = 8 << 20;

/// Finds the nearest source cell that has a value.
pub(in crate::ops::regrid) struct Filler {
    /// Latitudes and longitudes in degrees.
    sources: (Vec<f64>, Vec<f64>),
    targets: (Vec<f64>, Vec<f64>),
    known: Mutex<Vec<Remembered>>,
}

/// Which source cells had values, and where each target found one.
type Remembered = (Vec<u64>, Arc<Vec<u32>>);

impl std::fmt::Debug for Filler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filler").finish_non_exhaustive()
    }
}

impl Filler {
    /// Between cells at these latitudes and longitudes, in degrees.
    pub(in crate::ops::regrid) fn new(sources: (Vec<f64>, Vec<f64>), targets: (Vec<f64>, Vec<f64>)) -> Self {
        Self { sources, targets, known: Mutex::default() }
    }

    /// For every target the nearest source of those that `has` says to have a value; [`NONE`] where no source has
    /// one or the target has no place.
    pub(in crate::ops::regrid) fn nearest(&self, has: impl Fn(usize) -> bool) -> Arc<Vec<u32>> {
        let key = bits(self.sources.0.len(), &has);
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known().iter().find(|(mask, _)| *mask == key) {
            return Arc::clone(found);
        }
        let latitudes: Vec<f64> =
            self.sources.0.iter().enumerate().map(|(cell, lat)| if has(cell) { *lat } else { f64::NAN }).collect();
        let tree = KdTree::new(&latitudes, &self.sources.1);
        let places = self.targets.0.iter().zip(&self.targets.1);
        let found = places.map(|(lat, lon)| tree.nearest(*lon, *lat).map_or(NONE, |n| n.index as u32));
        let found = Arc::new(found.collect::<Vec<u32>>());
        let mut known = known();
        if known.len() * found.len() > REMEMBERED && !known.is_empty() {
            known.remove(0);
        }
        known.push((key, Arc::clone(&found)));
        found
    }
}

/// One bit a cell.
fn bits(cells: usize, has: &impl Fn(usize) -> bool) -> Vec<u64> {
    let word = |first: usize| {
        (first..cells.min(first + 64)).fold(0_u64, |word, cell| word | (u64::from(has(cell)) << (cell - first)))
    };
    (0..cells).step_by(64).map(word).collect()
}
