//! Datasets with different variables on the same coordinates.

use super::Part;
use super::keys::{Key, mismatch};
use crate::cf::roles::{Role, Roles};
use crate::model::Dataset;
use crate::{Error, Result};

/// Put all variables into the first dataset. Dimensions of one name must agree in extent and
/// coordinate; coordinates and their companions that are there already stay as they are.
pub(super) fn merge(datasets: Vec<Dataset>) -> Result<Dataset> {
    let mut parts = datasets.into_iter().map(|dataset| Part { roles: Roles::of(&dataset), dataset });
    let Some(first) = parts.next() else { return Ok(Dataset::default()) };
    let mut whole = first.dataset;
    for part in parts {
        agree(&whole, &part)?;
        for dimension in part.dataset.dimensions {
            if whole.dimension(&dimension.name).is_none() {
                whole.dimensions.push(dimension);
            }
        }
        for variable in part.dataset.variables {
            let is_data = part.roles.role(&variable.name) == Some(Role::Data);
            match whole.variable(&variable.name) {
                None => whole.variables.push(variable),
                Some(_) if is_data => {
                    let what = format!("variable '{}' is also in {}", variable.name, whole.source);
                    return Err(Error::data(what, part.dataset.source)
                        .with_hint("inputs either hold the same variables at other times, or different variables"));
                }
                Some(_) => {}
            }
        }
        for (name, value) in part.dataset.attributes.iter() {
            if whole.attributes.get(name).is_none() {
                whole.attributes.set(name, value.clone());
            }
        }
        for (path, attributes) in part.dataset.groups {
            if whole.groups.iter().all(|(known, _)| *known != path) {
                whole.groups.push((path, attributes));
            }
        }
    }
    Ok(whole)
}

fn agree(whole: &Dataset, part: &Part) -> Result<()> {
    let roles = Roles::of(whole);
    for dimension in &part.dataset.dimensions {
        let Some(known) = whole.dimension(&dimension.name) else { continue };
        let differs = |what: String| Err(mismatch(&part.dataset.source, &whole.source, &what));
        if known.length != dimension.length {
            let (name, here, there) = (&dimension.name, dimension.length, known.length);
            return differs(format!("dimension '{name}' has {here} values, not {there}: other"));
        }
        let name = &dimension.name;
        if let (Some(a), Some(b)) = (whole.coordinate(name), part.dataset.coordinate(name)) {
            let (a, b) = (Key::of(a, roles.kind(name))?, Key::of(b, part.roles.kind(name))?);
            if !a.same(&b) {
                return differs(format!("coordinate '{name}' has other values"));
            }
        }
    }
    Ok(())
}
