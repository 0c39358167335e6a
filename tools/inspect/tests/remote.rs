//! Headers of remote datasets: few requests, few bytes, no secrets.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use testkit::http::Server;

/// The folder `test-data` of the repository.
fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-data")
}

/// Runs `inspect`; no settings of this machine's reach it.
fn inspect(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inspect"));
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command.args(arguments).output().expect("inspect runs")
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

/// The header of `name`, remote and local: the same but for the name. Requests and bytes that it took.
fn header(name: &str) -> (usize, u64) {
    let server = Server::folder(data());
    let (url, path) = (server.url(name), data().join(name).display().to_string());
    let remote = text(&inspect(&[&url, "--format", "json"]));
    let local = text(&inspect(&[&path, "--format", "json"]));
    assert_eq!(remote.replace(&url, "INPUT"), local.replace(&path, "INPUT"), "{name}");
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
    let server = Server::folder(data());
    for name in ["nemo_201501.nc", "coads_climatology.cdf", "made/monthly_v3.zarr"] {
        let path = data().join(name).display().to_string();
        text(&inspect(&[&server.url(name), "--compare", &path]));
        text(&inspect(&[&path, "--compare", &server.url(name)]));
    }
    let other = data().join("nemo_201502.nc").display().to_string();
    let differing = inspect(&[&server.url("nemo_201501.nc"), "--compare", &other]);
    assert_eq!(differing.status.code(), Some(1));
}

#[test]
fn a_secret_in_the_address_is_in_no_output() {
    let server = Server::folder(data());
    let url = format!("{}?sig=SECRET", server.url("air_temperature_small.nc"));
    for format in ["text", "json", "html", "tabular"] {
        let shown = text(&inspect(&[&url, "--verbose", "--format", format]));
        assert!(!shown.contains("SECRET"), "{shown}");
    }
    let other = format!("{}?sig=SECRET", server.url("made/packed_1.nc"));
    let differing = inspect(&[&url, "--compare", &other]);
    assert_eq!(differing.status.code(), Some(1));
    let said = [differing.stdout, differing.stderr].concat();
    assert!(!String::from_utf8_lossy(&said).contains("SECRET"));
}
