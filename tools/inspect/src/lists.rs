//! Tables and lists, tab-separated, for programs and forms.

use clap::ValueEnum;
use pangeo::cf::roles::{Kind as Measures, Role, Roles};
use pangeo::model::{Block, Buffer, DataType, Dataset, Dimension, Variable};
use pangeo::ops::compare::Comparison;
use pangeo::ops::coordinates::{self, read_axis};
use pangeo::ops::describe::{Description, number_text};
use pangeo::{Error, Result};
use serde_json::Value;

/// The version of the JSON form of a comparison; members are added, never renamed or removed, under one
/// number.
const COMPARISON: &str = "pangeo-compare/1";

/// What to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Data variables: name, dimensions, shape, units, long name
    Variables,
    /// Dimensions: name, length
    Dimensions,
    /// Coordinates: name, axis, length, units, first and last value
    Coordinates,
    /// Steps of the time axes, ISO 8601
    Times,
    /// Values of the vertical axes
    Levels,
}

/// An entry of a list.
enum Cell {
    Text(String),
    /// A number as it is to be read.
    Number(String),
    Several(Vec<Cell>),
}

impl Cell {
    fn shape(shape: &[usize]) -> Self {
        Self::Several(shape.iter().map(|n| Self::Number(n.to_string())).collect())
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Several(list) => list.iter().map(Self::text).collect::<Vec<_>>().join(","),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            // JSON has no NaN and no infinity.
            Self::Number(text) => {
                text.parse::<i64>().map_or_else(|_| Value::from(text.parse::<f64>().ok()), Value::from)
            }
            Self::Several(list) => list.iter().map(Self::json).collect(),
        }
    }
}

/// Entries in rows.
pub(crate) struct List {
    /// What stands in each column.
    columns: &'static [&'static str],
    /// Whether the tabular form names the columns.
    headed: bool,
    rows: Vec<Vec<Cell>>,
}

impl List {
    fn new(columns: &'static [&'static str], headed: bool, rows: Vec<Vec<Cell>>) -> Self {
        Self { columns, headed, rows }
    }

    /// One entry a line, tab-separated; or an array, of objects where there are several columns.
    pub(crate) fn text(&self, json: bool) -> Result<String> {
        if json {
            return pretty(&self.rows.iter().map(|r| self.object(r)).collect::<Value>());
        }
        let mut out = String::new();
        if self.headed {
            out.push_str(&format!("#{}\n", self.columns.join("\t")));
        }
        self.rows.iter().for_each(|r| row(&mut out, &r.iter().map(Cell::text).collect::<Vec<_>>()));
        Ok(out)
    }

    fn object(&self, row: &[Cell]) -> Value {
        match (self.columns, row) {
            ([_], [one]) => one.json(),
            _ => self.columns.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), cell.json())).collect(),
        }
    }
}

/// One list, one entry a row.
pub(crate) fn list(dataset: &Dataset, kind: Kind) -> Result<List> {
    let roles = Roles::of(dataset);
    Ok(match kind {
        Kind::Variables => {
            let variables = roles.data_variables().into_iter().filter_map(|name| dataset.variable(name));
            let columns = &["name", "dimensions", "shape", "units", "long_name"];
            List::new(columns, true, variables.map(variable_cells).collect())
        }
        Kind::Dimensions => {
            let cells = |d: &Dimension| vec![Cell::Text(d.name.clone()), Cell::Number(d.length.to_string())];
            List::new(&["name", "length"], false, dataset.dimensions.iter().map(cells).collect())
        }
        Kind::Coordinates => list_coordinates(dataset, &roles)?,
        Kind::Times => {
            let mut rows = Vec::new();
            for name in coordinates::times_or_scalar(dataset, &roles) {
                let axis = read_axis(dataset.require(&name)?)?;
                rows.extend((0..axis.len()).filter_map(|i| axis.label(i)).map(|label| vec![Cell::Text(label)]));
            }
            List::new(&["time"], false, rows)
        }
        Kind::Levels => {
            let levels = dataset.variables.iter().filter(|v| roles.kind(&v.name) == Measures::Vertical);
            let mut rows = Vec::new();
            for level in levels.filter(|v| v.dimensions.len() <= 1) {
                let block = decoded(level)?;
                rows.extend((0..block.data().len()).map(|i| vec![value(&block, i)]));
            }
            List::new(&["level"], false, rows)
        }
    })
}

fn list_coordinates(dataset: &Dataset, roles: &Roles) -> Result<List> {
    let mut rows = Vec::new();
    for variable in &dataset.variables {
        let role = roles.role(&variable.name);
        if !matches!(role, Some(Role::Coordinate | Role::AuxiliaryCoordinate)) {
            continue;
        }
        let axis = roles.kind(&variable.name).axis().map(|a| a.letter().to_string()).unwrap_or_default();
        let units = variable.attributes.text("units").unwrap_or_default().to_owned();
        let (first, last) = if places(variable).len() <= 1 && !variable.array.is_empty() {
            let block = decoded(variable)?;
            (value(&block, 0), value(&block, block.data().len() - 1))
        } else {
            (Cell::Text(String::new()), Cell::Text(String::new()))
        };
        let name = Cell::Text(variable.name.clone());
        rows.push(vec![name, Cell::Text(axis), Cell::shape(variable.shape()), Cell::Text(units), first, last]);
    }
    Ok(List::new(&["name", "axis", "shape", "units", "first", "last"], false, rows))
}

/// Index and value of each place of a coordinate; times as dates beside their numbers.
pub(crate) fn coordinate(dataset: &Dataset, name: &str) -> Result<List> {
    let variable = dataset.require(name)?;
    let block = decoded(variable)?;
    let times = if Roles::of(dataset).kind(name) == Measures::Time && variable.dimensions.len() == 1 {
        read_axis(variable).ok()
    } else {
        None
    };
    let cells = |i: usize| {
        let mut cells = vec![position(places(variable), i), value(&block, i)];
        cells.extend(times.as_ref().and_then(|t| t.label(i)).map(Cell::Text));
        cells
    };
    let columns: &[&str] = if times.is_some() { &["index", "value", "time"] } else { &["index", "value"] };
    Ok(List::new(columns, true, (0..block.data().len()).map(cells).collect()))
}

/// The index of element number `at` in C order: `3`, or `1,2` in two dimensions.
fn position(shape: &[usize], mut at: usize) -> Cell {
    if shape.len() <= 1 {
        return Cell::Number(at.to_string());
    }
    let mut index = vec![0; shape.len()];
    for (slot, &n) in index.iter_mut().zip(shape).rev() {
        *slot = at % n.max(1);
        at /= n.max(1);
    }
    Cell::shape(&index)
}

/// A row a variable, with statistics where they were asked for.
pub(crate) fn variables(description: &Description) -> String {
    let mut out = String::from("#name\trole\ttype\tdimensions\tshape\tunits\tlong_name\tmin\tmean\tmax\tmissing\n");
    for v in &description.variables {
        let shape = v.shape.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let mut cells = vec![
            v.name.clone(),
            v.role.clone(),
            v.data_type.clone(),
            v.dimensions.join(","),
            shape,
            text(&v.units),
            text(&v.long_name),
        ];
        if let Some(s) = &v.statistics {
            let number = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
            cells.extend([number(s.min), number(s.mean), number(s.max), s.missing.to_string()]);
        }
        cells.resize(11, String::new());
        row(&mut out, &cells);
    }
    out
}

/// The JSON form.
pub(crate) fn json(description: &Description) -> Result<String> {
    pretty(&serde_json::to_value(description).map_err(|e| not_json(&e))?)
}

fn pretty(content: &Value) -> Result<String> {
    Ok(serde_json::to_string_pretty(content).map_err(|e| not_json(&e))? + "\n")
}

fn not_json(error: &serde_json::Error) -> Error {
    Error::data(format!("internal: {error}"), "JSON")
}

/// What differs, a line each; as JSON an object with its schema, as the description of a dataset.
pub(crate) fn differences(report: &Comparison, json: bool) -> Result<String> {
    if json {
        return pretty(&serde_json::json!({"schema": COMPARISON, "differences": report.differences}));
    }
    let rows = report.differences.iter().map(|line| vec![Cell::Text(line.clone())]);
    List::new(&["difference"], false, rows.collect()).text(false)
}

fn variable_cells(variable: &Variable) -> Vec<Cell> {
    let text = |name: &str| Cell::Text(variable.attributes.text(name).unwrap_or_default().to_owned());
    let dimensions = variable.dimensions.iter().map(|d| Cell::Text(d.clone())).collect();
    let name = Cell::Text(variable.name.clone());
    vec![name, Cell::Several(dimensions), Cell::shape(variable.shape()), text("units"), text("long_name")]
}

/// A row; tabs and line ends inside a cell become spaces.
fn row(out: &mut String, cells: &[String]) {
    let clean: Vec<String> = cells.iter().map(|c| c.replace(['\t', '\n', '\r'], " ")).collect();
    out.push_str(&clean.join("\t"));
    out.push('\n');
}

/// The values of a coordinate as they mean: unpacked, missing ones NaN. These are the numbers that
/// selections take.
fn decoded(variable: &Variable) -> Result<Block> {
    if variable.data_type().is_numeric() {
        return Ok(Block::vector(coordinates::numbers(variable)?));
    }
    let block = variable.array.read_all()?;
    Ok(if spells_texts(variable) { Block::vector(Buffer::String(block.texts())) } else { block })
}

/// Whether characters spell texts along a last dimension; a list of single ones has their own.
fn spells_texts(variable: &Variable) -> bool {
    *variable.data_type() == DataType::Char && variable.dimensions.len() > 1
}

/// The extents along which a coordinate's values lie.
fn places(variable: &Variable) -> &[usize] {
    let shape = variable.shape();
    if spells_texts(variable) { shape.split_last().map_or(shape, |(_, places)| places) } else { shape }
}

/// A value of a coordinate.
fn value(block: &Block, at: usize) -> Cell {
    if block.data().get_f64(at).is_some() { Cell::Number(plain(block, at)) } else { Cell::Text(plain(block, at)) }
}

/// A value without CDL's type suffix; `NaN` for a missing one.
fn plain(block: &Block, at: usize) -> String {
    match block.data().get_f64(at) {
        Some(x) if !x.is_finite() => x.to_string(),
        Some(_) => {
            let text = number_text(block.data(), at);
            text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end_matches('.').to_owned()
        }
        None => number_text(block.data(), at),
    }
}
