//! Files of weights: what is written gives the same when read, and CDO's are used as CDO does.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::{Store, fixture, run};

use super::cells::{Cells, steps};
use super::{Output, all_near, beside, regrid, regrid_of, values_of};

const MONTHLY: &str = "made/monthly_bounds.nc";

/// The methods whose results are weighted sums.
const LINEAR: [&str; 5] = ["nearest", "bilinear", "bicubic", "conservative", "distance-weighted"];

/// A file of weights in a folder of its own.
struct Weights(tempfile::TempDir);

impl Weights {
    fn path(&self) -> PathBuf {
        self.0.path().join("weights.nc")
    }
}

/// A result by a method and the file of its weights.
fn saved(input: &Path, variable: &str, method: &str, layout: &str, target: &str) -> (Output, Weights) {
    let weights = Weights(tempfile::tempdir().unwrap());
    let path = weights.path().display().to_string();
    let how = ["--method", method, "--target", target, "-v", variable];
    let output = regrid_of(input, &[&how[..], &["--save-weights", &path, "--weights-layout", layout]].concat());
    output.said.ok();
    (output, weights)
}

/// Whether weights that were written give what they gave, within `tolerance` of the values.
fn check(input: &Path, variable: &str, methods: &[&str], target: &str, tolerance: f64) {
    for method in methods {
        for layout in ["scrip", "esmf"] {
            let (direct, weights) = saved(input, variable, method, layout, target);
            let again = regrid_of(input, &["-v", variable, "--weights", &weights.path().display().to_string()]);
            let (again, direct) = (again.values(variable), direct.values(variable));
            assert_eq!(again.len(), direct.len());
            for (at, (a, b)) in again.iter().zip(&direct).enumerate() {
                let same = (a - b).abs() <= tolerance * b.abs() || a.is_nan() && b.is_nan();
                assert!(same, "{} {method} {layout}: {a} is not {b}, at {at}", input.display());
            }
        }
    }
}

/// A field in double precision with holes.
fn doubles(folder: &Path, name: &str, cells: &Cells) -> PathBuf {
    let values: Vec<f64> = (0..cells.lon.len() as u32)
        .map(|i| if i * 13 % 101 == 0 { f64::NAN } else { 3.0 + f64::from(i * 7 % 11) / 3.0 })
        .collect();
    cells.store(folder, name, &[("v", &values)])
}

#[test]
fn in_double_precision() {
    let folder = tempfile::tempdir().unwrap();
    let by_cells = ["nearest", "conservative", "distance-weighted"];
    let polar = beside("grids/polar.txt");
    check(&doubles(folder.path(), "globe.zarr", &Cells::globe()), "v", &LINEAR, "r37x19", 1e-12);
    check(&doubles(folder.path(), "curvilinear.zarr", &Cells::curvilinear()), "v", &LINEAR, &polar, 1e-12);
    check(&doubles(folder.path(), "cube.zarr", &Cells::cube()), "v", &by_cells, "r37x19", 1e-12);
}

#[test]
fn of_real_grids() {
    let file = |name: &str| fixture(name);
    check(&file("orca2_votemper.nc"), "votemper", &LINEAR, "r37x19", 1e-6);
    let mesh = ["nearest", "conservative", "distance-weighted"];
    check(&file("mesh_C4_synthetic_float.nc"), "synthetic", &mesh, "r37x19", 1e-6);
    check(&file("rotated_pole.nc"), "air_pressure_at_sea_level", &LINEAR, &beside("grids/europe.txt"), 1e-6);
    let target = fixture("made/curvilinear_pole.nc").display().to_string();
    check(&file(MONTHLY), "tas", &["conservative"], &target, 1e-6);
}

/// `variable` by `method` with `arguments`, and by the weights of a run without them.
fn twice(input: &Path, variable: &str, method: &str, layout: &str, arguments: &[&str]) -> [Vec<f64>; 2] {
    let (_, made) = saved(input, variable, method, layout, "r37x19");
    let direct = ["--method", method, "--target", "r37x19", "-v", variable];
    let weights = made.path().display().to_string();
    let by_weights = ["--weights", &weights, "-v", variable];
    [&direct, &by_weights[..]].map(|how| regrid_of(input, &[how, arguments].concat()).values(variable))
}

/// Whatever is missing, in whatever month, and whatever is asked for beside: the weights give what the method gives.
#[test]
fn weights_serve_fields_with_other_holes() {
    let input = fixture("coads_climatology.cdf");
    let ways: [&[&str]; 4] =
        [&[], &["--min-coverage", "0.2"], &["--min-coverage", "0.8"], &["--extrapolate", "nearest"]];
    for method in LINEAR {
        for layout in ["scrip", "esmf"] {
            for arguments in ways {
                // Beyond the cells such weights do not go, unless they were made to.
                if method == "distance-weighted" && arguments.contains(&"--extrapolate") {
                    continue;
                }
                let [direct, again] = twice(&input, "SST", method, layout, arguments);
                all_near(&again, &direct, 1e-5);
            }
        }
    }
}

/// Cells that are covered in part for want of source cells, not of values.
#[test]
fn weights_know_how_much_of_a_cell_is_covered() {
    let folder = tempfile::tempdir().unwrap();
    let input = doubles(folder.path(), "part.zarr", &Cells::curvilinear());
    for layout in ["scrip", "esmf"] {
        for part in ["0.3", "0.9"] {
            let [direct, again] = twice(&input, "v", "conservative", layout, &["--min-coverage", part]);
            assert!(direct.iter().any(|v| v.is_nan()) && direct.iter().any(|v| !v.is_nan()));
            all_near(&again, &direct, 1e-12);
        }
    }
}

// cdo -f nc -setrtomiss,-20000,0 -remapnn,r12x6 -topo cdo_land.nc
// cdo -f nc gencon,r5x4 cdo_land.nc cdo_gencon_land_r5x4.nc
// cdo outputf,%.9g -remap,r5x4,cdo_gencon_land_r5x4.nc cdo_land.nc
#[test]
fn masked_weights_of_cdo_serve_fields_of_that_mask_alone() {
    let (land, weights) = (PathBuf::from(beside("cdo_land.nc")), beside("cdo_gencon_land_r5x4.nc"));
    let missing = f64::NAN;
    let expected = [
        3_173.039_13,
        3_066.958_35,
        2_808.315_75,
        1_307.333_37,
        1_002.787_86,
        1_103.333_37,
        1_103.333_37,
        missing,
        missing,
        234.666_672,
        320.174_75,
        642.018_088,
        1_121.333_37,
        858.0,
        1_375.139_53,
        1_011.379_58,
        498.197_574,
        580.762_21,
        858.0,
        665.360_107,
    ];
    all_near(&regrid_of(&land, &["--weights", &weights]).values("topo"), &expected, 1e-3);
    // How much of each target is covered the file tells.
    let direct = ["--method", "conservative", "--target", "r5x4", "--min-coverage", "0.6"];
    let part = regrid_of(&land, &["--weights", &weights, "--min-coverage", "0.6"]).values("topo");
    all_near(&part, &regrid_of(&land, &direct).values("topo"), 1e-3);
    // A field without missing values.
    let folder = tempfile::tempdir().unwrap();
    let whole =
        Cells::rows(&steps(-75.0, 30.0, 6), &steps(0.0, 30.0, 12)).store(folder.path(), "a", &[("v", &[1.0; 72])]);
    let said = regrid_of(&whole, &["--weights", &weights]).said;
    let error = said.fails(1);
    assert!(error.contains("of v 48 of 72 cells differ (48 have values that the weights leave out, 0 lack"), "{said}");
    assert!(error.contains("--save-weights") && error.contains("--mask VARIABLE"), "{said}");
}

/// A file of weights in the layout of SCRIP from eight cells to two, which leaves a source cell out.
fn of_eight(folder: &Path, name: &str, map_method: &str, weights: &[f64]) -> PathBuf {
    let (eight, two) = (["src_grid_size"], ["dst_grid_size"]);
    let degrees = json!({"units": "degrees"});
    Store::new(folder, name, json!({"map_method": map_method, "conventions": "SCRIP"}))
        .array("src_grid_imask", &eight, &[8], &[1i32, 1, 0, 1, 1, 1, 1, 1], json!({}))
        .array("dst_grid_center_lat", &two, &[2], &[0.0, 0.0], degrees.clone())
        .array("dst_grid_center_lon", &two, &[2], &[10.0, 20.0], degrees)
        .array("dst_grid_dims", &["rank"], &[2], &[2i32, 1], json!({}))
        .array("src_address", &["num_links"], &[3], &[1i32, 2, 4], json!({}))
        .array("dst_address", &["num_links"], &[3], &[1i32, 1, 2], json!({}))
        .array("remap_matrix", &["num_links"], &[3], weights, json!({}))
        .path()
}

fn eight(folder: &Path, missing: usize) -> PathBuf {
    let mut values: Vec<f64> = steps(1.0, 1.0, 8);
    values[missing] = f64::NAN;
    Cells::rows(&[-45.0, 45.0], &[45.0, 135.0, 225.0, 315.0]).store(
        folder,
        &format!("{missing}.zarr"),
        &[("v", &values)],
    )
}

#[test]
fn options_that_weights_cannot_serve_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let weights = of_eight(folder.path(), "w", "Bilinear remapping", &[0.5, 0.5, 1.0]).display().to_string();
    all_near(&regrid_of(&eight(folder.path(), 2), &["--weights", &weights]).values("v"), &[1.5, 4.0], 1e-14);
    let said = regrid_of(&eight(folder.path(), 3), &["--weights", &weights]).said;
    assert!(said.fails(1).contains("of v 2 of 8 cells differ (1 have values"), "{said}");
    let part = ["--weights", &weights, "--min-coverage", "0.5"];
    let said = regrid_of(&eight(folder.path(), 2), &part).said;
    assert!(said.fails(2).contains("--min-coverage cannot be had of these weights"), "{said}");
    let signed = of_eight(folder.path(), "s", "Patch", &[-0.5, 1.5, 1.0]).display().to_string();
    all_near(&regrid_of(&eight(folder.path(), 2), &["--weights", &signed]).values("v"), &[2.5, 4.0], 1e-14);
    let said = regrid_of(&eight(folder.path(), 2), &["--weights", &signed, "--min-coverage", "0.5"]).said;
    assert!(said.fails(2).contains("some of which are negative"), "{said}");
}

#[test]
fn weights_for_other_places_of_as_many_cells_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let cells = Cells::rows(&steps(-75.0, 30.0, 6), &steps(5.0, 30.0, 12));
    let input = cells.store(folder.path(), "in.zarr", &[("v", &[1.0; 72])]);
    let said = regrid_of(&input, &["--weights", &beside("cdo_gencon_r6x4.nc")]).said;
    assert!(said.fails(1).contains("another source grid: cell 1 lies at 0.0000,-75.0000 there, at 5.0000"), "{said}");
}

#[test]
fn integers_under_weights_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let input = Store::new(folder.path(), "in.zarr", json!({}))
        .array("lat", &["lat"], &[2], &[-45.0, 45.0], json!({"units": "degrees_north"}))
        .array("lon", &["lon"], &[4], &[45.0, 135.0, 225.0, 315.0], json!({"units": "degrees_east"}))
        .array("n", &["lat", "lon"], &[2, 4], &[1i32, 2, 3, 4, 5, 6, 7, 8], json!({}))
        .path();
    for (method, told) in [("bilinear", true), ("nearest", false)] {
        let path = folder.path().join(method).with_extension("nc").display().to_string();
        let how = ["--method", method, "--target", "r8x4", "--interpolate-integers", "--save-weights", &path];
        regrid_of(&input, &how).said.ok();
        let output = regrid_of(&input, &["--weights", &path]);
        let direct = regrid_of(&input, &how[..4]);
        assert_eq!(output.variable("n")["type"] == direct.variable("n")["type"], !told, "{method}");
        assert_eq!(output.said("note: n holds integers or flags: the weights make means of them"), told, "{method}");
    }
}

fn inspected(path: &Path) -> Value {
    run("inspect", &["--format", "json", &path.to_string_lossy()]).json()
}

/// Name, type, dimensions and unit of each variable.
fn variables(path: &Path) -> Vec<Value> {
    let all = inspected(path)["variables"].as_array().cloned().unwrap();
    let about = |v: &Value| json!([v["name"], v["type"], v["dimensions"], v["attributes"]["units"]]);
    let mut found: Vec<Value> = all.iter().map(about).collect();
    found.sort_by_key(ToString::to_string);
    found
}

#[test]
fn the_layout_of_scrip_is_that_of_cdo() {
    let (_, made) = saved(&fixture(MONTHLY), "tas", "conservative", "scrip", "r6x4");
    let weights = made.path();
    let cdo = PathBuf::from(beside("cdo_gencon_r6x4.nc"));
    let ours = variables(&weights);
    // Of lonlat grids CDO leaves the corners out.
    let missing: Vec<Value> = variables(&cdo).into_iter().filter(|v| !ours.contains(v)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    for corner in ["src_grid_corner_lat", "src_grid_corner_lon", "dst_grid_corner_lat", "dst_grid_corner_lon"] {
        assert!(ours.iter().any(|v| v[0] == corner), "{corner}");
    }
    for name in ["normalization", "map_method", "conventions"] {
        assert_eq!(inspected(&weights)["attributes"][name], inspected(&cdo)["attributes"][name], "{name}");
    }
    for name in ["src_grid_dims", "dst_grid_dims", "src_grid_imask", "dst_grid_imask"] {
        assert_eq!(values_of(&weights, name), values_of(&cdo, name), "{name}");
    }
    for name in [
        "src_grid_center_lat",
        "src_grid_center_lon",
        "dst_grid_center_lat",
        "dst_grid_center_lon",
        "src_grid_area",
        "dst_grid_area",
        "dst_grid_frac",
    ] {
        all_near(&values_of(&weights, name), &values_of(&cdo, name), 1e-10);
    }
    let links = |path: &Path| {
        let [from, to, weight] = ["src_address", "dst_address", "remap_matrix"].map(|name| values_of(path, name));
        let mut all: Vec<(i64, i64, f64)> =
            from.iter().zip(&to).zip(weight).map(|((a, b), w)| (*b as i64, *a as i64, w)).collect();
        all.sort_by_key(|(to, from, _)| (*to, *from));
        all
    };
    let (ours, cdo) = (links(&weights), links(&cdo));
    assert_eq!(ours.len(), cdo.len());
    assert!(ours.iter().zip(&cdo).all(|(a, b)| (a.0, a.1) == (b.0, b.1) && (a.2 - b.2).abs() < 1e-10));
}

#[test]
fn the_layout_of_esmf_has_its_names_in_degrees() {
    let (_, made) = saved(&fixture(MONTHLY), "tas", "conservative", "esmf", "r6x4");
    let weights = made.path();
    let found = variables(&weights);
    for (name, dimensions, units) in [
        ("xc_a", json!(["n_a"]), json!("degrees")),
        ("yc_b", json!(["n_b"]), json!("degrees")),
        ("xv_a", json!(["n_a", "nv_a"]), json!("degrees")),
        ("area_b", json!(["n_b"]), json!("square radians")),
        ("col", json!(["n_s"]), Value::Null),
        ("row", json!(["n_s"]), Value::Null),
        ("S", json!(["n_s"]), Value::Null),
    ] {
        let about = found.iter().find(|v| v[0] == name).unwrap_or_else(|| panic!("{name} of {found:?}"));
        assert_eq!((&about[2], &about[3]), (&dimensions, &units), "{name}");
    }
    // The parts of a target that sources fill make the whole, and areas the Earth.
    let (row, s) = (values_of(&weights, "row"), values_of(&weights, "S"));
    for cell in 1..=24 {
        let sum: f64 = row.iter().zip(&s).filter(|(row, _)| **row == f64::from(cell)).map(|(_, s)| s).sum();
        assert!((sum - 1.0).abs() < 1e-12, "{cell}: {sum}");
    }
    for name in ["area_a", "area_b"] {
        let sum: f64 = values_of(&weights, name).iter().sum();
        assert!((sum - 4.0 * std::f64::consts::PI).abs() < 1e-10, "{name}: {sum}");
    }
}

#[test]
fn weights_of_cdo_give_what_cdo_gives() {
    // cdo gencon,r6x4 made/monthly_bounds.nc cdo_gencon_r6x4.nc
    // cdo -outputf,%.9g -selname,tas -seltimestep,1 -remap,r6x4,cdo_gencon_r6x4.nc made/monthly_bounds.nc
    let expected = [
        258.979_523,
        256.425_812,
        257.425_812,
        258.425_812,
        259.425_812,
        260.425_812,
        268.571_075,
        268.071_075,
        269.071_075,
        270.071_075,
        271.071_075,
        272.071_075,
        284.428_925,
        283.928_925,
        284.928_925,
        285.928_925,
        286.928_925,
        287.928_925,
        296.074_188,
        295.574_188,
        296.574_188,
        297.574_188,
        298.574_188,
        299.574_188,
    ];
    let output = regrid(MONTHLY, &["-v", "tas", "--weights", &beside("cdo_gencon_r6x4.nc")]);
    let values = output.values("tas");
    all_near(&values[..24], &expected, 2e-5);
    all_near(&output.values("lat"), &[-67.5, -22.5, 22.5, 67.5], 1e-9);
    all_near(&output.values("lon"), &[0.0, 60.0, 120.0, 180.0, 240.0, 300.0], 1e-9);
}

#[test]
fn weights_for_other_grids_are_refused() {
    let weights = beside("cdo_gencon_r6x4.nc");
    let said = regrid("etopo60.cdf", &["--weights", &weights]).said;
    assert!(said.fails(1).contains("source grid of 72 cells, this one has 64800"), "{said}");
    assert!(said.stderr.contains("cdo_gencon_r6x4.nc") && !said.stderr.contains("etopo60.cdf"), "{said}");
    let said = regrid(MONTHLY, &["--weights", &weights, "--target", "r7x4"]).said;
    assert!(said.fails(1).contains("target grid of 24 cells, this one has 28"), "{said}");
    let said = regrid(MONTHLY, &["--weights", &fixture(MONTHLY).display().to_string()]).said;
    assert!(said.fails(1).contains("no file of weights"), "{said}");
}

#[test]
fn weights_that_depend_on_values_are_not_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.nc").display().to_string();
    for method in ["conservative2", "largest-area"] {
        let said =
            regrid(MONTHLY, &["--method", method, "--target", "r6x4", "-v", "tas", "--save-weights", &path]).said;
        assert!(said.fails(1).contains(&format!("weights of {method} depend on the values")), "{said}");
        assert!(!Path::new(&path).exists());
    }
}
