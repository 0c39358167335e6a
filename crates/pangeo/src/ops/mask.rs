//! Values set to missing where a condition does not hold.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Result;
use crate::cf::packing::{Packing, default_fill, missing_value};
use crate::error::Error;
use crate::model::array::{Broadcast, Mapped};
use crate::model::{Array, AttributeValue, Block, Buffer, DataType, Region, Variable};

/// What masking left of the values, counted while they are written.
#[derive(Debug, Default)]
pub struct Tally {
    present: AtomicU64,
    kept: AtomicU64,
}

impl Tally {
    /// Whether there were values and all of them were masked.
    pub fn lost_everything(&self) -> bool {
        self.present.load(Ordering::Relaxed) > 0 && self.kept.load(Ordering::Relaxed) == 0
    }

    /// The masked fraction of the values that were there.
    pub fn masked_fraction(&self) -> Option<f64> {
        let present = self.present.load(Ordering::Relaxed);
        (present > 0).then(|| 1.0 - self.kept.load(Ordering::Relaxed) as f64 / present as f64)
    }
}

/// Which values of a block to keep, from the blocks of the inputs.
pub(crate) type Keep = dyn Fn(&[Block], &Region) -> Result<Vec<bool>> + Send + Sync;

/// `variable` with its fill value where `keep` says no, lazily. Stored type and packing stay; an
/// integer variable without a fill value gets netCDF's default as `_FillValue`, a byte variable
/// becomes `short` first, since every byte may be a value. Texts pass unchanged.
///
/// `inputs` have the variable's shape (see [`spread`]).
///
/// # Errors
/// When the variable's packing is nonsense.
pub(crate) fn mask(variable: &mut Variable, inputs: Vec<Array>, keep: Arc<Keep>, tally: Arc<Tally>) -> Result<()> {
    if !variable.data_type().is_numeric() {
        return Ok(());
    }
    let fill = fillable(variable)?;
    let packing = Packing::of(variable)?;
    let data_type = variable.data_type().clone();
    let mut all = vec![Arc::clone(&variable.array)];
    all.extend(inputs);
    variable.array = Mapped::array(all, data_type, move |mut blocks, region| {
        let lost = || Error::data("internal: nothing to mask", "array");
        if blocks.is_empty() {
            return Err(lost());
        }
        let mut values = blocks.remove(0);
        let kept = keep(&blocks, region)?;
        let missing = packing.missing_mask(&values);
        let present = missing.iter().filter(|m| !**m).count();
        let still = missing.iter().zip(&kept).filter(|(m, k)| !**m && **k).count();
        tally.present.fetch_add(present as u64, Ordering::Relaxed);
        tally.kept.fetch_add(still as u64, Ordering::Relaxed);
        overwrite(values.data_mut(), &kept, &fill).ok_or_else(lost)?;
        Ok(values)
    });
    Ok(())
}

/// Put `fill` wherever `kept` is false; `None` if types or lengths differ.
fn overwrite(values: &mut Buffer, kept: &[bool], fill: &Buffer) -> Option<()> {
    if values.len() != kept.len() {
        return None;
    }
    macro_rules! fill {
        ($($variant:ident)*) => {
            match (values, fill) {
                $((Buffer::$variant(values), Buffer::$variant(fill)) => {
                    let fill = fill.first()?;
                    for (value, keep) in values.iter_mut().zip(kept) {
                        if !keep {
                            *value = fill.clone();
                        }
                    }
                })*
                _ => return None,
            }
        };
    }
    fill!(I8 U8 I16 U16 I32 U32 I64 U64 F32 F64 Char String);
    Some(())
}

/// Make sure that a variable has a value for "missing" and return it.
pub(crate) fn fillable(variable: &mut Variable) -> Result<Buffer> {
    if let Some(fill) = missing_value(variable) {
        if variable.attributes.get("_FillValue").is_none() && variable.attributes.get("missing_value").is_none() {
            variable.attributes.set("_FillValue", AttributeValue::Numbers(fill.clone()));
        }
        return Ok(fill);
    }
    if matches!(variable.data_type(), DataType::I8 | DataType::U8) {
        widen(variable);
    }
    let fill = default_fill(variable.data_type());
    let fill = fill
        .ok_or_else(|| Error::unsupported(format!("values of type {}", variable.data_type()), variable.name.clone()))?;
    variable.attributes.set("_FillValue", AttributeValue::Numbers(fill.clone()));
    variable.encoding.fill_value = None;
    Ok(fill)
}

/// Bytes as shorts; `_Unsigned` has no meaning any more.
fn widen(variable: &mut Variable) {
    let unsigned = variable.attributes.text("_Unsigned").map(str::to_ascii_lowercase);
    variable.attributes.remove("_Unsigned");
    variable.encoding.enumeration = None;
    variable.encoding.boolean = false;
    variable.array = Mapped::array(vec![Arc::clone(&variable.array)], DataType::I16, move |blocks, region| {
        let lost = || Error::data("internal: not bytes", "array");
        let values: Vec<i16> = match (blocks.first().map(Block::data), unsigned.as_deref()) {
            (Some(Buffer::I8(v)), Some("true")) => v.iter().map(|x| i16::from(x.cast_unsigned())).collect(),
            (Some(Buffer::I8(v)), _) => v.iter().map(|x| i16::from(*x)).collect(),
            (Some(Buffer::U8(v)), Some("false")) => v.iter().map(|x| i16::from(x.cast_signed())).collect(),
            (Some(Buffer::U8(v)), _) => v.iter().map(|x| i16::from(*x)).collect(),
            _ => return Err(lost()),
        };
        Block::new(region.shape(), Buffer::I16(values)).ok_or_else(lost)
    });
}

/// `operand` repeated to the dimensions of `variable`; `None` if it has a dimension that the
/// variable lacks.
///
/// # Errors
/// When extents differ.
pub(crate) fn spread(operand: &Variable, variable: &Variable) -> Result<Option<Array>> {
    if !operand.dimensions.iter().all(|d| variable.dimensions.contains(d)) {
        return Ok(None);
    }
    let axes = variable.dimensions.iter().map(|d| operand.axis(d)).collect();
    Broadcast::array(Arc::clone(&operand.array), axes, variable.shape().to_vec()).map(Some)
}
