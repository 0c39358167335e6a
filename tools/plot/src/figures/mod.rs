//! A figure: its kind, its frames and panels, and how they are arranged.

use std::fmt::Write;

use figure::colour::Palette;
use figure::draw::{Colour, Item, Picture, Rect, escaped};
use figure::layout::{ColourBar, Title, TitleBlock, panels};
use pangeo::cli::Session;
use pangeo::engine::Engine;
use pangeo::{Error, Result};

use crate::arguments::Kind;
use crate::charts::Series;
use crate::maps::Map;
use crate::request::Plot;
use crate::slice::{Along, Field, Role, Source, Steps};
use crate::style::{self, Seen};

/// A figure, ready to be drawn frame by frame.
#[derive(Debug)]
pub(crate) struct Figure<'a> {
    request: &'a Plot,
    engine: &'a Engine,
    drawing: Drawing<'a>,
    /// Steps of dimensions that nothing is drawn along.
    fixed: Steps,
    frames: Vec<Steps>,
    panels: Vec<Steps>,
    seen: Seen,
    palette: Option<Palette>,
    /// What was averaged over, for the title.
    averaged: String,
    /// The values of the only map, which were read for its colours.
    only: Vec<f64>,
}

#[derive(Debug)]
enum Drawing<'a> {
    Map(Box<Map<'a>>),
    Chart(Series<'a>),
}

/// Around everything, in picture units.
const MARGIN: f64 = 16.0;
/// Between panels.
const GAP: f64 = 14.0;
/// The size of numbers on axes and colour bars.
const SMALL: f64 = 10.5;

impl<'a> Figure<'a> {
    /// The figure that `request` asks for.
    ///
    /// # Errors
    /// Where the data do not have what it needs, or can't be read.
    pub(crate) fn new(
        request: &'a Plot,
        (kind, averaged): (Kind, &str),
        sources: &'a [Source],
        session: &'a Session,
    ) -> Result<Self> {
        let engine = &session.engine;
        let drawing = if kind == Kind::Map {
            let nothing = || Error::data("nothing to draw", "the inputs");
            let source = sources.first().ok_or_else(nothing)?;
            let names = source.variables(request)?;
            let first = names.first().ok_or_else(nothing)?;
            if names.len() > 1 {
                return Err(Error::usage(format!(
                    "a map shows one variable, not {}: {}",
                    names.len(),
                    names.join(", ")
                ))
                .with_hint("choose with -v NAME"));
            }
            Drawing::Map(Box::new(Map::new(source, first, request, engine.threads())?))
        } else {
            Drawing::Chart(Series::new(sources, kind, request)?)
        };
        let mut figure = Self {
            request,
            engine,
            drawing,
            fixed: Vec::new(),
            frames: vec![Vec::new()],
            panels: vec![Vec::new()],
            seen: Seen::default(),
            palette: None,
            only: Vec::new(),
            averaged: if averaged.is_empty() { String::new() } else { format!("mean over {averaged}") },
        };
        figure.arrange(session)?;
        figure.look(session)?;
        Ok(figure)
    }

    fn field(&self) -> Option<&Field<'a>> {
        match &self.drawing {
            Drawing::Map(map) => Some(&map.field),
            Drawing::Chart(series) => series.fields.first(),
        }
    }

    /// Which steps are frames, panels, or stand still.
    fn arrange(&mut self, session: &Session) -> Result<()> {
        let drawn: Vec<String> = match &self.drawing {
            Drawing::Map(map) => {
                let along = |a: &&Along| matches!(a.role, Role::Row | Role::Column | Role::Cells);
                map.field.axes.iter().filter(along).map(|a| a.dimension.clone()).collect()
            }
            Drawing::Chart(series) => series.drawn(),
        };
        let (mut fixed, mut frames, mut facets) = (Vec::new(), None, None);
        let Some(field) = self.field() else { return Ok(()) };
        let each = |axis: &Along| (0..axis.length).map(|i| vec![(axis.dimension.clone(), i)]).collect::<Vec<Steps>>();
        for axis in &field.axes {
            if self.request.animate.as_deref() == Some(&axis.dimension) {
                frames = Some(each(axis));
            } else if self.request.facet.as_deref() == Some(&axis.dimension) {
                facets = Some(each(axis));
            } else if !drawn.contains(&axis.dimension) {
                if axis.length > 1 {
                    let step = field.source.step(&axis.dimension, 0);
                    session.say(&format!(
                        "note: {} has {} steps, drawn is the first ({step}); --isel, --facet and --animate choose others",
                        axis.dimension, axis.length
                    ));
                }
                fixed.push((axis.dimension.clone(), 0));
            }
        }
        for (wish, found) in [(&self.request.animate, &frames), (&self.request.facet, &facets)] {
            if let (Some(name), None) = (wish, found) {
                let has: Vec<&str> = field.axes.iter().map(|a| a.dimension.as_str()).collect();
                return Err(Error::usage(format!(
                    "variable '{}' has no dimension '{name}' (has: {})",
                    field.variable.name,
                    has.join(", ")
                )));
            }
        }
        if field.axes.iter().any(|a| a.length == 0) {
            return Err(field.error("nothing to draw: a dimension has no steps"));
        }
        if let Some(facets) = &facets
            && facets.len() > 100
        {
            return Err(field
                .error(format!("{} panels are too many to see anything", facets.len()))
                .with_hint("choose with --isel or --time, or --animate"));
        }
        (self.fixed, self.frames, self.panels) =
            (fixed, frames.unwrap_or_else(|| vec![Vec::new()]), facets.unwrap_or_else(|| vec![Vec::new()]));
        Ok(())
    }

    /// Where a panel of a frame is.
    fn steps(&self, frame: usize, panel: usize) -> Steps {
        let own = |list: &[Steps], i: usize| list.get(i).cloned().unwrap_or_default();
        [self.fixed.clone(), own(&self.frames, frame), own(&self.panels, panel)].concat()
    }

    /// Read what decides about colours and axes: all values that will be drawn, unless the range is given.
    fn look(&mut self, session: &Session) -> Result<()> {
        let (mut seen, mut only) = (Seen::default(), Vec::new());
        for frame in 0..self.frames.len() {
            for panel in 0..self.panels.len() {
                self.engine.check()?;
                let steps = self.steps(frame, panel);
                match &self.drawing {
                    Drawing::Map(map) => {
                        let sampled = self.request.values.robust || self.request.values.log;
                        let values = map.values(&steps, self.engine)?;
                        seen.add(&values, sampled);
                        only = values;
                    }
                    Drawing::Chart(series) => series.look(&steps, &mut seen, self.engine)?,
                }
            }
        }
        if seen.is_empty() {
            session.warn("every value is missing: the figure shows none");
        }
        self.palette = match &self.drawing {
            Drawing::Map(map) => Some(style::palette(&self.request.values, map.field.variable, &seen)?),
            Drawing::Chart(series) => series.palette(&seen)?,
        };
        self.seen = seen;
        if self.frames.len() * self.panels.len() == 1 {
            self.only = only;
        }
        Ok(())
    }

    /// How many frames it has.
    pub(crate) fn count(&self) -> usize {
        self.frames.len()
    }

    /// What it is, for the user.
    pub(crate) fn kind(&self) -> &'static str {
        match (&self.drawing, self.panels.len()) {
            (Drawing::Map(_), 1) => "a map",
            (Drawing::Map(_), _) => "maps",
            (Drawing::Chart(_), 1) => "a chart",
            (Drawing::Chart(_), _) => "charts",
        }
    }

    /// What a frame shows: its date or level.
    pub(crate) fn caption(&self, frame: usize) -> String {
        let steps = self.frames.get(frame).cloned().unwrap_or_default();
        let step = |(d, i): &(String, usize)| self.field().map_or_else(String::new, |f| f.source.step(d, *i));
        steps.iter().map(step).collect::<Vec<_>>().join(" · ")
    }

    fn title(&self, frame: usize) -> Title {
        let Some(field) = self.field() else { return Title::default() };
        let own = match &self.drawing {
            Drawing::Chart(series) if series.fields.len() > 1 => String::new(),
            _ => field.name(),
        };
        let steps = [self.fixed.clone(), self.frames.get(frame).cloned().unwrap_or_default()].concat();
        let second = [field.second(&steps), self.averaged.clone()];
        let second = second.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        Title { text: self.request.title.clone().unwrap_or(own), second }
    }

    /// One frame.
    ///
    /// # Errors
    /// When values can't be read.
    pub(crate) fn picture(&self, frame: usize) -> Result<Picture> {
        let per_unit = self.request.dpi / 100.0;
        let given = self.request.size.map(|s| (f64::from(s.width) / per_unit, f64::from(s.height) / per_unit));
        let width = given.map_or(1000.0, |(w, _)| w);
        let title = TitleBlock::new(&self.title(frame), 15.0, width - 2.0 * MARGIN);
        let sheet = self.sheet(width, given.map(|(_, h)| h), title.height());
        let mut items =
            title.draw(Rect { x: MARGIN, y: MARGIN - 4.0, width: width - 2.0 * MARGIN, height: title.height() });
        for (panel, cell) in sheet.cells.iter().enumerate() {
            items.extend(self.panel(frame, panel, *cell)?);
        }
        if let (Some(palette), Some((area, upright))) = (&self.palette, sheet.bar) {
            items.extend(self.bar(palette, upright).draw(area));
        }
        let shown = self.title(frame);
        let description =
            [shown.second.clone(), self.range()].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; ");
        Ok(Picture { width, height: sheet.height, background: Colour::WHITE, title: shown.text, description, items })
    }

    /// The values that are shown, in words.
    fn range(&self) -> String {
        if self.seen.is_empty() {
            return "no values".to_owned();
        }
        let units = self.field().and_then(|f| f.variable.attributes.text("units")).unwrap_or("");
        format!(
            "values from {} to {} {units}",
            figure::axis::number(self.seen.min),
            figure::axis::number(self.seen.max)
        )
        .trim_end()
        .to_owned()
    }

    fn bar<'b>(&self, palette: &'b Palette, upright: bool) -> ColourBar<'b> {
        let label = self.request.label.clone().or_else(|| self.field().map(Field::label)).unwrap_or_default();
        let extends = if self.seen.is_empty() { (false, false) } else { palette.extends(self.seen.min, self.seen.max) };
        ColourBar { palette, label, extends, upright, size: SMALL }
    }

    fn panel(&self, frame: usize, panel: usize, cell: Rect) -> Result<Vec<Item>> {
        let steps = self.steps(frame, panel);
        let small = self.panels.len() > 1;
        let mut items = Vec::new();
        let mut area = cell;
        if small {
            let own = self.panels.get(panel).cloned().unwrap_or_default();
            let step = |(d, i): &(String, usize)| self.field().map_or_else(String::new, |f| f.source.step(d, *i));
            let second = own.iter().map(step).collect::<Vec<_>>().join(" · ");
            let title = TitleBlock::new(&Title { text: String::new(), second }, 13.0, cell.width);
            items.extend(title.draw(cell));
            let height = title.height() + 3.0;
            area = Rect { y: cell.y + height, height: (cell.height - height).max(1.0), ..cell };
        }
        match &self.drawing {
            Drawing::Map(map) => {
                let (left, below) = map.margins(small);
                let inner = Rect {
                    x: area.x + left,
                    width: (area.width - left).max(1.0),
                    height: (area.height - below).max(1.0),
                    ..area
                };
                let Some(palette) = &self.palette else { return Ok(items) };
                let read = if self.only.is_empty() { map.values(&steps, self.engine)? } else { Vec::new() };
                let values = if self.only.is_empty() { &read } else { &self.only };
                items.extend(map.draw(values, &steps, palette, inner, (small, self.engine))?);
            }
            Drawing::Chart(series) => {
                let chart = series.chart(&steps, &self.seen, self.palette.as_ref(), self.engine)?;
                let m = chart.margins();
                let inner = Rect {
                    x: area.x + m.left,
                    y: area.y + m.top,
                    width: (area.width - m.left - m.right).max(20.0),
                    height: (area.height - m.top - m.bottom).max(20.0),
                };
                items.extend(chart.draw(inner, self.request.pixels_per_unit()).map_err(style::usage)?);
            }
        }
        Ok(items)
    }

    /// How many times as wide as high a panel is.
    fn aspect(&self) -> f64 {
        match &self.drawing {
            Drawing::Map(map) => map.aspect().clamp(0.2, 5.0),
            Drawing::Chart(series) => series.aspect(),
        }
    }

    /// Where panels and the colour bar are, and how high the figure is if that is not given.
    fn sheet(&self, width: f64, height: Option<f64>, title: f64) -> Sheet {
        let count = self.panels.len();
        let small = count > 1;
        let (left, below) = match &self.drawing {
            Drawing::Map(map) => map.margins(small),
            Drawing::Chart(_) => (0.0, 0.0),
        };
        let head = if small { 20.0 } else { 0.0 };
        let aspect = self.aspect();
        let best = (count as f64 * 1.45 / aspect).sqrt().round().max(1.0) as usize;
        let columns = self.request.columns.unwrap_or(best).clamp(1, count);
        let rows = count.div_ceil(columns);
        let upright = columns as f64 * aspect / (rows as f64) < 1.15 || matches!(self.drawing, Drawing::Chart(_));
        let room = self.palette.as_ref().map_or(0.0, |p| self.bar(p, upright).across(400.0) + GAP);
        let top = MARGIN + title + if title > 0.0 { 8.0 } else { 0.0 };
        let (right, bottom) = if upright { (room, 0.0) } else { (0.0, room) };
        let inner = width - 2.0 * MARGIN - right;
        // As high as the panels need at this width, but no higher than a page.
        let each = ((inner - GAP * (columns - 1) as f64) / columns as f64 - left) / aspect + below + head;
        let wanted = each * rows as f64 + GAP * (rows - 1) as f64;
        let height = height.unwrap_or_else(|| (top + wanted + bottom + MARGIN).clamp(160.0, 1400.0).round());
        let area =
            Rect { x: MARGIN, y: top, width: inner.max(10.0), height: (height - top - bottom - MARGIN).max(10.0) };
        let cells = panels(area, count, columns, (GAP, GAP));
        let bar = self.palette.as_ref().map(|_| {
            if upright {
                let length = (area.height - head - below).clamp(20.0, 420.0);
                let x = area.x + area.width + GAP;
                (
                    Rect {
                        x,
                        y: area.y + head + (area.height - head - below - length) / 2.0,
                        width: room - GAP,
                        height: length,
                    },
                    true,
                )
            } else {
                let length = (0.62 * inner).min(620.0);
                let x = area.x + left + (area.width - left - length) / 2.0;
                (Rect { x, y: area.y + area.height + GAP - below.min(2.0), width: length, height: room - GAP }, false)
            }
        });
        Sheet { height, cells, bar }
    }

    /// What the figure shows as a small table in HTML.
    pub(crate) fn summary(&self) -> String {
        let Some(field) = self.field() else { return String::new() };
        let mut rows = vec![("Variable", field.variable.name.clone()), ("Source", field.source.dataset.source.clone())];
        rows.push((
            "Dimensions",
            field.axes.iter().map(|a| format!("{} = {}", a.dimension, a.length)).collect::<Vec<_>>().join(", "),
        ));
        rows.push(("Shown", self.range()));
        let mut html = String::from("<table>\n");
        for (name, value) in rows {
            let _ = writeln!(html, "<tr><th>{name}</th><td>{}</td></tr>", escaped(&value));
        }
        html.push_str("</table>\n");
        html
    }
}

/// Where things are.
struct Sheet {
    height: f64,
    cells: Vec<Rect>,
    bar: Option<(Rect, bool)>,
}
