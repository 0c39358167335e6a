//! What is said of single files and stores. Boxes and times as in the tests of `catalog`, which name their sources.

use serde_json::{Value, json};

use crate::world::{World, hrefs, of};

#[track_caller]
fn item(name: &str, more: &str) -> Value {
    World::new().item(&format!("{} --as item {more}", of(name)))
}

#[test]
fn a_box_across_the_dateline_is_two_polygons() {
    let item = item("made/pressure_dateline.nc", "--datetime 2000-01-01T00:00:00Z");
    assert_eq!(item["bbox"], json!([157.5, -12.5, -157.5, 12.5]));
    assert_eq!(item["geometry"]["type"], "MultiPolygon");
    assert_eq!(item["geometry"]["coordinates"][0][0][0], json!([157.5, -12.5]));
    assert_eq!(item["geometry"]["coordinates"][1][0][1], json!([-157.5, -12.5]));
    let whole = self::item("coads_climatology.cdf", "--datetime 2000");
    assert_eq!(whole["geometry"]["coordinates"][0][1], json!([180.0, -90.0]));
}

#[test]
fn grids_of_every_kind_have_a_place() {
    for (name, bbox) in [
        ("made/rotated_winds.nc", json!([10.512_275_3, 47.049_258_6, 23.831_775_1, 53.247_179_3])),
        ("made/curvilinear_pole.nc", json!([-180.0, 61.715_728_8, 180.0, 90.0])),
        ("mesh_C4_synthetic_float.nc", json!([-180.0, -90.0, 180.0, 90.0])),
    ] {
        let item = item(name, "--datetime 2000");
        let near = |a: &Value, b: &Value| (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-5;
        let (found, bbox) = (item["bbox"].as_array().unwrap(), bbox.as_array().unwrap());
        assert!(found.iter().zip(bbox).all(|(a, b)| near(a, b)), "{name}: {found:?}");
    }
}

#[test]
fn times_of_every_calendar() {
    for (name, time) in [
        ("made/calendar_360_day.nc", ["2000-01-01T12:00:00Z", "2000-12-30T12:00:00Z"]),
        ("made/calendar_noleap.nc", ["2000-01-01T12:00:00Z", "2000-12-31T12:00:00Z"]),
        ("made/calendar_julian.nc", ["2000-01-14T12:00:00Z", "2001-01-13T12:00:00Z"]),
    ] {
        // A time that is given does not go before that of the data.
        let item = item(name, "--datetime 1900");
        let told = &item["properties"];
        assert_eq!((&told["start_datetime"], &told["end_datetime"]), (&json!(time[0]), &json!(time[1])), "{name}");
        assert_eq!(told["datetime"], Value::Null);
    }
    let single = item("nemo_201501.nc", "");
    assert_eq!(single["properties"]["datetime"], "2015-01-16T00:00:00Z");
    assert!(single["properties"].get("start_datetime").is_none());
}

#[test]
fn data_without_a_time_or_a_place_get_theirs_from_the_arguments() {
    let world = World::new();
    let said = world.run(&format!("{} -o stac", of("etopo60.cdf")));
    let error = said.fails(1);
    assert!(error.contains("etopo60.cdf") && error.contains("--datetime"), "{error}");
    assert!(!world.path("stac").exists());
    let told = item("etopo60.cdf", "--datetime 1988-03")["properties"].clone();
    assert_eq!(told["start_datetime"], "1988-03-01T00:00:00Z");
    assert_eq!(told["end_datetime"], "1988-03-31T23:59:59Z");
    world.copy("made/types_cdf5.nc", "types_20200131.nc");
    let item = world.item("types_20200131.nc --datetime name");
    assert_eq!((&item["geometry"], item.get("bbox")), (&Value::Null, None));
    assert_eq!(item["properties"]["start_datetime"], "2020-01-31T00:00:00Z");
    let placed = world.item("types_20200131.nc --datetime name --bbox -10,40,10,60");
    assert_eq!(placed["bbox"], json!([-10.0, 40.0, 10.0, 60.0]));
}

#[test]
fn assets_tell_types_units_packing_size_and_checksum() {
    let world = World::new();
    let item = world.item(&format!("{} --checksum --stats --id one", of("made/packed_1.nc")));
    assert_eq!((&item["id"], &item["collection"]), (&json!("one"), &json!("data")));
    let asset = &item["assets"]["data"];
    assert_eq!((&asset["type"], &asset["roles"]), (&json!("application/netcdf"), &json!(["data"])));
    assert_eq!(asset["file:size"], std::fs::metadata(of("made/packed_1.nc")).unwrap().len());
    // sha256sum packed_1.nc
    let checksum = "5e66709c7348c45af0b81946ca5211b1a11ba5571c9691413f591f73dbba0396";
    assert_eq!(asset["file:checksum"], format!("1220{checksum}"));
    let band = &asset["bands"][0];
    assert_eq!((&band["name"], &band["data_type"]), (&json!("t"), &json!("int16")));
    assert!(band["raster:scale"].is_number() && band["raster:offset"].is_number(), "{band}");
    assert_eq!(band["statistics"]["count"], 186);
    assert!(band["statistics"]["minimum"].as_f64() < band["statistics"]["maximum"].as_f64());
    let extensions = item["stac_extensions"].to_string();
    for name in ["datacube/v2.3.0", "raster/v2.0.0", "file/v2.1.0", "projection/v2.0.0"] {
        assert!(extensions.contains(name), "{name}: {extensions}");
    }
    assert_eq!(item["properties"]["proj:code"], "EPSG:4326");
    assert_eq!(item["properties"]["cube:variables"]["t"]["dimensions"], json!(["time", "lat", "lon"]));
}

#[test]
fn a_zarr_store_is_a_collection_or_an_item() {
    for (name, version) in [("made/monthly_v2.zarr", 2), ("made/monthly_v3.zarr", 3), ("galaxy/monthly_v3.zarr.zip", 3)]
    {
        let world = World::new();
        world.ok(&format!("{} -o stac --collection tas", of(name)));
        let collection = world.json("stac/tas/collection.json");
        let asset = &collection["assets"]["data"];
        assert_eq!(asset["type"], format!("application/vnd.zarr; version={version}"));
        assert_eq!((&asset["zarr:zarr_format"], &asset["zarr:node_type"]), (&json!(version), &json!("group")));
        assert_eq!(hrefs(&collection, "store"), [asset["href"].as_str().unwrap()]);
        assert_eq!(collection["extent"]["temporal"]["interval"][0][0], "1990-01-16T00:00:00Z");
        assert!(hrefs(&collection, "item").is_empty());
        let item = World::new().item(&format!("{} --as item", of(name)));
        assert_eq!(item["assets"]["data"]["type"], format!("application/vnd.zarr; version={version}"));
        assert_eq!(hrefs(&item, "store").len(), 1);
    }
}

#[test]
fn stores_of_one_collection_are_its_items() {
    let world = World::new();
    world.store("a.zarr", 0, [170.0, -10.0, 180.0, 0.0]).store("b.zarr", 10, [-170.0, 0.0, -160.0, 10.0]);
    world.ok("a.zarr b.zarr -o stac --collection both");
    let both = world.json("stac/both/collection.json");
    assert_eq!(hrefs(&both, "item"), ["./a/a.json", "./b/b.json"]);
    let [bbox] = &both["extent"]["spatial"]["bbox"].as_array().unwrap()[..] else { panic!("{both}") };
    assert!(bbox[0].as_f64() > bbox[2].as_f64(), "across the dateline: {bbox}");
    assert_eq!(both["extent"]["temporal"]["interval"], json!([["2000-01-01T00:00:00Z", "2000-01-12T00:00:00Z"]]));
    let each = World::new();
    each.store("a.zarr", 0, [0.0, 0.0, 1.0, 1.0]).store("b.zarr", 10, [0.0, 0.0, 1.0, 1.0]);
    each.ok("a.zarr b.zarr -o stac");
    assert_eq!(hrefs(&each.json("stac/catalog.json"), "child"), ["./a/collection.json", "./b/collection.json"]);
}

#[test]
fn references_are_relative_whole_or_below_a_url() {
    let world = World::new();
    world.copy("nemo_201501.nc", "in/a b.nc");
    std::fs::write(world.path("list"), "in/a b.nc\n").unwrap();
    // A link is called by its own name.
    std::os::unix::fs::symlink(of("nemo_201502.nc"), world.path("in/linked.nc")).unwrap();
    world.ok("in/linked.nc -o stac");
    assert_eq!(world.json("stac/data/linked/linked.json")["assets"]["data"]["href"], "../../../in/linked.nc");
    let href = |more: &str| {
        world.ok(&format!("@list -o stac {more}"));
        world.json("stac/data/a-b/a-b.json")["assets"]["data"]["href"].as_str().unwrap().to_owned()
    };
    assert_eq!(href(""), "../../../in/a%20b.nc");
    let whole = href("--href absolute");
    assert!(whole.starts_with('/') && whole.ends_with("/in/a%20b.nc"), "{whole}");
    assert_eq!(href("--href-prefix https://host/x/"), "https://host/x/a%20b.nc");
    assert_eq!(href("--href-prefix s3://bucket/x"), "s3://bucket/x/a%20b.nc");
}
