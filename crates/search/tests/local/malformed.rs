//! Files that are broken are refused, within a second, by name.

use std::fs;
use std::path::Path;

use search::source::{Options, open};
use search::{Flow, Search};

/// What becomes of a file; never a panic.
fn read(path: &Path) -> pangeo::Result<u64> {
    let mut items = 0;
    let source = open(path.to_str().unwrap(), Options::default())?;
    source.search(&Search::default(), &mut |_| {
        items += 1;
        Ok(Flow::Continue(()))
    })?;
    Ok(items)
}

/// The next of a series of numbers that look random (Vigna 2015, splitmix64).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Writes broken copies of `bytes`: cut short, and with bits turned.
fn broken(bytes: &[u8], folder: &Path, name: &str, count: u64) {
    let mut state = 7;
    for at in 0..count {
        let mut copy = bytes.to_vec();
        if at % 4 == 0 {
            copy.truncate((next(&mut state) % bytes.len() as u64) as usize);
        } else {
            // The end of a parquet file says where everything is: half of the bits are turned there.
            let begin = if at % 2 == 0 { bytes.len().saturating_sub(4000) } else { 0 };
            for _ in 0..=at % 3 {
                let place = begin + (next(&mut state) % (bytes.len() - begin) as u64) as usize;
                copy[place] ^= 1 << (next(&mut state) % 8);
            }
        }
        fs::write(folder.join(format!("{name}_{at}")), copy).unwrap();
    }
}

#[test]
fn broken_json_is_refused() {
    let lines = fs::read_to_string(testkit::fixture("stac/items.ndjson")).unwrap();
    let some: Vec<&str> = lines.lines().take(6).collect();
    let collection = format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", some.join(","));
    let folder = tempfile::tempdir().unwrap();
    broken(collection.as_bytes(), folder.path(), "collection", 300);
    broken(some.join("\n").as_bytes(), folder.path(), "lines", 300);
    testkit::for_each_malformed(folder.path(), |path| {
        if let Err(error) = read(path) {
            assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
        }
    });
}

#[test]
fn broken_parquet_is_refused() {
    let bytes = fs::read(testkit::fixture("stac/items.parquet")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    broken(&bytes, folder.path(), "items", 400);
    let mut refused = 0;
    testkit::for_each_malformed(folder.path(), |path| {
        if let Err(error) = read(path) {
            assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
            refused += 1;
        }
    });
    assert!(refused > 100, "{refused}");
}
