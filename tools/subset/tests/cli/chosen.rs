//! What a selection by value, level, place or time means, on small inputs that each test makes itself.

use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::{Store, fixture, run};

use crate::silent::{Output, subset_of};

/// A store made in a folder of its own.
struct Made {
    folder: tempfile::TempDir,
}

type Array<'a> = (&'a str, &'a [&'a str], &'a [usize], &'a [f64], Value);

impl Made {
    fn new(arrays: &[Array]) -> Self {
        let made = Self { folder: tempfile::tempdir().unwrap() };
        made.also("in.zarr", arrays);
        made
    }

    fn also(&self, name: &str, arrays: &[Array]) -> PathBuf {
        let store = Store::new(self.folder.path(), name, json!({}));
        let add = |store: Store, (name, dimensions, shape, values, attributes): &Array| {
            store.array(name, dimensions, shape, values, attributes.clone())
        };
        arrays.iter().fold(store, add).path()
    }

    fn subset(&self, arguments: &[&str]) -> Output {
        subset_of(&self.folder.path().join("in.zarr"), arguments)
    }
}

fn numbers(output: &Output, name: &str) -> Vec<f64> {
    output.coordinate(name).iter().map(|v| v.parse().unwrap()).collect()
}

fn longitude() -> Value {
    json!({"units": "degrees_east", "standard_name": "longitude"})
}

fn latitude() -> Value {
    json!({"units": "degrees_north", "standard_name": "latitude"})
}

const PRESSURES: [f64; 4] = [100_000.0, 85_000.0, 50_000.0, 20_000.0];

fn pressures() -> Made {
    Made::new(&[
        ("plev", &["plev"], &[4], &PRESSURES, json!({"units": "Pa", "axis": "Z", "standard_name": "air_pressure"})),
        ("t", &["plev"], &[4], &[0.0, 1.0, 2.0, 3.0], json!({"units": "K"})),
    ])
}

#[test]
fn the_unit_of_a_range_counts_for_both_ends() {
    let made = pressures();
    assert_eq!(numbers(&made.subset(&["--level", "500/1000hPa"]), "plev"), PRESSURES[..3]);
    assert_eq!(numbers(&made.subset(&["--sel", "plev=500/1000hPa"]), "plev"), PRESSURES[..3]);
    assert_eq!(numbers(&made.subset(&["--level", "500Pa/1000hPa"]), "plev"), PRESSURES);
    let said = made.subset(&["--level", "500hPa/1000"]).said;
    assert!(said.fails(2).contains("the last number has no unit"), "{said}");
}

#[test]
fn values_between_commas_are_several() {
    let made = pressures();
    assert_eq!(numbers(&made.subset(&["--level", "200hPa,850hPa"]), "plev"), [85_000.0, 20_000.0]);
    assert_eq!(numbers(&made.subset(&["--nearest-level", "210,840hPa"]), "plev"), [85_000.0, 20_000.0]);
    assert_eq!(numbers(&made.subset(&["--sel", "plev=85000,50000"]), "plev"), [85_000.0, 50_000.0]);
    made.subset(&["--sel", "plev=85000,"]).said.fails(2);
    let said = made.subset(&["--sel", "plev=85000,40000"]).said;
    assert!(said.fails(1).contains("plev=85000,40000 selects nothing"), "{said}");
    let steps = run(
        "subset",
        &[
            &*fixture("air_temperature_small.nc").to_string_lossy(),
            "-o",
            &made.folder.path().join("t.nc").to_string_lossy(),
            "--sel",
            "time=2014-02-24T00,2014-02-25T06",
        ],
    );
    steps.ok();
    let listed = run("inspect", &["--list", "times", &made.folder.path().join("t.nc").to_string_lossy()]);
    assert_eq!(listed.ok(), "2014-02-24T00:00:00\n2014-02-25T06:00:00\n");
}

fn around() -> Made {
    let lon = [0.0, 60.0, 120.0, 180.0, 240.0, 300.0];
    Made::new(&[("lon", &["lon"], &[6], &lon, longitude()), ("h", &["lon"], &[6], &lon, json!({"units": "m"}))])
}

#[test]
fn longitudes_by_value_are_compared_modulo_360() {
    let made = around();
    for (wanted, lon, h) in [
        ("lon=-60/60", vec![-60.0, 0.0, 60.0], vec![300.0, 0.0, 60.0]),
        ("lon=300/60", vec![-60.0, 0.0, 60.0], vec![300.0, 0.0, 60.0]),
        ("lon=120/-120", vec![120.0, 180.0, 240.0], vec![120.0, 180.0, 240.0]),
        ("lon=-60", vec![300.0], vec![300.0]),
        ("lon=-60,420", vec![60.0, 300.0], vec![60.0, 300.0]),
        ("lon=0/60", vec![0.0, 60.0], vec![0.0, 60.0]),
    ] {
        let output = made.subset(&["--sel", wanted]);
        assert_eq!((numbers(&output, "lon"), numbers(&output, "h")), (lon, h), "{wanted}");
    }
    assert_eq!(numbers(&made.subset(&["--sel", "lon=-70", "--method", "nearest"]), "lon"), [300.0]);
    let said = made.subset(&["--sel", "lon=-70"]).said;
    assert!(said.fails(1).contains("--method nearest takes 300"), "{said}");
}

#[test]
fn a_longitude_without_latitudes_is_rolled_and_cut() {
    let made = around();
    let output = made.subset(&["--longitude", "180"]);
    assert_eq!(numbers(&output, "lon"), [-180.0, -120.0, -60.0, 0.0, 60.0, 120.0]);
    assert_eq!(numbers(&output, "h"), [180.0, 240.0, 300.0, 0.0, 60.0, 120.0]);
    let output = made.subset(&["--bbox=-70,-10,70,10"]);
    assert_eq!(numbers(&output, "h"), [300.0, 0.0, 60.0]);
    assert!(output.said.stderr.contains("no latitudes, cut by lon alone: h"), "{}", output.said);
    assert!(made.subset(&["--bbox=10,-10,50,10"]).said.fails(1).contains("selects nothing"));
}

#[test]
fn a_zonal_mean_is_cut_by_latitude() {
    let made = Made::new(&[
        ("lat", &["lat"], &[3], &[-60.0, 0.0, 60.0], latitude()),
        ("zonal", &["lat"], &[3], &[1.0, 2.0, 3.0], json!({"units": "K"})),
    ]);
    assert_eq!(numbers(&made.subset(&["--bbox=0,-10,10,70"]), "zonal"), [2.0, 3.0]);
    let said = made.subset(&["--longitude", "360"]).said;
    said.ok();
    assert!(said.stderr.contains("no variable has longitudes"), "{said}");
}

#[test]
fn a_level_is_of_the_axes_whose_units_it_converts_to() {
    let made = Made::new(&[
        ("plev", &["plev"], &[4], &PRESSURES, json!({"units": "Pa", "axis": "Z"})),
        ("depth", &["depth"], &[2], &[5.0, 50.0], json!({"units": "m", "axis": "Z"})),
        ("t", &["plev"], &[4], &[0.0, 1.0, 2.0, 3.0], json!({"units": "K"})),
        ("soil", &["depth"], &[2], &[0.0, 1.0], json!({"units": "K"})),
    ]);
    let output = made.subset(&["--level", "850hPa"]);
    assert_eq!((numbers(&output, "plev"), numbers(&output, "depth")), (vec![85_000.0], vec![5.0, 50.0]));
    assert!(output.said.stderr.contains("depth is in m and stays whole"), "{}", output.said);
    let output = made.subset(&["--level", "850hPa", "--level", "5m"]);
    assert_eq!((numbers(&output, "plev"), numbers(&output, "depth")), (vec![85_000.0], vec![5.0]));
    let said = made.subset(&["--level", "20degC"]).said;
    assert!(said.fails(1).contains("no vertical coordinate") && said.stderr.contains("depth is in 'm'"), "{said}");
}

#[test]
fn scalar_coordinates_are_compared() {
    let profiles = fixture("atlantic_profiles.nc");
    subset_of(&profiles, &["--time", "1984"]).said.ok();
    let said = subset_of(&profiles, &["--time", "1985"]).said;
    assert!(said.fails(1).contains("selects nothing") && said.stderr.contains("time is 1984"), "{said}");
    let monthly = fixture("made/monthly_bounds.nc");
    subset_of(&monthly, &["--level", "2"]).said.ok();
    let said = subset_of(&monthly, &["--level", "10m"]).said;
    assert!(said.fails(1).contains("--level 10m selects nothing") && said.stderr.contains("height has 2 m"), "{said}");
}

#[test]
fn what_is_not_there_has_no_name() {
    let made = around();
    let said = made.subset(&["--level", "850hPa"]).said;
    assert!(said.fails(1).contains("no coordinate is vertical") && !said.stderr.contains("'vertical'"), "{said}");
    let said = made.subset(&["--time", "1984"]).said;
    assert!(said.fails(1).contains("no coordinate is a time") && !said.stderr.contains("'time'"), "{said}");
}

#[test]
fn the_places_that_others_list_are_those_of_all_on_the_plane() {
    let axis = |name: &str| json!({"units": "m", "standard_name": name});
    let plane = |f: fn(f64, f64) -> f64| -> Vec<f64> {
        (0..3).flat_map(|y| (0..4).map(move |x| f(f64::from(y), f64::from(x)))).collect()
    };
    let (lat, lon) = (plane(|y, x| 50.0 + y + 0.01 * x), plane(|y, x| 8.0 + x + 0.01 * y));
    let values = plane(|y, x| 10.0 * y + x);
    let (d, n) = (["y", "x"], [3, 4]);
    let made = Made::new(&[
        ("y", &["y"], &[3], &[0.0, 1e5, 2e5], axis("projection_y_coordinate")),
        ("x", &["x"], &[4], &[0.0, 1e5, 2e5, 3e5], axis("projection_x_coordinate")),
        ("lat", &d, &n, &lat, latitude()),
        ("lon", &d, &n, &lon, longitude()),
        ("a", &d, &n, &values, json!({"units": "K", "coordinates": "lat lon"})),
        ("b", &d, &n, &values, json!({"units": "K"})),
    ]);
    let output = made.subset(&["--bbox=9,51,12,52.5"]);
    assert_eq!(numbers(&output, "a"), numbers(&output, "b"));
    assert_eq!(numbers(&output, "b"), [11.0, 12.0, 13.0, 21.0, 22.0, 23.0]);
    let point = made.subset(&["-v", "b", "--point=10,51"]);
    assert_eq!(numbers(&point, "b"), [12.0]);
}

#[test]
fn times_without_units_are_numbers() {
    for attributes in [json!({"axis": "T"}), json!({"axis": "T", "units": "1"})] {
        let made = Made::new(&[
            ("time", &["time"], &[4], &[0.0, 1.0, 2.0, 3.0], attributes),
            ("v", &["time"], &[4], &[0.0, 1.0, 2.0, 3.0], json!({"units": "K"})),
        ]);
        assert_eq!(numbers(&made.subset(&["--sel", "time=1/2"]), "v"), [1.0, 2.0]);
        let said = made.subset(&["--sel", "time=2000-01"]).said;
        assert!(said.fails(2).contains("is not a number") && said.stderr.contains("no units of time"), "{said}");
        let said = made.subset(&["--reference-time", "2000-01-01"]).said;
        assert!(said.fails(1).contains("needs a unit of time") && said.stderr.contains("'units'"), "{said}");
    }
}

#[test]
fn options_need_their_partner() {
    let made = pressures();
    for lonely in [["--method", "nearest"], ["--method", "exact"], ["--tolerance", "1"], ["--max-distance", "9"]] {
        let said = made.subset(&lonely).said;
        assert!(said.fails(2).contains("required"), "{said}");
    }
    made.subset(&["--sel", "plev=840hPa", "--method", "nearest", "--tolerance", "1000"]).said.ok();
    // Both kinds of places together are still one list.
    let table = made.folder.path().join("p.csv");
    std::fs::write(&table, "lon,lat\n210,40\n").unwrap();
    let table = table.display().to_string();
    let arguments = ["--point=220,50", "--point=230,50", "--points", &table, "--max-distance", "900"];
    let air = subset_of(&fixture("air_temperature_small.nc"), &arguments).variable("air");
    assert_eq!(air["shape"], json!([20, 3]));
}

#[test]
fn months_that_meet_days_are_warned_of() {
    let v = json!({"units": "K"});
    let time = |units: &str| json!({"units": units, "standard_name": "time"});
    let made = Made::new(&[
        ("time", &["time"], &[2], &[0.0, 31.0], time("days since 2000-01-01")),
        ("v", &["time"], &[2], &[0.0, 1.0], v.clone()),
    ]);
    let other = made.also(
        "months.zarr",
        &[
            ("time", &["time"], &[2], &[2.0, 3.0], time("months since 2000-01-01")),
            ("v", &["time"], &[2], &[2.0, 3.0], v),
        ],
    );
    let output = made.subset(&[&other.display().to_string()]);
    assert_eq!(numbers(&output, "v"), [0.0, 1.0, 2.0, 3.0]);
    let said = &output.said;
    assert!(said.stderr.contains("warning: time: units 'months since 2000-01-01' count in steps of"), "{said}");
}

#[test]
fn an_impossible_unit_is_told_with_those_there_are() {
    let made = Made::new(&[
        ("x", &["x"], &[1], &[0.0], json!({"units": "1"})),
        ("t", &["x"], &[1], &[0.0], json!({"units": "degC"})),
    ]);
    let said = made.subset(&["--units", "K/m"]).said;
    assert!(said.fails(1).contains("'K/m'") && said.stderr.contains("t is in 'degC'"), "{said}");
}

#[test]
fn one_of_a_thing_is_not_several() {
    let made = Made::new(&[("x", &["x"], &[1], &[0.0], json!({"units": "1"}))]);
    assert!(made.subset(&["--isel", "x=1"]).said.fails(1).contains("dimension x has 1 value\n"));
    assert!(made.subset(&["--isel", "x=5:7"]).said.fails(1).contains("dimension x has 1 value\n"));
    let said = made.subset(&["--month", "13"]).said;
    assert!(said.fails(2).contains("'13' is no list of months"), "{said}");
}
