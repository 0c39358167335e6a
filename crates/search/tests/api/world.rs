//! A thousand items whose search by hand is plain, and the searches.

use chrono::{DateTime, Duration, Utc};
use search::{Item, Period, Place, Search, Sortby, Term};
use serde_json::{Value, json};

/// What is known of an item.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) id: String,
    pub(crate) collection: &'static str,
    /// West, south, east, north; two at the dateline.
    pub(crate) boxes: Vec<[f64; 4]>,
    pub(crate) time: DateTime<Utc>,
    pub(crate) cloud: i64,
    pub(crate) platform: &'static str,
}

/// All items: squares of a degree around the world, one every six hours.
pub(crate) fn all() -> Vec<Known> {
    let start: DateTime<Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
    let one = |n: i32| {
        let west = f64::from(n * 7 % 360 - 180) - 0.5;
        let south = f64::from(n * 11 % 120 - 60);
        let (north, east) = (south + 1.0, west + 1.0);
        let boxes = if west < -180.0 {
            vec![[west + 360.0, south, 180.0, north], [-180.0, south, east, north]]
        } else {
            vec![[west, south, east, north]]
        };
        Known {
            id: format!("item-{n:04}"),
            collection: ["red", "green", "blue"][n as usize % 3],
            boxes,
            time: start + Duration::hours(6 * i64::from(n)),
            cloud: i64::from(n * 37 % 101),
            platform: ["sentinel-2a", "sentinel-2b"][n as usize % 2],
        }
    };
    (0..1000).map(one).collect()
}

impl Known {
    pub(crate) fn meets(&self, [west, south, east, north]: [f64; 4]) -> bool {
        self.boxes.iter().any(|[w, s, e, n]| *w <= east && *e >= west && *s <= north && *n >= south)
    }

    pub(crate) fn item(&self) -> Value {
        let ring = |[w, s, e, n]: [f64; 4]| json!([[[w, s], [e, s], [e, n], [w, n], [w, s]]]);
        let polygons: Vec<_> = self.boxes.iter().copied().map(ring).collect();
        json!({
            "type": "Feature", "stac_version": "1.0.0", "id": self.id, "collection": self.collection,
            "geometry": { "type": "MultiPolygon", "coordinates": polygons },
            "bbox": self.boxes[0],
            "properties": { "datetime": self.time.to_rfc3339(), "eo:cloud_cover": self.cloud, "platform": self.platform },
            "links": [], "assets": { "data": { "href": format!("https://data.example/{}.tif", self.id) } },
        })
    }
}

/// A search, with the items that it should find.
pub(crate) struct Question {
    pub(crate) name: &'static str,
    pub(crate) search: Search,
    pub(crate) answer: Vec<String>,
    /// Whether the order of the answer counts.
    pub(crate) ordered: bool,
}

fn question(name: &'static str, search: Search, matches: impl Fn(&Known) -> bool) -> Question {
    let answer = all().into_iter().filter(|known| matches(known)).map(|known| known.id).collect();
    Question { name, search, answer, ordered: false }
}

/// A rectangle as a polygon.
fn rectangle([w, s, e, n]: [f64; 4]) -> Place {
    let text = json!({ "type": "Polygon", "coordinates": [[[w, s], [e, s], [e, n], [w, n], [w, s]]] }).to_string();
    Place::Geometry(Box::new(text.parse().unwrap()))
}

/// The same with so many positions that no address holds them.
fn long_rectangle([w, s, e, n]: [f64; 4]) -> Place {
    let mut ring: Vec<_> = (0..400).map(|k| [w + (e - w) * f64::from(k) / 400.0, s]).collect();
    ring.extend([[e, s], [e, n], [w, n], [w, s]]);
    let text = json!({ "type": "Polygon", "coordinates": [ring] }).to_string();
    Place::Geometry(Box::new(text.parse().unwrap()))
}

fn term(property: &str, operator: &'static str, value: Value) -> Term {
    Term { property: property.into(), operator, value }
}

/// Searches of every kind.
pub(crate) fn questions() -> Vec<Question> {
    let base = Search::default;
    let place = [-30.2, -40.3, 60.4, 35.1];
    let (first, last): (DateTime<Utc>, DateTime<Utc>) =
        ("2020-03-01T00:00:00Z".parse().unwrap(), "2020-05-31T23:59:59.999Z".parse().unwrap());
    let period = Some(Period { start: Some(first), end: Some(last) });
    let colours = vec!["red".to_owned(), "blue".to_owned()];
    let ids: Vec<_> = (0..700).step_by(2).map(|n| format!("item-{n:04}")).collect();
    let below: Vec<_> = vec![term("eo:cloud_cover", "lt", json!(10))];
    let both = vec![term("eo:cloud_cover", "gte", json!(50)), term("platform", "endsWith", json!("2b"))];
    let filter = |text: &str| Some(text.parse::<cql2::Expr>().unwrap());
    let since = Some(Period { start: Some(first), end: None });
    let dateline = Place::Box([170.0, -50.0, -170.0, 50.0]);
    let asked = ids.clone();
    vec![
        question("all", base(), |_| true),
        question("collections", Search { collections: colours.clone(), ..base() }, |k| k.collection != "green"),
        question("ids", Search { ids, ..base() }, move |k| asked.contains(&k.id)),
        question("box", Search { place: Some(Place::Box(place)), ..base() }, |k| k.meets(place)),
        question("dateline", Search { place: Some(dateline), ..base() }, |k| {
            k.meets([170.0, -50.0, 180.0, 50.0]) || k.meets([-180.0, -50.0, -170.0, 50.0])
        }),
        question("geometry", Search { place: Some(rectangle(place)), ..base() }, |k| k.meets(place)),
        question("long geometry", Search { place: Some(long_rectangle(place)), ..base() }, |k| k.meets(place)),
        question("period", Search { period, ..base() }, |k| k.time >= first && k.time <= last),
        question("since", Search { period: since, ..base() }, |k| k.time >= first),
        question("query", Search { query: below, ..base() }, |k| k.cloud < 10),
        question("two terms", Search { query: both, ..base() }, |k| k.cloud >= 50 && k.platform == "sentinel-2b"),
        question("filter", Search { filter: filter("eo:cloud_cover < 7"), ..base() }, |k| k.cloud < 7),
        question(
            "everything",
            Search {
                collections: colours,
                place: Some(Place::Box(place)),
                period,
                filter: filter("eo:cloud_cover < 60"),
                ..base()
            },
            |k| k.collection != "green" && k.meets(place) && k.time >= first && k.time <= last && k.cloud < 60,
        ),
        question("nothing", Search { collections: vec!["absent".to_owned()], ..base() }, |_| false),
        sorted("sorted", base(), |_| true),
        sorted("sorted dateline", Search { place: Some(Place::Box([170.0, -50.0, -170.0, 50.0])), ..base() }, |k| {
            k.meets([170.0, -50.0, 180.0, 50.0]) || k.meets([-180.0, -50.0, -170.0, 50.0])
        }),
        first_sorted(),
    ]
}

/// By cloud cover, highest first, then by identifier.
fn sorted(name: &'static str, search: Search, matches: impl Fn(&Known) -> bool) -> Question {
    let sortby = vec!["-properties.eo:cloud_cover".parse::<Sortby>().unwrap(), "id".parse().unwrap()];
    let mut found: Vec<_> = all().into_iter().filter(|known| matches(known)).collect();
    found.sort_by(|a, b| b.cloud.cmp(&a.cloud).then_with(|| a.id.cmp(&b.id)));
    let answer = found.into_iter().map(|known| known.id).collect();
    Question { name, search: Search { sortby, ..search }, answer, ordered: true }
}

fn first_sorted() -> Question {
    let mut question = sorted("the first 30", Search::default(), |_| true);
    question.search.max_items = Some(30);
    question.answer.truncate(30);
    question
}

/// The identifiers of items.
pub(crate) fn ids(items: &[Item]) -> Vec<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}
