//! The numbers of today's tutorials, on fields of the same structure, and numpy's of real files: `golden_oracle.py`
//! beside this file writes `golden.csv`.

use std::path::{Path, PathBuf};

use serde_json::json;
use testkit::{Store, fixture, run, shared_data};

use super::aggregate_of;

/// A forecast with the structure of the file of the Galaxy tutorial `pangeo` (Zenodo 5805953), a tenth of its
/// resolution: µ in the units, hours without a reference date, wrapped longitudes, descending latitudes.
fn cams(folder: &Path) -> PathBuf {
    let time: Vec<f32> = (0..97u8).map(f32::from).collect();
    let latitude: Vec<f32> = (0..40u8).map(|j| 69.95 - f32::from(j)).collect();
    let longitude: Vec<f32> = (0..70u8).map(|i| (335.05 + f32::from(i)) % 360.0).collect();
    let value = |i: u32| {
        let (t, y, x) = (i / 2800, i / 70 % 40, i % 70);
        ((7 * x + 13 * y + 29 * t) % 1021) as f32 / 16.0
    };
    let values: Vec<f32> = (0..97 * 2800).map(value).collect();
    let pm = json!({"species": "PM2.5 Aerosol", "units": "µg/m3", "value": "hourly values",
        "standard_name": "mass_concentration_of_pm2p5_ambient_aerosol_in_air"});
    Store::new(folder, "cams.zarr", json!({"FORECAST": "Europe, 20211222+[0H_96H]"}))
        .array("longitude", &["longitude"], &[70], &longitude, json!({"units": "degrees_east"}))
        .array("latitude", &["latitude"], &[40], &latitude, json!({"units": "degrees_north"}))
        .array("level", &["level"], &[1], &[0f32], json!({"units": "m"}))
        .array("time", &["time"], &[97], &time, json!({"units": "hours", "long_name": "FORECAST time from 20211222"}))
        .array("pm2p5_conc", &["time", "level", "latitude", "longitude"], &[97, 1, 40, 70], &values, pm)
        .path()
}

/// Daily means of 70 years, as those of Paris in the tutorial `climate-101`.
fn paris(folder: &Path) -> PathBuf {
    let of_year = |year: i32| (1..=if year % 4 == 0 { 366 } else { 365 }).map(move |day| (year, day));
    let value = |(n, (year, day)): (i32, (i32, i32))| {
        (f64::from(8 * (182 - (day - 196).abs()) + n * 37 % 499 + year - 1950) / 64.0) as f32
    };
    let values: Vec<f32> = (0..).zip((1950..2020).flat_map(of_year)).map(value).collect();
    let days: Vec<i32> = (0..25_567).collect();
    let time = json!({"units": "days since 1950-01-01", "calendar": "standard"});
    Store::new(folder, "paris.zarr", json!({}))
        .array("time", &["time"], &[days.len()], &days, time)
        .array("tg", &["time"], &[days.len()], &values, json!({"units": "Celsius"}))
        .path()
}

/// Where the input of a line is; `None`, said aloud, where real files are absent.
fn input(name: &str, folder: &Path) -> Option<PathBuf> {
    match name.split_once('/') {
        Some(("data", path)) => shared_data("").map(|root| root.join(path)),
        Some((_, path)) => Some(fixture(path)),
        None if name == "cams" => Some(cams(folder)),
        None => Some(paris(folder)),
    }
}

/// A request, with the values of each of its statistics.
struct Expected<'a> {
    request: [&'a str; 3],
    statistics: Vec<(&'a str, Vec<f64>)>,
}

fn all() -> Vec<Expected<'static>> {
    let mut found: Vec<Expected> = Vec::new();
    for line in include_str!("golden.csv").lines() {
        let [source, variable, arguments, statistic, values] = line.split('|').collect::<Vec<_>>().try_into().unwrap();
        let request = [source, variable, arguments];
        let one = (statistic, values.split(' ').map(|v| v.parse().unwrap()).collect());
        match found.iter_mut().find(|e| e.request == request) {
            Some(expected) => expected.statistics.push(one),
            None => found.push(Expected { request, statistics: vec![one] }),
        }
    }
    found
}

/// Exact, but for what is added up.
#[track_caller]
fn same(got: &[f64], expected: &[f64], statistic: &str, request: &[&str]) {
    assert_eq!(got.len(), expected.len(), "{request:?} {statistic}");
    let tolerance = if ["mean", "sum", "std"].contains(&statistic) { 1e-12 } else { 0.0 };
    for (got, expected) in got.iter().zip(expected) {
        // Values in single precision are shown with as many digits as that has.
        let single = f64::from(*expected as f32) == *expected && *got as f32 == *expected as f32;
        let near = (got - expected).abs() <= tolerance * expected.abs() || single || got.is_nan() && expected.is_nan();
        assert!(near, "{request:?} {statistic}: {got} is not {expected}");
    }
}

/// Everything of `golden.csv` whose input is one of `of`.
fn check(of: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut made: Option<(&str, PathBuf)> = None;
    for Expected { request, statistics } in all().iter().filter(|e| e.request[0].starts_with(of)) {
        let [source, variable, arguments] = *request;
        if made.as_ref().is_none_or(|(known, _)| *known != source) {
            let Some(path) = input(source, folder.path()) else { return };
            made = Some((source, path));
        }
        let Some((_, path)) = &made else { return };
        let names: Vec<&str> = statistics.iter().map(|(name, _)| *name).collect();
        let stats = names.join(",");
        let mut all = vec!["-v", variable, "--stat", &stats];
        all.extend(arguments.rsplit(" then ").next().unwrap_or_default().split(' '));
        let cut = folder.path().join("cut.nc");
        let output = match arguments.split_once(" then ") {
            None => aggregate_of(path, &all),
            Some((first, _)) => {
                let (from, to) = (path.to_string_lossy(), cut.to_string_lossy());
                let files = [&*from, "-o", &to, "--overwrite"];
                run("subset", &[&files[..], &first.split(' ').collect::<Vec<_>>()].concat()).ok();
                aggregate_of(&cut, &all)
            }
        };
        for (statistic, expected) in statistics {
            let several = format!("{variable}_{statistic}");
            let name = if statistics.len() == 1 { variable } else { &several };
            same(&output.values(name), expected, statistic, request);
        }
    }
}

#[test]
fn the_tutorial_of_a_forecast_of_dust() {
    check("cams");
}

#[test]
fn the_tutorial_of_seventy_years_of_days() {
    check("paris");
}

#[test]
fn every_calendar_as_cftime_has_it() {
    check("fixture/");
}

#[test]
fn real_files_as_numpy_has_them() {
    check("data/");
}
