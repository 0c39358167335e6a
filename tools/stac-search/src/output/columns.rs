//! Columns of tables: which part of an item stands in each.

use pangeo::{Error, Result};
use search::Item;
use serde_json::Value;

use crate::facts;

/// The columns if none are asked for.
const USUAL: [&str; 7] = ["id", "collection", "datetime", "platform", "eo:cloud_cover", "bbox", "asset_count"];

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    name: String,
}

/// The columns as they were asked for, else the usual ones.
///
/// # Errors
/// [`Error::Usage`] for one without a name.
pub(crate) fn columns(asked: &[String]) -> Result<Vec<Column>> {
    if asked.iter().any(|name| name.trim().is_empty()) {
        return Err(Error::usage("a column without a name, --columns")
            .with_hint("such as --columns id,datetime,eo:cloud_cover,assets.visual.href"));
    }
    let named = |name: &str| Column { name: name.trim().to_owned() };
    Ok(if asked.is_empty() {
        USUAL.iter().map(|name| named(name)).collect()
    } else {
        asked.iter().map(|name| named(name)).collect()
    })
}

impl Column {
    /// What stands above it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What of `item` stands in it; nothing where it has no such thing.
    pub(crate) fn cell(&self, item: &Item) -> String {
        if let Some(value) = computed(item, &self.name) {
            return value;
        }
        found(item, &self.name).map(plain).unwrap_or_default()
    }
}

/// The value that a path of names leads to, from the item or from its properties.
pub(crate) fn found<'a>(item: &'a Item, path: &str) -> Option<&'a Value> {
    within(item, path).or_else(|| within(item.get("properties")?.as_object()?, path))
}

/// What no member of an item says by itself.
fn computed(item: &Item, name: &str) -> Option<String> {
    let edge = |at: usize| facts::bbox(item).and_then(|bbox| bbox.get(at).map(f64::to_string));
    Some(match name {
        "asset_count" => item.get("assets").and_then(Value::as_object).map_or(0, serde_json::Map::len).to_string(),
        "date" => facts::date(item).map(|date| date.to_string()).unwrap_or_default(),
        "west" => edge(0).unwrap_or_default(),
        "south" => edge(1).unwrap_or_default(),
        "east" => edge(2).unwrap_or_default(),
        "north" => edge(3).unwrap_or_default(),
        _ => return None,
    })
}

/// Names may have dots of their own: a member that is called as all of the path, or as its beginning.
fn within<'a>(object: &'a Item, path: &str) -> Option<&'a Value> {
    if let Some(value) = object.get(path) {
        return Some(value);
    }
    path.match_indices('.').find_map(|(at, _)| {
        let (name, rest) = (path.get(..at)?, path.get(at + 1..)?);
        step(object.get(name)?, rest)
    })
}

/// On from a value: into an object by name, into a list by its place from 0.
fn step<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    match value {
        Value::Object(object) => within(object, path),
        Value::Array(list) => {
            let (place, rest) = path.split_once('.').map_or((path, None), |(place, rest)| (place, Some(rest)));
            let value = list.get(place.parse::<usize>().ok()?)?;
            rest.map_or(Some(value), |rest| step(value, rest))
        }
        _ => None,
    }
}

/// A value as text: nothing for null, lists of plain values separated by commas, the rest as JSON.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(|v| !v.is_object() && !v.is_array()) => {
            list.iter().map(plain).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_cells() {
        let item = serde_json::json!({
            "id": "S2A", "bbox": [1.5, 2, 3, 4], "links": [{"rel": "self", "href": "https://h/i.json"}],
            "properties": {"datetime": "2020-01-01T00:00:00Z", "eo:cloud_cover": 1.0, "a.b": {"c": [1, null, "x"]},
                           "gone": null, "flag": true},
            "assets": {"visual.tif": {"href": "v.tif", "roles": ["data"]}, "b": {"href": "b"}},
        });
        let item = item.as_object().unwrap();
        for (path, expected) in [
            ("id", "S2A"),
            ("bbox", "1.5,2,3,4"),
            ("west", "1.5"),
            ("properties.eo:cloud_cover", "1.0"),
            ("eo:cloud_cover", "1.0"),
            ("a.b.c", "1,,x"),
            ("a.b", r#"{"c":[1,null,"x"]}"#),
            ("links.0.href", "https://h/i.json"),
            ("links.9.href", ""),
            ("assets.visual.tif.href", "v.tif"),
            ("assets.visual.tif.roles.0", "data"),
            ("asset_count", "2"),
            ("date", "2020-01-01"),
            ("gone", ""),
            ("flag", "true"),
            ("nothing.at.all", ""),
        ] {
            let column = &columns(&[path.to_owned()]).unwrap()[0];
            assert_eq!(column.cell(item), expected, "{path}");
        }
        assert!(columns(&[" ".to_owned()]).is_err());
        assert_eq!(columns(&[]).unwrap().len(), USUAL.len());
    }
}
