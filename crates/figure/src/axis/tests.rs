//! Marks and labels by hand, and what holds for any numbers.

use proptest::prelude::*;

use super::*;

#[test]
fn round_numbers() {
    assert_eq!(ticks(0.0, 1.0, 6), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
    assert_eq!(ticks(0.0, 10.0, 5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
    assert_eq!(ticks(-0.37, 0.42, 5), [-0.2, 0.0, 0.2, 0.4]);
    assert_eq!(ticks(240.3, 311.9, 7), [250.0, 260.0, 270.0, 280.0, 290.0, 300.0, 310.0]);
    assert_eq!(ticks(98_000.0, 103_000.0, 5), [98_000.0, 99_000.0, 100_000.0, 101_000.0, 102_000.0, 103_000.0]);
    assert_eq!(ticks(0.0, 1e-5, 5), [0.0, 2e-6, 4e-6, 6e-6, 8e-6, 1e-5]);
    assert_eq!(ticks(1.0, 0.0, 3), [0.0, 0.5, 1.0]);
    assert_eq!(ticks(3.0, 3.0, 5), [3.0]);
    assert!(ticks(f64::NAN, 1.0, 5).is_empty());
    assert!(ticks(0.0, f64::INFINITY, 5).is_empty());
    assert_eq!(*ticks(0.0, 0.1 + 0.2, 3).last().unwrap(), 0.1 + 0.2 - f64::EPSILON / 4.0);
}

#[test]
fn round_limits() {
    assert_eq!(covering(0.3, 9.7, 5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
    assert_eq!(covering(0.0, 95.0, 10).len(), 11);
    assert_eq!(covering(2.0, 2.0, 10), [2.0]);
}

#[test]
fn labels_have_the_decimals_they_need() {
    let cases: [(&[f64], &[&str], i32); 9] = [
        (&[0.0, 0.5, 1.0], &["0.0", "0.5", "1.0"], 0),
        (&[-2.0, 0.0, 2.0], &["−2", "0", "2"], 0),
        (&[0.25, 0.5], &["0.25", "0.50"], 0),
        (&[0.0, 0.1, 0.2, 0.1 + 0.2], &["0.0", "0.1", "0.2", "0.3"], 0),
        (&[0.001, 0.1, 10.0, 1000.0], &["0.001", "0.1", "10", "1000"], 0),
        (&[0.0, 2e-6, 4e-6], &["0", "2", "4"], -6),
        (&[0.0, 5e6, 1e7], &["0.0", "0.5", "1.0"], 7),
        (&[98_000.0, 100_000.0], &["98000", "100000"], 0),
        (&[1_000_001.0, 1_000_002.0], &["1000001", "1000002"], 0),
    ];
    for (values, wanted, power) in cases {
        let found = labels(values);
        assert_eq!((found.texts.iter().map(String::as_str).collect::<Vec<_>>(), found.power), (wanted.to_vec(), power));
    }
    assert_eq!(labels(&[2e-6]).power_text().unwrap(), "×10^{−6}");
    assert_eq!(labels(&[2.0]).power_text(), None);
    assert_eq!(labels(&[0.1f32 as f64, 0.2f32 as f64]).texts, ["0.1", "0.2"]);
}

#[test]
fn single_numbers() {
    let cases = [
        (0.0, "0"),
        (-0.0, "0"),
        (-2.5, "−2.5"),
        (1e7, "10^{7}"),
        (-1.5e-7, "−1.5×10^{−7}"),
        (1e-4, "0.0001"),
        (f64::INFINITY, "∞"),
        (f64::NAN, "NaN"),
    ];
    for (value, wanted) in cases {
        assert_eq!(number(value), wanted);
    }
}

#[test]
fn logarithmic_marks() {
    assert_eq!(log_ticks(1.0, 1000.0, 5).major, [1.0, 10.0, 100.0, 1000.0]);
    assert_eq!(log_ticks(1.0, 1000.0, 5).minor.len(), 24);
    assert_eq!(log_ticks(1.0, 10.0, 5).major, [1.0, 2.0, 5.0, 10.0]);
    assert_eq!(log_ticks(0.02, 37.0, 7).major, [0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0]);
    assert_eq!(log_ticks(1e-12, 1.0, 5).major, [1e-12, 1e-9, 1e-6, 1e-3, 1.0]);
    assert_eq!(log_ticks(30.0, 40.0, 5).major, [30.0, 32.0, 34.0, 36.0, 38.0, 40.0]);
    assert_eq!(log_ticks(0.0, 40.0, 5), LogTicks::default());
    assert_eq!(log_labels(&[0.01, 1.0, 100.0]), ["0.01", "1", "100"]);
    assert_eq!(log_labels(&[1e-6, 1.0, 2e6]), ["10^{−6}", "10^{0}", "2×10^{6}"]);
}

#[test]
fn pressures() {
    assert_eq!(pressure_ticks(100.0, 1000.0, 6, 1.0), [100.0, 200.0, 300.0, 500.0, 700.0, 850.0, 1000.0][..].to_vec());
    assert_eq!(pressure_ticks(50_000.0, 100_000.0, 6, 100.0), [50_000.0, 70_000.0, 85_000.0, 92_500.0, 100_000.0]);
    assert_eq!(pressure_ticks(1.0, 1000.0, 9, 1.0), [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0]);
    assert_eq!(pressure_ticks(600.0, 650.0, 4, 1.0), [600.0, 620.0, 640.0]);
    assert!(pressure_ticks(0.0, 650.0, 4, 1.0).is_empty());
}

#[test]
fn longitudes() {
    let texts = |west, east, about| -> Vec<String> {
        longitude_ticks(west, east, about).into_iter().map(|tick| tick.label).collect()
    };
    assert_eq!(texts(-180.0, 180.0, 7), ["180°", "120°W", "60°W", "0°", "60°E", "120°E", "180°"]);
    assert_eq!(texts(0.0, 360.0, 5), ["0°", "90°E", "180°", "90°W", "0°"]);
    assert_eq!(texts(165.0, -165.0, 4), ["165°E", "180°", "165°W"]);
    assert_eq!(longitude_ticks(165.0, -165.0, 4)[2].value, 195.0);
    assert_eq!(texts(5.8, 15.1, 5), ["6°E", "8°E", "10°E", "12°E", "14°E"]);
    assert_eq!(texts(-0.3, 0.3, 6), ["0.3°W", "0.2°W", "0.1°W", "0°", "0.1°E", "0.2°E", "0.3°E"]);
    assert_eq!(texts(7.0, 7.0, 5), ["7°E"]);
    assert_eq!(texts(f64::NAN, 7.0, 5), [""; 0]);
    assert_eq!(texts(-1e300, 7.0, 5), [""; 0]);
    assert_eq!((longitude_label(-30.0), longitude_label(372.5)), ("30°W".into(), "12.5°E".into()));
}

#[test]
fn latitudes() {
    let texts = |south, north, about| -> Vec<String> {
        latitude_ticks(south, north, about).into_iter().map(|tick| tick.label).collect()
    };
    assert_eq!(texts(-90.0, 90.0, 7), ["90°S", "60°S", "30°S", "0°", "30°N", "60°N", "90°N"]);
    assert_eq!(texts(-100.0, 100.0, 5), ["90°S", "45°S", "0°", "45°N", "90°N"]);
    assert_eq!(texts(47.2, 55.1, 4), ["48°N", "50°N", "52°N", "54°N"]);
    assert_eq!(texts(50.04, 50.12, 4), ["50.04°N", "50.06°N", "50.08°N", "50.10°N", "50.12°N"]);
    assert_eq!(latitude_label(-89.75), "89.75°S");
}

#[test]
fn units_people_read() {
    let cases = [
        ("kg m-2 s-1", "kg m^{−2} s^{−1}"),
        ("kg m**-2 s**-1", "kg m^{−2} s^{−1}"),
        ("kg m^-2 s^-1", "kg m^{−2} s^{−1}"),
        ("kg.m-2.s-1", "kg m^{−2} s^{−1}"),
        ("kg m^{-2}", "kg m^{−2}"),
        ("W/m2", "W/m^{2}"),
        ("m/s", "m/s"),
        ("m2", "m^{2}"),
        ("m s⁻¹", "m s^{−1}"),
        ("ug/m3", "µg/m^{3}"),
        ("µg/m3", "µg/m^{3}"),
        ("μg m-3", "µg m^{−3}"),
        ("µg/m³", "µg/m^{3}"),
        ("degC", "°C"),
        ("degrees_Celsius", "°C"),
        ("K", "K"),
        ("K day-1", "K day^{−1}"),
        ("degree_north", "°N"),
        ("degrees_east", "°E"),
        ("degrees", "°"),
        ("1", ""),
        ("", ""),
        ("%", "%"),
        ("percent", "%"),
        ("10^-6", "10^{−6}"),
        ("1e-3", "10^{−3}"),
        ("1e-6 m2 s-2", "10^{−6} m^{2} s^{−2}"),
        ("0.001 kg", "0.001 kg"),
        ("1 m", "m"),
        ("mol CO2 m-2", "mol CO_{2} m^{−2}"),
        ("kg/(m2 s)", "kg/(m^{2} s)"),
        ("kg m-2 / day", "kg m^{−2}/day"),
        ("(0 - 1)", "(0 - 1)"),
        ("0-1", "0-1"),
        ("log10(m)", "log10(m)"),
        ("Code table 4.2", "Code table 4.2"),
        ("days since 1970-01-01", "days since 1970-01-01"),
        ("hPa", "hPa"),
        ("J kg-1 K-1", "J kg^{−1} K^{−1}"),
        ("dBZ", "dBZ"),
    ];
    for (units, wanted) in cases {
        assert_eq!(readable_units(units), wanted, "{units}");
    }
}

#[test]
fn what_axes_are_called() {
    let cases = [
        (("2 metre temperature", "air_temperature", "t2m", "K"), "2 metre temperature (K)"),
        (("", "air_temperature", "t2m", "degC"), "Air temperature (°C)"),
        (("", "", "t2m", "K"), "t2m (K)"),
        (("sea surface temperature", "", "sst", "1"), "Sea surface temperature"),
        (("Temperature [K]", "", "t", "K"), "Temperature (K)"),
        (("mass_of_rain", "", "r", "kg m-2"), "Mass of rain (kg m^{−2})"),
        (("pH of sea water", "", "ph", "1"), "pH of sea water"),
        (("u component of wind", "", "u", "m s-1"), "u component of wind (m s^{−1})"),
        (("time", "time", "time", "days since 1970-01-01"), "Time"),
        (("", "", "", "K"), "K"),
        (("öffentlich", "", "x", ""), "Öffentlich"),
    ];
    for ((long, standard, name, units), wanted) in cases {
        assert_eq!(label(long, standard, name, units), wanted);
    }
    assert_eq!(label_scaled("Rain", "", "r", "mm", Some("×10^{−5}")), "Rain (×10^{−5} mm)");
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        -10.0..10.0f64,
        (-10.0..10.0f64).prop_map(|x| x * 1e-9 + 288.0),
        prop::sample::select(vec![0.0, -0.0, f64::MAX, f64::MIN, f64::INFINITY, f64::NAN, 5e-324]),
    ]
}

proptest! {
    #[test]
    fn marks_are_in_the_range_and_few(a in any_number(), b in any_number(), about in 0usize..60) {
        let (min, max) = (a.min(b), a.max(b));
        let log = log_ticks(a, b, about);
        for values in [ticks(a, b, about), log.major, log.minor, pressure_ticks(a, b, about, 100.0)] {
            prop_assert!(values.iter().all(|v| (min..=max).contains(v)), "{values:?}");
            prop_assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{values:?}");
            prop_assert!(values.len() <= 1000);
            prop_assert_eq!(labels(&values).texts.len(), values.len());
        }
        let few = ticks(a, b, about);
        prop_assert!(few.len() <= about.max(1) * 2 + 2);
        prop_assert_eq!(few.is_empty(), !(a.is_finite() && b.is_finite()));
        let limits = covering(a, b, about);
        if a.is_finite() && b.is_finite() {
            prop_assert!(limits[0] <= min && limits[limits.len() - 1] >= max && limits.len() <= about.max(1) + 1);
        }
        number(a);
    }

    #[test]
    fn degrees_are_in_the_range_and_few(a in any_number(), b in any_number(), about in 0usize..60) {
        let (south, north) = (a.min(b), a.max(b));
        let latitudes = if a.is_nan() || b.is_nan() { Vec::new() } else { latitude_ticks(a, b, about) };
        for tick in latitudes {
            prop_assert!(tick.value >= south.clamp(-90.0, 90.0) && tick.value <= north.clamp(-90.0, 90.0));
        }
        prop_assert!(longitude_ticks(a, b, about).len() <= 2 * about.max(1) + 2);
        prop_assert!(longitude_ticks(a, b, about).iter().all(|tick| tick.value >= a && tick.label.contains('°')));
        longitude_label(a);
        latitude_label(b);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,20}", units in "[a-z0-9 ^*/(){}.µ°⁻²−eE-]{0,16}") {
        label(&text, "", "x", &units);
        readable_units(&text);
    }
}
