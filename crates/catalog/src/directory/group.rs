//! What is said of a collection of items beside what follows from them.

use serde_json::{Map, Value, json};

use super::links::{links, rel};
use crate::facts::Provider;
use crate::{Data, Document, Facts, store};

/// A collection of items, or what is said of one with data of its own. What is absent or empty stays as it is in a
/// collection that exists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// An SPDX identifier or `other`; `other` for a new one.
    pub licence: Option<String>,
    /// Where the licence is told.
    pub licence_link: Option<String>,
    /// Who made, processed, hosts the data.
    pub providers: Vec<Provider>,
    /// Words to find it by.
    pub keywords: Vec<String>,
}

impl Group {
    /// The same collection with what all of these data say alike where nothing is said of it: for a new one.
    #[must_use]
    pub fn or_as(mut self, data: &[Data]) -> Self {
        let Some(first) = data.first().map(|data| &data.facts) else { return self };
        let alike = |same: &dyn Fn(&Facts) -> bool| data.iter().all(|data| same(&data.facts));
        if self.description.is_none() && alike(&|facts| facts.description == first.description) {
            self.description = Some(first.description.clone());
        }
        if self.licence.is_none() && alike(&|facts| facts.licence == first.licence) {
            self.licence = Some(first.licence.clone());
            self.licence_link = self.licence_link.or_else(|| first.licence_link.clone());
        }
        if self.providers.is_empty() && alike(&|facts| facts.providers == first.providers) {
            self.providers.clone_from(&first.providers);
        }
        if self.keywords.is_empty() && alike(&|facts| facts.keywords == first.keywords) {
            self.keywords.clone_from(&first.keywords);
        }
        self
    }

    /// What is said here, in a collection.
    pub fn tell(&self, collection: &mut Document) {
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                collection.insert(key.to_owned(), value);
            }
        };
        set("title", self.title.as_ref().map(|title| json!(title)));
        set("description", self.description.as_ref().map(|text| json!(text)));
        set("license", self.licence.as_ref().map(|licence| json!(licence)));
        set("keywords", (!self.keywords.is_empty()).then(|| json!(self.keywords)));
        set("providers", (!self.providers.is_empty()).then(|| store::providers(&self.providers)));
        if let Some(href) = &self.licence_link {
            let mut all = links(collection);
            all.retain(|link| rel(link) != "license");
            all.push(json!({"rel": "license", "href": href, "title": "Licence"}));
            collection.insert("links".to_owned(), Value::Array(all));
        }
    }

    /// The collection with what is said here, before its items count.
    pub(super) fn upon(&self, old: Option<&Document>) -> Document {
        let mut out = old.cloned().unwrap_or_else(|| self.fresh());
        self.tell(&mut out);
        out
    }

    fn fresh(&self) -> Document {
        let mut out = Map::new();
        for (key, value) in [
            ("type", json!("Collection")),
            ("stac_version", json!("1.1.0")),
            ("id", json!(self.id)),
            ("description", json!(self.title.as_deref().unwrap_or("Data files"))),
            ("license", json!("other")),
            ("links", json!([])),
        ] {
            out.insert(key.to_owned(), value);
        }
        out
    }
}
