//! One selection a dimension, also where grids share dimensions.
//!
//! Staggered grids (CAM-FV, WRF, NEMO) share rows or columns. What each grid keeps is settled before
//! anything is cut; then each dimension is cut once: as all grids on it want it, else to what any of
//! them keeps, and a grid's cells beyond its own selection are set to missing.

use std::collections::HashMap;
use std::sync::Arc;

use super::longitude::shift_columns;
use crate::grid::{GridAxis, Places, Selection, descends};
use crate::model::array::{AxisSelection, Memory};
use crate::model::{Attributes, Block, Buffer, Dataset, Encoding, Region, Variable};
use crate::ops::grids::GridOf;
use crate::ops::mask::{Keep, Tally, mask, spread};
use crate::ops::select::select;
use crate::{Error, Result};

/// A grid and what to keep of it.
pub(super) struct Kept {
    pub(super) on: GridOf,
    pub(super) selection: Selection,
}

impl Kept {
    /// The kept rows; the only one where the grid has none along a dimension.
    fn rows(&self) -> Vec<usize> {
        match self.selection {
            Selection::Box { .. } => self.selection.rows(),
            Selection::Cells(_) => vec![0],
        }
    }

    /// The kept columns or cells with what to add to their longitudes.
    fn columns(&self) -> Vec<(usize, f64)> {
        match &self.selection {
            Selection::Box { .. } => self.selection.columns(),
            Selection::Cells(cells) => cells.iter().map(|&i| (i, 0.0)).collect(),
        }
    }

    fn mask(&self) -> Option<&[bool]> {
        match &self.selection {
            Selection::Box { mask, .. } => mask.as_deref(),
            Selection::Cells(_) => None,
        }
    }

    /// The axis of the columns or cells.
    fn across(&self) -> Option<&GridAxis> {
        self.on.grid.cells.as_ref().or(self.on.grid.x.as_ref())
    }

    /// The longitude of each column, where columns have one.
    fn longitudes(&self) -> Option<&[f64]> {
        match &self.on.grid.places {
            Places::Separable { longitudes, .. } => Some(longitudes),
            _ => None,
        }
    }

    fn demands(&self) -> impl Iterator<Item = Demand<'_>> {
        let rows = self.on.grid.y.as_ref().map(|axis| {
            let indices = self.rows().into_iter().map(|i| (i, 0.0)).collect();
            Demand { of: self, axis, role: Role::Rows, indices }
        });
        let role = if self.on.grid.cells.is_some() { Role::Cells } else { Role::Columns };
        let columns = self.across().map(|axis| Demand { of: self, axis, role, indices: self.columns() });
        rows.into_iter().chain(columns)
    }
}

/// What a dimension is to a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Rows,
    Columns,
    Cells,
}

/// What a grid wants to be left of one of its dimensions.
struct Demand<'a> {
    of: &'a Kept,
    axis: &'a GridAxis,
    role: Role,
    /// The indices, and what to add to their longitudes.
    indices: Vec<(usize, f64)>,
}

impl Demand<'_> {
    /// What to add to the longitudes of a cut's columns.
    fn offsets(&self, cut: &Cut) -> Vec<f64> {
        let (Some(agreed), Some(own)) = (&cut.longitudes, self.of.longitudes()) else {
            return self.indices.iter().map(|(_, offset)| *offset).collect();
        };
        let offset = |(&i, to): (&usize, &f64)| own.get(i).map_or(0.0, |v| whole_turns(to - v));
        cut.indices.iter().zip(agreed).map(offset).collect()
    }
}

/// What is left of a dimension.
struct Cut {
    dimension: String,
    /// Its extent before.
    length: usize,
    indices: Vec<usize>,
    /// The longitude of each kept column after moving, where grids with their own longitudes had to
    /// find one order.
    longitudes: Option<Vec<f64>>,
}

impl Cut {
    fn is_whole(&self) -> bool {
        self.indices.len() == self.length && self.indices.iter().enumerate().all(|(at, &i)| at == i)
    }
}

/// Cut the dimensions of all grids to their selections, each dimension once, move their longitudes
/// and mask what is outside.
///
/// # Errors
/// [`Error::Data`] for grids whose selections of a shared dimension can't be joined.
pub(super) fn apply(dataset: &mut Dataset, kept: &[Kept], tally: &Arc<Tally>) -> Result<()> {
    let demands: Vec<Demand> = kept.iter().flat_map(Kept::demands).collect();
    let mut cuts: Vec<Cut> = Vec::new();
    for demand in &demands {
        let dimension = &demand.axis.dimension;
        if cuts.iter().all(|c| c.dimension != *dimension) {
            let same: Vec<&Demand> = demands.iter().filter(|d| d.axis.dimension == *dimension).collect();
            cuts.push(agree(&same).ok_or_else(|| disagreement(&same, &dataset.source))?);
        }
    }
    for cut in cuts.iter().filter(|c| !c.is_whole()) {
        select(dataset, &cut.dimension, &AxisSelection::from_indices(cut.indices.clone()))?;
    }
    let mut moved: Vec<&String> = Vec::new();
    for demand in demands.iter().filter(|d| d.role == Role::Columns) {
        let cut = cuts.iter().find(|c| c.dimension == demand.axis.dimension);
        let name = demand.of.on.grid.longitude.as_ref().filter(|n| !moved.contains(n));
        if let (Some(cut), Some(name)) = (cut, name) {
            shift_columns(dataset, name, &demand.offsets(cut))?;
            moved.push(name);
        }
    }
    for kept in kept {
        mask_outside(dataset, kept, &cuts, tally)?;
    }
    Ok(())
}

/// What is left of a dimension of which each grid wants this; `None` if that can't be joined.
fn agree(demands: &[&Demand]) -> Option<Cut> {
    let (first, others) = demands.split_first()?;
    let (dimension, length) = (first.axis.dimension.clone(), first.axis.length);
    if others.iter().all(|d| d.indices == first.indices) {
        let indices = first.indices.iter().map(|(i, _)| *i).collect();
        return Some(Cut { dimension, length, indices, longitudes: None });
    }
    if others.iter().any(|d| d.role != first.role) {
        return None;
    }
    let mut marked = vec![false; length];
    for (i, _) in demands.iter().flat_map(|d| &d.indices) {
        *marked.get_mut(*i)? = true;
    }
    let ascending: Vec<usize> = (0..marked.len()).filter(|&i| marked.get(i) == Some(&true)).collect();
    let separable = demands.iter().filter(|d| d.of.longitudes().is_some()).count();
    let indices: Vec<usize> = match first.role {
        Role::Columns if separable == demands.len() => return by_longitude(demands),
        Role::Columns if separable == 0 => first.of.on.grid.cover_columns(&marked).into_iter().flatten().collect(),
        Role::Columns => return None,
        // Boxes of indices that cover a curvilinear area have no gaps.
        Role::Rows if separable < demands.len() => (*ascending.first()?..ascending.last()?.checked_add(1)?).collect(),
        Role::Rows | Role::Cells => ascending,
    };
    Some(Cut { dimension, length, indices, longitudes: None })
}

/// The columns that any grid keeps, in the order of the first grid's longitudes.
fn by_longitude(demands: &[&Demand]) -> Option<Cut> {
    let first = demands.first()?;
    let home = first.of.longitudes()?;
    let mut seen = vec![false; first.axis.length];
    let mut columns: Vec<(f64, usize)> = Vec::new();
    for demand in demands {
        let own = demand.of.longitudes()?;
        for &(i, offset) in &demand.indices {
            if !std::mem::replace(seen.get_mut(i)?, true) {
                let (value, near) = (*home.get(i)?, own.get(i)? + offset);
                columns.push((value + whole_turns(near - value), i));
            }
        }
    }
    columns.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    if descends(home) {
        columns.reverse();
    }
    let (longitudes, indices) = columns.into_iter().unzip();
    let (dimension, length) = (first.axis.dimension.clone(), first.axis.length);
    Some(Cut { dimension, length, indices, longitudes: Some(longitudes) })
}

/// The multiple of 360 degrees nearest to a difference of longitudes.
fn whole_turns(difference: f64) -> f64 {
    let turns = 360.0 * (difference / 360.0).round();
    if turns.is_finite() { turns } else { 0.0 }
}

fn disagreement(demands: &[&Demand], source: &str) -> Error {
    let names: Vec<String> = demands.iter().map(|d| d.of.on.variables.join(", ")).collect();
    let dimension = demands.first().map(|d| d.axis.dimension.clone()).unwrap_or_default();
    let what = format!("the grids of {} use dimension '{dimension}' in different ways", names.join(" and of "));
    let hint = format!("cut them one at a time: -v {}", names.first().map_or("NAME", String::as_str));
    Error::data(what, source).with_hint(hint)
}

/// Set the data variables on a grid to missing in the cells that its own selection leaves out.
fn mask_outside(dataset: &mut Dataset, kept: &Kept, cuts: &[Cut], tally: &Arc<Tally>) -> Result<()> {
    let (rows, columns) = (kept.rows(), kept.columns().into_iter().map(|(i, _)| i).collect::<Vec<_>>());
    let left = |axis: Option<&GridAxis>, own: &[usize]| -> Vec<usize> {
        let cut = axis.and_then(|a| cuts.iter().find(|c| c.dimension == a.dimension));
        cut.map_or_else(|| own.to_vec(), |c| c.indices.clone())
    };
    let (y, x) = (kept.on.grid.y.as_ref(), kept.across());
    let (left_rows, left_columns) = (left(y, &rows), left(x, &columns));
    let inside = if left_rows == rows && left_columns == columns {
        kept.mask().map(<[bool]>::to_vec)
    } else {
        let (by_row, by_column) = (positions(&rows, &left_rows), positions(&columns, &left_columns));
        let own = |row: Option<usize>, column: Option<usize>| {
            let at = row.zip(column).map(|(r, c)| r.saturating_mul(columns.len()).saturating_add(c));
            at.is_some_and(|at| kept.mask().is_none_or(|mask| mask.get(at) == Some(&true)))
        };
        Some(by_row.iter().flat_map(|r| by_column.iter().map(move |c| (*r, *c))).map(|(r, c)| own(r, c)).collect())
    };
    let Some(inside) = inside else { return Ok(()) };
    let axes = [(y, left_rows.len()), (x, left_columns.len())];
    let axes: Vec<(String, usize)> =
        axes.into_iter().filter_map(|(axis, n)| Some((axis?.dimension.clone(), n))).collect();
    mask_cells(dataset, &kept.on.variables, axes, &inside, tally)
}

/// Where each of the indices `wanted` stands in `own`.
fn positions(own: &[usize], wanted: &[usize]) -> Vec<Option<usize>> {
    let at: HashMap<usize, usize> = own.iter().enumerate().map(|(at, &i)| (i, at)).collect();
    wanted.iter().map(|i| at.get(i).copied()).collect()
}

/// Set `variables` to missing in the cells (along `axes`, the last fastest) that are not `inside`.
fn mask_cells(
    dataset: &mut Dataset,
    variables: &[String],
    axes: Vec<(String, usize)>,
    inside: &[bool],
    tally: &Arc<Tally>,
) -> Result<()> {
    let (dimensions, shape): (Vec<String>, Vec<usize>) = axes.into_iter().unzip();
    let values = Buffer::U8(inside.iter().map(|i| u8::from(*i)).collect());
    let block = Block::new(shape, values).ok_or_else(|| Error::data("internal: mask of another size", "grid"))?;
    let cells = Variable {
        name: "mask".to_owned(),
        dimensions,
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: Memory::array(block),
    };
    let keep: Arc<Keep> = Arc::new(|blocks: &[Block], _: &Region| {
        let values = match blocks.first().map(Block::data) {
            Some(Buffer::U8(values)) => values.iter().map(|v| *v != 0).collect(),
            _ => return Err(Error::data("internal: no mask", "grid")),
        };
        Ok(values)
    });
    for name in variables {
        let Some(variable) = dataset.variable_mut(name) else { continue };
        if let Some(mask_array) = spread(&cells, variable)? {
            mask(variable, vec![mask_array], Arc::clone(&keep), Arc::clone(tally))?;
        }
    }
    Ok(())
}
