//! Numbers against numpy's in float64: `traps_oracle.py` beside this file prints them.

use super::{aggregate, all_near, near};

const AIR: &str = "air_temperature_small.nc";
const EVERYWHERE: [&str; 2] = ["--over", "time,lat,lon"];

/// A statistic over the whole of `air_temperature_small.nc`.
#[track_caller]
fn of_air(arguments: &[&str]) -> f64 {
    aggregate(AIR, &[&EVERYWHERE[..], arguments].concat()).statistic("air", "min")
}

#[test]
fn every_statistic_is_numpys() {
    near(of_air(&[]), 273.022_093_962_264_13);
    near(of_air(&["--stat", "sum"]), 7_235_085.489_999_999);
    near(of_air(&["--stat", "std"]), 20.122_425_868_710_195);
    near(of_air(&["--stat", "var"]), 404.912_022_841_737_2);
    assert_eq!(of_air(&["--stat", "min"]), 226.1);
    assert_eq!(of_air(&["--stat", "max"]), 305.1);
    near(of_air(&["--stat", "range"]), 305.1 - 226.1);
    assert_eq!(of_air(&["--stat", "median"]), 277.79);
    assert_eq!(of_air(&["--stat", "p10"]), 243.1);
    assert_eq!(of_air(&["--stat", "p90"]), 296.29);
    near(of_air(&["--stat", "p99.9"]), 301.950_100_000_000_4);
    assert_eq!(of_air(&["--stat", "count"]), 20.0 * 25.0 * 53.0);
    assert_eq!(of_air(&["--stat", "any"]), 1.0);
    assert_eq!(of_air(&["--stat", "all"]), 1.0);
}

#[test]
fn every_method_of_percentiles_is_numpys() {
    for (method, expected) in [
        ("inverted_cdf", 271.851_818_867_924_6),
        ("averaged_inverted_cdf", 271.851_818_867_924_6),
        ("closest_observation", 271.851_818_867_924_6),
        ("interpolated_inverted_cdf", 271.612_267_924_528_3),
        ("hazen", 271.851_818_867_924_6),
        ("weibull", 271.791_931_132_075_5),
        ("linear", 271.905_329_245_283_04),
        ("median_unbiased", 271.831_856_289_308_2),
        ("normal_unbiased", 271.836_846_933_962_25),
        ("lower", 271.851_818_867_924_6),
        ("higher", 272.279_901_886_792_46),
        ("midpoint", 272.065_860_377_358_5),
        ("nearest", 271.851_818_867_924_6),
    ] {
        let output = aggregate(AIR, &["--over", "time", "--stat", "p37.5", "--percentile-method", method]);
        near(output.statistic("air", "mean"), expected);
    }
}

#[test]
fn several_statistics_get_names_of_their_own() {
    let output = aggregate(AIR, &[&EVERYWHERE[..], &["--stat", "mean,max,p90,count"]].concat());
    near(output.statistic("air_mean", "min"), 273.022_093_962_264_13);
    assert_eq!(output.statistic("air_max", "min"), 305.1);
    assert_eq!(output.statistic("air_p90", "min"), 296.29);
    assert_eq!(output.statistic("air_count", "min"), 26_500.0);
    assert!(output.variable("air").is_null());
}

#[test]
fn axes_go_by_any_of_their_names() {
    for over in ["lat", "latitude"] {
        assert_eq!(aggregate(AIR, &["--over", over]).variable("air")["shape"], serde_json::json!([20, 53]));
    }
    let map = aggregate("A1B_north_america.nc", &["--over", "time"]);
    near(map.statistic("air_temperature", "max"), 302.375_811_513_265);
    near(map.statistic("air_temperature", "mean"), 286.477_636_286_712_2);
}

#[test]
fn areas_of_real_grids() {
    let coads = aggregate("coads_climatology.cdf", &["-v", "SST", "--over", "area"]).values("SST");
    near(coads[0], 19.037_271_735_103_534);
    near(coads[11], 19.132_947_822_322_812);
    let monthly = aggregate("made/monthly_bounds.nc", &["--over", "area"]).values("tas");
    near(monthly[0], 277.905_777_721_446_2);
    near(monthly[23], 300.905_777_721_446_2);
    let plain = aggregate("made/monthly_bounds.nc", &["--over", "area", "--weights", "none"]).values("tas");
    near(plain[0], 278.140_845_070_422_53);
    // cdo -fldmean -selname,tos nemo_201501.nc; all 64 cells around the pole are as large as their mirror images.
    let nemo = aggregate("nemo_201501.nc", &["-v", "tos", "--over", "area"]).values("tos");
    assert!((nemo[0] - 18.440_431_452).abs() < 1e-8, "{nemo:?}");
    all_near(&aggregate("made/curvilinear_pole.nc", &["--over", "area"]).values("siconc"), &[31.5]);
    all_near(&aggregate("mesh_C4_synthetic_float.nc", &["--over", "area"]).values("synthetic"), &[7.5]);
}

#[test]
fn units_are_converted_before_the_statistic() {
    let celsius = |stat| of_air(&["--units", "degC", "--stat", stat]);
    near(celsius("max"), 305.1 - 273.15);
    near(celsius("std"), 20.122_425_868_710_195);
    near(celsius("var"), 404.912_022_841_737_2);
}
