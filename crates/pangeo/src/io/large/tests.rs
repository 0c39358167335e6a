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
fn written(path: &Path, format: Format, compression: &Compression, checksum: bool) -> Array {
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
            encoding: Encoding { checksum, ..Encoding::default() },
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
    for (format, compression, checksum) in [
        (Format::Netcdf4, &deflate, false),
        (Format::Netcdf4, &zstd, false),
        (Format::Netcdf4, &Compression::None, false),
        (Format::Netcdf4, &Compression::None, true),
        (Format::Zarr2, &deflate, false),
        (Format::Zarr2, &zstd, false),
        (Format::Zarr2, &Compression::None, false),
        (Format::Zarr2, &blosc("blosclz"), false),
        (Format::Zarr3, &deflate, false),
        (Format::Zarr3, &blosc("zstd"), false),
        (Format::Zarr3, &blosc("lz4"), false),
        (Format::ZarrZip, &blosc("zlib"), false),
    ] {
        let path = folder.path().join(if format.is_directory() { "a.zarr" } else { "a.zarr.zip" });
        let path = if format == Format::Netcdf4 { folder.path().join("a.nc") } else { path };
        let array = written(&path, format, compression, checksum);
        assert!(array.chunk_starts(1).longest() == 1000);
        assert_eq!(check(&array), [""; 0], "{format:?} {compression:?}");
        assert!(array.chunk_starts(1).longest() < 1000, "{format:?} {compression:?} {checksum}");
        let whole = Region::new(vec![0..3, 0..1, 0..1]);
        assert!(array.read_bytes(&whole) < 8 << 20, "{}", array.read_bytes(&whole));
    }
}

#[test]
fn a_chain_that_takes_all_bytes_at_once_is_told_and_read_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    // netCDF-C has the checksum of the values, before they are shuffled.
    let array = written(&folder.path().join("a.nc"), Format::Netcdf4, &Compression::Deflate { level: 1 }, true);
    let said = check(&array);
    assert!(said.len() == 1 && said[0].contains("shuffle is not undone in parts"), "{said:?}");
    assert!(said[0].contains("takes 34 MB of memory"), "{said:?}");
}

/// Bytes in memory.
#[derive(Debug)]
struct Held(Vec<u8>);

impl ByteSource for Held {
    fn name(&self) -> &'static str {
        "held"
    }
    fn len(&self) -> u64 {
        self.0.len() as u64
    }
    fn read(&self, range: std::ops::Range<u64>) -> Result<Bytes> {
        Ok(Bytes::copy_from_slice(&self.0[range.start as usize..range.end as usize]))
    }
}

#[test]
fn codecs_and_checksums_are_undone_in_their_order() {
    use crate::io::codec::deflate::{Frame, compress};
    use crate::io::codec::{fletcher32, zstd};
    let plain: Vec<u8> = (0..3_000_000_u32).map(|i| (i / 5 % 251) as u8).collect();
    let summed = |bytes: &[u8], sum: u32| [bytes, &sum.to_le_bytes()].concat();
    let crc = |bytes: &[u8]| summed(bytes, crate::io::zarr::crc32c(bytes));
    let fletcher = |bytes: &[u8]| summed(bytes, fletcher32::checksum(bytes));
    let gzip = |bytes: &[u8]| compress(bytes, 1, Frame::Gzip).unwrap();
    let inflate = Step::Inflate(Frame::Gzip);
    for (stored, steps) in [
        (crc(&plain), vec![Step::Crc32c]),
        (crc(&gzip(&plain)), vec![Step::Crc32c, inflate]),
        (gzip(&fletcher(&plain)), vec![inflate, Step::Fletcher32]),
        (zstd::compress(&gzip(&plain), 1, true).unwrap(), vec![Step::Zstd, inflate]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let unpacked = |stored: Vec<u8>, length: usize| {
            let packed = Packed { bytes: Arc::new(Held(stored)), steps: steps.clone(), planes: false };
            unpack(&packed, length as u64, folder.path(), |what| Error::malformed("held", what))
        };
        let (file, mut back) = (unpacked(stored.clone(), plain.len()).unwrap(), vec![0; plain.len()]);
        file.read_exact_at(&mut back, 0).unwrap();
        assert!(back == plain, "{steps:?}");
        for length in [plain.len() - 1, plain.len() + 1] {
            assert!(matches!(unpacked(stored.clone(), length), Err(Error::Malformed { .. })), "{steps:?}");
        }
        let mut flipped = stored.clone();
        flipped[stored.len() / 2] ^= 4;
        assert!(matches!(unpacked(flipped, plain.len()), Err(Error::Malformed { .. })), "{steps:?}");
    }
    let few = Packed { bytes: Arc::new(Held(gzip(&[0; 9]))), steps: vec![inflate], planes: false };
    let claimed = unpack(&few, 3 << 30, Path::new("/nowhere"), |what| Error::malformed("held", what));
    assert!(claimed.unwrap_err().to_string().contains("cannot make"));
}

#[test]
fn with_room_enough_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let array = written(&folder.path().join("a.nc"), Format::Netcdf4, &Compression::Deflate { level: 1 }, false);
    let engine = Engine::new(2, 1 << 30).with_scratch(folder.path().join("nowhere"));
    assert!(engine.confine(&array).is_empty());
    assert_eq!(array.chunk_starts(1).longest(), 1000);
}

#[test]
fn damage_is_told_and_so_is_a_folder_that_is_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zarr");
    let array = written(&path, Format::Zarr3, &Compression::Deflate { level: 1 }, false);
    let region = Region::new(vec![0..1, 0..1, 0..1]);
    let engine = Engine::new(2, 4 << 20).with_scratch(folder.path().join("nowhere"));
    engine.confine(&array);
    let error = array.read(&region).unwrap_err();
    assert!(error.to_string().contains("nowhere"), "{error}");
    let chunk = path.join("t/c/0/0/0");
    let bytes = std::fs::read(&chunk).unwrap();
    let flipped: Vec<u8> =
        bytes.iter().enumerate().map(|(i, b)| if i == bytes.len() / 2 { b ^ 8 } else { *b }).collect();
    for damaged in [&flipped, &bytes[..bytes.len() - 100], &bytes[..3]] {
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
