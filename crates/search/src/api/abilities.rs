//! What a server says that it can, and what it turned out not to.

use serde_json::Value;
use url::Url;

use super::link::links;

/// How a filter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// CQL2 as JSON.
    Json,
    /// CQL2 as text.
    Text,
}

/// A part of a search that not every server takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The size of pages, as large as wanted.
    Limit,
    /// The sort extension.
    Sort,
    /// The fields extension.
    Fields,
    /// Geometries; without, it gets their boxes.
    Intersects,
    /// The filter extension, in either form.
    Filter,
    /// The query extension.
    Query,
}

impl Part {
    const ALL: [Self; 6] = [Self::Limit, Self::Sort, Self::Fields, Self::Intersects, Self::Filter, Self::Query];
}

/// What a server does for a search.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Abilities {
    /// Where searches are posted.
    pub(super) post: Option<Url>,
    /// Where searches are asked for by GET.
    pub(super) get: Option<Url>,
    /// Where the collections are.
    pub(super) collections: Option<Url>,
    /// The parts of a search that it takes.
    takes: Vec<Part>,
    /// The forms that are advertised.
    advertised: Vec<Form>,
    /// The forms that were refused.
    pub(super) refused: Vec<Form>,
    /// No more items a page than this, as it turned out.
    pub(super) page: Option<u64>,
}

impl Abilities {
    /// What a landing page from `base` says, with the conformance classes of the server.
    pub(super) fn of(landing: &Value, base: &Url, classes: &[String]) -> Self {
        let search = |method| links(landing, base, "search").find(|link| link.is_for(method)).map(|link| link.url);
        let (post, get) = (search("POST"), search("GET"));
        let advertised = |part: &Part| match part {
            Part::Limit | Part::Intersects => true,
            Part::Filter => takes_filters(classes),
            Part::Query => advertises(classes, "query"),
            Part::Sort => advertises(classes, "sort"),
            Part::Fields => advertises(classes, "fields"),
        };
        let takes = Part::ALL.into_iter().filter(advertised).collect();
        let data = links(landing, base, "data").next().map(|link| link.url);
        Self {
            // GET is for every server to have.
            get: get.or_else(|| post.clone()),
            post,
            collections: data,
            takes,
            advertised: forms(classes),
            refused: Vec::new(),
            page: None,
        }
    }

    /// How to write a filter, if there is a way that was not refused: what is advertised goes first, and where nothing or both
    /// is, JSON in bodies, since the most common server takes nothing else there, and text in addresses.
    pub(super) fn form(&self) -> Option<Form> {
        let natural = if self.post.is_some() { [Form::Json, Form::Text] } else { [Form::Text, Form::Json] };
        let [first, second] = natural;
        let order = if self.advertised == [second] { [second, first] } else { natural };
        order.into_iter().find(|form| self.takes(Part::Filter) && !self.refused.contains(form))
    }

    /// Whether the server takes this part of a search.
    pub(super) fn takes(&self, part: Part) -> bool {
        self.takes.contains(&part)
    }

    /// The server does not take it after all.
    pub(super) fn lose(&mut self, part: Part) {
        self.takes.retain(|taken| *taken != part);
    }

    /// Whether there is an address to search at.
    pub(super) fn searches(&self) -> bool {
        self.post.is_some() || self.get.is_some()
    }
}

/// Whether item search has the extension, in any version: `https://api.stacspec.org/v1.0.0/item-search#sort`,
/// `…/v1.0.0-beta.4/item-search#filter:filter`.
fn advertises(classes: &[String], extension: &str) -> bool {
    classes.iter().any(|class| {
        let of_search = class.rsplit_once("item-search#").map(|(_, name)| name);
        let name = of_search.or_else(|| class.rsplit_once("/extensions/").map(|(_, name)| name));
        name.is_some_and(|name| name == extension || name.split([':', '/']).next() == Some(extension))
    })
}

fn takes_filters(classes: &[String]) -> bool {
    let of_features = |class: &String| class.contains("ogcapi-features-3") && class.ends_with("/filter");
    advertises(classes, "filter") || classes.iter().any(of_features)
}

fn forms(classes: &[String]) -> Vec<Form> {
    let ends = |names: [&str; 2]| classes.iter().any(|class| names.iter().any(|name| class.ends_with(name)));
    let json = ends(["cql2-json", "cql-json"]).then_some(Form::Json);
    json.into_iter().chain(ends(["cql2-text", "cql-text"]).then_some(Form::Text)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn classes(all: &[&str]) -> Vec<String> {
        all.iter().map(|&class| class.to_owned()).collect()
    }

    #[test]
    fn classes_are_known_in_any_version() {
        let known = |class: &str, extension| advertises(&classes(&[class]), extension);
        assert!(known("https://api.stacspec.org/v1.0.0/item-search#sort", "sort"));
        assert!(known("https://api.stacspec.org/v1.0.0-rc.2/item-search#filter", "filter"));
        assert!(known("https://api.stacspec.org/v1.0.0-beta.3/item-search#filter:item-search-filter", "filter"));
        assert!(!known("https://api.stacspec.org/v1.0.0/ogcapi-features#sort", "sort"));
        assert!(!known("https://api.stacspec.org/v1.0.0/item-search", "sort"));
    }

    #[test]
    fn filters_go_as_advertised() {
        let filter = "https://api.stacspec.org/v1.0.0/item-search#filter";
        let (json, text) = (
            "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
            "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
        );
        let form = |method: &str, all: &[&str], refused: &[Form]| {
            let landing = json!({ "links": [{ "rel": "search", "href": "/s", "method": method }] });
            let mut found = Abilities::of(&landing, &"https://h.org/".parse().unwrap(), &classes(all));
            found.refused = refused.to_vec();
            found.form()
        };
        let (by_json, by_text) = (Some(Form::Json), Some(Form::Text));
        assert_eq!(form("POST", &[filter, json, text], &[]), by_json);
        assert_eq!(form("GET", &[filter, json, text], &[]), by_text);
        assert_eq!([form("POST", &[filter, text], &[]), form("GET", &[filter, json], &[])], [by_text, by_json]);
        assert_eq!([form("POST", &[filter], &[]), form("GET", &[filter], &[])], [by_json, by_text]);
        assert_eq!(form("POST", &[filter, json], &[Form::Json]), by_text);
        assert_eq!(form("POST", &[filter], &[Form::Json, Form::Text]), None);
        assert_eq!(form("POST", &[json], &[]), None);
    }

    #[test]
    fn the_landing_page_says_where() {
        let landing = json!({ "links": [
            { "rel": "data", "href": "./collections" },
            { "rel": "search", "href": "./search", "method": "GET" },
            { "rel": "search", "href": "./search", "method": "POST" },
        ] });
        let found = Abilities::of(&landing, &"https://h.org/v1/".parse().unwrap(), &[]);
        assert_eq!(found.post.unwrap().as_str(), "https://h.org/v1/search");
        assert_eq!(found.collections.unwrap().as_str(), "https://h.org/v1/collections");
        let only_get = json!({ "links": [{ "rel": "search", "href": "/s" }] });
        let found = Abilities::of(&only_get, &"https://h.org/v1/".parse().unwrap(), &[]);
        assert_eq!((found.post, found.get.unwrap().as_str()), (None, "https://h.org/s"));
    }
}
