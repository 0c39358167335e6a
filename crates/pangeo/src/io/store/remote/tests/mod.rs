//! Reading from servers that behave, and from those that do not.

mod http;
mod moto;
mod s3;
mod stores;
mod trouble;
mod writing;

use std::sync::Arc;
use std::time::Duration;

use testkit::http::{Reply, Request, Server};

use super::{Net, Options, Policy};
use crate::io::store::open::open_on;
use crate::io::store::{ByteSource, ObjectTree, Opened};
use crate::{Error, Result};

/// Impatient, so that tests are quick.
fn impatient(aws: &[(&str, &str)]) -> Arc<Net> {
    Net::new(options(aws)).unwrap()
}

fn options(aws: &[(&str, &str)]) -> Options {
    Options {
        policy: Policy {
            attempts: 4,
            unanswered: 3,
            first_pause: Duration::from_millis(4),
            longest_pause: Duration::from_millis(20),
            longest_wait: Duration::from_secs(3),
            silence: Duration::from_secs(10),
        },
        connect: Duration::from_secs(2),
        idle: Duration::from_secs(10),
        stalled: Duration::from_millis(200),
        aws: aws.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
    }
}

fn open(url: &str) -> Result<Opened> {
    open_on(url, || Ok(impatient(&[])))
}

fn object(url: &str) -> Arc<dyn ByteSource> {
    match open(url) {
        Ok(Opened::Object(object)) => object,
        other => panic!("{url} is no object: {other:?}"),
    }
}

fn tree(url: &str) -> Arc<dyn ObjectTree> {
    match open(url) {
        Ok(Opened::Tree(tree)) => tree,
        other => panic!("{url} is no tree: {other:?}"),
    }
}

/// What the user is told when `url` can't be opened.
fn refused(url: &str) -> String {
    told(&open(url).unwrap_err())
}

fn told(error: &Error) -> String {
    format!("{error} / {}", error.hint().unwrap_or_default())
}

/// Bytes that differ everywhere: the numbers from 0, 4 bytes each.
fn numbers(bytes: usize) -> Vec<u8> {
    (0..bytes.div_ceil(4) as u32).flat_map(u32::to_be_bytes).take(bytes).collect()
}

/// A server of one object at `/a.nc`.
fn serving(bytes: Vec<u8>) -> Server {
    Server::start(move |request| match request.path.as_str() {
        "/a.nc" => Reply::ok("application/octet-stream", bytes.clone()),
        _ => Reply::status(404),
    })
}

/// The ranges that were asked for since the last call, sorted.
fn ranges(server: &Server) -> Vec<String> {
    let mut ranges: Vec<_> = server.take_requests().into_iter().map(said).collect();
    ranges.sort();
    ranges
}

fn said(request: Request) -> String {
    let range = request.range.unwrap_or_default();
    if request.method == "GET" { range } else { format!("{} {range}", request.method) }
}
