//! How much of each source cell lies in each target cell.
//!
//! Cells of rectilinear grids lie between meridians and parallels, all others between great circles
//! through their corners. Two rectilinear grids overlap by rows and columns, in closed form. Else the
//! cells of one grid are spherical polygons, which are cut along the meridians and parallels of a
//! rectilinear one, or clipped by the polygons of another (Sutherland and Hodgman 1974) that a tree of
//! boxes finds. All of it is geometry: masks are for those who use it.

mod bands;
mod chunks;
mod clipper;
mod cutter;
mod intervals;
mod ring;
mod series;
mod tree;

use bands::Bands;
use chunks::{in_chunks, joined, transposed};
use clipper::Clipper;
use cutter::Cutter;
use intervals::Table;
use tree::{Around, Tree};

use super::kd_tree::unit_vector;
use super::{CellAreas, Corners, Outlines};
use crate::{Error, Result};

pub use intervals::Sparse1D;

/// The overlaps of two grids, as a sparse matrix by target cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlaps {
    /// Those of target `i` are at `starts[i]..starts[i + 1]`.
    pub starts: Vec<usize>,
    /// Source cells, ascending within a target.
    pub sources: Vec<u32>,
    /// Shared areas in steradians on the unit sphere; all positive.
    pub areas: Vec<f64>,
    /// The centroid of each shared part, ∫ x dA / A: a point within the unit sphere.
    pub centroids: Option<Vec<[f64; 3]>>,
}

impl Overlaps {
    /// Sources and areas of a target; nothing beyond the last.
    pub fn row(&self, target: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let end = target.checked_add(1).and_then(|next| self.starts.get(next));
        let range = self.starts.get(target).zip(end).map_or(0..0, |(from, to)| *from..*to);
        let sources = self.sources.get(range.clone()).unwrap_or(&[]);
        sources.iter().copied().zip(self.areas.get(range).unwrap_or(&[]).iter().copied())
    }
}

/// The overlaps of the cells of two grids, and on request the centroids of the shared parts.
///
/// Cells with NaN in their corners, or with fewer than three, overlap nothing. Cells that lie over
/// each other (repeated columns) each have their own overlaps. Outlines, of less than a hemisphere,
/// may run in either direction and be concave; where one crosses itself, what runs against the greater
/// part counts negatively, and a cell in which nothing positive is left is not in the result.
/// Overlaps as small as the rounding of corners are left out. The same for any number of threads.
///
/// ```
/// use pangeo::grid::{Corners, overlaps};
///
/// let quarters = (0..4).map(|i| (90.0 * f64::from(i), 90.0 * f64::from(i + 1))).collect();
/// let octants = Corners::Separable { rows: vec![(-90.0, 0.0), (0.0, 90.0)], columns: quarters };
/// let hemispheres = Corners::Separable { rows: vec![(-90.0, 0.0), (0.0, 90.0)], columns: vec![(0.0, 360.0)] };
/// let shared = overlaps(&octants, &hemispheres, false, 1)?;
/// assert_eq!(shared.sources, [0, 1, 2, 3, 4, 5, 6, 7]);
/// assert!(shared.areas.iter().all(|area| (area - std::f64::consts::FRAC_PI_2).abs() < 1e-15));
/// # Ok::<(), pangeo::Error>(())
/// ```
///
/// # Errors
/// [`Error::Unsupported`] for grids of more than 2³² − 1 cells.
pub fn overlaps(source: &Corners, target: &Corners, centroids: bool, threads: usize) -> Result<Overlaps> {
    let counts = [(source, "source"), (target, "target")];
    for (grid, which) in counts {
        if u32::try_from(grid.len()).is_err() {
            let what = format!("grids of {} cells are too large to find overlaps", grid.len());
            return Err(Error::unsupported(what, format!("the {which} grid")));
        }
    }
    match (source, target) {
        (
            Corners::Separable { rows: from_rows, columns: from_columns },
            Corners::Separable { rows: to_rows, columns: to_columns },
        ) => {
            let rows = intervals::rows(from_rows, to_rows);
            let columns = intervals::columns(from_columns, to_columns);
            Ok(product(&rows, &columns, from_columns.len(), centroids))
        }
        (Corners::PerCell(cells), Corners::Separable { rows, columns }) => {
            let found = cut(cells, &Bands::new(rows, columns), centroids, threads)?;
            Ok(transposed(found, target.len(), centroids))
        }
        (Corners::Separable { rows, columns }, Corners::PerCell(cells)) => {
            Ok(joined(cut(cells, &Bands::new(rows, columns), centroids, threads)?, centroids))
        }
        (Corners::PerCell(from), Corners::PerCell(to)) => Ok(joined(clip(from, to, centroids, threads)?, centroids)),
    }
}

/// The overlaps of rows (differences of the sine of latitude) and of columns (radians of longitude,
/// modulo a turn) of two rectilinear grids; `None` where one is not. The area that two cells share is
/// the product.
pub fn separable(source: &Corners, target: &Corners) -> Option<(Sparse1D, Sparse1D)> {
    let Corners::Separable { rows: from_rows, columns: from_columns } = source else { return None };
    let Corners::Separable { rows: to_rows, columns: to_columns } = target else { return None };
    let rows = intervals::rows(from_rows, to_rows).matrix;
    Some((rows, intervals::columns(from_columns, to_columns).matrix))
}

fn product(rows: &Table, columns: &Table, width: usize, centroids: bool) -> Overlaps {
    let mut found = Overlaps { starts: vec![0], sources: Vec::new(), areas: Vec::new(), centroids: None };
    let mut centres = Vec::new();
    let parts = |table: &Table, target: usize| {
        let range = table.matrix.range(target);
        let sources = table.matrix.sources.get(range.clone()).unwrap_or(&[]).to_vec();
        sources.into_iter().zip(table.moments.get(range).unwrap_or(&[]).to_vec()).collect::<Vec<_>>()
    };
    let targets = |table: &Table| 0..table.matrix.starts.len().saturating_sub(1);
    let columns: Vec<_> = targets(columns).map(|i| parts(columns, i)).collect();
    for row in targets(rows).map(|j| parts(rows, j)) {
        for column in &columns {
            for (j, [height, off_axis, up]) in &row {
                for (i, [wide, x, y]) in column {
                    found.sources.push((*j as usize).saturating_mul(width).saturating_add(*i as usize) as u32);
                    found.areas.push(height * wide);
                    if centroids {
                        centres.push(intervals::centroid([*height, *off_axis, *up], [*wide, *x, *y]));
                    }
                }
            }
            found.starts.push(found.sources.len());
        }
    }
    found.centroids = centroids.then_some(centres);
    found
}

/// What each of `cells` has in each cell between meridians and parallels.
fn cut(cells: &Outlines, bands: &Bands, moments: bool, threads: usize) -> Result<Vec<chunks::Rows>> {
    in_chunks(cells.len(), threads, || {
        let mut cutter = Cutter::new(bands, moments);
        move |range, rows| {
            for index in range {
                cutter.cut(&cells.outline(index));
                rows.push(&cutter.found, moments);
            }
        }
    })
}

/// What each cell of `to` has of each of `from`.
fn clip(from: &Outlines, to: &Outlines, moments: bool, threads: usize) -> Result<Vec<chunks::Rows>> {
    let around = |index: usize| {
        let outline = from.outline(index);
        let around = Around::cell(outline.iter().map(|(x, y)| unit_vector(*x, *y)));
        around.filter(|_| outline.len() > 2).map(|around| (around, index as u32))
    };
    let tree = Tree::new((0..from.len()).filter_map(around).collect());
    in_chunks(to.len(), threads, || {
        let (tree, mut clipper) = (&tree, Clipper::new(from, moments));
        move |range, rows| {
            for index in range {
                if clipper.begin(&to.outline(index))
                    && let Some(around) = Around::cell(clipper.outline())
                {
                    tree.visit(&around, &mut |cell| clipper.clip(cell));
                    clipper.gather();
                }
                rows.push(&clipper.found, moments);
            }
        }
    })
}

/// The areas of a grid's cells in steradians on the unit sphere, as the overlaps see them: what
/// covers a cell adds up to its area. NaN for cells without corners.
pub fn corner_areas(cells: &Corners) -> CellAreas {
    match cells {
        Corners::Separable { rows, columns } => CellAreas::Separable {
            rows: rows.iter().map(|(a, b)| super::areas::zone(*a, *b)).collect(),
            columns: columns.iter().map(|c| super::corners::width(*c).to_radians()).collect(),
        },
        Corners::PerCell(outlines) => {
            CellAreas::PerCell((0..outlines.len()).map(|i| super::polygon_area(&outlines.outline(i))).collect())
        }
    }
}

/// The centroids of a grid's cells, ∫ x dA / A, as [`Overlaps::centroids`] has those of their parts.
/// NaN for cells that enclose nothing.
pub fn corner_centroids(cells: &Corners) -> Vec<[f64; 3]> {
    match cells {
        Corners::Separable { rows, columns } => intervals::centroids(rows, columns),
        Corners::PerCell(outlines) => {
            let mut ring = ring::Ring::new();
            let centroid = |index: usize| match cutter::outlined(&outlines.outline(index), &mut ring) {
                Some(_) => {
                    let area = ring::area(&ring);
                    ring::moment(&ring).map(|v| v / area)
                }
                None => [f64::NAN; 3],
            };
            (0..outlines.len()).map(centroid).collect()
        }
    }
}

#[cfg(test)]
mod tests;
