//! What results are labelled with: cell methods, times and their bounds, units, coordinates.

use serde_json::{Value, json};

use super::{aggregate, all_near};

const MONTHLY: &str = "made/monthly_bounds.nc";

#[track_caller]
fn cell_methods(arguments: &[&str], expected: &str) {
    assert_eq!(aggregate(MONTHLY, arguments).attribute("tas", "cell_methods"), expected, "{arguments:?}");
}

#[test]
fn cell_methods_are_appended_as_cf_spells_them() {
    cell_methods(&["--over", "time"], "area: time: mean time: mean");
    cell_methods(&["--over", "time", "--stat", "max"], "area: time: mean time: maximum");
    cell_methods(&["--over", "time", "--stat", "std"], "area: time: mean time: standard_deviation");
    cell_methods(&["--every", "year", "--stat", "min"], "area: time: mean time: minimum");
    cell_methods(&["--over", "area"], "area: time: mean area: mean");
    let within = "area: time: mean time: mean within years time: mean over years";
    cell_methods(&["--climatology", "month"], within);
    cell_methods(&["--rolling", "3", "--stat", "sum"], "area: time: mean time: sum");
    let hours = aggregate("air_temperature_small.nc", &["--climatology", "hour"]);
    assert_eq!(hours.attribute("air", "cell_methods"), "time: mean within days time: mean over days");
}

#[test]
fn times_are_in_the_middle_of_the_union_of_the_bounds() {
    let years = aggregate(MONTHLY, &["--every", "year"]);
    all_near(&years.values("time"), &[182.5, 547.5]);
    all_near(&years.values("time_bnds"), &[0.0, 365.0, 365.0, 730.0]);
    let all = aggregate(MONTHLY, &["--over", "time"]);
    all_near(&all.values("time"), &[365.0]);
    all_near(&all.values("time_bnds"), &[0.0, 730.0]);
    assert_eq!(all.attribute("tas", "coordinates"), "height time");
}

#[test]
fn steps_without_bounds_give_the_span_of_their_times() {
    // 0 to 18 h: a fraction of a day is no number of whole hours.
    let days = aggregate("air_temperature_small.nc", &["--every", "day"]);
    let (time, bounds) = (days.values("time"), days.values("time_bnds"));
    for (time, bounds) in time.iter().zip(bounds.chunks(2)) {
        assert_eq!((bounds[1] - bounds[0], *time), (18.0, bounds[0] + 9.0));
    }
    // Whole days as integers can't say half a day.
    let month = aggregate("made/packed_2.nc", &["--every", "month"]);
    all_near(&month.values("time"), &[13.5]);
}

#[test]
fn climatologies_have_climatological_bounds() {
    let months = aggregate(MONTHLY, &["--climatology", "month"]);
    assert_eq!(months.attribute("time", "climatology"), "climatology_bnds");
    assert!(months.attribute("time", "bounds").is_null() && months.variable("time_bnds").is_null());
    let bounds = months.values("climatology_bnds");
    // Januaries from 1990-01-01 to 1991-02-01, Decembers to 1992-01-01.
    all_near(&bounds[..2], &[0.0, 365.0 + 31.0]);
    all_near(&bounds[22..], &[334.0, 730.0]);
    let seasons = aggregate(MONTHLY, &["--climatology", "season"]);
    // Winters from December 1989 to March 1992, though the data begin in January 1990.
    all_near(&seasons.values("climatology_bnds")[..4], &[-31.0, 789.0, 59.0, 516.0]);
}

#[test]
fn variances_have_squared_units() {
    let variance = aggregate(MONTHLY, &["--over", "time", "--stat", "var"]);
    assert_eq!(variance.attribute("tas", "units"), "K2");
    let celsius = aggregate(MONTHLY, &["--over", "time", "--stat", "var", "--units", "degC"]);
    assert_eq!(celsius.attribute("tas", "units"), "K2");
    let count = aggregate(MONTHLY, &["--over", "time", "--stat", "count"]);
    assert_eq!(count.attribute("tas", "units"), "1");
    let differences = aggregate(MONTHLY, &["--over", "time", "--stat", "std", "--units", "degC"]);
    assert_eq!(differences.attribute("tas", "units_metadata"), "temperature: difference");
}

#[test]
fn a_number_without_units_is_no_temperature() {
    for kind in ["ratio", "standardized"] {
        let anomaly = aggregate(MONTHLY, &["--climatology", "month", "--anomaly", kind]);
        assert_eq!(anomaly.attribute("tas", "units"), "1");
        assert!(anomaly.attribute("tas", "standard_name").is_null(), "{kind}");
    }
    let ratio = aggregate(MONTHLY, &["--climatology", "month", "--anomaly", "ratio", "--units", "degC"]);
    assert!(ratio.attribute("tas", "units_metadata").is_null());
}

/// Attributes that name variables (CF appendix A, UGRID).
const NAMING: [&str; 12] = [
    "bounds",
    "climatology",
    "coordinates",
    "grid_mapping",
    "ancillary_variables",
    "mesh",
    "node_coordinates",
    "face_coordinates",
    "face_node_connectivity",
    "edge_node_connectivity",
    "face_edge_connectivity",
    "face_face_connectivity",
];

/// No attribute names a variable that is not there, no dimension is without a variable.
#[track_caller]
fn nothing_dangles(input: &str, arguments: &[&str]) {
    let json = aggregate(input, arguments).json();
    let variables = json["variables"].as_array().unwrap();
    let names: Vec<&Value> = variables.iter().map(|v| &v["name"]).collect();
    for variable in variables {
        for attribute in NAMING {
            for name in variable["attributes"][attribute].as_str().unwrap_or_default().split_whitespace() {
                assert!(
                    names.iter().any(|n| **n == name),
                    "{input} {arguments:?}: {attribute} names {name}\n{variable}"
                );
            }
        }
    }
    for dimension in json["dimensions"].as_array().unwrap() {
        let used = |v: &Value| v["dimensions"].as_array().is_some_and(|d| d.contains(&dimension["name"]));
        assert!(variables.iter().any(used), "{input} {arguments:?}: nothing has {dimension}");
    }
}

#[test]
fn nothing_names_what_has_gone() {
    let zones = testkit::fixture("made/regions.geojson").display().to_string();
    for input in [MONTHLY, "rotated_pole.nc", "coads_climatology.cdf", "A1B_north_america.nc", "hybrid_height.nc"] {
        nothing_dangles(input, &["--over", "area"]);
    }
    for input in [MONTHLY, "coads_climatology.cdf"] {
        nothing_dangles(input, &["--zones", &zones]);
    }
    for input in [MONTHLY, "A1B_north_america.nc", "air_temperature_small.nc"] {
        nothing_dangles(input, &["--over", "time"]);
        nothing_dangles(input, &["--every", "season"]);
        nothing_dangles(input, &["--climatology", "month", "--stat", "mean,p90"]);
        nothing_dangles(input, &["--climatology", "month", "--anomaly"]);
        nothing_dangles(input, &["--rolling", "3"]);
    }
    nothing_dangles("hybrid_height.nc", &["--over", "vertical"]);
}

#[test]
fn nothing_names_the_corners_of_cells_that_have_gone() {
    nothing_dangles("made/curvilinear_pole.nc", &["--over", "area"]);
    nothing_dangles("nemo_201501.nc", &["--over", "area", "-v", "tos"]);
    nothing_dangles("nemo_201501.nc", &["--over", "time", "-v", "tos"]);
}

#[test]
fn nothing_names_a_mesh_that_has_gone() {
    nothing_dangles("mesh_C4_synthetic_float.nc", &["--over", "area"]);
}

#[test]
fn names_of_regions_are_an_auxiliary_coordinate() {
    // Coordinate variables are numbers (CF §5); labels are named by `coordinates` (CF §6.1).
    let zones = testkit::fixture("made/regions.geojson").display().to_string();
    let output = aggregate("coads_climatology.cdf", &["-v", "SST", "--zones", &zones]);
    let labels = output.attribute("SST", "coordinates");
    let label = labels.as_str().unwrap_or_else(|| panic!("SST has no coordinates"));
    assert_eq!(output.attribute(label, "long_name"), "region");
    assert_ne!(output.variable(label)["dimensions"], json!([label]));
}
