//! Steps that several inputs have.

use std::collections::{BTreeMap, BTreeSet};

use super::axis::Duplicate;
use crate::ops::combine::Steps;

/// All steps of several inputs.
struct Line<'a> {
    /// The inputs, by their numbers, in their order.
    inputs: &'a [(usize, Steps)],
    all: Steps,
    /// Of each step the place of its input in `inputs`.
    owners: Vec<usize>,
    /// The steps of each place that is there more than once, in the order of the inputs.
    places: Vec<Vec<usize>>,
}

impl<'a> Line<'a> {
    fn of(inputs: &'a [(usize, Steps)]) -> Option<Self> {
        let parts: Vec<&Steps> = inputs.iter().map(|(_, steps)| steps).collect();
        let (all, order) = Steps::sorted(&parts)?;
        let each = inputs.iter().enumerate();
        let owners = each.flat_map(|(part, (_, steps))| std::iter::repeat_n(part, steps.len())).collect();
        let runs = order.chunk_by(|&a, &b| all.coincide(a, b)).filter(|run| run.len() > 1);
        let places = runs.map(|run| run.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()).collect();
        Some(Self { inputs, all, owners, places })
    }

    fn owner(&self, step: usize) -> usize {
        self.owners.get(step).copied().unwrap_or_default()
    }

    fn number(&self, part: usize) -> usize {
        self.inputs.get(part).map(|(at, _)| *at).unwrap_or_default()
    }

    /// Of an input that is there, the first step that it has twice or an input before it has too, with that input; and
    /// how many such steps it has.
    fn taken(&self, part: usize, places: &[&Vec<usize>], gone: &BTreeSet<usize>) -> Option<(usize, usize, usize)> {
        let taken = |place: &&Vec<usize>| {
            let owners: Vec<usize> = place.iter().map(|&step| self.owner(step)).collect();
            let first = owners.iter().copied().find(|owner| *owner <= part && !gone.contains(owner))?;
            let twice = owners.iter().filter(|owner| **owner == part).count() > 1;
            (first != part || twice).then_some((*place.first()?, first))
        };
        let all: Vec<(usize, usize)> = places.iter().filter_map(taken).collect();
        all.first().map(|&(step, other)| (step, other, all.len()))
    }
}

/// Steps that several have, and the inputs that are refused for them, each with the reason: the later ones.
pub(super) fn duplicates(
    inputs: &[(usize, Steps)],
    name: &str,
    source: impl Fn(usize) -> String,
) -> (Vec<Duplicate>, Vec<(usize, String)>) {
    let Some(line) = Line::of(inputs) else { return Default::default() };
    let mut touched: BTreeMap<usize, Vec<&Vec<usize>>> = BTreeMap::new();
    for place in &line.places {
        let parts: BTreeSet<usize> = place.iter().map(|&step| line.owner(step)).collect();
        parts.into_iter().for_each(|part| touched.entry(part).or_default().push(place));
    }
    let (mut gone, mut refusals) = (BTreeSet::new(), Vec::new());
    for (&part, places) in &touched {
        let Some((step, other, count)) = line.taken(part, places, &gone) else { continue };
        gone.insert(part);
        let total = inputs.get(part).map_or(0, |(_, steps)| steps.len());
        let (shown, file) = (line.all.show(step), source(line.number(other)));
        let what = match (other == part, count) {
            (true, _) => format!("{name} {shown} is there twice"),
            (false, 1) if total == 1 => format!("{name} {shown} is also in {file}"),
            (false, n) => format!("{n} of its {total} steps, from {name} {shown} on, are also in {file}"),
        };
        refusals.push((line.number(part), what));
    }
    let told = |place: &Vec<usize>| {
        let sources: BTreeSet<usize> = place.iter().map(|&step| line.number(line.owner(step))).collect();
        let shown = place.first().map(|&step| line.all.show(step)).unwrap_or_default();
        Duplicate { place: shown, sources: sources.into_iter().map(&source).collect() }
    };
    (line.places.iter().map(told).collect(), refusals)
}
