//! Cells between equally spaced meridians and parallels.

use super::Target;
use super::made::{MOST_ALONG, Made, coordinate, dimension, geographic};
use crate::grid::Bbox;
use crate::model::Buffer;
use crate::{Error, Result};

/// Centres of rows or columns and, where they are not to be derived from these, their edges.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) centres: Vec<f64>,
    /// One more than centres.
    pub(super) edges: Option<Vec<f64>>,
}

impl Line {
    /// `count` cells that share `span` degrees from `from` on, their centres in the middle.
    pub(super) fn divided(from: f64, span: f64, count: usize) -> Self {
        let n = count as f64;
        let at = |halves: usize| from + span * halves as f64 / (2.0 * n);
        Self {
            centres: (0..count).map(|i| at(2 * i + 1)).collect(),
            edges: Some((0..=count).map(|i| at(2 * i)).collect()),
        }
    }

    /// The cells of a size that cover `span` degrees from `from` on, and how far they reach beyond it: one that
    /// divides it to a hundredth of a cell fits.
    fn covering(from: f64, span: f64, size: f64, what: &str) -> Result<(Self, f64)> {
        let cells = span / size;
        if !(size > 0.0 && size.is_finite()) {
            return Err(Error::usage(format!("a resolution of {size} degrees is no size of a cell"))
                .with_hint("write --resolution DX or --resolution DX,DY in degrees, such as --resolution 0.5"));
        }
        if cells > MOST_ALONG as f64 {
            return Err(Error::usage(format!("a resolution of {size} degrees makes too many {what}"))
                .with_hint(format!("at most {MOST_ALONG} of them")));
        }
        let whole = cells.round();
        if whole >= 1.0 && (cells - whole).abs() < 0.01 {
            return Ok((Self::divided(from, span, whole as usize), 0.0));
        }
        let count = cells.ceil().max(1.0);
        Ok((Self::divided(from, size * count, count as usize), size * count - span))
    }
}

/// A grid of latitudes and longitudes along dimensions of their own.
pub(super) fn made(latitudes: Line, longitudes: Line) -> Result<Made> {
    let mut made = Made { renamable: true, ..Made::default() };
    for (name, line, north) in [("lat", latitudes, true), ("lon", longitudes, false)] {
        let count = line.centres.len();
        let mut attributes = geographic(north);
        attributes.set("axis", if north { "Y" } else { "X" });
        made.along.push(dimension(name, count));
        made.variables.push(coordinate(name, &[name.to_owned()], attributes, vec![count], Buffer::F64(line.centres))?);
        if let Some(edges) = line.edges {
            let pairs = edges.windows(2).flatten().copied().collect();
            made.bounds_of(name, 2, pairs)?;
        }
    }
    Ok(made)
}

/// As [`Target::regular`].
pub(super) fn target((dx, dy): (f64, f64), bbox: Option<Bbox>) -> Result<Target> {
    let whole = Bbox { west: 0.0, south: -90.0, east: 360.0, north: 90.0 };
    let bbox = bbox.unwrap_or(whole);
    let ((west, east), height) = (bbox.longitudes(), bbox.north - bbox.south);
    if east <= west || height <= 0.0 {
        return Err(Error::usage(format!("box {bbox} has no area")).with_hint("its edges must lie apart"));
    }
    let width = (east - west).min(360.0);
    if dx > 360.0 && dx.is_finite() {
        return Err(Error::usage(format!("cells of {dx} degrees are wider than the Earth"))
            .with_hint("--resolution DX,DY in degrees, DX no more than 360; in metres with --target epsg:CODE"));
    }
    let (columns, beyond) = Line::covering(west, width, dx, "columns")?;
    if width + beyond > 360.0 {
        return Err(around(dx));
    }
    let mut notes = Vec::new();
    if beyond > 0.0 {
        notes.push(format!(
            "columns of {dx} degrees do not divide the box: the last reaches to {}",
            west + width + beyond
        ));
    }
    let (mut rows, beyond) = Line::covering(bbox.south, height, dy, "rows")?;
    if beyond > 0.0 {
        let mut last = bbox.north + beyond;
        if last > 90.0 {
            last = 90.0;
            end_at_pole(&mut rows);
        }
        notes.push(format!("rows of {dy} degrees do not divide the box: the last reaches to {last}"));
    }
    let made = Made { notes, ..made(rows, columns)? };
    made.target("the target grid")
}

/// Columns that do not go evenly around the Earth would overlap.
fn around(dx: f64) -> Error {
    let cells = 360.0 / dx;
    let sizes = [cells.floor(), cells.ceil()].map(|n| n.max(1.0));
    let [wide, narrow] = sizes.map(|n| {
        let size = format!("{:.6}", 360.0 / n);
        let columns = if n > 1.0 { format!("{n} columns") } else { "a single column".to_owned() };
        format!("{} ({columns})", size.trim_end_matches('0').trim_end_matches('.'))
    });
    Error::usage(format!("columns of {dx} degrees do not divide the full circle"))
        .with_hint(format!("take {wide} or {narrow}, or a narrower box"))
}

/// The last row reaches the pole and no further.
fn end_at_pole(rows: &mut Line) {
    let Some(edges) = &mut rows.edges else { return };
    let inner = edges.len().checked_sub(2).and_then(|i| edges.get(i)).copied();
    if let (Some(edge), Some(inner), Some(centre)) = (edges.last_mut(), inner, rows.centres.last_mut()) {
        *edge = 90.0;
        *centre = f64::midpoint(inner, 90.0);
    }
}
