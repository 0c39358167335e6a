//! The names that queries, filters and orders call members of an item by.

use serde_json::{Map, Value};

use crate::Item;

/// Members of an item that are not properties.
pub(crate) const MEMBERS: [&str; 10] = [
    "id",
    "collection",
    "type",
    "stac_version",
    "stac_extensions",
    "geometry",
    "bbox",
    "links",
    "assets",
    "properties",
];

/// A member of an item by its name: `id`, `collection` and the other members of the item itself; `properties.NAME`; any
/// other name is a property. A dot in a name may also go one level down (`assets.visual.href`), where no member has the
/// whole name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Property {
    name: String,
    /// Whether it is a member of the item itself rather than a property.
    member: bool,
}

impl Property {
    pub(crate) fn of(name: &str) -> Self {
        let (name, member) = match name.strip_prefix("properties.") {
            Some(inner) => (inner, false),
            None => (name, MEMBERS.contains(&name)),
        };
        Self { name: name.to_owned(), member }
    }

    /// Whether it is the item's own time.
    pub(crate) fn is_datetime(&self) -> bool {
        !self.member && self.name == "datetime"
    }

    /// Whether it is the item's own geometry.
    pub(crate) fn is_geometry(&self) -> bool {
        self.member && self.name == "geometry"
    }

    /// The member's value; none where it is missing or null.
    pub(crate) fn value<'a>(&self, item: &'a Item) -> Option<&'a Value> {
        let found = if self.member {
            item.get(&self.name)
        } else {
            let properties = item.get("properties").and_then(Value::as_object);
            properties.and_then(|inner| descend(inner, &self.name)).or_else(|| descend(item, &self.name))
        };
        found.filter(|value| !value.is_null())
    }
}

/// The value called `name` in `map`, or in a member of it that the name begins with.
fn descend<'a>(map: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = map.get(name) {
        return Some(value);
    }
    name.match_indices('.').find_map(|(dot, _)| {
        let (first, rest) = (name.get(..dot)?, name.get(dot + 1..)?);
        descend(map.get(first)?.as_object()?, rest)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_find_members_and_properties() {
        let item = json!({
            "id": "a", "collection": null,
            "properties": {"id": "inner", "eo:cloud_cover": 3, "a.b": 1, "a": {"b": 2, "c": {"d": 4}}, "none": null},
            "assets": {"visual": {"href": "x.tif"}}
        });
        let item = item.as_object().unwrap();
        let cases = [
            ("id", json!("a")),
            ("properties.id", json!("inner")),
            ("eo:cloud_cover", json!(3)),
            ("properties.eo:cloud_cover", json!(3)),
            ("a.b", json!(1)),
            ("a.c.d", json!(4)),
            ("properties.a.c.d", json!(4)),
            ("assets.visual.href", json!("x.tif")),
        ];
        for (name, value) in cases {
            assert_eq!(Property::of(name).value(item), Some(&value), "{name}");
        }
        for name in ["collection", "none", "b", "a.c.e", "", ".", "properties."] {
            assert_eq!(Property::of(name).value(item), None, "{name}");
        }
    }
}
