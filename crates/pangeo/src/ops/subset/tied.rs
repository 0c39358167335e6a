//! Grids whose cells are tied to others: meshes, ragged arrays.

use crate::Result;
use crate::cf::roles::{Location, Mesh, Tie};
use crate::model::Dataset;
use crate::ops::grids::{GridOf, require_grids};

/// Do `cut` for all horizontal grids, in turns. On a mesh the highest leads; grids along samples come
/// after those along their instances, when they have been cut along with these.
///
/// # Errors
/// As [`require_grids`], and what `cut` answers with.
pub(super) fn in_turns(
    dataset: &mut Dataset,
    flag: &str,
    mut cut: impl FnMut(&mut Dataset, Vec<GridOf>) -> Result<()>,
) -> Result<()> {
    let mut done: Vec<String> = Vec::new();
    let mut first = true;
    loop {
        let is_open = |on: &GridOf| match cells(on) {
            Some(dimension) => !done.iter().any(|d| d == dimension),
            None => first,
        };
        let ties = Tie::all(dataset);
        let mut open = leading(&ties, require_grids(dataset, flag)?);
        open.retain(is_open);
        let follows = |on: &GridOf| open.iter().any(|other| is_tied(&ties, cells(on), cells(other)));
        let waits: Vec<bool> = open.iter().map(follows).collect();
        // Should they wait for each other, none does.
        let last = !waits.contains(&true) || !waits.contains(&false);
        let turn: Vec<GridOf> =
            open.into_iter().zip(waits).filter(|(_, waits)| last || !waits).map(|(on, _)| on).collect();
        done.extend(turn.iter().filter_map(cells).map(str::to_owned));
        cut(dataset, turn)?;
        if last {
            return Ok(());
        }
        first = false;
    }
}

/// The dimension of a grid's cells, where they stand in a list.
fn cells(on: &GridOf) -> Option<&str> {
    on.grid.cells.as_ref().map(|axis| axis.dimension.as_str())
}

/// Whether a dimension is of samples that are tied to instances.
fn is_tied(ties: &[Tie], of: Option<&str>, to: Option<&str>) -> bool {
    ties.iter().any(|tie| match tie {
        Tie::Counts { instances: Some(instances), samples, .. } | Tie::Index { instances, samples, .. } => {
            of == Some(samples) && to == Some(instances)
        }
        _ => false,
    })
}

/// Of several grids on one mesh the highest alone: faces are selected by their own place, and their
/// edges and nodes, with the data there, follow them. Grids that are on no mesh stay.
fn leading(ties: &[Tie], found: Vec<GridOf>) -> Vec<GridOf> {
    let meshes: Vec<&Mesh> =
        ties.iter().filter_map(|t| if let Tie::Mesh(mesh) = t { Some(mesh) } else { None }).collect();
    let ranks: Vec<Option<(&str, u8)>> = found.iter().map(|on| rank(&meshes, on)).collect();
    let highest = |mesh: &str| ranks.iter().flatten().filter(|(m, _)| *m == mesh).map(|(_, rank)| *rank).max();
    let leads: Vec<bool> = ranks.iter().map(|r| r.is_none_or(|(mesh, rank)| Some(rank) == highest(mesh))).collect();
    found.into_iter().zip(leads).filter(|(_, leads)| *leads).map(|(on, _)| on).collect()
}

/// The mesh that a grid's cells are places of, and how high these are; segments of the rim are lowest,
/// since nothing follows them.
fn rank<'a>(meshes: &[&'a Mesh], on: &GridOf) -> Option<(&'a str, u8)> {
    let dimension = cells(on)?;
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
