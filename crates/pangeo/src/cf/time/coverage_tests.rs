use super::super::{Calendar, Period, TimeAxis, TimeCells, TimeCoding, every, whole};
use crate::model::Buffer;

fn axis(units: &str, calendar: &str, values: Vec<f64>) -> TimeAxis {
    TimeAxis::decode(TimeCoding::new(units, Some(calendar)).unwrap(), &Buffer::F64(values)).unwrap()
}

/// Which periods of an axis are complete: `-` where one is not.
fn complete(cells: &TimeCells, period: &str) -> String {
    let period: Period = period.parse().unwrap();
    every(cells, period).unwrap().iter().map(|group| if group.complete { 'x' } else { '-' }).collect()
}

fn instants(calendar: &str, period: &str, values: impl IntoIterator<Item = f64>) -> String {
    let axis = axis("days since 2001-01-01", calendar, values.into_iter().collect());
    complete(&TimeCells::new(&axis).unwrap(), period)
}

fn to(count: u32) -> impl Iterator<Item = f64> {
    (0..count).map(f64::from)
}

#[test]
fn a_regular_step_tells_what_a_period_lacks() {
    // January has 31 days, 124 quarters of days, February 28; 360_day 30.
    assert_eq!(instants("standard", "month", to(59)), "xx");
    assert_eq!(instants("standard", "month", to(58)), "x-");
    assert_eq!(instants("standard", "month", (1..59).map(f64::from)), "-x");
    assert_eq!(instants("standard", "month", to(59).filter(|day| *day != 40.0)), "x-");
    assert_eq!(instants("360_day", "month", to(60)), "xx");
    assert_eq!(instants("all_leap", "month", to(59)), "x-", "29 February is missing");
    assert_eq!(instants("standard", "month", (0..59 * 4).map(|i| f64::from(i) / 4.0 + 0.25 / 2.0)), "xx");
    assert_eq!(instants("standard", "day", (0..7).map(|i| f64::from(i) / 4.0 + 0.125)), "x-");
    // Stamped at the ends of days, the 31st is of the next month.
    assert_eq!(instants("standard", "month", (1..=59).map(f64::from)), "-x-");
    assert_eq!(instants("standard", "hour", to(3)), "xxx", "one value is all that a day has");
    assert_eq!(instants("standard", "5d", to(12)), "xx-");
    assert_eq!(instants("standard", "month", (0..17).map(|i| f64::from(i) * 5.0)), "xx-", "pentads up to 26 March");
    // Duplicates and any order do no harm.
    assert_eq!(instants("standard", "month", to(59).chain([3.0, 3.0]).map(|day| 58.0 - day)), "xx");
}

#[test]
fn monthly_and_yearly_axes_tell_what_a_period_lacks() {
    let middles = [15.5, 45.0, 74.5, 105.0, 135.5, 166.0, 196.5, 227.5, 258.0, 288.5, 319.0, 349.5];
    assert_eq!(instants("noleap", "season", middles), "-xxx-", "January and February, and December alone");
    assert_eq!(instants("noleap", "year", middles), "x");
    assert_eq!(instants("noleap", "year", middles.into_iter().skip(1)), "-");
    assert_eq!(instants("noleap", "year", middles.into_iter().filter(|day| *day != 135.5)), "-");
    let lasts = [30.0, 58.0, 89.0, 119.0, 150.0, 180.0];
    assert_eq!(instants("standard", "season", lasts), "-x-", "stamped on the last days of months");
    assert_eq!(instants("standard", "month", lasts), "xxxxxx");
    let years = (0..25).map(|year| f64::from(year) * 365.0 + 181.0);
    assert_eq!(instants("noleap", "10y", years), "-x-", "2001 to 2009, to 2019, to 2025");
    assert_eq!(instants("noleap", "year", [0.0, 90.0, 181.0, 273.0]), "x", "quarters, stamped at their begins");
    // No one step, but one time a month: observations of the days 2, 20, 10, …
    assert_eq!(instants("noleap", "season", [2.0, 50.0, 68.0, 110.0, 121.0, 170.0]), "-x-");
    // One time a day, when the satellite came.
    assert_eq!(instants("noleap", "2d", [0.1, 1.7, 2.3, 3.2, 4.4]), "xx-");
    // A single time, and times of no rhythm, tell nothing.
    assert_eq!(instants("noleap", "month", [3.0]), "-");
    assert_eq!(instants("noleap", "month", [0.0, 0.3, 7.1, 29.4]), "-");
}

/// Which periods are complete of days since 2001-01-01 with these cells.
fn bounded(period: &str, cells: &[(f64, f64)]) -> String {
    let coding = TimeCoding::new("days since 2001-01-01", Some("noleap")).unwrap();
    let axis = axis("days since 2001-01-01", "noleap", cells.iter().map(|(_, end)| *end).collect());
    let bounds = Buffer::F64(cells.iter().flat_map(|(begin, end)| [*begin, *end]).collect());
    complete(&TimeCells::decode(&axis, &coding, &bounds, &[]).unwrap(), period)
}

#[test]
fn bounds_tell_what_a_period_lacks() {
    let daily = |days: std::ops::Range<u32>| days.map(|d| (f64::from(d), f64::from(d) + 1.0)).collect::<Vec<_>>();
    assert_eq!(bounded("month", &daily(0..59)), "xx");
    assert_eq!(bounded("month", &daily(0..58)), "x-");
    assert_eq!(bounded("month", &daily(1..59)), "-x");
    assert_eq!(bounded("month", &[daily(0..30), daily(31..59)].concat()), "-x");
    assert_eq!(bounded("month", &[daily(20..59), daily(0..20)].concat()), "xx", "in any order");
    assert_eq!(bounded("month", &[(0.0, 31.0)]), "x", "one month is one month");
    // Pentads reach over the ends of months, and leave no gap.
    let pentads: Vec<_> = (0..18).map(|i| (f64::from(i) * 5.0, f64::from(i) * 5.0 + 5.0)).collect();
    assert_eq!(bounded("month", &pentads), "xxx");
    assert_eq!(bounded("month", &pentads[1..]), "-xx");
    // Thirds of days, which no double holds.
    let thirds: Vec<_> = (0..177).map(|i| (f64::from(i) / 3.0, f64::from(i + 1) / 3.0)).collect();
    assert_eq!(bounded("month", &thirds), "xx");
    // Running means overlap.
    let running: Vec<_> = (0..55).map(|i| (f64::from(i), f64::from(i) + 5.0)).collect();
    assert_eq!(bounded("month", &running), "xx");
}

#[test]
fn the_whole_axis_has_gaps_or_none() {
    let gapless = |values: &[f64]| {
        let axis = axis("days since 2001-01-01", "standard", values.to_vec());
        whole(&TimeCells::new(&axis).unwrap()).unwrap().complete
    };
    assert!(gapless(&[0.0, 1.0, 2.0]) && gapless(&[0.0]) && gapless(&[15.0, 45.0, 74.0]));
    assert!(gapless(&[2.0, 50.0, 68.0, 110.0, 121.0, 170.0]), "one a month");
    assert!(!gapless(&[0.0, 1.0, 3.0]) && !gapless(&[0.0, 0.3, 7.1, 29.4]));
}

#[test]
fn years_without_a_year_zero_follow_each_other() {
    let coding = TimeCoding::new("days since 0001-01-01", Some("julian")).unwrap();
    let axis = TimeAxis::decode(coding, &Buffer::I32((-366..365).collect())).unwrap();
    assert_eq!(complete(&TimeCells::new(&axis).unwrap(), "year"), "xx", "year −1 has 366 days");
    assert_eq!(axis.calendar(), Calendar::JULIAN);
}
