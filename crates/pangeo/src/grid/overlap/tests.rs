use std::f64::consts::{FRAC_PI_2, PI, TAU};

use super::*;
use crate::grid::Outline;

const SPHERE: f64 = 4.0 * PI;

fn edges(from: f64, to: f64, count: u32) -> Vec<(f64, f64)> {
    let at = |i: u32| from + (to - from) * f64::from(i) / f64::from(count);
    (0..count).map(|i| (at(i), at(i + 1))).collect()
}

fn regular(columns: u32, rows: u32, west: f64) -> Corners {
    Corners::Separable { rows: edges(-90.0, 90.0, rows), columns: edges(west, west + 360.0, columns) }
}

fn one(rows: (f64, f64), columns: (f64, f64)) -> Corners {
    Corners::Separable { rows: vec![rows], columns: vec![columns] }
}

fn cell(corners: &[(f64, f64)]) -> Corners {
    Corners::PerCell(Outlines::listed([corners.to_vec()]))
}

fn place(v: [f64; 3]) -> (f64, f64) {
    (v[1].atan2(v[0]).to_degrees(), v[2].atan2(v[0].hypot(v[1])).to_degrees())
}

/// A turn about the three axes by these degrees.
fn turned(v: [f64; 3], angles: [f64; 3]) -> [f64; 3] {
    let mut at = v;
    for angle in angles {
        let (sine, cosine) = angle.to_radians().sin_cos();
        at = [at[2], cosine * at[0] - sine * at[1], sine * at[0] + cosine * at[1]];
    }
    at
}

/// The faces of a cube on the sphere in `n × n` cells each, turned.
fn cube(n: u32, angles: [f64; 3]) -> Corners {
    let line = |i: u32| (FRAC_PI_2 * (f64::from(i) / f64::from(n) - 0.5)).tan();
    let mut cells: Vec<Outline> = Vec::new();
    for face in 0..6 {
        let corner = |i: u32, j: u32| {
            let (x, y) = (line(i), line(j));
            let side = if face % 2 == 0 { [1.0, x, y] } else { [-1.0, y, x] };
            let v = [0, 1, 2].map(|k| side[(k + face / 2) % 3]);
            place(turned(v, angles))
        };
        let cell = |i, j| vec![corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
        cells.extend((0..n).flat_map(|i| (0..n).map(move |j| (i, j))).map(|(i, j)| cell(i, j)));
    }
    Corners::PerCell(Outlines::listed(cells))
}

fn shared(source: &Corners, target: &Corners) -> f64 {
    overlaps(source, target, false, 1).unwrap().areas.iter().sum()
}

fn close(got: f64, expected: f64, within: f64) {
    assert!((got - expected).abs() <= within, "{got:e} {expected:e}");
}

/// What is covered adds up for each target and each source, 1e-12 of the cell or 1e-16.
fn adds_up(source: &Corners, target: &Corners) -> Overlaps {
    let found = overlaps(source, target, false, 1).unwrap();
    assert!(found.areas.iter().all(|a| *a > 0.0));
    let mut of_source = vec![0.0; source.len()];
    for (target_cell, area) in corner_areas(target).to_vec().iter().enumerate() {
        let row: Vec<_> = found.row(target_cell).collect();
        assert!(row.is_sorted_by(|a, b| a.0 < b.0));
        close(row.iter().map(|r| r.1).sum(), *area, 1e-16 + 1e-12 * area);
        row.iter().for_each(|(source_cell, a)| of_source[*source_cell as usize] += a);
    }
    for (sum, area) in of_source.iter().zip(corner_areas(source).to_vec()) {
        close(*sum, area, 1e-16 + 1e-12 * area);
    }
    found
}

#[test]
fn grids_that_tile_the_sphere_cover_each_other() {
    let turns = [[0.0; 3], [11.0, 47.0, 80.0], [90.0, 0.0, 90.0], [1e-4, 0.0, 2e-9]];
    for (n, angles) in [(1, turns[0]), (1, turns[1]), (2, turns[0]), (3, turns[2]), (9, turns[1]), (10, turns[3])] {
        let cube = cube(n, angles);
        for lattice in [regular(72, 36, -2.5), regular(23, 17, 3.3), regular(1, 3, 20.0), regular(3, 1, 170.0)] {
            let there = adds_up(&cube, &lattice);
            let back = adds_up(&lattice, &cube);
            assert_eq!(there.areas.len(), back.areas.len());
            close(there.areas.iter().sum(), SPHERE, 1e-12);
        }
        adds_up(&cube, &self::cube(5, [33.0, 21.0, 5.0]));
    }
    adds_up(&regular(61, 43, -180.0), &regular(72, 36, 0.0));
}

#[test]
fn areas_do_not_depend_on_where_the_pole_is() {
    let found = |angles: [f64; 3]| {
        let first = cube(6, angles);
        let second = match cube(7, [20.0, 40.0, 60.0]) {
            Corners::PerCell(cells) => {
                let turn = |(x, y): (f64, f64)| place(turned(unit_vector(x, y), angles));
                let outline = |i| cells.outline(i).into_iter().map(turn).collect::<Outline>();
                Corners::PerCell(Outlines::listed((0..cells.len()).map(outline)))
            }
            other @ Corners::Separable { .. } => other,
        };
        let mut turned_only = overlaps(&first, &second, false, 1).unwrap();
        turned_only.areas.iter_mut().for_each(|a| *a = (*a * 1e13).round());
        (turned_only.sources, turned_only.areas)
    };
    let (sources, areas) = found([0.0; 3]);
    for angles in [[90.0, 0.0, 0.0], [10.0, 20.0, 30.0], [123.0, 45.0, 67.0]] {
        let (turned_sources, turned_areas) = found(angles);
        assert_eq!(sources, turned_sources);
        assert!(areas.iter().zip(&turned_areas).all(|(a, b)| (a - b).abs() <= 1.0));
    }
}

#[test]
fn octants() {
    let whole = regular(1, 1, 0.0);
    for (west, pole) in [(0.0, 90.0), (-170.0, 90.0), (100.0, -90.0)] {
        let octant = cell(&[(west, 0.0), (west + 90.0, 0.0), (0.0, pole)]);
        close(shared(&octant, &whole), FRAC_PI_2, 1e-15);
        close(shared(&whole, &octant), FRAC_PI_2, 1e-15);
        close(shared(&octant, &octant), FRAC_PI_2, 1e-15);
        close(shared(&octant, &one((-90.0, 90.0), (west, west + 30.0))), PI / 6.0, 1e-15);
        close(shared(&octant, &one((-30.0, 30.0), (west - 5.0, west + 45.0))), PI / 8.0, 1e-15);
    }
}

/// ∫ dλ Δ(sin φ) between great circles by Gauss-Legendre quadrature between all crossings (numpy,
/// 60 nodes), independent of polygons.
#[test]
fn a_cell_around_the_pole() {
    let quad = cell(&[(0.0, 85.0), (90.0, 80.0), (180.0, 86.0), (270.0, 70.0)]);
    let backwards = cell(&[(270.0, 70.0), (180.0, 86.0), (90.0, 80.0), (0.0, 85.0)]);
    for (rows, columns, expected) in [
        ((80.0, 90.0), (-20.0, 170.0), 0.014_622_319_133_324_554),
        ((84.0, 88.0), (0.0, 360.0), 0.020_972_596_942_278_01),
        ((60.0, 85.5), (100.0, 300.0), 0.017_678_812_277_171_222),
        ((90.0, 60.0), (0.0, 360.0), 0.041_461_654_182_008_73),
        ((-90.0, 60.0), (0.0, 360.0), 0.0),
    ] {
        close(shared(&quad, &one(rows, columns)), expected, 1e-15);
        close(shared(&one(rows, columns), &backwards), expected, 1e-15);
    }
}

/// Fractions of cells of a 1-degree grid (centres from −89.5 and 0 on) in triangles of an ICON grid,
/// as `cdo gencon,r360x180` (2.1.1) has them.
#[test]
fn triangles_as_cdo_cuts_them() {
    let dateline = [
        (-178.349_957_252_577_6, 3.292_940_802_437_517_5),
        (-179.983_077_420_626_64, 5.672_070_468_333_723),
        (178.526_369_846_833_72, 3.055_547_996_374_270_4),
    ];
    let europe = [
        (16.627_244_748_464_147, 53.622_861_191_413_996),
        (19.226_651_300_240_54, 54.058_922_723_731_79),
        (17.325_368_755_247_545, 55.277_615_453_062_68),
    ];
    let near_dateline = [
        (93, 179, 0.629_634_004_804_081_4),
        (93, 180, 0.831_241_141_897_568_1),
        (93, 181, 0.674_215_864_462_860_2),
        (93, 182, 0.017_296_851_362_313),
        (94, 179, 0.167_724_910_559_965_5),
        (94, 180, 0.984_241_192_191_868_6),
        (94, 181, 0.323_399_125_535_894_8),
        (95, 180, 0.284_804_916_827_927_6),
    ];
    let in_europe = [
        (143, 17, 0.230_686_512_158_025_9),
        (143, 18, 0.137_739_092_122_916_5),
        (143, 19, 0.009_769_979_666_421_1),
        (144, 17, 0.509_924_013_304_534_5),
        (144, 18, 0.833_938_870_310_166_9),
        (144, 19, 0.207_879_366_862_847_3),
        (145, 17, 0.056_516_181_123_531_71),
        (145, 18, 0.023_484_928_340_324_08),
    ];
    let target = regular(360, 180, -0.5);
    for (triangle, expected) in [(dateline, near_dateline), (europe, in_europe)] {
        let found = overlaps(&cell(&triangle), &target, false, 1).unwrap();
        assert_eq!(found.areas.len(), expected.len());
        for (row, column, fraction) in expected {
            let target_cell = row * 360 + column;
            let area = corner_areas(&target).get(target_cell).unwrap();
            close(found.row(target_cell).map(|r| r.1).sum::<f64>() / area, fraction, 4e-12);
        }
    }
}

#[test]
fn edges_on_a_parallel_are_told_from_great_circles() {
    // Between the equator and the great circle from (−Δ/2, φ) to (Δ/2, φ): 2 atan(sin φ tan(Δ/2)).
    for (latitude, width) in [(30.0, 1.0), (30.0, 90.0), (60.0, 20.0), (-45.0, 5.0), (89.0, 2.0)] {
        let (low, high) = (f64::min(latitude, 0.0), f64::max(latitude, 0.0));
        let quad = cell(&[(0.0, low), (width, low), (width, high), (0.0, high)]);
        let (phi, turn) = (f64::to_radians(latitude).sin().abs(), f64::to_radians(width));
        let great = 2.0 * (phi * (0.5 * turn).tan()).atan();
        close(shared(&quad, &one((low, high), (0.0, width))), turn * phi, 1e-15);
        close(shared(&quad, &regular(8, 4, 0.0)), great, 2e-15);
        let beyond = if latitude > 0.0 { (latitude, 90.0) } else { (-90.0, latitude) };
        close(shared(&quad, &one(beyond, (0.0, 360.0))), great - turn * phi, 1e-15);
    }
}

#[test]
fn tiny_cells_keep_their_digits() {
    let step = 1e-4;
    for (x, y) in [(0.0, 0.0), (179.99995, 45.0), (33.0, -75.0), (200.0, 89.9998)] {
        let quad = cell(&[(x, y), (x + step, y), (x + step, y + step), (x, y + step)]);
        let target = Corners::Separable {
            rows: edges(y - step, y + 2.0 * step, 6).into_iter().map(|(a, b)| (a, b.min(90.0))).collect(),
            columns: edges(x - step, x + 2.0 * step, 6),
        };
        let area = corner_areas(&quad).get(0).unwrap();
        close(shared(&quad, &target), area, 1e-9 * area);
        close(shared(&quad, &quad), area, 1e-9 * area);
    }
}

#[test]
fn nothing_of_rounding_is_left() {
    // Corners that a file computed otherwise: 0.1 is no binary fraction.
    let edge = |i: u32| f64::from(i) * 0.1;
    let other = |i: u32| 0.1 * f64::from(i) + 360.0 - 1e-13;
    let cells = |at: &dyn Fn(u32) -> f64| {
        let quad = |i, j| vec![(at(i), edge(j)), (at(i + 1), edge(j)), (at(i + 1), edge(j + 1)), (at(i), edge(j + 1))];
        let all = (0..30).flat_map(|i| (0..30).map(move |j| (i, j))).map(|(i, j)| quad(i, j));
        Corners::PerCell(Outlines::listed(all.collect::<Vec<_>>()))
    };
    let same = overlaps(&cells(&edge), &cells(&other), false, 1).unwrap();
    assert!(same.areas.iter().filter(|a| **a < 1e-12).count() == 0);
    let pairs = |at: &dyn Fn(u32) -> f64| (0..30).map(|i| (at(i), at(i + 1))).collect::<Vec<_>>();
    let lattice = Corners::Separable { rows: pairs(&edge), columns: pairs(&other) };
    let found = overlaps(&lattice, &cells(&edge), false, 1).unwrap();
    // Great circles bulge over parallels of the northern hemisphere, into the row beyond.
    assert!(found.areas.iter().all(|a| *a > 1e-14));
    assert!(found.starts.windows(2).all(|w| w[1] - w[0] <= 2));
}

#[test]
fn cells_that_enclose_nothing_or_cross_themselves() {
    let nan = f64::NAN;
    let cells = [
        vec![],
        vec![(1.0, 1.0), (2.0, 2.0)],
        vec![(5.0, 5.0); 4],
        vec![(nan, 1.0), (2.0, nan), (nan, nan), (0.0, 0.0)],
        vec![(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)],
        vec![(0.0, 0.0), (30.0, 0.0), (0.0, 10.0), (30.0, 14.0)],
        vec![(0.0, 90.0), (120.0, 90.0), (240.0, 90.0)],
        vec![(0.0, 0.0), (180.0, 0.0), (0.0, 0.0), (90.0, 90.0)],
        vec![(0.0, -90.0), (0.0, 90.0), (90.0, 0.0)],
        vec![(1e300, 0.0), (1e308, 50.0), (-1e300, -50.0)],
    ];
    let odd = Corners::PerCell(Outlines::listed(cells));
    let rows = vec![(nan, 3.0), (-90.0, nan), (0.0, 0.0), (-90.0, 90.0)];
    let columns = vec![(nan, 0.0), (3.0, 3.0), (350.0, 710.0), (1e300, 1e300)];
    let holes = Corners::Separable { rows, columns };
    let none = Corners::Separable { rows: Vec::new(), columns: Vec::new() };
    for source in [&odd, &holes, &none] {
        for target in [&odd, &holes, &none] {
            let found = overlaps(source, target, true, 2).unwrap();
            assert_eq!(found.starts.len(), target.len() + 1);
            assert!(found.areas.iter().all(|a| *a > 0.0 && *a <= SPHERE + 1e-12));
        }
    }
}

#[test]
fn concave_cells() {
    // An arrow and what it lacks of its hull.
    let arrow = [(0.0, 0.0), (20.0, 5.0), (0.0, 10.0), (5.0, 5.0)];
    let notch = [(0.0, 0.0), (5.0, 5.0), (0.0, 10.0)];
    let hull = cell(&[(0.0, 0.0), (20.0, 5.0), (0.0, 10.0)]);
    let target = cube(4, [10.0, 20.0, 30.0]);
    close(shared(&cell(&arrow), &cell(&notch)), 0.0, 1e-16);
    for grid in [&target, &regular(90, 45, 0.0)] {
        let both = shared(&cell(&arrow), grid) + shared(&cell(&notch), grid);
        close(both, corner_areas(&hull).get(0).unwrap(), 1e-15);
        close(shared(grid, &cell(&arrow)), corner_areas(&cell(&arrow)).get(0).unwrap(), 1e-15);
    }
}

#[test]
fn columns_may_overlap_and_repeat() {
    let columns = vec![(0.0, 20.0), (10.0, 30.0), (360.0, 380.0), (30.0, 10.0 + 360.0)];
    let target = Corners::Separable { rows: vec![(10.0, 0.0), (5.0, 20.0)], columns };
    let quad = cell(&[(5.0, -2.0), (25.0, -2.0), (25.0, 40.0), (5.0, 40.0)]);
    let found = overlaps(&quad, &target, false, 1).unwrap();
    let area = |row: f64, degrees: f64| row * f64::to_radians(degrees);
    let sine = |degrees: f64| f64::to_radians(degrees).sin();
    for (j, height) in [sine(10.0), sine(20.0) - sine(5.0)].into_iter().enumerate() {
        for (i, degrees) in [15.0, 15.0, 15.0, 5.0].into_iter().enumerate() {
            close(found.row(j * 4 + i).map(|r| r.1).sum(), area(height, degrees), 1e-15);
        }
    }
}

#[test]
fn a_region_has_what_the_whole_grid_has_there() {
    let cube = cube(30, [3.0, 40.0, 5.0]);
    let globe = overlaps(&cube, &regular(72, 36, 0.0), false, 1).unwrap();
    for (first_row, first_column, rows, columns) in [(16, 70, 3, 4), (34, 10, 2, 5), (0, 0, 36, 2), (5, 30, 1, 72)] {
        let row = |j: usize| (-90.0 + 5.0 * (j + first_row) as f64, -85.0 + 5.0 * (j + first_row) as f64);
        let column = |i: usize| (5.0 * (i + first_column) as f64 - 360.0, 5.0 * (i + first_column + 1) as f64 - 360.0);
        let region =
            Corners::Separable { rows: (0..rows).map(row).collect(), columns: (0..columns).map(column).collect() };
        let found = overlaps(&cube, &region, false, 1).unwrap();
        for (j, i) in (0..rows).flat_map(|j| (0..columns).map(move |i| (j, i))) {
            let there: Vec<_> = globe.row((j + first_row) * 72 + (i + first_column) % 72).collect();
            let here: Vec<_> = found.row(j * columns + i).collect();
            assert_eq!(here.len(), there.len());
            assert!(here.iter().zip(&there).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 1e-16));
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (cube, lattice, other) = (cube(20, [3.0, 4.0, 5.0]), regular(72, 36, 1.0), cube(13, [50.0, 4.0, 5.0]));
    for (source, target) in [(&cube, &lattice), (&lattice, &cube), (&cube, &other)] {
        let alone = overlaps(source, target, true, 1).unwrap();
        for threads in [0, 2, 3, 64] {
            assert_eq!(alone, overlaps(source, target, true, threads).unwrap());
        }
    }
}

#[test]
fn centroids_are_those_of_the_parts() {
    let centroid = |source: &Corners, target: &Corners, expected: [f64; 3], within: f64| {
        let found = overlaps(source, target, true, 1).unwrap();
        let got = found.centroids.unwrap();
        assert_eq!(got.len(), 1);
        got[0].iter().zip(expected).for_each(|(g, e)| close(*g, e, within));
    };
    let octant = cell(&[(0.0, 0.0), (90.0, 0.0), (0.0, 90.0)]);
    let between = one((0.0, 90.0), (0.0, 90.0));
    for (source, target) in [(&octant, &octant), (&octant, &between), (&between, &octant), (&between, &between)] {
        centroid(source, target, [0.5; 3], 1e-15);
    }
    // A zone of a hemisphere: halfway up its height, on the axis (Archimedes).
    centroid(
        &one((0.0, 90.0), (0.0, 360.0)),
        &one((30.0, 40.0), (-180.0, 180.0)),
        [0.0, 0.0, { 0.5 * (0.5 + f64::to_radians(40.0).sin()) }],
        1e-15,
    );
    // A zone of a lune, ∫ cos² φ dφ ∫ cos λ dλ, cut out of a great-circle cell.
    let (south, north, half) = (0.5, f64::to_radians(40.0), f64::to_radians(10.0));
    let area = (north.sin() - south) * 2.0 * half;
    let off_axis = 0.5 * (north - FRAC_PI_2 / 3.0) + 0.25 * ((2.0 * north).sin() - (FRAC_PI_2 / 1.5).sin());
    let expected = [off_axis * 2.0 * half.sin() / area, 0.0, 0.5 * (south + north.sin())];
    let around = cell(&[(-40.0, -20.0), (40.0, -20.0), (40.0, 60.0), (-40.0, 60.0)]);
    centroid(&around, &one((30.0, 40.0), (-10.0, 10.0)), expected, 1e-14);
    centroid(&one((30.0, 40.0), (-10.0, 10.0)), &one((0.0, 60.0), (-180.0, 180.0)), expected, 1e-14);
}

#[test]
fn centroids_of_parts_make_those_of_cells() {
    let (cube, lattice) = (cube(5, [12.0, 34.0, 56.0]), regular(36, 18, 7.0));
    let other = self::cube(8, [0.0; 3]);
    for (source, target) in [(&lattice, &cube), (&other, &cube), (&cube, &lattice), (&other, &lattice)] {
        let found = overlaps(source, target, true, 1).unwrap();
        let (whole, parts) = (corner_centroids(target), found.centroids.as_ref().unwrap());
        for (i, expected) in whole.iter().enumerate() {
            let area: f64 = found.row(i).map(|r| r.1).sum();
            for k in 0..3 {
                let sum: f64 = (found.starts[i]..found.starts[i + 1]).map(|n| found.areas[n] * parts[n][k]).sum();
                close(sum / area, expected[k], 1e-13);
            }
        }
    }
}

#[test]
fn rows_and_columns_make_up_the_overlaps() {
    let (source, target) = (regular(20, 9, 5.0), regular(7, 5, -100.0));
    let (rows, columns) = separable(&source, &target).unwrap();
    let found = overlaps(&source, &target, false, 1).unwrap();
    for cell in 0..target.len() {
        let pairs = rows.row(cell / 7).flat_map(|(j, h)| columns.row(cell % 7).map(move |(i, w)| (j * 20 + i, h * w)));
        assert!(pairs.eq(found.row(cell)));
    }
    close(found.areas.iter().sum(), 2.0 * TAU, 1e-13);
    assert!(separable(&cube(1, [0.0; 3]), &target).is_none());
}
