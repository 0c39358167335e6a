use proptest::prelude::*;

use super::*;
use crate::grid::polygon::{Properties, parse};
use crate::grid::{Outline, Outlines};

type Ring = Vec<(f64, f64)>;

fn feature(polygons: Vec<Vec<Ring>>) -> Feature {
    let polygons = polygons.into_iter().filter_map(Polygon::new).collect();
    Feature { properties: Properties::new(), polygons }
}

fn pairs(first: f64, step: f64, count: i32) -> Vec<(f64, f64)> {
    (0..count).map(|i| (first + step * f64::from(i), first + step * f64::from(i + 1))).collect()
}

fn regular(south: f64, west: f64, step: f64, rows: i32, columns: i32) -> Corners {
    Corners::Separable { rows: pairs(south, step, rows), columns: pairs(west, step, columns) }
}

/// The same cells as a list of corners.
fn listed(cells: &Corners) -> Corners {
    Corners::PerCell(Outlines::listed((0..cells.len()).map(|i| cells.outline(i))))
}

fn area_of(cells: &Corners, index: usize) -> f64 {
    let (west, east, south, north) =
        cells.outline(index).into_iter().fold((f64::MAX, f64::MIN, f64::MAX, f64::MIN), |(w, e, s, n), (x, y)| {
            (w.min(x), e.max(x), s.min(y), n.max(y))
        });
    (east - west).to_radians() * integral::rise(south, north)
}

fn covered(feature: &Feature, cells: &Corners) -> f64 {
    coverage(feature, cells).unwrap().into_iter().map(|(i, f)| f * area_of(cells, i)).sum()
}

fn close(got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{got} {expected}");
}

/// A concave region with a hole.
fn region() -> Feature {
    let outer = vec![(3.0, 41.0), (27.0, 38.5), (29.0, 57.0), (16.0, 47.0), (6.0, 58.5)];
    feature(vec![vec![outer, vec![(8.0, 44.0), (11.0, 49.0), (18.0, 43.5)]]])
}

/// `shapely` on longitude and sine of latitude, edges cut into parts of 2e-4 degrees.
#[test]
fn a_concave_region_with_a_hole_as_shapely_has_it() {
    let shapely = [
        [0.0, 0.055_302_14, 0.157_211_13, 0.0],
        [0.546_233_58, 0.818_586_66, 0.742_882_99, 0.0],
        [0.555_519_30, 0.537_782_86, 0.796_868_26, 0.0],
        [0.493_662_51, 0.135_948_51, 0.541_918_84, 0.0],
        [0.132_173_23, 0.0, 0.050_059_63, 0.0],
    ];
    assert!(coverage(&region(), &regular(35.0, 0.0, 5.0, 0, 0)).unwrap().is_empty());
    let cells = Corners::Separable { rows: pairs(35.0, 5.0, 5), columns: pairs(0.0, 10.0, 4) };
    for cells in [listed(&cells), cells] {
        let mut got = [0.0; 20];
        for (cell, fraction) in coverage(&region(), &cells).unwrap() {
            got[cell] = fraction;
        }
        for (got, expected) in got.iter().zip(shapely.as_flattened()) {
            close(*got, *expected, 2e-8);
        }
    }
}

#[test]
fn cells_of_any_shape_as_shapely_has_them() {
    let cells: Vec<Outline> = vec![
        vec![(0.0, 40.0), (15.0, 42.0), (5.0, 52.0)],
        vec![(375.0, 42.0), (365.0, 52.0), (380.0, 58.0), (385.0, 45.0)],
        vec![(30.0, 30.0), (40.0, 30.0), (34.0, 44.0)],
        vec![(22.0, 46.0), (28.0, 46.0), (28.0, 56.0), (25.0, 50.0), (22.0, 56.0)],
    ];
    let got = coverage(&region(), &Corners::PerCell(Outlines::listed(cells))).unwrap();
    assert_eq!(got.iter().map(|(cell, _)| *cell).collect::<Vec<_>>(), [0, 1, 3]);
    for ((_, got), expected) in got.iter().zip([0.703_153_39, 0.512_197_64, 0.919_693_94]) {
        close(*got, expected, 2e-8);
    }
}

#[test]
fn a_box_in_closed_form() {
    let inside = feature(vec![vec![vec![(-5.0, 10.0), (15.0, 10.0), (15.0, 30.0), (-5.0, 30.0)]]]);
    close(inside.polygons[0].area(), 20f64.to_radians() * (0.5 - 10f64.to_radians().sin()), 1e-15);
    let cells = Corners::Separable { rows: vec![(40.0, 20.0), (20.0, 0.0)], columns: pairs(0.0, 120.0, 3) };
    let sine = |degrees: f64| degrees.to_radians().sin();
    let upper = (sine(30.0) - sine(20.0)) / (sine(40.0) - sine(20.0));
    let lower = (sine(20.0) - sine(10.0)) / sine(20.0);
    let expected = [(0, upper * 0.125), (2, upper * 5.0 / 120.0), (3, lower * 0.125), (5, lower * 5.0 / 120.0)];
    for cells in [listed(&cells), cells] {
        let got = coverage(&inside, &cells).unwrap();
        for ((cell, fraction), (index, expected)) in got.iter().zip(expected) {
            assert_eq!(*cell, index);
            close(*fraction, expected, 1e-14);
        }
        assert_eq!(got.len(), 4);
    }
}

#[test]
fn whole_cells_are_whole_and_neighbours_are_not_touched() {
    let square = feature(vec![vec![vec![(10.0, 0.0), (30.0, 0.0), (30.0, 20.0), (10.0, 20.0)]]]);
    let cells = regular(-10.0, 0.0, 10.0, 5, 5);
    let expected = [(6, 1.0), (7, 1.0), (11, 1.0), (12, 1.0)];
    assert_eq!(coverage(&square, &cells).unwrap(), expected);
    assert_eq!(coverage(&square, &listed(&cells)).unwrap(), expected);
}

#[test]
fn the_whole_earth_is_every_cell() {
    let earth = feature(vec![vec![vec![(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0)]]]);
    for west in [0.0, -180.0, -2.5, 357.0] {
        let cells = regular(-90.0, west, 5.0, 36, 72);
        let got = coverage(&earth, &cells).unwrap();
        assert!(got.len() == 36 * 72 && got.iter().all(|(_, f)| *f == 1.0));
        assert_eq!(coverage(&earth, &listed(&cells)).unwrap(), got);
    }
}

#[test]
fn cells_around_and_at_the_pole() {
    let cap = feature(vec![vec![vec![(-180.0, 80.0), (180.0, 80.0), (180.0, 90.0), (-180.0, 90.0)]]]);
    let half = feature(vec![vec![vec![(0.0, 60.0), (180.0, 60.0), (180.0, 90.0), (0.0, 90.0)]]]);
    let cells = Corners::PerCell(Outlines::listed([
        vec![(0.0, 85.0), (90.0, 85.0), (180.0, 85.0), (270.0, 85.0)],
        vec![(100.0, 85.0), (110.0, 85.0), (0.0, 90.0)],
        vec![(200.0, 85.0), (210.0, 85.0), (77.0, 90.0), (13.0, 90.0)],
    ]));
    assert_eq!(coverage(&cap, &cells).unwrap(), [(0, 1.0), (1, 1.0), (2, 1.0)]);
    let got = coverage(&half, &cells).unwrap();
    assert_eq!(got.len(), 2);
    close(got[0].1, 0.5, 1e-14);
    assert_eq!(got[1], (1, 1.0));
}

#[test]
fn rings_in_any_direction_and_parts_that_share_a_border() {
    let turned = |mut f: Vec<Ring>, which: usize| {
        f[which].reverse();
        f
    };
    let rings = vec![
        vec![(0.0, 0.0), (30.0, 0.0), (30.0, 30.0), (0.0, 30.0)],
        vec![(5.0, 5.0), (5.0, 25.0), (25.0, 25.0), (25.0, 5.0)],
        vec![(10.0, 10.0), (20.0, 10.0), (20.0, 20.0), (10.0, 20.0)],
    ];
    let cells = regular(-10.0, -10.0, 7.0, 8, 8);
    let expected = coverage(&feature(vec![rings.clone()]), &cells).unwrap();
    for which in 0..3 {
        assert_eq!(coverage(&feature(vec![turned(rings.clone(), which)]), &cells).unwrap(), expected);
    }
    let whole = feature(vec![vec![vec![(0.0, 0.0), (30.0, 0.0), (30.0, 30.0), (0.0, 30.0)]]]);
    let halves = vec![
        vec![(0.0, 0.0), (13.0, 0.0), (13.0, 30.0), (0.0, 30.0)],
        vec![(13.0, 0.0), (30.0, 0.0), (30.0, 30.0), (13.0, 30.0)],
    ];
    let expected = coverage(&whole, &cells).unwrap();
    for got in [feature(vec![halves.clone()]), feature(halves.into_iter().map(|ring| vec![ring]).collect())] {
        for (got, expected) in coverage(&got, &cells).unwrap().iter().zip(&expected) {
            assert_eq!(got.0, expected.0);
            close(got.1, expected.1, 1e-14);
        }
    }
}

#[test]
fn a_ring_that_crosses_itself_has_no_inside() {
    let eight = feature(vec![vec![vec![(0.0, 0.0), (20.0, 20.0), (20.0, 0.0), (0.0, 21.0)]]]);
    let error = coverage(&eight, &regular(-10.0, -10.0, 5.0, 10, 10)).unwrap_err();
    assert!(error.hint().unwrap().contains("make_valid"));
}

fn shared(name: &str) -> Option<Vec<Feature>> {
    let bytes = std::fs::read(testkit::shared_data("geo")?.join(name)).unwrap();
    Some(parse(&bytes, name).unwrap())
}

#[test]
fn countries_keep_their_area() {
    let Some(countries) = shared("geopandas/naturalearth_lowres/naturalearth_lowres.shp") else { return };
    for (cells, step) in [(regular(-90.0, 0.0, 1.0, 180, 360), 1.0), (regular(-90.0, -180.0, 2.5, 72, 144), 2.5)] {
        for country in &countries {
            let own: f64 = country.polygons.iter().map(Polygon::area).sum();
            close(covered(country, &cells) / own, 1.0, 1e-10);
        }
        assert!(step > 2.0 || countries.len() == 177);
    }
}

/// The reference regions of the IPCC's sixth report tile the Earth but for gaps of 1.45 and overlaps of
/// 3.89 square degrees (by shapely), at a few borders.
#[test]
fn regions_that_tile_the_earth_fill_every_cell() {
    let Some(regions) = shared("regionmask/data/IPCC-WGI-reference-regions-v4.zip") else { return };
    let cells = regular(-90.0, 0.0, 2.5, 72, 144);
    for cells in [listed(&cells), cells] {
        let mut sum = vec![0.0; cells.len()];
        for region in &regions {
            coverage(region, &cells).unwrap().into_iter().for_each(|(i, f)| sum[i] += f);
        }
        let odd = sum.iter().filter(|f| (**f - 1.0).abs() > 1e-9).count();
        assert_eq!(odd, 108, "the cells in which shapely finds gaps or overlaps");
    }
}

#[test]
fn a_parallel_cuts_cells_far_from_any_corner() {
    let zone = feature(vec![vec![vec![(-180.0, -56.0), (180.0, -56.0), (180.0, 10.0), (-180.0, 10.0)]]]);
    let cells = Corners::Separable { rows: pairs(-60.0, 5.0, 2), columns: pairs(100.0, 5.0, 1) };
    let expected = integral::rise(-56.0, -55.0) / integral::rise(-60.0, -55.0);
    for cells in [listed(&cells), cells] {
        let got = coverage(&zone, &cells).unwrap();
        assert_eq!((got.len(), got[1]), (2, (1, 1.0)));
        close(got[0].1, expected, 1e-13);
    }
}

/// A star around a place: corners at ever greater angles, never further than 60 degrees.
fn star() -> impl Strategy<Value = Ring> {
    let radii = prop::collection::vec(0.1..1.0f64, 3..40);
    (radii, -400.0..400.0f64, -60.0..60.0f64, 0.01..29.0f64).prop_map(|(radii, x, y, size)| {
        let turn = std::f64::consts::TAU / radii.len() as f64;
        let corner = |(k, r): (usize, &f64)| {
            let angle = k as f64 * turn;
            (x + 2.0 * size * r * angle.cos(), y + size * r * angle.sin())
        };
        radii.iter().enumerate().map(corner).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_cells_have_is_what_the_region_has(ring in star(), west in -360.0..360.0f64, step in 0usize..3) {
        let step = [10.0, 5.0, 2.5][step];
        let cells = regular(-90.0, west, step, (180.0 / step) as i32, (360.0 / step) as i32);
        let region = feature(vec![vec![ring]]);
        let own = region.polygons[0].area();
        prop_assert!((covered(&region, &cells) / own - 1.0).abs() < 1e-10);
    }

    #[test]
    fn a_list_of_corners_covers_as_rows_and_columns_do(ring in star(), west in -360.0..360.0f64) {
        let cells = regular(-90.0, west, 10.0, 18, 36);
        let region = feature(vec![vec![ring]]);
        let (one, other) = (coverage(&region, &cells).unwrap(), coverage(&region, &listed(&cells)).unwrap());
        prop_assert_eq!(one.len(), other.len());
        for ((i, f), (j, g)) in one.into_iter().zip(other) {
            prop_assert!(i == j && (f - g).abs() < 1e-11, "{i} {j} {f} {g}");
        }
    }

    #[test]
    fn the_parts_of_a_tiling_add_up(cut in 1usize..3, ring in star(), west in -180.0..180.0f64) {
        // A fan of triangles from the middle tiles the star.
        let (n, whole) = (ring.len(), feature(vec![vec![ring.clone()]]));
        let middle = (
            ring.iter().map(|p| p.0).fold(f64::MAX, f64::min).midpoint(ring.iter().map(|p| p.0).fold(f64::MIN, f64::max)),
            ring.iter().map(|p| p.1).sum::<f64>() / n as f64,
        );
        let cells = regular(-90.0, west, 7.5, 24, 48);
        let mut sum = vec![0.0; cells.len()];
        prop_assume!(n > 2 * cut);
        // Convex in no way, so only stars whose middle sees all corners: turn by turn the same sign.
        let turns = |k: usize| {
            let (a, b) = (ring[k], ring[(k + 1) % n]);
            (a.0 - middle.0) * (b.1 - middle.1) - (a.1 - middle.1) * (b.0 - middle.0)
        };
        prop_assume!((0..n).all(|k| turns(k) > 1e-6));
        for k in 0..n {
            let part = feature(vec![vec![vec![middle, ring[k], ring[(k + 1) % n]]]]);
            coverage(&part, &cells).unwrap().into_iter().for_each(|(i, f)| sum[i] += f);
        }
        let mut expected = vec![0.0; cells.len()];
        coverage(&whole, &cells).unwrap().into_iter().for_each(|(i, f)| expected[i] = f);
        for (a, b) in sum.iter().zip(&expected) {
            prop_assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
    }

    #[test]
    fn turns_of_360_degrees_change_nothing(ring in star(), turns in -1i32..=1) {
        let cells = regular(-90.0, 0.0, 10.0, 18, 36);
        let moved = ring.iter().map(|(x, y)| (x + 360.0 * f64::from(turns), *y)).collect();
        let (one, other) =
            (coverage(&feature(vec![vec![ring]]), &cells).unwrap(), coverage(&feature(vec![vec![moved]]), &cells).unwrap());
        let dense = |list: Vec<(usize, f64)>| {
            let mut all = vec![0.0; 648];
            list.into_iter().for_each(|(i, f)| all[i] = f);
            all
        };
        for (f, g) in dense(one).into_iter().zip(dense(other)) {
            prop_assert!((f - g).abs() < 1e-9);
        }
    }
}
