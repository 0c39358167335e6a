//! Exactly the bytes that are wanted, whatever breaks on the way.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::coalesce::{CONNECTIONS, parts};
use super::reply::{Refusal, Reply, Version, Want};
use super::{Endpoint, Net};
use crate::io::store::local::too_large;
use crate::{Error, Result};

/// Progress after which a broken connection counts as the first failure again.
const PROGRESS: usize = 256 << 10;
/// An object whose length the server does not tell is refused when it goes on beyond this.
const LARGEST_UNTOLD: u64 = 1 << 30;

/// An object on a server, and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Remote {
    pub(super) net: Arc<Net>,
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) key: String,
    /// Its length and version, once an answer told them: every later answer must agree.
    pub(super) state: Option<(u64, Version)>,
    /// Whether "forbidden" counts as absent. Stores that must not be listed say so of what does not exist (S3 does);
    /// for a chunk that must stay an error, since its values would silently turn into missing ones.
    pub(super) forgiving: bool,
}

/// A download in progress.
struct Progress {
    want: Want,
    /// The bytes wanted, once that is known: a suffix, for example, needs the length first.
    goal: Option<Range<u64>>,
    got: Vec<u8>,
    /// A pause in an answer that counts as a break.
    stalled: Duration,
}

impl Remote {
    pub(super) fn name(&self) -> String {
        self.endpoint.name_of(&self.key)
    }

    /// The bytes `want`, or `None` if there is no such object.
    ///
    /// # Errors
    /// When the server refuses or goes on failing, the object changes meanwhile or is too short.
    pub(super) async fn fetch(mut self, want: Want) -> Result<Option<Bytes>> {
        let net = Arc::clone(&self.net);
        let _turn = net.gate.acquire().await;
        let goal = if let Want::Range(range) = &want { Some(range.clone()) } else { None };
        let mut progress = Progress { want, goal, got: Vec::new(), stalled: self.net.options.stalled };
        let mut failures = 0;
        loop {
            let before = progress.got.len();
            let reply = match self.endpoint.get(&self.key, &progress.next()).await {
                Ok(reply) => reply,
                Err(refusal) if self.state.is_none() && self.is_absent(&refusal) => return Ok(None),
                Err(refusal) => {
                    self.answer_to(refusal, &mut progress).await?;
                    continue;
                }
            };
            self.agree(&reply)?;
            let cause = match progress.take(reply, &self.name()).await? {
                Ok(()) => return progress.finish(&self.name()).map(Some),
                Err(cause) => cause,
            };
            let progressed = progress.goal.is_some() && progress.got.len() >= before + PROGRESS;
            failures = if progressed { 1 } else { failures + 1 };
            if failures >= self.net.options.policy.unanswered {
                let what =
                    format!("the connection breaks off time and again, after {} bytes: {cause}", progress.got.len());
                return Err(Error::data(what, self.name()).with_hint("try again later"));
            }
            tokio::time::sleep(self.net.options.policy.pause(failures)).await;
        }
    }

    fn is_absent(&self, refusal: &Refusal) -> bool {
        refusal.is_absent() || self.forgiving && refusal.is_forbidden()
    }

    /// Finds another way to ask, or says why there is none.
    async fn answer_to(&mut self, refusal: Refusal, progress: &mut Progress) -> Result<()> {
        // Some servers (Azure's) know no suffix ranges.
        if let (Refusal::Status(400 | 405 | 416 | 501, _), Want::Last(_), None) =
            (&refusal, &progress.want, &progress.goal)
            && let Ok(Reply { total: Some(total), version, .. }) = self.endpoint.head(&self.key).await
            && total > 0
        {
            self.state = Some((total, version));
            return progress.aim(Some(total), &self.name());
        }
        if let (Refusal::Status(416, _), Some(goal)) = (&refusal, &progress.goal) {
            return Err(Error::malformed(self.name(), format!("byte {} is wanted: it is cut short", goal.end)));
        }
        Err(self.endpoint.error(&self.key, &refusal))
    }

    /// Refuses an answer of another state of the object.
    fn agree(&mut self, reply: &Reply) -> Result<()> {
        let Some((len, version)) = &self.state else {
            self.state = reply.total.map(|total| (total, reply.version.clone()));
            return Ok(());
        };
        if reply.total.is_none_or(|total| total == *len) && version.fits(&reply.version) {
            return Ok(());
        }
        Err(Error::data("the object was changed on the server while being read", self.name())
            .with_hint("run again when nothing writes to it any more"))
    }

    /// The bytes of `spans`, each fetched in parts when large, over several connections.
    ///
    /// # Errors
    /// As [`Remote::fetch`]; an object that is gone is an error.
    pub(super) async fn fetch_spans(&self, spans: Vec<Range<u64>>) -> Result<Vec<Bytes>> {
        let parts: Vec<Vec<Range<u64>>> = spans.iter().map(parts).collect();
        if let [single] = &parts[..]
            && let [part] = &single[..]
        {
            return Ok(vec![self.clone().fetch_sure(part.clone()).await?]);
        }
        let turns = Arc::new(Semaphore::new(CONNECTIONS as usize));
        let mut tasks = JoinSet::new();
        for (place, part) in parts.iter().flatten().cloned().enumerate() {
            let (remote, turns) = (self.clone(), Arc::clone(&turns));
            tasks.spawn(async move {
                let _turn = turns.acquire().await;
                remote.fetch_sure(part).await.map(|bytes| (place, bytes))
            });
        }
        let mut fetched = vec![Bytes::new(); parts.iter().map(Vec::len).sum()];
        while let Some(joined) = tasks.join_next().await {
            let (place, bytes) = joined.map_err(|e| Error::io("read", self.name(), e.into()))??;
            if let Some(slot) = fetched.get_mut(place) {
                *slot = bytes;
            }
        }
        let mut fetched = fetched.into_iter();
        Ok(parts.iter().map(|parts| join(&fetched.by_ref().take(parts.len()).collect::<Vec<_>>())).collect())
    }

    async fn fetch_sure(self, range: Range<u64>) -> Result<Bytes> {
        let (endpoint, key) = (Arc::clone(&self.endpoint), self.key.clone());
        let gone = || endpoint.error(&key, &Refusal::Status(404, None));
        self.fetch(Want::Range(range)).await?.ok_or_else(gone)
    }
}

impl Progress {
    /// What to ask for next.
    fn next(&self) -> Want {
        match &self.goal {
            Some(goal) if !self.got.is_empty() || matches!(self.want, Want::Last(_)) => {
                Want::Range(goal.start + self.got.len() as u64..goal.end)
            }
            _ => self.want.clone(),
        }
    }

    /// Learns from the object's length which bytes are wanted.
    fn aim(&mut self, total: Option<u64>, name: &str) -> Result<()> {
        let Some(total) = total else { return Ok(()) };
        let short =
            |length: u64| Error::malformed(name, format!("{length} bytes are wanted of {total}: it is cut short"));
        match (&self.want, &self.goal) {
            (_, Some(goal)) if goal.end > total => return Err(short(goal.end)),
            (_, Some(_)) => {}
            (Want::Last(length), None) => {
                self.goal = Some(total.checked_sub(*length).ok_or_else(|| short(*length))?..total);
            }
            (_, None) => self.goal = Some(0..total),
        }
        Ok(())
    }

    /// Takes the bytes of `reply`; the inner error is a connection that broke off.
    async fn take(&mut self, reply: Reply, name: &str) -> Result<Result<(), String>> {
        self.aim(reply.total, name)?;
        let Some(goal) = self.goal.clone() else {
            // Of unknown length: there is no way to go on after a break but from the start.
            self.got.clear();
            let outcome = self.collect(reply, 0, LARGEST_UNTOLD, name).await?;
            let endless = self.got.len() as u64 >= LARGEST_UNTOLD;
            return if endless { Err(too_large(self.got.len(), name)) } else { Ok(outcome) };
        };
        let length = goal.end - goal.start;
        if self.got.is_empty() {
            let reserve = usize::try_from(length).map_err(|_| too_large(usize::MAX, name))?;
            self.got.try_reserve_exact(reserve).map_err(|_| too_large(reserve, name))?;
        }
        let from = goal.start + self.got.len() as u64;
        let Some(skip) = from.checked_sub(reply.first) else {
            return Err(Error::data("the server sends other bytes than it was asked for", name));
        };
        let outcome = self.collect(reply, skip, length, name).await?;
        let complete = self.got.len() as u64 == length;
        Ok(if complete { Ok(()) } else { Err(outcome.err().unwrap_or_else(|| "the answer is too short".into())) })
    }

    /// Appends the body without its first `skip` bytes, until there are `length`.
    async fn collect(&mut self, reply: Reply, mut skip: u64, length: u64, name: &str) -> Result<Result<(), String>> {
        let got = &mut self.got;
        let mut full = None;
        let take = |piece: Bytes| {
            let skipped = skip.min(piece.len() as u64);
            skip -= skipped;
            let missing = length - got.len() as u64;
            let kept = piece.slice(skipped as usize..);
            let kept = kept.slice(..kept.len().min(usize::try_from(missing).unwrap_or(usize::MAX)));
            if got.try_reserve(kept.len()).is_err() {
                full = Some(got.len());
                return false;
            }
            got.extend_from_slice(&kept);
            (got.len() as u64) < length
        };
        let outcome = reply.body.each(self.stalled, take).await;
        match full {
            Some(length) => Err(too_large(length, name)),
            None => Ok(outcome),
        }
    }

    fn finish(mut self, name: &str) -> Result<Bytes> {
        if let (Want::Last(length), None) = (&self.want, &self.goal) {
            // The whole came, of a length not told before.
            let start = (self.got.len() as u64).checked_sub(*length);
            let start =
                start.ok_or_else(|| Error::malformed(name, format!("{length} bytes are wanted: it is cut short")))?;
            self.got.drain(..start as usize);
        }
        Ok(self.got.into())
    }
}

fn join(parts: &[Bytes]) -> Bytes {
    if let [whole] = parts {
        return whole.clone();
    }
    let mut joined = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
    for part in parts {
        joined.extend_from_slice(part);
    }
    joined.freeze()
}
