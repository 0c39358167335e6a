//! Between the centres of cells in a list: the three around a place.

use super::kernel::Curve;
use super::{Source, by_points};
use crate::engine::Engine;
use crate::grid::Triangles;
use crate::grid::target::Target;
use crate::ops::regrid::operator::Operator;
use crate::{Error, Result};

/// Weights for the centres of target cells inside source cells: linear on the triangle of the three source centres
/// around each. None where the outermost centres have been passed.
///
/// # Errors
/// [`Error::Unsupported`] for curves other than lines; [`Error::Data`] where centres span no triangle.
pub(super) fn operator(source: &Source, target: &Target, curve: Curve, engine: &Engine) -> Result<Operator> {
    let place = || format!("variable '{}' in {}", source.variable, source.dataset.source);
    if curve == Curve::Cubic {
        return Err(Error::unsupported("cells of a list have no rows and columns for cubic curves", place())
            .with_hint("--method bilinear, which goes straight between the three centres around a place"));
    }
    let (latitudes, longitudes) = source.places();
    let triangles = Triangles::new(&latitudes, &longitudes);
    if triangles.is_empty() {
        let what = "its cells span no triangle to go between: fewer than three, or all on one great circle";
        return Err(Error::data(what, place()).with_hint("--method nearest or distance-weighted"));
    }
    let domain = source.domain();
    by_points(source, target, engine, |longitude, latitude| {
        let inside = domain.cell(longitude, latitude).is_some();
        let weights = if inside { triangles.weights(longitude, latitude) } else { None };
        weights.map_or_else(Vec::new, Vec::from)
    })
}
