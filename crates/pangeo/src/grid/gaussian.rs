//! Gaussian latitudes: the roots of Legendre polynomials, on which spectral models live.

use super::longitude::finite_range;

/// The `rows` Gaussian latitudes in degrees, north to south: arcsines of the roots of the Legendre
/// polynomial of that degree, by Newton's method in double precision.
///
/// ```
/// let n80 = pangeo::grid::gaussian_latitudes(160);
/// assert!((n80[0] - 89.1415194264611).abs() < 1e-12); // cdo griddes -topo,n80
/// ```
pub fn gaussian_latitudes(rows: usize) -> Vec<f64> {
    let mut latitudes = vec![0.0; rows];
    for i in 0..rows.div_ceil(2) {
        let sine = if 2 * i + 1 == rows { 0.0 } else { root(rows, i) };
        let degrees = sine.asin().to_degrees();
        for (at, value) in [(i, degrees), (rows - 1 - i, -degrees)] {
            if let Some(slot) = latitudes.get_mut(at) {
                *slot = value + 0.0; // no negative zero on the equator
            }
        }
    }
    latitudes
}

/// The `rows + 1` edges of Gaussian rows in degrees, north to south: parallels between which the area
/// of each row is proportional to its quadrature weight `2 (1 − x²) / (n P(n−1, x))²` (Abramowitz and
/// Stegun 25.4.29). Exact integrals over these rows are Gaussian quadrature.
pub(super) fn gaussian_edges(rows: usize) -> Vec<f64> {
    let n = rows as f64;
    let weight = |i: usize| {
        let x = if 2 * i + 1 == rows { 0.0 } else { root(rows, i) };
        let (_, slope) = legendre(rows, x);
        2.0 / ((1.0 - x * x) * slope * slope)
    };
    let half: Vec<f64> = (0..rows.div_ceil(2)).map(weight).collect();
    let at = |i: usize| half.get(i.min(rows - 1 - i)).copied().unwrap_or(2.0 / n);
    let total: f64 = (0..rows).map(at).sum();
    let mut edges = vec![90.0];
    let mut from_pole = 0.0;
    for i in 0..rows {
        from_pole += at(i) * 2.0 / total;
        // 1 − cos of the distance from the pole, which loses no digits there.
        let distance = 2.0 * (0.5 * from_pole).clamp(0.0, 1.0).sqrt().asin();
        edges.push(90.0 - distance.to_degrees());
    }
    // South of the equator the mirror image, with as many digits.
    let mirrored: Vec<f64> = edges.iter().take(rows.div_ceil(2)).map(|edge| -edge).collect();
    for (edge, exact) in edges.iter_mut().rev().zip(mirrored) {
        *edge = exact;
    }
    if rows.is_multiple_of(2)
        && let Some(equator) = edges.get_mut(rows / 2)
    {
        *equator = 0.0;
    }
    edges
}

/// The root number `i`, counted from 1 down, of the Legendre polynomial of degree `n`.
fn root(n: usize, i: usize) -> f64 {
    let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
    for _ in 0..10 {
        let (value, slope) = legendre(n, x);
        let step = value / slope;
        x -= step;
        if step.abs() < 1e-15 {
            break;
        }
    }
    x
}

/// The Legendre polynomial of degree `n` and its derivative, by Bonnet's recursion.
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut last) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        (before, last) = (last, ((2.0 * k - 1.0) * x * last - (k - 1.0) * before) / k);
    }
    (last, n as f64 * (x * last - before) / (x * x - 1.0))
}

/// The number N of the Gaussian grid whose `2 N` latitudes these are, in either direction; `None`
/// for other latitudes and parts of a Gaussian grid. They may be off by 1e-4 degrees and 1 % of
/// the spacing: files carry them in `float` or rounded to two decimals.
pub fn recognise_gaussian(latitudes: &[f64]) -> Option<usize> {
    const MOST_ROWS: usize = 16_384;
    let rows = latitudes.len();
    if rows < 4 || !rows.is_multiple_of(2) || rows > MOST_ROWS {
        return None;
    }
    let tolerance = 1e-4 + 0.01 * 180.0 / rows as f64;
    // The outermost row tells regular grids apart before all roots are computed: it lies where the
    // Bessel function J0 has its first zero, 2.4048.
    let outermost = 90.0 - (2.404_825_557_695_773 / (rows as f64 + 0.5)).to_degrees();
    let (low, high) = finite_range(latitudes);
    if (high - outermost).abs() > 2.0 * tolerance || (low + outermost).abs() > 2.0 * tolerance {
        return None;
    }
    let exact = gaussian_latitudes(rows);
    let southward = latitudes.first() > latitudes.last();
    let matches = |given: &f64, exact: &f64| (given - exact).abs() <= tolerance;
    let all = if southward {
        latitudes.iter().zip(&exact).all(|(a, b)| matches(a, b))
    } else {
        latitudes.iter().rev().zip(&exact).all(|(a, b)| matches(a, b))
    };
    all.then_some(rows / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_as_numpy_has_them() {
        // numpy.degrees(numpy.arcsin(numpy.polynomial.legendre.leggauss(6)[0]))[::-1]
        let numpy = [68.823_098_76, 41.392_172_82, 13.805_057_94, -13.805_057_94, -41.392_172_82, -68.823_098_76];
        for (got, expected) in gaussian_latitudes(6).iter().zip(numpy) {
            assert!((got - expected).abs() < 1e-8, "{got} {expected}");
        }
        // cdo griddes -topo,n80
        let cdo = [89.141_519_426_461_1, 88.029_428_867_951_5, 86.910_770_814_124, 85.790_628_883_636_5];
        for (got, expected) in gaussian_latitudes(160).iter().zip(cdo) {
            assert!((got - expected).abs() < 1e-12, "{got} {expected}");
        }
        assert_eq!(gaussian_latitudes(3)[1], 0.0);
    }

    #[test]
    fn grids_are_recognised_in_either_direction_and_in_single_precision() {
        let n32 = gaussian_latitudes(64);
        let single: Vec<f64> = n32.iter().map(|&x| f64::from(x as f32)).collect();
        let rounded: Vec<f64> = n32.iter().rev().map(|x| (x * 100.0).round() / 100.0).collect();
        assert_eq!([&n32, &single, &rounded].map(|x| recognise_gaussian(x)), [Some(32); 3]);
        assert_eq!(recognise_gaussian(&n32[1..63]), None, "a part");
    }

    #[test]
    fn regular_grids_are_not_gaussian() {
        let regular: Vec<f64> = (0..160).map(|i| 89.4375 - 1.125 * f64::from(i)).collect();
        let with_poles: Vec<f64> = (0..160).map(|i| 90.0 - 180.0 / 159.0 * f64::from(i)).collect();
        assert_eq!([recognise_gaussian(&regular), recognise_gaussian(&with_poles)], [None, None]);
        assert_eq!(recognise_gaussian(&[f64::NAN; 8]), None);
    }
}
