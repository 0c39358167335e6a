//! Which variables name which others, attribute by attribute.

use super::Role;
use super::mesh::is_connectivity;
use super::names::{Scope, keys, values, words};
use crate::model::{Dataset, Variable};

/// How an attribute's text names variables.
#[derive(Clone, Copy)]
enum Form {
    /// `a b c`
    List,
    /// `key: a key: b`: the values.
    Pairs,
    /// `a: x y b: z`: the keys have the role, the words in their lists are coordinates.
    Keyed,
    /// `lat: lon: method`: the keys are coordinates, the words in their lists have the role.
    Keys,
}

/// The attributes that name other variables, what those then are, and where CF has it.
const REFERENCES: [(&str, Form, Role); 22] = [
    ("coordinates", Form::List, Role::AuxiliaryCoordinate), // CF §5
    ("bounds", Form::List, Role::Bounds),                   // CF §7.1
    ("climatology", Form::List, Role::Bounds),              // CF §7.4
    ("grid_mapping", Form::Keyed, Role::GridMapping),       // CF §5.6
    ("cell_measures", Form::Pairs, Role::CellMeasure),      // CF §7.2
    ("ancillary_variables", Form::List, Role::Ancillary),   // CF §3.4
    ("formula_terms", Form::Pairs, Role::FormulaTerm),      // CF §4.3.3
    ("geometry", Form::List, Role::Container),              // CF §7.5
    ("node_count", Form::List, Role::Part),
    ("part_node_count", Form::List, Role::Part),
    ("interior_ring", Form::List, Role::Part),
    ("nodes", Form::List, Role::Part),
    ("mesh", Form::List, Role::Mesh), // UGRID 1.0
    ("location_index_set", Form::List, Role::Mesh),
    ("grid", Form::List, Role::Mesh),                              // SGRID
    ("quantization", Form::List, Role::Container),                 // CF §8.4
    ("coordinate_interpolation", Form::Keys, Role::Container),     // CF §8.3
    ("interpolation_parameters", Form::Pairs, Role::Part),         // CF §8.3
    ("CDI_grid_latitudes", Form::List, Role::AuxiliaryCoordinate), // CDO's reduced grids
    ("CDI_grid_reduced_points", Form::List, Role::Part),
    ("_CoordinateAxes", Form::List, Role::AuxiliaryCoordinate), // netCDF-Java
    ("_CoordinateTransforms", Form::List, Role::GridMapping),   // netCDF-Java
];

/// Every variable that `variable` names, with the role that the naming gives it, in the order of
/// the attributes. Names that are not in the file are passed over (CF allows them for
/// `cell_measures` with `external_variables`; elsewhere they are careless cuts).
pub(super) fn of_variable(variable: &Variable, scope: &Scope) -> Vec<(Role, usize)> {
    let own = scope.get(&variable.name);
    let mut found: Vec<(Role, usize)> = Vec::new();
    let is_mesh = is_mesh(variable);
    for (attribute, value) in variable.attributes.iter() {
        let Some(text) = value.as_text() else { continue };
        let Some((form, role)) = meaning(attribute, is_mesh) else { continue };
        let mut add = |role: Role, name: &str| {
            if let Some(i) = scope.resolve(&variable.name, name).filter(|i| Some(*i) != own)
                && !found.contains(&(role, i))
            {
                found.push((role, i));
            }
        };
        match form {
            // A name with blanks in it can only be meant as a whole.
            Form::List if scope.get(text).is_some() => add(role, text),
            Form::List => words(text).for_each(|name| add(role, name)),
            Form::Pairs => values(text).for_each(|name| add(role, name)),
            Form::Keys => {
                for name in keys(text) {
                    add(Role::AuxiliaryCoordinate, name);
                }
                values(text).for_each(|name| add(role, name));
            }
            Form::Keyed => {
                for name in keys(text) {
                    add(role, name);
                }
                if text.contains(':') {
                    values(text).for_each(|name| add(Role::AuxiliaryCoordinate, name));
                }
            }
        }
    }
    found
}

fn meaning(attribute: &str, is_mesh: bool) -> Option<(Form, Role)> {
    if is_mesh && attribute.ends_with("_coordinates") {
        return Some((Form::List, Role::AuxiliaryCoordinate));
    }
    if is_mesh && (attribute.ends_with("_connectivity") || attribute.ends_with("_shape_type")) {
        return Some((Form::List, Role::Part));
    }
    if attribute == "node_coordinates" {
        return Some((Form::List, Role::Part)); // of a geometry container
    }
    REFERENCES.iter().find(|(name, ..)| *name == attribute).map(|&(_, form, role)| (form, role))
}

/// Whether `variable` describes a mesh (UGRID `mesh_topology`, SGRID `grid_topology`).
pub(super) fn is_mesh(variable: &Variable) -> bool {
    matches!(
        variable.attributes.text("cf_role"),
        Some("mesh_topology" | "grid_topology" | "location_index_set" | "parent_grid_topology")
    )
}

/// What a variable is by its own attributes alone, whoever names it.
pub(super) fn of_itself(variable: &Variable) -> Option<Role> {
    let has = |name| variable.attributes.get(name).is_some();
    if is_mesh(variable) {
        Some(Role::Mesh)
    } else if has("grid_mapping_name") {
        Some(Role::GridMapping)
    } else if has("geometry_type") || has("interpolation_name") {
        Some(Role::Container)
    } else if ["sample_dimension", "instance_dimension", "compress"].into_iter().any(has) || is_connectivity(variable) {
        Some(Role::Part) // CF §9.3, §8.2: counts and indices of ragged arrays, lists of points; UGRID
    } else if variable.dimensions.is_empty() && has("dimensions") {
        Some(Role::Container) // CF §5.8: a domain
    } else {
        None
    }
}

/// The variable of which `candidate` holds the bounds by its name alone (`lat_bnds` of `lat`, with
/// `lat`'s dimensions and one more of a cell's corners), for files that forget `bounds`.
pub(super) fn unnamed_bounds<'a>(candidate: &Variable, dataset: &'a Dataset) -> Option<&'a Variable> {
    const ENDINGS: [&str; 4] = ["_bnds", "_bounds", "_bnd", "_vertices"];
    let parent = ENDINGS.iter().find_map(|e| candidate.name.strip_suffix(e))?;
    let parent = dataset.variable(parent)?;
    let (corner, outer) = candidate.dimensions.split_last()?;
    let corners = candidate.shape().last().copied()?;
    let fits = outer == parent.dimensions && !outer.contains(corner) && (2..=16).contains(&corners);
    fits.then_some(parent)
}
