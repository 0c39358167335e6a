//! `subset` from the outside: what it makes of files, what it refuses, what it leaves behind.

#[path = "cli/bounds.rs"]
mod bounds;
#[path = "cli/careful.rs"]
mod careful;
#[path = "cli/chosen.rs"]
mod chosen;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/invariance.rs"]
mod invariance;
#[path = "cli/joined.rs"]
mod joined;
#[path = "cli/killed.rs"]
mod killed;
#[path = "cli/made.rs"]
mod made;
#[path = "cli/meaning.rs"]
mod meaning;
#[path = "cli/memory.rs"]
mod memory;
#[path = "cli/outputs.rs"]
mod outputs;
#[path = "cli/silent.rs"]
mod silent;
#[path = "cli/stored.rs"]
mod stored;
#[path = "cli/tied.rs"]
mod tied;
#[path = "cli/untrusted.rs"]
mod untrusted;

use std::path::Path;

use testkit::{Case, Table, case, fixture, run};

/// What `inspect` says about an output, statistics included: everything but how long it took.
fn dump(path: &Path) -> String {
    run("inspect", &["--stats", &path.to_string_lossy()]).ok().to_owned()
}

fn check(inputs: &[&str], cases: &[Case]) {
    let quiet: Vec<Vec<&str>> = cases.iter().map(|c| [&["--no-history"], c.arguments].concat()).collect();
    let cases: Vec<Case> = cases.iter().zip(&quiet).map(|(c, arguments)| Case { arguments, ..*c }).collect();
    Table::new("subset", inputs, dump).check(&cases);
}

#[test]
fn analyses_with_packed_values_and_descending_latitudes() {
    check(
        &["air_temperature_small.nc"],
        &[
            case("no selection converts", &[], "subset/air.txt"),
            case("a day", &["--time", "2014-02-26"], "subset/air_day.txt"),
            case("a day, ends spelled out", &["--time", "2014-02-26T00/2014-02-26T18"], "subset/air_day.txt"),
            case("an open period", &["--time", "2014-02-28T12/"], "subset/air_open.txt"),
            case("hours of the day", &["--hour", "6,18"], "subset/air_hours.txt"),
            case("a box in longitudes to the west", &["--bbox=-130,30,-100,50"], "subset/air_box_west.txt"),
            case("the box in the file's own longitudes", &["--bbox=230,30,260,50"], "subset/air_box.txt"),
            case("edges belong to the box", &["--bbox=230,30,230,30"], "subset/air_cell.txt"),
            case("longitudes to the west are negative", &["--longitude", "180"], "subset/air_180.txt"),
            case("indices as in Python", &["--isel", "time=-2:", "--isel", "lat=::6"], "subset/air_index.txt"),
            case("a range of values", &["--sel", "lat=30/40", "--sel", "lon=200"], "subset/air_values.txt"),
            case("the nearest value", &["--sel", "lat=31", "--method", "nearest"], "subset/air_nearest.txt"),
            case("a condition", &["--where", "air > 273.15 + 2*10"], "subset/air_where.txt"),
            case("other units", &["--units", "degC"], "subset/air_celsius.txt"),
            case("the classic format", &["--format", "netcdf3"], "subset/air_netcdf3.txt"),
            case("Zarr in a zip file", &["--format", "zarr.zip"], "subset/air_zarr_zip.txt"),
        ],
    );
}

#[test]
fn what_can_not_be_is_said_with_a_way_out() {
    check(
        &["air_temperature_small.nc"],
        &[
            case("a variable that is not there", &["-v", "pm25"], "subset/no_variable.err"),
            case("a dimension that is not there", &["--isel", "depth=0"], "subset/no_dimension.err"),
            case("an index beyond the end", &["--isel", "time=20"], "subset/no_index.err"),
            case("a value between two", &["--sel", "lat=31"], "subset/no_value.err"),
            case(
                "too far from the nearest",
                &["--sel", "lat=31", "--method", "nearest", "--tolerance", "0.5"],
                "subset/too_far.err",
            ),
            case("a year without data", &["--time", "2020"], "subset/no_time.err"),
            case("a month that no calendar has", &["--time", "2014-13"], "subset/no_month.err"),
            case("a box beside the grid", &["--bbox=0,30,20,50"], "subset/no_cell.err"),
            case("a box upside down", &["--bbox=230,50,260,30"], "subset/upside_down.err"),
            case("a box with three sides", &["--bbox=1,2,3"], "subset/three_sides.err"),
            case("no levels", &["--level", "850hPa"], "subset/no_level.err"),
            case("kelvins are no metres", &["--units", "air=m"], "subset/no_unit.err"),
            case("a condition on nothing", &["--where", "pm25 > 1"], "subset/no_operand.err"),
            case("code is no condition", &["--where", "__import__('os')"], "subset/no_condition.err"),
            case("a format that is not there", &["--format", "grib"], "subset/no_format.err"),
            case("a compressor that is not there", &["--compression", "gzip"], "subset/no_compressor.err"),
            case("chunks where there are none", &["--format", "netcdf3", "--chunk", "time=1"], "subset/no_chunks.err"),
            case("chunks of nothing", &["--chunk", "depth=2"], "subset/no_chunk_dimension.err"),
            case("memory for nothing", &["--memory", "16"], "subset/no_memory.err"),
        ],
    );
}

#[test]
fn models_with_bounds_and_calendars() {
    check(
        &["made/monthly_bounds.nc"],
        &[
            case("companions come along", &["-v", "tas"], "subset/monthly_tas.txt"),
            case("by standard name", &["-v", "standard_name=air_temperature"], "subset/monthly_tas.txt"),
            case("bounds are cut along", &["--bbox=-45,-30,45,30"], "subset/monthly_box.txt"),
            case("winters run across the year", &["--season", "DJF"], "subset/monthly_winter.txt"),
            case("one month of each year", &["--month", "jul"], "subset/monthly_july.txt"),
        ],
    );
    check(
        &["A1B_north_america.nc"],
        &[
            case("30 February exists, though not here", &["--time", "1900-02-30"], "subset/a1b_no_february.err"),
            case("a decade", &["--year", "2090-2099"], "subset/a1b_decade.txt"),
            case("the same decade", &["--time", "2090/2099-12-30"], "subset/a1b_decade.txt"),
        ],
    );
}

#[test]
fn levels_boxes_and_forecasts() {
    check(
        &["made/pressure_dateline.nc"],
        &[
            case("a level in other units", &["--level", "850hPa"], "subset/level.txt"),
            case("a range of levels", &["--level", "400/900hPa"], "subset/levels.txt"),
            case("the nearest level", &["--nearest-level", "700hPa"], "subset/nearest_level.txt"),
            case("across the dateline", &["--bbox=170,-5,-170,5"], "subset/dateline.txt"),
        ],
    );
    check(
        &["made/cams_like.nc"],
        &[
            case("across Greenwich", &["--bbox=-2,41,2,44"], "subset/greenwich.txt"),
            case("without a reference date", &["--time", "0 days/1 days"], "subset/forecast_lengths.txt"),
            case(
                "with a reference date",
                &["--time", "2021-12-22T06/2021-12-22T12", "--reference-time", "2021-12-22"],
                "subset/forecast_dates.txt",
            ),
        ],
    );
    check(
        &["made/curvilinear_pole.nc"],
        &[case("around the pole", &["--bbox=-90,75,90,90"], "subset/curvilinear_box.txt")],
    );
}

#[test]
fn several_inputs_are_one_dataset() {
    check(
        &["made/packed_2.nc", "made/packed_1.nc"],
        &[case("each decoded by its own packing", &[], "subset/packed_both.txt")],
    );
    check(&["nemo_201502.nc", "nemo_201501.nc"], &[case("in order of time", &["-v", "tos"], "subset/nemo.txt")]);
}

#[test]
fn an_output_is_never_an_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("air.nc");
    std::fs::copy(fixture("air_temperature_small.nc"), &file).unwrap();
    let link = folder.path().join("link.nc");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let before = std::fs::read(&file).unwrap();
    let (file, link) = (file.to_string_lossy(), link.to_string_lossy());
    for output in [&file, &link] {
        let said = run("subset", &[&*file, "-o", output]);
        assert!(said.fails(2).contains("is also an input"), "{said}");
        assert!(said.stderr.contains("hint: "), "{said}");
    }
    assert!(std::fs::read(&*file).unwrap() == before);
}

#[test]
fn a_store_is_replaced_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("air.zarr");
    let arguments =
        [fixture("air_temperature_small.nc").display().to_string(), "-o".into(), store.display().to_string()];
    run("subset", &arguments).ok();
    let said = run("subset", &arguments);
    assert!(said.fails(2).contains("--overwrite"), "{said}");
    run("subset", &[&arguments[..], &["--overwrite".into()]].concat()).ok();
}

#[test]
fn doubtful_dates_and_regions_are_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.nc").display().to_string();
    let coads = fixture("coads_climatology.cdf").display().to_string();
    let said = run("subset", &["-q", &coads, "-o", &output, "-v", "SST", "--month", "1"]);
    said.ok();
    assert!(said.stderr.contains("warning: TIME: units 'hour since 0000-01-01"), "{said}");
    // From 170 E to 170 W as it is often written: 340 degrees the long way around.
    let region =
        r#"{"type": "Polygon", "coordinates": [[[170, -20], [-170, -20], [-170, 20], [170, 20], [170, -20]]]}"#;
    let file = folder.path().join("region.geojson").display().to_string();
    std::fs::write(&file, region).unwrap();
    let said = run("subset", &["-q", &coads, "-o", &output, "-v", "SST", "--polygon", &file]);
    said.ok();
    assert!(said.stderr.contains("warning: a region has an edge of 340 degrees"), "{said}");
    let said = run("subset", &["-q", &coads, "-o", &output, "-v", "SST", "--isel", "TIME=0"]);
    assert_eq!((said.ok(), &*said.stderr), ("", ""), "no dates were read");
}
