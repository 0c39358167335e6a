//! `--time START/END`.

use std::fmt;
use std::str::FromStr;

use super::fields::quote;
use super::{Calendar, DateText, Instant, Span};
use crate::{Error, Result};

/// From a time on, up to but not including another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval<T> {
    /// The first time inside.
    pub start: T,
    /// The first time no longer inside.
    pub end: T,
}

impl<T: PartialOrd> Interval<T> {
    /// Whether a time lies inside.
    pub fn contains(&self, time: &T) -> bool {
        self.start <= *time && *time < self.end
    }
}

/// A period that a user asks for: `START/END`, both ends included.
///
/// Either end may be partial and then means the whole period (`2020/2021-03` runs from the first
/// instant of 2020 to the last of March 2021), or empty (`2020/`, `/2020`; `..` is the same). One
/// date without a slash is that whole period. Dates are [`DateText`]s, read in the calendar of the
/// data, in UTC.
///
/// A day that the calendar does not have but others do (31 January in `360_day`, 29 February in
/// `noleap`, 10 October 1582) begins a period with the next day that exists, and ends it with the last
/// one before.
///
/// For axes without a reference date the ends are lengths of time: `0 days/1 days`, `24h/48h`, and
/// `12h` alone for that time exactly. They too are included: hourly data have 25 steps from 0 to 1 day.
///
/// ```
/// use pangeo::cf::time::{Calendar, TimeRange};
/// let range: TimeRange = "2020-02/2020-02-30".parse()?;
/// let interval = range.resolve(Calendar::NOLEAP)?;
/// assert_eq!(interval.end.since(interval.start).to_string(), "28 days");
/// # Ok::<(), pangeo::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeRange {
    text: String,
    ends: Ends,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Dates(Option<DateText>, Option<DateText>),
    Spans(Option<Span>, Option<Span>),
}

impl TimeRange {
    /// Whether the ends are lengths of time, for axes without a reference date.
    pub fn is_duration(&self) -> bool {
        matches!(self.ends, Ends::Spans(..))
    }

    /// The period in a calendar; an open end is the end of all time.
    ///
    /// # Errors
    /// [`Error::Usage`] if it ends before it begins, if its only day or an end's year does not exist
    /// in the calendar, or if the ends are lengths of time; [`Error::Data`] for the calendar `none`.
    pub fn resolve(&self, calendar: Calendar) -> Result<Interval<Instant>> {
        let Ends::Dates(start, end) = self.ends else {
            return Err(Error::usage(format!("the time range '{self}' has no dates, but the data have"))
                .with_hint("write START/END as dates, such as 2020-03/2020-05"));
        };
        if !calendar.has_dates() {
            return Err(Error::data(format!("the calendar 'none' has no dates to select '{self}' from"), "time axis")
                .with_hint("select steps by index (--isel) or by value (--sel)"));
        }
        let none =
            || Error::usage(format!("the time range '{self}' names a year that calendar {calendar} does not have"));
        let start_at = start.map_or(Some(Instant::MIN), |d| d.first(calendar)).ok_or_else(none)?;
        let end_at = end.map_or(Some(Instant::MAX), |d| d.past(calendar)).ok_or_else(none)?;
        if start_at >= end_at {
            return Err(Error::usage(if start == end {
                format!("the calendar {calendar} has no {self}")
            } else {
                format!("the time range '{self}' ends before it begins")
            }));
        }
        Ok(Interval { start: start_at, end: end_at })
    }

    /// The period on an axis without reference date; an open end is the end of all time.
    ///
    /// # Errors
    /// [`Error::Usage`] if it ends before it begins or if its ends are dates.
    pub fn resolve_spans(&self) -> Result<Interval<Span>> {
        let Ends::Spans(start, end) = self.ends else {
            return Err(Error::usage(format!(
                "the time range '{self}' has dates, but the time axis has no reference date"
            ))
            .with_hint("supply it with --reference-time, or write lengths of time such as 0h/24h"));
        };
        let start = start.unwrap_or(Span::from_nanoseconds(i128::MIN));
        let end = end.map_or(i128::MAX, |s| s.nanoseconds().saturating_add(1));
        if start.nanoseconds() >= end {
            return Err(Error::usage(format!("the time range '{self}' ends before it begins")));
        }
        Ok(Interval { start, end: Span::from_nanoseconds(end) })
    }
}

impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for TimeRange {
    type Err = Error;

    /// # Errors
    /// [`Error::Usage`] that says which end is not understood.
    fn from_str(text: &str) -> Result<Self> {
        scan(text).map(|ends| Self { text: text.trim().to_owned(), ends }).map_err(|why| {
            let hint = "write START/END, such as 2020-03/2020-05-15T12, 2020, 2020/ or /2020";
            Error::usage(format!("{} is no time range: {why}; {hint}", quote(text)))
        })
    }
}

/// One end: open, a date or a length of time.
enum End {
    Open,
    Date(DateText),
    Span(Span),
}

fn scan(text: &str) -> Result<Ends, String> {
    let Some((start, end)) = text.split_once('/') else {
        return match scan_end(text)? {
            End::Open => Err("it is empty".to_owned()),
            End::Date(date) => Ok(Ends::Dates(Some(date), Some(date))),
            End::Span(span) => Ok(Ends::Spans(Some(span), Some(span))),
        };
    };
    if end.contains('/') {
        return Err("it has more than one '/'".to_owned());
    }
    match (scan_end(start)?, scan_end(end)?) {
        (End::Open, End::Open) => Err("both ends are open".to_owned()),
        (End::Date(start), End::Date(end)) => Ok(Ends::Dates(Some(start), Some(end))),
        (End::Date(start), End::Open) => Ok(Ends::Dates(Some(start), None)),
        (End::Open, End::Date(end)) => Ok(Ends::Dates(None, Some(end))),
        (End::Span(start), End::Span(end)) => Ok(Ends::Spans(Some(start), Some(end))),
        (End::Span(start), End::Open) => Ok(Ends::Spans(Some(start), None)),
        (End::Open, End::Span(end)) => Ok(Ends::Spans(None, Some(end))),
        _ => Err("one end is a date and the other a length of time".to_owned()),
    }
}

fn scan_end(text: &str) -> Result<End, String> {
    let text = text.trim();
    if matches!(text, "" | "..") {
        return Ok(End::Open);
    }
    let date = DateText::scan(text).map(End::Date);
    date.or_else(|why| text.parse().map(End::Span).map_err(|_| format!("{}: {why}", quote(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The interval in a calendar, shown; or the error.
    fn shown(text: &str, calendar: Calendar) -> String {
        let range: TimeRange = text.parse().unwrap();
        match range.resolve(calendar) {
            Ok(interval) => {
                let show = |t| match t {
                    Instant::MIN | Instant::MAX => "open".to_owned(),
                    t => calendar.components(t).to_string().replace("T00:00:00", ""),
                };
                format!("{} to {}", show(interval.start), show(interval.end))
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn partial_dates_are_whole_periods_both_ends_included() {
        let c = Calendar::STANDARD;
        for (text, expected) in [
            ("2020", "2020-01-01 to 2021-01-01"),
            ("2020-02", "2020-02-01 to 2020-03-01"),
            ("2020-02-29", "2020-02-29 to 2020-03-01"),
            ("2020-03-04T06", "2020-03-04T06:00:00 to 2020-03-04T07:00:00"),
            ("2020-03-04T06:30Z", "2020-03-04T06:30:00 to 2020-03-04T06:31:00"),
            ("2020-03-04T06:30:15", "2020-03-04T06:30:15 to 2020-03-04T06:30:16"),
            ("2020-03-04T06:30:15.5", "2020-03-04T06:30:15.5 to 2020-03-04T06:30:15.6"),
            ("2019-12/2020", "2019-12-01 to 2021-01-01"),
            (" 2020 / 2020-03 ", "2020-01-01 to 2020-04-01"),
            ("2020/", "2020-01-01 to open"),
            ("/2020-06", "open to 2020-07-01"),
            ("../2020-06", "open to 2020-07-01"),
            ("2020-12-31T23/2020-12-31T23", "2020-12-31T23:00:00 to 2021-01-01"),
            ("20200304/20200305", "2020-03-04 to 2020-03-06"),
            ("2020-03-04T06:00+06:00/2020-03-05", "2020-03-04 to 2020-03-06"),
            ("-0044-03-15", "-0044-03-15 to -0044-03-16"),
        ] {
            assert_eq!(shown(text, c), expected, "{text}");
        }
    }

    #[test]
    fn days_that_a_calendar_lacks_are_clamped_inwards() {
        let (noleap, day360, standard) = (Calendar::NOLEAP, Calendar::DAY_360, Calendar::STANDARD);
        for (text, calendar, expected) in [
            ("2020-02-30", day360, "2020-02-30 to 2020-03-01"),
            ("2020-01-31/2020-03", day360, "2020-02-01 to 2020-04-01"),
            ("2020-01/2020-01-31", day360, "2020-01-01 to 2020-02-01"),
            ("2020-02-29/2020-03-31", noleap, "2020-03-01 to 2020-04-01"),
            ("2020-01/2020-02-29T12", noleap, "2020-01-01 to 2020-03-01"),
            ("2020-12-31/2021", day360, "2021-01-01 to 2022-01-01"),
            ("1582-10-10/1582-10-20", standard, "1582-10-15 to 1582-10-21"),
            ("1582-10-01/1582-10-10", standard, "1582-10-01 to 1582-10-15"),
            ("1582-10", standard, "1582-10-01 to 1582-11-01"),
            ("2021-02-29", noleap, "the calendar noleap has no 2021-02-29"),
            ("0000", standard, "the time range '0000' names a year that calendar standard does not have"),
            ("0000", standard.with_year_zero(), "0000-01-01 to 0001-01-01"),
            ("2021/2020", standard, "the time range '2021/2020' ends before it begins"),
        ] {
            assert_eq!(shown(text, calendar), expected, "{text} {calendar}");
        }
        assert!("2020".parse::<TimeRange>().unwrap().resolve(Calendar::NONE).is_err());
    }

    #[test]
    fn lengths_of_time_select_on_axes_without_dates() {
        let count = |text: &str| {
            let interval = text.parse::<TimeRange>().unwrap().resolve_spans().unwrap();
            (0..97).filter(|h| interval.contains(&Span::from_minutes(h * 60))).count()
        };
        // The CAMS forecast of the Pangeo tutorial, hourly from 0 to 96 h; xarray's .sel keeps 25 too.
        assert_eq!(count("0 days/1 days"), 25);
        assert_eq!((count("24h/48h"), count("12h"), count("90h/"), count("/2h")), (25, 1, 7, 3));
        let range: TimeRange = "2021-12-22".parse().unwrap();
        assert!(range.resolve_spans().unwrap_err().hint().unwrap().contains("--reference-time"));
        assert!("48h/24h".parse::<TimeRange>().unwrap().resolve_spans().is_err());
        assert!("12h".parse::<TimeRange>().unwrap().resolve(Calendar::STANDARD).is_err());
    }

    #[test]
    fn what_is_no_range_says_why() {
        for (text, why) in [
            ("", "is empty"),
            ("/", "both ends are open"),
            ("2020/2021/2022", "more than one '/'"),
            ("202003", "write YYYY-MM"),
            ("2020-13/2021", "'2020-13': the month is not 1–12"),
            ("2020-01/3 days", "one end is a date"),
            ("yesterday", "does not begin with a year"),
        ] {
            let error = text.parse::<TimeRange>().unwrap_err();
            assert!(error.to_string().contains(why), "{text}: {error}");
            assert_eq!(error.exit_code(), 2);
        }
    }
}
