//! What a server is asked, and what is left to do here.

use std::slice;

use chrono::{DateTime, SecondsFormat, Utc};
use pangeo::{Error, Result};
use serde_json::{Map, Value, json};
use url::Url;

use super::abilities::{Abilities, Form, Part};
use super::checks::{Checks, Condition, field};
use super::{place, terms};
use crate::http::Request;
use crate::{Direction, Period, Place, Search};

/// So many items a page, unless the user wants it otherwise.
const PAGE: u64 = 250;
/// So many identifiers in one body.
const IDS: usize = 1000;
/// So many characters of identifiers, of a geometry, in one address: servers take about 8000 in all.
const CHARACTERS: usize = 3000;

/// What a server is asked for a search.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    search: &'a Search,
    abilities: &'a Abilities,
    /// What is left to decide here.
    pub(super) here: Vec<Condition>,
    /// The order is made here.
    pub(super) sorts: bool,
    query: Option<Value>,
    filter: Option<(Form, Value)>,
    boxes: Vec<[f64; 4]>,
    geometry: Option<Value>,
    ids: Vec<&'a [String]>,
}

impl<'a> Plan<'a> {
    /// The plan for a server of these abilities.
    ///
    /// # Errors
    /// For a filter that can't be written.
    pub(super) fn of(abilities: &'a Abilities, search: &'a Search) -> Result<Self> {
        let mut plan = Self {
            search,
            abilities,
            here: Vec::new(),
            sorts: !search.sortby.is_empty() && !abilities.takes(Part::Sort),
            query: None,
            filter: None,
            boxes: Vec::new(),
            geometry: None,
            ids: Vec::new(),
        };
        plan.set_place();
        plan.set_ids();
        plan.set_conditions()?;
        // The server's order holds within each of several requests alone.
        plan.sorts |= !search.sortby.is_empty() && plan.boxes.len().max(1) * plan.ids.len().max(1) > 1;
        // Names that a list with commas can't hold.
        if !plan.posts() && search.collections.iter().any(|name| name.contains(',')) {
            plan.here.push(Condition::Collections);
        }
        Ok(plan)
    }

    /// Whether it is asked by POST.
    pub(super) fn posts(&self) -> bool {
        self.abilities.post.is_some()
    }

    fn set_place(&mut self) {
        match &self.search.place {
            None => {}
            Some(Place::Box(edges)) => self.boxes = place::boxes(*edges),
            Some(Place::Geometry(geometry)) => {
                let json = serde_json::to_value(geometry).ok();
                let fits = |json: &Value| self.posts() || json.to_string().len() <= CHARACTERS;
                self.geometry = json.filter(|json| self.abilities.takes(Part::Intersects) && fits(json));
                if self.geometry.is_none() {
                    self.here.push(Condition::Place);
                    self.boxes = place::around(geometry).map(place::boxes).unwrap_or_default();
                }
            }
        }
    }

    fn set_ids(&mut self) {
        let all = self.search.ids.as_slice();
        if self.posts() {
            self.ids = all.chunks(IDS).collect();
        } else if all.iter().any(|id| id.contains(',')) {
            self.here.push(Condition::Ids);
        } else {
            let (mut start, mut length) = (0, 0);
            for (at, id) in all.iter().enumerate() {
                if length + id.len() > CHARACTERS && at > start {
                    self.ids.extend(all.get(start..at));
                    (start, length) = (at, 0);
                }
                length += id.len() + 1;
            }
            self.ids.extend(all.get(start..).filter(|rest| !rest.is_empty()));
        }
    }

    fn set_conditions(&mut self) -> Result<()> {
        let form = self.abilities.form();
        let mut parts = Vec::new();
        match (&self.search.filter, form) {
            (Some(filter), Some(_)) => parts.push(filter.to_value().map_err(unwritable)?),
            (filter, _) => self.here.extend(filter.as_ref().map(|_| Condition::Filter)),
        }
        if self.abilities.takes(Part::Query) {
            self.query = terms::as_query(&self.search.query).filter(|_| !self.search.query.is_empty());
        }
        if self.query.is_none() {
            for (at, term) in self.search.query.iter().enumerate() {
                match terms::as_cql2(term).filter(|_| form.is_some()) {
                    Some(part) => parts.push(part),
                    None => self.here.push(Condition::Term(at)),
                }
            }
        }
        self.filter = form.zip(terms::all_of(parts));
        Ok(())
    }

    /// Which of the extensions are made use of: filter, query.
    pub(super) fn uses(&self) -> (bool, bool) {
        (self.filter.is_some(), self.query.is_some())
    }

    /// Whether a geometry is sent.
    pub(super) fn sends_geometry(&self) -> bool {
        self.geometry.is_some()
    }

    /// Whether the place is asked for in more than one request.
    pub(super) fn splits_place(&self) -> bool {
        self.boxes.len() > 1
    }

    /// So many items a page at first, where all must come through: `whole`, or no more than the cap.
    pub(super) fn page(&self, whole: bool) -> u64 {
        let page = self.search.page_size.unwrap_or(PAGE).min(self.abilities.page.unwrap_or(u64::MAX)).max(1);
        match self.search.max_items {
            // Pages of the same size: the last one brings no more than is wanted, without a change to the server's link.
            Some(most) if !whole && most > 0 => most.div_ceil(most.div_ceil(page)),
            _ => page,
        }
    }

    /// The first requests of each part of the search, with `limit` items a page.
    ///
    /// # Errors
    /// For a filter that can't be written as text.
    pub(super) fn requests(&self, checks: &Checks, limit: u64) -> Result<Vec<Request>> {
        let boxes = self.boxes.iter().copied().map(Some);
        let boxes: Vec<_> = if self.boxes.is_empty() { vec![None] } else { boxes.collect() };
        let none: &[String] = &[];
        let ids = if self.ids.is_empty() { slice::from_ref(&none) } else { self.ids.as_slice() };
        let mut requests = Vec::new();
        for edges in boxes {
            for ids in ids {
                let parameters = self.parameters(edges, ids, checks, limit)?;
                requests.push(match (&self.abilities.post, &self.abilities.get) {
                    (Some(url), _) => Request::post(url.clone(), Value::Object(parameters)),
                    (None, Some(url)) => Request::get(with_query(url, &parameters)),
                    (None, None) => return Err(Error::usage("the server has no address to search at")),
                });
            }
        }
        Ok(requests)
    }

    fn parameters(
        &self,
        edges: Option<[f64; 4]>,
        ids: &[String],
        checks: &Checks,
        limit: u64,
    ) -> Result<Map<String, Value>> {
        let mut all = Map::new();
        let mut set = |name: &str, value: Value| drop(all.insert(name.to_owned(), value));
        let search = self.search;
        if !search.collections.is_empty() && !self.here.contains(&Condition::Collections) {
            set("collections", json!(search.collections));
        }
        if !ids.is_empty() {
            set("ids", json!(ids));
        }
        edges.into_iter().for_each(|edges| set("bbox", json!(edges)));
        self.geometry.iter().for_each(|geometry| set("intersects", geometry.clone()));
        search.period.and_then(interval).into_iter().for_each(|text| set("datetime", json!(text)));
        self.query.iter().for_each(|query| set("query", query.clone()));
        match &self.filter {
            Some((Form::Json, filter)) => {
                set("filter", filter.clone());
                set("filter-lang", json!("cql2-json"));
            }
            Some((Form::Text, filter)) => {
                let expression = cql2::Expr::try_from(filter.clone()).map_err(unwritable)?;
                set("filter", json!(expression.to_text().map_err(unwritable)?));
                set("filter-lang", json!("cql2-text"));
            }
            None => {}
        }
        if !search.sortby.is_empty() && !self.sorts {
            set("sortby", self.sortby());
        }
        if let Some(fields) = self.fields(checks) {
            set("fields", fields);
        }
        set("limit", json!(limit));
        Ok(all)
    }

    fn sortby(&self) -> Value {
        let sortby = &self.search.sortby;
        if self.posts() {
            return json!(sortby);
        }
        let sign = |direction: &Direction| if *direction == Direction::Descending { '-' } else { '+' };
        json!(sortby.iter().map(|by| format!("{}{}", sign(&by.direction), by.field)).collect::<Vec<_>>())
    }

    /// The fields to ask for: those of the search, what is looked at here, and what tells items apart.
    fn fields(&self, checks: &Checks) -> Option<Value> {
        let asked = &self.search.fields;
        if !self.abilities.takes(Part::Fields) || (asked.include.is_empty() && asked.exclude.is_empty()) {
            return None;
        }
        let mut needed = vec!["id".to_owned(), "collection".to_owned()];
        needed.extend(checks.fields());
        needed.extend(self.search.sortby.iter().map(|by| field(&by.field)));
        let covers =
            |outer: &str, inner: &str| inner == outer || inner.strip_prefix(outer).is_some_and(|r| r.starts_with('.'));
        let exclude: Vec<_> = asked.exclude.iter().filter(|out| !needed.iter().any(|name| covers(out, name))).collect();
        let mut include = asked.include.clone();
        if !include.is_empty() {
            for name in needed {
                if !include.iter().any(|has| covers(has, &name)) {
                    include.push(name);
                }
            }
        }
        if self.posts() {
            return Some(json!({ "include": include, "exclude": exclude }));
        }
        let excluded = exclude.iter().map(|name| format!("-{name}"));
        Some(json!(include.into_iter().chain(excluded).collect::<Vec<_>>()))
    }
}

fn unwritable(error: impl std::fmt::Display) -> Error {
    Error::usage(format!("the filter can't be written for the server: {error}"))
}

/// A period as servers take it; none where it is open at both ends.
pub(super) fn interval(period: Period) -> Option<String> {
    let text = |time: DateTime<Utc>| {
        // Fractions beyond microseconds are more than some servers read; what they then send too much is left out here.
        let format = match time.timestamp_subsec_micros() {
            0 => SecondsFormat::Secs,
            micros if micros % 1000 == 0 => SecondsFormat::Millis,
            _ => SecondsFormat::Micros,
        };
        time.to_rfc3339_opts(format, true)
    };
    match (period.start, period.end) {
        (None, None) => None,
        (Some(start), Some(end)) if start == end => Some(text(start)),
        (start, end) => {
            let end_of = |time: Option<_>| time.map_or_else(|| "..".to_owned(), text);
            Some(format!("{}/{}", end_of(start), end_of(end)))
        }
    }
}

/// The address with parameters: lists with commas, the rest as JSON (STAC API, item search, GET).
pub(super) fn with_query(url: &Url, parameters: &Map<String, Value>) -> Url {
    let mut url = url.clone();
    {
        let mut query = url.query_pairs_mut();
        for (name, value) in parameters {
            query.append_pair(name, &as_text(value));
        }
    }
    url
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(as_text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
