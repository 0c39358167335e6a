//! `--where`: keep values where a condition on variables holds.

use std::sync::Arc;

use crate::cf::packing::Packing;
use crate::cf::roles::Roles;
use crate::model::{Block, Buffer, Dataset, Region, Variable};
use crate::ops::expression::Expression;
use crate::ops::mask::{Keep, Tally, mask, spread};
use crate::{Error, Result};

/// Set the data variables named in `targets` to missing where the condition is not true. Variables
/// that lack a dimension of the condition cannot follow it and stay as they are; their names are
/// the answer.
///
/// # Errors
/// [`Error::NotFound`] for an unknown variable, [`Error::Data`] when no target can follow.
pub(super) fn apply(
    dataset: &mut Dataset,
    condition: &Expression,
    targets: &[String],
    tally: &Arc<Tally>,
) -> Result<Vec<String>> {
    let condition = Arc::new(condition.clone());
    let operands: Vec<Variable> =
        condition.variables().into_iter().map(|name| dataset.require(name).cloned()).collect::<Result<_>>()?;
    let packings: Arc<Vec<Packing>> = Arc::new(operands.iter().map(Packing::of).collect::<Result<_>>()?);
    let names: Arc<Vec<String>> = Arc::new(operands.iter().map(|v| v.name.clone()).collect());
    let mut passed = Vec::new();
    let mut followed = 0;
    for target in targets {
        let Some(variable) = dataset.variable_mut(target) else { continue };
        let inputs: Option<Vec<_>> = operands.iter().map(|o| spread(o, variable)).collect::<Result<_>>()?;
        let Some(inputs) = inputs else {
            passed.push(target.clone());
            continue;
        };
        let (condition, packings, names) = (Arc::clone(&condition), Arc::clone(&packings), Arc::clone(&names));
        let keep: Arc<Keep> = Arc::new(move |blocks: &[Block], region: &Region| {
            let values: Vec<Vec<f64>> = packings.iter().zip(blocks).map(|(p, b)| p.decode_f64(b)).collect();
            for (at, (block, values)) in blocks.iter().zip(&values).enumerate() {
                refuse_inexact(block.data(), values, names.get(at).map_or("", String::as_str))?;
            }
            let lookup =
                |name: &str| names.iter().position(|n| n == name).and_then(|i| values.get(i)).map(Vec::as_slice);
            condition.keep(&lookup, region.len())
        });
        mask(variable, inputs, keep, Arc::clone(tally))?;
        followed += 1;
    }
    if followed == 0 {
        return Err(Error::data(
            format!("no variable has the dimensions of '{}'", condition.text()),
            dataset.source.clone(),
        ));
    }
    Ok(passed)
}

/// Conditions are computed in double precision, which has no odd integers beyond 2^53: a comparison of
/// such values could be wrong, so it is refused.
fn refuse_inexact(stored: &Buffer, values: &[f64], name: &str) -> Result<()> {
    const MOST: u64 = 1 << 53;
    let large = match stored {
        Buffer::I64(v) => v.iter().zip(values).any(|(x, d)| x.unsigned_abs() > MOST && !d.is_nan()),
        Buffer::U64(v) => v.iter().zip(values).any(|(x, d)| *x > MOST && !d.is_nan()),
        _ => false,
    };
    if large {
        let what = "a condition can't tell integers beyond 2^53 apart";
        return Err(Error::data(what, name).with_hint("select by --sel or --isel"));
    }
    Ok(())
}

/// The names that a condition needs beside the variables to be kept.
pub(super) fn operands(dataset: &Dataset, condition: &Expression) -> Result<Vec<String>> {
    let names = condition.variables();
    for name in &names {
        dataset.require(name)?;
    }
    Ok(Roles::of(dataset).companions(&names))
}
