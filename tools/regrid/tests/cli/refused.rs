//! What cannot be is refused, with the status of whose fault it is and a way out.

use testkit::{Store, fixture, repository, run, shared_data};

use super::{regrid, regrid_of};

const AIR: &str = "air_temperature_small.nc";
const MESH: &str = "mesh_C4_synthetic_float.nc";

/// Fails with `status`, saying all of `words`.
#[track_caller]
fn refused(input: &str, arguments: &[&str], status: i32, words: &[&str]) {
    let output = regrid(input, arguments);
    let said = output.said.fails(status);
    assert!(words.iter().all(|w| said.contains(w)), "{words:?}\n{}", output.said);
    assert!(!output.path().exists(), "{}", output.said);
}

#[test]
fn wrong_arguments_end_with_2() {
    refused(AIR, &[], 2, &["--target", "--resolution", "--levels"]);
    refused(AIR, &["--method", "nearest"], 2, &["--target"]);
    refused(AIR, &["--target", "r36x18"], 2, &["no method", "hint: --method"]);
    refused(AIR, &["--method", "linear", "--target", "r36x18"], 2, &["'linear'", "bilinear"]);
    refused(AIR, &["--method", "nearest", "--target", "r36"], 2, &["'r36'", "r360x180"]);
    refused(AIR, &["--method", "nearest", "--target", "r0x18"], 2, &["r0x18"]);
    refused(AIR, &["--method", "nearest", "--target", "no-such-file.nc"], 2, &["'no-such-file.nc'", "hint: "]);
    refused(AIR, &["--method", "nearest", "--target", "epsg:3035"], 2, &["--resolution"]);
    refused(AIR, &["--method", "nearest", "--target", "r36x18", "--resolution", "1"], 2, &["--resolution"]);
    refused(AIR, &["--method", "nearest", "--target", "epsg:999999", "--resolution", "1"], 2, &["999999"]);
}

#[test]
fn wrong_numbers_end_with_2() {
    for size in ["0", "-1", "x", "1,2,3", "NaN", "inf"] {
        refused(AIR, &["--method", "nearest", &format!("--resolution={size}")], 2, &[size]);
    }
    refused(AIR, &["--method", "nearest", "--resolution", "1e-9"], 2, &["too many columns"]);
    for bbox in ["1,2,3", "0,50,10,40", "0,-91,10,40"] {
        refused(AIR, &["--method", "nearest", "--resolution", "1", &format!("--bbox={bbox}")], 2, &["error: "]);
    }
    let nearest = ["--method", "nearest", "--target", "r36x18"];
    for (option, value, word) in [
        ("--min-coverage", "1.5", "--min-coverage"),
        ("--min-coverage", "nan", "--min-coverage"),
        ("--normalize", "none", "fracarea"),
        ("--normalize", "destarea", "--method conservative"),
        ("--extrapolate", "linear", "nearest"),
        ("--rotate-winds", "u", "U"),
        ("--levels", "high", "high"),
        ("--vertical", "cubic", "cubic"),
        ("--weights-layout", "xesmf", "scrip"),
    ] {
        refused(AIR, &[&nearest[..], &[&format!("{option}={value}")]].concat(), 2, &[word]);
    }
}

#[test]
fn options_that_do_not_go_together_end_with_2() {
    refused(AIR, &["--levels", "850", "--method", "nearest"], 2, &["target grid", "hint: "]);
    refused(AIR, &["--levels", "850", "--save-weights", "w.nc"], 2, &["--save-weights"]);
    refused(AIR, &["--method", "nearest", "--weights", "w.nc", "--target", "r36x18"], 2, &["--weights", "--method"]);
    refused(AIR, &["--method", "nearest", "--bbox=0,0,9,9", "--target", "r36x18"], 2, &["--resolution"]);
    refused(AIR, &["--target-variable", "x", "--resolution", "1", "--method", "nearest"], 2, &["--target"]);
    let input = fixture(AIR).display().to_string();
    let own = ["--method", "nearest", "--target", "r36x18", "--save-weights", &input];
    refused(AIR, &own, 2, &["error: "]);
    let said = run("regrid", &[&*input, "-o", &input, "--method", "nearest", "--target", "r36x18"]);
    assert!(said.fails(2).contains(AIR), "{said}");
}

#[test]
fn what_the_data_do_not_have_ends_with_1() {
    let nearest = ["--method", "nearest", "--target", "r36x18"];
    refused(AIR, &[&nearest[..], &["-v", "pm25"]].concat(), 1, &["'pm25'", "hint: "]);
    refused(AIR, &[&nearest[..], &["--mask", "land"]].concat(), 1, &["'land'", "hint: "]);
    refused("SOI_Darwin.nc", &nearest, 1, &["horizontal grid", "hint: "]);
    refused("made/stations.csv", &nearest, 1, &["stations.csv"]);
    let said = regrid_of(std::path::Path::new("no_such_file.nc"), &nearest).said;
    assert!(said.fails(1).contains("no_such_file.nc"), "{said}");
    refused(AIR, &["--levels", "850hPa"], 1, &["level"]);
    refused("made/pressure_dateline.nc", &["--levels", "850m"], 1, &["850m", "plev is in 'Pa'"]);
    let target = fixture("SOI_Darwin.nc").display().to_string();
    refused(AIR, &["--method", "nearest", "--target", &target], 1, &["SOI_Darwin.nc"]);
    refused(AIR, &["--method", "nearest", "--target", &target, "--target-variable", "x"], 1, &["'x'"]);
}

#[test]
fn grids_that_a_method_cannot_use_end_with_1() {
    refused(MESH, &["--method", "bicubic", "--target", "r36x18"], 1, &["list", "hint: --method bilinear"]);
}

#[test]
fn a_target_outside_warns() {
    let output = regrid(AIR, &["--method", "bilinear", "--resolution", "1", "--bbox=0,-60,10,-50"]);
    output.said.ok();
    assert!(output.said("warning: every value is missing"), "{}", output.said);
}

#[test]
fn a_name_of_the_target_that_the_input_has_too_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let unit = |unit: &str| serde_json::json!({"units": unit});
    let input = Store::new(folder.path(), "in.zarr", serde_json::json!({}))
        .array("y", &["y"], &[2], &[0.0, 1.0], unit("degrees_north"))
        .array("x", &["x"], &[2], &[0.0, 1.0], unit("degrees_east"))
        .array("i", &["y", "x"], &[2, 2], &[1.0; 4], unit("K"))
        .array("lat_vertices", &["y"], &[2], &[1.0; 2], unit("K"))
        .path();
    let target = fixture("made/curvilinear_pole.nc").display().to_string();
    let output = regrid_of(&input, &["--method", "nearest", "--target", &target]);
    assert!(output.said.succeeded() || output.said.fails(1).contains("hint: "), "{}", output.said);
}

/// Every file below a folder is refused or read, without a crash and within a second.
fn check(folder: &std::path::Path) {
    let out = tempfile::tempdir().unwrap();
    testkit::for_each_malformed(folder, |file| {
        let output = out.path().join("a.nc").display().to_string();
        let file = file.display().to_string();
        for arguments in [["--method", "conservative", "--target", "r6x4"], ["--method", "nearest", "--target", &file]]
        {
            let input = if arguments[3] == file { fixture(AIR).display().to_string() } else { file.clone() };
            let said = run("regrid", &[&[&*input, "-o", &output, "--overwrite"], &arguments[..]].concat());
            let ended = matches!(said.status, Some(0..=2)) && said.killed_for.is_none();
            assert!(ended && !said.stderr.contains("internal") && !said.stderr.contains("panicked"), "{said}");
        }
    });
}

#[test]
fn broken_files_are_refused_without_a_crash() {
    check(&repository().join("test-data/made/malformed"));
}

#[test]
fn files_that_crashed_other_readers() {
    let Some(folder) = shared_data("malformed") else { return };
    for name in ["PnetCDF", "cve_hdf5"] {
        check(&folder.join(name));
    }
}
