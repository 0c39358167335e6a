//! Several datasets as one: joined along the coordinate in which they differ, merged where they
//! hold different variables.
//!
//! Meaning decides, never the order or name of files: times are compared as dates, whatever their
//! units; values packed with another scale are unpacked before they meet; other units are converted.
//! Grids, calendars, flags and quantities that differ are refused with the file's name.
//!
//! What has the joined dimension is put end to end, sorted; a step that is there twice is refused, even
//! where both files agree on it. A scalar that differs (a forecast's reference time) gets the dimension.
//! Everything else must be the same in all files: coordinates are compared at once, other values when
//! they are read, so that what nobody asks for is not read. Attributes are the first file's.

mod agreed;
mod blocks;
mod extend;
mod fits;
mod harmonise;
mod join;
mod keys;
mod label;
mod meaning;
mod merge;
mod narrow;
mod scalars;
mod units;

use std::collections::BTreeMap;

pub use extend::{Extended, extend};
pub(super) use fits::{Along, Candidate, Steps, converts};
pub use label::label;
pub use narrow::narrow;

use crate::cf::roles::{Axis, Kind, Role, Roles};
use crate::model::{Dataset, Variable};
use crate::ops::coordinates;
use crate::{Error, Result};
use agreed::Nearness;
use keys::Key;

/// Several datasets as one.
#[derive(Debug)]
pub struct Combined {
    /// The one dataset.
    pub dataset: Dataset,
    /// What was said while they were made to fit.
    pub said: Said,
}

/// What there is to say about several datasets that became one.
#[derive(Debug, Default)]
pub struct Said {
    /// What had to be done to make them fit, for the user to know.
    pub notes: Vec<String>,
    /// What may not be as the user thinks.
    pub warnings: Vec<String>,
}

/// One of several datasets.
#[derive(Clone)]
struct Part {
    dataset: Dataset,
    roles: Roles,
}

impl Part {
    fn new(dataset: Dataset) -> Self {
        Self { roles: Roles::of(&dataset), dataset }
    }

    /// The coordinate along a dimension, if it has one, to be compared with that of `first`.
    fn coordinate(&self, dimension: &str, first: &Self) -> Result<Option<Key>> {
        let Some(variable) = coordinates::along(&self.dataset, &self.roles, dimension) else { return Ok(None) };
        let like = coordinates::along(&first.dataset, &first.roles, dimension);
        let key = Key::of(variable, self.roles.kind(&variable.name), like);
        key.map(Some).map_err(|e| in_file(&e, &self.dataset.source))
    }

    /// The coordinate whose bounds a variable holds, or itself.
    fn owner<'a>(&'a self, variable: &'a Variable) -> &'a Variable {
        let is_owner = |v: &&Variable| self.roles.bounds_of(&v.name) == Some(variable.name.as_str());
        self.dataset.variables.iter().find(is_owner).unwrap_or(variable)
    }

    /// Refuse keys that cannot be compared: other calendars, dates and lengths of time.
    fn comparable(&self, key: &Key, reference: &Key, name: &str, first: &Self) -> Result<()> {
        let Some(why) = key.stranger(reference) else { return Ok(()) };
        let what = format!("coordinate '{name}' {why} that of {}", first.dataset.source);
        Err(Error::data(what, self.dataset.source.clone())
            .with_hint("bring the files to one calendar or reference date before they are combined"))
    }

    /// Whether `variable` is the coordinate that tells places along its dimension apart.
    fn stands_for_dimension(&self, variable: &Variable) -> bool {
        let [dimension] = variable.dimensions.as_slice() else { return false };
        coordinates::along(&self.dataset, &self.roles, dimension).is_some_and(|v| v.name == variable.name)
    }
}

/// Combine datasets (at least one). Those with the same data variables are joined along the
/// coordinate in which they differ, in the order of its values, or along several that they tile; the results are merged.
///
/// # Errors
/// [`crate::Error::Data`] naming the file that does not fit and why: another grid, another calendar,
/// the same steps twice, the same variable with other coordinates or another meaning. Reading the
/// result fails where values differ that must be the same.
pub fn combine(datasets: Vec<Dataset>) -> Result<Combined> {
    let mut said = Said::default();
    if datasets.len() == 1 {
        let dataset = datasets.into_iter().next().unwrap_or_default();
        return Ok(Combined { dataset, said });
    }
    let mut groups: BTreeMap<Vec<String>, (usize, Vec<Part>)> = BTreeMap::new();
    for (number, dataset) in datasets.into_iter().enumerate() {
        let part = Part::new(dataset);
        let mut names: Vec<String> = part.roles.data_variables().into_iter().map(str::to_owned).collect();
        names.sort_unstable();
        groups.entry(names).or_insert_with(|| (number, Vec::new())).1.push(part);
    }
    let mut groups: Vec<(usize, Vec<Part>)> = groups.into_values().collect();
    groups.sort_by_key(|(first, _)| *first);
    let mut joined = Vec::with_capacity(groups.len());
    for (_, parts) in groups {
        joined.push(join::join(parts, &mut said)?);
    }
    let dataset = merge::merge(joined)?;
    Ok(Combined { dataset, said })
}

/// How near values of two files must be to be the same: those of coordinates and their bounds are
/// places.
fn nearness(roles: &Roles, name: &str) -> Nearness {
    let is_place = match roles.role(name) {
        Some(Role::Bounds) => true,
        Some(Role::Coordinate | Role::AuxiliaryCoordinate) => {
            let kind = roles.kind(name);
            kind != Kind::Vertical && matches!(kind.axis(), Some(Axis::X | Axis::Y))
        }
        _ => false,
    };
    if is_place { Nearness::Place } else { Nearness::Value }
}

/// The same error, with the file in which it arose.
fn in_file(error: &Error, file: &str) -> Error {
    let hint = error.hint();
    let error = Error::data(error.to_string(), file.to_owned());
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}
