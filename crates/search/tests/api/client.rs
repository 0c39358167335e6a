//! The client: where secrets go, redirects, addresses that answer nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use search::http::{Client, Options};
use search::{Search, Source};
use serde_json::json;
use testkit::http::{Reply, Request, Server};
use url::Url;

use crate::habits::find;
use crate::server::{Habits, json_reply, open, quick};

fn moved(status: u16, to: &str) -> Reply {
    let mut reply = Reply::status(status);
    reply.headers.push(("Location".to_owned(), to.to_owned()));
    reply
}

fn secret() -> Options {
    Options { headers: vec![("X-Api-Key".to_owned(), "hush".to_owned())], ..quick() }
}

#[test]
fn secrets_go_to_the_endpoint_alone() {
    let elsewhere = Habits::default().start();
    let there = elsewhere.url("search");
    let habits = Habits::default().spoilt(move |request, _, mut reply| {
        if request.path == "/search" {
            // The next page lies elsewhere.
            let mut answer: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            answer["links"][0]["href"] = json!(there);
            answer["links"][0]["headers"] = json!({ "X-Page": "2", "Host": "evil.example" });
            reply = json_reply(&answer);
        }
        reply
    });
    let server = habits.start();
    let api = open(&server, secret()).unwrap();
    assert_eq!(find(&api, &Search::default()).unwrap().0.len(), 1000);
    assert!(!server.requests().is_empty() && server.requests().iter().all(|r| r.header("x-api-key") == Some("hush")));
    assert_eq!(elsewhere.requests().len(), 3);
    assert!(elsewhere.requests().iter().all(|r| r.header("x-api-key").is_none()));
    let page = &elsewhere.requests()[0];
    assert_eq!((page.header("x-page"), page.header("host").map(|h| h.contains("evil"))), (Some("2"), Some(false)));
    assert!(page.header("user-agent").unwrap().starts_with("pangeo-suite/"));
}

#[test]
fn who_logs_in_by_the_address_stays_logged_in() {
    let server = Habits::default().start();
    let endpoint: Url = server.url("").replace("http://", "http://me:a%3Ab@").parse().unwrap();
    let api = search::api::Api::open(&endpoint, Client::new(&endpoint, quick()).unwrap()).unwrap();
    assert_eq!(find(&api, &Search::default()).unwrap().0.len(), 1000);
    // me:a:b
    let by = |request: &Request| request.header("authorization") == Some("Basic bWU6YTpi");
    assert!(server.requests().len() == 5 && server.requests().iter().all(by), "{:?}", server.requests()[1].headers);
    assert!(!api.name().contains("me:"));
}

#[test]
fn redirects_keep_the_search_and_leave_the_secrets() {
    let elsewhere = Habits::default().start();
    let there = elsewhere.url("search");
    for status in [301, 302, 307, 308] {
        let there = there.clone();
        let habits = Habits::default().spoilt(move |request, _, reply| match request.path.as_str() {
            "/search" => moved(status, &there),
            _ => reply,
        });
        let server = habits.start();
        let api = open(&server, secret()).unwrap();
        let search = Search { ids: vec!["item-0007".into()], ..Search::default() };
        assert_eq!(find(&api, &search).unwrap().0.len(), 1, "{status}");
        let got = elsewhere.take_requests();
        assert!(got.iter().all(|r| r.method == "POST" && r.header("x-api-key").is_none()), "{got:?}");
    }
    let circle = Server::start(|_| moved(302, "/again"));
    let url: Url = circle.url("start?token=hush").parse().unwrap();
    let client = Client::new(&url, quick()).unwrap();
    let text = client.get_json(&url).unwrap_err().to_string();
    assert!(text.contains("redirects more than 10 times") && text.contains("/again"), "{text}");
    assert_eq!(client.requests(), 11);
    for to in ["ftp://h.org/x", "file:///etc/passwd"] {
        let server = Server::start(move |_| moved(302, to));
        let url: Url = server.url("?sig=hush").parse().unwrap();
        let text = Client::new(&url, quick()).unwrap().get_json(&url).unwrap_err().to_string();
        assert!(text.contains("not HTTP") && !text.contains("hush"), "{text}");
    }
}

#[test]
fn addresses_without_a_server() {
    let gone = Server::start(|_| Reply::status(200)).url("stac?token=hush");
    let refused: Url = gone.parse().unwrap();
    let nowhere: Url = "http://no-such-host.invalid/stac".parse().unwrap();
    for url in [refused, nowhere] {
        let began = Instant::now();
        let error = Client::new(&url, quick()).unwrap().get_json(&url).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("can't be reached") && text.contains("/stac") && !text.contains("hush"), "{text}");
        assert!(error.hint().unwrap().contains("proxy"), "{:?}", error.hint());
        assert!(began.elapsed() < Duration::from_secs(15));
    }
    let file: Url = "file:///etc/passwd".parse().unwrap();
    assert_eq!(Client::new(&file, quick()).unwrap_err().exit_code(), 2);
    for (name, value) in [("a b", "x"), ("a", "x\ny")] {
        let options = Options { headers: vec![(name.to_owned(), value.to_owned())], ..quick() };
        let error = Client::new(&"http://h.org".parse().unwrap(), options).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains("header 'a"), "{error}");
    }
}

#[test]
fn refusals_say_what_and_where() {
    let server = Server::start(|request: &Request| match request.path.as_str() {
        "/401" => Reply::status(401),
        _ => crate::server::refusal(404, "no such\u{1b}[31m catalog"),
    });
    let get = |path: &str| {
        let url: Url = server.url(path).parse().unwrap();
        Client::new(&url, quick()).unwrap().get_json(&url).unwrap_err()
    };
    let error = get("x");
    assert_eq!(
        error.to_string(),
        format!("the server answers 404 Not Found: no such[31m catalog, {}", server.url("x"))
    );
    assert!(get("401").hint().unwrap().contains("--header"));
    assert_eq!(server.requests().len(), 2, "no retries");
}

#[test]
fn a_slow_trickle_has_an_end() {
    // A header, then nothing: a listener that never answers.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url: Url = format!("http://{}/stac", listener.local_addr().unwrap()).parse().unwrap();
    std::thread::spawn(move || {
        use std::io::Write;
        for stream in listener.incoming().take(1) {
            let mut stream = stream.unwrap();
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            while stream.write_all(b" ").is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    });
    let options = Options { patience: Duration::from_millis(500), ..quick() };
    let began = Instant::now();
    let text = Client::new(&url, options).unwrap().get_json(&url).unwrap_err().to_string();
    assert!(text.contains("/stac") && began.elapsed() < Duration::from_secs(15), "{text}");
}

#[test]
fn cancelled_waits_end() {
    let flag = Arc::new(AtomicBool::new(false));
    let server = Habits::default()
        .spoilt(|request, _, reply| {
            if request.path == "/search" {
                std::thread::sleep(Duration::from_secs(9));
            }
            reply
        })
        .start();
    let api = open(&server, Options { cancelled: Some(Arc::clone(&flag)), ..quick() }).unwrap();
    let setter = Arc::clone(&flag);
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        setter.store(true, Ordering::Relaxed);
    });
    let began = Instant::now();
    let error = api.search(&Search::default(), &mut |_| Ok(std::ops::ControlFlow::Continue(()))).unwrap_err();
    assert!(error.exit_code() == 130 && began.elapsed() < Duration::from_secs(6), "{error}");
}

#[test]
fn secrets_are_not_printed() {
    assert!(!format!("{:?}", secret()).contains("hush"));
}
