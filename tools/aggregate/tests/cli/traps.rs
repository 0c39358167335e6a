//! Statistics that other tools get wrong without a word, one test each.
//!
//! Expected numbers are numpy's and xarray's: `traps_oracle.py` beside this file prints them.

use super::{aggregate, all_near, near};

const AIR: &str = "air_temperature_small.nc";
const MONTHLY: &str = "made/monthly_bounds.nc";

#[test]
fn deviations_divide_by_all_values_unless_told_otherwise() {
    let over = ["--over", "time,lat,lon", "--stat", "std"];
    near(aggregate(AIR, &over).statistic("air", "min"), 20.122_425_868_710_195);
    near(aggregate(AIR, &[&over[..], &["--ddof", "1"]].concat()).statistic("air", "min"), 20.122_805_547_868_48);
    let maps = aggregate(AIR, &["--over", "time", "--stat", "std", "--ddof", "1"]);
    near(maps.statistic("air", "mean"), 2.995_766_148_141_902);
}

#[test]
fn missing_values_are_left_out_unless_they_are_to_propagate() {
    // One of 31 days is missing.
    let month = aggregate("made/packed_1.nc", &["--over", "time"]).values("t");
    near(month[5], 295.520_000_000_000_1);
    let strict = aggregate("made/packed_1.nc", &["--over", "time", "--propagate-missing"]).values("t");
    assert!(strict[5].is_nan());
    all_near(&strict[..5], &month[..5]);
    let least = aggregate("made/packed_1.nc", &["--over", "time", "--min-count", "31"]).values("t");
    assert!(least[5].is_nan());
    all_near(&least[..5], &month[..5]);
}

#[test]
fn nothing_but_missing_values_is_no_sum_of_zero() {
    for stat in ["sum", "mean", "max", "std", "p90", "first", "argmax", "any"] {
        let output = aggregate(MONTHLY, &["--over", "time", "--stat", stat]);
        assert!(output.values("tas")[0].is_nan(), "{stat}");
    }
    assert_eq!(aggregate(MONTHLY, &["--over", "time", "--stat", "count"]).values("tas")[..2], [0.0, 24.0]);
}

#[test]
fn years_of_months_are_weighted_by_the_length_of_the_months() {
    let years = aggregate(MONTHLY, &["--every", "year", "--weights", "time"]).values("tas");
    near(years[1], 256.026_027_397_260_3);
    near(years[6 * 12 + 1], 268.026_027_397_260_3);
    // Not asked for, months count alike.
    near(aggregate(MONTHLY, &["--every", "year"]).values("tas")[1], 256.0);
}

#[test]
fn bounds_in_space_gain_no_time() {
    for arguments in [&["--every", "year"][..], &["--climatology", "month"], &["--rolling", "3"]] {
        let output = aggregate(MONTHLY, arguments);
        assert_eq!(output.variable("lat_bnds")["shape"], serde_json::json!([6, 2]), "{arguments:?}");
        assert_eq!(output.variable("lon_bnds")["shape"], serde_json::json!([12, 2]), "{arguments:?}");
    }
}

#[test]
fn calendars_scalars_and_fill_values_stay() {
    let output = aggregate(MONTHLY, &["--every", "year"]);
    assert_eq!(output.attribute("time", "calendar"), "noleap");
    all_near(&output.values("height"), &[2.0]);
    assert!(!output.attribute("tas", "_FillValue").is_null());
    for coordinate in ["time", "time_bnds", "lat", "lon", "lat_bnds", "height"] {
        assert!(output.attribute(coordinate, "_FillValue").is_null(), "{coordinate}");
    }
    for name in ["360_day", "noleap", "all_leap", "julian", "proleptic_gregorian"] {
        let year = aggregate(&format!("made/calendar_{name}.nc"), &["--every", "month"]);
        assert_eq!(year.attribute("time", "calendar"), name);
    }
}

#[test]
fn months_have_the_days_of_the_calendar() {
    // The value is the number of the day: cftime.num2date(…).month counts them.
    for (name, last) in [("360_day", 329), ("noleap", 333), ("all_leap", 334), ("julian", 334)] {
        let months = aggregate(&format!("made/calendar_{name}.nc"), &["--every", "month", "--stat", "last,count"]);
        assert_eq!(months.values("day_last")[10], f64::from(last), "{name}");
        let days = months.values("day_count").iter().sum::<f64>();
        assert_eq!(days, months.values("day_last")[11] + 1.0, "{name}");
    }
}

#[test]
fn winters_that_are_not_whole_are_told_or_left_out() {
    let kept = aggregate(MONTHLY, &["--every", "season"]);
    assert_eq!(kept.values("time").len(), 9);
    assert!(kept.warned("1989-12/1990-02"), "{}", kept.said);
    let whole = aggregate(MONTHLY, &["--every", "season", "--incomplete", "drop"]);
    all_near(&whole.values("time_bnds")[6..8], &[334.0, 424.0]);
    assert_eq!(whole.values("time").len(), 7);
    // December is 11, January 12, February 13 above the first month's 250.5.
    near(whole.values("tas")[3 * 6 * 12 + 1], 262.5);
}

#[test]
fn an_anomaly_departs_from_its_own_base_period() {
    let all = aggregate(MONTHLY, &["--climatology", "month", "--anomaly"]).values("tas");
    near(all[1], -6.0);
    let first = aggregate(MONTHLY, &["--climatology", "month", "--anomaly", "--baseline", "1990/1990"]).values("tas");
    assert_eq!((first[1], first[12 * 6 * 12 + 1]), (0.0, 12.0));
    let standardized = aggregate(MONTHLY, &["--climatology", "month", "--anomaly", "standardized"]).values("tas");
    near(standardized[1], -1.0);
}

#[test]
fn a_base_period_without_some_months_is_told() {
    let output = aggregate(MONTHLY, &["--climatology", "month", "--anomaly", "--baseline", "1990-01/1990-03"]);
    assert!(output.values("tas")[3 * 6 * 12 + 1].is_nan());
    assert!(output.said.stderr.contains("warning: "), "{}", output.said);
}

#[test]
fn inputs_packed_otherwise_are_unpacked_each_its_own_way() {
    let inputs = ["made/packed_1.nc", "made/packed_2.nc"].map(|f| testkit::fixture(f).display().to_string());
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("out.nc").display().to_string();
    testkit::run("aggregate", &[&*inputs[1], &inputs[0], "-o", &output, "--every", "month"]).ok();
    let listed = testkit::run("inspect", &["--coordinate", "t", &output]);
    let values: Vec<f64> =
        listed.ok().lines().skip(1).map(|l| l.split('\t').nth(1).unwrap().parse().unwrap()).collect();
    near(values[5], 295.520_000_000_000_1);
    near(values[11], 298.017_777_777_777_8);
}

#[test]
fn packed_inputs_give_unpacked_results() {
    let output = aggregate(AIR, &["--over", "time"]);
    assert!(output.attribute("air", "scale_factor").is_null() && output.attribute("air", "add_offset").is_null());
    assert_eq!(output.variable("air")["type"], "double");
}

#[test]
fn a_result_without_any_value_is_told() {
    let output = aggregate(AIR, &["--over", "time", "--min-count", "100"]);
    assert!(output.said.stderr.contains("warning: "), "{}", output.said);
    let output = aggregate(AIR, &["--rolling", "30"]);
    assert!(output.said.stderr.contains("warning: "), "{}", output.said);
}

#[test]
fn doubtful_dates_are_told_as_by_subset() {
    let output = aggregate("coads_climatology.cdf", &["-v", "SST", "--every", "season"]);
    assert!(output.warned("hour since 0000-01-01"), "{}", output.said);
}

#[test]
fn windows_end_at_their_step_or_are_around_it() {
    // Each month is one warmer than the one before it.
    let tas = |arguments: &[&str]| {
        let all = aggregate(MONTHLY, &[&["--rolling", "3"][..], arguments].concat()).values("tas");
        all.iter().skip(1).step_by(6 * 12).copied().collect::<Vec<f64>>()
    };
    let (ends, middles, least) = (tas(&[]), tas(&["--center"]), tas(&["--min-periods", "2"]));
    all_near(&ends[..4], &[f64::NAN, f64::NAN, 251.5, 252.5]);
    all_near(&middles[..3], &[f64::NAN, 251.5, 252.5]);
    assert!(middles[23].is_nan());
    all_near(&least[..3], &[f64::NAN, 251.0, 251.5]);
}
