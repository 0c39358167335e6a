//! How results are stored, and what attributes say of them.

use super::method::Method;
use crate::Result;
use crate::cf::packing::{Packing, decode, missing_value};
use crate::cf::roles::CellMethods;
use crate::model::{AttributeValue, Attributes, Buffer, DataType, Encoding, Variable};
use crate::ops::mask::fillable;
use crate::ops::names::{add_coordinates, forget};

/// A variable as it is stored once its values are computed: unpacked; one value that stands for missing.
///
/// # Errors
/// As [`Packing::of`].
pub(super) fn computed(variable: &Variable, packing: &Packing) -> Result<(Attributes, Encoding, Buffer)> {
    let float = variable.data_type().is_float() && !packing.is_packed();
    let to = if float { variable.data_type().clone() } else { packing.unpacked_type().clone() };
    let mut made = if float { variable.clone() } else { decode(variable)? };
    let own = if float { missing_value(variable) } else { None };
    let fill = own.unwrap_or_else(|| Buffer::from_f64(&to, &[f64::NAN]).unwrap_or(Buffer::F64(vec![f64::NAN])));
    for gone in ["flag_values", "flag_masks", "flag_meanings"] {
        made.attributes.remove(gone);
    }
    if made.attributes.get("_FillValue").is_none() && made.attributes.get("missing_value").is_none() {
        made.attributes.set("_FillValue", AttributeValue::Numbers(fill.clone()));
    }
    Ok((made.attributes, made.encoding, fill))
}

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
