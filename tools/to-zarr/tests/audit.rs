//! What `to-zarr` says of inputs before it writes, and what it does with those that do not fit.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::{Store, run};

/// Two days from `day` on.
fn file(folder: &Path, day: i32) -> PathBuf {
    named(folder, &format!("{day:02}.zarr"), day, &[-10.0, 0.0, 10.0], "standard")
}

/// `t(time, lat)` of two days.
fn named(folder: &Path, name: &str, day: i32, lat: &[f64], calendar: &str) -> PathBuf {
    let (rows, values) = (lat.len(), vec![280.0f32 + day as f32; 2 * lat.len()]);
    let time = json!({"units": "days since 2000-01-01", "calendar": calendar});
    Store::new(folder, name, json!({"title": "made"}))
        .array("time", &["time"], &[2], &[day, day + 1], time)
        .array("lat", &["lat"], &[rows], lat, json!({"units": "degrees_north"}))
        .array("t", &["time", "lat"], &[2, rows], &values, json!({"units": "K"}))
        .path()
}

/// Four files in a row, one with another grid, one that is none, one in another calendar.
fn mixed(folder: &Path) -> Vec<String> {
    let mut paths: Vec<PathBuf> = [0, 2, 4, 6].map(|day| file(folder, day)).to_vec();
    paths.insert(0, named(folder, "grid.zarr", 8, &[0.0, 5.0, 10.0], "standard"));
    paths.push(named(folder, "calendar.zarr", 10, &[-10.0, 0.0, 10.0], "360_day"));
    let text = folder.join("text.nc");
    std::fs::write(&text, "no data").unwrap();
    paths.insert(2, text);
    paths.into_iter().map(|path| path.to_string_lossy().into_owned()).collect()
}

fn words<'a>(inputs: &'a [String], others: &[&'a str]) -> Vec<&'a str> {
    inputs.iter().map(String::as_str).chain(others.iter().copied()).collect()
}

fn attribute(store: &str, name: &str) -> Value {
    run("inspect", &["--format", "json", store]).json()["attributes"][name].clone()
}

fn json_of(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn all_that_do_not_fit_are_named_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = mixed(folder.path());
    let output = folder.path().join("out.zarr").to_string_lossy().into_owned();
    let failed = run("to-zarr", &words(&inputs, &["-o", &output]));
    let said = failed.fails(1);
    assert!(said.contains("error: 3 of 7 inputs can't be used"), "{said}");
    assert!(said.contains(&format!("\n  {}: lat differs: another grid than in", inputs[0])), "{said}");
    assert!(said.contains(&format!("\n  {}: neither netCDF nor HDF5 nor Zarr", inputs[2])), "{said}");
    assert!(said.contains(&format!("\n  {}: coordinate 'time' is in another calendar", inputs[6])), "{said}");
    assert!(said.contains("hint: --on-error skip") && !Path::new(&output).exists(), "{said}");
}

#[test]
fn what_does_not_fit_is_left_out_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut inputs = mixed(folder.path());
    inputs.push(named(folder.path(), "again.zarr", 3, &[-10.0, 0.0, 10.0], "standard").to_string_lossy().into_owned());
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (output, report, page, other) = (path("out.zarr"), path("report.json"), path("report.html"), path("good.zarr"));
    let done = run("to-zarr", &words(&inputs, &["-o", &output, "--on-error", "skip", "--report", &report]));
    done.ok();
    assert_eq!(done.stderr.matches("warning: left out").count(), 4, "{}", done.stderr);
    let told = attribute(&output, "to_zarr_skipped");
    let lines: Vec<&str> = told.as_str().unwrap().lines().collect();
    let again = "2 of its 2 steps, from time 2000-01-04T00:00:00 on, are also in";
    assert!(lines.len() == 4 && lines[3].starts_with(&format!("{}: {again}", inputs[7])), "{told}");
    let report = json_of(&report);
    let skipped: Vec<&str> =
        report["skipped"].as_array().unwrap().iter().map(|s| s["path"].as_str().unwrap()).collect();
    assert_eq!(skipped, [&inputs[0], &inputs[2], &inputs[6], &inputs[7]]);
    assert_eq!(report["inputs"].as_array().unwrap().len(), 4);
    assert_eq!(report["audit"]["axes"][0]["count"], 8);
    assert_eq!(report["audit"]["entries"].as_array().unwrap().len(), 8);
    // The same values as a store of the others alone.
    let good = [inputs[1].as_str(), &inputs[3], &inputs[4], &inputs[5], "-o", &other];
    run("to-zarr", &good).ok();
    let values = |store: &str| {
        let description = run("inspect", &["--format", "json", "--stats", store]).json();
        (description["variables"].clone(), description["times"].clone())
    };
    assert_eq!(values(&output), values(&other));
    run("to-zarr", &words(&inputs, &["-o", &output, "--overwrite", "--on-error", "skip", "--report", &page])).ok();
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<h2>Left out</h2>") && page.contains("another grid"), "{page}");
}

#[test]
fn nothing_left_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.nc");
    std::fs::write(&text, "no data").unwrap();
    let (text, output) = (text.to_string_lossy(), folder.path().join("out.zarr"));
    let failed = run("to-zarr", &[text.as_ref(), "-o", &output.to_string_lossy(), "--on-error", "skip"]);
    assert!(failed.fails(1).contains("neither netCDF nor HDF5 nor Zarr"));
}

#[test]
fn an_audit_is_printed_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = [0, 2, 8].map(|day| file(folder.path(), day).to_string_lossy().into_owned()).to_vec();
    let audit = run("to-zarr", &words(&inputs, &["--audit"])).ok().to_owned();
    for line in [
        "3 inputs, 1 kind of variables and grid",
        "  grid lat=3 (-10 to 10)",
        "time: 6 steps, 2000-01-01T00:00:00 to 2000-01-10T00:00:00, step 1 day",
        "  gap between 2000-01-04T00:00:00 and 2000-01-09T00:00:00",
        "noted: 1",
    ] {
        assert!(audit.lines().any(|l| l == line), "no '{line}' in\n{audit}");
    }
    let mixed = mixed(folder.path());
    let failed = run("to-zarr", &words(&mixed, &["--audit"]));
    failed.fails(1);
    assert!(failed.stdout.contains("refused: 3"), "{failed}");
    let passed = run("to-zarr", &words(&mixed, &["--audit", "--on-error", "skip"]));
    assert!(passed.ok().contains("refused: 3"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 8);
}

#[test]
fn a_plan_is_made_of_what_fits() {
    let folder = tempfile::tempdir().unwrap();
    let inputs = mixed(folder.path());
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (store, plan, once, report) = (path("many.zarr"), path("plan.json"), path("once.zarr"), path("report.json"));
    let skip = ["--on-error", "skip", "--no-history", "--chunk", "time=2"];
    let of_plan = words(&inputs, &["--store", &store, "-o", &plan, "--tasks", "2"]);
    run("to-zarr", &[vec!["plan"], of_plan, skip.to_vec()].concat()).ok();
    let planned = json_of(&plan);
    let count = |value: &Value| value.as_array().map(Vec::len);
    assert_eq!((count(&planned["inputs"]), count(&planned["skipped"])), (Some(4), Some(3)));
    run("to-zarr", &["init", &plan]).ok();
    for task in ["0", "1"] {
        run("to-zarr", &["work", &plan, "--task", task]).ok();
    }
    run("to-zarr", &["finalise", &plan, "--report", &report]).ok();
    assert_eq!(count(&json_of(&report)["skipped"]), Some(3));
    run("to-zarr", &[words(&inputs, &["-o", &once]), skip.to_vec()].concat()).ok();
    run("inspect", &["--compare", &once, &store]).ok();
    assert_eq!(attribute(&store, "to_zarr_skipped"), attribute(&once, "to_zarr_skipped"));
}

#[test]
fn an_append_tells_what_it_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let days = [0, 2, 4, 6].map(|day| file(folder.path(), day).to_string_lossy().into_owned());
    std::fs::write(path("text.nc"), "no data").unwrap();
    for version in ["3", "2"] {
        let store = path(&format!("store{version}.zarr"));
        run("to-zarr", &[days[0].as_str(), &days[1], "-o", &store, "--zarr-version", version]).ok();
        let inputs = [days[2].clone(), path("text.nc"), days[3].clone()];
        let how = ["-o", &store, "--append", "time", "--on-error", "skip", "--verify"];
        run("to-zarr", &words(&inputs, &how)).ok();
        let told = attribute(&store, "to_zarr_skipped");
        assert!(told.as_str().is_some_and(|text| text.starts_with(&inputs[1])), "{told}");
        assert_eq!(run("inspect", &["--format", "json", &store]).json()["times"][0]["count"], 8);
    }
}
