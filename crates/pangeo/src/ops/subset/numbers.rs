//! The numbers of a coordinate, and which of them a typed number or range means.
//!
//! What is typed is decimal, what is stored seldom: a number equals a stored one if they differ by no
//! more than the stored type's rounding, and by much less than two places of the coordinate do.

use super::values::Method;
use super::wishes::{Typed, Wish};
use crate::Result;
use crate::cf::packing::Packing;
use crate::model::{DataType, Variable};

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
    /// What may be added without a change of meaning: a full turn of longitudes.
    period: Option<f64>,
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
        Ok(Self { values, whole, rounding, step, period: None })
    }

    /// The same numbers, single ones compared modulo `period`.
    pub(super) fn modulo(self, period: f64) -> Self {
        Self { period: Some(period), ..self }
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

    /// As [`Numbers::above`], by the shorter way around.
    fn beyond(&self, i: usize, typed: Typed) -> f64 {
        let above = self.above(i, typed);
        self.period.map_or(above, |period| above - period * (above / period).round())
    }

    /// The largest difference from `typed` that means nothing.
    fn slack(&self, typed: Typed) -> f64 {
        if self.whole.is_some() && typed.whole.is_some() {
            return 0.0;
        }
        let (relative, absolute) = self.rounding;
        // A number is rounded where it stands, which may be a turn away.
        let size = typed.real.abs().max(self.period.unwrap_or(0.0));
        (relative * size).max(absolute).min(0.25 * self.step)
    }

    /// The places that a wish means, in the order of the coordinate; `None` if no number equals the
    /// one wished for and `method` has no other, empty for a range without any. Of several numbers
    /// that equal it up to rounding the closest is meant, with its repetitions.
    pub(super) fn indices(&self, wish: &Wish, method: Method, tolerance: Option<f64>) -> Option<Vec<usize>> {
        let target = match *wish {
            Wish::At(target) => target,
            Wish::Between(from, to) => {
                let swapped = matches!((from, to), (Some(a), Some(b)) if a.real > b.real);
                let (from, to) = if swapped { (to, from) } else { (from, to) };
                let beyond = |i: usize| from.is_none_or(|a| self.above(i, a) >= -self.slack(a));
                let within = |i: usize| to.is_none_or(|b| self.above(i, b) <= self.slack(b));
                return Some(self.known().filter(|&i| beyond(i) && within(i)).collect());
            }
        };
        let distance = |i: usize| self.beyond(i, target).abs();
        // Of two a full turn apart the one that was typed.
        let turned = |i: usize| self.above(i, target).abs();
        let nearest =
            |a: &usize, b: &usize| distance(*a).total_cmp(&distance(*b)).then(turned(*a).total_cmp(&turned(*b)));
        let closest = self.known().min_by(nearest)?;
        if distance(closest) <= self.slack(target) {
            let same = |i: &usize| distance(*i) == distance(closest) && turned(*i) == turned(closest);
            return Some(self.known().filter(same).collect());
        }
        let found = match method {
            // With a tolerance, `exact` too takes the nearest within it.
            Method::Exact => tolerance.map(|_| closest),
            Method::Nearest => Some(closest),
            Method::Pad => self.known().filter(|&i| self.beyond(i, target) <= 0.0).min_by(nearest),
            Method::Backfill => self.known().filter(|&i| self.beyond(i, target) >= 0.0).min_by(nearest),
        };
        found.filter(|&i| tolerance.is_none_or(|t| distance(i) <= t)).map(|i| vec![i])
    }

    /// The number nearest to a wish for one.
    pub(super) fn nearest(&self, wish: &Wish) -> Option<f64> {
        let Wish::At(target) = *wish else { return None };
        let distance = |i: usize| self.beyond(i, target).abs();
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
    use super::super::wishes::Wishes;
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
        numbers.indices(&wish(text, units), method, None)
    }

    fn wish(text: &str, units: &str) -> Wish {
        Wishes::parse(text).unwrap().in_units(units).unwrap()[0]
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
        let kept = |text: &str| numbers.indices(&wish(text, "1"), Method::Exact, None);
        assert_eq!(kept("30.1"), Some(vec![1]));
        assert_eq!(kept("30.1/30.2"), Some(vec![1, 2]));
        assert_eq!(kept("30.14"), None);
    }

    #[test]
    fn longitudes_are_compared_modulo_a_turn() {
        let floats = Buffer::F32(vec![0.0, 60.0, 180.5, 300.0, 359.7, 360.0]);
        let numbers = Numbers::of(&coordinate(floats)).unwrap().modulo(360.0);
        let kept = |text: &str, method| numbers.indices(&wish(text, "1"), method, None);
        assert_eq!(kept("-60", Method::Exact), Some(vec![3]));
        assert_eq!(kept("-0.3", Method::Exact), Some(vec![4]));
        assert_eq!(kept("-50", Method::Nearest), Some(vec![3]));
        assert_eq!(kept("-50", Method::Pad), Some(vec![3]));
        assert_eq!((kept("0", Method::Exact), kept("360", Method::Exact)), (Some(vec![0]), Some(vec![5])));
        assert_eq!(numbers.nearest(&wish("-170", "1")), Some(180.5));
    }
}
