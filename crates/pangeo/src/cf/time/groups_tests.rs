use super::super::{Climate, DateText, TimeAxis, TimeCoding, Unit, climatology};
use super::*;
use crate::model::Buffer;

/// Written by `tests/oracles/time_groups.py`: the groups of xarray's resample and groupby.
const TABLE: &str = include_str!("../../../tests/oracles/time_groups.tsv");

fn at(calendar: Calendar, text: &str) -> Instant {
    text.parse::<DateText>().unwrap().instant(calendar).unwrap()
}

/// So many steps of `6h` or `1mo` from a date.
fn axis(calendar: &str, first: &str, step: &str, count: usize) -> TimeAxis {
    let coding = TimeCoding::new("hours since 1500-01-01", Some(calendar)).unwrap();
    let calendar = coding.calendar();
    let start = at(calendar, first);
    let digits = step.trim_end_matches(char::is_alphabetic);
    let (number, unit) = (digits.parse::<i64>().unwrap(), step.strip_prefix(digits).unwrap());
    let one = |i: usize| match unit {
        "mo" => {
            let from = calendar.components(start);
            let (year, month) = calendar.months_later(from.year, from.month, number * i as i64).unwrap();
            calendar.instant(&from.on(year, month, from.day)).unwrap()
        }
        unit => {
            let length = Unit::parse(unit).unwrap().nanoseconds(calendar) * i128::from(number);
            start.plus(Span::from_nanoseconds(length * i as i128)).unwrap()
        }
    };
    let times: Vec<Instant> = (0..count).map(one).collect();
    TimeAxis::decode(coding.clone(), &coding.encode(&times, &crate::model::DataType::I64).unwrap()).unwrap()
}

/// The first and last four groups as the table has them.
fn groups(axis: &TimeAxis, period: &str) -> String {
    let (cells, calendar) = (TimeCells::new(axis).unwrap(), axis.calendar());
    let alias = match period {
        "5MS" => "5mo",
        other => other,
    };
    let part: Option<Climate> = period.parse().ok();
    let found = match part {
        Some(part) => climatology(&cells, part).unwrap(),
        None => every(&cells, alias.parse().unwrap()).unwrap(),
    };
    let name = |group: &TimeGroup| match group.part {
        Part::Hour(part) | Part::Month(part) => part.to_string(),
        Part::Day(month, day) => (u32::from(month) * 100 + u32::from(day)).to_string(),
        Part::Season(season) => season.to_string(),
        _ => calendar.components(group.period.unwrap().0).to_string().strip_suffix(":00").unwrap().to_owned(),
    };
    let show = |group: &TimeGroup| format!("{}={}", name(group), group.members.len());
    let shown: Vec<String> = match found.len() {
        ..=8 => found.iter().map(show).collect(),
        all => found[..4].iter().chain(&found[all - 4..]).map(show).collect(),
    };
    format!("{} of {}", shown.join(" "), found.len())
}

#[test]
fn periods_hold_the_steps_that_xarray_puts_into_them() {
    let mut rows = 0;
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let [calendar, first, step, count, period, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let axis = axis(calendar, first, step, count.parse().unwrap());
        assert_eq!(groups(&axis, period), expected, "{calendar} {first} {step} {count} {period}");
        rows += 1;
    }
    assert!(rows > 500, "{rows}");
}

/// Days since 1961-01-01 as an axis with the bounds that follow each other, in a calendar.
fn days(calendar: &str, edges: &[f64]) -> (TimeAxis, TimeCoding, Buffer) {
    let coding = TimeCoding::new("days since 1961-01-01", Some(calendar)).unwrap();
    let middles = edges.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])).collect();
    let bounds = edges.windows(2).flatten().copied().collect();
    (TimeAxis::decode(coding.clone(), &Buffer::F64(middles)).unwrap(), coding, Buffer::F64(bounds))
}

/// The first of each of so many months from January 1961, in days since 1961-01-01.
fn months(calendar: &str, count: i64) -> Vec<f64> {
    let calendar: Calendar = calendar.parse().unwrap();
    let first = |i| {
        let (year, month) = calendar.months_later(1961, 1, i).unwrap();
        (calendar.day_number(year, month, 1).unwrap() - calendar.day_number(1961, 1, 1).unwrap()) as f64
    };
    (0..=count).map(first).collect()
}

/// Name, label and bounds of a group, and whether it is complete.
fn told(calendar: Calendar, group: &TimeGroup) -> String {
    let show = |t| {
        let text = calendar.components(t).to_string();
        text.strip_suffix(":00").map(|t| t.strip_suffix("T00:00").unwrap_or(t).to_owned()).unwrap_or(text)
    };
    let lacks = if group.complete { "" } else { " incomplete" };
    let (begin, end) = group.bounds;
    format!("{}: {} [{} {}]{lacks}", group.name(calendar), show(group.label), show(begin), show(end))
}

fn every_told(cells: &TimeCells, period: &str) -> Vec<String> {
    let found = every(cells, period.parse().unwrap()).unwrap();
    found.iter().map(|group| told(cells.axis().calendar(), group)).collect()
}

#[test]
fn bounds_are_the_union_of_the_cells_as_in_cdo() {
    let daily: Vec<f64> = (0..=365 * 3).map(f64::from).collect();
    let standard_months = months("standard", 36);
    // CDO 2.1.1: monmean, seasmean, yearmean; time and time_bnds. CDO warns of seasons of two months or one.
    for (calendar, edges, period, index, expected) in [
        ("noleap", &daily, "month", 0, "1961-01: 1961-01-16T12:00 [1961-01-01 1961-02-01]"),
        ("noleap", &daily, "month", 1, "1961-02: 1961-02-15 [1961-02-01 1961-03-01]"),
        ("noleap", &daily, "month", 35, "1963-12: 1963-12-16T12:00 [1963-12-01 1964-01-01]"),
        ("noleap", &daily, "season", 0, "1960-12/1961-02: 1961-01-30T12:00 [1961-01-01 1961-03-01] incomplete"),
        ("noleap", &daily, "season", 4, "1961-12/1962-02: 1962-01-15 [1961-12-01 1962-03-01]"),
        ("noleap", &daily, "season", 12, "1963-12/1964-02: 1963-12-16T12:00 [1963-12-01 1964-01-01] incomplete"),
        ("standard", &standard_months, "season", 2, "1961-06/1961-08: 1961-07-17 [1961-06-01 1961-09-01]"),
        (
            "standard",
            &standard_months,
            "season",
            0,
            "1960-12/1961-02: 1961-01-30T12:00 [1961-01-01 1961-03-01] incomplete",
        ),
        ("standard", &standard_months, "year", 1, "1962: 1962-07-02T12:00 [1962-01-01 1963-01-01]"),
    ] {
        let (axis, coding, bounds) = days(calendar, edges);
        let cells = TimeCells::decode(&axis, &coding, &bounds, &[]).unwrap();
        assert_eq!(every_told(&cells, period).get(index).map(String::as_str), Some(expected), "{period} {index}");
    }
}

#[test]
fn without_bounds_the_first_and_last_instants_are_bounds_as_in_cdo() {
    // CDO 2.1.1 monmean of daily means stamped at noon, noleap: time and time_bnds.
    let noon: Vec<f64> = (0..365 * 3 - 5).map(|day| f64::from(day) + 0.5).collect();
    let coding = TimeCoding::new("days since 1961-01-01", Some("noleap")).unwrap();
    let axis = TimeAxis::decode(coding, &Buffer::F64(noon)).unwrap();
    let found = every_told(&TimeCells::new(&axis).unwrap(), "month");
    assert_eq!(found[0], "1961-01: 1961-01-16T12:00 [1961-01-01T12:00 1961-01-31T12:00]");
    assert_eq!(found[1], "1961-02: 1961-02-15 [1961-02-01T12:00 1961-02-28T12:00]");
    assert!(found[35].ends_with("1963-12-26T12:00] incomplete"), "{}", found[35]);
    assert_eq!(found.iter().filter(|text| text.ends_with("incomplete")).count(), 1);
}

#[test]
fn means_stamped_at_the_ends_of_their_cells_are_of_the_cells() {
    let coding = TimeCoding::new("hours since 1997-04-01", Some("360_day")).unwrap();
    let ends: Vec<i32> = (1..=48).collect();
    let bounds = Buffer::I32(ends.iter().flat_map(|&end| [end - 1, end]).collect());
    let axis = TimeAxis::decode(coding.clone(), &Buffer::I32(ends)).unwrap();
    let cells = TimeCells::decode(&axis, &coding, &bounds, &[]).unwrap();
    let expected = [
        "1997-04-01: 1997-04-01T12:00 [1997-04-01 1997-04-02]",
        "1997-04-02: 1997-04-02T12:00 [1997-04-02 1997-04-03]",
    ];
    assert_eq!(every_told(&cells, "day"), expected);
    // By their instants the last of each day would be of the next.
    assert_eq!(every(&TimeCells::new(&axis).unwrap(), Period::DAY).unwrap().len(), 3);
}

#[test]
fn periods_are_in_order_of_time_whatever_that_of_the_axis() {
    let coding = TimeCoding::new("days since 2001-01-01", None).unwrap();
    let values = Buffer::I32(vec![59, 58, 31, -999, 30, 0]);
    let axis = TimeAxis::decode_present(coding, &values, &[false, false, false, true, false, false]).unwrap();
    let found = every(&TimeCells::new(&axis).unwrap(), Period::MONTH).unwrap();
    let members: Vec<&[usize]> = found.iter().map(|group| group.members.as_slice()).collect();
    assert_eq!(members, [&[4, 5][..], &[1, 2], &[0]], "a step without a time belongs nowhere");
    let all = whole(&TimeCells::new(&axis).unwrap()).unwrap();
    assert_eq!(told(axis.calendar(), &all), "all times: 2001-01-30T12:00 [2001-01-01 2001-03-01] incomplete");
    assert_eq!(all.members, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn periods_are_named_as_they_are_written() {
    let calendar = Calendar::STANDARD;
    for (begin, end, expected) in [
        ("2000-01-01", "2001-01-01", "2000"),
        ("2000-01-01", "2010-01-01", "2000/2009"),
        ("1999-12-01", "2000-03-01", "1999-12/2000-02"),
        ("2000-02-01", "2000-03-01", "2000-02"),
        ("2000-02-01", "2000-02-02", "2000-02-01"),
        ("2000-02-25", "2000-03-06", "2000-02-25/2000-03-05"),
        ("2000-02-29T18:00", "2000-03-01", "2000-02-29T18:00/2000-03-01T00:00"),
        ("-0001-12-01", "0001-03-01", "-0001-12/0001-02"),
    ] {
        assert_eq!(stretch(calendar, (at(calendar, begin), at(calendar, end))), expected);
    }
}

#[test]
fn axes_without_dates_are_taken_whole_only() {
    for (units, calendar, why) in [
        ("days since 1-7-15", "none", "the calendar 'none' has no dates"),
        ("hours", "standard", "the time axis has no reference date"),
    ] {
        let coding = TimeCoding::new(units, Some(calendar)).unwrap();
        let axis = TimeAxis::decode(coding, &Buffer::F64(vec![0.0, 6.0, 12.0])).unwrap();
        let cells = TimeCells::new(&axis).unwrap();
        for error in [every(&cells, Period::DAY).unwrap_err(), climatology(&cells, Climate::Month).unwrap_err()] {
            assert!(error.to_string().contains(why) && error.hint().is_some(), "{error}");
        }
        let all = whole(&cells).unwrap();
        assert_eq!((all.members.len(), all.complete), (3, true));
    }
}

#[test]
fn nothing_and_the_edges_of_time_are_refused() {
    let axis = |values: Vec<f64>| {
        TimeAxis::decode(TimeCoding::new("days since 1970-01-01", Some("julian")).unwrap(), &Buffer::F64(values))
            .unwrap()
    };
    let empty = axis(Vec::new());
    let cells = TimeCells::new(&empty).unwrap();
    assert!(whole(&cells).is_err() && every(&cells, Period::DAY).is_err());
    let edge = axis(vec![389_999_900.0, -389_999_900.0, 0.0]);
    let cells = TimeCells::new(&edge).unwrap();
    let said = every(&cells, "100000y".parse().unwrap()).unwrap_err().to_string();
    assert!(said.contains("goes beyond the years that are handled"), "{said}");
    assert_eq!(climatology(&cells, Climate::Day).unwrap().len(), 3);
    assert!(whole(&cells).is_ok());
}

proptest::proptest! {
    #[test]
    fn every_step_that_has_a_time_is_in_one_group(
        steps in proptest::collection::vec((-20_000_i64..20_000, 0_u8..10), 1..60),
        calendar in proptest::sample::select(vec!["standard", "julian", "noleap", "all_leap", "360_day"]),
        period in proptest::sample::select(vec!["hour", "day", "5d", "month", "season", "5mo", "year", "10y"]),
        bounded in proptest::bool::ANY,
    ) {
        let coding = TimeCoding::new("hours since 1583-06-01", Some(calendar)).unwrap();
        let (values, missing): (Vec<i64>, Vec<bool>) = steps.iter().map(|(hours, m)| (*hours, *m == 0)).unzip();
        proptest::prop_assume!(missing.contains(&false));
        let bounds = Buffer::I64(steps.iter().flat_map(|(hours, m)| [*hours - i64::from(*m), *hours + 3]).collect());
        let axis = TimeAxis::decode_present(coding.clone(), &Buffer::I64(values), &missing).unwrap();
        let plain = TimeCells::new(&axis);
        let cells = if bounded { TimeCells::decode(&axis, &coding, &bounds, &[]) } else { plain }.unwrap();
        let present: Vec<usize> = (0..missing.len()).filter(|&i| !missing[i]).collect();
        let sorted = |groups: &[TimeGroup]| {
            let mut all: Vec<usize> = groups.iter().flat_map(|group| group.members.clone()).collect();
            all.sort_unstable();
            all
        };
        let found = every(&cells, period.parse().unwrap()).unwrap();
        proptest::prop_assert_eq!(sorted(&found), present.clone());
        proptest::prop_assert!(found.windows(2).all(|pair| pair[0].period.unwrap().1 <= pair[1].period.unwrap().0));
        for group in &found {
            let (begin, end) = group.period.unwrap();
            proptest::prop_assert!(group.members.iter().all(|&i| (begin..end).contains(&cells.place(i).unwrap())));
            proptest::prop_assert!((group.bounds.0..=group.bounds.1).contains(&group.label));
        }
        for part in [Climate::Hour, Climate::Day, Climate::Month, Climate::Season] {
            let found = climatology(&cells, part).unwrap();
            proptest::prop_assert_eq!(sorted(&found), present.clone());
            proptest::prop_assert!(found.iter().all(|g| (g.bounds.0..=g.bounds.1).contains(&g.label)));
        }
    }
}
