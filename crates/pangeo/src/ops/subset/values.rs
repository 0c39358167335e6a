//! Keeping places of a dimension by coordinate value: `--sel`.

use std::str::FromStr;

use super::longitude::keep_columns;
use super::numbers::Numbers;
use super::wishes::{Typed, Wish, Wishes};
use crate::cf::packing::numbers;
use crate::cf::roles::{Kind, Roles};
use crate::cf::time::{TimeCoding, TimeRange, TimeSelection};
use crate::error::counted;
use crate::grid::{Bbox, degrees_per_unit, select_longitudes};
use crate::model::{Buffer, DataType, Dataset, Variable};
use crate::ops::coordinates::{is_readable_time, read_axis};
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

/// `DIM=V`, `DIM=A/B` or several values and ranges between commas.
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
    /// Keep the places of the coordinate that the value names, several values in the coordinate's order.
    /// Longitudes are compared modulo 360; a range of them runs from the first number eastward to the
    /// second, and the columns are made monotonic along it, as `--bbox` does.
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
        let name = coordinate.name.clone();
        let mut kept: Vec<(usize, f64)> = Vec::new();
        let mut parts = 0usize;
        let mut add = |found: Vec<(usize, f64)>| {
            kept.extend(found);
            parts = parts.saturating_add(1);
        };
        match Roles::of(dataset).kind(&name) {
            Kind::Time if is_readable_time(coordinate) => {
                for date in self.value.split(',') {
                    add(in_place(Self::times(date.trim(), coordinate, method, tolerance)?));
                }
            }
            _ if !coordinate.data_type().is_numeric() => add(in_place(self.labels(coordinate)?)),
            kind => self.places(coordinate, kind, method, tolerance)?.into_iter().for_each(add),
        }
        // What stands beside its dimension (stations), or in several parts, stays in the file's order.
        if parts > 1 || dataset.coordinate(&dimension).is_none_or(|own| own.name != name) {
            let mut indices: Vec<usize> = kept.into_iter().map(|(i, _)| i).collect();
            indices.sort_unstable();
            indices.dedup();
            kept = in_place(indices);
        }
        keep_columns(dataset, &dimension, &name, &kept)
    }

    /// Times match a date as `--time` has it; `tolerance` is in the coordinate's own units.
    fn times(text: &str, coordinate: &Variable, method: Method, tolerance: Option<f64>) -> Result<Vec<usize>> {
        let axis = read_axis(coordinate)?;
        let range = TimeRange::from_str(text)?;
        let wanted = TimeSelection { range: Some(range.clone()), ..TimeSelection::default() };
        let exact = wanted.indices(&axis);
        let strict = method == Method::Exact && tolerance.is_none();
        if strict || text.contains('/') || !matches!(exact, Err(Error::EmptySelection { .. })) {
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

    /// Places by number, a list for each value or range, with what to add to longitudes (degrees).
    fn places(
        &self,
        coordinate: &Variable,
        kind: Kind,
        method: Method,
        tolerance: Option<f64>,
    ) -> Result<Vec<Vec<(usize, f64)>>> {
        let degrees = if kind == Kind::Longitude { degrees_per_unit(coordinate).ok() } else { None };
        let places = Numbers::of(coordinate)?;
        let places = match degrees {
            Some(degrees) => places.modulo(360.0 / degrees),
            None => places,
        };
        let units = coordinate.attributes.text("units").unwrap_or("1");
        let wishes =
            Wishes::parse(&self.value).map_err(|e| if kind == Kind::Time { undated(e, coordinate) } else { e });
        let one = |wish: Wish| {
            let found = match (wish, degrees) {
                (Wish::Between(Some(west), Some(east)), Some(degrees)) => columns(&places.values, west, east, degrees)?,
                _ => in_place(places.indices(&wish, method, tolerance).unwrap_or_default()),
            };
            if !found.is_empty() {
                return Ok(found);
            }
            let mut has = format!("{} has {}", coordinate.name, extent(&places.values, units));
            if let (Some(nearest), Method::Exact, None) = (places.nearest(&wish), method, tolerance) {
                has.push_str(&format!("; --method nearest takes {nearest}"));
            }
            Err(Error::empty_selection(format!("--sel {}={}", self.name, self.value), has))
        };
        wishes?.in_units(units)?.into_iter().map(one).collect()
    }

    fn labels(&self, coordinate: &Variable) -> Result<Vec<usize>> {
        let values = coordinate.array.read_all()?;
        let labels: Vec<String> = match values.data() {
            Buffer::Char(bytes) if values.shape().len() < 2 => {
                bytes.iter().map(|b| char::from(*b).to_string()).collect()
            }
            _ => values.texts(),
        };
        // A comma may be part of a label.
        let whole = labels.contains(&self.value);
        let wanted: Vec<&str> = if whole { vec![&self.value] } else { self.value.split(',').map(str::trim).collect() };
        let places = labels.iter().enumerate().filter(|(_, label)| wanted.contains(&label.as_str()));
        let kept: Vec<usize> = places.map(|(i, _)| i).collect();
        if !wanted.iter().all(|w| labels.iter().any(|label| label == w)) {
            let shown = labels.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
            let what = format!("--sel {}={}", self.name, self.value);
            return Err(Error::empty_selection(what, format!("{} has {shown}", coordinate.name)));
        }
        Ok(kept)
    }
}

/// Places that stay as they are.
fn in_place(indices: Vec<usize>) -> Vec<(usize, f64)> {
    indices.into_iter().map(|i| (i, 0.0)).collect()
}

/// The columns from `west` eastward to `east` with what to add to their longitudes, all but the answer in
/// the coordinate's units, of which one is `degrees`.
fn columns(values: &[f64], west: Typed, east: Typed, degrees: f64) -> Result<Vec<(usize, f64)>> {
    let (west, east) = Bbox::new(west.real * degrees, -90.0, east.real * degrees, 90.0)?.longitudes();
    let values: Vec<f64> = values.iter().map(|v| v * degrees).collect();
    let runs = select_longitudes(&values, west, east);
    Ok(runs.into_iter().flat_map(|run| run.indices.map(move |i| (i, run.offset))).collect())
}

/// The error for a date where times are mere numbers.
fn undated(error: Error, coordinate: &Variable) -> Error {
    let units = coordinate.attributes.text("units").unwrap_or_default();
    error.with_hint(format!(
        "'{}' has no units of time ('{units}'): select by number, or give it units such as 'days since 2000-01-01'",
        coordinate.name
    ))
}

/// First, last and number of values, for people.
pub(super) fn extent(values: &[f64], units: &str) -> String {
    let known = || values.iter().copied().filter(|v| !v.is_nan());
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let unit = if units == "1" { String::new() } else { format!(" {units}") };
    let count = counted(values.len(), "value");
    if low == high { format!("{count}, {low}{unit}") } else { format!("{count} from {low} to {high}{unit}") }
}

/// The coordinate that `name` means: of that dimension, or that variable if one-dimensional.
fn find<'a>(dataset: &'a Dataset, name: &str) -> Result<&'a Variable> {
    // Characters spell texts along a dimension of their own.
    let is_label = |v: &&Variable| v.dimensions.len() == if *v.data_type() == DataType::Char { 2 } else { 1 };
    let is_along = |v: &&Variable| v.dimensions.first().is_some_and(|d| d == name);
    let labels = || dataset.variable(name).filter(|v| is_label(v) && is_along(v));
    if let Some(variable) = dataset.coordinate(name).or_else(labels) {
        return Ok(variable);
    }
    if dataset.dimension(name).is_some() {
        let along = dataset.variables.iter().filter(|v| is_label(v) && is_along(v));
        let roles = Roles::of(dataset);
        let named = along.filter(|v| roles.kind(&v.name) != Kind::Other).collect::<Vec<_>>();
        return match named.as_slice() {
            [one] => Ok(one),
            _ => Err(Error::data(format!("dimension '{name}' has no coordinate"), dataset.source.clone())
                .with_hint(format!("select by index: --isel {name}=0"))),
        };
    }
    match dataset.variable(name) {
        Some(variable) if variable.dimensions.len() == 1 || is_label(&variable) => Ok(variable),
        _ => Err(Error::NotFound {
            kind: "dimension",
            name: name.to_owned(),
            place: dataset.source.clone(),
            has: dataset.dimensions.iter().map(|d| d.name.clone()).collect(),
        }),
    }
}
