//! Whether what a server sends is what it was asked for.
//!
//! Servers ignore what they don't know, so every condition is looked at again wherever an item brings the members it is
//! about. What a server is known not to do is decided here alone.

use pangeo::Result;
use serde_json::Value;

use super::terms;
use crate::predicate::Predicate;
use crate::{Item, Search};

/// One condition of a search.
#[derive(Debug)]
struct Check {
    condition: Condition,
    predicate: Predicate,
    /// The members of an item that it is about.
    members: Vec<String>,
    /// Whether it is decided here: the server was not asked, or does as if it was not.
    here: bool,
}

/// All conditions of a search.
#[derive(Debug, Default)]
pub(super) struct Checks {
    all: Vec<Check>,
    /// So many items came though they don't match.
    dropped: u64,
}

/// What a condition is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// The identifiers.
    Ids,
    /// The collections.
    Collections,
    /// The period.
    Datetime,
    /// A term of the query, by its place in the list.
    Term(usize),
    /// The filter.
    Filter,
    /// The place.
    Place,
}

impl Condition {
    fn name(self) -> &'static str {
        match self {
            Self::Ids => "ids",
            Self::Collections => "collections",
            Self::Datetime => "datetime",
            Self::Term(_) => "query",
            Self::Filter => "filter",
            Self::Place => "place",
        }
    }
}

impl Checks {
    /// The conditions of `search`, those of `here` to be decided here.
    ///
    /// # Errors
    /// When one of those can't be.
    pub(super) fn of(search: &Search, here: &[Condition]) -> Result<Self> {
        let mut checks = Self::default();
        let mut add = |condition, one: &Search, members| checks.add(condition, one, members, here.contains(&condition));
        let named = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        if !search.ids.is_empty() {
            let one = Search { ids: search.ids.clone(), ..Search::default() };
            add(Condition::Ids, &one, named(&["id"]))?;
        }
        if !search.collections.is_empty() {
            let one = Search { collections: search.collections.clone(), ..Search::default() };
            add(Condition::Collections, &one, named(&["collection"]))?;
        }
        if search.period.is_some() {
            let one = Search { period: search.period, ..Search::default() };
            add(Condition::Datetime, &one, named(&["datetime"]))?;
        }
        for (at, term) in search.query.iter().enumerate() {
            let one = Search { query: vec![term.clone()], ..Search::default() };
            add(Condition::Term(at), &one, vec![term.property.clone()])?;
        }
        if let Some(filter) = &search.filter {
            let one = Search { filter: Some(filter.clone()), ..Search::default() };
            let mut names = Vec::new();
            if let Ok(json) = filter.to_value() {
                terms::properties(&json, &mut names);
            }
            add(Condition::Filter, &one, names)?;
        }
        if let Some(place) = &search.place {
            let one = Search { place: Some(place.clone()), ..Search::default() };
            add(Condition::Place, &one, named(&["geometry"]))?;
        }
        Ok(checks)
    }

    fn add(&mut self, condition: Condition, one: &Search, members: Vec<String>, here: bool) -> Result<()> {
        match Predicate::of(one) {
            Ok(predicate) => self.all.push(Check { condition, predicate, members, here }),
            Err(error) if here => return Err(error),
            // A server may know functions that are not known here: it is believed.
            Err(_) => {}
        }
        Ok(())
    }

    /// The members that the conditions need, as the fields extension calls them.
    pub(super) fn fields(&self) -> impl Iterator<Item = String> {
        let period = self.all.iter().any(|check| check.condition == Condition::Datetime);
        let ends = ["start_datetime", "end_datetime"].into_iter().filter(move |_| period).map(str::to_owned);
        self.all.iter().flat_map(|check| check.members.iter().cloned()).chain(ends).map(|name| field(&name))
    }

    /// Whether nothing is decided here.
    pub(super) fn trusting(&self) -> bool {
        self.all.iter().all(|check| !check.here)
    }

    /// The items of a page that match.
    ///
    /// # Errors
    /// For items that are malformed where it is decided here.
    pub(super) fn sift(&mut self, page: Vec<Item>) -> Result<Vec<Item>> {
        let mut kept = page;
        for check in &self.all {
            // A server that sends what does not match has not looked: what can't be checked is not believed then, either.
            let wrong = |item: &Item| check.brought_by(item) && !check.predicate.matches(item).unwrap_or(true);
            let believed = !check.here && !kept.iter().any(wrong);
            let (before, mut matching) = (kept.len(), Vec::with_capacity(kept.len()));
            for item in kept {
                if believed || check.holds(&item)? {
                    matching.push(item);
                }
            }
            if !check.here {
                self.dropped += (before - matching.len()) as u64;
            }
            kept = matching;
        }
        Ok(kept)
    }

    /// What is to be told.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut names: Vec<_> =
            self.all.iter().filter(|check| check.here).map(|check| check.condition.name()).collect();
        names.dedup();
        let mut notes = Vec::new();
        if !names.is_empty() {
            notes.push(format!("decided here, since the server does not do it: {}", names.join(", ")));
        }
        match self.dropped {
            0 => {}
            1 => notes.push("left out 1 item that the server sent though it does not match".to_owned()),
            n => notes.push(format!("left out {n} items that the server sent though they do not match")),
        }
        notes
    }
}

impl Check {
    /// Whether the item has all that the condition is about.
    fn brought_by(&self, item: &Item) -> bool {
        self.members.iter().all(|name| brings(item, name))
    }

    /// Whether the item matches; one that can't be told of is left to the server, if that was asked.
    fn holds(&self, item: &Item) -> Result<bool> {
        match self.predicate.matches(item) {
            Err(_) if !self.here => Ok(true),
            result => result,
        }
    }
}

/// Whether an item has a member or property of the name.
pub(super) fn brings(item: &Item, name: &str) -> bool {
    let bare = name.strip_prefix("properties.").unwrap_or(name);
    item.contains_key(bare) || item.get("properties").and_then(Value::as_object).is_some_and(|p| p.contains_key(bare))
}

/// The name of a member or property as the fields extension has it.
pub(super) fn field(name: &str) -> String {
    let of_item = ["id", "collection", "geometry", "bbox", "type", "assets", "links", "stac_version"];
    let nested = name.starts_with("properties.") || name.starts_with("assets.");
    if nested || of_item.contains(&name) { name.to_owned() } else { format!("properties.{name}") }
}
