//! Map projections: the usual ones in closed form, any other through PROJ.
//!
//! A [`Projection`] takes longitudes and latitudes in degrees to x and y on a plane and back, and knows the shape of
//! its map: its outline, the rectangle to show and how lines are cut at its edge.
//!
//! ```
//! use projection::{Centre, Projection};
//!
//! let map = Projection::parse("robinson", Centre::default())?;
//! let (x, y) = map.forward(180.0, 0.0).unwrap();
//! // Robinson's equator is 0.8487 times as long as the sphere's.
//! assert!((x - 0.8487 * projection::RADIUS * std::f64::consts::PI).abs() < 1e-6 && y == 0.0);
//! assert_eq!(map.inverse(2.0 * x, 0.0), None);
//! # Ok::<(), projection::Error>(())
//! ```
//!
//! Sources: the closed forms name theirs (Snyder 1987, USGS, public domain; the papers of Robinson and of Šavrič and
//! others). PROJ 9.6 (MIT licence) is compiled in with its database, which holds the EPSG Geodetic Parameter Dataset
//! (IOGP, free to distribute under its terms of use), and with `SQLite` (public domain). PROJ takes no other database,
//! reads no grid files and never uses the network; so datum shifts that need grids are done without. What PROJ
//! refuses it also says on standard error; nothing here can silence it.

mod error;
mod foreign;
mod line;
mod names;
mod region;
mod sphere;

pub use error::{Error, Result};
pub use foreign::Description;
pub use line::Course;
pub use names::Named;
pub use sphere::RADIUS;

use foreign::Foreign;
use names::Kind;
use sphere::{Azimuthal, Banded, Conic, Layout, Perspective, Sphere};

/// Where a map is centred, in degrees; what is not given is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Centre {
    /// The meridian in the middle of the map.
    pub longitude: Option<f64>,
    /// The parallel in the middle, where the projection has one (conic and azimuthal ones).
    pub latitude: Option<f64>,
}

/// Longitude and latitude in degrees to x and y on the plane and back.
///
/// x and y are metres; a PROJ projection in other units (degrees, feet) keeps its own ([`Projection::metres_per_unit`]).
/// Named projections lie on the sphere of [`RADIUS`]. It can be shared between threads.
#[derive(Debug, Clone)]
pub struct Projection {
    name: String,
    inner: Inner,
}

/// Who computes.
#[derive(Debug, Clone)]
enum Inner {
    Sphere(Sphere),
    Foreign(Foreign),
}

impl Projection {
    /// A projection by name ([`Projection::names`]) about a centre; else a PROJ string (`+proj=…`), an authority's
    /// code (`EPSG:3035`), WKT or PROJJSON through PROJ.
    ///
    /// # Errors
    /// An unknown name, a centre the projection cannot have, a definition PROJ does not accept.
    pub fn parse(text: &str, centre: Centre) -> Result<Self> {
        Self::parse_for(text, centre, None)
    }

    /// As [`Projection::parse`] for a map of the box west, south, east, north (degrees): what the centre leaves open
    /// is chosen for that box, and Lambert's conic gets its parallels a sixth of the box from the edges.
    ///
    /// # Errors
    /// As [`Projection::parse`].
    pub fn parse_for(text: &str, centre: Centre, area: Option<[f64; 4]>) -> Result<Self> {
        let text = text.trim();
        if foreign::is_definition(text) {
            if centre != Centre::default() {
                return Err(Error::Centre {
                    name: text.to_owned(),
                    what: "a place given beside it".to_owned(),
                    hint: "the definition has its own centre: change +lon_0= and +lat_0= in it".to_owned(),
                });
            }
            return Ok(Self { name: text.to_owned(), inner: Inner::Foreign(Foreign::new(text)?) });
        }
        let named = names::find(text)?;
        let area = area.and_then(region::Area::new);
        let sphere = closed_form(named, centre, area)?;
        Ok(Self { name: named.name.to_owned(), inner: Inner::Sphere(sphere) })
    }

    /// The projections that have a name.
    pub fn names() -> &'static [Named] {
        names::NAMED
    }

    /// The name of a named projection, else the definition as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The length of one unit of x and y in metres: 1 but for PROJ projections in feet or degrees (at the equator).
    pub fn metres_per_unit(&self) -> f64 {
        match &self.inner {
            Inner::Sphere(_) => 1.0,
            Inner::Foreign(it) => it.metres_per_unit(),
        }
    }

    /// What the projection is, as PROJ describes it; `None` for named ones, and where PROJ does not say.
    pub fn description(&self) -> Option<Description> {
        match &self.inner {
            Inner::Sphere(_) => None,
            Inner::Foreign(it) => it.description(),
        }
    }

    /// x and y of a place; `None` where it is not on this map (behind the globe, the poles of Mercator, not a number).
    ///
    /// The meridian opposite the centre is the right edge where it is given as centre + 180 and the left edge as
    /// centre - 180; other longitudes count modulo 360.
    pub fn forward(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        match &self.inner {
            Inner::Sphere(it) => it.forward(lon, lat),
            Inner::Foreign(it) => it.forward(lon, lat),
        }
    }

    /// Longitude and latitude of a point of the plane; `None` outside the map.
    ///
    /// Longitudes of named projections lie within 180° of the centre (the edges exactly 180° from it), those of PROJ
    /// between -180 and 180.
    pub fn inverse(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        match &self.inner {
            Inner::Sphere(it) => it.inverse(x, y),
            Inner::Foreign(it) => it.inverse(x, y),
        }
    }

    /// [`Projection::forward`] of many places, the shortest of the four slices deciding how many; NaN where there is
    /// none.
    pub fn forward_all(&self, lon: &[f64], lat: &[f64], x: &mut [f64], y: &mut [f64]) {
        let places = lon.iter().zip(lat).zip(x.iter_mut().zip(y.iter_mut()));
        match &self.inner {
            Inner::Sphere(it) => {
                for ((&lon, &lat), (x, y)) in places {
                    (*x, *y) = it.forward(lon, lat).unwrap_or((f64::NAN, f64::NAN));
                }
            }
            Inner::Foreign(it) => {
                let mut points: Vec<(f64, f64)> = lon.iter().copied().zip(lat.iter().copied()).collect();
                points.truncate(x.len().min(y.len()));
                it.forward_all(&mut points);
                for ((px, py), (x, y)) in points.into_iter().zip(x.iter_mut().zip(y.iter_mut())) {
                    (*x, *y) = (px, py);
                }
            }
        }
    }

    /// [`Projection::inverse`] of many points (x, y), in place; NaN where there is none.
    pub fn inverse_all(&self, points: &mut [(f64, f64)]) {
        match &self.inner {
            Inner::Sphere(it) => it.inverse_all(points),
            Inner::Foreign(it) => it.inverse_all(points),
        }
    }
}

/// A named projection about a centre, which the box helps to choose.
fn closed_form(named: &Named, centre: Centre, area: Option<region::Area>) -> Result<Sphere> {
    let (longitude, latitude) = given(named, centre)?;
    let banded = |it| Layout::Banded(it);
    let middle = area.map_or(0.0, |it| it.middle().1);
    let layout = match named.kind {
        Kind::PlateCarree => banded(Banded::PlateCarree),
        Kind::Robinson => banded(Banded::Robinson),
        Kind::Mollweide => banded(Banded::Mollweide),
        Kind::EqualEarth => banded(Banded::EqualEarth),
        Kind::Sinusoidal => banded(Banded::Sinusoidal),
        Kind::Mercator => banded(Banded::Mercator),
        Kind::LambertConformal => Layout::Conic(cone(named, latitude, area)?),
        Kind::LambertAzimuthal => Layout::Azimuthal(Azimuthal::new(Perspective::EqualArea, latitude.unwrap_or(middle))),
        Kind::Orthographic => Layout::Azimuthal(Azimuthal::new(Perspective::Orthographic, latitude.unwrap_or(middle))),
        Kind::NorthPolar => Layout::Azimuthal(Azimuthal::new(Perspective::Stereographic, 90.0)),
        Kind::SouthPolar => Layout::Azimuthal(Azimuthal::new(Perspective::Stereographic, -90.0)),
    };
    let polar = matches!(named.kind, Kind::NorthPolar | Kind::SouthPolar);
    let chosen = || match area {
        Some(it) if !it.is_round() && !polar && (!matches!(layout, Layout::Banded(_)) || it.crosses(180.0)) => {
            it.middle().0
        }
        _ => 0.0,
    };
    Ok(Sphere { layout, centre: sphere::wrapped(longitude.unwrap_or_else(chosen)) })
}

/// The centre as it was given, once it is one that the projection can have.
fn given(named: &Named, centre: Centre) -> Result<(Option<f64>, Option<f64>)> {
    let refuse =
        |what: String, hint: &str| Err(Error::Centre { name: named.name.to_owned(), what, hint: hint.to_owned() });
    if let Some(longitude) = centre.longitude.filter(|it| it.is_nan() || it.abs() > 720.0) {
        return refuse(format!("longitude {longitude}"), "longitudes are -180 to 360 degrees");
    }
    let Some(latitude) = centre.latitude else { return Ok((centre.longitude, None)) };
    if latitude.is_nan() || latitude.abs() > 90.0 {
        return refuse(format!("latitude {latitude}"), "latitudes are -90 to 90 degrees");
    }
    let only = match named.kind {
        Kind::LambertConformal | Kind::LambertAzimuthal | Kind::Orthographic => latitude,
        Kind::NorthPolar => 90.0,
        Kind::SouthPolar => -90.0,
        _ => 0.0,
    };
    if latitude != only {
        let hint = "give a longitude alone; lambert, lambert-azimuthal and orthographic have a centre latitude";
        return refuse(format!("latitude {latitude}"), hint);
    }
    Ok((centre.longitude, Some(latitude)))
}

/// The latitude that a conic map is centred on where nothing says otherwise.
const CONIC_LATITUDE: f64 = 45.0;

/// Lambert's cone: parallels of true scale a sixth of the box from its edges, else 6° either side of the centre (as
/// cartopy's default has them).
fn cone(named: &Named, latitude: Option<f64>, area: Option<region::Area>) -> Result<Conic> {
    let origin = latitude.or(area.map(|it| it.middle().1)).unwrap_or(CONIC_LATITUDE);
    if let Some(it) = area {
        let sixth = (it.north - it.south) / 6.0;
        let fits = it.middle().1 * origin > 0.0 && (it.south + it.north).abs() >= 2.0;
        if let Some(cone) = Conic::new(origin, it.south + sixth, it.north - sixth).filter(|_| fits) {
            return Ok(cone);
        }
    }
    let apart = 6.0_f64.min((90.0 - origin.abs()) / 2.0).max(0.0);
    // At a pole the cone is flat: parallels a little off it draw the same within the width of a line.
    let along = origin.clamp(-89.9, 89.9);
    let cone = (origin.abs() >= 1.0).then(|| Conic::new(origin, along - apart, along + apart)).flatten();
    cone.ok_or_else(|| Error::Centre {
        name: named.name.to_owned(),
        what: format!("latitude {origin}"),
        hint: "a cone needs a centre latitude north or south of the equator; mercator shows the equator".to_owned(),
    })
}

#[cfg(test)]
mod tests;
