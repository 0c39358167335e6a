//! Scenes once, few items for an area, groups.

use super::{DATELINE, S2, ids, items, search, write};

#[test]
fn a_scene_is_kept_once() {
    let said = search(S2, &["--dedupe", "baseline", "--group-by", "s2:processing_baseline"]);
    let rows: Vec<&str> = said.ok().lines().collect();
    assert!(rows[1].starts_with("02.11\t167\t") && rows[2].starts_with("05.00\t3\t"), "{said}");
    assert!(said.stderr.contains("3 items of 173 dropped"), "{said}");
    let kept = ids(S2, &["--dedupe", "latest", "--datetime", "2019-01-13"]);
    assert_eq!(kept, ["S2A_31TDJ_20190113_R008_N0500"]);
    // The order stays, and what is counted at most is counted after.
    let three = ids(S2, &["--dedupe", "latest", "--sortby", "-datetime", "--max-items", "3"]);
    assert_eq!(three, ids(S2, &["--sortby", "-datetime", "--max-items", "3"]));
    let said = search(DATELINE, &["--dedupe", "latest", "--matched"]);
    assert_eq!(said.ok(), "5\n");
}

#[test]
fn few_items_cover_the_area() {
    let said = search(S2, &["--bbox=0.7,42.4,1.8,44.1", "--cover", "--format", "csv", "--columns", "s2:mgrs_tile"]);
    let tiles: Vec<&str> = said.ok().lines().skip(1).collect();
    assert!(tiles == ["31TCJ", "31TCH"] || tiles == ["31TCH", "31TCJ"], "{said}");
    assert!(said.stderr.contains("100 % of the area covered by 2 items"), "{said}");
    // Half of the box is beyond all tiles.
    let said = search(S2, &["--bbox=1.9,43.3,4.3,44.1", "--cover", "--format", "ndjson"]);
    said.ok();
    assert!(said.stderr.contains("50 % of the area covered by 1 item of"), "{said}");
    let polygon = r#"{"type":"Polygon","coordinates":[[[1,43.5],[2.5,43.5],[2.5,44],[1,43.5]]]}"#;
    let clear = items(S2, &["--intersects", polygon, "--cover"]);
    assert!((1..=2).contains(&clear.len()));
    assert!(clear.iter().all(|item| item["properties"]["eo:cloud_cover"].as_u64().unwrap() <= 5));
    let both = ids(DATELINE, &["--bbox=178,-19,-179,-16", "--cover"]);
    assert_eq!(both, ["cut"]);
}

#[test]
fn groups_as_tables_and_json() {
    let json = search(S2, &["--group-by", "platform", "--format", "json"]).json();
    assert_eq!((&json[0]["platform"], &json[0]["items"]), (&"sentinel-2a".into(), &90.into()));
    let csv = write(DATELINE, "groups.csv", &["--group-by", "collection"]).text();
    assert_eq!(
        csv,
        "collection,items,first,last\n\
         radar,2,2021-01-03T06:00:00Z,2021-01-03T18:00:00Z\n\
         sea-level,3,2021-02-01T00:00:00Z,2021-02-01T00:00:00Z\n"
    );
    let dates = search(S2, &["--group-by", "date"]);
    assert_eq!(dates.ok().lines().count(), 1 + 108);
}
