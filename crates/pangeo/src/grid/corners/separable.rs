//! Edges of rows and columns.

use super::{Corners, HINT, bounds, pole};
use crate::cf::roles::{Axis, Roles};
use crate::grid::gaussian::gaussian_edges;
use crate::grid::nearest::distance_km;
use crate::grid::{
    Grid, GridAxis, GridKind, Outline, Places, cell_edges, degrees_per_unit, difference, latitude_edges, wrap_360,
};
use crate::model::Dataset;
use crate::{Error, Result};

/// Pairs of edges.
type Pairs = Vec<(f64, f64)>;

/// The edges of a latitude-longitude grid: from bounds where the file has them, else derived.
pub(super) fn of(dataset: &Dataset, roles: &Roles, on: &Grid) -> Result<Corners> {
    let Places::Separable { latitudes, longitudes } = &on.places else {
        return Ok(Corners::Separable { rows: Vec::new(), columns: Vec::new() });
    };
    let name = |n: &Option<String>| n.clone().unwrap_or_default();
    let rows = match pairs(dataset, roles, on.latitude.as_deref(), on.y.as_ref(), latitudes)? {
        Some(given) => given,
        None => derived_rows(latitudes, on.kind).ok_or_else(|| alone(&name(&on.latitude), dataset))?,
    };
    let columns = match pairs(dataset, roles, on.longitude.as_deref(), on.x.as_ref(), longitudes)? {
        Some(given) => given,
        None => derived_columns(longitudes, on),
    };
    Ok(assemble(&rows, &columns, longitudes))
}

/// Two-dimensional latitudes and longitudes that are one-dimensional ones repeated.
pub(super) fn repeated(latitudes: &[f64], longitudes: &[f64], columns: usize, on: &Grid) -> Option<Corners> {
    let rows: Vec<f64> = latitudes.chunks(columns.max(1)).filter_map(|row| row.first().copied()).collect();
    let first = longitudes.get(..columns)?;
    let same = latitudes.chunks(columns.max(1)).zip(&rows).all(|(row, lat)| row.iter().all(|v| v == lat))
        && longitudes.chunks(columns.max(1)).all(|row| row == first);
    if !same || rows.len() < 2 || columns < 2 {
        return None;
    }
    Some(assemble(&derived_rows(&rows, on.kind)?, &derived_columns(first, on), first))
}

fn assemble(rows: &[(f64, f64)], columns: &[(f64, f64)], longitudes: &[f64]) -> Corners {
    let rows = rows.iter().map(|(a, b)| (a.clamp(-90.0, 90.0), b.clamp(-90.0, 90.0))).collect();
    let columns = columns.iter().zip(longitudes).map(|(edges, centre)| eastward(*edges, *centre)).collect();
    Corners::Separable { rows, columns }
}

/// The edges of the rows and columns of a rotated grid in its own degrees: from the bounds of the
/// coordinates along its dimensions, else half-way between these. `None` where those coordinates are
/// no angles or don't lead to the file's latitudes and longitudes.
pub(in crate::grid) fn rotated(
    dataset: &Dataset,
    roles: &Roles,
    on: &Grid,
    variable: &str,
) -> Result<Option<(Pairs, Pairs)>> {
    let (Some(y), Some(x)) = (&on.y, &on.x) else { return Ok(None) };
    let angles = |axis: &GridAxis, kind| -> Option<Vec<f64>> {
        let name = roles.grid_coordinate(variable, kind)?;
        let coordinate = dataset.variable(name).filter(|c| c.dimensions == [axis.dimension.clone()])?;
        let factor = degrees_per_unit(coordinate).ok()?;
        (axis.values.len() == axis.length).then(|| axis.values.iter().map(|v| v * factor).collect())
    };
    let (Some(latitudes), Some(longitudes)) = (angles(y, Axis::Y), angles(x, Axis::X)) else { return Ok(None) };
    if on.kind != GridKind::Rotated
        || latitudes.iter().any(|lat| lat.abs() > 90.01)
        || !leads_to_places(dataset, roles, on, variable, &latitudes, &longitudes)
    {
        return Ok(None);
    }
    let rows = match pairs(dataset, roles, y.coordinate.as_deref(), Some(y), &latitudes)? {
        Some(given) => given,
        None => derived_rows(&latitudes, on.kind).ok_or_else(|| alone(&y.dimension, dataset))?,
    };
    let columns = match pairs(dataset, roles, x.coordinate.as_deref(), Some(x), &longitudes)? {
        Some(given) => given,
        None => derived_columns(&longitudes, on),
    };
    match assemble(&rows, &columns, &longitudes) {
        Corners::Separable { rows, columns } => Ok(Some((rows, columns))),
        Corners::PerCell(_) => Ok(None),
    }
}

/// Whether the rotated coordinates of the first and last cell mean the places that the file has for
/// them, to half a cell; true where the pole is not known.
fn leads_to_places(
    dataset: &Dataset,
    roles: &Roles,
    on: &Grid,
    variable: &str,
    latitudes: &[f64],
    longitudes: &[f64],
) -> bool {
    const KM_PER_DEGREE: f64 = 111.0;
    let Some(pole) = pole(dataset, roles, variable) else { return true };
    let step = |v: &[f64]| v.first().zip(v.get(1)).map_or(1.0, |(a, b)| (a - b).abs());
    let slack = 0.5 * KM_PER_DEGREE * step(latitudes).max(step(longitudes));
    let agrees = |index: usize, at: Option<(&f64, &f64)>| match (on.place(index), at) {
        (Some(place), Some((lat, lon))) => distance_km(place, pole.unrotate(*lon, *lat)) <= slack,
        _ => true,
    };
    agrees(0, latitudes.first().zip(longitudes.first()))
        && agrees(on.len().saturating_sub(1), latitudes.last().zip(longitudes.last()))
}

/// The bounds of a coordinate along one dimension, or of a scalar; `None` where there are not two
/// for each of its values or all cells have no width.
fn pairs(
    dataset: &Dataset,
    roles: &Roles,
    coordinate: Option<&str>,
    axis: Option<&GridAxis>,
    centres: &[f64],
) -> Result<Option<Pairs>> {
    let along: Vec<&GridAxis> = axis.into_iter().collect();
    let Some(bounds) = bounds::of(dataset, roles, coordinate, &along)? else { return Ok(None) };
    if bounds.corners != 2 || bounds.values.len() != centres.len().saturating_mul(2) {
        return Ok(None);
    }
    let found: Pairs = bounds.values.chunks(2).filter_map(|c| Some((*c.first()?, *c.last()?))).collect();
    Ok(found.iter().any(|(a, b)| a != b).then_some(found))
}

fn derived_rows(latitudes: &[f64], kind: GridKind) -> Option<Pairs> {
    let edges = match kind {
        GridKind::Gaussian { n } if latitudes.len() == n.saturating_mul(2) => {
            let mut edges = gaussian_edges(latitudes.len());
            if latitudes.first() < latitudes.last() {
                edges.reverse();
            }
            edges
        }
        _ => latitude_edges(latitudes),
    };
    (edges.len() == latitudes.len().checked_add(1)?).then(|| between(&edges))
}

fn between(edges: &[f64]) -> Pairs {
    edges.windows(2).filter_map(|w| Some((*w.first()?, *w.last()?))).collect()
}

/// Half-way between columns; across the seam too where they close around the Earth.
fn derived_columns(longitudes: &[f64], on: &Grid) -> Pairs {
    if let [only] = longitudes {
        return vec![(only - 180.0, only + 180.0)];
    }
    let centres = unwrapped(longitudes);
    let mut edges = cell_edges(&centres);
    let own = centres.len().saturating_sub(on.overlap);
    if on.periodic
        && let (Some(&first), Some(&last)) = (centres.first(), own.checked_sub(1).and_then(|i| centres.get(i)))
    {
        let turn = if last > first { 360.0 } else { -360.0 };
        let seam = 0.5 * (first + turn + last);
        if let Some(edge) = edges.first_mut() {
            *edge = seam - turn;
        }
        if on.overlap == 0
            && let Some(edge) = edges.last_mut()
        {
            *edge = seam;
        }
    }
    between(&edges)
}

/// Longitudes without jumps over a seam (359, 0).
fn unwrapped(longitudes: &[f64]) -> Vec<f64> {
    let mut turns = 0.0;
    let mut before = longitudes.first().copied().unwrap_or(0.0);
    let follow = |&lon: &f64| {
        if (lon - before).abs() > 180.0 {
            turns += ((lon - before - difference(lon, before)) / 360.0).round();
        }
        before = lon;
        lon - 360.0 * turns
    };
    longitudes.iter().map(follow).collect()
}

/// The edges of a column as west and east of its centre, whatever their order and seam: of the two
/// arcs between meridians more than half the Earth apart the one that holds the centre.
fn eastward((a, b): (f64, f64), centre: f64) -> (f64, f64) {
    let (west, east) = (a.min(b), a.max(b));
    let width = east - west;
    if width >= 360.0 {
        // A full turn, to the rounding of single precision, or one written too many.
        let beyond = wrap_360(width);
        let width = if beyond < 1e-4 { 360.0 } else { beyond };
        return (east - width, east);
    }
    let outside = wrap_360(centre - west) > width;
    if width > 180.0 && outside { (east, west + 360.0) } else { (west, east) }
}

/// Degrees between the edges of a column.
pub(in crate::grid) fn width((west, east): (f64, f64)) -> f64 {
    (east - west).clamp(0.0, 360.0)
}

/// The corners of the cell between two parallels and two meridians.
pub(super) fn outline(row: (f64, f64), column: (f64, f64)) -> Outline {
    let ((first, last), (west, east)) = (row, column);
    if [first, last, west, east].iter().any(|v| !v.is_finite()) {
        return Vec::new();
    }
    let (south, north) = (first.min(last), first.max(last));
    let parts = ((east - west) / 120.0).ceil().clamp(1.0, 4.0) as u32;
    let along = |k: u32| if k == parts { east } else { west + (east - west) * f64::from(k) / f64::from(parts) };
    let eastward = (0..=parts).map(|k| (along(k), south));
    eastward.chain((0..=parts).rev().map(|k| (along(k), north))).collect()
}

fn alone(coordinate: &str, dataset: &Dataset) -> Error {
    let place = format!("coordinate '{coordinate}' in {}", dataset.source);
    Error::data("the height of a single row of cells is not known", place).with_hint(HINT)
}
