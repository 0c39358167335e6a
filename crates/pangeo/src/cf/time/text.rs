//! Dates as people and files write them, in full or in part.

use std::str::FromStr;

use super::fields::{Cursor, Digits, quote};
use super::{Calendar, Components, Instant, Span};
use crate::{Error, Result};

/// A date as it is written, in full or in part, in no calendar yet: `2020`, `2020-03`,
/// `1-1-1 00:00:0.0`, `20200304T06`, `2000-01-01T12:30:00.5+01:00`, `-4713-11-24`.
///
/// ISO 8601 with what UDUNITS and cftime allow besides: parts without leading zeros, a blank for
/// `T`, and `Z`, `UTC`, `GMT` or an offset behind it. Years have up to five digits, or up to seven
/// with a sign; eight digits are YYYYMMDD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateText {
    /// The year as written, in whatever numbering the calendar has.
    pub year: i64,
    /// 1–12.
    pub month: Option<u8>,
    /// 1–31, checked against no calendar.
    pub day: Option<u8>,
    /// 0–23.
    pub hour: Option<u8>,
    /// 0–59.
    pub minute: Option<u8>,
    /// 0–59.
    pub second: Option<u8>,
    /// Fraction of the second in nanoseconds, and how many digits it was written with.
    pub fraction: Option<(u32, u8)>,
    /// Minutes by which the local time is ahead of UTC.
    pub offset_minutes: i32,
}

impl DateText {
    /// The first instant of the period that is named; `None` if its date does not exist.
    pub fn instant(&self, calendar: Calendar) -> Option<Instant> {
        let day = calendar.day_number(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))?;
        self.on_day(day)
    }

    /// As [`DateText::instant`], from the next day on if that very day does not exist.
    pub(super) fn first(&self, calendar: Calendar) -> Option<Instant> {
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        match calendar.day_number(self.year, month, day) {
            Some(number) => self.on_day(number),
            None => Instant::from_day_number(calendar.day_from(self.year, month, day)?),
        }
    }

    /// The first instant after the period that is named; that of the last existing day before, if
    /// the day does not exist.
    pub(super) fn past(&self, calendar: Calendar) -> Option<Instant> {
        let (month, day) = (self.month.unwrap_or(12), self.day.unwrap_or(31));
        if self.hour.is_none() || calendar.day_number(self.year, month, day).is_none() {
            let midnight = Instant::from_day_number(calendar.day_past(self.year, month, day)?)?;
            return midnight.plus(Span::from_minutes(-i64::from(self.offset_minutes)));
        }
        self.instant(calendar)?.plus(self.precision())
    }

    /// How long the last written part of a time of day lasts.
    fn precision(&self) -> Span {
        Span::from_nanoseconds(match (self.minute, self.second, self.fraction) {
            (None, ..) => 3_600_000_000_000,
            (_, None, _) => 60_000_000_000,
            (_, _, None) => 1_000_000_000,
            (_, _, Some((_, digits))) => 10_i128.pow(9_u32.saturating_sub(u32::from(digits))),
        })
    }

    /// The time of day on a day, in UTC.
    fn on_day(&self, day: i64) -> Option<Instant> {
        let time = Components {
            hour: self.hour.unwrap_or(0),
            minute: self.minute.unwrap_or(0),
            second: self.second.unwrap_or(0),
            nanosecond: self.fraction.map_or(0, |(nanoseconds, _)| nanoseconds),
            ..Components::date(0, 1, 1)
        };
        let since_midnight = Span::from_nanoseconds(i128::from(time.nanosecond_of_day()?));
        let local = Instant::from_day_number(day)?.plus(since_midnight)?;
        local.plus(Span::from_minutes(-i64::from(self.offset_minutes)))
    }

    /// Read a whole text; the error says what is wrong with it, not where it came from.
    pub(super) fn scan(text: &str) -> Result<Self, String> {
        let mut at = Cursor::new(text.trim());
        let mut date = scan_date(&mut at)?;
        if date.day.is_some() {
            scan_time(&mut at, &mut date)?;
            scan_zone(&mut at, &mut date)?;
        }
        if !at.is_at_end() {
            return Err(format!("{} is not understood", quote(at.rest())));
        }
        date.checked()
    }

    fn checked(self) -> Result<Self, String> {
        let beyond = |part: Option<u8>, low: u8, high: u8| part.is_some_and(|v| v < low || v > high);
        let (name, high) = if beyond(self.month, 1, 12) {
            ("month", "1–12")
        } else if beyond(self.day, 1, 31) {
            ("day", "1–31")
        } else if beyond(self.hour, 0, 23) {
            ("hour", "0–23")
        } else if beyond(self.minute, 0, 59) {
            ("minute", "0–59")
        } else if beyond(self.second, 0, 59) {
            ("second", "0–59")
        } else if self.offset_minutes.abs() > 24 * 60 {
            ("time zone", "24 hours at most")
        } else {
            return Ok(self);
        };
        Err(format!("the {name} is not {high}"))
    }
}

impl FromStr for DateText {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] that says which part is not understood.
    fn from_str(text: &str) -> Result<Self> {
        Self::scan(text).map_err(|why| {
            let hint = "write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS";
            Error::usage(format!("{} is no date: {why}; {hint}", quote(text)))
        })
    }
}

/// One or two digits; more are a mistake (`2000-001`).
fn part(at: &mut Cursor, name: &str) -> Result<u8, String> {
    match at.digits() {
        Some(Digits { value, count: 1..=2 }) => Ok(value as u8),
        _ => Err(format!("the {name} has one or two digits")),
    }
}

/// Two digits of a run, counted from its end.
fn pair(value: u64, from_end: u32) -> u8 {
    (value / 100_u64.pow(from_end) % 100) as u8
}

fn scan_date(at: &mut Cursor) -> Result<DateText, String> {
    let sign = at.eat(&['-', '+']);
    let digits = at.digits().ok_or("it does not begin with a year")?;
    let mut date = DateText {
        year: digits.value as i64,
        month: None,
        day: None,
        hour: None,
        minute: None,
        second: None,
        fraction: None,
        offset_minutes: 0,
    };
    match (digits.count, sign) {
        (8, None) => {
            date.year = (digits.value / 10_000) as i64;
            (date.month, date.day) = (Some(pair(digits.value, 1)), Some(pair(digits.value, 0)));
            return Ok(date);
        }
        (1..=5, _) | (6..=7, Some(_)) => {}
        (6, None) => return Err("write YYYY-MM for a month".to_owned()),
        _ => return Err("the year has too many digits".to_owned()),
    }
    if sign == Some('-') {
        date.year = -date.year;
    }
    if at.eat(&['-']).is_some() {
        date.month = Some(part(at, "month")?);
        if at.eat(&['-']).is_some() {
            date.day = Some(part(at, "day")?);
        }
    }
    Ok(date)
}

/// `T12`, ` 12:30`, ` 0:0:0.0`, `T1230`, `T123000`.
fn scan_time(at: &mut Cursor, date: &mut DateText) -> Result<(), String> {
    let mut ahead = *at;
    let marked = ahead.eat(&['T', 't', '_']).is_some() | ahead.skip_blanks();
    if !ahead.peek().is_some_and(|c| c.is_ascii_digit()) || !marked {
        return Ok(()); // perhaps a time zone
    }
    *at = ahead;
    let digits = at.digits().ok_or("the time of day has too many digits")?;
    match digits.count {
        1 | 2 => date.hour = Some(digits.value as u8),
        4 => (date.hour, date.minute) = (Some(pair(digits.value, 1)), Some(pair(digits.value, 0))),
        6 => {
            (date.hour, date.minute) = (Some(pair(digits.value, 2)), Some(pair(digits.value, 1)));
            date.second = Some(pair(digits.value, 0));
        }
        _ => return Err("write the time of day as HH:MM:SS".to_owned()),
    }
    if digits.count <= 2 && at.eat(&[':']).is_some() {
        date.minute = Some(part(at, "minute")?);
        if at.eat(&[':']).is_some() {
            date.second = Some(part(at, "second")?);
        }
    }
    if date.second.is_some() && at.eat(&['.', ',']).is_some() {
        // `00:00:0.` is a fraction of no digits.
        date.fraction = at.fraction().map(|(nanoseconds, digits)| (nanoseconds, digits as u8));
    }
    Ok(())
}

/// `Z`, ` UTC`, ` GMT`, `+01:00`, ` -9:00`, `+0130`, ` +1`; ` 0:00` without a sign as UDUNITS has it.
fn scan_zone(at: &mut Cursor, date: &mut DateText) -> Result<(), String> {
    at.skip_blanks();
    if ["Z", "UTC", "GMT"].into_iter().any(|name| at.eat_word(name)) {
        return Ok(());
    }
    let mut ahead = *at;
    let sign = ahead.eat(&['-', '+']);
    let Some(digits) = ahead.digits() else { return Ok(()) };
    *at = ahead;
    let (hours, minutes) = match digits.count {
        1 | 2 if at.eat(&[':']).is_some() => (digits.value, u64::from(part(at, "minute of the time zone")?)),
        1 | 2 => (digits.value, 0),
        3 | 4 => (digits.value / 100, digits.value % 100),
        _ => return Err("write the time zone as +HH:MM".to_owned()),
    };
    let ahead_of_utc = (hours * 60 + minutes) as i32;
    date.offset_minutes = if sign == Some('-') { -ahead_of_utc } else { ahead_of_utc };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The instant in the standard calendar, shown.
    fn shown(text: &str) -> String {
        let instant = text.parse::<DateText>().unwrap().instant(Calendar::STANDARD);
        instant.map_or("none".to_owned(), |i| Calendar::STANDARD.components(i).to_string())
    }

    #[test]
    fn every_way_to_write_a_reference_date() {
        for (text, expected) in [
            ("2000", "2000-01-01T00:00:00"),
            ("1949-12-01", "1949-12-01T00:00:00"),
            ("1-1-1 00:00:0.0", "0001-01-01T00:00:00"),
            ("1-1-1 00:00:0.", "0001-01-01T00:00:00"),
            ("20000101", "2000-01-01T00:00:00"),
            ("20000101T1230", "2000-01-01T12:30:00"),
            ("2000-01-01 123456.5", "2000-01-01T12:34:56.5"),
            ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00"),
            ("2013-02-18 00:00:00.000 UTC", "2013-02-18T00:00:00"),
            ("2000-01-01 UTC", "2000-01-01T00:00:00"),
            ("2016-11-08 12:00Z", "2016-11-08T12:00:00"),
            ("1993-01-01T00:00:00.000000+00:00", "1993-01-01T00:00:00"),
            ("2000-01-01 00:00:00 +01:00", "1999-12-31T23:00:00"),
            ("1964-03-12 12:09:00 -9:00", "1964-03-12T21:09:00"),
            ("2000-01-01 12:30 +130", "2000-01-01T11:00:00"),
            ("2000-01-01 12:30 +1", "2000-01-01T11:30:00"),
            ("2000-01-01+0530", "1999-12-31T18:30:00"),
            ("1970-1-1 0:00:00 0:00", "1970-01-01T00:00:00"),
            ("1970-1-1 00:00:00 +0:00", "1970-01-01T00:00:00"),
            ("-4713-11-24 12", "-4713-11-24T12:00:00"),
            ("+012345-06-07", "+12345-06-07T00:00:00"),
            ("2000-01-01T00:00:00.123456789123", "2000-01-01T00:00:00.123456789"),
            ("1582-10-10", "none"),
            ("1999-02-29", "none"),
            ("0000-01-01", "none"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_date_says_why() {
        for (text, why) in [
            ("", "does not begin with a year"),
            ("Jan 1, 2000", "does not begin with a year"),
            ("202003", "write YYYY-MM"),
            ("2000-001", "month has one or two digits"),
            ("2000-13-01", "month is not 1–12"),
            ("0000-00-00", "month is not 1–12"),
            ("2000-01-01 24:00", "hour is not 0–23"),
            ("2000-01-01 00:60", "minute is not 0–59"),
            ("2000-01-01 12:00 EST", "'EST' is not understood"),
            ("2000-01-01 12:00 +99", "time zone is not 24 hours at most"),
            ("2000-01-01T", "'T' is not understood"),
            ("2000-01-01 12:30:00 UTCé", "is not understood"),
            ("99999999999999999999-01-01", "does not begin with a year"),
        ] {
            let error = text.parse::<DateText>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
