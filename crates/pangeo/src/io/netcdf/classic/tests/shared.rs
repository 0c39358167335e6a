//! Every classic file of the shared data; skipped where they are absent.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::*;
use crate::io::netcdf::classic::sniff;

/// All files below `folder`.
fn files(folder: PathBuf) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn real_files_are_the_same_after_writing_and_reading() {
    let Some(data) = testkit::shared_data("") else { return };
    let mut count = 0;
    for path in files(data).iter().filter(|p| !p.to_string_lossy().contains("malformed")) {
        let bytes = std::fs::read(path).unwrap();
        if !sniff(&bytes) {
            continue;
        }
        let dataset = opened(&bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let kind = ClassicKind::of(&bytes);
        let (copy, notes) = written(&dataset, kind).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        assert!(notes.is_empty(), "{}: {notes:?}", path.display());
        let again = opened(&copy).unwrap();
        assert_eq!(again.dimensions, dataset.dimensions, "{}", path.display());
        assert_eq!(again.attributes, dataset.attributes, "{}", path.display());
        for (a, b) in dataset.variables.iter().zip(&again.variables) {
            let what = format!("{} of {}", a.name, path.display());
            assert_eq!((&a.name, &a.dimensions), (&b.name, &b.dimensions), "{what}");
            assert_eq!(format!("{:?}", a.attributes), format!("{:?}", b.attributes), "{what}");
            let (a, b) = (a.array.read_all().unwrap(), b.array.read_all().unwrap());
            let bits = |block: &Block| super::super::external::to_bytes(block.data());
            assert!(bits(&a) == bits(&b), "{what}");
        }
        count += 1;
    }
    eprintln!("{count} classic files");
    assert!(count > 100);
}

#[test]
fn crafted_headers_end_in_errors() {
    let Some(data) = testkit::shared_data("") else { return };
    let mut refused = Vec::new();
    for path in files(data.join("malformed/PnetCDF")) {
        let start = Instant::now();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match opened(&std::fs::read(&path).unwrap()) {
            Err(error) => refused.push((name, error.to_string())),
            Ok(dataset) => {
                for variable in &dataset.variables {
                    // Whether there are values or not: an answer, not a crash.
                    let _ = variable.array.read(&Region::new(vec![0..0; variable.shape().len()]));
                }
            }
        }
        assert!(start.elapsed() < Duration::from_secs(1), "{}", path.display());
    }
    eprintln!("{refused:#?}");
    // What the C library refuses is refused, each with its reason.
    for (name, reason) in [
        ("bad_tag_dimension.nc1", "the list of dimensions"),
        ("bad_tag_variable.nc5", "the list of variables"),
        ("bad_tag_gattr.nc2", "the list of attributes"),
        ("bad_tag_vattr.nc2", "the list of attributes"),
        ("bad_dimid.nc1", "dimension number"),
        ("bad_dimid.nc5", "dimension number"),
        ("bad_magic.nc", "no netCDF classic"),
        ("bad_unlimited.nc1", "record dimensions"),
    ] {
        let found = refused.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("{name} was opened"));
        assert!(found.1.contains(reason), "{name}: {}", found.1);
    }
}
