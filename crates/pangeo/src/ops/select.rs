//! Cutting whole datasets along one dimension, by index.

use std::str::FromStr;

use super::ties::Cuts;
use crate::error::counted;
use crate::model::Dataset;
use crate::model::array::AxisSelection;
use crate::{Error, Result};

/// Keep `selection` of a dimension in every variable that has it; others pass unchanged.
///
/// Bounds and auxiliary coordinates share their dimension and are cut alike. Dimensions that CF or UGRID
/// tie to it are cut along and the numbers that tie them written anew: samples and instances of ragged
/// arrays, gathered points, geometries, meshes. Type, packing and chunking stay;
/// [`AxisSelection::Index`] is kept as a dimension of length 1, so that coordinates and bounds keep
/// their place. Reads the numbers of ties, no data.
///
/// # Errors
/// [`Error::EmptySelection`] when nothing is kept, here or along a tied dimension,
/// [`Error::NotFound`] for an unknown dimension, [`Error::Unsupported`] where a tie can't be kept true.
pub fn select(dataset: &mut Dataset, dimension: &str, selection: &AxisSelection) -> Result<()> {
    let selection = match selection {
        AxisSelection::Index(index) => &AxisSelection::Range(*index..*index + 1),
        other => other,
    };
    let Some(entry) = dataset.dimension(dimension) else {
        let known: Vec<String> = dataset.dimensions.iter().map(|d| d.name.clone()).collect();
        let (name, place) = (dimension.to_owned(), dataset.source.clone());
        return Err(Error::NotFound { kind: "dimension", name, place, has: known });
    };
    if selection.is_empty() {
        let has = format!("dimension {dimension} has {}", counted(entry.length, "value"));
        return Err(Error::empty_selection(format!("dimension {dimension}"), has));
    }
    if *selection == AxisSelection::Range(0..entry.length) {
        return Ok(());
    }
    (dataset.dimensions, dataset.variables) = Cuts::new(dataset, dimension, selection)?.apply()?;
    Ok(())
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
            Error::usage(format!("'{text}' is not an index selection")).with_hint(
                "DIM=I or DIM=START:STOP[:STEP], such as time=0, time=-1, lat=10:20, time=::2; one dimension each time",
            )
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
                    let last = if n > 1 { format!(", indices 0 to {}", n - 1) } else { String::new() };
                    let has = format!("dimension {} has {}{last}", self.dimension, counted(length, "value"));
                    Error::empty_selection(format!("{}={index}", self.dimension), has)
                })
            }
            Slice::Range { start, stop, step } => python_range(n, start, stop, step).ok_or_else(|| {
                let what = format!("{}: so many indices do not fit in memory", self.dimension);
                Error::data(what, "--isel").with_hint("choose a part of the dimension first, in steps of 1")
            }),
        }
    }
}

/// The indices of `range(n)[start:stop:step]`; `None` for a list that is beyond memory.
fn python_range(n: i64, start: Option<i64>, stop: Option<i64>, step: i64) -> Option<AxisSelection> {
    /// A file may claim any extent; nobody picks this many out of one.
    const MOST_INDICES: u64 = 1 << 28;
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let clip = |v: i64| (if v < 0 { v.saturating_add(n) } else { v }).clamp(low, high);
    let first = start.map_or(if step > 0 { low } else { high }, clip);
    let last = stop.map_or(if step > 0 { high } else { low }, clip);
    if step == 1 {
        return Some(AxisSelection::Range(first as usize..last.max(first) as usize));
    }
    if first.abs_diff(last) / step.unsigned_abs().max(1) > MOST_INDICES {
        return None;
    }
    let mut indices = Vec::new();
    let mut at = first;
    while (step > 0 && at < last) || (step < 0 && at > last) {
        indices.push(at as usize);
        at = at.saturating_add(step);
    }
    Some(AxisSelection::from_indices(indices))
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
