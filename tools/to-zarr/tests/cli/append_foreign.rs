//! Stores that others wrote are continued as they are.

use serde_json::{Value, json};
use testkit::{Store, fixture};

use crate::raw::document;
use crate::world::{World, field, objects, reals};

/// A text file.
fn write(world: &World, name: &str, value: &Value) {
    let path = world.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, serde_json::to_string_pretty(value).unwrap()).unwrap();
}

/// A v3 array as zarr-python writes it: attributes that no netCDF file can hold, keys of others.
fn array(shape: &[usize], chunk: &[usize], kind: &str, names: &[&str], attributes: &Value) -> Value {
    json!({"shape": shape, "data_type": kind,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunk}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0, "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "attributes": attributes, "dimension_names": names, "zarr_format": 3, "node_type": "array",
        "storage_transformers": []})
}

/// Three days at times `times`, two to a chunk, with foreign attributes.
fn foreign(world: &World, times: [i64; 3], consolidated: bool) {
    let nested = json!({"bbox": [0, 10], "deep": {"er": [1, {"x": null}]}, "flag": true});
    let units = json!({"units": "days since 2000-01-01", "calendar": "proleptic_gregorian"});
    let all = [
        ("lat", array(&[2], &[2], "float64", &["lat"], &json!({"units": "degrees_north"}))),
        ("lon", array(&[3], &[3], "float64", &["lon"], &json!({"units": "degrees_east"}))),
        ("time", array(&[3], &[3], "int64", &["time"], &units)),
        (
            "t",
            array(&[3, 2, 3], &[2, 2, 3], "float32", &["time", "lat", "lon"], &json!({"units": "K", "nested": nested})),
        ),
    ];
    for (name, document) in &all {
        write(world, &format!("old.zarr/{name}/zarr.json"), document);
    }
    let mut root =
        json!({"zarr_format": 3, "node_type": "group", "attributes": {"provenance": nested, "title": "theirs"}});
    if consolidated {
        let metadata: serde_json::Map<String, Value> = all.into_iter().map(|(n, d)| (n.to_owned(), d)).collect();
        root["consolidated_metadata"] = json!({"kind": "inline", "must_understand": false, "metadata": metadata});
    }
    write(world, "old.zarr/zarr.json", &root);
    let put = |name: &str, bytes: Vec<u8>| {
        let path = world.path("old.zarr").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    put("lat/c/0", [10.0_f64, 0.0].iter().flat_map(|v| v.to_le_bytes()).collect());
    put("lon/c/0", [0.0_f64, 120.0, 240.0].iter().flat_map(|v| v.to_le_bytes()).collect());
    put("time/c/0", times.iter().flat_map(|v| v.to_le_bytes()).collect());
    put("t/c/0/0/0", field(0..2).iter().flat_map(|v| v.to_le_bytes()).collect());
    let last = field(2..3).into_iter().chain([0.0; 6]);
    put("t/c/1/0/0", last.flat_map(f32::to_le_bytes).collect());
}

#[test]
fn attributes_that_netcdf_has_not_are_kept() {
    for consolidated in [true, false] {
        let world = World::new();
        foreign(&world, [0, 1, 2], consolidated);
        let old = document(&world.path("old.zarr/zarr.json"));
        let own = document(&world.path("old.zarr/t/zarr.json"));
        world.days("next.zarr", 2..6);
        world.ok("next.zarr -o old.zarr --append time");
        let mut root = document(&world.path("old.zarr/zarr.json"));
        assert!(root["attributes"].as_object_mut().unwrap().remove("history").is_some());
        assert_eq!(root["attributes"], old["attributes"]);
        let mut t = document(&world.path("old.zarr/t/zarr.json"));
        assert_eq!(t["shape"], json!([6, 2, 3]));
        t["shape"] = own["shape"].clone();
        assert_eq!(t, own);
        assert_eq!(world.tool("inspect", "--list times old.zarr").ok().lines().count(), 6);
        if consolidated {
            assert_eq!(root["consolidated_metadata"]["metadata"]["t"]["shape"], json!([6, 2, 3]));
            assert_eq!(world.stored("old.zarr", "t").values(), reals(0..6));
            assert_eq!(world.stored("old.zarr", "time").longs(), [0, 1, 2, 3, 4, 5]);
        }
    }
}

/// Sorting would move what stands in chunks that are not written anew.
#[test]
fn stores_whose_steps_are_in_no_order_are_refused() {
    for times in [[0, 2, 1], [0, 1, 1], [5, 1, 2]] {
        let world = World::new();
        foreign(&world, times, true);
        world.days("next.zarr", 7..9);
        let before = world.objects("old.zarr");
        world.fails(1, "next.zarr -o old.zarr --append time", &["old.zarr", "does not come after"]);
        assert!(world.objects("old.zarr") == before);
    }
}

#[test]
fn chunks_of_coordinates_that_are_many_stay_many() {
    let world = World::new();
    world.days("a.zarr", 0..7).days("b.zarr", 7..9);
    world.ok("a.zarr -o old.zarr --chunk time=2");
    // As xarray leaves it when it appends: a coordinate in chunks of its first length.
    let mut root = document(&world.path("old.zarr/zarr.json"));
    let time = &mut root["consolidated_metadata"]["metadata"]["time"];
    time["chunk_grid"]["configuration"]["chunk_shape"] = json!([3]);
    let time = time.clone();
    write(&world, "old.zarr/zarr.json", &root);
    write(&world, "old.zarr/time/zarr.json", &time);
    for (chunk, days) in [[0, 1, 2], [3, 4, 5], [6, 0, 0]].iter().enumerate() {
        let bytes: Vec<u8> = days.iter().flat_map(|d: &i32| d.to_le_bytes()).collect();
        std::fs::write(world.path(&format!("old.zarr/time/c/{chunk}")), bytes).unwrap();
    }
    world.holds("old.zarr", 0..7);
    world.ok("b.zarr -o old.zarr --append time");
    world.holds("old.zarr", 0..9);
    assert_eq!(world.stored("old.zarr", "time").chunk, [3]);
}

/// A copy of a folder of `test-data`.
fn copied(world: &World, from: &str, name: &str) {
    for (key, bytes) in objects(&fixture(from)) {
        let path = world.path(name).join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// `made/monthly_v2.zarr` and `monthly_v3.zarr` come from zarr-python: 24 months of 30 days, the last chunk and the last
/// shard partly filled. `tas` is 250 + month + 10 · row + column / 2.
#[test]
fn stores_of_zarr_python_are_continued() {
    for name in ["made/monthly_v3.zarr", "made/monthly_v2.zarr"] {
        let world = World::new();
        copied(&world, name, "old.zarr");
        let value = |month: usize| {
            (0..6).flat_map(move |y| (0..12).map(move |x| (250 + month + 10 * y) as f32 + x as f32 * 0.5))
        };
        let months = |range: std::ops::Range<usize>| range.clone().flat_map(value).collect::<Vec<f32>>();
        let days: Vec<f64> = (22..41).map(|month| f64::from(month) * 30.0 + 15.0).collect();
        let (lat, lon): (Vec<f64>, Vec<f64>) =
            ((0..6).map(|y| -75.0 + 30.0 * f64::from(y)).collect(), (0..12).map(|x| 30.0 * f64::from(x)).collect());
        let time = json!({"units": "days since 1990-01-01", "calendar": "360_day"});
        // In version 2 the number that stands where nothing was written means that it is missing.
        let attributes =
            if name.contains("v2") { json!({"units": "K", "_FillValue": 0.0}) } else { json!({"units": "K"}) };
        let _ = Store::new(world.folder(), "next.zarr", json!({}))
            .array("time", &["time"], &[19], &days, time)
            .array("lat", &["lat"], &[6], &lat, json!({"units": "degrees_north"}))
            .array("lon", &["lon"], &[12], &lon, json!({"units": "degrees_east"}))
            .array("tas", &["time", "lat", "lon"], &[19, 6, 12], &months(22..41), attributes);
        let said = world.ok("next.zarr -o old.zarr --append time");
        assert!(said.stderr.contains("17 steps of 'time' added to 24, 2 were there already"), "{said}");
        world.ok("old.zarr -o plain.zarr --compression none");
        let expected: Vec<f64> = months(0..41).into_iter().map(f64::from).collect();
        assert_eq!(world.stored("plain.zarr", "tas").values(), expected, "{name}");
    }
}

/// The second half of real files, for stores that hold the first.
#[test]
fn halves_of_real_files_are_put_together() {
    let inputs = [("made/monthly_bounds.nc", 9), ("air_temperature_small.nc", 7), ("A1B_north_america.nc", 101)];
    for (name, steps) in inputs {
        for version in [2, 3] {
            let world = World::new();
            let source = fixture(name).display().to_string();
            world.tool("subset", &format!("{source} -o first.nc --isel time=:{steps}")).ok();
            world.tool("subset", &format!("{source} -o rest.nc --isel time={steps}:")).ok();
            world.ok(&format!("first.nc -o old.zarr --zarr-version {version} --chunk time=4"));
            world.ok("rest.nc -o old.zarr --append time --verify");
            world.ok("rest.nc first.nc -o whole.zarr");
            world.same("whole.zarr", "old.zarr");
        }
    }
}

/// The range of the first days is not that of all.
#[test]
fn a_range_of_values_that_holds_no_more_is_not_told() {
    for version in [2, 3] {
        let world = World::new();
        world.series("a.zarr", &[0, 1], json!({}), &field(0..2), json!({"actual_range": [0.0, 15.0]}));
        world.days("b.zarr", 2..4);
        world.ok(&format!("a.zarr -o old.zarr --zarr-version {version}"));
        assert!(world.stored("old.zarr", "t").attributes.get("actual_range").is_some());
        world.ok("b.zarr -o old.zarr --append time");
        assert!(world.stored("old.zarr", "t").attributes.get("actual_range").is_none());
        if version == 2 {
            let own = document(&world.path("old.zarr/t/.zattrs"));
            assert!(own.get("actual_range").is_none(), "for those who read no consolidated metadata: {own}");
        }
        // Readers take what lies beyond this for missing.
        world.series("a.zarr", &[0, 1], json!({}), &field(0..2), json!({"valid_range": [0.0, 15.0]}));
        world.ok(&format!("a.zarr -o old.zarr --overwrite --zarr-version {version}"));
        world.fails(1, "b.zarr -o old.zarr --append time", &["'t'", "valid_range"]);
    }
}

/// xarray gives every array of floating numbers a fill value, which files seldom have.
#[test]
fn a_fill_value_that_is_no_number_is_no_difference() {
    let world = World::new();
    world.series("a.zarr", &[0, 1], json!({}), &field(0..2), json!({"_FillValue": "NaN"}));
    world.ok("a.zarr -o old.zarr");
    world.days("b.zarr", 2..4);
    world.ok("b.zarr -o old.zarr --append time");
    world.holds("old.zarr", 0..4);
}

/// A file's doubles, in another unit, for a store of integers.
#[test]
fn times_take_the_type_that_the_store_has() {
    let world = World::new();
    foreign(&world, [0, 1, 2], true);
    let days = |name: &str, hours: &[f64]| {
        let axis = json!({"units": "hours since 2000-01-01", "calendar": "standard"});
        let _ = world.grid(name).array("time", &["time"], &[2], hours, axis).array(
            "t",
            &["time", "lat", "lon"],
            &[2, 2, 3],
            &field(3..5),
            json!({"units": "K"}),
        );
    };
    days("half.zarr", &[72.0, 84.0]);
    world.fails(1, "half.zarr -o old.zarr --append time", &["'time'", "double", "int64"]);
    days("next.zarr", &[72.0, 96.0]);
    world.ok("next.zarr -o old.zarr --append time");
    assert_eq!(world.stored("old.zarr", "time").longs(), [0, 1, 2, 3, 4]);
    assert_eq!(world.stored("old.zarr", "t").values(), reals(0..5));
}
