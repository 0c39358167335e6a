//! Servers that are overloaded, break off, refuse or know no ranges; addresses that carry secrets.

use std::time::{Duration, Instant};

use testkit::http::{Faults, Reply};

use super::*;

const NAME: &str = "coads_climatology.cdf";
const SECRET: &str = "SECRET";

/// Cuts one month out of the remote file while the server shows `faults`; the result must be right.
fn one_month(test: &str, faults: impl FnOnce(&mut Faults)) -> (Server, Outcome) {
    let (server, folder) = (serve(), scratch(&format!("faults-{test}")));
    server.faults(faults);
    let remote = folder.join("remote.nc").display().to_string();
    let run = run(&[&server.url(NAME), "--isel", "TIME=3", "-o", &remote]);
    run.ok();
    assert_same(&remote, &cut(&[&local(NAME)], &["--isel", "TIME=3"], &folder, "local.nc"));
    (server, run)
}

#[test]
fn an_overloaded_server_is_asked_again() {
    let (server, run) = one_month("503", |f| f.fail_next = 2);
    let statuses: Vec<_> = server.requests().iter().map(|r| r.status).collect();
    assert_eq!(statuses[..3], [503, 503, 206]);
    assert!(!run.stderr.contains("error"), "{}", run.stderr);
}

#[test]
fn a_pause_that_the_server_asks_for_is_made() {
    let begun = Instant::now();
    let (server, _) = one_month("429", |f| (f.fail_next, f.fail_status, f.retry_after) = (1, 429, Some(1)));
    assert_eq!(server.requests()[0].status, 429);
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[test]
fn connections_that_drop_half_way_are_taken_up_again() {
    let (server, _) = one_month("drops", |f| f.drop_next = 2);
    let requests = server.requests();
    assert!(sent(&requests) < length(NAME) / 4, "what came before a break is kept: {} bytes", sent(&requests));
}

#[test]
fn a_server_without_ranges_is_read_whole_once_and_that_is_said() {
    let (server, run) = one_month("ranges", |f| f.ignore_range = true);
    assert_eq!(server.requests().len(), 1);
    let note = format!("note: {}: all 5 MiB were downloaded, since the server can't send parts", server.url(NAME));
    assert!(run.stderr.contains(&note), "{}", run.stderr);
}

#[test]
fn a_server_that_refuses_head_is_read() {
    one_month("head", |f| f.refuse_head = true);
}

#[test]
fn what_is_not_there_is_named_without_its_query() {
    let (server, folder) = (serve(), scratch("faults-404"));
    let output = folder.join("out.nc");
    let url = server.url("absent.nc");
    let run = run(&[&format!("{url}?sig={SECRET}"), "-o", &output.display().to_string()]);
    assert_eq!(run.status, Some(1), "{run}");
    assert!(run.stderr.starts_with("error: ") && run.stderr.contains(&url), "{}", run.stderr);
    assert!(!run.stderr.contains(SECRET) && !run.stderr.contains('?'), "{}", run.stderr);
    assert!(!output.exists());
}

#[test]
fn a_server_that_never_recovers_ends_in_an_error_and_no_output() {
    let (server, folder) = (serve(), scratch("faults-never"));
    server.faults(|f| f.drop_next = usize::MAX);
    let run = run(&[&server.url(NAME), "-o", &folder.join("out.nc").display().to_string()]);
    assert_eq!(run.status, Some(1), "{run}");
    assert!(run.stderr.contains("error: the connection breaks off time and again"), "{}", run.stderr);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing is left");
}

/// `test-data` for those who know the signature; the refusal repeats it, as that of S3 does.
fn signed() -> Server {
    Server::start(|request| {
        if !request.query.ends_with(&format!("sig={SECRET}")) {
            let body = format!(
                "<Error><Code>SignatureDoesNotMatch</Code><Message>The signature does not match</Message>\
                 <SignatureProvided>{}</SignatureProvided></Error>",
                request.query
            );
            let headers = vec![("Content-Type".to_owned(), "application/xml".to_owned())];
            return Reply { status: 403, headers, body: body.into_bytes(), length: None };
        }
        match std::fs::read(data().join(request.path.trim_start_matches('/'))) {
            Ok(bytes) => Reply::ok("application/octet-stream", bytes),
            Err(_) => Reply::status(404),
        }
    })
}

#[test]
fn a_signed_address_works_and_its_secret_is_repeated_nowhere() {
    let (server, folder) = (signed(), scratch("faults-signed"));
    server.faults(|f| f.refuse_head = true);
    for name in ["air_temperature_small.nc", NAME, "made/monthly_v3.zarr", "made/monthly_v2.zarr"] {
        let url = format!("{}?expires=1&sig={SECRET}", server.url(name));
        let output = folder.join("remote.nc").display().to_string();
        let run = run(&[&url, "--verbose", "-o", &output]);
        run.ok();
        assert!(!run.stderr.contains(SECRET), "{}", run.stderr);
        assert_same(&output, &local(name));
        let history = history(&output);
        assert!(history.contains(&server.url(name)), "{history}");
        let bytes = std::fs::read(&output).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|w| w == SECRET.as_bytes()), "{name}: the output holds the secret");
    }
}

#[test]
fn no_error_repeats_a_secret() {
    let (server, folder) = (signed(), scratch("faults-secrets"));
    let output = folder.join("out.nc").display().to_string();
    let good = format!("{}?sig={SECRET}", server.url(NAME));
    let wrong = format!("{}?sig={SECRET}X", server.url(NAME));
    let user = good.replace("http://", &format!("http://me:{SECRET}@"));
    let rows: [&[&str]; 9] = [
        &[&wrong],
        &[&format!("{}?sig={SECRET}", server.url("absent.zarr"))],
        &[&format!("{}?sig={SECRET}", server.url("made/malformed/text.nc"))],
        &[&format!("{}?sig={SECRET}", server.url("made/malformed/cut_data.nc"))],
        &[&good, "-v", "absent"],
        &[&good, "--isel", "TIME=99"],
        &[&user, "--time", "1950"],
        &[&good, "--where", "absent > 1"],
        &[&good, &format!("{}?sig={SECRET}", server.url("air_temperature_small.nc")), "--isel", "nothing=1"],
    ];
    for row in rows {
        let run = run(&[row, &["--verbose", "-o", &output]].concat());
        assert!(!run.succeeded(), "{row:?}");
        assert!(run.stderr.contains("error: ") && !run.stderr.contains(SECRET), "{row:?}: {}", run.stderr);
    }
}
