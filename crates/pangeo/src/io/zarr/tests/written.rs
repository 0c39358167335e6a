//! What is written is read back the same; what can't be written is refused.

use std::path::Path;
use std::sync::Arc;

use super::stores::Directory;
use crate::io::store::{Atomic, DirectoryPlace, ObjectPlace};
use crate::io::zarr::{Blueprint, Ground, ZarrSink, ZipPlace, open};
use crate::io::{Encoded, Sink};
use crate::model::array::Memory;
use crate::model::{
    AttributeValue, Attributes, Block, Buffer, ByteOrder, Compression, Dataset, Encoding, Enumeration, Region, Variable,
};
use crate::{Error, Result};

fn variable(name: &str, dimensions: &[&str], shape: &[usize], data: Buffer) -> Variable {
    Variable {
        name: name.to_owned(),
        dimensions: dimensions.iter().map(|d| (*d).to_owned()).collect(),
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: Memory::array(Block::new(shape.to_vec(), data).unwrap()),
    }
}

/// A field over y and x in chunks of 2 × 3, its last value missing.
fn field() -> Variable {
    let mut values: Vec<f32> = (0..20u8).map(|i| 280.0 + f32::from(i)).collect();
    values[19] = f32::NAN;
    let mut v = variable("t2m", &["y", "x"], &[4, 5], Buffer::F32(values));
    v.attributes.set("units", "K");
    v.attributes.set("_FillValue", AttributeValue::Numbers(Buffer::F32(vec![f32::NAN])));
    v.encoding.chunk_shape = Some(vec![2, 3]);
    v.encoding.compression = Some(Compression::Blosc { codec: "zstd".to_owned(), level: 3 });
    v.encoding.shuffle = true;
    v
}

fn dataset(variables: Vec<Variable>) -> Dataset {
    let mut attributes = Attributes::new();
    attributes.set("title", "tiny");
    attributes.set("levels", AttributeValue::Numbers(Buffer::F64(vec![1.5, f64::NAN])));
    Dataset { variables, attributes, ..Dataset::default() }
}

fn begun(place: Arc<dyn ObjectPlace>, dataset: &Dataset, version: u8) -> Result<ZarrSink> {
    Ok(ZarrSink::new(Arc::new(Blueprint::new(dataset, version)?), place, Ground::New))
}

fn folder_at(path: &Path) -> Arc<dyn ObjectPlace> {
    Arc::new(DirectoryPlace::new(path, Atomic::No))
}

/// Write all chunks, in order; what was left out.
fn write(dataset: &Dataset, place: Arc<dyn ObjectPlace>, version: u8) -> Result<Vec<(String, Vec<usize>)>> {
    let sink = begun(place, dataset, version)?;
    let mut absent = Vec::new();
    for (number, variable) in dataset.variables.iter().enumerate() {
        let chunk = sink.chunk_shape(number);
        let counts: Vec<usize> = variable.shape().iter().zip(&chunk).map(|(n, c)| n.div_ceil(*c)).collect();
        let unit: Vec<_> = counts.iter().map(|&n| crate::model::Starts::regular(n, 1)).collect();
        let all = crate::model::RegionTiles::new(&Region::whole(&counts), &unit);
        for index in all.iter().map(|r| r.start()) {
            let region = Region::of_chunk(&index, &chunk, variable.shape());
            let encoded = sink.encode(number, &index, variable.array.read(&region)?)?;
            if matches!(encoded, Encoded::Absent) {
                absent.push((variable.name.clone(), index.clone()));
            }
            sink.store(number, &index, encoded)?;
        }
    }
    Box::new(sink).finish()?;
    Ok(absent)
}

fn same(a: &Buffer, b: &Buffer) -> bool {
    match (a, b) {
        (Buffer::F32(a), Buffer::F32(b)) => a.iter().map(|x| x.to_bits()).eq(b.iter().map(|x| x.to_bits())),
        _ => a == b,
    }
}

fn round_trip(dataset: &Dataset, version: u8) -> Dataset {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.zarr");
    write(dataset, folder_at(&path), version).unwrap();
    let mut back = open(Directory::tree(&path)).unwrap();
    for (mine, theirs) in dataset.variables.iter().zip(&mut back.variables) {
        assert_eq!(mine.name, theirs.name);
        assert_eq!(mine.dimensions, theirs.dimensions, "{}", mine.name);
        let read = theirs.array.read_all().unwrap();
        assert!(same(read.data(), mine.array.read_all().unwrap().data()), "{} in version {version}", mine.name);
        // The folder goes away before the values would be read.
        theirs.array = Memory::array(read);
    }
    back
}

#[test]
fn every_encoding_comes_back() {
    let codecs = [
        None,
        Some(Compression::None),
        Some(Compression::Deflate { level: 4 }),
        Some(Compression::Zstd { level: 3 }),
        Some(Compression::Blosc { codec: "lz4".to_owned(), level: 5 }),
    ];
    for version in [2, 3] {
        for compression in codecs.clone() {
            for (byte_order, shuffle, shard) in [
                (ByteOrder::Little, true, None),
                (ByteOrder::Big, false, None),
                (ByteOrder::Little, false, Some(vec![4, 6])),
            ] {
                let mut v = field();
                let shard_shape = if version == 3 { shard } else { None };
                let compression = compression.clone();
                v.encoding = Encoding { shard_shape, compression, shuffle, byte_order, ..v.encoding };
                let back = round_trip(&dataset(vec![v.clone()]), version);
                let got = &back.variables[0];
                assert_eq!(got.encoding.byte_order, byte_order);
                assert_eq!(got.encoding.shard_shape, v.encoding.shard_shape);
                assert_eq!(got.encoding.chunk_shape, v.encoding.chunk_shape);
                let expected = v.encoding.compression.clone().unwrap_or(Compression::None);
                assert_eq!(got.encoding.compression, Some(expected));
                assert!(got.attributes.number("_FillValue").unwrap().is_nan());
                assert_eq!(got.attributes.text("units"), Some("K"));
                assert!(back.attributes.number("levels").is_some());
            }
        }
    }
}

#[test]
fn every_type_comes_back() {
    let mut flags = variable("flags", &["x"], &[3], Buffer::I8(vec![0, 2, 1]));
    let names = vec!["clear sky".to_owned(), "rain".to_owned(), "snow".to_owned()];
    flags.encoding.enumeration =
        Some(Enumeration { name: "weather".to_owned(), names, values: Buffer::I8(vec![0, 1, 2]) });
    let mut land = variable("land", &["x"], &[3], Buffer::I8(vec![1, 0, 1]));
    land.encoding.boolean = true;
    let mut packed = variable("packed", &["x"], &[3], Buffer::I16(vec![1, -9, 3]));
    packed.attributes.set("_FillValue", AttributeValue::Numbers(Buffer::I16(vec![-9])));
    packed.attributes.set("scale_factor", 0.01);
    let texts = vec![String::new(), "Ωmega".to_owned(), "b".to_owned()];
    let all = dataset(vec![
        flags,
        land,
        packed,
        variable("name", &["x"], &[3], Buffer::String(texts)),
        variable("code", &["x", "n"], &[3, 2], Buffer::Char(b"abc\0\0\0".to_vec())),
        variable("big", &["x"], &[3], Buffer::U64(vec![u64::MAX, 0, 1 << 63])),
        variable("scalar", &[], &[], Buffer::F64(vec![2.5])),
        variable("none", &["e", "x"], &[0, 3], Buffer::F32(vec![])),
        variable("g/deep/depth", &["x"], &[3], Buffer::I32(vec![1, 2, 3])),
    ]);
    for version in [2, 3] {
        let back = round_trip(&all, version);
        assert_eq!(back.variable("flags").unwrap().attributes.text("flag_meanings"), Some("clear_sky rain snow"));
        assert!(back.variable("land").unwrap().encoding.boolean);
        assert_eq!(back.groups.iter().map(|(p, _)| p.as_str()).collect::<Vec<_>>(), ["g", "g/deep"]);
        let fill = back.variable("packed").unwrap().attributes.get("_FillValue").cloned();
        assert_eq!(fill, Some(AttributeValue::Numbers(Buffer::I16(vec![-9]))));
        assert_eq!(back.variable("big").unwrap().attributes.get("_FillValue"), None);
    }
}

#[test]
fn chunks_of_nothing_but_fill_are_left_out_only_if_the_fill_is_declared() {
    let folder = tempfile::tempdir().unwrap();
    let zeros = || variable("v", &["x"], &[4], Buffer::F32(vec![0.0, 0.0, -0.0, 0.0]));
    let case = |name: &str, fill: Option<f32>, version| {
        let mut v = zeros();
        v.encoding.chunk_shape = Some(vec![2]);
        if let Some(fill) = fill {
            v.attributes.set("_FillValue", AttributeValue::Numbers(Buffer::F32(vec![fill])));
        }
        let target = folder_at(&folder.path().join(format!("{name}{version}")));
        write(&dataset(vec![v]), target, version).unwrap().len()
    };
    assert_eq!(case("undeclared", None, 2), 0);
    assert_eq!(case("undeclared", None, 3), 0);
    // Minus zero is another value, to the bit.
    assert_eq!(case("zero", Some(0.0), 2), 1);
    assert_eq!(case("zero", Some(0.0), 3), 1);
}

fn zip_bytes(dataset: &Dataset, path: &Path) -> Vec<u8> {
    let place = Arc::new(ZipPlace::create(path).unwrap());
    write(dataset, Arc::clone(&place) as Arc<dyn ObjectPlace>, 3).unwrap();
    place.finish().unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn equal_content_makes_equal_zip_files() {
    let folder = tempfile::tempdir().unwrap();
    let all = dataset(vec![field()]);
    let first = zip_bytes(&all, &folder.path().join("a.zip"));
    assert_eq!(first, zip_bytes(&all, &folder.path().join("b.zip")));
    let mut members = zip::ZipArchive::new(std::io::Cursor::new(first)).unwrap();
    let names: Vec<String> = members.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    // What makes a store of it comes last.
    assert!(names.last().is_some_and(|n| n == "zarr.json") && names.iter().any(|n| n == "t2m/c/1/1"), "{names:?}");
    assert_eq!(members.by_index(0).unwrap().compression(), zip::CompressionMethod::Stored);
}

#[test]
fn an_unfinished_store_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let (all, zip) = (dataset(vec![field()]), folder.path().join("z.zip"));
    drop(begun(Arc::new(ZipPlace::create(&zip).unwrap()), &all, 3).unwrap());
    assert!(!zip.exists());
    let store = folder.path().join("d");
    let sink = begun(folder_at(&store), &all, 3).unwrap();
    let chunk = all.variables[0].array.read(&Region::new(vec![0..2, 0..3])).unwrap();
    sink.store(0, &[0, 0], sink.encode(0, &[0, 0], chunk).unwrap()).unwrap();
    assert!(store.join("t2m/c/0/0").exists() && !store.join("zarr.json").exists());
    assert!(open(Directory::tree(&store)).is_err());
}

#[test]
fn what_zarr_can_not_hold_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let refusal =
        |v: Vec<Variable>| -> Error { begun(folder_at(&folder.path().join("no")), &dataset(v), 3).err().unwrap() };
    for name in ["../up", "a//b", "/a", "a/./b", "zarr.json", "g/.zarray", "__x", "", "a\\b"] {
        let error = refusal(vec![variable(name, &[], &[], Buffer::F32(vec![0.0]))]).to_string();
        assert!(error.contains("path") || error.contains("name"), "{name}: {error}");
    }
    let scalar = |name: &str| variable(name, &[], &[], Buffer::F32(vec![0.0]));
    assert!(refusal(vec![scalar("a"), scalar("a/b")]).to_string().contains("'a'"));
    for change in [
        |e: &mut Encoding| e.compression = Some(Compression::Other("szip".to_owned())),
        |e: &mut Encoding| e.chunk_shape = Some(vec![2]),
        |e: &mut Encoding| e.shard_shape = Some(vec![3, 3]),
        |e: &mut Encoding| e.chunk_shape = Some(vec![1 << 20, 1 << 20]),
        |e: &mut Encoding| e.shard_shape = Some(vec![0, 3]),
    ] {
        let mut v = field();
        change(&mut v.encoding);
        assert!(refusal(vec![v]).to_string().contains("'t2m'"));
    }
    assert!(!folder.path().join("no").exists());
}

#[test]
fn stored_chunks_are_taken_over_where_the_format_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source");
    write(&dataset(vec![field()]), folder_at(&source), 2).unwrap();
    let read = open(Directory::tree(&source)).unwrap();
    let corner = Region::new(vec![2..4, 3..5]);
    let chunk = read.variables[0].array.stored_chunk(&corner, None).unwrap().unwrap();
    for version in [2, 3] {
        let target = folder_at(&folder.path().join(format!("same{version}")));
        let sink = begun(target, &read, version).unwrap();
        assert_eq!(sink.chunk_format(0), Some(&*chunk.format));
        let mut other = read.clone();
        other.variables[0].encoding.shuffle = false;
        let target = folder_at(&folder.path().join(format!("other{version}")));
        assert_ne!(begun(target, &other, version).unwrap().chunk_format(0), Some(&*chunk.format));
    }
    assert!(read.variables[0].array.stored_chunk(&Region::new(vec![2..4, 2..5]), None).unwrap().is_none());
}

#[test]
fn booleans_are_zero_or_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut v = variable("land", &["x"], &[2], Buffer::I8(vec![1, 2]));
    v.encoding.boolean = true;
    let target = |name: &str| folder_at(&folder.path().join(name));
    assert!(write(&dataset(vec![v.clone()]), target("bad"), 3).unwrap_err().to_string().contains("boolean is 2"));
    // With a third value it is an integer.
    v.attributes.set("_FillValue", AttributeValue::Numbers(Buffer::I8(vec![2])));
    assert!(!round_trip(&dataset(vec![v]), 3).variables[0].encoding.boolean);
}
