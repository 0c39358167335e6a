//! What the user is told of results, and what becomes of what says something of values.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::Store;

use super::cells::steps;
use super::{all_near, regrid, regrid_of};

/// Rows and columns of 10 degrees between 30°S and 30°N, 0 and 60°E; `values` for each cell.
struct Part {
    store: Store,
    shape: [usize; 2],
}

impl Part {
    fn new(folder: &Path) -> Self {
        let store = Store::new(folder, "in.zarr", json!({}))
            .array("lat", &["lat"], &[6], &steps(-25.0, 10.0, 6), json!({"units": "degrees_north"}))
            .array("lon", &["lon"], &[6], &steps(5.0, 10.0, 6), json!({"units": "degrees_east"}));
        Self { store, shape: [6, 6] }
    }

    /// Another field, of its latitude.
    fn field(self, name: &str, attributes: Value) -> Self {
        let values: Vec<f64> = steps(-25.0, 10.0, 6).iter().flat_map(|lat| vec![*lat; 6]).collect();
        let store = self.store.array(name, &["lat", "lon"], &self.shape, &values, attributes);
        Self { store, ..self }
    }

    fn path(self) -> PathBuf {
        self.store.path()
    }
}

/// Cells of 5 degrees in the middle of a [`Part`].
const INSIDE: [&str; 3] = ["--resolution", "5", "--bbox=10,-20,50,20"];

fn inside(input: &Path, arguments: &[&str]) -> super::Output {
    regrid_of(input, &[&INSIDE, arguments].concat())
}

#[test]
fn valid_ranges_go_where_results_may_lie_beyond_the_values() {
    let folder = tempfile::tempdir().unwrap();
    let input = Part::new(folder.path()).field("v", json!({"valid_range": [-25.0, 25.0]})).path();
    for (method, kept) in [("bilinear", true), ("conservative", true), ("bicubic", false), ("conservative2", false)] {
        let range = inside(&input, &["--method", method]).attribute("v", "valid_range");
        assert_eq!(!range.is_null(), kept, "{method}: {range}");
    }
    let weights = folder.path().join("w.nc").display().to_string();
    inside(&input, &["--method", "bicubic", "--save-weights", &weights]).said.ok();
    assert_eq!(regrid_of(&input, &["--weights", &weights]).attribute("v", "valid_range"), Value::Null);
}

#[test]
fn sums_over_cells_of_which_means_are_taken() {
    let folder = tempfile::tempdir().unwrap();
    let input = Part::new(folder.path()).field("v", json!({"cell_methods": "area: sum"})).path();
    let note = "note: v holds sums over cells, of which means are taken: divide by the areas first";
    for (method, told) in [("conservative", true), ("conservative2", true), ("bilinear", false)] {
        assert_eq!(inside(&input, &["--method", method]).said(note), told, "{method}");
    }
}

#[test]
fn variables_without_the_dimensions_of_the_mask() {
    let folder = tempfile::tempdir().unwrap();
    let part = Part::new(folder.path()).field("v", json!({})).field("sea", json!({}));
    let store = part.store.array("co2", &["time"], &[2], &[370.0, 371.0], json!({"units": "ppm"}));
    let output = inside(&store.path(), &["--method", "nearest", "--mask", "sea"]);
    output.said.ok();
    assert!(output.said("note: without the dimensions of the mask sea, kept whole: co2"), "{}", output.said);
    let folder = tempfile::tempdir().unwrap();
    let all = Part::new(folder.path()).field("v", json!({})).field("sea", json!({})).path();
    assert!(!inside(&all, &["--method", "nearest", "--mask", "sea"]).said("kept whole"));
}

#[test]
fn coordinates_and_terms_of_formulas_that_are_fields_go_along() {
    let folder = tempfile::tempdir().unwrap();
    let sigma = json!({"standard_name": "atmosphere_hybrid_height_coordinate", "formula_terms": "a: a b: b orog: orog",
        "units": "m", "positive": "up"});
    let part = Part::new(folder.path()).field("depth", json!({"units": "m"})).field("orog", json!({"units": "m"}));
    let store = part.store.array("a", &["a"], &[1], &[10.0], sigma).array("b", &["a"], &[1], &[0.5], json!({})).array(
        "v",
        &["a", "lat", "lon"],
        &[1, 6, 6],
        &[1.0; 36],
        json!({"coordinates": "depth"}),
    );
    let output = inside(&store.path(), &["--method", "bilinear"]);
    for name in ["depth", "orog"] {
        assert_eq!(output.variable(name)["dimensions"], json!(["lat", "lon"]), "{name}");
        let expected: Vec<f64> = output.values("lat").iter().flat_map(|lat| vec![*lat; 8]).collect();
        all_near(&output.values(name), &expected, 1e-12);
    }
    assert_eq!(output.attribute("v", "coordinates"), "depth");
    assert!(!output.said("left out"), "{}", output.said);
}

#[test]
fn components_along_a_grid_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let wind = json!({"standard_name": "grid_eastward_wind", "units": "m s-1"});
    let note = "note: u is a component along the old grid, of which nothing is left: --rotate-winds U,V turns it";
    let corners = |i: u32| (steps(0.0, 1.0, 3)).iter().map(|x| x + f64::from(i)).collect::<Vec<f64>>();
    let lat: Vec<f64> = (0..3).flat_map(corners).collect();
    let lon: Vec<f64> = (0..3).flat_map(|i| corners(i).into_iter().map(move |x| x - 2.0 * f64::from(i))).collect();
    let input = Store::new(folder.path(), "turned.zarr", json!({}))
        .array("lat", &["y", "x"], &[3, 3], &lat, json!({"units": "degrees_north"}))
        .array("lon", &["y", "x"], &[3, 3], &lon, json!({"units": "degrees_east"}))
        .array(
            "u",
            &["y", "x"],
            &[3, 3],
            &[1.0; 9],
            json!({"coordinates": "lat lon", "standard_name": "grid_eastward_wind"}),
        )
        .path();
    let output = regrid_of(&input, &["--method", "nearest", "--resolution", "1", "--bbox=-1,0,2,3"]);
    assert!(output.said(note), "{}", output.said);
    let straight = Part::new(folder.path()).field("u", wind).path();
    assert!(!inside(&straight, &["--method", "nearest"]).said("component"));
}

#[test]
fn a_single_column_of_a_region_reaches_no_further() {
    let folder = tempfile::tempdir().unwrap();
    let column = |bounds: bool| {
        let about =
            if bounds { json!({"units": "degrees_east", "bounds": "b"}) } else { json!({"units": "degrees_east"}) };
        let store = Store::new(folder.path(), &format!("{bounds}.zarr"), json!({}))
            .array("lat", &["lat"], &[2], &[-5.0, 5.0], json!({"units": "degrees_north"}))
            .array("lon", &["lon"], &[1], &[10.0], about)
            .array("v", &["lat", "lon"], &[2, 1], &[1.0, 3.0], json!({}));
        let store = if bounds { store.array("b", &["lon", "n"], &[1, 2], &[5.0, 15.0], json!({})) } else { store };
        regrid_of(&store.path(), &["--method", "bilinear", "--resolution", "10,2", "--bbox=5,-1,35,1"]).values("v")
    };
    all_near(&column(true), &[2.0, f64::NAN, f64::NAN], 1e-12);
    // Without bounds it is that of a zonal mean.
    all_near(&column(false), &[2.0; 3], 1e-12);
}

#[test]
fn columns_before_rows_stay_before_them() {
    let folder = tempfile::tempdir().unwrap();
    let values: Vec<f64> =
        (0..2).flat_map(|t| (0..6).flat_map(move |i| (0..6).map(move |j| f64::from(100 * t + 10 * i + j)))).collect();
    let store = Part::new(folder.path()).store.array("v", &["t", "lon", "lat"], &[2, 6, 6], &values, json!({}));
    let input = store.path();
    for method in ["nearest", "bilinear", "conservative"] {
        // The same cells, so that values stay.
        let output = regrid_of(&input, &["--method", method, "--resolution", "10,10", "--bbox=10,-20,50,20"]);
        assert_eq!(output.variable("v")["dimensions"], json!(["t", "lon", "lat"]), "{method}");
        let same = |t: u32| (1..5).flat_map(move |i| (1..5).map(move |j| f64::from(100 * t + 10 * i + j)));
        all_near(&output.values("v"), &(0..2).flat_map(same).collect::<Vec<f64>>(), 1e-5);
    }
}

#[test]
fn ways_out_are_those_of_this_tool() {
    let fails = |output: super::Output, status: i32, words: &[&str]| {
        let said = output.said.fails(status).to_owned();
        assert!(words.iter().all(|word| said.contains(word)) && !said.contains("--weights none"), "{said}");
    };
    let air = "air_temperature_small.nc";
    let nearest = ["--method", "nearest"];
    fails(
        regrid(air, &[&nearest[..], &["--resolution", "400"]].concat()),
        2,
        &["400 degrees are wider than the Earth", "no more than 360"],
    );
    fails(
        regrid(air, &[&nearest[..], &["--resolution", "200"]].concat()),
        2,
        &["take 360 (a single column) or 180 (2 columns)"],
    );
    fails(
        regrid(air, &[&nearest[..], &["--target", "epsg:99999", "--resolution", "1"]].concat()),
        2,
        &["code 99999 of EPSG", "epsg:3035", "+proj=laea"],
    );
    let folder = tempfile::tempdir().unwrap();
    let one = Store::new(folder.path(), "one.zarr", json!({}))
        .array("lat", &["lat"], &[1], &[1.0], json!({"units": "degrees_north"}))
        .array("lon", &["lon"], &[1], &[1.0], json!({"units": "degrees_east"}))
        .array("v", &["lat", "lon"], &[1, 1], &[1.0], json!({}))
        .path();
    fails(regrid_of(&one, &["--method", "nearest", "--target", "r4x2"]), 1, &["the grid is a single cell", "hint: "]);
    let list = Store::new(folder.path(), "list.zarr", json!({}))
        .array("lat", &["cell"], &[3], &[1.0, 2.0, 3.0], json!({"units": "degrees_north"}))
        .array("lon", &["cell"], &[3], &[1.0, 5.0, 2.0], json!({"units": "degrees_east"}))
        .array("v", &["cell"], &[3], &[1.0; 3], json!({"coordinates": "lat lon"}))
        .path();
    fails(
        regrid_of(&list, &["--method", "conservative", "--target", "r4x2"]),
        1,
        &["corners of cells are not known", "--method nearest"],
    );
}
