//! A store below a URL.

use std::sync::Arc;

use bytes::Bytes;

use super::fetch::Remote;
use super::reply::Want;
use super::{Endpoint, Net, block_on};
use crate::io::store::directory::check_key;
use crate::io::store::{ByteRange, ObjectTree};
use crate::{Error, Result};

/// The objects below an HTTP(S) URL or an S3 prefix.
#[derive(Debug)]
pub(super) struct RemoteTree {
    net: Arc<Net>,
    endpoint: Arc<Endpoint>,
    name: String,
}

impl RemoteTree {
    pub(super) fn new(net: Arc<Net>, endpoint: Arc<Endpoint>) -> Self {
        let name = endpoint.name_of("");
        Self { net, endpoint, name }
    }
}

/// Whether `key` is metadata, which readers look for under several names.
fn is_metadata(key: &str) -> bool {
    let file = key.rsplit('/').next().unwrap_or(key);
    file == "zarr.json" || file.starts_with(".z")
}

impl ObjectTree for RemoteTree {
    fn name(&self) -> &str {
        &self.name
    }

    fn get(&self, key: &str, range: ByteRange) -> Result<Option<Bytes>> {
        check_key(key, &self.name)?;
        let (want, empty) = match range {
            ByteRange::All => (Want::All, false),
            // There is no range of no bytes; the first one tells whether the object exists.
            ByteRange::From { length: 0, .. } | ByteRange::Last(0) => (Want::Range(0..1), true),
            ByteRange::From { offset, length } => {
                let end = offset.checked_add(length);
                let end = end.ok_or_else(|| Error::malformed(self.endpoint.name_of(key), "an impossible range"))?;
                (Want::Range(offset..end), false)
            }
            ByteRange::Last(length) => (Want::Last(length), false),
        };
        let (net, endpoint) = (Arc::clone(&self.net), Arc::clone(&self.endpoint));
        let remote = Remote { net, endpoint, key: key.to_owned(), state: None, forgiving: is_metadata(key) };
        match block_on(remote.fetch(want))? {
            Err(Error::Malformed { .. }) if empty => Ok(Some(Bytes::new())),
            other => Ok(other?.map(|bytes| if empty { Bytes::new() } else { bytes })),
        }
    }

    fn children(&self, prefix: &str) -> Result<Option<Vec<String>>> {
        if !prefix.is_empty() {
            check_key(prefix, &self.name)?;
        }
        let Endpoint::S3(s3) = &*self.endpoint else { return Ok(None) };
        block_on(s3.list(prefix))?.map(Some).map_err(|refusal| self.endpoint.error(prefix, &refusal))
    }
}
