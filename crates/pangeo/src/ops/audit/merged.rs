//! Groups of different variables that are to be merged.

use std::collections::BTreeSet;

use super::judge::Case;
use crate::ops::combine::{Along, Steps};
use crate::{Error, Result};

/// Refuse what keeps the groups from being merged, the fewest inputs first: a file that lacks a variable is a group of
/// its own, which has the other files' steps in none.
///
/// # Errors
/// [`Error::Cancelled`].
pub(super) fn settle(case: &mut Case) -> Result<()> {
    let mut numbers: Vec<usize> = (0..case.groups.len()).collect();
    let sizes: Vec<usize> = case.groups.iter().map(|group| case.left(group).len()).collect();
    numbers.sort_by_key(|&number| std::cmp::Reverse(sizes.get(number).copied().unwrap_or(0)));
    let mut kept: Vec<usize> = Vec::new();
    for number in numbers {
        let mut tried = kept.clone();
        tried.push(number);
        let Some(error) = refusal(case, &tried)? else {
            kept = tried;
            continue;
        };
        let Some(&largest) = kept.first() else { continue };
        if !shares_variables(case, &kept, number)
            && even_steps(case, largest, number)
            && refusal(case, &tried)?.is_none()
        {
            kept = tried;
            continue;
        }
        refuse_group(case, number, largest, &error);
    }
    // What the outcome tells is that of all that is left.
    refusal(case, &kept).map(drop)
}

fn refusal(case: &mut Case, groups: &[usize]) -> Result<Option<Error>> {
    let of = |number: &usize| case.groups.get(*number).map(|group| case.left(group)).unwrap_or_default();
    let mut members: Vec<usize> = groups.iter().flat_map(of).collect();
    members.sort_unstable();
    case.refusal(&members)
}

fn shares_variables(case: &Case, kept: &[usize], number: usize) -> bool {
    let of = |number: usize| case.groups.get(number).map(|g| g.variables.as_slice()).unwrap_or_default();
    of(number).iter().any(|name| kept.iter().any(|&other| of(other).contains(name)))
}

/// Refuse the inputs of two groups with a step that the other has not; whether there were any, and are others left.
fn even_steps(case: &mut Case, largest: usize, number: usize) -> bool {
    let (Some(one), Some(two)) = (case.groups.get(largest), case.groups.get(number)) else { return false };
    let name = match (one.along.as_ref().and_then(Along::single), two.along.as_ref().and_then(Along::single)) {
        (Some(a), Some(b)) if a == b => a.to_owned(),
        _ => return false,
    };
    let (here, there) = (case.steps(one), case.steps(two));
    let parts: Vec<&Steps> = here.iter().chain(&there).map(|(_, steps)| steps).collect();
    let Some((all, order)) = Steps::sorted(&parts) else { return false };
    let files: Vec<usize> =
        here.iter().chain(&there).flat_map(|(at, steps)| std::iter::repeat_n(*at, steps.len())).collect();
    let limit: usize = here.iter().map(|(_, steps)| steps.len()).sum();
    let mut lonely: Vec<(usize, usize)> = Vec::new();
    for run in order.chunk_by(|&a, &b| all.coincide(a, b)) {
        if run.iter().any(|&step| step < limit) && run.iter().any(|&step| step >= limit) {
            continue;
        }
        lonely.extend(run.iter().filter_map(|&step| Some((*files.get(step)?, step))));
    }
    let gone: BTreeSet<usize> = lonely.iter().map(|(at, _)| *at).collect();
    let stays = |list: &[(usize, Steps)]| list.iter().any(|(at, _)| !gone.contains(at));
    if gone.is_empty() || !stays(&here) || !stays(&there) {
        return false;
    }
    let (ours, theirs) = (one.variables.join(", "), two.variables.join(", "));
    for (at, step) in lonely.into_iter().rev() {
        let others = if step < limit { &theirs } else { &ours };
        let what = format!("{name} {} is in no input with {others}", all.show(step));
        case.refuse(at, "steps of other variables", what, Some("give all variables for the same steps".to_owned()));
    }
    true
}

/// Refuse all inputs of a group that can't be merged with the largest.
fn refuse_group(case: &mut Case, number: usize, largest: usize, error: &Error) {
    let (Some(group), Some(most)) = (case.groups.get(number), case.groups.get(largest)) else { return };
    let list = |names: &[String], other: &[String]| -> Vec<String> {
        names.iter().filter(|name| !other.contains(name)).map(|name| format!("'{name}'")).collect()
    };
    let (missing, beside) = (list(&most.variables, &group.variables), list(&group.variables, &most.variables));
    let shared = most.variables.iter().any(|name| group.variables.contains(name));
    let fewer = case.left(group).len() < case.left(most).len();
    let what = match (missing.is_empty(), beside.is_empty()) {
        _ if !shared || !fewer => None,
        (false, true) => Some(format!("it lacks {}, which most inputs have", missing.join(", "))),
        (true, false) => Some(format!("it has {}, which most inputs lack", beside.join(", "))),
        _ => Some(format!("it has {} where most inputs have {}", beside.join(", "), missing.join(", "))),
    };
    for at in case.left(group) {
        match &what {
            Some(what) => {
                case.refuse(at, "variables", what.clone(), Some("choose variables that all have with -v".to_owned()));
            }
            None => case.refuse_for(at, "variables", error),
        }
    }
}
