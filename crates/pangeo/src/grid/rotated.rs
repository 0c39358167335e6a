//! Latitude-longitude grids about another pole (CF appendix F, `rotated_latitude_longitude`).

use super::longitude::wrap_180;
use crate::model::Attributes;

/// Where the pole of a rotated grid is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RotatedPole {
    /// True latitude of the grid's north pole, degrees.
    pub latitude: f64,
    /// True longitude of the grid's north pole, degrees.
    pub longitude: f64,
    /// Longitude of the true north pole in the rotated grid, degrees; usually 0.
    pub north_pole_longitude: f64,
}

impl RotatedPole {
    /// From the attributes of a grid mapping; `None` if it is another one or its pole is not given.
    pub fn of(attributes: &Attributes) -> Option<Self> {
        if attributes.text("grid_mapping_name")?.trim() != "rotated_latitude_longitude" {
            return None;
        }
        let number = |name| attributes.number(name).filter(|x: &f64| x.is_finite());
        Some(Self {
            latitude: number("grid_north_pole_latitude")?,
            longitude: number("grid_north_pole_longitude")?,
            north_pole_longitude: number("north_pole_grid_longitude").unwrap_or(0.0),
        })
    }

    /// True longitude (in [−180, 180)) and latitude of a place given in the rotated grid, degrees.
    pub fn unrotate(&self, longitude: f64, latitude: f64) -> (f64, f64) {
        let (sin_pole, cos_pole) = self.latitude.to_radians().sin_cos();
        let (sin_lat, cos_lat) = latitude.to_radians().sin_cos();
        let (sin_lon, cos_lon) = (longitude - self.north_pole_longitude).to_radians().sin_cos();
        let sine = sin_lat * sin_pole + cos_lat * cos_pole * cos_lon;
        let angle = (cos_lat * sin_lon).atan2(cos_pole * sin_lat - sin_pole * cos_lat * cos_lon);
        (wrap_180(self.longitude - angle.to_degrees()), sine.clamp(-1.0, 1.0).asin().to_degrees())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: (f64, f64), expected: (f64, f64), tolerance: f64) {
        let apart = (got.0 - expected.0).abs().max((got.1 - expected.1).abs());
        assert!(apart < tolerance, "{got:?} {expected:?}");
    }

    /// `iris.analysis.cartography.unrotate_pole` for the pole of EURO-CORDEX.
    #[test]
    fn the_pole_of_cordex() {
        let pole = RotatedPole { latitude: 39.25, longitude: -162.0, north_pole_longitude: 0.0 };
        close(pole.unrotate(0.0, 0.0), (18.0, 50.75), 1e-12);
        close(pole.unrotate(10.0, 20.0), (44.970_549_018_927_045, 68.912_771_745_934_92), 1e-12);
        close(pole.unrotate(-20.0, -15.0), (-5.095_065_294_264_98, 32.625_072_791_683_216), 1e-12);
        close(pole.unrotate(5.5, -23.25), (23.686_779_153_013_35, 27.288_615_809_264_68), 1e-12);
    }

    /// `cartopy.crs.RotatedGeodetic(-162, 39.25, central_rotated_longitude=30)`, which is PROJ's
    /// `ob_tran` on WGS 84 with spherical formulas.
    #[test]
    fn a_turned_grid() {
        let pole = RotatedPole { latitude: 39.25, longitude: -162.0, north_pole_longitude: 30.0 };
        close(pole.unrotate(0.0, 0.0), (-24.380_780_14, 42.116_765_51), 1e-7);
        close(pole.unrotate(10.0, 20.0), (-29.564_817_26, 64.184_879_32), 1e-7);
        close(pole.unrotate(-20.0, -15.0), (-33.278_335_84, 18.484_778_37), 1e-7);
    }
}
