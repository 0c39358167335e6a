//! Lengths of time.

use std::fmt;
use std::str::FromStr;

use super::fields::{Cursor, quote};
use super::{Calendar, Unit};
use crate::{Error, Result};

/// A length of time, or a time on an axis that has no reference date: whole nanoseconds.
///
/// Shown in the greatest unit of which it is a whole number: `6 hours`, `1 day`, `90 minutes`; a day and
/// more that are no whole seconds (a tropical year) in days and a time of day: `365 days 05:48:45.9747`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(i128);

/// Names of units from great to small, with their nanoseconds.
const SHOWN: [(&str, u128); 7] = [
    ("day", 86_400_000_000_000),
    ("hour", 3_600_000_000_000),
    ("minute", 60_000_000_000),
    ("second", 1_000_000_000),
    ("millisecond", 1_000_000),
    ("microsecond", 1_000),
    ("nanosecond", 1),
];

const DAY: u128 = 86_400_000_000_000;
const SECOND: u128 = 1_000_000_000;

impl Span {
    /// One hour.
    pub const HOUR: Self = Self(3_600_000_000_000);
    /// One day.
    pub const DAY: Self = Self(86_400_000_000_000);

    /// So many nanoseconds.
    pub fn from_nanoseconds(nanoseconds: i128) -> Self {
        Self(nanoseconds)
    }

    /// So many minutes.
    pub fn from_minutes(minutes: i64) -> Self {
        Self(i128::from(minutes) * 60_000_000_000)
    }

    /// So many days.
    pub fn from_days(days: i64) -> Self {
        Self(i128::from(days) * 86_400_000_000_000)
    }

    /// Its nanoseconds.
    pub fn nanoseconds(self) -> i128 {
        self.0
    }

    /// In seconds, rounded to a double.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        if size == 0 {
            return f.write_str("0 days");
        }
        let (days, rest) = (size / DAY, size % DAY);
        if days > 0 && !size.is_multiple_of(SECOND) {
            let (seconds, part) = (rest / SECOND, rest % SECOND);
            let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            let part = format!("{part:09}");
            let text = format!("{hour:02}:{minute:02}:{second:02}.{}", part.trim_end_matches('0'));
            return write!(f, "{sign}{days} day{} {text}", if days == 1 { "" } else { "s" });
        }
        let (name, unit) = SHOWN.into_iter().find(|(_, unit)| size.is_multiple_of(*unit)).unwrap_or(("nanosecond", 1));
        let count = size / unit;
        write!(f, "{sign}{count} {name}{}", if count == 1 { "" } else { "s" })
    }
}

impl FromStr for Span {
    type Err = Error;

    /// Numbers with units, added up, and a time of day at the end if wanted: `12h`, `0 days`,
    /// `1 day 12 hours`, `1.5 days`, `2 days 12:00:00`, `-6h`.
    ///
    /// # Errors
    /// [`Error::Usage`] for anything else, and for months and years, whose lengths differ.
    fn from_str(text: &str) -> Result<Self> {
        scan(text).map_err(|why| {
            let hint = "write numbers with units, such as '12h' or '2 days 12:00:00'";
            Error::usage(format!("{} is no length of time: {why}; {hint}", quote(text)))
        })
    }
}

const TOO_LONG: &str = "it is too long";

fn scan(text: &str) -> Result<Span, String> {
    let mut at = Cursor::new(text.trim());
    let negative = at.eat(&['-', '+']) == Some('-');
    let (mut total, mut terms) = (0_i128, 0);
    while !at.is_at_end() {
        let (mantissa, scale) = decimal(&mut at).ok_or("a number is missing")?;
        if scale == 1 && terms > 0 && at.peek() == Some(':') {
            total = clock(&mut at, mantissa)?.checked_add(total).ok_or(TOO_LONG)?;
        } else {
            at.skip_blanks();
            let name = at.run(char::is_alphabetic);
            let unit = Unit::parse(name).ok_or_else(|| match name {
                "" => "a number has no unit".to_owned(),
                _ => format!("{} is no unit of time", quote(name)),
            })?;
            if unit.is_approximate(Calendar::STANDARD) {
                return Err("months and years differ in length".to_owned());
            }
            let length = mantissa.checked_mul(unit.nanoseconds(Calendar::STANDARD)).ok_or(TOO_LONG)?;
            total = total.checked_add(length / scale).ok_or(TOO_LONG)?;
        }
        terms += 1;
        if terms > 8 {
            return Err("it has too many parts".to_owned());
        }
        at.skip_blanks();
    }
    let total = if negative { -total } else { total };
    let fits = terms > 0 && total.unsigned_abs() < 1 << 80;
    fits.then_some(Span(total)).ok_or_else(|| if terms > 0 { TOO_LONG } else { "it is empty" }.to_owned())
}

/// `12`, `1.5`: a mantissa below 10^18 and the power of ten that divides it.
pub(super) fn decimal(at: &mut Cursor) -> Option<(i128, i128)> {
    let whole = at.digits()?;
    let mut ahead = *at;
    if ahead.eat(&['.']).is_none() {
        return Some((i128::from(whole.value), 1));
    }
    let run = ahead.run(|c| c.is_ascii_digit());
    if run.len() > 9 {
        return None;
    }
    let (value, scale) = (run.parse().unwrap_or(0), 10_i128.pow(run.len() as u32));
    *at = ahead;
    Some((i128::from(whole.value) * scale + value, scale))
}

/// `:30:00.5` behind the hours.
fn clock(at: &mut Cursor, hours: i128) -> Result<i128, String> {
    let sixty = |at: &mut Cursor| {
        at.eat(&[':'])?;
        at.digits().filter(|d| d.count == 2 && d.value < 60).map(|d| i128::from(d.value))
    };
    let minutes = sixty(at).ok_or("a time of day is HH:MM:SS")?;
    let seconds = if at.peek() == Some(':') { sixty(at).ok_or("a time of day is HH:MM:SS")? } else { 0 };
    let fraction = if at.eat(&['.']).is_some() { at.fraction().map_or(0, |(n, _)| i128::from(n)) } else { 0 };
    Ok(((hours * 60 + minutes) * 60 + seconds) * 1_000_000_000 + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_shown() {
        for (text, shown) in [
            ("0 days", "0 days"),
            ("24h", "1 day"),
            ("36 hours", "36 hours"),
            ("1.5 days", "36 hours"),
            ("1d12h", "36 hours"),
            ("2 days 12:00:00", "60 hours"),
            ("0 days 00:00:00.25", "250 milliseconds"),
            ("-6h", "-6 hours"),
            ("1 week", "7 days"),
            ("90 min", "90 minutes"),
            ("365 days 05:48:45.9747", "365 days 05:48:45.9747"),
            ("-36 h 0.5 s", "-1 day 12:00:00.5"),
        ] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), shown, "{text}");
        }
    }

    #[test]
    fn lengths_that_are_none_say_why() {
        for (text, why) in [
            ("", "empty"),
            ("5", "no unit"),
            ("5 parsecs", "no unit of time"),
            ("1 month", "differ"),
            ("999999999999999999 weeks", "too long"),
            ("999999999999999999.999999999 h 999999999999999999.999999999 h", "too long"),
            ("1d1d1d1d1d1d1d1d1d", "too many"),
            ("1.0000000000d", "number is missing"),
        ] {
            let error = text.parse::<Span>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
