//! Functions that lose their digits for small arguments if written plainly.

/// `atan2(y, x)`; by its series near 0, where most cells are.
pub(super) fn arctangent(y: f64, x: f64) -> f64 {
    let t = y / x;
    if x > 0.0 && t.abs() < 0.02 {
        let q = t * t;
        t * (1.0 - q * (1.0 / 3.0 - q * (1.0 / 5.0 - q * (1.0 / 7.0 - q * (1.0 / 9.0 - q / 11.0)))))
    } else {
        y.atan2(x)
    }
}

/// The area between a parallel of this `sine` of latitude and the great circle through two of its
/// points, positive going east on the northern hemisphere: `2 atan(s u) − 2 s atan(u)`, `u` being the
/// tangent of half their difference of longitude.
pub(super) fn lens(u: f64, sine: f64) -> f64 {
    let (q, s2) = (u * u, sine * sine);
    if q > 2.5e-3 {
        return 2.0 * ((sine * u).atan() - sine * u.atan());
    }
    let c2 = 1.0 + s2;
    let c3 = 1.0 + s2 * c2;
    let c4 = 1.0 + s2 * c3;
    let c5 = 1.0 + s2 * c4;
    let sum = 1.0 / 3.0 - q * (c2 / 5.0 - q * (c3 / 7.0 - q * (c4 / 9.0 - q * c5 / 11.0)));
    2.0 * sine * (1.0 - s2) * u * q * sum
}

/// `Δλ − sin Δλ`, twice the segment between an arc of the unit circle and its chord, from the tangent
/// `u` of half of Δλ.
pub(super) fn segment(u: f64) -> f64 {
    let q = u * u;
    if q > 2.5e-3 {
        return 2.0 * (u.atan() - u / (1.0 + q));
    }
    2.0 * u * q * (2.0 / 3.0 - q * (4.0 / 5.0 - q * (6.0 / 7.0 - q * (8.0 / 9.0 - q * 10.0 / 11.0))))
}

/// `θ / sin θ − 1` from `q = sin²(θ/2)`, a quarter of the squared chord.
pub(super) fn arc_excess(q: f64) -> f64 {
    if q > 5e-3 {
        let x = q.min(1.0).sqrt();
        let cosine = (1.0 - q).max(0.0).sqrt();
        return if cosine > 0.0 { x.asin() / (x * cosine) - 1.0 } else { 0.0 };
    }
    q * (2.0 / 3.0 + q * (8.0 / 15.0 + q * (16.0 / 35.0 + q * (128.0 / 315.0 + q * 256.0 / 693.0))))
}
