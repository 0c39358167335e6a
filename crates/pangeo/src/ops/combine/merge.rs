//! Datasets with different variables on the same coordinates.

use super::agreed::agreed;
use super::harmonise::{Harmonised, Piece, harmonise};
use super::keys::mismatch;
use super::scalars::is_container;
use super::{Part, meaning, nearness};
use crate::cf::roles::Role;
use crate::model::{Dataset, Variable};
use crate::ops::coordinates::measure_of_bounds;
use crate::{Error, Result};

/// Put all variables into the first dataset. Dimensions of one name must agree in extent and
/// coordinate, and so must all that several datasets hold; a scalar coordinate that differs (a height of
/// 2 m here, of 10 m there) gets a name of its own.
pub(super) fn merge(datasets: Vec<Dataset>) -> Result<Dataset> {
    let mut parts = datasets.into_iter().map(Part::new);
    let Some(first) = parts.next() else { return Ok(Dataset::default()) };
    let mut whole = Whole::new(first);
    for part in parts {
        whole.add(part)?;
    }
    whole.finish()
}

/// The datasets so far.
struct Whole {
    part: Part,
    /// For each variable: the file it came from, and what others hold under its name.
    sources: Vec<(String, Vec<(Variable, String)>)>,
}

impl Whole {
    fn new(part: Part) -> Self {
        let source = |_: &Variable| (part.dataset.source.clone(), Vec::new());
        Self { sources: part.dataset.variables.iter().map(source).collect(), part }
    }

    fn add(&mut self, mut part: Part) -> Result<()> {
        self.agree(&part)?;
        self.rename_scalars(&mut part)?;
        self.recode_bounds(&mut part)?;
        let file = part.dataset.source.clone();
        let known = &mut self.part.dataset;
        for dimension in part.dataset.dimensions {
            if known.dimension(&dimension.name).is_none() {
                known.dimensions.push(dimension);
            }
        }
        for variable in part.dataset.variables {
            let at = known.variables.iter().position(|v| v.name == variable.name);
            match at.and_then(|at| known.variables.get_mut(at).zip(self.sources.get_mut(at))) {
                None => {
                    known.variables.push(variable);
                    self.sources.push((file.clone(), Vec::new()));
                }
                Some((here, (source, copies))) => {
                    same_variable(here, source, &variable, &file, part.roles.role(&variable.name))?;
                    copies.push((variable, file.clone()));
                }
            }
        }
        for (name, value) in part.dataset.attributes.iter() {
            if known.attributes.get(name).is_none() {
                known.attributes.set(name, value.clone());
            }
        }
        for (path, attributes) in part.dataset.groups {
            if known.groups.iter().all(|(other, _)| *other != path) {
                known.groups.push((path, attributes));
            }
        }
        self.part = Part::new(std::mem::take(&mut self.part.dataset));
        Ok(())
    }

    /// Bring bounds that count in other units than ours to these, so that they can be compared.
    fn recode_bounds(&self, part: &mut Part) -> Result<()> {
        let mut recoded = Vec::new();
        for other in part.dataset.variables.iter().filter(|v| part.roles.role(&v.name) == Some(Role::Bounds)) {
            let ours = self.part.dataset.variable(&other.name).filter(|v| v.dimensions == other.dimensions);
            let Some(ours) = ours else { continue };
            let here = measure_of_bounds(ours, self.part.owner(ours));
            let there = measure_of_bounds(other, part.owner(other));
            if ["units", "calendar"].iter().all(|name| here.text(name) == there.text(name)) {
                continue;
            }
            let pieces = [(&self.part, ours, here), (&*part, other, there)].map(|(of, variable, measure)| Piece {
                variable: variable.clone(),
                owner: &of.owner(variable).name,
                measure,
                file: &of.dataset.source,
            });
            let Harmonised { arrays, variable, .. } = harmonise(&pieces)?;
            recoded.extend(arrays.into_iter().nth(1).map(|array| Variable { array, ..variable }));
        }
        for variable in recoded {
            if let Some(old) = part.dataset.variable_mut(&variable.name) {
                *old = variable;
            }
        }
        Ok(())
    }

    /// Refuse other extents and coordinates.
    fn agree(&self, part: &Part) -> Result<()> {
        let whole = &self.part;
        for dimension in &part.dataset.dimensions {
            let name = &dimension.name;
            let Some(known) = whole.dataset.dimension(name) else { continue };
            let differs = |what: String| {
                let error = mismatch(&part.dataset.source, &whole.dataset.source, &what);
                Err(error.with_hint(
                    "inputs with different variables are merged, for which their coordinates must be the same; \
                     choose variables that all inputs have with -v",
                ))
            };
            if known.length != dimension.length {
                let (here, there) = (dimension.length, known.length);
                return differs(format!("dimension '{name}' has {here} values, not {there}: other"));
            }
            if let (Some(a), Some(b)) = (whole.coordinate(name, whole)?, part.coordinate(name, whole)?) {
                part.comparable(&b, &a, name, whole)?;
                if !a.same(&b) {
                    return differs(format!("coordinate '{name}' has other values"));
                }
            }
        }
        Ok(())
    }

    /// Give scalar coordinates of `part` that differ from ours a name of their own.
    fn rename_scalars(&self, part: &mut Part) -> Result<()> {
        let pair = |p: &Part| Part::new(p.dataset.clone());
        let differing = super::scalars::differing(&[pair(&self.part), pair(part)])?;
        for name in differing {
            let is_data = |p: &Part| p.roles.role(&name) == Some(Role::Data);
            if is_data(part) || is_data(&self.part) {
                continue; // a value of its own, which will be refused
            }
            let bounds = part.roles.bounds_of(&name).map(str::to_owned);
            for old in std::iter::once(name).chain(bounds) {
                let taken = |n: &str| part.dataset.variable(n).is_some() || self.part.dataset.variable(n).is_some();
                let new = (2..usize::MAX).map(|i| format!("{old}_{i}")).find(|n| !taken(n)).unwrap_or_default();
                rename(&mut part.dataset, &old, &new);
            }
        }
        *part = Part::new(std::mem::take(&mut part.dataset));
        Ok(())
    }

    /// Values that several files hold must be the same in all.
    fn finish(self) -> Result<Dataset> {
        let Part { mut dataset, roles } = self.part;
        let compared: Vec<bool> = {
            let part = Part { dataset: dataset.clone(), roles: roles.clone() };
            let known = |v: &Variable| part.stands_for_dimension(v) || is_container(&part.roles, &v.name);
            let scalar = |v: &Variable| v.dimensions.is_empty() && part.roles.role(&v.name) != Some(Role::Data);
            dataset.variables.iter().map(|v| known(v) || scalar(v)).collect()
        };
        for ((variable, (source, copies)), compared) in dataset.variables.iter_mut().zip(&self.sources).zip(compared) {
            if !compared {
                variable.array = agreed(variable, source, copies, nearness(&roles, &variable.name))?;
            }
        }
        Ok(dataset)
    }
}

/// Refuse a variable that is not the one of its name in another file.
fn same_variable(here: &mut Variable, source: &str, other: &Variable, file: &str, role: Option<Role>) -> Result<()> {
    if role == Some(Role::GridMapping) {
        meaning::same_projection(other, file, here, source)?;
    }
    meaning::agree(other, file, here, source)?;
    if other.dimensions != here.dimensions {
        return Err(Error::data(format!("variable '{}' is also in {source}", here.name), file.to_owned())
            .with_hint("inputs either hold the same variables at other times, or different variables"));
    }
    for name in ["bounds", "climatology"] {
        if let (None, Some(value)) = (here.attributes.get(name), other.attributes.get(name)) {
            here.attributes.set(name, value.clone());
        }
    }
    Ok(())
}

/// Call a variable otherwise, in all that name it.
fn rename(dataset: &mut Dataset, old: &str, new: &str) {
    for variable in &mut dataset.variables {
        if variable.name == old {
            new.clone_into(&mut variable.name);
        }
        for attribute in ["coordinates", "bounds", "ancillary_variables", "grid_mapping", "formula_terms"] {
            let Some(text) = variable.attributes.text(attribute) else { continue };
            let words: Vec<&str> = text.split_whitespace().map(|w| if w == old { new } else { w }).collect();
            if words.contains(&new) {
                variable.attributes.set(attribute, words.join(" "));
            }
        }
    }
}
