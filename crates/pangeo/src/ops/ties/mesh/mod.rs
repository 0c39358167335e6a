//! Meshes: which nodes, edges and faces stay when one of these is cut, and their numbers.
//!
//! What is selected stays, with all that it is made of: the edges and nodes of faces. Of what is
//! made of the selected, that stays which is whole: faces all of whose nodes are selected.

mod closure;
mod table;

use super::{Cuts, Positions, indices};
use crate::cf::roles::{Location, Mesh, lists_only};
use crate::model::array::AxisSelection;
use crate::{Error, Result};
use closure::Closure;
use table::Table;

/// Cut all places of a mesh and number its connections anew.
pub(super) fn follow(cuts: &mut Cuts, mesh: &Mesh) -> Result<()> {
    let mut cut = mesh.locations.iter().rev().filter(|(l, _)| *l != Location::Boundary);
    let Some((chosen, kept)) = cut.find_map(|(l, d)| Some((*l, cuts.of(d)?.clone()))) else {
        return Ok(()); // segments of the rim, on which nothing else depends
    };
    let stays = Closure::of(cuts.dataset, mesh, chosen, kept)?.stays;
    let mut gone: Vec<Location> = Vec::new();
    for (location, kept) in &stays {
        let Some(dimension) = mesh.dimension(*location) else { continue };
        if kept.is_empty() && *location != mesh.top && *location != Location::Node {
            gone.push(*location);
        } else if kept.is_empty() {
            return Err(Error::empty_selection(
                format!("the selection along {} of mesh '{}'", chosen.name(), mesh.name),
                format!("no whole {} lies inside; select along the {0}s, or more", location.name()),
            ));
        } else {
            cuts.keep(dimension, kept.clone(), &mesh.name)?;
        }
    }
    renumber(cuts, mesh, &stays, &gone)?;
    leave_out(cuts, mesh, &gone)
}

/// New numbers in all tables that lead to a place that is cut.
fn renumber(cuts: &mut Cuts, mesh: &Mesh, stays: &[(Location, AxisSelection)], gone: &[Location]) -> Result<()> {
    let kept = |l: Location| stays.iter().find(|(s, _)| *s == l).map(|(_, kept)| kept);
    for links in mesh.links.iter().filter(|l| !gone.contains(&l.from) && !gone.contains(&l.to)) {
        let Some(targets) = kept(links.to) else { continue };
        let variable = cuts.dataset.require(&links.variable)?;
        let table = Table::read(cuts.dataset, mesh, links)?;
        let at = Positions::of(targets);
        let rows: Vec<usize> = kept(links.from).map_or_else(|| (0..table.rows()).collect(), |k| indices(k).collect());
        cuts.replaced.push(table.renumbered(variable, &rows, &at)?);
    }
    Ok(())
}

/// Leave out what runs along places of which nothing is left and tables that are not understood, and
/// the mesh's words for them.
fn leave_out(cuts: &mut Cuts, mesh: &Mesh, gone: &[Location]) -> Result<()> {
    let tables = mesh.links.iter().filter(|l| gone.contains(&l.from) || gone.contains(&l.to));
    let mut dropped: Vec<String> = tables.map(|l| l.variable.clone()).chain(mesh.unclear.iter().cloned()).collect();
    for dimension in gone.iter().filter_map(|l| mesh.dimension(*l)) {
        let along = cuts.dataset.variables.iter().filter(|v| v.axis(dimension).is_some());
        dropped.extend(along.map(|v| v.name.clone()));
    }
    if dropped.is_empty() {
        return Ok(());
    }
    let mut described = cuts.dataset.require(&mesh.name)?.clone();
    let names: Vec<String> = described.attributes.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let of_gone = gone.iter().any(|l| name.strip_suffix("_dimension") == Some(l.name()));
        let lists = name.ends_with("_connectivity") || name.ends_with("_coordinates");
        if of_gone || (lists && lists_only(&described, &name, &dropped)) {
            described.attributes.remove(&name);
        }
    }
    cuts.replaced.push(described);
    cuts.dropped.extend(dropped);
    Ok(())
}
