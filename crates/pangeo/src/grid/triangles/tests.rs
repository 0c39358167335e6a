use std::collections::BTreeSet;
use std::f64::consts::PI;

use proptest::prelude::*;

use super::*;

type Lists = (Vec<f64>, Vec<f64>);

/// `rows × columns` cells of a box (west, south, east, north).
fn lattice(rows: u32, columns: u32, [west, south, east, north]: [f64; 4]) -> Lists {
    let at = |low: f64, high: f64, i: u32, n: u32| low + (high - low) * (f64::from(i) + 0.5) / f64::from(n);
    (0..rows * columns).map(|i| (at(south, north, i / columns, rows), at(west, east, i % columns, columns))).unzip()
}

/// Rows of 20 + 4 j cells, as octahedral reduced grids have them.
fn reduced(half: u32) -> Lists {
    let row = |j: u32| {
        let count = 20 + 4 * j.min(2 * half - 1 - j);
        let latitude = 90.0 - 180.0 * (f64::from(j) + 0.5) / f64::from(2 * half);
        (0..count).map(move |i| (latitude, 360.0 * f64::from(i) / f64::from(count)))
    };
    (0..2 * half).flat_map(row).unzip()
}

/// Points spread evenly on a spiral.
fn spiral(count: u32) -> Lists {
    let at = |i: u32| {
        let height = 1.0 - f64::from(2 * i + 1) / f64::from(count);
        (height.asin().to_degrees(), (f64::from(i) * 137.507_764_050_037_85) % 360.0)
    };
    (0..count).map(at).unzip()
}

/// The centres of the cells of a cube's faces.
fn cube(n: u32) -> Lists {
    let line = |i: u32| (PI / 2.0 * ((f64::from(i) + 0.5) / f64::from(n) - 0.5)).tan();
    let at = |i: u32| {
        let (x, y) = (line(i % n), line(i / n % n));
        let side = if (i / (n * n)).is_multiple_of(2) { [1.0, x, y] } else { [-1.0, y, x] };
        let v: [f64; 3] = [0, 1, 2].map(|k| side[(k + (i / (2 * n * n)) as usize) % 3]);
        (v[2].atan2(v[0].hypot(v[1])).to_degrees(), v[1].atan2(v[0]).to_degrees())
    };
    (0..6 * n * n).map(at).unzip()
}

fn joined(mut a: Lists, b: Lists) -> Lists {
    a.0.extend(b.0);
    a.1.extend(b.1);
    a
}

fn points(lists: &Lists) -> Vec<Vector> {
    lists.0.iter().zip(&lists.1).map(|(lat, lon)| unit_vector(*lon, *lat)).collect()
}

/// The part of the sphere that faces fill; each of their edges is there once in each direction, or on the rim.
fn filled(triangles: &Triangles, points: &[Vector]) -> f64 {
    let mut edges = BTreeSet::new();
    let mut sum = 0.0;
    for face in triangles.corners() {
        let [a, b, c] = face.map(|i| points[i as usize]);
        let volume = dot(a, cross(minus(b, a), minus(c, a)));
        assert!(volume > 0.0, "{face:?}");
        sum += 2.0 * volume.atan2(1.0 + dot(a, b) + dot(b, c) + dot(c, a));
        for i in 0..3 {
            assert!(edges.insert((face[i], face[(i + 1) % 3])), "{face:?}");
        }
    }
    sum / (4.0 * PI)
}

/// The furthest that a point is above the plane of a face.
fn highest(triangles: &Triangles, points: &[Vector]) -> f64 {
    let mut most = 0.0f64;
    for face in triangles.corners() {
        let [a, b, c] = face.map(|i| points[i as usize]);
        let normal = cross(minus(b, a), minus(c, a));
        let height = |p: &Vector| dot(normal, minus(*p, a)) / dot(normal, normal).sqrt();
        most = points.iter().filter(|p| p[0].is_finite()).map(height).fold(most, f64::max);
    }
    most
}

fn of(lists: &Lists) -> Triangles {
    Triangles::new(&lists.0, &lists.1)
}

#[test]
fn faces_are_those_of_qhull() {
    let text = include_str!("../../../tests/oracles/triangles.tsv");
    for name in ["sphere", "region", "small", "ring"] {
        let rows = |kind: &str| -> Vec<Vec<f64>> {
            let fields = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
            let own = fields.filter(|fields| fields[..2] == [name, kind]);
            own.map(|fields| fields[2..].iter().map(|v| v.parse().unwrap()).collect()).collect()
        };
        let lists: Lists = rows("place").iter().map(|row| (row[1], row[0])).unzip();
        let mut faces: Vec<[u32; 3]> = of(&lists).corners().collect();
        faces.iter_mut().for_each(|face| face.sort_unstable());
        faces.sort_unstable();
        let expected: Vec<[u32; 3]> = rows("face").iter().map(|row| [0, 1, 2].map(|i| row[i] as u32)).collect();
        assert!(faces.len() > 20 && faces == expected, "{name}: {faces:?}");
    }
}

#[test]
fn circles_around_faces_are_empty() {
    let pole = |lat: f64| (vec![lat; 12], (0..12).map(|i| f64::from(i) * 30.0).collect());
    for (name, lists, whole) in [
        ("random", spiral(300), true),
        ("longitudes and latitudes", lattice(12, 24, [0.0, -90.0, 360.0, 90.0]), true),
        (
            "with rows at the poles",
            joined(joined(lattice(11, 24, [0.0, -82.5, 360.0, 82.5]), pole(90.0)), pole(-90.0)),
            true,
        ),
        ("twice", joined(spiral(100), spiral(100)), true),
        ("reduced", reduced(6), true),
        ("cube", cube(6), true),
        ("a cube's corners", cube(1), true),
        ("region", lattice(12, 15, [350.0, 40.0, 370.0, 60.0]), false),
        ("dateline", lattice(12, 15, [179.9, -0.1, 180.1, 0.1]), false),
        ("pole cap", lattice(4, 30, [0.0, 80.0, 360.0, 90.0]), false),
        ("half", lattice(9, 9, [0.0, -90.0, 180.0, 90.0]), false),
        ("one ring", pole(40.0), false),
    ] {
        let (triangles, points) = (of(&lists), points(&lists));
        let part = filled(&triangles, &points);
        assert!(!triangles.is_empty() && part < 1.0 + 1e-12 && (!whole || part > 1.0 - 1e-12), "{name}: {part}");
        let most = highest(&triangles, &points);
        assert!(most < 4e-7, "{name}: {most:e}");
    }
}

#[test]
fn weights_are_of_the_flat_triangle() {
    for lists in [spiral(500), lattice(20, 40, [0.0, -90.0, 360.0, 90.0]), reduced(10), cube(8)] {
        let (triangles, points, places) = (of(&lists), points(&lists), spiral(997));
        for (latitude, longitude) in places.0.iter().zip(&places.1) {
            let weights = triangles.weights(*longitude, *latitude).unwrap();
            let total: f64 = weights.iter().map(|(_, w)| w).sum();
            assert!((total - 1.0).abs() < 1e-15 && weights.iter().all(|(_, w)| *w >= 0.0), "{weights:?}");
            let mean = weights.iter().fold([0.0; 3], |sum, (cell, weight)| {
                [0, 1, 2].map(|k: usize| sum[k] + weight * points[*cell as usize][k])
            });
            let off = cross(mean, unit_vector(*longitude, *latitude));
            assert!(dot(off, off).sqrt() < 1e-14 && dot(mean, mean) > 0.8, "{weights:?}");
        }
    }
}

#[test]
fn weights_in_an_octant() {
    let lists: Lists = (vec![0.0, 0.0, 0.0, 0.0, 90.0, -90.0], vec![0.0, 90.0, 180.0, 270.0, 0.0, 0.0]);
    let triangles = of(&lists);
    assert_eq!(triangles.len(), 8);
    for (longitude, latitude, expected) in [
        (45.0, (1.0f64 / 2.0f64.sqrt()).atan().to_degrees(), vec![(0, 1.0 / 3.0), (1, 1.0 / 3.0), (4, 1.0 / 3.0)]),
        (225.0, 0.0, vec![(2, 0.5), (3, 0.5)]),
        (-90.0, -45.0, vec![(3, 0.5), (5, 0.5)]),
        (450.0, 0.0, vec![(1, 1.0)]),
        (12.0, 90.0, vec![(4, 1.0)]),
    ] {
        let mut got: Vec<(u32, f64)> = triangles.weights(longitude, latitude).unwrap().to_vec();
        got.retain(|(_, weight)| *weight > 0.0);
        got.sort_by_key(|(cell, _)| *cell);
        let near = got.iter().zip(&expected).all(|(g, e)| g.0 == e.0 && (g.1 - e.1).abs() < 1e-15);
        assert!(got.len() == expected.len() && near, "{longitude} {latitude}: {got:?}");
    }
}

#[test]
fn lattices_are_cut_one_way() {
    let lists = lattice(10, 10, [0.0, 30.0, 10.0, 40.0]);
    let single: Lists = (
        lists.0.iter().map(|v| f64::from(*v as f32)).collect(),
        lists.1.iter().map(|v| f64::from(*v as f32)).collect(),
    );
    for lists in [lists, single] {
        let steps = of(&lists).corners().flat_map(|f| [(f[0], f[1]), (f[1], f[2]), (f[2], f[0])]).collect::<Vec<_>>();
        let count = |step: u32| steps.iter().filter(|(a, b)| *b == a + step && a % 10 != 0).count();
        assert_eq!((count(11), count(9)), (72, 0));
    }
}

#[test]
fn outside_is_nothing_but_on_the_rim() {
    let triangles = of(&lattice(10, 10, [0.0, 30.0, 10.0, 40.0]));
    for (longitude, latitude, inside) in [
        (0.5, 30.5, true),
        (9.5, 39.5, true),
        (5.0, 30.5, true),
        (5.0, 30.4, false),
        (0.499_99, 35.0, true),
        (0.4, 35.0, false),
        (9.6, 35.0, false),
        (5.0, 41.0, false),
        (180.0, -35.0, false),
        (f64::NAN, 35.0, false),
        (5.0, f64::INFINITY, false),
    ] {
        assert_eq!(triangles.weights(longitude, latitude).is_some(), inside, "{longitude} {latitude}");
    }
}

#[test]
fn few_places_and_those_on_a_line_span_nothing() {
    let (nan, far) = (f64::NAN, f64::INFINITY);
    for (latitudes, longitudes, faces) in [
        (vec![], vec![], 0),
        (vec![1.0], vec![2.0], 0),
        (vec![1.0, 2.0], vec![2.0, 2.0], 0),
        (vec![5.0; 9], vec![7.0; 9], 0),
        (vec![nan, far, 1.0, 0.0], vec![0.0, 0.0, nan, -far], 0),
        (vec![0.0; 36], (0..36).map(|i| f64::from(i) * 10.0).collect(), 0),
        (vec![0.0; 5], (0..5).map(f64::from).collect(), 0),
        ((0..9).map(f64::from).collect(), vec![33.0; 9], 0),
        (vec![0.0, 1.0, nan, 0.0], vec![0.0, 0.0, 5.0, 1.0], 1),
        (vec![0.0, 1.0, 1.0, 0.0], vec![0.0, 0.0, 1.0, 1.0], 2),
    ] {
        assert_eq!(Triangles::new(&latitudes, &longitudes).len(), faces, "{latitudes:?} {longitudes:?}");
    }
}

proptest! {
    #[test]
    fn whatever_the_places(
        places in prop::collection::vec((-9i32..=9, 0i32..36, 0i32..4), 0..60),
        shrunk in 0u32..8,
        at in (-90.0f64..90.0, 0.0f64..360.0),
    ) {
        // Many on common circles, some twice, some beside others by less than can be told apart.
        let scale = 10.0 * 0.1f64.powi(shrunk as i32);
        let place = |(y, x, aside): &(i32, i32, i32)| {
            let aside = if *aside == 3 { 1e-9 } else { 0.0 };
            (f64::from(*y) * scale + aside, f64::from(*x) * scale - aside)
        };
        let lists: Lists = places.iter().map(place).unzip();
        let triangles = of(&lists);
        let points = points(&lists);
        let part = filled(&triangles, &points);
        // Between two places opposite each other great circles go every way, and areas have no meaning.
        let opposite = |a: u32, b: u32| dot(points[a as usize], points[b as usize]) < -0.999;
        prop_assume!(!triangles.corners().any(|[a, b, c]| opposite(a, b) || opposite(b, c) || opposite(c, a)));
        prop_assert!(part < 1.0 + 1e-9);
        if let Some(weights) = triangles.weights(at.1 * scale / 10.0, at.0 * scale / 10.0) {
            prop_assert!((weights.iter().map(|(_, w)| w).sum::<f64>() - 1.0).abs() < 1e-14);
        } else {
            prop_assert!(part < 1.0 - 1e-9);
        }
    }
}
