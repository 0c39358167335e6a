//! Tables and lists, tab-separated, for programs and forms.

use std::fmt::Write;

use clap::ValueEnum;
use pangeo::cf::roles::{Kind as Measures, Role, Roles};
use pangeo::model::{Block, Dataset, Variable};
use pangeo::ops::compare::Comparison;
use pangeo::ops::coordinates;
use pangeo::ops::describe::{Description, number_text};
use pangeo::ops::subset::times::read_axis;
use pangeo::{Error, Result};

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

/// One list, one entry a line.
pub(crate) fn list(dataset: &Dataset, kind: Kind) -> Result<String> {
    let roles = Roles::of(dataset);
    let mut out = String::new();
    match kind {
        Kind::Variables => {
            out.push_str("#name\tdimensions\tshape\tunits\tlong_name\n");
            let variables = roles.data_variables();
            for variable in variables.iter().filter_map(|name| dataset.variable(name)) {
                row(&mut out, &variable_cells(variable));
            }
        }
        Kind::Dimensions => {
            for dimension in &dataset.dimensions {
                row(&mut out, &[dimension.name.clone(), dimension.length.to_string()]);
            }
        }
        Kind::Coordinates => list_coordinates(dataset, &roles, &mut out)?,
        Kind::Times => {
            for name in coordinates::times(dataset, &roles) {
                let axis = read_axis(dataset.require(&name)?)?;
                (0..axis.len()).filter_map(|i| axis.label(i)).for_each(|label| row(&mut out, &[label]));
            }
        }
        Kind::Levels => {
            let levels = dataset.variables.iter().filter(|v| roles.kind(&v.name) == Measures::Vertical);
            for level in levels.filter(|v| v.dimensions.len() <= 1) {
                let block = level.array.read_all()?;
                (0..block.data().len()).for_each(|i| row(&mut out, &[plain(&block, i)]));
            }
        }
    }
    Ok(out)
}

fn list_coordinates(dataset: &Dataset, roles: &Roles, out: &mut String) -> Result<()> {
    for variable in &dataset.variables {
        let role = roles.role(&variable.name);
        if !matches!(role, Some(Role::Coordinate | Role::AuxiliaryCoordinate)) {
            continue;
        }
        let axis = roles.kind(&variable.name).axis().map(|a| a.letter().to_string()).unwrap_or_default();
        let units = variable.attributes.text("units").unwrap_or_default().to_owned();
        let shape = variable.shape().iter().map(usize::to_string).collect::<Vec<_>>().join(",");
        let (first, last) = if variable.dimensions.len() <= 1 && !variable.array.is_empty() {
            let block = variable.array.read_all()?;
            (plain(&block, 0), plain(&block, block.data().len() - 1))
        } else {
            Default::default()
        };
        row(out, &[variable.name.clone(), axis, shape, units, first, last]);
    }
    Ok(())
}

/// Index and value of each place of a coordinate; times as dates beside their numbers.
pub(crate) fn coordinate(dataset: &Dataset, name: &str) -> Result<String> {
    let variable = dataset.require(name)?;
    let block = variable.array.read_all()?;
    let times = if Roles::of(dataset).kind(name) == Measures::Time && variable.dimensions.len() == 1 {
        read_axis(variable).ok()
    } else {
        None
    };
    let mut out = String::from("#index\tvalue\n");
    for i in 0..block.data().len() {
        let mut cells = vec![position(variable.shape(), i), plain(&block, i)];
        cells.extend(times.as_ref().and_then(|t| t.label(i)));
        row(&mut out, &cells);
    }
    Ok(out)
}

/// The index of element number `at` in C order: `3`, or `1,2` in two dimensions.
fn position(shape: &[usize], mut at: usize) -> String {
    let mut index = vec![String::new(); shape.len()];
    for (slot, &n) in index.iter_mut().zip(shape).rev() {
        *slot = (at % n.max(1)).to_string();
        at /= n.max(1);
    }
    if index.is_empty() { "0".to_owned() } else { index.join(",") }
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
    let text = serde_json::to_string_pretty(description);
    let text = text.map_err(|e| Error::data(format!("internal: {e}"), "JSON"))?;
    Ok(text + "\n")
}

/// What differs, a line each.
pub(crate) fn differences(report: &Comparison) -> String {
    report.differences.iter().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{line}");
        out
    })
}

fn variable_cells(variable: &Variable) -> [String; 5] {
    let text = |name: &str| variable.attributes.text(name).unwrap_or_default().to_owned();
    let shape = variable.shape().iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    [variable.name.clone(), variable.dimensions.join(","), shape, text("units"), text("long_name")]
}

/// A row; tabs and line ends inside a cell become spaces.
fn row(out: &mut String, cells: &[String]) {
    let clean: Vec<String> = cells.iter().map(|c| c.replace(['\t', '\n', '\r'], " ")).collect();
    out.push_str(&clean.join("\t"));
    out.push('\n');
}

/// A value without CDL's type suffix.
fn plain(block: &Block, at: usize) -> String {
    match block.data().get_f64(at) {
        Some(_) => {
            let text = number_text(block.data(), at);
            text.trim_end_matches(|c: char| c.is_ascii_alphabetic() && !text.contains("NaN") && !text.contains("inf"))
                .trim_end_matches('.')
                .to_owned()
        }
        None => number_text(block.data(), at),
    }
}
