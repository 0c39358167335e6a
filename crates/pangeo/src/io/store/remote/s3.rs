//! A bucket of S3 or of a service that speaks its protocol.
//!
//! Settings come from the `AWS_…` variables: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`,
//! `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`, `AWS_SKIP_SIGNATURE`, `AWS_REQUEST_PAYER` and what else
//! `object_store` knows. Without credentials requests are not signed, as public data want it; the credentials of a
//! cloud machine are asked for only when `AWS_SKIP_SIGNATURE=false` says so, since elsewhere that is a long wait.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::client::{HttpClient, HttpConnector};
use object_store::path::Path;
use object_store::{ClientOptions, GetOptions, GetRange, ObjectStore, RetryConfig};

use super::Net;
use super::reply::{Body, Refusal, Reply, Version, Want, deepest, explanation};
use crate::{Error, Result};

/// A bucket and a prefix in it.
#[derive(Debug)]
pub(super) struct S3Endpoint {
    bucket: String,
    prefix: String,
    name: String,
    settings: Vec<(String, String)>,
    signed: bool,
    client: HttpClient,
    /// The client of the bucket, and the region that it asks in.
    store: RwLock<(Arc<AmazonS3>, Option<String>)>,
    /// The region that the last refusal named.
    named_region: Arc<Mutex<Option<String>>>,
}

impl S3Endpoint {
    /// The objects of `bucket` whose keys begin with `prefix` and a slash, or are `prefix`.
    pub(super) fn new(net: &Net, bucket: &str, prefix: &str) -> Result<Self> {
        Self::with(net, None, bucket, prefix)
    }

    /// The same, with time enough to send large objects.
    pub(super) fn to_write(net: &Net, bucket: &str, prefix: &str) -> Result<Self> {
        Self::with(net, Some(net.uploads()?), bucket, prefix)
    }

    fn with(net: &Net, uploads: Option<HttpClient>, bucket: &str, prefix: &str) -> Result<Self> {
        let prefix = prefix.trim_end_matches('/');
        let name = if prefix.is_empty() { format!("s3://{bucket}") } else { format!("s3://{bucket}/{prefix}") };
        let settings: Vec<_> = net.options.aws.iter().map(|(k, v)| (k.to_ascii_lowercase(), v.clone())).collect();
        let signed = is_signed(&settings);
        check_endpoint(&settings)?;
        let named_region = Arc::new(Mutex::new(None));
        let client = net.patient(uploads, Arc::clone(&named_region));
        let store = Arc::new(build(bucket, &settings, signed, &client, None)?);
        let region = settings.iter().find(|(name, _)| name == "aws_region").map(|(_, region)| region.clone());
        let (bucket, prefix) = (bucket.to_owned(), prefix.to_owned());
        let store = RwLock::new((store, region));
        Ok(Self { bucket, prefix, name, settings, signed, client, store, named_region })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) async fn get(&self, key: &str, want: &Want) -> Result<Reply, Refusal> {
        let range = match want {
            Want::All => None,
            Want::Range(range) => Some(GetRange::Bounded(range.clone())),
            Want::Last(length) => Some(GetRange::Suffix(*length)),
        };
        self.ask(key, GetOptions { range, ..GetOptions::default() }).await
    }

    pub(super) async fn head(&self, key: &str) -> Result<Reply, Refusal> {
        let mut reply = self.ask(key, GetOptions { head: true, ..GetOptions::default() }).await?;
        reply.body = Body::Empty;
        Ok(reply)
    }

    async fn ask(&self, key: &str, options: GetOptions) -> Result<Reply, Refusal> {
        let path = self.path(key)?;
        let partial = options.range.is_some();
        let get = |store: Arc<AmazonS3>| {
            let (path, options) = (path.clone(), options.clone());
            async move { store.get_opts(&path, options).await }
        };
        let result = self.on_store(get).await?;
        let version = Version { tag: result.meta.e_tag.clone(), modified: Some(result.meta.last_modified.to_string()) };
        let (first, total) = (result.range.start, Some(result.meta.size));
        Ok(Reply { first, total, partial, version, page: false, body: Body::S3(Box::new(result)) })
    }

    /// The names directly below `prefix`.
    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<String>, Refusal> {
        let path = self.path(prefix)?;
        let list = |store: Arc<AmazonS3>| {
            let path = path.clone();
            async move { store.list_with_delimiter(Some(&path)).await }
        };
        let found = self.on_store(list).await?;
        let objects = found.objects.iter().map(|o| &o.location);
        let mut names: Vec<_> =
            found.common_prefixes.iter().chain(objects).filter_map(|path| path.filename().map(str::to_owned)).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// What may help against `refusal` of a write.
    pub(super) fn hint_to_write(&self, refusal: &Refusal) -> Option<String> {
        let hint = match refusal {
            Refusal::Status(401 | 403, _) if self.signed => "the credentials in AWS_ACCESS_KEY_ID may not write there",
            Refusal::Status(401 | 403, _) => {
                "writing wants credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            }
            Refusal::Status(404, _) => "make the bucket first; for another service than AWS set AWS_ENDPOINT_URL",
            other => return other.hint(),
        };
        Some(hint.to_owned())
    }

    /// What may help against `refusal`.
    pub(super) fn hint(&self, refusal: &Refusal) -> Option<String> {
        let hint = match refusal {
            Refusal::Status(401 | 403, _) if self.signed => {
                "the credentials in AWS_ACCESS_KEY_ID may not read it; public data may want AWS_SKIP_SIGNATURE=true"
            }
            Refusal::Status(401 | 403, _) => {
                "requests are not signed, since AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"
            }
            Refusal::Status(404, _) => "check bucket and key; for another service than AWS set AWS_ENDPOINT_URL",
            other => return other.hint(),
        };
        Some(hint.to_owned())
    }

    /// What `act` gets from the bucket, wherever that turns out to lie.
    pub(super) async fn on_store<T, F>(&self, act: impl Fn(Arc<AmazonS3>) -> F) -> Result<T, Refusal>
    where
        F: Future<Output = object_store::Result<T>>,
    {
        let store = Arc::clone(&self.store.read().unwrap_or_else(PoisonError::into_inner).0);
        let result = match act(Arc::clone(&store)).await {
            Err(error) => match self.moved(&store) {
                Some(elsewhere) => act(elsewhere).await,
                None => Err(error),
            },
            done => done,
        };
        result.map_err(|e| refusal(&e))
    }

    /// The client to ask after `failed` was refused: in the region that the last refusal named, if that is news, since
    /// buckets answer only in their own. Requests that failed together move once.
    fn moved(&self, failed: &Arc<AmazonS3>) -> Option<Arc<AmazonS3>> {
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        let named = self.named_region.lock().unwrap_or_else(PoisonError::into_inner).take();
        if !Arc::ptr_eq(&store.0, failed) {
            return Some(Arc::clone(&store.0));
        }
        let region = named.filter(|region| store.1.as_ref() != Some(region))?;
        let own_endpoint = self.settings.iter().any(|(name, _)| name.starts_with("aws_endpoint"));
        if own_endpoint && !self.signed {
            return None;
        }
        let moved = build(&self.bucket, &self.settings, self.signed, &self.client, Some(&region)).ok()?;
        *store = (Arc::new(moved), Some(region));
        Some(Arc::clone(&store.0))
    }

    pub(super) fn path(&self, key: &str) -> Result<Path, Refusal> {
        let whole = match (self.prefix.as_str(), key) {
            (prefix, "") => prefix.to_owned(),
            ("", key) => key.to_owned(),
            (prefix, key) => format!("{prefix}/{key}"),
        };
        Path::parse(whole).map_err(|e| Refusal::Odd(format!("not a key of S3: {}", deepest(&e))))
    }
}

/// Whether to sign: when told so, else when there are credentials.
fn is_signed(settings: &[(String, String)]) -> bool {
    let set = |name: &str| settings.iter().any(|(n, value)| n == name && !value.is_empty());
    let skip = settings.iter().find(|(name, _)| name == "aws_skip_signature").map(|(_, value)| value.as_str());
    match skip.map(str::to_ascii_lowercase).as_deref() {
        Some("true" | "1" | "yes" | "on") => false,
        Some("false" | "0" | "no" | "off") => true,
        _ => {
            set("aws_access_key_id")
                || set("aws_container_credentials_relative_uri")
                || set("aws_container_credentials_full_uri")
                || set("aws_web_identity_token_file") && set("aws_role_arn")
        }
    }
}

/// Refuses an unencrypted endpoint unless it is allowed, or on this machine.
fn check_endpoint(settings: &[(String, String)]) -> Result<()> {
    let endpoints = settings.iter().filter(|(name, _)| name.starts_with("aws_endpoint"));
    let allowed = settings.iter().any(|(n, v)| n == "aws_allow_http" && matches!(v.as_str(), "true" | "1" | "yes"));
    for (name, value) in endpoints {
        let name = name.to_ascii_uppercase();
        let Ok(url) = url::Url::parse(value) else {
            return Err(Error::usage(format!("{name} is not a URL")));
        };
        if url.scheme() == "http" && !allowed && !matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) {
            return Err(Error::usage(format!("{name} is not encrypted (http://)"))
                .with_hint("set AWS_ALLOW_HTTP=true if that is meant"));
        }
    }
    Ok(())
}

/// The client of a bucket; our own connections repeat requests, so it does not.
fn build(
    bucket: &str,
    settings: &[(String, String)],
    signed: bool,
    client: &HttpClient,
    region: Option<&str>,
) -> Result<AmazonS3> {
    let mut builder = AmazonS3Builder::new();
    for (name, value) in settings.iter().filter(|(_, value)| !value.is_empty()) {
        if let Ok(key) = name.parse::<AmazonS3ConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    if let Some(region) = region {
        builder = builder.with_region(region);
    }
    builder
        .with_bucket_name(bucket)
        .with_skip_signature(!signed)
        // Not every service knows the removal of many objects at once.
        .with_disable_bulk_delete(true)
        .with_http_connector(Shared(client.clone()))
        .with_retry(RetryConfig { max_retries: 0, ..RetryConfig::default() })
        .build()
        .map_err(|e| Error::usage(format!("the AWS_… variables do not describe an S3 service: {}", deepest(&e))))
}

/// Hands out the connections that exist.
#[derive(Debug)]
struct Shared(HttpClient);

impl HttpConnector for Shared {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}

/// What an error of `object_store` says. Its types keep the status to themselves, so the text is read.
pub(super) fn refusal(error: &object_store::Error) -> Refusal {
    let text = error.to_string();
    let status = match error {
        object_store::Error::NotFound { .. } => Some(404),
        object_store::Error::Unauthenticated { .. } => Some(401),
        object_store::Error::PermissionDenied { .. } => Some(403),
        _ => text.split_once("status code: ").and_then(|(_, rest)| rest.get(..3)?.parse().ok()),
    };
    let moved = "the bucket lies in another region: set AWS_REGION";
    match status {
        Some(status) => Refusal::Status(status, explanation(&text)),
        None if text.contains("redirect without LOCATION") => Refusal::Odd(moved.to_owned()),
        // A success that goes on with the words of a failure, as S3 answers what takes it long.
        None if text.contains("error response: ") => Refusal::Status(500, explanation(&text)),
        None => Refusal::Silence(deepest(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn requests_are_signed_when_there_are_credentials() {
        assert!(!is_signed(&[]));
        assert!(is_signed(&settings(&[("aws_access_key_id", "AK")])));
        assert!(!is_signed(&settings(&[("aws_access_key_id", "")])));
        assert!(!is_signed(&settings(&[("aws_access_key_id", "AK"), ("aws_skip_signature", "true")])));
        assert!(is_signed(&settings(&[("aws_skip_signature", "false")])), "the credentials of the machine");
        assert!(!is_signed(&settings(&[("aws_web_identity_token_file", "f")])));
    }

    #[test]
    fn unencrypted_endpoints_must_be_meant() {
        let far = ("aws_endpoint_url", "http://minio.example.org:9000");
        assert!(check_endpoint(&settings(&[far])).unwrap_err().hint().unwrap().contains("AWS_ALLOW_HTTP"));
        assert!(check_endpoint(&settings(&[far, ("aws_allow_http", "true")])).is_ok());
        assert!(check_endpoint(&settings(&[("aws_endpoint_url", "http://127.0.0.1:9000")])).is_ok());
        assert!(check_endpoint(&settings(&[("aws_endpoint_url", "minio")])).is_err());
    }
}
