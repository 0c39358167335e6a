//! Cutting to an area: the grids of a dataset, boxes, and applying what was selected.

use std::sync::Arc;

use super::longitude::shift_columns;
use super::tied::in_turns;
use crate::cf::roles::Roles;
use crate::grid::{Bbox, Grid, Selection};
use crate::model::array::{AxisSelection, Memory};
use crate::model::{Attributes, Block, Buffer, Dataset, Encoding, Variable};
use crate::ops::mask::{Keep, Tally, mask, spread};
use crate::ops::select::select;
use crate::{Error, Result};

/// A grid and the data variables on it.
pub(crate) struct GridOf {
    pub(crate) grid: Grid,
    pub(crate) variables: Vec<String>,
}

/// The horizontal grids of a dataset, each once, in the order of its variables.
///
/// # Errors
/// As [`Grid::of`].
pub(crate) fn grids(dataset: &Dataset, roles: &Roles) -> Result<Vec<GridOf>> {
    let mut found: Vec<GridOf> = Vec::new();
    let mut keys: Vec<[Option<String>; 6]> = Vec::new();
    for name in roles.data_variables() {
        let Some(variable) = dataset.variable(name) else { continue };
        // Coordinates tell grids apart without reading them again for each variable.
        let own = |n: Option<&str>| n.map(str::to_owned);
        let axes = |axis| variable.dimensions.iter().find(|d| roles.axis_of_dimension(d) == Some(axis)).cloned();
        let key = [
            own(roles.latitude(name)),
            own(roles.longitude(name)),
            axes(crate::cf::roles::Axis::Y),
            axes(crate::cf::roles::Axis::X),
            own(roles.mesh(name)),
            own(roles.mesh(name).and_then(|_| variable.attributes.text("location"))),
        ];
        if let Some(at) = keys.iter().position(|k| *k == key && key.iter().any(Option::is_some)) {
            if let Some(entry) = found.get_mut(at) {
                entry.variables.push(name.to_owned());
            }
            continue;
        }
        if let Some(grid) = Grid::of(dataset, roles, name)? {
            keys.push(key);
            found.push(GridOf { grid, variables: vec![name.to_owned()] });
        }
    }
    Ok(found)
}

/// Keep the cells whose centres lie in a box, edges included; bounds and auxiliary coordinates are cut
/// along. Latitude-longitude grids are sliced, their longitudes made monotonic across Greenwich and the
/// dateline; curvilinear ones cropped to the covering box of indices, values outside set to missing;
/// unstructured ones keep the cells inside, meshes the faces with all that these are made of.
///
/// # Errors
/// [`Error::EmptySelection`] with the grid's extent; [`Error::Data`] without any horizontal grid.
pub fn select_box(dataset: &mut Dataset, bbox: &Bbox, tally: &Arc<Tally>) -> Result<()> {
    in_turns(dataset, "--bbox", |dataset, grids| {
        grids.iter().try_for_each(|on| apply(dataset, on, &on.grid.select(bbox)?, tally))
    })
}

/// The grids of a dataset, at least one.
pub(crate) fn require_grids(dataset: &Dataset, flag: &str) -> Result<Vec<GridOf>> {
    let found = grids(dataset, &Roles::of(dataset))?;
    if found.is_empty() {
        return Err(Error::data(format!("{flag}: no variable has latitudes and longitudes"), dataset.source.clone())
            .with_hint("see what inspect makes of its coordinates"));
    }
    Ok(found)
}

/// Cut the dimensions of a grid to a selection, move its longitudes and mask what is outside.
pub(crate) fn apply(dataset: &mut Dataset, on: &GridOf, selection: &Selection, tally: &Arc<Tally>) -> Result<()> {
    let grid = &on.grid;
    let inside = match selection {
        Selection::Cells(cells) => {
            let Some(axis) = &grid.cells else { return Ok(()) };
            return select(dataset, &axis.dimension, &AxisSelection::from_indices(cells.clone()));
        }
        Selection::Box { mask, .. } => mask,
    };
    let columns = selection.columns();
    if let Some(y) = &grid.y {
        select(dataset, &y.dimension, &AxisSelection::from_indices(selection.rows()))?;
    }
    if let Some(x) = &grid.x {
        select(dataset, &x.dimension, &AxisSelection::from_indices(columns.iter().map(|(i, _)| *i).collect()))?;
        let offsets: Vec<f64> = columns.iter().map(|(_, offset)| *offset).collect();
        if let Some(longitude) = &grid.longitude {
            shift_columns(dataset, longitude, &offsets)?;
        }
    }
    if let Some(inside) = inside {
        let shape = (selection.rows().len().max(1), columns.len().max(1));
        mask_cells(dataset, on, shape, inside, tally)?;
    }
    Ok(())
}

/// Set the data variables on a grid to missing in the cells (rows slowest) that are not `inside`.
fn mask_cells(
    dataset: &mut Dataset,
    on: &GridOf,
    shape: (usize, usize),
    inside: &[bool],
    tally: &Arc<Tally>,
) -> Result<()> {
    let lost = || Error::data("internal: mask of another size", "grid");
    let (Some(y), Some(x)) = (&on.grid.y, &on.grid.x) else { return Err(lost()) };
    let values = Buffer::U8(inside.iter().map(|i| u8::from(*i)).collect());
    let block = Block::new(vec![shape.0, shape.1], values).ok_or_else(lost)?;
    let cells = Variable {
        name: "mask".to_owned(),
        dimensions: vec![y.dimension.clone(), x.dimension.clone()],
        attributes: Attributes::new(),
        encoding: Encoding::default(),
        array: Memory::array(block),
    };
    let keep: Arc<Keep> = Arc::new(|blocks: &[Block], _: &crate::model::Region| {
        let values = match blocks.first().map(Block::data) {
            Some(Buffer::U8(values)) => values.iter().map(|v| *v != 0).collect(),
            _ => return Err(Error::data("internal: no mask", "grid")),
        };
        Ok(values)
    });
    for name in &on.variables {
        let Some(variable) = dataset.variable_mut(name) else { continue };
        if let Some(mask_array) = spread(&cells, variable)? {
            mask(variable, vec![mask_array], Arc::clone(&keep), Arc::clone(tally))?;
        }
    }
    Ok(())
}
