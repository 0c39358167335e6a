//! Catalogs on disk: what is written, that it keeps the schemas, and that it can be extended.

mod made;

use std::fs;
use std::path::Path;

use catalog::{Catalog, Data, Facts, Group, ItemAsset, Look, StoreAsset, collection, item, validate};
use made::{latlon, projected};
use serde_json::{Value, json};
use testkit::fixture;

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn sound(object: &Value) {
    let found = validate(object).unwrap();
    assert!(found.problems.is_empty() && found.unknown_extensions.is_empty(), "{found:?}\n{object:#}");
}

fn add(folder: &Path, id: &str, href: &str) {
    let mut catalog = Catalog::open_or_create(folder).unwrap();
    catalog.add(collection(&Facts::of(&latlon()).unwrap(), id, &StoreAsset::new(href, 3)).unwrap()).unwrap();
    catalog.write().unwrap();
}

const FIXTURES: [&str; 28] = [
    "A1B_north_america.nc",
    "SOI_Darwin.nc",
    "air_temperature_small.nc",
    "atlantic_profiles.nc",
    "coads_climatology.cdf",
    "etopo60.cdf",
    "hybrid_height.nc",
    "mesh_C4_synthetic_float.nc",
    "nemo_201501.nc",
    "orca2_votemper.nc",
    "pressure.zarr",
    "rotated_pole.nc",
    "toa_brightness_stereographic.nc",
    "vlstr_type.nc",
    "made/calendar_360_day.nc",
    "made/calendar_all_leap.nc",
    "made/calendar_julian.nc",
    "made/calendar_noleap.nc",
    "made/cams_like.nc",
    "made/curvilinear_pole.nc",
    "made/groups.nc",
    "made/monthly_v2.zarr",
    "made/monthly_v3.zarr",
    "made/packed_1.nc",
    "made/pressure_dateline.nc",
    "made/ragged.nc",
    "made/rotated_winds.nc",
    "made/types_netcdf4.nc",
];

#[test]
fn collections_of_all_fixtures_keep_the_schemas() {
    for name in FIXTURES {
        let path = fixture(name);
        let facts = Facts::of(&pangeo::io::open::open(path.to_str().unwrap()).unwrap()).unwrap();
        let made = collection(&facts, "x", &StoreAsset::new(path.to_str().unwrap(), 3)).unwrap();
        let json = serde_json::to_value(&made).unwrap();
        let found = validate(&json).unwrap();
        assert!(found.problems.is_empty() && found.unknown_extensions.is_empty(), "{name}: {found:?}\n{json:#}");
    }
    for dataset in [projected("EPSG:3035", "km", (2500.0, 5500.0), (1500.0, 4500.0)), latlon()] {
        let facts = Facts::of(&dataset).unwrap();
        sound(&serde_json::to_value(collection(&facts, "x", &StoreAsset::new("s3://b/x.zarr", 2)).unwrap()).unwrap());
    }
}

/// The general rules of the STAC best practices for Zarr (2026-03-16).
#[test]
fn a_store_is_an_asset_of_its_collection() {
    let store = StoreAsset {
        consolidated: Some(true),
        root: Some("s3://bucket/d3hp003.zarr".to_owned()),
        ..StoreAsset::new("s3://bucket/d3hp003.zarr/P1D_mean_z5_atm", 3)
    };
    let made = collection(&Facts::of(&latlon()).unwrap(), "d3hp003", &store).unwrap();
    let json = serde_json::to_value(&made).unwrap();
    let asset = &json["assets"]["data"];
    assert_eq!(asset["href"], "s3://bucket/d3hp003.zarr/P1D_mean_z5_atm");
    assert_eq!((&asset["type"], &asset["roles"]), (&json!("application/vnd.zarr; version=3"), &json!(["data"])));
    assert_eq!(
        asset["bands"],
        json!([{
            "name": "t",
        "description": "air_temperature",
            "data_type": "float32",
            "unit": "K",
            "cf:standard_name": "air_temperature",
        }])
    );
    assert_eq!((&asset["zarr:consolidated"], &asset["zarr:zarr_format"]), (&json!(true), &json!(3)));
    assert_eq!((&asset["zarr:node_type"], &asset["proj:code"]), (&json!("group"), &json!("EPSG:4326")));
    let link = &json["links"].as_array().unwrap()[0];
    assert_eq!((&link["rel"], &link["href"]), (&json!("store"), &json!("s3://bucket/d3hp003.zarr")));
    assert_eq!(link["type"], "application/vnd.zarr; version=3");
    assert_eq!(json["extent"]["spatial"]["bbox"], json!([[0.0, 40.0, 30.0, 60.0]]));
    sound(&json);
}

#[test]
fn further_runs_extend_a_catalog() {
    let folder = tempfile::tempdir().unwrap();
    let stac = folder.path().join("stac");
    add(&stac, "b", "s3://bucket/b.zarr");
    let path = stac.join("catalog.json");
    // What others write stays.
    let mut catalog = read(&path);
    catalog["id"] = json!("mine");
    catalog["title"] = json!("My catalog");
    catalog["links"].as_array_mut().unwrap().push(json!({"rel": "child", "href": "./a/catalog.json"}));
    catalog["links"]
        .as_array_mut()
        .unwrap()
        .push(json!({"rel": "license", "href": "https://example.org", "hreflang": "en"}));
    fs::write(&path, catalog.to_string()).unwrap();
    add(&stac, "c", "s3://bucket/c.zarr");
    add(&stac, "b", "s3://bucket/b2.zarr");
    let catalog = read(&path);
    assert_eq!((&catalog["id"], &catalog["title"]), (&json!("mine"), &json!("My catalog")));
    let links = catalog["links"].as_array().unwrap();
    let hrefs: Vec<&str> = links.iter().filter_map(|l| l["href"].as_str()).collect();
    let expected =
        ["./catalog.json", "https://example.org", "./a/catalog.json", "./b/collection.json", "./c/collection.json"];
    assert_eq!(hrefs, expected);
    assert_eq!(links[1]["hreflang"], "en");
    sound(&catalog);
    let collection = read(&stac.join("b/collection.json"));
    assert_eq!(collection["assets"]["data"]["href"], "s3://bucket/b2.zarr");
    let up: Vec<(&str, &str)> = collection["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| (l["rel"].as_str().unwrap(), l["href"].as_str().unwrap()))
        .collect();
    assert_eq!(up, [("root", "../catalog.json"), ("parent", "../catalog.json"), ("store", "s3://bucket/b2.zarr")]);
    sound(&collection);
}

#[test]
fn the_order_of_runs_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (folder.path().join("1/stac"), folder.path().join("2/stac"));
    ["a", "b", "c"].iter().for_each(|id| add(&one, id, "s3://bucket/x.zarr"));
    ["c", "a", "b", "a"].iter().for_each(|id| add(&other, id, "s3://bucket/x.zarr"));
    for name in ["catalog.json", "a/collection.json", "c/collection.json"] {
        assert_eq!(fs::read(one.join(name)).unwrap(), fs::read(other.join(name)).unwrap(), "{name}");
    }
}

#[test]
fn local_stores_are_found_from_the_collection() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("data/air.zarr");
    fs::create_dir_all(&store).unwrap();
    let stac = folder.path().join("stac");
    add(&stac, "air", store.to_str().unwrap());
    let href = read(&stac.join("air/collection.json"))["assets"]["data"]["href"].as_str().unwrap().to_owned();
    assert_eq!(href, "../../data/air.zarr");
    assert!(stac.join("air").join(href).is_dir());
}

#[test]
fn what_can_not_be_a_catalog_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let facts = Facts::of(&latlon()).unwrap();
    let store = StoreAsset::new("s3://bucket/x.zarr", 3);
    for id in ["", "..", "a/b", "-x", "ä", &"x".repeat(300)] {
        let error = collection(&facts, id, &store).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{id}");
    }
    assert_eq!(collection(&facts, "x", &StoreAsset::new("x", 4)).unwrap_err().exit_code(), 2);
    assert_eq!(Catalog::open_or_create(Path::new("s3://bucket/stac")).unwrap_err().exit_code(), 2);
    for text in ["{", "[]", r#"{"type": "Collection", "id": "x"}"#] {
        fs::write(folder.path().join("catalog.json"), text).unwrap();
        let error = Catalog::open_or_create(folder.path()).unwrap_err().to_string();
        assert!(error.contains("no STAC catalog") && error.contains("catalog.json"), "{error}");
    }
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(Catalog::open_or_create(&file).unwrap_err().exit_code(), 2);
}

#[test]
fn breaches_are_told_with_their_place() {
    let store = StoreAsset::new("s3://bucket/x.zarr", 3);
    let good = serde_json::to_value(collection(&Facts::of(&latlon()).unwrap(), "x", &store).unwrap()).unwrap();
    let cases: [(&str, Value, &str); 6] = [
        ("/extent/spatial/bbox", json!([[0, 0, 1, 1], [0, 0, 1, 1]]), "/extent/spatial/bbox"),
        ("/license", json!(1), "/license"),
        ("/assets/data/zarr:zarr_format", json!(4), ""),
        ("/assets/data/proj:shape", json!([1]), ""),
        ("/cube:dimensions/lat/extent", json!([null, 1]), ""),
        ("/extent/temporal/interval", json!([["yesterday", null]]), "/extent/temporal"),
    ];
    for (at, wrong, told) in cases {
        let mut bad = good.clone();
        *bad.pointer_mut(at).unwrap() = wrong;
        let problems = validate(&bad).unwrap().problems;
        assert!(problems.iter().any(|p| p.to_string().contains(told)), "{at}: {problems:?}");
    }
    assert!(validate(&json!({"type": "x"})).is_err());
    let mut unknown = good.clone();
    unknown["stac_extensions"].as_array_mut().unwrap().push(json!("https://example.org/schema.json"));
    assert_eq!(validate(&unknown).unwrap().unknown_extensions, ["https://example.org/schema.json"]);
}

/// Where `$PANGEO_PYSTAC` names a Python with pystac; `tests/open_with_pystac.py` says what is looked at.
#[test]
fn pystac_opens_and_validates() {
    let Some(python) = std::env::var_os("PANGEO_PYSTAC") else {
        eprintln!("SKIPPED (no pystac): PANGEO_PYSTAC is not set");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut catalog = Catalog::open_or_create(&folder.path().join("stac")).unwrap().with_title("Fixtures");
    for name in FIXTURES {
        let path = fixture(name);
        let facts = Facts::of(&pangeo::io::open::open(path.to_str().unwrap()).unwrap()).unwrap();
        let store = StoreAsset::new(path.to_str().unwrap(), 3);
        catalog.add(collection(&facts, &catalog::id_of(name), &store).unwrap()).unwrap();
    }
    let engine = pangeo::engine::Engine::new(1, 1 << 26);
    let items = FIXTURES.map(|name| {
        let path = fixture(name);
        let place = path.to_str().unwrap();
        let data = Data::at(place, Look { statistics: true, checksum: true }, &engine).unwrap();
        item(&data.or_from("2000".parse().ok()), &catalog::id_of(name), &ItemAsset::new(place)).unwrap()
    });
    let group = Group { id: "items".to_owned(), ..Group::default() };
    catalog.add_items(group.clone(), group, items.to_vec()).unwrap();
    let path = catalog.write().unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = std::process::Command::new(python)
        .arg(here.join("tests/open_with_pystac.py"))
        .args([&path, &here.join("schemas")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    assert_eq!(said.trim(), (2 * FIXTURES.len()).to_string());
}

#[test]
fn runs_at_the_same_time_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let stac = folder.path().join("stac");
    std::thread::scope(|scope| {
        for i in 0..16 {
            let stac = &stac;
            scope.spawn(move || add(stac, &format!("c{i:02}"), "s3://bucket/x.zarr"));
        }
    });
    let children = read(&stac.join("catalog.json"))["links"].as_array().unwrap().len() - 1;
    assert_eq!(children, 16);
    let left: Vec<_> = fs::read_dir(&stac).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 17, "{left:?}");
}
