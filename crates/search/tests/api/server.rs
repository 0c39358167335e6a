//! A STAC API over the thousand items, with every habit and fault of servers.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use search::api::Api;
use search::http::{Client, Options};
use serde_json::{Map, Value, json};
use testkit::http::{Reply, Request, Server};
use url::Url;

use crate::world::{Known, all};

/// How the pages are linked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Paging {
    /// By a token that says where it goes on.
    Token,
    /// By the number of the page.
    Number,
    /// The link of the last but one page leads to the first.
    Loop,
    /// Every page is the first, under an address that is new each time.
    Growing,
    /// Three empty pages before each one.
    Empty,
    /// Empty pages without end.
    Void,
}

/// What is told of the number of matching items.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Told {
    Number,
    Context,
    Nothing,
}

/// What becomes of an answer on its way.
pub(crate) type Spoil = dyn Fn(&Request, usize, Reply) -> Reply + Send + Sync;

/// The habits of a server; the default is one that does everything as it should.
#[derive(Clone)]
pub(crate) struct Habits {
    pub(crate) methods: &'static [&'static str],
    pub(crate) extensions: &'static [&'static str],
    pub(crate) merge: bool,
    pub(crate) relative: bool,
    pub(crate) search: bool,
    pub(crate) paging: Paging,
    pub(crate) told: Told,
    /// Parameters that are ignored.
    pub(crate) ignores: &'static [&'static str],
    /// Parameters that are refused with 400.
    pub(crate) refuses: &'static [&'static str],
    /// More items than this a page are answered with the status.
    pub(crate) most: Option<(u64, u16)>,
    /// Each item takes so long.
    pub(crate) slow: Duration,
    pub(crate) spoil: Arc<Spoil>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            methods: &["GET", "POST"],
            extensions: &["sort", "fields", "query", "filter", "cql2-json", "cql2-text"],
            merge: false,
            relative: false,
            search: true,
            paging: Paging::Token,
            told: Told::Number,
            ignores: &[],
            refuses: &[],
            most: None,
            slow: Duration::ZERO,
            spoil: Arc::new(|_, _, reply| reply),
        }
    }
}

impl Habits {
    pub(crate) fn spoilt(mut self, spoil: impl Fn(&Request, usize, Reply) -> Reply + Send + Sync + 'static) -> Self {
        self.spoil = Arc::new(spoil);
        self
    }

    /// A server of these habits; what it spoils is told the number of the request, from 0.
    pub(crate) fn start(self) -> Server {
        let items: Vec<_> = all().into_iter().map(|known| (known.item(), known)).collect();
        let count = AtomicUsize::new(0);
        Server::start(move |request| {
            let n = count.fetch_add(1, Ordering::SeqCst);
            (self.spoil)(request, n, self.answer(request, &items))
        })
    }

    fn answer(&self, request: &Request, items: &[(Value, Known)]) -> Reply {
        let base = format!("http://{}", request.header("host").unwrap());
        match request.path.trim_matches('/') {
            "" => json_reply(&self.landing(&base)),
            "search" if self.methods.contains(&request.method.as_str()) => self.search(&base, request, items, None),
            "collections" => self.collections(&base, request),
            path => match path.strip_prefix("collections/").and_then(|rest| rest.strip_suffix("/items")) {
                Some(collection) => self.search(&base, request, items, Some(collection)),
                None => Reply::status(if path == "search" { 405 } else { 404 }),
            },
        }
    }

    fn landing(&self, base: &str) -> Value {
        let base = if self.relative { "." } else { base };
        let class = |name: &&str| match *name {
            "cql2-json" | "cql2-text" => format!("http://www.opengis.net/spec/cql2/1.0/conf/{name}"),
            name => format!("https://api.stacspec.org/v1.0.0-rc.2/item-search#{name}"),
        };
        let mut links = vec![json!({ "rel": "data", "href": format!("{base}/collections") })];
        for method in self.methods.iter().filter(|_| self.search) {
            links.push(json!({ "rel": "search", "href": format!("{base}/search"), "method": method }));
        }
        json!({
            "type": "Catalog", "id": "world", "description": "-", "stac_version": "1.0.0",
            "conformsTo": self.extensions.iter().map(class).collect::<Vec<_>>(), "links": links,
        })
    }

    fn collections(&self, base: &str, request: &Request) -> Reply {
        let page: usize = request.query.strip_prefix("page=").map_or(0, |n| n.parse().unwrap());
        let base = if self.relative { "." } else { base };
        let collection = |id: &str| {
            let items = format!("{base}/collections/{id}/items");
            json!({ "type": "Collection", "id": id, "links": [{ "rel": "items", "href": items }] })
        };
        let list: Vec<_> = ["red", "green", "blue"].iter().skip(page * 2).take(2).map(|id| collection(id)).collect();
        let next = json!({ "rel": "next", "href": format!("{base}/collections?page={}", page + 1) });
        let links = if page == 0 { vec![next] } else { Vec::new() };
        json_reply(&json!({ "collections": list, "links": links }))
    }

    fn search(&self, base: &str, request: &Request, items: &[(Value, Known)], within: Option<&str>) -> Reply {
        let asked = parameters(request);
        if let Some(name) = self.refuses.iter().find(|name| asked.contains_key(**name)) {
            return refusal(400, &format!("{name} is not supported like that"));
        }
        let get = |name: &str| asked.get(name).filter(|_| !self.ignores.contains(&name));
        let limit = get("limit").map_or(10.0, number) as u64;
        if let Some((most, status)) = self.most
            && limit > most
        {
            return refusal(status, "out of memory");
        }
        let wanted = Wanted::of(get);
        let here = |known: &Known| within.is_none_or(|id| known.collection == id) && wanted.meets(known);
        let mut found: Vec<_> = items.iter().filter(|(_, known)| here(known)).collect();
        if let Some(sortby) = get("sortby") {
            assert!(sortby.to_string().contains("eo:cloud_cover"), "{sortby}");
            found.sort_by(|(_, a), (_, b)| b.cloud.cmp(&a.cloud).then_with(|| a.id.cmp(&b.id)));
        }
        let page = self.page(&asked, limit, found.len());
        let list: Vec<_> =
            found.iter().skip(page.skip).take(page.take).map(|(item, _)| cut(item, get("fields"))).collect();
        std::thread::sleep(self.slow * list.len() as u32);
        let mut answer = json!({ "type": "FeatureCollection", "features": list, "links": [] });
        match self.told {
            Told::Number => answer["numberMatched"] = json!(found.len()),
            Told::Context => answer["context"] = json!({ "matched": found.len() }),
            Told::Nothing => {}
        }
        if let Some((name, value)) = page.next {
            answer["links"] = json!([self.next(base, request, &asked, name, &value)]);
        }
        json_reply(&answer)
    }

    fn page(&self, asked: &Map<String, Value>, limit: u64, total: usize) -> Page {
        let take = limit as usize;
        let at = |name: &str| asked.get(name).map_or(0, |n| number(n) as usize);
        let (token, total_pages) = (at("token"), total.div_ceil(take));
        let more = |value: usize, there: bool| there.then(|| ("token", value.to_string()));
        match self.paging {
            Paging::Token => Page { skip: token, take, next: more(token + take, token + take < total) },
            Paging::Number => {
                let page = at("page");
                let next = (page + 1 < total_pages).then(|| ("page", (page + 1).to_string()));
                Page { skip: page * take, take, next }
            }
            Paging::Loop => {
                let next = if token + 2 * take >= total { 0 } else { token + take };
                Page { skip: token, take, next: more(next, true) }
            }
            Paging::Growing => Page { skip: 0, take, next: more(token + 1, true) },
            Paging::Empty => {
                let skip = token / 4 * take;
                let take = if token % 4 == 3 { take } else { 0 };
                Page { skip, take, next: more(token + 1, skip + take < total) }
            }
            Paging::Void => Page { skip: 0, take: 0, next: more(token + 1, true) },
        }
    }

    fn next(&self, base: &str, request: &Request, asked: &Map<String, Value>, name: &str, value: &str) -> Value {
        let path = request.path.trim_start_matches('/');
        let href = if self.relative { path.rsplit('/').next().unwrap().to_owned() } else { format!("{base}/{path}") };
        let mut all = asked.clone();
        all.insert(name.to_owned(), json!(value));
        if request.method == "GET" {
            let mut url = Url::parse("http://x/").unwrap();
            for (name, value) in &all {
                url.query_pairs_mut().append_pair(name, value.as_str().unwrap());
            }
            return json!({ "rel": "next", "href": format!("{href}?{}", url.query().unwrap()) });
        }
        let body = if self.merge { json!({ name: value }) } else { Value::Object(all) };
        json!({ "rel": "next", "href": href, "method": "POST", "body": body, "merge": self.merge })
    }
}

struct Page {
    skip: usize,
    take: usize,
    next: Option<(&'static str, String)>,
}

pub(crate) fn json_reply(json: &Value) -> Reply {
    Reply::ok("application/geo+json", json.to_string())
}

pub(crate) fn refusal(status: u16, description: &str) -> Reply {
    let mut reply = Reply::status(status);
    reply.body = json!({ "code": "Error", "description": description }).to_string().into_bytes();
    reply
}

/// The parameters of a request; those of a GET are texts.
fn parameters(request: &Request) -> Map<String, Value> {
    if request.method == "POST" {
        return serde_json::from_slice(&request.body).unwrap();
    }
    let url = Url::parse(&format!("http://x/?{}", request.query)).unwrap();
    url.query_pairs().map(|(name, value)| (name.into_owned(), json!(value))).collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap()
}

/// A list of a body, or one of an address.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(all) => all.clone(),
        other => other.as_str().unwrap().split(',').map(|part| json!(part)).collect(),
    }
}

/// JSON of a body, or of an address.
fn object(value: &Value) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| serde_json::from_str(text).unwrap())
}

/// What is asked for, read once for all items.
struct Wanted<'a> {
    ids: Option<HashSet<String>>,
    collections: Option<HashSet<String>>,
    boxes: Vec<[f64; 4]>,
    datetime: Option<&'a str>,
    query: Option<Value>,
    filter: Option<&'a Value>,
}

impl<'a> Wanted<'a> {
    fn of(get: impl Fn(&str) -> Option<&'a Value>) -> Self {
        let names = |value| list(value).iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        let corners = |value: &Value| {
            let numbers: Vec<_> = list(value).iter().map(number).collect();
            <[f64; 4]>::try_from(numbers).unwrap()
        };
        Self {
            ids: get("ids").map(names),
            collections: get("collections").map(names),
            boxes: get("bbox").map(corners).into_iter().chain(get("intersects").map(rectangle)).collect(),
            datetime: get("datetime").map(|value| value.as_str().unwrap()),
            query: get("query").map(object),
            filter: get("filter"),
        }
    }

    fn meets(&self, known: &Known) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.contains(&known.id))
            && self.collections.as_ref().is_none_or(|all| all.contains(known.collection))
            && self.boxes.iter().all(|edges| known.meets(*edges))
            && self.datetime.is_none_or(|interval| within(known, interval))
            && self.query.as_ref().is_none_or(|query| queried(known, query))
            && self.filter.is_none_or(|filter| filtered(known, filter))
    }
}

/// The edges of a polygon: only rectangles along the axes are asked for.
fn rectangle(value: &Value) -> [f64; 4] {
    let polygon = object(value);
    let ring = polygon["coordinates"][0].as_array().unwrap();
    let along = |axis: usize| ring.iter().map(move |position| position[axis].as_f64().unwrap());
    let least = |axis| along(axis).fold(f64::INFINITY, f64::min);
    let most = |axis| along(axis).fold(f64::NEG_INFINITY, f64::max);
    [least(0), least(1), most(0), most(1)]
}

fn within(known: &Known, interval: &str) -> bool {
    let (start, end) = interval.split_once('/').unwrap_or((interval, interval));
    let time = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    (start == ".." || known.time >= time(start)) && (end == ".." || known.time <= time(end))
}

fn queried(known: &Known, query: &Value) -> bool {
    query.as_object().unwrap().iter().all(|(property, terms)| {
        terms.as_object().unwrap().iter().all(|(operator, value)| match operator.as_str() {
            "lt" => compared(known, property, "<", value),
            "gte" => compared(known, property, ">=", value),
            "endsWith" => compared(known, property, "like", &json!(format!("%{}", value.as_str().unwrap()))),
            other => panic!("{other}"),
        })
    })
}

/// A filter as JSON, as JSON in an address, or as one of the texts that the tests lead to.
fn filtered(known: &Known, filter: &Value) -> bool {
    let text = filter.as_str().unwrap_or_default();
    if !text.is_empty() && !text.starts_with('{') {
        return text.trim_matches(['(', ')']).split(" AND ").all(|part| {
            let words: Vec<_> = part.trim_matches(['(', ')']).split_whitespace().collect();
            let [property, operator, value] = words[..] else { panic!("{text}") };
            let value = value.parse::<f64>().map_or_else(|_| json!(value.trim_matches('\'')), |n| json!(n));
            compared(known, property, &operator.to_lowercase(), &value)
        });
    }
    let filter = object(filter);
    let args = filter["args"].as_array().unwrap();
    match filter["op"].as_str().unwrap() {
        "and" => args.iter().all(|part| filtered(known, part)),
        operator => compared(known, args[0]["property"].as_str().unwrap(), operator, &args[1]),
    }
}

fn compared(known: &Known, property: &str, operator: &str, value: &Value) -> bool {
    match (property.trim_matches('"'), operator) {
        ("eo:cloud_cover", "<") => (known.cloud as f64) < number(value),
        ("eo:cloud_cover", ">=") => (known.cloud as f64) >= number(value),
        ("platform", "like") => known.platform.ends_with(value.as_str().unwrap().trim_start_matches('%')),
        // No item has it.
        ("eo:clouds", _) => false,
        other => panic!("{other:?}"),
    }
}

/// The item with the fields asked for.
fn cut(item: &Value, fields: Option<&Value>) -> Value {
    let names: Vec<String> = match fields {
        None => return item.clone(),
        Some(Value::String(text)) => text.split(',').map(str::to_owned).collect(),
        Some(lists) => lists["include"].as_array().unwrap().iter().map(|n| n.as_str().unwrap().to_owned()).collect(),
    };
    let mut kept = json!({});
    for name in names.iter().filter(|name| !name.starts_with('-')) {
        match name.strip_prefix("properties.") {
            Some(property) if item["properties"].get(property).is_some() => {
                kept["properties"][property] = item["properties"][property].clone();
            }
            Some(_) => {}
            None => kept[name] = item[name].clone(),
        }
    }
    kept
}

/// Options under which the tests are fast.
pub(crate) fn quick() -> Options {
    Options {
        timeout: Duration::from_secs(20),
        backoff: Duration::from_millis(2),
        max_bytes: 4 << 20,
        ..Options::default()
    }
}

pub(crate) fn open(server: &Server, options: Options) -> pangeo::Result<Api> {
    let endpoint: Url = server.url("").parse().unwrap();
    let client = Client::new(&endpoint, options)?;
    Api::open(&endpoint, client)
}
