//! The outline of an image on the Earth.

use pangeo::grid::difference;
use serde_json::Value;

use crate::facts::Footprint;
use crate::geometry;

/// Along each side the outline is known at so many places.
const PLACES: usize = 64;

/// An outline and the box around it.
#[derive(Debug, Clone)]
pub(super) struct Outline {
    /// West, south, east, north; west > east across the dateline.
    pub(super) bbox: [f64; 4],
    pub(super) geometry: Value,
}

/// The corners of an image by column and row, in the order in which a transform with rows to the south leads around it
/// against the clock.
fn corners([rows, columns]: [usize; 2]) -> [(f64, f64); 4] {
    let (rows, columns) = (rows as f64, columns as f64);
    [(0.0, 0.0), (0.0, rows), (columns, rows), (columns, 0.0)]
}

fn placed([a, b, c, d, e, f]: [f64; 6], (column, row): (f64, f64)) -> (f64, f64) {
    (a * column + b * row + c, d * column + e * row + f)
}

/// The least x and y and the greatest.
pub(super) fn bounds(shape: [usize; 2], transform: [f64; 6]) -> [f64; 4] {
    let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    corners(shape)
        .into_iter()
        .map(|corner| placed(transform, corner))
        .fold(start, |[x0, y0, x1, y1], (x, y)| [x0.min(x), y0.min(y), x1.max(x), y1.max(y)])
}

/// The outline by places along the sides; `None` where some lie nowhere on the Earth.
pub(super) fn of(
    shape: [usize; 2],
    transform: [f64; 6],
    to_earth: impl FnOnce(Vec<(f64, f64)>) -> Vec<(f64, f64)>,
) -> Option<Outline> {
    let corners = corners(shape);
    let along = corners.iter().zip(corners.iter().cycle().skip(1)).flat_map(|(&(x0, y0), &(x1, y1))| {
        (0..PLACES).map(move |i| {
            let part = i as f64 / PLACES as f64;
            (x0 + (x1 - x0) * part, y0 + (y1 - y0) * part)
        })
    });
    let places = to_earth(along.map(|place| placed(transform, place)).collect());
    let known = |(lon, lat): &(f64, f64)| lon.is_finite() && lat.is_finite() && lat.abs() <= 90.0 + 1e-6;
    if places.is_empty() || !places.iter().all(known) {
        return None;
    }
    let ring = unrolled(&places);
    let (first, last) = (ring.first()?, ring.last()?);
    let around = last.0 + difference(first.0, last.0) - first.0;
    let mut footprint = Footprint::new();
    let (mut west, mut east) = (f64::INFINITY, f64::NEG_INFINITY);
    for &(lon, lat) in &ring {
        footprint.add_latitudes(lat, lat);
        (west, east) = (west.min(lon), east.max(lon));
    }
    if around.abs() > 180.0 {
        // All the way around a pole.
        let pole = if ring.iter().map(|(_, lat)| lat).sum::<f64>() > 0.0 { 90.0 } else { -90.0 };
        footprint.add_latitudes(pole, pole);
        footprint.add_longitudes(0.0, 360.0);
        let bbox = footprint.bbox()?;
        return Some(Outline { bbox, geometry: geometry::of_box(bbox) });
    }
    footprint.add_longitudes(west, east);
    let bbox = footprint.bbox()?;
    let geometry = if east - west >= 360.0 - 1e-4 { geometry::of_box(bbox) } else { geometry::of_ring(&ring) };
    Some(Outline { bbox, geometry })
}

/// Longitudes without leaps at the dateline.
fn unrolled(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut before: Option<f64> = None;
    let unrolled = places.iter().map(|&(lon, lat)| {
        let lon = before.map_or(lon, |before| before + difference(lon, before));
        before = Some(lon);
        (lon, lat.clamp(-90.0, 90.0))
    });
    unrolled.collect()
}
