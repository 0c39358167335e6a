//! What is stored otherwise than in most inputs, and is written in one way.

use std::collections::BTreeMap;

use super::facts::File;
use super::judge::{Case, Group};
use super::{Finding, Severity};
use crate::model::Variable;
use crate::ops::combine::{Along, converts};
use crate::ops::describe::attribute_text;

/// Attributes that say how stored numbers mean values.
const CODING: [&str; 5] = ["scale_factor", "add_offset", "_FillValue", "missing_value", "_Unsigned"];

/// Type, packing and missing values of a variable.
pub(super) fn stored(variable: &Variable) -> String {
    let coding = CODING.iter().filter_map(|name| {
        let value = variable.attributes.get(name)?;
        Some(format!(", {name} {}", attribute_text(value)))
    });
    std::iter::once(variable.data_type().to_string()).chain(coding).collect()
}

/// What differs from most and is brought to one form, with the numbers of the inputs.
pub(super) fn differences(case: &Case) -> Vec<(usize, Finding)> {
    let mut found = Vec::new();
    for group in &case.groups {
        let left = case.left(group);
        found.extend(left.iter().filter_map(|&at| Some((at, without_steps(case.files.get(at)?, group)?))));
        if left.len() < 2 {
            continue;
        }
        let names: Vec<String> = case.files.get(group.reference).map(|file| joined(file, group)).unwrap_or_default();
        for name in names {
            different(case, &left, &name, Aspect::Storage, &mut found);
            different(case, &left, &name, Aspect::Units, &mut found);
        }
    }
    found
}

/// That an input adds nothing.
fn without_steps(file: &File, group: &Group) -> Option<Finding> {
    let name = group.along.as_ref().and_then(Along::single)?;
    let what = format!("it has no step along {name}");
    let empty = !file.candidate.has_steps(name) && group.members.len() > 1;
    empty.then(|| Finding::of(&file.source, Severity::Noted, "steps", what))
}

/// The variables that are put end to end.
fn joined(file: &File, group: &Group) -> Vec<String> {
    let is_joined = |v: &&Variable| match &group.along {
        Some(Along::Dimensions(names)) => names.iter().any(|name| v.axis(name).is_some()),
        Some(Along::Scalar(name)) => v.name == *name || group.variables.contains(&v.name),
        None => false,
    };
    file.candidate.dataset().variables.iter().filter(is_joined).map(|v| v.name.clone()).collect()
}

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aspect {
    Storage,
    Units,
}

impl Aspect {
    fn of(self, file: &File, name: &str) -> Option<String> {
        let variable = file.candidate.dataset().variable(name)?;
        let measure = file.candidate.measure(variable);
        let text = |name: &str| measure.text(name).map(str::trim).unwrap_or_default().to_owned();
        match self {
            Self::Storage => Some(stored(variable)),
            Self::Units => Some(text("units")),
        }
    }
}

fn different(case: &Case, members: &[usize], name: &str, aspect: Aspect, found: &mut Vec<(usize, Finding)>) {
    let values: Vec<(usize, &File, String)> = members
        .iter()
        .filter_map(|&at| {
            let file = case.files.get(at)?;
            Some((at, file, aspect.of(file, name)?))
        })
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    values.iter().for_each(|(.., value)| *counts.entry(value).or_insert(0) += 1);
    let most = counts.values().max().copied().unwrap_or(0);
    let usual = values.iter().map(|(.., v)| v.as_str()).find(|v| counts.get(v) == Some(&most)).unwrap_or_default();
    let (outcome, units) = case.outcome.get(name).cloned().unwrap_or_default();
    let elsewhere = if most.saturating_mul(2) > values.len() { "most have" } else { "others have" };
    for (at, file, value) in values.iter().filter(|(.., value)| value != usual) {
        let is_time = file.candidate.dataset().variable(name).is_some_and(|v| file.candidate.is_time(v));
        let (about, what) = match aspect {
            Aspect::Storage => {
                ("storage", format!("{name} is stored as {value}, {elsewhere} {usual}: written as {outcome}"))
            }
            // Bounds go with their coordinate, which is told.
            Aspect::Units
                if is_time && file.candidate.dataset().variable(name).is_some_and(|v| v.dimensions.len() > 1) =>
            {
                continue;
            }
            Aspect::Units if !is_time && !converts(Some(value), Some(usual)) => continue,
            Aspect::Units => {
                let units = units.clone().unwrap_or_default();
                ("units", format!("{name} is in '{value}', {elsewhere} '{usual}': written in '{units}'"))
            }
        };
        found.push((*at, Finding::of(&file.source, Severity::Reencoded, format!("{about} of {name}"), what)));
    }
}
