//! What is drawn between the axes.

use crate::draw::Colour;

/// How many colours series have.
const COLOURS: usize = 8;

/// Something drawn between the axes. Numbers are as the axes count; those that are not finite, or not above zero on a
/// logarithmic axis, are missing. What lies outside of the limits is cut.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// A line through points; missing ones break it. Points alone between gaps show as dots.
    Line {
        /// x and y.
        points: Vec<(f64, f64)>,
        /// Its colour.
        colour: Colour,
        /// Its width in picture units; nothing between the points when 0.
        width: f64,
        /// What the legend says; nothing when empty.
        label: String,
        /// The radius of a dot on each point in picture units.
        marker: Option<f64>,
        /// Lengths drawn and left out in turn, in picture units; empty for a solid line.
        dashes: Vec<f64>,
    },
    /// The area between two lines; missing numbers break it.
    Band {
        /// x, lower and upper y.
        points: Vec<(f64, f64, f64)>,
        /// Its colour, usually translucent.
        colour: Colour,
        /// What the legend says; nothing when empty.
        label: String,
    },
    /// Columns from zero, or the limit nearest to it.
    Bars {
        /// Limits of the columns in x, one more than columns.
        edges: Vec<f64>,
        /// y of their ends.
        heights: Vec<f64>,
        /// Their colour.
        colour: Colour,
        /// What the legend says; nothing when empty.
        label: String,
    },
    /// Stripes over the full height.
    Columns {
        /// Limits of the stripes in x, one more than stripes.
        edges: Vec<f64>,
        /// Their colours.
        colours: Vec<Colour>,
    },
    /// Rectangles between edges, drawn as pixels that each have the colour of the rectangle at their centre.
    Cells {
        /// Limits in x, in or against their order, one more than columns.
        x_edges: Vec<f64>,
        /// Limits in y, in or against their order, one more than rows.
        y_edges: Vec<f64>,
        /// Row after row.
        colours: Vec<Colour>,
    },
    /// Lines of equal value, between rows and columns in proportion to how far these are apart on paper.
    Contours {
        /// Places of the columns.
        x: Vec<f64>,
        /// Places of the rows.
        y: Vec<f64>,
        /// Row after row; missing ones leave a hole.
        values: Vec<f64>,
        /// The values of the lines.
        levels: Vec<f64>,
        /// Their colour.
        colour: Colour,
        /// Their width in picture units.
        width: f64,
        /// Whether their values are written into them.
        labels: bool,
    },
    /// A line from left to right.
    HorizontalRule {
        /// Its y.
        value: f64,
        /// Its colour.
        colour: Colour,
        /// Lengths drawn and left out in turn, in picture units; empty for a solid line.
        dashes: Vec<f64>,
    },
    /// A line from bottom to top.
    VerticalRule {
        /// Its x.
        value: f64,
        /// Its colour.
        colour: Colour,
        /// Lengths drawn and left out in turn, in picture units; empty for a solid line.
        dashes: Vec<f64>,
    },
}

impl Layer {
    /// A line of the usual width in the colour of series `index`, counted from 0; when colours come again, dashed.
    pub fn line(points: Vec<(f64, f64)>, index: usize, label: &str) -> Self {
        let (colour, label) = (crate::colour::cycle(index), label.to_owned());
        let dashes = [&[][..], &[6.0, 3.0], &[1.8, 2.4]][index / COLOURS % 3].to_vec();
        Self::Line { points, colour, width: 1.8, label, marker: None, dashes }
    }

    /// Whether it covers what is below, so that a grid belongs upon it.
    pub(super) fn covers(&self) -> bool {
        matches!(self, Self::Columns { .. } | Self::Cells { .. })
    }
}
