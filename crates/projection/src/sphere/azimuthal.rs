//! Views of the globe about a centre: orthographic, stereographic and Lambert's equal-area projection
//! (Snyder, chapters 20, 21 and 24).

use super::RADIUS;

/// How the distance from the centre is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Perspective {
    /// As seen from very far away.
    Orthographic,
    /// Conformal.
    Stereographic,
    /// True areas.
    EqualArea,
}

/// A projection about a centre that lies on the meridian 0 of its longitudes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Azimuthal {
    perspective: Perspective,
    /// Sine and cosine of the latitude of the centre.
    centre: (f64, f64),
    /// Cosine of the angle from the centre where the map ends.
    end: f64,
}

impl Azimuthal {
    /// About a latitude in degrees; the poles exactly.
    pub(crate) fn new(perspective: Perspective, latitude: f64) -> Self {
        let centre =
            if latitude.abs() >= 90.0 { (1.0_f64.copysign(latitude), 0.0) } else { latitude.to_radians().sin_cos() };
        let end = match perspective {
            Perspective::Orthographic => 0.0,
            // 150°, where scale is 15 times that of the centre.
            Perspective::Stereographic => -0.866_025_403_784_438_6,
            Perspective::EqualArea => -1.0,
        };
        Self { perspective, centre, end }
    }

    /// The radius in metres of the circle that the map fills by default: all of it, or 60° from the centre where
    /// the map would grow too large (stereographic).
    pub(crate) fn shown(&self) -> f64 {
        match self.perspective {
            Perspective::Orthographic => RADIUS,
            Perspective::Stereographic => 2.0 * RADIUS * 30.0_f64.to_radians().tan(),
            Perspective::EqualArea => 2.0 * RADIUS,
        }
    }

    /// x and y in metres of a longitude from the centre and a latitude in degrees.
    pub(super) fn forward(&self, east: f64, lat: f64) -> Option<(f64, f64)> {
        let (sin, cos) = lat.to_radians().sin_cos();
        let (sin_east, cos_east) = east.to_radians().sin_cos();
        let (sin_centre, cos_centre) = self.centre;
        let ahead = sin_centre * sin + cos_centre * cos * cos_east;
        let (right, up) = (cos * sin_east, cos_centre * sin - sin_centre * cos * cos_east);
        // 1 + ahead, on the far side without cancellation.
        let near = if ahead < 0.0 { (right * right + up * up) / (1.0 - ahead) } else { 1.0 + ahead };
        // The antipode of an equal-area map is its whole rim: no place of its own.
        if ahead < self.end || near < 1e-24 {
            return None;
        }
        let scale = RADIUS
            * match self.perspective {
                Perspective::Orthographic => 1.0,
                Perspective::Stereographic => 2.0 / near,
                Perspective::EqualArea => (2.0 / near).sqrt(),
            };
        Some((scale * right, scale * up))
    }

    /// The longitude from the centre and the latitude in degrees.
    pub(super) fn inverse(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let (x, y) = (x / RADIUS, y / RADIUS);
        let square = x * x + y * y;
        // Cosine of the angle from the centre, and its sine over the distance on the plane.
        let (ahead, share) = match self.perspective {
            Perspective::Orthographic => ((1.0 - square).max(0.0).sqrt(), 1.0),
            Perspective::Stereographic => ((4.0 - square) / (4.0 + square), 4.0 / (4.0 + square)),
            Perspective::EqualArea => (1.0 - square / 2.0, (1.0 - square / 4.0).max(0.0).sqrt()),
        };
        // A hair of slack for places on the very edge.
        let inside = match self.perspective {
            Perspective::Orthographic => square <= 1.0 + 1e-12,
            Perspective::Stereographic => ahead >= self.end - 1e-12,
            Perspective::EqualArea => square <= 4.0 + 1e-12,
        };
        if !inside {
            return None;
        }
        let (sin_centre, cos_centre) = self.centre;
        let toward = ahead * cos_centre - share * y * sin_centre;
        let up = ahead * sin_centre + share * y * cos_centre;
        let east = share * x;
        Some((east.atan2(toward).to_degrees(), up.atan2(east.hypot(toward)).to_degrees()))
    }
}
