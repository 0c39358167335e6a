//! What can't be in a collection, by what it says that it extends over.

use pangeo::Result;
use serde_json::Value;

use crate::predicate::{Area, instant};
use crate::{Period, Search};

/// What a search asks of extents.
#[derive(Debug)]
pub(super) struct Bounds {
    place: Option<Area>,
    period: Option<Period>,
}

impl Bounds {
    pub(super) fn of(search: &Search) -> Result<Self> {
        Ok(Self { place: search.place.as_ref().map(Area::of).transpose()?, period: search.period })
    }

    /// Whether a collection, and what is below it, may have items that match: always, where it does not say clearly that it
    /// does not.
    pub(super) fn may_hold(&self, collection: &Value) -> bool {
        self.in_place(collection) != Some(false) && self.in_period(collection) != Some(false)
    }

    fn in_place(&self, collection: &Value) -> Option<bool> {
        let area = self.place.as_ref()?;
        let boxes = collection.pointer("/extent/spatial/bbox")?.as_array()?;
        let mut any = None;
        for edges in boxes {
            let edges = edges.as_array().filter(|edges| matches!(edges.len(), 4 | 6))?;
            let half = edges.len() / 2;
            let at = |at: usize| edges.get(at).and_then(Value::as_f64);
            let (west, south, east, north) = (at(0)?, at(1)?, at(half)?, at(half + 1)?);
            if south > north {
                return None;
            }
            any = Some(any == Some(true) || area.meets_box([west, south, east, north]));
        }
        any
    }

    fn in_period(&self, collection: &Value) -> Option<bool> {
        let period = self.period?;
        let intervals = collection.pointer("/extent/temporal/interval")?.as_array()?;
        let mut any = None;
        for interval in intervals {
            let end = |at: usize| match interval.get(at)? {
                Value::Null => Some(None),
                Value::String(text) => instant(text).map(Some),
                _ => None,
            };
            let (start, last) = (end(0)?, end(1)?);
            let after = matches!((start, period.end), (Some(start), Some(end)) if start > end);
            let before = matches!((last, period.start), (Some(last), Some(start)) if last < start);
            any = Some(any == Some(true) || !(after || before));
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Place;

    #[test]
    fn collections_are_left_out_where_they_say_so() {
        let search = Search {
            place: Some(Place::Box([170.0, 0.0, -170.0, 10.0])),
            period: Some(crate::parse::datetime("2020").unwrap()),
            ..Search::default()
        };
        let bounds = Bounds::of(&search).unwrap();
        let times = json!({"interval": [["2019-01-01T00:00:00Z", null]]});
        let world = json!({"bbox": [[-180, -90, 180, 90]]});
        let cases = [
            (json!(null), json!(null), true),
            (world.clone(), times.clone(), true),
            (json!({"bbox": [[0, 0, 10, 10]]}), times.clone(), false),
            (json!({"bbox": [[0, 0, 0, 10, 10, 100]]}), times.clone(), false),
            (json!({"bbox": [[0, 0, 180, 10], [0, 0, 10, 10], [175, 0, 180, 10]]}), times.clone(), true),
            (json!({"bbox": [[175, 0, -175, 10]]}), times.clone(), true),
            (json!({"bbox": [[0, 0, 10]]}), times.clone(), true),
            (json!({"bbox": "none"}), times.clone(), true),
            (world.clone(), json!({"interval": [["2021-01-01T00:00:00Z", null]]}), false),
            (world.clone(), json!({"interval": [[null, "2019-12-31T23:59:59Z"]]}), false),
            (world.clone(), json!({"interval": [[null, null]]}), true),
            (world, json!({"interval": [["then", "now"]]}), true),
        ];
        for (spatial, temporal, expected) in cases {
            let collection = json!({"type": "Collection", "extent": {"spatial": spatial, "temporal": temporal}});
            assert_eq!(bounds.may_hold(&collection), expected, "{collection}");
        }
    }
}
