//! Charts of two axes: what is drawn along which, and the layers.

mod bars;

use figure::chart::{Axis, Chart, Layer};
use figure::colour::Palette;
use figure::draw::Colour;
use pangeo::cf::time::Calendar;
use pangeo::engine::Engine;
use pangeo::{Error, Result};

use crate::arguments::Kind;
use crate::axes::{Places, Upright, axis, calendar, places, positions, span};
use crate::request::Plot;
use crate::slice::{Along, Field, Role, Source, Steps};
use crate::style::{self, Seen};

/// As many lines as can be told apart.
const MOST_LINES: usize = 12;

/// The variables of a chart.
#[derive(Debug)]
pub(crate) struct Series<'a> {
    pub(crate) fields: Vec<Field<'a>>,
    kind: Kind,
    request: &'a Plot,
    /// The calendar of all axes of time: that of the first variable.
    calendar: Option<Calendar>,
    /// How many charts there are, each of variables of the same units.
    charts: usize,
}

impl<'a> Series<'a> {
    /// Charts of the variables that are asked for, of each of the sources: one for each of their units.
    ///
    /// # Errors
    /// When their coordinates can't be read; [`Error::Usage`] for several variables where colours show one.
    pub(crate) fn of(sources: &'a [Source], kind: Kind, request: &'a Plot) -> Result<Vec<Self>> {
        let mut groups: Vec<Vec<Field<'a>>> = Vec::new();
        for source in sources {
            for name in source.variables(request)? {
                let field = source.field(&name)?;
                match groups.iter_mut().find(|g| g.first().is_some_and(|first| first.units() == field.units())) {
                    Some(group) => group.push(field),
                    None => groups.push(vec![field]),
                }
            }
        }
        let names: Vec<&str> = groups.iter().flatten().map(|f| f.variable.name.as_str()).collect();
        if matches!(kind, Kind::Hovmoller | Kind::Section | Kind::Stripes) && names.len() > 1 {
            let what = format!("this kind of figure shows one variable, not {}: {}", names.len(), names.join(", "));
            return Err(Error::usage(what).with_hint("choose with -v NAME"));
        }
        let first = groups.iter().flatten().next();
        let calendar = first.and_then(|f| f.along(Role::Time).and_then(|along| calendar(f, along)));
        let charts = groups.len();
        Ok(groups.into_iter().map(|fields| Self { fields, kind, request, calendar, charts }).collect())
    }

    /// Whether several charts lie beside each other, not below.
    pub(crate) fn is_beside(&self) -> bool {
        self.kind == Kind::Profile
    }

    /// From where to where the variables lie along what lines are drawn along, for an axis that charts share.
    ///
    /// # Errors
    /// When coordinates can't be read.
    pub(crate) fn reach(&self, steps: &Steps) -> Result<Option<(f64, f64)>> {
        if !matches!(self.kind, Kind::Timeseries | Kind::Profile) {
            return Ok(None);
        }
        let role = self.line_role(steps)?;
        let mut reach = Vec::new();
        for field in &self.fields {
            if let Some(along) = field.free(role, steps) {
                reach.extend(positions(field, along, self.calendar)?);
            }
        }
        if self.stands(self.kind == Kind::Profile) == Upright::Log && reach.iter().any(|at| *at > 0.0) {
            reach.retain(|at| *at > 0.0);
        }
        Ok(Some(span(&reach)))
    }

    /// What lines are drawn along.
    fn line_role(&self, steps: &Steps) -> Result<Role> {
        if self.kind == Kind::Profile {
            return Ok(Role::Vertical);
        }
        let along = [Role::Time, Role::Row, Role::Column, Role::Vertical, Role::Other, Role::Cells];
        let field = self.field()?;
        let free = || along.into_iter().filter_map(|role| field.free(role, steps));
        Ok(free().find(|a| a.length > 1).or(free().next()).map_or(Role::Time, |a| a.role))
    }

    /// Whether values are told by colours.
    pub(crate) fn is_coloured(&self) -> bool {
        matches!(self.kind, Kind::Hovmoller | Kind::Section | Kind::Stripes)
    }

    /// How many times as wide as high it is.
    pub(crate) fn aspect(&self) -> f64 {
        match self.kind {
            Kind::Stripes => 3.2,
            Kind::Profile if self.charts > 1 => 0.6,
            Kind::Profile => 1.1,
            Kind::Timeseries if self.charts > 1 => 3.4,
            Kind::Histogram if self.charts > 1 => 2.6,
            _ => 1.9,
        }
    }

    /// The dimensions that are drawn along.
    pub(crate) fn drawn(&self) -> Vec<String> {
        let Some(field) = self.fields.first() else { return Vec::new() };
        let roles: &[Role] = match self.kind {
            Kind::Timeseries => &[Role::Time, Role::Other, Role::Cells, Role::Row, Role::Column],
            Kind::Stripes => &[Role::Time],
            Kind::Profile => &[Role::Vertical, Role::Other, Role::Cells],
            Kind::Hovmoller => &[Role::Time, Role::Row, Role::Column],
            Kind::Section => &[Role::Vertical, Role::Row, Role::Column],
            Kind::Histogram | Kind::Map => {
                return field.axes.iter().map(|a| a.dimension.clone()).collect();
            }
        };
        field.axes.iter().filter(|a| roles.contains(&a.role)).map(|a| a.dimension.clone()).collect()
    }

    /// The values of all variables, for the range of axes and colours.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) fn look(&self, steps: &Steps, seen: &mut Seen, engine: &Engine) -> Result<()> {
        self.fields.iter().try_for_each(|field| {
            seen.add(&field.values(steps, engine)?, true);
            Ok(())
        })
    }

    /// The colours, where values are told by colours.
    ///
    /// # Errors
    /// For wishes that cannot be had.
    pub(crate) fn palette(&self, seen: &Seen) -> Result<Option<Palette>> {
        let Some(field) = self.fields.first().filter(|_| self.is_coloured()) else { return Ok(None) };
        let mut wishes = self.request.values.clone();
        if self.kind == Kind::Stripes && wishes.map.is_none() {
            wishes.map = Some("stripes".to_owned());
            wishes.diverging = wishes.diverging.or(Some(seen.mean())).filter(|_| !wishes.log && wishes.range.is_none());
        }
        wishes.log &= self.kind != Kind::Section;
        style::palette(&wishes, field.variable, seen).map(Some)
    }

    /// The chart at `steps`.
    ///
    /// # Errors
    /// Where the dimensions that it needs are not there, or values can't be read.
    pub(crate) fn chart(
        &self,
        steps: &Steps,
        seen: &Seen,
        palette: Option<&Palette>,
        reach: Option<(f64, f64)>,
        engine: &Engine,
    ) -> Result<Chart> {
        match (self.kind, palette) {
            (Kind::Histogram, _) => self.histogram(steps, engine),
            (Kind::Stripes, Some(palette)) => self.stripes(steps, palette, engine),
            (Kind::Hovmoller | Kind::Section, Some(palette)) => self.cells(steps, palette, engine),
            _ => self.lines(steps, seen, reach.unwrap_or((0.0, 1.0)), engine),
        }
    }

    fn field(&self) -> Result<&Field<'a>> {
        self.fields.first().ok_or_else(|| Error::data("internal: a chart of nothing", "plot"))
    }

    /// The axis of values: as they are asked for, else what holds all of them.
    ///
    /// # Errors
    /// [`Error::Usage`] for a logarithmic range that begins at zero or below.
    fn value_axis(&self, seen: &Seen, log: bool) -> Result<Axis> {
        let (low, high) = style::limits(&self.request.values, seen);
        let label = self.value_label();
        Ok(match (self.request.values.range, log) {
            (Some(_), true) if low <= 0.0 => {
                return Err(Error::usage(format!("a logarithmic axis cannot begin at {low}"))
                    .with_hint("--range with both values above 0, or no --log"));
            }
            (Some(_), true) => Axis::log_exact(&label, low, high),
            (_, true) => Axis::log(&label, seen.least_positive().unwrap_or(low), high),
            (Some(_), _) => Axis::exact(&label, low, high),
            _ => Axis::linear(&label, low, high),
        })
    }

    /// What the values are: the variable, or the units that several have in common.
    fn value_label(&self) -> String {
        if let Some(label) = &self.request.label {
            return label.clone();
        }
        match self.fields.as_slice() {
            [] => String::new(),
            [first, rest @ ..] if rest.iter().all(|f| f.variable.name == first.variable.name) => first.label(),
            [first, ..] => figure::axis::readable_units(first.units()),
        }
    }

    /// Lines along one dimension; other dimensions become lines of their own.
    fn lines(&self, steps: &Steps, seen: &Seen, reach: (f64, f64), engine: &Engine) -> Result<Chart> {
        let (first, role) = (self.field()?, self.line_role(steps)?);
        let upright = self.kind == Kind::Profile;
        let mut layers = Vec::new();
        for field in &self.fields {
            let along = field.free(role, steps).ok_or_else(|| missing(field, self.kind))?;
            let places = positions(field, along, self.calendar)?;
            for (label, values) in self.each(field, &along.dimension, steps, engine)? {
                let point = |(at, value): (&f64, f64)| if upright { (value, *at) } else { (*at, value) };
                let there = places.iter().zip(values).filter(|(at, _)| at.is_finite());
                let points: Vec<(f64, f64)> = there.map(point).collect();
                layers.push(Layer::line(points, layers.len(), &label));
            }
        }
        if layers.len() == 1
            && let Some(Layer::Line { label, .. }) = layers.first_mut()
        {
            label.clear();
        }
        let along = first.free(role, steps).ok_or_else(|| missing(first, self.kind))?;
        let axis = axis(first, along, reach, (self.stands(upright), self.calendar));
        let values = self.value_axis(seen, self.request.values.log && !upright)?;
        Ok(if upright { Chart::new(values, axis, layers) } else { Chart::new(axis, values, layers) })
    }

    /// What tells a variable from the others: its file, its name, or both.
    fn name_of(&self, field: &Field<'_>) -> String {
        let variables = self.fields.iter().any(|f| f.variable.name != field.variable.name);
        let files = self.fields.iter().any(|f| f.source.label != field.source.label);
        let parts = [files.then(|| field.source.label.clone()), variables.then(|| field.label())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// The values along a dimension, once for each step of the others, with what tells them apart.
    fn each(&self, field: &Field<'_>, along: &str, steps: &Steps, engine: &Engine) -> Result<Vec<(String, Vec<f64>)>> {
        let free: Vec<&Along> = field
            .axes
            .iter()
            .filter(|a| a.dimension != along && steps.iter().all(|(d, _)| *d != a.dimension))
            .collect();
        let count: usize = free.iter().map(|a| a.length).product();
        if count > MOST_LINES {
            let names: Vec<&str> = free.iter().map(|a| a.dimension.as_str()).collect();
            return Err(field
                .error(format!("{count} lines, one for each step of {}, are too many", names.join(" and ")))
                .with_hint("choose with --isel or --sel, or average with --over"));
        }
        let name = self.name_of(field);
        let one = |mut number: usize| {
            let mut wanted = steps.clone();
            for axis in free.iter().rev() {
                wanted.push((axis.dimension.clone(), number % axis.length));
                number /= axis.length;
            }
            let picked = wanted.iter().skip(steps.len()).rev();
            let told = picked.filter(|(d, _)| free.iter().any(|a| a.dimension == *d && a.length > 1));
            let mut parts: Vec<String> = told.map(|(d, i)| field.source.step(d, *i)).collect();
            parts.insert(0, name.clone());
            parts.retain(|part| !part.is_empty());
            Ok((parts.join(", "), field.values(&wanted, engine)?))
        };
        (0..count.max(1)).map(one).collect()
    }

    /// Rectangles of colour between two axes.
    fn cells(&self, steps: &Steps, palette: &Palette, engine: &Engine) -> Result<Chart> {
        let field = self.field()?;
        let across = || [Role::Column, Role::Row].into_iter().filter_map(|role| field.free(role, steps));
        let horizontal = across().find(|a| a.length > 1).or(across().next_back());
        let other = field.free(if self.kind == Kind::Section { Role::Vertical } else { Role::Time }, steps);
        let (Some(horizontal), Some(other)) = (horizontal, other) else { return Err(missing(field, self.kind)) };
        // Time runs down beside longitudes and to the right beside latitudes, as such figures are read.
        let time_across = self.kind == Kind::Hovmoller && horizontal.role == Role::Row;
        let (across, up) = if time_across { (other, horizontal) } else { (horizontal, other) };
        let (x, mut y) = (places(field, across, Upright::No)?, places(field, up, self.stands(true))?);
        if self.kind == Kind::Hovmoller && !time_across {
            y.axis = y.axis.flipped();
        }
        let table = field.table(up, across, steps, engine)?;
        let at = |row: &Option<usize>, column: &Option<usize>| Some((*row)? * across.length + (*column)?);
        let found: Vec<Option<f64>> = y
            .steps
            .iter()
            .flat_map(|row| x.steps.iter().map(move |column| at(row, column)))
            .map(|place| table.get(place?).copied())
            .collect();
        // Where no step is, nothing is drawn; missing values have a colour of their own.
        let colours: Vec<Colour> =
            found.iter().map(|value| value.map_or(Colour::NONE, |value| palette.colour(value))).collect();
        let values: Vec<f64> = found.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        let mut layers = vec![Layer::Cells { x_edges: x.edges, y_edges: y.edges, colours }];
        if self.request.values.contour {
            let levels = palette.ticks(10).ticks.iter().map(|t| t.value).collect();
            let (colour, labels) = (Colour::grey(30).with_alpha(210), true);
            layers.push(Layer::Contours { x: x.values, y: y.values, values, levels, colour, width: 0.8, labels });
        }
        Ok(Chart { grid: false, frame: true, ..Chart::new(x.axis, y.axis, layers) })
    }

    /// How an upright axis stands.
    fn stands(&self, upright: bool) -> Upright {
        match (upright, self.request.values.log) {
            (false, _) => Upright::No,
            (true, false) => Upright::Linear,
            (true, true) => Upright::Log,
        }
    }

    fn stripes(&self, steps: &Steps, palette: &Palette, engine: &Engine) -> Result<Chart> {
        let field = self.field()?;
        let along = field.free(Role::Time, steps).ok_or_else(|| missing(field, self.kind))?;
        let Places { steps: shown, edges, axis, .. } = places(field, along, Upright::No)?;
        let values = field.values(steps, engine)?;
        let value = |step: &Option<usize>| values.get((*step)?).copied();
        let colours = shown.iter().map(|s| value(s).map_or(Colour::NONE, |v| palette.colour(v))).collect();
        let chart =
            Chart::new(axis, Axis::with_ticks("", 0.0, 1.0, Vec::new()), vec![Layer::Columns { edges, colours }]);
        Ok(Chart { grid: false, legend: false, ..chart })
    }
}

fn missing(field: &Field<'_>, kind: Kind) -> Error {
    let needs = match kind {
        Kind::Timeseries | Kind::Stripes => "a dimension of time",
        Kind::Hovmoller => "time, and latitudes or longitudes",
        Kind::Section => "a vertical dimension, and latitudes or longitudes",
        Kind::Profile => "a vertical dimension",
        Kind::Map | Kind::Histogram => "values",
    };
    let has: Vec<&str> = field.axes.iter().map(|a| a.dimension.as_str()).collect();
    field.error(format!(
        "this kind of figure needs {needs}, and there is {}",
        if has.is_empty() { "none".to_owned() } else { has.join(", ") }
    ))
}
