//! Longitudes in another convention, with their bounds.

use std::sync::Arc;

use super::alone::{Alone, alone};
use super::cuts::{Kept, apply};
use crate::cf::packing::{self, Packing, numbers};
use crate::cf::roles::{Kind, Roles};
use crate::grid::{Convention, Places, Selection, convention, degrees_per_unit, wrap_180, wrap_360};
use crate::model::array::{AxisSelection, Mapped, Memory};
use crate::model::{Array, Block, Buffer, DataType, Dataset, Variable};
use crate::ops::grids::grids;
use crate::ops::mask::{Tally, spread};
use crate::ops::select::select;
use crate::{Error, Result};

/// Bring the longitudes of all grids, and axes of longitudes without latitudes, into a convention. Those
/// along one dimension are rolled so that they stay monotonic, data with them; those of each cell are
/// changed where they stand. Bounds follow. The answer is what to warn of: that there are none.
///
/// # Errors
/// When coordinates can't be read.
pub fn set_convention(dataset: &mut Dataset, to: Convention) -> Result<Option<String>> {
    let (mut rolled, mut wrapped) = (Vec::new(), Vec::new());
    for on in grids(dataset, &Roles::of(dataset))? {
        match (&on.grid.places, &on.grid.x, &on.grid.longitude) {
            (Places::Separable { longitudes, .. }, Some(_), Some(_)) => {
                let rows = 0..on.grid.y.as_ref().map_or(1, |y| y.length);
                let selection = Selection::Box { rows: vec![rows], columns: convention(longitudes, to), mask: None };
                rolled.push(Kept { on, selection });
            }
            (.., Some(name)) if !wrapped.contains(name) => wrapped.push(name.clone()),
            _ => {}
        }
    }
    let mut single = alone(dataset);
    single.retain(|axis| axis.kind == Kind::Longitude);
    let idle = rolled.is_empty() && wrapped.is_empty() && single.is_empty();
    apply(dataset, &rolled, &Arc::new(Tally::default()))?;
    wrapped.iter().try_for_each(|name| wrap_cells(dataset, name, to))?;
    for Alone { name, dimension, .. } in &single {
        let runs = convention(&degrees(dataset, name)?, to);
        let columns: Vec<_> = runs.into_iter().flat_map(|r| r.indices.map(move |i| (i, r.offset))).collect();
        keep_columns(dataset, dimension, name, &columns)?;
    }
    Ok(idle.then(|| "--longitude changes nothing: no variable has longitudes".to_owned()))
}

/// Latitudes or longitudes in degrees, NaN where missing.
pub(super) fn degrees(dataset: &Dataset, name: &str) -> Result<Vec<f64>> {
    let variable = dataset.require(name)?;
    let degrees = degrees_per_unit(variable)?;
    Ok(numbers(variable)?.into_iter().map(|v| v * degrees).collect())
}

/// Keep places of a dimension in this order, and add to the coordinate `name` along it what stands by
/// each (degrees of longitude; 0 for anything else).
pub(super) fn keep_columns(dataset: &mut Dataset, dimension: &str, name: &str, kept: &[(usize, f64)]) -> Result<()> {
    let (indices, offsets): (Vec<usize>, Vec<f64>) = kept.iter().copied().unzip();
    select(dataset, dimension, &AxisSelection::from_indices(indices))?;
    shift_columns(dataset, name, &offsets)
}

/// Add `offsets` (degrees, one a column) to a one-dimensional longitude and bring each cell's bounds
/// next to it. Nothing happens where all are 0.
pub(super) fn shift_columns(dataset: &mut Dataset, name: &str, offsets: &[f64]) -> Result<()> {
    if offsets.iter().all(|o| *o == 0.0) {
        return Ok(());
    }
    let bounds = Roles::of(dataset).bounds_of(name).map(str::to_owned);
    let variable = dataset.require(name)?;
    let turn = 360.0 / degrees_per_unit(variable)?;
    if variable.dimensions.len() != 1 || variable.array.len() != offsets.len() {
        return Err(Error::data("internal: longitudes of another size", name.to_owned()));
    }
    let shifts: Vec<f64> = offsets.iter().map(|o| o / 360.0 * turn).collect();
    let centres: Vec<f64> = numbers(variable)?.iter().zip(&shifts).map(|(v, s)| v + s).collect();
    if let Some(variable) = dataset.variable_mut(name) {
        replace(variable, &centres)?;
    }
    let bounds = bounds.and_then(|b| dataset.variable_mut(&b));
    if let Some(bounds) = bounds.filter(|b| b.shape().first() == Some(&centres.len())) {
        let values = numbers(bounds)?;
        let corners = values.len() / centres.len().max(1);
        let near = |(i, v): (usize, &f64)| {
            let centre = centres.get(i / corners.max(1)).copied().unwrap_or(*v);
            v + turn * ((centre - v) / turn).round()
        };
        let moved: Vec<f64> = values.iter().enumerate().map(near).collect();
        replace(bounds, &moved)?;
    }
    Ok(())
}

/// Give a coordinate new (unpacked) values, in its stored type where that holds them, else in double;
/// limits that described the old values go.
fn replace(variable: &mut Variable, values: &[f64]) -> Result<()> {
    let lost = || Error::data("internal: coordinate of another type", variable.name.clone());
    let packed = Packing::of(variable)?.is_packed();
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
    forget_limits(variable);
    Ok(())
}

/// Limits that described other longitudes.
fn forget_limits(variable: &mut Variable) {
    for limit in ["valid_min", "valid_max", "valid_range", "actual_range"] {
        variable.attributes.remove(limit);
    }
}

/// Longitudes of each cell, and of its corners next to it, lazily. Missing ones stay what they are.
fn wrap_cells(dataset: &mut Dataset, name: &str, to: Convention) -> Result<()> {
    let bounds = Roles::of(dataset).bounds_of(name).map(str::to_owned);
    let Some(variable) = dataset.variable_mut(name) else { return Ok(()) };
    let degrees = degrees_per_unit(variable)?;
    let turn = 360.0 / degrees;
    let plausible = move |v: f64| v.abs() <= 3.0 * turn;
    let nearest = move |v: f64, to: f64| v + turn * ((to - v) / turn).round();
    let wrap: fn(f64) -> f64 = match to {
        Convention::Centred => wrap_180,
        Convention::Positive => wrap_360,
    };
    make_floating(variable)?;
    let inputs = vec![(Arc::clone(&variable.array), Packing::of(variable)?)];
    variable.array = map(inputs, move |v| {
        let v = *v.first()?;
        plausible(v).then(|| nearest(v, wrap(v * degrees) / degrees))
    });
    forget_limits(variable);
    let centres = variable.clone();
    let Some(bounds) = bounds.and_then(|b| dataset.variable_mut(&b)) else { return Ok(()) };
    make_floating(bounds)?;
    if let Some(spread) = spread(&centres, bounds)? {
        let inputs = vec![(Arc::clone(&bounds.array), Packing::of(bounds)?), (spread, Packing::of(&centres)?)];
        bounds.array = map(inputs, move |v| {
            let (&corner, &centre) = (v.first()?, v.get(1)?);
            (plausible(corner) && plausible(centre)).then(|| nearest(corner, centre))
        });
    }
    Ok(())
}

/// Unpack a coordinate whose stored type can't hold any longitude.
fn make_floating(variable: &mut Variable) -> Result<()> {
    if !variable.data_type().is_float() || Packing::of(variable)?.is_packed() {
        *variable = packing::decode(variable)?;
    }
    Ok(())
}

/// A floating array computed value by value, in the type of the first input; `function` sees NaN for
/// missing values, and where it answers `None` the first input's value stays.
fn map(inputs: Vec<(Array, Packing)>, function: impl Fn(&[f64]) -> Option<f64> + Send + Sync + 'static) -> Array {
    let (arrays, packings): (Vec<Array>, Vec<Packing>) = inputs.into_iter().unzip();
    let to = arrays.first().map_or(DataType::F64, |a| a.data_type().clone());
    let target = to.clone();
    Mapped::array(arrays, to, move |blocks, region| {
        let lost = || Error::data("internal: nothing to change", "longitude");
        let stored = blocks.first().and_then(|b| b.data().to_f64()).ok_or_else(lost)?;
        let values: Vec<Vec<f64>> = packings.iter().zip(&blocks).map(|(p, b)| p.decode_f64(b)).collect();
        let at = |(i, stored): (usize, f64)| {
            let row: Vec<f64> = values.iter().filter_map(|v| v.get(i).copied()).collect();
            function(&row).unwrap_or(stored)
        };
        let out: Vec<f64> = stored.into_iter().enumerate().map(at).collect();
        let buffer = Buffer::from_f64(&target, &out).ok_or_else(lost)?;
        Block::new(region.shape(), buffer).ok_or_else(lost)
    })
}
