//! Between the centres of a curvilinear grid: four of them around a place, by the rows and columns in which they
//! stand.

use super::distance::around;
use super::kernel::{Curve, weights};
use super::ring::Ring;
use super::{Source, by_points};
use crate::Result;
use crate::engine::Engine;
use crate::grid::target::Target;
use crate::grid::{Corners, KdTree, Locator, Outlines, difference};
use crate::ops::regrid::operator::Operator;

/// The centres of cells in rows and columns.
struct Lattice {
    latitudes: Vec<f64>,
    longitudes: Vec<f64>,
    rows: usize,
    columns: usize,
    /// Columns without those that repeat the first.
    own: usize,
    /// Whether rows close to a circle.
    around: bool,
    /// Finds four centres around a place, counted as cells between them.
    locator: Locator,
}

/// Weights for the centres of target cells. Where rows close around the Earth, places that no four centres surround get
/// what lies between the outermost row and the mean of it, beside a pole of the grid; inside source cells elsewhere
/// (on the fold of a tripolar grid) the mean of the nearest four by distance.
pub(super) fn operator(source: &Source, target: &Target, curve: Curve, engine: &Engine) -> Result<Operator> {
    let lattice = Lattice::new(source);
    let beside = lattice.around.then(|| {
        let (latitudes, longitudes) = source.places();
        let last = lattice.rows.saturating_sub(1);
        let ends = [(0, 1), (last, last.saturating_sub(1))];
        let rings: Vec<Ring> = ends.into_iter().filter_map(|(row, next)| lattice.ring(row, next)).collect();
        (source.domain(), KdTree::new(&latitudes, &longitudes), rings)
    });
    by_points(source, target, engine, |longitude, latitude| {
        lattice.cells(longitude, latitude, curve).unwrap_or_else(|| {
            let Some((domain, tree, rings)) = &beside else { return Vec::new() };
            let beside_pole = rings.iter().find_map(|ring| ring.cells(longitude, latitude));
            let inside = || domain.cell(longitude, latitude).is_some();
            beside_pole.unwrap_or_else(|| if inside() { around(tree, longitude, latitude) } else { Vec::new() })
        })
    })
}

impl Lattice {
    fn new(source: &Source) -> Self {
        let (latitudes, longitudes) = source.grid.all_places();
        let plane = source.plane();
        let own = plane.columns.saturating_sub(source.grid.overlap);
        let around = source.grid.periodic && own > 2;
        let across = if around { own + 1 } else { own };
        let centre = |row: usize, column: usize| {
            let at = row * plane.columns + column % own.max(1);
            let place = longitudes.get(at).copied().zip(latitudes.get(at).copied());
            place.unwrap_or((f64::NAN, f64::NAN))
        };
        let centre = &centre;
        let corners: Vec<(f64, f64)> =
            (0..plane.rows).flat_map(|row| (0..across).map(move |column| centre(row, column))).collect();
        let locator = Locator::new(Corners::PerCell(Outlines::lattice(across.saturating_sub(1), corners)));
        Self { rows: plane.rows, columns: plane.columns, own, around, locator, latitudes, longitudes }
    }

    /// The cell in a row and a column, either of which may lie a step outside; where rows close, a column beyond the
    /// last is the first.
    fn cell(&self, row: Option<usize>, column: Option<usize>) -> Option<usize> {
        let row = row.filter(|row| *row < self.rows)?;
        let column = if self.around { column? % self.own } else { column.filter(|c| *c < self.own)? };
        let cell = row * self.columns + column;
        self.latitudes.get(cell).filter(|lat| lat.is_finite()).map(|_| cell)
    }

    /// A row as the ring around a pole, unless it is further from it than a step and a half to the `next` row.
    fn ring(&self, row: usize, next: usize) -> Option<Ring> {
        let place = |row: usize, column: usize| {
            let cell = row.checked_mul(self.columns)?.checked_add(column)?;
            Some((cell as u32, (*self.longitudes.get(cell)?, *self.latitudes.get(cell)?)))
        };
        let ring = Ring::new((0..self.own).filter_map(|column| place(row, column)))?;
        let beyond = (0..self.own).filter_map(|column| place(next, column)).map(|(_, place)| place);
        ring.closes(beyond).then_some(ring)
    }

    fn cells(&self, longitude: f64, latitude: f64, curve: Curve) -> Option<Vec<(u32, f64)>> {
        let across = if self.around { self.own } else { self.own.checked_sub(1)? };
        let found = self.locator.cell(longitude, latitude)?;
        let (row, column) = (found / across, found % across);
        let corner = |row: usize, column: usize| {
            let cell = self.cell(Some(row), Some(column))?;
            Some((*self.longitudes.get(cell)?, *self.latitudes.get(cell)?))
        };
        let quad =
            [corner(row, column)?, corner(row, column + 1)?, corner(row + 1, column + 1)?, corner(row + 1, column)?];
        let (right, up) = within(&quad, longitude, latitude);
        let before = |at: usize, count: usize| match at.checked_sub(1) {
            None if self.around => Some(count - 1),
            before => before,
        };
        let rows = [row.checked_sub(1), Some(row), Some(row + 1), Some(row + 2)];
        let columns = [before(column, self.own), Some(column), Some(column + 1), Some(column + 2)];
        // A neighbour counts only if the whole stencil has it, so that rows and columns stay independent.
        let whole_row = |r: Option<usize>| (1..3).all(|i| self.cell(r, columns[i]).is_some()).then_some(()).and(r);
        let whole_column = |c: Option<usize>| (1..3).all(|i| self.cell(rows[i], c).is_some()).then_some(()).and(c);
        let rows = weights(rows.map(whole_row), up, curve);
        let columns = weights(columns.map(whole_column), right, curve);
        let mut cells = Vec::with_capacity(rows.len() * columns.len());
        for (row, v) in &rows {
            for (column, w) in &columns {
                cells.push((self.cell(Some(*row), Some(*column))? as u32, v * w));
            }
        }
        Some(cells)
    }
}

/// How far right and up in a quadrilateral a place is, each from 0 to 1: the inverse of the bilinear map of the unit
/// square to the corners (0, 0), (1, 0), (1, 1), (0, 1), by Newton's method, on the plane of longitudes and
/// latitudes; around a pole on the plane that touches the sphere at the place.
fn within(quad: &[(f64, f64); 4], longitude: f64, latitude: f64) -> (f64, f64) {
    let flat = quad.map(|(x, y)| (difference(x, longitude), y - latitude));
    let wide = flat.iter().any(|(x, _)| x.abs() > 45.0);
    let corners = if wide { quad.map(|corner| seen(corner, longitude, latitude)) } else { flat };
    let [a, b, c, d] = corners;
    let cross = (a.0 - b.0 + c.0 - d.0, a.1 - b.1 + c.1 - d.1);
    let (mut right, mut up) = (0.5, 0.5);
    for _ in 0..50 {
        let at =
            |k: fn(&(f64, f64)) -> f64| k(&a) + (k(&b) - k(&a)) * right + (k(&d) - k(&a)) * up + k(&cross) * right * up;
        let (x, y) = (at(|p| p.0), at(|p| p.1));
        let (x_right, x_up) = (b.0 - a.0 + cross.0 * up, d.0 - a.0 + cross.0 * right);
        let (y_right, y_up) = (b.1 - a.1 + cross.1 * up, d.1 - a.1 + cross.1 * right);
        let determinant = x_right * y_up - x_up * y_right;
        if determinant == 0.0 || !determinant.is_finite() {
            break;
        }
        let step = ((x * y_up - x_up * y) / determinant, (x_right * y - x * y_right) / determinant);
        // Not further than the square, so that a bent one does not throw the search away.
        right = (right - step.0).clamp(-0.5, 1.5);
        up = (up - step.1).clamp(-0.5, 1.5);
        if step.0.abs() + step.1.abs() < 1e-13 {
            break;
        }
    }
    (right.clamp(0.0, 1.0), up.clamp(0.0, 1.0))
}

/// Where a corner is seen from a place on the sphere, on the plane that touches it there (gnomonic).
fn seen((x, y): (f64, f64), longitude: f64, latitude: f64) -> (f64, f64) {
    let (sin_x, cos_x) = (x - longitude).to_radians().sin_cos();
    let (sin_y, cos_y) = y.to_radians().sin_cos();
    let (sin_here, cos_here) = latitude.to_radians().sin_cos();
    let depth = (sin_here * sin_y + cos_here * cos_y * cos_x).max(1e-3);
    (cos_y * sin_x / depth, (cos_here * sin_y - sin_here * cos_y * cos_x) / depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_quadrilaterals_are_found_again() {
        for quad in [
            [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (0.0, 1.0)],
            [(358.0, 40.0), (1.0, 41.0), (0.5, 43.0), (357.5, 41.5)],
            [(0.0, 1.0), (0.0, 0.0), (2.0, 0.0), (2.0, 1.0)],
        ] {
            let near = |x: f64| difference(x, quad[0].0);
            for (right, up) in [(0.0, 0.0), (0.25, 0.75), (1.0, 0.5), (0.9, 0.1)] {
                let share = [(1.0 - right) * (1.0 - up), right * (1.0 - up), right * up, (1.0 - right) * up];
                let x: f64 = quad.iter().zip(share).map(|(c, s)| near(c.0) * s).sum();
                let y: f64 = quad.iter().zip(share).map(|(c, s)| c.1 * s).sum();
                let got = within(&quad, quad[0].0 + x, y);
                assert!((got.0 - right).abs() + (got.1 - up).abs() < 1e-12, "{got:?}");
            }
        }
    }

    #[test]
    fn the_pole_is_in_the_middle_of_what_surrounds_it() {
        let got = within(&[(0.0, 88.0), (90.0, 88.0), (180.0, 88.0), (270.0, 88.0)], 17.0, 90.0);
        assert!((got.0 - 0.5).abs() + (got.1 - 0.5).abs() < 1e-9, "{got:?}");
    }
}
