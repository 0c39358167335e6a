//! Tests of axes.

use super::super::*;

fn texts(axis: &Axis) -> Vec<&str> {
    axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
}

#[test]
fn round_limits_hold_the_data() {
    for (min, max, low, high, count) in [
        (283.0, 294.2, 282.0, 296.0, 8),
        (0.0, 417.0, 0.0, 500.0, 6),
        (-0.37, 0.42, -0.4, 0.6, 6),
        (0.0, 1.0, 0.0, 1.0, 6),
        (5.0, 5.0, 4.7, 5.3, 7),
        (0.0, 0.0, -1.0, 1.0, 5),
    ] {
        let axis = Axis::linear("", min, max);
        assert!(axis.min <= min && axis.max >= max && axis.ticks.len() > 3, "{axis:?}");
        assert_eq!((axis.min, axis.max, axis.ticks.len()), (low, high, count));
    }
}

#[test]
fn powers_of_ten_go_into_the_label() {
    let axis = Axis::linear("Rain (kg m^{−2} s^{−1})", 0.0, 2.4e-5);
    assert_eq!(axis.label, "Rain (×10^{−5} kg m^{−2} s^{−1})");
    assert_eq!(texts(&axis), ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"]);
    assert_eq!(Axis::linear("Rain", 0.0, 2.4e-5).label, "Rain (×10^{−5})");
    assert_eq!(Axis::linear("", 0.0, 2.4e-5).label, "×10^{−5}");
}

#[test]
fn pressure_decreases_upwards() {
    let axis = Axis::pressure("Pressure (hPa)", 10.0, 1000.0, 1.0, true);
    assert_eq!((axis.position(1000.0), axis.position(10.0)), (Some(0.0), Some(1.0)));
    assert_eq!(axis.position(100.0).map(|part| (part * 1e9).round()), Some(5e8));
    assert_eq!(texts(&axis), ["10", "20", "30", "50", "70", "100", "200", "300", "500", "700", "1000"]);
    let axis = Axis::pressure("Pressure (Pa)", 100.0, 1e5, 100.0, false);
    assert_eq!(axis.position(1e5), Some(0.0));
    assert!(texts(&axis).contains(&"85000") && axis.ticks.iter().all(|tick| tick.value >= 1e4));
    // Within the lowest few hundred hPa: round numbers.
    assert_eq!(texts(&Axis::pressure("", 850.0, 1000.0, 1.0, false)).first(), Some(&"860"));
}

#[test]
fn other_axes() {
    assert_eq!(Axis::depth("", 0.0, 100.0).position(0.0), Some(1.0));
    assert_eq!(texts(&Axis::latitude(-90.0, 90.0)), ["90°S", "60°S", "30°S", "0°", "30°N", "60°N", "90°N"]);
    assert_eq!(texts(&Axis::longitude(150.0, 210.0)).last(), Some(&"150°W"));
    let log = Axis::log("", 0.012, 97.0);
    assert_eq!((log.min, log.max, texts(&log)), (0.01, 100.0, vec!["0.01", "0.1", "1", "10", "100"]));
    assert_eq!((log.position(0.0), log.position(-1.0), log.position(100.0)), (None, None, Some(1.0)));
    let none = Axis::log("", 0.0, 0.0);
    assert!(none.min > 0.0 && none.max > none.min);
}

#[test]
fn positions_have_an_inverse() {
    for axis in [
        Axis::linear("", -3.0, 17.0),
        Axis::depth("", 0.0, 5500.0),
        Axis::log("", 1e-6, 3e4),
        Axis::pressure("", 1.0, 1013.25, 1.0, true),
        Axis::exact("", -1e308, 1e308),
    ] {
        for step in 0..=8 {
            let part = f64::from(step) / 8.0;
            let back = axis.position(axis.value_at(part)).unwrap();
            assert!((back - part).abs() < 1e-12, "{axis:?} {part} {back}");
        }
    }
}

#[test]
fn any_range_makes_an_axis() {
    let ends =
        [0.0, 1.0, -1.0, 1e-30, 1e30, -1e30, 5e-324, f64::MAX, f64::MIN, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    for min in ends {
        for max in ends {
            let axes = [
                Axis::linear("T (K)", min, max),
                Axis::exact("", min, max),
                Axis::log("", min, max),
                Axis::pressure("", min, max, 100.0, true),
                Axis::pressure("", min, max, f64::NAN, false),
                Axis::depth("", min, max),
                Axis::latitude(min, max),
                Axis::longitude(min, max),
            ];
            for axis in axes {
                assert!(axis.min.is_finite() && axis.max.is_finite() && axis.min < axis.max, "{min} {max} {axis:?}");
                assert!(axis.ticks.iter().all(|tick| tick.value.is_finite()), "{axis:?}");
            }
        }
    }
}
