//! Files that are broken, by design or byte by byte; and how fast whole ones are read.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{Held, features, files_below};
use crate::io::netcdf::hdf5::open;
use crate::model::{Region, Variable};

#[test]
fn files_made_to_break_readers_are_refused_or_read_in_time() {
    let Some(folder) = testkit::shared_data("") else { return };
    let mut slow = Vec::new();
    for path in files_below(&folder.join("malformed/cve_hdf5")) {
        let start = Instant::now();
        let told = match open(Held::read(&path)) {
            Err(e) => e.to_string(),
            Ok(dataset) => {
                let small = |v: &&Variable| v.array.len() < 1 << 20;
                let read = dataset.variables.iter().filter(small).map(|v| v.array.read_all());
                let failed = read.filter_map(|r| r.err().map(|e| e.to_string())).collect::<Vec<_>>();
                format!("{} variables, unread: {failed:?}", dataset.variables.len())
            }
        };
        eprintln!("{:?} {}: {told}", start.elapsed(), path.file_name().unwrap().display());
        if start.elapsed() > Duration::from_secs(1) {
            slow.push(path);
        }
    }
    assert!(slow.is_empty(), "slower than a second: {slow:?}");
}

#[test]
fn every_prefix_and_many_flipped_bytes_of_files_are_survived() {
    // Every so many bytes one is damaged; `PANGEO_FUZZ=1` damages all.
    let step = std::env::var("PANGEO_FUZZ").ok().and_then(|s| s.parse().ok());
    let try_all = |bytes: Vec<u8>, what: &str| {
        let start = Instant::now();
        if let Ok(dataset) = open(Held::of(bytes)) {
            for variable in dataset.variables.iter().filter(|v| v.array.len() < 1 << 16) {
                let _ = variable.array.read_all();
            }
        }
        assert!(start.elapsed() < Duration::from_secs(2), "{what} takes {:?}", start.elapsed());
    };
    for path in files_below(&features()) {
        let bytes = std::fs::read(&path).unwrap();
        let file = path.file_name().unwrap().display();
        for length in (0..bytes.len()).step_by(step.unwrap_or(2111) * 8) {
            try_all(bytes[..length].to_vec(), &format!("{length} bytes of {file}"));
        }
        for at in (0..bytes.len()).step_by(step.unwrap_or(401)) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            try_all(damaged, &format!("{file} damaged at {at}"));
        }
    }
}

/// Not a test of truth but of speed: `cargo test --release … -- --ignored --nocapture speed`, with
/// `PANGEO_BENCH=FILE:VARIABLE`.
#[test]
#[ignore = "measures speed"]
fn speed_of_reading_chunk_by_chunk() {
    let Ok(asked) = std::env::var("PANGEO_BENCH") else { return };
    let (file, name) = asked.split_once(':').unwrap();
    let source = Held::read(Path::new(file));
    let start = Instant::now();
    let dataset = open(source).unwrap();
    let opened = start.elapsed();
    let variable = dataset.variable(name).unwrap();
    let tiles = variable.array.tiles(&Region::whole(variable.shape()));
    // Nanoseconds that this thread has run: a busy machine does not count.
    let run = || std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse::<f64>().ok();
    for pass in 0..3 {
        let start = run().unwrap();
        let bytes: usize = tiles.iter().map(|t| variable.array.read(&t).unwrap().bytes()).sum();
        let rate = bytes as f64 * 1e3 / (run().unwrap() - start);
        eprintln!("opened in {opened:?}; pass {pass}: {} tiles, {} MB, {rate:.0} MB/s", tiles.len(), bytes / 1_000_000);
    }
}
