//! Areas on the unit sphere.

use crate::grid::kd_tree::unit_vector;
use crate::grid::space::{cross, dot, minus};

/// The area between two parallels per radian of longitude: the difference of their sines.
pub(in crate::grid) fn zone(a: f64, b: f64) -> f64 {
    let (a, b) = (a.to_radians(), b.to_radians());
    // As a product, which keeps its digits for thin rows.
    (2.0 * (0.5 * (a + b)).cos() * (0.5 * (a - b)).sin()).abs()
}

/// The area in steradians of the spherical polygon with these corners, (longitude, latitude) in
/// degrees in order around it in either direction, joined by great circles. Polygons smaller than a
/// hemisphere, convex or not. NaN without a corner, 0 for one or two.
///
/// A fan of triangles by the formula of van Oosterom and Strackee (1983), whose determinant is taken
/// of the sides and so keeps its digits for cells of metres.
///
/// ```
/// let octant = [(0.0, 0.0), (90.0, 0.0), (0.0, 90.0)];
/// let area = pangeo::grid::polygon_area(&octant);
/// assert!((area - std::f64::consts::FRAC_PI_2).abs() < 1e-15);
/// ```
pub fn polygon_area(corners: &[(f64, f64)]) -> f64 {
    if corners.is_empty() {
        return f64::NAN;
    }
    let mut points = corners.iter().map(|(x, y)| unit_vector(*x, *y));
    let (Some(first), Some(mut before)) = (points.next(), points.next()) else { return 0.0 };
    let mut sum = 0.0;
    for point in points {
        sum += triangle(first, before, point);
        before = point;
    }
    sum.abs()
}

/// The signed area of a triangle, positive if its corners run counter-clockwise.
fn triangle(a: [f64; 3], b: [f64; 3], c: [f64; 3]) -> f64 {
    let (u, v) = (minus(b, a), minus(c, a));
    2.0 * dot(a, cross(u, v)).atan2(1.0 + dot(a, b) + dot(b, c) + dot(c, a))
}
