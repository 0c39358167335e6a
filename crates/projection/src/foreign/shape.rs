//! The shape of a map that only PROJ knows, found by asking it.

use super::Foreign;
use crate::line::Pieces;
use crate::region::{Area, Bounds, close, even};
use crate::sphere::RADIUS;

/// What is known of a map once it was asked.
#[derive(Debug)]
pub(super) struct Shape {
    extent: [f64; 4],
    outline: Vec<(f64, f64)>,
}

/// Where a meridian is stretched more than this many times, as Mercator's are beyond 75°, a map is of no use and not
/// shown unless asked for.
const MOST_STRETCH: f64 = 4.0;

/// Parallels that tell how far a map reaches; the poles may be no place of their own.
const PARALLELS: [f64; 25] = [
    -89.999, -85.0, -80.0, -75.0, -70.0, -60.0, -50.0, -40.0, -30.0, -20.0, -10.0, -1.0, 0.0, 1.0, 10.0, 20.0, 30.0,
    40.0, 50.0, 60.0, 70.0, 75.0, 80.0, 85.0, 89.999,
];

impl Foreign {
    /// The ring about what is on the map within its extent.
    pub(crate) fn outline(&self) -> Vec<(f64, f64)> {
        self.shape().outline.clone()
    }

    /// The rectangle of the area of use, else of what is not stretched beyond use.
    pub(crate) fn extent(&self) -> [f64; 4] {
        self.shape().extent
    }

    fn shape(&self) -> &Shape {
        self.shape.get_or_init(|| {
            let mut bounds = Bounds::default();
            match self.area.and_then(Area::new) {
                Some(area) => self.places(area, &mut bounds),
                None => self.everywhere(&mut bounds),
            }
            let extent = bounds.rectangle().unwrap_or_default();
            Shape { extent, outline: self.ring(extent) }
        })
    }

    /// Places of a box that decide how far it reaches: a lattice with its edges and a hair inside of them, for an
    /// edge may be a seam.
    pub(crate) fn places(&self, area: Area, bounds: &mut Bounds) {
        let hair = 1e-7_f64.min(area.span / 4.0).min((area.north - area.south) / 4.0);
        let inside = |low: f64, high: f64, steps| [low + hair, high - hair].into_iter().chain(even(low, high, steps));
        let rows: Vec<f64> = inside(area.south, area.north, 60).collect();
        for lon in inside(area.west, area.west + area.span, 90) {
            let mut column: Vec<(f64, f64)> = rows.iter().map(|&lat| (lon, lat)).collect();
            self.forward_all(&mut column);
            column.into_iter().for_each(|point| bounds.add(point));
        }
    }

    /// The parallels of the whole Earth up to the seam, where they are not stretched beyond use.
    fn everywhere(&self, bounds: &mut Bounds) {
        let coarse = RADIUS / 100.0 / self.metres_per_unit;
        let mut pieces = Pieces::new(coarse, self.metres_per_unit);
        for lat in PARALLELS {
            pieces.follow(&|t| self.unstretched(-180.0 + 360.0 * t, lat), 90);
            pieces.cut();
        }
        for lon in even(-180.0, 180.0, 24) {
            pieces.follow(&|t| self.unstretched(lon, -90.0 + 180.0 * t), 45);
            pieces.cut();
        }
        pieces.done().into_iter().flatten().for_each(|point| bounds.add(point));
    }

    /// A place whose meridian is not stretched beyond use.
    fn unstretched(&self, lon: f64, lat: f64) -> Option<(f64, f64)> {
        let aside = if lat > 0.0 { lat - 1e-3 } else { lat + 1e-3 };
        let mut both = [(lon, lat), (lon, aside)];
        self.forward_all(&mut both);
        let [here, there] = both;
        let stretch =
            (here.0 - there.0).hypot(here.1 - there.1) * self.metres_per_unit / (1e-3_f64.to_radians() * RADIUS);
        (stretch <= MOST_STRETCH).then_some(here)
    }

    /// The outermost points on the map in every direction from the middle of a rectangle.
    fn ring(&self, [x0, y0, x1, y1]: [f64; 4]) -> Vec<(f64, f64)> {
        let (half_width, half_height) = ((x1 - x0) / 2.0, (y1 - y0) / 2.0);
        let middle = (f64::midpoint(x0, x1), f64::midpoint(y0, y1));
        // Around the rectangle, corners exactly: in halves of its width and height.
        let sides = [(-1.0, -1.0, 1.0, 0.0), (1.0, -1.0, 0.0, 1.0), (1.0, 1.0, -1.0, 0.0), (-1.0, 1.0, 0.0, -1.0)];
        let mut ring = Vec::new();
        for (u, v, along, up) in sides {
            for t in even(0.0, 2.0, 90) {
                let end = (half_width * (u + t * along), half_height * (v + t * up));
                let at = |share: f64| (middle.0 + share * end.0, middle.1 + share * end.1);
                ring.extend(self.outermost(&at));
            }
        }
        if self.invertible && ring.len() > 3 {
            close(ring)
        } else {
            vec![(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
        }
    }

    /// The last point on the map of a ray, whose share 1 is the edge of the rectangle.
    fn outermost(&self, at: &dyn Fn(f64) -> (f64, f64)) -> Option<(f64, f64)> {
        // A hair inside, for the rectangle touches the rim.
        let shares: Vec<f64> = even(1.0, 0.0, 40).collect();
        let mut points: Vec<(f64, f64)> = shares.iter().map(|&share| at(share)).collect();
        let rim = points.clone();
        self.inverse_all(&mut points);
        let found = points.iter().position(|it| !it.0.is_nan())?;
        let Some(outer) = found.checked_sub(1).and_then(|it| shares.get(it)) else { return rim.first().copied() };
        let (mut inside, mut outside) = (*shares.get(found)?, *outer);
        for _ in 0..30 {
            let share = f64::midpoint(inside, outside);
            let (x, y) = at(share);
            if self.inverse(x, y).is_some() { inside = share } else { outside = share }
        }
        Some(at(inside))
    }
}
