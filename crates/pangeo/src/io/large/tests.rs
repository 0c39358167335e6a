use std::path::Path;

use super::*;
use crate::engine::Engine;
use crate::io::layout::Layout;
use crate::io::write::{self, Target};
use crate::io::{Format, open};
use crate::model::array::Memory;
use crate::model::{Attributes, Compression, Dataset, Dimension, Encoding, Variable};

const SHAPE: [usize; 3] = [5, 1000, 700];

/// The extent of a chunk: 8.4 MB, the last ones cut.
const CHUNK: [usize; 3] = [3, 1000, 700];

fn value(i: usize) -> f32 {
    280.0 + (i % 977) as f32 * 0.25 + (i % 31) as f32
}

/// A file with those values, its chunks made in this way.
fn written(path: &Path, format: Format, compression: &Compression, shuffle: bool, checksum: bool) -> Array {
    let values = Buffer::F32((0..SHAPE.iter().product()).map(value).collect());
    let dimensions = ["time", "y", "x"].map(str::to_owned).to_vec();
    let named = dimensions.iter().zip(SHAPE);
    let dataset = Dataset {
        source: "made".to_owned(),
        dimensions: named.map(|(n, length)| Dimension { name: n.clone(), length, unlimited: false }).collect(),
        variables: vec![Variable {
            name: "t".to_owned(),
            dimensions: dimensions.clone(),
            attributes: Attributes::new(),
            encoding: Encoding { shuffle, checksum, ..Encoding::default() },
            array: Memory::array(Block::new(SHAPE.to_vec(), values).unwrap()),
        }],
        ..Dataset::default()
    };
    let chunks = dimensions.into_iter().zip(CHUNK).collect();
    let layout = Layout { chunks, compression: Some(compression.clone()), ..Layout::default() };
    let target = Target { format, layout, overwrite: true, receipts: false };
    write::write(&dataset, path, &target, &Engine::new(2, 1 << 30)).unwrap();
    Arc::clone(&open::open(path.to_str().unwrap()).unwrap().require("t").unwrap().array)
}

/// Read boxes of all kinds from an array that has 4 MB, and what it said of that.
#[track_caller]
fn check(array: &Array) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let said = Engine::new(2, 4 << 20).with_scratch(folder.path().to_owned()).confine(array);
    for ranges in [
        [0..5, 0..1000, 0..700],
        [1..2, 0..1000, 0..700],
        [2..4, 333..777, 0..700],
        [0..5, 500..501, 3..4],
        [4..5, 748..752, 1..700],
    ] {
        let region = Region::new(ranges.to_vec());
        let block = array.read(&region).unwrap();
        let [time, y, x] = &ranges;
        let expected = time.clone().flat_map(|t| {
            let (y, x) = (y.clone(), x.clone());
            y.flat_map(move |y| x.clone().map(move |x| value((t * SHAPE[1] + y) * SHAPE[2] + x)))
        });
        assert!(*block.data() == Buffer::F32(expected.collect()), "{ranges:?}");
        assert_eq!(block.shape(), region.shape());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    said
}

#[test]
fn every_chain_that_can_be_is_undone_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let deflate = Compression::Deflate { level: 1 };
    let zstd = Compression::Zstd { level: 1 };
    let blosc = |codec: &str| Compression::Blosc { codec: codec.to_owned(), level: 1 };
    for (format, compression, shuffle, checksum) in [
        (Format::Netcdf4, &deflate, true, false),
        (Format::Netcdf4, &deflate, false, true),
        (Format::Netcdf4, &deflate, true, true),
        (Format::Netcdf4, &Compression::None, false, false),
        (Format::Netcdf4, &Compression::None, true, true),
        (Format::Zarr2, &deflate, true, false),
        (Format::Zarr2, &zstd, false, false),
        (Format::Zarr2, &Compression::None, false, false),
        (Format::Zarr2, &blosc("blosclz"), true, false),
        (Format::Zarr3, &deflate, false, true),
        (Format::Zarr3, &blosc("zstd"), true, false),
        (Format::Zarr3, &blosc("lz4"), false, true),
        (Format::ZarrZip, &blosc("zlib"), true, false),
    ] {
        let path = folder.path().join(if format.is_directory() { "a.zarr" } else { "a.zarr.zip" });
        let path = if format == Format::Netcdf4 { folder.path().join("a.nc") } else { path };
        let array = written(&path, format, compression, shuffle, checksum);
        assert!(array.chunk_starts(1).longest() == 1000);
        assert_eq!(check(&array), [""; 0], "{format:?} {compression:?}");
        assert!(array.chunk_starts(1).longest() < 1000, "{format:?} {compression:?} {shuffle} {checksum}");
        let whole = Region::new(vec![0..3, 0..1, 0..1]);
        assert!(array.read_bytes(&whole) < 8 << 20, "{}", array.read_bytes(&whole));
    }
}

#[test]
fn with_room_enough_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let array = written(&folder.path().join("a.nc"), Format::Netcdf4, &Compression::Deflate { level: 1 }, true, false);
    let engine = Engine::new(2, 1 << 30).with_scratch(folder.path().join("nowhere"));
    assert!(engine.confine(&array).is_empty());
    assert_eq!(array.chunk_starts(1).longest(), 1000);
}

#[test]
fn damage_is_told_and_so_is_a_folder_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zarr");
    let array = written(&path, Format::Zarr3, &Compression::Deflate { level: 1 }, false, true);
    let region = Region::new(vec![0..1, 0..1, 0..1]);
    let engine = Engine::new(2, 4 << 20).with_scratch(folder.path().join("nowhere"));
    engine.confine(&array);
    let error = array.read(&region).unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    let chunk = path.join("t/c/0/0/0");
    let bytes = std::fs::read(&chunk).unwrap();
    let flipped: Vec<u8> =
        bytes.iter().enumerate().map(|(i, b)| if i == bytes.len() / 2 { b ^ 8 } else { *b }).collect();
    let longer = [&bytes[..], &[0; 9]].concat();
    for damaged in [&flipped, &bytes[..bytes.len() - 100], &bytes[..3], &longer] {
        std::fs::write(&chunk, damaged).unwrap();
        let array = Arc::clone(&open::open(path.to_str().unwrap()).unwrap().require("t").unwrap().array);
        Engine::new(2, 4 << 20).with_scratch(folder.path().to_owned()).confine(&array);
        let error = array.read(&region).unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{error}");
    }
}

#[test]
fn what_lies_in_one_piece_is_read_in_one_piece() {
    let hulls = [
        ([0..1, 2..3, 5..6], [0..1, 2..3, 5..6]),
        ([0..1, 2..4, 5..6], [0..1, 2..4, 0..10]),
        ([1..3, 2..4, 5..6], [1..3, 0..10, 0..10]),
        ([1..2, 2..3, 5..8], [1..2, 2..3, 5..8]),
    ];
    for (wanted, expected) in hulls {
        assert_eq!(hull(&Region::new(wanted.to_vec()), &[10, 10, 10]), Region::new(expected.to_vec()));
    }
}
