//! Cells in a list that another grid tells the places of: gathered points (CF §8.2), reduced grids.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::{Store, run};

use super::cells::steps;
use super::{METHODS, all_near, regrid_of};

const MISSING: f64 = -999.0;

/// The field at a place.
fn value(lon: f64, lat: f64) -> f64 {
    10.0 + 3.0 * lon.to_radians().sin() * lat.to_radians().cos() + lat / 30.0
}

/// 18 × 36 cells of which some are missing, a continent and every seventh, and the same as a list in the order of
/// `listed`, with its list.
struct Pair {
    whole: PathBuf,
    list: PathBuf,
}

fn axes(store: Store) -> Store {
    let unit = |name: &str, units: &str| json!({"standard_name": name, "units": units});
    store.array("lat", &["lat"], &[18], &steps(-85.0, 10.0, 18), unit("latitude", "degrees_north")).array(
        "lon",
        &["lon"],
        &[36],
        &steps(0.0, 10.0, 36),
        unit("longitude", "degrees_east"),
    )
}

fn pair(folder: &Path) -> Pair {
    let place = |cell: usize| (10.0 * (cell % 36) as f64, 10.0 * (cell / 36) as f64 - 85.0);
    let listed = |cell: &usize| {
        let (lon, lat) = place(*cell);
        !(cell.is_multiple_of(7) || lon > 100.0 && lon < 160.0 && lat < 30.0)
    };
    let at = |cell: usize| value(place(cell).0, place(cell).1);
    // Backwards, as no order is asked for.
    let list: Vec<i32> = (0..648).filter(listed).map(|cell| cell as i32).rev().collect();
    let field: Vec<f64> = (0..648).map(|cell| if listed(&cell) { at(cell) } else { MISSING }).collect();
    let values: Vec<f64> = list.iter().map(|cell| at(*cell as usize)).collect();
    let data = json!({"units": "K", "_FillValue": MISSING});
    let n = list.len();
    let whole = axes(Store::new(folder, "whole.zarr", json!({}))).array("t", &["lat", "lon"], &[18, 36], &field, data);
    let gathered = axes(Store::new(folder, "list.zarr", json!({})))
        .array("land", &["land"], &[n], &list, json!({"compress": "lat lon"}))
        .array("t", &["land"], &[n], &values, json!({"units": "K"}));
    Pair { whole: whole.path(), list: gathered.path() }
}

#[test]
fn a_list_is_regridded_as_the_grid_it_was_gathered_from() {
    let folder = tempfile::tempdir().unwrap();
    let Pair { whole, list } = pair(folder.path());
    for method in METHODS {
        for target in ["r20x10", "r72x36"] {
            let how = ["--method", method, "--target", target];
            let (expected, found) = (regrid_of(&whole, &how), regrid_of(&list, &how));
            all_near(&found.values("t"), &expected.values("t"), 0.0);
            assert_eq!(found.variable("land"), Value::Null, "{method}");
        }
    }
}

#[test]
fn areas_and_cells_of_a_list_are_those_of_its_grid() {
    let folder = tempfile::tempdir().unwrap();
    let Pair { list, .. } = pair(folder.path());
    let path = list.to_string_lossy();
    let said = run("inspect", &["--format", "json", &path]).json();
    assert_eq!(
        said["grids"][0]["listing"],
        json!({"kind": "gathered", "by": "land", "dimensions": ["lat", "lon"], "shape": [18, 36]})
    );
    let out = folder.path().join("point.nc");
    run("subset", &[&path, "-o", &out.to_string_lossy(), "--point", "201,44"]).ok();
    all_near(&super::values_of(&out, "t"), &[value(200.0, 45.0)], 1e-12);
    all_near(&super::values_of(&out, "lat"), &[45.0], 0.0);
}

/// A list with these numbers of a grid of 2 × 3.
fn listing(folder: &Path, numbers: &[f64]) -> PathBuf {
    let n = numbers.len();
    Store::new(folder, "in.zarr", json!({}))
        .array("lat", &["lat"], &[2], &[0.0, 10.0], json!({"units": "degrees_north"}))
        .array("lon", &["lon"], &[3], &[0.0, 10.0, 20.0], json!({"units": "degrees_east"}))
        .array("p", &["p"], &[n], numbers, json!({"compress": "lat lon", "_FillValue": MISSING}))
        .array("t", &["p"], &[n], &vec![1.0; n], json!({}))
        .path()
}

#[test]
fn lists_that_make_no_sense_are_refused() {
    for (numbers, said) in [
        (vec![0.0, 6.0], "point 1 of the list is 6, and there are 6 cells"),
        (vec![-1.0, 2.0], "point 0 of the list is -1"),
        (vec![0.5, 2.0], "point 0 of the list is 0.5, no whole number"),
        (vec![4.0, 1.0, 4.0], "cell 4 is listed twice"),
        (vec![1.0, MISSING], "point 1 of the list is missing"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = regrid_of(&listing(folder.path(), &numbers), &["--method", "nearest", "--target", "r36x18"]);
        let error = output.said.fails(1);
        assert!(error.contains(said) && error.contains("CF §8.2") && error.contains("'p'"), "{}", output.said);
    }
}

/// A reduced grid as CDO writes it: six rows of latitude with a number of cells each.
fn reduced(folder: &Path, counts: &[i32; 6]) -> PathBuf {
    // The latitudes of N3: arcsines of the roots of the sixth Legendre polynomial, by numpy.polynomial.legendre.
    let half = [68.823_098_76, 41.392_172_82, 13.805_057_94];
    let latitudes: Vec<f64> = half.into_iter().chain(half.into_iter().rev().map(|lat| -lat)).collect();
    let around = |(lat, n): (&f64, &i32)| {
        let (lat, n) = (*lat, *n);
        (0..n).map(move |i| value(360.0 * f64::from(i) / f64::from(n), lat))
    };
    let values: Vec<f64> = latitudes.iter().zip(&[8, 12, 16, 16, 12, 8]).flat_map(around).collect();
    let named = json!({"CDI_grid_type": "gaussian_reduced", "CDI_grid_latitudes": "lat",
        "CDI_grid_reduced_points": "reduced_points"});
    Store::new(folder, "in.zarr", json!({}))
        .array("reduced_points", &["reduced_points"], &[6], counts, json!({}))
        .array("lat", &["lat"], &[6], &latitudes, json!({"standard_name": "latitude", "units": "degrees_north"}))
        .array("t", &["rgrid"], &[72], &values, named)
        .path()
}

#[test]
fn reduced_grids_have_rows_of_their_own_lengths() {
    let folder = tempfile::tempdir().unwrap();
    let input = reduced(folder.path(), &[8, 12, 16, 16, 12, 8]);
    let said = run("inspect", &[&input.to_string_lossy()]);
    assert!(said.ok().contains("72 cells in 6 rows, reduced Gaussian N3"), "{said}");
    // Within one cell of the third row, whose cells are 22.5 degrees wide.
    std::fs::write(
        folder.path().join("grid.txt"),
        "gridtype = lonlat\nxsize = 1\nysize = 1\nxvals = 24\nyvals = 13\n\
        xbounds = 20 28\nybounds = 5 20\n",
    )
    .unwrap();
    let grid = folder.path().join("grid.txt");
    let output = regrid_of(&input, &["--target", &grid.to_string_lossy(), "--method", "conservative"]);
    all_near(&output.values("t"), &[value(22.5, 13.805_057_94)], 1e-9);
    for name in ["reduced_points", "rgrid"] {
        assert_eq!(output.variable(name), Value::Null);
    }
    assert_eq!(output.attribute("t", "CDI_grid_type"), Value::Null);
}

#[test]
fn rows_that_do_not_add_up_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let input = reduced(folder.path(), &[8, 12, 16, 16, 12, 9]);
    let said = regrid_of(&input, &["--method", "nearest", "--target", "r36x18"]).said;
    assert!(said.fails(1).contains("'reduced_points'"), "{said}");
}
