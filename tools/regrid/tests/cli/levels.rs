//! Levels, alone and with another horizontal grid.

use serde_json::json;

use super::{all_near, regrid};

/// Levels of 1000, 850, 500 and 250 hPa: the value is 1000 times the number of the level, and more.
const PRESSURE: &str = "made/pressure_dateline.nc";

/// Values at the first cell, whose field on the lowest level is 0.
#[track_caller]
fn column(arguments: &[&str]) -> Vec<f64> {
    let values = regrid(PRESSURE, arguments).values("ta");
    assert!(values.len().is_multiple_of(45));
    values.into_iter().step_by(45).collect()
}

#[test]
fn levels_are_linear_in_the_coordinate_or_its_logarithm() {
    let share = |p: f64, low: f64, high: f64| 1000.0 * (low - p) / (low - high);
    let log = |p: f64, low: f64, high: f64| 1000.0 * (p / low).ln() / (high / low).ln();
    let linear = [share(900.0, 1000.0, 850.0), 1000.0 + share(600.0, 850.0, 500.0)];
    all_near(&column(&["--levels", "900,600hPa"]), &linear, 2e-4);
    let logarithmic = [log(900.0, 1000.0, 850.0), 1000.0 + log(600.0, 850.0, 500.0)];
    all_near(&column(&["--levels", "900,600hPa", "--vertical", "log"]), &logarithmic, 2e-4);
    all_near(&column(&["--levels", "85000,25000"]), &[1000.0, 3000.0], 0.0);
}

#[test]
fn units_are_understood_and_the_axis_keeps_its_own() {
    let output = regrid(PRESSURE, &["--levels", "700hPa,0.5bar"]);
    all_near(&output.values("plev"), &[70_000.0, 50_000.0], 1e-9);
    assert_eq!(output.attribute("plev", "units"), "Pa");
    assert_eq!(output.variable("ta")["dimensions"], json!(["plev", "lat", "lon"]));
}

#[test]
fn outside_there_is_nothing_unless_the_nearest_is_asked_for() {
    all_near(&column(&["--levels", "1050hPa,850hPa,100hPa"]), &[f64::NAN, 1000.0, f64::NAN], 0.0);
    let nearest = ["--levels", "1050hPa,850hPa,100hPa", "--extrapolate", "nearest"];
    all_near(&column(&nearest), &[0.0, 1000.0, 3000.0], 0.0);
}

#[test]
fn levels_and_a_target_grid_together() {
    let box_ = ["--resolution", "4,3", "--bbox=166,-6,194,6"];
    let output = regrid(PRESSURE, &[&["--levels", "925hPa", "--method", "bilinear"], &box_[..]].concat());
    let (lat, lon) = (output.values("lat"), output.values("lon"));
    assert_eq!((lat.len(), lon.len()), (4, 7));
    // Linear in all directions: 500 half way up, 100 a row of 5 degrees, 1 a column of 5.
    let expected = lat
        .iter()
        .flat_map(|y| lon.iter().map(move |x| 500.0 + 20.0 * (y + 10.0) + (x.rem_euclid(360.0) - 160.0) / 5.0));
    all_near(&output.values("ta"), &expected.collect::<Vec<_>>(), 1e-4);
    assert_eq!(output.variable("ta")["shape"], json!([1, 4, 7]));
}

#[test]
fn heights_come_from_formula_terms() {
    // a + b * orography, with the first two levels above the lowest ground of the file.
    let output = regrid("hybrid_height.nc", &["--levels", "500,1000m"]);
    let values = output.values("air_potential_temperature");
    assert_eq!(values.len(), 20_000);
    let known: Vec<f64> = values.into_iter().filter(|v| !v.is_nan()).collect();
    assert!(known.len() > 15_000 && known.iter().all(|v| (280.0..310.0).contains(v)), "{}", known.len());
}
