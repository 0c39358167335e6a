//! Areas beside straight lines.

/// ∫ x d(sin φ) along the straight line from (`x1`, `y1`) to (`x2`, `y2`): the area between it and the
/// meridian x = 0, in the units of x. Latitudes in degrees.
///
/// With m the middle latitude and h half of their difference it is
/// `2 x̄ cos m sin h − Δx sin m (sin h − h cos h) / h`, of which nothing is lost for lines along a
/// parallel (h → 0).
pub(super) fn beside(x1: f64, x2: f64, y1: f64, y2: f64) -> f64 {
    let (sin_m, cos_m) = (0.5 * (y1 + y2)).to_radians().sin_cos();
    let h = (0.5 * (y2 - y1)).to_radians();
    let (sin_h, cos_h) = h.sin_cos();
    let square = h * h;
    let slant = if h.abs() < 0.02 {
        square / 3.0 * (1.0 - square / 10.0 * (1.0 - square / 28.0))
    } else {
        (sin_h - h * cos_h) / h
    };
    (x1 + x2) * cos_m * sin_h - (x2 - x1) * sin_m * slant
}

/// d(sin φ) between two latitudes in degrees.
pub(super) fn rise(y1: f64, y2: f64) -> f64 {
    2.0 * (0.5 * (y1 + y2)).to_radians().cos() * (0.5 * (y2 - y1)).to_radians().sin()
}
