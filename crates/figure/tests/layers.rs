//! The direction of dependencies between the layers of figures, as ARCHITECTURE.md draws it.

#[path = "../../pangeo/tests/layers/sources.rs"]
mod sources;

use std::path::{Path, PathBuf};

/// What each layer may use.
const MAY_USE: [(&str, &[&str]); 7] = [
    ("draw", &["draw"]),
    ("axis", &["axis", "draw"]),
    ("colour", &["colour", "axis", "draw"]),
    ("geography", &["geography"]),
    ("map", &["map", "axis", "draw"]),
    ("chart", &["chart", "axis", "colour", "draw"]),
    ("layout", &["layout", "chart", "colour", "draw"]),
];

/// Crates and the only folders that may name them.
const CONFINED: [(&str, &[&str]); 7] = [
    ("plotters::", &["chart", "draw/tests"]),
    ("plotters_backend::", &["chart", "draw"]),
    ("pdf_writer::", &["draw/pdf"]),
    ("ttf_parser::", &["draw"]),
    ("tiny_skia_path::", &["draw"]),
    ("gif::", &["draw"]),
    ("projection::", &["map"]),
];

fn folder(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(of)
}

#[test]
fn layers_use_only_those_below_them() {
    sources::each(&folder("src"), 60, |name, code| {
        let Some((_, allowed)) = MAY_USE.iter().find(|(layer, _)| name.starts_with(&format!("{layer}/"))) else {
            return;
        };
        for (layer, _) in MAY_USE {
            let named = sources::names(code, layer);
            assert!(!named || allowed.contains(&layer), "{name} uses {layer}, which is not below it");
        }
    });
}

#[test]
fn crates_stay_where_they_belong() {
    sources::each(&folder("src"), 60, |name, code| {
        for (krate, folders) in CONFINED {
            let here = folders.iter().any(|f| name.starts_with(f));
            let begins = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
            let named = code.match_indices(krate).any(|(at, _)| begins(at));
            assert!(here || !named, "{name} uses {krate}, which belongs to {folders:?}");
        }
    });
}

#[test]
fn figures_and_projections_know_nothing_of_datasets() {
    for (home, others) in
        [("", &["pangeo", "testkit", "clap"][..]), ("../projection", &["pangeo", "testkit", "figure"])]
    {
        let manifest = std::fs::read_to_string(folder(home).join("Cargo.toml")).unwrap();
        let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
        let named = |line: &str| line.split(['.', ' ', '=']).next().unwrap_or_default().to_owned();
        let found = dependencies.lines().map(named).find(|name| others.contains(&name.as_str()));
        assert_eq!(found, None, "{home}");
    }
}
