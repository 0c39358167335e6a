//! Answers that are easily wrong without a word, on inputs that each test makes itself.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::{Store, run};

use crate::silent::{Output, subset_of};

fn latitude() -> Value {
    json!({"units": "degrees_north", "standard_name": "latitude"})
}

fn longitude() -> Value {
    json!({"units": "degrees_east", "standard_name": "longitude"})
}

/// Temperatures in the middle, winds on the edges of cells (Arakawa C, as CAM-FV writes it): `T` and
/// `V` share their rows, `T` and `U` their columns. Values are 1000 · latitude + longitude.
fn staggered(folder: &Path) -> PathBuf {
    let lat: Vec<f64> = (0..10).map(|i| -45.0 + 10.0 * f64::from(i)).collect();
    let slat: Vec<f64> = (0..9).map(|i| -40.0 + 10.0 * f64::from(i)).collect();
    let lon: Vec<f64> = (0..18).map(|i| 20.0 * f64::from(i)).collect();
    let slon: Vec<f64> = lon.iter().map(|x| x + 10.0).collect();
    let field = |ys: &[f64], xs: &[f64]| -> Vec<f64> {
        ys.iter().flat_map(|y| xs.iter().map(move |x| 1000.0 * y + x)).collect()
    };
    Store::new(folder, "staggered.zarr", json!({}))
        .array("lat", &["lat"], &[10], &lat, latitude())
        .array("slat", &["slat"], &[9], &slat, latitude())
        .array("lon", &["lon"], &[18], &lon, longitude())
        .array("slon", &["slon"], &[18], &slon, longitude())
        .array("T", &["lat", "lon"], &[10, 18], &field(&lat, &lon), json!({"units": "K"}))
        .array("V", &["lat", "slon"], &[10, 18], &field(&lat, &slon), json!({"units": "m s-1"}))
        .array("U", &["slat", "lon"], &[9, 18], &field(&slat, &lon), json!({"units": "m s-1"}))
        .path()
}

fn numbers(output: &Output, name: &str) -> Vec<f64> {
    output.coordinate(name).iter().map(|v| v.parse().unwrap()).collect()
}

/// The values of a variable of [`staggered`] that are not missing; each must be where it was.
#[track_caller]
fn in_place(output: &Output, name: &str, y: &str, x: &str) -> Vec<f64> {
    let (ys, xs, values) = (numbers(output, y), numbers(output, x), numbers(output, name));
    assert_eq!(values.len(), ys.len() * xs.len(), "{name}");
    let mut kept = Vec::new();
    for (i, value) in values.iter().enumerate().filter(|(_, v)| !v.is_nan()) {
        let (lat, lon) = (ys[i / xs.len()], xs[i % xs.len()].rem_euclid(360.0));
        assert_eq!(*value, 1000.0 * lat + lon, "{name} at {lat}, {lon}");
        kept.push(*value);
    }
    kept.sort_by(f64::total_cmp);
    kept
}

const GRIDS: [[&str; 3]; 3] = [["T", "lat", "lon"], ["V", "lat", "slon"], ["U", "slat", "lon"]];

#[test]
fn a_box_on_staggered_grids_cuts_shared_rows_once() {
    let folder = tempfile::tempdir().unwrap();
    let input = staggered(folder.path());
    let output = subset_of(&input, &["--bbox=100,-30,200,30"]);
    assert_eq!(numbers(&output, "lat"), [-25.0, -15.0, -5.0, 5.0, 15.0, 25.0]);
    assert_eq!(numbers(&output, "slat"), [-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0]);
    assert_eq!(numbers(&output, "lon"), [100.0, 120.0, 140.0, 160.0, 180.0, 200.0]);
    assert_eq!(numbers(&output, "slon"), [110.0, 130.0, 150.0, 170.0, 190.0]);
    for ([name, y, x], count) in GRIDS.into_iter().zip([36, 30, 42]) {
        assert_eq!(in_place(&output, name, y, x).len(), count, "{name}");
    }
}

#[test]
fn longitudes_of_staggered_grids_are_rolled_once() {
    let folder = tempfile::tempdir().unwrap();
    let input = staggered(folder.path());
    for arguments in [["--longitude=180"], ["--bbox=-180,-90,180,90"]] {
        let output = subset_of(&input, &arguments);
        let (lon, slon) = (numbers(&output, "lon"), numbers(&output, "slon"));
        assert_eq!((lon[0], lon[17], slon[0], slon[17]), (-180.0, 160.0, -170.0, 170.0), "{arguments:?}");
        for ([name, y, x], count) in GRIDS.into_iter().zip([180, 180, 162]) {
            assert_eq!(in_place(&output, name, y, x).len(), count, "{name}");
        }
    }
}

#[test]
fn a_polygon_on_staggered_grids_keeps_of_each_what_lies_inside() {
    let folder = tempfile::tempdir().unwrap();
    let input = staggered(folder.path());
    let region = folder.path().join("region.geojson");
    // Over Greenwich, narrow at the top, so that each grid has its own rows and columns inside.
    let triangle = r#"{"type": "Polygon", "coordinates": [[[-55, -32], [64, -32], [15, 42], [-55, -32]]]}"#;
    std::fs::write(&region, triangle).unwrap();
    let region = region.display().to_string();
    let whole = subset_of(&input, &["--polygon", &region]);
    for [name, y, x] in GRIDS {
        let alone = in_place(&subset_of(&input, &["-v", name, "--polygon", &region]), name, y, x);
        assert!(alone.len() > 10, "{alone:?}");
        assert_eq!(in_place(&whole, name, y, x), alone, "{name}");
    }
    assert!(numbers(&whole, "lon").windows(2).all(|w| w[0] < w[1]), "{:?}", numbers(&whole, "lon"));
}

/// Ocean models give temperatures and currents places of their own on the same rows and columns.
#[test]
fn a_box_on_curvilinear_grids_with_the_same_dimensions_covers_both() {
    let folder = tempfile::tempdir().unwrap();
    let plane = |f: fn(f64, f64) -> f64| -> Vec<f64> {
        (0..6).flat_map(|j| (0..8).map(move |i| f(f64::from(j), f64::from(i)))).collect()
    };
    let on = |lat: &str, lon: &str| json!({"units": "1", "coordinates": format!("{lat} {lon}")});
    let (d, n) = (["y", "x"], [6, 8]);
    let input = Store::new(folder.path(), "ocean.zarr", json!({}))
        .array("lat_t", &d, &n, &plane(|j, i| 10.0 * j + 0.1 * i), latitude())
        .array("lon_t", &d, &n, &plane(|j, i| 10.0 * i + 0.1 * j), longitude())
        .array("lat_u", &d, &n, &plane(|j, i| 10.0 * j + 0.1 * i), latitude())
        .array("lon_u", &d, &n, &plane(|j, i| 10.0 * i + 0.1 * j + 25.0), longitude())
        .array("t", &d, &n, &plane(|j, i| 10.0 * j + i), on("lat_t", "lon_t"))
        .array("u", &d, &n, &plane(|j, i| 10.0 * j + i), on("lat_u", "lon_u"))
        .path();
    let output = subset_of(&input, &["--bbox=39,19,61,31"]);
    let kept = |name: &str| numbers(&output, name).into_iter().filter(|v| !v.is_nan()).collect::<Vec<_>>();
    assert_eq!(kept("t"), [24.0, 25.0, 26.0, 34.0, 35.0, 36.0].map(|v| v - 0.0));
    assert_eq!(kept("u"), [22.0, 23.0, 32.0, 33.0]);
    assert_eq!(numbers(&output, "t").len(), 2 * 5, "columns 2 to 6");
}

#[test]
fn missing_longitudes_are_not_turned_into_places() {
    let folder = tempfile::tempdir().unwrap();
    let mut attributes = longitude();
    attributes["_FillValue"] = json!(-999.0);
    let input = Store::new(folder.path(), "gaps.zarr", json!({}))
        .array("lat", &["y", "x"], &[2, 2], &[1.0, 1.0, 2.0, 2.0], latitude())
        .array("lon", &["y", "x"], &[2, 2], &[190.0, -999.0, 350.0, 10.0], attributes)
        .array("v", &["y", "x"], &[2, 2], &[1.0, 2.0, 3.0, 4.0], json!({"units": "1", "coordinates": "lat lon"}))
        .path();
    let longitudes = numbers(&subset_of(&input, &["--longitude=180"]), "lon");
    assert!(longitudes[1].is_nan(), "{longitudes:?}");
    assert_eq!([longitudes[0], longitudes[2], longitudes[3]], [-170.0, -10.0, 10.0]);
    let half_turn = std::f64::consts::PI;
    let input = Store::new(folder.path(), "mesh.zarr", json!({}))
        .array("clat", &["cell"], &[2], &[0.0, 0.5], json!({"units": "radian", "standard_name": "latitude"}))
        .array(
            "clon",
            &["cell"],
            &[2],
            &[1.0, 1.5 * half_turn],
            json!({"units": "radian", "standard_name": "longitude"}),
        )
        .array("v", &["cell"], &[2], &[1.0, 2.0], json!({"units": "1", "coordinates": "clat clon"}))
        .path();
    let radians = numbers(&subset_of(&input, &["--longitude=180"]), "clon");
    assert!(radians[0] == 1.0 && (radians[1] + 0.5 * half_turn).abs() < 1e-12, "{radians:?}");
}

#[test]
fn a_whole_number_is_that_number_alone() {
    let folder = tempfile::tempdir().unwrap();
    let dates: Vec<i32> = (20_130_101..=20_130_106).collect();
    let input = Store::new(folder.path(), "dates.zarr", json!({}))
        .array("date", &["date"], &[6], &dates, json!({"long_name": "yyyymmdd"}))
        .array("v", &["date"], &[6], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], json!({"units": "1"}))
        .path();
    assert_eq!(numbers(&subset_of(&input, &["--sel", "date=20130102"]), "v"), [1.0]);
    assert_eq!(numbers(&subset_of(&input, &["--sel", "date=20130102/20130103"]), "v"), [1.0, 2.0]);
    let said = subset_of(&input, &["--sel", "date=20130107"]).said;
    assert!(said.fails(1).contains("date=20130107"), "{said}");
}

#[test]
fn a_distance_is_no_less_than_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let input = staggered(folder.path());
    for wrong in ["nan", "-1", "inf"] {
        let said = subset_of(&input, &["--sel", "lat=3", "--tolerance", wrong]).said;
        assert!(said.fails(2).contains("is not a distance"), "{said}");
        subset_of(&input, &["--point=3,3", "--max-distance", wrong]).said.fails(2);
    }
}

#[test]
fn no_file_that_is_read_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let input = staggered(folder.path()).display().to_string();
    std::fs::write(at("p.csv"), "lon,lat\n20,15\n").unwrap();
    std::fs::write(at("list.txt"), format!("{input}\n")).unwrap();
    std::fs::write(at("r.json"), r#"{"type": "Polygon", "coordinates": [[[0, 0], [90, 0], [90, 40], [0, 0]]]}"#)
        .unwrap();
    let (points, list, region) = (at("p.csv"), at("list.txt"), at("r.json"));
    let listed = format!("@{list}");
    for (tool, arguments, kept) in [
        ("subset", vec![&*input, "--points", &points, "-o", &points], &points),
        ("subset", vec![&*listed, "-o", &list], &list),
        ("subset", vec![&*input, "--polygon", &region, "-o", &region], &region),
        ("inspect", vec![&*listed, "-o", &list], &list),
        ("inspect", vec![&*input, "--compare", &points, "-o", &points], &points),
    ] {
        let before = std::fs::read(kept).unwrap();
        let said = run(tool, &arguments);
        assert!(!said.succeeded(), "{said}");
        assert_eq!(std::fs::read(kept).unwrap(), before, "{arguments:?}");
    }
    let (one, two) = (at("one.zarr.zip"), at("two.zarr.zip"));
    run("subset", &[&*input, "-o", &one, "-q"]).ok();
    run("subset", &[&*input, "-o", &two, "-q"]).ok();
    assert!(run("inspect", &[&*one, "--compare", &two, "-o", &two]).fails(2).contains("is also an input"));
    run("inspect", &[&*one, "--compare", &two]).ok();
}

#[test]
fn units_follow_in_every_attribute_and_on_coordinates() {
    let folder = tempfile::tempdir().unwrap();
    let packed = json!({"units": "K", "scale_factor": 0.01, "add_offset": 0.0, "actual_range": [270.0, 270.02],
        "valid_range": [20000, 30000]});
    let spread = json!({"units": "K", "cell_methods": "time: standard_deviation"});
    let anomaly = json!({"units": "K", "standard_name": "air_temperature_anomaly", "actual_range": [-1.0, 1.0]});
    let input = Store::new(folder.path(), "units.zarr", json!({}))
        .array(
            "lev",
            &["lev"],
            &[3],
            &[85_000i32, 50_000, 10_000],
            json!({"units": "Pa", "axis": "Z", "bounds": "lev_bnds"}),
        )
        .array("lev_bnds", &["lev", "two"], &[3, 2], &[9e4, 7e4, 7e4, 3e4, 3e4, 0.0], json!({}))
        .array("t", &["lev"], &[3], &[27_000i16, 27_001, 27_002], packed)
        .array("sd", &["lev"], &[3], &[0.5, 1.0, 1.5], spread)
        .array("anomaly", &["lev"], &[3], &[-1.0, 0.0, 1.0], anomaly)
        .path();
    let output = subset_of(&input, &["--units", "degC", "--units", "lev=hPa"]);
    assert_eq!(numbers(&output, "lev"), [850.0, 500.0, 100.0]);
    assert_eq!(numbers(&output, "lev_bnds"), [900.0, 700.0, 700.0, 300.0, 300.0, 0.0]);
    let t = output.variable("t");
    let range: Vec<f64> = serde_json::from_value(t["attributes"]["actual_range"].clone()).unwrap();
    assert!((range[0] + 3.15).abs() < 1e-9 && (range[1] + 3.13).abs() < 1e-9, "{t}");
    assert_eq!((&t["type"], &t["attributes"]["valid_range"]), (&json!("short"), &json!([20000, 30000])));
    // One kelvin more is one degree more.
    assert_eq!(numbers(&output, "sd"), [0.5, 1.0, 1.5]);
    let anomaly = output.variable("anomaly");
    assert_eq!(anomaly["attributes"]["actual_range"], json!([-1.0, 1.0]));
    assert_eq!(anomaly["units"], "degC");
}
