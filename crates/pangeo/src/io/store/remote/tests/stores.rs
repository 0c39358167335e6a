//! Zarr stores over HTTP: below a URL, and packed into one file.

use super::*;
use crate::io::store::ByteRange;

/// A small store in a folder, with a chunk of 100,000 bytes.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("s.zarr");
    std::fs::create_dir_all(root.join("t 2/c")).unwrap();
    std::fs::write(root.join("zarr.json"), b"{\"zarr_format\":3}").unwrap();
    std::fs::write(root.join("t 2/c/0"), numbers(100_000)).unwrap();
    folder
}

#[test]
fn a_store_below_a_url() {
    let folder = folder();
    let server = Server::folder(folder.path());
    for address in ["s.zarr", "s.zarr/"] {
        let tree = tree(&server.url(address));
        assert_eq!(server.take_requests().len(), 1, "its name says that it is a store");
        let chunk = numbers(100_000);
        assert_eq!(tree.get("t 2/c/0", ByteRange::All).unwrap().unwrap(), chunk);
        assert_eq!(tree.get("t 2/c/0", ByteRange::Last(5)).unwrap().unwrap(), chunk[99_995..]);
        let from = ByteRange::From { offset: 50_000, length: 8 };
        assert_eq!(tree.get("t 2/c/0", from).unwrap().unwrap(), chunk[50_000..50_008]);
        assert_eq!(ranges(&server), ["", "bytes=-5", "bytes=50000-50007"]);
        assert_eq!(tree.get("t 2/c/1", ByteRange::All).unwrap(), None);
        ranges(&server);
        assert_eq!(tree.children("").unwrap(), None, "web servers do not list");
        assert!(tree.get("../secret", ByteRange::All).is_err());
    }
}

#[test]
fn small_objects_and_absent_ones_are_asked_for_once() {
    let folder = folder();
    let server = Server::folder(folder.path());
    let tree = tree(&server.url("s.zarr"));
    server.take_requests();
    for (key, requests) in [("zarr.json", 1), ("t 2/c/1", 1), ("t 2/c/0", 2)] {
        let first = tree.get(key, ByteRange::All).unwrap();
        assert_eq!(tree.get(key, ByteRange::All).unwrap(), first);
        assert_eq!(server.take_requests().len(), requests, "{key}");
    }
    server.faults(|f| (f.fail_next, f.fail_status) = (1, 400));
    assert!(tree.get("t 2/c/2", ByteRange::All).is_err());
    assert_eq!(tree.get("t 2/c/2", ByteRange::All).unwrap(), None, "failures are not kept");
}

#[test]
fn ranges_beyond_a_chunk_are_errors() {
    let folder = folder();
    let server = Server::folder(folder.path());
    let tree = tree(&server.url("s.zarr"));
    for range in [
        ByteRange::Last(100_001),
        ByteRange::From { offset: 99_999, length: 2 },
        ByteRange::From { offset: 100_000, length: 2 },
        ByteRange::From { offset: u64::MAX, length: 2 },
    ] {
        let error = tree.get("t 2/c/0", range).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{range:?}: {error}");
    }
    let empty = ByteRange::From { offset: 3, length: 0 };
    assert_eq!(tree.get("t 2/c/0", empty).unwrap().unwrap(), Vec::<u8>::new());
    assert_eq!(tree.get("t 2/c/9", empty).unwrap(), None);
}

#[test]
fn a_store_whose_address_does_not_say_so() {
    let folder = folder();
    std::fs::rename(folder.path().join("s.zarr"), folder.path().join("plain")).unwrap();
    let server = Server::folder(folder.path());
    assert_eq!(tree(&server.url("plain")).get("absent", ByteRange::All).unwrap(), None);
    let listing = Server::start(|request| match request.path.as_str() {
        "/plain/.zgroup" => Reply::ok("application/json", "{\"zarr_format\":2}"),
        "/plain" => Reply::ok("text/html", "<html>Index of plain</html>"),
        _ => Reply::status(404),
    });
    tree(&listing.url("plain"));
}

#[test]
fn a_server_without_ranges_or_suffixes() {
    let folder = folder();
    let server = Server::folder(folder.path());
    let store = tree(&server.url("s.zarr"));
    server.faults(|f| f.ignore_range = true);
    let chunk = numbers(100_000);
    assert_eq!(store.get("t 2/c/0", ByteRange::Last(5)).unwrap().unwrap(), chunk[99_995..]);
    let from = ByteRange::From { offset: 50_000, length: 8 };
    assert_eq!(store.get("t 2/c/0", from).unwrap().unwrap(), chunk[50_000..50_008]);
    let azure = Server::start(|request| match (&request.range, request.path.as_str()) {
        (Some(range), _) if range.starts_with("bytes=-") => Reply::status(400),
        (_, "/s.zarr/zarr.json" | "/s.zarr/c") => Reply::ok("application/octet-stream", numbers(1000)),
        _ => Reply::status(404),
    });
    let store = tree(&azure.url("s.zarr?sv=token"));
    assert_eq!(store.get("c", ByteRange::Last(5)).unwrap().unwrap(), numbers(1000)[995..]);
    assert_eq!(azure.requests().last().unwrap().range.as_deref(), Some("bytes=995-999"));
    assert!(azure.requests().iter().all(|request| request.query == "sv=token"));
}

#[test]
fn a_chunk_that_breaks_off_is_completed() {
    let folder = folder();
    let server = Server::folder(folder.path());
    let store = tree(&server.url("s.zarr"));
    ranges(&server);
    server.faults(|f| f.drop_next = 1);
    assert_eq!(store.get("t 2/c/0", ByteRange::All).unwrap().unwrap(), numbers(100_000));
    assert_eq!(ranges(&server), ["", "bytes=50000-99999"]);
}

#[test]
fn forbidden_metadata_are_absent_but_forbidden_chunks_are_errors() {
    let server = Server::start(|request| match request.path.as_str() {
        "/s.zarr/.zgroup" => Reply::ok("application/json", "{}"),
        _ => Reply::status(403),
    });
    let store = tree(&server.url("s.zarr"));
    assert_eq!(store.get("t2m/.zattrs", ByteRange::All).unwrap(), None);
    let told = told(&store.get("t2m/0.0", ByteRange::All).unwrap_err());
    assert!(told.contains("403") && told.contains("/s.zarr/t2m/0.0"), "{told}");
}

#[test]
fn a_zip_archive_behind_a_url() {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in [("s.zarr/zarr.json", b"{}".to_vec()), ("s.zarr/c/0", numbers(3 << 20))] {
        zip.start_file(name, stored).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let server = serving(bytes);
    let store = tree(&server.url("a.nc"));
    assert_eq!(store.children("").unwrap().unwrap(), ["c", "zarr.json"]);
    ranges(&server);
    let range = ByteRange::From { offset: 1 << 20, length: 300_000 };
    assert_eq!(store.get("c/0", range).unwrap().unwrap(), numbers(3 << 20)[1 << 20..(1 << 20) + 300_000]);
    let asked = ranges(&server);
    assert_eq!(asked.len(), 1, "only the bytes wanted: {asked:?}");
}
