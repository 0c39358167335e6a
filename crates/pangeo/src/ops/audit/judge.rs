//! Which inputs can be combined, and which keep the others from it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Finding;
use super::axis::Duplicate;
use super::duplicates::duplicates;
use super::facts::File;
use super::{Severity, merged};
use crate::engine::Engine;
use crate::ops::combine::{Along, Steps, combine};
use crate::{Error, Result};

/// So many inputs of one group are found one by one, after those that differ from the most were; each costs a trial.
const ONE_BY_ONE: usize = 64;

/// The inputs and what was found of them.
pub(super) struct Case {
    pub(super) files: Vec<File>,
    pub(super) groups: Vec<Group>,
    /// Type and units of each variable when all that is left is combined.
    pub(super) outcome: BTreeMap<String, (String, Option<String>)>,
}

/// Inputs with the same data variables, which are joined.
pub(super) struct Group {
    pub(super) variables: Vec<String>,
    pub(super) members: Vec<usize>,
    /// Along what, if they differ.
    pub(super) along: Option<Along>,
    /// The one that has most of what most have.
    pub(super) reference: usize,
    /// Steps that several have.
    pub(super) duplicates: Vec<Duplicate>,
}

/// Find out what can be combined.
///
/// # Errors
/// [`Error::Cancelled`].
pub(super) fn judge(files: Vec<File>, engine: &Engine) -> Result<Case> {
    let groups = groups(&files);
    let mut case = Case { files, groups, outcome: BTreeMap::new() };
    let all: Vec<usize> = (0..case.files.len()).collect();
    if case.refusal(&all)?.is_none() {
        return Ok(case);
    }
    for number in 0..case.groups.len() {
        case.screen(number, engine)?;
        case.find_duplicates(number)?;
        case.settle(number, engine)?;
    }
    merged::settle(&mut case)?;
    Ok(case)
}

impl Case {
    /// Those of a group that are not refused.
    pub(super) fn left(&self, group: &Group) -> Vec<usize> {
        let is_left = |at: &usize| self.files.get(*at).is_some_and(|file| file.refused.is_none());
        group.members.iter().copied().filter(is_left).collect()
    }

    /// Why these can't be combined, if so.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    pub(super) fn refusal(&mut self, members: &[usize]) -> Result<Option<Error>> {
        let datasets = members.iter().filter_map(|&at| Some(self.files.get(at)?.candidate.dataset().clone())).collect();
        match combine(datasets) {
            Ok(combined) => {
                let told = |v: &crate::model::Variable| {
                    let units = v.attributes.text("units").map(str::to_owned);
                    (v.name.clone(), (v.data_type().to_string(), units))
                };
                self.outcome = combined.dataset.variables.iter().map(told).collect();
                Ok(None)
            }
            Err(Error::Cancelled) => Err(Error::Cancelled),
            Err(error) => Ok(Some(error)),
        }
    }

    /// Leave an input out.
    pub(super) fn refuse(&mut self, at: usize, about: &str, what: String, hint: Option<String>) {
        if let Some(file) = self.files.get_mut(at) {
            file.refused = Some(Finding { hint, ..Finding::of(&file.source, Severity::Refused, about, what) });
        }
    }

    pub(super) fn refuse_for(&mut self, at: usize, about: &str, error: &Error) {
        if let Some(file) = self.files.get_mut(at) {
            file.refused = Some(Finding::refused(&file.source, about, error));
        }
    }

    fn source(&self, at: usize) -> &str {
        self.files.get(at).map(|file| file.source.as_str()).unwrap_or_default()
    }

    /// Refuse what can't be joined with what most have, whatever else there is.
    fn screen(&mut self, number: usize, engine: &Engine) -> Result<()> {
        let Some(group) = self.groups.get(number).filter(|group| group.members.len() > 1) else { return Ok(()) };
        let Some(along) = group.along.clone() else { return Ok(()) };
        let broken = self.verdicts(&group.members, engine, |file| file.candidate.fits(&file.candidate, &along))?;
        for (at, error) in &broken {
            self.refuse_for(*at, "reading", error);
        }
        let Some(group) = self.groups.get(number) else { return Ok(()) };
        let left = self.left(group);
        let Some(most) = reference(&self.files, &left, &along) else { return Ok(()) };
        let others: Vec<usize> = left.into_iter().filter(|at| *at != most).collect();
        let Some(like) = self.files.get(most) else { return Ok(()) };
        let misfits = self.verdicts(&others, engine, |file| file.candidate.fits(&like.candidate, &along))?;
        for (at, error) in &misfits {
            self.refuse_for(*at, "fit", error);
        }
        if let Some(group) = self.groups.get_mut(number) {
            group.reference = most;
        }
        Ok(())
    }

    /// What a check answers for each of `members` that fails it.
    fn verdicts(
        &self,
        members: &[usize],
        engine: &Engine,
        check: impl Fn(&File) -> Result<()> + Sync,
    ) -> Result<Vec<(usize, Error)>> {
        let mut failed = Vec::new();
        let produce = |i: usize| {
            let at = members.get(i).copied().unwrap_or_default();
            match self.files.get(at).map_or(Ok(()), &check) {
                Err(Error::Cancelled) => Err(Error::Cancelled),
                Err(error) => Ok(Some((at, error))),
                Ok(()) => Ok(None),
            }
        };
        engine.ordered(members.len(), 4 * engine.threads(), produce, |_, answer| {
            failed.extend(answer);
            Ok(())
        })?;
        Ok(failed)
    }

    /// The steps of a group's inputs that are left and have any.
    pub(super) fn steps(&self, group: &Group) -> Vec<(usize, Steps)> {
        let (Some(along), Some(like)) = (&group.along, self.files.get(group.reference)) else { return Vec::new() };
        let of = |at: usize| Some((at, self.files.get(at)?.candidate.steps(along, &like.candidate).ok()??));
        self.left(group).into_iter().filter_map(of).filter(|(_, steps)| steps.len() > 0).collect()
    }

    /// Refuse inputs whose steps are all or partly in one that was named before.
    fn find_duplicates(&mut self, number: usize) -> Result<()> {
        let Some(group) = self.groups.get(number) else { return Ok(()) };
        let left = self.left(group);
        if group.along.is_none() {
            let Some((&first, others)) = left.split_first().filter(|(_, others)| !others.is_empty()) else {
                return Ok(());
            };
            if self.refusal(&left)?.is_some() {
                let what = format!("the same variables at the same coordinates as in {}", self.source(first));
                for &at in others {
                    self.refuse(at, "duplicate steps", what.clone(), Some("give each file once".to_owned()));
                }
            }
            return Ok(());
        }
        let steps = self.steps(group);
        let name = group.along.as_ref().and_then(Along::single).unwrap_or_default().to_owned();
        let (duplicates, refusals) = duplicates(&steps, &name, |at| self.source(at).to_owned());
        for (at, what) in refusals {
            let hint = "leave one of the files out, or cut the overlap with subset".to_owned();
            self.refuse(at, "duplicate steps", what, Some(hint));
        }
        if let Some(group) = self.groups.get_mut(number) {
            group.duplicates = duplicates;
        }
        Ok(())
    }

    /// Refuse one input after the other until the rest can be joined.
    fn settle(&mut self, number: usize, engine: &Engine) -> Result<()> {
        for trial in 0..=ONE_BY_ONE {
            engine.check()?;
            let Some(group) = self.groups.get(number) else { return Ok(()) };
            let left = self.left(group);
            let Some(error) = self.refusal(&left)? else { return Ok(()) };
            let named = |error: &Error| match error {
                Error::Data { place, .. } => left.iter().rev().find(|at| self.source(**at) == place).copied(),
                _ => None,
            };
            let culprit = match named(&error) {
                Some(at) => at,
                None => self.first_that_fails(&left)?,
            };
            if trial < ONE_BY_ONE {
                self.refuse_for(culprit, "fit", &error);
                continue;
            }
            // Nobody looks for the needle in what is hay.
            for at in left {
                self.refuse_for(at, "fit", &error);
            }
        }
        Ok(())
    }

    /// The first that can't be joined with those before it.
    fn first_that_fails(&mut self, members: &[usize]) -> Result<usize> {
        let (mut fits, mut fails) = (1, members.len());
        while fits + 1 < fails {
            let middle = fits.midpoint(fails);
            let some = members.get(..middle).unwrap_or_default().to_vec();
            if self.refusal(&some)?.is_some() { fails = middle } else { fits = middle }
        }
        Ok(members.get(fails.saturating_sub(1)).copied().unwrap_or_default())
    }
}

/// Inputs by their data variables, in the order of the first of each.
fn groups(files: &[File]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: HashMap<Vec<String>, usize> = HashMap::new();
    for (at, file) in files.iter().enumerate() {
        let variables = file.candidate.data_variables();
        let number = *known.entry(variables.clone()).or_insert_with(|| {
            groups.push(Group { variables, members: Vec::new(), along: None, reference: at, duplicates: Vec::new() });
            groups.len().saturating_sub(1)
        });
        if let Some(group) = groups.get_mut(number) {
            group.members.push(at);
        }
    }
    for group in &mut groups {
        group.along = along(files, &group.members);
    }
    groups
}

/// How many have each of several values; the largest number.
fn counted<T: Ord>(values: impl Iterator<Item = T>) -> (BTreeMap<T, usize>, usize) {
    let mut counts = BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_insert(0_usize) += 1);
    let most = counts.values().max().copied().unwrap_or(0);
    (counts, most)
}

/// Along what inputs follow each other: the dimension in which most differ, else a scalar. What more than half share
/// they are not joined along: the others have another grid.
fn along(files: &[File], members: &[usize]) -> Option<Along> {
    let members: Vec<&File> = members.iter().filter_map(|&at| files.get(at)).collect();
    let first = *members.first()?;
    if members.len() == 1 {
        let dataset = first.candidate.dataset();
        let is_time = |name: &str| first.candidate.coordinate(name).is_some_and(|v| first.candidate.is_time(v));
        let time = dataset.dimensions.iter().map(|d| d.name.clone()).find(|name| is_time(name))?;
        return Some(Along::Dimensions(vec![time]));
    }
    let names: BTreeSet<&String> = members.iter().flat_map(|file| file.extents.keys()).collect();
    let mut differing: Vec<(usize, bool, usize, String)> = Vec::new();
    for name in names {
        let have: Vec<&&File> = members.iter().filter(|file| file.extents.contains_key(name)).collect();
        let (counts, most) = counted(have.iter().filter_map(|file| Some(file.extents.get(name)?.signature())));
        // What few have is a dimension of those.
        if counts.len() > 1 && have.len().saturating_mul(2) > members.len() {
            let coordinate = have.iter().find_map(|file| Some((file, file.candidate.coordinate(name)?)));
            let is_time = coordinate.is_some_and(|(file, v)| file.candidate.is_time(v));
            differing.push((counts.len(), is_time, most, name.clone()));
        }
    }
    differing.sort_by_key(|(count, is_time, ..)| std::cmp::Reverse((*count, *is_time)));
    let scalar = scalar(&members, first);
    let Some((count, is_time, _, principal)) = differing.first() else {
        return scalar.map(|(name, _)| Along::Scalar(name));
    };
    // Of files that hold a step each some have another grid.
    if let Some((name, _)) = scalar.filter(|(_, values)| !is_time && values > count) {
        return Some(Along::Scalar(name));
    }
    let tiles = |most: usize| members.len() > 3 && most.saturating_mul(2) <= members.len();
    let others = differing.iter().skip(1).filter(|(_, _, most, _)| tiles(*most)).map(|(.., name)| name.clone());
    Some(Along::Dimensions(std::iter::once(principal.clone()).chain(others).collect()))
}

/// The scalar along which inputs follow each other where no dimension tells them apart, and how many values it has.
fn scalar(members: &[&File], first: &File) -> Option<(String, usize)> {
    let values = |name: &str| {
        let digests: BTreeSet<&u64> = members.iter().filter_map(|file| file.scalars.get(name)).collect();
        digests.len()
    };
    let all = first.candidate.scalars().into_iter().map(|(name, known)| (values(&name), name, known));
    let (known, others): (Vec<_>, Vec<_>) = all.filter(|(count, ..)| *count > 1).partition(|(.., known)| *known);
    match (known.into_iter().next(), others.as_slice()) {
        (Some((count, name, _)), _) => Some((name, count)),
        (None, [(count, name, _)]) => Some((name.clone(), *count)),
        _ => None,
    }
}

/// What an input has of one thing that must be the same, or convert, in all: digests of the thing and of what it is.
type Aspect = (u64, u64);

/// The one that has most of what most have, the first of several.
fn reference(files: &[File], members: &[usize], along: &Along) -> Option<usize> {
    let aspects: Vec<(usize, Vec<Aspect>)> =
        members.iter().filter_map(|&at| Some((at, aspects(files.get(at)?, along)))).collect();
    let (counts, _) = counted(aspects.iter().flat_map(|(_, list)| list));
    let mut most: HashMap<u64, usize> = HashMap::new();
    for ((about, _), count) in &counts {
        let known = most.entry(*about).or_insert(0);
        *known = (*known).max(*count);
    }
    let agrees = |aspect: &Aspect| counts.get(aspect) == most.get(&aspect.0);
    let scores = aspects.iter().map(|(at, list)| (*at, list.iter().filter(|aspect| agrees(aspect)).count()));
    // The first of the best: `max_by_key` would take the last.
    scores.rev().max_by_key(|(_, score)| *score).map(|(at, _)| at)
}

fn aspects(file: &File, along: &Along) -> Vec<Aspect> {
    let joined = |name: &str| matches!(along, Along::Dimensions(names) if names.iter().any(|n| n == name));
    let grid = file.extents.iter().filter(|(name, _)| !joined(name));
    let mut found: Vec<Aspect> =
        grid.map(|(name, extent)| (digest(&("grid", name)), digest(&extent.signature()))).collect();
    for variable in &file.candidate.dataset().variables {
        let name = &variable.name;
        let text = |attribute: &str| variable.attributes.text(attribute).map(str::trim).unwrap_or_default();
        let dimensions: BTreeSet<&String> = variable.dimensions.iter().collect();
        found.push((digest(&("dimensions", name)), digest(&dimensions)));
        // The epoch of times may differ; their calendar may not.
        let names: &[&str] = if file.candidate.is_time(variable) {
            &["calendar"]
        } else {
            &["units", "standard_name", "cell_methods", "positive", "flag_meanings"]
        };
        found.extend(names.iter().map(|attribute| (digest(&(attribute, name)), digest(&text(attribute)))));
    }
    found
}

fn digest(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
