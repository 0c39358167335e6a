//! The collections of items that come without one.

use std::collections::HashMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::Item;
use crate::predicate::instant;

/// Collections by the items that are of them, in the order of the first of each.
#[derive(Debug, Default)]
pub(super) struct Summary {
    known: HashMap<String, usize>,
    collections: Vec<Collection>,
}

#[derive(Debug)]
struct Collection {
    id: String,
    items: u64,
    period: Option<(DateTime<Utc>, DateTime<Utc>)>,
    bbox: Option<[f64; 4]>,
}

impl Summary {
    /// Count an item; one that is of no collection does not count.
    pub(super) fn add(&mut self, item: &Item) {
        let Some(id) = item.get("collection").and_then(Value::as_str) else { return };
        let next = self.collections.len();
        let at = *self.known.entry(id.to_owned()).or_insert(next);
        if at == next {
            self.collections.push(Collection { id: id.to_owned(), items: 0, period: None, bbox: None });
        }
        if let Some(collection) = self.collections.get_mut(at) {
            collection.add(item);
        }
    }

    /// As JSON: identifier, extent, and the number of items as `items`.
    pub(super) fn collections(self) -> Vec<Value> {
        self.collections.into_iter().map(Collection::json).collect()
    }
}

impl Collection {
    fn add(&mut self, item: &Item) {
        self.items += 1;
        let times = ["datetime", "start_datetime", "end_datetime"];
        let time = |name: &&str| item.get("properties")?.get(*name)?.as_str().and_then(instant);
        for time in times.iter().filter_map(time) {
            self.period = Some(self.period.map_or((time, time), |(start, end)| (start.min(time), end.max(time))));
        }
        if let Some([west, south, east, north]) = bbox(item) {
            // What crosses the dateline may lie anywhere.
            let (west, east) = if west > east { (-180.0, 180.0) } else { (west, east) };
            let joined = |[w, s, e, n]: [f64; 4]| [w.min(west), s.min(south), e.max(east), n.max(north)];
            self.bbox = Some(self.bbox.map_or([west, south, east, north], joined));
        }
    }

    fn json(self) -> Value {
        let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let mut extent = serde_json::Map::new();
        if let Some(bbox) = self.bbox {
            extent.insert("spatial".to_owned(), json!({"bbox": [bbox]}));
        }
        if let Some((start, end)) = self.period {
            extent.insert("temporal".to_owned(), json!({"interval": [[text(start), text(end)]]}));
        }
        json!({"type": "Collection", "id": self.id, "extent": extent, "items": self.items})
    }
}

/// The box of an item, without heights.
fn bbox(item: &Item) -> Option<[f64; 4]> {
    let edges = item.get("bbox")?.as_array().filter(|edges| matches!(edges.len(), 4 | 6))?;
    let at = |at: usize| edges.get(at).and_then(Value::as_f64);
    let half = edges.len() / 2;
    Some([at(0)?, at(1)?, at(half)?, at(half + 1)?])
}
