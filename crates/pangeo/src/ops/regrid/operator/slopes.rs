//! Means of fields that slope within their cells: second-order conservative remapping.
//!
//! The field in a source cell is its value plus its gradient times the way from the cell's centroid, so that the
//! mean over the cell is the value whatever the gradient (Jones 1999). Gradients are fitted to the neighbours
//! by least squares in the plane that touches the sphere at the cell.

use std::ops::Range;

use super::{Field, Rules};

/// Nearer than this, in square radians, places are the same: some centimetres.
const SAME: f64 = 1e-16;

/// The pieces of source cells in each target cell.
#[derive(Debug)]
pub(in crate::ops::regrid) struct Pieces {
    /// The pieces of target `i` are `starts[i]..starts[i + 1]`.
    pub(in crate::ops::regrid) starts: Vec<usize>,
    /// The source cell of each.
    pub(in crate::ops::regrid) sources: Vec<u32>,
    /// Its area, steradians.
    pub(in crate::ops::regrid) areas: Vec<f64>,
    /// The integral over it of the way from the centroid of the source cell.
    pub(in crate::ops::regrid) moments: Vec<[f64; 3]>,
}

/// See the module.
#[derive(Debug)]
pub(in crate::ops::regrid) struct Slopes {
    pieces: Pieces,
    /// The area of each target cell.
    full: Vec<f64>,
    /// Where source cells are, on the unit sphere.
    places: Vec<[f64; 3]>,
    /// The neighbours of source cell `i` are `neighbours.1[neighbours.0[i]..neighbours.0[i + 1]]`.
    neighbours: (Vec<usize>, Vec<u32>),
    source_rows: usize,
    target_columns: usize,
}

impl Slopes {
    /// From the pieces of cells at `places` with their `neighbours`, in `source_rows` rows, to cells of area `full`
    /// in rows of `target_columns`.
    pub(in crate::ops::regrid) fn new(
        pieces: Pieces,
        full: Vec<f64>,
        places: Vec<[f64; 3]>,
        neighbours: (Vec<usize>, Vec<u32>),
        source_rows: usize,
        target_columns: usize,
    ) -> Self {
        Self { pieces, full, places, neighbours, source_rows, target_columns }
    }

    /// All rows: a gradient needs neighbours, wherever they stand.
    pub(super) fn reach(&self, targets: Range<usize>) -> Range<usize> {
        if targets.is_empty() { 0..0 } else { 0..self.source_rows }
    }

    pub(super) fn compute(&self, field: &Field, targets: Range<usize>, rules: Rules) -> Vec<f64> {
        let mut slopes: Vec<Option<[f64; 3]>> = vec![None; self.places.len()];
        let mut slope = |cell: usize| match slopes.get_mut(cell) {
            Some(known) => *known.get_or_insert_with(|| self.slope(field, cell)),
            None => [0.0; 3],
        };
        let cells = targets.start * self.target_columns..targets.end * self.target_columns;
        let value = |target: usize| {
            let (mut sum, mut weight) = (0.0, 0.0);
            for piece in self.pieces_of(target) {
                let of = |v: &[f64]| v.get(piece).copied().unwrap_or(0.0);
                let Some(source) = self.pieces.sources.get(piece).map(|s| *s as usize) else { continue };
                let value = field.get(source);
                if !value.is_nan() {
                    let moment = self.pieces.moments.get(piece).copied().unwrap_or_default();
                    sum += value * of(&self.pieces.areas) + dot(&slope(source), &moment);
                    weight += of(&self.pieces.areas);
                }
            }
            rules.value(sum, weight, self.full.get(target).copied().unwrap_or(0.0))
        };
        cells.map(value).collect()
    }

    fn pieces_of(&self, target: usize) -> Range<usize> {
        let at = |i: usize| self.pieces.starts.get(i).copied();
        at(target).zip(at(target + 1)).map_or(0..0, |(from, to)| from..to)
    }

    /// The gradient of the field at a cell, per radian, along the sphere.
    fn slope(&self, field: &Field, cell: usize) -> [f64; 3] {
        let (Some(here), Some((from, to))) =
            (self.places.get(cell), self.neighbours.0.get(cell).zip(self.neighbours.0.get(cell + 1)))
        else {
            return [0.0; 3];
        };
        let own = field.get(cell);
        let [east, north] = tangents(here);
        // Normal equations in two unknowns.
        let (mut a, mut b, mut c, mut p, mut q) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for neighbour in self.neighbours.1.get(*from..*to).unwrap_or(&[]) {
            let there = self.places.get(*neighbour as usize).filter(|place| place.iter().any(|v| *v != 0.0));
            let Some(there) = there else { continue };
            // One without a value counts as level: a slope from one side alone would overshoot at coasts.
            let rise = field.get(*neighbour as usize) - own;
            let rise = if rise.is_nan() { 0.0 } else { rise };
            let (x, y) = (dot(&east, there), dot(&north, there));
            let apart = x * x + y * y;
            // Rings around the same axis have their centroids in one direction: no slope is seen from there.
            if apart < SAME {
                continue;
            }
            // Near neighbours count more.
            let near = 1.0 / apart;
            (a, b, c) = (a + near * x * x, b + near * x * y, c + near * y * y);
            (p, q) = (p + near * x * rise, q + near * y * rise);
        }
        let (u, v) = fitted([a, b, c], [p, q]);
        [0, 1, 2].map(|k| u * east[k] + v * north[k])
    }
}

/// The least solution of a x + b y = p, b x + c y = q. A direction in which neighbours hardly stand is left out: where
/// only those east and west have values, their bow on the sphere is no slope to the north.
fn fitted([a, b, c]: [f64; 3], [p, q]: [f64; 2]) -> (f64, f64) {
    let (middle, half) = (0.5 * (a + c), (0.5 * (a - c)).hypot(b));
    let (most, least) = (middle + half, middle - half);
    if most.is_nan() || most <= 0.0 {
        return (0.0, 0.0);
    }
    if least > 0.1 * most {
        let determinant = a * c - b * b;
        return ((c * p - b * q) / determinant, (a * q - b * p) / determinant);
    }
    // The direction in which they stand.
    let angle = 0.5 * (2.0 * b).atan2(a - c);
    let (sin, cos) = angle.sin_cos();
    let along = (cos * p + sin * q) / most;
    (along * cos, along * sin)
}

fn dot(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Two directions along the sphere, square to each other.
fn tangents(at: &[f64; 3]) -> [[f64; 3]; 2] {
    let across = at[0].hypot(at[1]);
    let east = if across > 0.0 { [-at[1] / across, at[0] / across, 0.0] } else { [1.0, 0.0, 0.0] };
    let north =
        [at[1] * east[2] - at[2] * east[1], at[2] * east[0] - at[0] * east[2], at[0] * east[1] - at[1] * east[0]];
    [east, north]
}
