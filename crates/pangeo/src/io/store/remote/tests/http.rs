//! Objects over HTTP: exactly the requests that are needed.

use super::*;

const BLOCK: usize = 64 << 10;

#[test]
fn small_files_take_one_request() {
    let server = serving(numbers(1000));
    let source = object(&server.url("a.nc"));
    assert_eq!(source.len(), 1000);
    assert_eq!(source.read(0..1000).unwrap(), numbers(1000));
    assert_eq!(source.read(990..1000).unwrap(), numbers(1000)[990..]);
    assert_eq!(ranges(&server), ["bytes=0-65535"], "no HEAD, which pre-signed URLs refuse");
    assert!(source.read(990..1001).unwrap_err().to_string().contains("cut short"));
}

#[test]
fn the_request_says_who_asks_and_wants_no_packing() {
    let server = serving(numbers(10));
    object(&server.url("a.nc"));
    let request = server.requests().remove(0);
    assert_eq!(request.header("user-agent"), Some(concat!("pangeo/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.header("authorization"), None);
}

#[test]
fn metadata_are_read_in_blocks_and_kept() {
    let bytes = numbers(10 * BLOCK + 100);
    let server = serving(bytes.clone());
    let source = object(&server.url("a.nc"));
    ranges(&server);
    let near = 3 * BLOCK + 5;
    assert_eq!(source.read(near as u64..near as u64 + 20).unwrap(), bytes[near..near + 20]);
    assert_eq!(source.read(near as u64 + 900..near as u64 + 990).unwrap(), bytes[near + 900..near + 990]);
    assert_eq!(source.read(10..20).unwrap(), bytes[10..20], "came with the opening");
    assert_eq!(ranges(&server), ["bytes=196608-262143"]);
    let last = 9 * BLOCK + 50;
    assert_eq!(source.read(last as u64..bytes.len() as u64).unwrap(), bytes[last..]);
    assert_eq!(ranges(&server), ["bytes=589824-655459"], "two blocks, the last one short");
}

#[test]
fn a_long_header_takes_few_requests() {
    let bytes = numbers(40 * BLOCK);
    let server = serving(bytes.clone());
    let source = object(&server.url("a.nc"));
    let mut at = 0;
    while at + 5000 <= 15 * BLOCK {
        assert_eq!(source.read(at as u64..at as u64 + 5000).unwrap(), bytes[at..at + 5000]);
        at += 5000;
    }
    let blocks = |from: usize, to: usize| format!("bytes={}-{}", from * BLOCK, to * BLOCK - 1);
    assert_eq!(ranges(&server), [blocks(0, 1), blocks(3, 7), blocks(7, 15), blocks(1, 3)], "sorted as texts");
    let far = 30 * BLOCK as u64;
    source.read(far..far + 1).unwrap();
    assert_eq!(ranges(&server), [blocks(30, 31)], "elsewhere it begins with one block");
}

#[test]
fn data_are_read_exactly() {
    let bytes = numbers(2 << 20);
    let server = serving(bytes.clone());
    let source = object(&server.url("a.nc"));
    ranges(&server);
    assert_eq!(source.read(100_000..500_001).unwrap(), bytes[100_000..500_001]);
    assert_eq!(ranges(&server), ["bytes=100000-500000"]);
    let wanted = [1_500_000..1_500_100, 100_000..100_010, 100_010..100_500, 150_000..150_001, 5..9, 7..7];
    let read = source.read_many(&wanted).unwrap();
    for (range, read) in wanted.iter().zip(&read) {
        assert_eq!(read, &bytes[range.start as usize..range.end as usize], "{range:?}");
    }
    assert_eq!(ranges(&server), ["bytes=100000-150000", "bytes=1500000-1500099"], "near ones together, known ones not");
    assert!(source.read_many(&[0..5, 5..(2 << 20) + 1]).is_err());
    assert!(ranges(&server).is_empty(), "a range that is wrong is no reason to ask");
}

#[test]
fn large_ranges_come_in_parts() {
    let bytes = numbers(20 << 20);
    let server = serving(bytes.clone());
    let source = object(&server.url("a.nc"));
    ranges(&server);
    assert_eq!(source.read(1..20 << 20).unwrap(), bytes[1..]);
    let asked = ranges(&server);
    assert_eq!(asked.len(), 5);
    assert!(asked.contains(&"bytes=1-4194304".to_owned()), "{asked:?}");
}

#[test]
fn threads_read_together() {
    let bytes = numbers(3 << 20);
    let server = serving(bytes.clone());
    let source = object(&server.url("a.nc"));
    std::thread::scope(|scope| {
        for thread in 0..6usize {
            let (source, bytes) = (&source, &bytes);
            scope.spawn(move || {
                for i in 0..20 {
                    let start = (thread * 400_000 + i * 17_001) % (2 << 20);
                    let length = if i % 2 == 0 { 300 } else { 300_000 };
                    let read = source.read(start as u64..(start + length) as u64).unwrap();
                    assert_eq!(read, bytes[start..start + length]);
                }
            });
        }
    });
}

#[test]
fn empty_objects() {
    let server = serving(Vec::new());
    let source = object(&server.url("a.nc"));
    assert!(source.is_empty());
    assert_eq!(source.read(0..0).unwrap(), Vec::<u8>::new());
}

#[test]
fn queries_and_passwords_are_sent_and_never_shown() {
    let server = Server::start(|request| {
        let allowed = request.query == "sig=se%2Bcret" && request.header("authorization") == Some("Basic bWU6cHc=");
        if allowed { Reply::ok("application/octet-stream", numbers(100_000)) } else { Reply::status(403) }
    });
    let url = |query: &str| server.url(&format!("dir/a.nc?{query}")).replace("http://", "http://me:pw@");
    let source = object(&url("sig=se%2Bcret"));
    assert_eq!(source.name(), server.url("dir/a.nc"));
    source.read(80_000..80_010).unwrap();
    assert!(!format!("{source:?}").contains("cret"), "{source:?}");
    let told = refused(&url("sig=secret"));
    assert!(told.contains("403 (forbidden)") && told.contains("pre-signed"), "{told}");
    assert!(!told.contains("secret") && !told.contains("pw"), "{told}");
}

#[test]
fn redirects_are_followed() {
    let server = Server::start(|request| match request.path.as_str() {
        "/old.nc" => {
            let mut reply = Reply::status(302);
            reply.headers.push(("Location".to_owned(), "/new/a.nc".to_owned()));
            reply
        }
        "/new/a.nc" => Reply::ok("application/octet-stream", numbers(200_000)),
        "/loop" => {
            let mut reply = Reply::status(302);
            reply.headers.push(("Location".to_owned(), "/loop".to_owned()));
            reply
        }
        _ => Reply::status(404),
    });
    let source = object(&server.url("old.nc"));
    assert_eq!(source.read(150_000..150_004).unwrap(), numbers(200_000)[150_000..150_004]);
    assert!(refused(&server.url("loop")).contains("redirect"));
}

#[test]
fn nothing_there() {
    let server = serving(numbers(10));
    let told = refused(&server.url("b.nc?token=secret"));
    assert!(told.starts_with("no such file or store: the server answered 404 (not found), http://127.0.0.1"), "{told}");
    assert!(told.contains("/b.nc / check the address") && !told.contains("secret"), "{told}");
}

#[test]
fn a_web_page_is_no_data() {
    let server = Server::start(|_| Reply::ok("text/html; charset=utf-8", "\n<!DOCTYPE html><p>Please log in</p>"));
    assert!(refused(&server.url("a.nc")).starts_with("the server sends a web page, not data"));
    let mislabelled = Server::start(|request| match request.path.as_str() {
        "/a.nc" => Reply::ok("text/html", numbers(100)),
        _ => Reply::status(404),
    });
    assert_eq!(object(&mislabelled.url("a.nc")).len(), 100);
}

#[test]
fn encrypted_addresses_are_understood() {
    // Nobody speaks TLS at this port: the connection is made and fails, which shows that the client can try.
    let server = serving(numbers(10));
    let told = refused(&server.url("a.nc").replace("http://", "https://"));
    assert!(told.starts_with("the server can't be reached: "), "{told}");
}
