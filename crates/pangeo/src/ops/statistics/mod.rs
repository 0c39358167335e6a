//! Statistics of whole variables, streamed: minimum, maximum, mean, number of missing values.

mod exact;

pub use exact::ExactSum;

use crate::Result;
use crate::cf::packing::Packing;
use crate::engine::Engine;
use crate::model::{Region, Variable};

/// Minimum, maximum, mean and counts of a variable's values, unpacked, in its units.
///
/// The mean is that of the values, each counted once (no area weights), exact but for one last
/// rounding: it depends neither on chunks nor on threads. Missing values are left out.
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
    sum: ExactSum,
}

impl Statistics {
    /// The mean; `None` if all values are missing.
    pub fn mean(&self) -> Option<f64> {
        let count = self.values - self.missing;
        (count > 0).then(|| self.sum.value() / count as f64)
    }

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
        let bytes = tiles.get(0).len() * variable.data_type().planning_size();
        let mut whole = Self::default();
        let one = |i: usize| {
            let block = variable.array.read(&tiles.get(i))?;
            let mut part = Self::default();
            part.add(&packing.decode_f64(&block));
            Ok((part, block.bytes()))
        };
        engine.ordered(tiles.len(), engine.window(bytes.saturating_mul(4)), one, |_, (part, bytes)| {
            engine.progress().advance(bytes as u64);
            whole.merge(&part);
            Ok(())
        })?;
        Ok(Some(whole))
    }

    /// Count a run of values; NaN is missing.
    fn add(&mut self, values: &[f64]) {
        let (mut low, mut high, mut present) = (f64::INFINITY, f64::NEG_INFINITY, 0u64);
        for &value in values {
            if !value.is_nan() {
                low = low.min(value);
                high = high.max(value);
                present += 1;
                self.sum.add(value);
            }
        }
        self.values += values.len() as u64;
        self.missing += values.len() as u64 - present;
        if present > 0 {
            self.min = Some(self.min.map_or(low, |m| m.min(low)));
            self.max = Some(self.max.map_or(high, |m| m.max(high)));
        }
    }

    fn merge(&mut self, other: &Self) {
        let least = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::min);
        let most = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).reduce(f64::max);
        self.values += other.values;
        self.missing += other.missing;
        self.min = least(self.min, other.min);
        self.max = most(self.max, other.max);
        self.sum.merge(&other.sum);
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
        assert_eq!((got.values, got.missing, got.min, got.max, got.mean()), (4, 2, Some(1.0), Some(4.0), Some(2.5)));
    }

    #[test]
    fn all_missing_has_no_mean() {
        let got = of(&variable(vec![f32::NAN; 3]));
        assert_eq!((got.missing, got.min, got.mean()), (3, None, None));
    }
}
