//! Keeping places of a dimension by coordinate value: `--sel`, `--level`, `--nearest-level`.

use std::str::FromStr;

use super::times::{numbers, read_axis};
use crate::cf::roles::{Kind, Roles};
use crate::cf::time::{TimeCoding, TimeRange, TimeSelection};
use crate::cf::units::Unit;
use crate::model::array::AxisSelection;
use crate::model::{Buffer, DataType, Dataset, Variable};
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

/// Coordinates stored as `float` equal the decimal number that a person types up to this relative
/// difference (half a unit in the last place of `float` is 6e-8).
const FLOAT_STEP: f64 = 1e-6;

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
        let values = numbers(coordinate)?;
        let units = coordinate.attributes.text("units").unwrap_or("1");
        let wish = Wish::parse(&self.value, units)?;
        let mut range = format!("{} has {}", coordinate.name, extent(&values, units));
        if let (Wish::At(target), Method::Exact, None) = (&wish, method, tolerance) {
            let known = values.iter().copied().filter(|v| !v.is_nan());
            if let Some(nearest) = known.min_by(|a, b| (a - target).abs().total_cmp(&(b - target).abs())) {
                range.push_str(&format!("; --method nearest takes {nearest}"));
            }
        }
        wish.indices(&values, method, tolerance)
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
        let values = numbers(coordinate)?;
        let units = coordinate.attributes.text("units").unwrap_or("1");
        let mut kept: Vec<usize> = Vec::new();
        for wish in wishes {
            let method = if nearest { Method::Nearest } else { Method::Exact };
            let found = Wish::parse(wish, units)?.indices(&values, method, None).filter(|f| !f.is_empty());
            kept.extend(found.ok_or_else(|| Error::EmptySelection {
                what: format!("--{}level {wish}", if nearest { "nearest-" } else { "" }),
                has: format!("{name} has {}", listed(&values, units)),
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

/// A number or a closed range, in the coordinate's units.
enum Wish {
    At(f64),
    Between(Option<f64>, Option<f64>),
}

impl Wish {
    fn parse(text: &str, units: &str) -> Result<Self> {
        let end = |part: &str| -> Result<Option<f64>> {
            if part.trim().is_empty() { Ok(None) } else { number_in(part.trim(), units).map(Some) }
        };
        match text.split_once('/') {
            // `1/3` could be a range only: fractions are not a way to write a coordinate.
            Some((a, b)) => {
                let (a, b) = (end(a)?, end(b)?);
                Ok(match (a, b) {
                    (Some(x), Some(y)) if x > y => Self::Between(b, a),
                    _ => Self::Between(a, b),
                })
            }
            None => Ok(Self::At(number_in(text.trim(), units)?)),
        }
    }

    fn indices(&self, values: &[f64], method: Method, tolerance: Option<f64>) -> Option<Vec<usize>> {
        let all = || (0..values.len()).filter(|&i| !values[i].is_nan());
        let slack = |v: f64| FLOAT_STEP * v.abs();
        match *self {
            Self::Between(a, b) => Some(
                all()
                    .filter(|&i| {
                        a.is_none_or(|a| values[i] >= a - slack(a)) && b.is_none_or(|b| values[i] <= b + slack(b))
                    })
                    .collect(),
            ),
            Self::At(target) => {
                let equal: Vec<usize> = all().filter(|&i| (values[i] - target).abs() <= slack(target)).collect();
                if !equal.is_empty() {
                    return Some(equal);
                }
                let distance = |i: &usize| (values[*i] - target).abs();
                let nearest = |a: &usize, b: &usize| distance(a).total_cmp(&distance(b));
                let found = match method {
                    Method::Exact => None,
                    Method::Nearest => all().min_by(nearest),
                    Method::Pad => all().filter(|&i| values[i] <= target).min_by(nearest),
                    Method::Backfill => all().filter(|&i| values[i] >= target).min_by(nearest),
                };
                let near = |i: &usize| tolerance.is_none_or(|t| distance(i) <= t);
                // With a tolerance, `exact` too takes the nearest within it.
                let found = if method == Method::Exact && tolerance.is_some() { all().min_by(nearest) } else { found };
                found.filter(near).map(|i| vec![i])
            }
        }
    }
}

/// A number as typed, with or without a unit, in the coordinate's units.
fn number_in(text: &str, units: &str) -> Result<f64> {
    let wrong = || Error::usage(format!("'{text}' is not a number with or without a unit"));
    if let Ok(number) = text.parse::<f64>() {
        return if number.is_finite() { Ok(number) } else { Err(wrong()) };
    }
    // The longest head that is a number; an exponent needs digits, so that `5 eV` is not cut at `e`.
    let heads = (1..text.len()).rev().filter(|&n| text.is_char_boundary(n));
    for n in heads {
        let (head, unit) = text.split_at(n);
        if let (Ok(number), false) = (head.trim().parse::<f64>(), unit.trim().is_empty()) {
            let converter = Unit::parse(unit.trim())?.converter_to(&Unit::parse(units)?)?;
            return Ok(converter.apply(number));
        }
    }
    Err(wrong())
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

#[cfg(test)]
mod tests {
    use super::*;

    const LEVELS: [f64; 4] = [100_000.0, 85_000.0, 50_000.0, 25_000.0];

    fn kept(text: &str, method: Method) -> Option<Vec<usize>> {
        Wish::parse(text, "Pa").unwrap().indices(&LEVELS, method, None)
    }

    #[test]
    fn levels_in_other_units() {
        assert_eq!(kept("850hPa", Method::Exact), Some(vec![1]));
        assert_eq!(kept("300hPa/900hPa", Method::Exact), Some(vec![1, 2]));
        assert_eq!(kept("90000/30000", Method::Exact), Some(vec![1, 2]));
        assert_eq!(kept("/500 hPa", Method::Exact), Some(vec![2, 3]));
    }

    #[test]
    fn exact_means_exact() {
        assert_eq!(kept("84000", Method::Exact), None);
        assert_eq!(kept("84000", Method::Nearest), Some(vec![1]));
        assert_eq!(kept("84000", Method::Pad), Some(vec![2]));
        assert_eq!(kept("84000", Method::Backfill), Some(vec![1]));
        assert_eq!(kept("200000", Method::Backfill), None);
    }

    #[test]
    fn decimal_numbers_meet_floats() {
        let values: Vec<f64> = (0..10).map(|i| f64::from(0.1f32 * i as f32)).collect();
        let found = Wish::parse("0.7", "1").unwrap().indices(&values, Method::Exact, None);
        assert_eq!(found, Some(vec![7]));
    }

    #[test]
    fn impossible_units_are_refused() {
        assert!(Wish::parse("5 kg", "Pa").is_err());
        assert!(Wish::parse("nan", "Pa").is_err());
    }
}
