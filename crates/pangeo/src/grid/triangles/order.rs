//! An order in which points follow those near to them.

use crate::grid::space::Vector;

/// Binary digits along each side of a face of the cube.
const DIGITS: u32 = 20;

/// Where a direction comes on a curve (Hilbert 1891, doi:10.1007/BF01199431) over each face of a cube around the
/// sphere in turn.
pub(super) fn along(point: Vector) -> u64 {
    let [x, y, z] = point.map(f64::abs);
    let (face, depth, across, up) = if x >= y && x >= z {
        (u64::from(point[0] < 0.0), x, point[1], point[2])
    } else if y >= z {
        (2 + u64::from(point[1] < 0.0), y, point[2], point[0])
    } else {
        (4 + u64::from(point[2] < 0.0), z, point[0], point[1])
    };
    let cell =
        |v: f64| ((0.5 + 0.5 * v / depth) * f64::from(1u32 << DIGITS)).min(f64::from((1u32 << DIGITS) - 1)) as u32;
    (face << (2 * DIGITS)) | hilbert(cell(across), cell(up))
}

fn hilbert(mut x: u32, mut y: u32) -> u64 {
    let mut way = 0;
    for digit in (0..DIGITS).rev() {
        let (right, up) = ((x >> digit) & 1, (y >> digit) & 1);
        way = (way << 2) | u64::from((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    way
}

/// The cells with a place, in the order in which a triangulation takes them up: a few spread over all of them
/// first, then twice as many and so on, each time along the curve (Amenta, Choi, Rote 2003,
/// doi:10.1145/777792.777824). Which come when is settled by their numbers alone.
pub(super) fn rounds(points: &[Vector]) -> Vec<u32> {
    let known = points.iter().enumerate().filter(|(_, p)| p.iter().all(|v| v.is_finite()));
    let mut keyed: Vec<(u64, u32)> = known
        .map(|(cell, point)| {
            let round = 31 - scattered(cell as u32).trailing_zeros().min(31);
            ((u64::from(round) << (2 * DIGITS + 3)) | along(*point), cell as u32)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, cell)| cell).collect()
}

/// A number without the order of `n` (the last step of `MurmurHash3`, which is in the public domain).
fn scattered(n: u32) -> u32 {
    let n = (n ^ (n >> 16)).wrapping_mul(0x85eb_ca6b);
    let n = (n ^ (n >> 13)).wrapping_mul(0xc2b2_ae35);
    n ^ (n >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_follow_each_other_on_the_curve_touch() {
        // The 64 × 64 cells of the coarsest six digits of a face.
        let shift = DIGITS - 6;
        let mut cells: Vec<(u64, i32, i32)> = (0..64u32)
            .flat_map(|x| (0..64u32).map(move |y| (hilbert(x << shift, y << shift) >> (2 * shift), x as i32, y as i32)))
            .collect();
        cells.sort_unstable();
        for (i, pair) in cells.windows(2).enumerate() {
            let [(way, x0, y0), (_, x1, y1)] = pair else { unreachable!() };
            assert_eq!((*way, (x0 - x1).abs() + (y0 - y1).abs()), (i as u64, 1));
        }
    }

    #[test]
    fn every_place_comes_once() {
        let points: Vec<Vector> = (0..1000).map(|i| [f64::from(i).sin(), f64::from(i).cos(), 0.5]).collect();
        let mut order = rounds(&points);
        order.sort_unstable();
        assert!(order.iter().copied().eq(0..1000));
        assert_eq!(rounds(&[[f64::NAN; 3], [0.0, 0.0, 1.0]]), [1]);
    }
}
