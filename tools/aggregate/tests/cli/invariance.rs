//! Results do not depend on threads, memory, the format or the chunks of the input.

use std::path::{Path, PathBuf};

use testkit::{fixture, run};

/// What is done to each input; its last variable has dimensions named as its case says.
fn requests(zones: &str) -> Vec<Vec<&str>> {
    vec![
        vec!["--over", "time", "--stat", "mean,std,median,p90,first,argmax"],
        vec!["--over", "area", "--stat", "mean,std,sum,median"],
        vec!["--over", "latitude"],
        vec!["--over", "time,area", "--stat", "mean,std,p10"],
        vec!["--every", "day", "--stat", "mean,var,p90,argmin"],
        vec!["--climatology", "hour", "--stat", "mean,std"],
        vec!["--climatology", "hour", "--anomaly", "standardized"],
        vec!["--rolling", "7", "--stat", "mean,std,median"],
        vec!["--zones", zones],
    ]
}

/// `TOOL INPUT -o FOLDER/NAME` with these arguments.
fn made(tool: &str, folder: &Path, name: &str, input: &Path, arguments: &[&str]) -> PathBuf {
    let output = folder.join(name);
    let (input, path) = (input.to_string_lossy(), output.to_string_lossy());
    run(tool, &[&[&*input, "-o", &path, "--no-history", "--overwrite"], arguments].concat()).ok();
    output
}

/// A triangle over North America, which cuts cells.
fn zones(folder: &Path) -> String {
    let path = folder.join("zones.geojson");
    let text = r#"{"type": "Polygon", "coordinates": [[[-120, 20], [-60, 30], [-100, 70], [-120, 20]]]}"#;
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn same_content(a: &Path, b: &Path) {
    run("inspect", &[&*a.to_string_lossy(), "--compare", &b.to_string_lossy()]).ok();
}

#[test]
fn threads_and_memory_change_no_bit() {
    let folder = tempfile::tempdir().unwrap();
    let zones = zones(folder.path());
    let input = fixture("air_temperature_small.nc");
    for request in requests(&zones) {
        let bytes = |threads, memory| {
            let how = ["--format", "cdf5", "--threads", threads, "--memory", memory];
            let output = made("aggregate", folder.path(), "out.nc", &input, &[&request[..], &how].concat());
            std::fs::read(output).unwrap()
        };
        let one = bytes("1", "1G");
        for (threads, memory) in [("2", "1G"), ("7", "1G"), ("1", "1M"), ("3", "2M")] {
            assert!(one == bytes(threads, memory), "{request:?} with {threads} threads in {memory}");
        }
    }
}

#[test]
fn the_chunks_and_the_format_of_the_input_change_no_bit() {
    let folder = tempfile::tempdir().unwrap();
    let zones = zones(folder.path());
    let input = fixture("air_temperature_small.nc");
    let requests = requests(&zones);
    let plain: Vec<PathBuf> = requests
        .iter()
        .enumerate()
        .map(|(i, request)| made("aggregate", folder.path(), &format!("plain{i}.nc"), &input, request))
        .collect();
    for (format, chunks) in [
        ("netcdf4", "time=1"),
        ("netcdf4", "time=20,lat=1,lon=1"),
        ("netcdf4", "time=7,lat=5,lon=3"),
        ("zarr", "time=3,lat=25,lon=10"),
        ("zarr2", "time=1000,lat=2,lon=53"),
        ("zarr.zip", "lon=2"),
    ] {
        let how = ["--format", format, "--chunk", chunks];
        let other = made("subset", folder.path(), &format!("in.{format}.{chunks}"), &input, &how);
        for (request, plain) in requests.iter().zip(&plain) {
            same_content(plain, &made("aggregate", folder.path(), "out.nc", &other, request));
        }
    }
    let classic = made("subset", folder.path(), "classic.nc", &input, &["--format", "netcdf3"]);
    for (request, plain) in requests.iter().zip(&plain) {
        same_content(plain, &made("aggregate", folder.path(), "out.nc", &classic, request));
    }
}

#[test]
fn netcdf_and_zarr_outputs_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("made/monthly_bounds.nc");
    for request in [["--every", "year"], ["--climatology", "season"], ["--over", "time,area"]] {
        let netcdf = made("aggregate", folder.path(), "out.nc", &input, &request);
        for format in ["netcdf4-classic", "cdf5", "zarr", "zarr2", "zarr.zip"] {
            let how = [&request[..], &["--format", format]].concat();
            same_content(&netcdf, &made("aggregate", folder.path(), &format!("out.{format}"), &input, &how));
        }
    }
}

#[test]
fn sharded_and_plain_stores_give_the_same() {
    for request in [&["--every", "season"][..], &["--over", "latitude"], &["--over", "time", "--stat", "p90"]] {
        let [v2, v3] = ["v2", "v3"].map(|v| super::aggregate(&format!("made/monthly_{v}.zarr"), request).values("tas"));
        assert!(!v2.is_empty() && v2 == v3, "{request:?}");
    }
}

#[test]
fn tables_hold_what_the_files_hold() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("made/monthly_bounds.nc");
    let request = ["--over", "area", "--stat", "mean,max"];
    let table = made("aggregate", folder.path(), "out.csv", &input, &request);
    let text = std::fs::read_to_string(table).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("time,height,lat,lon,tas_mean,tas_max"));
    assert_eq!(lines.next(), Some("1990-01-16T12:00:00,2,0,165,277.9057777214462,305.5"));
    assert_eq!(lines.count(), 23);
    let tabular =
        made("aggregate", folder.path(), "out.tabular", &input, &[&request[..], &["--format", "tabular"]].concat());
    assert_eq!(std::fs::read_to_string(tabular).unwrap(), text.replace(',', "\t"));
}
