//! What outputs can hold, and what is said when they can't.

use std::fs;
use std::path::Path;

use testkit::{Command, Outcome, fixture, run};

use crate::careful::made;
use crate::silent::subset_of;

fn converted(input: &Path, output: &Path, format: &str) -> Outcome {
    let (input, output) = (input.display().to_string(), output.display().to_string());
    run("subset", &[&*input, "-o", &output, "--format", format])
}

#[test]
fn the_classic_model_of_netcdf4_takes_what_netcdf3_takes() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // 64-bit times, texts of any length, integers in JSON.
    for name in ["SOI_Darwin.nc", "vlstr_type.nc", "made/monthly_v3.zarr"] {
        let input = fixture(name);
        let (three, four) = (path("three.nc"), path("four.nc"));
        let said = converted(&input, &three, "netcdf3");
        said.ok();
        let warned = |said: &Outcome| {
            said.stderr.lines().filter(|l| l.starts_with("warning")).map(str::to_owned).collect::<Vec<_>>()
        };
        let also = converted(&input, &four, "netcdf4-classic");
        also.ok();
        assert_eq!(warned(&also), warned(&said), "{name}");
        let compared = run("inspect", &[&*four.display().to_string(), "--compare", &three.display().to_string()]);
        let differs = compared.stdout.lines().filter(|l| l.contains("variable") && !l.contains("history")).count();
        assert!(compared.succeeded() || differs == 0, "{name}: {compared}");
    }
}

#[test]
fn what_an_output_can_not_hold_is_said_with_the_name_of_the_input() {
    let folder = tempfile::tempdir().unwrap();
    let grouped = "variables: float x; data: x = 1; group: meta { variables: float y; data: y = 2; }";
    if let Some(grouped) = made(&folder, "grouped", grouped) {
        for format in ["netcdf3", "netcdf4-classic", "cdf5"] {
            let said = converted(Path::new(&grouped), &folder.path().join("o.nc"), format);
            let place = format!("netCDF classic has no groups, group 'meta' in {grouped}");
            assert!(said.fails(1).contains(&place), "{said}");
        }
    }
    let wide = "dimensions: x = 1; variables: int64 l(x); l:range = 9007199254740993LL; data: l = 1;";
    if let Some(wide) = made(&folder, "wide", wide) {
        let said = converted(Path::new(&wide), &folder.path().join("o.nc"), "netcdf3");
        let place = format!("attribute 'range' of variable 'l' in {wide}");
        assert!(said.fails(1).contains(&place), "{said}");
    }
    let late = "dimensions: x = 2; variables: int64 l(x); data: l = 1, 9007199254740993;";
    if let Some(late) = made(&folder, "late", late) {
        let said = converted(Path::new(&late), &folder.path().join("o.nc"), "netcdf4-classic");
        assert!(said.fails(1).contains(&format!("variable 'l' in {late}")), "{said}");
        assert!(said.stderr.contains("9007199254740993 does not fit its int"), "{said}");
    }
    let long = folder.path().join("long.zarr");
    fs::create_dir_all(long.join("b")).unwrap();
    fs::write(long.join(".zgroup"), r#"{"zarr_format": 2}"#).unwrap();
    let array = r#"{"zarr_format": 2, "shape": [5000000000], "chunks": [1000000], "dtype": "|i1", "order": "C",
                    "fill_value": 0, "filters": null, "compressor": null}"#;
    fs::write(long.join("b/.zarray"), array).unwrap();
    fs::write(long.join("b/.zattrs"), r#"{"_ARRAY_DIMENSIONS": ["lat"]}"#).unwrap();
    let said = converted(&long, &folder.path().join("o.nc"), "netcdf3");
    let place = format!("too large for this netCDF format, dimension 'lat' in {}", long.display());
    assert!(said.fails(1).contains(&place), "{said}");
}

#[test]
fn outputs_are_local_files_or_stores_in_buckets() {
    let input = fixture("etopo60.cdf").display().to_string();
    for (url, told, hint) in [
        ("s3://bucket/x.nc", "netcdf4 goes to local files, not to s3://bucket/x.nc", "write Zarr there"),
        ("https://example.org/x.zarr", "https://example.org/x.zarr", "hint: "),
        (
            "gs://bucket/x.csv",
            "this output is written to a local path, not to gs://",
            "write to a local path, then upload it",
        ),
    ] {
        let said = run("subset", &[&*input, "-o", url]);
        assert!(said.fails(2).contains(told) && said.stderr.contains(hint), "{said}");
    }
}

#[test]
fn a_full_disk_is_told_once_whatever_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("air_temperature_small.nc").display().to_string();
    let tool = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("subset");
    for output in ["o.zarr.zip", "o.zarr", "o.nc", "o.nc3"] {
        // Files may not grow beyond a few blocks; the signal that would end the tool is ignored.
        let script = "trap '' XFSZ; ulimit -f 8; exec \"$@\"";
        let tool = tool.display().to_string();
        let arguments = ["-c", script, "sh", &tool, &input, "-o", output, "--quiet"];
        let arguments: Vec<&str> = arguments.into_iter().chain(["--compression", "none"]).collect();
        let arguments = if output == "o.nc3" { &arguments[..arguments.len() - 2] } else { &arguments[..] };
        let said = Command::program("sh").arguments(arguments.iter().copied()).folder(folder.path()).run();
        assert!(said.fails(1).starts_with("error: "), "{said}");
        assert_eq!(said.stderr.lines().count(), 1, "{said}");
        assert!(!said.stderr.contains("ZipWriter"), "a library speaks for itself: {said}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{said}");
    }
}

#[test]
fn attributes_that_are_not_kept_are_named_once_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let cdl = "types: compound pair { int a; float b; }; \
               variables: float x; pair x:comp = {1, 2.5}; float y; pair y:comp = {1, 2.5}; data: x = 1; y = 1;";
    let Some(input) = made(&folder, "comp", cdl) else { return };
    let note = format!(
        "note: attribute 'comp' of variable 'x' has type compound {{a: int, b: float}}, which is not kept; \
                        nor is another one, {input}"
    );
    let said = run("inspect", &[&*input]);
    said.ok();
    assert_eq!(said.stderr.matches(&note).count(), 1, "{said}");
    let said = subset_of(Path::new(&input), &[]).said;
    assert_eq!(said.stderr.matches(&note).count(), 1, "{said}");
}

#[test]
fn the_metadata_of_a_store_are_not_the_store() {
    let store = fixture("made/monthly_v3.zarr").display().to_string();
    let said = run("inspect", &[format!("{store}/zarr.json")]);
    assert!(said.fails(1).contains("the metadata of a Zarr store, not the store"), "{said}");
    assert!(said.stderr.contains(&format!("hint: give the folder: {store}")), "{said}");
}

#[test]
fn packed_values_in_other_units_get_no_needless_offset() {
    let folder = tempfile::tempdir().unwrap();
    let cdl = "dimensions: x = 2; variables: byte h(x); h:scale_factor = 0.5f; h:units = \"m\"; data: h = 1, 2;";
    let Some(input) = made(&folder, "packed", cdl) else { return };
    let h = subset_of(Path::new(&input), &["--units", "h=cm"]).variable("h");
    assert_eq!(h["attributes"]["scale_factor"], 50.0);
    assert!(h["attributes"].get("add_offset").is_none(), "{h}");
    assert_eq!((&h["statistics"]["min"], &h["statistics"]["max"]), (&50.0.into(), &100.0.into()), "{h}");
}

#[test]
fn precipitation_as_a_depth_has_the_name_of_a_depth() {
    let folder = tempfile::tempdir().unwrap();
    let cdl = "dimensions: x = 1; variables: float pr(x); pr:units = \"kg m-2 s-1\"; \
               pr:standard_name = \"precipitation_flux\"; data: pr = 1;";
    let Some(input) = made(&folder, "pr", cdl) else { return };
    let pr = subset_of(Path::new(&input), &["--units", "pr=mm/day"]).variable("pr");
    assert_eq!(pr["attributes"]["standard_name"], "lwe_precipitation_rate");
    let kept = subset_of(Path::new(&input), &["--units", "pr=kg m-2 day-1"]).variable("pr");
    assert_eq!(kept["attributes"]["standard_name"], "precipitation_flux");
}
