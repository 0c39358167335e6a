//! How many items there are of a date, a platform or whatever, from when to when, and how cloudy they are.

use std::collections::BTreeMap;
use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use pangeo::Result;
use search::Item;
use serde_json::{Value, json};

use crate::facts;
use crate::output::columns::{found, plain};
use crate::output::{Format, Separated, put};

/// What items are grouped by: a part of their date, the platform, the collection or any property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) String);

impl Key {
    /// What an item has; nothing where it has no such property.
    fn of(&self, item: &Item) -> String {
        let date = |letters: usize| {
            let date = facts::date(item).map(|date| date.to_string()).unwrap_or_default();
            date.get(..letters).unwrap_or_default().to_owned()
        };
        match self.0.as_str() {
            "date" => date(10),
            "month" => date(7),
            "year" => date(4),
            "platform" => facts::platform(item).to_owned(),
            other => found(item, other).map(plain).unwrap_or_default(),
        }
    }
}

/// What is known of a group.
#[derive(Debug, Default)]
struct Group {
    items: u64,
    first: Option<DateTime<Utc>>,
    last: Option<DateTime<Utc>>,
    clouds: f64,
    clouded: u64,
}

/// Items in groups.
#[derive(Debug)]
pub(crate) struct Groups {
    key: Key,
    groups: BTreeMap<String, Group>,
}

impl Groups {
    /// No items yet.
    pub(crate) fn new(key: Key) -> Self {
        Self { key, groups: BTreeMap::new() }
    }

    /// Count an item.
    pub(crate) fn add(&mut self, item: &Item) {
        let group = self.groups.entry(self.key.of(item)).or_default();
        group.items += 1;
        if let Some(at) = facts::instant(item) {
            group.first = Some(group.first.map_or(at, |first| first.min(at)));
            group.last = Some(group.last.map_or(at, |last| last.max(at)));
        }
        if let Some(cover) = facts::cloud_cover(item) {
            group.clouds += cover;
            group.clouded += 1;
        }
    }

    /// The table, or a JSON array; the mean cloud cover (per cent) where any item has one.
    ///
    /// # Errors
    /// When `out` can't be written.
    pub(crate) fn write(self, out: &mut dyn Write, format: Format) -> Result<()> {
        let clouded = self.groups.values().any(|group| group.clouded > 0);
        let name = self.key.0.clone();
        let mut groups: Vec<(String, Group)> = self.groups.into_iter().collect();
        if groups.iter().all(|(key, _)| key.is_empty() || key.parse::<f64>().is_ok()) {
            let number = |key: &str| key.parse::<f64>().unwrap_or(f64::INFINITY);
            groups.sort_by(|a, b| number(&a.0).total_cmp(&number(&b.0)));
        }
        let time = |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        let mean = |group: &Group| (group.clouded > 0).then(|| rounded(group.clouds / group.clouded as f64));
        if format == Format::Itemcollection {
            let row = |(key, group): &(String, Group)| {
                let mut row =
                    json!({&name: key, "items": group.items, "first": time(group.first), "last": time(group.last)});
                if let (true, Some(row)) = (clouded, row.as_object_mut()) {
                    row.insert("mean_cloud_cover".to_owned(), mean(group).into());
                }
                row
            };
            let rows: Value = groups.iter().map(row).collect();
            return put(out, &format!("{rows:#}\n"));
        }
        let how = if format == Format::Csv { Separated::Csv } else { Separated::Tabular };
        let mut head = vec![name, "items".into(), "first".into(), "last".into()];
        head.extend(clouded.then(|| "mean_cloud_cover".to_owned()));
        how.head(out, &head)?;
        for (key, group) in groups {
            let mut row = vec![key, group.items.to_string()];
            row.extend([group.first, group.last].map(|at| time(at).unwrap_or_default()));
            row.extend(clouded.then(|| mean(&group).map(|mean| mean.to_string()).unwrap_or_default()));
            how.row(out, &row)?;
        }
        Ok(())
    }
}

/// To two decimals: cloud cover is an estimate.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(key: &str, format: Format, items: &[Value]) -> String {
        let mut groups = Groups::new(Key(key.to_owned()));
        items.iter().for_each(|item| groups.add(item.as_object().unwrap()));
        let mut out = Vec::new();
        groups.write(&mut out, format).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn items() -> Vec<Value> {
        let item = |at: &str, cloud: Value, orbit: u64| json!({"properties": {"datetime": at, "eo:cloud_cover": cloud, "sat:relative_orbit": orbit, "platform": "s2a"}});
        vec![
            item("2020-01-01T10:00:00Z", json!(10), 94),
            item("2020-01-31T23:59:59.5Z", json!(25.5), 8),
            item("2020-02-01T00:00:00Z", json!(null), 94),
        ]
    }

    #[test]
    fn groups_by_date_and_property() {
        assert_eq!(
            table("month", Format::Tabular, &items()),
            "#month\titems\tfirst\tlast\tmean_cloud_cover\n\
             2020-01\t2\t2020-01-01T10:00:00Z\t2020-01-31T23:59:59.500Z\t17.75\n\
             2020-02\t1\t2020-02-01T00:00:00Z\t2020-02-01T00:00:00Z\t\n"
        );
        let orbits = table("sat:relative_orbit", Format::Csv, &items());
        assert!(
            orbits.starts_with("sat:relative_orbit,items")
                && orbits.contains("\n8,1,")
                && orbits.find("\n8,") < orbits.find("\n94,2,")
        );
        let json: Value = serde_json::from_str(&table("platform", Format::Itemcollection, &items())).unwrap();
        assert_eq!(
            (&json[0]["platform"], &json[0]["items"], &json[0]["mean_cloud_cover"]),
            (&json!("s2a"), &json!(3), &json!(17.75))
        );
    }

    #[test]
    fn clouds_only_where_there_are_any() {
        let bare = [json!({"properties": {"datetime": null}})];
        assert_eq!(table("year", Format::Tabular, &bare), "#year\titems\tfirst\tlast\n\t1\t\t\n");
    }
}
