//! `--memory` bounds what a run holds, whatever the statistic, the chunks and the threads.

use std::path::{Path, PathBuf};

use serde_json::json;
use testkit::{Command, Store};

/// A program and its libraries.
const PROGRAM_MIB: f64 = 64.0;
/// What each thread's allocator keeps of what it decoded.
const THREAD_MIB: f64 = 8.0;

/// 400 maps of 128 by 128 numbers in double precision, 50 MiB of them in one chunk.
fn maps(folder: &Path) -> PathBuf {
    let values: Vec<f64> = (0..400 * 128 * 128).map(|i| f64::from((i * 7919) % 9973)).collect();
    let times: Vec<f64> = (0..400).map(f64::from).collect();
    let store = Store::new(folder, "one.zarr", json!({}))
        .array("time", &["time"], &[400], &times, json!({"units": "days since 2000-01-01"}))
        .array("v", &["time", "y", "x"], &[400, 128, 128], &values, json!({}))
        .path();
    let chunked = folder.join("maps.zarr");
    let given = [store.as_os_str(), "-o".as_ref(), chunked.as_os_str()];
    Command::new("subset").arguments(given).arguments(["--chunk", "time=1,y=128,x=128", "--format", "zarr"]).run().ok();
    chunked
}

#[test]
fn every_statistic_stays_within_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (maps(folder.path()), folder.path().join("out.nc"));
    for arguments in [
        &["--over", "time", "--stat", "median,p10,p90"][..],
        &["--climatology", "day", "--stat", "mean,std"],
        &["--climatology", "month", "--anomaly"],
        &["--rolling", "60", "--stat", "mean"],
        &["--rolling", "40", "--stat", "p90"],
    ] {
        for (threads, count) in [("1", 1.0), ("7", 7.0)] {
            let files = [input.as_os_str(), "-o".as_ref(), output.as_os_str()];
            let how = ["--quiet", "--compression", "none", "--memory", "16M", "--threads", threads];
            let said = Command::new("aggregate").arguments(files).arguments(how).arguments(arguments).run();
            said.ok();
            let most = 16.0 + PROGRAM_MIB + THREAD_MIB * count;
            assert!(said.peak_rss_mib <= most, "more than 16 MiB and the program: {said}");
        }
    }
}
