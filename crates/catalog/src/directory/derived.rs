//! What a collection says that follows from its items: extents, summaries, what their assets share.

use chrono::DateTime;
use serde_json::{Map, Value, json};

use crate::facts::Footprint;
use crate::{Document, PROJECTION, RASTER};

/// The whole Earth, which stands for places that nothing tells.
const EARTH: [f64; 4] = [-180.0, -90.0, 180.0, 90.0];

/// What of an item matters to its collection.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Summary {
    bbox: Option<[f64; 4]>,
    interval: [Option<String>; 2],
    code: Option<String>,
    assets: Document,
}

impl Summary {
    pub(super) fn of(item: &Document) -> Self {
        let property = |name: &str| item.get("properties").and_then(|all| all.get(name));
        let text = |name: &str| property(name).and_then(Value::as_str).map(str::to_owned);
        let assets = item.get("assets").and_then(Value::as_object);
        let code = text("proj:code").or_else(|| {
            let mut codes = assets?.values().filter_map(|asset| asset.get("proj:code")?.as_str());
            codes.next().map(str::to_owned)
        });
        Self {
            bbox: item.get("bbox").and_then(flat),
            interval: ["start_datetime", "end_datetime"].map(|name| text(name).or_else(|| text("datetime"))),
            code,
            assets: assets.into_iter().flatten().map(|(key, asset)| (key.clone(), shared(asset))).collect(),
        }
    }
}

/// West, south, east, north of a box with or without heights.
fn flat(bbox: &Value) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = bbox.as_array()?.iter().map(Value::as_f64).collect::<Option<_>>()?;
    match *numbers.as_slice() {
        [west, south, east, north] | [west, south, _, east, north, _] => Some([west, south, east, north]),
        _ => None,
    }
}

/// What items of one collection may have alike in an asset.
fn shared(asset: &Value) -> Value {
    let mut out = Map::new();
    for key in ["title", "description", "type", "roles"] {
        if let Some(value) = asset.get(key) {
            out.insert(key.to_owned(), value.clone());
        }
    }
    if let Some(bands) = asset.get("bands").and_then(Value::as_array) {
        let plain = bands.iter().cloned().map(|mut band| {
            if let Some(band) = band.as_object_mut() {
                band.remove("statistics");
            }
            band
        });
        out.insert("bands".to_owned(), plain.collect());
    }
    Value::Object(out)
}

/// What follows from items together.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Derived {
    bbox: Option<[f64; 4]>,
    interval: [Option<String>; 2],
    codes: Vec<String>,
    assets: Document,
}

impl Derived {
    pub(super) fn of<'a>(items: impl Iterator<Item = &'a Summary> + Clone) -> Self {
        let mut codes: Vec<String> = items.clone().filter_map(|item| item.code.clone()).collect();
        codes.sort();
        codes.dedup();
        let [starts, ends] = [0, 1].map(|at| items.clone().map(move |item| item.interval.get(at).cloned().flatten()));
        Self {
            bbox: around(items.clone().filter_map(|item| item.bbox)),
            interval: [extreme(starts, true), extreme(ends, false)],
            codes,
            assets: alike(items),
        }
    }
}

/// The box around boxes, the shorter way about the dateline.
fn around(boxes: impl Iterator<Item = [f64; 4]>) -> Option<[f64; 4]> {
    let mut footprint = Footprint::new();
    for [west, south, east, north] in boxes {
        footprint.add_latitudes(south, north);
        footprint.add_longitudes(west, east);
    }
    footprint.bbox()
}

/// The first or the last of times; nothing where one is open.
fn extreme(times: impl Iterator<Item = Option<String>>, first: bool) -> Option<String> {
    let times: Option<Vec<_>> =
        times.map(|text| text.and_then(|text| Some((DateTime::parse_from_rfc3339(&text).ok()?, text)))).collect();
    let found = if first { times?.into_iter().min() } else { times?.into_iter().max() };
    found.map(|(_, text)| text)
}

/// The members of assets that all items that have them share.
fn alike<'a>(items: impl Iterator<Item = &'a Summary>) -> Document {
    let mut found = Map::new();
    for (key, asset) in items.flat_map(|item| &item.assets) {
        match found.get_mut(key).and_then(Value::as_object_mut) {
            None => drop(found.insert(key.clone(), asset.clone())),
            Some(known) => known.retain(|name, value| asset.get(name.as_str()) == Some(&*value)),
        }
    }
    // The specification wants two members at least.
    found.retain(|_, asset| asset.as_object().is_some_and(|asset| asset.len() >= 2));
    found.sort_keys();
    found
}

/// Bring a collection up to date: what followed from its items `before` follows from those `after`; what somebody
/// widened by hand stays as wide.
pub(super) fn update(collection: &mut Document, before: &Derived, after: &Derived) {
    let extent = collection.get("extent").cloned().unwrap_or_default();
    collection.insert("extent".to_owned(), extended(&extent, before, after));
    let mut summaries = collection.get("summaries").and_then(Value::as_object).cloned().unwrap_or_default();
    let known: Option<Vec<String>> = summaries
        .get("proj:code")
        .and_then(|list| list.as_array()?.iter().map(|code| code.as_str().map(str::to_owned)).collect());
    let mut codes = after.codes.clone();
    codes.extend(known.filter(|known| *known != before.codes).into_iter().flatten());
    codes.sort();
    codes.dedup();
    if codes.is_empty() {
        summaries.remove("proj:code");
    } else {
        summaries.insert("proj:code".to_owned(), json!(codes));
    }
    replace(collection, "summaries", summaries);
    // Collections of STAC 1.0 know them as an extension.
    let modern =
        collection.get("stac_version").and_then(Value::as_str).is_none_or(|version| !version.starts_with("1.0"));
    let mut assets = collection.get("item_assets").and_then(Value::as_object).cloned().unwrap_or_default();
    assets.retain(|key, asset| before.assets.get(key) != Some(asset));
    for (key, asset) in after.assets.iter().filter(|_| modern) {
        assets.entry(key.clone()).or_insert_with(|| asset.clone());
    }
    declare(collection, PROJECTION, !codes.is_empty());
    declare(collection, RASTER, Value::Object(assets.clone()).to_string().contains("\"raster:"));
    replace(collection, "item_assets", assets);
}

/// Name an extension that is used.
fn declare(collection: &mut Document, address: &str, used: bool) {
    let mut named = collection.get("stac_extensions").and_then(Value::as_array).cloned().unwrap_or_default();
    if used && !named.iter().any(|known| known == address) {
        named.push(json!(address));
        collection.insert("stac_extensions".to_owned(), Value::Array(named));
    }
}

fn replace(collection: &mut Document, key: &str, members: Document) {
    if members.is_empty() {
        collection.shift_remove(key);
    } else {
        collection.insert(key.to_owned(), Value::Object(members));
    }
}

fn extended(extent: &Value, before: &Derived, after: &Derived) -> Value {
    let mut extent = extent.as_object().cloned().unwrap_or_default();
    let mut list = |key: &str, of: &str, first: &dyn Fn(Option<&Value>) -> Value| {
        let mut part = extent.get(key).and_then(Value::as_object).cloned().unwrap_or_default();
        let mut list = part.get(of).and_then(Value::as_array).cloned().unwrap_or_default();
        let whole = first(list.first());
        // Two boxes are none that the specification allows: the first is around all others.
        if list.len() < 3 {
            list.clear();
        } else {
            list.remove(0);
        }
        list.insert(0, whole);
        part.insert(of.to_owned(), Value::Array(list));
        extent.insert(key.to_owned(), Value::Object(part));
    };
    list("spatial", "bbox", &|old| bbox(old, before, after));
    list("temporal", "interval", &|old| interval(old, before, after));
    Value::Object(extent)
}

fn bbox(old: Option<&Value>, before: &Derived, after: &Derived) -> Value {
    let near = |a: [f64; 4], b: [f64; 4]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
    let now = after.bbox.unwrap_or(EARTH);
    let known = old.and_then(flat).filter(|old| !near(*old, before.bbox.unwrap_or(EARTH)));
    let Some(known) = known else { return json!(now) };
    let wide = after.bbox.map_or(known, |bbox| around([known, bbox].into_iter()).unwrap_or(known));
    let heights = old.and_then(Value::as_array).map(Vec::as_slice);
    match (heights, wide) {
        (Some([_, _, low, _, _, high]), [west, south, east, north]) => json!([west, south, low, east, north, high]),
        _ => json!(wide),
    }
}

fn interval(old: Option<&Value>, before: &Derived, after: &Derived) -> Value {
    let ends = |value: &Value| [0, 1].map(|at| value.get(at).and_then(Value::as_str).map(str::to_owned));
    let instant = |end: &Option<String>| end.as_deref().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let old = old.map(ends).filter(|old| old.each_ref().map(instant) != before.interval.each_ref().map(instant));
    let Some([first, last]) = old else { return json!(after.interval) };
    let [start, end] = after.interval.clone();
    json!([extreme([first, start].into_iter(), true), extreme([last, end].into_iter(), false)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(bbox: [f64; 4], time: &str, code: &str) -> Summary {
        let item = json!({
            "bbox": bbox,
            "properties": {"datetime": time, "proj:code": code},
            "assets": {"data": {"href": time, "type": "application/netcdf", "roles": ["data"], "file:size": 1}},
        });
        Summary::of(item.as_object().unwrap())
    }

    fn updated(collection: &Value, before: &[Summary], after: &[Summary]) -> Value {
        let mut collection = collection.as_object().unwrap().clone();
        update(&mut collection, &Derived::of(before.iter()), &Derived::of(after.iter()));
        Value::Object(collection)
    }

    #[test]
    fn extents_follow_the_items_and_stay_where_somebody_widened_them() {
        let a = item([170.0, -10.0, 180.0, 0.0], "2020-01-01T00:00:00Z", "EPSG:4326");
        let b = item([-180.0, -5.0, -170.0, 10.0], "2020-01-01T01:00:00+02:00", "EPSG:3035");
        let both = updated(&json!({}), &[], &[a.clone(), b.clone()]);
        assert_eq!(both["extent"]["spatial"]["bbox"], json!([[170.0, -10.0, -170.0, 10.0]]));
        let times = json!([["2020-01-01T01:00:00+02:00", "2020-01-01T00:00:00Z"]]);
        assert_eq!(both["extent"]["temporal"]["interval"], times);
        assert_eq!(both["summaries"]["proj:code"], json!(["EPSG:3035", "EPSG:4326"]));
        assert_eq!(both["item_assets"], json!({"data": {"type": "application/netcdf", "roles": ["data"]}}));
        let one = updated(&both, &[a.clone(), b.clone()], std::slice::from_ref(&a));
        assert_eq!(one["extent"]["spatial"]["bbox"], json!([[170.0, -10.0, 180.0, 0.0]]));
        assert_eq!(one["summaries"]["proj:code"], json!(["EPSG:4326"]));
        let mut wide = both.clone();
        wide["extent"]["spatial"]["bbox"] = json!([[160.0, -20.0, 0.0, -160.0, 20.0, 9.0]]);
        wide["extent"]["temporal"]["interval"] = json!([["2000-01-01T00:00:00Z", null]]);
        let kept = updated(&wide, &[a.clone(), b], &[a]);
        assert_eq!(kept["extent"], wide["extent"]);
    }

    #[test]
    fn what_nothing_tells_is_everywhere() {
        let nowhere = Summary::of(json!({"properties": {"datetime": "2020-01-01T00:00:00Z"}}).as_object().unwrap());
        let made = updated(&json!({}), &[], &[nowhere]);
        assert_eq!(made["extent"]["spatial"]["bbox"], json!([EARTH]));
        assert!(made.get("summaries").is_none() && made.get("item_assets").is_none());
    }
}
