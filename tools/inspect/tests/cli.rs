//! `inspect` from the outside: what it prints, what it refuses.

use std::path::Path;

use serde_json::json;
use testkit::{Case, Command, Table, case, fixture, repository, run};

/// Run `inspect INPUT… -o FILE ARGUMENTS…` and compare what it wrote.
fn check(inputs: &[&str], cases: &[Case]) {
    Table::new("inspect", inputs, |path: &Path| std::fs::read_to_string(path).unwrap()).check(cases);
}

#[test]
fn a_packed_analysis_in_every_form() {
    check(
        &["air_temperature_small.nc"],
        &[
            case("for people", &[], "inspect/air.txt"),
            case("with statistics", &["--stats"], "inspect/air_stats.txt"),
            case("for programs", &["--format", "json", "--stats"], "inspect/air.json"),
            case("for browsers", &["--format", "html", "--stats"], "inspect/air.html"),
            case("a row a variable", &["--format", "tabular"], "inspect/air.tabular"),
            case("names for a form", &["--list", "variables"], "inspect/air_variables.tabular"),
            case("dimensions", &["--list", "dimensions"], "inspect/air_dimensions.tabular"),
            case("coordinates", &["--list", "coordinates"], "inspect/air_coordinates.tabular"),
            case("dates", &["--list", "times"], "inspect/air_times.tabular"),
            case("values of a coordinate", &["--coordinate", "lat"], "inspect/air_lat.tabular"),
            case("dates of a coordinate", &["--coordinate", "time"], "inspect/air_time.tabular"),
        ],
    );
}

#[test]
fn grids_and_calendars_of_all_kinds() {
    for (input, expected) in [
        ("made/monthly_bounds.nc", "inspect/monthly_bounds.txt"),
        ("made/monthly_v3.zarr", "inspect/monthly_v3.txt"),
        ("made/cams_like.nc", "inspect/cams_like.txt"),
        ("made/curvilinear_pole.nc", "inspect/curvilinear_pole.txt"),
        ("made/groups.nc", "inspect/groups.txt"),
        ("made/types_cdf5.nc", "inspect/types_cdf5.txt"),
        ("made/calendar_360_day.nc", "inspect/calendar_360_day.txt"),
        ("mesh_C4_synthetic_float.nc", "inspect/mesh.txt"),
        ("rotated_pole.nc", "inspect/rotated_pole.txt"),
        ("hybrid_height.nc", "inspect/hybrid_height.txt"),
        ("orca2_votemper.nc", "inspect/orca2.txt"),
        ("coads_climatology.cdf", "inspect/coads.txt"),
    ] {
        check(&[input], &[case(input, &["--stats"], expected)]);
    }
}

#[test]
fn levels_and_several_inputs() {
    check(
        &["made/pressure_dateline.nc"],
        &[
            case("levels", &["--list", "levels"], "inspect/levels.tabular"),
            case("a scalar range", &["--coordinate", "plev"], "inspect/plev.tabular"),
        ],
    );
    check(
        &["made/packed_2.nc", "made/packed_1.nc"],
        &[case("in order of time", &["--list", "times"], "inspect/packed_times.tabular")],
    );
}

#[test]
fn what_can_not_be_is_said_with_a_way_out() {
    check(
        &["air_temperature_small.nc"],
        &[
            case("a coordinate that is not there", &["--coordinate", "depth"], "inspect/no_coordinate.err"),
            case("a tolerance below nothing", &["--compare", "x.nc", "--tolerance", "-1"], "inspect/no_tolerance.err"),
        ],
    );
    check(&["MANIFEST.tsv"], &[case("a table is no dataset", &[], "inspect/no_dataset.err")]);
    check(&["made/malformed/html.nc"], &[case("a page is no dataset", &[], "inspect/page.err")]);
    check(&["made/malformed/cut_data.nc"], &[case("half a file", &["--stats"], "inspect/half.err")]);
}

fn compared(one: &str, two: &str, more: &[&str]) -> testkit::Outcome {
    let (one, two) = (fixture(one).display().to_string(), fixture(two).display().to_string());
    run("inspect", &[&[&*one, "--compare", &two], more].concat())
}

#[test]
fn equal_content_is_equal_however_stored() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("made/monthly_bounds.nc").display().to_string();
    for format in ["netcdf3", "zarr", "zarr2"] {
        let output = folder.path().join(format).display().to_string();
        run("subset", &[&*input, "-o", &output, "--format", format, "--no-history"]).ok();
        run("inspect", &[&*output, "--compare", &input]).ok();
    }
    compared("made/types_netcdf4.nc", "made/types_big_endian.nc", &[]).ok();
    compared("made/types_netcdf4.nc", "made/types_cdf5.nc", &[]).ok();
}

#[test]
fn differences_are_told_one_a_line() {
    let said = compared("made/packed_1.nc", "made/packed_2.nc", &[]);
    assert!(said.fails(1).contains("difference"), "{said}");
    for line in ["dimension time: 31 and 28", "variable t: attribute scale_factor: differs", "variable t: shape"] {
        assert!(said.stdout.lines().any(|l| l.starts_with(line)), "no '{line}'\n{said}");
    }
}

#[test]
fn a_tolerance_covers_the_rounding_of_packed_values() {
    let folder = tempfile::tempdir().unwrap();
    let celsius = folder.path().join("celsius.nc").display().to_string();
    let kelvin = folder.path().join("kelvin.nc").display().to_string();
    let input = fixture("air_temperature_small.nc").display().to_string();
    run("subset", &[&*input, "-o", &celsius, "--units", "air=degC", "--no-history"]).ok();
    run("subset", &[&*celsius, "-o", &kelvin, "--units", "air=degK", "--no-history"]).ok();
    let said = run("inspect", &[&*kelvin, "--compare", &input, "--tolerance", "1e-9"]);
    assert!(!said.stdout.contains("values"), "{said}");
}

#[test]
fn the_examples_of_the_help_work() {
    let help = run("inspect", &["--help"]);
    let examples: Vec<&str> = help.ok().lines().filter_map(|l| l.trim_start().strip_prefix("$ ")).collect();
    assert!(examples.len() >= 4, "{help}");
    let tools = std::env::current_exe().unwrap().parent().and_then(Path::parent).unwrap().display().to_string();
    for example in examples {
        let script = format!("PATH='{tools}:$PATH'; {example}");
        let said = Command::program("/bin/sh").arguments(["-c", &script]).folder(repository().join("test-data")).run();
        assert!(!said.ok().is_empty() || example.contains("--compare"), "{said}");
    }
}

#[test]
fn a_reader_who_leaves_is_no_failure() {
    let tools = std::env::current_exe().unwrap().parent().and_then(Path::parent).unwrap().display().to_string();
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("A1B_north_america.nc").display().to_string();
    let script = format!("{{ '{tools}/inspect' '{input}' --coordinate time; echo $? >status; }} | true");
    Command::program("/bin/sh").arguments(["-c", &script]).folder(folder.path()).run().ok();
    assert_eq!(std::fs::read_to_string(folder.path().join("status")).unwrap(), "0\n");
}

#[test]
fn wrong_arguments_end_with_status_2() {
    let input = fixture("air_temperature_small.nc").display().to_string();
    for wrong in
        [&[][..], &["--no-such-flag"], &[&*input, "--list", "nothing"], &[&*input, "--stats", "--list", "times"]]
    {
        run("inspect", wrong).fails(2);
    }
    run("inspect", &["no-such-file.nc"]).fails(1);
}

#[test]
fn lists_are_arrays_for_programs() {
    let input = fixture("made/cams_like.nc").display().to_string();
    let json = |arguments: &[&str]| run("inspect", &[&[&*input, "--format", "json"], arguments].concat()).json();
    let variables = json(&["--list", "variables"]);
    assert_eq!(variables[0]["name"], "pm2p5_conc");
    assert_eq!(variables[0]["dimensions"][0], "time");
    assert!(variables[0]["shape"].as_array().unwrap().iter().all(serde_json::Value::is_u64), "{variables}");
    assert!(json(&["--list", "dimensions"])[0]["length"].is_u64());
    assert_eq!(json(&["--list", "times"])[0], "0 days");
    assert!(json(&["--list", "levels"]).as_array().unwrap().iter().all(serde_json::Value::is_number));
    assert_eq!(json(&["--coordinate", "latitude"])[0]["value"], 45);
    let same = serde_json::json!({"schema": "pangeo-compare/1", "differences": []});
    assert_eq!(json(&["--compare", &input]), same);
    let page = run("inspect", &[&*input, "--list", "times", "--format", "html"]);
    assert!(page.fails(2).contains("a list is no page"), "{page}");
    assert!(!run("inspect", &["--help"]).ok().contains("--no-history"));
}

#[test]
fn lists_hold_the_numbers_that_selections_take() {
    let folder = tempfile::tempdir().unwrap();
    let level = json!({"units": "hPa", "positive": "down", "scale_factor": 0.5, "_FillValue": -1.0});
    let store = testkit::Store::new(folder.path(), "packed.zarr", json!({}))
        .array("lev", &["lev"], &[3], &[2000.0, 1700.0, 1000.0], level)
        .array("t", &["lev"], &[3], &[280.0, 275.0, 250.0], json!({"units": "K"}))
        .path()
        .display()
        .to_string();
    assert_eq!(run("inspect", &[&*store, "--list", "levels"]).ok(), "1000\n850\n500\n");
    assert_eq!(run("inspect", &[&*store, "--coordinate", "lev"]).ok(), "#index\tvalue\n0\t1000\n1\t850\n2\t500\n");
    let only = run("inspect", &[&*store, "-v", "lev", "--format", "json"]).json();
    assert_eq!(only["variables"].as_array().unwrap().len(), 1);
    assert_eq!(only["variables"][0]["attribute_types"]["scale_factor"], "double");
}

#[test]
fn one_broken_variable_does_not_hide_the_rest() {
    let file = fixture("made/malformed/cut_data.nc").display().to_string();
    let said = run("inspect", &[&*file, "--stats"]);
    assert!(said.fails(1).contains("the values of d can't be read"), "{said}");
    assert!(said.stdout.contains("dimensions:"), "{said}");
}

#[test]
fn one_gap_is_no_several_and_a_scalar_has_no_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let time = json!({"units": "days since 2000-01-01", "standard_name": "time"});
    let store = testkit::Store::new(folder.path(), "gap.zarr", json!({}))
        .array("time", &["time"], &[5], &[0.0, 1.0, 1.0, 2.0, 4.0], time)
        .array("height", &[], &[], &[2.0], json!({"units": "m", "standard_name": "height"}))
        .array("t", &["time"], &[5], &[1.0; 5], json!({"units": "K", "coordinates": "height"}))
        .path()
        .display()
        .to_string();
    let said = run("inspect", &[&*store]);
    assert!(said.ok().contains("  1 gap (1 step missing): 2000-01-03T00:00:00 to 2000-01-05T00:00:00\n"), "{said}");
    assert!(said.stdout.contains("  1 duplicate: 2000-01-02T00:00:00\n"), "{said}");
    assert!(said.stdout.contains("  double height  [auxiliary-coordinate]\n"), "{said}");
}

#[test]
fn values_that_are_there_are_counted() {
    let input = fixture("coads_climatology.cdf").display().to_string();
    let json = run("inspect", &[&*input, "--stats", "--format", "json"]).json();
    let sst = json["variables"].as_array().unwrap().iter().find(|v| v["name"] == "SST").unwrap()["statistics"].clone();
    let number = |name: &str| sst[name].as_u64().unwrap();
    assert!(number("missing") > 0 && number("valid") + number("missing") == number("count"), "{sst}");
}
