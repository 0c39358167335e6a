//! A figure: its kind, its frames and panels, and what is known of its values.

mod picture;

use std::fmt::Write;

use figure::colour::Palette;
use figure::draw::{escaped, plain};
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
    /// What is known of the values of each chart, or of the map.
    seen: Vec<Seen>,
    palette: Option<Palette>,
    /// What was averaged over, for the title.
    averaged: String,
    /// The values of the only map, which were read for its colours.
    only: Vec<f64>,
}

#[derive(Debug)]
enum Drawing<'a> {
    Map(Box<Map<'a>>),
    /// One for each of the units.
    Charts(Vec<Series<'a>>),
}

impl<'a> Drawing<'a> {
    fn new(request: &'a Plot, kind: Kind, sources: &'a [Source], engine: &Engine) -> Result<Self> {
        if kind != Kind::Map {
            return Ok(Self::Charts(Series::of(sources, kind, request)?));
        }
        let nothing = || Error::data("nothing to draw", "the inputs");
        let source = sources.first().ok_or_else(nothing)?;
        let names = source.variables(request)?;
        match names.as_slice() {
            [] => Err(nothing()),
            [only] => Ok(Self::Map(Box::new(Map::new(source, only, request, engine.threads())?))),
            _ => Err(Error::usage(format!("a map shows one variable, not {}: {}", names.len(), names.join(", ")))
                .with_hint("choose with -v NAME")),
        }
    }
}

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
        let drawing = Drawing::new(request, kind, sources, engine)?;
        let mut figure = Self {
            request,
            engine,
            drawing,
            fixed: Vec::new(),
            frames: vec![Vec::new()],
            panels: vec![Vec::new()],
            seen: Vec::new(),
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
            Drawing::Charts(all) => all.first().and_then(|series| series.fields.first()),
        }
    }

    /// The dimensions that are drawn along.
    fn drawn(&self) -> Vec<String> {
        match &self.drawing {
            Drawing::Map(map) => {
                let along = |a: &&Along| matches!(a.role, Role::Row | Role::Column | Role::Cells);
                map.field.axes.iter().filter(along).map(|a| a.dimension.clone()).collect()
            }
            Drawing::Charts(all) => all.first().map(Series::drawn).unwrap_or_default(),
        }
    }

    /// Which steps are frames, panels, or stand still.
    fn arrange(&mut self, session: &Session) -> Result<()> {
        let drawn = self.drawn();
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
                    let step = plain(&field.source.step(&axis.dimension, 0));
                    session.say(&format!(
                        "note: {} has {} steps, drawn is the first ({step}); --isel, --facet and --animate choose others",
                        axis.dimension, axis.length
                    ));
                }
                fixed.push((axis.dimension.clone(), 0));
            }
        }
        self.can_be_drawn(field, frames.as_deref(), facets.as_deref())?;
        (self.fixed, self.frames, self.panels) =
            (fixed, frames.unwrap_or_else(|| vec![Vec::new()]), facets.unwrap_or_else(|| vec![Vec::new()]));
        Ok(())
    }

    /// Refuses dimensions that are not there, have no steps, or too many for panels.
    fn can_be_drawn(&self, field: &Field<'_>, frames: Option<&[Steps]>, facets: Option<&[Steps]>) -> Result<()> {
        for (wish, found) in [(&self.request.animate, frames), (&self.request.facet, facets)] {
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
        match facets.map_or(0, <[Steps]>::len) {
            count @ 101.. => Err(field
                .error(format!("{count} panels are too many to see anything"))
                .with_hint("choose with --isel or --time, or --animate")),
            _ => Ok(()),
        }
    }

    /// How many panels there are: for each step one of each chart.
    fn panel_count(&self) -> usize {
        self.panels.len() * self.charts_of_a_step()
    }

    fn charts_of_a_step(&self) -> usize {
        match &self.drawing {
            Drawing::Map(_) => 1,
            Drawing::Charts(all) => all.len().max(1),
        }
    }

    /// Where a panel of a frame is.
    fn steps(&self, frame: usize, panel: usize) -> Steps {
        let own = |list: &[Steps], i: usize| list.get(i).cloned().unwrap_or_default();
        [self.fixed.clone(), own(&self.frames, frame), own(&self.panels, panel)].concat()
    }

    /// Read what decides about colours and axes: all values that will be drawn, unless the range is given.
    fn look(&mut self, session: &Session) -> Result<()> {
        let (mut seen, mut only) = (vec![Seen::default(); self.charts_of_a_step()], Vec::new());
        for frame in 0..self.frames.len() {
            for panel in 0..self.panels.len() {
                self.engine.check()?;
                let steps = self.steps(frame, panel);
                match &self.drawing {
                    Drawing::Map(map) => {
                        let sampled = self.request.values.robust || self.request.values.log;
                        let values = map.values(&steps, self.engine)?;
                        seen.iter_mut().for_each(|seen| seen.add(&values, sampled));
                        only = values;
                    }
                    Drawing::Charts(all) => {
                        let mut each = all.iter().zip(&mut seen);
                        each.try_for_each(|(series, seen)| series.look(&steps, seen, self.engine))?;
                    }
                }
            }
        }
        if seen.iter().all(Seen::is_empty) {
            session.warn("every value is missing: the figure shows none");
        }
        self.palette = match (&self.drawing, seen.as_slice()) {
            (Drawing::Map(map), [seen]) => Some(style::palette(&self.request.values, map.field.variable, seen)?),
            (Drawing::Charts(all), [seen]) => all.first().map(|series| series.palette(seen)).transpose()?.flatten(),
            _ => None,
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
        match (&self.drawing, self.panel_count()) {
            (Drawing::Map(_), 1) => "a map",
            (Drawing::Map(_), _) => "maps",
            (Drawing::Charts(_), 1) => "a chart",
            (Drawing::Charts(_), _) => "charts",
        }
    }

    /// What a frame shows: its date or level.
    pub(crate) fn caption(&self, frame: usize) -> String {
        plain(&self.said(self.frames.get(frame)))
    }

    /// Steps as text.
    fn said(&self, steps: Option<&Steps>) -> String {
        let step = |(d, i): &(String, usize)| self.field().map_or_else(String::new, |f| f.source.step(d, *i));
        steps.into_iter().flatten().map(step).collect::<Vec<_>>().join(" · ")
    }

    /// The values that are shown, in words.
    fn range(&self) -> String {
        let words = |(seen, field): (&Seen, &Field<'_>)| match self.seen.len() {
            1 => seen.in_words(field.units()),
            _ => format!("{}: {}", field.name(), seen.in_words(field.units())),
        };
        let firsts: Vec<&Field<'_>> = match &self.drawing {
            Drawing::Map(map) => vec![&map.field],
            Drawing::Charts(all) => all.iter().filter_map(|series| series.fields.first()).collect(),
        };
        self.seen.iter().zip(firsts).map(words).collect::<Vec<_>>().join("; ")
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
