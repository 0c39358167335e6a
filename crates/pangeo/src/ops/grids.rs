//! The horizontal grids of a dataset.

use crate::cf::roles::{Axis, Roles};
use crate::grid::Grid;
use crate::model::{Dataset, Variable};
use crate::{Error, Result};

/// A grid and the data variables on it.
#[derive(Debug)]
pub struct GridOf {
    /// The grid.
    pub grid: Grid,
    /// The names of the data variables, in the order of the dataset; never empty.
    pub variables: Vec<String>,
}

/// The horizontal grids of a dataset, each once, in the order of its variables.
///
/// # Errors
/// As [`Grid::of`].
pub(crate) fn grids(dataset: &Dataset, roles: &Roles) -> Result<Vec<GridOf>> {
    grids_but(dataset, roles, |_, error| Err(error))
}

/// The horizontal grids of a dataset whose coordinates can be read.
pub(crate) fn readable_grids(dataset: &Dataset, roles: &Roles) -> Vec<GridOf> {
    grids_but(dataset, roles, |_, _| Ok(())).unwrap_or_default()
}

/// The horizontal grids of a dataset, each once, in the order of its variables, but those of which `fail` forgives that
/// they can't be read; it is told the variables on them.
///
/// # Errors
/// What `fail` answers with.
pub fn grids_but(
    dataset: &Dataset,
    roles: &Roles,
    mut fail: impl FnMut(&str, Error) -> Result<()>,
) -> Result<Vec<GridOf>> {
    let mut found: Vec<GridOf> = Vec::new();
    let mut keys: Vec<[Option<String>; 8]> = Vec::new();
    let lists: Vec<&Variable> = dataset.variables.iter().filter(|v| v.attributes.get("compress").is_some()).collect();
    for name in roles.data_variables() {
        let Some(variable) = dataset.variable(name) else { continue };
        let key = key(roles, name, variable, &lists);
        if let Some(at) = keys.iter().position(|k| *k == key && key.iter().any(Option::is_some)) {
            if let Some(entry) = found.get_mut(at) {
                entry.variables.push(name.to_owned());
            }
            continue;
        }
        match Grid::of(dataset, roles, name) {
            Ok(Some(grid)) => {
                keys.push(key);
                found.push(GridOf { grid, variables: vec![name.to_owned()] });
            }
            Ok(None) => {}
            Err(error) => fail(name, error)?,
        }
    }
    Ok(found)
}

/// What tells the grid of a variable from those of others, without reading coordinates again for each variable.
fn key(roles: &Roles, name: &str, variable: &Variable, lists: &[&Variable]) -> [Option<String>; 8] {
    let own = |n: Option<&str>| n.map(str::to_owned);
    let axes = |axis| variable.dimensions.iter().find(|d| roles.axis_of_dimension(d) == Some(axis)).cloned();
    [
        own(roles.latitude(name)),
        own(roles.longitude(name)),
        axes(Axis::Y),
        axes(Axis::X),
        own(roles.mesh(name)),
        own(roles.mesh(name).and_then(|_| variable.attributes.text("location"))),
        lists.iter().find(|l| l.dimensions.iter().all(|d| variable.axis(d).is_some())).map(|l| l.name.clone()),
        own(variable.attributes.text("CDI_grid_reduced_points")),
    ]
}

/// The grids of a dataset, at least one.
pub(crate) fn require_grids(dataset: &Dataset, flag: &str) -> Result<Vec<GridOf>> {
    let found = grids(dataset, &Roles::of(dataset))?;
    if found.is_empty() {
        return Err(Error::data(format!("{flag}: no variable has latitudes and longitudes"), dataset.source.clone())
            .with_hint("see what inspect makes of its coordinates"));
    }
    Ok(found)
}

/// An empty selection, with the variables on the grid of which nothing is left.
pub(crate) fn on_grid(error: Error, on: &GridOf) -> Error {
    match error {
        Error::EmptySelection { what, has, .. } => {
            Error::empty_selection(format!("{what} on the grid of {}", on.variables.join(", ")), has)
        }
        other => other,
    }
}
