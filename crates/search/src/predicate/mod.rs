//! Whether an item matches, where no server decides it.
//!
//! Everything is settled once by [`Predicate::of`]; an item is then looked at without a copy of it.

mod area;
mod compare;
mod cql2;
mod geometry;
pub(crate) mod property;
mod query;
mod time;

use std::collections::HashSet;

use pangeo::Result;
use serde_json::Value;

pub(crate) use area::Area;
pub(crate) use compare::{Exact, number};
pub(crate) use geometry::geometry;
pub(crate) use time::instant;

use crate::{Item, Period, Search};
pub(crate) use cql2::Filter;
use query::Comparison;

/// What an item must be like. Order, fields and the number of items are no part of it.
#[derive(Debug, Clone, Default)]
pub struct Predicate {
    collections: HashSet<String>,
    ids: HashSet<String>,
    area: Option<Area>,
    period: Option<Period>,
    query: Vec<Comparison>,
    filter: Option<Filter>,
}

impl Predicate {
    /// What `search` asks of an item.
    ///
    /// # Errors
    /// [`pangeo::Error::Usage`] when its geometry is none, or its filter has a function that is not known here.
    pub fn of(search: &Search) -> Result<Self> {
        Ok(Self {
            collections: search.collections.iter().cloned().collect(),
            ids: search.ids.iter().cloned().collect(),
            area: search.place.as_ref().map(Area::of).transpose()?,
            period: search.period,
            query: search.query.iter().map(Comparison::of).collect::<Result<_>>()?,
            filter: search.filter.as_ref().map(Filter::of).transpose()?,
        })
    }

    /// Whether `item` matches. What an item lacks matches nothing: one without a geometry lies nowhere, one without a time
    /// is from no period, and a comparison with a missing property does not hold, `<>` no more than `=`.
    ///
    /// The plane of longitude (modulo 360) and latitude is what geometries meet in, edges included. An item is from a period when
    /// its `datetime` or a part of the time from its `start_datetime` to its `end_datetime` is.
    ///
    /// # Errors
    /// When the item's geometry or a time of it is none and is asked for.
    pub fn matches(&self, item: &Item) -> Result<bool> {
        let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
        if !self.ids.is_empty() && !self.ids.contains(text("id")) {
            return Ok(false);
        }
        if !self.collections.is_empty() && !self.collections.contains(text("collection")) {
            return Ok(false);
        }
        if !self.query.iter().all(|comparison| comparison.holds(item)) {
            return Ok(false);
        }
        if let Some(period) = self.period
            && !period.holds(item)?
        {
            return Ok(false);
        }
        if let Some(filter) = &self.filter
            && !filter.holds(item)?
        {
            return Ok(false);
        }
        self.area.as_ref().map_or(Ok(true), |area| area.holds(item))
    }
}

/// What an item is called in messages.
pub(crate) fn place(item: &Item) -> String {
    match item.get("id") {
        Some(Value::String(id)) => format!("item '{id}'"),
        Some(other) => format!("item {other}"),
        None => "an item without id".to_owned(),
    }
}
