//! What cannot be drawn is refused, with the status of whose fault it is and a way out.

use testkit::{run, shared_data};

use super::{AIR, plot};

/// Fails with `status`, saying all of `words`, and leaves nothing.
#[track_caller]
fn refused(input: &str, name: &str, arguments: &[&str], status: i32, words: &[&str]) {
    let figure = plot(input, name, arguments);
    let said = figure.said.fails(status);
    assert!(words.iter().all(|w| said.contains(w)), "{}", figure.said);
    assert!(!figure.path().exists(), "{}", figure.said);
}

#[test]
fn wrong_arguments_end_with_2() {
    refused(AIR, "a.bmp", &[], 2, &["a.bmp", ".png"]);
    refused(AIR, "a.gif", &[], 2, &["--animate"]);
    refused(AIR, "a.svg", &["--animate", "time"], 2, &["--animate"]);
    refused(AIR, "a.png", &["--cmap", "viridsi"], 2, &["viridsi", "viridis"]);
    refused(AIR, "a.png", &["--projection", "robinsn"], 2, &["robinsn", "robinson"]);
    refused(AIR, "a.png", &["--projection", "EPSG:0"], 2, &["EPSG:0"]);
    refused(AIR, "a.png", &["--range", "3,1"], 2, &["--range"]);
    refused(AIR, "a.png", &["--levels", "3,2"], 2, &["3,2"]);
    refused(AIR, "a.png", &["--extent", "0,50,10,40"], 2, &["0,50,10,40"]);
    refused(AIR, "a.png", &["--size", "0x0"], 2, &["0x0"]);
    refused(AIR, "a.png", &["--isel", "time=0,lat=1"], 2, &["time=0,lat=1", "one dimension each time"]);
    refused(AIR, "a.png", &["--size", "120x90"], 2, &["too small", "--size "]);
    refused(AIR, "a.png", &["--facet", "time", "--columns", "0"], 2, &["'0'", "1 or more"]);
    refused(AIR, "a.png", &["--facet", "level"], 2, &["level", "time"]);
    refused("coads_climatology.cdf", "a.png", &[], 2, &["several variables", "hint: ", "-v"]);
    refused(AIR, "a.png", &["--log", "--range", "-1,5"], 2, &["log"]);
    refused(AIR, "a.png", &["--kind", "timeseries", "--log", "--range", "-1,5"], 2, &["log", "hint: "]);
}

#[test]
fn what_the_data_do_not_have_ends_with_1() {
    refused(AIR, "a.png", &["-v", "pm25"], 1, &["pm25", "hint: "]);
    refused(AIR, "a.png", &["--kind", "section"], 1, &["vertical"]);
    refused("SOI_Darwin.nc", "a.png", &["--kind", "map"], 1, &["latitudes", "hint: "]);
    refused(AIR, "a.png", &["--time", "1999"], 1, &["1999"]);
    refused("mesh_C4_synthetic_float.nc", "a.png", &["--contour"], 1, &["rows and columns"]);
    refused(AIR, "a.png", &["--extent", "20,-50,40,-30"], 1, &["--extent 20,-50,40,-30", "161.2°W", "28.7°W"]);
}

#[test]
fn pictures_do_not_go_to_standard_output() {
    let input = testkit::fixture(AIR).display().to_string();
    let said = run("plot", &[input.as_str(), "-o", "-", "--format", "png"]);
    assert!(said.fails(2).contains("standard output"), "{said}");
    // A figure that shows one variable by colours takes no second one.
    let said = run(
        "plot",
        &[
            &testkit::fixture("coads_climatology.cdf").display().to_string(),
            "-o",
            "a.png",
            "-v",
            "SST,AIRT",
            "--kind",
            "hovmoller",
        ],
    );
    assert!(said.fails(2).contains("SST, AIRT"), "{said}");
}

#[test]
fn options_whose_value_may_be_left_out_take_no_input_for_it() {
    for arguments in [&["--diverging"][..], &["--diverging", "280"], &["--diverging=280"]] {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("a.png").display().to_string();
        let input = testkit::fixture(AIR).display().to_string();
        let all = [arguments, &[input.as_str(), "-o", output.as_str(), "--isel", "time=0"]].concat();
        run("plot", &all).ok();
    }
}

#[test]
fn the_list_of_colour_maps_needs_no_input() {
    let said = run("plot", &["--list-colormaps"]);
    let text = said.ok();
    for name in ["viridis\tsequential", "roma\t", "balance\t", "jet\t"] {
        assert!(text.lines().any(|l| l.starts_with(name)), "{name}");
    }
}

#[test]
fn broken_files_are_refused_without_a_crash() {
    let Some(folder) = shared_data("malformed") else { return };
    let out = tempfile::tempdir().unwrap();
    testkit::for_each_malformed(&folder, |file| {
        let output = out.path().join("a.png").display().to_string();
        let said = run("plot", &[file.display().to_string(), "-o".to_owned(), output]);
        let ended = matches!(said.status, Some(0..=2));
        assert!(ended && !said.stderr.contains("internal error"), "{said}");
    });
}
