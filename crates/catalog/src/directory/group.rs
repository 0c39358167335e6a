//! What is said of a collection of items beside what follows from them.

use serde_json::{Map, Value, json};

use crate::facts::Provider;
use crate::{Document, store};

/// A collection of items. What is absent or empty stays as it is in a collection that exists.
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
    /// The collection with what is said here, before its items count.
    pub(super) fn upon(&self, old: Option<&Document>) -> Document {
        let mut out = old.cloned().unwrap_or_else(|| self.fresh());
        let mut set = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                out.insert(key.to_owned(), value);
            }
        };
        set("title", self.title.as_ref().map(|title| json!(title)));
        set("description", self.description.as_ref().map(|text| json!(text)));
        set("license", self.licence.as_ref().map(|licence| json!(licence)));
        set("keywords", (!self.keywords.is_empty()).then(|| json!(self.keywords)));
        set("providers", (!self.providers.is_empty()).then(|| store::providers(&self.providers)));
        if let Some(href) = &self.licence_link {
            let mut links = super::links::links(&out);
            links.retain(|link| super::links::rel(link) != "license");
            links.push(json!({"rel": "license", "href": href, "title": "Licence"}));
            out.insert("links".to_owned(), Value::Array(links));
        }
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
