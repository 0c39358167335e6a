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

    /// Weights over the dimensions of which `given` (how far the indices of each lie apart in `list`) is not 0;
    /// `shape` are the extents of all dimensions.
    pub(in crate::ops::aggregate) fn listed(list: &[f64], given: &[usize], shape: &[usize]) -> Self {
        // In the order of the dimensions, whatever that of the weights, so that runs lie side by side.
        let mut strides = vec![0; shape.len()];
        let mut ordered = vec![0_usize];
        let mut stride = 1;
        for (d, (&apart, &extent)) in given.iter().zip(shape).enumerate().rev().filter(|(_, (apart, _))| **apart != 0) {
            if let Some(own) = strides.get_mut(d) {
                *own = stride;
            }
            stride *= extent.max(1);
            ordered = (0..extent).flat_map(|i| ordered.iter().map(move |rest| i * apart + rest)).collect();
        }
        let weight = |at: &usize| list.get(*at).copied().map_or(0.0, sound);
        Self { factors: vec![None; shape.len()], list: ordered.iter().map(weight).collect(), strides }
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

/// A weight, or 0 for what is none.
pub(in crate::ops::aggregate) fn sound(weight: f64) -> f64 {
    if weight > 0.0 { weight } else { 0.0 }
}

/// Whether all weights are the same but for rounding: 0.1, 0.2, 0.3 are not equally far apart.
fn is_constant(list: &[f64]) -> bool {
    let (low, high) = list.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), &w| (l.min(w), h.max(w)));
    high - low <= 1e-13 * high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_any_order_of_dimensions_are_found() {
        // w(lon, lat) = 10 lon + lat of 2 longitudes and 3 latitudes, for values (time, lat, lon).
        let list = [0.0, 1.0, 2.0, 10.0, 11.0, 12.0];
        let own = Weighting::listed(&list, &[0, 1, 3], &[4, 3, 2]);
        let run = |lat: usize| own.along_last(own.offset(1, lat)..own.offset(1, lat) + 2).unwrap().to_vec();
        assert_eq!((own.offset(0, 3), run(0), run(2)), (0, vec![0.0, 10.0], vec![2.0, 12.0]));
        let rows = Weighting::listed(&[1.0, -2.0, f64::NAN], &[0, 1, 0], &[4, 3, 2]);
        assert!(rows.along_last(0..2).is_none());
        assert_eq!([0, 1, 2].map(|lat| rows.at(rows.offset(1, lat))), [1.0, 0.0, 0.0]);
    }
}
