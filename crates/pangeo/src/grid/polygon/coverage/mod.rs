//! Which part of each cell lies inside a region.
//!
//! Areas are those of the sphere, ∫ dλ d(sin φ), in closed form between edges that are straight in
//! longitude and latitude. Each edge of a polygon is counted once with the sign of its side, so
//! concave polygons, holes and parts need no care, and two polygons with a common edge compute it
//! alike: what they cover adds up.

mod cells;
mod integral;
mod strips;

use super::{Feature, Polygon};
use crate::grid::Corners;
use crate::{Error, Result};
use integral::beside;

/// Parts of a cell below this are rounding.
const ROUNDING: f64 = 1e-11;

/// The fraction, over 0 and up to 1, of the area of every cell that the region covers, by cell index
/// (rows slowest) in ascending order.
///
/// Edges of the region and of cells are straight in longitude and latitude; longitudes compare
/// modulo 360, and a corner at a pole lies on every meridian. Cells without corners or area are
/// left out, and what is covered by less than 1e-11.
///
/// ```
/// use pangeo::grid::Corners;
/// use pangeo::grid::polygon::{coverage, parse};
///
/// let text = br#"{"type": "Polygon", "coordinates": [[[-5, -10], [15, -10], [15, 10], [-5, 10]]]}"#;
/// let columns = vec![(350.0, 360.0), (0.0, 10.0), (10.0, 20.0)];
/// let cells = Corners::Separable { rows: vec![(-10.0, 10.0)], columns };
/// let inside = coverage(&parse(text, "box.geojson")?[0], &cells)?;
/// for ((cell, fraction), expected) in inside.into_iter().zip([(0, 0.5), (1, 1.0), (2, 0.5)]) {
///     assert!(cell == expected.0 && (fraction - expected.1).abs() < 1e-14);
/// }
/// # Ok::<(), pangeo::Error>(())
/// ```
///
/// # Errors
/// [`Error::Data`] for a region whose rings cross, of which no side is the inside.
pub fn coverage(feature: &Feature, cells: &Corners) -> Result<Vec<(usize, f64)>> {
    let mut found: Vec<(usize, f64)> = Vec::new();
    for polygon in &feature.polygons {
        match cells {
            Corners::Separable { rows, columns } => match strips::Strips::of(polygon, rows, columns) {
                Some(strips) => strips.cover(polygon, &mut found),
                // Bounds that overlap each other many times over.
                None => (0..cells.len()).for_each(|i| found.extend(cells::cover(polygon, i, &cells.outline(i)))),
            },
            Corners::PerCell(outlines) => cells::cover_all(polygon, outlines, &mut found),
        }
    }
    let found = merged(found);
    let negative: f64 = found.iter().map(|(_, f)| f.min(0.0)).sum();
    let covered: f64 = found.iter().map(|(_, f)| f.max(0.0)).sum();
    if -negative > 1e-3 * covered {
        return Err(Error::data("the rings of a region cross each other or themselves", "polygons")
            .with_hint("repair the region first, for example by shapely.make_valid or ST_MakeValid"));
    }
    let clean = |(cell, fraction): (usize, f64)| match fraction {
        f if f > 1.0 - ROUNDING => Some((cell, 1.0)),
        f if f > ROUNDING => Some((cell, f)),
        _ => None,
    };
    Ok(found.into_iter().filter_map(clean).collect())
}

/// In ascending order, the parts of each cell added up.
fn merged(mut found: Vec<(usize, f64)>) -> Vec<(usize, f64)> {
    found.sort_by_key(|(cell, _)| *cell);
    found
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|parts| Some((parts.first()?.0, parts.iter().map(|p| p.1).sum())))
        .collect()
}

impl Polygon {
    /// The area in steradians on the unit sphere, between edges straight in longitude and latitude.
    pub fn area(&self) -> f64 {
        let west = self.extent().west;
        let part = |edge: &super::geometry::Edge| {
            f64::from(edge.side) * beside(edge.x1 - west, edge.x2 - west, edge.y1, edge.y2)
        };
        self.edges_once(self.south, self.north).map(part).sum::<f64>().to_radians()
    }
}

#[cfg(test)]
mod tests;
