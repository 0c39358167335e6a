//! Coordinates as things that can be compared between files.

use std::cmp::Ordering;

use crate::cf::packing::{Packing, numbers};
use crate::cf::roles::Kind;
use crate::cf::time::{Instant, TimeCoding};
use crate::model::{Buffer, Variable};
use crate::{Error, Result};

/// The values of a one-dimensional coordinate, by what they mean.
#[derive(Debug, Clone)]
pub(super) enum Key {
    /// Dates.
    Times(Vec<Instant>),
    /// Numbers in the coordinate's units.
    Numbers(Vec<f64>),
    /// Labels.
    Texts(Vec<Vec<u8>>),
}

/// Coordinates of one grid, written by different programs, differ by rounding to `float`.
const JITTER: f64 = 1e-6;

impl Key {
    /// Read a coordinate; times with a reference date as dates.
    pub(super) fn of(variable: &Variable, kind: Kind) -> Result<Self> {
        let values = variable.array.read_all()?.into_data();
        if matches!(kind, Kind::Time | Kind::ReferenceTime)
            && let Some(coding) = coding_of(variable)
        {
            let packing = Packing::of(variable)?;
            if packing.is_packed() {
                return coding.decode(&Buffer::F64(numbers(variable)?)).map(Self::Times);
            }
            return coding.decode(&values).map(Self::Times);
        }
        Ok(match values {
            Buffer::String(texts) => Self::Texts(texts.into_iter().map(String::into_bytes).collect()),
            Buffer::Char(bytes) => Self::Texts(bytes.into_iter().map(|b| vec![b]).collect()),
            _ => Self::Numbers(numbers(variable)?),
        })
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Times(v) => v.len(),
            Self::Numbers(v) => v.len(),
            Self::Texts(v) => v.len(),
        }
    }

    /// Whether both name the same places, up to rounding.
    pub(super) fn same(&self, other: &Self) -> bool {
        let close = |a: &f64, b: &f64| {
            a == b || (a - b).abs() <= JITTER * a.abs().max(b.abs()).max(1e-3) || (a.is_nan() && b.is_nan())
        };
        match (self, other) {
            (Self::Times(a), Self::Times(b)) => a == b,
            (Self::Numbers(a), Self::Numbers(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(a, b)),
            (Self::Texts(a), Self::Texts(b)) => a == b,
            _ => false,
        }
    }

    /// Join keys of one kind.
    pub(super) fn concatenate(parts: &[&Self]) -> Option<Self> {
        let mut parts = parts.iter();
        let mut all = (*parts.next()?).clone();
        for part in parts {
            match (&mut all, part) {
                (Self::Times(a), Self::Times(b)) => a.extend(b),
                (Self::Numbers(a), Self::Numbers(b)) => a.extend(b),
                (Self::Texts(a), Self::Texts(b)) => a.extend(b.iter().cloned()),
                _ => return None,
            }
        }
        Some(all)
    }

    /// Compare the values at two positions.
    pub(super) fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            Self::Times(v) => v[a].cmp(&v[b]),
            Self::Numbers(v) => v[a].total_cmp(&v[b]),
            Self::Texts(v) => v[a].cmp(&v[b]),
        }
    }

    /// Whether the values go down.
    pub(super) fn descends(&self) -> bool {
        self.len() > 1 && self.compare(0, self.len() - 1) == Ordering::Greater
    }

    /// The value at a position, for people.
    pub(super) fn show(&self, at: usize, variable: &Variable) -> String {
        match self {
            Self::Times(v) => match (coding_of(variable), v.get(at)) {
                (Some(coding), Some(&instant)) => coding.calendar().components(instant).to_string(),
                _ => String::new(),
            },
            Self::Numbers(v) => v.get(at).map(f64::to_string).unwrap_or_default(),
            Self::Texts(v) => v.get(at).map(|t| String::from_utf8_lossy(t).into_owned()).unwrap_or_default(),
        }
    }
}

/// The time coding of a coordinate with a reference date in a calendar that has dates.
pub(super) fn coding_of(variable: &Variable) -> Option<TimeCoding> {
    let units = variable.attributes.text("units")?;
    let coding = TimeCoding::new(units, variable.attributes.text("calendar")).ok()?;
    (!coding.is_duration() && coding.calendar().has_dates()).then_some(coding)
}

/// The error for two files that do not belong together.
pub(super) fn mismatch(file: &str, first: &str, what: &str) -> Error {
    Error::data(format!("{what} than in {first}"), file.to_owned())
}
