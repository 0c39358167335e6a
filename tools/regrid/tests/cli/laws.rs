//! Laws that hold whatever the numbers are: lines stay lines, sums are kept, the seam of longitudes and the poles
//! are no edges, and how a field is stored does not matter.

use std::path::Path;

use serde_json::json;
use testkit::Store;

use super::cells::{Cells, dot, point, steps};
use super::{METHODS, Output, all_near, regrid_of};

/// The regridded `v` of a field on cells.
fn made(cells: &Cells, values: &[f64], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    regrid_of(&cells.store(folder.path(), "in.zarr", &[("v", values)]), arguments)
}

fn smooth(lon: f64, lat: f64) -> f64 {
    let [x, y, z] = point(lon, lat);
    1.0 + 0.5 * x + 0.25 * y * z + z * z
}

/// Latitudes and longitudes of the cells of an output, row by row.
fn places(output: &Output) -> Vec<(f64, f64)> {
    let (lat, lon) = (output.values("lat"), output.values("lon"));
    lat.iter().flat_map(|y| lon.iter().map(move |x| (*x, *y))).collect()
}

/// The part of the sphere of each target cell, from its bounds: Δsin φ · Δλ.
fn areas(output: &Output) -> Vec<f64> {
    let (lat, lon) = (output.values("lat_bnds"), output.values("lon_bnds"));
    let sine = |v: f64| v.to_radians().sin();
    let rows = lat.chunks(2).map(|b| (sine(b[1]) - sine(b[0])).abs());
    rows.flat_map(|h| lon.chunks(2).map(move |b| h * (b[1] - b[0]).abs().to_radians())).collect()
}

#[test]
fn lines_stay_lines_between_centres() {
    for (lat, lon) in [
        (steps(20.0, 2.5, 13), steps(-20.0, 2.0, 21)),
        (steps(50.0, -2.5, 13), steps(340.0, 2.0, 21)),
        (steps(20.0, 2.5, 13), steps(20.0, -2.0, 21)),
    ] {
        let cells = Cells::rows(&lat, &lon);
        let line = |lon: f64, lat: f64| 3.0 * ((lon + 180.0).rem_euclid(360.0) - 180.0) - 2.0 * lat + 7.0;
        for method in ["bilinear", "bicubic"] {
            let box_ = ["--method", method, "--resolution", "1.1,0.7", "--bbox=-17,23,16,47"];
            let output = made(&cells, &cells.field(line), &box_);
            let expected: Vec<f64> = places(&output).iter().map(|(x, y)| line(*x, *y)).collect();
            assert!(expected.len() > 900);
            all_near(&output.values("v"), &expected, 1e-11);
        }
    }
}

#[test]
fn means_of_rows_and_columns_are_the_closed_form() {
    let cells = Cells::globe();
    let values = cells.field(|lon, lat| smooth(lon, lat) + (lon * 7.0 + lat * 13.0).rem_euclid(17.0));
    for target in ["r37x19", "r7x5", "n16"] {
        let output = made(&cells, &values, &["--method", "conservative", "--target", target]);
        let (lat, lon) = (output.values("lat_bnds"), output.values("lon_bnds"));
        let mut expected = Vec::new();
        for y in lat.chunks(2) {
            for x in lon.chunks(2) {
                let (mut sum, mut whole) = (0.0, 0.0);
                for (at, value) in values.iter().enumerate() {
                    let (south, west) =
                        (f64::from(at as u32 / 36) * 10.0 - 90.0, f64::from(at as u32 % 36) * 10.0 - 5.0);
                    let height = (y[1].max(y[0]).min(south + 10.0).to_radians().sin()
                        - y[0].min(y[1]).max(south).to_radians().sin())
                    .max(0.0);
                    let width: f64 = [-360.0, 0.0, 360.0]
                        .iter()
                        .map(|turn| (x[1].min(west + turn + 10.0) - x[0].max(west + turn)).max(0.0))
                        .sum();
                    sum += height * width * value;
                    whole += height * width;
                }
                expected.push(sum / whole);
            }
        }
        all_near(&output.values("v"), &expected, 1e-10);
    }
}

#[test]
fn areas_times_values_are_kept() {
    let (globe, cube) = (Cells::globe(), Cells::cube());
    let sine = |v: f64| v.to_radians().sin();
    let own = globe.field(|_, lat| (sine(lat + 5.0) - sine(lat - 5.0)) * 10f64.to_radians());
    for (cells, areas_from) in [(&globe, own), (&cube, cube.areas())] {
        assert!((areas_from.iter().sum::<f64>() / (4.0 * std::f64::consts::PI) - 1.0).abs() < 1e-12);
        let values = cells.field(smooth);
        let before: f64 = values.iter().zip(&areas_from).map(|(v, a)| v * a).sum();
        for method in ["conservative", "conservative2"] {
            for target in ["r37x19", "r7x5", "n16"] {
                let how = ["--method", method, "--target", target, "--normalize", "destarea"];
                let output = made(cells, &values, &how);
                let after: f64 = output.values("v").iter().zip(areas(&output)).map(|(v, a)| v * a).sum();
                assert!((after / before - 1.0).abs() < 1e-10, "{method} {target}: {after} of {before}");
            }
        }
    }
}

#[test]
fn the_seam_of_longitudes_is_no_edge() {
    let cells = Cells::globe();
    let values = cells.field(smooth);
    // Between the last column, at 350, and the first, at 0.
    let output = made(&cells, &values, &["--method", "bilinear", "--resolution", "1", "--bbox=350,-5.5,10,5.5"]);
    for ((lon, lat), value) in places(&output).into_iter().zip(output.values("v")) {
        let (lon, share) = (lon.rem_euclid(360.0), lat / 10.0 + 0.5);
        let west = (lon / 10.0).floor() * 10.0;
        let at = |lat: f64| {
            let part = (lon - west) / 10.0;
            smooth(west, lat) * (1.0 - part) + smooth(west + 10.0, lat) * part
        };
        assert!((value - (at(-5.0) * (1.0 - share) + at(5.0) * share)).abs() < 1e-12, "{lon} {lat}");
    }
    for method in METHODS {
        let values = made(&cells, &values, &["--method", method, "--target", "r144x19"]).values("v");
        let row = &values[9 * 144..10 * 144];
        let jump = |a: f64, b: f64| (a - b).abs();
        let greatest = row.windows(2).map(|w| jump(w[0], w[1])).fold(0.0, f64::max);
        assert!(jump(row[143], row[0]) <= greatest, "{method}");
    }
}

#[test]
fn the_poles_are_no_holes() {
    let thirty_two = steps(-87.863_8, 87.863_8 * 2.0 / 63.0, 64);
    for lat in [steps(-85.0, 10.0, 18), steps(-90.0, 10.0, 19), thirty_two] {
        let cells = Cells::rows(&lat, &steps(2.0, 12.0, 30));
        let values = cells.field(smooth);
        for method in METHODS {
            let output = made(&cells, &values, &["--method", method, "--target", "r37x181"]);
            let values = output.values("v");
            assert!(values.iter().all(|v| v.is_finite()), "{method} from {lat:?}");
            // The poles are places like others: nothing there differs by more than a cell of 10 degrees does.
            for ((lon, lat), value) in places(&output).into_iter().zip(values) {
                assert!((value - smooth(lon, lat)).abs() < 0.25, "{method}: {value} at {lon} {lat}");
            }
        }
    }
}

#[test]
fn over_the_pole_lines_of_the_map_stay_lines() {
    // 8 * row + column of a map around the pole, in which distances along meridians are true.
    let at = |lon: f64, lat: f64| {
        let (x, y) = ((90.0 - lat) * lon.to_radians().sin(), -(90.0 - lat) * lon.to_radians().cos());
        8.0 * (y + 17.5) / 5.0 + (x + 17.5) / 5.0
    };
    let output = super::regrid(
        "made/curvilinear_pole.nc",
        &["--method", "bilinear", "--target", &super::beside("grids/polar.txt")],
    );
    for ((lon, lat), value) in places(&output).into_iter().zip(output.values("siconc")) {
        // A tenth of a row, of cells that are as large as their distance from the pole.
        assert!((value - at(lon, lat)).abs() < 0.7, "{value} at {lon} {lat}, not {}", at(lon, lat));
    }
}

#[test]
fn nearest_is_the_nearest_along_great_circles() {
    for (cells, target) in [
        (Cells::globe(), "r37x19"),
        (Cells::cube(), "r37x19"),
        (Cells::rotated(), &*super::beside("grids/polar.txt")),
        (Cells::projected(), &*super::beside("grids/polar.txt")),
    ] {
        let numbers: Vec<f64> = (0..cells.lon.len()).map(|i| f64::from(i as u32)).collect();
        let output = made(&cells, &numbers, &["--method", "nearest", "--target", target]);
        let from: Vec<[f64; 3]> = cells.lon.iter().zip(&cells.lat).map(|(x, y)| point(*x, *y)).collect();
        for ((lon, lat), value) in places(&output).into_iter().zip(output.values("v")) {
            let here = point(lon, lat);
            let best = from.iter().map(|p| dot(*p, here)).fold(f64::MIN, f64::max);
            assert!(dot(from[value as usize], here) > best - 1e-14, "{value} at {lon} {lat}");
        }
    }
}

#[test]
fn how_a_field_is_stored_does_not_matter() {
    let (lat, lon) = (steps(-85.0, 10.0, 18), steps(0.0, 10.0, 36));
    let plain = Cells::globe();
    let field = plain.field(smooth);
    let north_first: Vec<f64> = lat.iter().rev().copied().collect();
    let from_180: Vec<f64> = steps(-180.0, 10.0, 36);
    let westward: Vec<f64> = lon.iter().rev().copied().collect();
    let others = [(&north_first, &lon), (&lat, &from_180), (&north_first, &from_180), (&lat, &westward)];
    for method in METHODS {
        // No target lies in the middle between cells, where which of them are nearest is a matter of rounding.
        let how = ["--method", method, "--resolution", "9,7", "--bbox=-178.3,-84,1.7,84"];
        let expected = made(&plain, &field, &how).values("v");
        for (lat, lon) in others {
            let cells = Cells::rows(lat, lon);
            let values = made(&cells, &cells.field(smooth), &how).values("v");
            assert_eq!(values.len(), 20 * 24);
            all_near(&values, &expected, 1e-12);
        }
    }
}

/// `v` with longitudes first, latitudes next and two times last.
fn turned(folder: &Path, values: &[f64]) -> std::path::PathBuf {
    let mut turned = Vec::new();
    for i in 0..36 {
        for j in 0..18 {
            turned.extend([values[j * 36 + i], 2.0 * values[j * 36 + i]]);
        }
    }
    let unit = |unit: &str| json!({"units": unit});
    Store::new(folder, "turned.zarr", json!({}))
        .array("lat", &["lat"], &[18], &steps(-85.0, 10.0, 18), unit("degrees_north"))
        .array("lon", &["lon"], &[36], &steps(0.0, 10.0, 36), unit("degrees_east"))
        .array("time", &["time"], &[2], &[0.0, 1.0], unit("days since 2000-01-01"))
        .array("v", &["lon", "lat", "time"], &[36, 18, 2], &turned, json!({}))
        .path()
}

#[test]
fn the_order_of_dimensions_does_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let cells = Cells::globe();
    let field = cells.field(smooth);
    let input = turned(folder.path(), &field);
    for method in METHODS {
        let how = ["--method", method, "--target", "r37x19"];
        let expected = made(&cells, &field, &how).values("v");
        let output = regrid_of(&input, &how);
        // They stay in their order.
        assert_eq!(output.variable("v")["dimensions"], json!(["lon", "lat", "time"]));
        let columns = (0..37).flat_map(|i| expected.iter().skip(i).step_by(37));
        let twice: Vec<f64> = columns.flat_map(|v| [*v, 2.0 * v]).collect();
        assert_eq!(output.values("v"), twice, "{method}");
    }
}

#[test]
fn packed_values_are_the_values() {
    let folder = tempfile::tempdir().unwrap();
    let cells = Cells::globe();
    let packed: Vec<i16> = cells.field(smooth).iter().map(|v| (v / 0.001).round() as i16).collect();
    let values: Vec<f64> = packed.iter().map(|v| f64::from(*v) * 0.001 + 5.0).collect();
    let unit = |unit: &str| json!({"units": unit});
    let input = Store::new(folder.path(), "packed.zarr", json!({}))
        .array("lat", &["lat"], &[18], &steps(-85.0, 10.0, 18), unit("degrees_north"))
        .array("lon", &["lon"], &[36], &steps(0.0, 10.0, 36), unit("degrees_east"))
        .array("v", &["lat", "lon"], &[18, 36], &packed, json!({"scale_factor": 0.001, "add_offset": 5.0}))
        .path();
    for method in METHODS {
        let how = ["--method", method, "--target", "r37x19"];
        // Within the rounding of single precision, in which results are stored.
        all_near(&regrid_of(&input, &how).values("v"), &made(&cells, &values, &how).values("v"), 5e-7);
    }
}

#[test]
fn columns_that_repeat_the_first_ones_count_once() {
    let plain = Cells::globe();
    let how = ["--resolution", "9,7", "--bbox=-178.3,-84,1.7,84"];
    let holes = |lon: f64, lat: f64| {
        let number = lon.rem_euclid(360.0) * 7.0 + lat * 13.0;
        if number.rem_euclid(110.0) < 20.0 { f64::NAN } else { smooth(lon, lat) }
    };
    for method in METHODS {
        let how = [&["--method", method], &how[..]].concat();
        let expected = made(&plain, &plain.field(holes), &how).values("v");
        for (first, columns) in [(0.0, 37), (-180.0, 37), (20.0, 40)] {
            let cells = Cells::rows(&steps(-85.0, 10.0, 18), &steps(first, 10.0, columns));
            all_near(&made(&cells, &cells.field(holes), &how).values("v"), &expected, 1e-12);
        }
    }
}

#[test]
fn one_column_goes_around_the_earth() {
    let cells = Cells::rows(&steps(-85.0, 10.0, 18), &[0.0]);
    for method in ["bilinear", "bicubic", "conservative", "conservative2", "largest-area"] {
        let values = made(&cells, &cells.field(|_, lat| lat), &["--method", method, "--target", "r6x18"]).values("v");
        for (at, value) in values.iter().enumerate() {
            let expected = -85.0 + 10.0 * f64::from(at as u32 / 6);
            assert!((value - expected).abs() < 1e-9, "{method}: {value} is not {expected}");
        }
    }
}

#[test]
fn a_pole_without_a_centre_has_the_mean_of_what_surrounds_it() {
    let folder = tempfile::tempdir().unwrap();
    // Rows that twist, so that no longitude is one column's; a wave around the pole on top of the mean of each row.
    let places = || (0..18).flat_map(|j| (0..36).map(move |i| (f64::from(10 * i + 2 * j), f64::from(10 * j) - 85.0)));
    let (lon, lat): (Vec<f64>, Vec<f64>) = places().unzip();
    let field: Vec<f64> = places().map(|(lon, lat)| lat / 10.0 + lon.to_radians().cos()).collect();
    let unit = |name: &str, units: &str| json!({"standard_name": name, "units": units});
    let input = Store::new(folder.path(), "in.zarr", json!({}))
        .array("lat", &["y", "x"], &[18, 36], &lat, unit("latitude", "degrees_north"))
        .array("lon", &["y", "x"], &[18, 36], &lon, unit("longitude", "degrees_east"))
        .array("t", &["y", "x"], &[18, 36], &field, json!({"coordinates": "lat lon"}))
        .array("one", &["y", "x"], &[18, 36], &[1.0; 648], json!({"coordinates": "lat lon"}))
        .path();
    let grid = folder.path().join("grid.txt");
    std::fs::write(&grid, "gridtype = lonlat\nxsize = 4\nysize = 2\nxvals = 4 94 184 274\nyvals = 87.5 90\n").unwrap();
    let output = regrid_of(&input, &["--method", "bilinear", "--target", &grid.to_string_lossy()]);
    // Longitudes on which centres of the last row stand: half of its wave half-way, none of it at the pole.
    let half = [4.0f64, 94.0, 184.0, 274.0].map(|lon| 8.5 + 0.5 * lon.to_radians().cos());
    all_near(&output.values("t"), &[&half[..], &[8.5; 4]].concat(), 1e-6);
    all_near(&output.values("one"), &[1.0; 8], 1e-12);
}
