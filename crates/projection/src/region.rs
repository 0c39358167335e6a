//! The shape of a map: its outline and the rectangles to show.

use crate::sphere::{Banded, Layout, Sphere, wrapped};
use crate::{Inner, Projection};

/// A box of longitudes and latitudes in degrees: `span` degrees east from `west`, up to all around.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) west: f64,
    pub(crate) span: f64,
    pub(crate) south: f64,
    pub(crate) north: f64,
}

impl Area {
    /// West, south, east, north; west > east crosses the dateline, equal ones are all around the globe.
    pub(crate) fn new([west, south, east, north]: [f64; 4]) -> Option<Self> {
        if ![west, south, east, north].iter().all(|it| it.is_finite()) {
            return None;
        }
        let (south, north) = (south.max(-90.0), north.min(90.0));
        let span = if east - west >= 360.0 { 360.0 } else { (east - west).rem_euclid(360.0) };
        let span = if span == 0.0 { 360.0 } else { span };
        (south <= north).then_some(Self { west, span, south, north })
    }

    /// Whether it goes all around.
    pub(crate) fn is_round(&self) -> bool {
        self.span >= 360.0
    }

    /// Whether it is all of the Earth.
    pub(crate) fn is_globe(&self) -> bool {
        self.is_round() && self.south <= -90.0 && self.north >= 90.0
    }

    /// The place in its middle, longitude and latitude.
    pub(crate) fn middle(&self) -> (f64, f64) {
        (wrapped(self.west + self.span / 2.0), f64::midpoint(self.south, self.north))
    }

    /// Whether a meridian lies inside it, not on its edge.
    pub(crate) fn crosses(&self, lon: f64) -> bool {
        let east = (lon - self.west).rem_euclid(360.0);
        east > 0.0 && east < self.span
    }

    /// Whether a place lies in it or on its edge.
    fn has(&self, lon: f64, lat: f64) -> bool {
        let hair = 1e-9;
        let east = (lon - self.west + hair).rem_euclid(360.0) - hair;
        east <= self.span + hair && lat >= self.south - hair && lat <= self.north + hair
    }
}

impl Projection {
    /// The edge of the whole map as a closed ring on the plane (the first point again at the end): a rectangle, a
    /// rounded outline, a circle, a fan. Maps without end (Mercator, stereographic) end where [`Projection::extent`]
    /// does.
    pub fn outline(&self) -> Vec<(f64, f64)> {
        match &self.inner {
            Inner::Sphere(it) => outline(it),
            Inner::Foreign(it) => it.outline(),
        }
    }

    /// The rectangle x0, y0, x1, y1 on the plane that shows the whole Earth, or the part of it that the projection
    /// is for: 80°S to 84°N (Mercator), 60° about the pole (stereographic), up to 30° beyond the equator (conic),
    /// the area of use (codes of an authority).
    pub fn extent(&self) -> [f64; 4] {
        match &self.inner {
            Inner::Sphere(it) => Bounds::of(outline(it)).rectangle().unwrap_or_default(),
            Inner::Foreign(it) => it.extent(),
        }
    }

    /// The rectangle x0, y0, x1, y1 that shows the box west, south, east, north in degrees (west > east crosses the
    /// dateline); `None` if no part of it is on the map.
    pub fn extent_of(&self, area: [f64; 4]) -> Option<[f64; 4]> {
        let area = Area::new(area)?;
        if area.is_globe() {
            return Some(self.extent());
        }
        let mut bounds = Bounds::default();
        match &self.inner {
            Inner::Sphere(it) => sphere_places(it, area, &mut bounds),
            Inner::Foreign(it) => it.places(area, &mut bounds),
        }
        // What is cut by the rim of the map reaches up to it.
        for (x, y) in self.outline() {
            if self.inverse(x, y).is_some_and(|(lon, lat)| area.has(lon, lat)) {
                bounds.add((x, y));
            }
        }
        bounds.rectangle()
    }
}

/// The rectangle around points.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bounds(Option<[f64; 4]>);

impl Bounds {
    pub(crate) fn of(points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut bounds = Self::default();
        points.into_iter().for_each(|point| bounds.add(point));
        bounds
    }

    pub(crate) fn add(&mut self, (x, y): (f64, f64)) {
        if x.is_finite() && y.is_finite() {
            let [x0, y0, x1, y1] = self.0.unwrap_or([x, y, x, y]);
            self.0 = Some([x0.min(x), y0.min(y), x1.max(x), y1.max(y)]);
        }
    }

    /// x0, y0, x1, y1, once there is a point.
    pub(crate) fn rectangle(&self) -> Option<[f64; 4]> {
        self.0
    }
}

/// `steps` + 1 numbers from `from` to `to`, both exactly.
pub(crate) fn even(from: f64, to: f64, steps: usize) -> impl Iterator<Item = f64> + Clone {
    let steps = steps.max(1);
    (0..=steps).map(move |i| if i == steps { to } else { from + (to - from) * (i as f64 / steps as f64) })
}

/// The ring about the map of a closed form.
fn outline(map: &Sphere) -> Vec<(f64, f64)> {
    let (south, north) = match &map.layout {
        Layout::Banded(Banded::Mercator) => (-80.0, 84.0),
        Layout::Banded(_) => (-90.0, 90.0),
        Layout::Conic(it) => {
            let (edge, pole) = it.latitudes();
            return fan(map, edge, pole);
        }
        Layout::Azimuthal(it) => return circle(it.shown()),
    };
    // Straight edges need no more points than their corners.
    let straight = matches!(map.layout, Layout::Banded(Banded::Mercator | Banded::PlateCarree));
    let steps = if straight { 1 } else { 360 };
    let right = even(south, north, steps).map(|lat| (180.0, lat));
    let left = even(north, south, steps).map(|lat| (-180.0, lat));
    close(right.chain(left).filter_map(|(east, lat)| map.forward_relative(east, lat)).collect())
}

/// The part of a plane that a conic map fills: the outer parallel and the two sides of the seam.
fn fan(map: &Sphere, edge: f64, pole: f64) -> Vec<(f64, f64)> {
    let sides = [(180.0, pole), (-180.0, edge)];
    let arc = even(-180.0, 180.0, 720).map(|east| (east, edge));
    close(sides.into_iter().chain(arc).filter_map(|(east, lat)| map.forward_relative(east, lat)).collect())
}

/// A circle about the origin.
fn circle(radius: f64) -> Vec<(f64, f64)> {
    let at = |degrees: f64| {
        // Quadrants exactly, so that the rectangle around is exact.
        let (sin, cos) = if degrees % 180.0 == 90.0 {
            ((180.0 - degrees).signum(), 0.0)
        } else if degrees % 180.0 == 0.0 {
            (0.0, 1.0_f64.copysign((degrees - 180.0).abs() - 90.0))
        } else {
            degrees.to_radians().sin_cos()
        };
        (radius * cos, radius * sin)
    };
    close(even(0.0, 359.5, 719).map(at).collect())
}

/// A ring ends where it begins.
pub(crate) fn close(mut ring: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    ring.dedup();
    if let (Some(&first), Some(&last)) = (ring.first(), ring.last())
        && first != last
    {
        ring.push(first);
    }
    ring
}

/// Places of a box on a map in closed form that decide how far it reaches: edges and inside, and both sides of the
/// seam where it runs through.
fn sphere_places(map: &Sphere, area: Area, bounds: &mut Bounds) {
    let west = (area.west - map.centre + 180.0).rem_euclid(360.0) - 180.0;
    let east = west + area.span;
    // Mercator's poles are out of reach: a box that goes there is shown as far as a square world map goes.
    let reach = if map.layout == Layout::Banded(Banded::Mercator) { 85.05 } else { 90.0 };
    let south = if area.north > -reach { area.south.max(-reach) } else { area.south };
    let north = if area.south < reach { area.north.min(reach) } else { area.north };
    let parts = if east > 180.0 { vec![(west, 180.0), (-180.0, east - 360.0)] } else { vec![(west, east)] };
    for (west, east) in parts {
        // Extremes lie on edges or where a parallel or meridian turns: the equator, the centre and right angles from it.
        let columns =
            even(west, east, 120).chain([-90.0, 0.0, 90.0].into_iter().filter(|it| (west..=east).contains(it)));
        let turning = [0.0].into_iter().filter(|it| (south..=north).contains(it));
        let rows: Vec<f64> = even(south, north, 90).chain(turning).collect();
        for east in columns {
            for point in rows.iter().filter_map(|&lat| map.forward_relative(east, lat)) {
                bounds.add(point);
            }
        }
    }
}
