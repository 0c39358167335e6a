//! Targets on the plane of a projection.

use super::Target;
use super::made::{Made, container, coordinate, dimension};
use super::regular;
use crate::grid::Bbox;
use crate::grid::projected::Plane;
use crate::model::{Attributes, Buffer};
use crate::{Error, Result};

/// Whether a text means a projection: `epsg:3035`, `+proj=laea …`.
pub(super) fn is_projection(text: &str) -> bool {
    let text = text.trim();
    let coded = |rest: &str| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit());
    text.starts_with('+') && text.contains("proj=")
        || text.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("epsg:")) && text.get(5..).is_some_and(coded)
}

/// As [`Target::projected`].
pub(super) fn target(text: &str, (dx, dy): (f64, f64), area: Bbox) -> Result<Target> {
    let forms = "an EPSG code such as epsg:3035, or a PROJ string such as '+proj=laea +lat_0=52 +lon_0=10'";
    let plane = Plane::parse(text).map_err(|error| error.with_hint(forms))?;
    if plane.is_geographic() {
        let globe = area.is_all_around() && area.south <= -90.0 && area.north >= 90.0;
        let mut target = regular::target((dx, dy), Some(area).filter(|_| !globe || area.west != 0.0))?;
        target.variables.push(container("crs", plane.mapping()));
        target.attributes.set("grid_mapping", "crs");
        return Ok(target);
    }
    let size = |d: f64| d > 0.0 && d.is_finite();
    if !size(dx) || !size(dy) {
        return Err(Error::usage(format!("a resolution of {dx},{dy} is no size of a cell"))
            .with_hint("write --resolution DX or --resolution DX,DY in the unit of the projection, such as 10000"));
    }
    let (west, east) = area.longitudes();
    let extent = plane.extent_of([west, area.south, east, area.north]).ok_or_else(|| {
        Error::usage(format!("projection {text} shows nothing of the box {area}")).with_hint("another --bbox")
    })?;
    let [x0, y0, x1, y1] = extent;
    let (x, y) = (line(x0, x1, dx, text)?, line(y0, y1, dy, text)?);
    let mut made = Made::default();
    let units = plane.units();
    for (name, edges) in [("y", y), ("x", x)] {
        let count = edges.len().saturating_sub(1);
        let pairs: Vec<f64> = edges.windows(2).flatten().copied().collect();
        let centres: Vec<f64> = edges.windows(2).filter_map(|w| Some(f64::midpoint(*w.first()?, *w.last()?))).collect();
        let mut attributes = Attributes::new();
        attributes.set("standard_name", format!("projection_{name}_coordinate"));
        attributes.set("long_name", format!("{name} coordinate of projection"));
        attributes.set("units", units.as_str());
        attributes.set("axis", if name == "y" { "Y" } else { "X" });
        made.along.push(dimension(name, count));
        made.variables.push(coordinate(name, &[name.to_owned()], attributes, vec![count], Buffer::F64(centres))?);
        made.bounds_of(name, 2, pairs)?;
    }
    made.variables.push(container("crs", plane.mapping()));
    made.attributes.set("grid_mapping", "crs");
    made.renamable = true;
    made.target("the target grid")
}

/// Edges at multiples of the size of a cell, so that grids of one size and projection fit each other.
fn line(low: f64, high: f64, size: f64, text: &str) -> Result<Vec<f64>> {
    const MOST: f64 = 100_000.0;
    let near = |v: f64| (v / size - (v / size).round()).abs() < 1e-6;
    let first = if near(low) { (low / size).round() } else { (low / size).floor() };
    let last = if near(high) { (high / size).round() } else { (high / size).ceil() };
    let count = (last - first).max(1.0);
    if count.is_nan() || count > MOST {
        return Err(Error::usage(format!("cells of {size} are too small: {count} would lie along one side of {text}"))
            .with_hint("--resolution is in the unit of the projection, mostly metres"));
    }
    Ok((0..=count as usize).map(|i| (first + i as f64) * size).collect())
}
