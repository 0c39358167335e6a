//! One search: from pages to items, each once, in order.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use pangeo::{Error, Result};
use serde_json::Value;

use super::checks::{Checks, brings};
use super::pages::{Page, Pages};
use crate::http::{Client, Failure, Request, masked};
use crate::{Flow, Item, Search, fields, order};

/// Who gets the items.
pub(super) type Found<'a> = dyn FnMut(Item) -> Result<Flow> + 'a;

/// Why a search ended early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The very first request was refused: it may be put differently.
    Refused(Failure),
    /// It can't go on.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Error(failure.into())
    }
}

/// A search under way.
pub(super) struct Run<'a> {
    client: &'a Client,
    search: &'a Search,
    found: &'a mut Found<'a>,
    pub(super) checks: Checks,
    /// What was handed out, or kept for it.
    handed: HashSet<u128>,
    count: u64,
    /// The items, where they are put in order here.
    unsorted: Option<Vec<Item>>,
    /// The last item, where the server puts them in order.
    last: Option<Item>,
    /// Whether the server broke the order.
    disordered: bool,
    /// What the server said of the number of all items.
    pub(super) matched: Option<u64>,
    /// So many items a page, where that had to be lowered.
    pub(super) page: Option<u64>,
}

impl<'a> Run<'a> {
    /// A search that hands its items to `found`; with `sorts`, in an order made here.
    pub(super) fn new(
        client: &'a Client,
        search: &'a Search,
        checks: Checks,
        sorts: bool,
        found: &'a mut Found<'a>,
    ) -> Self {
        Self {
            client,
            search,
            found,
            checks,
            handed: HashSet::new(),
            count: 0,
            unsorted: sorts.then(Vec::new),
            last: None,
            disordered: false,
            matched: None,
            page: None,
        }
    }

    /// All pages of all requests, each of which asks for `limit` items. The items of the request at a place in `owners` are
    /// of that collection, whether they say so or not.
    pub(super) fn go(&mut self, requests: Vec<Request>, limit: u64, owners: &[String]) -> Result<(), Stop> {
        let alone = requests.len() == 1;
        for (at, request) in requests.into_iter().enumerate() {
            let limit = self.page.map_or(limit, |page| page.min(limit));
            let pages = Pages::new(self.client, "features", request, Some(limit));
            let owner = owners.get(at).map(String::as_str);
            let turning = Turning { shared: !alone, ..Turning::default() };
            if self.walk(pages, owner, turning, at == 0)?.is_break() {
                return Ok(());
            }
        }
        self.hand_out_sorted()?;
        Ok(())
    }

    /// The pages of one request.
    fn walk(
        &mut self,
        mut pages: Pages<'_>,
        owner: Option<&str>,
        mut turning: Turning,
        first: bool,
    ) -> Result<Flow, Stop> {
        let mut begun = false;
        loop {
            let page = match pages.next() {
                Ok(Some(page)) => page,
                Ok(None) => return Ok(Flow::Continue(())),
                Err(failure) if first && !begun && failure.refusal().is_some() => return Err(Stop::Refused(failure)),
                Err(failure) => return Err(failure.into()),
            };
            self.page = pages.lowered().or(self.page);
            if !begun && !turning.shared {
                self.matched = page.matched;
            }
            begun = true;
            let items = self.fresh(page, owner, &mut turning)?;
            let items = self.checks.sift(items)?;
            // Items that are already here are handed out while the next page is on its way.
            if !self.satisfied_by(items.len() as u64) {
                pages.ahead()?;
            }
            for item in items {
                if self.take(item)?.is_break() {
                    return Ok(Flow::Break(()));
                }
            }
        }
    }

    /// The items of a page that did not come before.
    fn fresh(&mut self, page: Page, owner: Option<&str>, turning: &mut Turning) -> Result<Vec<Item>, Error> {
        let total = page.members.len();
        let mut again = 0;
        if page.smaller {
            turning.allowed = turning.count;
        }
        let mut fresh = Vec::with_capacity(total);
        for item in page.members {
            let key = key(&item, owner);
            let new = self.handed.insert(key);
            let came = if turning.shared { !turning.seen.insert(key) } else { !new };
            again += usize::from(came);
            turning.count += usize::from(!came);
            if new {
                fresh.push(item);
            }
        }
        // Where a link counts pages, smaller pages begin before where the larger ones ended.
        if again == total && total > 0 {
            turning.allowed = turning.allowed.checked_sub(total).ok_or_else(|| {
                let what = format!("the server repeats items without end, after {} items", turning.count);
                Error::data(what, masked(&page.url))
                    .with_hint("its links to the next page lead back; narrower searches may still work")
            })?;
        }
        Ok(fresh)
    }

    /// Whether no further page is needed once so many more items are handed out.
    fn satisfied_by(&self, more: u64) -> bool {
        self.unsorted.is_none() && self.search.max_items.is_some_and(|most| self.count.saturating_add(more) >= most)
    }

    fn take(&mut self, item: Item) -> Result<Flow> {
        let Some(unsorted) = &mut self.unsorted else {
            self.watch_order(&item);
            return self.hand_out(item);
        };
        unsorted.push(item);
        // Of the first few alone, no more than a few are kept.
        if let Some(most) = self.search.max_items.and_then(|most| usize::try_from(most).ok())
            && unsorted.len() >= most.saturating_mul(2).saturating_add(1000)
        {
            unsorted.sort_by(|a, b| order::compare(&self.search.sortby, a, b));
            unsorted.truncate(most);
        }
        Ok(Flow::Continue(()))
    }

    fn hand_out_sorted(&mut self) -> Result<()> {
        let mut items = self.unsorted.take().unwrap_or_default();
        items.sort_by(|a, b| order::compare(&self.search.sortby, a, b));
        for item in items {
            if self.hand_out(item)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn hand_out(&mut self, item: Item) -> Result<Flow> {
        self.count += 1;
        let flow = (self.found)(fields::kept(&self.search.fields, item))?;
        let enough = self.search.max_items.is_some_and(|most| self.count >= most);
        Ok(if enough { Flow::Break(()) } else { flow })
    }

    /// Notice where the server does not keep to the order.
    fn watch_order(&mut self, item: &Item) {
        let sortby = &self.search.sortby;
        if sortby.is_empty() || self.disordered || !sortby.iter().all(|by| brings(item, &by.field)) {
            return;
        }
        let wrong = |last: &Item| order::compare(sortby, last, item) == Ordering::Greater;
        self.disordered = self.last.as_ref().is_some_and(wrong);
        self.last = Some(item.clone());
    }

    /// What is to be told.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = self.checks.notes();
        if self.disordered {
            notes.push("the server's order is not quite the one that --sortby asks for".to_owned());
        }
        notes.extend(self.page.map(|page| format!("the server needed smaller pages: {page} items")));
        notes
    }
}

/// What came on the pages of one request.
#[derive(Debug, Default)]
struct Turning {
    /// Whether items may be here from another request, too.
    shared: bool,
    /// The items, where that is so.
    seen: HashSet<u128>,
    /// How many they are.
    count: usize,
    /// So many items may come again.
    allowed: usize,
}

/// What tells items apart: their collection and identifier. Two hashes of 64 bits: among a thousand million items none
/// is taken for another.
fn key(item: &Item, owner: Option<&str>) -> u128 {
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        match text("id") {
            Some(id) => (owner.or_else(|| text("collection")), id).hash(&mut hasher),
            // Without an identifier an item is all that it holds.
            None => Value::Object(item.clone()).to_string().hash(&mut hasher),
        }
        hasher.finish()
    };
    u128::from(half(0)) << 64 | u128::from(half(1))
}
