//! The order of items.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};
use serde_json::Value;
use stac::api::{Direction, Sortby};

use crate::Item;
use crate::predicate::property::Property;
use crate::predicate::{Exact, instant, number};

/// How two items come one after the other by `sortby`, first key first.
///
/// Fields are `id`, `collection`, `datetime`, `properties.NAME` or the bare name of a property. Numbers come by value, times as
/// instants, texts by code point, false before true; of different kinds, numbers come first, then times, texts, truth values and the
/// rest by its JSON. An item without `datetime` has that of its `start_datetime`. Items without a value come last, whatever the
/// direction. Equal items keep the order they came in when the sort is stable.
pub fn compare(sortby: &[Sortby], left: &Item, right: &Item) -> Ordering {
    Keys::of(sortby, left).cmp(&Keys::of(sortby, right))
}

/// What an item is ordered by, taken out of it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys(Vec<Key>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    value: Option<Rank>,
    descending: bool,
}

/// A value among others; the order of the kinds is that of the variants.
#[derive(Debug, Clone)]
enum Rank {
    Number(Exact),
    Time(DateTime<Utc>),
    Text(String),
    Truth(bool),
    Other(String),
}

impl Keys {
    pub(crate) fn of(sortby: &[Sortby], item: &Item) -> Self {
        let key = |by: &Sortby| {
            let property = Property::of(&by.field);
            let value = property.value(item);
            let start = || property.is_datetime().then(|| Property::of("start_datetime").value(item)).flatten();
            Key { value: value.or_else(start).map(Rank::of), descending: by.direction == Direction::Descending }
        };
        Self(sortby.iter().map(key).collect())
    }
}

impl Ord for Keys {
    fn cmp(&self, other: &Self) -> Ordering {
        let differing = self.0.iter().zip(&other.0).map(|(left, right)| left.order(right));
        differing.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Keys {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Key {
    fn order(&self, other: &Self) -> Ordering {
        match (&self.value, &other.value) {
            (Some(left), Some(right)) if self.descending => right.order(left),
            (Some(left), Some(right)) => left.order(right),
            (left, right) => left.is_none().cmp(&right.is_none()),
        }
    }
}

impl PartialEq for Rank {
    fn eq(&self, other: &Self) -> bool {
        self.order(other).is_eq()
    }
}

impl Eq for Rank {}

impl Rank {
    fn of(value: &Value) -> Self {
        match value {
            Value::Number(value) => Self::Number(number(value)),
            Value::String(text) => instant(text).map_or_else(|| Self::Text(text.clone()), Self::Time),
            Value::Bool(truth) => Self::Truth(*truth),
            other => Self::Other(other.to_string()),
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.total(*right),
            (Self::Time(left), Self::Time(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) | (Self::Other(left), Self::Other(right)) => left.cmp(right),
            (Self::Truth(left), Self::Truth(right)) => left.cmp(right),
            _ => self.kind().cmp(&other.kind()),
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Time(_) => 1,
            Self::Text(_) => 2,
            Self::Truth(_) => 3,
            Self::Other(_) => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sorted(by: &str, items: &[Value]) -> String {
        let sortby: Vec<Sortby> = by.split(',').map(|key| key.parse().unwrap()).collect();
        let mut items: Vec<&Item> = items.iter().map(|item| item.as_object().unwrap()).collect();
        items.sort_by(|left, right| compare(&sortby, left, right));
        items.iter().map(|item| item["id"].as_str().unwrap()).collect()
    }

    #[test]
    fn items_are_ordered() {
        let item = |id: &str, properties: Value| json!({"id": id, "collection": "k", "properties": properties});
        let items = [
            item("a", json!({"n": 10, "datetime": "2020-01-01T02:00:00+02:00", "t": "b"})),
            item("b", json!({"n": 9.5, "datetime": "2020-01-01T00:00:01Z", "t": "B"})),
            item("c", json!({"datetime": null, "start_datetime": "2019-12-31T23:59:59.5Z", "t": "é"})),
            item("d", json!({"n": null, "datetime": "2020-01-01T00:00:00Z", "t": "a"})),
            item("e", json!({"n": "x", "datetime": "2021-01-01T00:00:00Z", "t": "z"})),
        ];
        let cases = [
            ("id", "abcde"),
            ("-id", "edcba"),
            ("n", "baecd"),
            ("-properties.n", "eabcd"),
            ("datetime", "cadbe"),
            ("-datetime", "ebadc"),
            ("+properties.datetime,-id", "cdabe"),
            ("t", "bdaec"),
            ("collection", "abcde"),
            ("collection,-id", "edcba"),
            ("absent", "abcde"),
        ];
        for (by, expected) in cases {
            assert_eq!(sorted(by, &items), expected, "{by}");
        }
    }

    #[test]
    fn whole_numbers_beyond_doubles_are_told_apart() {
        let item = |id: &str, n: Value| json!({"id": id, "properties": {"n": n}});
        let items = [
            item("a", json!(9_007_199_254_740_993_u64)),
            item("b", json!(9_007_199_254_740_992.0)),
            item("c", json!(9_007_199_254_740_991_u64)),
        ];
        assert_eq!(sorted("n", &items), "cba");
    }
}
