//! Objects and stores behind a network: HTTP(S) servers and S3, through the clients of `object_store`.
//!
//! The rest of the crate is synchronous and reads from many threads; here the waiting is done, on one small
//! runtime that starts with the first remote input. Layers, from the wire up: [`patience`] repeats requests;
//! [`http`] and [`s3`] make them and understand the answers ([`Reply`], [`Refusal`]); [`fetch`] gets exactly the
//! bytes wanted, whatever breaks on the way; [`object`] and [`tree`] put that behind [`super::ByteSource`] and
//! [`super::ObjectTree`]; [`probe`] finds out what lies behind a URL. Writing: [`upload`] sends objects to S3,
//! [`flights`] keeps count of those on their way, [`bucket`] puts both behind [`super::ObjectPlace`].

mod bucket;
mod cache;
mod coalesce;
mod download;
mod fetch;
mod flights;
mod http;
mod object;
mod patience;
mod probe;
mod reply;
mod s3;
#[cfg(test)]
mod tests;
mod tree;
mod upload;

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use object_store::ClientOptions;
use object_store::client::{ClientConfigKey, HttpClient, HttpConnector, ReqwestConnector};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;

pub use self::bucket::{open_place, open_place_until};
use self::patience::Patient;
pub(crate) use self::patience::Policy;
pub(super) use self::probe::{open_http, open_s3};
use self::reply::{Refusal, Reply, Want};
use crate::{Error, Result};

/// Connections of the whole process that fetch at the same time.
const CONNECTIONS: usize = 32;

/// How to talk to servers.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// When to repeat requests.
    pub(crate) policy: Policy,
    /// For making a connection.
    pub(crate) connect: Duration,
    /// For the first byte of an answer: some servers make what they send only then.
    pub(crate) idle: Duration,
    /// For any further byte, before what is missing is asked for again.
    pub(crate) stalled: Duration,
    /// The `AWS_…` variables: credentials, region, endpoint.
    pub(crate) aws: Vec<(String, String)>,
}

impl Default for Options {
    /// Patient enough for an overloaded archive, and the environment's AWS settings.
    fn default() -> Self {
        let aws = std::env::vars_os().filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)));
        Self {
            policy: Policy::default(),
            connect: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            stalled: Duration::from_secs(20),
            aws: aws.filter(|(name, _)| name.starts_with("AWS_")).collect(),
        }
    }
}

impl Options {
    /// What the clients have in common.
    fn client(&self) -> ClientOptions {
        ClientOptions::new()
            .with_config(ClientConfigKey::UserAgent, concat!("pangeo/", env!("CARGO_PKG_VERSION")))
            .with_config(ClientConfigKey::ConnectTimeout, millis(self.connect))
            .with_timeout_disabled()
            .with_allow_http(true)
    }
}

/// The connections and settings that inputs share.
#[derive(Debug)]
pub(super) struct Net {
    options: Options,
    client: HttpClient,
    /// For sending large bodies; made when first wanted.
    uploads: OnceLock<HttpClient>,
    gate: Semaphore,
}

impl Net {
    /// A network of its own.
    ///
    /// # Errors
    /// When the TLS library can't be set up.
    pub(super) fn new(options: Options) -> Result<Arc<Self>> {
        let client = connect(&options.client().with_config(ClientConfigKey::ReadTimeout, millis(options.idle)))?;
        Ok(Arc::new(Self { options, client, uploads: OnceLock::new(), gate: Semaphore::new(CONNECTIONS) }))
    }

    /// The client for sending large bodies: [`patience`] limits the wait for an answer by their length.
    fn uploads(&self) -> Result<HttpClient> {
        if let Some(client) = self.uploads.get() {
            return Ok(client.clone());
        }
        let client = connect(&self.options.client())?;
        Ok(self.uploads.get_or_init(|| client).clone())
    }

    /// The one that all inputs of a process share.
    pub(super) fn shared() -> Result<Arc<Self>> {
        static SHARED: Mutex<Option<Arc<Net>>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(net) = &*shared {
            return Ok(Arc::clone(net));
        }
        let net = Self::new(Options::default())?;
        *shared = Some(Arc::clone(&net));
        Ok(net)
    }

    /// A client that repeats requests; it leaves the region that S3 names in `region`.
    fn patient(&self, uploads: Option<HttpClient>, region: Arc<Mutex<Option<String>>>) -> HttpClient {
        let uploads = uploads.map(|client| (client, self.options.idle));
        Patient::client(self.client.clone(), uploads, self.options.policy.clone(), region)
    }
}

fn millis(duration: Duration) -> String {
    format!("{} ms", duration.as_millis())
}

/// A client that is set up by `settings`.
fn connect(settings: &ClientOptions) -> Result<HttpClient> {
    // A small container may have no certificates to check servers by; what is not encrypted works without.
    let bare = settings.clone().with_config(ClientConfigKey::NoSystemCertificates, "true");
    // The client registers with the runtime that it is made on.
    let client = block_on(async {
        let connector = ReqwestConnector::default();
        connector.connect(settings).or_else(|e| connector.connect(&bare).map_err(|_| e))
    })?;
    client.map_err(|e| Error::io("open", "a network connection", io::Error::other(reply::deepest(&e))))
}

/// Runs `future` to its end on this thread, with the input and output done by the shared runtime.
///
/// # Errors
/// When the runtime can't be started.
fn block_on<F: Future>(future: F) -> Result<F::Output> {
    Ok(runtime()?.block_on(future))
}

/// The runtime of the whole process; it ends with that, whatever is still on its way.
///
/// # Errors
/// When it can't be started.
fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    static STARTING: Mutex<()> = Mutex::new(());
    if RUNTIME.get().is_none() {
        let _starting = STARTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if RUNTIME.get().is_none() {
            let made = Builder::new_multi_thread().worker_threads(2).thread_name("network").enable_all().build();
            let made = made.map_err(|e| Error::io("open", "a network connection", e))?;
            // Held by `STARTING`, so nobody else can have set it.
            let _ = RUNTIME.set(made);
        }
    }
    RUNTIME.get().ok_or_else(|| Error::io("open", "a network connection", io::Error::other("no runtime")))
}

/// A place to get objects from.
#[derive(Debug)]
enum Endpoint {
    Http(http::HttpEndpoint),
    S3(Arc<s3::S3Endpoint>),
}

impl Endpoint {
    /// The path or URL of `key` for messages.
    fn name_of(&self, key: &str) -> String {
        let name = match self {
            Self::Http(http) => http.name(),
            Self::S3(s3) => s3.name(),
        };
        if key.is_empty() { name.to_owned() } else { format!("{}/{key}", name.trim_end_matches('/')) }
    }

    /// The answer to a request for `want` of the object `key` (`""`: the endpoint's own URL).
    async fn get(&self, key: &str, want: &Want) -> Result<Reply, Refusal> {
        match self {
            Self::Http(http) => http.get(key, want).await,
            Self::S3(s3) => s3.get(key, want).await,
        }
    }

    /// The size of `key`, without its bytes.
    async fn head(&self, key: &str) -> Result<Reply, Refusal> {
        match self {
            Self::Http(http) => http.head(key).await,
            Self::S3(s3) => s3.head(key).await,
        }
    }

    /// The error for `refusal` of `key`, with a hint where there is one.
    fn error(&self, key: &str, refusal: &Refusal) -> Error {
        let hint = match self {
            Self::S3(s3) => s3.hint(refusal),
            Self::Http(_) => refusal.hint(),
        };
        let error = Error::data(refusal.to_string(), self.name_of(key));
        match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}
