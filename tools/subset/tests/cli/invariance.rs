//! Results do not depend on threads, memory or the chunks of the input.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use testkit::{fixture, run};

const INPUTS: [&str; 3] = ["air_temperature_small.nc", "made/monthly_bounds.nc", "made/cams_like.nc"];

/// `subset INPUT -o FOLDER/NAME` with these arguments.
fn made(folder: &Path, name: &str, input: &Path, arguments: &[&str]) -> PathBuf {
    let output = folder.join(name);
    let given =
        [&*input.to_string_lossy(), "-o", &output.to_string_lossy(), "--no-history", "--overwrite"].map(str::to_owned);
    run("subset", &[&given[..], &arguments.iter().map(ToString::to_string).collect::<Vec<_>>()].concat()).ok();
    output
}

/// All bytes of a file, or of each file of a folder.
fn bytes(path: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    if path.is_file() {
        return [(PathBuf::new(), std::fs::read(path).unwrap())].into();
    }
    let entries = std::fs::read_dir(path).unwrap().flatten().map(|e| e.path());
    let below = entries.flat_map(|p| {
        let name = PathBuf::from(p.file_name().unwrap());
        bytes(&p).into_iter().map(move |(rest, content)| (name.join(rest), content))
    });
    below.collect()
}

fn same_content(a: &Path, b: &Path) {
    run("inspect", &[&*a.to_string_lossy(), "--compare", &b.to_string_lossy()]).ok();
}

#[test]
fn threads_and_memory_change_no_bit() {
    let folder = tempfile::tempdir().unwrap();
    for input in INPUTS {
        for format in ["netcdf3", "cdf5", "zarr", "zarr2", "zarr.zip", "netcdf4"] {
            let arguments = |threads, memory| ["--format", format, "--threads", threads, "--memory", memory];
            let one = made(folder.path(), "one", &fixture(input), &arguments("1", "1G"));
            let first = bytes(&one);
            for (threads, memory) in [("2", "1G"), ("4", "16M")] {
                let other = made(folder.path(), "other", &fixture(input), &arguments(threads, memory));
                if format == "netcdf4" {
                    same_content(&one, &other);
                } else {
                    assert!(first == bytes(&other), "{input} as {format} with {threads} threads in {memory}");
                }
                clear(&other);
            }
            clear(&one);
        }
    }
}

fn clear(path: &Path) {
    if path.is_dir() { std::fs::remove_dir_all(path).unwrap() } else { std::fs::remove_file(path).unwrap() }
}

#[test]
fn the_chunks_of_the_input_change_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let chunks = ["time=1,lat=1,lon=1", "time=7,lat=5,lon=3", "time=100", "lon=2"];
    let selections: [&[&str]; 4] = [
        &[],
        &["--bbox=-140,20,-70,60", "--longitude", "180"],
        &["--where", "air > 280 or lat < 30"],
        &["--isel", "time=1::3", "--isel", "lat=2:20", "--units", "air=degF"],
    ];
    let input = fixture("air_temperature_small.nc");
    for chunk in chunks {
        for format in ["netcdf4", "zarr"] {
            let chunked = made(folder.path(), "chunked", &input, &["--format", format, "--chunk", chunk]);
            for selection in selections {
                let plain = made(folder.path(), "plain.nc", &input, selection);
                let other = made(folder.path(), "other.nc", &chunked, selection);
                same_content(&plain, &other);
            }
            clear(&chunked);
        }
    }
}

#[test]
fn any_way_through_the_formats_ends_with_the_same_content() {
    let folder = tempfile::tempdir().unwrap();
    for input in ["air_temperature_small.nc", "made/monthly_bounds.nc", "made/types_cdf5.nc", "made/packed_1.nc"] {
        let mut last = fixture(input);
        for (step, format) in ["zarr", "cdf5", "zarr2", "netcdf4", "zarr.zip", "netcdf4"].iter().enumerate() {
            last = made(folder.path(), &format!("step{step}"), &last, &["--format", format]);
        }
        same_content(&fixture(input), &last);
        for step in 0..6 {
            clear(&folder.path().join(format!("step{step}")));
        }
    }
}
