//! Collections, and the items of each: what servers without item search have.

use std::collections::HashSet;

use pangeo::{Error, Result};
use serde_json::{Map, Value, json};
use url::Url;

use super::checks::{Checks, Condition};
use super::link::links;
use super::pages::Pages;
use super::plan::{interval, with_query};
use super::run::{Found, Run, Stop};
use super::{Api, place};
use crate::http::{Failure, Kind, Request, masked};
use crate::{Place, Search, Told};

impl Api {
    /// All collections, each with the address of the page that it was on.
    pub(super) fn all_collections(&self) -> Result<Vec<(Map<String, Value>, Url)>> {
        let start = self.abilities().collections.clone();
        let Some(start) = start else { return self.child_collections() };
        let mut pages = Pages::new(&self.client, "collections", Request::get(start), None);
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        while let Some(page) = pages.next()? {
            let (before, total) = (all.len(), page.members.len());
            for collection in page.members {
                if seen.insert(id(&collection)) {
                    all.push((collection, page.url.clone()));
                }
            }
            if total > 0 && all.len() == before {
                let what = format!("the server repeats collections without end, after {before} collections");
                return Err(Error::data(what, masked(&page.url)));
            }
        }
        Ok(all)
    }

    /// The collections that the landing page links to one by one.
    fn child_collections(&self) -> Result<Vec<(Map<String, Value>, Url)>> {
        let mut all = Vec::new();
        for link in links(&self.landing, &self.root, "child") {
            let reply = self.client.get(&link.url)?;
            match reply.json {
                Value::Object(child) if child.get("type").and_then(Value::as_str) == Some("Collection") => {
                    all.push((child, reply.url));
                }
                Value::Object(_) => {}
                _ => return Err(Failure::of(Kind::Odd("this is no collection".to_owned()), &reply.url).into()),
            }
        }
        Ok(all)
    }

    /// Search the items of each collection: where and when is left to the server, the rest is done here.
    pub(super) fn run_over_collections(&self, search: &Search, told: &mut Told, found: &mut Found<'_>) -> Result<()> {
        let wanted = |id: &String| search.collections.is_empty() || search.collections.contains(id);
        let collections = self.all_collections()?.into_iter().filter(|(collection, _)| wanted(&id(collection)));
        let mut here = vec![Condition::Ids, Condition::Filter];
        here.extend((0..search.query.len()).map(Condition::Term));
        if matches!(search.place, Some(Place::Geometry(_))) {
            here.push(Condition::Place);
        }
        let checks = Checks::of(search, &here)?;
        let limit = search.page_size.unwrap_or(250).max(1);
        let (mut requests, mut owners) = (Vec::new(), Vec::new());
        for (collection, page) in collections {
            let (owner, collection) = (id(&collection), Value::Object(collection));
            let Some(items) = links(&collection, &page, "items").next() else {
                return Err(Error::data(format!("collection '{owner}' has no link to its items"), masked(&page)));
            };
            for parameters in parameters(search, limit) {
                requests.push(Request::get(with_query(&items.url, &parameters)));
                owners.push(owner.clone());
            }
        }
        let sorts = !search.sortby.is_empty();
        let mut run = Run::new(&self.client, search, checks, sorts, found);
        let ended = run.go(requests, limit, &owners);
        told.notes.extend(run.notes());
        if sorts {
            told.notes.push("put in order here, since the server does not do it".to_owned());
        }
        ended.map_err(|stop| match stop {
            Stop::Refused(failure) => failure.into(),
            Stop::Error(error) => error,
        })
    }
}

/// What to ask of each collection, once for each box.
fn parameters(search: &Search, limit: u64) -> Vec<Map<String, Value>> {
    let boxes = match &search.place {
        Some(Place::Box(edges)) => place::boxes(*edges),
        Some(Place::Geometry(geometry)) => place::around(geometry).map(place::boxes).unwrap_or_default(),
        None => Vec::new(),
    };
    let boxes = if boxes.is_empty() { vec![None] } else { boxes.into_iter().map(Some).collect() };
    let one = |edges: Option<[f64; 4]>| {
        let mut all = Map::new();
        edges.into_iter().for_each(|edges| drop(all.insert("bbox".to_owned(), json!(edges))));
        search
            .period
            .and_then(interval)
            .into_iter()
            .for_each(|text| drop(all.insert("datetime".to_owned(), json!(text))));
        all.insert("limit".to_owned(), json!(limit));
        all
    };
    boxes.into_iter().map(one).collect()
}

fn id(collection: &Map<String, Value>) -> String {
    collection.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}
