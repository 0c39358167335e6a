//! What attributes say of results.

use super::method::Method;
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

/// Whether values are no measurements to go between: integers and flags.
pub(super) fn is_discrete(variable: &Variable, packing: &Packing) -> bool {
    let flags = ["flag_values", "flag_masks", "flag_meanings"].iter().any(|n| variable.attributes.get(n).is_some());
    flags || variable.data_type().is_integer() && !packing.is_packed() || variable.encoding.enumeration.is_some()
}
