//! All real files, and one file a feature, compared with what netCDF-C reports.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Held, features};
use crate::Result;
use crate::io::netcdf::hdf5::open;
use crate::model::{AttributeValue, Attributes, Block, Buffer, DataType, Dataset, Region, Variable};

/// What netCDF-C reports; made by `tests/oracles/hdf5_values.py`.
const ORACLE: &str = include_str!("../../../../../tests/oracles/hdf5_values.tsv");

/// Attributes that netCDF-C leaves out because it does not find the type of an enumeration; here they
/// are its integers.
const OURS_ALONE: [(&str, &str); 4] = [
    ("hdf5/jhdf/issue255_example.hdf5", "groupA/date"),
    ("hdf5/jhdf/issue255_example.hdf5", "groupB/"),
    ("indexes_earliest.h5", "/"),
    ("indexes_latest.h5", "/"),
];

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
        block = Block::zeros(variable.data_type(), variable.shape().to_vec()).unwrap();
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
    if let Some(folder) = testkit::shared_data("") {
        compare(&folder, ORACLE);
    }
}

#[test]
fn every_feature_of_storage_reads_as_netcdf_c_reads_it() {
    compare(&features(), include_str!("../../../../../tests/oracles/hdf5_features.tsv"));
}
