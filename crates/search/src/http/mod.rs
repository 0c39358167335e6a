//! Requests for JSON over HTTP, with patience.
//!
//! [`Client`] asks again where it is of use (429, 500, 502, 503, 504, broken connections), waits as long as the server says
//! and never longer than [`Options::timeout`] without progress, follows redirects, bounds what an answer may hold,
//! and sends headers with secrets to the origin of the endpoint alone.
//!
//! ```no_run
//! use search::http::{Client, Options};
//! let endpoint = "https://example.org/stac".parse().unwrap();
//! let client = Client::new(&endpoint, Options::default())?;
//! let landing = client.get_json(&endpoint)?;
//! println!("{} after {} requests", landing["id"], client.requests());
//! # Ok::<(), pangeo::Error>(())
//! ```

mod download;
mod exchange;
mod failure;
mod mask;
mod retry;

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use pangeo::{Error, Result};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use url::{Origin, Url};

pub(crate) use failure::{Failure, Kind};
pub(crate) use mask::masked;

/// How a [`Client`] asks.
#[derive(Clone)]
pub struct Options {
    /// Headers with their values, sent to the origin (scheme, host, port) of the endpoint alone.
    pub headers: Vec<(String, String)>,
    /// A request ends after so long without progress: its retries and the pauses between them count, and what arrives of
    /// an answer starts the time anew.
    pub timeout: Duration,
    /// A request ends after so long in any case, however slowly its answer still arrives.
    pub patience: Duration,
    /// A request is sent again so many times.
    pub retries: u32,
    /// The pause before the first retry; it doubles with each (30 s at most). What a server asks for goes first.
    pub backoff: Duration,
    /// An answer may hold so many bytes, decompressed.
    pub max_bytes: usize,
    /// Every wait ends with [`Error::Cancelled`] soon after this is set.
    pub cancelled: Option<Arc<AtomicBool>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            headers: Vec::new(),
            timeout: Duration::from_mins(1),
            patience: Duration::from_mins(10),
            retries: 4,
            backoff: Duration::from_millis(500),
            max_bytes: 64 << 20,
            cancelled: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values of headers are secrets.
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Options")
            .field("headers", &names)
            .field("timeout", &self.timeout)
            .field("patience", &self.patience)
            .field("retries", &self.retries)
            .field("backoff", &self.backoff)
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}

/// Sends requests and counts them; clones share the count.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

/// What the requests of a client share.
#[derive(Debug)]
struct Inner {
    http: reqwest::Client,
    options: Options,
    /// What `options.headers` are, checked.
    secrets: HeaderMap,
    /// Where they may go.
    origin: Origin,
    /// The user name and password of the endpoint, as its address writes them; they may go there, too.
    user: Option<(String, Option<String>)>,
    requests: AtomicU64,
    /// Whether anything was ever answered: an address that never did is more likely wrong than busy.
    reached: AtomicBool,
}

impl Client {
    /// A client for what lies at `endpoint` and what it links to.
    ///
    /// # Errors
    /// For an endpoint that is not `http(s)`, for names and values that can't be headers, without a network stack.
    pub fn new(endpoint: &Url, options: Options) -> Result<Self> {
        if !matches!(endpoint.scheme(), "http" | "https") {
            return Err(Error::usage(format!("{} is not an address of HTTP", masked(endpoint))));
        }
        let secrets = secrets(&options.headers)?;
        let origin = endpoint.origin();
        let name = Some(endpoint.username()).filter(|name| !name.is_empty());
        let user = name.map(|name| (name.to_owned(), endpoint.password().map(str::to_owned)));
        let http = exchange::connect(&options, runtime()?)?;
        let inner = Inner {
            http,
            options,
            secrets,
            origin,
            user,
            requests: AtomicU64::new(0),
            reached: AtomicBool::new(false),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The JSON at an address.
    ///
    /// # Errors
    /// When the server can't be reached, refuses, or answers something that is not JSON.
    pub fn get_json(&self, url: &Url) -> Result<Value> {
        Ok(self.get(url)?.json)
    }

    /// The JSON at an address, and the address that it came from in the end.
    ///
    /// # Errors
    /// As [`Client::get_json`].
    pub(crate) fn get(&self, url: &Url) -> Result<Reply> {
        Ok(self.start(Request::get(url.clone()), self.whole())?.wait()?)
    }

    /// So many requests were sent so far, with retries and redirects.
    pub fn requests(&self) -> u64 {
        self.inner.requests.load(Ordering::Relaxed)
    }

    /// The limits of a request that can't be made smaller.
    pub(crate) fn whole(&self) -> Limits {
        let timeout = self.inner.options.timeout;
        Limits { silence: timeout, attempt: timeout, divisible: false }
    }

    /// Send a request; its answer arrives while other things are done.
    ///
    /// # Errors
    /// Without a runtime, which [`Client::new`] would have told.
    pub(crate) fn start(&self, request: Request, limits: Limits) -> Result<Pending> {
        let inner = Arc::clone(&self.inner);
        let url = request.url.clone();
        let task = runtime()?.spawn(async move { exchange::exchange(&inner, request, limits).await });
        Ok(Pending { task, url, cancelled: self.inner.options.cancelled.clone() })
    }
}

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Request {
    /// Where it goes.
    pub(crate) url: Url,
    /// The body of a POST; a GET without.
    pub(crate) body: Option<Value>,
    /// Headers that a link asks for.
    pub(crate) headers: Vec<(String, String)>,
}

impl Request {
    /// A GET.
    pub(crate) fn get(url: Url) -> Self {
        Self { url, body: None, headers: Vec::new() }
    }

    /// A POST of JSON.
    pub(crate) fn post(url: Url, body: Value) -> Self {
        Self { url, body: Some(body), headers: Vec::new() }
    }
}

/// How long a request may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Without progress, over all attempts.
    pub(crate) silence: Duration,
    /// Without progress, one attempt.
    pub(crate) attempt: Duration,
    /// Whether the one who asks can ask for less: then 502, 504 and time-outs are not tried to the end.
    pub(crate) divisible: bool,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Where it came from, after redirects.
    pub(crate) url: Url,
    /// What it holds.
    pub(crate) json: Value,
}

/// An answer on its way; dropped, it is given up.
#[derive(Debug)]
pub(crate) struct Pending<T = Reply> {
    task: JoinHandle<Result<T, Failure>>,
    url: Url,
    cancelled: Option<Arc<AtomicBool>>,
}

impl<T> Pending<T> {
    /// The answer.
    ///
    /// # Errors
    /// What became of the last attempt.
    pub(crate) fn wait(mut self) -> Result<T, Failure> {
        const GLANCE: Duration = Duration::from_millis(100);
        let runtime = runtime().map_err(|e| Failure::of(Kind::Fatal(Box::new(e)), &self.url))?;
        loop {
            // The timer belongs to the runtime: it must be made inside.
            let waited = runtime.block_on(async { tokio::time::timeout(GLANCE, &mut self.task).await });
            if let Ok(joined) = waited {
                return joined.unwrap_or_else(|e| Err(Failure::of(Kind::Fatal(Box::new(lost(e))), &self.url)));
            }
            if self.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
                return Err(Failure::of(Kind::Fatal(Box::new(Error::Cancelled)), &self.url));
            }
        }
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A task that did not end by itself.
fn lost(error: tokio::task::JoinError) -> Error {
    match error.try_into_panic() {
        Ok(payload) => Error::from_panic(&*payload),
        Err(_) => Error::Cancelled,
    }
}

/// The checked headers.
fn secrets(headers: &[(String, String)]) -> Result<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let wrong = |what: &str| Error::usage(format!("header '{name}' {what}"));
        let name = HeaderName::try_from(name.as_str()).map_err(|_| wrong("has no name that HTTP allows"))?;
        // The value itself is not shown.
        let mut value =
            HeaderValue::try_from(value.as_str()).map_err(|_| wrong("has a value that HTTP does not allow"))?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

/// The runtime of the whole process; it ends with that, whatever is still on its way.
fn runtime() -> Result<&'static Runtime> {
    // One thread is enough: it waits, and reads JSON while items are handed out.
    static RUNTIME: LazyLock<io::Result<Runtime>> =
        LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).thread_name("http").enable_all().build());
    RUNTIME.as_ref().map_err(|e| Error::io("open", "a network connection", io::Error::new(e.kind(), e.to_string())))
}
