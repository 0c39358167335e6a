//! Missing values: what counts, by what is divided, what is filled.

use std::path::PathBuf;

use super::cells::{Cells, dot, point, steps};
use super::{METHODS, all_near, beside, regrid_of};

const NAN: f64 = f64::NAN;

/// Two rows of four cells of 90 degrees, some of which are missing, and a mask.
fn eight(folder: &std::path::Path) -> PathBuf {
    let cells = Cells::rows(&[-45.0, 45.0], &[45.0, 135.0, 225.0, 315.0]);
    let values = [1.0, 2.0, NAN, 4.0, 5.0, NAN, NAN, 8.0];
    let mask = [1.0, 0.0, 1.0, NAN, 1.0, 1.0, 1.0, 1.0];
    cells.store(folder, "in.zarr", &[("v", &values), ("mask", &mask)])
}

/// `v` on two rows of two cells of 180 degrees.
fn halves(arguments: &[&str]) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let target = ["--resolution", "180,90", "--bbox=0,-90,360,90"];
    regrid_of(&eight(folder.path()), &[&target, arguments].concat()).values("v")
}

#[test]
fn means_are_divided_by_what_is_there_or_by_the_cell() {
    all_near(&halves(&["--method", "conservative"]), &[1.5, 4.0, 5.0, 8.0], 1e-14);
    let whole = ["--method", "conservative", "--normalize", "destarea"];
    all_near(&halves(&whole), &[1.5, 2.0, 2.5, 4.0], 1e-14);
}

#[test]
fn cells_that_are_covered_too_little_are_missing() {
    for (part, half) in [("0", 1.0), ("0.5", 1.0), ("0.51", NAN), ("1", NAN)] {
        let values = halves(&["--method", "conservative", "--min-coverage", part]);
        all_near(&values, &[1.5, 4.0 * half, 5.0 * half, 8.0 * half], 1e-14);
    }
}

#[test]
fn a_mask_leaves_values_out_where_it_is_missing_or_zero() {
    all_near(&halves(&["--method", "conservative", "--mask", "mask"]), &[1.0, NAN, 5.0, 8.0], 1e-14);
    let chosen = ["--method", "conservative", "--mask", "mask", "-v", "v"];
    all_near(&halves(&chosen), &[1.0, NAN, 5.0, 8.0], 1e-14);
}

/// `v` at longitudes 45, 90, 135, … along the southern row.
fn along(arguments: &[&str]) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let target = ["--resolution", "45,90", "--bbox=22.5,-90,382.5,0"];
    regrid_of(&eight(folder.path()), &[&target, arguments].concat()).values("v")
}

#[test]
fn between_centres_all_are_needed_unless_said() {
    let bilinear = ["--method", "bilinear"];
    all_near(&along(&bilinear), &[1.0, 1.5, 2.0, NAN, NAN, NAN, 4.0, 2.5], 1e-14);
    let half = ["--method", "bilinear", "--min-coverage", "0.5"];
    all_near(&along(&half), &[1.0, 1.5, 2.0, 2.0, NAN, 4.0, 4.0, 2.5], 1e-14);
    let more = ["--method", "bilinear", "--min-coverage", "0.6"];
    all_near(&along(&more), &along(&bilinear), 0.0);
}

#[test]
fn nearest_takes_no_value_from_farther_away() {
    let values = along(&["--method", "nearest"]);
    all_near(&[values[0], values[2], values[4], values[6]], &[1.0, 2.0, NAN, 4.0], 0.0);
}

#[test]
fn the_largest_area_is_that_of_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let cells = Cells::rows(&[-45.0, 45.0], &steps(5.0, 10.0, 36));
    // Of 60 degrees: three cells of 7 and two of 2; a tie of 1 and 3; nothing.
    let mut values = vec![7.0, 2.0, 7.0, 2.0, 7.0, NAN, 3.0, 3.0, 1.0, 1.0, NAN, NAN];
    values.resize(72, NAN);
    let input = cells.store(folder.path(), "in.zarr", &[("v", &values)]);
    let how = ["--method", "largest-area", "--resolution", "60,90", "--bbox=0,-90,360,90"];
    let got = regrid_of(&input, &how).values("v");
    assert_eq!((got[0], [1.0, 3.0].contains(&got[1]), got[2].is_nan()), (7.0, true, true), "{got:?}");
}

#[test]
fn what_has_no_value_gets_the_nearest_one_on_request() {
    let folder = tempfile::tempdir().unwrap();
    for (name, cells, target) in [
        ("globe", Cells::globe(), "r37x19".to_owned()),
        ("curvilinear", Cells::curvilinear(), beside("grids/polar.txt")),
        ("part", Cells::rotated(), "r37x19".to_owned()),
    ] {
        let values: Vec<f64> =
            (0..cells.lon.len() as u32).map(|i| if i * 7 % 5 < 3 { NAN } else { f64::from(i) }).collect();
        let input = cells.store(folder.path(), name, &[("v", &values)]);
        let from: Vec<([f64; 3], f64)> = cells
            .lon
            .iter()
            .zip(&cells.lat)
            .map(|(x, y)| point(*x, *y))
            .zip(values)
            .filter(|(_, v)| !v.is_nan())
            .collect();
        for method in METHODS {
            let plain = regrid_of(&input, &["--method", method, "--target", &target]).values("v");
            let filled = regrid_of(&input, &["--method", method, "--target", &target, "--extrapolate", "nearest"]);
            let (lat, lon) = (filled.values("lat"), filled.values("lon"));
            for (at, (value, plain)) in filled.values("v").iter().zip(&plain).enumerate() {
                if !plain.is_nan() && method != "distance-weighted" {
                    assert_eq!(value, plain, "{method} of {name} at {at}");
                    continue;
                }
                assert!(value.is_finite(), "{method} of {name} at {at}");
                if plain.is_nan() && method != "distance-weighted" {
                    let here = point(lon[at % lon.len()], lat[at / lon.len()]);
                    let best = from.iter().map(|(p, _)| dot(*p, here)).fold(f64::MIN, f64::max);
                    let own = from.iter().find(|(_, v)| v == value).map(|(p, _)| dot(*p, here));
                    assert!(own.is_some_and(|own| own > best - 1e-14), "{method} of {name} at {at}: {value}");
                }
            }
        }
    }
}
