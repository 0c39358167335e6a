//! The dataset on another horizontal grid.

mod works;

use std::sync::Arc;

use super::attributes;
use super::build::{Maker, Plane};
use super::layout::Layout;
use super::method::Method;
use super::plane::Work;
use super::stored::{Stored, encoding};
use super::view::Regridded;
use super::{Regrid, Wish, weights};
use crate::cf::packing::Packing;
use crate::cf::roles::{Kind, Role, Roles};
use crate::engine::Engine;
use crate::grid::target::Target;
use crate::grid::{Bbox, Grid, GridAxis, Places, projected};
use crate::model::{Dataset, Dimension, Variable};
use crate::ops::grids::{GridOf, grids};
use crate::ops::mask::Tally;
use crate::ops::names::forget_missing;
use crate::{Error, Result};

/// The dataset, its weights and what to tell.
pub(super) struct Done {
    pub(super) dataset: Dataset,
    pub(super) weights: Option<Dataset>,
    pub(super) notes: Vec<String>,
}

/// A source grid with what computes its variables by one method.
struct Route {
    grid: Grid,
    variables: Vec<String>,
    works: Vec<(Option<Method>, Arc<Work>)>,
}

/// Everything that the variables need.
struct Move<'a> {
    request: &'a Regrid,
    dataset: &'a Dataset,
    roles: Roles,
    target: Target,
    engine: &'a Engine,
    tally: &'a Arc<Tally>,
}

/// Regrid `dataset` as `request` says.
///
/// # Errors
/// As [`Regrid::apply`].
pub(super) fn regrid(request: &Regrid, dataset: &Dataset, engine: &Engine, tally: &Arc<Tally>) -> Result<Done> {
    let roles = Roles::of(dataset);
    let mut groups = grids(dataset, &roles)?;
    for group in &mut groups {
        let name = group.variables.first().cloned().unwrap_or_default();
        group.grid = projected::placed(group.grid.clone(), dataset, &roles, &name)?;
    }
    // Stations and single points are no grids.
    let places = groups.iter().map(|group| group.grid.len()).max();
    groups.retain(|group| group.grid.len() > 1);
    if places == Some(1) && groups.is_empty() {
        return Err(Error::data("the grid is a single cell, beside which there is none", dataset.source.clone())
            .with_hint("values go from grids of two cells or more; plot, aggregate and subset take one"));
    }
    if groups.is_empty() {
        return Err(Error::data("no variable lies on a horizontal grid", dataset.source.clone())
            .with_hint("see what inspect makes of its coordinates"));
    }
    let target = target(request, &groups)?;
    Move { request, dataset, roles, target, engine, tally }.run(groups)
}

/// The target grid; one that is made takes over the names of latitudes and longitudes along dimensions of their own.
fn target(request: &Regrid, groups: &[GridOf]) -> Result<Target> {
    let target = match (&request.target, &request.weights) {
        (Some(Wish::Grid(target)), _) => target.as_ref().clone(),
        (Some(Wish::Projected { definition, resolution, bbox }), _) => {
            let area = bbox.map_or_else(|| around(groups), Ok)?;
            Target::projected(definition, *resolution, area)?
        }
        (None, Some(file)) => weights::target(file)?,
        (None, None) => return Err(Error::usage("nothing says which grid is wanted")),
    };
    let along = |axis: &Option<GridAxis>, name: &Option<String>| {
        let axis = axis.as_ref()?;
        let own = axis.coordinate.is_some() && axis.coordinate == *name && !axis.dimension.contains('/');
        own.then(|| axis.dimension.clone())
    };
    let names = |group: &GridOf| {
        let grid = &group.grid;
        along(&grid.y, &grid.latitude).zip(along(&grid.x, &grid.longitude))
    };
    Ok(match groups.iter().find_map(names) {
        Some((latitude, longitude)) => target.named(&latitude, &longitude),
        None => target,
    })
}

/// The box around the cells of the first grid.
fn around(groups: &[GridOf]) -> Result<Bbox> {
    let grid = groups.first().map(|group| &group.grid);
    let extent = grid
        .and_then(Grid::extent)
        .ok_or_else(|| Error::usage("--bbox is needed: where the cells are is not known"))?;
    let (dy, dx) = grid.and_then(Grid::resolution).unwrap_or((0.0, 0.0));
    let [west, south, east, north] = extent;
    Bbox::new(west - dx / 2.0, (south - dy / 2.0).max(-90.0), east + dx / 2.0, (north + dy / 2.0).min(90.0))
}

impl Move<'_> {
    fn run(self, groups: Vec<GridOf>) -> Result<Done> {
        let route = |group: GridOf| {
            let more = self.fields_beside(&group.grid);
            let variables = group.variables.into_iter().chain(more).collect();
            Route { grid: group.grid, variables, works: Vec::new() }
        };
        let mut routes: Vec<Route> = groups.into_iter().map(route).collect();
        let mut notes = self.target.notes.clone();
        let mut made = Vec::new();
        for variable in &self.dataset.variables {
            if let Some(route) = routes.iter_mut().find(|route| route.variables.contains(&variable.name)) {
                made.push(self.regridded(variable, route, &mut notes)?);
            }
        }
        let weights = self.request.keep_weights.map(|layout| self.weights(&routes, layout, &mut notes)).transpose()?;
        let (dataset, gone) = self.assemble(&routes, &made)?;
        if !gone.is_empty() {
            notes.push(format!("left out, being of the old grid: {}", gone.join(", ")));
        }
        Ok(Done { dataset, weights, notes })
    }

    /// Coordinates and terms of formulas that are fields on a grid: surface altitudes, sea floors.
    fn fields_beside(&self, grid: &Grid) -> Vec<String> {
        let all: Vec<&GridAxis> = grid.y.iter().chain(&grid.x).chain(&grid.cells).collect();
        let place = |name: &str| [&grid.latitude, &grid.longitude].into_iter().any(|own| own.as_deref() == Some(name));
        let is = |v: &&Variable| {
            matches!(self.roles.role(&v.name), Some(Role::AuxiliaryCoordinate | Role::FormulaTerm))
                && v.data_type().is_numeric()
                && !place(&v.name)
                && !self.roles.data_variables().contains(&v.name.as_str())
                && !matches!(self.roles.kind(&v.name), Kind::Latitude | Kind::Longitude)
                && all.iter().all(|axis| v.axis(&axis.dimension).is_some())
        };
        self.dataset.variables.iter().filter(is).map(|v| v.name.clone()).collect()
    }

    /// The method for a variable; `None` where a file of weights says how.
    fn method(&self, variable: &Variable, notes: &mut Vec<String>) -> Result<Option<Method>> {
        let number = variable.data_type().is_numeric();
        let discrete = number && attributes::is_discrete(variable, &Packing::of(variable)?);
        if let Some(file) = &self.request.weights {
            if discrete && !self.request.integers_too && !weights::picks(file) {
                notes.push(format!("{} holds integers or flags: the weights make means of them", variable.name));
            }
            return Ok(None);
        }
        let wanted = self.request.method.unwrap_or(Method::Nearest);
        if !number {
            return Ok(Some(Method::Nearest));
        }
        if !discrete || wanted.picks() || self.request.integers_too {
            return Ok(Some(wanted));
        }
        let used = wanted.for_integers();
        notes.push(format!("{} holds integers or flags: {used} in place of {wanted}", variable.name));
        Ok(Some(used))
    }

    fn regridded(&self, variable: &Variable, route: &mut Route, notes: &mut Vec<String>) -> Result<Variable> {
        let method = self.method(variable, notes)?;
        let work = self.work(method, &variable.name, route)?;
        let layout = layout(variable, &route.grid, &self.target.grid)?;
        let mut made = variable.clone();
        let packing = variable.data_type().is_numeric().then(|| Packing::of(variable)).transpose()?;
        let fill = match (&work.maker, &packing) {
            (Maker::Computes(_), Some(packing)) => {
                let stored = Stored::of(variable, packing);
                (made.attributes, made.encoding) = (stored.attributes(variable, packing), encoding(variable));
                for gone in ["flag_values", "flag_masks", "flag_meanings"] {
                    made.attributes.remove(gone);
                }
                stored.fill()
            }
            _ => attributes::taken(&mut made)?,
        };
        if work.maker.overshoots() {
            ["valid_range", "valid_min", "valid_max"].iter().for_each(|name| drop(made.attributes.remove(name)));
        }
        notes.extend(attributes::doubts(variable, method, matches!(route.grid.places, Places::Separable { .. })));
        let (rows, columns) = self.dimensions();
        let plane = Plane::of(&self.target.grid);
        made.encoding.chunk_shape =
            made.encoding.chunk_shape.as_ref().map(|chunk| layout.arrange(chunk, plane.rows, plane.columns));
        made.encoding.shard_shape = None;
        made.dimensions = layout.arrange(&variable.dimensions, rows, columns);
        let gone: Vec<String> = route.grid.latitude.iter().chain(&route.grid.longitude).cloned().collect();
        let told = self.request.weights.as_ref().map_or(method, weights::method);
        attributes::of_target(&mut made.attributes, &self.target.attributes, &gone, told);
        // `taken` may have given bytes without a spare value a wider type.
        let source = Arc::clone(&made.array);
        let tally = Arc::clone(self.tally);
        made.array = Regridded::array(source, packing, layout, work, fill, tally, &variable.name);
        Ok(made)
    }

    /// The target's dimensions of rows and columns; a list has rows alone.
    fn dimensions(&self) -> (String, String) {
        let grid = &self.target.grid;
        let name = |axis: &Option<GridAxis>| axis.as_ref().map_or(String::new(), |a| a.dimension.clone());
        if grid.cells.is_some() { (name(&grid.cells), String::new()) } else { (name(&grid.y), name(&grid.x)) }
    }

    /// The dataset of the regridded variables, the target's coordinates, and what has nothing to do with the grid; and
    /// the names of data variables that had to go.
    fn assemble(&self, routes: &[Route], made: &[Variable]) -> Result<(Dataset, Vec<String>)> {
        let horizontal = |name: &str| {
            let of = |axis: &Option<GridAxis>| axis.as_ref().is_some_and(|a| a.dimension == name);
            routes.iter().any(|route| of(&route.grid.y) || of(&route.grid.x) || of(&route.grid.cells))
        };
        let coordinate = |name: &str| {
            let is = |own: &Option<String>| own.as_deref() == Some(name);
            let listing = |grid: &Grid| grid.listing.as_ref().is_some_and(|l| l.names().contains(&name));
            let of = |grid: &Grid| is(&grid.latitude) || is(&grid.longitude) || listing(grid);
            routes.iter().any(|route| of(&route.grid))
        };
        // Nodes, edges and tables of meshes, which are named by these alone.
        let meshes: Vec<&Variable> =
            self.roles.with_role(Role::Mesh).into_iter().filter_map(|name| self.dataset.variable(name)).collect();
        let of_mesh = |name: &str| {
            let mut texts = meshes.iter().flat_map(|mesh| mesh.attributes.iter().filter_map(|(_, v)| v.as_text()));
            texts.any(|text| text.split_whitespace().any(|word| word == name))
        };
        let of_grid = |v: &Variable| {
            let bounds_of_grid = || {
                let grids = routes.iter().flat_map(|r| r.grid.latitude.iter().chain(&r.grid.longitude));
                grids.into_iter().any(|c| self.roles.bounds_of(c) == Some(v.name.as_str()))
            };
            coordinate(&v.name)
                || v.dimensions.iter().any(|d| horizontal(d))
                || bounds_of_grid()
                || of_mesh(&v.name)
                || matches!(self.roles.role(&v.name), Some(Role::GridMapping | Role::Mesh | Role::CellMeasure))
        };
        let (mut gone, mut told, mut variables) = (Vec::new(), Vec::new(), self.target.variables.clone());
        for variable in &self.dataset.variables {
            match made.iter().find(|m| m.name == variable.name) {
                Some(made) => variables.push(made.clone()),
                None if of_grid(variable) => {
                    gone.push(variable.name.clone());
                    if matches!(self.roles.role(&variable.name), Some(Role::Data | Role::Ancillary | Role::CellMeasure))
                    {
                        told.push(variable.name.clone());
                    }
                }
                None => variables.push(variable.clone()),
            }
        }
        gone.retain(|name| self.target.variables.iter().all(|v| v.name != *name));
        let mut dataset = Dataset { variables, ..self.dataset.clone() };
        dataset.dimensions = self.joined_dimensions(&dataset)?;
        self.refuse_same_names(&dataset)?;
        forget_missing(&mut dataset, &gone);
        Ok((dataset, told))
    }

    /// The dimensions that are used, the target's own among them.
    fn joined_dimensions(&self, dataset: &Dataset) -> Result<Vec<Dimension>> {
        let used = |d: &&Dimension| dataset.variables.iter().any(|v| v.axis(&d.name).is_some());
        let own = |d: &Dimension| self.target.dimensions.iter().find(|t| t.name == d.name);
        let kept = self.dataset.dimensions.iter().filter(used).map(|d| own(d).unwrap_or(d).clone());
        let mut all: Vec<Dimension> = kept.collect();
        for dimension in &self.target.dimensions {
            if all.iter().all(|d| d.name != dimension.name) {
                all.push(dimension.clone());
            }
        }
        let misfits = dataset.variables.iter().find(|v| {
            v.dimensions.iter().zip(v.shape()).any(|(name, n)| all.iter().any(|d| d.name == *name && d.length != *n))
        });
        match misfits {
            Some(v) => Err(Error::data(
                format!("variable '{}' has a dimension of another length than the target grid's of that name", v.name),
                dataset.source.clone(),
            )
            .with_hint("leave it out with -v")),
            None => Ok(all),
        }
    }

    fn refuse_same_names(&self, dataset: &Dataset) -> Result<()> {
        let twice =
            self.target.variables.iter().find(|t| dataset.variables.iter().filter(|v| v.name == t.name).count() > 1);
        match twice {
            Some(v) => Err(Error::data(
                format!("'{}' is a variable of the input and a coordinate of the target grid", v.name),
                dataset.source.clone(),
            )
            .with_hint("leave it out with -v")),
            None => Ok(()),
        }
    }
}

/// Where the dimensions of `variable` stand on `source` and on `target`.
fn layout(variable: &Variable, source: &Grid, target: &Grid) -> Result<Layout> {
    let at = |axis: &Option<GridAxis>| axis.as_ref().and_then(|a| variable.axis(&a.dimension));
    let (rows, columns) =
        if source.cells.is_some() { (at(&source.cells), None) } else { (at(&source.y), at(&source.x)) };
    let first = rows.into_iter().chain(columns).min();
    let Some(first) = first else {
        return Err(Error::data("internal: a variable without its grid", variable.name.clone()));
    };
    let others: Vec<usize> =
        (0..variable.dimensions.len()).filter(|at| Some(*at) != rows && Some(*at) != columns).collect();
    let before = others.iter().filter(|at| **at < first).count();
    let has = if target.cells.is_some() { (true, false) } else { (target.y.is_some(), target.x.is_some()) };
    let turned = columns.zip(rows).is_some_and(|(columns, rows)| columns < rows);
    Ok(Layout { rows, columns, others, before, target: has, turned: turned && has == (true, true) })
}
