//! Ragged arrays: samples of instances, side by side or by index (CF §9.3).

use super::{Cuts, Positions, torn, whole_numbers};
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
pub(super) fn members(starts: &[usize], runs: &[usize]) -> Vec<usize> {
    let run = |&i: &usize| starts.get(i).copied().unwrap_or(0)..starts.get(i.saturating_add(1)).copied().unwrap_or(0);
    runs.iter().flat_map(run).collect()
}

/// Contiguous: instances take their samples along; a selection of samples is counted anew.
pub(super) fn counts(cuts: &mut Cuts, counts: &str, instances: Option<&str>, samples: &str) -> Result<()> {
    let variable = cuts.dataset.require(counts)?;
    let starts = offsets(&whole_numbers(variable)?, cuts.length(samples), counts)?;
    let chosen = instances.and_then(|d| cuts.indices(d));
    let Some(kept) = cuts.indices(samples) else {
        return cuts.keep(samples, members(&starts, &chosen.unwrap_or_default()), counts);
    };
    let all = starts.len().saturating_sub(1);
    let chosen = chosen.unwrap_or_else(|| (0..all).collect());
    let at = Positions::of(&chosen);
    let mut numbers = vec![0.0; chosen.len()];
    let mut last = 0;
    for sample in kept {
        // The last run that begins here or before; beyond the end of all runs samples are nobody's.
        let Some(run) = starts.partition_point(|s| *s <= sample).checked_sub(1).filter(|r| *r < all) else {
            last = usize::MAX;
            continue;
        };
        let place = at.get(run).ok_or_else(|| torn(samples, counts))?;
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
    let shape = instances.map(|_| numbers.len()).into_iter().collect();
    cuts.replace(variable, shape, &numbers)
}

/// Indexed: instances take their samples along and are numbered anew; a selection of samples keeps
/// the instances.
pub(super) fn index(cuts: &mut Cuts, index: &str, samples: &str, instances: &str) -> Result<()> {
    let variable = cuts.dataset.require(index)?;
    let Some(chosen) = cuts.indices(instances) else { return Ok(()) };
    let start = variable.attributes.number("start_index").unwrap_or(0.0);
    let at = Positions::of(&chosen);
    let owner = |number: Option<usize>| {
        let old = number.map(|n| n as f64 - start).filter(|n| *n >= 0.0)?;
        at.get(old as usize)
    };
    let owners: Vec<Option<usize>> = whole_numbers(variable)?.into_iter().map(owner).collect();
    let kept = match cuts.indices(samples) {
        Some(kept) => kept,
        None => (0..owners.len()).filter(|&s| owners.get(s).is_some_and(Option::is_some)).collect(),
    };
    let number = |s: &usize| owners.get(*s).copied().flatten().map(|new| new as f64 + start);
    let numbers: Option<Vec<f64>> = kept.iter().map(number).collect();
    let numbers = numbers.ok_or_else(|| torn(samples, index))?;
    cuts.keep(samples, kept, index)?;
    cuts.replace(variable, vec![numbers.len()], &numbers)
}
