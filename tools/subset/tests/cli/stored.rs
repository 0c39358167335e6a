//! Stored numbers and what they mean: missing ones, flags, chunks that are copied as they are.

use std::path::Path;

use serde_json::{Value, json};
use testkit::{Command, Store, run};

use crate::careful::made;
use crate::silent::subset_of;

/// Say that an array of a Zarr v2 store is filled with `fill`.
fn fill(store: &Path, array: &str, fill: &Value) {
    let path = store.join(array).join(".zarray");
    let mut meta: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    meta["fill_value"] = fill.clone();
    std::fs::write(path, meta.to_string()).unwrap();
}

/// zarr-python fills arrays with 0 where nothing is said.
#[test]
fn a_coordinate_of_zero_is_a_place_whatever_fills_its_array() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path(), "filled.zarr", json!({}))
        .array("lon", &["lon"], &[2], &[0.0, 10.0], json!({"units": "degrees_east", "bounds": "lb"}))
        .array("lb", &["lon", "nv"], &[2, 2], &[-5.0, 0.0, 0.0, 15.0], json!({}))
        .array("area", &["lon"], &[2], &[0.0, 1.0], json!({"units": "degrees", "standard_name": "latitude"}))
        .array("t", &["lon"], &[2], &[0.0, 1.0], json!({"units": "K", "coordinates": "area"}))
        .path();
    for (array, value) in [("lon", json!(0.0)), ("lb", json!(0.0)), ("area", json!(0.0)), ("t", json!(0.0))] {
        fill(&store, array, &value);
    }
    let output = subset_of(&store, &[]);
    for (name, missing, declares) in [("lon", 0, false), ("lb", 0, false), ("area", 0, false), ("t", 1, true)] {
        let variable = output.variable(name);
        assert_eq!(variable["statistics"]["missing"], missing, "{name}");
        assert_eq!(variable["attributes"].get("_FillValue").is_some(), declares, "{name}");
    }
}

#[test]
fn what_is_no_place_stays_missing_on_a_curvilinear_grid() {
    let folder = tempfile::tempdir().unwrap();
    let grid = |name: &str| json!({"units": name, "standard_name": name.replace("degrees_north", "latitude")});
    let store = Store::new(folder.path(), "filled.zarr", json!({}))
        .array("lat", &["y", "x"], &[2, 2], &[0.0, 1e20, 1.0, 1.0], grid("degrees_north"))
        .array("t", &["y", "x"], &[2, 2], &[0.0, 1.0, 2.0, 3.0], json!({"units": "K", "coordinates": "lat"}))
        .path();
    fill(&store, "lat", &json!(1e20));
    assert_eq!(subset_of(&store, &[]).variable("lat")["statistics"]["missing"], 1);
}

/// 40 000 floats in chunks, deflated at level 1.
const DEFLATED: &str = "dimensions: time = 4 ; x = 10000 ; variables: float q(time, x) ; q:_Storage = \"chunked\" ; \
    q:_ChunkSizes = 1, 10000 ; q:_DeflateLevel = 1 ; q:_Shuffle = \"true\" ; data: q = 1 ;";

#[test]
fn another_level_of_compression_is_compressed_anew() {
    let folder = tempfile::tempdir().unwrap();
    let Some(input) = made(&folder, "deflated", DEFLATED) else { return };
    for (arguments, said) in [
        (&["--compression", "deflate:9"][..], "0 chunks copied as stored, 4 encoded"),
        (&["--compression", "deflate:1"], "4 chunks copied as stored, 0 encoded"),
        (&[], "4 chunks copied as stored, 0 encoded"),
    ] {
        let output = subset_of(Path::new(&input), &[arguments, &["--verbose"]].concat());
        assert!(output.said.stderr.contains(said), "{arguments:?}: {}", output.said);
    }
}

#[test]
fn integers_that_were_never_written_are_missing() {
    let folder = tempfile::tempdir().unwrap();
    let cdl = "dimensions: x = 4 ; t = 2 ; variables: int n(x) ; short s(x) ; byte b(x) ; int flag(x) ; \
        flag:flag_values = 1, 2 ; flag:flag_meanings = \"a b\" ; int t(t) ; ubyte u(x) ; int64 l(x) ; \
        data: n = 1, _, 3, _ ; s = 1, _, 3, _ ; b = 1, _, 3, _ ; flag = 1, _, 1, _ ; t = _, 5 ; u = 1, _, 3, _ ; l = 1, _, 3, 4 ;";
    let Some(input) = made(&folder, "unwritten", cdl) else { return };
    // As netCDF4-python has them.
    let expected = [("n", 2), ("s", 2), ("b", 0), ("flag", 0), ("t", 0), ("u", 0), ("l", 1)];
    let output = subset_of(Path::new(&input), &[]);
    for (name, missing) in expected {
        let variable = output.variable(name);
        assert_eq!(variable["statistics"]["missing"], missing, "{name}");
        assert!(variable["attributes"].get("_FillValue").is_none(), "{name}");
    }
    let out = output.path().display().to_string();
    run("inspect", &[&*input, "--compare", &out]).ok();
    let dump =
        |path: &str| Command::program("ncdump").arguments(["-v", "n,s,b,flag,t,u,l", path]).run().ok().to_owned();
    for format in ["zarr", "cdf5"] {
        let far = folder.path().join(format).display().to_string();
        run("subset", &[&*input, "-o", &far, "--format", format]).ok();
        let also = subset_of(Path::new(&far), &["--format", "zarr"]);
        assert_eq!(also.variable("n")["statistics"]["missing"], 2, "{format}");
    }
    let data = |text: String| text.split_once("data:").map(|(_, data)| data.to_owned());
    assert_eq!(data(dump(&input)), data(dump(&out)));
}

#[test]
fn integers_never_written_stay_missing_in_a_wider_type() {
    let folder = tempfile::tempdir().unwrap();
    let cdl = |kind: &str, time: u8| {
        format!(
            "dimensions: time = 2 ; variables: int time(time) ; time:units = \"days since 2000-01-0{time}\" ; \
             {kind} n(time) ; data: time = 0, 1 ; n = 7, _ ;"
        )
    };
    let Some(a) = made(&folder, "a", &cdl("short", 1)) else { return };
    let Some(b) = made(&folder, "b", &cdl("int", 3)) else { return };
    let joined = subset_of(Path::new(&a), &[&b]).variable("n");
    assert_eq!((&joined["type"], &joined["statistics"]["missing"]), (&json!("int"), &json!(2)), "{joined}");
}

fn flags(attributes: &str) -> String {
    format!("dimensions: x = 3 ; variables: byte f(x) ; {attributes} byte g(x) ; data: f = 0, 1, 2 ; g = 0, 1, 2 ;")
}

#[test]
fn masked_flags_keep_one_type_for_values_and_attributes() {
    let folder = tempfile::tempdir().unwrap();
    for (name, attributes, kind, fill) in [
        ("values", "f:flag_values = 0b, 1b, 2b ; f:flag_meanings = \"a b c\" ;", "byte", json!(-127)),
        ("taken", "f:flag_values = 0b, 1b, -127b ; f:flag_meanings = \"a b c\" ;", "byte", json!(-128)),
        ("range", "f:valid_range = 0b, 100b ;", "byte", json!(-127)),
        ("ends", "f:valid_min = 0b ; f:valid_max = 100b ;", "byte", json!(-127)),
        ("full", "f:valid_range = -128b, 127b ;", "short", json!(-32767)),
        (
            "masks",
            "f:flag_masks = 1b, 2b ; f:flag_meanings = \"a b\" ; f:valid_range = 0b, 3b ;",
            "short",
            json!(-32767),
        ),
        (
            "sign",
            "f:_Unsigned = \"true\" ; f:flag_values = 0b, -1b ; f:flag_meanings = \"a b\" ;",
            "short",
            json!(-32767),
        ),
    ] {
        let Some(input) = made(&folder, name, &flags(attributes)) else { return };
        let f = subset_of(Path::new(&input), &["-v", "f,g", "--where", "g > 0"]).variable("f");
        assert_eq!((&f["type"], &f["attributes"]["_FillValue"]), (&json!(kind), &fill), "{name}: {f}");
        assert_eq!(f["statistics"]["missing"], 1, "{name}");
        for attribute in ["flag_values", "flag_masks", "valid_range", "valid_min", "valid_max"] {
            if f["attributes"].get(attribute).is_some() {
                assert_eq!(f["attribute_types"][attribute], kind, "{name}: {attribute}");
            }
        }
        if name == "sign" {
            assert_eq!(f["attributes"]["flag_values"], json!([0, 255]));
        }
    }
}

#[test]
fn two_files_filled_with_nan_are_stored_alike() {
    let folder = tempfile::tempdir().unwrap();
    let cdl = |time: u8| {
        format!(
            "dimensions: time = 2 ; x = 9000 ; variables: int time(time) ; time:units = \"days since 2000-01-0{time}\" ; \
             float q(time, x) ; q:_FillValue = NaNf ; q:_Storage = \"chunked\" ; q:_ChunkSizes = 1, 9000 ; \
             q:_DeflateLevel = 1 ; data: time = 0, 1 ; q = 1 ;"
        )
    };
    let Some(a) = made(&folder, "a", &cdl(1)) else { return };
    let Some(b) = made(&folder, "b", &cdl(3)) else { return };
    let said = subset_of(Path::new(&a), &[&b, "--verbose"]).said;
    assert!(said.succeeded() && !said.stderr.contains("stored otherwise"), "{said}");
    assert!(said.stderr.contains("4 chunks copied as stored"), "{said}");
}
