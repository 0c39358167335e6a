//! One request with its retries and redirects.

use std::io;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use pangeo::{Error, Result};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode};
use tokio::runtime::Runtime;
use tokio::time::{sleep, timeout};
use url::Url;

use super::failure::{deepest, not_json, said};
use super::{Failure, Inner, Kind, Limits, Options, Reply, Request, masked, retry};

/// So many redirects are followed.
pub(super) const REDIRECTS: usize = 10;
/// So much of an error's text is read.
pub(super) const WORDS: usize = 64 << 10;
/// What a link must not set: it belongs to the connection.
const OURS: [&str; 5] = ["host", "content-length", "connection", "transfer-encoding", "upgrade"];

/// The client of the library.
pub(super) fn connect(options: &Options, runtime: &Runtime) -> Result<reqwest::Client> {
    let settings = || {
        reqwest::Client::builder()
            .user_agent(concat!("pangeo-suite/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.timeout)
            // Redirects are followed here, since a search that is redirected keeps its body and leaves its secrets.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
    };
    let _inside = runtime.enter();
    // A small container may have no certificates to check servers by; what is not encrypted works without.
    let built = settings().build().or_else(|e| settings().tls_certs_only([]).build().map_err(|_| e));
    built.map_err(|e| Error::io("open", "a network connection", io::Error::other(deepest(&e))))
}

/// Send until there is an answer, or no use in going on.
pub(super) async fn exchange(inner: &Inner, request: Request, limits: Limits) -> Result<Reply, Failure> {
    let began = Instant::now();
    let mut retried = 0;
    loop {
        let left = limits.silence.saturating_sub(began.elapsed());
        let attempt = limits.attempt.min(left);
        let patience = inner.options.patience.saturating_sub(began.elapsed());
        // What arrives slowly is progress, but not for ever.
        let ended = timeout(patience, follow(inner, &request, attempt)).await;
        let ended = ended.unwrap_or_else(|_| Err(Failure::of(Kind::Silence(inner.options.patience), &request.url)));
        let mut failure = match ended {
            Ok(reply) => return Ok(reply),
            Err(failure) => failure,
        };
        failure.retried = retried;
        let pause = pause(inner, &failure, retried, limits, &request.url);
        let left = limits.silence.saturating_sub(began.elapsed());
        let Some(pause) = pause.filter(|pause| *pause < left) else {
            failure.spent = began.elapsed();
            return Err(failure);
        };
        sleep(pause).await;
        retried += 1;
    }
}

/// How long to wait before the request is sent again, if it is.
pub(super) fn pause(inner: &Inner, failure: &Failure, retried: u32, limits: Limits, url: &Url) -> Option<Duration> {
    let options = &inner.options;
    // A smaller page is better than the same one often.
    let most = if limits.divisible && failure.too_large() { options.retries.min(1) } else { options.retries };
    let refused = matches!(failure.kind, Kind::Unreachable(_)) && inner.reached.load(Ordering::Relaxed);
    if retried >= most || !(failure.passes() || refused) {
        return None;
    }
    let own = retry::backoff(options.backoff, retried, url.as_str());
    match failure.kind {
        Kind::Status(_, _, Some(asked)) => Some(asked.max(own.min(options.backoff))),
        _ => Some(own),
    }
}

/// Send once, and after redirects again; `silence` is how long nothing may come.
async fn follow(inner: &Inner, request: &Request, silence: Duration) -> Result<Reply, Failure> {
    let mut request = request.clone();
    for _ in 0..=REDIRECTS {
        let response = send(inner, &request, silence).await?;
        inner.reached.store(true, Ordering::Relaxed);
        let status = response.status();
        if !status.is_redirection() {
            return answer(inner, &request.url, response, silence).await;
        }
        let Some(url) = target(&request.url, response.headers()) else {
            return Err(Failure::of(Kind::Odd(format!("the server redirects ({status}) to nowhere")), &request.url));
        };
        if !matches!(url.scheme(), "http" | "https") {
            let what = format!("the server redirects to {}, which is not HTTP", masked(&url));
            return Err(Failure::of(Kind::Odd(what), &request.url));
        }
        // A search is asked again as it was, unless the server says that its answer lies elsewhere. What a link told to
        // send was for the host it named.
        if status == StatusCode::SEE_OTHER {
            request.body = None;
        }
        if url.origin() != request.url.origin() {
            request.headers.clear();
        }
        request.url = url;
    }
    Err(Failure::of(Kind::Odd(format!("the server redirects more than {REDIRECTS} times")), &request.url))
}

/// Where a redirect leads.
pub(super) fn target(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let location = headers.get(LOCATION)?;
    from.join(std::str::from_utf8(location.as_bytes()).ok()?).ok()
}

/// The answer to a request, up to its body.
pub(super) async fn send(inner: &Inner, request: &Request, silence: Duration) -> Result<Response, Failure> {
    let method = if request.body.is_some() { Method::POST } else { Method::GET };
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/geo+json, application/json"));
    for (name, value) in &request.headers {
        let pair = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str()));
        if let (Ok(name), Ok(value)) = pair
            && !OURS.contains(&name.as_str())
        {
            headers.insert(name, value);
        }
    }
    let mut url = request.url.clone();
    if url.origin() == inner.origin {
        headers.extend(inner.secrets.clone());
        if let Some((name, password)) = inner.user.as_ref().filter(|_| url.username().is_empty()) {
            // Links of a server do not repeat how one logs in. An address with a host takes both.
            let _ = url.set_username(name);
            let _ = url.set_password(password.as_deref());
        }
    }
    let mut sent = inner.http.request(method, url);
    if let Some(body) = &request.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        sent = sent.body(body.to_string());
    }
    inner.requests.fetch_add(1, Ordering::Relaxed);
    match timeout(silence, sent.headers(headers).send()).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(Failure::of(broken(&error, silence), &request.url)),
        Err(_) => Err(Failure::of(Kind::Silence(silence), &request.url)),
    }
}

pub(super) fn broken(error: &reqwest::Error, silence: Duration) -> Kind {
    match () {
        () if error.is_timeout() => Kind::Silence(silence),
        () if error.is_connect() => Kind::Unreachable(deepest(error)),
        () if error.is_builder() => Kind::Odd(format!("the request can't be sent: {}", deepest(error))),
        () => Kind::Broken(deepest(error)),
    }
}

/// The JSON of an answer, or what it refuses.
async fn answer(inner: &Inner, url: &Url, mut response: Response, silence: Duration) -> Result<Reply, Failure> {
    let status = response.status();
    if !status.is_success() {
        let wait = retry::asked_for(response.headers());
        // Its words are a courtesy: an error without them is the same error.
        let body = body(&mut response, WORDS, silence).await.unwrap_or_default();
        return Err(Failure::of(Kind::Status(status.as_u16(), said(&body), wait), url));
    }
    let fail = |kind| Failure::of(kind, url);
    let body = body(&mut response, inner.options.max_bytes, silence).await.map_err(fail)?;
    match serde_json::from_slice(&body) {
        Ok(json) => Ok(Reply { url: url.clone(), json }),
        Err(error) => Err(fail(not_json(&body, &error))),
    }
}

/// The bytes of a body; no more than `most`.
pub(super) async fn body(response: &mut Response, most: usize, silence: Duration) -> Result<Vec<u8>, Kind> {
    // What is announced is not believed further than a first guess.
    let guess = response.content_length().unwrap_or(0).min(1 << 20) as usize;
    let mut bytes = Vec::with_capacity(guess.min(most));
    loop {
        let chunk = match timeout(silence, response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None)) => return Ok(bytes),
            Ok(Err(error)) => return Err(broken(&error, silence)),
            Err(_) => return Err(Kind::Silence(silence)),
        };
        if chunk.len() > most.saturating_sub(bytes.len()) {
            return Err(Kind::Huge(most));
        }
        bytes.extend_from_slice(&chunk);
    }
}
