//! Servers that do it their way: the same items from all of them.

use std::ops::ControlFlow;

use search::{Fields, Item, Matched, Place, Search, Source, Told as Report};
use serde_json::json;
use testkit::http::Server;

use crate::server::{Habits, Paging, Told, open, quick};
use crate::world::{all, ids, questions};

/// The items that a search finds, and what is told.
pub(crate) fn find(source: &dyn Source, search: &Search) -> pangeo::Result<(Vec<Item>, Report)> {
    let mut items = Vec::new();
    let told = source.search(search, &mut |item| {
        items.push(item);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok((items, told))
}

/// Ask a server everything.
fn answers_all(habits: Habits) {
    let server = habits.start();
    let api = open(&server, quick()).unwrap();
    for question in questions() {
        let (items, told) = find(&api, &question.search).unwrap_or_else(|e| panic!("{}: {e}", question.name));
        let mut found = ids(&items);
        if !question.ordered {
            found.sort();
        }
        assert!(found == question.answer, "{}: {} of {}, {told:?}", question.name, found.len(), question.answer.len());
    }
}

#[test]
fn a_server_that_does_everything() {
    answers_all(Habits::default());
}

#[test]
fn pages_are_few_and_as_asked_for() {
    let server = Habits::default().start();
    let api = open(&server, quick()).unwrap();
    let asked = |search: &Search| {
        server.take_requests();
        let (items, told) = find(&api, search).unwrap();
        let log = server.take_requests();
        assert_eq!(told.requests, log.len() as u64);
        assert_eq!(told.notes, Vec::<String>::new());
        assert_eq!(told.matched, Some(1000));
        (items.len(), log.len())
    };
    assert_eq!(asked(&Search::default()), (1000, 4));
    assert_eq!(asked(&Search { page_size: Some(500), ..Search::default() }), (1000, 2));
    assert_eq!(asked(&Search { max_items: Some(300), ..Search::default() }), (300, 2));
    assert_eq!(asked(&Search { max_items: Some(7), ..Search::default() }), (7, 1));
    let (items, told) = find(&api, &Search { max_items: Some(0), ..Search::default() }).unwrap();
    assert_eq!((items.len(), told.requests), (0, 0));
}

#[test]
fn a_receiver_that_has_enough_ends_the_search() {
    let server = Habits::default().start();
    let api = open(&server, quick()).unwrap();
    let mut count = 0;
    api.search(&Search::default(), &mut |_| {
        count += 1;
        Ok(if count < 100 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })
    .unwrap();
    assert_eq!(count, 100);
    assert!(server.requests().len() <= 3, "one page ahead at most");
    let error = api.search(&Search::default(), &mut |_| Err(pangeo::Error::usage("disk full"))).unwrap_err();
    assert_eq!(error.to_string(), "disk full");
}

#[test]
fn a_server_for_get_alone() {
    answers_all(Habits { methods: &["GET"], ..Habits::default() });
}

#[test]
fn a_server_for_post_alone_that_merges() {
    answers_all(Habits { methods: &["POST"], merge: true, relative: true, ..Habits::default() });
}

#[test]
fn a_server_with_relative_links() {
    answers_all(Habits { methods: &["GET"], relative: true, told: Told::Context, ..Habits::default() });
}

#[test]
fn a_server_without_extensions() {
    answers_all(Habits { extensions: &[], told: Told::Nothing, ..Habits::default() });
}

#[test]
fn a_server_with_filters_alone() {
    answers_all(Habits { extensions: &["filter", "cql2-text"], methods: &["GET"], ..Habits::default() });
    answers_all(Habits { extensions: &["filter"], ..Habits::default() });
}

#[test]
fn a_server_without_search() {
    answers_all(Habits { search: false, extensions: &[], ..Habits::default() });
    answers_all(Habits { search: false, extensions: &[], relative: true, ..Habits::default() });
}

#[test]
fn a_server_that_numbers_pages() {
    answers_all(Habits { methods: &["GET"], paging: Paging::Number, ..Habits::default() });
}

#[test]
fn servers_that_ignore_what_they_advertise() {
    for ignores in
        [&["filter", "query"] as &[_], &["bbox", "intersects", "datetime"], &["ids", "collections"], &["fields"]]
    {
        answers_all(Habits { ignores, ..Habits::default() });
    }
    let server = Habits { ignores: &["bbox"], ..Habits::default() }.start();
    let api = open(&server, quick()).unwrap();
    let place = Some(Place::Box([0.0, 0.0, 10.0, 10.0]));
    let (items, told) = find(&api, &Search { place: place.clone(), ..Search::default() }).unwrap();
    let left_out = format!("left out {} items that the server sent though they do not match", 1000 - items.len());
    assert_eq!(told.notes, [left_out]);
    let all = Search { place, ..Search::default() };
    assert_eq!(api.matched(&all).unwrap(), Matched { items: items.len() as u64, counted: true });
}

#[test]
fn servers_that_refuse_what_they_advertise() {
    for refuses in [&["filter"] as &[_], &["query"], &["query", "filter"], &["sortby"], &["intersects"], &["fields"]] {
        answers_all(Habits { refuses, ..Habits::default() });
    }
    let server = Habits { refuses: &["query", "filter"], ..Habits::default() }.start();
    let api = open(&server, quick()).unwrap();
    let questions = questions();
    let question = questions.iter().find(|q| q.name == "query").unwrap();
    let (_, told) = find(&api, &question.search).unwrap();
    assert_eq!(told.notes.len(), 4, "{:?}", told.notes);
    assert!(told.notes[0].contains("refuses the query (400: query is not supported"), "{:?}", told.notes);
    assert_eq!(told.notes[3], "decided here, since the server does not do it: query");
    // It is not asked again.
    assert_eq!(find(&api, &question.search).unwrap().1.requests, 4);
}

#[test]
fn a_property_that_the_server_does_not_know_is_an_error() {
    let server = Habits::default()
        .spoilt(|request, _, reply| match request.method.as_str() {
            "POST" => crate::server::refusal(400, "unknown property eo:clouds in filter"),
            _ => reply,
        })
        .start();
    let api = open(&server, quick()).unwrap();
    let filter = Some("eo:clouds < 10".parse().unwrap());
    let error = find(&api, &Search { filter, ..Search::default() }).unwrap_err().to_string();
    assert!(error.contains("unknown property eo:clouds") && error.contains("/search"), "{error}");
}

#[test]
fn items_are_counted_where_nobody_tells() {
    let place = Some(Place::Box([170.0, -50.0, -170.0, 50.0]));
    let across = questions().into_iter().find(|q| q.name == "dateline").unwrap().answer.len() as u64;
    for (told, counted) in [(Told::Number, false), (Told::Context, false), (Told::Nothing, true)] {
        let server = Habits { told, ..Habits::default() }.start();
        let api = open(&server, quick()).unwrap();
        assert_eq!(api.matched(&Search::default()).unwrap(), Matched { items: 1000, counted });
        let capped = Search { max_items: Some(5), collections: vec!["red".into()], ..Search::default() };
        assert_eq!(api.matched(&capped).unwrap(), Matched { items: 334, counted });
        // What lies in both halves counts once.
        let found = api.matched(&Search { place: place.clone(), ..Search::default() }).unwrap();
        assert_eq!(found, Matched { items: across, counted: true });
    }
    let bytes = |server: &Server| server.take_requests().iter().map(|r| r.sent).sum::<u64>();
    let server = Habits { told: Told::Nothing, ..Habits::default() }.start();
    let api = open(&server, quick()).unwrap();
    find(&api, &Search::default()).unwrap();
    let whole = bytes(&server);
    api.matched(&Search::default()).unwrap();
    assert!(bytes(&server) * 3 < whole, "identifiers are enough to count");
}

#[test]
fn fields_are_the_servers_work_and_cut_here() {
    let include = vec!["properties.eo:cloud_cover".to_owned()];
    let exclude = vec!["geometry".to_owned(), "assets".to_owned(), "links".to_owned(), "bbox".to_owned()];
    let fields = Fields { include, exclude };
    let place = Some(Place::Box([-30.2, -40.3, 60.4, 35.1]));
    for extensions in [&["fields"] as &[_], &[]] {
        let server = Habits { extensions, ..Habits::default() }.start();
        let api = open(&server, quick()).unwrap();
        let (items, _) =
            find(&api, &Search { fields: fields.clone(), place: place.clone(), ..Search::default() }).unwrap();
        assert_eq!(items.len(), questions()[3].answer.len());
        for item in items {
            assert!(!item.contains_key("geometry") && !item.contains_key("assets"), "{item:?}");
            assert!(item["properties"]["eo:cloud_cover"].is_number() && item["properties"].get("platform").is_none());
        }
    }
}

#[test]
fn collections_of_all_pages() {
    let server = Habits::default().start();
    let found = open(&server, quick()).unwrap().collections().unwrap();
    assert_eq!(
        found.iter().map(|c| c["id"].clone()).collect::<Vec<_>>(),
        [json!("red"), json!("green"), json!("blue")]
    );
    assert_eq!(all().len(), 1000);
}
