//! Which coordinates there are, what they measure, and to which variables they apply.

use super::axis::{Axis, Kind, from_name, is_time_units, kind_of};
use super::links;
use super::names::{base, group, words};
use super::{Entry, Role, Roles};
use crate::model::{DataType, Dataset, Variable};

/// Whether `variable` is the coordinate variable of its dimension (CF §1.3): one-dimensional with
/// the dimension's name, or `char` texts along it. In groups the two may lie at different levels.
pub(super) fn is_coordinate_variable(variable: &Variable) -> bool {
    let rank = if *variable.data_type() == DataType::Char { 2 } else { 1 };
    let Some(dimension) = variable.dimensions.first().filter(|_| variable.dimensions.len() == rank) else {
        return false;
    };
    let below = group(&variable.name).starts_with(group(dimension));
    variable.name == *dimension || (base(&variable.name) == base(dimension) && below)
}

/// Fill in kinds, axes and the coordinates of each variable.
pub(super) fn find(roles: &mut Roles, dataset: &Dataset) {
    for name in dataset.attributes.text("coordinates").into_iter().flat_map(words) {
        if let Some(i) = roles.scope.get(name) {
            roles.strengthen(i, Role::AuxiliaryCoordinate);
        }
    }
    let shared: Vec<usize> = unlisted(roles, dataset);
    for &i in &shared {
        roles.strengthen(i, Role::AuxiliaryCoordinate);
    }
    for (entry, variable) in roles.entries.iter_mut().zip(&dataset.variables) {
        if matches!(entry.role, Role::Coordinate | Role::AuxiliaryCoordinate) {
            entry.kind = kind_of(variable);
        }
    }
    roles.axes = axes(roles, dataset);
    let shared: Vec<usize> = free(roles);
    let counts = counts_and_indices(dataset);
    let found: Vec<Vec<usize>> =
        (0..roles.entries.len()).map(|i| applicable(roles, dataset, i, &shared, &counts)).collect();
    for (entry, coordinates) in roles.entries.iter_mut().zip(found) {
        entry.coordinates = coordinates;
    }
}

/// Variables that are coordinates beyond doubt though nothing lists them: latitudes and longitudes
/// by standard name or units, anything with `axis`, times along a dimension that has no other
/// coordinate, scalars measured along an axis.
fn unlisted(roles: &Roles, dataset: &Dataset) -> Vec<usize> {
    let candidates = dataset.variables.iter().zip(&roles.entries).enumerate();
    let found = candidates.filter(|(_, (variable, entry))| {
        let free = entry.role == Role::Data && variable.attributes.get("coordinates").is_none();
        free && speaks_for_itself(variable, entry, dataset)
    });
    found.map(|(i, _)| i).collect()
}

fn speaks_for_itself(variable: &Variable, entry: &Entry, dataset: &Dataset) -> bool {
    let attributes = &variable.attributes;
    let kind = kind_of(variable);
    let named = attributes.text("standard_name").is_some();
    let identifies = attributes.text("cf_role").is_some_and(|role| role.trim().ends_with("_id")); // CF §9.5
    let with_axis = attributes.text("axis").is_some_and(|a| a.trim().len() == 1);
    let geographic = matches!(kind, Kind::Latitude | Kind::Longitude)
        && (named || attributes.text("units").is_some_and(|u| u.trim().to_ascii_lowercase().starts_with("deg")));
    match entry.dimensions.as_slice() {
        _ if identifies => true,
        [] => kind != Kind::Other && (with_axis || (from_name(&variable.name) == Some(kind) && (named || geographic))),
        [dimension] => {
            let counted = attributes.text("units").is_some_and(is_time_units);
            let is_time = counted && (named || from_name(&variable.name) == Some(Kind::Time));
            geographic || with_axis || (is_time && dataset.coordinate(dimension).is_none())
        }
        _ => geographic,
    }
}

/// The coordinates that apply wherever their dimensions are, because no variable lists them.
fn free(roles: &Roles) -> Vec<usize> {
    let listed: std::collections::HashSet<usize> =
        roles.entries.iter().flat_map(|e| e.links.iter().map(|(_, i)| *i)).collect();
    let is_free = |(i, e): &(usize, &Entry)| e.role == Role::AuxiliaryCoordinate && !listed.contains(i);
    roles.entries.iter().enumerate().filter(is_free).map(|(i, _)| i).collect()
}

/// The axis of each dimension.
fn axes(roles: &Roles, dataset: &Dataset) -> Vec<(String, Axis)> {
    let mut found = Vec::new();
    for dimension in &dataset.dimensions {
        let along = |e: &&Entry| e.dimensions.len() == 1 && e.dimensions.first() == Some(&dimension.name);
        let own = roles.entries.iter().filter(along).find(|e| e.role == Role::Coordinate);
        let from_own = own.and_then(|e| e.kind.axis());
        let axis = from_own.or_else(|| only_kind_along(roles, &dimension.name)).or_else(|| {
            // A coordinate variable without evidence says more than the dimension's name.
            if own.is_some() {
                return None;
            }
            from_name(&dimension.name).and_then(Kind::axis).filter(|_| !holds_scattered_points(roles, &dimension.name))
        });
        found.extend(axis.map(|axis| (dimension.name.clone(), axis)));
    }
    from_two_dimensional(roles, &mut found);
    found
}

/// The axis on which all one-dimensional auxiliary coordinates along a dimension agree; stations
/// and trajectories, which carry several, have none.
fn only_kind_along(roles: &Roles, dimension: &str) -> Option<Axis> {
    let along = roles.entries.iter().filter(|e| {
        e.role == Role::AuxiliaryCoordinate
            && e.dimensions.len() == 1
            && e.dimensions.first().is_some_and(|d| d == dimension)
    });
    let mut axes = along.filter_map(|e| e.kind.axis());
    let first = axes.next()?;
    axes.all(|a| a == first).then_some(first)
}

/// Whether both latitudes and longitudes run along one dimension: a list of places, no axis.
fn holds_scattered_points(roles: &Roles, dimension: &str) -> bool {
    let has = |kind| {
        roles
            .entries
            .iter()
            .any(|e| e.kind == kind && e.dimensions.len() == 1 && e.dimensions.first().is_some_and(|d| d == dimension))
    };
    has(Kind::Latitude) && has(Kind::Longitude)
}

/// Dimensions of two-dimensional latitudes that have no axis yet: by convention the last is X and
/// the one before it Y. Not where times vary along both: those are tracks, not grids.
fn from_two_dimensional(roles: &Roles, found: &mut Vec<(String, Axis)>) {
    let axis_of = |found: &[(String, Axis)], d: &str| found.iter().find(|(n, _)| n == d).map(|(_, a)| *a);
    for entry in roles.entries.iter().filter(|e| e.kind == Kind::Latitude) {
        let [.., y, x] = entry.dimensions.as_slice() else { continue };
        let is_track = roles.entries.iter().any(|e| e.kind == Kind::Time && e.dimensions == entry.dimensions);
        match (axis_of(found, y), axis_of(found, x)) {
            _ if is_track => {}
            (None, None) => found.extend([(y.clone(), Axis::Y), (x.clone(), Axis::X)]),
            (None, Some(Axis::X)) => found.push((y.clone(), Axis::Y)),
            (None, Some(Axis::Y)) => found.push((y.clone(), Axis::X)),
            (Some(Axis::Y), None) => found.push((x.clone(), Axis::X)),
            (Some(Axis::X), None) => found.push((x.clone(), Axis::Y)),
            _ => {}
        }
    }
}

/// The coordinates of the variable at `index`, as [`Roles::coordinates`] orders them.
fn applicable(
    roles: &Roles,
    dataset: &Dataset,
    index: usize,
    shared: &[usize],
    counts: &[(usize, &Variable)],
) -> Vec<usize> {
    let (Some(entry), Some(variable)) = (roles.entries.get(index), dataset.variables.get(index)) else {
        return Vec::new();
    };
    if matches!(entry.role, Role::GridMapping | Role::Container) {
        return Vec::new();
    }
    let mut found: Vec<usize> = Vec::new();
    let mut add = |i: usize| {
        if i != index && !found.contains(&i) {
            found.push(i);
        }
    };
    for dimension in &variable.dimensions {
        of_dimension(roles, &variable.name, dimension).into_iter().for_each(&mut add);
    }
    let carries = matches!(entry.role, Role::Data | Role::Ancillary | Role::FormulaTerm | Role::CellMeasure);
    let listed = entry.links.iter().filter(|(role, _)| *role == Role::AuxiliaryCoordinate).map(|(_, i)| *i);
    if entry.role != Role::Mesh {
        listed.for_each(&mut add);
    }
    of_mesh(roles, dataset, variable).into_iter().for_each(&mut add);
    for name in compressed(variable) {
        of_dimension(roles, &variable.name, name).into_iter().for_each(&mut add);
    }
    if carries {
        ragged(counts, variable).into_iter().for_each(&mut add);
        add_shared(roles, entry, shared, &mut found);
        let places = places_of_others(roles, entry, &found);
        found.extend(places);
    }
    found
}

/// Unlisted coordinates whose dimensions are all the variable's, unless it lists its own of the
/// same kind.
fn add_shared(roles: &Roles, entry: &Entry, shared: &[usize], found: &mut Vec<usize>) {
    let listed: Vec<Kind> = found.iter().filter_map(|&i| roles.entries.get(i)).map(|e| e.kind).collect();
    for &i in shared {
        let Some(coordinate) = roles.entries.get(i) else { continue };
        let along = coordinate.dimensions.iter().all(|d| entry.dimensions.contains(d));
        let has_own = coordinate.kind != Kind::Other && listed.contains(&coordinate.kind);
        if along && !has_own && !found.contains(&i) {
            found.push(i);
        }
    }
}

/// The latitudes and longitudes along two dimensions that other variables list, for one that has all their
/// dimensions and no places of its own, where there is but one pair: staggered grids have several.
fn places_of_others(roles: &Roles, entry: &Entry, found: &[usize]) -> Vec<usize> {
    let is_place = |kind| matches!(kind, Kind::Latitude | Kind::Longitude);
    if found.iter().filter_map(|&i| roles.entries.get(i)).any(|e| is_place(e.kind)) {
        return Vec::new();
    }
    let only = |kind| {
        let fits = |e: &Entry| {
            e.kind == kind
                && e.role == Role::AuxiliaryCoordinate
                && e.dimensions.len() > 1
                && e.dimensions.iter().all(|d| entry.dimensions.contains(d))
        };
        let mut all = roles.entries.iter().enumerate().filter(|(_, e)| fits(e)).map(|(i, _)| i);
        all.next().filter(|_| all.next().is_none())
    };
    only(Kind::Latitude).zip(only(Kind::Longitude)).map_or_else(Vec::new, |(lat, lon)| vec![lat, lon])
}

/// The coordinate variable of `dimension` as seen from the variable `from`.
fn of_dimension(roles: &Roles, from: &str, dimension: &str) -> Option<usize> {
    let is_its = |i: &usize| {
        roles
            .entries
            .get(*i)
            .is_some_and(|e| e.role == Role::Coordinate && e.dimensions.first().is_some_and(|d| d == dimension))
    };
    roles.scope.get(dimension).filter(is_its).or_else(|| roles.scope.resolve(from, base(dimension)).filter(is_its))
}

/// The coordinates of a mesh at the variable's `location` (UGRID): `face_coordinates`, ….
fn of_mesh(roles: &Roles, dataset: &Dataset, variable: &Variable) -> Vec<usize> {
    let mesh = variable.attributes.text("mesh").and_then(|name| roles.scope.resolve(&variable.name, name.trim()));
    let Some(mesh) = mesh.and_then(|i| dataset.variables.get(i)).filter(|m| links::is_mesh(m)) else {
        return Vec::new();
    };
    let location = variable.attributes.text("location").unwrap_or("face").trim();
    let listed = mesh.attributes.text(&format!("{location}_coordinates")).unwrap_or("");
    words(listed).filter_map(|name| roles.scope.resolve(&mesh.name, name)).collect()
}

/// The dimensions that a list of points stands for (CF §8.2, `compress = "lat lon"`).
fn compressed(variable: &Variable) -> impl Iterator<Item = &str> {
    variable.attributes.text("compress").into_iter().flat_map(words)
}

/// The variables that hold the counts and indices of ragged arrays (CF §9.3).
fn counts_and_indices(dataset: &Dataset) -> Vec<(usize, &Variable)> {
    let has = |v: &Variable| ["sample_dimension", "instance_dimension"].iter().any(|n| v.attributes.get(n).is_some());
    dataset.variables.iter().enumerate().filter(|(_, v)| has(v)).collect()
}

/// Those of the counts and indices that tell which instance each sample of a variable belongs to.
fn ragged(counts: &[(usize, &Variable)], variable: &Variable) -> Vec<usize> {
    let belongs = |other: &Variable| {
        let counts = other.attributes.text("sample_dimension").is_some_and(|d| variable.axis(d).is_some());
        let indexes = other.attributes.get("instance_dimension").is_some()
            && other.dimensions.iter().all(|d| variable.dimensions.contains(d));
        counts || indexes
    };
    counts.iter().filter(|(_, other)| belongs(other)).map(|(i, _)| *i).collect()
}
