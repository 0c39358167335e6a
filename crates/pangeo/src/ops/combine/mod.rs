//! Several datasets as one: joined along the coordinate in which they differ, merged where they
//! hold different variables.
//!
//! Meaning decides, never the order or name of files: times are compared as dates, whatever their
//! units; values packed with another scale are unpacked before they meet; grids and calendars that
//! differ are refused with the file's name.

mod harmonise;
mod join;
mod keys;
mod merge;

use std::collections::BTreeMap;

use crate::Result;
use crate::cf::roles::Roles;
use crate::model::Dataset;
use crate::ops::coordinates;
use keys::Key;

/// Several datasets as one.
#[derive(Debug)]
pub struct Combined {
    /// The one dataset.
    pub dataset: Dataset,
    /// What had to be done to make them fit, for the user to know.
    pub notes: Vec<String>,
}

/// One of several datasets.
struct Part {
    dataset: Dataset,
    roles: Roles,
}

impl Part {
    /// The coordinate along a dimension, if it has one.
    fn coordinate(&self, dimension: &str) -> Result<Option<Key>> {
        let found = coordinates::along(&self.dataset, &self.roles, dimension);
        found.map(|variable| Key::of(variable, self.roles.kind(&variable.name))).transpose()
    }
}

/// Combine datasets (at least one). Those with the same data variables are joined along the one
/// coordinate in which they differ, in the order of its values; the results are merged.
///
/// # Errors
/// [`crate::Error::Data`] naming the file that does not fit and why: another grid, another calendar,
/// the same steps twice, the same variable with other coordinates.
pub fn combine(datasets: Vec<Dataset>) -> Result<Combined> {
    let mut notes = Vec::new();
    if datasets.len() == 1 {
        let dataset = datasets.into_iter().next().unwrap_or_default();
        return Ok(Combined { dataset, notes });
    }
    let mut groups: BTreeMap<Vec<String>, (usize, Vec<Part>)> = BTreeMap::new();
    for (number, dataset) in datasets.into_iter().enumerate() {
        let roles = Roles::of(&dataset);
        let mut names: Vec<String> = roles.data_variables().into_iter().map(str::to_owned).collect();
        names.sort_unstable();
        groups.entry(names).or_insert_with(|| (number, Vec::new())).1.push(Part { dataset, roles });
    }
    let mut groups: Vec<(usize, Vec<Part>)> = groups.into_values().collect();
    groups.sort_by_key(|(first, _)| *first);
    let mut joined = Vec::with_capacity(groups.len());
    for (_, parts) in groups {
        joined.push(join::join(parts, &mut notes)?);
    }
    let dataset = merge::merge(joined)?;
    Ok(Combined { dataset, notes })
}
