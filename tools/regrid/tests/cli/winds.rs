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

/// The wind of air that turns as one body about an axis, 20 m/s at its equator: that about 30 east, 60 north.
fn solid_body(lon: f64, lat: f64) -> (f64, f64) {
    let (sin_lat, cos_lat) = lat.to_radians().sin_cos();
    let (sin_axis, cos_axis) = 60f64.to_radians().sin_cos();
    let (sin, cos) = (lon - 30.0).to_radians().sin_cos();
    (20.0 * (sin_axis * cos_lat - cos_axis * sin_lat * cos), 20.0 * cos_axis * sin)
}

/// One component along a rotated grid whose places are these, told by a mapping or by latitudes and longitudes.
struct Component<'a> {
    name: &'a str,
    dimensions: [&'a str; 2],
    x: Vec<f64>,
    y: Vec<f64>,
    mapped: bool,
}

impl Component<'_> {
    fn add(&self, store: Store, hole: Option<usize>) -> Store {
        let cells = || self.y.iter().flat_map(|y| self.x.iter().map(move |x| from_rotated(*x, *y, POLE.0, POLE.1)));
        let along = |(lon, lat)| {
            let ((east, north), (sin, cos)) = (solid_body(lon, lat), bearing(lon, lat).sin_cos());
            if self.name == "u" { east * cos - north * sin } else { east * sin + north * cos }
        };
        let mut values: Vec<f64> = cells().map(along).collect();
        if let Some(hole) = hole {
            values[hole] = f64::NAN;
        }
        let (lon, lat): (Vec<f64>, Vec<f64>) = cells().unzip();
        let shape = [self.y.len(), self.x.len()];
        let standard = if self.name == "u" { "x_wind" } else { "y_wind" };
        let mut about = json!({"standard_name": standard, "units": "m s-1", "_FillValue": "NaN"});
        let axis = |name: &str| json!({"standard_name": name, "units": "degrees"});
        let [y, x] = self.dimensions;
        let store = if self.mapped {
            about["grid_mapping"] = json!("crs");
            store.array(y, &[y], &shape[..1], &self.y, axis("grid_latitude")).array(
                x,
                &[x],
                &shape[1..],
                &self.x,
                axis("grid_longitude"),
            )
        } else {
            let named = |kind: &str| format!("{kind}_{}", self.name);
            about["coordinates"] = json!(format!("{} {}", named("lat"), named("lon")));
            let unit = |name: &str, units: &str| json!({"standard_name": name, "units": units});
            store.array(&named("lat"), &self.dimensions, &shape, &lat, unit("latitude", "degrees_north")).array(
                &named("lon"),
                &self.dimensions,
                &shape,
                &lon,
                unit("longitude", "degrees_east"),
            )
        };
        store.array(self.name, &self.dimensions, &shape, &values, about)
    }
}

/// Components on the eastern and northern sides of cells: of grids with axes of their own, or with the same dimensions.
fn staggered(folder: &std::path::Path, mapped: bool, hole: Option<usize>) -> PathBuf {
    let mapping = json!({"grid_mapping_name": "rotated_latitude_longitude", "grid_north_pole_latitude": POLE.1,
        "grid_north_pole_longitude": POLE.0});
    let store = Store::new(folder, "in.zarr", json!({})).array("crs", &[], &[], &[0i32], mapping);
    let (columns, rows) = (steps(-15.0, 2.0, 16), steps(-12.0, 2.0, 13));
    let moved = |values: &[f64]| values.iter().map(|v| v + 1.0).collect();
    let of_u = if mapped { ["rlat", "rlon_u"] } else { ["y", "x"] };
    let of_v = if mapped { ["rlat_v", "rlon"] } else { ["y", "x"] };
    let u = Component { name: "u", dimensions: of_u, x: moved(&columns), y: rows.clone(), mapped };
    let v = Component { name: "v", dimensions: of_v, y: moved(&rows), x: columns, mapped };
    v.add(u.add(store, hole), None).path()
}

const TO_ONE_GRID: [&str; 6] =
    ["--rotate-winds", "u,v", "--method", "bilinear", "--resolution=1", "--bbox=-14,46,-6,54"];

#[test]
fn components_on_the_sides_of_cells_meet_on_one_grid() {
    for mapped in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let output = regrid_of(&staggered(folder.path(), mapped, None), &TO_ONE_GRID);
        let (lat, lon) = (output.values("lat"), output.values("lon"));
        let (u, v) = (output.values("u"), output.values("v"));
        assert_eq!((u.len(), output.attribute("u", "standard_name")), (64, json!("eastward_wind")), "{mapped}");
        assert_eq!(output.attribute("v", "standard_name"), "northward_wind");
        for (at, (u, v)) in u.iter().zip(v).enumerate() {
            let (east, north) = solid_body(lon[at % lon.len()], lat[at / lon.len()]);
            // What is lost between centres two degrees apart; the angles change by more than that in half a cell.
            assert!((u - east).abs() < 0.01 && (v - north).abs() < 0.01, "{u} {v} are not {east} {north}");
        }
        let names = output.json()["variables"].as_array().unwrap().iter().map(|v| v["name"].to_string()).collect();
        let names: Vec<String> = names;
        assert!(!names.iter().any(|name| name.contains(" to ")), "{names:?}");
    }
}

#[test]
fn both_components_are_missing_where_either_is() {
    let folder = tempfile::tempdir().unwrap();
    let output = regrid_of(&staggered(folder.path(), true, Some(6 * 16 + 8)), &TO_ONE_GRID);
    let missing = |name: &str| output.values(name).iter().map(|v| v.is_nan()).collect::<Vec<_>>();
    assert!(missing("u").contains(&true) && missing("u") == missing("v"));
}

#[test]
fn components_on_the_sides_of_cells_do_not_stay_there() {
    let folder = tempfile::tempdir().unwrap();
    let said = regrid_of(&staggered(folder.path(), false, None), &["--rotate-winds", "u,v"]).said;
    assert!(said.fails(1).contains("the same cells") && said.stderr.contains("--target"), "{said}");
}
