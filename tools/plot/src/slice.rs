//! Reading slices of a variable.

use pangeo::cf::packing::Packing;
use pangeo::cf::roles::{Axis, Kind as CoordinateKind, Role as DatasetRole, Roles, resolve_variables};
use pangeo::cf::time::TimeAxis;
use pangeo::cli::{Input, Session};
use pangeo::engine::Engine;
use pangeo::grid::Grid;
use pangeo::model::{Dataset, Region, Variable};
use pangeo::ops::aggregate::Aggregate;
use pangeo::ops::coordinates;
use pangeo::ops::subset::Subset;
use pangeo::{Error, Result};

use crate::arguments::Args;
use crate::request::Plot;

/// The dataset, cut to what is asked for.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) dataset: Dataset,
    pub(crate) roles: Roles,
    /// What the file is called where several are drawn beside each other.
    pub(crate) label: String,
}

/// Open the inputs and cut them: as one dataset, or, where lines of files that do not join are asked for, one by one.
///
/// # Errors
/// As opening and cutting.
pub(crate) fn open(args: &Args, session: &Session) -> Result<Vec<Source>> {
    let paths = args.input.paths()?;
    let subset = args.subset();
    let together = args.input.open(session, |inputs| subset.prepare(inputs));
    match together.and_then(|dataset| cut(&subset, dataset, session)) {
        Ok(source) => Ok(vec![source]),
        Err(error @ (Error::Data { .. } | Error::Unsupported { .. })) if paths.len() > 1 && args.draws_lines() => {
            session.say(&format!("note: drawn side by side, as the inputs do not join: {error}"));
            alone(&paths, &subset, session)
        }
        Err(error) => Err(error),
    }
}

/// Each input by itself: of the variables that are named those it has.
fn alone(paths: &[String], subset: &Subset, session: &Session) -> Result<Vec<Source>> {
    let inputs = paths.iter().map(|path| Input { inputs: vec![path.clone()] }.open(session, |_| Ok(())));
    let datasets = inputs.collect::<Result<Vec<Dataset>>>()?;
    let find = |dataset: &Dataset, name: &String| resolve_variables(dataset, &Roles::of(dataset), &[name]).map(|_| ());
    for name in &subset.variables {
        // What no file has is an error, which the first one tells.
        if datasets.iter().all(|dataset| find(dataset, name).is_err()) {
            datasets.iter().try_for_each(|dataset| find(dataset, name))?;
        }
    }
    let mut sources = Vec::new();
    for dataset in datasets {
        let own = subset.variables.iter().filter(|name| find(&dataset, name).is_ok()).cloned().collect();
        let own = Subset { variables: own, ..subset.clone() };
        if own.variables.is_empty() && !subset.variables.is_empty() {
            session.say(&format!("note: {} has none of the variables", dataset.source));
        } else {
            sources.push(cut(&own, dataset, session)?);
        }
    }
    Ok(sources)
}

fn cut(subset: &Subset, dataset: Dataset, session: &Session) -> Result<Source> {
    let chosen = subset.apply(dataset)?;
    chosen.notes.iter().for_each(|note| session.say(&format!("note: {note}")));
    chosen.warnings.iter().for_each(|warning| session.warn(warning));
    Ok(Source::new(chosen.dataset))
}

impl Source {
    fn new(dataset: Dataset) -> Self {
        let roles = Roles::of(&dataset);
        let stem = std::path::Path::new(&dataset.source).file_stem().map(|s| s.to_string_lossy().into_owned());
        Self { label: stem.unwrap_or_default(), dataset, roles }
    }

    /// The same averaged over axes, weighted as `aggregate` does by itself.
    ///
    /// # Errors
    /// As [`Aggregate::apply`].
    pub(crate) fn averaged(&self, over: &[String], engine: &Engine) -> Result<Self> {
        let request = Aggregate { over: over.to_vec(), ..Aggregate::default() };
        let outcome = request.apply(&self.dataset, engine)?;
        Ok(Self { label: self.label.clone(), ..Self::new(outcome.dataset) })
    }

    /// The variables to draw: those that are named, else the only one there is beside arrows and what belongs to
    /// others (ancillary variables, terms of formulas).
    ///
    /// # Errors
    /// [`Error::Usage`] naming them where several could be meant, [`Error::Data`] where there is none.
    pub(crate) fn variables(&self, request: &Plot) -> Result<Vec<String>> {
        let numeric = |name: &&str| self.dataset.variable(name).is_some_and(|v| v.data_type().is_numeric());
        let nothing = || Error::data("nothing to draw: no variable holds numbers", self.dataset.source.clone());
        if !request.variables.is_empty() {
            let named = self.named(&request.variables);
            let named: Vec<String> = named.into_iter().filter(|name| numeric(&name.as_str())).collect();
            return if named.is_empty() { Err(nothing()) } else { Ok(named) };
        }
        let there: Vec<&str> = self.roles.data_variables().into_iter().filter(numeric).collect();
        let is_arrow = |name: &&&str| request.projected.vectors.iter().any(|v| v == **name);
        let others: Vec<&str> = there.iter().filter(|name| !is_arrow(name)).copied().collect();
        let own = others.iter().filter(|name| self.roles.role(name) == Some(DatasetRole::Data));
        let own: Vec<&str> = own.copied().collect();
        match (own.as_slice(), others.as_slice(), there.first()) {
            (_, _, None) => Err(nothing()),
            ([only], ..) | ([], [only], _) => Ok(vec![(*only).to_owned()]),
            ([], [], Some(first)) => Ok(vec![(*first).to_owned()]),
            ([], several, _) | (several, ..) => {
                let names = several.join(", ");
                Err(Error::usage(format!("{} has several variables: {names}", self.dataset.source))
                    .with_hint("choose with -v NAME"))
            }
        }
    }

    /// The variables that `patterns` name, in the order of the file; of several files each may lack some.
    fn named(&self, patterns: &[String]) -> Vec<String> {
        let found = patterns.iter().filter_map(|name| resolve_variables(&self.dataset, &self.roles, &[name]).ok());
        let found: Vec<String> = found.flatten().collect();
        let all = self.dataset.variables.iter().filter(|v| found.contains(&v.name));
        all.map(|v| v.name.clone()).collect()
    }

    /// A variable with its axes.
    ///
    /// # Errors
    /// When its coordinates can't be read.
    pub(crate) fn field(&self, name: &str) -> Result<Field<'_>> {
        let variable = self.dataset.require(name)?;
        let grid = Grid::of(&self.dataset, &self.roles, name)?;
        let role = |dimension: &str| {
            let on = |axis: &Option<pangeo::grid::GridAxis>| axis.as_ref().is_some_and(|a| a.dimension == dimension);
            match &grid {
                Some(grid) if on(&grid.y) => Role::Row,
                Some(grid) if on(&grid.x) => Role::Column,
                Some(grid) if on(&grid.cells) => Role::Cells,
                _ => match self.roles.axis_of_dimension(dimension) {
                    Some(Axis::Time) => Role::Time,
                    Some(Axis::Vertical) => Role::Vertical,
                    Some(Axis::Y) => Role::Row,
                    Some(Axis::X) => Role::Column,
                    None => self.beside(dimension),
                },
            }
        };
        let lengths = variable.dimensions.iter().zip(variable.shape());
        let axes = lengths.map(|(d, &length)| Along { dimension: d.clone(), length, role: role(d) }).collect();
        let packing = Packing::of(variable).map_err(|e| e.about(name, &self.dataset.source))?;
        Ok(Field { source: self, variable, packing, grid, axes })
    }

    /// The role of a dimension that has no coordinate of its own but a time beside it.
    fn beside(&self, dimension: &str) -> Role {
        let along = coordinates::along(&self.dataset, &self.roles, dimension);
        let time = along.is_some_and(|v| self.roles.kind(&v.name) == CoordinateKind::Time);
        if time { Role::Time } else { Role::Other }
    }

    /// The coordinate along a dimension.
    pub(crate) fn coordinate(&self, dimension: &str) -> Option<&Variable> {
        coordinates::along(&self.dataset, &self.roles, dimension)
    }

    /// The times along a dimension, if it has any.
    pub(crate) fn times(&self, dimension: &str) -> Option<TimeAxis> {
        let variable = self.coordinate(dimension)?;
        let is_time = self.roles.kind(&variable.name) == CoordinateKind::Time;
        is_time.then(|| coordinates::read_axis(variable).ok()).flatten()
    }

    /// The numbers of the coordinate along a dimension; the places' numbers where there is none.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) fn numbers(&self, dimension: &str, length: usize) -> Result<Vec<f64>> {
        let counted = || (0..length).map(|i| i as f64).collect();
        let Some(variable) = self.coordinate(dimension).filter(|v| v.data_type().is_numeric()) else {
            return Ok(counted());
        };
        Ok(coordinates::numbers(variable)?.to_f64().unwrap_or_else(counted))
    }

    /// What a step of a dimension is called: its date, its level, its name, its number.
    pub(crate) fn step(&self, dimension: &str, index: usize) -> String {
        if let Some(times) = self.times(dimension) {
            return crate::dates::step(&times, index).unwrap_or_default();
        }
        let Some(variable) = self.coordinate(dimension) else { return format!("{dimension} {index}") };
        let number = number_of(variable, index);
        let units = variable.attributes.text("units").map(figure::axis::readable_units).unwrap_or_default();
        match number {
            Some(value) if units.is_empty() => format!("{dimension} {}", figure::axis::number(value)),
            Some(value) if self.roles.kind(&variable.name) == CoordinateKind::Latitude => {
                figure::axis::latitude_label(value)
            }
            Some(value) if self.roles.kind(&variable.name) == CoordinateKind::Longitude => {
                figure::axis::longitude_label(value)
            }
            Some(value) => format!("{} {units}", figure::axis::number(value)),
            None => text_of(variable, index).unwrap_or_else(|| format!("{dimension} {index}")),
        }
    }
}

/// What a dimension of a variable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Time,
    Vertical,
    Row,
    Column,
    Cells,
    Other,
}

/// A dimension of a variable.
#[derive(Debug, Clone)]
pub(crate) struct Along {
    pub(crate) dimension: String,
    pub(crate) length: usize,
    pub(crate) role: Role,
}

/// A variable with its axes.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub(crate) source: &'a Source,
    pub(crate) variable: &'a Variable,
    packing: Packing,
    pub(crate) grid: Option<Grid>,
    pub(crate) axes: Vec<Along>,
}

/// The step of each dimension that is not drawn along.
pub(crate) type Steps = Vec<(String, usize)>;

impl Field<'_> {
    /// The dimension with a role.
    pub(crate) fn along(&self, role: Role) -> Option<&Along> {
        self.axes.iter().find(|a| a.role == role)
    }

    /// The dimension with a role, unless `steps` say where along it.
    pub(crate) fn free(&self, role: Role, steps: &[(String, usize)]) -> Option<&Along> {
        self.axes.iter().find(|a| a.role == role && steps.iter().all(|(dimension, _)| *dimension != a.dimension))
    }

    /// The dimension with a role and more than one step.
    pub(crate) fn extends(&self, role: Role) -> bool {
        self.along(role).is_some_and(|a| a.length > 1)
    }

    /// The values at `steps`, in the order of the dimensions that are left; NaN where missing. Steps along dimensions
    /// that the variable does not have say nothing.
    ///
    /// # Errors
    /// When they can't be read.
    pub(crate) fn values(&self, steps: &[(String, usize)], engine: &Engine) -> Result<Vec<f64>> {
        let range = |along: &Along| {
            let step = steps.iter().find(|(dimension, _)| *dimension == along.dimension);
            step.map_or(0..along.length, |&(_, index)| index..index.saturating_add(1))
        };
        let region = Region::new(self.axes.iter().map(range).collect());
        if region.len() > MOST {
            return Err(self
                .error(format!("{} values are too many for a figure", region.len()))
                .with_hint("choose a part with --isel, --time or --level, or average with --over"));
        }
        let block = engine.gather(&self.variable.array, &region);
        Ok(self.packing.decode_f64(&block.map_err(|e| e.about(&self.variable.name, &self.source.dataset.source))?))
    }

    /// The values at `steps` of a table of two dimensions, row after row.
    ///
    /// # Errors
    /// As [`Field::values`].
    pub(crate) fn table(&self, rows: &Along, columns: &Along, steps: &Steps, engine: &Engine) -> Result<Vec<f64>> {
        let values = self.values(steps, engine)?;
        let place = |along: &Along| self.axes.iter().position(|a| a.dimension == along.dimension);
        if place(rows) < place(columns) {
            return Ok(values);
        }
        let (rows, columns) = (rows.length, columns.length);
        let turned = (0..rows * columns).map(|i| values.get(i % columns * rows + i / columns).copied());
        turned.collect::<Option<Vec<f64>>>().ok_or_else(|| self.error("internal: a figure of another shape"))
    }

    /// The values at `steps` of the cells of a grid, row after row.
    ///
    /// # Errors
    /// As [`Field::values`].
    pub(crate) fn cells(&self, steps: &Steps, engine: &Engine) -> Result<Vec<f64>> {
        match (self.along(Role::Row), self.along(Role::Column)) {
            (Some(rows), Some(columns)) => self.table(rows, columns, steps, engine),
            _ => self.values(steps, engine),
        }
    }

    /// An error about this variable.
    pub(crate) fn error(&self, what: impl Into<String>) -> Error {
        Error::data(what, format!("variable '{}' in {}", self.variable.name, self.source.dataset.source))
    }

    /// The first value and the distance of the values that it can have, where it is stored in whole numbers.
    pub(crate) fn quantum(&self) -> Option<(f64, f64)> {
        use pangeo::model::DataType::{I8, I16, I32, I64, U8, U16, U32, U64};
        let whole = matches!(self.variable.data_type(), I8 | I16 | I32 | I64 | U8 | U16 | U32 | U64);
        let number = |name: &str| self.variable.attributes.number(name);
        whole.then(|| (number("add_offset").unwrap_or(0.0), number("scale_factor").unwrap_or(1.0).abs()))
    }

    /// The values of flags (CF §3.5) with what they mean.
    pub(crate) fn flags(&self) -> Option<Vec<(f64, String)>> {
        let values = self.variable.attributes.numbers("flag_values")?;
        let names = self.attribute("flag_meanings").split_whitespace().map(|name| name.replace('_', " "));
        let flags: Vec<(f64, String)> = values.iter().copied().zip(names.clone()).collect();
        (!values.is_empty() && values.len() == names.count()).then_some(flags)
    }

    /// What its units are, as they are written.
    pub(crate) fn units(&self) -> &str {
        self.attribute("units").trim()
    }

    fn attribute(&self, name: &str) -> &str {
        self.variable.attributes.text(name).unwrap_or("")
    }

    /// What the variable is called, with its units.
    pub(crate) fn label(&self) -> String {
        figure::axis::label(
            self.attribute("long_name"),
            self.attribute("standard_name"),
            &self.variable.name,
            self.attribute("units"),
        )
    }

    /// What the variable is called.
    pub(crate) fn name(&self) -> String {
        figure::axis::label(self.attribute("long_name"), self.attribute("standard_name"), &self.variable.name, "")
    }

    /// What the scalar coordinates and the steps say: date, level.
    pub(crate) fn second(&self, steps: &[(String, usize)]) -> String {
        let mut parts: Vec<String> =
            steps.iter().map(|(dimension, index)| self.source.step(dimension, *index)).collect();
        for scalar in self.source.roles.coordinates(&self.variable.name) {
            if let Some(text) = self.scalar(scalar) {
                parts.push(text);
            }
        }
        parts.retain(|part| !part.is_empty());
        parts.join(" · ")
    }

    /// A scalar time or level as text.
    fn scalar(&self, name: &str) -> Option<String> {
        let variable = self.source.dataset.variable(name).filter(|v| v.dimensions.is_empty())?;
        match self.source.roles.kind(name) {
            CoordinateKind::Time => {
                let times = coordinates::read_axis(variable).ok()?;
                crate::dates::step(&times, 0)
            }
            CoordinateKind::Vertical => {
                let value = number_of(variable, 0)?;
                let units = variable.attributes.text("units").map(figure::axis::readable_units).unwrap_or_default();
                Some(format!("{} {units}", figure::axis::number(value)).trim_end().to_owned())
            }
            _ => None,
        }
    }
}

/// A text of a coordinate.
fn text_of(variable: &Variable, index: usize) -> Option<String> {
    variable.array.read_all().ok()?.texts().into_iter().nth(index)
}

/// A number of a coordinate; of single precision to five figures, as 4.999938 stands for 5.
fn number_of(variable: &Variable, index: usize) -> Option<f64> {
    let value = coordinates::numbers(variable).ok()?.get_f64(index)?;
    let shortest = || format!("{value:.4e}").parse().ok();
    if *variable.data_type() == pangeo::model::DataType::F32 { shortest() } else { Some(value) }
}

/// As many values as a figure may be of: 4 GiB of doubles.
const MOST: usize = 1 << 29;
