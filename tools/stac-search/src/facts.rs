//! What tables, calendars and maps want to know of an item.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use search::Item;
use serde_json::Value;

/// What stands for the platform of an item that names none.
const NO_PLATFORM: &str = "no platform named";

/// The properties that are looked at here.
pub(crate) const USED: [&str; 7] =
    ["datetime", "start_datetime", "platform", "eo:platform", "constellation", "mission", "eo:cloud_cover"];

/// The member of an item that is a text.
pub(crate) fn member<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_str()
}

/// A property of an item, unless it is null.
pub(crate) fn property<'a>(item: &'a Item, name: &str) -> Option<&'a Value> {
    item.get("properties")?.get(name).filter(|value| !value.is_null())
}

/// A property that is a text.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    property(item, name)?.as_str()
}

/// What an item is called in messages.
pub(crate) fn name(item: &Item) -> &str {
    member(item, "id").unwrap_or("an item without id")
}

/// The platform; where none is named, the constellation or the mission.
pub(crate) fn platform(item: &Item) -> &str {
    let known = ["platform", "eo:platform", "constellation", "mission"];
    known.iter().find_map(|name| text(item, name)).unwrap_or(NO_PLATFORM)
}

/// The instant of an item: its `datetime`, else where the time that it covers begins.
pub(crate) fn instant(item: &Item) -> Option<DateTime<Utc>> {
    ["datetime", "start_datetime"].iter().find_map(|name| moment(text(item, name)?))
}

/// The UTC date of [`instant`].
pub(crate) fn date(item: &Item) -> Option<NaiveDate> {
    instant(item).map(|instant| instant.date_naive())
}

/// A time of RFC 3339; one without an offset is taken as UTC.
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Some(moment.to_utc());
    }
    text.parse::<NaiveDateTime>().ok().map(|moment| moment.and_utc())
}

/// The part of an item that clouds cover, in per cent.
pub(crate) fn cloud_cover(item: &Item) -> Option<f64> {
    property(item, "eo:cloud_cover")?.as_f64().filter(|cover| cover.is_finite())
}

/// West, south, east, north of an item's `bbox` in degrees; heights are left out.
pub(crate) fn bbox(item: &Item) -> Option<[f64; 4]> {
    let numbers: Vec<f64> = item.get("bbox")?.as_array()?.iter().map_while(Value::as_f64).collect();
    match numbers.as_slice() {
        &[west, south, east, north] | &[west, south, _, east, north, _] => Some([west, south, east, north]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(properties: &Value) -> Item {
        let whole = serde_json::json!({"id": "a", "properties": properties, "bbox": [1, 2, 0, 3, 4, 100]});
        whole.as_object().unwrap().clone()
    }

    #[test]
    fn times_and_platforms_of_items() {
        let range = serde_json::json!({"datetime": null, "start_datetime": "2020-01-01T23:30:00-01:00"});
        assert_eq!(date(&item(&range)), NaiveDate::from_ymd_opt(2020, 1, 2));
        let bare = item(&serde_json::json!({"datetime": "2019-05-06T10:00:00.5", "constellation": "sentinel-2"}));
        assert_eq!(instant(&bare).unwrap().to_rfc3339(), "2019-05-06T10:00:00.500+00:00");
        assert_eq!((platform(&bare), platform(&item(&range))), ("sentinel-2", NO_PLATFORM));
        assert_eq!(bbox(&bare), Some([1.0, 2.0, 3.0, 4.0]));
        assert_eq!(date(&item(&serde_json::json!({"datetime": "yesterday"}))), None);
    }
}
