//! A service that speaks as much of S3's protocol as writing a store takes, to test clients against.
//!
//! Addresses are path-style: `http://HOST/BUCKET/KEY`. It knows GET, HEAD, PUT (also with `If-None-Match: *`),
//! DELETE, lists in pages and uploads in parts, checks no signatures, and misbehaves as its [`Server`] is told to.
//!
//! ```
//! let bucket = testkit::bucket::Bucket::start("data");
//! assert!(bucket.objects().is_empty());
//! bucket.put("a.zarr/zarr.json", b"{}");
//! assert_eq!(bucket.objects()["a.zarr/zarr.json"], b"{}");
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::http::{Reply, Request, Server, percent_decode};

/// What the service makes of `If-None-Match: *`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Conditional {
    /// Another object is a refusal: 412.
    #[default]
    Known,
    /// The request is refused: 501.
    Refused,
    /// Nothing.
    Ignored,
}

/// A running service with one bucket; stops when dropped.
#[derive(Debug)]
pub struct Bucket {
    server: Server,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    begun: usize,
    page: usize,
    conditional: Conditional,
}

#[derive(Debug, Clone)]
struct Object {
    bytes: Vec<u8>,
    /// The headers `x-amz-meta-…`.
    metadata: Vec<(String, String)>,
}

impl Bucket {
    /// An empty bucket called `name`.
    pub fn start(name: &str) -> Self {
        let state = Arc::new(Mutex::new(State { page: 1000, ..State::default() }));
        let (root, shared) = (format!("/{name}"), Arc::clone(&state));
        let server = Server::start(move |request| {
            match request.path.strip_prefix(&root).map(|key| key.trim_start_matches('/')) {
                Some(key) => lock(&shared).answer(key, request),
                None => refusal(404, "NoSuchBucket"),
            }
        });
        Self { server, state }
    }

    /// The HTTP server: its address, its faults, the requests so far.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The objects by their keys.
    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        lock(&self.state).objects.iter().map(|(key, object)| (key.clone(), object.bytes.clone())).collect()
    }

    /// Put an object as somebody else would.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        let object = Object { bytes: bytes.to_vec(), metadata: Vec::new() };
        lock(&self.state).objects.insert(key.to_owned(), object);
    }

    /// How many uploads in parts are neither completed nor given up.
    pub fn half_sent(&self) -> usize {
        lock(&self.state).uploads.len()
    }

    /// List so many objects in an answer.
    pub fn page(&self, length: usize) {
        lock(&self.state).page = length;
    }

    /// What to make of `If-None-Match: *` from now on.
    pub fn conditional(&self, conditional: Conditional) {
        lock(&self.state).conditional = conditional;
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn answer(&mut self, key: &str, request: &Request) -> Reply {
        let fields: BTreeMap<_, _> = request
            .query
            .split('&')
            .map(|field| field.split_once('=').unwrap_or((field, "")))
            .map(|(name, value)| (name, percent_decode(value)))
            .collect();
        let upload = fields.get("uploadId");
        match (request.method.as_str(), key, upload) {
            ("GET", "", _) => self.list(&fields),
            ("GET" | "HEAD", _, None) => self.get(key),
            ("PUT", _, None) => self.put(key, request),
            ("PUT", _, Some(upload)) => self.part(upload, &fields, request),
            ("POST", _, None) if fields.contains_key("uploads") => self.begin(),
            ("POST", _, Some(upload)) => self.complete(key, upload, request),
            ("DELETE", _, None) => {
                self.objects.remove(key);
                empty(204)
            }
            ("DELETE", _, Some(upload)) => empty(if self.uploads.remove(upload).is_some() { 204 } else { 404 }),
            _ => refusal(405, "MethodNotAllowed"),
        }
    }

    fn get(&self, key: &str) -> Reply {
        let Some(object) = self.objects.get(key) else { return refusal(404, "NoSuchKey") };
        let mut reply = Reply::ok("application/octet-stream", object.bytes.clone());
        reply.headers.extend(object.metadata.iter().cloned());
        reply
    }

    fn put(&mut self, key: &str, request: &Request) -> Reply {
        match (request.header("if-none-match"), self.conditional) {
            (Some(_), Conditional::Refused) => return refusal(501, "NotImplemented"),
            (Some("*"), Conditional::Known) if self.objects.contains_key(key) => {
                return refusal(412, "PreconditionFailed");
            }
            _ => {}
        }
        let metadata = request.headers.iter().filter(|(name, _)| name.starts_with("x-amz-meta-")).cloned().collect();
        self.objects.insert(key.to_owned(), Object { bytes: request.body.clone(), metadata });
        tagged(200)
    }

    fn begin(&mut self) -> Reply {
        self.begun += 1;
        let upload = format!("upload-{}", self.begun);
        let answer =
            format!("<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>");
        self.uploads.insert(upload, BTreeMap::new());
        xml(200, &answer)
    }

    fn part(&mut self, upload: &str, fields: &BTreeMap<&str, String>, request: &Request) -> Reply {
        let number = fields.get("partNumber").and_then(|n| n.parse().ok());
        match (self.uploads.get_mut(upload), number) {
            (Some(parts), Some(number)) => {
                parts.insert(number, request.body.clone());
                tagged(200)
            }
            _ => refusal(404, "NoSuchUpload"),
        }
    }

    fn complete(&mut self, key: &str, upload: &str, request: &Request) -> Reply {
        let Some(parts) = self.uploads.remove(upload) else { return refusal(404, "NoSuchUpload") };
        let listed = String::from_utf8_lossy(&request.body).matches("<PartNumber>").count();
        if listed != parts.len() {
            return refusal(400, "InvalidPart");
        }
        let bytes = parts.into_values().flatten().collect();
        self.objects.insert(key.to_owned(), Object { bytes, metadata: Vec::new() });
        xml(200, "<CompleteMultipartUploadResult><ETag>\"parts\"</ETag></CompleteMultipartUploadResult>")
    }

    /// The objects below a prefix, the token being the last key of the page before. No delimiters.
    fn list(&self, fields: &BTreeMap<&str, String>) -> Reply {
        let prefix = fields.get("prefix").map_or("", String::as_str);
        let after = fields.get("continuation-token").map_or("", String::as_str);
        let below = self.objects.iter().filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
        let mut found: Vec<_> = below.take(self.page + 1).collect();
        let more = found.len() > self.page;
        found.truncate(self.page);
        let token = found.last().filter(|_| more).map(|(key, _)| key.as_str());
        let token = token.map(|key| format!("<NextContinuationToken>{key}</NextContinuationToken>"));
        let entries: String = found.iter().map(|(key, object)| entry(key, object.bytes.len())).collect();
        let token = token.unwrap_or_default();
        xml(200, &format!("<ListBucketResult><IsTruncated>{more}</IsTruncated>{token}{entries}</ListBucketResult>"))
    }
}

fn entry(key: &str, size: usize) -> String {
    format!(
        "<Contents><Key>{key}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified><ETag>\"test\"</ETag>\
         <Size>{size}</Size></Contents>"
    )
}

fn xml(status: u16, body: &str) -> Reply {
    let headers = vec![("Content-Type".to_owned(), "application/xml".to_owned())];
    Reply { status, headers, body: format!("<?xml version=\"1.0\"?>{body}").into_bytes(), length: None }
}

fn refusal(status: u16, code: &str) -> Reply {
    xml(status, &format!("<Error><Code>{code}</Code><Message>refused</Message></Error>"))
}

fn empty(status: u16) -> Reply {
    Reply { status, headers: Vec::new(), body: Vec::new(), length: None }
}

fn tagged(status: u16) -> Reply {
    Reply { headers: vec![("ETag".to_owned(), "\"test\"".to_owned())], ..empty(status) }
}
