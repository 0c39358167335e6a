//! Writing to a service that behaves, and to one that does not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bytes::Bytes;
use testkit::bucket::{Bucket, Conditional};

use super::super::bucket::{BucketPlace, open_place};
use super::super::flights::Limits;
use super::super::upload::Cut;
use super::*;
use crate::io::store::{ObjectPlace, take_notes};

const CREDENTIALS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "hidden"), ("AWS_REGION", "eu-west-1")];
const FEW: Limits = Limits { objects: 3, bytes: 1000 };

fn net(bucket: &Bucket) -> Arc<Net> {
    let endpoint = bucket.server().url("");
    let mut settings = CREDENTIALS.to_vec();
    settings.push(("AWS_ENDPOINT_URL", &endpoint));
    impatient(&settings)
}

fn place_until(bucket: &Bucket, stop: Option<Arc<AtomicBool>>) -> BucketPlace {
    BucketPlace::new(net(bucket), "data", "dir/s.zarr", FEW, stop).unwrap()
}

fn started() -> (Bucket, BucketPlace) {
    let bucket = Bucket::start("data");
    let place = place_until(&bucket, None);
    (bucket, place)
}

fn count(bucket: &Bucket, method: &str) -> usize {
    bucket.server().requests().iter().filter(|request| request.method == method).count()
}

#[test]
fn objects_are_put_listed_read_and_removed() {
    let (bucket, place) = started();
    bucket.page(2);
    bucket.put("dir/s.zarr2/other", b"not below");
    assert_eq!(place.name(), "s3://data/dir/s.zarr");
    let expected = [("air 2013%.nc", 5), ("empty", 0), ("t/c/0/0", 3000), ("t/c/0/1", 1), ("zarr.json", 2)];
    for (key, length) in expected {
        place.put(key, numbers(length).into()).unwrap();
    }
    place.flush().unwrap();
    assert_eq!(bucket.objects()["dir/s.zarr/t/c/0/0"], numbers(3000));
    assert_eq!(bucket.objects()["dir/s.zarr/air 2013%.nc"], numbers(5));
    let all = place.list("").unwrap();
    assert_eq!(all, expected.map(|(key, length)| (key.to_owned(), length as u64)), "three pages");
    assert_eq!(place.list("t/c").unwrap().len(), 2);
    assert!(place.list("absent").unwrap().is_empty());
    assert_eq!(place.get("t/c/0/0").unwrap().unwrap(), numbers(3000));
    assert_eq!(place.get("empty").unwrap().unwrap(), Bytes::new());
    assert_eq!(place.get("t/c").unwrap(), None);
    for _ in 0..2 {
        place.remove("t/c/0/0").unwrap();
    }
    assert_eq!((bucket.objects().len(), place.get("t/c/0/0").unwrap()), (5, None));
    let signed = |request: &Request| request.header("authorization").is_some_and(|h| h.contains("AKIDEXAMPLE"));
    assert!(bucket.server().requests().iter().all(signed));
    for key in ["../x", "/x", "a//b", ""] {
        assert!(place.put(key, Bytes::new()).is_err() && place.get(key).is_err() && place.remove(key).is_err());
    }
}

#[test]
fn the_last_of_one_key_stays() {
    let (bucket, place) = started();
    bucket.server().faults(|f| f.delay = Duration::from_millis(5));
    for number in 0..20 {
        place.put("zarr.json", vec![number].into()).unwrap();
        assert!(number % 7 > 0 || place.get("zarr.json").unwrap().unwrap()[..] == [number], "what was put is read");
    }
    place.put("gone", Bytes::from("x")).unwrap();
    place.remove("gone").unwrap();
    place.flush().unwrap();
    assert_eq!(bucket.objects(), [("dir/s.zarr/zarr.json".to_owned(), vec![19])].into());
}

#[test]
fn so_many_are_on_their_way_and_no_more() {
    let (bucket, place) = started();
    let delay = Duration::from_millis(200);
    bucket.server().faults(|f| f.delay = delay);
    // Of three that may be, the fourth waits for one; of 1000 bytes, the third 400 do; 5000 go alone.
    let cases = [(10, 3, false), (10, 4, true), (400, 2, false), (400, 3, true), (5000, 2, true), (5000, 1, false)];
    for (length, objects, waits) in cases {
        place.flush().unwrap();
        let start = Instant::now();
        for number in 0..objects {
            place.put(&format!("{number}"), numbers(length).into()).unwrap();
        }
        assert_eq!(start.elapsed() >= delay, waits, "{objects} of {length}");
    }
}

#[test]
fn trouble_that_passes_is_waited_for() {
    for method in ["503", "hang up", "both"] {
        let (bucket, place) = started();
        bucket.server().faults(|f| {
            f.fail_next = if method == "hang up" { 0 } else { 2 };
            f.hang_up_next = if method == "503" { 0 } else { 2 };
        });
        place.put("a", numbers(100_000).into()).unwrap();
        place.flush().unwrap();
        assert_eq!(bucket.objects()["dir/s.zarr/a"], numbers(100_000), "{method}");
        assert_eq!(count(&bucket, "PUT"), if method == "both" { 5 } else { 3 });
    }
}

#[test]
fn a_failure_is_told_by_all_that_follows() {
    for (status, what, hint) in [
        (403, "the server answered 403 (forbidden), s3://data/dir/s.zarr/t/c/0", "AWS_ACCESS_KEY_ID may not write"),
        (404, "the server answered 404 (not found), s3://data/dir/s.zarr/t/c/0", "make the bucket first"),
        (400, "the server answered 400 (bad request), s3://data/dir/s.zarr/t/c/0", ""),
        (503, "the server answered 503 (unavailable), s3://data/dir/s.zarr/t/c/0", "try again later"),
    ] {
        let (bucket, place) = started();
        bucket.server().faults(|f| (f.fail_next, f.fail_status) = (9, status));
        place.put("t/c/0", Bytes::from("x")).unwrap();
        let told = told(&place.flush().unwrap_err());
        assert!(told.replace("no such file or store: ", "").starts_with(what) && told.contains(hint), "{told}");
        bucket.server().faults(|f| f.fail_next = 0);
        assert!(place.put("t/c/1", Bytes::from("x")).unwrap_err().to_string().contains("t/c/0"));
        assert!(place.flush().is_err() && place.list("").is_err(), "the store has a hole");
        assert!(!bucket.objects().contains_key("dir/s.zarr/t/c/1"));
    }
}

#[test]
fn writing_wants_credentials() {
    let bucket = Bucket::start("data");
    let net = impatient(&[("AWS_ENDPOINT_URL", &bucket.server().url(""))]);
    let place = BucketPlace::new(net, "data", "", FEW, None).unwrap();
    bucket.server().faults(|f| (f.fail_next, f.fail_status) = (1, 403));
    place.put("a", Bytes::new()).unwrap();
    let told = told(&place.flush().unwrap_err());
    assert!(told.ends_with("s3://data/a / writing wants credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
}

#[test]
fn a_slow_line_is_no_dead_one() {
    let bucket = Bucket::start("data");
    let endpoint = bucket.server().url("");
    let settings = [CREDENTIALS[0], CREDENTIALS[1], ("AWS_ENDPOINT_URL", endpoint.as_str())];
    let hasty = Net::new(Options { idle: Duration::from_millis(200), ..options(&settings) }).unwrap();
    let place = BucketPlace::new(hasty, "data", "", FEW, None).unwrap();
    bucket.server().faults(|f| f.delay = Duration::from_millis(500));
    place.put("large", numbers(100_000).into()).unwrap();
    place.flush().unwrap();
    place.put("small", numbers(1000).into()).unwrap();
    assert!(told(&place.flush().unwrap_err()).starts_with("the server can't be reached: no answer in time, s3://"));
}

#[test]
fn the_region_is_found_by_many_at_once() {
    let server = Server::start(|request| {
        let right = request.header("authorization").is_some_and(|value| value.contains("/us-west-2/s3/"));
        let mut reply = Reply::status(if right { 200 } else { 301 });
        reply.headers.push(("x-amz-bucket-region".to_owned(), "us-west-2".to_owned()));
        reply.headers.push(("ETag".to_owned(), "\"test\"".to_owned()));
        reply
    });
    server.faults(|f| f.delay = Duration::from_millis(20));
    let endpoint = server.url("");
    let mut settings = CREDENTIALS.to_vec();
    settings.push(("AWS_ENDPOINT_URL", &endpoint));
    let limits = Limits { objects: 16, ..FEW };
    let place = BucketPlace::new(impatient(&settings), "data", "", limits, None).unwrap();
    for number in 0..16 {
        place.put(&format!("{number}"), Bytes::from("x")).unwrap();
    }
    place.flush().unwrap();
    let statuses: Vec<_> = server.requests().iter().map(|r| r.status).collect();
    assert_eq!(statuses.iter().filter(|s| **s == 200).count(), 16);
    assert!(statuses.len() <= 32, "each is moved once");
}

fn in_parts(bucket: &Bucket) -> BucketPlace {
    let mut place = place_until(bucket, None);
    place.cut = Cut { single: 100_000, part: 30_000, piece: 20_000 };
    place
}

#[test]
fn large_objects_go_in_parts() {
    let bucket = Bucket::start("data");
    let place = in_parts(&bucket);
    bucket.server().faults(|f| (f.fail_next, f.hang_up_next) = (2, 1));
    place.put("large", numbers(200_001).into()).unwrap();
    place.flush().unwrap();
    assert_eq!(bucket.objects()["dir/s.zarr/large"], numbers(200_001));
    assert_eq!(bucket.server().take_requests().iter().filter(|r| r.method == "PUT" && r.status == 200).count() / 7, 1);
    place.put("small", numbers(100_000).into()).unwrap();
    place.flush().unwrap();
    assert_eq!((count(&bucket, "PUT"), count(&bucket, "POST")), (1, 0));
}

#[test]
fn what_comes_piece_by_piece_goes_in_parts() {
    let bucket = Bucket::start("data");
    let place = in_parts(&bucket);
    for length in [50_001, 20_000] {
        let mut draft = place.begin("shard", 60_000).unwrap();
        numbers(length).chunks(7000).for_each(|piece| draft.append(piece).unwrap());
        draft.commit().unwrap();
        place.flush().unwrap();
        assert_eq!(bucket.objects()["dir/s.zarr/shard"], numbers(length));
    }
    let requests = bucket.server().take_requests();
    assert_eq!(requests.iter().filter(|r| r.method == "PUT").count(), 3 + 1, "three parts, and a small one whole");
    let mut draft = place.begin("given up", 60_000).unwrap();
    draft.append(&numbers(30_000)).unwrap();
    drop(draft);
    place.flush().unwrap();
    assert_eq!((bucket.objects().len(), bucket.half_sent()), (1, 0));
}

#[test]
fn a_completion_whose_answer_is_lost_is_sent_anew() {
    let bucket = Bucket::start("data");
    let place = in_parts(&bucket);
    bucket.server().faults(|f| f.delay = Duration::from_millis(30));
    place.put("large", numbers(100_001).into()).unwrap();
    while count(&bucket, "PUT") < 4 {
        std::thread::sleep(Duration::from_millis(1));
    }
    bucket.server().faults(|f| f.hang_up_next = 1);
    place.flush().unwrap();
    assert_eq!(bucket.objects()["dir/s.zarr/large"], numbers(100_001));
    assert_eq!(bucket.half_sent(), 0);
}

#[test]
fn parts_of_what_failed_are_removed() {
    let bucket = Bucket::start("data");
    let place = in_parts(&bucket);
    bucket.server().faults(|f| f.delay = Duration::from_millis(30));
    place.put("large", numbers(200_001).into()).unwrap();
    while bucket.half_sent() == 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    bucket.server().faults(|f| (f.fail_next, f.fail_status) = (1, 403));
    assert!(told(&place.flush().unwrap_err()).contains("403 (forbidden), s3://data/dir/s.zarr/large"));
    assert_eq!((bucket.half_sent(), bucket.objects().len()), (0, 0));
}

#[test]
fn what_is_given_up_does_not_hold_the_end_up() {
    let bucket = Bucket::start("data");
    let place = in_parts(&bucket);
    bucket.server().faults(|f| f.delay = Duration::from_millis(30));
    place.put("parts", numbers(200_001).into()).unwrap();
    while count(&bucket, "PUT") == 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let start = Instant::now();
    drop(place);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!((bucket.half_sent(), bucket.objects().len()), (0, 0), "the parts are removed");
    let place = place_until(&bucket, None);
    bucket.server().faults(|f| f.delay = Duration::from_secs(4));
    place.put("slow", Bytes::from("x")).unwrap();
    let start = Instant::now();
    drop(place);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}

#[test]
fn whoever_waits_hears_that_the_user_wants_to_stop() {
    let bucket = Bucket::start("data");
    let stop = Arc::new(AtomicBool::new(false));
    let place = place_until(&bucket, Some(Arc::clone(&stop)));
    bucket.server().faults(|f| f.delay = Duration::from_secs(3));
    for key in ["a", "b", "c"] {
        place.put(key, Bytes::from("x")).unwrap();
    }
    let start = Instant::now();
    std::thread::scope(|scope| {
        let waiting = [scope.spawn(|| place.put("d", Bytes::new())), scope.spawn(|| place.flush())];
        std::thread::sleep(Duration::from_millis(50));
        stop.store(true, Ordering::Relaxed);
        assert!(waiting.into_iter().all(|thread| matches!(thread.join().unwrap(), Err(Error::Cancelled))));
    });
    drop(place);
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[test]
fn one_alone_puts_what_is_absent() {
    let (bucket, place) = started();
    let other = place_until(&bucket, None);
    assert!(place.put_if_absent("claim", Bytes::from("one")).unwrap());
    assert!(!other.put_if_absent("claim", Bytes::from("two")).unwrap());
    assert!(!place.put_if_absent("claim", Bytes::from("one")).unwrap(), "not even the same");
    assert_eq!(bucket.objects()["dir/s.zarr/claim"], b"one");
    assert!(take_notes().iter().all(|note| !note.contains("s.zarr: the service")));
    bucket.server().faults(|f| f.hang_up_next = 1);
    assert!(place.put_if_absent("next", Bytes::from("x")).unwrap(), "its first answer was lost");
    bucket.server().faults(|f| (f.fail_next, f.fail_status) = (1, 409));
    assert!(place.put_if_absent("third", Bytes::from("x")).unwrap());
    bucket.server().faults(|f| (f.fail_next, f.fail_status) = (1, 403));
    assert!(told(&place.put_if_absent("f", Bytes::from("x")).unwrap_err()).contains("403 (forbidden), s3://data/dir"));
}

#[test]
fn a_service_that_knows_no_conditions_is_told_of() {
    for (number, conditional) in [Conditional::Refused, Conditional::Ignored].into_iter().enumerate() {
        let bucket = Bucket::start("data");
        bucket.conditional(conditional);
        let prefix = format!("old{number}");
        let place = BucketPlace::new(net(&bucket), "data", &prefix, FEW, None).unwrap();
        bucket.put(&format!("{prefix}/there"), b"theirs");
        assert!(!place.put_if_absent("there", Bytes::from("ours")).unwrap());
        assert!(place.put_if_absent("claim", Bytes::from("one")).unwrap());
        assert!(!place.put_if_absent("claim", Bytes::from("two")).unwrap());
        let objects = bucket.objects();
        assert_eq!(objects[&format!("{prefix}/there")], b"theirs");
        assert_eq!(objects[&format!("{prefix}/claim")], b"one");
        let note = format!("s3://data/{prefix}: the service can't put an object only where there is none");
        assert!(take_notes().iter().any(|n| n.starts_with(&note)));
    }
}

#[test]
fn a_place_is_asked_before_anything_is_computed() {
    let bucket = Bucket::start("data");
    let open = |url: &str| BucketPlace::open(url, None, || Ok(net(&bucket)));
    assert_eq!(open("s3://data/dir/s.zarr/").unwrap().name(), "s3://data/dir/s.zarr");
    assert!(open("s3://data").is_ok() && open("S3A://data/x").is_ok());
    let absent = told(&open("s3://other/s.zarr").unwrap_err());
    assert!(absent.contains("NoSuchBucket") && absent.contains("s3://other/s.zarr"), "{absent}");
    assert!(absent.contains("make the bucket first"), "{absent}");
    bucket.server().faults(|f| (f.fail_next, f.fail_status) = (1, 403));
    assert!(open("s3://data/x").is_ok(), "some may write what they may not read");
    for (code, stops) in [("AccessDenied", false), ("SignatureDoesNotMatch", true), ("ExpiredToken", true)] {
        let body = format!("<Error><Code>{code}</Code><Message>no</Message></Error>").into_bytes();
        let server = Server::start(move |_| Reply { body: body.clone(), ..Reply::status(403) });
        let settings = [CREDENTIALS[0], CREDENTIALS[1], ("AWS_ENDPOINT_URL", &server.url(""))];
        let opened = BucketPlace::open("s3://data/x", None, || Ok(impatient(&settings)));
        let told = opened.map_or_else(|error| told(&error), |_| String::new());
        assert!(told.contains(code) == stops && !told.contains("hidden"), "{told}");
    }
}

#[test]
fn other_urls_are_refused() {
    for url in ["https://u:secret@host/s.zarr?sig=secret", "http://host/s.zarr", "gs://b/s.zarr", "file:///x", "s.zarr"]
    {
        let error = open_place(url).unwrap_err();
        let told = told(&error);
        assert!(told.ends_with("outputs go to local paths or s3://") && error.exit_code() == 2, "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
    assert!(told(&open_place("s3:///x").unwrap_err()).contains("no bucket is named"));
}
