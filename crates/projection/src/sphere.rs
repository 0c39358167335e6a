//! The projections in closed form, on the sphere of [`RADIUS`].
//!
//! A pixel map asks for the inverse of every pixel, so these are plain arithmetic without any library call.
//! Formulas: J. P. Snyder (1987), *Map Projections: A Working Manual*, USGS Professional Paper 1395, where no
//! other source is named.

mod azimuthal;
mod banded;
mod conic;
mod robinson;

pub(crate) use azimuthal::{Azimuthal, Perspective};
pub(crate) use banded::Banded;
pub(crate) use conic::Conic;

/// Radius of the sphere in metres: the sphere with the surface of the WGS 84 and GRS 80 ellipsoids (authalic radius).
pub const RADIUS: f64 = 6_371_007.181;

/// How a projection lays the sphere out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Layout {
    /// Parallels are straight and meridians evenly spaced along each.
    Banded(Banded),
    /// Parallels are arcs about a pole.
    Conic(Conic),
    /// A view of the globe about a centre.
    Azimuthal(Azimuthal),
}

/// A projection of the sphere about a meridian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sphere {
    pub(crate) layout: Layout,
    /// Longitude of the centre in degrees, -180 to 180.
    pub(crate) centre: f64,
}

impl Sphere {
    /// Whether the map is cut along the meridian opposite the centre.
    pub(crate) fn has_seam(&self) -> bool {
        !matches!(self.layout, Layout::Azimuthal(_))
    }

    /// x and y in metres; `None` where the map has no such place.
    pub(crate) fn forward(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        self.forward_relative(wrapped(lon - self.centre), lat)
    }

    /// As [`Self::forward`] with the longitude counted from the centre, -180 (the left edge) to 180 (the right one).
    pub(crate) fn forward_relative(&self, east: f64, lat: f64) -> Option<(f64, f64)> {
        // Latitudes computed in single precision may miss the pole by a hair.
        if !east.is_finite() || lat.is_nan() || lat.abs() > 90.0 + 1e-6 {
            return None;
        }
        let lat = lat.clamp(-90.0, 90.0);
        match &self.layout {
            Layout::Banded(it) => it.forward(east, lat),
            Layout::Conic(it) => it.forward(east, lat),
            Layout::Azimuthal(it) => it.forward(east, lat),
        }
    }

    /// Longitude (within 180° of the centre) and latitude in degrees; `None` outside the map.
    pub(crate) fn inverse(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        if !(x.is_finite() && y.is_finite()) {
            return None;
        }
        let (east, lat) = match &self.layout {
            Layout::Banded(it) => it.inverse(x, y),
            Layout::Conic(it) => it.inverse(x, y),
            Layout::Azimuthal(it) => it.inverse(x, y),
        }?;
        Some((self.centre + east, lat))
    }

    /// [`Self::inverse`] of many points in place, NaN where there is none; points of one row are quicker in a row.
    pub(crate) fn inverse_all(&self, points: &mut [(f64, f64)]) {
        let Layout::Banded(bands) = &self.layout else {
            for point in points {
                *point = self.inverse(point.0, point.1).unwrap_or((f64::NAN, f64::NAN));
            }
            return;
        };
        let mut last = (f64::NAN, None);
        for point in points {
            if point.1.to_bits() != last.0.to_bits() {
                last = (point.1, bands.row(point.1));
            }
            let place = last.1.and_then(|row| row.place(point.0));
            *point = place.map_or((f64::NAN, f64::NAN), |(east, lat)| (self.centre + east, lat));
        }
    }
}

/// A difference of longitudes brought into -180 to 180; both ends stay as they are, for they are different edges of a map.
pub(crate) fn wrapped(degrees: f64) -> f64 {
    if degrees.abs() <= 180.0 {
        degrees
    } else {
        // `%` is exact, so a whole turn more or less changes nothing but the last bit of the argument.
        let turned = degrees % 360.0;
        if turned.abs() <= 180.0 { turned } else { turned - 360.0_f64.copysign(turned) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longitudes_wrap_and_edges_stay() {
        for (degrees, expected) in [
            (180.0, 180.0),
            (-180.0, -180.0),
            (190.0, -170.0),
            (-190.0, 170.0),
            (360.0, 0.0),
            (540.0, 180.0),
            (-540.0, -180.0),
            (725.0, 5.0),
        ] {
            assert_eq!(wrapped(degrees), expected, "{degrees}");
        }
        assert!(wrapped(f64::INFINITY).is_nan());
    }
}
