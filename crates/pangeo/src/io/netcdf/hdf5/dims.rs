//! Dimensions as netCDF-4 lays them over HDF5.
//!
//! A netCDF dimension is an HDF5 dimension scale: a dataset that carries its length and perhaps,
//! as a coordinate variable, its values; variables refer to scales by address. Datasets without
//! scales get dimensions called `phony_dim_N`, shared by equal lengths within a group. Source: the
//! netCDF-4 format specification in the `NetCDF` Users Guide; names, numbers and order are those that
//! netCDF-C reports.

use super::file::File;
use super::tree::{Dataset, Group, Tree};
use crate::model::DataType;

/// The name of a scale that is a dimension but no variable begins so.
const NO_VARIABLE: &str = "This is a netCDF dimension but not a netCDF variable";

/// A dimension of a group.
#[derive(Debug)]
pub(super) struct Dim {
    /// The group that it belongs to.
    pub(super) group: usize,
    pub(super) name: String,
    pub(super) length: usize,
    pub(super) unlimited: bool,
    /// The number by which netCDF orders dimensions.
    id: i64,
    /// The address of its scale; `None` for made-up ones.
    scale: Option<u64>,
}

/// A variable: its group, its dataset there, and its dimensions by position in [`Dims::list`].
#[derive(Debug)]
pub(super) struct Var {
    pub(super) group: usize,
    pub(super) dataset: usize,
    pub(super) dims: Vec<usize>,
}

/// All dimensions and variables of a file.
#[derive(Debug, Default)]
pub(super) struct Dims {
    pub(super) list: Vec<Dim>,
    pub(super) variables: Vec<Var>,
    next_id: i64,
}

/// Find the dimensions of a file and give each variable its own.
pub(super) fn find(file: &File, tree: &Tree) -> Dims {
    let mut dims = Dims::default();
    for (g, group) in tree.groups.iter().enumerate() {
        for dataset in &group.datasets {
            dims.add_scale(file, g, dataset);
        }
    }
    let mut found: Vec<Vec<Option<usize>>> = Vec::new();
    for (g, group) in tree.groups.iter().enumerate() {
        for (d, dataset) in group.datasets.iter().enumerate() {
            if !is_mere_dimension(file, dataset) {
                found.push(dims.attached(file, tree, g, dataset));
                dims.variables.push(Var { group: g, dataset: d, dims: Vec::new() });
            }
        }
    }
    dims.measure_unlimited(tree, &found);
    dims.complete(tree, &found);
    dims
}

/// Whether a dataset is a scale.
fn is_scale(file: &File, dataset: &Dataset) -> bool {
    let class = dataset.object.attribute("CLASS").and_then(|a| a.text(file));
    class.is_some_and(|c| c == "DIMENSION_SCALE") && !dataset.object.extent.is_empty()
}

/// Whether a dataset is a scale that stands for a dimension only.
fn is_mere_dimension(file: &File, dataset: &Dataset) -> bool {
    let name = dataset.object.attribute("NAME").and_then(|a| a.text(file));
    name.is_some_and(|n| n.starts_with(NO_VARIABLE)) && is_scale(file, dataset)
}

impl Dims {
    fn add_scale(&mut self, file: &File, group: usize, dataset: &Dataset) {
        if !is_scale(file, dataset) {
            return;
        }
        let object = &dataset.object;
        let assigned = object.attribute("_Netcdf4Dimid").and_then(|a| a.integers()?.first().copied());
        let id = assigned.filter(|&id| (0..i64::from(i32::MAX)).contains(&id)).unwrap_or(self.next_id);
        self.next_id = self.next_id.max(id.saturating_add(1));
        self.list.push(Dim {
            group,
            name: dataset.name.clone(),
            length: object.extent.first().copied().unwrap_or(0),
            unlimited: object.unlimited.first().copied().unwrap_or(false),
            id,
            scale: Some(dataset.address),
        });
    }

    /// The dimensions that a variable names itself; `None` where it names none that exists.
    fn attached(&self, file: &File, tree: &Tree, group: usize, dataset: &Dataset) -> Vec<Option<usize>> {
        let rank = dataset.object.extent.len();
        let by_id = || self.by_ids(dataset, rank);
        if is_scale(file, dataset) {
            let own = self.list.iter().position(|d| d.scale == Some(dataset.address));
            if rank == 1 {
                return vec![own];
            }
            return by_id().unwrap_or_else(|| (0..rank).map(|d| own.filter(|_| d == 0)).collect());
        }
        let references = dataset.object.attribute("DIMENSION_LIST").and_then(|a| a.references(file).ok());
        match references {
            Some(lists) => (0..rank)
                .map(|d| lists.get(d)?.iter().rev().find_map(|&scale| self.by_scale(tree, group, scale)))
                .collect(),
            None => by_id().unwrap_or_else(|| vec![None; rank]),
        }
    }

    /// Dimensions by the numbers in a variable's `_Netcdf4Coordinates`, if all exist.
    fn by_ids(&self, dataset: &Dataset, rank: usize) -> Option<Vec<Option<usize>>> {
        let ids = dataset.object.attribute("_Netcdf4Coordinates")?.integers()?;
        let dims: Option<Vec<_>> = ids.iter().map(|id| self.list.iter().position(|d| d.id == *id).map(Some)).collect();
        dims.filter(|d| d.len() == rank)
    }

    /// The dimension of a scale: of this group or one above it, else of any.
    fn by_scale(&self, tree: &Tree, group: usize, scale: u64) -> Option<usize> {
        let in_group = |g: usize| self.list.iter().position(|d| d.group == g && d.scale == Some(scale));
        let mut above = Some(group);
        while let Some(g) = above {
            if let Some(found) = in_group(g) {
                return Some(found);
            }
            above = tree.groups.get(g).and_then(|g| g.parent);
        }
        self.list.iter().position(|d| d.scale == Some(scale))
    }

    /// A dimension that may grow is as long as the longest variable on it.
    fn measure_unlimited(&mut self, tree: &Tree, found: &[Vec<Option<usize>>]) {
        for dim in self.list.iter_mut().filter(|d| d.unlimited) {
            dim.length = 0;
        }
        for (variable, dims) in self.variables.iter().zip(found) {
            let Some(dataset) = dataset(tree, variable.group, variable.dataset) else { continue };
            for (dim, &length) in dims.iter().zip(&dataset.object.extent) {
                if let Some(dim) = dim.and_then(|d| self.list.get_mut(d)).filter(|d| d.unlimited) {
                    dim.length = dim.length.max(length);
                }
            }
        }
    }

    /// Make up the dimensions that are missing or do not fit: groups within a group before itself,
    /// variables that netCDF-C does not list after those that it does.
    fn complete(&mut self, tree: &Tree, found: &[Vec<Option<usize>>]) {
        let mut order: Vec<usize> = (0..self.variables.len()).collect();
        let rank = post_order(tree);
        order.sort_by_key(|&v| {
            let variable = self.variables.get(v);
            let group = variable.map_or(0, |v| v.group);
            let known = variable.and_then(|v| dataset(tree, v.group, v.dataset)).is_some_and(is_known);
            (!known, rank.get(group).copied().unwrap_or(0), v)
        });
        for v in order {
            let Some((group, place)) = self.variables.get(v).map(|v| (v.group, v.dataset)) else { continue };
            let Some(dataset) = dataset(tree, group, place) else { continue };
            let mut dims = Vec::new();
            for (d, &length) in dataset.object.extent.iter().enumerate() {
                let unlimited = dataset.object.unlimited.get(d).copied().unwrap_or(false);
                let named = found.get(v).and_then(|f| f.get(d).copied().flatten());
                let fits = named.filter(|&n| self.list.get(n).is_some_and(|n| n.unlimited || n.length == length));
                let dim = fits.unwrap_or_else(|| self.made_up(group, length, unlimited, &dims));
                dims.push(dim);
            }
            if let Some(variable) = self.variables.get_mut(v) {
                variable.dims = dims;
            }
        }
    }

    /// A dimension of the group of that length which the variable does not use yet, or a new one.
    fn made_up(&mut self, group: usize, length: usize, unlimited: bool, used: &[usize]) -> usize {
        let fits = |(i, d): &(usize, &Dim)| {
            d.group == group && d.length == length && d.unlimited == unlimited && !used.contains(i)
        };
        if let Some((i, _)) = self.list.iter().enumerate().find(fits) {
            return i;
        }
        let id = self.next_id;
        self.next_id = self.next_id.saturating_add(1);
        let name = format!("phony_dim_{id}");
        self.list.push(Dim { group, name, length, unlimited, id, scale: None });
        self.list.len() - 1
    }

    /// The dimensions of a group, in netCDF's order.
    pub(super) fn of_group(&self, group: usize) -> Vec<&Dim> {
        let mut dims: Vec<&Dim> = self.list.iter().filter(|d| d.group == group).collect();
        dims.sort_by_key(|d| d.id);
        dims
    }
}

fn dataset(tree: &Tree, group: usize, dataset: usize) -> Option<&Dataset> {
    tree.groups.get(group)?.datasets.get(dataset)
}

/// Whether netCDF-C has a type for a dataset: it has none for types that are neither its own nor
/// named in the file.
fn is_known(dataset: &Dataset) -> bool {
    !matches!(dataset.object.value.data_type, DataType::Opaque(_)) || dataset.object.named_type
}

/// For each group its place when groups within a group come before it.
fn post_order(tree: &Tree) -> Vec<usize> {
    fn visit(groups: &[Group], here: usize, next: &mut usize, rank: &mut [usize]) {
        for (g, _) in groups.iter().enumerate().filter(|(_, g)| g.parent == Some(here)) {
            visit(groups, g, next, rank);
        }
        if let Some(rank) = rank.get_mut(here) {
            *rank = *next;
        }
        *next += 1;
    }
    let mut rank = vec![0; tree.groups.len()];
    if !tree.groups.is_empty() {
        visit(&tree.groups, 0, &mut 0, &mut rank);
    }
    rank
}
