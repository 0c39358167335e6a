//! Answers that other tools get wrong without a word, one test each.
//!
//! Expected numbers are numpy's and xarray's: `silent_oracle.py` beside this file prints them.

use std::path::{Path, PathBuf};

use serde_json::Value;
use testkit::{Outcome, fixture, run};

/// An output in a folder of its own.
pub(crate) struct Output {
    folder: tempfile::TempDir,
    pub(crate) said: Outcome,
}

impl Output {
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("out.nc")
    }

    /// All that `inspect --stats` knows about a variable.
    #[track_caller]
    pub(crate) fn variable(&self, name: &str) -> Value {
        self.said.ok();
        let json = run("inspect", &["--stats", "--format", "json", &self.path().to_string_lossy()]).json();
        let found = json["variables"].as_array().unwrap().iter().find(|v| v["name"] == name);
        found.unwrap_or_else(|| panic!("no variable {name} in {json}")).clone()
    }

    #[track_caller]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.said.ok();
        run("inspect", &["--list", "variables", &self.path().to_string_lossy()]).ok();
        let json = run("inspect", &["--format", "json", &self.path().to_string_lossy()]).json();
        json["variables"].as_array().unwrap().iter().any(|v| v["name"] == name)
    }

    /// The values of a coordinate, as printed.
    #[track_caller]
    pub(crate) fn coordinate(&self, name: &str) -> Vec<String> {
        self.said.ok();
        let said = run("inspect", &["--coordinate", name, &self.path().to_string_lossy()]);
        said.ok().lines().skip(1).map(|l| l.split('\t').nth(1).unwrap_or_default().to_owned()).collect()
    }
}

pub(crate) fn subset_of(input: &Path, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (input.to_string_lossy(), folder.path().join("out.nc"));
    let said = run("subset", &[&[&*input, "-o", &output.to_string_lossy()], arguments].concat());
    Output { folder, said }
}

pub(super) fn subset(input: &str, arguments: &[&str]) -> Output {
    subset_of(&fixture(input), arguments)
}

/// Whether a statistic is the oracle's, but for the rounding of its last digits.
#[track_caller]
fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() <= 1e-12 * expected.abs(), "{value} is not {expected}");
}

#[test]
fn a_box_on_descending_latitudes_is_not_empty() {
    let air = subset("air_temperature_small.nc", &["--bbox=-130,30,-100,50"]).variable("air");
    assert_eq!(air["shape"], serde_json::json!([20, 9, 13]));
    near(&air["statistics"]["mean"], 277.702_277_777_777_8);
    near(&air["statistics"]["max"], 299.1);
}

#[test]
fn an_inexact_match_is_refused_unless_asked_for() {
    let said = subset("air_temperature_small.nc", &["--sel", "lat=31"]).said;
    assert!(said.fails(1).contains("lat=31") && said.stderr.contains("hint: "), "{said}");
    let nearest = subset("air_temperature_small.nc", &["--sel", "lat=31", "--method", "nearest"]);
    assert_eq!(nearest.coordinate("lat"), ["30"]);
}

#[test]
fn the_nearest_time_is_one_and_says_which() {
    let arguments = ["--sel", "time=2014-02-25T07", "--method", "nearest"];
    let output = subset("air_temperature_small.nc", &arguments);
    let listed = run("inspect", &["--list", "times", &output.path().to_string_lossy()]);
    assert_eq!(listed.ok(), "2014-02-25T06:00:00\n");
    // An hour away, in the axis' hours.
    subset("air_temperature_small.nc", &[&arguments[..], &["--tolerance", "1"]].concat()).said.ok();
    let too_far = subset("air_temperature_small.nc", &[&arguments[..], &["--tolerance", "0.9"]].concat()).said;
    assert!(too_far.fails(1).contains("2014-02-25T07"), "{too_far}");
}

#[test]
fn an_empty_result_is_an_error_that_says_what_there_is() {
    for (arguments, has) in [
        (["--bbox=0,30,20,50"], "200"),
        (["--time=2020"], "2014-02-24T00:00:00"),
        (["--sel=lat=31.0/32.0"], "15"),
        (["--isel=time=0:0"], "20"),
    ] {
        let output = subset("air_temperature_small.nc", &arguments);
        assert!(output.said.fails(1).contains("selects nothing"), "{}", output.said);
        let hint = output.said.stderr.lines().find(|l| l.starts_with("hint: ")).unwrap_or_default();
        assert!(hint.contains(has), "{}", output.said);
        assert!(!output.path().exists());
    }
}

#[test]
fn a_condition_with_arithmetic_is_computed() {
    let air = subset("air_temperature_small.nc", &["--where", "air > 273.15 + 2*10"]).variable("air");
    assert_eq!(air["statistics"]["missing"], 20_912);
    near(&air["statistics"]["min"], 293.2);
    near(&air["statistics"]["max"], 305.1);
}

#[test]
fn a_name_within_a_name_is_not_replaced() {
    // `ta` is part of `tas`: replacing texts would make nonsense of it.
    let said = subset("made/monthly_bounds.nc", &["--where", "ta > 270"]).said;
    assert!(said.fails(1).contains("'ta'"), "{said}");
}

#[test]
fn a_result_without_any_value_warns() {
    let output = subset("air_temperature_small.nc", &["--where", "air > 1000"]);
    output.said.ok();
    assert!(output.said.stderr.contains("warning: every value is missing"), "{}", output.said);
}

#[test]
fn zero_times_missing_is_missing() {
    let tas = subset("made/monthly_bounds.nc", &["--where", "tas * 0 == 0"]).variable("tas");
    assert_eq!(tas["statistics"]["missing"], 24);
}

#[test]
fn indices_exclude_their_end_and_values_include_it() {
    let by_index = subset("made/pressure_dateline.nc", &["--isel", "lat=0:2"]);
    assert_eq!(by_index.coordinate("lat"), ["-10", "-5"]);
    let by_value = subset("made/pressure_dateline.nc", &["--sel", "lat=-10/0"]);
    assert_eq!(by_value.coordinate("lat"), ["-10", "-5", "0"]);
}

#[test]
fn a_range_of_times_includes_both_ends() {
    let day = subset("made/cams_like.nc", &["--time", "0 days/1 days"]).variable("pm2p5_conc");
    assert_eq!(day["shape"][0], 25);
    let month = subset("made/packed_1.nc", &["--time", "2001-01"]).variable("t");
    assert_eq!(month["shape"][0], 31);
}

#[test]
fn dates_may_be_partial_and_are_those_of_the_calendar() {
    let february = subset("made/calendar_360_day.nc", &["--month", "2"]);
    let listed = run("inspect", &["--list", "times", &february.path().to_string_lossy()]);
    assert_eq!(listed.ok().lines().count(), 30);
    assert!(listed.stdout.trim_end().ends_with("-02-30T12:00:00"), "{listed}");
    let said = subset("made/packed_1.nc", &["--time", "2001-02-30"]).said;
    assert!(said.status != Some(0) && said.stderr.contains("2001-02-30"), "{said}");
}

#[test]
fn winters_run_across_the_year() {
    let tas = subset("made/monthly_bounds.nc", &["--season", "DJF"]).variable("tas");
    assert_eq!((&tas["shape"][0], &tas["statistics"]["missing"]), (&6.into(), &6.into()));
    near(&tas["statistics"]["mean"], 288.140_845_070_422_53);
}

#[test]
fn a_box_over_greenwich_loses_neither_side_and_stays_monotonic() {
    let output = subset("made/cams_like.nc", &["--bbox=-2,41,2,44"]);
    assert_eq!(output.coordinate("longitude"), ["-2", "-1", "0", "1", "2"]);
    assert_eq!(output.coordinate("latitude"), ["44", "43", "42", "41"]);
    let pm = output.variable("pm2p5_conc");
    assert_eq!(pm["shape"], serde_json::json!([25, 1, 4, 5]));
    let statistics = &pm["statistics"];
    assert_eq!(
        (&statistics["min"], &statistics["mean"], &statistics["max"]),
        (&3100.0.into(), &5262.0.into(), &7424.0.into())
    );
}

#[test]
fn a_box_over_the_dateline_is_one_piece() {
    let output = subset("made/pressure_dateline.nc", &["--bbox=170,-5,-170,5"]);
    assert_eq!(output.coordinate("lon"), ["170", "175", "180", "185", "190"]);
}

#[test]
fn bounds_are_kept_and_cut_along() {
    let output = subset("made/monthly_bounds.nc", &["-v", "tas", "--bbox=-45,-30,45,30"]);
    assert_eq!(output.coordinate("lon"), ["-30", "0", "30"]);
    assert_eq!(output.coordinate("lon_bnds"), ["-45", "-15", "-15", "15", "15", "45"]);
    assert_eq!(output.coordinate("lat_bnds"), ["-30", "0", "0", "30"]);
    assert!(output.has("time_bnds") && output.has("areacella") && output.has("height"));
}

#[test]
fn bounds_move_with_longitudes() {
    let output = subset("made/monthly_bounds.nc", &["--longitude", "180"]);
    assert_eq!(output.coordinate("lon")[..2], ["-180", "-150"]);
    assert_eq!(output.coordinate("lon_bnds")[..4], ["-195", "-165", "-165", "-135"]);
}

#[test]
fn coordinates_get_no_fill_value() {
    for format in ["netcdf4", "netcdf3", "zarr2"] {
        let output = subset("made/monthly_bounds.nc", &["--format", format, "--time", "1990"]);
        for name in ["time", "lat", "lon", "lat_bnds", "height"] {
            assert!(output.variable(name)["attributes"].get("_FillValue").is_none(), "{name} in {format}");
        }
    }
}

#[test]
fn packing_and_storage_are_kept() {
    let before = subset("made/packed_1.nc", &[]).variable("t");
    let after = subset("made/packed_1.nc", &["--time", "2001-01-05/2001-01-20", "--bbox=0,10,130,20"]).variable("t");
    assert_eq!(after["type"], "short");
    for name in ["scale_factor", "add_offset", "_FillValue"] {
        assert_eq!(after["attributes"][name], before["attributes"][name], "{name}");
    }
    assert_eq!(after["storage"]["compression"], before["storage"]["compression"]);
    assert_eq!(after["storage"]["shuffle"], true);
}

#[test]
fn a_masked_packed_variable_keeps_its_fill_value() {
    let t = subset("made/packed_1.nc", &["--where", "t > 300"]).variable("t");
    assert_eq!((&t["type"], &t["attributes"]["_FillValue"]), (&"short".into(), &(-32767).into()));
    assert!(t["statistics"]["missing"].as_u64().unwrap() > 1);
}

#[test]
fn files_packed_differently_are_joined_by_value() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.nc");
    let inputs = ["made/packed_1.nc", "made/packed_2.nc"].map(|n| fixture(n).display().to_string());
    run("subset", &[&inputs[1], &inputs[0], "-o", &output.to_string_lossy()]).ok();
    let said = run("inspect", &["--stats", "--format", "json", &output.to_string_lossy()]).json();
    let t = said["variables"].as_array().unwrap().iter().find(|v| v["name"] == "t").unwrap();
    assert_eq!((&t["shape"][0], &t["statistics"]["missing"]), (&59.into(), &2.into()));
    near(&t["statistics"]["min"], 270.0);
    near(&t["statistics"]["mean"], 296.130_568_181_818_2);
    near(&t["statistics"]["max"], 324.24);
}

#[test]
fn levels_are_chosen_in_any_unit_of_pressure() {
    for level in ["850hPa", "85000", "85000Pa", "0.85bar"] {
        assert_eq!(subset("made/pressure_dateline.nc", &["--level", level]).coordinate("plev"), ["85000"], "{level}");
    }
}

#[test]
fn a_box_on_a_curvilinear_grid_masks_what_lies_outside() {
    let output = subset("made/curvilinear_pole.nc", &["--bbox=-90,75,90,90"]);
    let latitudes = output.variable("lat");
    let ice = output.variable("siconc");
    assert!(ice["statistics"]["missing"].as_u64().unwrap() > 0, "{ice}");
    assert_eq!(ice["attributes"]["_FillValue"], -999.0);
    assert_eq!(latitudes["statistics"]["missing"], 0);
}

#[test]
fn a_scalar_coordinate_is_no_crash() {
    let said = run("inspect", &["--coordinate", "height", &fixture("made/monthly_bounds.nc").to_string_lossy()]);
    assert!(said.ok().ends_with("\t2\n"), "{said}");
}

#[test]
fn the_history_tells_the_command_on_top_of_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("coads_climatology.cdf").display().to_string();
    let output = folder.path().join("out.nc").display().to_string();
    run("subset", &[&*input, "-o", &output, "-v", "SST", "--isel", "TIME=0"]).ok();
    let said = run("inspect", &["--format", "json", &output]).json();
    let history = said["attributes"]["history"].as_str().unwrap().to_owned();
    let mut lines = history.lines();
    assert!(lines.next().unwrap().contains("subset") && history.contains("--isel TIME=0"), "{history}");
    assert_eq!(lines.next(), Some("FERRET V4.45 (GUI) 22-May-97"));
}

#[test]
fn places_from_a_table_are_read_by_the_names_of_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    let (table, input) = (folder.path().join("places.csv"), fixture("air_temperature_small.nc").display().to_string());
    let output = folder.path().join("out.csv").display().to_string();
    let mut answers = Vec::new();
    for places in ["lon,lat\n-105,39.75\n284.3,45.42\n", "latitude;longitude\n39.75;255\n45.42;-75.7\n"] {
        std::fs::write(&table, places).unwrap();
        run("subset", &[&*input, "-o", &output, "--points", &table.to_string_lossy()]).ok();
        let text = std::fs::read_to_string(&output).unwrap();
        let column = text.lines().next().unwrap().split(',').position(|name| name == "air").unwrap();
        let cells = text.lines().skip(1).map(|l| l.split(',').nth(column).unwrap().parse::<f64>().unwrap());
        answers.push(cells.collect::<Vec<_>>());
    }
    assert_eq!(answers[0].len(), 40);
    assert_eq!(answers[0], answers[1]);
    near(&answers[0][0].into(), 275.4);
    near(&answers[0][1].into(), 270.1);
    near(&answers[0][39].into(), 257.5);
}

#[test]
fn a_table_without_places_or_names_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (table, input) = (folder.path().join("places.csv"), fixture("air_temperature_small.nc").display().to_string());
    let output = folder.path().join("out.csv");
    for places in ["lon,lat\n", "-105,39.75\n284.3,45.42\n", ""] {
        std::fs::write(&table, places).unwrap();
        let said = run("subset", &[&*input, "-o", &output.to_string_lossy(), "--points", &table.to_string_lossy()]);
        assert!(said.fails(said.status.unwrap_or(0)).contains("places.csv"), "{said}");
        assert!(!output.exists() && said.status != Some(0), "{said}");
    }
}

#[test]
fn a_place_far_from_the_grid_is_refused() {
    let output = subset("made/cams_like.nc", &["--point=-105,39.75"]);
    assert!(output.said.fails(1).contains("-105,39.75") && output.said.stderr.contains("km away"), "{}", output.said);
    assert!(!output.path().exists());
}

/// A Zarr store of names in characters, with an attribute that netCDF-4 has no room for.
fn names_in_characters(store: &Path) {
    std::fs::create_dir_all(store.join("name")).unwrap();
    let array = r#"{"zarr_format": 2, "shape": [2000, 32], "chunks": [2000, 32], "dtype": "|S1", "compressor": null,
        "fill_value": null, "order": "C", "filters": null}"#;
    let attributes = r#"{"_ARRAY_DIMENSIONS": ["station", "letter"], "NAME": "of the station"}"#;
    let files = [(".zgroup", r#"{"zarr_format": 2}"#), ("name/.zarray", array), ("name/.zattrs", attributes)];
    files.iter().for_each(|(key, text)| std::fs::write(store.join(key), text).unwrap());
    std::fs::write(store.join("name/0.0"), vec![b'a'; 64_000]).unwrap();
}

#[test]
fn characters_keep_their_compression() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("in.zarr");
    names_in_characters(&store);
    let first = subset_of(&store, &["--compression", "deflate:4"]);
    let second = subset_of(&first.path(), &["--verbose"]);
    assert!(second.said.stderr.contains("1 chunks copied as stored, 0 encoded"), "{}", second.said);
    assert_eq!(second.variable("name")["storage"], first.variable("name")["storage"]);
    assert!(second.path().metadata().unwrap().len() < 20_000, "{}", second.said);
}

#[test]
fn an_attribute_that_the_format_has_no_room_for_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("in.zarr");
    names_in_characters(&store);
    let said = subset_of(&store, &[]).said;
    assert!(said.ok().is_empty() && said.stderr.contains("attribute 'NAME' of variable 'name' is left out"), "{said}");
    assert!(!subset_of(&store, &["--format", "netcdf3"]).said.stderr.contains("left out"));
}
