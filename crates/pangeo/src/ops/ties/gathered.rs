//! Compression by gathering: a list of the points kept of a grid (CF §8.2).

use super::{Cuts, Positions, torn, whole_numbers};
use crate::model::array::AxisSelection;
use crate::{Error, Result};

/// Points outside the dimensions they were gathered from go; the rest is numbered anew.
pub(super) fn follow(cuts: &mut Cuts, list: &str, points: &str, dimensions: &[String]) -> Result<()> {
    if dimensions.iter().all(|d| cuts.of(d).is_none()) {
        return Ok(());
    }
    let variable = cuts.dataset.require(list)?;
    if variable.dimensions.len() != 1 {
        return Err(Error::data("a list of gathered points has one dimension", format!("variable '{list}'")));
    }
    let axes: Vec<Axis> = dimensions.iter().map(|d| Axis::of(cuts, d)).collect();
    let numbers = whole_numbers(variable)?;
    let moved: Vec<Option<usize>> = numbers.into_iter().map(|n| n.and_then(|n| renumber(n, &axes))).collect();
    let kept = match cuts.indices(points) {
        Some(kept) => kept,
        None => (0..moved.len()).filter(|&p| moved.get(p).is_some_and(Option::is_some)).collect(),
    };
    let new: Option<Vec<f64>> = kept.iter().map(|&p| moved.get(p).copied().flatten().map(|n| n as f64)).collect();
    let new = new.ok_or_else(|| torn(points, list))?;
    cuts.keep(points, AxisSelection::from_indices(kept), list)?;
    cuts.replace(variable, vec![new.len()], &new)
}

struct Axis {
    old: usize,
    new: usize,
    /// Where each index is kept; `None` for a dimension that is not cut.
    at: Option<Positions>,
}

impl Axis {
    fn of(cuts: &Cuts, dimension: &str) -> Self {
        let old = cuts.length(dimension);
        let kept = cuts.of(dimension);
        Self { old, new: kept.map_or(old, AxisSelection::len), at: kept.map(Positions::of) }
    }
}

/// The C-order offset in the new grid of an offset in the old one, if that cell is kept.
fn renumber(mut offset: usize, axes: &[Axis]) -> Option<usize> {
    let (mut new, mut stride) = (0usize, 1usize);
    for axis in axes.iter().rev() {
        let index = offset.checked_rem(axis.old)?;
        offset = offset.checked_div(axis.old)?;
        let place = match &axis.at {
            Some(at) => at.get(index)?,
            None => index,
        };
        new = new.checked_add(place.checked_mul(stride)?)?;
        stride = stride.checked_mul(axis.new)?;
    }
    (offset == 0).then_some(new)
}
