//! From two grids and a method to what computes values: weights by geometry alone.

mod areas;
mod axes;
mod distance;
mod kernel;
mod lattice;
mod nearest;
mod ring;
mod slopes;
mod triangles;

use std::ops::Range;

use super::matrix::{Matrix, too_many};
use super::method::Method;
use super::operator::{Filler, Mode, NONE, Operator, Sparse};
use crate::cf::roles::Roles;
use crate::engine::Engine;
use crate::grid::target::{Target, cells_of};
use crate::grid::{Corners, Grid, GridKind, Locator, Places};
use crate::model::Dataset;
use crate::{Error, Result};
use kernel::Curve;

/// So many targets are worked on at a time.
const PIECE: usize = 4096;

/// Rows and columns of a grid; the cells of a list are rows of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plane {
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Plane {
    pub(super) fn of(grid: &Grid) -> Self {
        match (&grid.cells, grid.shape()) {
            (Some(_), (_, cells)) => Self { rows: cells, columns: 1 },
            (None, (rows, columns)) => Self { rows, columns },
        }
    }

    pub(super) fn cells(self) -> usize {
        self.rows.saturating_mul(self.columns)
    }
}

/// The grid that values come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) roles: &'a Roles,
    pub(super) grid: &'a Grid,
    /// A variable on it.
    pub(super) variable: &'a str,
}

impl Source<'_> {
    pub(super) fn plane(&self) -> Plane {
        Plane::of(self.grid)
    }

    pub(super) fn corners(&self) -> Result<Corners> {
        cells_of(self.dataset, self.roles, self.grid, self.variable).map_err(|error| match error.hint() {
            Some(hint) => error
                .with_hint(format!("{hint}, or go between centres: --method nearest, bilinear or distance-weighted")),
            None => error,
        })
    }

    /// The places of its cells, latitudes and longitudes; those that repeat others (columns around a circle) have none.
    pub(super) fn places(&self) -> (Vec<f64>, Vec<f64>) {
        let (mut latitudes, longitudes) = self.grid.all_places();
        let columns = self.plane().columns;
        if self.grid.overlap > 0 && columns > self.grid.overlap {
            let own = columns - self.grid.overlap;
            latitudes.iter_mut().enumerate().filter(|(i, _)| i % columns >= own).for_each(|(_, lat)| *lat = f64::NAN);
        }
        (latitudes, longitudes)
    }

    /// Which places the cells cover.
    fn domain(&self) -> Locator {
        self.corners().map_or_else(|_| Locator::of_centres(self.grid), Locator::new)
    }
}

/// What makes values.
#[derive(Debug)]
pub(super) enum Maker {
    /// Computed ones.
    Computes(Operator),
    /// Those of one source cell each, or [`NONE`].
    Picks(Vec<u32>),
    /// Those of a source cell that depends on the values.
    Chooses(Mode),
}

impl Maker {
    /// For a method between two grids. `everywhere` asks for values outside the source's cells too.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for methods that the kind of grid does not allow; [`Error::Data`] where corners or
    /// places of cells are not known.
    pub(super) fn new(
        method: Method,
        source: &Source,
        target: &Target,
        everywhere: bool,
        engine: &Engine,
    ) -> Result<Self> {
        let cells = source.plane().cells().max(Plane::of(&target.grid).cells());
        if cells >= NONE as usize {
            return Err(too_many(cells));
        }
        Ok(match method {
            Method::Nearest => Self::Picks(nearest::picks(source, target, everywhere, engine)?),
            Method::Bilinear => Self::Computes(between(source, target, Curve::Line, engine)?),
            Method::Bicubic => {
                let both = |curve| between(source, target, curve, engine);
                Self::Computes(Operator::Or(Box::new((both(Curve::Cubic)?, both(Curve::Line)?))))
            }
            Method::DistanceWeighted => Self::Computes(distance::operator(source, target, everywhere, engine)?),
            Method::Conservative => Self::Computes(areas::operator(source, target, engine)?),
            Method::Conservative2 => Self::Computes(slopes::operator(source, target, engine)?),
            Method::LargestArea => Self::Chooses(Mode::new(areas::sparse(source, target, engine)?)),
        })
    }

    /// The rows of the source that the rows `targets` need.
    pub(super) fn reach(&self, targets: Range<usize>, source: Plane, target: Plane) -> Range<usize> {
        match self {
            Self::Computes(operator) => operator.reach(targets),
            Self::Chooses(mode) => mode.reach(targets),
            Self::Picks(picks) => {
                let cells = targets.start * target.columns..targets.end * target.columns;
                let known = picks.get(cells).unwrap_or(&[]).iter().filter(|cell| **cell != NONE);
                let ends = known.fold(None, |ends: Option<(u32, u32)>, cell| {
                    Some(ends.map_or((*cell, *cell), |(low, high)| (low.min(*cell), high.max(*cell))))
                });
                let row = |cell: u32| cell as usize / source.columns.max(1);
                ends.map_or(0..0, |(low, high)| row(low)..row(high) + 1)
            }
        }
    }

    /// The weights by cells and what each target weighs that is covered all over (empty where that is 1), as files
    /// hold them; `None` where values decide.
    ///
    /// # Errors
    /// As [`Matrix::outer`].
    pub(super) fn by_cell(&self, source_columns: usize) -> Result<Option<(Matrix, Vec<f64>)>> {
        Ok(match self {
            Self::Computes(Operator::Or(both)) => plain(&both.0, source_columns)?,
            Self::Computes(operator) => plain(operator, source_columns)?,
            Self::Picks(picks) => {
                let row = |pick: &u32| (*pick != NONE).then_some((*pick, 1.0));
                Some((Matrix::from_rows(picks.iter().map(row)), Vec::new()))
            }
            Self::Chooses(_) => None,
        })
    }

    /// The weights by cells that take the place of those of [`Self::by_cell`] where these lack values, if others do.
    ///
    /// # Errors
    /// As [`Matrix::outer`].
    pub(super) fn instead(&self, source_columns: usize) -> Result<Option<Matrix>> {
        let Self::Computes(Operator::Or(both)) = self else { return Ok(None) };
        Ok(plain(&both.1, source_columns)?.map(|(matrix, _)| matrix))
    }

    /// Whether results may lie beyond the values that they are made of.
    pub(super) fn overshoots(&self) -> bool {
        matches!(self, Self::Computes(Operator::Or(_) | Operator::Slopes(_))) || self.is_signed()
    }

    /// Whether some weights are negative, without others that take their place where values are missing.
    pub(super) fn is_signed(&self) -> bool {
        matches!(self, Self::Computes(Operator::Sparse(sparse)) if sparse.matrix().has_negative())
    }
}

/// The weights by cells of a single operator, and what each target weighs; `None` where values decide.
fn plain(operator: &Operator, source_columns: usize) -> Result<Option<(Matrix, Vec<f64>)>> {
    Ok(match operator {
        Operator::Sparse(sparse) => Some((sparse.matrix().clone(), sparse.full().to_vec())),
        Operator::Separable(separable) => Some(separable.by_cell(source_columns)?),
        Operator::Slopes(_) | Operator::Or(_) => None,
    })
}

/// Between centres.
fn between(source: &Source, target: &Target, curve: Curve, engine: &Engine) -> Result<Operator> {
    let grid = source.grid;
    let degrees = |n: usize| if n == 1 { "row or column" } else { "rows and columns" };
    match (&grid.places, grid.kind) {
        (Places::Separable { latitudes, longitudes }, _) => {
            let all_around = longitudes.len() == 1 && goes_around(source);
            let axes = axes::Axes::new(latitudes, longitudes, grid, all_around).ok_or_else(|| {
                let what = format!("its {} stand in no order to go between", degrees(grid.len()));
                Error::data(what, format!("variable '{}' in {}", source.variable, source.dataset.source))
            })?;
            axes.operator(target, curve, engine)
        }
        (Places::PerCell { .. }, kind) if kind != GridKind::Unstructured => {
            lattice::operator(source, target, curve, engine)
        }
        (Places::Unknown, _) => Err(Error::data(
            "the grid has no latitudes and longitudes",
            format!("variable '{}' in {}", source.variable, source.dataset.source),
        )),
        (Places::PerCell { .. }, _) => triangles::operator(source, target, curve, engine),
    }
}

/// Whether the only column of a grid is as wide as the Earth: by its bounds, or for want of these.
fn goes_around(source: &Source) -> bool {
    match source.corners() {
        Ok(Corners::Separable { columns, .. }) => columns.iter().all(|(west, east)| east - west > 359.9),
        _ => true,
    }
}

/// What finds values for targets that have none.
pub(super) fn filler(source: &Source, target: &Target) -> Filler {
    Filler::new(source.places(), target.grid.all_places())
}

/// What `row` answers with for each target, in their order, by all threads.
fn for_targets<T: Send>(target: &Target, engine: &Engine, row: impl Fn(f64, f64) -> T + Sync) -> Result<Vec<T>> {
    let cells = target.grid.len();
    let mut all = Vec::new();
    // Without room for all it grows, or fails, as they come.
    let _ = all.try_reserve_exact(cells);
    let piece = |number: usize| {
        let first = number.saturating_mul(PIECE);
        Ok((first..cells.min(first.saturating_add(PIECE))).map(|cell| at(target, cell, &row)).collect())
    };
    engine.ordered(cells.div_ceil(PIECE), engine.threads().saturating_mul(4), piece, |_, some: Vec<T>| {
        all.extend(some);
        Ok(())
    })?;
    Ok(all)
}

/// What `row` answers with at the place of a target.
fn at<T>(target: &Target, cell: usize, row: impl Fn(f64, f64) -> T) -> T {
    let (longitude, latitude) = target.grid.place(cell).unwrap_or((f64::NAN, f64::NAN));
    row(longitude, latitude)
}

/// Weights by points: `row` for each target.
fn by_points(
    source: &Source,
    target: &Target,
    engine: &Engine,
    row: impl Fn(f64, f64) -> Vec<(u32, f64)> + Sync,
) -> Result<Operator> {
    let matrix = matrix(target, engine, row)?;
    Ok(Operator::Sparse(Sparse::new(matrix, Vec::new(), source.plane().columns, Plane::of(&target.grid).columns)))
}

/// A matrix of what `row` answers with for each target.
fn matrix(target: &Target, engine: &Engine, row: impl Fn(f64, f64) -> Vec<(u32, f64)> + Sync) -> Result<Matrix> {
    Matrix::in_parallel(target.grid.len(), engine, |cell| at(target, cell, &row))
}
