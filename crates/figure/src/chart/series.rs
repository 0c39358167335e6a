//! Lines, bands, bars and grids, drawn by plotters.

use std::borrow::Cow;
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
                    for piece in self.within(run) {
                        chart.draw_series(LineSeries::new(self.thinned(&piece), line))?;
                    }
                }
                let dots = if run.len() == 1 { Some(alone) } else { marker.map(dot) };
                if let Some(radius) = dots {
                    let inside = run.iter().filter(|point| self.inside(**point));
                    chart.draw_series(inside.map(|point| Circle::new(*point, radius, line.filled())))?;
                }
            }
            Ok(())
        })?;
        finish(&mut items, dashes);
        Ok(self.cut(items, points.iter().copied()))
    }

    /// The pieces of a line that are in the plotting area. plotters would draw what is outside along its edge, where no
    /// values are.
    fn within<'p>(&self, run: &'p [(f64, f64)]) -> Vec<Cow<'p, [(f64, f64)]>> {
        if run.iter().all(|point| self.inside(*point)) {
            return vec![Cow::Borrowed(run)];
        }
        let (x, y) = (&self.chart.x, &self.chart.y);
        let part = |point: &(f64, f64)| Some((x.position(point.0)?, y.position(point.1)?));
        let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
        let mut end = None;
        for (from, to) in run.iter().zip(run.iter().skip(1)) {
            let Some((from, to)) = part(from).zip(part(to)).and_then(|(from, to)| inner(from, to)) else { continue };
            let value = |at: (f64, f64)| (x.value_at(at.0), y.value_at(at.1));
            match pieces.last_mut().filter(|_| end == Some(from)) {
                Some(piece) => piece.push(value(to)),
                None => pieces.push(vec![value(from), value(to)]),
            }
            end = Some(to);
        }
        pieces.into_iter().map(Cow::Owned).collect()
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

/// The part of a line that is in the unit square (Liang and Barsky 1984).
fn inner(from: (f64, f64), to: (f64, f64)) -> Option<((f64, f64), (f64, f64))> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut first, mut last) = (0.0_f64, 1.0_f64);
    for (step, room) in [(-dx, from.0), (dx, 1.0 - from.0), (-dy, from.1), (dy, 1.0 - from.1)] {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            first = first.max(room / step);
        } else {
            last = last.min(room / step);
        }
    }
    let at = |t: f64| if t == 0.0 { from } else { (from.0 + t * dx, from.1 + t * dy) };
    (first <= last).then(|| (at(first), if last >= 1.0 { to } else { at(last) }))
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
