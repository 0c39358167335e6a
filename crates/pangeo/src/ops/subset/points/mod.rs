//! Points: the cell nearest to each, with the step of its own time if it has one.

mod cells;
mod describe;
mod gather;
mod steps;
#[cfg(test)]
mod tests;
mod text;

use cells::Cells;
use describe::{free_name, list_coordinates};
use gather::{Pick, Place, gather};
use steps::{Steps, steps};
pub use text::parse_points;

use crate::Result;
use crate::cf::roles::{Role, Roles};
use crate::grid::Listing;
use crate::model::{DataType, Dataset, Dimension, Variable};
use crate::ops::grids::{GridOf, require_grids};
use crate::ops::ties::refuse_picks;

/// A place that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Degrees east, in any convention.
    pub longitude: f64,
    /// Degrees north.
    pub latitude: f64,
    /// What it is called.
    pub name: Option<String>,
    /// Its time: a date, in full or in part, or a length of time on axes without a reference date.
    pub time: Option<String>,
}

impl Point {
    /// The point as errors name it; `number` counts from 0.
    fn described(&self, number: usize) -> String {
        let place = format!("({},{})", self.longitude, self.latitude);
        match &self.name {
            Some(name) => format!("point '{name}' {place}"),
            None => format!("point {} {place}", number.saturating_add(1)),
        }
    }
}

/// Keep the cell nearest to each of `points`, by great-circle distance.
///
/// The dimensions of every horizontal grid give way to one dimension `point`, which stands last; it
/// replaces them in whatever varies along them (coordinates, bounds, cell areas, zonal means). All
/// else stays. Latitude and longitude of the cells keep their names and become coordinates along
/// `point`, beside `requested_longitude`, `requested_latitude`, `distance` (km) and, where points
/// have names, `point_name`. Where points have times, each takes the step of its own time, and
/// `point` replaces the time dimension as well.
///
/// A point is refused if its cell is farther away than `max_distance_km`, or without that, than
/// twice the distance between that cell and its neighbours: it lies outside the grid then. Cells
/// without coordinates are near to nothing. Does nothing without points. Reads coordinates only.
///
/// # Errors
/// [`crate::Error::EmptySelection`] for a point too far from any cell or a time without a step;
/// [`crate::Error::Data`] if no variable has a horizontal grid; [`crate::Error::Unsupported`] where a
/// ragged array, the grid behind a list of gathered points or geometries would come apart; errors of reading coordinates.
pub fn select_points(dataset: &mut Dataset, points: &[Point], max_distance_km: Option<f64>) -> Result<()> {
    if points.is_empty() {
        return Ok(());
    }
    let plan = Plan::new(dataset, points, max_distance_km)?;
    let copies = plan.gather_all(dataset)?;
    plan.describe(dataset, points, &copies);
    Ok(())
}

/// A grid, the variables on it, and their cells.
struct Group {
    on: GridOf,
    cells: Cells,
}

impl Group {
    /// The variables that hold the grid's latitudes and longitudes.
    fn places(&self) -> impl Iterator<Item = &String> {
        [&self.on.grid.latitude, &self.on.grid.longitude].into_iter().flatten()
    }

    fn picks(&self) -> impl Iterator<Item = Pick<'_>> {
        self.cells.picks.iter().map(|(d, i)| (d.as_str(), i.as_slice()))
    }
}

/// A latitude or longitude that a grid has for itself though another has one of that name.
struct Copy {
    /// The number of the grid.
    group: usize,
    original: String,
    name: String,
}

/// What becomes of a dataset.
struct Plan {
    roles: Roles,
    groups: Vec<Group>,
    steps: Vec<Steps>,
    /// The name of the new dimension.
    point: String,
    count: usize,
}

impl Plan {
    fn new(dataset: &Dataset, points: &[Point], most: Option<f64>) -> Result<Self> {
        let roles = Roles::of(dataset);
        let steps = steps(dataset, &roles, points)?;
        let group = |on: GridOf| Ok(Group { cells: Cells::nearest(&on.grid, points, most)?, on });
        let groups: Vec<Group> = require_grids(dataset, "--point")?.into_iter().map(group).collect::<Result<_>>()?;
        let cells = groups.iter().flat_map(Group::picks).map(|(d, _)| d);
        let picked: Vec<&str> = cells.chain(steps.iter().map(|s| s.dimension.as_str())).collect();
        refuse_picks(dataset, &picked, "--point")?;
        Ok(Self { roles, groups, steps, point: free_name(dataset, "point"), count: points.len() })
    }

    /// The grid that a variable's cells are picked on: its own, that of which it holds the places, or
    /// the first with which it shares most dimensions.
    fn group_of(&self, variable: &Variable) -> Option<usize> {
        let own = |g: &Group| g.on.variables.contains(&variable.name);
        let places = |g: &Group| g.places().any(|n| *n == variable.name);
        let shared = |g: &Group| g.picks().filter(|(d, _)| variable.axis(d).is_some()).count();
        let most = self.groups.iter().map(shared).max().filter(|n| *n > 0);
        let at = self.groups.iter().position(own).or_else(|| self.groups.iter().position(places));
        at.or_else(|| self.groups.iter().position(|g| Some(shared(g)) == most))
    }

    fn picks(&self, group: Option<usize>) -> Vec<Pick<'_>> {
        let cells = group.and_then(|g| self.groups.get(g)).into_iter().flat_map(Group::picks);
        cells.chain(self.steps.iter().map(|s| (s.dimension.as_str(), s.indices.as_slice()))).collect()
    }

    /// Pick the cells of all variables.
    fn gather_all(&self, dataset: &mut Dataset) -> Result<Vec<Copy>> {
        let copies = self.copy_shared_places(dataset)?;
        for variable in &mut dataset.variables {
            self.gather_one(variable, self.group_of(variable))?;
        }
        self.drop_meshes(dataset);
        self.drop_listings(dataset);
        let gone: Vec<&str> = (0..self.groups.len()).flat_map(|g| self.picks(Some(g))).map(|(d, _)| d).collect();
        let variables = &dataset.variables;
        let used = |name: &String| variables.iter().any(|v| v.dimensions.contains(name));
        dataset.dimensions.retain(|d| !gone.contains(&d.name.as_str()) || used(&d.name));
        dataset.dimensions.push(Dimension { name: self.point.clone(), length: self.count, unlimited: false });
        Ok(copies)
    }

    fn gather_one(&self, variable: &mut Variable, group: Option<usize>) -> Result<()> {
        let picks = self.picks(group);
        let is_place = self.groups.iter().flat_map(Group::places).any(|n| *n == variable.name);
        if !is_place && !picks.iter().any(|(d, _)| variable.axis(d).is_some()) {
            return Ok(());
        }
        let role = self.roles.role(&variable.name);
        let inner = role == Some(Role::Bounds) || *variable.data_type() == DataType::Char;
        let last_stays = variable.dimensions.last().is_some_and(|d| picks.iter().all(|(p, _)| p != d));
        let place = if inner && last_stays { Place::BeforeLast } else { Place::Last };
        gather(variable, &picks, self.count, &self.point, place)?;
        if matches!(role, Some(Role::Coordinate | Role::AuxiliaryCoordinate)) {
            variable.attributes.remove("axis"); // points have no direction
        }
        Ok(())
    }

    /// Grids may share a latitude or longitude (staggered winds) and yet differ in the row or column
    /// that is nearest: those after the first get a copy of their own.
    fn copy_shared_places(&self, dataset: &mut Dataset) -> Result<Vec<Copy>> {
        let mut copies = Vec::new();
        for (at, group) in self.groups.iter().enumerate().skip(1) {
            for name in group.places() {
                let variable = dataset.require(name)?;
                let Some(first) = self.group_of(variable).filter(|g| *g != at) else { continue };
                let differs = |d: &String| {
                    let along = |g: usize| self.groups.get(g).and_then(|g| g.cells.along(d));
                    along(first) != along(at)
                };
                if !variable.dimensions.iter().any(differs) {
                    continue;
                }
                let mut copy = variable.clone();
                copy.name = free_name(dataset, name);
                copy.attributes.remove("bounds");
                self.gather_one(&mut copy, Some(at))?;
                for target in &group.on.variables {
                    if let Some(target) = dataset.variable_mut(target) {
                        list_coordinates(target, &[copy.name.clone()], Some(name));
                    }
                }
                copies.push(Copy { group: at, original: name.clone(), name: copy.name.clone() });
                dataset.variables.push(copy);
            }
        }
        Ok(copies)
    }

    /// Points stand in no list of another grid's cells: what told their places goes, with the coordinates of that grid
    /// where nothing else lies on it.
    fn drop_listings(&self, dataset: &mut Dataset) {
        let listings: Vec<&Listing> = self.groups.iter().filter_map(|g| g.on.grid.listing.as_ref()).collect();
        let told: Vec<&str> = listings.iter().flat_map(|l| l.names()).collect();
        let from: Vec<&String> = listings.iter().flat_map(|l| l.dimensions()).collect();
        let place = |name: &String| self.groups.iter().flat_map(Group::places).any(|n| n == name);
        let of_grid = |v: &Variable| {
            let part =
                matches!(self.roles.role(&v.name), Some(Role::Coordinate | Role::AuxiliaryCoordinate | Role::Bounds));
            part && v.dimensions.iter().any(|d| from.contains(&d)) && !place(&v.name)
        };
        let in_use: Vec<String> =
            dataset.variables.iter().filter(|v| !of_grid(v)).flat_map(|v| v.dimensions.clone()).collect();
        let needed = |v: &Variable| v.dimensions.iter().any(|d| from.contains(&d) && in_use.contains(d));
        dataset.variables.retain(|v| {
            let list = v.attributes.get("compress").is_some() && v.dimensions.contains(&self.point);
            place(&v.name) || !list && !told.contains(&v.name.as_str()) && (!of_grid(v) || needed(v))
        });
        let variables = &dataset.variables;
        let used = |name: &String| variables.iter().any(|v| v.dimensions.contains(name));
        dataset.dimensions.retain(|d| !from.contains(&&d.name) || used(&d.name));
        for variable in dataset.variables.iter_mut().filter(|v| v.dimensions.contains(&self.point)) {
            variable.attributes.remove_all(|name| name.starts_with("CDI_grid_"));
        }
    }

    /// Points have no mesh: its description, connectivity and nodes go.
    fn drop_meshes(&self, dataset: &mut Dataset) {
        let on_mesh = |g: &Group| g.on.variables.iter().any(|v| self.roles.mesh(v).is_some());
        if !self.groups.iter().any(on_mesh) {
            return;
        }
        let nodes: Vec<String> = self
            .roles
            .with_role(Role::Mesh)
            .iter()
            .flat_map(|mesh| {
                let mesh = dataset.variable(mesh);
                let lists =
                    mesh.into_iter().flat_map(|m| m.attributes.iter()).filter(|(n, _)| n.ends_with("_coordinates"));
                lists
                    .filter_map(|(_, v)| v.as_text())
                    .flat_map(str::split_whitespace)
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect();
        dataset.variables.retain(|v| {
            let topology = matches!(self.roles.role(&v.name), Some(Role::Mesh | Role::Part));
            !topology && (v.dimensions.contains(&self.point) || !nodes.contains(&v.name))
        });
        for variable in &mut dataset.variables {
            for name in ["mesh", "location", "location_index_set"] {
                variable.attributes.remove(name);
            }
        }
    }
}
