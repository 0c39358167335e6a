//! STAC APIs.
//!
//! [`Api::open`] reads the landing page and learns what the server does for a search. What it does is left to it, the rest
//! is done here; what it sends is looked at again, since servers ignore what they don't know. Pages are followed by
//! their links alone, become smaller where the server can't make them, and never go round in circles.

mod abilities;
mod checks;
mod fallback;
mod features;
mod link;
mod pages;
mod place;
mod plan;
mod run;
mod terms;

use std::sync::{Mutex, MutexGuard, PoisonError};

use pangeo::{Error, Result};
use serde_json::Value;
use url::Url;

use crate::http::{Client, Reply, masked};
use crate::{Fields, Flow, Item, Matched, Search, Source, Told};
use abilities::Abilities;
use checks::Checks;
use link::links;
use pages::Pages;
use plan::Plan;
use run::{Run, Stop};

/// More refusals than there are parts of a search that can be put otherwise.
const REFUSALS: usize = 12;

/// A STAC API.
#[derive(Debug)]
pub struct Api {
    name: String,
    client: Client,
    /// What the server does; less once it refused something.
    abilities: Mutex<Abilities>,
    /// Where the landing page is.
    root: Url,
    landing: Value,
}

impl Api {
    /// The API whose landing page is at `endpoint`.
    ///
    /// # Errors
    /// When the page can't be read, or is not one of an API: see [`Api::is_landing_page`].
    pub fn open(endpoint: &Url, client: Client) -> Result<Self> {
        let Reply { url, json } = client.get(endpoint)?;
        if !Self::is_landing_page(&json) {
            let kind = json.get("type").and_then(Value::as_str).unwrap_or("no STAC object");
            let root =
                links(&json, &url, "root").next().map(|link| format!("it says that this is {}", masked(&link.url)));
            let error = Error::data(format!("this is not the landing page of a STAC API ({kind})"), masked(endpoint));
            return Err(error.with_hint(root.unwrap_or_else(|| "give the address of the landing page".to_owned())));
        }
        Self::of_landing_page(endpoint, client, url, json)
    }

    /// Whether JSON is the landing page of an API, not of a catalog of files: it says what the server conforms to, or where
    /// it is searched.
    pub fn is_landing_page(json: &Value) -> bool {
        let links = json.get("links").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let rel = |name: &str| links.iter().any(|link| link.get("rel").and_then(Value::as_str) == Some(name));
        let listed = json.get("type").and_then(Value::as_str).is_none_or(|kind| kind == "Catalog");
        listed && (json.get("conformsTo").is_some_and(Value::is_array) || rel("search") || rel("conformance"))
    }

    /// The API whose landing page was read already: `landing`, from `url` in the end, where `endpoint` was asked.
    ///
    /// # Errors
    /// When the page says elsewhere what the server conforms to, and that can't be read.
    pub fn of_landing_page(endpoint: &Url, client: Client, url: Url, landing: Value) -> Result<Self> {
        let mut classes = landing.get("conformsTo").cloned();
        if classes.is_none()
            && let Some(link) = links(&landing, &url, "conformance").next()
        {
            classes = client.get_json(&link.url)?.get("conformsTo").cloned();
        }
        let classes = classes.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let classes: Vec<_> =
            classes.iter().filter_map(Value::as_str).map(|class| class.trim_end_matches('/').to_owned()).collect();
        let abilities = Mutex::new(Abilities::of(&landing, &url, &classes));
        Ok(Self { name: masked(endpoint), client, abilities, root: url, landing })
    }

    fn abilities(&self) -> MutexGuard<'_, Abilities> {
        self.abilities.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Search, with less asked of the server each time that it refuses.
    fn run(&self, search: &Search, told: &mut Told, found: &mut run::Found<'_>) -> Result<()> {
        for _ in 0..REFUSALS {
            let abilities = self.abilities().clone();
            if !abilities.searches() {
                return self.run_over_collections(search, told, found);
            }
            let plan = Plan::of(&abilities, search)?;
            let checks = Checks::of(search, &plan.here)?;
            let limit = plan.page(plan.sorts || !checks.trusting());
            let requests = plan.requests(&checks, limit)?;
            let mut run = Run::new(&self.client, search, checks, plan.sorts, &mut *found);
            let ended = run.go(requests, limit, &[]);
            let (matched, page, mut notes) = (run.matched.filter(|_| run.checks.trusting()), run.page, run.notes());
            drop(run);
            match ended {
                Ok(()) => {
                    if plan.sorts {
                        notes.push("put in order here, since the server does not do it".to_owned());
                    }
                    self.abilities().page = page.or(abilities.page);
                    told.matched = matched;
                    told.notes.extend(notes);
                    return Ok(());
                }
                Err(Stop::Error(error)) => return Err(error),
                Err(Stop::Refused(failure)) => {
                    let Some((less, note)) = fallback::weaker(&abilities, &plan, search, &failure) else {
                        return Err(failure.into());
                    };
                    told.notes.extend(note);
                    *self.abilities() = less;
                }
            }
        }
        Err(Error::data("the server refuses every way to put the search", self.name.clone()))
    }

    /// What the server says of the number of matching items, where it is to be believed.
    fn told_number(&self, search: &Search) -> Result<Option<u64>> {
        let abilities = self.abilities().clone();
        if !abilities.searches() {
            return Ok(None);
        }
        let plan = Plan::of(&abilities, search)?;
        let mut checks = Checks::of(search, &plan.here)?;
        let requests = plan.requests(&checks, 1)?;
        // Both halves of a box across the dateline have the items that lie in both.
        if !checks.trusting() || plan.splits_place() {
            return Ok(None);
        }
        let mut sum = 0;
        for request in requests {
            // Whatever goes wrong here goes wrong again when they are counted, and is dealt with there.
            let Ok(Some(page)) = Pages::new(&self.client, "features", request, None).next() else { return Ok(None) };
            let came = page.members.len();
            let (Some(matched), true) = (page.matched, checks.sift(page.members)?.len() == came) else {
                return Ok(None);
            };
            sum += matched;
        }
        Ok(Some(sum))
    }
}

impl Source for Api {
    fn name(&self) -> &str {
        &self.name
    }

    fn search(&self, search: &Search, found: &mut dyn FnMut(Item) -> Result<Flow>) -> Result<Told> {
        let mut told = Told::default();
        let before = self.client.requests();
        if search.max_items != Some(0) {
            self.run(search, &mut told, found)?;
        }
        told.requests = self.client.requests() - before;
        Ok(told)
    }

    fn matched(&self, search: &Search) -> Result<Matched> {
        // Of each item, no more than what tells it apart is needed.
        let fields = Fields { include: vec!["id".to_owned(), "collection".to_owned()], exclude: Vec::new() };
        let all = Search { sortby: Vec::new(), max_items: None, fields, ..search.clone() };
        if let Some(items) = self.told_number(&all)? {
            return Ok(Matched { items, counted: false });
        }
        let mut items = 0;
        self.run(&all, &mut Told::default(), &mut |_| {
            items += 1;
            Ok(Flow::Continue(()))
        })?;
        Ok(Matched { items, counted: true })
    }

    fn collections(&self) -> Result<Vec<Value>> {
        Ok(self.all_collections()?.into_iter().map(|(collection, _)| Value::Object(collection)).collect())
    }
}
