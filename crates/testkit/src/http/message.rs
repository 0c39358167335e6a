//! Requests as they come in, replies as they go out.

use std::fmt::Write as _;
use std::io::{self, BufRead, Read, Write};
use std::ops::Range;

/// A request, as it is noted and handed to the handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `HEAD`, `POST`, ….
    pub method: String,
    /// The path, percent-decoded, with its leading slash.
    pub path: String,
    /// What stands behind `?`, as it was sent; empty if nothing does.
    pub query: String,
    /// The `Range` header, such as `bytes=0-99`.
    pub range: Option<String>,
    /// All headers with their names in lower case, in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body of a POST or PUT.
    pub body: Vec<u8>,
    /// The status that it was answered with; 0 while the handler works.
    pub status: u16,
    /// The bytes of the body that were sent in answer.
    pub sent: u64,
}

impl Request {
    /// The value of the header called `name` (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Headers beside `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The length that a HEAD announces while `body` was left empty.
    pub length: Option<u64>,
}

impl Reply {
    /// An answer with a status and a short text.
    pub fn status(status: u16) -> Self {
        let body = format!("{status} {}\n", reason(status)).into_bytes();
        Self { status, headers: vec![("Content-Type".into(), "text/plain".into())], body, length: None }
    }

    /// A 200 with a body of a media type; clients may ask for ranges of it.
    pub fn ok(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![
            ("Content-Type".to_owned(), media_type.to_owned()),
            ("Accept-Ranges".to_owned(), "bytes".to_owned()),
            ("Last-Modified".to_owned(), "Wed, 01 Jan 2020 00:00:00 GMT".to_owned()),
            ("ETag".to_owned(), "\"test\"".to_owned()),
        ];
        Self { status: 200, headers, body: body.into(), length: None }
    }

    /// The part of a 200 that a `Range` header asks for (206, or 416 when it lies outside); the
    /// whole for anything that is not one byte range.
    #[must_use]
    pub(super) fn cut_to(mut self, range: Option<&str>) -> Self {
        let Some(range) =
            range.filter(|_| self.status == 200 && self.length.is_none_or(|n| n == self.body.len() as u64))
        else {
            return self;
        };
        let total = self.body.len() as u64;
        match parse_range(range, total) {
            None => self,
            Some(Err(())) => {
                let mut reply = Self::status(416);
                reply.headers.push(("Content-Range".to_owned(), format!("bytes */{total}")));
                reply
            }
            Some(Ok(wanted)) => {
                let said = format!("bytes {}-{}/{total}", wanted.start, wanted.end - 1);
                self.status = 206;
                self.headers.push(("Content-Range".to_owned(), said));
                self.body = self.body[wanted.start as usize..wanted.end as usize].to_vec();
                self.length = None;
                self
            }
        }
    }
}

/// The bytes that `bytes=A-B`, `bytes=A-` or `bytes=-N` mean in a body of `total`: `None` for other
/// texts (which a server ignores), `Err` when nothing lies inside.
fn parse_range(text: &str, total: u64) -> Option<Result<Range<u64>, ()>> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let range = if first.is_empty() {
        total.saturating_sub(last.trim().parse().ok()?)..total
    } else {
        let start: u64 = first.trim().parse().ok()?;
        let end = if last.is_empty() { total } else { last.trim().parse::<u64>().ok()?.checked_add(1)?.min(total) };
        start..end
    };
    Some(if range.start < range.end { Ok(range) } else { Err(()) })
}

/// The next request of a connection; `None` when the client left or talks nonsense.
pub(super) fn read_request(input: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    input.by_ref().take(1 << 16).read_line(&mut line).ok().filter(|&n| n > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut request = Request {
        method,
        path: percent_decode(path),
        query: query.to_owned(),
        range: None,
        headers: Vec::new(),
        body: Vec::new(),
        status: 0,
        sent: 0,
    };
    loop {
        let mut header = String::new();
        input.by_ref().take(1 << 16).read_line(&mut header).ok().filter(|&n| n > 0)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    request.range = request.header("range").map(str::to_owned);
    let length: u64 = request.header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0);
    let read = input.by_ref().take(length).read_to_end(&mut request.body).ok()?;
    (read as u64 == length).then_some(request)
}

/// Send a reply; `head_only` without its body, `halve` with the first half of it.
pub(super) fn write_reply(output: &mut impl Write, reply: &Reply, head_only: bool, halve: bool) -> io::Result<()> {
    let length = reply.length.unwrap_or(reply.body.len() as u64);
    let mut head = format!("HTTP/1.1 {} {}\r\nContent-Length: {length}\r\n", reply.status, reason(reply.status));
    for (name, value) in &reply.headers {
        // Writing to a string can't fail.
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    output.write_all(head.as_bytes())?;
    if !head_only {
        let sent = if halve { reply.body.len() / 2 } else { reply.body.len() };
        output.write_all(&reply.body[..sent])?;
    }
    output.flush()
}

pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
        if let Some(decoded) = hex.filter(|_| byte == b'%').and_then(|h| u8::from_str_radix(h, 16).ok()) {
            out.push(decoded);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        416 => "Range Not Satisfiable",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
