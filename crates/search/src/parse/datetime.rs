//! `--datetime`.

use chrono::{DateTime, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use pangeo::{Error, Result};

use super::wrong;
use crate::Period;

/// What a right one looks like.
const RIGHT: &str = "write a time (2020-03-04T05:06:07Z), a part of one (2020, 2020-03, 2020-03-04), or START/END, where '..' or nothing is open";

/// When: an instant of RFC 3339, a partial date that means the whole year, month, day, hour or minute, or `START/END` of these, both
/// included, where `..` or nothing leaves an end open. Without an offset, times are UTC.
///
/// A whole period ends a microsecond before the next begins, at `23:59:59.999999`: the finest that servers upon
/// `PostgreSQL` tell apart. (pystac-client asks for `23:59:59` and so misses the last second's items.)
///
/// ```
/// let period = search::parse::datetime("2020-02")?;
/// assert_eq!(period.to_string(), "2020-02-01T00:00:00Z/2020-02-29T23:59:59.999999Z");
/// # Ok::<(), pangeo::Error>(())
/// ```
///
/// # Errors
/// A usage error when it is none of these, or ends before it starts.
pub fn datetime(text: &str) -> Result<Period> {
    let trimmed = text.trim();
    let Some((start, end)) = trimmed.split_once('/') else {
        let (first, last) = part(text, trimmed)?;
        return Ok(Period { start: Some(first), end: Some(last) });
    };
    let open = |end: &str| end.is_empty() || end == "..";
    let (start, end) = (start.trim(), end.trim());
    if open(start) && open(end) {
        return Err(wrong("the time", text, "it is open at both ends", RIGHT));
    }
    let first = if open(start) { None } else { Some(part(text, start)?.0) };
    let last = if open(end) { None } else { Some(part(text, end)?.1) };
    match (first, last) {
        (Some(first), Some(last)) if first > last => {
            Err(wrong("the time", text, "it ends before it starts", &format!("write {end}/{start}")))
        }
        _ => Ok(Period { start: first, end: last }),
    }
}

/// The first and the last instant of one end.
fn part(whole: &str, text: &str) -> Result<(DateTime<Utc>, DateTime<Utc>)> {
    let instant = || crate::predicate::instant(text).filter(|_| text.len() >= 19).map(|time| (time, time));
    partial(text).or_else(instant).ok_or_else(|| unread(whole, text))
}

fn unread(whole: &str, text: &str) -> Error {
    wrong("the time", whole, format!("'{text}' is neither a time nor a date"), RIGHT)
}

/// The whole period that a partial date means; none where it is no partial date.
fn partial(text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let text = text.strip_suffix(['Z', 'z']).filter(|rest| rest.contains(['T', 't'])).unwrap_or(text);
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c.to_ascii_uppercase() }).collect();
    let number = |at: std::ops::Range<usize>| text.get(at).and_then(|digits| digits.parse::<u32>().ok());
    let date = |month, day| NaiveDate::from_ymd_opt(number(0..4)? as i32, month, day);
    let month = || date(number(5..7)?, 1);
    let day = || date(number(5..7)?, number(8..10)?);
    let (start, next): (NaiveDateTime, Option<NaiveDateTime>) = match shape.as_str() {
        "0000" => midnights(date(1, 1)?, date(1, 1)?.checked_add_months(Months::new(12))),
        "0000-00" => midnights(month()?, month()?.checked_add_months(Months::new(1))),
        "0000-00-00" => midnights(day()?, day()?.checked_add_days(Days::new(1))),
        "0000-00-00T00" => {
            let start = day()?.and_hms_opt(number(11..13)?, 0, 0)?;
            (start, start.checked_add_signed(TimeDelta::hours(1)))
        }
        "0000-00-00T00:00" => {
            let start = day()?.and_hms_opt(number(11..13)?, number(14..16)?, 0)?;
            (start, start.checked_add_signed(TimeDelta::minutes(1)))
        }
        _ => return None,
    };
    let last = next?.checked_sub_signed(TimeDelta::microseconds(1))?;
    Some((start.and_utc(), last.and_utc()))
}

fn midnights(start: NaiveDate, next: Option<NaiveDate>) -> (NaiveDateTime, Option<NaiveDateTime>) {
    let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN);
    (midnight(start), next.map(midnight))
}
