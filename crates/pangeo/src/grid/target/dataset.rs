//! Targets taken from datasets.

use super::Target;
use crate::cf::roles::{Axis, Kind, Role, Roles};
use crate::grid::{Corners, Grid, projected};
use crate::model::array::{AxisSelection, Constant, Selected};
use crate::model::{Attributes, Buffer, Dataset, Dimension, Encoding, Variable};
use crate::{Error, Result};

impl Target {
    /// The grid of a dataset: that of the data variable called so, else the one that all its data variables lie on.
    /// Coordinates, bounds, grid mapping and mesh are carried over as they are, read on demand; latitudes with a time
    /// are those of the first.
    ///
    /// # Errors
    /// [`Error::NotFound`] without such a variable, [`Error::Usage`] where variables lie on several grids and none is
    /// named, [`Error::Data`] where there is no grid; as [`Grid::of`].
    pub fn of_dataset(dataset: &Dataset, variable: Option<&str>) -> Result<Self> {
        let roles = Roles::of(dataset);
        if let Some(name) = variable {
            return taken(dataset, &roles, dataset.require(name)?);
        }
        let grids = grids(dataset, &roles);
        match grids.as_slice() {
            [(_, name, _)] => taken(dataset, &roles, dataset.require(name)?),
            [] => bare(dataset, &roles),
            several => {
                let each = several.iter().map(|(_, name, on)| format!("{name} ({on})"));
                Err(Error::usage(format!("{} has variables on several grids", dataset.source))
                    .with_hint(format!("name one whose grid is meant: {}", each.collect::<Vec<_>>().join(", "))))
            }
        }
    }
}

/// What tells grids apart: the coordinates and dimensions.
type Key = (Option<String>, Option<String>, Vec<String>);

/// The grids of data variables, each with the first variable on it and its dimensions. Metadata only.
fn grids(dataset: &Dataset, roles: &Roles) -> Vec<(Key, String, String)> {
    let mut found: Vec<(Key, String, String)> = Vec::new();
    for name in roles.data_variables() {
        let Some(variable) = dataset.variable(name) else { continue };
        let Some(key) = key(dataset, roles, variable) else { continue };
        if !found.iter().any(|(known, _, _)| *known == key) {
            let on = key.2.join(" ");
            found.push((key, name.to_owned(), on));
        }
    }
    found
}

fn key(dataset: &Dataset, roles: &Roles, variable: &Variable) -> Option<Key> {
    if !variable.data_type().is_numeric() {
        return None;
    }
    let name = &variable.name;
    let (lat, lon) = (roles.latitude(name), roles.longitude(name));
    let planar = || Some((roles.grid_coordinate(name, Axis::Y)?, roles.grid_coordinate(name, Axis::X)?));
    let (y, x) = match (lat, lon, roles.mesh(name)) {
        (Some(lat), Some(lon), _) => (lat, lon),
        (_, _, Some(mesh)) => (mesh, mesh),
        (None, None, None) => planar()?,
        _ => return None,
    };
    let owners = [y, x].into_iter().filter_map(|c| dataset.variable(c));
    let of_owners: Vec<&String> = owners.flat_map(|c| &c.dimensions).collect();
    let location = variable.attributes.text("location").unwrap_or("");
    let along: Vec<String> = variable
        .dimensions
        .iter()
        .filter(|d| {
            let axis = roles.axis_of_dimension(d);
            let apart = matches!(axis, Some(Axis::Time | Axis::Vertical));
            !apart && (of_owners.contains(d) || (y == x && !location.is_empty() && axis.is_none()))
        })
        .cloned()
        .collect();
    let scalar = along.is_empty() && y != x;
    (!scalar).then(|| (Some(y.to_owned()), Some(x.to_owned()), along))
}

/// The grid of a dataset that has coordinates and no data on them.
fn bare(dataset: &Dataset, roles: &Roles) -> Result<Target> {
    let none = || {
        Error::data("no variable lies on a horizontal grid", dataset.source.clone())
            .with_hint("a target is a dataset with latitudes and longitudes, a grid description or a word: r360x180")
    };
    let of_kind = |kind: Kind| {
        let mut found = dataset.variables.iter().filter(|v| {
            let coordinate =
                matches!(roles.role(&v.name), Some(Role::Coordinate | Role::AuxiliaryCoordinate | Role::Data));
            coordinate && crate::cf::roles::kind_of(v) == kind && v.data_type().is_numeric() && !v.dimensions.is_empty()
        });
        found.next().filter(|_| found.next().is_none()).ok_or_else(none)
    };
    let (lat, lon) = (of_kind(Kind::Latitude)?, of_kind(Kind::Longitude)?);
    let mut dimensions = lat.dimensions.clone();
    dimensions.extend(lon.dimensions.iter().filter(|d| lat.axis(d).is_none()).cloned());
    let shape = dimensions.iter().map(|d| dataset.dimension(d).map(|d| d.length)).collect::<Option<Vec<_>>>();
    let mut name = "field".to_owned();
    while dataset.variable(&name).is_some() {
        name.push('_');
    }
    let mut attributes = Attributes::new();
    attributes.set("coordinates", format!("{} {}", lat.name, lon.name));
    let field = Variable {
        name: name.clone(),
        dimensions,
        attributes,
        encoding: Encoding::default(),
        array: Constant::array(Buffer::F32(vec![0.0]), shape.ok_or_else(none)?),
    };
    let mut with = dataset.clone();
    with.variables.push(field);
    let roles = Roles::of(&with);
    let field = with.require(&name)?;
    taken(&with, &roles, field)
}

/// The grid that a variable lies on.
fn taken(dataset: &Dataset, roles: &Roles, variable: &Variable) -> Result<Target> {
    let name = &variable.name;
    let grid = Grid::of(dataset, roles, name)?.ok_or_else(|| {
        Error::data("it lies on no horizontal grid", format!("variable '{name}' in {}", dataset.source))
            .with_hint("name a variable with latitudes and longitudes")
    })?;
    let grid = projected::placed(grid, dataset, roles, name)?;
    let corners = corners(dataset, roles, &grid, name)?;
    let along = on(&grid);
    let mut variables = Vec::new();
    for name in belongings(dataset, roles, variable, &grid, &along) {
        let Some(found) = dataset.variable(&name) else { continue };
        if let Some(carried) = carried(found, variable, &along)? {
            variables.push(carried);
        }
    }
    let attributes = said(variable, roles, &variables, &grid);
    let mut dimensions: Vec<Dimension> = along.iter().filter_map(|d| dataset.dimension(d).cloned()).collect();
    for dimension in dataset.dimensions.iter().filter(|d| !along.contains(&d.name)) {
        if variables.iter().any(|v| v.axis(&dimension.name).is_some()) {
            dimensions.push(dimension.clone());
        }
    }
    dimensions.iter_mut().for_each(|d| d.unlimited = false);
    Ok(Target { grid, corners, dimensions, variables, attributes, notes: Vec::new(), renamable: false })
}

/// The corners that the file has or its projection gives, else derived ones; `None` where nothing tells.
fn corners(dataset: &Dataset, roles: &Roles, grid: &Grid, name: &str) -> Result<Option<Corners>> {
    if let Ok(Some(given)) = Corners::given(dataset, roles, grid, name) {
        return Ok(Some(given));
    }
    if let Some(projected) = projected::corners(dataset, roles, grid, name)? {
        return Ok(Some(projected));
    }
    match Corners::of(dataset, roles, grid, name) {
        Ok(derived) => Ok(Some(derived)),
        Err(Error::Data { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The dimensions of the cells, slowest first.
fn on(grid: &Grid) -> Vec<String> {
    grid.cells.iter().chain(&grid.y).chain(&grid.x).map(|axis| axis.dimension.clone()).collect()
}

/// The names of what belongs to the grid, in the order of the file.
fn belongings(dataset: &Dataset, roles: &Roles, variable: &Variable, grid: &Grid, along: &[String]) -> Vec<String> {
    let axes = grid.cells.iter().chain(&grid.y).chain(&grid.x).filter_map(|axis| axis.coordinate.as_deref());
    let of_cells = |name: &&str| {
        let found = dataset.variable(name);
        found.is_some_and(|c| {
            !c.dimensions.is_empty() && c.dimensions.iter().all(|d| along.contains(d) || !c.data_type().is_numeric())
        })
    };
    let planar = [Axis::Y, Axis::X].into_iter().filter_map(|axis| roles.grid_coordinate(&variable.name, axis));
    let mut seeds: Vec<&str> = roles.coordinates(&variable.name).into_iter().filter(of_cells).collect();
    seeds.extend(axes.chain(planar));
    seeds.extend(grid.latitude.as_deref().into_iter().chain(grid.longitude.as_deref()));
    seeds.extend(roles.grid_mapping(&variable.name).into_iter().chain(roles.mesh(&variable.name)));
    let mut names = roles.companions(&seeds);
    names.retain(|name| {
        name != &variable.name && !matches!(roles.role(name), Some(Role::Data | Role::Ancillary | Role::FormulaTerm))
            || seeds.contains(&name.as_str())
    });
    names
}

/// A variable without the dimensions that data vary along and cells do not, at the first of each; `None` for those
/// that describe such a dimension (times, levels).
fn carried(found: &Variable, variable: &Variable, along: &[String]) -> Result<Option<Variable>> {
    let foreign = |d: &String| variable.axis(d).is_some() && !along.contains(d);
    if !found.dimensions.iter().any(foreign) {
        return Ok(Some(found.clone()));
    }
    let cells = found.dimensions.iter().any(|d| along.contains(d));
    let empty = found.dimensions.iter().zip(found.shape()).any(|(d, n)| foreign(d) && *n == 0);
    if !cells || empty {
        return Ok(None);
    }
    let axes = found
        .dimensions
        .iter()
        .zip(found.shape())
        .map(|(d, &n)| if foreign(d) { AxisSelection::Index(0) } else { AxisSelection::Range(0..n) });
    let array = Selected::array(found.array.clone(), axes.collect())?;
    let dimensions = found.dimensions.iter().filter(|d| !foreign(d)).cloned().collect();
    let encoding = Encoding { chunk_shape: None, shard_shape: None, ..found.encoding.clone() };
    Ok(Some(Variable { dimensions, array, encoding, ..found.clone() }))
}

/// What data on the grid say of it: what the variable says, as far as it was carried over.
fn said(variable: &Variable, roles: &Roles, carried: &[Variable], grid: &Grid) -> Attributes {
    let mut attributes = Attributes::new();
    let has = |word: &str| {
        let name = roles.resolve(&variable.name, word).unwrap_or(word);
        carried.iter().any(|v| v.name == name)
    };
    let mut listed: Vec<String> = Vec::new();
    if let Some(text) = variable.attributes.text("coordinates") {
        listed.extend(text.split_whitespace().filter(|word| has(word)).map(str::to_owned));
    }
    for name in grid.latitude.iter().chain(&grid.longitude) {
        let own = carried.iter().any(|v| v.name == *name && v.dimensions == [name.clone()]);
        let named = listed.iter().any(|word| roles.resolve(&variable.name, word).unwrap_or(word) == name);
        if !own && !named && roles.mesh(&variable.name).is_none() {
            listed.push(name.clone());
        }
    }
    if !listed.is_empty() {
        attributes.set("coordinates", listed.join(" "));
    }
    if roles.grid_mapping(&variable.name).is_some_and(|name| has(name))
        && let Some(text) = variable.attributes.get("grid_mapping")
    {
        attributes.set("grid_mapping", text.clone());
    }
    if roles.mesh(&variable.name).is_some_and(|name| has(name)) {
        for key in ["mesh", "location"] {
            if let Some(value) = variable.attributes.get(key) {
                attributes.set(key, value.clone());
            }
        }
    }
    attributes
}
