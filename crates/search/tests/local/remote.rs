//! Files and catalogs over HTTP.

use std::fs;
use std::time::Duration;

use search::source::{Options, open};
use search::{Search, Source};
use serde_json::{Value, json};
use testkit::http::{Reply, Server};

use crate::found::items;

fn options() -> Options {
    Options {
        headers: vec![("x-key".to_owned(), "secret".to_owned())],
        timeout: Duration::from_secs(10),
        ..Options::default()
    }
}

fn opened(url: &str) -> Box<dyn Source> {
    open(url, options()).unwrap()
}

fn count(source: &dyn Source) -> usize {
    items(source, &Search::default()).len()
}

#[test]
fn files_are_fetched_with_patience() {
    let server = Server::folder(testkit::fixture("stac"));
    for name in ["items.ndjson", "items.parquet"] {
        assert_eq!(count(opened(&server.url(name)).as_ref()), 200, "{name}");
        server.faults(|faults| faults.fail_next = 1);
        assert_eq!(count(opened(&server.url(name)).as_ref()), 200, "{name} after a refusal");
        server.faults(|faults| faults.drop_next = 1);
        assert_eq!(count(opened(&server.url(name)).as_ref()), 200, "{name} after a broken connection");
    }
    assert!(server.requests().iter().all(|request| request.header("x-key") == Some("secret")));
    let error = open(&server.url("absent.json"), options()).err().unwrap();
    assert!(error.to_string().contains("404"), "{error}");
    assert_eq!(error.exit_code(), 1);
}

#[test]
fn catalogs_are_walked_over_http() {
    let lines = fs::read_to_string(testkit::fixture("stac/items.ndjson")).unwrap();
    let mut lines = lines.lines();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    // Another server, which the endpoint's headers are not for.
    let other = Server::folder(testkit::fixture("stac"));
    let root = json!({"type": "Catalog", "id": "root", "links": [
        {"rel": "child", "href": "./a/collection.json"}, {"rel": "items", "href": other.url("items.parquet")}
    ]});
    write("catalog.json", &root.to_string());
    let collection = json!({"type": "Collection", "id": "a", "extent": {}, "links": [
        {"rel": "root", "href": "../catalog.json"}, {"rel": "item", "href": "1.json"}, {"rel": "item", "href": "2.json"}
    ]});
    write("a/collection.json", &collection.to_string());
    write("a/1.json", lines.next().unwrap());
    write("a/2.json", lines.next().unwrap());
    let server = Server::folder(folder.path());
    let source = opened(&server.url("catalog.json"));
    assert_eq!(count(source.as_ref()), 202);
    assert_eq!(source.collections().unwrap().len(), 1);
    assert!(server.requests().iter().all(|request| request.header("x-key") == Some("secret")));
    assert!(other.requests().iter().all(|request| request.header("x-key").is_none()));

    fs::remove_file(folder.path().join("a/2.json")).unwrap();
    let error = source.matched(&Search::default()).unwrap_err().to_string();
    assert!(error.contains("404") && error.contains("a/2.json") && error.contains("a/collection.json"), "{error}");
}

#[test]
fn an_api_is_told_by_its_landing_page() {
    let server = Server::start(|request| {
        let path = request.path.trim_start_matches('/');
        let body = if path.starts_with("search") {
            json!({"type": "FeatureCollection", "features": [], "links": []})
        } else {
            json!({"type": "Catalog", "id": "api", "conformsTo": ["https://api.stacspec.org/v1.0.0/item-search"],
                "links": [{"rel": "search", "href": "search", "method": "GET"}]})
        };
        Reply::ok("application/json", body.to_string())
    });
    let source = opened(&server.url(""));
    assert_eq!(count(source.as_ref()), 0);
    let asked: Vec<Value> = server.requests().iter().map(|request| json!(request.path)).collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
}

#[test]
fn what_is_behind_an_address_is_said() {
    let server = Server::start(|_| Reply::ok("text/html", "<!DOCTYPE html><title>Catalog</title>"));
    let error = open(&server.url("browse"), options()).err().unwrap();
    assert!(error.to_string().starts_with("this is nothing of STAC: it is HTML or XML, http://127.0.0.1"), "{error}");
    drop(server);
    let error = open("http://127.0.0.1:9/x", Options { retries: 0, ..options() }).err().unwrap();
    assert!(error.to_string().contains("can't be reached"), "{error}");
}
