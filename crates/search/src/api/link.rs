//! Links of answers, and the requests that they stand for.

use serde_json::{Map, Value};
use url::Url;

use crate::http::Request;

/// A link.
#[derive(Debug, Clone)]
pub(super) struct Link<'a> {
    /// Where it leads, in full.
    pub(super) url: Url,
    /// Its other members.
    members: &'a Map<String, Value>,
}

/// The links of `json` with the relation `rel`, in order; relative ones are meant from `base`, where `json` came from.
pub(super) fn links<'a>(json: &'a Value, base: &'a Url, rel: &'a str) -> impl Iterator<Item = Link<'a>> {
    let all = json.get("links").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(Value::as_object).filter_map(move |members| {
        let text = |name| members.get(name).and_then(Value::as_str);
        let url = text("href").filter(|_| text("rel") == Some(rel)).and_then(|href| base.join(href.trim()).ok())?;
        Some(Link { url: encrypted(url, base), members })
    })
}

/// The same address encrypted where the page that names it was: servers behind a proxy often don't know that they are.
fn encrypted(mut url: Url, base: &Url) -> Url {
    let same_host = url.host_str() == base.host_str() && url.port().is_none() && base.port().is_none();
    if url.scheme() == "http" && base.scheme() == "https" && same_host {
        // From one scheme with hosts to another: never refused.
        let _ = url.set_scheme("https");
    }
    url
}

impl Link<'_> {
    /// Whether it is for this method; without a word of it, it is for GET.
    pub(super) fn is_for(&self, method: &str) -> bool {
        self.method().eq_ignore_ascii_case(method)
    }

    fn method(&self) -> &str {
        let default = if self.members.contains_key("body") { "POST" } else { "GET" };
        self.members.get("method").and_then(Value::as_str).unwrap_or(default)
    }

    /// The request for the next page, where `previous` brought this one (STAC API, item search, paging).
    pub(super) fn request(&self, previous: &Request) -> Request {
        let merge = self.members.get("merge").and_then(Value::as_bool).unwrap_or(false);
        let headers = self.members.get("headers").and_then(Value::as_object);
        let headers = headers.into_iter().flatten().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name.clone(), text.clone())),
            Value::Number(number) => Some((name.clone(), number.to_string())),
            _ => None,
        });
        let mut request = Request::get(self.url.clone());
        request.headers = headers.collect();
        if merge {
            let new = |name: &str| !request.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
            let kept: Vec<_> = previous.headers.iter().filter(|(name, _)| new(name)).cloned().collect();
            request.headers.extend(kept);
        }
        if !self.is_for("GET") {
            request.body = Some(self.body(previous, merge));
        }
        request
    }

    /// The body: what the link says, beside what was asked before if it says so, or says nothing.
    fn body(&self, previous: &Request, merge: bool) -> Value {
        let before = previous.body.clone().unwrap_or_else(|| Value::Object(Map::new()));
        match (self.members.get("body"), before) {
            (Some(Value::Object(new)), Value::Object(mut all)) if merge => {
                all.extend(new.clone());
                Value::Object(all)
            }
            (Some(body), _) if !merge => body.clone(),
            (_, before) => before,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn next(link: &Value, previous: &Request) -> Request {
        let page = json!({ "links": [{ "rel": "self", "href": "x" }, link] });
        links(&page, &"https://h.org/stac/search?limit=1".parse().unwrap(), "next").next().unwrap().request(previous)
    }

    #[test]
    fn a_next_link_is_followed_as_it_says() {
        let post = Request::post("https://h.org/stac/search".parse().unwrap(), json!({ "ids": ["a"], "limit": 5 }));
        let get = next(&json!({ "rel": "next", "href": "?page=2" }), &post);
        assert_eq!((get.url.as_str(), get.body), ("https://h.org/stac/search?page=2", None));
        let link = |extra: Value| {
            let mut link = json!({ "rel": "next", "href": "/q", "method": "POST" });
            link.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            link
        };
        let merged = next(&link(json!({ "body": { "token": "t" }, "merge": true, "headers": { "A": "1" } })), &post);
        assert_eq!(merged.body, Some(json!({ "ids": ["a"], "limit": 5, "token": "t" })));
        assert_eq!((merged.url.as_str(), merged.headers), ("https://h.org/q", vec![("A".into(), "1".into())]));
        let alone = next(&link(json!({ "body": { "token": "t" } })), &post);
        assert_eq!(alone.body, Some(json!({ "token": "t" })));
        let bare = next(&link(json!({})), &post);
        assert_eq!(bare.body, post.body);
    }

    #[test]
    fn links_of_an_encrypted_page_stay_encrypted() {
        let base: Url = "https://h.org/stac".parse().unwrap();
        let lead = |href: &str| {
            let page = json!({ "links": [{ "rel": "next", "href": href }] });
            links(&page, &base, "next").next().map(|link| link.url.to_string())
        };
        assert_eq!(lead("http://h.org/a").as_deref(), Some("https://h.org/a"));
        assert_eq!(lead("http://h.org:8080/a").as_deref(), Some("http://h.org:8080/a"));
        assert_eq!(lead("http://other.org/a").as_deref(), Some("http://other.org/a"));
        assert_eq!(lead("http://["), None);
    }
}
