//! The direction of dependencies between the layers, as ARCHITECTURE.md draws it.

use std::fs;
use std::path::{Path, PathBuf};

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

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn each_source(check: impl Fn(&str, &str)) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(found.len() > 100, "the sources are not where this test looks");
    for path in found {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).unwrap();
        // Documentation may point anywhere.
        let code: String = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        check(&name, &code);
    }
}

/// Whether `code` names the layer: `crate::io::…`, `use crate::io;` or `use crate::{cf, io::…}`.
fn names(code: &str, layer: &str) -> bool {
    code.split("crate::").skip(1).any(|rest| {
        let mut depth = 0;
        let end = rest.find(|c: char| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0 && !(c.is_alphanumeric() || c == '_')
        });
        let path = &rest[..end.unwrap_or(rest.len())];
        let Some(group) = path.strip_prefix('{') else { return path == layer };
        // Only the first words at the group's own level are layers.
        let mut depth = 0;
        let mut words = vec![String::new()];
        for c in group.chars() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            match c {
                ',' if depth == 0 => words.push(String::new()),
                _ => words.last_mut().unwrap().push(c),
            }
        }
        words.iter().any(|w| w.trim().split("::").next() == Some(layer))
    })
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
