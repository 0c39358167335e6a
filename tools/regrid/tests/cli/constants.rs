//! What is the same everywhere stays so, by every method on every kind of grid, whatever is missing.

use super::cells::Cells;
use super::{METHODS, beside, regrid_of};

/// A number of which binary fractions have no end.
const VALUE: f64 = 0.1;

/// How many cells have a value, each of which must be the constant.
#[track_caller]
fn known(values: &[f64], what: &str) -> usize {
    let there: Vec<&f64> = values.iter().filter(|v| !v.is_nan()).collect();
    let off = there.iter().find(|v| (***v - VALUE).abs() > 1e-15);
    assert!(off.is_none(), "{what}: {off:?}");
    there.len()
}

/// Constants on `cells` by all methods but `not`; of the targets so many have a value where none is missing.
fn check(cells: &Cells, target: &str, full: usize, not: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let whole = vec![VALUE; cells.lon.len()];
    let holes: Vec<f64> = (0..whole.len()).map(|i| if i * 7 % 11 < 3 { f64::NAN } else { VALUE }).collect();
    let input = cells.store(folder.path(), "in.zarr", &[("whole", &whole), ("holes", &holes)]);
    for method in METHODS.iter().filter(|m| !not.contains(m)) {
        let output = regrid_of(&input, &["--method", method, "--target", target]);
        let [all, some] = ["whole", "holes"].map(|name| known(&output.values(name), &format!("{method} {name}")));
        assert_eq!(all, full, "{method}");
        assert!(some > 0 && some <= all, "{method}: {some} of {all}");
    }
}

#[test]
fn of_rows_and_columns() {
    check(&Cells::globe(), "r37x19", 37 * 19, &[]);
}

#[test]
fn of_curvilinear_cells_over_the_pole() {
    check(&Cells::curvilinear(), &beside("grids/polar.txt"), 36 * 6, &[]);
}

#[test]
fn of_a_rotated_grid_over_the_pole() {
    check(&Cells::rotated(), &beside("grids/polar.txt"), 36 * 6, &[]);
}

#[test]
fn of_a_projected_grid_over_the_pole() {
    check(&Cells::projected(), &beside("grids/polar.txt"), 36 * 6, &[]);
}

#[test]
fn of_lists_of_cells() {
    check(&Cells::cube(), "r37x19", 37 * 19, &["bilinear", "bicubic"]);
}

#[test]
fn on_targets_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let globe = Cells::globe();
    for (name, target) in [
        ("curvilinear", Cells::curvilinear()),
        ("rotated", Cells::rotated()),
        ("projected", Cells::projected()),
        ("cube", Cells::cube()),
    ] {
        let path = target.store(folder.path(), &format!("{name}.zarr"), &[("v", &vec![1.0; target.lon.len()])]);
        check(&globe, &path.display().to_string(), target.lon.len(), &[]);
    }
}
