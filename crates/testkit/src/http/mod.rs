//! A small HTTP/1.1 server on 127.0.0.1 that misbehaves on demand, to test clients against.
//!
//! It serves a folder (GET, HEAD, byte ranges) or the answers of a closure, keeps connections
//! alive, notes every request and shows the [`Faults`] that it is told to: no ranges, 503 with
//! `Retry-After`, delays, connections that drop half-way through a body or before an answer.
//!
//! ```
//! let folder = tempfile::tempdir().unwrap();
//! std::fs::write(folder.path().join("ten.bin"), b"0123456789").unwrap();
//! let server = testkit::http::Server::folder(folder.path());
//! assert!(server.url("ten.bin").starts_with("http://127.0.0.1:"));
//! assert!(server.requests().is_empty());
//! ```

mod message;
#[cfg(test)]
mod tests;

use std::io::{BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

pub(crate) use message::percent_decode;
pub use message::{Reply, Request};
use message::{read_request, write_reply};

/// How the server misbehaves; the default is a server without faults.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Answer range requests with 200 and the whole body, as servers without range support do.
    pub ignore_range: bool,
    /// Answer so many more requests with `fail_status`; counts down.
    pub fail_next: usize,
    /// The status of those answers; 0 means 503.
    pub fail_status: u16,
    /// The `Retry-After` header of those answers, in seconds.
    pub retry_after: Option<u32>,
    /// Wait so long before each answer.
    pub delay: Duration,
    /// Drop the connection in the middle of the body of so many more answers; counts down.
    pub drop_next: usize,
    /// Do what so many more requests ask for, then close the connection without an answer; counts down.
    pub hang_up_next: usize,
    /// Refuse HEAD with 405, as presigned URLs do.
    pub refuse_head: bool,
}

/// A running server; stops when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

struct Shared {
    faults: Mutex<Faults>,
    log: Mutex<Vec<Request>>,
    handler: Box<Handler>,
    stopped: AtomicBool,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("faults", &self.faults).field("log", &self.log).finish_non_exhaustive()
    }
}

impl Server {
    /// Serve the files below `root`; a request for a missing file is answered with 404.
    pub fn folder(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        Self::start(move |request| file_reply(&root, request))
    }

    /// Answer each request with what `handler` says (a STAC API, an S3 listing, …). Ranges, HEAD
    /// and faults are applied to its answers as to files.
    ///
    /// # Panics
    /// When no port can be had.
    pub fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on 127.0.0.1");
        let address = listener.local_addr().expect("the address of a bound socket");
        let shared = Arc::new(Shared {
            faults: Mutex::default(),
            log: Mutex::default(),
            handler: Box::new(handler),
            stopped: AtomicBool::new(false),
        });
        let served = Arc::clone(&shared);
        let listener = std::thread::spawn(move || accept(&listener, &served));
        Self { address, shared, listener: Some(listener) }
    }

    /// The URL of `path` (no leading slash; percent-encode what needs it).
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Change how the server misbehaves from the next request on.
    pub fn faults(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut lock(&self.shared.faults));
    }

    /// All requests so far, in the order of their arrival.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.log).clone()
    }

    /// Forget the requests so far and return them.
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut lock(&self.shared.log))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // The listener waits in accept: one last connection wakes it.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.listener.take() {
            drop(thread.join());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        std::thread::spawn(move || converse(&stream, &shared));
    }
}

/// Answer the requests of one connection until the client leaves or a fault ends it.
fn converse(stream: &TcpStream, shared: &Shared) {
    // An idle client that never leaves must not keep the thread for ever.
    drop(stream.set_read_timeout(Some(Duration::from_secs(30))));
    drop(stream.set_nodelay(true));
    let mut input = BufReader::new(stream);
    while let Some(mut request) = read_request(&mut input) {
        let (reply, halve) = answer(shared, &mut request);
        let Some(reply) = reply else {
            lock(&shared.log).push(request);
            break;
        };
        let close = halve || request.header("connection").is_some_and(|c| c.eq_ignore_ascii_case("close"));
        let head_only = request.method == "HEAD";
        lock(&shared.log).push(request);
        if write_reply(&mut (&*stream), &reply, head_only, halve).is_err() || close {
            break;
        }
        if shared.stopped.load(Ordering::SeqCst) {
            break;
        }
    }
    drop((&*stream).flush());
    drop(stream.shutdown(Shutdown::Both));
}

/// The reply to a request, if it gets one, and whether to stop in the middle of its body.
fn answer(shared: &Shared, request: &mut Request) -> (Option<Reply>, bool) {
    let (now, failing, silent) = {
        let mut faults = lock(&shared.faults);
        let failing = faults.fail_next > 0;
        faults.fail_next = faults.fail_next.saturating_sub(1);
        let silent = !failing && faults.hang_up_next > 0;
        faults.hang_up_next = faults.hang_up_next.saturating_sub(usize::from(silent));
        (faults.clone(), failing, silent)
    };
    std::thread::sleep(now.delay);
    let reply = if failing {
        let mut reply = Reply::status(if now.fail_status == 0 { 503 } else { now.fail_status });
        reply.headers.extend(now.retry_after.map(|s| ("Retry-After".to_owned(), s.to_string())));
        reply
    } else if now.refuse_head && request.method == "HEAD" {
        Reply::status(405)
    } else {
        let asked = if now.ignore_range { None } else { request.range.clone() };
        (shared.handler)(request).cut_to(asked.as_deref())
    };
    if silent {
        request.status = reply.status;
        return (None, false);
    }
    let mut halve = false;
    if !failing && reply.body.len() > 1 && request.method != "HEAD" {
        let mut faults = lock(&shared.faults);
        halve = faults.drop_next > 0;
        faults.drop_next = faults.drop_next.saturating_sub(1);
    }
    request.status = reply.status;
    request.sent = match reply.body.len() as u64 {
        _ if request.method == "HEAD" => 0,
        length if halve => length / 2,
        length => length,
    };
    (Some(reply), halve)
}

/// The file that a request names; a HEAD is told its length without reading it.
fn file_reply(root: &Path, request: &Request) -> Reply {
    let relative = request.path.trim_start_matches('/');
    if relative.split('/').any(|part| part == "..") {
        return Reply::status(403);
    }
    let path = root.join(relative);
    let length = match std::fs::metadata(&path) {
        Ok(meta) if meta.is_file() => meta.len(),
        _ => return Reply::status(404),
    };
    let body = if request.method == "HEAD" { Ok(Vec::new()) } else { std::fs::read(&path) };
    let Ok(body) = body else { return Reply::status(500) };
    let mut reply = Reply::ok("application/octet-stream", body);
    reply.length = Some(length);
    reply
}
