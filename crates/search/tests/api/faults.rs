//! Servers that fail: exactly the items, or an error that says where.

use std::time::{Duration, Instant};

use search::http::Options;
use search::{Search, Source};
use serde_json::json;
use testkit::http::{Reply, Request};

use crate::habits::find;
use crate::server::{Habits, Paging, json_reply, open, quick, refusal};
use crate::world::ids;

/// Everything there is, from a server with a fault; so many requests for the search.
fn finds_all(habits: Habits, options: Options) -> u64 {
    let server = habits.start();
    let api = open(&server, options).unwrap();
    let (items, told) = find(&api, &Search::default()).unwrap();
    let mut found = ids(&items);
    found.sort();
    found.dedup();
    assert_eq!((items.len(), found.len()), (1000, 1000));
    told.requests
}

/// The error of a search for everything, which names the address.
fn fails(habits: Habits, options: Options) -> String {
    let server = habits.start();
    let error = match open(&server, options) {
        Ok(api) => find(&api, &Search::default()).map(drop).unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.exit_code(), 1);
    let text = error.to_string();
    assert!(text.contains(&server.url("")), "{text}");
    text
}

fn searches(request: &Request) -> bool {
    request.path == "/search"
}

#[test]
fn pages_too_large_for_the_server() {
    for status in [413, 502, 504] {
        for methods in [&["POST"] as &[_], &["GET"]] {
            let habits = Habits { most: Some((70, status)), methods, ..Habits::default() };
            assert!(finds_all(habits, quick()) <= 4 + 17);
        }
    }
    let server = Habits { most: Some((70, 502)), ..Habits::default() }.start();
    let api = open(&server, quick()).unwrap();
    let (_, told) = find(&api, &Search::default()).unwrap();
    assert_eq!(told.notes, ["the server needed smaller pages: 62 items"]);
    assert_eq!(find(&api, &Search::default()).unwrap().1.requests, 17, "the size is remembered");
    assert!(
        fails(Habits { most: Some((0, 502)), ..Habits::default() }, quick()).contains("502 Bad Gateway: out of memory")
    );
}

#[test]
fn pages_that_become_too_large_on_the_way() {
    for paging in [Paging::Token, Paging::Number] {
        for merge in [false, true] {
            let habits = Habits { merge, paging, ..Habits::default() }.spoilt(|request, _, reply| {
                let body = String::from_utf8_lossy(&request.body).into_owned();
                let later = body.contains("token") || body.contains("page");
                if later && body.contains(r#""limit":250"#) { refusal(502, "too much") } else { reply }
            });
            finds_all(habits, quick());
        }
    }
}

#[test]
fn overloaded_servers_are_given_time() {
    let began = Instant::now();
    let habits = Habits::default().spoilt(|request, n, reply| {
        if !searches(request) || n % 3 == 0 {
            return reply;
        }
        let mut busy = Reply::status([429, 500, 503][n % 3]);
        if n == 1 {
            busy.headers.push(("Retry-After".to_owned(), "1".to_owned()));
        }
        busy
    });
    assert_eq!(finds_all(habits, quick()), 12);
    assert!(began.elapsed() >= Duration::from_secs(1), "as the server asked");
    let for_long = || {
        Habits::default().spoilt(|_, _, _| {
            let mut busy = Reply::status(429);
            busy.headers.push(("Retry-After".to_owned(), "100".to_owned()));
            busy
        })
    };
    let began = Instant::now();
    assert!(
        fails(for_long(), quick()).contains("429 Too Many Requests: 429 Too Many Requests, and asks to wait 100 s")
    );
    assert!(began.elapsed() < Duration::from_secs(15), "there is no time for that");
    let down = fails(Habits::default().spoilt(|_, _, _| Reply::status(503)), quick());
    assert!(
        down.contains("503 Service Unavailable") && down.ends_with('/') && down.contains("(after 4 retries)"),
        "{down}"
    );
}

#[test]
fn pages_that_go_round_in_circles() {
    let cases = [
        (Paging::Loop, "the link to the next page leads back to one that was read"),
        (Paging::Growing, "the server repeats items without end, after 250 items"),
        (Paging::Void, "100 pages without items come one after the other"),
    ];
    for (paging, said) in cases {
        for methods in [&["POST"] as &[_], &["GET"]] {
            let text = fails(Habits { methods, paging, ..Habits::default() }, quick());
            assert!(text.contains(said), "{text}");
        }
    }
    finds_all(Habits { paging: Paging::Empty, ..Habits::default() }, quick());
}

#[test]
fn broken_connections_and_answers() {
    let server = Habits::default().start();
    let api = open(&server, quick()).unwrap();
    server.faults(|faults| faults.drop_next = 2);
    assert_eq!(find(&api, &Search::default()).unwrap().0.len(), 1000);
    server.faults(|faults| faults.hang_up_next = 2);
    assert_eq!(find(&api, &Search::default()).unwrap().0.len(), 1000);
    server.faults(|faults| faults.hang_up_next = 1000);
    let text = find(&api, &Search::default()).unwrap_err().to_string();
    assert!(text.contains("breaks off") && text.contains("/search"), "{text}");
    let cut = |every: usize| {
        Habits::default().spoilt(move |request, n, mut reply| {
            if searches(request) && n % every == 0 {
                reply.body.truncate(reply.body.len() / 2);
            }
            reply
        })
    };
    finds_all(cut(2), quick());
    assert!(fails(cut(1), quick()).contains("its JSON is not complete"));
}

#[test]
fn answers_that_are_something_else() {
    let say = |body: &'static str| {
        Habits::default().spoilt(
            move |request, _, reply| {
                if searches(request) { Reply::ok("application/json", body) } else { reply }
            },
        )
    };
    let cases = [
        ("<html><head><title>Maintenance</title></head></html>", "a page of HTML ('Maintenance'), not JSON"),
        ("over", "is not JSON"),
        ("", "it is empty"),
        ("[1, 2]", "no list of features"),
        (r#"{"type": "FeatureCollection"}"#, "no list of features"),
        (r#"{"features": [1]}"#, "something that is no object"),
        (r#"{"features": [], "links": [{"rel": "next", "href": "ftp://h/x"}]}"#, "not for HTTP"),
    ];
    for (body, said) in cases {
        let text = fails(say(body), quick());
        assert!(text.contains(said), "{text}");
    }
    let huge = say(r#"{"features": []}"#).spoilt(|request, _, mut reply| {
        if searches(request) {
            reply.body.resize(5 << 20, b' ');
        }
        reply
    });
    assert!(fails(huge, quick()).contains("longer than 5 MB"));
    let typed = Habits::default().spoilt(|_, _, mut reply| {
        reply.headers.retain(|(name, _)| name != "Content-Type");
        reply.headers.push(("Content-Type".to_owned(), "text/html".to_owned()));
        reply
    });
    assert_eq!(finds_all(typed, quick()), 4, "what it is counts, not what it is called");
    let answer = json_reply(&json!({ "type": "Collection", "links": [{ "rel": "root", "href": "/up" }] }));
    let text = fails(Habits::default().spoilt(move |_, _, _| answer.clone()), quick());
    assert!(text.contains("not the landing page of a STAC API (Collection)"), "{text}");
}

#[test]
fn a_large_answer_is_asked_for_in_parts() {
    let options = Options { max_bytes: 60_000, ..quick() };
    assert_eq!(finds_all(Habits::default(), options), 9, "one page was too large");
}

#[test]
fn slow_servers_get_smaller_pages_and_silent_ones_an_end() {
    let options = || Options { timeout: Duration::from_millis(400), ..quick() };
    // A page of 120 takes longer than the half of the time that it is given, one of 30 a quarter of that.
    let slow = Habits { slow: Duration::from_millis(12), ..Habits::default() };
    let server = slow.start();
    let api = open(&server, Options { timeout: Duration::from_secs(2), ..quick() }).unwrap();
    let (items, _) = find(&api, &Search { max_items: Some(120), ..Search::default() }).unwrap();
    assert_eq!(items.len(), 120);
    let began = Instant::now();
    let silent = Habits::default().spoilt(|request, _, reply| {
        if searches(request) {
            std::thread::sleep(Duration::from_secs(9));
        }
        reply
    });
    let text = fails(silent, options());
    assert!(text.contains("nothing came from the server for "), "{text}");
    // Far before the server would answer, however busy the machine is.
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
}

#[test]
fn an_error_on_the_way_is_an_error() {
    let habits = Habits::default().spoilt(|request, _, reply| {
        let last = String::from_utf8_lossy(&request.body).contains(r#""token":"750""#);
        if last { refusal(403, "quota exceeded") } else { reply }
    });
    let server = habits.start();
    let api = open(&server, quick()).unwrap();
    let mut count = 0;
    let ended = api.search(&Search::default(), &mut |_| {
        count += 1;
        Ok(std::ops::ControlFlow::Continue(()))
    });
    let text = ended.unwrap_err().to_string();
    assert!(text.contains("403 Forbidden: quota exceeded") && count == 750, "{text} {count}");
}
