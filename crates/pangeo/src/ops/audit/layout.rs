//! What inputs look like.

use std::collections::HashMap;

use serde::Serialize;

use super::Entry;
use super::facts::File;
use super::judge::{Case, Group};
use super::storage::stored;
use crate::ops::combine::Along;

/// What several inputs look like, without what they are joined along.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Layout {
    /// The dimensions that are not joined, with their lengths and the ends of their coordinates.
    pub grid: Vec<String>,
    /// The calendar of its times.
    pub calendar: Option<String>,
    /// The units in which its times count.
    pub time_units: Option<String>,
    /// Its variables.
    pub variables: Vec<VariableLayout>,
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct VariableLayout {
    /// Its name.
    pub name: String,
    /// Type, packing and missing values as they are stored.
    pub stored: String,
    /// Its units.
    pub units: Option<String>,
    /// Its dimensions.
    pub dimensions: Vec<String>,
    /// Their lengths; `None` for what is joined.
    pub shape: Vec<Option<usize>>,
}

impl Layout {
    fn of(file: &File, along: Option<&Along>) -> Self {
        let joined = |name: &str| matches!(along, Some(Along::Dimensions(names)) if names.iter().any(|n| n == name));
        let dataset = file.candidate.dataset();
        let grid = file.extents.iter().filter(|(name, _)| !joined(name)).map(|(name, extent)| match extent.ends {
            Some((first, last)) => format!("{name}={} ({first} to {last})", extent.length),
            None => format!("{name}={}", extent.length),
        });
        let time = dataset.variables.iter().find(|v| v.dimensions.len() < 2 && file.candidate.is_time(v));
        let text = |name: &str| time.and_then(|v| v.attributes.text(name)).map(str::to_owned);
        let variable = |v: &crate::model::Variable| VariableLayout {
            name: v.name.clone(),
            stored: stored(v),
            units: v.attributes.text("units").map(str::to_owned).filter(|_| !file.candidate.is_time(v)),
            dimensions: v.dimensions.clone(),
            shape: v.dimensions.iter().zip(v.shape()).map(|(d, n)| (!joined(d)).then_some(*n)).collect(),
        };
        Self {
            grid: grid.collect(),
            calendar: text("calendar").or_else(|| time.map(|_| "standard".to_owned())),
            time_units: text("units"),
            variables: dataset.variables.iter().map(variable).collect(),
        }
    }
}

/// The layouts, in the order of the first input of each, and the inputs.
pub(super) fn describe(case: &Case) -> (Vec<Layout>, Vec<Entry>) {
    let mut numbers: HashMap<Layout, usize> = HashMap::new();
    let mut layouts: Vec<Layout> = Vec::new();
    let mut group_of: Vec<Option<&Group>> = vec![None; case.files.len()];
    for group in &case.groups {
        for &at in &group.members {
            if let Some(slot) = group_of.get_mut(at) {
                *slot = Some(group);
            }
        }
    }
    let entries = case.files.iter().zip(group_of).map(|(file, group)| {
        let along = group.and_then(|group| group.along.as_ref());
        let layout = Layout::of(file, along);
        let number = *numbers.entry(layout).or_insert_with_key(|layout| {
            layouts.push(layout.clone());
            layouts.len().saturating_sub(1)
        });
        let like = group.and_then(|group| case.files.get(group.reference)).unwrap_or(file);
        let steps = along.and_then(|along| file.candidate.steps(along, &like.candidate).ok().flatten());
        let shown =
            |at: Option<usize>| steps.as_ref().zip(at).map(|(steps, at)| steps.show(at)).filter(|t| !t.is_empty());
        Entry {
            source: file.source.clone(),
            refused: file.refused.is_some(),
            layout: Some(number),
            first: shown(Some(0)),
            last: shown(steps.as_ref().and_then(|steps| steps.len().checked_sub(1))),
            steps: steps.as_ref().map(crate::ops::combine::Steps::len),
        }
    });
    let entries = entries.collect();
    (layouts, entries)
}
