//! Requests that would cost data or mislead: refused, or carried out with a word.

use std::fs;
use std::process::Command;

use testkit::{Outcome, fixture, run};

/// A netCDF-4 file made from CDL by `ncgen`; `None`, said loudly, where that is not installed.
pub(crate) fn made(folder: &tempfile::TempDir, name: &str, cdl: &str) -> Option<String> {
    let text = folder.path().join(format!("{name}.cdl"));
    let file = folder.path().join(format!("{name}.nc"));
    fs::write(&text, format!("netcdf {name} {{ {cdl} }}")).unwrap();
    let Ok(status) = Command::new("ncgen").args(["-k", "nc4", "-o"]).arg(&file).arg(&text).status() else {
        eprintln!("SKIPPED: ncgen is not installed (netcdf-bin)");
        return None;
    };
    assert!(status.success(), "ncgen refuses {cdl}");
    Some(file.display().to_string())
}

fn subset(folder: &tempfile::TempDir, input: &str, arguments: &[&str]) -> Outcome {
    let output = folder.path().join("out.nc").display().to_string();
    run("subset", &[&[input, "-o", &output], arguments].concat())
}

#[test]
fn a_folder_that_is_no_store_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let thesis = folder.path().join("work/thesis.txt");
    fs::create_dir(thesis.parent().unwrap()).unwrap();
    fs::write(&thesis, "years of work").unwrap();
    let output = thesis.parent().unwrap().display().to_string();
    let input = fixture("etopo60.cdf").display().to_string();
    let said = run("subset", &[&*input, "-o", &output, "--format", "zarr", "--overwrite"]);
    assert!(said.fails(2).contains("no Zarr store"), "{said}");
    assert_eq!(fs::read_to_string(&thesis).unwrap(), "years of work");
}

#[test]
fn no_name_is_no_selection() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("etopo60.cdf").display().to_string();
    for empty in ["", " ", ","] {
        let said = subset(&folder, &input, &["-v", empty]);
        assert!(said.fails(2).contains("no variable is named"), "{said}");
    }
}

#[test]
fn a_file_has_a_name() {
    let input = fixture("etopo60.cdf").display().to_string();
    assert!(run("subset", &[&*input, "-o", "-"]).fails(2).contains("standard output"));
}

#[test]
fn a_date_in_a_condition_is_not_1997() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("air_temperature_small.nc").display().to_string();
    let said = subset(&folder, &input, &["--where", "time >= 2000-01-02"]);
    assert!(said.fails(2).contains("this is a date") && said.stderr.contains("--time"), "{said}");
    subset(&folder, &input, &["--where", "air > 2000 - 1750"]).ok();
}

#[test]
fn integers_that_doubles_can_not_tell_apart_are_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let cdl = "dimensions: x = 2 ; variables: int64 v(x) ; data: v = 9007199254740993, 5 ;";
    let Some(input) = made(&folder, "large", cdl) else { return };
    let said = subset(&folder, &input, &["--where", "v > 9007199254740992"]);
    assert!(said.fails(1).contains("2^53"), "{said}");
}

#[test]
fn bytes_without_a_missing_value_become_shorts_with_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let Some(input) = made(&folder, "bytes", "dimensions: x = 3 ; variables: byte v(x) ; data: v = 1, 2, 3 ;") else {
        return;
    };
    let said = subset(&folder, &input, &["--where", "v > 1"]);
    said.ok();
    assert!(said.stderr.contains("v becomes short"), "{said}");
}

#[test]
fn missing_times_are_selected_by_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cdl = r#"dimensions: time = 3 ; variables: int time(time) ; time:units = "days since 2000-01-01" ;
        time:_FillValue = -999 ; float v(time) ; data: time = 0, _, 2 ; v = 0, 1, 2 ;"#;
    let Some(input) = made(&folder, "times", cdl) else { return };
    subset(&folder, &input, &["--time", "/2000-01-02"]).ok();
    let out = folder.path().join("out.nc").display().to_string();
    assert_eq!(run("inspect", &[&*out, "--list", "times"]).ok(), "2000-01-01T00:00:00\n");
    assert!(subset(&folder, &input, &["--time", "1997"]).fails(1).contains("selects nothing"));
    assert!(run("inspect", &[&*input]).ok().contains("without a time: 1 step"));
}

#[test]
fn winters_of_a_year_begin_in_december_before() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("made/monthly_bounds.nc").display().to_string();
    subset(&folder, &input, &["--season", "DJF", "--year", "1991"]).ok();
    let out = folder.path().join("out.nc").display().to_string();
    let times = run("inspect", &[&*out, "--list", "times"]).ok().to_owned();
    let months: Vec<&str> = times.lines().filter_map(|l| l.get(..7)).collect();
    assert_eq!(months, ["1990-12", "1991-01", "1991-02"]);
}

#[test]
fn a_selection_of_nothing_names_the_file_and_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let input = fixture("air_temperature_small.nc").display().to_string();
    for (flags, has) in [
        (["--time", "1850"].as_slice(), "time runs from"),
        (&["--bbox=200,-80,210,-70"], "the grid's cells lie between longitudes 200 and 330"),
        (&["--bbox=10,20,12,22"], "the grid's cells lie"),
        (&["--sel", "lat=85"], "lat has 25 values from 15 to 75"),
        (&["--isel", "time=5:5"], "dimension time has"),
        (&["--isel", "time=100000"], "dimension time has"),
        (&["--point", "10,80"], "the nearest cell"),
        (&["--year", "1850"], "time runs from"),
    ] {
        let said = subset(&folder, &input, flags);
        let error = said.fails(1);
        assert!(error.contains(&format!(" selects nothing in {input}\n")), "{flags:?}: {error}");
        assert!(error.contains(&format!("hint: {has}")), "{flags:?}: {error}");
    }
}
