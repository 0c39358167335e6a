//! Which vertical coordinate is meant.

use super::field::{Field, converts};
use crate::cf::roles::{Axis, Kind, Roles};
use crate::cf::units::Unit;
use crate::model::{Dataset, Variable};
use crate::{Error, Result};

/// What tells where the levels along a dimension lie.
#[derive(Debug)]
pub(super) enum Means<'a> {
    /// One number a level.
    Axis(&'a Variable),
    /// One a level and column.
    Field(Box<Field>),
}

/// The vertical dimensions, in the order of the dataset.
pub(super) fn vertical<'a>(dataset: &'a Dataset, roles: &Roles) -> Vec<&'a str> {
    let runs =
        |name: &str| roles.axis_of_dimension(name) == Some(Axis::Vertical) || !axes(dataset, roles, name).is_empty();
    dataset.dimensions.iter().map(|d| d.name.as_str()).filter(|name| runs(name)).collect()
}

/// The one-dimensional vertical coordinates along a dimension, its own coordinate variable first.
fn axes<'a>(dataset: &'a Dataset, roles: &Roles, dimension: &str) -> Vec<&'a Variable> {
    let along = |v: &&Variable| {
        v.dimensions.as_slice() == [dimension] && roles.kind(&v.name) == Kind::Vertical && v.data_type().is_numeric()
    };
    let mut found: Vec<&Variable> = dataset.variables.iter().filter(along).collect();
    found.sort_by_key(|v| v.name != dimension);
    found
}

/// The coordinate along `dimension` that levels in `unit` mean: of those to whose units it converts one
/// computed by a formula, then one along the dimension alone, then one that is given for each column.
/// Without a unit the first of these that there is. `None` if there is none such.
///
/// # Errors
/// As [`Field::computed`], where nothing else will do.
pub(super) fn means<'a>(
    dataset: &'a Dataset,
    roles: &Roles,
    dimension: &str,
    unit: Option<&Unit>,
    notes: &mut Vec<String>,
) -> Result<Option<Means<'a>>> {
    let axes = axes(dataset, roles, dimension);
    let fits = |units: &str| unit.is_none_or(|unit| converts(units, unit.text()));
    for axis in &axes {
        match Field::computed(dataset, roles, axis) {
            Ok(Some(field)) if fits(field.measure.unit()) => return Ok(Some(Means::Field(Box::new(field)))),
            Ok(_) => {}
            // Numbers of the coordinate itself do without its formula.
            Err(error) if unit.is_none() => {
                notes.push(format!("levels along {dimension} are taken as numbers of {}: {error}", axis.name));
            }
            Err(error) => return Err(error),
        }
    }
    let units = |v: &Variable| v.attributes.text("units").unwrap_or("1").to_owned();
    if let Some(axis) = axes.iter().find(|v| fits(&units(v))) {
        return Ok(Some(Means::Axis(axis)));
    }
    let varies = |v: &&Variable| v.dimensions.len() > 1 && v.axis(dimension).is_some() && v.data_type().is_numeric();
    for variable in dataset.variables.iter().filter(varies) {
        if let Some(field) = Field::held(variable)?.filter(|field| fits(field.measure.unit())) {
            return Ok(Some(Means::Field(Box::new(field))));
        }
    }
    Ok(None)
}

/// The error for levels that no coordinate has.
pub(super) fn for_none(dataset: &Dataset, roles: &Roles, asked: &str) -> Error {
    let vertical = vertical(dataset, roles);
    let place = dataset.source.clone();
    let known: Vec<String> = vertical.iter().flat_map(|d| axes(dataset, roles, d)).map(in_units).collect();
    if known.is_empty() {
        let names: Vec<&str> = dataset.dimensions.iter().map(|d| d.name.as_str()).collect();
        return Error::data(format!("--levels {asked}: no coordinate is vertical"), place)
            .with_hint(format!("its dimensions are {}", names.join(", ")));
    }
    Error::data(format!("--levels {asked}: this unit converts to that of no vertical coordinate"), place)
        .with_hint(known.join(", "))
}

fn in_units(variable: &Variable) -> String {
    match variable.attributes.text("units") {
        Some(units) => format!("{} is in '{units}'", variable.name),
        None => format!("{} has no units", variable.name),
    }
}
