//! The target grid that a file of weights tells of.

use super::read::{degrees, names};
use crate::cf::packing::numbers;
use crate::grid::difference;
use crate::grid::target::Target;
use crate::model::array::{Constant, Memory};
use crate::model::{AttributeValue, Attributes, Block, Buffer, Dataset, Dimension, Encoding, Variable};
use crate::{Error, Result};

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
