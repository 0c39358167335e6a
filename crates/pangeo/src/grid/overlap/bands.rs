//! Rows and columns as the bands between sorted edges.
//!
//! Columns of files may overlap, repeat each other, leave gaps or run westward. Between two
//! neighbours of all their edges everything belongs to the same ones, so that cutting along the edges
//! once serves all of them.

use super::ring::Parallel;
use crate::grid::wrap_360;

/// Edges nearer than this, in degrees, are the same: some units in the last place of 360.
pub(super) const SAME: f64 = 1e-12;

/// No band of longitude is wider, so that the pieces of cells in it are less than hemispheres.
const WIDEST: f64 = 90.0;

/// The cells of a separable grid.
#[derive(Debug)]
pub(super) struct Bands {
    /// Edges of columns in degrees from 0 to 360, ascending.
    pub(super) meridians: Vec<Meridian>,
    /// The columns between each meridian and the next, the last one and the first.
    pub(super) columns: Members,
    /// The southern and northern edge in degrees.
    reach: (f64, f64),
    /// Edges of rows, ascending.
    pub(super) parallels: Vec<Parallel>,
    /// The rows between each parallel and the next.
    pub(super) rows: Members,
    /// How many columns there are.
    pub(super) width: u32,
}

/// A meridian as a cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meridian {
    pub(super) degrees: f64,
    /// Cosine and sine.
    pub(super) direction: (f64, f64),
}

/// Which rows or columns each band belongs to.
#[derive(Debug, Default)]
pub(super) struct Members {
    starts: Vec<usize>,
    members: Vec<u32>,
}

impl Members {
    /// Those of a band; none beyond the last band.
    pub(super) fn of(&self, band: usize) -> &[u32] {
        let range = self.starts.get(band).zip(band.checked_add(1).and_then(|next| self.starts.get(next)));
        range.and_then(|(from, to)| self.members.get(*from..*to)).unwrap_or(&[])
    }

    /// `spans`: the first band of each member and how many it has, of `count` around or in a row.
    fn new(count: usize, spans: &[(u32, usize, usize)]) -> Self {
        let bands = |first: usize, many: usize| (0..many).map(move |k| first.saturating_add(k) % count.max(1));
        let mut starts = vec![0usize; count.saturating_add(1)];
        for (_, first, many) in spans {
            for band in bands(*first, *many) {
                starts.iter_mut().skip(band.saturating_add(1)).take(1).for_each(|n| *n += 1);
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut members = vec![0; sum];
        for (member, first, many) in spans {
            for band in bands(*first, *many) {
                if let Some(at) = next.get_mut(band) {
                    members.iter_mut().skip(*at).take(1).for_each(|m| *m = *member);
                    *at += 1;
                }
            }
        }
        Self { starts, members }
    }
}

impl Bands {
    /// The bands of rows and columns as [`crate::grid::Corners::Separable`] has them.
    pub(super) fn new(rows: &[(f64, f64)], columns: &[(f64, f64)]) -> Self {
        let (meridians, columns, width) = (meridians(columns), columns, columns.len() as u32);
        let (edges, rows) = along(rows);
        let columns = around(&meridians, columns);
        let direction = |degrees: f64| {
            let (sine, cosine) = degrees.to_radians().sin_cos();
            (cosine, sine)
        };
        let meridians = meridians.into_iter().map(|degrees| Meridian { degrees, direction: direction(degrees) });
        Self {
            meridians: meridians.collect(),
            columns,
            reach: (edges.first().copied().unwrap_or(f64::NAN), edges.last().copied().unwrap_or(f64::NAN)),
            parallels: edges.into_iter().map(Parallel::new).collect(),
            rows,
            width,
        }
    }
}

impl Bands {
    /// The band of longitude that holds `longitude` from 0 to 360, and the number of the meridian
    /// after it, which is the number of meridians where that is the first one a turn later.
    pub(super) fn column_at(&self, longitude: f64) -> (usize, usize) {
        let after = self.meridians.partition_point(|m| m.degrees <= longitude);
        (after.checked_sub(1).unwrap_or(self.meridians.len().saturating_sub(1)), after)
    }

    /// Whether a cell of these longitudes (from `west`, `width` wide) and latitudes surely touches no
    /// row or lies within a band that belongs to no column: most cells, where this grid is regional.
    pub(super) fn misses(&self, (west, width): (f64, f64), (south, north): (f64, f64)) -> bool {
        // Between 10 degrees of longitude great circles rise by 0.11 degrees at most.
        let (narrow, slack) = (10.0, 0.2);
        if width <= narrow && (north + slack < self.reach.0 || south - slack > self.reach.1) {
            return true;
        }
        let west = wrap_360(west);
        let (band, after) = self.column_at(west);
        let first = self.meridians.first().map(|m| m.degrees + 360.0);
        let next = self.meridians.get(after).map(|m| m.degrees).or(first);
        self.columns.of(band).is_empty() && next.is_some_and(|next| west + width < next)
    }
}

/// Those of `values` that differ, ascending.
fn distinct(mut values: Vec<f64>) -> Vec<f64> {
    values.retain(|v| v.is_finite());
    values.sort_by(f64::total_cmp);
    values.dedup_by(|next, kept| *next - *kept <= SAME);
    values
}

/// The index of the value nearest to `at`.
fn nearest(values: &[f64], at: f64) -> usize {
    let after = values.partition_point(|v| *v < at);
    let distance = |i: usize| values.get(i).map_or(f64::INFINITY, |v| (v - at).abs());
    after.checked_sub(1).filter(|before| distance(*before) <= distance(after)).unwrap_or(after)
}

fn along(rows: &[(f64, f64)]) -> (Vec<f64>, Members) {
    let edges = distinct(rows.iter().flat_map(|(a, b)| [*a, *b]).collect());
    let span = |(row, (a, b)): (usize, &(f64, f64))| {
        let known = a.is_finite() && b.is_finite();
        let (first, last) = (nearest(&edges, a.min(*b)), nearest(&edges, a.max(*b)));
        known.then(|| (row as u32, first, last.saturating_sub(first)))
    };
    let spans: Vec<_> = rows.iter().enumerate().filter_map(span).collect();
    let members = Members::new(edges.len().saturating_sub(1), &spans);
    (edges, members)
}

/// The edges of columns, and more where they are far apart.
fn meridians(columns: &[(f64, f64)]) -> Vec<f64> {
    let known = columns.iter().filter(|(west, east)| west.is_finite() && east.is_finite());
    let mut edges = distinct(known.flat_map(|(west, east)| [wrap_360(*west), wrap_360(*east)]).collect());
    // 0 and just under 360 are the same.
    if edges.last().zip(edges.first()).is_some_and(|(last, first)| first + 360.0 - last <= SAME && edges.len() > 1) {
        edges.pop();
    }
    let next = edges.iter().skip(1).copied().chain(edges.first().map(|first| first + 360.0));
    let mut more = Vec::new();
    for (edge, next) in edges.iter().zip(next) {
        let parts = ((next - edge) / WIDEST).ceil().clamp(1.0, 8.0) as u32;
        more.extend((1..parts).map(|k| wrap_360(edge + (next - edge) * f64::from(k) / f64::from(parts))));
    }
    edges.extend(more);
    distinct(edges)
}

fn around(edges: &[f64], columns: &[(f64, f64)]) -> Members {
    let count = edges.len();
    let place = |longitude: f64| {
        let at = wrap_360(longitude);
        let found = nearest(edges, at);
        let first = edges.first().map_or(f64::INFINITY, |first| first + 360.0 - at);
        let distance = edges.get(found).map_or(f64::INFINITY, |e| (e - at).abs());
        if first < distance { 0 } else { found }
    };
    let span = |(column, (west, east)): (usize, &(f64, f64))| {
        let (first, last) = (place(*west), place(*east));
        let many = match east - west {
            width if !width.is_finite() || width <= SAME => return None,
            width if width >= 360.0 - SAME => count,
            _ if last >= first => last - first,
            _ => last + count - first,
        };
        Some((column as u32, first, many))
    };
    let spans: Vec<_> = columns.iter().enumerate().filter_map(span).collect();
    Members::new(count, &spans)
}
