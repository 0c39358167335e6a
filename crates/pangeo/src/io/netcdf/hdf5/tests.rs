//! The reader against netCDF-C, over all real files, and over files made to break readers.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::open;
use crate::io::ByteSource;
use crate::model::{AttributeValue, Attributes, Buffer, ByteOrder, Compression, DataType, Dataset, Region, Variable};
use crate::{Error, Result};

/// What netCDF-C reports; made by `tests/oracles/hdf5_values.py`.
const ORACLE: &str = include_str!("../../../../tests/oracles/hdf5_values.tsv");

/// Attributes that netCDF-C leaves out because it does not find the type of an enumeration; here they
/// are its integers.
const OURS_ALONE: [(&str, &str); 4] = [
    ("hdf5/jhdf/issue255_example.hdf5", "groupA/date"),
    ("hdf5/jhdf/issue255_example.hdf5", "groupB/"),
    ("indexes_earliest.h5", "/"),
    ("indexes_latest.h5", "/"),
];

/// A file held in memory that counts its requests.
#[derive(Debug)]
pub(super) struct Held {
    name: String,
    bytes: Bytes,
    pub(super) requests: AtomicUsize,
}

impl Held {
    pub(super) fn read(path: &Path) -> Arc<Self> {
        let bytes = std::fs::read(path).unwrap().into();
        Arc::new(Self { name: path.display().to_string(), bytes, requests: AtomicUsize::new(0) })
    }

    pub(super) fn of(bytes: Vec<u8>) -> Arc<Self> {
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

/// The folder of real files; `None`, said loudly, where it is absent.
fn shared_data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("PANGEO_DATA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED (no shared data): {}", folder.display());
    None
}

/// The bytes of values as the oracle takes them, least significant first.
fn little(buffer: &Buffer) -> Vec<u8> {
    macro_rules! bytes {
        ($v:ident) => {
            $v.iter().flat_map(|x| x.to_le_bytes()).collect()
        };
    }
    match buffer {
        Buffer::Char(v) => v.clone(),
        Buffer::String(v) => v.iter().flat_map(|s| s.bytes().chain([0])).collect(),
        other => crate::with_numbers!(other, v => bytes!(v), Vec::new()),
    }
}

fn attributes(attributes: &Attributes) -> String {
    let mut crc = crc32fast::Hasher::new();
    for (name, value) in attributes.iter() {
        let (kind, data) = match value {
            AttributeValue::Text(text) => ("char", text.clone().into_bytes()),
            AttributeValue::Bytes(bytes) => ("char", bytes.clone()),
            AttributeValue::Strings(texts) => ("string", little(&Buffer::String(texts.clone()))),
            AttributeValue::Numbers(numbers) => (numbers.data_type().name().to_owned().leak() as &str, little(numbers)),
            AttributeValue::Json(_) => ("json", Vec::new()),
        };
        for part in [name.as_bytes(), b"\0", kind.as_bytes(), b"\0", &data, b"\n"] {
            crc.update(part);
        }
    }
    format!("{:08x}", crc.finalize())
}

/// All values read chunk by chunk, as the engine does.
fn values(variable: &Variable) -> Result<Buffer> {
    let whole = Region::whole(variable.shape());
    let mut block = variable.array.read(&Region::new(vec![0..0; variable.shape().len()]))?;
    if !variable.shape().is_empty() {
        block = crate::model::Block::zeros(variable.data_type(), variable.shape().to_vec()).unwrap();
        for tile in variable.array.tiles(&whole).iter() {
            let piece = variable.array.read(&tile)?;
            block.paste(&tile.start(), &piece, &Region::whole(piece.shape())).unwrap();
        }
    }
    let at_once = variable.array.read(&whole)?;
    if variable.shape().is_empty() {
        block = at_once.clone();
    }
    assert_eq!(little(at_once.data()), little(block.data()), "tiles differ from the whole: {}", variable.name);
    Ok(block.into_data())
}

/// A line of the oracle for a variable.
fn variable_line(dataset: &Dataset, variable: &Variable) -> [String; 5] {
    let (kind, crc) = match variable.data_type() {
        DataType::Opaque(_) => ("opaque".to_owned(), "-".to_owned()),
        other => match values(variable) {
            Ok(buffer) => (other.name().to_owned(), format!("{:08x}", crc32fast::hash(&little(&buffer)))),
            Err(e) => (other.name().to_owned(), format!("{e}")),
        },
    };
    let dims: Vec<String> = variable.dimensions.iter().zip(variable.shape()).map(|(d, n)| format!("{d}={n}")).collect();
    let known = variable.dimensions.iter().zip(variable.shape());
    assert!(known.clone().all(|(d, &n)| dataset.dimension(d).is_some_and(|d| d.length == n)), "{}", variable.name);
    [variable.name.clone(), kind, dims.join(","), attributes(&variable.attributes), crc]
}

/// The lines of a file, groups before their variables.
fn lines(dataset: &Dataset) -> Vec<[String; 5]> {
    let mut lines = Vec::new();
    let root = [(String::new(), dataset.attributes.clone())];
    let inside = |name: &str, path: &str| {
        let rest = if path.is_empty() { Some(name) } else { name.strip_prefix(path).and_then(|r| r.strip_prefix('/')) };
        rest.is_some_and(|r| !r.contains('/'))
    };
    for (path, attrs) in root.iter().chain(&dataset.groups) {
        let dims = dataset.dimensions.iter().filter(|d| inside(&d.name, path));
        let dims: Vec<String> =
            dims.map(|d| format!("{}={}{}", d.name, d.length, if d.unlimited { "*" } else { "" })).collect();
        lines.push([format!("{path}/"), "group".into(), dims.join(","), attributes(attrs), "-".into()]);
        for variable in dataset.variables.iter().filter(|v| inside(&v.name, path)) {
            lines.push(variable_line(dataset, variable));
        }
    }
    lines
}

/// Compare files below `folder` with an oracle.
fn compare(folder: &Path, oracle: &str) {
    let mut files: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for line in oracle.lines() {
        let mut columns = line.split('\t');
        files.entry(columns.next().unwrap()).or_default().push(columns.collect());
    }
    let (mut differences, mut more, mut same) = (Vec::new(), 0, 0);
    for (file, expected) in files {
        let found = match open(Held::read(&folder.join(file))) {
            Ok(dataset) => lines(&dataset),
            Err(e) => {
                differences.push(format!("{file}: {e}"));
                continue;
            }
        };
        // Types that netCDF-C has no name for are ours alone; the rest must come in its order.
        let mut ours = found.iter();
        for theirs in &expected {
            match ours.find(|o| o[0] == theirs[0]).map(|our| difference(file, our, theirs)) {
                None => differences.push(format!("{file}: '{}' is missing or out of order", theirs[0])),
                Some(d) if d.is_empty() => same += 1,
                Some(d) => differences.push(format!("{file}: '{}': ours and netCDF-C's: {d:?}", theirs[0])),
            }
        }
        more += found.len().saturating_sub(expected.len());
    }
    eprintln!("{same} groups and variables are the same; {more} more that netCDF-C does not list");
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// The columns in which a line of ours differs from the oracle's.
fn difference(file: &str, ours: &[String; 5], theirs: &[&str]) -> Vec<(String, String)> {
    let unread = theirs[1] == "?";
    let more = OURS_ALONE.contains(&(file, theirs[0]));
    let differs = |c: &usize| ours[*c] != theirs[*c] && !(unread && (*c == 1 || *c == 4)) && !(more && *c == 3);
    (1..5).filter(differs).map(|c| (ours[c].clone(), theirs[c].to_owned())).collect()
}

#[test]
fn every_real_file_reads_as_netcdf_c_reads_it() {
    if let Some(folder) = shared_data() {
        compare(&folder, ORACLE);
    }
}

#[test]
fn every_feature_of_storage_reads_as_netcdf_c_reads_it() {
    compare(&features(), include_str!("../../../../tests/oracles/hdf5_features.tsv"));
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
    let Some(folder) = shared_data() else { return };
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
    let chunk = array.stored_chunk(&region).unwrap().unwrap();
    assert_eq!(&*chunk.format, "hdf5 <f4 (3,4,13) fletcher32 shuffle deflate");
    assert!(!chunk.bytes.is_empty() && chunk.filter_mask == 0);
    assert!(array.stored_chunk(&Region::new(vec![6..7, 8..10, 0..13])).unwrap().is_none());
    let blosc = &dataset.require("blosc_lz4").unwrap().array;
    assert!(blosc.stored_chunk(&region).unwrap().is_none());
    let shapes = feature("shapes.nc");
    // Holes have no bytes; a chunk cut by the dataset's own end has others than the variable's.
    let holes = &shapes.require("holes").unwrap().array;
    assert!(holes.stored_chunk(&Region::new(vec![2..4, 0..2])).unwrap().is_none());
    let short = &shapes.require("short_default").unwrap().array;
    let whole = Region::new(vec![0..1, 0..5]);
    assert_eq!(short.stored_chunk(&whole).unwrap().is_some(), short.chunk_starts(0).get(1) == Some(&1));
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
fn files_made_to_break_readers_are_refused_or_read_in_time() {
    let Some(folder) = shared_data() else { return };
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
fn opening_takes_few_requests() {
    let Some(folder) = shared_data() else { return };
    for path in files_below(&folder.join("netcdf/xclim-testdata")) {
        let source = Held::read(&path);
        if super::sniff(&source.bytes) {
            open(source.clone()).unwrap();
            let requests = source.requests.load(Ordering::Relaxed);
            assert!(requests <= 8, "{requests} requests to open {}", path.display());
        }
    }
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
