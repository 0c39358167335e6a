//! Keeping places of a dimension by coordinate value: `--sel`, `--level`, `--nearest-level`.

use std::str::FromStr;

use super::numbers::{Numbers, Wish};
use crate::cf::packing::numbers;
use crate::cf::roles::{Kind, Roles};
use crate::cf::time::{TimeCoding, TimeRange, TimeSelection};
use crate::model::array::AxisSelection;
use crate::model::{Buffer, DataType, Dataset, Variable};
use crate::ops::coordinates::read_axis;
use crate::ops::select::select;
use crate::{Error, Result};

/// How a value that no coordinate equals is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// Not at all: it is an error.
    #[default]
    Exact,
    /// By the nearest value.
    Nearest,
    /// By the last value before it.
    Pad,
    /// By the first value after it.
    Backfill,
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "exact" => Ok(Self::Exact),
            "nearest" => Ok(Self::Nearest),
            "pad" => Ok(Self::Pad),
            "backfill" => Ok(Self::Backfill),
            _ => Err(Error::usage(format!("unknown method '{text}'")).with_hint("exact, nearest, pad or backfill")),
        }
    }
}

/// `DIM=V` or `DIM=A/B`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueSelection {
    /// The dimension or its coordinate.
    pub name: String,
    /// The value or range as text: what it means depends on the coordinate.
    pub value: String,
}

impl FromStr for ValueSelection {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
                Ok(Self { name: name.trim().to_owned(), value: value.trim().to_owned() })
            }
            _ => Err(Error::usage(format!("'{text}' is not a selection by value"))
                .with_hint("DIM=V or DIM=A/B, such as lev=850, lat=30/60, time=2020-01")),
        }
    }
}

impl ValueSelection {
    /// Keep the places of the coordinate that the value names.
    ///
    /// # Errors
    /// [`Error::EmptySelection`] with the coordinate's range; [`Error::NotFound`] for an unknown
    /// dimension or one without a coordinate.
    pub fn apply(&self, dataset: &mut Dataset, method: Method, tolerance: Option<f64>) -> Result<()> {
        let coordinate = find(dataset, &self.name)?;
        let Some(dimension) = coordinate.dimensions.first().cloned() else {
            return Err(Error::data(
                format!("coordinate '{}' has no dimension to select along", self.name),
                dataset.source.clone(),
            ));
        };
        let kind = Roles::of(dataset).kind(&coordinate.name);
        let kept = match kind {
            Kind::Time => self.times(coordinate, method, tolerance)?,
            _ => self.places(coordinate, method, tolerance)?,
        };
        select(dataset, &dimension, &AxisSelection::from_indices(kept))
    }

    /// Times match a date as `--time` has it; `tolerance` is in the coordinate's own units.
    fn times(&self, coordinate: &Variable, method: Method, tolerance: Option<f64>) -> Result<Vec<usize>> {
        let axis = read_axis(coordinate)?;
        let range = TimeRange::from_str(&self.value)?;
        let wanted = TimeSelection { range: Some(range.clone()), ..TimeSelection::default() };
        let exact = wanted.indices(&axis);
        let strict = method == Method::Exact && tolerance.is_none();
        if strict || self.value.contains('/') || !matches!(exact, Err(Error::EmptySelection { .. })) {
            return exact;
        }
        let dates = axis.dates()?;
        let target = range.resolve(axis.calendar())?.start;
        let places = || (0..dates.len()).filter(|&i| !axis.is_missing(i)).filter_map(|i| dates.get(i).map(|t| (i, *t)));
        let found = match method {
            Method::Pad => places().filter(|(_, t)| *t <= target).max_by_key(|(_, t)| *t),
            Method::Backfill => places().filter(|(_, t)| *t >= target).min_by_key(|(_, t)| *t),
            _ => places().min_by_key(|(_, t)| if *t > target { t.since(target) } else { target.since(*t) }),
        };
        let Some((i, _)) = found else { return exact };
        if let Some(most) = tolerance {
            let units = coordinate.attributes.text("units").unwrap_or_default();
            let coding = TimeCoding::new(units, coordinate.attributes.text("calendar"))?;
            let target = coding.encode(&[target], &DataType::F64)?.get_f64(0);
            let value = numbers(coordinate)?.get(i).copied();
            if !target.zip(value).is_some_and(|(a, b)| (a - b).abs() <= most) {
                return exact;
            }
        }
        Ok(vec![i])
    }

    fn places(&self, coordinate: &Variable, method: Method, tolerance: Option<f64>) -> Result<Vec<usize>> {
        if !coordinate.data_type().is_numeric() {
            return self.labels(coordinate);
        }
        let places = Numbers::of(coordinate)?;
        let units = coordinate.attributes.text("units").unwrap_or("1");
        let wish = Wish::parse(&self.value, units)?;
        let mut range = format!("{} has {}", coordinate.name, extent(&places.values, units));
        if let (Some(nearest), Method::Exact, None) = (places.nearest(&wish), method, tolerance) {
            range.push_str(&format!("; --method nearest takes {nearest}"));
        }
        places
            .indices(&wish, method, tolerance)
            .filter(|kept| !kept.is_empty())
            .ok_or_else(|| Error::EmptySelection { what: format!("--sel {}={}", self.name, self.value), has: range })
    }

    fn labels(&self, coordinate: &Variable) -> Result<Vec<usize>> {
        let values = coordinate.array.read_all()?;
        let labels: Vec<String> = match values.data() {
            Buffer::String(texts) => texts.clone(),
            Buffer::Char(bytes) => bytes.iter().map(|b| char::from(*b).to_string()).collect(),
            _ => Vec::new(),
        };
        let kept: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == self.value).collect();
        if kept.is_empty() {
            let shown = labels.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
            let what = format!("--sel {}={}", self.name, self.value);
            return Err(Error::EmptySelection { what, has: format!("{} has {shown}", coordinate.name) });
        }
        Ok(kept)
    }
}

/// Keep levels: `V` or `A/B`, in the axis' units or with one (`850hPa`); with `nearest` the nearest.
///
/// # Errors
/// [`Error::NotFound`] without a vertical axis; [`Error::EmptySelection`] with its levels.
pub fn select_levels(dataset: &mut Dataset, wishes: &[String], nearest: bool) -> Result<()> {
    let roles = Roles::of(dataset);
    let mut names: Vec<String> = Vec::new();
    let levels = dataset.variables.iter().filter(|v| roles.kind(&v.name) == Kind::Vertical && v.dimensions.len() == 1);
    for level in levels {
        let stands = dataset.coordinate(&level.name).is_some()
            || level.dimensions.first().is_some_and(|d| dataset.coordinate(d).is_none());
        if stands {
            names.push(level.name.clone());
        }
    }
    if names.is_empty() {
        let has = dataset.dimensions.iter().map(|d| d.name.clone()).collect();
        return Err(Error::NotFound {
            kind: "coordinate",
            name: "vertical".into(),
            place: dataset.source.clone(),
            has,
        });
    }
    for name in names {
        let coordinate = dataset.require(&name)?;
        let places = Numbers::of(coordinate)?;
        let units = coordinate.attributes.text("units").unwrap_or("1");
        let mut kept: Vec<usize> = Vec::new();
        for wish in wishes {
            let method = if nearest { Method::Nearest } else { Method::Exact };
            let found = places.indices(&Wish::parse(wish, units)?, method, None).filter(|f| !f.is_empty());
            kept.extend(found.ok_or_else(|| Error::EmptySelection {
                what: format!("--{}level {wish}", if nearest { "nearest-" } else { "" }),
                has: format!("{name} has {}", listed(&places.values, units)),
            })?);
        }
        kept.sort_unstable();
        kept.dedup();
        if let Some(dimension) = coordinate.dimensions.first().cloned() {
            select(dataset, &dimension, &AxisSelection::from_indices(kept))?;
        }
    }
    Ok(())
}

/// First, last and number of values, for people.
fn extent(values: &[f64], units: &str) -> String {
    let known = || values.iter().copied().filter(|v| !v.is_nan());
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let unit = if units == "1" { String::new() } else { format!(" {units}") };
    format!("{} values from {low} to {high}{unit}", values.len())
}

fn listed(values: &[f64], units: &str) -> String {
    if values.len() > 20 {
        return extent(values, units);
    }
    let list: Vec<String> = values.iter().map(f64::to_string).collect();
    format!("{} {units}", list.join(", "))
}

/// The coordinate that `name` means: of that dimension, or that variable if one-dimensional.
fn find<'a>(dataset: &'a Dataset, name: &str) -> Result<&'a Variable> {
    if let Some(variable) = dataset.coordinate(name) {
        return Ok(variable);
    }
    if dataset.dimension(name).is_some() {
        let along = dataset
            .variables
            .iter()
            .filter(|v| v.dimensions.len() == 1 && v.dimensions.first().is_some_and(|d| d == name));
        let roles = Roles::of(dataset);
        let named = along.filter(|v| roles.kind(&v.name) != Kind::Other).collect::<Vec<_>>();
        return match named.as_slice() {
            [one] => Ok(one),
            _ => Err(Error::data(format!("dimension '{name}' has no coordinate"), dataset.source.clone())
                .with_hint(format!("select by index: --isel {name}=0"))),
        };
    }
    match dataset.variable(name) {
        Some(variable) if variable.dimensions.len() == 1 => Ok(variable),
        _ => Err(Error::NotFound {
            kind: "dimension",
            name: name.to_owned(),
            place: dataset.source.clone(),
            has: dataset.dimensions.iter().map(|d| d.name.clone()).collect(),
        }),
    }
}
