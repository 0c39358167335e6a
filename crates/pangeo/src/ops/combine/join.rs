//! Datasets with the same variables at other places of one coordinate.

use super::agreed::agreed;
use super::blocks::join_blocks;
use super::harmonise::{Harmonised, Piece, harmonise};
use super::keys::{Key, mismatch};
use super::scalars::{self, is_container};
use super::{Part, Said, meaning, nearness};
use crate::cf::roles::Kind;
use crate::model::array::{AxisSelection, Broadcast, Concatenated};
use crate::model::{Dataset, Variable};
use crate::ops::coordinates;
use crate::ops::select::select;
use crate::{Error, Result};

/// Join `parts` (at least one) along the one dimension in which they differ. Parts without a step
/// along it give nothing.
pub(super) fn join(mut parts: Vec<Part>, said: &mut Said) -> Result<Dataset> {
    if parts.len() == 1 {
        return Ok(parts.remove(0).dataset);
    }
    let dimension = match differing(&parts)?.as_slice() {
        [one] => one.clone(),
        [] if parts.iter().all(Part::is_empty) => return Ok(parts.remove(0).dataset),
        [] => scalars::spread(&mut parts)?,
        several => {
            let several = several.to_vec();
            return join_blocks(parts, &several, said);
        }
    };
    let has_steps = |p: &Part| p.dataset.dimension(&dimension).is_none_or(|d| d.length > 0);
    if parts.iter().any(has_steps) {
        parts.retain(has_steps);
    }
    if parts.len() == 1 {
        return Ok(parts.remove(0).dataset);
    }
    scalars::spread_along(&mut parts, &dimension)?;
    let Some(keys) = keys(&parts, &dimension)? else { return concatenate(&parts, &dimension, said) };
    let order = Order::of(&keys);
    let mut slots: Vec<Option<Part>> = parts.into_iter().map(Some).collect();
    let parts: Vec<Part> = order.parts.iter().filter_map(|&i| slots.get_mut(i).and_then(Option::take)).collect();
    let mut whole = concatenate(&parts, &dimension, said)?;
    let keys: Vec<&Key> = order.parts.iter().filter_map(|&i| keys.get(i)).collect();
    sort(&mut whole, &parts, &dimension, &keys, order.down)?;
    Ok(whole)
}

impl Part {
    /// Whether some dimension of its data has no extent.
    fn is_empty(&self) -> bool {
        let data = self.roles.data_variables();
        let shapes = self.dataset.variables.iter().filter(|v| data.contains(&v.name.as_str()));
        shapes.into_iter().any(|v| v.shape().contains(&0))
    }
}

/// The order of the parts by their first steps.
struct Order {
    parts: Vec<usize>,
    /// Whether steps go down.
    down: bool,
}

impl Order {
    fn of(keys: &[Key]) -> Self {
        let down = keys.iter().find(|k| k.len() > 1).is_some_and(Key::descends);
        let mut parts: Vec<usize> = (0..keys.len()).collect();
        let starts: Vec<usize> = starts(keys.iter().map(Key::len));
        if let Some(all) = Key::concatenate(&keys.iter().collect::<Vec<_>>()) {
            let at = |i: usize| starts.get(i).copied().unwrap_or(usize::MAX);
            parts.sort_by(|&a, &b| {
                let ordering = all.compare(at(a), at(b));
                if down { ordering.reverse() } else { ordering }
            });
        }
        Self { parts, down }
    }
}

/// Where each of several runs begins.
fn starts(lengths: impl Iterator<Item = usize>) -> Vec<usize> {
    lengths.scan(0usize, |at, n| Some(std::mem::replace(at, at.saturating_add(n)))).collect()
}

/// The dimensions that differ in extent or in coordinate values between the parts.
fn differing(parts: &[Part]) -> Result<Vec<String>> {
    let Some((first, rest)) = parts.split_first() else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for dimension in &first.dataset.dimensions {
        let reference = first.coordinate(&dimension.name, first)?;
        for part in rest {
            // What has no such dimension lacks the variables that have it, which will be told.
            if part.dataset.dimension(&dimension.name).is_some()
                && part.differs_along(&dimension.name, first, reference.as_ref())?
            {
                names.push(dimension.name.clone());
                break;
            }
        }
    }
    Ok(names)
}

impl Part {
    /// Whether a dimension has another extent or other coordinates than in `first`, where they are
    /// `reference`.
    pub(super) fn differs_along(&self, dimension: &str, first: &Part, reference: Option<&Key>) -> Result<bool> {
        let length = |part: &Part| part.dataset.dimension(dimension).map(|d| d.length);
        if length(self) != length(first) {
            return Ok(true);
        }
        let (Some(here), Some(there)) = (self.coordinate(dimension, first)?, reference) else { return Ok(false) };
        self.comparable(&here, there, dimension, first)?;
        Ok(!here.same(there))
    }
}

/// The coordinate along `dimension` in each part, if all have one.
fn keys(parts: &[Part], dimension: &str) -> Result<Option<Vec<Key>>> {
    let Some(first) = parts.first() else { return Ok(None) };
    let keys: Vec<Option<Key>> = parts.iter().map(|part| part.coordinate(dimension, first)).collect::<Result<_>>()?;
    let Some(keys) = keys.into_iter().collect::<Option<Vec<Key>>>() else { return Ok(None) };
    for (part, key) in parts.iter().zip(&keys) {
        if let Some(reference) = keys.first() {
            part.comparable(key, reference, dimension, first)?;
        }
    }
    Ok(Some(keys))
}

/// Join every variable along `dimension`; those without it must be the same in all parts that have them.
pub(super) fn concatenate(parts: &[Part], dimension: &str, said: &mut Said) -> Result<Dataset> {
    let Some((first, rest)) = parts.split_first() else { return Ok(Dataset::default()) };
    let mut whole = first.dataset.clone();
    for part in rest {
        let known = |v: &&Variable| first.dataset.variable(&v.name).is_none();
        whole.variables.extend(part.dataset.variables.iter().filter(known).cloned());
        let added = part.dataset.dimensions.iter().filter(|d| whole.dimension(&d.name).is_none());
        whole.dimensions.extend(added.cloned().collect::<Vec<_>>());
    }
    let mut seen = std::collections::HashSet::new();
    whole.variables.retain(|v| seen.insert(v.name.clone()));
    for entry in &mut whole.dimensions {
        let each = parts.iter().filter_map(|p| p.dataset.dimension(&entry.name));
        entry.unlimited = each.clone().any(|d| d.unlimited);
        if entry.name == dimension {
            entry.length = each.map(|d| d.length).sum();
        }
    }
    for variable in &mut whole.variables {
        if let Some(axis) = variable.axis(dimension) {
            let Harmonised { arrays, variable: described, note, warning } = harmonise(&pieces(variable, parts)?)?;
            said.notes.extend(note);
            // Times and their bounds have the same to be warned of.
            said.warnings.extend(warning.filter(|w| !said.warnings.contains(w)));
            *variable = described;
            variable.array = Concatenated::array(arrays, axis).map_err(|e| named(&e, &variable.name, parts))?;
        } else {
            agree(variable, parts)?;
        }
    }
    Ok(whole)
}

/// What each part gives to a variable that is joined.
fn pieces<'a>(variable: &Variable, parts: &'a [Part]) -> Result<Vec<Piece<'a>>> {
    let mut pieces: Vec<Piece> = Vec::with_capacity(parts.len());
    for part in parts {
        let file = part.dataset.source.as_str();
        let found = part.dataset.variable(&variable.name).and_then(|v| Some((v, ordered(v, &variable.dimensions)?)));
        let Some((own, variable)) = found else {
            let other = parts.iter().find(|p| p.dataset.source != file).unwrap_or(part);
            let what = format!("variable '{}' is missing or has other dimensions", variable.name);
            return Err(mismatch(file, &other.dataset.source, &what)
                .with_hint("all inputs must have it; choose other variables with -v"));
        };
        let owner = part.owner(own);
        let measure = coordinates::measure_of_bounds(own, owner);
        pieces.push(Piece { variable, owner: &owner.name, measure, file });
    }
    Ok(pieces)
}

/// A variable with its dimensions in this order; `None` if it has others.
fn ordered(variable: &Variable, dimensions: &[String]) -> Option<Variable> {
    let mut variable = variable.clone();
    if variable.dimensions == dimensions {
        return Some(variable);
    }
    let axes: Vec<Option<usize>> = dimensions.iter().map(|d| Some(variable.axis(d))).collect::<Option<_>>()?;
    let shape: Option<Vec<usize>> = axes.iter().map(|a| variable.shape().get((*a)?).copied()).collect();
    variable.array = Broadcast::array(variable.array.clone(), axes, shape?).ok()?;
    variable.dimensions = dimensions.to_vec();
    Some(variable)
}

/// A variable without the dimension that is joined, compared with the same of the other parts.
fn agree(variable: &mut Variable, parts: &[Part]) -> Result<()> {
    let mut holders = parts.iter().filter_map(|p| Some((p, p.dataset.variable(&variable.name)?)));
    let Some((first, _)) = holders.next() else { return Ok(()) };
    let source = &first.dataset.source;
    let mut copies = Vec::new();
    for (part, other) in holders {
        let file = &part.dataset.source;
        meaning::agree(other, file, variable, source)?;
        if is_container(&first.roles, &variable.name) {
            meaning::same_projection(other, file, variable, source)?;
            continue;
        }
        let what = || format!("variable '{}' has other dimensions", variable.name);
        let other = ordered(other, &variable.dimensions).ok_or_else(|| mismatch(file, source, &what()))?;
        copies.push((other, file.clone()));
    }
    // Coordinates were compared as such, scalars that differ have the dimension by now.
    let compared = variable.dimensions.is_empty() || first.stands_for_dimension(variable);
    let in_all = parts.first().is_some_and(|p| p.dataset.variable(&variable.name).is_some());
    if !(compared && in_all) {
        variable.array = agreed(variable, source, &copies, nearness(&first.roles, &variable.name))?;
    }
    Ok(())
}

/// Put the steps in order where files interleave; refuse steps that are there twice.
fn sort(whole: &mut Dataset, parts: &[Part], dimension: &str, keys: &[&Key], down: bool) -> Result<()> {
    let Some(all) = Key::concatenate(keys) else { return Ok(()) };
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|&a, &b| if down { all.compare(b, a) } else { all.compare(a, b) });
    let starts = starts(keys.iter().map(|k| k.len()));
    let owner = |at: usize| {
        let part = starts.partition_point(|&s| s <= at).checked_sub(1).and_then(|i| parts.get(i));
        part.map(|p| p.dataset.source.clone()).unwrap_or_default()
    };
    for pair in order.windows(2) {
        let &[a, b] = pair else { continue };
        if all.coincide(a, b) {
            return Err(twice(&format!("{dimension} {}", all.show(a)), &owner(a.min(b)), owner(a.max(b))));
        }
    }
    if order.is_sorted() {
        return Ok(());
    }
    select(whole, dimension, &AxisSelection::from_indices(order))
}

fn twice(place: &str, first: &str, second: String) -> Error {
    if first == second {
        return Error::data(format!("{place} is there twice"), second)
            .with_hint("give each file once; steps that a file repeats are cut out with subset --isel");
    }
    Error::data(format!("{place} is also in {first}"), second)
        .with_hint("leave one of the files out, or cut the overlap with subset")
}

/// The error for files that differ in more than one dimension: some file has another grid.
pub(super) fn other_grid(parts: &[Part], dimensions: &[String]) -> Error {
    let Some((first, others)) = parts.split_first() else { return Error::data("nothing to join", "combine") };
    // Time may differ; what else does tells the grids apart.
    let is_time = |name: &String| first.roles.kind(name) == Kind::Time;
    let rest: Vec<&String> = dimensions.iter().filter(|d| !is_time(d)).collect();
    let culprit = rest.first().copied().or(dimensions.first());
    let file = others.iter().find(|p| {
        culprit.is_some_and(|name| {
            let reference = first.coordinate(name, first).ok().flatten();
            p.differs_along(name, first, reference.as_ref()).unwrap_or(true)
        })
    });
    let names: Vec<&str> = rest.iter().map(|n| n.as_str()).collect();
    let file = file.unwrap_or(first).dataset.source.as_str();
    mismatch(file, &first.dataset.source, &format!("{} differs: another grid", names.join(" and ")))
        .with_hint("bring the files to one grid first (regrid), or join them in groups")
}

fn named(error: &Error, variable: &str, parts: &[Part]) -> Error {
    let file = parts.iter().map(|p| p.dataset.source.as_str()).take(2).collect::<Vec<_>>().join(", ");
    Error::data(format!("variable '{variable}': {error}"), file)
}
