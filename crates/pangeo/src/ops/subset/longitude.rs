//! Longitudes in another convention, with their bounds.

use std::sync::Arc;

use super::area::grids;
use crate::cf::packing;
use crate::cf::roles::Roles;
use crate::grid::{Convention, Places, convention, wrap_180, wrap_360};
use crate::model::array::{AxisSelection, Mapped, Memory};
use crate::model::{Block, Buffer, DataType, Dataset, Variable};
use crate::ops::mask::spread;
use crate::ops::select::select;
use crate::{Error, Result};

/// Bring the longitudes of all grids into a convention. Those along one dimension are rolled so that
/// they stay monotonic, data with them; those of each cell are changed where they stand. Bounds follow.
///
/// # Errors
/// When coordinates can't be read.
pub fn set_convention(dataset: &mut Dataset, to: Convention) -> Result<()> {
    for on in grids(dataset, &Roles::of(dataset))? {
        let (Some(name), grid) = (&on.grid.longitude, &on.grid) else { continue };
        match (&grid.places, &grid.x) {
            (Places::Separable { longitudes, .. }, Some(x)) => {
                let runs = convention(longitudes, to);
                let columns: Vec<usize> = runs.iter().flat_map(|r| r.indices.clone()).collect();
                let offsets: Vec<f64> = runs.iter().flat_map(|r| r.indices.clone().map(|_| r.offset)).collect();
                select(dataset, &x.dimension, &AxisSelection::from_indices(columns))?;
                shift_columns(dataset, name, &offsets)?;
            }
            _ => wrap_cells(dataset, name, to)?,
        }
    }
    Ok(())
}

/// Add `offsets` (degrees, one a column) to a one-dimensional longitude and bring each cell's bounds
/// next to it. Nothing happens where all are 0.
pub(super) fn shift_columns(dataset: &mut Dataset, name: &str, offsets: &[f64]) -> Result<()> {
    if offsets.iter().all(|o| *o == 0.0) {
        return Ok(());
    }
    let bounds = Roles::of(dataset).bounds_of(name).map(str::to_owned);
    let variable = dataset.require(name)?;
    let units = variable.attributes.text("units").unwrap_or_default();
    let turn = if units.starts_with("rad") { std::f64::consts::TAU } else { 360.0 };
    if variable.dimensions.len() != 1 || variable.array.len() != offsets.len() {
        return Err(Error::data("internal: longitudes of another size", name.to_owned()));
    }
    let shifts: Vec<f64> = offsets.iter().map(|o| o / 360.0 * turn).collect();
    let centres: Vec<f64> = unpacked(variable)?.1.iter().zip(&shifts).map(|(v, s)| v + s).collect();
    if let Some(variable) = dataset.variable_mut(name) {
        replace(variable, &centres)?;
    }
    if let Some(bounds) = bounds.and_then(|b| dataset.variable_mut(&b)) {
        let (shape, values) = unpacked(bounds)?;
        if shape.first() == Some(&centres.len()) {
            let corners = values.len() / centres.len().max(1);
            let near = |(i, v): (usize, &f64)| {
                let centre = centres.get(i / corners.max(1)).copied().unwrap_or(*v);
                v + turn * ((centre - v) / turn).round()
            };
            let moved: Vec<f64> = values.iter().enumerate().map(near).collect();
            replace(bounds, &moved)?;
        }
    }
    Ok(())
}

/// Shape and unpacked values.
fn unpacked(variable: &Variable) -> Result<(Vec<usize>, Vec<f64>)> {
    let block = variable.array.read_all()?;
    let values = packing::Packing::of(variable)?.decode_f64(&block);
    Ok((block.shape().to_vec(), values))
}

/// Give a coordinate new (unpacked) values, in its stored type where that holds them, else in double;
/// limits that described the old values go.
fn replace(variable: &mut Variable, values: &[f64]) -> Result<()> {
    let lost = || Error::data("internal: coordinate of another type", variable.name.clone());
    let packed = packing::Packing::of(variable)?.is_packed();
    let stored = variable.data_type().clone();
    let fits = !packed
        && Buffer::from_f64(&stored, values)
            .and_then(|b| b.to_f64())
            .is_some_and(|back| stored.is_float() || back.iter().zip(values).all(|(a, b)| a == b));
    let to = if fits { stored } else { DataType::F64 };
    let buffer = Buffer::from_f64(&to, values).ok_or_else(lost)?;
    let block = Block::new(variable.shape().to_vec(), buffer).ok_or_else(lost)?;
    if !fits {
        *variable = packing::decode(variable)?;
    }
    variable.array = Memory::array(block);
    for limit in ["valid_min", "valid_max", "valid_range", "actual_range"] {
        variable.attributes.remove(limit);
    }
    Ok(())
}

/// Longitudes of each cell, and of its corners next to it, lazily.
fn wrap_cells(dataset: &mut Dataset, name: &str, to: Convention) -> Result<()> {
    let bounds = Roles::of(dataset).bounds_of(name).map(str::to_owned);
    let wrap: fn(f64) -> f64 = match to {
        Convention::Centred => wrap_180,
        Convention::Positive => wrap_360,
    };
    let Some(variable) = dataset.variable_mut(name) else { return Ok(()) };
    if !variable.data_type().is_float() || packing::Packing::of(variable)?.is_packed() {
        *variable = packing::decode(variable)?;
    }
    let plausible = |v: f64| v.abs() <= 1080.0;
    variable.array =
        map(vec![Arc::clone(&variable.array)], move |v| v.first().map(|&v| if plausible(v) { wrap(v) } else { v }));
    let centres = variable.clone();
    if let Some(bounds) = bounds.and_then(|b| dataset.variable_mut(&b)) {
        if !bounds.data_type().is_float() {
            *bounds = packing::decode(bounds)?;
        }
        if let Some(spread) = spread(&centres, bounds)? {
            bounds.array = map(vec![Arc::clone(&bounds.array), spread], move |v| {
                let (&corner, &centre) = (v.first()?, v.get(1)?);
                let usable = plausible(corner) && plausible(centre);
                Some(if usable { corner + 360.0 * ((centre - corner) / 360.0).round() } else { corner })
            });
        }
    }
    Ok(())
}

/// A floating array computed value by value, in the type of the first input.
fn map(
    inputs: Vec<crate::model::Array>,
    function: impl Fn(&[f64]) -> Option<f64> + Send + Sync + 'static,
) -> crate::model::Array {
    let to = inputs.first().map_or(DataType::F64, |a| a.data_type().clone());
    let target = to.clone();
    Mapped::array(inputs, to, move |blocks, region| {
        let lost = || Error::data("internal: nothing to change", "longitude");
        let values: Vec<Vec<f64>> = blocks.iter().filter_map(|b| b.data().to_f64()).collect();
        let count = region.len();
        let at = |i: usize| -> Option<f64> {
            let row: Vec<f64> = values.iter().filter_map(|v| v.get(i).copied()).collect();
            function(&row)
        };
        let out: Option<Vec<f64>> = (0..count).map(at).collect();
        let buffer = Buffer::from_f64(&target, &out.ok_or_else(lost)?).ok_or_else(lost)?;
        Block::new(region.shape(), buffer).ok_or_else(lost)
    })
}
