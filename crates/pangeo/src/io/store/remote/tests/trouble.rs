//! Servers that fail, drop connections, ignore ranges or change what they serve.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::*;
use crate::io::store::take_notes;

#[test]
fn an_overloaded_server_is_asked_again() {
    let server = serving(numbers(300_000));
    server.faults(|f| f.fail_next = 2);
    let source = object(&server.url("a.nc"));
    assert_eq!(server.take_requests().iter().map(|r| r.status).collect::<Vec<_>>(), [503, 503, 206]);
    server.faults(|f| f.fail_next = 3);
    assert_eq!(source.read(0..300_000).unwrap(), numbers(300_000));
    server.faults(|f| f.fail_next = 4);
    let told = told(&source.read(1..300_000).unwrap_err());
    assert!(told.starts_with("the server answered 503 (unavailable), http://"), "{told}");
    assert!(told.contains("try again later"), "{told}");
}

#[test]
fn retry_after_is_honoured() {
    let server = serving(numbers(10));
    server.faults(|f| (f.fail_next, f.fail_status, f.retry_after) = (1, 429, Some(1)));
    let start = Instant::now();
    assert_eq!(object(&server.url("a.nc")).len(), 10);
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
    server.faults(|f| (f.fail_next, f.fail_status, f.retry_after) = (1, 429, Some(3600)));
    let start = Instant::now();
    assert!(refused(&server.url("a.nc")).contains("429 (too many requests)"));
    assert!(start.elapsed() < Duration::from_millis(500), "an hour is a refusal");
}

#[test]
fn other_refusals_are_final() {
    for status in [400, 401, 403, 410, 501] {
        let server = serving(numbers(10));
        server.faults(|f| (f.fail_next, f.fail_status) = (9, status));
        assert!(refused(&server.url("a.nc")).contains(&status.to_string()));
        // 400 and the like may mean a store: its four markers are looked for, none twice.
        assert!(server.requests().len() <= 5, "{status}");
    }
}

#[test]
fn what_came_before_a_break_is_kept() {
    let bytes = numbers(1 << 20);
    let server = serving(bytes.clone());
    let source = object(&server.url("a.nc"));
    ranges(&server);
    server.faults(|f| f.drop_next = 2);
    assert_eq!(source.read(0..1 << 20).unwrap(), bytes);
    let asked: Vec<_> = server.take_requests().into_iter().filter_map(|r| r.range).collect();
    assert_eq!(asked, ["bytes=0-1048575", "bytes=524288-1048575", "bytes=786432-1048575"]);
}

#[test]
fn a_connection_that_breaks_for_ever_is_given_up() {
    let server = serving(numbers(1 << 20));
    let source = object(&server.url("a.nc"));
    server.faults(|f| f.drop_next = usize::MAX);
    let told = told(&source.read(0..1 << 20).unwrap_err());
    assert!(told.contains("breaks off time and again"), "{told}");
}

#[test]
fn breaks_while_opening_do_no_harm() {
    let server = serving(numbers(100_000));
    server.faults(|f| f.drop_next = 1);
    let source = object(&server.url("a.nc"));
    assert_eq!(source.read(0..100_000).unwrap(), numbers(100_000));
}

#[test]
fn a_server_that_ignores_ranges_sends_all_once() {
    let bytes = numbers((2 << 20) + 1);
    let server = serving(bytes.clone());
    server.faults(|f| f.ignore_range = true);
    let source = object(&server.url("a.nc"));
    assert_eq!(source.len(), bytes.len() as u64);
    assert_eq!(source.read(1_000_000..2_000_000).unwrap(), bytes[1_000_000..2_000_000]);
    assert_eq!(source.read_many(&[0..3, 2_000_000..2_000_005]).unwrap()[1], bytes[2_000_000..2_000_005]);
    assert_eq!(server.requests().len(), 1);
    let note = format!("{}: all 2 MiB were downloaded, since the server can't send parts", server.url("a.nc"));
    assert!(take_notes().contains(&note));
}

#[test]
fn a_whole_download_starts_again_after_a_break() {
    let bytes = numbers(500_000);
    let server = serving(bytes.clone());
    server.faults(|f| (f.ignore_range, f.drop_next) = (true, 2));
    assert_eq!(object(&server.url("a.nc")).read(0..500_000).unwrap(), bytes);
    server.faults(|f| f.drop_next = 9);
    assert!(refused(&server.url("a.nc")).contains("breaks off"));
}

#[test]
fn a_server_that_stops_sending_parts_is_still_read() {
    let bytes = numbers(400_000);
    let server = serving(bytes.clone());
    let source = object(&server.url("a.nc"));
    server.faults(|f| f.ignore_range = true);
    assert_eq!(source.read(100_000..400_000).unwrap(), bytes[100_000..]);
    assert_eq!(source.read(70_000..70_010).unwrap(), bytes[70_000..70_010]);
}

#[test]
fn a_server_that_is_too_slow_is_given_up() {
    let server = serving(numbers(10));
    server.faults(|f| f.delay = Duration::from_millis(700));
    let hasty = || Net::new(Options { idle: Duration::from_millis(200), ..options(&[]) });
    let start = Instant::now();
    let told = told(&open_on(&server.url("a.nc"), hasty).unwrap_err());
    assert!(told.starts_with("the server can't be reached: no answer in time, http://"), "{told}");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn a_server_that_never_answers_is_asked_once() {
    let server = serving(numbers(10));
    server.faults(|f| f.delay = Duration::from_millis(700));
    let silence = Duration::from_millis(200);
    let given = options(&[]);
    let policy = Policy { silence, ..given.policy.clone() };
    let told =
        told(&open_on(&server.url("a.nc"), || Net::new(Options { idle: silence, policy, ..given })).unwrap_err());
    assert!(told.starts_with("the server can't be reached: no answer in time, http://"), "{told}");
    assert!(server.requests().len() <= 1);
}

/// A server that begins each answer and then says nothing more.
#[test]
fn a_server_that_stalls_in_mid_answer_is_given_up() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/10\r\nContent-Length: 10\r\n\r\nabc";
            let _ = stream.write_all(head.as_bytes());
            open.push(stream);
        }
    });
    let start = Instant::now();
    let told = refused(&format!("http://{address}/a.nc"));
    assert!(told.contains("breaks off time and again"), "{told}");
    assert!(told.contains("no more bytes came for 0.2 s"), "{told}");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn nobody_there() {
    let address = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let told = refused(&format!("http://{address}/a.nc"));
    assert!(told.to_lowercase().contains("connection refused"), "{told}");
    let told = refused("http://no-such-host.invalid/a.nc");
    assert!(told.starts_with("the server can't be reached: "), "{told}");
}

#[test]
fn an_object_that_changes_is_an_error() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let later = asked.fetch_add(1, Ordering::SeqCst) > 0;
        let mut reply = Reply::ok("application/octet-stream", numbers(300_000));
        if later {
            reply.headers.retain(|(name, _)| name != "ETag" && name != "Last-Modified");
            reply.headers.push(("ETag".to_owned(), "\"new\"".to_owned()));
        }
        reply
    });
    let told = told(&object(&server.url("a.nc")).read(0..300_000).unwrap_err());
    assert!(told.contains("changed on the server while being read"), "{told}");
}

#[test]
fn answers_that_lie_are_errors() {
    let cases: [(&str, &[(&str, &str)]); 4] = [
        ("which bytes", &[]),
        ("which bytes", &[("Content-Range", "bytes 5-2/10")]),
        ("packs its answer", &[("Content-Encoding", "gzip"), ("Content-Range", "bytes 0-9/10")]),
        ("other bytes", &[("Content-Range", "bytes 99999-100008/200000")]),
    ];
    for (expected, headers) in cases {
        let server = Server::start(move |_| {
            let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            Reply { status: 206, headers, body: numbers(10), length: None }
        });
        let told = match open(&server.url("a.nc")) {
            Ok(Opened::Object(object)) => told(&object.read(0..10).unwrap_err()),
            other => told(&other.unwrap_err()),
        };
        assert!(told.contains(expected), "{told}");
    }
}
