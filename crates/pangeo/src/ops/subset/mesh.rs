//! Which places of a mesh lead when an area is selected.

use super::area::GridOf;
use crate::cf::roles::{Location, Mesh, Tie};
use crate::model::Dataset;

/// Of several grids on one mesh the highest alone: faces are selected by their own place, and their
/// edges and nodes, with the data there, follow them. Grids that are on no mesh stay.
pub(super) fn leading(dataset: &Dataset, found: Vec<GridOf>) -> Vec<GridOf> {
    let meshes: Vec<Mesh> =
        Tie::all(dataset).into_iter().filter_map(|t| if let Tie::Mesh(mesh) = t { Some(mesh) } else { None }).collect();
    let ranks: Vec<Option<(&str, u8)>> = found.iter().map(|on| rank(&meshes, on)).collect();
    let highest = |mesh: &str| ranks.iter().flatten().filter(|(m, _)| *m == mesh).map(|(_, rank)| *rank).max();
    let leads: Vec<bool> = ranks.iter().map(|r| r.is_none_or(|(mesh, rank)| Some(rank) == highest(mesh))).collect();
    found.into_iter().zip(leads).filter(|(_, leads)| *leads).map(|(on, _)| on).collect()
}

/// The mesh that a grid's cells are places of, and how high these are; segments of the rim are lowest,
/// since nothing follows them.
fn rank<'a>(meshes: &'a [Mesh], on: &GridOf) -> Option<(&'a str, u8)> {
    let dimension = &on.grid.cells.as_ref()?.dimension;
    let (mesh, location) = meshes.iter().find_map(|m| Some((m, m.location(dimension)?)))?;
    let rank = match location {
        Location::Boundary => 0,
        Location::Node => 1,
        Location::Edge => 2,
        Location::Face => 3,
        Location::Volume => 4,
    };
    Some((&mesh.name, rank))
}
