//! What a cut along one dimension means for those tied to it: ragged arrays, gathered points,
//! geometries, meshes.
//!
//! A cut is planned whole before anything changes: each tie that it meets adds cuts of other
//! dimensions and new numbers for the variables that tie them.

mod gathered;
mod geometries;
mod mesh;
mod ragged;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::cf::packing::Packing;
use crate::cf::roles::Tie;
use crate::model::array::{AxisSelection, Memory, Selected};
use crate::model::{Block, Buffer, Dataset, Dimension, Variable};
use crate::{Error, Result};

/// What to keep of a dataset, and what changes with it.
pub(super) struct Cuts<'a> {
    dataset: &'a Dataset,
    kept: Vec<(String, AxisSelection)>,
    /// Variables that take the place of those of their name, cut already.
    replaced: Vec<Variable>,
    /// Variables that cannot follow, or of which nothing is left.
    dropped: Vec<String>,
    /// The dimensions of ties that are followed already.
    settled: Vec<String>,
}

impl<'a> Cuts<'a> {
    /// All that follows from keeping `selection` of `dimension`.
    ///
    /// # Errors
    /// [`Error::EmptySelection`] where nothing is left along a tied dimension; [`Error::Unsupported`]
    /// where what ties dimensions can't be kept true; errors of reading.
    pub(super) fn new(dataset: &'a Dataset, dimension: &str, selection: &AxisSelection) -> Result<Self> {
        let kept = vec![(dimension.to_owned(), selection.clone())];
        let mut cuts = Self { dataset, kept, replaced: Vec::new(), dropped: Vec::new(), settled: Vec::new() };
        let mut ties = Tie::all(dataset);
        let met = |cuts: &Self, tie: &Tie| tie.dimensions().iter().any(|d| cuts.of(d).is_some());
        while let Some(at) = ties.iter().position(|t| met(&cuts, t)) {
            let tie = ties.swap_remove(at);
            cuts.follow(&tie)?;
            cuts.settled.extend(tie.dimensions().into_iter().map(str::to_owned));
        }
        Ok(cuts)
    }

    fn follow(&mut self, tie: &Tie) -> Result<()> {
        match tie {
            Tie::Counts { counts, instances, samples } => ragged::counts(self, counts, instances.as_deref(), samples),
            Tie::Index { index, samples, instances } => ragged::index(self, index, samples, instances),
            Tie::Gathered { list, points, dimensions } => gathered::follow(self, list, points, dimensions),
            Tie::Geometries { counts, instances, nodes, parts } => {
                geometries::follow(self, counts, instances, nodes, parts.as_ref())
            }
            Tie::Mesh(tied) => mesh::follow(self, tied),
            Tie::Whole { by, what, dimensions } => {
                let cut = dimensions.iter().find(|d| self.of(d).is_some()).map_or("", String::as_str);
                Err(whole(cut, what, by).with_hint(format!("leave '{by}' and what refers to it out with -v")))
            }
        }
    }

    /// What is kept of a dimension, if it is cut.
    fn of(&self, dimension: &str) -> Option<&AxisSelection> {
        self.kept.iter().find(|(d, _)| d == dimension).map(|(_, s)| s)
    }

    /// The indices kept of a dimension, if it is cut; to be asked for along variables that have been read,
    /// since only they tell that the dimension is no larger than the file.
    fn indices(&self, dimension: &str) -> Option<Vec<usize>> {
        self.of(dimension).map(|s| indices(s).collect())
    }

    fn length(&self, dimension: &str) -> usize {
        self.dataset.dimension(dimension).map_or(0, |d| d.length)
    }

    /// Keep these indices of a dimension too.
    ///
    /// # Errors
    /// [`Error::EmptySelection`] for none; [`Error::Unsupported`] where others were to be kept.
    fn keep(&mut self, dimension: &str, selection: AxisSelection, by: &str) -> Result<()> {
        if let Some(other) = self.of(dimension) {
            return if *other == selection { Ok(()) } else { Err(torn(dimension, by)) };
        }
        if self.settled.iter().any(|d| d == dimension) {
            return Err(torn(dimension, by));
        }
        if selection.is_empty() {
            let what = self.kept.first().map_or(String::new(), |(d, _)| format!("the selection along {d}"));
            let has = format!("'{by}' ties nothing along {dimension} to it");
            return Err(Error::empty_selection(what, has));
        }
        self.kept.push((dimension.to_owned(), selection));
        Ok(())
    }

    /// Give a variable new values, NaN for missing ones, in its stored type.
    fn replace(&mut self, variable: &Variable, shape: Vec<usize>, values: &[f64]) -> Result<()> {
        let lost = || Error::data("internal: values of another size", variable.name.clone());
        let block = Block::new(shape, Buffer::F64(values.to_vec())).ok_or_else(lost)?;
        let block = Packing::of(variable)?.encode_block(&block)?;
        self.replaced.push(Variable { array: Memory::array(block), ..variable.clone() });
        Ok(())
    }

    /// The dimensions and variables that are left.
    pub(super) fn apply(self) -> Result<(Vec<Dimension>, Vec<Variable>)> {
        let stays = |v: &&Variable| !self.dropped.contains(&v.name);
        let cut = |v: &Variable| match self.replaced.iter().find(|r| r.name == v.name) {
            Some(new) => Ok(forget_extremes(new.clone())),
            None => self.cut(v),
        };
        let variables = self.dataset.variables.iter().filter(stays).map(cut).collect::<Result<_>>()?;
        let cut =
            |d: &Dimension| Dimension { length: self.of(&d.name).map_or(d.length, AxisSelection::len), ..d.clone() };
        Ok((self.dataset.dimensions.iter().map(cut).collect(), variables))
    }

    fn cut(&self, variable: &Variable) -> Result<Variable> {
        if variable.dimensions.iter().all(|d| self.of(d).is_none()) {
            return Ok(variable.clone());
        }
        let axes = variable.dimensions.iter().zip(variable.shape());
        let axes = axes.map(|(d, &n)| self.of(d).cloned().unwrap_or(AxisSelection::Range(0..n))).collect();
        let array = Selected::array(variable.array.clone(), axes)?;
        Ok(forget_extremes(Variable { array, ..variable.clone() }))
    }
}

/// Refuse to pick single places along dimensions that are tied: points leave no ragged array, no
/// geometry. Meshes, lists of gathered points and what belongs to an instance by its index may be picked from.
///
/// # Errors
/// [`Error::Unsupported`] naming the dimension and what ties it.
pub(super) fn refuse_picks(dataset: &Dataset, dimensions: &[&str], flag: &str) -> Result<()> {
    for tie in Tie::all(dataset) {
        let picked = match &tie {
            Tie::Mesh(_) | Tie::Whole { .. } => continue,
            Tie::Index { instances, .. } => dimensions.iter().find(|d| *d == instances),
            // The points of a list are places like any; their list goes.
            Tie::Gathered { dimensions: from, .. } => dimensions.iter().find(|d| from.iter().any(|f| f == *d)),
            _ => dimensions.iter().find(|d| tie.dimensions().contains(d)),
        };
        if let Some(picked) = picked {
            let what = format!("{flag} would take dimension '{picked}' apart, which '{}' ties to others", tie.by());
            return Err(Error::unsupported(what, dataset.source.clone())
                .with_hint(format!("select along it: --isel {picked}=0, or leave '{}' out with -v", tie.by())));
        }
    }
    Ok(())
}

/// `actual_range` describes values that may be gone (NUG appendix A).
fn forget_extremes(mut variable: Variable) -> Variable {
    variable.attributes.remove("actual_range");
    variable
}

/// The error for a dimension of which no part makes sense.
fn whole(dimension: &str, what: &str, by: &str) -> Error {
    Error::unsupported(format!("dimension '{dimension}' holds {what} and can't be cut"), format!("variable '{by}'"))
}

/// The error for a dimension that two ties would cut in two ways.
fn torn(dimension: &str, by: &str) -> Error {
    Error::unsupported(
        format!("dimension '{dimension}' is tied in several ways that this selection would tear apart"),
        format!("variable '{by}'"),
    )
}

/// The error for numbers that reach `beyond` the last place, as they do when they count from 1 and do
/// not say so.
fn counted_from_one(name: &str, beyond: usize) -> Error {
    Error::data(format!("a number reaches the place after the last of {beyond}"), format!("variable '{name}'"))
        .with_hint("if its numbers count from 1, it needs an attribute start_index = 1; else leave it out with -v")
}

/// Whole numbers of a one-dimensional or scalar variable; `None` for missing and negative ones.
fn whole_numbers(variable: &Variable) -> Result<Vec<Option<usize>>> {
    let values = Packing::of(variable)?.decode_f64(&variable.array.read_all()?);
    Ok(values.into_iter().map(|v| (v >= 0.0).then_some(v as usize)).collect())
}

/// The indices of a selection, in its order.
fn indices(selection: &AxisSelection) -> impl Iterator<Item = usize> {
    (0..selection.len()).filter_map(|i| selection.get(i))
}

/// Where indices of a dimension are kept. Never larger than the selection: a file may declare any length.
enum Positions {
    Run(Range<usize>),
    /// Old and new place, ascending.
    Listed(Vec<(usize, usize)>),
}

impl Positions {
    fn of(selection: &AxisSelection) -> Self {
        if let AxisSelection::Range(range) = selection {
            return Self::Run(range.clone());
        }
        let mut places: Vec<(usize, usize)> = indices(selection).enumerate().map(|(new, old)| (old, new)).collect();
        places.sort_unstable();
        places.dedup_by_key(|(old, _)| *old);
        Self::Listed(places)
    }

    /// The place of an old index, if it is kept.
    fn get(&self, old: usize) -> Option<usize> {
        match self {
            Self::Run(range) => old.checked_sub(range.start).filter(|_| old < range.end),
            Self::Listed(places) => {
                let at = places.binary_search_by_key(&old, |(old, _)| *old).ok()?;
                places.get(at).map(|(_, new)| *new)
            }
        }
    }
}
