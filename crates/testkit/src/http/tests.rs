//! The server against a client written by hand.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::*;

/// Send one request on a new connection; the whole answer as text.
fn exchange(server: &Server, text: &str) -> String {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn get(server: &Server, path: &str, headers: &str) -> String {
    exchange(server, &format!("GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"))
}

fn ten_bytes() -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ten bytes.bin"), b"0123456789").unwrap();
    let server = Server::folder(folder.path());
    (folder, server)
}

#[test]
fn serves_whole_files_and_ranges() {
    let (_folder, server) = ten_bytes();
    let whole = get(&server, "ten%20bytes.bin", "");
    assert!(whole.starts_with("HTTP/1.1 200 OK\r\n") && whole.ends_with("\r\n\r\n0123456789"), "{whole}");
    for (range, body, said) in [
        ("2-4", "234", "bytes 2-4/10"),
        ("7-", "789", "bytes 7-9/10"),
        ("-2", "89", "bytes 8-9/10"),
        ("8-99", "89", "bytes 8-9/10"),
    ] {
        let part = get(&server, "ten%20bytes.bin", &format!("Range: bytes={range}\r\n"));
        assert!(part.starts_with("HTTP/1.1 206") && part.contains(said), "{part}");
        assert!(part.ends_with(&format!("\r\n\r\n{body}")), "{part}");
    }
    assert!(get(&server, "ten%20bytes.bin", "Range: bytes=10-12\r\n").starts_with("HTTP/1.1 416"));
    assert!(get(&server, "absent", "").starts_with("HTTP/1.1 404"));
    assert!(get(&server, "../../etc/passwd", "").starts_with("HTTP/1.1 403"));
    let log = server.take_requests();
    assert_eq!(log.len(), 8);
    assert_eq!(log[1].range.as_deref(), Some("bytes=2-4"));
    assert_eq!((log[6].status, log[6].path.as_str()), (404, "/absent"));
    assert_eq!([log[0].sent, log[1].sent, log[3].sent], [10, 3, 2]);
    assert!(server.requests().is_empty());
}

#[test]
fn head_tells_the_length_and_sends_nothing() {
    let (_folder, server) = ten_bytes();
    let text = "HEAD /ten%20bytes.bin HTTP/1.1\r\nConnection: close\r\n\r\n";
    let head = exchange(&server, text);
    assert!(head.contains("Content-Length: 10\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    assert_eq!(server.requests()[0].sent, 0);
    server.faults(|f| f.refuse_head = true);
    assert!(exchange(&server, text).starts_with("HTTP/1.1 405"));
}

#[test]
fn shows_each_fault_as_often_as_told() {
    let (_folder, server) = ten_bytes();
    server.faults(|f| {
        f.fail_next = 2;
        f.fail_status = 429;
        f.retry_after = Some(1);
    });
    for _ in 0..2 {
        let refused = get(&server, "ten%20bytes.bin", "");
        assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("Retry-After: 1\r\n"), "{refused}");
    }
    server.faults(|f| f.drop_next = 1);
    let cut = get(&server, "ten%20bytes.bin", "");
    assert!(cut.contains("Content-Length: 10\r\n") && cut.ends_with("\r\n\r\n01234"), "{cut}");
    assert_eq!(server.requests().last().unwrap().sent, 5);
    server.faults(|f| f.hang_up_next = 1);
    assert_eq!(get(&server, "ten%20bytes.bin", ""), "");
    assert_eq!(server.requests().last().unwrap().status, 200, "done, and not told");
    server.faults(|f| f.ignore_range = true);
    assert!(get(&server, "ten%20bytes.bin", "Range: bytes=0-1\r\n").ends_with("0123456789"));
}

#[test]
fn keeps_connections_alive_and_hands_bodies_to_the_handler() {
    let server = Server::start(|request| Reply::ok("text/plain", [request.query.as_bytes(), &request.body].concat()));
    let answers = exchange(
        &server,
        "POST /search?limit=2& HTTP/1.1\r\nContent-Length: 4\r\n\r\nbodyGET /?x HTTP/1.1\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert!(answers.contains("limit=2&body") && answers.ends_with("\r\n\r\nx"));
}
