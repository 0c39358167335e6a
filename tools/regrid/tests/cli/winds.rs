//! Winds along rotated grids become eastward and northward.

use std::path::PathBuf;

use serde_json::{Value, json};
use testkit::Store;

use super::cells::{from_rotated, steps};
use super::{all_near, regrid, regrid_of};

/// A grid whose pole stands here: longitude, latitude.
const POLE: (f64, f64) = (170.0, 40.0);

/// The true wind.
fn wind(lon: f64, lat: f64) -> (f64, f64) {
    (10.0 + 3.0 * lon.to_radians().sin(), 5.0 * lat.to_radians().cos() - 2.0)
}

/// Where the grid's north is seen from a place: the bearing of its pole, clockwise from north.
fn bearing(lon: f64, lat: f64) -> f64 {
    let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
    let (sin_pole, cos_pole) = POLE.1.to_radians().sin_cos();
    let (sin, cos) = (POLE.0 - lon).to_radians().sin_cos();
    (sin * cos_pole).atan2(cos_lat * sin_pole - sin_lat * cos_pole * cos)
}

/// The wind along the rows and columns of a rotated grid, and the true one; `x` may fall along the columns.
fn rotated(folder: &std::path::Path, x: &[f64]) -> (PathBuf, [Vec<f64>; 2]) {
    let y = steps(-12.0, 3.0, 9);
    let (mut along, mut truth) = ([vec![], vec![]], [vec![], vec![]]);
    for y in &y {
        for x in x {
            let (lon, lat) = from_rotated(*x, *y, POLE.0, POLE.1);
            let ((east, north), (sin, cos)) = (wind(lon, lat), bearing(lon, lat).sin_cos());
            along[0].push(east * cos - north * sin);
            along[1].push(east * sin + north * cos);
            truth[0].push(east);
            truth[1].push(north);
        }
    }
    let axis = |name: &str| json!({"standard_name": name, "units": "degrees"});
    let mapping = json!({"grid_mapping_name": "rotated_latitude_longitude", "grid_north_pole_latitude": POLE.1,
        "grid_north_pole_longitude": POLE.0});
    let of = |name: &str| json!({"standard_name": name, "units": "m s-1", "grid_mapping": "crs"});
    let shape = [y.len(), x.len()];
    let path = Store::new(folder, "in.zarr", json!({}))
        .array("rlat", &["rlat"], &[y.len()], &y, axis("grid_latitude"))
        .array("rlon", &["rlon"], &[x.len()], x, axis("grid_longitude"))
        .array("crs", &[], &[], &[0i32], mapping)
        .array("u", &["rlat", "rlon"], &shape, &along[0], of("grid_eastward_wind"))
        .array("v", &["rlat", "rlon"], &shape, &along[1], of("grid_northward_wind"))
        .path();
    (path, truth)
}

#[test]
fn a_known_wind_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let (input, [east, north]) = rotated(folder.path(), &steps(-15.0, 3.0, 11));
    let output = regrid_of(&input, &["--rotate-winds", "u,v"]);
    all_near(&output.values("u"), &east, 1e-6);
    all_near(&output.values("v"), &north, 1e-6);
    assert_eq!(output.attribute("u", "standard_name"), "eastward_wind");
    assert_eq!(output.attribute("v", "standard_name"), "northward_wind");
    assert_eq!(output.attribute("u", "units"), "m s-1");
    assert_eq!(output.attribute("u", "grid_mapping"), "crs");
}

#[test]
fn columns_from_east_to_west_turn_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (input, [east, north]) = rotated(folder.path(), &steps(15.0, -3.0, 11));
    let output = regrid_of(&input, &["--rotate-winds", "u,v"]);
    all_near(&output.values("u"), &east, 1e-6);
    all_near(&output.values("v"), &north, 1e-6);
}

#[test]
fn turned_winds_go_to_another_grid() {
    let folder = tempfile::tempdir().unwrap();
    let (input, _) = rotated(folder.path(), &steps(-15.0, 3.0, 11));
    let how = ["--rotate-winds", "u,v", "--method", "bilinear", "--resolution", "1", "--bbox=-16,45,-4,55"];
    let output = regrid_of(&input, &how);
    let (lat, lon) = (output.values("lat"), output.values("lon"));
    assert_eq!(output.attribute("u", "grid_mapping"), Value::Null);
    for (at, (u, v)) in output.values("u").iter().zip(output.values("v")).enumerate() {
        let (east, north) = wind(lon[at % lon.len()], lat[at / lon.len()]);
        assert!((u - east).abs() < 0.01 && (v - north).abs() < 0.01, "{u} {v} are not {east} {north}");
    }
}

#[test]
fn winds_that_are_eastward_need_no_turning() {
    let folder = tempfile::tempdir().unwrap();
    let names = |name: &str| json!({"standard_name": name, "units": "m s-1"});
    let input = Store::new(folder.path(), "in.zarr", json!({}))
        .array("lat", &["lat"], &[2], &[0.0, 1.0], json!({"units": "degrees_north"}))
        .array("lon", &["lon"], &[2], &[0.0, 1.0], json!({"units": "degrees_east"}))
        .array("u", &["lat", "lon"], &[2, 2], &[1.0; 4], names("eastward_wind"))
        .array("v", &["lat", "lon"], &[2, 2], &[1.0; 4], names("northward_wind"))
        .array("w", &["lat", "lon"], &[2, 2], &[1.0; 4], json!({"units": "knot"}))
        .path();
    let said = regrid_of(&input, &["--rotate-winds", "u,v"]).said;
    assert!(said.fails(1).contains("needs no turning"), "{said}");
    let said = regrid_of(&input, &["--rotate-winds", "u,x"]).said;
    assert!(said.fails(1).contains("'x'"), "{said}");
    let said = regrid("coads_climatology.cdf", &["--rotate-winds", "UWND,SST"]).said;
    assert!(said.fails(1).contains("units"), "{said}");
}
