//! Numbers of a time coordinate ⇄ instants.

use super::fields::quote;
use super::instant::{Instant, NANOSECONDS_PER_DAY};
use super::number::{self, Number};
use super::{Calendar, Reference, Span, TimeUnits};
use crate::model::{Buffer, DataType};
use crate::{Error, Result};

/// How the values of a time coordinate mean dates: its units in its calendar.
///
/// The law is `decode(encode(t)) == t` for every `t` that the stored type resolves (see
/// [`TimeCoding::encode`]), and `encode(decode(v)) == v` for integers.
///
/// ```
/// use pangeo::cf::time::TimeCoding;
/// use pangeo::model::Buffer;
/// let coding = TimeCoding::new("days since 2001-02-28", Some("360_day"))?;
/// let times = coding.decode(&Buffer::I32(vec![0, 1, 2]))?;
/// let shown: Vec<_> = times.iter().map(|&t| coding.calendar().components(t).to_string()).collect();
/// assert_eq!(shown, ["2001-02-28T00:00:00", "2001-02-29T00:00:00", "2001-02-30T00:00:00"]);
/// # Ok::<(), pangeo::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeCoding {
    pub(super) units: TimeUnits,
    pub(super) calendar: Calendar,
    /// Nanoseconds of one unit.
    pub(super) step: i128,
    /// What 0 means; `None` without a reference date, for absolute times and in calendar `none`.
    pub(super) origin: Option<Instant>,
}

impl TimeCoding {
    /// The coding of a variable's `units` and `calendar` attributes; no calendar means `standard`.
    ///
    /// # Errors
    /// [`Error::Data`] for units that are none of time and reference dates that the calendar does
    /// not have; [`Error::Unsupported`] for unknown calendars.
    pub fn new(units: &str, calendar: Option<&str>) -> Result<Self> {
        Self::with(TimeUnits::parse(units)?, calendar.unwrap_or_default().parse()?)
    }

    /// The coding of parsed units in a calendar. Where the reference date names year 0, years are
    /// counted astronomically, so that the calendar has one.
    ///
    /// # Errors
    /// [`Error::Data`] if the calendar does not have the reference date.
    pub fn with(units: TimeUnits, calendar: Calendar) -> Result<Self> {
        let calendar = if units.names_year_zero() { calendar.with_year_zero() } else { calendar };
        let place = || format!("units {}", quote(&units.to_string()));
        let step =
            units.nanoseconds(calendar).ok_or_else(|| Error::data("the unit cannot be counted exactly", place()))?;
        let origin = match units.reference() {
            Reference::Date(date) if calendar.has_dates() => Some(date.instant(calendar).ok_or_else(|| {
                Error::data(format!("the calendar {calendar} does not have the reference date"), place())
                    .with_hint("correct the attribute 'units' or 'calendar'")
            })?),
            _ => None,
        };
        Ok(Self { units, calendar, step, origin })
    }

    /// The units.
    pub fn units(&self) -> &TimeUnits {
        &self.units
    }

    /// The calendar, with year 0 if the units name it.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// Whether values are lengths of time, for want of a reference date.
    pub fn is_duration(&self) -> bool {
        self.units.is_duration()
    }

    /// What a user should be told before trusting the dates; one line, or nothing to tell.
    pub fn warning(&self) -> Option<String> {
        let days = self.step as f64 / NANOSECONDS_PER_DAY as f64;
        let units = quote(&self.units.to_string());
        if self.units.is_approximate(self.calendar) {
            return Some(format!(
                "units {units} count in steps of {days:.5} days, not in months or years of the calendar"
            ));
        }
        let climatology = self.units.names_year_zero();
        climatology.then(|| format!("units {units} count from year 0: the years may stand for a climatology"))
    }

    /// The same coding with a reference time supplied (`--reference-time`).
    ///
    /// # Errors
    /// [`Error::Usage`] if the units have one already; [`Error::Data`] if the calendar does not have
    /// the date.
    pub fn with_reference(&self, reference: super::DateText) -> Result<Self> {
        if !self.is_duration() {
            return Err(Error::usage(format!(
                "the time axis has a reference already: {}",
                quote(&self.units.to_string())
            )));
        }
        Self::with(self.units.with_reference(reference), self.calendar)
    }

    /// The instants of stored (unpacked) values, in their order.
    ///
    /// Integers are decoded exactly, floating values to the microsecond as cftime does, and to the
    /// whole second where the stored type cannot tell it from the value.
    ///
    /// # Errors
    /// [`Error::Data`] with the index of the first value that is not a number or beyond about 1.07
    /// million years, if values are texts, the units have no reference date or the calendar is `none`.
    pub fn decode(&self, values: &Buffer) -> Result<Vec<Instant>> {
        let decoded = self.decode_masked(values, &[])?;
        let at = |i: usize| {
            self.error(format!("the time at index {i} is missing")).with_hint("select steps that have a time")
        };
        decoded.into_iter().enumerate().map(|(i, t)| t.ok_or_else(|| at(i))).collect()
    }

    /// As [`TimeCoding::decode`], with `None` for NaN and for values equal to one of `missing`.
    ///
    /// # Errors
    /// As [`TimeCoding::decode`], but for missing values.
    pub fn decode_masked(&self, values: &Buffer, missing: &[f64]) -> Result<Vec<Option<Instant>>> {
        if !self.calendar.has_dates() {
            return Err(self
                .error("the calendar 'none' has no dates")
                .with_hint("use the values of the axis as they are"));
        }
        if self.is_duration() {
            return Err(self.error("the time axis has no reference date").with_hint("supply it with --reference-time"));
        }
        self.map(values, missing, |value| match self.origin {
            Some(origin) => origin.plus(Span::from_nanoseconds(number::nanoseconds(value, self.step)?)),
            None => self.absolute(value),
        })
    }

    /// The lengths of time that the values are, counted from the reference date if there is one.
    ///
    /// # Errors
    /// As [`TimeCoding::decode`]; [`Error::Data`] for absolute times (`day as …`).
    pub fn decode_spans(&self, values: &Buffer) -> Result<Vec<Span>> {
        if self.units.reference() == Reference::AbsoluteDay {
            return Err(self.error("values are dates, not lengths of time"));
        }
        let inside = |n: &i128| n.unsigned_abs() < 1 << 100; // so that differences cannot overflow
        let decode = |value| number::nanoseconds(value, self.step).filter(inside).map(Span::from_nanoseconds);
        let spans = self.map(values, &[], decode)?;
        let missing = |i: usize| self.error(format!("the time at index {i} is missing"));
        spans.into_iter().enumerate().map(|(i, t)| t.ok_or_else(|| missing(i))).collect()
    }

    /// Stored values of instants, in a numeric type.
    ///
    /// Integer types hold what is a whole number of units. Floating types take the nearest value: the
    /// result decodes to the same instant if that is a whole second (or any multiple of the unit up
    /// to the type's precision), and otherwise to within the spacing of the type.
    ///
    /// # Errors
    /// [`Error::Data`] with the index of the first instant that an integer type cannot hold or that
    /// a floating type would shift by more than a millisecond; if the type is not numeric; and as
    /// [`TimeCoding::decode`] for units and calendar.
    pub fn encode(&self, instants: &[Instant], data_type: &DataType) -> Result<Buffer> {
        if !data_type.is_numeric() {
            return Err(self.error(format!("times cannot be stored as {data_type}")));
        }
        let (values, unit) = self.scaled(instants)?;
        let buffer = match data_type {
            DataType::F64 => Buffer::F64(values.iter().map(|&v| number::quotient(v, unit)).collect()),
            DataType::F32 => Buffer::F32(values.iter().map(|&v| number::quotient_f32(v, unit)).collect()),
            _ => return self.encode_integers(&values, unit, instants, data_type),
        };
        for (i, (&wanted, decoded)) in instants.iter().zip(self.decode(&buffer)?).enumerate() {
            if decoded.since(wanted).nanoseconds().abs() > 1_000_000 {
                return Err(self.does_not_hold(i, wanted, data_type));
            }
        }
        Ok(buffer)
    }

    fn encode_integers(&self, values: &[i128], unit: i128, instants: &[Instant], to: &DataType) -> Result<Buffer> {
        let refuse = |i: usize| match instants.get(i) {
            Some(&instant) => self.does_not_hold(i, instant, to),
            None => self.error(format!("times cannot be stored as {to}")),
        };
        if let Some(i) = values.iter().position(|v| v % unit != 0) {
            return Err(refuse(i));
        }
        let whole: Vec<i128> = values.iter().map(|v| v / unit).collect();
        number::integers(to, &whole).map_err(|i| refuse(i.unwrap_or(usize::MAX)))
    }

    /// What is divided by the returned unit to give the stored values of instants.
    fn scaled(&self, instants: &[Instant]) -> Result<(Vec<i128>, i128)> {
        if self.units.reference() == Reference::AbsoluteDay && self.calendar.has_dates() {
            return Ok((instants.iter().map(|&t| self.spell(t)).collect(), NANOSECONDS_PER_DAY));
        }
        let none = || self.error("the time axis has no reference date or no dates");
        let origin = self.origin.ok_or_else(none)?;
        Ok((instants.iter().map(|t| t.since(origin).nanoseconds()).collect(), self.step))
    }

    /// YYYYMMDD and the fraction of the day, times the nanoseconds of a day.
    fn spell(&self, instant: Instant) -> i128 {
        let (year, month, day) = self.calendar.date(instant.day_number());
        let date = i128::from(year.abs()) * 10_000 + i128::from(month) * 100 + i128::from(day);
        let size = date * NANOSECONDS_PER_DAY + i128::from(instant.nanosecond_of_day());
        if year < 0 { -size } else { size }
    }

    /// The instant that YYYYMMDD.fraction spells.
    fn absolute(&self, value: Number) -> Option<Instant> {
        let scaled = number::nanoseconds(value, NANOSECONDS_PER_DAY)?;
        let (date, rest) = (scaled.abs() / NANOSECONDS_PER_DAY, scaled.abs() % NANOSECONDS_PER_DAY);
        let year = i64::try_from(date / 10_000).ok()?;
        let day = self.calendar.day_number(
            if scaled < 0 { -year } else { year },
            (date / 100 % 100) as u8,
            (date % 100) as u8,
        )?;
        Instant::from_day_number(day)?.plus(Span::from_nanoseconds(rest))
    }

    /// Decode one by one; `None` for NaN and `missing`, an error where `decode` finds no time.
    fn map<T>(&self, values: &Buffer, missing: &[f64], decode: impl Fn(Number) -> Option<T>) -> Result<Vec<Option<T>>> {
        let numbers = number::numbers(values).ok_or_else(|| self.error("times are texts, not numbers"))?;
        let one = |(i, value): (usize, Number)| {
            let plain = value.to_f64();
            if plain.is_nan() || missing.contains(&plain) {
                return Ok(None);
            }
            let bad = || {
                self.error(format!("{plain} at index {i} is no time"))
                    .with_hint("is it a fill value? set missing_value")
            };
            decode(value).map(Some).ok_or_else(bad)
        };
        numbers.enumerate().map(one).collect()
    }

    /// An error of this coding.
    pub(super) fn error(&self, what: impl Into<String>) -> Error {
        Error::data(what, format!("time in {} of calendar {}", quote(&self.units.to_string()), self.calendar))
    }

    fn does_not_hold(&self, index: usize, instant: Instant, data_type: &DataType) -> Error {
        let shown = self.calendar.components(instant);
        self.error(format!("{data_type} does not hold {shown} (index {index})")).with_hint("store times as double")
    }
}

#[cfg(test)]
#[path = "coding_tests.rs"]
mod tests;
