//! What cannot be is refused, with the status of whose fault it is and a way out.

use super::aggregate;

const AIR: &str = "air_temperature_small.nc";
const MONTHLY: &str = "made/monthly_bounds.nc";

/// Fails with `status`, saying all of `words`.
#[track_caller]
fn refused(input: &str, arguments: &[&str], status: i32, words: &[&str]) {
    let output = aggregate(input, arguments);
    let said = output.said.fails(status);
    assert!(words.iter().all(|w| said.contains(w)), "{}", output.said);
    assert!(!output.path().exists(), "{}", output.said);
}

#[test]
fn wrong_arguments_end_with_2() {
    refused(AIR, &[], 2, &["--over", "--every"]);
    refused(AIR, &["--over", "time", "--stat", "avg"], 2, &["'avg'", "mean"]);
    refused(AIR, &["--over", "time", "--stat", "p101"], 2, &["'p101'"]);
    refused(AIR, &["--over", "time", "--percentile-method", "best"], 2, &["'best'", "linear"]);
    refused(AIR, &["--every", "lustrum"], 2, &["'lustrum'", "6h"]);
    refused(AIR, &["--every", "0h"], 2, &["'0h'"]);
    refused(AIR, &["--climatology", "year"], 2, &["'year'", "month"]);
    refused(AIR, &["--rolling", "0"], 2, &["'0'"]);
    refused(AIR, &["--every", "day", "--rolling", "3"], 2, &["--every", "--rolling"]);
    refused(AIR, &["--over", "time", "--anomaly"], 2, &["--climatology"]);
    refused(AIR, &["--over", "time", "--center"], 2, &["--rolling"]);
    refused(MONTHLY, &["--climatology", "month", "--anomaly", "--stat", "max"], 2, &["--stat"]);
}

#[test]
fn windows_with_more_values_than_steps_are_refused() {
    refused(AIR, &["--rolling", "3", "--min-periods", "5"], 2, &["--min-periods"]);
}

#[test]
fn the_same_statistic_twice_is_refused_or_made_once() {
    let output = aggregate(AIR, &["--over", "time", "--stat", "max,max"]);
    assert!(output.said.succeeded() || output.said.status == Some(2), "{}", output.said);
}

#[test]
fn what_the_data_do_not_have_ends_with_1() {
    refused(AIR, &["--over", "vertical"], 1, &["'vertical'", "hint: ", "time"]);
    refused(AIR, &["--over", "depth"], 1, &["'depth'", "hint: ", "time"]);
    refused(AIR, &["--over", "time", "-v", "pm25"], 1, &["'pm25'", "hint: "]);
    refused(AIR, &["--over", "area", "--weights", "land"], 1, &["'land'", "hint: "]);
    refused(AIR, &["--over", "time", "--units", "m"], 1, &["'m'"]);
    refused("etopo60.cdf", &["--every", "month"], 1, &["hint: "]);
    refused("made/cams_like.nc", &["--every", "day"], 1, &["reference date", "--reference-time"]);
    refused("made/curvilinear_pole.nc", &["--over", "longitude"], 1, &["'longitude'", "--over i"]);
    let arguments = ["--climatology", "month", "--anomaly", "--baseline", "1950/1960"];
    refused(MONTHLY, &arguments, 1, &["1950/1960", "1990"]);
}

#[test]
fn a_dimension_without_longitudes_is_no_longitude() {
    refused("made/groups.nc", &["--over", "longitude"], 1, &["'longitude'"]);
}

#[test]
fn negative_weights_are_refused() {
    // The latitudes, from -75 to 75: a sum of 0, or the half of the values.
    refused(MONTHLY, &["-v", "tas", "--over", "latitude", "--weights", "lat"], 1, &["lat", "negative"]);
}

#[test]
fn zones_that_are_none_are_refused() {
    let table = testkit::fixture("made/stations.csv").display().to_string();
    refused(AIR, &["--zones", &table], 1, &["GeoJSON", "hint: "]);
    let regions = testkit::fixture("made/regions.geojson").display().to_string();
    refused(AIR, &["--zones", &regions, "--zone-name", "river"], 1, &["'river'", "name", "regions.geojson"]);
    refused("SOI_Darwin.nc", &["--zones", &regions], 1, &["--zones", "hint: "]);
}
