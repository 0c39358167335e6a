//! A bucket, or a prefix in one, as a place to write objects to.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::fetch::Remote;
use super::flights::{Flights, Limits, Stop};
use super::reply::{Refusal, Want};
use super::s3::S3Endpoint;
use super::upload::{Created, Cut, PARTS};
use super::{Endpoint, Net, block_on, runtime};
use crate::io::spool::no_room;
use crate::io::store::directory::check_key;
use crate::io::store::open::{bucket_and_key, shown};
use crate::io::store::{ObjectDraft, ObjectPlace, note, split_scheme};
use crate::{Error, Result};

/// Objects and bytes on their way at the same time: enough to fill a line, little beside what is being computed.
const LIMITS: Limits = Limits { objects: 16, bytes: 64 << 20 };

/// How long an end without [`ObjectPlace::flush`] waits for half-sent parts to be removed.
const FAREWELL: Duration = Duration::from_secs(2);

/// The place that `url` names, `s3://BUCKET/PREFIX`, set up by the `AWS_…` variables as for reading.
///
/// One request is made, to find out about a missing bucket, a wrong region or a network that is down before anything
/// is computed. Objects are sent on threads of their own, up to 16 and 64 MiB at a time. When the place is dropped,
/// what is still on its way is given up: [`ObjectPlace::flush`] first.
///
/// # Errors
/// [`Error::Usage`] for another kind of URL; else when the bucket does not exist or its server can't be reached.
pub fn open_place(url: &str) -> Result<Arc<dyn ObjectPlace>> {
    Ok(Arc::new(BucketPlace::open(url, None, Net::shared)?))
}

/// [`open_place`]; once `stop` is set, whatever waits for the server returns [`Error::Cancelled`].
///
/// # Errors
/// As [`open_place`].
pub fn open_place_until(url: &str, stop: Arc<AtomicBool>) -> Result<Arc<dyn ObjectPlace>> {
    Ok(Arc::new(BucketPlace::open(url, Some(stop), Net::shared)?))
}

/// A prefix in a bucket.
#[derive(Debug)]
pub(super) struct BucketPlace {
    net: Arc<Net>,
    bucket: Arc<S3Endpoint>,
    /// The same, for reading.
    endpoint: Arc<Endpoint>,
    pub(super) cut: Cut,
    flights: Arc<Flights>,
    /// Whether the service puts objects on the condition that there is none, once that is known.
    conditional: Mutex<Option<bool>>,
}

impl BucketPlace {
    /// The place that `url` names, over the network that `net` gives.
    pub(super) fn open(
        url: &str,
        stop: Option<Arc<AtomicBool>>,
        net: impl FnOnce() -> Result<Arc<Net>>,
    ) -> Result<Self> {
        let place = match split_scheme(url) {
            Some((scheme, rest)) if ["s3", "s3a"].iter().any(|s| scheme.eq_ignore_ascii_case(s)) => {
                let (bucket, prefix) = bucket_and_key(url, rest)?;
                Self::new(net()?, bucket, prefix, LIMITS, stop)?
            }
            _ => {
                let scheme = split_scheme(url).map_or("this", |(scheme, _)| scheme);
                return Err(Error::usage(format!("{scheme}:// is not written to: {}", shown(url)))
                    .with_hint("outputs go to local paths or s3://"));
            }
        };
        place.greet()?;
        Ok(place)
    }

    pub(super) fn new(
        net: Arc<Net>,
        bucket: &str,
        prefix: &str,
        limits: Limits,
        stop: Option<Arc<AtomicBool>>,
    ) -> Result<Self> {
        let bucket = Arc::new(S3Endpoint::to_write(&net, bucket, prefix)?);
        let endpoint = Arc::new(Endpoint::S3(Arc::clone(&bucket)));
        let flights = Flights::new(limits, stop);
        Ok(Self { net, bucket, endpoint, cut: Cut::default(), flights, conditional: Mutex::new(None) })
    }

    /// Asks for something small. A refusal to large uploads is easily lost, since the server hangs up before it has
    /// read them; and now nothing is lost yet.
    fn greet(&self) -> Result<()> {
        const MARKER: &str = "zarr.json";
        match block_on(self.bucket.get(MARKER, &Want::Range(0..1)))? {
            Err(Refusal::Status(404, Some(what))) if what.starts_with("NoSuchBucket") => {
                Err(self.error("", &Refusal::Status(404, Some(what))))
            }
            // Wrong or outdated credentials: whatever is asked next gets the same answer.
            Err(Refusal::Status(403, Some(what))) if !what.starts_with("AccessDenied") => {
                Err(self.error("", &Refusal::Status(403, Some(what))))
            }
            // Nothing there, an empty object, or one that may be written and not be read.
            Ok(_) | Err(Refusal::Status(401 | 403 | 404 | 416, _)) => Ok(()),
            Err(refusal) => Err(self.error("", &refusal)),
        }
    }

    /// The error for a refusal to write `key`.
    fn error(&self, key: &str, refusal: &Refusal) -> Error {
        let error = Error::data(refusal.to_string(), self.endpoint.name_of(key));
        match self.bucket.hint_to_write(refusal) {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }

    fn stopped(&self, stop: Stop) -> Error {
        match stop {
            Stop::Failed(key, refusal) => self.error(&key, &refusal),
            Stop::Cancelled => Error::Cancelled,
        }
    }

    /// Waits for an object under `key` that may be on its way.
    fn settle(&self, key: &str) -> Result<()> {
        check_key(key, self.name())?;
        self.flights.settle(key).map_err(|stop| self.stopped(stop))
    }

    async fn create(&self, key: &str, bytes: Bytes) -> Result<bool, Refusal> {
        let known = *self.conditional.lock().unwrap_or_else(PoisonError::into_inner);
        // A service that ignores the condition would replace what is there.
        if known != Some(true) && self.bucket.exists(key).await? == Some(true) {
            return Ok(false);
        }
        if known != Some(false) {
            let created = self.bucket.create(key, bytes.clone()).await?;
            // The same once more has to be refused.
            let refused = created == Created::Exists
                || created == Created::Made
                    && (known.is_some() || self.bucket.create(key, bytes.clone()).await? == Created::Exists);
            self.learn(refused);
            if created != Created::NotKnown {
                return Ok(created == Created::Made);
            }
        }
        self.bucket.put_whole(key, bytes).await.map(|()| true)
    }

    /// Remembers whether the service knows the condition, and tells the user if not.
    fn learn(&self, conditional: bool) {
        *self.conditional.lock().unwrap_or_else(PoisonError::into_inner) = Some(conditional);
        if !conditional {
            note(format!(
                "{}: the service can't put an object only where there is none; runs that write there at the same time \
                 may not see each other",
                self.name()
            ));
        }
    }
}

impl ObjectPlace for BucketPlace {
    fn name(&self) -> &str {
        self.bucket.name()
    }

    fn put(&self, key: &str, bytes: Bytes) -> Result<()> {
        check_key(key, self.name())?;
        let landing = self.flights.begin(key, bytes.len()).map_err(|stop| self.stopped(stop))?;
        let (bucket, key, cut, ticket) = (Arc::clone(&self.bucket), key.to_owned(), self.cut, landing.ticket());
        let task = runtime()?.spawn(async move {
            let result = bucket.put(&key, bytes, cut, &landing).await;
            landing.end(result);
        });
        self.flights.note_task(ticket, task.abort_handle());
        Ok(())
    }

    /// It is made in a file in `$TMPDIR` and sent from there in parts.
    fn begin(&self, key: &str, _: u64) -> Result<Box<dyn ObjectDraft + '_>> {
        check_key(key, self.name())?;
        let folder = std::env::temp_dir();
        let file = tempfile::tempfile_in(&folder).map_err(|e| no_room(e, &folder))?;
        Ok(Box::new(Draft { place: self, key: key.to_owned(), folder, file, length: 0 }))
    }

    /// The service is asked to put it on that condition (`If-None-Match: *`). Where it does not know how, which is
    /// noted for the user, this looks first. Up to 5 GiB. The object bears a mark (`x-amz-meta-pangeo-writer`) by which
    /// a request that was repeated after a lost answer knows its own work.
    fn put_if_absent(&self, key: &str, bytes: Bytes) -> Result<bool> {
        self.settle(key)?;
        block_on(self.create(key, bytes))?.map_err(|refusal| self.error(key, &refusal))
    }

    fn flush(&self) -> Result<()> {
        self.flights.flush().map_err(|stop| self.stopped(stop))
    }

    fn get(&self, key: &str) -> Result<Option<Bytes>> {
        self.settle(key)?;
        let (net, endpoint) = (Arc::clone(&self.net), Arc::clone(&self.endpoint));
        // What is forbidden may be there, and would be written over.
        let remote = Remote { net, endpoint, key: key.to_owned(), state: None, forgiving: false };
        block_on(remote.fetch(Want::All))?
    }

    fn remove(&self, key: &str) -> Result<()> {
        self.settle(key)?;
        block_on(self.bucket.remove(key))?.map_err(|refusal| self.error(key, &refusal))
    }

    fn list(&self, prefix: &str) -> Result<Vec<(String, u64)>> {
        if !prefix.is_empty() {
            check_key(prefix, self.name())?;
        }
        self.flush()?;
        block_on(self.bucket.list_all(prefix))?.map_err(|refusal| self.endpoint.error(prefix, &refusal))
    }
}

/// An object that is made on disk before it is sent.
struct Draft<'a> {
    place: &'a BucketPlace,
    key: String,
    folder: PathBuf,
    file: File,
    length: usize,
}

impl ObjectDraft for Draft<'_> {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.length = self.length.saturating_add(bytes.len());
        self.file.write_all(bytes).map_err(|e| no_room(e, &self.folder))
    }

    fn commit(self: Box<Self>) -> Result<()> {
        let Self { place, key, folder, file, length } = *self;
        let piece = usize::try_from(place.cut.piece).unwrap_or(usize::MAX);
        if length <= piece {
            let mut bytes = vec![0; length];
            file.read_exact_at(&mut bytes, 0).map_err(|e| Error::io("read scratch files in", &folder, e))?;
            return place.put(&key, bytes.into());
        }
        // As much of it as is in memory at a time.
        let held = length.min(piece.saturating_mul(PARTS));
        let landing = place.flights.begin(&key, held).map_err(|stop| place.stopped(stop))?;
        let (bucket, cut, ticket) = (Arc::clone(&place.bucket), place.cut, landing.ticket());
        let task = runtime()?.spawn(async move {
            let result = bucket.put_file(&key, Arc::new(file), length, cut, &landing).await;
            landing.end(result);
        });
        place.flights.note_task(ticket, task.abort_handle());
        Ok(())
    }
}

impl Drop for BucketPlace {
    fn drop(&mut self) {
        self.flights.abandon(FAREWELL);
    }
}
