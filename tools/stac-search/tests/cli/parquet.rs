//! Items as geoparquet, and back.

use serde_json::Value;

use super::{DATELINE, S2, STORES, items, write};

/// The items of a fixture after a way through a file.
#[track_caller]
fn back(input: &str, arguments: &[&str]) -> Vec<Value> {
    let written = write(input, "items.parquet", arguments);
    assert!(written.bytes().starts_with(b"PAR1"));
    let path = written.path().display().to_string();
    let said = testkit::run("stac-search", &[path.as_str(), "--format", "ndjson"]);
    said.ok().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn items_come_back() {
    let (before, after) = (items(S2, &[]), back(S2, &[]));
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        for member in ["id", "collection", "geometry", "bbox", "assets", "stac_version", "stac_extensions"] {
            assert_eq!(before[member], after[member], "{member}");
        }
        for property in ["platform", "eo:cloud_cover", "sat:relative_orbit", "s2:processing_baseline", "datetime"] {
            assert_eq!(before["properties"][property], after["properties"][property], "{property}");
        }
    }
}

#[test]
fn items_that_differ_share_a_file() {
    let after = back(STORES, &["--id", "one,two"]);
    assert_eq!(after[0]["properties"]["level"], "850");
    assert_eq!(after[1]["properties"]["level"], "surface");
    assert_eq!(after[1]["properties"]["origin"]["runs"], 4);
    assert_eq!(after[0]["assets"]["store"]["href"], "s3://bucket/one.zarr");
    assert!(after[0]["assets"].get("month").is_none_or(Value::is_null));
    let geometries: Vec<Value> = back(DATELINE, &[]).into_iter().map(|item| item["geometry"]["type"].clone()).collect();
    assert_eq!(geometries, ["MultiPolygon", "Polygon", "Polygon", "Polygon", "Point"]);
}

#[test]
fn an_item_without_a_place_stays_one() {
    let after = back(STORES, &[]);
    assert_eq!((after.len(), &after[2]["id"], &after[2]["geometry"]), (3, &"three".into(), &Value::Null));
}
