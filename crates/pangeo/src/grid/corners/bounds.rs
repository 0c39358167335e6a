//! Bounds as files give them (CF §7.1).

use super::{Outlines, Shared};
use crate::Result;
use crate::cf::packing::Packing;
use crate::cf::roles::Roles;
use crate::grid::{Grid, GridAxis, Outline, degrees_per_unit};
use crate::model::{Dataset, Region, Variable};

/// The bounds of a coordinate: `corners` numbers in degrees for each cell, NaN where missing.
pub(super) struct Bounds {
    pub(super) corners: usize,
    /// `cells × corners`, the corners fastest.
    pub(super) values: Vec<f64>,
}

/// The bounds of a coordinate for the cells of the dimensions `along`, the slowest first, in degrees.
///
/// The dimension of corners is the one that the coordinate has not, wherever it stands. Of
/// dimensions in neither (a time) the first is taken. `None` without bounds, and for bounds that
/// don't fit the coordinate or hold no number.
pub(super) fn of(
    dataset: &Dataset,
    roles: &Roles,
    coordinate: Option<&str>,
    along: &[&GridAxis],
) -> Result<Option<Bounds>> {
    let Some(owner) = coordinate.and_then(|name| dataset.variable(name)) else { return Ok(None) };
    let Some(bounds) = roles.bounds_of(&owner.name).and_then(|name| dataset.variable(name)) else { return Ok(None) };
    let mut others = bounds.dimensions.iter().filter(|d| owner.axis(d).is_none());
    let (Some(corner), None) = (others.next(), others.next()) else { return Ok(None) };
    let fits = |axis: &&&GridAxis| {
        let at = bounds.axis(&axis.dimension);
        at.is_none() || at.and_then(|at| bounds.shape().get(at)) == Some(&axis.length)
    };
    let Some(corners) = bounds.axis(corner).and_then(|at| bounds.shape().get(at)).copied() else { return Ok(None) };
    if corners < 2 || !bounds.data_type().is_numeric() || !along.iter().all(|axis| fits(&axis)) {
        return Ok(None);
    }
    // Bounds need no units of their own.
    let unit = if bounds.attributes.get("units").is_some() { bounds } else { owner };
    let factor = degrees_per_unit(unit)?;
    let mut values = spread(bounds, along, corner, corners)?;
    for value in &mut values {
        *value *= factor;
        if value.abs() > 1080.0 {
            *value = f64::NAN; // a fill value that nothing declares
        }
    }
    Ok(values.iter().any(|v| v.is_finite()).then_some(Bounds { corners, values }))
}

/// The values for each cell of `along` and each corner, whatever the order of the dimensions.
fn spread(bounds: &Variable, along: &[&GridAxis], corner: &str, corners: usize) -> Result<Vec<f64>> {
    let inside = |d: &String| d == corner || along.iter().any(|axis| axis.dimension == *d);
    let dimensions = || bounds.dimensions.iter().zip(bounds.shape());
    let ranges = dimensions().map(|(d, &n)| if inside(d) { 0..n } else { 0..n.min(1) });
    let block = bounds.array.read(&Region::new(ranges.collect()))?;
    let stored = Packing::of(bounds)?.decode_f64(&block);
    let stride = |dimension: &str| {
        let faster = bounds.axis(dimension).map(|at| dimensions().skip(at.saturating_add(1)));
        faster.map_or(0, |faster| faster.filter(|(d, _)| inside(d)).fold(1usize, |n, (_, &m)| n.saturating_mul(m)))
    };
    let mut starts = vec![0usize];
    for axis in along {
        let step = stride(&axis.dimension);
        let here = |start: &usize| {
            let start = *start;
            (0..axis.length).map(move |i| start.saturating_add(i.saturating_mul(step)))
        };
        starts = starts.iter().flat_map(here).collect();
    }
    let step = stride(corner);
    let at = |start: usize, k: usize| stored.get(start.saturating_add(k.saturating_mul(step))).copied();
    Ok(starts.iter().flat_map(|&s| (0..corners).map(move |k| at(s, k).unwrap_or(f64::NAN))).collect())
}

/// The corners of the cells of a curvilinear, projected or unstructured grid, from the bounds of its
/// latitudes and longitudes. Corners that repeat the one before or are missing fill up the cell's
/// share. `None` without bounds, and for those that enclose nothing anywhere.
pub(super) fn outlines(dataset: &Dataset, roles: &Roles, on: &Grid) -> Result<Option<Outlines>> {
    let along: Vec<&GridAxis> = match &on.cells {
        Some(cells) => vec![cells],
        None => on.y.iter().chain(&on.x).collect(),
    };
    let (Some(lat), Some(lon)) =
        (of(dataset, roles, on.latitude.as_deref(), &along)?, of(dataset, roles, on.longitude.as_deref(), &along)?)
    else {
        return Ok(None);
    };
    if lat.corners != lon.corners || lat.corners < 3 || lat.values.len() != lon.values.len() {
        return Ok(None);
    }
    let (mut starts, mut corners) = (vec![0], Vec::with_capacity(lat.values.len()));
    let mut encloses = false;
    for (x, y) in lon.values.chunks(lon.corners).zip(lat.values.chunks(lat.corners)) {
        let cell = without_repeats(x.iter().copied().zip(y.iter().copied()));
        encloses |= cell.len() > 2;
        corners.extend(cell);
        starts.push(corners.len());
    }
    Ok(encloses.then(|| Outlines::new(Shared::Listed { starts, corners })))
}

fn without_repeats(given: impl Iterator<Item = (f64, f64)>) -> Outline {
    let known = given.filter(|(x, y)| x.is_finite() && y.abs() < 91.0);
    let mut cell: Outline = known.map(|(x, y)| (x, y.clamp(-90.0, 90.0))).collect();
    cell.dedup();
    if cell.len() > 1 && cell.first() == cell.last() {
        cell.pop();
    }
    cell
}
