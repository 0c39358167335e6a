//! Which members of an item are kept, as the fields extension of STAC APIs has it.

use serde_json::{Map, Value};
use stac::api::Fields;

use crate::Item;
use crate::predicate::property::MEMBERS;

/// What makes an item valid, which is kept where nothing excludes it.
const ALWAYS: [&str; 9] =
    ["id", "type", "geometry", "bbox", "links", "assets", "properties.datetime", "stac_version", "collection"];

/// The item with the members asked for alone, in their order.
///
/// What is included comes on top of what every item needs: `id`, `type`, `stac_version`, `collection`, `geometry`, `bbox`, `links`,
/// `assets` and `properties.datetime`; what is excluded is taken from both. A name is that of a member of the item
/// (`geometry`, `assets.visual`), of a property (`properties.eo:cloud_cover`), or a property's own (`eo:cloud_cover`). With neither list the
/// item stays as it is.
pub fn kept(fields: &Fields, item: Item) -> Item {
    if fields.include.is_empty() && fields.exclude.is_empty() {
        return item;
    }
    let address = |name: &String| address(name, &item);
    let exclude: Vec<String> = fields.exclude.iter().map(address).collect();
    let include: Vec<String> =
        ALWAYS.iter().map(|&name| name.to_owned()).chain(fields.include.iter().map(address)).collect();
    let include = include.iter().map(String::as_str).collect();
    let exclude = exclude.iter().map(String::as_str).collect();
    let names = Names { all: false, include, exclude };
    names.of(item)
}

/// The way from an item's top to what `name` calls.
fn address(name: &str, item: &Item) -> String {
    let named = |member: &str| rest(name, member).is_some();
    if MEMBERS.iter().any(|member| named(member)) || item.keys().any(|member| named(member)) {
        name.to_owned()
    } else {
        format!("properties.{name}")
    }
}

/// What `name` says beyond `member`: nothing when it is that member, else a name in it; none when it is of another.
fn rest<'a>(name: &'a str, member: &str) -> Option<&'a str> {
    let rest = name.strip_prefix(member)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

/// Names in one object.
struct Names<'a> {
    /// Whether all is included that is not excluded.
    all: bool,
    include: Vec<&'a str>,
    exclude: Vec<&'a str>,
}

impl Names<'_> {
    fn of(&self, map: Map<String, Value>) -> Map<String, Value> {
        map.into_iter().filter_map(|(key, value)| Some((self.member(&key, value)?, key))).map(|(v, k)| (k, v)).collect()
    }

    fn member(&self, key: &str, value: Value) -> Option<Value> {
        let deeper = |names: &[&'_ str]| -> Vec<String> {
            names.iter().filter_map(|name| rest(name, key)).map(str::to_owned).collect()
        };
        let (include, exclude) = (deeper(&self.include), deeper(&self.exclude));
        let whole = |names: &[String]| names.iter().any(String::is_empty);
        if whole(&exclude) || (!self.all && include.is_empty()) {
            return None;
        }
        let all = self.all || whole(&include);
        match value {
            Value::Object(inner) if !all || !exclude.is_empty() => {
                let inside = Names {
                    all,
                    include: include.iter().map(String::as_str).collect(),
                    exclude: exclude.iter().map(String::as_str).collect(),
                };
                let had = !inner.is_empty();
                let inner = inside.of(inner);
                (all || !had || !inner.is_empty()).then_some(Value::Object(inner))
            }
            value => all.then_some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_kept() {
        let item = json!({
            "type": "Feature", "stac_version": "1.1.0", "stac_extensions": ["x"], "id": "a", "geometry": {"type": "Point"},
            "bbox": [1, 2, 1, 2],
            "properties": {"datetime": null, "eo:cloud_cover": 3, "a.b": 1, "n": {"p": 1, "q": 2}},
            "links": [], "assets": {"red": {"href": "r", "title": "R"}, "nir": {"href": "n"}}, "collection": "c", "extra": 7
        });
        let base = ["type", "stac_version", "id", "geometry", "bbox", "properties", "links", "assets", "collection"];
        let cases = [
            (
                "",
                "type,stac_version,stac_extensions,id,geometry,bbox,properties,links,assets,collection,extra",
                "datetime,eo:cloud_cover,a.b,n",
            ),
            ("id", "", "datetime"),
            ("eo:cloud_cover", "", "datetime,eo:cloud_cover"),
            ("properties.eo:cloud_cover", "", "datetime,eo:cloud_cover"),
            ("properties.a.b", "", "datetime,a.b"),
            ("properties,-properties.n", "", "datetime,eo:cloud_cover,a.b"),
            ("properties,-n", "", "datetime,eo:cloud_cover,a.b"),
            ("-geometry", "type,stac_version,id,bbox,properties,links,assets,collection", "datetime"),
            ("-properties", "type,stac_version,id,geometry,bbox,links,assets,collection", ""),
            ("-datetime", "type,stac_version,id,geometry,bbox,links,assets,collection", ""),
            ("id,-id", "type,stac_version,geometry,bbox,properties,links,assets,collection", "datetime"),
            ("extra", "type,stac_version,id,geometry,bbox,properties,links,assets,collection,extra", "datetime"),
            ("absent", "", "datetime"),
        ];
        for (fields, members, properties) in cases {
            let got = kept(&fields.parse().unwrap(), item.as_object().unwrap().clone());
            let members = if members.is_empty() { base.join(",") } else { members.to_owned() };
            assert_eq!(got.keys().cloned().collect::<Vec<_>>().join(","), members, "{fields}");
            let names =
                got.get("properties").and_then(Value::as_object).map(|map| map.keys().cloned().collect::<Vec<_>>());
            assert_eq!(names.unwrap_or_default().join(","), properties, "{fields}");
        }
    }

    #[test]
    fn names_go_down() {
        let item = json!({"id": "a", "properties": {"n": {"p": 1, "q": 2}}, "assets": {"red": {"href": "r", "title": "R"}, "nir": {}}});
        let cases = [
            ("properties.n.p", json!({"n": {"p": 1}}), item["assets"].clone()),
            ("n,-properties.n.p", json!({"n": {"q": 2}}), item["assets"].clone()),
            ("-assets.red.title", Value::Null, json!({"red": {"href": "r"}, "nir": {}})),
            ("assets.red,-assets", Value::Null, Value::Null),
        ];
        for (fields, properties, assets) in cases {
            let got = kept(&fields.parse().unwrap(), item.as_object().unwrap().clone());
            assert_eq!(got.get("properties").unwrap_or(&Value::Null), &properties, "{fields}");
            assert_eq!(got.get("assets").unwrap_or(&Value::Null), &assets, "{fields}");
        }
    }
}
