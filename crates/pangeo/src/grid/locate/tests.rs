//! Cells against their own definition: what lies between a cell's edges is in it.

use super::Locator;
use crate::grid::{Corners, Outlines, RotatedPole};

/// Rows and columns of `step` degrees with west edges from `west` on.
fn lattice(step: f64, west: f64) -> Corners {
    let rows = (0..(180.0 / step) as usize).map(|j| (90.0 - step * j as f64, 90.0 - step * (j + 1) as f64));
    let columns = (0..(360.0 / step) as usize).map(|i| (west + step * i as f64, west + step * (i + 1) as f64));
    Corners::Separable { rows: rows.collect(), columns: columns.collect() }
}

/// The same cells one by one, turned by a pole.
fn listed(corners: &Corners, pole: Option<&RotatedPole>) -> Outlines {
    let turned = |(x, y): (f64, f64)| pole.map_or((x, y), |p| p.unrotate(x, y));
    Outlines::listed((0..corners.len()).map(|i| corners.outline(i).into_iter().map(turned).collect()))
}

#[test]
fn every_place_of_the_globe_is_in_the_cell_between_its_edges() {
    for west in [0.0, -180.0, -0.5, 359.5, 200.0] {
        let locator = Locator::new(lattice(1.0, west));
        for (x, y) in [(0.25, 0.25), (-0.25, 89.9), (179.9, -89.9), (180.0, 0.3), (359.9, 45.2), (-720.3, -10.7)] {
            let (row, column) = ((90.0f64 - y) as usize, (x - west).rem_euclid(360.0) as usize);
            assert_eq!(locator.cell(x, y), Some(row * 360 + column), "{x} {y} from {west}");
        }
    }
}

#[test]
fn seams_and_poles_leave_no_gap() {
    let third = lattice(0.3, -180.15);
    let Corners::Separable { rows, columns } = &third else { panic!() };
    let rounded = |v: f64| f64::from(v as f32); // what a file of floats holds
    let columns = columns.iter().map(|&(a, b)| (rounded(a), rounded(b - 1e-6))).collect();
    for locator in [Locator::new(third.clone()), Locator::new(Corners::Separable { rows: rows.clone(), columns })] {
        for i in 0..72_000 {
            let longitude = -360.0 + 0.01 * f64::from(i);
            assert!(locator.cell(longitude, 12.3).is_some(), "{longitude}");
        }
        for latitude in [90.0, 89.999_999, 0.0, -90.0] {
            assert!(locator.cell(17.0, latitude).is_some(), "{latitude}");
        }
    }
}

#[test]
fn cells_one_by_one_are_found_as_rows_and_columns_are() {
    let corners = lattice(5.0, -2.5);
    let (separable, listed) = (Locator::new(corners.clone()), Locator::new(Corners::PerCell(listed(&corners, None))));
    for i in 0..3600 {
        let (x, y) = (f64::from(i) * 7.013 - 400.003, f64::from(i).mul_add(0.049_9, -89.9));
        // On an edge either neighbour will do.
        let edge = |v: f64| (v / 5.0 - (v / 5.0).round()).abs() < 1e-6;
        if !edge(x + 2.5) && !edge(y) {
            assert_eq!(listed.cell(x, y), separable.cell(x, y), "{x} {y}");
        }
    }
}

#[test]
fn turned_cells_hold_the_places_that_turn_into_them() {
    let (pole, plain) =
        (RotatedPole { latitude: 39.25, longitude: -162.0, north_pole_longitude: 0.0 }, lattice(2.0, -180.0));
    let (turned, straight) = (Locator::new(Corners::PerCell(listed(&plain, Some(&pole)))), Locator::new(plain.clone()));
    let (mut same, mut holes) = (0, 0);
    for i in 0..20_000 {
        let (x, y) = ((f64::from(i) * 137.507_764) % 360.0 - 180.0, (1.0 - f64::from(i) / 1e4).asin().to_degrees());
        let (u, v) = pole.unrotate(x, y);
        match turned.cell(u, v) {
            Some(cell) => same += usize::from(Some(cell) == straight.cell(x, y)),
            None => holes += 1,
        }
    }
    // Parallels are no great circles: near an edge a neighbour may hold the place, but one always does.
    assert_eq!(holes, 0);
    assert!(same > 19_800, "{same}");
}

#[test]
fn outside_a_region_and_without_numbers_there_is_no_cell() {
    let region = Corners::Separable { rows: vec![(40.0, 50.0)], columns: vec![(-10.0, 0.0), (0.0, 10.0)] };
    let locator = Locator::new(region);
    assert_eq!([locator.cell(5.0, 45.0), locator.cell(355.0, 45.0)], [Some(1), Some(0)]);
    for (x, y) in [(10.1, 45.0), (-10.1, 45.0), (0.0, 39.9), (f64::NAN, 45.0), (5.0, f64::INFINITY)] {
        assert_eq!(locator.cell(x, y), None, "{x} {y}");
    }
}
