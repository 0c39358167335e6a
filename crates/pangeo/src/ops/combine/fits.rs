//! What an audit asks before datasets are combined: whether one fits another, and at which steps it stands. The answers
//! come from what joins them in the end.

use super::join::concatenate;
use super::keys::{Key, mismatch};
use super::scalars::{self, spread_named};
use super::{Part, Said, units};
use crate::Result;
use crate::cf::roles::{Kind, Role, Roles};
use crate::cf::time::TimeSummary;
use crate::model::{Array, Dataset, Variable};
use crate::ops::coordinates;

/// Along what several datasets follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ops) enum Along {
    /// Dimensions: one as a rule, several where the datasets are tiles.
    Dimensions(Vec<String>),
    /// A coordinate that is one value in each.
    Scalar(String),
}

impl Along {
    fn dimensions(&self) -> &[String] {
        match self {
            Self::Dimensions(names) => names,
            Self::Scalar(_) => &[],
        }
    }

    /// The one coordinate, if it is one.
    pub(in crate::ops) fn single(&self) -> Option<&str> {
        match self {
            Self::Dimensions(names) => match names.as_slice() {
                [name] => Some(name),
                _ => None,
            },
            Self::Scalar(name) => Some(name),
        }
    }
}

/// A dataset that may be combined with others.
pub(in crate::ops) struct Candidate(Part);

impl Candidate {
    pub(in crate::ops) fn new(dataset: Dataset) -> Self {
        Self(Part::new(dataset))
    }

    pub(in crate::ops) fn dataset(&self) -> &Dataset {
        &self.0.dataset
    }

    /// Put what was read in the place of a variable's values.
    pub(in crate::ops) fn hold(&mut self, name: &str, array: Array) {
        if let Some(variable) = self.0.dataset.variable_mut(name) {
            variable.array = array;
        }
    }

    pub(in crate::ops) fn roles(&self) -> &Roles {
        &self.0.roles
    }

    /// The data variables, sorted: datasets with the same ones are joined, others merged.
    pub(in crate::ops) fn data_variables(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.roles.data_variables().into_iter().map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    /// The coordinate that tells places along a dimension apart.
    pub(in crate::ops) fn coordinate(&self, dimension: &str) -> Option<&Variable> {
        coordinates::along(&self.0.dataset, &self.0.roles, dimension)
    }

    /// The attributes that say how the numbers of a variable count: those of the coordinate for its bounds.
    pub(in crate::ops) fn measure(&self, variable: &Variable) -> crate::model::Attributes {
        coordinates::measure_of_bounds(variable, self.0.owner(variable))
    }

    /// Whether the variable is a time, or the bounds of one.
    pub(in crate::ops) fn is_time(&self, variable: &Variable) -> bool {
        matches!(self.0.roles.kind(&self.0.owner(variable).name), Kind::Time | Kind::ReferenceTime)
    }

    /// Coordinates of one value along which datasets can follow each other, the likeliest first, and whether a choice of
    /// several need not be made: times, levels and reference times go before all others.
    pub(in crate::ops) fn scalars(&self) -> Vec<(String, bool)> {
        let rank = |v: &Variable| match self.0.roles.kind(&v.name) {
            Kind::Time => 0,
            Kind::Vertical => 1,
            Kind::ReferenceTime => 2,
            _ => 3,
        };
        let role = |v: &Variable| self.0.roles.role(&v.name);
        let is_scalar = |v: &&Variable| {
            let coordinate = matches!(role(v), Some(Role::Coordinate | Role::AuxiliaryCoordinate));
            v.dimensions.is_empty() && !scalars::is_container(&self.0.roles, &v.name) && (coordinate || rank(v) < 3)
        };
        let mut found: Vec<&Variable> = self.0.dataset.variables.iter().filter(is_scalar).collect();
        found.sort_by_key(|v| rank(v));
        found.into_iter().map(|v| (v.name.clone(), rank(v) < 3)).collect()
    }

    /// The steps at which it stands, if a coordinate tells, to be compared with those of `like`.
    ///
    /// # Errors
    /// For times that are missing, and units that do not convert.
    pub(in crate::ops) fn steps(&self, along: &Along, like: &Self) -> Result<Option<Steps>> {
        let Some(name) = along.single() else { return Ok(None) };
        let key = match along {
            Along::Dimensions(_) => self.0.coordinate(name, &like.0)?,
            Along::Scalar(_) => match self.0.dataset.variable(name) {
                Some(variable) => Some(Key::of(variable, self.0.roles.kind(name), like.0.dataset.variable(name))?),
                None => None,
            },
        };
        Ok(key.map(Steps))
    }

    /// Whether it has a step along `dimension`, or no such dimension at all.
    pub(in crate::ops) fn has_steps(&self, dimension: &str) -> bool {
        self.0.dataset.dimension(dimension).is_none_or(|d| d.length > 0)
    }

    /// Refuse what can't be put into one dataset with `reference`, whatever else there is: another grid or calendar,
    /// variables that are missing or mean something else. Steps that both have are no matter here.
    ///
    /// # Errors
    /// [`crate::Error::Data`] naming this dataset and why.
    pub(in crate::ops) fn fits(&self, reference: &Self, along: &Along) -> Result<()> {
        let (here, there) = (&self.0, &reference.0);
        for dimension in &there.dataset.dimensions {
            let name = &dimension.name;
            let known = there.coordinate(name, there)?;
            if along.dimensions().contains(name) {
                if let (Some(known), Some(key)) = (known, here.coordinate(name, there)?) {
                    here.comparable(&key, &known, name, there)?;
                }
            } else if here.dataset.dimension(name).is_some() && here.differs_along(name, there, known.as_ref())? {
                let what = format!("{name} differs: another grid");
                return Err(mismatch(&here.dataset.source, &there.dataset.source, &what)
                    .with_hint("bring the files to one grid first (regrid), or join them in groups"));
            }
        }
        let Some(name) = along.single().filter(|name| self.has_steps(name) && reference.has_steps(name)) else {
            return Ok(());
        };
        let mut parts = [there.clone(), here.clone()];
        if matches!(along, Along::Scalar(_)) {
            scalars::differing(&parts)?;
            spread_named(&mut parts, name)?;
        }
        scalars::spread_along(&mut parts, name)?;
        concatenate(&parts, name, &mut Said::default()).map(drop)
    }
}

/// The steps at which a dataset stands, by what they mean.
#[derive(Debug, Clone)]
pub(in crate::ops) struct Steps(Key);

impl Steps {
    pub(in crate::ops) fn len(&self) -> usize {
        self.0.len()
    }

    /// A step, for people.
    pub(in crate::ops) fn show(&self, at: usize) -> String {
        self.0.show(at)
    }

    /// All steps of several, one after the other, and the order that sorts them; `None` where they do not compare.
    pub(in crate::ops) fn sorted(parts: &[&Self]) -> Option<(Self, Vec<usize>)> {
        let keys: Vec<&Key> = parts.iter().map(|s| &s.0).collect();
        let first = *keys.first()?;
        if keys.iter().any(|key| key.stranger(first).is_some()) {
            return None;
        }
        let all = Key::concatenate(&keys)?;
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|&a, &b| all.compare(a, b));
        Some((Self(all), order))
    }

    /// Whether two of them are one place.
    pub(in crate::ops) fn coincide(&self, a: usize, b: usize) -> bool {
        self.0.coincide(a, b)
    }

    /// Step and gaps of those at `order`; `None` for what is no time.
    pub(in crate::ops) fn summary(&self, order: &[usize]) -> Option<TimeSummary> {
        match &self.0 {
            Key::Times(calendar, times) => {
                let times: Vec<_> = order.iter().filter_map(|&i| times.get(i).copied()).collect();
                Some(TimeSummary::of_dates(&times, *calendar))
            }
            Key::Spans(spans) => {
                let spans: Vec<_> = order.iter().filter_map(|&i| spans.get(i).copied()).collect();
                Some(TimeSummary::of_spans(&spans))
            }
            _ => None,
        }
    }
}

/// Whether values in one of two units have other numbers in the other.
pub(in crate::ops) fn converts(from: Option<&str>, to: Option<&str>) -> bool {
    units::between("", from, to).is_ok_and(|converter| converter.is_some())
}
