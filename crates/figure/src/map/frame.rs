//! Where a map lies: a part of the plane in a rectangle of the picture.

use projection::Projection;

use crate::draw::{Item, Path, Point, Rect};

/// A part of a projection's plane in a rectangle of the picture.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The projection.
    pub projection: Projection,
    /// The part of the plane: x0, y0, x1, y1 in the projection's units.
    pub extent: [f64; 4],
    /// Where it is drawn, with the same number of units of the plane a picture unit both ways.
    pub rect: Rect,
}

impl Frame {
    /// The part `extent` of the plane, as large as fits into `within` and in its middle, on whole pixels of
    /// `pixels_per_unit`.
    pub fn fit(projection: Projection, extent: [f64; 4], within: Rect, pixels_per_unit: f64) -> Self {
        let (wide, high) = (sound(extent[2] - extent[0]), sound(extent[3] - extent[1]));
        let scale = (within.width / wide).min(within.height / high);
        let (width, height) = (wide * scale, high * scale);
        let whole = |v: f64| (v * pixels_per_unit).round() / pixels_per_unit;
        let x = whole(within.x + (within.width - width) / 2.0);
        let y = whole(within.y + (within.height - height) / 2.0);
        let least = 1.0 / pixels_per_unit;
        let rect = Rect { x, y, width: whole(width).max(least), height: whole(height).max(least) };
        Self { projection, extent, rect }
    }

    /// How many times as wide as high an extent is.
    pub fn aspect(extent: [f64; 4]) -> f64 {
        sound(extent[2] - extent[0]) / sound(extent[3] - extent[1])
    }

    /// A point of the plane in the picture.
    pub fn point(&self, (x, y): (f64, f64)) -> Point {
        let [x0, y0, x1, y1] = self.extent;
        Point {
            x: self.rect.x + (x - x0) / sound(x1 - x0) * self.rect.width,
            y: self.rect.y + (y1 - y) / sound(y1 - y0) * self.rect.height,
        }
    }

    /// A point of the picture on the plane.
    pub fn plane(&self, at: Point) -> (f64, f64) {
        let [x0, y0, x1, y1] = self.extent;
        (
            x0 + (at.x - self.rect.x) / self.rect.width * (x1 - x0),
            y1 - (at.y - self.rect.y) / self.rect.height * (y1 - y0),
        )
    }

    /// A place in degrees in the picture; `None` where it is not on the map.
    pub fn place(&self, longitude: f64, latitude: f64) -> Option<Point> {
        self.projection.forward(longitude, latitude).map(|at| self.point(at))
    }

    /// Metres on the plane that a picture unit is.
    pub fn metres_per_unit(&self) -> f64 {
        sound(self.extent[2] - self.extent[0]) / self.rect.width * self.projection.metres_per_unit()
    }

    /// The outline of the whole map as a closed path; it may reach beyond the rectangle.
    pub fn outline(&self) -> Path {
        Path::polygon(self.projection.outline().into_iter().map(|at| self.point(at)))
    }

    /// The rectangle as a path.
    pub fn border(&self) -> Path {
        self.rect.into()
    }

    /// `items` cut at the rectangle and at the outline of the map.
    pub fn clipped(&self, items: Vec<Item>) -> Item {
        Item::Clip(self.border(), vec![Item::Clip(self.outline(), items)])
    }
}

/// A width or height to divide by.
fn sound(length: f64) -> f64 {
    if length.is_finite() && length > 0.0 { length } else { 1.0 }
}
