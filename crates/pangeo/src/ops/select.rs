//! Cutting whole datasets along one dimension, by index.

use std::str::FromStr;

use crate::model::array::{AxisSelection, Selected};
use crate::model::{Attributes, Dataset};
use crate::ops::references::follow;
use crate::{Error, Result};

/// Keep `selection` of a dimension in every variable that has it; others pass unchanged.
///
/// Bounds and auxiliary coordinates share their dimension and are cut alike; what counts or points into
/// it follows (ragged arrays, meshes). Type, packing and chunking stay; [`AxisSelection::Index`] is kept as a dimension of length 1, so that coordinates
/// and bounds keep their place.
///
/// # Errors
/// [`Error::EmptySelection`] when nothing is kept, [`Error::NotFound`] for an unknown dimension,
/// [`Error::Unsupported`] where what depends on the dimension can't follow.
pub fn select(dataset: &mut Dataset, dimension: &str, selection: &AxisSelection) -> Result<()> {
    select_within(dataset, dimension, selection, &[])
}

/// [`select`], because of cuts of the dimensions `above`.
pub(super) fn select_within(
    dataset: &mut Dataset,
    dimension: &str,
    selection: &AxisSelection,
    above: &[&str],
) -> Result<()> {
    if above.contains(&dimension) {
        let what = format!("the variables along dimension '{dimension}' count each other");
        return Err(Error::data(what, dataset.source.clone()));
    }
    let selection = match selection {
        AxisSelection::Index(index) => &AxisSelection::Range(*index..*index + 1),
        other => other,
    };
    let known: Vec<String> = dataset.dimensions.iter().map(|d| d.name.clone()).collect();
    let Some(entry) = dataset.dimensions.iter().find(|d| d.name == dimension) else {
        let (name, place) = (dimension.to_owned(), dataset.source.clone());
        return Err(Error::NotFound { kind: "dimension", name, place, has: known });
    };
    if selection.is_empty() {
        let has = format!("dimension {dimension} has {} values", entry.length);
        return Err(Error::EmptySelection { what: format!("dimension {dimension}"), has });
    }
    if *selection == AxisSelection::Range(0..entry.length) {
        return Ok(());
    }
    follow(dataset, dimension, selection, above)?;
    dataset.dimensions.iter_mut().filter(|d| d.name == dimension).for_each(|d| d.length = selection.len());
    for variable in &mut dataset.variables {
        if !variable.dimensions.iter().any(|d| d == dimension) {
            continue;
        }
        let shape = variable.array.shape();
        let axes = variable.dimensions.iter().zip(shape);
        let axes = axes.map(|(d, &n)| if d == dimension { selection.clone() } else { AxisSelection::Range(0..n) });
        variable.array = Selected::array(variable.array.clone(), axes.collect())?;
        forget_extremes(&mut variable.attributes);
    }
    Ok(())
}

/// `actual_range` describes values that may be gone (NUG appendix A).
fn forget_extremes(attributes: &mut Attributes) {
    attributes.remove("actual_range");
}

/// `DIM=I` or `DIM=START:STOP[:STEP]`, as Python indexes: STOP excluded, negative from the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSelection {
    /// The dimension.
    pub dimension: String,
    /// What to keep of it.
    pub slice: Slice,
}

/// Python's index or slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slice {
    /// One index.
    Index(i64),
    /// A slice; the step is not 0.
    Range {
        /// First index, or the end that the step leaves from.
        start: Option<i64>,
        /// Where to stop, excluded.
        stop: Option<i64>,
        /// The step.
        step: i64,
    },
}

impl FromStr for IndexSelection {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::usage(format!("'{text}' is not an index selection"))
                .with_hint("DIM=I or DIM=START:STOP[:STEP], such as time=0, time=-1, lat=10:20, time=::2")
        };
        let (dimension, rest) = text.split_once('=').filter(|(d, _)| !d.trim().is_empty()).ok_or_else(wrong)?;
        let bound = |part: &str| -> Result<Option<i64>> {
            if part.trim().is_empty() { Ok(None) } else { part.trim().parse().map(Some).map_err(|_| wrong()) }
        };
        let parts: Vec<&str> = rest.split(':').collect();
        let slice = match parts.as_slice() {
            [index] => Slice::Index(bound(index)?.ok_or_else(wrong)?),
            [start, stop] => Slice::Range { start: bound(start)?, stop: bound(stop)?, step: 1 },
            [start, stop, step] => {
                let step = bound(step)?.unwrap_or(1);
                if step == 0 {
                    return Err(wrong());
                }
                Slice::Range { start: bound(start)?, stop: bound(stop)?, step }
            }
            _ => return Err(wrong()),
        };
        Ok(Self { dimension: dimension.trim().to_owned(), slice })
    }
}

impl IndexSelection {
    /// The indices kept of a dimension of `length`.
    ///
    /// # Errors
    /// [`Error::EmptySelection`] for an index outside; an empty slice is the caller's to refuse.
    pub fn resolve(&self, length: usize) -> Result<AxisSelection> {
        let n = length as i64;
        match self.slice {
            Slice::Index(index) => {
                let at = if index < 0 { index.checked_add(n) } else { Some(index) };
                at.filter(|i| (0..n).contains(i)).map(|i| AxisSelection::Index(i as usize)).ok_or_else(|| {
                    Error::EmptySelection {
                        what: format!("{}={index}", self.dimension),
                        has: format!("dimension {} has {n} values, indices 0 to {}", self.dimension, n - 1),
                    }
                })
            }
            Slice::Range { start, stop, step } => Ok(AxisSelection::from_indices(python_range(n, start, stop, step))),
        }
    }
}

/// The indices of `range(n)[start:stop:step]`.
fn python_range(n: i64, start: Option<i64>, stop: Option<i64>, step: i64) -> Vec<usize> {
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let clip = |v: i64| (if v < 0 { v.saturating_add(n) } else { v }).clamp(low, high);
    let first = start.map_or(if step > 0 { low } else { high }, clip);
    let last = stop.map_or(if step > 0 { high } else { low }, clip);
    let mut indices = Vec::new();
    let mut at = first;
    while (step > 0 && at < last) || (step < 0 && at > last) {
        indices.push(at as usize);
        at = at.saturating_add(step);
    }
    indices
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Python's `list(range(10))[…]` answers.
    #[test]
    fn indices_as_python_has_them() {
        let cases: [(&str, &[usize]); 9] = [
            ("x=2:5", &[2, 3, 4]),
            ("x=:3", &[0, 1, 2]),
            ("x=-3:", &[7, 8, 9]),
            ("x=::4", &[0, 4, 8]),
            ("x=::-4", &[9, 5, 1]),
            ("x=8:2:-3", &[8, 5]),
            ("x=5:100", &[5, 6, 7, 8, 9]),
            ("x=-100:2", &[0, 1]),
            ("x=5:2", &[]),
        ];
        for (text, expected) in cases {
            let selection = text.parse::<IndexSelection>().unwrap().resolve(10).unwrap();
            let got: Vec<usize> = (0..selection.len()).filter_map(|i| selection.get(i)).collect();
            assert_eq!(got, expected, "{text}");
        }
        let last = "x=-1".parse::<IndexSelection>().unwrap().resolve(10).unwrap();
        assert_eq!(last, AxisSelection::Index(9));
    }

    #[test]
    fn an_index_outside_says_what_there_is() {
        let error = "time=10".parse::<IndexSelection>().unwrap().resolve(10).unwrap_err();
        assert_eq!(error.hint().unwrap(), "dimension time has 10 values, indices 0 to 9");
    }

    #[test]
    fn nonsense_is_a_usage_error() {
        for text in ["time", "=1", "time=", "time=1:2:0", "time=a", "time=1:2:3:4"] {
            assert_eq!(text.parse::<IndexSelection>().unwrap_err().exit_code(), 2, "{text}");
        }
    }
}
