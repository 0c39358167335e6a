//! Grids on the plane of a map projection: where their cells are on the Earth.
//!
//! The only place of this crate that knows PROJ. Tools that call nothing of it and no target of a projection link
//! none of it.

mod definition;
mod describe;
mod lattice;
mod plane;
#[cfg(test)]
mod tests;

pub use definition::definition;
pub(in crate::grid) use plane::Plane;

use super::{Corners, Grid, GridKind, Places, distance_km};
use crate::cf::roles::Roles;
use crate::model::Dataset;
use crate::{Error, Result};
use lattice::Lattice;

/// The grid `on` of `variable` with latitudes and longitudes in degrees, which a projected one whose file has none
/// gets from its grid mapping ([`definition()`]): x and y in any unit of length, degrees, or, of a geostationary
/// satellite, the angle that it sees them at. NaN where the plane has no place. Other grids stay as they are.
///
/// # Errors
/// [`Error::Data`] where nothing tells the projection, PROJ does not accept it, or x and y have no such unit.
pub fn placed(mut on: Grid, dataset: &Dataset, roles: &Roles, variable: &str) -> Result<Grid> {
    if on.places != Places::Unknown {
        return Ok(on);
    }
    let lattice = Lattice::of(dataset, roles, &on, variable)?;
    let (longitudes, latitudes) = lattice.centres().into_iter().unzip();
    on.places = Places::PerCell { latitudes, longitudes };
    Ok(on)
}

/// The corners of the cells of a projected grid: the bounds of x and y, else half-way between them, carried to the
/// Earth by the projection. `None` for grids that are not projected or whose projection or coordinates are not known,
/// and where the projection does not lead to the latitudes and longitudes that the file has, to half a cell.
///
/// A straight edge of the plane becomes the great circle between its ends. Cells that reach beyond the map have no
/// corners.
///
/// # Errors
/// When coordinates can't be read.
pub fn corners(dataset: &Dataset, roles: &Roles, on: &Grid, variable: &str) -> Result<Option<Corners>> {
    if on.kind != GridKind::Projected {
        return Ok(None);
    }
    let lattice = match Lattice::of(dataset, roles, on, variable) {
        Ok(lattice) => lattice,
        Err(Error::Data { .. } | Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    if !leads_to_places(&lattice, on) {
        return Ok(None);
    }
    Ok(lattice.outlines(dataset, roles)?.map(Corners::PerCell))
}

/// The corners of a grid's cells as [`Corners::of`] has them, but those of a projected grid whose file has none by its
/// projection ([`corners`]) rather than guessed from the centres around.
///
/// # Errors
/// As [`Corners::of`].
pub fn corners_of(dataset: &Dataset, roles: &Roles, on: &Grid, variable: &str) -> Result<Corners> {
    if on.kind == GridKind::Projected
        && Corners::given(dataset, roles, on, variable)?.is_none()
        && let Some(corners) = corners(dataset, roles, on, variable)?
    {
        return Ok(corners);
    }
    Corners::of(dataset, roles, on, variable)
}

/// Longitudes and latitudes of a place on either side of each cell's centre.
pub type Sides = [Vec<(f64, f64)>; 2];

/// Longitude and latitude of two places close by the centre of each cell of a projected grid, on either side along
/// growing x: the direction of x there. `None` as for [`corners`].
///
/// # Errors
/// As [`corners`].
pub fn aside(dataset: &Dataset, roles: &Roles, on: &Grid, variable: &str) -> Result<Option<Sides>> {
    if on.kind != GridKind::Projected {
        return Ok(None);
    }
    match Lattice::of(dataset, roles, on, variable) {
        Ok(lattice) if leads_to_places(&lattice, on) => Ok(Some(lattice.aside())),
        Ok(_) | Err(Error::Data { .. } | Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the first, middle and last cell that the file knows the place of lie where the projection has them.
fn leads_to_places(lattice: &Lattice, on: &Grid) -> bool {
    let (rows, columns) = on.shape();
    let slack = 0.5 * lattice.cell_km();
    let middle = (rows / 2).saturating_mul(columns).saturating_add(columns / 2);
    [0, middle, on.len().saturating_sub(1)].into_iter().all(|index| match (on.place(index), lattice.centre(index)) {
        (Some(known), Some(found)) => distance_km(known, found) <= slack,
        _ => true,
    })
}
