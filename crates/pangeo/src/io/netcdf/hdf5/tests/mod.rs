//! The reader's tests: against netCDF-C (`oracle`), against damage (`damage`), and by hand.

mod damage;
mod oracle;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use super::open;
use crate::io::ByteSource;
use crate::model::{Buffer, ByteOrder, Compression, Dataset, Region, StoredChunk};
use crate::{Error, Result};

/// A file held in memory that counts its requests.
#[derive(Debug)]
struct Held {
    name: String,
    bytes: Bytes,
    requests: AtomicUsize,
}

impl Held {
    fn read(path: &Path) -> Arc<Self> {
        let bytes = std::fs::read(path).unwrap().into();
        Arc::new(Self { name: path.display().to_string(), bytes, requests: AtomicUsize::new(0) })
    }

    fn of(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { name: "test.nc".into(), bytes: bytes.into(), requests: AtomicUsize::new(0) })
    }
}

impl ByteSource for Held {
    fn name(&self) -> &str {
        &self.name
    }

    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read(&self, range: Range<u64>) -> Result<Bytes> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if range.start > range.end || range.end > self.len() {
            return Err(Error::malformed(&self.name, "file is cut short"));
        }
        Ok(self.bytes.slice(range.start as usize..range.end as usize))
    }
}

/// The folder of small files, a feature of HDF5 a variable.
fn features() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/hdf5_features")
}

fn feature(file: &str) -> Dataset {
    open(Held::read(&features().join(file))).unwrap()
}

#[test]
fn what_netcdf_c_does_not_read_here_is_read_all_the_same() {
    for file in ["indexes_earliest.h5", "indexes_latest.h5"] {
        let dataset = feature(file);
        let read = |name: &str| dataset.require(name).unwrap().array.read_all().unwrap().into_data();
        assert_eq!(read("lzf"), Buffer::I32((0..1200).map(|i| i % 5).collect()));
        assert_eq!(read("fixed_texts"), Buffer::String(vec!["one".into(), "three".into()]));
        assert_eq!(read("truth"), Buffer::I8(vec![1, 0]));
        let names = dataset.require("truth").unwrap().encoding.enumeration.clone().unwrap().names;
        assert_eq!(names, ["FALSE", "TRUE"]);
        let half = dataset.require("half").unwrap();
        let refused = half.array.read_all().unwrap_err().to_string();
        assert!(refused.contains("float of 2 bytes") && refused.contains("'half'"), "{refused}");
    }
}

#[test]
fn bitshuffled_and_lz4_chunks_hold_the_same_values_whatever_the_block() {
    let Some(folder) = testkit::shared_data("") else { return };
    for file in ["bitshuffle_datasets.hdf5", "lz4_datasets.hdf5"] {
        let dataset = open(Held::read(&folder.join("hdf5/jhdf").join(file))).unwrap();
        assert!(dataset.variables.len() >= 20);
        for variable in &dataset.variables {
            let values = variable.array.read_all().unwrap().data().to_f64().unwrap();
            let expected: Vec<f64> = (0..values.len()).map(|i| i as f64).collect();
            assert_eq!(values, expected, "{}", variable.name);
        }
    }
}

#[test]
fn dangling_links_cycles_and_foreign_values_hide_nothing_else() {
    let dataset = feature("refused.h5");
    let names: Vec<&str> = dataset.variables.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["external", "values", "virtual"]);
    assert_eq!(dataset.require("values").unwrap().array.read_all().unwrap().data(), &Buffer::I16(vec![0, 1, 2]));
    for (name, why) in [("external", "external files"), ("virtual", "virtual dataset")] {
        let error = dataset.require(name).unwrap().array.read_all().unwrap_err().to_string();
        assert!(error.contains(why) && error.contains(name), "{error}");
    }
}

#[test]
fn encodings_are_told() {
    let dataset = feature("filters.nc");
    let encoding = |name: &str| &dataset.require(name).unwrap().encoding;
    let checked = encoding("zlib_checked");
    assert_eq!(checked.chunk_shape, Some(vec![3, 4, 13]));
    assert_eq!(checked.compression, Some(Compression::Deflate { level: 6 }));
    assert!(checked.shuffle && checked.checksum);
    assert_eq!(encoding("blosc_zlib").compression, Some(Compression::Blosc { codec: "zlib".into(), level: 4 }));
    assert_eq!(encoding("i2_big").byte_order, ByteOrder::Big);
    assert_eq!(encoding("contiguous_big").chunk_shape, None);
    let shapes = feature("shapes.nc");
    let declared = shapes.require("short_declared").unwrap();
    assert_eq!(declared.encoding.fill_value, Some(Buffer::I16(vec![-5])));
    let sky = shapes.require("sky").unwrap().encoding.enumeration.clone().unwrap();
    assert_eq!((sky.name.as_str(), sky.values), ("cloud", Buffer::U8(vec![0, 3])));
}

#[test]
fn stored_chunks_are_handed_out_only_where_they_are_the_values() {
    let dataset = feature("filters.nc");
    let array = &dataset.require("zlib_checked").unwrap().array;
    let region = Region::new(vec![6..7, 8..11, 0..13]);
    let chunk = array.stored_chunk(&region, None).unwrap().unwrap();
    let wanted = "hdf5 <f4 (3,4,13) fletcher32 shuffle deflate";
    assert!(StoredChunk::fits(&chunk.format, wanted) && chunk.format.starts_with(&format!("{wanted}:")));
    assert!(!chunk.bytes.is_empty() && chunk.filter_mask == 0);
    assert!(array.stored_chunk(&Region::new(vec![6..7, 8..10, 0..13]), None).unwrap().is_none());
    let blosc = &dataset.require("blosc_lz4").unwrap().array;
    assert!(blosc.stored_chunk(&region, None).unwrap().is_none());
    let shapes = feature("shapes.nc");
    // Holes have no bytes; a chunk cut by the dataset's own end has others than the variable's.
    let holes = &shapes.require("holes").unwrap().array;
    assert!(holes.stored_chunk(&Region::new(vec![2..4, 0..2]), None).unwrap().is_none());
    let short = &shapes.require("short_default").unwrap().array;
    let whole = Region::new(vec![0..1, 0..5]);
    assert_eq!(short.stored_chunk(&whole, None).unwrap().is_some(), short.chunk_starts(0).get(1) == Some(1));
}

#[test]
fn user_blocks_are_looked_behind() {
    let source = Held::read(&features().join("indexes_latest.h5"));
    assert!(!super::sniff(&source.bytes) && super::sniff_source(source.as_ref()));
}

/// All files below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files.sort();
    files
}

#[test]
fn opening_takes_few_requests() {
    let Some(folder) = testkit::shared_data("") else { return };
    for path in files_below(&folder.join("netcdf/xclim-testdata")) {
        let source = Held::read(&path);
        if super::sniff(&source.bytes) {
            open(source.clone()).unwrap();
            let requests = source.requests.load(Ordering::Relaxed);
            assert!(requests <= 8, "{requests} requests to open {}", path.display());
        }
    }
}
