//! The mean of the nearest cells, by the inverse of their distance.

use super::{Source, by_points};
use crate::Result;
use crate::engine::Engine;
use crate::grid::target::Target;
use crate::grid::{EARTH_RADIUS_KM, KdTree};
use crate::ops::regrid::operator::Operator;

/// So many cells make a mean.
const NEIGHBOURS: usize = 4;

/// Nearer than this a cell is the place itself: a tenth of a millimetre.
const SAME_KM: f64 = 1e-7;

/// Weights for targets inside source cells, or `everywhere`.
pub(super) fn operator(source: &Source, target: &Target, everywhere: bool, engine: &Engine) -> Result<Operator> {
    let (latitudes, longitudes) = source.places();
    let tree = KdTree::new(&latitudes, &longitudes);
    let domain = (!everywhere).then(|| source.domain());
    by_points(source, target, engine, |longitude, latitude| {
        let inside = domain.as_ref().is_none_or(|domain| domain.cell(longitude, latitude).is_some());
        if inside { around(&tree, longitude, latitude) } else { Vec::new() }
    })
}

/// The nearest cells and their weights, which sum to 1: the inverse of the straight line to them, as CDO has it.
pub(super) fn around(tree: &KdTree, longitude: f64, latitude: f64) -> Vec<(u32, f64)> {
    let near = tree.nearest_several(longitude, latitude, NEIGHBOURS);
    if let Some(same) = near.first().filter(|n| n.distance_km < SAME_KM) {
        return vec![(same.index as u32, 1.0)];
    }
    let weight = |km: f64| 1.0 / (0.5 * km / EARTH_RADIUS_KM).sin();
    let total: f64 = near.iter().map(|n| weight(n.distance_km)).sum();
    near.iter().map(|n| (n.index as u32, weight(n.distance_km) / total)).collect()
}
