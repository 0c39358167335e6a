//! Headers of remote datasets: few requests, few bytes, no secrets.

use testkit::http::Server;
use testkit::{Command, Outcome, fixture, repository};

/// A server of `test-data`.
fn serve() -> Server {
    Server::folder(repository().join("test-data"))
}

/// The path of a file of `test-data`.
fn local(name: &str) -> String {
    fixture(name).display().to_string()
}

/// Runs `inspect`; no network settings of this machine's reach it.
fn inspect(arguments: &[&str]) -> Outcome {
    let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    let bare = proxies.iter().fold(Command::new("inspect"), |command, name| command.environment(name, None));
    bare.arguments(arguments.iter().copied()).run()
}

/// The header of `name`, remote and local: the same but for the name. Requests and bytes that it took.
fn header(name: &str) -> (usize, u64) {
    let server = serve();
    let (url, path) = (server.url(name), local(name));
    let (from_url, from_disk) = (inspect(&[&url, "--format", "json"]), inspect(&[&path, "--format", "json"]));
    assert_eq!(from_url.ok().replace(&url, "INPUT"), from_disk.ok().replace(&path, "INPUT"), "{name}");
    let requests = server.requests();
    (requests.len(), requests.iter().map(|r| r.sent).sum())
}

#[test]
fn a_header_takes_three_requests_and_200_kb() {
    for name in [
        "mesh_C4_synthetic_float.nc",
        "air_temperature_small.nc",
        "A1B_north_america.nc",
        "hybrid_height.nc",
        "made/groups.nc",
        "made/monthly_bounds.nc",
    ] {
        let (requests, bytes) = header(name);
        assert!(requests <= 3 && bytes <= 200_000, "{name}: {requests} requests, {bytes} bytes");
    }
}

#[test]
fn a_time_axis_along_records_takes_a_request_each() {
    // The classic formats lay the twelve times of this file 450 kB apart.
    let (requests, bytes) = header("coads_climatology.cdf");
    assert!(requests <= 1 + 12 && bytes <= 66_000, "{requests} requests, {bytes} bytes");
}

#[test]
fn a_consolidated_store_takes_its_metadata_and_coordinates() {
    for name in ["made/monthly_v2.zarr", "made/monthly_v3.zarr"] {
        let (requests, bytes) = header(name);
        assert!(requests <= 10 && bytes <= 100_000, "{name}: {requests} requests, {bytes} bytes");
    }
}

#[test]
fn remote_and_local_compare_equal() {
    let server = serve();
    for name in ["nemo_201501.nc", "coads_climatology.cdf", "made/monthly_v3.zarr"] {
        let path = local(name);
        inspect(&[&server.url(name), "--compare", &path]).ok();
        inspect(&[&path, "--compare", &server.url(name)]).ok();
    }
    let other = local("nemo_201502.nc");
    let differing = inspect(&[&server.url("nemo_201501.nc"), "--compare", &other]);
    assert_eq!(differing.status, Some(1));
}

#[test]
fn a_secret_in_the_address_is_in_no_output() {
    let server = serve();
    let url = format!("{}?sig=SECRET", server.url("air_temperature_small.nc"));
    for format in ["text", "json", "html", "tabular"] {
        let shown = inspect(&[&url, "--verbose", "--format", format]);
        assert!(!format!("{}{}", shown.ok(), shown.stderr).contains("SECRET"), "{}", shown.stdout);
    }
    let other = format!("{}?sig=SECRET", server.url("made/packed_1.nc"));
    let differing = inspect(&[&url, "--compare", &other]);
    assert_eq!(differing.status, Some(1));
    assert!(!differing.stdout.contains("SECRET") && !differing.stderr.contains("SECRET"), "{}", differing.stderr);
}
