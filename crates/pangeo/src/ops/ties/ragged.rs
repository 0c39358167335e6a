//! Ragged arrays: samples of instances, side by side or by index (CF §9.3).

use std::ops::Range;

use super::{Cuts, Positions, counted_from_one, indices, torn, whole_numbers};
use crate::cf::roles::start_index;
use crate::model::array::AxisSelection;
use crate::{Error, Result};

/// Where each counted run begins; the end of the last stands last.
///
/// # Errors
/// [`Error::Data`] where there are more than `most`.
pub(super) fn offsets(counts: &[Option<usize>], most: usize, by: &str) -> Result<Vec<usize>> {
    let mut starts = vec![0usize];
    let mut end = 0usize;
    for count in counts {
        end = end.saturating_add(count.unwrap_or(0));
        starts.push(end);
    }
    if end > most {
        return Err(Error::data(format!("it counts {end} values where there are {most}"), format!("variable '{by}'")));
    }
    Ok(starts)
}

/// The values of these runs, in this order.
pub(super) fn members(starts: &[usize], runs: &[usize]) -> AxisSelection {
    AxisSelection::from_indices(runs.iter().flat_map(|&i| run(starts, i)).collect())
}

fn run(starts: &[usize], i: usize) -> Range<usize> {
    starts.get(i).copied().unwrap_or(0)..starts.get(i.saturating_add(1)).copied().unwrap_or(0)
}

/// Contiguous: instances take their samples along; a selection of samples is counted anew.
pub(super) fn counts(cuts: &mut Cuts, counts: &str, instances: Option<&str>, samples: &str) -> Result<()> {
    let variable = cuts.dataset.require(counts)?;
    let starts = offsets(&whole_numbers(variable)?, cuts.length(samples), counts)?;
    let chosen = instances.and_then(|d| cuts.indices(d));
    let Some(kept) = cuts.of(samples) else {
        return cuts.keep(samples, members(&starts, &chosen.unwrap_or_default()), counts);
    };
    let chosen = chosen.unwrap_or_else(|| (0..starts.len().saturating_sub(1)).collect());
    let numbers: Vec<f64> = match kept {
        AxisSelection::Range(kept) => {
            let inside = |run: Range<usize>| run.end.min(kept.end).saturating_sub(run.start.max(kept.start));
            let all = inside(0..starts.last().copied().unwrap_or(0));
            let numbers: Vec<usize> = chosen.iter().map(|&i| inside(run(&starts, i))).collect();
            // Runs that are left out or in another order do not hold these samples side by side.
            if numbers.iter().sum::<usize>() != all || !chosen.is_sorted() {
                return Err(torn(samples, counts));
            }
            numbers.into_iter().map(|n| n as f64).collect()
        }
        listed => recounted(listed, &starts, &chosen, samples, counts)?,
    };
    let shape = instances.map(|_| numbers.len()).into_iter().collect();
    cuts.replace(variable, shape, &numbers)
}

/// How many of the samples listed fall to each of the chosen runs, which they must follow in order.
fn recounted(
    kept: &AxisSelection,
    starts: &[usize],
    chosen: &[usize],
    samples: &str,
    counts: &str,
) -> Result<Vec<f64>> {
    let all = starts.len().saturating_sub(1);
    let at = Positions::of(&AxisSelection::from_indices(chosen.to_vec()));
    let mut numbers = vec![0.0; chosen.len()];
    let mut last = 0;
    for sample in indices(kept) {
        // The last run that begins here or before; beyond the end of all runs samples are nobody's.
        let run = starts.partition_point(|s| *s <= sample).checked_sub(1).filter(|r| *r < all);
        let place = match run {
            Some(run) => at.get(run).ok_or_else(|| torn(samples, counts))?,
            None => usize::MAX,
        };
        if place < last {
            return Err(Error::unsupported(
                format!("the samples along '{samples}' of one instance would not stay side by side"),
                format!("variable '{counts}'"),
            )
            .with_hint("select samples in the order of the file"));
        }
        last = place;
        if let Some(number) = numbers.get_mut(place) {
            *number += 1.0;
        }
    }
    Ok(numbers)
}

/// Indexed: instances take their samples along and are numbered anew; a selection of samples keeps
/// the instances.
pub(super) fn index(cuts: &mut Cuts, index: &str, samples: &str, instances: &str) -> Result<()> {
    let variable = cuts.dataset.require(index)?;
    let Some(chosen) = cuts.of(instances) else { return Ok(()) };
    let start = start_index(variable);
    let at = Positions::of(chosen);
    let beyond = cuts.length(instances);
    let place = |number: Option<usize>| {
        let old = number.map(|n| n as f64 - start).filter(|n| *n >= 0.0)? as usize;
        Some((old, at.get(old)))
    };
    let owners: Vec<Option<(usize, Option<usize>)>> = whole_numbers(variable)?.into_iter().map(place).collect();
    if owners.iter().flatten().any(|(old, _)| *old == beyond) {
        return Err(counted_from_one(index, beyond));
    }
    let owner = |sample: usize| owners.get(sample).copied().flatten().and_then(|(_, new)| new);
    let kept = cuts.indices(samples).unwrap_or_else(|| (0..owners.len()).filter(|&s| owner(s).is_some()).collect());
    let numbers: Option<Vec<f64>> = kept.iter().map(|&s| owner(s).map(|new| new as f64 + start)).collect();
    let numbers = numbers.ok_or_else(|| torn(samples, index))?;
    cuts.keep(samples, AxisSelection::from_indices(kept), index)?;
    cuts.replace(variable, vec![numbers.len()], &numbers)
}
