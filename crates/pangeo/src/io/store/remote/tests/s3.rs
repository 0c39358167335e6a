//! A stub of S3 with path-style addresses: GET, HEAD, listing.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::io::store::ByteRange;

/// Bucket `data` with some objects.
fn bucket(check: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) -> Server {
    let objects: BTreeMap<String, Vec<u8>> = [
        ("air 2013.nc", numbers(200_000)),
        ("empty", Vec::new()),
        ("dir/s.zarr/zarr.json", b"{}".to_vec()),
        ("dir/s.zarr/t/zarr.json", b"{}".to_vec()),
        ("dir/s.zarr/t/c/0", numbers(1000)),
    ]
    .map(|(key, bytes)| (key.to_owned(), bytes))
    .into();
    Server::start(move |request| {
        if let Some(reply) = check(request) {
            return reply;
        }
        match request.path.strip_prefix("/data").map(|key| key.trim_start_matches('/')) {
            Some("") => list(&objects, &request.query),
            Some(key) => match objects.get(key) {
                Some(bytes) => Reply::ok("application/octet-stream", bytes.clone()),
                None => error(404, "NoSuchKey", "The specified key does not exist."),
            },
            None => error(404, "NoSuchBucket", "The specified bucket does not exist"),
        }
    })
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>");
    let headers = vec![("Content-Type".to_owned(), "application/xml".to_owned())];
    Reply { status, headers, body: body.into_bytes(), length: None }
}

fn list(objects: &BTreeMap<String, Vec<u8>>, query: &str) -> Reply {
    let fields: BTreeMap<_, _> = query.split('&').filter_map(|field| field.split_once('=')).collect();
    assert_eq!((fields["list-type"], fields["delimiter"]), ("2", "%2F"));
    let prefix = fields.get("prefix").map(|p| p.replace("%2F", "/")).unwrap_or_default();
    let below = objects.iter().filter_map(|(key, bytes)| Some((key, key.strip_prefix(&prefix)?, bytes)));
    let entries: BTreeSet<String> = below
        .map(|(key, rest, bytes)| match rest.split_once('/') {
            Some((folder, _)) => format!("<CommonPrefixes><Prefix>{prefix}{folder}/</Prefix></CommonPrefixes>"),
            None => format!(
                "<Contents><Key>{key}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified>\
                 <ETag>\"test\"</ETag><Size>{}</Size></Contents>",
                bytes.len()
            ),
        })
        .collect();
    let entries: Vec<_> = entries.into_iter().collect();
    let body = format!("<ListBucketResult><IsTruncated>false</IsTruncated>{}</ListBucketResult>", entries.concat());
    Reply::ok("application/xml", body)
}

fn open_with(server: &Server, input: &str, settings: &[(&str, &str)]) -> Result<Opened> {
    let endpoint = server.url("");
    let mut settings = settings.to_vec();
    settings.push(("AWS_ENDPOINT_URL", &endpoint));
    open_on(input, || Ok(impatient(&settings)))
}

fn told_by(server: &Server, input: &str, settings: &[(&str, &str)]) -> String {
    told(&open_with(server, input, settings).unwrap_err())
}

const CREDENTIALS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "hidden"), ("AWS_REGION", "eu-west-1")];

#[test]
fn an_object() {
    let server = bucket(|_| None);
    let Opened::Object(source) = open_with(&server, "s3://data/air 2013.nc", &[]).unwrap() else { panic!() };
    assert_eq!((source.name(), source.len()), ("s3://data/air 2013.nc", 200_000));
    assert_eq!(source.read(0..100).unwrap(), numbers(100));
    assert_eq!(ranges(&server), ["bytes=0-65535"]);
    assert_eq!(source.read_many(&[150_000..150_010, 70_000..70_001]).unwrap()[0], numbers(200_000)[150_000..150_010]);
    assert_eq!(ranges(&server), ["bytes=150000-150009", "bytes=70000-70000"]);
    let Opened::Object(empty) = open_with(&server, "s3://data/empty", &[]).unwrap() else { panic!() };
    assert!(empty.is_empty());
}

#[test]
fn a_store() {
    let server = bucket(|_| None);
    for input in ["s3://data/dir/s.zarr", "s3://data/dir/s.zarr/"] {
        let Opened::Tree(tree) = open_with(&server, input, &[]).unwrap() else { panic!() };
        assert_eq!(tree.name(), "s3://data/dir/s.zarr");
        assert_eq!(tree.get("t/c/0", ByteRange::Last(4)).unwrap().unwrap(), numbers(1000)[996..]);
        assert_eq!(tree.get("t/c/1", ByteRange::All).unwrap(), None);
        assert_eq!(tree.children("").unwrap().unwrap(), ["t", "zarr.json"]);
        assert_eq!(tree.children("t").unwrap().unwrap(), ["c", "zarr.json"]);
        assert!(tree.children("u").unwrap().unwrap().is_empty());
    }
}

#[test]
fn signed_with_credentials_and_anonymous_without() {
    let server = bucket(|_| None);
    open_with(&server, "s3://data/air 2013.nc", &CREDENTIALS).unwrap();
    let signed = server.take_requests().remove(0);
    let header = signed.header("authorization").unwrap();
    assert!(header.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{header}");
    assert!(header.contains("/eu-west-1/s3/aws4_request"), "{header}");
    open_with(&server, "s3://data/air 2013.nc", &[]).unwrap();
    let skip = [CREDENTIALS[0], CREDENTIALS[1], ("AWS_SKIP_SIGNATURE", "true")];
    open_with(&server, "s3://data/air 2013.nc", &skip).unwrap();
    assert!(server.take_requests().iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn nothing_there() {
    let server = bucket(|_| None);
    let told = told_by(&server, "s3://data/air.nc", &[]);
    assert!(told.starts_with("the server answered 404 (not found): NoSuchKey, The specified key"), "{told}");
    assert!(told.contains("s3://data/air.nc") && told.contains("AWS_ENDPOINT_URL"), "{told}");
    assert!(told_by(&server, "s3://other/air.nc", &[]).contains("NoSuchBucket"));
    assert!(told_by(&server, "s3://data", &[]).starts_with("no Zarr store at the top of the bucket"));
}

#[test]
fn refusals_say_how_the_request_was_made() {
    let server = bucket(|_| Some(error(403, "AccessDenied", "Access Denied")));
    let anonymous = told_by(&server, "s3://data/air.nc", &[]);
    assert!(anonymous.contains("403 (forbidden): AccessDenied, Access Denied"), "{anonymous}");
    assert!(anonymous.contains("requests are not signed"), "{anonymous}");
    let signed = told_by(&server, "s3://data/air.nc", &CREDENTIALS);
    assert!(signed.contains("AWS_SKIP_SIGNATURE=true") && !signed.contains("hidden"), "{signed}");
}

#[test]
fn a_store_for_others_is_forbidden_not_absent() {
    let server = bucket(|request| {
        let forbidden = request.path.ends_with("/zarr.json") && request.header("authorization").is_none();
        forbidden.then(|| error(403, "AccessDenied", "Access Denied"))
    });
    let told = told_by(&server, "s3://data/dir/s.zarr", &[]);
    assert!(told.contains("403 (forbidden)") && told.contains("requests are not signed"), "{told}");
    assert!(matches!(open_with(&server, "s3://data/dir/s.zarr", &CREDENTIALS), Ok(Opened::Tree(_))));
}

#[test]
fn trouble_is_handled_as_over_http() {
    let server = bucket(|_| None);
    server.faults(|f| f.fail_next = 2);
    let Opened::Object(source) = open_with(&server, "s3://data/air 2013.nc", &CREDENTIALS).unwrap() else { panic!() };
    ranges(&server);
    server.faults(|f| f.drop_next = 1);
    assert_eq!(source.read_many(&[100_000..150_000, 150_000..200_000]).unwrap()[1], numbers(200_000)[150_000..]);
    assert_eq!(ranges(&server), ["bytes=100000-199999", "bytes=150000-199999"]);
}

#[test]
fn the_bucket_is_looked_for_in_its_region() {
    let server = bucket(|request| {
        let right = request.header("authorization").is_some_and(|value| value.contains("/us-west-2/s3/"));
        let mut reply = error(301, "PermanentRedirect", "wrong endpoint");
        reply.headers.push(("x-amz-bucket-region".to_owned(), "us-west-2".to_owned()));
        (!right).then_some(reply)
    });
    open_with(&server, "s3://data/air 2013.nc", &CREDENTIALS).unwrap();
    assert_eq!(server.take_requests().iter().map(|r| r.status).collect::<Vec<_>>(), [301, 206]);
}
