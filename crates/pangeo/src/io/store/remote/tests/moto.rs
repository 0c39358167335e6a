//! Writing to a service that others made. `scripts/bucket.sh` starts one and runs this.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use super::super::bucket::BucketPlace;
use super::super::flights::Limits;
use super::super::upload::Cut;
use super::*;
use crate::io::store::{ByteRange, ObjectPlace, take_notes};

/// `PUT /BUCKET`, which the service takes without a signature.
fn make_bucket(address: &str, name: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("PUT /{name} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 200 "), "{answer}");
}

fn timed<T>(what: &str, bytes: usize, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = act();
    let seconds = start.elapsed().as_secs_f64();
    println!("{what}: {seconds:.2} s, {:.1} MB/s", bytes as f64 / 1e6 / seconds);
    done
}

#[test]
#[ignore = "wants an S3 service: scripts/bucket.sh"]
fn a_service_that_others_made() {
    let address = std::env::var("PANGEO_BUCKET").expect("PANGEO_BUCKET=HOST:PORT");
    make_bucket(&address, "data");
    let endpoint = format!("http://{address}");
    let settings =
        [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_ENDPOINT_URL", endpoint.as_str())];
    let net = Net::new(Options { stalled: Duration::from_secs(20), ..options(&settings) }).unwrap();
    let limits = Limits { objects: 16, bytes: 64 << 20 };
    let mut place = BucketPlace::new(Arc::clone(&net), "data", "dir/s.zarr", limits, None).unwrap();
    let small = numbers(100_000);
    timed("500 objects of 100 kB", 50_000_000, || {
        for number in 0..500 {
            place.put(&format!("t/c/{number}"), small.clone().into()).unwrap();
        }
        place.flush().unwrap();
    });
    let large = numbers(20_000_000);
    timed("3 objects of 20 MB", 60_000_000, || {
        for number in 0..3 {
            place.put(&format!("large {number}%"), large.clone().into()).unwrap();
        }
        place.flush().unwrap();
    });
    place.cut = Cut { single: 10_000_000, part: 6 << 20, piece: 6 << 20 };
    timed("1 object of 20 MB in 4 parts", 20_000_000, || {
        place.put("parts", large.clone().into()).unwrap();
        place.flush().unwrap();
    });
    let listed = timed("list of 504", 0, || place.list("").unwrap());
    assert_eq!(listed.len(), 504);
    assert_eq!(place.list("t/c").unwrap().iter().map(|(_, size)| size).sum::<u64>(), 50_000_000);
    assert_eq!(listed[0], ("large 0%".to_owned(), 20_000_000));
    assert!(place.get("parts").unwrap().unwrap() == large && place.get("large 2%").unwrap().unwrap() == large);
    assert!(place.get("t/c/499").unwrap().unwrap() == small);
    conditions(&place);
    for key in ["t/c/0", "t/c/0", "parts"] {
        place.remove(key).unwrap();
    }
    assert_eq!((place.get("t/c/0").unwrap(), place.list("").unwrap().len()), (None, 502));
    place.put("zarr.json", b"{}".to_vec().into()).unwrap();
    place.flush().unwrap();
    let Opened::Tree(tree) = open_on("s3://data/dir/s.zarr", || Ok(Arc::clone(&net))).unwrap() else { panic!() };
    assert_eq!(tree.get("t/c/1", ByteRange::All).unwrap().unwrap(), small);
    let told = told(&BucketPlace::open("s3://other/s.zarr", None, || Ok(net)).unwrap_err());
    assert!(told.contains("NoSuchBucket") && told.contains("make the bucket first"), "{told}");
}

/// One of ten that put an object at once is told that it did, by a service that knows conditions.
fn conditions(place: &BucketPlace) {
    assert!(place.put_if_absent("claim", b"one".to_vec().into()).unwrap());
    assert!(!place.put_if_absent("claim", b"two".to_vec().into()).unwrap());
    assert_eq!(place.get("claim").unwrap().unwrap(), "one");
    let knows = take_notes().iter().all(|note| !note.contains("only where there is none"));
    println!("If-None-Match: {}", if knows { "known" } else { "not known" });
    let put = || place.put_if_absent("race", b"x".to_vec().into()).unwrap();
    let winners: usize = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..10).map(|_| scope.spawn(put)).collect();
        racers.into_iter().map(|racer| usize::from(racer.join().unwrap())).sum()
    });
    assert!(winners == 1 || !knows, "{winners} were told so");
    place.remove("claim").unwrap();
    place.remove("race").unwrap();
}
