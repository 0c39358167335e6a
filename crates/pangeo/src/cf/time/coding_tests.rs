//! Decoding and encoding as files need it.

use proptest::prelude::*;

use super::*;

fn coding(units: &str, calendar: &str) -> TimeCoding {
    TimeCoding::new(units, Some(calendar)).unwrap()
}

fn shown(coding: &TimeCoding, values: &Buffer) -> Vec<String> {
    let times = coding.decode(values).unwrap();
    times.into_iter().map(|t| coding.calendar().components(t).to_string()).collect()
}

#[test]
fn values_of_real_files() {
    // Expected: cftime 1.6.6 num2date, but for the last two, which it does not read (cdo showtimestamp).
    for (units, calendar, value, expected) in [
        ("hours since 1-1-1 00:00:0.0", "standard", 17_067_072.0, "1948-01-01T00:00:00"),
        ("days since 1949-12-01 00:00:00", "360_day", 18_030.5, "2000-01-01T12:00:00"),
        ("days since 1850-01-01", "365_day", 59.0, "1850-03-01T00:00:00"),
        ("seconds since 1970-01-01 00:00:00 UTC", "julian", 86_400.0, "1970-01-02T00:00:00"),
        ("days since -4713-11-24 12:00", "proleptic_gregorian", 2_451_545.0, "2000-01-01T12:00:00"),
        ("common_years since 2000-01-01", "noleap", 2.0, "2002-01-01T00:00:00"),
        ("months since 1960-01-01", "360", 0.5, "1960-01-16T00:00:00"),
        ("hour since 0000-01-01 00:00:00", "", 366.0, "0000-01-16T06:00:00"),
        ("day as %Y%m%d.%f", "proleptic_gregorian", 20_131_231.25, "2013-12-31T06:00:00"),
    ] {
        assert_eq!(shown(&coding(units, calendar), &Buffer::F64(vec![value])), [expected], "{units}");
    }
}

#[test]
fn units_met_in_archives_are_read() {
    for units in [
        "Hours since 2002-02-15",
        "days since 1800-01-01 00:00:0.0",
        "days since 1850-01-01 0:0:0.0",
        "days since 1964-03-12 12:09:00 -9:00",
        "hours since 2013-02-18 00:00:00.000 UTC",
        "hours since 2016-11-08 12:00Z",
        "seconds since 1970-1-1 00:00:00 +0:00",
        "seconds since 1970-1-1 0:00:00 0:00",
        "seconds since 1981-01-01T00:00:00.000Z",
        "sec since 1993-01-01T00:00:00.000000+00:00",
        "Julian_years since 2000-01-01 12:00",
    ] {
        assert!(TimeCoding::new(units, None).is_ok(), "{units}");
    }
}

#[test]
fn mean_months_and_year_zero_are_warned_of() {
    let warning = |units, calendar| coding(units, calendar).warning().unwrap_or_default();
    assert!(warning("months since 1980-01-01", "standard").contains("30.43685 days"));
    assert!(warning("hour since 0000-01-01", "standard").contains("climatology"));
    assert_eq!(warning("months since 1980-01-01", "360_day"), "");
}

#[test]
fn absolute_days_spell_their_date_both_ways() {
    let absolute = coding("day as %Y%m%d.%f", "standard");
    let values = Buffer::F64(vec![18_500_101.0, 20_000_229.75, -440_315.5]);
    let times = absolute.decode(&values).unwrap();
    assert_eq!(absolute.encode(&times, &DataType::F64).unwrap(), values);
    assert!(absolute.decode(&Buffer::F64(vec![20_000_230.0])).is_err(), "30 February");
    assert!(absolute.decode(&Buffer::I64(vec![i64::MAX])).is_err());
}

#[test]
fn missing_times_are_named_or_masked() {
    let days = coding("days since 2000-01-01", "standard");
    let values = Buffer::F64(vec![0.0, f64::NAN, -999.0]);
    let error = days.decode(&values).unwrap_err().to_string();
    assert!(error.contains("index 1 is missing"), "{error}");
    let masked = days.decode_masked(&values, &[-999.0]).unwrap();
    assert_eq!(masked.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn values_that_are_no_time_are_refused() {
    let days = coding("days since 2000-01-01", "standard");
    for values in [
        Buffer::F64(vec![9.969_209_968_386_869e36]),
        Buffer::F64(vec![f64::INFINITY]),
        Buffer::I64(vec![i64::MIN]),
        Buffer::U64(vec![u64::MAX]),
        Buffer::F32(vec![f32::MAX]),
        Buffer::Char(b"2000-01-01".to_vec()),
    ] {
        assert!(days.decode(&values).is_err(), "{values:?}");
    }
}

#[test]
fn no_dates_without_calendar_or_reference() {
    let july = coding("days since 1-7-15", "none");
    assert!(july.decode(&Buffer::I8(vec![1])).unwrap_err().to_string().contains("'none' has no dates"));
    assert_eq!(july.decode_spans(&Buffer::I8(vec![1])).unwrap(), [Span::from_days(1)]);

    let forecast = coding("hours", "");
    let hint = forecast.decode(&Buffer::F32(vec![60.0])).unwrap_err().hint().unwrap();
    assert!(hint.contains("--reference-time"));
    assert_eq!(forecast.decode_spans(&Buffer::F32(vec![60.0])).unwrap()[0].to_string(), "60 hours");
    let dated = forecast.with_reference("2021-12-22".parse().unwrap()).unwrap();
    assert_eq!(shown(&dated, &Buffer::F32(vec![60.0])), ["2021-12-24T12:00:00"]);
    assert!(dated.with_reference("2021-12-22".parse().unwrap()).is_err());
}

#[test]
fn reference_dates_must_exist() {
    for (units, calendar) in [
        ("days since 2000-02-30", "standard"),
        ("days since 2000-02-29", "noleap"),
        ("days since 2000-01-31", "360_day"),
        ("days since 1582-10-10", "gregorian"),
        ("days since 99999-12-31", "lunar"),
    ] {
        assert!(TimeCoding::new(units, Some(calendar)).is_err(), "{units} {calendar}");
    }
}

#[test]
fn integers_must_hold_times_exactly() {
    let days = coding("days since 2000-01-01", "standard");
    let noon = days.decode(&Buffer::F64(vec![1.5])).unwrap();
    let error = days.encode(&noon, &DataType::I32).unwrap_err().to_string();
    assert!(error.contains("int does not hold 2000-01-02T12:00:00 (index 0)"), "{error}");
    let far = days.decode(&Buffer::I32(vec![200])).unwrap();
    assert!(days.encode(&far, &DataType::I8).is_err());
    assert_eq!(days.encode(&far, &DataType::U8).unwrap(), Buffer::U8(vec![200]));
    assert!(days.encode(&far, &DataType::String).is_err());
    // A float resolves 64 s of seconds since 1970 in the year 2000.
    let seconds = coding("seconds since 1970-01-01", "standard");
    assert!(seconds.encode(&days.decode(&Buffer::F64(vec![1e-5])).unwrap(), &DataType::F32).is_err());
}

#[test]
fn nanoseconds_of_integers_survive() {
    let fine = coding("nanoseconds since 2000-01-01", "proleptic_gregorian");
    let values = Buffer::I64(vec![1, 999_999_999_999_999_999]);
    let times = fine.decode(&values).unwrap();
    assert_eq!(fine.encode(&times, &DataType::I64).unwrap(), values);
}

fn any_calendar() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["standard", "proleptic_gregorian", "julian", "noleap", "all_leap", "360_day", "tai"])
}

fn any_units() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "days since 0001-01-01",
        "hours since 1900-01-01T06:00:00",
        "seconds since 1970-01-01",
        "minutes since 2000-02-28 00:00 -3:30",
        "weeks since 1850-1-1",
        "day as %Y%m%d.%f",
    ])
}

proptest! {
    #[test]
    fn whole_seconds_survive_a_double(units in any_units(), calendar in any_calendar(), second in -300_000_000_000_i64..300_000_000_000) {
        let coding = coding(units, calendar);
        let time = Instant::from_nanoseconds(i128::from(second) * 1_000_000_000).unwrap();
        let stored = coding.encode(&[time], &DataType::F64).unwrap();
        prop_assert_eq!(coding.decode(&stored).unwrap(), [time]);
    }

    #[test]
    fn stored_integers_survive(units in any_units(), calendar in any_calendar(), value in -10_000_000_i64..10_000_000) {
        let coding = coding(units, calendar);
        let stored = Buffer::I64(vec![value]);
        if let Ok(times) = coding.decode(&stored) {
            prop_assert_eq!(coding.encode(&times, &DataType::I64).unwrap(), stored);
        } else {
            prop_assert!(units.starts_with("day as"));
        }
    }

    #[test]
    fn stored_doubles_survive_in_time(units in any_units(), calendar in any_calendar(), value in -1e7_f64..1e7) {
        let coding = coding(units, calendar);
        if let Ok(times) = coding.decode(&Buffer::F64(vec![value])) {
            let again = coding.decode(&coding.encode(&times, &DataType::F64).unwrap()).unwrap();
            let shift = again[0].since(times[0]).nanoseconds().abs();
            prop_assert!(shift <= 500_000, "{} ns", shift);
        }
    }

    #[test]
    fn no_text_makes_the_parsers_panic(text in "\\PC{0,40}", calendar in any_calendar()) {
        let _ = TimeCoding::new(&text, Some(calendar));
        let _ = TimeCoding::new(&format!("days since {text}"), Some(calendar));
        let _ = text.parse::<Span>();
        let _ = text.parse::<crate::cf::time::TimeRange>();
    }

    #[test]
    fn no_date_makes_the_parsers_panic(text in "[-+0-9TZ:. /a-z]{0,30}", calendar in any_calendar()) {
        let _ = TimeCoding::new(&format!("days since {text}"), Some(calendar));
        let _ = TimeUnits::parse(&text);
        let _ = text.parse::<Span>();
        if let Ok(range) = text.parse::<crate::cf::time::TimeRange>() {
            let _ = range.resolve(calendar.parse().unwrap());
        }
    }
}
