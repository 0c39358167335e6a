//! Cells of a reduced grid: rows of latitude, each with as many equal columns as fit its length, written as a list.

use super::Outlines;
use crate::grid::longitude::{difference, wrap_360};
use crate::grid::{Outline, latitude_edges};

/// Parallels are followed in steps of this many degrees, whose great circles stray from them by less than 4e-5.
const STEP: f64 = 1.0;

/// One row of equal latitude: the numbers of its cells begin at `first`.
struct Row {
    latitude: f64,
    first: usize,
    count: usize,
}

/// The corners of a list of centres that is a reduced grid (Gaussian ones of weather models): consecutive cells on
/// one latitude stand at equal distances all around, rows one after the other from pole to pole. Between rows half-way,
/// between columns too. `None` for other lists.
pub(super) fn outlines(latitudes: &[f64], longitudes: &[f64]) -> Option<Outlines> {
    let rows = rows(latitudes);
    let all_around = |row: &Row| {
        let own = longitudes.get(row.first..row.first.saturating_add(row.count))?;
        let step = 360.0 / row.count as f64;
        let near = |a: f64, b: f64| difference(b - a, step).abs() < 0.01 * step + 1e-4;
        let ends = own.iter().zip(own.iter().cycle().skip(1));
        (row.count > 2).then(|| ends.into_iter().all(|(a, b)| near(*a, *b)))
    };
    let centres: Vec<f64> = rows.iter().map(|row| row.latitude).collect();
    let falls = centres.windows(2).all(|w| w.first() > w.last());
    let rises = centres.windows(2).all(|w| w.first() < w.last());
    if rows.len() < 3 || !(falls || rises) || !rows.iter().all(|row| all_around(row) == Some(true)) {
        return None;
    }
    let edges = latitude_edges(&centres);
    let bands = rows.iter().zip(edges.iter().zip(edges.iter().skip(1)));
    let cells = bands.flat_map(|(row, (a, b))| {
        let half = 180.0 / row.count as f64;
        let own = longitudes.get(row.first..row.first.saturating_add(row.count)).unwrap_or(&[]);
        own.iter().map(move |lon| outline(wrap_360(lon - half), 2.0 * half, a.min(*b), a.max(*b)))
    });
    Some(Outlines::listed(cells))
}

/// Runs of the same latitude.
fn rows(latitudes: &[f64]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (cell, latitude) in latitudes.iter().enumerate() {
        match rows.last_mut() {
            Some(row) if (row.latitude - latitude).abs() < 1e-6 => row.count += 1,
            _ => rows.push(Row { latitude: *latitude, first: cell, count: 1 }),
        }
    }
    rows
}

/// The corners of a cell, with more of them along its parallels.
fn outline(west: f64, width: f64, south: f64, north: f64) -> Outline {
    let parts = (width / STEP).ceil().clamp(1.0, 360.0) as u32;
    let along = |k: u32| west + width * f64::from(k) / f64::from(parts);
    // A pole is one point.
    let points = |latitude: f64| if latitude.abs() < 90.0 { 0..parts + 1 } else { 0..1 };
    let south_side = points(south).map(|k| (along(k), south));
    south_side.chain(points(north).rev().map(|k| (along(k), north))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{gaussian_latitudes, polygon_area};

    fn reduced(counts: &[usize]) -> (Vec<f64>, Vec<f64>) {
        let rows = gaussian_latitudes(counts.len());
        let cells = rows.iter().zip(counts).flat_map(|(lat, n)| (0..*n).map(|i| (*lat, 360.0 * i as f64 / *n as f64)));
        cells.unzip()
    }

    #[test]
    fn rows_of_different_numbers_of_cells_cover_the_earth() {
        let (latitudes, longitudes) = reduced(&[8, 16, 20, 20, 16, 8]);
        let cells = outlines(&latitudes, &longitudes).unwrap();
        let total: f64 = (0..cells.len()).map(|i| polygon_area(&cells.outline(i))).sum();
        assert!(cells.len() == 88 && (total / (4.0 * std::f64::consts::PI) - 1.0).abs() < 1e-4, "{total}");
    }

    #[test]
    fn other_lists_are_none() {
        let (latitudes, mut longitudes) = reduced(&[8, 16, 16, 8]);
        longitudes[3] += 5.0;
        assert!(outlines(&latitudes, &longitudes).is_none(), "not equally far apart");
        let stations = [10.0, 20.0, 30.0, 40.0];
        assert!(outlines(&stations, &stations).is_none() && outlines(&[], &[]).is_none());
        assert!(outlines(&[f64::NAN; 9], &[f64::NAN; 9]).is_none());
    }
}
