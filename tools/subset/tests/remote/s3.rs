//! Buckets: a service that speaks the protocol of S3, by path-style addresses.

use std::fmt::Write as _;

use testkit::http::Reply;

use super::*;

/// The bucket `data` with the files of `test-data`.
fn bucket() -> Server {
    Server::start(|request| match request.path.strip_prefix("/data") {
        Some("" | "/") => list(&request.query),
        Some(key) => match std::fs::read(data().join(key.trim_start_matches('/'))) {
            Ok(bytes) => Reply::ok("application/octet-stream", bytes),
            Err(_) => xml(404, "<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>"),
        },
        None => xml(404, "<Error><Code>NoSuchBucket</Code><Message>There is no such bucket</Message></Error>"),
    })
}

fn xml(status: u16, body: &str) -> Reply {
    let headers = vec![("Content-Type".to_owned(), "application/xml".to_owned())];
    Reply { status, headers, body: body.as_bytes().to_vec(), length: None }
}

/// What lies directly below a prefix (`ListObjectsV2` with the delimiter `/`).
fn list(query: &str) -> Reply {
    let prefix = query.split('&').find_map(|field| field.strip_prefix("prefix=")).unwrap_or_default();
    let prefix = prefix.replace("%2F", "/");
    let mut body = "<ListBucketResult><IsTruncated>false</IsTruncated>".to_owned();
    for entry in std::fs::read_dir(data().join(&prefix)).into_iter().flatten().flatten() {
        let key = format!("{prefix}{}", entry.file_name().display());
        let _ = if entry.path().is_dir() {
            write!(body, "<CommonPrefixes><Prefix>{key}/</Prefix></CommonPrefixes>")
        } else {
            write!(
                body,
                "<Contents><Key>{key}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified>\
                 <ETag>\"test\"</ETag><Size>1</Size></Contents>"
            )
        };
    }
    xml(200, &(body + "</ListBucketResult>"))
}

/// Converts `s3://data/NAME`, which must hold what the local file holds; the requests that it took.
fn same(server: &Server, name: &str, folder: &Path, settings: &[(&str, &str)]) -> Vec<Request> {
    server.take_requests();
    let endpoint = server.url("");
    let environment = [settings, &[("AWS_ENDPOINT_URL", endpoint.as_str())]].concat();
    let output = folder.join("remote.nc").display().to_string();
    let run = run_with(&[&format!("s3://data/{name}"), "-o", &output], &environment);
    run.ok();
    assert_same(&output, &cut(&[&local(name)], &[], folder, "local.nc"));
    assert!(history(&output).contains(&format!("s3://data/{name}")));
    server.take_requests()
}

#[test]
fn public_objects_and_stores_are_read_without_signatures() {
    let (server, folder) = (bucket(), scratch("s3-public"));
    for name in ["air_temperature_small.nc", "coads_climatology.cdf", "made/monthly_v2.zarr", "made/monthly_v3.zarr"] {
        let requests = same(&server, name, &folder, &[]);
        assert!(requests.iter().all(|r| r.header("authorization").is_none()), "{name}");
    }
}

#[test]
fn with_credentials_requests_are_signed() {
    let (server, folder) = (bucket(), scratch("s3-signed"));
    let credentials =
        [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "hidden"), ("AWS_REGION", "eu-west-1")];
    let requests = same(&server, "air_temperature_small.nc", &folder, &credentials);
    let signed = |r: &Request| r.header("authorization").is_some_and(|a| a.contains("Credential=AKIDEXAMPLE/"));
    assert!(!requests.is_empty() && requests.iter().all(signed));
}

#[test]
fn what_is_not_there_is_named() {
    let (server, folder) = (bucket(), scratch("s3-absent"));
    let endpoint = server.url("");
    let output = folder.join("out.nc").display().to_string();
    for input in ["s3://data/absent.nc", "s3://nowhere/a.nc", "s3://data/absent.zarr"] {
        let run = run_with(&[input, "-o", &output], &[("AWS_ENDPOINT_URL", &endpoint)]);
        assert_eq!(run.status, Some(1), "{run}");
        assert!(run.stderr.starts_with("error: ") && run.stderr.contains(input), "{}", run.stderr);
    }
}
