//! Bounds that have units of their own, as xarray writes them: joined, dated and converted they mean what
//! they meant.

use std::path::Path;

use serde_json::{Value, json};
use testkit::{Store, run};

use crate::silent::{Output, subset_of};

/// Two steps and their bounds, each in units of its own (`None`: the coordinate's).
struct Steps {
    times: [f64; 2],
    units: &'static str,
    bounds: [f64; 4],
    own: Option<&'static str>,
}

fn steps(times: [f64; 2], units: &'static str, bounds: [f64; 4], own: Option<&'static str>) -> Steps {
    Steps { times, units, bounds, own }
}

impl Steps {
    fn write(&self, folder: &Path, name: &str) -> String {
        let own = self.own.map_or_else(|| json!({}), |units| json!({"units": units, "calendar": "standard"}));
        let time = json!({"units": self.units, "calendar": "standard", "standard_name": "time", "bounds": "tb"});
        let store = Store::new(folder, name, json!({}))
            .array("time", &["time"], &[2], &self.times, time)
            .array("tb", &["time", "nv"], &[2, 2], &self.bounds, own)
            .array("q", &["time"], &[2], &self.times, json!({"units": "1"}));
        store.path().display().to_string()
    }
}

/// The bounds of `first` and `second` joined, in the coding of the first: what cftime makes of them.
#[track_caller]
fn joined(first: &Steps, second: &Steps, expected: [f64; 8], own: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (first.write(folder.path(), "a"), second.write(folder.path(), "b"));
    let out = folder.path().join("out.nc").display().to_string();
    run("subset", &[&a, &b, "-o", &out]).ok();
    let said = run("inspect", &["--coordinate", "tb", &out]);
    let lines = said.ok().lines().skip(1);
    let found: Vec<f64> = lines.map(|l| l.split('\t').nth(1).unwrap().parse().unwrap()).collect();
    assert_eq!((found.as_slice(), units(&out, "tb").as_str()), (expected.as_slice(), own));
}

fn units(path: &str, name: &str) -> Value {
    let json = run("inspect", &["--format", "json", path]).json();
    let found = json["variables"].as_array().unwrap().iter().find(|v| v["name"] == name).cloned();
    found.unwrap_or_default()["attributes"]["units"].clone()
}

const JANUARY: &str = "days since 2000-01-01";
const HOURS: &str = "hours since 2000-01-01";

fn inherited() -> Steps {
    steps([0.5, 1.5], JANUARY, [0.0, 1.0, 1.0, 2.0], None)
}

fn in_hours() -> Steps {
    steps([0.5, 1.5], JANUARY, [0.0, 24.0, 24.0, 48.0], Some(HOURS))
}

#[test]
fn bounds_of_another_reference_date_follow_the_first_files() {
    let other = steps([0.5, 1.5], "days since 2000-01-03", [0.0, 1.0, 1.0, 2.0], Some("days since 2000-01-03"));
    joined(&in_hours(), &other, [0.0, 24.0, 24.0, 48.0, 48.0, 72.0, 72.0, 96.0], Some(HOURS));
}

#[test]
fn bounds_without_units_meet_bounds_that_have_some() {
    let bare = steps([0.5, 1.5], "days since 2000-01-03", [0.0, 1.0, 1.0, 2.0], None);
    joined(&in_hours(), &bare, [0.0, 24.0, 24.0, 48.0, 48.0, 72.0, 72.0, 96.0], Some(HOURS));
}

#[test]
fn bounds_that_have_units_meet_bounds_without() {
    let own = steps([0.5, 1.5], "days since 2000-01-03", [48.0, 72.0, 72.0, 96.0], Some(HOURS));
    joined(&inherited(), &own, [0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0], None);
}

#[test]
fn bounds_in_hours_meet_bounds_in_days() {
    let days = steps([60.0, 84.0], HOURS, [2.0, 3.0, 3.0, 4.0], Some(JANUARY));
    joined(&in_hours(), &days, [0.0, 24.0, 24.0, 48.0, 48.0, 72.0, 72.0, 96.0], Some(HOURS));
}

#[test]
fn bounds_in_mere_hours_count_from_their_coordinates_date() {
    let hours = steps([0.5, 1.5], "days since 2000-01-03", [0.0, 24.0, 24.0, 48.0], Some("hours"));
    joined(&inherited(), &hours, [0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0], None);
}

#[test]
fn bounds_of_other_variables_are_compared_as_what_they_mean() {
    let folder = tempfile::tempdir().unwrap();
    let a = in_hours().write(folder.path(), "a");
    let days = steps([12.0, 36.0], HOURS, [0.0, 1.0, 1.0, 2.0], Some(JANUARY));
    let other = |name: &str, of: &Steps| {
        let path = of.write(folder.path(), name);
        std::fs::rename(format!("{path}/q"), format!("{path}/p")).unwrap();
        path
    };
    let out = folder.path().join("out.nc").display().to_string();
    run("subset", &[&a, &other("b", &days), "-o", &out]).ok();
    assert_eq!(units(&out, "tb"), HOURS);
    // The same numbers in another unit are other bounds.
    let numbers = steps([12.0, 36.0], HOURS, [0.0, 24.0, 24.0, 48.0], Some(JANUARY));
    let said = run("subset", &[&a, &other("c", &numbers), "-o", &out]);
    assert!(said.fails(1).contains("variable 'tb' has other values"), "{said}");
}

fn alone(of: &Steps, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    subset_of(Path::new(&of.write(folder.path(), "a")), arguments)
}

#[test]
fn a_reference_time_dates_the_bounds_too() {
    for (own, bounds, dated) in [
        (Some("hours"), [0.0, 24.0, 24.0, 48.0], json!("hours since 2021-12-22 00:00:00")),
        (Some("days"), [0.0, 1.0, 1.0, 2.0], json!("days since 2021-12-22 00:00:00")),
        (None, [0.0, 1.0, 1.0, 2.0], Value::Null),
    ] {
        let output = alone(&steps([0.5, 1.5], "days", bounds, own), &["--reference-time", "2021-12-22"]);
        let path = output.path().display().to_string();
        assert_eq!(output.said.status, Some(0), "{}", output.said);
        assert_eq!((units(&path, "time"), units(&path, "tb")), (json!("days since 2021-12-22 00:00:00"), dated));
    }
}

#[test]
fn levels_in_other_units_take_bounds_of_their_own_units_along() {
    let folder = tempfile::tempdir().unwrap();
    let level = json!({"units": "Pa", "standard_name": "air_pressure", "positive": "down", "bounds": "pb"});
    let store = Store::new(folder.path(), "levels", json!({}))
        .array("plev", &["plev"], &[2], &[100_000.0, 50_000.0], level)
        .array("pb", &["plev", "nv"], &[2, 2], &[1100.0, 700.0, 700.0, 200.0], json!({"units": "hPa"}))
        .array("t", &["plev"], &[2], &[1.0, 2.0], json!({"units": "K"}));
    let output = subset_of(&store.path(), &["--units", "plev=kPa"]);
    assert_eq!(output.coordinate("pb"), ["110", "70", "70", "20"]);
    assert_eq!(units(&output.path().display().to_string(), "pb"), "kPa");
}
