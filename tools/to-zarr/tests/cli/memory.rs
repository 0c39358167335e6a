//! 250 MB are enough, whatever the input.

use std::path::Path;

use testkit::Command;

/// A Zarr array of `steps` maps of 1 MiB, so many of them in a chunk; every chunk is the same file.
fn maps(folder: &Path, steps: usize, each: usize) {
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
}

/// Nothing is said of memory: what the tool takes by itself is below the bound.
#[test]
fn maps_become_series_and_more_within_it() {
    let folder = tempfile::tempdir().unwrap();
    maps(folder.path(), 384, 4);
    for words in [
        "--chunk time=384,y=32,x=32",
        "--chunk-size 8MB --optimise-for time --compression blosc:lz4:1",
        "--chunk time=8 --shard time=32 --compression blosc:lz4:1",
    ] {
        let given = ["maps.zarr", "-o", "out.zarr", "--overwrite", "--quiet"].into_iter().chain(words.split(' '));
        let said = Command::new("to-zarr")
            .arguments(given)
            .folder(folder.path())
            .limits(60.0, 250e6 / f64::from(1 << 20))
            .run();
        said.ok();
    }
}
