//! Cylindrical and pseudocylindrical projections: a latitude has one height on the plane and one half width, and
//! meridians divide the width evenly.

use super::{RADIUS, robinson};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_3, PI, SQRT_2};

/// A projection with straight parallels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Banded {
    /// Equirectangular: degrees as they are (Snyder, chapter 12).
    PlateCarree,
    /// Conformal cylinder (chapter 7).
    Mercator,
    /// Compromise by table (A. H. Robinson 1974).
    Robinson,
    /// Equal-area ellipse (chapter 31).
    Mollweide,
    /// Equal-area (B. Šavrič, T. Patterson, B. Jenny 2019, doi:10.1080/13658816.2018.1504949).
    EqualEarth,
    /// Equal-area, true along parallels (chapter 30).
    Sinusoidal,
}

/// A parallel on the map.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// Its latitude in degrees.
    lat: f64,
    /// Half its length in radii.
    half_width: f64,
    /// Half its length where rounding may have come from: the widest within a micrometre of its height.
    reach: f64,
}

/// A micrometre in the plane, in radii: what rounding leaves of a place on the very edge.
const SLACK: f64 = 1e-6 / RADIUS;

impl Row {
    /// The longitude from the centre and the latitude in degrees at x metres.
    pub(super) fn place(&self, x: f64) -> Option<(f64, f64)> {
        let x = x / RADIUS;
        if x.is_nan() || x.abs() > self.reach + SLACK {
            return None;
        }
        let share = if self.half_width > SLACK { x / self.half_width } else { 0.0 };
        Some((share.clamp(-1.0, 1.0) * 180.0, self.lat))
    }
}

/// Mercator's y grows without end; from this latitude on (a hand's breadth from the pole) there is no map.
const MERCATOR_LIMIT: f64 = 89.999_999;

impl Banded {
    /// x and y in metres of a longitude from the centre (-180 to 180) and a latitude in degrees.
    pub(super) fn forward(self, east: f64, lat: f64) -> Option<(f64, f64)> {
        if self == Self::Mercator && lat.abs() > MERCATOR_LIMIT {
            return None;
        }
        let (half_width, height) = self.band(lat);
        Some((east / 180.0 * half_width * RADIUS, height * RADIUS))
    }

    /// The longitude from the centre and the latitude in degrees.
    pub(super) fn inverse(self, x: f64, y: f64) -> Option<(f64, f64)> {
        self.row(y)?.place(x)
    }

    /// What all points of one height have in common: pixels come in rows.
    pub(super) fn row(self, y: f64) -> Option<Row> {
        let height = y.abs() / RADIUS;
        let (north, half_width) = self.latitude(height)?;
        // Only the ellipse is so blunt at the pole that the last digit of its height is metres of its width.
        let reach = if self == Self::Mollweide { ellipse_half_width(height - SLACK) } else { half_width };
        Some(Row { lat: north.copysign(y), half_width, reach })
    }

    /// Half the width of the map at a latitude in degrees and its height over the equator, in radii.
    fn band(self, lat: f64) -> (f64, f64) {
        let phi = lat.to_radians();
        match self {
            Self::PlateCarree => (PI, phi),
            Self::Mercator => (PI, phi.tan().asinh()),
            Self::Robinson => robinson::band(lat),
            Self::Mollweide => {
                let from_pole = mollweide_from_pole(lat.abs());
                (2.0 * SQRT_2 * from_pole.sin(), (SQRT_2 * from_pole.cos()).copysign(lat))
            }
            Self::EqualEarth => {
                let theta = (EQUAL_EARTH_M * phi.sin()).asin();
                let (height, slope) = equal_earth(theta);
                (PI * theta.cos() / (EQUAL_EARTH_M * slope), height)
            }
            // cos(90°) is not quite 0 in floating point; the pole is a point.
            Self::Sinusoidal => (PI * (90.0 - lat.abs()).to_radians().sin(), phi),
        }
    }

    /// The latitude in degrees of a height in radii, both northern, and half the width of the map there in radii;
    /// `None` above the map.
    fn latitude(self, height: f64) -> Option<(f64, f64)> {
        let top = match self {
            Self::PlateCarree | Self::Sinusoidal => FRAC_PI_2,
            Self::Mollweide => SQRT_2,
            Self::Mercator => self.band(MERCATOR_LIMIT).1,
            Self::Robinson | Self::EqualEarth => self.band(90.0).1,
        };
        if height.is_nan() || height > top + SLACK {
            return None;
        }
        let height = height.min(top);
        let lat = match self {
            Self::PlateCarree | Self::Sinusoidal => height.to_degrees().min(90.0),
            Self::Mercator => height.sinh().atan().to_degrees(),
            Self::Robinson => robinson::latitude(height),
            Self::Mollweide => {
                // From the pole, where the sine is flat and an arc sine would lose half the digits.
                let from_pole = 2.0 * ((1.0 - height / SQRT_2).max(0.0) / 2.0).sqrt().asin();
                let area = less_sine(2.0 * from_pole) / (2.0 * PI);
                let lat = 90.0 - (2.0 * area.sqrt().min(1.0).asin()).to_degrees();
                return Some((lat, 2.0 * SQRT_2 * from_pole.sin()));
            }
            Self::EqualEarth => equal_earth_latitude(height),
        };
        Some((lat, self.band(lat).0))
    }
}

/// Half the width of Mollweide's ellipse, twice as wide as high, at a height, in radii.
fn ellipse_half_width(height: f64) -> f64 {
    2.0 * (2.0 - height * height).max(0.0).sqrt()
}

/// The parametric angle of Mollweide's projection, counted from the pole, in radians: half the root d of
/// d - sin d = π (1 - sin φ), for a latitude of 0 to 90 degrees.
fn mollweide_from_pole(lat: f64) -> f64 {
    let half_colatitude = ((90.0 - lat) / 2.0).to_radians();
    let area = 2.0 * PI * half_colatitude.sin().powi(2);
    // d³/6 is never below d - sin d: the first step goes past the root, the others come down to it.
    let mut angle = (6.0 * area).cbrt();
    for _ in 0..12 {
        let slope = 2.0 * (angle / 2.0).sin().powi(2);
        if slope == 0.0 {
            break;
        }
        let step = (less_sine(angle) - area) / slope;
        angle -= step;
        if step.abs() <= 1e-14 * angle {
            break;
        }
    }
    (angle / 2.0).clamp(0.0, FRAC_PI_2)
}

/// x - sin x without cancellation near 0.
fn less_sine(x: f64) -> f64 {
    if x.abs() > 0.4 {
        return x - x.sin();
    }
    let square = x * x;
    let tail = 1.0 - square / 110.0 * (1.0 - square / 156.0 * (1.0 - square / 210.0));
    x * square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0 * (1.0 - square / 72.0 * tail)))
}

/// √3 / 2.
const EQUAL_EARTH_M: f64 = 0.866_025_403_784_438_6;
/// The polynomial of Equal Earth, table 1 of the paper.
const EQUAL_EARTH_A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];

/// Height over the equator and its derivative at a parametric angle in radians.
fn equal_earth(theta: f64) -> (f64, f64) {
    let [a1, a2, a3, a4] = EQUAL_EARTH_A;
    let t2 = theta * theta;
    let t6 = t2 * t2 * t2;
    (theta * (a1 + a2 * t2 + t6 * (a3 + a4 * t2)), a1 + 3.0 * a2 * t2 + t6 * (7.0 * a3 + 9.0 * a4 * t2))
}

/// The latitude in degrees of a height of 0 to the pole's.
fn equal_earth_latitude(height: f64) -> f64 {
    let mut theta = (height / EQUAL_EARTH_A[0]).min(FRAC_PI_3);
    for _ in 0..12 {
        let (y, slope) = equal_earth(theta);
        let step = (y - height) / slope;
        theta -= step;
        if step.abs() < 1e-15 {
            break;
        }
    }
    (theta.sin() / EQUAL_EARTH_M).clamp(-1.0, 1.0).asin().to_degrees()
}
