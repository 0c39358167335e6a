//! A new store: versions, chunks, shards, codecs, metadata. Stores are read by [`crate::raw`], not by our own reader.

use serde_json::{Value, json};
use testkit::fixture;

use crate::raw::document;
use crate::world::{World, field, reals};

/// Days 0 to 12 in three files.
fn thirteen() -> World {
    let world = World::new();
    world.days("a.zarr", 0..5).days("b.zarr", 5..9).days("c.zarr", 9..13);
    world
}

#[test]
fn every_version_holds_the_same() {
    let world = thirteen();
    world.ok("a.zarr b.zarr c.zarr -o three.zarr");
    world.holds("three.zarr", 0..13);
    world.ok("a.zarr b.zarr c.zarr -o two.zarr --zarr-version 2");
    world.holds("two.zarr", 0..13);
    world.ok("a.zarr b.zarr c.zarr -o one.zarr.zip");
    world.same("three.zarr", "two.zarr");
    world.same("three.zarr", "one.zarr.zip");
    assert!(world.path("one.zarr.zip").is_file());
}

/// The chunks and objects of `t` for these arguments.
#[track_caller]
fn laid_out(arguments: &str, chunk: [usize; 3], object: [usize; 3]) {
    let world = thirteen();
    world.ok(&format!("a.zarr b.zarr c.zarr -o out.zarr {arguments}"));
    world.holds("out.zarr", 0..13);
    let t = world.stored("out.zarr", "t");
    assert_eq!((t.chunk.as_slice(), t.object.as_slice()), (&chunk[..], &object[..]), "{arguments}");
    for name in ["time", "lat", "lon"] {
        let coordinate = world.stored("out.zarr", name);
        assert_eq!(coordinate.object, coordinate.shape, "{name} is in one chunk: {arguments}");
        assert_eq!(coordinate.chunk, coordinate.shape, "{name} is in one chunk: {arguments}");
    }
}

#[test]
fn chunks_and_shards_are_those_that_were_asked_for() {
    laid_out("--chunk time=4", [4, 2, 3], [4, 2, 3]);
    laid_out("--chunk time=1,lat=1,lon=1", [1, 1, 1], [1, 1, 1]);
    laid_out("--chunk time=5 --chunk lon=2", [5, 2, 2], [5, 2, 2]);
    laid_out("--chunk time=2 --shard time=4", [2, 2, 3], [4, 2, 3]);
    laid_out("--chunk time=2,lat=1,lon=2 --shard time=6,lat=2,lon=4", [2, 1, 2], [6, 2, 4]);
    laid_out("--chunk time=4 --zarr-version 2", [4, 2, 3], [4, 2, 3]);
    laid_out("--chunk-size 100B --optimise-for space", [4, 2, 3], [4, 2, 3]);
    laid_out("--chunk-size 52B --optimise-for time", [13, 1, 1], [13, 1, 1]);
}

/// The extents of `air`'s chunks.
fn air_chunk(arguments: &str) -> Vec<usize> {
    let world = World::new();
    let air = fixture("air_temperature_small.nc");
    world.ok(&format!("{} -o out.zarr --compression none {arguments}", air.display()));
    world.stored("out.zarr", "air").chunk
}

#[test]
fn chunks_that_are_aimed_at_are_never_larger() {
    for bytes in [100, 1000, 5000, 20_000, 1_000_000] {
        for access in ["time", "space", "balanced"] {
            let chunk = air_chunk(&format!("--chunk-size {bytes}B --optimise-for {access}"));
            let size = chunk.iter().product::<usize>() * 2;
            assert!(size <= bytes, "{chunk:?} for {bytes} {access}");
            // Half of what was asked for, or all there is.
            assert!(2 * size > bytes.min(20 * 25 * 53 * 2), "{chunk:?} for {bytes} {access}");
        }
    }
    assert_eq!(air_chunk("--chunk-size 5KB --optimise-for time")[0], 20);
    assert_eq!(air_chunk("--chunk-size 5KB --optimise-for space")[1..], [25, 53]);
    let balanced = air_chunk("--chunk-size 5KB --rechunk");
    assert!(balanced[0] > 1 && balanced[0] < 20 && balanced[2] < 53, "{balanced:?}");
}

/// The codecs of `t`.
fn codecs(arguments: &str) -> Value {
    let world = thirteen();
    world.ok(&format!("a.zarr b.zarr -o out.zarr {arguments}"));
    world.tool("inspect", "--stats out.zarr").ok();
    let store = world.path("out.zarr/t");
    if store.join("zarr.json").exists() {
        return document(&store.join("zarr.json"))["codecs"].clone();
    }
    document(&store.join(".zarray"))["compressor"].clone()
}

#[test]
fn codecs_are_those_that_were_asked_for() {
    let names = |codecs: &Value| -> Vec<String> {
        codecs.as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&codecs("--compression none")), ["bytes"]);
    assert_eq!(names(&codecs("--compression zstd:7"))[..2], ["bytes", "zstd"]);
    assert_eq!(codecs("--compression zstd:7")[1]["configuration"]["level"], 7);
    assert_eq!(names(&codecs("--compression deflate:4"))[..2], ["bytes", "gzip"]);
    let blosc = codecs("--compression blosc:lz4:5");
    assert_eq!(blosc[1]["name"], "blosc");
    assert_eq!((&blosc[1]["configuration"]["cname"], &blosc[1]["configuration"]["clevel"]), (&json!("lz4"), &json!(5)));
    let inner = codecs("--compression zstd:1 --chunk time=3 --shard time=9")[0]["configuration"]["codecs"].clone();
    assert_eq!(names(&inner), ["bytes", "zstd"]);
    assert!(codecs("--compression none --zarr-version 2").is_null());
    assert_eq!(codecs("--compression zstd --zarr-version 2")["id"], "zstd");
    assert_eq!(codecs("--compression blosc:zstd:3 --zarr-version 2")["id"], "blosc");
}

#[test]
fn metadata_are_consolidated_and_name_dimensions() {
    let world = thirteen();
    world.ok("a.zarr b.zarr -o three.zarr --chunk time=2 --shard time=4");
    let root = document(&world.path("three.zarr/zarr.json"));
    let all = &root["consolidated_metadata"]["metadata"];
    assert_eq!(all.as_object().unwrap().len(), 4);
    for name in ["t", "time", "lat", "lon"] {
        assert_eq!(all[name], document(&world.path("three.zarr").join(name).join("zarr.json")), "{name}");
        assert!(all[name]["attributes"].get("_ARRAY_DIMENSIONS").is_none());
    }
    assert_eq!(all["t"]["dimension_names"], json!(["time", "lat", "lon"]));
    assert_eq!(root["attributes"]["title"], "made");

    world.ok("a.zarr b.zarr -o two.zarr --zarr-version 2");
    let all = document(&world.path("two.zarr/.zmetadata"))["metadata"].clone();
    assert_eq!(all["t/.zattrs"]["_ARRAY_DIMENSIONS"], json!(["time", "lat", "lon"]));
    for (key, value) in all.as_object().unwrap() {
        assert_eq!(*value, document(&world.path("two.zarr").join(key)), "{key}");
    }
    assert_eq!(all.as_object().unwrap().len(), 10);
}

#[test]
fn chunks_of_nothing_but_missing_values_are_not_written() {
    for (arguments, absent) in
        [("--chunk time=1", 2), ("--chunk time=1 --shard time=2", 1), ("--zarr-version 2 --chunk time=1", 2)]
    {
        let world = World::new();
        let mut values = field(0..6);
        values[12..24].fill(-1.0);
        world.series("a.zarr", &[0, 1, 2, 3, 4, 5], json!({}), &values, json!({"_FillValue": -1.0}));
        world.ok(&format!("a.zarr -o out.zarr {arguments}"));
        let t = world.stored("out.zarr", "t");
        assert_eq!(t.absent, absent, "{arguments}");
        assert_eq!(t.values(), values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>());
    }
}

#[test]
fn a_store_is_replaced_only_when_asked() {
    let world = thirteen();
    world.ok("a.zarr -o out.zarr");
    let before = world.objects("out.zarr");
    world.fails(2, "b.zarr -o out.zarr", &["out.zarr", "--overwrite"]);
    assert_eq!(before, world.objects("out.zarr"));
    world.ok("b.zarr -o out.zarr --overwrite");
    world.holds("out.zarr", 5..9);
    assert_eq!(world.names(), ["a.zarr", "b.zarr", "c.zarr", "out.zarr"]);
}

#[test]
fn global_attributes_are_set_and_removed() {
    let world = thirteen();
    world.ok("a.zarr -o out.zarr --no-history --attribute institution=ICL --attribute title= --attribute note=a=b");
    let root = document(&world.path("out.zarr/zarr.json"));
    assert_eq!(root["attributes"], json!({"institution": "ICL", "note": "a=b"}));
}

#[test]
fn variables_of_separate_files_are_merged() {
    let world = World::new();
    world.days("t1.zarr", 0..3).days("t2.zarr", 3..5);
    for (name, days) in [("p2.zarr", 3..5), ("p1.zarr", 0..3)] {
        let times: Vec<i32> = days.clone().map(|d| i32::try_from(d).unwrap()).collect();
        let values: Vec<f64> = reals(days).iter().map(|v| -v).collect();
        let _ = world.times(name, &times, json!({})).array(
            "p",
            &["time", "lat", "lon"],
            &[times.len(), 2, 3],
            &values,
            json!({"units": "Pa"}),
        );
    }
    world.ok("p2.zarr t2.zarr t1.zarr p1.zarr -o out.zarr");
    world.holds("out.zarr", 0..5);
    assert_eq!(world.stored("out.zarr", "p").values(), reals(0..5).iter().map(|v| -v).collect::<Vec<_>>());
}

#[test]
fn what_was_read_back_is_told() {
    let world = thirteen();
    let said = world.ok("a.zarr b.zarr -o out.zarr --verify --report out.json --bitround 9 --chunk time=2");
    assert!(said.stderr.contains("verified: 69 values of 5 variables"), "{said}");
    let report = document(&world.path("out.json"));
    assert_eq!((&report["verified"]["values"], &report["bits_kept"]["t"]), (&json!(69), &json!(9)));
    assert_eq!(report["dimensions"], json!({"time": 9, "lat": 2, "lon": 3}));
    let objects = report["objects"].as_array().unwrap();
    let listed: u64 = objects.iter().map(|o| o["bytes"].as_u64().unwrap()).sum();
    let there: usize =
        world.objects("out.zarr").iter().filter(|(k, _)| !k.ends_with("zarr.json")).map(|(_, b)| b.len()).sum();
    assert_eq!(listed, there as u64);
    world.ok("a.zarr b.zarr -o page.zarr --report page.html");
    assert!(std::fs::read_to_string(world.path("page.html")).unwrap().contains("<td>t</td>"));
}

#[test]
fn rounded_values_keep_so_many_bits_and_coordinates_all() {
    let world = World::new();
    let values: Vec<f32> = field(0..3).iter().map(|v| v + 0.123_456).collect();
    world.series("a.zarr", &[0, 1, 2], json!({}), &values, json!({}));
    world.ok("a.zarr -o out.zarr --bitround 8");
    let t = world.stored("out.zarr", "t");
    for (word, value) in t.bytes.chunks_exact(4).zip(&values) {
        let bits = u32::from_le_bytes(word.try_into().unwrap());
        assert_eq!(bits & ((1 << 15) - 1), 0, "23 - 8 bits are 0");
        assert!((f32::from_bits(bits) - value).abs() <= value.abs() * 2f32.powi(-9), "{value}");
    }
    assert_eq!(world.stored("out.zarr", "lon").values(), [0.0, 120.0, 240.0]);
}

/// One catalog for many stores; a store is where it lies, or where it will be published.
#[test]
fn a_catalog_tells_where_stores_are() {
    let world = World::new();
    world.days("a.zarr", 0..3);
    world.ok("a.zarr -o one.zarr --stac stac");
    world.ok("a.zarr -o two.zarr --stac stac --stac-id second --stac-href https://data.example.org/two.zarr");
    let href =
        |id: &str| document(&world.path(&format!("stac/{id}/collection.json")))["assets"]["data"]["href"].clone();
    assert_eq!((href("one"), href("second")), (json!("../../one.zarr"), json!("https://data.example.org/two.zarr")));
    let links = document(&world.path("stac/catalog.json"))["links"].clone();
    assert_eq!(links.as_array().unwrap().iter().filter(|link| link["rel"] == "child").count(), 2);
    world.fails(2, "a.zarr -o three.zarr --stac-href https://data.example.org/", &["--stac"]);
}
