//! Times as RFC 3339, and the period of a dataset.

use pangeo::cf::roles::Roles;
use pangeo::cf::time::{Calendar, DateText, Instant, Step, TimeAxis, Times};
use pangeo::model::{Attributes, Dataset};
use pangeo::ops::coordinates::{read_axis, times_or_scalar};
use serde_json::{Value, json};

use super::FEW;
use crate::cube::{CubeDimension, DimensionKind};

/// The first and the last time of a dataset as RFC 3339.
pub(super) type Interval = [Option<String>; 2];

/// How dates of a calendar become those of ISO 8601.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// Days are the same days, whatever they are called.
    Days,
    /// All dates exist there, but not all of its dates here.
    Dates,
    /// Some dates do not exist there.
    None,
}

fn likeness(calendar: Calendar) -> Likeness {
    match calendar.name() {
        "noleap" | "365_day" => Likeness::Dates,
        "360_day" | "all_leap" | "366_day" | "none" => Likeness::None,
        _ => Likeness::Days,
    }
}

/// A date as RFC 3339: that very instant for calendars of the real world, the same date for model calendars, or the last
/// day of its month where that date does not exist. `None` before year 1 and after year 9999: RFC 3339 ends there, and
/// readers take no year 0, which climatologies have.
pub(crate) fn civil(calendar: Calendar, instant: Instant) -> Option<String> {
    let iso = Calendar::PROLEPTIC_GREGORIAN;
    let mut at = if likeness(calendar) == Likeness::Days { iso } else { calendar }.components(instant);
    if !(1..=9999).contains(&at.year) {
        return None;
    }
    at.day = at.day.min(iso.last_day(at.year, at.month));
    Some(format!("{at}Z"))
}

/// The period of the time coordinates, else what `time_coverage_start` and `…_end` (ACDD) say.
pub(super) fn interval(dataset: &Dataset, roles: &Roles, notes: &mut Vec<String>) -> Option<Interval> {
    let mut found: Option<(Interval, [Instant; 2])> = None;
    for name in times_or_scalar(dataset, roles) {
        let Some(variable) = dataset.variable(&name) else { continue };
        match read_axis(variable) {
            Ok(axis) => {
                let Some(ends) = ends(&axis) else { continue };
                let text = ends.map(|end| civil(axis.calendar(), end));
                if text.contains(&None) {
                    notes.push(format!("times of '{name}' lie outside the years 1 to 9999, which catalogs can write"));
                }
                found = Some(match found.take() {
                    None => (text, ends),
                    Some((known, known_ends)) => joined((known, known_ends), (text, ends)),
                });
            }
            Err(error) => notes.push(format!("the times of '{name}' are left out: {error}")),
        }
    }
    found.map(|(interval, _)| interval).or_else(|| declared(&dataset.attributes))
}

fn joined(a: (Interval, [Instant; 2]), b: (Interval, [Instant; 2])) -> (Interval, [Instant; 2]) {
    let ((text, ends), (other, others)) = (a, b);
    let ([first, last], [other_first, other_last]) = (text, other);
    let (start, from) = if others[0] < ends[0] { (other_first, others[0]) } else { (first, ends[0]) };
    let (end, to) = if others[1] > ends[1] { (other_last, others[1]) } else { (last, ends[1]) };
    ([start, end], [from, to])
}

/// The earliest and the latest date of an axis.
fn ends(axis: &TimeAxis) -> Option<[Instant; 2]> {
    let Times::Dates(dates) = &axis.times else { return None };
    let present = || dates.iter().enumerate().filter(|(i, _)| !axis.is_missing(*i)).map(|(_, date)| *date);
    Some([present().min()?, present().max()?])
}

fn declared(attributes: &Attributes) -> Option<Interval> {
    let end = |name: &str| {
        let date: DateText = attributes.text(name)?.trim().parse().ok()?;
        civil(Calendar::PROLEPTIC_GREGORIAN, date.instant(Calendar::PROLEPTIC_GREGORIAN)?)
    };
    let interval = [end("time_coverage_start"), end("time_coverage_end")];
    interval.iter().any(Option::is_some).then_some(interval)
}

/// A dimension of times.
pub(super) fn dimension(name: &str, axis: &TimeAxis, attributes: &Attributes) -> CubeDimension {
    let label = attributes.text("long_name").map(str::trim).filter(|text| !text.is_empty());
    dated(name, axis, label).unwrap_or_else(|| CubeDimension {
        unit: attributes.text("units").map(|unit| unit.trim().to_owned()),
        ..undated(name, axis, label)
    })
}

/// Dates that ISO 8601 has; `None` for others.
fn dated(name: &str, axis: &TimeAxis, label: Option<&str>) -> Option<CubeDimension> {
    let (calendar, likeness) = (axis.calendar(), likeness(axis.calendar()));
    let Times::Dates(dates) = &axis.times else { return None };
    if likeness == Likeness::None {
        return None;
    }
    let written = |date: Instant| civil(calendar, date).map(Value::String);
    let [first, last] = ends(axis)?.map(written);
    let summary = axis.summary();
    let regular = summary.gap_count == 0 && matches!(summary.step, Step::Regular(_) | Step::Months(_));
    let exact = likeness == Likeness::Days;
    let mut description = label.map(str::to_owned);
    if !exact {
        let step = if regular { format!(", every {}", summary.step) } else { String::new() };
        description = Some(format!("{} (calendar {calendar}{step})", label.unwrap_or("time")));
    }
    let few = axis.len() <= FEW && !regular && axis.len() > 1 && axis.missing_count() == 0;
    Some(CubeDimension {
        description,
        extent: Some([first?, last?]),
        values: few.then(|| dates.iter().map(|date| written(*date)).collect()).flatten(),
        step: step(&summary.step, regular, exact),
        ..CubeDimension::new(name, DimensionKind::Temporal)
    })
}

/// Dates that ISO 8601 does not have, and lengths of time: an additional dimension of type `temporal` (datacube 2.3),
/// whose values are those that the calendar has.
fn undated(name: &str, axis: &TimeAxis, label: Option<&str>) -> CubeDimension {
    let spoken = match (axis.label(0), axis.label(axis.len().saturating_sub(1)), axis.summary().step) {
        (Some(only), Some(_), Step::None) => format!(", {only}"),
        (Some(first), Some(last), step @ Step::Irregular { .. }) => format!(", from {first} to {last}, {step}"),
        (Some(first), Some(last), step) => format!(", from {first} to {last}, every {step}"),
        _ => String::new(),
    };
    let few = (1..=FEW).contains(&axis.len());
    CubeDimension {
        description: Some(format!("{}{spoken}", label.unwrap_or("time"))),
        values: few.then(|| (0..axis.len()).map(|i| axis.label(i).map(Value::String)).collect()).flatten(),
        reference_system: Some(json!(axis.calendar().name())),
        ..CubeDimension::new(name, DimensionKind::Other("temporal".to_owned()))
    }
}

/// The step as a duration; `Null` where it differs, nothing for a single time.
fn step(step: &Step, regular: bool, exact: bool) -> Option<Value> {
    match step {
        Step::None => None,
        Step::Months(months) if regular && months % 12 == 0 => Some(json!(format!("P{}Y", months / 12))),
        Step::Months(months) if regular => Some(json!(format!("P{months}M"))),
        // A day of a calendar without leap years is sometimes two.
        Step::Regular(span) if regular && exact => Some(json!(duration(span.nanoseconds()))),
        _ => Some(Value::Null),
    }
}

/// A length of time as ISO 8601 has it: `P5D`, `PT6H`, `PT1H30M`, `P1DT12H`.
fn duration(nanoseconds: i128) -> String {
    let size = nanoseconds.unsigned_abs();
    let (seconds, part) = (size / 1_000_000_000, size % 1_000_000_000);
    let mut text = String::from("P");
    if seconds >= 86_400 {
        text.push_str(&format!("{}D", seconds / 86_400));
    }
    let (hours, minutes, rest) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    if hours + minutes + rest + part > 0 || seconds == 0 {
        text.push('T');
    }
    if hours > 0 {
        text.push_str(&format!("{hours}H"));
    }
    if minutes > 0 {
        text.push_str(&format!("{minutes}M"));
    }
    if part > 0 {
        text.push_str(&format!("{rest}.{}S", format!("{part:09}").trim_end_matches('0')));
    } else if rest > 0 || seconds == 0 {
        text.push_str(&format!("{rest}S"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn civil_of(calendar: Calendar, text: &str) -> String {
        let date: DateText = text.parse().unwrap();
        civil(calendar, date.instant(calendar).unwrap()).unwrap_or_default()
    }

    #[test]
    fn dates_of_every_calendar_become_civil_ones() {
        for (calendar, text, expected) in [
            (Calendar::STANDARD, "2000-02-29T12:00:00.5", "2000-02-29T12:00:00.5Z"),
            // cftime: 1582-10-04 of the mixed calendar is 1582-10-14 of the proleptic one, 0001-01-01 is 0000-12-30.
            (Calendar::STANDARD, "1582-10-04", "1582-10-14T00:00:00Z"),
            (Calendar::STANDARD, "0001-01-01", ""),
            (Calendar::JULIAN, "2000-01-01", "2000-01-14T00:00:00Z"),
            (Calendar::DAY_360, "2001-02-30T06", "2001-02-28T06:00:00Z"),
            (Calendar::DAY_360, "2000-02-30", "2000-02-29T00:00:00Z"),
            (Calendar::ALL_LEAP, "2001-02-29", "2001-02-28T00:00:00Z"),
            (Calendar::NOLEAP, "2004-03-01", "2004-03-01T00:00:00Z"),
            (Calendar::PROLEPTIC_GREGORIAN, "-0001-01-01", ""),
            (Calendar::PROLEPTIC_GREGORIAN, "10000-01-01", ""),
        ] {
            assert_eq!(civil_of(calendar, text), expected, "{text} of {calendar}");
        }
    }

    #[test]
    fn durations_are_those_of_iso_8601() {
        const S: i128 = 1_000_000_000;
        for (length, expected) in [
            (86_400 * S, "P1D"),
            (21_600 * S, "PT6H"),
            (5400 * S, "PT1H30M"),
            (129_600 * S, "P1DT12H"),
            (S / 4, "PT0.25S"),
            (0, "PT0S"),
            (61 * S, "PT1M1S"),
        ] {
            assert_eq!(duration(length), expected);
        }
    }
}
