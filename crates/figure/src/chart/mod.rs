//! Charts: everything with two axes. Time series, profiles, histograms, Hovmöller diagrams, sections, stripes.
//!
//! Axes and series are drawn by plotters; pixels, lines of equal value, texts and legends are not its strength and
//! are shapes of ours.

mod axis;
mod cells;
mod coordinate;
mod histogram;
mod isolines;
mod layer;
mod legend;
mod lines;
mod ornaments;
mod series;
#[cfg(test)]
mod tests;

pub use axis::Axis;
pub use histogram::{histogram, histogram_in_steps};
pub use isolines::{Contour, contour_lines, contours};
pub use layer::Layer;
pub use lines::{ContourPen, draw_contours};

use crate::draw::{Colour, Item, Point, Rect};
use crate::{Error, Result};

/// The colour of axes and marks.
const INK: Colour = Colour::grey(64);
/// The colour of texts.
const TEXT: Colour = Colour::grey(38);
/// The width of axes and marks in picture units.
const THIN: f64 = 0.8;

/// Two axes with what is between them.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// What is drawn, in this order.
    pub layers: Vec<Layer>,
    /// Whether labels of layers are shown: in the emptiest corner, or to the right when there are many.
    pub legend: bool,
    /// Whether there are lines at the marks of both axes; upon cells and stripes, below all else.
    pub grid: bool,
    /// Whether a line surrounds the plotting area; else axes with marks are lines at the left and below.
    pub frame: bool,
    /// What is behind the plotting area.
    pub background: Colour,
}

/// The room that texts and marks take around the plotting area, in picture units.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Margins {
    /// At the left.
    pub left: f64,
    /// Above.
    pub top: f64,
    /// At the right.
    pub right: f64,
    /// Below.
    pub bottom: f64,
}

impl Chart {
    /// A chart of `layers` with a grid and a legend of those that have labels.
    pub fn new(x: Axis, y: Axis, layers: Vec<Layer>) -> Self {
        Self { x, y, layers, legend: true, grid: true, frame: false, background: Colour::NONE }
    }

    /// How much room texts and marks take outside of the plotting area.
    pub fn margins(&self) -> Margins {
        let mut margins = ornaments::margins(&self.x, &self.y);
        if let Some(legend) = legend::Legend::new(self).filter(legend::Legend::is_outside) {
            margins.right = margins.right.max(legend.width + legend::APART);
        }
        margins
    }

    /// Draws into `area`, the plotting area without texts, with images of `pixels_per_unit` pixels in a picture unit.
    ///
    /// # Errors
    /// When the area is not a finite place with a width and a height, the resolution is not above zero, or both make
    /// an image of more than a hundred million pixels; when cells or bars are not as many as their edges say.
    pub fn draw(&self, area: Rect, pixels_per_unit: f64) -> Result<Vec<Item>> {
        check(area, pixels_per_unit)?;
        let mut items = Vec::new();
        if self.background.a > 0 {
            items.push(Item::Fill(area.into(), self.background));
        }
        let series = series::Series::new(self, area);
        // Below lines but upon what would hide it.
        let covered = self.layers.iter().rposition(Layer::covers).map_or(0, |last| last + 1);
        let (below, above) = self.layers.split_at_checked(covered).unwrap_or((&self.layers, &[]));
        for layer in below {
            items.extend(self.layer(layer, &series, area, pixels_per_unit)?);
        }
        if self.grid {
            items.extend(series.grid()?);
        }
        for layer in above {
            items.extend(self.layer(layer, &series, area, pixels_per_unit)?);
        }
        ornaments::draw(self, area, &mut items);
        if let Some(legend) = legend::Legend::new(self) {
            legend.draw(self, area, &mut items);
        }
        Ok(items)
    }

    fn layer(&self, layer: &Layer, series: &series::Series<'_>, area: Rect, pixels: f64) -> Result<Vec<Item>> {
        match layer {
            Layer::Cells { x_edges, y_edges, colours } => {
                cells::draw((&self.x, x_edges), (&self.y, y_edges), colours, area, pixels)
            }
            Layer::Contours { x, y, values, levels, colour, width, labels } => {
                // Between rows and columns as far as they are apart on paper: on a logarithmic axis as logarithms.
                let along = |axis: &Axis, places: &[f64]| -> Vec<f64> {
                    places.iter().map(|value| axis.position(*value).unwrap_or(f64::NAN)).collect()
                };
                let found = contours(&along(&self.x, x), &along(&self.y, y), values, levels);
                let place = |(x, y): (f64, f64)| (x + y).is_finite().then(|| within(area, x, y));
                let halo = self.layers.iter().any(Layer::covers);
                let pen = ContourPen { colour: *colour, width: *width, labels: *labels, halo };
                Ok(draw_contours(&found, place, area, &pen))
            }
            other => series.draw(other),
        }
    }

    /// What is behind everything, as far as is known.
    fn ground(&self) -> Colour {
        if self.background.a == 255 { self.background } else { Colour::WHITE }
    }

    /// Where a point is in the picture.
    fn place(&self, area: Rect, x: f64, y: f64) -> Option<Point> {
        Some(within(area, self.x.position(x)?, self.y.position(y)?))
    }
}

/// The place at these parts of an area from its left and from its bottom.
fn within(area: Rect, x: f64, y: f64) -> Point {
    Point { x: area.x + area.width * x, y: area.y + area.height * (1.0 - y) }
}

fn check(area: Rect, pixels_per_unit: f64) -> Result<()> {
    /// plotters counts fractions of units in 32 bits.
    const LARGEST: f64 = 1e6;
    let side = |length: f64| length > 0.0 && length <= LARGEST;
    let place = |at: f64| at.abs() <= LARGEST;
    if !(side(area.width) && side(area.height) && place(area.x) && place(area.y)) {
        let Rect { x, y, width, height } = area;
        return Err(Error::request(format!("no room for a chart: {width} × {height} units at {x}, {y}"))
            .hint("make the figure larger or its texts smaller"));
    }
    if !(pixels_per_unit > 0.0 && area.width * area.height * pixels_per_unit * pixels_per_unit <= 1e8) {
        return Err(Error::request(format!("a chart cannot have {pixels_per_unit} pixels in 1/100 inch"))
            .hint("choose fewer dots per inch or a smaller figure"));
    }
    Ok(())
}
