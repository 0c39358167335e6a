//! When data are from.

use std::str::FromStr;

use pangeo::cf::time::{Calendar, DateText, Instant, Span, TimeRange};
use pangeo::{Error, Result};

use crate::Data;
use crate::facts::civil;

/// When data are from, RFC 3339 in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// One instant.
    At(String),
    /// All of a period, both ends included.
    Period(String, String),
}

impl When {
    /// When data say they are from; `None` where they tell no time, or only one end of it.
    pub fn of(data: &Data) -> Option<Self> {
        match data.facts.interval.clone()? {
            [Some(start), Some(end)] if start == end => Some(Self::At(start)),
            [Some(start), Some(end)] => Some(Self::Period(start, end)),
            _ => None,
        }
    }

    /// When an image says it was made (`DateTime` of TIFF, which knows no time zone: taken as UTC).
    pub fn made(data: &Data) -> Option<Self> {
        data.made.as_deref()?.parse().ok()
    }

    /// The date in a name: `2020-01-31`, `20200131T120000`, `20200131`, `2020-01`, `202001`, `2020`; the first of the
    /// longest kind.
    ///
    /// ```
    /// use catalog::When;
    /// let period = When::Period("2021-03-04T00:00:00Z".into(), "2021-03-04T23:59:59Z".into());
    /// assert_eq!(When::in_name("S2A_20210304_T32.tif"), Some(period));
    /// assert_eq!(When::in_name("dem_1234.tif"), None);
    /// ```
    pub fn in_name(name: &str) -> Option<Self> {
        let name = name.trim_end_matches('/').rsplit('/').next()?;
        let kinds = ["YYYYMMDD?hhmmss", "YYYYMMDD?hhmm", "YYYY?MM?DD", "YYYYMMDD", "YYYY?MM", "YYYYMM", "YYYY"];
        kinds.iter().find_map(|kind| (0..name.len()).find_map(|at| fitting(name, at, kind)))
    }
}

/// The date at a place of a name, if it is of this kind and no further digit stands beside it.
fn fitting(name: &str, at: usize, kind: &str) -> Option<When> {
    let bytes = name.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if at > 0 && digit(at - 1) || digit(at + kind.len()) {
        return None;
    }
    let mut parts = [const { String::new() }; 5];
    for (i, letter) in kind.bytes().enumerate() {
        let byte = *bytes.get(at + i)?;
        let part = match letter {
            b'Y' => 0,
            b'M' => 1,
            b'D' => 2,
            b'h' => 3,
            b'm' | b's' => 4,
            _ if matches!(byte, b'-' | b'_' | b'.' | b'T' | b't') => continue,
            _ => return None,
        };
        if !byte.is_ascii_digit() {
            return None;
        }
        parts.get_mut(part)?.push(char::from(byte));
    }
    let [year, month, day, hour, rest] = &parts;
    // Other numbers stand in names, too.
    if !(1800..=2199).contains(&year.parse::<i32>().ok()?) {
        return None;
    }
    let mut text = year.clone();
    for part in [month, day].into_iter().filter(|part| !part.is_empty()) {
        text.push_str(&format!("-{part}"));
    }
    if !hour.is_empty() {
        let (minute, second) = rest.split_at_checked(2)?;
        text.push_str(&format!("T{hour}:{minute}:{}", if second.is_empty() { "00" } else { second }));
    }
    text.parse().ok()
}

impl FromStr for When {
    type Err = Error;

    /// `START/END` or one date; a date without a time of day means all of its day, month or year.
    ///
    /// # Errors
    /// [`Error::Usage`] that says what is not understood; also for an open end.
    fn from_str(text: &str) -> Result<Self> {
        let calendar = Calendar::PROLEPTIC_GREGORIAN;
        let refused = || {
            Error::usage(format!("'{text}' is no time of data"))
                .with_hint("write a date such as 2020-01-31 or 2020-01-31T12:00:00Z, or START/END with both ends")
        };
        let (start, end) = text.split_once('/').unwrap_or((text, text));
        let [from, to]: [DateText; 2] = [start.parse()?, end.parse()?];
        let whole: TimeRange = text.parse()?;
        let whole = whole.resolve(calendar)?;
        let last = match to.second {
            Some(_) => to.instant(calendar),
            None => whole.end.plus(Span::from_nanoseconds(-1_000_000_000)),
        };
        let written = |instant: Option<Instant>| instant.and_then(|at| civil(calendar, at)).ok_or_else(refused);
        let (first, last) = (written(from.instant(calendar))?, written(last)?);
        let single = !text.contains('/') && from.hour.is_some();
        Ok(if single || first == last { Self::At(first) } else { Self::Period(first, last) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(when: &When) -> String {
        match when {
            When::At(at) => at.clone(),
            When::Period(start, end) => format!("{start}/{end}"),
        }
    }

    #[test]
    fn dates_and_periods() {
        for (given, expected) in [
            ("2020-01-31T12:00:00Z", "2020-01-31T12:00:00Z"),
            ("2020-01-31T12", "2020-01-31T12:00:00Z"),
            ("2020-01-31", "2020-01-31T00:00:00Z/2020-01-31T23:59:59Z"),
            ("2020", "2020-01-01T00:00:00Z/2020-12-31T23:59:59Z"),
            ("2020-02/2021-02-28T06:00:00+01:00", "2020-02-01T00:00:00Z/2021-02-28T05:00:00Z"),
        ] {
            assert_eq!(given.parse::<When>().map(|when| text(&when)).unwrap_or_default(), expected, "{given}");
        }
        for given in ["", "yesterday", "2020/", "2021/2020", "0000-01-01"] {
            assert!(given.parse::<When>().is_err(), "{given}");
        }
    }

    #[test]
    fn dates_in_names() {
        for (name, expected) in [
            ("a/2019/x_20200131T123000_y.tif", "2020-01-31T12:30:00Z"),
            ("LC08_2020-01-31.nc", "2020-01-31T00:00:00Z/2020-01-31T23:59:59Z"),
            ("t2m_202002.nc", "2020-02-01T00:00:00Z/2020-02-29T23:59:59Z"),
            ("air.1999.nc", "1999-01-01T00:00:00Z/1999-12-31T23:59:59Z"),
            ("x_20201332.nc", ""),
            ("x_123456789.nc", ""),
            ("größe", ""),
        ] {
            assert_eq!(When::in_name(name).map(|when| text(&when)).unwrap_or_default(), expected, "{name}");
        }
    }
}
