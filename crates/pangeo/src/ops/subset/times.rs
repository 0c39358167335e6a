//! Keeping times: a period, years, months, seasons, days of the month, hours of the day.

use std::str::FromStr;

use crate::cf::roles::{Kind, Roles};
use crate::cf::time::{Components, DaySet, HourSet, Instant, MonthSet, SeasonSet, TimeCoding, TimeRange, YearSet};
use crate::model::array::AxisSelection;
use crate::model::{Buffer, Dataset, Variable};
use crate::ops::select::select;
use crate::{Error, Result};

/// The times to keep; what is `None` keeps all.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// A period, both ends included.
    pub period: Option<TimeRange>,
    /// Years.
    pub years: Option<YearSet>,
    /// Months of the year.
    pub months: Option<MonthSet>,
    /// Runs of months, which may cross the turn of the year.
    pub seasons: Option<SeasonSet>,
    /// Days of the month.
    pub days: Option<DaySet>,
    /// Hours of the day.
    pub hours: Option<HourSet>,
}

impl Times {
    /// Whether all times are kept.
    pub fn is_all(&self) -> bool {
        self.period.is_none() && !self.by_calendar()
    }

    /// Whether any wish needs a date, not only a length of time.
    fn by_calendar(&self) -> bool {
        self.years.is_some() || self.months.is_some() || self.seasons.is_some() || self.days.is_some() || self.hours.is_some()
    }

    fn admits(&self, at: &Components) -> bool {
        self.years.as_ref().is_none_or(|s| s.contains(at))
            && self.months.as_ref().is_none_or(|s| s.contains(at))
            && self.seasons.as_ref().is_none_or(|s| s.contains(at))
            && self.days.as_ref().is_none_or(|s| s.contains(at))
            && self.hours.as_ref().is_none_or(|s| s.contains(at))
    }

    /// Cut every time dimension of `dataset` down to the wanted steps.
    ///
    /// # Errors
    /// [`Error::NotFound`] without a time coordinate; [`Error::EmptySelection`] with the range of the
    /// data where nothing is left; errors of decoding.
    pub fn apply(&self, dataset: &mut Dataset) -> Result<()> {
        if self.is_all() {
            return Ok(());
        }
        let roles = Roles::of(dataset);
        let coordinates = time_coordinates(dataset, &roles);
        if coordinates.is_empty() {
            let has = dataset.dimensions.iter().map(|d| d.name.clone()).collect();
            let place = dataset.source.clone();
            return Err(Error::NotFound { kind: "coordinate", name: "time".into(), place, has });
        }
        for name in coordinates {
            let variable = dataset.require(&name)?;
            let kept = self.kept(variable)?;
            if let Some(dimension) = variable.dimensions.first().cloned() {
                select(dataset, &dimension, &AxisSelection::from_indices(kept))?;
            }
        }
        Ok(())
    }

    /// The positions of a time coordinate that are wanted, at least one.
    fn kept(&self, variable: &Variable) -> Result<Vec<usize>> {
        let axis = TimeValues::read(variable)?;
        let wanted: Vec<usize> = match &axis {
            TimeValues::Dates { coding, instants } => {
                let period = self.period.as_ref().map(|p| p.resolve(coding.calendar())).transpose()?;
                let admit = |t: &Instant| {
                    period.as_ref().is_none_or(|p| p.contains(t)) && self.admits(&coding.calendar().components(*t))
                };
                (0..instants.len()).filter(|&i| instants[i].as_ref().is_some_and(admit)).collect()
            }
            TimeValues::Spans { spans } => {
                if self.by_calendar() {
                    return Err(Error::data("the time axis has no reference date", variable.name.clone())
                        .with_hint("supply it with --reference-time"));
                }
                let period = self.period.as_ref().map(TimeRange::resolve_spans).transpose()?;
                let admit = |s| period.as_ref().is_none_or(|p| p.contains(s));
                (0..spans.len()).filter(|&i| spans.get(i).is_some_and(admit)).collect()
            }
        };
        if wanted.is_empty() {
            return Err(Error::EmptySelection { what: self.describe(), has: axis.extent(&variable.name) });
        }
        Ok(wanted)
    }

    fn describe(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |flag: &str, text: Option<String>| parts.extend(text.map(|t| format!("{flag} {t}")));
        part("--time", self.period.as_ref().map(ToString::to_string));
        part("--year", self.years.as_ref().map(ToString::to_string));
        part("--month", self.months.as_ref().map(ToString::to_string));
        part("--season", self.seasons.as_ref().map(ToString::to_string));
        part("--day", self.days.as_ref().map(ToString::to_string));
        part("--hour", self.hours.as_ref().map(ToString::to_string));
        parts.join(" ")
    }
}

/// A time coordinate's values.
pub(crate) enum TimeValues {
    /// With a reference date; missing ones are `None`.
    Dates {
        /// How the numbers mean dates.
        coding: TimeCoding,
        /// The dates.
        instants: Vec<Option<Instant>>,
    },
    /// Without one: lengths of time.
    Spans {
        /// The lengths.
        spans: Vec<crate::cf::time::Span>,
    },
}

impl TimeValues {
    /// Read and decode a time coordinate.
    pub(crate) fn read(variable: &Variable) -> Result<Self> {
        let units = variable.attributes.text("units").unwrap_or_default();
        let coding = TimeCoding::new(units, variable.attributes.text("calendar"))?;
        let values = variable.array.read_all()?.into_data();
        if coding.is_duration() {
            return Ok(Self::Spans { spans: coding.decode_spans(&values)? });
        }
        let missing: Vec<f64> = ["_FillValue", "missing_value"].iter().filter_map(|n| variable.attributes.number(n)).collect();
        let instants = coding.decode_masked(&values, &missing)?;
        Ok(Self::Dates { coding, instants })
    }

    /// First and last, for people.
    pub(crate) fn extent(&self, name: &str) -> String {
        match self {
            Self::Dates { coding, instants } => {
                let known = || instants.iter().flatten();
                match (known().min(), known().max()) {
                    (Some(&a), Some(&b)) => {
                        let show = |t| coding.calendar().components(t).to_string();
                        format!("{name} runs from {} to {} (calendar {})", show(a), show(b), coding.calendar())
                    }
                    _ => format!("{name} has no valid value"),
                }
            }
            Self::Spans { spans } => match (spans.iter().min(), spans.iter().max()) {
                (Some(a), Some(b)) => format!("{name} runs from {a} to {b} and has no reference date"),
                _ => format!("{name} has no values"),
            },
        }
    }
}

/// The one-dimensional time coordinates that stand for a dimension, one a dimension.
pub(crate) fn time_coordinates(dataset: &Dataset, roles: &Roles) -> Vec<String> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str| {
        let Some(variable) = dataset.variable(name) else { return };
        if let [dimension] = variable.dimensions.as_slice()
            && found.iter().all(|(d, _)| d != dimension)
        {
            found.push((dimension.clone(), name.to_owned()));
        }
    };
    for name in roles.data_variables() {
        roles.time_coordinate(name).into_iter().for_each(&mut add);
    }
    for variable in &dataset.variables {
        if roles.kind(&variable.name) == Kind::Time && dataset.coordinate(&variable.name).is_some() {
            add(&variable.name);
        }
    }
    found.into_iter().map(|(_, name)| name).collect()
}

/// Give every time axis without a reference date this one (`--reference-time`).
///
/// # Errors
/// [`Error::Data`] where no time axis lacks one.
pub fn set_reference_time(dataset: &mut Dataset, text: &str) -> Result<()> {
    let reference = crate::cf::time::DateText::from_str(text)?;
    let roles = Roles::of(dataset);
    let mut done = false;
    for name in time_coordinates(dataset, &roles) {
        let Some(variable) = dataset.variable_mut(&name) else { continue };
        let units = variable.attributes.text("units").unwrap_or_default().to_owned();
        let Ok(coding) = TimeCoding::new(&units, variable.attributes.text("calendar")) else { continue };
        if !coding.is_duration() {
            continue;
        }
        let with = coding.with_reference(reference)?;
        variable.attributes.set("units", with.units().to_string());
        if variable.attributes.get("standard_name").is_none() {
            variable.attributes.set("standard_name", "time");
        }
        if variable.attributes.get("calendar").is_none() {
            variable.attributes.set("calendar", "standard");
        }
        done = true;
    }
    if done {
        return Ok(());
    }
    Err(Error::data("--reference-time: no time axis lacks a reference date", dataset.source.clone()))
}

/// The numbers of a coordinate, for those who need no more.
pub(crate) fn numbers(variable: &Variable) -> Result<Vec<f64>> {
    let values: Buffer = variable.array.read_all()?.into_data();
    let wrong = || Error::data(format!("coordinate '{}' is not numeric", variable.name), "array");
    values.to_f64().ok_or_else(wrong)
}
