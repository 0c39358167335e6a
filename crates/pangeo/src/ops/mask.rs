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
    /// Count values that were there, and results that are.
    pub(crate) fn count(&self, present: u64, kept: u64) {
        self.present.fetch_add(present, Ordering::Relaxed);
        self.kept.fetch_add(kept, Ordering::Relaxed);
    }

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
/// one that its flags or valid range leave free; without such it becomes `short` first, since every byte
/// may be a value. Texts pass unchanged.
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
    let spare = spare_byte(variable);
    if spare.is_none() && is_byte(variable.data_type()) {
        widen(variable);
    }
    let fill = spare.or_else(|| default_fill(variable.data_type()));
    let fill = fill
        .ok_or_else(|| Error::unsupported(format!("values of type {}", variable.data_type()), variable.name.clone()))?;
    variable.attributes.set("_FillValue", AttributeValue::Numbers(fill.clone()));
    variable.encoding.fill_value = None;
    Ok(fill)
}

fn is_byte(data_type: &DataType) -> bool {
    matches!(data_type, DataType::I8 | DataType::U8)
}

/// A byte that no value is, as `flag_values` (CF §3.5) or the valid range tell: netCDF's default if that
/// is one, else one from the end of the type. Of bits, members and other signs nothing is known.
fn spare_byte(variable: &Variable) -> Option<Buffer> {
    let (stored, attributes) = (variable.data_type(), &variable.attributes);
    let coded = ["_Unsigned", "flag_masks"].iter().any(|name| attributes.get(name).is_some());
    if !is_byte(stored) || coded || variable.encoding.enumeration.is_some() || variable.encoding.boolean {
        return None;
    }
    let own = |name: &str| attributes.get(name)?.as_numbers().filter(|n| n.data_type() == *stored)?.to_f64();
    let flags = own("flag_values");
    let ends = || Some([own("valid_min")?, own("valid_max")?].concat());
    let range = own("valid_range").or_else(ends);
    if flags.is_none() && range.is_none() {
        return None;
    }
    let outside = |x: f64| matches!(range.as_deref(), Some(&[low, high]) if x < low || x > high);
    let is_free = |x: &f64| flags.as_ref().is_none_or(|f| !f.contains(x)) && (range.is_none() || outside(*x));
    let ends = if *stored == DataType::I8 { [-127.0, -128.0, 127.0] } else { [255.0, 254.0, 0.0] };
    ends.iter().copied().find(is_free).and_then(|x| Buffer::from_f64(stored, &[x]))
}

/// The attributes of bytes that have the type of their variable (CF §2.5.1, §3.5) as shorts.
fn widen_attributes(variable: &mut Variable, unsigned: Option<&str>) {
    for name in ["flag_values", "flag_masks", "valid_range", "valid_min", "valid_max", "actual_range"] {
        let bytes = variable.attributes.get(name).and_then(|v| v.as_numbers());
        if let Some(shorts) = bytes.and_then(|bytes| shorts(bytes, unsigned)) {
            variable.attributes.set(name, AttributeValue::Numbers(Buffer::I16(shorts)));
        }
    }
}

/// Bytes with the sign that `_Unsigned` gives them; `None` for what is no bytes.
fn shorts(bytes: &Buffer, unsigned: Option<&str>) -> Option<Vec<i16>> {
    Some(match (bytes, unsigned) {
        (Buffer::I8(v), Some("true")) => v.iter().map(|x| i16::from(x.cast_unsigned())).collect(),
        (Buffer::I8(v), _) => v.iter().map(|x| i16::from(*x)).collect(),
        (Buffer::U8(v), Some("false")) => v.iter().map(|x| i16::from(x.cast_signed())).collect(),
        (Buffer::U8(v), _) => v.iter().map(|x| i16::from(*x)).collect(),
        _ => return None,
    })
}

/// Bytes as shorts; `_Unsigned` has no meaning any more.
fn widen(variable: &mut Variable) {
    let unsigned = variable.attributes.text("_Unsigned").map(str::to_ascii_lowercase);
    widen_attributes(variable, unsigned.as_deref());
    variable.attributes.remove("_Unsigned");
    variable.encoding.enumeration = None;
    variable.encoding.boolean = false;
    variable.array = Mapped::array(vec![Arc::clone(&variable.array)], DataType::I16, move |blocks, region| {
        let lost = || Error::data("internal: not bytes", "array");
        let values = blocks.first().and_then(|b| shorts(b.data(), unsigned.as_deref())).ok_or_else(lost)?;
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
