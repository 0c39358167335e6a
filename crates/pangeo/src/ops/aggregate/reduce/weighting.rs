//! Weights of values, laid out along the dimensions of the input.

use std::ops::Range;

/// A weight for each value: the product of factors along single dimensions, or one list over
/// several. A weight that is missing (NaN) or negative counts as 0.
#[derive(Debug, Clone)]
pub(in crate::ops::aggregate) struct Weighting {
    /// A factor for each index of a dimension, for those that have any.
    factors: Vec<Option<Vec<f64>>>,
    /// Weights over several dimensions; how far each index of each dimension lies apart in it (0: they do not
    /// vary along it).
    list: Vec<f64>,
    strides: Vec<usize>,
}

impl Weighting {
    /// Factors along single dimensions, one entry a dimension of the input.
    pub(in crate::ops::aggregate) fn separable(factors: Vec<Option<Vec<f64>>>) -> Self {
        let clean = |list: Vec<f64>| list.into_iter().map(sound).collect();
        let mut factors: Vec<Option<Vec<f64>>> = factors.into_iter().map(|f| f.map(clean)).collect();
        let strides = vec![0; factors.len()];
        // Runs of the fastest dimension take their weights from a list, unless they are all the same.
        let last = factors.last_mut().and_then(Option::take);
        let mut own = Self { factors, list: Vec::new(), strides };
        match last {
            Some(list) if is_constant(&list) => {
                let factor = list.first().copied().unwrap_or(1.0);
                if let Some(place) = own.factors.last_mut() {
                    *place = Some(vec![factor; list.len()]);
                }
                own
            }
            Some(list) => own.with_last(&list),
            None => own,
        }
    }

    /// Weights over the dimensions of which `strides` is not 0, in C order.
    pub(in crate::ops::aggregate) fn listed(list: Vec<f64>, strides: Vec<usize>) -> Self {
        let factors = vec![None; strides.len()];
        Self { factors, list: list.into_iter().map(sound).collect(), strides }
    }

    /// The products of all factors with those of the fastest dimension.
    fn with_last(mut self, last: &[f64]) -> Self {
        let mut list = last.to_vec();
        let mut strides = vec![0; self.factors.len()];
        if let Some(stride) = strides.last_mut() {
            *stride = 1;
        }
        for (d, factor) in self.factors.iter_mut().enumerate().rev() {
            let Some(factor) = factor.take() else { continue };
            strides[d] = list.len();
            list = factor.iter().flat_map(|f| list.iter().map(move |w| f * w)).collect();
        }
        Self { list, strides, ..self }
    }

    pub(super) fn varies_along(&self, dimension: usize) -> bool {
        let listed = self.strides.get(dimension).is_some_and(|&s| s != 0);
        listed || self.factors.get(dimension).is_some_and(Option::is_some)
    }

    /// The factor of an index of a dimension.
    pub(super) fn factor(&self, dimension: usize, index: usize) -> f64 {
        match self.factors.get(dimension) {
            Some(Some(list)) => list.get(index).copied().unwrap_or(0.0),
            _ => 1.0,
        }
    }

    pub(super) fn offset(&self, dimension: usize, index: usize) -> usize {
        self.strides.get(dimension).map_or(0, |s| s * index)
    }

    /// The listed weight of a run along which weights do not vary; 1 without a list.
    pub(super) fn at(&self, offset: usize) -> f64 {
        if self.list.is_empty() { 1.0 } else { self.list.get(offset).copied().unwrap_or(0.0) }
    }

    /// The listed weights of a run of the fastest dimension; `None` where they do not vary along it.
    pub(super) fn along_last(&self, range: Range<usize>) -> Option<&[f64]> {
        if self.strides.last().is_some_and(|&s| s == 1) { self.list.get(range) } else { None }
    }
}

fn sound(weight: f64) -> f64 {
    if weight > 0.0 { weight } else { 0.0 }
}

/// Whether all weights are the same but for rounding: 0.1, 0.2, 0.3 are not equally far apart.
fn is_constant(list: &[f64]) -> bool {
    let (low, high) = list.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), &w| (l.min(w), h.max(w)));
    high - low <= 1e-13 * high
}
