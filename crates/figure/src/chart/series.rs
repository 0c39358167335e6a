//! Lines, bands, bars and grids, drawn by plotters.

use std::convert::Infallible;

use plotters::prelude::*;

use super::coordinate::Coordinate;
use super::{Chart, Layer, ornaments};
use crate::draw::{Backend, Colour, Item, Rect};
use crate::{Error, Result};

type Context<'a, 'b> = ChartContext<'a, Backend<'b>, Cartesian2d<Coordinate, Coordinate>>;
type Drawn = std::result::Result<(), DrawingAreaErrorKind<Infallible>>;

/// The width of rules and of the grid in picture units.
const RULE: f64 = 1.0;
const GRID: f64 = 0.6;

/// Draws series of a chart into its plotting area.
pub(super) struct Series<'a> {
    chart: &'a Chart,
    area: Rect,
    coordinates: (Coordinate, Coordinate),
}

impl<'a> Series<'a> {
    pub(super) fn new(chart: &'a Chart, area: Rect) -> Self {
        let (x, y) = ornaments::marked(chart, area);
        let (width, height) = (Backend::pixels(area.width), Backend::pixels(area.height));
        let coordinates = (Coordinate::new(&chart.x, width, false, x), Coordinate::new(&chart.y, height, true, y));
        Self { chart, area, coordinates }
    }

    /// Lines at the labelled marks.
    pub(super) fn grid(&self) -> Result<Vec<Item>> {
        // Translucent: as grey on a white ground, and no louder upon colours.
        let line = style(Colour::BLACK.with_alpha(32), GRID);
        self.plot(|chart| {
            chart.configure_mesh().disable_axes().bold_line_style(line).light_line_style(TRANSPARENT).draw()
        })
    }

    pub(super) fn draw(&self, layer: &Layer) -> Result<Vec<Item>> {
        match layer {
            Layer::Line { points, colour, width, marker, dashes, .. } => {
                self.line(points, style(*colour, *width), *marker, dashes)
            }
            Layer::Band { points, colour, .. } => self.band(points, *colour),
            Layer::Bars { edges, heights, colour, .. } => self.bars(edges, heights, *colour),
            Layer::Columns { edges, colours } => self.columns(edges, colours),
            Layer::HorizontalRule { value, colour, dashes } => {
                self.rule(*colour, dashes, |x, _| [(x.0, *value), (x.1, *value)])
            }
            Layer::VerticalRule { value, colour, dashes } => {
                self.rule(*colour, dashes, |_, y| [(*value, y.0), (*value, y.1)])
            }
            Layer::Cells { .. } | Layer::Contours { .. } => Ok(Vec::new()),
        }
    }

    /// What plotters makes of the plotting area.
    fn plot(&self, draw: impl FnOnce(&mut Context<'_, '_>) -> Drawn) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        let root = Backend::new(&mut items, self.area).into_drawing_area();
        let (x, y) = self.coordinates.clone();
        let drawn = ChartBuilder::on(&root).build_cartesian_2d(x, y).and_then(|mut chart| draw(&mut chart));
        drop(root);
        drawn.map_err(|error| Error::request(format!("cannot draw the chart: {error}")))?;
        Ok(items)
    }

    fn shown(&self, (x, y): (f64, f64)) -> bool {
        self.chart.x.position(x).is_some() && self.chart.y.position(y).is_some()
    }

    fn inside(&self, (x, y): (f64, f64)) -> bool {
        self.chart.x.holds(x) && self.chart.y.holds(y)
    }

    /// Cut at the plotting area if something is outside: else lines along its edge keep their width.
    fn cut(&self, items: Vec<Item>, mut points: impl Iterator<Item = (f64, f64)>) -> Vec<Item> {
        if items.is_empty() || points.all(|point| !self.shown(point) || self.inside(point)) {
            return items;
        }
        vec![Item::Clip(self.area.into(), items)]
    }

    fn line(&self, points: &[(f64, f64)], line: ShapeStyle, marker: Option<f64>, dashes: &[f64]) -> Result<Vec<Item>> {
        let width = f64::from(line.stroke_width) / f64::from(crate::draw::FINENESS);
        let runs: Vec<&[(f64, f64)]> =
            points.split(|point| !self.shown(*point)).filter(|run| !run.is_empty()).collect();
        let dot = |radius: f64| Backend::pixels(radius.clamp(0.0, 1e3));
        // A point alone is a dot that is seen beside the line.
        let alone = dot(marker.unwrap_or((width * 1.25).max(1.5)));
        let mut items = self.plot(|chart| {
            for run in &runs {
                if run.len() > 1 && line.stroke_width > 0 {
                    chart.draw_series(LineSeries::new(self.thinned(run), line))?;
                }
                let dots = if run.len() == 1 { Some(alone) } else { marker.map(dot) };
                if let Some(radius) = dots {
                    chart.draw_series(run.iter().map(|point| Circle::new(*point, radius, line.filled())))?;
                }
            }
            Ok(())
        })?;
        finish(&mut items, dashes);
        Ok(self.cut(items, points.iter().copied()))
    }

    /// A line of far more points than pixels by those that show: of each stretch of the axis the first, the lowest,
    /// the highest and the last. Others stay as they are.
    fn thinned(&self, run: &[(f64, f64)]) -> Vec<(f64, f64)> {
        /// Stretches in a picture unit: as fine as any print.
        const PARTS: f64 = 10.0;
        let parts = self.area.width * PARTS;
        if (run.len() as f64) < parts * 8.0 {
            return run.to_vec();
        }
        let stretch = |x: f64| self.chart.x.position(x).map(|part| (part * parts).floor());
        let mut kept = Vec::new();
        for group in run.chunk_by(|a, b| stretch(a.0) == stretch(b.0)) {
            let order = |a: &usize, b: &usize| {
                let y = |index: &usize| group.get(*index).map_or(0.0, |point: &(f64, f64)| point.1);
                y(a).total_cmp(&y(b))
            };
            let all = || 0..group.len();
            let mut wanted = [Some(0), all().min_by(order), all().max_by(order), group.len().checked_sub(1)];
            wanted.sort_unstable();
            let mut last = None;
            for index in wanted.into_iter().flatten() {
                if last != Some(index) {
                    kept.extend(group.get(index).copied());
                }
                last = Some(index);
            }
        }
        kept
    }

    fn band(&self, points: &[(f64, f64, f64)], colour: Colour) -> Result<Vec<Item>> {
        let shown = |(x, low, high): &(f64, f64, f64)| self.shown((*x, *low)) && self.shown((*x, *high));
        let runs: Vec<&[(f64, f64, f64)]> = points.split(|point| !shown(point)).filter(|run| run.len() > 1).collect();
        let items = self.plot(|chart| {
            chart.draw_series(runs.iter().map(|run| {
                let upper = run.iter().map(|point| (point.0, point.2));
                let back = run.iter().rev().map(|point| (point.0, point.1));
                Polygon::new(upper.chain(back).collect::<Vec<_>>(), rgba(colour).filled())
            }))?;
            Ok(())
        })?;
        Ok(self.cut(items, points.iter().flat_map(|(x, low, high)| [(*x, *low), (*x, *high)])))
    }

    fn bars(&self, edges: &[f64], heights: &[f64], colour: Colour) -> Result<Vec<Item>> {
        if edges.len() != heights.len() + 1 && !(edges.is_empty() && heights.is_empty()) {
            return Err(Error::request(format!("{} bars between {} edges", heights.len(), edges.len())));
        }
        let base = self.chart.y.base();
        let bars: Vec<[(f64, f64); 2]> = edges
            .windows(2)
            .zip(heights)
            .filter_map(|(pair, height)| match *pair {
                [left, right] => Some([(left, base), (right, *height)]),
                _ => None,
            })
            .filter(|ends| ends.iter().all(|end| self.shown(*end)) && ends[0].1 != ends[1].1)
            .collect();
        let widest = bars.len().max(1) as f64;
        // A line of the ground's colour tells bars apart where there is room for it.
        let gap = (self.area.width / widest > 5.0).then(|| style(self.chart.ground(), 0.7));
        let items = self.plot(|chart| {
            chart.draw_series(bars.iter().map(|ends| Rectangle::new(*ends, rgba(colour).filled())))?;
            if let Some(gap) = gap {
                let sides = bars.iter().zip(bars.iter().skip(1)).filter(|(a, b)| a[1].0 == b[0].0);
                let between = sides.map(|(a, b)| {
                    let end = if (a[1].1 - base).abs() < (b[1].1 - base).abs() { a[1].1 } else { b[1].1 };
                    PathElement::new(vec![(b[0].0, base), (b[0].0, end)], gap)
                });
                chart.draw_series(between)?;
            }
            Ok(())
        })?;
        Ok(self.cut(items, bars.iter().flatten().copied()))
    }

    fn columns(&self, edges: &[f64], colours: &[Colour]) -> Result<Vec<Item>> {
        if edges.len() != colours.len() + 1 && !(edges.is_empty() && colours.is_empty()) {
            return Err(Error::request(format!("{} stripes between {} edges", colours.len(), edges.len())));
        }
        let (bottom, top) = (self.chart.y.min, self.chart.y.max);
        let opaque = |index: usize| colours.get(index).is_some_and(|colour| colour.a == 255);
        let stripes: Vec<([(f64, f64); 2], Colour)> = (0..colours.len())
            .filter_map(|index| {
                // Each goes on below the next one, so that no ground shines through between them.
                let end = if opaque(index) && opaque(index + 1) { index + 2 } else { index + 1 };
                let (left, right) = (*edges.get(index)?, *edges.get(end)?);
                Some(([(left, bottom), (right, top)], *colours.get(index)?))
            })
            .filter(|(ends, colour)| ends.iter().all(|end| self.shown(*end)) && colour.a > 0)
            .collect();
        let items = self.plot(|chart| {
            let boxes = stripes.iter().map(|(ends, colour)| Rectangle::new(*ends, rgba(*colour).filled()));
            chart.draw_series(boxes)?;
            Ok(())
        })?;
        Ok(self.cut(items, stripes.iter().flat_map(|stripe| stripe.0)))
    }

    fn rule(
        &self,
        colour: Colour,
        dashes: &[f64],
        ends: impl Fn((f64, f64), (f64, f64)) -> [(f64, f64); 2],
    ) -> Result<Vec<Item>> {
        let (x, y) = (&self.chart.x, &self.chart.y);
        let ends = ends((x.min, x.max), (y.min, y.max));
        if !ends.iter().all(|end| self.inside(*end)) {
            return Ok(Vec::new());
        }
        let mut items = self.plot(|chart| {
            chart.draw_series(LineSeries::new(ends, style(colour, RULE)))?;
            Ok(())
        })?;
        finish(&mut items, dashes);
        Ok(items)
    }
}

/// What plotters does not know of lines: their ends and joins, and dashes.
fn finish(items: &mut [Item], dashes: &[f64]) {
    for item in items {
        if let Item::Stroke(_, stroke) = item {
            (stroke.round, stroke.dashes) = (dashes.is_empty(), dashes.to_vec());
        }
    }
}

fn rgba(Colour { r, g, b, a }: Colour) -> RGBAColor {
    RGBAColor(r, g, b, f64::from(a) / 255.0)
}

fn style(colour: Colour, width: f64) -> ShapeStyle {
    ShapeStyle { color: rgba(colour), filled: false, stroke_width: Backend::pixels(width.clamp(0.0, 1e3)) }
}
