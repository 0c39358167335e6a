//! What lies behind a URL: an object or a store.

use std::sync::Arc;

use bytes::Bytes;
use url::Url;

use super::cache::BLOCK;
use super::download::download;
use super::fetch::Remote;
use super::http::HttpEndpoint;
use super::object::RemoteObject;
use super::reply::{Refusal, Reply, Want};
use super::s3::S3Endpoint;
use super::tree::RemoteTree;
use super::{Endpoint, Net, block_on};
use crate::io::store::zip::ZARR_MARKERS;
use crate::io::store::{ByteSource, Opened};
use crate::{Error, Result};

/// Opens an `http://` or `https://` URL.
///
/// # Errors
/// When there is nothing, or nothing that can be read.
pub(in crate::io::store) fn open_http(net: &Arc<Net>, url: Url) -> Result<Opened> {
    let store_like = looks_like_store(url.path());
    open(net, Endpoint::Http(HttpEndpoint::new(net, url)?), store_like)
}

/// Opens the object `key` of `bucket`, or the store below it.
///
/// # Errors
/// As [`open_http`].
pub(in crate::io::store) fn open_s3(net: &Arc<Net>, bucket: &str, key: &str) -> Result<Opened> {
    let endpoint = Endpoint::S3(Arc::new(S3Endpoint::new(net, bucket, key)?));
    if !key.trim_end_matches('/').is_empty() {
        return open(net, endpoint, looks_like_store(key));
    }
    let endpoint = Arc::new(endpoint);
    if block_on(find_store(&endpoint))?? == Found::Store {
        return Ok(Opened::Tree(Arc::new(RemoteTree::new(Arc::clone(net), endpoint))));
    }
    Err(Error::data("no Zarr store at the top of the bucket", endpoint.name_of(""))
        .with_hint("give the object's key, too"))
}

fn looks_like_store(path: &str) -> bool {
    path.ends_with('/') || path.to_ascii_lowercase().ends_with(".zarr")
}

fn open(net: &Arc<Net>, endpoint: Endpoint, store_like: bool) -> Result<Opened> {
    let (net, endpoint) = (Arc::clone(net), Arc::new(endpoint));
    block_on(async move {
        let tree = || Opened::Tree(Arc::new(RemoteTree::new(Arc::clone(&net), Arc::clone(&endpoint))));
        let mut found = if store_like { find_store(&endpoint).await? } else { Found::Nothing };
        if found == Found::Store {
            return Ok(tree());
        }
        let reply = match endpoint.get("", &Want::Range(0..BLOCK)).await {
            Ok(reply) => reply,
            // A range of an empty object.
            Err(Refusal::Status(416, _)) => endpoint.head("").await.map_err(|refusal| endpoint.error("", &refusal))?,
            Err(refusal) => {
                if !store_like && is_nothing(&refusal) {
                    found = find_store(&endpoint).await?;
                }
                return match found {
                    Found::Store => Ok(tree()),
                    Found::Forbidden(forbidden) if refusal.is_absent() => Err(endpoint.error("", &forbidden)),
                    _ => Err(endpoint.error("", &refusal)),
                };
            }
        };
        let page = reply.page;
        if page && !store_like && find_store(&endpoint).await? == Found::Store {
            return Ok(tree());
        }
        let remote = Remote {
            net: Arc::clone(&net),
            endpoint: Arc::clone(&endpoint),
            key: String::new(),
            state: None,
            forgiving: false,
        };
        let (object, head) = object(remote, reply).await?;
        if page && head.trim_ascii_start().starts_with(b"<") {
            return Err(Error::unsupported("the server sends a web page, not data", endpoint.name_of(""))
                .with_hint("give the address of the file itself"));
        }
        Ok(Opened::Object(object))
    })?
}

/// The object that `reply` begins, and its first bytes.
async fn object(mut remote: Remote, reply: Reply) -> Result<(Arc<dyn ByteSource>, Bytes)> {
    if !reply.partial {
        let downloaded = download(&remote, reply).await?;
        let head = downloaded.read(0..downloaded.len().min(64))?;
        return Ok((Arc::new(downloaded), head));
    }
    let (version, mut total) = (reply.version.clone(), reply.total);
    if total.is_none() {
        total = remote.endpoint.head("").await.ok().and_then(|reply| reply.total);
    }
    let Some(total) = total else {
        let whole = remote.endpoint.get("", &Want::All).await.map_err(|refusal| remote.endpoint.error("", &refusal))?;
        let downloaded = download(&remote, whole).await?;
        return Ok((Arc::new(downloaded), Bytes::new()));
    };
    let stalled = remote.net.options.stalled;
    let mut head = Vec::new();
    let take = |piece: Bytes| {
        head.extend_from_slice(&piece);
        (head.len() as u64) < BLOCK
    };
    // What is missing after a break is fetched when it is wanted.
    let _ = reply.body.each(stalled, take).await;
    head.truncate(usize::try_from(total.min(BLOCK)).unwrap_or(0));
    let head = if reply.first == 0 { Bytes::from(head) } else { Bytes::new() };
    remote.state = Some((total, version));
    Ok((Arc::new(RemoteObject::new(remote, total, &head)), head))
}

/// What looking for a store found.
#[derive(PartialEq)]
enum Found {
    Store,
    Nothing,
    /// There may be one, for somebody else.
    Forbidden(Refusal),
}

/// Whether a Zarr group or array lies at `endpoint`.
async fn find_store(endpoint: &Endpoint) -> Result<Found> {
    let mut found = Found::Nothing;
    for marker in ZARR_MARKERS {
        match endpoint.get(marker, &Want::Range(0..1)).await {
            // Some servers answer everything with a page.
            Ok(reply) if reply.page => {}
            Ok(_) => return Ok(Found::Store),
            // Many servers forbid every name that begins with a dot; that says nothing.
            Err(refusal) if refusal.is_forbidden() && !marker.starts_with('.') => found = Found::Forbidden(refusal),
            Err(refusal) if is_nothing(&refusal) => {}
            Err(refusal) => return Err(endpoint.error("", &refusal)),
        }
    }
    Ok(found)
}

/// Whether `refusal` can mean that there is nothing.
fn is_nothing(refusal: &Refusal) -> bool {
    refusal.is_absent() || refusal.is_forbidden() || matches!(refusal, Refusal::Status(400 | 405, _))
}
