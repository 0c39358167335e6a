//! What attributes say of results.

use super::method::Method;
use super::winds::is_along_grid;
use crate::Result;
use crate::cf::packing::Packing;
use crate::cf::roles::CellMethods;
use crate::model::{Attributes, Buffer, DataType, Variable};
use crate::ops::mask::fillable;
use crate::ops::names::{add_coordinates, forget};

/// A variable as it is stored once its values are taken from cells: as before, with a value for missing ones.
///
/// # Errors
/// As [`fillable`].
pub(super) fn taken(variable: &mut Variable) -> Result<Buffer> {
    match variable.data_type() {
        DataType::String => Ok(Buffer::String(vec![String::new()])),
        DataType::Char => Ok(Buffer::Char(vec![b' '])),
        _ => fillable(variable),
    }
}

/// Tell of the target grid instead of the source's.
///
/// `target` is what data on it say: coordinates beside those of its dimensions, a grid mapping, a mesh. `gone` are
/// the names of the variables of the old grid.
pub(super) fn of_target(attributes: &mut Attributes, target: &Attributes, gone: &[String], method: Option<Method>) {
    for old in ["grid_mapping", "cell_measures", "mesh", "location", "actual_range", "grid"] {
        attributes.remove(old);
    }
    attributes.remove_all(|name| name.starts_with("CDI_grid_"));
    forget(attributes, gone);
    for (name, value) in target.iter() {
        match (name, value.as_text()) {
            ("coordinates", Some(names)) => {
                add_coordinates(attributes, &names.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
            }
            _ => attributes.set(name, value.clone()),
        }
    }
    if matches!(method, Some(Method::Conservative | Method::Conservative2)) {
        let mut methods = CellMethods::parse(attributes.text("cell_methods").unwrap_or_default());
        if methods.of("area").is_none_or(|known| known.method != "mean") {
            methods.append(&["area"], "mean");
            attributes.set("cell_methods", methods.to_string());
        }
    }
}

/// What a user should know of a variable's results: sums over cells of which means are taken, components along rows and
/// columns that are gone (`rectilinear` tells that those of the old grid ran east and north).
pub(super) fn doubts(variable: &Variable, method: Option<Method>, rectilinear: bool) -> Vec<String> {
    let text = |name: &str| variable.attributes.text(name).unwrap_or_default().trim();
    let sums = CellMethods::parse(text("cell_methods")).of("area").is_some_and(|m| m.method == "sum");
    let name = &variable.name;
    let summed = (sums && method.is_some_and(Method::is_by_area))
        .then(|| format!("{name} holds sums over cells, of which means are taken: divide by the areas first"));
    let turned = (!rectilinear && is_along_grid(text("standard_name"))).then(|| {
        format!(
            "{name} is a component along the old grid, of which nothing is left: --rotate-winds U,V turns it before"
        )
    });
    summed.into_iter().chain(turned).collect()
}

/// Whether values are no measurements to go between: integers and flags.
pub(super) fn is_discrete(variable: &Variable, packing: &Packing) -> bool {
    let flags = ["flag_values", "flag_masks", "flag_meanings"].iter().any(|n| variable.attributes.get(n).is_some());
    flags || variable.data_type().is_integer() && !packing.is_packed() || variable.encoding.enumeration.is_some()
}
