//! Values under a mask.

use std::sync::Arc;

use crate::Result;
use crate::cf::packing::Packing;
use crate::cf::roles::Roles;
use crate::error::Error;
use crate::model::Dataset;
use crate::ops::mask::{Tally, mask, spread};

/// Take values of the data variables as missing where `name` is missing or 0, lazily. The answer is what to tell of
/// variables that lack its dimensions.
///
/// # Errors
/// [`Error::NotFound`] for a mask that is not there; [`Error::Data`] for one of text, and where no variable has all
/// its dimensions.
pub(super) fn apply(dataset: &mut Dataset, name: &str) -> Result<Option<String>> {
    let operand = dataset.require(name)?.clone();
    let packing = Packing::of(&operand)?;
    let targets: Vec<String> =
        Roles::of(dataset).data_variables().into_iter().filter(|n| *n != name).map(str::to_owned).collect();
    let mut any = false;
    let mut whole = Vec::new();
    for target in targets {
        let Some(variable) = dataset.variable_mut(&target) else { continue };
        let Some(array) = spread(&operand, variable)? else {
            whole.push(target);
            continue;
        };
        any = true;
        let packing = packing.clone();
        let keep = move |blocks: &[crate::model::Block], _: &crate::model::Region| {
            let block = blocks.first().ok_or_else(|| Error::data("internal: no mask", "array"))?;
            Ok(packing.decode_f64(block).into_iter().map(|v| !v.is_nan() && v != 0.0).collect())
        };
        mask(variable, vec![array], Arc::new(keep), Arc::new(Tally::default()))?;
    }
    if any {
        let said = || format!("without the dimensions of the mask {name}, kept whole: {}", whole.join(", "));
        return Ok((!whole.is_empty()).then(said));
    }
    let what = format!("no variable has the dimensions of the mask '{name}' ({})", operand.dimensions.join(", "));
    Err(Error::data(what, dataset.source.clone()))
}
