//! What is refused, with what to do about it; nothing is written then.

use std::fs;

use serde_json::json;

use crate::world::{World, of};

#[track_caller]
fn refused(status: i32, arguments: &str, told: &[&str]) {
    let world = World::new();
    world.store("a.zarr", 0, [0.0, 0.0, 1.0, 1.0]).store("in/a.zarr", 0, [0.0, 0.0, 1.0, 1.0]);
    let said = world.run(arguments);
    let error = said.fails(status);
    assert!(told.iter().all(|text| error.contains(text)), "{error}");
    assert!(!world.path("stac/catalog.json").exists());
}

#[test]
fn arguments_that_contradict_each_other() {
    let nemo = of("nemo_201501.nc");
    refused(2, &format!("{nemo} a.zarr -o stac --id x"), &["--id", "2"]);
    refused(2, &format!("{nemo} a.zarr -o stac --as collection --collection x"), &["--as item"]);
    refused(2, &format!("{nemo} {nemo} -o stac"), &["nemo_201501"]);
    refused(2, "a.zarr in/a.zarr -o stac", &["a.zarr", "--collection"]);
    refused(2, "a.zarr -o a.zarr/stac", &["inside a.zarr"]);
    refused(2, "a.zarr -o s3://bucket/stac", &["local folder"]);
    refused(2, "a.zarr -o stac --collection a/b", &["a/b", "such as b"]);
    refused(2, "a.zarr -o stac --href-prefix /x", &["--href-prefix"]);
    refused(2, "a.zarr in/a.zarr -o stac --href-prefix s3://b", &["s3://b/a.zarr"]);
    refused(2, "a.zarr -o stac --datetime yesterday", &["yesterday", "YYYY"]);
    refused(2, "a.zarr -o stac --provider producer:", &["provider"]);
    refused(2, "a.zarr -o stac --bbox 1,2,3", &["--bbox"]);
}

#[test]
fn data_that_can_not_be_read() {
    refused(1, "missing.nc -o stac", &["missing.nc"]);
    refused(1, "a.zarr missing.nc -o stac", &["missing.nc"]);
    refused(1, &format!("{} -o stac", of("made/regions.geojson")), &["neither netCDF"]);
}

#[test]
fn catalogs_that_are_none() {
    for (name, value, told) in [
        ("stac/catalog.json", json!({"type": "Collection", "id": "x"}), "no STAC catalog"),
        ("stac/catalog.json", json!([]), "no STAC catalog"),
        ("stac/collection.json", json!({"type": "Collection", "id": "x"}), "the folder above it"),
    ] {
        let world = World::new();
        world.store("a.zarr", 0, [0.0, 0.0, 1.0, 1.0]).write(name, &value);
        let before = world.bytes("stac");
        let said = world.run("a.zarr -o stac");
        assert!(said.stderr.contains(told) && said.status != Some(0), "{said}");
        assert_eq!(before, world.bytes("stac"));
    }
}

#[test]
fn what_was_wrong_before_is_a_warning_and_what_leads_outside_is_left_alone() {
    let world = World::new();
    world.store("a.zarr", 0, [0.0, 0.0, 1.0, 1.0]);
    let outside = json!({"type": "Collection", "id": "a"});
    world.write("outside/collection.json", &outside);
    world.write(
        "stac/catalog.json",
        &json!({
            "type": "Catalog", "stac_version": "1.1.0", "id": "x", "description": "y",
            "links": [{"rel": "child", "href": "../outside/collection.json"}, {"rel": "child"}, 7],
        }),
    );
    let said = world.run("a.zarr -o stac");
    said.ok();
    assert!(said.stderr.contains("warning: ") && said.stderr.contains("/links/"), "{said}");
    assert_eq!(world.json("outside/collection.json"), outside);
    assert!(world.path("stac/a/collection.json").is_file());
}

#[test]
fn broken_data_are_errors_and_no_panics() {
    for entry in fs::read_dir(of("made/malformed")).unwrap() {
        let world = World::new();
        let said = world.run(&format!("{} -o stac --datetime 2020", entry.unwrap().path().display()));
        assert!(matches!(said.status, Some(0 | 1)) && !said.stderr.contains("internal"), "{said}");
    }
}
