//! Lists of gathered points on the grids that they come from (CF §8.2).

use std::sync::Arc;

use crate::Result;
use crate::cf::roles::{Kind, Role, Roles};
use crate::grid::Origin;
use crate::model::array::Scattered;
use crate::model::{Dataset, Variable};
use crate::ops::mask::fillable;
use crate::ops::names::forget_missing;

/// Put what lies along lists of gathered points on the grids that these come from, lazily; points that are not
/// listed are missing. Lists of which no grid is known stay.
///
/// # Errors
/// As [`Origin::of`]; [`crate::Error::Unsupported`] for values of types that have no sign for missing ones.
pub(super) fn spread_out(dataset: &mut Dataset) -> Result<()> {
    if dataset.variables.iter().all(|v| v.attributes.get("compress").is_none()) {
        return Ok(());
    }
    // Lists of lists come apart in turns.
    while let Some(origin) = next(dataset)? {
        let roles = Roles::of(dataset);
        let mut gone = vec![origin.list.clone()];
        let mut kept = Vec::with_capacity(dataset.variables.len());
        for variable in &dataset.variables {
            if variable.axis(&origin.points).is_none() {
                kept.push(variable.clone());
            } else if variable.name != origin.list && is_field(&roles, variable) {
                kept.push(spread(variable, &origin)?);
            } else {
                gone.push(variable.name.clone());
            }
        }
        dataset.variables = kept;
        dataset.dimensions.retain(|d| d.name != origin.points);
        forget_missing(dataset, &gone);
    }
    Ok(())
}

/// Where the first variable along a list comes from.
fn next(dataset: &Dataset) -> Result<Option<Origin>> {
    for name in Roles::of(dataset).data_variables() {
        if let Some(origin) = Origin::of(dataset, dataset.require(name)?)? {
            return Ok(Some(origin));
        }
    }
    Ok(None)
}

/// Whether a variable along a list has values of its own, and does not merely say where the points are.
fn is_field(roles: &Roles, variable: &Variable) -> bool {
    let place = matches!(roles.kind(&variable.name), Kind::Latitude | Kind::Longitude);
    let part = matches!(roles.role(&variable.name), Some(Role::Bounds | Role::Coordinate | Role::Part));
    !place && !part
}

fn spread(variable: &Variable, origin: &Origin) -> Result<Variable> {
    let mut made = variable.clone();
    let Some(axis) = made.axis(&origin.points) else { return Ok(made) };
    let fill = fillable(&mut made)?;
    let (names, lengths): (Vec<String>, Vec<usize>) = origin.dimensions.iter().cloned().unzip();
    made.array = Scattered::array(Arc::clone(&made.array), axis, &lengths, &origin.numbers, fill)?;
    made.dimensions.splice(axis..axis.saturating_add(1), names);
    // Chunks of the list are none of the grid; of the other dimensions they are as they were.
    match &mut made.encoding.chunk_shape {
        Some(chunks) if axis < chunks.len() => drop(chunks.splice(axis..axis.saturating_add(1), lengths)),
        _ => {}
    }
    made.encoding.shard_shape = None;
    Ok(made)
}
