//! Against UDUNITS-2's own answers, and the laws of conversion.

use proptest::prelude::*;

use super::{Converter, Unit, converter};

/// `from, to, value, answer` lines made by `tests/oracles/units.py`.
const ORACLE: &str = include_str!("../../../tests/oracles/units.tsv");

fn affine(from: &str, to: &str) -> (f64, f64) {
    converter(from, to).unwrap().affine().unwrap()
}

/// Equal to 1e-12 of the largest number that took part.
fn close(mine: f64, theirs: f64, scale: f64) -> bool {
    (mine - theirs).abs() <= 1e-12 * theirs.abs().max(scale)
}

#[test]
fn udunits_gives_the_same_answers() {
    let mut failed = Vec::new();
    for line in ORACLE.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let [from, to, value, answer] = columns[..] else { panic!("{line}") };
        let value: f64 = value.parse().unwrap();
        let mine = match (Unit::parse(from), Unit::parse(to)) {
            (Ok(from), Ok(to)) => from.converter_to(&to).map_err(|_| "impossible"),
            _ => Err("unknown"),
        };
        let same = match (&mine, answer.parse::<f64>()) {
            (Ok(converter), Ok(theirs)) => {
                // Offsets cancel: 1e-12 of the offset is what is left near zero.
                let offset = converter.affine().map_or(0.0, |(_, offset)| offset.abs());
                close(converter.apply(value), theirs, offset)
            }
            (Err(mine), Err(_)) => *mine == answer,
            _ => false,
        };
        if !same {
            failed.push(format!("{line}: {:?}", mine.map(|converter| converter.apply(value))));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(ORACLE.lines().filter(|line| line.ends_with("impossible")).count() >= 100);
}

#[test]
fn factors_and_offsets_are_the_nearest_numbers() {
    assert_eq!(affine("K", "degC"), (1.0, -273.15));
    assert_eq!(affine("degC", "K"), (1.0, 273.15));
    assert_eq!(affine("degF", "degC"), (5.0 / 9.0, -160.0 / 9.0));
    assert_eq!(affine("degC", "degF"), (1.8, 32.0));
    assert_eq!(affine("Pa", "hPa"), (0.01, 0.0));
    assert_eq!(affine("hPa", "mbar"), (1.0, 0.0));
    assert_eq!(affine("m s-1", "km h-1"), (3.6, 0.0));
    assert_eq!(affine("knot", "m s-1"), (1852.0 / 3600.0, 0.0));
    assert_eq!(affine("mm day-1", "m s-1"), (1e-3 / 86400.0, 0.0));
    assert_eq!(affine("degrees_north", "radian"), (std::f64::consts::PI / 180.0, 0.0));
    assert_eq!(affine("1", "%"), (100.0, 0.0));
    assert_eq!(affine("g kg-1", "1"), (1e-3, 0.0));
    assert_eq!(converter("degF", "degC").unwrap().apply(32.0), 0.0);
    assert_eq!(converter("degC", "degF").unwrap().apply(-40.0), -40.0);
}

#[test]
fn a_difference_of_temperatures_has_no_offset() {
    let difference = converter("K", "degF").unwrap().difference().unwrap();
    assert_eq!(difference.affine(), Some((1.8, 0.0)));
    assert!(converter("dBZ", "mm6 m-3").unwrap().difference().is_none());
}

#[test]
fn logarithms_and_reciprocals_are_not_affine() {
    let reflectivity = converter("dBZ", "mm6 m-3").unwrap();
    assert!(reflectivity.affine().is_none());
    assert!((reflectivity.apply(30.0) - 1000.0).abs() < 1e-9);
    assert_eq!(converter("mm6 m-3", "dBZ").unwrap().apply(0.0), f64::NEG_INFINITY);
    assert_eq!(converter("s", "Hz").unwrap().apply(4.0), 0.25);
    assert_eq!(converter("dBZ", "BZ").unwrap().affine(), Some((0.1, 0.0)));
}

#[test]
fn conversions_that_turn_the_axis_say_so() {
    assert!(converter("degrees_west", "degrees_east").unwrap().reverses());
    assert!(converter("s", "Hz").unwrap().reverses());
    assert!(!converter("K", "degC").unwrap().reverses());
    assert!(!converter("mm6 m-3", "dBZ").unwrap().reverses());
}

#[test]
fn missing_values_stay_missing() {
    for (from, to) in [("K", "degC"), ("s", "Hz"), ("dBZ", "mm6 m-3"), ("W", "Bm")] {
        assert!(converter(from, to).unwrap().apply(f64::NAN).is_nan());
    }
    let mut values = [273.15, f64::NAN];
    converter("K", "degC").unwrap().apply_in_place(&mut values);
    assert_eq!(values[0], 0.0);
    assert!(values[1].is_nan());
}

#[test]
fn equal_strings_convert_even_if_unknown() {
    assert!(converter("psu", " psu ").unwrap().is_identity());
    assert!(converter("psu", "1").is_err());
}

#[test]
fn an_impossible_conversion_names_both_units_and_their_dimensions() {
    let error = converter("K", "m s-1").unwrap_err().to_string();
    assert_eq!(error, "cannot convert 'K' to 'm s-1', 'K' is temperature, 'm s-1' is length time^-1");
}

#[test]
fn errors_name_the_word_and_the_place() {
    let error = Unit::parse("kg psu-1").unwrap_err();
    assert_eq!(error.to_string(), "'psu' is not a unit known to UDUNITS, units 'kg psu-1'");
    assert!(error.hint().unwrap().contains("practical salinity"));
    let error = Unit::parse("days since 2000-01-01").unwrap_err();
    assert_eq!(error.to_string(), "a time since a date is not a plain unit, units 'days since 2000-01-01'");
    let error = Unit::parse("m (s").unwrap_err();
    assert_eq!(error.to_string(), "a closing parenthesis is missing at the end, units 'm (s'");
}

#[test]
fn blanks_and_raised_digits_are_taken_more_freely_than_by_udunits() {
    for (loose, strict) in [("m⁻²", "m-2"), ("kg m⁻² s⁻¹", "kg m-2 s-1"), ("m * s", "m s"), ("m\u{a0}s-1", "m s-1")]
    {
        assert_eq!(Unit::parse(loose).unwrap(), Unit::parse(strict).unwrap(), "{loose}");
    }
    assert!(Unit::parse("").unwrap().is_dimensionless());
    assert_eq!(Unit::parse(" K\n").unwrap().text(), "K");
}

#[test]
fn any_depth_and_size_ends_in_an_answer() {
    for text in ["(".repeat(100_000), "lg(re ".repeat(50_000), "9".repeat(100_000), "1e999999999999".into()] {
        assert!(Unit::parse(&text).is_err());
    }
    assert!(Unit::parse(&"m ".repeat(40_000)).is_err(), "powers are bounded");
    assert!(Unit::parse(&format!("m{}", "(s)".repeat(1000))).is_ok());
    assert!(Unit::parse(&"kilo".repeat(100_000)).is_err());
}

/// Pieces of unit strings, well and badly put together.
fn pieces() -> impl Strategy<Value = String> {
    const PIECES: &str = "m|s|kg|degC|hPa|K|%|'|\"|µ|°|²|⁻|·|×|(|)|/| |per| per |.|*|**|^|-|+|@| from | since |1|0|255\
        |-2|1e3|e|.5|lg(re |ln|re|dBZ|milli|2000-01-01|\u{a0}|\0|é|_";
    let piece = prop::sample::select(PIECES.split('|').collect::<Vec<_>>());
    prop::collection::vec(piece, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_text_gives_a_unit_or_an_error(text in "\\PC{0,40}") {
        let _ = Unit::parse(&text);
    }

    #[test]
    fn any_sequence_of_pieces_gives_a_unit_or_an_error(text in pieces()) {
        if let Ok(unit) = Unit::parse(&text) {
            prop_assert!(unit.converter_to(&unit).unwrap().is_identity() || unit.text().contains('l'), "{text}");
        }
    }

    #[test]
    fn there_and_back_is_where_it_began(value in -1e6f64..1e6, index in 0..ORACLE.lines().count()) {
        let line = ORACLE.lines().nth(index).unwrap();
        let mut columns = line.split('\t');
        let (from, to) = (columns.next().unwrap(), columns.next().unwrap());
        let (Ok(there), Ok(back)) = (converter(from, to), converter(to, from)) else { return Ok(()) };
        let Some((factor, offset)) = there.affine() else { return Ok(()) };
        let returned = back.apply(there.apply(value));
        prop_assert!(close(returned, value, (offset / factor).abs()), "{from} {to} {value} {returned}");
    }
}

#[test]
fn converters_are_made_for_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Converter>();
    shared::<Unit>();
}
