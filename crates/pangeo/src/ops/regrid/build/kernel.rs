//! Weights along one axis: between two centres, or four.

use crate::grid::{edge_tolerance, wrap_360};

/// Which centres along an axis count how much; at most four.
pub(super) type Kernel = Vec<(usize, f64)>;

/// How to go between centres.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    /// Straight, between two.
    Line,
    /// Cubic with the slopes of the neighbours, between four; at an end with the slope of the last two.
    Cubic,
}

/// Centres along one direction, in order, perhaps closed to a circle of 360 degrees.
#[derive(Debug)]
pub(super) struct Centres {
    /// Ascending, beginning with 0 where they go around.
    along: Vec<f64>,
    /// What was taken from each, and whether they descend.
    origin: f64,
    descending: bool,
    circle: bool,
    around: bool,
    tolerance: f64,
}

impl Centres {
    /// Rows at these latitudes in either order; `None` if they are in no order.
    pub(super) fn rows(latitudes: &[f64]) -> Option<Self> {
        Self::new(latitudes, edge_tolerance(latitudes), false)
    }

    /// Columns at these longitudes in either order, which may cross the seam of their convention; those that
    /// repeat the first ones should be left out. `around` tells that they close to a circle.
    pub(super) fn columns(longitudes: &[f64], around: bool) -> Option<Self> {
        let first = *longitudes.first()?;
        let eastward = longitudes.get(1).is_none_or(|second| wrap_360(second - first) <= 180.0);
        let along: Vec<f64> =
            longitudes.iter().map(|lon| if eastward { wrap_360(lon - first) } else { wrap_360(first - lon) }).collect();
        let centres = Self::new(&along, edge_tolerance(&along), around)?;
        Some(Self { origin: first, descending: !eastward, circle: true, ..centres })
    }

    fn new(values: &[f64], tolerance: f64, around: bool) -> Option<Self> {
        let (first, last) = (*values.first()?, *values.last()?);
        let descending = last < first;
        let along: Vec<f64> = values.iter().map(|v| if descending { first - v } else { v - first }).collect();
        let ordered = along.iter().zip(along.iter().skip(1)).all(|(a, b)| b > a);
        ordered.then_some(Self { along, origin: first, descending, circle: false, around, tolerance })
    }

    /// How far along the axis a value is from the first centre.
    fn way(&self, value: f64) -> f64 {
        let way = if self.descending { self.origin - value } else { value - self.origin };
        if !self.circle {
            return way;
        }
        let way = wrap_360(way);
        // A trifle before the first centre.
        if !self.around && way > 360.0 - self.tolerance { 0.0 } else { way }
    }

    /// The weights for `value`; `None` outside the centres. They sum to 1.
    pub(super) fn kernel(&self, value: f64, curve: Curve) -> Option<Kernel> {
        let (way, count) = (self.way(value), self.along.len());
        let last = *self.along.last()?;
        if count == 1 {
            let here = self.around || way.abs() <= self.tolerance;
            return here.then(|| vec![(0, 1.0)]);
        }
        if !way.is_finite() || !self.around && (way < -self.tolerance || way > last + self.tolerance) {
            return None;
        }
        let below = self.along.partition_point(|a| *a <= way).clamp(1, count) - 1;
        let low = *self.along.get(below)?;
        let high = match self.along.get(below + 1) {
            Some(high) => *high,
            None if self.around => 360.0,
            // On the last centre, or a trifle beyond.
            None => return Some(vec![(below, 1.0)]),
        };
        let share = ((way - low) / (high - low)).clamp(0.0, 1.0);
        let at = |step: isize| {
            let position = below.checked_add_signed(step);
            if self.around {
                Some((below + count).saturating_add_signed(step) % count)
            } else {
                position.filter(|p| *p < count)
            }
        };
        Some(weights([at(-1), at(0), at(1), at(2)], share, curve))
    }
}

/// The weights of four that follow one another for a place `share` of the way from the second to the third.
pub(super) fn weights(at: [Option<usize>; 4], share: f64, curve: Curve) -> Kernel {
    let four = match curve {
        Curve::Line => [0.0, 1.0 - share, share, 0.0],
        Curve::Cubic => cubic(share, at[0].is_some(), at[3].is_some()),
    };
    at.into_iter().zip(four).filter_map(|(at, weight)| at.map(|at| (at, weight))).filter(|(_, w)| *w != 0.0).collect()
}

/// Hermite's cubic between the second and the third of four, sloping as the neighbours do: half the difference of
/// those on both sides; the difference to the only one at an end.
fn cubic(t: f64, before: bool, behind: bool) -> [f64; 4] {
    let (value_low, value_high) = (1.0 - t * t * (3.0 - 2.0 * t), t * t * (3.0 - 2.0 * t));
    let (slope_low, slope_high) = (t * (1.0 - t) * (1.0 - t), -t * t * (1.0 - t));
    let mut four = [0.0, value_low, value_high, 0.0];
    if before {
        four[0] -= 0.5 * slope_low;
        four[2] += 0.5 * slope_low;
    } else {
        four[1] -= slope_low;
        four[2] += slope_low;
    }
    if behind {
        four[1] -= 0.5 * slope_high;
        four[3] += 0.5 * slope_high;
    } else {
        four[1] -= slope_high;
        four[2] += slope_high;
    }
    four
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(centres: &Centres, value: f64, curve: Curve, field: impl Fn(usize) -> f64) -> Option<f64> {
        Some(centres.kernel(value, curve)?.iter().map(|(i, w)| w * field(*i)).sum())
    }

    #[test]
    fn lines_are_exact_in_either_order() {
        for latitudes in [vec![-30.0, -10.0, 20.0, 60.0], vec![60.0, 20.0, -10.0, -30.0]] {
            let rows = Centres::rows(&latitudes).unwrap();
            for curve in [Curve::Line, Curve::Cubic] {
                for value in [-30.0, 20.0, 60.0] {
                    assert_eq!(at(&rows, value, curve, |i| latitudes[i]), Some(value));
                }
            }
            for value in [-29.5, 0.0, 59.0] {
                let got = at(&rows, value, Curve::Line, |i| latitudes[i]).unwrap();
                assert!((got - value).abs() < 1e-13, "{got} {value}");
            }
            assert_eq!(rows.kernel(61.0, Curve::Line), None);
            assert!(rows.kernel(60.000_001, Curve::Line).is_some(), "single precision");
        }
        assert!(Centres::rows(&[0.0, 1.0, 1.0]).is_none() && Centres::rows(&[]).is_none());
    }

    #[test]
    fn circles_close() {
        let columns = Centres::columns(&[10.0, 100.0, 190.0, 280.0], true).unwrap();
        assert_eq!(columns.kernel(-35.0, Curve::Line), Some(vec![(3, 0.5), (0, 0.5)]));
        assert_eq!(columns.kernel(370.0, Curve::Line), Some(vec![(0, 1.0)]));
        let indices: Vec<usize> = columns.kernel(30.0, Curve::Cubic).unwrap().iter().map(|(i, _)| *i).collect();
        assert_eq!(indices, [3, 0, 1, 2]);
        let west = Centres::columns(&[170.0, 80.0, -10.0, -100.0], true).unwrap();
        assert_eq!(west.kernel(215.0, Curve::Line), Some(vec![(3, 0.5), (0, 0.5)]));
    }

    #[test]
    fn parts_of_a_circle_end() {
        let columns = Centres::columns(&[350.0, 355.0, 0.0, 5.0], false).unwrap();
        assert_eq!(columns.kernel(-2.5, Curve::Line), Some(vec![(1, 0.5), (2, 0.5)]));
        assert_eq!([349.0, 6.0, 180.0].map(|x| columns.kernel(x, Curve::Line)), [None, None, None]);
        assert_eq!(columns.kernel(349.999_99, Curve::Line), Some(vec![(0, 1.0)]));
    }

    #[test]
    fn cubics_are_exact_for_parabolas_and_sum_to_one() {
        let rows = Centres::rows(&[0.0, 1.0, 2.0, 3.0, 4.0]).unwrap();
        for value in [1.25, 2.5, 2.75] {
            let got = at(&rows, value, Curve::Cubic, |i| (i * i) as f64).unwrap();
            assert!((got - value * value).abs() < 1e-14);
        }
        for value in [0.1, 0.9, 3.3, 4.0] {
            let total: f64 = rows.kernel(value, Curve::Cubic).unwrap().iter().map(|(_, w)| w).sum();
            assert!((total - 1.0).abs() < 1e-15);
            let line = at(&rows, value, Curve::Cubic, |i| 3.0 * i as f64 - 1.0).unwrap();
            assert!((line - (3.0 * value - 1.0)).abs() < 1e-14);
        }
    }
}
