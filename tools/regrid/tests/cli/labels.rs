//! What results are labelled with.

use serde_json::{Value, json};
use testkit::{Store, fixture};

use super::{Output, regrid, regrid_of, values_of};

const MONTHLY: &str = "made/monthly_bounds.nc";

fn monthly(arguments: &[&str]) -> Output {
    regrid(MONTHLY, arguments)
}

#[test]
fn rows_and_columns_have_bounds_axes_and_units() {
    let output = monthly(&["--method", "conservative", "--target", "r6x4"]);
    for (name, standard, units, axis) in
        [("lat", "latitude", "degrees_north", "Y"), ("lon", "longitude", "degrees_east", "X")]
    {
        let attributes = output.variable(name)["attributes"].clone();
        let got = ["standard_name", "units", "axis", "bounds"].map(|a| attributes[a].clone());
        assert_eq!(got, [standard, units, axis, &format!("{name}_bnds")].map(Value::from), "{name}");
        assert!(attributes["_FillValue"].is_null());
    }
    assert_eq!(output.values("lat_bnds"), [-90.0, -45.0, -45.0, 0.0, 0.0, 45.0, 45.0, 90.0]);
    assert_eq!(output.values("lon_bnds")[..4], [-30.0, 30.0, 30.0, 90.0]);
}

#[test]
fn the_variable_keeps_what_it_says_but_of_its_cells() {
    let output = monthly(&["--method", "conservative", "--target", "r6x4"]);
    let attributes = output.variable("tas")["attributes"].clone();
    for (name, value) in [
        ("units", json!("K")),
        ("standard_name", json!("air_temperature")),
        ("cell_methods", json!("area: time: mean")),
        ("coordinates", json!("height")),
        ("cell_measures", Value::Null),
        ("grid_mapping", Value::Null),
    ] {
        assert_eq!(attributes[name], value, "{name}");
    }
    assert!((attributes["_FillValue"].as_f64().unwrap() / 1e20 - 1.0).abs() < 1e-6);
    assert_eq!(output.variable("tas")["dimensions"], json!(["time", "lat", "lon"]));
    assert!(output.variable("areacella").is_null());
    assert_eq!(output.values("height"), [2.0]);
}

#[test]
fn means_over_areas_say_so_and_points_do_not() {
    let methods = |input: &str, variable: &str, method: &str| {
        regrid(input, &["--method", method, "--target", "r6x4", "-v", variable]).attribute(variable, "cell_methods")
    };
    assert_eq!(methods("nemo_201501.nc", "tos", "conservative"), "time: mean (interval: 2700 s) area: mean");
    assert_eq!(methods("nemo_201501.nc", "tos", "bilinear"), "time: mean (interval: 2700 s)");
    assert_eq!(methods("coads_climatology.cdf", "SST", "conservative2"), "area: mean");
    assert_eq!(methods("coads_climatology.cdf", "SST", "nearest"), Value::Null);
    assert_eq!(
        regrid("nemo_201501.nc", &["--method", "nearest", "--target", "r6x4"]).attribute("tos", "cell_measures"),
        Value::Null
    );
}

#[test]
fn time_and_its_bounds_are_untouched() {
    let output = monthly(&["--method", "bilinear", "--target", "r6x4"]);
    for name in ["time", "time_bnds"] {
        assert_eq!(output.values(name), values_of(&fixture(MONTHLY), name), "{name}");
    }
    let time = output.variable("time")["attributes"].clone();
    assert_eq!((&time["units"], &time["calendar"]), (&json!("days since 1990-01-01"), &json!("noleap")));
    let history = output.json()["attributes"]["history"].as_str().unwrap().to_owned();
    assert!(history.contains("regrid") && history.contains("--target r6x4"), "{history}");
    let quiet = monthly(&["--method", "bilinear", "--target", "r6x4", "--no-history"]);
    assert_eq!(quiet.json()["attributes"]["history"], Value::Null);
}

#[test]
fn curvilinear_targets_bring_their_coordinates() {
    let target = fixture("made/curvilinear_pole.nc").display().to_string();
    let output = monthly(&["--method", "bilinear", "--target", &target]);
    assert_eq!(output.attribute("tas", "coordinates"), "height lat lon");
    assert_eq!(output.variable("tas")["dimensions"], json!(["time", "j", "i"]));
    assert_eq!(output.attribute("lat", "bounds"), "lat_vertices");
    assert!(output.variable("siconc").is_null());
}

#[test]
fn grid_mappings_come_and_go() {
    let away = regrid("rotated_pole.nc", &["--method", "bilinear", "--resolution", "2", "--bbox=-10,40,20,60"]);
    let name = "air_pressure_at_sea_level";
    assert_eq!(away.attribute(name, "grid_mapping"), Value::Null);
    assert!(away.variable("rotated_latitude_longitude").is_null());
    assert_eq!(away.attribute(name, "coordinates"), "forecast_period forecast_reference_time time");
    let target = fixture("rotated_pole.nc").display().to_string();
    let here = monthly(&["--method", "bilinear", "--target", &target]);
    assert_eq!(here.attribute("tas", "grid_mapping"), "rotated_latitude_longitude");
    assert_eq!(here.attribute("rotated_latitude_longitude", "grid_north_pole_latitude"), 37.5);
    assert_eq!(here.variable("tas")["dimensions"], json!(["time", "grid_latitude", "grid_longitude"]));
}

#[test]
fn meshes_come_and_go() {
    let target = fixture("mesh_C4_synthetic_float.nc").display().to_string();
    let here = monthly(&["--method", "conservative", "--target", &target]);
    assert_eq!(here.attribute("tas", "mesh"), "example_C4");
    assert_eq!(here.attribute("tas", "location"), "face");
    assert_eq!(here.variable("tas")["shape"], json!([24, 96]));
    let away = regrid("mesh_C4_synthetic_float.nc", &["--method", "conservative", "--target", "r6x4"]);
    for name in ["mesh", "location"] {
        assert_eq!(away.attribute("synthetic", name), Value::Null);
    }
    assert_eq!(away.variable("synthetic")["shape"], json!([4, 6]));
}

#[test]
fn names_of_latitude_and_longitude_are_kept() {
    let output = regrid("coads_climatology.cdf", &["-v", "SST", "--method", "bilinear", "--target", "r6x4"]);
    assert_eq!(output.variable("SST")["dimensions"], json!(["TIME", "COADSY", "COADSX"]));
    let output = regrid("A1B_north_america.nc", &["--method", "bilinear", "--target", "r36x18"]);
    assert_eq!(output.variable("air_temperature")["dimensions"], json!(["time", "latitude", "longitude"]));
}

/// Two rows of four cells with a number, a flag and two series beside them.
fn mixed(folder: &std::path::Path) -> std::path::PathBuf {
    let grid = ["lat", "lon"];
    Store::new(folder, "in.zarr", json!({"title": "mixed"}))
        .array("lat", &["lat"], &[2], &[-45.0, 45.0], json!({"units": "degrees_north"}))
        .array("lon", &["lon"], &[4], &[0.0, 90.0, 180.0, 270.0], json!({"units": "degrees_east"}))
        .array("time", &["time"], &[2], &[0.0, 1.0], json!({"units": "days since 2000-01-01"}))
        .array("v", &grid, &[2, 4], &[1f32, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], json!({"note": "kept"}))
        .array("n", &grid, &[2, 4], &[1i32, 2, 3, 4, 5, 6, 7, 8], json!({}))
        .array(
            "f",
            &grid,
            &[2, 4],
            &[1i8, 2, 1, 2, 1, 2, 1, 2],
            json!({"flag_values": [1, 2], "flag_meanings": "land sea"}),
        )
        .array("co2", &["time"], &[2], &[370.5f64, 371.5], json!({"units": "ppm"}))
        .path()
}

#[test]
fn what_lies_on_no_grid_passes_through() {
    let folder = tempfile::tempdir().unwrap();
    let output = regrid_of(&mixed(folder.path()), &["--method", "bilinear", "--target", "r8x4"]);
    assert_eq!(output.values("co2"), [370.5, 371.5]);
    assert_eq!(output.attribute("co2", "units"), "ppm");
    assert_eq!(output.attribute("v", "note"), "kept");
    assert_eq!(output.json()["attributes"]["title"], "mixed");
}

#[test]
fn integers_and_flags_stay_what_they_are_unless_said() {
    let folder = tempfile::tempdir().unwrap();
    let input = mixed(folder.path());
    for (method, instead) in
        [("bilinear", "nearest"), ("distance-weighted", "nearest"), ("conservative", "largest-area")]
    {
        let output = regrid_of(&input, &["--method", method, "--target", "r7x5"]);
        for name in ["n", "f"] {
            assert!(output.said(&format!("note: {name} holds integers or flags: {instead} in place of {method}")));
            let values = output.values(name);
            assert!(values.iter().all(|v| v.fract() == 0.0 && *v >= 1.0), "{method}: {values:?}");
        }
        assert_eq!(output.attribute("f", "flag_meanings"), "land sea");
        let same = regrid_of(&input, &["--method", instead, "--target", "r7x5"]);
        assert_eq!(output.values("n"), same.values("n"), "{method}");
        assert!(!same.said("note: "));
    }
    let forced = regrid_of(&input, &["--method", "bilinear", "--target", "r7x5", "--interpolate-integers"]);
    super::all_near(&forced.values("n"), &forced.values("v"), 1e-6);
    assert_eq!(forced.attribute("f", "flag_meanings"), Value::Null);
    assert!(!forced.said("note: "));
}
