//! Files that say the same in different ways, and files that must not be mixed: right values, or a refusal by name.

use serde_json::{Value, json};

use crate::world::{World, field, reals};

/// Numbers of `t` as a reader of CF takes them: unpacked, NaN where missing.
#[track_caller]
fn meant(world: &World, store: &str) -> Vec<f64> {
    let t = world.stored(store, "t");
    let number = |name: &str| t.attributes.get(name).and_then(Value::as_f64);
    let (scale, offset) = (number("scale_factor").unwrap_or(1.0), number("add_offset").unwrap_or(0.0));
    let fill = number("_FillValue");
    t.values().into_iter().map(|v| if Some(v) == fill { f64::NAN } else { v * scale + offset }).collect()
}

/// The days on which a store's steps are.
fn days(world: &World, store: &str) -> Vec<f64> {
    world.stored(store, "time").values()
}

#[track_caller]
fn near(values: &[f64], expected: &[f64]) {
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        let same = value.is_nan() && expected.is_nan() || (value - expected).abs() <= 1e-9 * expected.abs().max(1.0);
        assert!(same, "{values:?} are not {expected}");
    }
}

/// Shorts for `values` with a scale and an offset.
fn packed(values: &[f64], scale: f64, offset: f64) -> Vec<i16> {
    values.iter().map(|v| if v.is_nan() { -999 } else { ((v - offset) / scale).round() as i16 }).collect()
}

fn packing(scale: f64, offset: f64) -> Value {
    json!({"scale_factor": scale, "add_offset": offset, "_FillValue": -999})
}

#[test]
fn packing_that_is_the_same_is_kept_as_stored() {
    let world = World::new();
    for (name, range) in [("a.zarr", 0..2), ("b.zarr", 2..4)] {
        let values = packed(&reals(range.clone()), 0.5, 10.0);
        let times: Vec<i32> = range.map(|d| i32::try_from(d).unwrap()).collect();
        world.series(name, &times, json!({}), &values, packing(0.5, 10.0));
    }
    world.ok("a.zarr b.zarr -o out.zarr --verify");
    assert_eq!(world.stored("out.zarr", "t").dtype, "<i2");
    near(&meant(&world, "out.zarr"), &reals(0..4));
}

/// The trap of xarray#4282, #5739, #5490: the first file's packing for the second file's values.
#[test]
fn packing_that_differs_per_file_changes_no_value() {
    let world = World::new();
    let (mut first, second) = (reals(0..2), reals(2..4));
    first[3] = f64::NAN;
    world.series("a.zarr", &[0, 1], json!({}), &packed(&first, 0.5, 10.0), packing(0.5, 10.0));
    world.series("b.zarr", &[2, 3], json!({}), &packed(&second, 0.25, -40.0), packing(0.25, -40.0));
    let said = world.ok("b.zarr a.zarr -o out.zarr --verify");
    assert!(said.stderr.contains("note: t is stored otherwise in "), "{said}");
    let t = world.stored("out.zarr", "t");
    assert_eq!((t.dtype.as_str(), t.attributes.get("scale_factor")), ("<f8", None));
    near(&meant(&world, "out.zarr"), &[first, second].concat());
}

#[test]
fn fill_values_that_differ_stay_missing() {
    let world = World::new();
    let mut first = field(0..1);
    let mut second = field(1..2);
    (first[0], second[5]) = (-1.0, 1e20);
    world.series("a.zarr", &[0], json!({}), &first, json!({"_FillValue": -1.0}));
    world.series("b.zarr", &[1], json!({}), &second, json!({"_FillValue": 1.0e20}));
    world.ok("a.zarr b.zarr -o out.zarr");
    let mut expected = reals(0..2);
    (expected[0], expected[11]) = (f64::NAN, f64::NAN);
    near(&meant(&world, "out.zarr"), &expected);
}

#[test]
fn fill_values_that_are_no_number_stay_so() {
    let world = World::new();
    let mut values = field(0..2);
    values[4] = f32::NAN;
    world.series("a.zarr", &[0, 1], json!({}), &values, json!({"_FillValue": "NaN"}));
    world.days("b.zarr", 2..3);
    world.ok("a.zarr -o alone.zarr");
    world.ok("a.zarr b.zarr -o out.zarr");
    for (store, range) in [("alone.zarr", 0..2), ("out.zarr", 0..3)] {
        let mut expected = reals(range);
        expected[4] = f64::NAN;
        near(&meant(&world, store), &expected);
    }
}

#[test]
fn integers_of_64_bits_are_exact() {
    let world = World::new();
    let near_two_to_63: Vec<i64> = (0..6).map(|i| i64::MAX - i).collect();
    let odd: Vec<i64> = (0..6).map(|i| (1 << 53) + 1 + i).collect();
    world.series("a.zarr", &[0], json!({}), &near_two_to_63, json!({"_FillValue": -9}));
    world.series("b.zarr", &[1], json!({}), &odd, json!({"_FillValue": -9}));
    world.ok("a.zarr b.zarr -o out.zarr --verify");
    let t = world.stored("out.zarr", "t");
    assert_eq!(t.longs(), [near_two_to_63, odd].concat());
    assert_eq!(t.attributes["_FillValue"], -9);
}

#[test]
fn types_are_widened_to_hold_all() {
    let world = World::new();
    world.series("a.zarr", &[0], json!({}), &[1_i16, 2, 3, 4, 5, 6], json!({}));
    world.series("b.zarr", &[1], json!({}), &[70_000_i32, 8, 9, 10, 11, 12], json!({}));
    world.series("c.zarr", &[2], json!({}), &[0.1_f64, 8.0, 9.0, 10.0, 11.0, 12.0], json!({}));
    world.series("d.zarr", &[3], json!({}), &[1.5_f32; 6], json!({}));
    world.ok("a.zarr b.zarr -o whole.zarr");
    assert_eq!(world.stored("whole.zarr", "t").dtype, "<i4");
    near(&meant(&world, "whole.zarr"), &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 70_000.0, 8.0, 9.0, 10.0, 11.0, 12.0]);
    world.ok("d.zarr c.zarr -o real.zarr");
    assert_eq!(world.stored("real.zarr", "t").dtype, "<f8");
    near(&meant(&world, "real.zarr"), &[0.1, 8.0, 9.0, 10.0, 11.0, 12.0, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5]);
}

#[test]
fn the_same_step_twice_is_refused_by_name() {
    let world = World::new();
    world.days("a.zarr", 0..5).days("b.zarr", 4..8).days("same.zarr", 0..5);
    // A day, wherever it stands; its file.
    world.fails(1, "a.zarr b.zarr -o out.zarr", &["2000-01-05", "b.zarr", "a.zarr"]);
    world.fails(1, "b.zarr a.zarr -o out.zarr", &["2000-01-05"]);
    world.fails(1, "a.zarr same.zarr -o out.zarr", &["same.zarr"]);
    world.series("c.zarr", &[8, 8], json!({}), &field(8..10), json!({}));
    world.fails(1, "a.zarr c.zarr -o out.zarr", &["2000-01-09"]);
    assert!(!world.path("out.zarr").exists());
}

#[test]
fn a_step_within_another_file_is_put_in_its_place() {
    let world = World::new();
    let pick = |days: &[usize]| -> Vec<f32> { days.iter().flat_map(|&d| field(d..d + 1)).collect() };
    world.series("even.zarr", &[0, 2, 4], json!({}), &pick(&[0, 2, 4]), json!({}));
    world.series("odd.zarr", &[1, 3, 5], json!({}), &pick(&[1, 3, 5]), json!({}));
    world.ok("odd.zarr even.zarr -o out.zarr --chunk time=4");
    world.holds("out.zarr", 0..6);
}

#[test]
fn files_are_put_in_order_of_time_not_of_names() {
    let world = World::new();
    world.days("z.zarr", 0..3).days("m.zarr", 3..4).days("a.zarr", 4..9);
    for order in ["a.zarr m.zarr z.zarr", "z.zarr m.zarr a.zarr", "m.zarr a.zarr z.zarr"] {
        world.ok(&format!("{order} -o out.zarr --overwrite"));
        world.holds("out.zarr", 0..9);
    }
    std::fs::write(world.path("list.txt"), "m.zarr\nz.zarr\na.zarr\n").unwrap();
    world.ok("@list.txt -o out.zarr --overwrite --chunk time=2");
    world.holds("out.zarr", 0..9);
}

#[test]
fn different_epochs_and_units_of_time_mean_what_they_meant() {
    let world = World::new();
    world.days("a.zarr", 0..3);
    // 2000-01-04 and 5 in hours since 2000-01-02; 2000-01-06 in days since 1999-12-31.
    world.series("b.zarr", &[48, 72], json!({"units": "hours since 2000-01-02"}), &field(3..5), json!({}));
    world.series("c.zarr", &[6], json!({"units": "days since 1999-12-31"}), &field(5..6), json!({}));
    world.ok("c.zarr a.zarr b.zarr -o out.zarr");
    let listed = world.tool("inspect", "--list times out.zarr");
    let expected: Vec<String> = (1..7).map(|d| format!("2000-01-0{d}T00:00:00")).collect();
    assert_eq!(listed.ok().lines().collect::<Vec<_>>(), expected);
    near(&meant(&world, "out.zarr"), &reals(0..6));
    world.ok("a.zarr c.zarr b.zarr -o other.zarr");
    assert_eq!(world.tool("inspect", "--list times other.zarr").ok().lines().collect::<Vec<_>>(), expected);
}

#[test]
fn calendars_that_differ_are_refused_by_name() {
    let world = World::new();
    world.days("a.zarr", 0..3);
    for calendar in ["noleap", "360_day", "all_leap"] {
        world.series("b.zarr", &[3, 4], json!({"calendar": calendar}), &field(3..5), json!({}));
        world.fails(1, "a.zarr b.zarr -o out.zarr", &["b.zarr", "calendar", "a.zarr"]);
    }
    // These differ in name alone since 1582.
    world.series("b.zarr", &[3, 4], json!({"calendar": "proleptic_gregorian"}), &field(3..5), json!({}));
    world.ok("a.zarr b.zarr -o out.zarr");
    world.holds("out.zarr", 0..5);
}

#[test]
fn days_that_no_other_calendar_has_are_kept() {
    let world = World::new();
    let axis = json!({"calendar": "360_day"});
    // 29 and 30 February, 1 March 2000.
    world.series("a.zarr", &[58, 59], axis.clone(), &field(0..2), json!({}));
    world.series("b.zarr", &[60], axis, &field(2..3), json!({}));
    world.ok("a.zarr b.zarr -o out.zarr");
    let listed = world.tool("inspect", "--list times out.zarr");
    assert_eq!(listed.ok(), "2000-02-29T00:00:00\n2000-02-30T00:00:00\n2000-03-01T00:00:00\n");
    assert_eq!(world.stored("out.zarr", "time").attributes["calendar"], "360_day");
    assert_eq!(days(&world, "out.zarr"), [58.0, 59.0, 60.0]);
}

#[test]
fn other_grids_are_refused_by_name() {
    let world = World::new();
    world.days("a.zarr", 0..3);
    let time = json!({"units": "days since 2000-01-01", "calendar": "standard"});
    let grid = |name: &str, lat: [f64; 2]| {
        let _ = testkit::Store::new(world.folder(), name, json!({}))
            .array("lat", &["lat"], &[2], &lat, json!({"units": "degrees_north"}))
            .array("lon", &["lon"], &[3], &[0.0_f64, 120.0, 240.0], json!({"units": "degrees_east"}))
            .array("time", &["time"], &[2], &[3_i32, 4], time.clone())
            .array("t", &["time", "lat", "lon"], &[2, 2, 3], &field(3..5), json!({"units": "K"}));
    };
    grid("b.zarr", [11.0, 0.0]);
    world.fails(1, "a.zarr b.zarr -o out.zarr", &["b.zarr", "lat"]);
    // Upside down: the values stand elsewhere.
    grid("b.zarr", [0.0, 10.0]);
    world.fails(1, "a.zarr b.zarr -o out.zarr", &["b.zarr", "lat"]);
    assert_eq!(world.names(), ["a.zarr", "b.zarr"]);
}

#[test]
fn units_that_differ_are_converted_and_others_refused() {
    let world = World::new();
    world.days("a.zarr", 0..2);
    let celsius: Vec<f32> = field(2..4).iter().map(|k| (f64::from(*k) - 273.15) as f32).collect();
    world.series("b.zarr", &[2, 3], json!({}), &celsius, json!({"units": "degC"}));
    world.series("c.zarr", &[2, 3], json!({}), &celsius, json!({"units": "m"}));
    world.ok("a.zarr b.zarr -o out.zarr");
    let t = world.stored("out.zarr", "t");
    assert_eq!(t.attributes["units"], "K");
    for (value, expected) in t.values().iter().zip(reals(0..4)) {
        assert!((value - expected).abs() < 1e-4, "{value} is not {expected}");
    }
    world.fails(1, "a.zarr c.zarr -o out.zarr --overwrite", &["c.zarr", "'m'"]);
    world.series("d.zarr", &[2, 3], json!({}), &celsius, json!({"standard_name": "air_pressure"}));
    let said = world.run("a.zarr d.zarr -o other.zarr");
    assert!(said.succeeded() || said.fails(1).contains("d.zarr"), "{said}");
}

#[test]
fn a_variable_that_one_file_lacks_is_refused_by_name() {
    let world = World::new();
    world.days("a.zarr", 0..2);
    let more = |name: &str, day: i32| {
        let values = field(2..3);
        let shape = [1, 2, 3];
        let _ = world
            .times(name, &[day], json!({}))
            .array("t", &["time", "lat", "lon"], &shape, &values, json!({"units": "K"}))
            .array("p", &["time", "lat", "lon"], &shape, &values, json!({"units": "Pa"}));
    };
    more("b.zarr", 2);
    let said = world.run("a.zarr b.zarr -o out.zarr");
    assert!(said.fails(1).contains("b.zarr") || said.stderr.contains("a.zarr"), "{said}");
    world.ok("a.zarr b.zarr -o out.zarr -v t");
    world.holds("out.zarr", 0..3);
}

#[test]
fn values_without_the_dimension_must_agree() {
    let world = World::new();
    let mask = |name: &str, day: i32, last: i32| {
        let _ = world
            .times(name, &[day], json!({}))
            .array("t", &["time", "lat", "lon"], &[1, 2, 3], &field(0..1), json!({"units": "K"}))
            .array("mask", &["lat", "lon"], &[2, 3], &[0, 1, 0, 1, 0, last], json!({}));
    };
    mask("a.zarr", 0, 1);
    mask("b.zarr", 1, 1);
    mask("c.zarr", 2, 2);
    world.ok("a.zarr b.zarr -o out.zarr");
    assert_eq!(world.stored("out.zarr", "mask").values(), [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
    world.fails(1, "a.zarr b.zarr c.zarr -o bad.zarr", &["c.zarr", "'mask'"]);
    assert!(!world.path("bad.zarr").exists());
}

#[test]
fn forecasts_of_several_starts_get_their_reference_time() {
    let world = World::new();
    let run = |name: &str, start: i32, day: usize| {
        let _ = world
            .grid(name)
            .array(
                "start",
                &[],
                &[],
                &[start],
                json!({"units": "days since 2000-01-01", "standard_name": "forecast_reference_time"}),
            )
            .array("t", &["lat", "lon"], &[2, 3], &field(day..day + 1), json!({"units": "K", "coordinates": "start"}));
    };
    run("a.zarr", 1, 1);
    run("b.zarr", 0, 0);
    world.ok("a.zarr b.zarr -o out.zarr");
    let t = world.stored("out.zarr", "t");
    assert_eq!((t.shape.as_slice(), t.values()), (&[2, 2, 3][..], reals(0..2)));
    assert_eq!(world.stored("out.zarr", "start").values(), [0.0, 1.0]);
}
