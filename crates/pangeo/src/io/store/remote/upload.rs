//! Objects sent to S3, removed and listed.

use std::fs::File;
use std::future::poll_fn;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use object_store::aws::AmazonS3;
use object_store::{
    Attribute, Attributes, GetOptions, MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, PutMultipartOptions,
    PutOptions, PutPayload,
};
use tokio::task::JoinSet;

use super::flights::Landing;
use super::reply::Refusal;
use super::s3::S3Endpoint;

/// How large objects are cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// Up to this in one request; S3 takes 5 GiB.
    pub(super) single: u64,
    /// Bytes of a part of a larger one; S3 wants 5 MiB at least.
    pub(super) part: u64,
    /// Bytes of a part of one that lies in a file, so as not to be in memory.
    pub(super) piece: u64,
}

impl Default for Cut {
    fn default() -> Self {
        Self { single: 5 << 30, part: 64 << 20, piece: 8 << 20 }
    }
}

/// Parts of an object on their way together.
pub(super) const PARTS: usize = 4;
/// What is sent in parts.
enum Load {
    Bytes(Bytes),
    /// A file of so many bytes.
    File(Arc<File>, usize),
}

impl Load {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::File(_, length) => *length,
        }
    }

    fn read(&self, range: Range<usize>) -> Result<Bytes, Refusal> {
        let (file, _) = match self {
            Self::Bytes(bytes) => return Ok(bytes.slice(range)),
            Self::File(file, length) => (file, length),
        };
        let mut bytes = vec![0; range.len()];
        let read = file.read_exact_at(&mut bytes, range.start as u64);
        read.map_err(|e| Refusal::Odd(format!("its scratch file can't be read: {e}")))?;
        Ok(bytes.into())
    }
}

/// Parts that an object may have.
const MOST_PARTS: u64 = 10_000;
/// Times that a request is signed anew, or an object sent anew.
const TRIES: u32 = 3;

/// What came of putting an object where there may be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Created {
    /// It is there.
    Made,
    /// Another one was there before.
    Exists,
    /// The service does not know how.
    NotKnown,
}

impl S3Endpoint {
    /// Sends an object. Whoever reads sees the old one or all of the new one.
    pub(super) async fn put(&self, key: &str, bytes: Bytes, cut: Cut, landing: &Arc<Landing>) -> Result<(), Refusal> {
        if bytes.len() as u64 <= cut.single {
            return self.put_whole(key, bytes).await;
        }
        self.put_parts(key, &Load::Bytes(bytes), cut.part, landing).await
    }

    /// Sends an object in one request.
    pub(super) async fn put_whole(&self, key: &str, bytes: Bytes) -> Result<(), Refusal> {
        let path = self.path(key)?;
        let put = |store: Arc<AmazonS3>| {
            let (path, payload) = (path.clone(), PutPayload::from(bytes.clone()));
            async move { store.put_opts(&path, payload, PutOptions::default()).await }
        };
        let mut tries = 1;
        loop {
            let begun = Instant::now();
            match self.on_store(put).await {
                // A request that was repeated for too long: its signature tells its age.
                Err(refusal) if tries < TRIES && is_stale(&refusal, begun) => tries += 1,
                result => return result.map(drop),
            }
        }
    }

    /// Sends an object that lies in a file, in parts.
    pub(super) async fn put_file(
        &self,
        key: &str,
        file: Arc<File>,
        length: usize,
        cut: Cut,
        landing: &Arc<Landing>,
    ) -> Result<(), Refusal> {
        self.put_parts(key, &Load::File(file, length), cut.piece, landing).await
    }

    /// Sends an object in parts, anew where the server has lost them.
    async fn put_parts(&self, key: &str, load: &Load, part: u64, landing: &Arc<Landing>) -> Result<(), Refusal> {
        let mut tries = 1;
        loop {
            match self.put_in_parts(key, load, part, landing).await {
                // The upload is gone: it was completed, but the answer was lost, or somebody removed it.
                Err(Refusal::Status(404 | 500, Some(what))) if tries < TRIES && !what.starts_with("NoSuchBucket") => {
                    tries += 1;
                }
                result => return result,
            }
        }
    }

    async fn put_in_parts(&self, key: &str, load: &Load, part: u64, landing: &Arc<Landing>) -> Result<(), Refusal> {
        let path = self.path(key)?;
        let begin = |store: Arc<AmazonS3>| {
            let path = path.clone();
            async move { store.put_multipart_opts(&path, PutMultipartOptions::default()).await }
        };
        let mut parts = Parts { upload: Some(self.on_store(begin).await?), landing: Arc::clone(landing) };
        let result = parts.send(load, part).await;
        if result.is_err() {
            parts.abort().await;
        }
        parts.upload = None;
        result
    }

    /// Sends an object in one request unless there is one.
    pub(super) async fn create(&self, key: &str, bytes: Bytes) -> Result<Created, Refusal> {
        let path = self.path(key)?;
        let writer = writer();
        let attributes = Attributes::from_iter([(WRITER, writer.clone())]);
        let put = |store: Arc<AmazonS3>| {
            let (path, payload) = (path.clone(), PutPayload::from(bytes.clone()));
            let options = PutOptions { mode: PutMode::Create, attributes: attributes.clone(), ..Default::default() };
            async move {
                match store.put_opts(&path, payload, options).await {
                    Err(object_store::Error::NotImplemented { .. }) => Ok(Created::NotKnown),
                    result => result.map(|_| Created::Made),
                }
            }
        };
        let mut tries = 1;
        loop {
            let refusal = match self.on_store(put).await {
                Ok(created) => return Ok(created),
                Err(refusal) => refusal,
            };
            match refusal {
                Refusal::Status(501, _) => return Ok(Created::NotKnown),
                Refusal::Status(304 | 412, _) => {
                    // The request may have been repeated after an answer that was lost.
                    let ours = self.writer_of(key).await? == Some(writer);
                    return Ok(if ours { Created::Made } else { Created::Exists });
                }
                // Another one is being put: whether that succeeds is not known yet.
                Refusal::Status(409, _) if tries < TRIES => tries += 1,
                other => return Err(other),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Who put an object, if that left its mark.
    async fn writer_of(&self, key: &str) -> Result<Option<String>, Refusal> {
        let path = self.path(key)?;
        let head = |store: Arc<AmazonS3>| {
            let path = path.clone();
            async move { store.get_opts(&path, GetOptions { head: true, ..GetOptions::default() }).await }
        };
        match self.on_store(head).await {
            Ok(result) => Ok(result.attributes.get(&WRITER).map(|value| value.as_ref().to_owned())),
            // Who may not read what is there did not put it, or can't know; and it may be gone again.
            Err(refusal) if refusal.is_absent() || refusal.is_forbidden() => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// Whether there is an object; `None` where the service keeps that to itself.
    pub(super) async fn exists(&self, key: &str) -> Result<Option<bool>, Refusal> {
        match self.head(key).await {
            Ok(_) => Ok(Some(true)),
            Err(refusal) if refusal.is_absent() => Ok(Some(false)),
            Err(refusal) if refusal.is_forbidden() => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// Removes an object, if there is one.
    pub(super) async fn remove(&self, key: &str) -> Result<(), Refusal> {
        let path = self.path(key)?;
        let delete = |store: Arc<AmazonS3>| {
            let path = path.clone();
            async move { store.delete(&path).await }
        };
        match self.on_store(delete).await {
            Err(Refusal::Status(404, what)) if !what.iter().any(|w| w.starts_with("NoSuchBucket")) => Ok(()),
            result => result,
        }
    }

    /// Every key below `prefix`, relative to the endpoint, and how many bytes it has; sorted.
    pub(super) async fn list_all(&self, prefix: &str) -> Result<Vec<(String, u64)>, Refusal> {
        let (root, path) = (self.path("")?, self.path(prefix)?);
        let list = |store: Arc<AmazonS3>| {
            let (root, path) = (root.clone(), path.clone());
            async move {
                let mut stream = store.list(Some(&path));
                let mut found = Vec::new();
                while let Some(object) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
                    let object = object?;
                    let location = object.location.as_ref();
                    let relative = match root.as_ref() {
                        "" => Some(location),
                        root => location.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')),
                    };
                    found.extend(relative.map(|key| (key.to_owned(), object.size)));
                }
                Ok(found)
            }
        };
        let mut found = self.on_store(list).await?;
        found.sort_unstable();
        without_folders(&mut found);
        Ok(found)
    }
}

/// Where the writer of an object leaves its mark, to know it again.
const WRITER: Attribute = Attribute::Metadata(std::borrow::Cow::Borrowed("pangeo-writer"));

/// A name by chance.
fn writer() -> String {
    format!("{:016x}{:016x}", RandomState::new().hash_one(0), RandomState::new().hash_one(1))
}

/// Whether a request was refused for having been signed too long ago; S3 allows a quarter of an hour.
fn is_stale(refusal: &Refusal, begun: Instant) -> bool {
    const LONG: Duration = Duration::from_mins(5);
    let said = |what: &String| what.starts_with("RequestTimeTooSkewed") || what.starts_with("RequestExpired");
    matches!(refusal, Refusal::Status(403, Some(what)) if said(what)) && begun.elapsed() > LONG
}

/// Takes out the empty objects that consoles leave in the place of folders.
fn without_folders(found: &mut Vec<(String, u64)>) {
    let holds = |key: &str| {
        let below = format!("{key}/");
        let at = found.partition_point(|(other, _)| *other < below);
        found.get(at).is_some_and(|(other, _)| other.starts_with(&below))
    };
    let folders: Vec<bool> = found.iter().map(|(key, size)| *size == 0 && holds(key)).collect();
    let mut folders = folders.into_iter();
    found.retain(|_| !folders.next().unwrap_or(false));
}

/// The bytes of each part of `length`.
fn ranges(length: usize, part: u64) -> impl Iterator<Item = Range<usize>> {
    let part = usize::try_from(part.max((length as u64).div_ceil(MOST_PARTS)).max(1)).unwrap_or(usize::MAX);
    (0..length).step_by(part).map(move |start| start..start.saturating_add(part).min(length))
}

/// An upload in parts; the parts are removed from the server if it is dropped half-way.
struct Parts {
    upload: Option<Box<dyn MultipartUpload>>,
    /// Held until that is done.
    landing: Arc<Landing>,
}

impl Parts {
    async fn send(&mut self, load: &Load, part: u64) -> Result<(), Refusal> {
        let Some(upload) = &mut self.upload else { return Ok(()) };
        let mut tasks = JoinSet::new();
        for range in ranges(load.len(), part) {
            if tasks.len() >= PARTS {
                joined(tasks.join_next().await)?;
            }
            tasks.spawn(upload.put_part(PutPayload::from(load.read(range)?)));
        }
        while !tasks.is_empty() {
            joined(tasks.join_next().await)?;
        }
        upload.complete().await.map(drop).map_err(|e| super::s3::refusal(&e))
    }

    async fn abort(&mut self) {
        if let Some(mut upload) = self.upload.take() {
            // What is left is told by the failure that led here.
            let _ = upload.abort().await;
        }
    }
}

fn joined(part: Option<Result<object_store::Result<()>, tokio::task::JoinError>>) -> Result<(), Refusal> {
    match part {
        None | Some(Ok(Ok(()))) => Ok(()),
        Some(Ok(Err(error))) => Err(super::s3::refusal(&error)),
        Some(Err(error)) => Err(Refusal::Odd(format!("a part can't be sent: {error}"))),
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        let (Some(mut upload), Ok(runtime)) = (self.upload.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        let landing = Arc::clone(&self.landing);
        runtime.spawn(async move {
            let _ = upload.abort().await;
            drop(landing);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_all_and_are_no_more_than_allowed() {
        let cut = |length, part| ranges(length, part).collect::<Vec<_>>();
        assert_eq!(cut(10, 4), [0..4, 4..8, 8..10]);
        assert_eq!(cut(8, 4), [0..4, 4..8]);
        assert!(cut(3, 4).iter().eq([&(0..3)]));
        assert!(cut(0, 4).is_empty());
        assert_eq!(cut(10_001, 1).len(), 5001, "two bytes each");
    }

    #[test]
    fn folders_of_consoles_are_no_objects() {
        let mut found: Vec<(String, u64)> =
            [("a", 0), ("a-b", 0), ("a/0", 3), ("empty", 0), ("t", 2), ("t/0", 1)].map(|(k, n)| (k.into(), n)).into();
        without_folders(&mut found);
        let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["a-b", "a/0", "empty", "t", "t/0"]);
    }
}
