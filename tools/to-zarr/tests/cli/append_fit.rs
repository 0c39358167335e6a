//! What does not fit a store is not appended, and the store stays as it is.

use serde_json::{Value, json};
use testkit::Store;

use crate::world::{World, field};

/// A store with days 0 to 7.
fn store() -> World {
    let world = World::new();
    world.days("a.zarr", 0..7);
    world.ok("a.zarr -o old.zarr --chunk time=4");
    world
}

/// `next.zarr` is refused with these words, and nothing changes.
#[track_caller]
fn refused(world: &World, status: i32, arguments: &str, tells: &[&str]) {
    let (before, names) = (world.objects("old.zarr"), world.names());
    world.fails(status, &format!("next.zarr -o old.zarr {arguments}"), tells);
    assert!(before == world.objects("old.zarr"));
    assert_eq!(names, world.names());
}

#[test]
fn steps_that_are_there_with_other_values() {
    let world = store();
    let mut values = field(5..9);
    values[7] += 0.25;
    world.series("next.zarr", &[5, 6, 7, 8], json!({}), &values, json!({}));
    refused(&world, 1, "--append time", &["'t'", "next.zarr", "make it anew"]);
    // Nor where all steps are there.
    world.series("next.zarr", &[5, 6], json!({}), &values[..12], json!({}));
    refused(&world, 1, "--append time", &["'t'"]);
}

#[test]
fn steps_before_the_end() {
    let world = World::new();
    world.series("a.zarr", &[0, 2, 4], json!({}), &field(0..3), json!({}));
    world.ok("a.zarr -o old.zarr");
    world.series("next.zarr", &[3, 5], json!({}), &field(3..5), json!({}));
    refused(&world, 1, "--append time", &["2000-01-04", "2000-01-05", "next.zarr"]);
    world.series("next.zarr", &[-1], json!({}), &field(3..4), json!({}));
    refused(&world, 1, "--append time", &["1999-12-31"]);
    world.series("next.zarr", &[6, 5], json!({}), &field(3..5), json!({}));
    refused(&world, 1, "--append time", &["out of order"]);
    world.series("next.zarr", &[5, 5], json!({}), &field(3..5), json!({}));
    refused(&world, 1, "--append time", &["2000-01-06"]);
}

/// `t` on day 7 on another grid.
fn on_grid(world: &World, lat: &[f64], lon: &[f64]) {
    let time = json!({"units": "days since 2000-01-01", "calendar": "standard"});
    let values = vec![1.0_f32; lat.len() * lon.len()];
    let _ = Store::new(world.folder(), "next.zarr", json!({}))
        .array("lat", &["lat"], &[lat.len()], lat, json!({"units": "degrees_north"}))
        .array("lon", &["lon"], &[lon.len()], lon, json!({"units": "degrees_east"}))
        .array("time", &["time"], &[1], &[7_i32], time)
        .array("t", &["time", "lat", "lon"], &[1, lat.len(), lon.len()], &values, json!({"units": "K"}));
}

#[test]
fn other_grids() {
    let world = store();
    on_grid(&world, &[10.0, 0.0], &[0.0, 120.0, 241.0]);
    refused(&world, 1, "--append time", &["lon", "next.zarr"]);
    on_grid(&world, &[0.0, 10.0], &[0.0, 120.0, 240.0]);
    refused(&world, 1, "--append time", &["lat"]);
    on_grid(&world, &[10.0, 5.0, 0.0], &[0.0, 120.0, 240.0]);
    refused(&world, 1, "--append time", &["lat"]);
    on_grid(&world, &[10.0, 0.0], &[0.0, 120.0, 240.0]);
    world.ok("next.zarr -o old.zarr --append time");
}

#[test]
fn other_calendars_and_other_kinds_of_time() {
    let world = store();
    for calendar in ["noleap", "360_day"] {
        world.series("next.zarr", &[7], json!({"calendar": calendar}), &field(7..8), json!({}));
        refused(&world, 1, "--append time", &["calendar"]);
    }
    world.series("next.zarr", &[7], json!({"units": "days", "calendar": Value::Null}), &field(7..8), json!({}));
    refused(&world, 1, "--append time", &["reference date"]);
}

#[test]
fn other_epochs_are_recoded() {
    let world = store();
    world.series("next.zarr", &[120, 144, 168], json!({"units": "hours since 2000-01-02"}), &field(6..9), json!({}));
    world.ok("next.zarr -o old.zarr --append time");
    world.holds("old.zarr", 0..9);
    // Noon is no whole day: the store's integers can't say it.
    world.series("next.zarr", &[228], json!({"units": "hours since 2000-01-01"}), &field(9..10), json!({}));
    refused(&world, 1, "--append time", &["'time'"]);
}

#[test]
fn other_packing_types_and_units() {
    let world = World::new();
    let shorts = |from: i16, n: i16| -> Vec<i16> { (from..from + 6 * n).collect() };
    world.series("a.zarr", &[0, 1], json!({}), &shorts(0, 2), json!({"scale_factor": 0.5}));
    world.ok("a.zarr -o old.zarr");
    world.series("next.zarr", &[2], json!({}), &shorts(12, 1), json!({"scale_factor": 0.25}));
    refused(&world, 1, "--append time", &["'t'", "packed differently"]);
    world.series("next.zarr", &[2], json!({}), &field(2..3), json!({}));
    refused(&world, 1, "--append time", &["'t'"]);
    world.series("next.zarr", &[2], json!({}), &shorts(12, 1), json!({"scale_factor": 0.5, "_FillValue": 3}));
    refused(&world, 1, "--append time", &["'t'"]);
    world.series("next.zarr", &[2], json!({}), &shorts(12, 1), json!({"scale_factor": 0.5, "units": "m"}));
    refused(&world, 1, "--append time", &["'m'"]);
    world.series("next.zarr", &[2], json!({}), &shorts(12, 1), json!({"scale_factor": 0.5}));
    world.ok("next.zarr -o old.zarr --append time");
    assert_eq!(world.stored("old.zarr", "t").values(), (0..18).map(f64::from).collect::<Vec<_>>());
}

#[test]
fn units_that_convert_are_converted_to_the_stores() {
    let world = store();
    let celsius: Vec<f32> = field(7..9).iter().map(|k| (f64::from(*k) - 273.15) as f32).collect();
    world.series("next.zarr", &[7, 8], json!({}), &celsius, json!({"units": "degC"}));
    world.ok("next.zarr -o old.zarr --append time");
    let t = world.stored("old.zarr", "t");
    assert_eq!((t.dtype.as_str(), &t.attributes["units"]), ("<f4", &json!("K")));
    for (value, expected) in t.values().iter().zip(field(0..9)) {
        assert!((value - f64::from(expected)).abs() < 1e-4, "{value} is not {expected}");
    }
}

#[test]
fn other_variables() {
    let world = store();
    let _ = world
        .times("next.zarr", &[7], json!({}))
        .array("t", &["time", "lat", "lon"], &[1, 2, 3], &field(7..8), json!({"units": "K"}))
        .array("p", &["time", "lat", "lon"], &[1, 2, 3], &field(7..8), json!({"units": "Pa"}));
    refused(&world, 1, "--append time", &["'p'", "is not in", "-v"]);
    world.ok("next.zarr -o old.zarr --append time -v t");
    world.holds("old.zarr", 0..8);
    let world = store();
    let _ = world.times("next.zarr", &[7], json!({})).array(
        "p",
        &["time", "lat", "lon"],
        &[1, 2, 3],
        &field(7..8),
        json!({"units": "Pa"}),
    );
    refused(&world, 1, "--append time", &["'p'"]);
}

#[test]
fn values_that_have_no_time_and_differ() {
    let world = World::new();
    let with_mask = |name: &str, day: i32, mask: i32| {
        let _ = world
            .times(name, &[day], json!({}))
            .array("t", &["time", "lat", "lon"], &[1, 2, 3], &field(0..1), json!({"units": "K"}))
            .array("mask", &["lat", "lon"], &[2, 3], &[0, 1, 0, 1, 0, mask], json!({}));
    };
    with_mask("a.zarr", 0, 1);
    world.ok("a.zarr -o old.zarr");
    with_mask("next.zarr", 1, 2);
    refused(&world, 1, "--append time", &["'mask'"]);
    with_mask("next.zarr", 1, 1);
    world.ok("next.zarr -o old.zarr --append time");
}

#[test]
fn dimensions_and_stores_that_are_not_there() {
    let world = store();
    world.days("next.zarr", 7..8);
    refused(&world, 1, "--append depth", &["depth", "time"]);
    refused(&world, 1, "--append lat", &["lat"]);
    world.ok("a.zarr -o all.zarr.zip");
    world.fails(2, "next.zarr -o all.zarr.zip --append time", &["zip"]);
    world.fails(2, "next.zarr -o none.zarr.zip --append time", &["zip"]);
    assert!(!world.path("none.zarr.zip").exists());
}
