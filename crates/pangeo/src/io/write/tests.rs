use std::collections::BTreeMap;
use std::path::PathBuf;

use super::part::rounded;
use super::*;
use crate::io::zarr::crc32c;
use crate::model::array::Memory;
use crate::model::{Attributes, Block, Buffer, Dimension, Encoding, Origin, Region, Variable};

/// 40 × 30 × 20 values, those of the second quarter of the steps missing, in chunks of 5 × 10 × 10 in shards of
/// 20 × 20 × 20; read in chunks of `input`.
fn sharded(steps: usize) -> Dataset {
    let shape = [steps, 30, 20];
    let value = |i: usize| if (10..20).contains(&(i / 600)) { f32::NAN } else { (i % 7919) as f32 };
    let block = Block::new(shape.to_vec(), Buffer::F32((0..steps * 600).map(value).collect())).unwrap();
    let dimensions = ["time", "lat", "lon"].map(str::to_owned).to_vec();
    let named = dimensions.iter().zip(shape);
    let encoding =
        Encoding { chunk_shape: Some(vec![5, 10, 10]), shard_shape: Some(vec![20, 20, 20]), ..Encoding::default() };
    Dataset {
        source: "made".to_owned(),
        origin: Origin::Zarr(3),
        dimensions: named.map(|(n, length)| Dimension { name: n.clone(), length, unlimited: false }).collect(),
        variables: vec![Variable {
            name: "t".to_owned(),
            dimensions: dimensions.clone(),
            attributes: Attributes::new(),
            encoding,
            array: Memory::array(block),
        }],
        ..Dataset::default()
    }
}

fn target(format: Format) -> Target {
    let chunks = [("time", 5), ("lat", 10), ("lon", 10)].map(|(n, c)| (n.to_owned(), c)).into();
    let shards = [("time", 20), ("lat", 20), ("lon", 20)].map(|(n, c)| (n.to_owned(), c)).into();
    Target { format, layout: Layout { chunks, shards, ..Layout::default() }, overwrite: false, receipts: true }
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files(&path)),
            path => drop(found.insert(path.clone(), std::fs::read(&path).unwrap())),
        }
    }
    found
}

#[test]
fn shards_are_the_same_to_the_byte_whatever_the_budget_and_the_threads() {
    let mut seen = Vec::new();
    for (threads, memory) in [(1, 1 << 30), (1, 1000), (3, 30_000), (2, 100_000)] {
        let (folder, engine) = (tempfile::tempdir().unwrap(), Engine::new(threads, memory));
        let dataset = sharded(40);
        let (zip, store) = (folder.path().join("a.zarr.zip"), folder.path().join("a.zarr"));
        write(&dataset, &zip, &target(Format::ZarrZip), &engine).unwrap();
        let mut report = write(&dataset, &store, &target(Format::Zarr3), &engine).unwrap();
        assert_eq!(report.encoded, 4, "shards are what is counted");
        let objects = files(&store);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "scratch files are left");
        for receipt in &report.receipts {
            let bytes = &objects[&store.join(&receipt.key)];
            assert_eq!((receipt.bytes, receipt.crc32c), (bytes.len() as u64, crc32c(bytes)), "{}", receipt.key);
        }
        report.receipts.sort_by(|a, b| a.key.cmp(&b.key));
        let back = crate::io::open::open(store.to_str().unwrap()).unwrap();
        let same = format!("{:?}", back.require("t").unwrap().array.read_all().unwrap());
        assert_eq!(same, format!("{:?}", dataset.variables[0].array.read_all().unwrap()));
        seen.push((std::fs::read(&zip).unwrap(), objects.into_values().collect::<Vec<_>>(), report.receipts));
    }
    assert!(seen.iter().all(|run| *run == seen[0]));
}

#[test]
fn a_store_of_shards_grows_in_a_small_budget() {
    let mut seen = Vec::new();
    for memory in [1 << 30, 1000] {
        let (folder, engine) = (tempfile::tempdir().unwrap(), Engine::new(2, memory));
        let store = folder.path().join("a.zarr");
        // The second row of shards is begun, and continued.
        write(&sharded(33), &store, &target(Format::Zarr3), &engine).unwrap();
        let report = extend(&sharded(61), &store, "time", true, &engine).unwrap();
        assert_eq!(report.receipts.len(), 2 * 3);
        let back = crate::io::open::open(store.to_str().unwrap()).unwrap();
        let array = &back.require("t").unwrap().array;
        assert_eq!(array.shape(), [61, 30, 20]);
        let (got, wanted) = (array.read_all().unwrap(), sharded(61).variables[0].array.read_all().unwrap());
        assert_eq!(format!("{got:?}"), format!("{wanted:?}"));
        seen.push(files(&store).into_values().collect::<Vec<_>>());
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn a_shard_that_fails_half_way_leaves_what_was_there() {
    let (folder, engine) = (tempfile::tempdir().unwrap(), Engine::new(1, 1000));
    let store = folder.path().join("a.zarr");
    write(&sharded(33), &store, &target(Format::Zarr3), &engine).unwrap();
    let before = files(&store);
    let mut longer = sharded(61);
    longer.variables[0].array = Arc::new(Broken(Arc::clone(&longer.variables[0].array)));
    assert!(extend(&longer, &store, "time", false, &engine).is_err());
    let after = files(&store);
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)));
    assert!(after.keys().all(|path| !path.to_string_lossy().ends_with(".tmp")), "{:?}", after.keys());
}

/// An array whose last steps can't be read.
#[derive(Debug)]
struct Broken(Array);

impl crate::model::LazyArray for Broken {
    fn data_type(&self) -> &DataType {
        self.0.data_type()
    }
    fn shape(&self) -> &[usize] {
        self.0.shape()
    }
    fn chunk_starts(&self, axis: usize) -> crate::model::Starts {
        self.0.chunk_starts(axis)
    }
    fn read(&self, region: &Region) -> Result<Block> {
        let fails = region.ranges().first().is_some_and(|time| time.end > 38);
        if fails { Err(Error::data("it is broken", "made")) } else { self.0.read(region) }
    }
}

#[test]
fn spare_bits_round_to_the_nearest_and_leave_short_numbers_infinities_and_missing_alone() {
    let values = vec![0.1, -1.0 / 3.0, 288.15f32.into(), 0.0, f64::MAX, f64::INFINITY, f64::NAN];
    let Buffer::F64(near) = rounded(Block::vector(Buffer::F64(values.clone())), 8).into_data() else { panic!() };
    for (near, value) in near.iter().zip(&values).take(4) {
        assert!(
            (near - value).abs() <= value.abs() * 2f64.powi(-45) && near.to_bits().trailing_zeros() >= 8,
            "{value}"
        );
    }
    assert_eq!(near[2..6], values[2..6]);
    assert!(near[6].is_nan());
    let kept = rounded(Block::vector(Buffer::F64(values.clone())), 0);
    assert_eq!(kept.data().get_f64(1), Some(-1.0 / 3.0));
}
