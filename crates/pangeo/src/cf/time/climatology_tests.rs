use super::super::{TimeAxis, TimeCoding};
use super::*;
use crate::model::Buffer;

/// An axis of cells that follow each other, from the first of them in units of it.
fn axis(units: &str, calendar: &str, edges: &[f64]) -> (TimeAxis, Buffer) {
    let coding = TimeCoding::new(units, Some(calendar)).unwrap();
    let middles = edges.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
    let bounds = edges.windows(2).flatten().copied().collect();
    (TimeAxis::decode(coding, &Buffer::F64(middles)).unwrap(), Buffer::F64(bounds))
}

/// Days since 1960-12-01 of the first of each month from month `from` (0 is December 1960).
fn months(calendar: &str, from: i64, count: i64) -> Vec<f64> {
    let calendar: Calendar = calendar.parse().unwrap();
    let first = |i| {
        let (year, month) = calendar.months_later(1960, 12, i).unwrap();
        (calendar.day_number(year, month, 1).unwrap() - calendar.day_number(1960, 12, 1).unwrap()) as f64
    };
    (from..=from + count).map(first).collect()
}

/// Name: label [bounds], members; of a group.
fn told(calendar: Calendar, group: &TimeGroup) -> String {
    let show = |t| {
        let text = calendar.components(t).to_string();
        text.strip_suffix(":00").map(|t| t.strip_suffix("T00:00").unwrap_or(t).to_owned()).unwrap_or(text)
    };
    let (begin, end) = group.bounds;
    let lacks = if group.complete { "" } else { " incomplete" };
    let (name, count) = (group.name(calendar), group.members.len());
    format!("{name}: {} [{} {}] {count}{lacks}", show(group.label), show(begin), show(end))
}

fn all(units: &str, calendar: &str, edges: &[f64], bounded: bool, by: &str) -> Vec<String> {
    let (axis, bounds) = axis(units, calendar, edges);
    let plain = TimeCells::new(&axis);
    let cells = if bounded { TimeCells::decode(&axis, &axis.coding, &bounds, &[]) } else { plain }.unwrap();
    climatology(&cells, by.parse().unwrap()).unwrap().iter().map(|group| told(axis.calendar(), group)).collect()
}

const MONTHLY: &str = "days since 1960-12-01";

#[test]
fn parts_of_the_year_run_from_the_first_to_the_last_as_in_cf() {
    let thirty_years = months("standard", 0, 360); // December 1960 to November 1990
    let calendar_years = months("standard", 1, 36); // 1961 to 1963
    for (edges, by, expected) in [
        // Labels as in CF 7.4, "Climatological seasons" (1960-4-16 for MAM from 1960): the middle of the first.
        (&thirty_years, "season", "DJF: 1961-01-15 [1960-12-01 1990-03-01] 90"),
        (&thirty_years, "season", "MAM: 1961-04-16 [1961-03-01 1990-06-01] 90"),
        (&thirty_years, "season", "SON: 1961-10-16T12:00 [1961-09-01 1990-12-01] 90"),
        (&thirty_years, "month", "January: 1961-01-16T12:00 [1961-01-01 1990-02-01] 30"),
        (&thirty_years, "month", "December: 1960-12-16T12:00 [1960-12-01 1990-01-01] 30"),
        // Bounds as of cdo ymonmean and iris aggregated_by(climatological=True).
        (&calendar_years, "month", "January: 1961-01-16T12:00 [1961-01-01 1963-02-01] 3"),
        (&calendar_years, "month", "February: 1961-02-15 [1961-02-01 1963-03-01] 3"),
        (&calendar_years, "month", "December: 1961-12-16T12:00 [1961-12-01 1964-01-01] 3"),
        (&calendar_years, "season", "MAM: 1961-04-16 [1961-03-01 1963-06-01] 9"),
        // Neither the first December nor the last January are there: the bounds are those of the seasons.
        (&calendar_years, "season", "DJF: 1961-01-15 [1960-12-01 1964-03-01] 9 incomplete"),
    ] {
        for bounded in [true, false] {
            let found = all(MONTHLY, "standard", edges, bounded, by);
            assert!(found.iter().any(|text| text == expected), "{expected}, bounds {bounded}: {found:?}");
        }
    }
}

#[test]
fn groups_are_in_the_order_of_the_calendar_year() {
    let names = |edges: &[f64], by| -> Vec<String> {
        let found = all(MONTHLY, "360_day", edges, true, by);
        found.iter().map(|text| text.split(':').next().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&months("360_day", 6, 18), "season"), ["DJF", "MAM", "JJA", "SON"]);
    assert_eq!(names(&months("360_day", 10, 5), "month"), ["January", "February", "October", "November", "December"]);
    assert_eq!(names(&[29.0, 30.0, 31.0], "day"), ["1 January", "30 December"]);
}

#[test]
fn days_of_the_year_are_months_and_days() {
    let days: Vec<f64> = (31..=31 + 365 * 8 + 2).map(f64::from).collect(); // 1961 to 1968
    for bounded in [true, false] {
        let found = all(MONTHLY, "standard", &days, bounded, "day");
        assert_eq!(found.len(), 366);
        assert_eq!(found[14], "15 January: 1961-01-15T12:00 [1961-01-15 1968-01-16] 8");
        assert_eq!(found[59], "29 February: 1964-02-29T12:00 [1964-02-29 1968-03-01] 2");
        assert_eq!(found[60], "1 March: 1961-03-01T12:00 [1961-03-01 1968-03-02] 8");
        // Without the whole of a year, one lacks a day.
        let cut = all(MONTHLY, "standard", &[&days[..400], &days[402..]].concat(), false, "day");
        assert_eq!(cut.iter().filter(|text| text.ends_with("incomplete")).count(), 2);
    }
    assert_eq!(all(MONTHLY, "noleap", &days, true, "day").len(), 365);
    assert_eq!(all(MONTHLY, "all_leap", &days, true, "day").len(), 366);
    assert_eq!(all(MONTHLY, "360_day", &days, true, "day").len(), 360);
}

#[test]
fn hours_of_the_day_are_those_of_the_middles_of_cells() {
    let april = |step: u32| (0..=24 * 30 / step).map(|i| f64::from(i * step)).collect::<Vec<_>>();
    let units = "hours since 1997-04-01";
    // Bounds as of cdo dhourmean and iris aggregated_by of hours, climatological; the same hours in CF 7.4.
    let hourly = all(units, "standard", &april(1), true, "hour");
    assert_eq!(hourly.len(), 24);
    assert_eq!(hourly[0], "hour 0: 1997-04-01T00:30 [1997-04-01 1997-04-30T01:00] 30");
    assert_eq!(hourly[6], "hour 6: 1997-04-01T06:30 [1997-04-01T06:00 1997-04-30T07:00] 30");
    assert_eq!(hourly[23], "hour 23: 1997-04-01T23:30 [1997-04-01T23:00 1997-05-01] 30");
    let three = all(units, "standard", &april(3), true, "hour");
    assert_eq!(three.len(), 8);
    assert_eq!(three[1], "03:00 to 06:00: 1997-04-01T04:30 [1997-04-01T03:00 1997-04-30T06:00] 30");
    assert_eq!(three[7], "21:00 to 24:00: 1997-04-01T22:30 [1997-04-01T21:00 1997-05-01] 30");
    // Instants have no cells: the hour it is.
    let instants = all(units, "standard", &april(6), false, "hour");
    assert_eq!(instants[1], "hour 9: 1997-04-01T09:30 [1997-04-01T09:00 1997-04-30T10:00] 30");
    let halves: Vec<f64> = (0..=96).map(|i| f64::from(i) / 2.0).collect();
    let half = all(units, "standard", &halves, true, "hour");
    assert_eq!((half.len(), half[6].as_str()), (24, "hour 6: 1997-04-01T06:30 [1997-04-01T06:00 1997-04-02T07:00] 4"));
}

#[test]
fn a_day_left_out_is_missing_from_all_its_hours() {
    let coding = TimeCoding::new("hours since 1997-04-01", Some("julian")).unwrap();
    let axis = TimeAxis::decode(coding, &Buffer::I32((0..72).filter(|hour| hour / 24 != 1).collect())).unwrap();
    let found = climatology(&TimeCells::new(&axis).unwrap(), Climate::Hour).unwrap();
    assert!(found.len() == 24 && found.iter().all(|group| !group.complete && group.members.len() == 2));
}

#[test]
fn days_that_begin_in_the_morning_keep_their_bounds() {
    let mornings: Vec<f64> = (31..=31 + 365 * 2).map(|day| f64::from(day) + 0.25).collect();
    let found = all(MONTHLY, "noleap", &mornings, true, "month");
    assert_eq!(found[0], "January: 1961-01-16T18:00 [1961-01-01T06:00 1962-02-01T06:00] 62 incomplete");
    assert_eq!(found[1], "February: 1961-02-15T06:00 [1961-02-01T06:00 1962-03-01T06:00] 56");
}

#[test]
fn a_part_that_begins_or_ends_early_has_its_own_bounds() {
    // From July 1961 to July 1962: two Julys, but one and two thirds of summer.
    let found = all(MONTHLY, "standard", &months("standard", 7, 13), true, "season");
    assert_eq!(found[2], "JJA: 1961-07-17 [1961-06-01 1962-09-01] 4 incomplete");
}

#[test]
fn days_are_of_no_hour() {
    let (axis, bounds) = axis(MONTHLY, "standard", &[0.0, 1.0, 2.0]);
    let cells = TimeCells::decode(&axis, &axis.coding, &bounds, &[]).unwrap();
    let error = climatology(&cells, Climate::Hour).unwrap_err();
    assert!(error.to_string().contains("1960-12-01T12:00:00 (index 0) lasts a day or longer"), "{error}");
}

#[test]
fn words_of_a_climatology() {
    for (by, words) in [
        ("hour", ("within days", "over days")),
        ("day", ("within years", "over years")),
        (" Month", ("within years", "over years")),
        ("SEASON", ("within years", "over years")),
    ] {
        let climate: Climate = by.parse().unwrap();
        assert_eq!((climate.cell_methods(), climate.to_string()), (words, by.trim().to_ascii_lowercase()));
    }
    let said = "year".parse::<Climate>().unwrap_err().to_string();
    assert_eq!(said, "'year' is nothing to make a climatology of; write hour, day, month or season");
}
