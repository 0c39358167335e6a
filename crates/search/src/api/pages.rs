//! Page after page, as the server links them.
//!
//! A page that the server can't make (413, 502, 504, an answer without end or one that breaks off) is asked for again with
//! half as many items; one of which nothing came in half of the time that [`Options::timeout`](crate::http::Options) allows, with a
//! quarter. All attempts together keep to that time; each page that comes starts it anew. Later pages stay small.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use serde_json::{Map, Value};
use url::Url;

use super::link::links;
use crate::http::{Client, Failure, Kind, Limits, Pending, Request};

/// So many pages without items in a row are followed.
const EMPTY: usize = 100;
/// Less time is not worth another attempt.
const MOMENT: Duration = Duration::from_millis(20);

/// A page.
#[derive(Debug)]
pub(super) struct Page {
    /// Where it came from.
    pub(super) url: Url,
    /// What it holds.
    pub(super) members: Vec<Map<String, Value>>,
    /// How many there are in all, if the server says so.
    pub(super) matched: Option<u64>,
    /// Whether pages became smaller with this one.
    pub(super) smaller: bool,
}

/// The pages from one request on.
#[derive(Debug)]
pub(super) struct Pages<'a> {
    client: &'a Client,
    /// The member of an answer that has the list.
    list: &'static str,
    next: Option<Request>,
    /// The answer to `next`, where it was asked for ahead.
    pending: Option<Pending>,
    /// So many items a page; none where the server decides.
    limit: Option<u64>,
    /// Whether `limit` is no longer what was asked at first, so that links must be changed.
    lowered: bool,
    /// Time without a page.
    spent: Duration,
    asked: HashSet<u64>,
    empty: usize,
}

impl<'a> Pages<'a> {
    /// The pages that begin with `first`, which asks for `limit` items, in the member `list`.
    pub(super) fn new(client: &'a Client, list: &'static str, first: Request, limit: Option<u64>) -> Self {
        let asked = HashSet::from([key(&first)]);
        let (next, pending) = (Some(first), None);
        Self { client, list, next, pending, limit, lowered: false, spent: Duration::ZERO, asked, empty: 0 }
    }

    /// So many items a page by now, where that had to be lowered.
    pub(super) fn lowered(&self) -> Option<u64> {
        self.limit.filter(|_| self.lowered)
    }

    /// Ask for the next page while this one is made use of.
    pub(super) fn ahead(&mut self) -> Result<(), Failure> {
        if self.pending.is_none()
            && let Some(request) = self.next.clone()
        {
            self.pending = Some(self.start(&request)?);
        }
        Ok(())
    }

    /// The next page; none after the last.
    pub(super) fn next(&mut self) -> Result<Option<Page>, Failure> {
        let Some(request) = self.next.take() else { return Ok(None) };
        let mut smaller = false;
        loop {
            let pending = match self.pending.take() {
                Some(pending) => pending,
                None => self.start(&request)?,
            };
            match pending.wait() {
                Ok(reply) => {
                    self.spent = Duration::ZERO;
                    return self.read(&request, &reply.url, reply.json, smaller).map(Some);
                }
                Err(failure) => self.shrink(failure)?,
            }
            smaller = true;
        }
    }

    fn start(&self, request: &Request) -> Result<Pending, Failure> {
        let started = self.client.start(self.sized(request), self.limits());
        started.map_err(|error| Failure::of(Kind::Fatal(Box::new(error)), &request.url))
    }

    /// How long the next attempt may take: with half of the time left, there is some for a smaller page.
    fn limits(&self) -> Limits {
        let whole = self.client.whole();
        let silence = whole.silence.saturating_sub(self.spent);
        let divisible = self.limit.is_some_and(|limit| limit > 1);
        Limits { silence, attempt: if divisible { silence / 2 } else { silence }, divisible }
    }

    /// Smaller pages from now on, if that is of use.
    fn shrink(&mut self, mut failure: Failure) -> Result<(), Failure> {
        self.spent += failure.spent;
        let left = self.client.whole().silence.saturating_sub(self.spent);
        let Some(limit) = self.limit.filter(|&limit| limit > 1 && left > MOMENT && failure.too_large()) else {
            failure.spent = self.spent;
            if let Kind::Silence(waited) = &mut failure.kind {
                *waited = self.spent.max(*waited);
            }
            return Err(failure);
        };
        // A page that took more than half of the time must become smaller than half to fit into the rest.
        let by = if matches!(failure.kind, Kind::Silence(_)) { 4 } else { 2 };
        self.limit = Some((limit / by).max(1));
        self.lowered = true;
        Ok(())
    }

    /// The request with the page size of now.
    fn sized(&self, request: &Request) -> Request {
        let mut request = request.clone();
        let Some(limit) = self.lowered() else { return request };
        if let Some(body) = request.body.as_mut().and_then(Value::as_object_mut) {
            body.insert("limit".to_owned(), limit.into());
        } else {
            let others: Vec<_> = request.url.query_pairs().filter(|(name, _)| name != "limit").collect();
            let mut url = request.url.clone();
            url.query_pairs_mut().clear().extend_pairs(others).append_pair("limit", &limit.to_string());
            request.url = url;
        }
        request
    }

    fn read(&mut self, request: &Request, url: &Url, mut json: Value, smaller: bool) -> Result<Page, Failure> {
        let odd = |what: String| Failure::of(Kind::Odd(what), url);
        let list = json.get_mut(self.list).map(Value::take);
        let Some(Value::Array(list)) = list else {
            return Err(odd(format!("the server's answer has no list of {}", self.list)));
        };
        let members = list.into_iter().map(|member| match member {
            Value::Object(member) => Ok(member),
            _ => Err(odd(format!("the server's list of {} has something that is no object", self.list))),
        });
        let members = members.collect::<Result<Vec<_>, _>>()?;
        self.empty = if members.is_empty() { self.empty + 1 } else { 0 };
        let next = links(&json, url, "next").next().map(|link| link.request(&self.sized(request)));
        if let Some(next) = next {
            if !matches!(next.url.scheme(), "http" | "https") {
                return Err(odd("the link to the next page is not for HTTP".to_owned()));
            }
            if !self.asked.insert(key(&next)) {
                let pages = self.asked.len();
                return Err(odd(format!(
                    "the link to the next page leads back to one that was read, after {pages} pages"
                )));
            }
            if self.empty > EMPTY {
                return Err(odd(format!("{EMPTY} pages without items come one after the other")));
            }
            self.next = Some(next);
        }
        let told = json.get("numberMatched").or_else(|| json.get("context")?.get("matched"));
        let matched = told.and_then(Value::as_u64);
        Ok(Page { url: url.clone(), members, matched, smaller })
    }
}

/// What tells one request from another.
fn key(request: &Request) -> u64 {
    let mut hasher = DefaultHasher::new();
    let body = request.body.as_ref().map(Value::to_string);
    (request.url.as_str(), body, &request.headers).hash(&mut hasher);
    hasher.finish()
}
