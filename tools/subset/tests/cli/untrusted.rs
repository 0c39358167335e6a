//! Files that are broken, cut or made to do harm.

use std::path::{Path, PathBuf};

use testkit::{Command, Outcome, fixture, repository, run, shared_data};

/// A reader must refuse any file within a second and 256 MiB.
const SECONDS: f64 = 1.0;
const MEBIBYTES: f64 = 256.0;

const BOTH: &[&str] = &["inspect", "subset"];
/// `inspect` lists types that are not read, `subset` refuses them.
const LISTING: &[&str] = &["inspect"];

/// HDF5's library reads all of it, to the same values: one of its tools stumbled, or an older version.
const INTACT: &str = "nothing that is read is broken";
/// What HDF5's library refuses is an object without values that we could read, or a part of the file
/// that we have no use for; what is shown is what it shows of the rest.
const ASIDE: &str = "the defect lies beside what is read";
/// The values are of a type that is never read.
const OPAQUE: &str = "the defect lies in values that are only listed";

/// Bytes of padding that should be 0, as `PnetCDF`'s validator says; netCDF-C reads these files too.
const PADDING: &str = "no byte that is read is wrong";
/// Good files that lie among the broken ones.
const GOOD: &str = "a good file";

/// Broken files that tools may take to the end, each with the reason.
const HARMLESS: &[(&str, &[&str], &str)] = &[
    ("bad_padding_name_dim.nc1", BOTH, PADDING),
    ("bad_padding_name_dim.nc5", BOTH, PADDING),
    ("bad_padding_name_gattr.nc2", BOTH, PADDING),
    ("bad_padding_value_gattr.nc1", BOTH, PADDING),
    ("bad_padding_value_gattr.nc5", BOTH, PADDING),
    // Records of more than 4 GiB, of which the file has none.
    ("bad_large_rec_2_vars.nc2", BOTH, ASIDE),
    ("test_cdf.nc1", BOTH, GOOD),
    ("test_cdf.nc4", BOTH, GOOD),
    ("test_cdf.nc5", BOTH, GOOD),
    ("tst_file.nc", BOTH, GOOD),
    ("cve-2021-37501.h5", BOTH, INTACT),
    ("cve-2024-29160.h5", BOTH, INTACT),
    ("cve-2024-32607-2.h5", BOTH, INTACT),
    ("cve-2024-32611.h5", BOTH, INTACT),
    ("cve-2024-32623.h5", BOTH, INTACT),
    ("cve-2024-33875.h5", BOTH, INTACT),
    ("gh-4431-poc-03.h5", BOTH, INTACT),
    ("cve-2018-11206-old.h5", BOTH, ASIDE),
    ("cve-2018-15671.h5", BOTH, ASIDE),
    ("cve-2018-16438.h5", BOTH, ASIDE),
    ("cve-2019-9152.h5", BOTH, ASIDE),
    ("cve-2020-10810.h5", BOTH, ASIDE),
    ("cve-2020-10812.h5", BOTH, ASIDE),
    ("cve-2024-29166.h5", BOTH, ASIDE),
    ("cve-2024-32609.h5", BOTH, ASIDE),
    ("cve-2024-32613.h5", BOTH, ASIDE),
    ("cve-2024-32619.h5", BOTH, ASIDE),
    ("cve-2025-2924.h5", BOTH, ASIDE),
    ("cve-2025-6818.h5", BOTH, ASIDE),
    ("gh-4433-poc-08.h5", BOTH, ASIDE),
    ("cve-2016-4332-mtime-new.h5", LISTING, OPAQUE),
    ("cve-2017-17507.h5", LISTING, OPAQUE),
    ("cve-2020-18494.h5", LISTING, OPAQUE),
    ("cve-2024-29158.h5", LISTING, OPAQUE),
    ("cve-2024-29164.h5", LISTING, OPAQUE),
    ("cve-2024-32615.h5", LISTING, OPAQUE),
    ("cve-2024-32621.h5", LISTING, OPAQUE),
    ("cve-2024-33877.h5", LISTING, OPAQUE),
];

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).unwrap().flatten().map(|e| e.path()) {
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

/// Run within the limits; once more if it took too long, which may be the fault of a busy machine.
fn limited(command: &Command) -> Outcome {
    let said = command.clone().limits(SECONDS, MEBIBYTES).run();
    let slow = said.killed_for.as_ref().is_some_and(|why| why.contains("longer"));
    if slow { command.clone().limits(SECONDS, MEBIBYTES).run() } else { said }
}

/// What is wrong with how `tool` treats `file`.
fn complaint(tool: &str, file: &Path) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let command = Command::new(tool).arguments([file]);
    let said = limited(&match tool {
        "subset" => command.arguments(["-o".into(), folder.path().join("out.nc")]),
        _ => command.arguments(["--stats"]),
    });
    let name = file.file_name().unwrap().to_string_lossy();
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    let harmless = HARMLESS.iter().any(|(file, tools, _)| *file == name && tools.contains(&tool));
    let wrong = match said.status {
        _ if said.killed_for.is_some() => "it did not survive",
        Some(0) if harmless => return None,
        Some(0) => "it is broken, and that nobody noticed is not on the list",
        _ if harmless => "it is listed as harmless, but is refused",
        Some(1 | 2) if !said.stderr.lines().any(|line| line.starts_with("error: ")) => "no error line",
        Some(1 | 2) if !said.stderr.contains(&*name) => "the error does not name the file",
        Some(1 | 2) if said.stderr.contains("internal error") => "it was a panic",
        Some(1 | 2) if left > 0 => "something was left behind",
        Some(1 | 2) => return None,
        _ => "it did not survive",
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

#[test]
fn a_part_of_chunks_without_end_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.nc");
    let input = fixture("made/malformed/endless_chunks.h5");
    let arguments = |slice: &str| {
        let text = |path: &Path| path.display().to_string();
        [text(&input), "-o".into(), text(&output), "--isel".into(), slice.into()]
    };
    limited(&Command::new("subset").arguments(arguments("x=2:6"))).ok();
    let values = run("inspect", &["--coordinate", "v", &output.to_string_lossy()]);
    assert_eq!(values.ok(), "#index\tvalue\n0\t3\n1\t4\n2\t-1\n3\t-1\n");
    let said = limited(&Command::new("subset").arguments(arguments("x=::2")));
    assert!(said.fails(1).contains("hint: "), "{said}");
}

/// A Zarr store of two thousand million latitudes, of which `stored` chunks of a thousand exist.
fn endless_latitudes(store: &Path, stored: usize) {
    let attributes = r#"{"_ARRAY_DIMENSIONS": ["lat"], "units": "degrees_north"}"#;
    let array = r#"{"zarr_format": 2, "shape": [2000000000], "chunks": [1000], "dtype": "<f8", "compressor": null,
        "fill_value": 0, "order": "C", "filters": null}"#;
    for name in ["lat", "v"] {
        std::fs::create_dir_all(store.join(name)).unwrap();
        std::fs::write(store.join(name).join(".zarray"), array).unwrap();
        std::fs::write(store.join(name).join(".zattrs"), attributes).unwrap();
    }
    std::fs::write(store.join(".zgroup"), r#"{"zarr_format": 2}"#).unwrap();
    for chunk in 0..stored {
        std::fs::write(store.join(format!("lat/{chunk}")), [0; 8000]).unwrap();
    }
}

#[test]
fn a_coordinate_that_was_never_written_takes_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let stores = [("none.zarr", 0), ("few.zarr", 3)].map(|(name, stored)| {
        endless_latitudes(&folder.path().join(name), stored);
        folder.path().join(name)
    });
    for input in stores.into_iter().chain([fixture("made/endless_coordinate.h5")]) {
        let name = input.file_name().unwrap().to_string_lossy().into_owned();
        let output = folder.path().join("out.nc").display().to_string();
        let given = [input.display().to_string(), "-o".into(), output, "--sel".into(), "lat=0/3".into()];
        let said = limited(&Command::new("subset").arguments(given));
        let error = said.fails(1);
        assert!(error.contains("never written") && error.contains("'lat'") && error.contains(&name), "{said}");
        limited(&Command::new("inspect").arguments([&input])).ok();
    }
}

#[test]
fn values_that_were_never_written_are_not_walked_through_for_hours() {
    let folder = tempfile::tempdir().unwrap();
    let attributes = r#"{"_ARRAY_DIMENSIONS": ["x"]}"#;
    let array = r#"{"zarr_format": 2, "shape": [35184372088832], "chunks": [1048576], "dtype": "<f8", "order": "C",
        "fill_value": 0.0, "compressor": null, "filters": null}"#;
    let store = folder.path().join("endless.zarr");
    std::fs::create_dir_all(store.join("v")).unwrap();
    for (name, text) in [(".zgroup", r#"{"zarr_format": 2}"#), ("v/.zarray", array), ("v/.zattrs", attributes)] {
        std::fs::write(store.join(name), text).unwrap();
    }
    let output = folder.path().join("out.nc");
    for command in [
        Command::new("inspect").arguments([store.as_os_str(), "--stats".as_ref()]),
        Command::new("subset").arguments([store.as_os_str(), "-o".as_ref(), output.as_os_str()]),
    ] {
        let said = limited(&command);
        assert!(said.fails(1).contains("never written"), "{said}");
    }
}
