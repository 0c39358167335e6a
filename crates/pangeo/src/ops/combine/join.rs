//! Datasets with the same variables at other places of one coordinate.

use std::cmp::Ordering;

use super::Part;
use super::harmonise::{self, Harmonised};
use super::keys::{Key, mismatch};
use crate::cf::roles::{Kind, Role, Roles};
use crate::model::array::{AxisSelection, Broadcast, Concatenated};
use crate::model::{Dataset, Dimension, Variable};
use crate::ops::coordinates;
use crate::ops::select::select;
use crate::{Error, Result};

/// Join `parts` (at least one) along the one dimension in which they differ.
pub(super) fn join(mut parts: Vec<Part>, notes: &mut Vec<String>) -> Result<Dataset> {
    if parts.len() == 1 {
        return Ok(parts.remove(0).dataset);
    }
    let differing = differing(&parts)?;
    let dimension = match differing.as_slice() {
        [one] => one.clone(),
        [] => spread_scalar(&mut parts)?,
        several => return Err(other_grid(&parts, several)),
    };
    let keys = keys(&parts, &dimension)?;
    if let Some(keys) = &keys {
        let mut order: Vec<usize> = (0..parts.len()).collect();
        let down = keys.iter().find(|k| k.len() > 1).is_some_and(Key::descends);
        let firsts: Vec<&Key> = keys.iter().collect();
        order.sort_by(|&a, &b| {
            let pair = Key::concatenate(&[firsts[a], firsts[b]]);
            let ordering = pair.map_or(Ordering::Equal, |p| p.compare(0, firsts[a].len().min(p.len() - 1)));
            if down { ordering.reverse() } else { ordering }
        });
        let mut slots: Vec<Option<Part>> = parts.into_iter().map(Some).collect();
        let sorted: Vec<Key> = order.iter().map(|&i| keys[i].clone()).collect();
        let parts: Vec<Part> = order.iter().filter_map(|&i| slots[i].take()).collect();
        let mut whole = concatenate(&parts, &dimension, notes)?;
        sort(&mut whole, &parts, &dimension, &sorted, down)?;
        return Ok(whole);
    }
    concatenate(&parts, &dimension, notes)
}

/// The dimensions that differ in extent or in coordinate values between the parts.
fn differing(parts: &[Part]) -> Result<Vec<String>> {
    let Some((first, rest)) = parts.split_first() else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for dimension in &first.dataset.dimensions {
        let name = &dimension.name;
        let reference = first.coordinate(name)?;
        let mut differs = false;
        for part in rest {
            let Some(other) = part.dataset.dimension(name) else {
                let what = format!("dimension '{name}' is missing, other");
                return Err(mismatch(&part.dataset.source, &first.dataset.source, &what));
            };
            if other.length != dimension.length {
                differs = true;
                break;
            }
            let other = part.coordinate(name)?;
            if let (Some(a), Some(b)) = (&reference, &other)
                && !a.same(b)
            {
                differs = true;
                break;
            }
        }
        if differs {
            names.push(name.clone());
        }
    }
    Ok(names)
}

/// The coordinate along `dimension` in each part, if all have one.
fn keys(parts: &[Part], dimension: &str) -> Result<Option<Vec<Key>>> {
    let keys: Vec<Option<Key>> = parts.iter().map(|part| part.coordinate(dimension)).collect::<Result<_>>()?;
    Ok(keys.into_iter().collect())
}

/// Join every variable along `dimension`; those without it are taken from the first part.
fn concatenate(parts: &[Part], dimension: &str, notes: &mut Vec<String>) -> Result<Dataset> {
    let Some(first) = parts.first() else { return Ok(Dataset::default()) };
    let mut whole = first.dataset.clone();
    let length = parts.iter().filter_map(|p| p.dataset.dimension(dimension)).map(|d| d.length).sum();
    if let Some(entry) = whole.dimensions.iter_mut().find(|d| d.name == dimension) {
        entry.length = length;
    }
    for variable in &mut whole.variables {
        let Some(axis) = variable.axis(dimension) else { continue };
        let mut pieces: Vec<(&Variable, &str)> = Vec::with_capacity(parts.len());
        for part in parts {
            let source = part.dataset.source.as_str();
            let piece = part.dataset.variable(&variable.name).filter(|p| p.dimensions == variable.dimensions);
            let what = || format!("variable '{}' is missing or has other dimensions", variable.name);
            pieces.push((piece.ok_or_else(|| mismatch(source, &first.dataset.source, &what()))?, source));
        }
        let Harmonised { arrays, variable: described, note } = harmonised(&pieces, parts)?;
        notes.extend(note);
        *variable = described;
        variable.array = Concatenated::array(arrays, axis).map_err(|e| named(&e, &variable.name, parts))?;
    }
    Ok(whole)
}

/// Times and their bounds keep meaning what they mean; other variables their values.
fn harmonised(pieces: &[(&Variable, &str)], parts: &[Part]) -> Result<Harmonised> {
    let (Some(part), Some((variable, _))) = (parts.first(), pieces.first()) else {
        return harmonise::values(pieces);
    };
    let is_time = |name: &str| matches!(part.roles.kind(name), Kind::Time | Kind::ReferenceTime);
    if is_time(&variable.name) && variable.data_type().is_numeric() {
        let parents: Vec<&Variable> = pieces.iter().map(|(v, _)| *v).collect();
        return harmonise::times(pieces, &parents);
    }
    let owner = part.dataset.variables.iter().find(|v| part.roles.bounds_of(&v.name) == Some(variable.name.as_str()));
    if let Some(owner) = owner.filter(|o| is_time(&o.name)) {
        let parents: Option<Vec<&Variable>> = parts.iter().map(|p| p.dataset.variable(&owner.name)).collect();
        if let Some(parents) = parents {
            return harmonise::times(pieces, &parents);
        }
    }
    harmonise::values(pieces)
}

/// Put the steps in order where files interleave; refuse steps that are there twice.
fn sort(whole: &mut Dataset, parts: &[Part], dimension: &str, keys: &[Key], down: bool) -> Result<()> {
    let Some(all) = Key::concatenate(&keys.iter().collect::<Vec<_>>()) else { return Ok(()) };
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|&a, &b| if down { all.compare(b, a) } else { all.compare(a, b) });
    for pair in order.windows(2) {
        let &[a, b] = pair else { continue };
        if all.compare(a, b) == Ordering::Equal {
            let owner = |at: usize| {
                let mut left = at;
                for (part, key) in parts.iter().zip(keys) {
                    if left < key.len() {
                        return part.dataset.source.clone();
                    }
                    left -= key.len();
                }
                String::new()
            };
            let named = coordinates::along(whole, &Roles::of(whole), dimension);
            let shown = named.map(|v| all.show(a, v)).unwrap_or_default();
            let what = format!("{dimension} {shown} is also in {}", owner(a.min(b)));
            return Err(Error::data(what, owner(a.max(b)))
                .with_hint("leave one of the files out, or cut the overlap with subset"));
        }
    }
    if order.is_sorted() {
        return Ok(());
    }
    select(whole, dimension, &AxisSelection::from_indices(order))
}

/// Where the parts agree in every dimension but hold one step each as a scalar coordinate (a time
/// without a dimension), make it a dimension. Its name is the answer.
fn spread_scalar(parts: &mut [Part]) -> Result<String> {
    let first = &parts[0];
    let scalar = first.dataset.variables.iter().find(|v| {
        v.dimensions.is_empty()
            && matches!(first.roles.kind(&v.name), Kind::Time | Kind::Vertical)
            && parts.iter().skip(1).any(|p| {
                let (a, b) = (Key::of(v, first.roles.kind(&v.name)), p.dataset.variable(&v.name));
                match (a, b.map(|b| Key::of(b, p.roles.kind(&v.name)))) {
                    (Ok(a), Some(Ok(b))) => !a.same(&b),
                    _ => false,
                }
            })
    });
    let Some(name) = scalar.map(|v| v.name.clone()) else {
        let names: Vec<&str> = parts.iter().map(|p| p.dataset.source.as_str()).take(3).collect();
        return Err(Error::data("inputs have the same variables at the same coordinates", names.join(" and "))
            .with_hint("files are joined along the one coordinate in which they differ"));
    };
    for part in parts.iter_mut() {
        let data: Vec<String> = part.roles.data_variables().into_iter().map(str::to_owned).collect();
        part.dataset.dimensions.insert(0, Dimension { name: name.clone(), length: 1, unlimited: false });
        for variable in &mut part.dataset.variables {
            if variable.name == name
                || (data.contains(&variable.name) && part.roles.role(&variable.name) == Some(Role::Data))
            {
                let shape: Vec<usize> = std::iter::once(1).chain(variable.shape().iter().copied()).collect();
                let axes = std::iter::once(None).chain((0..shape.len() - 1).map(Some)).collect();
                variable.array = Broadcast::array(variable.array.clone(), axes, shape)?;
                variable.dimensions.insert(0, name.clone());
                if let Some(chunk) = &mut variable.encoding.chunk_shape {
                    chunk.insert(0, 1);
                }
            }
        }
        part.roles = Roles::of(&part.dataset);
    }
    Ok(name)
}

/// The error for files that differ in more than one dimension: some file has another grid.
fn other_grid(parts: &[Part], dimensions: &[String]) -> Error {
    let first = &parts[0];
    // Time may differ; what else does tells the grids apart.
    let is_time = |name: &String| first.roles.kind(name) == Kind::Time;
    let rest: Vec<&String> = dimensions.iter().filter(|d| !is_time(d)).collect();
    let culprit = rest.first().copied().or(dimensions.first());
    let file = parts.iter().skip(1).find(|p| {
        culprit.is_some_and(|name| {
            let (a, b) = (first.dataset.coordinate(name), p.dataset.coordinate(name));
            let keys = (a.and_then(|v| Key::of(v, Kind::Other).ok()), b.and_then(|v| Key::of(v, Kind::Other).ok()));
            match keys {
                (Some(a), Some(b)) => !a.same(&b),
                _ => first.dataset.dimension(name).map(|d| d.length) != p.dataset.dimension(name).map(|d| d.length),
            }
        })
    });
    let names: Vec<&str> = rest.iter().map(|n| n.as_str()).collect();
    let file = file.map_or(first.dataset.source.as_str(), |p| p.dataset.source.as_str());
    mismatch(file, &first.dataset.source, &format!("{} differs: another grid", names.join(" and ")))
        .with_hint("bring the files to one grid first (regrid), or join them in groups")
}

fn named(error: &Error, variable: &str, parts: &[Part]) -> Error {
    let file = parts.iter().map(|p| p.dataset.source.as_str()).take(2).collect::<Vec<_>>().join(", ");
    Error::data(format!("variable '{variable}': {error}"), file)
}
