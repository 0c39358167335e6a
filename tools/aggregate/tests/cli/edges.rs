//! Weights and their units, labels, names and degrees of freedom where they are easily wrong, on inputs that each test
//! makes itself.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::Store;

use super::{aggregate, aggregate_of, all_near, near};

const DAYS: &str = "days since 2000-01-01";

fn units(units: &str) -> Value {
    json!({"units": units})
}

/// Fails with `status`, saying all of `words`.
#[track_caller]
fn refused(input: &Path, arguments: &[&str], status: i32, words: &[&str]) {
    let output = aggregate_of(input, arguments);
    let said = output.said.fails(status);
    assert!(words.iter().all(|w| said.contains(w)), "{}", output.said);
}

/// Four cells of the globe with 10, 20, 30, 40 K; `area` are the measures that the file has of them, in km2.
fn quarters(folder: &Path, area: Option<[f64; 4]>) -> PathBuf {
    let measures = if area.is_some() { json!({"units": "K", "cell_measures": "area: cells"}) } else { units("K") };
    let store = Store::new(folder, "quarters.zarr", json!({}))
        .array("lat", &["lat"], &[2], &[-45.0, 45.0], units("degrees_north"))
        .array("lon", &["lon"], &[2], &[90.0, 270.0], units("degrees_east"))
        .array("mass", &["lat", "lon"], &[2, 2], &[1.0, 0.0, 0.0, 3.0], units("kg"))
        .array("v", &["lat", "lon"], &[2, 2], &[10.0, 20.0, 30.0, 40.0], measures);
    match area {
        Some(area) => store.array("cells", &["lat", "lon"], &[2, 2], &area, units("km2")).path(),
        None => store.path(),
    }
}

/// The sum of `v` with these arguments and its units.
#[track_caller]
fn sum(input: &Path, arguments: &[&str], expected: f64, units: &str) {
    let output = aggregate_of(input, &[&["-v", "v", "--over", "area", "--stat", "sum"], arguments].concat());
    near(output.values("v")[0], expected);
    assert_eq!(output.attribute("v", "units"), units, "{arguments:?}");
}

#[test]
fn sums_have_the_units_of_the_weights_that_were_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let measured = quarters(folder.path(), Some([1.0, 2.0, 3.0, 4.0]));
    sum(&measured, &[], 100.0, "K");
    sum(&measured, &["--weights", "area"], 300.0, "K km2");
    sum(&measured, &["--weights", "mass"], 130.0, "K kg");
    // Weights that were not chosen are no part of the result.
    let chosen = aggregate_of(&measured, &["-v", "v", "--over", "area", "--weights", "mass"]);
    near(chosen.values("v")[0], 130.0 / 4.0);
    assert!(chosen.variable("mass").is_null() && !chosen.variable("lat").is_null());
    let folder = tempfile::tempdir().unwrap();
    // A quarter each of the sphere of the Earth's mean radius.
    let quarter = std::f64::consts::PI * 6_371_008.8f64.powi(2);
    sum(&quarters(folder.path(), None), &["--weights", "area"], 100.0 * quarter, "K m2");
    let time = aggregate("made/monthly_bounds.nc", &["--over", "time", "--weights", "time", "--stat", "sum"]);
    assert_eq!(time.attribute("tas", "units"), "K day");
}

#[test]
fn cells_of_unknown_area_count_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let input = quarters(folder.path(), Some([1.0, f64::NAN, 3.0, 4.0]));
    let zones = folder.path().join("zones.geojson");
    let ring = "[[0.0, -90], [359.0, -90], [359.0, 90], [0.0, 90], [0.0, -90]]";
    std::fs::write(&zones, format!(r#"{{"type": "Polygon", "coordinates": [{ring}]}}"#)).unwrap();
    // The last 1 degree of 180 is not in the zone: of the cells of 20 and 40 K.
    let part = 179.0 / 180.0;
    let expected = (10.0 + 3.0 * 30.0 + 4.0 * part * 40.0) / (1.0 + 3.0 + 4.0 * part);
    let found = aggregate_of(&input, &["-v", "v", "--zones", &zones.display().to_string()]);
    near(found.values("v")[0], expected);
    near(aggregate_of(&input, &["-v", "v", "--over", "area"]).values("v")[0], 32.5);
}

#[test]
fn degrees_of_freedom_and_areas_do_not_go_together() {
    let folder = tempfile::tempdir().unwrap();
    let input = quarters(folder.path(), None);
    let deviation = ["-v", "v", "--over", "area", "--ddof", "1", "--stat"];
    for stat in ["std", "var", "mean,std"] {
        refused(&input, &[&deviation[..], &[stat]].concat(), 2, &["--ddof", "--weights none"]);
    }
    let plain = aggregate_of(&input, &[&deviation[..], &["var", "--weights", "none"]].concat());
    near(plain.values("v")[0], 500.0 / 3.0);
    near(aggregate_of(&input, &[&deviation[..], &["mean"]].concat()).values("v")[0], 25.0);
}

#[test]
fn steps_of_two_times_have_no_one_length() {
    let folder = tempfile::tempdir().unwrap();
    let input = Store::new(folder.path(), "two.zarr", json!({}))
        .array("start", &["start"], &[2], &[0.0, 10.0], units(DAYS))
        .array("time", &["time"], &[3], &[0.0, 1.0, 4.0], units(DAYS))
        .array("v", &["start", "time"], &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], json!({}))
        .path();
    for arguments in [["--over", "start,time"], ["--every", "year"], ["--climatology", "month"]] {
        let weighted = [&arguments[..], &["--weights", "time"]].concat();
        refused(&input, &weighted, 1, &["'start' and 'time'", "hint: "]);
        assert!(aggregate_of(&input, &arguments).said.succeeded(), "{arguments:?}");
    }
    assert!(aggregate_of(&input, &["--over", "time", "--weights", "time"]).said.succeeded());
}

#[test]
fn bounds_may_have_units_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let time = json!({"units": "hours since 2000-01-01", "bounds": "time_bnds"});
    let input = Store::new(folder.path(), "units.zarr", json!({}))
        .array("time", &["time"], &[3], &[12.0, 36.0, 84.0], time)
        .array("time_bnds", &["time", "bnds"], &[3, 2], &[0.0, 1.0, 1.0, 2.0, 2.0, 5.0], units(DAYS))
        .array("v", &["time"], &[3], &[1.0, 2.0, 6.0], json!({}))
        .path();
    let whole = aggregate_of(&input, &["--over", "time", "--weights", "time"]);
    near(whole.values("v")[0], 21.0 / 5.0);
    all_near(&whole.values("time_bnds"), &[0.0, 120.0]);
    // As the time has them; else its bounds would be read in days.
    let own = whole.attribute("time_bnds", "units");
    assert!(own.is_null() || own == "hours since 2000-01-01", "{own}");
    all_near(&aggregate_of(&input, &["--every", "2d"]).values("time_bnds")[..2], &[0.0, 48.0]);
}

/// Every six hours from `first` on, for three days.
fn six_hourly(folder: &Path, first: f64) -> PathBuf {
    let hours: Vec<f64> = (0..12).map(|i| first + 6.0 * f64::from(i)).collect();
    let values: Vec<f64> = (0..12).map(f64::from).collect();
    Store::new(folder, "hours.zarr", json!({}))
        .array("time", &["time"], &[12], &hours, units("hours since 2000-01-01"))
        .array("v", &["time"], &[12], &values, json!({}))
        .path()
}

#[test]
fn a_mean_over_time_needs_no_dates() {
    for (times, units) in
        [([0.0, 1.0], "days since Jan 1, 2000"), ([f64::NAN; 2], DAYS), ([1.0, 2.0], "days since 2000-13-01")]
    {
        let folder = tempfile::tempdir().unwrap();
        let input = Store::new(folder.path(), "undated.zarr", json!({}))
            .array("time", &["time"], &[2], &times, json!({"units": units, "standard_name": "time"}))
            .array("v", &["time"], &[2], &[1.0, 4.0], json!({}))
            .path();
        let mean = aggregate_of(&input, &["--over", "time"]);
        assert_eq!(mean.values("v"), [2.5], "{units}");
        assert!(mean.warned("times can't be told"), "{}", mean.said);
        assert_eq!(mean.variable("time").is_null(), times[0].is_nan(), "{units}");
        assert_eq!(mean.attribute("v", "coordinates").is_null(), times[0].is_nan(), "{units}");
        for request in [&["--over", "time", "--weights", "time"][..], &["--every", "month"], &["--rolling", "1"]] {
            refused(&input, request, 1, &["hint: "][..usize::from(!times[0].is_nan())]);
        }
    }
}

#[test]
fn hours_of_the_day_are_labelled_by_the_first_day_in_ascending_order() {
    // As example 7.10 of CF: from the first hour's begin to the last's end, labelled in the first one's middle.
    for (first, labels, values) in
        [(0.0, [0.5, 6.5, 12.5, 18.5], [4.0, 5.0, 6.0, 7.0]), (12.0, [24.5, 30.5, 36.5, 42.5], [6.0, 7.0, 4.0, 5.0])]
    {
        let folder = tempfile::tempdir().unwrap();
        let hours = aggregate_of(&six_hourly(folder.path(), first), &["--climatology", "hour"]);
        all_near(&hours.values("time"), &labels);
        all_near(&hours.values("v"), &values);
        let bounds = hours.values("climatology_bnds");
        all_near(&bounds[..2], if first == 0.0 { &[0.0, 49.0] } else { &[24.0, 73.0] });
        assert_eq!(hours.attribute("time", "climatology"), "climatology_bnds");
    }
}

#[test]
fn climatologies_in_groups_have_their_bounds_beside_their_time() {
    let months = aggregate("made/groups.nc", &["-v", "forecast/surface/t2m", "--climatology", "month"]);
    assert_eq!(months.attribute("forecast/time", "climatology"), "climatology_bnds");
    assert_eq!(months.variable("forecast/climatology_bnds")["shape"], json!([1, 2]));
    assert!(months.variable("climatology_bnds").is_null());
    let methods = months.attribute("forecast/surface/t2m", "cell_methods");
    assert_eq!(methods, "time: mean within years time: mean over years");
}

#[test]
fn integers_that_doubles_do_not_tell_apart_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let big = 1i64 << 53;
    for (largest, exact) in [(big - 1, true), (big + 1, false)] {
        let input = Store::new(folder.path(), "big.zarr", json!({}))
            .array("time", &["time"], &[2], &[0.0, 1.0], units(DAYS))
            .array("v", &["time"], &[2], &[largest, largest - 2], json!({}))
            .path();
        if exact {
            let found = aggregate_of(&input, &["--over", "time", "--stat", "max"]);
            assert_eq!((found.values("v")[0], &found.variable("v")["type"]), (largest as f64, &json!("int64")));
        } else {
            for request in [["--over", "time"], ["--rolling", "1"]] {
                refused(&input, &[&request[..], &["--stat", "max"]].concat(), 1, &["2^53", "'v'", "hint: "]);
            }
        }
        near(aggregate_of(&input, &["--over", "time"]).values("v")[0], largest as f64);
    }
}

#[test]
fn results_that_would_have_the_same_name_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let input = Store::new(folder.path(), "names.zarr", json!({}))
        .array("time", &["time"], &[2], &[0.0, 1.0], units(DAYS))
        .array("v_max", &["x"], &[2], &[1.0, 2.0], json!({}))
        .array("v", &["time", "x"], &[2, 2], &[1.0, 2.0, 3.0, 4.0], json!({}))
        .path();
    refused(&input, &["--over", "time", "--stat", "mean,max"], 1, &["'v_max'", "hint: ", "-v"]);
    let chosen = aggregate_of(&input, &["-v", "v", "--over", "time", "--stat", "mean,max"]);
    all_near(&chosen.values("v_max"), &[3.0, 4.0]);
}
