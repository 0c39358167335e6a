//! `--memory` bounds what a run holds, whatever the chunks and the threads.

use std::path::Path;

use testkit::{Command, maps};

/// A program, its libraries, and what the allocator keeps for a moment.
const PROGRAM_MIB: f64 = 64.0;

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
