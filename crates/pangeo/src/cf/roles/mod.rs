//! What each variable of a dataset is for: data, coordinate, bounds, grid mapping, …
//!
//! CF ties variables together by names in attributes. [`Roles`] reads these once, metadata only,
//! and answers what operations ask: which coordinate holds a variable's times or latitudes, which
//! axis a dimension is, what must come along when a variable is selected.
//!
//! What files leave out is supplied where there is no doubt: latitudes and longitudes known by
//! their units that no `coordinates` attribute lists, `lat_bnds` without `bounds`.

mod axis;
#[cfg(test)]
pub(crate) mod cdl;
mod cell_methods;
mod coordinates;
mod links;
mod mesh;
mod names;
mod select;
mod ties;

pub use axis::{Axis, Kind, from_name, is_degrees_east, is_degrees_north, is_time_units, kind_of};
pub use cell_methods::{CellMethod, CellMethods};
pub use mesh::{Links, Location, Mesh, lists_only, start_index};
pub use select::{near, resolve_variables};
pub use ties::{Tie, named_dimensions};

use names::Scope;

use crate::model::{DataType, Dataset, Variable};

/// What a variable is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Data.
    Data,
    /// The coordinate variable of a dimension (CF §1.3).
    Coordinate,
    /// A coordinate named by others: two-dimensional, scalar, label (CF §5).
    AuxiliaryCoordinate,
    /// Cell bounds, also climatological ones (CF §7.1, §7.4).
    Bounds,
    /// A coordinate reference system (CF §5.6).
    GridMapping,
    /// Cell areas or volumes (CF §7.2).
    CellMeasure,
    /// Data about other data: quality flags, standard errors (CF §3.4).
    Ancillary,
    /// A term of a parametric vertical coordinate (CF §4.3.3).
    FormulaTerm,
    /// A mesh topology (UGRID) or staggered grid (SGRID).
    Mesh,
    /// A description of others without data: geometry container, domain, quantization.
    Container,
    /// What a mesh, a geometry or a ragged array is built of: connectivity, node counts, indices.
    Part,
}

impl Role {
    /// Where a variable is named in several ways, the role with the greatest strength is its own.
    fn strength(self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Ancillary => 1,
            Self::FormulaTerm => 2,
            Self::CellMeasure => 3,
            Self::AuxiliaryCoordinate => 4,
            Self::Part => 5,
            Self::Bounds => 6,
            Self::Container => 7,
            Self::GridMapping => 8,
            Self::Mesh => 9,
            Self::Coordinate => 10,
        }
    }
}

/// What is known of one variable.
#[derive(Debug, Clone)]
struct Entry {
    name: String,
    /// Its dimensions, without the last one of `char` texts.
    dimensions: Vec<String>,
    role: Role,
    kind: Kind,
    /// The variables that its attributes name.
    links: Vec<(Role, usize)>,
    /// The coordinates that apply to it, best first: of its dimensions, then those it lists.
    coordinates: Vec<usize>,
    bounds: Option<usize>,
}

/// The roles of a dataset's variables.
#[derive(Debug, Clone)]
pub struct Roles {
    entries: Vec<Entry>,
    scope: Scope,
    axes: Vec<(String, Axis)>,
    /// The text of each variable's `grid_mapping`, where it has one.
    grid_mappings: Vec<Option<String>>,
}

impl Roles {
    /// Find the roles of all variables. Reads metadata only.
    pub fn of(dataset: &Dataset) -> Self {
        let scope = Scope::of(dataset);
        let entries: Vec<Entry> = dataset.variables.iter().map(|v| Entry::of(v, &scope)).collect();
        let grid_mappings =
            dataset.variables.iter().map(|v| v.attributes.text("grid_mapping").map(str::to_owned)).collect();
        let mut roles = Self { entries, scope, axes: Vec::new(), grid_mappings };
        roles.assign(dataset);
        coordinates::find(&mut roles, dataset);
        roles
    }

    /// Give each variable its strongest role: its own, or what others name it as.
    fn assign(&mut self, dataset: &Dataset) {
        for link in self.entries.iter().flat_map(|e| e.links.clone()).collect::<Vec<_>>() {
            self.strengthen(link.1, link.0);
        }
        for (i, variable) in dataset.variables.iter().enumerate() {
            if coordinates::is_coordinate_variable(variable) {
                self.strengthen(i, Role::Coordinate);
            }
            if let Some(role) = links::of_itself(variable) {
                self.strengthen(i, role);
            }
            if let Some(parent) = links::unnamed_bounds(variable, dataset).and_then(|p| self.scope.get(&p.name)) {
                self.strengthen(i, Role::Bounds);
                if let Some(parent) = self.entries.get_mut(parent).filter(|p| p.bounds.is_none()) {
                    parent.bounds = Some(i);
                }
            }
        }
    }

    fn strengthen(&mut self, index: usize, role: Role) {
        if let Some(entry) = self.entries.get_mut(index)
            && role.strength() > entry.role.strength()
        {
            entry.role = role;
        }
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.get(self.scope.get(name)?)
    }

    fn name(&self, index: usize) -> Option<&str> {
        self.entries.get(index).map(|e| e.name.as_str())
    }

    /// What the variable is for; `None` if there is none of that name.
    pub fn role(&self, name: &str) -> Option<Role> {
        self.entry(name).map(|e| e.role)
    }

    /// What a coordinate measures; [`Kind::Other`] for all that are no coordinates.
    pub fn kind(&self, name: &str) -> Kind {
        self.entry(name).map_or(Kind::Other, |e| e.kind)
    }

    /// The direction of a dimension: from its coordinate variable, from the coordinates along it
    /// alone, from two-dimensional latitudes (their last dimension is X, the one before Y), from
    /// its name. `None` for members, stations, corners and the like.
    pub fn axis_of_dimension(&self, dimension: &str) -> Option<Axis> {
        self.axes.iter().find(|(name, _)| name == dimension).map(|(_, axis)| *axis)
    }

    /// The coordinates that apply to a variable: those of its dimensions in their order, then those
    /// that it lists, its mesh's at its location, and unlisted ones along its dimensions.
    pub fn coordinates(&self, variable: &str) -> Vec<&str> {
        self.entry(variable).into_iter().flat_map(|e| &e.coordinates).filter_map(|&i| self.name(i)).collect()
    }

    /// The coordinate that says when a variable's values are valid: the time dimension's, or an
    /// auxiliary one along it, or a scalar. A forecast's reference time only if nothing else does.
    pub fn time_coordinate(&self, variable: &str) -> Option<&str> {
        self.best(variable, |kind| match kind {
            Kind::Time => Some(0),
            Kind::ReferenceTime => Some(2),
            _ => None,
        })
    }

    /// The true latitudes of a variable: one-dimensional, two-dimensional, along cells, or a scalar.
    pub fn latitude(&self, variable: &str) -> Option<&str> {
        self.best(variable, |kind| (kind == Kind::Latitude).then_some(0))
    }

    /// The true longitudes of a variable, as [`Roles::latitude`].
    pub fn longitude(&self, variable: &str) -> Option<&str> {
        self.best(variable, |kind| (kind == Kind::Longitude).then_some(0))
    }

    /// The vertical coordinate of a variable; a scalar one (`height` of 2 m) where there is no other.
    pub fn vertical(&self, variable: &str) -> Option<&str> {
        self.best(variable, |kind| (kind == Kind::Vertical).then_some(0))
    }

    /// The coordinate of a rotated, projected or index grid along Y or X.
    pub fn grid_coordinate(&self, variable: &str, axis: Axis) -> Option<&str> {
        let wanted = if axis == Axis::Y { Kind::GridY } else { Kind::GridX };
        self.best(variable, |kind| (kind == wanted).then_some(0))
    }

    /// The coordinate of the least cost: `cost` of its kind, plus how indirectly it applies.
    fn best(&self, variable: &str, cost: impl Fn(Kind) -> Option<usize>) -> Option<&str> {
        let of = self.entry(variable)?;
        let candidates = of.coordinates.iter().filter_map(|&i| {
            let entry = self.entries.get(i)?;
            if !entry.dimensions.iter().all(|d| of.dimensions.contains(d)) {
                return None;
            }
            // A satellite's subpoint is not where the pixels of its image are.
            let beside = entry.dimensions.is_empty()
                && matches!(entry.kind, Kind::Latitude | Kind::Longitude)
                && of.dimensions.iter().any(|d| self.axis_of_dimension(d) == entry.kind.axis());
            if beside {
                return None;
            }
            let indirect = match (entry.role, entry.dimensions.len()) {
                (Role::Coordinate, _) => 0,
                (_, 1) => 1,
                (_, 0) => 4,
                _ => 3,
            };
            Some((cost(entry.kind)?.saturating_add(indirect), entry.name.as_str()))
        });
        candidates.min_by_key(|(cost, _)| *cost).map(|(_, name)| name)
    }

    /// The variable that holds the bounds of a coordinate's cells (`bounds` or `climatology`).
    pub fn bounds_of(&self, name: &str) -> Option<&str> {
        self.entry(name)?.bounds.and_then(|i| self.name(i))
    }

    /// The grid mapping of a variable; of several (CF §5.6, the form `crs: x y other: lat lon`) the
    /// one that lists a rotated or projected coordinate, else the first.
    pub fn grid_mapping(&self, variable: &str) -> Option<&str> {
        let text = self.grid_mappings.get(self.scope.get(variable)?)?.as_deref()?;
        let planar = |word: &str| {
            let found = self.scope.resolve(variable, word).and_then(|i| self.entries.get(i));
            found.is_some_and(|e| matches!(e.kind, Kind::GridX | Kind::GridY))
        };
        let key = names::key_listing(text, planar)?;
        self.scope.resolve(variable, key).and_then(|i| self.name(i))
    }

    /// The mesh that a variable lies on.
    pub fn mesh(&self, variable: &str) -> Option<&str> {
        let link = self.entry(variable)?.links.iter().find(|(role, _)| *role == Role::Mesh)?;
        self.name(link.1)
    }

    /// The variable that the name `reference` means inside the attributes of `variable` (in groups as
    /// CF §2.7 has it).
    pub fn resolve(&self, variable: &str, reference: &str) -> Option<&str> {
        self.scope.resolve(variable, reference).and_then(|i| self.name(i))
    }

    /// The variables of one role, in the order of the file.
    pub fn with_role(&self, role: Role) -> Vec<&str> {
        self.entries.iter().filter(|e| e.role == role).map(|e| e.name.as_str()).collect()
    }

    /// The data variables, in the order of the file: all that no other role claims, ancillary ones
    /// (CF §3.4 calls them data too), and fields that happen to be a term of a formula as well
    /// (surface pressure), which vary along more than the vertical.
    pub fn data_variables(&self) -> Vec<&str> {
        let is_field = |e: &Entry| {
            e.dimensions.iter().any(|d| matches!(self.axis_of_dimension(d), Some(Axis::Time | Axis::Y | Axis::X)))
        };
        let is_data = |e: &&Entry| match e.role {
            Role::Data | Role::Ancillary => true,
            Role::FormulaTerm => is_field(e),
            _ => false,
        };
        self.entries.iter().filter(is_data).map(|e| e.name.as_str()).collect()
    }

    /// The variables `names` and all that must come along with them, in the order of the file:
    /// coordinates, their bounds, grid mappings, cell measures, ancillary variables, formula terms,
    /// meshes, and what these need in turn. Names that are not there are passed over.
    pub fn companions(&self, names: &[impl AsRef<str>]) -> Vec<String> {
        let mut wanted = vec![false; self.entries.len()];
        let mut open: Vec<usize> = names.iter().filter_map(|n| self.scope.get(n.as_ref())).collect();
        while let Some(i) = open.pop() {
            let Some(entry) = self.entries.get(i) else { continue };
            match wanted.get_mut(i) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            open.extend(entry.links.iter().map(|(_, target)| *target));
            open.extend(&entry.coordinates);
            open.extend(entry.bounds);
        }
        let kept = self.entries.iter().zip(&wanted).filter(|(_, wanted)| **wanted);
        kept.map(|(e, _)| e.name.clone()).collect()
    }
}

impl Entry {
    fn of(variable: &Variable, scope: &Scope) -> Self {
        let links = links::of_variable(variable, scope);
        let bounds = links.iter().find(|(role, _)| *role == Role::Bounds).map(|(_, i)| *i);
        let mut dimensions = variable.dimensions.clone();
        if *variable.data_type() == DataType::Char {
            dimensions.pop();
        }
        let name = variable.name.clone();
        Self { name, dimensions, role: Role::Data, kind: Kind::Other, links, coordinates: Vec::new(), bounds }
    }
}

#[cfg(test)]
mod tests;
