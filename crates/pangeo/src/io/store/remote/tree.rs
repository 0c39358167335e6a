//! A store below a URL.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::fetch::Remote;
use super::reply::Want;
use super::{Endpoint, Net, block_on};
use crate::io::store::directory::check_key;
use crate::io::store::{ByteRange, ObjectTree};
use crate::{Error, Result};

/// Objects up to this are kept: coordinates, which are read for the plan and again to be written.
const SMALL: usize = 64 << 10;
/// Bytes that are kept of all objects together; metadata of this size are kept, too.
const KEPT: usize = 8 << 20;
/// Counted for each object beside its bytes.
const ENTRY: usize = 256;

/// The objects below an HTTP(S) URL or an S3 prefix. Metadata and small objects that were read whole, or found to be
/// absent, are not asked for again.
#[derive(Debug)]
pub(super) struct RemoteTree {
    net: Arc<Net>,
    endpoint: Arc<Endpoint>,
    name: String,
    kept: Mutex<Kept>,
}

/// Small objects by their keys; `None` where there is no such object.
#[derive(Debug, Default)]
struct Kept {
    objects: HashMap<String, Option<Bytes>>,
    size: usize,
}

impl Kept {
    /// Keep `object` if it is small enough; when there are too many, begin anew.
    fn insert(&mut self, key: &str, object: Option<&Bytes>) {
        let length = object.map_or(0, Bytes::len);
        let size = length + key.len() + ENTRY;
        if length > if is_metadata(key) { KEPT / 2 } else { SMALL } {
            return;
        }
        if self.size + size > KEPT {
            *self = Self::default();
        }
        if self.objects.insert(key.to_owned(), object.cloned()).is_none() {
            self.size += size;
        }
    }
}

impl RemoteTree {
    pub(super) fn new(net: Arc<Net>, endpoint: Arc<Endpoint>) -> Self {
        let name = endpoint.name_of("");
        Self { net, endpoint, name, kept: Mutex::default() }
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
        if range != ByteRange::All {
            return self.fetch(key, range);
        }
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(object) = kept().objects.get(key) {
            return Ok(object.clone());
        }
        let object = self.fetch(key, range)?;
        kept().insert(key, object.as_ref());
        Ok(object)
    }

    fn children(&self, prefix: &str) -> Result<Option<Vec<String>>> {
        if !prefix.is_empty() {
            check_key(prefix, &self.name)?;
        }
        let Endpoint::S3(s3) = &*self.endpoint else { return Ok(None) };
        block_on(s3.list(prefix))?.map(Some).map_err(|refusal| self.endpoint.error(prefix, &refusal))
    }
}

impl RemoteTree {
    fn fetch(&self, key: &str, range: ByteRange) -> Result<Option<Bytes>> {
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
}
