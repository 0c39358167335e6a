//! Statistics of whole variables, streamed: minimum, maximum, mean, number of missing values.

mod exact;
mod raw;

pub use exact::ExactSum;

use crate::Result;
use crate::cf::packing::{Packing, Visitor};
use crate::engine::Engine;
use crate::model::{Element, Region, Variable};
use raw::Raw;

/// Minimum, maximum, mean and counts of a variable's values, unpacked, in its units.
///
/// The mean is that of the values, each counted once (no area weights), summed without rounding: it
/// depends neither on chunks nor on threads. Missing values are left out.
#[derive(Debug, Clone, Default)]
pub struct Statistics {
    /// Number of values, missing ones included.
    pub values: u64,
    /// Number of missing values.
    pub missing: u64,
    /// The smallest value; `None` if all are missing.
    pub min: Option<f64>,
    /// The largest value; `None` if all are missing.
    pub max: Option<f64>,
    /// The mean; `None` if all values are missing.
    pub mean: Option<f64>,
}

impl Statistics {
    /// Stream a variable: each chunk is decoded once, blocks in flight stay below the budget.
    /// `None` for texts and types that are not read.
    ///
    /// # Errors
    /// When a chunk can't be read.
    pub fn of(variable: &Variable, engine: &Engine) -> Result<Option<Self>> {
        if !variable.data_type().is_numeric() {
            return Ok(None);
        }
        let packing = Packing::of(variable)?;
        let tiles = variable.array.tiles(&Region::whole(variable.shape()));
        if tiles.is_empty() {
            return Ok(Some(Self::default()));
        }
        variable.array.refuse_endless()?;
        let mut whole = Raw::default();
        let one = |i: usize| {
            let block = variable.array.read(&tiles.get(i))?;
            let mut part = Raw::default();
            packing.visit(&block, &mut part);
            Ok((part, block.bytes()))
        };
        let window = engine.window(variable.array.read_bytes(&tiles.largest()));
        engine.ordered(tiles.len(), window, one, |_, (part, bytes)| {
            engine.progress().advance(bytes as u64);
            whole.merge(&part);
            Ok(())
        })?;
        Ok(Some(Self::unpacked(&whole, packing.scale_offset())))
    }

    /// Statistics of values from those of stored numbers: both are linear, so nothing is lost.
    fn unpacked(raw: &Raw, (scale, offset): (f64, f64)) -> Self {
        let count = raw.values - raw.missing;
        let value = |stored: f64| stored * scale + offset;
        let (low, high) = if scale < 0.0 { (raw.max, raw.min) } else { (raw.min, raw.max) };
        let known = |x: f64| (count > 0).then_some(x);
        Self {
            values: raw.values,
            missing: raw.missing,
            min: known(value(low)),
            max: known(value(high)),
            mean: known(value(raw.sum.value() / count as f64)),
        }
    }
}

impl Visitor for Raw {
    fn visit<T: Element>(&mut self, values: &[T], gaps: &[T], number: impl Fn(T) -> f64 + Copy) {
        self.add(values, gaps, number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::array::Memory;
    use crate::model::{AttributeValue, Attributes, Block, Buffer, Encoding};

    fn variable(values: Vec<f32>) -> Variable {
        Variable {
            name: "t".into(),
            dimensions: vec!["x".into()],
            attributes: Attributes::new(),
            encoding: Encoding::default(),
            array: Memory::array(Block::vector(Buffer::F32(values))),
        }
    }

    fn of(variable: &Variable) -> Statistics {
        Statistics::of(variable, &Engine::new(2, 1 << 20)).unwrap().unwrap()
    }

    #[test]
    fn fill_values_and_nan_are_left_out() {
        let mut with_fill = variable(vec![1.0, -999.0, f32::NAN, 4.0]);
        with_fill.attributes.set("_FillValue", AttributeValue::Numbers(Buffer::F32(vec![-999.0])));
        let got = of(&with_fill);
        assert_eq!((got.values, got.missing, got.min, got.max, got.mean), (4, 2, Some(1.0), Some(4.0), Some(2.5)));
    }

    #[test]
    fn all_missing_has_no_mean() {
        let got = of(&variable(vec![f32::NAN; 3]));
        assert_eq!((got.missing, got.min, got.mean), (3, None, None));
    }
}
