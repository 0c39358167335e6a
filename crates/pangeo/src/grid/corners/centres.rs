//! Corners of curvilinear cells, where a file gives only their centres.

use crate::grid::Grid;
use crate::grid::kd_tree::unit_vector;

type Vector = [f64; 3];

/// The corners of `rows × columns` cells, one row and one column more, (longitude, latitude) in
/// degrees: the mean of the four centres around each on the sphere. Beyond the rim, and where a
/// centre is missing, centres are continued along the great circle through two neighbours; the
/// columns of a periodic grid by those of the other end. NaN where that leads nowhere; `None`
/// without two rows and two columns.
pub(super) fn lattice(
    latitudes: &[f64],
    longitudes: &[f64],
    (rows, columns): (usize, usize),
    on: &Grid,
) -> Option<Vec<(f64, f64)>> {
    if rows < 2 || columns < 2 || latitudes.len() != rows.checked_mul(columns)? {
        return None;
    }
    let mut field = Field::around(latitudes, longitudes, rows, columns, on);
    // The second time for corners of the rim and of coasts, whose neighbours had to be found first.
    field = field.continued().continued();
    let corner = |j: usize, i: usize| {
        let four = [(j, i), (j, i + 1), (j + 1, i), (j + 1, i + 1)].map(|(j, i)| field.at(j, i));
        place(four.iter().fold([0.0; 3], |sum, v| add(sum, *v)))
    };
    Some((0..=rows).flat_map(|j| (0..=columns).map(move |i| corner(j, i))).collect())
}

/// Centres with a ring of one more all around; NaN where not known.
struct Field {
    width: usize,
    points: Vec<Vector>,
}

impl Field {
    fn around(latitudes: &[f64], longitudes: &[f64], rows: usize, columns: usize, on: &Grid) -> Self {
        let width = columns.saturating_add(2);
        // Which column stands at place i of the widened row.
        let column = |i: usize| match i.checked_sub(1) {
            Some(inner) if inner < columns => Some(inner),
            None if on.periodic => columns.checked_sub(on.overlap)?.checked_sub(1),
            Some(_) if on.periodic => Some(on.overlap).filter(|c| *c < columns),
            _ => None,
        };
        let point = |j: usize, i: usize| {
            let at = j.checked_sub(1).filter(|row| *row < rows)?.checked_mul(columns)?.checked_add(column(i)?)?;
            Some(unit_vector(*longitudes.get(at)?, *latitudes.get(at)?))
        };
        let all = (0..rows.saturating_add(2)).flat_map(|j| (0..width).map(move |i| (j, i)));
        Self { width, points: all.map(|(j, i)| point(j, i).unwrap_or([f64::NAN; 3])).collect() }
    }

    fn at(&self, row: usize, column: usize) -> Vector {
        let at = row.checked_mul(self.width).and_then(|start| start.checked_add(column));
        at.and_then(|at| self.points.get(at)).copied().unwrap_or([f64::NAN; 3])
    }

    /// The same with centres next to known ones continued from these: the mean of what the
    /// directions say.
    fn continued(&self) -> Self {
        let step = |from: usize, by: isize| from.checked_add_signed(by);
        let from_there = |row: usize, column: usize, (down, right): (isize, isize)| {
            let near = (step(row, down)?, step(column, right)?);
            let far = (step(near.0, down)?, step(near.1, right)?);
            if far.1 >= self.width || near.1 >= self.width {
                return None;
            }
            let (near, far) = (self.at(near.0, near.1), self.at(far.0, far.1));
            let turn = 2.0 * dot(near, far);
            Some([0, 1, 2].map(|k| turn * component(near, k) - component(far, k))).filter(|v| v[0].is_finite())
        };
        let filled = |(index, known): (usize, &Vector)| {
            if known[0].is_finite() {
                return *known;
            }
            let (row, column) = (index / self.width, index % self.width);
            let found = [(0, 1), (0, -1), (1, 0), (-1, 0)].map(|direction| from_there(row, column, direction));
            let sum = found.into_iter().flatten().reduce(add).unwrap_or([f64::NAN; 3]);
            let length = dot(sum, sum).sqrt();
            sum.map(|v| v / length)
        };
        Self { width: self.width, points: self.points.iter().enumerate().map(filled).collect() }
    }
}

fn component(v: Vector, k: usize) -> f64 {
    v.get(k).copied().unwrap_or(f64::NAN)
}

fn add(a: Vector, b: Vector) -> Vector {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn place(v: Vector) -> (f64, f64) {
    (v[1].atan2(v[0]).to_degrees(), v[2].atan2(v[0].hypot(v[1])).to_degrees())
}
