//! 250 MB are enough, whatever the input.
//!
//! Memory is what is looked at: the limits on time are for machines that have much else to do.

use std::path::Path;

use testkit::{Command, maps};

/// Nothing is said of memory: what the tool takes by itself is below the bound.
#[track_caller]
fn fits(folder: &Path, input: &str, output: &str, words: &str) {
    let given = [input, "-o", output, "--overwrite", "--quiet"].into_iter().chain(words.split(' '));
    let command = Command::new("to-zarr").arguments(given).folder(folder).limits(300.0, 250e6 / f64::from(1 << 20));
    command.run().ok();
}

#[test]
fn maps_become_series_and_more_within_it() {
    let folder = tempfile::tempdir().unwrap();
    maps(folder.path(), 384, 4);
    for words in [
        "--chunk time=384,y=32,x=32",
        "--chunk-size 8MB --optimise-for time --compression blosc:lz4:1",
        "--chunk time=8 --shard time=32 --compression blosc:lz4:1",
    ] {
        fits(folder.path(), "maps.zarr", "out.zarr", words);
    }
}

#[test]
fn shards_larger_than_it_are_written_within_it() {
    let folder = tempfile::tempdir().unwrap();
    maps(folder.path(), 384, 4);
    for output in ["out.zarr", "out.zarr.zip"] {
        fits(folder.path(), "maps.zarr", output, "--chunk time=4 --shard time=384 --compression blosc:lz4:1");
    }
    fits(folder.path(), "maps.zarr", "out.zarr", "--chunk time=96,y=16,x=16 --shard time=384,y=512,x=512");
}

#[test]
fn chunks_larger_than_it_are_read_within_it() {
    let folder = tempfile::tempdir().unwrap();
    // One chunk, as it is; with a shuffle and deflate; as Blosc has it.
    maps(folder.path(), 240, 240);
    fits(folder.path(), "maps.zarr", "out.zarr", "--chunk time=8 --compression blosc:lz4:1");
    let whole = |words: &str| {
        let given = ["maps.zarr", "-o"].into_iter().chain(words.split(' ')).chain(["--memory", "4G", "--quiet"]);
        Command::new("to-zarr").arguments(given).folder(folder.path()).limits(300.0, 4096.0).run().ok();
    };
    whole("v2.zarr --zarr-version 2 --chunk time=240 --compression deflate:1");
    fits(folder.path(), "v2.zarr", "out.zarr", "--chunk time=8 --compression blosc:lz4:1");
    whole("v3.zarr --chunk time=240 --compression blosc:lz4:1");
    fits(folder.path(), "v3.zarr", "out.zarr", "--chunk time=240,y=16,x=16 --compression blosc:lz4:1");
}
