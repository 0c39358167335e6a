//! A dataset continued by another along one dimension.

use super::agreed::agreed;
use super::keys::{Key, mismatch};
use super::{Combined, Part, Said, join, nearness};
use crate::engine::Engine;
use crate::model::array::{AxisSelection, Memory};
use crate::model::{Block, Buffer, DataType, Dataset, Variable};
use crate::ops::describe::attribute_text;
use crate::ops::select::select;
use crate::{Error, Result};

/// Times up to so many are brought to the store's type.
const MANY: usize = 1 << 20;

/// What came of continuing a dataset.
#[derive(Debug)]
pub struct Extended {
    /// All of it: the old steps, then the new ones.
    pub whole: Combined,
    /// How many steps there were.
    pub before: usize,
    /// How many are new.
    pub added: usize,
    /// How many of those given are there already.
    pub present: usize,
}

/// Where steps that are given stand.
struct Steps {
    /// The indices of those that are there already, and where.
    present: Vec<(usize, usize)>,
    /// The indices of new ones.
    new: Vec<usize>,
}

/// Continue `old` with the steps of `fresh` along `dimension` that lie beyond its last; those that it has already must
/// be the same, and are compared value by value now.
///
/// # Errors
/// [`Error::Data`] naming the variable or step: another grid, calendar, type or packing; other variables; steps between
/// or before those of `old`, or there with other values; no coordinate along the dimension.
pub fn extend(old: Dataset, fresh: Dataset, dimension: &str, engine: &Engine) -> Result<Extended> {
    let (old, fresh) = (Part::new(old), Part::new(fresh));
    refuse_other_variables(&old, &fresh)?;
    refuse_other_places(&old, &fresh, dimension)?;
    let steps = steps(&old, &fresh, dimension)?;
    let before = old.dataset.dimension(dimension).map_or(0, |d| d.length);
    let (present, added) = (steps.present.len(), steps.new.len());
    compare(&old, &fresh, dimension, &steps.present, engine)?;
    let mut said = Said::default();
    if added == 0 {
        return Ok(Extended { whole: Combined { dataset: old.dataset, said }, before, added, present });
    }
    let mut rest = fresh.dataset;
    select(&mut rest, dimension, &AxisSelection::from_indices(steps.new))?;
    let types: Vec<Variable> = old.dataset.variables.clone();
    let (source, history) = (rest.source.clone(), old.dataset.attributes.get("history").cloned());
    let mut dataset = join::join(vec![old, Part::new(rest)], &mut said)?;
    if let Some(history) = history {
        dataset.attributes.set("history", history);
    }
    for old in &types {
        if let Some(new) = dataset.variables.iter_mut().find(|v| v.name == old.name) {
            retype(old, new)?;
        }
        keeps(old, &dataset, &source)?;
    }
    for variable in dataset.variables.iter().filter(|v| v.axis(dimension).is_none()) {
        // What both hold once is compared as it is read.
        walk(variable, engine)?;
    }
    Ok(Extended { whole: Combined { dataset, said }, before, added, present })
}

/// A store has its variables for good.
fn refuse_other_variables(old: &Part, fresh: &Part) -> Result<()> {
    let names = |part: &Part| -> Vec<String> { part.roles.data_variables().into_iter().map(str::to_owned).collect() };
    let (there, here) = (names(old), names(fresh));
    let strange =
        here.iter().find(|name| !there.contains(name)).map(|name| (name, "is not in", "choose others with -v"));
    let missing = there
        .iter()
        .find(|name| !here.contains(name))
        .map(|name| (name, "is missing here but in", "every append must bring all variables of the store"));
    match strange.or(missing) {
        None => Ok(()),
        Some((name, how, hint)) => {
            let what = format!("variable '{name}' {how} {}", old.dataset.source);
            Err(Error::data(what, fresh.dataset.source.clone()).with_hint(hint))
        }
    }
}

/// A store grows along one dimension: places along all others are those it has.
fn refuse_other_places(old: &Part, fresh: &Part, dimension: &str) -> Result<()> {
    for other in old.dataset.dimensions.iter().map(|d| d.name.as_str()).filter(|name| *name != dimension) {
        let there = old.coordinate(other, old)?;
        if fresh.dataset.dimension(other).is_some() && fresh.differs_along(other, old, there.as_ref())? {
            let what = format!("'{other}' has other places");
            return Err(mismatch(&fresh.dataset.source, &old.dataset.source, &what).with_hint(format!(
                "the store grows along '{dimension}' alone: bring the files to its places first (subset, regrid)"
            )));
        }
    }
    Ok(())
}

fn steps(old: &Part, fresh: &Part, dimension: &str) -> Result<Steps> {
    let key = |part: &Part| -> Result<Key> {
        if part.dataset.dimension(dimension).is_none() {
            return Err(Error::NotFound {
                kind: "dimension",
                name: dimension.to_owned(),
                place: part.dataset.source.clone(),
                has: part.dataset.dimensions.iter().map(|d| d.name.clone()).collect(),
            });
        }
        part.coordinate(dimension, old)?.ok_or_else(|| {
            let what = format!("dimension '{dimension}' has no coordinate");
            Error::data(what, part.dataset.source.clone())
                .with_hint("without one nobody can tell what is there already")
        })
    };
    let (there, here) = (key(old)?, key(fresh)?);
    fresh.comparable(&here, &there, dimension, old)?;
    let all = Key::concatenate(&[&there, &here]).ok_or_else(|| {
        Error::data(format!("coordinate '{dimension}' is of another kind"), fresh.dataset.source.clone())
    })?;
    let before = there.len();
    let down = if before > 1 { there.descends() } else { here.len() > 1 && here.descends() };
    let order = |a: usize, b: usize| if down { all.compare(b, a) } else { all.compare(a, b) };
    if let Some(at) = (1..before).find(|&at| !order(at - 1, at).is_lt()) {
        let what = format!("step {} of '{dimension}' does not come after {}", all.show(at), all.show(at - 1));
        return Err(Error::data(what, old.dataset.source.clone())
            .with_hint("a store can grow whose steps are in order, each there once: make it anew from all files"));
    }
    let (mut present, mut new) = (Vec::new(), Vec::new());
    for index in 0..here.len() {
        let at = before + index;
        // The first step that is not before it.
        let place = partition(before, |i| order(i, at).is_lt());
        if place < before && order(place, at).is_eq() {
            present.push((index, place));
        } else if place < before {
            let what = format!(
                "step {} of '{dimension}' lies before the last of the store, {}",
                all.show(at),
                all.show(before - 1)
            );
            return Err(Error::data(what, fresh.dataset.source.clone())
                .with_hint("append what comes after it, or make the store anew from all files"));
        } else if new.last().is_some_and(|&last| !order(before + last, at).is_lt()) {
            let what = format!("step {} of '{dimension}' is out of order", all.show(at));
            return Err(Error::data(what, fresh.dataset.source.clone()).with_hint("sort the file's steps first"));
        } else {
            new.push(index);
        }
    }
    Ok(Steps { present, new })
}

/// The first index of 0 to `length` for which `before` does not hold, where it holds for all before that.
fn partition(length: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, length);
    while low < high {
        let middle = low.midpoint(high);
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Steps that both have must be the same.
fn compare(old: &Part, fresh: &Part, dimension: &str, steps: &[(usize, usize)], engine: &Engine) -> Result<()> {
    if steps.is_empty() {
        return Ok(());
    }
    let cut = |part: &Part, indices: Vec<usize>| -> Result<Dataset> {
        let mut dataset = part.dataset.clone();
        select(&mut dataset, dimension, &AxisSelection::from_indices(indices))?;
        Ok(dataset)
    };
    let here = cut(fresh, steps.iter().map(|&(i, _)| i).collect())?;
    let there = cut(old, steps.iter().map(|&(_, i)| i).collect())?;
    let data = old.roles.data_variables();
    for first in there.variables.iter().filter(|v| data.contains(&v.name.as_str())) {
        let Some(other) = here.variable(&first.name).filter(|v| v.dimensions == first.dimensions) else {
            let what = format!("variable '{}' has other dimensions than in {}", first.name, old.dataset.source);
            return Err(Error::data(what, fresh.dataset.source.clone()));
        };
        let copies = [(other.clone(), fresh.dataset.source.clone())];
        let array = agreed(first, &old.dataset.source, &copies, nearness(&old.roles, &first.name))?;
        walk(&Variable { array, ..first.clone() }, engine).map_err(|e| match e.hint() {
            None => e,
            Some(_) => e.with_hint(format!(
                "steps of '{dimension}' that are in the store already differ: make it anew from all files to replace them"
            )),
        })?;
    }
    Ok(())
}

/// Read all of a variable, for what reading finds.
fn walk(variable: &Variable, engine: &Engine) -> Result<()> {
    engine.confine(&variable.array);
    let chunk: Vec<usize> =
        (0..variable.shape().len()).map(|d| variable.array.chunk_starts(d).longest().max(1)).collect();
    engine.stream(&variable.array, &chunk, |request| request.read().map(drop), |_, ()| Ok(()))
}

/// Times that were brought to doubles, in the store's own integers where those say the same.
fn retype(old: &Variable, new: &mut Variable) -> Result<()> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let (from, to) = (new.data_type(), old.data_type());
    if *from != DataType::F64 || !to.is_integer() || new.array.len() > MANY {
        return Ok(());
    }
    let block = new.array.read_all()?;
    let Buffer::F64(values) = block.data() else { return Ok(()) };
    let whole = values.iter().all(|v| v.fract() == 0.0 && v.abs() <= EXACT);
    let Some(buffer) = Buffer::from_f64(to, values).filter(|_| whole) else { return Ok(()) };
    if buffer.to_f64().as_deref() == Some(values.as_slice())
        && let Some(block) = Block::new(new.shape().to_vec(), buffer)
    {
        new.array = Memory::array(block);
    }
    Ok(())
}

/// Refuse what would have to be stored in another way.
fn keeps(old: &Variable, whole: &Dataset, file: &str) -> Result<()> {
    let Some(new) = whole.variable(&old.name) else { return Ok(()) };
    // As text, since a fill value that is no number equals itself.
    let told = |v: &Variable, name: &str| v.attributes.get(name).map(attribute_text);
    // What is no number is missing, whether or not that is said; and an array of version 2 has a fill value always.
    let idle =
        old.encoding.idle_fill || old.attributes.numbers("_FillValue").is_some_and(|n| n.iter().all(|n| n.is_nan()));
    let unsaid = |name: &str| name == "_FillValue" && idle && new.attributes.get(name).is_none();
    let differs = |name: &str| told(old, name) != told(new, name) && !unsaid(name);
    let packing = [
        "scale_factor",
        "add_offset",
        "_FillValue",
        "missing_value",
        "units",
        "calendar",
        "valid_min",
        "valid_max",
        "valid_range",
    ];
    let what = if new.data_type() != old.data_type() {
        format!("{} where the store has {}", new.data_type(), old.data_type())
    } else if let Some(name) = packing.into_iter().find(|name| differs(name)) {
        format!("another {name}")
    } else {
        return Ok(());
    };
    Err(Error::data(format!("variable '{}' would need {what}", old.name), file.to_owned())
        .with_hint("files that are packed differently fit a store of unpacked values: make it anew from all files"))
}
