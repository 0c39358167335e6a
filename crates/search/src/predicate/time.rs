//! Times of items.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use pangeo::{Error, Result};
use serde_json::Value;

use crate::{Item, Period};

/// The instant that a text writes: RFC 3339; without an offset it is UTC, a date alone is its first instant. None where the
/// text is no time.
pub(crate) fn instant(text: &str) -> Option<DateTime<Utc>> {
    let bytes = text.as_bytes();
    let dated = bytes.len() >= 10 && bytes.iter().take(4).all(u8::is_ascii_digit) && bytes.get(4) == Some(&b'-');
    if !dated {
        return None;
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    if bytes.len() == 10 {
        return NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|date| date.and_time(NaiveTime::MIN).and_utc());
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    local.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()).map(|time| time.and_utc())
}

/// One of an item's times by the name of its property; none where it has none.
pub(crate) fn time_of(item: &Item, name: &str) -> Result<Option<DateTime<Utc>>> {
    let value = item.get("properties").and_then(|properties| properties.get(name));
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => instant(text).map(Some).ok_or_else(|| {
            let what = format!("{name} '{text}' is no time");
            Error::data(what, super::place(item)).with_hint("times are RFC 3339, as 2020-03-04T05:06:07Z")
        }),
        Some(other) => Err(Error::data(format!("{name} {other} is no time"), super::place(item))),
    }
}

/// The first and the last instant of an item, absent where it says neither `datetime` nor an end of a range.
///
/// An item with a range lasts from its start to its end; a nominal `datetime` beside them adds nothing when it lies between.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// None where it is open.
    pub(crate) start: Option<DateTime<Utc>>,
    /// None where it is open.
    pub(crate) end: Option<DateTime<Utc>>,
}

impl Span {
    pub(crate) fn at(time: DateTime<Utc>) -> Self {
        Self { start: Some(time), end: Some(time) }
    }

    /// Whether both share an instant.
    pub(crate) fn meets(self, other: Self) -> bool {
        let before =
            |end: Option<DateTime<Utc>>, start| matches!((end, start), (Some(end), Some(start)) if end < start);
        !before(self.end, other.start) && !before(other.end, self.start)
    }

    /// The range that an item gives beside or instead of its `datetime`.
    pub(crate) fn range_of(item: &Item) -> Result<Option<Self>> {
        let (start, end) = (time_of(item, "start_datetime")?, time_of(item, "end_datetime")?);
        Ok((start.is_some() || end.is_some()).then_some(Self { start, end }))
    }
}

impl From<Period> for Span {
    fn from(period: Period) -> Self {
        Self { start: period.start, end: period.end }
    }
}

impl Period {
    /// Whether an item is from it.
    ///
    /// # Errors
    /// When a time of the item is none.
    pub(super) fn holds(self, item: &Item) -> Result<bool> {
        if let Some(time) = time_of(item, "datetime")?
            && Span::at(time).meets(self.into())
        {
            return Ok(true);
        }
        Ok(Span::range_of(item)?.is_some_and(|range| range.meets(self.into())))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_times() {
        let cases = [
            ("2020-03-04T05:06:07Z", "2020-03-04T05:06:07Z"),
            ("2020-03-04t05:06:07.25z", "2020-03-04T05:06:07.250Z"),
            ("2020-03-04T05:06:07+02:00", "2020-03-04T03:06:07Z"),
            ("2020-03-04 05:06:07Z", "2020-03-04T05:06:07Z"),
            ("2020-03-04T05:06:07", "2020-03-04T05:06:07Z"),
            ("2020-03-04", "2020-03-04T00:00:00Z"),
        ];
        for (text, time) in cases {
            let got = instant(text).map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
            assert_eq!(got.as_deref(), Some(time), "{text}");
        }
        for text in
            ["", "2020", "2020-13-04", "LC08_L2SP", "2020-02-30T00:00:00Z", "2020-03-04T25:00:00Z", "é020-03-04"]
        {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn items_are_from_a_period() {
        let june = Period { start: instant("2020-06-01"), end: instant("2020-06-30") };
        let from = Period { start: june.start, end: None };
        let until = Period { start: None, end: june.end };
        let cases = [
            (json!({"datetime": "2020-06-01T00:00:00Z"}), [true, true, true]),
            (json!({"datetime": "2020-06-30T02:00:00+02:00"}), [true, true, true]),
            (json!({"datetime": "2020-06-30T00:00:00.001Z"}), [false, true, false]),
            (
                json!({"datetime": null, "start_datetime": "2020-01-01T00:00:00Z", "end_datetime": "2020-06-01T00:00:00Z"}),
                [true, true, true],
            ),
            (
                json!({"datetime": null, "start_datetime": "2020-07-01T00:00:00Z", "end_datetime": null}),
                [false, true, false],
            ),
            (
                json!({"datetime": "2020-05-01", "start_datetime": "2020-05-01", "end_datetime": "2020-07-01"}),
                [true, true, true],
            ),
            (json!({"datetime": null}), [false, false, false]),
            (json!({}), [false, false, false]),
        ];
        for (properties, expected) in cases {
            let item = json!({"id": "a", "properties": properties});
            let item = item.as_object().unwrap();
            let got = [june, from, until].map(|period| period.holds(item).unwrap());
            assert_eq!(got, expected, "{item:?}");
        }
        let wrong = json!({"id": "a", "properties": {"datetime": "tomorrow"}});
        let error = june.holds(wrong.as_object().unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "datetime 'tomorrow' is no time, item 'a'");
    }
}
