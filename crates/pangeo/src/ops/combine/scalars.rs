//! What is one value in each file and differs between them: a value for each step of the whole.

use super::keys::Key;
use super::{Part, in_file};
use crate::cf::roles::{Kind, Role, Roles};
use crate::model::array::Broadcast;
use crate::model::{Dataset, Dimension, Variable};
use crate::{Error, Result};

/// Whether a variable holds one value: no dimensions, but that of a text's characters.
fn is_scalar(dataset: &Dataset, variable: &Variable) -> bool {
    use crate::model::DataType::Char;
    match variable.dimensions.as_slice() {
        [] => true,
        [length] => *variable.data_type() == Char && dataset.coordinate(length).is_none(),
        _ => false,
    }
}

/// Whether a variable is there for its attributes alone.
pub(super) fn is_container(roles: &Roles, name: &str) -> bool {
    matches!(roles.role(name), Some(Role::GridMapping | Role::Container | Role::Mesh))
}

/// The names of the scalars that do not have the same value in all parts that have them.
///
/// # Errors
/// When they can't be compared: other calendars, units that do not convert.
pub(super) fn differing(parts: &[Part]) -> Result<Vec<String>> {
    let Some((first, rest)) = parts.split_first() else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for variable in &first.dataset.variables {
        if !is_scalar(&first.dataset, variable) || is_container(&first.roles, &variable.name) {
            continue;
        }
        let key = first.scalar(variable, None)?;
        for part in rest {
            let Some(other) = part.dataset.variable(&variable.name).filter(|v| v.dimensions == variable.dimensions)
            else {
                continue;
            };
            let other = part.scalar(other, Some(variable))?;
            part.comparable(&other, &key, &variable.name, first)?;
            if !other.same(&key) {
                names.push(variable.name.clone());
                break;
            }
        }
    }
    Ok(names)
}

impl Part {
    fn scalar(&self, variable: &Variable, like: Option<&Variable>) -> Result<Key> {
        Key::of(variable, self.roles.kind(&variable.name), like).map_err(|e| in_file(&e, &self.dataset.source))
    }

    /// Give variables and their bounds a dimension in front, along which they repeat.
    pub(super) fn promote(&mut self, names: &[String], dimension: &str) -> Result<()> {
        let length = self.dataset.dimension(dimension).map_or(1, |d| d.length);
        let bounds: Vec<&str> = names.iter().filter_map(|n| self.roles.bounds_of(n)).collect();
        for variable in &mut self.dataset.variables {
            let wanted = names.contains(&variable.name) || bounds.contains(&variable.name.as_str());
            if !wanted || variable.axis(dimension).is_some() {
                continue;
            }
            let shape: Vec<usize> = std::iter::once(length).chain(variable.shape().iter().copied()).collect();
            let axes = std::iter::once(None).chain((0..variable.shape().len()).map(Some)).collect();
            variable.array = Broadcast::array(variable.array.clone(), axes, shape)?;
            variable.dimensions.insert(0, dimension.to_owned());
            let encoding = &mut variable.encoding;
            for extent in [&mut encoding.chunk_shape, &mut encoding.shard_shape].into_iter().flatten() {
                extent.insert(0, 1);
            }
        }
        self.roles = Roles::of(&self.dataset);
        Ok(())
    }
}

/// Give the scalars that differ between the parts a value for each step along `dimension`.
///
/// # Errors
/// As [`differing`]; where a part lacks one of them.
pub(super) fn spread_along(parts: &mut [Part], dimension: &str) -> Result<()> {
    let names = differing(parts)?;
    if names.is_empty() {
        return Ok(());
    }
    parts.iter_mut().try_for_each(|part| part.promote(&names, dimension))
}

/// Where the parts agree in every dimension but hold one step each as a scalar coordinate (a time
/// without a dimension), make it a dimension. Its name is the answer.
///
/// Of several that differ the time is taken, then the vertical, then the reference time. The data
/// variables that name it in `coordinates` get the dimension; all of them if none does.
///
/// # Errors
/// Where no scalar coordinate differs, or none of several can be told to be the one.
pub(super) fn spread(parts: &mut [Part]) -> Result<String> {
    let names = differing(parts)?;
    let Some(first) = parts.first() else { return Err(same_place(parts)) };
    let of_kind = |kind: Kind| names.iter().find(|n| first.roles.kind(n) == kind);
    let known = [Kind::Time, Kind::Vertical, Kind::ReferenceTime].into_iter().find_map(of_kind);
    let is_coordinate = |n: &&String| {
        matches!(first.roles.role(n), Some(Role::Coordinate | Role::AuxiliaryCoordinate))
            && first.dataset.variable(n).is_some_and(|v| v.dimensions.is_empty())
    };
    let others: Vec<&String> = names.iter().filter(is_coordinate).collect();
    let name = match (known, others.as_slice()) {
        (Some(name), _) => name.clone(),
        (None, [name]) => (*name).clone(),
        _ => return Err(same_place(parts)),
    };
    spread_named(parts, &name)?;
    Ok(name)
}

/// As [`spread`], for the scalar coordinate of this name.
///
/// # Errors
/// When its values can't be given a dimension.
pub(super) fn spread_named(parts: &mut [Part], name: &str) -> Result<()> {
    let Some(first) = parts.first() else { return Ok(()) };
    let data: Vec<&str> = first.roles.data_variables().into_iter().filter(|d| *d != name).collect();
    let listing: Vec<&str> = data.iter().copied().filter(|d| first.roles.coordinates(d).contains(&name)).collect();
    let chosen = if listing.is_empty() { data } else { listing };
    let promoted: Vec<String> = std::iter::once(name).chain(chosen).map(str::to_owned).collect();
    for part in parts.iter_mut() {
        part.dataset.dimensions.insert(0, Dimension { name: name.to_owned(), length: 1, unlimited: false });
        part.promote(&promoted, name)?;
    }
    Ok(())
}

fn same_place(parts: &[Part]) -> Error {
    let names: Vec<&str> = parts.iter().map(|p| p.dataset.source.as_str()).take(3).collect();
    Error::data("inputs have the same variables at the same coordinates", names.join(" and "))
        .with_hint("files are joined along the one coordinate in which they differ")
}
