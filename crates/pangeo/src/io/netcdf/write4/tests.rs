//! What was written, read back by netCDF-C.

use netcdf::AttributeValue as Read;

use super::*;
use crate::io::netcdf::classic_model::in_classic_model;
use crate::model::array::Memory;
use crate::model::{
    AttributeValue, Attributes, ByteOrder, Compression, DataType, Dimension, Encoding, Enumeration, Variable,
};

/// A dataset with these dimensions: name, length, unlimited.
fn with_dimensions(dimensions: &[(&str, usize, bool)]) -> Dataset {
    let dimension =
        |&(name, length, unlimited): &(&str, usize, bool)| Dimension { name: name.into(), length, unlimited };
    Dataset { source: "memory".into(), dimensions: dimensions.iter().map(dimension).collect(), ..Dataset::default() }
}

/// Add a variable, of the shape that its dimensions give it.
fn add<'a>(dataset: &'a mut Dataset, name: &str, dimensions: &[&str], data: Buffer) -> &'a mut Variable {
    let shape = dimensions.iter().map(|d| dataset.dimension(d).unwrap().length).collect();
    dataset.variables.push(Variable {
        name: name.into(),
        dimensions: dimensions.iter().map(|&d| d.into()).collect(),
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: Memory::array(Block::new(shape, data).unwrap()),
    });
    dataset.variables.last_mut().unwrap()
}

/// `len` numbers 0, 1, 2, … 99, 0, … of a type.
fn count_up(data_type: &DataType, len: usize) -> Buffer {
    Buffer::from_f64(data_type, &(0..len).map(|i| (i % 100) as f64).collect::<Vec<_>>()).unwrap()
}

/// Write all chunks, each of a variable's encoded by a thread of its own.
fn write(path: &Path, dataset: &Dataset, options: Netcdf4Options) -> Result<()> {
    let sink = Box::new(Netcdf4Sink::create(path, dataset, options)?);
    for (number, variable) in dataset.variables.iter().enumerate() {
        let piece = sink.chunk_shape(number);
        let starts: Vec<_> =
            (0..piece.len()).map(|d| crate::model::Starts::regular(variable.shape()[d], piece[d])).collect();
        let tiles = variable.array.is_empty().then(Vec::new).unwrap_or_else(|| {
            crate::model::RegionTiles::new(&Region::whole(variable.shape()), &starts).iter().collect()
        });
        let shared = &*sink;
        let encoded: Vec<_> = std::thread::scope(|scope| {
            let encode = |region: &Region| {
                let index: Vec<usize> = region.start().iter().zip(&piece).map(|(s, p)| s / p).collect();
                let block = variable.array.read(region).unwrap();
                scope.spawn(move || (index.clone(), shared.encode(number, &index, block)))
            };
            let threads: Vec<_> = tiles.iter().map(encode).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        for (index, chunk) in encoded {
            sink.store(number, &index, chunk?)?;
        }
    }
    sink.finish()
}

fn written(dataset: &Dataset, options: Netcdf4Options) -> (tempfile::TempDir, netcdf::File) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    write(&path, dataset, options).unwrap();
    let file = netcdf::open(&path).unwrap();
    (folder, file)
}

const CLASSIC: Netcdf4Options = Netcdf4Options { classic_model: true };

#[test]
fn every_type_comes_back_through_every_filter() {
    use DataType::{F32, F64, I8, I16, I32, I64, U8, U16, U32, U64};
    let mut dataset = with_dimensions(&[("time", 5, true), ("lat", 7, false), ("lon", 11, false)]);
    for data_type in [I8, U8, I16, U16, I32, U32, I64, U64, F32, F64] {
        for case in 0..16 {
            let name = format!("{data_type}_{case}");
            let variable = add(&mut dataset, &name, &["time", "lat", "lon"], count_up(&data_type, 385));
            variable.encoding = Encoding {
                chunk_shape: Some(vec![2, 3, 4]),
                compression: (case & 1 > 0).then_some(Compression::Deflate { level: 1 }),
                shuffle: case & 2 > 0,
                checksum: case & 4 > 0,
                byte_order: if case & 8 > 0 { ByteOrder::Big } else { ByteOrder::Little },
                ..Encoding::default()
            };
        }
    }
    let (_folder, file) = written(&dataset, Netcdf4Options::default());
    let expected: Vec<f64> = (0..385).map(|i| f64::from(i % 100)).collect();
    for variable in &dataset.variables {
        let read = file.variable(&variable.name).unwrap();
        assert_eq!(read.get_values::<f64, _>(..).unwrap(), expected, "{}", variable.name);
        assert_eq!(read.chunking().unwrap(), Some(vec![2, 3, 4]));
    }
}

#[test]
fn unlimited_dimensions_have_their_length_with_and_without_coordinate() {
    let mut dataset = with_dimensions(&[("time", 4, true), ("rec", 3, true), ("none", 0, true), ("x", 2, false)]);
    add(&mut dataset, "time", &["time"], count_up(&DataType::F64, 4));
    add(&mut dataset, "only", &["rec", "x"], count_up(&DataType::I16, 6)).encoding.chunk_shape = Some(vec![2, 2]);
    add(&mut dataset, "empty", &["none", "x"], count_up(&DataType::F32, 0));
    // The name of a dimension whose coordinate it is not.
    add(&mut dataset, "rec", &["x"], count_up(&DataType::F32, 2));
    let (_folder, file) = written(&dataset, Netcdf4Options::default());
    for (name, length) in [("time", 4), ("rec", 3), ("none", 0)] {
        let dimension = file.dimension(name).unwrap();
        assert_eq!((dimension.len(), dimension.is_unlimited()), (length, true), "{name}");
    }
    assert_eq!(file.variable("only").unwrap().get_values::<i16, _>(..).unwrap(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(file.variable("rec").unwrap().get_values::<f32, _>(..).unwrap(), [0.0, 1.0]);
    assert_eq!(file.variable("empty").unwrap().len(), 0);
}

#[test]
fn attributes_keep_order_and_type() {
    let mut dataset = with_dimensions(&[("x", 2, false)]);
    dataset.attributes.set("_NCProperties", "version=2,made by another");
    let variable = add(&mut dataset, "t", &["x"], Buffer::I16(vec![1, 2]));
    let attributes = &mut variable.attributes;
    attributes.set("units", "µm");
    attributes.set("_FillValue", -999.0);
    attributes.set("flags", AttributeValue::Numbers(Buffer::I8(vec![1, -2])));
    attributes.set("one", AttributeValue::Numbers(Buffer::U64(vec![u64::MAX])));
    attributes.set("list", AttributeValue::Strings(vec!["a".into(), String::new()]));
    attributes.set("single", AttributeValue::Strings(vec!["b".into()]));
    attributes.set("nothing", "");
    attributes.set("json", AttributeValue::Json("{\"a\": null}".into()));
    attributes.set("NAME", "kept by HDF5 for itself");
    let (_folder, file) = written(&dataset, Netcdf4Options::default());
    let read = file.variable("t").unwrap();
    let got: Vec<_> = read.attributes().map(|a| (a.name().to_owned(), a.value().unwrap())).collect();
    let expected = [
        ("units", Read::Str("µm".into())),
        ("_FillValue", Read::Short(-999)),
        ("flags", Read::Schars(vec![1, -2])),
        ("one", Read::Ulonglong(u64::MAX)),
        ("list", Read::Strs(vec!["a".into(), String::new()])),
        ("single", Read::Strs(vec!["b".into()])),
        ("nothing", Read::Str(String::new())),
        ("json", Read::Str("{\"a\": null}".into())),
    ];
    assert_eq!(got, expected.map(|(n, v)| (n.to_owned(), v)));
    assert_eq!(read.fill_value::<i16>().unwrap(), Some(-999));
    let Ok(Read::Str(properties)) = file.attribute("_NCProperties").unwrap().value() else { panic!("no text") };
    assert!(properties.starts_with("version=2,netcdf="), "{properties}");
}

#[test]
fn texts_characters_scalars_and_enumerations() {
    let mut dataset = with_dimensions(&[("station", 3, false), ("length", 4, false), ("time", 2, true)]);
    let names = vec!["Ålesund".to_owned(), String::new(), "Zürich ☃".to_owned()];
    add(&mut dataset, "name", &["station"], Buffer::String(names.clone()));
    let twice = [names.clone(), names.clone()].concat();
    let growing = add(&mut dataset, "grows", &["time", "station"], Buffer::String(twice));
    growing.encoding.chunk_shape = Some(vec![1, 2]);
    growing.encoding.compression = Some(Compression::Deflate { level: 4 });
    add(&mut dataset, "code", &["station", "length"], Buffer::Char(b"EGLLLSZHxy\0\0".to_vec()));
    add(&mut dataset, "crs", &[], Buffer::I32(vec![7])).encoding.compression = Some(Compression::Deflate { level: 1 });
    let cloud = add(&mut dataset, "cloud", &["station"], Buffer::I16(vec![300, 1, 300]));
    let (names_of, values) = (vec!["clear".into(), "high cloud".into()], Buffer::I16(vec![1, 300]));
    // The type bears the variable's own name, which netCDF does not allow.
    cloud.encoding.enumeration = Some(Enumeration { name: "cloud".into(), names: names_of, values });
    cloud.encoding.chunk_shape = Some(vec![2]);
    cloud.encoding.byte_order = ByteOrder::Big;
    let (_folder, file) = written(&dataset, Netcdf4Options::default());
    for (at, name) in names.iter().enumerate() {
        assert_eq!(file.variable("name").unwrap().get_string(at).unwrap(), *name);
        assert_eq!(file.variable("grows").unwrap().get_string([1, at]).unwrap(), *name);
    }
    assert_eq!(file.variable("code").unwrap().get_raw_values(..).unwrap(), b"EGLLLSZHxy\0\0");
    assert_eq!(file.variable("crs").unwrap().get_value::<i32, _>(()).unwrap(), 7);
    assert_eq!(file.variable("cloud").unwrap().get_raw_values(..).unwrap(), [44, 1, 1, 0, 44, 1]);
}

#[test]
fn groups_hold_their_members() {
    let mut dataset = with_dimensions(&[("x", 2, false), ("a/b/n", 3, true)]);
    dataset.groups = vec![("a".into(), [("note".to_owned(), "in a".into())].into_iter().collect())];
    add(&mut dataset, "a/b/n", &["a/b/n"], count_up(&DataType::I32, 3));
    add(&mut dataset, "a/b/v", &["a/b/n", "x"], count_up(&DataType::F32, 6));
    let (_folder, file) = written(&dataset, Netcdf4Options::default());
    let a = file.group("a").unwrap().unwrap();
    assert_eq!(a.attribute("note").unwrap().value().unwrap(), Read::Str("in a".into()));
    let b = a.group("b").unwrap();
    assert_eq!(b.variable("v").unwrap().get_values::<f32, _>(..).unwrap(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(b.dimension("n").unwrap().len(), 3);
}

#[test]
fn stored_chunks_are_taken_over_as_they_are() {
    let mut dataset = with_dimensions(&[("x", 4, false)]);
    let variable = add(&mut dataset, "v", &["x"], count_up(&DataType::F32, 4));
    variable.encoding.chunk_shape = Some(vec![3]);
    variable.encoding.shuffle = true;
    variable.encoding.compression = Some(Compression::Deflate { level: 9 });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    let sink = Box::new(Netcdf4Sink::create(&path, &dataset, Netcdf4Options::default()).unwrap());
    assert_eq!(sink.chunk_format(0), Some("hdf5 <f4 (3) shuffle deflate"));
    let plain: Vec<u8> = [5.0_f32, 6.0, 7.0].iter().flat_map(|v| v.to_le_bytes()).collect();
    // Both filters were skipped for this chunk; the second is never written.
    sink.store(0, &[0], Encoded::Bytes { bytes: plain.into(), filter_mask: 0b11 }).unwrap();
    sink.store(0, &[1], Encoded::Absent).unwrap();
    assert!(sink.store(0, &[2], Encoded::Absent).is_err());
    sink.finish().unwrap();
    let read = netcdf::open(&path).unwrap().variable("v").unwrap().get_values::<f32, _>(..).unwrap();
    assert_eq!(read, [5.0, 6.0, 7.0, 9.969_21e36]);
}

#[test]
fn the_classic_model_keeps_chunks_and_compression_of_what_it_narrows() {
    let mut dataset = with_dimensions(&[("time", 2, true), ("x", 3, false)]);
    let variable = add(&mut dataset, "n", &["time", "x"], count_up(&DataType::I64, 6));
    variable.attributes.set("units", AttributeValue::Strings(vec!["K".into()]));
    variable.attributes.set("realization", AttributeValue::Numbers(Buffer::I64(vec![1])));
    variable.encoding.chunk_shape = Some(vec![1, 3]);
    variable.encoding.compression = Some(Compression::Deflate { level: 4 });
    let texts = add(&mut dataset, "name", &["x"], Buffer::String(vec!["Oslo".into(), String::new(), "Bergen".into()]));
    texts.encoding.chunk_shape = Some(vec![2]);
    let (dataset, notes) = in_classic_model(&dataset, false).unwrap();
    assert_eq!(notes, ["variable 'n' is written as int: netCDF classic has no int64"]);
    let (_folder, file) = written(&dataset, CLASSIC);
    let read = file.variable("n").unwrap();
    assert_eq!(read.get_values::<i32, _>(..).unwrap(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(read.chunking().unwrap(), Some(vec![1, 3]));
    assert_eq!(read.attribute_value("units").unwrap().unwrap(), Read::Str("K".into()));
    assert_eq!(read.attribute_value("realization").unwrap().unwrap(), Read::Int(1));
    let name = file.variable("name").unwrap();
    assert_eq!(name.get_raw_values(..).unwrap(), b"Oslo\0\0\0\0\0\0\0\0Bergen");
    assert_eq!(name.chunking().unwrap(), Some(vec![2, 6]));
}

#[test]
fn nothing_is_left_behind_by_a_sink_that_was_dropped_or_could_not_begin() {
    let mut dataset = with_dimensions(&[("x", 2, false)]);
    add(&mut dataset, "v", &["x"], count_up(&DataType::F32, 2));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    drop(Netcdf4Sink::create(&path, &dataset, Netcdf4Options::default()).unwrap());
    assert!(!path.exists());
    let missing = Netcdf4Sink::create(&folder.path().join("no/out.nc"), &dataset, Netcdf4Options::default());
    assert!(matches!(missing, Err(Error::Io { action: "create", .. })), "{missing:?}");
    let over_a_folder = Netcdf4Sink::create(folder.path(), &dataset, Netcdf4Options::default());
    assert!(over_a_folder.is_err() && folder.path().is_dir());
}

#[test]
fn what_the_format_can_not_hold_is_named() {
    let refusal = |change: &dyn Fn(&mut Variable)| {
        let mut dataset = with_dimensions(&[("x", 2, false)]);
        change(add(&mut dataset, "v", &["x"], count_up(&DataType::I8, 2)));
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("o.nc"), &dataset, Netcdf4Options::default()).unwrap_err().to_string()
    };
    let blosc = Compression::Blosc { codec: "lz4".into(), level: 5 };
    let text = refusal(&|v| v.encoding.compression = Some(blosc.clone()));
    assert!(text.starts_with("compression blosc:lz4 of variable 'v' in netCDF-4"), "{text}");
    let text = refusal(&|v| v.attributes.set("_FillValue", 9999.0));
    assert!(text.starts_with("variable 'v': _FillValue is not one value of type byte"), "{text}");
    let text = refusal(&|v| v.name = "a,\tb".into());
    assert!(text.starts_with("variable 'a,\tb': NetCDF: Name contains illegal characters"), "{text}");
    let text = refusal(&|v| v.encoding.chunk_shape = Some(vec![1, 1]));
    assert!(text.starts_with("the chunk shape of variable 'v' has another rank"), "{text}");
    let text = refusal(&|v| v.dimensions = vec!["y".into()]);
    assert!(text.starts_with("the dimensions of variable 'v' do not fit"), "{text}");
}

#[test]
fn unnamed_enumerations_do_not_meet_under_one_name() {
    let mut dataset = with_dimensions(&[("x", 2, false)]);
    for (name, data_type) in [("a", DataType::U8), ("b", DataType::I16), ("c", DataType::U32), ("d", DataType::U32)] {
        let variable = add(&mut dataset, name, &["x"], count_up(&data_type, 2));
        let values = count_up(&data_type, 2);
        let names = vec!["NO".into(), "YES".into()];
        variable.encoding.enumeration = Some(Enumeration { name: String::new(), names, values });
    }
    let (_folder, file) = written(&dataset, Netcdf4Options::default());
    assert_eq!(file.types().unwrap().count(), 3);
}
