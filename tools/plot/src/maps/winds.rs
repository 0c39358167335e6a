//! Arrows of two variables.

use figure::draw::{Align, Colour, Item, Point, Stroke, Text, Valign};
use figure::layout::INK;
use figure::map::{Arrow, Frame, arrows, level_arrow};
use pangeo::Result;
use pangeo::engine::Engine;
use pangeo::grid::{Grid, Locator};

use crate::slice::{Field, Source, Steps};
use crate::style::Seen;

/// The components of a vector field.
#[derive(Debug)]
pub(crate) struct Winds<'a> {
    east: Field<'a>,
    north: Field<'a>,
    /// The length of the vector that the key shows.
    key: std::sync::OnceLock<f64>,
}

/// Between arrows, in picture units.
const APART: f64 = 26.0;
/// How long the arrow of the key is, in picture units.
const LONG: f64 = 1.1 * APART;

impl<'a> Winds<'a> {
    /// The vector field of two variables on the grid of the map.
    ///
    /// # Errors
    /// Where one is not there, lies on another grid, or is along the lines of a turned grid.
    pub(crate) fn new(source: &'a Source, u: &str, v: &str, grid: &Grid) -> Result<Self> {
        let (east, north) = (source.field(u)?, source.field(v)?);
        for field in [&east, &north] {
            if field.grid.as_ref().is_none_or(|g| g.shape() != grid.shape()) {
                return Err(field.error("the vectors lie on another grid than what is drawn"));
            }
            let name = field.variable.attributes.text("standard_name").unwrap_or("");
            if name.starts_with("grid_") || name.contains("_x_") || name.starts_with("x_") {
                return Err(field.error("the vectors are along the lines of a turned grid, not towards east and north"));
            }
        }
        Ok(Self { east, north, key: std::sync::OnceLock::new() })
    }

    /// Arrows at points all over the map.
    ///
    /// # Errors
    /// When the values can't be read.
    pub(crate) fn draw(
        &self,
        frame: &Frame,
        locator: &Locator,
        (steps, dark): (&Steps, bool),
        engine: &Engine,
    ) -> Result<Vec<Item>> {
        let (u, v) = (self.east.cells(steps, engine)?, self.north.cells(steps, engine)?);
        let at = |i: usize, j: usize| Point {
            x: frame.rect.x + (i as f64 + 0.5 + 0.5 * (j % 2) as f64) * APART,
            y: frame.rect.y + (j as f64 + 0.5) * APART,
        };
        let (columns, rows) = ((frame.rect.width / APART) as usize, (frame.rect.height / APART) as usize);
        let points = (0..rows).flat_map(|j| (0..columns).map(move |i| at(i, j)));
        let arrow = |point: Point| {
            let (x, y) = frame.plane(point);
            let (longitude, latitude) = frame.projection.inverse(x, y)?;
            let cell = locator.cell(longitude, latitude)?;
            let (east, north) = (*u.get(cell)?, *v.get(cell)?);
            (east.is_finite() && north.is_finite()).then_some(Arrow { longitude, latitude, east, north })
        };
        let field: Vec<Arrow> = points.filter_map(arrow).collect();
        let mut seen = Seen::default();
        seen.add(&field.iter().map(|a| a.east.hypot(a.north)).collect::<Vec<f64>>(), true);
        let longest = if seen.is_empty() || seen.max <= 0.0 { 1.0 } else { seen.max };
        let key = *self.key.get_or_init(|| {
            figure::axis::ticks(0.0, longest, 3).last().copied().filter(|t| *t > 0.0).unwrap_or(longest)
        });
        let drawn = arrows(frame, &field, key, LONG, INK);
        let around = |item: &Item| match item {
            Item::Fill(path, _) if dark => {
                Some(Item::Stroke(path.clone(), Stroke::solid(Colour::WHITE.with_alpha(170), 1.8).rounded()))
            }
            _ => None,
        };
        Ok(drawn.iter().filter_map(around).chain(drawn.clone()).collect())
    }

    /// An arrow of a known length above the map, at its right.
    pub(crate) fn key(&self, frame: &Frame) -> Vec<Item> {
        let Some(key) = self.key.get() else { return Vec::new() };
        let units = self.east.variable.attributes.text("units").map(figure::axis::readable_units).unwrap_or_default();
        let text = format!("{} {units}", figure::axis::number(*key)).trim_end().to_owned();
        let (right, y) = (frame.rect.x + frame.rect.width, frame.rect.y - 9.0);
        let left = right - LONG;
        let text = Text::new(text, Point { x: left - 6.0, y }, 10.0, INK, (Align::End, Valign::Middle));
        vec![level_arrow(Point { x: left, y }, LONG, INK), Item::Text(text)]
    }
}
