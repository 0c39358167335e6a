//! `--memory` bounds what a run holds, whatever the chunks and the threads.

use std::path::{Path, PathBuf};

use testkit::Command;

/// A program, its libraries, and what the allocator keeps for a moment.
const PROGRAM_MIB: f64 = 64.0;

/// A Zarr array of `steps` maps of 1 MiB, so many of them in a chunk; every chunk is the same file.
fn maps(folder: &Path, steps: usize, each: usize) -> PathBuf {
    let store = folder.join("maps.zarr");
    std::fs::create_dir_all(store.join("t")).unwrap();
    std::fs::write(store.join(".zgroup"), r#"{"zarr_format": 2}"#).unwrap();
    let array = format!(
        r#"{{"zarr_format": 2, "shape": [{steps}, 512, 512], "chunks": [{each}, 512, 512], "dtype": "<f4",
            "compressor": null, "fill_value": null, "order": "C", "filters": null}}"#
    );
    std::fs::write(store.join("t/.zarray"), array).unwrap();
    std::fs::write(store.join("t/.zattrs"), r#"{"_ARRAY_DIMENSIONS": ["time", "y", "x"]}"#).unwrap();
    let values: Vec<u8> = (0..each * 512 * 512).flat_map(|i| ((i % 977) as f32).to_le_bytes()).collect();
    let first = store.join("t/0.0.0");
    std::fs::write(&first, values).unwrap();
    for chunk in 1..steps / each {
        std::fs::hard_link(&first, store.join(format!("t/{chunk}.0.0"))).unwrap();
    }
    store
}

/// Run with `megabytes` of working memory; the output is removed.
#[track_caller]
fn stays_below(megabytes: f64, input: &Path, output: &Path, arguments: &[&str], threads: &str) {
    let budget = format!("{megabytes}M");
    let files = [&*input.to_string_lossy(), "-o", &output.to_string_lossy()].map(str::to_owned);
    let given = ["--quiet", "--compression", "none", "--memory", &budget, "--threads", threads].map(str::to_owned);
    let rest = arguments.iter().map(ToString::to_string);
    let command = Command::new("subset").arguments(files.into_iter().chain(given).chain(rest));
    // The allocator gives back what is free within milliseconds, on a busy machine within some more.
    let runs = [command.clone(), command].map(|command| {
        let said = command.run();
        said.ok();
        std::fs::remove_file(output).unwrap();
        said
    });
    let below = runs.iter().any(|said| said.peak_rss_mib <= megabytes + PROGRAM_MIB);
    assert!(below, "more than {megabytes} MiB and the program: {}", runs[1]);
}

const SERIES: &[&str] = &["--chunk", "time=96,y=64,x=64"];

#[test]
fn maps_become_series_within_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.nc");
    let (small, large) = (folder.path().join("small"), folder.path().join("large"));
    let small = maps(&small, 96, 1);
    let large = maps(&large, 96, 16);
    for threads in ["1", "8"] {
        stays_below(64.0, &small, &output, SERIES, threads);
        stays_below(64.0, &large, &output, SERIES, threads);
    }
}

#[test]
fn compressed_chunks_of_many_megabytes_are_decoded_within_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let (deflated, output) = (folder.path().join("in.nc"), folder.path().join("out.nc"));
    let store = maps(folder.path(), 96, 16);
    let files = [store.as_os_str(), "-o".as_ref(), deflated.as_os_str()];
    Command::new("subset").arguments(files).arguments(["--quiet", "--compression", "deflate:1"]).run().ok();
    for threads in ["1", "8"] {
        stays_below(64.0, &deflated, &output, SERIES, threads);
    }
}
