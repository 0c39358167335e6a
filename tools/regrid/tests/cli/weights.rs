//! Files of weights: what is written gives the same when read, and CDO's are used as CDO does.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::{fixture, run};

use super::cells::Cells;
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
                // Beside missing values cubic weights have bilinear ones in their place, which files do not hold.
                let same = (a - b).abs() <= tolerance * b.abs() || a.is_nan() && (b.is_nan() || *method == "bicubic");
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

/// Weights of ESMF's layout serve whatever is missing; those of SCRIP's are for what the first field has.
#[test]
fn weights_serve_fields_with_other_holes() {
    let input = fixture("coads_climatology.cdf");
    for method in LINEAR {
        for layout in ["scrip", "esmf"] {
            let (direct, made) = saved(&input, "SST", method, layout, "r37x19");
            let again = regrid_of(&input, &["-v", "SST", "--weights", &made.path().display().to_string()]);
            let (again, direct) = (again.values("SST"), direct.values("SST"));
            let first = if layout == "scrip" { 703 } else { direct.len() };
            for (at, (a, b)) in again.iter().zip(&direct).enumerate().take(first) {
                let same = (a - b).abs() <= 1e-6 * b.abs() || a.is_nan() && (b.is_nan() || method == "bicubic");
                assert!(same, "{method} {layout}: {a} is not {b}, at {at}");
            }
        }
    }
}

fn inspected(path: &Path) -> Value {
    run("inspect", &["--format", "json", &path.to_string_lossy()]).json()
}

/// Name, type, dimensions and unit of each variable.
fn variables(path: &Path) -> Vec<Value> {
    let all = inspected(path)["variables"].as_array().cloned().unwrap();
    let about = |v: &Value| json!([v["name"], v["dtype"], v["dimensions"], v["attributes"]["units"]]);
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
