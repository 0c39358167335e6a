//! What is looked for.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use geojson::Geometry;
use stac::api::{Fields, Sortby};

/// What is looked for. An item matches when everything that is given holds for it.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// One of these collections; any when empty.
    pub collections: Vec<String>,
    /// One of these identifiers; any when empty.
    pub ids: Vec<String>,
    /// Where.
    pub place: Option<Place>,
    /// When.
    pub period: Option<Period>,
    /// Comparisons of properties, all of which hold (the query extension).
    pub query: Vec<Term>,
    /// A CQL2 expression (the filter extension).
    pub filter: Option<cql2::Expr>,
    /// The order of the items, first key first; the source's own when empty.
    pub sortby: Vec<Sortby>,
    /// Which members of an item are kept; all when both lists are empty.
    pub fields: Fields,
    /// So many items a page at first; the source's choice when absent. The result does not depend on it.
    pub page_size: Option<u64>,
    /// So many items in all at most, the first in order.
    pub max_items: Option<u64>,
}

/// Where items must lie: their geometry shares a point with it.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// West, south, east, north in degrees, west > east across the dateline (RFC 7946, section 5.2).
    Box([f64; 4]),
    /// A geometry in degrees (RFC 7946).
    Geometry(Box<Geometry>),
}

/// When items must be from: their `datetime`, or the time from their `start_datetime` to `end_datetime`, shares an instant
/// with it. Both ends belong to it; without an end it is open there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first instant.
    pub start: Option<DateTime<Utc>>,
    /// The last instant.
    pub end: Option<DateTime<Utc>>,
}

/// One comparison of the query extension, `eo:cloud_cover<10`.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The property, without `properties.`.
    pub property: String,
    /// The operator as the query extension calls it: `eq`, `neq`, `lt`, `lte`, `gt`, `gte`, `startsWith`, `endsWith`,
    /// `contains`, `in`.
    pub operator: &'static str,
    /// What the property is compared with.
    pub value: serde_json::Value,
}

/// `START/END` in RFC 3339, `..` where it is open, one time where both are the same: as servers take it.
impl fmt::Display for Period {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let end = |time: Option<DateTime<Utc>>| time.map_or_else(|| "..".to_owned(), text);
        match (self.start, self.end) {
            (Some(start), Some(last)) if start == last => to.write_str(&text(start)),
            (start, last) => write!(to, "{}/{}", end(start), end(last)),
        }
    }
}
