//! A run that fails or is stopped leaves what was there before.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use testkit::{Command as Tool, fixture, run};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Begin a long run, send `signal` once the output is in the making, and say how the run ended.
fn stopped_by(signal: &str, output: &Path) -> Option<i32> {
    let folder = output.parent().unwrap();
    let before = names(folder).len();
    let test = std::env::current_exe().unwrap();
    let tool = test.parent().and_then(Path::parent).unwrap().join("subset");
    let mut child = Command::new(tool)
        .arg(fixture("coads_climatology.cdf"))
        .arg("-o")
        .arg(output)
        .args(["--format", "zarr", "--overwrite", "--chunk", "TIME=1,COADSX=4,COADSY=4", "--threads", "1"])
        .args(["--compression", "zstd:19"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while names(folder).len() == before && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(child.try_wait().unwrap().is_none(), "it was done before it could be stopped");
    // The shell's own: a bare system has no program of that name.
    let kill = format!("kill -{signal} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    child.wait().unwrap().code()
}

#[test]
fn a_terminated_run_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(stopped_by("TERM", &folder.path().join("out.zarr")), Some(130));
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn an_interrupted_run_leaves_the_old_output() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("out.zarr");
    let input = fixture("made/monthly_bounds.nc").display().to_string();
    run("subset", &[&*input, "-o", &store.to_string_lossy()]).ok();
    assert_eq!(stopped_by("INT", &store), Some(130));
    assert_eq!(names(folder.path()), ["out.zarr"]);
    run("inspect", &[&*input, "--compare", &store.to_string_lossy()]).ok();
}

#[test]
fn a_failed_run_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.nc");
    std::fs::write(&file, "what was there").unwrap();
    let out = file.to_string_lossy();
    let cut = fixture("made/malformed/cut_data.nc").display().to_string();
    let types = fixture("made/types_netcdf4.nc").display().to_string();
    run("subset", &[&*cut, "-o", &out]).fails(1);
    run("subset", &[&*types, "-o", &out, "--format", "netcdf3"]).fails(1);
    assert_eq!(names(folder.path()), ["out.nc"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "what was there");
}

#[test]
fn a_refusal_names_the_output_and_not_its_temporary() {
    let folder = tempfile::tempdir().unwrap();
    let fill = serde_json::json!({"_FillValue": 9999});
    let store = testkit::Store::new(folder.path(), "s.zarr", serde_json::json!({}));
    let input = store.array("l", &["x"], &[2], &[1_i8, 2], fill).path().display().to_string();
    let output = folder.path().join("out.nc").display().to_string();
    let said = run("subset", &[&*input, "-o", &output, "--format", "netcdf4"]);
    assert!(said.fails(1).lines().next().unwrap().ends_with(&output) && said.stderr.contains("variable 'l'"), "{said}");
}

#[test]
fn a_reader_of_messages_who_leaves_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("air_temperature_small.nc").display().to_string();
    let test = std::env::current_exe().unwrap();
    let tools = test.parent().and_then(Path::parent).unwrap().display().to_string();
    let script = format!("{{ '{tools}/subset' '{input}' -o out.nc 2>&1; echo $? >status; }} | true");
    Tool::program("/bin/sh").arguments(["-c", &script]).folder(folder.path()).run().ok();
    assert_eq!(std::fs::read_to_string(folder.path().join("status")).unwrap(), "0\n");
}
