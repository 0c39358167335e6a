//! Hours, days, months, seasons and years as groups of time steps.

use std::fmt;
use std::str::FromStr;

use super::fields::{Cursor, quote};
use super::{Calendar, Components, Instant, Span, Unit};
use crate::{Error, Result};

/// Consecutive periods that cover the time line, each beginning where the one before ends.
///
/// Periods of months begin on the first of a month of the calendar; those that divide the year or
/// are whole years begin in their anchor month (`season` in December, `year` in January), and several
/// years with a multiple of their number (`10y`: 2000, 2010). Other periods are counted from midnight
/// before the first time of the axis (pandas' `origin="start_day"`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// A length of time.
    Span(Span),
    /// So many months.
    Months {
        /// How many, 1 or more.
        count: u32,
        /// A month in which periods begin, 1–12.
        anchor: u8,
    },
}

impl Period {
    /// The hour.
    pub const HOUR: Self = Self::Span(Span::HOUR);
    /// The day.
    pub const DAY: Self = Self::Span(Span::DAY);
    /// The month.
    pub const MONTH: Self = Self::Months { count: 1, anchor: 1 };
    /// December to February, March to May, June to August, September to November.
    pub const SEASON: Self = Self::Months { count: 3, anchor: 12 };
    /// January to December.
    pub const YEAR: Self = Self::Months { count: 12, anchor: 1 };

    /// The beginning of the period that holds `at`, on an axis of which `first` is the earliest time.
    /// `None` at the edges of the years that are handled.
    pub fn start_of(self, calendar: Calendar, at: Instant, first: Instant) -> Option<Instant> {
        match self {
            Self::Span(span) => {
                let origin = Instant::from_day_number(first.day_number())?;
                let length = span.nanoseconds().max(1);
                let periods = at.since(origin).nanoseconds().div_euclid(length);
                origin.plus(Span::from_nanoseconds(periods.checked_mul(length)?))
            }
            Self::Months { count, anchor } => {
                let count = i64::from(count.max(1));
                let at = calendar.components(at);
                let first = calendar.components(first);
                let origin = if count % 12 == 0 || 12 % count == 0 {
                    i64::from(anchor) - 1
                } else {
                    calendar.month_index(first.year, first.month)
                };
                let past = (calendar.month_index(at.year, at.month) - origin).rem_euclid(count);
                month_start(calendar, &at, -past)
            }
        }
    }

    /// The beginning of the period after the one that begins at `start`.
    pub fn next(self, calendar: Calendar, start: Instant) -> Option<Instant> {
        match self {
            Self::Span(span) => start.plus(span.max(Span::from_nanoseconds(1))),
            Self::Months { count, .. } => month_start(calendar, &calendar.components(start), i64::from(count.max(1))),
        }
    }
}

/// The first instant of the month `months` after that of `at`.
fn month_start(calendar: Calendar, at: &Components, months: i64) -> Option<Instant> {
    let (year, month) = calendar.months_later(at.year, at.month, months)?;
    Instant::from_day_number(calendar.day_number(year, month, 1)?)
}

/// `hour`, `6 hours`, `month`, `season`, `year from JUL`, …
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::SEASON => f.write_str("season"),
            Self::Months { count, anchor } => {
                let (number, unit) = if count % 12 == 0 { (count / 12, "year") } else { (count, "month") };
                write!(f, "{number} {unit}{}", if number == 1 { "" } else { "s" })?;
                if anchor == 1 { Ok(()) } else { write!(f, " from {}", name(anchor)) }
            }
            Self::Span(span) => span.fmt(f),
        }
    }
}

const NAMES: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

fn name(month: u8) -> &'static str {
    NAMES.get(usize::from(month.saturating_sub(1))).copied().unwrap_or("JAN")
}

impl FromStr for Period {
    type Err = Error;

    /// A word (`hour`, `day`, `month`, `season`, `year`), a number with a unit (`6h`, `10d`, `3mo`,
    /// `10y`, `30min`), or an alias of pandas that begins a period (`1D`, `MS`, `QS-DEC`, `YS-JUL`).
    ///
    /// # Errors
    /// [`Error::Usage`] for anything else and for numbers of 0 or above 100 000.
    fn from_str(text: &str) -> Result<Self> {
        scan(text).ok_or_else(|| {
            let hint =
                "write hour, day, month, season, year, or a number with a unit such as 6h, 10d, 3mo, QS-DEC or YS-JUL";
            Error::usage(format!("{} is no period; {hint}", quote(text)))
        })
    }
}

fn scan(text: &str) -> Option<Period> {
    let mut at = Cursor::new(text.trim());
    let number = at.digits().map_or(1, |d| d.value);
    let number = u32::try_from(number).ok().filter(|n| (1..=100_000).contains(n))?;
    at.skip_blanks();
    let upper = at.rest().to_ascii_uppercase();
    let (unit, anchor) = match upper.split_once('-') {
        Some((unit, month)) => (unit, Some(NAMES.iter().position(|name| *name == month)? as u8 + 1)),
        None => (upper.as_str(), None),
    };
    let months = |each: u32, anchor: u8| Some(Period::Months { count: number.checked_mul(each)?, anchor });
    match (unit, anchor) {
        ("MS" | "M" | "MO" | "MON" | "MONTH" | "MONTHS" | "MONTHLY", None) => months(1, 1),
        ("QS" | "Q" | "QUARTER" | "QUARTERS", anchor) => months(3, anchor.unwrap_or(1)),
        ("SEASON" | "SEASONS" | "SEASONAL", None) => months(3, 12),
        ("YS" | "AS" | "Y" | "A" | "YR" | "YEAR" | "YEARS" | "YEARLY" | "ANNUAL", anchor) => {
            months(12, anchor.unwrap_or(1))
        }
        ("HOURLY", None) => span(number, Unit::Hours),
        ("DAILY", None) => span(number, Unit::Days),
        (unit, None) => span(number, Unit::parse(unit).filter(|u| !u.is_approximate(Calendar::STANDARD))?),
        _ => None,
    }
}

fn span(number: u32, unit: Unit) -> Option<Period> {
    let length = i128::from(number).checked_mul(unit.nanoseconds(Calendar::STANDARD))?;
    Some(Period::Span(Span::from_nanoseconds(length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(calendar: Calendar, text: &str) -> Instant {
        text.parse::<crate::cf::time::DateText>().unwrap().instant(calendar).unwrap()
    }

    /// Start and end of the period that holds a time, on an axis from 1999-12-31T18:00.
    fn around(period: &str, calendar: Calendar, time: &str) -> String {
        let period: Period = period.parse().unwrap();
        let start = period.start_of(calendar, at(calendar, time), at(calendar, "1999-12-30T18:00")).unwrap();
        let end = period.next(calendar, start).unwrap();
        let show = |t| calendar.components(t).to_string().replace("T00:00:00", "");
        format!("{} {}", show(start), show(end))
    }

    #[test]
    fn periods_begin_where_the_calendar_has_them() {
        for (period, time, expected) in [
            ("hour", "2000-02-29T13:59:59", "2000-02-29T13:00:00 2000-02-29T14:00:00"),
            ("6h", "2000-02-29T13:59:59", "2000-02-29T12:00:00 2000-02-29T18:00:00"),
            ("1D", "2000-02-29T13:59:59", "2000-02-29 2000-03-01"),
            ("10d", "2000-01-10", "2000-01-09 2000-01-19"),
            ("month", "2000-02-29", "2000-02-01 2000-03-01"),
            ("MS", "2000-12-31", "2000-12-01 2001-01-01"),
            ("season", "2000-01-15", "1999-12-01 2000-03-01"),
            ("QS-DEC", "2000-12-15", "2000-12-01 2001-03-01"),
            ("3mo", "2000-12-15", "2000-10-01 2001-01-01"),
            ("5mo", "2000-12-15", "2000-10-01 2001-03-01"),
            ("year", "2000-06-15", "2000-01-01 2001-01-01"),
            ("YS-JUL", "2000-06-15", "1999-07-01 2000-07-01"),
            ("10y", "2009-06-15", "2000-01-01 2010-01-01"),
            ("30min", "2000-01-01T00:45", "2000-01-01T00:30:00 2000-01-01T01:00:00"),
            ("month", "1582-10-20", "1582-10-01 1582-11-01"),
        ] {
            assert_eq!(around(period, Calendar::STANDARD, time), expected, "{period}");
        }
        assert_eq!(around("month", Calendar::DAY_360, "2000-02-30"), "2000-02-01 2000-03-01");
        // Without a year 0 the decade before year 10 is −1, 1 … 9.
        assert_eq!(around("10y", Calendar::STANDARD, "0005-01-01"), "-0001-01-01 0010-01-01");
    }

    #[test]
    fn names_are_shown_and_nonsense_is_refused() {
        let shown = |text: &str| text.parse::<Period>().map(|p| p.to_string());
        for (text, expected) in
            [("season", "season"), ("YS-JUL", "1 year from JUL"), ("24h", "1 day"), ("Q", "3 months")]
        {
            assert_eq!(shown(text).unwrap(), expected);
        }
        for text in ["", "0d", "fortnightly", "QS-XYZ", "MS-JAN", "999999999y", "-1d", "6"] {
            assert!(shown(text).is_err(), "{text}");
        }
    }
}
