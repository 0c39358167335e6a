use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::*;
use crate::parse;

fn item(id: &str, n: i64) -> Value {
    json!({
        "type": "Feature", "stac_version": "1.1.0", "id": id, "collection": if n % 2 == 0 { "even" } else { "odd" },
        "geometry": {"type": "Point", "coordinates": [n, n]}, "bbox": [n, n, n, n],
        "properties": {"datetime": format!("2020-01-{:02}T00:00:00Z", n + 1), "n": n}, "links": [], "assets": {}
    })
}

fn items() -> Vec<Value> {
    ["c", "a", "d", "b"].iter().zip(0..).map(|(id, n)| item(id, n)).collect()
}

fn ids(source: &dyn Source, search: &Search) -> Result<String> {
    let mut ids = Vec::new();
    source.search(search, &mut |item| {
        ids.push(item["id"].as_str().unwrap_or("?").to_owned());
        Ok(Flow::Continue(()))
    })?;
    Ok(ids.join(" "))
}

fn opened(path: &Path) -> Result<Box<dyn Source>> {
    open(path.to_str().unwrap(), Options::default())
}

fn all(path: &Path) -> String {
    match opened(path).and_then(|source| ids(source.as_ref(), &Search::default())) {
        Ok(ids) => ids,
        Err(error) => error.to_string().replace(path.to_str().unwrap(), "FILE"),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    zipped.write_all(bytes).unwrap();
    zipped.finish().unwrap()
}

fn texts() -> Vec<String> {
    let items = items();
    let lines: Vec<String> = items.iter().map(ToString::to_string).collect();
    let collection = json!({"type": "FeatureCollection", "features": items, "links": [], "numberMatched": 4});
    let late = json!({"links": [{"rel": "next", "href": "x"}], "features": items, "type": "FeatureCollection"});
    vec![
        collection.to_string(),
        format!("{collection:#}"),
        late.to_string(),
        Value::from(items.clone()).to_string(),
        lines.join("\n"),
        format!("\n  \r\n{}\r\n\n", lines.join("\r\n\r\n")),
        format!("\u{1e}{}\n", lines.join("\n\u{1e}")),
        format!("{:#}\n{:#}\n{:#}{:#}", items[0], items[1], items[2], items[3]),
        format!("{}\n{}\n", json!({"type": "FeatureCollection", "features": &items[..3]}), lines[3]),
    ]
}

#[test]
fn files_are_read_whatever_their_form() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dataset_1.dat");
    for text in texts() {
        for bytes in [text.clone().into_bytes(), format!("\u{feff}{text}").into_bytes(), gzip(text.as_bytes())] {
            fs::write(&file, bytes).unwrap();
            assert_eq!(all(&file), "c a d b", "{text}");
        }
    }
    fs::write(&file, items()[0].to_string()).unwrap();
    assert_eq!(all(&file), "c");
    fs::write(&file, r#"{"type": "FeatureCollection", "features": []}"#).unwrap();
    assert_eq!(all(&file), "");
}

#[test]
fn what_is_asked_for_comes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("items");
    for text in texts() {
        fs::write(&file, text).unwrap();
        let source = opened(&file).unwrap();
        let by = |keys: &str, max_items: Option<u64>| {
            let sortby = if keys.is_empty() { Vec::new() } else { parse::sortby(keys).unwrap() };
            ids(source.as_ref(), &Search { sortby, max_items, ..Search::default() }).unwrap()
        };
        assert_eq!(by("", Some(2)), "c a");
        assert_eq!(by("", Some(0)), "");
        assert_eq!(by("id", None), "a b c d");
        assert_eq!(by("-id", Some(3)), "d c b");
        assert_eq!(by("collection,-n", None), "d c b a");
        assert_eq!(by("-datetime", Some(1)), "b");
        assert_eq!(by("-datetime", Some(100_000)), "b d a c");
        let even = Search { collections: vec!["even".to_owned()], max_items: Some(1), ..Search::default() };
        assert_eq!(ids(source.as_ref(), &even).unwrap(), "c");
        assert_eq!(source.matched(&even).unwrap(), Matched { items: 2, counted: true });
        let mut breaks = 0;
        let flow = &mut |_| {
            breaks += 1;
            Ok(Flow::Break(()))
        };
        source.search(&Search::default(), flow).unwrap();
        assert_eq!(breaks, 1);
        let refused = source.search(&Search::default(), &mut |_| Err(pangeo::Error::Cancelled));
        assert!(matches!(refused, Err(pangeo::Error::Cancelled)));
    }
}

#[test]
fn fields_are_cut_after_the_order_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("items");
    fs::write(&file, Value::from(items()).to_string()).unwrap();
    for max_items in [None, Some(4)] {
        let search = Search {
            fields: parse::fields("id,-geometry,-links,-assets,-bbox,-properties").unwrap(),
            sortby: parse::sortby("-n").unwrap(),
            max_items,
            ..Search::default()
        };
        let mut found = Vec::new();
        let keep = &mut |item: Item| {
            found.push(Value::Object(item));
            Ok(Flow::Continue(()))
        };
        opened(&file).unwrap().search(&search, keep).unwrap();
        assert_eq!(found[0], json!({"type": "Feature", "stac_version": "1.1.0", "id": "b", "collection": "odd"}));
    }
}

#[test]
fn items_tell_their_collections() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("items");
    fs::write(&file, Value::from(items()).to_string()).unwrap();
    let expected = json!([
        {"type": "Collection", "id": "even", "extent": {"spatial": {"bbox": [[0.0, 0.0, 2.0, 2.0]]},
            "temporal": {"interval": [["2020-01-01T00:00:00Z", "2020-01-03T00:00:00Z"]]}}, "items": 2},
        {"type": "Collection", "id": "odd", "extent": {"spatial": {"bbox": [[1.0, 1.0, 3.0, 3.0]]},
            "temporal": {"interval": [["2020-01-02T00:00:00Z", "2020-01-04T00:00:00Z"]]}}, "items": 2},
    ]);
    assert_eq!(Value::from(opened(&file).unwrap().collections().unwrap()), expected);
}

#[test]
fn what_is_no_file_of_items_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("items");
    let line = items()[0].to_string();
    let deep = format!("{{\"type\":\"Feature\",\"id\":\"a\",\"x\":{}", "[".repeat(100_000));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "this is nothing of STAC: it is empty, FILE"),
        (b" \n ".to_vec(), "this is nothing of STAC: it is empty, FILE"),
        (b"<html>".to_vec(), "this is nothing of STAC: it is HTML or XML, FILE"),
        (b"CDF\x01".to_vec(), "this is nothing of STAC: it is neither JSON nor GeoParquet, FILE"),
        (b"{}".to_vec(), "this is nothing of STAC: it is JSON of something else, FILE"),
        (br#"{"type": "Topology"}"#.to_vec(), "this is nothing of STAC: it is a Topology, FILE"),
        (b"{\"type\"".to_vec(), "it is no JSON: EOF while parsing an object at line 1 column 7, FILE"),
        (b"[1]".to_vec(), "item number 1 is no item but no object at all, FILE"),
        (b"[{}]".to_vec(), "item number 1 is no item: it has no type, FILE"),
        (
            format!("[{line}, {{\"type\": \"Feature\"}}]").into_bytes(),
            "item number 2 is no item of STAC: it has no id that is a text, FILE",
        ),
        (format!("{line}\n{{\"type\": \"Collection\"}}\n").into_bytes(), "line 2 is no item but a Collection, FILE"),
        (
            format!("{line}\n{line}\n{{\"type\": \"Fea\n").into_bytes(),
            "line 3, column 13: it is no JSON: EOF while parsing a string, FILE",
        ),
        (format!("{line}\n\n{line} 7\n").into_bytes(), "line 3, column 215: it is no JSON: trailing characters, FILE"),
        (format!("{line}\n\n1e999\n").into_bytes(), "line 3, column 5: it is no JSON: number out of range, FILE"),
        (
            b"{\"type\":\"Feature\",\"id\":\"\xff\"}".to_vec(),
            "it is no JSON: invalid unicode code point at line 1 column 25, FILE",
        ),
        (deep.into_bytes(), "it is no JSON: recursion limit exceeded at line 1 column 158, FILE"),
        (
            br#"{"type": "FeatureCollection", "features": 7}"#.to_vec(),
            "it is no JSON: invalid type: integer `7`, expected a list of items at line 1 column 44, FILE",
        ),
        (
            br#"{"type": "FeatureCollection"}"#.to_vec(),
            "it is no JSON: a FeatureCollection has no features at line 1 column 29, FILE",
        ),
        (
            format!("{{\"type\": \"FeatureCollection\", \"features\": [{line},").into_bytes(),
            "it is no JSON: EOF while parsing a value at line 1 column 257, FILE",
        ),
        (
            br#"[{"type": "Feature", "id": "a", "properties": []}]"#.to_vec(),
            "item number 1 is no item of STAC: its properties are no object, FILE",
        ),
        (
            b"{\"type\": \"Catalog\", \"links\": []}\n{\"type\": \"Catalog\"}".to_vec(),
            "it has more after a Catalog or a Collection: trailing characters at line 2 column 1, FILE",
        ),
        (b"PAR1".to_vec(), "the parquet is broken: EOF: Parquet file too small. Size is 4 but need 8, FILE"),
        (
            b"PAR1 some rubbish that is longer".to_vec(),
            "the parquet is broken: Parquet error: Invalid Parquet file. Corrupt footer, FILE",
        ),
        (gzip(line.as_bytes())[..60].to_vec(), "its compression is broken: "),
    ];
    for (bytes, expected) in cases {
        fs::write(&file, &bytes).unwrap();
        let said = all(&file);
        assert!(
            said == expected || (expected.ends_with(": ") && said.starts_with(expected)),
            "{}: {said}\n{expected}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(80)])
        );
    }
    assert!(all(&folder.path().join("absent")).starts_with("cannot open FILE: No such file"));
    assert!(all(folder.path()).starts_with("the folder has neither a catalog.json"));
    assert!(all(Path::new("/dev/null")).starts_with("this is no file that can be read twice"));
}

#[test]
fn times_and_places_that_are_none_name_the_item_and_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("items");
    let mut broken = items();
    broken[2]["properties"]["datetime"] = json!("soon");
    broken[3]["geometry"] = json!({"type": "Point", "coordinates": ["x", 1]});
    fs::write(&file, Value::from(broken).to_string()).unwrap();
    let source = opened(&file).unwrap();
    assert_eq!(ids(source.as_ref(), &Search::default()).unwrap(), "c a d b");
    let when = Search { period: Some(parse::datetime("2020").unwrap()), ..Search::default() };
    let said = ids(source.as_ref(), &when).unwrap_err().to_string();
    assert_eq!(said, format!("datetime 'soon' is no time, item 'd' in {}", file.display()));
    let place = Search { place: Some(parse::bbox("0,0,9,9").unwrap()), ..Search::default() };
    let said = ids(source.as_ref(), &place).unwrap_err().to_string();
    assert_eq!(said, format!("[\"x\",1] is no position in degrees, item 'b' in {}", file.display()));
}

/// A catalog in a folder: two collections with items, a file of items, and links round in a circle.
fn catalog(folder: &Path) -> PathBuf {
    let items = items();
    let link = |rel: &str, href: &str| json!({"rel": rel, "href": href});
    let collection = |id: &str, west: f64, links: Value| {
        json!({"type": "Collection", "id": id, "links": links, "extent": {"spatial": {"bbox": [[west, -90, west + 90.0, 90]]},
            "temporal": {"interval": [["2020-01-01T00:00:00Z", null]]}}})
    };
    let write = |name: &str, value: &Value| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, value.to_string()).unwrap();
    };
    let root = json!([
        link("self", "https://example.org/catalog.json"),
        link("root", "catalog.json"),
        link("child", "./even/collection.json"),
        link("child", "odd%20ones/collection.json"),
        link("item", "x.json")
    ]);
    write("catalog.json", &json!({"type": "Catalog", "id": "root", "links": root}));
    write("x.json", &item("x", 9));
    let even = json!([
        link("item", "c.json"),
        link("item", "../even/d.json"),
        link("child", "../catalog.json"),
        link("item", "c.json")
    ]);
    write("even/collection.json", &collection("even", 0.0, even));
    write("even/c.json", &items[0]);
    write("even/d.json", &items[2]);
    write("odd ones/collection.json", &collection("odd", -90.0, json!([link("items", "items.ndjson")])));
    fs::write(folder.join("odd ones/items.ndjson"), format!("{}\n{}\n", items[1], items[3])).unwrap();
    folder.join("catalog.json")
}

#[test]
fn catalogs_are_walked() {
    let folder = tempfile::tempdir().unwrap();
    let root = catalog(folder.path());
    assert_eq!(all(&root), "x c d a b");
    assert_eq!(all(folder.path()), "x c d a b");
    let source = opened(&root).unwrap();
    let told = source.search(&Search::default(), &mut |_| Ok(Flow::Continue(()))).unwrap();
    assert_eq!((told.requests, told.notes.len()), (7, 2), "{:?}", told.notes);
    let names: Vec<Value> = source.collections().unwrap().iter().map(|collection| collection["id"].clone()).collect();
    assert_eq!(names, ["even", "odd"]);
    assert_eq!(source.matched(&Search::default()).unwrap().items, 5);

    // What can't match is not read.
    fs::remove_file(folder.path().join("odd ones/items.ndjson")).unwrap();
    let said = all(&root).replace(folder.path().to_str().unwrap(), "");
    assert_eq!(
        said,
        "the link 'items' to items.ndjson leads to nothing that can be read: No such file or directory (os error 2), /odd ones/collection.json"
    );
    let even = Search { collections: vec!["even".to_owned()], ..Search::default() };
    assert_eq!(ids(source.as_ref(), &even).unwrap(), "c d");
    let east = Search { place: Some(parse::bbox("1,-10,20,10").unwrap()), ..Search::default() };
    assert_eq!(ids(source.as_ref(), &east).unwrap(), "x d");
    let before = Search { period: Some(parse::datetime("2019").unwrap()), ..Search::default() };
    assert_eq!(ids(source.as_ref(), &before).unwrap(), "");
}

#[test]
fn catalogs_without_end_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for at in 0..100 {
        let links = json!([{"rel": "child", "href": format!("{}.json", at + 1)}]);
        fs::write(
            folder.path().join(format!("{at}.json")),
            json!({"type": "Catalog", "id": "x", "links": links}).to_string(),
        )
        .unwrap();
    }
    assert!(all(&folder.path().join("0.json")).starts_with("more than 64 catalogs are in each other"));
    let first = folder.path().join("0.json");
    for (document, expected) in [
        (json!({"type": "Catalog", "links": [{"rel": "item"}]}), "a link 'item' has no href, FILE"),
        (json!({"type": "Catalog", "links": 7}), ""),
        (
            json!({"type": "Catalog", "conformsTo": [], "links": [{"rel": "search", "href": "/search"}]}),
            "this is the landing page of an API, saved to a file, FILE",
        ),
    ] {
        fs::write(&first, document.to_string()).unwrap();
        assert_eq!(all(&first), expected);
    }
}
