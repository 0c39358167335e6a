//! Files that are broken, cut or made to do harm.

use std::path::{Path, PathBuf};

use testkit::{Command, repository, shared_data};

/// A reader must refuse any file within a second; machines that are busy get another one.
const SECONDS: f64 = 2.0;
const MEBIBYTES: f64 = 256.0;

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()) {
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

/// What is wrong with how `tool` treats `file`.
fn complaint(tool: &str, file: &Path) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let command = Command::new(tool).arguments([file]).limits(SECONDS, MEBIBYTES);
    let said = match tool {
        "subset" => command.arguments(["-o".into(), folder.path().join("out.nc")]).run(),
        _ => command.arguments(["--stats"]).run(),
    };
    let name = file.file_name().unwrap().to_string_lossy();
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|e| e.file_name()).collect();
    if said.killed_for.is_none() && said.status == Some(0) {
        return None; // broken only where nobody looks
    }
    let wrong = if said.killed_for.is_some() || !matches!(said.status, Some(1 | 2)) {
        "it did not survive"
    } else if !said.stderr.lines().any(|line| line.starts_with("error: ")) {
        "no error line"
    } else if !said.stderr.contains(&*name) {
        "the error does not name the file"
    } else if !left.is_empty() {
        "something was left behind"
    } else {
        return None;
    };
    Some(format!("{wrong}\n{said}"))
}

fn check(folder: &Path) {
    let mut files = Vec::new();
    files_below(folder, &mut files);
    assert!(!files.is_empty(), "no files in {}", folder.display());
    let runs = files.iter().flat_map(|file| ["inspect", "subset"].map(|tool| complaint(tool, file)));
    let bad: Vec<String> = runs.flatten().collect();
    assert!(bad.is_empty(), "{} of {} files\n{}", bad.len(), files.len(), bad.join("\n"));
}

#[test]
fn headers_with_one_defect_each() {
    check(&repository().join("test-data/made/malformed"));
}

#[test]
fn defects_that_the_classic_libraries_were_tested_with() {
    if let Some(data) = shared_data("") {
        check(&data.join("malformed/PnetCDF"));
    }
}

#[test]
fn files_that_crashed_the_hdf5_library() {
    if let Some(data) = shared_data("") {
        check(&data.join("malformed/cve_hdf5"));
    }
}
