//! Datasets from elsewhere in the terms of the classic formats.

use super::*;
use crate::model::array::{Constant, Memory};
use crate::model::{AttributeValue, Attributes, Buffer, DataType, Dimension, Encoding, Variable};

fn dimension(name: &str, length: usize, unlimited: bool) -> Dimension {
    Dimension { name: name.into(), length, unlimited }
}

fn variable(name: &str, dimensions: &[&str], shape: &[usize], data: Buffer) -> Variable {
    Variable {
        name: name.into(),
        dimensions: dimensions.iter().map(|&d| d.into()).collect(),
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: Memory::array(Block::new(shape.to_vec(), data).unwrap()),
    }
}

fn dataset(dimensions: Vec<Dimension>, variables: Vec<Variable>) -> Dataset {
    Dataset { source: "memory".into(), dimensions, variables, ..Dataset::default() }
}

#[test]
fn wide_integers_become_int_when_they_fit_and_say_so() {
    let mut time = variable("time", &["time"], &[3], Buffer::I64(vec![0, 6, 12]));
    time.attributes.set("_FillValue", AttributeValue::Numbers(Buffer::I64(vec![-1])));
    let mask = variable("mask", &["time"], &[3], Buffer::U8(vec![0, 128, 255]));
    let given = dataset(vec![dimension("time", 3, true)], vec![time, mask]);
    let (bytes, notes) = written(&given, None).unwrap();
    let back = opened(&bytes).unwrap();
    assert_eq!(all(&back, "time").data(), &Buffer::I32(vec![0, 6, 12]));
    assert_eq!(
        back.variable("time").unwrap().attributes.get("_FillValue"),
        Some(&AttributeValue::Numbers(Buffer::I32(vec![-1])))
    );
    assert_eq!(all(&back, "mask").data(), &Buffer::I16(vec![0, 128, 255]));
    assert_eq!(notes[0], "variable 'time' is written as int: netCDF classic has no int64");
    assert_eq!(notes[1], "variable 'mask' is written as short: netCDF classic has no ubyte");

    let (bytes, notes) = written(&given, Some(ClassicKind::Cdf5)).unwrap();
    assert_eq!(all(&opened(&bytes).unwrap(), "time").data(), &Buffer::I64(vec![0, 6, 12]));
    assert!(notes.is_empty());
}

#[test]
fn a_value_that_does_not_fit_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    let days = vec![dimension("time", 2, false), dimension("x", 2, false)];
    let coordinate = variable("time", &["time"], &[2], Buffer::I64(vec![0, 3_000_000_000]));
    let error = in_classic_model(&dataset(days.clone(), vec![coordinate]), false).unwrap_err();
    assert!(error.to_string().contains("3000000000") && error.to_string().contains("'time'"), "{error}");
    assert!(error.hint().unwrap().contains("--format cdf5"));
    assert!(!path.exists());
    // Other variables are looked at only when their values come.
    let field = variable("count", &["time", "x"], &[2, 2], Buffer::U32(vec![0, 1, 2, u32::MAX]));
    assert!(write_to(&path, &dataset(days, vec![field]), None).is_err());
    assert!(!path.exists());
}

#[test]
fn texts_become_characters() {
    let names = vec!["Zürich".to_owned(), String::new(), "Oslo".to_owned()];
    let given = dataset(
        vec![dimension("station", 3, false)],
        vec![
            variable("name", &["station"], &[3], Buffer::String(names)),
            variable("network", &[], &[], Buffer::String(vec!["GAW".into()])),
        ],
    );
    let (bytes, _) = written(&given, None).unwrap();
    let back = opened(&bytes).unwrap();
    assert_eq!(back.variable("name").unwrap().dimensions, ["station", "string7"]);
    assert_eq!(all(&back, "name").data(), &Buffer::Char("Zürich\0\0\0\0\0\0\0Oslo\0\0\0".as_bytes().to_vec()));
    assert_eq!(back.variable("network").unwrap().dimensions, ["string3"]);
    assert_eq!(back.variable("name").unwrap().attributes.text("_Encoding"), Some("utf-8"));
}

#[test]
fn one_dimension_is_unlimited_and_leads() {
    let given = dataset(
        vec![dimension("level", 2, true), dimension("time", 3, true)],
        vec![variable("t", &["time", "level"], &[3, 2], Buffer::F32((0..6u8).map(f32::from).collect()))],
    );
    let (bytes, notes) = written(&given, None).unwrap();
    let back = opened(&bytes).unwrap();
    assert!(back.dimension("time").unwrap().unlimited && !back.dimension("level").unwrap().unlimited);
    assert_eq!(notes, ["dimension 'level' of length 2 is written as fixed"]);
    assert_eq!(all(&back, "t"), all(&given, "t"));
}

#[test]
fn a_dimension_without_length_is_the_unlimited_one() {
    let none = variable("t", &["time", "x"], &[0, 2], Buffer::F32(Vec::new()));
    let given = dataset(vec![dimension("time", 0, false), dimension("x", 2, false)], vec![none]);
    let (bytes, notes) = written(&given, None).unwrap();
    let back = opened(&bytes).unwrap();
    assert!(back.dimension("time").unwrap().unlimited);
    assert_eq!((back.variable("t").unwrap().shape(), notes.len()), (&[0, 2][..], 1));
    let inner = variable("t", &["x", "time"], &[2, 0], Buffer::F32(Vec::new()));
    let given = dataset(vec![dimension("time", 0, false), dimension("x", 2, false)], vec![inner]);
    assert!(written(&given, None).unwrap_err().to_string().contains("length 0"));
}

#[test]
fn groups_and_odd_names_are_refused() {
    let grouped = dataset(vec![], vec![variable("model/t", &[], &[], Buffer::F32(vec![1.0]))]);
    let error = written(&grouped, None).unwrap_err();
    assert!(error.to_string().contains("no groups") && error.hint().unwrap().contains("netcdf4"), "{error}");
    let odd = dataset(vec![], vec![variable("t ", &[], &[], Buffer::F32(vec![1.0]))]);
    assert!(written(&odd, None).unwrap_err().to_string().contains("ends with a blank"));
}

#[test]
fn a_fill_value_gets_its_variables_type_when_that_changes_nothing() {
    let fill = |value: f64| {
        let mut v = variable("v", &["x"], &[2], Buffer::F32(vec![0.5, 1.0]));
        v.attributes.set("_FillValue", value);
        let (bytes, _) = written(&dataset(vec![dimension("x", 2, false)], vec![v]), None).unwrap();
        opened(&bytes).unwrap().variable("v").unwrap().attributes.get("_FillValue").cloned().unwrap()
    };
    assert_eq!(fill(-999.0), AttributeValue::Numbers(Buffer::F32(vec![-999.0])));
    assert_eq!(fill(0.1), AttributeValue::Numbers(Buffer::F64(vec![0.1])));
}

/// A dataset of `count` fixed fields of `gib` GiB each, all zero.
fn large(count: usize, gib: usize, unlimited: bool) -> Dataset {
    let field = |n: usize| Variable {
        array: Constant::array(Buffer::I8(vec![0]), vec![1, gib, 1 << 30]),
        ..variable(&format!("v{n}"), &["t", "y", "x"], &[1, 1, 1], Buffer::I8(vec![0]))
    };
    let dimensions = vec![dimension("t", 1, unlimited), dimension("y", gib, false), dimension("x", 1 << 30, false)];
    dataset(dimensions, (0..count).map(field).collect())
}

#[test]
fn the_smallest_format_that_holds_the_sizes_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    let kind = |dataset: &Dataset| ClassicSink::create(&path, dataset, None).map(|sink| sink.kind());
    assert_eq!(kind(&large(1, 1, false)).unwrap(), ClassicKind::Cdf1);
    assert_eq!(kind(&large(3, 1, false)).unwrap(), ClassicKind::Cdf2);
    assert_eq!(kind(&large(1, 5, false)).unwrap(), ClassicKind::Cdf2);
    assert_eq!(kind(&large(2, 3, true)).unwrap(), ClassicKind::Cdf2);
    let error = kind(&large(2, 5, false)).unwrap_err();
    assert!(error.to_string().contains("'v0'") && error.hint().unwrap().contains("--format cdf5"), "{error}");
    assert!(ClassicSink::create(&path, &large(2, 5, true), Some(ClassicKind::Cdf5)).is_ok());
    assert!(!path.exists());
}

#[test]
fn chunks_that_hold_nothing_are_filled() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.nc");
    let mut given = opened(LONE).unwrap();
    given.variable_mut("v").unwrap().attributes.set("_FillValue", AttributeValue::Numbers(Buffer::I16(vec![-9])));
    let sink = ClassicSink::create(&path, &given, None).unwrap();
    sink.store(0, &[0, 0], crate::io::sink::Encoded::Absent).unwrap();
    sink.store(1, &[0], crate::io::sink::Encoded::Absent).unwrap();
    assert_eq!(std::fs::read(&path).unwrap()[..4], [0; 4], "no netCDF file before it is finished");
    Box::new(sink).finish().unwrap();
    let back = opened(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(all(&back, "v").data(), &Buffer::I16(vec![-9; 9]));
    assert_eq!(all(&back, "odd").data(), &Buffer::I8(vec![-127; 3]));
    assert_eq!(*back.variable("odd").unwrap().data_type(), DataType::I8);
}

#[test]
fn many_records_in_many_strips() {
    let n = 300_000;
    let wide = |k: usize| Buffer::F64((0..n).map(|i| (i * 7 + k) as f64).collect());
    let odd = Buffer::I16((0..n).map(|i| (i % 1000) as i16).collect());
    let given = dataset(
        vec![dimension("time", n, true)],
        vec![
            variable("a", &["time"], &[n], wide(1)),
            variable("b", &["time"], &[n], odd),
            variable("c", &["time"], &[n], wide(2)),
        ],
    );
    let (bytes, _) = written(&given, None).unwrap();
    let back = opened(&bytes).unwrap();
    for name in ["a", "b", "c"] {
        assert!(all(&back, name) == all(&given, name), "{name}");
    }
}
