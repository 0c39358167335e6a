//! The values of the names in a pattern: lists, ranges of whole numbers, ranges of dates.

use std::fmt;

use super::date::{Calendar, Date, Unit, parse_step};
use super::error::Result;
use super::pattern::Kind;
use super::read::Place;
use super::yaml::Plain;

/// The most values that one name can have.
const MAX_VALUES: usize = 1_000_000;

const EXPECTED: &str =
    "values such as [tas, pr], a range such as 2000..2010 or 2000-01..2010-12, or {start, end, step}";

/// The keys of a range.
pub(super) const RANGE: [&str; 4] = ["start", "end", "step", "calendar"];

/// What stands for a name of the pattern in one file's name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    /// A word, as written.
    Text(String),
    /// A whole number, or a year where the pattern asks for a date.
    Integer(i64),
    /// A date.
    Date(Date),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => number.fmt(f),
            Self::Date(date) => date.fmt(f),
        }
    }
}

impl Value {
    /// The value as the pattern uses it: a date for `%Y`, a whole number for `03d`.
    pub(super) fn to_kind(&self, kind: Kind) -> Option<Self> {
        match (kind, self) {
            (Kind::Date, Self::Text(text)) => Date::parse(text, Calendar::Standard).map(Self::Date),
            (Kind::Date, Self::Integer(year)) => Date::of_year(*year, Calendar::Standard).map(Self::Date),
            (Kind::Integer, Self::Text(text)) => text.parse().ok().map(Self::Integer),
            (Kind::Integer, Self::Date(date)) if date.precision == Unit::Year => Some(Self::Integer(date.year)),
            (Kind::Integer, Self::Date(_)) => None,
            _ => Some(self.clone()),
        }
    }
}

/// The values that the recipe gives for one name, each once.
pub(super) fn values(place: &Place<'_>) -> Result<Vec<Value>> {
    let values = if let Ok(items) = place.items("") {
        items.iter().map(single).collect::<Result<Vec<_>>>()?
    } else if let Some((text, kind)) = place.scalar() {
        match (text.split_once(".."), kind) {
            (Some((start, end)), Plain::Text) => text_range(place, start.trim(), end.trim())?,
            _ => vec![single(place)?],
        }
    } else {
        mapped_range(place)?
    };
    if values.is_empty() {
        return Err(place.error(format!("{EXPECTED}, not an empty list")));
    }
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = values.iter().find(|value| !seen.insert(*value)) {
        return Err(place.error(format!("'{twice}' is given twice")));
    }
    Ok(values)
}

/// One value; numbers keep the way they are written (`01`).
fn single(place: &Place<'_>) -> Result<Value> {
    match place.scalar() {
        Some((text, Plain::Text | Plain::Integer(_) | Plain::Number(_))) if !text.is_empty() => {
            Ok(Value::Text(text.to_owned()))
        }
        Some((text, Plain::Boolean)) => {
            Err(place.error(format!("a word or number, not '{text}'")).with_hint(format!("the word is \"{text}\"")))
        }
        _ => Err(place.expected("a word, number or date")),
    }
}

fn text_range(place: &Place<'_>, start: &str, end: &str) -> Result<Vec<Value>> {
    if let (Ok(from), Ok(to)) = (start.parse::<i64>(), end.parse::<i64>()) {
        let numbers = whole_range(place, from, to, 1)?;
        let padded = start.starts_with('0') && start.len() > 1;
        // `01..12` means the names as they are written; a number of its own width is `{name:02d}`.
        let written = |number: i64| format!("{number:0width$}", width = start.len());
        let as_written = |number| if padded { Value::Text(written(number)) } else { Value::Integer(number) };
        return Ok(numbers.map(as_written).collect());
    }
    let date = |text: &str| Date::parse(text, Calendar::Standard);
    let (Some(from), Some(to)) = (date(start), date(end)) else { return Err(place.expected(EXPECTED)) };
    date_range(place, from, to, None)
}

fn mapped_range(place: &Place<'_>) -> Result<Vec<Value>> {
    let fields = place.fields(&RANGE, EXPECTED)?;
    let need = |name: &str| fields.get(name).ok_or_else(|| place.error(format!("'{name}' is missing")));
    let (start, end) = (need("start")?, need("end")?);
    let step = fields.get("step");
    let counted = step.is_none_or(|step| matches!(step.scalar(), Some((_, Plain::Integer(_)))));
    if let (Some((_, Plain::Integer(from))), Some((_, Plain::Integer(to))), true, None) =
        (start.scalar(), end.scalar(), counted, fields.get("calendar"))
    {
        let step = step.map_or(Ok(1), |step| step.whole(1..=i64::MAX, "a whole number above 0"))?;
        return Ok(whole_range(place, from, to, step)?.map(Value::Integer).collect());
    }
    let calendar = match fields.get("calendar") {
        Some(name) => {
            let index = name.word(&Calendar::NAMES.map(|(name, _)| name))?;
            Calendar::NAMES.get(index).map_or(Calendar::Standard, |(_, calendar)| *calendar)
        }
        None => Calendar::Standard,
    };
    let date = |at: &Place<'_>| {
        let found = at.scalar().and_then(|(text, _)| Date::parse(text, calendar));
        found.ok_or_else(|| at.expected("a date such as 2000-01 or 2000-01-31T06 (in the calendar)"))
    };
    let step = match step {
        Some(at) => {
            let parsed = at.scalar().and_then(|(text, _)| parse_step(text));
            Some(parsed.ok_or_else(|| at.expected("a step such as '1 month', '6 hours', P1M or PT6H"))?)
        }
        None => None,
    };
    date_range(place, date(start)?, date(end)?, step)
}

fn whole_range(place: &Place<'_>, from: i64, to: i64, step: i64) -> Result<impl Iterator<Item = i64> + use<>> {
    if from > to {
        return Err(place.error(format!("the range ends ({to}) before it starts ({from})")));
    }
    let count = (i128::from(to) - i128::from(from)) / i128::from(step) + 1;
    if count > MAX_VALUES as i128 {
        return Err(place.error(format!("{count} values are too many (at most {MAX_VALUES})")));
    }
    Ok((0..count as i64).map(move |i| from + i * step))
}

/// The dates from `from` to the end of the period `to`, each counted from the first so that month
/// ends do not drift (31 January, 29 February, 31 March).
fn date_range(place: &Place<'_>, from: Date, to: Date, step: Option<(i64, Unit)>) -> Result<Vec<Value>> {
    let (count, unit) = step.unwrap_or((1, from.precision.max(to.precision)));
    let start = Date { precision: from.precision.max(unit), ..from };
    if !start.is_within(&to) {
        return Err(place.error(format!("the range ends ({to}) before it starts ({from})")));
    }
    let mut values = Vec::new();
    for index in 0.. {
        let date = count.checked_mul(index).and_then(|count| start.plus(count, unit));
        match date {
            Some(date) if date.is_within(&to) => values.push(Value::Date(date)),
            _ => break,
        }
        if values.len() > MAX_VALUES {
            return Err(place.error(format!("too many dates (at most {MAX_VALUES})")).with_hint("take a longer step"));
        }
    }
    Ok(values)
}
