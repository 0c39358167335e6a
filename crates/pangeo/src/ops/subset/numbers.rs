//! The numbers of a coordinate, and which of them a typed number or range means.
//!
//! What is typed is decimal, what is stored seldom: a number equals a stored one if they differ by no
//! more than the stored type's rounding, and by much less than two places of the coordinate do.

use super::values::Method;
use crate::cf::packing::Packing;
use crate::cf::units::Unit;
use crate::model::{DataType, Variable};
use crate::{Error, Result};

/// A number as typed, in the coordinate's units; all digits of a whole one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typed {
    real: f64,
    whole: Option<i128>,
}

/// A number or a closed range, in the coordinate's units.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wish {
    At(Typed),
    Between(Option<Typed>, Option<Typed>),
}

impl Wish {
    /// Read `V` or `A/B`, with or without a unit that converts to `units`.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is no number; what units answer with.
    pub(super) fn parse(text: &str, units: &str) -> Result<Self> {
        let end = |part: &str| -> Result<Option<Typed>> {
            if part.trim().is_empty() { Ok(None) } else { number_in(part.trim(), units).map(Some) }
        };
        match text.split_once('/') {
            // `1/3` could be a range only: fractions are not a way to write a coordinate.
            Some((a, b)) => {
                let (a, b) = (end(a)?, end(b)?);
                Ok(match (a, b) {
                    (Some(x), Some(y)) if x.real > y.real => Self::Between(b, a),
                    _ => Self::Between(a, b),
                })
            }
            None => Ok(Self::At(number_in(text.trim(), units)?)),
        }
    }
}

/// A number as typed, with or without a unit, in the coordinate's units.
fn number_in(text: &str, units: &str) -> Result<Typed> {
    let wrong = || Error::usage(format!("'{text}' is not a number with or without a unit"));
    if let Ok(real) = text.parse::<f64>() {
        return if real.is_finite() { Ok(Typed { real, whole: text.parse().ok() }) } else { Err(wrong()) };
    }
    // The longest head that is a number; an exponent needs digits, so that `5 eV` is not cut at `e`.
    let heads = (1..text.len()).rev().filter(|&n| text.is_char_boundary(n));
    for n in heads {
        let (head, unit) = text.split_at(n);
        if let (Ok(number), false) = (head.trim().parse::<f64>(), unit.trim().is_empty()) {
            let converter = Unit::parse(unit.trim())?.converter_to(&Unit::parse(units)?)?;
            return Ok(Typed { real: converter.apply(number), whole: None });
        }
    }
    Err(wrong())
}

/// The numbers of a coordinate.
#[derive(Debug)]
pub(super) struct Numbers {
    /// In double precision, NaN where missing.
    pub(super) values: Vec<f64>,
    /// All digits, where the coordinate holds integers as they are.
    whole: Option<Vec<Option<i128>>>,
    /// How far a stored number may be off what was meant: as a fraction of it, and in any case.
    rounding: (f64, f64),
    /// The smallest distance between two different numbers; infinite for fewer than two.
    step: f64,
}

impl Numbers {
    /// Read a coordinate.
    ///
    /// # Errors
    /// For texts, nonsense of packing, and when the values can't be read.
    pub(super) fn of(coordinate: &Variable) -> Result<Self> {
        let packing = Packing::of(coordinate)?;
        let block = coordinate.array.read_all()?;
        let (values, whole) = (packing.decode_f64(&block), packing.decode_integers(&block));
        let step = smallest_step(&values, whole.as_deref());
        let share = |part: f64| if step.is_finite() { part * step } else { 0.0 };
        let rounding = match coordinate.data_type() {
            DataType::F32 => (1e-6, share(1e-4)), // half a unit in the last place is 6e-8
            DataType::F64 => (1e-12, share(1e-9)),
            // Packed numbers are a scale apart, whatever the rounding of the scale itself.
            _ if packing.is_packed() => (0.0, 0.01 * packing.scale_offset().0.abs()),
            _ => (1e-12, 0.0), // of a conversion of units
        };
        Ok(Self { values, whole, rounding, step })
    }

    /// The places that are not missing.
    fn known(&self) -> impl Iterator<Item = usize> + '_ {
        self.values.iter().enumerate().filter(|(_, v)| !v.is_nan()).map(|(i, _)| i)
    }

    /// How far the number at `i` lies above `typed`; NaN beyond the end.
    fn above(&self, i: usize, typed: Typed) -> f64 {
        let whole = self.whole.as_ref().and_then(|w| *w.get(i)?).zip(typed.whole);
        match whole.map(|(a, b)| a.saturating_sub(b)) {
            Some(difference) => difference as f64,
            None => self.values.get(i).map_or(f64::NAN, |v| v - typed.real),
        }
    }

    /// The largest difference from `typed` that means nothing.
    fn slack(&self, typed: Typed) -> f64 {
        if self.whole.is_some() && typed.whole.is_some() {
            return 0.0;
        }
        let (relative, absolute) = self.rounding;
        (relative * typed.real.abs()).max(absolute).min(0.25 * self.step)
    }

    /// The places that a wish means, in the order of the coordinate; `None` if no number equals the
    /// one wished for and `method` has no other, empty for a range without any. Of several numbers
    /// that equal it up to rounding the closest is meant, with its repetitions.
    pub(super) fn indices(&self, wish: &Wish, method: Method, tolerance: Option<f64>) -> Option<Vec<usize>> {
        let target = match *wish {
            Wish::At(target) => target,
            Wish::Between(from, to) => {
                let beyond = |i: usize| from.is_none_or(|a| self.above(i, a) >= -self.slack(a));
                let within = |i: usize| to.is_none_or(|b| self.above(i, b) <= self.slack(b));
                return Some(self.known().filter(|&i| beyond(i) && within(i)).collect());
            }
        };
        let distance = |i: usize| self.above(i, target).abs();
        let nearest = |a: &usize, b: &usize| distance(*a).total_cmp(&distance(*b));
        let closest = self.known().min_by(nearest)?;
        if distance(closest) <= self.slack(target) {
            let same = |i: &usize| distance(*i) == distance(closest);
            return Some(self.known().filter(same).collect());
        }
        let found = match method {
            // With a tolerance, `exact` too takes the nearest within it.
            Method::Exact => tolerance.map(|_| closest),
            Method::Nearest => Some(closest),
            Method::Pad => self.known().filter(|&i| self.above(i, target) <= 0.0).min_by(nearest),
            Method::Backfill => self.known().filter(|&i| self.above(i, target) >= 0.0).min_by(nearest),
        };
        found.filter(|&i| tolerance.is_none_or(|t| distance(i) <= t)).map(|i| vec![i])
    }

    /// The number nearest to a wish for one.
    pub(super) fn nearest(&self, wish: &Wish) -> Option<f64> {
        let Wish::At(target) = *wish else { return None };
        let distance = |i: usize| self.above(i, target).abs();
        let closest = self.known().min_by(|a, b| distance(*a).total_cmp(&distance(*b)))?;
        self.values.get(closest).copied()
    }
}

fn smallest_step(values: &[f64], whole: Option<&[Option<i128>]>) -> f64 {
    if let Some(whole) = whole {
        let mut sorted: Vec<i128> = whole.iter().copied().flatten().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let steps = sorted.windows(2).filter_map(|w| w.last()?.checked_sub(*w.first()?));
        return steps.min().map_or(f64::INFINITY, |step| step as f64);
    }
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let steps = sorted.windows(2).filter_map(|w| Some(w.last()? - w.first()?));
    steps.filter(|step| *step > 0.0).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::array::Memory;
    use crate::model::{Attributes, Block, Buffer, Encoding};

    fn coordinate(values: Buffer) -> Variable {
        let array = Memory::array(Block::new(vec![values.len()], values).unwrap());
        let (attributes, encoding) = (Attributes::new(), Encoding::default());
        Variable { name: "z".into(), dimensions: vec!["z".into()], attributes, encoding, array }
    }

    fn kept(values: &Buffer, text: &str, units: &str, method: Method) -> Option<Vec<usize>> {
        let numbers = Numbers::of(&coordinate(values.clone())).unwrap();
        numbers.indices(&Wish::parse(text, units).unwrap(), method, None)
    }

    fn level(text: &str, method: Method) -> Option<Vec<usize>> {
        kept(&Buffer::F64(vec![100_000.0, 85_000.0, 50_000.0, 25_000.0]), text, "Pa", method)
    }

    #[test]
    fn levels_in_other_units() {
        assert_eq!(level("850hPa", Method::Exact), Some(vec![1]));
        assert_eq!(level("300hPa/900hPa", Method::Exact), Some(vec![1, 2]));
        assert_eq!(level("90000/30000", Method::Exact), Some(vec![1, 2]));
        assert_eq!(level("/500 hPa", Method::Exact), Some(vec![2, 3]));
    }

    #[test]
    fn exact_means_exact() {
        assert_eq!(level("84000", Method::Exact), None);
        assert_eq!(level("85000.01", Method::Exact), None);
        assert_eq!(level("84000", Method::Nearest), Some(vec![1]));
        assert_eq!(level("84000", Method::Pad), Some(vec![2]));
        assert_eq!(level("84000", Method::Backfill), Some(vec![1]));
        assert_eq!(level("200000", Method::Backfill), None);
    }

    #[test]
    fn whole_numbers_are_told_apart_to_the_last_digit() {
        let dates = Buffer::I32((20_130_101..=20_130_106).collect());
        assert_eq!(kept(&dates, "20130102", "1", Method::Exact), Some(vec![1]));
        assert_eq!(kept(&dates, "20130102/20130104", "1", Method::Exact), Some(vec![1, 2, 3]));
        assert_eq!(kept(&dates, "20130102.2", "1", Method::Exact), None);
        // Doubles would take these for one and the same.
        let nanoseconds = Buffer::I64((0..4).map(|i| 1_600_000_000_000_000_000 + i).collect());
        assert_eq!(kept(&nanoseconds, "1600000000000000002", "1", Method::Exact), Some(vec![2]));
        assert_eq!(kept(&nanoseconds, "1600000000000000002/", "1", Method::Exact), Some(vec![2, 3]));
        assert_eq!(kept(&nanoseconds, "1600000000000000007", "1", Method::Exact), None);
        assert_eq!(kept(&nanoseconds, "1600000000000000007", "1", Method::Nearest), Some(vec![3]));
        assert_eq!(kept(&Buffer::I32(vec![85_000]), "0.85bar", "Pa", Method::Exact), Some(vec![0]));
    }

    #[test]
    fn decimal_numbers_meet_floats() {
        let tenths = Buffer::F32((0..10).map(|i| 0.1f32 * i as f32).collect());
        assert_eq!(kept(&tenths, "0.7", "1", Method::Exact), Some(vec![7]));
        assert_eq!(kept(&tenths, "0.3/0.7", "1", Method::Exact), Some(vec![3, 4, 5, 6, 7]));
        let sums = Buffer::F64((0..21).map(|i| -1.0 + 0.1 * f64::from(i)).collect());
        assert_eq!(kept(&sums, "0/0.3", "1", Method::Exact), Some(vec![10, 11, 12, 13]));
    }

    #[test]
    fn places_closer_than_the_rounding_stay_apart() {
        let close = Buffer::F32(vec![8.0, 8.000_001, 8.000_002]);
        assert_eq!(kept(&close, "8.000001", "1", Method::Exact), Some(vec![1]));
        assert_eq!(kept(&Buffer::F32(vec![5.0, 7.0, 5.0]), "5", "1", Method::Exact), Some(vec![0, 2]));
    }

    #[test]
    fn packed_numbers_are_told_apart_by_their_scale() {
        let mut packed = coordinate(Buffer::I16(vec![300, 301, 302]));
        packed.attributes.set("scale_factor", crate::model::AttributeValue::Numbers(Buffer::F32(vec![0.1])));
        let numbers = Numbers::of(&packed).unwrap();
        let kept = |text: &str| numbers.indices(&Wish::parse(text, "1").unwrap(), Method::Exact, None);
        assert_eq!(kept("30.1"), Some(vec![1]));
        assert_eq!(kept("30.1/30.2"), Some(vec![1, 2]));
        assert_eq!(kept("30.14"), None);
    }

    #[test]
    fn impossible_units_are_refused() {
        assert!(Wish::parse("5 kg", "Pa").is_err());
        assert!(Wish::parse("nan", "Pa").is_err());
    }
}
