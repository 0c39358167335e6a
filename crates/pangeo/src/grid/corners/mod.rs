//! The corners of a grid's cells: the one source of them for areas, for fractions of cells inside
//! polygons and for `--all-touched`.

mod bounds;
mod centres;
mod reduced;
mod separable;

use std::sync::OnceLock;

use super::{Grid, GridKind, Origin, Outline, Places, RotatedPole, outlines};
use crate::cf::roles::Roles;
use crate::model::Dataset;
use crate::{Error, Result};

pub(super) use separable::{rotated, width};

/// The corners of a grid's cells in degrees. Longitudes are those of the file and compare modulo 360.
#[derive(Debug, Clone)]
pub enum Corners {
    /// Cells between two meridians and two parallels.
    Separable {
        /// The two latitudes of each row within ±90, in either order; NaN where unknown.
        rows: Vec<(f64, f64)>,
        /// West and east of each column, `west ≤ east ≤ west + 360`; NaN where unknown.
        columns: Vec<(f64, f64)>,
    },
    /// Cells with corners of their own.
    PerCell(Outlines),
}

/// The corners of each cell of a list, or of rows and columns with the rows slowest.
#[derive(Debug, Clone)]
pub struct Outlines {
    shared: Shared,
    /// Boxes around runs of cells, for searches.
    boxes: OnceLock<Vec<Surrounding>>,
}

/// Which corners belong to which cell.
#[derive(Debug, Clone)]
enum Shared {
    /// Cells that meet at the corners of a lattice, one row and one column more than cells.
    Lattice { columns: usize, corners: Vec<(f64, f64)> },
    /// Corners cell after cell; those of cell `i` begin at `starts[i]`.
    Listed { starts: Vec<usize>, corners: Vec<(f64, f64)> },
}

/// Latitudes and longitudes that hold some cells; all longitudes where `width` is 360.
#[derive(Debug, Clone, Copy)]
pub(in crate::grid) struct Surrounding {
    pub(in crate::grid) south: f64,
    pub(in crate::grid) north: f64,
    pub(in crate::grid) west: f64,
    pub(in crate::grid) width: f64,
}

impl Corners {
    /// The corners of the cells of the grid `on`, which `variable` lies on.
    ///
    /// Bounds (CF §7.1) where the file has them, the nodes of mesh faces (UGRID 1.0), else derived:
    /// half-way between the centres of rows and columns (Gaussian rows by their quadrature weights),
    /// at the mean of the four centres around on the sphere for other grids. One column alone goes
    /// around the Earth, as that of a zonal mean does.
    ///
    /// # Errors
    /// [`Error::Data`] where nothing tells: cells of a list without bounds, a projected grid without
    /// latitudes and longitudes, a single row without bounds. When bounds can't be read.
    pub fn of(dataset: &Dataset, roles: &Roles, on: &Grid, variable: &str) -> Result<Self> {
        if let Some(given) = Self::given(dataset, roles, on, variable)? {
            return Ok(given);
        }
        let (rows, columns) = on.shape();
        let derived = match &on.places {
            Places::PerCell { latitudes, longitudes } if on.cells.is_none() => {
                match separable::repeated(latitudes, longitudes, columns, on) {
                    Some(separable) => Some(separable),
                    None => centres::lattice(latitudes, longitudes, (rows, columns), on)
                        .map(|corners| Self::PerCell(Outlines::lattice(columns, corners))),
                }
            }
            _ => None,
        };
        derived.ok_or_else(|| unknown(dataset, on, variable))
    }

    /// The corners that the file itself gives, by bounds, mesh or the pole of a rotated grid; for
    /// rows and columns of latitudes and longitudes also the derived ones, which leave no doubt.
    /// `None` where they would have to be guessed from centres.
    ///
    /// # Errors
    /// As [`Corners::of`].
    pub fn given(dataset: &Dataset, roles: &Roles, on: &Grid, variable: &str) -> Result<Option<Self>> {
        if let Places::Separable { .. } = &on.places {
            return separable::of(dataset, roles, on).map(Some);
        }
        if let Some(outlines) = bounds::outlines(dataset, roles, on)? {
            return Ok(Some(Self::PerCell(outlines)));
        }
        if on.cells.is_some() {
            let faces = outlines(dataset, roles, variable)?;
            if let Some(faces) = faces.filter(|f| f.len() == on.len()) {
                return Ok(Some(Self::PerCell(Outlines::listed(faces))));
            }
            if let Some(corners) = gathered(dataset, on, variable)? {
                return Ok(Some(corners));
            }
            let (latitudes, longitudes) = on.all_places();
            return Ok(reduced::outlines(&latitudes, &longitudes).map(Self::PerCell));
        }
        if on.kind == GridKind::Rotated
            && let Some((rows, columns)) = rotated(dataset, roles, on, variable)?
            && let Some(pole) = pole(dataset, roles, variable)
        {
            return Ok(Some(Self::PerCell(unrotated(&pole, &rows, &columns))));
        }
        Ok(None)
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Separable { rows, columns } => rows.len().saturating_mul(columns.len()),
            Self::PerCell(outlines) => outlines.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The corners of cell `index` (rows slowest) in order around it, (longitude, latitude); empty
    /// where they are not known. Wide cells get further points on their parallels, so that two that
    /// follow one another are never half the Earth apart.
    pub fn outline(&self, index: usize) -> Outline {
        match self {
            Self::Separable { rows, columns } => {
                let row = index.checked_div(columns.len()).and_then(|j| rows.get(j));
                let column = index.checked_rem(columns.len()).and_then(|i| columns.get(i));
                row.zip(column).map_or_else(Vec::new, |(row, column)| separable::outline(*row, *column))
            }
            Self::PerCell(outlines) => outlines.outline(index),
        }
    }
}

impl Outlines {
    fn new(shared: Shared) -> Self {
        Self { shared, boxes: OnceLock::new() }
    }

    /// The cells with these corners; corners that are not known are left out.
    pub fn listed(cells: impl IntoIterator<Item = Outline>) -> Self {
        let (mut starts, mut corners) = (vec![0], Vec::new());
        for cell in cells {
            corners.extend(cell.into_iter().filter(|(x, y)| x.is_finite() && y.is_finite()));
            starts.push(corners.len());
        }
        Self::new(Shared::Listed { starts, corners })
    }

    /// Cells that meet at the corners of a lattice, which has one row and one more of its `columns` than
    /// there are cells, rows slowest; a cell with a corner that is no number has none.
    pub fn lattice(columns: usize, corners: Vec<(f64, f64)>) -> Self {
        Self::new(Shared::Lattice { columns, corners })
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        match &self.shared {
            Shared::Listed { starts, .. } => starts.len().saturating_sub(1),
            Shared::Lattice { columns, corners } => {
                let rows = corners.len().checked_div(columns.saturating_add(1)).unwrap_or(0).saturating_sub(1);
                rows.saturating_mul(*columns)
            }
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The corners of a cell, as [`Corners::outline`].
    pub fn outline(&self, index: usize) -> Outline {
        let found = match &self.shared {
            Shared::Listed { starts, corners } => {
                let range = starts.get(index).zip(index.checked_add(1).and_then(|next| starts.get(next)));
                range.and_then(|(from, to)| corners.get(*from..*to)).map(<[_]>::to_vec)
            }
            Shared::Lattice { columns, corners } => lattice_cell(*columns, corners, index),
        };
        found.unwrap_or_default()
    }

    /// How many cells share a box.
    pub(in crate::grid) const RUN: usize = 64;

    /// Boxes around runs of [`Self::RUN`] cells, computed once.
    pub(in crate::grid) fn boxes(&self) -> &[Surrounding] {
        let around = |first: usize| {
            let end = self.len().min(first.saturating_add(Self::RUN));
            Surrounding::of((first..end).flat_map(|i| self.outline(i)))
        };
        self.boxes.get_or_init(|| (0..self.len()).step_by(Self::RUN).map(around).collect())
    }
}

impl Surrounding {
    /// Longitudes are taken as near to the first one as they can be; where they spread over more
    /// than half the Earth so, or reach a pole, all are meant.
    pub(in crate::grid) fn of(corners: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut first = None;
        let [mut south, mut north, mut west, mut east] =
            [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
        for (x, y) in corners {
            let origin = *first.get_or_insert(x);
            let near = origin + super::difference(x, origin);
            (south, north) = (south.min(y), north.max(y));
            (west, east) = (west.min(near), east.max(near));
        }
        // A cell around the pole reaches beyond its corners; it spreads over all longitudes.
        if east - west > 170.0 {
            (west, east) = (0.0, 360.0);
            if north > 0.0 {
                north = 90.0;
            }
            if south < 0.0 {
                south = -90.0;
            }
        } else if north > 89.999 || south < -89.999 {
            (west, east) = (0.0, 360.0);
        }
        Self { south, north, west, width: east - west }
    }
}

fn lattice_cell(columns: usize, corners: &[(f64, f64)], index: usize) -> Option<Outline> {
    let (row, column) = (index.checked_div(columns)?, index.checked_rem(columns)?);
    let width = columns.checked_add(1)?;
    let first = row.checked_mul(width)?.checked_add(column)?;
    let above = first.checked_add(width)?;
    let cell =
        [*corners.get(first)?, *corners.get(first + 1)?, *corners.get(above.checked_add(1)?)?, *corners.get(above)?];
    cell.iter().all(|(x, y)| x.is_finite() && y.is_finite()).then(|| cell.to_vec())
}

/// The corners of cells that were gathered from another grid. A list that is no good is of no matter where the cells
/// have places of their own.
fn gathered(dataset: &Dataset, on: &Grid, variable: &str) -> Result<Option<Corners>> {
    match Origin::of(dataset, dataset.require(variable)?) {
        Ok(Some(origin)) => origin.corners(variable),
        Ok(None) => Ok(None),
        Err(Error::Data { .. }) if on.listing.is_none() => Ok(None),
        Err(error) => Err(error),
    }
}

fn pole(dataset: &Dataset, roles: &Roles, variable: &str) -> Option<RotatedPole> {
    RotatedPole::of(&dataset.variable(roles.grid_mapping(variable)?)?.attributes)
}

fn unrotated(pole: &RotatedPole, rows: &[(f64, f64)], columns: &[(f64, f64)]) -> Outlines {
    let cell = |row: &(f64, f64), column: &(f64, f64)| -> Outline {
        separable::outline(*row, *column).iter().map(|(x, y)| pole.unrotate(*x, *y)).collect()
    };
    Outlines::listed(rows.iter().flat_map(|row| columns.iter().map(move |column| cell(row, column))))
}

fn unknown(dataset: &Dataset, on: &Grid, variable: &str) -> Error {
    let what = match on.kind {
        GridKind::Unstructured => {
            "the corners of cells are not known: they are a list without bounds or a mesh's faces"
        }
        GridKind::Projected if on.places == Places::Unknown => {
            "the corners of cells are not known: a projected grid without latitudes and longitudes"
        }
        _ => "the corners of cells are not known, and too few centres are to derive them",
    };
    Error::data(what, format!("variable '{variable}' in {}", dataset.source)).with_hint(HINT)
}

/// What helps where cells have no corners, whatever these are for; callers that know of another way out add it.
pub(super) const HINT: &str = "give its latitudes and longitudes bounds (CF §7.1)";

#[cfg(test)]
mod tests;
