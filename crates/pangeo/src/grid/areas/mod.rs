//! Areas of cells.

mod spherical;

pub use spherical::polygon_area;
pub(super) use spherical::zone;

use super::corners::{HINT, rotated, width};
use super::{Corners, Grid, GridAxis, Listing, Origin};
use crate::cf::packing::numbers;
use crate::cf::roles::Roles;
use crate::model::{Dataset, Variable};
use crate::{Error, Result};

/// Areas of a grid's cells, in steradians on the unit sphere or in the units of the file's own
/// `cell_measures`. Only their ratios matter as weights.
#[derive(Debug, Clone, PartialEq)]
pub enum CellAreas {
    /// The area of a cell is `rows[j] * columns[i]`.
    Separable {
        /// The difference of the sines of each row's latitudes; NaN where unknown.
        rows: Vec<f64>,
        /// The radians of longitude of each column; NaN where unknown.
        columns: Vec<f64>,
    },
    /// One a cell, rows slowest; NaN where unknown.
    PerCell(Vec<f64>),
}

impl CellAreas {
    /// The areas of the cells of the grid `on`, which `variable` lies on.
    ///
    /// The variable that `cell_measures` names `area` (CF §7.2), as it is, where it is in the dataset
    /// and spans just the grid; else from the corners of cells (see [`Corners::of`]): exact between
    /// parallels and meridians, true or those of a rotated pole, by great circles for other grids.
    /// Columns that repeat the first ones have no area, so that no place counts twice.
    ///
    /// # Errors
    /// [`Error::Data`] where neither areas nor corners are known, and when they can't be read.
    pub fn of(dataset: &Dataset, roles: &Roles, on: &Grid, variable: &str) -> Result<Self> {
        if let Some(measured) = measured(dataset, roles, on, variable)? {
            return Ok(Self::PerCell(measured));
        }
        if let Some(Listing::Gathered { .. }) = &on.listing
            && let Some(origin) = Origin::of(dataset, dataset.require(variable)?)?
        {
            return origin.areas(variable);
        }
        if let Some((rows, columns)) = rotated(dataset, roles, on, variable)? {
            return Ok(Self::between(&rows, &columns, on));
        }
        match Corners::of(dataset, roles, on, variable).map_err(in_words_of_areas)? {
            Corners::Separable { rows, columns } => Ok(Self::between(&rows, &columns, on)),
            Corners::PerCell(outlines) => {
                let columns = on.shape().1.max(1);
                let own = columns.saturating_sub(on.overlap);
                let area = |i: usize| if i % columns < own { polygon_area(&outlines.outline(i)) } else { 0.0 };
                Ok(Self::PerCell((0..outlines.len()).map(area).collect()))
            }
        }
    }

    /// Cells between parallels and meridians, degrees.
    fn between(rows: &[(f64, f64)], columns: &[(f64, f64)], on: &Grid) -> Self {
        let rows = rows.iter().map(|(a, b)| spherical::zone(*a, *b)).collect();
        let mut columns: Vec<f64> = columns.iter().map(|edges| width(*edges).to_radians()).collect();
        // Cells cut at the seam on both ends add up to one turn and don't repeat each other.
        let turn = std::f64::consts::TAU * (1.0 + 1e-6);
        if columns.iter().sum::<f64>() > turn {
            columns.iter_mut().rev().take(on.overlap).for_each(|repeated| *repeated = 0.0);
        }
        Self::Separable { rows, columns }
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Separable { rows, columns } => rows.len().saturating_mul(columns.len()),
            Self::PerCell(areas) => areas.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The area of cell `index`, rows slowest; `None` beyond the last, NaN where unknown.
    pub fn get(&self, index: usize) -> Option<f64> {
        match self {
            Self::Separable { rows, columns } => {
                let row = rows.get(index.checked_div(columns.len())?)?;
                Some(row * columns.get(index.checked_rem(columns.len())?)?)
            }
            Self::PerCell(areas) => areas.get(index).copied(),
        }
    }

    /// The areas of all cells, rows slowest.
    pub fn to_vec(&self) -> Vec<f64> {
        match self {
            Self::Separable { rows, columns } => {
                rows.iter().flat_map(|row| columns.iter().map(move |column| row * column)).collect()
            }
            Self::PerCell(areas) => areas.clone(),
        }
    }

    /// The sum of all that are known.
    pub fn total(&self) -> f64 {
        let sum = |values: &[f64]| values.iter().filter(|v| !v.is_nan()).sum::<f64>();
        match self {
            Self::Separable { rows, columns } => sum(rows) * sum(columns),
            Self::PerCell(areas) => sum(areas),
        }
    }
}

/// The values of the variable that `cell_measures` calls the area, rows slowest; `None` if it is not
/// in the dataset (`external_variables`), spans other dimensions or holds no positive number.
fn measured(dataset: &Dataset, roles: &Roles, on: &Grid, variable: &str) -> Result<Option<Vec<f64>>> {
    let measures = dataset.require(variable)?.attributes.text("cell_measures").unwrap_or("");
    let found = area_of(measures).and_then(|name| roles.resolve(variable, name)).and_then(|n| dataset.variable(n));
    let Some(measure) = found.filter(|m| m.data_type().is_numeric()) else { return Ok(None) };
    let along: Vec<&GridAxis> = on.cells.iter().chain(&on.y).chain(&on.x).collect();
    let fits =
        |axis: &&GridAxis| measure.axis(&axis.dimension).and_then(|a| measure.shape().get(a)) == Some(&axis.length);
    if measure.dimensions.len() != along.len() || !along.iter().all(fits) {
        return Ok(None);
    }
    let values = in_order(measure, &along, numbers(measure)?);
    Ok(values.iter().any(|v| *v > 0.0).then_some(values))
}

/// The name after `area:` in the text of `cell_measures`.
fn area_of(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("area:")?;
    rest.split_whitespace().next().filter(|name| !name.ends_with(':'))
}

/// Values of a variable of one or two dimensions with the first of `along` slowest.
fn in_order(measure: &Variable, along: &[&GridAxis], values: Vec<f64>) -> Vec<f64> {
    let [slow, fast] = along else { return values };
    if measure.axis(&slow.dimension) < measure.axis(&fast.dimension) {
        return values;
    }
    let at = |j: usize, i: usize| i.checked_mul(slow.length).and_then(|start| values.get(start.checked_add(j)?));
    let all = (0..slow.length).flat_map(|j| (0..fast.length).map(move |i| (j, i)));
    all.map(|(j, i)| at(j, i).copied().unwrap_or(f64::NAN)).collect()
}

/// Areas are known from weights too, where corners are not.
fn in_words_of_areas(error: Error) -> Error {
    match error {
        Error::Data { what, place, hint } if hint.as_deref() == Some(HINT) => {
            let what = what.replace("the corners of cells are", "the areas of cells are");
            Error::data(what, place).with_hint(format!("{HINT}, or weights of another kind: --weights none|VARIABLE"))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
