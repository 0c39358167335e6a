//! Recipes made to break the reader, and laws that hold for any date.

use std::time::Instant;

use proptest::prelude::*;

use super::super::Recipe;
use super::super::date::{Calendar, Date, Unit};
use super::super::keys::Value;
use super::super::pattern::{Pattern, Token};
use super::super::search::{capture, value};

#[test]
fn hostile_patterns_end_soon() {
    let rows = [
        "*".repeat(50_000),
        "{a}".repeat(60) + "x",
        "*?".repeat(30) + "x",
        "{{".repeat(2000),
        "[".repeat(2000),
        "{a:".repeat(1000),
        "/".repeat(4000) + "*",
    ];
    for pattern in rows {
        let start = Instant::now();
        let text = format!("inputs: '/nowhere/{pattern}'");
        let error = Recipe::parse(&text, "r").and_then(|recipe| recipe.inputs(None).map(|_| ()));
        assert!(error.is_err() || !pattern.contains('*'), "{text:.40}");
        assert!(start.elapsed().as_secs_f64() < 1.0, "{text:.40}");
    }
}

#[test]
fn matching_is_not_exponential() {
    let pattern = Pattern::parse(&("{a}*".repeat(30) + "!")).unwrap();
    let start = Instant::now();
    assert_eq!(capture(&pattern.tokens, &"a".repeat(255)), None);
    assert!(start.elapsed().as_secs_f64() < 2.0);
}

const CALENDARS: [Calendar; 4] = [Calendar::Standard, Calendar::NoLeap, Calendar::AllLeap, Calendar::Days360];

fn date() -> impl Strategy<Value = Date> {
    let day = (0i64..=9999, 1i64..=12, 1i64..=31);
    (day, 0i64..24, 0i64..60, 0i64..60, 0usize..4).prop_map(|((year, month, day), hour, minute, second, calendar)| {
        let calendar = CALENDARS[calendar];
        let day = day.min(calendar.month_length(year, month));
        Date { year, month, day, hour, minute, second, precision: Unit::Second, calendar }
    })
}

/// What a pattern of one folder level reads back from the name that it gave a date.
fn round_trip(format: &str, date: Date) -> Option<Value> {
    let pattern = Pattern::parse(&format!("x_{{t:{format}}}.nc")).ok()?;
    let name = pattern.fill(&[("t", &Value::Date(date))].into_iter().collect())?;
    let found = capture(&pattern.tokens, &name)?;
    value(&found.iter().collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_formatted_date_is_read_back(date in date()) {
        let read = round_trip("%Y-%m-%dT%H:%M:%S", date);
        prop_assert_eq!(read, Some(Value::Date(Date { calendar: Calendar::Standard, ..date })));
        let read = round_trip("%Y%m%d%H%M%S", date);
        prop_assert_eq!(read.map(|v| v.to_string()), Some(date.to_string()));
    }

    #[test]
    fn a_day_of_the_year_is_read_back(date in date()) {
        let day = Date { hour: 0, minute: 0, second: 0, precision: Unit::Day, calendar: Calendar::Standard, ..date };
        prop_assume!(day.day <= Calendar::Standard.month_length(day.year, day.month));
        prop_assert_eq!(round_trip("%Y%j", day), Some(Value::Date(day)));
    }

    #[test]
    fn iso_text_is_read_back(date in date()) {
        prop_assert_eq!(Date::parse(&date.to_string(), date.calendar), Some(date));
    }

    #[test]
    fn steps_add_up(date in date(), a in 0i64..100_000, b in 0i64..100_000) {
        for unit in [Unit::Day, Unit::Hour, Unit::Minute, Unit::Second] {
            let there = date.plus(a, unit).and_then(|date| date.plus(b, unit));
            prop_assert_eq!(there, date.plus(a + b, unit));
            prop_assert!(there.is_none_or(|there| there >= date && there.plus(-a - b, unit) == Some(date)));
        }
    }

    #[test]
    fn any_text_is_a_recipe_or_an_error(text in "(inputs|keys|chunks|x)?:? ?[ -~\n\t{}\\[\\]*&!|>'\"%@`\u{e9}\u{feff}]{0,60}") {
        let _ = Recipe::parse(&text, "r");
    }

    #[test]
    fn any_pattern_is_read_or_refused(text in "[a-c{}:%Ymd*?\\[\\]!/0-9-]{0,40}") {
        if let Ok(pattern) = Pattern::parse(&text) {
            let is_wild = |token: &Token| !matches!(token, Token::Literal(_) | Token::Field { .. });
            prop_assert_eq!(pattern.wild, pattern.tokens.iter().any(is_wild));
        }
    }
}

/// Day numbers against Python's `datetime` (standard) and cftime (the others): days from 2000-01-31.
#[test]
fn days_of_the_calendars() {
    let rows = [
        (Calendar::Standard, 30, "2000-03-01"),
        (Calendar::Standard, 36_525, "2100-01-31"),
        (Calendar::Standard, -36_524, "1900-01-31"),
        (Calendar::NoLeap, 29, "2000-03-01"),
        (Calendar::NoLeap, 36_500, "2100-01-31"),
        (Calendar::AllLeap, 30, "2000-03-01"),
        (Calendar::AllLeap, 36_600, "2100-01-31"),
    ];
    for (calendar, days, expected) in rows {
        let start = Date::parse("2000-01-31", calendar).unwrap();
        assert_eq!(
            start.plus(days, Unit::Day).map(|d| d.to_string()).as_deref(),
            Some(expected),
            "{calendar:?} {days}"
        );
    }
    let start = Date::parse("2000-01-30", Calendar::Days360).unwrap();
    assert_eq!(start.plus(30, Unit::Day).unwrap().to_string(), "2000-02-30");
    assert_eq!(Date::parse("9999-12-31", Calendar::Standard).unwrap().plus(1, Unit::Day), None);
    assert_eq!(Date::parse("0000-01-01", Calendar::Standard).unwrap().plus(-1, Unit::Day), None);
}
