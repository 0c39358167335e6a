//! Between the centres of rows and columns.

use super::kernel::{Centres, Curve, Kernel};
use super::{Plane, matrix};
use crate::Result;
use crate::engine::Engine;
use crate::grid::target::Target;
use crate::grid::{Grid, Places};
use crate::ops::regrid::matrix::Matrix;
use crate::ops::regrid::operator::{Operator, Separable, Sparse};

/// The rows and columns of a latitude-longitude grid.
#[derive(Debug)]
pub(super) struct Axes {
    rows: Centres,
    columns: Centres,
    source_rows: usize,
    /// Columns without those that repeat the first.
    own_columns: usize,
    source_columns: usize,
    /// The last row before the south and the north pole and its latitude, where the rows go around and end
    /// within a step of the pole.
    caps: [Option<(usize, f64)>; 2],
}

impl Axes {
    /// `None` where latitudes or longitudes stand in no order.
    ///
    /// `all_around` tells that one column alone goes around the Earth, as that of a zonal mean does.
    pub(super) fn new(latitudes: &[f64], longitudes: &[f64], grid: &Grid, all_around: bool) -> Option<Self> {
        let own_columns = longitudes.len().saturating_sub(grid.overlap);
        let around = grid.periodic || own_columns == 1 && all_around;
        let cap = |north: bool| {
            let sign = if north { 1.0 } else { -1.0 };
            let (row, at) = latitudes.iter().enumerate().max_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1)))?;
            let beside = latitudes.get(row + 1).or_else(|| latitudes.get(row.checked_sub(1)?))?;
            (around && 90.0 - sign * at <= 1.5 * (at - beside).abs()).then_some((row, *at))
        };
        Some(Self {
            rows: Centres::rows(latitudes)?,
            columns: Centres::columns(longitudes.get(..own_columns)?, around)?,
            source_rows: latitudes.len(),
            own_columns,
            source_columns: longitudes.len(),
            caps: [cap(false), cap(true)],
        })
    }

    /// The rows for a latitude. Between the last row and the pole the pole, numbered behind the rows, counts
    /// too.
    fn row(&self, latitude: f64, curve: Curve) -> Option<Kernel> {
        self.rows.kernel(latitude, curve).or_else(|| {
            let pole = usize::from(latitude > 0.0);
            let (row, at) = self.caps.get(pole).copied().flatten()?;
            let share = (latitude.abs() - at.abs()) / (90.0 - at.abs());
            let beyond = (0.0..=1.0 + 1e-9).contains(&share) && at.signum() == latitude.signum();
            beyond.then(|| vec![(row, 1.0 - share.min(1.0)), (self.source_rows + pole, share.min(1.0))])
        })
    }

    /// Weights for the centres of target cells; none outside the source's outermost centres.
    pub(super) fn operator(&self, target: &Target, curve: Curve, engine: &Engine) -> Result<Operator> {
        let numbered = |kernel: Option<Kernel>| kernel.unwrap_or_default().into_iter().map(|(i, w)| (i as u32, w));
        if let Places::Separable { latitudes, longitudes } = &target.grid.places {
            let rows = Matrix::from_rows(latitudes.iter().map(|lat| numbered(self.row(*lat, curve))));
            let columns = Matrix::from_rows(longitudes.iter().map(|lon| numbered(self.columns.kernel(*lon, curve))));
            let around = self.caps.map(|cap| cap.map_or(0, |(row, _)| row));
            let full = (Vec::new(), Vec::new());
            return Ok(Operator::Separable(Separable::new(
                rows,
                columns,
                full,
                self.source_rows,
                around,
                self.own_columns,
            )));
        }
        let row = |longitude: f64, latitude: f64| self.point(longitude, latitude, curve).unwrap_or_default();
        let matrix = matrix(target, engine, row)?;
        Ok(Operator::Sparse(Sparse::new(matrix, Vec::new(), self.source_columns, Plane::of(&target.grid).columns)))
    }

    /// The cells for one place.
    fn point(&self, longitude: f64, latitude: f64, curve: Curve) -> Option<Vec<(u32, f64)>> {
        let (rows, columns) = (self.row(latitude, curve)?, self.columns.kernel(longitude, curve)?);
        let mut cells = Vec::new();
        for (row, weight) in rows {
            if let Some(pole) = row.checked_sub(self.source_rows) {
                let row = self.caps.get(pole).copied().flatten()?.0;
                let share = weight / self.own_columns as f64;
                cells.extend((0..self.own_columns).map(|column| ((row * self.source_columns + column) as u32, share)));
            } else {
                let cell = |(column, w): &(usize, f64)| ((row * self.source_columns + column) as u32, weight * w);
                cells.extend(columns.iter().map(cell));
            }
        }
        Some(cells)
    }
}
