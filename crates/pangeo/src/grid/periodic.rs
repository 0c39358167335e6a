//! Whether columns close around the Earth, and how many of them are there twice.

use super::longitude::{difference, edge_tolerance};
use super::nearest::distance_km;

/// How many columns of a latitude-longitude grid repeat the first ones; `None` if they don't close.
///
/// They close when the gap between the last and the first is no wider than 1.25 of the widest
/// step between others.
pub(super) fn columns_close(longitudes: &[f64]) -> Option<usize> {
    if longitudes.len() < 3 {
        return None;
    }
    let steps: Vec<f64> = longitudes.windows(2).filter_map(|w| Some(difference(*w.last()?, *w.first()?))).collect();
    let widest = steps.iter().fold(0.0f64, |m, s| m.max(s.abs()));
    let one_way = steps.iter().all(|s| *s > 0.0) || steps.iter().all(|s| *s < 0.0);
    let all_around: f64 = steps.iter().sum::<f64>().abs();
    if !one_way || 360.0 - all_around > 1.25 * widest {
        return None;
    }
    let tolerance = edge_tolerance(longitudes);
    let mut turned = 0.0f64;
    Some(
        steps
            .iter()
            .filter(|step| {
                turned += step.abs();
                turned >= 360.0 - tolerance
            })
            .count(),
    )
}

/// How many columns of a curvilinear grid (`columns` a row, rows slowest) repeat the first ones;
/// `None` if the rows don't close.
///
/// Judged on up to 64 rows, of which two thirds must agree: the last cell lies on the first, or no
/// further from it than 1.5 times the distance of neighbours there.
pub(super) fn rows_close(latitudes: &[f64], longitudes: &[f64], columns: usize) -> Option<usize> {
    const ROWS: usize = 64;
    const SAME_KM: f64 = 0.05;
    if columns < 4 {
        return None;
    }
    let rows = latitudes.len() / columns;
    let stride = rows.div_ceil(ROWS).max(1);
    let place = |row: usize, column: usize| {
        let at = row.checked_mul(columns)?.checked_add(column)?;
        Some((*longitudes.get(at)?, *latitudes.get(at)?))
    };
    let apart =
        |row: usize, a: usize, b: usize| Some(distance_km(place(row, a)?, place(row, b)?)).filter(|d| d.is_finite());
    let most = |test: &dyn Fn(usize) -> Option<bool>| {
        let votes: Vec<bool> = (0..rows).step_by(stride).filter_map(test).collect();
        let yes = votes.iter().filter(|v| **v).count();
        !votes.is_empty() && yes.saturating_mul(3) >= votes.len().saturating_mul(2)
    };
    // Rows that shrink to a point at a pole say nothing.
    let spaced = |row: usize| apart(row, 0, 1).filter(|d| *d > SAME_KM);
    for overlap in [2usize, 1] {
        let repeats = |row: usize| {
            spaced(row)?;
            let same = |k: usize| Some(apart(row, columns.checked_sub(overlap)?.checked_add(k)?, k)? < SAME_KM);
            (0..overlap).map(same).try_fold(true, |all, one| Some(all && one?))
        };
        if most(&repeats) {
            return Some(overlap);
        }
    }
    let neighbours = |row: usize| {
        let local = spaced(row)?.max(apart(row, columns.checked_sub(2)?, columns.checked_sub(1)?)?);
        Some(apart(row, columns.checked_sub(1)?, 0)? <= 1.5 * local)
    };
    most(&neighbours).then_some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_latitude_longitude_grids() {
        let step =
            |n: i32, first: f64, step: f64| -> Vec<f64> { (0..n).map(|i| first + step * f64::from(i)).collect() };
        assert_eq!(columns_close(&step(360, 0.0, 1.0)), Some(0));
        assert_eq!(columns_close(&step(360, 179.0, -1.0)), Some(0));
        assert_eq!(columns_close(&step(361, 0.0, 1.0)), Some(1));
        assert_eq!(columns_close(&step(180, 21.0, 2.0)), Some(0));
        assert_eq!(columns_close(&step(359, 0.0, 1.0)), None, "one column is missing");
        assert_eq!(columns_close(&[0.0, 1.0, f64::NAN]), None);
        assert_eq!(columns_close(&[0.0]), None);
    }

    /// Rows of a latitude-longitude grid written as two-dimensional coordinates.
    fn rows(longitudes: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let latitudes = [-60.0, 0.0, 60.0, 90.0];
        latitudes.iter().flat_map(|lat| longitudes.iter().map(move |lon| (*lat, *lon))).unzip()
    }

    #[test]
    fn rows_of_curvilinear_grids() {
        let close = |longitudes: Vec<f64>| {
            let (lat, lon) = rows(&longitudes);
            rows_close(&lat, &lon, longitudes.len())
        };
        assert_eq!(close((0..36).map(|i| f64::from(i) * 10.0).collect()), Some(0));
        assert_eq!(close((0..38).map(|i| f64::from(i) * 10.0).collect()), Some(2));
        assert_eq!(close((0..37).map(|i| f64::from(i) * 10.0).collect()), Some(1));
        assert_eq!(close((0..30).map(|i| f64::from(i) * 10.0).collect()), None);
        assert_eq!(rows_close(&[f64::NAN; 20], &[f64::NAN; 20], 10), None);
    }
}
