//! Title, description, keywords, licence and providers from global attributes (ACDD 1.3, CF §2.6.2).

use pangeo::model::{AttributeValue, Attributes, Dataset};

use super::Provider;
use super::licence::{address, licence};

/// What global attributes say.
pub(super) struct About {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) keywords: Vec<String>,
    pub(super) licence: String,
    pub(super) licence_link: Option<String>,
    pub(super) providers: Vec<Provider>,
}

impl About {
    pub(super) fn of(dataset: &Dataset) -> Self {
        let attributes = &dataset.attributes;
        let terms = first(attributes, &["license", "licence", "License", "rights"]);
        let title = first(attributes, &["title", "Title"]);
        let description = first(attributes, &["summary", "description", "abstract"]);
        Self {
            description: description.or_else(|| title.clone()),
            title,
            keywords: keywords(attributes),
            licence: terms.as_deref().map_or_else(|| "other".to_owned(), licence),
            licence_link: terms.as_deref().and_then(address),
            providers: providers(attributes),
        }
    }
}

/// The first attribute of these names that says something.
fn first(attributes: &Attributes, names: &[&str]) -> Option<String> {
    let texts = names.iter().filter_map(|name| attributes.text(name));
    texts.map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}

/// Keywords between commas or semicolons, each once.
fn keywords(attributes: &Attributes) -> Vec<String> {
    let texts: Vec<&str> = match attributes.get("keywords") {
        Some(AttributeValue::Strings(list)) => list.iter().map(String::as_str).collect(),
        Some(value) => value.as_text().into_iter().collect(),
        None => Vec::new(),
    };
    let mut found: Vec<String> = Vec::new();
    for word in texts.iter().flat_map(|text| text.split([',', ';', '\n'])).map(str::trim) {
        if !word.is_empty() && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}

/// Who made, processed and publishes the data: in this order, as STAC wants it, each name once.
fn providers(attributes: &Attributes) -> Vec<Provider> {
    let sources: [(&[&str], &[&str], &str); 4] = [
        (&["institution", "Institution"], &["institution_url"], "producer"),
        (&["creator_institution", "creator_name", "creator"], &["creator_url"], "producer"),
        (&["contributor_name"], &["contributor_url"], "processor"),
        (&["publisher_institution", "publisher_name", "publisher"], &["publisher_url"], "host"),
    ];
    let mut found: Vec<Provider> = Vec::new();
    for (names, addresses, role) in sources {
        let Some(name) = first(attributes, names) else { continue };
        let url = first(attributes, addresses).filter(|url| url.starts_with("http"));
        match found.iter_mut().find(|known| known.name == name) {
            Some(known) => {
                known.url = known.url.take().or(url);
                if !known.roles.contains(&role) {
                    known.roles.push(role);
                }
            }
            None => found.push(Provider { name, roles: vec![role], url }),
        }
    }
    found
}
