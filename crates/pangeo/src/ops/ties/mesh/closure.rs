//! Which elements of a mesh stay when some of one kind are selected.

use std::collections::HashSet;

use super::table::Table;
use crate::Result;
use crate::cf::roles::{Location, Mesh};
use crate::model::Dataset;
use crate::model::array::AxisSelection;
use crate::ops::ties::{Positions, indices};

/// What stays of each place of a mesh. A place that nothing connects to those that are cut is not
/// listed and stays whole.
pub(super) struct Closure<'a> {
    dataset: &'a Dataset,
    mesh: &'a Mesh,
    pub(super) stays: Vec<(Location, AxisSelection)>,
}

impl<'a> Closure<'a> {
    /// # Errors
    /// As [`Table::read`].
    pub(super) fn of(dataset: &'a Dataset, mesh: &'a Mesh, chosen: Location, kept: AxisSelection) -> Result<Self> {
        let mut closure = Self { dataset, mesh, stays: vec![(chosen, kept)] };
        let places = || mesh.locations.iter().map(|(l, _)| *l).filter(|l| *l != Location::Boundary);
        let below: Vec<Location> = places().filter(|l| *l < chosen).collect();
        for location in below.into_iter().rev() {
            closure.keep_used(location)?;
        }
        for location in places().filter(|l| *l > chosen) {
            closure.keep_whole(location)?;
        }
        if mesh.dimension(Location::Boundary).is_some() {
            closure.keep_whole(Location::Boundary)?;
        }
        Ok(closure)
    }

    fn table(&self, from: Location, to: Location) -> Result<Option<Table>> {
        self.mesh.table(from, to).map(|links| Table::read(self.dataset, self.mesh, links)).transpose()
    }

    /// Keep what the elements above that stay are made of.
    fn keep_used(&mut self, location: Location) -> Result<()> {
        let mut used: Option<Vec<usize>> = None;
        for (above, kept) in self.stays.iter().filter(|(l, _)| *l > location) {
            let found: Vec<usize> = if let Some(table) = self.table(*above, location)? {
                indices(kept).flat_map(|row| table.row(row)).collect()
            } else if let Some(table) = self.table(location, *above)? {
                let there = Positions::of(kept);
                (0..table.rows()).filter(|&row| table.row(row).any(|i| there.get(i).is_some())).collect()
            } else if let Some((faces, edges)) = self.outlines(*above, location)? {
                let there: HashSet<Side> = indices(kept).flat_map(|face| sides(&faces, face)).collect();
                (0..edges.rows()).filter(|&edge| sides(&edges, edge).iter().any(|s| there.contains(s))).collect()
            } else {
                continue;
            };
            used.get_or_insert_default().extend(found);
        }
        if let Some(mut used) = used {
            used.sort_unstable();
            used.dedup();
            self.stays.push((location, AxisSelection::from_indices(used)));
        }
        Ok(())
    }

    /// Keep those elements all of whose parts stay.
    fn keep_whole(&mut self, location: Location) -> Result<()> {
        let mut whole: Option<Vec<usize>> = None;
        for (below, kept) in self.stays.iter().filter(|(l, _)| *l < location || location == Location::Boundary) {
            let there = Positions::of(kept);
            let stays = |i: usize| there.get(i).is_some();
            let found: Vec<usize> = if let Some(table) = self.table(location, *below)? {
                let complete = |row: &usize| table.row(*row).all(stays) && table.row(*row).next().is_some();
                (0..table.rows()).filter(complete).collect()
            } else if let Some(table) = self.table(*below, location)? {
                let (inside, outside): (Vec<usize>, Vec<usize>) = (0..table.rows()).partition(|row| stays(*row));
                let lost: HashSet<usize> = outside.into_iter().flat_map(|row| table.row(row)).collect();
                let mut found: Vec<usize> = inside.into_iter().flat_map(|row| table.row(row)).collect();
                found.retain(|i| !lost.contains(i));
                found.sort_unstable();
                found.dedup();
                found
            } else if let Some((faces, edges)) = self.outlines(location, *below)? {
                let there: HashSet<Side> = indices(kept).flat_map(|edge| sides(&edges, edge)).collect();
                (0..faces.rows()).filter(|&face| sides(&faces, face).iter().all(|s| there.contains(s))).collect()
            } else {
                continue;
            };
            whole = Some(match whole {
                None => found,
                Some(whole) => whole.into_iter().filter(|i| found.binary_search(i).is_ok()).collect(),
            });
        }
        self.stays.extend(whole.map(|whole| (location, AxisSelection::from_indices(whole))));
        Ok(())
    }

    /// The nodes of what is bounded and of what bounds it: where no table connects these, sides tell.
    /// Segments of the rim are sides of edges and faces.
    fn outlines(&self, above: Location, below: Location) -> Result<Option<(Table, Table)>> {
        let known = match above {
            Location::Face => below == Location::Edge,
            Location::Boundary => matches!(below, Location::Edge | Location::Face),
            _ => false,
        };
        if !known {
            return Ok(None);
        }
        let outer = self.table(above, Location::Node)?;
        Ok(outer.zip(self.table(below, Location::Node)?))
    }
}

/// The nodes at both ends, the lesser first.
type Side = (usize, usize);

/// The sides of a face; an edge is one. Some fill short faces up with their last node.
fn sides(table: &Table, row: usize) -> Vec<Side> {
    let nodes: Vec<usize> = table.row(row).collect();
    let next = nodes.iter().skip(1).chain(nodes.first());
    nodes.iter().zip(next).filter(|(a, b)| a != b).map(|(&a, &b)| (a.min(b), a.max(b))).collect()
}
