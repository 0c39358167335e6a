//! Histograms against numpy 2.4, lines of equal value against contourpy 1.3.

use super::super::*;

fn golden(count: u32) -> Vec<f64> {
    (0..count).map(|n| (f64::from(n) * 0.618_034) % 1.0).collect()
}

/// Bins, the first counts, the first two limits and the last, all counted.
fn summary(found: &(Vec<f64>, Vec<u64>)) -> (usize, Vec<u64>, f64, f64, f64, u64) {
    let (edges, counts) = found;
    let first = counts.iter().copied().take(4).collect();
    (counts.len(), first, edges[0], edges[1], edges[edges.len() - 1], counts.iter().sum())
}

#[test]
fn histograms_are_numpys() {
    let values = golden(3000);
    let flux: Vec<f64> = values.iter().map(|v| -3e-5 * (1.0 - v).ln()).collect();
    let sine: Vec<f64> = (0..3000).map(|n| f64::from(n).sin()).collect();
    let warm: Vec<f64> = values.iter().map(|v| 288.0 + v * 1e-9).collect();
    let tenths: Vec<f64> = values.iter().map(|v| (v * 10.0).floor() / 10.0).collect();
    let far: Vec<f64> = values.iter().copied().chain([1e6]).collect();
    let case = |values: &[f64], bins, range, expected: (usize, [u64; 4], f64, f64, f64, u64)| {
        let found = summary(&histogram(values, bins, range));
        let near = |a: f64, b: f64| (a - b).abs() <= b.abs() * 1e-15;
        assert_eq!((found.0, found.5), (expected.0, expected.5));
        assert_eq!(found.1, expected.1[..found.0.min(4)]);
        assert!(near(found.2, expected.2) && near(found.3, expected.3) && near(found.4, expected.4), "{found:?}");
    };
    let outliers = [1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 3.0];
    case(
        &flux,
        None,
        None,
        (59, [417, 360, 310, 266], 0.0, 4.497_812_164_960_202e-6, 0.000_265_370_917_732_651_9, 3000),
    );
    case(&values, None, None, (15, [200, 200, 199, 201], 0.0, 0.066_657_066_666_660_59, 0.999_855_999_999_908_8, 3000));
    case(&values[..50], None, None, (7, [8, 7, 7, 6], 0.0, 0.139_816_285_714_285_73, 0.978_714_000_000_000_1, 50));
    case(&sine, None, Some((-0.5, 2.0)), (20, [134, 127, 118, 123], -0.5, -0.375, 2.0, 2003));
    case(&[5.0; 10], None, None, (1, [10, 0, 0, 0], 4.5, 5.5, 5.5, 10));
    case(&[], None, None, (1, [0, 0, 0, 0], 0.0, 1.0, 1.0, 0));
    case(&outliers, None, None, (6, [1, 0, 0, 6], 1.0, 1.333_333_333_333_333_3, 3.0, 8));
    case(&values, Some(7), Some((0.25, 0.75)), (7, [213, 214, 214, 215], 0.25, 0.321_428_571_428_571_4, 0.75, 1500));
    case(&warm, None, None, (15, [200, 200, 199, 201], 288.0, 288.000_000_000_066_7, 288.000_000_000_999_9, 3000));
    case(&tenths, Some(10), None, (10, [300, 299, 301, 299], 0.0, 0.09, 0.9, 3000));
    case(&far, None, None, (110, [3000, 0, 0, 0], 0.0, 9_090.909_090_909_09, 1e6, 3001));
}

#[test]
fn histograms_of_anything() {
    for values in [vec![f64::MAX, f64::MIN], vec![1e30, 1e30], vec![5e-324, 0.0], vec![f64::NAN, f64::INFINITY]] {
        let finite = values.iter().filter(|v| v.is_finite()).count() as u64;
        let (edges, counts) = histogram(&values, None, None);
        assert_eq!((counts.iter().sum::<u64>(), counts.len() + 1), (finite, edges.len()), "{values:?}");
    }
    assert_eq!(histogram(&[1.0], Some(usize::MAX), Some((0.0, 1.0))).1.len(), 10_000);
    assert_eq!(histogram(&[0.1, 0.2], None, Some((0.0, 1e300))).1.len(), 10_000);
}

const COLUMNS: usize = 31;
const ROWS: usize = 23;

/// A field with hills, hollows and saddles.
fn field() -> Vec<f64> {
    let value = |(j, i): (f64, f64)| (i * 0.7).sin() * (j * 0.45).cos() + 0.02 * i - 0.01 * j;
    (0..COLUMNS * ROWS).map(|k| value(((k / COLUMNS) as f64, (k % COLUMNS) as f64))).collect()
}

fn length(line: &[(f64, f64)]) -> f64 {
    line.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1)).sum()
}

#[test]
fn contours_are_as_long_as_contourpys() {
    let whole = field();
    let mut holes = field();
    for (row, column) in [(9, 13), (9, 14), (10, 13), (10, 14), (11, 13), (11, 14), (0, 0)] {
        holes[row * COLUMNS + column] = f64::NAN;
    }
    for (values, level, count, total, closed) in [
        (&whole, -0.8, 7, 29.629_034_399_954_413, 4),
        (&whole, -0.25, 14, 138.182_724_283_332_87, 6),
        (&whole, 0.0, 13, 174.471_352_020_697_68, 5),
        (&whole, 0.33, 12, 178.639_503_247_530_77, 4),
        (&whole, 1.1, 8, 43.374_783_181_141_44, 3),
        (&holes, -0.25, 14, 136.053_333_963_658_6, 4),
        (&holes, 0.0, 13, 169.210_732_711_978_7, 3),
        (&holes, 0.33, 12, 173.416_971_605_957_74, 2),
    ] {
        let lines = contour_lines(COLUMNS, ROWS, values, level);
        let loops = lines.iter().filter(|line| line.first() == line.last()).count();
        let found: f64 = lines.iter().map(|line| length(line)).sum();
        assert_eq!((lines.len(), loops), (count, closed), "{level}");
        assert!((found - total).abs() < 1e-9, "{level}: {found} {total}");
    }
    let x: Vec<f64> = (0..COLUMNS).map(|i| (i as f64 * 0.05).exp()).collect();
    let y: Vec<f64> = (0..ROWS).map(|j| 100.0 - (j as f64).powf(1.5)).collect();
    let lines = contours(&x, &y, &whole, &[0.1]);
    let found: f64 = lines.iter().map(|line| length(&line.points)).sum();
    assert!((found - 604.400_401_379_129_2).abs() < 1e-9, "{found}");
    assert_eq!((lines.len(), lines.iter().filter(|line| line.closed).count()), (11, 3));
}

#[test]
fn points_of_contours_are_on_their_level() {
    let values = field();
    let at = |x: f64, y: f64| {
        let corner = |i: f64, j: f64| values[j as usize * COLUMNS + i as usize];
        let (u, v) = (x.fract(), y.fract());
        let across = |j: f64| corner(x.floor(), j) * (1.0 - u) + corner(x.ceil(), j) * u;
        across(y.floor()) * (1.0 - v) + across(y.ceil()) * v
    };
    for line in contour_lines(COLUMNS, ROWS, &values, 0.33) {
        assert!(line.iter().all(|(x, y)| (at(*x, *y) - 0.33).abs() < 1e-12));
        assert!(line.windows(2).all(|pair| pair[0] != pair[1]));
    }
}

#[test]
fn the_mean_decides_at_saddles() {
    // Where the first line of contourpy's begins and ends, in either direction.
    for (values, from, to) in [
        ([1.0, 0.0, 0.0, 1.0], (0.5, 0.0), (0.0, 0.5)),
        ([1.0, 0.0, 0.0, 1.5], (0.5, 0.0), (1.0, 1.0 / 3.0)),
        ([0.0, 1.0, 1.0, 0.0], (1.0, 0.5), (0.5, 0.0)),
        ([0.0, 1.5, 1.0, 0.0], (0.0, 0.5), (1.0 / 3.0, 0.0)),
    ] {
        let lines = contour_lines(2, 2, &values, 0.5);
        let joined = |line: &Vec<(f64, f64)>| line.contains(&from) && line.contains(&to);
        assert!(lines.len() == 2 && lines.iter().any(joined), "{lines:?}");
    }
}

#[test]
fn grids_that_are_none_have_no_contours() {
    for (columns, rows, count) in [(0, 0, 0), (1, 5, 5), (2, 2, 3), (usize::MAX, 2, 4), (2, 2, 5)] {
        assert!(contour_lines(columns, rows, &vec![0.0; count], 0.0).is_empty());
    }
    assert!(contour_lines(2, 2, &[0.0, f64::INFINITY, 1.0, 1.0], 0.5).is_empty());
    assert!(contour_lines(2, 2, &[0.0, 1.0, 1.0, 1.0], f64::NAN).is_empty());
    assert_eq!(contour_lines(2, 2, &[f64::MIN, f64::MAX, f64::MIN, f64::MAX], 0.0), [[(0.5, 0.0), (0.5, 1.0)]]);
}

#[test]
#[ignore = "it prints times"]
fn speed() {
    let (columns, rows) = (1440, 721);
    for noise in [0.0, 0.5] {
        let value = |k: usize| {
            let (i, j) = ((k % columns) as f64, (k / columns) as f64);
            (i * 0.05).sin() * (j * 0.03).cos() * 3.0 + noise * (k as f64 * 0.618_034).fract()
        };
        let values: Vec<f64> = (0..columns * rows).map(value).collect();
        let places = |count: usize| (0..count).map(|i| i as f64).collect::<Vec<_>>();
        let (x, y) = (places(columns), places(rows));
        let start = std::time::Instant::now();
        let levels: Vec<f64> = (-10..=10).map(|i| f64::from(i) * 0.3).collect();
        let found = contours(&x, &y, &values, &levels);
        let points: usize = found.iter().map(|line| line.points.len()).sum();
        println!("{} lines, {points} points: {:?}", found.len(), start.elapsed());
        let area = Rect { x: 0.0, y: 0.0, width: 720.0, height: 360.0 };
        let pen = ContourPen { colour: Colour::BLACK, width: 1.0, labels: true, halo: true };
        let start = std::time::Instant::now();
        let items = draw_contours(&found, |(x, y)| Some(Point { x: x / 2.0, y: y / 2.0 }), area, &pen);
        println!("{} items: {:?}", items.len(), start.elapsed());
    }
}
