//! STAC objects of others against the packed schemas.

use std::path::Path;
use std::time::Instant;

use catalog::{Findings, Validator};
use serde_json::{Value, json};
use testkit::shared_data;

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    // The specification's examples are of the last days before 1.1.
    serde_json::from_str(&text.replace("1.1.0-beta.1", "1.1.0")).unwrap()
}

fn told(found: &Findings) -> Vec<String> {
    found.problems.iter().map(ToString::to_string).collect()
}

/// Published items and collections of STAC 1.0 and 1.1, those of the specification and of pystac's tests: all are sound
/// but the one that is meant not to be.
#[test]
fn objects_of_others() {
    let Some(folder) = shared_data("stac") else { return };
    let validator = Validator::new();
    for (name, expected) in [
        ("stac-spec/examples/simple-item.json", ""),
        ("stac-spec/examples/collectionless-item.json", ""),
        ("stac-spec/examples/catalog.json", ""),
        ("stac-spec/examples/extensions-collection/collection.json", ""),
        ("stac-spec/examples/extensions-collection/proj-example/proj-example.json", ""),
        ("stac-spec/examples/core-item.json", ""),
        ("stac-spec/examples/extended-item.json", ""),
        ("stac-spec/examples/collection.json", ""),
        ("stac-spec/examples/collection-only/collection.json", ""),
        ("crate-stac/data/bands-v1.1.0.json", ""),
        ("crate-stac/data/invalid-item.json", "/id: \"\" is shorter than 1 character"),
        ("pystac-client/tests/data/sample-item.json", ""),
        ("pystac-client/tests/data/planetary-computer-collection.json", ""),
        ("pystac/tests/data-files/catalogs/test-case-1/catalog.json", ""),
        ("pystac/tests/data-files/catalogs/test-case-1/country-1/area-1-1/collection.json", ""),
        ("odc-stac/tests/data/S2B_MSIL2A_20190629T212529_R043_T06VVN_20201006T080531.json", ""),
        ("odc-stac/tests/data/sentinel-2-l2a.collection.json", ""),
        ("odc-stac/tests/data/LC08_L2SP_028030_20200114_20200824_02_T1_SR.json", ""),
        ("rustac/100-landsat-items.json", ""),
    ] {
        let found = validator.check_all(&read(&folder.join(name))).unwrap();
        assert_eq!(told(&found).join("\n"), expected, "{name}");
    }
    let old = "odc-stac/tests/data/ga_ls8c_ard_3-1-0_088080_2020-05-25_final.stac-item.json";
    assert!(validator.check(&read(&folder.join(old))).unwrap_err().to_string().contains("1.0.0-beta.2"));
    let landsat = validator.check_all(&read(&folder.join("rustac/100-landsat-items.json"))).unwrap();
    assert!(landsat.unknown_extensions.iter().any(|address| address.contains("landsat-extension")));
}

#[test]
fn a_thousand_items_take_a_second_or_two() {
    let Some(folder) = shared_data("stac") else { return };
    let item = read(&folder.join("stac-spec/examples/extended-item.json"));
    let items = json!({"type": "FeatureCollection", "features": vec![item; 1000]});
    let begun = Instant::now();
    Validator::new().check_all(&items).unwrap();
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

/// Each breach with its place, however deep in rules of which one must hold.
#[test]
fn breaches_are_told_where_they_are() {
    let Some(folder) = shared_data("stac") else { return };
    let (validator, good) = (Validator::new(), read(&folder.join("stac-spec/examples/extended-item.json")));
    for (at, wrong, expected) in [
        ("/geometry/type", json!("Circle"), "/geometry/type: "),
        ("/geometry/coordinates/0/0/0", json!("x"), "/geometry/coordinates/0/0/0: \"x\" is not of type \"number\""),
        ("/bbox", json!([1, 2, 3]), "/bbox: [1,2,3] has less than 4 items"),
        ("/properties/datetime", json!("2020"), "/properties/datetime: \"2020\" is no date-time"),
        ("/properties/datetime", json!(null), "/properties/datetime: null is not allowed"),
        ("/properties/proj:shape", json!([1]), "/properties/proj:shape: [1] has less than 2 items"),
        ("/properties/proj:code", json!(4326), "/properties/proj:code: 4326 is not of types"),
        (
            "/properties/view:sun_elevation",
            json!(100),
            "/properties/view:sun_elevation: 100 is greater than the maximum",
        ),
        ("/assets/analytic/href", json!(1), "/assets/analytic/href: 1 is not of type \"string\""),
        ("/links/0/rel", json!(null), "/links/0/rel: null is not of type \"string\""),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(at).unwrap() = wrong;
        let found = told(&validator.check(&bad).unwrap());
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{at}: {found:#?}");
        let mut sorted = found.clone();
        sorted.dedup();
        assert_eq!(found, sorted);
    }
    let mut bad = good.clone();
    bad.as_object_mut().unwrap().remove("assets");
    assert_eq!(told(&validator.check(&bad).unwrap()), ["/: \"assets\" is a required property"]);
}
