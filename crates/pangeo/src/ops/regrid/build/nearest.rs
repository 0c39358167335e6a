//! The nearest cell.

use super::{Source, for_targets};
use crate::Result;
use crate::engine::Engine;
use crate::grid::NearestCell;
use crate::grid::target::Target;
use crate::ops::regrid::operator::NONE;

/// For each target the source cell whose centre is nearest along a great circle, of equally near ones the
/// first; [`NONE`] for targets outside all source cells, unless they are wanted `everywhere`.
pub(super) fn picks(source: &Source, target: &Target, everywhere: bool, engine: &Engine) -> Result<Vec<u32>> {
    let search = NearestCell::new(source.grid)?;
    let domain = (!everywhere).then(|| source.domain());
    for_targets(target, engine, |longitude, latitude| {
        let inside = domain.as_ref().is_none_or(|domain| domain.cell(longitude, latitude).is_some());
        let nearest = if inside { search.nearest(longitude, latitude) } else { None };
        nearest.map_or(NONE, |nearest| nearest.index as u32)
    })
}
