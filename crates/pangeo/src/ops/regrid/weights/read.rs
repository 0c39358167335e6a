//! What a file of weights says.

use super::{ESMF, Names, SCRIP};
use crate::cf::packing::numbers;
use crate::grid::target::Target;
use crate::grid::{Grid, difference};
use crate::model::array::{Constant, Memory};
use crate::model::{AttributeValue, Attributes, Block, Buffer, Dataset, Dimension, Encoding, Variable};
use crate::ops::regrid::build::{Maker, Plane};
use crate::ops::regrid::matrix::Matrix;
use crate::ops::regrid::method::{Method, Normalize};
use crate::ops::regrid::operator::{Operator, Sparse};
use crate::{Error, Result};

/// The layout of a file.
///
/// # Errors
/// [`Error::Data`] for a file that is neither.
fn names(file: &Dataset) -> Result<&'static Names> {
    let is = |names: &Names| names.address.iter().chain([&names.matrix]).all(|name| file.variable(name).is_some());
    [&SCRIP, &ESMF].into_iter().find(|names| is(names)).ok_or_else(|| {
        Error::data("this is no file of weights", file.source.clone())
            .with_hint("SCRIP's have src_address, dst_address and remap_matrix, ESMF's col, row and S")
    })
}

/// How the weights of a file are divided.
pub(in crate::ops::regrid) fn normalize(file: &Dataset) -> Normalize {
    match file.attributes.text("normalization").map(str::trim) {
        Some("destarea") => Normalize::DestArea,
        _ => Normalize::FracArea,
    }
}

/// The kind of method that made the weights of a file: between centres or by areas; `None` for others.
pub(in crate::ops::regrid) fn method(file: &Dataset) -> Option<Method> {
    let name = file.attributes.text("map_method").unwrap_or_default().trim();
    let is = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    if is(&["Bilinear", "Bicubic"]) {
        return Some(Method::Bilinear);
    }
    is(&["Conservative"]).then_some(Method::Conservative)
}

/// The weights of a file between grids of so many cells.
///
/// # Errors
/// [`Error::Data`] for files for other grids, addresses that are none, and weights of several numbers each.
pub(in crate::ops::regrid) fn maker(file: &Dataset, source: Plane, target: Plane) -> Result<Maker> {
    let names = names(file)?;
    let map_method = file.attributes.text("map_method").unwrap_or_default();
    if map_method.starts_with("Largest area") {
        return Err(Error::data("its weights are parts of cells that values are chosen by", file.source.clone())
            .with_hint("--method largest-area"));
    }
    let wrong = |what: String| Error::data(what, file.source.clone());
    for (i, (plane, which)) in [(source, "source"), (target, "target")].into_iter().enumerate() {
        let cells = file.dimension(names.cells[i]).map_or(0, |d| d.length);
        if cells != plane.cells() {
            let what = format!("the weights are for a {which} grid of {cells} cells, this one has {}", plane.cells());
            return Err(wrong(what));
        }
    }
    let several = file.require(names.matrix)?.shape().get(1).copied().unwrap_or(1);
    if several > 1 {
        return Err(wrong(format!("each of its weights has {several} numbers, which go with gradients")).with_hint(
            "weights of bilinear, nearest, distance-weighted and first-order conservative remapping are read",
        ));
    }
    let weights = numbers(file.require(names.matrix)?)?;
    let [sources, targets] = names.address;
    let (sources, targets) = (numbers(file.require(sources)?)?, numbers(file.require(targets)?)?);
    if sources.len() != targets.len() || weights.len() != sources.len().saturating_mul(several) {
        return Err(wrong("there are not as many weights as addresses".to_owned()));
    }
    let cell = |number: f64, plane: Plane| {
        (number >= 1.0 && number <= plane.cells() as f64 && number.fract() == 0.0).then(|| number as usize - 1)
    };
    let mut rows: Vec<Vec<(u32, f64)>> = vec![Vec::new(); target.cells()];
    for ((from, to), weight) in sources.iter().zip(&targets).zip(weights.iter().step_by(several)) {
        let ends = cell(*from, source).zip(cell(*to, target));
        let Some((from, to)) = ends.filter(|_| weight.is_finite()) else {
            return Err(wrong(format!("a weight of {weight} goes from cell {from} to {to}")));
        };
        if let Some(row) = rows.get_mut(to) {
            row.push((from as u32, *weight));
        }
    }
    let matrix = Matrix::from_rows(rows);
    let full = full(file, names, &matrix)?;
    Ok(Maker::Computes(Operator::Sparse(Sparse::new(matrix, full, source.columns, target.columns))))
}

/// What each target weighs that is covered all over, by the covered parts that the file tells of; nothing where that
/// is 1 for all.
fn full(file: &Dataset, names: &Names, matrix: &Matrix) -> Result<Vec<f64>> {
    let by_area = method(file) == Some(Method::Conservative) && normalize(file) == Normalize::FracArea;
    let Some(fractions) = file.variable(names.fraction[1]).filter(|_| by_area) else { return Ok(Vec::new()) };
    let fractions = numbers(fractions)?;
    let whole = |(target, part): (usize, &f64)| {
        let weight = matrix.total(target);
        if *part > 0.0 && *part < 1.0 { weight / part } else { weight.max(f64::MIN_POSITIVE) }
    };
    Ok(if fractions.len() == matrix.len() { fractions.iter().enumerate().map(whole).collect() } else { Vec::new() })
}

/// Refuse weights whose cells lie elsewhere than those of the source (`side` 0) or the target (1).
///
/// # Errors
/// [`Error::Data`] naming a cell and both places.
pub(in crate::ops::regrid) fn check_places(file: &Dataset, side: usize, grid: &Grid) -> Result<()> {
    /// Degrees: single precision and radians there and back differ by less.
    const NEAR: f64 = 1e-3;
    let names = names(file)?;
    let of = |all: &[&str; 2]| all.get(side).and_then(|name| file.variable(name)).map(degrees).transpose();
    let (Some(latitudes), Some(longitudes)) = (of(&names.latitude)?, of(&names.longitude)?) else { return Ok(()) };
    for (cell, (latitude, longitude)) in latitudes.iter().zip(&longitudes).enumerate() {
        let Some((x, y)) = grid.place(cell) else { continue };
        // At a pole every longitude will do.
        let aside = difference(*longitude, x).abs() * y.to_radians().cos();
        if (latitude - y).abs() > NEAR || aside > NEAR {
            let which = if side == 0 { "source" } else { "target" };
            let what = format!(
                "the weights are for another {which} grid: cell {} lies at {longitude:.4},{latitude:.4} there, at {x:.4},{y:.4} here",
                cell + 1
            );
            return Err(Error::data(what, file.source.clone()));
        }
    }
    Ok(())
}

/// Whether the weights leave out source cells, for want of values when they were made.
pub(in crate::ops::regrid) fn leaves_out(file: &Dataset) -> bool {
    let mask = names(file).ok().and_then(|names| file.variable(names.mask[0])).and_then(|mask| numbers(mask).ok());
    mask.is_some_and(|mask| mask.contains(&0.0))
}

/// The target grid of a file: rows and columns where its centres stand so.
///
/// # Errors
/// [`Error::Data`] where the file does not say where its cells are.
pub(in crate::ops::regrid) fn target(file: &Dataset) -> Result<Target> {
    let names = names(file)?;
    let extents = file.variable(names.dims[1]).map(numbers).transpose()?.unwrap_or_default();
    let latitudes = degrees(file.require(names.latitude[1])?)?;
    let longitudes = degrees(file.require(names.longitude[1])?)?;
    let corners = |name: &str| -> Result<Option<(usize, Vec<f64>)>> {
        let Some(variable) = file.variable(name) else { return Ok(None) };
        let count = variable.shape().get(1).copied().unwrap_or(0);
        Ok((count > 2).then_some((count, degrees(variable)?)))
    };
    let corners = corners(names.corner_latitude[1])?.zip(corners(names.corner_longitude[1])?);
    let grid = match extents.as_slice() {
        [columns, rows] if *columns * *rows == latitudes.len() as f64 && *rows > 0.0 => {
            let columns = *columns as usize;
            if stands_in_rows(&latitudes, &longitudes, columns) {
                separable(&latitudes, &longitudes, columns, corners.as_ref())
            } else {
                lists(&[("y", latitudes.len() / columns), ("x", columns)], &latitudes, &longitudes, corners)
            }
        }
        _ => lists(&[("cell", latitudes.len())], &latitudes, &longitudes, corners),
    };
    let grid = Dataset {
        source: file.source.clone(),
        ..grid.ok_or_else(|| {
            Error::data("centres and corners of its target cells do not fit each other", file.source.clone())
        })?
    };
    Ok(Target::of_dataset(&grid, None)?.renamable())
}

/// The values of a variable of angles in degrees.
fn degrees(variable: &Variable) -> Result<Vec<f64>> {
    let radians = variable.attributes.text("units").is_some_and(|units| units.trim().starts_with("rad"));
    let values = numbers(variable)?;
    Ok(if radians { values.into_iter().map(f64::to_degrees).collect() } else { values })
}

/// Whether centres are a latitude a row and a longitude a column. Radians of files come back to degrees with rounding.
fn stands_in_rows(latitudes: &[f64], longitudes: &[f64], columns: usize) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    let first = longitudes.get(..columns).unwrap_or(&[]);
    let level = |row: &[f64]| row.first().is_some_and(|lat| row.iter().all(|v| near(*v, *lat)));
    latitudes.chunks(columns).all(level)
        && longitudes.chunks(columns).all(|row| row.iter().zip(first).all(|(a, b)| near(*a, *b)))
}

/// A grid of latitudes and longitudes, without that rounding; with the edges of rows and columns from the corners of
/// the first column and the first row.
fn separable(latitudes: &[f64], longitudes: &[f64], columns: usize, corners: Option<&Outlines>) -> Option<Dataset> {
    let clean = |v: &f64| (v * 1e10).round() / 1e10;
    let rows: Vec<f64> = latitudes.chunks(columns).filter_map(|row| row.first().map(clean)).collect();
    let across: Vec<f64> = longitudes.get(..columns)?.iter().map(clean).collect();
    let along = [("lat", rows.len()), ("lon", columns)];
    let mut variables = vec![
        coordinate("lat", &["lat"], vec![rows.len()], rows.clone(), "latitude")?,
        coordinate("lon", &["lon"], vec![columns], across.clone(), "longitude")?,
    ];
    let mut made = grid(&along, Vec::new(), Attributes::new());
    if let Some(((count, lat), (_, lon))) = corners {
        let range = |values: &[f64]| {
            let ends = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
            [clean(&ends.0), clean(&ends.1)]
        };
        let rows_between = lat.chunks(count * columns).flat_map(|row| range(row.get(..*count).unwrap_or(row)));
        // Longitudes may be given a turn aside of their centre.
        let near = |centre: f64| move |v: &f64| centre + difference(*v, centre);
        let cells = lon.chunks(*count).zip(&across);
        let columns_between = cells.flat_map(|(cell, lon)| range(&cell.iter().map(near(*lon)).collect::<Vec<f64>>()));
        for (owner, bounds, values, n) in [
            ("lat", "lat_bnds", rows_between.collect::<Vec<f64>>(), rows.len()),
            ("lon", "lon_bnds", columns_between.collect(), columns),
        ] {
            let mut variable = coordinate(bounds, &[owner, "bnds"], vec![n, 2], values, "")?;
            variable.attributes = Attributes::new();
            variables
                .iter_mut()
                .filter(|v| v.name == owner)
                .for_each(|v| v.attributes.set("bounds", bounds.to_owned()));
            variables.push(variable);
        }
        made.dimensions.push(dimension(&("bnds", 2)));
    }
    made.variables.extend(variables);
    Some(made)
}

type Outlines = ((usize, Vec<f64>), (usize, Vec<f64>));

/// A grid of cells with places of their own along these dimensions.
fn lists(
    dimensions: &[(&str, usize)],
    latitudes: &[f64],
    longitudes: &[f64],
    corners: Option<Outlines>,
) -> Option<Dataset> {
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let shape: Vec<usize> = dimensions.iter().map(|(_, n)| *n).collect();
    let mut variables = vec![
        coordinate("lat", &names, shape.clone(), latitudes.to_vec(), "latitude")?,
        coordinate("lon", &names, shape.clone(), longitudes.to_vec(), "longitude")?,
    ];
    let mut all = dimensions.to_vec();
    if let Some(((count, lat), (_, lon))) = corners {
        all.push(("vertices", count));
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        let shape: Vec<usize> = all.iter().map(|(_, n)| *n).collect();
        for (variable, bounds) in variables.iter_mut().zip(["lat_bnds", "lon_bnds"]) {
            variable.attributes.set("bounds", bounds.to_owned());
        }
        for (name, values) in [("lat_bnds", lat), ("lon_bnds", lon)] {
            let mut bounds = coordinate(name, &names, shape.clone(), values, "")?;
            bounds.attributes = Attributes::new();
            variables.push(bounds);
        }
    }
    let mut attributes = Attributes::new();
    attributes.set("coordinates", "lat lon".to_owned());
    let mut made = grid(dimensions, variables, attributes);
    made.dimensions = all.iter().map(dimension).collect();
    Some(made)
}

fn dimension((name, length): &(&str, usize)) -> Dimension {
    Dimension { name: (*name).to_owned(), length: *length, unlimited: false }
}

/// A dataset of coordinates, with a variable on them.
fn grid(dimensions: &[(&str, usize)], mut variables: Vec<Variable>, attributes: Attributes) -> Dataset {
    variables.push(Variable {
        name: "cells".to_owned(),
        dimensions: dimensions.iter().map(|(name, _)| (*name).to_owned()).collect(),
        attributes,
        encoding: Encoding::default(),
        array: Constant::array(Buffer::F32(vec![0.0]), dimensions.iter().map(|(_, n)| *n).collect()),
    });
    Dataset { dimensions: dimensions.iter().map(dimension).collect(), variables, ..Dataset::default() }
}

fn coordinate(name: &str, dimensions: &[&str], shape: Vec<usize>, values: Vec<f64>, kind: &str) -> Option<Variable> {
    let units = if kind == "latitude" { "degrees_north" } else { "degrees_east" };
    let texts = [("standard_name", kind), ("units", units)];
    let text = |(n, t): (&str, &str)| (n.to_owned(), AttributeValue::Text(t.to_owned()));
    Some(Variable {
        name: name.to_owned(),
        dimensions: dimensions.iter().map(|d| (*d).to_owned()).collect(),
        attributes: texts.into_iter().map(text).collect(),
        encoding: Encoding::default(),
        array: Memory::array(Block::new(shape, Buffer::F64(values))?),
    })
}
