//! Which cells of a grid lie in a box.

use std::ops::Range;

use super::longitude::{Run, edge_tolerance, select_longitudes};
use super::nearest::no_places;
use super::{Bbox, Grid, Places};
use crate::{Error, Result};

/// The cells of a grid that were asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    /// A box of rows and columns.
    Box {
        /// The rows, in the order of the file; one run unless the latitudes are out of order. `0..1`
        /// where the latitude is a scalar.
        rows: Vec<Range<usize>>,
        /// The columns in the order of the output, with what to add to their longitudes.
        columns: Vec<Run>,
        /// Which cells of the box are inside, rows slowest; `None` if all are.
        mask: Option<Vec<bool>>,
    },
    /// Cells of an unstructured grid, ascending.
    Cells(Vec<usize>),
}

impl Selection {
    /// The row indices, in order.
    pub fn rows(&self) -> Vec<usize> {
        match self {
            Self::Box { rows, .. } => rows.iter().flat_map(Clone::clone).collect(),
            Self::Cells(_) => Vec::new(),
        }
    }

    /// The column indices in the order of the output, each with what to add to its longitude.
    pub fn columns(&self) -> Vec<(usize, f64)> {
        match self {
            Self::Box { columns, .. } => {
                columns.iter().flat_map(|run| run.indices.clone().map(|i| (i, run.offset))).collect()
            }
            Self::Cells(_) => Vec::new(),
        }
    }
}

/// The rows whose latitudes lie between `south` and `north`, edges included, as runs in the order of
/// the file, whichever way it goes.
pub fn select_latitudes(values: &[f64], south: f64, north: f64) -> Vec<Range<usize>> {
    let tolerance = edge_tolerance(values);
    runs(values.iter().map(|v| *v >= south - tolerance && *v <= north + tolerance))
}

/// The runs of `true`.
fn runs(inside: impl Iterator<Item = bool>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (i, _) in inside.enumerate().filter(|(_, inside)| *inside) {
        match found.last_mut() {
            Some(run) if run.end == i => run.end = i.saturating_add(1),
            _ => found.push(i..i.saturating_add(1)),
        }
    }
    found
}

impl Grid {
    /// The cells whose centres lie in a box, edges included.
    ///
    /// Latitude-longitude grids: rows and columns, longitudes made monotonic across the seam.
    /// Curvilinear, rotated and projected ones: the smallest box of rows and columns that covers
    /// them, going on over the end of the columns where these close around the Earth, and a mask.
    /// Unstructured: the list of cells. Cells without a place are outside.
    ///
    /// # Errors
    /// [`Error::EmptySelection`] if no centre lies inside, with what the grid covers;
    /// [`Error::Unsupported`] if the file has no latitudes and longitudes.
    pub fn select(&self, bbox: &Bbox) -> Result<Selection> {
        let found = match &self.places {
            Places::Unknown => return Err(no_places()),
            Places::Separable { latitudes, longitudes } => {
                let rows = select_latitudes(latitudes, bbox.south, bbox.north);
                let (west, east) = bbox.longitudes();
                let columns = select_longitudes(longitudes, west, east);
                (!rows.is_empty() && !columns.is_empty()).then_some(Selection::Box { rows, columns, mask: None })
            }
            Places::PerCell { latitudes, longitudes } => {
                let inside: Vec<bool> =
                    latitudes.iter().zip(longitudes).map(|(lat, lon)| bbox.contains(*lon, *lat)).collect();
                if self.cells.is_some() {
                    let cells: Vec<usize> = (0..inside.len()).filter(|&i| inside.get(i) == Some(&true)).collect();
                    (!cells.is_empty()).then_some(Selection::Cells(cells))
                } else {
                    self.cover(&inside)
                }
            }
        };
        found.ok_or_else(|| self.empty(bbox))
    }

    /// The cells that `inside` (one a cell) marks, as [`Grid::select`] gives them; `None` if it marks
    /// none or is not of the grid's size. For polygons and other shapes.
    pub fn cover(&self, inside: &[bool]) -> Option<Selection> {
        let (rows, columns) = self.shape();
        if columns == 0 || inside.len() != rows.checked_mul(columns)? {
            return None;
        }
        if self.cells.is_some() {
            let cells: Vec<usize> = (0..inside.len()).filter(|&i| inside.get(i) == Some(&true)).collect();
            return (!cells.is_empty()).then_some(Selection::Cells(cells));
        }
        let mut marked = vec![false; columns];
        let (mut first, mut last) = (usize::MAX, 0);
        for (row, cells) in inside.chunks(columns).enumerate() {
            let mut any = false;
            for (mark, &cell) in marked.iter_mut().zip(cells) {
                *mark |= cell;
                any |= cell;
            }
            if any {
                first = first.min(row);
                last = row;
            }
        }
        if first == usize::MAX {
            return None;
        }
        let runs = self.cover_columns(&marked);
        let covered = first..last.saturating_add(1);
        let mask = cut(inside, columns, covered.clone(), &runs);
        let mask = (!mask.iter().all(|inside| *inside)).then_some(mask);
        let columns = runs.into_iter().map(|indices| Run { indices, offset: 0.0 }).collect();
        Some(Selection::Box { rows: Vec::from([covered]), columns, mask })
    }

    /// The fewest consecutive columns that hold all `marked` ones (one a column), going on over the end
    /// where the columns close around the Earth and that is shorter.
    pub fn cover_columns(&self, marked: &[bool]) -> Vec<Range<usize>> {
        covering_columns(marked, self.periodic, self.overlap)
    }

    fn empty(&self, bbox: &Bbox) -> Error {
        let summary = self.summary();
        let covers = summary.extent.map_or_else(String::new, |[w, s, e, n]| {
            let [w, s, e, n] = [w, s, e, n].map(short);
            format!("the grid's cells lie between longitudes {w} and {e}, latitudes {s} and {n}")
        });
        if covers.is_empty() {
            return Error::empty_selection(format!("box {bbox}"), "no cell of the grid has coordinates");
        }
        let spacing = summary.resolution.map_or_else(String::new, |(y, x)| {
            format!(
                ", {} degrees apart; a smaller box may lie between them (--point takes the nearest)",
                short(y.max(x))
            )
        });
        Error::empty_selection(format!("box {bbox}"), covers + &spacing)
    }
}

/// A number for reading: six significant digits.
fn short(x: f64) -> String {
    let digits = (5 - x.abs().max(1e-9).log10().floor() as i32).clamp(0, 12) as usize;
    let text = format!("{x:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// The fewest consecutive columns that hold all marked ones; around the end where the grid is
/// periodic and that is shorter. The last `overlap` columns repeat the first.
fn covering_columns(marked: &[bool], periodic: bool, overlap: usize) -> Vec<Range<usize>> {
    let at: Vec<usize> = (0..marked.len()).filter(|&i| marked.get(i) == Some(&true)).collect();
    let (Some(&first), Some(&last)) = (at.first(), at.last()) else { return Vec::new() };
    let whole = first..last.saturating_add(1);
    let straight = Vec::from([whole]);
    let ring = marked.len().saturating_sub(overlap);
    if !periodic || ring == 0 {
        return straight;
    }
    let mut on_ring: Vec<usize> = at.iter().map(|i| i % ring).collect();
    on_ring.sort_unstable();
    on_ring.dedup();
    let widest =
        on_ring.windows(2).filter_map(|w| Some((w.last()?.checked_sub(*w.first()?)?, *w.first()?, *w.last()?)));
    let Some((gap, before, after)) = widest.max_by_key(|(gap, ..)| *gap) else { return straight };
    if gap <= 1 {
        return straight; // all around: the file's own seam is as good as any
    }
    let around = ring.saturating_sub(gap).saturating_add(1);
    if around < last.saturating_sub(first).saturating_add(1) {
        vec![after..ring, 0..before.saturating_add(1)]
    } else {
        straight
    }
}

fn cut(inside: &[bool], width: usize, rows: Range<usize>, columns: &[Range<usize>]) -> Vec<bool> {
    let mut mask = Vec::new();
    for row in inside.chunks(width).take(rows.end).skip(rows.start) {
        for run in columns {
            mask.extend_from_slice(row.get(run.clone()).unwrap_or(&[]));
        }
    }
    mask
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "lists of one run are meant")]
mod tests {
    use super::*;

    #[test]
    fn rows_in_either_direction() {
        assert_eq!(select_latitudes(&[90.0, 45.0, 0.0, -45.0], 0.0, 45.0), [1..3]);
        assert_eq!(select_latitudes(&[-45.0, 0.0, 45.0], -1.0, 90.0), [1..3]);
        assert_eq!(select_latitudes(&[f64::from(49.99999f32)], 50.0, 51.0), [0..1], "single precision");
        assert!(select_latitudes(&[0.0, 10.0], 4.0, 6.0).is_empty());
    }

    #[test]
    fn columns_over_the_seam_of_a_ring() {
        let mark = |on: &[usize], n: usize| (0..n).map(|i| on.contains(&i)).collect::<Vec<_>>();
        assert_eq!(covering_columns(&mark(&[0, 1, 9], 10), true, 0), [9..10, 0..2]);
        assert_eq!(covering_columns(&mark(&[0, 1, 9], 10), false, 0), [0..10]);
        assert_eq!(covering_columns(&mark(&[3, 5], 10), true, 0), [3..6]);
        // NEMO repeats its first two columns at the end: 10 is 0, 11 is 1.
        assert_eq!(covering_columns(&mark(&[0, 1, 9, 10, 11], 12), true, 2), [9..10, 0..2]);
        assert_eq!(covering_columns(&mark(&(0..10).collect::<Vec<_>>(), 10), true, 0), [0..10]);
    }
}
