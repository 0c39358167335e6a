//! Links, and what of an object that is replaced stays.

use serde_json::{Map, Value, json};

use crate::{DATACUBE, Document, FILE, PROJECTION, RASTER, ZARR};

/// A link to a STAC object.
pub(super) fn link(rel: &str, href: &str, kind: &str, title: Option<&str>) -> Value {
    let mut link = Map::new();
    for (key, value) in [("rel", Some(rel)), ("href", Some(href)), ("type", Some(kind)), ("title", title)] {
        if let Some(value) = value {
            link.insert(key.to_owned(), json!(value));
        }
    }
    Value::Object(link)
}

/// The links of an object.
pub(super) fn links(object: &Document) -> Vec<Value> {
    object.get("links").and_then(Value::as_array).cloned().unwrap_or_default()
}

pub(super) fn member<'a>(link: &'a Value, name: &str) -> Option<&'a str> {
    link.get(name).and_then(Value::as_str)
}

pub(super) fn rel(link: &Value) -> &str {
    member(link, "rel").unwrap_or_default()
}

/// Where an object says that it is published.
pub(super) fn own_address(object: &Document) -> Option<String> {
    let own = links(object).into_iter().find(|link| rel(link) == "self");
    own.and_then(|link| member(&link, "href").map(str::to_owned))
}

fn plain(href: &str) -> &str {
    href.trim_start_matches("./")
}

/// Links with further ones of the relation `of`: other links first, as they were, then these, each target once and in
/// the order of where they lead. A link that is there already keeps its further members.
pub(super) fn joined(old: Vec<Value>, of: &str, new: &[Value]) -> Vec<Value> {
    let (mut these, mut others): (Vec<Value>, Vec<Value>) = old.into_iter().partition(|link| rel(link) == of);
    for link in new {
        let target = |link: &Value| member(link, "href").map(|href| plain(href).to_owned());
        match these.iter_mut().find(|known| target(known) == target(link)) {
            Some(Value::Object(known)) => {
                known.extend(link.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())));
            }
            _ => these.push(link.clone()),
        }
    }
    these.sort_by(|a, b| member(a, "href").map(plain).cmp(&member(b, "href").map(plain)));
    others.extend(these);
    others
}

/// Links with the first ones of these relations, unless there are some.
pub(super) fn led(mut links: Vec<Value>, up: &[Value]) -> Vec<Value> {
    for (at, link) in up.iter().enumerate() {
        if !links.iter().any(|known| rel(known) == rel(link)) {
            links.insert(at.min(links.len()), link.clone());
        }
    }
    links
}

/// The members that are written here; others of an object belong to somebody else.
const OWN: [&str; 26] = [
    "type",
    "stac_version",
    "stac_extensions",
    "id",
    "geometry",
    "bbox",
    "properties",
    "links",
    "assets",
    "collection",
    "title",
    "description",
    "keywords",
    "license",
    "providers",
    "extent",
    "datetime",
    "start_datetime",
    "end_datetime",
    "proj:code",
    "proj:projjson",
    "proj:wkt2",
    "proj:shape",
    "proj:transform",
    "proj:bbox",
    "cube:dimensions",
];

fn is_own(key: &str) -> bool {
    OWN.contains(&key) || key == "cube:variables"
}

/// A new object in the place of an old one: members, properties, assets, links and extensions that others added stay.
pub(super) fn in_place_of(old: Option<&Document>, mut new: Document) -> Document {
    let Some(old) = old else { return new };
    let object = |object: &Document, key: &str| object.get(key).and_then(Value::as_object).cloned();
    if let (Some(before), Some(mut properties)) = (object(old, "properties"), object(&new, "properties")) {
        keep(&mut properties, before);
        new.insert("properties".to_owned(), Value::Object(properties));
    }
    if let (Some(before), Some(mut assets)) = (object(old, "assets"), object(&new, "assets")) {
        for (key, asset) in before {
            assets.entry(key).or_insert(asset);
        }
        new.insert("assets".to_owned(), Value::Object(assets));
    }
    let mut written = links(&new);
    let own = ["root", "parent", "collection", "store"];
    let licensed = written.iter().any(|link| rel(link) == "license");
    let own = |link: &Value| own.contains(&rel(link)) || licensed && rel(link) == "license";
    let others = links(old).into_iter().filter(|link| !own(link));
    let others: Vec<Value> = others.filter(|link| !written.iter().any(|new| same(new, link))).collect();
    written.extend(others);
    new.insert("links".to_owned(), Value::Array(written));
    let mut extensions = new.get("stac_extensions").and_then(Value::as_array).cloned().unwrap_or_default();
    let ours = [DATACUBE, PROJECTION, RASTER, FILE, ZARR];
    let further = old.get("stac_extensions").and_then(Value::as_array).cloned().unwrap_or_default();
    for address in further {
        if !extensions.contains(&address) && address.as_str().is_some_and(|address| !ours.contains(&address)) {
            extensions.push(address);
        }
    }
    new.insert("stac_extensions".to_owned(), Value::Array(extensions));
    keep(&mut new, old.clone());
    new
}

fn same(a: &Value, b: &Value) -> bool {
    rel(a) == rel(b) && member(a, "href") == member(b, "href")
}

fn keep(new: &mut Document, old: Document) {
    for (key, value) in old.into_iter().filter(|(key, _)| !is_own(key)) {
        new.entry(key).or_insert(value);
    }
}
