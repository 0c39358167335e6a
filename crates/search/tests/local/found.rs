//! The tables that `test-data/stac.py` makes with shapely and Python.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use search::source::{Options, open};
use search::{Flow, Item, Search, Source, parse};
use serde_json::Value;

/// A search from the words of a table.
fn search(words: &Value) -> Search {
    let text = |name: &str| words.get(name).and_then(Value::as_str);
    let texts = |name: &str| -> Vec<String> {
        let list = words.get(name).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Search {
        collections: texts("collections"),
        ids: texts("ids"),
        place: text("bbox").map(parse::bbox).or_else(|| text("intersects").map(parse::intersects)).transpose().unwrap(),
        period: text("datetime").map(parse::datetime).transpose().unwrap(),
        query: texts("query").iter().map(|text| parse::query(text).unwrap()).collect(),
        filter: text("filter").map(parse::filter).transpose().unwrap(),
        sortby: text("sortby").map(parse::sortby).transpose().unwrap().unwrap_or_default(),
        max_items: words.get("max_items").and_then(Value::as_u64),
        ..Search::default()
    }
}

pub(crate) fn items(source: &dyn Source, search: &Search) -> Vec<Item> {
    let mut items = Vec::new();
    let keep = &mut |item| {
        items.push(item);
        Ok(Flow::Continue(()))
    };
    source.search(search, keep).unwrap();
    items
}

fn ids(source: &dyn Source, search: &Search) -> Vec<String> {
    items(source, search).iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Every search of a table finds what it says, in the file that it names or in another with the same items.
fn check(table: &str, folder: &Path, instead: Option<&str>) {
    let table: Vec<Value> = serde_json::from_slice(&std::fs::read(testkit::fixture(table)).unwrap()).unwrap();
    let mut sources: BTreeMap<PathBuf, (Box<dyn Source>, Vec<String>)> = BTreeMap::new();
    for case in &table {
        let file = folder.join(instead.or(case["source"].as_str()).unwrap());
        let (source, all) = sources.entry(file.clone()).or_insert_with(|| {
            let source = open(file.to_str().unwrap(), Options::default()).unwrap();
            let all = ids(source.as_ref(), &Search::default());
            (source, all)
        });
        let rows = case["rows"].as_array().unwrap().iter().map(|row| row.as_u64().unwrap() as usize);
        let expected: Vec<&String> = rows.map(|row| &all[row]).collect();
        let asked = search(&case["words"]);
        let found = ids(source.as_ref(), &asked);
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{case}");
        if file.extension().is_some_and(|ending| ending == "ndjson") && asked.max_items.is_none() {
            assert_eq!(source.matched(&asked).unwrap().items, found.len() as u64, "{case}");
        }
    }
}

#[test]
fn searches_find_what_shapely_finds() {
    check("stac/searches.json", &testkit::fixture("stac"), None);
}

#[test]
fn searches_of_parquet_find_the_same() {
    check("stac/searches.json", &testkit::fixture("stac"), Some("items.parquet"));
}

#[test]
fn searches_find_what_shapely_finds_among_items_of_rustac() {
    let Some(folder) = testkit::shared_data("stac/rustac") else { return };
    check("stac/searches_rustac.json", &folder, None);
}

#[test]
fn parquet_and_json_hold_the_same_items() {
    same_items(&testkit::fixture("stac"), "items.parquet", "items.ndjson");
    let Some(folder) = testkit::shared_data("stac/rustac") else { return };
    same_items(&folder, "100-landsat-items.parquet", "100-landsat-items.json");
}

fn same_items(folder: &Path, parquet: &str, json: &str) {
    let read = |name: &str| {
        let source = open(folder.join(name).to_str().unwrap(), Options::default()).unwrap();
        items(source.as_ref(), &Search::default())
    };
    let (rows, features) = (read(parquet), read(json));
    assert_eq!(rows.len(), features.len());
    for (row, item) in rows.iter().zip(&features) {
        for (name, value) in item {
            let [row, feature] =
                [row.get(name), Some(value)].map(|value| times(value.cloned().map(without_nulls).as_ref()));
            assert_eq!(row, feature, "{name} of {}", item["id"]);
        }
        assert!(row.keys().all(|name| item.contains_key(name)), "{}", item["id"]);
    }
}

/// Parquet can't tell a null from what is not there.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// A value with its times and numbers written in one way.
fn times(value: Option<&Value>) -> Value {
    match value {
        Some(Value::String(text)) => {
            let text = text.replace("+00:00", "Z");
            match text.strip_suffix('Z').filter(|time| time.contains('.')) {
                Some(time) => Value::from(format!("{}Z", time.trim_end_matches('0'))),
                None => Value::from(text),
            }
        }
        Some(Value::Number(number)) => Value::from(number.as_f64()),
        Some(Value::Object(map)) => map.iter().map(|(key, value)| (key.clone(), times(Some(value)))).collect(),
        Some(Value::Array(list)) => list.iter().map(|value| times(Some(value))).collect(),
        Some(other) => other.clone(),
        None => Value::Null,
    }
}

#[test]
fn every_document_of_stac_opens_or_says_why() {
    let Some(folder) = testkit::shared_data("stac") else { return };
    let mut opened = 0;
    let mut read = |path: &Path| {
        let Ok(source) = open(path.to_str().unwrap(), Options::default()) else { return };
        // Links to the network are not followed here.
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        if !text.contains("\"child\"") && !text.contains("\"item\"") && !text.contains("\"items\"") {
            let _ = source.search(&Search::default(), &mut |_| Ok(Flow::Continue(())));
        }
        opened += 1;
    };
    for part in ["crate-stac", "stac-spec", "pystac"] {
        testkit::for_each_malformed(&folder.join(part), &mut read);
    }
    assert!(opened > 25, "{opened}");
}

#[test]
fn a_catalog_of_pystac_is_walked() {
    let Some(folder) = testkit::shared_data("stac/pystac/tests/data-files/catalogs/test-case-1") else { return };
    let source = open(folder.join("catalog.json").to_str().unwrap(), Options::default()).unwrap();
    // As `pystac.Catalog.from_file(…).get_items(recursive=True)` of pystac 1.15 has them.
    let mut found = ids(source.as_ref(), &Search::default());
    found.sort();
    let areas = ["1-1", "1-2", "2-1", "2-2"];
    let expected: Vec<String> =
        areas.iter().flat_map(|area| ["imagery", "labels"].map(|kind| format!("area-{area}-{kind}"))).collect();
    assert_eq!(found, expected);
    let names: Vec<Value> = source.collections().unwrap().iter().map(|collection| collection["id"].clone()).collect();
    assert_eq!(names, ["area-1-1", "area-1-2", "area-2-1", "area-2-2"]);
}
