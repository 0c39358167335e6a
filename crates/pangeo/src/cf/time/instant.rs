//! A point in time, and its parts.

use std::fmt;

use super::Span;

/// Nanoseconds of a day; no calendar here has leap seconds.
pub(super) const NANOSECONDS_PER_DAY: i128 = 86_400_000_000_000;
/// Nanoseconds of a second.
pub(super) const NANOSECONDS_PER_SECOND: i128 = 1_000_000_000;
/// Days either side of 1970-01-01 that are handled, about 1.07 million years.
const MAX_DAYS: i128 = 390_000_000;

/// A point in time: whole nanoseconds since 1970-01-01T00:00:00 of some calendar.
///
/// The calendar is not part of it: a time axis has one calendar for all its instants, and instants
/// of different calendars must not be compared (see [`super::Calendar::agrees_with`]).
/// Instants lie within about 1.07 million years of 1970, so that no arithmetic on them overflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i128);

impl Instant {
    /// The earliest instant that is handled.
    pub const MIN: Self = Self(-MAX_DAYS * NANOSECONDS_PER_DAY);
    /// The latest instant that is handled.
    pub const MAX: Self = Self(MAX_DAYS * NANOSECONDS_PER_DAY);

    /// The instant so many nanoseconds after 1970-01-01; `None` out of range.
    pub fn from_nanoseconds(nanoseconds: i128) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&nanoseconds).then_some(Self(nanoseconds))
    }

    /// The first instant of a day; `None` out of range.
    pub fn from_day_number(day: i64) -> Option<Self> {
        Self::from_nanoseconds(i128::from(day) * NANOSECONDS_PER_DAY)
    }

    /// Nanoseconds since 1970-01-01.
    pub fn nanoseconds(self) -> i128 {
        self.0
    }

    /// The number of the day it lies in: whole days since 1970-01-01.
    pub fn day_number(self) -> i64 {
        self.0.div_euclid(NANOSECONDS_PER_DAY) as i64
    }

    /// Nanoseconds since midnight.
    pub fn nanosecond_of_day(self) -> u64 {
        self.0.rem_euclid(NANOSECONDS_PER_DAY) as u64
    }

    /// The instant a span later; `None` out of range.
    pub fn plus(self, span: Span) -> Option<Self> {
        Self::from_nanoseconds(self.0.checked_add(span.nanoseconds())?)
    }

    /// The time from `earlier` to this instant; negative if that is later.
    pub fn since(self, earlier: Self) -> Span {
        Span::from_nanoseconds(self.0 - earlier.0)
    }

    /// The instant half-way to `other`, to the nanosecond below.
    #[must_use]
    pub fn midpoint(self, other: Self) -> Self {
        Self((self.0 + other.0).div_euclid(2))
    }
}

/// The parts of an instant in its calendar; ordered as the instants are.
///
/// Shown as ISO 8601, the fraction of the second without trailing zeros and only if there is one:
/// `2000-02-30T06:00:00`, `1999-12-31T23:59:59.5`, `-0001-01-01T00:00:00`, `+12000-01-01T00:00:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Components {
    /// Year in the calendar's numbering.
    pub year: i64,
    /// 1–12.
    pub month: u8,
    /// 1–31.
    pub day: u8,
    /// 0–23.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
    /// 0–59; there are no leap seconds.
    pub second: u8,
    /// Fraction of the second, 0–999 999 999.
    pub nanosecond: u32,
}

impl Components {
    /// Midnight of a date.
    pub fn date(year: i64, month: u8, day: u8) -> Self {
        Self { year, month, day, hour: 0, minute: 0, second: 0, nanosecond: 0 }
    }

    /// A date and a time of day.
    pub fn new(year: i64, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Self {
        Self { year, month, day, hour, minute, second, nanosecond: 0 }
    }

    /// Fraction of the second in microseconds, cut.
    pub fn microsecond(&self) -> u32 {
        self.nanosecond / 1000
    }

    /// The time of day of so many nanoseconds since midnight, of no date yet.
    pub(super) fn of_day(nanoseconds: u64) -> Self {
        let seconds = nanoseconds / 1_000_000_000;
        Self {
            hour: (seconds / 3600 % 24) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            nanosecond: (nanoseconds % 1_000_000_000) as u32,
            ..Self::date(0, 1, 1)
        }
    }

    /// The same time of day on a date.
    pub(super) fn on(self, year: i64, month: u8, day: u8) -> Self {
        Self { year, month, day, ..self }
    }

    /// Nanoseconds since midnight; `None` if there is no such time of day.
    pub(super) fn nanosecond_of_day(&self) -> Option<u64> {
        let exists = self.hour < 24 && self.minute < 60 && self.second < 60 && self.nanosecond < 1_000_000_000;
        let seconds = u64::from(self.hour) * 3600 + u64::from(self.minute) * 60 + u64::from(self.second);
        exists.then_some(seconds * 1_000_000_000 + u64::from(self.nanosecond))
    }
}

impl fmt::Display for Components {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.year {
            ..0 => "-",
            10_000.. => "+",
            _ => "",
        };
        write!(f, "{sign}{:04}-{:02}-{:02}T", self.year.unsigned_abs(), self.month, self.day)?;
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        if self.nanosecond > 0 {
            let digits = format!("{:09}", self.nanosecond);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Calendar;
    use super::*;

    #[test]
    fn components_are_shown_as_iso_8601() {
        let show = |y, s, n| Components { nanosecond: n, ..Components::new(y, 2, 3, 4, 5, s) }.to_string();
        assert_eq!(show(2000, 6, 0), "2000-02-03T04:05:06");
        assert_eq!(show(-1, 6, 500_000_000), "-0001-02-03T04:05:06.5");
        assert_eq!(show(12_345, 6, 1_000), "+12345-02-03T04:05:06.000001");
    }

    #[test]
    fn instants_before_1970_have_positive_times_of_day() {
        let at = Components { nanosecond: 999_999_999, ..Components::new(1969, 12, 31, 23, 59, 59) };
        let instant = Calendar::STANDARD.instant(&at).unwrap();
        assert_eq!(instant.nanoseconds(), -1);
        assert_eq!(Calendar::STANDARD.components(instant), at);
    }

    #[test]
    fn out_of_range_is_none() {
        assert_eq!(Instant::MAX.plus(Span::from_nanoseconds(1)), None);
        assert_eq!(Instant::MAX.plus(Span::from_nanoseconds(i128::MAX)), None);
        assert_eq!(Instant::from_day_number(i64::MIN), None);
        let bad = Components::new(2000, 1, 1, 24, 0, 0);
        assert_eq!(Calendar::STANDARD.instant(&bad), None);
    }
}
