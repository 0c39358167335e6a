//! A URL of a web server, and what lies below it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use object_store::client::{HttpClient, HttpRequest, HttpRequestBody, HttpResponse};
use object_store::{HeaderMap, HeaderValue};
use url::Url;

use super::Net;
use super::reply::{Body, Refusal, Reply, Version, Want, deepest, explanation};
use crate::{Error, Result};

/// An `http://` or `https://` URL.
pub(super) struct HttpEndpoint {
    /// With its query, without user and password.
    url: Url,
    name: String,
    client: HttpClient,
    authorization: Option<HeaderValue>,
}

/// Without the query, which may be a signature, and the password.
impl std::fmt::Debug for HttpEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("HttpEndpoint").field(&self.name).finish()
    }
}

impl HttpEndpoint {
    /// The endpoint at `url`; user and password in it become a header.
    pub(super) fn new(net: &Net, mut url: Url) -> Result<Self> {
        url.set_fragment(None);
        let name = public_name(&url);
        if !url.has_host() {
            return Err(Error::usage(format!("{name} names no server")));
        }
        let authorization = credentials(&url);
        // These fail only for URLs without a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Self { url, name, client: net.patient(None, Arc::new(Mutex::new(None))), authorization })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The URL of `key`: below the path, with the same query (which may be a token for the whole container).
    fn url_of(&self, key: &str) -> Url {
        let mut url = self.url.clone();
        if !key.is_empty()
            && let Ok(mut path) = url.path_segments_mut()
        {
            path.pop_if_empty().extend(key.split('/'));
        }
        url
    }

    pub(super) async fn get(&self, key: &str, want: &Want) -> Result<Reply, Refusal> {
        let mut request = self.request(key)?;
        let range = match want {
            Want::All => None,
            Want::Range(range) => Some(format!("bytes={}-{}", range.start, range.end.saturating_sub(1))),
            Want::Last(length) => Some(format!("bytes=-{length}")),
        };
        if let Some(Ok(value)) = range.map(HeaderValue::try_from) {
            request.headers_mut().insert("range", value);
        }
        understand(self.send(request).await?).await
    }

    pub(super) async fn head(&self, key: &str) -> Result<Reply, Refusal> {
        let mut request = self.request(key)?;
        *request.method_mut() = "HEAD".parse().map_err(|_| Refusal::Odd("HEAD".into()))?;
        let mut reply = understand(self.send(request).await?).await?;
        reply.body = Body::Empty;
        Ok(reply)
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Refusal> {
        self.client.execute(request).await.map_err(|e| Refusal::Silence(deepest(&e)))
    }

    fn request(&self, key: &str) -> Result<HttpRequest, Refusal> {
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.uri_mut() = self
            .url_of(key)
            .as_str()
            .parse()
            .map_err(|_| Refusal::Odd("the URL has characters that can't be sent".into()))?;
        // Places in a packed answer would not be places in the object.
        request.headers_mut().insert("accept-encoding", HeaderValue::from_static("identity"));
        if let Some(value) = &self.authorization {
            request.headers_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}

/// A URL as it may be shown: without user, password, query and fragment.
pub(super) fn public_name(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

async fn understand(response: HttpResponse) -> Result<Reply, Refusal> {
    let status = response.status().as_u16();
    let headers = response.headers();
    let version = Version { tag: text(headers, "etag"), modified: text(headers, "last-modified") };
    let range = text(headers, "content-range");
    let page = text(headers, "content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
    if let Some(packing) = text(headers, "content-encoding").filter(|e| e != "identity" && status < 300) {
        return Err(Refusal::Odd(format!("the server packs its answer ({packing}), though that is not asked for")));
    }
    let (first, total, partial) = match (status, range.as_deref().map(content_range)) {
        (200, _) => (0, text(headers, "content-length").and_then(|n| n.parse().ok()), false),
        (206, Some(Some((first, total)))) => (first, total, true),
        (206, _) => return Err(Refusal::Odd("the server does not say which bytes it sends".into())),
        (416, Some(_)) if range.as_deref() == Some("bytes */0") => {
            return Ok(Reply { first: 0, total: Some(0), partial: true, version, page, body: Body::Empty });
        }
        _ => return Err(Refusal::Status(status, said(response).await)),
    };
    Ok(Reply { first, total, partial, version, page, body: Body::Http(response.into_body()) })
}

/// The beginning of what a server says to a refusal, if it is of the kind that explains.
async fn said(response: HttpResponse) -> Option<String> {
    const READ: usize = 16 << 10;
    /// An explanation is not worth more.
    const STALLED: Duration = Duration::from_secs(5);
    let mut body = Vec::new();
    let take = |piece: bytes::Bytes| {
        body.extend_from_slice(&piece);
        body.len() < READ
    };
    Body::Http(response.into_body()).each(STALLED, take).await.ok()?;
    explanation(&String::from_utf8_lossy(&body))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(|value| value.trim().to_owned())
}

/// First byte and total of `bytes 0-99/1234`; the total may be `*`.
fn content_range(value: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = value.strip_prefix("bytes")?.trim().split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.trim().parse::<u64>().ok()?, last.trim().parse::<u64>().ok()?);
    let total = if total == "*" { None } else { Some(total.parse().ok()?) };
    (first <= last && total.is_none_or(|total| last < total)).then_some((first, total))
}

/// The header for user and password of a URL (RFC 7617).
fn credentials(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut plain = unescaped(url.username());
    plain.push(b':');
    plain.extend(unescaped(url.password().unwrap_or_default()));
    let mut value = HeaderValue::try_from(format!("Basic {}", base64(&plain))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Undoes `%41`.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        let (byte, after) =
            if let (b'%', Some(byte)) = (first, hex) { (byte, tail.get(2..)) } else { (*first, Some(tail)) };
        bytes.push(byte);
        rest = after.unwrap_or_default();
    }
    bytes
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let at = |i: usize| group.get(i).copied().map_or(0, u32::from);
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..4u32 {
            let letter = LETTERS[(bits >> (18 - 6 * i) & 63) as usize];
            text.push(if i as usize <= group.len() { letter.into() } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges() {
        assert_eq!(content_range("bytes 0-99/1234"), Some((0, Some(1234))));
        assert_eq!(content_range("bytes 5-5/*"), Some((5, None)));
        for wrong in ["", "bytes */0", "bytes 9-5/10", "bytes 0-10/10", "bytes 0-99999999999999999999/1", "lines 1-2/3"]
        {
            assert_eq!(content_range(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn base64_of_rfc_4648() {
        let vectors = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in vectors {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn credentials_of_rfc_7617() {
        let url = Url::parse("https://Aladdin:open%20sesame@example.org/").unwrap();
        assert_eq!(credentials(&url).unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(unescaped("100%"), b"100%");
    }

    #[test]
    fn names_hide_secrets() {
        let url = Url::parse("https://me:pw@example.org:8080/a/b.nc?X-Amz-Signature=secret#frag").unwrap();
        assert_eq!(public_name(&url), "https://example.org:8080/a/b.nc");
    }

    #[test]
    fn keys_go_below_the_path_and_keep_the_query() {
        let net = Net::new(super::super::Options::default()).unwrap();
        let endpoint = |url: &str| HttpEndpoint::new(&net, Url::parse(url).unwrap()).unwrap();
        let url = endpoint("https://u:p@h/a/s.zarr?sig=x%2B");
        assert_eq!(url.url_of("t 2/c/0").as_str(), "https://h/a/s.zarr/t%202/c/0?sig=x%2B");
        assert_eq!(url.url_of("").as_str(), "https://h/a/s.zarr?sig=x%2B");
        assert_eq!(endpoint("http://h/a/").url_of("zarr.json").as_str(), "http://h/a/zarr.json");
        assert!(!format!("{url:?}").contains("sig"));
    }
}
