//! The grids of a dataset: the box around all of them, and the lattice where there is one.

use pangeo::cf::packing::numbers;
use pangeo::cf::roles::Roles;
use pangeo::grid::{Corners, Grid, GridAxis, GridKind, Places, cell_edges, projected};
use pangeo::model::{Attributes, DataType, Dataset};
use pangeo::ops::grids::{GridOf, grids_but};
use pangeo::{Error, Result};

use super::Footprint;
use crate::reference::{Plane, Raster, ReferenceSystem};

/// Beyond so many cells with places of their own, no corners are derived: 16 bytes a corner.
const MANY: usize = 4 << 20;

/// How finely a plane is sampled along each side.
const SAMPLES: usize = 256;

/// A grid, one of the variables on it, and the reference system of its rows and columns.
pub(super) struct Placed {
    pub(super) grid: Grid,
    pub(super) variable: String,
    pub(super) system: Option<ReferenceSystem>,
    plane: Option<Plane>,
}

/// The horizontal grids of the data variables, each once; those that can't be read are noted.
pub(super) fn grids(dataset: &Dataset, roles: &Roles, notes: &mut Vec<String>) -> Result<Vec<Placed>> {
    let mut told = Vec::new();
    let found = grids_but(dataset, roles, |name, error| match error {
        Error::Unsupported { .. } | Error::Data { .. } | Error::NotFound { .. } => {
            // Of variables on the same grid the first is named.
            let why = error.to_string();
            if !told.contains(&why) {
                notes.push(format!("the grid of '{name}' is left out: {why}"));
                told.push(why);
            }
            Ok(())
        }
        error => Err(error.in_file(&dataset.source)),
    })?;
    let on = |GridOf { grid, variables }: GridOf| Some(placed(dataset, roles, grid, variables.first()?));
    Ok(found.into_iter().filter_map(on).collect())
}

fn placed(dataset: &Dataset, roles: &Roles, grid: Grid, variable: &str) -> Placed {
    let mapping = roles.grid_mapping(variable).and_then(|name| dataset.variable(name)).map(|m| &m.attributes);
    let x = grid.x.as_ref().and_then(|x| x.coordinate.as_deref()).and_then(|name| dataset.variable(name));
    let plane = match (grid.kind, mapping, x) {
        (GridKind::Projected, Some(mapping), Some(x)) => Plane::of(mapping, x),
        _ => None,
    };
    let system = match grid.kind {
        GridKind::Rectilinear | GridKind::Gaussian { .. } => Some(ReferenceSystem::geographic(mapping)),
        GridKind::Rotated => mapping.and_then(ReferenceSystem::rotated),
        GridKind::Projected => plane.as_ref().map(|plane| plane.system.clone()),
        GridKind::Curvilinear | GridKind::Unstructured => None,
    };
    Placed { grid, variable: variable.to_owned(), system, plane }
}

/// The box around the cells of all grids.
pub(super) fn bbox(dataset: &Dataset, roles: &Roles, grids: &[Placed]) -> Result<Option<[f64; 4]>> {
    let mut footprint = Footprint::new();
    for on in grids {
        add(&mut footprint, dataset, roles, on)?;
    }
    Ok(footprint.bbox())
}

/// The box around the cells of one grid.
pub(super) fn bbox_of(dataset: &Dataset, roles: &Roles, on: &Placed) -> Result<Option<[f64; 4]>> {
    bbox(dataset, roles, std::slice::from_ref(on))
}

fn add(footprint: &mut Footprint, dataset: &Dataset, roles: &Roles, on: &Placed) -> Result<()> {
    let grid = &on.grid;
    if grid.places == Places::Unknown {
        if let Some(plane) = &on.plane {
            add_plane(footprint, dataset, roles, on, plane)?;
        }
        return Ok(());
    }
    let few = matches!(grid.places, Places::Separable { .. }) || grid.len() <= MANY;
    if !few {
        add_centres(footprint, grid, 0.5);
        return Ok(());
    }
    match projected::corners_of(dataset, roles, grid, &on.variable) {
        Ok(Corners::Separable { rows, columns }) => {
            rows.iter().for_each(|(a, b)| footprint.add_latitudes(*a, *b));
            columns.iter().for_each(|(west, east)| footprint.add_longitudes(*west, *east));
        }
        Ok(corners) => (0..corners.len()).for_each(|i| footprint.add_cell(&corners.outline(i))),
        Err(Error::Data { .. } | Error::NotFound { .. }) => add_centres(footprint, grid, 0.0),
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Cells by their centres, with some share of a cell more.
fn add_centres(footprint: &mut Footprint, grid: &Grid, share: f64) {
    let summary = grid.summary();
    let Some([west, south, east, north]) = summary.extent else { return };
    let (y, x) = summary.resolution.map_or((0.0, 0.0), |(y, x)| (share * y, share * x));
    if summary.global {
        footprint.add_latitudes(-90.0, 90.0);
    }
    footprint.add_latitudes(south - y, north + y);
    if summary.circular || summary.global {
        footprint.add_longitudes(0.0, 360.0);
    } else {
        footprint.add_longitudes(west - x, east + x);
    }
}

/// The rectangle of a plane: its rim and its inside by samples, and the poles if they lie in it.
fn add_plane(footprint: &mut Footprint, dataset: &Dataset, roles: &Roles, on: &Placed, plane: &Plane) -> Result<()> {
    let (Some(y), Some(x)) = (&on.grid.y, &on.grid.x) else { return Ok(()) };
    let (Some((y0, y1)), Some((x0, x1))) = (reach(dataset, roles, y)?, reach(dataset, roles, x)?) else {
        return Ok(());
    };
    let at = |low: f64, high: f64, i: usize| low + (high - low) * i as f64 / SAMPLES as f64;
    let row = |j: usize| (0..=SAMPLES).map(move |i| (at(x0, x1, i), at(y0, y1, j)));
    let places = plane.to_earth((0..=SAMPLES).flat_map(row).collect());
    let cell = |j: usize, i: usize| -> Option<Vec<(f64, f64)>> {
        let at = |j: usize, i: usize| {
            places.get(j * (SAMPLES + 1) + i).copied().filter(|(lon, lat)| lon.is_finite() && lat.is_finite())
        };
        Some(vec![at(j, i)?, at(j, i + 1)?, at(j + 1, i + 1)?, at(j + 1, i)?])
    };
    for (j, i) in (0..SAMPLES).flat_map(|j| (0..SAMPLES).map(move |i| (j, i))) {
        if let Some(outline) = cell(j, i) {
            footprint.add_cell(&outline);
        }
    }
    for pole in [-90.0, 90.0] {
        let inside = |(x, y): (f64, f64)| (x0..=x1).contains(&x) && (y0..=y1).contains(&y);
        if plane.place_of(0.0, pole).is_some_and(inside) {
            footprint.add_latitudes(pole, pole);
            footprint.add_longitudes(0.0, 360.0);
        }
    }
    Ok(())
}

/// The edges of the cells along an axis: first and last in the order of the store. Bounds where there are, else half a
/// step beyond the centres; `None` for a single cell without bounds.
fn edges(dataset: &Dataset, roles: &Roles, axis: &GridAxis) -> Result<Option<(f64, f64)>> {
    let bounds =
        axis.coordinate.as_deref().and_then(|name| roles.bounds_of(name)).and_then(|name| dataset.variable(name));
    if let Some(bounds) = bounds.filter(|b| b.data_type().is_numeric() && b.shape() == [axis.length, 2]) {
        let values = numbers(bounds)?;
        let rising = axis.values.first() <= axis.values.last();
        let (low, high) = range(&values);
        if low < high {
            return Ok(Some(if rising { (low, high) } else { (high, low) }));
        }
    }
    let edges = cell_edges(&axis.values);
    Ok(edges.first().copied().zip(edges.last().copied()).filter(|(a, b)| a.is_finite() && b.is_finite()))
}

fn reach(dataset: &Dataset, roles: &Roles, axis: &GridAxis) -> Result<Option<(f64, f64)>> {
    Ok(edges(dataset, roles, axis)?.map(|(a, b)| (a.min(b), a.max(b))))
}

/// The least and the greatest number.
pub(super) fn range(values: &[f64]) -> (f64, f64) {
    let finite = values.iter().filter(|v| v.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)))
}

/// The lattice, where there is one grid with a coordinate along rows and columns.
pub(super) fn raster(dataset: &Dataset, roles: &Roles, grids: &[Placed]) -> Result<Option<Raster>> {
    let [on] = grids else { return Ok(None) };
    let (Some(system), Some(y), Some(x)) = (&on.system, &on.grid.y, &on.grid.x) else { return Ok(None) };
    if y.values.len() != y.length || x.values.len() != x.length {
        return Ok(None);
    }
    let (rows, columns) = (edges(dataset, roles, y)?, edges(dataset, roles, x)?);
    let geographic = matches!(on.grid.places, Places::Separable { .. });
    let limit = |v: f64| if geographic { v.clamp(-90.0, 90.0) } else { v };
    let transform = match (step(dataset, y), step(dataset, x), y.values.first(), x.values.first()) {
        (Some(dy), Some(dx), Some(y0), Some(x0)) => Some([dx, 0.0, tidy(x0 - 0.5 * dx), 0.0, dy, tidy(y0 - 0.5 * dy)]),
        _ => None,
    };
    let bbox = rows
        .zip(columns)
        .map(|((y0, y1), (x0, x1))| [x0.min(x1), limit(y0.min(y1)), x0.max(x1), limit(y0.max(y1))].map(tidy));
    Ok(Some(Raster { system: system.clone(), shape: [y.length, x.length], transform, bbox }))
}

fn step(dataset: &Dataset, axis: &GridAxis) -> Option<f64> {
    let single = axis
        .coordinate
        .as_deref()
        .and_then(|name| dataset.variable(name))
        .is_some_and(|v| *v.data_type() == DataType::F32);
    regular(&axis.values, single)
}

/// The step of values that all lie as far apart, to 1e-3 of it or the rounding of `float`; signed. `None` for fewer than
/// two, for equal and for irregular ones.
pub(super) fn regular(values: &[f64], single: bool) -> Option<f64> {
    let (first, last) = (values.first()?, values.last()?);
    let count = values.len().checked_sub(1).filter(|n| *n > 0)?;
    let mean = (last - first) / count as f64;
    let size = first.abs().max(last.abs());
    let slack = 1e-3 * mean.abs() + if single { 2.0 * f64::from(f32::EPSILON) * size } else { 0.0 };
    let even = values.windows(2).all(|w| matches!(w, [a, b] if (b - a - mean).abs() <= slack));
    if !even || mean == 0.0 || !mean.is_finite() {
        return None;
    }
    Some(digits(mean, if single { 6 } else { 12 }))
}

/// A number with so many significant digits.
fn digits(value: f64, count: usize) -> f64 {
    format!("{value:.*e}", count.saturating_sub(1)).parse().unwrap_or(value)
}

/// A number without the noise of sums.
fn tidy(value: f64) -> f64 {
    digits(value, 12) + 0.0
}

/// What global attributes say of the box (ACDD).
pub(super) fn declared(attributes: &Attributes) -> Option<[f64; 4]> {
    let number = |name: &str| {
        let value = attributes.number(name).or_else(|| attributes.text(name)?.trim().parse().ok());
        value.filter(|x: &f64| x.is_finite())
    };
    let mut footprint = Footprint::new();
    footprint.add_latitudes(number("geospatial_lat_min")?, number("geospatial_lat_max")?);
    footprint.add_longitudes(number("geospatial_lon_min")?, number("geospatial_lon_max")?);
    footprint.bbox()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_floats_are_what_was_meant() {
        let tenths: Vec<f64> = (0..1000).map(|i| f64::from((f64::from(i) * 0.1) as f32)).collect();
        assert_eq!(regular(&tenths, true), Some(0.1));
        assert_eq!(regular(&[75.0, 72.5, 70.0], false), Some(-2.5));
        assert_eq!(regular(&[1.0, 2.0, 4.0], false), None);
        assert_eq!(regular(&[1.0], false), None);
        assert_eq!(regular(&[1.0, 1.0], false), None);
        assert_eq!(regular(&[0.0, f64::NAN], false), None);
    }
}
