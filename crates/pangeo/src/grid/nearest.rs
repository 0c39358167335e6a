//! The cell nearest to a place, by great-circle distance.

use super::kd_tree::KdTree;
use super::longitude::{difference, wrap_360};
use super::{Grid, Places};
use crate::{Error, Result};

/// The mean radius of the Earth, (2a + b) / 3 of WGS 84 (IUGG), in km.
pub const EARTH_RADIUS_KM: f64 = 6371.0088;

/// A cell and how far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest {
    /// The cell's index, rows slowest.
    pub index: usize,
    /// Great-circle distance to the cell's centre in km on a sphere of [`EARTH_RADIUS_KM`].
    pub distance_km: f64,
}

/// Great-circle distance in km between two places (longitude, latitude) in degrees; NaN for NaN.
pub fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dlat, dlon) = ((a.1 - b.1).to_radians(), (a.0 - b.0).to_radians());
    let haversine =
        (dlat / 2.0).sin().powi(2) + a.1.to_radians().cos() * b.1.to_radians().cos() * (dlon / 2.0).sin().powi(2);
    2.0 * EARTH_RADIUS_KM * haversine.sqrt().clamp(0.0, 1.0).asin()
}

/// The great-circle distance that belongs to a chord of the unit sphere.
pub(super) fn chord_to_km(chord: f64) -> f64 {
    2.0 * EARTH_RADIUS_KM * (0.5 * chord).clamp(0.0, 1.0).asin()
}

/// Answers which cell of a grid is nearest to a place.
///
/// On latitude-longitude grids by two bisections: the nearest column does not depend on the row,
/// and the nearest row is the one nearest to the foot of the place's great circle on that column.
/// On others by a search tree. Both give the true great-circle nearest across the seam and the
/// poles. Ties go to the lowest index, but at a pole, where all columns are equally near, to the
/// column of the longitude asked for.
#[derive(Debug, Clone)]
pub struct NearestCell(Search);

#[derive(Debug, Clone)]
enum Search {
    Axes { rows: Vec<(f64, usize)>, columns: Vec<(f64, usize)>, width: usize },
    Tree(KdTree),
}

impl NearestCell {
    /// Prepare the search on a grid.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for projected grids whose file holds no latitudes and longitudes.
    pub fn new(grid: &Grid) -> Result<Self> {
        Ok(Self(match &grid.places {
            Places::Unknown => return Err(no_places()),
            Places::PerCell { latitudes, longitudes } => Search::Tree(KdTree::new(latitudes, longitudes)),
            Places::Separable { latitudes, longitudes } => Search::Axes {
                rows: sorted(latitudes.iter().copied()),
                columns: sorted(longitudes.iter().map(|&x| wrap_360(x))),
                width: longitudes.len(),
            },
        }))
    }

    /// The cell nearest to a place in degrees; `None` if no cell has a place or this one is not
    /// finite.
    pub fn nearest(&self, longitude: f64, latitude: f64) -> Option<Nearest> {
        if !longitude.is_finite() || !latitude.is_finite() {
            return None;
        }
        match &self.0 {
            Search::Tree(tree) => tree.nearest(longitude, latitude),
            Search::Axes { rows, columns, width } => {
                let (column_longitude, column) = nearest_column(columns, longitude)?;
                let apart = difference(longitude, column_longitude);
                let (row_latitude, row) = nearest_row(rows, latitude, apart)?;
                let distance_km = distance_km((apart, latitude), (0.0, row_latitude));
                Some(Nearest { index: row.checked_mul(*width)?.checked_add(column)?, distance_km })
            }
        }
    }
}

pub(super) fn no_places() -> Error {
    Error::unsupported("the grid is projected and the file holds no latitudes and longitudes", "grid")
        .with_hint("select by the projection's own coordinates: --sel x=A/B --sel y=A/B")
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<(f64, usize)> {
    let mut list: Vec<(f64, usize)> = values.enumerate().filter(|(_, x)| x.is_finite()).map(|(i, x)| (x, i)).collect();
    list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    list
}

/// Distances that differ by less are a tie: rounding of coordinates in degrees.
const TIE: f64 = 1e-10;

/// The candidate nearest by `distance`, the lowest index among ties.
fn least(
    candidates: impl Iterator<Item = (f64, usize)> + Clone,
    distance: impl Fn(f64) -> f64,
) -> Option<(f64, usize)> {
    let nearest = candidates.clone().map(|(x, _)| distance(x)).fold(f64::INFINITY, f64::min);
    candidates.filter(|(x, _)| distance(*x) <= nearest + TIE).min_by_key(|(_, i)| *i)
}

/// All entries with the value just below and just above `at`, each with its repeats.
fn around(list: &[(f64, usize)], at: f64) -> impl Iterator<Item = (f64, usize)> + Clone {
    let above = list.partition_point(|(x, _)| *x < at);
    let below_value = above.checked_sub(1).and_then(|i| list.get(i)).map(|(x, _)| *x);
    let below = below_value.map_or(above, |v| list.partition_point(|(x, _)| *x < v));
    let above_value = list.get(above).map(|(x, _)| *x);
    let end = above_value.map_or(above, |v| list.partition_point(|(x, _)| *x <= v));
    list.get(below..end).unwrap_or(&[]).iter().copied()
}

fn nearest_column(columns: &[(f64, usize)], longitude: f64) -> Option<(f64, usize)> {
    let wrapped = wrap_360(longitude);
    // The seam: the first and the last may be nearest to a place beyond the other.
    let first = around(columns, f64::NEG_INFINITY);
    let last = around(columns, f64::INFINITY);
    least(around(columns, wrapped).chain(first).chain(last), |x| difference(wrapped, x).abs())
}

/// The row nearest to a place `apart` degrees of longitude away from the column. On the column's
/// meridian cos(distance) = A sin φ + B cos φ, which falls off evenly on both sides of its maximum.
fn nearest_row(rows: &[(f64, usize)], latitude: f64, apart: f64) -> Option<(f64, usize)> {
    let (sine, cosine) = latitude.to_radians().sin_cos();
    let along = cosine * apart.to_radians().cos();
    if along < 0.0 {
        // The place is on the other side of the Earth: its foot lies beyond a pole.
        return least(rows.iter().copied(), |x| {
            let (s, c) = x.to_radians().sin_cos();
            (sine * s + along * c).clamp(-1.0, 1.0).acos().to_degrees()
        });
    }
    let foot = if apart == 0.0 { latitude } else { sine.atan2(along).to_degrees() };
    least(around(rows, foot), |x| (x - foot).abs())
}

#[cfg(test)]
mod tests;
