//! Coordinates that stand beside their dimension, labels made of characters, units of water, and what is
//! said of all of these.

use std::path::Path;

use serde_json::json;
use testkit::{Store, run};

use crate::careful::made;
use crate::silent::{Output, subset_of};

/// A forecast as cfgrib opens it: one start, steps in hours, the valid time beside them.
fn forecast(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    subset_of(&cfgrib(folder.path()), arguments)
}

fn cfgrib(folder: &Path) -> std::path::PathBuf {
    let start = json!({"units": "hours since 2020-01-01", "standard_name": "forecast_reference_time"});
    let step = json!({"units": "hours", "standard_name": "forecast_period"});
    let valid = json!({"units": "hours since 2020-01-01", "standard_name": "time"});
    Store::new(folder, "cfgrib.zarr", json!({}))
        .array("time", &[], &[], &[0.0], start)
        .array("step", &["step"], &[5], &[0.0, 6.0, 12.0, 18.0, 24.0], step)
        .array("valid_time", &["step"], &[5], &[0.0, 6.0, 12.0, 18.0, 24.0], valid)
        .array("t2m", &["step"], &[5], &[0.0, 1.0, 2.0, 3.0, 4.0], json!({"coordinates": "time valid_time"}))
        .path()
}

#[test]
fn the_valid_times_of_a_forecast_are_selected_along_its_steps() {
    for (arguments, expected) in [
        (&["--time", "2020-01-01T12/2020-01-02"][..], &["2", "3", "4"][..]),
        (&["--hour", "0"], &["0", "4"]),
        (&["--day", "2"], &["4"]),
        (&["--sel", "valid_time=2020-01-01T06"], &["1"]),
    ] {
        assert_eq!(forecast(arguments).coordinate("t2m"), expected, "{arguments:?}");
    }
}

#[test]
fn the_valid_times_of_a_forecast_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let input = cfgrib(folder.path()).display().to_string();
    let listed = run("inspect", &[&*input, "--list", "times"]);
    assert_eq!(listed.ok().lines().nth(1), Some("2020-01-01T06:00:00"), "{listed}");
    let times = run("inspect", &[&*input, "--format", "json"]).json()["times"].clone();
    assert_eq!((&times[0]["coordinate"], &times[0]["step"]), (&json!("valid_time"), &json!("6 hours")), "{times}");
}

const BASINS: &str = "dimensions: basin = 3 ; strlen = 8 ; variables: char basin(basin, strlen) ; float v(basin) ; \
    v:coordinates = \"basin\" ; data: basin = \"atlantic\", \"indian\", \"pacific\" ; v = 1, 2, 3 ;";

#[test]
fn labels_made_of_characters_are_texts() {
    let folder = tempfile::tempdir().unwrap();
    let Some(input) = made(&folder, "basins", BASINS) else { return };
    for (wanted, expected) in [("indian", &["2"][..]), ("atlantic,pacific", &["1", "3"])] {
        let output = subset_of(Path::new(&input), &["--sel", &format!("basin={wanted}")]);
        assert_eq!(output.coordinate("v"), expected, "{wanted}");
        assert_eq!(output.coordinate("basin").join(","), wanted);
    }
    let said = subset_of(Path::new(&input), &["--sel", "basin=arctic"]).said;
    assert!(said.fails(1).contains("basin=arctic") && said.stderr.contains("atlantic, indian, pacific"), "{said}");
    let listed = run("inspect", &[&*input, "--list", "coordinates"]);
    assert!(listed.ok().contains("atlantic\tpacific"), "{listed}");
}

fn flux(name: &str, units: &str, wanted: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let attributes = json!({"units": units, "standard_name": name});
    let store = Store::new(folder.path(), "flux.zarr", json!({})).array("f", &["x"], &[1], &[1.0], attributes);
    subset_of(&store.path(), &["--units", &format!("f={wanted}")])
}

#[test]
fn a_flux_of_water_becomes_a_depth_under_the_name_of_one() {
    for (name, units, wanted, becomes) in [
        ("water_evapotranspiration_flux", "kg m-2 s-1", "mm day-1", "lwe_water_evaporation_rate"),
        ("rainfall_flux", "kg m-2 s-1", "mm day-1", "rainfall_rate"),
        ("lwe_precipitation_rate", "m s-1", "kg m-2 s-1", "precipitation_flux"),
        ("precipitation_flux", "mm day-1", "kg m-2 s-1", "precipitation_flux"),
        ("runoff_flux", "kg m-2 s-1", "kg m-2 day-1", "runoff_flux"),
    ] {
        assert_eq!(flux(name, units, wanted).variable("f")["attributes"]["standard_name"], becomes, "{name}");
    }
}

#[test]
fn a_flux_without_a_name_as_a_depth_stays_a_flux() {
    for name in ["runoff_flux", "water_evaporation_flux_where_sea_ice"] {
        let said = flux(name, "kg m-2 s-1", "mm day-1").said;
        let parts = ["'kg m-2 s-1'", "'mm day-1'", name];
        assert!(parts.iter().all(|part| said.fails(1).contains(part) || said.stderr.contains(part)), "{said}");
    }
}

#[test]
fn a_unit_that_only_a_coordinate_has_is_asked_for_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let level = json!({"units": "Pa", "standard_name": "air_pressure", "positive": "down"});
    let store = Store::new(folder.path(), "levels.zarr", json!({}))
        .array("plev", &["plev"], &[2], &[100_000.0, 50_000.0], level)
        .array("t", &["plev"], &[2], &[1.0, 2.0], json!({"units": "K"}));
    let said = subset_of(&store.path(), &["--units", "hPa"]).said;
    assert!(said.fails(1).contains("no variable's units convert to 'hPa'"), "{said}");
    assert!(said.stderr.contains("--units plev=hPa"), "{said}");
}

#[test]
fn texts_that_a_condition_leaves_whole_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let cdl = "dimensions: x = 2 ; n = 3 ; variables: char label(x, n) ; float v(x) ; data: label = \"ab\", \"cd\" ; v = 1, 2 ;";
    let Some(input) = made(&folder, "texts", cdl) else { return };
    let output = subset_of(Path::new(&input), &["--where", "v > 1"]);
    let note = "note: label is a text, which has no missing values, and is kept whole";
    assert!(output.said.stderr.contains(note), "{}", output.said);
}

#[test]
fn what_is_wrong_with_a_size_of_memory_is_told() {
    let said = run("subset", &["x.nc", "-o", "y.nc", "--memory", "1"]);
    assert!(said.fails(2).contains("at least 1M (1 MiB) is needed"), "{said}");
}
