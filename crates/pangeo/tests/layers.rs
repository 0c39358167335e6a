//! The direction of dependencies between the layers, as ARCHITECTURE.md draws it.

#[path = "layers/sources.rs"]
mod sources;

use std::fs;
use std::path::Path;

use sources::names;

/// What each layer may use.
const MAY_USE: [(&str, &[&str]); 7] = [
    ("model", &["model"]),
    ("cf", &["cf", "model"]),
    ("grid", &["grid", "cf", "model"]),
    ("engine", &["engine", "model"]),
    ("ops", &["ops", "grid", "cf", "engine", "model"]),
    ("io", &["io", "engine", "cf", "model"]),
    ("cli", &["cli", "ops", "io", "grid", "cf", "engine", "model"]),
];

/// Heavy crates and the only folders that may name them.
const CONFINED: [(&str, &[&str]); 9] = [
    ("netcdf_sys::", &["io/netcdf"]),
    ("hdf5_metno_sys::", &["io/netcdf"]),
    ("hdf5_reader::", &["io/netcdf/hdf5", "io/codec"]),
    ("zarrs::", &["io/zarr", "io/codec"]),
    ("object_store::", &["io/store"]),
    ("tokio::", &["io/store"]),
    // PROJ: tools that call nothing of this module link none of it.
    ("projection::", &["grid/projected"]),
    ("clap::", &["cli"]),
    ("indicatif::", &["cli"]),
];

fn each_source(check: impl Fn(&str, &str)) {
    sources::each(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), 100, check);
}

#[test]
fn groups_of_imports_are_seen_through() {
    let code = "use crate::{cf::{units, time}, io::open, Error};";
    assert!(names(code, "io") && names(code, "cf") && !names(code, "time") && !names(code, "engine"));
    assert!(names("use crate::io;", "io") && names("crate::io::open::open(x)", "io"));
    assert!(!names("use crate::ops;", "io") && !names("use crate::{Error, Result};", "io"));
}

#[test]
fn layers_use_only_those_below_them() {
    each_source(|name, code| {
        let Some((_, allowed)) = MAY_USE.iter().find(|(layer, _)| name.starts_with(&format!("{layer}/"))) else {
            return;
        };
        for (layer, _) in MAY_USE {
            assert!(!names(code, layer) || allowed.contains(&layer), "{name} uses {layer}, which is not below it");
        }
    });
}

#[test]
fn heavy_crates_stay_where_they_belong() {
    each_source(|name, code| {
        for (krate, folders) in CONFINED {
            let here = folders.iter().any(|f| name.starts_with(f));
            assert!(here || !code.contains(krate), "{name} uses {krate}, which belongs to {folders:?}");
        }
    });
}

#[test]
fn projections_know_nothing_of_datasets() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../projection/Cargo.toml");
    let text = fs::read_to_string(manifest).unwrap();
    assert!(text.contains("proj.workspace") && !text.contains("pangeo"), "crates/projection depends on pangeo");
}

#[test]
fn unsafe_code_is_confined() {
    each_source(|name, code| {
        let allowed = name.starts_with("io/netcdf/write4/ffi");
        let word = |line: &str| line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|w| w == "unsafe");
        let found = code.lines().find(|l| word(l));
        assert!(allowed || found.is_none(), "{name} has unsafe code: {}", found.unwrap_or_default());
    });
}
