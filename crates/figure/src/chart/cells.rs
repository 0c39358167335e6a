//! Rectangles between edges as pixels.

use super::axis::Axis;
use crate::draw::{Colour, Image, Item, Rect};
use crate::{Error, Result};

/// Draws cells between edges along both axes, `colours` row after row. The pixels are those of a picture with
/// `per_unit` pixels in a unit whose centres are in `area`, and each has the colour of the cell at its centre.
pub(super) fn draw(
    (x, x_edges): (&Axis, &[f64]),
    (y, y_edges): (&Axis, &[f64]),
    colours: &[Colour],
    area: Rect,
    per_unit: f64,
) -> Result<Vec<Item>> {
    let (columns, rows) = (x_edges.len().saturating_sub(1), y_edges.len().saturating_sub(1));
    if columns.checked_mul(rows) != Some(colours.len()) {
        return Err(Error::request(format!("{} colours for {columns} × {rows} cells", colours.len())));
    }
    let (left, width) = pixels(area.x, area.width, per_unit);
    let (top, height) = pixels(area.y, area.height, per_unit);
    let part = |pixel: f64, start: f64, length: f64| ((pixel + 0.5) / per_unit - start) / length;
    let (along, up) = (Lookup::new(x_edges), Lookup::new(y_edges));
    let across: Vec<Option<usize>> =
        (0..width).map(|i| along.cell(x.value_at(part(left + i as f64, area.x, area.width)))).collect();
    let mut rgba = Vec::with_capacity(width.saturating_mul(height).saturating_mul(4));
    for j in 0..height {
        let row = up.cell(y.value_at(1.0 - part(top + j as f64, area.y, area.height)));
        let cells = row.and_then(|row| colours.get(row * columns..)?.get(..columns)).unwrap_or_default();
        for column in &across {
            let Colour { r, g, b, a } = column.and_then(|at| cells.get(at).copied()).unwrap_or(Colour::NONE);
            rgba.extend([r, g, b, a]);
        }
    }
    if rgba.is_empty() {
        return Ok(Vec::new());
    }
    let unit = |pixels: f64| pixels / per_unit;
    let rect = Rect { x: unit(left), y: unit(top), width: unit(width as f64), height: unit(height as f64) };
    Ok(vec![Item::Image(Image { width, height, rgba }, rect)])
}

/// The first pixel whose centre is within, and how many there are.
fn pixels(start: f64, length: f64, per_unit: f64) -> (f64, usize) {
    // Sums of decimal fractions miss whole numbers by a few units in the last place.
    let edge = |at: f64| (at * per_unit - 0.5 - 1e-6).ceil();
    let first = edge(start);
    (first, (edge(start + length) - first).max(0.0) as usize)
}

/// Finds the cell of a value.
struct Lookup<'a> {
    edges: &'a [f64],
    falling: bool,
}

impl<'a> Lookup<'a> {
    fn new(edges: &'a [f64]) -> Self {
        Self { edges, falling: edges.first().zip(edges.last()).is_some_and(|(first, last)| first > last) }
    }

    /// The cell that `value` is in: with its lower edge, the last one with both.
    fn cell(&self, value: f64) -> Option<usize> {
        let last = self.edges.len().checked_sub(2)?;
        let (first, end) = (*self.edges.first()?, *self.edges.last()?);
        if !(first.min(end) <= value && value <= end.max(first)) {
            return None;
        }
        let before = self.edges.partition_point(|edge| if self.falling { *edge >= value } else { *edge <= value });
        Some(before.saturating_sub(1).min(last))
    }
}
