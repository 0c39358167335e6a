//! Robinson's projection: his table of 5° steps, interpolated.
//!
//! The paper leaves the interpolation open. PROJ and all that is built on it (cartopy, QGIS) take the cubic spline
//! through the 37 values from pole to pole whose outermost pieces are one polynomial each (“not a knot”), with
//! coefficients rounded to six digits; the same spline without the rounding stays within 2.5 m of theirs and has
//! an exact inverse.

use std::f64::consts::PI;

/// Length of the parallel relative to the equator, every 5° from 0° to 90° (A. H. Robinson 1974).
const LENGTHS: [f64; 19] = [
    1.0, 0.9986, 0.9954, 0.99, 0.9822, 0.973, 0.96, 0.9427, 0.9216, 0.8962, 0.8679, 0.835, 0.7986, 0.7597, 0.7186,
    0.6732, 0.6213, 0.5722, 0.5322,
];
/// Distance of the parallel from the equator relative to the pole's.
const HEIGHTS: [f64; 19] = [
    0.0, 0.062, 0.124, 0.186, 0.248, 0.31, 0.372, 0.434, 0.4958, 0.5571, 0.6176, 0.6769, 0.7346, 0.7903, 0.8435,
    0.8936, 0.9394, 0.9761, 1.0,
];
/// Half the length of the equator and the height of the pole in radii.
const SCALES: (f64, f64) = (0.8487 * PI, 1.3523);

/// Cubics in degrees above each multiple of 5°, lowest power first.
type Cubics = [[f64; 4]; 18];

const LENGTH_CUBICS: Cubics = spline(&LENGTHS, 1.0);
const HEIGHT_CUBICS: Cubics = spline(&HEIGHTS, -1.0);

/// Half the width of the map at a latitude in degrees and its height over the equator, in radii.
pub(super) fn band(lat: f64) -> (f64, f64) {
    let north = lat.abs().min(90.0);
    let step = ((north / 5.0) as usize).min(17);
    let above = north - 5.0 * step as f64;
    let (length, _) = value(LENGTH_CUBICS[step], above);
    let (height, _) = value(HEIGHT_CUBICS[step], above);
    (length * SCALES.0, (height * SCALES.1).copysign(lat))
}

/// The latitude in degrees, 0 to 90, of a height in radii.
pub(super) fn latitude(height: f64) -> f64 {
    let share = (height / SCALES.1).clamp(0.0, 1.0);
    let step = HEIGHTS.partition_point(|&knot| knot <= share).clamp(1, 18) - 1;
    let (low, high) = (HEIGHTS[step], HEIGHTS[step + 1]);
    let mut above = 5.0 * (share - low) / (high - low);
    for _ in 0..12 {
        let (y, slope) = value(HEIGHT_CUBICS[step], above);
        let change = (y - share) / slope;
        above -= change;
        if change.abs() < 1e-13 {
            break;
        }
    }
    (5.0 * step as f64 + above).clamp(0.0, 90.0)
}

/// A cubic and its derivative.
fn value([a, b, c, d]: [f64; 4], t: f64) -> (f64, f64) {
    (a + t * (b + t * (c + t * d)), b + t * (2.0 * c + t * 3.0 * d))
}

/// The spline through a table that goes on below the equator as it is (`mirror` 1) or negated (-1).
///
/// In second differences m (second derivative times 5² / 6) every inner knot asks for
/// `m[i-1] + 4 m[i] + m[i+1] = y[i-1] - 2 y[i] + y[i+1]`; the missing knots make the outermost three linear, so that
/// the last inner one is known: `6 m[17]` = its right-hand side. The equator's neighbour is its mirror image.
const fn spline(table: &[f64; 19], mirror: f64) -> Cubics {
    let mut second = [0.0; 19];
    let mut weight = [0.0; 19];
    // Knot 0: its lower neighbour is `mirror` times the upper one, so (mirror + 1) m[1] + 4 m[0] = …
    weight[0] = (mirror + 1.0) / 4.0;
    second[0] = (mirror * table[1] - 2.0 * table[0] + table[1]) / 4.0;
    let mut i = 1;
    while i < 17 {
        let pivot = 4.0 - weight[i - 1];
        weight[i] = 1.0 / pivot;
        second[i] = (table[i - 1] - 2.0 * table[i] + table[i + 1] - second[i - 1]) / pivot;
        i += 1;
    }
    second[17] = (table[16] - 2.0 * table[17] + table[18]) / 6.0;
    while i > 0 {
        i -= 1;
        second[i] -= weight[i] * second[i + 1];
    }
    second[18] = 2.0 * second[17] - second[16];
    let mut cubics = [[0.0; 4]; 18];
    let mut i = 0;
    while i < 18 {
        let (here, next) = (second[i], second[i + 1]);
        cubics[i] =
            [table[i], (table[i + 1] - table[i] - 2.0 * here - next) / 5.0, 3.0 * here / 25.0, (next - here) / 125.0];
        i += 1;
    }
    cubics
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.interpolate.CubicSpline(arange(-90, 95, 5), table, bc_type='not-a-knot')` at latitudes between the knots.
    #[test]
    fn splines_are_those_of_scipy() {
        for (lat, length, height) in SCIPY {
            let (x, y) = band(lat);
            assert!((x / SCALES.0 - length).abs() < 1e-13, "{lat}: {}", x / SCALES.0);
            assert!((y / SCALES.1 - height).abs() < 1e-13, "{lat}: {}", y / SCALES.1);
        }
    }

    const SCIPY: [(f64, f64, f64); 6] = [
        (1.25, 0.999_894_275_586_306_8, 0.015_500_002_476_419_356),
        (12.5, 0.993_026_629_706_214_6, 0.155_000_043_584_980_68),
        (43.21, 0.905_667_025_538_309_6, 0.535_229_652_874_761_5),
        (77.7, 0.645_495_361_419_466_3, 0.919_142_081_485_290_5),
        (83.3, 0.588_107_542_074_110_9, 0.964_899_896_170_398_7),
        (88.8, 0.540_719_660_788_306_6, 0.995_600_322_964_701_5),
    ];
}
