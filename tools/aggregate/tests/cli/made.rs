//! Statistics that are easily wrong without a word, on inputs that each test makes itself.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::Store;

use super::{aggregate_of, all_near, near};

fn axis(units: &str) -> Value {
    json!({"units": units})
}

/// Values on the middle points of cells of 10 degrees.
fn globe(folder: &Path, values: &[f64], attributes: Value) -> PathBuf {
    let lat: Vec<f64> = (0..18).map(|i| 85.0 - 10.0 * f64::from(i)).collect();
    let lon: Vec<f64> = (0..36).map(|i| 5.0 + 10.0 * f64::from(i)).collect();
    Store::new(folder, "globe.zarr", json!({}))
        .array("lat", &["lat"], &[18], &lat, axis("degrees_north"))
        .array("lon", &["lon"], &[36], &lon, axis("degrees_east"))
        .array("v", &["lat", "lon"], &[18, 36], values, attributes)
        .path()
}

#[test]
fn areas_are_the_closed_form_and_no_cosine() {
    let folder = tempfile::tempdir().unwrap();
    let sine = |degrees: f64| degrees.to_radians().sin();
    // Of the square of the sine over the sphere: Σ sin²(φ) Δsin(φ) / 2.
    let values: Vec<f64> = (0..18 * 36).map(|i| sine(85.0 - 10.0 * f64::from(i / 36)).powi(2)).collect();
    let expected: f64 = (0..18)
        .map(|i| 85.0 - 10.0 * f64::from(i))
        .map(|y| sine(y).powi(2) * (sine(y + 5.0) - sine(y - 5.0)) / 2.0)
        .sum();
    let output = aggregate_of(&globe(folder.path(), &values, json!({})), &["--over", "area"]);
    let mean = output.values("v")[0];
    assert!((mean - expected).abs() <= 1e-10 * expected, "{mean} is not {expected}");
}

#[test]
fn regions_count_each_cell_by_the_part_inside() {
    let folder = tempfile::tempdir().unwrap();
    let values: Vec<f64> = (0..18 * 36).map(|i| f64::from(i % 36)).collect();
    let input = globe(folder.path(), &values, json!({}));
    let zones = folder.path().join("zones.geojson");
    // Three tenths of the first column and all of the second; the same a turn to the west; nothing else.
    let text = r#"{"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "a"}, "geometry": {"type": "Polygon",
            "coordinates": [[[7, -40], [20, -40], [20, 40], [7, 40], [7, -40]]]}},
        {"type": "Feature", "properties": {"name": "b"}, "geometry": {"type": "Polygon",
            "coordinates": [[[-353, 0], [-340, 0], [-340, 10], [-353, 10], [-353, 0]]]}}]}"#;
    std::fs::write(&zones, text).unwrap();
    let zones = zones.display().to_string();
    all_near(&aggregate_of(&input, &["--zones", &zones]).values("v"), &[1.0 / 1.3, 1.0 / 1.3]);
    let counts = aggregate_of(&input, &["--zones", &zones, "--stat", "count"]).values("v");
    all_near(&counts, &[16.0, 2.0]);
}

/// Steps of time with a value each.
fn series(folder: &Path, units: &str, times: &[f64], values: &[f32]) -> PathBuf {
    Store::new(folder, "series.zarr", json!({}))
        .array("time", &["time"], &[times.len()], times, axis(units))
        .array("v", &["time"], &[values.len()], values, json!({"units": "K"}))
        .path()
}

#[test]
fn sums_of_single_precision_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // In f32 each further 1 is lost.
    let mut values = vec![1f32; 4001];
    values[0] = 16_777_216.0;
    let times: Vec<f64> = (0..4001).map(f64::from).collect();
    let input = series(folder.path(), "days since 2000-01-01", &times, &values);
    assert_eq!(aggregate_of(&input, &["--over", "time", "--stat", "sum"]).values("v"), [16_781_216.0]);
    near(aggregate_of(&input, &["--over", "time"]).values("v")[0], 16_781_216.0 / 4001.0);
}

#[test]
fn small_deviations_from_a_large_mean_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let times: Vec<f64> = (0..1000).map(f64::from).collect();
    let values: Vec<f32> = (0..1000u16).map(|i| 100_000.0 + f32::from(i % 2)).collect();
    let input = series(folder.path(), "days since 2000-01-01", &times, &values);
    near(aggregate_of(&input, &["--over", "time", "--stat", "var"]).values("v")[0], 0.25);
}

#[test]
fn the_29th_of_february_is_a_day_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    // Four years from 1 January 2001; the 29th of February 2004 is day 1154.
    let times: Vec<f64> = (0..1461).map(f64::from).collect();
    let values: Vec<f32> = (0..1461u16).map(|i| if i == 1154 { 99.0 } else { 1.0 }).collect();
    let input = series(folder.path(), "days since 2001-01-01", &times, &values);
    let days = aggregate_of(&input, &["--climatology", "day", "--stat", "mean,count"]);
    let (means, counts) = (days.values("v_mean"), days.values("v_count"));
    assert_eq!(counts.len(), 366);
    let leap: Vec<f64> = means.iter().zip(&counts).filter(|(_, c)| **c == 1.0).map(|(m, _)| *m).collect();
    assert_eq!((leap, counts.iter().filter(|c| **c == 4.0).count()), (vec![99.0], 365));
}

#[test]
fn steps_in_any_order_are_sorted_into_their_periods() {
    let folder = tempfile::tempdir().unwrap();
    // 31 January, 1 and 2 February 2000 without hours before noon.
    let input = series(folder.path(), "days since 2000-01-31", &[0.5, 1.5, 2.5], &[1.0, 2.0, 4.0]);
    let months = aggregate_of(&input, &["--every", "month"]);
    all_near(&months.values("v"), &[1.0, 3.0]);
    all_near(&months.values("time"), &[0.5, 2.0]);
}

#[test]
fn two_axes_of_time_are_each_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (days, halves): (Vec<f64>, Vec<f64>) =
        ((0..6).map(f64::from).collect(), (0..12).map(|i| f64::from(i) / 2.0).collect());
    let input = Store::new(folder.path(), "two.zarr", json!({}))
        .array("time", &["time"], &[6], &days, axis("days since 2000-01-30"))
        .array("time2", &["time2"], &[12], &halves, axis("days since 2000-01-30"))
        .array("a", &["time"], &[6], &days, json!({}))
        .array("b", &["time2"], &[12], &halves, json!({}))
        .path();
    for arguments in [["--every", "month"], ["--climatology", "month"]] {
        let output = aggregate_of(&input, &arguments);
        all_near(&output.values("a"), &[0.5, 3.5]);
        all_near(&output.values("b"), &[0.75, 3.75]);
    }
}

#[test]
fn the_middle_of_infinite_values_is_infinite() {
    let folder = tempfile::tempdir().unwrap();
    let input = series(folder.path(), "days since 2000-01-01", &[0.0, 1.0, 2.0], &[f32::INFINITY; 3]);
    let median = aggregate_of(&input, &["--over", "time", "--stat", "median"]);
    assert_eq!(median.values("v"), [f64::INFINITY]);
}

#[test]
fn names_in_groups_are_found_from_where_they_stand() {
    let output = super::aggregate("made/groups.nc", &["-v", "forecast/surface/t2m", "--over", "time"]);
    all_near(&output.values("forecast/surface/t2m"), &[274.0, 275.0, 276.0, 277.0]);
    // In /forecast/surface, 'forecast/time' would be /forecast/surface/forecast/time (CF §2.7).
    let methods = output.attribute("forecast/surface/t2m", "cell_methods");
    assert_eq!(methods, "time: mean");
    let named = output.attribute("forecast/surface/t2m", "coordinates");
    assert!(named == "time" || named == "/forecast/time", "{named}");
}

#[test]
fn a_step_without_a_time_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let times = [0.0, 1.0, f64::NAN, 3.0];
    let input = series(folder.path(), "days since 2000-01-01", &times, &[1.0, 1.0, 1.0, 1.0]);
    let output = aggregate_of(&input, &["--every", "day"]);
    assert!(output.warned("1 step of 'time' have no time"), "{}", output.said);
}

#[test]
fn cells_without_a_longitude_are_told() {
    // Zarr v2 stores give coordinates a fill value of 0 unless told otherwise: 0 degrees east is missing.
    let output = super::aggregate("made/monthly_v2.zarr", &["--over", "area"]);
    let told = output.said.status != Some(0) || output.said.stderr.contains("warning: ");
    assert!(told || output.values("tas")[0] == 277.75, "{}", output.said);
}
