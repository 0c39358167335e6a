//! Every calendar against cftime, value by value (`tests/oracles/time_cftime.py` wrote the table).

use super::{Calendar, DateText, TimeCoding};
use crate::model::{Buffer, DataType};

const TABLE: &str = include_str!("../../../tests/oracles/time_cftime.tsv");

struct Row {
    text: &'static str,
    coding: TimeCoding,
    stored: Buffer,
    date: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    TABLE.lines().filter(|line| !line.starts_with('#')).map(|text| {
        let [units, calendar, kind, value, date] = text.split('\t').collect::<Vec<_>>()[..] else { panic!("{text}") };
        let stored = match kind {
            "int64" => Buffer::I64(vec![value.parse().unwrap()]),
            "double" => Buffer::F64(vec![value.parse().unwrap()]),
            _ => Buffer::F32(vec![value.parse().unwrap()]),
        };
        Row { text, coding: TimeCoding::new(units, Some(calendar)).unwrap(), stored, date }
    })
}

#[test]
fn dates_are_those_of_cftime() {
    let (mut count, mut snapped) = (0, 0);
    for Row { text, coding, stored, date } in rows() {
        let ours = coding.decode(&stored).unwrap()[0];
        let shown = coding.calendar().components(ours).to_string();
        count += 1;
        if shown != date {
            // Only where a double cannot tell the whole second from what cftime says.
            let theirs = date.parse::<DateText>().unwrap().instant(coding.calendar()).unwrap();
            assert!(!shown.contains('.'), "{text}: {shown}");
            let value = stored.get_f64(0).unwrap().abs();
            let days = (value.next_up() - value) * coding.step as f64;
            assert!(ours.since(theirs).nanoseconds().abs() as f64 <= days + 1000.0, "{text}: {shown}");
            snapped += 1;
        }
    }
    assert!(count > 350 && snapped < 5, "{count} rows, {snapped} snapped");
}

#[test]
fn dates_of_cftime_are_encoded_as_they_were() {
    for Row { text, coding, stored, date } in rows() {
        let instant = date.parse::<DateText>().unwrap().instant(coding.calendar()).unwrap();
        match stored {
            Buffer::I64(_) => assert_eq!(coding.encode(&[instant], &DataType::I64).unwrap(), stored, "{text}"),
            Buffer::F32(_) => assert_eq!(coding.encode(&[instant], &DataType::F32).unwrap(), stored, "{text}"),
            _ => {
                let (ours, theirs) = (coding.encode(&[instant], &DataType::F64).unwrap(), stored);
                let microsecond = 1000.0 / coding.step as f64;
                let (ours, theirs) = (ours.get_f64(0).unwrap(), theirs.get_f64(0).unwrap());
                let spacing = theirs.abs().next_up() - theirs.abs();
                assert!((ours - theirs).abs() <= microsecond.max(spacing), "{text}: {ours}");
            }
        }
    }
}

#[test]
fn the_table_has_every_calendar() {
    for calendar in ["standard", "proleptic_gregorian", "julian", "noleap", "all_leap", "360_day"] {
        let calendar: Calendar = calendar.parse().unwrap();
        assert!(rows().filter(|row| row.coding.calendar() == calendar).count() > 40, "{calendar}");
    }
}
