//! What an endpoint is, told from what it holds.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use pangeo::{Error, Result};

use super::Source;
use super::catalog::Catalog;
use super::catalog::address::{Address, Reader};
use super::content::Kind;
use super::file::ItemFile;
use crate::api::Api;
use crate::http;

/// How an endpoint is asked.
#[derive(Clone)]
pub struct Options {
    /// Headers with their values, sent to the origin of the endpoint alone.
    pub headers: Vec<(String, String)>,
    /// A request is sent again so many times.
    pub retries: u32,
    /// A request ends after so long without progress.
    pub timeout: Duration,
    /// Every wait ends with [`Error::Cancelled`] soon after this is set.
    pub cancelled: Option<Arc<AtomicBool>>,
}

impl Default for Options {
    fn default() -> Self {
        let http = http::Options::default();
        Self { headers: http.headers, retries: http.retries, timeout: http.timeout, cancelled: None }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values of headers are secrets.
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        let mut fields = to.debug_struct("Options");
        fields
            .field("headers", &names)
            .field("retries", &self.retries)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The API, the catalog or the file of items at an endpoint: a path, or a URL of `http`, `https`, `s3` or `file`.
///
/// What it is, its content tells: the landing page of an API, a Catalog or a Collection with links to others, an
/// `ItemCollection`, one item, a list of items, lines of these, or stac-geoparquet. JSON may be compressed by gzip. In a folder,
/// `catalog.json` or `collection.json` is looked at.
///
/// A remote file is fetched to a temporary one first.
///
/// # Errors
/// When there is nothing, or nothing of STAC.
pub fn open(endpoint: &str, options: Options) -> Result<Box<dyn Source>> {
    if endpoint.trim().is_empty() {
        return Err(Error::usage("the endpoint is an empty text").with_hint("give a URL or a path"));
    }
    let address = in_folder(Address::of(endpoint)?)?;
    let Options { headers, retries, timeout, cancelled } = options;
    let http = http::Options { headers, retries, timeout, cancelled: cancelled.clone(), ..http::Options::default() };
    let reader = Reader::new(&address, http)?;
    let (content, from) = reader.content(&address)?;
    let parquet = match content.kind()? {
        Kind::Items => false,
        Kind::Parquet => true,
        Kind::Document(document) if Api::is_landing_page(&document) => {
            let (Address::Url(asked), Address::Url(url)) = (&address, from) else {
                let error = Error::data("this is the landing page of an API, saved to a file", address.name());
                return Err(error.with_hint("give the address of the API itself"));
            };
            return Ok(Box::new(Api::of_landing_page(asked, reader.client(asked)?, url, document)?));
        }
        Kind::Document(document) => {
            return Ok(Box::new(Catalog { root: document, name: address.name(), address: from, reader, cancelled }));
        }
    };
    let requests = u64::from(matches!(address, Address::Url(_)));
    Ok(Box::new(ItemFile::new(content, parquet, requests, cancelled)))
}

/// The catalog of a folder, where the address is one.
fn in_folder(address: Address) -> Result<Address> {
    let Address::Path(path) = &address else { return Ok(address) };
    if !path.is_dir() {
        return Ok(address);
    }
    let inside =
        ["catalog.json", "collection.json"].iter().map(|name| path.join(name)).find(|path: &_| Path::is_file(path));
    inside.map(Address::Path).ok_or_else(|| {
        let error =
            Error::data("the folder has neither a catalog.json nor a collection.json", path.display().to_string());
        error.with_hint("give a file")
    })
}
