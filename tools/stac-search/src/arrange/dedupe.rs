//! The same scene several times: processed anew, or delivered twice.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, SubsecRound, Utc};
use clap::ValueEnum;
use search::Item;
use serde_json::Value;

use super::Arranged;
use crate::facts;

/// Which of the items of a scene is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dedupe {
    /// The newest: by when it was processed, else updated, else created
    Latest,
    /// The one of the highest processing baseline or version; of equal ones the newest
    Baseline,
}

/// What tells which item of a scene is better; the greater one is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    /// The parts of the version, if it counts.
    version: Vec<u64>,
    /// When it was processed, updated, created.
    times: [Option<DateTime<Utc>>; 3],
}

/// The scenes that were seen.
#[derive(Debug, Default)]
pub(super) struct Scenes {
    best: HashMap<String, (Rank, u64)>,
    dropped: BTreeSet<u64>,
    unknown: u64,
}

impl Scenes {
    /// The item number `place`.
    pub(super) fn add(&mut self, item: &Item, place: u64, how: Dedupe) {
        let Some(scene) = scene(item) else {
            self.unknown += 1;
            return;
        };
        let rank = Rank::of(item, how);
        match self.best.entry(scene) {
            Entry::Vacant(free) => drop(free.insert((rank, place))),
            // Of equal ones the first stays.
            Entry::Occupied(mut best) if rank > best.get().0 => {
                let (_, worse) = best.insert((rank, place));
                self.dropped.insert(worse);
            }
            Entry::Occupied(_) => drop(self.dropped.insert(place)),
        }
    }

    /// The numbers of the items that are left out.
    pub(super) fn dropped(self, arranged: &mut Arranged) -> BTreeSet<u64> {
        (arranged.duplicates, arranged.without_scene) = (self.dropped.len() as u64, self.unknown);
        self.dropped
    }
}

impl Rank {
    fn of(item: &Item, how: Dedupe) -> Self {
        let time = |names: &[&str]| names.iter().find_map(|name| facts::moment(facts::text(item, name)?));
        let times = [time(&["processing:datetime", "s2:generation_time"]), time(&["updated"]), time(&["created"])];
        let version = match how {
            Dedupe::Latest => Vec::new(),
            Dedupe::Baseline => version(item),
        };
        Self { version, times }
    }
}

/// The numbers in the processing baseline (`05.10`) or version.
fn version(item: &Item) -> Vec<u64> {
    let named = ["s2:processing_baseline", "processing:version"].iter().find_map(|name| facts::property(item, name));
    let text = match named {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Vec::new(),
    };
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

/// What is the same for all items of a scene: collection, platform, tile or orbit, and when it was taken. `None` where
/// the place or the time is not told.
fn scene(item: &Item) -> Option<String> {
    let place = tile(item).or_else(|| orbit(item))?;
    let collection = facts::member(item, "collection").unwrap_or_default();
    Some(format!("{collection}\n{}\n{place}\n{}", facts::platform(item).to_ascii_lowercase(), taken(item)?))
}

/// The tile or frame, from a fixed grid.
fn tile(item: &Item) -> Option<String> {
    let joined = |names: &[&str]| {
        let parts: Option<Vec<String>> =
            names.iter().map(|name| facts::property(item, name).map(|v| v.to_string().replace('"', ""))).collect();
        parts.map(|parts| parts.concat())
    };
    let tile = [
        &["s2:mgrs_tile"][..],
        &["grid:code"],
        &["mgrs:utm_zone", "mgrs:latitude_band", "mgrs:grid_square"],
        &["sentinel:utm_zone", "sentinel:latitude_band", "sentinel:grid_square"],
        &["landsat:wrs_path", "landsat:wrs_row"],
        &["modis:horizontal-tile", "modis:vertical-tile"],
    ];
    tile.iter().find_map(|names| joined(names)).map(|tile| tile.to_ascii_uppercase().replace("MGRS-", ""))
}

/// The orbit since launch, of radar and the like.
fn orbit(item: &Item) -> Option<String> {
    facts::property(item, "sat:absolute_orbit").map(|orbit| format!("orbit {orbit}"))
}

/// When a scene was taken, to the second. Sentinel-2 names its datatakes, whose times do not depend on how they are
/// processed: `GS2A_20190101T105441_018431_N02.11`.
fn taken(item: &Item) -> Option<String> {
    let datatake = facts::text(item, "s2:datatake_id").and_then(|name| name.split('_').nth(1));
    datatake.map(str::to_owned).or_else(|| Some(facts::instant(item)?.round_subsecs(0).to_rfc3339()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The places that are left out.
    fn dropped(items: &[Value], how: Dedupe) -> (Vec<u64>, u64) {
        let mut scenes = Scenes::default();
        for (place, item) in (0..).zip(items) {
            scenes.add(item.as_object().unwrap(), place, how);
        }
        let mut arranged = Arranged::default();
        let dropped = scenes.dropped(&mut arranged).into_iter().collect();
        (dropped, arranged.without_scene)
    }

    fn scene_of(time: &str, baseline: &str, processed: &str) -> Value {
        json!({"collection": "l2a", "properties": {
            "platform": "Sentinel-2A", "s2:mgrs_tile": "31TCJ", "datetime": time,
            "s2:processing_baseline": baseline, "s2:generation_time": processed, "created": "2020-01-01T00:00:00Z"}})
    }

    #[test]
    fn one_item_of_a_scene_is_kept() {
        let time = "2019-01-01T10:54:41.024Z";
        let items = [
            scene_of(time, "02.11", "2019-01-01T12:00:00Z"),
            scene_of("2019-01-01T10:54:40.998Z", "05.00", "2023-01-01T12:00:00Z"),
            scene_of(time, "03.01", "2024-01-01T12:00:00Z"),
            scene_of("2019-01-06T10:54:41Z", "02.11", "2019-01-06T12:00:00Z"),
            json!({"properties": {"datetime": time}}),
            json!({"properties": {"datetime": time}}),
        ];
        assert_eq!(dropped(&items, Dedupe::Latest), (vec![0, 1], 2));
        assert_eq!(dropped(&items, Dedupe::Baseline), (vec![0, 2], 2));
    }

    #[test]
    fn equal_ones_leave_the_first_and_other_scenes_stay() {
        let one = scene_of("2019-01-01T10:54:41Z", "02.11", "2019-01-01T12:00:00Z");
        let mut other = one.clone();
        other["properties"]["s2:mgrs_tile"] = json!("31TDJ");
        let mut collection = one.clone();
        collection["collection"] = json!("l1c");
        let mut platform = one.clone();
        platform["properties"]["platform"] = json!("sentinel-2b");
        let items = [one.clone(), other, collection, platform, one];
        assert_eq!(dropped(&items, Dedupe::Latest), (vec![4], 0));
    }

    #[test]
    fn scenes_of_other_missions() {
        let landsat = json!({"properties": {"landsat:wrs_path": "199", "landsat:wrs_row": 26, "datetime": "2020-01-01T00:00:00Z"}});
        assert!(scene(landsat.as_object().unwrap()).unwrap().contains("\n19926\n"));
        let radar = json!({"properties": {"sat:absolute_orbit": 1, "start_datetime": "2020-01-01T00:00:00Z"}});
        assert!(scene(radar.as_object().unwrap()).unwrap().contains("orbit 1"));
        let datatake =
            json!({"properties": {"grid:code": "MGRS-31TCJ", "s2:datatake_id": "GS2A_20190101T105441_018431_N02.11"}});
        assert!(scene(datatake.as_object().unwrap()).unwrap().ends_with("\n31TCJ\n20190101T105441"));
    }

    #[test]
    fn versions_compare_by_their_numbers() {
        let of = |value: Value| version(json!({"properties": {"processing:version": value}}).as_object().unwrap());
        assert!(of(json!("10.1")) > of(json!("9.9")) && of(json!(5.1)) > of(json!("05.00")));
        assert!(of(json!(null)) < of(json!("0")));
    }
}
