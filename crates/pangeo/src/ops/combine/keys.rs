//! Coordinates as things that can be compared between files.

use std::cmp::Ordering;
use std::mem::discriminant;

use super::units::conversion;
use crate::cf::roles::Kind;
use crate::cf::time::{Calendar, Instant, Span, TimeCoding};
use crate::model::{Attributes, Buffer, Variable, text_of};
use crate::ops::coordinates::numbers;
use crate::{Error, Result, with_numbers};

/// The values of a coordinate, by what they mean.
#[derive(Debug, Clone)]
pub(super) enum Key {
    /// Dates of a calendar.
    Times(Calendar, Vec<Instant>),
    /// Lengths of time, for want of a reference date.
    Spans(Vec<Span>),
    /// Integers: record numbers, absolute days. Compared exactly.
    Whole(Vec<i128>),
    /// Floating numbers and how finely they were stored.
    Real(Vec<f64>, Precision),
    /// Labels.
    Texts(Vec<Vec<u8>>),
}

/// How finely floating coordinates are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    /// All as `float`.
    Single,
    /// All as `double` (or integers).
    Double,
    /// Some so, some so.
    Mixed,
}

impl Precision {
    fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Mixed }
    }

    /// By what part of its size a number may differ and still be the same, where nothing else is known
    /// of it. Two floats that differ are two numbers; a double meets the float that it was rounded to;
    /// doubles differ in their last digits when they were computed in two ways.
    fn rounding(self) -> f64 {
        match self {
            Self::Single => 0.0,
            Self::Double => 2f64.powi(-50),
            Self::Mixed => 2f64.powi(-24) * 1.000_001,
        }
    }
}

/// Places nearer than this part of the distance to their neighbours are one place, written by two
/// programs.
const OF_SPACING: f64 = 1e-3;

impl Key {
    /// Read a coordinate; times as dates or lengths of time, numbers in the units of `like`, the
    /// coordinate that it will be compared with.
    ///
    /// # Errors
    /// For times that are missing, and units that do not convert.
    pub(super) fn of(variable: &Variable, kind: Kind, like: Option<&Variable>) -> Result<Self> {
        if !variable.data_type().is_numeric() {
            return Ok(match variable.array.read_all()?.into_data() {
                Buffer::String(texts) => Self::Texts(texts.into_iter().map(String::into_bytes).collect()),
                Buffer::Char(bytes) => Self::Texts(bytes.into_iter().map(|b| vec![b]).collect()),
                _ => Self::Texts(Vec::new()),
            });
        }
        let values = numbers(variable)?;
        if matches!(kind, Kind::Time | Kind::ReferenceTime)
            && let Some(coding) = coding_of(&variable.attributes)
        {
            if coding.is_duration() {
                return coding.decode_spans(&values).map(Self::Spans);
            }
            return coding.decode(&values).map(|times| Self::Times(coding.calendar(), times));
        }
        let converter = like.map_or(Ok(None), |like| conversion(variable, like))?;
        let key = Self::plain(&values);
        Ok(match (converter, key.reals()) {
            (Some(converter), Some((mut reals, _))) => {
                converter.apply_in_place(&mut reals);
                Self::Real(reals, Precision::Mixed)
            }
            _ => key,
        })
    }

    fn plain(values: &Buffer) -> Self {
        match values {
            Buffer::F32(v) => Self::Real(v.iter().map(|&x| f64::from(x)).collect(), Precision::Single),
            Buffer::F64(v) => Self::Real(v.clone(), Precision::Double),
            Buffer::U64(v) => Self::Whole(v.iter().map(|&x| i128::from(x)).collect()),
            Buffer::I64(v) => Self::Whole(v.iter().map(|&x| i128::from(x)).collect()),
            small => Self::Whole(with_numbers!(small, v => v.iter().map(|&x| x as i128).collect(), Vec::new())),
        }
    }

    /// Numbers as doubles.
    fn reals(&self) -> Option<(Vec<f64>, Precision)> {
        match self {
            Self::Whole(v) => Some((v.iter().map(|&x| x as f64).collect(), Precision::Double)),
            Self::Real(v, precision) => Some((v.clone(), *precision)),
            _ => None,
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Times(_, v) => v.len(),
            Self::Spans(v) => v.len(),
            Self::Whole(v) => v.len(),
            Self::Real(v, _) => v.len(),
            Self::Texts(v) => v.len(),
        }
    }

    /// Why the two cannot be compared at all: other calendars, dates and lengths of time, texts and
    /// numbers.
    pub(super) fn stranger(&self, first: &Self) -> Option<&'static str> {
        match (self, first) {
            (Self::Times(a, x), Self::Times(b, y)) => {
                let earliest = x.iter().chain(y).min().copied().unwrap_or(Instant::MAX);
                (!a.agrees_with(*b, earliest)).then_some("is in another calendar than")
            }
            (Self::Times(..), Self::Spans(_)) => Some("has a reference date, unlike"),
            (Self::Spans(_), Self::Times(..)) => Some("has no reference date, unlike"),
            _ => {
                let number = |key: &Self| matches!(key, Self::Whole(_) | Self::Real(..));
                let alike = number(self) && number(first) || discriminant(self) == discriminant(first);
                (!alike).then_some("is of another kind than")
            }
        }
    }

    /// Whether both name the same places, up to the rounding of floating numbers.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Times(_, a), Self::Times(_, b)) => a == b,
            (Self::Spans(a), Self::Spans(b)) => a == b,
            (Self::Texts(a), Self::Texts(b)) => a == b,
            (Self::Whole(a), Self::Whole(b)) => a == b,
            _ => self.reals().zip(other.reals()).is_some_and(|((a, x), (b, y))| same_places(&a, &b, x.and(y))),
        }
    }

    /// Join keys of one kind; `None` where they are not.
    pub(super) fn concatenate(parts: &[&Self]) -> Option<Self> {
        let (first, rest) = parts.split_first()?;
        let mut all = (*first).clone();
        for part in rest {
            match (&mut all, *part) {
                (Self::Times(_, a), Self::Times(_, b)) => a.extend(b),
                (Self::Spans(a), Self::Spans(b)) => a.extend(b),
                (Self::Whole(a), Self::Whole(b)) => a.extend(b),
                (Self::Texts(a), Self::Texts(b)) => a.extend_from_slice(b),
                (Self::Real(a, x), Self::Real(b, y)) => {
                    a.extend(b);
                    *x = x.and(*y);
                }
                (all, part) => {
                    let ((mut a, x), (b, y)) = all.reals().zip(part.reals())?;
                    a.extend(b);
                    *all = Self::Real(a, x.and(y));
                }
            }
        }
        Some(all)
    }

    /// Compare the values at two positions.
    pub(super) fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            Self::Times(_, v) => v.get(a).cmp(&v.get(b)),
            Self::Spans(v) => v.get(a).cmp(&v.get(b)),
            Self::Whole(v) => v.get(a).cmp(&v.get(b)),
            Self::Real(v, _) => match (v.get(a), v.get(b)) {
                (Some(x), Some(y)) => x.total_cmp(y),
                (x, y) => x.is_some().cmp(&y.is_some()),
            },
            Self::Texts(v) => v.get(a).cmp(&v.get(b)),
        }
    }

    /// Whether the values at two positions are one place, each taken by itself.
    pub(super) fn coincide(&self, a: usize, b: usize) -> bool {
        match self {
            Self::Real(v, precision) => match (v.get(a), v.get(b)) {
                (Some(x), Some(y)) => same_places(&[*x], &[*y], *precision),
                _ => false,
            },
            _ => self.compare(a, b) == Ordering::Equal,
        }
    }

    /// Whether the values go down.
    pub(super) fn descends(&self) -> bool {
        self.len() > 1 && self.compare(0, self.len() - 1) == Ordering::Greater
    }

    /// The value at a position, for people.
    pub(super) fn show(&self, at: usize) -> String {
        let text = match self {
            Self::Times(calendar, v) => v.get(at).map(|&t| calendar.components(t).to_string()),
            Self::Spans(v) => v.get(at).map(Span::to_string),
            Self::Whole(v) => v.get(at).map(i128::to_string),
            Self::Real(v, _) => v.get(at).map(f64::to_string),
            Self::Texts(v) => v.get(at).map(|t| text_of(t)),
        };
        text.unwrap_or_default()
    }
}

/// Whether two lists name the same places. Grids written by two programs differ by rounding: by a
/// small part of the distance between neighbours, or by what `float` cannot tell apart.
fn same_places(a: &[f64], b: &[f64], precision: Precision) -> bool {
    let place = |i: usize, x: f64, y: f64| {
        if x == y || (x.is_nan() && y.is_nan()) {
            return true;
        }
        let size = x.abs().max(y.abs());
        let gap = |j: Option<usize>| j.and_then(|j| a.get(j)).map(|n| (n - x).abs());
        let spacing = [gap(i.checked_sub(1)), gap(Some(i + 1))].into_iter().flatten().reduce(f64::min).unwrap_or(0.0);
        let float = if precision == Precision::Double { 0.0 } else { (size * 2f64.powi(-22)).min(spacing / 10.0) };
        (x - y).abs() <= (size * precision.rounding()).max(spacing * OF_SPACING).max(float)
    };
    a.len() == b.len() && a.iter().zip(b).enumerate().all(|(i, (&x, &y))| place(i, x, y))
}

/// The time coding that attributes describe, if their units are of time.
pub(super) fn coding_of(attributes: &Attributes) -> Option<TimeCoding> {
    let units = attributes.text("units")?;
    let coding = TimeCoding::new(units, attributes.text("calendar")).ok()?;
    (coding.is_duration() || coding.calendar().has_dates()).then_some(coding)
}

/// The error for two files that do not belong together.
pub(super) fn mismatch(file: &str, first: &str, what: &str) -> Error {
    Error::data(format!("{what} than in {first}"), file.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(values: &Buffer) -> Key {
        Key::plain(values)
    }

    #[test]
    fn integers_are_exact_and_floats_as_exact_as_their_type() {
        let same = |a: Buffer, b: Buffer| key(&a).same(&key(&b));
        assert!(!same(Buffer::I32(vec![20_130_101]), Buffer::I32(vec![20_130_102])));
        assert!(!same(Buffer::F64(vec![20_130_101.0]), Buffer::F64(vec![20_130_102.0])));
        assert!(!same(Buffer::F32(vec![1_000_000.0]), Buffer::F32(vec![1_000_001.0])));
        let nanoseconds = 1_600_000_000_000_000_000;
        assert!(!same(Buffer::I64(vec![nanoseconds]), Buffer::I64(vec![nanoseconds + 1])));
        assert!(same(Buffer::F32(vec![0.1]), Buffer::F64(vec![0.1])));
        assert!(same(Buffer::F64(vec![0.1 + 0.2]), Buffer::F64(vec![0.3])));
        assert!(same(Buffer::I16(vec![850]), Buffer::F32(vec![850.0])));
    }

    #[test]
    fn grids_computed_in_two_ways_are_one_grid() {
        let product: Vec<f64> = (0..3600).map(|i| f64::from(i) * 0.1).collect();
        let sum: Vec<f64> = (0..3600).scan(0.0, |x, _| Some(std::mem::replace(x, *x + 0.1))).collect();
        assert!(key(&Buffer::F64(product.clone())).same(&key(&Buffer::F64(sum))));
        let narrow: Vec<f32> = product.iter().map(|&x| x as f32).collect();
        let widened: Vec<f64> = narrow.iter().map(|&x| f64::from(x)).collect();
        assert!(key(&Buffer::F64(product.clone())).same(&key(&Buffer::F32(narrow))));
        assert!(key(&Buffer::F64(product.clone())).same(&key(&Buffer::F64(widened))));
        let shifted = product.iter().map(|x| x + 0.001).collect();
        assert!(!key(&Buffer::F64(product)).same(&key(&Buffer::F64(shifted))));
    }

    #[test]
    fn nothing_is_compared_beyond_the_end() {
        let empty = key(&Buffer::F64(Vec::new()));
        assert_eq!(empty.compare(0, 0), Ordering::Equal);
        assert!(!empty.descends() && empty.show(0).is_empty());
    }
}
