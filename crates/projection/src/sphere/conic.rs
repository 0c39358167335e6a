//! Lambert's conformal conic projection (Snyder, chapter 15).

use super::RADIUS;

/// How far past the equator, away from its pole, a conic map goes in degrees: beyond it scale grows out of use.
pub(crate) const BEYOND_EQUATOR: f64 = 30.0;

/// A cone about the nearer pole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Conic {
    /// 1 about the north pole, -1 about the south pole (the northern map turned upside down).
    hemisphere: f64,
    /// The angle between two meridians on the plane for each between them on the globe.
    cone: f64,
    /// Radii of the parallels are `scale` × tan(half the colatitude)^`cone`, in metres.
    scale: f64,
    /// Radius of the parallel through the origin in metres.
    origin: f64,
    /// The two parallels of true scale in degrees.
    #[cfg(test)]
    parallels: (f64, f64),
}

impl Conic {
    /// A cone with two parallels of true scale whose plane has its origin at the latitude `origin`; all in degrees,
    /// all in one hemisphere or at least not balanced about the equator (`None`: that would be a cylinder, or a plane).
    pub(crate) fn new(origin: f64, first: f64, second: f64) -> Option<Self> {
        let hemisphere = if first + second < 0.0 { -1.0 } else { 1.0 };
        let (low, high) = (hemisphere * first.min(second), hemisphere * first.max(second));
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        if !(low + high > 1e-3 && low > -90.0 && high < 90.0 && (origin * hemisphere) > -90.0 && origin.abs() <= 90.0) {
            return None;
        }
        let cone = if high - low < 1e-9 {
            low.to_radians().sin()
        } else {
            (low.to_radians().cos() / high.to_radians().cos()).ln()
                / (half_colatitude(low) / half_colatitude(high)).ln()
        };
        let scale = RADIUS * low.to_radians().cos() / (cone * half_colatitude(low).powf(cone));
        if !(cone > 0.0 && scale.is_finite()) {
            return None;
        }
        let origin = scale * half_colatitude(origin * hemisphere).powf(cone);
        Some(Self {
            hemisphere,
            cone,
            scale,
            origin,
            #[cfg(test)]
            parallels: (first, second),
        })
    }

    /// The parallels of true scale in degrees.
    #[cfg(test)]
    pub(crate) fn parallels(&self) -> (f64, f64) {
        self.parallels
    }

    /// The latitude in degrees where the map ends, and the pole it is about.
    pub(crate) fn latitudes(&self) -> (f64, f64) {
        (-BEYOND_EQUATOR * self.hemisphere, 90.0 * self.hemisphere)
    }

    /// x and y in metres of a longitude from the centre (-180 to 180) and a latitude in degrees.
    pub(super) fn forward(&self, east: f64, lat: f64) -> Option<(f64, f64)> {
        let lat = lat * self.hemisphere;
        if lat < -BEYOND_EQUATOR {
            return None;
        }
        let radius = self.scale * half_colatitude(lat).powf(self.cone);
        let (sin, cos) = (self.cone * east.to_radians()).sin_cos();
        Some((radius * sin, self.hemisphere * (self.origin - radius * cos)))
    }

    /// The longitude from the centre and the latitude in degrees.
    pub(super) fn inverse(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let down = self.origin - y * self.hemisphere;
        let radius = x.hypot(down);
        let lat = 90.0 - 2.0 * (radius / self.scale).powf(1.0 / self.cone).atan().to_degrees();
        let east = x.atan2(down).to_degrees() / self.cone;
        // What rounding leaves of a place on the very edge.
        let inside = lat >= -BEYOND_EQUATOR - 1e-11 && (east.abs() <= 180.0 + 1e-10 || radius < 1e-6);
        inside.then(|| (east.clamp(-180.0, 180.0), self.hemisphere * lat.max(-BEYOND_EQUATOR)))
    }
}

/// The tangent of half the distance from the north pole.
fn half_colatitude(lat: f64) -> f64 {
    ((90.0 - lat) / 2.0).to_radians().tan()
}
