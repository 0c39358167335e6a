//! Vectors in space.

/// A point, or a direction.
pub(in crate::grid) type Vector = [f64; 3];

/// The point of a number; one that is nowhere (NaN), on no side of anything, for numbers beyond the last.
pub(in crate::grid) fn at(points: &[Vector], point: u32) -> Vector {
    points.get(point as usize).copied().unwrap_or([f64::NAN; 3])
}

pub(in crate::grid) fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(in crate::grid) fn minus(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(in crate::grid) fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// The square of the straight line between two points.
pub(in crate::grid) fn apart(a: Vector, b: Vector) -> f64 {
    let d = minus(a, b);
    dot(d, d)
}

/// How far `c` is left of the great circle from `a` to `b`, times the distance of these: the determinant of the
/// three, of differences that keep its digits where they are near to each other.
pub(in crate::grid) fn left(a: Vector, b: Vector, c: Vector) -> f64 {
    dot(c, cross(minus(a, c), minus(b, c)))
}
