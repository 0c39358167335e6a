use super::*;

/// A small generator of even numbers in [0, 1), so that failures repeat.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn place(&mut self) -> (f64, f64) {
        (self.next() * 720.0 - 360.0, (self.next() * 2.0 - 1.0).asin().to_degrees())
    }
}

fn separable(latitudes: &[f64], longitudes: &[f64]) -> NearestCell {
    NearestCell(Search::Axes {
        rows: sorted(latitudes.iter().copied()),
        columns: sorted(longitudes.iter().map(|&x| wrap_360(x))),
        width: longitudes.len(),
    })
}

fn brute_force(latitudes: &[f64], longitudes: &[f64], place: (f64, f64)) -> f64 {
    let cells = latitudes.iter().zip(longitudes);
    cells.map(|(lat, lon)| distance_km(place, (*lon, *lat))).fold(f64::INFINITY, f64::min)
}

fn every_cell(latitudes: &[f64], longitudes: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let pairs = latitudes.iter().flat_map(|lat| longitudes.iter().map(move |lon| (*lat, *lon)));
    pairs.unzip()
}

#[test]
fn axes_and_tree_find_what_brute_force_finds() {
    let mut random = Random(1);
    let regional: (Vec<f64>, Vec<f64>) =
        ((0..30).map(|i| 75.0 + 0.5 * f64::from(i)).collect(), (0..40).map(|i| -20.0 + f64::from(i)).collect());
    let global: (Vec<f64>, Vec<f64>) =
        ((0..37).map(|i| 90.0 - 5.0 * f64::from(i)).collect(), (0..72).map(|i| 5.0 * f64::from(i)).collect());
    for (latitudes, longitudes) in [regional, global] {
        let axes = separable(&latitudes, &longitudes);
        let (lats, lons) = every_cell(&latitudes, &longitudes);
        let tree = KdTree::new(&lats, &lons);
        for _ in 0..2000 {
            let place = random.place();
            let expected = brute_force(&lats, &lons, place);
            let a = axes.nearest(place.0, place.1).unwrap();
            let t = tree.nearest(place.0, place.1).unwrap();
            for got in [a, t] {
                let there = distance_km(place, (lons[got.index], lats[got.index]));
                assert!(
                    (there - expected).abs() < 1e-6 && (got.distance_km - expected).abs() < 1e-6,
                    "{place:?} {got:?} {expected}"
                );
            }
        }
    }
}

#[test]
fn ties_go_to_the_lowest_index() {
    let axes = separable(&[10.0, 0.0, -10.0], &[0.0, 90.0, 180.0, 270.0]);
    let (lats, lons) = every_cell(&[10.0, 0.0, -10.0], &[0.0, 90.0, 180.0, 270.0]);
    let tree = KdTree::new(&lats, &lons);
    for (place, index) in [((45.0, 0.0), 4), ((0.0, 5.0), 0), ((315.0, 10.0), 0), ((-45.0, -10.0), 8)] {
        assert_eq!(axes.nearest(place.0, place.1).unwrap().index, index, "{place:?}");
        assert_eq!(tree.nearest(place.0, place.1).unwrap().index, index, "{place:?}");
    }
}

#[test]
fn the_seam_and_a_repeated_column() {
    let axes = separable(&[0.0], &(0..=360).map(f64::from).collect::<Vec<_>>());
    assert_eq!(axes.nearest(359.9, 0.0).unwrap().index, 0, "0 and 360 are the same column");
    assert_eq!(axes.nearest(-0.6, 0.0).unwrap().index, 359);
    assert_eq!(axes.nearest(719.6, 0.0).unwrap().index, 0);
}

#[test]
fn near_the_pole_rows_bend() {
    // From 80 N, 89 degrees east of the only column the great circle's foot is nearly the pole.
    let axes = separable(&[80.0, 85.0, 89.9], &[0.0]);
    assert_eq!(axes.nearest(89.0, 80.0).unwrap().index, 2);
    let axes = separable(&[80.0, 89.9], &[0.0]);
    assert_eq!(axes.nearest(180.0, 85.0).unwrap().index, 1, "over the pole");
}

#[test]
fn at_the_pole_the_longitude_asked_for() {
    let axes = separable(&[90.0, 0.0], &(0..360).map(f64::from).collect::<Vec<_>>());
    let pole = axes.nearest(77.0, 90.0).unwrap();
    assert_eq!((pole.index, pole.distance_km), (77, 0.0));
}

#[test]
fn distances_on_the_mean_sphere() {
    // One degree of the equator is 2 pi 6371.0088 / 360 km.
    assert!((distance_km((0.0, 0.0), (1.0, 0.0)) - 111.195_080_233_532_9).abs() < 1e-9);
    assert!((distance_km((359.5, 0.0), (-0.5, 0.0))).abs() < 1e-9);
    assert!((distance_km((0.0, 90.0), (123.0, -90.0)) - 20_015.114_442_036).abs() < 1e-6);
}

#[test]
fn several_nearest_in_order() {
    let (lats, lons) = every_cell(&[0.0, 1.0], &[0.0, 1.0, 2.0]);
    let tree = KdTree::new(&lats, &lons);
    let found: Vec<usize> = tree.nearest_several(0.1, 0.2, 4).iter().map(|n| n.index).collect();
    assert_eq!(found, [0, 3, 1, 4]);
    assert_eq!(tree.nearest_several(0.0, 0.0, 100).len(), 6);
}

#[test]
fn cells_without_a_place_are_never_near() {
    let tree = KdTree::new(&[f64::NAN, 10.0], &[0.0, 10.0]);
    assert_eq!(tree.nearest(0.0, 0.0).unwrap().index, 1);
    assert!(KdTree::new(&[f64::NAN], &[1.0]).nearest(0.0, 0.0).is_none());
    assert!(tree.nearest(f64::NAN, 0.0).is_none());
    assert!(separable(&[], &[]).nearest(0.0, 0.0).is_none());
}
