//! Areas of source cells in target cells.

use super::{Plane, Source};
use crate::Result;
use crate::engine::Engine;
use crate::grid::target::Target;
use crate::grid::{corner_areas, overlaps, separable};
use crate::ops::regrid::matrix::Matrix;
use crate::ops::regrid::operator::{Operator, Separable, Sparse};

/// Means over areas: by rows and columns where both grids have these, else cell by cell.
pub(super) fn operator(source: &Source, target: &Target, engine: &Engine) -> Result<Operator> {
    let (from, to) = (source.corners()?, target.corners()?);
    let Some((rows, columns)) = separable(&from, to) else {
        return Ok(Operator::Sparse(sparse(source, target, engine)?));
    };
    let crate::grid::Corners::Separable { rows: to_rows, columns: to_columns } = to else {
        return Ok(Operator::Sparse(sparse(source, target, engine)?));
    };
    let sine = |latitude: f64| latitude.to_radians().sin();
    let heights = to_rows.iter().map(|(a, b)| (sine(*a) - sine(*b)).abs()).collect();
    let widths = to_columns.iter().map(|(west, east)| (east - west).clamp(0.0, 360.0).to_radians()).collect();
    let rows = Matrix::from_parts(rows.starts, rows.sources, rows.weights)?;
    let columns = Matrix::from_parts(columns.starts, columns.sources, columns.weights)?;
    let columns = own(columns, source);
    Ok(Operator::Separable(Separable::new(
        rows,
        columns,
        (heights, widths),
        source.plane().rows,
        [0, 0],
        source.plane().columns,
    )))
}

/// Without the columns that repeat the first ones, which would count twice. The entries are columns, or cells with
/// the columns fastest.
fn own(entries: Matrix, source: &Source) -> Matrix {
    let columns = source.plane().columns;
    let own = columns.saturating_sub(source.grid.overlap);
    if own == columns {
        return entries;
    }
    let row = |target| entries.entries_of(target).filter(|(cell, _)| cell % columns < own);
    Matrix::from_rows(
        (0..entries.len()).map(|target| row(target).map(|(cell, w)| (cell as u32, w)).collect::<Vec<_>>()),
    )
}

/// The areas cell by cell.
pub(super) fn sparse(source: &Source, target: &Target, engine: &Engine) -> Result<Sparse> {
    let (from, to) = (source.corners()?, target.corners()?);
    let found = overlaps(&from, to, false, engine.threads())?;
    let matrix = Matrix::from_parts(found.starts, found.sources, found.areas)?;
    let matrix = own(matrix, source);
    let full = corner_areas(to).to_vec();
    Ok(Sparse::new(matrix, full, source.plane().columns, Plane::of(&target.grid).columns))
}
